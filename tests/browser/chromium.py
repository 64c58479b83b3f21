"""A real Chromium for the tests of this folder: a script looks, and this starts it.

playwright-core and axe-core come by npm into the build directory, in the versions of
package.json. The pictures stay in BUILD/browser for people to look at.
"""

import fcntl
import json
import os
import shutil
import subprocess
import sys
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


def modules(package=HERE / "package.json", into=MODULES):
    """Installs what a package.json names, unless it is there; one test at a time."""
    into.mkdir(parents=True, exist_ok=True)
    with open(into / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        install(package, into)


def install(package, into):
    wanted = package.read_text()
    stamp = into / "installed.json"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    shutil.copy(package, into / "package.json")
    done = subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts",
         "--prefer-offline"],
        cwd=into, capture_output=True, timeout=NPM_SECONDS)
    if done.returncode != 0:
        raise AssertionError(f"npm install: {done.stderr.decode()[-2000:]}")
    stamp.write_text(wanted)


class Looks:
    """Before harness.Case: a script looks once, and each of its checks is a test.

    `script` is its name, `seconds` how long it may take, `checks` what it has to check. ask()
    prepares the daemon, and returns what the script is to know beside its address.
    """

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
        asked = {"url": f"http://127.0.0.1:{cls.daemon.port}", "chromium": CHROMIUM,
                 "pictures": str(MODULES), **cls.ask()}
        done = subprocess.run(
            ["node", str(HERE / cls.script)], input=json.dumps(asked).encode(),
            capture_output=True, timeout=cls.seconds,
            env={**os.environ, "MODULES": str(MODULES)})
        if done.returncode != 0:
            raise AssertionError(done.stderr.decode()[-3000:])
        return json.loads(done.stdout)

    def test_nothing_else_is_checked(self):
        self.assertEqual(sorted(self.found), sorted(self.checks))


def looked(name):
    def test(self):
        self.assertIsNone(self.found.get(name, "it was not looked at"))
    return test


def tests_of(case):
    """Gives the case a test for each of its checks."""
    for one in case.checks:
        harness.test_of(case, one, looked(one))
