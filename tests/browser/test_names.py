"""The work list in a real Chromium: names from a file that goes nowhere. See test_browser.py."""

import json
import os
import subprocess
import unittest
import urllib.parse

from test_browser import CHROMIUM, HERE, MODULES, modules

import harness
from harness import assessed, day, settled

LOOK_SECONDS = 240

CHECKS = (
    "names come from a chosen file, and nothing is asked of anybody",
    "what cannot be a table of names is said, and no name stays",
    "names are chosen from by municipality without leaving the page",
    "names go with the page",
    "every encoding and delimiter of a spreadsheet is read",
    "a name is text, whatever it looks like",
    "without a script the list is whole",
    "axe-core finds nothing, in light and in dark, with names",
    "it fits 320 pixels without scrolling sideways",
    "each printed sheet is marked",
    "the browser has nothing to complain of",
)


class WorkList(harness.Case):
    partners = {"isd": {}}
    analysts = {"council": {"municipalities": "*"}}

    @classmethod
    def setUpClass(cls):
        modules()
        super().setUpClass()
        try:
            cls.found = cls.look()
        except BaseException:
            super().tearDownClass()
            raise

    @classmethod
    def look(cls):
        events = []
        for number in range(60):
            place = "GM0823" if number % 3 else "GM0757"
            events += [settled(f"p-{number}", "2024-01-01", place),
                       assessed(f"p-{number}", day(-160 - number * 2), 2, place)]
        cls.daemon.accept(*events)
        harness.until(lambda: cls.daemon.get("/v1/worklist", who="isd").json["total"] == 60,
                      "the list has all")
        signed = cls.daemon.request(
            "POST", "/sign-in", urllib.parse.urlencode({"token": cls.daemon.tokens["isd"]}),
            {"Content-Type": "application/x-www-form-urlencoded"})
        asked = {"url": f"http://127.0.0.1:{cls.daemon.port}", "chromium": CHROMIUM,
                 "cookie": signed.header("Set-Cookie").split(";")[0], "pictures": str(MODULES)}
        done = subprocess.run(
            ["node", str(HERE / "names.mjs")], input=json.dumps(asked).encode(),
            capture_output=True, timeout=LOOK_SECONDS,
            env={**os.environ, "MODULES": str(MODULES)})
        if done.returncode != 0:
            raise AssertionError(done.stderr.decode()[-3000:])
        return json.loads(done.stdout)

    def test_nothing_else_is_checked(self):
        self.assertEqual(sorted(self.found), sorted(CHECKS))


def looked(name):
    def test(self):
        self.assertIsNone(self.found.get(name, "it was not looked at"))
    return test


for one in CHECKS:
    harness.test_of(WorkList, one, looked(one))

if __name__ == "__main__":
    unittest.main()
