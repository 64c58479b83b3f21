"""Two time axes: the same (P, K) gives the same bytes for ever."""

import random
from datetime import timedelta

import harness
from harness import assessed, event, fresh, retraction, settled

P = "2026-06-30"


class Knowledge(harness.OwnDaemon):
    def story(self, daemon):
        """A few people; gives them."""
        people = [fresh("s") for _ in range(12)]
        daemon.accept(*[settled(one, "2025-01-06") for one in people])
        daemon.accept(*[assessed(one, f"2025-0{1 + place % 8}-15", 1 + place % 4, key=f"row-{one}")
                        for place, one in enumerate(people)])
        daemon.accept(*[event("activity_logged", {"kind": "SPORT", "minutes": 150,
                                                  "provider": "WELFARE"}, subject=people[0],
                              occurred_on=day) for day in ("2026-06-03", "2026-06-10",
                                                           "2026-06-17", "2026-06-24")])
        return people

    def test_an_answer_asked_again_with_its_own_known_at_has_the_same_bytes(self):
        daemon = self.ladderd()
        self.story(daemon)
        for parameters in ({}, {"as_of": P}, {"municipality": "GM0823"},
                           {"as_of": P, "municipality": "GM0823", "window": 30},
                           {"as_of": "2025-12-31"}, {"municipality": "GM9999"}):
            first = daemon.figures(**parameters)
            said = first.json
            again = daemon.figures(as_of=said["as_of"], known_at=said["known_at"],
                                   municipality=said["municipality"], window=said["window"])
            self.assertEqual(first.body, again.body, parameters)
        daemon.stop()

    def test_what_comes_later_changes_no_answer_of_before(self):
        daemon = self.ladderd()
        people = self.story(daemon)
        answers = {}

        def ask():
            for as_of in (P, "2025-06-30", "2025-09-30", None):
                for municipality in ("all", "GM0823", "GM0820"):
                    parameters = {"municipality": municipality}
                    if as_of:
                        parameters["as_of"] = as_of
                    answer = daemon.figures(**parameters)
                    said = answer.json
                    answers[said["as_of"], said["known_at"], municipality] = answer.body

        def compare(after_what):
            for (as_of, known_at, municipality), body in answers.items():
                again = daemon.figures(as_of=as_of, known_at=known_at, municipality=municipality)
                self.assertEqual(again.body, body, (after_what, as_of, known_at, municipality))

        ask()
        first = event("municipality_settled", {}, subject=fresh("s"), occurred_on="2026-01-01")
        steps = [
            ("an event", [first]),
            ("a late event", [assessed(people[1], "2025-01-20", 3)]),
            ("an event on the first day", [settled(fresh("s"), "1990-01-01", "GM0820")]),
            ("a correction", [assessed(people[2], "2025-03-15", 6, key=f"row-{people[2]}")]),
            ("a retraction", [retraction(first["id"])]),
            ("a retraction by key", [retraction(target_key=f"row-{people[3]}")]),
            ("a move to another municipality", [settled(people[4], "2025-08-01", "GM0820")]),
            ("a birth year", [event("person_registered", {"birth_year": 2024},
                                    subject=people[5])]),
        ]
        for what, events in steps:
            daemon.accept(*events)
            compare(what)
            ask()
        self.assertGreater(len(set(answers.values())), len(steps) // 2, "the figures do change")
        daemon.restart()
        compare("a restart")
        daemon.kill()
        daemon.start()
        compare("a kill")
        ask()
        daemon.accept(event())
        compare("a restart and an event")
        daemon.stop()

    def test_k_cuts_exactly_at_recorded_at(self):
        daemon = self.ladderd()
        for _ in range(3):
            daemon.accept(settled(fresh("s"), "2025-01-06"), settled(fresh("s"), "2025-01-06"))
        for place, record in enumerate(daemon.records()):
            at = harness.instant(record["recorded_at"])
            for shift, persons in ((-1, place), (0, place + 1)):
                known_at = harness.instant_text(at + timedelta(microseconds=shift))
                found = daemon.figures(known_at=known_at, as_of=P).json
                self.assertEqual(found["population"]["persons"], persons, (place, shift))
                self.assertEqual(found["known_at"], known_at)
        daemon.stop()

    def test_a_withdrawal_counts_from_its_own_record_on(self):
        daemon = self.ladderd()
        one = settled(fresh("s"), "2025-01-06", key="row")
        daemon.accept(one)
        daemon.accept(retraction(one["id"]))
        daemon.accept(settled(fresh("s"), "2025-01-06", key="row"))
        daemon.accept(settled(fresh("s"), "2025-01-06", key="row", municipality="GM0820"))
        counts = [daemon.figures(known_at=record["recorded_at"], as_of=P,
                                 municipality="GM0823").json["population"]["persons"]
                  for record in daemon.records()]
        self.assertEqual(counts, [1, 0, 1, 0])
        daemon.stop()

    def test_p_cuts_on_occurred_on(self):
        daemon = self.ladderd()
        daemon.accept(settled(fresh("s"), "2026-03-02"), settled(fresh("s"), harness.day(1)))
        for as_of, persons in (("2026-03-01", 0), ("2026-03-02", 1), (harness.day(-1), 1)):
            self.assertEqual(daemon.figures(as_of=as_of).json["population"]["persons"], persons)
        daemon.stop()

    def test_data_quality_depends_on_k_and_not_on_p(self):
        daemon = self.ladderd()
        self.story(daemon)
        daemon.accept(assessed(fresh("s"), "2025-03-01", 3, key="row"))
        daemon.accept(assessed(fresh("s"), "2025-03-01", 3, key="row"))
        k = daemon.records()[-1]["recorded_at"]
        one, other = (daemon.figures(as_of=as_of, known_at=k).json["indicators"]["data_quality"]
                      for as_of in (P, "2000-01-01"))
        self.assertEqual(one, other)
        self.assertEqual((one["records"], one["corrections"]), (30, 1))
        self.assertEqual(one["corrections_share"], 0.033333)
        daemon.stop()

    def test_a_new_record_is_stamped_after_every_k_already_answered(self):
        daemon = self.ladderd()
        daemon.accept(event())
        for turn in range(40):
            if turn in (15, 30):
                if turn == 15:
                    daemon.restart()
                else:
                    daemon.kill()
                    daemon.start()
            if turn % 2:
                known_at = daemon.figures(as_of=P).json["known_at"]
            else:
                known_at = harness.now_text(-200)
                daemon.figures(as_of=P, known_at=known_at)
            last = daemon.accept(event())["last_seq"]
            self.assertGreater(daemon.records(after=last - 1)[0]["recorded_at"], known_at)
        daemon.stop()

    def test_answers_at_now_stay_true_while_others_push(self):
        seed = harness.seed()
        chance = random.Random(seed)
        daemon = self.ladderd()
        self.story(daemon)
        answers, done = [], []

        def pusher():
            client = daemon.client("isd")
            for _ in range(60):
                events = [settled(fresh("s"), f"2025-0{chance.randrange(1, 9)}-06",
                                  chance.choice(("GM0823", "GM0820"))) for _ in range(20)]
                assert client.push(events).json["accepted"] == 20
            done.append(True)

        def asker():
            while len(done) < 2:
                for parameters in ({"as_of": P}, {"as_of": P, "known_at": harness.now_text(-1000)}):
                    answer = daemon.figures(**parameters)
                    answers.append((answer.json["known_at"], answer.body))
        harness.in_threads(pusher, pusher, asker)
        self.assertGreater(len(answers), 3)
        step = max(1, len(answers) // 40)
        for known_at, body in answers[::step] + answers[-3:]:
            self.assertEqual(daemon.figures(as_of=P, known_at=known_at).body, body, seed)
        records = daemon.records()
        for known_at, body in answers[::step]:
            persons = 12 + sum(record["recorded_at"] <= known_at for record in records[28:])
            self.assertIn(b'"persons":%d,' % persons, body, (seed, known_at))
        daemon.stop()


class OrderOfADay(harness.Case):
    """Within a day: endings first, then by partner, then by id; arrival plays no part."""

    partners = {"isd": {}, "lev": {"org_type": "WELFARE"}}
    count = 0

    def place(self):
        type(self).count += 1
        return f"GM6{self.count:03}"

    def both_orders(self, make, expected):
        """Sends (who, event) in both orders for two people; both must give `expected`."""
        for backwards in (False, True):
            home = self.place()
            person = fresh("s")
            self.daemon.accept(settled(person, "2025-01-06", home))
            sent = make(person, home)
            for who, one in (reversed(sent) if backwards else sent):
                self.daemon.accept(one, who=who)
            found = self.daemon.figures(municipality=home, as_of=P).json
            self.assertEqual(expected(found), True, (backwards, sent, found))

    def test_of_two_assessments_on_a_day_the_partner_that_sorts_last_counts(self):
        self.both_orders(lambda person, home: [
            ("isd", assessed(person, "2026-03-02", 5, home, id=fresh("z"))),
            ("lev", assessed(person, "2026-03-02", 2, home, id=fresh("a")))],
            lambda found: found["indicators"]["ladder_position"]["2"] == 1)

    def test_of_two_assessments_of_a_partner_on_a_day_the_greater_id_counts(self):
        for first, last in (("a", "b"), ("B", "a"), ("9", "A"), ("x-1", "x-1-"), ("_", "a"),
                            (".", "0"), ("Z", "_")):
            self.both_orders(lambda person, home: [
                ("isd", assessed(person, "2026-03-02", 2, home, id=f"{home}{first}")),
                ("isd", assessed(person, "2026-03-02", 4, home, id=f"{home}{last}"))],
                lambda found: found["indicators"]["ladder_position"]["4"] == 1)

    def test_an_ending_goes_before_a_settlement_on_one_day(self):
        for ending, body in (("municipality_left", {"to": "ABROAD"}),
                             ("exited", {"reason": "DEFINITIVE"})):
            self.both_orders(lambda person, home: [
                ("lev", event(ending, body, subject=person, municipality=home,
                              occurred_on="2026-03-02", id=fresh("z"))),
                ("isd", settled(person, "2026-03-02", home, id=fresh("a")))],
                lambda found: found["population"]["persons"] == 1)

    def test_an_ending_the_day_after_ends(self):
        self.both_orders(lambda person, home: [
            ("lev", event("exited", {"reason": "OBJECTION"}, subject=person, municipality=home,
                          occurred_on="2026-03-03")),
            ("isd", settled(person, "2026-03-02", home))],
            lambda found: found["population"]["persons"] == 0)

    def test_leaving_a_municipality_where_one_does_not_live_has_no_effect(self):
        self.both_orders(lambda person, home: [
            ("lev", event("municipality_left", {"to": "ABROAD"}, subject=person,
                          municipality="GM0001", occurred_on="2026-03-03"))],
            lambda found: found["population"]["persons"] == 1)

    def test_adults_are_those_of_18_to_66(self):
        for born, persons in ((2009, 0), (2008, 1), (1960, 1), (1959, 0)):
            self.both_orders(lambda person, home: [
                ("isd", event("person_registered", {"birth_year": born}, subject=person,
                              municipality="GM0001", occurred_on="1995-01-01"))],
                lambda found: found["population"]["persons"] == persons)


if __name__ == "__main__":
    harness.unittest.main()
