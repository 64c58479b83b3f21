#!/usr/bin/python3
"""Random municipalities, published for eight quarters in a row, and the intruder on all of it.

    RECORDS=build/release/records tests/twin/municipalities.py --number 1000 --jobs 2

prints, for each base, how many publications there were, how many are withheld, how many
counts were moved and how far, and how many counts the intruder looked at and found with
fewer than three values.  Exit 1 if there was one, or a publication that contradicts itself.

Each municipality is published in both ways there are: each quarter four days after its end,
and all quarters at one instant, when only the newest shows what grows and what counts a
window.  RECORDS prints the figures, as the program publishes them; what is possible behind
them is reckoned by intruder.py and curves.py alone."""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime, timedelta

import curves
import histories
import intruder

RECORDS = os.path.abspath(os.environ.get("RECORDS", "build/release/records"))
LADDER = os.path.join(os.path.dirname(RECORDS), "ladder")
HOME = "GM0823"
THREE = 3
ENVELOPE = {"id", "key", "subject", "municipality", "occurred_on"}
QUARTERS = ["2024-09-30", "2024-12-31", "2025-03-31", "2025-06-30",
            "2025-09-30", "2025-12-31", "2026-03-31", "2026-06-30"]
FIRST_DAY = date(1990, 1, 1)    # no event may be of an earlier one
AT_ONCE = "2026-07-04T12:00:00Z"


class Store:
    """A store made of records, in memory where the machine has such a file system."""

    def __init__(self, records):
        shared = "/dev/shm" if os.path.isdir("/dev/shm") else None
        self.folder = tempfile.mkdtemp(prefix="ladderd-twin-", dir=shared)
        self.path = os.path.join(self.folder, "store")
        if not isinstance(records, str):
            path = os.path.join(self.folder, "records.ndjson")
            with open(path, "w", encoding="utf-8") as f:
                for record in records:
                    f.write(json.dumps(record, separators=(",", ":")) + "\n")
            records = path
        subprocess.run([RECORDS, "load", records, self.path], check=True, timeout=120)

    def figures(self, questions, round_to=0, *plain):
        """`plain`: public figures as rounding alone would show them."""
        lines = "".join("%(as_of)s %(known_at)s %(municipality)s %(window)d" % q
                        + " %d\n" % q.get("definitions", 2) for q in questions)
        result = subprocess.run([RECORDS, "figures", self.path, str(round_to), *plain],
                                input=lines, text=True, capture_output=True, check=True,
                                timeout=300)
        return result.stdout.splitlines(keepends=True)

    def close(self):
        shutil.rmtree(self.folder)


def record(number, day, event):
    stamp = datetime.combine(date.fromisoformat(day), datetime.min.time())
    stamp += timedelta(hours=17, microseconds=number)
    return {"seq": number, "recorded_at": stamp.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "partner": "isd", "event": event}


def lifelike(seed, people):
    """The records of an invented municipality, each recorded on the day of its event."""
    done = subprocess.run([LADDER, "generate", "--seed", str(seed), "--people", str(people),
                           "--years", "4", "--until", "2026-07-05"],
                          capture_output=True, text=True, check=True, timeout=60)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    return [record(n, e["occurred_on"], e) for n, e in enumerate(events, 1)]


def nasty(seed, people):
    """The records of a random history, moved in time so that it ends on 30 June 2026."""
    history = histories.History(seed, people, 4)
    later = date(2026, 6, 30) - history.end
    for r in history.records:
        moment = datetime.fromisoformat(r["recorded_at"]) + later
        r["recorded_at"] = moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        event = r["event"]
        day = date.fromisoformat(event["occurred_on"]) + later
        event["occurred_on"] = max(day, FIRST_DAY).isoformat()
        event.pop("report_published", None)
        if "agreement_made" in event:       # it is of no publication, but may be retracted
            event["agreement_made"]["by"] = "2030-12-31"
    return [r for r in history.records if len(set(r["event"]) - ENVELOPE) == 1]


def known(quarter):
    """Four days after its end."""
    return (date.fromisoformat(quarter) + timedelta(days=4)).isoformat() + "T12:00:00Z"


def questions_of(at_once):
    return [{"as_of": quarter, "municipality": HOME, "window": 365,
             "known_at": AT_ONCE if at_once else known(quarter)} for quarter in QUARTERS]


def publications(store, base, at_once=False, *plain):
    """The publications of eight quarters; one that is withheld is None."""
    lines = map(json.loads, store.figures(questions_of(at_once), base, *plain))
    return [None if "withheld" in line else line for line in lines]


def attack(figures, seed=0):
    """{count: values} of everything one publication shows; None: it contradicts itself."""
    if intruder.unexplained(figures):
        return None
    possible = intruder.intrude(figures, THREE, seed)
    if possible is None:
        return None
    spells = min(possible.get("placement.lasting_jobs", {0}))
    growing = curves.intrude(figures, spells, THREE)
    return None if growing is None else {**possible, **growing}


def few(possible):
    return sorted((name, sorted(values)) for name, values in possible.items()
                  if len(values) < THREE)


def moves_of(plain, shown, base):
    """{count: by how much it was moved}."""
    one, other = intruder.own_counts_of(plain), intruder.own_counts_of(shown)
    found = {name: (other[name] - one[name]) / base for name in one if other[name] != one[name]}
    means = [x["indicators"]["intake"]["mean_domains"] for x in (plain, shown)]
    if None not in means and means[0] != means[1]:
        found[intruder.MEAN] = (means[1] - means[0]) / 0.5
    return found


def one_municipality(task):
    """Counts of what was found, and sentences about what is wrong."""
    kind, seed, people, bases = task
    total, wrong = {base: Counter() for base in bases}, []
    store = Store((nasty if kind == "nasty" else lifelike)(seed, people))
    try:
        for base in bases:
            for at_once in (False, True):
                plain = publications(store, base, at_once, "plain")
                shown = publications(store, base, at_once)
                for quarter, alone, figures in zip(QUARTERS, plain, shown):
                    where = "%s municipality %d of %d people, base %d, %s%s" % (
                        kind, seed, people, base, quarter, ", all at once" if at_once else "")
                    small = alone["population"]["persons"] < 2 * base
                    look(total[base], alone, figures, base, small, where, wrong, people)
    finally:
        store.close()
    return total, wrong


def look(total, alone, figures, base, small, where, wrong, people):
    total["publications"] += 1
    if small:
        total["too few people"] += 1
        if figures is not None:
            wrong.append(where + ": shown, of too few people")
        return
    total["over 40"] += people > 40
    if figures is None:
        total["withheld"] += 1
        total["withheld over 40"] += people > 40
        return
    moved = moves_of(alone, figures, base)
    total["with a move"] += bool(moved)
    for name, steps in moved.items():
        total["moved by %+g" % steps + (" (mean)" if name == intruder.MEAN else "")] += 1
    possible = attack(figures)
    if possible is None:
        wrong.append(where + ": contradicts itself")
        return
    total["counts"] += len(possible)
    wrong.extend("%s: %s can only be %s" % (where, name, values) for name, values in few(possible))


def tasks(number, bases, first=1):
    """People 10 to 120, in turn; one in eight is nasty rather than lifelike."""
    for seed in range(first, first + number):
        yield ("nasty" if seed % 8 == 0 else "lifelike", seed, 10 + 11 * seed % 111, bases)


def run(number, bases=(5, 10), jobs=1, first=1):
    """Counts for each base, and what is wrong."""
    total, wrong = {base: Counter() for base in bases}, []
    with ProcessPoolExecutor(jobs) as pool:
        for one, sentences in pool.map(one_municipality, tasks(number, bases, first)):
            for base in bases:
                total[base].update(one[base])
            wrong += sentences
    return total, wrong


def describe(number, total, wrong):
    lines = ["%d municipalities of 10 to 120 people, eight quarters, each published in time and "
             "all at once" % number]
    for base, counts in total.items():
        lines.append("base %d: %s" % (base, ", ".join(
            "%s %d" % pair for pair in sorted(counts.items()))))
    return "\n".join(lines + ["%d faults" % len(wrong)] + wrong)


def main():
    parser = argparse.ArgumentParser(description="The intruder on random municipalities.")
    parser.add_argument("--number", type=int, default=1000)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--jobs", type=int, default=2)
    a = parser.parse_args()
    total, wrong = run(a.number, jobs=a.jobs, first=a.first)
    print(describe(a.number, total, wrong))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
