"""Every panel of the dashboards, and every rule, in a real Prometheus: it scrapes a ladderd, and has
the history that `ladder replay` printed."""

import os
import re
import subprocess
import sys
import urllib.parse
from datetime import datetime, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "end-to-end"))
os.environ["LADDERD_WAIT"] = os.environ.get("LADDERD_WAIT", "120")

import harness
from test_contrib import PROMETHEUS, dashboard, metrics_of_the_code

# What a daemon without TLS and without faults has nothing of.
MAY_BE_EMPTY = ("ladderd_certificate_not_after_timestamp_seconds", "ladderd_rejections_total")
RULES_EMPTY = ("instance:ladderd_certificate_left_seconds:now",)


class Dashboards(harness.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        events = harness.generated("--people", "80", "--years", "4", "--seed", "11",
                                   "--until", harness.day(-1))
        for place in range(0, len(events), 5000):
            cls.daemon.accept(*events[place:place + 5000])
        place = cls.place = cls.daemon.place / "prometheus"
        (place / "data").mkdir(parents=True)
        history = harness.ladder(
            "replay", "--format", "openmetrics", "--from", harness.day(-400), "--to",
            harness.day(-2), "--step", "month", "--known-at", harness.now_text(), cls.daemon.store,
            check=0, timeout=300)
        (place / "history.om").write_bytes(history.stdout)
        harness.run("promtool", "tsdb", "create-blocks-from", "openmetrics",
                    "--max-block-duration=744h", place / "history.om", place / "data", check=0,
                    timeout=300)
        rules = (PROMETHEUS / "ladderd.rules.yml").read_text()
        (place / "ladderd.rules.yml").write_text(rules)
        config = (PROMETHEUS / "prometheus.yml").read_text()
        config = config.replace("127.0.0.1:7400", f"127.0.0.1:{cls.daemon.port}").replace(
            "/etc/prometheus/ladderd.token", str(cls.daemon.token_file("prometheus"))).replace(
            "scrape_interval: 1m", "scrape_interval: 1s").replace(
            "scrape_timeout: 10s", "scrape_timeout: 1s").replace(
            "evaluation_interval: 1m", "evaluation_interval: 1s")
        (place / "prometheus.yml").write_text(config)
        cls.port = harness.free_port()
        with open(place / "output", "wb") as output:
            cls.program = subprocess.Popen(
                ["prometheus", f"--config.file={place}/prometheus.yml",
                 f"--storage.tsdb.path={place}/data", "--storage.tsdb.retention.time=5y",
                 f"--web.listen-address=127.0.0.1:{cls.port}"],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        cls.addClassCleanup(cls.end)

    @classmethod
    def end(cls):
        cls.program.terminate()
        try:
            cls.program.wait(30)
        except subprocess.TimeoutExpired:
            cls.program.kill()
            cls.program.wait()

    @classmethod
    def ask(cls, path, **parameters):
        client = harness.Client(cls.port, timeout=60)
        try:
            return client.request("GET", f"/api/v1/{path}?" + urllib.parse.urlencode(parameters)).json
        except (OSError, ValueError):
            return {"status": "no answer yet", "data": {"result": []}}
        finally:
            client.close()

    def wait_for_samples(self):
        # Two scrapes, so that there is a rate.
        harness.until(lambda: self.ask("query", query="count_over_time(ladderd_log_bytes[1m]) > 2")
                      ["data"]["result"], "Prometheus has scraped")

    def test_every_panel_shows_something(self):
        self.wait_for_samples()
        _, waiting = metrics_of_the_code()
        now = datetime.now(timezone.utc).timestamp()
        count = 0
        for panel in dashboard("nl")["panels"]:
            for target in panel.get("targets", []):
                query = target["expr"].replace("$municipality", "GM0823").replace(
                    "$__rate_interval", "1m")
                answer = self.ask("query", query=query)
                self.assertEqual(answer["status"], "success", (panel["title"], answer))
                count += 1
                empty = not answer["data"]["result"]
                may = any(name in query for name in (*MAY_BE_EMPTY, *waiting))
                self.assertFalse(empty and not may, f"{panel['title']}: {query} has nothing")
        self.assertGreater(count, 35)
        # The history is there: a year of months, before the first scrape.
        answer = self.ask("query_range", query='ladder_position_persons{municipality="GM0823"}',
                          start=now - 380 * 86400, end=now - 3 * 86400, step=3600 * 12)
        stamps = {int(stamp) for one in answer["data"]["result"] for stamp, _ in one["values"]}
        found = self.ask("query", query='count_over_time(ladder_persons{municipality="GM0823"}[400d])')
        self.assertGreaterEqual(max(int(one["value"][1]) for one in found["data"]["result"]), 12,
                                sorted(stamps)[:3])

    def test_the_list_of_municipalities_is_filled(self):
        self.wait_for_samples()
        variable = dashboard("en")["templating"]["list"][1]
        self.assertEqual(variable["definition"], "label_values(ladder_persons, municipality)")
        series = self.ask("label/municipality/values", **{"match[]": "ladder_persons"})
        self.assertIn("GM0823", series["data"])

    def test_every_rule_is_evaluated_and_a_daemon_that_is_well_alarms_nobody(self):
        self.wait_for_samples()

        def rules():
            groups = self.ask("rules")["data"].get("groups", [])
            found = [rule for group in groups for rule in group["rules"]]
            return found if found and all(rule["health"] == "ok" for rule in found) else None
        found = harness.until(rules, "all rules are evaluated")
        rules_of_the_file = (PROMETHEUS / "ladderd.rules.yml").read_text()
        self.assertEqual(len(found),
                         len(re.findall(r"(?m)^ +- (?:alert|record): ", rules_of_the_file)))
        # Some agreements of the invented municipality are missed.
        self.assertEqual({rule["name"] for rule in found
                          if rule["type"] == "alerting" and rule["alerts"]}
                         - {"LadderdAgreementMissed"}, set())
        # Something must come in between two scrapes, or there is no share of it.
        self.daemon.accept(harness.event())
        for rule in found:
            if rule["type"] == "recording" and rule["name"] not in RULES_EMPTY:
                harness.until(lambda name=rule["name"]: self.ask("query", query=name)
                              ["data"]["result"], f"{rule['name']} is recorded")


if __name__ == "__main__":
    harness.unittest.main()
