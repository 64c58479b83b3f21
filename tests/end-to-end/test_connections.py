"""Whoever opens connections, falls silent, drips or does not read holds up nobody else.

Each limit has a test that reaches it and one that stays just under.
"""

import json
import re
import resource
import socket
import time

import harness
from harness import event
from test_doors import StreamClient

HALF = b"POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Le"
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"


class Connections(harness.OwnDaemon):
    def daemon_with(self, lines="", stream=False, head="", **limits):
        text = head + "[limits]\n" + "".join(f"{name} = {value}\n" for name, value in limits.items())
        daemon = self.ladderd(partners={"isd": {}, "lev": {}}, sections=text + lines, start=False)
        self.daemon, self.stream = daemon, harness.free_port()
        daemon.start(*(["--set", f"stream.listen=127.0.0.1:{self.stream}"] if stream else []))
        self.client = daemon.client("isd")  # known, and no stranger
        self.addCleanup(self.client.close)
        self.assertEqual(self.client.push([event()]).status, 200)
        return daemon

    def connect(self, data=b"", port=None, source=None, buffer=None):
        connection = socket.socket()
        self.addCleanup(connection.close)
        connection.settimeout(harness.WAIT)
        if buffer is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        if source is not None:
            connection.bind((source, 0))
        connection.connect(("127.0.0.1", port or self.daemon.port))
        connection.sendall(data)
        return connection

    def head(self, who="isd", *lines, method="POST /v1/events"):
        return (f"{method} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {self.daemon.tokens[who]}\r\n"
                "Content-Type: application/json\r\n" + "".join(line + "\r\n" for line in lines)
                + "\r\n").encode()

    def is_open(self, connection):
        """Is it not closed? What it has to say otherwise is thrown away."""
        connection.setblocking(False)
        try:
            while data := connection.recv(65536):
                pass
            return data != b""
        except BlockingIOError:
            return True
        except ConnectionError:
            return False
        finally:
            connection.settimeout(harness.WAIT)

    def read_end(self, connection):
        """What comes until the end of the connection."""
        got = b""
        try:
            while piece := connection.recv(65536):
                got += piece
        except ConnectionError:
            pass
        return got

    def expect_open(self, connections, count):
        """After all that came before has been seen to: a request behind it is answered."""
        self.assertEqual(self.client.push([event()]).status, 200)
        harness.until(lambda: sum(map(self.is_open, connections)) <= count, f"{count} are open", 5)
        self.assertEqual(sum(map(self.is_open, connections)), count)


class Strangers(Connections):
    def test_a_thousand_half_requests_and_silent_streams_close_no_door(self):
        daemon = self.daemon_with(stream=True)
        stream = StreamClient(self.stream)
        self.addCleanup(stream.close)
        stream.hello(daemon.tokens["lev"])
        self.assertEqual(stream.receive().WhichOneof("reply"), "welcome")
        for number in range(1100):
            self.connect(HALF)
            if number % 2 == 0:
                self.connect(b"\x20half", self.stream)
        begin = time.monotonic()
        for _ in range(10):
            daemon.accept(event())
            fresh = StreamClient(self.stream)
            self.addCleanup(fresh.close)
            fresh.hello(daemon.tokens["isd"])
            self.assertEqual(fresh.receive().WhichOneof("reply"), "welcome")
        self.assertLess(time.monotonic() - begin, 5)
        # Who was there before is there still.
        self.assertEqual(self.client.push([event()]).status, 200)
        stream.batch(1, [event()])
        self.assertEqual(stream.receive().result.accepted, 1)
        daemon.stop()

    def test_one_more_than_strangers_may_be_closes_the_oldest(self):
        self.daemon_with(strangers_max=6)
        strangers = [self.connect(HALF) for _ in range(6)]
        self.expect_open(strangers, 6)
        strangers.append(self.connect(HALF))
        self.expect_open(strangers, 6)
        self.assertFalse(self.is_open(strangers[0]))

    def test_those_of_an_address_are_fewer_and_close_no_other_addresses(self):
        self.daemon_with(strangers_per_address_max=3)
        other = self.connect(HALF, source="127.0.0.2")
        own = [self.connect(HALF, source="127.0.0.3") for _ in range(3)]
        self.expect_open(own + [other], 4)
        own.append(self.connect(HALF, source="127.0.0.3"))
        self.expect_open(own + [other], 4)
        self.assertFalse(self.is_open(own[0]))

    def test_a_trusted_proxy_is_not_one_address(self):
        self.daemon_with(head="[http]\ntrusted_proxies = 127.0.0.3\n", strangers_per_address_max=3)
        self.expect_open([self.connect(HALF, source="127.0.0.3") for _ in range(12)], 12)

    def test_when_all_places_are_taken_strangers_make_room_and_partners_do_not(self):
        daemon = self.daemon_with(connections_max=12, stream=True)
        clients = [daemon.client(who) for who in ("isd", "lev", "analyst") for _ in range(2)]
        for client in clients:
            self.assertIn(client.request("GET", "/v1/indicators?as_of=2026-06-30").status,
                          (200, 403))
        strangers = [self.connect(HALF, self.stream if place % 3 == 0 else None)
                     for place in range(40)]
        for client in clients:
            self.assertIn(client.request("GET", "/v1/indicators?as_of=2026-06-30").status,
                          (200, 403))
        daemon.accept(event())
        self.assertLess(sum(map(self.is_open, strangers)), 12)
        for client in clients:
            client.close()

    def test_five_thousand_idle_connections_make_nobody_wait(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        daemon = self.daemon_with()
        crowd = [self.connect() for _ in range(min(5000, hard - 200))]
        slowest = 0
        for _ in range(50):
            begin = time.monotonic()
            daemon.accept(event())
            slowest = max(slowest, time.monotonic() - begin)
        self.assertLess(slowest, 3)
        self.assertLessEqual(sum(map(self.is_open, crowd)), 256)
        daemon.stop()


class Waiting(Connections):
    def test_half_a_head_is_408_when_its_time_is_over(self):
        daemon = self.daemon_with(headers_seconds_max=1)
        half = self.connect(HALF)
        known = self.connect(self.head(method="GET /v1/events/x"))
        self.assertTrue(known.recv(65536).startswith(b"HTTP/1.1 404"))
        begin = time.monotonic()
        known.sendall(HALF)
        for connection in (half, known):
            self.assertTrue(self.read_end(connection).startswith(b"HTTP/1.1 408 "))
        self.assertGreater(time.monotonic() - begin, 0.7)
        self.assertLess(time.monotonic() - begin, 5)
        daemon.accept(event())

    def test_a_head_that_comes_just_in_time_is_answered(self):
        self.daemon_with(headers_seconds_max=2)
        connection, begin = self.connect(), time.monotonic()
        for place, byte in enumerate(HEALTH):
            connection.sendall(bytes([byte]))
            while time.monotonic() - begin < place / len(HEALTH):
                time.sleep(0.005)  # the load: it drips for a second
        self.assertTrue(connection.recv(65536).startswith(b"HTTP/1.1 200"))

    def test_without_a_token_nothing_is_idle_for_long_and_with_one_it_is(self):
        self.daemon_with(headers_seconds_max=1)
        silent, answered = self.connect(), self.connect(HEALTH)
        self.assertTrue(answered.recv(65536).startswith(b"HTTP/1.1 200"))
        for connection in (silent, answered):
            self.assertEqual(self.read_end(connection), b"")
        self.assertEqual(self.client.push([event()]).status, 200)

    def test_a_trusted_proxy_keeps_its_connections(self):
        self.daemon_with(head="[http]\ntrusted_proxies = 127.0.0.3\n", headers_seconds_max=1)
        proxy, other = self.connect(HEALTH, source="127.0.0.3"), self.connect(HEALTH)
        self.assertTrue(proxy.recv(65536).startswith(b"HTTP/1.1 200"))
        self.assertTrue(self.read_end(other).startswith(b"HTTP/1.1 200"))
        proxy.sendall(HEALTH)
        self.assertTrue(proxy.recv(65536).startswith(b"HTTP/1.1 200"))

    def test_a_body_that_drips_is_408(self):
        self.daemon_with(transfer_seconds_max=1, transfer_bytes_per_second_min=100000)
        for lines, body in (("Content-Length: 100000", b" "),
                            ("Transfer-Encoding: chunked", b"1\r\n \r\n")):
            with self.subTest(lines=lines):
                connection, begin = self.connect(self.head("isd", lines)), time.monotonic()
                connection.settimeout(0.05)
                got = b""
                while not got and time.monotonic() - begin < harness.WAIT:
                    try:
                        connection.sendall(body)
                        got = connection.recv(65536)
                    except TimeoutError:
                        pass
                self.assertTrue(got.startswith(b"HTTP/1.1 408 "), got)
                self.assertGreater(time.monotonic() - begin, 0.7)

    def test_a_body_that_comes_slowly_enough_is_taken(self):
        self.daemon_with(transfer_seconds_max=2, transfer_bytes_per_second_min=1000)
        data = json.dumps({"events": [event()]}).encode()
        data += b" " * (20000 - len(data))
        connection = self.connect(self.head("isd", f"Content-Length: {len(data)}"))
        begin = time.monotonic()
        for place in range(0, len(data), 500):
            connection.sendall(data[place:place + 500])
            while time.monotonic() - begin < place / 5000:
                time.sleep(0.005)  # the load: five times as fast as it must, for four seconds
        self.assertIn(b'"accepted":1', connection.recv(65536))

    def test_who_does_not_read_its_answer_is_let_go(self):
        daemon = self.daemon_with(transfer_seconds_max=1)
        for _ in range(4):
            daemon.accept(*[event() for _ in range(10000)])
        self.client.close()
        head = self.head("analyst", method="GET /v1/log?limit=100000")
        connection = self.connect(head, buffer=4096)
        connection.recv(1, socket.MSG_PEEK)
        daemon.alone("analyst")
        self.assertNotIn(b"\n0\r\n", self.read_end(connection))

    def test_who_reads_slowly_gets_all_of_it(self):
        daemon = self.daemon_with(transfer_seconds_max=2, transfer_bytes_per_second_min=100000)
        for _ in range(4):
            daemon.accept(*[event() for _ in range(10000)])
        connection = self.connect(self.head("analyst", "Connection: close",
                                            method="GET /v1/log?limit=100000"), buffer=4096)
        got, begin = 0, time.monotonic()
        while piece := connection.recv(65536):
            got += len(piece)
            if time.monotonic() - begin < 3:
                time.sleep(0.005)  # the load: it reads slowly for three seconds
        self.assertGreater(got, 40000 * 100)
        self.assertTrue(piece == b"" and got)


class StreamWaiting(Connections):
    def greeted(self):
        client = StreamClient(self.stream)
        self.addCleanup(client.close)
        client.hello(self.daemon.tokens["isd"])
        self.assertEqual(client.receive().WhichOneof("reply"), "welcome")
        return client

    def test_the_hello_has_as_long_as_a_head(self):
        self.daemon_with(stream=True, headers_seconds_max=1)
        client, begin = StreamClient(self.stream), time.monotonic()
        self.addCleanup(client.close)
        self.assertEqual(client.receive().error.code, "idle")
        self.assertGreater(time.monotonic() - begin, 0.7)
        known = self.greeted()
        harness.until(lambda: time.monotonic() - begin > 3, "more than that has passed")
        known.batch(1, [event()])
        self.assertEqual(known.receive().result.accepted, 1)

    def test_a_message_that_drips_ends_the_connection(self):
        self.daemon_with(stream=True, transfer_seconds_max=1, transfer_bytes_per_second_min=100000)
        client, begin = self.greeted(), time.monotonic()
        client.socket.sendall(harness.varint(50000))
        client.socket.settimeout(0.05)
        reply = None
        while reply is None and time.monotonic() - begin < harness.WAIT:
            try:
                client.socket.sendall(b" ")
                reply = client.receive()
            except TimeoutError:
                pass
        self.assertEqual(reply.error.code, "idle")
        self.assertGreater(time.monotonic() - begin, 0.7)

    def test_a_message_that_comes_slowly_enough_is_taken(self):
        self.daemon_with(stream=True, transfer_seconds_max=2, transfer_bytes_per_second_min=1000)
        client, begin = self.greeted(), time.monotonic()
        proto = harness.proto()
        batch = proto.EventBatch.FromString(harness.batch_bytes([event() for _ in range(200)]))
        data = proto.StreamRequest(batch=proto.StreamBatch(
            number=1, events=batch.events)).SerializeToString()
        data = harness.varint(len(data)) + data
        for place in range(0, len(data), 100):
            client.socket.sendall(data[place:place + 100])
            while time.monotonic() - begin < 4 * place / len(data):
                time.sleep(0.005)  # the load: it takes four seconds
        self.assertEqual(client.receive().result.accepted, 200)

    def test_who_does_not_read_its_answers_is_let_go(self):
        self.daemon_with(stream=True, transfer_seconds_max=1)
        client = self.greeted()
        ping = self.ping() * 10000
        client.socket.settimeout(0.5)

        def gone():
            try:
                client.socket.sendall(ping)
            except TimeoutError:
                return False
            except ConnectionError:
                return True
            return False
        harness.until(gone, "the connection is ended")

    def ping(self):
        proto = harness.proto()
        data = proto.StreamRequest(ping=proto.StreamPing()).SerializeToString()
        return harness.varint(len(data)) + data


class Bodies(Connections):
    def test_a_partners_unfinished_bodies_cost_another_partner_nothing(self):
        daemon = self.daemon_with(queue_bytes_max="8M", body_bytes_max="256K")
        unfinished = [self.connect(self.head("lev", f"Content-Length: {256 << 10}")
                                   + b" " * ((256 << 10) - 1)) for _ in range(32)]
        for _ in range(20):
            text = json.dumps({"events": [event()]})
            self.assertEqual(daemon.post(text + " " * 200000).status, 200)
        # Those that had to give way are told so when they are whole; the others are taken.
        statuses = []
        for connection in unfinished:
            connection.sendall(b" ")
            statuses.append(int(connection.recv(65536)[9:12]))
        self.assertEqual(set(statuses), {400, 503}, "of spaces, and of those with no room")
        self.assertLess(statuses.count(503), 4)
        self.assertEqual(daemon.post(json.dumps({"events": [event()]}), who="lev").status, 200)


if __name__ == "__main__":
    harness.unittest.main()
