"""The page in a real Chromium: page.mjs looks, and this starts what it looks at.

playwright-core and axe-core come by npm into the build directory, in the versions of
package.json. The pictures stay in BUILD/browser for people to look at.
"""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RELEASE = Path(os.environ.get("RECORDS", ROOT / "build/release/records")).parent
os.environ.setdefault("LADDERD", str(RELEASE / "ladderd"))
os.environ.setdefault("LADDER", str(RELEASE / "ladder"))
sys.path.insert(0, str(HERE.parent / "end-to-end"))

import harness  # noqa: E402

MODULES = RELEASE.parent / "browser"
CHROMIUM = shutil.which("chromium")
NPM_SECONDS = 300
LOOK_SECONDS = 120

CHECKS = (
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


def modules():
    """Installs what package.json names, unless it is there; one test at a time."""
    MODULES.mkdir(parents=True, exist_ok=True)
    with open(MODULES / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        install()


def install():
    wanted = (HERE / "package.json").read_text()
    stamp = MODULES / "installed.json"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    shutil.copy(HERE / "package.json", MODULES / "package.json")
    done = subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts",
         "--prefer-offline"],
        cwd=MODULES, capture_output=True, timeout=NPM_SECONDS)
    if done.returncode != 0:
        raise AssertionError(f"npm install: {done.stderr.decode()[-2000:]}")
    stamp.write_text(wanted)


class Page(harness.Case):
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
        asked = {"url": f"http://127.0.0.1:{cls.daemon.port}", "report": str(report),
                 "token": cls.daemon.tokens["council"], "chromium": CHROMIUM,
                 "pictures": str(MODULES)}
        done = subprocess.run(
            ["node", str(HERE / "page.mjs")], input=json.dumps(asked).encode(),
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
    harness.test_of(Page, one, looked(one))

if __name__ == "__main__":
    unittest.main()
