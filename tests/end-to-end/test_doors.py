"""The other doors: NDJSON, gzip, and the stream, by a client that is not ours."""

import gzip
import json
import socket
import time
import unittest
import zlib

import harness
from harness import JSON, PROTOBUF, event, fresh

NDJSON = "application/x-ndjson"


def lines(*events):
    return "".join(json.dumps(one) + "\n" for one in events).encode()


class Ndjson(harness.Case):
    def push(self, body, **options):
        return self.daemon.post(body, NDJSON, **options)

    def test_one_event_a_line_is_taken_and_answered_as_json(self):
        answer = self.push(lines(event(), event()))
        self.assertEqual((answer.status, answer.media_type), (200, JSON))
        self.assertEqual(answer.json["accepted"], 2)

    def test_a_last_line_without_its_end_and_empty_lines_are_fine(self):
        one, two = event(), event()
        body = (json.dumps(one) + "\r\n\n  \n" + json.dumps(two)).encode()
        self.assertEqual(self.push(body).json["accepted"], 2)

    def test_a_line_that_is_no_object_is_one_rejection(self):
        for line in (b"nonsense", b"[]", b"3", b'"x"', b"{", b'{"id":"x"} {"id":"y"}', b"\xff"):
            with self.subTest(line=line):
                answer = self.push(lines(event()) + line + b"\n" + lines(event()))
                self.assertEqual(answer.status, 200)
                result = answer.json
                self.assertEqual(result["accepted"], 2)
                self.assertEqual([(one["index"], one["code"]) for one in result["rejected"]],
                                 [(1, "bad_syntax")])

    def test_a_key_given_twice_spoils_its_own_line_only(self):
        body = lines(event()) + b'{"id":"a","id":"b"}\n' + lines(event())
        result = self.push(body).json
        self.assertEqual(result["accepted"], 2)
        self.assertEqual([(one["index"], one["code"]) for one in result["rejected"]],
                         [(1, "bad_value")])

    def test_no_line_is_no_batch(self):
        for body in (b"", b"\n", b" \r\n\n"):
            self.assertProblem(self.push(body), 400)

    def test_too_many_lines_are_refused(self):
        self.assertProblem(self.push(b"{}\n" * 10001), 413)

    def test_the_same_event_by_line_and_by_protobuf_is_a_duplicate(self):
        one = event()
        self.assertEqual(self.push(lines(one)).json["accepted"], 1)
        self.assertEqual(self.daemon.push_protobuf([one])["duplicates"], 1)


CLOUD = "application/cloudevents-batch+json"


def cloud(one, **attributes):
    """An event as a CloudEvent; its id is around it only."""
    data = {name: value for name, value in one.items() if name != "id"}
    return {"specversion": "1.0", "id": one["id"], "source": "urn:nld:example",
            "type": "nl.example.integration", "data": data, **attributes}


class CloudEvents(harness.Case):
    def push(self, *items):
        return self.daemon.post(json.dumps(items), CLOUD)

    def test_the_event_in_it_is_the_same_event(self):
        one, two = event(), event()
        answer = self.push(cloud(one), cloud(two, data=two))
        self.assertEqual((answer.status, answer.media_type), (200, JSON))
        self.assertEqual(answer.json["accepted"], 2)
        self.assertEqual(self.daemon.push([one, two])["duplicates"], 2)
        self.assertEqual(self.push(cloud(one, source="urn:other", type="other"))
                         .json["duplicates"], 1)

    def test_what_is_around_it_is_checked_and_its_neighbours_are_taken(self):
        one, bad = event(), cloud(event())
        del bad["source"]
        answer = self.push(bad, cloud(one))
        self.assertEqual(answer.json["accepted"], 1)
        rejected, = answer.json["rejected"]
        self.assertEqual((rejected["index"], rejected["id"], rejected["code"], rejected["field"]),
                         (0, bad["id"], "missing_field", "source"))

    def test_a_single_one_is_told_the_form(self):
        answer = self.daemon.post(json.dumps(cloud(event())), CLOUD)
        self.assertProblem(answer, 400)
        self.assertIn('[{"specversion": "1.0"', answer.json["detail"])
        answer = self.daemon.post(json.dumps(event()))
        self.assertProblem(answer, 400)
        self.assertIn('{"events": [{', answer.json["detail"])


class Gzip(harness.Case):
    def push(self, body, content_type=JSON, encoding="gzip"):
        return self.daemon.post(body, content_type, headers={"Content-Encoding": encoding})

    def test_a_gzip_body_is_taken_in_every_format(self):
        for content_type, data in ((JSON, json.dumps({"events": [event()]}).encode()),
                                   (NDJSON, lines(event())),
                                   (PROTOBUF, harness.batch_bytes([event()]))):
            with self.subTest(content_type=content_type):
                answer = self.push(gzip.compress(data), content_type)
                self.assertEqual(answer.status, 200, answer)
                self.assertEqual(answer.result["accepted"], 1)

    def test_members_that_follow_each_other_are_one_body(self):
        body = gzip.compress(lines(event())) + gzip.compress(lines(event()))
        self.assertEqual(self.push(body, NDJSON).json["accepted"], 2)

    def test_what_is_no_gzip_is_refused(self):
        whole = gzip.compress(lines(event()))
        for body in (b"", b"nonsense", whole[:-1], whole[:15], whole + b"x",
                     zlib.compress(lines(event())), whole[:-8] + bytes(8)):
            with self.subTest(body=body[:20]):
                self.assertProblem(self.push(body, NDJSON), 400)

    def test_a_bomb_is_refused_at_the_limit(self):
        bomb = gzip.compress(b" " * (1 << 28))
        before = self.daemon.processor_seconds()
        self.assertProblem(self.push(bomb, NDJSON), 413)
        # Inflated as far as the limit and no further; what else runs here does not count.
        self.assertLess(self.daemon.processor_seconds() - before, 0.5)

    def test_another_encoding_is_refused(self):
        self.assertProblem(self.push(lines(event()), NDJSON, "br"), 415)

    def test_metrics_come_as_gzip_when_that_is_accepted(self):
        plain = self.daemon.get("/metrics", who="analyst")
        packed = self.daemon.get("/metrics", who="analyst", headers={"Accept-Encoding": "gzip"})
        self.assertIsNone(plain.header("Content-Encoding"))
        self.assertEqual(packed.header("Content-Encoding"), "gzip")
        self.assertLess(len(packed.body), len(plain.body))
        # The figures may have moved on between the two; what there is of the daemon has not.
        kinds = [[line for line in body.splitlines() if line.startswith(b"# TYPE ladderd_")]
                 for body in (gzip.decompress(packed.body), plain.body)]
        self.assertEqual(*kinds)
        self.assertGreater(len(kinds[0]), 10)


class StreamClient:
    """The stream by python3-protobuf."""

    def __init__(self, port, timeout=harness.WAIT):
        self.proto = harness.proto()
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.rest = b""

    def send(self, **fields):
        request = self.proto.StreamRequest(**fields)
        data = request.SerializeToString()
        self.socket.sendall(harness.varint(len(data)) + data)

    def hello(self, token, version=1):
        self.send(hello=self.proto.StreamHello(token=token, protocol_version=version))

    def batch(self, number, events):
        batch = self.proto.EventBatch.FromString(harness.batch_bytes(events))
        self.send(batch=self.proto.StreamBatch(number=number, events=batch.events))

    def receive(self):
        """The next StreamReply; None when the connection has ended."""
        while True:
            length, at = 0, 0
            for at, byte in enumerate(self.rest):
                length |= (byte & 0x7F) << 7 * at
                if byte < 0x80:
                    if len(self.rest) >= at + 1 + length:
                        data = self.rest[at + 1:at + 1 + length]
                        self.rest = self.rest[at + 1 + length:]
                        return self.proto.StreamReply.FromString(data)
                    break
            data = self.socket.recv(1 << 16)
            if not data:
                return None
            self.rest += data

    def close(self):
        self.socket.close()


class Stream(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = harness.Ladderd(partners={"isd": {}, "lev": {}})
        cls.addClassCleanup(cls.daemon.discard)
        cls.port = harness.free_port()
        cls.flags = ("--set", f"stream.listen=127.0.0.1:{cls.port}")
        cls.daemon.start(*cls.flags)

    def connect(self, who="isd"):
        client = StreamClient(self.port)
        self.addCleanup(client.close)
        if who:
            client.hello(self.daemon.tokens[who])
            welcome = client.receive().welcome
            self.assertEqual(welcome.protocol_version, 1)
            self.assertEqual(welcome.limits.batch_events_max, 10000)
        return client

    def assertEnds(self, client, code):
        reply = client.receive()
        self.assertEqual(reply.WhichOneof("reply"), "error", reply)
        self.assertEqual(reply.error.code, code)
        self.assertTrue(reply.error.message)
        self.assertIsNone(client.receive())

    def test_pipelined_batches_are_answered_in_order_and_are_in_the_log(self):
        client = self.connect()
        sent = [[event() for _ in range(10)] for _ in range(200)]
        for number, events in enumerate(sent):
            client.batch(number * 7, events)
        last = 0
        for number, _ in enumerate(sent):
            result = client.receive().result
            self.assertEqual((result.number, result.accepted), (number * 7, 10))
            self.assertGreater(result.last_seq, last - 1)
            last = result.last_seq
        stored = {record["event"]["id"] for record in self.daemon.records()}
        self.assertTrue({one["id"] for events in sent for one in events} <= stored)

    def test_a_result_says_what_was_refused_and_what_was_there_already(self):
        client = self.connect()
        one = event()
        client.batch(1, [one, one, event(municipality="Oirschot")])
        result = client.receive().result
        self.assertEqual((result.accepted, result.duplicates), (1, 1))
        self.assertEqual([(r.index, r.code, r.field) for r in result.rejected],
                         [(2, "bad_value", "municipality")])

    def test_a_ping_is_answered(self):
        client = self.connect()
        client.send(ping=client.proto.StreamPing())
        self.assertEqual(client.receive().WhichOneof("reply"), "pong")

    def test_a_pong_waits_for_the_answers_to_what_came_before_the_ping(self):
        client = self.connect()
        sent = []
        for number in range(100):
            client.batch(number, [event() for _ in range(100)])
            sent.append(("result", number))
            for _ in range(number % 3):
                client.send(ping=client.proto.StreamPing())
                sent.append(("pong", 0))
        replies = [client.receive() for _ in sent]
        self.assertEqual([(one.WhichOneof("reply"), one.result.number) for one in replies], sent)

    def test_many_pings_behind_a_batch_are_all_answered(self):
        client = self.connect()
        client.batch(1, [event() for _ in range(2000)])
        ping = client.proto.StreamRequest(ping=client.proto.StreamPing()).SerializeToString()
        client.socket.sendall((harness.varint(len(ping)) + ping) * 20_000)
        self.assertEqual(client.receive().result.accepted, 2000)
        for _ in range(20_000):
            self.assertEqual(client.receive().WhichOneof("reply"), "pong")

    def test_hello_comes_first(self):
        client = self.connect(None)
        client.batch(1, [event()])
        self.assertEnds(client, "unauthorized")

    def test_a_wrong_token_ends_the_connection(self):
        for token in ("", "wrong", self.daemon.tokens["analyst"]):
            client = self.connect(None)
            client.hello(token)
            self.assertEnds(client, "unauthorized")

    def test_whoever_is_still_sending_hears_why_the_connection_ends(self):
        for _ in range(10):
            client = self.connect(None)
            client.hello("no-token-of-anybody")
            # Were it closed with this unread, TCP would reset it and drop the reason.
            for _ in range(50):
                client.socket.sendall(bytes(100_000))
            self.assertEqual(client.receive().error.code, "unauthorized")
            self.assertIsNone(client.receive())
            client.close()

    def test_another_version_and_a_second_hello_end_the_connection(self):
        client = self.connect(None)
        client.hello(self.daemon.tokens["isd"], 2)
        self.assertEnds(client, "bad_request")
        client = self.connect()
        client.hello(self.daemon.tokens["isd"])
        self.assertEnds(client, "bad_request")

    def test_broken_frames_end_the_connection(self):
        for data, code in ((b"\xff" * 10, "bad_frame"), (b"\x02\xff\xff", "bad_frame"),
                           (b"\x00", "bad_frame"), (harness.varint(1 << 40), "too_large"),
                           (b"\x02\x12\x00", "bad_frame")):
            with self.subTest(data=data):
                client = self.connect()
                client.socket.sendall(data)
                self.assertEnds(client, code)

    def test_what_was_sent_before_a_broken_frame_is_answered(self):
        client = self.connect()
        client.batch(5, [event()])
        client.socket.sendall(b"\xff" * 10)
        replies = [client.receive() for _ in range(2)]
        self.assertEqual(sorted(reply.WhichOneof("reply") for reply in replies),
                         ["error", "result"])
        self.assertIsNone(client.receive())

    def test_messages_may_come_byte_by_byte(self):
        client = self.connect()
        batch = client.proto.EventBatch.FromString(harness.batch_bytes([event()]))
        data = client.proto.StreamRequest(
            batch=client.proto.StreamBatch(number=3, events=batch.events)).SerializeToString()
        for byte in harness.varint(len(data)) + data:
            client.socket.sendall(bytes([byte]))
        self.assertEqual(client.receive().result.accepted, 1)

    def test_a_batch_whose_number_stands_between_its_events_is_read(self):
        client = self.connect()
        events = [harness.wire(1, harness.batch_bytes([event()])[2:]) for _ in range(2)]
        inner = events[0] + b"\x10\x09" + events[1]
        data = b"\x12" + harness.varint(len(inner)) + inner
        client.socket.sendall(harness.varint(len(data)) + data)
        result = client.receive().result
        self.assertEqual((result.number, result.accepted), (9, 2))

    def test_a_peer_that_hangs_up_harms_nobody(self):
        for _ in range(20):
            client = StreamClient(self.port)
            client.hello(self.daemon.tokens["isd"])
            for number in range(20):
                client.batch(number, [event() for _ in range(50)])
            client.close()
        client = self.connect()
        client.batch(1, [event()])
        self.assertEqual(client.receive().result.accepted, 1)

    def test_a_peer_that_does_not_read_pauses_and_loses_nothing(self):
        client = self.connect()
        bad = [event(municipality="x") for _ in range(500)]
        client.socket.settimeout(1)
        sent = 0
        try:
            while sent < 400:
                client.batch(sent, bad)
                sent += 1
        except TimeoutError:
            pass
        self.assertEqual(self.daemon.get("/readyz").status, 200)
        client.socket.settimeout(harness.WAIT)
        for number in range(sent):
            self.assertEqual(client.receive().result.number, number)

    def test_rights_are_read_again_without_dropping_the_connection(self):
        client = self.connect("lev")
        client.batch(1, [event()])
        self.assertEqual(client.receive().result.accepted, 1)
        self.daemon.hang_up()
        harness.until(lambda: "were read again" in self.daemon.messages(), "SIGHUP is heard")
        client.batch(2, [event()])
        self.assertEqual(client.receive().result.accepted, 1)

    def test_connections_are_counted(self):
        clients = [self.connect() for _ in range(3)]
        text = self.daemon.get("/metrics", who="analyst").body.decode()
        line = next(one for one in text.splitlines() if 'listener="stream"' in one)
        self.assertGreaterEqual(float(line.split()[-1]), len(clients))


class StreamEnds(unittest.TestCase):
    def test_sigterm_answers_what_is_in_flight_and_an_idle_peer_is_let_go(self):
        daemon = harness.Ladderd(partners={"isd": {}},
                               sections="[limits]\nidle_seconds_max = 2\n")
        self.addCleanup(daemon.discard)
        port = harness.free_port()
        daemon.start("--set", f"stream.listen=127.0.0.1:{port}")
        idle = StreamClient(port)
        self.addCleanup(idle.close)
        idle.hello(daemon.tokens["isd"])
        self.assertEqual(idle.receive().WhichOneof("reply"), "welcome")
        self.assertEqual(idle.receive().error.code, "idle")
        self.assertIsNone(idle.receive())
        client = StreamClient(port)
        self.addCleanup(client.close)
        client.hello(daemon.tokens["isd"])
        client.receive()
        sent = [[event() for _ in range(100)] for _ in range(50)]
        for number, events in enumerate(sent):
            client.batch(number, events)
        self.assertEqual(client.receive().result.number, 0)
        daemon.stop()
        answered = 1
        while True:
            try:
                reply = client.receive()
            except ConnectionResetError:
                break
            if reply is None:
                break
            answered += 1
        stored = {json.loads(line)["event"]["id"]
                  for line in harness.ladder("log", daemon.store, check=0).stdout.splitlines()}
        for events in sent[:answered]:
            self.assertTrue({one["id"] for one in events} <= stored)


class Dripping(harness.OwnDaemon):
    def test_bytes_that_never_become_a_message_keep_no_connection(self):
        daemon = self.ladderd(start=False, sections="[limits]\nidle_seconds_max = 1\n")
        port = harness.free_port()
        daemon.start("--set", f"stream.listen=127.0.0.1:{port}")
        for hello in (False, True):
            with self.subTest(hello=hello):
                client = StreamClient(port)
                self.addCleanup(client.close)
                if hello:
                    client.hello(daemon.tokens["isd"])
                    self.assertEqual(client.receive().WhichOneof("reply"), "welcome")
                self.drip(client)
                self.assertEqual(client.receive().error.code, "idle")
                self.assertIsNone(client.receive())

    def drip(self, client):
        """A byte each tenth of a second, of a message of 4000, until there is an answer."""
        data = harness.varint(4000) + bytes(4000)
        begin, at = time.monotonic(), 0
        client.socket.settimeout(0.1)
        while time.monotonic() - begin < 10:
            client.socket.sendall(data[at:at + 1])
            at += 1
            try:
                client.rest += client.socket.recv(65536)
                break
            except TimeoutError:
                pass
        else:
            self.fail("it is kept although no message came")
        self.assertGreaterEqual(time.monotonic() - begin, 0.5)
        client.socket.settimeout(harness.WAIT)

    def test_messages_that_come_slowly_keep_theirs(self):
        daemon = self.ladderd(start=False, sections="[limits]\nidle_seconds_max = 2\n")
        port = harness.free_port()
        daemon.start("--set", f"stream.listen=127.0.0.1:{port}")
        client = StreamClient(port)
        self.addCleanup(client.close)
        client.hello(daemon.tokens["isd"])
        self.assertEqual(client.receive().WhichOneof("reply"), "welcome")
        for _ in range(9):
            ping = client.proto.StreamRequest(ping=client.proto.StreamPing()).SerializeToString()
            for byte in harness.varint(len(ping)) + ping:
                time.sleep(0.1)  # the load: a message that comes slowly
                client.socket.sendall(bytes([byte]))
            self.assertEqual(client.receive().WhichOneof("reply"), "pong")


class FullStore(harness.OwnDaemon):
    def test_after_a_batch_that_got_no_answer_no_later_one_gets_any(self):
        port = harness.free_port()
        daemon = self.ladderd(start=False, sections="[limits]\nstore_reserve = 1M\n")
        daemon.config.write_text(daemon.config.read_text().replace(
            "[store]\n", "[store]\nsize_max = 16M\n"))
        daemon.start("--set", f"stream.listen=127.0.0.1:{port}")
        refused = 0
        while refused < 3:
            client = StreamClient(port)
            self.addCleanup(client.close)
            client.hello(daemon.tokens["isd"])
            client.receive()
            # While the large one is written and found not to fit, small ones come that do.
            client.batch(1, [event() for _ in range(8000)])
            time.sleep(0.002)  # any moment will do: it is tried until one was right
            for number in range(2, 10):
                client.batch(number, [event()])
            numbers, reply = [], client.receive()
            while reply is not None and reply.WhichOneof("reply") == "result":
                numbers.append(reply.result.number)
                reply = client.receive() if len(numbers) < 9 else None
            self.assertEqual(numbers, list(range(1, len(numbers) + 1)))
            if reply is not None:
                self.assertEqual(reply.error.code, "unavailable")
                refused += 1


if __name__ == "__main__":
    unittest.main()
