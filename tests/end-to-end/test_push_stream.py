"""`ladder push --via stream`: against a real daemon, and against one that misbehaves as told."""

import itertools
import json
import random
import re
import socket
import struct
import subprocess
import threading
import time
import unittest

import harness
from harness import event, fresh


def rung(number, **fields):
    return event(ladder_assessed={"rung": number}, **fields)


class Pushing(harness.OwnDaemon):
    """What both kinds of test share: files, and the command."""

    def setUp(self):
        self.folder = self.place()

    def write(self, name, data):
        path = self.folder / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        path.chmod(0o600)  # it may be a token's
        return path

    def ndjson(self, events, name="events.ndjson"):
        return self.write(name, "".join(json.dumps(one) + "\n" for one in events))

    def command(self, port, token, *arguments):
        return [harness.LADDER, "push", "--via", "stream", "--to", f"tcp://127.0.0.1:{port}",
                "--token-file", str(self.write("partner.token", token)),
                *[str(one) for one in arguments]]

    def run_push(self, port, token, *arguments, stdin=None):
        done = subprocess.run(self.command(port, token, *arguments), input=stdin,
                              capture_output=True, timeout=90, check=False)
        self.assertNotIn(token.encode(), done.stdout + done.stderr)
        return done

    def assertPushed(self, done, code, said):
        self.assertEqual(done.returncode, code, done.stderr.decode())
        self.assertIn(said.encode(), done.stderr)
        self.assertEqual(done.stdout, b"")


class RealDaemon(Pushing):
    def daemon_with(self, sections="", start=True):
        self.port = harness.free_port()
        self.flags = ("--set", f"stream.listen=127.0.0.1:{self.port}")
        self.daemon = self.ladderd({"isd": {}}, sections=sections, start=False)
        return self.daemon.start(*self.flags) if start else self.daemon

    def push(self, *arguments, **options):
        return self.run_push(self.port, self.daemon.tokens["isd"], *arguments, **options)

    def test_a_file_arrives_in_each_format_and_is_duplicates_the_second_time(self):
        daemon = self.daemon_with()
        events = harness.generated("--people", "30", "--until", "2024-10-04")
        text = self.ndjson(events)
        self.assertPushed(self.push("--batch", 100, text), 0,
                          f"{len(events)} accepted, 0 duplicates, 0 rejected")
        self.assertEqual([record["event"]["id"] for record in daemon.records()],
                         [one["id"] for one in events], "in the order of the file")
        again = f"0 accepted, {len(events)} duplicates, 0 rejected"
        self.assertPushed(self.push(text), 0, again)
        self.assertPushed(self.push(self.write("a.json", json.dumps({"events": events}))), 0, again)
        self.assertPushed(self.push(self.write("a.pb", harness.batch_bytes(events))), 0, again)
        # The other door agrees that they are the same: nothing was lost on the way to protobuf.
        done = harness.ladder("push", "--to", f"http://127.0.0.1:{daemon.port}", "--token-file",
                            str(daemon.token_file("isd")), str(text))
        self.assertIn(again.encode(), done.stderr)

    def test_rejections_are_those_of_http(self):
        daemon = self.daemon_with()
        good = [event() for _ in range(5)]
        lines = [json.dumps(good[0]), json.dumps(rung(9)), "no json é", "[1]",
                 '{"id":"e-3","id":"e-4"}', '{"minutes":1e999}', json.dumps(good[1]),
                 json.dumps(event(municipality="Oirschot")), json.dumps(event(nonsense=1)),
                 json.dumps(event(occurred_on="2999-01-01")), json.dumps(event(subject="123456782")),
                 '{"a":' + "[" * 2000 + "]" * 2000 + "}", '{"id":"' + "x" * (2 << 20) + '"}',
                 json.dumps({**good[1], "subject": "somebody-else"}), json.dumps(good[2])]
        file = self.write("a.ndjson", "\n".join(lines) + "\n")
        found = {}
        for via, to in (("stream", f"tcp://127.0.0.1:{self.port}"),
                        ("http", f"http://127.0.0.1:{daemon.port}")):
            rejects = self.folder / f"{via}.rejects"
            done = harness.ladder("push", "--via", via, "--to", to, "--token-file",
                                str(daemon.token_file("isd")), "--batch", "4", "--rejects",
                                str(rejects), str(file), timeout=60)
            self.assertEqual(done.returncode, 1, done.stderr)
            found[via] = sorted(rejects.read_text().splitlines())
            # Over HTTP the command looks itself and says so; the stream's sender checks it all.
            found[via] = [re.sub(r'("code":"looks_like_bsn".*"message":)"[^"]*"', r'\1""', line)
                          for line in found[via]]
        self.assertEqual(found["stream"], found["http"])
        self.assertEqual(len(found["stream"]), 12)
        codes = {json.loads(line)["code"] for line in found["stream"]}
        self.assertTrue({"bad_value", "bad_syntax", "unknown_field", "occurred_in_future",
                         "looks_like_bsn", "id_conflict"} <= codes, codes)

    def test_rejected_lines_are_named_in_protobuf_too(self):
        self.daemon_with()
        batch = harness.batch_bytes([event(), rung(9), event(), rung(8)])
        rejects = self.folder / "rejects"
        self.assertPushed(self.push("--rejects", rejects, self.write("a.pb", batch)), 1,
                          "2 accepted, 0 duplicates, 2 rejected")
        self.assertEqual([json.loads(line)["code"] for line in rejects.read_text().splitlines()],
                         ["bad_value"] * 2)
        said = self.push(self.write("a.pb", batch)).stderr
        self.assertIn(b"event 1: bad_value: rung must be", said)
        self.assertIn(b"event 3: bad_value: rung must be", said)

    def test_what_is_no_event_is_refused_by_its_place(self):
        self.daemon_with()
        good = harness.batch_bytes([event() for _ in range(30)])
        bad = self.write("a.pb", good + harness.wire(1, b"\xff\xff\xff"))
        done = self.push("--batch", 10, bad)
        self.assertPushed(done, 65, "event 30: the daemon refuses it: bad_frame")
        self.assertIn(b"30 accepted", done.stderr)

    def test_a_daemon_killed_in_the_middle_loses_and_doubles_nothing(self):
        seed = harness.seed()
        chance = random.Random(seed)
        daemon = self.daemon_with()
        events = [event(id=fresh("isd")) for _ in range(40000)]
        pushing = subprocess.Popen(
            self.command(self.port, daemon.tokens["isd"], "--batch", 50, self.ndjson(events)),
            stderr=subprocess.PIPE)
        self.addCleanup(pushing.kill)
        self.addCleanup(pushing.stderr.close)
        killed = 0
        for _ in range(6):
            time.sleep(chance.uniform(0.02, 0.15))  # any moment
            if pushing.poll() is not None:
                break
            daemon.kill()
            killed += 1
            daemon.start(*self.flags)
        said = pushing.communicate(timeout=90)[1].decode()
        self.assertEqual(pushing.returncode, 0, (seed, said))
        self.assertGreater(killed, 0, seed)
        self.assertIn("Trying again", said, seed)
        self.assertRegex(said, r"\d+ accepted, \d+ duplicates, 0 rejected")
        self.assertEqual(sorted(record["event"]["id"] for record in daemon.records()),
                         sorted(one["id"] for one in events), seed)

    def test_a_wrong_token_is_told_and_not_tried_again(self):
        self.daemon_with()
        begin = time.monotonic()
        done = self.run_push(self.port, "wrong" * 8, self.ndjson([event()]))
        self.assertPushed(done, 77, "unauthorized: the token is no partner's")
        self.assertLess(time.monotonic() - begin, 10)

    def test_a_token_taken_away_meanwhile_ends_the_push(self):
        daemon = self.daemon_with()
        pushing = subprocess.Popen(self.command(self.port, daemon.tokens["isd"], "-"),
                                   stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(pushing.kill)
        one = event()
        pushing.stdin.write(json.dumps(one).encode() + b"\n")
        pushing.stdin.flush()
        deadline = time.monotonic() + harness.WAIT
        while not daemon.records():
            self.assertLess(time.monotonic(), deadline, "a pipe at rest holds an event back")
            time.sleep(0.05)
        daemon.new_token("isd")
        daemon.write_config()
        daemon.hang_up()
        deadline = time.monotonic() + harness.WAIT
        while daemon.post(json.dumps({"events": [event()]})).status != 200:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        said = pushing.communicate(json.dumps(event()).encode(), timeout=30)[1]
        self.assertEqual(pushing.returncode, 77, said)
        self.assertIn(b"1 accepted", said)

    def test_where_the_stream_is_off_it_gives_up_in_time(self):
        daemon = self.ladderd({"isd": {}})
        done = self.run_push(harness.free_port(), daemon.tokens["isd"], "--retry-seconds", 1,
                             self.ndjson([event()]))
        self.assertPushed(done, 69, "Gave up")

    def test_a_daemon_with_little_room_gets_all_of_it(self):
        daemon = self.daemon_with("[limits]\nqueue_batches_max = 1\nbatch_events_max = 7\n"
                                  "body_bytes_max = 65536\n")
        events = [event() for _ in range(1500)]
        self.assertPushed(self.push("--batch", 1000, self.ndjson(events)), 0,
                          "1500 accepted, 0 duplicates, 0 rejected")
        self.assertEqual([record["event"]["id"] for record in daemon.records()],
                         [one["id"] for one in events])

    def test_a_daemon_that_restarts_with_smaller_limits_gets_what_waits_in_smaller_batches(self):
        daemon = self.daemon_with()
        daemon.kill()
        fake = Fake(self.port, [hang_up])
        self.addCleanup(fake.close)
        events = [event() for _ in range(500)]
        pushing = subprocess.Popen(
            self.command(self.port, daemon.tokens["isd"], self.ndjson(events)),
            stderr=subprocess.PIPE)
        self.addCleanup(pushing.kill)
        fake.wait(1)
        fake.close()
        daemon.start(*self.flags, "--set", "limits.batch_events_max=64")
        said = pushing.communicate(timeout=60)[1]
        self.assertEqual(pushing.returncode, 0, said)
        self.assertIn(b"500 accepted", said)

    def test_a_full_store_is_told_when_it_gives_up(self):
        daemon = self.daemon_with("[limits]\nstore_reserve = 4M\n", start=False)
        daemon.config.write_text(daemon.config.read_text().replace(
            "[store]\n", "[store]\nsize_max = 16M\n"))
        daemon.start(*self.flags)
        events = self.ndjson([event() for _ in range(200000)])
        done = self.push("--retry-seconds", 1, events)
        self.assertPushed(done, 75, "unavailable: the store is full: ")
        self.assertPushed(done, 75, "raise [store] size_max and restart; "
                                    "send the batch again later")
        self.assertRegex(done.stderr.decode(), f" {len(daemon.records())} accepted")

    def test_a_connection_that_rests_is_kept_or_made_anew(self):
        self.daemon_with("[limits]\nidle_seconds_max = 1\n")
        pushing = subprocess.Popen(self.command(self.port, self.daemon.tokens["isd"], "-"),
                                   stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(pushing.kill)
        for pause in (3, 0):
            pushing.stdin.write(json.dumps(event()).encode() + b"\n")
            pushing.stdin.flush()
            time.sleep(pause)  # the load: nothing comes, for longer than is idle
        said = pushing.communicate(timeout=30)[1]
        self.assertEqual(pushing.returncode, 0, said)
        self.assertIn(b"2 accepted, 0 duplicates", said)
        self.assertNotIn(b"Trying again", said, "idleness is no trouble")

    def test_addresses_that_are_none_are_usage(self):
        file = self.ndjson([event()])
        token = self.write("t", "x" * 40)
        for to in ("http://127.0.0.1:7401", "tcp://127.0.0.1", "127.0.0.1:", ":7401", "::1:7401",
                   "tcp://127.0.0.1:7401/", "127.0.0.1:70000", "127.0.0.1:1x"):
            with self.subTest(to=to):
                done = harness.ladder("push", "--via", "stream", "--to", to, "--token-file",
                                    str(token), str(file))
                self.assertEqual(done.returncode, 64, done.stderr)
                self.assertIn(b"tcp://127.0.0.1:7401", done.stderr)


# What a misbehaving daemon does with a message; None ends the connection.

def take(fake, client, number, count):
    return fake.result(number, count)


def hang_up(fake, client, number, count):
    return None


def answer(*replies):
    return lambda fake, client, number, count: b"".join(replies)


def wire_reply(place, data):
    message = harness.wire(place, data)
    return harness.varint(len(message)) + message


def error(code, message=""):
    reply = wire_reply(4, harness.wire(1, code.encode()) + harness.wire(2, message.encode()))

    def step(fake, client, number, count):
        client.sendall(reply)
        return None
    return step


class Fake:
    """A stream whose batches are handled as the script says, one step each; then taken."""

    def __init__(self, port=0, script=(), limits=(1 << 23, 10000, 64)):
        self.script, self.limits = list(script), limits
        self.hellos, self.batches, self.pings = 0, [], 0
        self.listener = socket.create_server(("127.0.0.1", port))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def close(self):
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        self.thread.join(10)

    def wait(self, batches):
        deadline = time.monotonic() + harness.WAIT
        while len(self.batches) < batches:
            assert time.monotonic() < deadline, "no batch came"
            time.sleep(0.01)

    def result(self, number, count, **fields):
        proto = harness.proto()
        return wire_reply(2, proto.StreamResult(
            number=number, accepted=count, duplicates=0, last_seq=1, **fields).SerializeToString())

    def run(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            with client:
                try:
                    self.serve(client)
                except OSError:
                    pass

    def serve(self, client):
        proto = harness.proto()
        while True:
            length = shift = 0
            while True:
                byte = client.recv(1)
                if not byte:
                    return
                length |= (byte[0] & 0x7F) << shift
                shift += 7
                if byte[0] < 0x80:
                    break
            request = proto.StreamRequest.FromString(client.recv(length, socket.MSG_WAITALL))
            kind = request.WhichOneof("request")
            if kind == "hello":
                self.hellos += 1
                bytes_max, events_max, pipelined = self.limits
                client.sendall(wire_reply(1, proto.StreamWelcome(
                    protocol_version=1, limits=proto.StreamLimits(
                        message_bytes_max=bytes_max, batch_events_max=events_max,
                        pipelined_batches_max=pipelined)).SerializeToString()))
            elif kind == "ping":
                self.pings += 1
                client.sendall(wire_reply(3, b""))
            else:
                batch = request.batch
                self.batches.append([one.id for one in batch.events])
                step = self.script.pop(0) if self.script else take
                data = step(self, client, batch.number, len(batch.events))
                if data is None:
                    client.shutdown(socket.SHUT_WR)
                    return
                client.sendall(data)


class ScriptedDaemon(Pushing):
    def push(self, events, *arguments, script=(), limits=(1 << 23, 10000, 64)):
        self.fake = Fake(0, script, limits)
        self.addCleanup(self.fake.close)
        return self.run_push(self.fake.port, "t" * 40, *arguments, self.ndjson(events))

    def test_batches_have_the_size_that_was_asked_for_or_that_is_allowed(self):
        events = [event(id=f"e-{i}") for i in range(20)]
        self.assertPushed(self.push(events, "--batch", 8), 0, "20 accepted")
        self.assertEqual([len(batch) for batch in self.fake.batches], [8, 8, 4])
        self.assertPushed(self.push(events, "--batch", 8, limits=(1 << 23, 5, 64)), 0,
                          "20 accepted")
        self.assertLessEqual(max(len(batch) for batch in self.fake.batches), 5)
        one = len(harness.batch_bytes([events[10]]))
        self.assertPushed(self.push(events, limits=(64 + 3 * one, 10000, 64)), 0, "20 accepted")
        self.assertLessEqual(max(len(batch) for batch in self.fake.batches), 3)
        self.assertEqual(list(itertools.chain(*self.fake.batches)), [one["id"] for one in events])

    def test_no_more_is_on_its_way_than_the_daemon_allows(self):
        seen, held = [], []

        def hold(fake, client, number, count):
            """Answers only when nothing more comes: all that may be on its way is there."""
            held.append((number, count))
            client.settimeout(0.3)
            try:
                more = client.recv(1, socket.MSG_PEEK)
            except TimeoutError:
                more = b""
            client.settimeout(None)
            if more:
                return b""
            seen.append(len(held))
            data = b"".join(fake.result(*one) for one in held)
            held.clear()
            return data
        events = [event() for _ in range(12)]
        self.assertPushed(self.push(events, "--batch", 1, script=[hold] * 12,
                                    limits=(1 << 23, 10000, 4)), 0, "12 accepted")
        self.assertEqual(max(seen), 4, seen)

    def test_a_cut_connection_sends_again_what_was_not_answered(self):
        events = [event(id=f"e-{i}") for i in range(6)]
        done = self.push(events, "--batch", 2, script=[take, hang_up])
        self.assertPushed(done, 0, "6 accepted")
        self.assertEqual(self.fake.batches, [["e-0", "e-1"], ["e-2", "e-3"],
                                             ["e-2", "e-3"], ["e-4", "e-5"]])
        self.assertIn(b"the daemon closed the connection. Trying again", done.stderr)

    def test_errors_that_pass_are_tried_again(self):
        for code in ("unavailable", "unknown", "too_many_connections"):
            with self.subTest(code=code):
                done = self.push([event()], script=[error(code, "as told.")])
                self.assertPushed(done, 0, "1 accepted")
                self.assertIn(f"{code}: as told. Trying again".encode(), done.stderr)
        done = self.push([event()], "--retry-seconds", 1, script=[error("unavailable")] * 50)
        self.assertPushed(done, 75, "Gave up")

    def test_errors_that_do_not_pass_are_final(self):
        for code, status in (("unauthorized", 77), ("bad_frame", 65), ("bad_request", 76),
                             ("never_heard_of", 76)):
            with self.subTest(code=code):
                done = self.push([event()], script=[error(code, "a\x1b[2Jdetail.")])
                self.assertPushed(done, status, f"{code}: a?[2Jdetail.\n")
                self.assertEqual(len(self.fake.batches), 1)

    def test_a_batch_that_is_too_large_is_halved_until_it_is_one_event(self):
        events = [event(id=f"e-{i}") for i in range(4)]
        done = self.push(events, "--batch", 4, script=[error("too_large", "too many")])
        self.assertPushed(done, 0, "4 accepted")
        self.assertEqual(self.fake.batches[1:], [["e-0", "e-1"], ["e-2", "e-3"]])
        done = self.push(events, "--batch", 4, script=[error("too_large", "too long")] * 9)
        self.assertPushed(done, 65, "line 1: the daemon refuses it: too_large: too long")

    def test_a_reason_that_is_lost_while_more_is_on_its_way_is_heard_at_last(self):
        def reset_or_refuse(fake, client, number, count):
            """A daemon that hangs up with something unread takes its last words with it."""
            client.settimeout(0.3)
            try:
                client.recv(1, socket.MSG_PEEK)
            except TimeoutError:
                return error("bad_frame", "no event")(fake, client, number, count)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raise ConnectionResetError
        done = self.push([event() for _ in range(6)], "--batch", 1, "--retry-seconds", 4,
                         script=[take] + [reset_or_refuse] * 99)
        self.assertPushed(done, 65, "line 2: the daemon refuses it: bad_frame: no event")
        self.assertIn(b"1 accepted", done.stderr)

    def test_an_answer_of_somebody_else_is_told(self):
        result = harness.proto().StreamResult
        wrong = [result(number=9, accepted=1), result(number=1, accepted=2), result(number=1),
                 result(number=1, duplicates=2)]
        replies = [wire_reply(2, one.SerializeToString()) for one in wrong]
        replies += [b"\x03abc", b"\x00", b"\xff" * 10]
        for reply in replies:
            with self.subTest(reply=reply):
                self.assertPushed(self.push([event()], script=[answer(reply)]), 76,
                                  "is the address right?")

    def test_a_silent_daemon_is_not_the_end(self):
        """A reply in pieces is put together; the batches go on meanwhile."""
        def slowly(fake, client, number, count):
            data = fake.result(number, count)
            for byte in data:
                client.sendall(bytes([byte]))
                time.sleep(0.005)  # the load: a reply that comes slowly
            return b""
        self.assertPushed(self.push([event() for _ in range(9)], "--batch", 3,
                                    script=[slowly] * 3), 0, "9 accepted")


if __name__ == "__main__":
    unittest.main()
