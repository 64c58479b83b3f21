"""`ladder import` reads never another figure than the list means: it reads it, or refuses it."""

import json
import random
import unicodedata
import unittest

import harness
from harness import LADDER, run

HOURS = "Naam;Datum;Activiteit;Uren\n"


class Lists(unittest.TestCase):
    def setUp(self):
        self.at = harness.OwnDaemon.place(self)
        self.table = self.at / "subjects.csv"

    def test_the_lists_of_what_the_council_asks(self):
        table = (
            ("benefits", "Ingangsdatum;Soort uitkering;Bevestigd;Einddatum",
             "1-4-2025;aanvullend;1-6-2025;2-7-2025",
             [("2025-04-01", {"benefit_started": {"kind": "SUPPLEMENTARY"}}),
              ("2025-06-01", {"benefit_confirmed": {"kind": "SUPPLEMENTARY"}}),
              ("2025-07-02", {"benefit_ended": {}})]),
            ("referrals", "Datum aanmelding;Aangemeld bij;Datum afgesloten;Uitkomst",
             "1-4-2025;WSD;1-6-2025;gestart",
             [("2025-04-01", {"referral_made": {"to": "SW_COMPANY",
                                                "referral_ref": "2025-04-01a"}}),
              ("2025-06-01", {"referral_closed": {"referral_ref": "2025-04-01a",
                                                  "outcome": "STARTED"}})]),
            ("contact-persons", "Vanaf;Code medewerker;Tot", "1-4-2025;m7;1-6-2025",
             [("2025-04-01", {"contact_person_assigned": {"worker": "m7"}}),
              ("2025-06-01", {"contact_person_ended": {}})]),
            ("modules", "Datum afgerond;Module", "1-4-2025;PVT",
             [("2025-04-01", {"module_completed": {"module": "PARTICIPATION_DECLARATION"}})]),
        )
        for name, head, row, wanted in table:
            events, _ = self.dry(f"Naam;{head}\nAnn;{row}\n", name)
            found = [(one.pop("occurred_on"), {key: value for key, value in one.items()
                                               if isinstance(value, dict)}) for one in events]
            self.assertEqual(found, wanted, name)
        # About nobody: a row is what was agreed.
        head = "Afgesproken op;Cijfer;Minstens of hoogstens;Streefwaarde;Uiterlijk;Trede;Met\n"
        events, _ = self.dry(head + "1-4-2025;Brede intake;;60%;31-12-2025;;WSD\n"
                             "1-4-2025;Doorlooptijd trede;hoogstens;400 dagen;31-3-2026;3;\n",
                             "agreements")
        self.assertEqual([one["agreement_made"] for one in events], [
            {"figure": "INTAKE_COMPLETE", "comparison": "AT_LEAST", "value": 60,
             "by": "2025-12-31", "with": "wsd"},
            {"figure": "RUNG_HALF_TIME", "comparison": "AT_MOST", "value": 400,
             "by": "2026-03-31", "rung": 3}])
        self.assertNotIn("subject", events[0])
        events, said = self.dry(head + "1-4-2025;Brede intake;;160%;31-12-2025;;\n"
                                "1-4-2025;Brede intake;;60%;30-12-2025;;\n"
                                "1-4-2025;Doorlooptijd trede;;400;31-12-2025;;\n"
                                "1-4-2025;Geluk;;60;31-12-2025;;\n", "agreements", check=1)
        self.assertEqual(events, [])
        # Of what was closed it is not told how: nothing is made up.
        _, said = self.dry("Naam;Datum;Naar;Afgesloten;Uitkomst\nAnn;1-4-2025;ISD;2-4-2025;\n",
                           "referrals", check=1)
        self.assertIn("outcome is needed", said)

    def dry(self, text, name="activity-hours", check=0, env=None, more=()):
        """The events that would be sent, and what is said."""
        file = self.at / "list.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        done = run(LADDER, "import", "--map", name, "--subjects", self.table, "--municipality",
                   "GM0823", "--dry-run", *more, file, env=env)
        said = done.stderr.decode()
        if check is not None:
            self.assertEqual(done.returncode, check, said)
        return [json.loads(line) for line in done.stdout.splitlines()], said

    def people(self, text, name="activity-hours"):
        events, _ = self.dry(text, name)
        return [event["subject"] for event in events]

    # -- two columns for one thing

    def test_a_family_name_beside_the_first_one_is_not_the_person(self):
        rows = "Yilmaz;{};3-4-2025;sport;1\n"
        for head in ("Naam;Voornaam", "Name;First name", "Naam;Roepnaam"):
            text = head + ";Datum;Activiteit;Uren\n" + rows.format("Fatma") + rows.format("Ali")
            self.assertEqual(len(set(self.people(text))), 2, head)
        # It is the same person as where the name stands whole.
        self.table.write_text("name;second;subject\nJan van der Berg;;r-1\nFatma Yilmaz;;r-2\n")
        self.table.chmod(0o600)
        for head, row, subject in (
                ("Naam;Voornaam", "Yilmaz;Fatma", "r-2"),
                ("Voornaam;Naam", "fatma;YILMAZ", "r-2"),
                ("Naam;Achternaam", "Fatma;Yilmaz", "r-2"),
                ("Naam;Tussenvoegsel;Voornaam", "Berg;van der;Jan", "r-1"),
                ("Naam;Tussenvoegsel;Achternaam", "Jan;van der;Berg", "r-1"),
                ("Naam;Voornaam;Tussenvoegsel;Achternaam", "Jan van der Berg;Jan;van der;Berg",
                 "r-1"),
                ("Naam;Voornaam;Tussenvoegsel;Achternaam", ";Jan;van der;Berg", "r-1"),
                ("Naam;Voornaam;Tussenvoegsel;Achternaam", "Jan van der Berg;;;", "r-1")):
            with self.subTest(head):
                text = head + ";Datum;Activiteit;Uren\n" + row + ";3-4-2025;sport;1\n"
                self.assertEqual(self.people(text), [subject])

    def test_a_name_that_may_be_whole_or_a_part_is_refused(self):
        for head, row in (("Naam;Voornaam", "Fatma Yilmaz;Fatma"),
                          ("Naam;Achternaam", "Fatma Yilmaz;Yilmaz"),
                          ("Naam;Tussenvoegsel", "de Boer;de"),
                          ("Naam;Voornaam;Achternaam", "P. Consulent;Fatma;Yilmaz")):
            with self.subTest(head):
                events, said = self.dry(head + ";Datum;Activiteit;Uren\n" + row
                                        + ";3-4-2025;sport;1\n", check=1)
                self.assertEqual(events, [])
                self.assertIn("line 2, column Naam: whether it is the whole name", said)

    def test_two_headings_for_one_column_are_refused_by_name(self):
        for head, word in (
                ("Naam;Statushouder;Datum;Activiteit;Uren", "name, Naam and Statushouder"),
                ("Statushouder;Naam;Datum;Activiteit;Uren", "name, Statushouder and Naam"),
                ("Naam;Datum;Dag;Activiteit;Uren", "date, Datum and Dag"),
                ("Naam;Datum;datum;Activiteit;Uren", "date, Datum and datum"),
                ("Naam;Datum;Activiteit;Uren;Aantal uren", "hours, Uren and Aantal uren")):
            with self.subTest(head):
                events, said = self.dry(head + "\n", check=65)
                self.assertIn("line 1 has two columns for " + word, said)

    def test_two_columns_that_tell_people_apart_do_not_hide_each_other(self):
        head = "Naam;Geboortedatum;Cliëntnummer;Datum;Activiteit;Uren\n"
        found = self.people(head + "Ann;1-2-1990;17;3-4-2025;sport;1\n"
                            "Ann;01-02-1990;17;4-4-2025;sport;1\n"
                            "Ann;1-2-1990;;5-4-2025;sport;1\nAnn;1-2-1991;18;3-4-2025;sport;1\n")
        self.assertEqual([found.index(subject) for subject in found], [0, 0, 0, 3])
        _, said = self.dry(head + "Ann;1-2-1990;17;3-4-2025;sport;1\n"
                           "Ann;1-2-1990;18;4-4-2025;sport;1\nBen;;19;4-4-2025;sport;1\n", check=1)
        self.assertEqual(said.count("contradict each other"), 3)

    def test_a_year_of_birth_beside_the_birth_date_is_that_year(self):
        head = "Naam;Geboortejaar;Geboortedatum;Vestigingsdatum\nAnn;"
        for cells in ("1990;3-4-1990", ";3-4-1990", "1990;", "1990;V-17", "3-4-1990;1990-04-03"):
            events, _ = self.dry(head + cells + ";1-4-2025\n", "settlements")
            self.assertEqual(events[1]["person_registered"]["birth_year"], 1990, cells)
        _, said = self.dry(head + "1991;3-4-1990;1-4-2025\n", "settlements", check=1)
        self.assertIn("not the year of the birth date", said)

    def test_a_name_of_nothing_that_is_seen_is_empty(self):
        for name in ("", "  ", "\u00a0", "\u200b\u200f"):
            _, said = self.dry(HOURS + f"{name};3-4-2025;sport;1\n", check=1)
            self.assertIn("the name is empty", said)

    def test_a_pseudonym_beside_the_name_of_another_is_refused(self):
        self.table.write_text("name;second;subject\nAnn Bos;;r-1\n")
        self.table.chmod(0o600)
        head = "Naam;Pseudoniem;Datum;Activiteit;Uren\n"
        self.assertEqual(self.people(head + "ann bos;r-1;3-4-2025;sport;1\n"
                                     "Ben;r-2;3-4-2025;sport;1\n"), ["r-1", "r-2"])
        _, said = self.dry(head + "Ann Bos;r-2;3-4-2025;sport;1\n", check=1)
        self.assertIn("line 2, column Pseudoniem: it is not the pseudonym", said)

    def test_a_table_with_two_columns_of_names_is_refused(self):
        self.table.write_text("name;naam;second;subject\nAnn Bos;Ben;;r-1\n")
        self.table.chmod(0o600)
        _, said = self.dry(HOURS + "Ann Bos;3-4-2025;sport;1\n", check=65)
        self.assertIn("two columns for one of name, second and subject", said)

    def test_hours_and_minutes_are_one_length_of_time(self):
        head = "Naam;Datum;Activiteit;Uren;Minuten\nAnn;3-4-2025;sport;"
        for cells, minutes in (("2;30", 150), ("2;0", 120), ("2;", 120), (";30", 30), ("0;30", 30),
                               ("0;90", 90), ("2;120", 120), ("0,5;30", 30), ("2,5;0", 150),
                               ("1;60", 60), ("0;0", 0)):
            with self.subTest(cells):
                events, _ = self.dry(head + cells + "\n")
                self.assertEqual(events[0]["activity_logged"]["minutes"], minutes)
        for cells in ("2;90", "2,5;30", "1;61", "0,5;20"):
            with self.subTest(cells):
                events, said = self.dry(head + cells + "\n", check=1)
                self.assertEqual(events, [])
                self.assertIn("it does not fit what stands in", said)

    def test_columns_of_a_map_for_one_thing_do_not_hide_each_other(self):
        (self.at / "m.ini").write_text(
            "[list]\nname = t\nkey = date\n[person]\nname = Naam\n"
            "[column date]\nkind = date\nheadings = Datum\n[column day]\nkind = date\n"
            "headings = Dag\n[column rung]\nheadings = Trede\ndefault = 1\n[words rung]\n"
            "1 = een\n2 = twee\n[column now]\nheadings = Nu\n[words now]\n1 = een\n2 = twee\n"
            "[event ladder_assessed]\noccurred_on = date, day\nrung = rung, now\n")
        head = "Naam;Datum;Dag;Trede;Nu\nAnn;"
        for cells, day, rung in (("1-4-2025;;een;", "2025-04-01", 1),
                                 (";1-4-2025;;twee", "2025-04-01", 2),
                                 ("1-4-2025;2025-04-01;twee;twee", "2025-04-01", 2),
                                 ("1-4-2025;;;", "2025-04-01", 1)):
            events, _ = self.dry(head + cells + "\n", self.at / "m.ini")
            self.assertEqual(events[0]["occurred_on"], day)
            self.assertEqual(events[0]["ladder_assessed"]["rung"], rung)
        for cells in ("1-4-2025;2-4-2025;een;", "1-4-2025;;een;twee"):
            self.dry(head + cells + "\n", self.at / "m.ini", check=1)

    # -- days

    def test_the_days_of_birth_tell_the_order_of_day_and_month_too(self):
        """One person of an American and of a Dutch list is one."""
        head = "Naam;Geboortedatum;Datum;Activiteit;Uren\n"
        american = self.people(head + "Ann;04/03/1990;1-4-2025;sport;1\n"
                               "Ben;12/31/1991;2-4-2025;sport;1\n")
        self.assertEqual(len(set(american)), 2)
        self.table.write_text("name;second;subject\nAnn;1990-04-03;r-1\nAnn;1990-03-04;r-2\n")
        self.table.chmod(0o600)
        for rows, subject in (("Ann;04/03/1990;1-4-2025;sport;1\nBen;12/31/1991;2-4-2025;sport;1\n",
                               "r-1"),
                              ("Ann;04/03/1990;1-4-2025;sport;1\nBen;31/12/1991;2-4-2025;sport;1\n",
                               "r-2"),
                              ("Ann;04/03/1990;04/13/2025;sport;1\n", "r-1")):
            self.assertEqual(self.people(head + rows)[0], subject)
        _, said = self.dry(head + "Ann;31/12/1990;04/13/2025;sport;1\n", check=65)
        self.assertIn("which is meant in the others cannot be known", said)

    def test_a_table_that_excel_saved_still_knows_its_birthdays(self):
        self.table.write_text("name;second;subject\nAnn;3-4-1990;r-1\nBen;0-0-1985;r-2\n"
                              "Cas;V-17;r-3\n")
        self.table.chmod(0o600)
        self.assertEqual(self.people(
            "Naam;Geboortedatum;Datum;Activiteit;Uren\nAnn;1990-04-03;1-4-2025;sport;1\n"
            "Ben;00-00-1985;1-4-2025;sport;1\nBen;xx-xx-1985;2-4-2025;sport;1\n"
            "cas;v-17;1-4-2025;sport;1\n"), ["r-1", "r-2", "r-2", "r-3"])

    def test_an_instant_is_the_day_of_the_dutch_clock(self):
        for cell, day in (("2025-04-02T22:00:00.000Z", "2025-04-03"),
                          ("2025-04-02T21:59:59Z", "2025-04-02"),
                          ("2025-01-02T23:00:00Z", "2025-01-03"),
                          ("2025-01-02T22:30:00Z", "2025-01-02"),
                          ("2025-04-03T00:00:00+02:00", "2025-04-03"),
                          ("2025-04-02 22:00:00+00", "2025-04-03"),
                          ("2025-04-02T18:00:00-0400", "2025-04-03"),
                          ("2-4-2025 22:00Z", "2025-04-03"),
                          ("2025-04-02T22:00:00", "2025-04-02")):
            with self.subTest(cell):
                events, said = self.dry(HOURS + f"Ann;{cell};sport;1\n",
                                        env={"PATH": "/usr/bin:/bin", "TZ": "Asia/Tokyo"})
                self.assertEqual(events[0]["occurred_on"], day)
                self.assertEqual("instants as days of the Dutch clock" in said, cell[-3:] != ":00"
                                 or "+" in cell)
        events, _ = self.dry("Naam;Geboortedatum;Vestigingsdatum\n"
                             "Ann;1989-12-31T23:00:00.000Z;2025-04-02T22:00:00.000Z\n",
                             "settlements")
        self.assertEqual([event["occurred_on"] for event in events], ["2025-04-03"] * 2)
        self.assertEqual(events[1]["person_registered"]["birth_year"], 1990)

    def test_what_is_no_time_and_no_weekday_of_a_day_rejects_it(self):
        for cell, word in (("3-4-2025 99:99:99", "no time of day"),
                           ("2025-04-03T24:00", "no time of day"),
                           ("2025-04-03T10:60", "no time of day"),
                           ("2025-04-03T10:00:61", "no time of day"),
                           ("2025-04-03T10:00:00+25:00", "no time of day"),
                           ("2025-04-03T10:00:00[Europe/Amsterdam]", "no time of day"),
                           ("4/3/2025 13:00 PM", "no time of day"),
                           ("2025-04-03T", "no time of day"),
                           ("vrijdag 3 april 2025", "another day of the week"),
                           ("ma 3-4-2025", "another day of the week"),
                           ("Mon, 2025-04-03", "another day of the week")):
            with self.subTest(cell):
                events, said = self.dry(HOURS + f"Ann;{cell};sport;1\n", check=1)
                self.assertEqual(events, [])
                self.assertIn(word, said)
        for cell in ("4/3/2025 12:00:00 AM", "3-4-2025 0:00", "2025-04-03 23:59:59.999",
                     "donderdag 3 april 2025", "do 3-4-2025 9:30", "Thu. 2025-04-03"):
            self.assertEqual(len(self.dry(HOURS + f"Ann;{cell};sport;1\n")[0]), 1, cell)

    def test_a_birthday_of_which_the_year_is_known_gives_the_year(self):
        for cell in ("00-00-1990", "xx-xx-1990", "XX-XX-1990", "??-??-1990", "0-0-1990",
                     "00/00/1990", "1990-00-00", "00-05-1990", "1990-05-xx", "00.00.1990", "1990"):
            with self.subTest(cell):
                events, _ = self.dry("Naam;Geboortedatum;Vestigingsdatum\n"
                                     f"Ann;{cell};1-4-2025\n", "settlements")
                self.assertEqual(events[1]["person_registered"]["birth_year"], 1990)
        for cell in ("00-00-90", "00-13-1990", "32-00-1990", "xxx-xx-1990", "00-00-0000"):
            with self.subTest(cell):
                self.dry("Naam;Geboortedatum;Vestigingsdatum\n" f"Ann;{cell};1-4-2025\n",
                         "settlements", check=1)
        # A day that is sent is known whole.
        self.dry(HOURS + "Ann;00-04-2025;sport;1\n", check=1)

    # -- what users would want

    def test_an_end_before_its_start_is_a_mistake(self):
        jobs = "Naam;Startdatum;Uren per week;Bevestigd;Einddatum\nAnn;3-4-2025;32;"
        self.assertEqual(len(self.dry(jobs + "3-4-2025;3-4-2025\n", "jobs")[0]), 3)
        for cells, column in (("2-4-2025;", "Bevestigd"), (";2-4-2025", "Einddatum")):
            events, said = self.dry(jobs + cells + "\n", "jobs", check=1)
            self.assertEqual(events, [])
            self.assertIn(f"line 2, column {column}: it lies before Startdatum", said)
        settled = "Naam;Vestigingsdatum;Kennisgeving;Vertrekdatum\nAnn;3-4-2025;2-4-2025;"
        self.assertEqual(len(self.dry(settled + "3-4-2025\n", "settlements")[0]), 3)
        _, said = self.dry(settled + "2-4-2025\n", "settlements", check=1)
        self.assertIn("column Vertrekdatum: it lies before Vestigingsdatum", said)

    def test_part_of_a_day_is_not_taken_for_hours(self):
        for cell in ("0,0625", "0.0625", "0,1041", "0,104166", "1,3333"):
            events, said = self.dry(HOURS + f"Ann;3-4-2025;sport;{cell}\n", check=1)
            self.assertEqual(events, [])
            self.assertIn("may be the part of a day that Excel keeps", said)
        for cell, minutes in (("0,25", 15), ("1,33", 80), ("2,5000", 150)):
            events, _ = self.dry(HOURS + f"Ann;3-4-2025;sport;{cell}\n")
            self.assertEqual(events[0]["activity_logged"]["minutes"], minutes)

    def test_a_unit_after_a_number_is_that_of_its_column(self):
        for cell in ("32", "32 uur", "32u", "32,0 uur per week", "32 Uren/week", "32 u/w.",
                     "32 hours"):
            events, _ = self.dry(f"Naam;Startdatum;Uren per week\nAnn;3-4-2025;{cell}\n", "jobs")
            self.assertEqual(events[0]["job_started"]["hours_per_week"], 32)
        for cell in ("32 min", "32 dagen", "32 uur per maand", "4 x 8 uur", "80%"):
            self.dry(f"Naam;Startdatum;Uren per week\nAnn;3-4-2025;{cell}\n", "jobs", check=1)
        head = "Naam;Datum;Activiteit;Minuten\nAnn;3-4-2025;sport;"
        for cell in ("30 min", "30 minuten", "30 min.", "30"):
            self.assertEqual(self.dry(head + cell + "\n")[0][0]["activity_logged"]["minutes"], 30)
        self.dry(head + "2 uur\n", check=1)

    # -- letters

    ACCENTED = ("José", "Zoë", "Loïc", "Jörg", "Müller", "François", "Ñuñez", "Muñoz", "García",
                "Rodríguez", "Ramón", "Jesús", "João", "Élodie", "ÖZIL", "Özil", "Ünal", "Çelik",
                "René", "Chloë", "André", "Amélie", "Hélène", "Benoît", "Raphaël", "Björn", "Søren",
                "Gül", "Anaïs", "ANAÏS", "Mária", "Bjørk", "Ángel", "Álvaro", "Óscar")

    def test_one_broken_byte_does_not_change_how_the_others_are_read(self):
        rows = "José;3-4-2025;sport;1\nZoë;3-4-2025;sport;1\nCas;3-4-2025;sport;1\n"
        for mark in (b"\xef\xbb\xbf", b""):
            data = mark + (HOURS + rows).encode()
            self.assertEqual(len(self.dry(data)[0]), 3)
            for old, new in ((b"Cas", b"C\xe4s"), (b"Cas", b"Cas\xc3"), (b"Cas", b"\x92Cas"),
                             (b"Cas", b"Cas\x81"), (b"Cas", b"C\xe2\x82s")):
                _, said = self.dry(data.replace(old, new), check=65)
                self.assertRegex(said, r"line 4 has a byte \([0-9A-F]{2}, hexadecimal\) that is no "
                                 "letter in UTF-8")
        # A mark says what it is, even where only one letter is not ASCII.
        _, said = self.dry(b"\xef\xbb\xbf" + HOURS.encode() + b"Jos\xe9;3-4-2025;sport;1\n",
                           check=65)
        self.assertIn("line 2 has a byte (E9", said)

    def test_what_a_program_spoilt_before_is_refused(self):
        for name in ("Jos\ufffd", "José".encode().decode("cp1252"),
                     "Zoë".encode().decode("cp1252"), "Łukasz".encode().decode("latin-1"),
                     "Işık".encode().decode("cp1252"), "İnci".encode().decode("cp1252")):
            _, said = self.dry(HOURS + f"Ann;3-4-2025;sport;1\n{name};3-4-2025;sport;1\n", check=65)
            self.assertIn("line 3 has letters that another program has spoilt", said)

    def test_lists_of_a_mac_and_of_ms_dos_are_refused_and_not_guessed(self):
        for encoding in ("mac_roman", "cp850", "cp437"):
            names = [name for name in self.ACCENTED
                     if name.encode(encoding, "ignore").decode(encoding) == name]
            for name in names:
                with self.subTest(name + " " + encoding):
                    _, said = self.dry((HOURS + f"{name} Bos;3-4-2025;sport;1\n").encode(encoding),
                                       check=None)
                    self.assertRegex(said, "may be one of a Mac or of MS-DOS|that is no letter")
            _, said = self.dry((HOURS + "".join(f"{name};3-4-2025;sport;1\n" for name in names))
                               .encode(encoding), check=65)

    def test_lists_of_windows_are_read(self):
        self.table.write_text("name;second;subject\n" + "".join(
            f"{name} Bos;;r-{n}\n" for n, name in enumerate(self.ACCENTED) if not name.isupper()),
            encoding="utf-8")
        self.table.chmod(0o600)
        for n, name in enumerate(self.ACCENTED):
            # These alone may be others of MS-DOS: "Óscar" is "Ëscar" there.
            if name.isupper() or name[0] == "Ó":
                continue
            text = HOURS + f"{name} Bos;3-4-2025;sport;1\n"
            self.assertEqual(self.people(text.encode("cp1252")), [f"r-{n}"])
        # Signs in their places, beside letters that are sure.
        for name in ("Zoë D’Angelo", "José\u00a0Bos", "Zoë – Ann", "€ 5 José", "Zoë “de” Bos",
                     "Miloš José", "Zoë enz…", "Zoë foto’s", "José van\u00a0der Berg",
                     "José maandag–vrijdag"):
            self.assertEqual(len(self.people((HOURS + f"{name};3-4-2025;sport;1\n")
                                             .encode("cp1252"))), 1)

    def test_a_workbook_is_refused_with_what_makes_a_list_of_it(self):
        _, said = self.dry(b"PK\x03\x04 xl/workbook.xml", check=65)
        for word in ("workbook", "xlsx2csv -f %d-%m-%Y", "LibreOffice", "soffice", "CSV UTF-8"):
            self.assertIn(word, said)

    # -- names

    def test_names_that_look_alike_are_one_person(self):
        for one, *others in (
                ("Əli Əliyev", "ƏLİ ƏLİYEV", "əli əliyev", "ƏLI ƏLIYEV"),
                ("José", "JOSE\u0301", "jose\u0301", "Jos\u200be\u0301", "\u202aJosé\u202c"),
                ("Nguyễn Thị", "Nguye\u0302\u0303n Thi\u0323", "Nguy\u1ec5n\u2003Thị",
                 "NGUYỄN  THỊ", "Nguyê\u0303n\u3000Thị"),
                ("Йосиф", "И\u0306осиф", "йосиф", "ЙОСИФ"),
                ("Άννα", "Α\u0301ννα", "ΆΝΝΑ", "άννα"),
                ("Οδυσσεύς", "ΟΔΥΣΣΕΎΣ", "Οδυσσεύσ"),
                ("أحمد", "ا\u0654حمد", "\u200fأحمد\u200f", "\u2067أحمد\u2069", "أح\u200dمد"),
                ("क़मर", "क\u093cमर"),
                ("가은", "\u1100\u1161\u110b\u1173\u11ab"),
                ("Straße", "STRASSE", "strasse", "STRAẞE"),
                ("Jan de Boer", "Jan\u00a0de\u2009Boer", "Jan\u202fde\u205fBoer", "JAN\tDE  BOER",
                 "Jan\u2028de Boer", "Jan\u1680de\u2007Boer"),
                ("O'Neill-Smit", "O’Neill–Smit", "Oʼneill‑smit", "O`NEILL—SMIT", "O'Neill\u00ad-Smit"),
                ("Işık", "IŞIK", "ışık", "işik", "İŞİK")):
            rows = [one, *others]
            text = HOURS + "".join(f"\"{name}\";{n + 1}-4-2025;sport;1\n"
                                   for n, name in enumerate(rows))
            self.assertEqual(len(set(self.people(text))), 1, rows)

    def test_a_thousand_spellings_of_two_hundred_names_are_two_hundred_people(self):
        chance = random.Random(harness.seed())
        letters = ("a b c d e é ë ï ö ü ç ñ ø å ß ə ğ ş ı č ł ž ễ ị ă ơ ά ή ς ψ й ё ж щ ї "
                   "أ م ح د خ ي ک ő ṩ ǆ ﬁ").split()
        names = set()
        while len(names) < 200:
            words = ["".join(chance.choice(letters) for _ in range(chance.randint(2, 6)))
                     for _ in range(chance.randint(1, 3))]
            # Two of these names would be one: upper case does not tell them apart.
            names.add(" ".join(words))
        names = {unicodedata.normalize("NFC", name.casefold().replace("ı", "i")): name
                 for name in sorted(names)}
        spaces = " \u00a0\u2002\u2003\u2009\u202f\u205f\u3000"
        unseen = "\u200b\u200e\u200f\u202a\u202c\u2066\u2069\u00ad\ufeff\u034f"
        rows, wanted = [], []
        for n in range(1000):
            key = sorted(names)[n % len(names)]
            name = chance.choice((str.upper, str.lower, str.title, str))(names[key])
            name = unicodedata.normalize(chance.choice(("NFC", "NFD")), name)
            name = "".join(chance.choice(spaces) * chance.randint(1, 2) if c == " "
                           else c + chance.choice(unseen) * (chance.random() < .1) for c in name)
            rows.append(f'"{chance.choice(("", " "))}{name}";{n % 28 + 1}-{n // 28 % 12 + 1}-202'
                        f"{n // 336};sport;1\n")
            wanted.append(key)
        subjects = self.people(HOURS + "".join(rows))
        self.assertEqual(len(set(subjects)), len(names))
        self.assertEqual(len(set(zip(subjects, wanted))), len(names))

    # -- quotation marks

    def test_a_stray_quotation_mark_that_swallows_rows_is_named_with_its_line(self):
        head = "Naam;Datum;Activiteit;Uren;Opmerking\n"
        rows = ["Ann;3-4-2025;sport;1;goed", "Ben;4-4-2025;sport;1;fijn",
                "Cas;5-4-2025;sport;1;", "Dirk \"Dik\" Bos;6-4-2025;sport;1;12\"",
                "Eef;7-4-2025;sport;1;\"een \"\"mooi\"\" uur\"", "Fien;8-4-2025;sport;1;\"a\nb\"",
                "Gijs;9-4-2025;sport;1;x"]
        self.assertEqual(len(self.dry(head + "\n".join(rows))[0]), 7)
        for place in range(len(rows) - 1):
            for cell in range(5):
                cells = rows[place].split(";")
                # With a mark more "12" is a cell as it should be.
                if cells[cell].startswith('"') or "\n" in rows[place] or cells[cell] == '12"':
                    continue
                cells[cell] = '"' + cells[cell]
                stray = [*rows[:place], ";".join(cells), *rows[place + 1:]]
                with self.subTest(stray[place]):
                    events, said = self.dry(head + "\n".join(stray), check=None)
                    self.assertRegex(said, f"line {place + 2}\\b")
                    # Refused as a whole, or the one row alone.
                    self.assertIn(len(events), (0, 6))
        # What closes it may be the end of a later row.
        for text in ('Ann;3-4-2025;sport;1;"goed\nBen;4-4-2025;sport;1;12"\n',
                     'Ann;3-4-2025;sport;1;"goed\nBen;4-4-2025;sport;1;a\nCas;5-4-2025;sport;1;12"\n',
                     'Ann;3-4-2025;"sport;1;goed\nBen;4-4-2025;6";1;\n'):
            _, said = self.dry(head + text, check=65)
            self.assertIn("on line 2 a cell begins with a quotation mark", said)
        for text in ('"Ann;3-4-2025;sport;1\nBen 6";4-4-2025;sport;1;\n',
                     '"Ann;3-4-2025\nBen 6";4-4-2025;sport;1;\n',
                     'Ann;3-4-2025;"sport;1\nBen;4-4-2025;sport;1;12"\n'):
            events, said = self.dry(head + text, check=1)
            self.assertEqual(events, [])
            self.assertRegex(said, "line 2.*is a quotation mark out of place")

    def test_cells_of_several_lines_are_cells(self):
        head = "Naam;Datum;Activiteit;Uren;Opmerking\n"
        for row in ('Ann;3-4-2025;sport;1;"een\ntwee; drie\nvier"', '"Ann\nBos";3-4-2025;sport;1;',
                    'Ann;3-4-2025;sport;1;"a;b;c;d;e;f\ng"', '"Bos; Ann";3-4-2025;sport;1;x',
                    'Ann;3-4-2025;sport;1;"""citaat"" van mij"', ' "Ann" ;"3-4-2025" ;sport;1;x'):
            self.assertEqual(len(self.dry(head + row + "\n")[0]), 1, row)
        head = "Naam,Datum,Activiteit,Opmerking,Uren\n"
        self.assertEqual(len(self.dry(head + 'Ann,3-4-2025,sport,"leuk, en\ngezellig, ja",2\n')[0]), 1)

    def test_a_stray_quotation_mark_in_the_table_of_people_is_named(self):
        self.table.write_text('name;second;subject\n"Ann;;r-1\nBen;;r-2\nCas "C";;r-3\n')
        self.table.chmod(0o600)
        _, said = self.dry(HOURS + "Ann;3-4-2025;sport;1\n", check=65)
        self.assertIn("on line 2 a cell begins with a quotation mark", said)


class Corrected(harness.OwnDaemon):
    """What comes back rejected means, corrected and imported again, what its list meant."""

    ORDERS = {
        "dashes": "{d:02}-{m:02}-{y}", "dots": "{d}.{m}.{y}", "iso": "{y}-{m:02}-{d:02}",
        "slashes": "{d:02}/{m:02}/{y}", "american": "{m:02}/{d:02}/{y}",
        "words": "{d} april {y}",
    }
    ENCODINGS = ("utf-8", "utf-8-sig", "cp1252")
    DELIMITERS = (";", ",", "\t", "|", "sep=;", "sep=,", "sep=^")

    def setUp(self):
        self.daemon = self.ladderd()
        self.token = self.daemon.token_file("isd")
        self.at = self.place()

    def send(self, file, check=0, name="settlements"):
        done = run(LADDER, "import", "--map", name, "--subjects", self.at / "subjects.csv",
                   "--municipality", "GM0823", "--to", f"http://127.0.0.1:{self.daemon.port}",
                   "--token-file", self.token, "--retry-seconds", "0", file)
        self.assertEqual(done.returncode, check, done.stderr.decode())
        return done.stderr.decode()

    def write(self, name, rows, delimiter, encoding):
        head = ["Naam", "Geboortedatum", "Vestigingsdatum", "Kennisgeving", "Kostwinner", "Opm"]
        first = delimiter + "\r\n" if delimiter.startswith("sep=") else ""
        text = first + "".join(delimiter[-1].join(row) + "\r\n" for row in [head, *rows])
        file = self.at / name
        file.write_bytes(text.encode(encoding))
        return file

    def test_for_every_delimiter_encoding_and_order_of_days(self):
        cases = harness.some([(delimiter, encoding, order) for delimiter in self.DELIMITERS
                              for encoding in self.ENCODINGS for order in self.ORDERS], 20)
        for number, (delimiter, encoding, order) in enumerate(cases):
            with self.subTest((delimiter, encoding, order)):
                self.round(number, delimiter, encoding, order)
        # Nobody is there twice: each case has five people.
        people = {record["event"]["subject"] for record in self.daemon.records()}
        self.assertEqual(len(people), 5 * len(cases))

    def round(self, number, delimiter, encoding, order):
        def day(year, month, when):
            return self.ORDERS[order].format(y=year, m=month, d=when)
        right = [
            # Each day but those of the first could be another with the month first.
            [f"Zoë {number}", day(1985, 4, 23), day(2024, 4, 30), day(2024, 4, 29), "ja", "é"],
            [f"José {number}", day(1990, 4, 3), day(2025, 4, 3), day(2025, 4, 5), "ja", "x"],
            [f"Çelik {number}", day(1990, 4, 3), day(2025, 4, 6), day(2025, 4, 7), "nee", ""],
            [f"=Ann {number}", day(1991, 4, 3), day(2025, 4, 8), day(2025, 4, 9), "partner", ""],
            [f"=Ann {number}", day(1991, 4, 2), day(2025, 4, 8), day(2025, 4, 10), "nee", ""]]
        wrong = [list(row) for row in right]
        wrong[1][4] = "joa"
        wrong[2][2] = day(2025, 4, 6).replace("2025", "25")
        wrong[3][3] = day(2025, 4, 9) + " 99:99"
        self.send(self.write(f"l{number}.csv", wrong, delimiter, encoding), check=1)
        file = self.at / f"l{number}.rejected.csv"
        text = file.read_bytes().decode("utf-8-sig")
        self.assertEqual(text.startswith("sep="), delimiter.startswith("sep="))
        head = text.split("\r\n")[delimiter.startswith("sep=")]
        self.assertIn('"line"{0}"column"{0}"reason"'.format(delimiter[-1]), head)
        if order != "words":
            self.assertIn('"1990-04-03"', text)
        for old, new in (("joa", "ja"), (wrong[2][2], right[2][2]), (wrong[3][3], right[3][3])):
            self.assertIn(f'"{old}"', text)
            text = text.replace(f'"{old}"', f'"{new}"')
        # As a spreadsheet program may save it.
        file.write_bytes(text.encode(encoding))
        self.send(file)
        said = self.send(self.write(f"l{number}.csv", right, delimiter, encoding))
        self.assertIn("0 were new (0 of them corrections)", said)

    def test_what_is_not_corrected_is_rejected_again(self):
        """A cell too many does not vanish on the way."""
        head = "Naam,Datum,Activiteit,Uren\n"
        file = self.at / "a.csv"
        file.write_text(head + "Yilmaz, Fatma,3-4-2025,sport,1\nAnn,3-4-2025,sport,1,5\n")
        self.send(file, check=1, name="activity-hours")
        for _ in range(2):
            rows = file.with_suffix(".rejected.csv").read_text(encoding="utf-8-sig")
            self.assertRegex(rows, r'\n"Ann","2025-04-03"[^\n]*,"5"\n')
            self.send(file.with_suffix(".rejected.csv"), check=1, name="activity-hours")
            file = file.with_suffix(".rejected.csv")
        # As Excel saves it: rows filled up to the longest.
        text = file.read_text(encoding="utf-8-sig").replace('"reason"\n', '"reason",\n')
        file.write_text(text)
        said = self.send(file, check=1, name="activity-hours")
        self.assertIn("2 rows: 0 sent, 0 repeated, 2 rejected", said)
        self.assertEqual(self.daemon.records(), [])


if __name__ == "__main__":
    unittest.main()
