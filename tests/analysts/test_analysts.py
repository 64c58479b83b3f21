"""The sessions of docs/analyst.md run as they stand, and what they print is what `ladder replay`
says, to 1e-9 of what it prints: figures have six decimals."""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "browser"), str(HERE.parent / "end-to-end")]

import chromium  # noqa: E402
import harness  # noqa: E402

MODULES = chromium.MODULES.parent / "analysts"
NEAR = 1e-9
SECONDS = 120


def blocks(language):
    text = (harness.ROOT / "docs/analyst.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)


class Sessions(harness.OwnDaemon):
    """Of docs/analyst.md; that its twin has the same ones another test says: "docs/analyst.md"."""

    @classmethod
    def setUpClass(cls):
        cls.here = Path(tempfile.mkdtemp(prefix="ladderd-analysts-"))
        cls.addClassCleanup(shutil.rmtree, cls.here, True)
        daemon = harness.Ladderd().start()
        cls.addClassCleanup(daemon.discard)
        events = harness.generated("--people", "400", "--years", "4", "--seed", "11",
                                   "--municipalities", "2", "--until", "2025-12-31")
        for first in range(0, len(events), 10_000):
            daemon.accept(*events[first:first + 10_000])
        (cls.here / "demo-store").symlink_to(daemon.store)
        script, = blocks("sh")
        cls.run_in_place("sh", "-c", f'set -e\nladder() {{ "{harness.LADDER}" "$@"; }}\n{script}')
        cls.figures = json.loads(harness.ladder(
            "replay", "--as-of", "2025-12-31", daemon.store, check=0).stdout)["indicators"]

    @classmethod
    def run_in_place(cls, *command):
        done = subprocess.run(command, cwd=cls.here, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=SECONDS)
        assert done.returncode == 0, (done.stdout[-2000:], done.stderr[-2000:])
        return done.stdout.decode()

    def estimate(self, curve, days):
        name, _, rung = curve.partition("/")
        figure = self.figures[name][int(rung) - 1] if rung else self.figures[name]
        one, = [one for one in figure.get("within", figure.get("lasting"))
                if one["days"] == days]
        return one

    def agrees(self, said, least):
        """Each line "curve days value [low high]" is the figure."""
        compared = 0
        for curve, days, *values in (line.split() for line in said.splitlines()
                                     if re.match(r"(?:ladder_step/\d|job_durability) \d+ ", line)):
            one = self.estimate(curve, int(days))
            for name, value in zip(("share", "low", "high"), values):
                if one[name] is None:
                    continue
                compared += 1
                self.assertLess(abs(round(float(value), 6) - one[name]), NEAR, (curve, days, name))
        self.assertGreaterEqual(compared, least, said)

    def test_the_sessions_in_r_and_python_print_our_figures(self):
        for language, suffix, command, least in (
                ("r", "R", ("Rscript", "--vanilla"), 30),
                ("python", "py", (sys.executable,), 12)):
            with self.subTest(language=language):
                script, = blocks(language)
                (self.here / f"session.{suffix}").write_text(script)
                said = self.run_in_place(*command, f"session.{suffix}")
                self.agrees(said, least)
                if language == "r":
                    self.assertRegex(said, r"n= \d+, number of events= [1-9]")
                    continue
                told = dict(re.findall(r"^ladder_position (\d) (\d+)$", said, re.M))
                position = self.figures["ladder_position"]
                self.assertEqual({rung: int(told.get(rung, 0)) for rung in "123456"},
                                 {rung: position[rung] for rung in "123456"})

    def test_the_session_in_duckdb_prints_our_figures(self):
        chromium.modules(HERE / "package.json", MODULES)
        statements, = blocks("sql")
        (self.here / "session.sql").write_text(statements)
        said = self.run_in_place("node", str(HERE / "session.mjs"), str(MODULES), "session.sql")
        self.agrees(said, 4)
        self.assertRegex(said, r"(?m)^GM\d{4} [1-9]\d*$")


if __name__ == "__main__":
    unittest.main()
