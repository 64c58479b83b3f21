"""Who may do and see what: by every kind of token, at every path."""

import base64
import json

import harness
from harness import assessed, day, event, fresh, retraction, settled


def basic(name, token):
    return {"Authorization":
            "Basic " + base64.b64encode(f"{name}:{token}".encode()).decode()}


class Tokens(harness.OwnDaemon):
    def test_a_token_is_valid_through_its_last_day(self):
        daemon = self.ladderd(start=False, partners={"isd": {}, "old": {}, "last": {}})
        old, old_hash = harness.token()
        daemon.partners["isd"] = {"token_hash": f"{old_hash} {daemon.hashes['isd']}",
                                  "not_after": f"{day(-1)} {day(0)}"}
        daemon.partners["old"] = {"not_after": day(-1)}
        daemon.partners["last"] = {"not_after": day(0)}
        daemon.analysts["analyst"]["not_after"] = day(-1)
        daemon.scrapers["prometheus"] = {"not_after": day(-1)}
        daemon.write_config()
        daemon.start()
        daemon.accept(event())
        daemon.accept(event(), who="last")
        for token in (old, daemon.tokens["old"]):
            self.assertProblem(daemon.post("{}", token=token), 401)
        for path in ("/v1/indicators", "/v1/log", "/metrics", "/"):
            self.assertProblem(daemon.get(path, who="analyst"), 401)
            self.assertProblem(daemon.get(path, who="prometheus"), 401)
        self.assertEqual(daemon.get("/", headers=basic("old", daemon.tokens["old"])).status, 401)


class Basic(harness.Case):
    partners = {"isd": {}, "both": {}}
    analysts = {"analyst": {"municipalities": "*", "log": "yes"}}

    def get(self, path, name, who, method="GET"):
        return self.daemon.request(method, path, headers=basic(name, self.daemon.tokens[who]))

    def test_an_analyst_and_a_partner_read_by_basic(self):
        one = event()
        self.daemon.accept(one)
        for path in ("/v1/indicators", "/figures.csv", "/v1/log", "/metrics", "/"):
            for method in ("GET", "HEAD"):
                self.assertEqual(self.get(path, "analyst", "analyst", method).status, 200, path)
        for path in ("/v1/worklist", "/v1/events/" + one["id"]):
            for method in ("GET", "HEAD"):
                self.assertEqual(self.get(path, "isd", "isd", method).status, 200, path)

    def test_the_name_must_be_that_of_the_section(self):
        for name, who in (("isd", "both"), ("both", "isd"), ("analyst", "isd"), ("", "analyst"),
                          ("Analyst", "analyst"), ("prometheus", "prometheus")):
            answer = self.get("/v1/indicators", name, who)
            self.assertProblem(answer, 401)

    def test_basic_is_never_taken_on_post(self):
        answer = self.daemon.request("POST", "/v1/events", json.dumps({"events": [event()]}),
                                     {"Content-Type": harness.JSON,
                                      **basic("isd", self.daemon.tokens["isd"])})
        self.assertProblem(answer, 401)
        offered = [value for name, value in answer.headers if name == "WWW-Authenticate"]
        self.assertEqual(offered, ["Bearer"])

    def test_what_may_be_read_by_basic_says_so(self):
        for path in ("/v1/log", "/v1/worklist", "/v1/events/x"):
            answer = self.daemon.get(path)
            offered = [value.split()[0] for name, value in answer.headers
                       if name == "WWW-Authenticate"]
            self.assertEqual((answer.status, offered), (401, ["Bearer", "Basic"]))


class LogOfSome(harness.Case):
    analysts = {"all": {"municipalities": "*", "log": "yes"},
                "some": {"municipalities": "GM0823", "log": "yes"},
                "none": {"log": "yes"}}

    def test_an_analyst_reads_the_records_of_its_municipalities_and_what_withdraws_them(self):
        person = fresh("s")
        mine = [settled(person, "2025-01-01"), assessed(person, "2025-02-01", 2, key=fresh("k")),
                assessed(person, "2025-03-01", 3)]
        other = [settled(fresh("s"), "2025-01-01", "GM0824"),
                 assessed(fresh("s"), "2025-01-01", 2, "GM0824")]
        # Both withdraw a record of GM0823 and are themselves of elsewhere.
        moved = assessed(person, "2025-02-01", 4, "GM0824", key=mine[1]["key"])
        gone = retraction(mine[2]["id"], municipality="GM0825")
        # This one withdraws a record of elsewhere.
        foreign = retraction(other[1]["id"], municipality="GM0825")
        self.daemon.accept(mine[0], other[0], mine[1], other[1], mine[2], moved, gone, foreign)
        wanted = [mine[0], mine[1], mine[2], moved, gone]

        def ids(who, **parameters):
            answer = self.daemon.get("/v1/log", who=who, **parameters)
            self.assertEqual(answer.status, 200, answer)
            return [json.loads(line)["event"]["id"] for line in answer.body.splitlines()]
        self.assertEqual(ids("some"), [one["id"] for one in wanted])
        self.assertEqual(len(ids("all")), 8)
        self.assertEqual(ids("none"), [])
        # The limit counts what is shown, and one goes on where it ended.
        self.assertEqual(ids("some", limit=2), [one["id"] for one in wanted[:2]])
        self.assertEqual(ids("some", after=3, limit=2), [one["id"] for one in wanted[2:4]])


class Scrapers(harness.Case):
    partners = {"isd": {}}
    scrapers = {"all": {}, "some": {"municipalities": "GM0823"},
                "health": {"municipalities": None}}

    def test_a_scraper_sees_its_municipalities_and_what_counts_one_partner_with_all_only(self):
        for place in ("GM0823", "GM0824"):
            self.daemon.accept(settled(fresh("s"), "2025-01-01", place))
        harness.until(lambda: self.daemon.get("/metrics", who="all").body.count(
            b"ladder_persons{") == 2, "both are in the metrics")
        for who, places, partners in (("all", {"GM0823", "GM0824"}, True),
                                      ("some", {"GM0823"}, False), ("health", set(), False),
                                      ("analyst", {"GM0823", "GM0824"}, False)):
            text = self.daemon.get("/metrics", who=who).body.decode()
            with self.subTest(who=who):
                self.assertEqual({place for place in ("GM0823", "GM0824")
                                  if f'ladder_persons{{municipality="{place}"}}' in text}, places)
                self.assertEqual("partner=" in text, partners)
                self.assertEqual("isd" in text, partners)
                self.assertIn("ladderd_log_last_seq", text)
                if not places:
                    self.assertNotIn("ladder_", text)


class Users(harness.Case):
    partners = {"isd": {}, "strict": {"require_user": "yes"}}

    def test_who_looks_must_be_said_where_it_is_required(self):
        one = event()
        self.daemon.accept(one, who="strict")
        for path in ("/v1/worklist", "/v1/events/" + one["id"]):
            self.assertProblem(self.daemon.get(path, who="strict"), 400)
            self.assertProblem(self.daemon.get(path, who="strict",
                                               headers={"X-Ladder-User": "a b"}), 400)
            answer = self.daemon.get(path, who="strict", headers={"X-Ladder-User": "jan"})
            self.assertEqual(answer.status, 200, answer)
        self.assertEqual(self.daemon.get("/v1/worklist", who="isd").status, 200)
        self.assertEqual(self.daemon.get("/metrics", who="strict").status, 200)


class Successor(harness.OwnDaemon):
    def test_a_successor_withdraws_the_events_of_its_predecessor_by_their_id(self):
        daemon = self.ladderd(partners={"old": {}, "new": {"succeeds": "old"}, "other": {},
                                        "newest": {"succeeds": "new"}})
        person = fresh("s")
        by_id, keyed = settled(person, "2025-01-01"), assessed(person, "2025-02-01", 2, key="row")
        same = assessed(person, "2025-03-01", 3)
        daemon.accept(by_id, keyed, same, who="old")
        for who in ("other", "newest"):
            result = daemon.push([retraction(by_id["id"])], who)
            self.assertRejected(result, "target_unknown", field="target_id")
        # Its own event of that id comes first; then that of the other.
        daemon.accept(dict(same, ladder_assessed={"rung": 4}), who="new")
        daemon.accept(retraction(same["id"]), who="new")
        self.assertTrue(daemon.withdrawn(same["id"], "new"))
        self.assertFalse(daemon.withdrawn(same["id"], "old"))
        self.assertRejected(daemon.push([retraction(same["id"])], "new"), "target_withdrawn")
        daemon.accept(retraction(by_id["id"]), who="new")
        self.assertTrue(daemon.withdrawn(by_id["id"], "old"))
        self.assertRejected(daemon.push([retraction(by_id["id"])], "old"), "target_withdrawn")
        # Keys do not reach across, neither as a target nor as a correction.
        self.assertRejected(daemon.push([retraction(target_key="row")], "new"),
                            "target_unknown", field="target_key")
        daemon.accept(assessed(person, "2025-02-01", 5, key="row"), who="new")
        self.assertFalse(daemon.withdrawn(keyed["id"], "old"))
        daemon.accept(retraction(target_key="row"), who="new")
        self.assertFalse(daemon.withdrawn(keyed["id"], "old"))
        # A retraction of the other is none's target; who never sent has nothing to withdraw.
        self.assertRejected(daemon.push([retraction("never-sent")], "new"), "target_unknown")
        daemon.stop()
        self.assertEqual(harness.ladder("verify", daemon.store).returncode, 0)
