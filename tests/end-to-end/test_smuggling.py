"""Requests that two programs could read as two are none: each row of requests_corpus.py."""

import json
import re
import socket
import ssl

import harness
from authority import Authority
from harness import event, fresh
from requests_corpus import CORPUS, LAST, OPEN, filled, inner_of


GONE = (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)


class Smuggling(harness.Case):
    partners = {"isd": {}}

    def auth(self):
        return f"Authorization: Bearer {self.daemon.tokens['isd']}\r\n".encode()

    def connection(self):
        plain = socket.create_connection(("127.0.0.1", self.daemon.port), timeout=harness.WAIT)
        return plain if self.context is None else self.context.wrap_socket(
            plain, server_hostname="localhost")

    def statuses(self, pieces):
        """Those of the answers to these bytes until the connection is closed."""
        got = b""
        with self.connection() as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                for piece in pieces:
                    connection.sendall(piece)
            except GONE:
                pass  # closed meanwhile; what it answered is there still
            try:
                while piece := connection.recv(65536):
                    got += piece
            except GONE:
                pass  # what it had sent beyond its end was not read
        found = [int(status) for status in re.findall(rb"(?m)^HTTP/1\.1 (\d{3}) ", got)]
        return [status for status in found if status != 100]

    def run_corpus(self, cut):
        """Each row, in the pieces that cut() makes of its bytes."""
        allowed = set()
        before = len(self.daemon.records())
        for name, data, wanted in CORPUS:
            with self.subTest(name=name):
                inner = event(id=fresh("inner"))
                whole = filled(data, self.auth(), inner_of(
                    self.auth(), json.dumps({"events": [inner]}).encode()))
                if OPEN in wanted:
                    self.assertEqual(self.statuses(cut(whole + LAST)), wanted[:-1] + [200])
                else:
                    self.assertEqual(self.statuses(cut(whole)), wanted)
                if b"INNER" in data and OPEN in wanted:
                    allowed.add(inner["id"])
        ids = {record["event"]["id"] for record in self.daemon.records()[before:]}
        self.assertEqual(ids, allowed)

    def test_each_is_answered_once_and_closed(self):
        self.run_corpus(lambda data: [data])

    def test_also_when_it_comes_in_two_pieces(self):
        self.run_corpus(lambda data: [data[:len(data) // 2], data[len(data) // 2:]])

    def test_also_byte_by_byte(self):
        self.run_corpus(lambda data: [data[place:place + 1] for place in range(len(data))])

    def test_a_user_said_twice_is_refused(self):
        head = self.auth() + b"X-Ladder-User: anna\r\nX-Ladder-User: bert\r\n"
        whole = b"GET /v1/events/x HTTP/1.1\r\nHost: a\r\n" + head + b"\r\n" + LAST
        self.assertEqual(self.statuses([whole]), [400, 200])


class UnderTls(Smuggling):
    """The library receives in another way under TLS, and nothing gets past the door there."""

    @classmethod
    def setUpClass(cls):
        ca = Authority()
        shown = ca.sign()
        cls.context = ca.context()
        cls.sections = f"[http]\ncertificate = {shown.certificate}\nkey = {shown.key}\n"
        super().setUpClass()


if __name__ == "__main__":
    harness.unittest.main()
