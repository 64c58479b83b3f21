"""Limits, slow clients and crowds: a clear refusal, never a stop for the others."""

import http.client
import json
import re
import socket
import threading
import time
from pathlib import Path

import harness
from harness import JSON, event, fresh

CROWD = 200


class Crowd(harness.Case):
    partners = {name: {} for name in ("isd", "lev", "vwn", "coa", "school")}

    def head(self, *lines, method="POST /v1/events", who="isd"):
        return (f"{method} HTTP/1.1\r\nHost: localhost\r\n"
                f"Authorization: Bearer {self.daemon.tokens[who]}\r\n"
                "Content-Type: application/json\r\n" + "".join(line + "\r\n" for line in lines)
                + "\r\n").encode()

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.daemon.port), timeout=harness.WAIT)
        self.addCleanup(connection.close)
        return connection

    def test_slow_clients_do_not_stop_the_others(self):
        data = json.dumps({"events": [event()]}).encode()
        whole = self.head(f"Content-Length: {len(data)}") + data
        for part in (0, 1, 10, 60, len(whole) - len(data) - 1, len(whole) - len(data),
                     len(whole) - 5, len(whole) - 1) * 4:
            self.connect().sendall(whole[:part])
        begin = time.monotonic()
        for _ in range(20):
            self.daemon.accept(event())
        self.daemon.figures(as_of="2026-06-30")
        self.assertLess(time.monotonic() - begin, 5, "20 pushes beside 32 silent clients")

    def test_a_slow_reader_of_the_log_does_not_stop_the_others(self):
        for _ in range(3):
            self.daemon.accept(*[event() for _ in range(10000)])
        readers = []
        for _ in range(8):
            reader = socket.socket()
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            reader.settimeout(harness.WAIT)
            reader.connect(("127.0.0.1", self.daemon.port))
            self.addCleanup(reader.close)
            reader.sendall(("GET /v1/log?limit=100000 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
                            f"{self.daemon.tokens['analyst']}\r\n\r\n").encode())
            readers.append(reader)
        begin = time.monotonic()
        for _ in range(20):
            self.daemon.accept(event())
        self.assertEqual(self.daemon.get("/readyz").status, 200)
        self.assertLess(time.monotonic() - begin, 5)
        self.assertTrue(readers[0].recv(12).startswith(b"HTTP/1.1 "))

    def test_two_hundred_connections_at_once_are_all_answered(self):
        connections = [self.connect() for _ in range(CROWD)]
        requests = []
        for place in range(CROWD):
            data = json.dumps({"events": [event()]}).encode()
            who = tuple(self.partners)[place % len(self.partners)]
            requests.append(self.head(f"Content-Length: {len(data)}", who=who) + data)
        for connection, request in zip(connections, requests):
            connection.sendall(request)
        for connection in connections:
            got = b""
            while harness._complete(got) is None:
                piece = connection.recv(65536)
                self.assertTrue(piece, "hung up without an answer")
                got += piece
            answer = harness._complete(got)
            self.assertEqual(answer.status, 200, answer)
            self.assertEqual(answer.json["accepted"], 1)
        # All of them stay open and are used once more.
        for connection in connections:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        for connection in connections:
            self.assertTrue(connection.recv(65536).startswith(b"HTTP/1.1 200"))

    def test_twenty_pushers_at_once_lose_nothing(self):
        sent, lock = [], threading.Lock()

        def pusher():
            client = self.daemon.client("isd")
            for _ in range(10):
                batch = [event() for _ in range(20)]
                while True:
                    answer = client.push(batch)
                    if answer.status == 503:
                        self.assertTrue(int(answer.header("Retry-After")) >= 0)
                        time.sleep(0.05)  # before it tries again, as it was told
                        continue
                    break
                self.assertEqual(answer.status, 200, answer)
                self.assertEqual(answer.json["accepted"], 20)
                with lock:
                    sent.extend(one["id"] for one in batch)
            client.close()
        before = len(self.daemon.records())
        harness.in_threads(*[pusher] * 20)
        records = self.daemon.records(after=before)
        self.assertEqual(len(records), 4000)
        self.assertEqual({record["event"]["id"] for record in records}, set(sent))

    def stop_beside(self, data, seconds):
        """Stops a daemon that has a client which sent this and fell silent."""
        daemon = harness.Ladderd()
        self.addCleanup(daemon.close)
        daemon.start()
        with socket.create_connection(("127.0.0.1", daemon.port), timeout=harness.WAIT) as client:
            client.sendall(data)
            daemon.accept(event())
            begin = time.monotonic()
            daemon.stop(seconds)
            self.assertLess(time.monotonic() - begin, seconds)

    def test_sigterm_does_not_wait_for_idle_clients(self):
        self.stop_beside(b"", 5)
        self.stop_beside(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", 5)

    def test_sigterm_does_not_wait_long_for_half_a_request(self):
        self.stop_beside(b"POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Le", 5)


def limits_known():
    """The keys of [limits], as the complaint about an unknown one tells them."""
    with harness.tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
        file.write("[limits]\nno_such_key = 1\n")
        file.flush()
        done = harness.run(harness.LADDERD, "--check-config", "--config", file.name)
    said = (done.stdout + done.stderr).decode()
    return set(re.findall(r"\b[a-z]+(?:_[a-z]+)*\b", said)) - {"no_such_key"}


class TinyLimits(harness.OwnDaemon):
    """The limits of [limits] are real: set small, they refuse."""

    def tiny(self, **limits):
        known = limits_known()
        self.assertLessEqual(set(limits), known)
        text = "[limits]\n" + "".join(f"{name} = {value}\n" for name, value in limits.items())
        return self.ladderd(partners={"isd": {}, "lev": {}}, sections=text)

    def test_limits_are_named_when_an_unknown_one_is_refused(self):
        self.assertTrue(limits_known())

    def test_a_batch_over_the_configured_events_is_413(self):
        daemon = self.tiny(batch_events_max=10)
        daemon.accept(*[event() for _ in range(10)])
        answer = daemon.post(json.dumps({"events": [event() for _ in range(11)]}))
        self.assertProblem(answer, 413)
        daemon.stop()

    def test_a_body_over_the_configured_bytes_is_413(self):
        daemon = self.tiny(body_bytes_max=4096)
        daemon.accept(event())
        answer = daemon.post(json.dumps({"events": [event()]}) + " " * 4096)
        self.assertProblem(answer, 413)
        daemon.stop()

    @staticmethod
    def rejected(daemon, events, who="isd"):
        """The codes and fields of what is rejected, by its place."""
        result = daemon.push(events, who=who)
        return {one["index"]: (one["code"], one["field"]) for one in result["rejected"]}

    def test_events_of_a_person_over_the_configured_ones_are_rejected_of_that_partner_alone(self):
        daemon = self.tiny(events_per_person_max=3, partner_municipalities_max=2)
        two, other = fresh("p"), fresh("p")
        self.assertEqual(self.rejected(daemon, [event(subject=two) for _ in range(2)]), {})
        self.assertEqual(self.rejected(daemon, [event(subject=two) for _ in range(2)] +
                                       [event(subject=other)]),
                         {1: ("too_many_events", "subject")})
        # Another partner has a count of its own, and a start changes nothing.
        self.assertEqual(self.rejected(daemon, [event(subject=two) for _ in range(3)],
                                       who="lev"), {})
        daemon.stop()
        daemon.start()
        self.assertEqual(self.rejected(daemon, [event(subject=two)]),
                         {0: ("too_many_events", "subject")})
        self.assertEqual(self.rejected(daemon, [event(subject=two)], who="lev"),
                         {0: ("too_many_events", "subject")})
        daemon.stop()

    def test_municipalities_over_the_configured_ones_are_rejected_of_that_partner_alone(self):
        daemon = self.tiny(partner_municipalities_max=2)
        places = ["GM0001", "GM0002", "GM0003"]
        self.assertEqual(self.rejected(daemon, [event(municipality=one) for one in places]),
                         {2: ("too_many_municipalities", "municipality")})
        self.assertEqual(self.rejected(daemon, [event(municipality=one) for one in places[1:]],
                                       who="lev"), {})
        daemon.stop()
        daemon.start()
        self.assertEqual(self.rejected(daemon, [event(municipality=one) for one in places]),
                         {2: ("too_many_municipalities", "municipality")})
        self.assertEqual(self.rejected(daemon, [event(municipality=one) for one in places],
                                       who="lev"),
                         {0: ("too_many_municipalities", "municipality")})
        daemon.stop()

    def test_more_records_of_the_log_than_configured_cannot_be_asked_for(self):
        daemon = self.tiny(log_records_max=5)
        daemon.accept(*[event() for _ in range(8)])
        for path, count in (("/v1/log?limit=5", 5), ("/v1/log?limit=4", 4), ("/v1/log", 5)):
            answer = daemon.get(path, who="analyst")
            self.assertEqual((answer.status, len(answer.body.splitlines())), (200, count), path)
        answer = daemon.get("/v1/log?limit=6", who="analyst")
        self.assertProblem(answer, 400)
        self.assertIn("limit", answer.json["detail"])
        daemon.stop()

    def test_every_limit_is_set_by_a_test(self):
        tests = "".join(file.read_text() for file in sorted(Path(__file__).parent.glob("*.py")))
        printed = harness.run(harness.LADDERD, "--print-config").stdout.decode()
        limits = re.search(r"\[limits\]\n(.*?)\n#?\[", printed, re.S).group(1)
        names = set(re.findall(r"(?m)^#(\w+) = ", limits))
        self.assertGreater(len(names), 20)
        for name in names:
            self.assertTrue(re.search(rf"{name}\b", tests), f"no test sets {name}")

    def test_a_full_queue_is_503_with_retry_after_and_loses_nothing(self):
        daemon = self.tiny(queue_batches_max=1)
        statuses, accepted, lock = [], [], threading.Lock()

        def pusher():
            client = daemon.client("isd")
            for _ in range(30):
                batch = [event() for _ in range(50)]
                answer = client.push(batch)
                with lock:
                    statuses.append(answer.status)
                    if answer.status == 200:
                        accepted.extend(one["id"] for one in batch)
                if answer.status != 200:
                    self.assertProblem(answer, 503)
                    self.assertRegex(answer.header("Retry-After") or "", r"^\d+$")
            client.close()
        harness.in_threads(*[pusher] * 16)
        self.assertIn(503, statuses, "one place in the queue was never full")
        self.assertIn(200, statuses)
        self.assertEqual({record["event"]["id"] for record in daemon.records()}, set(accepted))
        daemon.stop()


    def test_a_partner_over_its_connections_is_429_until_it_closes_one(self):
        daemon = self.tiny(connections_per_partner_max=2)
        clients = [daemon.client("isd") for _ in range(3)]
        for client in clients[:2]:
            self.assertEqual(client.push([event()]).status, 200)
        answer = clients[2].push([event()])
        self.assertProblem(answer, 429)
        self.assertRegex(answer.header("Retry-After") or "", r"^\d+$")
        self.assertEqual(daemon.get("/healthz").status, 200, "others are not hindered")
        for client in clients:
            client.close()
        harness.until(lambda: daemon.post(json.dumps({"events": [event()]})).status == 200,
                    "a closed connection counts no more")
        daemon.stop()

    def test_a_full_queue_of_questions_is_503_with_retry_after_and_pushing_goes_on(self):
        daemon = self.tiny(workers=1, worker_queue_max=1)
        for start in range(3):
            daemon.push([harness.settled(fresh("s"), "2025-01-06") for _ in range(9000)])
        statuses = []

        def asker():
            for turn in range(3):
                answer = daemon.get("/v1/indicators", who="analyst",
                                    as_of=f"2026-0{1 + turn}-28")
                statuses.append(answer.status)
                if answer.status != 200:
                    self.assertProblem(answer, 503)
                    self.assertRegex(answer.header("Retry-After") or "", r"^\d+$")
        harness.in_threads(*[asker] * 20, lambda: daemon.accept(event()))
        self.assertIn(200, statuses)
        self.assertIn(503, statuses, "one worker and one place to wait were never too few")
        daemon.figures(as_of="2026-06-30")
        daemon.stop()

    def ask_and_leave(self, daemon, count):
        for place in range(count):
            with socket.create_connection(("127.0.0.1", daemon.port), timeout=harness.WAIT) as client:
                client.sendall((f"GET /v1/indicators?as_of=2025-{1 + place % 12:02}-28 HTTP/1.1\r\n"
                                "Host: a\r\nAuthorization: Bearer "
                                f"{daemon.tokens['analyst']}\r\n\r\n").encode())

    def test_questions_whose_clients_left_are_stopped(self):
        daemon = self.tiny(workers=1, worker_queue_max=100)
        for start in range(3):
            daemon.push([harness.settled(fresh("s"), "2025-01-06") for _ in range(9000)])
        daemon.figures(as_of="2025-06-30")
        begin = time.monotonic()
        daemon.figures(as_of="2025-07-31")
        one = time.monotonic() - begin
        self.ask_and_leave(daemon, 90)
        begin = time.monotonic()
        daemon.figures(as_of="2025-08-31")
        self.assertLess(time.monotonic() - begin, 30 * one + 0.5, f"one takes {one} s")
        # Nor does the end wait for them.
        self.ask_and_leave(daemon, 90)
        begin = time.monotonic()
        daemon.stop(30 * one + 5)

    def crowd_comes_and_goes(self, daemon, size):
        """More connections than there is room for; then somebody is served again."""
        crowd = []
        for _ in range(size):
            crowd.append(socket.create_connection(("127.0.0.1", daemon.port), timeout=10))
        waiting = socket.create_connection(("127.0.0.1", daemon.port), timeout=5)
        waiting.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        for connection in crowd:
            connection.close()
        try:
            waiting.recv(65536)  # an answer, or hung up on
        except ConnectionError:
            pass
        except TimeoutError:
            self.fail(f"{size} connections have gone, and the one that waited is not taken")
        finally:
            waiting.close()

        def taken():
            try:
                return daemon.get("/healthz", timeout=5).status == 200
            except TimeoutError:
                self.fail(f"{size} connections have gone, and a new one is not taken")
            except (OSError, http.client.HTTPException):
                return False
        harness.until(taken, "there is room again")

    def test_more_connections_than_allowed_harm_nobody_for_long(self):
        daemon = self.tiny(connections_max=8)
        for _ in range(12):
            self.crowd_comes_and_goes(daemon, 30)
        daemon.accept(event())
        daemon.stop()

    def test_too_few_file_descriptors_harm_nobody_for_long(self):
        daemon = self.ladderd(start=False)
        daemon.files_max = 48
        try:
            daemon.start()
        except AssertionError:
            self.assertRegex(daemon.messages(), r"(?i)file|descriptor|nofile",
                             "a daemon that wants more says so")
            return
        for _ in range(12):
            self.crowd_comes_and_goes(daemon, 100)
        daemon.accept(event())
        daemon.stop()

    def test_a_silent_connection_is_closed_after_the_configured_seconds(self):
        daemon = self.tiny(idle_seconds_max=1)
        silent = []
        for data in (b"", b"POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Le",
                     b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"):
            silent.append(socket.create_connection(("127.0.0.1", daemon.port), timeout=10))
            self.addCleanup(silent[-1].close)
            silent[-1].sendall(data)
        for connection in silent:
            while connection.recv(65536):
                pass
        daemon.accept(event())
        daemon.stop()


class FullStore(harness.OwnDaemon):
    def test_a_full_store_refuses_and_keeps_what_it_has(self):
        daemon = self.ladderd(start=False)
        text = daemon.config.read_text()
        self.assertLessEqual({"store_reserve"}, limits_known())
        daemon.config.write_text(text.replace("[store]\n", "[store]\nsize_max = 16M\n")
                                 + "[limits]\nstore_reserve = 10M\n")
        daemon.start()
        client, accepted, refused = daemon.client("isd"), [], 0
        for _ in range(300):
            batch = [event() for _ in range(2000)]
            answer = client.push(batch)
            if answer.status == 200:
                accepted += [one["id"] for one in batch]
                continue
            self.assertProblem(answer, 503, 507)
            self.assertTrue(answer.header("Retry-After"), answer)
            refused += 1
            if refused > 3:
                break
        self.assertGreater(refused, 0, "the store never became full")
        self.assertTrue(accepted)
        self.assertTrue(daemon.alive(), "too little space is a refusal that heals")
        self.assertEqual(daemon.get("/readyz").status, 503, "readyz tells that space is short")
        self.assertEqual(daemon.get("/healthz").status, 200)
        self.assertEqual([record["event"]["id"] for record in daemon.records()], accepted)
        client.close()
        daemon.stop()
        # More space heals it.
        daemon.config.write_text(text)
        daemon.start()
        daemon.accept(event())
        self.assertEqual(len(daemon.records()), len(accepted) + 1)
        daemon.stop()
        harness.ladder("verify", daemon.store, check=0)


if __name__ == "__main__":
    harness.unittest.main()
