"""The Debian package: made, looked at by lintian, and installed, upgraded, removed and purged in a
bare root."""

import os
import re
import shutil
import tempfile
import unittest
from pathlib import Path

from commands import ROOT, run


@unittest.skipUnless(os.geteuid() == 0, "only root makes a bare root")
@unittest.skipUnless((ROOT / ".git").exists(), "no history to make the package of")
class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Path(tempfile.mkdtemp(prefix="ladderd-deb-", dir="/var/tmp"))
        cls.addClassCleanup(shutil.rmtree, cls.place, True)
        run("scripts/packages", "debian/packages.txt")
        cls.said = run("scripts/deb", cls.place)
        cls.first, = cls.place.glob("ladderd_*.deb")

    def later(self):
        """The same package with a later version, made of the first."""
        tree = self.place / "later"
        run("dpkg-deb", "-R", self.first, tree)
        control = tree / "DEBIAN/control"
        control.write_text(re.sub(r"(?m)^Version: (.*)$", r"Version: \1+later", control.read_text()))
        made = self.place / "later.deb"
        run("dpkg-deb", "--root-owner-group", "-b", tree, made)
        return made

    def test_lintian_finds_no_error(self):
        self.assertNotRegex(self.said, r"(?m)^E: ")
        # It looked: it always has something to say of a package that is not Debian's own.
        self.assertIn("making ladderd", self.said)

    def test_it_has_what_it_should(self):
        listed = run("dpkg-deb", "-c", self.first)
        for name in ("./usr/sbin/ladderd", "./usr/bin/ladder", "./etc/ladderd/ladderd.conf",
                     "systemd/system/ladderd.service", "./usr/lib/sysusers.d/ladderd.conf",
                     "./usr/share/man/man1/ladder-check.1.gz", "./var/lib/ladderd/"):
            self.assertRegex(listed, rf"(?m){re.escape(name)}$")
        self.assertIn("/etc/ladderd/ladderd.conf\n", run("dpkg-deb", "-I", self.first, "conffiles"))
        self.assertIn("libmicrohttpd", run("dpkg-deb", "-f", self.first, "Depends"))

    @unittest.skipUnless(shutil.which("debootstrap"), "no debootstrap")
    def test_it_is_installed_upgraded_removed_and_purged_in_a_bare_root(self):
        release = re.search(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text(), re.M)[1]
        first = self.place / "first.deb"
        shutil.copy(self.first, first)
        said = run("scripts/bare", release, "sh", "/src/tests/operators/package-inside",
                   "/files/first.deb", "/files/later.deb", BARE_FILES=f"{first} {self.later()}")
        self.assertIn("\nthe package does\n", said)


if __name__ == "__main__":
    unittest.main()
