#!/usr/bin/python3
"""R's survival as the judge of the curves of set 2: what random histories give to them.

The twin (tests/twin) says which records a figure makes a curve of and what it prints of it;
that the program prints the same is tested there. R is given the records. The conditional
shares of 21 are those of R's fits too. The seeds are printed; LADDERD_SEEDS chooses others."""
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../twin"))
import council
import histories
import test_survival
import twin

NEAR = 1e-9
LINES = {"incidence": ("incidence_1", "half_incidence_1"), "failure": ("failure", "half_failure"),
         "survival": ("survival", "half_failure")}


class Asked:
    """A curve: its records, what was printed of it at days, and its half-time."""

    def __init__(self, name, records, kind, least, shares, half=None):
        self.name, self.kind, self.least, self.shares = name, kind, least, shares
        self.records = [one for one in records if one[1] > one[0]]
        self.half = half


def remembered(seed):
    """All curves of set 2 of a random history, each municipality and question."""
    found = []
    real, curve, next_year = council.estimates, council.Curve, council.Council.ladder_next_year

    def name():
        return "council-%d-%d" % (seed, len(found))

    def estimates(records, horizons, kind, **more):
        array, medians = real(records, horizons, kind, **more)
        least = 0 if more.get("from_day") is None and not more.get("none_at_all") else 10
        found.append(Asked(name(), records, kind, least,
                           [(one["days"], one["share"], one["low"], one["high"])
                            for one in array],
                           [medians["median_" + of] for of in ("days", "low", "high")]))
        return array, medians

    class Remembering(curve):
        made = []

        def __init__(self, records, *rest, **more):
            super().__init__(records, *rest, **more)
            self.made.append(records)

    def conditional(view):
        Remembering.made.clear()
        council.Curve = Remembering
        try:
            out = next_year(view)
        finally:
            council.Curve = curve
        years = [year for rung in out for year in rung["years"]]
        assert len(years) == len(Remembering.made)
        for year, records in zip(years, list(Remembering.made)):
            if year["at_risk"] >= 10:
                found.append(Asked(name(), records, "incidence", 0, [
                    (year["to_days"] - year["from_days"], year["share"], year["low"],
                     year["high"])]))
        return out

    council.estimates, council.Council.ladder_next_year = estimates, conditional
    try:
        history = histories.History(seed, 120, 3)
        for question in history.questions(2):
            twin.figures(history.records, question["as_of"], question["known_at"], "all",
                         question["window"])
    finally:
        council.estimates, council.Council.ladder_next_year = real, next_year
    return found


class Council(unittest.TestCase):
    def test_the_curves_of_set_2_are_those_of_survfit(self):
        print("seeds:", *test_survival.SEEDS)
        asked = [one for seed in test_survival.SEEDS for more in range(4)
                 for one in remembered(seed % 10 ** 6 + more)]
        asked = [one for one in asked if one.records]
        theirs, numbers, conditional = self.judged(asked), 0, 0
        for one in asked:
            words, half = LINES[one.kind]
            said = theirs[one.name]
            _, start, last = said["curve 0"]
            at = {int(key.split()[2]): values for key, values in said.items()
                  if key.startswith(words + " 0 ")}
            for day, share, low, high in one.shares:
                wanted = [None] * 3
                if self.answers(said, start, last, day):
                    value, _, below, above = at[max(known for known in at if known <= day)]
                    wanted = [value, below, above]
                for mine, r in zip((share, low, high), wanted):
                    self.near(mine, r, (one.name, one.kind, day))
                    numbers += mine is not None
                conditional += one.half is None and share is not None
            if one.half is not None:
                for mine, r in zip(one.half, said.get(half + " 0", [None] * 3)):
                    self.near(mine, r, (one.name, half))
        print("%d curves, %d numbers, %d conditional shares" % (len(asked), numbers, conditional))
        self.assertGreater(numbers, 50)
        self.assertGreater(conditional, 0)

    @staticmethod
    def answers(said, start, last, day):
        """Not before estimates start; beyond the largest exit only where nobody is left."""
        return start is not None and start <= day and (
            day <= last or said["survival 0 %d" % last][0] < 1e-9)

    def near(self, mine, theirs, where):
        self.assertEqual(mine is None, theirs is None, (where, mine, theirs))
        self.assertLess(test_survival.distance(mine, theirs), NEAR, (where, mine, theirs))

    def judged(self, asked):
        judge = os.path.join(test_survival.HERE, "judge.R")
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            for one in asked:
                for entry, end, why in one.records:
                    file.write("%s %d 0 %d %d %d\n" % (one.name, one.least, entry, end, why))
            file.flush()
            out = test_survival.run("Rscript", "--vanilla", judge, "judge", file.name)
        theirs = {one.name: {} for one in asked}
        for line in out.splitlines():
            name, *words = line.split()
            key, values = test_survival.read(words)
            theirs[name][key] = values
        return theirs


if __name__ == "__main__":
    unittest.main()
