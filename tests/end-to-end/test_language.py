"""`ladder import` and `ladder worklist` speak Dutch to who does: every sentence, help included."""

import os
import re
import subprocess
import unittest

import harness
from harness import LADDER, ROOT, run

PLACE = re.compile(r"%(?:%|[-0-9.*]*(?:ll|z|h)?[a-zA-Z])")
STRING = r'"(?:[^"\\]|\\.)*"'
# What speaks in these two commands.
SOURCES = [*sorted((ROOT / "tools/import").glob("*.c")), *sorted((ROOT / "tools/register").glob("*.c")),
           ROOT / "tools/cmd_worklist.c",
           ROOT / "tools/asking.c",
           ROOT / "tools/cmd_access.c",
           *(ROOT / "tools/common" / name for name in ("options.c", "token_file.c", "key_file.c", "daemon_tls.c"))]
# Strings that are no sentences, or are the same in both languages.
NO_SENTENCES = re.compile(
    r"^(ladder[ %]|GET /|--[a-z]+ (%s|[A-Z]+)|  %-30s %s\\n$|[^a-zA-Z]*$|[^a-zA-Z]*%|\(the salt of all keys|[0-9a-z.:?!* \\\"']*$"
    r"|sep=|\[list\]|text/|.*\\u|Windows-1252|\[options\]|%s%s%s|jjjj|\\\",\\\"event|-h, --help|Europe/|http)")


def strings_of(text):
    """The string literals, those beside each other as one."""
    return ["".join(eval(one) for one in re.findall(STRING, run_of))
            for run_of in re.findall(rf"{STRING}(?:\s*{STRING})*", text)]


def preprocessed(source):
    """What the compiler sees of the file itself, its macros expanded, its checks left out."""
    made = subprocess.run([os.environ.get("CC", "cc"), "-E", "-I.", "-Ibuild/gen", "-D_GNU_SOURCE",
                           '-DLADDERD_VERSION="0"', source], cwd=ROOT, capture_output=True,
                          text=True, check=True).stdout
    own, lines = False, []
    for line in made.splitlines():
        mark = re.match(r'# \d+ "([^"]*)"', line)
        if mark:
            own = mark.group(1) == str(source)
        elif own:
            lines.append(line)
    text = re.sub(r"'(?:[^'\\]|\\.)'", "0", "\n".join(lines))
    return re.sub(rf"check_failed\s*\((?:[^()]|{STRING}|\([^()]*\))*\)", "", text)


def table():
    """English and Dutch, as tools/common/dutch.h has them."""
    text = (ROOT / "tools/common/dutch.h").read_text().replace("\\\n", "\n")
    text = text.replace("PRIu64", '"lu"')
    pairs = {}
    for one in re.finditer(rf"X\(((?:\s*{STRING})+),((?:\s*{STRING})+)\)", text):
        english, dutch = (strings_of(part)[0] for part in one.groups())
        assert english not in pairs, english
        pairs[english] = dutch
    return pairs


class Table(unittest.TestCase):
    def test_both_languages_have_the_same_places_in_the_same_order(self):
        pairs = table()
        self.assertGreater(len(pairs), 180)
        for english, dutch in pairs.items():
            self.assertEqual(PLACE.findall(english), PLACE.findall(dutch), english)
            self.assertNotEqual(english, dutch + ".")

    def test_every_sentence_of_the_two_commands_is_there(self):
        pairs, lacking, seen = table(), [], set()
        for source in SOURCES:
            for string in strings_of(preprocessed(source)):
                written = string.replace("\n", "\\n")
                if " " not in string.strip() or NO_SENTENCES.match(written):
                    continue
                seen.add(string)
                if string not in pairs:
                    lacking.append(f"{source.name}: {written}")
        self.assertEqual(lacking, [])
        self.assertGreater(len(seen), 120)

    def test_what_a_check_says_is_there(self):
        """Of the sentences about an event those that a list can bring about."""
        pairs = table()
        for string in strings_of(preprocessed(ROOT / "proto/validate.c")):
            if re.match(r"must be (a CBS|a civil|a whole|one of|1 to 64|true)|must not be ", string):
                if "key twice" not in string:
                    self.assertIn(string, pairs)


class Speaking(harness.OwnDaemon):
    HOURS = "Naam;Datum;Activiteit;Uren\n"

    def setUp(self):
        self.at = self.place()

    def say(self, text, *more, lang="nl_NL.UTF-8", check=0, command="import", **env):
        file = self.at / "uren.csv"
        file.write_text(text)
        done = run(LADDER, command, "--map", "activity-hours", "--subjects", self.at / "s.csv",
                   "--municipality", "GM0823", "--dry-run", *more, file,
                   env={"PATH": os.environ["PATH"], "LANG": lang, **env})
        self.assertEqual(done.returncode, check, done.stderr.decode())
        return done.stderr.decode()

    def test_the_language_is_that_of_the_option_or_of_the_environment(self):
        rows = self.HOURS + "Ann;3-4-2025;sport;1\n"
        dutch = "puntkomma, gewone letters, datums als dd-mm-jjjj; 1 rij, kolomkoppen op regel 1."
        for lang, more, env, is_dutch in (
                ("nl_NL.UTF-8", (), {}, True), ("nl", (), {}, True), ("nl_BE@euro", (), {}, True),
                ("en_GB.UTF-8", (), {}, False), ("C", (), {}, False), ("", (), {}, False),
                ("nlx", (), {}, False), ("nl_NL", (), {"LC_ALL": "C"}, False),
                ("C", (), {"LC_MESSAGES": "nl_NL.UTF-8"}, True),
                ("C", (), {"LC_ALL": "nl_NL", "LC_MESSAGES": "C"}, True),
                ("nl_NL", ("--language", "en"), {}, False),
                ("C", ("--language=nl",), {"LC_ALL": "en_US"}, True)):
            said = self.say(rows, *more, lang=lang, **env)
            self.assertEqual(dutch in said, is_dutch, (lang, more, env, said))
            self.assertEqual("semicolon, plain letters" in said, not is_dutch)
        self.assertIn("--language takes nl or en.", self.say(rows, "--language", "fr", check=64,
                                                             lang="C"))

    def test_what_is_wrong_is_said_in_dutch(self):
        said = self.say(self.HOURS + "Ann;31-2-2025;sport;1\nBen;3-4-2025;sprot;1\n"
                        "Cas;3-4-2025;sport;0,0625\nDirk;;sport;1\nEef;3-4-2025;sport;169\n"
                        "Fien;3-4-1980;sport;1\nGijs;3-4-2025;sport;1;2\n", check=1)
        for word in ("regel 2, kolom Datum: die dag bestaat niet", "regel 3, kolom Activiteit: de "
                     "indeling kent dit woord niet", "deel van een dag", "is nodig, en is leeg",
                     "minutes moet een heel getal zijn van 0 tot en met 10080",
                     "mag niet voor 1 januari 1990 zijn", "meer cellen dan kolomkoppen",
                     "Dit was op proef"):
            self.assertIn(word, said)
        for text, word in (("PK\x03\x04", "dit is een werkmap"), ("a;b\n", "staan de kolomkoppen"),
                           ("Naam;Datum;Dag;Activiteit;Uren\n", "op regel 1 staan twee kolommen voor "
                            "date, Datum en Dag"),
                           (self.HOURS + '"A;b\n', "opent een aanhalingsteken een cel")):
            self.assertIn(word, self.say(text, check=65))
        done = run(LADDER, "import", "--language", "nl", "--help", check=0).stdout.decode()
        for word in ("Gebruik: ladder import", "Opties:", "Voorbeeld:", "de taal van de meldingen"):
            self.assertIn(word, done)
        for word in ("Usage", "Options:", "default", " the "):
            self.assertNotIn(word, done)
        done = run(LADDER, "import", "--language", "nl", "--frob", check=64).stderr.decode()
        self.assertIn("is hier geen optie", done)
        done = run(LADDER, "import", "--language", "nl", "x.csv", check=64).stderr.decode()
        self.assertIn("Er ontbreekt: --map MAP", done)

    def test_the_file_of_rejected_rows_has_reasons_in_dutch(self):
        daemon = self.ladderd()
        daemon.partners["isd"]["types"] = "JobStarted"
        daemon.write_config()
        daemon.restart()
        file = self.at / "banen.csv"
        file.write_text("Naam;Startdatum;Uren per week\nAnn;1-2-2025;32\nBen;31-2-2025;32\n")
        options = ("--language", "nl", "--map", "jobs", "--subjects", self.at / "s.csv",
                   "--municipality", "GM0823", "--to", f"http://127.0.0.1:{daemon.port}",
                   "--token-file", daemon.token_file("isd"), file)
        said = run(LADDER, "import", *options, check=1).stderr.decode()
        self.assertIn("1 persoon staat nog niet in", said)
        self.assertIn("2 rijen: 1 verstuurd, 0 herhaald, 1 afgewezen. Van 1 gebeurtenissen waren er "
                      "1 nieuw (waarvan 0 verbeteringen) en 0 al bekend.", said)
        rejected = (self.at / "banen.rejected.csv").read_text(encoding="utf-8-sig")
        self.assertIn('"3";"Startdatum";"die dag bestaat niet; schrijf dd-mm-jjjj"', rejected)

    def test_the_work_list_is_in_dutch(self):
        daemon = self.ladderd()
        daemon.accept(harness.settled("p-1", harness.day(-400)),
                      harness.assessed("p-1", harness.day(-390), 2))
        def ask(*more):
            return run(LADDER, "worklist", "--to", f"http://127.0.0.1:{daemon.port}",
                       "--token-file", daemon.token_file("isd"), *more, check=0)
        done = harness.until(lambda: (found := ask("--language", "nl")).stdout and found, "a row")
        text = done.stdout.decode()
        for word in ("VALT STIL", "WIE", "WAAROM", "de stap is niet gemeten", "(stil)"):
            self.assertIn(word, text)
        self.assertRegex(done.stderr.decode(), r"isd op \d{4}-\d\d-\d\d: 1 van 1 rijen; daarvan 1 al")
        self.assertIn("the rung was not assessed", ask("--language", "en").stdout.decode())
        # What programs read is the same, but for the instant at which it was asked.
        def read(form, language):
            return re.sub(rb'"known_at":"[^"]*"', b"", ask("--language", language, "--format",
                                                           form).stdout)
        for form in ("csv", "json"):
            self.assertEqual(read(form, "nl"), read(form, "en"))
        done = run(LADDER, "worklist", "--language", "nl", "--help", check=0).stdout.decode()
        self.assertIn("Noemt de mensen van een partner", done)
        for word in ("Usage", "default", " the "):
            self.assertNotIn(word, done)

    def test_other_commands_speak_english(self):
        done = run(LADDER, "verify", "--help", check=0, env={"PATH": "/usr/bin", "LANG": "nl_NL"})
        self.assertIn(b"Usage: ladder verify", done.stdout)


if __name__ == "__main__":
    unittest.main()
