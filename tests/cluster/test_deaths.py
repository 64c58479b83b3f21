"""One to three nodes, random events, and every few seconds something dies: a node, the primary (a
standby is promoted), the network. Nothing that was acknowledged is lost or doubled, and all logs
are the same bytes."""

import collections
import http.client
import json
import os
import random
import threading
import time
import unittest

from servers import Proxy, Servers, harness, log_of, node, same_partners, until

SECONDS = float(os.environ.get("LADDERD_KILL_SECONDS", "12"))
EVENTS = 1_000_000 if harness.LONG else 10_000_000
TALKERS = 4
TOWNS = ("GM0823", "GM0820", "GM0753")


class Talker:
    """Sends batches, each until it was acknowledged, to any node; remembers what it was told."""

    def __init__(self, nodes, number, chance):
        self.nodes, self.number, self.chance = nodes, number, chance
        self.told = collections.Counter()  # of the ids: how often accepted
        self.sent = self.count = 0
        self.ends = False
        self.longest = 0
        self.keys = []
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.failure = None

    def events(self):
        chance = self.chance
        for _ in range(chance.choice((1, 1, 2, 5, 40) if not harness.LONG else (1, 10, 200, 500))):
            self.count += 1
            one = harness.event(
                id=f"t{self.number}-{self.count}",
                subject=f"s{chance.randrange(300)}", municipality=chance.choice(TOWNS),
                occurred_on=harness.day(-chance.randrange(1, 700)),
                body_type="ladder_assessed", body={"rung": chance.randrange(1, 7)})
            kind = chance.randrange(10)
            if kind == 0:
                one["municipality_settled"] = {}
                del one["ladder_assessed"]
            elif kind == 1:
                one["key"] = f"k{self.number}-{chance.randrange(50)}"
            elif kind == 2 and self.count > 20:
                del one["ladder_assessed"], one["subject"]
                one["event_retracted"] = {
                    "target_id": f"t{self.number}-{chance.randrange(1, self.count - 10)}"}
            yield one

    def send(self, data):
        """The result, or None: it is to be sent again."""
        daemon = self.chance.choice(self.nodes)
        try:
            answer = daemon.request("POST", "/v1/events", data,
                                    {"Content-Type": "application/json"}, "isd", timeout=45)
        except (OSError, http.client.HTTPException):
            return None
        if answer.status in (500, 503):
            return None
        assert answer.status == 200, answer
        return answer.json

    def run(self):
        try:
            while not self.ends:
                events = list(self.events())
                data = json.dumps({"events": events})
                began = time.monotonic()
                self.sent += 1
                while (result := self.send(data)) is None:
                    time.sleep(0.05)
                    if self.ends and time.monotonic() - began > 55:
                        return
                self.longest = max(self.longest, time.monotonic() - began)
                rejected = {one["id"] for one in result["rejected"]}
                assert {one["code"] for one in result["rejected"]} <= {
                    "target_unknown", "target_withdrawn"}, result
                for one in events:
                    if one["id"] not in rejected:
                        self.told[one["id"]] += 1
        except BaseException as problem:  # pylint: disable=broad-except
            self.failure = problem
            raise


class Deaths(unittest.TestCase):
    def setUp(self):
        self.chance = random.Random(harness.seed())

    def worlds(self, nodes):
        self.servers = Servers()
        self.addCleanup(self.servers.close)
        self.proxies = [[Proxy(server.port) for server in self.servers.all] for _ in range(nodes)]
        self.nodes = []
        for number in range(nodes):
            for proxy in self.proxies[number]:
                self.addCleanup(proxy.close)
            made = node(self.servers, f"node{number}",
                        self.servers.where([proxy.port for proxy in self.proxies[number]]))
            self.addCleanup(made.discard)
            self.nodes.append(made)
        same_partners(*self.nodes)
        for made in self.nodes:
            made.start()

    def node_dies(self):
        daemon = self.chance.choice(self.nodes)
        daemon.kill()
        time.sleep(self.chance.random())
        daemon.launch()

    def primary_dies(self):
        old = self.servers.fail_over()
        time.sleep(self.chance.random())
        self.servers.rejoin(old)
        self.servers.await_standby()

    def network_dies(self):
        proxies = self.chance.choice(self.proxies)
        for proxy in proxies:
            proxy.cut()
        time.sleep(self.chance.choice((0.3, 2, 14)))
        for proxy in proxies:
            proxy.heal()

    def story(self, nodes):
        self.worlds(nodes)
        talkers = [Talker(self.nodes, number, random.Random(self.chance.random()))
                   for number in range(TALKERS)]
        for talker in talkers:
            talker.thread.start()
        ends = time.monotonic() + SECONDS
        deaths = collections.Counter()
        try:
            while (sum(talker.count for talker in talkers) < EVENTS
                   if harness.LONG else time.monotonic() < ends):
                time.sleep(1 + 2 * self.chance.random())
                death = self.chance.choice((self.node_dies, self.node_dies, self.primary_dies,
                                            self.network_dies))
                deaths[death.__name__] += 1
                death()
                self.all_live()
        finally:
            for talker in talkers:
                talker.ends = True
            for talker in talkers:
                talker.thread.join(60)
        stuck = [talker.number for talker in talkers if talker.thread.is_alive()]
        self.assertEqual(stuck, [], [daemon.messages() for daemon in self.nodes])
        self.assertEqual([talker.failure for talker in talkers], [None] * TALKERS)
        self.compare(talkers)
        print(f"{nodes} nodes: {sum(talker.count for talker in talkers)} events, {dict(deaths)}, "
              f"the longest answer took {max(talker.longest for talker in talkers):.1f} s")

    def all_live(self):
        for daemon in self.nodes:
            if not daemon.alive():
                code, daemon.process = daemon.process.returncode, None
                self.fail(f"a node ended by itself with {code}: {daemon.messages()}")

    def is_ready(self, daemon):
        self.all_live()
        try:
            return daemon.get("/readyz").status == 200
        except (OSError, http.client.HTTPException):
            return False

    def compare(self, talkers):
        head = self.servers.log_bytes()
        for daemon in self.nodes:
            until(lambda d=daemon: self.is_ready(d), "it is ready", 60)
        last = max(daemon.records()[-1]["seq"] for daemon in self.nodes[:1])
        for daemon in self.nodes:
            daemon.stop()
        # What a node had not applied when it ended it applies when it starts again.
        for daemon in self.nodes:
            daemon.start()
            daemon.accept(harness.event())
        until(lambda: len({log_of(daemon) for daemon in self.nodes}) == 1, "the logs are equal", 60)
        logs = {log_of(daemon) for daemon in self.nodes}
        self.assertEqual(len(logs), 1)
        records = [json.loads(line) for line in logs.pop().splitlines()]
        self.assertGreaterEqual(len(records), last, head)
        self.assertEqual([one["seq"] for one in records], list(range(1, len(records) + 1)))
        stamps = [one["recorded_at"] for one in records]
        self.assertEqual(stamps, sorted(set(stamps)))
        have = collections.Counter(one["event"]["id"] for one in records)
        self.assertEqual(have.most_common(1)[0][1], 1, "an event is there twice")
        told = {identifier for talker in talkers for identifier in talker.told}
        self.assertLessEqual(told, set(have), "an acknowledged event is lost")
        for daemon in self.nodes:
            harness.ladder("verify", daemon.store, check=0)
        self.ask(records)

    def ask(self, records):
        """Random questions: each node answers as a replay of another's store does."""
        for _ in range(50 if harness.LONG else 8):
            known_at = self.chance.choice(records)["recorded_at"]
            as_of, town = harness.day(-self.chance.randrange(400)), self.chance.choice(TOWNS)
            window = self.chance.choice((30, 90, 365))
            answers = {daemon.get("/v1/indicators", who="analyst", as_of=as_of, known_at=known_at,
                                  municipality=town, window=window).body
                       for daemon in self.nodes}
            answers.add(harness.ladder(
                "replay", "--as-of", as_of, "--known-at", known_at, "--municipality", town,
                "--window", str(window), self.nodes[0].store, check=0).stdout)
            self.assertEqual(len(answers), 1, (as_of, known_at, town, window))

    def test_nothing_is_lost_or_doubled_with_one_node(self):
        self.story(1)

    def test_nothing_is_lost_or_doubled_with_two_nodes(self):
        self.story(2)

    def test_nothing_is_lost_or_doubled_with_three_nodes(self):
        self.story(3)


if __name__ == "__main__":
    unittest.main()
