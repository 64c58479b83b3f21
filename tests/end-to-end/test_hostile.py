"""What a hostile reviewer did to the doors, each a test that the harm is gone."""

import os
import re
import signal
import socket
import subprocess
import threading
import time
import unittest

import harness
from harness import JSON, PROTOBUF, event
from test_doors import StreamClient


class Streams(unittest.TestCase):
    def ladderd(self, sections=""):
        daemon = harness.Ladderd(partners={"isd": {}}, sections=sections)
        self.addCleanup(daemon.discard)
        self.port = harness.free_port()
        daemon.start("--set", f"stream.listen=127.0.0.1:{self.port}")
        return daemon

    def client(self, daemon):
        client = StreamClient(self.port)
        self.addCleanup(client.close)
        client.hello(daemon.tokens["isd"])
        self.assertEqual(client.receive().WhichOneof("reply"), "welcome")
        return client

    def test_a_reload_in_the_middle_of_a_stream_changes_no_sender(self):
        daemon = self.ladderd()
        client = self.client(daemon)
        ended = threading.Event()

        def reload():
            while not ended.is_set():
                daemon.hang_up()
                time.sleep(0.002)  # the load: a reload every few milliseconds
        thread = threading.Thread(target=reload)
        thread.start()
        try:
            for turn in range(6):
                for number in range(50):
                    client.batch(number, [event() for _ in range(40)])
                for number in range(50):
                    self.assertEqual(client.receive().result.accepted, 40)
        finally:
            ended.set()
            thread.join()
        partners = {record["partner"] for record in daemon.records()}
        self.assertEqual(partners, {"isd"})

    def test_an_error_does_not_overtake_the_answers_before_it(self):
        client = self.client(self.ladderd())
        for number in range(40):
            client.batch(number, [event() for _ in range(100)])
        client.socket.sendall(b"\xff" * 10)
        for number in range(40):
            self.assertEqual(client.receive().result.number, number)
        self.assertEqual(client.receive().error.code, "bad_frame")
        self.assertIsNone(client.receive())

    def test_a_peer_that_sends_no_more_is_still_answered(self):
        client = self.client(self.ladderd())
        for number in range(20):
            client.batch(number, [event() for _ in range(100)])
        client.socket.shutdown(socket.SHUT_WR)
        for number in range(20):
            self.assertEqual(client.receive().result.number, number)
        self.assertIsNone(client.receive())

    def test_little_is_kept_for_who_has_not_said_hello(self):
        self.ladderd()
        client = StreamClient(self.port)
        self.addCleanup(client.close)
        client.socket.sendall(harness.varint(100_000) + bytes(8000))
        self.assertEqual(client.receive().error.code, "too_large")
        try:
            self.assertIsNone(client.receive())
        except ConnectionResetError:
            pass  # what was never read is answered so

    def test_sigterm_answers_every_batch_that_is_stored(self):
        daemon = self.ladderd()
        client = self.client(daemon)
        for number in range(60):
            client.batch(number, [event() for _ in range(200)])
        self.assertEqual(client.receive().result.number, 0)
        daemon.stop()
        answered = 1
        try:
            while client.receive() is not None:
                answered += 1
        except ConnectionResetError:
            pass
        stored = len(harness.ladder("log", daemon.store, check=0).stdout.splitlines())
        self.assertEqual(answered * 200, stored)


class Http(unittest.TestCase):
    def ladderd(self, **options):
        daemon = harness.Ladderd(**{"partners": {"isd": {}, "lev": {}}, **options})
        self.addCleanup(daemon.discard)
        daemon.start()
        return daemon

    def connect(self, daemon):
        connection = socket.create_connection(("127.0.0.1", daemon.port), timeout=harness.WAIT)
        self.addCleanup(connection.close)
        return connection

    def test_pipelined_requests_leave_the_others_their_turn(self):
        daemon = self.ladderd()
        ended = threading.Event()
        sent = [0] * 6  # how often each has sent 200 requests, or a part of them

        def flood(number):
            connection = socket.create_connection(("127.0.0.1", daemon.port), timeout=5)
            request = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n" * 200
            connection.setblocking(False)
            while not ended.is_set():
                try:
                    connection.send(request)
                    sent[number] += 1
                except BlockingIOError:
                    pass
                except OSError:
                    return
                try:
                    connection.recv(1 << 20)
                except BlockingIOError:
                    pass
                except OSError:
                    return
            connection.close()
        threads = [threading.Thread(target=flood, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        try:
            harness.until(lambda: min(sent) >= 20, "all of them flood")
            daemon.hang_up()
            harness.until(lambda: "were read again" in daemon.messages(), "SIGHUP is heard", 8)
            daemon.accept(event())
        finally:
            ended.set()
            for thread in threads:
                thread.join()
        daemon.stop()

    def test_half_requests_of_peers_that_are_gone_close_no_door(self):
        daemon = self.ladderd(sections="[limits]\nconnections_max = 20\n")
        for _ in range(60):
            connection = socket.create_connection(("127.0.0.1", daemon.port), timeout=5)
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost")
            connection.close()

        def served():
            try:
                return daemon.get("/healthz", timeout=2).status == 200
            except OSError:
                return False
        harness.until(served, "the door is open again", 10)
        begin = time.monotonic()
        daemon.stop()
        self.assertLess(time.monotonic() - begin, 10)

    def test_headers_that_two_programs_could_read_differently_are_refused(self):
        daemon = self.ladderd()
        for lines in (b"Host: a\r\nContent-Length : 5", b"Host: a\r\nContent-Length\t: 5",
                      b"Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                      b"Host: a\r\nTransfer-Encoding: xchunked",
                      b"Host: a\r\nTransfer-Encoding: gzip, chunked",
                      b"Content-Length: 0", b"Host: a\r\nHost: b"):
            with self.subTest(lines=lines):
                connection = self.connect(daemon)
                connection.sendall(b"GET /healthz HTTP/1.1\r\n" + lines + b"\r\n\r\n0\r\n\r\n")
                data = b""
                while True:
                    piece = connection.recv(65536)
                    if not piece:
                        break
                    data += piece
                self.assertTrue(data.startswith(b"HTTP/1.1 400 "), data[:100])
                # libmicrohttpd 1.0 itself refuses what has no Host, in its own words.
                self.assertEqual(len(re.findall(rb"^HTTP/1\.1 \d{3} ", data, re.M)), 1, data)

    def test_nobody_but_a_partner_fills_memory_with_a_body(self):
        daemon = self.ladderd()
        for _ in range(40):
            connection = self.connect(daemon)
            connection.sendall(b"POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Type: application/"
                               b"json\r\nContent-Length: 8000000\r\n\r\n" + b" " * 100_000)
        self.assertEqual(daemon.push([event()])["accepted"], 1)
        with open(f"/proc/{daemon.process.pid}/status", encoding="ascii") as status:
            resident = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
        self.assertLess(resident, 60_000, "kB")

    def test_a_batch_that_fills_its_own_memory_harms_no_other(self):
        daemon = self.ladderd()
        # Empty submessages by the hundred thousand: little on the wire, much in memory.
        inner = harness.wire(1, b"x") + b"\xf2\x01\x00" * 170_000
        body = b"\x0a" + harness.varint(len(inner)) + inner
        for _ in range(3):
            answer = daemon.post(body, PROTOBUF)
            self.assertIn(answer.status, (200, 413), answer)
            self.assertEqual(daemon.push([event()], who="lev")["accepted"], 1)
        self.assertEqual(daemon.get("/readyz").status, 200)


class Reading(harness.Case):
    def test_health_is_for_anyone_also_with_a_token_that_is_not_known(self):
        for path in ("/healthz", "/readyz"):
            self.assertEqual(self.daemon.get(path, token="nobody's").status, 200)

    def test_a_parameter_without_a_value_is_not_the_default(self):
        for query in ("as_of", "known_at", "municipality", "window", "as_of=2025-12-31&window"):
            with self.subTest(query=query):
                answer = self.daemon.request("GET", "/v1/indicators?" + query, who="analyst")
                self.assertProblem(answer, 400)


class Start(unittest.TestCase):
    def test_a_hang_up_during_the_start_is_heard_and_ends_nothing(self):
        daemon = harness.Ladderd(partners={"isd": {}})
        self.addCleanup(daemon.discard)
        daemon.start()
        daemon.stop()
        for delay in (0, 0.001, 0.002, 0.004, 0.008, 0.016):
            daemon.launch()
            harness.until(lambda: self.holds_back(daemon), "its main() has begun", 8)
            time.sleep(delay)  # the moment is what is tried
            os.kill(daemon.process.pid, signal.SIGHUP)
            harness.until(lambda: self.ready(daemon), "it is ready", 8)
            daemon.stop()

    def holds_back(self, daemon):
        """Is SIGHUP blocked or handled? Before its main() a process can do neither."""
        with open(f"/proc/{daemon.process.pid}/status", encoding="ascii") as status:
            masks = dict(line.split(":\t") for line in status if line.startswith("Sig"))
        return (int(masks["SigBlk"], 16) | int(masks["SigCgt"], 16)) & 1

    def ready(self, daemon):
        self.assertIsNone(daemon.process.poll(), "it has ended")
        try:
            return daemon.get("/readyz", timeout=2).status == 200
        except OSError:
            return False


if __name__ == "__main__":
    unittest.main()
