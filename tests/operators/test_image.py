"""The image for containers: made of the package, small, and run by podman as docs/containers.md says.

What runs has a network of its own, so that nothing listens where others are.
"""

import json
import os
import re
import shutil
import tarfile
import tempfile
import unittest
from pathlib import Path

from commands import ROOT, run

# Where a container's own limits and groups may not be set, as within another one.
CONTAINERS = """[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[containers]
netns = "host"
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
log_driver = "k8s-file"
"""
STORAGE = """[storage]
driver = "vfs"
graphroot = "{place}/graph"
runroot = "{place}/run"
"""


@unittest.skipUnless(os.geteuid() == 0, "only root makes a root")
@unittest.skipUnless((ROOT / ".git").exists(), "no history to make the package of")
class Image(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Path(tempfile.mkdtemp(prefix="ladderd-image-", dir="/var/tmp"))
        cls.addClassCleanup(shutil.rmtree, cls.place, True)
        run("scripts/packages", "debian/packages.txt")
        run("scripts/image", cls.place)
        cls.archive, = cls.place.glob("ladderd_*.oci.tar")
        cls.layout = cls.place / "layout"
        with tarfile.open(cls.archive) as archive:
            archive.extractall(cls.layout)
        index = json.loads((cls.layout / "index.json").read_text())
        cls.entry, = index["manifests"]
        cls.manifest = cls.blob(cls.entry)
        cls.config = cls.blob(cls.manifest["config"])
        layer, = cls.manifest["layers"]
        with tarfile.open(cls.path(layer)) as files:
            cls.files = {one.name.removeprefix("./"): one for one in files}

    @classmethod
    def path(cls, descriptor):
        return cls.layout / "blobs" / descriptor["digest"].replace(":", "/")

    @classmethod
    def blob(cls, descriptor):
        return json.loads(cls.path(descriptor).read_text())

    def test_it_runs_as_a_user_with_one_volume(self):
        config = self.config["config"]
        self.assertEqual(config["User"], "7400:7400")
        self.assertEqual(config["Entrypoint"], ["/usr/sbin/ladderd"])
        self.assertEqual(list(config["Volumes"]), ["/var/lib/ladderd"])
        self.assertEqual(set(config["ExposedPorts"]), {"7400/tcp", "7401/tcp"})
        store = self.files["var/lib/ladderd"]
        self.assertEqual((store.uid, store.gid, store.mode & 0o7777), (7400, 7400, 0o700))
        self.assertRegex(self.entry["annotations"]["org.opencontainers.image.ref.name"],
                         r"^localhost/ladderd:\d+\.\d+\.\d+$")

    def test_there_is_nothing_in_it_to_begin_with(self):
        """No shell, no other program, nothing that gives rights."""
        folders = ("bin/", "sbin/", "usr/bin/", "usr/sbin/", "usr/local/bin/")
        programs = {name for name, one in self.files.items()
                    if name.startswith(folders) and not one.isdir()}
        self.assertEqual(programs, {"usr/bin/ladder", "usr/sbin/ladderd"})
        self.assertEqual([name for name, one in self.files.items()
                          if one.isfile() and one.mode & 0o6000], [])
        writable = [name for name, one in self.files.items()
                    if (one.uid == 7400 or one.mode & 0o002) and not one.issym()]
        self.assertEqual(writable, ["var/lib/ladderd"])
        self.assertLess(self.archive.stat().st_size, 32 << 20)

    def test_scanners_find_what_it_is_made_of(self):
        noted = {name.rsplit("/", 1)[1] for name, one in self.files.items()
                 if name.startswith("var/lib/dpkg/status.d/") and one.isfile()}
        self.assertLessEqual({"ladderd", "libc6", "liblmdb0", "tzdata", "base-files"}, noted)
        self.assertIn("etc/ssl/certs/ca-certificates.crt", self.files)
        self.assertIn("usr/lib/os-release", self.files)
        # Each library that is there is of one of the packages noted.
        owned = run("dpkg-query", "-W", "-f", "${Package}\n")
        for library in ("libsodium23", "libseccomp2", "libevent-2.1-7"):
            if re.search(rf"(?m)^{re.escape(library)}", owned):
                self.assertIn(library, " ".join(noted))

    @unittest.skipUnless(shutil.which("podman") and shutil.which("runc"), "no podman, or no runc")
    def test_the_commands_of_the_guide_run_as_they_stand(self):
        text = (ROOT / "docs/containers.md").read_text(encoding="utf-8")
        commands = "".join(re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S))
        place = self.place / "guide"
        place.mkdir()
        shutil.copy(self.archive, place)
        (place / "containers.conf").write_text(CONTAINERS)
        (place / "storage.conf").write_text(STORAGE.format(place=place))
        end = "podman rm --force --time 5 ladderd >/dev/null 2>&1 || true"
        script = f"set -eu\ntrap '{end}' EXIT\nip link set lo up\ncd '{place}'\n{commands}"
        script += "podman logs ladderd\n"
        said = run("unshare", "--net", "--mount", "sh", "-c", script, seconds=300,
                   CONTAINERS_CONF=str(place / "containers.conf"),
                   CONTAINERS_STORAGE_CONF=str(place / "storage.conf"))
        self.assertIn('"accepted":1', said.replace(" ", ""))
        self.assertIn("all as they were written", said)
        self.assertRegex(said, r"(?m)^.*store /var/lib/ladderd/store at record 1\b")
        self.assertIn("confined: system calls by seccomp", said)


if __name__ == "__main__":
    unittest.main()
