"""The system dies: a whole kernel with ladderd in it is killed under load, and its caches are lost.

The kernel is Debian's user-mode-linux, a process here. It has an ext4 of its own in a file; what it
had not yet given to its disk is gone when it is killed. The next kernel finds what the one before
acknowledged, once, without gaps, and `ladder verify` finds nothing. It takes minutes, so it runs in
`make torture`: LADDERD_SYSTEMS=100 kills that many kernels.
"""

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

KERNELS = int(os.environ.get("LADDERD_SYSTEMS", "0"))
LINUX = shutil.which("linux.uml")
OF_A_DISK = 11      # kernels, then comes a new one
BOOT_SECONDS = 180  # on a loaded machine; two when it is not


class Kernel:
    """One that runs: its words, line by line."""

    def __init__(self, place, number, *more):
        self.process = subprocess.Popen(
            [LINUX, "mem=192M", "rootfstype=hostfs", "rootflags=/", "ro", f"ubd0={place}/disk.img",
             "con=null", "con0=null,fd:1", "quiet", "init=/usr/bin/python3", "--",
             str(harness.HERE / "guest.py"), str(place), str(number), *more],
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

    def told(self, word, seconds=BOOT_SECONDS):
        """The first line that begins with the word; fails when it ends before."""
        deadline = time.monotonic() + seconds
        with self.news:
            while True:
                for line in self.lines:
                    if line.split(" ")[0] == word:
                        return line
                    if line.split(" ")[0] in ("FAILED", "WRONG", "ENDED"):
                        raise AssertionError("\n".join(self.lines[-20:]))
                left = deadline - time.monotonic()
                assert left > 0, "\n".join(self.lines[-20:])
                self.news.wait(left)

    def kill(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.reader.join(harness.WAIT)
        self.process.stdout.close()


@unittest.skipUnless(KERNELS, "it takes minutes: LADDERD_SYSTEMS=100, as in make torture")
@unittest.skipUnless(LINUX, "no kernel to kill: the package user-mode-linux is missing")
@unittest.skipUnless(os.geteuid() == 0, "only root makes a kernel's disk readable here")
class SystemDies(unittest.TestCase):
    def new_disk(self):
        self.place = harness.Path(harness.tempfile.mkdtemp(prefix="ladderd-system-"))
        self.addCleanup(shutil.rmtree, self.place, True)
        for name in ("disk", "out"):
            (self.place / name).mkdir()
        with open(self.place / "disk.img", "wb") as file:
            file.truncate(256 << 20)
        subprocess.run(["/usr/sbin/mkfs.ext4", "-q", "-F", str(self.place / "disk.img")],
                       check=True, timeout=60)
        token, hashed = harness.token()
        (self.place / "conf").write_text(
            f"[store]\npath = {self.place}/disk/store\nsize_max = 160M\n"
            f"[limits]\nstore_reserve = 2M\n[http]\nlisten = 127.0.0.1:7400\n[stream]\nlisten = off\n{harness.audit_section()}\n"
            f"[partner isd]\norg_type = ISD\ntypes = {harness.ALL_TYPES}\n"
            f"municipalities = {harness.ALL_MUNICIPALITIES}\ntoken_hash = {hashed}\n")
        (self.place / "guest.json").write_text(json.dumps({
            "ladderd": harness.LADDERD, "ladder": harness.LADDER, "token": token, "port": 7400}))
        self.acknowledged, self.found = set(), 0

    def looked(self, kernel, number):
        """What the kernel before left."""
        line = kernel.told("LOOKED")
        if line.split(" ")[1] == "none":
            self.assertEqual(self.acknowledged, set(), self.said)
            return
        self.assertEqual(line, "LOOKED 0", (self.said, kernel.lines[-20:]))
        records = [json.loads(one) for one in
                   (self.place / "out" / f"log-{number}").read_text().splitlines()]
        self.assertEqual([one["seq"] for one in records], list(range(1, len(records) + 1)),
                         self.said)
        ids = [one["event"]["id"] for one in records]
        self.assertEqual(len(set(ids)), len(ids), self.said)
        self.assertEqual(self.acknowledged - set(ids), set(),
                         (self.said, "acknowledged and lost"))
        self.extra += len(ids) - len(self.acknowledged)
        self.acknowledged = set(ids)  # what is there was made durable by the start before

    def noted(self, kernel):
        for line in kernel.lines:
            words = line.split(" ")
            self.assertNotIn(words[0], ("FAILED", "WRONG"), (self.said, line))
            if words[0] == "ACK" and len(words) == 5:
                number, thread, batch, size = words[1:]
                self.acknowledged.update(
                    f"r{number}-{thread}-{batch}-{i}" for i in range(int(size)))

    def test_what_was_acknowledged_is_there_after_the_kernel_was_killed(self):
        seed = harness.seed()
        chance = random.Random(seed)
        self.extra = total = killed = 0
        number, last = -1, False
        while killed < KERNELS or not last:
            number += 1
            self.said = f"kernel {number}, seed {seed}"
            # The last one on a disk looks at what the one before left, and that is all.
            last = killed == KERNELS or number % OF_A_DISK == OF_A_DISK - 1
            if number % OF_A_DISK == 0:
                self.new_disk()
            kernel = Kernel(self.place, number, *(["halt"] if last else []))
            self.addCleanup(kernel.kill)
            self.looked(kernel, number)
            if not last:
                kernel.told("READY")
                kernel.told("ACK")
                time.sleep(chance.uniform(0, 2))  # any moment
            kernel.kill()
            killed += not last
            before = len(self.acknowledged)
            self.noted(kernel)
            total += len(self.acknowledged) - before
        print(f"system dies: {killed} kernels killed under load, {total} events acknowledged, none "
              f"lost, none twice; {self.extra} found beside them; seed {seed}")
        self.assertGreater(total, 0)


if __name__ == "__main__":
    unittest.main()
