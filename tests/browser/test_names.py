"""The work list in a real Chromium: names from a file that goes nowhere."""

import unittest
import urllib.parse

from chromium import Looks, tests_of

import harness
from harness import assessed, day, settled


class WorkList(Looks, harness.Case):
    partners = {"isd": {}}
    analysts = {"council": {"municipalities": "*"}}
    script = "names.mjs"
    seconds = 240
    checks = (
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

    @classmethod
    def ask(cls):
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
        return {"cookie": signed.header("Set-Cookie").split(";")[0]}


tests_of(WorkList)

if __name__ == "__main__":
    unittest.main()
