"""The intruder on what grows (indicators 1, 2, 6, 11 `on_time` and 15 in public): which
exact counts are possible behind the parts, shares and half-times shown of one curve.

A *world* says of a curve how many records of each class left in each stretch between two
horizons.  `show()` is what the program prints of a world; a count has a value for certain
only if no world with another value shows the same.  `possible()` looks for worlds behind
what is shown, knowing nothing else, and counts a value only with a whole world that it has
shown again: nothing here rests on the argument of spec/publication.md.

All arithmetic is in whole numbers and fractions."""
from fractions import Fraction
from itertools import accumulate
from math import floor

TINY = Fraction(1, 10 ** 9)
HALF = Fraction(1, 2)
MONTH = Fraction(304375, 10000)
LADDER = (214, 396, 761, 1126)


class Curve:
    """One public curve: where its numbers stand, what they are called, its horizons."""

    def __init__(self, name, horizons, count, cause, exited=None, silent=None, censored=None,
                 survival=False):
        self.name, self.horizons, self.survival = name, horizons, survival
        self.count, self.cause = count, cause
        self.exited, self.silent, self.censored = exited, silent, censored

    def of(self, figures):
        """What is shown: {count, cause, exited, silent, censored, shares, half}; None: the
        curve is null in this publication."""
        place = figures["indicators"]
        for key in self.name.split("."):
            if isinstance(place, list):
                place = [x for x in place if str(x.get("rung", x.get("level"))) == key][0]
            else:
                place = place[key]
        if place[self.count] is None:
            return None
        found = {"count": place[self.count], "cause": place[self.cause],
                 "half": place["median_days"]}
        for part in ("exited", "silent", "censored"):
            if getattr(self, part) is not None:
                found[part] = place[part]
        shares = [x["share"] for x in place["lasting" if self.survival else "within"]]
        found["shares"] = [None if x is None else round(20 * x) for x in shares]
        assert all(x is None or abs(20 * x - round(20 * x)) < 1e-6 for x in shares), shares
        return found


CURVES = ([Curve("ladder_step.%d" % k, LADDER, "entered", "climbed", "exited", "silent",
                 "censored") for k in range(1, 6)] +
          [Curve("rung_reached.4", LADDER, "people", "reached", "exited", "silent", "censored"),
           Curve("job_durability", (183, 365), "spells", "ended", silent="silent",
                 survival=True),
           Curve("plan.on_time", (70,), "people", "signed"),
           Curve("language_level.B1", (365, 730, 1096), "people", "reached", "exited")])


def rounded(x, b):
    return (2 * x + b) // (2 * b) * b


def behind(shown, b):
    """The least and the largest whole number that is rounded to `shown`."""
    return max(0, shown - b // 2), shown + (b - 1) // 2


def steps(x, size):
    return floor(x / size + HALF + TINY)


# ---------------------------------------------------------------- what the program prints

def begin(b, n, events):
    """Before the first horizon; open only for enough records and events."""
    is_open = n >= 5 * b and events >= 2 * b and n - events >= 2 * b
    return is_open, (0, 0, n), Fraction(0), Fraction(1)


def horizon(b, state, sums):
    """(state, inc) at the next horizon, where the sums are (D, X, K); inc None: null."""
    is_open, (D0, X0, K0), inc, S = state
    a = K0 - D0 - X0
    if not is_open or a < 2 * b:
        return (False, (D0, X0, K0), inc, S), None
    D, X, K = sums
    reduced = Fraction(2 * a - K0 + K, 2)
    inc += S * (D - D0) / reduced
    S *= 1 - (D - D0 + X - X0) / reduced
    return (True, sums, inc, S), inc


def half_time(horizons, incidences):
    before, inc_before = 0, Fraction(0)
    for h, inc in zip(horizons, incidences):
        if inc is None:
            return None
        if inc >= HALF - TINY:
            day = before + (HALF - inc_before) / (inc - inc_before) * (h - before)
            return steps(MONTH * steps(day, MONTH), 1)
        before, inc_before = h, inc
    return None


def share_of(curve, inc):
    """In twentieths."""
    return None if inc is None else steps(1 - inc if curve.survival else inc, Fraction(1, 20))


class World:
    """left[class][i]: the records of a class that left after horizon i - 1 and not after
    horizon i; the last, after all horizons. The classes: 1, 2, "s", 0."""

    def __init__(self, left):
        assert all(x >= 0 for of_class in left.values() for x in of_class)
        self.left = left
        self.total = {why: sum(x) for why, x in left.items()}
        self.by = {why: list(accumulate(x)) for why, x in left.items()}

    def counts(self, curve):
        """Every exact count somebody may ask for, printed or not."""
        found = {"count": sum(self.total.values()), "cause": self.total[1]}
        if curve.exited:
            found["exited"] = self.total[2]
        if curve.silent:
            found["silent"] = self.total["s"]
        if curve.censored:
            found["censored"] = self.total[0]
        for i, h in enumerate(curve.horizons):
            found["cause by %d" % h] = self.by[1][i]
            if curve.exited:
                found["exited by %d" % h] = self.by[2][i]
            found["not followed by %d" % h] = self.by["s"][i] + self.by[0][i]
        return found

    def show(self, curve, b):
        total, by = self.total, self.by
        n, events = rounded(sum(total.values()), b), rounded(total[1], b)
        exits = rounded(total[1] + total[2], b)
        found = {"count": n, "cause": events}
        if curve.exited:
            found["exited"] = exits - events
        if curve.silent:
            found["silent"] = rounded(total[1] + total[2] + total["s"], b) - exits
        if curve.censored:
            found["censored"] = n - exits - found["silent"]
        state, incidences = begin(b, n, events), []
        for i in range(len(curve.horizons)):
            state, inc = horizon(b, state, (
                rounded(by[1][i], b), rounded(total[1] + by[2][i], b) - events,
                rounded(sum(total.values()) - by["s"][i] - by[0][i], b)))
            incidences.append(inc)
        found["half"] = half_time(curve.horizons, incidences)
        found["shares"] = [share_of(curve, inc) for inc in incidences]
        return found


# ---------------------------------------------------------------- what may be behind

def rounded_sums(curve, b, shown):
    """Rounded sums [(D, X, K)] that show these shares and this half-time, or None: there
    are none, what is shown contradicts itself. A search over all that are nested."""
    n, events = shown["count"], shown["cause"]
    exits = events + shown.get("exited", 0)

    def look(i, state, line, sums):
        # Once half is reached the half-time is known.
        half = half_time(curve.horizons, line)
        if half != shown["half"] and (half is not None or i == len(curve.horizons)):
            return None
        if i == len(curve.horizons):
            return sums
        D0, X0, K0 = state[1]
        going_on = state[0] and K0 - D0 - X0 >= 2 * b
        if going_on != (shown["shares"][i] is not None):
            return None
        if not going_on:
            after, inc = horizon(b, state, None)
            return look(i + 1, after, line + [inc], sums + [(D0, X0, K0)])
        for D in range(D0, events + 1, b):
            for X in range(X0, exits - events + 1, b):
                for K in range(K0, exits - 1, -b):
                    after, inc = horizon(b, state, (D, X, K))
                    if share_of(curve, inc) != shown["shares"][i]:
                        continue
                    found = look(i + 1, after, line + [inc], sums + [(D, X, K)])
                    if found is not None:
                        return found
        return None
    return look(0, begin(b, n, events), [], [])


def ladder_of(curve, b, shown, sums):
    """The sums in their order, [(name, rounded, below)]: `below` the names of the sums of
    which it takes in all."""
    n, events = shown["count"], shown["cause"]
    exits = events + shown.get("exited", 0)
    chain, before = [], []

    def put(name, value, below):
        chain.append((name, value, below))
        return below + [name]
    for i, (D, _, _) in enumerate(sums):
        before = put("D%d" % i, D, before)
    before = put("A1", events, before)
    for i, (_, X, _) in enumerate(sums):
        before = put("Y%d" % i, events + X, before)
    before = put("A2", exits, before)
    all_below = before
    if curve.silent:
        all_below = put("A3", exits + shown["silent"], before) + all_below
    for i, (_, _, K) in reversed(list(enumerate(sums))):
        before = put("K%d" % i, K, before)
    put("N", n, sorted(set(before + all_below)))
    return chain


def world_of(curve, b, chain, targets):
    """A world whose sums are rounded as the chain says and where those of `targets` are what
    that says; None if the sums would not be nested or rounded so."""
    value = {}
    for name, shown, below in chain:
        low, high = behind(shown, b)
        least = max([low] + [value[x] for x in below])
        value[name] = targets.get(name, least)
        if not least <= value[name] <= high:
            return None
    if not curve.exited:
        for name in value:
            if name[0] == "Y" or name == "A2":
                if value[name] != value["A1"]:
                    return None
    size = len(curve.horizons)
    rise = [value["D%d" % i] for i in range(size)] + [value["A1"]]
    gone = [value["Y%d" % i] - value["A1"] for i in range(size)] + [value["A2"] - value["A1"]]
    lost = [value["N"] - value["K%d" % i] for i in range(size)] + [value["N"] - value["A2"]]
    between = [[x - y for x, y in zip(line, [0] + line)] for line in (rise, gone, lost)]
    silent, quiet = value.get("A3", value["A2"]) - value["A2"], []
    for some in between[2]:
        quiet.append(min(silent, some))
        silent -= quiet[-1]
    if silent > 0:
        return None
    return World({1: between[0], 2: between[1], "s": quiet,
                  0: [x - y for x, y in zip(between[2], quiet)]})


def possible(curve, b, shown, enough=3, least_count=0):
    """{count: values} of what worlds allow, `enough` of each if there are as many; None: no
    world shows this.  least_count: all records are at least so many (lasting jobs)."""
    sums = rounded_sums(curve, b, shown)
    if sums is None:
        return None
    chain = ladder_of(curve, b, shown, sums)
    shown_of = {name: value for name, value, _ in chain}
    asked = {"count": ("N", None), "cause": ("A1", None), "exited": ("A2", "A1"),
             "silent": ("A3", "A2"), "censored": ("N", "A3")}
    for i, h in enumerate(curve.horizons):
        asked["cause by %d" % h] = ("D%d" % i, None)
        asked["exited by %d" % h] = ("Y%d" % i, "A1")
        asked["not followed by %d" % h] = ("N", "K%d" % i)
    found = None
    for count, (upper, lower) in asked.items():
        if found is not None and count not in found:
            continue
        for targets in tries(shown_of, upper, lower, b):
            if upper != "N":
                targets.setdefault("N", behind(shown["count"], b)[1])
            world = world_of(curve, b, chain, targets)
            if world is None or world.show(curve, b) != shown:
                continue
            counts = world.counts(curve)
            if counts["count"] < least_count:
                continue
            found = found or {name: set() for name in counts}
            for name, value in counts.items():
                found[name].add(value)
            if len(found[count]) >= enough:
                break
    return found


def tries(shown_of, upper, lower, b):
    """Values for the two sums whose difference is asked for, or for one: all there are."""
    if upper not in shown_of or (lower is not None and lower not in shown_of):
        return
    low, high = behind(shown_of[upper], b)
    for x in range(high, low - 1, -1):
        if lower is None:
            yield {upper: x}
            continue
        least, most = behind(shown_of[lower], b)
        for y in range(min(x, most), least - 1, -1):
            yield {upper: x, lower: y}


def intrude(figures, least_spells=0, enough=3):
    """{curve.count: values} of all curves of a publication; None: a contradiction."""
    found = {}
    for curve in CURVES:
        shown = curve.of(figures)
        if shown is None:
            continue
        one = possible(curve, figures["rounded_to"], shown, enough,
                       least_spells if curve.name == "job_durability" else 0)
        if one is None:
            return None
        found.update({"%s %s" % (curve.name, name): values for name, values in one.items()})
    return found
