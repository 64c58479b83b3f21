"""What the process gives up, and what it is compiled with."""

import os
import pwd
import re
import shutil
import stat
import subprocess
import unittest
from pathlib import Path

import harness
from harness import OwnDaemon, event

RELEASE = Path(harness.LADDERD).parent.name == "release"


def readelf(*arguments):
    return subprocess.run(["readelf", "-W", *arguments], stdout=subprocess.PIPE, check=True,
                          timeout=60).stdout.decode()


@unittest.skipUnless(RELEASE, "only a release is hardened")
class Binary(unittest.TestCase):
    """Both programs, as the compiler and the linker left them."""

    programs = (harness.LADDERD, harness.LADDER)

    def test_it_lies_anywhere_and_nothing_of_it_can_be_rebound(self):
        for program in self.programs:
            with self.subTest(program):
                self.assertRegex(readelf("-h", program), r"Type: +DYN")
                dynamic = readelf("-d", program)
                self.assertRegex(dynamic, r"\(FLAGS\).*BIND_NOW")
                self.assertRegex(dynamic, r"\(FLAGS_1\).*NOW.*PIE")
                headers = readelf("-l", program)
                self.assertIn("GNU_RELRO", headers)
                self.assertRegex(headers, r"GNU_STACK.* RW +0x")
                self.assertNotRegex(headers, r"LOAD.* RWE ")

    def test_the_stack_and_the_sizes_of_buffers_are_guarded(self):
        for program in self.programs:
            with self.subTest(program):
                symbols = readelf("--dyn-syms", program)
                self.assertIn("__stack_chk_fail", symbols)
                for name in ("__memcpy_chk", "__snprintf_chk"):
                    self.assertIn(name, symbols)
                data = Path(program).read_bytes()
                if b"GNU C11" in data:  # gcc notes its options for debuggers
                    self.assertIn(b"-fstack-clash-protection", data)

    def test_calls_land_on_pads_and_returns_have_a_shadow(self):
        for program in self.programs:
            with self.subTest(program):
                if "X86-64" not in readelf("-h", program):
                    self.skipTest("CET is of x86")
                self.assertRegex(readelf("-n", program), r"x86 feature:.*SHSTK")
                section = re.search(r"\.text +PROGBITS +(\w+) (\w+)", readelf("-S", program))
                address, offset = (int(text, 16) for text in section.groups())
                data = Path(program).read_bytes()
                found = re.findall(r" (\w+) +\d+ FUNC +GLOBAL DEFAULT +\d+ (\w+)$",
                                   readelf("-s", program), re.M)
                ours = {name: int(place, 16) - address + offset for place, name in found
                        if name in ("main", "log_open", "event_decode", "live_refresh")}
                self.assertGreaterEqual(len(ours), 3, found[:10])
                for name, place in ours.items():
                    self.assertEqual(data[place:place + 4], b"\xf3\x0f\x1e\xfa", name)


ROOT = os.geteuid() == 0
NOBODY = pwd.getpwnam("nobody")


def said(done):
    return done.stderr.decode()


def status(pid):
    """What /proc says of a process."""
    return dict(line.split(":\t", 1) for line in
                Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line)


class Case(OwnDaemon):
    def start_fails(self, daemon, *flags, code=77):
        """The daemon must say why it does not start; gives the sentence."""
        done = harness.run(harness.LADDERD, "--config", daemon.config, *flags, timeout=15)
        self.assertEqual(done.returncode, code, done)
        sentences = [line for line in said(done).splitlines() if not line.startswith("{")]
        self.assertEqual(len(sentences), 1, done)
        return sentences[0]

    def of_nobody(self):
        """A daemon that root starts and that becomes nobody."""
        daemon = self.ladderd(start=False, sections="[process]\nuser = nobody")
        daemon.stays_root = False
        os.chown(daemon.place, NOBODY.pw_uid, NOBODY.pw_gid)
        return daemon

    def save_state(self, daemon):
        """Ends it with something to save."""
        daemon.accept(event())
        daemon.figures(municipality="GM0823")
        daemon.follow(1)
        daemon.stop()
        self.assertTrue((daemon.store / "state").exists())

    def assertOwned(self, folder, uid):
        for path in [folder, *folder.rglob("*")]:
            found = path.stat()
            self.assertEqual(found.st_uid, uid, path)
            self.assertEqual(stat.S_IMODE(found.st_mode) & 0o077, 0, path)


@unittest.skipUnless(ROOT, "only root can become somebody else")
class Root(Case):
    def test_root_without_a_word_and_without_the_user_does_not_start(self):
        daemon = self.ladderd(start=False, sections="[process]\nuser = no-such-user")
        sentence = self.start_fails(daemon)
        self.assertIn("no-such-user", sentence)
        self.assertIn("--as-root", sentence)
        self.assertFalse(daemon.store.exists())

    def test_root_does_not_become_root(self):
        daemon = self.ladderd(start=False, sections="[process]\nuser = root")
        self.assertIn("--as-root", self.start_fails(daemon))

    def test_root_stays_root_when_the_file_says_so(self):
        daemon = self.ladderd(start=False, sections="[process]\nas_root = yes\nuser = nobody")
        daemon.stays_root = False
        daemon.start()
        self.assertEqual(status(daemon.process.pid)["Uid"].split(), ["0"] * 4)
        
    def test_it_becomes_the_user_for_good_and_the_store_is_that_users(self):
        daemon = self.of_nobody().start()
        found = status(daemon.process.pid)
        self.assertEqual(found["Uid"].split(), [str(NOBODY.pw_uid)] * 4)
        self.assertEqual(found["Gid"].split(), [str(NOBODY.pw_gid)] * 4)
        for name in ("CapPrm", "CapEff", "CapInh"):
            self.assertEqual(int(found[name], 16), 0, name)
        self.assertNotIn("0", found["Groups"].split())
        daemon.write_config()
        daemon.hang_up()
        harness.until(lambda: "were read again" in daemon.messages(), "the reload")
        self.save_state(daemon)
        self.assertOwned(daemon.store, NOBODY.pw_uid)

    def test_a_configuration_that_the_user_cannot_read_is_told_at_the_start(self):
        daemon = self.of_nobody()
        daemon.config.chmod(0o600)
        self.assertIn("SIGHUP", self.start_fails(daemon))

    def test_a_store_or_a_configuration_of_another_owner_is_refused(self):
        daemon = self.of_nobody().start()
        daemon.stop()
        sentence = self.start_fails(daemon, "--as-root")
        self.assertIn("the store", sentence)
        os.chown(daemon.config, NOBODY.pw_uid, NOBODY.pw_gid)
        self.assertIn("the configuration", self.start_fails(daemon, "--as-root", code=78))

    def test_offline_commands_of_root_write_as_the_stores_owner(self):
        daemon = self.of_nobody().start()
        self.save_state(daemon)
        (daemon.store / "lock.mdb").unlink()
        backup, report = daemon.place / "backup", daemon.place / "report.html"
        harness.ladder("verify", daemon.store, check=0)
        harness.ladder("replay", "--verify", daemon.store, check=0)
        harness.ladder("backup", daemon.store, backup, check=0)
        harness.ladder("report", "-m", "GM0823", "-o", report, daemon.store, check=0)
        self.assertOwned(daemon.store, NOBODY.pw_uid)
        self.assertOwned(backup, NOBODY.pw_uid)
        self.assertEqual(report.stat().st_uid, NOBODY.pw_uid)
        daemon.start()


class Files(Case):
    def test_nothing_it_writes_is_anybody_elses_to_read(self):
        daemon = self.ladderd(start=False)
        before = os.umask(0)
        self.addCleanup(os.umask, before)
        daemon.start()
        self.save_state(daemon)
        backup = daemon.place / "backup"
        harness.ladder("backup", daemon.store, backup, check=0)
        self.assertOwned(daemon.store, os.geteuid())
        self.assertOwned(backup, os.geteuid())

    def test_the_tables_of_the_import_are_their_owners_only(self):
        place, daemon = self.place(), self.ladderd()
        token = daemon.token_file("isd")
        before = os.umask(0)
        self.addCleanup(os.umask, before)
        (place / "list.csv").write_text("Naam;Datum;Activiteit;Uren\nA. Bos;3-4-2025;Taalcafé;2\n")
        harness.ladder("import", "--map", "activity-hours", "--municipality", "GM0823",
                       "--to", f"http://127.0.0.1:{daemon.port}",
                       "--token-file", token,
                       "--subjects", place / "subjects.csv", place / "list.csv", check=0)
        made = [path for path in place.iterdir() if path.name.startswith("subjects")]
        self.assertGreaterEqual(len(made), 2, made)
        for path in made:
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600, path)

    def test_a_store_that_others_can_write_is_refused(self):
        daemon = self.ladderd()
        self.save_state(daemon)
        for name, mode in ((".", 0o770), ("data.mdb", 0o620), ("state", 0o602)):
            with self.subTest(name):
                path = daemon.store / name
                own = stat.S_IMODE(path.stat().st_mode)
                path.chmod(mode)
                self.assertIn("the store", self.start_fails(daemon, *harness.as_root()))
                path.chmod(own)
        daemon.start()

    def test_a_store_that_others_can_read_is_tightened_with_a_warning(self):
        daemon = self.ladderd()
        daemon.stop()
        daemon.store.chmod(0o755)
        (daemon.store / "data.mdb").chmod(0o644)
        daemon.start()
        self.assertIn("could be read by others", daemon.messages())
        self.assertOwned(daemon.store, os.geteuid())

    def test_a_configuration_that_others_can_write_is_refused(self):
        daemon = self.ladderd(start=False)
        for mode in (0o664, 0o646):
            daemon.config.chmod(mode)
            sentence = self.start_fails(daemon, *harness.as_root(), code=78)
            self.assertIn("the configuration", sentence)
            done = harness.run(harness.LADDERD, "--check-config", "--config", daemon.config)
            self.assertEqual(done.returncode, 78, done)

    def test_at_sighup_too(self):
        daemon = self.ladderd()
        daemon.config.chmod(0o666)
        daemon.hang_up()
        harness.until(lambda: "stays in force" in daemon.messages(), "the refusal")
        self.assertIn("can be written by others", daemon.messages())

    def test_a_token_file_that_others_can_write_or_read_is_refused(self):
        daemon = self.ladderd()
        file = daemon.token_file("isd")
        for mode in (0o640, 0o604, 0o620, 0o602):
            file.chmod(mode)
            done = harness.ladder("push", "--to", f"http://127.0.0.1:{daemon.port}",
                                  "--token-file", file, "-")
            self.assertEqual(done.returncode, 77, done)
            self.assertIn("token file", said(done))


class Privileges(Case):
    def test_no_new_privileges_no_core_and_nobody_looks_inside(self):
        daemon = self.ladderd()
        self.assertEqual(status(daemon.process.pid)["NoNewPrivs"].strip(), "1")
        limits = Path(f"/proc/{daemon.process.pid}/limits").read_text()
        self.assertRegex(limits, r"Max core file size +0 +0 ")

    @unittest.skipUnless(ROOT, "needs another user")
    def test_not_even_its_own_user_can_look_into_its_memory(self):
        daemon = self.of_nobody().start()
        done = subprocess.run(["cat", f"/proc/{daemon.process.pid}/environ"], timeout=20,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              user=NOBODY.pw_uid, group=NOBODY.pw_gid, extra_groups=[])
        self.assertNotEqual(done.returncode, 0, done)


if __name__ == "__main__":
    unittest.main()
