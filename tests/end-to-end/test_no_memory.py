"""Memory that is out is the daemon's fault: no event is rejected for it, and it can be sent again."""

import gzip
import json
import mmap
import os
import struct
import subprocess

import harness
from harness import event, fresh

SOURCE = harness.HERE / "no_memory.c"
# An id of which each character counts: were one lost, another event would be stored.
EVENTS = [event(id=f"{'x' * length}-{fresh()}", key="k" * length) for length in (1, 14, 30, 31, 62)]


def bodies():
    """The same events in each form: the body, its type and its encoding."""
    text = json.dumps({"events": EVENTS}).encode()
    lines = b"".join(json.dumps(one).encode() + b"\n" for one in EVENTS)
    packed = harness.batch_bytes(EVENTS)
    yield text, harness.JSON, None
    yield gzip.compress(text), harness.JSON, "gzip"
    yield lines, "application/x-ndjson", None
    yield packed, harness.PROTOBUF, None
    # A number beyond all reals: jansson reads such a text twice.
    broken = json.dumps({"events": EVENTS + [event(id="beyond")]}).replace(
        '"rung": 3}}]', '"rung": 1e999}}]').encode()
    yield broken, harness.JSON, None


class NoMemory(harness.OwnDaemon):
    def daemon_short_of_memory(self):
        place = self.place()
        library, number = place / "no_memory.so", place / "number"
        subprocess.run([*os.environ.get("CC", "gcc").split(), "-D_GNU_SOURCE", "-shared", "-fPIC",
                        "-o", str(library), str(SOURCE), "-ldl"], check=True, timeout=60)
        number.write_bytes(struct.pack("=q", 0))
        daemon = self.ladderd(start=False)
        daemon.env = {**os.environ, "LD_PRELOAD": str(library), "NO_MEMORY": str(number)}
        file = open(number, "r+b")
        self.addCleanup(file.close)
        page = mmap.mmap(file.fileno(), 8)
        self.addCleanup(page.close)
        return daemon.start(), page

    def push(self, daemon, body, content_type, encoding):
        """None: the connection ended without an answer."""
        headers = {"Content-Type": content_type}
        if encoding is not None:
            headers["Content-Encoding"] = encoding
        client = daemon.client("isd")
        try:
            return client.request("POST", "/v1/events", body, headers)
        except OSError:
            return None
        finally:
            client.close()

    def push_again(self, daemon, *request):
        """With memory. A commit that failed has ended the daemon, by itself: a restart goes on."""
        answer = self.push(daemon, *request)
        if answer is None or answer.status == 503:
            self.assertGreater(daemon.process.wait(harness.WAIT), 0, daemon.messages()[-2000:])
            daemon.process = None
            daemon.start()
            answer = self.push(daemon, *request)
        self.assertEqual(answer.status, 200, answer)
        return {**answer.result, "last_seq": 0}

    def each_allocation_fails(self, daemon, page, *request):
        """How many there were, and for how many the push was refused."""
        self.push_again(daemon, *request)
        wanted = self.push_again(daemon, *request)
        n, refused, left = 0, 0, 0
        while left == 0:
            n += 1
            page[:] = struct.pack("=q", n)
            answer = self.push(daemon, *request)
            left, = struct.unpack("=q", page[:])
            page[:] = struct.pack("=q", 0)
            if answer is None or answer.status in (500, 503):
                refused += 1
            else:
                # No event is rejected for it.
                self.assertEqual(answer.status, 200, f"allocation {n}: {answer}")
                self.assertEqual({**answer.result, "last_seq": 0}, wanted, f"allocation {n}")
            # Nothing was stored that was not sent.
            self.assertEqual(self.push_again(daemon, *request), wanted, f"allocation {n}")
        self.assertGreater(refused, 3)
        return f"{n} allocations, {refused} refused"

    def test_no_allocation_that_fails_rejects_an_event(self):
        daemon, page = self.daemon_short_of_memory()
        for request in bodies():
            with self.subTest(request=request[1:]):
                said = self.each_allocation_fails(daemon, page, *request)
                print(f"no memory: {request[1:]}: {said}")
