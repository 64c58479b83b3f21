#!/usr/bin/python3
"""Attacks on a running ladderd, and for each a well-behaved twin: as many connections, which ask
or send as much, and do nothing wrong. `test_attacks.py` runs them shortly, `tests/attacks/run`
measures what they do to others.

usage: attacks.py ATTACK attack|twin SECONDS    (where and by whom: JSON on standard input)

Runs at the lowest priority. Prints `begun` when all is set up, and ends after so many seconds.
"""

import contextlib
import itertools
import json
import os
import random
import socket
import subprocess
import sys
import time

MUNICIPALITY = "GM0823"
BREAK_SECONDS = 0.05  # between two turns, so that it is the attack that costs, and not its making


class Attack:
    """What all have: where, by whom, and its connections."""

    connections = 1
    turn_seconds = 0.25  # from the begin of a turn to the next

    def __init__(self, target, bad):
        self.target, self.bad = target, bad
        self.number = itertools.count()
        self.open = []

    def connect(self, small=False):
        client = socket.socket()
        if small:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(20)
        client.connect(("127.0.0.1", self.target["port"]))
        return client

    def head(self, method, path, who=None, length=None, token=None):
        token = token or (self.target["tokens"][who] if who else None)
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
        if token:
            lines.append(f"Authorization: Bearer {token}")
        if length is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {length}"]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def ask(self, request):
        """One request on a connection of its own; whatever comes of it."""
        with contextlib.suppress(OSError), self.connect() as client:
            client.sendall(request)
            while client.recv(1 << 16):
                pass

    def answer(self, client, request):
        """Sends, and reads until the answer is there; None: hung up on."""
        try:
            client.sendall(request)
            got = client.recv(1 << 16)
            head, _, body = got.partition(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
            while got and len(body) < length:
                got = client.recv(1 << 16)
                body += got
            return head if got else None
        except (OSError, ValueError):
            return None

    def push(self, events):
        data = json.dumps({"events": events}).encode()
        with contextlib.suppress(OSError), self.connect() as client:
            return self.answer(client, self.head("POST", "/v1/events", "bad", len(data)) + data)

    def event(self, subject, body_type="ladder_assessed", body=None, **fields):
        return {"id": f"{self.target['run']}-{next(self.number)}", "subject": subject,
                "municipality": MUNICIPALITY, "occurred_on": "2026-03-02",
                body_type: {"rung": 3} if body is None else body, **fields}

    def sanction(self, subject):
        number = next(self.number)
        return self.event(subject, "sanction_imposed",
                          {"sanction_ref": f"s{number}", "regime": "PWET"},
                          occurred_on=f"2026-{1 + number % 6:02}-{1 + number % 28:02}")

    def subject(self):
        """One person, or of a twin one after the other."""
        return "held-up" if self.bad else f"p{next(self.number)}"

    def reconnect(self):
        """Opens what was closed, up to as many as it has."""
        while len(self.open) < self.connections:
            try:
                self.open.append(self.begin())
            except OSError:
                return

    def still_open(self, client):
        client.setblocking(False)
        try:
            return client.recv(1 << 16) != b""
        except BlockingIOError:
            return True
        except OSError:
            return False
        finally:
            client.settimeout(20)

    def keep(self):
        gone = [client for client in self.open if not self.still_open(client)]
        for client in gone:
            client.close()
            self.open.remove(client)
        self.reconnect()

    def begin(self):
        return self.connect()

    def set_up(self):
        self.reconnect()

    def turn(self):
        self.keep()


class Sanctions(Attack):
    """3,000 sanctions of one person, and one more four times a second."""

    def set_up(self):
        self.push([self.sanction(self.subject()) for _ in range(3000)])

    def turn(self):
        self.push([self.sanction(self.subject())])


class OneRequest(Attack):
    """9,999 sanctions of one person in one request, of another one each time."""

    turn_seconds = 2

    def set_up(self):
        pass

    def turn(self):
        person = next(self.number)
        self.push([self.sanction(f"q{person}" if self.bad else self.subject())
                   for _ in range(9999)])


class Colliding(Attack):
    """Identifiers that XXH3 without a secret puts into one place, wherever one may stand."""

    def set_up(self):
        count = self.target.get("colliding", 10_000)
        self.names = [f"i{number:07}" for number in range(count)]
        if self.bad:
            self.names = subprocess.run([self.target["collide"], str(count)], check=True, text=True,
                                        capture_output=True).stdout.split()
        self.round = 0

    def turn(self):
        size = 500
        part = [self.names[(self.round * size + place) % len(self.names)] for place in range(size)]
        self.round += 1
        again = self.round * size > len(self.names)
        self.push([{**self.event(name, "job_started", {"job_ref": name, "hours_per_week": 20,
                                                       "funding": "FULLY_PAID"}),
                    **({} if again else {"id": name})} for name in part])


class HalfRequests(Attack):
    """Halves of requests, without a token. The twin: whole ones, now and then."""

    connections = 600

    def begin(self):
        client = self.connect()
        if self.bad:
            client.sendall(b"POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Le")
        return client

    def turn(self):
        self.keep()
        if not self.bad:
            for client in random.sample(self.open, min(20, len(self.open))):
                with contextlib.suppress(OSError):
                    client.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")


class UnreadLogs(Attack):
    """Answers of /v1/log that nobody reads. The twin reads them, slowly."""

    connections = 60

    def begin(self):
        client = self.connect(small=True)
        client.sendall(self.head("GET", "/v1/log?limit=100000", "analyst"))
        return client

    def still_open(self, client):
        return self.bad or super().still_open(client)


class UnfinishedBodies(Attack):
    """Bodies without an end, of as many connections as a partner may have. The twin: small
    requests on as many."""

    connections = 60

    def begin(self):
        client = self.connect()
        if self.bad:
            size = 7 << 20
            client.sendall(self.head("POST", "/v1/events", "bad", size + 1))
            client.settimeout(0.2)
            piece = b" " * (1 << 16)
            with contextlib.suppress(OSError):
                for _ in range(size // len(piece)):
                    client.sendall(piece)
        return client

    def turn(self):
        self.keep()
        if not self.bad:
            for client in random.sample(self.open, min(5, len(self.open))):
                data = json.dumps({"events": [self.event(self.subject())]}).encode()
                self.answer(client, self.head("POST", "/v1/events", "bad", len(data)) + data)


class Municipalities(Attack):
    """10,000 municipalities that do not exist. The twin: as many events of one that does."""

    def set_up(self):
        self.code = 0

    def turn(self):
        events = []
        for _ in range(1000):
            self.code = self.code % 9999 + 1
            events.append(self.event(f"p{next(self.number)}", **(
                {"municipality": f"GM{self.code:04}"} if self.bad else {})))
        self.push(events)


class WrongTokens(Attack):
    """Tokens that are nobody's, without an end. The twin: as many that are right."""

    connections = 8
    turn_seconds = 0.02

    def turn(self):
        for place, client in enumerate(self.open):
            token = "".join(random.choices("0123456789abcdef", k=64)) if self.bad else None
            if self.answer(client, self.head("GET", "/metrics", "prometheus", token=token)) is None:
                client.close()
                with contextlib.suppress(OSError):
                    self.open[place] = self.connect()


class IdleConnections(Attack):
    """Connections over which nothing comes. The twin's are used now and then."""

    connections = 900
    turn = HalfRequests.turn


ATTACKS = {"sanctions": Sanctions, "one_request": OneRequest, "colliding": Colliding,
           "half_requests": HalfRequests, "unread_logs": UnreadLogs,
           "unfinished_bodies": UnfinishedBodies, "municipalities": Municipalities,
           "wrong_tokens": WrongTokens, "idle_connections": IdleConnections}


class Running:
    """An attack that runs beside, in a process of the lowest priority."""

    def __init__(self, name, bad, seconds, target):
        self.process = subprocess.Popen(
            [sys.executable, __file__, name, "attack" if bad else "twin", str(seconds)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.process.stdin.write(json.dumps(target))
        self.process.stdin.close()

    def __enter__(self):
        line = self.process.stdout.readline()
        assert line == "begun\n", line
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.stdout.close()
        self.process.wait()


def main(name, how, seconds):
    os.nice(19)
    attack = ATTACKS[name](json.load(sys.stdin), how == "attack")
    attack.set_up()
    print("begun", flush=True)
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end:
        begin = time.monotonic()
        attack.turn()
        time.sleep(max(BREAK_SECONDS / 10, attack.turn_seconds - (time.monotonic() - begin)))


if __name__ == "__main__":
    main(*sys.argv[1:])
