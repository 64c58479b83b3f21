#!/usr/bin/python3
"""The smallest histories that tell spec/indicators.md from what it could be mistaken for, with
the figures reckoned by hand: the program and the twin both give them.

Each case is one person in a municipality of its own; all are in one store. Days are
counted from DAY_0; unless a case says otherwise the person settled four years before.
RECORDS is the helper that loads records (build/release/records).
"""
import json
import os
import shutil
import subprocess
import tempfile
import unittest
from datetime import date, timedelta

import twin

RECORDS = os.environ["RECORDS"]
DAY_0 = date(2024, 1, 1)
KNOWN_AT = "2026-06-30T10:00:00.000000Z"
DOMAINS = ["WORK", "EDUCATION", "LANGUAGE", "HOUSING", "INCOME", "FAMILY", "SOCIAL_NETWORK",
           "HEALTH", "DIGITAL", "AMBITION"]
NEVER = None  # the person never settled
LONG_AGO = -1461


def event(kind, *names):
    """How to write an event of that type: the day, its fields in that order, others by name;
    `by_partner` when the sender matters."""
    def write(day, *values, by_partner="isd", **fields):
        return day, by_partner, {kind: {**dict(zip(names, values)), **fields}}
    return write


assessed = event("ladder_assessed", "rung")
exited = event("exited", "reason")
settled = event("municipality_settled")
left = event("municipality_left", "to")
registered = event("person_registered", "birth_year")
ended_guidance = event("guidance_ended", "reason")
started_guidance = event("guidance_started")
obliged = event("obligation_started")
reviewed = event("plan_reviewed")
withdrew = event("plan_withdrawn")
level = event("language_level_reached", "level")
integrated = event("civic_integration_completed")
active = event("activity_logged", "kind", "minutes", "provider")
contact = event("contact_held", "by", "two_way")
barrier = event("barrier_reported", "barrier")
resolved = event("barrier_resolved", "barrier")
target = event("target_set", "weekly_minutes")
exempted = event("language_exempted")
job_confirmed = event("job_confirmed", "job_ref")
job_ended = event("job_ended", "job_ref")
claimed = event("placement_claimed", "job_ref", "by")
adjudicated = event("placement_adjudicated", "job_ref", "by")
benefit = event("benefit_started", "kind")
no_benefit = event("benefit_ended")
announced = event("sanction_announced", "sanction_ref")
annulled = event("sanction_annulled", "sanction_ref")
intake = event("intake_done", "domains")


def job(day, ref="a", hours=2, funding="FULLY_PAID", **fields):
    return event("job_started")(day, job_ref=ref, funding=funding, hours_per_week=hours, **fields)


def changed(day, ref="a", hours=2, funding="FULLY_PAID"):
    return event("job_changed")(day, job_ref=ref, funding=funding, hours_per_week=hours)


def plan(day, goal=True, months=12, **fields):
    return event("plan_signed")(day, has_main_goal=goal, has_own_ambition=True,
                                has_language_part=True, has_participation_part=True,
                                longest_horizon_months=months, **fields)


def imposed(day, ref="s"):
    return event("sanction_imposed")(day, sanction_ref=ref, regime="PWET")


def on(days, kind="SPORT", minutes=120, **fields):
    return [active(day, kind, minutes, "SELF", **fields) for day in days]


def until(day):
    return str(DAY_0 + timedelta(days=day))


def step(rung, **figures):
    return {"ladder_step.%d.%s" % (rung - 1, name): value for name, value in figures.items()}


def reached(**figures):
    return {"rung_reached.1.%s" % name: value for name, value in figures.items()}


def work(**figures):
    return {"job_durability.%s" % name: value for name, value in figures.items()}


def lasting(jobs):
    return {"placement.lasting_jobs": jobs}


def adults(outcome):
    return {"job_outcome.adults.%s" % outcome: 1}


def on_time(people, signed, share, median):
    return {"plan.on_time.people": people, "plan.on_time.signed": signed,
            "plan.on_time.within.0.share": share, "plan.on_time.median_days": median}


def norm(answer):
    return {"participation_norm." + answer: 1}


def both(answer):
    return {"combined_pathway." + answer: 1}


def a2(**figures):
    return {"language_level.0.%s" % name: value for name, value in figures.items()}


# Day 0 is a Monday. P = 34 is a Sunday, so that the four weeks are the days 0 to 27.
MONDAYS, SUNDAYS = (0, 7, 14, 21), (6, 13, 20, 27)

# (sentence, events, P, what the figures are[, the day of settling[, window]])
CASES = [
    # 1: time per rung
    ("an exit 214 days after the last assessment competes",
     [assessed(0, 1), exited(214, "DEFINITIVE")], 300, step(1, exited=1, silent=0)),
    ("an exit 215 days after it comes in silence",
     [assessed(0, 1), exited(215, "DEFINITIVE")], 300, step(1, exited=0, silent=1)),
    ("on one day the climb goes before the exit",
     [assessed(0, 1), assessed(100, 2), exited(100, "DEFINITIVE")], 300, step(1, climbed=1)),
    ("an exit the day before the climb is an exit",
     [assessed(0, 1), assessed(100, 2), exited(99, "DEFINITIVE")], 300, step(1, exited=1)),
    ("an exit on the first day counts and is never at risk",
     [assessed(0, 1), exited(0, "DEFINITIVE")], 0, step(1, exited=1, not_at_risk=1)),
    ("an objection is censored", [assessed(0, 1), exited(50, "OBJECTION")], 60,
     step(1, exited=0, censored=1)),
    ("214 days without an assessment are not yet due", [assessed(0, 1)], 214,
     step(1, censored=1, silent=0, not_at_risk=1)),
    ("215 days are a silence, censored at 214", [assessed(0, 1)], 215,
     step(1, silent=1, not_at_risk=0)),
    ("what comes after a silence counts for nothing",
     [assessed(0, 1), assessed(100, 1), assessed(315, 3)], 400, step(1, silent=1, climbed=0)),
    ("each assessment may come 214 days after the one before",
     [assessed(0, 1), assessed(214, 1), assessed(428, 3)], 428, step(1, climbed=1)),
    ("a fall does not stop the clock", [assessed(0, 2), assessed(10, 1), assessed(20, 3)], 20,
     step(2, climbed=1, median_days=20)),
    ("a return does not undo an exit", [assessed(0, 1), exited(10, "DEFINITIVE"), settled(12),
                                        assessed(20, 3)], 20, step(1, exited=1, climbed=0)),
    ("an exit before the spell is no exit from it",
     [exited(-5, "DEFINITIVE"), settled(-3), assessed(0, 1), assessed(20, 3)], 20,
     step(1, climbed=1)),
    ("who has left cannot exit once more",
     [exited(-5, "DEFINITIVE"), assessed(0, 1), exited(3, "DEFINITIVE")], 20,
     step(1, exited=0, censored=1)),
    # 2: from settlement to a rung
    ("high before settlement is already there, whatever comes after",
     [assessed(-1, 5), assessed(3, 1)], 9, reached(already=1, people=0), 0),
    ("low before settlement is not assessed", [assessed(-5, 2)], 9,
     reached(unassessed=1, people=0), 0),
    ("high later on the day of the first assessment is already there",
     [assessed(5, 2), assessed(5, 3)], 9, reached(already=1), 0),
    ("assessments before settlement play no part in following",
     [assessed(-300, 1), assessed(3, 2), assessed(8, 4)], 9, reached(reached=1), 0),
    ("an exit before the first assessment does not count", [
        exited(2, "DEFINITIVE"), settled(3), assessed(4, 2), assessed(8, 4)], 9,
     reached(reached=1, exited=0), 0),
    ("nobody is in view with fewer than ten", [assessed(0, 2), assessed(5, 3)], 9,
     reached(from_days=None, median_days=None), 0),
    # 3: two hours a week
    ("the weeks begin on Mondays", on(MONDAYS), 34, norm("yes")),
    ("a Monday later other weeks count", on(MONDAYS), 35, norm("no")),
    ("the weeks end on Sundays", on(SUNDAYS), 28, norm("yes")),
    ("the week of P does not count", on([28]), 34, norm("unknown")),
    ("the day before the first Monday does not count", on([-1]), 34, norm("unknown")),
    ("settled on the first Monday is not new", on(MONDAYS), 34, norm("yes"), 0),
    ("settled the day after is new", on(MONDAYS), 34, norm("new"), 1),
    ("enough minutes in two weeks are not enough", on([0, 1, 2, 7]), 34, norm("no")),
    ("480 minutes in three weeks are enough", on([0, 7, 14], minutes=160), 34, norm("yes")),
    ("477 are not", on([0, 7, 14], minutes=159), 34, norm("no")),
    ("a report of 0 minutes makes a no", on([0], minutes=0), 34, norm("no")),
    ("of one activity on one day the larger report counts",
     on(MONDAYS, minutes=60, activity_ref="x") + on(MONDAYS, minutes=119, activity_ref="x"), 34,
     norm("no")),
    ("one reference on two days is two activities",
     on(MONDAYS, minutes=60, activity_ref="x") + on(SUNDAYS, minutes=60, activity_ref="x"), 34,
     norm("yes")),
    ("activities without a reference add up", on(MONDAYS, minutes=60) * 2, 34, norm("yes")),
    ("a language lesson under the same reference takes nothing away",
     on(MONDAYS, activity_ref="x") + on(MONDAYS, "TUTORING", 300, activity_ref="x"), 34,
     norm("yes")),
    ("a job that began on the first Sunday gives its hours to that week", [job(6)], 34,
     norm("yes")),
    ("one that began on the Monday after does not", [job(7)], 34, norm("no")),
    ("of two jobs the larger counts", [job(6, hours=1), job(6, "b", hours=1)], 34, norm("no")),
    ("hours and minutes add up", [job(6, hours=1)] + on(MONDAYS, minutes=60), 34, norm("yes")),
    ("a job that ended on the last Sunday was open on three", [job(-30), job_ended(27, "a")], 34,
     norm("no")),
    ("hours changed on a Sunday count that week", [job(-30, hours=1), changed(6)], 34,
     norm("yes")),
    ("later news shows that a silent job was there", [job(-300), job_confirmed(34, "a")], 34,
     norm("yes")),
    ("so does its end", [job(-300), job_ended(34, "a")], 34, norm("yes")),
    ("a silent job shows nothing", [job(-300)], 34, norm("unknown")),
    ("a target holds on its last day", [target(0, 0, until=until(34))], 34, norm("exempt")),
    ("the day after it is 120 minutes again", [target(0, 0, until=until(33)), job(6)], 34,
     norm("yes")),
    ("an older target never revives", [target(0, 0), target(1, 60, until=until(33))], 34,
     norm("unknown")),
    # 4: language and work together
    ("the 28 days begin on P - 27", on([0], "TUTORING") + on([0], "VOLUNTEER"), 27, both("yes")),
    ("P - 28 is before them", on([0], "TUTORING") + on([1], "VOLUNTEER"), 28, both("no")),
    ("no minutes are no volunteering", on([0], "TUTORING") + on([0], "VOLUNTEER", 0), 27,
     both("no")),
    ("sport is no work", on([0], "TUTORING") + on([0], "SPORT"), 27, both("no")),
    ("guidance of 0 minutes is something reported", on([0], "FORM_HELP", 0), 27, both("no")),
    ("a job heard of 183 days ago is known", [job(0)] + on([183], "LANGUAGE_CAFE"), 183,
     both("yes")),
    ("184 days ago it is not", [job(0)] + on([184], "LANGUAGE_CAFE"), 184, both("no")),
    ("a job that ends on P is not open on P",
     [job(0), job_ended(27, "a")] + on([27], "TUTORING"), 27, both("no")),
    ("an exemption holds on its last day", [exempted(0, until=until(27))], 27, both("exempt")),
    ("an older exemption does not revive", [exempted(0), exempted(1, until=until(26))], 27,
     both("unknown")),
    ("integrated on P is exempt", [integrated(27)], 27, both("exempt")),
    ("settled on P - 28 is not new", [], 28, both("unknown"), 0),
    ("settled on P - 27 is new", [], 27, both("new"), 0),
    ("exempt goes before new", [exempted(5)], 27, both("exempt"), 0),
    # 5: who has work
    ("benefit in full after a supplement leaves the job fully paid",
     [job(9), benefit(1, "SUPPLEMENTARY"), benefit(2, "FULL")], 9, adults("fully_paid")),
    ("a benefit that ends and begins on one day is open",
     [job(9), benefit(5, "SUPPLEMENTARY"), no_benefit(5, by_partner="zz")], 9,
     adults("subsidised")),
    ("a silent job is unknown in spite of life", [job(0), benefit(184, "FULL")], 184,
     adults("unknown")),
    ("89 days ago is a sign of life", [benefit(0, "FULL")], 89, adults("none")),
    ("90 days ago is none", [benefit(0, "FULL")], 90, adults("unknown")),
    ("the end of no job is no sign of life", [job_ended(9, "a")], 9, adults("unknown")),
    ("contact in one direction is none", [contact(9, "CASE_MANAGER", False)], 9,
     adults("unknown")),
    ("a second start acts as a change", [job(0), job(5, funding="SUBSIDISED")], 9,
     adults("subsidised")),
    ("a start on the day of the end acts as a change, and the job ends",
     [job(0), job_ended(5, "a", by_partner="aa"), job(5)], 9, adults("none")),
    ("a start the day after opens a new job", [job(0), job_ended(5, "a"), job(6)], 9,
     adults("fully_paid")),
    # 6: how long work lasts
    ("a job is open 183 days after its news", [job(0)], 183, work(silent=0)),
    ("and silent 184 days after", [job(0)], 184, work(silent=1)),
    ("an end 184 days after the news comes in silence", [job(0), job_ended(184, "a")], 300,
     work(ended=0, silent=1)),
    ("an end 31 days ago may not be the end", [job(0), job_ended(50, "a")], 81, work(ended=0)),
    ("32 days ago it is", [job(0), job_ended(50, "a")], 82, work(ended=1, median_days=50)),
    ("31 days between jobs join them", [job(0), job_ended(50, "a"), job(81, "b")], 82,
     work(spells=1)),
    ("32 do not", [job(0), job_ended(50, "a"), job(82, "b")], 82, work(spells=2, ended=1)),
    ("they are counted from the latest end, not that of the last job",
     [job(0), job(10, "b"), job_ended(20, "b"), job_ended(100, "a"), job(131, "c")], 131,
     work(spells=1)),
    ("a silent job joins from its 183 days on", [job(0), job(214, "b"), job_ended(220, "b")], 300,
     work(spells=1, ended=1, silent=0)),
    ("of equal latest ends the silent one wins", [job(0), job(100, "b"), job_ended(183, "b")],
     300, work(spells=1, ended=0, silent=1)),
    ("an open job joins all later ones", [job(0), job(10, "b"), job_ended(20, "b"),
                                          job_confirmed(180, "a"), job(300, "c"),
                                          job_ended(301, "c")], 340, work(spells=1, ended=0)),
    ("a job of no day is ended and never at risk", [job(0), job_ended(0, "a")], 32,
     {**work(spells=1, ended=1, median_days=None), "job_durability.lasting.0.share": None}),
    ("censored at 182 says nothing of 183", [job(0), job_ended(182, "a")], 213,
     {"job_durability.lasting.0.share": None}),
    ("censored at 183 says it", [job(0), job_ended(183, "a")], 214,
     {"job_durability.lasting.0.share": 1, "job_durability.lasting.1.share": None}),
    ("past the last end nothing lasts", [job(0), job_ended(183, "a")], 215,
     {"job_durability.lasting.0.share": 0, "job_durability.lasting.1.share": 0}),
    # 7: who found it
    ("news after 183 days shows a lasting job", [job(0), job_confirmed(183, "a")], 183,
     lasting(1)),
    ("news after 182 does not", [job(0), job_confirmed(182, "a")], 183, lasting(0)),
    ("an end in silence does not", [job(0), job_ended(184, "a")], 184, lasting(0)),
    ("news after a silence does", [job(0), job_confirmed(190, "a")], 190, lasting(1)),
    ("so does the start of the spell's next job",
     [job(0), job_ended(170, "a"), job(190, "b")], 200, lasting(1)),
    ("the window's first day is in it", [job(0), job_confirmed(183, "a")], 212, lasting(1),
     LONG_AGO, 30),
    ("the day before is not", [job(0), job_confirmed(183, "a")], 213, lasting(0), LONG_AGO, 30),
    ("an organisation that claims twice has one part",
     [job(0), job_confirmed(183, "a"), claimed(5, "a", "ISD"), claimed(6, "a", "ISD"),
      claimed(7, "a", "VWN")], 200,
     {"placement.by.ISD.jobs": 0.5, "placement.by.VWN.jobs": 0.5, "placement.contested": 1}),
    ("of adjudications the last holds for all jobs of the spell",
     [job(0), job_ended(10, "a"), job(20, "b"), job_confirmed(183, "b"),
      adjudicated(5, "a", "ISD"), adjudicated(4, "b", "VWN"), claimed(6, "b", "COA")], 200,
     {"placement.by.ISD.jobs": 1, "placement.by.COA.jobs": 0, "placement.contested": 0}),
    ("a start that acts as a change says how the job was found",
     [job(0), job(50, open_hiring=True, matches_ambition="YES"), job_confirmed(183, "a")], 200,
     {"placement.open_hiring": 1, "placement.matching_ambition": 1}),
    # 8: sanctions
    ("P - 364 is in the year", [imposed(0)], 364, {"sanctions.imposed": 1}),
    ("P - 365 is not", [imposed(0)], 365, {"sanctions.imposed": 0}),
    ("an annulment may have an earlier day; announced on the day is announced",
     [annulled(-9, "s"), imposed(0), announced(0, "s")], 9,
     {"sanctions.annulled": 1, "sanctions.announced": 1, "sanctions.people": 0}),
    ("announced the day after is not", [imposed(0), announced(1, "s")], 9,
     {"sanctions.announced": 0}),
    ("the day of settling is lived here", [], 9, {"sanctions.person_years": 0.002738}, 9),
    ("the day of leaving is not", [left(5, "OTHER_MUNICIPALITY")], 9,
     {"sanctions.person_years": 0.013689}, 0),
    # 9 to 13
    ("language help 90 days ago is recent", [active(0, "TUTORING", 1, "VOLUNTEERS")], 90,
     {"language_support.recent": 1}),
    ("91 days ago it is not", [active(0, "TUTORING", 1, "VOLUNTEERS")], 91,
     {"language_support.recent": 0, "language_support.ever": 1}),
    ("90 days since contact are not over 90", [contact(0, "CASE_MANAGER", True)], 90,
     {"contact.over_90_days": 0, "contact.median_days": 90}),
    ("without contact the days count from settlement", [contact(50, "VOLUNTEER", True)], 91,
     {"contact.over_90_days": 1, "contact.never": 1}, 0),
    ("a plan signed on P - 364 has perspective", [plan(0)], 364, {"plan.with_perspective": 1}),
    ("on P - 365 it has none", [plan(0)], 365,
     {"plan.with_perspective": 0, "plan.in_force": 1}),
    ("reviewed since, it has", [plan(0), reviewed(1)], 365, {"plan.with_perspective": 1}),
    ("eleven months are no perspective", [plan(0, months=11)], 9, {"plan.with_perspective": 0}),
    ("a withdrawal leaves no older plan", [plan(0), plan(1), withdrew(2)], 9,
     {"plan.in_force": 0}),
    ("withdrawn and signed on one day is in force",
     [plan(5, by_partner="aa"), withdrew(5, by_partner="zz")], 9, {"plan.in_force": 1}),
    ("a plan signed before the time begins is on time on day 1", [obliged(5), plan(-9)], 9,
     on_time(1, 1, 1, 1), 0),
    ("signed on day 70 is on time", [obliged(-50), plan(70)], 99, on_time(1, 1, 1, 70), 0),
    ("on day 71 it is not", [obliged(-50), plan(71)], 99, on_time(1, 1, 0, 71), 0),
    ("watched for 69 days says nothing", [obliged(0)], 69, on_time(1, 0, None, None), 0),
    ("watched for 70 does", [obliged(0)], 70, on_time(1, 0, 0, None), 0),
    ("signed on the day of the exit is signed",
     [obliged(0), exited(10, "DEFINITIVE"), plan(10)], 99, on_time(1, 1, 1, 10), 0),
    ("signed the day after it is censored",
     [obliged(0), exited(9, "DEFINITIVE"), plan(10)], 99, on_time(1, 0, None, None), 0),
    ("two intakes on one day are not extended",
     [intake(1, DOMAINS[:5]), intake(1, DOMAINS[5:], by_partner="lev")], 9,
     {"intake.complete": 1, "intake.extended": 0, "intake.mean_parties": 2}),
    ("a barrier of P - 364 stands", [barrier(0, "RULES")], 364, {"barriers.by_kind.RULES": 1}),
    ("of P - 365 it does not", [barrier(0, "RULES")], 365, {"barriers.by_kind.RULES": 0}),
    ("on one day the resolving goes first",
     [barrier(5, "RULES", by_partner="aa"), resolved(5, "RULES", by_partner="zz")], 9,
     {"barriers.people": 1}),
    # 15: language
    ("a higher level counts for the lower", [level(5, "B2")], 9,
     a2(reached=1, median_days=5), 0),
    ("on the day of settling it was there already", [level(0, "A2")], 9,
     a2(already=1, people=0), 0),
    ("a level on the day of the exit is reached",
     [level(5, "B1"), exited(5, "DEFINITIVE")], 9, a2(reached=1, exited=0), 0),
    ("a level after the exit is not", [level(5, "B1"), exited(4, "DEFINITIVE")], 9,
     a2(reached=0, exited=1), 0),
    ("an objection does not compete", [level(5, "B1"), exited(4, "OBJECTION")], 9,
     a2(reached=0, exited=0, people=1), 0),
    # who is counted
    ("18 in the year of P counts", [registered(0, 2006)], 9, {"persons": 1}),
    ("17 does not", [registered(0, 2007)], 9, {"persons": 0}),
    ("66 counts", [registered(0, 1958)], 9, {"persons": 1}),
    ("67 does not", [registered(0, 1957)], 9, {"persons": 0}),
    ("a registration holds before its day", [registered(99, 2007)], 9, {"persons": 0}),
    ("guidance that ends and starts on one day has started",
     [started_guidance(5, by_partner="aa"), ended_guidance(5, "OTHER", by_partner="zz")], 9,
     {"under_guidance": 1}),
    ("of two ends of guidance the last decides",
     [ended_guidance(5, "OTHER"), ended_guidance(6, "LOST_CONTACT")], 9, {"under_guidance": 1}),
    ("who leaves and settles on one day lives here",
     [left(5, "OTHER_MUNICIPALITY", by_partner="zz"), settled(5, by_partner="aa")], 9,
     {"persons": 1}),
    ("who never settled lives nowhere and has spells", [assessed(0, 1), assessed(9, 2)], 9,
     {"persons": 0, **step(1, climbed=1)}, NEVER),
]


class Case:
    def __init__(self, number, sentence, events, day, expected, settling=LONG_AGO, window=365):
        self.sentence, self.expected = sentence, expected
        self.municipality = "GM%04d" % number
        self.question = (str(DAY_0 + timedelta(days=day)), KNOWN_AT, self.municipality, window)
        if settling is not NEVER:
            events = [settled(settling)] + events
        self.events = [(partner, {"id": "c%d-%02d" % (number, place),
                                  "subject": "p%d" % number, "municipality": self.municipality,
                                  "occurred_on": str(DAY_0 + timedelta(days=on_day)), **body})
                       for place, (on_day, partner, body) in enumerate(events)]

    def found(self, figures):
        def at(path):
            value = figures["indicators"]
            if path in figures["population"]:
                return figures["population"][path]
            for name in path.split("."):
                value = value[int(name) if isinstance(value, list) else name]
            return value
        return {path: at(path) for path in self.expected}


class ByHand(unittest.TestCase):
    """Set 1; what set 2 changes of it, and has besides, is in test_council.py."""
    maxDiff = None
    rows, definitions = CASES, 1

    @classmethod
    def setUpClass(cls):
        cls.cases = [Case(number, *row) for number, row in enumerate(cls.rows)]
        cls.records = [
            {"seq": seq + 1, "recorded_at": "2026-06-30T09:00:00.%06dZ" % seq,
             "partner": partner, "event": body}
            for seq, (partner, body) in enumerate(
                pair for case in cls.cases for pair in case.events)]

    def hold(self, figures_of):
        for case in self.cases:
            with self.subTest(case.sentence):
                self.assertEqual(case.found(figures_of(case)), case.expected)

    def test_the_program(self):
        folder = tempfile.mkdtemp(prefix="ladder-by-hand-")
        self.addCleanup(shutil.rmtree, folder)
        file, store = os.path.join(folder, "records.ndjson"), os.path.join(folder, "store")
        with open(file, "w", encoding="utf-8") as f:
            for record in self.records:
                f.write(json.dumps(record, separators=(",", ":")) + "\n")
        subprocess.run([RECORDS, "load", file, store], check=True, timeout=120)
        asked = "".join("%s %s %s %d %d\n" % (*case.question, self.definitions)
                        for case in self.cases)
        done = subprocess.run([RECORDS, "figures", store, "0"], input=asked, check=True,
                              capture_output=True, text=True, timeout=120)
        lines = done.stdout.splitlines()
        self.assertEqual(len(lines), len(self.cases))
        answers = {case: json.loads(line) for case, line in zip(self.cases, lines)}
        self.hold(answers.get)

    def test_the_twin(self):
        def figures(case):
            own = [r for r in self.records if r["event"]["municipality"] == case.municipality]
            return json.loads(twin.dump(twin.figures(own, *case.question,
                                                     definitions=self.definitions)))
        self.hold(figures)


if __name__ == "__main__":
    unittest.main()
