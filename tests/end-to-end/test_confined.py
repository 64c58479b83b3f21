"""What somebody could do who had broken into the running daemon, and that it works so."""

import errno
import os
import re
import shutil
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

import harness
from harness import OwnDaemon, event

LINKED = subprocess.run(["ldd", harness.LADDERD], stdout=subprocess.PIPE, timeout=30).stdout
WATCHED = b"asan" in LINKED or b"tsan" in LINKED or Path(harness.LADDERD).parent.name == "cov"
EPERM, EACCES, ENOSYS = errno.EPERM, errno.EACCES, errno.ENOSYS

# attempt: how it fails. Of Landlock first, then of seccomp.
OF_FILES = {
    "read_outside": EACCES, "read_other_process": EACCES, "write_config": EACCES,
    "cut_config": EACCES, "remove_config": EACCES, "make_beside_store": EACCES,
    "list_outside": EACCES, "move_out_of_store": EACCES,
}
OF_CALLS = {
    "open_rights": EPERM, "link_store": EPERM, "make_folder": ENOSYS, "connect_out": EPERM,
    "send_to": EPERM, "fast_open": EPERM, "listen_elsewhere": EPERM, "socket_inet": EPERM,
    "socket_datagram": EPERM, "socket_inet6": EPERM, "socket_unix": EPERM,
    "socket_netlink": EPERM, "pair": EPERM, "fork": EPERM, "clone3": ENOSYS,
    "run_page": EPERM, "map_code": EPERM, "signal_parent": EPERM, "signal_by_thread": EPERM,
    "new_spaces": EPERM, "be_another": EPERM, "memory_file": EPERM, "ring": EPERM,
    "be_dumped": ENOSYS, "type_for_others": ENOSYS,
}
# A container, or a machine that is set up strictly, denies these to everybody.
OFTEN_DENIED = ("clone3", "ring", "new_spaces", "read_other_process")
DEADLY = ("run", "run_opened", "trace", "read_memory")


@unittest.skipIf(WATCHED, "what is built to be watched is hardly confined")
@unittest.skipUnless(shutil.which("cc"), "no C compiler")
class BrokenIn(OwnDaemon):
    """Code of a stranger in the process: see broken_in.c."""

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="ladder-broken-in-"))
        cls.library = cls.folder / "broken_in.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", cls.library,
                        harness.HERE / "broken_in.c"], check=True, timeout=60)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder, True)

    def environment(self, daemon, tries, **more):
        # The attempts need files; a stranger's folder is not the daemon's.
        (daemon.place / "ladderd.conf.old").write_text("")
        return {**os.environ, "LD_PRELOAD": str(self.library), "BROKEN_IN_TRIES": tries,
                "BROKEN_IN_CONFIG": str(daemon.config), "BROKEN_IN_STORE": str(daemon.store),
                **more}

    def broken(self, tries):
        daemon = self.ladderd(start=False)
        sign = daemon.place / "sign"
        daemon.env = self.environment(daemon, tries, BROKEN_IN=str(sign))
        daemon.start()
        (daemon.store / "loot").write_text("all of it")
        sign.write_text("")
        return daemon

    def tried(self, thread, said):
        found = re.findall(rf"^broken in {thread}: (\w+) (\d+)$", said, re.M)
        return {name: int(error) for name, error in found}

    def test_what_a_stranger_tries_in_it_is_denied_in_every_thread(self):
        daemon = self.broken("all")
        daemon.accept(event())
        said = daemon.output.read_text()
        wanted = dict(OF_CALLS, store=0, unknown_call=ENOSYS, end=0)
        if "this kernel has no Landlock" not in said:
            wanted.update(OF_FILES)
        for thread in "committer", "loop":
            found = self.tried(thread, said)
            for name, error in wanted.items():
                with self.subTest(f"{thread}: {name}"):
                    self.assertEqual(found.get(name), error)
        self.assertEqual(daemon.push([event()])["accepted"], 1, "it goes on")
        if "this kernel has no Landlock" in said:
            self.skipTest("this kernel has no Landlock: files were not tried")

    def test_unconfined_the_same_attempts_are_let(self):
        daemon = self.ladderd(start=False)
        daemon.store.mkdir()
        (daemon.store / "loot").write_text("all of it")
        (daemon.store / "data.mdb").write_text("")
        environment = self.environment(daemon, "all", BROKEN_IN_FREE="1")
        done = harness.run(harness.LADDERD, "--version", env=environment, check=0)
        found = self.tried("free", done.stderr.decode())
        for name, error in {**OF_FILES, **OF_CALLS}.items():
            with self.subTest(name):
                self.assertIn(name, found)
                if name not in OFTEN_DENIED:
                    self.assertNotIn(found[name], (EPERM, EACCES, ENOSYS))

    def test_to_run_a_program_or_to_look_into_another_process_is_death(self):
        for tries in DEADLY:
            with self.subTest(tries):
                daemon = self.broken(tries)
                with self.assertRaises(Exception):
                    daemon.push([event()])
                process, daemon.process = daemon.process, None
                self.assertEqual(process.wait(harness.WAIT), -signal.SIGSYS)
                self.assertNotIn(f"{tries} ", daemon.messages())
                environment = self.environment(daemon, tries, BROKEN_IN_FREE="1")
                done = harness.run(harness.LADDERD, "--version", env=environment)
                self.assertGreaterEqual(done.returncode, 0, "unconfined it lives")


@unittest.skipIf(WATCHED, "what is built to be watched is hardly confined")
class Confined(OwnDaemon):
    def test_every_thread_has_the_filter_and_gets_no_privileges(self):
        daemon = self.ladderd()
        daemon.accept(event())
        daemon.figures(as_of="2026-06-30")
        tasks = list(Path(f"/proc/{daemon.process.pid}/task").iterdir())
        self.assertGreaterEqual(len(tasks), 4)
        for task in tasks:
            text = (task / "status").read_text()
            self.assertIn("Seccomp:\t2\n", text)
            self.assertIn("NoNewPrivs:\t1\n", text)

    def test_the_start_says_how_it_is_confined(self):
        said = self.ladderd().messages()
        self.assertRegex(said, r"ladderd: (warning: )?confined: system calls by seccomp[,;] "
                               r"(files by Landlock of version [1-9]|this kernel has no Landlock)")

    def test_all_that_it_does_it_still_does(self):
        daemon = self.ladderd()
        daemon.accept(event(), event())
        daemon.figures(municipality="GM0823")
        daemon.follow(2)
        metrics = daemon.get("/metrics", who="prometheus").body.decode()
        for name in "process_open_fds", "process_resident_memory_bytes":
            self.assertGreater(float(re.search(rf"^{name} (\S+)$", metrics, re.M)[1]), 5, name)
        backup = daemon.place / "backup"
        harness.ladder("backup", daemon.store, backup, check=0)
        harness.ladder("verify", backup, check=0)
        daemon.figures(as_of="2026-03-31")
        daemon.stop()
        self.assertTrue((daemon.store / "state").exists())
        daemon.start()
        self.assertEqual(len(daemon.records()), 2)

    def reload(self, daemon):
        before = daemon.output.read_text().count("were read again")
        daemon.new_token("isd")
        daemon.write_config()
        daemon.hang_up()
        harness.until(lambda: daemon.output.read_text().count("were read again") > before,
                      "the reload: " + daemon.messages())
        daemon.accept(event())

    def test_a_configuration_that_was_replaced_is_read_at_sighup(self):
        daemon = self.ladderd()
        self.reload(daemon)
        self.reload(daemon)

    def test_so_is_one_that_a_link_leads_to_and_one_whose_link_is_replaced(self):
        daemon = self.ladderd(start=False)
        real, link = daemon.place / "real", daemon.place / "etc"
        real.mkdir()
        link.mkdir()
        (link / "ladderd.conf").symlink_to(real / "ladderd.conf")
        daemon.config = real / "ladderd.conf"
        daemon.write_config()
        daemon.config = link / "ladderd.conf"
        daemon.start()
        daemon.config = real / "ladderd.conf"
        self.reload(daemon)
        # As configuration management does it: another folder beside, then the link.
        (link / "new").mkdir()
        daemon.config = link / "new" / "ladderd.conf"
        daemon.write_config()
        (link / "next").symlink_to("new/ladderd.conf")
        (link / "next").replace(link / "ladderd.conf")
        self.reload(daemon)


if __name__ == "__main__":
    unittest.main()
