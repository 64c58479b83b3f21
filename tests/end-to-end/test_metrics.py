"""/metrics: both text formats, the strict readers of others, a real Prometheus."""

import json
import re
import subprocess
import time
import urllib.parse
from pathlib import Path

import harness
from harness import assessed, event, fresh, retraction, settled

# The names of spec/interfaces.md.
FIGURES = set("""
ladder_persons ladder_breadwinners ladder_position_persons ladder_step_spells
ladder_step_climbed_ratio ladder_step_median_seconds ladder_rung_reached_ratio
ladder_rung_reached_median_seconds ladder_participation_norm_persons
ladder_participation_norm_ratio ladder_combined_pathway_persons ladder_combined_pathway_ratio
ladder_job_outcome_persons ladder_job_lasting_ratio ladder_placement_jobs ladder_sanctions
ladder_language_support_persons ladder_contact_age_median_seconds
ladder_contact_over_ratio ladder_plan_in_force_ratio ladder_plan_with_perspective_ratio
ladder_plan_within_ratio ladder_intake_complete_ratio ladder_barrier_persons
ladder_language_level_ratio ladder_reporting_delay_p50_seconds ladder_reporting_delay_p90_seconds
""".split())
# Those of set 2, which are internal.
INTERNAL = set("""
ladder_guidance_persons ladder_guidance_self_sufficient_ratio ladder_guidance_median_seconds
ladder_guidance_restarted_ratio ladder_benefit_persons ladder_benefit_spells
ladder_benefit_left_ratio ladder_benefit_median_seconds ladder_benefit_returned_ratio
ladder_job_growth_spells ladder_job_growth_ratio ladder_job_growth_median_seconds
ladder_first_participation_persons ladder_first_participation_ratio
ladder_first_participation_median_seconds ladder_standing_still_persons
ladder_standing_still_ratio ladder_next_year_at_risk_spells ladder_next_year_climbed_ratio
ladder_referrals ladder_referrals_started_ratio ladder_contact_person_assigned_ratio
ladder_contact_person_changes_persons ladder_contact_person_lasting_ratio
ladder_contact_person_median_seconds ladder_contact_person_own_ratio ladder_module_persons
ladder_module_completed_ratio ladder_module_median_seconds ladder_agreement_verdict
""".split())
VERDICTS = {"met", "missed", "undecided", "too_few", "on_course", "not_yet"}
OWN = set("""
ladderd_events_total ladderd_rejections_total ladderd_sign_ins_refused_total
ladderd_commit_duration_seconds ladderd_log_writable ladderd_scrub_round_ratio
ladderd_scrub_findings_total ladderd_reader_oldest_seconds ladderd_figures_age_seconds
ladderd_batch_events ladderd_log_last_seq ladderd_applied_seq ladderd_log_bytes
ladderd_log_bytes_max ladderd_connections ladderd_last_event_timestamp_seconds ladderd_build_info
""".split())
NOW_FIGURES = {"ladder_persons", "ladder_breadwinners", "ladder_position_persons",
               "ladder_step_spells", "ladder_step_climbed_ratio", "ladder_rung_reached_ratio",
               "ladder_participation_norm_persons", "ladder_participation_norm_ratio",
               "ladder_reporting_delay_p50_seconds", "ladder_reporting_delay_p90_seconds"}
LABELS = {"ladder_position_persons": {"rung"}, "ladder_step_spells": {"rung", "outcome"},
          "ladder_step_climbed_ratio": {"rung", "within_months"},
          "ladder_step_median_seconds": {"rung"},
          "ladder_rung_reached_ratio": {"rung", "within_months"},
          "ladder_rung_reached_median_seconds": {"rung"},
          "ladder_participation_norm_persons": {"answer"}, "ladder_persons": set(),
          "ladder_breadwinners": set(), "ladder_participation_norm_ratio": set(),
          "ladder_reporting_delay_p50_seconds": set(),
          "ladder_reporting_delay_p90_seconds": set()}
OPENMETRICS = "application/openmetrics-text"
SAMPLE = re.compile(r"^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{.*\})? (\S+)$")


def samples_of(text):
    """{name: {labels: value}} of the 0.0.4 text, by a reader of our own."""
    found = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, labels, value = SAMPLE.match(line).groups()
            pairs = frozenset(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels or ""))
            assert pairs not in found.setdefault(name, {}), f"given twice: {line}"
            found[name][pairs] = float(value)
    return found


def contract_samples(figures):
    """{name: {labels: value}} that spec/interfaces.md wants for what /v1/indicators says."""
    internal = figures["profile"] == "internal"
    names = FIGURES | (INTERNAL - {"ladder_agreement_verdict"} if internal else set())
    wanted, x = {name: {} for name in names}, figures["indicators"]

    def add(name, value, seconds=1, **labels):
        if value is not None:
            labels = {"municipality": figures["municipality"],
                      **{key: str(label) for key, label in labels.items()}}
            wanted[name][frozenset(labels.items())] = value * seconds

    def add_within(name, row, **labels):
        for within in row["within"]:
            add(name, within["share"], **labels, within_months=within["months"])
    add("ladder_persons", figures["population"]["persons"])
    add("ladder_breadwinners", figures["population"]["breadwinners"])
    for rung, persons in x["ladder_position"].items():
        if rung != "stale":
            add("ladder_position_persons", persons, rung=rung)
    for step in x["ladder_step"]:
        for outcome in ("climbed", "exited", "silent", "censored"):
            add("ladder_step_spells", step[outcome], rung=step["rung"], outcome=outcome)
        add_within("ladder_step_climbed_ratio", step, rung=step["rung"])
        add("ladder_step_median_seconds", step["median_days"], 86400, rung=step["rung"])
    for step in x["rung_reached"]:
        add_within("ladder_rung_reached_ratio", step, rung=step["rung"])
        add("ladder_rung_reached_median_seconds", step["median_days"], 86400, rung=step["rung"])
    for name in ("participation_norm", "combined_pathway"):
        for answer in ("yes", "no", "unknown", "exempt", "new"):
            add(f"ladder_{name}_persons", x[name][answer], answer=answer)
        add(f"ladder_{name}_ratio", x[name]["share"])
    for group in ("breadwinners", "adults"):
        for outcome in ("fully_paid", "subsidised", "none", "unknown"):
            add("ladder_job_outcome_persons", x["job_outcome"][group][outcome], group=group,
                outcome=outcome)
    for lasting in x["job_durability"]["lasting"]:
        add("ladder_job_lasting_ratio", lasting["share"], days=lasting["days"])
    for org_type, row in x["placement"]["by"].items():
        add("ladder_placement_jobs", row["jobs"], by=org_type)
    for regime, count in x["sanctions"]["by_regime"].items():
        add("ladder_sanctions", count, regime=regime)
    for window in ("ever", "recent"):
        add("ladder_language_support_persons", x["language_support"][window], window=window)
    add("ladder_contact_age_median_seconds", x["contact"]["median_days"], 86400)
    add("ladder_contact_over_ratio", x["contact"]["over_90_days_share"], days=90)
    add("ladder_plan_in_force_ratio", x["plan"]["in_force_share"])
    add("ladder_plan_with_perspective_ratio", x["plan"]["with_perspective_share"])
    for within in x["plan"]["on_time"]["within"]:
        add("ladder_plan_within_ratio", within["share"], days=within["days"])
    add("ladder_intake_complete_ratio", x["intake"]["complete_share"])
    for kind, persons in x["barriers"]["by_kind"].items():
        add("ladder_barrier_persons", persons, kind=kind)
    for level in x["language_level"]:
        add_within("ladder_language_level_ratio", level, level=level["level"])
    for quantile in ("p50", "p90"):
        add(f"ladder_reporting_delay_{quantile}_seconds",
            x["data_quality"][f"delay_{quantile}_days"], 86400)
    if not internal:
        return wanted

    def add_curve(name, figure, ratio, median=True, **labels):
        add_within(f"ladder_{name}_{ratio}", figure, **labels)
        if median:
            add(f"ladder_{name}_median_seconds", figure["median_days"], 86400, **labels)

    def add_counts(name, figure, keys, label="outcome", **labels):
        for key in keys.split():
            add(name, figure[key], **labels, **{label: key})
    add_counts("ladder_guidance_persons", x["guidance"],
               "self_sufficient ended_otherwise exited silent censored")
    add_curve("guidance", x["guidance"], "self_sufficient_ratio")
    add_within("ladder_guidance_restarted_ratio", x["guidance"]["restarted"])
    add_counts("ladder_benefit_persons", x["benefit"]["receiving"],
               "full supplementary none unknown", "receiving")
    add_counts("ladder_benefit_spells", x["benefit"], "left exited silent censored")
    add_curve("benefit", x["benefit"], "left_ratio")
    add_within("ladder_benefit_returned_ratio", x["benefit"]["returned"])
    add_counts("ladder_job_growth_spells", x["job_growth"], "fully_paid ended silent censored")
    add_curve("job_growth", x["job_growth"], "ratio")
    add_counts("ladder_first_participation_persons", x["first_participation"],
               "not_followed new reached exited silent censored")
    add_curve("first_participation", x["first_participation"], "ratio")
    for row in x["standing_still"]:
        add("ladder_standing_still_persons", row["here_730_days"], rung=row["rung"])
        add("ladder_standing_still_ratio", row["over_730_days_share"], rung=row["rung"])
    for row in x["ladder_next_year"]:
        for year in row["years"]:
            labels = {"rung": row["rung"], "from_days": year["from_days"]}
            add("ladder_next_year_at_risk_spells", year["at_risk"], **labels)
            add("ladder_next_year_climbed_ratio", year["share"], **labels)
    for to, row in x["referrals"]["by"].items():
        add_counts("ladder_referrals", row, "started refused_by_organisation refused_by_person "
                   "budget_exhausted not_suitable other silent open without_ref", to=to)
        add("ladder_referrals_started_ratio", row["started_within_90_days"]["share"], to=to)
    face = x["contact_person"]
    add("ladder_contact_person_assigned_ratio", face["assigned_share"])
    add_counts("ladder_contact_person_changes_persons", face["changes"], "0 1 2", "changes")
    for lasting in face["pairing"]["lasting"]:
        add("ladder_contact_person_lasting_ratio", lasting["share"], days=lasting["days"])
    add("ladder_contact_person_median_seconds", face["pairing"]["median_days"], 86400)
    add("ladder_contact_person_own_ratio", face["with_own"]["share"])
    for row in x["modules"]:
        add_counts("ladder_module_persons", row, "completed exited censored",
                   module=row["module"])
        add_curve("module", row, "completed_ratio", module=row["module"])
    return wanted


class Municipality(harness.Case):
    """A whole municipality, internal and published: every figure and nothing else."""

    def applied(self):
        text = self.daemon.get("/metrics", who="prometheus").body.decode()
        return next(iter(samples_of(text)["ladderd_applied_seq"].values()))

    def check(self, found, figures):
        found = {name: {labels: value for labels, value in samples.items()
                        if ("municipality", figures["municipality"]) in labels}
                 for name, samples in found.items() if name.startswith("ladder_")}
        wanted = contract_samples(figures)
        verdicts = found.pop("ladder_agreement_verdict", {})
        self.assertLessEqual(set(found), set(wanted))
        self.check_verdicts(verdicts, figures)
        for name, samples in wanted.items():
            self.assertEqual(set(found.get(name, {})), set(samples), name)
            for labels, value in samples.items():
                self.assertAlmostEqual(found[name][labels], value, delta=1e-6 * max(1, value),
                                       msg=(name, labels))
        return wanted

    def check_verdicts(self, found, figures):
        """Of each agreement six samples, of which that is 1 which the figures say."""
        agreements = figures["indicators"].get("agreements", [])
        by_seq = {}
        for labels, value in found.items():
            one = dict(labels)
            self.assertIn(value, (0, 1))
            by_seq.setdefault(int(one["agreement"]), {})[one["verdict"]] = value
            self.assertEqual(set(one), {"municipality", "agreement", "figure", "rung", "with",
                                        "by", "verdict"})
        for verdicts in by_seq.values():
            self.assertEqual(set(verdicts), VERDICTS)
            self.assertEqual(sum(verdicts.values()), 1)
        holds = sorted((one["figure"], one["rung"], one["with"], one["by"], one["verdict"])
                       for one in map(dict, (k for k, value in found.items() if value)))
        self.assertEqual(holds, sorted(
            (one["figure"], str(one.get("rung", "")), one.get("with", ""), one["by"],
             one["verdict"]) for one in agreements))

    def test_every_figure_has_its_name_its_labels_and_its_value(self):
        events = harness.generated("--people", 300, "--years", 4, "--until", "2026-06-30",
                                 "--publish")
        for at in range(0, len(events), 9000):
            last = self.daemon.accept(*events[at:at + 9000])["last_seq"]
        # While events come in what is shown is that of a moment ago, and another one a moment
        # later: figures and metrics are of one snapshot only when there is nothing to follow.
        harness.until(lambda: self.applied() >= last, "the figures include all that was sent")
        figures = self.daemon.figures(municipality="GM0823").json
        text = self.daemon.get("/metrics", who="prometheus").body.decode()
        wanted = self.check(samples_of(text), figures)
        self.assertEqual({name for name, samples in wanted.items() if not samples} - {
            # Half of them need not have got there.
            "ladder_guidance_median_seconds", "ladder_job_growth_median_seconds",
            "ladder_benefit_median_seconds", "ladder_contact_person_median_seconds",
            "ladder_contact_person_own_ratio", "ladder_module_median_seconds"}, set(), "this municipality has all figures")
        self.assertTrue(figures["indicators"]["agreements"])
        address = "/v1/indicators?municipality=GM0823"
        harness.until(lambda: self.daemon.get(address).status == 200, "it is published")
        published = self.daemon.get(address)
        self.assertEqual(published.json["profile"], "public")
        text = self.daemon.get("/metrics").body.decode()
        self.check(samples_of(text), published.json)
        self.assertNotIn("ladderd_", text)


class Many(harness.Case):
    """Many municipalities: the text is of several MB."""
    places = [f"GM{number:04}" for number in range(100, 400)]
    partners = {"isd": {"municipalities": ", ".join(places)}}
    scrapers = {"prometheus": {"municipalities": "*"}}

    def test_what_an_answer_took_is_given_back_with_it(self):
        self.daemon.accept(*[settled(fresh("s"), "2024-01-08", place) for place in self.places])

        def heap():
            """What the first thread has of memory, which is not given back by itself."""
            text = Path(f"/proc/{self.daemon.process.pid}/smaps").read_text()
            part = text.split("[heap]")[1]
            return int(re.search(r"^Anonymous: +(\d+) kB", part, re.M)[1]) * 1024

        def shown():
            answer = self.daemon.get("/metrics", who="prometheus")
            return len(answer.body) if self.places[-1].encode() in answer.body else 0
        before = heap()
        length = harness.until(shown, "the metrics show all municipalities")
        for _ in range(3):
            self.assertEqual(shown() > 0, True)
        self.assertGreater(length, 5 << 20)
        # A copy of it would be most of it.
        self.assertLess(heap(), before + length // 2)


class Metrics(harness.Case):
    partners = {"isd": {}, "lev": {"org_type": "WELFARE"}}
    analysts = {"analyst": {"municipalities": "*", "log": "yes"}}
    scrapers = {"prometheus": {}}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        people = [fresh("s") for _ in range(40)]
        events = []
        for place, one in enumerate(people):
            home = "GM0820" if place % 4 == 0 else "GM0823"
            events.append(settled(one, "2024-01-08", home))
            for turn in range(1 + place % 5):
                events.append(assessed(one, f"{2024 + turn // 2}-{3 + 6 * (turn % 2):02}-01",
                                       1 + (place + turn) % 6, home))
            if place % 3 == 0:
                events.append(event("household_role_set", {"role": "SINGLE"}, subject=one,
                                    occurred_on="2024-01-08", municipality=home))
        cls.events = events
        cls.daemon.accept(*events)
        cls.daemon.push([events[0], event(body={"rung": 9}), event(nonsense=1),
                         retraction("never-sent"), event(body={"rung": 0})])
        cls.daemon.accept(event(municipality="GM0823", subject=people[0]), who="lev")
        harness.until(lambda: cls.total_persons(cls) == 40, "the metrics show the 40 people")

    def total_persons(self):
        answer = self.daemon.get("/metrics", who="prometheus")
        return sum(samples_of(answer.body.decode()).get("ladder_persons", {}).values())

    def scrape(self, accept=None, who="prometheus"):
        answer = self.daemon.get("/metrics", who=who,
                                 headers={"Accept": accept} if accept else None)
        self.assertEqual(answer.status, 200, answer)
        return answer

    def samples(self):
        return samples_of(self.scrape().body.decode())

    def test_promtool_finds_nothing_to_say(self):
        done = harness.run("promtool", "check", "metrics", stdin=self.scrape().body)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))

    def test_the_plain_text_is_0_0_4(self):
        answer = self.scrape()
        self.assertEqual(answer.media_type, "text/plain")
        self.assertIn("version=0.0.4", answer.header("Content-Type"))
        self.assertTrue(answer.body.endswith(b"\n"))
        self.assertNotIn(b"# EOF", answer.body)

    def test_openmetrics_is_read_by_the_strict_parser(self):
        from prometheus_client.openmetrics import parser
        for accept in ("application/openmetrics-text; version=1.0.0",
                       "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5",
                       "application/openmetrics-text;version=1.0.0;q=0.5,"
                       "application/openmetrics-text;version=0.0.1;q=0.4,"
                       "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"):
            answer = self.scrape(accept)
            self.assertEqual(answer.media_type, OPENMETRICS, accept)
            self.assertIn("version=1.0.0", answer.header("Content-Type"))
            self.assertTrue(answer.body.endswith(b"# EOF\n"))
            families = list(parser.text_string_to_metric_families(answer.body.decode()))
            self.assertGreater(len(families), len(NOW_FIGURES))
            persons = [sample.value for family in families if family.name == "ladder_persons"
                       for sample in family.samples]
            self.assertEqual(sum(persons), 40)
            self.assertIn("ladderd_events", {family.name for family in families})

    def test_the_more_exact_range_says_how_much_the_plain_text_is_wanted(self):
        for accept in ("application/openmetrics-text;q=0.5, text/*;q=0.2, */*",
                       "application/openmetrics-text;q=0.5, text/plain;q=0, */*",
                       "application/openmetrics-text, */*"):
            self.assertEqual(self.scrape(accept).media_type, OPENMETRICS, accept)

    def test_the_plain_text_comes_when_openmetrics_is_not_preferred(self):
        for accept in ("text/plain", "*/*", "text/html", "text/plain;version=0.0.4,*/*;q=0.1",
                       "application/openmetrics-text;q=0.1,text/plain;q=0.9",
                       "application/openmetrics-text;\tq=0.1,\ttext/plain",
                       "application/openmetrics-text;q=0.1, */*;q=0.9",
                       "text/*, application/openmetrics-text;q=0.5",
                       "application/openmetrics-text;q=0.5, text/*;q=0.6, */*;q=0.1",
                       "application/openmetrics-text;q=0, text/plain"):
            self.assertEqual(self.scrape(accept).media_type, "text/plain", accept)

    def test_the_names_are_those_of_the_contract(self):
        found = self.samples()
        names = {re.sub(r"_(bucket|sum|count)$", "", name) for name in found}
        for name in names:
            if name.startswith("ladder_"):
                self.assertIn(name, FIGURES | INTERNAL)
            elif name.startswith("ladderd_"):
                self.assertIn(name, OWN)
            else:
                self.assertTrue(name.startswith("process_"), name)
        self.assertLessEqual(NOW_FIGURES, names)
        self.assertLessEqual(OWN, names)
        self.assertTrue([name for name in names if name.startswith("process_")])

    def test_figures_bear_their_municipality_and_their_labels_only(self):
        for name, samples in self.samples().items():
            if name.startswith("ladder_"):
                for labels in samples:
                    pairs = dict(labels)
                    self.assertIn(pairs.pop("municipality"), ("GM0820", "GM0823"), name)
                    if name in LABELS:
                        self.assertEqual(set(pairs), LABELS[name], name)
        self.assertNotIn(b'municipality="all"', self.scrape().body)

    def test_no_person_and_no_id_is_in_the_metrics(self):
        for accept in (None, OPENMETRICS + "; version=1.0.0"):
            body = self.scrape(accept).body
            for one in self.events:
                self.assertNotIn(one["subject"].encode(), body)
                self.assertNotIn(one["id"].encode(), body)

    def test_the_figures_are_those_of_indicators(self):
        found = self.samples()
        seconds = 86400
        for municipality in ("GM0820", "GM0823"):
            figures = self.daemon.figures(municipality=municipality).json
            indicators = figures["indicators"]

            def value(name, **labels):
                return found.get(name, {}).get(frozenset(
                    {"municipality": municipality, **labels}.items()))

            def same(wanted, name, **labels):
                got = value(name, **labels)
                if wanted is None:
                    self.assertIsNone(got, (name, labels, "a null figure is absent"))
                else:
                    self.assertIsNotNone(got, (name, labels))
                    self.assertAlmostEqual(got, wanted, delta=1e-6, msg=(name, labels))
            same(figures["population"]["persons"], "ladder_persons")
            same(figures["population"]["breadwinners"], "ladder_breadwinners")
            for rung in "123456":
                same(indicators["ladder_position"][rung], "ladder_position_persons", rung=rung)
            for step in indicators["ladder_step"]:
                for outcome in ("climbed", "exited", "silent", "censored"):
                    same(step[outcome], "ladder_step_spells", rung=str(step["rung"]),
                         outcome=outcome)
                for within in step["within"]:
                    same(within["share"], "ladder_step_climbed_ratio", rung=str(step["rung"]),
                         within_months=str(within["months"]))
                median = step["median_days"]
                same(None if median is None else median * seconds, "ladder_step_median_seconds",
                     rung=str(step["rung"]))
            for step in indicators["rung_reached"]:
                for within in step["within"]:
                    same(within["share"], "ladder_rung_reached_ratio", rung=str(step["rung"]),
                         within_months=str(within["months"]))
                median = step["median_days"]
                same(None if median is None else median * seconds,
                     "ladder_rung_reached_median_seconds", rung=str(step["rung"]))
            norm = indicators["participation_norm"]
            for answer in ("yes", "no", "unknown", "exempt", "new"):
                same(norm[answer], "ladder_participation_norm_persons", answer=answer)
            same(norm["share"], "ladder_participation_norm_ratio")
            quality = indicators["data_quality"]
            for quantile in ("p50", "p90"):
                days = quality[f"delay_{quantile}_days"]
                same(None if days is None else days * seconds,
                     f"ladder_reporting_delay_{quantile}_seconds")

    def test_no_total_of_others_stands_under_the_same_name(self):
        found = self.samples()
        # Those with a stale assessment are in their rung's count too.
        self.assertLessEqual({dict(labels)["rung"] for labels in found["ladder_position_persons"]},
                             {*"123456", "unassessed"})
        self.assertEqual(sum(found["ladder_position_persons"].values()), 40)
        self.assertLessEqual({dict(labels)["outcome"] for labels in found["ladder_step_spells"]},
                             {"climbed", "exited", "silent", "censored"})

    def test_the_daemons_own_counts_are_right(self):
        found = self.samples()
        events = {(dict(labels)["partner"], dict(labels)["result"]): value
                  for labels, value in found["ladderd_events_total"].items()}
        self.assertEqual(events["isd", "accepted"], len(self.events))
        self.assertEqual(events["isd", "duplicate"], 1)
        self.assertEqual(events["isd", "rejected"], 4)
        self.assertEqual(events["lev", "accepted"], 1)
        codes = {dict(labels)["code"]: value
                 for labels, value in found["ladderd_rejections_total"].items()}
        self.assertEqual({code: value for code, value in codes.items() if value},
                         {"bad_value": 2, "unknown_field": 1, "target_unknown": 1})
        last = len(self.events) + 1
        self.assertEqual(list(found["ladderd_log_last_seq"].values()), [last])
        self.assertEqual(list(found["ladderd_applied_seq"].values()), [last])
        size = list(found["ladderd_log_bytes"].values())[0]
        self.assertGreater(size, 0)
        self.assertGreater(list(found["ladderd_log_bytes_max"].values())[0], size)
        stamps = {dict(labels)["partner"]: value for labels, value
                  in found["ladderd_last_event_timestamp_seconds"].items()}
        for who in ("isd", "lev"):
            self.assertLess(abs(stamps[who] - time.time()), 300)
        info = [dict(labels) for labels in found["ladderd_build_info"]]
        self.assertRegex(info[0]["version"], r"^\d+\.\d+")
        self.assertIn("http", {dict(labels)["listener"]
                               for labels in found["ladderd_connections"]})

    def test_the_histograms_count_the_commits_and_the_batches(self):
        found = self.samples()
        for name in ("ladderd_commit_duration_seconds", "ladderd_batch_events"):
            buckets = {dict(labels)["le"]: value
                       for labels, value in found[name + "_bucket"].items()}
            values = [buckets[le] for le in sorted(buckets, key=float)]
            self.assertEqual(values, sorted(values), "buckets are cumulative")
            count = list(found[name + "_count"].values())[0]
            self.assertEqual(buckets["+Inf"], count)
            self.assertGreaterEqual(count, 2)
            self.assertGreater(list(found[name + "_sum"].values())[0], 0)

    def test_the_figures_follow_many_batches_without_commits_of_their_own(self):
        def value(name):
            return next(iter(self.samples()[name].values()))
        before = value("ladderd_commit_duration_seconds_count")
        sent, end = 0, time.monotonic() + 3
        while time.monotonic() < end:
            sent += 1
            last = self.daemon.accept(assessed(fresh("s"), "2024-02-01", 2))["last_seq"]
        harness.until(lambda: value("ladderd_applied_seq") >= last, "the figures")
        # Whoever wants the figures of now has that instant settled: here, at the two ends.
        self.assertLess(value("ladderd_commit_duration_seconds_count") - before - sent, 6)

    def test_le_is_printed_alike_in_both_formats(self):
        both = [set(re.findall(r'le="([^"]*)"', self.scrape(accept).body.decode()))
                for accept in (None, OPENMETRICS + "; version=1.0.0")]
        self.assertEqual(*both)

    def test_without_a_token_there_are_no_internal_figures(self):
        for accept in (None, OPENMETRICS + "; version=1.0.0"):
            answer = self.daemon.get("/metrics", headers={"Accept": accept} if accept else None)
            if answer.status == 200:
                self.assertNotRegex(answer.body.decode(), r"(?m)^(ladder|process)")
            else:
                self.assertProblem(answer, 401, 403)

    def test_nothing_is_said_in_valid_openmetrics_too(self):
        from prometheus_client.openmetrics import parser
        answer = self.daemon.get("/metrics", headers={
            "Accept": "application/openmetrics-text; version=1.0.0"})
        if answer.status == 200 and answer.media_type == OPENMETRICS:
            self.assertEqual(list(parser.text_string_to_metric_families(answer.body.decode())),
                             [])

    def test_a_wrong_or_a_partners_token_gives_no_internal_figures(self):
        for answer in (self.daemon.get("/metrics", token="wrong"),
                       self.daemon.get("/metrics", who="isd")):
            if answer.status == 200:
                self.assertNotRegex(answer.body.decode(), r"(?m)^ladder")
            else:
                self.assertProblem(answer, 401, 403)

    def test_an_analyst_reads_the_metrics(self):
        self.assertIn(b"ladder_persons{", self.scrape(who="analyst").body)

    def test_a_real_prometheus_scrapes_and_answers(self):
        place = self.daemon.place / "prometheus"
        place.mkdir()
        port = harness.free_port()
        (place / "prometheus.yml").write_text(f"""
global: {{scrape_interval: 1s, scrape_timeout: 1s}}
scrape_configs:
  - job_name: ladderd
    authorization: {{credentials_file: {self.daemon.token_file("prometheus")}}}
    static_configs: [{{targets: ["127.0.0.1:{self.daemon.port}"]}}]
""")
        with open(place / "output", "wb") as output:
            program = subprocess.Popen(
                ["prometheus", f"--config.file={place}/prometheus.yml",
                 f"--storage.tsdb.path={place}/data", f"--web.listen-address=127.0.0.1:{port}"],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        try:
            def query(expression):
                client = harness.Client(port, timeout=5)
                try:
                    answer = client.request("GET", "/api/v1/query?query="
                                            + urllib.parse.quote(expression))
                    return json.loads(answer.body)["data"]["result"]
                except (OSError, ValueError, KeyError):
                    return []
                finally:
                    client.close()
            persons = harness.until(lambda: query("ladder_persons"), "prometheus has ladder_persons",
                                  30)
            self.assertEqual({one["metric"]["municipality"]: one["value"][1] for one in persons},
                             {"GM0820": "10", "GM0823": "30"})
            self.assertEqual(query("sum(ladder_persons)")[0]["value"][1], "40")
            self.assertEqual(query("up")[0]["value"][1], "1")
            self.assertEqual(query('ladderd_events_total{partner="isd",result="duplicate"}'
                                   )[0]["value"][1], "1")
            self.assertTrue(query("ladderd_commit_duration_seconds_bucket"))
        finally:
            program.terminate()
            try:
                program.wait(15)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()


if __name__ == "__main__":
    harness.unittest.main()
