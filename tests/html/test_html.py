"""Each page is valid HTML, as html-validate says, which comes by npm as what a browser needs."""

import json
import os
import subprocess
import sys
import unittest
import urllib.parse
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "browser"))

import chromium  # noqa: E402

import harness  # noqa: E402
from harness import fresh, settled  # noqa: E402

MODULES = chromium.MODULES.parent / "html"
SECONDS = 120
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Html(harness.Case):
    partners = {"isd": {}}
    analysts = {"council": {"municipalities": "*"}}
    sections = "[municipality GM0757]\nname = <b>'s \"A\" & B</b>\n"

    @classmethod
    def setUpClass(cls):
        chromium.modules(HERE / "package.json", MODULES)
        super().setUpClass()
        cls.daemon.accept(*harness.generated("--seed", "7", "--until", harness.day(-1), "--people",
                                             "60", "--years", "3", "--publish"))
        cls.daemon.accept(settled(fresh("s"), "2025-01-01", "GM0757"))
        harness.until(lambda: b"Gepubliceerde" in cls.daemon.get("/?municipality=GM0823").body,
                      "the publications are folded")

    def documents(self):
        daemon = self.daemon
        sign_in = urllib.parse.urlencode({"token": "wrong", "lang": "nl"})
        report = daemon.place / "report.html"
        harness.ladder("report", "-m", "GM0823", "-o", report, daemon.store, check=0)
        answers = {"wrong token": daemon.request("POST", "/sign-in", sign_in, FORM),
                   "no page": daemon.get("/nothing", headers={"Accept": "text/html"})}
        for language in ("nl", "en"):
            for who in (None, "council", "isd"):
                for path in ("/?municipality=GM0823", "/?municipality=GM0757",
                             "/?municipality=GM0999", "/?", "/compare?", "/definitions?",
                             "/sign-in?", "/worklist?", "/card?"):
                    if path in ("/worklist?", "/card?") and who != "isd":
                        continue
                    answers[f"{path} {language} {who}"] = daemon.get(
                        f"{path}&lang={language}", who=who, headers={"Accept": "text/html"})
        for name, answer in answers.items():
            self.assertTrue(answer.header("Content-Type").startswith("text/html"), (name, answer))
        return {"report": report.read_text(encoding="utf-8"),
                **{name: answer.body.decode() for name, answer in answers.items()}}

    def found(self, documents):
        done = subprocess.run(["node", str(HERE / "valid.mjs")],
                              input=json.dumps(documents).encode(), capture_output=True,
                              timeout=SECONDS, env={**os.environ, "MODULES": str(MODULES)})
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        return json.loads(done.stdout)

    def test_every_page_is_valid(self):
        documents = self.documents()
        self.assertGreater(len(documents), 40)
        self.assertEqual({name: wrong[:3] for name, wrong in self.found(documents).items()
                          if wrong}, {})

    def test_what_is_not_valid_is_found(self):
        page = self.daemon.get("/?municipality=GM0823").body.decode()
        broken = {"nested": page.replace("<h1>", "<h1><div>").replace("</h1>", "</div></h1>"),
                  "twice": page.replace('id="q2"', 'id="q1"'),
                  "open": page.replace("</section>", "", 1)}
        for name, wrong in self.found(broken).items():
            self.assertTrue(wrong, name)


if __name__ == "__main__":
    unittest.main()
