#!/usr/bin/python3
"""The twin: a second, naive computation of the indicators, from spec/indicators.md.

It reads the records of a log (NDJSON, as /v1/log prints them) and prints the
figures F(P, K, m, w) as one line of JSON.  It is a judge: it shares nothing
with the daemon, it does everything literally and from the start each time, and
quotes the words of spec/ (events.md, indicators.md) it follows.

    twin.py records.ndjson --as-of 2026-06-30 --known-at 2026-07-01T10:00:00Z \
            --municipality all --window 365

Where spec/ leaves a choice, the comment says "Reading:".
"""
import argparse
import json
import math
import sys
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from zoneinfo import ZoneInfo

import council
from curve import TINY, Curve, estimates, horizon, wilson  # noqa: F401

ORG_TYPES = ["MUNICIPALITY", "ISD", "SW_COMPANY", "WELFARE", "VWN", "COA", "SCHOOL",
             "VOLUNTEERS", "EMPLOYER", "SELF", "OTHER"]
DOMAINS = ["WORK", "EDUCATION", "LANGUAGE", "HOUSING", "INCOME", "FAMILY",
           "SOCIAL_NETWORK", "HEALTH", "DIGITAL", "AMBITION"]
BARRIERS = ["CHILDCARE", "TRANSPORT", "LANGUAGE_WAITING_LIST", "EMPLOYER", "DIPLOMA",
            "HOUSING", "MOTIVATION", "RULES", "CONTACT", "OTHER"]
REGIMES = ["WI2021_INTAKE", "WI2021_PLAN", "DUO_TERM", "PWET"]
LEVELS = ["A1", "A2", "B1", "B2"]
PARTICIPATION_KINDS = ["VOLUNTEER", "INTERNSHIP", "WORK_EXPERIENCE", "SPORT", "CULTURE_HOBBY",
                       "SCHOOL_SUPPORT", "NEIGHBOURHOOD", "FAMILY_ACTIVITY"]
LANGUAGE_KINDS = ["LANGUAGE_COURSE", "LANGUAGE_CAFE", "LANGUAGE_BUDDY", "TUTORING"]
GUIDANCE_KINDS = ["JOB_COACHING", "APPLICATION_HELP", "DIPLOMA_VALUATION", "FORM_HELP"]
WORKING_KINDS = ["VOLUNTEER", "INTERNSHIP", "WORK_EXPERIENCE"]

ENVELOPE = ["id", "key", "subject", "municipality", "occurred_on"]
# "on one day endings (...) before all others, `JobEnded` and `ReferralClosed` after all others"
ENDINGS = ["municipality_left", "exited", "guidance_ended", "plan_withdrawn", "benefit_ended",
           "barrier_resolved", "contact_person_ended"]
LAST = ["job_ended", "referral_closed"]


# ---------------------------------------------------------------- the log

def parse_instant(text):
    """An RFC 3339 instant in UTC, with 0 to 6 digits of a second."""
    if isinstance(text, datetime):
        return text
    return datetime.fromisoformat(text)


def show_instant(moment):
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_day(text):
    return text if isinstance(text, date) else date.fromisoformat(text)


def read_records(lines):
    return [json.loads(line) for line in lines if line.strip()]


class Event:
    """One event as the figures need it; `type` is the field's name in the oneof."""

    def __init__(self, record):
        event = record["event"]
        self.seq = record["seq"]
        self.recorded_at = parse_instant(record["recorded_at"])
        self.partner = record["partner"]
        self.id = event["id"]
        self.key = event.get("key")
        self.subject = event.get("subject")
        self.municipality = event["municipality"]
        self.day = date.fromisoformat(event["occurred_on"])
        bodies = [name for name in event if name not in ENVELOPE]
        assert len(bodies) == 1, event
        self.type = bodies[0]
        self.body = event[self.type]

    def __getitem__(self, field):
        return self.body[field]

    def get(self, field):
        return self.body.get(field)

    def order(self):
        """"Order within a person: by `occurred_on`; on one day endings before
        all others, `JobEnded` and `ReferralClosed` after all others; then by `partner`,
        then by `id` (bytes)." """
        place = 0 if self.type in ENDINGS else 2 if self.type in LAST else 1
        return (self.day, place, self.partner.encode(), self.id.encode())


def effective(events):
    """"The *effective* events at K are those recorded by K and not withdrawn by
    K."  `events`: all that were recorded by K, in the order of seq."""
    withdrawn = set()
    same_key, same_id = {}, {}      # what the partner sent so far, as lists of seq
    for e in events:
        if e.type == "event_retracted":
            # "`EventRetracted` with `target_id` or `target_key` withdraws that
            # event, or all events of that key so far."
            if e.get("target_id") is not None:
                withdrawn.update(same_id.get((e.partner, e["target_id"]), []))
            if e.get("target_key") is not None:
                withdrawn.update(same_key.get((e.partner, e["target_key"]), []))
            continue
        if e.key is not None:
            # "Of the events of one partner with the same `key`, the one recorded
            # last counts; it withdraws those before it."
            withdrawn.update(same_key.get((e.partner, e.key), []))
            same_key.setdefault((e.partner, e.key), []).append(e.seq)
        same_id.setdefault((e.partner, e.id), []).append(e.seq)
    # "A withdrawal is never undone": nothing ever leaves the set.
    return [e for e in events if e.seq not in withdrawn and e.type != "event_retracted"]


def nearest_rank(values, numerator, denominator):
    """"quantile q of n sorted values is the ceil(q n)-th"; q as a fraction of
    whole numbers, so that 0.9 x 10 is 9."""
    if not values:
        return None
    place = -(-numerator * len(values) // denominator)
    return sorted(values)[place - 1]


def nearest(value, b):
    """"*Rounded* means: to the nearest multiple of b, halves up"; value an int or a
    Fraction."""
    return math.floor(Fraction(value) / b + Fraction(1, 2)) * b


# ---------------------------------------------------------------- what is printed

def step(value, size):
    """"a *step* s of x is floor(x/s + 1/2 + 1e-9) s, in doubles"."""
    return math.floor(value / size + 0.5 + TINY) * size


class Shape:
    """How values leave: as they are (internal) or coarse (public, base b)."""

    def __init__(self, profile, base, moves=None):
        assert profile in ("internal", "public")
        self.public = profile == "public"
        self.base = base
        self.moves = moves or {}    # {path of a count: bases}, what intruder.soften() found

    def count(self, value, path=None):
        """"All other counts, weights and person-years are rounded one by one", "to the
        nearest multiple of b, halves up"; and "where rounding alone would break the
        promise, a shown count is moved by one b"."""
        if not self.public:
            return value
        return nearest(value, self.base) + self.base * self.moves.get(path, 0)

    def under(self, place):
        """count() of what is named by a key below `place`."""
        return lambda value, key: self.count(value, place + "." + key)

    def ratio(self, part, whole):
        """Of values that went through count(): "every share and rate is computed from
        shown counts (a share over 1 counts as 1 ...): null where the denominator is under
        2b, and where it would be 0 or 1 (...) and the denominator is under 10b".
        "A division by 0 gives null." """
        if whole == 0 or (self.public and whole < 2 * self.base):
            return None
        value = float(part / whole)
        if self.public:
            value = min(value, 1.0)
            if value in (0.0, 1.0) and whole < 10 * self.base:
                return None
        return value

    def rate(self, part, years):
        """Per 100: as ratio(), but null where "(a rate: 0)"."""
        if years == 0 or (self.public and years < 2 * self.base):
            return None
        if self.public and part == 0 and years < 10 * self.base:
            return None
        return float(100 * part / years)

    def limits(self, low, high):
        return (None, None) if self.public else (low, high)

    def over_people(self, value, people, size, path=None):
        """"Means and quantiles over people: only over >= 2b people as shown", in steps;
        "`mean_domains` by steps of 0.5, four at most" moved."""
        if value is None or not self.public:
            return value
        if people < 2 * self.base:
            return None
        return step(float(value), size) + size * self.moves.get(path, 0)


def days_or_none(value):
    """"days (...) are integers"."""
    return None if value is None else int(value)


def share_of_people(shape, place, answers):
    """"**Share of people**: `yes`, `no`, `unknown`, `exempt`, `new`, `share`,
    `low`, `high`, `max`, in this order; N = yes + no + unknown"."""
    count = shape.under(place)
    yes, no, unknown = [count(answers.count(x), x) for x in ("yes", "no", "unknown")]
    n = yes + no + unknown
    low, high = shape.limits(*wilson(yes, n))
    return {"yes": yes, "no": no, "unknown": unknown,
            "exempt": count(answers.count("exempt"), "exempt"),
            "new": count(answers.count("new"), "new"),
            "share": shape.ratio(yes, n), "low": low, "high": high,
            "max": shape.ratio(yes + unknown, n)}


# ---------------------------------------------------------------- what grows, in public

def life_table(base, horizons, n, events, sums):
    """The curve of "**Curves** are life tables of rounded sums": the shares at the horizons
    (of cause 1, without steps) and the half-time in days, None where nothing is shown.

    n, events: all records and the cause-1 events, as shown.  sums: per horizon D, X, K:
    "D the cause-1 events on day h or before", X "the competing exits on day h or before" as
    a difference of rounded sums, "K the records not censored on day h or before"."""
    # "curve and half-time only with n >= 5b, events >= 2b and n - events >= 2b as shown"
    shown = n >= 5 * base and events >= 2 * base and n - events >= 2 * base
    # "From n = all records, inc = 0, S = 1, with the D', X', K' of the horizon before
    # (0, 0, n)"
    D_before, X_before, K_before = 0, 0, n
    inc, S = 0.0, 1.0
    shares, line = [], [(0, 0.0)]
    for h, (D, X, K) in zip(horizons, sums):
        # "a = K' - D' - X'; where a < 2b this and all later horizons are null"
        a = K_before - D_before - X_before
        shown = shown and a >= 2 * base
        if not shown:
            shares.append(None)
            continue
        # "else a* = a - (K' - K)/2, inc += S (D - D')/a*, S *= 1 - (D - D' + X - X')/a*,
        # both with the S before h"
        reduced = a - (K_before - K) / 2
        inc = inc + S * (D - D_before) / reduced
        S = S * (1 - (D - D_before + X - X_before) / reduced)
        shares.append(inc)
        line.append((h, inc))
        D_before, X_before, K_before = D, X, K
    # "The half-time is where inc as reckoned, a straight line from (0, 0) through the
    # horizons, reaches 0.5 - 1e-9: in whole months of 30.4375 days (a step), in days (a
    # step); null beyond the last horizon shown."
    for (h0, i0), (h1, i1) in zip(line, line[1:]):
        if i1 >= 0.5 - TINY:
            day = h0 + (0.5 - i0) / (i1 - i0) * (h1 - h0)
            return shares, int(step(30.4375 * step(day / 30.4375, 1), 1))
    return shares, None


def grown(base, records, horizons):
    """"**What grows**": the parts shown of the records, and their curve.

    records: (entry, exit, class), class 1 the cause, 2 a competing exit, "s" silent, 0
    censored.  Returns a dict with `all`, `cause`, `exited`, `silent_after_exited` and
    `silent_after_cause` (of an indicator without exits), `censored`, `shares`, `median`."""
    def rounded(keep):
        return nearest(len([1 for t, why in table if keep(t, why)]), base)

    # "A record never at risk has its cause on day 0 and is never censored; without a cause
    # it is censored on day 0."
    table = [(end if end > entry else 0, why) for entry, end, why in records]
    # "running sums are rounded, not parts: cause 1, that and the exits, those and `silent`,
    # all"; "a part shown is the difference of two".
    n = rounded(lambda t, why: True)
    cause = rounded(lambda t, why: why == 1)
    exits = rounded(lambda t, why: why in (1, 2))
    silent = rounded(lambda t, why: why in (1, 2, "s"))
    sums = []
    for _, h in horizons:
        D = rounded(lambda t, why: why == 1 and t <= h)
        # "Y all cause-1 events and the competing exits on day h or before, X = Y less all
        # cause-1 events as shown"
        Y = rounded(lambda t, why: why == 1 or why == 2 and t <= h)
        K = rounded(lambda t, why: not (why in ("s", 0) and t <= h))
        sums.append((D, Y - cause, K))
    shares, median = life_table(base, [h for _, h in horizons], n, cause, sums)
    return {"all": n, "cause": cause, "exited": exits - cause,
            "silent_after_exited": silent - exits, "censored": n - silent,
            "silent_after_cause": rounded(lambda t, why: why in (1, "s")) - cause,
            "shares": shares, "median": median}


def public_curve(shown, horizons, name="within", of=lambda inc: inc):
    """The estimates of grown(), "Shown is inc (of 6: 1 - inc) in steps of 0.05 (...) Limits
    are null." """
    array = [horizon(months, days, None if inc is None else step(of(inc), 0.05))
             for (months, days), inc in zip(horizons, shown["shares"])]
    return {name: array, "median_days": shown["median"], "median_low": None, "median_high": None}


KEPT = ("rung", "level", "months", "days")


def nothing_of(value):
    """"every number but `rung`, `level`, `months`, `days` is null"."""
    if isinstance(value, dict):
        return {k: v if k in KEPT else nothing_of(v) for k, v in value.items()}
    if isinstance(value, list):
        return [nothing_of(x) for x in value]
    return None


def only_of_the_newest(indicators):
    """"So of 1, 2, 6, 7 (but `guided`), 8, `ladder_falls`, 11 `on_time`, 14 and 15" nothing
    is shown of a quarter that was not the newest when it was published."""
    for key in ("ladder_step", "ladder_falls", "rung_reached", "job_durability", "sanctions",
                "data_quality", "language_level"):
        indicators[key] = nothing_of(indicators[key])
    guided = indicators["placement"]["guided"]
    indicators["placement"] = {**nothing_of(indicators["placement"]), "guided": guided}
    indicators["plan"]["on_time"] = nothing_of(indicators["plan"]["on_time"])


def is_newest(P, known_on):
    """"P is the last day of the quarter that ended last before the civil day of the
    record"."""
    day = known_on - timedelta(days=1)
    while (day + timedelta(days=1)).day != 1 or day.month % 3 != 0:
        day -= timedelta(days=1)
    return P == day


# ---------------------------------------------------------------- a job

class Job:
    """"**Job.** Per person and `job_ref`"."""

    def __init__(self, start, place):
        self.ref = start["job_ref"]
        self.started_by = start     # the JobStarted that opened it
        self.place = place          # of that event in the person's order
        self.terms = [start]        # its JobStarted and JobChanged: funding and hours
        self.starts = [start]       # its JobStarted, also those that act as JobChanged
        self.evidence = [start.day]
        self.end = None

    def open_on(self, d):
        """"Open on day d: start <= d and not (end <= d)"."""
        return self.started_by.day <= d and not (self.end is not None and self.end <= d)

    def in_force(self, d):
        """"Funding and hours in force on d: its last `JobStarted`/`JobChanged` up
        to d"."""
        return [e for e in self.terms if e.day <= d][-1]


# ---------------------------------------------------------------- a person

class Person:
    def __init__(self, events, P, policy):
        self.P = P
        self.policy = policy
        in_order = sorted(events, key=Event.order)
        # "events effective at K with `occurred_on` <= P (`PersonRegistered`: of any
        # date)"; "The last effective one holds for all P, whatever its date".
        registered = [e for e in in_order if e.type == "person_registered"]
        self.registered = registered[-1] if registered else None
        self.events = [e for e in in_order if e.day <= P]
        self.place = {e.seq: i for i, e in enumerate(self.events)}
        self.moves = self.of("municipality_settled", "municipality_left", "exited")
        self.lived_in = {}          # after so many of these
        self.find_exits()
        self.find_jobs()
        settled = self.of("municipality_settled")
        self.settled = settled[0] if settled else None
        # "`t0` is the day of the first `MunicipalitySettled`"
        self.t0 = self.settled.day if self.settled else None

    def of(self, *types):
        return [e for e in self.events if e.type in types]

    def last(self, *types):
        found = self.of(*types)
        return found[-1] if found else None

    # ---- residence

    def residence_after(self, events):
        """"`MunicipalitySettled` sets it to the event's municipality and makes the
        person active. `MunicipalityLeft` sets it to none, if the person lives in
        its municipality at that point of the order. `Exited` makes the person
        inactive, if the person lives anywhere then."  Where the person lives after
        these events, or None; and the events that had effect."""
        residence, active, took_effect = None, False, []
        for e in events:
            lives_in = residence if active else None
            if e.type == "municipality_settled":
                residence, active = e.municipality, True
            elif e.type == "municipality_left" and lives_in == e.municipality:
                residence = None
                took_effect.append(e)
            elif e.type == "exited" and lives_in is not None:
                active = False
                took_effect.append(e)
        return (residence if active else None), took_effect

    def lives_in(self, d):
        """"A person *lives in m* on day d when, after all events up to and
        including d, residence is m and the person is active." """
        number = len([e for e in self.moves if e.day <= d])
        if number not in self.lived_in:
            self.lived_in[number] = self.residence_after(self.moves[:number])[0]
        return self.lived_in[number]

    def find_exits(self):
        """"the `Exited` and (...) the `MunicipalityLeft` to ABROAD or UNKNOWN that
        have effect"."""
        took_effect = self.residence_after(self.moves)[1]
        self.exits = [e for e in took_effect
                      if e.type == "exited" or e["to"] in ("ABROAD", "UNKNOWN")]

    def exit_from(self, d):
        """"**Exit** from day d on: the first, of day x >= d"."""
        later = [e for e in self.exits if e.day >= d]
        return later[0] if later else None

    # ---- who counts

    def adult(self):
        """"adult: year(P) - `birth_year` in 18...66; without `PersonRegistered`,
        adult"."""
        return self.registered is None or 18 <= self.P.year - self.registered["birth_year"] <= 66

    def in_population(self, m):
        where = self.lives_in(self.P)
        return where is not None and m in ("all", where) and self.adult()

    def breadwinner(self):
        role = self.last("household_role_set")
        return role is not None and role["role"] in ("BREADWINNER", "CO_BREADWINNER", "SINGLE")

    def under_guidance(self):
        """"the last of `GuidanceEnded`/`GuidanceStarted` is not a `GuidanceEnded`
        with SELF_SUFFICIENT or OTHER"."""
        e = self.last("guidance_ended", "guidance_started")
        return not (e is not None and e.type == "guidance_ended"
                    and e["reason"] in ("SELF_SUFFICIENT", "OTHER"))

    # ---- jobs

    def find_jobs(self):
        """"a `JobStarted` opens a job when none of that ref is open, else acts as
        `JobChanged`; a `JobEnded` ends the open job on its day (without one: no
        effect); a `JobStarted` after an end opens a new job. (...) `JobChanged`,
        `JobConfirmed` and `JobEnded` on a ref with no open job have no effect." """
        self.jobs, self.effective_job_ends, open_jobs = [], [], {}
        for place, e in enumerate(self.events):
            if e.type not in ("job_started", "job_changed", "job_confirmed", "job_ended"):
                continue
            job = open_jobs.get(e["job_ref"])
            if job is None:
                if e.type == "job_started":
                    job = Job(e, place)
                    open_jobs[job.ref] = job
                    self.jobs.append(job)
            elif e.type == "job_ended":
                job.end = e.day
                self.effective_job_ends.append(e)
                del open_jobs[job.ref]
            else:
                job.evidence.append(e.day)
                if e.type in ("job_started", "job_changed"):
                    job.terms.append(e)
                if e.type == "job_started":
                    job.starts.append(e)

    def known(self, job, d):
        """"*Known* on d: open on d, and there is an evidence day in [d - 183, d],
        or an evidence day or its end in (d, P]"."""
        if not job.open_on(d):
            return False
        back = d - timedelta(days=self.policy["news_days"])
        if any(back <= x <= d for x in job.evidence):
            return True
        if any(d < x <= self.P for x in job.evidence):
            return True
        return job.end is not None and d < job.end <= self.P

    def known_jobs(self, d):
        return [job for job in self.jobs if self.known(job, d)]

    def silent_jobs(self, d):
        """"*Silent*: open on d but not known on d"."""
        return [job for job in self.jobs if job.open_on(d) and not self.known(job, d)]

    def observed_end(self, job):
        """Indicator 6: "A job is *observed* from its start, as long as each next
        news (evidence, or its end) comes at most 183 days after the last evidence:
        until its end; or, when silent (the next news comes later, or none came and
        P is more than 183 days on), until 183 days after that evidence, whatever
        comes later; else it is open at P." """
        limit = self.policy["news_days"]
        last = job.evidence[0]
        for news in job.evidence[1:]:
            if (news - last).days > limit:
                return last + timedelta(days=limit), "silent"
            last = news
        if job.end is not None:
            if (job.end - last).days > limit:
                return last + timedelta(days=limit), "silent"
            return job.end, "end"
        if (self.P - last).days > limit:
            return last + timedelta(days=limit), "silent"
        return self.P, "open"

    def job_spells(self):
        """"the jobs of a person sorted by start (then order), joined while the next
        start is <= 31 days after the latest observed end so far (an open one joins
        all later)"."""
        spells = []
        for job in sorted(self.jobs, key=lambda j: (j.started_by.day, j.place)):
            if spells:
                ends = [self.observed_end(j) for j in spells[-1]]
                latest = max(day for day, how in ends)
                if (any(how == "open" for day, how in ends)
                        or (job.started_by.day - latest).days <= self.policy["bridge_days"]):
                    spells[-1].append(job)
                    continue
            spells.append([job])
        return spells

    # ---- other things in force

    def plan_in_force(self):
        """"the last `PlanSigned`, if no `PlanWithdrawn` comes after it"."""
        plan = self.last("plan_signed")
        if plan is None:
            return None
        for e in self.of("plan_withdrawn"):
            if self.place[e.seq] > self.place[plan.seq]:
                return None
        return plan

    def target(self):
        """"the last `TargetSet`, if it has no `until` or `until` >= P, else 120
        minutes (an older one never revives)"."""
        e = self.last("target_set")
        if e is not None and (e.get("until") is None or date.fromisoformat(e["until"]) >= self.P):
            return e["weekly_minutes"]
        return self.policy["norm_minutes"]

    # ---- assessments

    def follow(self, start, reached):
        """Follows the assessments from `start` on, as indicator 1 says; `reached`
        tells whether a rung is the one waited for.  Gives the class, the day and
        the last followed assessment."""
        limit = self.policy["follow_days"]
        assessments = self.of("ladder_assessed")
        i = assessments.index(start)
        while True:
            last = assessments[i]
            later = assessments[i + 1] if i + 1 < len(assessments) else None
            # "at the exit from the last followed assessment on, if it comes at most
            # 214 days after it and on an earlier day than the next assessment";
            # "On one day an assessment goes before an exit."
            leaving = self.exit_from(last.day)
            if (leaving is not None and (leaving.day - last.day).days <= limit
                    and (later is None or leaving.day < later.day)):
                # "an objection instead counts under `censored`"
                objection = leaving.type == "exited" and leaving["reason"] == "OBJECTION"
                return ("censored" if objection else "exited"), leaving.day, last
            if later is not None and (later.day - last.day).days <= limit:
                if reached(later["rung"]):
                    return "reached", later.day, later
                i += 1
                continue
            # "*silent*: the next assessment comes later than 214 days, or there is
            # none and P is more than 214 days after the last"
            if later is not None or (self.P - last.day).days > limit:
                return "silent", last.day, last
            # "else, not yet due: censored at the last assessment"
            return "censored", last.day, last


CAUSES = {"reached": 1, "exited": 2, "silent": 0, "censored": 0}


def of_class(records, classes):
    """The records with "s" as the cause of those that fell silent."""
    return [(entry, end, "s" if how == "silent" else why)
            for (entry, end, why), how in zip(records, classes)]


# ---------------------------------------------------------------- the figures

def figures(records, P, K, m, w, profile="internal", base=5, zone="Europe/Amsterdam",
            norm_minutes=120, follow_days=214, news_days=183, bridge_days=31, lasting_days=183,
            moves=None, definitions=2):
    """F(P, K, m, w) as a dict with the keys in the order of spec/indicators.md; floats are
    not yet rounded to 6 decimals (dump does that)."""
    P, K, w = parse_day(P), parse_instant(K), int(w)
    policy = {"norm_minutes": norm_minutes, "follow_days": follow_days, "news_days": news_days,
              "bridge_days": bridge_days, "lasting_days": lasting_days}
    shape = Shape(profile, base, moves)
    # "K, the knowledge instant, cuts on `recorded_at` <= K"
    recorded = sorted((Event(r) for r in records), key=lambda e: e.seq)
    recorded = [e for e in recorded if e.recorded_at <= K]
    by_subject, others = {}, []
    for e in effective(recorded):
        # "Under set 1, events, fields and kinds of set 2 are as if never sent, but for 14 and
        # for what they withdraw."
        if definitions == 1 and (e.type in council.TYPES or e.get("kind") == "FAMILY_ACTIVITY"):
            continue
        if e.subject is not None:
            by_subject.setdefault(e.subject, []).append(e)
        else:
            others.append(e)

    def view_at(P, w):
        return View(P, K, m, w, policy, shape, definitions,
                    [Person(by_subject[s], P, policy) for s in sorted(by_subject)])
    view = view_at(P, w)
    R, B, G = view.R, view.B, view.G
    known_on = K.astimezone(ZoneInfo(zone)).date()
    out = {"definitions": definitions, "as_of": P.isoformat(),
           # "`known_at` is the civil day of the record, in every public output"
           "known_at": known_on.isoformat() if shape.public else show_instant(K),
           "municipality": m, "window": w, "profile": profile}
    if shape.public:
        # "plus `rounded_to` after `profile`"; "`erased_people` is absent"
        out["rounded_to"] = base
    else:
        out["erased_people"] = 0
    out["population"] = {key: shape.count(len(group), "population." + key) for key, group in
                         (("persons", R), ("breadwinners", B), ("under_guidance", G))}
    out["indicators"] = {
        "ladder_step": view.ladder_step(),
        "ladder_position": view.ladder_position(),
        "ladder_falls": view.ladder_falls(),
        "rung_reached": view.rung_reached(),
        "participation_norm": view.participation_norm(),
        "combined_pathway": view.combined_pathway(),
        "job_outcome": view.job_outcome(),
        "job_durability": view.job_durability(),
        "placement": view.placement(),
        "sanctions": view.sanctions(),
        "language_support": view.language_support(),
        "contact": view.contact(),
        "plan": view.plan(),
        "intake": view.intake(),
        "barriers": view.barriers(),
        "data_quality": view.data_quality(recorded, ZoneInfo(zone)),
        "language_level": view.language_level(),
    }
    # "indicators 16-25 are *internal only*: absent from public output"
    if definitions >= 2 and not shape.public:
        out["indicators"].update({
            "guidance": view.guidance(), "benefit": view.benefit(),
            "job_growth": view.job_growth(),
            "first_participation": view.first_participation(),
            "standing_still": view.standing_still(),
            "ladder_next_year": view.ladder_next_year(), "referrals": view.referrals(),
            "contact_person": view.contact_person(), "modules": view.modules(),
            # "The figure is the municipality's at D = min(P, `by`), w 365"
            "agreements": view.agreements(others, lambda D: view_at(D, 365))})
    if shape.public and not is_newest(P, known_on):
        only_of_the_newest(out["indicators"])
    return out


class View(council.Council):
    """The indicators for one (P, K, m, w): 1 to 15 here."""

    PARTICIPATION_KINDS = PARTICIPATION_KINDS

    def __init__(self, P, K, m, w, policy, shape, definitions, people):
        self.P, self.K, self.m, self.w = P, K, m, w
        self.policy, self.shape, self.definitions = policy, shape, definitions
        self.people = people
        self.R = [p for p in people if p.in_population(m)]
        self.B = [p for p in self.R if p.breadwinner()]
        self.G = [p for p in self.R if p.under_guidance()]

    def back(self, days):
        return self.P - timedelta(days=days)

    def within_last(self, day, days):
        """day in (P - days, P]"""
        return self.back(days) < day <= self.P

    def home(self, event):
        """"With m != `all`, only those with home m count." """
        return self.m == "all" or event.municipality == self.m

    # ---- 1

    LADDER_HORIZONS = [(6, 214), (12, 396), (24, 761), (36, 1126)]

    def ladder_spells(self, k):
        """(day o, record, class) of rung k."""
        for p in self.people:
            # "per person at most one spell, from o = the first `LadderAssessed`
            # with rung = k"
            starts = [e for e in p.of("ladder_assessed") if e["rung"] == k]
            if not starts or not self.home(starts[0]):
                continue
            o = starts[0]
            # "*climbed* (cause 1) at the first with rung > k"
            how, day, last = p.follow(o, lambda rung: rung > k)
            # "censored at the last followed assessment, but at o + 214 if that
            # is on day o itself"
            if how == "silent" and last.day == o.day:
                day = o.day + timedelta(days=self.policy["follow_days"])
            yield o.day, (0, (day - o.day).days, CAUSES[how]), how

    def ladder_records(self, k):
        return [(start, record) for start, record, _ in self.ladder_spells(k)]

    def ladder_step(self):
        out = []
        for k in range(1, 6):
            spells = list(self.ladder_spells(k))
            records, classes = [x[1] for x in spells], [x[2] for x in spells]
            if self.shape.public:
                shown = grown(self.shape.base, of_class(records, classes), self.LADDER_HORIZONS)
                out.append({"rung": k, "entered": shown["all"], "climbed": shown["cause"],
                            "exited": shown["exited"], "silent": shown["silent_after_exited"],
                            "censored": shown["censored"], "not_at_risk": None,
                            **public_curve(shown, self.LADDER_HORIZONS)})
                continue
            within, medians = estimates(records, self.LADDER_HORIZONS, "incidence")
            item = {"rung": k, "entered": len(records),
                    "climbed": classes.count("reached"), "exited": classes.count("exited"),
                    "silent": classes.count("silent"), "censored": classes.count("censored"),
                    "not_at_risk": len([r for r in records if r[1] <= r[0]]),
                    "within": within}
            item.update(medians)
            out.append(item)
        return out

    def ladder_position(self):
        rungs, unassessed, stale = [], 0, 0
        for p in self.R:
            last = p.last("ladder_assessed")
            if last is None:
                unassessed += 1
                continue
            rungs.append(last["rung"])
            # "those assessed whose last is more than 214 days before P"
            if (self.P - last.day).days > self.policy["follow_days"]:
                stale += 1
        count = self.shape.under("ladder_position")
        out = {str(k): count(rungs.count(k), str(k)) for k in range(1, 7)}
        out["unassessed"] = count(unassessed, "unassessed")
        out["stale"] = count(stale, "stale")
        return out

    def ladder_falls(self):
        falls, days = 0, 0
        for p in self.people:
            assessments = p.of("ladder_assessed")
            for before, e in zip(assessments, assessments[1:]):
                distance = (e.day - before.day).days
                if distance <= self.policy["follow_days"] and self.home(e):
                    days += distance
                    if e["rung"] < before["rung"]:
                        falls += 1
        falls = self.shape.count(falls)
        years = self.shape.count(Fraction(days * 100, 36525))
        return {"falls": falls, "person_years": plain(years),
                "per_100": self.shape.rate(falls, years)}

    # ---- 2

    def rung_reached(self):
        out = []
        for k in range(2, 7):
            already = unassessed = 0
            classes, records = [], []
            for p in self.people:
                if p.t0 is None or not self.home(p.settled):
                    continue
                assessments = p.of("ladder_assessed")
                # "An assessment with rung >= k before t0: `already`; else those
                # before t0 play no part."
                if any(e.day < p.t0 and e["rung"] >= k for e in assessments):
                    already += 1
                    continue
                later = [e for e in assessments if e.day >= p.t0]
                # "Without one from t0 on: `unassessed`."
                if not later:
                    unassessed += 1
                    continue
                # "Let a be the day of the first; one with rung >= k on day a:
                # `already`."
                a = later[0].day
                if any(e.day == a and e["rung"] >= k for e in later):
                    already += 1
                    continue
                how, day, last = p.follow(later[0], lambda rung: rung >= k)
                # "silent without a followed assessment after day a: censored at
                # a + 214"
                if how == "silent" and last.day == a:
                    day = a + timedelta(days=self.policy["follow_days"])
                classes.append(how)
                # "Times since t0, entry a - t0"
                records.append(((a - p.t0).days, (day - p.t0).days, CAUSES[how]))
            if self.shape.public:
                out.append(self.public_rung_reached(k, of_class(records, classes)))
                continue
            # "Estimates start at the first day t >= 1 with >= 10 records at risk
            # (entry < t <= exit): `from_days`"
            from_days = None
            for t in range(1, max([end for entry, end, why in records], default=0) + 1):
                if len([1 for entry, end, why in records if entry < t <= end]) >= 10:
                    from_days = t
                    break
            within, medians = estimates(records, self.LADDER_HORIZONS, "incidence",
                                        from_days, none_at_all=from_days is None)
            item = {"rung": k, "people": len(records), "already": already,
                    "unassessed": unassessed, "reached": classes.count("reached"),
                    "exited": classes.count("exited"), "silent": classes.count("silent"),
                    "censored": classes.count("censored"),
                    "not_at_risk": len([r for r in records if r[1] <= r[0]]),
                    "from_days": from_days, "within": within}
            item.update(medians)
            out.append(item)
        return out

    def public_rung_reached(self, k, records):
        """"rung 4 of 2, its counts too over the people first assessed (from t0 on) at most
        214 days after t0 (at risk from 0)"."""
        shown = grown(self.shape.base, [(0, end, why) for entry, end, why in records
                                        if entry <= 214], self.LADDER_HORIZONS)
        item = {"rung": k, "people": shown["all"], "already": None, "unassessed": None,
                "reached": shown["cause"], "exited": shown["exited"],
                "silent": shown["silent_after_exited"], "censored": shown["censored"],
                "not_at_risk": None, "from_days": None,
                **public_curve(shown, self.LADDER_HORIZONS)}
        # "of the other rungs and A2 every number but `rung`, (...) is null"
        return item if k == 4 else nothing_of(item)

    # ---- 3

    def participation_norm(self):
        monday = self.P - timedelta(days=self.P.weekday())
        return share_of_people(self.shape, "participation_norm",
                               [self.norm_answer(p, monday) for p in self.R])

    @staticmethod
    def week_activities(p, sunday):
        return [e for e in p.of("activity_logged") if e["kind"] in PARTICIPATION_KINDS
                and sunday - timedelta(days=6) <= e.day <= sunday]

    def week_minutes(self, p, sunday):
        this_week = self.week_activities(p, sunday)
        # "events with one `activity_ref` and one day count once, the largest"
        single = [e["minutes"] for e in this_week if e.get("activity_ref") is None]
        joint = {}
        for e in this_week:
            if e.get("activity_ref") is not None:
                joint.setdefault((e.get("activity_ref"), e.day), []).append(e["minutes"])
        minutes = sum(single) + sum(max(several) for several in joint.values())
        # "plus 60 x the largest hours in force among the jobs known on that
        # Sunday"
        jobs = p.known_jobs(sunday)
        if jobs:
            minutes += 60 * max(job.in_force(sunday)["hours_per_week"] for job in jobs)
        return minutes

    def norm_answer(self, p, monday):
        target = p.target()
        # "*Exempt*: target 0. *New*: t0 > M-28 (exempt goes first)."
        if target == 0:
            return "exempt"
        if p.t0 > monday - timedelta(days=28):
            return "new"
        weeks, seen = [], False
        # "the four weeks end on the Sundays M-22, M-15, M-8 and M-1"
        for before in (22, 15, 8, 1):
            sunday = monday - timedelta(days=before)
            this_week, jobs = self.week_activities(p, sunday), p.known_jobs(sunday)
            weeks.append(self.week_minutes(p, sunday))
            if this_week or jobs:
                seen = True
        # "*Yes*: the four weeks sum to >= 4 x target and at least three have >=
        # target."
        if sum(weeks) >= 4 * target and len([x for x in weeks if x >= target]) >= 3:
            return "yes"
        return "no" if seen else "unknown"

    # ---- 4

    def combined_pathway(self):
        answers, planned, others = [], 0, 0
        for p in self.R:
            answer = self.pathway_answer(p)
            answers.append(answer)
            if answer in ("exempt", "new"):
                continue
            # "`planned`, inside it, of the same people: `yes` = plan in force with
            # both parts, `no` the others"
            plan = p.plan_in_force()
            if plan is not None and plan["has_language_part"] and plan["has_participation_part"]:
                planned += 1
            else:
                others += 1
        out = share_of_people(self.shape, "combined_pathway", answers)
        count = self.shape.under("combined_pathway.planned")
        planned, others = count(planned, "yes"), count(others, "no")
        out["planned"] = {"yes": planned, "no": others,
                          "share": self.shape.ratio(planned, planned + others)}
        return out

    def pathway_answer(self, p):
        # "*Exempt*: `LanguageExempted` in force (the last one, no `until` or
        # `until` >= P), or `CivicIntegrationCompleted`."
        e = p.last("language_exempted")
        if e is not None and (e.get("until") is None or date.fromisoformat(e["until"]) >= self.P):
            return "exempt"
        if p.of("civic_integration_completed"):
            return "exempt"
        # "*New*: t0 > P-28 (exempt goes first)."
        if p.t0 > self.back(28):
            return "new"
        # "days D = [P-27, P]"
        in_d = [e for e in p.of("activity_logged") if self.back(27) <= e.day <= self.P]
        jobs = p.known_jobs(self.P)
        language = any(e["kind"] in LANGUAGE_KINDS and e["minutes"] > 0 for e in in_d)
        working = any(e["kind"] in WORKING_KINDS and e["minutes"] > 0 for e in in_d)
        if language and (working or jobs):
            return "yes"
        return "no" if in_d or jobs else "unknown"

    # ---- 5

    def job_outcome(self):
        out = {}
        for name, group in (("breadwinners", self.B), ("adults", self.R)):
            answers = [self.outcome(p) for p in group]
            names = ("fully_paid", "subsidised", "none", "unknown")
            count = self.shape.under("job_outcome." + name)
            counts = {x: count(answers.count(x), x) for x in names}
            whole = sum(counts.values())
            out[name] = dict(counts)
            for x in names:
                out[name][x + "_share"] = self.shape.ratio(counts[x], whole)
        return out

    def outcome(self, p):
        known = p.known_jobs(self.P)
        # "no SUPPLEMENTARY benefit open (the last of `BenefitStarted`/`BenefitEnded`)"
        benefit = p.last("benefit_started", "benefit_ended")
        supplementary = (benefit is not None and benefit.type == "benefit_started"
                         and benefit["kind"] == "SUPPLEMENTARY")
        # "Under set 2, "a SUPPLEMENTARY benefit open" in 5 is `supplementary` of `receiving`"
        if self.definitions >= 2:
            supplementary = council.receiving(p) == "supplementary"
        if not supplementary and any(job.in_force(self.P)["funding"] == "FULLY_PAID"
                                     for job in known):
            return "fully_paid"
        if known:
            return "subsidised"
        if p.silent_jobs(self.P):
            return "unknown"
        # "nothing in (P-90, P] of `JobEnded` (that ended a job), `BenefitStarted`,
        # `BenefitEnded`, two-way `ContactHeld`, `ActivityLogged`, `LadderAssessed`"
        signs = p.effective_job_ends + p.of("benefit_started", "benefit_ended",
                                            "activity_logged", "ladder_assessed")
        signs += [e for e in p.of("contact_held") if e["two_way"]]
        # "and `BenefitConfirmed` counts among its news"
        signs += p.of("benefit_confirmed")
        if not any(self.within_last(e.day, 90) for e in signs):
            return "unknown"
        return "none"

    # ---- 6

    def spells(self):
        """The spells with home m: (person, jobs); "Home: the `JobStarted` that
        starts the spell"."""
        return [(p, jobs) for p in self.people for jobs in p.job_spells()
                if self.home(jobs[0].started_by)]

    def job_durability(self):
        if self.definitions >= 2:
            found = list(self.durable_records())
            return self.durability([r for _, r, _ in found], [how for _, _, how in found])
        classes, records = [], []
        for p, jobs in self.spells():
            start = jobs[0].started_by.day
            ends = [p.observed_end(job) for job in jobs]
            latest = max(day for day, how in ends)
            kinds = [how for day, how in ends if day == latest]
            if "open" in kinds:
                # "open: censored at P"
                how = "open"
            elif "silent" in kinds:
                # "silent: censored there (`silent`; of equal latest ends, silent
                # wins)"
                how = "silent"
            else:
                # "*ended* (event) at e if P - e > 31, else censored at e"
                how = "ended" if (self.P - latest).days > self.policy["bridge_days"] else "bridge"
            classes.append(how)
            records.append((0, (latest - start).days, 1 if how == "ended" else 0))
        return self.durability(records, classes)

    def durability(self, records, classes):
        horizons = [(None, 183), (None, 365)]
        if self.shape.public:
            shown = grown(self.shape.base, of_class(records, classes), horizons)
            return {"spells": shown["all"], "ended": shown["cause"],
                    "silent": shown["silent_after_cause"],
                    **public_curve(shown, horizons, "lasting", lambda inc: 1 - inc)}
        lasting, medians = estimates(records, horizons, "survival")
        out = {"spells": len(records), "ended": classes.count("ended"),
               "silent": classes.count("silent"), "lasting": lasting}
        out.update(medians)
        return out

    # ---- 7

    def placement(self):
        count = self.shape.under("placement")
        lasting = contested = unattributed = hiring = matching = 0
        weights = {org: Fraction(0) for org in ORG_TYPES}
        for p, jobs in self.spells():
            # "spells of 6 with news 183 days or more after their start: an evidence
            # day of one of their jobs (also after a silence ...), or an observed end
            # that is a `JobEnded`"
            day = jobs[0].started_by.day + timedelta(days=self.policy["lasting_days"])
            proof = any(x >= day for job in jobs for x in job.evidence)
            for job in jobs:
                end, how = p.observed_end(job)
                if how == "end" and end >= day:
                    proof = True
            # "Counted when the day start + 183 lies in (P-w, P]."
            if not proof or not self.within_last(day, self.w):
                continue
            lasting += 1
            refs = [job.ref for job in jobs]
            agreed = [e for e in p.of("placement_adjudicated") if e["job_ref"] in refs]
            claims = sorted({e["by"] for e in p.of("placement_claimed") if e["job_ref"] in refs})
            # "The weight 1 of a spell goes to the `by` of the last
            # `PlacementAdjudicated` on the refs of its jobs; else in equal parts to
            # the distinct `by` of the `PlacementClaimed` on them (two or more:
            # *contested*); else *unattributed*."
            if agreed:
                weights[agreed[-1]["by"]] += 1
            elif claims:
                for by in claims:
                    weights[by] += Fraction(1, len(claims))
                if len(claims) >= 2:
                    contested += 1
            else:
                unattributed += 1
            # "those with a `JobStarted` (any of their jobs') that says so".
            # Reading: also a JobStarted that acts as JobChanged.
            starts = [e for job in jobs for e in job.starts]
            if any(e.get("open_hiring") is True for e in starts):
                hiring += 1
            if any(e.get("matches_ambition") == "YES" for e in starts):
                matching += 1
        lasting = count(lasting, "lasting_jobs")
        by = {}
        for org in ORG_TYPES:
            referrals = [e for p in self.people for e in p.of("referral_made")
                         if e["to"] == org and self.home(e) and self.within_last(e.day, self.w)]
            weight = count(weights[org], "by.%s.jobs*" % org)
            by[org] = {"jobs": plain(weight), "share": self.shape.ratio(weight, lasting),
                       "referrals": count(len(referrals), "by.%s.referrals" % org)}
        guided = {}
        for org in ORG_TYPES:
            # "`people` of B with >= 1 activity of a guidance kind by that provider,
            # minutes > 0, ever; `share` of B"
            those = [p for p in self.B
                     if any(e["kind"] in GUIDANCE_KINDS and e["provider"] == org
                            and e["minutes"] > 0 for e in p.of("activity_logged"))]
            shown = count(len(those), "guided.%s.people" % org)
            whole = self.shape.count(len(self.B), "population.breadwinners")
            guided[org] = {"people": shown, "share": self.shape.ratio(shown, whole)}
        return {"lasting_jobs": lasting, "contested": count(contested, "contested"),
                "unattributed": count(unattributed, "unattributed"),
                "open_hiring": count(hiring, "open_hiring"),
                "matching_ambition": count(matching, "matching_ambition"),
                "by": by, "guided": guided}

    # ---- 8

    def sanctions(self):
        count = self.shape.under("sanctions")
        imposed, annulled, announced, rest = 0, 0, 0, []
        for p in self.people:
            for e in p.of("sanction_imposed"):
                ref = e["sanction_ref"]
                # "of each `sanction_ref` of a person only the first ever, if in (P-365, P]"
                first = [x for x in p.of("sanction_imposed") if x["sanction_ref"] == ref][0]
                if e is not first or not self.home(e) or not self.within_last(e.day, 365):
                    continue
                imposed += 1
                # "those of `imposed` with a `SanctionAnnounced` of that ref on or
                # before the day"
                if any(x["sanction_ref"] == ref and x.day <= e.day
                       for x in p.of("sanction_announced")):
                    announced += 1
                # "those with a `SanctionAnnulled` of the person with that
                # `sanction_ref`"
                if any(x["sanction_ref"] == ref for x in p.of("sanction_annulled")):
                    annulled += 1
                else:
                    rest.append((p, e))
        # "`person_years`: days in (P-365, P] on which people lived in m, / 365.25";
        # Reading: everybody, of whatever age.
        days = 0
        for p in self.people:
            if not p.of("municipality_settled"):
                continue
            for ago in range(365):
                where = p.lives_in(self.back(ago))
                if where is not None and self.m in ("all", where):
                    days += 1
        years = self.shape.count(Fraction(days * 100, 36525))
        by_regime = {r: count(len([1 for p, e in rest if e["regime"] == r]), "by_regime." + r)
                     for r in REGIMES}
        return {"imposed": count(imposed, "imposed"), "annulled": count(annulled, "annulled"),
                "announced": count(announced, "announced"),
                "people": count(len({id(p) for p, e in rest}), "people"),
                "by_regime": by_regime, "person_years": plain(years),
                # Reading (public): the rest is what is shown of it, the regimes' sum.
                "per_100_person_years": self.shape.rate(sum(by_regime.values()), years)}

    # ---- 9

    def language_support(self):
        ever = recent = 0
        for p in self.R:
            days = [e.day for e in p.of("activity_logged")
                    if e["kind"] in ("LANGUAGE_CAFE", "LANGUAGE_BUDDY", "TUTORING")
                    and e["provider"] == "VOLUNTEERS" and e["minutes"] > 0]
            ever += bool(days)
            recent += any(self.within_last(d, 91) for d in days)
        ratio, whole = self.shape.ratio, self.shape.count(len(self.R), "population.persons")
        count = self.shape.under("language_support")
        ever, recent = count(ever, "ever"), count(recent, "recent")
        return {"ever": ever, "ever_share": ratio(ever, whole),
                "recent": recent, "recent_share": ratio(recent, whole)}

    # ---- 10

    def contact(self):
        never, ages, over = 0, [], 0
        for p in self.G:
            held = [e for e in p.of("contact_held") if e["two_way"] and e["by"] == "CASE_MANAGER"]
            if held:
                age = (self.P - held[-1].day).days
                ages.append(age)
            else:
                never += 1
                age = (self.P - p.t0).days
            # "last one, or for never t0, more than 90 days ago"
            if age > 90:
                over += 1
        count, whole = self.shape.under("contact"), self.shape.count(
            len(self.G), "population.under_guidance")
        never, over = count(never, "never"), count(over, "over_90_days")
        # Reading (public): how many people a quantile is over, as shown.
        with_contact = whole - never
        return {"people": whole, "never": never,
                "median_days": days_or_none(
                    self.shape.over_people(nearest_rank(ages, 1, 2), with_contact, 7)),
                "p90_days": days_or_none(
                    self.shape.over_people(nearest_rank(ages, 9, 10), with_contact, 7)),
                "over_90_days": over, "over_90_days_share": self.shape.ratio(over, whole)}

    # ---- 11

    def plan_records(self):
        """(s, record) of 11 `on_time`."""
        for p in self.people:
            # "people with t0 and an `ObligationStarted`, the last
            # `PersonRegistered`'s `act` not WI2013, home: the first settlement"
            obligations = p.of("obligation_started")
            if p.t0 is None or not obligations or not self.home(p.settled):
                continue
            if p.registered is not None and p.registered.get("act") == "WI2013":
                continue
            s = max(p.t0, obligations[0].day)
            plans = p.of("plan_signed")
            signed = plans[0].day if plans else None
            leaving = p.exit_from(s)
            if signed is not None and signed <= s:
                # "signed on or before s: event at 1"
                yield s, (0, 1, 1)
            elif leaving is not None and (signed is None or leaving.day < signed):
                # "censored at the exit from s on (if on an earlier day than the
                # signing; every exit censors here)"
                yield s, (0, (leaving.day - s).days, 0)
            elif signed is not None:
                yield s, (0, (signed - s).days, 1)
            else:
                yield s, (0, (self.P - s).days, 0)

    def plan(self):
        in_force = perspective = 0
        for p in self.G:
            plan = p.plan_in_force()
            if plan is None:
                continue
            in_force += 1
            # "in force, `has_main_goal`, `has_own_ambition`,
            # `longest_horizon_months` >= 12, and signed or `PlanReviewed` in
            # (P-365, P]"
            recent = [plan] + p.of("plan_reviewed")
            if (plan["has_main_goal"] and plan["has_own_ambition"]
                    and plan["longest_horizon_months"] >= 12
                    and any(self.within_last(e.day, 365) for e in recent)):
                perspective += 1
        records = [record for _, record in self.plan_records()]
        ratio, whole = self.shape.ratio, self.shape.count(len(self.G), "population.under_guidance")
        count = self.shape.under("plan")
        in_force, perspective = count(in_force, "in_force"), count(perspective, "with_perspective")
        horizons = [(None, 70)]
        if self.shape.public:
            shown = grown(self.shape.base, records, horizons)
            on_time = {"people": shown["all"], "signed": shown["cause"],
                       **public_curve(shown, horizons)}
        else:
            within, medians = estimates(records, horizons, "failure")
            on_time = {"people": len(records),
                       # Reading: those who signed before they left, the events of the curve.
                       "signed": len([r for r in records if r[2] == 1]), "within": within}
            on_time.update(medians)
        return {"people": whole,
                "in_force": in_force, "in_force_share": ratio(in_force, whole),
                "with_perspective": perspective,
                "with_perspective_share": ratio(perspective, whole),
                "on_time": on_time}

    # ---- 12

    def intake(self):
        complete = extended = none = domains = parties = with_any = 0
        for p in self.R:
            done = p.of("intake_done")
            together = {d for e in done for d in e["domains"]}
            complete += len(together) == len(DOMAINS)
            extended += len({e.day for e in done}) >= 2
            domains += len(together)
            if done:
                with_any += 1
                parties += len({e.partner for e in done})
            else:
                none += 1
        ratio, whole = self.shape.ratio, self.shape.count(len(self.R), "population.persons")
        count = self.shape.under("intake")
        complete, extended = count(complete, "complete"), count(extended, "extended")
        none = count(none, "none")
        mean_domains = Fraction(domains, len(self.R)) if self.R else None
        mean_parties = Fraction(parties, with_any) if with_any else None
        return {"complete": complete, "complete_share": ratio(complete, whole),
                "extended": extended, "extended_share": ratio(extended, whole),
                "none": none, "none_share": ratio(none, whole),
                # "`mean_domains` also only when people with an intake are >= 2b, over fewer
                # than 80 people"
                "mean_domains": plain(self.shape.over_people(
                    mean_domains, whole if whole >= 80 else whole - none, 0.5,
                    "intake.mean_domains")),
                "mean_parties": plain(self.shape.over_people(
                    mean_parties, whole - none, 0.5))}

    # ---- 13

    def barriers(self):
        by_kind, anyone = {kind: 0 for kind in BARRIERS}, 0
        for p in self.R:
            found = False
            for kind in BARRIERS:
                reported = [e for e in p.of("barrier_reported") if e["barrier"] == kind]
                # "people whose last `BarrierReported` of that kind is in (P-365, P]
                # with no `BarrierResolved` of it after"
                if not reported or not self.within_last(reported[-1].day, 365):
                    continue
                if any(e["barrier"] == kind and p.place[e.seq] > p.place[reported[-1].seq]
                       for e in p.of("barrier_resolved")):
                    continue
                by_kind[kind] += 1
                found = True
            anyone += found
        count = self.shape.under("barriers")
        return {"people": count(anyone, "people"),
                "by_kind": {kind: count(by_kind[kind], "by_kind." + kind) for kind in BARRIERS}}

    # ---- 14

    def data_quality(self, recorded, zone):
        """"Over all records with `recorded_at` in (K - 91*86400 s, K], withdrawn or
        not, every type, by the envelope's municipality"."""
        records, corrections, delays, used = 0, 0, [], set()
        since = self.K - timedelta(seconds=91 * 86400)
        for e in recorded:
            again = e.key is not None and (e.partner, e.key) in used
            if e.key is not None:
                used.add((e.partner, e.key))
            if e.recorded_at <= since or not self.home(e):
                continue
            # "In public 14 leaves out `ReportPublished` and `ReportWithdrawn` in all its
            # numbers."
            if self.shape.public and e.type in ("report_published", "report_withdrawn"):
                continue
            records += 1
            # "`corrections`: `EventRetracted`, and events whose `key` the partner
            # had used before"
            if e.type == "event_retracted" or again:
                corrections += 1
            else:
                # "civil day of `recorded_at` in the store's time zone - `occurred_on`"
                delays.append((e.recorded_at.astimezone(zone).date() - e.day).days)
        count = self.shape.under("data_quality")
        records, corrections = count(records, "records"), count(corrections, "corrections")
        # Reading (public): the quantiles need >= 2b first reports, as shown, as others
        # need >= 2b people.
        first = records - corrections
        return {"records": records,
                "delay_p50_days": days_or_none(
                    self.shape.over_people(nearest_rank(delays, 1, 2), first, 7)),
                "delay_p90_days": days_or_none(
                    self.shape.over_people(nearest_rank(delays, 9, 10), first, 7)),
                "corrections": corrections,
                "corrections_share": self.shape.ratio(corrections, records)}

    # ---- 15

    def b1_records(self):
        """(t0, record) of the level B1."""
        return self.level_records("B1")[1]

    def level_records(self, level):
        """How many had it already, and (t0, record) of the others."""
        already, records, starts = 0, [], []
        for p in self.people:
            if p.t0 is None or not self.home(p.settled):
                continue
            such = [e for e in p.of("language_level_reached")
                    if LEVELS.index(e["level"]) >= LEVELS.index(level)]
            # "without those whose `LanguageLevelReached` >= the level came on or
            # before t0 (`already`)"
            if such and such[0].day <= p.t0:
                already += 1
                continue
            leaving = p.exit_from(p.t0)
            # "The exit from t0 on, if on an earlier day, competes (objection
            # censors); else censored at P."
            if leaving is not None and (not such or leaving.day < such[0].day):
                objection = leaving.type == "exited" and leaving["reason"] == "OBJECTION"
                records.append((0, (leaving.day - p.t0).days, 0 if objection else 2))
            elif such:
                records.append((0, (such[0].day - p.t0).days, 1))
            else:
                records.append((0, (self.P - p.t0).days, 0))
            starts.append(p.t0)
        return already, list(zip(starts, records))

    def language_level(self):
        out = []
        for level in ("A2", "B1"):
            already, found = self.level_records(level)
            records = [record for _, record in found]
            horizons = [(12, 365), (24, 730), (36, 1096)]
            if self.shape.public:
                shown = grown(self.shape.base, records, horizons)
                item = {"level": level, "people": shown["all"], "already": None,
                        "reached": shown["cause"], "exited": shown["exited"],
                        **public_curve(shown, horizons)}
                out.append(item if level == "B1" else nothing_of(item))
                continue
            within, medians = estimates(records, horizons, "incidence")
            item = {"level": level, "people": len(records), "already": already,
                    "reached": len([r for r in records if r[2] == 1]),
                    "exited": len([r for r in records if r[2] == 2]), "within": within}
            item.update(medians)
            out.append(item)
        return out


# ---------------------------------------------------------------- JSON

def plain(value):
    """A Fraction as the double nearest to it; everything else as it is."""
    return float(value) if isinstance(value, Fraction) else value


def show(value):
    """"rounded to 6 decimals, half to even on the exact binary value (what
    `printf("%.6f")` does), trailing zeros and -0 dropped"."""
    if isinstance(value, dict):
        return "{" + ",".join(json.dumps(k) + ":" + show(v) for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(show(v) for v in value) + "]"
    if isinstance(value, float):
        text = "%.6f" % value
        text = text.rstrip("0").rstrip(".")
        return "0" if text == "-0" else text
    return json.dumps(value)


def dump(value):
    """"one line, no spaces" (without the newline at the end)."""
    return show(value)


def main():
    parser = argparse.ArgumentParser(description="The figures of a log, from the contract alone.")
    parser.add_argument("records", help="NDJSON as /v1/log prints it; - is stdin")
    parser.add_argument("--as-of", required=True)
    parser.add_argument("--known-at", help="default: the whole log")
    parser.add_argument("--municipality", default="all")
    parser.add_argument("--window", type=int, default=365)
    parser.add_argument("--profile", default="internal", choices=["internal", "public"])
    parser.add_argument("--round-to", type=int, default=5, choices=[5, 10])
    parser.add_argument("--definitions", type=int, default=2, choices=[1, 2])
    parser.add_argument("--zone", default="Europe/Amsterdam")
    policy = {"norm_minutes": 120, "follow_days": 214, "news_days": 183, "bridge_days": 31,
              "lasting_days": 183}
    for name, default in policy.items():
        parser.add_argument("--" + name.replace("_", "-"), type=int, default=default)
    a = parser.parse_args()
    if a.records == "-":
        records = read_records(sys.stdin)
    else:
        with open(a.records, encoding="utf-8") as f:
            records = read_records(f)
    known_at = a.known_at or max(r["recorded_at"] for r in records)
    print(dump(figures(records, a.as_of, known_at, a.municipality, a.window, a.profile,
                       a.round_to, a.zone, definitions=a.definitions, **{name: getattr(a, name) for name in policy})))


if __name__ == "__main__":
    main()
