"""What operators take from contrib/: rules and scrape configuration of Prometheus, dashboards of
Grafana. Their form, and that they name only metrics that there are. tests/operators/ runs each
query in a real Prometheus."""

import json
import re
import unittest

import yaml

import harness
from harness import ROOT

PROMETHEUS = ROOT / "contrib/prometheus"
GRAFANA = ROOT / "contrib/grafana"
NAME = re.compile(r"\bladderd?_[a-z0-9_]+")
# What the table of a panel may have: its kind, or the keys of an object.
TEXT, NUMBER, FLAG = str, int, bool
TARGET = {"refId": TEXT, "datasource": {"type": TEXT, "uid": TEXT}, "expr": TEXT,
          "legendFormat": TEXT, "format?": TEXT, "instant?": FLAG}
PLACE = {"h": NUMBER, "w": NUMBER, "x": NUMBER, "y": NUMBER}
PANEL = {"id": NUMBER, "type": TEXT, "title": TEXT, "description": TEXT, "gridPos": PLACE,
         "datasource": {"type": TEXT, "uid": TEXT}, "targets": [TARGET], "options": dict,
         "fieldConfig": {"defaults": {"unit": TEXT, "min?": NUMBER}, "overrides": []},
         "transformations?": [{"id": TEXT, "options": dict}]}
ROW = {"id": NUMBER, "type": TEXT, "title": TEXT, "collapsed": FLAG, "gridPos": PLACE, "panels": []}
VARIABLE = {"name": TEXT, "type": TEXT, "label": TEXT, "refresh": NUMBER, "query": (TEXT, dict),
            "datasource?": {"type": TEXT, "uid": TEXT}, "definition?": TEXT, "sort?": NUMBER,
            "multi?": FLAG, "includeAll?": FLAG}
DASHBOARD = {"uid": TEXT, "title": TEXT, "description": TEXT, "tags": [TEXT],
             "schemaVersion": NUMBER, "version": NUMBER, "editable": FLAG, "timezone": TEXT,
             "refresh": TEXT, "time": {"from": TEXT, "to": TEXT}, "links": [],
             "templating": {"list": [VARIABLE]}, "annotations": {"list": []}, "panels": None}


def faults(value, schema, where="dashboard"):
    """What in a value is not as its schema says."""
    if schema is None:
        return []
    if isinstance(schema, dict):
        if not isinstance(value, dict):
            return [f"{where} is no object"]
        known = {key.rstrip("?"): key for key in schema}
        found = [f"{where}.{key} is not known" for key in value if key not in known]
        found += [f"{where} has no {key}" for key, name in known.items()
                  if key not in value and not name.endswith("?")]
        for key in value:
            if key in known:
                found += faults(value[key], schema[known[key]], f"{where}.{key}")
        return found
    if isinstance(schema, list):
        if not isinstance(value, list) or (not schema and value):
            return [f"{where} is no list as it should be"]
        return sum((faults(one, schema[0], f"{where}[{place}]")
                    for place, one in enumerate(value)), [])
    if isinstance(value, bool) and schema is NUMBER or not isinstance(value, schema):
        return [f"{where} is of another kind"]
    return [] if value != "" else [f"{where} is empty"]


def metrics_of_the_code():
    """The names in the tables that /metrics is made from; and those that the contract still
    lists as not built."""
    names = set(re.findall(r'"(ladderd_\w+)"',
                           (ROOT / "daemon/server/counters.c").read_text()))
    for folder in ("indicators", "engine"):
        for file in sorted((ROOT / folder).rglob("*.c")):
            names |= set(re.findall(r'\{ "(ladder_\w+)"', file.read_text()))
    waiting = re.search(r"^- \*Metrics\*: (.*)$", (ROOT / "spec/README.md").read_text(), re.M)
    return names, set(NAME.findall(waiting.group(1))) if waiting else set()


def dashboard(language):
    return json.loads((GRAFANA / f"dashboards/ladderd-{language}.json").read_text())


def expressions(board):
    return [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]


class Prometheus(unittest.TestCase):
    def promtool(self, *words):
        done = harness.run("promtool", *words, timeout=300)
        self.assertEqual(done.returncode, 0, (done.stdout + done.stderr).decode()[-3000:])
        return done.stdout.decode()

    def test_promtool_takes_configuration_and_rules_and_each_rule_does_what_it_should(self):
        self.assertIn("18 rules found",
                      self.promtool("check", "rules", PROMETHEUS / "ladderd.rules.yml"))
        self.promtool("check", "config", "--syntax-only", PROMETHEUS / "prometheus.yml")
        self.assertIn("SUCCESS", self.promtool("test", "rules",
                                               PROMETHEUS / "ladderd.rules.test.yml"))

    def test_what_a_rule_reads_was_recorded_before_it_in_its_group(self):
        """Groups are evaluated side by side: what another group records is a round old, or not."""
        used = 0
        for group in yaml.safe_load((PROMETHEUS / "ladderd.rules.yml").read_text())["groups"]:
            recorded = set()
            for rule in group["rules"]:
                read = set(re.findall(r"\w+:\w+:\w+", rule["expr"]))
                self.assertLessEqual(read, recorded, rule)
                used += len(read)
                recorded |= {rule["record"]} if "record" in rule else set()
        self.assertGreater(used, 3)

    def test_each_alert_is_tried_both_ways_and_explained(self):
        rules = (PROMETHEUS / "ladderd.rules.yml").read_text()
        tests = (PROMETHEUS / "ladderd.rules.test.yml").read_text()
        alerts = re.findall(r"- alert: (\w+)", rules)
        self.assertGreaterEqual(len(alerts), 12)
        for alert in alerts:
            self.assertRegex(tests, rf"alertname: {alert}, exp_alerts: \[\]")
            self.assertRegex(tests, rf"alertname: {alert}\n +exp_alerts:\n +- exp_labels")
            for document in ("docs/operators.md", "docs/operators.nl.md"):
                self.assertIn(f"`{alert}`", (ROOT / document).read_text(), document)

    def test_rules_and_panels_name_only_metrics_that_there_are(self):
        built, waiting = metrics_of_the_code()
        self.assertGreater(len(built), 60)
        rules = re.sub(r"(?m)^ *#.*|\w+:ladderd_\w+:\w+", "",
                       (PROMETHEUS / "ladderd.rules.yml").read_text())
        told = re.sub(r"(?s)annotations:.*?(?=\n +- |\Z)", "", rules)
        named = set(NAME.findall(told))
        for language in ("en", "nl"):
            for expression in expressions(dashboard(language)):
                named |= set(NAME.findall(re.sub(r'"[^"]*"', "", expression)))
        self.assertGreater(len(named), 35)
        self.assertLessEqual({re.sub(r"_bucket$", "", name) for name in named}, built | waiting)


class Grafana(unittest.TestCase):
    def test_each_dashboard_is_whole(self):
        for language in ("en", "nl"):
            board = dashboard(language)
            found = faults(board, DASHBOARD)
            places = set()
            for panel in board["panels"]:
                found += faults(panel, ROW if panel["type"] == "row" else PANEL, panel["title"])
                place = panel["gridPos"]
                self.assertLessEqual(place["x"] + place["w"], 24)
                cells = {(x, y) for x in range(place["x"], place["x"] + place["w"])
                         for y in range(place["y"], place["y"] + place["h"])}
                self.assertFalse(places & cells, f"{panel['title']} lies on another")
                places |= cells
            self.assertEqual(found, [], language)
            ids = [panel["id"] for panel in board["panels"]]
            self.assertEqual(len(ids), len(set(ids)))
            self.assertGreater(len(expressions(board)), 35)

    def test_what_is_wrong_is_found(self):
        board = dashboard("en")
        for spoil, said in ((lambda x: x.pop("uid"), "has no uid"),
                            (lambda x: x.update(more=1), "more is not known"),
                            (lambda x: x.update(version=True), "of another kind"),
                            (lambda x: x.update(title=""), "is empty"),
                            (lambda x: x.update(links=[1]), "no list")):
            wrong = json.loads(json.dumps(board))
            spoil(wrong)
            self.assertRegex(" ".join(faults(wrong, DASHBOARD)), said)

    def test_the_two_languages_are_one_dashboard(self):
        words = {"title", "description", "label", "legendFormat", "uid"}

        def bare(value, key=None):
            if isinstance(value, dict):
                return {name: None if name in words and isinstance(one, str)
                        and not one.startswith("$") else bare(one)
                        for name, one in value.items()}
            return [bare(one) for one in value] if isinstance(value, list) else value
        english, dutch = dashboard("en"), dashboard("nl")
        self.assertEqual(bare(dutch), bare(english))
        for one, other in zip(english["panels"], dutch["panels"]):
            self.assertEqual(re.findall(r"\{\{.*?\}\}", json.dumps(one)),
                             re.findall(r"\{\{.*?\}\}", json.dumps(other)), one["title"])
            self.assertNotEqual(one.get("description", 1), other.get("description", 2))

    def test_provisioning_names_what_is_there(self):
        provider = (GRAFANA / "provisioning/dashboards/ladderd.yml").read_text()
        self.assertIn("path: /usr/share/ladderd/grafana/dashboards\n", provider)
        self.assertEqual({file.name for file in (GRAFANA / "dashboards").iterdir()},
                         {"ladderd-en.json", "ladderd-nl.json"})


if __name__ == "__main__":
    unittest.main()
