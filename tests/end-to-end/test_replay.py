"""`ladder replay` for the analyst: CSV, history for Prometheus, groups, what-ifs.

What the figures are is compared with an independent computation in tests/twin; here
is what the command takes, refuses and hands to other programs.
"""

import csv
import io
import json
import shutil
import subprocess
from datetime import date, timedelta

import harness

USAGE = 64  # EX_USAGE of sysexits
COLUMNS = "as_of,known_at,municipality,indicator,figure,labels,value,low,high".split(",")
MODELS = ("CAFETARIA", "CHAIN_3D", "PARTICIPATION_COMPANY", "OTHER")
RANGE = ("--format", "openmetrics", "--from", "2024-01-01", "--to", "2025-12-31")


class Replay(harness.unittest.TestCase):
    """One store, left by a daemon that stopped."""

    longMessage = True

    @classmethod
    def setUpClass(cls):
        daemon = harness.Ladderd()
        cls.daemon = daemon
        cls.addClassCleanup(shutil.rmtree, daemon.place, True)
        daemon.start()
        try:
            events = harness.generated("--seed", 11, "--people", 150, "--years", 4, "--until",
                                     "2026-03-31", "--municipalities", 5)
            for at in range(0, len(events), 5000):
                daemon.accept(*events[at:at + 5000])
            cls.known_at = daemon.records(after=len(events) - 1)[-1]["recorded_at"]
            cls.live = daemon.figures(as_of="2025-12-31", known_at=cls.known_at).body
        finally:
            daemon.stop()

    def replay(self, *arguments):
        done = harness.ladder("replay", self.daemon.store, *arguments, check=0)
        self.assertEqual(done.stderr, b"", "no progress where no terminal is")
        return done.stdout.decode()

    def figures(self, *arguments):
        return json.loads(self.replay("--as-of", "2025-12-31", "--known-at", self.known_at,
                                      *arguments))

    def rows(self, *arguments):
        text = self.replay("--as-of", "2025-12-31", "--known-at", self.known_at, "--format",
                           "csv", *arguments)
        self.assertNotIn("\r", text)
        rows = list(csv.DictReader(io.StringIO(text), strict=True))
        self.assertEqual(list(rows[0]), COLUMNS)
        return rows

    def row(self, rows, indicator, figure, labels=""):
        found = [row for row in rows
                 if (row["indicator"], row["figure"], row["labels"]) == (indicator, figure, labels)]
        self.assertEqual(len(found), 1, (indicator, figure, labels))
        return found[0]

    # ---- what is refused

    def test_what_does_not_go_together_is_64_and_says_what(self):
        table = (
            (("--format", "tsv"), "--format must be json, csv or openmetrics"),
            (("--by", "sex"), "--by must be cohort, service_model, funding, open_hiring"),
            (("--municipality", "GM82"), "--municipality"),
            (("--from", "2025-01-01"), "--format openmetrics"),
            (("--to", "2025-01-01", "--format", "csv"), "--from and --to"),
            (("--from", "2025-01-01", "--to", "2025-12-31", "--format", "csv", "--by", "cohort"),
             "--by"),
            (("--step", "day"), "--format openmetrics"),
            (("--format", "openmetrics", "--step", "day"), "--from and --to"),
            (("--format", "openmetrics", "--as-of", "2099-01-01"), "--as-of"),
            (("--format", "openmetrics", "--to", "2025-01-01"), "--from and --to"),
            (("--format", "openmetrics", "--from", "2025-01-01"), "--from and --to"),
            (("--format", "openmetrics", "--from", "2025-02-01", "--to", "2025-01-31"),
             "--from must not be later than --to"),
            (RANGE + ("--step", "year"), "--step must be day, week, month or quarter"),
            (RANGE + ("--by", "cohort"), "--by"),
            (RANGE + ("--as-of", "2025-12-31"), "--as-of"),
            (RANGE + ("--known-at", "2025-06-01T00:00:00Z"), "--known-at"),
            (RANGE + ("--known-at", "2099-06-01T00:00:00Z"), "--known-at"),
            (("--format", "openmetrics", "--from", "2025-01-01", "--to", "2025-01-30"),
             "No month ends"),
            (("--norm-minutes", "2401"), "--norm-minutes takes a whole number from 0 to 2400"),
            (("--norm-minutes", "-1"), "--norm-minutes"),
            (("--follow-days", "29"), "--follow-days takes a whole number from 30 to 730"),
            (("--news-days", "731"), "--news-days takes a whole number from 30 to 730"),
            (("--bridge-days", "366"), "--bridge-days takes a whole number from 0 to 365"),
            (("--lasting-days", "x"), "--lasting-days takes a whole number from 30 to 1826"),
            (("--definitions", "0"), "--definitions takes a whole number from 1 to"),
            (("--definitions", "1000"), "--definitions takes a whole number from 1 to"),
            (("--window", "29"), "--window takes a whole number from 30 to 3660"),
        )
        for arguments, says in table:
            with self.subTest(arguments=arguments):
                done = harness.ladder("replay", self.daemon.store, *arguments)
                self.assertEqual(done.returncode, USAGE, done)
                self.assertEqual(done.stdout, b"")
                self.assertIn(says, done.stderr.decode())

    def test_a_history_as_csv_has_the_rows_of_each_day(self):
        """Each as known at its end; or all as known at one instant."""
        for asked in ((), ("--municipality", "each"), ("--definitions", "1")):
            done = harness.ladder("replay", self.daemon.store, "--format", "csv", "--from",
                                  "2025-02-01", "--to", "2025-12-31", "--step", "quarter", *asked,
                                  check=0)
            lines = done.stdout.decode().splitlines(True)
            wanted = lines[:1]
            found = {line.split(",")[0]: line.split(",")[1] for line in lines[1:]}
            self.assertEqual(list(found), ["2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31"])
            for as_of, known_at in found.items():
                wanted += harness.ladder(
                    "replay", self.daemon.store, "--format", "csv", "--as-of", as_of,
                    "--known-at", known_at, *asked, check=0).stdout.decode().splitlines(True)[1:]
            self.assertEqual(lines, wanted)
        log = harness.ladder("log", self.daemon.store, check=0).stdout.splitlines()
        known = json.loads(log[-1])["recorded_at"]
        done = harness.ladder("replay", self.daemon.store, "--format", "csv", "--from",
                              "2025-01-01", "--to", "2025-12-31", "--known-at", known, check=0)
        rows = [line.split(",") for line in done.stdout.decode().splitlines()[1:]]
        self.assertEqual({row[1] for row in rows}, {known})
        self.assertEqual(len({row[0] for row in rows}), 12)

    def test_a_day_that_has_not_ended_has_no_history(self):
        done = harness.ladder("replay", self.daemon.store, "--format", "openmetrics", "--from",
                            harness.day(-3), "--to", harness.day(), "--step", "day")
        self.assertEqual(done.returncode, USAGE, done)
        self.assertIn("has not ended", done.stderr.decode())
        self.replay("--format", "openmetrics", "--from", harness.day(-3), "--to", harness.day(-1),
                    "--step", "day")

    def test_help_names_every_option(self):
        text = harness.ladder("replay", "--help", check=0).stdout.decode()
        for option in ("--format", "--by", "--from", "--to", "--step", "--norm-minutes",
                       "--follow-days", "--news-days", "--bridge-days", "--lasting-days",
                       "--window", "--municipality", "--definitions"):
            self.assertIn(option, text)
        self.assertIn("promtool tsdb create-blocks-from", text)

    # ---- CSV

    def test_csv_has_one_row_a_figure(self):
        found, rows = self.figures(), self.rows()
        self.assertEqual({row["known_at"] for row in rows}, {self.known_at})
        self.assertEqual({row["as_of"] for row in rows}, {"2025-12-31"})
        # Of all municipalities together nothing is agreed.
        self.assertEqual((set(found["indicators"]) - {"agreements"}) | {"population"},
                         {row["indicator"] for row in rows})
        self.assertEqual(self.row(rows, "population", "persons")["value"],
                         str(found["population"]["persons"]))
        step = found["indicators"]["ladder_step"][2]
        within = self.row(rows, "ladder_step", "within.share", "rung=3;months=12")
        self.assertEqual([within["value"], within["low"], within["high"]],
                         ["" if x is None else "%.12g" % x for x in
                          (step["within"][1][key] for key in ("share", "low", "high"))])
        norm = self.row(rows, "participation_norm", "share")
        self.assertEqual(float(norm["low"]), found["indicators"]["participation_norm"]["low"])
        self.row(rows, "placement", "by.VOLUNTEERS.share")
        self.row(rows, "language_level", "median_days", "level=B1")
        self.row(rows, "job_durability", "lasting.share", "days=365")

    def test_each_has_a_block_for_every_municipality(self):
        places = {row["municipality"] for row in self.rows("--municipality", "each")}
        self.assertEqual(len(places), 6)
        self.assertIn("all", places)

    # ---- what if

    def test_without_a_what_if_the_bytes_are_the_daemons(self):
        self.assertEqual(self.replay("--as-of", "2025-12-31", "--known-at",
                                     self.known_at).encode(), self.live)

    def test_a_what_if_is_printed_and_changes_the_figures(self):
        plain = self.figures()
        for option, value, indicator in (
                ("norm_minutes", 2400, "participation_norm"), ("follow_days", 60, "ladder_step"),
                ("news_days", 30, "job_durability"), ("bridge_days", 0, "job_durability"),
                ("lasting_days", 30, "placement")):
            with self.subTest(option=option):
                arguments = ("--" + option.replace("_", "-"), value)
                changed = self.figures(*arguments)
                self.assertEqual(changed["what_if"], {option: value})
                self.assertNotEqual(changed["indicators"][indicator],
                                    plain["indicators"][indicator])
                rows = self.rows(*arguments)
                self.assertEqual(self.row(rows, "what_if", option)["value"], str(value))
        rows = self.rows("--window", 730)
        self.assertEqual(self.row(rows, "what_if", "window")["value"], "730")
        self.assertNotIn("what_if", self.figures("--window", 730))

    # ---- groups

    def test_cohorts_are_compared_by_log_rank(self):
        found = self.figures("--by", "cohort")
        cohorts = [group["cohort"] for group in found["groups"]]
        self.assertEqual(cohorts, sorted(cohorts))
        self.assertGreater(len(cohorts), 3)
        for group in found["groups"]:
            self.assertEqual(list(group["indicators"]),
                             ["ladder_step", "rung_reached", "job_durability"])
        test = found["comparison"]["ladder_step"][1]
        self.assertEqual(list(test), ["rung", "log_rank"])
        self.assertEqual(list(test["log_rank"]), ["statistic", "degrees_of_freedom", "p"])
        self.assertTrue(0 <= test["log_rank"]["p"] <= 1)
        whole = self.figures()["indicators"]
        self.assertEqual(sum(group["indicators"]["ladder_step"][1]["entered"]
                             for group in found["groups"]), whole["ladder_step"][1]["entered"])
        self.row(self.rows("--by", "cohort"), "job_durability", "log_rank.p")

    def test_service_models_are_compared_by_permutation_only(self):
        found = self.figures("--by", "service_model")
        self.assertLessEqual({group["service_model"] for group in found["groups"]},
                             {*MODELS, "UNSET"})
        self.assertNotIn("log_rank", json.dumps(found))
        test = found["comparison"]["ladder_step"][1]["permutation"]
        self.assertEqual(list(test["municipalities"]), list(MODELS))
        self.assertEqual(sum(test["municipalities"].values()), 5)
        self.assertTrue(test["p"] is None or test["p_least"] <= test["p"] <= 1)
        alone = self.figures("--by", "service_model", "--municipality", "GM0823")
        test = alone["comparison"]["job_durability"]["permutation"]
        self.assertEqual(sum(test["municipalities"].values()), 1)
        self.assertIsNone(test["p"])

    # ---- history

    def test_history_is_strict_openmetrics_that_promtool_takes(self):
        from prometheus_client.openmetrics.parser import text_string_to_metric_families
        text = self.replay(*RANGE, "--known-at", self.known_at, "--step", "month")
        families = list(text_string_to_metric_families(text))
        self.assertEqual(len(families), len({family.name for family in families}))
        names = {family.name for family in families}
        samples = sum(len(family.samples) for family in families)
        self.assertIn("ladder_step_climbed_ratio", names)
        self.assertTrue(all(family.type == "gauge" for family in families))
        stamps = sorted({float(sample.timestamp) for family in families for sample in family.samples})
        self.assertEqual(len(stamps), 24)
        place = self.enterContext(harness.tempfile.TemporaryDirectory())
        # promtool reads below a folder data/ of where it stands, and of no other.
        file, blocks = f"{place}/history.txt", f"{place}/data"
        with open(file, "w", encoding="utf-8") as out:
            out.write(text)
        subprocess.run(["promtool", "tsdb", "create-blocks-from", "openmetrics",
                        "--max-block-duration=744h", file, blocks], check=True, timeout=120,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # promtool asks for a write-ahead log; a history has none.
        subprocess.run(["mkdir", f"{blocks}/wal"], check=True)
        dump = subprocess.run(["promtool", "tsdb", "dump", blocks], check=True, timeout=120,
                              cwd=place, capture_output=True, text=True).stdout.splitlines()
        self.assertEqual(len(dump), samples, "no sample is dropped")
        persons = [line for line in dump
                   if line.startswith('{__name__="ladder_persons", municipality="GM0823"}')]
        self.assertEqual(len(persons), 24)
        last = self.figures("--municipality", "GM0823")["population"]["persons"]
        # 2025-12-31T23:59:59 in Amsterdam
        self.assertEqual(persons[-1].split("} ")[1], f"{last} 1767221999000")

    def test_openmetrics_of_one_reference_date_is_that_day_of_the_history(self):
        day = ("--from", "2025-12-31", "--to", "2025-12-31", "--step", "day")
        for more in ((), ("--municipality", "GM0823", "--window", 730, "--norm-minutes", 60)):
            with self.subTest(more=more):
                common = ("--format", "openmetrics", "--known-at", self.known_at, *more)
                text = self.replay(*common, "--as-of", "2025-12-31")
                self.assertEqual(text, self.replay(*common, *day))
                self.assertIn(" 1767221999\n", text)
        # As in the other formats the whole log is known unless asked.
        self.assertEqual(
            self.replay("--format", "openmetrics", "--as-of", "2025-12-31"),
            self.replay("--format", "openmetrics", "--known-at", harness.now_text(), *day))

    def test_openmetrics_without_a_date_is_of_now(self):
        from prometheus_client.openmetrics.parser import text_string_to_metric_families
        before = int(harness.time.time())
        families = list(text_string_to_metric_families(self.replay("--format", "openmetrics")))
        after = int(harness.time.time())
        for family in families:
            for sample in family.samples:
                self.assertLessEqual(before, float(sample.timestamp))
                self.assertLessEqual(float(sample.timestamp), after)
        persons = {sample.labels["municipality"]: sample.value for family in families
                   if family.name == "ladder_persons" for sample in family.samples}
        self.assertEqual(len(persons), 5)
        figures = json.loads(self.replay())
        self.assertEqual(sum(persons.values()), figures["population"]["persons"])

    def test_history_of_one_municipality_and_of_a_what_if(self):
        text = self.replay(*RANGE, "--known-at", self.known_at, "--step", "quarter",
                           "--municipality", "GM0823", "--norm-minutes", 60, "--window", 730)
        samples = [line for line in text.splitlines() if not line.startswith("#")]
        self.assertTrue(samples)
        for line in samples:
            self.assertRegex(line, r'^ladder_\w+\{municipality="GM0823",.*'
                                   r'what_if="norm_minutes=60;window=730"\} \S+ \d+$')
        self.assertEqual(len([line for line in samples if line.startswith("ladder_persons{")]), 8)

    def test_what_was_not_known_then_is_not_in_the_history(self):
        """All was pushed today: with K at the end of each day nothing was known."""
        self.assertEqual(self.replay(*RANGE), "# EOF\n")

    def test_weeks_end_on_sundays(self):
        text = self.replay("--format", "openmetrics", "--from", "2025-01-01", "--to", "2025-01-31",
                           "--step", "week", "--known-at", self.known_at)
        stamps = sorted({int(line.split()[-1]) for line in text.splitlines()
                         if not line.startswith("#")})
        days = [date(1970, 1, 1) + timedelta(seconds=stamp) for stamp in stamps]
        self.assertEqual([day.isoformat() for day in days],
                         ["2025-01-05", "2025-01-12", "2025-01-19", "2025-01-26"])


if __name__ == "__main__":
    harness.unittest.main()
