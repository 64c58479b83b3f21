"""What rots on the disk is told, or is without effect: no wrong answer, no signal, no hang.

A store of which each kind of page exists is damaged in one place at a time: a bit flipped, a page
zeroed, swapped with another or put back as it was before, a file cut. Then `verify`, `log`,
`replay` and the daemon read it, and the daemon takes a push. The short form takes some places by
its seed; with LADDERD_ROT_SECONDS=1800 it takes each byte of the heads, then as many of one page of
each kind of each table as half of the time that is left lets it, then others until it is over.
"""

import http.client
import os
import random
import re
import struct
import subprocess
import time
import unittest

import harness
from harness import event, fresh, retraction
from test_service import watched

PAGE = 4096
HEAD = 152
FILES = ("data.mdb", "data.sums", "state")
SECONDS = float(os.environ.get("LADDERD_ROT_SECONDS", "0"))
SHORT = 36  # damages of the short form
NONE = 0xFFFFFFFFFFFFFFFF


def pages_of(image):
    """{(table, kind): [page, ...]} of the tree that the newest head has, by LMDB's form."""
    heads = [image[at:at + HEAD] for at in (0, PAGE)]
    head = max(heads, key=lambda one: struct.unpack_from("<Q", one, 144))
    found = {}

    def walk(table, number, depth):
        page = image[number * PAGE:(number + 1) * PAGE]
        lower, = struct.unpack_from("<H", page, 12)
        found.setdefault((table, "branch" if depth > 1 else "leaf"), []).append(number)
        for place in struct.unpack_from(f"<{(lower - 16) // 2}H", page, 16):
            low, high, flags, length = struct.unpack_from("<4H", page, place)
            value = place + 8 + length
            if depth > 1:
                walk(table, low | high << 16 | flags << 32, depth - 1)
            elif flags & 1:
                first, = struct.unpack_from("<Q", page, value)
                count, = struct.unpack_from("<I", image, first * PAGE + 12)
                found.setdefault((table, "overflow"), []).extend(range(first, first + count))
            elif flags & 2:
                tree(page[place + 8:value].decode(), page[value:value + 48])

    def tree(name, database):
        depth, = struct.unpack_from("<H", database, 6)
        root, = struct.unpack_from("<Q", database, 40)
        if root != NONE:
            walk(name, root, depth)

    tree("free pages", head[40:88])
    tree("names", head[88:136])
    return found


class Rot(harness.OwnDaemon):
    def fill(self):
        """A store with a history, and an image of it from some commits before."""
        self.daemon = self.ladderd()
        self.own = fresh("own")
        people = [fresh("person") for _ in range(60)]
        big = "x" * 60
        # So many that the tables of identities and keys have some: they lag behind the log.
        for turn in range(5):
            events = [event(subject=people[i % 60], key=f"{big[:40]}{turn}-{i % 97}")
                      for i in range(950)]
            if turn == 0:
                events[0]["id"] = self.own
                self.first = events[0]
            self.daemon.accept(*events)
            self.daemon.accept(retraction(target_id=events[-5]["id"]))
        # Else a stop on a busy machine may leave out the saved state.
        self.daemon.follow(5 * 951)
        self.daemon.stop()
        self.old = {name: (self.daemon.store / name).read_bytes() for name in FILES}
        self.daemon.start()
        self.daemon.accept(*[event(subject=person) for person in people[:20]])
        self.daemon.accept(event(subject=people[0]))
        self.known_at = self.daemon.records()[-1]["recorded_at"]
        self.figures = self.daemon.figures(known_at=self.known_at).body
        self.told = self.daemon.stored(self.own)
        self.daemon.stop()
        self.good = {name: (self.daemon.store / name).read_bytes() for name in FILES}
        self.log = harness.ladder("log", self.daemon.store, check=0).stdout
        self.replayed = harness.ladder("replay", "--known-at", self.known_at,
                                       self.daemon.store, check=0).stdout
        self.counts = {"told": 0, "without effect": 0}

    def put(self, files):
        for name, content in files.items():
            path = self.daemon.store / name
            if not path.exists() or path.read_bytes() != content:
                path.write_bytes(content)

    def command(self, told, *arguments):
        """Standard output, None when damage was told."""
        done = harness.ladder(*arguments, self.daemon.store, timeout=60)
        self.assertIn(done.returncode, (0, told), (arguments, done))
        if done.returncode == told:
            self.assertTrue((done.stdout + done.stderr).strip(), (arguments, done))
            return None
        return done.stdout

    def served(self):
        """False: the daemon told of the damage, before it began."""
        daemon = self.daemon
        daemon.output.unlink(missing_ok=True)
        try:
            daemon.start()
        except AssertionError as error:
            self.assertIn("ended at once with 65: ", str(error))
            self.assertIn(str(daemon.store), daemon.messages())
            return False
        again = daemon.push([self.first])
        self.assertEqual((again["accepted"], again["duplicates"]), (0, 1), again)
        self.assertEqual(daemon.get("/v1/log", who="analyst", limit=100000).body, self.log)
        self.assertEqual(daemon.figures(known_at=self.known_at).body, self.figures)
        self.assertEqual(daemon.stored(self.own), self.told)
        daemon.accept(event())
        daemon.stop()
        self.assertEqual(harness.ladder("log", daemon.store, check=0).stdout[:len(self.log)],
                         self.log)
        return True

    def look(self, what, files):
        with self.subTest(what):
            self.put({**self.good, **files})
            verified = self.command(1, "verify")
            log = self.command(65, "log")
            if SECONDS or sum(self.counts.values()) % 4 == 0:
                replayed = self.command(65, "replay", "--known-at", self.known_at)
                self.assertIn(replayed, (None, self.replayed))
                self.command(1, "replay", "--verify")
            self.assertEqual(log is None, verified is None, "verify says what log says")
            self.assertIn(log, (None, self.log))
            served = self.served()
            self.assertEqual(served, log is not None, "the daemon tells what `log` tells")
            self.counts["without effect" if served else "told"] += 1

    def flipped(self, name, place, bit):
        content = bytearray(self.good[name])
        content[place] ^= 1 << bit
        self.look(f"{name}: bit {bit} of byte {place}", {name: bytes(content)})

    def paged(self, name, number, how, other=None):
        content = bytearray(self.good[name])
        at = slice(number * PAGE, (number + 1) * PAGE)
        if how == "zeroed":
            content[at] = bytes(len(content[at]))
        elif how == "stale":
            content[at] = self.old[name][at].ljust(len(content[at]), b"\0")
        else:
            there = slice(other * PAGE, (other + 1) * PAGE)
            content[at], content[there] = content[there], content[at]
        self.look(f"{name}: page {number} {how} {other or ''}", {name: bytes(content)})

    def any_damage(self, chance):
        name = chance.choice(("data.mdb", "data.mdb", "data.mdb", "data.sums", "state"))
        size = len(self.good[name])
        kind = chance.randrange(5)
        if kind < 2:
            self.flipped(name, chance.randrange(size), chance.randrange(8))
        elif kind == 2 and size > 2 * PAGE:
            self.paged(name, chance.randrange(size // PAGE), "swapped with",
                       chance.randrange(size // PAGE))
        elif kind == 3:
            self.paged(name, chance.randrange((size + PAGE - 1) // PAGE),
                       chance.choice(("zeroed", "stale")))
        else:
            cut = chance.randrange(size)
            self.look(f"{name}: cut to {cut} bytes", {name: self.good[name][:cut]})

    def test_whatever_rots_is_told_or_without_effect(self):
        seed = harness.seed()
        chance = random.Random(seed)
        begun = time.monotonic()
        self.fill()
        pages = pages_of(self.good["data.mdb"])
        for table in ("log", "identity", "keys", "subjects", "persons", "withdrawals",
                      "partners", "meta", "names", "free pages"):
            self.assertTrue((table, "leaf") in pages, f"a leaf of {table}: {sorted(pages)}")
        # The head: where the log ends. Both, since the older one can be made the newer.
        for at in (0, PAGE):
            for place in range(HEAD) if SECONDS else (16, 136 + chance.randrange(8),
                                                      *chance.sample(range(144, 152), 2)):
                self.flipped("data.mdb", at + place, chance.randrange(8))
        now = time.monotonic()
        share = max(0, begun + SECONDS - now) / 2 / len(pages)
        for index, ((table, kind), numbers) in enumerate(sorted(pages.items()), 1):
            number = chance.choice(numbers)
            for place in chance.sample(range(PAGE), PAGE):
                self.flipped("data.mdb", number * PAGE + place, chance.randrange(8))
                if time.monotonic() > now + index * share:
                    break
            if SECONDS:
                self.paged("data.mdb", number, chance.choice(("zeroed", "stale")))
        left = SHORT - sum(self.counts.values())
        while left > 0 or time.monotonic() - begun < SECONDS:
            self.any_damage(chance)
            left -= 1
        print(f"rot: {self.counts['told']} told, {self.counts['without effect']} without effect, "
              f"{len(pages)} kinds of pages, seed {seed}")
        self.assertGreater(self.counts["told"], 0)
        self.put(self.good)
        self.assertIsNotNone(self.command(1, "verify"))


class WhileItRuns(harness.OwnDaemon):
    def damaged(self, daemon, number):
        """Flips a bit of a page in the file of a running daemon."""
        with (daemon.store / "data.mdb").open("r+b") as file:
            file.seek(number * PAGE + PAGE - 9)
            byte = file.read(1)[0]
            file.seek(number * PAGE + PAGE - 9)
            file.write(bytes([byte ^ 4]))

    def metric(self, daemon, name):
        body = daemon.get("/metrics", who="prometheus").body.decode()
        return float([line for line in body.splitlines() if line.startswith(name + " ")][0]
                     .split()[1])

    def test_the_scrub_finds_it_and_nothing_is_taken_any_more(self):
        manager, daemon = watched(self, WATCHDOG_USEC="400000")
        daemon.accept(*[event() for _ in range(300)])
        daemon.follow(300)
        harness.until(lambda: self.metric(daemon, "ladderd_scrub_round_ratio") == 1, "a round")
        self.assertEqual(self.metric(daemon, "ladderd_log_writable"), 1)
        self.assertEqual(self.metric(daemon, "ladderd_scrub_findings_total"), 0)
        pages = pages_of((daemon.store / "data.mdb").read_bytes())
        self.damaged(daemon, pages["subjects", "leaf"][0])
        harness.until(lambda: daemon.get("/readyz").status == 503, "the scrub finds it")
        self.assertIn("is not as it was written", daemon.get("/readyz").body.decode())
        harness.until(lambda: re.match("not ready: .* is not as it was written",
                                       manager.hear(1).get("STATUS", "")),
                      "systemd is told too")
        size = (daemon.store / "data.mdb").stat().st_size
        for _ in range(3):
            answer = daemon.post(harness.json.dumps({"events": [event()]}))
            self.assertProblem(answer, 503)
            self.assertIn("is not as it was written", answer.json["detail"])
        self.assertIn(daemon.get("/v1/log", who="analyst").status, (500, 503))
        self.assertGreaterEqual(self.metric(daemon, "ladderd_scrub_findings_total"), 1)
        self.assertEqual(self.metric(daemon, "ladderd_log_writable"), 0)
        self.assertEqual((daemon.store / "data.mdb").stat().st_size, size)
        self.assertTrue(daemon.alive())
        daemon.stop()
        harness.ladder("log", daemon.store, check=65)
        harness.ladder("verify", daemon.store, check=1)


    def rots(self, daemon, how, page):
        """Something happens to the file of a running daemon."""
        with (daemon.store / "data.mdb").open("r+b") as file:
            if how == "is cut":
                file.truncate(page * PAGE)
                return
            if how == "goes back":
                # Both heads: which is the newer changes meanwhile.
                for at in (0, PAGE):
                    file.seek(at + 144)
                    file.write(struct.pack("<Q", 1))
                return
            file.seek(page * PAGE)
            content = bytearray(file.read(PAGE))
            if how == "is zeroed":
                content[:] = bytes(PAGE)
            else:
                content[12:] = b"\xff" * (PAGE - 12)
            file.seek(page * PAGE)
            file.write(content)

    def meets(self, daemon, how, page, questions):
        self.rots(daemon, how, page)
        # What a commit would be led by is looked at before it.
        if how in ("goes back", "is cut"):
            self.assertProblem(daemon.post(harness.json.dumps({"events": [event()]})), 503)
        for (path, parameters, who), body in questions:
            try:
                answer = daemon.get(path, who=who, **parameters)
            except http.client.IncompleteRead:
                continue  # what had begun is cut off
            if answer.status != 200:
                self.assertIn(answer.status, (500, 503), (path, answer))
            elif "indicators" not in path:  # of which some is of the instant of asking
                self.assertEqual(answer.body, body, path)
        harness.until(lambda: daemon.get("/readyz").status == 503, "it is told")
        size = (daemon.store / "data.mdb").stat().st_size
        self.assertProblem(daemon.post(harness.json.dumps({"events": [event()]})), 503)
        self.assertEqual(self.metric(daemon, "ladderd_log_writable"), 0)
        self.assertEqual((daemon.store / "data.mdb").stat().st_size, size)
        self.assertTrue(daemon.alive(), daemon.messages())

    def test_who_meets_it_before_the_scrub_ends_one_request_and_no_process(self):
        daemon = self.ladderd(start=False)
        daemon.start()
        own = event()
        daemon.accept(own, *[event() for _ in range(399)])
        known_at = daemon.records()[-1]["recorded_at"]
        paths = (("/v1/log", {"limit": 1000}, "analyst"),
                 ("/v1/events/" + own["id"], {}, "isd"),
                 ("/v1/indicators", {"known_at": known_at}, "analyst"))
        wanted = [daemon.get(path, who=who, **parameters).body for path, parameters, who in paths]
        daemon.stop()
        good = {path.name: path.read_bytes() for path in daemon.store.iterdir()}
        image = good["data.mdb"]
        pages = pages_of(image)
        for how, page in (("points nowhere", pages["log", "branch"][0]),
                          ("is zeroed", pages["log", "leaf"][-1]),
                          ("points nowhere", pages["persons", "leaf"][-1]),
                          ("goes back", 0), ("is cut", 2), ("is cut", 0)):
            with self.subTest(f"page {page} {how}"):
                for name, content in good.items():
                    (daemon.store / name).write_bytes(content)
                daemon.start()
                try:
                    self.meets(daemon, how, page, zip(paths, wanted))
                except (AssertionError, OSError, http.client.HTTPException):
                    daemon.kill()
                    raise
                daemon.stop()
                harness.ladder("log", daemon.store, check=65)
                harness.ladder("verify", daemon.store, check=1)
        for name, content in good.items():
            (daemon.store / name).write_bytes(content)
        harness.ladder("verify", daemon.store, check=0)


class AStuckReader(harness.OwnDaemon):
    def test_it_is_named_and_what_it_held_is_room_again(self):
        manager, daemon = watched(self, WATCHDOG_USEC="400000",
                                  sections="[store]\nsize_max = 24M\n[limits]\n"
                                           "store_reserve = 2M\n")
        daemon.accept(*[event() for _ in range(900)])
        # It sees the store as it was, since nobody reads what it prints.
        reader = subprocess.Popen([harness.LADDER, "log", str(daemon.store)],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(reader.stdout.close)
        self.addCleanup(reader.wait)
        self.addCleanup(reader.kill)
        self.assertTrue(reader.stdout.read(1))
        warned = f"warning: process {reader.pid} has held a view of the store"
        warned_before = None
        deadline = time.monotonic() + 60
        while True:
            answer = daemon.post(harness.json.dumps({"events": [event()]}))
            if answer.status == 503:
                break
            self.assertEqual(answer.status, 200)
            self.assertLess(time.monotonic(), deadline, "the store fills up")
            # A quarter of the store is gone: it is told within a look of the caretaker.
            if warned_before is None and (daemon.store / "data.mdb").stat().st_size > 7 << 20:
                harness.until(lambda: warned in daemon.get("/readyz").body.decode(), warned)
                harness.until(lambda: re.match(
                    rf"serving, \d+ records; process {reader.pid} has held a view",
                    manager.hear(1).get("STATUS", "")), "systemd is told too")
                warned_before = daemon.get("/metrics", who="prometheus").body.decode()
        self.assertIsNotNone(warned_before, daemon.messages())
        self.assertIn(f"process {reader.pid} has held a view", daemon.messages())
        oldest, = [float(line.split()[1]) for line in warned_before.splitlines()
                   if line.startswith("ladderd_reader_oldest_seconds ")]
        self.assertGreater(oldest, 0)
        size = (daemon.store / "data.mdb").stat().st_size
        reader.kill()
        reader.wait()
        harness.until(lambda: daemon.post(harness.json.dumps(
            {"events": [event()]})).status == 200, "there is room again")
        for _ in range(100):
            daemon.accept(event())
        self.assertLessEqual((daemon.store / "data.mdb").stat().st_size, size + (1 << 20))
        self.assertNotIn("warning: process", daemon.get("/readyz").body.decode())


if __name__ == "__main__":
    unittest.main()
