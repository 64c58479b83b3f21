"""The description of the interface keeps the API Design Rules, and each rule can fail.

Spectral comes by npm, as what a browser needs; ruleset.yml says which rule is whose.
"""

import copy
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "browser"))

import chromium  # noqa: E402

import harness  # noqa: E402

MODULES = chromium.MODULES.parent / "api"
RULES = HERE / "ruleset.yml"
SECONDS = 120


def found(document):
    """The rules that the description breaks, each with where it does."""
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "openapi.json"
        file.write_text(json.dumps(document), encoding="utf-8")
        done = subprocess.run(
            ["node", str(MODULES / "node_modules/@stoplight/spectral-cli/dist/index.js"), "lint",
             "--ruleset", str(RULES), "--format", "json", "--quiet", "--fail-severity", "hint",
             str(file)],
            capture_output=True, timeout=SECONDS, env={**os.environ, "NO_COLOR": "1"})
    if done.returncode not in (0, 1):
        raise AssertionError(done.stderr.decode()[-2000:])
    return {(one["code"], "/".join(str(part) for part in one["path"]))
            for one in json.loads(done.stdout)}


def problem(document):
    """The schema of what is refused."""
    return document["components"]["schemas"]["Problem"]["properties"]


def renamed(document, old, new):
    document["paths"] = {new if path == old else path: item
                         for path, item in document["paths"].items()}


# Each rule with what breaks it.
BREAKS = {
    "/core/doc-openapi": lambda d: d.update(openapi="2.0.0"),
    "/core/semver": lambda d: d["info"].update(version="1.0"),
    "/core/uri-version": lambda d: renamed(d, "/v1/card", "/card"),
    "/core/no-trailing-slash": lambda d: renamed(d, "/v1/card", "/v1/card/"),
    "/core/path-segments-kebab-case": lambda d: renamed(d, "/v1/card", "/v1/Report_Card"),
    "/core/http-methods": lambda d: d["paths"]["/v1/card"].update(
        trace=copy.deepcopy(d["paths"]["/v1/card"]["get"]) | {"operationId": "traceCard"}),
    "/core/http-safety": lambda d: d["paths"]["/v1/card"]["get"].update(
        requestBody=d["paths"]["/v1/events"]["post"]["requestBody"]),
    "/core/version-header": lambda d: d["paths"]["/v1/card"]["get"]["responses"]["200"].pop(
        "headers"),
    "/core/error-handling/problem-details": lambda d: d["components"]["responses"]["BadRequest"]
        .update(content={"application/json": {"schema": {"type": "object"}}}),
    "/core/error-handling/problem-details-members": lambda d: problem(d).pop("detail"),
    "/core/error-handling/invalid-input": lambda d: d["paths"]["/v1/worklist"]["get"]["responses"]
        .pop("400"),
    "/core/date-time/timezone": lambda d: problem(d)["title"].update(format="time"),
    "/core/date-time/date-omit-time-portion": lambda d: d["components"]["schemas"]["Card"]
        ["properties"]["as_of"].update(format="date-time"),
    "/core/transport/tls": lambda d: d["servers"][0].update(url="http://ladderd.example.nl"),
    "/core/doc-security": lambda d: [d["paths"]["/v1/card"]["get"]["responses"].pop(code)
                                     for code in ("401", "403")],
}


class Rules(harness.Case):
    @classmethod
    def setUpClass(cls):
        chromium.modules(HERE / "package.json", MODULES)
        super().setUpClass()
        cls.document = cls.daemon.get("/v1/openapi.json").json

    def test_the_description_keeps_every_rule(self):
        self.assertEqual(found(self.document), set())

    def test_each_rule_of_ours_finds_what_breaks_it(self):
        ours = {name for name in yaml.safe_load(RULES.read_text())["rules"]
                if name.startswith("/core/")}
        self.assertEqual(ours, set(BREAKS))
        for rule, breaks in BREAKS.items():
            with self.subTest(rule):
                broken = copy.deepcopy(self.document)
                breaks(broken)
                self.assertIn(rule, {code for code, _ in found(broken)})


if __name__ == "__main__":
    unittest.main()
