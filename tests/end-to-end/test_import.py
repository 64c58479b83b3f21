"""`ladder import`: lists of volunteers, from a spreadsheet to the figures, and back to the row."""

import csv
import http.server
import json
import os
import re
import stat
import subprocess
import threading
import unittest

import harness
from harness import LADDER, run

HOURS = "Naam;Datum;Activiteit;Uren\n"
NAMES = ("Fatma", "Yilmaz", "José", "Jos\xe9", "Boer", "fatma", "yilmaz", "1988", "123456782")


class Lists(harness.OwnDaemon):
    def setUp(self):
        self.daemon = self.ladderd()
        self.token = self.daemon.token_file("isd")
        self.at = self.place()
        self.table = self.at / "subjects.csv"

    def write(self, text, name="uren.csv"):
        file = self.at / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    def run_import(self, file, name="activity-hours", *more, check=0, table=None):
        done = run(LADDER, "import", "--map", name, "--subjects", table or self.table,
                   "--municipality", "GM0823", "--to", f"http://127.0.0.1:{self.daemon.port}",
                   "--token-file", self.token, "--retry-seconds", "0",
                   *more, file)
        if check is not None:
            self.assertEqual(done.returncode, check, done.stderr.decode())
        return done.stderr.decode()

    def send(self, text, name="activity-hours", check=0):
        return self.run_import(self.write(text), name, check=check)

    def effective(self):
        """The bodies of the events that count, without their ids."""
        found = {}
        for record in self.daemon.records():
            event = record["event"]
            if "event_retracted" in event:
                found = {key: value for key, value in found.items()
                         if key != event["event_retracted"]["target_key"]}
            else:
                found.pop(event["key"], None)
                found[event["key"]] = event
        return list(found.values())

    def bodies(self, kind):
        return sorted((event["occurred_on"], json.dumps(event[kind], sort_keys=True))
                      for event in self.effective() if kind in event)

    def people(self):
        with open(self.table, encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, delimiter=";"))
        return [row for row in rows if not row["subject"].startswith("s-")]

    # -- what is recognised

    def test_an_excel_list_is_recognised_and_said(self):
        said = self.send("Urenlijst mei;;;\r\n;;;\r\nNaam;Datum;Activiteit;Uren;Opmerking\r\n"
                         "José \"Pepe\" de Boer;03-04-2025;Vrijwilligerswerk;2,5;x\r\n"
                         "\"Yilmaz, Fatma\";4-4-2025;Taalcafé;2:30;\r\n;;;\r\n;;;\r\n"
                         .encode("cp1252"))
        self.assertIn("uren.csv: semicolon, Windows-1252, dates as dd-mm-jjjj, decimal comma; "
                      "2 rows, headings on line 3.", said)
        self.assertIn("does not use: Opmerking", said)
        self.assertIn("2 people are not yet in", said)
        self.assertIn("2 rows: 2 sent, 0 repeated, 0 rejected. Of 2 events 2 were new", said)
        self.assertEqual(self.bodies("activity_logged"), [
            ("2025-04-03", '{"kind": "VOLUNTEER", "minutes": 150, "provider": "VOLUNTEERS"}'),
            ("2025-04-04", '{"kind": "LANGUAGE_CAFE", "minutes": 150, '
                           '"provider": "VOLUNTEERS"}')])
        self.assertEqual([row["name"] for row in self.people()],
                         ['José "Pepe" de Boer', "Yilmaz, Fatma"])

    def test_one_list_in_every_dress_gives_the_same_events(self):
        plain = "Naam;Datum;Activiteit;Uren\nZoë Ü;3-4-2025;sport;1,5\n"
        dresses = {
            "UTF-8 with a mark (BOM)": b"\xef\xbb\xbf" + plain.encode(),
            "Windows-1252": plain.encode("cp1252"),
            "comma": plain.replace(",", ".").replace(";", ",").encode(),
            "tab": plain.replace(";", "\t").encode(),
            "vertical bar": b"sep=|\r\n" + plain.replace(";", "|").encode(),
            "headings on line 2": b"sep=;\r\n" + plain.encode(),
            "dates as jjjj-mm-dd": plain.replace("3-4-2025", "2025-04-03").encode(),
            "dates as day, month in words": plain.replace("3-4-2025", "3 april 2025").encode(),
        }
        self.send(plain)
        for word, data in dresses.items():
            with self.subTest(word):
                said = self.send(data)
                self.assertIn(word, said)
                self.assertIn("0 were new (0 of them corrections) and 1 known already", said)
        self.assertEqual(len(self.daemon.records()), 1)

    def test_slashed_dates_are_read_as_the_list_tells(self):
        rows = "Ann;{};sport;1\n"
        said = self.send(HOURS + rows.format("03/04/2025"))
        self.assertIn("dates as dd/mm/jjjj", said)
        said = self.send(HOURS + rows.format("03/04/2024") + rows.format("12/31/2024"))
        self.assertIn("mm/dd/jjjj (the month first)", said)
        self.assertEqual([when for when, _ in self.bodies("activity_logged")],
                         ["2024-03-04", "2024-12-31", "2025-04-03"])
        said = self.send(HOURS + rows.format("25/12/2024") + rows.format("12/31/2024"), check=65)
        self.assertIn("line 2 has the day before the month and line 3 the month before", said)

    def test_what_is_no_list_is_told_and_nothing_is_made(self):
        for data, word in (
                (b"PK\x03\x04 xl/workbook.xml", "workbook"),
                (b"\xd0\xcf\x11\xe0\xa1\xb1", "old workbook"),
                (("\ufeff" + HOURS).encode("utf-16-le"), "UTF-16"),
                (b"%PDF-1.4", "PDF"),
                (b"", "no line among the first"),
                (b"a;b\n1;2\n", "no line among the first"),
                (b"Naam;Datum;Uren\nA;1-1-2025;1\n", "also needs: activity (activiteit"),
                (HOURS.encode() + b"A\0;1-1-2025;sport;1\n", "line 2 has a byte (00"),
                (HOURS.encode() + b"A\x81;1-1-2025;sport;1\n", "line 2 has a byte (81"),
                (HOURS.encode() + b'A;1-1-2025;sport;1\nB;"1-1-2025;1',
                 "on line 3 a quotation mark opens"),
                (HOURS.encode() + b'"' + b"x;\n" * 5000,
                 "line 2 has a cell of more than 4096 bytes"),
                (b";" * 10000 + b"\n" + HOURS.encode(), "line 1 has more than 1000 columns"),
                (b"Naam;Datum;Datum;Activiteit;Uren\n", "two columns for date")):
            with self.subTest(word):
                self.assertIn(word, self.send(data, check=65))
        self.assertFalse(self.table.exists())
        self.assertEqual(self.daemon.records(), [])

    # -- identity

    def test_the_same_file_twice_changes_nothing(self):
        text = HOURS + "".join(f"Persoon {n};{n % 28 + 1}-3-2025;sport;{n % 5},5\n"
                               for n in range(2500))
        self.assertIn("2500 were new", self.send(text))
        table = self.table.read_bytes()
        said = self.send(text)
        self.assertIn("0 were new (0 of them corrections) and 2500 known already", said)
        self.assertEqual(self.table.read_bytes(), table)
        self.assertEqual(len(self.daemon.records()), 2500)

    def test_a_corrected_row_corrects_and_set_back_corrects_again(self):
        """A, B, A: the third is no duplicate of the first."""
        for hours, minutes in (("1", 60), ("2", 120), ("1", 60), ("2", 120), ("2,0", 120)):
            said = self.send(HOURS + f"Ann;3-4-2025;sport;{hours}\nBen;3-4-2025;sport;9\n")
            found = [json.loads(body)["minutes"] for _, body in self.bodies("activity_logged")]
            self.assertEqual(sorted(found), sorted([minutes, 540]))
        self.assertIn("0 were new", said)
        records = self.daemon.records()
        self.assertEqual(len(records), 5)
        withdrawn = [self.daemon.withdrawn(one["event"]["id"]) for one in records]
        self.assertEqual(withdrawn, [True, False, True, True, False])

    def test_a_copy_of_the_memory_that_is_put_back_still_corrects(self):
        """A, a copy, B, C, the copy back, B: that is not the B of before."""
        memory = self.at / "subjects.csv.sent"
        self.send(HOURS + "Ann;3-4-2025;sport;1\n")
        copy = memory.read_bytes()
        for hours in ("2", "3"):
            self.send(HOURS + f"Ann;3-4-2025;sport;{hours}\n")
        memory.write_bytes(copy)
        for count in (1, 0):
            said = self.send(HOURS + "Ann;3-4-2025;sport;2\n")
            self.assertIn(f"Of 1 events {count} were new", said)
            self.assertIn('"minutes": 120', self.bodies("activity_logged")[0][1])

    def test_a_lost_memory_of_what_was_sent_still_corrects(self):
        for hours in ("1", "2"):
            self.send(HOURS + f"Ann;3-4-2025;sport;{hours}\n")
        (self.at / "subjects.csv.sent").unlink()
        said = self.send(HOURS + "Ann;3-4-2025;sport;1\n")
        self.assertIn("subjects.csv.sent is not there", said)
        self.assertIn('"minutes": 60', self.bodies("activity_logged")[0][1])
        self.assertEqual(len(self.bodies("activity_logged")), 1)

    def test_what_a_row_does_not_say_any_more_is_taken_back(self):
        head = "Naam;Startdatum;Uren per week;Gevonden door;Einddatum;Vervallen\n"
        self.send(head + "Ann;1-2-2025;32;gemeente;1-5-2025;\n", "jobs")
        self.assertEqual(len(self.bodies("job_ended")), 1)
        for _ in range(2):
            self.send(head + "Ann;1-2-2025;32;gemeente;;\n", "jobs")
            self.assertEqual(self.bodies("job_ended"), [])
            self.assertEqual(len(self.bodies("job_started")), 1)
        self.send(head + "Ann;1-2-2025;32;gemeente;1-5-2025;\n", "jobs")
        self.assertEqual(len(self.bodies("job_ended")), 1)
        self.send(head + "Ann;1-2-2025;32;gemeente;1-5-2025;ja\n", "jobs")
        self.assertEqual(self.effective(), [])
        self.send(head + "Ann;1-2-2025;32;gemeente;1-5-2025;nee\n", "jobs")
        self.assertEqual(len(self.effective()), 3)

    def test_rows_of_one_name_are_sent_once_or_told(self):
        said = self.send(HOURS + "Ann;3-4-2025;sport;1\n ann ;03-04-2025;Sporten;1,0\n"
                         "Ben;3-4-2025;sport;1\nBEN;3-4-2025;sport;2\n", check=1)
        self.assertIn("1 row repeats a row above (line 3): sent once", said)
        self.assertIn("line 4: line 5 is named the same", said)
        self.assertIn("line 5: line 4 is named the same", said)
        self.assertEqual(len(self.daemon.records()), 1)
        said = self.send("Naam;Datum;Activiteit;Uren;Nr\nBen;3-4-2025;sport;1;1\n"
                         "Ben;3-4-2025;sport;2;2\n")
        self.assertEqual(len(self.daemon.records()), 3)

    # -- rejected rows

    def rejected(self, name="uren.rejected.csv"):
        file = self.at / name
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        self.assertTrue(file.read_bytes().startswith(b"\xef\xbb\xbf"))
        with open(file, encoding="utf-8-sig", newline="") as opened:
            return file, list(csv.DictReader(opened, delimiter=";"))

    def test_rejected_rows_are_corrected_in_their_file_and_imported_again(self):
        table = (("45123;sport;1", "Datum", "number Excel keeps"),
                 ("31-2-2025;sport;1", "Datum", "no such day"),
                 ("1-2-25;sport;1", "Datum", "four digits"),
                 ("1-2-2035;sport;1", "Datum", "after tomorrow"),
                 ("1-2-1980;sport;1", "Datum", "1990"),
                 (";sport;1", "Datum", "is needed, and is empty"),
                 ("1-2-2025;sprot;1", "Activiteit", "vrijwilligerswerk, stage"),
                 ("1-2-2025;;1", "Activiteit", "is needed, and is empty"),
                 ("1-2-2025;sport;1.500", "Uren", "thousands"),
                 ("1-2-2025;sport;veel", "Uren", "number"),
                 ("1-2-2025;sport;-1", "Uren", "number"),
                 ("1-2-2025;sport;200", "Uren", "10080"),
                 ("1-2-2025;sport;1;extra", "", "more cells than there are headings"))
        text = HOURS + "Ann;1-2-2025;sport;1\n"
        text += "".join(f"Zoë {n};{row}\n" for n, (row, _, _) in enumerate(table))
        text += ";1-2-2025;sport;1\n"
        said = self.send(text.encode("cp1252"), check=1)
        self.assertIn("15 rows: 1 sent, 0 repeated, 14 rejected", said)
        self.assertIn("and 4 more rows are rejected", said)
        file, rows = self.rejected()
        self.assertEqual([row["line"] for row in rows], [str(n) for n in range(3, 17)])
        for row, (_, column, reason) in zip(rows, table):
            self.assertEqual(row["column"], column)
            self.assertIn(reason, row["reason"])
        self.assertEqual((rows[-1]["column"], rows[-1]["reason"]), ("Naam", "the name is empty"))
        self.assertEqual(rows[0]["Naam"], "Zoë 0")
        self.assertEqual([row["name"] for row in self.people()], ["Ann"])
        # Corrected in the file, and that is imported; what is wrong still comes into another.
        with open(file, "w", encoding="utf-8-sig", newline="") as opened:
            out = csv.DictWriter(opened, [name for name in rows[0] if name], delimiter=";",
                                 extrasaction="ignore")
            out.writeheader()
            for row in rows:
                row.update(Datum="1-2-2025", Activiteit="sport", Uren="1")
                out.writerow(row)
        said = self.run_import(file, check=1)
        self.assertIn("14 rows: 13 sent, 0 repeated, 1 rejected", said)
        self.assertEqual(len(self.daemon.records()), 14)
        _, rows = self.rejected("uren.rejected.rejected.csv")
        self.assertEqual(list(rows[0]), ["Naam", "Datum", "Activiteit", "Uren", "line", "column",
                                         "reason"])
        # What somebody may be correcting is not written over.
        before = file.read_bytes()
        self.send(text, check=1)
        self.assertEqual(file.read_bytes(), before)
        self.assertEqual(len(self.rejected("uren.rejected-2.csv")[1]), 14)

    def test_what_the_daemon_rejects_comes_back_to_its_row(self):
        self.daemon.partners["isd"]["types"] = "JobStarted"
        self.daemon.write_config()
        self.daemon.restart()
        said = self.send("Naam;Startdatum;Uren per week;Einddatum\nAnn;1-2-2025;32;\n"
                         "Ben;1-2-2025;32;1-3-2025\n", "jobs", check=1)
        self.assertIn("2 rows: 1 sent, 0 repeated, 1 rejected", said)
        _, rows = self.rejected()
        self.assertEqual((rows[0]["line"], rows[0]["Naam"]), ("3", "Ben"))
        self.daemon.partners["isd"]["types"] = "*"
        self.daemon.write_config()
        self.daemon.restart()
        self.run_import(self.at / "uren.rejected.csv", "jobs")
        self.assertEqual(len(self.daemon.records()), 3)

    # -- people

    def test_names_never_leave_the_computer(self):
        seen = []

        class Ear(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_POST(handler):
                body = handler.rfile.read(int(handler.headers["Content-Length"]))
                seen.append(str(handler.headers).encode() + body)
                events = json.loads(body)["events"]
                answer = json.dumps({"accepted": len(events), "duplicates": 0, "rejected": [],
                                     "last_seq": len(events)}).encode()
                handler.send_response(200)
                handler.send_header("Content-Length", str(len(answer)))
                handler.end_headers()
                handler.wfile.write(answer)
        ear = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ear)
        threading.Thread(target=ear.serve_forever, daemon=True).start()
        self.addCleanup(ear.server_close)
        self.addCleanup(ear.shutdown)
        text = ("Naam;Geboortedatum;BSN;Datum vestiging;Rol\n"
                "José Yilmaz-de Boer;2-3-1988;123456782;1-5-2024;kostwinner\n"
                "Fatma Yilmaz;4-5-1990;123456782;1-5-2024;x\n")
        hours = ("BSN;Datum;Activiteit;Uren\n123456782;3-4-2025;sport;1\n").replace(
            "BSN", "Naam")
        said = self.send(text.encode("cp1252"), "settlements", check=1)
        said += self.send(hours)
        port, self.daemon.port = self.daemon.port, ear.server_port
        said += self.run_import(self.write(text, "b.csv"), "settlements", check=1,
                                table=self.at / "other.csv")
        self.daemon.port = port
        self.assertEqual(len(seen), 1)
        self.assertEqual(len(self.people()), 2)
        kept = b"".join(file.read_bytes() for file in self.daemon.store.rglob("*")
                        if file.is_file())
        sent = (self.at / "subjects.csv.sent").read_bytes()
        log = json.dumps(self.daemon.records()).encode()
        for place, data in (("request", seen[0]), ("store", kept), ("log", log), ("sent", sent),
                            ("said", said.encode()),
                            ("daemon", self.daemon.output.read_bytes())):
            for name in NAMES:
                if name == "1988" and place in ("store", "log", "request"):
                    continue  # the year of birth is in spec/events.md
                self.assertNotIn(name.encode(), data, place)
                self.assertNotIn(name.encode("cp1252"), data, place)
        self.assertIn(b'"birth_year":1988', seen[0])
        self.assertNotIn(b"1988-03-02", seen[0])
        # The same list with another table: nothing but public words is alike.
        self.assertNotEqual({one["event"]["key"] for one in self.daemon.records()},
                            {one["key"] for one in json.loads(
                                seen[0].split(b"\n\n", 1)[1])["events"]})

    def test_the_table_is_its_owners_only(self):
        self.send(HOURS + "Ann;3-4-2025;sport;1\n")
        for file in (self.table, self.at / "subjects.csv.sent"):
            self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        for mode in (0o640, 0o604, 0o660):
            self.table.chmod(mode)
            said = self.send(HOURS + "Ann;4-4-2025;sport;1\n", check=77)
            self.assertIn("chmod 600", said)
        self.table.chmod(0o600)
        link = self.at / "link.csv"
        link.symlink_to(self.table)
        self.run_import(self.write(HOURS), check=77, table=link)
        self.assertEqual(len(self.daemon.records()), 1)

    def test_one_person_however_the_name_is_written(self):
        self.send(HOURS + "Jos\u00e9  \u0130nce;1-4-2025;sport;1\n"
                  "\u00a0JOSE\u0301 ince ;2-4-2025;sport;1\n")
        self.send((HOURS + "jos\u00e9 INCE;3-4-2025;sport;1\n").encode("cp1252"))
        self.assertEqual(len({one["event"]["subject"] for one in self.daemon.records()}), 1)
        said = self.send("Voornaam;Tussenvoegsel;Achternaam;Datum;Activiteit;Uren\n"
                         "José;;Ince;4-4-2025;sport;1\nJan;de;Boer;4-4-2025;sport;1\n")
        self.assertIn("1 person is not yet in", said)
        said = self.send(HOURS + "Jose Ince;5-4-2025;sport;1\nJan de Boer;5-4-2025;sport;1\n")
        self.assertIn("Line 2: but for accents", said)
        self.assertEqual(len(self.people()), 3)

    def test_people_of_one_name_are_told_apart_by_a_second_column(self):
        born = "Naam;Geboortedatum;Datum;Activiteit;Uren\n"
        self.send(HOURS + "Ann Bos;1-4-2025;sport;1\n")
        # The table knows one by name alone: which of the two is for people to say.
        said = self.send(born + "Ann Bos;2-3-1988;2-4-2025;sport;1\n"
                         "Ann Bos;5-6-1999;2-4-2025;sport;1\n", check=1)
        self.assertIn("write there, in the column second, which", said)
        # One alone is that person; another one later is not.
        self.send(born + "Ann Bos;2-3-1988;3-4-2025;sport;1\n")
        self.assertEqual(len({one["event"]["subject"] for one in self.daemon.records()}), 1)
        self.send(born + "ann bos;1999-06-05;4-4-2025;sport;1\n")
        self.assertEqual(len({one["event"]["subject"] for one in self.daemon.records()}), 2)
        said = self.send(HOURS + "Ann Bos;5-4-2025;sport;1\n", check=1)
        self.assertIn("has several people of this name", said)
        self.assertEqual([(row["name"], row["second"]) for row in self.people()],
                         [("Ann Bos", ""), ("Ann Bos", "1988-03-02"), ("ann bos", "1999-06-05")])

    def test_a_table_of_the_municipality_is_used_and_kept(self):
        self.write("Naam,subject,Opmerking\nAnn Bos,register-17,\"belt, graag\"\n"
                   "A. Bos,register-17,\n", "subjects.csv")
        self.table.chmod(0o600)
        self.send(HOURS + "Ann Bos;1-4-2025;sport;1\na. bos;2-4-2025;sport;1\n"
                  "Ben;2-4-2025;sport;1\n")
        subjects = [one["event"]["subject"] for one in self.daemon.records()]
        self.assertEqual(subjects[:2], ["register-17", "register-17"])
        text = self.table.read_text(encoding="utf-8-sig")
        self.assertTrue(text.startswith("Naam,subject,Opmerking\nAnn Bos,register-17,"
                                        "\"belt, graag\"\nA. Bos,register-17,\n"), text)
        self.assertRegex(text, r'\n"\(the salt[^\n]*","s-[0-9a-f]{64}",""\n'
                               r'"Ben","p-[0-9a-f]{32}",""\n$')
        for row, word in (("Ann Bos,123456782,", "not 8, 9 or 10 digits"),
                          ("Ann Bos,other,", "has another subject above"),
                          (",p-1,", "there is no name")):
            self.table.write_text(text + row + "\n")
            self.assertIn(word, self.send(HOURS + "Ann Bos;1-4-2025;sport;1\n", check=65))

    def test_pseudonyms_in_the_list_are_used_as_they_are(self):
        said = self.send("Pseudoniem;Datum;Activiteit;Uren\nregister-1;1-4-2025;sport;1\n"
                         "123456782;1-4-2025;sport;1\n", check=1)
        self.assertIn("line 3, column Pseudoniem", said)
        self.assertEqual([one["event"]["subject"] for one in self.daemon.records()],
                         ["register-1"])
        self.assertEqual(self.people(), [])

    def test_many_at_once_lose_no_pseudonym(self):
        files = [self.write(HOURS + "".join(f"Persoon {n};{day}-4-2025;sport;1\n"
                                            for n in range(day, day + 40)), f"{day}.csv")
                 for day in range(1, 9)]
        threads = [threading.Thread(target=self.run_import, args=(file,)) for file in files]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        rows = self.people()
        self.assertEqual(len(rows), 47)
        self.assertEqual(len({row["name"] for row in rows}), 47)
        self.assertEqual({row["subject"] for row in rows},
                         {one["event"]["subject"] for one in self.daemon.records()})
        for file in files:
            self.assertIn("and 40 known already", self.run_import(file))

    def test_nothing_is_lost_when_the_daemon_is_away(self):
        self.daemon.stop()
        said = self.send(HOURS + "Ann;3-4-2025;sport;1\n", check=69)
        self.assertIn("ladder import: ", said)
        self.assertIn("Not all was sent: of 1 events, 0 were taken.", said)
        self.assertNotIn("1 sent", said)
        self.assertNotIn("ladder push", said)
        subject = self.people()[0]["subject"]
        self.daemon.start()
        self.assertIn("1 were new", self.send(HOURS + "Ann;3-4-2025;sport;1\n"))
        self.assertEqual(self.daemon.records()[0]["event"]["subject"], subject)

    def test_a_dry_run_prints_and_changes_nothing(self):
        file = self.write(HOURS + "Ann;3-4-2025;sport;1\nBen;x;sport;1\n")

        def dry():
            return run(LADDER, "import", "--map", "activity-hours", "--subjects", self.table,
                       "--municipality", "GM0823", "--dry-run", file)
        done = dry()
        self.assertEqual(done.returncode, 1)
        event = json.loads(done.stdout)
        self.assertEqual(event["activity_logged"]["minutes"], 60)
        self.assertRegex(event["id"], r"^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab]")
        self.assertIn(b"Nothing was sent", done.stderr)
        self.assertIn(b"line 3, column Datum", done.stderr)
        self.assertEqual(os.listdir(self.at), ["uren.csv"])
        self.run_import(file, check=1)
        before = self.table.read_bytes()
        self.write(HOURS + "Ann;3-4-2025;sport;2\nCas;4-4-2025;sport;1\n")
        self.assertEqual(len(dry().stdout.splitlines()), 2)
        self.assertEqual(self.table.read_bytes(), before)
        # What a dry run prints can be pushed, too.
        self.assertEqual(len(self.daemon.records()), 1)

    # -- the ready maps, to the figures

    def figures(self, **more):
        return self.daemon.figures(municipality="GM0823", **more).json

    def applied(self, condition):
        return harness.until(lambda: condition(self.figures()), "the figures show it")

    def test_the_ready_maps_move_the_figures(self):
        monday = harness.today() - harness.timedelta(days=harness.today().weekday())
        self.send("Naam;Geboortedatum;Vestigingsdatum;Kostwinner;Wet;Kennisgeving;Vertrokken;"
                  "Bestemming\n"
                  f"Ann;1-1-1990;{monday.year - 2}-05-01;ja;Wi2021;{monday.year - 2}-06-01;;\n"
                  f"Ben;1985;{monday.year - 2}-05-01;nee;;;;\n"
                  f"Cas;1985;{monday.year - 2}-05-01;alleenstaand;;;{harness.day(-9)};buitenland\n",
                  "settlements")
        shown = self.applied(lambda f: f["population"]["persons"] == 2 and f)
        self.assertEqual(shown["population"]["breadwinners"], 1)
        hours = HOURS + "".join(
            f"Ann;{(monday - harness.timedelta(days=days)).isoformat()};Vrijwilligerswerk;2,5\n"
            for days in (3, 10, 17, 24))
        self.send(hours)
        self.applied(lambda f: f["indicators"]["participation_norm"]["yes"] == 1)
        self.send(hours.replace("2,5", "0,5"))
        self.applied(lambda f: f["indicators"]["participation_norm"]["yes"] == 0
                     and f["indicators"]["participation_norm"]["no"] == 1)
        self.send(f"Naam;Datum;Trede\nAnn;{harness.day(-30)};3\n"
                  f"Ben;{harness.day(-30)};Onbetaald werk\n", "ladder-assessments")
        shown = self.applied(lambda f: f["indicators"]["ladder_position"]["unassessed"] == 0
                             and f["indicators"]["ladder_position"])
        self.assertEqual((shown["3"], shown["4"]), (1, 1))
        self.send(f"Naam;Datum;Soort contact\nAnn;{harness.day(-10)};Huisbezoek\n"
                  f"Ben;{harness.day(-5)};voicemail\n", "contacts")
        shown = self.applied(lambda f: f["indicators"]["contact"]["never"] == 1
                             and f["indicators"]["contact"])
        self.assertEqual(shown["median_days"], 10)
        self.send("Naam;Startdatum;Uren per week;Soort baan;Gevonden door;Laatst bevestigd;"
                  f"Open hiring\nAnn;{harness.day(-400)};32;regulier;Vluchtelingenwerk;"
                  f"{harness.day(-20)};ja\n", "jobs")
        shown = self.applied(lambda f: f["indicators"]["placement"]["lasting_jobs"] == 1
                             and f["indicators"]["placement"])
        self.assertEqual(shown["by"]["VWN"]["jobs"], 1)
        self.assertEqual(shown["open_hiring"], 1)


class Maps(unittest.TestCase):
    MAP = ("[list]\nname = t\nkey = date\n[person]\nname = Naam\n[column date]\nkind = date\n"
           "headings = Datum\n[column rung]\nheadings = Trede\n[words rung]\n1 = een\n2 = twee\n"
           "[event ladder_assessed]\noccurred_on = date\nrung = rung\n")

    def setUp(self):
        self.at = harness.OwnDaemon.place(self)

    def try_map(self, text, rows="Naam;Datum;Trede\nAnn;1-4-2025;twee\n"):
        (self.at / "m.ini").write_text(text)
        (self.at / "l.csv").write_text(rows)
        return subprocess.run([LADDER, "import", "--map", "m.ini", "--subjects", "s.csv", "-n",
                               "--municipality", "GM0823", "l.csv"], cwd=self.at,
                              capture_output=True, timeout=20)

    def test_a_map_of_ones_own_works(self):
        done = self.try_map(self.MAP)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["ladder_assessed"], {"rung": 2})
        # Saved by a Windows editor, with a list that goes on.
        done = self.try_map(self.MAP.replace("2 = twee", "2 = deux,\n twee, zwo").replace(
            "\n", "\r\n"))
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_what_is_wrong_in_a_map_is_told_with_its_line(self):
        for old, new, line, word in (
                ("name = t\n", "", 15, "[list] needs name"),
                ("kind = date", "kind = day", 7, "kind is one of text, date"),
                ("kind = date", "kind = date\nunit = uur", 7, "kind number has a unit"),
                ("headings = Trede", "headings = Trede\nnot_before = date", 10,
                 "kind date has not_before"),
                ("headings = Datum", "headings = Datum\nnot_before = rung", 9,
                 "not_before takes columns of the kind date"),
                ("headings = Datum", "headings = Datum\nafter = rung", 9,
                 "default, unit and not_before, and no after"),
                ("1 = een", "7 = een", 16, "rung takes a number from 1 to 6"),
                ("occurred_on = date", "occurred_on = dag", 15, "no [column dag]"),
                ("occurred_on = date", "occurred_on = rung", 15, "kind date"),
                ("rung = rung\n", "", 15, "needs rung ="),
                ("rung = rung\n", "rung = 9\n", 16, "from 1 to 6"),
                ("rung = rung\n", "trede = rung\n", 16, "has occurred_on, when, rung"),
                ("ladder_assessed", "ladder_asessed", 15, "no event of this type"),
                ("[person]", "[persoon]", 5, "a section is [list]"),
                ("2 = twee", "2 = een", 13, "stands for 1 already"),
                ("key = date", "key = datum", 3, "datum is none"),
                ("headings = Datum\n", "", 7, "needs headings"),
                ("[words rung]\n1 = een\n2 = twee\n", "kind = word\n", 10, "[words rung]"),
                ("name = Naam", "naam = Naam", 5, "[person] has name"),
                ("1 = een", "1 " + "een" * 80, 12, "at most 190 bytes"),
                ("1 = een", "een", 12, "a line is [section]")):
            with self.subTest(new):
                self.assertIn(old, self.MAP)
                done = self.try_map(self.MAP.replace(old, new, 1))
                self.assertEqual(done.returncode, 65, done.stderr)
                self.assertRegex(done.stderr.decode(), rf"(?m)^m\.ini:{line}: .*"
                                 + re.escape(word))

    def test_ready_maps_are_named_printed_and_right(self):
        text = harness.ladder("import", "--help", check=0).stdout.decode()
        files = sorted(file.stem for file in (harness.ROOT / "tools/import/maps").glob("*.ini"))
        self.assertEqual(len(files), 11)
        for name in files:
            self.assertIn(name, text)
            printed = harness.ladder("import", "--print-map", name, check=0).stdout
            self.assertEqual(printed, (harness.ROOT / f"tools/import/maps/{name}.ini").read_bytes())
        done = harness.ladder("import", "--print-map", "nope", check=64)
        self.assertIn(", ".join(files).encode(), done.stderr)
        done = harness.ladder("import", "--map", "nope", "--subjects", "s", "--municipality",
                            "GM0823", "x.csv", check=66)
        self.assertIn(b"no ready map (activity-hours", done.stderr)

    def test_what_is_not_given_is_asked_for(self):
        for arguments, word in (((), "A file"), (("x.csv",), "--map"),
                                (("x.csv", "--map", "jobs"), "--subjects"),
                                (("x.csv", "--map", "jobs", "--subjects", "s"), "--municipality"),
                                (("x.csv", "--map", "jobs", "--subjects", "s",
                                  "--municipality", "Oirschot"), "GM0823"),
                                (("x.csv", "--map", "jobs", "--subjects", "s",
                                  "--municipality", "GM0823"), "token")):
            with self.subTest(word):
                done = harness.ladder("import", *arguments, check=64, env={"PATH": "/usr/bin"})
                self.assertIn(word.encode(), done.stderr)


if __name__ == "__main__":
    unittest.main()
