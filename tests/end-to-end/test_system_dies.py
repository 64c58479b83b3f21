"""The system dies: a whole kernel with ladderd in it is killed under load, and its caches are lost.

The kernel is Debian's user-mode-linux, a process here. It has an ext4 of its own in a file. The
next kernel finds what the one before acknowledged, once, without gaps, and `ladder verify` finds
nothing; ladderd serves it, all of it sent again is duplicates, and what is live is what a replay
gives.

What is lost: with a kernel that is `killed` what it had not yet given to its disk; with `dropping`
(dm-flakey) all that comes after a moment, while ladderd goes on; with `logged` (dm-log-writes) the
disk is put together anew as it may be after any flush that it did, and with any part of what it
took and did not flush. mapper.py sets these up, guest.py is what runs in the kernel.

It takes minutes, so it runs in `make torture`: LADDERD_SYSTEMS=100 kills that many kernels of each;
`make check-slow` kills one of each where user-mode-linux is installed.
"""

import collections
import json
import os
import random
import shutil
import signal
import subprocess
import threading
import time
import unittest

import harness
from write_log import WriteLog

KERNELS = int(os.environ.get("LADDERD_SYSTEMS", "0"))
LINUX = shutil.which("linux.uml")
OF_A_DISK = 11      # kernels, then comes a new one
IMAGES = 6          # more of a disk that are looked at by the next kernel
IMAGES_MAX = 13     # a kernel has so many disks, with its own and the log of the writes
# What a boot need not do: measure ways to add up disks, make 256 terminals.
QUICK = ["initcall_blacklist=raid6_select_algo", "pty.legacy_count=0", "zswap.enabled=0"]
BOOT_SECONDS = 600  # on a machine with a load of 30 it takes 100; on one that is idle 5
MEGABYTES = 256


class Broken(AssertionError):
    """What is promised was not kept."""


class Kernel:
    """One that runs: its words, line by line."""

    def __init__(self, place, number, kind, disks):
        """`disks` are images by the number of their device; those from 2 on are looked at first."""
        images = "".join(f",ubd{chr(ord('a') + at)}" for at in disks if at >= 2)
        self.process = subprocess.Popen(
            [LINUX, "mem=192M", "rootfstype=hostfs", "rootflags=/", "ro",
             *(f"ubd{at}={path}" for at, path in disks.items()),
             *QUICK, "con=null", "con0=null,fd:1", "quiet", "init=/usr/bin/python3", "--", "-B",
             str(harness.HERE / "guest.py"), str(place), str(number), kind, images or ","],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True)
        self.lines = []
        self.news = threading.Condition()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            with self.news:
                self.lines.append(line.decode(errors="replace").strip())
                self.news.notify_all()
        with self.news:
            self.lines.append("ENDED")
            self.news.notify_all()

    def told(self, words, times=1):
        """The line that begins with the words, counted; fails when it ends before."""
        deadline = time.monotonic() + BOOT_SECONDS
        with self.news:
            while True:
                more = times
                for line in self.lines:
                    more -= (line + " ").startswith(words + " ")
                    if more == 0:
                        return line
                    if line.split(" ")[0] == "WRONG":
                        raise Broken("\n".join(self.lines[-20:]))
                    if line.split(" ")[0] in ("FAILED", "ENDED"):
                        raise AssertionError("\n".join(self.lines[-20:]))
                left = deadline - time.monotonic()
                assert left > 0, f"no {words}: " + "\n".join(self.lines[-20:])
                self.news.wait(left)

    def kill(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.reader.join(harness.WAIT)
        self.process.stdout.close()


def events_of(words):
    """The ids of what ACK NUMBER THREAD BATCH SIZE acknowledges."""
    _, number, thread, batch, size = words
    return {f"r{number}-{thread}-{batch}-{i}" for i in range(int(size))}


@unittest.skipUnless(KERNELS, "it takes minutes: LADDERD_SYSTEMS=100, as in make torture")
@unittest.skipUnless(LINUX, "no kernel to kill: the package user-mode-linux is missing")
@unittest.skipUnless(os.geteuid() == 0, "only root makes a kernel's disk readable here")
class SystemDies(unittest.TestCase):
    def setUp(self):
        self.seed = harness.seed()
        self.chance = random.Random(self.seed)
        self.counts = collections.Counter()
        self.preload = {}

    # -- disks

    def new_disk(self):
        self.place = harness.Path(harness.tempfile.mkdtemp(prefix="ladderd-system-"))
        self.addCleanup(shutil.rmtree, self.place, True)
        for name in ("disk", "out"):
            (self.place / name).mkdir()
        self.disk = self.new_image("disk")
        subprocess.run(["/usr/sbin/mkfs.ext4", "-q", "-F", str(self.disk)], check=True, timeout=60)
        partner, partner_hash = harness.token()
        analyst, analyst_hash = harness.token()
        (self.place / "conf").write_text(
            f"[store]\npath = {self.place}/disk/store\nsize_max = 160M\n"
            "[limits]\nstore_reserve = 2M\n[http]\nlisten = 127.0.0.1:7400\n"
            f"[stream]\nlisten = off\n{harness.audit_section()}\n"
            f"[partner isd]\norg_type = ISD\ntypes = {harness.ALL_TYPES}\n"
            f"municipalities = {harness.ALL_MUNICIPALITIES}\ntoken_hash = {partner_hash}\n"
            f"[analyst one]\nmunicipalities = *\ntoken_hash = {analyst_hash}\n")
        (self.place / "guest.json").write_text(json.dumps({
            "ladderd": harness.LADDERD, "ladder": harness.LADDER, "port": 7400,
            "partner": partner, "analyst": analyst, "seed": self.seed, **self.preload}))
        self.must, self.states = set(), []

    def new_image(self, name):
        path = self.place / f"{name}.img"
        path.unlink(missing_ok=True)
        with open(path, "wb") as file:
            file.truncate(MEGABYTES << 20)
        return path

    def copied(self, image, name):
        path = self.place / f"{name}.img"
        subprocess.run(["cp", "--sparse=always", str(image), str(path)], check=True, timeout=120)
        return path

    # -- what must hold

    def held(self, kernel, number, image, must):
        """Of what the kernel found on an image; gives the ids that are there."""
        said = f"{self.said}, on {image}"
        code = kernel.told(f"LOOKED {image}").split(" ")[2]
        self.counts["states"] += 1
        if code == "none":
            records = []
        else:
            text = (self.place / "out" / f"log-{number}-{image}").read_text()
            records = [] if code != "0" else [json.loads(one) for one in text.splitlines()]
        ids = [one["event"]["id"] for one in records]
        lost = must - set(ids)
        if code not in ("0", "none"):
            raise Broken(f"{said}: verify says {code}: {kernel.lines[-20:]}")
        if [one["seq"] for one in records] != list(range(1, len(records) + 1)):
            raise Broken(f"{said}: seq has gaps")
        if len(set(ids)) != len(ids):
            raise Broken(f"{said}: an event is there twice")
        if lost:
            raise Broken(f"{said}: acknowledged and lost: {len(lost)}, as {min(lost)}")
        return set(ids)

    def told(self, kernel):
        """What a kernel that was killed had acknowledged while its disk was sound."""
        acknowledged = set()
        for line in kernel.lines:
            words = line.split(" ")
            if words[0] == "DROPPING":
                break
            if words[0] == "WRONG":
                raise Broken(f"{self.said}: {line}")
            self.assertNotEqual(words[0], "FAILED", (self.said, line))
            if words[0] == "ACK" and len(words) == 5:
                acknowledged |= events_of(words)
        return acknowledged

    # -- how a kernel dies

    def started(self, number, kind, states):
        """A kernel that looks at images, each with what must be there, and at its own disk."""
        disks = {0: self.disk}
        if kind == "logged":
            self.base = self.copied(self.disk, "base")
            disks[1] = self.new_image("log")
        disks |= {2 + at: image for at, (image, _) in enumerate(states)}
        kernel = Kernel(self.place, number, kind, disks)
        self.addCleanup(kernel.kill)
        try:
            for at, (_, must) in enumerate(states):
                self.held(kernel, number, f"ubd{chr(ord('c') + at)}", must)
            self.must = self.held(kernel, number, "ubda", self.must)
        except BaseException:
            kernel.kill()
            raise
        return kernel

    def killed(self, kernel, kind):
        """At any moment; now and then while ladderd starts and is sent all again."""
        try:
            if kind == "dropping":
                kernel.told("DROPPED")
                time.sleep(self.chance.uniform(0, 0.5))
            elif self.chance.random() < 0.8:
                kernel.told("ACK", self.chance.randrange(1, 40))
                time.sleep(self.chance.uniform(0, 0.2))
            else:
                time.sleep(self.chance.uniform(0, 4))
        finally:
            kernel.kill()

    def image_of(self, log, point, name):
        """The disk as it may be: all up to `begin`, and any part of the writes up to `end`."""
        begin, end = point
        image = self.copied(self.base, name)
        log.write(image, 0, begin)
        log.write(image, begin, end, self.chance)
        marked = [events_of(one.split(":")) for one in log.marks(begin)]
        return image, self.found.union(*marked)

    def cut_off(self, log, count):
        """Some of the disks that the writes of a kernel may have left, and the one that is next."""
        points = [(end, end) for end in log.safe_ends()]
        some = self.chance.sample(points, min(len(points), (count + 1) // 2))
        groups = log.flushed_together()
        some += self.chance.sample(groups, min(len(groups), count // 2))
        self.found = self.must
        states = [self.image_of(log, point, f"state-{at}") for at, point in enumerate(some)]
        length = len(log.entries)
        self.disk, self.must = self.image_of(log, (length, length), "disk")
        self.counts["flushes"] += len(points)
        return states

    def rounds(self, kind, kernels):
        number, last, states = -1, False, []
        while self.counts["killed"] < kernels or not last:
            number += 1
            self.said = f"{kind} kernel {number}, seed {self.seed}"
            # The last one on a disk looks at what the one before left, and that is all.
            last = self.counts["killed"] == kernels or number % OF_A_DISK == OF_A_DISK - 1
            if number % OF_A_DISK == 0:
                self.new_disk()
            kernel = self.started(number, "halt" if last else kind, states)
            states = []
            if last:
                kernel.kill()
                continue
            self.killed(kernel, kind)
            self.counts["killed"] += 1
            acknowledged = self.told(kernel)
            self.counts["acknowledged"] += len(acknowledged)
            if kind == "logged":
                states = self.cut_off(WriteLog(self.place / "log.img"), IMAGES)
            else:
                self.must |= acknowledged
        print(f"system dies: {kind}: {self.counts['killed']} kernels killed under load, "
              f"{self.counts['acknowledged']} events acknowledged, none lost, none twice, in "
              f"{self.counts['states']} states of the disk; seed {self.seed}")
        self.assertGreater(self.counts["acknowledged"], 0)

    def test_what_was_acknowledged_is_there_after_the_kernel_was_killed(self):
        self.rounds("killed", KERNELS)

    def test_what_was_acknowledged_is_there_when_the_disk_takes_nothing_any_more(self):
        self.rounds("dropping", KERNELS)

    def test_what_was_acknowledged_is_there_after_any_flush_that_the_disk_did(self):
        self.rounds("logged", KERNELS)

    @unittest.skipUnless(KERNELS >= 100, "it takes minutes: LADDERD_SYSTEMS=100")
    def test_each_flush_of_a_kernel_left_what_was_acknowledged_before_it(self):
        """All of them, one after the other, of a kernel in each hundred."""
        for _ in range(KERNELS // 100):
            self.new_disk()
            self.said = f"each flush, seed {self.seed}"
            self.killed(self.started(0, "logged", []), "logged")
            log = WriteLog(self.place / "log.img")
            self.found = self.must
            ends = log.safe_ends()
            for number, start in enumerate(range(0, len(ends), IMAGES_MAX), 1):
                states = [self.image_of(log, (end, end), f"state-{at}")
                          for at, end in enumerate(ends[start:start + IMAGES_MAX])]
                self.must = set()
                self.started(number, "halt", states).kill()
            print(f"system dies: after each of {len(ends)} flushes of a kernel, with "
                  f"{len(log.entries)} entries, was there what had been acknowledged before; "
                  f"seed {self.seed}")
            self.assertNotEqual(ends, [])

    def test_a_daemon_that_syncs_nothing_is_found_out(self):
        library = harness.Path(harness.tempfile.mkdtemp(prefix="ladderd-system-")) / "no_sync.so"
        self.addCleanup(shutil.rmtree, library.parent, True)
        subprocess.run([*os.environ.get("CC", "gcc").split(), "-D_GNU_SOURCE", "-shared", "-fPIC",
                        "-o", str(library), str(harness.HERE / "no_sync.c")],
                       check=True, timeout=60)
        self.preload = {"preload": str(library)}
        kinds = ["killed", "dropping", "logged"]
        for kind in kinds if KERNELS > 1 else self.chance.sample(kinds, 1):
            with self.subTest(kind), self.assertRaises(Broken) as found:
                self.counts.clear()
                self.rounds(kind, 3)
            print(f"system dies: {kind}: without syncs it was found after {self.counts['killed']} "
                  f"kernels: {str(found.exception).splitlines()[0][:120]}")


if __name__ == "__main__":
    unittest.main()
