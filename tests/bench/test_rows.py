"""How the runs take turns, and what becomes of a peer that is missing or fails. Nothing is run."""

import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path

import figures
import ours
import peers
import questions
import rows


class Absent:
    def __init__(self):
        raise peers.Missing("absent is not installed: make bench-peers")


class Turns(unittest.TestCase):
    def setUp(self):
        self.run_ = rows.Run(rows.Sizes(quick=True))
        quiet = contextlib.redirect_stderr(io.StringIO())
        quiet.__enter__()
        self.addCleanup(quiet.__exit__, None, None, None)

    def test_ours_and_theirs_take_turns(self):
        seen = []

        def way(name):
            return lambda: seen.append(name) or len(seen)
        results = self.run_.turns("what", ours=way("ours"), theirs=way("theirs"))
        self.assertEqual(seen, ["ours", "theirs"] * self.run_.sizes.rounds)
        self.assertEqual(results, {"ours": [1, 3], "theirs": [2, 4]})

    def test_a_missing_peer_is_named_and_stops_nothing(self):
        self.assertIsNone(self.run_.peer(Absent, lambda one: 1))
        results = self.run_.turns("what", **rows.ways(ours=lambda: 5, theirs=None))
        line = self.run_.beside("Absent, as fast as it goes", results, "theirs", Absent)
        self.assertEqual(line["missing"], "absent is not installed: make bench-peers")
        text = figures.rows_table([{"name": "a row", "unit": "s", "required": 9, "better": "less",
                                    "ours": figures.spread(results["ours"]), "beside": [line]}])
        self.assertIn("Absent, as fast as it goes: missing: absent is not installed", text)

    def test_what_fails_is_told_and_the_rest_goes_on(self):
        def broken():
            raise RuntimeError("it broke")
        results = self.run_.turns("what", ours=lambda: 1, theirs=broken)
        self.assertEqual(results, {"ours": [1, 1], "theirs": []})
        self.assertEqual(self.run_.problems, ["what, theirs: it broke"] * 2)
        self.assertEqual(self.run_.beside("theirs", results, "theirs")["missing"], "it failed")


class Grown(unittest.TestCase):
    ROW = {"name": "a door", "door": "alone", "unit": "requests/s", "better": "more",
           "growth": {"100000": 1000, "10000000": 850, "1000000": 300}}

    def test_the_largest_store_is_held_against_the_smallest(self):
        row = rows.held_up([{"name": "other"}, self.ROW], "alone", 0.9)
        self.assertEqual(row["name"], "a door, 10.0 million events in the store")
        self.assertEqual(row["beside"][0]["name"], "ladderd itself at 100,000")
        self.assertIs(figures.verdict(row), False)
        self.assertIs(figures.verdict(rows.held_up([self.ROW], "alone", 0.8)), True)

    def test_what_was_not_measured_gives_no_row(self):
        self.assertIsNone(rows.held_up([{"name": "a door", "door": "alone"}], "alone", 0.9))


class Questions(unittest.TestCase):
    def test_instants_lie_between_the_first_and_the_last_record(self):
        recorded = ["2026-12-01T10:00:00+00:00", "2026-12-01T10:00:10+00:00"]
        dice = questions.random.Random(1)
        for _ in range(50):
            path = questions.of_any_instant(dice, "GM0823", recorded)
            self.assertRegex(path, r"as_of=20\d\d-\d\d-\d\d&known_at=2026-12-01T10:00:0\d\.\d{6}Z$")
            self.assertRegex(questions.of_any_day(dice, None), r"\?as_of=20\d\d-\d\d-\d\d&window=\d+$")


class Kept(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        data, ours.DATA = ours.DATA, Path(folder.name)
        self.addCleanup(setattr, ours, "DATA", data)
        self.made = []

    def make(self, folder):
        self.made.append(folder.name)
        (folder / "it").write_text("made")
        return {"events": len(self.made)}

    def test_it_is_made_once_for_one_recipe_and_anew_for_another(self):
        for recipe, events in (({"seed": 1}, 1), ({"seed": 1}, 1), ({"seed": 2}, 2)):
            folder, found = ours.kept("name", recipe, self.make)
            self.assertEqual((found["recipe"], found["events"]), (recipe, events))
            self.assertEqual((folder / "it").read_text(), "made")
        self.assertEqual(json.loads((folder / "manifest.json").read_text())["recipe"], {"seed": 2})

    def test_what_was_not_made_whole_is_not_kept(self):
        def broken(folder):
            self.make(folder)
            raise RuntimeError("in the middle")
        with self.assertRaises(RuntimeError):
            ours.kept("name", {"seed": 1}, broken)
        self.assertEqual(ours.kept("name", {"seed": 1}, self.make)[1]["events"], 2)


if __name__ == "__main__":
    unittest.main()
