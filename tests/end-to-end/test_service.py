"""ladderd as a service of systemd: what it tells, what it is handed, and how it is shut in."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

import harness
from authority import Authority
from harness import ROOT, OwnDaemon, event
from test_confined import WATCHED

UNITS = ROOT / "systemd"
SERVICE = UNITS / "ladderd.service"


def settings(unit, key):
    """The values of a key, in their order."""
    return re.findall(rf"^{key}=(.*)$", unit.read_text(), re.M)


class Manager:
    """Listens as systemd does."""

    def __init__(self, name):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(name)
        self.name = name if isinstance(name, str) else "@" + name[1:].decode()

    def hear(self, seconds=harness.WAIT):
        """The next datagram as a dict; empty when none comes."""
        self.socket.settimeout(seconds)
        try:
            said = self.socket.recv(4096).decode()
        except TimeoutError:
            return {}
        return dict(line.split("=", 1) for line in said.splitlines())

    def hear_until(self, key):
        """All up to the one with that key, which is the last."""
        found = []
        deadline = time.monotonic() + harness.WAIT
        while not found or key not in found[-1]:
            assert time.monotonic() < deadline, f"{key} does not come: {found}"
            found.append(self.hear(1))
        return found

    def drain(self):
        while self.hear(0.001):
            pass


def watched(test, start=True, sections="", **environment):
    """A manager, and the daemon that tells it how it is."""
    manager = Manager(str(test.place() / "notify"))
    test.addCleanup(manager.socket.close)
    daemon = test.ladderd(start=False, sections=sections)
    daemon.env = {**os.environ, "NOTIFY_SOCKET": manager.name, **environment}
    return manager, daemon.start() if start else daemon


class Notify(OwnDaemon):
    def test_the_manager_is_told_of_the_start_a_reload_and_the_end(self):
        manager, daemon = watched(self)
        self.assertEqual(manager.hear(), {"READY": "1", "STATUS": "serving, 0 records"})
        before = time.clock_gettime(time.CLOCK_MONOTONIC)
        daemon.hang_up()
        reloading = manager.hear()
        self.assertEqual(reloading["RELOADING"], "1")
        micros = int(reloading["MONOTONIC_USEC"])
        self.assertLess(before * 1e6 - 1, micros)
        self.assertLess(micros, time.clock_gettime(time.CLOCK_MONOTONIC) * 1e6)
        self.assertEqual(manager.hear()["READY"], "1")
        daemon.stop()
        self.assertEqual(manager.hear(), {"STOPPING": "1"})
        self.assertEqual(manager.hear(0.2), {})

    def test_a_reload_that_was_refused_ends_too(self):
        manager, daemon = watched(self)
        manager.hear()
        daemon.config.write_text("[nonsense]\n")
        daemon.hang_up()
        self.assertEqual(manager.hear()["RELOADING"], "1")
        self.assertEqual(manager.hear()["READY"], "1")

    def test_an_abstract_socket_is_told_too(self):
        manager = Manager(b"\0" + harness.fresh("ladderd-test").encode())
        self.addCleanup(manager.socket.close)
        daemon = self.ladderd(start=False)
        daemon.env = {**os.environ, "NOTIFY_SOCKET": manager.name}
        daemon.start()
        self.assertEqual(manager.hear()["READY"], "1")

    def test_it_is_ready_only_when_it_can_start(self):
        manager, daemon = watched(self, start=False)
        daemon.store.write_text("no store")
        daemon.launch()
        self.assertNotEqual(daemon.process.wait(harness.WAIT), 0)
        daemon.process = None
        self.assertEqual(manager.hear(0.2), {})

    def test_without_a_watchdog_nothing_pings_and_with_one_of_another_process_neither(self):
        for environment in {}, {"WATCHDOG_USEC": "400000", "WATCHDOG_PID": "1"}:
            manager, _ = watched(self, **environment)
            manager.hear()
            self.assertEqual(manager.hear(0.7), {})

    def test_a_manager_that_is_gone_holds_nothing_up(self):
        manager, daemon = watched(self, WATCHDOG_USEC="400000")
        manager.hear_until("WATCHDOG")
        manager.socket.close()
        time.sleep(0.5)  # some pings to nobody
        daemon.accept(event())
        daemon.stop()

    def test_a_ping_says_how_it_is(self):
        manager, daemon = watched(self, WATCHDOG_USEC="400000")
        daemon.accept(event(), event())
        harness.until(lambda: manager.hear(1).get("STATUS") == "serving, 2 records",
                      "the status knows both records")

    def test_lines_bear_their_priority_where_the_journal_reads_them_and_only_there(self):
        daemon = self.ladderd(start=False, partners={})
        daemon.output.touch()
        about = daemon.output.stat()
        for stream, form in ((f"{about.st_dev}:{about.st_ino}", r"<[346]>ladderd: "),
                             (f"{about.st_dev}:{about.st_ino + 1}", r"ladderd: ")):
            daemon.env = {**os.environ, "JOURNAL_STREAM": stream}
            before = len(daemon.messages())
            daemon.start()
            daemon.stop()
            lines = daemon.messages()[before:].splitlines()
            self.assertGreaterEqual(len(lines), 3)
            for line in lines:
                self.assertRegex(line, "^" + form)
        self.assertRegex(daemon.messages(), r"(?m)^<4>ladderd: warning: there is no \[partner\]")

    def test_pings_come_while_the_loop_turns_and_stop_with_it(self):
        manager, daemon = watched(self, WATCHDOG_USEC="400000")
        for _ in range(4):
            manager.hear_until("WATCHDOG")
        daemon.process.send_signal(signal.SIGSTOP)
        harness.until(lambda: "\nState:\tT" in Path(
            f"/proc/{daemon.process.pid}/status").read_text(), "it stands still")
        manager.drain()
        self.assertEqual(manager.hear(0.8), {})
        daemon.process.send_signal(signal.SIGCONT)
        self.assertIn("WATCHDOG", manager.hear())

    @unittest.skipIf(WATCHED, "a sanitizer wants to be the first library")
    @unittest.skipUnless(shutil.which("cc"), "no C compiler")
    def test_no_ping_says_that_all_is_well_while_the_committer_stands_still(self):
        place = self.place()
        library = place / "standing_still.so"
        still, later = place / "still", place / "later"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library,
                        harness.HERE / "standing_still.c"], check=True, timeout=60)
        manager, daemon = watched(self, WATCHDOG_USEC="400000", LD_PRELOAD=str(library),
                                       STANDING_STILL=str(still), AN_HOUR_LATER=str(later))
        manager.hear_until("WATCHDOG")
        still.write_text("")

        def push():
            try:
                daemon.push([event()])
            except Exception:  # noqa: whatever becomes of it while the disk stands
                pass
        threading.Thread(target=push, daemon=True).start()
        harness.until(lambda: "the disk stands still" in daemon.messages(), "a commit")
        manager.drain()
        self.assertIn("WATCHDOG", manager.hear(), "a slow disk is no reason yet")
        later.write_text("")
        harness.until(lambda: re.search(r"the committer has stood still for 3\d{3} s",
                                        daemon.messages()), "it is told")
        manager.drain()
        self.assertEqual(manager.hear(0.8), {})
        later.unlink()
        still.unlink()
        self.assertIn("WATCHDOG", manager.hear())
        daemon.accept(event())


class Handed(OwnDaemon):
    """Sockets that were there before the daemon."""

    def listening(self):
        made = socket.socket()
        self.addCleanup(made.close)
        made.bind(("127.0.0.1", 0))
        made.listen()
        return made

    def launch(self, daemon, names, *sockets, pid="$$"):
        """Starts it as systemd does."""
        held = [os.dup(one.fileno()) for one in sockets]

        def hand_over():
            for place, fd in enumerate(held):
                os.dup2(fd, 40 + place)
            for place in range(len(held)):
                os.dup2(40 + place, 3 + place)
        with open(daemon.output, "ab") as output:
            daemon.process = subprocess.Popen(
                ["sh", "-c", f'LISTEN_PID={pid} exec "$@"', "sh", harness.LADDERD, "--config",
                 str(daemon.config), *harness.as_root()],
                env={**os.environ, "LISTEN_FDS": str(len(held)), "LISTEN_FDNAMES": names},
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, close_fds=False,
                preexec_fn=hand_over, start_new_session=True)
        for fd in held:
            os.close(fd)
        return daemon

    def refused(self, names, *sockets, sections=""):
        daemon = self.launch(self.ladderd(start=False, sections=sections), names, *sockets)
        self.assertEqual(daemon.process.wait(harness.WAIT), 78, daemon.messages())
        daemon.process = None
        return daemon.messages()

    def test_a_socket_beyond_loopback_takes_a_certificate_or_a_word_as_listen_does(self):
        wide = socket.create_server(("0.0.0.0", 0))
        self.addCleanup(wide.close)
        for door in ("http", "stream"):
            said = self.refused(door, wide)
            self.assertIn(f"the socket that was handed over as {door} is not loopback", said)
        daemon = self.launch(self.ladderd(start=False, sections="[http]\nplaintext = yes\n"),
                             "http", wide)
        daemon.port = wide.getsockname()[1]
        harness.until(lambda: "ladderd: version" in daemon.messages(), "the start")
        daemon.accept(event())

    def test_both_doors_are_behind_the_sockets_that_were_handed_over(self):
        http, stream = self.listening(), self.listening()
        daemon = self.ladderd(start=False)
        text = daemon.config.read_text().replace("listen = off", "listen = 127.0.0.1:0")
        daemon.config.write_text(text)
        self.launch(daemon, "stream:http", stream, http)
        daemon.port = http.getsockname()[1]
        harness.until(lambda: "ladderd: version" in daemon.messages(), "the start")
        daemon.accept(event())
        said = daemon.messages()
        self.assertIn(f"http://127.0.0.1:{daemon.port}, stream 127.0.0.1:"
                      f"{stream.getsockname()[1]}\n", said)
        with socket.create_connection(stream.getsockname(), timeout=5) as connection:
            connection.sendall(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")
            self.assertTrue(connection.recv(100))
        daemon.stop()

    def test_systemd_itself_hands_one_over(self):
        if shutil.which("systemd-socket-activate") is None:
            self.skipTest("there is no systemd-socket-activate")
        daemon = self.ladderd(start=False)
        with open(daemon.output, "ab") as output:
            daemon.process = subprocess.Popen(
                ["systemd-socket-activate", "--listen", f"127.0.0.1:{daemon.port}",
                 "--fdname=http", harness.LADDERD, "--config", str(daemon.config),
                 *harness.as_root(), "--set", "http.listen=127.0.0.1:1"],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)

        def answers():
            try:
                return daemon.get("/healthz").status == 200
            except OSError:
                return False
        harness.until(answers, "an answer")
        daemon.accept(event())
        daemon.stop()

    def test_sockets_of_another_process_are_left_alone(self):
        daemon = self.launch(self.ladderd(start=False), "http", self.listening(), pid="1")

        def answers():
            try:
                return daemon.get("/healthz").status == 200
            except OSError:
                return False
        harness.until(answers, "its own door")
        daemon.stop()

    def test_a_socket_that_fits_no_door_is_refused(self):
        self.assertIn("FileDescriptorName= must be http or stream",
                      self.refused("web", self.listening()))
        self.assertIn("FileDescriptorName=", self.refused("", self.listening()))
        self.assertIn("FileDescriptorName=",
                      self.refused("http", self.listening(), self.listening()))
        self.assertIn("two sockets were handed over as http",
                      self.refused("http:http", self.listening(), self.listening()))
        self.assertIn("[stream] listen is off", self.refused("stream", self.listening()))

    def test_what_does_not_listen_for_tcp_is_refused(self):
        datagram, silent = socket.socket(type=socket.SOCK_DGRAM), socket.socket()
        local = socket.socket(socket.AF_UNIX)
        local.bind(str(self.place() / "door"))
        local.listen()
        with open("/dev/null") as file:
            for one in datagram, silent, local, file:
                self.assertIn("does not listen for TCP", self.refused("http", one))
        for one in datagram, silent, local:
            one.close()


class Secrets(OwnDaemon):
    """Keys where systemd and the clients of certificate authorities put them."""

    @classmethod
    def setUpClass(cls):
        cls.ca = Authority()

    def start(self, certificate, key, **environment):
        daemon = self.ladderd(start=False, sections=(
            f"[http]\ncertificate = {certificate}\nkey = {key}\n"))
        daemon.env = {**os.environ, **environment}
        daemon.context = self.ca.context()
        return daemon.start()

    def serial(self, daemon):
        with socket.create_connection(("127.0.0.1", daemon.port), timeout=10) as plain:
            with daemon.context.wrap_socket(plain, server_hostname="127.0.0.1") as shown:
                return shown.getpeercert()["serialNumber"]

    def renewed(self, daemon, before):
        daemon.hang_up()
        return harness.until(lambda: self.serial(daemon) != before, "the new certificate: " +
                             daemon.messages())

    def test_a_key_that_systemd_hands_over_is_used_also_after_sighup(self):
        place, first, second = self.place(), self.ca.sign(), self.ca.sign()
        credentials = place / "credentials"
        credentials.mkdir(0o700)

        def hand_over(shown):
            for source, name in ((shown.key, "http.key"), (shown.certificate, "http.pem")):
                shutil.copy(source, credentials / ("new." + name))
                (credentials / ("new." + name)).chmod(0o400)
                (credentials / ("new." + name)).replace(credentials / name)
        hand_over(first)
        daemon = self.start("$CREDENTIALS_DIRECTORY/http.pem", "$CREDENTIALS_DIRECTORY/http.key",
                            CREDENTIALS_DIRECTORY=str(credentials))
        before = self.serial(daemon)
        hand_over(second)
        self.renewed(daemon, before)

    def test_without_the_folder_it_is_told(self):
        daemon = self.ladderd(start=False, sections=(
            "[http]\ncertificate = $CREDENTIALS_DIRECTORY/x\nkey = $CREDENTIALS_DIRECTORY/y\n"))
        done = harness.run(harness.LADDERD, "--check-config", "--config", daemon.config, env={
            name: value for name, value in os.environ.items() if name != "CREDENTIALS_DIRECTORY"})
        self.assertEqual(done.returncode, 78, done)
        self.assertEqual(done.stderr.count(b"LoadCredential="), 2, done)

    def test_a_certificate_whose_link_leads_elsewhere_after_a_renewal_is_read(self):
        place = self.place()
        live, archive = place / "live", place / "archive"
        live.mkdir()
        archive.mkdir()

        def renew(number):
            shown = self.ca.sign()
            for source, name in ((shown.certificate, "cert"), (shown.key, "key")):
                shutil.copy(source, archive / f"{name}{number}.pem")
                (archive / f"{name}{number}.pem").chmod(0o600)
                (live / "next").symlink_to(f"../archive/{name}{number}.pem")
                (live / "next").replace(live / f"{name}.pem")
        renew(1)
        daemon = self.start(live / "cert.pem", live / "key.pem")
        for number in 2, 3:
            before = self.serial(daemon)
            renew(number)
            self.renewed(daemon, before)


def groups_of(name, systemd):
    """The calls of a group of the service manager, with those of the groups in it."""
    found = set()
    for word in systemd[name]:
        found |= groups_of(word, systemd) if word.startswith("@") else {word}
    return found


class Units(unittest.TestCase):
    def setUp(self):
        if shutil.which("systemd-analyze") is None:
            self.skipTest("there is no systemd-analyze")

    def test_what_the_service_is_exposed_to_scores_at_most_one_and_a_half(self):
        done = harness.run("systemd-analyze", "security", "--offline=true", "--threshold=15",
                           "--no-pager", SERVICE, env={**os.environ, "LC_ALL": "C"})
        said = done.stdout.decode() + done.stderr.decode()
        score = re.search(r"Overall exposure level for \S+: ([\d.]+)", said)
        self.assertIsNotNone(score, said)
        self.assertLessEqual(float(score[1]), 1.5, said)
        self.assertEqual(done.returncode, 0, said)

    def test_systemd_understands_every_line_of_the_units(self):
        place = Path(tempfile.mkdtemp(prefix="ladder-units-"))
        self.addCleanup(shutil.rmtree, place, True)
        text = SERVICE.read_text().replace("/usr/sbin/ladderd", str(Path(harness.LADDERD).resolve()))
        (place / "ladderd.service").write_text(text)
        for unit in UNITS.glob("*.socket"):
            shutil.copy(unit, place)
        for unit in sorted(place.iterdir()):
            done = harness.run("systemd-analyze", "verify", "--man=no", unit)
            self.assertEqual(re.findall(rb"^.*(?:Unknown (?:key|section|lvalue)|Invalid|Failed to "
                                        rb"parse|, ignoring).*$", done.stdout + done.stderr,
                                        re.M), [])

    def test_the_filter_of_the_service_has_every_call_of_the_filter_of_the_daemon(self):
        said = harness.run("systemd-analyze", "syscall-filter", "--no-pager", check=0)
        groups, name = {}, None
        for line in said.stdout.decode().splitlines():
            if line.startswith("@"):
                name = line.strip()
                groups[name] = set()
            elif line.startswith("    ") and name and not line.strip().startswith("#"):
                groups[name].add(line.strip())
        allowed = set()
        for value in settings(SERVICE, "SystemCallFilter"):
            taken = set()
            for word in value.lstrip("~").split():
                taken |= groups_of(word, groups) if word.startswith("@") else {word}
            allowed = allowed - taken if value.startswith("~") else allowed | taken
        calls = (ROOT / "daemon/process/calls.c").read_text()
        table = re.search(r"static const int allowed\[\] = \{(.*?)\};", calls, re.S)[1]
        needed = set(re.findall(r"SCMP_SYS\((\w+)\)", table)) | {
            "seccomp", "prctl", "landlock_create_ruleset", "landlock_add_rule",
            "landlock_restrict_self", "setrlimit", "prlimit64", "umask", "mmap", "mprotect", "clone"}
        self.assertGreater(len(needed), 80)
        self.assertEqual(needed - allowed, set())

    def test_what_is_installed_runs_what_is_installed(self):
        place = Path(tempfile.mkdtemp(prefix="ladder-install-"))
        self.addCleanup(shutil.rmtree, place, True)
        harness.run("make", "-s", "-C", ROOT, f"DESTDIR={place}", "PREFIX=/opt/ladder",
                    f"BUILD={Path(harness.LADDERD).parent.parent}",
                    f"VARIANT={Path(harness.LADDERD).parent.name}", "install", check=0, timeout=120)
        units = place / "opt/ladder/lib/systemd/system"
        self.assertEqual({file.name for file in units.iterdir()},
                         {file.name for file in UNITS.iterdir() if file.suffix != ".sysusers"})
        start, = settings(units / "ladderd.service", "ExecStart")
        program = start.split()[0]
        self.assertTrue(os.access(f"{place}{program}", os.X_OK), program)

    def test_the_units_and_the_daemon_mean_the_same(self):
        names = {settings(unit, "FileDescriptorName")[0]: settings(unit, "ListenStream")[0]
                 for unit in UNITS.glob("*.socket")}
        printed = harness.run(harness.LADDERD, "--print-config", check=0).stdout.decode()
        found = {match[1]: match[2] for match in re.finditer(
            r"^\[(http|stream)\]\n(?:(?!\[).*\n)*?#listen = (\S+)$", printed, re.M)}
        self.assertEqual(names, found)
        start, = settings(SERVICE, "ExecStart")
        self.assertEqual(start, "/usr/sbin/ladderd --config /etc/ladderd/ladderd.conf")
        self.assertEqual(settings(SERVICE, "User"), ["ladderd"])
        self.assertEqual(settings(SERVICE, "StateDirectory"), ["ladderd"])


if __name__ == "__main__":
    unittest.main()
