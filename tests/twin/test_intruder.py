#!/usr/bin/python3
"""The intruder against the program's own public output: eight quarters of a small
municipality, whose exact counts it bounds (intruder.py says how).

What it finds in rounding alone: a total and its parts, each rounded on its own, give some
counts away. Of those of a lifelike municipality one in a hundred or two keeps fewer than
three possible values at base 5, some keep one; a few do at base 10; at base 3 a zero stands
for 0 and 1 only. What it finds in what the program shows, which moves counts by one base:
nothing; every count keeps three values (at base 3 two). That somebody who knows the rule of
the moves finds no more either is shown where all cases can be tried: softening_test.c.

RECORDS is the helper that loads records with their stamps; `ladder` lies beside it.
The municipalities are always the same, so that what is asserted of them is no matter of
luck; LADDERD_SEEDS="1 2 3" chooses others, also for the random tests, which print theirs.
"""
import itertools
import json
import os
import random
import subprocess
import tempfile
import unittest
from collections import Counter
from datetime import date, datetime, timedelta

import intruder
import histories
from intruder import AGAIN, RELATIONS, System, add_publication, intrude, counts_of, interval
from test_daemon import Store
from twin import DOMAINS

RECORDS = os.environ["RECORDS"]
LADDER = os.path.join(os.path.dirname(RECORDS), "ladder")
SEEDS = [int(s) for s in os.environ.get("LADDERD_SEEDS", "").split()]
HOME = "GM0823"
THREE = 3           # values that every count keeps
QUARTERS = ["2024-09-30", "2024-12-31", "2025-03-31", "2025-06-30",
            "2025-09-30", "2025-12-31", "2026-03-31", "2026-06-30"]
# base, parts, shown as less than, cases, with fewer than three values, with one
EXHAUSTIVE = [(5, 2, 20, 324, 75, 0), (5, 3, 20, 5832, 108, 0),
              (5, 4, 15, 28561, 217, 97), (10, 2, 30, 625, 0, 0),
              (10, 3, 30, 15625, 0, 0), (10, 4, 20, 50625, 80, 0)]


def store_of(records):
    with tempfile.NamedTemporaryFile("w", suffix=".ndjson") as f:
        for record in records:
            f.write(json.dumps(record, separators=(",", ":")) + "\n")
        f.flush()
        return Store(f.name)


def record(number, day, event):
    stamp = datetime.combine(date.fromisoformat(day), datetime.min.time())
    stamp += timedelta(hours=17, microseconds=number)
    return {"seq": number, "recorded_at": stamp.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "partner": "isd", "event": event}


def lifelike(seed, people):
    """The records of an invented municipality, each recorded on the day of its event."""
    done = subprocess.run([LADDER, "generate", "--seed", str(seed), "--people", str(people),
                           "--years", "4", "--until", "2026-07-05"],
                          capture_output=True, text=True, check=True, timeout=60)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    return [record(n, e["occurred_on"], e) for n, e in enumerate(events, 1)]


def publications(store, base, *plain):
    """The figures of eight quarters, each as known four days after its end."""
    questions = [{"as_of": quarter, "municipality": HOME, "window": 365, "known_at":
                  (date.fromisoformat(quarter) + timedelta(days=4)).isoformat() + "T12:00:00Z"}
                 for quarter in QUARTERS]
    return [json.loads(line) for line in store.figures(questions, base, *plain)]


def few(possible, least=THREE):
    """[(quarter, count, values)] of the counts that keep fewer than `least` values."""
    return [(QUARTERS[n], name, sorted(values)) for n, one in enumerate(possible)
            for name, values in one.items() if len(values) < least]


class TheAttacker(unittest.TestCase):
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
        theirs = [same(terms, low, high) for _, low, high, terms in map(json.loads, lines)]
        mine = [same(*relation) for relation in RELATIONS
                if not any(name in AGAIN for name in relation[0])]
        self.assertGreater(len(mine), 150)
        self.assertEqual(Counter(theirs), Counter(mine))

    def test_an_interval_is_what_rounds_to_it(self):
        for base in (3, 5, 10):
            for count in range(60):
                shown = (2 * count + base) // (2 * base) * base
                low, high = interval(shown, base)
                self.assertTrue(low <= count <= high)
                self.assertEqual(high - low + 1, base if shown else (base + 1) // 2)

    def test_what_it_knows_of_counts_holds_and_it_never_excludes_the_truth(self):
        chosen = SEEDS or [random.SystemRandom().randrange(10 ** 6) for _ in range(3)]
        print("seeds:", *chosen)
        for seed in chosen:
            history = histories.History(seed, 60, 4)
            store = store_of(history.records)
            self.addCleanup(store.close)
            questions = [dict(q, window=365, municipality=m) for q in history.questions(8)
                         for m in ("GM0823", "GM0820", "all")]
            inside = [json.loads(line) for line in store.figures(questions)]
            for base in (3, 5, 10):
                for question, truth, line in zip(questions, inside,
                                                 store.figures(questions, base, "plain")):
                    self.true_is_possible(truth, json.loads(line), (seed, question))

    def true_is_possible(self, truth, shown, where):
        system = System()
        names = add_publication(system, shown)
        exact = counts_of(truth)
        self.assertEqual(list(names), list(exact))
        for name, value in exact.items():
            if name[-1] == "*":
                continue        # a weight in thirds is none in halves
            x = system.index[name]
            self.assertTrue(system.low[x] <= value <= system.high[x], (where, name, value))
            system.low[x] = system.high[x] = value
        self.assertTrue(system.narrow(system.low, system.high, range(len(system.rows))), where)


class Lifelike(unittest.TestCase):
    """`ladder generate`: 40 to 80 people in one municipality, eight quarters in a row."""

    def municipalities(self, number):
        for seed in SEEDS or range(1, number + 1):
            people = 40 + 8 * (seed % 6)
            store = store_of(lifelike(seed, people))
            self.addCleanup(store.close)
            yield seed, people, store

    def test_every_published_count_keeps_at_least_three_values(self):
        totals = {base: Counter() for base in (5, 10, 3)}
        for seed, people, store in self.municipalities(4):
            for base, total in totals.items():
                least = THREE if base >= 5 else 2
                plain = publications(store, base, "plain")
                shown = publications(store, base)
                where = (base, seed, people)
                possible = intrude(shown, enough=least, seed=seed)
                self.assertIsNotNone(possible, where)
                self.assertEqual(few(possible, least), [], where)
                for one, other in zip(map(counts_of, plain), map(counts_of, shown)):
                    changed = [name for name in one if one[name] != other[name]]
                    for name in changed:
                        self.assertEqual(abs(one[name] - other[name]), base, (where, name))
                    total.update(counts=len(one), moves=len(changed), published=1,
                                 moved=bool(changed))
        for base, total in totals.items():
            print("base %d: in %d of %d publications a count is moved, %d of all %d counts" % (
                base, total["moved"], total["published"], total["moves"], total["counts"]))
            self.assertLess(total["moves"], 0.01 * total["counts"])
        if not SEEDS:
            self.assertGreater(totals[5]["moves"], 0)

    def test_rounding_alone_would_give_a_few_counts_away(self):
        """What the moves are for, in numbers; and the intruder can find something."""
        totals = {base: Counter() for base in (5, 10)}
        for seed, _, store in self.municipalities(3):
            for base, total in totals.items():
                possible = intrude(publications(store, base, "plain"), seed=seed)
                self.assertIsNotNone(possible, (base, seed))
                small = few(possible)
                total.update(counts=sum(map(len, possible)), few=len(small),
                             one=len([1 for _, _, values in small if len(values) == 1]))
        for base, total in totals.items():
            print("base %d: of %d counts %d would keep fewer than three values, %d of them one"
                  % (base, total["counts"], total["few"], total["one"]))
            self.assertLess(total["few"], 0.03 * total["counts"])
        if not SEEDS:
            self.assertGreater(totals[5]["few"], 0)

    def test_one_who_believes_that_nothing_is_ever_corrected_finds_no_contradiction(self):
        """It ties all quarters together: wrong in general, right for these records, and
        stronger. At base 10 it finds nothing here."""
        store = store_of(lifelike(2, 45))
        self.addCleanup(store.close)
        possible = intrude(publications(store, 10), believe=True)
        self.assertIsNotNone(possible)
        self.assertEqual(few(possible), [])


class WorstCases(unittest.TestCase):
    """What rounding each count on its own tells, however small the program makes it."""

    def shown(self, assessments, base, *plain, intake=None):
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
        store = store_of(records)
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
        possible = intrude([figures])[0]
        self.assertEqual(possible["population.persons"], {12})
        for rung in "1234":
            self.assertEqual(possible["ladder_position." + rung], {3})
        for rung in "56":
            self.assertEqual(possible["ladder_position." + rung], {0})

    def test_the_same_people_as_published_keep_three_values(self):
        for base in (5, 10):
            figures = self.shown([1, 2, 3, 4] * 3, base)
            self.assertEqual(few(intrude([figures])), [], base)

    def test_an_extreme_mean_gives_nothing_away(self):
        """Fifteen people, all of whom had a complete intake: a mean of 10 domains says so."""
        for had in (DOMAINS, DOMAINS[:1]):
            plain, figures = [self.shown([1] * 15, 5, *how, intake=had)
                              for how in (("plain",), ())]
            self.assertEqual(plain["indicators"]["intake"]["mean_domains"], len(had))
            self.assertNotEqual(few(intrude([plain])), [])
            self.assertEqual(few(intrude([figures])), [])

    def test_small_municipalities_of_all_kinds_keep_three_values(self):
        """People on two rungs, and seen on neither: 0 to 7 of each kind, some of them."""
        for counts in [(0, 0, 0), (1, 0, 0), (2, 2, 2), (3, 3, 0), (3, 3, 3), (7, 7, 7),
                       (7, 3, 3), (2, 7, 3), (5, 5, 1)]:
            people = [1] * counts[0] + [4] * counts[1] + [None] * counts[2]
            figures = self.shown(people, 5)
            self.assertEqual(few(intrude([figures])), [], counts)

    def test_at_base_3_a_zero_is_0_or_1(self):
        self.assertEqual(interval(0, 3), (0, 1))
        possible = intrude([self.shown([1, 2, 3, 4] * 3, 3)], enough=9)[0]
        self.assertEqual(possible["sanctions.annulled"], {0, 1})
        self.assertEqual([name for name, values in possible.items() if len(values) < 2], [])

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
            numbers = [sum(n for values, n in told if values < bound)
                       for bound in (99, THREE, 2)]
            print("base %d, %d parts shown as less than %d: of %d cases %d leave fewer than "
                  "three values, %d one" % (base, parts, most, *numbers))
            self.assertEqual(numbers, [cases, small, exact])


if __name__ == "__main__":
    unittest.main()
