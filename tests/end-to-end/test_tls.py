"""TLS at the doors: what is spoken, who is believed, and that nothing travels in clear."""

import base64
import contextlib
import http.client
import json
import re
import select
import shutil
import socket
import ssl
import subprocess
import time
import unittest

import harness
from authority import Authority, self_signed
from harness import LADDERD, WAIT, Ladderd, as_root, free_port, run, until
from test_doors import StreamClient

CIPHERS = ("AES256-GCM-SHA384", "CHACHA20-POLY1305", "AES128-GCM-SHA256")


def metric(daemon, name, who="prometheus"):
    text = daemon.get("/metrics", who=who).body.decode()
    found = re.search(rf"(?m)^{re.escape(name)} (\S+)$", text)
    return None if found is None else float(found.group(1))


def handshakes(daemon, door="http"):
    return [line for line in daemon.audit() if line["what"] == f"handshake {door}"]


class Doors(unittest.TestCase):
    """A daemon whose two doors have certificates of one CA."""

    kind = "ec"
    client_ca = None
    partners = None
    analysts = None

    @classmethod
    def setUpClass(cls):
        cls.ca = Authority()
        cls.shown = cls.ca.sign(kind=cls.kind)

    def setUp(self):
        self.daemon = self.begin()

    def begin(self, http="", **options):
        daemon = Ladderd(self.partners, self.analysts, sections=http, **options)
        self.addCleanup(daemon.close)
        self.stream_port = free_port()
        place = daemon.place
        for door in ("http", "stream"):
            for one, suffix in ((self.shown.certificate, "pem"), (self.shown.key, "key")):
                shutil.copy(one, place / f"{door}.{suffix}")
        self.flags = ["--set", f"stream.listen=127.0.0.1:{self.stream_port}"]
        for door in ("http", "stream"):
            self.flags += ["--set", f"{door}.certificate={place}/{door}.pem",
                           "--set", f"{door}.key={place}/{door}.key"]
            if self.client_ca is not None:
                self.flags += ["--set", f"{door}.client_ca={self.client_ca}"]
        daemon.context = self.ca.context()
        daemon.start(*self.flags)
        return daemon

    def s_client(self, *options, port=None, stdin=b"", seconds=WAIT):
        """What openssl says of a connection; its exit status."""
        done = subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{port or self.daemon.port}",
             "-CAfile", str(self.ca.certificate), "-verify_return_error", *options],
            input=stdin, capture_output=True, timeout=seconds)
        return done.returncode, (done.stdout + done.stderr).decode(errors="replace")


class WhatIsSpoken(Doors):
    def test_the_address_speaks_tls_only(self):
        self.assertEqual(self.daemon.get("/healthz").status, 200)
        with self.assertRaises((http.client.HTTPException, OSError)):
            harness.Client(self.daemon.port).request("GET", "/healthz")

    def test_tls_1_2_and_1_3_with_the_listed_suites_and_groups(self):
        for port in self.doors():
            for cipher in CIPHERS:
                code, said = self.s_client("-tls1_2", "-cipher", self.suite(cipher), port=port)
                self.assertEqual(code, 0, said)
                self.assertIn(self.suite(cipher), said)
            for suite in ("TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
                          "TLS_AES_128_GCM_SHA256"):
                code, said = self.s_client("-tls1_3", "-ciphersuites", suite, port=port)
                self.assertEqual(code, 0, said)
                self.assertIn(suite, said)
            for group in ("X25519", "X448", "P-256", "P-384"):
                code, said = self.s_client("-tls1_3", "-groups", group, port=port)
                self.assertEqual(code, 0, said)

    def doors(self):
        return [self.daemon.port, self.stream_port]

    def suite(self, cipher):
        return f"ECDHE-{'RSA' if self.kind == 'rsa' else 'ECDSA'}-{cipher}"

    def test_older_versions_and_weaker_suites_are_refused_with_a_line_each(self):
        weak = [("-tls1", "-cipher", "ALL:@SECLEVEL=0"),
                ("-tls1_1", "-cipher", "ALL:@SECLEVEL=0"),
                *(("-tls1_2", "-cipher", suite + ":@SECLEVEL=0") for suite in (
                    "ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA", "AES128-GCM-SHA256",
                    "AES256-SHA", "ECDHE-RSA-AES128-SHA256", "DHE-RSA-AES128-GCM-SHA256",
                    "ECDHE-ECDSA-AES128-CCM", "AECDH-AES128-SHA", "ECDHE-ECDSA-NULL-SHA")),
                ("-tls1_2", "-groups", "P-521"),
                ("-tls1_3", "-groups", "P-521"),
                ("-tls1_3", "-ciphersuites", "TLS_AES_128_CCM_SHA256")]
        for port, door in zip(self.doors(), ("http", "stream")):
            before = len(handshakes(self.daemon, door))
            for options in weak:
                code, said = self.s_client(*options, port=port)
                self.assertNotEqual(code, 0, (options, said))
                self.assertIn("Cipher is (NONE)", said, options)
            until(lambda: len(handshakes(self.daemon, door)) == before + len(weak),
                  "a line for each handshake that was refused", 5)
            for line in handshakes(self.daemon, door)[before:]:
                self.assertEqual((line["audit"], line["who"], line["from"], line["outcome"]),
                                 ("sign_in", "nobody", "127.0.0.1", "refused"))

    def test_nothing_is_negotiated_anew_and_nothing_compressed_or_early(self):
        for port in self.doors():
            client = subprocess.Popen(
                ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-CAfile",
                 str(self.ca.certificate), "-tls1_2"], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            self.addCleanup(client.stdin.close)
            self.addCleanup(client.kill)
            client.stdin.write(b"R\n")
            client.stdin.flush()
            # The client asks; the daemon ends the connection, and shows no certificate again.
            client.wait(8)
            said = client.stdout.read().decode()
            client.stdout.close()
            self.assertIn("Compression: NONE", said)
            self.assertIn("depth=0", said)
            self.assertNotIn("depth=", said.split("RENEGOTIATING")[1])
            code, said = self.s_client("-tls1_3", port=port)
            self.assertEqual(code, 0, said)
            self.assertNotRegex(said, "Max Early Data: [1-9]")
        self.assertEqual(self.daemon.get("/healthz").status, 200)

    def test_half_a_handshake_has_ten_seconds(self):
        halves = []
        for port in self.doors():
            half = socket.create_connection(("127.0.0.1", port))
            half.settimeout(WAIT)
            half.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
            halves.append(half)
        begun = time.monotonic()
        for half in halves:
            with half:
                self.assertEqual(half.recv(1), b"", "it ends, and nothing is said in clear")
                self.assertGreater(time.monotonic() - begun, 8)
                self.assertLess(time.monotonic() - begun, 14)

    def test_who_only_looks_whether_a_port_is_open_fails_in_nothing(self):
        for port in self.doors():
            for _ in range(5):
                socket.create_connection(("127.0.0.1", port)).close()
        for door in ("http", "stream"):
            # Whoever comes later is served when those are gone.
            self.assertEqual(self.daemon.get("/healthz").status, 200)
            self.assertEqual(
                metric(self.daemon, f'ladderd_handshakes_failed_total{{listener="{door}"}}'), 0)
            self.assertEqual(handshakes(self.daemon, door), [])

    def test_a_flood_of_bad_handshakes_is_counted_and_fills_no_disk(self):
        flood = 200
        for port, door in zip(self.doors(), ("http", "stream")):
            for _ in range(flood):
                with socket.create_connection(("127.0.0.1", port)) as one:
                    one.settimeout(WAIT)
                    one.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                    try:
                        while one.recv(100):
                            pass
                    except ConnectionError:
                        pass
            name = f'ladderd_handshakes_failed_total{{listener="{door}"}}'
            until(lambda: (metric(self.daemon, name) or 0) >= flood, "all are counted")
        self.assertLessEqual(len(handshakes(self.daemon)) + len(handshakes(self.daemon, "stream")),
                             120, "at most sixty lines a minute")
        self.assertEqual(self.daemon.get("/healthz").status, 200)

    def test_the_end_of_the_certificate_is_a_metric(self):
        for door in ("http", "stream")[:len(self.doors())]:
            ends = metric(self.daemon, "ladderd_certificate_not_after_timestamp_seconds"
                                       f'{{listener="{door}"}}')
            self.assertAlmostEqual(ends, time.time() + 20 * 86400, delta=600)

    def test_answers_say_that_it_is_tls_from_now_on(self):
        for path in ("/healthz", "/", "/nowhere"):
            self.assertRegex(self.daemon.get(path).header("Strict-Transport-Security") or "",
                             r"^max-age=\d{8}$")


class HowManyHandshakes(Doors):
    """Of one address, without a right token."""

    MANY = 30
    AT_ONCE = 5
    analysts = {}

    def begin(self, http="", **options):
        return super().begin(
            f"[limits]\nhandshakes_per_second_max = {self.AT_ONCE}\n{http}", **options)

    def test_one_more_than_a_second_may_have_is_closed_and_counts_as_failed(self):
        for port, door in ((self.daemon.port, "http"), (self.stream_port, "stream")):
            time.sleep(1.2)  # until there is a second's worth of handshakes again
            many = [socket.create_connection(("127.0.0.1", port)) for _ in range(self.MANY)]
            with contextlib.ExitStack() as stack:
                for one in many:
                    stack.enter_context(one)
                until(lambda: select.select(many, [], [], 0)[0], "some are closed")
                time.sleep(0.2)
                # Fewer of them, where the machine was slow.
                count = len(select.select(many, [], [], 0)[0])
            self.assertLessEqual(count, self.MANY - self.AT_ONCE)
            until(lambda: len(handshakes(self.daemon, door)) >= count, "a line each")
        time.sleep(1.2)
        text = self.daemon.get("/metrics", who="prometheus").body.decode()
        self.assertRegex(text, r'handshakes_failed_total\{listener="http"\} [1-9]')

    def test_those_with_a_right_token_do_not_count(self):
        for _ in range(self.MANY):
            self.assertEqual(self.daemon.push([harness.event()])["accepted"], 1)
        for _ in range(self.MANY):
            client = StreamClient(self.stream_port)
            with self.ca.context().wrap_socket(client.socket, server_hostname="localhost") as one:
                client.socket = one
                client.hello(self.daemon.tokens["isd"])
                self.assertEqual(client.receive().WhichOneof("reply"), "welcome")


class WhatIsSpokenWithRsa(WhatIsSpoken):
    kind = "rsa"
    test_half_a_handshake_has_ten_seconds = None
    test_a_flood_of_bad_handshakes_is_counted_and_fills_no_disk = None


class WhereItListens(unittest.TestCase):
    """In clear on loopback alone, unless that was said."""

    def setUp(self):
        self.ca = Authority()
        self.shown = self.ca.sign()
        self.daemon = Ladderd()
        self.addCleanup(self.daemon.discard)

    def refused(self, *flags):
        """By the start and by --check-config, with the same sentences."""
        sentences = []
        for more in (["--check-config"], []):
            done = run(LADDERD, "--config", self.daemon.config, *as_root(),
                       *(word for flag in flags for word in ("--set", flag)), *more)
            self.assertEqual(done.returncode, 78, done.stderr)
            sentences.append(re.sub(r"(?m)^\{.*\n", "", done.stderr.decode()))
        self.assertEqual(sentences[0], sentences[1])
        return sentences[0]

    def pair(self):
        return f"http.certificate={self.shown.certificate}", f"http.key={self.shown.key}"

    def test_beyond_loopback_it_takes_a_certificate_or_a_word(self):
        for door in ("http", "stream"):
            for address in ("0.0.0.0:0", "[::]:0", "192.0.2.1:7400", "[::ffff:192.0.2.1]:7400"):
                said = self.refused(f"{door}.listen={address}")
                self.assertIn(f"[{door}] listen: {address} is not loopback", said)
                self.assertIn("plaintext = yes", said)
            for address in ("127.0.0.1:0", "127.9.9.9:0", "[::1]:0"):
                self.assertEqual(self.check(f"{door}.listen={address}"), 0)
            self.assertEqual(self.check(f"{door}.listen=0.0.0.0:0", f"{door}.plaintext=yes"), 0)
            self.assertEqual(self.check(f"{door}.listen=0.0.0.0:0",
                                        f"{door}.certificate={self.shown.certificate}",
                                        f"{door}.key={self.shown.key}"), 0)

    def check(self, *flags):
        return run(LADDERD, "--config", self.daemon.config, "--check-config",
                   *(word for flag in flags for word in ("--set", flag))).returncode

    def test_both_doors_are_told_at_once_beside_what_else_is_wrong(self):
        self.daemon.sections = "[limits]\nworkers = none\n"
        self.daemon.write_config()
        said = self.refused("http.listen=0.0.0.0:0", "stream.listen=0.0.0.0:0")
        for part in ("[http] listen", "[stream] listen", "workers"):
            self.assertIn(part, said)

    def test_files_that_will_not_do_are_refused(self):
        place = self.daemon.place
        other = self.ca.sign()
        (place / "empty").touch()
        (place / "nonsense").write_text("nonsense\n")
        (place / "open").write_bytes(self.shown.key.read_bytes())
        (place / "open").chmod(0o666)
        certificate, key = self.pair()
        rows = [
            ([certificate], "[http] key: it is not given, but certificate is"),
            ([key], "[http] certificate: it is not given, but key is"),
            ([f"http.client_ca={self.ca.certificate}"], "[http] client_ca"),
            ([certificate, f"http.key={other.key}"], "does not belong to the certificate"),
            ([certificate, "http.key=/nowhere"], "the key /nowhere: No such file"),
            (["http.certificate=/nowhere", key], "the certificate /nowhere: No such file"),
            ([certificate, f"http.key={place}/empty"], "it is empty"),
            ([certificate, f"http.key={place}/nonsense"], "the key"),
            ([f"http.certificate={place}/nonsense", key], "no certificate in it"),
            ([certificate, f"http.key={place}/open"], "can be written by others"),
            ([certificate, key, f"http.client_ca={place}/nonsense"], "no certificate in it"),
            ([certificate, key, f"http.client_ca={self.shown.key}"], "no certificate in it"),
        ]
        for flags, words in rows:
            self.assertIn(words, self.refused(*flags), flags)

    def test_a_bound_token_needs_a_door_that_asks(self):
        self.daemon.partners["isd"]["client_key"] = self.shown.fingerprint()
        self.daemon.write_config()
        self.assertIn("client_key", self.refused(*self.pair()))
        self.assertEqual(self.check(*self.pair(), f"http.client_ca={self.ca.certificate}"), 0)

    def test_a_fingerprint_has_its_form(self):
        for wrong in ("sha256:", "sha256:" + "0" * 63, "sha256:" + "0" * 65, "0" * 64,
                      "sha256:" + "g" * 64, "md5:" + "0" * 64):
            self.daemon.partners["isd"]["client_key"] = wrong
            self.daemon.write_config()
            self.assertIn("[partner] client_key", self.refused())

    def test_a_key_that_others_can_read_is_warned_of(self):
        key = self.daemon.place / "readable"
        key.write_bytes(self.shown.key.read_bytes())
        key.chmod(0o644)
        self.daemon.context = self.ca.context()
        self.daemon.start("--set", self.pair()[0], "--set", f"http.key={key}")
        self.assertIn("[http] key: others on this machine can read it", self.daemon.messages())


class Renewal(Doors):
    """SIGHUP reads the files again."""

    def serial(self, port=None):
        with socket.create_connection(("127.0.0.1", port or self.daemon.port)) as plain, \
                self.ca.context().wrap_socket(plain, server_hostname="localhost") as secure:
            return secure.getpeercert()["serialNumber"]

    def put(self, made, door="http"):
        shutil.copy(made.certificate, self.daemon.place / f"{door}.pem")
        shutil.copy(made.key, self.daemon.place / f"{door}.key")

    def hang_up(self):
        acts = [line for line in self.daemon.audit() if line["what"] == "reload"]
        self.daemon.hang_up()
        until(lambda: len([line for line in self.daemon.audit() if line["what"] == "reload"])
              > len(acts), "the configuration is read again")

    def test_new_connections_are_shown_the_new_one_and_old_ones_go_on(self):
        client = self.daemon.client("isd")
        self.assertEqual(client.push([harness.event()]).result["accepted"], 1)
        before = self.serial()
        self.put(self.ca.sign(ends=10))
        self.hang_up()
        self.assertNotEqual(self.serial(), before)
        self.assertEqual(client.push([harness.event()]).result["accepted"], 1)
        client.close()
        self.assertAlmostEqual(
            metric(self.daemon, 'ladderd_certificate_not_after_timestamp_seconds{listener="http"}'),
            time.time() + 10 * 86400, delta=600)

    def test_a_bad_new_one_keeps_the_old_one_with_a_warning(self):
        before = self.serial()
        good = self.ca.sign()
        rows = [
            ("a key of another", lambda: shutil.copy(good.key, self.daemon.place / "http.key")),
            ("nonsense", lambda: (self.daemon.place / "http.pem").write_text("nonsense")),
            ("nothing", lambda: (self.daemon.place / "http.pem").unlink()),
            ("an expired one", lambda: self.put(self.ca.sign(begins=-9, ends=-1))),
            ("one that is not valid yet", lambda: self.put(self.ca.sign(begins=1))),
        ]
        for name, spoil in rows:
            spoil()
            warnings = self.daemon.messages().count("the old certificate stays in force")
            self.hang_up()
            self.assertEqual(self.serial(), before, name)
            self.assertEqual(self.daemon.messages().count("the old certificate stays in force"),
                             warnings + 1, name)
        self.put(good)
        self.hang_up()
        self.assertNotEqual(self.serial(), before)


class WhoCannotBeBelieved(Doors):
    """Clients look at the certificate: curl and openssl refuse, and a line is written."""

    def setUp(self):
        pass

    def test_expired_not_yet_valid_of_another_ca_and_of_another_name(self):
        stranger = Authority("stranger")
        rows = [
            (self.ca.sign(begins=-9, ends=-1), "has expired"),
            (self.ca.sign(begins=1), "is not valid yet"),
            (stranger.sign(), None),
            (self.ca.sign(names="DNS:elsewhere.example,IP:192.0.2.1"), None),
        ]
        for shown, words in rows:
            daemon = Ladderd()
            self.addCleanup(daemon.discard)
            daemon.context = ssl.create_default_context()
            daemon.context.check_hostname = False
            daemon.context.verify_mode = ssl.CERT_NONE
            daemon.start("--set", f"http.certificate={shown.certificate}",
                         "--set", f"http.key={shown.key}")
            if words is not None:
                self.assertIn(words, daemon.messages())
            before = len(handshakes(daemon))
            done = run("curl", "--silent", "--show-error", "--cacert", self.ca.certificate,
                       f"https://localhost:{daemon.port}/healthz")
            self.assertEqual(done.returncode, 60, done.stderr)
            # curl looks at the name when the handshake is over: the daemon cannot know.
            before += shown is not rows[-1][0]
            until(lambda: len(handshakes(daemon)) == before, "one line")
            code, said = self.s_client("-verify_hostname", "localhost", port=daemon.port)
            self.assertNotEqual(code, 0, said)
            until(lambda: len(handshakes(daemon)) == before + 1, "one line")
            for command in (("push", "-"), ("worklist",)):
                done = harness.ladder(
                    command[0], "--to", f"https://localhost:{daemon.port}", "--cacert",
                    self.ca.certificate, "--token-file", daemon.token_file("isd"), *command[1:],
                    stdin=json.dumps(harness.event()))
                self.assertEqual(done.returncode, 69, done.stderr)
            daemon.stop()
            self.assertEqual([line for line in daemon.audit() if line["audit"] == "sign_in"
                              and not line["what"].startswith("handshake")], [])


class Certificates(Doors):
    """Tokens that are bound to a certificate, over HTTP."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clients = Authority("clients")
        cls.alone = self_signed()
        cls.mine, cls.others = cls.clients.client("isd"), cls.clients.client("vwn")
        cls.expired = cls.clients.client("isd", begins=-9, ends=-1)
        cls.early = cls.clients.client("isd", begins=1)
        cls.server_like = cls.clients.sign("isd", purpose="serverAuth")
        cls.stranger = Authority("stranger").client("isd")
        cls.client_ca = cls.clients.place / "believed.pem"
        cls.client_ca.write_bytes(cls.clients.certificate.read_bytes()
                                  + cls.alone.certificate.read_bytes())
        cls.partners = {
            "isd": {"client_key": cls.mine.fingerprint()},
            "vwn": {"client_key": cls.others.fingerprint()},
            "alone": {"client_key": cls.alone.fingerprint()},
            "late": {"client_key": cls.expired.fingerprint()},
            "early": {"client_key": cls.early.fingerprint()},
            "server": {"client_key": cls.server_like.fingerprint()},
            "foreign": {"client_key": cls.stranger.fingerprint()},
            "free": {},
        }
        cls.analysts = {"analyst": {"municipalities": "*", "client_key": cls.mine.fingerprint()}}

    def status(self, who, client, path="/v1/worklist", **options):
        self.daemon.context = self.ca.context(client)
        return self.daemon.request("GET", path, who=who, **options).status

    def refusals(self):
        return [line for line in self.daemon.audit()
                if line["audit"] == "sign_in" and line["outcome"] == "refused"
                and line["what"].startswith("GET")]

    def test_a_token_without_its_certificate_is_none(self):
        rows = [
            ("isd", self.mine, 200), ("isd", None, 401), ("isd", self.others, 401),
            ("vwn", self.others, 200), ("vwn", self.mine, 401),
            ("alone", self.alone, 200), ("alone", self.mine, 401),
            ("late", self.expired, 401), ("early", self.early, 401),
            ("server", self.server_like, 401), ("foreign", self.stranger, 401),
            ("free", None, 200), ("free", self.mine, 200), ("free", self.stranger, 200),
        ]
        for number, (who, client, status) in enumerate(rows):
            before = len(self.refusals())
            self.assertEqual(self.status(who, client), status, (number, who))
            self.assertEqual(len(self.refusals()) - before, int(status == 401), (number, who))

    def test_a_hand_over_is_opened_by_the_key_and_sent_by_the_certificate(self):
        place, port = self.daemon.place / "handed", self.daemon.port
        place.mkdir()
        self.daemon.context = self.ca.context(self.mine)
        subject = harness.fresh("s")
        self.daemon.accept(harness.settled(subject, harness.day(-400)))
        printed = harness.ladder("key", check=0).stdout.decode()
        public = printed.split("public: ")[1].split("\n")[0]
        both = self.mine.certificate.read_bytes() + self.mine.key.read_bytes()
        for name, content in (("key", printed.encode()), ("both.pem", both)):
            (place / name).touch(0o600)
            (place / name).write_bytes(content)
        harness.ladder("handover", "--subject", subject, "--to", public, "-o", place / "file",
                       self.daemon.store, check=0)
        send = ("import", "--key", place / "key", "--municipality", "GM0785", "--to",
                f"https://localhost:{port}", "--cacert", self.ca.certificate, "--token-file",
                self.daemon.token_file("isd"))
        harness.ladder(*send, "--cert", place / "both.pem", place / "file", check=0)
        done = harness.ladder(*send, place / "file")
        self.assertNotEqual(done.returncode, 0, done.stderr)

    def test_a_certificate_alone_is_nobody(self):
        self.assertEqual(self.status(None, self.mine), 401)
        self.assertEqual(self.status(None, self.mine, "/v1/log"), 401)

    def test_basic_and_the_session_of_an_analyst_need_it_too(self):
        for client, status in ((self.mine, 200), (None, 401), (self.others, 401)):
            self.daemon.context = self.ca.context(client)
            pair = base64.b64encode(f"analyst:{self.daemon.tokens['analyst']}".encode()).decode()
            answer = self.daemon.request("GET", "/v1/indicators",
                                         headers={"Authorization": f"Basic {pair}"})
            self.assertEqual(answer.status, status)

        def sign_in(client):
            self.daemon.context = self.ca.context(client)
            return self.daemon.request(
                "POST", "/sign-in", f"token={self.daemon.tokens['analyst']}",
                {"Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual(sign_in(None).status, 403)
        answer = sign_in(self.mine)
        self.assertEqual(answer.status, 303)
        cookie = answer.header("Set-Cookie")
        self.assertRegex(cookie, r"^__Host-ladderd_session=[^;]+; Path=/; ")
        self.assertIn("; Secure", cookie)
        self.assertNotIn("Domain", cookie)
        value = cookie.split(";")[0]
        for client, mark in ((self.mine, True), (None, False), (self.others, False)):
            self.daemon.context = self.ca.context(client)
            page = self.daemon.request("GET", "/?lang=en", headers={"Cookie": value}).body.decode()
            self.assertEqual("/sign-out" in page, mark)
        # The name of the cookie without TLS counts for nothing under TLS.
        self.daemon.context = self.ca.context(self.mine)
        page = self.daemon.request("GET", "/?lang=en", headers={
            "Cookie": value.removeprefix("__Host-")}).body.decode()
        self.assertNotIn("/sign-out", page)

    def test_who_is_believed_no_more_after_sighup_is_nobody_on_open_connections_too(self):
        self.daemon.context = self.ca.context(self.mine)
        client = self.daemon.client("isd")
        self.assertEqual(client.push([harness.event()]).status, 200)
        text = self.client_ca.read_bytes()
        self.addCleanup(self.client_ca.write_bytes, text)
        self.client_ca.write_bytes(self.alone.certificate.read_bytes())
        self.daemon.hang_up()
        until(lambda: client.push([harness.event()]).status == 401, "the CA is believed no more")
        self.client_ca.write_bytes(text)
        self.daemon.hang_up()
        until(lambda: client.push([harness.event()]).status == 200, "it is again")
        client.close()


class Hosts(unittest.TestCase):
    """DNS rebinding: a browser that was led here by a stranger's name says that name."""

    def statuses(self, daemon, hosts):
        return {host: daemon.request("GET", "/", headers={"Host": host}).status for host in hosts}

    def begin(self, http=""):
        daemon = Ladderd(sections="[http]\n" + http if http else "")
        self.addCleanup(daemon.discard)
        return daemon

    def test_names_that_a_stranger_can_have_are_421(self):
        daemon = self.begin().start()
        ours = [f"127.0.0.1:{daemon.port}", f"localhost:{daemon.port}", "LOCALHOST", "localhost.",
                f"[::1]:{daemon.port}", "ladderd", "ladderd:7400"]
        self.assertEqual(set(self.statuses(daemon, ours).values()), {200})
        theirs = ["evil.example", "evil.example:7400", "127.0.0.1.evil.example", "localhost.evil",
                  "a.localhost.example.", "1.2.3.4.5"]
        self.assertEqual(set(self.statuses(daemon, theirs).values()), {421})
        nobodys = ["[evil.example]", "[::1", "[::1]x", "localhost:x", "a@evil.example",
                   "127.0.0.1:80:80"]
        self.assertLessEqual(set(self.statuses(daemon, nobodys).values()), {400, 421})
        answer = daemon.request("GET", "/v1/log", headers={"Host": "evil.example"}, who="analyst")
        self.assertEqual(answer.status, 421)
        self.assertEqual(answer.media_type, harness.PROBLEM)
        self.assertIn("hosts", answer.json["detail"])

    def test_the_names_that_were_listed_and_only_those(self):
        daemon = self.begin("hosts = Ladder.example.nl, other.example\n").start()
        ours = ["ladder.example.nl", "LADDER.example.nl:443", "other.example", "localhost",
                "127.0.0.1"]
        self.assertEqual(set(self.statuses(daemon, ours).values()), {200})
        theirs = ["evil.example", "x.ladder.example.nl", "ladderd"]
        self.assertEqual(set(self.statuses(daemon, theirs).values()), {421})

    def test_any_name_where_that_was_said(self):
        daemon = self.begin("hosts = *\n").start()
        self.assertEqual(self.statuses(daemon, ["evil.example"]), {"evil.example": 200})

    def test_the_names_of_the_certificate(self):
        ca = Authority()
        shown = ca.sign(names="DNS:ladder.example.nl,DNS:*.wild.example,IP:127.0.0.1")
        daemon = Ladderd()
        self.addCleanup(daemon.discard)
        daemon.context = ca.context()
        daemon.start("--set", f"http.certificate={shown.certificate}",
                     "--set", f"http.key={shown.key}")
        self.assertEqual(self.statuses(daemon, ["ladder.example.nl", "a.wild.example:1",
                                                "evil.example", "a.b.wild.example"]),
                         {"ladder.example.nl": 200, "a.wild.example:1": 200,
                          "evil.example": 421, "a.b.wild.example": 421})

    def test_what_is_no_name_is_refused(self):
        for wrong in ("a b/c", "http://ladder.example.nl", "ladder.example.nl:443", "[::1]",
                      ".example"):
            daemon = self.begin(f"hosts = {wrong}\n")
            done = run(LADDERD, "--config", daemon.config, "--check-config")
            self.assertEqual(done.returncode, 78)
            self.assertIn(b"[http] hosts", done.stderr)


class Stream(Doors):
    """Batches over TLS: `ladder push` and a client of our own."""

    def events(self, count=40):
        return "".join(json.dumps(harness.event()) + "\n" for _ in range(count))

    def push(self, *options, to=None, events=None, who="isd", **more):
        return harness.ladder(
            "push", "--to", to or f"tls://localhost:{self.stream_port}", "--via", "stream",
            "--token-file", self.daemon.token_file(who), "--retry-seconds", "0", *options, "-",
            stdin=events or self.events(), **more)

    def test_a_file_goes_through_and_again(self):
        events = self.events(3000)
        for words in (b"3000 accepted, 0 duplicates", b"0 accepted, 3000 duplicates"):
            done = self.push("--cacert", self.ca.certificate, "--batch", "7", events=events)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(words, done.stderr)
        done = self.push("--cacert", self.ca.certificate,
                         to=f"tls://127.0.0.1:{self.stream_port}")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_message_longer_than_many_records_goes_through(self):
        events = "".join(json.dumps(harness.event("event_retracted", {
            "target_id": "x" * 60})) + "\n" for _ in range(9000))
        done = self.push("--cacert", self.ca.certificate, "--batch", "9000", events=events)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(b"9000 rejected", done.stderr)

    def test_whoever_is_not_believed_gets_no_token(self):
        stranger = Authority("stranger")
        before = len(handshakes(self.daemon, "stream"))
        for cacert in (stranger.certificate, None):
            options = () if cacert is None else ("--cacert", cacert)
            done = self.push(*options)
            self.assertEqual(done.returncode, 69, done.stderr)
            self.assertIn(b"its certificate is not believed", done.stderr)
        until(lambda: len(handshakes(self.daemon, "stream")) == before + 2, "a line each")
        self.assertNotIn("stream", [line["what"] for line in self.daemon.audit()])

    def test_the_name_is_looked_at(self):
        place = self.daemon.place
        other = self.ca.sign(names="DNS:elsewhere.example")
        shutil.copy(other.certificate, place / "stream.pem")
        shutil.copy(other.key, place / "stream.key")
        self.daemon.hang_up()

        def refused():
            done = self.push("--cacert", self.ca.certificate)
            return done.returncode == 69 and b"name" in done.stderr
        until(refused, "the name of the new certificate is another")

    def test_what_is_spoken_in_clear_at_its_port_ends(self):
        with socket.create_connection(("127.0.0.1", self.stream_port)) as one:
            one.settimeout(WAIT)
            one.sendall(b"\x10" + b"x" * 16)
            self.assertNotIn(b"unauthorized", one.recv(1000))
        done = self.push(to=f"tcp://127.0.0.1:{self.stream_port}")
        self.assertNotEqual(done.returncode, 0)

    def test_a_port_in_clear_is_not_spoken_to_under_tls(self):
        daemon = Ladderd()
        self.addCleanup(daemon.discard)
        port = free_port()
        daemon.start("--set", f"stream.listen=127.0.0.1:{port}")
        done = self.push("--cacert", self.ca.certificate, to=f"tls://localhost:{port}")
        self.assertNotEqual(done.returncode, 0)
        self.assertNotIn("sign_in", [line["audit"] for line in daemon.audit()])

    def test_who_is_told_why_it_ends_reads_it_under_tls(self):
        wrong = self.daemon.place / "wrong.token"
        wrong.write_text("A" * 43 + "\n")
        wrong.chmod(0o600)
        done = harness.ladder("push", "--to", f"tls://localhost:{self.stream_port}", "--via",
                              "stream", "--cacert", self.ca.certificate, "--token-file", wrong,
                              "-", stdin=self.events(1))
        self.assertEqual(done.returncode, 77, done.stderr)
        self.assertIn(b"the token is no partner's", done.stderr)

    def test_an_end_is_said_under_tls_too(self):
        with socket.create_connection(("127.0.0.1", self.stream_port)) as plain, \
                self.ca.context().wrap_socket(plain, server_hostname="localhost",
                                              suppress_ragged_eofs=False) as secure:
            secure.settimeout(WAIT)
            secure.sendall(b"\xff" * 11)
            data = b""
            while piece := secure.recv(1000):
                data += piece
            self.assertIn(b"bad_frame", data)

    def test_a_slow_reader_of_answers_is_waited_for(self):
        with socket.create_connection(("127.0.0.1", self.stream_port)) as plain, \
                self.ca.context().wrap_socket(plain, server_hostname="localhost") as secure:
            client = StreamClient.__new__(StreamClient)
            client.proto, client.socket, client.rest = harness.proto(), secure, b""
            secure.settimeout(WAIT)
            client.hello(self.daemon.tokens["isd"])
            self.assertTrue(client.receive().HasField("welcome"))
            for number in range(1, 40):
                client.batch(number, [harness.event()])
            for number in range(1, 40):
                self.assertEqual(client.receive().result.number, number)

    def test_sighup_closes_no_stream(self):
        with socket.create_connection(("127.0.0.1", self.stream_port)) as plain, \
                self.ca.context().wrap_socket(plain, server_hostname="localhost") as secure:
            client = StreamClient.__new__(StreamClient)
            client.proto, client.socket, client.rest = harness.proto(), secure, b""
            secure.settimeout(WAIT)
            client.hello(self.daemon.tokens["isd"])
            client.receive()
            renewed = self.ca.sign(ends=10)
            shutil.copy(renewed.certificate, self.daemon.place / "stream.pem")
            shutil.copy(renewed.key, self.daemon.place / "stream.key")
            self.daemon.hang_up()
            name = 'ladderd_certificate_not_after_timestamp_seconds{listener="stream"}'
            until(lambda: metric(self.daemon, name) < time.time() + 11 * 86400, "it is renewed")
            client.batch(1, [harness.event()])
            self.assertEqual(client.receive().result.accepted, 1)


class StreamCertificates(Certificates):
    """Tokens that are bound to a certificate, over the stream."""

    test_a_certificate_alone_is_nobody = None
    test_basic_and_the_session_of_an_analyst_need_it_too = None
    events, push = Stream.events, Stream.push

    def status(self, who, client, path=None, **options):
        options = () if client is None else ("--cert", client.certificate, "--key", client.key)
        done = self.push("--cacert", self.ca.certificate, *options, who=who,
                         events=self.events(2))
        return {0: 200, 77: 401}.get(done.returncode, done.stderr)

    def refusals(self):
        return [line for line in self.daemon.audit()
                if line["audit"] == "sign_in" and line["outcome"] == "refused"
                and line["what"] == "stream"]

    def test_who_is_believed_no_more_after_sighup_is_nobody_on_open_connections_too(self):
        with socket.create_connection(("127.0.0.1", self.stream_port)) as plain, \
                self.ca.context(self.mine).wrap_socket(
                    plain, server_hostname="localhost") as secure:
            client = StreamClient.__new__(StreamClient)
            client.proto, client.socket, client.rest = harness.proto(), secure, b""
            secure.settimeout(WAIT)
            client.hello(self.daemon.tokens["isd"])
            self.assertTrue(client.receive().HasField("welcome"))
            text = self.client_ca.read_bytes()
            self.addCleanup(self.client_ca.write_bytes, text)
            self.client_ca.write_bytes(self.alone.certificate.read_bytes())
            self.daemon.hang_up()
            until(lambda: [line for line in self.daemon.audit() if line["what"] == "reload"],
                  "it is read again")
            client.batch(1, [harness.event()])
            self.assertEqual(client.receive().error.code, "unauthorized")


class Command(Doors):
    """`ladder push`, `worklist` and `import` over https."""

    def test_push_and_worklist(self):
        token = self.daemon.token_file("isd")
        events = json.dumps(harness.event()) + "\n"
        to = f"https://localhost:{self.daemon.port}"
        ca = ("--cacert", self.ca.certificate)
        done = harness.ladder("push", "--to", to, *ca, "--token-file", token, "-", stdin=events)
        self.assertEqual(done.returncode, 0, done.stderr)
        done = harness.ladder("worklist", "--to", to, *ca, "--token-file", token)
        self.assertEqual(done.returncode, 0, done.stderr)
        for command in (("push", "-"), ("worklist",)):
            done = harness.ladder(command[0], "--to", to, "--token-file", token, *command[1:],
                                  stdin=events)
            self.assertEqual(done.returncode, 69, done.stderr)

    def test_import(self):
        place = self.daemon.place
        (place / "uren.csv").write_text("naam;datum;soort;uren\n")
        done = harness.ladder(
            "import", "--map", "activity-hours", "--subjects", place / "subjects.csv",
            "--municipality", "GM0823", "--token-file", self.daemon.token_file("isd"), "--to",
            f"https://localhost:{self.daemon.port}", "--cert", self.shown.certificate,
            place / "uren.csv")
        self.assertEqual(done.returncode, 64, done.stderr)
        self.assertIn(b"--cert and --key go together", done.stderr)

    def test_a_token_goes_in_clear_to_this_machine_only(self):
        token = self.daemon.token_file("isd")
        away = ["http://192.0.2.1:7400", "http://ladder.example.nl", "http://127.0.0.1.example",
                "http://127.0.0.1@192.0.2.1:80", "http://localhost:x@192.0.2.1",
                "http://[2001:db8::1]:7400", "http://0.0.0.0:7400"]
        for to in away:
            for command in (("push", "-"), ("worklist",)):
                done = harness.ladder(command[0], "--to", to, "--token-file", token,
                                      *command[1:], stdin="{}\n")
                self.assertEqual(done.returncode, 64, (to, done.stderr))
                self.assertIn(b"--plaintext", done.stderr)
        for to in ("tcp://192.0.2.1:7401", "192.0.2.1:7401", "ladder.example.nl:7401"):
            done = harness.ladder("push", "--via", "stream", "--to", to, "--token-file", token,
                                  "-", stdin="{}\n")
            self.assertEqual(done.returncode, 64, (to, done.stderr))
        # Said in so many words it goes: there is nobody at 0.0.0.0 but this machine.
        daemon = Ladderd()
        self.addCleanup(daemon.discard)
        daemon.start()
        done = harness.ladder("push", "--to", f"http://0.0.0.0:{daemon.port}", "--plaintext",
                              "--token-file", daemon.token_file("isd"), "-",
                              stdin=json.dumps(harness.event()) + "\n")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_files_that_are_not_there_are_told(self):
        token = self.daemon.token_file("isd")
        to = f"https://localhost:{self.daemon.port}"
        rows = [(("--cacert", "/nowhere"), 66), (("--cert", "/nowhere", "--key", "/nowhere"), 66),
                (("--key", self.shown.key), 64)]
        for options, code in rows:
            done = harness.ladder("push", "--to", to, "--token-file", token, *options, "-",
                                  stdin="{}\n")
            self.assertEqual(done.returncode, code, done.stderr)
        for via, to in (("http", to), ("stream", f"tls://localhost:{self.stream_port}")):
            done = harness.ladder("push", "--to", to, "--via", via, "--cacert", self.shown.key,
                                  "--token-file", token, "-", stdin=json.dumps(harness.event()))
            self.assertIn(done.returncode, (64, 69), done.stderr)


class Manual(unittest.TestCase):
    def test_the_commands_of_the_manual_do_what_it_says(self):
        text = (harness.ROOT / "docs/tls.md").read_text()
        trial, clients, bound = re.findall(r"(?ms)^```sh\n(.*?)^```$", text)
        daemon = Ladderd()
        self.addCleanup(daemon.close)
        place, port, stream_port = daemon.place, daemon.port, free_port()
        made = run("sh", "-ec", f"cd {place}\n{trial}{bound}", check=0)
        daemon.partners["isd"]["client_key"] = re.search(
            r"client_key = (sha256:[0-9a-f]{64})", made.stdout.decode()).group(1)
        daemon.write_config()
        daemon.token_file("isd")
        (place / "events.ndjson").write_text(json.dumps(harness.event()) + "\n")
        flags = ["--set", f"stream.listen=127.0.0.1:{stream_port}"]
        for door in ("http", "stream"):
            for key, file in (("certificate", "ladder.pem"), ("key", "ladder.key"),
                              ("client_ca", "isd.pem")):
                flags += ["--set", f"{door}.{key}={place}/{file}"]
        daemon.context = ssl.create_default_context(cafile=place / "ca.pem")
        daemon.context.check_hostname = False
        daemon.start(*flags)
        lines = clients.replace("7400", str(port)).replace("7401", str(stream_port)).replace(
            "ladder push", f"{harness.LADDER} push").replace("\\\n", " ")
        done = run("sh", "-c", f"cd {place}\n{lines}")
        self.assertEqual(done.stderr.count(b"no partner's"), 1, done.stderr)
        self.assertTrue(done.stdout.endswith(b"ok\n"), done)
        own = lines.replace("--cacert ca.pem --token", "--cacert ca.pem --cert isd.pem "
                                                       "--key isd.key --token")
        done = run("sh", "-ec", f"cd {place}\n{own}", check=0)
        self.assertIn(b"1 accepted, 0 duplicates", done.stderr)
        self.assertIn(b"0 accepted, 1 duplicates", done.stderr)


if __name__ == "__main__":
    unittest.main()
