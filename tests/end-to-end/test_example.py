"""The worked example in spec/example, pushed through the front door today."""

import itertools
import json
import re

import harness
from harness import ABSENT

ALWAYS = ("ladder_step", "ladder_position", "ladder_falls", "rung_reached", "participation_norm")
NOT_TODAY = {"known_at", "data_quality"}


def example_records():
    text = (harness.SPEC / "example/records.ndjson").read_text()
    return [json.loads(line) for line in text.splitlines()]


def example_figures(number):
    return json.loads((harness.SPEC / f"example/figures-{number}.json").read_text())


def differences(wanted, found, path="", left_out=()):
    """Where two answers differ, as sentences."""
    if isinstance(wanted, dict):
        if not isinstance(found, dict):
            yield f"{path}: {found!r} is no object"
            return
        keys = [key for key in wanted if key in found or not path.endswith("indicators")]
        if list(found) != keys:
            yield f"{path}: keys {list(found)}, not {keys}"
        for key in keys:
            if key in found and key not in left_out:
                yield from differences(wanted[key], found[key], f"{path}.{key}", left_out)
    elif isinstance(wanted, list):
        if not isinstance(found, list) or len(found) != len(wanted):
            yield f"{path}: {found!r} is no list of {len(wanted)}"
            return
        for place, (one, other) in enumerate(zip(wanted, found)):
            yield from differences(one, other, f"{path}[{place}]", left_out)
    elif isinstance(wanted, float):
        if type(found) not in (int, float) or abs(wanted - found) > 1.000001e-6:
            yield f"{path}: {found!r}, not {wanted!r}"
    elif isinstance(found, float) and isinstance(wanted, int) and not isinstance(wanted, bool):
        # A share of exactly 1 or 0 may differ in the last digit; a count may not be a float.
        if abs(wanted - found) > 1.000001e-6:
            yield f"{path}: {found!r}, not {wanted!r}"
    elif wanted != found or type(wanted) is not type(found):
        yield f"{path}: {found!r}, not {wanted!r}"


class Example(harness.OwnDaemon):
    partners = {"isd": {}, "lev": {"org_type": "WELFARE"}, "volunteers": {
        "org_type": "VOLUNTEERS"}}

    def compare(self, daemon):
        for number in (1, 2, 3, 4):
            wanted = example_figures(number)
            answer = daemon.figures(as_of=wanted["as_of"], municipality=wanted["municipality"],
                                    window=wanted["window"], definitions=1)
            found = answer.json
            for name in ALWAYS:
                self.assertIn(name, found["indicators"], f"figures-{number}")
            self.assertEqual(list(differences(wanted, found, "", NOT_TODAY)), [], f"figures-{number}")
            self.assertNotRegex(answer.body, rb"\.\d*0[,}\]]|-0[,}\]]|[eE][+-]?\d",
                                "numbers have no trailing zeros, no -0, no exponent")
            self.assertEqual(found["known_at"][-1], "Z")
            self.assertIn("data_quality", found["indicators"])

    def test_the_example_pushed_in_the_order_of_its_log_gives_its_figures(self):
        daemon = self.ladderd(self.partners)
        records = example_records()
        clients = {name: daemon.client(name) for name in self.partners}
        for who, group in itertools.groupby(records, key=lambda record: record["partner"]):
            events = [record["event"] for record in group]
            answer = clients[who].push(events)
            self.assertEqual(answer.status, 200, answer)
            self.assertEqual(answer.json["accepted"], len(events), answer)
        self.assertEqual(answer.json["last_seq"], len(records))
        for client in clients.values():
            client.close()
        self.compare(daemon)
        # The log is the example's, but for the stamps.
        for wanted, found in zip(records, daemon.records()):
            for record in (wanted, found):
                if "intake_done" in record["event"]:
                    record["event"]["intake_done"]["domains"].sort()
            self.assertEqual((found["seq"], found["partner"], found["event"]),
                             (wanted["seq"], wanted["partner"], wanted["event"]))
        daemon.restart()
        self.compare(daemon)
        daemon.stop()

    def test_the_example_pushed_partner_by_partner_in_protobuf_gives_its_figures(self):
        daemon = self.ladderd(self.partners)
        records = example_records()
        for who in reversed(self.partners):
            events = [record["event"] for record in records if record["partner"] == who]
            result = daemon.push_protobuf(events, who)
            self.assertEqual(result["accepted"], len(events), result)
        self.compare(daemon)
        daemon.stop()

    def test_the_example_with_everybody_renamed_gives_the_same_figures(self):
        """Pseudonyms and ids carry no meaning (their order only decides within a day)."""
        daemon = self.ladderd(self.partners)
        records = example_records()
        names = {}
        for record in records:
            one = record["event"]
            if one.get("subject", ABSENT) is not ABSENT:
                one["subject"] = names.setdefault(one["subject"], f"p{999 - len(names)}")
        for who in self.partners:
            events = [record["event"] for record in records if record["partner"] == who]
            self.assertEqual(daemon.push(events, who)["accepted"], len(events))
        self.compare(daemon)
        daemon.stop()


if __name__ == "__main__":
    harness.unittest.main()
