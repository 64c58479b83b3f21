"""Killed at any moment of its life, under load through both doors: what was acknowledged is there.

Each round kills the daemon: while it takes events (HTTP in two formats, and the stream), starts,
ends, is copied by `ladder backup`, or writes its index at rest; at a moment that chance takes, or
at a point between two steps of what it writes (killed_at.c has them). Then the next start serves,
what was acknowledged is found, each id once and seq without gaps, and all that was sent, sent
again, is complete and counts nothing twice. Now and then what is live is held against a replay.
The short form has a round of each kind, LADDERD_KILLS=1000 that many rounds.
"""

import collections
import http.client
import mmap
import os
import random
import re
import struct
import subprocess
import threading
import time

import harness
from harness import event, fresh
from test_doors import StreamClient

SOURCE = harness.HERE / "killed_at.c"
POINTS = re.findall(r"^\tX\((\w+), \"(.*?)\"\)", SOURCE.read_text(), re.M)
NAMES = [name for name, _ in POINTS]
OF_A_COMMIT = [name for name in NAMES if name not in ("ANY", "STATE", "NAME")]
ROUNDS = int(os.environ.get("LADDERD_KILLS", "0"))
OF_A_STORE = 40   # rounds, then comes a new one
# Events that a store has at first: in the long form its index is soon written under load.
FILLED = 15000 if ROUNDS else 2000
PARTNERS = {"isd": {}, "lev": {}, "vwn": {}}


def made(who, count):
    """New events, of few people: who reads them leaves a line for each in the access log."""
    return [event(id=fresh(who), subject=f"p-{number % 50}") for number in range(count)]


class Load:
    """Pushers through both doors, who go on until the daemon is gone."""

    def __init__(self, daemon, stream_port):
        self.daemon, self.stream_port = daemon, stream_port
        self.lock = threading.Lock()
        self.sent = []         # (who, events)
        self.acknowledged = set()
        self.last_seq = 0
        self.wrong = []
        self.going = threading.Event()
        self.threads = [threading.Thread(target=self.guarded, args=one, daemon=True) for one in (
            (self.by_http, "isd", "push", 1), (self.by_http, "vwn", "push_protobuf", 60),
            (self.by_stream, "lev", 40, 3))]

    def start(self):
        for thread in self.threads:
            thread.start()

    def join(self):
        for thread in self.threads:
            if thread.ident is None:
                continue  # nobody started it
            thread.join(harness.WAIT)
            if thread.is_alive():
                self.wrong.append("a pusher is stuck")

    def add(self, other):
        self.sent += other.sent
        self.acknowledged |= other.acknowledged
        self.last_seq = max(self.last_seq, other.last_seq)
        self.wrong += other.wrong

    def guarded(self, work, *arguments):
        try:
            work(*arguments)
        except (OSError, http.client.HTTPException):
            pass  # the daemon is gone
        except BaseException as error:  # noqa: told by the test
            self.wrong.append(repr(error))

    def made(self, who, size):
        batch = made(who, size)
        with self.lock:
            self.sent.append((who, batch))
        return batch

    def told(self, who, batch, result):
        """What a daemon of ours acknowledges of new events is all of them."""
        with self.lock:
            self.acknowledged.update((who, one["id"]) for one in batch)
            self.last_seq = max(self.last_seq, result["last_seq"])
            if (result["accepted"], result["duplicates"]) != (len(batch), 0):
                self.wrong.append(f"{who} was told {result} of {len(batch)} new events")
        self.going.set()

    def by_http(self, who, push, size):
        client = self.daemon.client(who, timeout=10)
        try:
            while True:
                batch = self.made(who, size)
                answer = getattr(client, push)(batch)
                if answer.status != 200 or answer.header("Content-Length") is None:
                    return  # 503, or an answer that was cut in its head: not acknowledged
                self.told(who, batch, answer.result)
        finally:
            client.close()

    def by_stream(self, who, size, window):
        """`window` batches are on their way before the first answer is read."""
        client = StreamClient(self.stream_port, timeout=10)
        waiting = collections.deque()
        try:
            client.hello(self.daemon.tokens[who])
            client.receive()
            for number in range(1, 1 << 20):
                batch = self.made(who, size)
                waiting.append((number, batch))
                try:
                    client.batch(number, batch)
                except OSError:
                    window = 0  # it takes no more, but what it said before can be read
                while len(waiting) > window or (window == 0 and waiting):
                    reply = client.receive()
                    if reply is None or reply.WhichOneof("reply") != "result":
                        return
                    number, batch = waiting.popleft()
                    assert reply.result.number == number, (reply, number)
                    self.told(who, batch, {
                        name: getattr(reply.result, name)
                        for name in ("accepted", "duplicates", "last_seq")})
                if window == 0:
                    return
        finally:
            client.close()


class Kills(harness.OwnDaemon):
    @classmethod
    def setUpClass(cls):
        linked = subprocess.run(["ldd", harness.LADDERD], stdout=subprocess.PIPE, timeout=30)
        cls.points = b"asan" not in linked.stdout and b"tsan" not in linked.stdout

    def setUp(self):
        self.counts = collections.Counter()
        self.folder = self.place()
        self.order_file = self.folder / "order"
        self.order_file.write_bytes(bytes(mmap.PAGESIZE))
        with open(self.order_file, "r+b") as file:
            self.order = mmap.mmap(file.fileno(), mmap.PAGESIZE)
        self.addCleanup(self.order.close)
        if self.points:  # a sanitizer wants to be the first library
            self.library = self.folder / "killed_at.so"
            subprocess.run([*os.environ.get("CC", "gcc").split(), "-D_GNU_SOURCE", "-shared",
                            "-fPIC", "-O1", "-o", str(self.library), str(SOURCE)], check=True,
                           timeout=60)

    # -- the daemon, and where it dies

    def arm(self, point, left):
        """At the `left`-th time that it comes to the point it dies."""
        self.order[:24] = struct.pack("<3q", NAMES.index(point), left, 0)

    def new_store(self):
        self.port = harness.free_port()
        self.daemon = self.ladderd(PARTNERS, start=False)
        self.flags = ("--set", f"stream.listen=127.0.0.1:{self.port}")
        if self.points:
            self.daemon.env = {**os.environ, "LD_PRELOAD": str(self.library),
                               "KILLED_AT": str(self.order_file)}
        self.daemon.start(*self.flags)
        self.found, self.stamp = 0, ""
        self.names = set()  # (partner, id) of all records
        filled = made("isd", FILLED)
        for start in range(0, FILLED, 1000):
            result = self.daemon.push_protobuf(filled[start:start + 1000])
            self.assertEqual(result["accepted"], 1000)
        self.records_read()

    def dead(self, seconds=harness.WAIT):
        """Waits for its end; gives its exit code."""
        try:
            code = self.daemon.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.fail(f"{self.said}: it goes on: {self.daemon.messages()}")
        self.daemon.process = None
        if code == 137:
            died, = struct.unpack("<q", self.order[16:24])
            self.counts[POINTS[died - 1][1]] += 1
        self.arm("ANY", 0)
        return code

    def killed(self):
        """kill -9 now, unless it is dead by itself."""
        self.daemon.process.kill()
        self.assertIn(self.dead(), (-9, 137), self.said)

    # -- what must hold

    def records_read(self):
        """The new records: seq without gaps, stamps that grow, each id once."""
        records = self.daemon.records(after=self.found)
        for record in records:
            self.found += 1
            self.assertEqual(record["seq"], self.found, self.said)
            self.assertGreater(record["recorded_at"], self.stamp, self.said)
            self.stamp = record["recorded_at"]
            name = record["partner"], record["event"]["id"]
            self.assertNotIn(name, self.names, self.said)
            self.names.add(name)

    def held(self, load):
        """After the next start."""
        before = set(self.names)
        self.records_read()
        self.assertEqual(load.wrong, [], self.said)
        self.assertEqual(load.acknowledged - self.names, set(),
                         (self.said, "acknowledged and lost"))
        self.assertLessEqual(load.last_seq, self.found, self.said)
        sent = {(who, one["id"]) for who, batch in load.sent for one in batch}
        self.assertLessEqual(self.names - before, sent, self.said)
        for who in PARTNERS:
            events = [one for partner, batch in load.sent if partner == who for one in batch]
            for start in range(0, len(events), 10000):
                part = events[start:start + 10000]
                known = sum((who, one["id"]) in self.names for one in part)
                result = self.daemon.push_protobuf(part, who)
                self.assertEqual((result["accepted"], result["duplicates"]),
                                 (len(part) - known, known), self.said)
        self.records_read()
        self.assertEqual(self.names - before, sent, self.said)
        self.counts["acknowledged"] += len(load.acknowledged)

    def replayed(self):
        """What is live is what a replay gives, and the store agrees with its log."""
        answer = self.daemon.figures(as_of="2026-06-30")
        self.daemon.stop()
        done = harness.ladder("replay", self.daemon.store, "--as-of", "2026-06-30", "--known-at",
                              answer.json["known_at"], "--format", "json", check=0)
        self.assertEqual(done.stdout, answer.body, self.said)
        harness.ladder("verify", self.daemon.store, check=0)
        self.daemon.start(*self.flags)

    # -- how it is killed

    def loaded(self):
        load = Load(self.daemon, self.port)
        load.start()
        self.assertTrue(load.going.wait(harness.WAIT), (self.said, load.wrong))
        return load

    def under_load(self):
        load = self.loaded()
        time.sleep(self.chance.uniform(0, 0.1))  # any moment
        self.killed()
        return load

    def at_a_point(self):
        if not self.points:
            return self.under_load()
        load = self.loaded()
        self.arm(next(self.of_a_commit), self.chance.randrange(1, 12))
        self.assertEqual(self.dead(), 137, self.said)
        return load

    def in_a_start(self):
        """At a call of the start, or of the first batches: who finds it shut comes again."""
        if not self.points:
            return self.soon_after_a_start()
        self.daemon.stop()
        self.arm("ANY", self.chance.randrange(1, 30))
        self.daemon.launch(*self.flags)
        load = Load(self.daemon, self.port)
        deadline = time.monotonic() + harness.WAIT
        while self.daemon.process.poll() is None:
            self.assertLess(time.monotonic(), deadline, (self.said, load.wrong))
            one = Load(self.daemon, self.port)
            one.start()
            one.join()
            load.add(one)
            time.sleep(0.01)
        self.assertEqual(self.dead(), 137, self.said)
        return load

    def soon_after_a_start(self):
        self.daemon.stop()
        self.daemon.launch(*self.flags)
        time.sleep(self.chance.uniform(0, 0.15))  # any moment
        self.killed()
        return Load(self.daemon, self.port)

    def in_an_end(self):
        """At a call after SIGTERM, or at any moment; it may have ended well before."""
        load = self.loaded()
        if self.points and self.chance.randrange(2):
            self.arm("ANY", self.chance.randrange(1, 30))
            self.daemon.process.terminate()
        else:
            self.daemon.process.terminate()
            time.sleep(self.chance.uniform(0, 0.05))  # any moment
            self.daemon.process.kill()
        code = self.dead()
        self.assertIn(code, (0, -9, 137), self.said)
        self.counts["ended well before the kill"] += code == 0
        return load

    def in_a_backup(self):
        """Either is killed; a backup that reports success has all that was acknowledged before."""
        load = self.loaded()
        known = set(load.acknowledged)
        to = self.folder / fresh("backup")
        backup = subprocess.Popen([harness.LADDER, "backup", str(self.daemon.store), str(to)],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        self.addCleanup(backup.wait)
        self.addCleanup(backup.kill)
        time.sleep(self.chance.uniform(0, 0.05))  # any moment
        if self.chance.randrange(2):
            backup.kill()
        self.killed()
        code = backup.wait(harness.WAIT)
        self.assertIn(code, (0, -9), (self.said, "a daemon that dies is no harm to a backup"))
        if code == 0:
            self.counts["backups"] += 1
            harness.ladder("verify", to, check=0)
            log = harness.ladder("log", to, check=0).stdout.decode()
            ids = set(re.findall(r'"event":\{"id":"([^"]*)"', log))
            self.assertLessEqual({name for _, name in known}, ids, self.said)
        elif (to / "data.mdb").exists():
            # What is there is whole, or it is told.
            self.assertIn(harness.ladder("verify", to).returncode, (0, 1, 65), self.said)
        return load

    def while_the_index_is_written(self):
        """At rest: nobody sends anything, and a second later the index is written."""
        load = Load(self.daemon, self.port)
        for _ in range(6):  # more than a quarter of a generation: see store/index_lag.h
            batch = load.made("isd", 700)
            load.told("isd", batch, self.daemon.push_protobuf(batch))
        if not self.points:
            time.sleep(self.chance.uniform(1, 1.2))  # any moment
            self.killed()
            return load
        self.arm("ANY", self.chance.randrange(1, 12))
        self.assertEqual(self.dead(), 137, self.said)
        return load

    KINDS = (under_load, at_a_point, in_a_start, in_an_end, in_a_backup, at_a_point,
             soon_after_a_start)

    def commit_points(self):
        while True:
            points = list(OF_A_COMMIT)
            self.chance.shuffle(points)
            yield from points

    def test_what_was_acknowledged_survives_any_kill(self):
        seed = harness.seed()
        self.chance = random.Random(seed)
        self.of_a_commit = self.commit_points()
        rounds = ROUNDS or len(self.KINDS) + 1
        for turn in range(rounds):
            kind = self.while_the_index_is_written if turn % 25 == 7 else \
                self.KINDS[turn % len(self.KINDS)].__get__(self)
            self.said = f"round {turn}, {kind.__name__}, seed {seed}"
            if turn % OF_A_STORE == 0:
                if turn > 0:
                    self.daemon.discard()
                self.new_store()
            load = kind()
            load.join()
            self.counts[kind.__name__.replace("_", " ")] += 1
            self.daemon.start(*self.flags)
            self.held(load)
            if turn % 10 == 9 or turn == rounds - 1:
                self.replayed()
            if turn % 100 == 99:
                print(f"kills: {turn + 1} rounds so far", flush=True)
        print(f"kills: {rounds} rounds, {self.counts.pop('acknowledged')} events acknowledged "
              f"under load, none lost, none twice; seed {seed}")
        for name, count in sorted(self.counts.items()):
            print(f"  {count:>5}  {name}")
        self.assertGreater(self.counts["under load"], 0)
        self.assertTrue(not self.points or self.counts["at a point"] > 0)


if __name__ == "__main__":
    harness.unittest.main()
