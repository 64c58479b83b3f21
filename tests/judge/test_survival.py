#!/usr/bin/python3
"""R's survival as the judge of curves and log-rank tests.

Records, R's own data sets and random ones, go to tests/helper/curve.c (our code) and
to judge.R; every number that R gives must be ours. The seed is printed;
LADDERD_SEEDS="7" chooses another. CURVE: the helper, by default beside RECORDS."""
import os
import random
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
CURVE = os.environ.get("CURVE") or os.path.join(os.path.dirname(os.environ.get(
    "RECORDS", os.path.join(HERE, "../../build/release/records"))), "curve")
SEEDS = [int(s) for s in os.environ.get("LADDERD_SEEDS", "").split()] or \
    [int.from_bytes(os.urandom(4), "big")]
CASES = 50  # random ones per seed
NEAR = 1e-9  # relative
NOUGHT = 1e-15  # absolute: what is left of sums that are 0
# With delayed entry R's own error of an incidence (a jackknife over people) is another
# estimate of the same. On its own data sets it is within this of ours, relative.
JACKKNIFE_NEAR = 0.1
# "what GROUP", "what GROUP DAY", "what CAUSE", "what CAUSE GROUP"
KEY_WORDS = {"survival": 3, "failure": 3, "incidence_1": 3, "incidence_2": 3, "at_risk": 3,
             "jackknife_1": 3, "jackknife_2": 3, "group": 3}


def number(word):
    return None if word == "null" else float(word)


def read(words):
    """A line of the helper's as key and numbers."""
    n = KEY_WORDS.get(words[0], 2)
    return " ".join(words[:n]), [number(word) for word in words[n:]]


def distance(ours, theirs):
    """How far two numbers are apart, 1 when only one is null."""
    if ours is None or theirs is None:
        return 0.0 if ours is theirs else 1.0
    if abs(ours - theirs) <= NOUGHT:
        return 0.0
    return abs(ours - theirs) / max(abs(ours), abs(theirs))


def error_distance(ours, theirs):
    """The same of standard errors: rounding leaves 1e-17 of a variance that is 0."""
    if ours is not None and theirs is not None and abs(ours * ours - theirs * theirs) <= 1e-15:
        return 0.0
    return distance(ours, theirs)


def random_case(rng):
    """Records (group, entry, exit, cause), and the least number at risk."""
    count = rng.choice([2, 5, 12, 30, 60, 60, 120])
    groups = rng.choice([1, 2, 2, 3, 5, 8])
    span = rng.choice([3, 8, 30, 400])  # few days: many ties of entries, exits and causes
    late = rng.choice([0, 0, 0.3, 0.9])
    weights = rng.choice([(1, 1, 1), (1, 3, 0), (6, 1, 1), (0, 1, 1), (1, 0, 1), (3, 4, 1)])
    records = []
    for _ in range(count):
        group = rng.randrange(groups)
        entry = rng.randrange(span) if rng.random() < late else 0
        # the groups differ, so that some statistics are large
        stay = int(rng.expovariate(1 / span) * (1 + 0.3 * group)) if rng.random() < 0.5 \
            else rng.randint(-1 if late else 0, span)
        records.append((group, entry, entry + stay, rng.choices((0, 1, 2), weights)[0]))
    return rng.choice([0, 0, 10 if count >= 30 else 2]), records


def forced_cases():
    """What chance may leave out."""
    yield "one-record", 0, [(0, 0, 5, 1)]
    yield "no-event", 0, [(0, 0, 5, 0), (1, 0, 6, 0)]
    yield "all-at-once", 0, [(g, 0, 5, 1) for g in (0, 0, 1, 2)]
    yield "never-at-risk", 0, [(0, 3, 3, 1), (0, 4, 2, 2), (0, 0, 5, 1), (1, 0, 7, 1), (1, 9, 9, 1)]
    yield "enters-as-others-leave", 0, [(g, e, e + 5, c) for e in range(0, 40, 5)
                                        for g, c in ((0, 1), (1, 2), (1, 1), (0, 0))]
    yield "nobody-for-a-while", 0, [(0, 0, 4, 1), (1, 0, 6, 0), (0, 10, 14, 1), (1, 10, 15, 2),
                                    (0, 11, 16, 0), (1, 12, 17, 1)]
    yield "survival-to-nought-and-on", 0, [(0, 0, 2, 1), (0, 0, 4, 2), (0, 8, 12, 1),
                                           (0, 8, 13, 2), (1, 0, 12, 1), (1, 0, 14, 0)]
    yield "sets-apart", 0, [(g, e, e + x, 1) for g, e, x in (
        (0, 0, 1), (1, 0, 2), (0, 0, 3), (1, 0, 4), (0, 0, 5), (1, 0, 6), (2, 10, 2), (3, 10, 3),
        (3, 10, 4), (2, 10, 5), (3, 10, 6), (2, 10, 7))]
    yield "gone-before-the-first-event", 0, [(0, 0, 2, 0), (1, 0, 5, 1), (2, 0, 6, 1), (1, 0, 7, 0),
                                             (2, 0, 8, 1)]
    yield "never-enough", 10, [(0, i, i + 3, 1) for i in range(30)]
    yield "groups-32", 0, [(i % 32, 0, 1 + (i * i) % 37, 1 + i % 2) for i in range(200)]


def run(program, *arguments, text=None):
    result = subprocess.run([program, *arguments], input=text, text=True, capture_output=True,
                            check=False)
    if result.returncode != 0:
        raise RuntimeError("%s: %d\n%s" % (program, result.returncode, result.stderr[-4000:]))
    return result.stdout


class Survival(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        print("seeds:", *SEEDS)
        judge = os.path.join(HERE, "judge.R")
        lines = run("Rscript", "--vanilla", judge, "datasets").splitlines()
        for name, least, records in cls.cases():
            lines += ["%s %d %d %d %d %d" % (name, least, *record) for record in records]
        inputs = {}
        for line in lines:
            name, least, record = line.split(" ", 2)
            inputs.setdefault((name, least), []).append(record)
        cls.records = {name: len(records) for (name, _), records in inputs.items()}
        cls.ours = {}
        for (name, least), records in inputs.items():
            out = run(CURVE, least, text="\n".join(records) + "\n")
            cls.ours[name] = dict(read(line.split()) for line in out.splitlines())
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write("\n".join(lines) + "\n")
            file.flush()
            out = run("Rscript", "--vanilla", judge, "judge", file.name)
        cls.theirs = {name: {} for name in cls.ours}
        for line in out.splitlines():
            name, *words = line.split()
            key, numbers = read(words)
            cls.theirs[name][key] = numbers

    @staticmethod
    def cases():
        yield from forced_cases()
        for seed in SEEDS:
            rng = random.Random(seed)
            for i in range(CASES):
                yield ("random-%d-%d" % (seed, i), *random_case(rng))

    def compare(self, *whats, as_our=None, most=NEAR, columns=None):
        """All that R says under `whats` against what we say; prints how much that is."""
        count, nulls, worst, problems = 0, 0, (0.0, ""), []
        for name, theirs in self.theirs.items():
            for key, numbers in theirs.items():
                what, rest = key.split(" ", 1)
                if what not in whats:
                    continue
                our = self.ours[name][(as_our or what) + " " + rest]
                for i in columns or range(len(numbers)):
                    error = what in ERRORS and i == 1
                    apart = (error_distance if error else distance)(our[i], numbers[i])
                    worst = max(worst, (apart, "%s %s" % (name, key)))
                    count += 1
                    nulls += numbers[i] is None
                    if apart > most:
                        problems.append("%s %s [%d]: %r, R %r" % (name, key, i, our[i], numbers[i]))
        print("%s: %d numbers, %d of them null, in %d cases; furthest apart %.1e (%s)" % (
            ", ".join(whats), count, nulls, len(self.theirs), *worst))
        self.assertEqual(problems[:20], [], "%d of %d differ" % (len(problems), count))
        self.assertGreater(count, 0)

    def test_records_and_days_are_counted_alike(self):
        self.compare("curve", "at_risk", most=0)

    def test_survival_its_error_and_its_limits_are_those_of_survfit(self):
        self.compare("survival", "failure")

    def test_cumulative_incidence_its_error_and_its_limits_are_those_of_survfit(self):
        self.compare("incidence_1", "incidence_2")

    def test_half_times_are_where_the_curves_of_survfit_reach_a_half(self):
        self.compare("half_failure", "half_incidence_1", "half_incidence_2", most=0)

    def test_half_times_of_survival_are_the_quantiles_of_survfit(self):
        self.compare("quantile", as_our="half_failure", most=0)

    def test_expected_events_are_those_of_the_pooled_hazard(self):
        self.compare("group")

    def test_the_log_rank_test_is_that_of_survdiff(self):
        self.compare("log_rank")

    def test_with_delayed_entry_the_log_rank_test_is_the_score_test_of_coxph(self):
        self.compare("score", as_our="log_rank")

    def test_the_log_rank_test_is_that_of_mantel_and_haenszel_on_a_table_a_day(self):
        self.compare("mantel_haenszel", as_our="log_rank")

    def test_before_estimates_start_and_past_the_last_exit_all_is_null(self):
        checked = 0
        for name, ours in self.ours.items():
            for key, numbers in ours.items():
                what, group, *day = key.split(" ")
                if what not in ERRORS:
                    continue
                _, start, last = ours["curve " + group]
                in_reach = start is not None and start <= int(day[0]) <= last
                at_nought = start is not None and int(day[0]) > last and \
                    ours["survival %s %d" % (group, last)][0] <= 1e-9
                self.assertEqual(numbers[0] is not None, in_reach or at_nought, name + " " + key)
                checked += not in_reach
        print("out of reach: %d estimates" % checked)
        self.assertGreater(checked, 0)

    def test_errors_of_delayed_entry_are_near_the_jackknife_over_people(self):
        """Marubini and Valsecchi's error and R's: two estimates of one thing."""
        worst, count = (0.0, ""), 0
        for name in ("mgus2-by-age", "heart-by-transplant"):
            for key, numbers in self.theirs[name].items():
                if not key.startswith("jackknife_"):
                    continue
                what, group, day = key.split(" ")
                ours = self.ours[name]["incidence_%s %s %s" % (what[-1], group, day)][1]
                worst = max(worst, (error_distance(ours, numbers[0]), "%s %s" % (name, key)))
                count += 1
        print("jackknife: %d errors, furthest apart %.3f (%s)" % (count, *worst))
        self.assertLess(worst[0], JACKKNIFE_NEAR)
        self.assertGreater(count, 0)

    def test_published_numbers_of_r_data_sets(self):
        """As the manual pages and vignettes of survival print them."""
        published = (
            ("lung-by-sex", "log_rank 1", [10.3, 1, 0.001]),
            ("ovarian-by-rx", "log_rank 1", [1.1, 1, 0.3]),
            ("aml-by-maintenance", "log_rank 1", [3.4, 1, 0.07]),
            ("veteran-by-celltype", "log_rank 1", [25.4, 3, 1e-05]),
            ("lung-by-sex", "half_failure 1", [270, 210, 306]),
            ("lung-by-sex", "half_failure 2", [426, 345, 524]),
            ("aml-by-maintenance", "half_failure 1", [31, 13, None]),
            ("aml-by-maintenance", "half_failure 2", [23, 5, 33]),
        )
        for name, key, numbers in published:
            with self.subTest(name=name, key=key):
                shown = [None if n is None else n if "half" in key else
                         float("%.1f" % n if n >= 1 else "%.0e" % n) for n in self.ours[name][key]]
                self.assertEqual(shown, numbers)


ERRORS = ("survival", "failure", "incidence_1", "incidence_2")

if __name__ == "__main__":
    sys.exit(unittest.main())
