#!/usr/bin/python3
"""Random histories for the twin test: nasty on purpose, yet valid.

    histories.py --seed 7 --people 60 --years 4             records, as /v1/log prints them
    histories.py --seed 7 --people 60 --years 4 --questions  what to ask of them

The records could all have been accepted by the rules of events.md.  A question
is {"as_of", "known_at", "municipality", "window"}; its P, K and w lie on the
borders that the history was made around.  Same arguments, same output.
"""
import argparse
import json
import random
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Amsterdam")
MUNICIPALITIES = ["GM0823", "GM0820", "GM0001", "GM1999"]
# In this order by bytes: Lev, a, a-b, isd, lev, vwn.
PARTNERS = ["isd", "lev", "vwn", "Lev", "a-b", "a"]

ORG_TYPES = ["MUNICIPALITY", "ISD", "SW_COMPANY", "WELFARE", "VWN", "COA", "SCHOOL",
             "VOLUNTEERS", "EMPLOYER", "SELF", "OTHER"]
DOMAINS = ["WORK", "EDUCATION", "LANGUAGE", "HOUSING", "INCOME", "FAMILY",
           "SOCIAL_NETWORK", "HEALTH", "DIGITAL", "AMBITION"]
BARRIERS = ["CHILDCARE", "TRANSPORT", "LANGUAGE_WAITING_LIST", "EMPLOYER", "DIPLOMA",
            "HOUSING", "MOTIVATION", "RULES", "CONTACT", "OTHER"]
PARTICIPATION_KINDS = ["VOLUNTEER", "INTERNSHIP", "WORK_EXPERIENCE", "SPORT", "CULTURE_HOBBY",
                       "SCHOOL_SUPPORT", "NEIGHBOURHOOD", "FAMILY_ACTIVITY"]
OUTCOMES = ["STARTED", "REFUSED_BY_ORGANISATION", "REFUSED_BY_PERSON", "BUDGET_EXHAUSTED",
            "NOT_SUITABLE", "OTHER"]
MODULES = ["PARTICIPATION_DECLARATION", "LABOUR_MARKET", "SELF_RELIANCE"]
SHARES = ["PARTICIPATION_NORM", "COMBINED_PATHWAY", "PLAN_IN_FORCE", "PLAN_WITH_PERSPECTIVE",
          "PLAN_WITHIN_70_DAYS", "CONTACT_WITHIN_90_DAYS", "INTAKE_COMPLETE", "FULLY_PAID",
          "JOBS_LASTING_365_DAYS", "CLIMBED_WITHIN_12_MONTHS", "LEVEL_B1_WITHIN_36_MONTHS",
          "LANGUAGE_SUPPORT_RECENT"]
COUNTS = ["LASTING_JOBS", "BENEFIT_LEFT"]
WITH_RUNG = ["CLIMBED_WITHIN_12_MONTHS", "RUNG_HALF_TIME"]
LANGUAGE_KINDS = ["LANGUAGE_COURSE", "LANGUAGE_CAFE", "LANGUAGE_BUDDY", "TUTORING"]
GUIDANCE_KINDS = ["JOB_COACHING", "APPLICATION_HELP", "DIPLOMA_VALUATION", "FORM_HELP"]

# Every enumeration field, so that the history surely has every value once.
ENUMS = [
    ("person_registered", "act", ["WI2013", "WI2021", "NONE"]),
    ("household_role_set", "role", ["BREADWINNER", "CO_BREADWINNER", "SINGLE", "OTHER"]),
    ("municipality_left", "to", ["OTHER_MUNICIPALITY", "ABROAD", "UNKNOWN"]),
    ("exited", "reason", ["DEFINITIVE", "OBJECTION"]),
    ("guidance_ended", "reason", ["SELF_SUFFICIENT", "LOST_CONTACT", "OTHER"]),
    ("service_model_set", "model", ["CAFETARIA", "CHAIN_3D", "PARTICIPATION_COMPANY", "OTHER"]),
    ("language_level_reached", "level", ["A1", "A2", "B1", "B2"]),
    ("activity_logged", "kind", PARTICIPATION_KINDS + LANGUAGE_KINDS + GUIDANCE_KINDS),
    ("activity_logged", "provider", ORG_TYPES),
    ("contact_held", "by", ["CASE_MANAGER", "VOLUNTEER", "OTHER"]),
    ("barrier_reported", "barrier", BARRIERS),
    ("barrier_resolved", "barrier", BARRIERS),
    ("job_started", "funding", ["FULLY_PAID", "SUBSIDISED"]),
    ("job_started", "matches_ambition", ["YES", "PARTLY", "NO"]),
    ("job_changed", "funding", ["FULLY_PAID", "SUBSIDISED"]),
    ("placement_claimed", "by", ORG_TYPES),
    ("placement_adjudicated", "by", ORG_TYPES),
    ("referral_made", "to", ORG_TYPES),
    ("benefit_started", "kind", ["FULL", "SUPPLEMENTARY"]),
    ("sanction_imposed", "regime", ["WI2021_INTAKE", "WI2021_PLAN", "DUO_TERM", "PWET"]),
]
EMPTY = ["municipality_settled", "guidance_started", "obligation_started", "plan_reviewed",
         "plan_withdrawn", "civic_integration_completed", "benefit_ended"]
NO_SUBJECT = ["service_model_set", "report_published", "report_withdrawn", "event_retracted",
              "agreement_made"]


def days(n):
    return timedelta(days=n)


class Draft:
    """What a partner will send, and when it arrives."""

    def __init__(self, partner, subject, municipality, day, kind, body):
        self.partner, self.subject, self.municipality = partner, subject, municipality
        self.day, self.kind, self.body = day, kind, body
        self.id = self.key = self.arrival = None
        self.target = None          # of a retraction: ("id" or "key", draft)

    def copy(self):
        other = Draft(self.partner, self.subject, self.municipality, self.day, self.kind,
                      dict(self.body))
        other.key = self.key
        return other


class History:
    def __init__(self, seed, people=60, years=4):
        self.rng = random.Random(seed)
        self.years = years
        self.make_calendar()
        self.drafts, self.refs = [], 0
        self.used_ids = {p: set() for p in PARTNERS}
        self.subjects = [self.identifier("s") for _ in range(people)]
        # Now and then nobody is seen before the first horizon of indicator 2.
        self.seen_late = self.chance(0.2)
        for s in self.subjects:
            if self.chance(0.3):
                self.border_person(s)
            else:
                self.person(s)
        self.every_value()
        self.agreements()
        self.the_log_itself()
        # The day after "today" is the last that a partner may send.
        self.drafts = [d for d in self.drafts
                       if date(1990, 1, 1) <= d.day <= self.end + days(1)]
        self.rng.shuffle(self.drafts)
        self.arrive()
        self.correct()
        self.records = self.record()

    # ---- calendar

    def make_calendar(self):
        r = self.rng
        self.end = r.choice([date(2026, 6, 30), date(2025, 12, 31), date(2026, 1, 1),
                             date(2024, 2, 29), date(2026, 3, 29),
                             date(2025, 1, 1) + days(r.randrange(600))])
        self.begin = self.end - days(365 * self.years)
        quarter = self.end
        while (quarter + days(1)).day != 1 or quarter.month % 3 or quarter == self.end:
            quarter -= days(1)
        monday = self.end - days(7 * r.randrange(1, 20) + self.end.weekday())
        self.anchors = [self.end, self.end, self.end, quarter, monday, monday - days(1),
                        date(self.end.year - 1, 12, 31), date(self.end.year, 1, 1),
                        self.end - days(r.randrange(1, 365 * self.years // 2))]
        # Never a reference date later than what is known.
        self.anchors = [a for a in self.anchors if a <= self.end]

    def chance(self, p):
        return self.rng.random() < p

    def anchor(self):
        return self.rng.choice(self.anchors)

    def any_day(self):
        return self.begin + days(self.rng.randrange(365 * self.years + 1))

    def around(self, back, spread=1):
        """A day about `back` days before one of the dates that will be asked for."""
        return self.anchor() - days(back + self.rng.randint(-spread, spread))

    # ---- names

    def identifier(self, what):
        """Identifiers whose bytes, not their age, decide the order."""
        r = self.rng
        self.refs += 1
        n = "%04d-%03d" % (r.randrange(10000), self.refs % 1000)
        n = n + "x%d" % self.refs
        form = r.randrange(12)
        if form == 0:
            return what.upper() + n
        if form == 1:
            return "_" + what + n
        if form == 2:
            return "." + n
        if form == 3:
            return ":" + what + ":" + n
        if form == 4:
            return (what + n + "-" * 64)[:64]
        if form == 5:
            # Seven and eleven digits are allowed, eight to ten are not.
            return "%07d" % self.refs if self.chance(0.5) else "%011d" % self.refs
        if form == 6:
            return "z" + n
        return what + n

    def new_id(self, partner):
        # Two partners may use one id.
        if self.chance(0.1):
            other = sorted(self.used_ids[self.rng.choice(PARTNERS)] - self.used_ids[partner])
            if other:
                found = self.rng.choice(other)
                self.used_ids[partner].add(found)
                return found
        found = self.identifier("e")
        self.used_ids[partner].add(found)
        return found

    # ---- adding events

    def add(self, day, kind, body=None, partner=None, municipality=None):
        if municipality is None:
            municipality = self.where(day)
        if kind == "benefit_ended":
            body = {}
        d = Draft(partner or self.rng.choice(self.usual if self.chance(0.8) else PARTNERS),
                  self.subject, municipality, day, kind, {} if body is None else body)
        self.drafts.append(d)
        return d

    def where(self, day):
        """Mostly the municipality where the person lives; sometimes another."""
        if self.chance(0.07):
            return self.rng.choice(MUNICIPALITIES)
        found = self.homes[0][1]
        for since, municipality in self.homes:
            if since <= day:
                found = municipality
        return found

    # ---- one person

    def person(self, subject):
        r = self.rng
        self.subject = subject
        self.usual = r.sample(PARTNERS, r.randint(1, 3))
        self.homes = [(self.begin, r.choice(MUNICIPALITIES[:3]))]
        self.t0 = self.residence()
        self.identity()
        self.ladder()
        self.jobs()
        self.activities()
        self.norms()
        self.process()
        self.income_and_contact()
        self.sanctions()
        self.barriers()
        self.welfare()
        self.contact_persons()
        self.referrals()
        self.guidance()
        self.modules()

    def border_person(self, subject):
        """A plain, quiet adult with one thing exactly on a border of one of the
        dates that will be asked for, so that nothing else hides it."""
        r = self.rng
        self.subject, self.usual = subject, r.sample(PARTNERS, 2)
        self.homes = [(self.begin, r.choice(MUNICIPALITIES[:3]))]
        a = self.anchor()
        monday = a - days(a.weekday())
        off = r.choice([-1, 0, 0, 1])
        scene = r.randrange(28)
        self.t0 = a - days(r.choice([90, 91, 400, 400, 1000]))
        if scene == 0:          # new, by indicator 3 or 4
            self.t0 = r.choice([monday, a]) - days(28 + off)
        elif scene == 1:        # the norm, just or just not
            for week in range(r.choice([3, 4, 4])):
                body = self.activity(PARTICIPATION_KINDS, r.choice([120, 120, 120, 119, 160, 480]))
                self.add(monday - days(7 * week + r.choice([1, 7])), "activity_logged", body)
        elif scene == 2:        # one ref on two days is two activities, on one day one
            for week in range(1, 5):
                for day in r.choice([(1, 2), (1, 1), (6, 0)]):
                    body = self.activity(PARTICIPATION_KINDS, 60)
                    body["activity_ref"] = "walk"
                    self.add(monday - days(7 * week) + days(day), "activity_logged", body)
        elif scene == 3:        # two jobs of an hour do not make two hours
            for ref in ("p", "q"):
                self.add(monday - days(60), "job_started",
                         {"job_ref": ref, "funding": "FULLY_PAID", "hours_per_week": 1})
            self.add(a - days(r.choice([1, 8, 15])), "job_changed",
                     {"job_ref": "q", "funding": "SUBSIDISED", "hours_per_week": r.choice([2, 3])})
        elif scene == 4:        # of equal latest ends, silent wins
            start = a - days(r.choice([250, 400]))
            self.add(start, "job_started", self.job_body("p"))
            self.add(start + days(20), "job_started", self.job_body("q"))
            self.add(start + days(183 + off), "job_ended", {"job_ref": "q"})
        elif scene == 5:        # an end that ended nothing is no sign of life
            if self.chance(0.5):
                self.add(a - days(150), "job_started", self.job_body("p"))
            self.add(a - days(r.choice([10, 89, 90, 91])), "job_ended", {"job_ref": "p"})
            self.t0 = a - days(400)
        elif scene in (6, 7):   # bridges
            start = a - days(r.choice([120, 200]))
            end = a - days(31 + off) if scene == 6 else a - days(60)
            self.add(start, "job_started", self.job_body("p"))
            self.add(end, "job_ended", {"job_ref": "p"})
            if scene == 7:
                self.add(end + days(31 + off), "job_started", self.job_body("q"))
        elif scene == 8:        # known or silent, at P or on a Sunday
            day = r.choice([a, monday - days(1), monday - days(8), monday - days(22)])
            body = self.job_body("p")
            body["hours_per_week"] = 24
            self.add(day - days(183 + off), "job_started", body)
            if self.chance(0.3):
                self.add(r.choice([a, a - days(1), day, day + days(1)]),
                         r.choice(["job_confirmed", "job_ended"]), {"job_ref": "p"})
        elif scene == 9:        # targets and exemptions that just passed, or not
            self.add(a - days(300), "target_set", {"weekly_minutes": r.choice([0, 60])})
            self.add(a - days(100), "target_set",
                     {"weekly_minutes": r.choice([0, 60, 240]),
                      "until": (a - days(off)).isoformat()})
            self.add(a - days(100), "language_exempted", {"until": (a - days(off)).isoformat()})
            for week in range(1, 5):
                self.add(monday - days(7 * week), "activity_logged",
                         self.activity(PARTICIPATION_KINDS, 60))
        elif scene == 10:       # contact, and other signs of life
            self.add(a - days(90 + off), "contact_held",
                     {"by": r.choice(["CASE_MANAGER", "VOLUNTEER"]), "two_way": self.chance(0.8)})
        elif scene == 11:       # stale, silent, not yet due
            self.add(a - days(214 + off), "ladder_assessed", {"rung": r.randint(1, 6)})
        elif scene == 12:       # exits around the reach of an assessment, and on its day
            day = a - days(r.choice([230, 300]))
            self.t0 = a - days(400)
            self.add(day, "ladder_assessed", {"rung": r.randint(1, 4)})
            leave = day + days(r.choice([0, 213, 214, 215]))
            if self.chance(0.5):
                self.add(leave, "exited", {"reason": r.choice(["DEFINITIVE", "OBJECTION"])})
            else:
                self.add(leave, "municipality_left", {"to": r.choice(["ABROAD", "UNKNOWN"])},
                         municipality=self.homes[0][1])
            if self.chance(0.4):
                self.add(leave, "ladder_assessed", {"rung": r.randint(1, 6)})
        elif scene == 13:       # lasting, in the window
            start = a - days(183 + r.choice([0, 30, 365, 366, 1096]) + off)
            self.add(start, "job_started", self.job_body("p"))
            self.add(start + days(100), "job_confirmed", {"job_ref": "p"})
            self.add(start + days(r.choice([182, 183, 184])),
                     r.choice(["job_confirmed", "job_ended"]), {"job_ref": "p"})
            self.claims("p")
        elif scene == 14:       # plans and barriers a year ago
            body = {"has_main_goal": True, "has_own_ambition": True, "has_language_part": True,
                    "has_participation_part": True, "longest_horizon_months": r.choice([11, 12])}
            signed = a - days(r.choice([365 + off, 500]))
            self.add(signed, "plan_signed", body)
            self.add(a - days(365 + r.choice([-1, 0])), "plan_reviewed")
            self.add(a - days(365 + off), "barrier_reported", {"barrier": "RULES"})
            self.add(a - days(365 + off), "sanction_imposed",
                     {"sanction_ref": "z1", "regime": "DUO_TERM"})
        elif scene >= 16:
            self.council_scene(scene, a, off)
        else:                   # language together with work, D = [P-27, P]
            self.add(a - days(r.choice([26, 27, 28])), "activity_logged",
                     self.activity(LANGUAGE_KINDS, r.choice([0, 60, 60])))
            self.add(a - days(r.choice([0, 27, 28])), "activity_logged",
                     self.activity(["VOLUNTEER", "SPORT"], r.choice([0, 60, 60])))
        self.add(self.t0, "municipality_settled", municipality=self.homes[0][1])
        if self.chance(0.6):
            self.add(self.t0, "household_role_set", {"role": "SINGLE"})

    def council_scene(self, scene, a, off):
        """Borders of what the council asks: 400, 214, 183, 91, 90 and 31 days."""
        r = self.rng
        kind = {"kind": r.choice(["FULL", "SUPPLEMENTARY"])}
        self.t0 = a - days(1500)
        if scene == 16:         # welfare: silent after 400 days, at P or at Q
            self.add(a - days(r.choice([0, 32]) + 400 + off), r.choice(
                ["benefit_started", "benefit_confirmed"]), kind)
            if self.chance(0.4):
                self.add(a - days(r.choice([0, 31, 32])), r.choice(
                    ["benefit_confirmed", "benefit_ended"]), kind)
        elif scene == 17:       # an end that a start joins, or not, or an exit lies between
            end = a - days(r.choice([32, 33, 60, 120, 396, 397, 398]) + off)
            self.add(end - days(200), "benefit_started", kind)
            self.add(end, "benefit_ended")
            if self.chance(0.6):
                self.add(end + days(31 + off), "benefit_started", kind)
            if self.chance(0.3):
                self.add(end + days(r.choice([0, 1, 30, 31, 32])), "exited",
                         {"reason": r.choice(["DEFINITIVE", "OBJECTION"])})
        elif scene == 18:       # a month's list still names who left in it
            end = a - days(r.choice([60, 100]))
            self.add(end - days(100), "benefit_started", kind)
            self.add(end, "benefit_ended")
            self.add(end + days(r.choice([0, 30, 31, 32])), "benefit_confirmed", kind)
            if self.chance(0.4):
                self.add(end + days(r.choice([10, 31, 32])), "benefit_started", kind)
        elif scene == 19:       # starts and ends of one municipality on one day
            day = a - days(r.choice([50, 200]))
            if self.chance(0.5):
                self.add(day - days(r.choice([31, 32, 100])), r.choice(
                    ["benefit_ended", "benefit_started", "benefit_confirmed"]), kind)
            self.add(day, "benefit_started", kind)
            self.add(day, "benefit_ended")
        elif scene == 20:       # guidance: silent after 400 days; judged after 31
            self.t0 = a - days(r.choice([700, 401, 400]))
            self.add(self.t0 + days(r.choice([0, 1, 30])), "contact_held",
                     {"by": "VOLUNTEER", "two_way": False})
            self.add(a - days(r.choice([31 + off, 200])), "guidance_ended",
                     {"reason": r.choice(["SELF_SUFFICIENT", "OTHER", "OTHER"])})
            if self.chance(0.4):
                self.add(a - days(r.choice([0, 20])), "guidance_started")
        elif scene == 21:       # the first 91 days, and silent after 214
            self.t0 = a - days(r.choice([91 + off, 300, 305, 306]))
            self.add(self.t0 + days(r.choice([0, 91, 92])), "intake_done", {"domains": ["WORK"]})
            for _ in range(r.randrange(3)):
                self.add(self.t0 + days(r.choice([6, 7, 213, 214, 215])), "activity_logged",
                         self.activity(PARTICIPATION_KINDS, r.choice([119, 120])))
        elif scene == 22:       # referrals: silent after 183 days, started within 90
            day = a - days(r.choice([90 + off, 183 + off, 365 + off]))
            self.add(day, "referral_made", {"to": "ISD", "referral_ref": "r"})
            if self.chance(0.7):
                self.add(day + days(r.choice([0, 90 + off])), "referral_closed",
                         {"referral_ref": "r", "outcome": r.choice(OUTCOMES)})
        elif scene == 23:       # contacts with the own contact person, in the last 91 days
            day = a - days(r.choice([91 + off, 32 + off, 365 + off]))
            worker = {"worker": r.choice(["w1", "w2"])}
            self.add(day, "contact_person_assigned", worker, partner="isd")
            self.add(a - days(r.choice([0, 20, 90, 91])), "contact_held",
                     {"by": "CASE_MANAGER", "two_way": True, **worker}, partner="isd")
            if self.chance(0.5):
                self.add(a - days(r.choice([0, 20, 32 + off])), "contact_person_assigned",
                         {"worker": r.choice(["w1", "w2", "w3"])}, partner="isd")
        elif scene == 24:       # a hand-over near a move
            there = r.choice([m for m in MUNICIPALITIES if m != self.homes[0][1]])
            move = a - days(r.choice([40, 100]))
            self.add(move - days(300), "contact_person_assigned", {"worker": "w1"},
                     partner="isd", municipality=self.homes[0][1])
            self.add(move, "municipality_settled", municipality=there)
            self.add(move + days(r.choice([-32, -31, 0, 31, 32])), r.choice(
                ["contact_person_ended", "guidance_ended"]),
                     {}, municipality=self.homes[0][1])
            self.drafts[-1].body = ({"reason": "OTHER"}
                                    if self.drafts[-1].kind == "guidance_ended" else {})
            self.add(move + days(r.choice([0, 31])), "contact_person_assigned",
                     {"worker": "w2"}, partner="isd", municipality=there)
        elif scene == 25:       # modules on the day of the plan, and plans that drop one
            signed = a - days(r.choice([0, 1, 365 + off]))
            self.add(signed, "plan_signed", self.plan_body())
            self.add(signed + days(off), "module_completed", {"module": r.choice(MODULES)})
            if self.chance(0.5):
                self.add(signed + days(r.choice([0, 1, 30])), "plan_signed", self.plan_body())
        elif scene == 26:       # from subsidised to paid in full, at Q
            start = a - days(r.choice([200, 400]))
            self.add(start, "job_started", {"job_ref": "p", "funding": "SUBSIDISED",
                                            "hours_per_week": 20})
            self.add(a - days(32 + off), "job_changed", {"job_ref": "p", "funding": "FULLY_PAID",
                                                         "hours_per_week": 20})
            if self.chance(0.5):
                self.add(start + days(r.choice([0, 100])), "job_started",
                         {"job_ref": "q", "funding": "SUBSIDISED", "hours_per_week": 8})
                self.add(a - days(r.choice([31, 32, 33, 40])), "job_ended", {"job_ref": "q"})
        else:                   # two years on one rung, or a day more
            self.t0 = a - days(730 + off)
            for back in (731 + r.choice([-1, 0, 1]), 600, 400, 214 + off, 100):
                self.add(a - days(back), "ladder_assessed", {"rung": 3})

    # ---- what the council asks

    def near(self, day, *gaps):
        return day + days(self.rng.choice(gaps))

    def welfare(self):
        r = self.rng
        day = self.any_day() if self.chance(0.6) else self.around(400)
        for _ in range(r.choice([0, 1, 3, 6, 10])):
            kind = r.choice(["benefit_started", "benefit_confirmed", "benefit_confirmed",
                             "benefit_ended"])
            body = {} if kind == "benefit_ended" else {"kind": r.choice(["FULL", "SUPPLEMENTARY"])}
            elsewhere = r.choice(MUNICIPALITIES) if self.chance(0.12) else None
            self.add(day, kind, body, municipality=elsewhere)
            if self.chance(0.12):
                self.add(day, "exited", {"reason": r.choice(["DEFINITIVE", "OBJECTION"])})
            day = self.near(day, 0, 0, 1, 7, 30, 31, 32, 60, 180, 399, 400, 401)

    def contact_persons(self):
        r = self.rng
        day = self.near(self.t0, -40, -1, 0, 0, 1, 20, 200)
        for _ in range(r.choice([0, 1, 2, 4, 7])):
            if self.chance(0.75):
                self.add(day, "contact_person_assigned", {"worker": r.choice(["w1", "w1", "w2"])},
                         partner=r.choice(["isd", "lev"]))
            if self.chance(0.35):
                self.add(self.near(day, 0, 0, 1, 60), "contact_person_ended")
            day = self.near(day, 0, 0, 1, 31, 32, 100, 365)
        for _ in range(r.choice([0, 1, 3])):
            self.add(self.around(r.choice([0, 30, 90])), "contact_held",
                     {"by": r.choice(["CASE_MANAGER", "CASE_MANAGER", "VOLUNTEER"]),
                      "two_way": self.chance(0.8), "worker": r.choice(["w1", "w2"])},
                     partner=r.choice(["isd", "lev", "vwn"]))

    def referrals(self):
        r = self.rng
        for i in range(r.choice([0, 0, 1, 2, 3])):
            ref = "r%d" % (i if self.chance(0.8) else 0)
            day = self.any_day() if self.chance(0.3) else self.around(r.choice([90, 183, 365]))
            self.add(day, "referral_made", {"to": r.choice(ORG_TYPES), "referral_ref": ref})
            if self.chance(0.7):
                self.add(self.near(day, -1, 0, 0, 30, 89, 90, 91), "referral_closed",
                         {"referral_ref": ref, "outcome": r.choice(OUTCOMES)})

    def guidance(self):
        r = self.rng
        for _ in range(r.choice([0, 0, 1, 2])):
            day = self.near(self.t0, 0, 1, 100, 400) if self.chance(0.6) else self.around(31)
            self.add(day, "guidance_ended",
                     {"reason": r.choice(["SELF_SUFFICIENT", "OTHER", "LOST_CONTACT"])})
            if self.chance(0.5):
                self.add(self.near(day, 0, 1, 31, 200), "guidance_started")

    def modules(self):
        r = self.rng
        for _ in range(r.choice([0, 0, 1, 2])):
            day = self.near(self.t0, -1, 0, 30, 69, 71, 365, 366)
            self.add(day, "module_completed", {"module": r.choice(MODULES)})

    def agreements(self):
        """Promises of each municipality, most for about the days that will be asked for."""
        r = self.rng
        for municipality in MUNICIPALITIES:
            for _ in range(r.choice([0, 4, 12, 20])):
                figure = r.choice(SHARES + COUNTS + ["RUNG_HALF_TIME"] * 3)
                body = {"figure": figure, "comparison": r.choice(["AT_LEAST", "AT_MOST"])}
                body["value"] = r.choice(
                    [0, 1, 5, 10, 25, 40, 50, 60, 75, 99, 100] if figure in SHARES
                    else [0, 1, 2, 3, 5, 10, 40] if figure in COUNTS
                    else [0, 1, 100, 200, 300, 365, 500, 1000])
                quarter = self.anchor() + days(r.choice([-400, -366, -200, -90, 0, 0, 200, 900]))
                while (quarter + days(1)).day != 1 or quarter.month % 3:
                    quarter += days(1)
                body["by"] = quarter.isoformat()
                if self.chance(0.4):
                    body["with"] = r.choice(PARTNERS)
                if figure in WITH_RUNG:
                    body["rung"] = r.randint(1, 5)
                made = min(quarter, self.end) - days(r.choice([0, 1, 30, 400]))
                self.drafts.append(Draft(r.choice(PARTNERS), None, municipality, made,
                                         "agreement_made", body))

    def residence(self):
        r = self.rng
        settled = self.any_day()
        if self.chance(0.35):
            settled = self.begin + days(r.randrange(200))
        if self.chance(0.15):
            # New or not: t0 against M-28 and P-28.
            settled = self.around(28, 8)
        if self.chance(0.08):
            # Never settled; now and then one who leaves all the same.
            if self.chance(0.5):
                self.add(settled, "exited", {"reason": "DEFINITIVE"})
                self.add(settled, "municipality_left", {"to": "ABROAD"})
            return settled
        here = self.homes[0][1]
        self.add(settled, "municipality_settled", municipality=here)
        if self.chance(0.1):
            # An ending of the day of the settlement comes before it: no effect.
            self.add(settled, r.choice(["exited", "municipality_left"]),
                     {"reason": "OBJECTION"}, municipality=here)
            if self.drafts[-1].kind == "municipality_left":
                self.drafts[-1].body = {"to": "UNKNOWN"}
        if self.chance(0.05):
            # Two settlements on one day: the ids decide.
            there = r.choice(MUNICIPALITIES)
            self.add(settled, "municipality_settled", municipality=there)
        day = settled
        for _ in range(r.choice([0, 0, 0, 1, 1, 2, 3])):
            day = day + days(r.choice([0, 1, 30, 100, 213, 214, 215, 300, 400]))
            if self.chance(0.2):
                day = max(settled, self.around(r.choice([0, 1, 91, 214, 365])))
            there = r.choice(MUNICIPALITIES)
            how = r.randrange(9)
            if how == 0:        # a tidy move on one day
                self.add(day, "municipality_left", {"to": "OTHER_MUNICIPALITY"}, municipality=here)
                self.add(day, "municipality_settled", municipality=there)
            elif how == 1:      # a move with a gap
                self.add(day, "municipality_left", {"to": "OTHER_MUNICIPALITY"}, municipality=here)
                day += days(r.choice([1, 20]))
                self.add(day, "municipality_settled", municipality=there)
            elif how == 2:      # the old municipality says so too late
                self.add(day, "municipality_settled", municipality=there)
                self.add(day + days(r.choice([0, 1, 5])), "municipality_left",
                         {"to": r.choice(["ABROAD", "OTHER_MUNICIPALITY"])}, municipality=here)
            elif how == 3:      # left a place where the person does not live
                self.add(day, "municipality_left", {"to": "UNKNOWN"}, municipality=there)
                there = here if there != here else there
            elif how in (4, 5):
                self.add(day, "exited", {"reason": r.choice(["DEFINITIVE", "OBJECTION"])})
                if self.chance(0.3):    # again, and left as well: no effect
                    self.add(day + days(r.choice([0, 3])), "exited", {"reason": "OBJECTION"})
                    self.add(day + days(r.choice([0, 3])), "municipality_left", {"to": "ABROAD"},
                             municipality=here)
                if self.chance(0.5):    # and back, perhaps on the same day
                    day += days(r.choice([0, 1, 150]))
                    self.add(day, "municipality_settled", municipality=there)
            elif how in (6, 7):
                self.add(day, "municipality_left", {"to": r.choice(["ABROAD", "UNKNOWN"])},
                         municipality=here)
                if self.chance(0.3):
                    self.add(day + days(r.choice([0, 2])), "exited", {"reason": "DEFINITIVE"})
                if self.chance(0.5):
                    day += days(r.choice([0, 1, 150]))
                    self.add(day, "municipality_settled", municipality=there)
            else:               # settled again in the same place
                self.add(day, "municipality_settled", municipality=here)
                there = here
            here = there
            self.homes.append((day, here))
        return settled

    def birth_year(self):
        r = self.rng
        if self.chance(0.25):
            return self.anchor().year - r.choice([17, 18, 66, 67])
        return self.end.year - r.randint(19, 65)

    def registration(self):
        body = {"birth_year": self.birth_year()}
        if self.chance(0.8):
            body["act"] = self.rng.choice(["WI2013", "WI2021", "WI2021", "NONE"])
        return body

    def identity(self):
        r = self.rng
        if self.chance(0.9):
            self.add(self.t0 + days(r.randint(-30, 30)), "person_registered", self.registration())
        if self.chance(0.15):
            # Later than most reference dates, yet it holds for all.
            self.add(self.end + days(r.choice([-3, 0, 1])), "person_registered",
                     self.registration())
        for _ in range(r.choice([0, 1, 1, 1, 2, 2])):
            day = self.t0 if self.chance(0.5) else self.around(r.choice([0, 30]))
            self.add(day, "household_role_set",
                     {"role": r.choice(["BREADWINNER", "CO_BREADWINNER", "SINGLE", "OTHER"])})
        for _ in range(r.choice([0, 0, 1, 2])):
            day = self.any_day() if self.chance(0.6) else self.around(0, 2)
            self.add(day, "guidance_ended",
                     {"reason": r.choice(["SELF_SUFFICIENT", "LOST_CONTACT", "OTHER"])})
            if self.chance(0.4):
                self.add(day + days(r.choice([0, 0, 1, 50])), "guidance_started")

    def ladder(self):
        r = self.rng
        if self.chance(0.1):
            return
        day = self.t0 + days(r.choice([-100, -1, 0, 0, 1, 10, 30, 60, 66, 200]))
        rung, last = r.choice([1, 1, 1, 2, 2, 3, 4, 5, 6]), None
        if self.seen_late:
            day = self.t0 + days(r.choice([215, 230, 260, 300, 400]))
        for _ in range(r.randint(1, 8)):
            self.add(day, "ladder_assessed", {"rung": rung})
            if self.chance(0.15):   # two on one day: order by partner, then id
                self.add(day, "ladder_assessed", {"rung": r.randint(1, 6)})
            last = day
            day += days(r.choice([0, 1, 30, 90, 150, 183, 200, 212, 213, 214, 215, 216, 300]))
            if self.chance(0.15):
                day = self.around(214)
                if day < last:
                    last = day
            rung = min(6, max(1, rung + r.choice([-1, 0, 0, 0, 1, 1, 1, 2, -3])))
        if self.chance(0.35):
            self.add(self.around(214, 1), "ladder_assessed", {"rung": r.randint(1, 6)})
        if self.chance(0.25):
            # An exit just within, on and just beyond the reach of an assessment.
            x = last + days(r.choice([0, 0, 1, 100, 213, 214, 215]))
            if self.chance(0.5):
                self.add(x, "exited", {"reason": r.choice(["DEFINITIVE", "OBJECTION"])})
            else:
                self.add(x, "municipality_left", {"to": r.choice(["ABROAD", "UNKNOWN"])},
                         municipality=self.homes[-1][1])
            if self.chance(0.3):
                self.add(x, "ladder_assessed", {"rung": r.randint(1, 6)})

    def job_body(self, ref, start=True):
        r = self.rng
        body = {"job_ref": ref, "funding": r.choice(["FULLY_PAID", "SUBSIDISED"]),
                "hours_per_week": r.choice([1, 2, 2, 3, 8, 24, 36, 60])}
        if start and self.chance(0.5):
            body["open_hiring"] = self.chance(0.5)
        if start and self.chance(0.6):
            body["matches_ambition"] = r.choice(["YES", "PARTLY", "NO"])
        return body

    def jobs(self):
        r = self.rng
        if self.chance(0.25):
            return
        start = self.t0 + days(r.choice([-50, 0, 30, 100, 300, 500]))
        refs = [self.identifier("j") if self.chance(0.3) else "j%d" % i for i in range(4)]
        used = []
        for i in range(r.choice([1, 1, 2, 3, 4])):
            ref = r.choice(used) if used and self.chance(0.3) else refs[i]
            used.append(ref)
            if self.chance(0.2):
                start = self.around(183 + r.choice([0, 365]), 1)    # start + 183 against the window
            if self.chance(0.06):       # an end that comes before any start: no effect
                self.add(start - days(r.choice([1, 5])), "job_ended", {"job_ref": ref})
            if self.chance(0.05):       # on a ref with no open job: no effect
                self.add(start - days(1), "job_confirmed", {"job_ref": ref})
                self.add(start - days(1), "job_changed", self.job_body(ref, False))
            self.add(start, "job_started", self.job_body(ref))
            if self.chance(0.15):       # started twice while open
                self.add(start + days(r.choice([0, 1, 60, 183, 184])), "job_started",
                         self.job_body(ref))
            news = start
            for _ in range(r.choice([0, 0, 1, 2, 3])):
                news += days(r.choice([0, 1, 60, 90, 182, 183, 183, 184, 184, 185, 300]))
                if self.chance(0.3):
                    self.add(news, "job_changed", self.job_body(ref, False))
                else:
                    self.add(news, "job_confirmed", {"job_ref": ref})
            if self.chance(0.25):       # the last news a half-year before P
                last = self.around(183)
                if last > news:
                    news = last
                    self.add(news, "job_confirmed", {"job_ref": ref})
            self.claims(ref)
            if self.chance(0.35):
                start = news + days(r.choice([1, 10, 31, 32, 214, 400]))
                continue                # no end is told
            end = news + days(r.choice([0, 0, 1, 30, 182, 183, 184, 250]))
            if self.chance(0.25):
                end = max(news, self.around(31))
            if self.chance(0.1):
                end = max(news, self.around(90))
            self.add(end, "job_ended", {"job_ref": ref})
            if self.chance(0.08):       # ended twice
                self.add(end + days(r.choice([0, 1])), "job_ended", {"job_ref": ref})
            if self.chance(0.1):        # re-hired on the day of the end: end goes last
                self.add(end, "job_started", self.job_body(ref))
            start = end + days(r.choice([0, 1, 30, 31, 31, 32, 32, 33, 100]))
            if self.chance(0.05):
                start = news - days(5)  # overlapping
        if self.chance(0.1):
            self.add(self.around(0, 2), "job_ended", {"job_ref": r.choice(used)})

    def claims(self, ref):
        r = self.rng
        if self.chance(0.1):
            ref = ref + "x" if len(ref) < 64 else ref[:63]      # nobody's job
        for _ in range(r.choice([0, 1, 1, 2, 2, 3, 4])):
            self.add(self.any_day(), "placement_claimed",
                     {"job_ref": ref, "by": r.choice(ORG_TYPES[:6] if self.chance(0.7)
                                                     else ORG_TYPES)})
        for _ in range(r.choice([0, 0, 0, 0, 1, 2])):
            day = self.any_day() if self.chance(0.6) else self.end
            self.add(day, "placement_adjudicated", {"job_ref": ref, "by": r.choice(ORG_TYPES)})

    def activity(self, kinds=None, minutes=None):
        r = self.rng
        return {"kind": r.choice(kinds or PARTICIPATION_KINDS + LANGUAGE_KINDS + GUIDANCE_KINDS),
                "minutes": r.choice([0, 0, 30, 60, 90, 119, 120, 120, 121, 240, 480])
                if minutes is None else minutes,
                "provider": r.choice(ORG_TYPES if self.chance(0.5) else ["VOLUNTEERS", "WELFARE"])}

    def activities(self):
        r = self.rng
        for _ in range(r.randint(0, 8)):
            self.add(self.any_day(), "activity_logged", self.activity())
        # Dense weeks before some of the dates that will be asked for.
        for a in r.sample(self.anchors, 2):
            if self.chance(0.3):
                continue
            monday = a - days(a.weekday())
            for week in range(1, 5):
                if self.chance(0.25):
                    continue
                for _ in range(r.choice([1, 1, 2])):
                    day = monday - days(7 * week) + days(r.choice([0, 0, 3, 6, 6]))
                    d = self.add(day, "activity_logged", self.activity(PARTICIPATION_KINDS))
                    if self.chance(0.35):
                        # One activity, two reports: the largest counts once a day.
                        d.body["activity_ref"] = "a%d" % r.randrange(3)
                        e = self.add(day if self.chance(0.8) else day + days(1),
                                     "activity_logged", self.activity(PARTICIPATION_KINDS))
                        e.body["activity_ref"] = d.body["activity_ref"]
                        if self.chance(0.3):
                            e.body["kind"] = r.choice(LANGUAGE_KINDS)
            self.add(monday - days(r.choice([0, 1, 28, 29])), "activity_logged",
                     self.activity(PARTICIPATION_KINDS))
            self.add(a - days(r.choice([0, 1, 26, 27, 28])), "activity_logged",
                     self.activity(LANGUAGE_KINDS))
            self.add(a - days(r.choice([0, 27, 28, 90, 91])), "activity_logged",
                     self.activity(["VOLUNTEER", "INTERNSHIP", "WORK_EXPERIENCE"]))
            if self.chance(0.4):
                body = self.activity(["LANGUAGE_CAFE", "LANGUAGE_BUDDY", "TUTORING"])
                body["provider"] = "VOLUNTEERS"
                self.add(a - days(r.choice([90, 91, 92])), "activity_logged", body)

    def until(self, body):
        if self.chance(0.7):
            day = self.anchor() + days(self.rng.choice([-30, -1, -1, 0, 0, 1, 400]))
            body["until"] = day.isoformat()
        return body

    def norms(self):
        r = self.rng
        for _ in range(r.choice([0, 0, 1, 2, 3])):
            self.add(self.any_day(), "target_set",
                     self.until({"weekly_minutes": r.choice([0, 0, 60, 119, 121, 240, 2400])}))
        for _ in range(r.choice([0, 0, 0, 1, 2])):
            self.add(self.any_day(), "language_exempted", self.until({}))
        if self.chance(0.08):
            self.add(self.around(0), "civic_integration_completed")
        for _ in range(r.choice([0, 1, 2, 3])):
            day = self.t0 + days(r.choice([-20, 0, 1, 200, 365, 366, 730, 900]))
            self.add(day, "language_level_reached", {"level": r.choice(["A1", "A2", "B1", "B2"])})
            if self.chance(0.1):
                self.add(day + days(r.choice([0, -1])), "exited",
                         {"reason": r.choice(["DEFINITIVE", "OBJECTION"])})

    def plan_body(self):
        r = self.rng
        body = {"has_main_goal": self.chance(0.8), "has_own_ambition": self.chance(0.8),
                "has_language_part": self.chance(0.8), "has_participation_part": self.chance(0.8),
                "longest_horizon_months": r.choice([0, 11, 12, 12, 13, 120])}
        if self.chance(0.7):
            body["route"] = r.choice(["B1", "EDUCATION", "SELF_RELIANCE"])
        return body

    def process(self):
        r = self.rng
        obligation = self.t0 + days(r.choice([-40, 0, 0, 10, 100]))
        for _ in range(r.choice([0, 1, 1, 1, 2])):
            self.add(obligation, "obligation_started")
            obligation += days(r.choice([0, 30]))
        s = max(self.t0, obligation)
        for _ in range(r.choice([0, 1, 1, 2])):
            signed = s + days(r.choice([-10, -1, 0, 1, 30, 69, 70, 71, 200, 500]))
            if self.chance(0.25):
                signed = self.around(365)
            self.add(signed, "plan_signed", self.plan_body())
            if self.chance(0.25):
                self.add(signed + days(r.choice([0, 0, 1, 40])), "plan_withdrawn")
            if self.chance(0.1):    # gone before, or on the day of, the signing
                self.add(signed - days(r.choice([0, 1])), "exited",
                         {"reason": r.choice(["DEFINITIVE", "OBJECTION"])})
            for _ in range(r.choice([0, 0, 1, 2])):
                day = signed + days(r.choice([0, 180])) if self.chance(0.5) else self.around(365)
                self.add(day, "plan_reviewed")
        left = DOMAINS[:]
        for _ in range(r.choice([0, 1, 1, 2, 3, 5])):
            day = self.t0 + days(r.choice([-5, 0, 0, 7, 30, 700]))
            chosen = r.sample(left, r.randint(1, len(left))) if left else [r.choice(DOMAINS)]
            if self.chance(0.3):
                chosen = r.sample(DOMAINS, r.randint(1, 10))
            left = [d for d in left if d not in chosen]
            # "`domains` are kept sorted"
            self.add(day, "intake_done", {"domains": [d for d in DOMAINS if d in chosen]})

    def income_and_contact(self):
        r = self.rng
        for _ in range(r.choice([0, 0, 1, 2])):
            day = self.any_day() if self.chance(0.7) else self.around(90)
            self.add(day, "benefit_started", {"kind": r.choice(["FULL", "SUPPLEMENTARY"])})
            if self.chance(0.5):
                self.add(day + days(r.choice([0, 0, 1, 100])), "benefit_ended")
        for _ in range(r.choice([0, 1, 2, 4])):
            day = self.any_day() if self.chance(0.5) else self.around(90)
            self.add(day, "contact_held",
                     {"by": r.choice(["CASE_MANAGER", "CASE_MANAGER", "VOLUNTEER", "OTHER"]),
                      "two_way": self.chance(0.7)})
        for _ in range(r.choice([0, 0, 1, 2])):
            day = self.any_day() if self.chance(0.5) else self.around(365)
            self.add(day, "referral_made", {"to": r.choice(ORG_TYPES)})

    def sanctions(self):
        r = self.rng
        for i in range(r.choice([0, 0, 0, 1, 2, 3])):
            ref = "z%d" % (i if self.chance(0.9) else 0)
            day = self.any_day() if self.chance(0.3) else self.around(r.choice([0, 100, 365]))
            if self.chance(0.6):
                self.add(day + days(r.choice([-30, -1, 0, 0, 1])), "sanction_announced",
                         {"sanction_ref": ref})
            self.add(day, "sanction_imposed",
                     {"sanction_ref": ref,
                      "regime": r.choice(["WI2021_INTAKE", "WI2021_PLAN", "DUO_TERM", "PWET"])})
            if self.chance(0.3):
                self.add(day + days(r.choice([-1, 0, 20])), "sanction_annulled",
                         {"sanction_ref": ref if self.chance(0.8) else "z9"})

    def barriers(self):
        r = self.rng
        for _ in range(r.choice([0, 0, 1, 2, 3])):
            kind = r.choice(BARRIERS)
            day = self.any_day() if self.chance(0.4) else self.around(365)
            self.add(day, "barrier_reported", {"barrier": kind})
            if self.chance(0.5):    # resolved on the day of a report: the ending goes first
                self.add(day + days(r.choice([-1, 0, 0, 1, 30])), "barrier_resolved",
                         {"barrier": kind if self.chance(0.8) else r.choice(BARRIERS)})

    # ---- every type and value; the log itself

    def random_body(self, kind):
        r = self.rng
        if kind in EMPTY:
            return {}
        if kind == "person_registered":
            return self.registration()
        if kind == "plan_signed":
            return self.plan_body()
        if kind == "activity_logged":
            return self.activity()
        if kind == "contact_held":
            return {"by": "CASE_MANAGER", "two_way": self.chance(0.5)}
        if kind in ("job_started", "job_changed"):
            return self.job_body("j0", kind == "job_started")
        if kind in ("job_confirmed", "job_ended"):
            return {"job_ref": "j0"}
        if kind in ("placement_claimed", "placement_adjudicated"):
            return {"job_ref": "j0", "by": r.choice(ORG_TYPES)}
        if kind in ("sanction_announced", "sanction_annulled"):
            return {"sanction_ref": "z0"}
        if kind == "sanction_imposed":
            return {"sanction_ref": "z0", "regime": "PWET"}
        if kind == "ladder_assessed":
            return {"rung": r.randint(1, 6)}
        if kind == "target_set":
            return self.until({"weekly_minutes": r.choice([0, 60, 2400])})
        if kind == "language_exempted":
            return self.until({})
        if kind == "intake_done":
            return {"domains": [d for d in DOMAINS if self.chance(0.5)] or ["WORK"]}
        return {}                   # one enumeration; the caller fills it in

    def every_value(self):
        for kind, field, values in ENUMS:
            for value in values:
                self.subject = self.rng.choice(self.subjects)
                self.usual, self.homes = PARTNERS, [(self.begin, self.rng.choice(MUNICIPALITIES))]
                body = self.random_body(kind)
                body[field] = value
                d = self.add(self.any_day(), kind, body)
                if kind in NO_SUBJECT:
                    d.subject = None
        for kind in EMPTY[1:] + ["job_confirmed", "ladder_assessed", "target_set", "intake_done",
                                 "plan_signed", "sanction_announced", "sanction_annulled"]:
            self.subject = self.rng.choice(self.subjects)
            self.add(self.any_day(), kind, self.random_body(kind))

    def the_log_itself(self):
        r = self.rng
        for municipality in MUNICIPALITIES:
            done = set()
            for _ in range(3):
                day = self.any_day() if self.chance(0.5) else self.end
                quarter = day - days(1)
                while (quarter + days(1)).day != 1 or quarter.month % 3:
                    quarter -= days(1)
                if quarter not in done:
                    done.add(quarter)
                    d = Draft(r.choice(PARTNERS), None, municipality, day, "report_published",
                              {"as_of": quarter.isoformat()})
                    self.drafts.append(d)
        # Something on the last day, so that it is the civil day of the last record.
        self.drafts.append(Draft("isd", None, MUNICIPALITIES[0], self.end, "service_model_set",
                                 {"model": "OTHER"}))

    # ---- arrival

    def moment(self, day):
        """A time of that UTC day, often near the midnight of the store's zone."""
        r = self.rng
        second = r.choice([r.randrange(86400), 79199 + r.randint(0, 3), 82799 + r.randint(0, 3)])
        if day >= self.end:
            day, second = self.end, min(second, 60000 + r.randrange(10000))
        return datetime(day.year, day.month, day.day, tzinfo=timezone.utc) + timedelta(
            seconds=second, microseconds=r.choice([0, 0, 1, 999999, r.randrange(1000000)]))

    def arrive(self):
        r = self.rng
        loaded = self.any_day()     # one partner loads its past at once
        for d in self.drafts:
            delay = r.choices([0, -1, r.randint(1, 14), r.randint(15, 90), r.randint(91, 500)],
                              [55, 5, 20, 10, 10])[0]
            day = d.day + days(delay)
            if d.kind == "report_published":
                day = max(day, d.day)
            if d.partner == "vwn" and d.day < loaded:
                day = loaded
            d.arrival = self.moment(day)
            d.id = self.new_id(d.partner)

    def later(self, moment):
        r = self.rng
        day = moment.date() + days(r.choice([0, 0, 1, 5, 60, 200]))
        return max(moment + timedelta(microseconds=r.choice([0, 1, 1000])), self.moment(day))

    # ---- corrections

    def changed(self, old):
        """The row again, with a new id and something else in it."""
        r = self.rng
        d = old.copy()
        d.id = self.new_id(d.partner)
        d.arrival = self.later(old.arrival)
        what = r.randrange(6)
        if what == 0:
            d.day = d.day + days(r.choice([-30, -1, 1]))
        elif what == 1 and d.subject is not None:
            d.subject = r.choice(self.subjects)         # it was somebody else
        elif what == 2:
            d.municipality = r.choice(MUNICIPALITIES)
        elif what == 3 and d.subject is not None:
            d.kind = r.choice(["ladder_assessed", "activity_logged", "municipality_settled",
                               "job_started", "plan_signed", "contact_held"])
            d.body = self.random_body(d.kind)
        elif what == 4 and d.kind in ("ladder_assessed", "activity_logged", "job_started",
                                      "plan_signed", "job_changed", "target_set"):
            ref = d.body.get("job_ref")
            d.body = self.random_body(d.kind)
            if ref is not None:
                d.body["job_ref"] = ref
        d.day = min(d.day, d.arrival.date() + days(1))
        return d

    def retraction(self, old, by):
        d = Draft(old.partner, None, old.municipality, None, "event_retracted", {})
        d.target = (by, old)
        d.id = self.new_id(d.partner)
        d.arrival = self.later(old.arrival)
        # "Its `occurred_on` plays no part."
        d.day = self.rng.choice([d.arrival.date(), date(1990, 1, 1), old.day])
        d.day = min(d.day, d.arrival.date() + days(1))
        if self.chance(0.1):
            d.municipality = self.rng.choice(MUNICIPALITIES)
        return d

    def correct(self):
        r = self.rng
        more = []
        for n, d in enumerate(self.drafts):
            if d.kind == "report_published":
                continue            # it cannot be withdrawn, by no way
            if not self.chance(0.15):
                if self.chance(0.05):
                    more.append(self.retraction(d, "id"))
                continue
            # Two partners may use one key; neither touches the other's rows.
            d.key = "k%d" % n if self.chance(0.9) else "row-%s" % d.partner[0] + str(n)
            if self.chance(0.1):
                d.key = "shared%d" % r.randrange(20)
            last = d
            for _ in range(r.choice([0, 0, 1, 1, 2, 3])):
                last = self.changed(last)
                more.append(last)
            if self.chance(0.25):
                gone = self.retraction(last, r.choice(["id", "key"]))
                more.append(gone)
                if self.chance(0.5):        # the key is used again: that one counts
                    again = self.changed(last)
                    again.arrival = self.later(gone.arrival)
                    more.append(again)
                    if self.chance(0.3):
                        more.append(self.retraction(again, r.choice(["id", "key"])))
        self.drafts += more

    # ---- the records

    def record(self):
        """In order of arrival, without what the daemon would refuse."""
        self.drafts.sort(key=lambda d: d.arrival)
        records, rows, last, withdrawals = [], {}, None, []
        for d in self.drafts:
            moment = d.arrival
            if last is not None and moment <= last:
                moment = last + timedelta(microseconds=1)
            civil = moment.astimezone(ZONE).date()
            if d.kind == "agreement_made" and d.day.isoformat() > d.body["by"]:
                continue
            if d.day > civil + days(1):
                continue            # occurred_in_future
            if d.kind == "person_registered" and d.body["birth_year"] > civil.year:
                continue
            mine = rows.setdefault(d.partner, [])       # [draft, withdrawn?] of this partner
            event = {"id": d.id}
            if d.kind == "event_retracted":
                by, target = d.target
                hit = [row for row in mine if not row[1] and
                       (row[0] is target if by == "id" else row[0].key == target.key)]
                if not hit:
                    continue        # target_unknown or target_withdrawn
                d.body = {"target_id": target.id} if by == "id" else {"target_key": target.key}
                withdrawals.append(moment)
            else:
                hit = [row for row in mine if d.key is not None and row[0].key == d.key]
                mine.append([d, False])
                if hit:
                    withdrawals.append(moment)
            for row in hit:
                row[1] = True
            if d.key is not None:
                event["key"] = d.key
            if d.subject is not None:
                event["subject"] = d.subject
            event["municipality"] = d.municipality
            event["occurred_on"] = d.day.isoformat()
            event[d.kind] = d.body
            last = moment
            records.append({"seq": len(records) + 1,
                            "recorded_at": moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                            "partner": d.partner, "event": event})
        self.last, self.withdrawals = last, withdrawals
        return records

    # ---- what to ask

    def questions(self, number=20):
        """P on the borders; K the end, a withdrawal, the instant before one, and a
        record just in or out of the 91 days of data_quality."""
        r = random.Random(self.rng.random())
        out = []
        deltas = [0] * 7 + [-1, -2, -31, -365]
        instants = [datetime.strptime(x["recorded_at"], "%Y-%m-%dT%H:%M:%S.%fZ")
                    .replace(tzinfo=timezone.utc) for x in self.records]
        while len(out) < number:
            P = r.choice(self.anchors) + days(r.choice(deltas))
            choice = r.randrange(4)
            K = self.last
            if choice == 1 and self.withdrawals:
                K = r.choice(self.withdrawals) - timedelta(microseconds=r.choice([0, 1]))
            elif choice == 2:
                K = r.choice(instants) + timedelta(days=91, microseconds=r.choice([-1, 0]))
            # "K later than now, and P later than the civil day of K, are errors."
            if K > self.last or K < instants[0]:
                K = self.last
            if P > K.astimezone(ZONE).date():
                if self.anchors and r.random() < 0.5:
                    K = self.last
                else:
                    P = K.astimezone(ZONE).date()
            out.append({"as_of": P.isoformat(),
                        "known_at": K.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                        "municipality": r.choice(["all", "all"] + MUNICIPALITIES + ["GM0099"]),
                        "window": r.choice([365, 365, 30, 366, 1096, 3660])})
        return out


def history(seed, people=60, years=4):
    """The records, as a list."""
    return History(seed, people, years).records


def main():
    parser = argparse.ArgumentParser(description="Random records for the twin test.")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--years", type=int, default=4)
    parser.add_argument("--questions", action="store_true",
                        help="print what to ask of these records instead of the records")
    parser.add_argument("--number", type=int, default=20, help="of questions")
    a = parser.parse_args()
    h = History(a.seed, a.people, a.years)
    for x in h.questions(a.number) if a.questions else h.records:
        print(json.dumps(x, separators=(",", ":")))


if __name__ == "__main__":
    main()
