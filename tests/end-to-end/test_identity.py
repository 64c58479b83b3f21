"""Duplicates, conflicts, corrections, retractions, publications, rights."""

import json

import harness
from harness import assessed, event, fresh, retraction, settled


class Identity(harness.Case):
    partners = {"isd": {}, "lev": {"org_type": "WELFARE"}}

    def test_the_same_event_again_is_a_duplicate_and_kept_once(self):
        one = event(key=fresh("row"))
        self.daemon.accept(one)
        for _ in range(3):
            result = self.daemon.push([one])
            self.assertEqual((result["accepted"], result["duplicates"]), (0, 1))
        self.assertEqual(self.times(one["id"]), 1)

    def test_a_duplicate_is_a_duplicate_after_a_restart(self):
        one, protobuf_one = event(), event()
        self.daemon.accept(one)
        self.daemon.push_protobuf([protobuf_one])
        self.daemon.restart()
        self.assertEqual(self.daemon.push([one, protobuf_one])["duplicates"], 2)
        self.daemon.restart()
        self.assertEqual(self.daemon.push_protobuf([one, protobuf_one])["duplicates"], 2)

    def test_a_duplicate_is_a_duplicate_after_a_kill(self):
        one = event()
        self.daemon.accept(one)
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(self.daemon.push([one])["duplicates"], 1)

    def test_every_difference_is_an_id_conflict(self):
        one = event(key=fresh("row"))
        self.daemon.accept(one)
        for change in ({"key": fresh("row")}, {"subject": fresh("s")}, {"municipality": "GM0820"},
                       {"occurred_on": "2026-03-03"}, {"ladder_assessed": {"rung": 4}}):
            with self.subTest(change=change):
                found = self.assertRejected(self.daemon.push([{**one, **change}]), "id_conflict")
                self.assertEqual(found.get("id"), one["id"])
        without_key = {name: value for name, value in one.items() if name != "key"}
        self.assertRejected(self.daemon.push([without_key]), "id_conflict")
        other_body = {name: value for name, value in one.items() if name != "ladder_assessed"}
        self.assertRejected(self.daemon.push([{**other_body, "plan_reviewed": {}}]), "id_conflict")
        self.assertEqual(self.daemon.stored(one["id"])["event"], one)

    def test_an_id_conflict_stays_one_after_a_restart(self):
        one = event()
        self.daemon.accept(one)
        self.daemon.restart()
        self.assertRejected(self.daemon.push([event(id=one["id"])]), "id_conflict")

    def test_two_of_the_same_in_one_batch_are_one_and_a_duplicate(self):
        one = event()
        result = self.daemon.push([one, event(), one, one])
        self.assertEqual((result["accepted"], result["duplicates"]), (2, 2))
        self.assertEqual(self.times(one["id"]), 1)

    def test_an_id_conflict_within_one_batch_keeps_the_first(self):
        one = event()
        result = self.daemon.push([one, event(id=one["id"])])
        self.assertEqual(result["accepted"], 1)
        self.assertRejected(result, "id_conflict", 1)
        self.assertEqual(self.daemon.stored(one["id"])["event"], one)

    def test_a_rejected_event_does_not_take_its_id_within_a_batch(self):
        one = event()
        result = self.daemon.push([{**one, "ladder_assessed": {"rung": 9}}, one])
        self.assertEqual(result["accepted"], 1)
        self.assertRejected(result, "bad_value", 0)

    def test_two_partners_may_use_one_id(self):
        one = event()
        self.daemon.accept(one)
        self.daemon.accept(event(id=one["id"]), who="lev")
        self.assertNotEqual(self.daemon.stored(one["id"])["event"],
                            self.daemon.stored(one["id"], "lev")["event"])

    def test_the_same_event_of_two_partners_is_two_events(self):
        one = event()
        self.daemon.accept(one)
        self.daemon.accept(one, who="lev")

    def test_ids_differ_by_upper_and_lower_case(self):
        one = event(id=fresh("Case"))
        self.daemon.accept(one, event(id=one["id"].lower()), event(id=one["id"].upper()))

    def test_ids_of_which_one_begins_the_other_are_different(self):
        base = fresh("p")
        self.daemon.accept(event(id=base), event(id=base + "0"), event(id=base + "00"))

    def test_a_duplicate_that_was_withdrawn_is_still_a_duplicate(self):
        one = event()
        gone = retraction(one["id"])
        self.daemon.accept(one, gone)
        self.assertEqual(self.daemon.push([one, gone])["duplicates"], 2)
        self.assertTrue(self.daemon.withdrawn(one["id"]))

    def times(self, identifier):
        return sum(record["event"]["id"] == identifier for record in self.daemon.records())


class Corrections(harness.Case):
    partners = {"isd": {}, "lev": {"org_type": "WELFARE"}}

    def position(self, municipality):
        answer = self.daemon.figures(municipality=municipality, as_of="2026-06-30").json
        position = answer["indicators"]["ladder_position"]
        return {rung: position[rung] for rung in "123456" if position[rung]}

    def test_a_later_event_of_a_key_withdraws_those_before(self):
        key, person = fresh("row"), fresh("s")
        first, second, third = (assessed(person, "2026-03-02", rung, key=key, municipality="GM2001")
                                for rung in (2, 3, 4))
        self.daemon.accept(settled(person, "2025-01-01", "GM2001"), first)
        self.assertEqual(self.position("GM2001"), {"2": 1})
        self.daemon.accept(second)
        self.assertEqual(self.position("GM2001"), {"3": 1})
        self.assertTrue(self.daemon.withdrawn(first["id"]))
        self.assertFalse(self.daemon.withdrawn(second["id"]))
        self.daemon.accept(third)
        self.assertTrue(self.daemon.withdrawn(second["id"]))
        self.assertFalse(self.daemon.withdrawn(third["id"]))
        self.assertEqual(self.position("GM2001"), {"4": 1})

    def test_the_one_recorded_last_counts_not_the_one_that_occurred_last(self):
        key, person = fresh("row"), fresh("s")
        self.daemon.accept(settled(person, "2025-01-01", "GM2002"),
                           assessed(person, "2026-05-02", 5, "GM2002", key=key),
                           assessed(person, "2026-03-02", 2, "GM2002", key=key))
        self.assertEqual(self.position("GM2002"), {"2": 1})

    def test_a_key_withdraws_over_types_and_subjects(self):
        key, wrong, right = fresh("row"), fresh("s"), fresh("s")
        self.daemon.accept(settled(wrong, "2025-01-01", "GM2003"),
                           settled(right, "2025-01-01", "GM2003"),
                           assessed(wrong, "2026-03-02", 5, "GM2003", key=key),
                           assessed(right, "2026-03-02", 5, "GM2003", key=key))
        answer = self.daemon.figures(municipality="GM2003", as_of="2026-06-30").json
        self.assertEqual(answer["indicators"]["ladder_position"]["5"], 1)
        self.assertEqual(answer["indicators"]["ladder_position"]["unassessed"], 1)
        self.daemon.accept(event("plan_reviewed", {}, subject=right, key=key))
        self.assertEqual(self.position("GM2003"), {})

    def test_a_key_works_over_restarts(self):
        key, person = fresh("row"), fresh("s")
        first = assessed(person, "2026-03-02", 2, "GM2004", key=key)
        self.daemon.accept(settled(person, "2025-01-01", "GM2004"), first)
        self.daemon.restart()
        self.daemon.accept(assessed(person, "2026-03-02", 6, "GM2004", key=key))
        self.assertEqual(self.position("GM2004"), {"6": 1})
        self.assertTrue(self.daemon.withdrawn(first["id"]))
        self.daemon.restart()
        self.assertEqual(self.position("GM2004"), {"6": 1})
        self.assertTrue(self.daemon.withdrawn(first["id"]))

    def test_a_key_belongs_to_its_partner(self):
        key = fresh("row")
        mine, other = event(key=key), event(key=key)
        self.daemon.accept(mine)
        self.daemon.accept(other, who="lev")
        self.assertFalse(self.daemon.withdrawn(mine["id"]))
        self.assertFalse(self.daemon.withdrawn(other["id"], "lev"))

    def test_a_duplicate_withdraws_nothing(self):
        key = fresh("row")
        first, second = event(key=key), event(key=key)
        self.daemon.accept(first, second)
        self.assertEqual(self.daemon.push([first])["duplicates"], 1)
        self.assertFalse(self.daemon.withdrawn(second["id"]))

    def test_a_rejected_event_withdraws_nothing(self):
        key = fresh("row")
        first = event(key=key)
        self.daemon.accept(first)
        self.daemon.push([event(key=key, body={"rung": 9}), event(key=key, id=first["id"])])
        self.assertFalse(self.daemon.withdrawn(first["id"]))

    def test_a_key_and_an_id_of_the_same_letters_are_two_things(self):
        name = fresh("same")
        self.daemon.accept(event(id=name, key=name), event(key=fresh("row")))
        self.assertFalse(self.daemon.withdrawn(name))
        self.assertRejected(self.daemon.push([retraction(target_key=fresh("no"))]),
                            "target_unknown")

    def test_a_retraction_by_id_withdraws_that_event_only(self):
        key = fresh("row")
        old, new, other = event(key=key), event(key=key), event()
        self.daemon.accept(old, new, other, retraction(new["id"]))
        self.assertTrue(self.daemon.withdrawn(new["id"]))
        self.assertTrue(self.daemon.withdrawn(old["id"]), "a withdrawal is never undone")
        self.assertFalse(self.daemon.withdrawn(other["id"]))

    def test_a_retraction_takes_the_event_out_of_the_figures(self):
        person = fresh("s")
        last = assessed(person, "2026-05-02", 5, "GM2005")
        self.daemon.accept(settled(person, "2025-01-01", "GM2005"),
                           assessed(person, "2026-03-02", 2, "GM2005"), last)
        self.assertEqual(self.position("GM2005"), {"5": 1})
        # The occurred_on of a retraction plays no part, nor does its municipality.
        self.daemon.accept(retraction(last["id"], occurred_on=harness.day(), municipality="GM0001"))
        self.assertEqual(self.position("GM2005"), {"2": 1})

    def test_a_retraction_by_key_withdraws_all_of_the_key_so_far(self):
        key = fresh("row")
        events = [event(key=key) for _ in range(3)]
        self.daemon.accept(*events, retraction(target_key=key))
        self.assertEqual([self.daemon.withdrawn(one["id"]) for one in events], [True] * 3)

    def test_a_key_counts_again_after_its_retraction(self):
        key, person = fresh("row"), fresh("s")
        first = assessed(person, "2026-03-02", 2, "GM2006", key=key)
        second = assessed(person, "2026-03-02", 4, "GM2006", key=key)
        self.daemon.accept(settled(person, "2025-01-01", "GM2006"), first,
                           retraction(target_key=key))
        self.assertEqual(self.position("GM2006"), {})
        self.daemon.accept(second)
        self.assertEqual(self.position("GM2006"), {"4": 1})
        self.assertTrue(self.daemon.withdrawn(first["id"]))
        self.assertFalse(self.daemon.withdrawn(second["id"]))
        self.daemon.accept(retraction(target_key=key))
        self.assertTrue(self.daemon.withdrawn(second["id"]))
        self.assertRejected(self.daemon.push([retraction(target_key=key)]), "target_withdrawn")

    def test_a_target_that_was_never_sent_is_target_unknown(self):
        self.assertRejected(self.daemon.push([retraction(fresh("never"))]), "target_unknown")
        self.assertRejected(self.daemon.push([retraction(target_key=fresh("never"))]),
                            "target_unknown")

    def test_the_target_of_another_partner_is_target_unknown(self):
        one = event(key=fresh("row"))
        self.daemon.accept(one)
        self.assertRejected(self.daemon.push([retraction(one["id"])], "lev"), "target_unknown")
        self.assertRejected(self.daemon.push([retraction(target_key=one["key"])], "lev"),
                            "target_unknown")
        self.assertFalse(self.daemon.withdrawn(one["id"]))

    def test_a_rejected_event_is_no_target(self):
        wrong = event(body={"rung": 9}, key=fresh("row"))
        self.daemon.push([wrong])
        self.assertRejected(self.daemon.push([retraction(wrong["id"])]), "target_unknown")
        self.assertRejected(self.daemon.push([retraction(target_key=wrong["key"])]),
                            "target_unknown")

    def test_a_target_that_is_withdrawn_is_target_withdrawn(self):
        one = event()
        self.daemon.accept(one, retraction(one["id"]))
        self.assertRejected(self.daemon.push([retraction(one["id"])]), "target_withdrawn")
        self.daemon.restart()
        self.assertRejected(self.daemon.push([retraction(one["id"])]), "target_withdrawn")

    def test_a_target_withdrawn_by_its_key_is_target_withdrawn(self):
        key = fresh("row")
        old, new = event(key=key), event(key=key)
        self.daemon.accept(old, new)
        self.assertRejected(self.daemon.push([retraction(old["id"])]), "target_withdrawn")

    def test_a_key_whose_last_event_was_retracted_is_target_withdrawn(self):
        key = fresh("row")
        old, new = event(key=key), event(key=key)
        self.daemon.accept(old, new, retraction(new["id"]))
        self.assertRejected(self.daemon.push([retraction(target_key=key)]), "target_withdrawn")

    def test_an_event_retracted_by_id_and_by_key_is_target_withdrawn_both_ways(self):
        one = event(key=fresh("row"))
        self.daemon.accept(one, retraction(target_key=one["key"]))
        self.assertRejected(self.daemon.push([retraction(one["id"])]), "target_withdrawn")
        self.assertRejected(self.daemon.push([retraction(target_key=one["key"])]),
                            "target_withdrawn")

    def test_a_retraction_is_no_target(self):
        one = event()
        gone = retraction(one["id"])
        self.daemon.accept(one, gone)
        self.assertRejected(self.daemon.push([retraction(gone["id"])]), "target_unknown")

    def test_a_retraction_of_itself_is_target_unknown(self):
        name = fresh("self")
        self.assertRejected(self.daemon.push([retraction(name, id=name)]), "target_unknown")

    def test_the_same_retraction_again_is_a_duplicate(self):
        one = event()
        gone = retraction(one["id"])
        self.daemon.accept(one, gone)
        self.assertEqual(self.daemon.push([gone])["duplicates"], 1)

    def test_a_refused_retraction_can_be_sent_again_when_its_target_is_there(self):
        one = event()
        gone = retraction(one["id"])
        self.assertRejected(self.daemon.push([gone]), "target_unknown")
        self.daemon.accept(one, gone)
        self.assertTrue(self.daemon.withdrawn(one["id"]))

    def test_within_one_batch_events_count_in_their_order(self):
        one, key = event(), fresh("row")
        gone = retraction(one["id"])
        result = self.daemon.push([
            retraction(one["id"]),            # 0 too early
            one, gone,                        # 1, 2
            retraction(one["id"]),            # 3 withdrawn already
            one, gone,                        # 4, 5 duplicates
            retraction(target_key=key),       # 6 too early
            event(key=key), event(key=key),   # 7, 8
            retraction(target_key=key),       # 9
            retraction(target_key=key),       # 10 withdrawn already
            event(key=key),                   # 11 counts again
            retraction(gone["id"]),           # 12 no target
        ])
        self.assertEqual([(one["index"], one["code"]) for one in result["rejected"]],
                         [(0, "target_unknown"), (3, "target_withdrawn"), (6, "target_unknown"),
                          (10, "target_withdrawn"), (12, "target_unknown")], result)
        self.assertEqual((result["accepted"], result["duplicates"]), (6, 2))

    def test_keys_within_one_batch_count_in_their_order(self):
        key = fresh("row")
        events = [event(key=key) for _ in range(5)]
        self.daemon.accept(*events)
        self.assertEqual([self.daemon.withdrawn(one["id"]) for one in events],
                         [True] * 4 + [False])

    def test_a_hundred_retractions_in_one_batch_each_withdraw_theirs(self):
        events = [event() for _ in range(100)]
        self.daemon.accept(*events, *(retraction(one["id"]) for one in events))
        self.assertTrue(all(self.daemon.withdrawn(one["id"]) for one in events[::10]))

    def test_a_retraction_of_what_another_open_request_sends_is_decided_one_way(self):
        """Concurrent batches: whatever the order, the answer and the log agree."""
        for _ in range(5):
            one = event()
            gone = retraction(one["id"])
            results = {}

            def push(name, what):
                results[name] = self.daemon.push([what])
            harness.in_threads(lambda: push("event", one), lambda: push("gone", gone))
            self.assertEqual(results["event"]["accepted"], 1)
            self.assertEqual(self.daemon.withdrawn(one["id"]), results["gone"]["accepted"] == 1)

    def test_one_event_sent_at_once_by_many_is_accepted_once(self):
        for _ in range(3):
            one, results = event(), []
            harness.in_threads(*[lambda: results.append(self.daemon.push([one]))] * 8)
            self.assertEqual(sum(one["accepted"] for one in results), 1, results)
            self.assertEqual(sum(one["duplicates"] for one in results), 7, results)

    def test_one_id_with_two_contents_sent_at_once_is_accepted_once(self):
        for _ in range(3):
            name, results = fresh("race"), []
            harness.in_threads(*[lambda: results.append(self.daemon.push([event(id=name)]))] * 6)
            self.assertEqual(sum(one["accepted"] for one in results), 1, results)
            self.assertEqual(sum(len(one["rejected"]) for one in results), 5, results)


class Publications(harness.Case):
    partners = {"isd": {}, "lev": {"org_type": "WELFARE"}}

    def published(self, municipality="GM3001", as_of="2026-06-30", **fields):
        return event("report_published", {"as_of": as_of}, municipality=municipality, **fields)

    def test_a_quarter_is_published_once(self):
        self.daemon.accept(self.published("GM3001"))
        self.assertRejected(self.daemon.push([self.published("GM3001")]), "already_published")
        self.daemon.restart()
        self.assertRejected(self.daemon.push([self.published("GM3001")]), "already_published")

    def test_a_quarter_is_published_once_whoever_publishes(self):
        self.daemon.accept(self.published("GM3002"))
        self.assertRejected(self.daemon.push([self.published("GM3002")], "lev"),
                            "already_published")

    def test_other_quarters_and_other_municipalities_are_their_own(self):
        self.daemon.accept(self.published("GM3003"), self.published("GM3004"),
                           self.published("GM3003", "2026-03-31"),
                           self.published("GM3003", "2025-12-31"))

    def test_twice_in_one_batch_is_once(self):
        result = self.daemon.push([self.published("GM3005"), self.published("GM3005")])
        self.assertRejected(result, "already_published", 1)
        self.assertEqual(result["accepted"], 1)

    def test_the_same_publication_again_is_a_duplicate(self):
        one = self.published("GM3006")
        self.daemon.accept(one)
        self.assertEqual(self.daemon.push([one])["duplicates"], 1)

    def test_a_publication_cannot_be_retracted(self):
        one = self.published("GM3007")
        self.daemon.accept(one)
        self.assertRejected(self.daemon.push([retraction(one["id"])]), "target_unknown")
        self.assertFalse(self.daemon.withdrawn(one["id"]))
        self.assertRejected(self.daemon.push([self.published("GM3007")]), "already_published")

    def test_a_quarter_of_1990_can_be_published(self):
        self.daemon.accept(self.published("GM3008", "1990-03-31"))

    def withdrawal(self, municipality, as_of="2026-06-30", **fields):
        return event("report_withdrawn", {"as_of": as_of}, municipality=municipality, **fields)

    def test_what_is_published_is_withdrawn_and_published_anew(self):
        self.assertRejected(self.daemon.push([self.withdrawal("GM3009")]), "target_unknown", 0,
                            "as_of")
        self.daemon.accept(self.published("GM3009"))
        self.assertRejected(self.daemon.push([self.withdrawal("GM3009", "2026-03-31")]),
                            "target_unknown", 0, "as_of")
        gone = self.withdrawal("GM3009")
        self.daemon.accept(gone, who="lev")
        self.assertEqual(self.daemon.push([gone], "lev")["duplicates"], 1)
        self.assertRejected(self.daemon.push([self.withdrawal("GM3009")]), "target_unknown")
        self.assertRejected(self.daemon.push([retraction(gone["id"])], "lev"), "target_unknown")
        self.daemon.restart()
        self.daemon.accept(self.published("GM3009"))
        self.assertRejected(self.daemon.push([self.published("GM3009")]), "already_published")

    def test_a_batch_may_withdraw_what_it_published(self):
        self.daemon.accept(self.published("GM3010"), self.withdrawal("GM3010"),
                           self.published("GM3010"))

    def test_neither_has_a_key(self):
        for one in (self.published("GM3011", key=fresh("k")),
                    self.withdrawal("GM3011", key=fresh("k"))):
            self.assertRejected(self.daemon.push([one]), "bad_value", 0, "key")


class Rights(harness.OwnDaemon):
    """What a partner may send, and how that changes while the daemon runs."""

    def test_types_and_municipalities_are_as_configured(self):
        daemon = self.ladderd({
            "both": {"types": "ladder_assessed,contact_held", "municipalities": "GM0823, GM0820"},
            "all": {}, "types": {"municipalities": None}, "places": {"types": None}})
        narrow = daemon.push([event(), event(municipality="GM0820"),
                              event("contact_held", {"by": "OTHER", "two_way": True}),
                              event(municipality="GM0822"), event("plan_reviewed"),
                              harness.retraction("x")], "both")
        self.assertEqual([(one["index"], one["code"]) for one in narrow["rejected"]],
                         [(3, "municipality_not_allowed"), (4, "type_not_allowed"),
                          (5, "type_not_allowed")])
        self.assertEqual(daemon.push([event(municipality="GM9999")], "all")["accepted"], 1)
        self.assertRejected(daemon.push([event()], "types"), "municipality_not_allowed")
        self.assertRejected(daemon.push([event()], "places"), "type_not_allowed")
        daemon.stop()

    def test_who_publishes_is_named_with_its_municipality(self):
        """A partner with * could settle somebody in an invented municipality and publish it."""
        def both(municipality="GM0823", as_of="2026-06-30"):
            return [event("report_published", {"as_of": as_of}, municipality=municipality),
                    event("report_withdrawn", {"as_of": as_of}, municipality=municipality)]
        daemon = self.ladderd({
            "star": {"types": "*", "municipalities": "*, GM0823"},
            "type": {"types": "*, report_published", "municipalities": "*"},
            "both": {"types": "*, report_published", "municipalities": "*, GM0823"},
            "back": {"types": "report_withdrawn", "municipalities": "GM0823"}})
        self.assertEqual([one["code"] for one in daemon.push(both(), "star")["rejected"]],
                         ["type_not_allowed"] * 2)
        self.assertEqual([one["code"] for one in daemon.push(both(), "type")["rejected"]],
                         ["municipality_not_allowed"] * 2)
        self.assertEqual([one["code"] for one in daemon.push(both("GM9001"), "both")["rejected"]],
                         ["municipality_not_allowed"] * 2)
        self.assertEqual(daemon.push(both(), "both")["accepted"], 2)
        self.assertEqual([(one["index"], one["code"]) for one in
                          daemon.push(both(), "back")["rejected"]],
                         [(0, "type_not_allowed"), (1, "target_unknown")])
        # The star still has all else.
        self.assertEqual(daemon.push([event(municipality="GM9001")], "both")["accepted"], 1)
        said = harness.run(harness.LADDERD, "--check-config", "-c", daemon.config, check=0)
        told = said.stderr.decode()
        self.assertIn("[partner star] could publish by * before", told)
        self.assertIn("[partner type] could publish by * before", told)
        self.assertNotIn("[partner both]", told)
        self.assertNotIn("[partner back]", told)
        daemon.stop()

    def test_two_token_hashes_both_open_the_door(self):
        daemon = self.ladderd({"isd": {}}, start=False)
        second, its_hash = harness.token()
        text = daemon.config.read_text()
        old = daemon.hashes["isd"]
        for separator in (", ", " ", ","):
            daemon.config.write_text(text.replace(old, old + separator + its_hash))
            if harness.run(harness.LADDERD, "--check-config", "-c", daemon.config).returncode == 0:
                break
        daemon.start()
        daemon.accept(event())
        answer = daemon.post(json.dumps({"events": [event()]}), token=second)
        self.assertEqual(answer.status, 200, answer)
        daemon.stop()

    def test_without_a_partner_section_nobody_may_push(self):
        daemon = self.ladderd({})
        answer = daemon.post(json.dumps({"events": [event()]}), who=None)
        self.assertProblem(answer, 401, 403)
        answer = daemon.post(json.dumps({"events": [event()]}), who="analyst")
        self.assertProblem(answer, 403)
        daemon.stop()

    def test_sighup_reads_rights_and_tokens_again_and_keeps_connections(self):
        daemon = self.ladderd({"isd": {}, "lev": {"types": "ladder_assessed"}})
        kept, leaving = daemon.client("isd"), daemon.client("lev")
        analyst = daemon.client("analyst")
        self.assertEqual(kept.push([event()]).status, 200)
        self.assertEqual(leaving.push([event("plan_reviewed")]).json["rejected"][0]["code"],
                         "type_not_allowed")
        self.assertEqual(analyst.request("GET", "/v1/indicators").status, 200)
        inode = kept.connection.sock.getsockname()
        daemon.partners = {"isd": {"municipalities": "GM0820"}, "new": {},
                           "lev": {"types": "*"}}
        daemon.analysts = {"analyst": {"municipalities": "GM0823", "log": "no"}}
        daemon.new_token("new")
        daemon.write_config()
        daemon.hang_up()
        harness.until(lambda: daemon.post(json.dumps({"events": [event()]}), who="new").status == 200,
                    "the new partner is known after SIGHUP")
        answer = kept.push([event(), event(municipality="GM0820")])
        self.assertEqual(answer.json["accepted"], 1, answer)
        self.assertRejected(answer.json, "municipality_not_allowed", 0)
        self.assertEqual(kept.connection.sock.getsockname(), inode, "the connection is the same")
        self.assertEqual(leaving.push([event("plan_reviewed")]).json["accepted"], 1)
        self.assertEqual(analyst.request("GET", "/v1/indicators").status, 403)
        self.assertEqual(analyst.request("GET", "/v1/log").status, 403)
        self.assertEqual(analyst.request("GET", "/v1/indicators?municipality=GM0823").status, 200)
        # A token taken away shuts the door, on the kept connection too.
        old = daemon.tokens["lev"]
        daemon.new_token("lev")
        daemon.write_config()
        daemon.hang_up()
        harness.until(lambda: daemon.get("/v1/events/none", who="lev").status == 404,
                    "the new token of lev is known")
        self.assertEqual(leaving.request("GET", "/v1/events/none", token=old).status, 401)
        self.assertEqual(kept.push([event(municipality="GM0820")]).status, 200)
        for client in (kept, leaving, analyst):
            client.close()
        daemon.stop()

    def test_a_removed_partner_is_401_and_its_events_stay(self):
        daemon = self.ladderd({"isd": {}, "lev": {}})
        one = event()
        daemon.accept(one, who="lev")
        del daemon.partners["lev"]
        daemon.write_config()
        daemon.hang_up()
        harness.until(lambda: daemon.get("/v1/events/" + one["id"], who="lev").status == 401,
                    "the removed partner is refused")
        self.assertEqual(daemon.records()[0]["partner"], "lev")
        daemon.restart()
        self.assertEqual(daemon.records()[0]["event"], one)
        daemon.partners["lev"] = {}
        daemon.write_config()
        daemon.hang_up()
        harness.until(lambda: daemon.get("/v1/events/" + one["id"], who="lev").status == 200,
                    "the partner is back")
        self.assertEqual(daemon.push([one], "lev")["duplicates"], 1)
        daemon.stop()

    def test_a_broken_configuration_at_sighup_changes_nothing(self):
        daemon = self.ladderd()
        good = daemon.config.read_text()
        size = len(daemon.messages())
        daemon.config.write_text(good + "\n[partner lev]\nno_such_key = 1\ntypes = nonsense\n")
        daemon.hang_up()
        harness.until(lambda: len(daemon.messages()) > size, "the daemon says what is wrong")
        self.assertIn("no_such_key", daemon.messages())
        daemon.accept(event())
        daemon.config.write_text(good)
        daemon.hang_up()
        daemon.accept(event())
        daemon.stop()


if __name__ == "__main__":
    harness.unittest.main()
