"""`ladder import --map duo`: what DUO's interface for municipalities answered, as events; the set is
invented. No number of a person gets further than the table of people."""

import json
import re

import harness
from harness import ladder

ANN, BEN = "123456782", "012345672"  # both pass the eleven-test
GOALS = {"has_main_goal": True, "has_own_ambition": False, "has_language_part": True,
         "has_participation_part": True, "longest_horizon_months": 18}


def exam(day, part, level, result="Geslaagd", **more):
    return {"examendatum": day, "onderdeel": part, "niveau": level, "resultaat": result, **more}


def of(person, end, body, **more):
    return {"path": f"/personen/{person}/{end}", "body": body, **more}


def happened(*events):
    return [{"id": name, "omschrijving": f"over {ANN}", "datum": day} for name, day in events]


# A gateway's recording, and exactly what it becomes.
SET = [
    of(ANN, "gebeurtenissen", happened(("SS101", "2024-01-10"))),
    of(ANN, "gebeurtenissen", happened(
        ("SS101", "2024-01-10"), ("SS139", "2024-02-01"), ("SS102", "2024-03-01"),
        ("SS109", "2025-01-01"), ("SS106", "2025-06-01"), ("SS110", "2025-07-01"))),
    {"path": "/notificaties", "body": {"bsn": ANN, "gebeurtenisId": "SS139",
                                       "registratieDatumTijd": "2024-02-03T10:00:00Z"}},
    {"path": "https://gateway.example/duo/notificaties",
     "body": {"bsn": BEN, "gebeurtenisId": "SS120",
              "registratieDatumTijd": "2024-05-03T22:30:00Z"}},
    {"path": "/notificaties", "body": {"bsn": BEN, "gebeurtenisId": "SS111", "vNummer": 1234567890,
                                       "registratieDatumTijd": "2025-11-01T10:00:00+01:00"}},
    of(ANN, "PIP?x=1", {"gemeentecode": "0823", "pip": {
        "dagtekeningPip": "2024-04-01", "leerroute": "B", "niveau": "A2",
        "geschatteIntensiteitB1Route": 600}}, plan=GOALS),
    of("p-ben", "PIP", {"dagtekeningPip": "2024-06-01", "leerroute": "Z"}, plan=GOALS),
    of(ANN, "pvt", {"datumOndertekeningPvt": "2024-07-01", "verwijtbaar": "Nee"}),
    of(ANN, "map/", {"datumEindgesprekMap": "2024-08-01"}),
    of(ANN, "zroute", {}),
    of(BEN, "zroute", {"datumAfrondingZroute": "2025-08-01"}),
    of(ANN, "examens/resultaten", [
        exam("2025-01-05", "LE", "B1"), exam("2025-01-06", "LU", "A2"),
        exam("2025-01-07", "SC", "A2"), exam("2025-01-08", "SP", "A2", "Gezakt"),
        exam("2025-02-08", "SP", "B1"), exam("2025-03-01", "LE", "B1"),
        {"examendatum": "2025-01-09", "onderdeel": "KNM", "resultaat": "Geslaagd"},
        exam("2025-04-01", "LU", "B1"), exam("2025-04-02", "SC", "B2"),
        exam("2025-05-01", "SP", "B2", "Geen", redenGeenResultaat="Absent")]),
    of(ANN, "inburgeringsplicht", {}), of(ANN, "examens/gratispogingen", []),
    {"path": f"/personen/{ANN}/PIP", "method": "DELETE"},
]
BECOMES = [
    ("p-ann", "2024-01-10", "obligation_started", {}),
    ("p-ann", "2024-02-01", "obligation_started", {}),
    ("p-ann", "2024-02-01", "municipality_settled", {}),
    ("p-ann", "2025-01-01", "language_exempted", {}),
    ("p-ann", "2025-06-01", "civic_integration_completed", {}),
    ("p-ben", "2024-05-04", "municipality_settled", {}),  # half past midnight, here
    ("p-ben", "2025-11-01", "exited", {"reason": "DEFINITIVE"}),
    ("p-ann", "2024-04-01", "plan_signed", {**GOALS, "route": "B1"}),
    ("p-ben", "2024-06-01", "plan_signed", {**GOALS, "route": "SELF_RELIANCE"}),
    ("p-ann", "2024-07-01", "module_completed", {"module": "PARTICIPATION_DECLARATION"}),
    ("p-ann", "2024-08-01", "module_completed", {"module": "LABOUR_MARKET"}),
    ("p-ben", "2025-08-01", "module_completed", {"module": "SELF_RELIANCE"}),
    ("p-ann", "2025-02-08", "language_level_reached", {"level": "A2"}),
    ("p-ann", "2025-04-02", "language_level_reached", {"level": "B1"}),
]


def told(event):
    name = harness.body_type_of(event)
    return event["subject"], event["occurred_on"], name, event[name]


class Duo(harness.OwnDaemon):
    def setUp(self):
        self.at = self.place()
        self.table = self.at / "people.csv"
        # A spreadsheet took the nought off Ben's number.
        self.table.write_text(f"name;second;subject\nAnn;{ANN};p-ann\nBen;{BEN[1:]};p-ben\n")
        self.table.chmod(0o600)

    def say(self, messages, *options, check=0, text=None):
        """Imports a recording; the events of a dry run, or what was said."""
        file = self.at / "recorded.ndjson"
        file.write_text("\n".join(map(json.dumps, messages)) if text is None else text)
        done = ladder("import", "--map", "duo", "--municipality", "GM0823", "--subjects",
                      self.table, *options, file, check=check)
        self.said = done.stderr.decode()
        self.assertNumberless(done.stdout + done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def assertNumberless(self, data):
        for number in (ANN, BEN, BEN[1:], "987654329", "1234567890"):
            self.assertNotIn(number.encode(), data)

    def test_an_invented_set_gives_exactly_the_events(self):
        events = self.say(SET, "--dry-run")
        self.assertEqual(sorted(map(told, events), key=str), sorted(BECOMES, key=str))
        self.assertEqual({event["municipality"] for event in events}, {"GM0823"})
        # Two gebeurtenissen, a notice, two addresses, and a message without a body.
        self.assertIn("15 messages. Nothing is made of 6 of another kind, and of 0 plans", self.said)

    def test_twice_only_duplicates_and_no_number_anywhere(self):
        daemon = self.ladderd()
        options = ("--to", f"http://127.0.0.1:{daemon.port}", "--token-file",
                   daemon.token_file("isd"))
        self.say(SET, *options)
        self.assertIn("Of 14 events 14 were new", self.said)
        self.say(SET, *options)
        self.assertIn("Of 14 events 0 were new (0 of them corrections) and 14 known", self.said)
        records = daemon.records()
        self.assertEqual(len(records), 14)
        daemon.stop()
        self.assertNumberless(json.dumps(records).encode())
        for path in (*daemon.place.rglob("*"), *self.at.iterdir()):
            if path.is_file() and path.name not in ("people.csv", "recorded.ndjson"):
                self.assertNumberless(path.read_bytes())

    def test_what_changes_at_duo_is_corrected_and_what_goes_is_taken_back(self):
        daemon = self.ladderd()
        options = ("--to", f"http://127.0.0.1:{daemon.port}", "--token-file",
                   daemon.token_file("isd"))
        self.say(SET, *options)
        self.say([of(ANN, "pvt", {"datumOndertekeningPvt": "2024-07-02"}), of(ANN, "map", {}),
                  of(ANN, "examens/resultaten", [exam("2025-01-05", "LE", "B1")])], *options)
        known = [record["event"] for record in daemon.records()][14:]
        self.assertEqual(sorted(harness.body_type_of(event) for event in known),
                         ["event_retracted"] * 3 + ["module_completed"])
        daemon.follow(18)
        figures = daemon.figures(municipality="GM0823").json["indicators"]["modules"]
        self.assertEqual([one["completed"] for one in figures], [1, 0, 1])

    def test_what_cannot_be_read_takes_nothing_back(self):
        daemon = self.ladderd()
        options = ("--to", f"http://127.0.0.1:{daemon.port}", "--token-file",
                   daemon.token_file("isd"))
        self.say(SET, *options)
        passed = SET[-4]["body"]
        exams = f"/personen/{ANN}/examens/resultaten"
        # Refused by DUO or by the gateway, or of another shape.
        self.say([of(ANN, "pvt", {"title": "Not found", "status": 404}),
                  of(ANN, "map", {}, status=503), of(ANN, "map", []),
                  {"path": exams, "body": {"resultaten": passed}},
                  of(ANN, "gebeurtenissen", {"gebeurtenissen": []})], *options)
        self.assertIn("Nothing is made of 5 of another kind", self.said)
        # A day that is none is told; that of an instant is a day.
        days = {"2025-02-08": "8-2-2025", "2025-04-01": "2025-03-31T22:00:00Z"}
        self.say([{"path": exams, "body": [
            {**one, "examendatum": days.get(one["examendatum"], one["examendatum"])}
            for one in passed]}], *options, check=1)
        self.assertEqual(self.said.count("line 1, column Behaald"), 2)
        # Nor is a word that is none left out.
        self.say([of(ANN, "PIP", {"dagtekeningPip": "2025-05-01", "leerroute": "Zelfredzaamheid"},
                     plan=GOALS), of(ANN, "pvt", {"datumOndertekeningPvt": "1-7-2024"})],
                 *options, check=1)
        self.assertIn("line 1, column Leerroute", self.said)
        self.assertIn("line 2, column Afgerond", self.said)
        self.say([{"path": exams, "body": [
            {**one, "examendatum": one["examendatum"] + "T10:00:00+01:00"} for one in passed]}],
            *options)
        self.assertEqual(len(daemon.records()), 14)

    def test_people_who_are_not_in_the_table_are_left_out_and_told_by_line(self):
        events = self.say([of("987654329", "pvt", {"datumOndertekeningPvt": "2024-07-01"}),
                           of("BSN-123456782", "pvt", {"datumOndertekeningPvt": "2024-07-01"}),
                           of("1234.56.782", "pvt", {"datumOndertekeningPvt": "2024-07-01"}),
                           {"path": "/notificaties", "body": {
                               "vNummer": 1234567890, "gebeurtenisId": "SS101",
                               "registratieDatumTijd": "2024-07-01T00:00:00Z"}},
                           of(ANN, "pvt", {"datumOndertekeningPvt": "2024-07-01"})],
                          "--dry-run", check=1)
        self.assertEqual([event["subject"] for event in events], ["p-ann"])
        self.assertIn("4 messages about people who are not in", self.said)
        self.assertIn("(line 1, 2, 3, 4)", self.said)

    def test_a_plan_without_its_goals_or_of_another_municipality_is_not_sent(self):
        pip = {"dagtekeningPip": "2024-04-01", "leerroute": "O"}
        events = self.say([of(ANN, "PIP", pip),
                           of(BEN, "PIP", {"gemeentecode": "0753", "pip": pip}, plan=GOALS)],
                          "--dry-run", check=1)
        self.assertEqual(events, [])
        self.assertIn("line 1, column Hoofddoel: has_main_goal is needed", self.said)
        self.assertIn("of 1 plans of another municipality", self.said)

    def test_a_number_in_the_wrong_place_goes_nowhere_either(self):
        for number in (ANN, int(ANN)):
            self.say([of(ANN, "gebeurtenissen", happened(("SS101", number), (number, "2024-01-01"))),
                      of(ANN, "PIP", {"dagtekeningPip": number, "leerroute": number}, plan=GOALS),
                      of(BEN, "PIP", {"dagtekeningPip": "2024-01-01", "leerroute": number},
                         plan={**GOALS, "longest_horizon_months": int(ANN)}),
                      of(ANN, "map", {"datumEindgesprekMap": f"2024-01-01 {number}"}),
                      of(ANN, "examens/resultaten", [exam(number, number, number, number)])],
                     "--to", "http://127.0.0.1:1", "--retry-seconds", "0", "--token-file",
                     self.token(), check=1)
            self.assertTrue([path for path in self.at.iterdir() if ".rejected" in path.name])
            for path in self.at.iterdir():
                if path.name not in ("people.csv", "recorded.ndjson"):
                    self.assertNumberless(path.read_bytes())

    def token(self):
        file = self.at / "isd.token"
        file.write_text(harness.token()[0])
        file.chmod(0o600)
        return file

    def test_what_is_no_recording_is_refused(self):
        for text, words in (('{"path":', "on line 1 is no JSON"),
                            ('{"path":"/x","path":"/y"}', "or a key stands there twice"),
                            ('\n{"body":{}}', "line 2 has no message"),
                            ('{"path":7}', "line 1 has no message")):
            self.say([], "--dry-run", check=65, text=text)
            self.assertIn(words, self.said)
        file = self.at / "recorded.ndjson"
        file.write_text(json.dumps(SET[0]))
        done = ladder("import", "--dry-run", "--map", "modules", "--municipality", "GM0823",
                      "--subjects", self.table, file, check=65)
        self.assertIn(b"only the map duo", done.stderr)
        done = ladder("import", "--language", "nl", "--dry-run", "--map", "modules",
                      "--municipality", "GM0823", "--subjects", self.table, file, check=65)
        self.assertIn(b"alleen de indeling duo", done.stderr)

    def test_ten_thousand_messages_take_no_long(self):
        messages = [of(ANN, "pvt", {"datumOndertekeningPvt": "2024-07-%02d" % (1 + place % 28)})
                    for place in range(10_000)]
        event, = self.say(messages, "--dry-run")
        self.assertEqual(event["occurred_on"], "2024-07-%02d" % (1 + 9_999 % 28))
        self.assertTrue(re.search("1 events of 1 rows", self.said))
