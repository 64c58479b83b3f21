"""limits.memory_max: one amount of memory that all share, and a partner's rates."""

import json
import socket
import time

import harness
from harness import JSON, event, fresh

MEMORY = 4 << 20  # so one partner may have 2 MiB of bodies
REFUSED = b"HTTP/1.1 503"


class Budget(harness.OwnDaemon):
    assertProblem = harness.Case.assertProblem

    def shared(self, memory="4M", **limits):
        self.stream_port = harness.free_port()
        lines = "".join(f"{name} = {value}\n" for name, value in
                        {"memory_max": memory, **limits}.items())
        daemon = self.ladderd(partners={"isd": {}, "vwn": {}}, start=False,
                              sections=f"[limits]\n{lines}")
        return daemon.start("--set", f"stream.listen=127.0.0.1:{self.stream_port}")

    def connect(self, port):
        client = socket.create_connection(("127.0.0.1", port), timeout=harness.WAIT)
        self.addCleanup(client.close)
        return client

    def half_body(self, daemon, size, who="isd", path="/v1/events", end=True):
        """A request that has sent so much of its body, and not all."""
        client = self.connect(daemon.port)
        client.sendall(f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: {JSON}\r\n"
                       f"Authorization: Bearer {daemon.tokens.get(who)}\r\n"
                       f"Content-Length: {size + 1 if end else 4 << 20}\r\n\r\n".encode())
        client.sendall(b" " * size)
        return client

    def body_of(self, daemon, size, who="isd"):
        """A whole body of so many bytes: an event, and blanks."""
        data = json.dumps({"events": [event()]})
        return daemon.post(data + " " * (size - len(data)), who=who)

    def frame(self, request):
        data = request.SerializeToString()
        return harness.varint(len(data)) + data

    def greeted(self, daemon, who="isd"):
        client = self.connect(self.stream_port)
        hello = harness.proto().StreamRequest()
        hello.hello.token, hello.hello.protocol_version = daemon.tokens[who], 1
        client.sendall(self.frame(hello))
        self.assertTrue(client.recv(4096))
        return client

    def batch(self, events, number=1):
        request = harness.proto().StreamRequest()
        request.batch.number = number
        for one in events:
            request.batch.events.append(harness.message(one))
        return self.frame(request)


class Shared(Budget):
    def test_up_to_its_half_a_partners_bodies_are_taken_and_over_it_they_are_503(self):
        daemon = self.shared(body_bytes_max="2M")
        halves = [self.half_body(daemon, 512 << 10) for _ in range(3)]
        harness.until(lambda: self.body_of(daemon, 600 << 10).status == 503, "all three are there")
        answer = self.body_of(daemon, 600 << 10)
        self.assertProblem(answer, 503)
        self.assertRegex(answer.header("Retry-After"), r"^\d+$")
        self.assertEqual(self.body_of(daemon, 300 << 10).status, 200, "just under it")
        # Nobody else is held up, by either door.
        self.assertEqual(self.body_of(daemon, 600 << 10, who="vwn").status, 200)
        self.assertEqual(daemon.get("/readyz").status, 200)
        # What its connections held is there again when they are gone.
        for half in halves:
            half.close()
        harness.until(lambda: self.body_of(daemon, 600 << 10).status == 200, "it was given back")
        daemon.stop()

    def test_a_body_that_never_fits_is_413(self):
        daemon = self.shared(memory="1M")
        self.assertProblem(self.body_of(daemon, 600 << 10), 413)
        self.assertEqual(self.body_of(daemon, 250 << 10).status, 200)
        daemon.stop()

    def test_many_events_in_few_bytes_are_counted_as_the_memory_they_take(self):
        daemon = self.shared(memory="1M")
        answer = daemon.post(json.dumps({"events": [event() for _ in range(5000)]}))
        self.assertProblem(answer, 413)
        self.assertIn("fewer events", answer.json["detail"])
        daemon.accept(*[event() for _ in range(100)])
        daemon.stop()

    def test_strangers_never_take_more_than_their_share(self):
        daemon = self.shared(memory="1M")
        crowd = [self.half_body(daemon, 4000, who=None, path="/sign-in") for _ in range(40)]
        self.assertEqual(self.body_of(daemon, 250 << 10).status, 200, "partners go on")
        answers = []
        for client in crowd:
            client.sendall(b" ")
            answers.append(client.recv(12, socket.MSG_WAITALL))
        self.assertIn(REFUSED, answers)
        self.assertNotEqual(answers, [REFUSED] * 40)
        daemon.stop()

    def test_half_messages_of_a_partner_make_it_wait_and_nobody_else(self):
        daemon = self.shared(memory="32M", body_bytes_max="6M")
        halves = [self.greeted(daemon) for _ in range(3)]
        for half in halves:
            half.sendall(harness.varint(5200 << 10) + b"\x12" + b" " * 1000)
        other = self.greeted(daemon, "vwn")
        other.sendall(self.batch([event() for _ in range(100)]))
        self.assertTrue(other.recv(4096))
        self.assertEqual(self.body_of(daemon, 500 << 10, who="vwn").status, 200)
        # Its own next large message is not read: there is no answer to it.
        waiting = self.greeted(daemon)
        waiting.sendall(self.batch([event() for _ in range(9000)]))
        waiting.settimeout(1)
        with self.assertRaises(TimeoutError):
            waiting.recv(1)
        # It is, once there is room.
        for half in halves:
            half.close()
        waiting.settimeout(harness.WAIT)
        self.assertTrue(waiting.recv(4096))
        self.assertEqual(len(daemon.records()), 9000 + 100 + 1)
        daemon.stop()

    def test_a_pipeline_that_takes_more_than_there_is_goes_through_all_the_same(self):
        daemon = self.shared(memory="8M")
        client = self.greeted(daemon)
        for number in range(40):
            client.sendall(self.batch([event() for _ in range(500)], number))
        got = b""
        while got.count(b"\xf4\x03") < 40:  # accepted: 500
            got += client.recv(65536)
        self.assertEqual(len(daemon.records()), 40 * 500)
        daemon.stop()

    def test_all_is_given_back_when_connections_break(self):
        daemon = self.shared(body_bytes_max="1M", memory="8M")
        daemon.accept(*[event() for _ in range(1200)])
        analyst = (f"GET /v1/log?limit=100000 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
                   f"{daemon.tokens['analyst']}\r\n\r\n").encode()
        whole = self.batch([event(subject="x y") for _ in range(300)])
        for turn in range(3):
            broken = [self.half_body(daemon, 300 << 10, end=turn == 0) for _ in range(4)]
            for data in (whole * 3, whole[:-1], harness.varint(700 << 10), whole[:3], b"\xff" * 30):
                broken.append(self.greeted(daemon))
                broken[-1].sendall(data)
            for query in (analyst, analyst.replace(b"/v1/log?limit=100000", b"/metrics"),
                          analyst.replace(b"/v1/log?limit=100000", b"/"),
                          analyst.replace(b"/v1/log?limit=100000",
                                          b"/v1/indicators?as_of=2026-06-30")):
                broken.append(self.connect(daemon.port))
                broken[-1].sendall(query)
            if turn == 1:
                time.sleep(0.3)  # so that some are answered, and the answers not read
            for client in broken:
                if turn < 2:
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                client.close()
        harness.until(lambda: self.body_of(daemon, 900 << 10).status == 200, "there is room again")
        # That nothing is held any more is checked at its end.
        daemon.stop()

    def people(self, daemon, count):
        """So many whose news has run out, in twelve municipalities."""
        for at in range(0, count, 100):
            told = []
            for place in range(at, at + 100):
                who, where = fresh("s"), f"GM{3001 + place % 12}"
                told += [harness.settled(who, harness.day(-400), where),
                         harness.assessed(who, harness.day(-390), 3, where)]
            daemon.accept(*told)

    def total(self, daemon, **parameters):
        answer = daemon.get("/v1/worklist", who="isd", **parameters)
        self.assertEqual(answer.status, 200, answer)
        return answer.json["total"]

    def test_a_work_list_takes_no_more_memory_than_there_is(self):
        daemon = self.shared(memory="2M")
        self.people(daemon, 400)
        harness.until(lambda: self.total(daemon) >= 400, "all rows are there")
        self.people(daemon, 2400)
        answer = harness.until(lambda: (lambda got: got if got.status != 200 else None)(
            daemon.get("/v1/worklist", who="isd")), "it has grown")
        self.assertProblem(answer, 400)
        self.assertIn("one municipality", answer.json["detail"])
        harness.until(lambda: self.total(daemon, municipality="GM3001") >= 200, "those of one")
        daemon.stop()

    def test_an_unread_answer_is_held_until_it_is_read(self):
        daemon = self.shared(memory="8M")
        for _ in range(40):
            daemon.accept(*[event() for _ in range(1000)])
        statuses = []
        clients = []
        for _ in range(60):
            client = self.connect(daemon.port)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.sendall((f"GET /v1/log?limit=100000 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
                            f"{daemon.tokens['analyst']}\r\n\r\n").encode())
            clients.append(client)
            statuses.append(client.recv(12, socket.MSG_WAITALL))
        self.assertIn(REFUSED, statuses)
        self.assertIn(b"HTTP/1.1 200", statuses)
        self.assertEqual(self.body_of(daemon, 200 << 10).status, 200, "partners are not held up")
        for client in clients:
            client.close()
        harness.until(lambda: daemon.get("/v1/log", who="analyst", limit=1000).status == 200,
                      "it was given back")
        daemon.stop()


class Rates(Budget):
    def test_up_to_the_events_of_a_second_a_partner_pushes_and_at_them_it_is_429(self):
        daemon = self.shared(partner_events_per_second_max=20)
        daemon.accept(*[event() for _ in range(19)])
        daemon.accept(event())  # just under it
        answer = daemon.post(json.dumps({"events": [event() for _ in range(40)]}))
        if answer.status == 200:  # it took long to come
            answer = daemon.post(json.dumps({"events": [event()]}))
        self.assertProblem(answer, 429)
        self.assertRegex(answer.header("Retry-After"), r"^[1-9]\d*$")
        self.assertEqual(daemon.post(json.dumps({"events": [event()]}), who="vwn").status, 200)
        self.assertEqual(daemon.figures().status, 200)
        time.sleep(int(answer.header("Retry-After")))  # as it was told
        daemon.accept(event())
        daemon.stop()

    def test_the_bytes_of_a_second_count_too_and_those_of_a_refusal_do_not(self):
        daemon = self.shared(partner_bytes_per_second_max="10K")
        self.assertEqual(self.body_of(daemon, 30 << 10).status, 200, "what is let in is let in whole")
        for _ in range(5):
            answer = self.body_of(daemon, 9 << 10)
            self.assertProblem(answer, 429)
            self.assertLessEqual(int(answer.header("Retry-After")), 3)
        harness.until(lambda: self.body_of(daemon, 1 << 10).status == 200, "the debt is paid", 10)
        daemon.stop()

    def test_both_doors_share_the_rate_and_the_stream_is_not_read(self):
        daemon = self.shared(partner_events_per_second_max=100)
        client = self.greeted(daemon)
        begin = time.monotonic()
        for number in range(4):
            client.sendall(self.batch([event() for _ in range(100)], number))
        harness.until(lambda: len(daemon.records()) >= 200, "two are there, and a debt")
        answers = [daemon.post(json.dumps({"events": [event()]})) for _ in range(5)]
        statuses = [answer.status for answer in answers]
        self.assertLessEqual(set(statuses), {200, 429})
        self.assertIn(429, statuses)
        harness.until(lambda: len(daemon.records()) == 400 + statuses.count(200), "all of them")
        self.assertGreater(time.monotonic() - begin, 1.9, "400 events at 100 a second")
        client.close()
        daemon.stop()

    def test_what_was_sent_before_the_hang_up_is_taken_however_slowly(self):
        daemon = self.shared(partner_events_per_second_max=100)
        client = self.greeted(daemon)
        for number in range(3):
            client.sendall(self.batch([event() for _ in range(60)], number))
        client.shutdown(socket.SHUT_WR)
        harness.until(lambda: len(daemon.records()) == 180, "all of them")
        client.close()
        daemon.stop()

    def test_the_command_waits_as_it_is_told(self):
        daemon = self.shared(partner_events_per_second_max=200)
        file = daemon.place / "events.ndjson"
        file.write_text("".join(json.dumps(event()) + "\n" for _ in range(600)))
        begin = time.monotonic()
        for via, to in (("http", f"http://127.0.0.1:{daemon.port}"),
                        ("stream", f"tcp://127.0.0.1:{self.stream_port}")):
            done = harness.ladder("push", "--via", via, "--to", to, "--batch", "100",
                                  "--token-file", str(daemon.token_file("isd")), str(file))
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertGreater(time.monotonic() - begin, 4, "1,200 events at 200 a second")
        self.assertEqual(len(daemon.records()), 600)
        daemon.stop()


if __name__ == "__main__":
    harness.unittest.main()
