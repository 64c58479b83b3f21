"""The sender's report card: of its own events only, counted, naming nobody."""

import datetime
import json
import urllib.parse
from pathlib import Path

import harness
from harness import event

BSN = "123456782"


class Card(harness.OwnDaemon):
    def card(self, daemon, who="isd", records=None):
        """The card; with so many records on it, if that is said: it may be a second late."""
        def told():
            answer = daemon.get("/v1/card", who=who)
            self.assertEqual(answer.status, 200, answer)
            return answer.json if records in (None, answer.json["reports"]["records"]) else None
        return harness.until(told, f"the card has {records} records")

    def test_what_became_of_events_is_counted_and_of_the_rejected_no_value_is_kept(self):
        daemon = self.ladderd()
        before = self.card(daemon)
        self.assertEqual((before["accepted"], before["duplicates"], before["rejected"],
                          before["rejected_by_code"], before["last_rejected"], before["types"]),
                         (0, 0, 0, {}, [], []))
        self.assertEqual(before["reports"], {
            "days": 91, "records": 0, "corrections": 0, "corrections_share": None,
            "delay_p50_days": None, "delay_p90_days": None})
        good = event()
        daemon.push([good, event(id=f"bsn-{BSN}"), event(subject="somebody's name"),
                     event(id="no identifier", subject="secret name")])
        daemon.push([good, event(body={"rung": 9}, id="bad-rung")])
        card = self.card(daemon)
        self.assertEqual((card["accepted"], card["duplicates"], card["rejected"]), (1, 1, 4))
        self.assertEqual(card["rejected_by_code"], {"bad_value": 3, "looks_like_bsn": 1})
        last = card["last_rejected"]
        self.assertEqual([(one["index"], one["code"]) for one in last],
                         [(1, "bad_value"), (3, "bad_value"), (2, "bad_value"),
                          (1, "looks_like_bsn")])
        self.assertEqual(last[0]["id"], "bad-rung")
        self.assertEqual((last[1]["id"], last[3]["id"]), (None, None))
        self.assertRegex(last[2]["id"], r"^e-")
        self.assertEqual(last, sorted(last, key=lambda one: one["at"], reverse=True))
        said = daemon.get("/v1/card", who="isd").body.decode()
        for never in ("secret", "somebody", BSN, good["subject"]):
            self.assertNotIn(never, said)
        # Fifty are kept; all are counted.
        daemon.push([event(body={"rung": 9}, id=f"over-{one}") for one in range(60)])
        card = self.card(daemon)
        self.assertEqual(card["rejected_by_code"]["bad_value"], 63)
        self.assertEqual([one["id"] for one in card["last_rejected"]],
                         [f"over-{one}" for one in range(59, 9, -1)])
        # Kept in memory, and lost at a restart; what is in the log is not.
        daemon.stop()
        daemon.start()
        card = self.card(daemon, records=1)
        self.assertEqual((card["accepted"], card["rejected"], card["last_rejected"]), (0, 0, []))
        self.assertEqual((card["reports"]["records"], card["types"][0]["records"]), (1, 1))

    def test_it_is_of_the_partner_alone(self):
        daemon = self.ladderd(partners={
            "one": {"types": "*", "municipalities": "*"}, "two": {"types": "*", "municipalities": "*"},
            "shy": {"types": "*", "municipalities": "*", "require_user": "yes"}})
        someone = harness.fresh("p")
        daemon.accept(event(subject=someone), who="one")
        daemon.push([event(body={"rung": 9}, id="rejected-one")], who="one")
        # What contradicts another partner is no contradiction of one's own.
        daemon.accept(event(body={"rung": 1}, subject=someone), who="two")
        one, two = self.card(daemon, "one", 1), self.card(daemon, "two", 1)
        self.assertEqual((one["partner"], one["rejected"]), ("one", 1))
        self.assertEqual((two["partner"], two["accepted"], two["rejected"], two["last_rejected"]),
                         ("two", 1, 0, []))
        for card in (one, two):
            self.assertEqual({kind["kind"]: kind["persons"] for kind in card["contradictions"]
                              if kind["persons"]}, {})
        self.assertEqual(daemon.get("/v1/card", who="shy").status, 400)
        self.assertEqual(daemon.get("/v1/card", who="shy",
                                    headers={"X-Ladder-User": "jan"}).status, 200)
        for who, status in (("analyst", 403), (None, 401)):
            self.assertEqual(daemon.get("/v1/card", who=who).status, status)
        self.assertEqual(daemon.get("/v1/card", who="one", municipality="GM0823").status, 400)

    def test_reports_types_news_and_contradictions_are_those_of_its_events(self):
        daemon = self.ladderd()
        today = datetime.date.fromisoformat(self.card(daemon)["as_of"])
        person = harness.fresh("p")

        def day(ago):
            return (today - datetime.timedelta(days=ago)).isoformat()

        def said(ago, kind, body, **fields):
            return event(kind, body, subject=person, occurred_on=day(ago), **fields)
        born = [said(10, "person_registered", {"birth_year": year}, key="k")
                for year in (1990, 1991)]
        daemon.accept(*(said(ago, "ladder_assessed", {"rung": rung})
                        for ago, rung in ((200, 2), (200, 3), (0, 3))), born[0],
                      said(400, "job_started", {"job_ref": "j", "hours_per_week": 20,
                                                "funding": "FULLY_PAID"}),
                      said(401, "job_confirmed", {"job_ref": "j"}))
        daemon.accept(born[1])
        card = self.card(daemon, records=7)
        self.assertEqual(card["reports"]["corrections"], 1)
        self.assertAlmostEqual(card["reports"]["corrections_share"], 1 / 7, 5)
        delays = sorted([200, 200, 0, 10, 400, 401])
        self.assertEqual((card["reports"]["delay_p50_days"], card["reports"]["delay_p90_days"]),
                         (delays[2], delays[5]))
        self.assertEqual([(one["type"], one["records"], one["last_on"], one["days_since"],
                           one["usual_days"], one["late"]) for one in card["types"]],
                         [("person_registered", 2, day(0), 0, None, False),
                          ("ladder_assessed", 3, day(0), 0, None, False),
                          ("job_started", 1, day(0), 0, None, False),
                          ("job_confirmed", 1, day(0), 0, None, False)])
        # The second word of a key takes the first back: there is one year of birth.
        self.assertEqual({one["kind"]: one["persons"] for one in card["contradictions"]},
                         {"two_birth_years": 0, "two_municipalities": 0, "two_rungs": 1,
                          "news_after_exit": 0, "job_before_start": 1, "job_after_end": 0})
        rows = daemon.get("/v1/worklist", who="isd").json["items"]
        self.assertTrue(rows)
        for one in card["news"]:
            for silent in (True, False):
                self.assertEqual(one["silent" if silent else "coming"], sum(
                    row["reason"] == one["reason"] and
                    (row["falls_silent_on"] <= card["as_of"]) == silent for row in rows), one)

    def test_whoever_looks_is_in_both_logs_and_nobody_is_looked_at(self):
        daemon = self.ladderd()
        daemon.accept(event())
        before = len(daemon.audit())
        self.card(daemon)
        self.assertEqual([(line["who"], line["what"], line["outcome"])
                          for line in daemon.audit()[before:] if line["audit"] == "read"],
                         [("partner isd", "GET /v1/card", "shown")])
        span = json.loads(Path(f"{daemon.store}.access.ndjson").read_text().splitlines()[-1])
        self.assertEqual(span["name"], "GET /v1/card")
        self.assertEqual([key for key in span["attributes"] if "subject" in key], [])

    def test_the_command_prints_it_and_as_json_the_same_bytes(self):
        daemon = self.ladderd()
        token = daemon.place / "token"
        token.write_text(daemon.tokens["isd"])
        token.chmod(0o600)
        person = harness.fresh("p")
        daemon.push([event(subject=person), event(body={"rung": 2}, subject=person),
                     event(body={"rung": 9}, id="bad-rung")])
        self.card(daemon, records=2)

        def ask(*options, **how):
            return harness.ladder("card", "--to", f"http://127.0.0.1:{daemon.port}",
                                  "--token-file", token, *options, **how)
        text = ask(check=0).stdout.decode()
        for words in ("isd on 20", "2 accepted, 0 duplicates, 1 rejected", "1 bad_value",
                      "place 2, bad_value, id bad-rung", "2 records, 0 of them corrections",
                      "2 ladder_assessed, the last 0 days ago", "1 two rungs on one day"):
            self.assertIn(words, text)
        made = json.loads(ask("--format", "json", check=0).stdout)
        asked = self.card(daemon)
        self.assertEqual({**made, "known_at": None}, {**asked, "known_at": None})
        ask("--format", "csv", check=64)
        token.write_text(daemon.tokens["analyst"])
        self.assertIn(b"report card is about", ask(check=77).stderr)

    def test_in_the_browser_it_stands_beside_the_work_list(self):
        daemon = self.ladderd()
        answer = daemon.get("/card", who=None)
        self.assertEqual((answer.status, answer.header("Location")), (303, "/sign-in?lang=nl"))
        daemon.push([event(), event(body={"rung": 9}, id="bad-rung"),
                     event(body={"rung": 9}, id="<b>no id</b>")])
        self.card(daemon, records=1)
        form = urllib.parse.urlencode({"name": "isd", "token": daemon.tokens["isd"]})
        signed = daemon.request("POST", "/sign-in", form, {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"http://127.0.0.1:{daemon.port}", "Host": f"127.0.0.1:{daemon.port}"}, None)
        self.assertEqual(signed.status, 303, signed)
        cookie = {"Cookie": signed.header("Set-Cookie").split(";")[0]}
        for language, words in (("nl", ("Hoe goed meldt u?", "1 aangenomen, 0 dubbel en 2 geweigerd",
                                        "Op één dag op twee stappen")),
                                ("en", ("How well do you report?",
                                        "1 accepted, 0 duplicates and 2 rejected",
                                        "On two rungs on one day"))):
            answer = daemon.get("/card", who=None, headers=cookie, lang=language)
            self.assertEqual((answer.status, answer.media_type), (200, "text/html"), answer)
            text = answer.body.decode()
            for one in (*words, "<td>bad-rung</td>", "ladder_assessed", "Sign out"
                        if language == "en" else "Uitloggen"):
                self.assertIn(one, text)
            self.assertNotIn("<b>", text)
            self.assertNotIn("<script", text)
            self.assertIn(f'href="/worklist?lang={language}"', text)
            self.assertIn(f'href="/card?lang={language}"', daemon.get(
                "/worklist", who=None, headers=cookie, lang=language).body.decode())
        self.assertEqual(daemon.get("/card", who="analyst").status, 403)
