#!/usr/bin/python3
"""Tests of the twin itself: the example of spec/example, the literature's checks on
the curve, laws, and that the random histories keep the rules of spec/events.md.

LADDERD_SPEC: the folder `example`, or the one that holds it; by default
spec/example of the repository."""
import json
import os
import random
import re
import unittest
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import histories
import twin

HERE = os.path.dirname(os.path.abspath(__file__))
SPEC = os.environ.get("LADDERD_SPEC") or os.path.join(HERE, "..", "..", "spec",
                                                      "example")
if os.path.isdir(os.path.join(SPEC, "example")):
    SPEC = os.path.join(SPEC, "example")


def differences(mine, theirs, path="$"):
    """Numbers to within 1e-6, everything else exactly, the order of keys too."""
    number = (int, float)
    if isinstance(mine, number) and isinstance(theirs, number) \
            and not isinstance(mine, bool) and not isinstance(theirs, bool):
        return [] if abs(mine - theirs) <= 1.000001e-6 else ["%s: %r, %r" % (path, mine, theirs)]
    if type(mine) is not type(theirs):
        return ["%s: %r, %r" % (path, mine, theirs)]
    if isinstance(mine, dict):
        if list(mine) != list(theirs):
            return ["%s: keys %r, %r" % (path, list(mine), list(theirs))]
        return [d for k in mine for d in differences(mine[k], theirs[k], path + "." + k)]
    if isinstance(mine, list):
        if len(mine) != len(theirs):
            return ["%s: length %d, %d" % (path, len(mine), len(theirs))]
        return [d for i, pair in enumerate(zip(mine, theirs))
                for d in differences(pair[0], pair[1], "%s[%d]" % (path, i))]
    return [] if mine == theirs else ["%s: %r, %r" % (path, mine, theirs)]


def examples():
    """(path of the records, the texts of their figures) of set 1 and of set 2."""
    for folder, last in ((SPEC, 5), (os.path.join(SPEC, "set2"), 6)):
        texts = []
        for n in range(1, last + 1):
            with open(os.path.join(folder, "figures-%d.json" % n), encoding="utf-8") as f:
                texts.append(f.read())
        yield os.path.join(folder, "records.ndjson"), texts


class Example(unittest.TestCase):
    def test_figures(self):
        for path, texts in examples():
            with open(path, encoding="utf-8") as f:
                records = twin.read_records(f)
            for n, text in enumerate(texts, 1):
                with self.subTest(path=path, n=n):
                    theirs = json.loads(text)
                    mine = twin.dump(twin.figures(
                        records, theirs["as_of"], theirs["known_at"], theirs["municipality"],
                        theirs["window"], definitions=theirs["definitions"]))
                    self.assertEqual(differences(json.loads(mine), theirs), [])


class Literature(unittest.TestCase):
    def test_freireich(self):
        events = [6, 6, 6, 7, 10, 13, 16, 22, 23]
        censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
        c = twin.Curve([(0, t, 1) for t in events] + [(0, t, 0) for t in censored])
        for t, s in ((6, .857143), (7, .806723), (10, .752941), (13, .690196), (16, .627451),
                     (22, .537815), (23, .448179)):
            self.assertAlmostEqual(c.survival(t), s, places=6)
        low, high = c.survival_limits(23)
        self.assertAlmostEqual(low, .188052, places=6)
        self.assertAlmostEqual(high, .680143, places=6)
        self.assertEqual(c.half_time(c.failure, c.failure_limits), (23, 13, None))
        # "With one cause this is Kaplan-Meier with Greenwood."
        for t in events:
            self.assertAlmostEqual(c.incidence(t), c.failure(t), places=12)
            self.assertAlmostEqual(c.variance(t), c.survival(t) ** 2 * c.greenwood(t), places=12)

    def test_delayed_entry(self):
        c = twin.Curve([(0, 4, 1), (0, 6, 1), (2, 5, 1), (3, 9, 0), (5, 10, 1), (0, 8, 1),
                        (4, 7, 0), (1, 3, 1)])
        for t, s in ((3, .8), (4, .64), (5, .512), (6, .4096), (8, .273067), (10, 0)):
            self.assertAlmostEqual(c.survival(t), s, places=6)

    def test_competing_risks(self):
        records = [(0, t, why) for t, why in zip([1, 2, 2, 3, 3, 3, 5, 6], [0, 1, 0, 2, 0, 2, 0, 2])]
        one, two = twin.Curve(records, 1), twin.Curve(records, 2)
        self.assertEqual(one.incidence(1), 0)
        for t in (2, 3, 6):
            self.assertAlmostEqual(one.incidence(t), 1 / 7, places=12)
        self.assertAlmostEqual(two.incidence(3), 12 / 35, places=12)
        self.assertAlmostEqual(two.incidence(6), 6 / 7, places=12)
        self.assertAlmostEqual(one.variance(6) ** 0.5, .132260, places=6)
        self.assertAlmostEqual(two.variance(3) ** 0.5, .195100, places=6)

    def test_oirschot(self):
        """The municipality as the volunteers described it."""
        records = []

        def send(subject, day, kind, body):
            n = len(records) + 1
            records.append({"seq": n, "recorded_at": "2026-01-01T09:00:00.%06dZ" % n,
                            "partner": "lev",
                            "event": {"id": "e%d" % n, "subject": subject, "municipality": "GM0823",
                                      "occurred_on": day, kind: body}})

        for i in range(80):
            s = "s%d" % i
            send(s, "2024-01-01", "municipality_settled", {})
            send(s, "2025-12-01", "ladder_assessed", {"rung": 2})
            if i % 2:
                send(s, "2024-06-01", "activity_logged",
                     {"kind": "LANGUAGE_BUDDY", "minutes": 60, "provider": "VOLUNTEERS"})
            if i >= 30:
                continue
            send(s, "2024-01-01", "household_role_set", {"role": "BREADWINNER"})
            if i < 21:
                send(s, "2024-06-01", "activity_logged",
                     {"kind": "FORM_HELP", "minutes": 30, "provider": "VOLUNTEERS"})
            if i < 20:
                send(s, "2025-05-01", "job_started",
                     {"job_ref": "j", "funding": "FULLY_PAID" if i < 8 else "SUBSIDISED",
                      "hours_per_week": 24})
                send(s, "2025-10-31", "job_confirmed", {"job_ref": "j"})
                by = "VOLUNTEERS" if i < 12 else "SELF" if i < 18 else "ISD"
                send(s, "2025-05-01", "placement_claimed", {"job_ref": "j", "by": by})
        x = twin.figures(records, "2025-12-31", "2026-01-02T00:00:00Z", "GM0823", 365)["indicators"]
        self.assertEqual(x["language_support"]["ever_share"], 0.5)
        self.assertEqual(x["placement"]["guided"]["VOLUNTEERS"], {"people": 21, "share": 0.7})
        b = x["job_outcome"]["breadwinners"]
        self.assertEqual([b["fully_paid"], b["subsidised"], b["none"], b["unknown"]], [8, 12, 10, 0])
        self.assertAlmostEqual(b["fully_paid_share"], 8 / 30)
        self.assertAlmostEqual(b["subsidised_share"], 0.4)
        self.assertEqual(x["placement"]["lasting_jobs"], 20)
        self.assertEqual([x["placement"]["by"][o]["share"]
                          for o in ("VOLUNTEERS", "SELF", "ISD", "SW_COMPANY")], [.6, .3, .1, 0])


class Numbers(unittest.TestCase):
    def test_show(self):
        # 0.0000005 is a little less in binary, 0.5 ** 7 is exactly half-way.
        self.assertEqual(twin.dump({"a": [1.0, -0.0, -1e-9, 0.25, None, 0.0000005, 0.5 ** 7]}),
                         '{"a":[1,0,0,0.25,null,0,0.007812]}')

    def test_nearest(self):
        self.assertEqual([twin.nearest(x, 5) for x in (0, 2, 2.5, 3, 7, 7.5, 8)],
                         [0, 0, 5, 5, 5, 10, 10])
        self.assertEqual([twin.nearest(x, 7) for x in (3, 4, -1, -4)], [0, 7, 0, -7])

    def test_nearest_rank(self):
        self.assertEqual(twin.nearest_rank(list(range(1, 11)), 9, 10), 9)
        self.assertEqual(twin.nearest_rank([3, 1, 2, 4], 1, 2), 2)


class Laws(unittest.TestCase):
    def without(self, result):
        result = json.loads(twin.dump(result))
        del result["known_at"], result["indicators"]["data_quality"]
        return result

    def test_order_of_arrival(self):
        """"So the order of arrival never matters": the rows arrive in any other
        order, but those that one key or retraction ties together keep theirs."""
        for seed in range(4):
            h = histories.History(seed, 40, 3)
            rng = random.Random(seed)
            shuffled = self.rearranged(h.records, rng)
            self.assertNotEqual([r["event"] for r in shuffled], [r["event"] for r in h.records])
            for m in ("all", histories.MUNICIPALITIES[0]):
                for P in h.anchors[-6:]:
                    K = h.records[-1]["recorded_at"]
                    a, b = [twin.figures(x, P, K, m, 365) for x in (h.records, shuffled)]
                    self.assertEqual(differences(self.without(a), self.without(b)), [])

    def rearranged(self, records, rng):
        # Rows tied by a key or a retraction form a group, whose own order is kept.
        group, name = {}, {}
        for r in records:
            e, p = r["event"], r["partner"]
            own = e.get("event_retracted", {})
            ties = [(p, "id", own.get("target_id", e["id"]))]
            key = own.get("target_key", e.get("key"))
            if key is not None:
                ties.append((p, "key", key))
            found = {name[t] for t in ties if t in name} | {r["seq"]}
            keep = min(found)
            for t, g in list(name.items()) if len(found) > 1 else []:
                if g in found:
                    name[t] = keep
            for seq, g in list(group.items()) if len(found) > 1 else []:
                if g in found:
                    group[seq] = keep
            group[r["seq"]] = keep
            for t in ties:
                name[t] = keep
        queues = {}
        for r in records:
            queues.setdefault(group[r["seq"]], []).append(r)
        slots = [group[r["seq"]] for r in records]
        rng.shuffle(slots)
        out = []
        for n, g in enumerate(slots):
            r = queues[g].pop(0)
            out.append({"seq": n + 1, "recorded_at": records[n]["recorded_at"],
                        "partner": r["partner"], "event": r["event"]})
        return out

    def test_future_records_play_no_part(self):
        h = histories.History(5, 40, 3)
        for q in h.questions(6):
            known = [r for r in h.records if r["recorded_at"] <= q["known_at"]]
            arguments = (q["as_of"], q["known_at"], q["municipality"], q["window"])
            self.assertEqual(twin.dump(twin.figures(h.records, *arguments)),
                             twin.dump(twin.figures(known, *arguments)))

    def test_public_shape(self):
        """"The same shape, plus `rounded_to`", without `erased_people`; counts are multiples
        of the base."""
        h = histories.History(6, 150, 3)
        newest = date(h.end.year, 3 * ((h.end.month - 1) // 3) + 1, 1) - timedelta(days=1)
        for base in (5, 10):
            for day in (newest, newest - timedelta(days=400)):
                arguments = (day, h.records[-1]["recorded_at"], "GM0823", 365)
                inside = json.loads(twin.dump(twin.figures(h.records, *arguments)))
                outside = json.loads(twin.dump(twin.figures(h.records, *arguments, "public", base)))
                self.assertEqual(list(outside)[5:7], ["profile", "rounded_to"])
                self.assertEqual(outside.pop("rounded_to"), base)
                self.assertRegex(outside["known_at"], r"\A....-..-..\Z")
                self.assertEqual(inside.pop("erased_people"), 0)
                # "indicators 16-25 are *internal only*"
                for name in list(inside["indicators"])[17:]:
                    del inside["indicators"][name]
                self.compare_shape(inside, outside)
                self.multiples(outside, base)
                grows = set(self.values(outside["indicators"]["job_durability"], "spells"))
                self.assertEqual(None in grows, day != newest)

    def multiples(self, outside, base):
        for name in ("low", "high", "median_low", "median_high", "from_days", "already",
                     "not_at_risk"):
            self.assertEqual(set(self.values(outside, name)), {None})
        for name in ("yes", "people", "jobs", "referrals", "records", "entered", "spells",
                     "imposed", "person_years", "falls", "stale", "persons", "exited",
                     "censored", "reached"):
            self.assertTrue(all(x is None or x % base == 0 for x in self.values(outside, name)),
                            name)
        for name in ("share", "ever_share", "complete_share", "over_90_days_share"):
            self.assertTrue(all(x is None or 0 <= x <= 1 for x in self.values(outside, name)))

    def test_a_record_never_at_risk_keeps_its_cause(self):
        """"Thirty jobs that ended on their first day": all ended, S is 0 and not below."""
        shown = twin.grown(5, [(0, 0, 1)] * 30 + [(0, 400, 0)] * 10, [(None, 183), (None, 365)])
        self.assertEqual((shown["all"], shown["cause"], shown["shares"]), (40, 30, [0.75, 0.75]))
        self.assertEqual(shown["median"], 122)     # four months, of (0, 0) to (183, 0.75)

    def test_a_life_table_by_hand(self):
        """40 people: 10 reached by 365, 10 left by then, 10 more reached by 730, where the 10
        that are left are no longer followed."""
        records = ([(0, 100, 1)] * 10 + [(0, 200, 2)] * 10 + [(0, 500, 1)] * 10 +
                   [(0, 600, 0)] * 10)
        shown = twin.grown(5, records, [(12, 365), (24, 730), (36, 1096)])
        # a = 40: 10/40, S = 1 - 20/40; a = 20, a* = 15: 0.5 x 10/15; then 0 people are left.
        self.assertEqual(shown["shares"], [0.25, 0.25 + 0.5 * 10 / 15, None])
        self.assertEqual((shown["exited"], shown["silent_after_exited"], shown["censored"]),
                         (10, 0, 10))
        # 365 + 0.25/0.3333 x 365 = 638.75 days, 21 months.
        self.assertEqual(shown["median"], 639)

    def compare_shape(self, a, b):
        if isinstance(a, dict):
            self.assertEqual(list(a), list(b))
            for k in a:
                self.compare_shape(a[k], b[k])
        elif isinstance(a, list):
            self.assertEqual(len(a), len(b))
            for x, y in zip(a, b):
                self.compare_shape(x, y)

    def values(self, x, name):
        if isinstance(x, dict):
            for k, v in x.items():
                if k == name and not isinstance(v, (dict, list)):
                    yield v
                yield from self.values(v, name)
        elif isinstance(x, list):
            for v in x:
                yield from self.values(v, name)


class Histories(unittest.TestCase):
    IDENTIFIER = re.compile(r"[A-Za-z0-9_.:-]{1,64}\Z")

    def identifier(self, text):
        self.assertTrue(self.IDENTIFIER.match(text), text)
        self.assertFalse(re.match(r"[0-9]{8,10}\Z", text), text)

    def check(self, records):
        """Every record would have been accepted."""
        zone = ZoneInfo("Europe/Amsterdam")
        before, rows, published, seen = "", {}, set(), set()
        for n, r in enumerate(records):
            e = r["event"]
            self.assertEqual(r["seq"], n + 1)
            self.assertGreater(r["recorded_at"], before)
            before = r["recorded_at"]
            civil = twin.parse_instant(before).astimezone(zone).date()
            day = date.fromisoformat(e["occurred_on"])
            self.assertTrue(date(1990, 1, 1) <= day <= civil + timedelta(days=1))
            kinds = [k for k in e if k not in twin.ENVELOPE]
            self.assertEqual(len(kinds), 1)
            kind, body = kinds[0], e[kinds[0]]
            seen.add(kind)
            self.assertEqual("subject" in e, kind not in histories.NO_SUBJECT)
            self.assertRegex(e["municipality"], r"\AGM[0-9]{4}\Z")
            for name in ("id", "key", "subject"):
                if name in e:
                    self.identifier(e[name])
            for name, value in body.items():
                if name.endswith("_ref") or name.startswith("target_"):
                    self.identifier(value)
                if isinstance(value, str):
                    seen.add((kind, name, value))
            mine = rows.setdefault(r["partner"], {})        # id -> [key, withdrawn, kind]
            self.assertNotIn(e["id"], mine)
            if kind == "event_retracted":
                self.assertNotIn("key", e)
                self.assertEqual(len(body), 1)
                hit = [x for i, x in mine.items() if not x[1] and x[2] != "event_retracted"
                       and (i == body.get("target_id")
                            or (x[0] is not None and x[0] == body.get("target_key")))]
                self.assertTrue(hit, r)
                self.assertNotIn("report_published", [x[2] for x in hit])
            else:
                hit = [x for x in mine.values() if e.get("key") is not None and x[0] == e["key"]]
            for x in hit:
                x[1] = True
            mine[e["id"]] = [e.get("key"), False, kind]
            if kind == "person_registered":
                self.assertTrue(1900 <= body["birth_year"] <= civil.year)
            if kind == "report_published":
                as_of = date.fromisoformat(body["as_of"])
                self.assertTrue(as_of < civil)
                self.assertTrue((as_of + timedelta(days=1)).day == 1 and as_of.month % 3 == 0)
                self.assertNotIn((e["municipality"], as_of), published)
                published.add((e["municipality"], as_of))
            if kind == "intake_done":
                self.assertEqual(body["domains"],
                                 [d for d in histories.DOMAINS if d in body["domains"]])
                self.assertTrue(body["domains"])
        return seen

    def test_valid_and_complete(self):
        for seed in range(12):
            h = histories.History(seed, 50, 4)
            seen = self.check(h.records)
            for kind, field, values in histories.ENUMS:
                for value in values:
                    self.assertIn((kind, field, value), seen)
            self.assertEqual(len([x for x in seen if isinstance(x, str)]), 42)
            for q in h.questions(30):
                last = twin.parse_instant(h.records[-1]["recorded_at"])
                K = twin.parse_instant(q["known_at"])
                self.assertLessEqual(K, last)
                self.assertLessEqual(date.fromisoformat(q["as_of"]),
                                     K.astimezone(ZoneInfo("Europe/Amsterdam")).date())

    def test_deterministic(self):
        self.assertEqual(histories.history(3, 30, 3), histories.history(3, 30, 3))
        self.assertNotEqual(histories.history(3, 30, 3), histories.history(4, 30, 3))


if __name__ == "__main__":
    unittest.main()
