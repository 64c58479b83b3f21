#!/usr/bin/python3
"""The work lists against a plain recomputation, written from docs/worklist.md.

The rows of a partner are made of its own effective events alone; what others sent
takes a row away when it ends what the row asks for, and does nothing else. The
seeds are printed; LADDERD_SEEDS="1 2 3" chooses others, LADDERD_ROUNDS more.
"""
import json
import os
import random
import subprocess
import tempfile
import unittest
from datetime import timedelta

import histories
import twin
from municipalities import RECORDS, Store
from test_daemon import SEEDS

POLICY = {"norm_minutes": 120, "follow_days": 214, "news_days": 183, "bridge_days": 31,
          "lasting_days": 183}
# reason: after how many days it is on the list, and which types answer it
REASONS = {
    "rung_not_assessed": (150, {"ladder_assessed"}),
    "job_not_confirmed": (120, {"job_confirmed", "job_changed"}),
    "no_contact": (60, {"contact_held"}),
    "plan_not_reviewed": (300, {"plan_reviewed", "plan_signed"}),
    "obligation_without_plan": (0, {"plan_signed"}),
    "benefit_not_confirmed": (330, {"benefit_confirmed"}),
    "referral_open": (120, {"referral_closed"}),
    "no_contact_person": (0, {"contact_person_assigned"}),
}
EVIDENCE = ("job_started", "job_changed", "job_confirmed")


def is_contact(e):
    return e.type == "contact_held" and e["by"] == "CASE_MANAGER" and e["two_way"]


NEWS = {
    "rung_not_assessed": lambda e: e.type == "ladder_assessed",
    "job_not_confirmed": lambda e: e.type in EVIDENCE,
    "no_contact": is_contact,
    "plan_not_reviewed": lambda e: e.type in ("plan_signed", "plan_reviewed"),
    "obligation_without_plan": lambda e: e.type == "plan_signed",
    "benefit_not_confirmed": lambda e: e.type in ("benefit_started", "benefit_confirmed"),
    "referral_open": lambda e: e.type == "referral_made" and e.get("referral_ref") is not None,
    "no_contact_person": lambda e: e.type == "contact_person_assigned",
}


def last(events):
    return events[-1] if events else None


def is_gone(everything, mine):
    """Who died, left or lives elsewhere now, whoever said it."""
    home = everything.lives_in(everything.P)
    if home is not None:
        return home != mine.events[-1].municipality
    return bool(everything.moves)


def job_rows(everything, mine):
    refs = {}
    for e in mine.of(*EVIDENCE, "job_ended"):
        refs[e["job_ref"]] = e
    for ref, e in refs.items():
        ended = [job for job in everything.jobs if job.ref == ref]
        if e.type != "job_ended" and not (ended and ended[-1].end is not None):
            yield "job_not_confirmed", e.day, e.day + timedelta(days=184), ref


def benefit_rows(everything, mine):
    news = mine.last("benefit_started", "benefit_confirmed")
    if news is None:
        return
    # Ended by anybody since the partner told of a start; a list of the month still names it.
    order = [e.seq for e in everything.events]
    begun, ended = mine.last("benefit_started"), everything.last("benefit_ended")
    over = (ended is not None and ended.municipality == news.municipality
            and (begun is None or order.index(ended.seq) > order.index(begun.seq))
            and ended.day + timedelta(days=31) >= news.day)
    if not over:
        yield "benefit_not_confirmed", news.day, news.day + timedelta(days=401), None


def referral_rows(everything, mine):
    seen = set()
    for e in mine.of("referral_made"):
        ref = e.get("referral_ref")
        if ref is None or ref in seen:
            continue
        seen.add(ref)
        after = everything.events[[x.seq for x in everything.events].index(e.seq):]
        if not any(x.type == "referral_closed" and x["referral_ref"] == ref for x in after):
            yield "referral_open", e.day, e.day + timedelta(days=184), ref


def guided_rows(everything, mine):
    contact = last([e for e in mine.events if is_contact(e)]) or mine.settled
    if contact is not None:
        yield "no_contact", contact.day, contact.day + timedelta(days=91), None
    place = {e.seq: i for i, e in enumerate(mine.events)}
    planned, withdrawn = mine.last("plan_signed", "plan_reviewed"), mine.last("plan_withdrawn")
    over = withdrawn and planned and place[withdrawn.seq] > place[planned.seq]
    theirs = everything.last("plan_signed", "plan_withdrawn")
    if planned and not over and not (theirs and theirs.type == "plan_withdrawn"):
        yield "plan_not_reviewed", planned.day, planned.day + timedelta(days=365), None
    obligations = mine.of("obligation_started")
    old = mine.registered is not None and mine.registered.get("act") == "WI2013"
    if (obligations and mine.plan_in_force() is None and not old
            and not everything.of("civic_integration_completed")):
        since = max([obligations[0].day] + ([mine.t0] if mine.t0 else []))
        silent = since + timedelta(days=70)
        if mine.of("plan_signed"):
            since = silent = max(since, withdrawn.day)
        yield "obligation_without_plan", since, silent, None
    face = mine.last("contact_person_assigned", "contact_person_ended")
    if face is not None and face.type == "contact_person_ended":
        yield "no_contact_person", face.day, face.day, None


def worklist(records, P, K, partner, types, municipalities):
    P, K = twin.parse_day(P), twin.parse_instant(K)
    events = twin.effective([e for e in map(twin.Event, records) if e.recorded_at <= K])
    own = [e for e in events if e.partner == partner and e.subject is not None]
    sends = {reason for reason in REASONS
             if any(NEWS[reason](e) and e.day <= P for e in own)}
    rows = []
    for subject in {e.subject for e in own}:
        everything = twin.Person([e for e in events if e.subject == subject], P, POLICY)
        mine = twin.Person([e for e in own if e.subject == subject], P, POLICY)
        if not mine.events or is_gone(everything, mine):
            continue
        municipality = mine.events[-1].municipality
        found = []
        assessed = mine.last("ladder_assessed")
        if assessed is not None:
            found.append(("rung_not_assessed", assessed.day,
                          assessed.day + timedelta(days=215), None))
        found += job_rows(everything, mine)
        found += benefit_rows(everything, mine)
        found += referral_rows(everything, mine)
        if mine.adult() and mine.under_guidance():
            found += guided_rows(everything, mine)
        for reason, since, silent, ref in found:
            days, answers = REASONS[reason]
            if ((P - since).days >= days and reason in sends
                    and (types == "*" or answers & set(types))
                    and (municipalities == "*" or municipality in municipalities)):
                rows.append({"subject": subject, "municipality": municipality, "reason": reason,
                             "since": since.isoformat(), "days": (P - since).days,
                             "falls_silent_on": silent.isoformat(), "ref": ref})
    order = list(REASONS)
    rows.sort(key=lambda row: (row["falls_silent_on"], row["subject"].encode(),
                               order.index(row["reason"]), (row["ref"] or "").encode()))
    return rows


class Random(unittest.TestCase):
    maxDiff = None

    def test_random_histories_give_the_work_lists_of_the_plain_recomputation(self):
        print("seeds:", *SEEDS)
        seen = {}
        for seed in SEEDS:
            with self.subTest(seed=seed):
                self.compare(seed, seen)
        # Every reason came up, or the comparison shows nothing.
        self.assertEqual(set(seen), set(REASONS))

    def compare(self, seed, seen):
        history = histories.History(seed, 40, 4)
        rng = random.Random(seed)
        with tempfile.NamedTemporaryFile("w", suffix=".ndjson") as f:
            for record in history.records:
                f.write(json.dumps(record, separators=(",", ":")) + "\n")
            f.flush()
            store = Store(f.name)
        try:
            asked, lines = [], ""
            for question in history.questions(6):
                for partner in histories.PARTNERS + ["nobody"]:
                    types = rng.choice(["*", "*", "*", ["contact_held", "plan_signed"],
                                        ["job_confirmed"], ["job_started", "ladder_assessed"]])
                    places = rng.choice(["*", "*", histories.MUNICIPALITIES[:2]])
                    asked.append((question["as_of"], question["known_at"], partner, types, places))
                    lines += " ".join(one if isinstance(one, str) else ",".join(one)
                                      for one in asked[-1]) + "\n"
            result = subprocess.run([RECORDS, "worklist", store.path], input=lines, text=True,
                                    capture_output=True, check=True, timeout=120)
        finally:
            store.close()
        answers = result.stdout.splitlines()
        self.assertEqual(len(answers), len(asked))
        for one, line in zip(asked, answers):
            theirs = worklist(history.records, *one)
            mine = json.loads(line)
            self.assertEqual(mine["items"], theirs, one)
            self.assertEqual((mine["as_of"], mine["known_at"], mine["partner"], mine["total"]),
                             (one[0], one[1], one[2], len(theirs)))
            for row in theirs:
                seen[row["reason"]] = seen.get(row["reason"], 0) + 1


if __name__ == "__main__":
    unittest.main()
