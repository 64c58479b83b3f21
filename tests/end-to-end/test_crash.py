"""kill -9 in the middle of pushing: what was acknowledged is there, once."""

import collections
import http.client
import json
import random
import subprocess
import threading
import time

import harness
from harness import event, fresh

ROUNDS = 8 if harness.LONG else 3


class Crash(harness.OwnDaemon):
    def once_each(self, daemon, seed):
        """Every id is in the log once, seq has no holes, stamps grow; gives the ids."""
        records = daemon.records()
        self.assertEqual([record["seq"] for record in records],
                         list(range(1, len(records) + 1)), seed)
        stamps = [record["recorded_at"] for record in records]
        self.assertTrue(all(one < other for one, other in zip(stamps, stamps[1:])), seed)
        names = collections.Counter((record["partner"], record["event"]["id"])
                                    for record in records)
        self.assertEqual([name for name, times in names.items() if times > 1], [], seed)
        return set(names)

    def test_what_raw_pushers_were_acknowledged_survives_kill_9(self):
        seed = harness.seed()
        chance = random.Random(seed)
        daemon = self.ladderd({"isd": {}, "lev": {}, "vwn": {}})
        acknowledged, batches, lock = set(), [], threading.Lock()
        last_seq = 0
        for turn in range(ROUNDS):
            going = threading.Event()

            def pusher(who, format, size):
                nonlocal last_seq
                client = daemon.client(who, timeout=10)
                try:
                    while True:
                        batch = [event(id=fresh(who)) for _ in range(size)]
                        with lock:
                            batches.append((who, batch))
                        answer = (client.push if format == "json" else client.push_protobuf)(batch)
                        if answer.status != 200:
                            return  # 503 or 500: not acknowledged
                        result = answer.result
                        with lock:
                            acknowledged.update((who, one["id"]) for one in batch)
                            last_seq = max(last_seq, result["last_seq"])
                        assert result["accepted"] == size, result
                        going.set()
                except (OSError, http.client.HTTPException):
                    return
                finally:
                    client.close()

            def killer():
                going.wait(harness.WAIT)
                time.sleep(chance.uniform(0.05, 0.4))  # any moment
                daemon.kill()
            harness.in_threads(lambda: pusher("isd", "json", 1), lambda: pusher("isd", "json", 50),
                             lambda: pusher("lev", "protobuf", 300),
                             lambda: pusher("vwn", "json", 7), killer)
            daemon.start()
            names = self.once_each(daemon, (seed, turn))
            self.assertEqual(acknowledged - names, set(), (seed, turn, "acknowledged and lost"))
            self.assertLessEqual(last_seq, len(names), (seed, turn))
            sent = {(who, one["id"]) for who, batch in batches for one in batch}
            self.assertLessEqual(names, sent)
        # Sending all of it again completes the log and counts nothing twice.
        before = self.once_each(daemon, seed)
        accepted = duplicates = 0
        for who in ("isd", "lev", "vwn"):
            events = [one for partner, batch in batches if partner == who for one in batch]
            for start in range(0, len(events), 10000):
                result = daemon.push(events[start:start + 10000], who)
                accepted += result["accepted"]
                duplicates += result["duplicates"]
                self.assertEqual(result["rejected"], [])
        self.assertEqual((accepted, duplicates), (len(sent) - len(before), len(before)), seed)
        self.assertEqual(self.once_each(daemon, seed), sent, seed)
        daemon.stop()
        harness.ladder("verify", daemon.store, check=0)

    def test_kill_9_in_the_middle_of_ladder_push_and_again_completes(self):
        seed = harness.seed()
        chance = random.Random(seed)
        events = harness.generated("--people", 150, "--years", 2, "--seed", 11)
        for turn in range(2):
            daemon = self.ladderd()
            files = []
            for start in range(0, len(events), 2000):
                files.append(daemon.place / f"part-{start:06}.json")
                files[-1].write_text(json.dumps({"events": events[start:start + 2000]}))
            command = [harness.LADDER, "push", "--to", f"http://127.0.0.1:{daemon.port}",
                       "--token-file", str(daemon.token_file("isd")), *map(str, files)]
            first = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                harness.until(lambda: self.some_are_in(daemon), "the push has begun")
                time.sleep(chance.uniform(0, 0.1))  # any moment
                daemon.kill()
                if turn == 0:
                    # The first push is cut off too, and a second one does the rest.
                    first.kill()
                    first.wait()
                    daemon.start()
                    self.once_each(daemon, seed)
                    done = harness.run(*command, timeout=60)
                    self.assertEqual(done.returncode, 0, (seed, done))
                else:
                    # The same push goes on by itself when the daemon is back.
                    daemon.start()
                    self.assertEqual(first.wait(60), 0, seed)
            finally:
                first.kill()
                first.wait()
            names = self.once_each(daemon, seed)
            self.assertEqual(names, {("isd", one["id"]) for one in events}, seed)
            before = daemon.figures(as_of="2026-06-30").json["population"]
            done = harness.run(*command, timeout=60)
            self.assertEqual(done.returncode, 0, (seed, done))
            self.assertEqual(len(self.once_each(daemon, seed)), len(events), seed)
            self.assertEqual(daemon.figures(as_of="2026-06-30").json["population"], before)
            daemon.stop()
            harness.ladder("verify", daemon.store, check=0)
            harness.ladder("replay", "--verify", daemon.store, check=0)

    @staticmethod
    def some_are_in(daemon):
        answer = daemon.get("/v1/log", who="analyst", limit=1)
        return answer.status == 200 and answer.body

    def test_figures_after_kill_9_are_those_of_a_replay(self):
        seed = harness.seed()
        chance = random.Random(seed)
        daemon = self.ladderd()
        events = harness.generated("--people", 60, "--years", 2, "--seed", 5)
        for start in range(0, len(events), 1500):
            daemon.push(events[start:start + 1500])
            if chance.random() < 0.4:
                daemon.kill()
                daemon.start()
        daemon.kill()
        daemon.start()
        answer = daemon.figures(as_of="2026-06-30")
        said = answer.json
        self.assertGreater(said["population"]["persons"], 10)
        replayed = harness.ladder("replay", daemon.store, "--as-of", "2026-06-30", "--known-at",
                                said["known_at"], "--format", "json", check=0).stdout
        self.assertEqual(replayed, answer.body, seed)
        daemon.kill()
        done = harness.ladder("replay", daemon.store, "--as-of", "2026-06-30", "--known-at",
                            said["known_at"], "--format", "json", check=0)
        self.assertEqual(done.stdout, answer.body, seed)
        harness.ladder("verify", daemon.store, check=0)

    def test_sigterm_in_the_middle_answers_what_is_in_flight(self):
        daemon = self.ladderd()
        acknowledged = set()

        def pusher():
            client = daemon.client("isd", timeout=10)
            try:
                while True:
                    batch = [event() for _ in range(100)]
                    answer = client.push(batch)
                    if answer.status != 200:
                        self.assertIn(answer.status, (503,), answer)
                        return
                    acknowledged.update(("isd", one["id"]) for one in batch)
            except (OSError, http.client.HTTPException):
                return
            finally:
                client.close()

        def stopper():
            harness.until(lambda: len(acknowledged) >= 1500, "batches come and go")
            daemon.stop()  # exit code 0 is checked there
        harness.in_threads(pusher, pusher, pusher, stopper)
        daemon.start()
        self.assertEqual(acknowledged - self.once_each(daemon, "sigterm"), set())
        daemon.stop()
        harness.ladder("verify", daemon.store, check=0)


if __name__ == "__main__":
    harness.unittest.main()
