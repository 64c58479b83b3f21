#!/usr/bin/python3
"""The program against its twin: what the store says is what twin.py computes.

RECORDS is the helper that loads records with their stamps (build/release/records).
The seeds are printed; LADDERD_SEEDS="1 2 3" chooses others, LADDERD_ROUNDS more.
"""
import json
import os
import random
import shutil
import subprocess
import tempfile
import unittest

import histories
import twin
from intruder import soften
from test_twin import SPEC, differences

RECORDS = os.environ["RECORDS"]
ROUNDS = int(os.environ.get("LADDERD_ROUNDS", "12"))
SEEDS = [int(s) for s in os.environ.get("LADDERD_SEEDS", "").split()] or \
    [random.SystemRandom().randrange(10 ** 6) for _ in range(ROUNDS)]


class Store:
    """A store made of records, in memory where the machine has such a file system."""

    def __init__(self, records_path):
        shared = "/dev/shm" if os.path.isdir("/dev/shm") else None
        self.folder = tempfile.mkdtemp(prefix="ladderd-twin-", dir=shared)
        self.path = os.path.join(self.folder, "store")
        subprocess.run([RECORDS, "load", records_path, self.path], check=True, timeout=120)

    def figures(self, questions, round_to=0, *plain):
        """`plain`: public figures as rounding alone would show them."""
        lines = "".join("%(as_of)s %(known_at)s %(municipality)s %(window)d\n" % q
                        for q in questions)
        result = subprocess.run([RECORDS, "figures", self.path, str(round_to), *plain], input=lines,
                                text=True, capture_output=True, check=True, timeout=120)
        return result.stdout.splitlines(keepends=True)

    def close(self):
        shutil.rmtree(self.folder)


class Example(unittest.TestCase):
    def test_the_figures_of_the_example_follow_from_its_records(self):
        store = Store(os.path.join(SPEC, "records.ndjson"))
        self.addCleanup(store.close)
        for n in range(1, 6):
            with open(os.path.join(SPEC, "figures-%d.json" % n), encoding="utf-8") as f:
                text = f.read()
            with self.subTest(n=n):
                mine = store.figures([json.loads(text)])[0]
                self.assertEqual(differences(json.loads(mine), json.loads(text)), [])
                # Digits apart, every byte: the order of keys, no spaces, the newline.
                self.assertEqual(mine, text)


class Random(unittest.TestCase):
    maxDiff = None

    def twin_figures(self, history, question, profile, round_to, moves=None):
        return json.loads(twin.dump(twin.figures(
            history.records, question["as_of"], question["known_at"], question["municipality"],
            question["window"], profile=profile, base=round_to or 5, moves=moves)))

    def compare(self, history, store, questions, profile, round_to):
        """Public ones as rounding alone would show them."""
        for question, mine in zip(questions, store.figures(questions, round_to, "plain")):
            theirs = self.twin_figures(history, question, profile, round_to)
            found = differences(json.loads(mine), theirs)
            self.assertEqual(found, [], "%s %s" % (profile, question))

    def compare_softened(self, history, store, questions, round_to):
        """As a publication shows them: the twin finds by itself which counts are moved, and
        that a move is needed at all. Returns how many publications had one."""
        moved = 0
        for question, mine in zip(questions, store.figures(questions, round_to)):
            def printed(moves):
                return self.twin_figures(history, question, "public", round_to, moves)
            moves = soften(printed)
            self.assertIsNotNone(moves, question)
            found = differences(json.loads(mine), printed(moves))
            self.assertEqual(found, [], "base %d %s %s" % (round_to, question, moves))
            moved += bool(moves)
        return moved

    def test_random_histories_give_what_the_twin_computes(self):
        print("seeds:", *SEEDS)
        moved = 0
        for seed in SEEDS:
            with self.subTest(seed=seed):
                history = histories.History(seed, 40, 4)
                with tempfile.NamedTemporaryFile("w", suffix=".ndjson") as f:
                    for record in history.records:
                        f.write(json.dumps(record, separators=(",", ":")) + "\n")
                    f.flush()
                    store = Store(f.name)
                try:
                    questions = history.questions(8)
                    self.compare(history, store, questions, "internal", 0)
                    yearly = [dict(q, window=365) for q in questions[:3]]
                    for base in (3, 5, 10):
                        self.compare(history, store, yearly, "public", base)
                    for base, number in ((3, 1), (5, 2), (10, 1)):
                        moved += self.compare_softened(history, store, yearly[:number], base)
                finally:
                    store.close()
        print("%d of %d publications have a count that is moved" % (moved, 4 * len(SEEDS)))
        if len(SEEDS) >= 12:
            self.assertGreater(moved, 0)


if __name__ == "__main__":
    unittest.main()
