"""The municipality that the Oirschot volunteers described (the last lines of
indicators.md): from events through the front door to percentages, and what the public
sees of it after it was published. Every expected number is written out by hand."""

import json
from datetime import timedelta

import harness
from harness import assessed, event, fresh, retraction, settled
from test_metrics import samples_of

HOME = "GM0823"
P = "2025-12-31"        # a Wednesday: the four weeks of the norm end on 28 December
ORG_TYPES = ["MUNICIPALITY", "ISD", "SW_COMPANY", "WELFARE", "VWN", "COA", "SCHOOL",
             "VOLUNTEERS", "EMPLOYER", "SELF", "OTHER"]
BARRIERS = ["CHILDCARE", "TRANSPORT", "LANGUAGE_WAITING_LIST", "EMPLOYER", "DIPLOMA", "HOUSING",
            "MOTIVATION", "RULES", "CONTACT", "OTHER"]
NO_MEDIANS = {"median_days": None, "median_low": None, "median_high": None}


def newcomers():
    """[(partner, event)]: 80 newcomers of whom 40 had language support by volunteers; 30
    breadwinners, 21 guided by volunteers, 8 fully paid, 12 subsidised, 10 without work;
    20 lasting jobs, found 12 by volunteers, 6 by themselves and 2 by the ISD."""
    sent = []
    for number in range(80):
        person = fresh("s")

        def send(who, day, kind, body):
            sent.append((who, event(kind, body, subject=person, municipality=HOME,
                                    occurred_on=day)))
        send("isd", "2024-01-01", "municipality_settled", {})
        send("isd", "2025-12-01", "ladder_assessed", {"rung": 2})
        if number % 2:
            send("taalmaatjes", "2024-06-01", "activity_logged",
                 {"kind": "LANGUAGE_BUDDY", "minutes": 60, "provider": "VOLUNTEERS"})
        if number >= 30:
            continue
        send("isd", "2024-01-01", "household_role_set", {"role": "BREADWINNER"})
        if number < 21:
            send("taalmaatjes", "2024-06-01", "activity_logged",
                 {"kind": "FORM_HELP", "minutes": 30, "provider": "VOLUNTEERS"})
        if number < 20:
            send("isd", "2025-05-01", "job_started",
                 {"job_ref": "2025-05-01a", "hours_per_week": 24,
                  "funding": "FULLY_PAID" if number < 8 else "SUBSIDISED"})
            send("isd", "2025-10-31", "job_confirmed", {"job_ref": "2025-05-01a"})
            by = "VOLUNTEERS" if number < 12 else "SELF" if number < 18 else "ISD"
            send("taalmaatjes" if by == "VOLUNTEERS" else "isd", "2025-05-01",
                 "placement_claimed", {"job_ref": "2025-05-01a", "by": by})
    return sent


def publish(as_of):
    return event("report_published", {"as_of": as_of}, municipality=HOME,
                 occurred_on="2026-01-05")


def horizons(*pairs):
    return [{**({"months": months} if months else {}), "days": days,
             "share": None, "low": None, "high": None} for months, days in pairs]


STEPS = horizons((6, 214), (12, 396), (24, 761), (36, 1126))


def spells(rung, **counts):
    names = ["entered", "climbed", "exited", "silent", "censored", "not_at_risk"]
    return {"rung": rung, **{name: counts.get(name, 0) for name in names},
            "within": STEPS, **NO_MEDIANS}


def reached(rung, **counts):
    names = ["people", "already", "unassessed", "reached", "exited", "silent", "censored",
             "not_at_risk"]
    return {"rung": rung, **{name: counts.get(name, 0) for name in names}, "from_days": None,
            "within": STEPS, **NO_MEDIANS}


def nothing_of(value):
    """The same shape without a number but those that say what a row is about."""
    if isinstance(value, dict):
        return {key: below if key in ("rung", "level", "months", "days") else nothing_of(below)
                for key, below in value.items()}
    return [nothing_of(below) for below in value] if isinstance(value, list) else None


def published_figures(stamp):
    """What b = 5 makes of it. 8 and 12 jobs are both shown as 10, 21 guided as 20; shares
    come from those, but for 0 of 30. The quarter was long over when it was published: of what
    grows or counts a window nothing is shown."""
    guided = {"VOLUNTEERS": (20, 0.666667)}                  # of 30 breadwinners
    level = {"people": 80, "already": 0, "reached": 0, "exited": 0,
             "within": horizons((12, 365), (24, 730), (36, 1096)), **NO_MEDIANS}
    indicators = {
        "ladder_step": [spells(rung) for rung in range(1, 6)],
        "ladder_position": {"1": 0, "2": 80, "3": 0, "4": 0, "5": 0, "6": 0, "unassessed": 0,
                            "stale": 0},
        "ladder_falls": {"falls": 0, "person_years": 0, "per_100": None},
        "rung_reached": [reached(k) for k in range(2, 7)],
        # The 20 with a job of 24 hours; of the others nothing is known.
        "participation_norm": {"yes": 20, "no": 0, "unknown": 60, "exempt": 0, "new": 0,
                               "share": 0.25, "low": None, "high": None, "max": 1},
        "combined_pathway": {"yes": 0, "no": 20, "unknown": 60, "exempt": 0, "new": 0,
                             "share": 0, "low": None, "high": None, "max": 0.75,
                             "planned": {"yes": 0, "no": 80, "share": 0}},
        "job_outcome": {
            "breadwinners": {"fully_paid": 10, "subsidised": 10, "none": 10, "unknown": 0,
                             "fully_paid_share": 0.333333, "subsidised_share": 0.333333,
                             "none_share": 0.333333, "unknown_share": None},
            "adults": {"fully_paid": 10, "subsidised": 10, "none": 60, "unknown": 0,
                       "fully_paid_share": 0.125, "subsidised_share": 0.125,
                       "none_share": 0.75, "unknown_share": 0}},
        "job_durability": {"spells": 20, "ended": 0, "silent": 0,
                           "lasting": horizons((0, 183), (0, 365)), **NO_MEDIANS},
        "placement": {
            "lasting_jobs": 20, "contested": 0, "unattributed": 0, "open_hiring": 0,
            "matching_ambition": 0,
            "by": {by: {"jobs": 0, "share": 0, "referrals": 0} for by in ORG_TYPES},
            "guided": {by: {"people": guided.get(by, (0, None))[0],
                            "share": guided.get(by, (0, None))[1]} for by in ORG_TYPES}},
        "sanctions": {"imposed": 0, "annulled": 0, "announced": 0, "people": 0,
                      "by_regime": {"WI2021_INTAKE": 0, "WI2021_PLAN": 0, "DUO_TERM": 0,
                                    "PWET": 0},
                      "person_years": 80, "per_100_person_years": 0},
        "language_support": {"ever": 40, "ever_share": 0.5, "recent": 0, "recent_share": 0},
        "contact": {"people": 80, "never": 80, "median_days": None, "p90_days": None,
                    "over_90_days": 80, "over_90_days_share": 1},
        "plan": {"people": 80, "in_force": 0, "in_force_share": 0, "with_perspective": 0,
                 "with_perspective_share": 0,
                 "on_time": {"people": 0, "signed": 0, "within": horizons((0, 70)),
                             **NO_MEDIANS}},
        "intake": {"complete": 0, "complete_share": 0, "extended": 0, "extended_share": 0,
                   "none": 80, "none_share": 1, "mean_domains": 0, "mean_parties": None},
        "barriers": {"people": 0, "by_kind": {kind: 0 for kind in BARRIERS}},
        "data_quality": {"records": 310, "delay_p50_days": 0, "delay_p90_days": 0,
                         "corrections": 0, "corrections_share": 0},
        "language_level": [{"level": "A2", **level}, {"level": "B1", **level}],
    }
    for key in ("ladder_step", "ladder_falls", "rung_reached", "job_durability", "sanctions",
                "data_quality", "language_level"):
        indicators[key] = nothing_of(indicators[key])
    placement, plan = indicators["placement"], indicators["plan"]
    indicators["placement"] = {**nothing_of(placement), "guided": placement["guided"]}
    plan["on_time"] = nothing_of(plan["on_time"])
    return {"definitions": 2, "as_of": P, "known_at": stamp, "municipality": HOME, "window": 365,
            "profile": "public", "rounded_to": 5,
            "population": {"persons": 80, "breadwinners": 30, "under_guidance": 80},
            "indicators": indicators}


def published_metrics():
    """{name: {labels: value}} as /metrics shows the same, without what is null."""
    def by(label, keys, values, **more):
        return {(*more.items(), (label, key)): values.get(key, 0) for key in keys}

    answers = ["yes", "no", "unknown", "exempt", "new"]
    outcomes = ["fully_paid", "subsidised", "none", "unknown"]
    expected = {
        "ladder_persons": {(): 80},
        "ladder_breadwinners": {(): 30},
        "ladder_position_persons": by("rung", [*"123456", "unassessed"], {"2": 80}),
        "ladder_participation_norm_persons": by("answer", answers, {"yes": 20, "unknown": 60}),
        "ladder_participation_norm_ratio": {(): 0.25},
        "ladder_combined_pathway_persons": by("answer", answers, {"no": 20, "unknown": 60}),
        "ladder_combined_pathway_ratio": {(): 0},
        "ladder_job_outcome_persons": {
            **by("outcome", outcomes, {"fully_paid": 10, "subsidised": 10, "none": 10},
                 group="breadwinners"),
            **by("outcome", outcomes, {"fully_paid": 10, "subsidised": 10, "none": 60},
                 group="adults")},
        "ladder_language_support_persons": by("window", ["ever", "recent"], {"ever": 40}),
        "ladder_contact_over_ratio": {(("days", "90"),): 1},
        "ladder_plan_in_force_ratio": {(): 0},
        "ladder_plan_with_perspective_ratio": {(): 0},
        "ladder_intake_complete_ratio": {(): 0},
        "ladder_barrier_persons": by("kind", BARRIERS, {}),
    }
    return {name: {frozenset({*labels, ("municipality", HOME)}): value
                   for labels, value in samples.items()} for name, samples in expected.items()}


class Oirschot(harness.OwnDaemon):
    partners = {"isd": {}, "taalmaatjes": {"org_type": "VOLUNTEERS"}}

    def described(self):
        """A daemon that was told of everybody, and of some of it twice."""
        daemon = self.ladderd(self.partners, {"analyst": {"municipalities": "*", "log": "yes"}})
        sent = newcomers()
        for who in self.partners:
            mine = [one for partner, one in sent if partner == who]
            half = len(mine) // 2
            daemon.accept(*mine[:half], who=who)
            result = daemon.push_protobuf(mine, who)
            self.assertEqual((result["accepted"], result["duplicates"]), (len(mine) - half, half))
        return daemon

    def test_the_internal_figures_are_the_volunteers_percentages(self):
        daemon = self.described()
        figures = daemon.figures(as_of=P, municipality=HOME).json
        self.assertEqual(figures["profile"], "internal")
        self.assertEqual(figures["population"],
                         {"persons": 80, "breadwinners": 30, "under_guidance": 80})
        found = figures["indicators"]
        # 50 % had language support by volunteers, 70 % of the breadwinners their guidance.
        self.assertEqual(found["language_support"]["ever"], 40)
        self.assertEqual(found["language_support"]["ever_share"], 0.5)
        self.assertEqual(found["placement"]["guided"]["VOLUNTEERS"], {"people": 21, "share": 0.7})
        # 27 % paid in full, 40 % subsidised.
        self.assertEqual(found["job_outcome"]["breadwinners"], {
            "fully_paid": 8, "subsidised": 12, "none": 10, "unknown": 0,
            "fully_paid_share": 0.266667, "subsidised_share": 0.4,
            "none_share": 0.333333, "unknown_share": 0})
        # Lasting jobs: 60 % by volunteers, 30 % by themselves, 10 % by the ISD, none by the WSD.
        placement = found["placement"]
        self.assertEqual([placement[name] for name in ("lasting_jobs", "contested",
                                                       "unattributed")], [20, 0, 0])
        self.assertEqual({by: (one["jobs"], one["share"])
                          for by, one in placement["by"].items() if one["jobs"]},
                         {"VOLUNTEERS": (12, 0.6), "SELF": (6, 0.3), "ISD": (2, 0.1)})
        self.assertEqual(placement["by"]["SW_COMPANY"], {"jobs": 0, "share": 0, "referrals": 0})
        daemon.stop()

    def published(self, daemon):
        """Publishes the quarter; the bytes that anybody reads then, and its record."""
        self.assertProblem(daemon.get("/v1/indicators", municipality=HOME), 403)
        daemon.accept(publish(P))
        record = daemon.records()[-1]
        self.assertIn("report_published", record["event"])
        harness.until(lambda: daemon.get("/v1/indicators", municipality=HOME).status == 200,
                    "the publication shows")
        return daemon.get("/v1/indicators", municipality=HOME).body, record

    def figures_of_metrics(self, daemon):
        answer = daemon.get("/metrics")
        self.assertEqual(answer.status, 200, answer)
        return samples_of(answer.body.decode())

    def test_the_public_sees_exactly_these_numbers(self):
        daemon = self.described()
        self.assertEqual(self.figures_of_metrics(daemon), {})
        body, record = self.published(daemon)
        recorded_day = harness.instant(record["recorded_at"]).astimezone(harness.ZONE).date()
        expected = published_figures(recorded_day.isoformat())
        self.assertEqual(json.loads(body), expected)
        self.assertEqual(body.decode(), json.dumps(expected, separators=(",", ":")) + "\n")
        self.assertEqual(self.figures_of_metrics(daemon), published_metrics())
        daemon.stop()

    def test_nothing_but_the_publication_is_read_without_a_token(self):
        daemon = self.described()
        body, record = self.published(daemon)
        recorded = harness.instant(record["recorded_at"]).astimezone(harness.ZONE).date()
        stamp = recorded.isoformat()
        before, after = ((recorded + timedelta(days=days)).isoformat() for days in (-1, 1))
        for parameters in ({}, {"as_of": P}, {"known_at": stamp}, {"window": 365},
                           {"as_of": P, "known_at": stamp, "window": 365}):
            answer = daemon.get("/v1/indicators", municipality=HOME, **parameters)
            self.assertEqual((answer.status, answer.body), (200, body), parameters)
        refused = [{"municipality": HOME, **parameters} for parameters in (
            {"as_of": "2025-12-30"}, {"as_of": "2026-01-01"}, {"as_of": "2025-09-30"},
            {"as_of": "2026-03-31"}, {"as_of": harness.day()}, {"known_at": before},
            {"known_at": after}, {"known_at": "2026-01-01"},
            {"as_of": P, "known_at": before}, {"as_of": P, "known_at": after},
            {"window": 30}, {"window": 364}, {"window": 366}, {"as_of": P, "window": 3660})]
        refused += [{}, {"as_of": P}, {"municipality": "all"}, {"municipality": "all", "as_of": P},
                    {"municipality": "GM0820"}, {"municipality": "GM0820", "as_of": P}]
        for parameters in refused:
            self.assertProblem(daemon.get("/v1/indicators", **parameters), 403)
        # The instant of the record is told to nobody, and taken from nobody.
        for known_at in (record["recorded_at"], harness.now_text(), "x", "2026-02-30"):
            self.assertProblem(daemon.get("/v1/indicators", municipality=HOME,
                                          known_at=known_at), 400)
        for path in ("/v1/log", "/v1/events/" + record["event"]["id"]):
            self.assertProblem(daemon.get(path), 401, 403)
        self.assertProblem(daemon.get("/v1/indicators", municipality=HOME, token="not-a-token"),
                           401)
        daemon.stop()

    def test_what_was_published_stays_the_same_bytes(self):
        daemon = self.described()
        body, record = self.published(daemon)
        metrics = self.figures_of_metrics(daemon)
        inside = daemon.figures(as_of=P, municipality=HOME).json["indicators"]

        def compare(what):
            known_at = harness.instant(record["recorded_at"]).astimezone(harness.ZONE).date()
            for parameters in ({}, {"as_of": P, "known_at": known_at.isoformat()}):
                answer = daemon.get("/v1/indicators", municipality=HOME, **parameters)
                self.assertEqual((answer.status, answer.body), (200, body), what)
            self.assertEqual(self.figures_of_metrics(daemon), metrics, what)

        log = daemon.records()
        late = [settled(fresh("s"), "2024-01-01") for _ in range(30)]
        daemon.accept(*late)
        compare("late news")
        first = next(one for one in log if "job_started" in one["event"])["event"]
        daemon.accept(retraction(first["id"]))
        compare("a retraction")
        row = assessed(first["subject"], "2025-12-02", 4, key="row")
        daemon.accept(row, {**row, "id": fresh(), "ladder_assessed": {"rung": 6}})
        compare("a correction")
        changed = daemon.figures(as_of=P, municipality=HOME).json["indicators"]
        self.assertNotEqual(changed["ladder_position"], inside["ladder_position"])
        self.assertNotEqual(changed["job_outcome"], inside["job_outcome"])
        daemon.restart()
        compare("a restart")
        daemon.kill()
        daemon.start()
        compare("a kill")
        # An older quarter is published too: the newest is still this one.
        daemon.accept(publish("2025-09-30"))
        older = {"municipality": HOME, "as_of": "2025-09-30"}
        harness.until(lambda: daemon.get("/v1/indicators", **older).status == 200,
                    "the older one shows")
        self.assertNotEqual(daemon.get("/v1/indicators", **older).body, body)
        compare("an older publication")
        self.assertRejected(daemon.push([publish(P)]), "already_published")
        compare("a second publication of the same quarter")
        daemon.stop()


if __name__ == "__main__":
    harness.unittest.main()
