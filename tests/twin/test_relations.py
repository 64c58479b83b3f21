#!/usr/bin/python3
"""Do the intruder and the program know all that holds between the counts of one publication?

Brute force: relations between a few counts that hold for thousands of random people
(anybody.py says why people suffice) are looked for, and each must follow from the table. One
that does not, although somebody who breaks it was looked for, is a finding: it is certain and
the table lacks it, or people who break it are too rare in anybody.py.

LADDERD_PEOPLE: how many people instead of the few of `make check`; LADDERD_SEEDS: others."""
import itertools
import os
import unittest
from datetime import date

import anybody
from intruder import OTHERS, RELATIONS, System, TooHard

PEOPLE = int(os.environ.get("LADDERD_PEOPLE", "2000"))
SEEDS = [int(s) for s in os.environ.get("LADDERD_SEEDS", "").split()] or [1]
P = date(2023, 12, 31)      # a Sunday: the last four whole weeks are a week ago
LATER = 10              # days after P: when the figures are known
ONE = "population.persons"
# The counts of people in R, each 0 or 1 for one of them.
OVER_R = ("population.", "ladder_position.", "participation_norm.", "combined_pathway.",
          "job_outcome.", "placement.guided.", "language_support.", "contact.", "plan.",
          "intake.", "barriers.")
LONG = "LADDERD_PEOPLE" in os.environ
# How many counts are on the left and on the right; the larger ones in the long form only.
SIZES = ((1, 1), (1, 2), (2, 1)) + ((1, 3), (2, 2)) * LONG
TRIES = 400             # at somebody who breaks what the table does not say
LARGE = 6               # as many of each number suffice to break a relation


class Table:
    """What follows from the table of relations."""

    def __init__(self, names):
        self.names = names

    def system(self):
        system = System()
        for name in sorted(set(self.names) | set(OTHERS)):
            system.variable(name, 0, 2 * LARGE if name[0] == "~" else LARGE)
        for terms, low, high in RELATIONS:
            system.relate({n: c for n, c in terms.items()}, low, high)
        return system

    def allows(self, system):
        """Whether numbers within its bounds keep the table."""
        try:
            return system.has_solution(system.low[:], system.high[:])
        except TooHard:
            return False

    def allows_somebody(self, literals):
        """One person in R for whom each of these counts is 1 or 0."""
        system = self.system()
        for name, value in [(ONE, 1), *literals]:
            x = system.index[name]
            system.low[x] = system.high[x] = value
        return self.allows(system)

    def allows_more(self, left, right):
        """Numbers with sum of left > sum of right."""
        system = self.system()
        terms = {}
        for sign, side in ((1, left), (-1, right)):
            for name in side:
                terms[name] = terms.get(name, 0) + sign
        system.relate(terms, 1, 10 ** 6)
        return self.allows(system)


def masks_of(people, names):
    """{name: for whom it is 1 or more, as the bits of a number}."""
    found = dict.fromkeys(names, 0)
    for at, counts in enumerate(people):
        for name in names:
            if counts[name]:
                found[name] |= 1 << at
    return found


def never_together(people):
    """Of the people in R: pairs, then threes, of "this count is 1" and "that count is 0" of
    which nobody has all. Each is a linear relation: this - that + ... <= persons."""
    people = [counts for counts in people if counts[ONE]]
    names = [n for n in people[0] if n != ONE and n.startswith(OVER_R)]
    whole = (1 << len(people)) - 1
    literals = []
    for name, mask in masks_of(people, names).items():
        literals += [(name, 1, mask), (name, 0, whole & ~mask)]
    pairs, threes = set(), []
    for (i, a), (j, b) in itertools.combinations(enumerate(literals), 2):
        if a[0] != b[0] and not a[2] & b[2]:
            pairs.add((i, j))
    for (i, a), (j, b) in itertools.combinations(enumerate(literals), 2):
        both = a[2] & b[2]
        if a[0] == b[0] or not both:
            continue
        for k in range(j + 1, len(literals)):
            c = literals[k]
            if not both & c[2] and c[0] not in (a[0], b[0]) and \
                    (i, k) not in pairs and (j, k) not in pairs:
                threes.append((i, j, k))
    return [[literals[x][:2] for x in group] for group in sorted(pairs) + threes]


def holds(people, left, right):
    return all(sum(c[n] for n in left) <= sum(c[n] for n in right) for c in people)


def inequalities(people):
    """[(left, right)]: the sum of the left counts is at most that of the right ones, for all
    people; of so many as SIZES says. Those that follow from a shorter one are left out. An
    equality is two of them."""
    people = [dict(x) for x in {tuple(c.items()) for c in people}]
    names = list(people[0])
    mask = masks_of(people, names)
    found = set()

    def parts(names_of_a_side):
        return [part for size in range(1, len(names_of_a_side) + 1)
                for part in itertools.combinations(names_of_a_side, size)]

    def shorter(left, right):
        """Whether it follows from one found, or two of them added up."""
        return any((left, part) in found for part in parts(right)) or len(left) == 2 and any(
            ((left[0],), x) in found and ((left[1],), y) in found
            for x, y in (((right[0],), right[1:]), (right[1:], (right[0],))))
    for most, size in SIZES:
        for right in itertools.combinations(names, size):
            covered = 0
            for name in right:
                covered |= mask[name]
            under = [a for a in names if not mask[a] & ~covered and a not in right]
            for left in itertools.combinations(under, most):
                if not shorter(left, right) and holds(people, left, right):
                    found.add((left, right))
    return sorted(found)


class BruteForce(unittest.TestCase):
    def test_what_holds_for_all_random_people_follows_from_the_table(self):
        for seed in SEEDS:
            people = anybody.People(seed, PEOPLE, P, LATER)
            table = Table(list(people.counts[0]))
            groups, pairs = never_together(people.counts), inequalities(people.counts)
            self.assertGreater(len(groups), 50)
            self.assertGreater(len(pairs), 20)
            new = [group for group in groups if table.allows_somebody(group) and
                   not self.exists(people, group)]
            more = [pair for pair in pairs if table.allows_more(*pair) and
                    not self.is_broken(people, *pair)]
            print("seed %d: of %d people %d relations, of which %d do not follow from the table"
                  % (seed, len(people.counts), len(groups) + len(pairs), len(new) + len(more)))
            self.assertEqual([new, more], [[], []])

    def exists(self, people, literals):
        """Whether there is somebody like that after all, among the children of those who
        are nearly so."""
        def near(counts):
            return counts[ONE] and sum(counts[n] == v for n, v in literals) >= len(literals) - 1

        def is_one(counts):
            return counts[ONE] and all(counts[n] == v for n, v in literals)
        return any(map(is_one, people.counts)) or people.somebody(is_one, near, TRIES)

    def is_broken(self, people, left, right):
        def is_one(counts):
            return sum(counts[n] for n in left) > sum(counts[n] for n in right)
        return any(map(is_one, people.counts)) or people.somebody(
            is_one, lambda counts: any(counts[n] for n in left), TRIES)


if __name__ == "__main__":
    unittest.main()
