"""/v1/log in pieces: however much is asked for, and however slowly it is read."""

import http.client
import json
import socket

import harness
from harness import PROTOBUF, delimited, event, fresh

READERS = 40
RECORDS = 20_000
GROWTH_MAX = 48 << 20  # of the daemon's memory, for all readers together


def memory(daemon):
    """The bytes that the daemon has in memory which are no file's."""
    with open(f"/proc/{daemon.process.pid}/status", encoding="ascii") as status:
        fields = dict(line.split(":", 1) for line in status)
    return int(fields["RssAnon"].split()[0]) * 1024


class Pieces(harness.OwnDaemon):
    def filled(self, **options):
        daemon = self.ladderd(**options)
        for _ in range(RECORDS // 10_000):
            # Of few people: each has a span in the access log, which takes time to seal.
            daemon.accept(*[event(subject=f"p{one % 200}") for one in range(10_000)])
        return daemon

    def ask(self, daemon, query, accept=None, version="1.1"):
        """A client with a small buffer that has asked, and does not read yet."""
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(harness.WAIT)
        client.connect(("127.0.0.1", daemon.port))
        self.addCleanup(client.close)
        accept = f"Accept: {accept}\r\n" if accept else ""
        client.sendall(f"GET /v1/log?{query} HTTP/{version}\r\nHost: a\r\n{accept}"
                       f"Authorization: Bearer {daemon.tokens['analyst']}\r\n\r\n".encode())
        return client

    def read(self, client):
        """The rest of the answer, which must be whole."""
        answer = http.client.HTTPResponse(client)
        answer.begin()
        self.assertEqual(answer.status, 200)
        return answer.read()

    def test_unread_answers_take_little_memory_and_are_of_the_log_as_it_was(self):
        # One is read after the other: the last is not let go meanwhile.
        daemon = self.filled(sections="[limits]\ntransfer_seconds_max = 600\n")
        before = memory(daemon)
        readers = [self.ask(daemon, "limit=100000", PROTOBUF if place % 2 else None)
                   for place in range(READERS)]
        for reader in readers:
            self.assertTrue(reader.recv(12, socket.MSG_PEEK | socket.MSG_WAITALL)
                            .startswith(b"HTTP/1.1 200"))
        self.assertLess(memory(daemon) - before, GROWTH_MAX)
        daemon.accept(*[event() for _ in range(100)])
        for place, reader in enumerate(readers):
            body = self.read(reader)
            seqs = ([record.seq for record in delimited(body)] if place % 2 else
                    [json.loads(line)["seq"] for line in body.splitlines()])
            self.assertEqual(seqs, list(range(1, RECORDS + 1)))
        self.assertEqual(len(daemon.records()), RECORDS + 100)
        daemon.stop()

    def test_limit_and_after_hold_in_pieces_as_they_do_at_once(self):
        daemon = self.filled()
        for after, limit in ((0, 15_000), (5, 19_000), (9_999, 5_001), (19_990, 100_000),
                             (20_000, 10), (50_000, 10)):
            with self.subTest(after=after, limit=limit):
                body = self.read(self.ask(daemon, f"after={after}&limit={limit}"))
                self.assertEqual([json.loads(line)["seq"] for line in body.splitlines()],
                                 list(range(after + 1, min(after + limit, RECORDS) + 1)))
        daemon.stop()

    def test_a_reader_who_does_not_read_keeps_no_page_of_the_store(self):
        daemon = self.filled()
        data = daemon.store / "data.mdb"
        readers = [self.ask(daemon, "limit=100000") for _ in range(8)]
        for reader in readers:
            reader.recv(12, socket.MSG_PEEK | socket.MSG_WAITALL)
        # Until these have settled: what follows writes over the pages of what was before.
        for _ in range(50):
            daemon.accept(event())
        before = data.stat().st_size
        for _ in range(250):
            daemon.accept(event())
        self.assertLess(data.stat().st_size - before, 4 << 20)
        for reader in readers:
            reader.close()
        daemon.stop()

    def test_a_reader_who_leaves_in_the_middle_leaves_nothing(self):
        daemon = self.filled()
        for place in range(30):
            reader = self.ask(daemon, "limit=100000")
            if place % 3 > 0:
                reader.recv(1 if place % 3 == 1 else 50_000)
            reader.close()
        daemon.accept(event())
        daemon.stop(5)

    def test_rights_that_change_end_a_stream_that_has_not_caught_up(self):
        # More than the kernel takes for a reader who does not read.
        daemon = self.ladderd()
        for place in range(RECORDS // 10_000):
            daemon.accept(*[event(subject=f"{'p' * 50}{one % 200}", id=fresh("i" * 40),
                                  key=f"{'k' * 50}{place}-{one}") for one in range(10_000)])
        stream = self.ask(daemon, "after=0", "text/event-stream")
        stream.recv(12, socket.MSG_PEEK | socket.MSG_WAITALL)
        daemon.hang_up()
        harness.until(lambda: "were read again" in daemon.messages(), "the rights are new")
        body = self.read(stream)
        self.assertTrue(body.startswith(b"id: 1\n"))
        self.assertLess(body.count(b"id: "), RECORDS)
        self.assertNotIn(b"caught_up", body)
        daemon.stop()

    def test_damage_in_the_middle_breaks_the_answer_off(self):
        daemon = self.filled()
        late = fresh("damaged")
        daemon.accept(event(id=late))
        daemon.accept(event())
        # The figures have both: nobody but who asks for the log meets the damage.
        daemon.follow(RECORDS + 2)
        data = daemon.store / "data.mdb"
        with data.open("r+b") as file:
            image, at = file.read(), -1
            while (at := image.find(late.encode(), at + 1)) >= 0:
                file.seek(at)
                file.write(b"D")
        for accept in (None, PROTOBUF):
            answer = http.client.HTTPResponse(self.ask(daemon, "limit=100000", accept))
            answer.begin()
            # The scrub may have found it before: then it is told at once.
            if answer.status in (500, 503):
                continue
            self.assertEqual(answer.status, 200)
            with self.assertRaises((http.client.IncompleteRead, ConnectionError)):
                answer.read()
        # Where nothing was sent yet it can be said.
        answer = daemon.get("/v1/log", who="analyst", after=RECORDS)
        self.assertIn(answer.status, (500, 503))
        self.assertProblem(answer, answer.status)
        daemon.kill()

    assertProblem = harness.Case.assertProblem


if __name__ == "__main__":
    harness.unittest.main()
