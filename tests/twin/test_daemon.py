#!/usr/bin/python3
"""The program against its twin: what the store says is what twin.py computes.

RECORDS is the helper that loads records with their stamps (build/release/records).
The seeds are printed; LADDERD_SEEDS="1 2 3" chooses others, LADDERD_ROUNDS more.
"""
import json
import os
import random
import unittest
from datetime import date, timedelta

import histories
import twin
from intruder import soften
from municipalities import Store
from test_twin import differences, examples

ROUNDS = int(os.environ.get("LADDERD_ROUNDS", "12"))
SEEDS = [int(s) for s in os.environ.get("LADDERD_SEEDS", "").split()] or \
    [random.SystemRandom().randrange(10 ** 6) for _ in range(ROUNDS)]


class Example(unittest.TestCase):
    def test_the_figures_of_the_example_follow_from_its_records(self):
        for path, texts in examples():
            store = Store(path)
            self.addCleanup(store.close)
            for n, text in enumerate(texts, 1):
                with self.subTest(path=path, n=n):
                    mine = store.figures([json.loads(text)])[0]
                    self.assertEqual(differences(json.loads(mine), json.loads(text)), [])
                    # Digits apart, every byte: the order of keys, no spaces, the newline.
                    self.assertEqual(mine, text)


class Random(unittest.TestCase):
    maxDiff = None

    def twin_figures(self, history, question, profile, round_to, moves=None):
        return json.loads(twin.dump(twin.figures(
            history.records, question["as_of"], question["known_at"], question["municipality"],
            question["window"], profile=profile, base=round_to or 5, moves=moves,
            definitions=question.get("definitions", 2))))

    def compare(self, history, store, questions, profile, round_to):
        """Public ones as rounding alone would show them."""
        for question, mine in zip(questions, store.figures(questions, round_to, "plain")):
            theirs = self.twin_figures(history, question, profile, round_to)
            found = differences(json.loads(mine), theirs)
            self.assertEqual(found, [], "%s %s" % (profile, question))

    def compare_softened(self, history, store, questions, round_to):
        """As a publication shows them: the twin finds by itself which counts are moved, that a
        move is needed at all, and of how few people nothing is shown. Returns how many
        publications had a move."""
        moved = 0
        for question, mine in zip(questions, store.figures(questions, round_to)):
            def printed(moves):
                return self.twin_figures(history, question, "public", round_to, moves)
            where = "base %d %s" % (round_to, question)
            moves = None
            # "A municipality is shown only if |R|, rounded, is at least 2b"
            if printed({})["population"]["persons"] >= 2 * round_to:
                moves = soften(printed)
            if moves is None:
                self.assertEqual(json.loads(mine), {"withheld": True}, where)
                continue
            found = differences(json.loads(mine), printed(moves))
            self.assertEqual(found, [], "%s %s" % (where, moves))
            moved += bool(moves)
        return moved

    def published(self, history):
        """Questions as publications ask them: the quarter that ended last, and one before."""
        known = twin.parse_instant(history.records[-1]["recorded_at"])
        day = (known - timedelta(days=1)).date()
        newest = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1) - timedelta(days=1)
        before = date(newest.year - 1, 12, 31)
        return [{"as_of": P.isoformat(), "known_at": history.records[-1]["recorded_at"],
                 "municipality": m, "window": 365}
                for m in ("all", "GM0823") for P in (newest, before)]

    def test_random_histories_give_what_the_twin_computes(self):
        print("seeds:", *SEEDS)
        moved = 0
        for seed in SEEDS:
            with self.subTest(seed=seed):
                history = histories.History(seed, 40, 4)
                store = Store(history.records)
                try:
                    questions = history.questions(8)
                    self.compare(history, store, questions, "internal", 0)
                    quarters = self.published(history)
                    for base in (5, 10):
                        self.compare(history, store, quarters, "public", base)
                        moved += self.compare_softened(history, store, quarters[:2], base)
                finally:
                    store.close()
        print("%d of %d publications have a count that is moved" % (moved, 4 * len(SEEDS)))


if __name__ == "__main__":
    unittest.main()
