#!/usr/bin/python3
"""Laws that hold for every log, shown on the program with random nasty histories.

RECORDS is the helper that loads records with their stamps; `ladderd` and `ladder` lie
beside it. The seeds are printed; LADDERD_SEEDS="1 2 3" chooses others.
LADDERD_COMPILERS=1 builds the helper with gcc and clang, -O0 and -O2, and compares bytes
(`make compilers`): it takes minutes.
"""
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import unittest
from datetime import date, datetime, timedelta, timezone

import histories
import test_twin
from intruder import counts_of
from municipalities import RECORDS, Store

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BESIDE = os.path.dirname(os.path.abspath(RECORDS))
SEEDS = [int(s) for s in os.environ.get("LADDERD_SEEDS", "").split()] or \
    [random.SystemRandom().randrange(10 ** 6) for _ in range(3)]
COMPILERS = os.environ.get("LADDERD_COMPILERS") == "1"


def restamped(records, end):
    """The same records, all recorded after `end`, a microsecond apart: the order says all."""
    first = datetime(end.year, end.month, end.day, 20, tzinfo=timezone.utc)
    return [dict(r, seq=n, recorded_at=(first + timedelta(microseconds=n)).strftime(
        "%Y-%m-%dT%H:%M:%S.%fZ")) for n, r in enumerate(records, 1)]


def questions_of(history, known_at, number=6):
    """Some of the history's questions, asked of what is known at one instant."""
    return [dict(q, known_at=known_at) for q in history.questions(number)]


def without_time(line):
    """The figures without what depends on when the records came."""
    figures = json.loads(line)
    del figures["known_at"], figures["indicators"]["data_quality"]
    return json.dumps(figures)


class Laws(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        print("seeds:", *SEEDS)
        cls.histories = [(seed, histories.History(seed, 40, 4)) for seed in SEEDS]

    def store(self, records):
        store = Store(records)
        self.addCleanup(store.close)
        return store

    def test_the_order_of_arrival_changes_nothing(self):
        """Stamped alike, not a byte: neither the data quality. Rows that a key or a
        retraction ties together keep their own order, for that order is what they say."""
        rearranged = test_twin.Laws("rearranged").rearranged
        for seed, history in self.histories:
            one = restamped(history.records, history.end)
            other = restamped(rearranged(history.records, random.Random(seed)), history.end)
            self.assertNotEqual([r["event"] for r in one], [r["event"] for r in other])
            self.assertEqual(sorted(json.dumps(r["event"]) for r in one),
                             sorted(json.dumps(r["event"]) for r in other))
            questions = questions_of(history, one[-1]["recorded_at"])
            stores = [self.store(one), self.store(other)]
            for round_to in (0, 5):
                self.assertEqual(*[s.figures(questions, round_to) for s in stores], seed)

    def test_only_what_depends_on_k_changes_with_the_stamps(self):
        for seed, history in self.histories:
            late = restamped(history.records, history.end)
            questions = questions_of(history, late[-1]["recorded_at"])
            known = [dict(q, known_at=history.records[-1]["recorded_at"]) for q in questions]
            self.assertEqual(
                [without_time(x) for x in self.store(history.records).figures(known)],
                [without_time(x) for x in self.store(late).figures(questions)], seed)

    def test_what_is_added_later_leaves_the_bytes_of_an_old_k(self):
        for seed, history in self.histories:
            chance = random.Random(seed)
            records = history.records
            cut = chance.randrange(len(records) // 3, len(records) - 20)
            known_at = records[cut - 1]["recorded_at"]
            zone_day = datetime.strptime(known_at, "%Y-%m-%dT%H:%M:%S.%fZ").date()
            questions = [dict(q, known_at=known_at, as_of=min(q["as_of"], zone_day.isoformat()))
                         for q in history.questions(8)]
            begun = self.store(records[:cut])
            later = records[cut:]
            self.assertTrue([r for r in later if "event_retracted" in r["event"]])
            keys = {(r["partner"], r["event"]["key"]) for r in records[:cut] if "key" in r["event"]}
            self.assertTrue([r for r in later
                             if (r["partner"], r["event"].get("key")) in keys], seed)
            whole = self.store(records)
            for round_to in (0, 5):
                self.assertEqual(begun.figures(questions, round_to),
                                 whole.figures(questions, round_to), (seed, cut))

    def test_what_adds_up_over_municipalities_is_the_figure_of_all(self):
        """Every count has one home; but a person who was sanctioned in two counts in both,
        and in all of them once."""
        for seed, history in self.histories:
            store = self.store(history.records)
            places = sorted({r["event"]["municipality"] for r in history.records})
            for question in questions_of(history, history.records[-1]["recorded_at"], 4):
                answers = [json.loads(line) for line in store.figures(
                    [dict(question, municipality=m) for m in ["all", *places]])]
                whole, *parts = [self.additive(figures) for figures in answers]
                people = "sanctions.people"
                self.assertLessEqual(max(part[people] for part in parts), whole[people])
                self.assertGreaterEqual(sum(part[people] for part in parts), whole[people])
                for name, value in whole.items():
                    if name != people:
                        self.assertAlmostEqual(value, sum(part[name] for part in parts), 4,
                                               (seed, question, name))

    def additive(self, figures):
        counts = {name: value for name, value in counts_of(figures, growing=True).items()
                  # Of all municipalities together nothing is agreed.
                  if not name.endswith(("from_days", "to_days"))
                  and not name.startswith("agreements") and not isinstance(value, str)}
        for indicator in ("ladder_falls", "sanctions"):
            counts[indicator + ".person_years"] = figures["indicators"][indicator]["person_years"]
        return counts


class FrontDoor(unittest.TestCase):
    """The same through HTTP: batches, duplicates."""

    def setUp(self):
        os.environ.setdefault("LADDERD", os.path.join(BESIDE, "ladderd"))
        os.environ.setdefault("LADDER", os.path.join(BESIDE, "ladder"))
        folder = os.path.join(ROOT, "tests", "end-to-end")
        if folder not in sys.path:
            sys.path.append(folder)
        import harness
        self.harness = harness

    def daemon(self):
        # Names of partners are as free as identifiers; the order of a day needs them as such.
        # What publishes is in no star: the section names each municipality.
        rights = {"municipalities": "*, " + ", ".join(histories.MUNICIPALITIES)}
        daemon = self.harness.Ladderd({name: rights for name in histories.PARTNERS})
        self.addCleanup(shutil.rmtree, daemon.place, True)
        self.addCleanup(daemon.kill)
        return daemon.start()

    def test_neither_splitting_nor_duplicates_change_a_figure(self):
        seed = SEEDS[0]
        while True:
            history = histories.History(seed, 40, 4)
            if history.end < date.today():
                break
            seed += 1
        print("seed:", seed)
        chance = random.Random(seed)
        single = Store(history.records)
        self.addCleanup(single.close)
        rows = {name: [r["event"] for r in history.records if r["partner"] == name]
                for name in histories.PARTNERS}
        whole, split = self.daemon(), self.daemon()
        for name, events in rows.items():
            if events:
                whole.accept(*events, who=name)
        self.push_split(split, rows, chance)
        questions = questions_of(history, history.records[-1]["recorded_at"], 8)
        expected = [without_time(line) for line in single.figures(questions)]
        for daemon in (whole, split):
            asked = [daemon.figures(as_of=q["as_of"], municipality=q["municipality"],
                                    window=q["window"]).body for q in questions]
            self.assertEqual([without_time(line) for line in asked], expected, seed)
            daemon.stop()

    def push_split(self, daemon, rows, chance):
        """Batches of any size, the partners by turns, many sent twice, some much later."""
        left = {name: list(events) for name, events in rows.items()}
        sent, duplicates = [], 0
        while any(left.values()):
            name = chance.choice([n for n, events in left.items() if events])
            size = chance.choice([1, 2, 7, 50])
            batch, left[name] = left[name][:size], left[name][size:]
            daemon.accept(*batch, who=name)
            sent.append((name, batch))
            if chance.random() < 0.3:
                name, batch = chance.choice(sent)
                result = daemon.push(batch, name)
                self.assertEqual((result["accepted"], result["duplicates"]), (0, len(batch)))
                duplicates += len(batch)
        self.assertGreater(duplicates, 10)


@unittest.skipUnless(COMPILERS, "takes minutes: make compilers")
class Compilers(unittest.TestCase):
    def build(self, place, compiler, level):
        build = os.path.join(place, compiler + level)
        # No fortification without optimisation; warnings are another test's.
        done = subprocess.run(
            ["make", "--no-print-directory", "-C", ROOT, "-j2", "BUILD=" + build,
             "VARIANT=release", "CC=" + compiler, "CFLAGS_release=-w -fPIE " + level,
             build + "/release/records"], capture_output=True, text=True, timeout=900)
        self.assertEqual(done.returncode, 0, done.stderr[-3000:])
        return os.path.join(build, "release", "records")

    def test_gcc_and_clang_with_and_without_optimisation_print_the_same_bytes(self):
        missing = [name for name in ("gcc", "clang") if shutil.which(name) is None]
        if missing:
            self.skipTest("not installed: " + ", ".join(missing))
        place = tempfile.mkdtemp(prefix="ladderd-compilers-")
        self.addCleanup(shutil.rmtree, place, True)
        programs = {(compiler, level): self.build(place, compiler, level)
                    for compiler in ("gcc", "clang") for level in ("-O0", "-O2")}
        print("seeds:", *SEEDS)
        logs = [(seed, histories.History(seed, 60, 4)) for seed in SEEDS]
        for what, records, questions in self.examples() + [
                (seed, history.records, history.questions(20)) for seed, history in logs]:
            said = {how: self.answers(program, records, questions)
                    for how, program in programs.items()}
            first = said["gcc", "-O2"]
            self.assertGreater(len(first), 1000)
            for how, bytes_said in said.items():
                self.assertEqual(bytes_said, first, (what, how))

    def examples(self):
        found = []
        for path, texts in test_twin.examples():
            with open(path, encoding="utf-8") as f:
                records = [json.loads(line) for line in f]
            found.append((path, records, [json.loads(text) for text in texts]))
        return found

    def answers(self, program, records, questions):
        """All profiles of all questions, from a store that the same program made."""
        folder = tempfile.mkdtemp(prefix="ladderd-laws-")
        try:
            log = os.path.join(folder, "records.ndjson")
            with open(log, "w", encoding="utf-8") as f:
                f.writelines(json.dumps(r, separators=(",", ":")) + "\n" for r in records)
            store = os.path.join(folder, "store")
            subprocess.run([program, "load", log, store], check=True, timeout=120)
            lines = "".join("%(as_of)s %(known_at)s %(municipality)s %(window)d" % q
                            + " %d\n" % q.get("definitions", 2) for q in questions)
            return b"".join(subprocess.run(
                [program, "figures", store, str(round_to)], input=lines.encode(),
                capture_output=True, check=True, timeout=120).stdout for round_to in (0, 5, 10))
        finally:
            shutil.rmtree(folder)


if __name__ == "__main__":
    unittest.main()
