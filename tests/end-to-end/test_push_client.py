"""`ladder push` against a server that misbehaves as told: retries, halving, rejections, codes."""

import base64
import http.server
import json
import os
import shutil
import socket
import stat
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LADDER = os.environ.get("LADDER", str(ROOT / "build/release/ladder"))
TOKEN = "Zx9-_abcdefghijklmnopqrstuvwxyz0123456789ABC"
SECONDS = 60


def event(number, **fields):
    return {"id": "e-%d" % number, "subject": "s-1", "municipality": "GM0823",
            "occurred_on": "2026-03-02", "ladder_assessed": {"rung": 3}, **fields}


def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def wire(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value if isinstance(value, bytes) else value.encode()
    return varint(number << 3 | 2) + varint(len(data)) + data


def messages(data):
    """The events of an EventBatch, as bytes."""
    place, found = 0, []

    def number():
        nonlocal place
        value = shift = 0
        while True:
            byte = data[place]
            place += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value
    while place < len(data):
        assert number() == 0x0A
        length = number()
        found.append(data[place:place + length])
        place += length
    return found


class Fake(http.server.BaseHTTPRequestHandler):
    """Does what the server's script says, one step a request; then answers as a ladderd."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        server = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.requests.append((self.path, dict(self.headers), body, time.monotonic()))
        step = server.script.pop(0) if server.script else Fake.take
        step(self, body)

    def answer(self, status, body, media_type="application/json", **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(data)

    def take(self, body):
        """Accepts what is new and rejects rung 9, as spec/events.md says."""
        server = self.server
        protobuf = self.headers["Content-Type"] == "application/x-protobuf"
        events = messages(body) if protobuf else json.loads(body)["events"]
        if len(events) > server.events_max:
            return problem(413, "Content Too Large", "at most %d events" % server.events_max)(
                self, body)
        accepted, duplicates, rejected = 0, 0, []
        for index, one in enumerate(events):
            name = one if protobuf else json.dumps(one, sort_keys=True)
            if b"bad" in one if protobuf else one.get("ladder_assessed") == {"rung": 9}:
                rejected.append({"index": index, "id": "x", "code": "bad_value", "field": "rung",
                                 "message": "must be 1 to 6"})
            elif name in server.known:
                duplicates += 1
            else:
                server.known.append(name)
                accepted += 1
        if protobuf:
            data = wire(1, accepted) + wire(2, duplicates) + wire(4, len(server.known))
            for row in rejected:
                data += wire(3, wire(1, row["index"]) + wire(2, row["id"]) + wire(3, row["code"])
                             + wire(4, row["field"]) + wire(5, row["message"]))
            return self.answer(200, data, "application/x-protobuf")
        return self.answer(200, {"accepted": accepted, "duplicates": duplicates,
                                 "rejected": rejected, "last_seq": len(server.known)})


def problem(status, title, detail="", **headers):
    def step(handler, _):
        handler.answer(status, {"title": title, "detail": detail, "status": status},
                       "application/problem+json", **headers)
    return step


def cut_before_the_answer(handler, _):
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def cut_within_the_answer(handler, body):
    """The events are taken, and half of the answer is sent."""
    whole = handler.wfile

    class Half:
        def __init__(self):
            self.data = b""

        def write(self, data):
            self.data += data

        def flush(self):
            pass
    handler.wfile = Half()
    handler.take(body)
    half, handler.wfile = handler.wfile.data, whole
    whole.write(half[:-10])
    whole.flush()
    cut_before_the_answer(handler, body)


def answer_with(status, body, media_type="application/json"):
    return lambda handler, _: handler.answer(status, body, media_type)


class Push(unittest.TestCase):
    def setUp(self):
        self.place = Path(tempfile.mkdtemp(prefix="push-"))
        self.addCleanup(shutil.rmtree, self.place, True)
        self.token = self.write("isd.token", TOKEN + "\n")
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Fake)
        self.server.daemon_threads = True
        self.server.script, self.server.requests, self.server.known = [], [], []
        self.server.events_max = 10000
        thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.address = "http://127.0.0.1:%d" % self.server.server_port

    def write(self, name, data):
        path = self.place / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        path.chmod(0o600)  # it may be a token's
        return path

    def ndjson(self, *events, name="events.ndjson"):
        return self.write(name, "".join(json.dumps(one) + "\n" for one in events))

    def push(self, *arguments, stdin=b"", token=True, to=None, env=None):
        command = [LADDER, "push", "--to", to or self.address]
        command += ["--token-file", self.token] if token else []
        surroundings = {name: value for name, value in os.environ.items()
                        if name != "LADDER_TOKEN_FILE"}
        return subprocess.run([str(one) for one in [*command, *arguments]], input=stdin,
                              capture_output=True, timeout=SECONDS, check=False,
                              env={**surroundings, **(env or {})})

    def assert_code(self, done, code):
        self.assertEqual(done.returncode, code, done.stderr.decode())
        self.assertNotIn(TOKEN.encode(), done.stdout + done.stderr)

    def bodies(self):
        return [json.loads(body)["events"] for _, _, body, _ in self.server.requests]

    # What is sent.

    def test_each_format_arrives_as_it_is(self):
        events = [event(i) for i in range(3)]
        self.assert_code(self.push(self.ndjson(*events)), 0)
        self.assert_code(self.push(self.write("a.json", json.dumps({"events": events}))), 0)
        self.assertEqual(self.bodies(), [events, events])
        path, headers, _, _ = self.server.requests[0]
        self.assertEqual(path, "/v1/events")
        self.assertEqual(headers["Authorization"], "Bearer " + TOKEN)
        self.assertEqual(headers["Content-Type"], "application/json")
        batch = b"".join(wire(1, "event %d" % i) for i in range(5))
        self.assert_code(self.push("--batch", 2, self.write("a.binpb", batch)), 0)
        sent = self.server.requests[2:]
        self.assertEqual([messages(body) for _, _, body, _ in sent],
                         [[b"event 0", b"event 1"], [b"event 2", b"event 3"], [b"event 4"]])
        self.assertEqual(sent[0][1]["Content-Type"], "application/x-protobuf")

    def test_lines_are_sent_byte_for_byte(self):
        line = b'{ "id":"e-1",\t"minutes": 1.0, "more":"\\u00e9 \xc3\xa9" }'
        self.assert_code(self.push(self.write("a.jsonl", line + b"\r\n\n  \n" + line)), 0)
        self.assertIn(line, self.server.requests[0][2])
        self.assertEqual(len(self.bodies()[0]), 2)

    def test_the_mark_of_utf8_is_no_part_of_a_file(self):
        mark = b"\xef\xbb\xbf"
        lines = b"".join(json.dumps(event(i)).encode() + b"\n" for i in range(2))
        self.assert_code(self.push(self.write("a.ndjson", mark + lines)), 0)
        self.assert_code(self.push("-", stdin=mark + lines), 0)
        self.assert_code(self.push(self.write("a.json", mark + json.dumps(
            {"events": [event(0), event(1)]}).encode())), 0)
        self.assertEqual(self.bodies(), [[event(0), event(1)]] * 3)
        self.token = self.write("marked.token", mark + TOKEN.encode() + b"\r\n")
        self.assert_code(self.push(self.ndjson(event(2))), 0)
        self.token = self.write("made.token", mark + b"token: %s\nhash: x\n" % TOKEN.encode())
        self.assert_code(self.push(self.ndjson(event(2))), 0)

    def test_a_number_too_large_is_one_events_fault_in_a_file_of_json_too(self):
        for number in ("12345678901234567890", "-9223372036854775809", "1e400", "9" * 400):
            with self.subTest(number):
                self.server.requests.clear()
                text = json.dumps({"events": [event(0), event(1), event(2)]})
                text = text.replace(json.dumps(event(1)),
                                    json.dumps({**event(1), "more": "N"}).replace('"N"', number))
                self.assert_code(self.push(self.write("a.json", text)), 0)
                sent = self.bodies()[0]
                self.assertEqual([one["id"] for one in sent],
                                 [event(n)["id"] for n in range(3)])
                self.assertEqual((sent[0], sent[2]), (event(0), event(2)))
                self.assertGreater(abs(sent[1]["more"]), 2 ** 53)

    def test_standard_input_is_ndjson_unless_told_otherwise(self):
        self.assert_code(self.push("-", stdin=json.dumps(event(1)).encode()), 0)
        self.assert_code(self.push("--format", "json", "-",
                                   stdin=json.dumps({"events": [event(2)]}).encode()), 0)
        self.assertEqual(self.bodies(), [[event(1)], [event(2)]])

    def test_what_came_through_a_pipe_is_sent_when_the_pipe_rests(self):
        command = [LADDER, "push", "--to", self.address, "--token-file", str(self.token), "-"]
        pushing = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(pushing.kill)
        pushing.stdin.write(json.dumps(event(1)).encode() + b"\n")
        pushing.stdin.flush()
        deadline = time.monotonic() + SECONDS
        while not self.server.requests:
            self.assertLess(time.monotonic(), deadline, "it waits for more")
            time.sleep(0.02)
        said = pushing.communicate(json.dumps(event(2)).encode() + b"\n", timeout=SECONDS)[1]
        self.assertIn(b"2 accepted", said)
        self.assertEqual(self.bodies(), [[event(1)], [event(2)]])

    def test_batches_have_the_size_that_was_asked_for(self):
        done = self.push("--batch", 4, self.ndjson(*[event(i) for i in range(10)]))
        self.assert_code(done, 0)
        self.assertEqual([len(body) for body in self.bodies()], [4, 4, 2])
        self.assertIn(b"10 accepted, 0 duplicates, 0 rejected", done.stderr)
        self.assertEqual(done.stdout, b"")

    def test_batches_are_bounded_in_bytes(self):
        long = [event(i, subject="s" * 200000) for i in range(60)]
        self.assert_code(self.push(self.ndjson(*long)), 0)
        self.assertGreater(len(self.server.requests), 1)
        self.assertLess(max(len(request[2]) for request in self.server.requests), 8 << 20)
        self.assertEqual(sum(self.bodies(), []), long)

    def test_several_files_are_sent_in_order(self):
        self.assert_code(self.push(self.ndjson(event(1), name="1.ndjson"),
                                   self.ndjson(event(2), name="2.jsonl")), 0)
        self.assertEqual(self.bodies(), [[event(1)], [event(2)]])

    def test_an_empty_file_sends_nothing(self):
        self.assert_code(self.push(self.write("a.ndjson", "\n")), 0)
        self.assertEqual(self.server.requests, [])

    # The token.

    def test_the_output_of_ladder_token_is_a_token_file(self):
        token = self.write("b.token", "token: %s\nhash: %s\n" % (TOKEN, "0" * 64))
        done = self.push(self.ndjson(event(1)), token=False, env={"LADDER_TOKEN_FILE": str(token)})
        self.assert_code(done, 0)
        self.assertEqual(self.server.requests[0][1]["Authorization"], "Bearer " + TOKEN)

    def test_a_token_may_come_from_standard_input(self):
        file = self.ndjson(event(1))
        done = self.push("--token-file", "-", file, token=False, stdin=TOKEN.encode() + b"\n")
        self.assert_code(done, 0)
        self.assertEqual(self.server.requests[0][1]["Authorization"], "Bearer " + TOKEN)
        # Events and the token cannot both come from there.
        done = self.push("--token-file", "-", "-", token=False, stdin=TOKEN.encode() + b"\n")
        self.assert_code(done, 64)
        self.assertIn(b"standard input", done.stderr)
        self.assertEqual(len(self.server.requests), 1)

    def test_a_token_file_that_is_not_right_is_named(self):
        file = self.ndjson(event(1))
        for name, text in (("none", None), ("wrong.token", "two words\n")):
            path = self.place / name if text is None else self.write(name, text)
            done = self.push("--token-file", path, file, token=False)
            self.assertIn(name.encode(), done.stderr)
            self.assertNotIn(b"two words", done.stderr)

    def test_without_a_token_nothing_is_sent(self):
        file = self.ndjson(event(1))
        self.assert_code(self.push(file, token=False), 64)
        self.assert_code(self.push("--token-file", self.place / "none", file, token=False), 66)
        for text in ("", "\n", "two words\n", "a\nb\n", "token: a b\n", "x" * 129):
            token = self.write("wrong.token", text)
            self.assert_code(self.push("--token-file", token, file, token=False), 65)
        self.assertEqual(self.server.requests, [])

    # Trying again.

    def test_what_passes_is_tried_again(self):
        self.server.script = [problem(503, "Service Unavailable", "the queue is full"),
                              problem(429, "Too Many Requests"),
                              problem(500, "Internal Server Error", "the outcome is unknown")]
        done = self.push(self.ndjson(event(1), event(2)))
        self.assert_code(done, 0)
        self.assertEqual(self.bodies(), [[event(1), event(2)]] * 4)
        self.assertIn(b"503 Service Unavailable: the queue is full. Trying again", done.stderr)
        self.assertIn(b"2 accepted", done.stderr)

    def test_retry_after_is_honoured(self):
        self.server.script = [problem(503, "Service Unavailable", Retry_After=2)]
        self.assert_code(self.push(self.ndjson(event(1))), 0)
        first, second = (request[3] for request in self.server.requests)
        self.assertGreaterEqual(second - first, 1.9)

    def test_a_cut_connection_is_tried_again_and_counts_once(self):
        self.server.script = [cut_before_the_answer, cut_within_the_answer]
        done = self.push(self.ndjson(event(1), event(2)))
        self.assert_code(done, 0)
        self.assertEqual(len(self.server.requests), 3)
        self.assertEqual(len(self.server.known), 2)
        self.assertIn(b"0 accepted, 2 duplicates", done.stderr)

    def test_it_gives_up_in_time(self):
        self.server.script = [problem(503, "Service Unavailable")] * 100
        begin = time.monotonic()
        self.assert_code(self.push("--retry-seconds", 1, self.ndjson(event(1))), 75)
        self.assertLess(time.monotonic() - begin, 5)
        self.assertGreater(len(self.server.requests), 1)
        self.server.script = [problem(503, "Service Unavailable", Retry_After=3600)]
        self.assert_code(self.push(self.ndjson(event(1))), 75)

    def test_nobody_there_is_unavailable(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            done = self.push("--retry-seconds", 1, self.ndjson(event(1)),
                             to="http://127.0.0.1:%d" % taken.getsockname()[1])
        self.assert_code(done, 69)
        self.assertIn(b"Gave up", done.stderr)

    def test_what_was_accepted_before_a_failure_is_told(self):
        self.server.script = [Fake.take, problem(401, "Unauthorized", "no such token")]
        done = self.push("--batch", 1, self.ndjson(event(1), event(2), event(3)))
        self.assert_code(done, 77)
        self.assertIn(b"1 accepted", done.stderr)
        self.assertEqual(len(self.server.requests), 2)

    def test_refusals_are_final_and_told(self):
        for status, code in ((400, 65), (401, 77), (403, 77), (404, 76), (415, 76), (302, 76)):
            self.server.script = [problem(status, "A title", "and a detail.")]
            before = len(self.server.requests)
            done = self.push(self.ndjson(event(1)))
            self.assert_code(done, code)
            self.assertEqual(len(self.server.requests), before + 1)
            self.assertIn(b"%d A title: and a detail.\n" % status, done.stderr)

    def test_an_answer_of_somebody_else_is_told(self):
        for body in (b"", b"<html>", b"{}", b"[]",
                     b'{"accepted":2,"duplicates":0,"rejected":[],"last_seq":1}',
                     b'{"accepted":0,"duplicates":0,"rejected":[{"index":7}],"last_seq":1}',
                     b'{"accepted":-1,"duplicates":2,"rejected":[],"last_seq":1}'):
            self.server.script = [answer_with(200, body)]
            self.assert_code(self.push(self.ndjson(event(1))), 76)
        file = self.write("a.pb", wire(1, "event"))
        for body in (b"", b"\xff", wire(1, 2), wire(1, 1)[:-1], wire(3, wire(1, 7))):
            self.server.script = [answer_with(200, body, "application/x-protobuf")]
            self.assert_code(self.push(file), 76)

    def test_a_batch_that_is_too_large_is_halved(self):
        events = [event(i) for i in range(20)]
        self.server.events_max = 3
        self.assert_code(self.push("--batch", 10, self.ndjson(*events)), 0)
        taken = [body for body in self.bodies() if len(body) <= 3]
        self.assertEqual(sum(taken, []), events)
        self.assertEqual([len(body) for body in self.bodies()][-5:], [2] * 5,
                         "the next batches are small from the start")
        self.assertEqual(len(self.server.known), 20)

    def test_an_event_too_large_by_itself_is_final(self):
        self.server.events_max = 0
        done = self.push(self.ndjson(event(1), event(2)))
        self.assert_code(done, 65)
        self.assertIn(b"line 1", done.stderr)

    # Rejections.

    def test_rejections_go_to_the_file_with_the_line_as_it_was(self):
        bad = event(2, ladder_assessed={"rung": 9})
        lines = [json.dumps(event(1)), json.dumps(bad), "no json é", "[1]",
                 '{"id":"e-3","id":"e-4"}', '{"minutes":1e999}', json.dumps(event(5))]
        file, rejects = self.write("a.ndjson", "\n".join(lines)), self.place / "rejects.ndjson"
        done = self.push("--rejects", rejects, file)
        self.assert_code(done, 1)
        self.assertEqual(self.bodies(), [[event(1), bad, event(5)]])
        found = [json.loads(line) for line in rejects.read_text().splitlines()]
        self.assertEqual([set(row) for row in found], [{"code", "field", "message", "event"}] * 5)
        by_code = sorted((row["code"], row["field"], json.dumps(row["event"])) for row in found)
        self.assertEqual(by_code, sorted([
            ("bad_value", "rung", json.dumps(bad)),
            ("bad_syntax", "", json.dumps("no json é")),
            ("bad_syntax", "", json.dumps("[1]")),
            ("bad_value", "", json.dumps(lines[4])),
            ("bad_value", "", json.dumps(lines[5]))]))
        self.assertEqual(stat.S_IMODE(rejects.stat().st_mode), 0o600)
        self.assertIn(b"2 accepted, 0 duplicates, 5 rejected", done.stderr)

    def test_rejections_of_halved_and_later_batches_name_the_right_lines(self):
        events = [event(i, ladder_assessed={"rung": 9 if i in (0, 6, 11) else 1})
                  for i in range(12)]
        self.server.events_max = 3
        rejects = self.place / "rejects.ndjson"
        self.assert_code(self.push("--batch", 8, "--rejects", rejects, self.ndjson(*events)), 1)
        found = [json.loads(line)["event"]["id"] for line in rejects.read_text().splitlines()]
        self.assertEqual(found, ["e-0", "e-6", "e-11"])
        done = self.push("--batch", 8, self.ndjson(*events))
        for line in (1, 7, 12):
            self.assertIn(b", line %d: bad_value: rung must be 1 to 6" % line, done.stderr)

    def test_protobuf_rejections_are_in_base_64(self):
        batch = wire(1, "good") + wire(1, "bad") + wire(1, b"bad\xff!") + wire(1, "bad..")
        rejects = self.place / "rejects.ndjson"
        self.assert_code(self.push("--rejects", rejects, self.write("a.pb", batch)), 1)
        found = [json.loads(line) for line in rejects.read_text().splitlines()]
        self.assertEqual([base64.b64decode(row["event"], validate=True) for row in found],
                         [b"bad", b"bad\xff!", b"bad.."])

    # What must not leave this machine.

    def assert_kept(self, done, rejects, kept, sent):
        """Told as rejected without its value, and not sent; the file has it as it was."""
        self.assert_code(done, 1)
        bodies = b"".join(body for _, _, body, _ in self.server.requests)
        for number in ("123456782", "123.456.782", "87654321", "Kaatje"):
            self.assertNotIn(number.encode(), bodies)
            self.assertNotIn(number.encode(), done.stdout + done.stderr)
        self.assertIn(b"%d accepted, 0 duplicates, %d rejected" % (sent, len(kept)), done.stderr)
        found = [json.loads(line) for line in rejects.read_text().splitlines()]
        self.assertEqual([(row["code"], row["field"], row["event"]) for row in found], kept)
        for row in found:
            self.assertNotRegex(row["message"], "[0-9]{8}|Kaatje")

    def test_an_event_with_a_number_of_a_person_is_not_sent(self):
        bad = [event(1, subject="123456782"), event(2, key="bsn-123456782"),
               event(3, municipality="GM1", job_ended={"job_ref": "123.456.782"}),
               event(4, subject=87654321), event(5, bsn="123456782"), event(6)]
        bad[5]["id"] = "123456782"
        fields = ["subject", "key", "job_ref", "subject", "", "id"]
        kept = [("looks_like_bsn", field, one) for field, one in zip(fields, bad)]
        rejects = self.place / "rejects.ndjson"
        for file in (self.ndjson(event(7), *bad, event(8)),
                     self.write("a.json", json.dumps({"events": [event(9), *bad, event(10)]}))):
            self.assert_kept(self.push("--rejects", rejects, file), rejects, kept, 2)
        done = self.push(self.ndjson(event(11), bad[0]))
        self.assertIn(b"line 2: looks_like_bsn: subject it was not sent", done.stderr)
        self.assertNotIn(b"123456782", done.stderr)

    def test_an_event_in_protobuf_with_a_number_of_a_person_is_not_sent(self):
        bad = [wire(1, "e") + wire(3, "123.456.782"),
               wire(1, "f") + wire(42, wire(1, "123456782"))]
        batch = b"".join(wire(1, one) for one in (wire(1, "g"), *bad, wire(1, "h")))
        rejects = self.place / "rejects.ndjson"
        kept = [("looks_like_bsn", field, base64.b64encode(one).decode())
                for field, one in zip(("subject", ""), bad)]
        self.assert_kept(self.push("--rejects", rejects, self.write("a.pb", batch)), rejects,
                         kept, 2)

    def test_a_subject_of_another_form_is_not_sent(self):
        bad = event(2, subject="Kaatje-2026-03-02")
        rejects = self.place / "rejects.ndjson"
        file = self.ndjson(event(1), bad)
        done = self.push("--subject-form", "s-*", "--rejects", rejects, file)
        self.assert_kept(done, rejects, [("bad_value", "subject", bad)], 1)
        self.assert_code(self.push("--subject-form", "*", file), 0)
        for pattern in ("", "s *", "a" * 65):
            done = self.push("--subject-form", pattern, file)
            self.assert_code(done, 64)
            self.assertIn(b"--subject-form takes a pattern", done.stderr)

    def test_rejections_can_go_to_standard_output(self):
        done = self.push("--rejects", "-", self.write("a.ndjson", "x\n"))
        self.assert_code(done, 1)
        self.assertEqual(json.loads(done.stdout)["code"], "bad_syntax")

    def test_without_a_file_ten_are_told_without_their_content(self):
        events = [event(i, ladder_assessed={"rung": 9}, subject="somebody") for i in range(34)]
        done = self.push(self.ndjson(*events))
        self.assert_code(done, 1)
        said = done.stderr.decode()
        self.assertEqual(said.count("bad_value"), 10)
        self.assertIn("line 10: bad_value: rung must be 1 to 6", said)
        self.assertIn("24 more were rejected; --rejects FILE keeps them all.", said)
        self.assertNotIn("somebody", said)

    def test_control_characters_of_an_answer_do_not_reach_the_terminal(self):
        self.server.script = [problem(400, "A\x1b[2Jtitle", "\x07")]
        done = self.push(self.ndjson(event(1)))
        self.assertNotIn(b"\x1b", done.stderr)
        self.assertNotIn(b"\x07", done.stderr)

    def test_long_and_nested_lines_do_not_spoil_the_others(self):
        lines = [json.dumps(event(1)), '{"id":"' + "x" * (2 << 20) + '"}',
                 '{"a":' + "[" * 2000 + "]" * 2000 + "}", '{"id":"\\u0000"}',
                 b"\xff\xfe".decode("latin-1"), json.dumps(event(2))]
        data = "\n".join(lines).encode("latin-1")
        rejects = self.place / "rejects.ndjson"
        self.assert_code(self.push("--rejects", rejects, self.write("a.ndjson", data)), 1)
        self.assertEqual(self.bodies(), [[event(1), {"id": "\0"}, event(2)]])
        found = [json.loads(line) for line in rejects.read_text().splitlines()]
        self.assertEqual([row["code"] for row in found], ["bad_syntax"] * 3)
        self.assertIsNone(found[0]["event"])

    def test_a_rejects_file_that_cannot_be_written_is_told(self):
        file = self.write("a.ndjson", "x\n")
        self.assert_code(self.push("--rejects", self.place / "no" / "file", file), 73)
        self.assert_code(self.push("--rejects", "/dev/full", file), 74)

    # Files that are not what they should be.

    def test_files_that_cannot_be_read_are_told_before_anything_is_sent(self):
        good = self.ndjson(event(1))
        self.assert_code(self.push(good, self.place / "none.ndjson"), 66)
        self.assert_code(self.push(good, self.write("a.csv", "x")), 64)
        self.assert_code(self.push("--format", "xml", good), 64)
        self.assertEqual(self.server.requests, [])
        for name, data in (("a.json", "{"), ("b.json", "[]"), ("c.json", '{"events":1}'),
                           ("d.json", '{"events":[],"more":1}'), ("e.pb", b"\x0a\x05ab"),
                           ("f.pb", b"\x12\x00"), ("g.json", "")):
            done = self.push(self.write(name, data))
            self.assert_code(done, 65)
            self.assertIn(name.encode(), done.stderr)
        self.assertEqual(self.server.requests, [])

    def test_wrong_usage_is_told(self):
        file = self.ndjson(event(1))
        for options in (["--batch", "0"], ["--frob"], ["--via", "pigeon"], ["--via", "stream"],
                        ["--retry-seconds", "-1"], ["--batch", "1x"]):
            self.assert_code(self.push(*options, file), 64)
        for address in ("127.0.0.1:7400", "ftp://127.0.0.1", "http://", "http://a b",
                        "http://127.0.0.1:7400/?a=b"):
            self.assert_code(self.push(file, to=address), 64)
        self.assert_code(self.push(), 64)
        self.assertEqual(self.server.requests, [])

    def test_an_option_may_follow_and_two_dashes_end_options(self):
        shutil.copy(self.ndjson(event(1)), self.place / "--batch")
        done = subprocess.run([LADDER, "push", "--to", self.address, "--format", "ndjson", "--",
                               "--batch"], cwd=self.place, capture_output=True, timeout=SECONDS,
                              env={**os.environ, "LADDER_TOKEN_FILE": str(self.token)}, check=False)
        self.assert_code(done, 0)
        self.assert_code(self.push(self.ndjson(event(2)), "--batch", 5), 0)
        self.assertEqual(len(self.server.known), 2)

    def test_a_proxy_of_the_surroundings_is_not_asked_for_loopback(self):
        done = self.push("--retry-seconds", 1, self.ndjson(event(1)),
                         env={"http_proxy": "http://127.0.0.1:1", "no_proxy": ""})
        self.assert_code(done, 0)


if __name__ == "__main__":
    unittest.main()
