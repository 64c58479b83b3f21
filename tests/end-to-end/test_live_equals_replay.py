"""A lifelike run of people over four years, 1,000 in the long form: live equals replay, byte for byte.

Duplicates, late parts, corrections and retractions are mixed in; the daemon is
asked while it runs, `ladder replay` reads the same store while it runs and when
it has stopped. A second store gets the same events in another order.
"""

import json
import random
import tempfile
from pathlib import Path

import harness
from harness import event, retraction

PEOPLE = 1000 if harness.LONG else 350
PARTNERS = {"isd": {}, "lev": {"org_type": "WELFARE"}, "volunteers": {"org_type": "VOLUNTEERS"}}


def replay(store, **parameters):
    arguments = []
    for name, value in parameters.items():
        arguments += ["--" + name.replace("_", "-"), value]
    return harness.ladder("replay", store, *arguments, "--format", "json", check=0).stdout


class LiveEqualsReplay(harness.unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        cls.seed = harness.seed()
        cls.chance = random.Random(cls.seed)
        cls.first = harness.Ladderd(PARTNERS)
        cls.second = harness.Ladderd(PARTNERS)
        cls.seen = {}  # (P, K, m) -> bytes
        try:
            cls.sent = cls.lifelike()
            cls.first.start()
            cls.run_first()
        except BaseException:
            cls.first.close()
            raise

    @classmethod
    def tearDownClass(cls):
        for daemon in (cls.first, cls.second):
            daemon.close()

    @classmethod
    def lifelike(cls):
        """(partner, event) in an order of arrival with late parts and corrections."""
        chance = cls.chance
        events = harness.generated("--people", PEOPLE, "--years", 4, "--seed", 7,
                                 "--municipalities", 3)
        assert len(events) > 10 * PEOPLE, "people send more than that in four years"
        owner, sent = {}, []
        for one in events:
            if "event_retracted" in one:
                body = one["event_retracted"]
                who = owner["id", body["target_id"]] if "target_id" in body else \
                    owner["key", body["target_key"]]
            else:
                who = owner.get(("key", one["key"])) if "key" in one else None
                who = who or chance.choice(tuple(PARTNERS))
                owner["id", one["id"]] = who
                if "key" in one:
                    owner["key", one["key"]] = who
            sent.append((who, one))
        # Corrections and retractions of our own, somewhere after what they correct.
        loose = [place for place, (_, one) in enumerate(sent) if "key" not in one
                 and "event_retracted" not in one and "report_published" not in one]
        targeted = {one["event_retracted"].get("target_id") for _, one in sent
                    if "event_retracted" in one}
        extra = []
        for place in chance.sample(loose, PEOPLE * 6 // 10):
            who, one = sent[place]
            if one["id"] in targeted:
                continue
            later = place + chance.random() * (len(sent) - place)
            turn = chance.random()
            if turn < 0.4:
                sent[place] = (who, {**one, "key": "c-" + one["id"]})
                extra.append((later, (who, {**one, "id": one["id"] + ".2",
                                            "key": "c-" + one["id"]})))
                if turn < 0.15:
                    extra.append((later + 0.5 + chance.random() * 1000, (who, retraction(
                        target_key="c-" + one["id"], id=one["id"] + ".r"))))
            else:
                extra.append((later, (who, retraction(one["id"], id=one["id"] + ".r"))))
        order = [(place, pair) for place, pair in enumerate(sent)] + \
            [(place + 0.25, pair) for place, pair in extra]
        return cls.shuffled([pair for _, pair in sorted(order, key=lambda item: item[0])],
                            lambda place: place + (chance.random() * 20 * PEOPLE
                                                   if chance.random() < 0.1 else 0))

    @classmethod
    def shuffled(cls, sent, weight):
        """Another order of arrival in which keys and retractions keep theirs."""
        chain, member = {}, []
        for who, one in sent:
            names = [("id", who, one["id"])]
            if "key" in one:
                names.append(("key", who, one["key"]))
            body = one.get("event_retracted", {})
            if "target_id" in body:
                names.append(("id", who, body["target_id"]))
            if "target_key" in body:
                names.append(("key", who, body["target_key"]))
            groups = {id(chain[name]): chain[name] for name in names if name in chain}
            merged = [place for group in groups.values() for place in group]
            merged.append(len(member))
            # Everything of the merged groups points to the one list.
            for place in merged[:-1]:
                for name in member[place]:
                    chain[name] = merged
            for name in names:
                chain[name] = merged
            member.append(names)
        weights = [weight(place) for place in range(len(sent))]
        for group in {id(group): group for group in chain.values()}.values():
            places = sorted(group)
            for place, value in zip(places, sorted(weights[place] for place in places)):
                weights[place] = value
        order = sorted(range(len(sent)), key=lambda place: (weights[place], place))
        return [sent[place] for place in order]

    @classmethod
    def push_all(cls, daemon, sent, batch, format="json"):
        """Pushes in order of arrival per partner; the partners take turns."""
        clients = {who: daemon.client(who) for who in PARTNERS}
        accepted = 0
        for start in range(0, len(sent), batch):
            piece = sent[start:start + batch]
            for who in PARTNERS:
                events = [one for partner, one in piece if partner == who]
                if not events:
                    continue
                push = clients[who].push if format == "json" else clients[who].push_protobuf
                answer = push(events)
                assert answer.status == 200, answer
                assert not answer.result["rejected"], (cls.seed, answer.result["rejected"][:5])
                accepted += answer.result["accepted"]
        for client in clients.values():
            client.close()
        return accepted

    @classmethod
    def run_first(cls):
        daemon, chance = cls.first, cls.chance
        half = len(cls.sent) // 2
        accepted = cls.push_all(daemon, cls.sent[:half // 2], 8000)
        cls.ask(as_of="2025-06-30", municipality="all")
        # The next quarter through `ladder push`, in files of one partner.
        with tempfile.TemporaryDirectory() as place:
            for who in PARTNERS:
                file = Path(place) / f"{who}.json"
                events = [one for partner, one in cls.sent[half // 2:half] if partner == who]
                known = [one for partner, one in cls.sent[:half // 2] if partner == who]
                again = chance.sample(known, min(500, len(known)))  # duplicates
                for name in range(0, len(again), 9000):
                    file.write_text(json.dumps({"events": again[name:name + 9000]}))
                    cls.push_file(daemon, who, file)
                for start in range(0, len(events), 9000):
                    file.write_text(json.dumps({"events": events[start:start + 9000]}))
                    cls.push_file(daemon, who, file)
                accepted += len(events)
        cls.ask(as_of="2026-03-31", municipality="all")
        cls.middle = [cls.ask(municipality="all")]
        # Half of the third quarter, then a restart, then the rest.
        accepted += cls.push_all(daemon, cls.sent[half:half + half // 2], 5000)
        cls.ask(as_of="2026-06-30", municipality="all")
        daemon.restart()
        cls.ask(as_of="2026-06-30", municipality="all")
        accepted += cls.push_all(daemon, cls.sent[half + half // 2:], 9000)
        cls.push_again(daemon, chance.sample(cls.sent, 3 * PEOPLE))
        assert accepted == len(cls.sent), (accepted, len(cls.sent))

    @classmethod
    def push_file(cls, daemon, who, file):
        harness.ladder("push", "--to", f"http://127.0.0.1:{daemon.port}", "--token-file",
                     daemon.token_file(who), file, check=0, timeout=60)

    @classmethod
    def push_again(cls, daemon, sent):
        for who in PARTNERS:
            events = [one for partner, one in sent if partner == who]
            assert daemon.push(events, who)["duplicates"] == len(events)

    @classmethod
    def ask(cls, **parameters):
        """Asks the live daemon and remembers; gives (P, K, m)."""
        answer = cls.first.figures(**parameters)
        said = answer.json
        key = said["as_of"], said["known_at"], said["municipality"]
        assert cls.seen.setdefault(key, answer.body) == answer.body
        return key

    def municipalities(self):
        found = sorted({one["municipality"] for _, one in self.sent})
        return ["all", *found[:3]]

    def questions(self):
        """(P, K, m) in the middle and at the end, and those asked during the run."""
        records = self.first.records()
        ks = [records[len(records) * part // 7]["recorded_at"] for part in (1, 4, 6)]
        ks.append(self.first.figures(as_of="2026-06-30").json["known_at"])
        questions = list(self.seen)
        for place, known_at in enumerate(ks):
            for as_of in ("2024-12-31", "2026-06-30", harness.instant(known_at).astimezone(
                    harness.ZONE).date().isoformat()):
                names = self.municipalities()
                for municipality in {"all", names[1 + place % (len(names) - 1)]}:
                    questions.append((as_of, known_at, municipality))
        return questions

    def test_1_live_and_replay_give_the_same_bytes_while_the_daemon_runs(self):
        questions = self.questions()
        for as_of, known_at, municipality in questions:
            self.ask(as_of=as_of, known_at=known_at, municipality=municipality)
        self.assertGreater(len({body for body in self.seen.values()}), 8, "figures that differ")
        for as_of, known_at, municipality in self.chance.sample(sorted(self.seen), 12):
            self.assertEqual(
                replay(self.first.store, as_of=as_of, known_at=known_at,
                       municipality=municipality),
                self.seen[as_of, known_at, municipality],
                f"seed {self.seed}: {as_of} {known_at} {municipality}")

    def test_2_live_and_replay_give_the_same_bytes_when_the_daemon_has_stopped(self):
        self.first.stop()
        for as_of, known_at, municipality in sorted(self.seen):
            self.assertEqual(
                replay(self.first.store, as_of=as_of, known_at=known_at,
                       municipality=municipality),
                self.seen[as_of, known_at, municipality],
                f"seed {self.seed}: {as_of} {known_at} {municipality}")
        done = harness.ladder("replay", "--verify", self.first.store)
        self.assertEqual(done.returncode, 0, done)

    def test_3_a_restarted_daemon_gives_the_same_bytes(self):
        self.first.stop()
        self.first.start()
        for (as_of, known_at, municipality), body in sorted(self.seen.items()):
            again = self.first.figures(as_of=as_of, known_at=known_at, municipality=municipality)
            self.assertEqual(again.body, body, f"seed {self.seed}: {as_of} {known_at}")

    def test_4_the_log_has_every_event_once_and_the_figures_hold_people(self):
        records = self.first.records()
        self.assertEqual([record["seq"] for record in records], list(range(1, len(records) + 1)))
        names = [(record["partner"], record["event"]["id"]) for record in records]
        self.assertEqual(len(names), len(set(names)))
        self.assertEqual(set(names), {(who, one["id"]) for who, one in self.sent})
        found = self.first.figures(as_of="2026-06-30").json
        self.assertGreater(found["population"]["persons"], PEOPLE * 0.3)
        self.assertGreater(sum(rung["climbed"] for rung in found["indicators"]["ladder_step"]), PEOPLE / 20)
        self.assertGreater(found["indicators"]["participation_norm"]["yes"], 10)

    def test_5_another_order_of_arrival_gives_the_same_figures(self):
        chance = self.chance
        sent = self.shuffled(self.sent, lambda place: chance.random())
        self.assertNotEqual(sent, self.sent)
        self.second.start()
        accepted = self.push_all(self.second, sent, 24000)
        self.assertEqual(accepted, len(sent))
        for municipality in self.municipalities():
            for as_of in ("2024-12-31", "2026-06-30", harness.day(-1)):
                one, other = (daemon.figures(as_of=as_of, municipality=municipality).json
                              for daemon in (self.first, self.second))
                for figures in (one, other):
                    del figures["known_at"], figures["indicators"]["data_quality"]
                self.assertEqual(one, other, f"seed {self.seed}: {as_of} {municipality}")

    def test_6_verify_finds_both_stores_whole(self):
        for daemon in (self.first, self.second):
            if daemon.store.exists():
                harness.ladder("verify", daemon.store, check=0)


if __name__ == "__main__":
    harness.unittest.main()
