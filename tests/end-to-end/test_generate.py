"""`ladder generate` prints what spec/events.md allows, and the same each time."""

import collections
import datetime
import hashlib
import json
import os
import re
import subprocess
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LADDER = os.environ.get("LADDER", os.path.join(ROOT, "build", "release", "ladder"))
UNTIL = "2025-12-31"
DIGEST = "1665821327e0856e182cb5605fea0b602d5683043d6e11b5e2412eda480af059"

ORG_TYPE = set("MUNICIPALITY ISD SW_COMPANY WELFARE VWN COA SCHOOL VOLUNTEERS EMPLOYER SELF OTHER"
               .split())
BARRIER = set("CHILDCARE TRANSPORT LANGUAGE_WAITING_LIST EMPLOYER DIPLOMA HOUSING MOTIVATION RULES "
              "CONTACT OTHER".split())
DOMAIN = set("WORK EDUCATION LANGUAGE HOUSING INCOME FAMILY SOCIAL_NETWORK HEALTH DIGITAL AMBITION"
             .split())
KIND = set("VOLUNTEER INTERNSHIP WORK_EXPERIENCE SPORT CULTURE_HOBBY SCHOOL_SUPPORT NEIGHBOURHOOD "
           "LANGUAGE_COURSE LANGUAGE_CAFE LANGUAGE_BUDDY TUTORING JOB_COACHING APPLICATION_HELP "
           "DIPLOMA_VALUATION FORM_HELP FAMILY_ACTIVITY".split())
AGREED = set("PARTICIPATION_NORM COMBINED_PATHWAY PLAN_IN_FORCE PLAN_WITH_PERSPECTIVE "
             "PLAN_WITHIN_70_DAYS CONTACT_WITHIN_90_DAYS INTAKE_COMPLETE FULLY_PAID LASTING_JOBS "
             "JOBS_LASTING_365_DAYS CLIMBED_WITHIN_12_MONTHS RUNG_HALF_TIME BENEFIT_LEFT "
             "LEVEL_B1_WITHIN_36_MONTHS LANGUAGE_SUPPORT_RECENT".split())
REGIME = {"WI2021_INTAKE", "WI2021_PLAN", "DUO_TERM", "PWET"}
FUNDING = {"FULLY_PAID", "SUBSIDISED"}
BOOL, DATE, IDENTIFIER, DOMAINS = "bool", "date", "identifier", "domains"

# The tables of spec/events.md, typed in again: fields with `?` are optional.
TYPES = {
    "person_registered": {"birth_year": (1900, 2025), "act": {"WI2013", "WI2021", "NONE"}},
    "household_role_set": {"role": {"BREADWINNER", "CO_BREADWINNER", "SINGLE", "OTHER"}},
    "municipality_settled": {},
    "municipality_left": {"to": {"OTHER_MUNICIPALITY", "ABROAD", "UNKNOWN"}},
    "exited": {"reason": {"DEFINITIVE", "OBJECTION"}},
    "guidance_ended": {"reason": {"SELF_SUFFICIENT", "LOST_CONTACT", "OTHER"}},
    "guidance_started": {},
    "service_model_set": {"model": {"CAFETARIA", "CHAIN_3D", "PARTICIPATION_COMPANY", "OTHER"}},
    "obligation_started": {},
    "intake_done": {"domains": DOMAINS},
    "plan_signed": {"has_main_goal": BOOL, "has_own_ambition": BOOL, "has_language_part": BOOL,
                    "has_participation_part": BOOL, "longest_horizon_months": (0, 120),
                    "route?": {"B1", "EDUCATION", "SELF_RELIANCE"}},
    "plan_reviewed": {},
    "plan_withdrawn": {},
    "language_level_reached": {"level": {"A1", "A2", "B1", "B2"}},
    "civic_integration_completed": {},
    "module_completed": {"module": {"PARTICIPATION_DECLARATION", "LABOUR_MARKET",
                                    "SELF_RELIANCE"}},
    "activity_logged": {"kind": KIND, "minutes": (0, 10080), "provider": ORG_TYPE,
                        "activity_ref?": IDENTIFIER},
    "ladder_assessed": {"rung": (1, 6)},
    "contact_held": {"by": {"CASE_MANAGER", "VOLUNTEER", "OTHER"}, "two_way": BOOL,
                     "worker?": IDENTIFIER},
    "contact_person_assigned": {"worker": IDENTIFIER},
    "contact_person_ended": {},
    "barrier_reported": {"barrier": BARRIER},
    "barrier_resolved": {"barrier": BARRIER},
    "target_set": {"weekly_minutes": (0, 2400), "until?": DATE},
    "language_exempted": {"until?": DATE},
    "job_started": {"job_ref": IDENTIFIER, "funding": FUNDING, "hours_per_week": (1, 60),
                    "open_hiring?": BOOL, "matches_ambition?": {"YES", "PARTLY", "NO"}},
    "job_changed": {"job_ref": IDENTIFIER, "funding": FUNDING, "hours_per_week": (1, 60)},
    "job_confirmed": {"job_ref": IDENTIFIER},
    "job_ended": {"job_ref": IDENTIFIER},
    "placement_claimed": {"job_ref": IDENTIFIER, "by": ORG_TYPE},
    "placement_adjudicated": {"job_ref": IDENTIFIER, "by": ORG_TYPE},
    "referral_made": {"to": ORG_TYPE, "referral_ref?": IDENTIFIER},
    "referral_closed": {"referral_ref": IDENTIFIER,
                        "outcome": {"STARTED", "REFUSED_BY_ORGANISATION", "REFUSED_BY_PERSON",
                                    "BUDGET_EXHAUSTED", "NOT_SUITABLE", "OTHER"}},
    "benefit_started": {"kind": {"FULL", "SUPPLEMENTARY"}},
    "benefit_confirmed": {"kind": {"FULL", "SUPPLEMENTARY"}},
    "benefit_ended": {},
    "sanction_announced": {"sanction_ref": IDENTIFIER},
    "sanction_imposed": {"sanction_ref": IDENTIFIER, "regime": REGIME},
    "sanction_annulled": {"sanction_ref": IDENTIFIER},
    "event_retracted": {"target_id?": IDENTIFIER, "target_key?": IDENTIFIER},
    "report_published": {"as_of": DATE},
    "report_withdrawn": {"as_of": DATE},
    "agreement_made": {"figure": AGREED, "comparison": {"AT_LEAST", "AT_MOST"},
                       "value": (0, 1000000), "by": DATE, "with?": IDENTIFIER,
                       "rung?": (1, 5)},
}
NOBODYS = {"service_model_set", "report_published", "report_withdrawn", "event_retracted",
           "agreement_made"}
ENVELOPE = ["id", "key", "subject", "municipality", "occurred_on"]
IDENTIFIER_FORM = re.compile(r"[A-Za-z0-9._:-]{1,64}")
BSN_FORM = re.compile(r"[0-9]{8,10}")
ID_FORM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def generate(*options):
    return subprocess.run([LADDER, "generate", *options], stdout=subprocess.PIPE, check=True,
                          timeout=120).stdout


def events_of(output):
    return [json.loads(line) for line in output.splitlines()]


def type_of(event):
    return next(name for name in event if name not in ENVELOPE)


def is_date(text):
    return isinstance(text, str) and datetime.date.fromisoformat(text).isoformat() == text


def is_identifier(text):
    return (isinstance(text, str) and IDENTIFIER_FORM.fullmatch(text) is not None
            and BSN_FORM.fullmatch(text) is None)


def value_is_allowed(rule, value):
    if rule is BOOL:
        return isinstance(value, bool)
    if rule is DATE:
        return is_date(value)
    if rule is IDENTIFIER:
        return is_identifier(value)
    if rule is DOMAINS:
        return len(value) > 0 and set(value) <= DOMAIN and len(set(value)) == len(value)
    if isinstance(rule, tuple):
        return type(value) is int and rule[0] <= value <= rule[1]
    return value in rule


def faults_of(event, until=UNTIL):
    """What spec/events.md forbids in one event, as sentences."""
    bodies = [name for name in event if name not in ENVELOPE]
    if len(bodies) != 1 or bodies[0] not in TYPES:
        return ["not exactly one body: %s" % bodies]
    name = bodies[0]
    faults = [field for field in ("id", "municipality", "occurred_on") if field not in event]
    faults += [field for field in ("id", "key", "subject")
               if field in event and not is_identifier(event[field])]
    if ("subject" in event) == (name in NOBODYS):
        faults.append("subject of " + name)
    if not re.fullmatch(r"GM[0-9]{4}", event.get("municipality", "")):
        faults.append("municipality")
    if not (is_date(event["occurred_on"]) and "1990-01-01" <= event["occurred_on"] <= until):
        faults.append("occurred_on")
    body, rules = event[name], TYPES[name]
    for field, rule in rules.items():
        required, field = not field.endswith("?"), field.rstrip("?")
        if field not in body:
            faults += [field] if required else []
        elif not value_is_allowed(rule, body[field]):
            faults.append(field)
    faults += [field for field in body if field not in rules and field + "?" not in rules]
    if name == "event_retracted" and ("key" in event or len(body) != 1):
        faults.append("a retraction has no key and one target")
    if name == "report_published":
        end = datetime.date.fromisoformat(body["as_of"])
        after = end + datetime.timedelta(days=1)
        if after.day != 1 or after.month % 3 != 1 or body["as_of"] >= event["occurred_on"]:
            faults.append("as_of")
    if name == "agreement_made":
        end = datetime.date.fromisoformat(body["by"])
        after = end + datetime.timedelta(days=1)
        if after.day != 1 or after.month % 3 != 1 or body["by"] < event["occurred_on"]:
            faults.append("by")
        if ("rung" in body) != (body["figure"] in ("CLIMBED_WITHIN_12_MONTHS",
                                                   "RUNG_HALF_TIME")):
            faults.append("rung")
        if body["value"] > 100 and body["figure"] not in (
                "RUNG_HALF_TIME", "LASTING_JOBS", "BENEFIT_LEFT"):
            faults.append("value")
    return faults


class Generate(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.options = ["--people", "200", "--years", "4", "--until", UNTIL]
        cls.output = generate(*cls.options)
        cls.events = events_of(cls.output)

    def test_every_event_is_allowed_by_the_contract(self):
        for number, event in enumerate(self.events, 1):
            self.assertEqual(faults_of(event), [], "line %d: %s" % (number, event))

    def test_the_checker_finds_faults(self):
        right = {"id": "a", "subject": "s", "municipality": "GM0823", "occurred_on": "2025-03-02",
                 "ladder_assessed": {"rung": 3}}
        self.assertEqual(faults_of(right), [])
        for change in ({"id": "123456789"}, {"subject": "a b"}, {"municipality": "0823"},
                       {"occurred_on": "2026-01-01"}, {"ladder_assessed": {"rung": 7}},
                       {"ladder_assessed": {}}, {"ladder_assessed": {"rung": 1, "x": 1}},
                       {"job_ended": {"job_ref": "a"}}):
            self.assertNotEqual(faults_of({**right, **change}), [], change)

    def test_every_type_occurs(self):
        for seed in ("1", "2", "3"):
            output = self.output if seed == "1" else generate("--seed", seed, *self.options)
            found = {type_of(event) for event in events_of(output)}
            # Nothing that was published is taken off again: that is an accident.
            self.assertEqual(set(TYPES) - found, {"report_withdrawn"}, "seed " + seed)

    def test_the_same_seed_gives_the_same_bytes(self):
        self.assertEqual(generate(*self.options), self.output)
        self.assertEqual(generate("--seed", "1", *self.options), self.output)

    def test_every_compiler_and_machine_gives_the_same_bytes(self):
        """When the lives are changed on purpose, so is this digest."""
        output = generate("--people", "50", "--municipalities", "3", "--publish", "--until", UNTIL)
        self.assertEqual(hashlib.sha256(output).hexdigest(), DIGEST)

    def test_another_seed_gives_other_events(self):
        other = generate("--seed", "2", *self.options)
        ids = {event["id"] for event in self.events}
        self.assertTrue(ids.isdisjoint(event["id"] for event in events_of(other)))

    def test_two_municipalities_share_nothing_that_tells_events_apart(self):
        """Generated apart, pushed by one partner, none writes over the other."""
        seen = set()
        for codes in ("GM0823", "GM0753", "GM0823,GM0753", "GM0753,GM0823", "2", "3"):
            for seed in ("1", "2"):
                events = events_of(generate("--seed", seed, "--people", "40", "--until", UNTIL,
                                            "--municipalities", codes))
                own = {(field, event[field]) for event in events
                       for field in ("id", "key", "subject") if field in event}
                self.assertEqual({field for field, _ in own}, {"id", "key", "subject"})
                # 2 are GM0823 and GM0753, in this order: the same municipality.
                if codes != "2":
                    self.assertEqual(own & seen, set(), (codes, seed))
                seen |= own

    def test_ids_are_distinct_time_ordered_uuids(self):
        ids = [event["id"] for event in self.events]
        self.assertEqual(len(set(ids)), len(ids))
        self.assertEqual(ids, sorted(ids))
        for event in self.events:
            self.assertRegex(event["id"], ID_FORM)
            ms = int(event["id"].replace("-", "")[:12], 16)
            day = datetime.date(1970, 1, 1) + datetime.timedelta(days=ms // 86400000)
            self.assertEqual(day.isoformat(), event["occurred_on"])

    def test_events_are_sorted_by_day_and_none_is_after_the_last(self):
        days = [event["occurred_on"] for event in self.events]
        self.assertEqual(days, sorted(days))
        self.assertLessEqual(days[-1], UNTIL)
        self.assertEqual(days[-1][:7], UNTIL[:7])

    def test_until_is_today_unless_given(self):
        before = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
        output = events_of(generate("--people", "300", "--publish"))
        after = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
        self.assertIn(output[-1]["occurred_on"], (before, after))

    def test_retractions_name_earlier_events_that_still_count(self):
        ids, keys, retracted = {}, collections.defaultdict(list), set()
        by_id = by_key = 0
        for event in self.events:
            target = event.get("event_retracted", {})
            if "target_id" in target:
                self.assertIn(target["target_id"], ids)
                self.assertNotIn(target["target_id"], retracted)
                self.assertNotIn("report_published", ids[target["target_id"]])
                retracted.add(target["target_id"])
                by_id += 1
            elif "target_key" in target:
                self.assertTrue(set(keys[target["target_key"]]) - retracted)
                retracted.update(keys[target["target_key"]])
                by_key += 1
            else:
                ids[event["id"]] = event
            if "key" in event:
                retracted.update(keys[event["key"]])
                keys[event["key"]].append(event["id"])
        self.assertGreater(by_id, 0)
        self.assertGreater(by_key, 0)
        corrected = [key for key, senders in keys.items() if len(senders) > 1]
        self.assertGreater(len(corrected), 0)

    def test_a_key_belongs_to_one_person_and_type(self):
        owners = collections.defaultdict(set)
        for event in self.events:
            if "key" in event:
                owners[event["key"]].add((event["subject"], type_of(event)))
        self.assertEqual([key for key, owner in owners.items() if len(owner) > 1], [])

    def test_people_and_volumes_are_lifelike(self):
        count = collections.Counter(type_of(event) for event in self.events)
        subjects = {event["subject"] for event in self.events if "subject" in event}
        self.assertEqual(len(subjects), 200)
        self.assertTrue(24 <= len(self.events) / 800 <= 30, len(self.events))
        self.assertTrue(0.55 <= count["activity_logged"] / len(self.events) <= 0.68, count)
        rungs = collections.Counter(event["ladder_assessed"]["rung"] for event in self.events
                                    if "ladder_assessed" in event)
        self.assertEqual(set(rungs), {1, 2, 3, 4, 5, 6})
        self.assertEqual({event["municipality"] for event in self.events}, {"GM0823"})

    def test_nobody_is_heard_of_after_leaving_and_before_settling(self):
        """But for corrections; on one day endings go before all others."""
        ends = {"municipality_left", "exited"}
        lives = {}
        order = sorted(range(len(self.events)), key=lambda i: (
            self.events[i]["occurred_on"], type_of(self.events[i]) not in ends,
            type_of(self.events[i]) != "municipality_settled", i))
        for i in order:
            event = self.events[i]
            if "subject" not in event or "key" in event:
                continue
            if "municipality_settled" in event:
                lives[event["subject"]] = event["municipality"]
                continue
            self.assertEqual(lives.get(event["subject"]), event["municipality"], event)
            if type_of(event) in ends:
                del lives[event["subject"]]

    def test_the_last_quarter_is_published_only_when_asked_for(self):
        def reports(*options):
            return [event["report_published"]["as_of"] for event in events_of(
                generate("--people", "5", "--years", "2", *options))
                if "report_published" in event]
        for until, last in (("2025-12-31", "2025-09-30"), ("2026-01-01", "2025-12-31")):
            self.assertNotIn(last, reports("--until", until))
            published = reports("--until", until, "--publish")
            self.assertEqual(published[-1], last)
            self.assertEqual(len(set(published)), len(published))

    def test_people_move_between_the_municipalities_that_are_asked_for(self):
        events = events_of(generate("--municipalities", "GM0823,GM0753,GM0861", *self.options))
        for event in events:
            self.assertEqual(faults_of(event), [])
        self.assertEqual({event["municipality"] for event in events},
                         {"GM0823", "GM0753", "GM0861"})
        homes = collections.defaultdict(set)
        for event in events:
            if "municipality_settled" in event:
                homes[event["subject"]].add(event["municipality"])
        self.assertTrue(any(len(home) > 1 for home in homes.values()))
        many = events_of(generate("--municipalities", "30", *self.options))
        self.assertEqual(len({event["municipality"] for event in many}), 30)

    def test_wrong_options_are_wrong_usage(self):
        for options in (["--people", "0"], ["--people", "x"], ["--years", "31"], ["--frob"],
                        ["--until", "2025-02-29"], ["operand"], ["--municipalities", "GM1"],
                        ["--municipalities", "GM0823,GM0823"], ["--until", "1993-01-01"]):
            result = subprocess.run([LADDER, "generate", *options], capture_output=True,
                                    timeout=60, check=False)
            self.assertEqual(result.returncode, 64, options)
            self.assertEqual(result.stdout, b"")
            self.assertRegex(result.stderr.decode(), r"^ladder generate: .*\.\n$|--help")

    def test_output_that_cannot_be_written_is_told(self):
        with open("/dev/full", "wb") as full:
            result = subprocess.run([LADDER, "generate", *self.options], stdout=full,
                                    stderr=subprocess.PIPE, timeout=60, check=False)
        self.assertEqual(result.returncode, 74)
        self.assertIn(b"No space left", result.stderr)


if __name__ == "__main__":
    unittest.main()
