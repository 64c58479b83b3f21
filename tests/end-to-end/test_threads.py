"""All threads of ladderd at work at once: both doors, reads of every kind, SIGHUP, SIGTERM.

`tests/run-threads` runs this under ThreadSanitizer, which finds what two threads touch
without an order between them; here it is shown that nothing is lost and nothing disagrees.
"""

import collections
import http.client
import threading
import time

import harness
from harness import assessed, day, event, fresh, settled
from test_doors import StreamClient

SECONDS = 2.0  # of pushing and reading before SIGTERM
PEOPLE = [f"s{number}" for number in range(40)]


QUARTERS = {5: "2025-03-31", 25: "2025-06-30", 45: "2025-09-30", 65: "2025-12-31"}


def batch(number, publishes=False):
    """Ten events about some of the people; a few of one partner's have a publication."""
    made = [assessed(PEOPLE[(number * 7 + i) % len(PEOPLE)], day(-400 + number % 390), i % 6 + 1)
            for i in range(9)]
    if publishes and number in QUARTERS:
        return made + [event("report_published", {"as_of": QUARTERS[number]},
                             occurred_on="2026-01-02")]
    return made + [settled(fresh("s"), day(-100))]


class Threads(harness.OwnDaemon):
    def push_http(self, daemon, who, acknowledged, ended):
        client = daemon.client(who, timeout=60)
        try:
            for number in range(100_000):
                events = batch(number, who == "isd")
                answer = client.push(events)
                if answer.status != 200:
                    self.assertEqual(answer.status, 503, answer)
                    return
                self.assertEqual(answer.json["accepted"], len(events), answer)
                acknowledged.update((who, one["id"]) for one in events)
        except (OSError, http.client.HTTPException):
            self.assertTrue(ended.is_set(), "a connection broke before SIGTERM")
        finally:
            client.close()

    def push_stream(self, daemon, port, acknowledged, ended):
        client = StreamClient(port, timeout=60)
        try:
            client.hello(daemon.tokens["lev"])
            client.receive()
            sent = collections.deque()
            for number in range(100_000):
                sent.append(batch(number))
                client.batch(number, sent[-1])
                if len(sent) < 4:
                    continue
                reply = client.receive()
                if reply is None or reply.WhichOneof("reply") != "result":
                    self.assertTrue(ended.is_set(), reply)
                    return
                events = sent.popleft()
                self.assertEqual(reply.result.accepted, len(events), reply)
                acknowledged.update(("lev", one["id"]) for one in events)
        except OSError:
            self.assertTrue(ended.is_set(), "the stream broke before SIGTERM")
        finally:
            client.close()

    def read(self, daemon, ended, paths):
        while not ended.is_set():
            for who, path in paths:
                try:
                    answer = daemon.get(path, who=who, timeout=60)
                except (OSError, http.client.HTTPException):
                    self.assertTrue(ended.is_set(), path)
                    return
                self.assertIn(answer.status, (200, 503) if who else (200, 403, 503), answer)

    def test_with_all_doors_at_work_nothing_is_lost_and_replay_agrees(self):
        port = harness.free_port()
        flags = ("--set", f"stream.listen=127.0.0.1:{port}")
        daemon = self.ladderd(partners={"isd": {}, "vwn": {}, "lev": {}}, start=False)
        daemon.start(*flags, seconds=60)
        daemon.accept(*[settled(one, day(-500)) for one in PEOPLE])
        acknowledged = {"isd": set(), "vwn": set(), "lev": set()}
        ended = threading.Event()

        def stopper():
            for _ in range(4):
                time.sleep(SECONDS / 4)  # the load: all doors are at work meanwhile
                daemon.hang_up()
            ended.set()
            daemon.stop(seconds=60)  # that the exit code is 0 is checked there

        def reader(*paths):
            return lambda: self.read(daemon, ended, paths)
        harness.in_threads(
            lambda: self.push_http(daemon, "isd", acknowledged["isd"], ended),
            lambda: self.push_http(daemon, "vwn", acknowledged["vwn"], ended),
            lambda: self.push_stream(daemon, port, acknowledged["lev"], ended),
            reader(("analyst", "/v1/indicators"), (None, "/v1/indicators?municipality=GM0823"),
                   ("isd", "/v1/worklist")),
            reader(("analyst", f"/v1/indicators?as_of={day(-90)}&window=400"),
                   ("analyst", "/v1/log?limit=200"), (None, "/?municipality=GM0823")),
            reader(("prometheus", "/metrics"), (None, "/metrics"), (None, "/readyz")),
            stopper)
        daemon.start(*flags, seconds=60)
        names = collections.Counter((record["partner"], record["event"]["id"])
                                    for record in daemon.records())
        self.assertEqual([name for name, times in names.items() if times > 1], [])
        for who, sent in acknowledged.items():
            self.assertGreater(len(sent), 0, who)
            self.assertEqual(sent - set(names), set(), "acknowledged and lost")
        live = daemon.figures(as_of=day())
        replay = harness.ladder("replay", daemon.store, "--known-at", live.json["known_at"],
                                "--as-of", day(), check=0).stdout
        self.assertEqual(live.body, replay)
        daemon.stop(seconds=60)


if __name__ == "__main__":
    harness.unittest.main()
