"""Memory that is out is the daemon's fault: no event is rejected for it, and it can be sent again."""

import gzip
import http.client
import json
import mmap
import os
import shutil
import struct
import subprocess

import harness
from harness import event, fresh
from test_doors import StreamClient

SOURCE = harness.HERE / "no_memory.c"
# An id of which each character counts: were one lost, another event would be stored.
EVENTS = [event(id=f"{'x' * length}-{fresh()}", key="k" * length) for length in (1, 14, 30, 31, 62)]


SOUND = [event(id=fresh()) for _ in range(4)]
# LADDERD_EVERY=1 fails each allocation; without it some are chosen, closer at the beginning.
EVERY = int(os.environ.get("LADDERD_EVERY", "0"))


def numbers():
    """Which allocation fails, one after the other, without an end."""
    number = 1
    while True:
        yield number
        number += EVERY or 1 + number // 2


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
    flags = ()  # of each start

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
        return daemon.start(*self.flags), page

    def ends_cleanly(self, daemon, what):
        """It serves on, or has ended by itself and can be started again; no signal ended it."""
        said = []

        def settled():
            if daemon.process.poll() is not None:
                return "ended"
            try:
                said[:] = [daemon.get("/readyz")]
                if said[0].status == 200:
                    return "serves"
                # What was refused for lack of memory heals with the next batch.
                daemon.post(json.dumps({"events": SOUND}))
                return None
            except (OSError, http.client.HTTPException):
                return None
        try:
            found = harness.until(settled, "it serves or ends", 30)
        except AssertionError:
            self.fail(f"{what}: it neither serves nor ends: {said} {daemon.messages()}")
        if found == "serves":
            return
        code = daemon.process.returncode
        self.assertGreater(code, 0, f"{what}: {daemon.messages()[-1500:]}")
        self.assertRegex(daemon.messages(), r"(?m)^ladderd: .+", what)
        daemon.process = None
        daemon.start(*self.flags)

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
                # More room in the store would not help.
                self.assertNotIn(b"store is full", answer.body if answer else b"", n)
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

    def each_fails(self, daemon, page, what, act):
        """Calls act() with each of the numbers, until no allocation is left to fail."""
        failed = 0
        for number in numbers():
            page[:] = struct.pack("=q", number)
            act(number)
            left, = struct.unpack("=q", page[:])
            page[:] = struct.pack("=q", 0)
            self.ends_cleanly(daemon, f"{what}, allocation {number}")
            if left > 0:
                break
            failed += 1
        self.assertGreater(failed, 1, what)
        print(f"no memory: {what}: {failed} allocations failed, up to number {number}")

    def test_reading_without_memory_is_refused_or_right_and_the_daemon_serves_on(self):
        daemon, page = self.daemon_short_of_memory()
        events = harness.generated("--people", 20, "--years", 2, "--seed", 3)
        daemon.push(events)
        for who, path, parameters in (
                ("prometheus", "/metrics", {}), ("analyst", "/", {}),
                ("analyst", "/v1/indicators", {"as_of": "2025-06-30"}),
                ("analyst", "/v1/log", {"limit": 50}), ("isd", "/v1/worklist", {}),
                ("isd", "/v1/events/" + events[0]["id"], {})):
            wanted = daemon.get(path, who=who, **parameters)
            self.assertEqual(wanted.status, 200, wanted)

            def ask(number, who=who, path=path, parameters=parameters, wanted=wanted):
                try:
                    answer = daemon.get(path, who=who, **parameters)
                except (OSError, http.client.HTTPException):
                    return  # the connection ended: nothing was said
                self.assertIn(answer.status, (200, 500, 503), (path, number, answer))
                if answer.status == 200 and path.startswith("/v1/log"):
                    self.assertEqual(answer.body, wanted.body, (path, number))
            with self.subTest(path=path):
                self.each_fails(daemon, page, path, ask)
                self.assertEqual(daemon.get(path, who=who, **parameters).status, 200)

    def test_a_stream_without_memory_is_refused_or_right_and_the_daemon_serves_on(self):
        port = harness.free_port()
        self.flags = ("--set", f"stream.listen=127.0.0.1:{port}")
        daemon, page = self.daemon_short_of_memory()
        daemon.push(SOUND)

        def stream(number):
            try:
                client = StreamClient(port)
            except OSError:
                return
            try:
                client.hello(daemon.tokens["isd"])
                client.batch(1, SOUND)
                while (reply := client.receive()) is not None:
                    if reply.WhichOneof("reply") == "result":
                        self.assertEqual((reply.result.accepted, len(reply.result.rejected)),
                                         (0, 0), number)
                        self.assertEqual(reply.result.duplicates, len(SOUND), number)
                        return
                    if reply.WhichOneof("reply") not in ("limits", "welcome"):
                        return
            except OSError:
                pass
            finally:
                client.close()
        self.each_fails(daemon, page, "stream", stream)

    def test_a_start_without_memory_ends_by_no_signal_and_the_next_serves(self):
        daemon, page = self.daemon_short_of_memory()
        daemon.push(SOUND)
        daemon.stop()

        def is_up():
            try:
                return daemon.process.poll() is not None or daemon.get("/readyz")
            except (OSError, http.client.HTTPException):
                return False

        def start(number):
            page[:] = struct.pack("=q", 0)
            daemon.stop()
            page[:] = struct.pack("=q", number)
            daemon.launch()
            harness.until(is_up, f"it is up or has ended, allocation {number}", 30)
            if daemon.process.poll() is not None:
                self.assertEqual(daemon.process.returncode, 71, (number, daemon.messages()))
                self.assertNotIn("ladder verify", daemon.messages())
        self.each_fails(daemon, page, "a start", start)
        # Most of them are of the filter of calls; behind that are the threads, doors and the loop.
        daemon.stop()
        page[:] = struct.pack("=q", 1 << 40)
        daemon.start()
        total = (1 << 40) - struct.unpack("=q", page[:])[0]
        for number in harness.some(list(range(total - 160, total)), 16):
            start(number)
            page[:] = struct.pack("=q", 0)
            self.ends_cleanly(daemon, f"a start, allocation {number} of {total}")

    def store_of_everything(self, daemon):
        """A store with rows in every table, of a daemon that has ended; and one without a witness."""
        events = harness.generated("--people", 5, "--years", 1, "--seed", 3, "--publish")
        daemon.push(events)
        people = sorted({one["subject"] for one in events if "subject" in one})
        daemon.push([harness.retraction(target_id=next(
            one["id"] for one in events if one.get("subject") == people[3]))])
        harness.ladder("restrict", "--subject", people[0], daemon.store, check=0)
        harness.ladder("erase", "--subject", people[1], daemon.store, check=0)
        daemon.stop()
        bare = daemon.place / "bare"
        shutil.copytree(daemon.store, bare)
        (bare / "data.sums").unlink()
        return daemon.store, bare

    def test_verify_never_tells_lack_of_memory_as_damage(self):
        daemon, page = self.daemon_short_of_memory()
        for store in self.store_of_everything(daemon):
            wanted = harness.ladder("verify", store, check=0).stdout
            number, left, failed = 0, 0, 0
            while left == 0:
                number += 1
                page[:] = struct.pack("=q", number)
                done = harness.ladder("verify", store, env=daemon.env)
                left, = struct.unpack("=q", page[:])
                if done.returncode == 0:
                    self.assertEqual(done.stdout, wanted, number)
                    continue
                failed += 1
                self.assertEqual((done.returncode, done.stdout), (71, b""), (number, done.stderr))
                self.assertRegex(done.stderr, rb"(?i)^ladder verify: .*memory\.\n$", number)
            page[:] = struct.pack("=q", 0)
            self.assertGreater(failed, 20)
            print(f"no memory: ladder verify: {failed} of {number} allocations end it")

    def test_commands_without_memory_end_with_an_error_or_print_what_is_right(self):
        daemon, page = self.daemon_short_of_memory()
        daemon.push(harness.generated("--people", 5, "--years", 1, "--seed", 3))
        daemon.stop()
        for command in (("replay", daemon.store, "--as-of", "2025-06-30", "--known-at",
                         harness.now_text(), "--format", "json"),
                        ("log", daemon.store)):
            wanted = harness.ladder(*command, check=0).stdout
            failed = 0
            for number in numbers():
                page[:] = struct.pack("=q", number)
                done = harness.ladder(*command, env=daemon.env)
                left, = struct.unpack("=q", page[:])
                self.assertGreaterEqual(done.returncode, 0, (command[0], number, done.stderr[-500:]))
                if done.returncode == 0:
                    self.assertEqual(done.stdout, wanted, (command[0], number))
                else:
                    self.assertEqual(done.returncode, 71, (command[0], number, done.stderr[-500:]))
                    self.assertRegex(done.stderr, rb"(?i)memory", (command[0], number))
                    self.assertNotRegex(done.stderr, rb"damaged|run .?ladder verify")
                if left > 0:
                    break
                failed += 1
            page[:] = struct.pack("=q", 0)
            self.assertGreater(failed, 3, command)
            print(f"no memory: ladder {command[0]}: {failed} allocations failed")
