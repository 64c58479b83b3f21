"""The page in a real Chromium: page.mjs looks, and this starts what it looks at."""

import unittest

from chromium import Looks, tests_of

import harness


class Page(Looks, harness.Case):
    partners = {"isd": {}}
    analysts = {"council": {"municipalities": "*"}}
    script = "page.mjs"
    seconds = 240
    checks = (
        "signs in and out by keyboard alone",
        "axe-core finds nothing, in light and in dark",
        "fits 320 pixels without scrolling sideways, and 768",
        "no figure of a curve stands upon another",
        "the keyboard reaches everything, and shows where it is",
        "the first stop is a way past the frame to the figures",
        "a table opens by keyboard and its CSV comes down",
        "the report of a file has its CSV in it",
        "without a script nothing is missing",
        "one quarter is shown in all charts of the trend at once",
        "the choice of another quarter keeps the language",
        "the language of the browser is that of the page",
        "it prints on a few sheets, without what a sheet has no use for",
        "the browser has nothing to complain of",
        "a script that is not of the page does not run",
    )

    @classmethod
    def ask(cls):
        for arguments in (("--people", "120", "--years", "4", "--municipalities", "GM0823",
                           "--publish"),
                          ("--people", "9", "--years", "2", "--municipalities", "GM0757")):
            events = harness.generated("--seed", "7", "--until", harness.day(-1), *arguments)
            for place in range(0, len(events), 5000):
                cls.daemon.accept(*events[place:place + 5000])
        harness.until(lambda: b'class="card"' in cls.daemon.get("/?municipality=GM0823").body,
                    "the publications are folded")
        report = cls.daemon.place / "report.html"
        harness.ladder("report", "-m", "GM0823", "-o", report, cls.daemon.store, check=0)
        return {"report": str(report), "token": cls.daemon.tokens["council"]}


tests_of(Page)

if __name__ == "__main__":
    unittest.main()
