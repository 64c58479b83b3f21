"""The intruder: what the public profile tells about the exact counts.

It sees one publication of a municipality (its JSON), knows the program and the rules of
spec/indicators.md, and asks of every count which values are still possible.  Nothing here
looks at the log or at an internal figure.  Between publications nothing is certain
(spec/publication.md), so each is attacked by itself.

What it knows of the counts that are rounded one by one, as linear relations between whole
numbers:
- a shown count is the nearest multiple of b, halves up: an interval for the exact one;
- what holds between exact counts for anybody (`RELATIONS`): parts and their total, parts
  that must add up to the same total, subsets;
- what coarse means and quantiles that are not null say about counts.
Every share, rate and null follows from shown counts alone: `unexplained()` reckons each of
them anew, so that they tell nothing more.  What grows is attacked in curves.py; the one
relation that ties it to the rest is that lasting jobs are spells.

`System.values()` is exact: propagation of bounds, and a search that is complete. Every
value it reports comes with a whole solution; that there is no other is proven.
"""
import ctypes
import math
import os
import random
from array import array
from datetime import date
from fractions import Fraction

REGIMES = ["WI2021_INTAKE", "WI2021_PLAN", "DUO_TERM", "PWET"]
ORG_TYPES = ["MUNICIPALITY", "ISD", "SW_COMPANY", "WELFARE", "VWN", "COA", "SCHOOL",
             "VOLUNTEERS", "EMPLOYER", "SELF", "OTHER"]
BARRIERS = ["CHILDCARE", "TRANSPORT", "LANGUAGE_WAITING_LIST", "EMPLOYER", "DIPLOMA",
            "HOUSING", "MOTIVATION", "RULES", "CONTACT", "OTHER"]
OUTCOMES = ["fully_paid", "subsidised", "none", "unknown"]
ANSWERS = ["yes", "no", "unknown", "exempt", "new"]
SPELLS = "job_durability.spells"
TOTALS = ["population.persons", "population.breadwinners", "population.under_guidance"]
MANY = 10 ** 12     # more than any number here
RESTARTS = 8
TRIES = 40          # moves that are looked at closely


# ---------------------------------------------------------------- what is published

GROWS = {("ladder_step",), ("rung_reached",), ("job_durability",), ("language_level",),
         ("plan", "on_time")}


def counts_of(figures, growing=False):
    """{name: shown count} of all counts of a publication that are rounded one by one, but
    for those that are null; a name is the path in the JSON. growing: of all counts.

    `jobs` of placement are weights: they are named with a `*`. Person-years are in no
    relation with a count, and an interval of them holds thousands of values: left out."""
    found = {}
    skipped = {"median_days", "p90_days", "delay_p50_days", "delay_p90_days", "person_years",
               "mean_domains", "mean_parties", "per_100", "per_100_person_years", "low", "high",
               "max", "rung", "level", "from_days", "median_low", "median_high", "within",
               "lasting"}

    def walk(value, path):
        if path in GROWS and not growing:
            return
        if isinstance(value, dict):
            for key, below in value.items():
                if key not in skipped and not key.endswith("share"):
                    walk(below, path + (key,))
        elif isinstance(value, list):
            for below in value:
                walk(below, path + (str(below.get("rung", below.get("level"))),))
        elif value is not None:
            star = "*" if path[-1] == "jobs" else ""
            found[".".join(path) + star] = value
    walk(figures["population"], ("population",))
    walk(figures["indicators"], ())
    return found


def interval(shown, base):
    """The whole numbers whose nearest multiple of `base`, halves up, is `shown`."""
    low = -(-(2 * shown - base) // 2)
    high = -(-(2 * shown + base) // 2) - 1
    return max(0, low), high


def half_interval(shown, base):
    """The same for a weight, in halves."""
    return max(0, math.ceil(2 * shown - base)), math.ceil(2 * shown + base) - 1


# ---------------------------------------------------------------- what holds for anybody

def relations():
    """[(terms, low, high)]: low <= sum of coefficient x count <= high. Hidden numbers, that
    nobody publishes, have names that begin with `~`."""
    found = []

    def add(low, high, *terms):
        merged = {}
        for coefficient, name in terms:
            merged[name] = merged.get(name, 0) + coefficient
        found.append((merged, low, high))

    def plus(names):
        return [(1, name) for name in names]

    def minus(names):
        return [(-1, name) for name in names]

    def equal(left, right):
        add(0, 0, *plus(left), *minus(right))

    def at_most(part, whole):
        """sum of part <= sum of whole"""
        add(0, MANY, *plus([whole] if isinstance(whole, str) else whole),
            *minus([part] if isinstance(part, str) else part))

    def under(prefix, keys):
        return [prefix + "." + str(key) for key in keys]

    persons, breadwinners = "population.persons", "population.breadwinners"
    guided = "population.under_guidance"
    at_most(breadwinners, persons)
    at_most(guided, persons)

    rungs = under("ladder_position", range(1, 7))
    equal([persons], rungs + ["ladder_position.unassessed"])
    at_most("ladder_position.stale", rungs)

    # 3, 4, 5
    for indicator in ("participation_norm", "combined_pathway"):
        equal([persons], under(indicator, ANSWERS))
    pathway = "combined_pathway."
    equal(under(pathway + "planned", ("yes", "no")), under("combined_pathway", ANSWERS[:3]))
    at_most(pathway + "new", ["participation_norm.new", "participation_norm.exempt"])
    for group, whole in (("adults", persons), ("breadwinners", breadwinners)):
        equal([whole], under("job_outcome." + group, OUTCOMES))
    for outcome in OUTCOMES:
        at_most("job_outcome.breadwinners." + outcome, "job_outcome.adults." + outcome)
    # Without a known job: none or unknown.
    at_most(pathway + "unknown", ["job_outcome.adults.none", "job_outcome.adults.unknown"])

    # 6, 7: weights in halves, as if a contested job had two claims.
    lasting, contested = "placement.lasting_jobs", "placement.contested"
    unattributed = "placement.unattributed"
    at_most(lasting, SPELLS)
    at_most([contested, unattributed], lasting)
    for some in ("open_hiring", "matching_ambition"):
        at_most("placement." + some, lasting)
    for by in ORG_TYPES:
        weight = "placement.by.%s.jobs*" % by
        add(0, 0, (1, weight), (-2, "~whole." + by), (-1, "~shared." + by))
        at_most("~shared." + by, contested)
        at_most("placement.guided.%s.people" % by, breadwinners)
    equal([lasting], ["~whole." + by for by in ORG_TYPES] + [unattributed, contested])
    add(0, 0, *plus("~shared." + by for by in ORG_TYPES), (-2, contested))

    # 8: a person with a sanction that stands; at most so many as sanctions.
    standing = under("sanctions.by_regime", REGIMES)
    equal(["sanctions.imposed"], standing + ["sanctions.annulled"])
    at_most("sanctions.announced", "sanctions.imposed")
    at_most("sanctions.people", standing)
    add(0, MANY, (1000, "sanctions.people"), *minus(standing))
    add(0, MANY, (1000, "sanctions.people"), (-1, "sanctions.imposed"),
        (1, "sanctions.annulled"))

    # 9 to 14
    at_most("language_support.recent", "language_support.ever")
    at_most("language_support.ever", persons)
    equal([guided], ["contact.people"])
    equal([guided], ["plan.people"])
    equal([guided], ["contact.never", "~had_contact"])
    at_most("~old_contact", "~had_contact")
    at_most("~old_contact", "contact.over_90_days")
    at_most("contact.over_90_days", ["contact.never", "~old_contact"])
    # Never, and t0 more than 90 days ago: these are not new.
    for indicator in ("participation_norm", "combined_pathway"):
        at_most(["contact.over_90_days", indicator + ".new"], [persons, "~old_contact"])
    at_most("plan.in_force", guided)
    at_most("plan.with_perspective", "plan.in_force")
    add(0, MANY, (1, "plan.in_force"), (1, persons), (-1, guided), (-1, pathway + "planned.yes"))
    equal([persons], ["intake.none", "~with_intake"])
    at_most("intake.complete", "~with_intake")
    at_most("intake.extended", "~with_intake")
    kinds = under("barriers.by_kind", BARRIERS)
    at_most("barriers.people", persons)
    at_most("barriers.people", kinds)
    for kind in kinds:
        at_most(kind, "barriers.people")
    at_most("data_quality.corrections", "data_quality.records")
    return found


RELATIONS = relations()
OTHERS = sorted({name for terms, _, _ in RELATIONS for name in terms} | {"~domains"})


def relations_of_the_window(days_later):
    """What holds when a publication is known so many civil days after its day.

    Who is new (3, 4) settled in the municipality at most 33 days before that day, and a
    record of it came a day earlier at the soonest: up to 55 days later (one is spared for
    summer time) it is among the records of the last 91 days (14). The program does not
    reckon with this: records are so many more than who is new that it narrows nothing, as
    the attacks on random municipalities show, which do."""
    if days_later > 55:
        return []
    return [({"data_quality.records": 1, indicator + ".new": -1}, 0, MANY)
            for indicator in ("participation_norm", "combined_pathway")]


def coarse_relations(figures):
    """What the coarse means and quantiles of one publication say about counts; also that they
    are there, and that one is not although enough people are shown: it is over nobody."""
    found = []
    indicators, least = figures["indicators"], 2 * figures["rounded_to"]
    persons, had, asked = "population.persons", "~had_contact", "~with_intake"
    intake, contact = indicators["intake"], indicators["contact"]
    whole = figures["population"]["persons"]
    quality = indicators["data_quality"]
    mean = intake["mean_domains"]

    def of_some(value, people_shown, terms):
        if value is not None:
            found.append((terms, 1, MANY))
        elif people_shown >= least:
            found.append((terms, 0, 0))
    of_some(mean, whole if whole >= 80 else whole - intake["none"], {persons: 1})
    of_some(intake["mean_parties"], whole - intake["none"], {asked: 1})
    of_some(contact["median_days"], contact["people"] - contact["never"], {had: 1})
    if quality["records"] is not None:
        of_some(quality["delay_p50_days"], quality["records"] - quality["corrections"],
                {"data_quality.records": 1, "data_quality.corrections": -1})
    if mean is not None:
        # mean - 1/4 <= domains / persons < mean + 1/4; ten domains are complete, and who
        # had an intake has one at least.
        fours = round(4 * mean)
        found += [({"~domains": 4, persons: 1 - fours}, 0, MANY),
                  ({"~domains": -4, persons: fours + 1}, 1, MANY),
                  ({"~domains": 1, asked: -1, "intake.complete": -9}, 0, MANY),
                  ({asked: 9, "intake.complete": 1, "~domains": -1}, 0, MANY)]
    for key, tenths in (("median_days", 5), ("p90_days", 9)):
        days = contact[key]
        if days is None or days == 91:
            continue        # 88 to 94 days: on which side of 90 is not known
        # Of n values the ceil(q n)-th is up to 87, or 95 and more.
        if days < 91:
            found.append(({had: 10 - tenths, "~old_contact": -10}, 0, MANY))
        else:
            found.append(({"~old_contact": 10, had: tenths - 10}, 1, MANY))
    return found


# ---------------------------------------------------------------- what follows from what is shown

def unexplained(figures):
    """The paths of shares, rates and nulls that are not what the contract makes of the shown
    counts: such a one would tell something of exact counts."""
    b, population, x = figures["rounded_to"], figures["population"], figures["indicators"]
    found = []

    def ratio(place, key, part, whole, per=1):
        value = place[key]
        if part is None or whole is None or whole < 2 * b:
            expected = None
        else:
            expected = Fraction(per * part) / Fraction(whole)
            if per == 1:
                expected = min(expected, 1)
            if expected in ((0, 1) if per == 1 else (0,)) and whole < 10 * b:
                expected = None
        if (value is None) != (expected is None) or \
                value is not None and abs(Fraction(value) - expected) > Fraction(1, 10 ** 6):
            found.append((key, value, expected, part, whole))

    def whole_of(counts):
        return None if None in counts else sum(counts)
    for key in ("participation_norm", "combined_pathway"):
        place = x[key]
        n = whole_of([place[a] for a in ("yes", "no", "unknown")])
        ratio(place, "share", place["yes"], n)
        ratio(place, "max", place["yes"] + place["unknown"], n)
    planned = x["combined_pathway"]["planned"]
    ratio(planned, "share", planned["yes"], planned["yes"] + planned["no"])
    for place in x["job_outcome"].values():
        for outcome in OUTCOMES:
            ratio(place, outcome + "_share", place[outcome], sum(place[o] for o in OUTCOMES))
    for place in x["placement"]["by"].values():
        ratio(place, "share", place["jobs"], x["placement"]["lasting_jobs"])
    for place in x["placement"]["guided"].values():
        ratio(place, "share", place["people"], population["breadwinners"])
    for place, keys, whole in (
            (x["language_support"], ("ever", "recent"), population["persons"]),
            (x["contact"], ("over_90_days",), population["under_guidance"]),
            (x["plan"], ("in_force", "with_perspective"), population["under_guidance"]),
            (x["intake"], ("complete", "extended", "none"), population["persons"]),
            (x["data_quality"], ("corrections",), x["data_quality"]["records"])):
        for key in keys:
            ratio(place, key + "_share", place[key], whole)
    sanctions, falls = x["sanctions"], x["ladder_falls"]
    ratio(sanctions, "per_100_person_years", whole_of(list(sanctions["by_regime"].values())),
          sanctions["person_years"], 100)
    ratio(falls, "per_100", falls["falls"], falls["person_years"], 100)
    persons, asked = population["persons"], population["persons"] - x["intake"]["none"]
    quality, had = x["data_quality"], x["contact"]["people"] - x["contact"]["never"]
    first = None if quality["records"] is None else quality["records"] - quality["corrections"]
    for place, key, people in (
            (x["intake"], "mean_domains", min(persons, asked) if persons < 80 else persons),
            (x["intake"], "mean_parties", asked), (x["contact"], "median_days", had),
            (x["contact"], "p90_days", had), (quality, "delay_p50_days", first),
            (quality, "delay_p90_days", first)):
        if place[key] is not None and (people is None or people < 2 * b):
            found.append((key, place[key], None, people))
    return found


# ---------------------------------------------------------------- what is still possible

class TooHard(Exception):
    """The search was cut: nothing is known about that value."""


class Pointers(ctypes.Structure):
    """Of the arrays of relations, in the order of narrow.c; or those of bounds, at its begin."""
    _fields_ = [("array%d" % n, ctypes.c_void_p) for n in range(7)]


class Waiting(ctypes.Structure):
    _fields_ = [("rows", ctypes.c_void_p), ("count", ctypes.c_int32), ("is_in", ctypes.c_void_p)]


TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# Whoever runs a test may be in another folder; and not every build has it: what finds races cannot
# be loaded by a Python that does not.
MADE = os.path.join(TOP, os.path.dirname(os.environ.get("RECORDS", "build/release/records")),
                    "narrow.so")
NARROW = ctypes.CDLL(MADE if os.path.exists(MADE) else os.path.join(
    TOP, "build/release/narrow.so")).intruder_narrow
NARROW.restype = ctypes.c_bool


class System:
    """Whole numbers within bounds, under linear relations."""

    def __init__(self, seed=0):
        self.names, self.index = [], {}
        self.low, self.high = array("q"), array("q")
        self.rows = []              # ([(coefficient, variable)], low, high)
        self.of = []                # the rows of a variable
        self.trouble = array("q")   # how often a relation of it failed
        self.asked = []             # whether values() is about it
        self.flat = None            # all relations, for narrow()
        self.random = random.Random(seed)

    def variable(self, name, low, high, asked=True):
        assert name not in self.index and self.flat is None, name
        self.index[name] = len(self.names)
        self.names.append(name)
        self.low.append(low)
        self.high.append(high)
        self.of.append([])
        self.trouble.append(1)
        self.asked.append(asked)

    def relate(self, terms, low, high):
        assert self.flat is None
        row = ([(coefficient, self.index[name]) for name, coefficient in terms.items()], low, high)
        for _, variable in row[0]:
            self.of[variable].append(len(self.rows))
        self.rows.append(row)

    def compile(self):
        """The relations as tests/helper/narrow.c has them, and room for those that wait."""
        first, of = [0], [0]
        for terms, _, _ in self.rows:
            first.append(first[-1] + len(terms))
        for rows in self.of:
            of.append(of[-1] + len(rows))
        self.flat = [
            array("i", first), array("i", [x for row in self.rows for _, x in row[0]]),
            array("i", of), array("i", [row for rows in self.of for row in rows]),
            array("q", [c for row in self.rows for c, _ in row[0]]),
            array("q", [row[1] for row in self.rows]), array("q", [row[2] for row in self.rows])]
        self.stack, self.is_in = array("i", [0] * len(self.rows)), bytearray(
            len(self.rows))
        self.relations = Pointers(*[a.buffer_info()[0] for a in self.flat])

    def narrow(self, low, high, rows):
        """Propagates bounds until nothing changes, in place; False: no solution."""
        if self.flat is None:
            self.compile()
        for at in rows:
            self.is_in[at] = 1
        self.stack[:len(rows)] = array("i", rows)
        bounds = Pointers(*[a.buffer_info()[0] for a in (low, high, self.trouble)])
        waiting = Waiting(self.stack.buffer_info()[0], len(rows),
                          ctypes.addressof(ctypes.c_char.from_buffer(self.is_in)))
        return NARROW(ctypes.byref(self.relations), ctypes.byref(bounds), ctypes.byref(waiting))

    def solve(self, low, high, component, near=None, nodes=500):
        """A whole solution of a component within narrowed bounds, or None: there is none.
        Looks first near another solution, and begins anew, with what it learned of where it
        fails, each time it has taken long."""
        for _ in range(RESTARTS):
            left = [nodes]
            try:
                return self.search(low, high, component, near, left)
            except TooHard:
                nodes *= 2
                near = None
        raise TooHard()

    def search(self, low, high, order, near, left):
        left[0] -= 1
        if left[0] < 0:
            raise TooHard()
        open_ones = [x for x in order if low[x] < high[x]]
        if not open_ones:
            return low
        # The narrowest, and the one in relations that failed most often.
        x = min(open_ones, key=lambda y: (high[y] - low[y]) / self.trouble[y])
        middle = (low[x] + high[x]) // 2
        halves = [(low[x], middle), (middle + 1, high[x])]
        if near is None:
            self.random.shuffle(halves)
        elif near[x] < low[x] or near[x] > high[x]:
            halves.sort(key=lambda half: min(abs(near[x] - half[0]), abs(near[x] - half[1])))
        else:
            halves = [(near[x], near[x]), (low[x], near[x] - 1), (near[x] + 1, high[x])]
        for bottom, top in halves:
            if bottom > top:
                continue
            a, b = low[:], high[:]
            a[x], b[x] = bottom, top
            if self.narrow(a, b, self.of[x]):
                found = self.search(a, b, open_ones, near, left)
                if found is not None:
                    return found
        return None

    def components(self, low, high):
        """The numbers in groups that no relation ties to each other, but for known ones."""
        seen, found = set(), []
        for start in range(len(self.names)):
            if start in seen:
                continue
            seen.add(start)
            group, todo = [], [start]
            while todo:
                x = todo.pop()
                group.append(x)
                if low[x] == high[x]:
                    continue        # a known number ties nothing together
                for row in self.of[x]:
                    for _, y in self.rows[row][0]:
                        if y not in seen:
                            seen.add(y)
                            todo.append(y)
            found.append(group)
        return found

    def values(self, enough):
        """{name: possible values}: all of them, or `enough`. None: no solution at all.

        First with the totals that tie all together held at values of a solution: what is
        left falls into small parts. Then, for what has too few values so far, every value
        is tried with nothing held."""
        if not self.narrow(self.low, self.high, range(len(self.rows))):
            return None
        seen = [set() for _ in self.names]
        totals = [self.index[name] for name in TOTALS if name in self.index]
        for held in self.totals_held(totals):
            low, high = self.low[:], self.high[:]
            for x, value in held:
                low[x] = high[x] = value
            whole = self.whole_solution(low, high)
            if whole is None and not held:
                return None
            if whole is not None:
                for x in totals:
                    low[x] = high[x] = whole[x]
                self.narrow(low, high, range(len(self.rows)))
                self.try_values(low, high, whole, seen, enough)
        self.try_values(self.low, self.high, whole or self.whole_solution(
            self.low[:], self.high[:]), seen, enough)
        return {name: seen[x] for x, name in enumerate(self.names)}

    def totals_held(self, totals):
        """Nothing; then the first total low, high and in between."""
        yield []
        for x in totals[:1]:
            low, high = self.low[x], self.high[x]
            for value in sorted({low, high, (low + high) // 2}):
                yield [(x, value)]

    def whole_solution(self, low, high):
        """Within these bounds, which it narrows."""
        if not self.narrow(low, high, range(len(self.rows))):
            return None
        found = low[:]
        for group in self.components(low, high):
            one = self.solve(low, high, group)
            if one is None:
                return None
            for x in group:
                found[x] = one[x]
        return found

    def try_values(self, low, high, whole, seen, enough):
        """Adds to `seen` what is possible within these bounds, of what has not enough yet.
        `whole`: a solution within them; each other one is it, but for one group."""
        for x, value in enumerate(whole):
            seen[x].add(value)
        for group in self.components(low, high):
            for x in group:
                if not self.asked[x]:
                    continue
                for value in probes(low[x], high[x]):
                    if len(seen[x]) >= enough:
                        break
                    if value in seen[x]:
                        continue
                    a, b = low[:], high[:]
                    a[x] = b[x] = value
                    if not self.narrow(a, b, self.of[x]):
                        continue
                    found = self.solve(a, b, group, whole)
                    if found is not None:
                        for y in group:
                            seen[y].add(found[y])

    def has_solution(self, low, high):
        """Within these bounds, which it narrows."""
        return self.whole_solution(low, high) is not None


def probes(low, high):
    """Every value, the ends first."""
    yield low
    if high > low:
        yield high
    yield from range(low + 1, high)


def add_publication(system, figures, exact=False):
    """The counts of one publication and what holds between them. exact: the figures are
    internal, and each count is what it is (to see that the relations hold)."""
    base = figures.get("rounded_to")
    counts = counts_of(figures)
    for name, shown in counts.items():
        if exact:
            value = round(2 * shown) if name[-1] == "*" else shown
            low, high = value, value
        elif name[-1] == "*":
            low, high = half_interval(shown, base)
        else:
            low, high = interval(shown, base)
        system.variable(name, low, high)
    spells = figures["indicators"]["job_durability"]["spells"]
    if spells is not None:
        system.variable(SPELLS, *((spells, spells) if exact else interval(spells, base)))
    for name in OTHERS:
        if name not in system.index:
            # Hidden, or null in this publication: nobody asks for it.
            system.variable(name, 0, MANY, False)
    for terms, low, high in RELATIONS + ([] if exact else coarse_relations(figures)):
        system.relate(terms, low, high)
    return counts


def intrude(figures, enough=3, seed=0):
    """What is possible: {count: values}, of `enough` values each if there are as many.
    None: the publication contradicts what the intruder knows."""
    system = System(seed)
    counts = add_publication(system, figures)
    later = date.fromisoformat(figures["known_at"]) - date.fromisoformat(figures["as_of"])
    for relation in relations_of_the_window(later.days):
        system.relate(*relation)
    possible = system.values(enough)
    if possible is None:
        return None
    if figures["indicators"]["job_durability"]["spells"] is None:
        return {name: possible[name] for name in counts}
    return {name: possible[name] for name in [*counts, SPELLS]}


# ---------------------------------------------------------------- the remedy

# Shown more than once, under these names too; moved together.
AGAIN = {"contact.people": "population.under_guidance", "plan.people": "population.under_guidance"}


VALUES_MIN = 3


def system_of(figures, counts):
    """The intruder's system for a publication that shows `counts` instead of its own."""
    system, base = System(), figures["rounded_to"]
    add_publication(system, figures)
    for name in counts_of(figures):
        shown = counts[AGAIN.get(name, name)]
        x = system.index[name]
        bounds = half_interval if name[-1] == "*" else interval
        system.low[x], system.high[x] = bounds(shown, base)
    return system


def own_counts_of(figures):
    """counts_of() without those that are another one again."""
    return {name: shown for name, shown in counts_of(figures).items() if name not in AGAIN}


def told(figures, counts):
    """The names of the counts that keep too few values; None: contradictory.

    "One tie crosses: lasting jobs <= spells of 6: the audit also asks whether a solution
    with at most the least possible value of the shown spells exists." """
    system = system_of(figures, counts)
    x = system.index[SPELLS]
    low, high = system.low[:], system.high[:]
    possible = system.values(VALUES_MIN)
    if possible is None:
        return None
    found = [n for n in counts if len(possible[n]) < VALUES_MIN]
    if figures["indicators"]["job_durability"]["spells"] is not None:
        high[x] = low[x]
        if not system.has_solution(low, high):
            found.append(SPELLS)
    return found


MOVES_MAX = 8
MEAN = "intake.mean_domains"    # in steps of a half


def soften(print_again):
    """The moves, {name: bases}, after which each count keeps enough values: none when
    rounding alone is safe. None: there are none. print_again(moves) gives the whole figures
    with moves, whose nulls, means and days may then tell something else.

    As long as some count keeps too few: move the one count, up or down, once at most, after
    which the fewest do. Only shown figures decide, and what comes out is safe as it stands,
    as if it had been rounded so: who knows the rule knows only that some *more* cases are
    behind it. A flag, a null or a coarser base instead would tell that the case is tight.

    A mean at an end of what can be leaves no room: when nothing helps, all is tried again
    with the mean moved by one step, down, then up, then by two, up to four."""
    for steps in (0, -1, 1, -2, 2, -3, 3, -4, 4):
        moves = soften_from({MEAN: steps} if steps else {}, print_again)
        if moves is not None:
            return moves
    return None


def soften_from(moves, print_again):
    while True:
        figures = print_again(moves)
        counts = own_counts_of(figures)
        bad = told(figures, counts)
        if not bad:
            return None if bad is None else moves
        best = None
        for _, name, shown in moved_one(figures, counts, bad, moves):
            now = told(figures, {**counts, name: shown})
            if now is not None and (best is None or len(now) < best[0]):
                best = len(now), name, shown
                if not now:
                    break
        if best is None or len(moves) == MOVES_MAX:
            return None
        _, name, shown = best
        moves = {**moves, name: round((shown - counts[name]) / figures["rounded_to"])}


def moved_one(figures, counts, bad, moved):
    """[(rank, name, shown)]: the counts in a relation with a bad one, or with one of those,
    moved by one base; the best first by what propagation alone finds."""
    system, found, base = system_of(figures, counts), [], figures["rounded_to"]
    near = {system.index[name] for name in bad}
    for _ in range(2):
        near |= {x for y in near for row in system.of[y] for _, x in system.rows[row][0]}
    for x in sorted(near):
        name = system.names[x]
        if name not in counts or name in moved:
            continue
        for shown in (counts[name] + base, counts[name] - base):
            # "`population.persons` never below 2b"
            if shown < (2 * base if name == "population.persons" else 0):
                continue
            trial = system_of(figures, {**counts, name: shown})
            if trial.narrow(trial.low, trial.high, range(len(trial.rows))):
                rank = len([1 for n in counts if trial.high[trial.index[n]] -
                            trial.low[trial.index[n]] < 2])
                found.append((rank, name, shown))
    return sorted(found)[:TRIES]
