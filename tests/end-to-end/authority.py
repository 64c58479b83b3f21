"""Certificates for the tests, made by openssl: a CA, what it signs, and who signed for whom."""

import atexit
import re
import shutil
import ssl
import subprocess
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

KEYS = {
    "ec": ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
    "rsa": ("-newkey", "rsa:2048"),
}
CA = """[ca]
default_ca = here
[here]
dir = {place}
database = {place}/index.txt
new_certs_dir = {place}
serial = {place}/serial
default_md = sha256
policy = any
unique_subject = no
copy_extensions = none
[any]
commonName = supplied
"""


def openssl(*arguments):
    done = subprocess.run(["openssl", *map(str, arguments)], stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=60)
    assert done.returncode == 0, f"openssl {arguments}: {done.stderr!r}"
    return done.stdout


def instant(days):
    return (datetime.now(timezone.utc) + timedelta(days=days)).strftime("%Y%m%d%H%M%SZ")


class Signed:
    """A certificate and its key, as files."""

    def __init__(self, certificate, key):
        self.certificate, self.key = certificate, key

    def fingerprint(self):
        """Of its public key, as client_key has it, by other means than ladderd."""
        public = openssl("x509", "-in", self.certificate, "-noout", "-pubkey")
        with tempfile.NamedTemporaryFile() as file:
            file.write(public)
            file.flush()
            der = openssl("pkey", "-pubin", "-in", file.name, "-outform", "DER")
        digest = subprocess.run(["openssl", "dgst", "-sha256"], input=der, capture_output=True,
                                timeout=60, check=True).stdout.decode()
        return "sha256:" + re.search(r"[0-9a-f]{64}", digest).group(0)


class Authority(Signed):
    """A CA."""

    def __init__(self, name="ca"):
        self.place = Path(tempfile.mkdtemp(prefix="ladderd-ca-"))
        atexit.register(shutil.rmtree, self.place, True)
        super().__init__(self.place / "ca.pem", self.place / "ca.key")
        openssl("req", "-x509", *KEYS["ec"], "-nodes", "-keyout", self.key, "-out",
                self.certificate, "-subj", f"/CN={name}", "-days", "30",
                # Without it a client that keeps to RFC 5280, as Python 3.13 does, trusts nobody.
                "-addext", "keyUsage = critical, keyCertSign, cRLSign")
        (self.place / "ca.conf").write_text(CA.format(place=self.place))
        (self.place / "index.txt").touch()
        (self.place / "serial").write_text("01\n")
        self.count = 0

    def sign(self, name="localhost", kind="ec", names="DNS:localhost,IP:127.0.0.1", begins=-1,
             ends=20, purpose="serverAuth"):
        """Signs a certificate that is valid between two numbers of days from now."""
        self.count += 1
        base = self.place / f"{self.count}"
        key, request, made = (base.with_suffix(suffix) for suffix in (".key", ".csr", ".pem"))
        openssl("req", *KEYS[kind], "-nodes", "-keyout", key, "-out", request,
                "-subj", f"/CN={name}")
        extensions = base.with_suffix(".ext")
        extensions.write_text("basicConstraints = CA:FALSE\n"
                              "subjectKeyIdentifier = hash\nauthorityKeyIdentifier = keyid\n"
                              + (f"subjectAltName = {names}\n" if names else "")
                              + (f"extendedKeyUsage = {purpose}\n" if purpose else ""))
        openssl("ca", "-batch", "-notext", "-config", self.place / "ca.conf", "-cert",
                self.certificate, "-keyfile", self.key, "-in", request, "-out", made,
                "-startdate", instant(begins), "-enddate", instant(ends),
                "-extfile", extensions)
        return Signed(made, key)

    def client(self, name="client", **options):
        return self.sign(name, names=None, purpose="clientAuth", **options)

    def context(self, client=None):
        """What Python needs to believe this CA, and to come as a client."""
        context = ssl.create_default_context(cafile=self.certificate)
        if client is not None:
            context.load_cert_chain(client.certificate, client.key)
        return context


def self_signed(name="alone", ends=20):
    """A certificate that nobody signed, of a client."""
    place = Path(tempfile.mkdtemp(prefix="ladderd-alone-"))
    atexit.register(shutil.rmtree, place, True)
    made = Signed(place / "alone.pem", place / "alone.key")
    openssl("req", "-x509", *KEYS["ec"], "-nodes", "-keyout", made.key, "-out", made.certificate,
            "-subj", f"/CN={name}", "-days", str(ends))
    return made
