"""/v1/log, /v1/events/ID, /v1/indicators, /healthz, /readyz and who may read them."""

import json
import re
from datetime import datetime, timedelta, timezone

import contract
import harness
from harness import NDJSON, PROTOBUF, assessed, event, fresh, retraction, settled


class Log(harness.Case):
    partners = {"isd": {}, "lev": {"org_type": "WELFARE"}, "narrow": {
        "types": "ladder_assessed", "municipalities": "GM0823"}}
    analysts = {"analyst": {"municipalities": "*", "log": "yes"},
                "nolog": {"municipalities": "*"}, "nolog2": {"municipalities": "*", "log": "no"},
                "onlylog": {"log": "yes"}}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sent = []
        for turn in range(3):
            for who in ("isd", "lev"):
                events = [contract.valid(body_type, key=fresh("row") if turn == 1 else harness.ABSENT)
                          for body_type in contract.TYPES if body_type not in
                          ("event_retracted", "report_published", "report_withdrawn")]
                gone = retraction(events[0]["id"])
                result = cls.daemon.push(events + [event(body={"rung": 9}), events[0], gone], who)
                assert result["accepted"] == len(events) + 1, result
                cls.sent += [(who, one) for one in (*events, gone)]
        for turn, quarter in enumerate(("2025-12-31", "2026-03-31")):
            one = event("report_published", {"as_of": quarter}, municipality="GM0823")
            (cls.daemon.accept if turn else cls.daemon.push_protobuf)(
                *([one] if turn else [[one]]))
            cls.sent.append(("isd", one))

    def lines(self, **parameters):
        answer = self.daemon.get("/v1/log", who="analyst", **parameters)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.media_type, NDJSON)
        self.assertTrue(answer.body == b"" or answer.body.endswith(b"\n"))
        return answer.body.split(b"\n")[:-1]

    def test_the_log_has_all_that_was_accepted_in_order_and_nothing_else(self):
        records = [json.loads(line) for line in self.lines()]
        self.assertEqual([(one["partner"], one["event"]) for one in records], self.sent)

    def test_seq_counts_from_1_without_holes(self):
        self.assertEqual([one["seq"] for one in self.daemon.records()],
                         list(range(1, len(self.sent) + 1)))

    def test_recorded_at_is_strictly_increasing_and_about_now(self):
        instants = [one["recorded_at"] for one in self.daemon.records()]
        self.assertEqual(instants, sorted(set(instants)))
        now = datetime.now(timezone.utc)
        for text in (instants[0], instants[-1]):
            self.assertLess(abs(now - harness.instant(text)), timedelta(minutes=5))

    def test_a_record_is_one_line_written_as_in_the_contract(self):
        for line in self.lines():
            record = json.loads(line)
            beside = (["round_to", "definitions"] if "report_published" in record["event"] else
                      ["withdraws"] if "event_retracted" in record["event"] else [])
            self.assertEqual(list(record), ["seq", "recorded_at", "partner", *beside, "event"])
            self.assertRegex(record["recorded_at"],
                             r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
            start = b'{"seq":%d,"recorded_at":"' % record["seq"]
            self.assertTrue(line.startswith(start), line)
            self.assertNotRegex(line, rb'[:,{] | [:,}]')
            self.assertEqual(list(record["event"])[0], "id")

    def test_a_retraction_names_what_it_withdraws_and_a_publication_its_base(self):
        records = self.daemon.records()
        place = {(one["partner"], one["event"]["id"]): one["seq"] for one in records}
        seen = 0
        for one in records:
            if "event_retracted" in one["event"]:
                target = one["event"]["event_retracted"].get("target_id")
                if target is not None:
                    self.assertEqual(one["withdraws"], place[one["partner"], target])
                    seen += 1
            if "report_published" in one["event"]:
                self.assertEqual((one["round_to"], one["definitions"]), (5, 2))
                seen += 1
        self.assertGreater(seen, 3)

    def test_enumerations_are_written_short(self):
        one = event("job_started", {"job_ref": "a", "funding": "FUNDING_FULLY_PAID",
                                    "hours_per_week": "36", "matches_ambition":
                                    "AMBITION_MATCH_PARTLY"})
        last = self.daemon.accept(one)["last_seq"]
        type(self).sent.append(("isd", {**one, "job_started": {
            "job_ref": "a", "funding": "FULLY_PAID", "hours_per_week": 36,
            "matches_ambition": "PARTLY"}}))
        found = self.daemon.records(after=last - 1)[0]["event"]
        self.assertEqual(found, self.sent[-1][1])

    def test_after_and_limit_cut_the_log(self):
        whole = self.lines()
        self.assertEqual(self.lines(after=0), whole)
        self.assertEqual(self.lines(after=10), whole[10:])
        self.assertEqual(self.lines(after=10, limit=5), whole[10:15])
        self.assertEqual(self.lines(limit=1), whole[:1])
        self.assertEqual(self.lines(limit=100000), whole)
        self.assertEqual(self.lines(after=len(whole) - 1), whole[-1:])
        self.assertEqual(self.lines(after=len(whole)), [])
        self.assertEqual(self.lines(after=10**9), [])

    def test_bad_parameters_of_the_log_are_400(self):
        for query in ("after=-1", "after=x", "after=", "after=1.5", "after=99999999999999999999999",
                      "limit=100001", "limit=-1", "limit=x", "limit=", "limit=1e3", "nonsense=1",
                      "after=1&after=2", "after=%201", "after=0x10"):
            with self.subTest(query=query):
                self.assertProblem(self.daemon.get("/v1/log?" + query, who="analyst"), 400)

    def test_the_log_in_protobuf_is_the_same_log(self):
        answer = self.daemon.get("/v1/log", who="analyst", headers={"Accept": PROTOBUF})
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.media_type, PROTOBUF)
        records = harness.delimited(answer.body)
        lines = self.daemon.records()
        self.assertEqual(len(records), len(lines))
        for record, line in zip(records, lines):
            self.assertEqual((record.seq, record.recorded_at, record.partner),
                             (line["seq"], line["recorded_at"], line["partner"]))
            self.assertEqual(record.event.SerializeToString(),
                             harness.message(line["event"]).SerializeToString())
            self.assertEqual(record.event.HasField("subject"),
                             record.event.WhichOneof("body") not in harness.NO_SUBJECT)
        part = self.daemon.get("/v1/log?after=3&limit=2", who="analyst",
                               headers={"Accept": PROTOBUF})
        self.assertEqual(harness.delimited(part.body), records[3:5])

    def test_the_log_is_protobuf_only_when_accept_prefers_it(self):
        for accept, wanted in (
                (PROTOBUF, PROTOBUF), (PROTOBUF + ", */*", PROTOBUF),
                (PROTOBUF + ";q=0.9, */*;q=0.1", PROTOBUF),
                (f"application/x-ndjson;q=0.1, {PROTOBUF};q=0.5, */*", PROTOBUF),
                (PROTOBUF + ";q=0.5, */*;q=0.9", "application/x-ndjson"),
                (PROTOBUF + ";q=0.5, application/*;q=0.9", "application/x-ndjson"),
                (PROTOBUF + ", application/x-ndjson", "application/x-ndjson"),
                (PROTOBUF + ";q=0", "application/x-ndjson"), ("*/*", "application/x-ndjson"),
                ("text/html", "application/x-ndjson")):
            with self.subTest(accept=accept):
                answer = self.daemon.get("/v1/log?limit=1", who="analyst",
                                         headers={"Accept": accept})
                self.assertEqual((answer.status, answer.media_type), (200, wanted))

    def test_domains_are_sorted_alike_in_both_formats(self):
        orders = set()
        for domains in (["WORK", "HEALTH", "EDUCATION", "AMBITION"],
                        ["AMBITION", "EDUCATION", "WORK", "HEALTH"]):
            one = event("intake_done", {"domains": domains})
            last = self.daemon.accept(one)["last_seq"]
            found = self.daemon.records(after=last - 1)[0]["event"]
            type(self).sent.append(("isd", found))
            self.assertEqual(sorted(found["intake_done"]["domains"]), sorted(domains))
            answer = self.daemon.get(f"/v1/log?after={last - 1}", who="analyst",
                                     headers={"Accept": PROTOBUF})
            inner = harness.delimited(answer.body)[0].event.intake_done.domains
            self.assertEqual(list(inner), sorted(inner))
            orders.add(tuple(found["intake_done"]["domains"]))
        self.assertEqual(len(orders), 1, "one order whatever was sent")

    def assertAsksForAToken(self, answer):
        self.assertProblem(answer, 401)
        self.assertEqual(answer.header("WWW-Authenticate"), "Bearer")

    def test_only_an_analyst_with_log_reads_the_log(self):
        self.assertAsksForAToken(self.daemon.get("/v1/log"))
        self.assertProblem(self.daemon.get("/v1/log", token="wrong"), 401)
        for who in ("isd", "prometheus", "nolog", "nolog2"):
            with self.subTest(who=who):
                self.assertProblem(self.daemon.get("/v1/log", who=who), 403)
        self.assertEqual(self.daemon.get("/v1/log", who="onlylog").status, 200)

    def test_a_partner_reads_its_own_event(self):
        for who, one in self.sent[:80]:
            answer = self.daemon.get("/v1/events/" + one["id"], who=who)
            self.assertEqual(answer.status, 200, answer)
            self.assertEqual(answer.media_type, harness.JSON)
            found = answer.json
            self.assertEqual(found["event"], one)
            line = self.daemon.records(after=found["seq"] - 1)[0] \
                if harness.body_type_of(one) == "exited" else None
            if line:
                self.assertEqual((found["seq"], found["recorded_at"]),
                                 (line["seq"], line["recorded_at"]))
            self.assertIs(type(found["withdrawn"]), bool)
            self.assertEqual(found["withdrawn"],
                             harness.body_type_of(one) == "person_registered", found)

    def test_an_event_of_another_partner_is_404(self):
        who, one = self.sent[1]
        self.assertEqual(who, "isd")
        answer = self.daemon.get("/v1/events/" + one["id"], who="lev")
        self.assertProblem(answer, 404)
        self.assertProblem(self.daemon.get("/v1/events/never-sent", who="isd"), 404)

    def test_an_id_that_is_no_identifier_is_404_or_400_and_not_repeated(self):
        for name in ("123456782", "a%20b", "x" * 65, "x" * 3000, "a%00b", "%2e%2e", "%ff", ""):
            with self.subTest(name=name[:70]):
                answer = self.daemon.get("/v1/events/" + name, who="isd")
                self.assertProblem(answer, 400, 404, 405, 414)
                self.assertNotIn(b"123456782", answer.body)

    def test_only_partners_read_events(self):
        who, one = self.sent[0]
        self.assertAsksForAToken(self.daemon.get("/v1/events/" + one["id"]))
        for who in ("analyst", "prometheus"):
            self.assertProblem(self.daemon.get("/v1/events/" + one["id"], who=who), 403)

    def test_an_escaped_id_is_found(self):
        one = event(id="a:b.c_d-" + fresh("x"))
        self.daemon.accept(one)
        type(self).sent.append(("isd", one))
        for name in (one["id"], one["id"].replace(":", "%3A").replace("-", "%2D")):
            self.assertEqual(self.daemon.get("/v1/events/" + name, who="isd").json["event"], one)


class Indicators(harness.Case):
    analysts = {"analyst": {"municipalities": "*", "log": "yes"},
                "oirschot": {"municipalities": "GM0823"},
                "two": {"municipalities": "GM0823, GM0820"},
                "none": {}}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        people = [fresh("s") for _ in range(6)]
        events = [settled(one, "2025-01-06", "GM0820" if place % 3 == 0 else "GM0823")
                  for place, one in enumerate(people)]
        events += [assessed(one, "2026-03-02", 1 + place % 6,
                            "GM0820" if place % 3 == 0 else "GM0823")
                   for place, one in enumerate(people)]
        cls.daemon.accept(*events)

    def test_the_answer_is_one_line_of_json_in_the_shape_of_the_example(self):
        answer = self.daemon.figures(as_of="2026-06-30")
        self.assertEqual(answer.media_type, harness.JSON)
        self.assertTrue(answer.body.endswith(b"}\n"))
        self.assertEqual(answer.body.count(b"\n"), 1)
        self.assertNotIn(b" ", answer.body)
        example = json.loads((harness.SPEC / "example/set2/figures-1.json").read_text())
        same_shape(self, example, answer.json)

    def test_the_head_says_what_was_asked(self):
        found = self.daemon.figures(as_of="2026-06-30", municipality="GM0823", window=1000).json
        self.assertEqual((found["definitions"], found["as_of"], found["municipality"],
                          found["window"], found["profile"], found["erased_people"]),
                         (2, "2026-06-30", "GM0823", 1000, "internal", 0))
        self.assertEqual(found["population"],
                         {"persons": 4, "breadwinners": 0, "under_guidance": 4})

    def test_the_defaults_are_today_now_all_and_365_days(self):
        before, first = datetime.now(timezone.utc), harness.today()
        found = self.daemon.figures().json
        self.assertIn(found["as_of"], (first.isoformat(), harness.day()))
        self.assertEqual((found["municipality"], found["window"]), ("all", 365))
        known = harness.instant(found["known_at"])
        self.assertLess(known, datetime.now(timezone.utc))
        self.assertGreater(known, before - timedelta(seconds=5))
        self.assertGreaterEqual(found["population"]["persons"], 6)

    def test_municipalities_add_up_to_all(self):
        def persons(municipality):
            found = self.daemon.figures(as_of="2026-06-30", municipality=municipality).json
            return found["population"]["persons"]
        self.assertEqual((persons("GM0820"), persons("GM0823"), persons("GM0001")), (2, 4, 0))
        self.assertEqual(persons("all"), 6 + persons("GM4001"))

    def test_bad_parameters_are_400(self):
        tomorrow_k = harness.now_text(10**6 * 3600)
        for query in (
                "as_of=2026-02-30", "as_of=2026-2-3", "as_of=x", "as_of=", "as_of=20260302",
                f"as_of={harness.day(2)}", "as_of=2099-01-01", f"known_at={tomorrow_k}",
                "known_at=x", "known_at=", "known_at=2026-03-02", "known_at=2026-02-30T00:00:00Z",
                "known_at=2026-03-02T25:00:00.000000Z", "known_at=2099-01-01T00:00:00.000000Z",
                "municipality=", "municipality=x", "municipality=GM823", "municipality=gm0823",
                "municipality=ALL", "municipality=GM08230", "municipality=GM0823,GM0820",
                "window=29", "window=3661", "window=0", "window=-365", "window=x", "window=",
                "window=365.5", "window=99999999999999999999", "definitions=0", "definitions=1000",
                "definitions=x", "definitions=", "nonsense=1", "asof=2026-06-30",
                "As_of=2026-06-30", "as_of=2026-06-30&as_of=2026-06-30",
                "as_of=2026-06-30%00", "municipality=GM0823%00",
                "as_of=2026-06-30&known_at=2026-03-02T09:00:00.000000Z"):
            with self.subTest(query=query):
                answer = self.daemon.get("/v1/indicators?" + query, who="analyst")
                self.assertProblem(answer, 400)

    def test_the_complaint_names_the_parameter(self):
        for query, name in (("as_of=x", "as_of"), ("known_at=x", "known_at"),
                            ("municipality=x", "municipality"), ("window=1", "window"),
                            ("definitions=0", "definitions")):
            answer = self.daemon.get("/v1/indicators?" + query, who="analyst")
            self.assertIn(name, answer.json["detail"])
        answer = self.daemon.get("/v1/indicators?window=1", who="analyst")
        self.assertIn("30", answer.json["detail"])
        self.assertIn("3660", answer.json["detail"])

    def test_before_1990_there_is_nobody_and_replay_says_the_same(self):
        k = self.daemon.figures().json["known_at"]
        for as_of in ("1989-12-31", "1900-02-28", "0001-01-01"):
            with self.subTest(as_of=as_of):
                answer = self.daemon.figures(as_of=as_of, known_at=k)
                self.assertEqual(answer.json["population"]["persons"], 0)
                done = harness.ladder("replay", "--as-of", as_of, "--known-at", k,
                                    self.daemon.store, check=0)
                self.assertEqual(done.stdout, answer.body)

    def test_the_complaint_about_a_parameter_where_there_are_none_says_so(self):
        for path, who in (("/metrics?x=1", "analyst"), ("/v1/events/abc?x=1", "isd")):
            problem = self.assertProblem(self.daemon.get(path, who=who), 400)
            self.assertIn("takes no parameter", problem["detail"])

    def test_a_set_of_definitions_that_is_not_known_is_400_for_everybody(self):
        for who in (None, "isd", "analyst"):
            self.assertProblem(self.daemon.get(
                "/v1/indicators?municipality=GM0823&definitions=1000", who=who), 400)

    def test_the_first_set_of_definitions_can_be_asked_for_live_and_in_a_replay(self):
        known_at = self.daemon.records()[-1]["recorded_at"]
        live = self.daemon.figures(known_at=known_at, definitions=1)
        self.assertEqual(live.json["definitions"], 1)
        self.assertNotIn("guidance", live.json["indicators"])
        newest = self.daemon.figures(known_at=known_at)
        self.assertEqual(newest.json["definitions"], 2)
        self.assertEqual(newest.body, self.daemon.figures(known_at=known_at,
                                                          definitions=2).body)
        replay = harness.ladder("replay", self.daemon.store, "--known-at", known_at,
                                "--definitions", 1, check=0).stdout
        self.assertEqual(live.body, replay)

    def test_the_limits_of_the_parameters_are_allowed(self):
        for parameters in ({"window": 30}, {"window": 3660}, {"as_of": "1990-01-01"},
                           {"municipality": "GM0000"}, {"municipality": "all"}):
            self.daemon.figures(**parameters)

    def test_a_day_before_all_events_is_answered_as_replay_answers_it(self):
        known_at = self.daemon.records()[-1]["recorded_at"]
        for as_of in ("1989-12-31", "1969-12-31", "0001-01-01"):
            with self.subTest(as_of=as_of):
                live = self.daemon.figures(as_of=as_of, known_at=known_at)
                replay = harness.ladder("replay", self.daemon.store, "--as-of", as_of,
                                      "--known-at", known_at, check=0).stdout
                self.assertEqual(live.body, replay)
                self.assertEqual(live.json["population"]["persons"], 0)

    def test_as_of_may_be_the_civil_day_of_k_and_not_one_later(self):
        record = self.daemon.records()[-1]
        k = record["recorded_at"]
        civil = harness.instant(k).astimezone(harness.ZONE).date()
        self.daemon.figures(as_of=civil.isoformat(), known_at=k)
        answer = self.daemon.get("/v1/indicators", who="analyst", known_at=k,
                                 as_of=(civil + timedelta(days=1)).isoformat())
        self.assertProblem(answer, 400)

    def test_the_civil_day_of_k_is_that_of_amsterdam(self):
        # 23:30 UTC in winter and 22:30 UTC in summer are the next day in Amsterdam.
        for known_at, good, bad in (
                ("2026-01-10T23:30:00.000000Z", "2026-01-11", "2026-01-12"),
                ("2026-01-10T22:30:00.000000Z", "2026-01-10", "2026-01-11"),
                ("2026-07-10T22:30:00.000000Z", "2026-07-11", "2026-07-12"),
                ("2026-07-10T21:30:00.000000Z", "2026-07-10", "2026-07-11")):
            with self.subTest(known_at=known_at):
                self.daemon.figures(known_at=known_at, as_of=good)
                answer = self.daemon.get("/v1/indicators", who="analyst", known_at=known_at,
                                         as_of=bad)
                self.assertProblem(answer, 400)

    def test_before_the_first_record_there_is_nobody(self):
        found = self.daemon.figures(known_at="2020-01-01T12:00:00.000000Z",
                                    as_of="2020-01-01").json
        self.assertEqual(found["known_at"], "2020-01-01T12:00:00.000000Z")
        self.assertEqual(found["population"]["persons"], 0)

    def test_an_analyst_sees_its_municipalities_only(self):
        for who, municipality, status in (
                ("oirschot", "GM0823", 200), ("oirschot", "GM0820", 403), ("oirschot", "all", 403),
                ("oirschot", None, 403), ("two", "GM0823", 200), ("two", "GM0820", 200),
                ("two", "all", 403), ("two", None, 403), ("none", "GM0823", 403),
                ("none", "all", 403), ("none", None, 403), ("analyst", "all", 200),
                ("analyst", None, 200), ("analyst", "GM0999", 200)):
            parameters = {} if municipality is None else {"municipality": municipality}
            with self.subTest(who=who, municipality=municipality):
                answer = self.daemon.get("/v1/indicators", who=who, **parameters)
                if status == 200:
                    self.assertEqual(answer.status, 200, answer)
                else:
                    self.assertProblem(answer, 403)

    def test_without_a_token_nothing_is_shown(self):
        for query in ("", "?municipality=GM0823", "?municipality=GM0823&as_of=2026-06-30"):
            self.assertProblem(self.daemon.get("/v1/indicators" + query), 403)

    def test_a_partner_or_a_scraper_or_a_stranger_sees_no_indicators(self):
        for who in ("isd", "prometheus"):
            self.assertProblem(self.daemon.get("/v1/indicators?municipality=GM0823", who=who),
                               401, 403)
        self.assertProblem(self.daemon.get("/v1/indicators", token="wrong"), 401, 403)

    def test_health_and_readiness_are_open_to_all(self):
        for path in ("/healthz", "/readyz"):
            for who in (None, "isd", "analyst"):
                answer = self.daemon.get(path, who=who)
                self.assertEqual(answer.status, 200, answer)
                self.assertEqual(answer.body.strip(), b"ok")

    def test_new_events_are_shown_within_five_seconds_by_default(self):
        person = fresh("s")
        self.daemon.accept(settled(person, "2025-01-06", "GM4001"))
        harness.until(lambda: self.daemon.figures(municipality="GM4001").json["population"]["persons"]
                    == 1, "the person is shown", 5)


def same_shape(case, wanted, found, path=""):
    """The same keys in the same order; indicators of other issues may be missing."""
    if isinstance(wanted, dict):
        case.assertIsInstance(found, dict, path)
        keys = list(wanted)
        if path.endswith("indicators"):
            keys = [key for key in keys if key in found]
            case.assertTrue({"ladder_step", "ladder_position", "ladder_falls", "rung_reached",
                             "participation_norm", "data_quality"} <= set(keys), list(found))
        case.assertEqual(list(found), keys, path)
        for key in keys:
            same_shape(case, wanted[key], found[key], f"{path}.{key}")
    elif isinstance(wanted, list):
        case.assertIsInstance(found, list, path)
        case.assertEqual(len(found), len(wanted), path)
        for place, (one, other) in enumerate(zip(wanted, found)):
            same_shape(case, one, other, f"{path}[{place}]")
    else:
        case.assertNotIsInstance(found, (dict, list), path)


if __name__ == "__main__":
    harness.unittest.main()
