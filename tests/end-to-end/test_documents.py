"""What the documents say is so.

The commands of the README run as they stand; every file, function and test in
ARCHITECTURE.md's invariants exists; every figure, metric and option has its place.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import harness
from harness import ROOT

FOLDERS = sorted(path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0] != "."
                 and path.name not in ("build", Path(harness.LADDERD).resolve().parents[1].name))
LINK = re.compile(r"\]\(([^)\s]+)\)")
# Within a line: else the three marks of a block would pair with the next name.
CODE = re.compile(r"`([^`\n]+)`")


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


# Guides in English and their twins in Dutch.
TWINS = (("docs/excel.md", "docs/excel.nl.md"), ("docs/import.md", "docs/import.nl.md"),
         ("docs/worklist.md", "docs/worklist.nl.md"), ("docs/analyst.md", "docs/analyst.nl.md"),
         ("docs/register.md", "docs/register.nl.md"),
         ("docs/partners.md", "docs/partners.nl.md"), ("docs/operators.md", "docs/operators.nl.md"),
         ("docs/publishing.md", "docs/publishing.nl.md"), ("docs/privacy.md", "docs/privacy.nl.md"),
         ("docs/reliability.md", "docs/reliability.nl.md"),
         ("docs/containers.md", "docs/containers.nl.md"),
         ("docs/followers.md", "docs/followers.nl.md"),
         ("docs/stores.md", "docs/stores.nl.md"),
         ("docs/cluster.md", "docs/cluster.nl.md"),
         ("docs/accessibility.md", "docs/accessibility.nl.md"))
DOCUMENTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGES.md", "SECURITY.md", "docs/replay.md",
             "docs/indicators.md", "docs/performance.md", "docs/tls.md",
             *(name for pair in TWINS for name in pair))
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)


def blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)


def section(text, heading):
    """From a heading of any level to the next of that level or a higher one."""
    match = re.search(rf"^(#+) {heading}.*$", text, re.M)
    assert match, f"there is no section {heading}"
    end = re.search(rf"^#{{1,{len(match.group(1))}}} ", text[match.end():], re.M)
    return text[match.end():match.end() + end.start()] if end else text[match.end():]


def rows(text):
    """The cells of the tables in a text, without their headings."""
    found = []
    for line in text.splitlines():
        if line.startswith("|"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            found.append(cells)
    return [cells for place, cells in enumerate(found)
            if not re.fullmatch(r"[-: ]+", cells[0])
            and not (place + 1 < len(found) and re.fullmatch(r"[-: ]+", found[place + 1][0]))]


def anchors(text):
    return {re.sub(r"[^\w\- ]", "", line.lstrip("#").strip().lower()).replace(" ", "-")
            for line in text.splitlines() if line.startswith("#")}


class Readme(unittest.TestCase):
    @harness.in_long_form
    def test_the_commands_of_the_readme_run_as_they_stand(self):
        place = Path(tempfile.mkdtemp(prefix="ladderd-readme-"))
        self.addCleanup(shutil.rmtree, place, True)
        programs = place / "build/release"
        programs.mkdir(parents=True)
        (programs / "ladder").symlink_to(Path(harness.LADDER).resolve())
        (programs / "ladderd").write_text(
            f'#!/bin/sh\nexec {Path(harness.LADDERD).resolve()} {" ".join(harness.as_root())} "$@"\n')
        (programs / "ladderd").chmod(0o755)
        port, stream_port = harness.free_port(), harness.free_port()
        commands = blocks(read("README.md"), "sh")
        self.assertGreaterEqual(len(commands), 7)
        # It is built already, listens where nobody else does, and a reader would see it begin.
        script = "make() { :; }\nset -e\n"
        for number, block in enumerate(commands):
            script += f"printf '\\n#%d\\n' {number}\n{block}"
            if number == 0:
                script += ("trap 'kill $!' EXIT\nn=0\nuntil curl -fs -o answer "
                           "http://127.0.0.1:7400/readyz; do\n"
                           "\tn=$((n + 1)); [ $n -lt 100 ]; sleep 0.1\ndone\n")
        script = script.replace("127.0.0.1:7400", f"127.0.0.1:{port}").replace(
            "127.0.0.1:7401", f"127.0.0.1:{stream_port}").replace(
            "ladderd --config ladderd.conf",
            f"ladderd --config ladderd.conf --set http.listen=127.0.0.1:{port} "
            f"--set stream.listen=127.0.0.1:{stream_port}")
        done = subprocess.run(
            ["sh", "-c", script], cwd=place, stdin=subprocess.DEVNULL, capture_output=True,
            timeout=90, env={"PATH": "/usr/local/bin:/usr/bin:/bin", "TMPDIR": str(place),
                             "HOME": str(place), "no_proxy": "*"})
        said = done.stdout.decode() + done.stderr.decode()
        self.assertEqual(done.returncode, 0, said[-3000:])
        parts = re.split(r"^#\d\n", done.stdout.decode(), flags=re.M)[1:]
        self.assertEqual(json.loads(parts[1]), json.loads(blocks(read("README.md"), "json")[0]))
        self.assertRegex(said, r"ladder push: [1-9]\d* accepted, 0 duplicates, 0 rejected")
        self.assertRegex(said, r"ladder push: 0 accepted, [1-9]\d* duplicates, 0 rejected")
        report, = place.glob("tmp.*/report.html")
        self.assertIn("31 december 2025", report.read_text())
        today, then = [json.loads(line) for line in parts[5].splitlines() if line]
        self.assertEqual((today["municipality"], then["as_of"]), ("GM0823", "2025-12-31"))
        replayed = json.loads(parts[6].splitlines()[0])
        self.assertGreater(replayed["population"]["persons"], 10)
        for head in ("as_of", "municipality", "window", "profile"):
            self.assertEqual(replayed[head], then[head])
        self.assertEqual(replayed["indicators"], then["indicators"])

    def test_make_has_the_targets_that_are_named(self):
        targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.M))
        named = set()
        for document in DOCUMENTS:
            named |= set(re.findall(r"(?:^|`)make ([a-z][a-z-]+)\b", read(document), re.M))
        self.assertGreaterEqual(len(named), 5)
        self.assertLessEqual(named, targets)

    def test_make_says_what_installs_what_it_lacks(self):
        place = Path(tempfile.mkdtemp(prefix="ladderd-make-"))
        self.addCleanup(shutil.rmtree, place, True)
        done = subprocess.run(
            ["make", "CC=no-such-compiler", f"BUILD={place}", f"{place}/gen/ladder.pb-c.h"],
            cwd=ROOT, capture_output=True, timeout=30)
        self.assertEqual(done.returncode, 2)
        self.assertIn('"make packages" installs it', done.stderr.decode())

    def test_every_key_of_an_entry_is_in_the_readme(self):
        printed = harness.run(harness.LADDERD, "--print-config", check=0).stdout.decode()
        table = section(read("README.md"), "Who may do what")
        name = None
        for line in printed.splitlines():
            if re.fullmatch(r"#?\[(\w+)( NAME| GM0823)?\]", line):
                name = line.lstrip("#")
                if " " in name:
                    self.assertIn(f"`{name}`", table)
            key = re.match(r"#(\w+) =", line)
            if key and name and " " in name:
                own = table[table.index(f"`{name}`"):].split("\n| `[")[0]
                self.assertIn(f"`{key.group(1)}`", own, name)

    def test_every_folder_is_in_the_map(self):
        picture = section(read("ARCHITECTURE.md"), "Rooms and arrows").split("```")[1]
        self.assertGreater(len(FOLDERS), 15)
        for folder in FOLDERS:
            self.assertIn(f"| `{folder}/` |", section(read("README.md"), "The folders"))
            self.assertRegex(picture, rf"(?m)^{folder}/ ")

    def test_every_kind_of_test_is_told(self):
        picture = section(read("ARCHITECTURE.md"), "Rooms and arrows").split("```")[1]
        table = section(read("CONTRIBUTING.md"), "Tests")
        for folder in sorted(path.name for path in (ROOT / "tests").iterdir() if path.is_dir()):
            self.assertIn(folder, re.findall(r"[\w-]+", picture.split("\ntests/")[1]))
            if folder not in ("helper", "__pycache__"):
                self.assertRegex(table, rf"\| `tests/{folder}/[\w.]*` \|")


class Replay(harness.Case):
    @harness.in_long_form
    def test_the_commands_of_the_replay_page_run_as_they_stand(self):
        events = harness.generated("--people", "60", "--years", "3", "--seed", "4",
                                 "--until", "2025-12-31")
        self.daemon.accept(*events)
        place = Path(tempfile.mkdtemp(prefix="ladderd-replay-"))
        self.addCleanup(shutil.rmtree, place, True)
        (place / "demo-store").symlink_to(self.daemon.store)
        for block in blocks(read("docs/replay.md"), "sh"):
            # Everything was recorded today: what is asked for as known earlier is empty.
            script = f"set -e\nladder() {{ \"{harness.LADDER}\" \"$@\"; }}\n" + block
            done = subprocess.run(["sh", "-c", script], cwd=place, capture_output=True, timeout=60)
            self.assertEqual(done.returncode, 0, (block, done.stderr.decode()[-2000:]))
        self.assertIn(",ladder_step,", (place / "figures.csv").read_text())
        self.assertTrue((place / "history.om").read_text().endswith("# EOF\n"))

    def test_every_option_of_replay_is_on_its_page(self):
        printed = harness.ladder("replay", "--help", check=0).stdout.decode()
        options = set(re.findall(r"--([a-z-]+)", printed)) - {"help", "max-block-duration"}
        self.assertGreaterEqual(len(options), 15)
        for option in options:
            self.assertIn(f"--{option}", read("docs/replay.md"))


class Reliability(unittest.TestCase):
    @harness.in_long_form
    def test_the_commands_of_the_page_do_what_it_says_in_small(self):
        faults = Path(harness.LADDERD).parent / "faults"
        if not faults.exists():
            self.skipTest("make faults builds what it runs, and make check does")
        found = re.findall(r"^build/release/faults (\w+) \d+$", read("docs/reliability.md"), re.M)
        self.assertEqual(sorted(found), ["calls", "simulate", "states"])
        for form, number in (("simulate", "4"), ("states", "20"), ("calls", "5000")):
            done = harness.run(faults, form, number)
            self.assertEqual(done.returncode, 0, done)
            self.assertRegex(done.stdout.decode(), r"(?m)^(simulation|crash states|calls): \d+ ")

    def test_each_mutant_is_an_edit_of_the_sources_as_they_are(self):
        sys.path.insert(0, str(ROOT / "tests/mutants"))
        self.addCleanup(sys.path.remove, str(ROOT / "tests/mutants"))
        from table import MUTANTS  # noqa: of that folder
        for mutant in MUTANTS:
            with self.subTest(mutant=mutant["name"]):
                self.assertEqual(read(mutant["file"]).count(mutant["old"]), 1)
                self.assertNotEqual(mutant["old"], mutant["new"])
                self.assertTrue(mutant["tests"])


class Worklist(harness.Case):
    @harness.in_long_form
    def test_the_commands_of_the_work_list_page_run_as_they_stand(self):
        self.daemon.accept(harness.assessed("p-1", harness.day(-200), 3))
        harness.until(lambda: self.daemon.get("/v1/worklist", who="isd").json["total"],
                    "the list knows what was told")
        place = Path(tempfile.mkdtemp(prefix="ladderd-worklist-"))
        self.addCleanup(shutil.rmtree, place, True)
        (place / "isd.token").write_text(f"token: {self.daemon.tokens['isd']}\n")
        (place / "isd.token").chmod(0o600)
        (place / "people.csv").write_text("name;second;subject\nAmina;;p-1\n")
        said = []
        for block in blocks(read("docs/worklist.md"), "sh"):
            block = block.replace("127.0.0.1:7400", f"127.0.0.1:{self.daemon.port}").replace(
                "ladder worklist", f"ladder worklist --to http://127.0.0.1:{self.daemon.port}")
            done = subprocess.run(
                ["sh", "-c", f"set -e\nladder() {{ \"{harness.LADDER}\" \"$@\"; }}\n" + block],
                cwd=place, capture_output=True, timeout=60)
            self.assertEqual(done.returncode, 0, (block, done.stderr.decode()[-2000:]))
            said.append(done.stdout.decode())
        self.assertEqual(len(said), 4)
        self.assertIn("Amina", said[2])
        self.assertEqual(list(json.loads(said[3].splitlines()[0])),
                         list(json.loads(blocks(read("docs/worklist.md"), "json")[0])))

    def test_every_reason_is_on_the_page_with_its_days(self):
        defined = re.findall(r"^\tX\([A-Z_]+, (\w+), (\d+),", read("indicators/person/due.h"), re.M)
        for document, heading in (("docs/worklist.md", "The eight reasons"),
                                  ("docs/worklist.nl.md", "De acht redenen")):
            table = rows(section(read(document), heading))
            told = [(cells[0].strip("`"), re.match(r"\d+", cells[1]).group()) for cells in table]
            self.assertEqual(told, defined, document)

    def test_every_option_of_worklist_is_on_its_page_or_the_readme(self):
        printed = harness.ladder("worklist", "--help", check=0).stdout.decode()
        for option in set(re.findall(r"--([a-z-]+)", printed)) - {"help", "to"}:
            self.assertIn(f"--{option}", read("docs/worklist.md"))


class Import(harness.Case):
    @harness.in_long_form
    def test_the_commands_of_the_import_page_run_as_they_stand(self):
        text = read("docs/import.md")
        place = Path(tempfile.mkdtemp(prefix="ladderd-import-"))
        self.addCleanup(shutil.rmtree, place, True)
        (place / "isd.token").write_text(self.daemon.tokens["isd"])
        (place / "isd.token").chmod(0o600)
        said = []
        for block in blocks(text, "sh"):
            script = f"set -e\nladder() {{ \"{harness.LADDER}\" \"$@\"; }}\n" + block
            script = script.replace("127.0.0.1:7400", f"127.0.0.1:{self.daemon.port}")
            done = subprocess.run(["sh", "-c", script], cwd=place, capture_output=True, timeout=60)
            self.assertEqual(done.returncode, 0, (block, done.stderr.decode()[-2000:]))
            said.append(done.stderr.decode())
        self.assertEqual(len(self.daemon.records()), 2)
        # What the page says that it says.
        shown = text.split("It first says what it recognised:\n\n```\n")[1].split("```")[0]
        for line in shown.splitlines():
            self.assertIn(f"ladder import: {line}\n", said[1])
        head = text.split("It looks like this, and you may open it in Excel:\n\n```\n")[1]
        table = (place / "subjects.csv").read_text(encoding="utf-8-sig").splitlines()
        self.assertEqual(table[0], head.splitlines()[0])
        for line, real in zip(head.splitlines()[1:3], table[1:3]):
            self.assertEqual(re.sub(r"[sp]-[^\"]*", "", line), re.sub(r"[sp]-[^\"]*", "", real))
        self.assertEqual((place / "my-list.ini").read_text(), read(
            "tools/import/maps/activity-hours.ini"))

    def columns(self, document):
        """The columns that a page says each map needs, and those that it may have."""
        found = re.findall(r"^\| `([a-z][a-z-]+)` \| [^|]* \| ([^|]*) \| ([^|]*) \|$",
                           read(document), re.M)
        for name, *cells in found:
            listed = []
            for cell in cells:
                cell = re.sub(r"\((?:or|of) ([A-Z]\w+)\)", r", \1", cell)
                cell = re.sub(r"\([^)]*\)", "", cell)
                listed.append([column.strip() for column in re.split(r",| or | of ", cell)])
            yield name, listed

    def test_every_column_on_its_page_is_one_of_its_map(self):
        told = list(self.columns("docs/import.md"))
        self.assertEqual(len(told), len(list((ROOT / "tools/import/maps").glob("*.ini"))))
        for name, cells in told:
            spelled = set(re.findall(r"[^=,;\n]+", read(f"tools/import/maps/{name}.ini")))
            known = {one.strip() for one in spelled}
            for column in sum(cells, []):
                self.assertIn(column, known, name)
        self.assertEqual(list(self.columns("docs/import.nl.md")), told)

    def test_every_map_section_kind_and_option_is_on_its_page(self):
        text = read("docs/import.md")
        for file in sorted((ROOT / "tools/import/maps").glob("*.ini")):
            self.assertIn(f"| `{file.stem}` |", text)
        for kind in re.findall(r"^\tX\([A-Z_]+, (\w+), ", read("tools/import/map.h"), re.M):
            self.assertIn(f"`{kind}`", text)
        printed = harness.ladder("import", "--help", check=0).stdout.decode()
        for option in set(re.findall(r"--([a-z-]+)", printed)) - {"help", "retry-seconds"}:
            self.assertIn(f"--{option}", text)


class Partners(harness.Case):
    """The guide for who sends; that its twin has the same examples another test says."""

    page = "docs/partners.md"

    def setUp(self):
        self.place = self.make_place()
        self.environment = {"LADDERD": f"http://127.0.0.1:{self.daemon.port}",
                            "TOKEN": self.daemon.tokens["isd"], "HOME": str(self.place),
                            "PATH": "/usr/local/bin:/usr/bin:/bin", "no_proxy": "*"}

    def make_place(self):
        place = Path(tempfile.mkdtemp(prefix="ladderd-partners-"))
        self.addCleanup(shutil.rmtree, place, True)
        return place

    def run_it(self, *command, text=None):
        done = subprocess.run(command, input=text, cwd=self.place, capture_output=True,
                              timeout=120, env=self.environment, text=True)
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        return done.stdout

    @harness.in_long_form
    def test_its_examples_run_as_they_stand(self):
        first, cloud, card = blocks(read(self.page), "sh")
        answer = json.loads(blocks(read(self.page), "json")[0])
        said = json.loads(self.run_it("sh", "-e", text=first))
        self.assertEqual({**said, "last_seq": 2}, answer)
        again = json.loads(self.run_it("sh", "-e", text=first))
        self.assertEqual((again["accepted"], again["duplicates"]), (0, 2))
        self.assertEqual(json.loads(self.run_it("sh", "-e", text=cloud))["accepted"], 1)
        self.assertGreater(json.loads(self.run_it("sh", "-e", text=card))["accepted"], 2)
        python, = blocks(read(self.page), "python")
        said = self.run_it("/usr/bin/python3", "-", text=python)
        self.assertEqual(said, "1 accepted, 0 duplicates\n")
        (self.place / "push.mjs").write_text(blocks(read(self.page), "js")[0])
        node = shutil.which("node")
        self.assertEqual(self.run_it(node, "push.mjs"), "1 accepted, 0 duplicates\n")

    @harness.in_long_form
    def test_the_example_in_csharp_compiles(self):
        (self.place / "Push.cs").write_text(blocks(read(self.page), "csharp")[0])
        self.run_it("mcs", "-warnaserror", "-nowarn:618", "Push.cs")
        self.assertTrue((self.place / "Push.exe").exists())

    def test_the_events_in_what_cannot_be_run_here_are_right(self):
        """PowerShell's and C#'s, taken from their texts."""
        plan = re.search(r'string body = (.*?);', blocks(read(self.page), "csharp")[0], re.S)
        body = "".join(json.loads(one) for one in re.findall(r'"(?:[^"\\]|\\.)*"', plan.group(1)))
        self.assertEqual(self.daemon.push(json.loads(body)["events"])["accepted"], 1)
        shell, = blocks(read(self.page), "powershell")
        fields = dict(re.findall(r"(\w+) = '?([\w.-]+)'?", shell))
        self.assertEqual(self.daemon.push([{
            **{name: fields[name] for name in ("id", "subject", "municipality", "occurred_on")},
            "activity_logged": {"kind": fields["kind"], "minutes": int(fields["minutes"]),
                                "provider": fields["provider"]}}])["accepted"], 1)

    def test_every_event_and_code_that_is_named_exists(self):
        text = read(self.page)
        events = {cells[0].strip("`") for cells in rows(section(text, "Which event when"))}
        schema = read("proto/ladder.proto")
        self.assertGreater(len(events), 12)
        for name in set(re.findall(r"`([a-z]+_[a-z_]+)`", text)):
            self.assertTrue(re.search(rf"\b{name}\b", schema) or
                            f"`{name}`" in read("spec/events.md"), name)


class Dutch(unittest.TestCase):
    """A guide and its twin: so what is tested of one is tested of both."""

    def each(self, what):
        for english, dutch in TWINS:
            self.assertEqual(what(read(dutch)), what(read(english)), dutch)

    def test_the_commands_and_what_they_print_are_the_same_in_both(self):
        self.each(FENCE.findall)
        for pair in TWINS:
            for document in pair:
                self.assertIn("sh", [language for language, _ in FENCE.findall(read(document))])

    def test_every_name_in_one_is_in_the_other(self):
        self.each(lambda text: set(CODE.findall(FENCE.sub("", text))))

    def test_they_are_built_alike(self):
        self.each(lambda text: re.findall(r"^(?:#+ |- |\*\*\d|\| `[^|]*`)",
                                          FENCE.sub("", text), re.M))

    def test_each_leads_to_the_other_and_the_readme_to_both(self):
        for pair in TWINS:
            for document, other in (pair, reversed(pair)):
                self.assertIn(other.removeprefix("docs/"), LINK.findall(read(document)))
                self.assertIn(document, LINK.findall(read("README.md")))


def section_of_event(schema):
    """The envelope, before the oneof."""
    return re.search(r"^message Event \{(.*?)oneof", schema, re.M | re.S).group(1)


class Operator(harness.OwnDaemon):
    """The pages on privacy and on publishing; that their twins have the same commands another
    test says."""

    def run_block(self, daemon, block):
        """What it printed, on both; in the daemon's folder, with `ladder` as the command."""
        script = f"set -e\nladder() {{ \"{harness.LADDER}\" \"$@\"; }}\n" + block
        done = subprocess.run(["sh", "-c", script], cwd=daemon.place, capture_output=True,
                              timeout=harness.WAIT)
        self.assertEqual(done.returncode, 0, (block, done.stderr.decode()[-2000:]))
        return done.stdout.decode() + done.stderr.decode()

    def give_token(self, daemon, who, name):
        (daemon.place / name).write_text(daemon.tokens[who])
        (daemon.place / name).chmod(0o600)

    @harness.in_long_form
    def test_the_commands_of_the_privacy_page_run_as_they_stand(self):
        one_person, hand_over, erase, restore, expire, access = (
            block.replace("demo-store", "store") for block in blocks(read("docs/privacy.md"), "sh"))
        daemon = self.ladderd(start=False, partners={
            "isd": {"types": "*", "municipalities": "*"}})
        make_key, look = access.splitlines(keepends=True)
        self.run_block(daemon, make_key)
        public = re.search(r"public: (\S+)", (daemon.place / "auditor.key").read_text()).group(1)
        daemon.auditing = f"[audit]\nkey = {public}\n"
        daemon.write_config()
        daemon.start()
        self.give_token(daemon, "isd", "isd.token")
        daemon.accept(
            harness.event("person_registered", {"birth_year": 1990}, subject="p-3f2a",
                          occurred_on="2024-01-01"),
            harness.settled("p-3f2a", "2024-01-01"), harness.assessed("p-3f2a", "2024-06-01", 3),
            harness.event(subject="p-of-long-ago", occurred_on="2018-01-01"),
            harness.event(subject="p-who-stays", occurred_on="2024-06-01"))
        self.run_block(daemon, "ladder backup store demo-backup")
        self.assertIn("p-3f2a", self.run_block(daemon, one_person))
        key = self.run_block(daemon, "(umask 077; ladder key > receiver.key); cat receiver.key")
        hand_over = hand_over.replace("5f0c...e1", re.search(r"public: (\S+)", key).group(1))
        hand_over = hand_over.replace(
            "ladder import", f"ladder import --to http://127.0.0.1:{daemon.port}")
        self.assertIn("of 4 events 4 were new", self.run_block(daemon, hand_over))
        looked = self.run_block(daemon, look)
        for what in ("alles wat over de persoon is vastgelegd", "is overgedragen"):
            self.assertIn(what, looked)
        self.run_block(daemon, erase)
        self.assertNotIn("p-3f2a", {record["event"].get("subject") for record in daemon.records()
                          if "event" in record})
        daemon.stop()
        self.run_block(daemon, expire)
        self.run_block(daemon, restore)
        daemon.start()
        subjects = {record["event"].get("subject") for record in daemon.records()
                          if "event" in record}
        # The backup had everybody; who was erased and who expired is not back.
        self.assertIn("p-who-stays", subjects)
        self.assertFalse({"p-3f2a", "p-of-long-ago"} & subjects)

    @harness.in_long_form
    def test_the_commands_of_the_publishing_page_run_as_they_stand(self):
        block, = blocks(read("docs/publishing.md"), "sh")
        daemon = self.ladderd(partners={"gemeente": {
            "types": "*, report_published", "municipalities": "*, GM0823"}})
        self.give_token(daemon, "gemeente", "gemeente.token")
        said = self.run_block(daemon, block.replace(
            "ladder push", f"ladder push --to http://127.0.0.1:{daemon.port}"))
        self.assertIn("1 accepted", said)
        self.assertEqual([record["event"]["report_published"]["as_of"]
                          for record in daemon.records()], ["2026-03-31"])


class Privacy(unittest.TestCase):
    """What docs/privacy.md says is stored is all that the schema can hold of a person."""

    ABOUT_NOBODY = {"service_model_set", "report_published", "report_withdrawn", "agreement_made"}
    ACTS = {"erased", "restricted", "unrestricted"}

    def stored(self):
        schema = re.sub(r"//.*", "", read("proto/ladder.proto"))
        messages = dict(re.findall(r"^message (\w+) \{(\}|.*?^\})", schema, re.M | re.S))
        envelope = section_of_event(schema)
        fields = set(re.findall(r"optional string (\w+) = \d;", envelope))
        body = re.search(r"oneof body \{(.*?)\n  \}", schema, re.S).group(1)
        for type_, name in re.findall(r"(\w+) (\w+) = \d+;", body):
            if name in self.ABOUT_NOBODY | self.ACTS or type_ not in messages:
                continue
            of = re.findall(r"(?:optional|repeated) \w+ (\w+) =", messages.get(type_, ""))
            fields |= {f"{name}.{field}" for field in of} if of else {name}
        return fields

    def test_each_field_of_the_schema_is_explained_and_no_other(self):
        for document, heading in (("docs/privacy.md", "What is stored"),
                                  ("docs/privacy.nl.md", "Wat er wordt bewaard")):
            told = [cells[0].strip("`") for cells in rows(section(read(document), heading))]
            self.assertEqual(sorted(told), sorted(self.stored()))
            self.assertEqual(len(told), len(set(told)))

    def test_each_figure_that_a_field_feeds_exists(self):
        for cells in rows(section(read("docs/privacy.md"), "What is stored")):
            for figure in CODE.findall(cells[2]):
                self.assertIn(f"`{figure}`", read("docs/indicators.md"))

    def test_the_words_are_those_of_the_gdpr(self):
        for document, word in (("docs/privacy.md", "pseudonymised"),
                               ("docs/privacy.nl.md", "gepseudonimiseerd")):
            self.assertIn(word, read(document))
            self.assertNotRegex(read(document), r"\banonymi[sz]ed\b|\bgeanonimiseerd\b")


class Commands(unittest.TestCase):
    """Whose commands are run by which test; those of a twin in Dutch are the same."""

    RUN = {
        "README.md": ("test_documents", "the_commands_of_the_readme_run_as_they_stand"),
        "docs/cluster.md": ("../cluster/test_guide",
                            "the_commands_of_the_guide_run_as_they_stand"),
        "docs/containers.md": ("../operators/test_image",
                               "the_commands_of_the_guide_run_as_they_stand"),
        "docs/analyst.md": ("../analysts/test_analysts",
                            "the_sessions_in_r_and_python_print_our_figures"),
        "docs/excel.md": ("../office/test_office",
                          "the_commands_of_the_guides_make_a_workbook_with_the_figures"),
        "docs/followers.md": ("test_follower", "the_commands_of_the_guide_run_as_they_stand"),
        "docs/import.md": ("test_documents", "the_commands_of_the_import_page_run_as_they_stand"),
        "docs/operators.md": ("test_check", "a_real_daemon_is_well_and_the_commands_of_the_guide"
                                            "_run_as_they_stand"),
        "docs/partners.md": ("test_documents", "its_examples_run_as_they_stand"),
        "docs/privacy.md": ("test_documents", "the_commands_of_the_privacy_page_run_as_they_stand"),
        "docs/publishing.md": ("test_documents",
                               "the_commands_of_the_publishing_page_run_as_they_stand"),
        "docs/register.md": ("test_register", "the_commands_of_the_guide_run_as_they_stand"),
        "docs/reliability.md": ("test_documents",
                                "the_commands_of_the_page_do_what_it_says_in_small"),
        "docs/replay.md": ("test_documents", "the_commands_of_the_replay_page_run_as_they_stand"),
        "docs/stores.md": ("test_sums", "the_commands_of_the_page_run_as_they_stand"),
        "docs/tls.md": ("test_tls", "the_commands_of_the_manual_do_what_it_says"),
        "docs/worklist.md": ("test_documents",
                             "the_commands_of_the_work_list_page_run_as_they_stand"),
    }

    def test_each_document_with_commands_has_a_test_that_runs_them(self):
        twins = {dutch for _, dutch in TWINS}
        documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("spec/**/*.md"),
                     *ROOT.glob("contrib/**/*.md")]
        with_commands = {str(one.relative_to(ROOT)) for one in documents
                         if "\n```sh\n" in one.read_text()} - twins
        # It runs tests, as `make check` does.
        for line in "".join(blocks(read("docs/accessibility.md"), "sh")).splitlines():
            self.assertIn(line.replace("/usr/bin/python3", "$(PYTHON)"), read("Makefile"))
        self.assertEqual(with_commands, {*self.RUN, "docs/accessibility.md"})
        for document, (module, name) in self.RUN.items():
            text = (ROOT / "tests/end-to-end" / f"{module}.py").read_text()
            at = text.index(f"    def test_{name}(self):")
            ends = text.find("\nclass ", at)
            self.assertIn(f'"{document}"', text[text.rindex("\nclass ", 0, at):ends])


class Links(unittest.TestCase):
    def test_links_lead_somewhere(self):
        for document in DOCUMENTS:
            for link in LINK.findall(read(document)):
                if "://" in link:
                    continue
                file, _, anchor = link.partition("#")
                target = (ROOT / document).parent / file if file else ROOT / document
                self.assertTrue(target.exists(), (document, link))
                if anchor:
                    self.assertIn(anchor, anchors(target.read_text()), (document, link))

    def test_files_that_are_named_exist(self):
        for document in DOCUMENTS:
            for name in CODE.findall(read(document)):
                # What is in capitals stands for a name.
                if re.fullmatch(rf"(?:{'|'.join(FOLDERS)}|\.ci)/[\w./-]*", name) \
                        and not re.search(r"\b[A-Z]+\b(?!\.md)", name):
                    self.assertTrue((ROOT / name).exists(), (document, name))

    def test_no_place_of_one_machine_is_named(self):
        for document in DOCUMENTS:
            self.assertNotRegex(read(document), r"/(?:home|root|work|tmp)/", document)


def defines(file, function):
    """Does the file define it? A line that begins with the type, or a def."""
    return re.search(rf"^(?:[a-z][^;=#]*\b{function}\(|def {function}\()",
                     (ROOT / file).read_text(), re.M) is not None


class Architecture(unittest.TestCase):
    def test_every_function_and_test_of_the_invariants_exists(self):
        table = rows(section(read("ARCHITECTURE.md"), "Invariants"))
        self.assertGreater(len(table), 20)
        for what, kept_by, shown_by in table:
            file = None
            functions = 0
            for name in CODE.findall(kept_by):
                if name.endswith("()"):
                    functions += 1
                    self.assertTrue(defines(file, name[:-2]), (what, file, name))
                else:
                    file = name
                    self.assertTrue((ROOT / file).is_file(), (what, file))
            self.assertGreater(functions, 0, what)
            tests = 0
            text = ""
            for name in CODE.findall(shown_by):
                if name.endswith((".py", ".c")):
                    found = list((ROOT / "tests").rglob(name))
                    self.assertEqual(len(found), 1, (what, name))
                    text = found[0].read_text()
                elif not name.startswith("make "):
                    tests += 1
                    self.assertRegex(text, rf"\b{name}\(", (what, name))
            self.assertTrue(tests or "make " in shown_by or "no test yet" in shown_by, what)

    def test_every_step_of_the_walks_is_in_the_file_that_is_named(self):
        for heading, steps in (("The walk of an event", 13), ("The walk of a question", 8)):
            text = section(read("ARCHITECTURE.md"), heading)
            self.assertIn(f"\n{steps}. ", text)
            file = None
            for name in CODE.findall(text):
                if re.fullmatch(r"[a-z_0-9]+\(\)", name):
                    self.assertTrue(defines(file, name[:-2]), (heading, file, name))
                elif re.fullmatch(r"[a-z_/]+\.c", name):
                    file = name

    def test_every_function_that_is_named_exists(self):
        sources = "".join(file.read_text(errors="replace") for folder in FOLDERS
                          if folder not in ("docs", "spec")
                          for file in sorted((ROOT / folder).rglob("*")) if file.is_file())
        no_functions = {"noun_verb()", "clone()"}  # a form of names, a system call
        count = 0
        for document in ("ARCHITECTURE.md", "CONTRIBUTING.md"):
            for name in CODE.findall(read(document)):
                if re.fullmatch(r"[a-z_0-9]+\(\)", name) and name not in no_functions:
                    count += 1
                    self.assertRegex(sources, rf"\b{name[:-2]}\(", (document, name))
        self.assertGreater(count, 200)

    def test_every_option_is_among_the_limits_with_its_default(self):
        printed = harness.run(harness.LADDERD, "--print-config", check=0).stdout.decode()
        limits = {cells[0].strip("`"): cells[1].strip("`")
                  for cells in rows(section(read("ARCHITECTURE.md"), "Limits"))}
        options, name = {}, None
        for line in printed.splitlines():
            if re.fullmatch(r"#?\[.*\]", line):
                name = line.strip("#[]")
            key = re.fullmatch(r"#(\w+) = ?(.*)", line)
            if key and " " not in name:
                options[f"{name}.{key.group(1)}"] = key.group(2)
        self.assertGreater(len(options), 10)
        self.assertEqual(options, limits)

    def test_the_header_of_a_record_is_as_drawn(self):
        source = read("store/record.c")
        drawn = {int(cells[0]) for cells in rows(section(read("ARCHITECTURE.md"), "The store"))
                 if cells[0].isdigit()}
        offsets = {int(number) for number in re.findall(r"\tAT_(?!END)\w+ = (\d+)", source)}
        self.assertEqual(drawn, offsets)

    def test_the_tables_of_the_store_are_named(self):
        text = section(read("ARCHITECTURE.md"), "The store")
        for name in re.findall(r"^\tMDB_dbi (\w+);", read("store/tables.h"), re.M):
            self.assertIn(f"`{name}`", text)


class Security(unittest.TestCase):
    """SECURITY.md: whom it names, and what shows what it says."""

    def setUp(self):
        self.text = read("SECURITY.md")
        self.threats = section(self.text, "Five who would do harm")

    def test_all_five_are_there_and_each_measure_says_what_it_stops_and_shows_it(self):
        names = re.findall(r"^### (.*)$", self.threats, re.M)
        self.assertEqual(names, ["A partner turned bad", "A stolen token", "A curious analyst",
                                 "A lost disk", "A hostile client"])
        for name in names:
            table = rows(section(self.threats, name))
            self.assertGreaterEqual(len(table), 4, name)
            for cells in table:
                self.assertEqual(len(cells), 4, cells)
                measure, stops, _, shown_by = cells
                self.assertTrue(measure and stops and shown_by, cells)
            self.assertGreaterEqual(sum(bool(cells[2]) for cells in table), 3,
                                    f"{name}: what is not stopped")

    def test_every_test_that_is_named_exists(self):
        count, text, file = 0, None, None
        for cells in rows(self.threats):
            for name in CODE.findall(cells[3]):
                if name.endswith((".py", ".c")):
                    found = list((ROOT / "tests").rglob(name))
                    self.assertEqual(len(found), 1, name)
                    file, text = name, found[0].read_text()
                    self.assertRegex(text, r"\bdef test_|\bcmocka_unit_test\b", name)
                elif not name.startswith("make "):
                    count += 1
                    self.assertRegex(text, rf"\b{name}\(", (file, name))
        self.assertGreater(count, 30)

    def test_every_option_that_is_named_exists_with_its_default(self):
        printed = harness.run(harness.LADDERD, "--print-config", check=0).stdout.decode()
        options, name = {}, None
        for line in printed.splitlines():
            if re.fullmatch(r"#?\[.*\]", line):
                name = line.strip("#[]").split(" ")[0]
            key = re.fullmatch(r"#(\w+) = ?(.*)", line)
            if key:
                options[name, key.group(1)] = key.group(2)
        named = set()
        for code in CODE.findall(self.text):
            match = re.fullmatch(r"\[(\w+)\] (\w+)", code) or \
                re.fullmatch(r"(store|process|http|stream|limits|public)\.(\w+)", code)
            if match:
                named.add(match.groups())
        self.assertGreater(len(named), 12)
        self.assertLessEqual(named, set(options))
        for key in re.findall(r"`(\w+)` (?:takes two|gives each|binds a token)|`(\w+) = yes`",
                              self.text):
            self.assertIn("".join(key), {key for _, key in options}, key)
        defaults = re.findall(r"`(\w+)\.(\w+)` \(([^)]*)\)", self.text)
        self.assertGreaterEqual(len(defaults), 5)
        for section_, key, value in defaults:
            self.assertEqual(options[section_, key], value, key)
        for limit in re.findall(r"`limits\.(\w+)`", self.text):
            self.assertIn(limit, read("ARCHITECTURE.md"))

    def test_every_metric_and_command_that_is_named_exists(self):
        counters = read("daemon/server/counters.c")
        for metric in re.findall(r"`(ladderd_\w+)", self.text):
            self.assertIn(f'"{metric}"', counters)
        helped = harness.ladder("--help").stdout.decode()
        for command in re.findall(r"`ladder (\w+)", self.text):
            self.assertRegex(helped, rf"(?m)^  {command} ")
        flags = (harness.run(harness.LADDERD, "--help").stdout +
                 harness.ladder("push", "--help").stdout).decode()
        for flag in re.findall(r"`(?:ladderd )?(--[\w-]+)`", self.text):
            self.assertIn(flag, flags)

    def test_the_numbers_of_the_text_are_those_of_the_program(self):
        waits = read("daemon/server/sign_ins.h") + read("daemon/server/sign_ins.c")
        seconds = re.search(r"up to (\d+) seconds", self.text)[1]
        self.assertRegex(waits, rf"\b{seconds}\b")
        self.assertIn("A session lasts eight hours", self.text)
        self.assertIn("SESSION_US   (INT64_C(8) * 3600", read("daemon/web/sessions.h"))


class Indicators(harness.Case):
    scrapers = {"prometheus": {}}

    def keys(self, figure):
        """All keys of a figure, however deep."""
        found = set()
        if isinstance(figure, dict):
            for key, value in figure.items():
                found |= {key} | self.keys(value)
        elif isinstance(figure, list):
            for value in figure:
                found |= self.keys(value)
        return found

    def test_every_key_is_explained_where_it_belongs(self):
        for document, heading in (("docs/indicators.md", "Ideas that all figures share"),
                                  ("docs/indicators.nl.md", "Wat voor alle cijfers geldt")):
            with self.subTest(document):
                self.keys_are_explained(read(document), heading)

    def test_the_dutch_definitions_are_whole(self):
        """The same figures, names and metrics, in the same order, as the English ones."""
        parts = [re.findall(r"^##+ [^\n`]*`\w+`.*?(?=^##|\Z)", read(document), re.M | re.S)
                 for document in ("docs/indicators.md", "docs/indicators.nl.md")]
        self.assertEqual(len(parts[0]), 28)
        names = [[re.search(r"`(\w+)`", one)[1] for one in part] for part in parts]
        self.assertEqual(names[0], names[1])
        for english, dutch in zip(*parts):
            cells = [re.findall(r"^\| (.*?) \|", one, re.M) for one in (english, dutch)]
            codes = [[re.findall(r"`(.*?)`", cell) for cell in rows] for rows in cells]
            self.assertEqual(codes[0], codes[1])
            metrics = [re.findall(r"`ladder_\w+", one) for one in (english, dutch)]
            self.assertEqual(metrics[0], metrics[1])

    def keys_are_explained(self, text, heading):
        answer = self.daemon.figures().json
        shared = section(text, heading)
        for key in answer:
            self.assertIn(f"`{key}`", text)
        for name, figure in (("population", answer["population"]),
                             *answer["indicators"].items()):
            own = section(text, rf"(?:\d+ )?`{name}`: ")
            for key in self.keys(figure):
                named = f"`{key}`" in own or f"`{key}`" in shared
                # Kinds of organisation are listed once, and `1` to `6` are all rungs.
                named = named or (key.isupper() and f"`{key}`" in text) or key in "12345"
                self.assertTrue(named, f"{name}: {key}")

    def test_there_are_twenty_five_indicators_numbered_in_order(self):
        numbers = re.findall(r"^## (\d+) `(\w+)`", read("docs/indicators.md"), re.M)
        self.assertEqual([int(number) for number, _ in numbers], list(range(1, 26)))
        inside = {"ladder_position", "ladder_falls"}
        self.assertEqual([name for _, name in numbers],
                         [name for name in self.daemon.figures().json["indicators"]
                          if name not in inside])

    def test_every_metric_is_named_with_its_labels(self):
        text = read("docs/indicators.md")
        named = dict(re.findall(r"`((?:ladderd?|process)_\w+)(?:\{([^}]*)\})?`", text))
        body = self.daemon.get("/metrics", who="prometheus").body.decode()
        metrics = set(re.findall(r"^# TYPE (\w+)", body, re.M))
        metrics.add("ladderd_follower_lag_records")  # a follower's; test_follower.py reads it
        for file in sorted((ROOT / "indicators").rglob("*.c")):
            metrics |= set(re.findall(r'\{ "(ladder_\w+)"', file.read_text()))
        self.assertGreater(len(metrics), 40)
        self.assertLessEqual(metrics, set(named))
        indicators = set(self.daemon.figures().json["indicators"])
        self.assertLessEqual(set(named) - indicators, metrics, "no metric is invented")
        # A metric of figures bears its labels besides the municipality.
        events = harness.generated("--people", "60", "--years", "4", "--until", harness.day(-1))
        for place in range(0, len(events), 5000):
            self.daemon.accept(*events[place:place + 5000])

        def applied():
            # The counter is ahead of the figures, which come with the next snapshot.
            found = self.daemon.get("/metrics", who="prometheus").body.decode()
            return "\nladder_module_persons{" in found and found
        self.daemon.follow(len(events))
        body = harness.until(applied, "the figures include all events")
        shown = set(re.findall(r"^(ladder_\w+)\{", body, re.M))
        self.assertGreater(len(shown), len(indicators))
        for name, labels in re.findall(r"^(ladder_\w+)\{([^}]*)\}", body, re.M):
            own = set(re.findall(r'(\w+)="', labels)) - {"municipality"}
            said = set(re.findall(r"\w+", re.sub(r'="[^"]*"', "", named[name])))
            self.assertEqual(own, said, name)


class Changes(unittest.TestCase):
    def test_the_first_heading_is_the_version_of_the_programs(self):
        version = re.search(r"^## (\d+\.\d+\.\d+)", read("CHANGES.md"), re.M).group(1)
        for program in (harness.LADDERD, harness.LADDER):
            said = harness.run(program, "--version", check=0).stdout.decode()
            self.assertIn(f" {version}\n", said)


if __name__ == "__main__":
    unittest.main()
