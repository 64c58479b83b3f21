"""Following the log: waiting for its tail, the stream of events, the mark at its end, who reads."""

import contextlib
import json
import re
import threading
import time
import uuid

import harness
from harness import event, fresh

STREAM = {"Accept": "text/event-stream"}


class Stream:
    """A client of server-sent events, that reads what comes as the HTML standard says."""

    def __init__(self, daemon, path, headers=None, who="analyst"):
        self.client = daemon.client(who)
        self.answer = self.client.start(
            "GET", path, {**STREAM, **(headers or {})}).getresponse()

    def next(self):
        """(event, id, data) of the next one; None at the end."""
        fields = {}
        for line in iter(self.answer.readline, b""):
            line = line.decode().rstrip("\n")
            if line == "" and fields:
                return fields.get("event", "message"), fields.get("id"), json.loads(fields["data"])
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
        return None

    def close(self):
        self.client.close()


class Tail(harness.OwnDaemon):
    @classmethod
    def setUpClass(cls):
        cls.daemon = harness.Ladderd(
            partners={"isd": {}},
            analysts={"analyst": {"municipalities": "*", "log": "yes"},
                      "other": {"municipalities": "GM0824", "log": "yes"}},
            sections="[limits]\ntransfer_seconds_max = 1\nidle_seconds_max = 2\n")
        cls.addClassCleanup(cls.daemon.close)
        cls.daemon.start()
        cls.daemon.push([event() for _ in range(3)])

    def last(self):
        return self.daemon.records()[-1]["seq"]

    def lines(self, path, who="analyst"):
        answer = self.daemon.get(path, who=who)
        self.assertEqual(answer.status, 200, answer)
        return [json.loads(line) for line in answer.body.splitlines()]

    def check_mark(self, mark, seq):
        self.assertEqual(list(mark), ["caught_up", "settled", "store"])
        self.assertEqual(mark["caught_up"], seq)
        self.assertRegex(mark["settled"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
        self.assertEqual(str(uuid.UUID(mark["store"])), mark["store"])

    def later(self, *events, seconds=0.5):
        thread = threading.Timer(seconds, self.daemon.push, [list(events)])
        thread.start()
        self.addCleanup(thread.join)

    def test_without_wait_nothing_is_marked(self):
        self.assertEqual(self.lines(f"/v1/log?after={self.last()}"), [])
        self.assertTrue(all("seq" in one for one in self.lines("/v1/log")))

    def test_the_end_is_marked_and_nothing_is_recorded_before_it(self):
        last = self.last()
        *records, mark = self.lines("/v1/log?after=0&wait=0")
        self.assertEqual([one["seq"] for one in records], list(range(1, last + 1)))
        self.check_mark(mark, last)
        self.assertLessEqual(records[-1]["recorded_at"], mark["settled"])
        self.daemon.push([event()])
        new, again = self.lines(f"/v1/log?after={last}&wait=0")
        self.assertGreater(new["recorded_at"], mark["settled"])
        self.assertEqual(again["store"], mark["store"])

    def test_what_is_cut_by_the_limit_has_no_mark(self):
        self.assertEqual([one["seq"] for one in self.lines("/v1/log?limit=2&wait=0")], [1, 2])

    def test_it_waits_for_a_record_and_no_longer(self):
        last, one = self.last(), event()
        begin = time.monotonic()
        self.later(one)
        record, mark = self.lines(f"/v1/log?after={last}&wait=30")
        self.assertEqual(record["event"]["id"], one["id"])
        self.check_mark(mark, last + 1)
        self.assertGreater(time.monotonic() - begin, 0.4)
        self.assertLess(time.monotonic() - begin, 15)

    def test_when_nothing_comes_it_ends_with_the_mark(self):
        last, begin = self.last(), time.monotonic()
        mark, = self.lines(f"/v1/log?after={last}&wait=3")
        self.check_mark(mark, last)
        self.assertGreaterEqual(time.monotonic() - begin, 2.9)
        early, = self.lines(f"/v1/log?after={last + 100}&wait=1")
        self.check_mark(early, last)

    def test_what_it_may_not_see_is_not_what_it_waited_for(self):
        last = self.last()
        self.later(event())
        self.later(event(municipality="GM0824"), seconds=1.5)
        record, mark = self.lines(f"/v1/log?after={last}&wait=30", who="other")
        self.assertEqual(record["event"]["municipality"], "GM0824")
        self.check_mark(mark, last + 2)

    def test_protobuf_has_the_mark_as_a_record_of_its_own(self):
        last = self.last()
        answer = self.daemon.get(f"/v1/log?after={last - 1}&wait=0", who="analyst",
                                 headers={"Accept": harness.PROTOBUF})
        record, mark = harness.delimited(answer.body)
        self.assertEqual(record.seq, last)
        self.assertFalse(record.HasField("caught_up"))
        self.assertEqual([field.name for field, _ in mark.ListFields()],
                         ["caught_up", "settled", "store"])
        self.assertEqual(mark.caught_up, last)

    def test_a_stream_goes_on_and_is_resumed(self):
        last = self.last()
        stream = Stream(self.daemon, f"/v1/log?after={last - 1}")
        self.addCleanup(stream.close)
        self.assertEqual(stream.answer.getheader("Content-Type"), "text/event-stream")
        kind, number, record = stream.next()
        self.assertEqual((kind, number, record["seq"]), ("message", str(last), last))
        kind, number, mark = stream.next()
        self.assertEqual((kind, number), ("caught_up", str(last)))
        self.check_mark(mark, last)
        # Longer than a reader may be slow, and a connection idle.
        time.sleep(2.5)
        ones = [event() for _ in range(3)]
        self.daemon.push(ones)
        self.assertEqual([stream.next()[2]["event"]["id"] for _ in ones],
                         [one["id"] for one in ones])
        self.check_mark(stream.next()[2], last + 3)
        resumed = Stream(self.daemon, "/v1/log?after=0", {"Last-Event-ID": str(last + 2)})
        self.addCleanup(resumed.close)
        self.assertEqual(resumed.next()[1], str(last + 3))
        limited = Stream(self.daemon, f"/v1/log?after={last}&limit=2")
        self.addCleanup(limited.close)
        self.assertEqual([limited.next()[1], limited.next()[1], limited.next()],
                         [str(last + 1), str(last + 2), None])

    def test_a_reader_with_a_name_is_a_metric(self):
        def position(name):
            text = self.daemon.get("/metrics", who="analyst").body.decode()
            found = re.search(rf'^ladderd_log_reader_seq{{reader="{name}"}} (\d+)$', text, re.M)
            return found and int(found.group(1))
        name, last = fresh("reader"), self.last()
        self.assertIsNone(position(name))
        self.lines(f"/v1/log?after=2&reader={name}")
        self.assertEqual(position(name), 2)
        stream = Stream(self.daemon, f"/v1/log?after={last}&reader={name}")
        self.addCleanup(stream.close)
        self.assertEqual(stream.next()[0], "caught_up")
        self.daemon.push([event()])
        stream.next()
        harness.until(lambda: position(name) == last + 1, "it has the new one")
        for number in range(70):
            self.lines(f"/v1/log?limit=1&reader=many-{number}")
        text = self.daemon.get("/metrics", who="analyst").body.decode()
        self.assertEqual(text.count("\nladderd_log_reader_seq{"), 64)
        self.assertEqual(position("many-69"), 0)

    def test_what_cannot_be_asked_is_told(self):
        for query in ("wait=61", "wait=-1", "wait=x", "wait=", "reader=", "reader=a%20b",
                      "reader=123456782", "reader=" + "a" * 65):
            self.assertProblem(self.daemon.get("/v1/log?" + query, who="analyst"), 400)
        for number in ("x", "-1", ""):
            self.assertProblem(self.daemon.get("/v1/log", who="analyst", headers={
                **STREAM, "Last-Event-ID": number}), 400)
        self.assertProblem(self.daemon.get("/v1/log?wait=1"), 401)

    def test_who_waits_and_leaves_costs_nothing(self):
        def connections():
            text = self.daemon.get("/metrics", who="analyst").body.decode()
            return int(re.search(r'connections{listener="http"} (\d+)', text).group(1))
        last = self.last()
        with contextlib.ExitStack() as stack:
            for headers in ({}, STREAM):
                for _ in range(10):
                    client = self.daemon.client("analyst")
                    stack.callback(client.close)
                    client.start("GET", f"/v1/log?after={last}&wait=60", headers)
            harness.until(lambda: connections() >= 20, "they wait")
        harness.until(lambda: connections() < 20, "they are gone")
        self.daemon.push([event()])
        self.assertEqual(self.daemon.get("/healthz").status, 200)


class End(harness.OwnDaemon):
    def test_rights_that_change_end_a_stream_and_so_does_the_end_of_the_daemon(self):
        daemon = self.ladderd(analysts={"analyst": {"municipalities": "*", "log": "yes"}})
        daemon.push([event()])
        stream = Stream(daemon, "/v1/log")
        self.assertEqual([stream.next()[0], stream.next()[0]], ["message", "caught_up"])
        waiting = daemon.client("analyst").start("GET", "/v1/log?after=1&wait=60")
        self.addCleanup(waiting.close)
        # When this is answered the other has been read.
        self.assertEqual(daemon.get("/healthz").status, 200)
        begin = time.monotonic()
        daemon.hang_up()
        while stream.next() is not None:
            pass
        stream.close()
        self.assertEqual(json.loads(waiting.getresponse().read())["caught_up"], 1)
        # Sooner than the sign of life of a stream, or the end of the wait.
        self.assertLess(time.monotonic() - begin, 12)
        stream = Stream(daemon, "/v1/log")
        self.assertEqual(stream.next()[0], "message")
        begin = time.monotonic()
        daemon.stop()
        self.assertLess(time.monotonic() - begin, 10)
        while stream.next() is not None:
            pass
        stream.close()
