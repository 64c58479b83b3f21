"""The intruder: what the public profile tells about the exact counts.

It sees all public output of one municipality (the JSON of its publications), knows the
program and spec/indicators.md, and asks of every count which values are still possible.
Nothing here looks at the log or at an internal figure.

What it knows, as linear relations between whole numbers:
- a shown count is the nearest multiple of b, halves up: an interval for the exact one;
- what holds between exact counts for anybody (`RELATIONS`): parts and their total, parts
  that must add up to the same total, subsets, the steps from one rung to the next;
- what coarse means, quantiles and estimates that are not null say about counts.
Whether a figure is null follows from shown counts alone, so nulls tell nothing more.

`Believer` adds what a reader of many quarters may believe: that nothing was corrected,
nothing came late and nobody moved, so that what had happened by one quarter had
happened by the next.

`System.values()` is exact: propagation of bounds, and a search that is complete. Every
value it reports comes with a whole solution; that there is no other is proven.
"""
import math
import random

REGIMES = ["WI2021_INTAKE", "WI2021_PLAN", "DUO_TERM", "PWET"]
ORG_TYPES = ["MUNICIPALITY", "ISD", "SW_COMPANY", "WELFARE", "VWN", "COA", "SCHOOL",
             "VOLUNTEERS", "EMPLOYER", "SELF", "OTHER"]
BARRIERS = ["CHILDCARE", "TRANSPORT", "LANGUAGE_WAITING_LIST", "EMPLOYER", "DIPLOMA",
            "HOUSING", "MOTIVATION", "RULES", "CONTACT", "OTHER"]
OUTCOMES = ["fully_paid", "subsidised", "none", "unknown"]
ANSWERS = ["yes", "no", "unknown", "exempt", "new"]
MANY = 10 ** 12     # more than any number here
RESTARTS = 8
TRIES = 40          # moves that are looked at closely
LARGE = 250         # numbers in one search, from which it stays near what it knows


# ---------------------------------------------------------------- what is published

def counts_of(figures):
    """{name: shown count} of all counts of a publication; a name is the path in the JSON.

    `jobs` of placement are weights: they are named with a `*`. Person-years are in no
    relation with a count, and an interval of them holds thousands of values: left out."""
    found = {}
    skipped = {"months", "days", "median_days", "p90_days", "delay_p50_days", "delay_p90_days",
               "rung", "from_days", "person_years", "mean_domains", "mean_parties", "definitions",
               "window", "erased_people", "rounded_to", "level", "per_100",
               "per_100_person_years", "low", "high", "max", "median_low", "median_high"}

    def walk(value, path):
        if isinstance(value, dict):
            for key, below in value.items():
                if key not in skipped and not key.endswith("share"):
                    walk(below, path + (key,))
        elif isinstance(value, list):
            if path[-1] not in ("within", "lasting"):
                for below in value:
                    walk(below, path + (str(below.get("rung", below.get("level"))),))
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            star = "*" if path[-1] == "jobs" else ""
            found[".".join(path) + star] = value
    walk({"population": figures["population"]}, ())
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

    # 1: the classes of a spell; a silent one was always at risk.
    for rung in range(1, 6):
        step = "ladder_step.%d." % rung
        equal([step + "entered"], [step + x for x in ("climbed", "exited", "silent", "censored")])
        at_most(step + "not_at_risk", [step + x for x in ("climbed", "exited", "censored")])
    rungs = under("ladder_position", range(1, 7))
    equal([persons], rungs + ["ladder_position.unassessed"])
    at_most("ladder_position.stale", rungs)

    # 2: the same people for every k; who reached k + 1 reached k or was there already; who
    # ended without k ended without k + 1, and so for those unassessed since they settled.
    # Only who exited or was censored can be never at risk; for k, then for k + 1 too.
    everybody = "~settled"
    for k in range(2, 7):
        here = "rung_reached.%d." % k
        gone, waiting = "~exited_not_at_risk.%d" % k, "~censored_not_at_risk.%d" % k
        equal([here + "people"],
              [here + x for x in ("reached", "exited", "silent", "censored")])
        equal([everybody], [here + x for x in ("people", "already", "unassessed")])
        # Follows from the others, and shortens the search: those of any two k are as many.
        for other in range(2, k):
            equal([here + x for x in ("people", "already", "unassessed")],
                  ["rung_reached.%d.%s" % (other, x)
                   for x in ("people", "already", "unassessed")])
        equal([here + "not_at_risk"], [gone, waiting])
        at_most(gone, here + "exited")
        at_most(waiting, here + "censored")
        if k == 6:
            continue
        above = "rung_reached.%d." % (k + 1)
        gone_above, waiting_above = [x + ".%d" % (k + 1) for x in
                                     ("~exited_not_at_risk", "~censored_not_at_risk")]
        at_most(here + "unassessed", above + "unassessed")
        at_most(above + "already", here + "already")
        at_most([above + "already", above + "reached"], [here + "already", here + "reached"])
        at_most(here + "silent", above + "silent")
        at_most(gone, gone_above)
        at_most(waiting, waiting_above)
        # Exited at risk, and censored at risk.
        at_most([here + "exited", gone_above], [above + "exited", gone])
        at_most([here + "censored", waiting_above], [above + "censored", waiting])
        # Newly unassessed or not at risk for k + 1 are people who were on k already.
        at_most([above + x for x in ("not_at_risk", "unassessed", "already")],
                [here + x for x in ("not_at_risk", "unassessed", "already")])

    # 15: the same people again; who reached B1 reached A2, or had it.
    a2, b1 = "language_level.A2.", "language_level.B1."
    for level in (a2, b1):
        equal([everybody], [level + "people", level + "already"])
        at_most([level + "reached", level + "exited"], level + "people")
    at_most(b1 + "already", a2 + "already")
    at_most([b1 + "already", b1 + "reached"], [a2 + "already", a2 + "reached"])
    at_most(a2 + "exited", b1 + "exited")
    at_most([b1 + "exited", b1 + "reached", b1 + "already"],
            [a2 + "exited", a2 + "reached", a2 + "already"])

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
    at_most(["job_durability.ended", "job_durability.silent"], "job_durability.spells")
    lasting, contested = "placement.lasting_jobs", "placement.contested"
    unattributed = "placement.unattributed"
    at_most(lasting, "job_durability.spells")
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
    at_most("plan.in_force", guided)
    at_most("plan.with_perspective", "plan.in_force")
    add(0, MANY, (1, "plan.in_force"), (1, persons), (-1, guided), (-1, pathway + "planned.yes"))
    at_most("plan.on_time.people", everybody)
    at_most("plan.on_time.signed", "plan.on_time.people")
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
HIDDEN = sorted({name for terms, _, _ in RELATIONS for name in terms if name[0] == "~"})

# Counts of what has happened, which does not unhappen: for a Believer.
GROWING = (["ladder_step.%d.%s" % (rung, what) for rung in range(1, 6)
            for what in ("entered", "climbed", "exited", "silent")] +
           ["rung_reached.%d.%s" % (k, what) for k in range(2, 7)
            for what in ("already", "reached", "exited", "silent")] +
           ["language_level.%s.%s" % (level, what) for level in ("A2", "B1")
            for what in ("already", "reached", "exited")] +
           ["job_durability.spells", "job_durability.ended", "job_durability.silent",
            "plan.on_time.people", "plan.on_time.signed", "ladder_falls.falls", "~settled"])


def coarse_relations(figures):
    """What the coarse means, quantiles and estimates of one publication say about counts."""
    found = []
    indicators = figures["indicators"]
    persons, had = "population.persons", "~had_contact"
    mean = indicators["intake"]["mean_domains"]
    if mean is not None:
        # mean - 1/4 <= domains / persons < mean + 1/4; ten domains are complete, and who
        # had an intake has one at least.
        fours = round(4 * mean)
        found += [({"~domains": 4, persons: 1 - fours}, 0, MANY),
                  ({"~domains": -4, persons: fours + 1}, 1, MANY),
                  ({"~domains": 1, "~with_intake": -1, "intake.complete": -9}, 0, MANY),
                  ({"~with_intake": 9, "intake.complete": 1, "~domains": -1}, 0, MANY)]
    contact = indicators["contact"]
    for key, tenths in (("median_days", 5), ("p90_days", 9)):
        days = contact[key]
        if days is None or days == 91:
            continue        # 88 to 94 days: on which side of 90 is not known
        # Of n values the ceil(q n)-th is up to 87, or 95 and more.
        if days < 91:
            found.append(({had: 10 - tenths, "~old_contact": -10}, 0, MANY))
        else:
            found.append(({"~old_contact": 10, had: tenths - 10}, 1, MANY))
    for item in indicators["rung_reached"]:
        if any(x["share"] is not None for x in item["within"]) or item["median_days"] is not None:
            # "The first day with >= 10 records at risk."
            here = "rung_reached.%d." % item["rung"]
            found.append(({here + "people": 1, here + "not_at_risk": -1}, 10, MANY))
    return found


# ---------------------------------------------------------------- what is still possible

class TooHard(Exception):
    """The search was cut: nothing is known about that value."""


class System:
    """Whole numbers within bounds, under linear relations."""

    def __init__(self, seed=0):
        self.names, self.index = [], {}
        self.low, self.high = [], []
        self.rows = []              # ([(coefficient, variable)], low, high)
        self.of = []                # the rows of a variable
        self.trouble = []           # how often a relation of it failed
        self.random = random.Random(seed)

    def variable(self, name, low, high):
        assert name not in self.index, name
        self.index[name] = len(self.names)
        self.names.append(name)
        self.low.append(low)
        self.high.append(high)
        self.of.append([])
        self.trouble.append(1)

    def relate(self, terms, low, high):
        row = ([(coefficient, self.index[name]) for name, coefficient in terms.items()], low, high)
        for _, variable in row[0]:
            self.of[variable].append(len(self.rows))
        self.rows.append(row)

    def narrow(self, low, high, rows):
        """Propagates bounds until nothing changes, in place; False: no solution."""
        queue, waiting = list(rows), set(rows)
        while queue:
            at = queue.pop()
            waiting.discard(at)
            terms, least, most = self.rows[at]
            smallest = largest = 0
            for coefficient, x in terms:
                if coefficient > 0:
                    smallest += coefficient * low[x]
                    largest += coefficient * high[x]
                else:
                    smallest += coefficient * high[x]
                    largest += coefficient * low[x]
            if smallest > most or largest < least:
                for _, x in terms:
                    self.trouble[x] += 1
                return False
            if smallest >= least and largest <= most:
                continue
            for coefficient, x in terms:
                if low[x] == high[x]:
                    continue
                if coefficient > 0:
                    room_up = most - smallest + coefficient * low[x]
                    room_down = least - largest + coefficient * high[x]
                    new_high = min(high[x], room_up // coefficient)
                    new_low = max(low[x], -(-room_down // coefficient))
                else:
                    room_up = most - smallest + coefficient * high[x]
                    room_down = least - largest + coefficient * low[x]
                    new_low = max(low[x], -(room_up // -coefficient))
                    new_high = min(high[x], -(room_down) // -coefficient)
                if new_low > new_high:
                    for _, y in terms:
                        self.trouble[y] += 1
                    return False
                if new_low == low[x] and new_high == high[x]:
                    continue
                if coefficient > 0:
                    smallest += coefficient * (new_low - low[x])
                    largest += coefficient * (new_high - high[x])
                else:
                    smallest += coefficient * (new_high - high[x])
                    largest += coefficient * (new_low - low[x])
                low[x], high[x] = new_low, new_high
                for other in self.of[x]:
                    if other not in waiting:
                        waiting.add(other)
                        queue.append(other)
        return True

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

    def components(self):
        seen, found = set(), []
        for start in range(len(self.names)):
            if start in seen:
                continue
            seen.add(start)
            group, todo = [], [start]
            while todo:
                x = todo.pop()
                group.append(x)
                if self.low[x] == self.high[x]:
                    continue        # a known number ties nothing together
                for row in self.of[x]:
                    for _, y in self.rows[row][0]:
                        if y not in seen:
                            seen.add(y)
                            todo.append(y)
            found.append(group)
        return found

    def values(self, enough):
        """{name: possible values}: all of them, or `enough`. None: no solution at all."""
        if not self.narrow(self.low, self.high, range(len(self.rows))):
            return None
        seen = [set() for _ in self.names]
        for group in self.components():
            first = self.solve(self.low, self.high, group)
            if first is None:
                return None
            for x in group:
                seen[x].add(first[x])
            for x in group:
                for value in self.probes(x):
                    if len(seen[x]) >= enough:
                        break
                    if value in seen[x]:
                        continue
                    low, high = self.low[:], self.high[:]
                    low[x] = high[x] = value
                    if not self.narrow(low, high, self.of[x]):
                        continue
                    found = self.solve(low, high, group, first if len(group) > LARGE else None)
                    if found is not None:
                        for y in group:
                            seen[y].add(found[y])
        return {name: seen[x] for x, name in enumerate(self.names)}

    def probes(self, x):
        """Every value, the ends first."""
        low, high = self.low[x], self.high[x]
        yield low
        if high > low:
            yield high
        yield from range(low + 1, high)


def add_publication(system, figures, tag="", exact=False):
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
        system.variable(tag + name, low, high)
    for name in HIDDEN + ["~domains"]:
        system.variable(tag + name, 0, MANY)
    for terms, low, high in RELATIONS + ([] if exact else coarse_relations(figures)):
        system.relate({tag + name: c for name, c in terms.items()}, low, high)
    return counts


def intrude(publications, believe=False, enough=3, seed=0):
    """What is possible: a list, one {count: values} a publication; None: the publications
    contradict what the intruder knows or believes."""
    found, system = [], None
    for number, figures in enumerate(publications):
        if system is None or not believe:
            system = System(seed + number)
        tag = "%d:" % number
        counts = add_publication(system, figures, tag)
        if believe and number > 0:
            for name in GROWING:
                system.relate({tag + name: 1, "%d:%s" % (number - 1, name): -1}, 0, MANY)
        if not believe:
            found.append((tag, counts, system.values(enough)))
        else:
            found.append((tag, counts, None))
    if believe:
        possible = system.values(enough)
        found = [(tag, counts, possible) for tag, counts, _ in found]
    if any(possible is None for _, _, possible in found):
        return None
    return [{name: possible[tag + name] for name in counts} for tag, counts, possible in found]


# ---------------------------------------------------------------- the remedy

# Shown more than once, under these names too; moved together.
AGAIN = {"contact.people": "population.under_guidance", "plan.people": "population.under_guidance"}


def values_least(base):
    """At base 3 a shown 0 is 0 or 1: there the promise is that no count is exact."""
    return 2 if base < 5 else 3


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
    """The names of the counts that keep too few values; None: contradictory."""
    enough = values_least(figures["rounded_to"])
    possible = system_of(figures, counts).values(enough)
    return None if possible is None else [n for n in counts if len(possible[n]) < enough]


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
            if shown < 0:
                continue
            trial = system_of(figures, {**counts, name: shown})
            if trial.narrow(trial.low, trial.high, range(len(trial.rows))):
                rank = len([1 for n in counts if trial.high[trial.index[n]] -
                            trial.low[trial.index[n]] < 2])
                found.append((rank, name, shown))
    return sorted(found)[:TRIES]
