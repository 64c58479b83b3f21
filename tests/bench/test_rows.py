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
