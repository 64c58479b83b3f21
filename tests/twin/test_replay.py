#!/usr/bin/python3
"""`ladder replay` for the analyst against the twin: what-ifs, groups and their
comparison, CSV, history.

RECORDS is the helper that loads records (build/release/records), LADDER the command
(beside it unless said). LADDERD_SEEDS="1 2 3" chooses the histories.
"""
import csv
import io
import itertools
import json
import math
import os
import random
import shutil
import subprocess
import tempfile
import unittest
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from zoneinfo import ZoneInfo

import council
import histories
import twin
from test_twin import differences

RECORDS = os.environ["RECORDS"]
LADDER = os.environ.get("LADDER") or os.path.join(os.path.dirname(RECORDS), "ladder")
ROUNDS = int(os.environ.get("LADDERD_ROUNDS", "4"))
SEEDS = [int(s) for s in os.environ.get("LADDERD_SEEDS", "").split()] or \
    [random.SystemRandom().randrange(10 ** 6) for _ in range(ROUNDS)]
MODELS = ["CAFETARIA", "CHAIN_3D", "PARTICIPATION_COMPANY", "OTHER"]
POLICY = {"norm_minutes": 120, "follow_days": 214, "news_days": 183, "bridge_days": 31,
          "lasting_days": 183}
ZONE = ZoneInfo("Europe/Amsterdam")


class Store:
    def __init__(self, records):
        shared = "/dev/shm" if os.path.isdir("/dev/shm") else None
        self.folder = tempfile.mkdtemp(prefix="ladder-replay-", dir=shared)
        self.path = os.path.join(self.folder, "store")
        file = os.path.join(self.folder, "records.ndjson")
        with open(file, "w", encoding="utf-8") as f:
            for record in records:
                f.write(json.dumps(record, separators=(",", ":")) + "\n")
        subprocess.run([RECORDS, "load", file, self.path], check=True, timeout=120)

    def replay(self, *arguments):
        done = subprocess.run([LADDER, "replay", self.path, *map(str, arguments)],
                              capture_output=True, text=True, timeout=120)
        assert done.returncode == 0 and done.stderr == "", (arguments, done)
        return done.stdout

    def close(self):
        shutil.rmtree(self.folder)


def asked(question):
    return ["--as-of", question["as_of"], "--known-at", question["known_at"],
            "--municipality", question["municipality"], "--window", question["window"]]


# ---------------------------------------------------------------- histories with models

def with_models(history, seed):
    """The history's records and, behind them, models set by several partners on
    equal days; some set again under their key, some withdrawn."""
    rng = random.Random(seed)
    records = list(history.records)
    moment = twin.parse_instant(records[-1]["recorded_at"])
    last = date.fromisoformat(max(r["event"]["occurred_on"] for r in records)) - timedelta(days=2)

    def send(partner, event):
        nonlocal moment
        moment += timedelta(microseconds=1)
        records.append({"seq": len(records) + 1, "partner": partner,
                        "recorded_at": moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "event": event})

    # Where and when spells start: a model of that day counts for them.
    borders = []
    for kind in ("municipality_settled", "ladder_assessed", "job_started"):
        starts = [(e["municipality"], e["occurred_on"]) for e in (r["event"] for r in records)
                  if kind in e and e["occurred_on"] <= last.isoformat()]
        borders += [rng.choice(starts) for _ in range(6)]
    for n in range(40):
        partner = rng.choice(histories.PARTNERS)
        place, day = rng.choice(borders)
        event = {"id": rng.choice("aBZ") + "-model-%d" % n,
                 "municipality": place, "occurred_on": day,
                 "service_model_set": {"model": rng.choice(MODELS)}}
        if rng.random() < 0.3:
            event["key"] = "model-of-%s" % event["municipality"]
        send(partner, event)
        if rng.random() < 0.15:
            send(partner, {"id": "gone-%d" % n, "municipality": event["municipality"],
                           "occurred_on": event["occurred_on"],
                           "event_retracted": {"target_id": event["id"]}})
    return records


def few_towns(seed):
    """Eight municipalities of different service, in which a climb depends on it."""
    rng = random.Random(seed)
    records = []

    def send(subject, place, day, kind, body):
        event = {"id": "e%d" % len(records)}
        if subject:
            event["subject"] = subject
        event.update({"municipality": place, "occurred_on": day.isoformat(), kind: body})
        records.append({"seq": len(records) + 1, "partner": "isd",
                        "recorded_at": "2026-06-30T09:00:00.%06dZ" % len(records),
                        "event": event})

    for number in range(8):
        place = "GM%04d" % (number * 11)
        model = MODELS[[0, 0, 0, 1, 1, 3, 3, 1][number]]
        send(None, place, date(2018, 1, 1), "service_model_set", {"model": model})
        if number == 4:     # a change: most of its spells are of another model
            send(None, place, date(2020, 6, 1), "service_model_set", {"model": MODELS[2]})
        if number == 7:     # nothing is known of the first years
            records[-1]["event"]["occurred_on"] = "2020-03-01"
        for person in range(rng.randint(12, 20)):
            subject = "s%d-%d" % (number, person)
            day = date(2019, 1, 1) + timedelta(days=rng.randrange(600))
            send(subject, place, day, "municipality_settled", {})
            rung = 1
            for _ in range(rng.randint(3, 8)):
                day += timedelta(days=rng.randint(100, 205))
                send(subject, place, day, "ladder_assessed", {"rung": rung})
                rung = min(6, rung + (rng.random() < 0.2 + 0.1 * (number % 4)))
            if rng.random() < 0.7:
                send(subject, place, day, "job_started",
                     {"job_ref": "j", "funding": "FULLY_PAID", "hours_per_week": 24})
                for _ in range(rng.randint(0, 3)):
                    day += timedelta(days=rng.randint(60, 120))
                    send(subject, place, day, "job_confirmed", {"job_ref": "j"})
                if rng.random() < 0.5:
                    send(subject, place, day + timedelta(days=9), "job_ended", {"job_ref": "j"})
    return records


# ---------------------------------------------------------------- the twin of groups

class GroupView(twin.View):
    """Indicators 1, 2 and 6 of the spells for which `belongs` is true."""

    def __init__(self, people, P, m, policy, belongs):
        shape = twin.Shape("internal", 5)
        super().__init__(P, None, m, 365, policy, shape, 2, people)
        self.belongs = belongs

    def home(self, event):
        return super().home(event) and self.belongs(event)


class Groups:
    def __init__(self, records, question, policy=None):
        self.policy = dict(POLICY, **(policy or {}))
        self.P = twin.parse_day(question["as_of"])
        self.m = question["municipality"]
        K = twin.parse_instant(question["known_at"])
        recorded = [e for e in map(twin.Event, records) if e.recorded_at <= K]
        events = twin.effective(sorted(recorded, key=lambda e: e.seq))
        by_subject = {}
        for e in events:
            if e.subject is not None:
                by_subject.setdefault(e.subject, []).append(e)
        self.people = [twin.Person(by_subject[s], self.P, self.policy)
                       for s in sorted(by_subject)]
        self.models = sorted((e for e in events if e.type == "service_model_set"),
                             key=twin.Event.order)

    def model(self, event):
        found = [e for e in self.models
                 if e.municipality == event.municipality and e.day <= event.day]
        return found[-1]["model"] if found else "UNSET"

    def view(self, people, belongs=lambda event: True, m=None):
        """The three indicators, and the records of each of their curves."""
        curves, real = [], twin.estimates

        def remembering(records, *rest, **more):
            curves.append(records)
            return real(records, *rest, **more)
        view = GroupView(people, self.P, m or self.m, self.policy, belongs)
        twin.estimates = council.estimates = remembering
        try:
            figures = {"ladder_step": view.ladder_step(), "rung_reached": view.rung_reached(),
                       "job_durability": view.job_durability()}
        finally:
            twin.estimates = council.estimates = real
        return figures, curves

    def cohorts(self):
        names = sorted({"%d" % p.t0.year if p.t0 else "none" for p in self.people})
        for name in names:
            people = [p for p in self.people
                      if ("%d" % p.t0.year if p.t0 else "none") == name]
            yield name, self.view(people)

    def service_models(self):
        for name in MODELS + ["UNSET"]:
            yield name, self.view(self.people, lambda event, name=name: self.model(event) == name)

    def beginnings(self, field):
        """Spells of work by what the JobStarted says that begins them."""
        names = {"funding": ["FULLY_PAID", "SUBSIDISED"], "open_hiring": [False, True],
                 "matches_ambition": ["YES", "PARTLY", "NO"]}[field]
        for name in names + [None]:
            figures, curves = self.view(self.people,
                                        lambda event, name=name: event.get(field) == name)
            yield (word_of(name), {"job_durability": figures["job_durability"]}, curves[-1:])

    def routes(self):
        def route(p):
            plan = p.last("plan_signed")
            return plan.get("route") if plan else None
        for name in ["B1", "EDUCATION", "SELF_RELIANCE", None]:
            yield (word_of(name), *self.view([p for p in self.people if route(p) == name]))


def word_of(name):
    return {None: "UNSET", False: "false", True: "true"}.get(name, name)


def is_empty(figures):
    return not (any(x["entered"] for x in figures["ladder_step"])
                or any(x["people"] + x["already"] + x["unassessed"]
                       for x in figures["rung_reached"])
                or figures["job_durability"]["spells"])


# ---------------------------------------------------------------- the twin of the log-rank

def chi_square_above(x, degrees):
    a, half = (Fraction(1, 2), x / 2) if degrees % 2 else (Fraction(1), x / 2)
    q = math.erfc(math.sqrt(half)) if degrees % 2 else math.exp(-half)
    while a < Fraction(degrees, 2):
        q += half ** float(a) * math.exp(-half) / math.gamma(float(a) + 1)
        a += 1
    return q


def log_rank(groups):
    """Statistic, degrees of freedom, p; exact but for p."""
    groups = [[r for r in records if r[1] > r[0]] for records in groups]
    groups = [records for records in groups if records]
    n = len(groups)
    u = [Fraction(0)] * n
    V = [[Fraction(0)] * n for _ in range(n)]
    for t in sorted({end for records in groups for _, end, why in records if why == 1}):
        at_risk = [len([1 for entry, end, _ in records if entry < t <= end])
                   for records in groups]
        events = [len([1 for _, end, why in records if end == t and why == 1])
                  for records in groups]
        all_, d = sum(at_risk), sum(events)
        for g in range(n):
            u[g] += events[g] - Fraction(d * at_risk[g], all_)
            for h in range(n):
                if all_ > 1:
                    V[g][h] += (Fraction(d * (all_ - d), all_ - 1) * Fraction(at_risk[g], all_)
                                * ((g == h) - Fraction(at_risk[h], all_)))
    # Gauss: the rank is the degrees of freedom; u' V^- u with free unknowns 0.
    rows = [V[g] + [u[g]] for g in range(n)]
    solution, rank = [Fraction(0)] * n, 0
    pivots = []
    for column in range(n):
        pivot = next((i for i in range(rank, n) if rows[i][column] != 0), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        rows[rank] = [x / rows[rank][column] for x in rows[rank]]
        for i in range(n):
            if i != rank and rows[i][column] != 0:
                rows[i] = [x - rows[i][column] * y for x, y in zip(rows[i], rows[rank])]
        pivots.append(column)
        rank += 1
    for i, column in enumerate(pivots):
        solution[column] = rows[i][n]
    if rank == 0:
        return None, 0, None
    statistic = float(sum(x * y for x, y in zip(u, solution)))
    return statistic, rank, chi_square_above(statistic, rank)


# ---------------------------------------------------------------- the twin of the permutation

def share_at(records, indicator):
    """The share at the horizon nearest to 24 months, or None."""
    from_day = None
    if indicator == "rung_reached":
        for t in range(1, max([end for _, end, _ in records], default=0) + 1):
            if len([1 for entry, end, _ in records if entry < t <= end]) >= 10:
                from_day = t
                break
        if from_day is None:
            return None
    curve = twin.Curve(records, 1, from_day)
    days = 365 if indicator == "job_durability" else 761
    if not curve.answers(days, from_day):
        return None
    return curve.survival(days) if indicator == "job_durability" else curve.incidence(days)


def permutation(towns, indicator):
    """`towns`: {municipality: {model: records}}."""
    label, pooled = {}, {}
    for town, by_model in towns.items():
        sizes = {model: len([r for r in by_model[model] if r[1] > r[0]]) for model in MODELS}
        if max(sizes.values()) > 0:
            label[town] = max(MODELS, key=lambda model: sizes[model])
            pooled[town] = [r for model in MODELS for r in by_model[model]]

    def shares(way):
        return {model: share_at([r for town in way if way[town] == model
                                 for r in pooled[town]], indicator)
                for model in set(way.values())}
    found = {model: None for model in MODELS}
    found.update(shares(label))
    out = {"municipalities": {model: list(label.values()).count(model) for model in MODELS},
           "share": found, "difference": None, "assignments": 0, "chosen": "all",
           "p": None, "p_least": None}
    compared = [model for model in MODELS if found[model] is not None]
    if len(compared) < 2:
        return out
    towns = [town for town in label if label[town] in compared]
    values = [found[model] for model in compared]
    difference = max(values) - min(values)
    ways, large = set(itertools.permutations([label[town] for town in towns])), 0
    for way in ways:
        values = list(shares(dict(zip(towns, way))).values())
        large += None in values or max(values) - min(values) >= difference - 1e-12
    sizes = [list(label.values()).count(model) for model in compared]
    mirrors = math.prod(math.factorial(sizes.count(size)) for size in set(sizes))
    out.update({"difference": difference, "assignments": len(ways), "p": large / len(ways),
                "p_least": mirrors / len(ways)})
    return out


def curve_names():
    for indicator, rungs in (("ladder_step", range(1, 6)), ("rung_reached", range(2, 7)),
                             ("job_durability", [None])):
        for rung in rungs:
            yield indicator, rung


def compared(found, indicator, rung):
    """The comparison of one curve in an answer."""
    if rung is None:
        return found["comparison"][indicator]
    return next(x for x in found["comparison"][indicator] if x["rung"] == rung)


# ---------------------------------------------------------------- CSV, read from the JSON

def rows_of(found):
    """The rows that an answer must have, made from its JSON alone."""
    out = []
    begin = [found["as_of"], found["known_at"], found["municipality"]]

    def value(x):
        return "" if x is None else x if isinstance(x, str) else twin.show(x)

    def walk(x, path, labels, indicator):
        if isinstance(x, list):
            for element in x:
                name = next(iter(element))
                rest = {k: v for k, v in element.items() if k != name}
                if name == "figure":    # an agreement is named by all that was agreed
                    keys = list(element)[:list(element).index("running")]
                    rest = {k: v for k, v in element.items() if k not in keys}
                    walk(rest, path, labels + ["%s=%s" % (k, element[k]) for k in keys],
                         indicator)
                    continue
                if name == "months":
                    del rest["days"]
                walk(rest, path, labels + ["%s=%s" % (name, element[name])], indicator)
            return
        x, skip = dict(x), set()
        for key, low, high in (("share", "low", "high"), ("realised", "low", "high"),
                               ("median_days", "median_low", "median_high")):
            if key in x and low in x:
                skip |= {low, high}
        for key, v in x.items():
            if key in skip:
                continue
            if isinstance(v, (dict, list)):
                walk(v, path + [key], labels, indicator)
                continue
            limits = (("low", "high") if key in ("share", "realised")
                      else ("median_low", "median_high"))
            limited = set(limits) <= skip and key in ("share", "realised", "median_days")
            out.append(begin + [indicator, ".".join(path + [key]), ";".join(labels), value(v)]
                       + ([value(x[k]) for k in limits] if limited else ["", ""]))

    if found["window"] != 365:
        walk({"window": found["window"]}, [], [], "what_if")
    walk(found.get("what_if", {}), [], [], "what_if")
    walk(found.get("population", {}), [], [], "population")
    for name, x in found.get("indicators", {}).items():
        walk(x, [], [], name)
    for group in found.get("groups", []):
        name = found["by"]
        label = "%s=%s" % (name, group[name])
        walk({k: v for k, v in group.items() if k not in (name, "indicators")}, [], [label],
             "groups")
        for indicator, x in group["indicators"].items():
            walk(x, [], [label], indicator)
    for name, x in found.get("comparison", {}).items():
        walk(x, [], [], name)
    return out


def read_csv(text):
    assert "\r" not in text and text.endswith("\n")
    return list(csv.reader(io.StringIO(text), strict=True))


COLUMNS = "as_of,known_at,municipality,indicator,figure,labels,value,low,high".split(",")


# ---------------------------------------------------------------- the tests

class Random(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        print("seeds:", *SEEDS)

    def each(self, people=40, models=False):
        for seed in SEEDS:
            history = histories.History(seed, people, 4)
            records = with_models(history, seed) if models else history.records
            store = Store(records)
            try:
                print("seed", seed)
                yield seed, history, records, store
            finally:
                store.close()

    def test_what_if_gives_what_the_twin_computes(self):
        for seed, history, records, store in self.each():
            rng = random.Random(seed)
            for question in history.questions(6):
                policy = {"norm_minutes": rng.choice([0, 60, 119, 121, 240]),
                          "follow_days": rng.choice([30, 100, 213, 215, 366, 730]),
                          "news_days": rng.choice([30, 91, 182, 184, 365]),
                          "bridge_days": rng.choice([0, 1, 30, 32, 365]),
                          "lasting_days": rng.choice([30, 182, 184, 365])}
                policy = {k: v for k, v in policy.items() if rng.random() < 0.6}
                options = [x for k, v in policy.items() for x in ("--" + k.replace("_", "-"), v)]
                found = json.loads(store.replay(*asked(question), *options))
                keys = list(found)
                self.assertEqual(found.pop("what_if", {}), policy)
                if policy:
                    self.assertEqual(keys[keys.index("window") + 1], "what_if")
                wanted = json.loads(twin.dump(twin.figures(
                    records, question["as_of"], question["known_at"], question["municipality"],
                    question["window"], **policy)))
                self.assertEqual(differences(found, wanted), [], (question, policy))

    def test_the_contracts_own_values_change_no_byte(self):
        for seed, history, records, store in self.each(10):
            question = history.questions(1)[0]
            options = [x for k, v in POLICY.items() for x in ("--" + k.replace("_", "-"), v)]
            self.assertEqual(store.replay(*asked(question), *options),
                             store.replay(*asked(question)))

    def groups_are_right(self, store, records, question, by, policy):
        options = [x for k, v in policy.items() for x in ("--" + k.replace("_", "-"), v)]
        found = json.loads(store.replay(*asked(question), "--by", by, *options))
        groups = Groups(records, question, policy)
        wanted = list(groups.cohorts() if by == "cohort" else groups.service_models())
        wanted = [(name, figures, curves) for name, (figures, curves) in wanted
                  if not is_empty(figures)]
        self.assertEqual(found["by"], by)
        self.assertEqual([g[by] for g in found["groups"]], [name for name, _, _ in wanted])
        for group, (name, figures, _) in zip(found["groups"], wanted):
            self.assertEqual(differences(group["indicators"], json.loads(twin.dump(figures))), [],
                             (by, name, question, policy))
        return found, groups, wanted

    def test_figures_per_cohort_and_their_log_rank(self):
        for seed, history, records, store in self.each():
            for n, question in enumerate(history.questions(4)):
                policy = {"follow_days": 300} if n == 2 else {}
                found, _, wanted = self.groups_are_right(
                    store, records, question, "cohort", policy)
                for place, (indicator, rung) in enumerate(curve_names()):
                    statistic, degrees, p = log_rank(
                        [curves[place] for name, _, curves in wanted if name != "none"])
                    test = compared(found, indicator, rung)["log_rank"]
                    self.assertEqual(test["degrees_of_freedom"], degrees, (indicator, rung))
                    for mine, theirs in ((test["statistic"], statistic), (test["p"], p)):
                        self.assertEqual(mine is None, theirs is None)
                        self.assertAlmostEqual(mine or 0, theirs or 0, delta=2e-6)

    def test_figures_by_how_work_begins_and_by_route_and_their_log_rank(self):
        seen = set()
        for seed, history, records, store in self.each():
            for question in history.questions(2):
                groups = Groups(records, question)
                for by in ("funding", "open_hiring", "matches_ambition", "route"):
                    found = json.loads(store.replay(*asked(question), "--by", by))
                    wanted = [one for one in (groups.routes() if by == "route"
                                              else groups.beginnings(by))
                              if (not is_empty(one[1]) if by == "route"
                                  else one[1]["job_durability"]["spells"])]
                    self.assertEqual([g[by] for g in found["groups"]], [w[0] for w in wanted])
                    seen |= {(by, w[0]) for w in wanted}
                    for group, (name, figures, _) in zip(found["groups"], wanted):
                        self.assertEqual(differences(group["indicators"], json.loads(
                            twin.dump(figures))), [], (by, name, question))
                    names = curve_names() if by == "route" else [("job_durability", None)]
                    self.assertEqual(set(found["comparison"]), {name for name, _ in names})
                    for place, (indicator, rung) in enumerate(names):
                        statistic, degrees, p = log_rank(
                            [curves[place] for name, _, curves in wanted if name != "UNSET"])
                        test = compared(found, indicator, rung)["log_rank"]
                        self.assertEqual(test["degrees_of_freedom"], degrees, (by, indicator))
                        for mine, theirs in ((test["statistic"], statistic), (test["p"], p)):
                            self.assertEqual(mine is None, theirs is None)
                            self.assertAlmostEqual(mine or 0, theirs or 0, delta=2e-6)
                    first = json.loads(store.replay(*asked(question), "--by", by,
                                                    "--definitions", 1))
                    if by == "route":
                        self.assertLessEqual({g[by] for g in first["groups"]}, {"UNSET"})
        self.assertGreater(len(seen), 10, seen)

    def permutation_is_right(self, found, groups):
        """Of every curve, against all ways."""
        towns = {}
        for m in sorted({e.municipality for e in groups.models}):
            if groups.m not in ("all", m):
                continue
            towns[m] = {model: groups.view(
                groups.people, lambda event, model=model: groups.model(event) == model, m)[1]
                for model in MODELS}
        for place, (indicator, rung) in enumerate(curve_names()):
            wanted = {"days": 365 if indicator == "job_durability" else 761}
            wanted.update(permutation({m: {model: curves[place] for model, curves in by.items()}
                                       for m, by in towns.items()}, indicator))
            test = compared(found, indicator, rung)
            self.assertNotIn("log_rank", test)
            self.assertEqual(differences(test["permutation"], json.loads(twin.dump(wanted))), [],
                             (indicator, rung))

    def test_figures_per_service_model_and_their_permutation(self):
        for seed, history, records, store in self.each(models=True):
            questions = history.questions(3)
            for question in questions:      # the models are what was recorded last
                question["known_at"] = records[-1]["recorded_at"]
            for question in questions:
                found, groups, wanted = self.groups_are_right(
                    store, records, question, "service_model", {})
                self.permutation_is_right(found, groups)
                for group in found["groups"]:
                    name = group["service_model"]
                    homes = {m for m in histories.MUNICIPALITIES
                             if question["municipality"] in ("all", m) and not is_empty(
                                 groups.view(groups.people, lambda event: groups.model(event)
                                             == name, m)[0])}
                    self.assertEqual(group["municipalities"], len(homes))

    def test_the_permutation_of_a_few_towns_tries_all_ways(self):
        for seed in SEEDS[:2]:
            with self.subTest(seed=seed):
                records = few_towns(seed)
                store = Store(records)
                self.addCleanup(store.close)
                question = {"as_of": "2024-12-31", "known_at": records[-1]["recorded_at"],
                            "municipality": "all", "window": 365}
                found, groups, _ = self.groups_are_right(
                    store, records, question, "service_model", {})
                self.permutation_is_right(found, groups)
                tests = [compared(found, "ladder_step", rung)["permutation"]
                         for rung in range(1, 6)]
                self.assertGreaterEqual(max(test["assignments"] for test in tests), 20)
                for test in tests:
                    self.assertGreaterEqual(test["p"] or 1, test["p_least"] or 0)

    def test_csv_says_what_the_json_says(self):
        for seed, history, records, store in self.each(models=True):
            for question in history.questions(2):
                for more in ([], ["--by", "cohort"], ["--by", "service_model"],
                             ["--by", "route"], ["--by", "open_hiring"],
                             ["--norm-minutes", 60, "--bridge-days", 0]):
                    arguments = asked(question) + more
                    found = json.loads(store.replay(*arguments))
                    rows = read_csv(store.replay(*arguments, "--format", "csv"))
                    self.assertEqual(rows[0], COLUMNS)
                    self.assertEqual(sorted(rows[1:]), sorted(rows_of(found)), arguments)

    def test_each_is_all_and_every_municipality(self):
        for seed, history, records, store in self.each():
            question = dict(history.questions(1)[0], municipality="each")
            lines = store.replay(*asked(question)).splitlines(keepends=True)
            places = [json.loads(line)["municipality"] for line in lines]
            self.assertEqual(places, ["all"] + sorted(places[1:]))
            self.assertEqual(sorted(places[1:]), sorted(set(places[1:])))
            for place, line in zip(places, lines):
                self.assertEqual(line, store.replay(*asked(dict(question, municipality=place))))
            rows = read_csv(store.replay(*asked(question), "--format", "csv"))
            self.assertEqual(len([row for row in rows if row == COLUMNS]), 1)
            wanted = [row for line in lines for row in rows_of(json.loads(line))]
            self.assertEqual(sorted(rows[1:]), sorted(wanted))

    # ---- history

    def samples(self, text):
        """{name and labels: [(timestamp, value)]}, in the order of the text."""
        out = {}
        self.assertTrue(text.endswith("# EOF\n"))
        last = None
        for line in text.splitlines():
            if line.startswith("#"):
                continue
            series, value, stamp = line.rsplit(" ", 2)
            if series != last:
                self.assertNotIn(series, out, "series-major")
            out.setdefault(series, []).append((int(stamp), float(value)))
            last = series
        for points in out.values():
            self.assertEqual(points, sorted(points))
        return out

    def test_history_is_what_each_day_gives_alone(self):
        for seed, history, records, store in self.each(25):
            rng = random.Random(seed)
            end = twin.parse_instant(records[-1]["recorded_at"]).astimezone(ZONE).date()
            start = end - timedelta(days=rng.choice([200, 500, 900]))
            for known_at in (None, records[-1]["recorded_at"]):
                step = rng.choice(["week", "month", "quarter"])
                arguments = ["--format", "openmetrics", "--from", start, "--to",
                             end - timedelta(days=1), "--step", step]
                if known_at:
                    arguments += ["--known-at", known_at]
                samples = self.samples(store.replay(*arguments))
                days = self.days(start, end - timedelta(days=1), step)
                stamps = {stamp for points in samples.values() for stamp, _ in points}
                self.assertLessEqual(stamps, {self.end_of(day) for day in days})
                for day in rng.sample(days, min(3, len(days))):
                    stamp = self.end_of(day)
                    K = known_at or datetime.fromtimestamp(
                        stamp, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.999999Z")
                    for place in histories.MUNICIPALITIES:
                        found = json.loads(store.replay(
                            "--as-of", day, "--known-at", K, "--municipality", place))
                        self.same(samples, place, stamp, found)

    @staticmethod
    def end_of(day):
        """The last second of a civil day."""
        after = datetime.combine(day + timedelta(days=1), datetime.min.time(), ZONE)
        return int(after.timestamp()) - 1

    @staticmethod
    def days(start, end, step):
        last = {"week": lambda d: d.weekday() == 6,
                "month": lambda d: (d + timedelta(days=1)).day == 1,
                "quarter": lambda d: (d + timedelta(days=1)).day == 1 and d.month % 3 == 0}[step]
        found = [start + timedelta(days=n) for n in range((end - start).days + 1)]
        return [day for day in found if last(day)]

    def same(self, samples, place, stamp, found):
        def at(name, **labels):
            series = name + "{" + ",".join('%s="%s"' % label for label in
                                           [("municipality", place), *labels.items()]) + "}"
            return dict(samples.get(series, [])).get(stamp)
        if at("ladder_persons") is None:        # nothing was ever said about it
            self.assertEqual(found["population"]["persons"], 0)
            return
        self.assertEqual(at("ladder_persons"), found["population"]["persons"])
        x = found["indicators"]
        for rung in "123456":
            self.assertEqual(at("ladder_position_persons", rung=rung), x["ladder_position"][rung])
        for step in x["ladder_step"]:
            for outcome in ("climbed", "exited", "silent", "censored"):
                self.assertEqual(at("ladder_step_spells", rung=step["rung"], outcome=outcome),
                                 step[outcome])
            for within in step["within"]:
                value = at("ladder_step_climbed_ratio", rung=step["rung"],
                           within_months=within["months"])
                self.assertEqual(value is None, within["share"] is None)
                self.assertAlmostEqual(value or 0, within["share"] or 0, delta=1e-6)
        delay = x["data_quality"]["delay_p90_days"]
        self.assertEqual(at("ladder_reporting_delay_p90_seconds"),
                         None if delay is None else delay * 86400)


if __name__ == "__main__":
    unittest.main()
