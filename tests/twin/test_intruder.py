#!/usr/bin/python3
"""The intruder against the program's own public output (intruder.py and curves.py say how).

What it finds in rounding alone: a total and its parts, each rounded on its own, give some
counts away. What it finds in what the program shows, which moves some counts by one base:
nothing; every count keeps three values, and what grows keeps them by construction.  That
somebody who knows the rule of the moves finds no more either is shown where all cases can be
tried: rounding_test.c.

RECORDS is the helper that loads records with their stamps; `ladder` lies beside it.
The municipalities are always the same, so that what is asserted of them is no matter of
luck; LADDERD_SEEDS="1 2 3" chooses others, also for the random tests, which print theirs.
LADDERD_MUNICIPALITIES=1000 and LADDERD_CURVES=20000: the long form.
"""
import itertools
import json
import os
import random
import subprocess
import unittest
from collections import Counter
from fractions import Fraction

import curves
import histories
import municipalities
import twin
from intruder import (AGAIN, RELATIONS, System, add_publication, counts_of, intrude, interval,
                      unexplained)
from municipalities import HOME, RECORDS, Store, attack, few, record

SEEDS = [int(s) for s in os.environ.get("LADDERD_SEEDS", "").split()]
MUNICIPALITIES = int(os.environ.get("LADDERD_MUNICIPALITIES", "2"))
CURVES = int(os.environ.get("LADDERD_CURVES", "300"))
# base, parts, shown as less than, cases, with fewer than three values, with one
EXHAUSTIVE = [(5, 2, 20, 324, 75, 0), (5, 3, 20, 5832, 108, 0),
              (5, 4, 15, 28561, 217, 97), (10, 2, 30, 625, 0, 0),
              (10, 3, 30, 15625, 0, 0), (10, 4, 20, 50625, 80, 0)]


class TheIntruder(unittest.TestCase):
    """It is as strong as it says, and never wrong."""

    def test_its_search_is_exact(self):
        seed = random.SystemRandom().randrange(10 ** 6)
        print("seed:", seed)
        chance, solvable = random.Random(seed), 0
        for _ in range(2000):
            size = chance.randint(2, 5)
            bounds = [(low, low + chance.randint(0, 4))
                      for low in (chance.randint(0, 5) for _ in range(size))]
            rows = []
            for _ in range(chance.randint(1, 4)):
                terms = {str(x): chance.choice([-3, -2, -1, 1, 1, 2])
                         for x in chance.sample(range(size), chance.randint(1, size))}
                low = chance.choice([-2, -1, 0, 0]) + sum(
                    c * chance.choice(bounds[int(x)]) for x, c in terms.items())
                rows.append((terms, low, low + chance.choice([0, 0, 1, 5, 1000])))
            system = System(seed)
            for x, (low, high) in enumerate(bounds):
                system.variable(str(x), low, high)
            for row in rows:
                system.relate(*row)
            solutions = [point for point in itertools.product(
                *[range(low, high + 1) for low, high in bounds])
                if all(low <= sum(c * point[int(x)] for x, c in terms.items()) <= high
                       for terms, low, high in rows)]
            found = system.values(100)
            solvable += bool(solutions)
            if not solutions:
                self.assertIsNone(found, (seed, bounds, rows))
                continue
            for x in range(size):
                self.assertEqual(found[str(x)], {point[x] for point in solutions},
                                 (seed, bounds, rows))
        self.assertGreater(solvable, 400)

    def test_the_program_knows_the_same_relations(self):
        """Each was written without the other."""
        lines = subprocess.run([RECORDS, "relations"], capture_output=True, text=True,
                               check=True, timeout=60).stdout.splitlines()

        def same(terms, low, high):
            sign = 1
            if low == high and min(terms.items())[1] < 0:
                sign = -1       # an equality read from the other side
            return frozenset((name, sign * c) for name, c in terms.items()), low, high
        theirs = Counter(same(terms, low, high) for _, low, high, terms in map(json.loads, lines))
        mine = Counter(same(*relation) for relation in RELATIONS
                       if not any(name in AGAIN for name in relation[0]))
        self.assertGreater(len(mine), 80)
        self.assertEqual([theirs - mine, mine - theirs], [Counter(), Counter()])

    def test_an_interval_is_what_rounds_to_it(self):
        for base in (5, 10):
            for count in range(60):
                shown = (2 * count + base) // (2 * base) * base
                low, high = interval(shown, base)
                self.assertTrue(low <= count <= high)
                self.assertEqual(high - low + 1, base if shown else (base + 1) // 2)
                self.assertEqual(curves.behind(shown, base), (low, high))

    def test_what_it_knows_of_counts_holds_and_it_never_excludes_the_truth(self):
        chosen = SEEDS or [random.SystemRandom().randrange(10 ** 6) for _ in range(3)]
        print("seeds:", *chosen)
        for seed in chosen:
            history = histories.History(seed, 60, 4)
            store = Store(history.records)
            self.addCleanup(store.close)
            questions = [dict(q, window=365, municipality=m) for q in history.questions(8)
                         for m in ("GM0823", "GM0820", "all")]
            inside = [json.loads(line) for line in store.figures(questions)]
            for base in (5, 10):
                for question, truth, line in zip(questions, inside,
                                                 store.figures(questions, base, "plain")):
                    shown = json.loads(line)
                    self.assertEqual(unexplained(shown), [], (seed, question))
                    self.true_is_possible(truth, shown, (seed, question))

    def true_is_possible(self, truth, shown, where):
        system = System()
        names, exact = add_publication(system, shown), counts_of(truth)
        for name in names:
            if name[-1] == "*" or name.startswith("data_quality."):
                continue        # a weight in thirds is none in halves; publications are records
            x, value = system.index[name], exact[name]
            self.assertTrue(system.low[x] <= value <= system.high[x], (where, name, value))
            system.low[x] = system.high[x] = value
        self.assertTrue(system.narrow(system.low, system.high, range(len(system.rows))), where)


def curve_of(base, curve, records):
    """What is shown of a curve on (t, class), as twin.py computes it."""
    found = twin.grown(base, [(0, t, why) for t, why in records],
                       [(None, h) for h in curve.horizons])
    shown = {"count": found["all"], "cause": found["cause"], "half": found["median"]}
    shown["shares"] = [None if inc is None else round(20 * twin.step(
        1 - inc if curve.survival else inc, 0.05)) for inc in found["shares"]]
    if curve.exited:
        shown["exited"] = found["exited"]
    if curve.silent:
        shown["silent"] = found["silent_after_exited" if curve.exited else "silent_after_cause"]
    if curve.censored:
        shown["censored"] = found["censored"]
    return shown


def with_few(possible):
    return {name: sorted(values) for name, values in possible.items() if len(values) < 3}


class WhatGrows(unittest.TestCase):
    """The worlds behind one curve: each count, printed or not, keeps three values."""

    def test_random_curves_keep_three_values(self):
        seed = SEEDS[0] if SEEDS else random.SystemRandom().randrange(10 ** 6)
        print("seed:", seed)
        chance, estimated = random.Random(seed), 0
        for _ in range(CURVES):
            base, curve = chance.choice([5, 10]), chance.choice(curves.CURVES)
            classes = [1] + [2] * bool(curve.exited) + ["s"] * bool(curve.silent) + [0]
            weights = [chance.random() ** 2 for _ in classes]
            records = [(chance.choice([0, 1, curve.horizons[0], chance.randint(0, 600),
                                       chance.randint(0, 1400)]),
                        chance.choices(classes, weights)[0])
                       for _ in range(chance.choice([0, 3, 13, 27, 37, 47, 60, 80,
                                                     chance.randint(0, 100)]))]
            shown = curve_of(base, curve, records)
            possible = curves.possible(curve, base, shown)
            self.assertIsNotNone(possible, (seed, base, curve.name, records))
            self.assertEqual(with_few(possible), {}, (seed, base, curve.name, records))
            estimated += any(x is not None for x in shown["shares"])
        self.assertGreater(estimated, CURVES // 20)

    def test_a_world_shows_what_the_twin_computes_of_its_records(self):
        chance = random.Random(5)
        for curve in curves.CURVES:
            for base in (5, 10):
                left, records = {}, []
                for why in (1, 2, "s", 0):
                    some = not (why == 2 and not curve.exited or why == "s" and not curve.silent)
                    left[why] = [chance.randint(0, 9) * some
                                 for _ in range(len(curve.horizons) + 1)]
                    for h, number in zip(list(curve.horizons) + [2000], left[why]):
                        records += [(h, why)] * number
                self.assertEqual(curves.World(left).show(curve, base),
                                 curve_of(base, curve, records), (curve.name, base))

    # 27 people of whom 13 reached the level: with base 5 the old rule showed 25 and 15.
    TOLD = [(27, 13), (37, 18), (47, 23)]

    def old_rule(self, count, events, base=5):
        """What was shown of people all watched for long: rounded counts, and the share and
        the half-time of the exact ones (a step of 0.1 under 50)."""
        shown = curves.rounded(count, base), curves.rounded(events, base)
        if shown[0] < 5 * base or shown[1] < 2 * base:
            return (*shown, None, None)
        share = curves.steps(Fraction(events, count), Fraction(1, 10 if shown[0] < 50 else 20))
        return (*shown, share, 2 * events >= count)

    def test_what_the_old_rule_gave_away_it_gives_away_here_too(self):
        for count, events in self.TOLD:
            shown = self.old_rule(count, events)
            behind = [(n, k) for n in range(60) for k in range(n + 1)
                      if self.old_rule(n, k) == shown]
            self.assertEqual(behind, [(count, events)])

    def test_half_of_27_37_or_47_is_not_given_away(self):
        """In each curve: all who had the event had it before the first horizon."""
        for count, events in self.TOLD:
            for curve in curves.CURVES:
                rest = 0 if curve.censored or not curve.silent else "s"
                records = [(curve.horizons[0] - 1, 1)] * events + [(2000, rest)] * (count - events)
                shown = curve_of(5, curve, records)
                self.assertIsNotNone(shown["shares"][0])
                possible = curves.possible(curve, 5, shown)
                self.assertEqual(with_few(possible), {}, (curve.name, count))
                for name, value in (("count", count), ("cause", events)):
                    self.assertTrue(set(range(value - 1, value + 2)) &
                                    curves.possible(curve, 5, shown, 9)[name])

    def test_nobody_and_everybody_are_not_given_away(self):
        for curve in curves.CURVES:
            for base in (5, 10):
                for count in (0, 1, 2, 12, 13, 40, 60, 120):
                    for why in (1, 0):
                        shown = curve_of(base, curve, [(30, why)] * count)
                        self.assertEqual(with_few(curves.possible(curve, base, shown)), {},
                                         (curve.name, base, count, why))

    def test_what_shows_nothing_possible_is_a_contradiction(self):
        curve = curves.CURVES[-1]
        shown = curve_of(5, curve, [(100, 1)] * 20 + [(2000, 0)] * 20)
        self.assertEqual(shown["shares"], [10, 10, 10])
        self.assertIsNone(curves.possible(curve, 5, {**shown, "shares": [10, 8, 10]}))
        self.assertIsNone(curves.possible(curve, 5, {**shown, "shares": [None, 10, 10]}))
        self.assertIsNone(curves.possible(curve, 5, {**shown, "half": None}))


class RandomMunicipalities(unittest.TestCase):
    def test_every_published_count_keeps_at_least_three_values(self):
        first = SEEDS[0] if SEEDS else 6
        total, wrong = municipalities.run(MUNICIPALITIES, jobs=2, first=first)
        print(municipalities.describe(MUNICIPALITIES, total, wrong))
        self.assertEqual(wrong, [])
        for base, counts in total.items():
            self.assertGreater(counts["counts"], 0)
            if base == 10 and MUNICIPALITIES >= 100:
                self.assertLess(counts["withheld over 40"], 0.01 * counts["over 40"])

    def test_rounding_alone_would_give_a_few_counts_away(self):
        """What the moves are for; and the intruder can find something."""
        found = 0
        store = Store(municipalities.lifelike(3, 43))
        self.addCleanup(store.close)
        for figures in municipalities.publications(store, 5, False, "plain"):
            possible = intrude(figures)
            found += possible is None or bool(few(possible))
        self.assertGreater(found, 0)


class WorstCases(unittest.TestCase):
    """What rounding each count on its own tells, however small the program makes it."""

    def shown(self, assessments, base, *plain, intake=None, partners=1):
        """A municipality of people who are seen once, each on a rung, published. intake:
        what everybody was asked about."""
        records = []
        for n, rung in enumerate(assessments):
            for day, kind, body in (("2026-01-05", "municipality_settled", {}),
                                    ("2026-02-02", "ladder_assessed", {"rung": rung}),
                                    ("2026-02-03", "intake_done", {"domains": intake})):
                if None in body.values():
                    continue
                number = len(records) + 1
                records.append(record(number, "2026-03-02",
                                      {"id": "e%d" % number, "subject": "s%d" % n,
                                       "municipality": HOME, "occurred_on": day, kind: body}))
                records[-1]["partner"] = "partner-%d" % (number % partners)
        store = Store(records)
        self.addCleanup(store.close)
        question = {"as_of": "2026-03-31", "known_at": "2026-04-01T12:00:00Z",
                    "municipality": HOME, "window": 365}
        return json.loads(store.figures([question], base, *plain)[0])

    def test_four_rungs_of_three_people_would_be_exact_at_base_5(self):
        """12 is rounded to 10, each 3 to 5: at least 3 each and at most 12 together."""
        figures = self.shown([1, 2, 3, 4] * 3, 5, "plain")
        self.assertEqual(figures["population"]["persons"], 10)
        self.assertEqual([figures["indicators"]["ladder_position"][k] for k in "123456"],
                         [5, 5, 5, 5, 0, 0])
        possible = intrude(figures)
        self.assertEqual(possible["population.persons"], {12})
        for rung in "1234":
            self.assertEqual(possible["ladder_position." + rung], {3})
        for rung in "56":
            self.assertEqual(possible["ladder_position." + rung], {0})

    def test_the_same_people_as_published_keep_three_values(self):
        self.assertEqual(few(attack(self.shown([1, 2, 3, 4] * 3, 5))), [])

    def test_an_extreme_mean_gives_nothing_away(self):
        """Fifteen people, all of whom had a complete intake: a mean of 10 domains says so."""
        for had in (twin.DOMAINS, twin.DOMAINS[:1]):
            plain, figures = [self.shown([1] * 15, 5, *how, intake=had)
                              for how in (("plain",), ())]
            self.assertEqual(plain["indicators"]["intake"]["mean_domains"], len(had))
            self.assertNotEqual(few(intrude(plain)), [])
            self.assertEqual(few(attack(figures)), [])

    def test_of_too_few_people_nothing_is_published(self):
        for number in range(13):
            shown = self.shown([1] * number, 5)
            self.assertEqual("withheld" in shown, number < 8, number)

    def test_everybody_alike_one_partner_or_many_keep_three_values(self):
        for people in (8, 13, 40):
            for partners in (1, 7):
                figures = self.shown([6] * people, 5, intake=twin.DOMAINS, partners=partners)
                self.assertEqual(few(attack(figures)), [], (people, partners))

    def test_small_municipalities_of_all_kinds_keep_three_values(self):
        """People on two rungs, and seen on neither: 0 to 9 of each kind, some of them."""
        for counts in [(8, 0, 0), (3, 3, 3), (7, 7, 7), (9, 1, 0), (7, 3, 3), (2, 7, 3),
                       (5, 5, 1)]:
            people = [1] * counts[0] + [4] * counts[1] + [None] * counts[2]
            figures = self.shown(people, 5)
            self.assertEqual(few(attack(figures)), [], counts)

    def test_exhaustively_how_often_a_total_and_its_parts_tell_too_much(self):
        """All ways in which 2 to 4 parts can be that are shown as less than `most`. No
        solver here: what is shown alike is counted. Parts shown as 0 may be, and are."""
        for base, parts, most, cases, small, exact in EXHAUSTIVE:
            limit = most - base // 2 - 1      # the largest count that is shown as less
            behind = {}
            for counts in itertools.product(range(limit + 1), repeat=parts):
                whole = counts + (sum(counts),)
                shown = tuple((2 * x + base) // (2 * base) * base for x in whole)
                behind.setdefault(shown, []).append(whole)
            told = [(min(len({whole[x] for whole in found}) for x in range(parts + 1)),
                     len(found)) for found in behind.values()]
            numbers = [sum(n for values, n in told if values < bound) for bound in (99, 3, 2)]
            print("base %d, %d parts shown as less than %d: of %d cases %d leave fewer than "
                  "three values, %d one" % (base, parts, most, *numbers))
            self.assertEqual(numbers, [cases, small, exact])


if __name__ == "__main__":
    unittest.main()
