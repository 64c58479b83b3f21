"""`ladder register`: who is who, and aliases of people for each partner, offline."""

import csv
import json
import re
import stat
import subprocess

import harness
from harness import LADDER, event, ladder, run

ALIAS = re.compile(r"a-[0-9a-f]{32}")
PSEUDONYM = re.compile(r"p-[0-9a-f]{32}")


class Register(harness.OwnDaemon):
    def setUp(self):
        self.at = self.place()
        self.table = self.at / "people.csv"

    def ask(self, *arguments, check=0, stdin=None):
        """What it printed; what it said stays in self.said."""
        done = ladder("register", "--subjects", self.table, *arguments, check=check, stdin=stdin)
        self.said = done.stderr.decode()
        return done.stdout.decode().rstrip("\n")

    def file(self, name, text):
        path = self.at / name
        path.write_text(text, encoding="utf-8")
        return path

    def rows(self, text):
        return list(csv.DictReader(text.lstrip("\ufeff").splitlines(), delimiter=";"))

    # -- one person

    def test_a_person_gets_a_pseudonym_once_and_has_it_for_ever(self):
        self.ask("--name", "Fatma Yilmaz", check=66)
        self.assertFalse(self.table.exists())
        first = self.ask("--name", "Fatma Yilmaz", "--add")
        self.assertRegex(first, PSEUDONYM)
        self.assertIn("has a pseudonym now", self.said)
        for spelling in ("Fatma Yilmaz", " fatma   YILMAZ ", "FATMA YILMAZ"):
            self.assertEqual(self.ask("--name", spelling), first)
            self.assertEqual(self.ask("--name", spelling, "--add"), first)
            self.assertNotIn("has a pseudonym now", self.said)
        self.assertEqual(self.ask("--subject", first), "Fatma Yilmaz;")
        self.assertEqual(self.ask("--name", "-", stdin="Fatma Yilmaz\nother\n"), first)
        self.assertEqual(stat.S_IMODE(self.table.stat().st_mode), 0o600)

    def test_people_of_one_name_are_told_apart(self):
        one = self.ask("--name", "Ann de Wit", "--second", "04-05-1990", "--add")
        two = self.ask("--name", "Ann de Wit", "--second", "1991-05-04", "--add")
        self.assertNotEqual(one, two)
        self.assertEqual(self.ask("--name", "Ann de Wit", "--second", "4-5-1990"), one)
        # Where nobody sees it.
        for second in ("4-5-1990\n", " 1990-05-04 \r\n", "4-5-1990"):
            self.assertEqual(self.ask("--name", "Ann de Wit", "--second", "-", stdin=second), one)
            self.assertEqual(
                self.ask("--second", "-", "--name", "-", stdin=f"Ann de Wit\r\n{second}"), one)
        self.ask("--name", "-", "--second", "-", stdin="Ann de Wit", check=66)
        self.ask("--name", "Ann de Wit", check=66)
        self.assertIn("or several", self.said)
        self.ask("--name", "Ann de Wit", "--add", check=65)
        self.assertEqual(self.ask("--subject", two), "Ann de Wit;1991-05-04")
        self.ask("--name", "Ann De Wít", "--add")
        self.assertIn("But for accents", self.said)

    def test_import_and_register_have_one_table(self):
        hours = self.file("uren.csv", "Naam;Datum;Activiteit;Uren\nFatma Yilmaz;3-4-2025;sport;1\n")
        subject = self.ask("--name", "Fatma Yilmaz", "--add")
        done = ladder("import", "--dry-run", "--map", "activity-hours", "--subjects", self.table,
                      "--municipality", "GM0823", hours, check=0)
        self.assertEqual(json.loads(done.stdout)["subject"], subject)

    # -- aliases

    def test_an_alias_is_another_for_each_partner_and_leads_back(self):
        people = [self.ask("--name", name, "--add") for name in ("Ann", "Ben")]
        seen = set()
        for partner in ("vwn", "lev", "vwn-2"):
            for name, subject in zip(("Ann", "Ben"), people):
                alias = self.ask("--name", name, "--partner", partner)
                self.assertRegex(alias, ALIAS)
                self.assertNotIn(alias, seen)
                seen.add(alias)
                self.assertEqual(self.ask("--name", name, "--partner", partner), alias)
                self.assertEqual(self.ask("--subject", alias, "--partner", partner), name + ";")
                self.ask("--subject", alias, "--partner", "other", check=66)
                self.ask("--subject", subject, "--partner", partner, check=66)
        # Another table has other aliases for the same partner, name and pseudonym.
        other = self.file("other.csv", "name;subject\nAnn;%s\n" % people[0])
        other.chmod(0o600)
        self.table = other
        self.assertNotIn(self.ask("--name", "Ann", "--partner", "vwn"), seen)

    def test_a_partner_gets_its_list_and_what_it_sends_back_counts_for_the_one_person(self):
        subject = self.ask("--name", "Fatma Yilmaz", "--add")
        list_of = self.file("list.csv", "Cliënten\nVoornaam;Achternaam;Geboortedatum;Adres\n"
                            "Fatma;Yilmaz;;Straat 1\nJosé;de Boer;04-05-1990;Straat 2\n"
                            "=cmd;Formule;;x\n")
        self.ask("--partner", "vwn", "-o", self.at / "vwn.csv", list_of, check=1)
        self.assertIn("line 4, 5", self.said)
        self.assertIn("1 of 3 rows have an alias for vwn; 0 people are new", self.said)
        (self.at / "vwn.csv").unlink()
        self.ask("--partner", "vwn", "--add", "-o", self.at / "vwn.csv", list_of)
        self.assertIn("3 of 3 rows have an alias for vwn; 2 people are new", self.said)
        self.assertEqual(stat.S_IMODE((self.at / "vwn.csv").stat().st_mode), 0o600)
        text = (self.at / "vwn.csv").read_text(encoding="utf-8")
        given = self.rows(text)
        self.assertEqual([(row["name"], row["second"]) for row in given],
                         [("Fatma Yilmaz", ""), ("José de Boer", "1990-05-04"),
                          ("'=cmd Formule", "")])
        self.assertNotIn("Straat", text)
        self.assertNotIn(subject, text)
        lev = self.rows(self.ask("--partner", "lev", list_of))
        self.assertFalse({row["alias"] for row in given} & {row["alias"] for row in lev})

        kept = self.file("uren.csv", "sep=;\nAlias;Datum;Activiteit;Uren;Opmerking\n" + "".join(
            f'{row["alias"]};12/31/2024;sport;1,5;"zei ""ja"";"\n' for row in given))
        self.ask("--partner", "lev", "--back", "-o", self.at / "back.csv", kept, check=1)
        self.assertIn("line 3, 4, 5. Nothing was written", self.said)
        self.assertFalse((self.at / "back.csv").exists())
        self.ask("--partner", "vwn", "--back", "-o", self.at / "back.csv", kept)
        back = (self.at / "back.csv").read_text(encoding="utf-8")
        self.assertFalse(ALIAS.findall(back))
        self.assertEqual(back.count('"zei ""ja"";"'), 3)
        done = ladder("import", "--dry-run", "--map", "activity-hours", "--subjects", self.table,
                      "--municipality", "GM0823", self.at / "back.csv", check=0)
        sent = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([one["subject"] for one in sent],
                         [self.ask("--name", row["name"].lstrip("'"), "--second", row["second"])
                          for row in given])
        self.assertEqual({one["occurred_on"] for one in sent}, {"2024-12-31"})

    def test_a_list_with_pseudonyms_needs_no_names(self):
        subject = self.ask("--name", "Ann", "--add")
        given = self.rows(self.ask("--partner", "vwn", self.file(
            "list.csv", f"Pseudoniem;Nr\n{subject};1\np-nobody;2\n"), check=1))
        self.assertEqual(len(given), 1)
        self.assertEqual(given[0]["alias"], self.ask("--name", "Ann", "--partner", "vwn"))

    def test_events_get_their_subjects_back_and_are_else_as_they_were(self):
        subject = self.ask("--name", "Ann", "--add")
        alias = self.ask("--name", "Ann", "--partner", "vwn")
        events = [event("job_started", {"job_ref": "a", "funding": "SUBSIDISED",
                                        "hours_per_week": 20}, subject=alias, key="k-1"),
                  event("service_model_set", {"model": "OTHER"})]
        wanted = [{**events[0], "subject": subject}, events[1]]
        forms = {"ndjson": "\n".join(map(json.dumps, events)) + "\n",
                 "a batch": json.dumps({"events": events}, indent=2),
                 "with a mark": "\ufeff" + "\n\n".join(map(json.dumps, events))}
        for form, text in forms.items():
            with self.subTest(form=form):
                said = self.ask("--partner", "vwn", "--back", "-", stdin=text.encode())
                self.assertEqual([json.loads(line) for line in said.splitlines()], wanted)
        for text, line in ((forms["ndjson"] + '{"id":', 3), ('\n\n{"id":1,"id":2}', 3),
                           (forms["ndjson"] + '{"subject":7}', 3), ("{]", 1)):
            self.ask("--partner", "vwn", "--back", "-", stdin=text, check=65)
            self.assertIn(f"on line {line} is no ", self.said)
        # What has an event in it would keep its alias.
        one = event(subject=alias)
        for wrapper in ({"specversion": "1.0", "id": one["id"], "data": one}, {"events": one},
                        {"events": [{"data": one}]}, [one]):
            self.ask("--partner", "vwn", "--back", "-", stdin=json.dumps(wrapper), check=65)
            self.assertIn("on line 1 is no event", self.said)
        self.ask("--partner", "vwn", "--back", "-", check=1, stdin="\n".join(
            json.dumps(event(subject=one)) for one in (alias, "a-" + "0" * 32, subject)))
        self.assertIn("as on line 2, 3.", self.said)

    def test_the_commands_of_the_guide_run_as_they_stand(self):
        """Of "docs/register.md": the municipality's and the partner's folder are one here."""
        guide = (harness.ROOT / "docs/register.md").read_text(encoding="utf-8")
        said = []
        for block in re.findall(r"^```sh\n(.*?)^```$", guide, re.M | re.S):
            done = subprocess.run(
                ["sh", "-c", f'set -e\nladder() {{ "{LADDER}" "$@"; }}\n{block}'], cwd=self.at,
                capture_output=True, timeout=harness.WAIT)
            self.assertEqual(done.returncode, 0, (block, done.stderr.decode()))
            said.append(done.stdout.decode() + done.stderr.decode())
        self.assertEqual(len(said), 4)
        self.assertRegex(said[0], PSEUDONYM)
        self.assertIn("Fatma Yilmaz", said[1])
        self.assertIn("2 of 2 rows have an alias for vwn; 1 people are new", said[2])
        subject = PSEUDONYM.search(said[0]).group()
        self.assertIn(f'"subject":"{subject}"', said[3])
        self.assertFalse(ALIAS.search(said[3]))

    # -- what may go wrong

    def test_a_table_that_others_can_read_is_refused(self):
        self.ask("--name", "Ann", "--add")
        self.table.chmod(0o640)
        self.ask("--name", "Ann", check=77)
        self.assertIn("chmod 600", self.said)

    def test_what_is_there_is_not_written_over(self):
        self.ask("--name", "Ann", "--add")
        list_of, there = self.file("list.csv", "Naam\nAnn\n"), self.file("there", "mine")
        beside = self.file("new.csv.new", "mine")
        self.ask("--partner", "vwn", "-o", self.at / "new.csv", list_of)
        self.assertEqual(beside.read_text(), "mine")
        beside.unlink()
        (self.at / "new.csv").unlink()
        self.ask("--partner", "vwn", "-o", there, list_of, check=73)
        self.assertEqual(there.read_text(), "mine")
        (self.at / "link").symlink_to(self.at / "nowhere")
        self.ask("--partner", "vwn", "-o", self.at / "link", list_of, check=73)
        self.assertEqual(sorted(path.name for path in self.at.iterdir()
                                if path.name not in ("people.csv", "people.csv.sent")),
                         ["link", "list.csv", "there"])

    def test_the_key_of_aliases_is_kept_before_one_is_given_out(self):
        """Also of a table that the municipality's register made, without one."""
        self.table = self.file("register.csv", "name;subject\nAnn;r-1\n")
        self.table.chmod(0o600)
        self.ask("--subject", "r-1")
        self.assertNotIn("salt", self.table.read_text())
        first = self.ask("--name", "Ann", "--partner", "vwn")
        self.assertIn("salt", self.table.read_text(encoding="utf-8"))
        self.assertEqual(self.ask("--name", "Ann", "--partner", "vwn"), first)

    def test_many_at_once_wait_for_each_other_and_lose_nobody(self):
        names = [f"Person {number}" for number in range(8)]
        said = {}

        def add(name):
            said[name] = ladder("register", "--subjects", self.table, "--name", name, "--add",
                                check=0).stdout.decode().strip()
        harness.in_threads(*(lambda name=name: add(name) for name in names))
        self.assertEqual(len(set(said.values())), 8)
        for name in names:
            self.assertEqual(self.ask("--name", name), said[name])

    def test_wrong_use_is_told_in_both_languages(self):
        self.ask("--name", "Ann", "--add")
        list_of = self.file("list.csv", "Naam\nAnn\n")
        for words, dutch, arguments in (
                ("One of these is needed", "Een van deze is nodig", ()),
                ("One of these is needed", "Een van deze", ("--name", "Ann", "--subject", "p-1")),
                ("--partner says whose", "--partner zegt wiens", (list_of,)),
                ("--partner takes a name", "Bij --partner hoort", ("--partner", "a b", list_of)),
                ("--back and --output", "--back en --output", ("--name", "Ann", "--back")),
                ("--add goes with", "--add hoort bij", ("--partner", "vwn", "--add", "--back", list_of)),
                ("--second goes with", "--second hoort", ("--subject", "p-1", "--second", "x")),
                ("There is no name", "Er is geen naam", ("--name", " "))):
            with self.subTest(arguments=arguments):
                self.ask(*arguments, check=64)
                self.assertIn(words, self.said)
                self.ask(*arguments, "--language", "nl", check=64)
                self.assertIn(dutch, self.said)
        done = ladder("register", "--name", "Ann", check=64)
        self.assertIn(b"--subjects FILE is needed", done.stderr)
        self.ask("--partner", "vwn", self.at / "nowhere", check=66)
        self.ask("--partner", "vwn", "--back", list_of, check=65)
        self.assertIn("there is no column Alias", self.said)
        self.ask("--partner", "vwn", self.file("other.csv", "x;y\n1;2\n"), check=65)
        self.assertIn("has a heading that says who a row is about, as Naam or Alias", self.said)
        help_nl = run(LADDER, "register", "--language", "nl", "--help", check=0).stdout.decode()
        for word in ("Usage", "default", " the "):
            self.assertNotIn(word, help_nl)
