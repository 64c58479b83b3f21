"""The twin's curve: what spec/indicators.md, "Shared definitions", says of curves and shares."""
import math

Z = 1.959963984540054
TINY = 1e-9


class Curve:
    """"*Curve* on records (entry, exit, cause), cause 0 censored."

    `cause` is the one whose incidence is asked; `first_day`: "causes on earlier
    days are left out of the curve" (indicator 2)."""

    def __init__(self, records, cause=1, first_day=None):
        # "records with exit <= entry are counted but never at risk"
        self.at_risk = [r for r in records if r[1] > r[0]]
        times = set()
        for entry, end, why in self.at_risk:
            if why != 0 and (first_day is None or end >= first_day):
                times.add(end)
        self.rows = []
        survival, incidence, g = 1.0, 0.0, 0.0
        for t in sorted(times):
            n = len([1 for entry, end, why in self.at_risk if entry < t <= end])
            d = len([1 for entry, end, why in self.at_risk if end == t and why != 0])
            dc = len([1 for entry, end, why in self.at_risk if end == t and why == cause])
            before = survival
            # "S(t) = Prod (1 - d_j/n_j)", "I_c(t) = Sum S(t_j-) d_cj/n_j",
            # "g = Sum d_j/(n_j(n_j - d_j))", "a term with 0 in its denominator is 0"
            survival = before * (1 - d / n)
            incidence = incidence + before * dc / n
            if n > d:
                g = g + d / (n * (n - d))
            self.rows.append({"t": t, "n": n, "d": d, "dc": dc, "before": before,
                              "S": survival, "I": incidence, "g": g})

    def up_to(self, t):
        return [row for row in self.rows if row["t"] <= t]

    def survival(self, t):
        rows = self.up_to(t)
        return rows[-1]["S"] if rows else 1.0

    def incidence(self, t):
        rows = self.up_to(t)
        return rows[-1]["I"] if rows else 0.0

    def greenwood(self, t):
        rows = self.up_to(t)
        return rows[-1]["g"] if rows else 0.0

    def variance(self, t):
        """Marubini-Valsecchi, term by term as spec/indicators.md writes it."""
        now = self.incidence(t)
        first, second, third = 0.0, 0.0, 0.0
        for row in self.up_to(t):
            n, d, dc, before = row["n"], row["d"], row["dc"], row["before"]
            if n > d:
                first += (now - row["I"]) ** 2 * d / (n * (n - d))
            second += before ** 2 * (n - dc) * dc / n ** 3
            third += (now - row["I"]) * before * dc / n ** 2
        # "a negative variance is 0"
        return max(0.0, first + second - 2 * third)

    def incidence_limits(self, t):
        """"95 % limits of an incidence I^exp(+-z se/(I ln I))", "null where the
        value is < 1e-9 or > 1 - 1e-9"."""
        value = self.incidence(t)
        if value < TINY or value > 1 - TINY:
            return None, None
        x = Z * math.sqrt(self.variance(t)) / (value * math.log(value))
        return ordered(value ** math.exp(x), value ** math.exp(-x))

    def survival_limits(self, t):
        """"of a survival share S^exp(+-z sqrt(g)/ln S)"."""
        value = self.survival(t)
        if value < TINY or value > 1 - TINY:
            return None, None
        x = Z * math.sqrt(self.greenwood(t)) / math.log(value)
        return ordered(value ** math.exp(x), value ** math.exp(-x))

    def failure(self, t):
        return 1 - self.survival(t)

    def failure_limits(self, t):
        """"For 1 - S: 1 minus the limits of S"."""
        low, high = self.survival_limits(t)
        if low is None:
            return None, None
        return ordered(1 - low, 1 - high)

    def answers(self, h, from_day=None):
        """Whether there is a value at horizon h: "null when nobody was ever at
        risk, or h lies before the day on which estimates start (2), or h exceeds
        the largest exit of a record at risk while S there is above 1e-9"."""
        if not self.at_risk:
            return False
        if from_day is not None and h < from_day:
            return False
        largest = max(end for entry, end, why in self.at_risk)
        return not (h > largest and self.survival(largest) > TINY)

    def half_time(self, value, limits):
        """"the smallest t_j with I(t_j) >= 0.5 - 1e-9, `median_low` the same on
        the upper limit, `median_high` on the lower (null limits skipped); null if
        never"."""
        middle = low = high = None
        for row in self.rows:
            t = row["t"]
            lower, upper = limits(t)
            if middle is None and value(t) >= 0.5 - TINY:
                middle = t
            if low is None and upper is not None and upper >= 0.5 - TINY:
                low = t
            if high is None and lower is not None and lower >= 0.5 - TINY:
                high = t
        return middle, low, high


def ordered(a, b):
    return (a, b) if a <= b else (b, a)


def wilson(yes, n):
    """Wilson's 95 % limits of yes/n."""
    if n == 0:
        return None, None
    p = yes / n
    centre = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return centre - half, centre + half


def estimates(records, horizons, kind, from_day=None, none_at_all=False):
    """The `within` or `lasting` array, and the half-time with its limits, internal.

    kind: "incidence" of cause 1; "failure" 1 - S; "survival" S, whose half-time is
    that of 1 - S.  horizons: (months or None, days)."""
    curve = Curve(records, 1, from_day)
    value, limits = {"incidence": (curve.incidence, curve.incidence_limits),
                     "failure": (curve.failure, curve.failure_limits),
                     "survival": (curve.survival, curve.survival_limits)}[kind]
    array = []
    for months, days in horizons:
        share = low = high = None
        if not none_at_all and curve.answers(days, from_day):
            share = value(days)
            low, high = limits(days)
        array.append(horizon(months, days, share, low, high))
    times = (None, None, None)
    if not none_at_all and kind == "incidence":
        times = curve.half_time(value, limits)
    elif not none_at_all:
        times = curve.half_time(curve.failure, curve.failure_limits)
    return array, {"median_days": times[0], "median_low": times[1], "median_high": times[2]}


def horizon(months, days, share, low=None, high=None):
    """"arrays of {`months`, `days`, `share`, `low`, `high`}, without `months` in 6, 11"."""
    item = {} if months is None else {"months": months}
    item.update({"days": days, "share": share, "low": low, "high": high})
    return item
