"""Anybody: random people, and what each alone adds to the exact counts of a municipality.

Every count of a publication is a sum over people (of `data_quality`, over their records), and
people are independent of each other: two municipalities side by side are a municipality. So a
linear relation without a constant holds for all municipalities if and only if it holds for
each municipality of one person, and one person shows best where it fails.

Somebody is made of parts of people of histories.py, moved in time so that what came last lies
on a border of a definition, and of events of all kinds strewn around."""
import random
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import histories
import intruder
import twin

ZONE = ZoneInfo("Europe/Amsterdam")
HOME, ELSEWHERE = "GM0823", "GM0001"
POLICY = {"norm_minutes": 120, "follow_days": 214, "news_days": 183, "bridge_days": 31,
          "lasting_days": 183}
PARTS = [["person_registered", "household_role_set"],
         ["guidance_started", "guidance_ended"],
         ["ladder_assessed"],
         ["job_started", "job_changed", "job_confirmed", "job_ended"],
         ["benefit_started", "benefit_ended"],
         ["activity_logged"],
         ["target_set"],
         ["language_exempted", "civic_integration_completed"],
         ["contact_held"],
         ["plan_signed", "plan_reviewed", "plan_withdrawn"],
         ["intake_done"],
         ["barrier_reported", "barrier_resolved"],
         ["sanction_imposed", "sanction_announced", "sanction_annulled"],
         ["referral_made"]]
# Days before P, on the borders of the definitions.
AGO = [0, 1, 3, 3, 6, 10, 20, 26, 27, 28, 29, 33, 34, 35, 60, 89, 90, 91, 92, 120, 182, 183, 184,
       213, 214, 215, 300, 364, 365, 366, 500, 900]
# Of each of these kinds of numbers two stand for all: the definition treats them alike.
ORGS = ["MUNICIPALITY", "VOLUNTEERS"]
BARRIERS = ["CHILDCARE", "HOUSING"]
REGIMES = ["WI2021_PLAN", "PWET"]
LEFT_OUT = (["placement.by.%s.jobs*" % x for x in twin.ORG_TYPES if x not in ORGS] +
            ["placement.by.%s.referrals" % x for x in twin.ORG_TYPES if x not in ORGS] +
            ["placement.guided.%s.people" % x for x in twin.ORG_TYPES if x not in ORGS] +
            ["barriers.by_kind.%s" % x for x in twin.BARRIERS if x not in BARRIERS] +
            ["sanctions.by_regime.%s" % x for x in twin.REGIMES if x not in REGIMES] +
            ["ladder_position.%d" % rung for rung in (3, 4, 5)] +
            # Records of all kinds: whatever was sent. What ties them to people is said in
            # intruder.relations_of_the_window().
            ["data_quality.records", "data_quality.corrections"])


class Pool:
    """The people of a few histories, taken apart: [events of one person] for each part."""

    def __init__(self, seeds):
        self.parts = [[] for _ in PARTS]
        for seed in seeds:
            whole = {}
            for e in twin.effective([twin.Event(r) for r in histories.history(seed, 60, 4)]):
                for number, types in enumerate(PARTS):
                    if e.type in types and e.subject is not None:
                        whole.setdefault((number, e.subject), []).append(e)
            for (number, _), events in sorted(whole.items()):
                self.parts[number].append(sorted(events, key=twin.Event.order))


class Somebody:
    """One random person, as records that were sent by the instant K."""

    def __init__(self, chance, pool, P, K):
        self.chance, self.P, self.K, self.sent = chance, P, K, []
        self.prompt = chance.random() < 0.5     # all is sent as soon as can be
        self.residence()
        keep = chance.choice([0.2, 0.5, 0.8])
        for part in pool.parts:
            if chance.random() < keep:
                self.part_of(chance.choice(part))
        self.strew()
        if chance.random() < 0.4:
            self.quiet()

    def ago(self):
        return self.P - timedelta(days=self.chance.choice(AGO))

    def put(self, day, kind, body, municipality=None, partner=None):
        place = HOME if self.chance.random() < 0.8 else ELSEWHERE
        self.sent.append((day, kind, dict(body), municipality or place,
                          partner or self.chance.choice(histories.PARTNERS)))

    def residence(self):
        came, kind = self.ago(), self.chance.random()
        if kind < 0.95:
            self.put(came, "municipality_settled", {}, HOME)
        if kind < 0.15:
            self.put(came - timedelta(days=self.chance.choice(AGO)), "municipality_settled", {},
                     ELSEWHERE)
        elif kind < 0.2:
            gone = min(self.P, came + timedelta(days=self.chance.choice(AGO)))
            self.put(gone, "exited", {"reason": "DEFINITIVE"}, HOME)

    def part_of(self, events):
        if self.chance.random() < 0.6:
            events = sorted(self.chance.sample(events, min(len(events), 2)),
                            key=twin.Event.order)
        moved = self.ago() - max(e.day for e in events)
        for e in events:
            self.put(e.day + moved, e.type, e.body, None, e.partner)

    def some(self, likely, *kinds):
        for kind, body in kinds:
            if self.chance.random() < likely:
                self.put(self.ago(), kind, body)

    def strew(self):
        pick = self.chance.choice

        def few():
            return pick([0, 0, 0.2, 0.6])
        self.some(few(), *[("barrier_reported", {"barrier": x}) for x in BARRIERS])
        self.some(few() / 3, *[("barrier_resolved", {"barrier": x}) for x in BARRIERS])
        for x in ORGS:
            if self.chance.random() < few():
                self.put(pick([self.ago(), self.P - timedelta(days=40)]), "activity_logged",
                         {"kind": pick(twin.GUIDANCE_KINDS), "minutes": 60, "provider": x})
        if self.chance.random() < few():
            self.put(self.P - timedelta(days=40), "activity_logged",
                     {"kind": "TUTORING", "minutes": 30, "provider": "VOLUNTEERS"})
        self.some(few(), *[("activity_logged", {"kind": x, "minutes": pick([0, 30, 500]),
                                                "provider": pick(["VOLUNTEERS", "SCHOOL"])})
                           for x in twin.LANGUAGE_KINDS + twin.WORKING_KINDS + ["SPORT"]])
        monday = self.P - timedelta(days=self.P.weekday())
        likely = few()
        for before in (22, 15, 8, 1):
            if self.chance.random() < likely:
                self.put(monday - timedelta(days=before), "activity_logged",
                         {"kind": pick(["SPORT", "VOLUNTEER"]), "minutes": pick([0, 120, 600]),
                          "provider": "VOLUNTEERS"})
        self.lately()
        self.some(few(), *[("contact_held", {"two_way": True, "by": "CASE_MANAGER"})] * 2)
        self.some(few(), ("plan_signed", {
            "has_language_part": True, "has_participation_part": self.chance.random() < 0.8,
            "has_main_goal": True, "has_own_ambition": True,
            "longest_horizon_months": pick([6, 24])}))
        self.some(few(), *[("intake_done", {"domains": pick([twin.DOMAINS, ["WORK"]])})] * 2)
        self.some(few(), ("language_exempted", {}), ("target_set", {"weekly_minutes": 0}))
        self.some(few(), ("household_role_set", {"role": "SINGLE"}),
                  ("guidance_ended", {"reason": "OTHER"}))
        self.some(few(), *[("ladder_assessed", {"rung": x}) for x in (1, 2, 6)])
        self.some(few(), ("benefit_started", {"kind": pick(["FULL", "SUPPLEMENTARY"])}))
        for x in REGIMES:
            likely = few()
            for ref in ["%s-%d" % (x, n) for n in range(pick([1, 1, 6]))]:
                self.some(likely, ("sanction_imposed", {"sanction_ref": ref, "regime": x}))
                self.some(likely / 3, ("sanction_announced", {"sanction_ref": ref}),
                          ("sanction_annulled", {"sanction_ref": ref}))
        for x in ORGS:
            self.some(few() / 2, ("referral_made", {"to": x}))
        for x in ("FULLY_PAID", "SUBSIDISED"):
            self.some(few() / 2, ("job_started", {"job_ref": x, "funding": x,
                                              "open_hiring": pick([True, False]),
                                              "matches_ambition": pick(["YES", "NO"]),
                                              "hours_per_week": pick([1, 24])}))
        for ref in sorted({body["job_ref"] for _, kind, body, _, _ in self.sent
                           if kind == "job_started"}):
            # Two at most: three would share in thirds.
            for by in self.chance.sample([*ORGS, "WELFARE", "SELF"], pick([0, 0, 1, 2])):
                self.put(self.ago(), "placement_claimed", {"job_ref": ref, "by": by})
            self.some(few() / 2, ("placement_adjudicated", {"job_ref": ref, "by": pick(ORGS)}))
            self.some(few(), ("job_confirmed", {"job_ref": ref}))

    def quiet(self):
        """Often nothing is heard of what somebody does for some weeks."""
        kinds = self.chance.choice([("activity_logged",), ("activity_logged", "ladder_assessed",
                                                          "contact_held", "benefit_started",
                                                          "benefit_ended")])
        since, until = self.chance.choice([(27, 0), (34, 7), (90, 0), (89, 34)])
        self.sent = [x for x in self.sent if x[1] not in kinds or not
                     since >= (self.P - x[0]).days >= until]

    def lately(self):
        """What only the last days decide: the end of a job, a pathway, a job nobody confirms."""
        pick = self.chance.choice
        last_week, month = self.P - timedelta(days=pick([0, 3, 6])), self.P - timedelta(days=20)
        kind = self.chance.random()
        if kind < 0.15:
            self.put(self.P - timedelta(days=pick([100, 200])), "job_started",
                     {"job_ref": "over", "funding": "FULLY_PAID", "hours_per_week": pick([1, 24])})
            self.put(month, "job_confirmed", {"job_ref": "over"})
            self.put(last_week, "job_ended", {"job_ref": "over"})
        elif kind < 0.45:
            self.put(pick([last_week, month]), "activity_logged",
                     {"kind": pick(twin.LANGUAGE_KINDS), "minutes": 60, "provider": "VOLUNTEERS"})
            if pick([True, False]):
                self.put(pick([last_week, month]), "activity_logged",
                         {"kind": "VOLUNTEER", "minutes": pick([60, 600]), "provider": "WELFARE"})
            else:
                self.put(pick([last_week, month]), "job_started",
                         {"job_ref": "new", "funding": pick(["FULLY_PAID", "SUBSIDISED"]),
                          "hours_per_week": 8})
        if self.chance.random() < 0.15:
            self.put(self.P - timedelta(days=pick([184, 300])), "job_started",
                     {"job_ref": "silent", "funding": "SUBSIDISED", "hours_per_week": 8})

    def stamp(self, day):
        """An event may be sent the day before it happens, and any time later."""
        soonest = datetime(day.year, day.month, day.day, 12, tzinfo=timezone.utc)
        soonest -= timedelta(days=1)
        if soonest >= self.K or self.prompt or self.chance.random() < 0.5:
            return min(soonest, self.K)
        return soonest + (self.K - soonest) * self.chance.random()

    def records(self):
        self.chance.shuffle(self.sent)
        found = sorted((self.stamp(x[0]), n, x) for n, x in enumerate(self.sent))
        out = []
        for number, (stamp, _, (day, kind, body, municipality, partner)) in enumerate(found, 1):
            event = {"id": "e%d" % number, "subject": "s", "municipality": municipality,
                     "occurred_on": day.isoformat(), kind: body}
            if self.chance.random() < 0.3:
                event["key"] = "k%d" % self.chance.randrange(2 * len(found))
            out.append({"seq": number, "recorded_at": twin.show_instant(stamp),
                        "partner": partner, "event": event})
        return out


AUDITED = ["ladder_position", "participation_norm", "combined_pathway", "job_outcome",
           "placement", "sanctions", "language_support", "contact", "plan", "intake", "barriers"]


def counts_of(records, P, K):
    """{name: exact count} of those that are rounded one by one, and the spells of work."""
    recorded = [twin.Event(r) for r in records]
    person = twin.Person(twin.effective(recorded), P, POLICY)
    R = [p for p in [person] if p.in_population(HOME)]
    B, G = [p for p in R if p.breadwinner()], [p for p in R if p.under_guidance()]
    view = twin.View(P, K, HOME, 365, POLICY, twin.Shape("internal", 5), 2, [person])
    figures = {"population": {"persons": len(R), "breadwinners": len(B),
                              "under_guidance": len(G)},
               "indicators": {key: getattr(view, key)() for key in AUDITED}}
    figures["indicators"]["data_quality"] = view.data_quality(recorded, ZONE)
    found = intruder.counts_of(figures)
    found[intruder.SPELLS] = len(list(view.cut_spells()))
    # Weights in halves, as in the relations; nobody here has three claims on a job.
    return {name: round(2 * value) if name[-1] == "*" else value for name, value in found.items()
            if name not in LEFT_OUT and name not in intruder.AGAIN}


class People:
    """So many random people, known so many days after P, before noon."""

    def __init__(self, seed, number, P, days_later):
        self.chance, self.P = random.Random(seed), P
        self.K = datetime(P.year, P.month, P.day, 11, tzinfo=timezone.utc)
        self.K += timedelta(days=days_later)
        self.pool = Pool([seed, seed + 1])
        self.all = [Somebody(self.chance, self.pool, P, self.K) for _ in range(number)]
        self.counts = [counts_of(x.records(), P, self.K) for x in self.all]

    def somebody(self, is_one, near, tries):
        """Looks for a person with is_one(counts) among children of those that are near;
        True: found, and now among the people. A child has of each kind of event what one of
        its parents has."""
        parents = [x for x, counts in zip(self.all, self.counts) if near(counts)]
        for _ in range(tries if parents else 0):
            mother = self.chance.choice(parents)
            father = self.chance.choice(parents if self.chance.random() < 0.8 else self.all)
            child = Somebody(self.chance, self.pool, self.P, self.K)
            kinds = {x[1] for x in mother.sent + father.sent}
            hers = {kind for kind in kinds if self.chance.random() < 0.5}
            child.sent = ([x for x in mother.sent if x[1] in hers] +
                          [x for x in father.sent if x[1] not in hers])
            counts = counts_of(child.records(), self.P, self.K)
            if is_one(counts):
                self.all.append(child)
                self.counts.append(counts)
                return True
        return False
