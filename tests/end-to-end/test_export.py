"""`ladder export`: what a store has at (P, K) as tables, from which anybody reckons our figures."""

import csv
import ctypes
import fcntl
import json
import os
import random
import resource
import signal
import sqlite3
import stat
import subprocess

import harness
from harness import ABSENT, LADDER, assessed, event, fresh, ladder, retraction, settled

HALF = 0.5 - 1e-9


class Place(harness.OwnDaemon):
    """A folder to export to, and a daemon that is there only to fill a store."""

    def setUp(self):
        super().setUp()
        self.here = self.place()

    def store(self, *events, **daemon):
        self.daemon = self.ladderd(**daemon)
        for first in range(0, len(events), 10_000):
            self.daemon.accept(*events[first:first + 10_000])
        return self.daemon.store

    def export(self, store, *options, name=None):
        """The rows of an export in SQLite: a connection to it."""
        path = self.here / (name or fresh("base"))
        ladder("export", *options, store, path, check=0)
        base = sqlite3.connect(path)
        base.row_factory = sqlite3.Row
        self.addCleanup(base.close)
        return base


def tables(base):
    return [name for name, in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]


def rows(base, query, *values):
    return [dict(row) for row in base.execute(query, values)]


def events_of(base):
    """All events but for the numbers of the export: (type, occurred_on, municipality)."""
    return sorted((row["type"], row["occurred_on"], row["municipality"])
                  for row in base.execute("SELECT * FROM events"))


class Curve:
    """An analyst's own Aalen-Johansen, of the definition in spec/indicators.md."""

    def __init__(self, spells, at_risk_min):
        self.spells = [one for one in spells if one[1] > one[0]]
        self.last = max((one[1] for one in self.spells), default=None)
        self.start = 0
        if at_risk_min:
            days = range(1, (self.last or 0) + 1)
            self.start = next((day for day in days if self.at_risk(day) >= at_risk_min), None)
        self.steps = []  # day, survival and incidence of cause 1 from it on
        survival, incidence = 1.0, 0.0
        for day in sorted({end for _, end, cause in self.spells if cause}):
            if self.start is None or day < self.start:
                continue
            n = self.at_risk(day)
            ended = [cause for _, end, cause in self.spells if end == day and cause]
            incidence += survival * ended.count(1) / n
            survival *= 1 - len(ended) / n
            self.steps.append((day, survival, incidence))

    def at_risk(self, day):
        return sum(entry < day <= end for entry, end, _ in self.spells)

    def at(self, day):
        """Survival and incidence; None where nothing can be said."""
        if self.last is None or self.start is None or day < self.start:
            return None
        survival, incidence = next(
            ((s, i) for known, s, i in reversed(self.steps) if known <= day), (1.0, 0.0))
        over = self.last if day > self.last else None
        return None if over is not None and survival > 1e-9 else (survival, incidence)

    def value(self, shows, day):
        known = self.at(day)
        if known is None:
            return None
        survival, incidence = known
        return {"survival": survival, "1 - survival": 1 - survival,
                "incidence of cause 1": incidence}[shows]

    def median(self, shows):
        return next((day for day, survival, incidence in self.steps
                     if (incidence if shows.startswith("inc") else 1 - survival) >= HALF), None)


def shown(answer, curve):
    """Of an answer of `ladder replay`: the estimates of a curve, and its half-time."""
    name, _, which = curve.partition("/")
    figure = answer["indicators"][name]
    if isinstance(figure, list):
        figure, = [one for one in figure if str(next(iter(one.values()))) == which]
    elif which:
        figure = figure[which]
    return figure.get("within", figure.get("lasting")), figure.get("median_days", ABSENT)


class Curves(Place):
    def test_whoever_fits_the_spells_gets_our_figures_of_every_curve(self):
        seed = harness.seed() % 10 ** 6
        store = self.store(*harness.generated("--people", "150", "--years", "4", "--seed", seed,
                                              "--municipalities", "2", "--until", "2026-03-31"))
        as_of = random.Random(seed).choice(("2025-06-30", "2026-03-31"))
        numbers = 0
        for definitions in ("1", "2"):
            options = ("--as-of", as_of, "--definitions", definitions)
            base = self.export(store, *options)
            kinds = rows(base, "SELECT * FROM curves")
            self.assertEqual(len(kinds), 14 if definitions == "1" else 24)
            answers = ladder("replay", *options, "--municipality", "each", store, check=0)
            for line in answers.stdout.splitlines():
                answer = json.loads(line)
                for kind in kinds:
                    numbers += self.fits(base, answer, kind)
        self.assertGreater(numbers, 150)

    def fits(self, base, answer, kind):
        place = answer["municipality"]
        spells = [tuple(row) for row in base.execute(
            "SELECT entry, exit, cause FROM spells WHERE curve = ? AND ? IN ('all', municipality)",
            (kind["curve"], place))]
        curve = Curve(spells, kind["at_risk_min"])
        estimates, median = shown(answer, kind["curve"])
        for one in estimates:
            mine = curve.value(kind["shows"], one["days"])
            where = (kind, place, one, mine)
            self.assertEqual(mine is None, one["share"] is None, where)
            if mine is not None:
                self.assertLess(abs(round(mine, 6) - one["share"]), 1e-9 + 1e-6 * (
                    abs(mine * 1e6 % 1 - 0.5) < 1e-6), where)
        if median is not ABSENT:
            self.assertEqual(curve.median(kind["shows"]), median, (kind, place))
        return sum(one["share"] is not None for one in estimates)

    def test_the_figures_are_those_of_replay_row_by_row(self):
        store = self.store(*harness.generated("--people", "60", "--years", "3", "--seed", "5",
                                              "--until", "2025-12-31"))
        options = ("--as-of", "2025-12-31", "--window", "100")
        printed = ladder("replay", *options, "--known-at", harness.now_text(-1000),
                         "--municipality", "each", "--format", "csv", store, check=0).stdout
        known = csv.DictReader(printed.decode().splitlines())
        ours = list(known)
        base = self.export(store, *options, "--known-at", ours[0]["known_at"])
        theirs = rows(base, "SELECT * FROM figures")
        self.assertEqual(len(theirs), len(ours))

        def number(text):
            try:
                return float(text)
            except ValueError:
                return text or None
        for mine, yours in zip(theirs, ours):
            for name in yours:
                value = number(yours[name]) if name in ("value", "low", "high") else yours[name]
                self.assertEqual(mine[name], value if value != "" else None, (mine, yours))

    def test_a_csv_folder_has_the_tables_of_the_file(self):
        store = self.store(*harness.generated("--people", "40", "--years", "2", "--seed", "6",
                                              "--until", "2025-12-31"))
        known = ("--known-at", ladder("replay", "--format", "csv", store).stdout.split(b",")[9]
                 .decode())
        base = self.export(store, *known)
        folder = self.here / "tables"
        ladder("export", "--format", "csv", *known, store, str(folder) + "/", check=0)
        self.assertEqual(sorted(path.name for path in folder.iterdir()),
                         sorted(name + ".csv" for name in tables(base)))
        for name in tables(base):
            with open(folder / f"{name}.csv", encoding="utf-8", newline="") as file:
                read = list(csv.reader(file))
            columns = [row["name"] for row in base.execute(f'PRAGMA table_info("{name}")')]
            self.assertEqual(read[0], columns)
            told = [row for row in base.execute(f'SELECT * FROM "{name}"')]
            self.assertEqual(len(read) - 1, len(told), name)
            if name in ("figures", "curves", "export"):
                continue
            # Chance has numbered them otherwise: what is left is the same.
            mine = [place for place, column in enumerate(columns)
                    if column not in ("event", "person", "worker")
                    and not column.endswith("_ref")]
            booleans = {row["name"] for row in base.execute(f'PRAGMA table_info("{name}")')
                        if row["type"] == "BOOLEAN"}

            def text(column, value):
                if value is None:
                    return ""
                return ("false", "true")[value] if column in booleans else str(value)
            self.assertEqual(sorted([row[place] for place in mine] for row in read[1:]),
                             sorted([text(columns[place], row[place]) for place in mine]
                                    for row in told), name)


class What(Place):
    def test_events_are_those_effective_at_the_reference_date_and_the_state_of_knowledge(self):
        who, key = fresh("s"), fresh("k")
        gone = assessed(who, "2025-03-01", 1)
        store = self.store(
            settled(who, "2025-01-01"),
            event("person_registered", {"birth_year": 1990}, subject=who,
                  occurred_on="2026-02-01"),
            assessed(who, "2025-02-01", 2, key=key), gone,
            assessed(who, "2025-08-01", 4),
            event("service_model_set", {"model": "OTHER"}, occurred_on="2025-01-01"))
        before = self.daemon.records()[-1]["recorded_at"]
        self.daemon.accept(assessed(who, "2025-02-01", 3, key=key), retraction(gone["id"]),
                           assessed(who, "2025-05-01", 5))
        fixed = [("municipality_settled", "2025-01-01", "GM0823"),
                 ("person_registered", "2026-02-01", "GM0823"),
                 ("service_model_set", "2025-01-01", "GM0823")]
        rung = [("ladder_assessed", day, "GM0823") for day in
                ("2025-02-01", "2025-03-01", "2025-05-01", "2025-08-01")]
        cases = (
            (("--known-at", before), [rung[0], rung[1], rung[3]], [2, 1, 4]),
            ((), [rung[0], rung[2], rung[3]], [3, 5, 4]),
            (("--as-of", "2025-06-30"), [rung[0], rung[2]], [3, 5]),
            (("--as-of", "2025-06-30", "--known-at", before), [rung[0], rung[1]], [2, 1]))
        for options, assessments, rungs in cases:
            with self.subTest(options=options):
                base = self.export(store, *options)
                self.assertEqual(events_of(base), sorted(fixed + assessments))
                self.assertEqual([row["rung"] for row in base.execute(
                    "SELECT rung FROM ladder_assessed ORDER BY event")], rungs)
                about, = rows(base, "SELECT * FROM export")
                self.assertEqual((about["people"], about["events"]),
                                 (1, len(fixed) + len(assessments)))
                person, = rows(base, "SELECT * FROM people")
                self.assertEqual((person["birth_year"], person["settled_on"], person["lives_in"],
                                  person["in_population"]), (1990, "2025-01-01", "GM0823", 1))

    def test_every_field_of_every_type_is_a_column_with_its_value(self):
        who = fresh("s")

        def of(kind, body, **more):
            return event(kind, body, subject=who, occurred_on="2025-03-01", **more)
        sent = [
            of("intake_done", {"domains": ["LANGUAGE", "WORK"]}),
            of("plan_signed", {"has_main_goal": True, "has_own_ambition": False,
                               "has_language_part": True, "has_participation_part": False,
                               "longest_horizon_months": 12, "route": "B1"}),
            of("activity_logged", {"kind": "SPORT", "minutes": 30, "provider": "WELFARE"}),
            of("target_set", {"weekly_minutes": 60, "until": "2027-01-01"}),
            of("job_started", {"job_ref": "2025-03-01a", "funding": "SUBSIDISED",
                               "hours_per_week": 20, "open_hiring": True,
                               "matches_ambition": "PARTLY"}),
            of("job_confirmed", {"job_ref": "2025-03-01a"}),
            of("job_started", {"job_ref": "other", "funding": "FULLY_PAID", "hours_per_week": 8}),
            of("contact_held", {"by": "CASE_MANAGER", "two_way": True, "worker": "kim-7"}),
            of("contact_person_assigned", {"worker": "kim-7"}),
            event("contact_held", {"by": "VOLUNTEER", "two_way": False}, subject=fresh("s")),
            event("contact_person_assigned", {"worker": "bo-2"}, subject=fresh("s")),
            event("agreement_made", {"figure": "RUNG_HALF_TIME", "comparison": "AT_MOST",
                                     "value": 300, "by": "2027-03-31", "with": "isd", "rung": 2},
                  occurred_on="2025-03-01"),
            event("report_published", {"as_of": "2025-12-31"}, occurred_on="2026-03-01"),
        ]
        base = self.export(self.store(*sent))
        bodies = {field.name: [inner.name for inner in field.message_type.fields]
                  for field in harness.proto().Event.DESCRIPTOR.oneofs[0].fields
                  if field.name not in ("event_retracted", "erased", "restricted", "unrestricted")}
        self.assertEqual(set(bodies), set(tables(base)) - {"export", "people", "spells", "curves",
                                                           "figures"})
        for name, fields in bodies.items():
            columns = [row["name"] for row in base.execute(f'PRAGMA table_info("{name}")')]
            self.assertEqual(columns, ["event", *(["person"] if name not in harness.NO_SUBJECT
                                                  else []),
                                       "municipality", "occurred_on", "recorded_on", "partner",
                                       *fields])

        def only(name):
            row, = rows(base, f"SELECT * FROM {name} ORDER BY event")
            self.assertEqual((row["partner"], row["recorded_on"]), ("isd", harness.day()))
            return row
        self.assertEqual(only("intake_done")["domains"], "WORK;LANGUAGE")
        plan = only("plan_signed")
        self.assertEqual([plan[name] for name in bodies["plan_signed"]], [1, 0, 1, 0, 12, "B1"])
        self.assertEqual(only("activity_logged")["activity_ref"], None)
        self.assertEqual(only("target_set")["until"], "2027-01-01")
        jobs = rows(base, "SELECT * FROM job_started ORDER BY event")
        self.assertEqual(only("job_confirmed")["job_ref"],
                         [job["job_ref"] for job in jobs if job["funding"] == "SUBSIDISED"][0])
        self.assertEqual(sorted(job["job_ref"] for job in jobs), [1, 2])
        self.assertEqual(sorted((job["open_hiring"], job["matches_ambition"]) for job in jobs
                                if job["open_hiring"] is not None), [(1, "PARTLY")])
        workers = {row["person"]: row["worker"] for row in base.execute(
            "SELECT * FROM contact_person_assigned")}
        self.assertEqual(sorted(workers.values()), [1, 2])
        for row in base.execute("SELECT * FROM contact_held"):
            self.assertEqual(row["worker"], workers.get(row["person"]) if row["two_way"] else None)
        self.assertEqual(only("agreement_made")["with"], "isd")
        self.assertEqual(only("report_published")["as_of"], "2025-12-31")

    def test_who_is_restricted_or_erased_is_not_in_it(self):
        people = [fresh("s") for _ in range(3)]
        store = self.store(*(assessed(one, "2025-03-0%d" % (place + 1), 3)
                             for place, one in enumerate(people)))
        ladder("restrict", "--subject", people[0], store, check=0)
        ladder("erase", "--subject", people[1], store, check=0)
        base = self.export(store)
        self.assertEqual(events_of(base), [("ladder_assessed", "2025-03-03", "GM0823")])
        self.assertEqual(rows(base, "SELECT count(*) AS n FROM people"), [{"n": 1}])

    def test_of_one_municipality_there_is_nothing_of_another(self):
        moved, elsewhere = fresh("s"), fresh("s")
        store = self.store(
            settled(moved, "2025-01-01", "GM0823"), assessed(moved, "2025-02-01", 1, "GM0823"),
            settled(moved, "2025-06-01", "GM0753"), assessed(moved, "2025-07-01", 2, "GM0753"),
            settled(elsewhere, "2025-01-01", "GM0753"),
            assessed(elsewhere, "2025-02-01", 1, "GM0753"))
        base = self.export(store, "--municipality", "GM0823")
        self.assertEqual({row[2] for row in events_of(base)}, {"GM0823"})
        self.assertEqual(rows(base, "SELECT DISTINCT municipality AS m FROM spells"),
                         [{"m": "GM0823"}])
        self.assertEqual(rows(base, "SELECT DISTINCT municipality AS m FROM figures"),
                         [{"m": "GM0823"}])
        self.assertEqual(rows(base, "SELECT home, lives_in, in_population FROM people"),
                         [{"home": "GM0823", "lives_in": None, "in_population": 0}])
        there = self.export(store, "--municipality", "GM0753")
        self.assertEqual(sorted(map(tuple, there.execute("SELECT home, lives_in FROM people")),
                                key=str),
                         [("GM0753", "GM0753"), (None, "GM0753")])


class Names(Place):
    def test_no_name_of_a_person_an_event_a_job_or_a_worker_is_in_it(self):
        events = [event("job_started", {"job_ref": fresh("j"), "funding": "SUBSIDISED",
                                        "hours_per_week": 20}, key=fresh("k")),
                  event("contact_held", {"by": "CASE_MANAGER", "two_way": True,
                                         "worker": fresh("w")}),
                  event("activity_logged", {"kind": "SPORT", "minutes": 3, "provider": "WELFARE",
                                            "activity_ref": fresh("a")}),
                  event("referral_made", {"to": "VWN", "referral_ref": fresh("r")}),
                  event("sanction_imposed", {"sanction_ref": fresh("x"), "regime": "PWET"})]
        store = self.store(*events)
        names = [one for each in events for one in
                 (each["id"], each["subject"], each.get("key", each["id"]),
                  *(value for body in each.values() if isinstance(body, dict)
                    for name, value in body.items() if name.endswith(("_ref", "worker"))))]
        instants = [record["recorded_at"] for record in self.daemon.records()]
        ladder("export", store, self.here / "base", check=0)
        ladder("export", "--format", "csv", store, self.here / "folder", check=0)
        # K is the instant of the question; those of records are names of theirs.
        held = (self.here / "base").read_bytes() + b"".join(
            path.read_bytes() for path in (self.here / "folder").iterdir())
        self.assertIn(b"SUBSIDISED", held)
        for name in (*names, *instants):
            self.assertNotIn(name.encode(), held)

    def test_two_exports_number_people_apart(self):
        store = self.store(*(event("person_registered", {"birth_year": 1940 + place})
                             for place in range(60)))

        def order(base):
            return [row["birth_year"] for row in
                    base.execute("SELECT * FROM person_registered ORDER BY person")]
        first, second = order(self.export(store)), order(self.export(store))
        self.assertEqual(sorted(first), list(range(1940, 2000)))
        self.assertNotEqual(first, sorted(first))
        self.assertNotEqual(first, second)
        self.assertEqual(sorted(second), sorted(first))


class Files(Place):
    def test_it_is_its_owners_alone(self):
        store = self.store(event())
        self.addCleanup(os.umask, os.umask(0))
        ladder("export", store, self.here / "base", check=0)
        ladder("export", "--format", "csv", store, self.here / "folder", check=0)
        self.assertEqual(stat.S_IMODE((self.here / "base").stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE((self.here / "folder").stat().st_mode), 0o700)
        for path in (self.here / "folder").iterdir():
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)

    def test_what_is_there_is_not_written_over(self):
        store = self.store(event())
        file, folder, link = (self.here / name for name in ("file", "folder", "link"))
        file.write_text("mine")
        folder.mkdir()
        link.symlink_to(self.here / "nowhere")
        for there in (file, folder, link):
            for form in ("sqlite", "csv"):
                done = ladder("export", "--format", form, store, there, check=73)
                self.assertIn(b"is there already", done.stderr)
        self.assertEqual(file.read_text(), "mine")
        self.assertEqual(sorted(path.name for path in self.here.iterdir()),
                         ["file", "folder", "link"])

    def test_what_was_cut_off_is_taken_away_and_who_still_writes_is_left(self):
        store = self.store(event())
        left = self.here / "base.unfinished-export"
        for there in ("file", "folder"):
            if there == "file":
                left.write_text("half")
            else:
                left.mkdir()
                (left / "people.csv").write_text("half")
            ladder("export", store, self.here / "base", check=0)
            self.assertFalse(left.exists())
            (self.here / "base").unlink()
        left.write_text("half")
        with open(left, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            done = ladder("export", store, self.here / "base", check=73)
        self.assertIn(b"another export writes it", done.stderr)
        self.assertEqual(left.read_text(), "half")

    def test_a_name_is_a_name_and_no_address(self):
        store = self.store(event(key="k"))
        other = sqlite3.connect(self.here / "other")
        self.addCleanup(other.close)
        other.execute("CREATE TABLE mine (x)")
        other.commit()
        # To SQLite, which reads addresses: the file "other", with a parameter that it does not know.
        for name in ("file:other?a=b", "file:base", ":memory:", "a%20b#c", "-- ;'\""):
            with self.subTest(name=name):
                harness.run("sh", "-c", f'cd {self.here} && exec {LADDER} export {store} -- "$0"',
                            name, check=0)
                base = sqlite3.connect(self.here / name)
                self.assertEqual(base.execute("SELECT events FROM export").fetchall(), [(1,)])
                base.close()
        self.assertEqual([name for name, in other.execute("SELECT name FROM sqlite_master")],
                         ["mine"])

    @harness.in_long_form
    def test_nothing_is_written_elsewhere(self):
        """So many events of one type that an index made of them at once is sorted in files."""
        store = self.store(*(event(subject=f"p-{number % 10}") for number in range(90_000)))
        elsewhere = self.here / "elsewhere"
        elsewhere.mkdir()
        libc = ctypes.CDLL(None)
        watch = libc.inotify_init1(os.O_NONBLOCK)
        self.addCleanup(os.close, watch)
        create = 0x100
        self.assertNotEqual(libc.inotify_add_watch(watch, bytes(elsewhere), create), -1)
        ladder("export", store, self.here / "base", check=0,
               env={**os.environ, "SQLITE_TMPDIR": str(elsewhere)})
        with self.assertRaises(BlockingIOError):
            os.read(watch, 4096)
        (elsewhere / "seen").touch()
        self.assertTrue(os.read(watch, 4096))

    def test_a_pipe_in_its_place_is_not_waited_for(self):
        store = self.store(event())
        os.mkfifo(self.here / "base.unfinished-export")
        done = subprocess.run([LADDER, "export", store, self.here / "base"], timeout=20,
                              capture_output=True)
        self.assertEqual(done.returncode, 0, done)

    def test_a_full_disk_leaves_nothing(self):
        store = self.store(*harness.generated("--people", "40", "--years", "2", "--seed", "8",
                                              "--until", "2025-12-31"))

        def small():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        # Its access log is no part of it.
        self.daemon.stop()
        for form in ("sqlite", "csv"):
            self.daemon.access_log.unlink(missing_ok=True)
            done = subprocess.run([LADDER, "export", "--format", form, self.daemon.store,
                                   self.here / "out"], capture_output=True, timeout=60,
                                  preexec_fn=small)
            self.assertEqual(done.returncode, 74, done)
            self.assertIn(b"There is no export", done.stderr)
            self.assertEqual(list(self.here.iterdir()), [])

    def test_a_signal_leaves_nothing(self):
        store = self.store(*harness.generated("--people", "150", "--years", "4", "--seed", "8",
                                              "--until", "2025-12-31"))
        cut = 0
        for _ in range(40):
            process = subprocess.Popen([LADDER, "export", store, self.here / "out"],
                                       stderr=subprocess.PIPE)
            harness.until(lambda: process.poll() is not None or list(self.here.iterdir()),
                          "it writes, or has written")
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)
            self.assertFalse((self.here / "out.unfinished-export").exists())
            if process.returncode == -signal.SIGTERM and not (self.here / "out").exists():
                cut += 1
                break
            self.assertTrue((self.here / "out").exists())
            (self.here / "out").unlink()
        self.assertEqual(cut, 1)

    def test_wrong_use_is_told(self):
        store = self.store(event())
        for code, words, arguments in (
                (64, b"Too few operands", (store,)),
                (64, b"--municipality must be", ("--municipality", "each", store, "x")),
                (64, b"--municipality must be", ("--municipality", "GM82", store, "x")),
                (64, b"--format must be", ("--format", "xlsx", store, "x")),
                (64, b"--as-of must not be later", ("--as-of", harness.day(2), store, "x")),
                (64, b"--known-at must not be later", ("--known-at", "2999-01-01T00:00:00Z",
                                                       store, "x")),
                (64, b"--known-at must be", ("--known-at", "today", store, "x")),
                (64, b"--definitions takes", ("--definitions", "3", store, "x")),
                (66, b"nowhere", (self.here / "nowhere", self.here / "x")),
                (73, b"cannot be made", (store, self.here / "none/x"))):
            with self.subTest(arguments=arguments):
                done = ladder("export", *arguments, check=code)
                self.assertIn(words, done.stderr)
                self.assertIn(b"ladder export: ", done.stderr)

    def test_an_empty_store_gives_tables_without_rows(self):
        base = self.export(self.store())
        self.assertEqual(rows(base, "SELECT * FROM events"), [])
        self.assertEqual(rows(base, "SELECT people, events, spells FROM export"),
                         [{"people": 0, "events": 0, "spells": 0}])


class Looks(Place):
    def test_who_is_exported_stands_in_the_access_log(self):
        people = [fresh("s") for _ in range(3)]
        store = self.store(*(assessed(one, "2025-03-01", 3, key=fresh("k")) for one in people),
                           assessed(fresh("s"), "2025-03-01", 3, "GM0753"))
        before = len(self.daemon.spans())
        self.export(store, "--municipality", "GM0823")
        from test_access_log import looked
        spans = looked(self.daemon.spans()[before:])
        self.assertEqual(sorted(whom for _, _, whom in spans), sorted(people))
        self.assertEqual({what for _, what, _ in spans}, {"ladder export"})

    def test_when_that_cannot_be_written_there_is_no_export(self):
        store = self.store(event())
        self.daemon.stop()
        self.daemon.access_log.unlink(missing_ok=True)
        self.daemon.access_log.symlink_to("/dev/full")
        done = ladder("export", store, self.here / "out", check=74)
        self.assertIn(b"store.access.ndjson", done.stderr)
        self.assertEqual(list(self.here.iterdir()), [])

    def test_the_audit_has_a_line(self):
        done = ladder("export", self.store(event()), self.here / "out", check=0)
        line, = [json.loads(one) for one in done.stderr.splitlines() if one.startswith(b"{")]
        self.assertEqual((line["what"], line["outcome"]), ("ladder export", "done"))
        self.assertEqual(done.stdout, b"")
