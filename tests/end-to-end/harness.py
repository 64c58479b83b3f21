"""The harness these tests live in.

It starts a real `ladderd` on loopback with a fresh store, makes tokens with
`ladder token`, talks HTTP to it with the standard library and ends it by its
process id. Every wait has a deadline. Nothing here knows how the programs are
made: only the written contract in spec/ is used.
"""

import atexit
import contextlib
import http.client
import importlib
import itertools
import json
import os
import random
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LADDERD = os.environ.get("LADDERD", str(ROOT / "build/release/ladderd"))
LADDER = os.environ.get("LADDER", str(ROOT / "build/release/ladder"))
SPEC = Path(os.environ.get("LADDERD_SPEC", str(HERE / "../../spec")))

JSON = "application/json"
PROTOBUF = "application/x-protobuf"
NDJSON = "application/x-ndjson"
PROBLEM = "application/problem+json"

# Seconds until a program that should do something is called stuck.
WAIT = float(os.environ.get("LADDERD_WAIT", "20"))
# `make check-slow` and `make torture` run the long forms.
LONG = os.environ.get("LADDERD_LONG") == "1"
# A program built for coverage notes what ran when it ends by itself: `make coverage` lets it.
COVERAGE = os.environ.get("LADDERD_COVERAGE") == "1"
in_long_form = unittest.skipUnless(LONG, "in its long form, by make check-slow")
ZONE = ZoneInfo("Europe/Amsterdam")
# `ladder` speaks Dutch to who does; these tests read English, unless they ask.
os.environ["LANG"] = "C.UTF-8"
for variable in ("LC_ALL", "LC_MESSAGES"):
    os.environ.pop(variable, None)


def seed():
    """The seed of a random test: printed, and settable with LADDERD_SEED."""
    value = int(os.environ.get("LADDERD_SEED") or time.time_ns() % 1_000_000_000)
    print(f"seed {value} (again with LADDERD_SEED={value})", file=sys.stderr)
    return value


def some(cases, count):
    """All in the long form, else so many by the seed, in their order."""
    if LONG:
        return cases
    chosen = random.Random(seed()).sample(range(len(cases)), count)
    return [cases[place] for place in sorted(chosen)]


def today():
    return datetime.now(ZONE).date()


def day(days=0):
    """A civil day, counted from today, as text."""
    return (today() + timedelta(days=days)).isoformat()


def now_text(micros=0):
    return instant_text(datetime.now(timezone.utc) + timedelta(microseconds=micros))


def instant_text(instant):
    return instant.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def instant(text):
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", text), text
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)


def until(condition, what, seconds=WAIT):
    """Polls until condition() is true; its value is the answer."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.02)


# ---------------------------------------------------------------- events

_numbers = itertools.count(1)
_prefix = f"{os.getpid():x}-{random.SystemRandom().randrange(16**6):06x}"


def fresh(kind="e"):
    """An identifier nobody used before."""
    return f"{kind}-{_prefix}-{next(_numbers)}"


class _Absent:
    def __repr__(self):
        return "absent"


ABSENT = _Absent()
NO_SUBJECT = ("service_model_set", "report_published", "report_withdrawn", "event_retracted",
              "agreement_made")
# What a partner of these tests may send: all; what publishes is in no star.
ALL_TYPES = "*, report_published, agreement_made"
ALL_MUNICIPALITIES = "*, " + ", ".join(
    f"GM{code:04}" for code in (1, 100, 753, 757, 770, 785, 820, 822, 823, 861, 999, *range(3001, 3013)))


def event(body_type="ladder_assessed", body=None, **fields):
    """A valid event; fields given as ABSENT are left out."""
    if body is None:
        body = {"rung": 3} if body_type == "ladder_assessed" else {}
    made = {
        "id": fresh(),
        "subject": ABSENT if body_type in NO_SUBJECT else fresh("s"),
        "municipality": "GM0823",
        "occurred_on": "2026-03-02",
    }
    if body_type is not ABSENT:
        made[body_type] = body
    made.update(fields)
    return {name: value for name, value in made.items() if value is not ABSENT}


def settled(subject, on, municipality="GM0823", **fields):
    return event("municipality_settled", {}, subject=subject, occurred_on=on,
                 municipality=municipality, **fields)


def assessed(subject, on, rung, municipality="GM0823", **fields):
    return event("ladder_assessed", {"rung": rung}, subject=subject, occurred_on=on,
                 municipality=municipality, **fields)


def retraction(target_id=None, target_key=None, **fields):
    body = {}
    if target_id is not None:
        body["target_id"] = target_id
    if target_key is not None:
        body["target_key"] = target_key
    return event("event_retracted", body, **fields)


def body_type_of(an_event):
    for name in an_event:
        if name not in ("id", "key", "subject", "municipality", "occurred_on"):
            return name
    return None


# ---------------------------------------------------------------- protobuf

_proto = None


def proto():
    """The classes protoc makes of ladder.proto, made once per process."""
    global _proto
    if _proto is None:
        place = tempfile.mkdtemp(prefix="ladder-proto-")
        atexit.register(shutil.rmtree, place, True)
        subprocess.run(["protoc", f"--proto_path={ROOT / 'proto'}", f"--python_out={place}",
                        "ladder.proto"], check=True, timeout=60)
        sys.path.insert(0, place)
        _proto = importlib.import_module("ladder_pb2")
    return _proto


def _fill(message, values):
    for name, value in values.items():
        field = message.DESCRIPTOR.fields_by_name[name]
        if field.type == field.TYPE_MESSAGE:
            child = getattr(message, name)
            child.SetInParent()
            _fill(child, value)
        elif field.type == field.TYPE_ENUM:
            def number(text):
                for candidate in field.enum_type.values:
                    prefix = re.sub(r"(?<!^)(?=[A-Z])", "_", field.enum_type.name).upper() + "_"
                    if text in (candidate.name, candidate.name[len(prefix):]):
                        return candidate.number
                raise KeyError(text)
            if field.label == field.LABEL_REPEATED:
                getattr(message, name).extend(number(text) for text in value)
            else:
                setattr(message, name, number(value))
        else:
            setattr(message, name, value)


def message(an_event):
    """The python protobuf Event of an event written as a dict."""
    made = proto().Event()
    _fill(made, an_event)
    return made


def batch_bytes(events):
    batch = proto().EventBatch()
    for one in events:
        batch.events.append(message(one))
    return batch.SerializeToString()


def varint(number):
    number &= (1 << 64) - 1
    out = bytearray()
    while True:
        low = number & 0x7F
        number >>= 7
        if number:
            out.append(low | 0x80)
        else:
            out.append(low)
            return bytes(out)


def wire(number, value):
    """One protobuf field by hand: an int is a varint, bytes are length-delimited."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, str):
        value = value.encode()
    return varint(number << 3 | 2) + varint(len(value)) + value


def delimited(data):
    """The Records of a length-delimited stream."""
    records, place = [], 0
    while place < len(data):
        size = shift = 0
        while True:
            byte = data[place]
            place += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        assert place + size <= len(data), "the last record is cut"
        records.append(proto().Record.FromString(data[place:place + size]))
        place += size
    return records


# ---------------------------------------------------------------- HTTP

class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers  # list of (name, value)
        self.body = body

    def header(self, name):
        for known, value in self.headers:
            if known.lower() == name.lower():
                return value
        return None

    @property
    def media_type(self):
        return (self.header("Content-Type") or "").split(";")[0].strip().lower()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def result(self):
        """The answer to a push, as a dict, whatever the format."""
        if self.media_type == PROTOBUF:
            parsed = proto().IngestResult.FromString(self.body)
            return {
                "accepted": parsed.accepted, "duplicates": parsed.duplicates,
                "rejected": [{field.name: value for field, value in one.ListFields()}
                             for one in parsed.rejected],
                "last_seq": parsed.last_seq,
            }
        return self.json

    def __repr__(self):
        return f"<{self.status} {self.media_type} {self.body[:800]!r}>"


class Client:
    """One kept-alive connection."""

    def __init__(self, port, token=None, timeout=WAIT, context=None):
        self.port, self.token, self.timeout = port, token, timeout
        self.context = context  # of TLS
        self.connection = None

    def connect(self):
        if self.connection is None:
            self.connection = (
                http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
                if self.context is None else
                http.client.HTTPSConnection("127.0.0.1", self.port, timeout=self.timeout,
                                            context=self.context))
            self.connection.connect()
            self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # A client that silently opened a second connection would hide a dropped one.
            self.connection.auto_open = 0
        return self.connection

    def start(self, method, path, headers=None, body=None, token=None):
        """Sends a request; the answer is the caller's to read."""
        connection = self.connect()
        sent = dict(headers or {})
        token = self.token if token is None else token
        if token:
            sent.setdefault("Authorization", "Bearer " + token)
        connection.request(method, path, body=body, headers=sent)
        return connection

    def request(self, method, path, body=None, headers=None, token=None):
        response = self.start(method, path, headers, body, token).getresponse()
        return Answer(response.status, response.getheaders(), response.read())

    def push(self, events):
        return self.request("POST", "/v1/events", json.dumps({"events": events}),
                            {"Content-Type": JSON})

    def push_protobuf(self, events):
        return self.request("POST", "/v1/events", batch_bytes(events),
                            {"Content-Type": PROTOBUF})

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def parse_answer(data):
    """A raw HTTP/1.1 answer (Content-Length, chunked or until the end)."""
    class Pipe:
        def makefile(self, *_, **__):
            import io
            return io.BytesIO(data)
    response = http.client.HTTPResponse(Pipe())
    response.begin()
    while response.status == 100:
        data = data.split(b"\r\n\r\n", 1)[1]
        response = http.client.HTTPResponse(Pipe())
        response.begin()
    return Answer(response.status, response.getheaders(), response.read())


def raw(port, data, timeout=WAIT):
    """Sends bytes, stops early when the daemon answers early, reads to the end."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
        got = b""
        connection.setblocking(False)
        view, deadline = memoryview(data), time.monotonic() + timeout
        import select
        while time.monotonic() < deadline:
            readable, writable, _ = select.select([connection],
                                                  [connection] if view else [], [], 0.5)
            if readable:
                try:
                    piece = connection.recv(65536)
                except ConnectionError:
                    break
                if not piece:
                    break
                got += piece
                try:
                    answer = _complete(got)
                except (http.client.HTTPException, ValueError):
                    answer = None
                if answer is not None:
                    return answer
            if writable and view:
                try:
                    view = view[connection.send(view[:65536]):]
                except BlockingIOError:
                    pass
                except ConnectionError:
                    view = view[:0]
        return parse_answer(got) if got else None


def _complete(got):
    if b"\r\n\r\n" not in got:
        return None
    head, rest = got.split(b"\r\n\r\n", 1)
    if re.match(rb"HTTP/1\.1 100", head):
        return _complete(rest) if rest else None
    length = re.search(rb"(?im)^content-length: *(\d+)", head)
    if length and len(rest) >= int(length.group(1)):
        return parse_answer(got)
    if re.search(rb"(?im)^transfer-encoding: *chunked", head) and rest.endswith(b"0\r\n\r\n"):
        return parse_answer(got)
    return None


# ---------------------------------------------------------------- programs

def run(*arguments, stdin=None, timeout=60, env=None, check=None):
    """Runs a program to its end; stdout and stderr are bytes."""
    if isinstance(stdin, str):
        stdin = stdin.encode()
    done = subprocess.run([str(argument) for argument in arguments],
                          input=stdin if stdin is not None else b"",
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=timeout, env=env)
    if check is not None and done.returncode != check:
        raise AssertionError(f"{arguments} ended with {done.returncode}, not {check}: "
                             f"{done.stderr[-2000:]!r} {done.stdout[-500:]!r}")
    return done


def ladder(*arguments, **options):
    return run(LADDER, *arguments, **options)


_tokens = []


def token():
    """A token and its hash, by `ladder token`."""
    done = ladder("token", check=0)
    made = re.fullmatch(r"token: (\S+)\nhash: (\S+)\n", done.stdout.decode())
    assert made, f"`ladder token` printed {done.stdout!r}"
    return made.group(1), made.group(2)


def free_port():
    """A port below the ephemeral ones, so that no outgoing connection takes it."""
    chance = random.SystemRandom()
    while True:
        port = chance.randrange(12000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


_as_root = {}


def as_root():
    """What root must say to stay root; a ladderd of before knows nothing of it."""
    if os.geteuid() != 0:
        return []
    if LADDERD not in _as_root:
        _as_root[LADDERD] = b"--as-root" in run(LADDERD, "--help").stdout
    return ["--as-root"] if _as_root[LADDERD] else []


_stream_off = None


def stream_off():
    """The section that keeps the TCP stream shut, where the daemon knows it."""
    global _stream_off
    if _stream_off is None:
        text = "[stream]\nlisten = off\n"
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
            file.write(text)
            file.flush()
            known = run(LADDERD, "--check-config", "--config", file.name).returncode == 0
        _stream_off = text if known else ""
    return _stream_off


_audits = {}
_auditor_key = None


def auditor_key():
    """The two halves of the auditor's key of these tests, by `ladder key`: public, secret."""
    global _auditor_key
    if _auditor_key is None:
        done = ladder("key", check=0)
        made = re.fullmatch(r"public: (\S+)\nsecret: (\S+)\n", done.stdout.decode())
        assert made, f"`ladder key` printed {done.stdout!r}"
        _auditor_key = made.groups()
    return _auditor_key


def audit_section():
    """The section that names it; a ladderd of before knows nothing of it."""
    if LADDERD not in _audits:
        _audits[LADDERD] = b"[audit]" in run(LADDERD, "--print-config").stdout
    return f"[audit]\nkey = {auditor_key()[0]}\n" if _audits[LADDERD] else ""


_living = set()


def _end_all():
    """Whatever way the tests end, no daemon and no directory of theirs stays."""
    for daemon in list(_living):
        daemon.discard()


atexit.register(_end_all)
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


class Ladderd:
    """A real ladderd: its directory, configuration, tokens and process."""

    def __init__(self, partners=None, analysts=None, scrapers=None, sections=""):
        self.place = Path(tempfile.mkdtemp(prefix="ladderd-test-"))
        self.store = self.place / "store"
        self.config = self.place / "ladderd.conf"
        self.output = self.place / "output"
        self.port = free_port()
        self.sections = sections
        self.partners = partners if partners is not None else {"isd": {}}
        self.analysts = analysts if analysts is not None else {
            "analyst": {"municipalities": "*", "log": "yes"}}
        self.scrapers = scrapers if scrapers is not None else {"prometheus": {}}
        self.tokens, self.hashes = {}, {}
        self.process = None
        self.env = None
        self.files_max = None
        self.stays_root = True
        self.context = None  # of TLS, when its HTTP speaks that
        self.auditing = None  # its section [audit]; None: with the auditor's key of these tests
        _living.add(self)
        for name in (*self.partners, *self.analysts, *self.scrapers):
            self.new_token(name)
        self.write_config()

    def new_token(self, name):
        self.tokens[name], self.hashes[name] = token()

    def token_file(self, name):
        file = self.place / f"{name}.token"
        file.write_text(self.tokens[name] + "\n")
        file.chmod(0o600)
        return file

    def write_config(self):
        lines = ["[store]", f"path = {self.store}", "[http]",
                 f"listen = 127.0.0.1:{self.port}", stream_off(),
                 audit_section() if self.auditing is None else self.auditing, self.sections]
        for name, rights in self.partners.items():
            rights = {"org_type": "ISD", "types": ALL_TYPES,
                      "municipalities": ALL_MUNICIPALITIES,
                      "token_hash": self.hashes.get(name), **rights}
            lines += [f"[partner {name}]"]
            lines += [f"{key} = {value}" for key, value in rights.items() if value is not None]
        for kind, group in (("analyst", self.analysts), ("scraper", self.scrapers)):
            for name, rights in group.items():
                rights = {"token_hash": self.hashes.get(name),
                          **({"municipalities": "*"} if kind == "scraper" else {}), **rights}
                lines += [f"[{kind} {name}]"]
                lines += [f"{key} = {value}" for key, value in rights.items()
                          if value is not None]
        text = "\n".join(lines) + "\n"
        beside = self.config.with_suffix(".new")
        beside.write_text(text)
        beside.replace(self.config)

    # -- its life

    def launch(self, *flags):
        """Starts the process without waiting for it."""
        assert self.process is None
        with open(self.output, "ab") as output:
            self.process = subprocess.Popen([LADDERD, "--config", str(self.config),
                                             *(as_root() if self.stays_root else []), *flags],
                                            stdin=subprocess.DEVNULL, stdout=output,
                                            stderr=output, env=self.env,
                                            preexec_fn=self._limit_files,
                                            start_new_session=True)
        return self

    def _limit_files(self):
        if self.files_max is not None:
            resource.setrlimit(resource.RLIMIT_NOFILE, (self.files_max, self.files_max))

    def start(self, *flags, seconds=WAIT):
        self.launch(*flags)
        deadline = time.monotonic() + seconds
        while True:
            if self.process.poll() is not None:
                code, self.process = self.process.returncode, None
                raise AssertionError(f"ladderd ended at once with {code}: {self.messages()}")
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    pass
                if self.get("/readyz").status == 200:
                    return self
            except (OSError, http.client.HTTPException):
                pass
            if time.monotonic() > deadline:
                said = self.messages()
                self.kill()
                raise AssertionError(f"ladderd is not ready after {seconds} s: {said}")
            time.sleep(0.02)

    def messages(self):
        """The end of what it said, but for the lines of its audit."""
        said = self.output.read_text(errors="replace") if self.output.exists() else ""
        return "".join(line for line in said.splitlines(True)
                       if not line.startswith('{"audit":'))[-1500:]

    def audit(self):
        """The lines of its audit, as dicts."""
        return [json.loads(line) for line in
                self.output.read_text(errors="replace").splitlines()
                if line.startswith('{"audit":')]

    def stop(self, seconds=WAIT):
        """SIGTERM; the exit code must be 0."""
        if self.process is None:
            return
        process, self.process = self.process, None
        process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"ladderd did not stop in {seconds} s: {self.messages()}")
        assert code == 0, f"ladderd exited with {code} on SIGTERM: {self.messages()}"

    def kill(self):
        """kill -9."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def restart(self):
        self.stop()
        return self.start()

    @property
    def access_log(self):
        return self.store.with_name("store.access.ndjson")

    def spans(self):
        """The lines of its access log, as dicts."""
        text = self.access_log.read_text() if self.access_log.exists() else ""
        return [json.loads(line) for line in text.splitlines()]

    def hang_up(self):
        self.process.send_signal(signal.SIGHUP)

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def close(self):
        try:
            self.stop()
        finally:
            self.discard()

    def discard(self):
        """Ends it whatever it does, and leaves nothing."""
        if COVERAGE and self.alive():
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(5)
        self.kill()
        shutil.rmtree(self.place, True)
        _living.discard(self)

    def processor_seconds(self):
        """What it used of the processors up to now."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    # -- talking to it

    def client(self, name=None, timeout=WAIT):
        return Client(self.port, self.tokens[name] if name else None, timeout, self.context)

    def request(self, method, path, body=None, headers=None, who=None, token=None, timeout=WAIT):
        client = Client(self.port, token or (self.tokens[who] if who else None), timeout,
                        self.context)
        try:
            return client.request(method, path, body, headers)
        finally:
            client.close()

    def get(self, path, who=None, headers=None, token=None, timeout=WAIT, **parameters):
        if parameters:
            path += "?" + urllib.parse.urlencode(parameters)
        return self.request("GET", path, None, headers, who, token, timeout)

    def alone(self, who):
        """Waits until it knows that nobody else is connected by HTTP. `who` may read /metrics."""
        client = self.client(who)
        try:
            until(lambda: re.search(rb'(?m)^ladderd_connections\{listener="http"\} 1$',
                                    client.request("GET", "/metrics").body),
                  "nobody else is connected")
        finally:
            client.close()

    def post(self, body, content_type=JSON, who="isd", headers=None, token=None):
        sent = {} if content_type is None else {"Content-Type": content_type}
        sent.update(headers or {})
        return self.request("POST", "/v1/events", body, sent, who, token)

    def push(self, events, who="isd"):
        """Pushes JSON; the answer must be 200; gives the result."""
        answer = self.post(json.dumps({"events": events}), who=who)
        assert answer.status == 200, answer
        return _checked(answer, len(events))

    def push_protobuf(self, events, who="isd"):
        data = events if isinstance(events, bytes) else batch_bytes(events)
        answer = self.post(data, PROTOBUF, who=who)
        assert answer.status == 200, answer
        return _checked(answer, None if isinstance(events, bytes) else len(events))

    def accept(self, *events, who="isd"):
        """Pushes events that must all be new; gives the result."""
        result = self.push(list(events), who)
        assert result["accepted"] == len(events), result
        return result

    def records(self, after=0, who="analyst"):
        """All records of /v1/log after a seq."""
        records = []
        while True:
            answer = self.get("/v1/log", who=who, after=after, limit=50000, timeout=60)
            assert answer.status == 200, answer
            page = [json.loads(line) for line in answer.body.splitlines()]
            records += page
            if not page:
                return records
            after = page[-1]["seq"]

    def figures(self, who="analyst", **parameters):
        answer = self.get("/v1/indicators", who=who, **parameters)
        assert answer.status == 200, answer
        return answer

    def follow(self, count):
        """Waits until the figures have that many records: all that were acknowledged."""
        until(lambda: f"ladderd_applied_seq {count}\n".encode()
              in self.get("/metrics", who="prometheus").body, f"the figures have {count} records")

    def stored(self, identifier, who="isd"):
        """The partner's own event as the log has it."""
        answer = self.get("/v1/events/" + identifier, who=who)
        assert answer.status == 200, answer
        return answer.json

    def withdrawn(self, identifier, who="isd"):
        return self.stored(identifier, who)["withdrawn"]


def _checked(answer, events):
    result = answer.result
    assert set(result) == {"accepted", "duplicates", "rejected", "last_seq"}, answer
    if events is not None:
        total = result["accepted"] + result["duplicates"] + len(result["rejected"])
        assert total == events, answer
    return result


# ---------------------------------------------------------------- test cases

class Case(unittest.TestCase):
    """A test case with one daemon for the whole class."""

    partners = None
    analysts = None
    scrapers = None
    sections = ""
    context = None  # of TLS
    longMessage = True
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        cls.daemon = Ladderd(cls.partners, cls.analysts, cls.scrapers, cls.sections)
        cls.daemon.context = cls.context
        try:
            cls.daemon.start()
        except BaseException:
            cls.daemon.discard()
            raise

    @classmethod
    def tearDownClass(cls):
        cls.daemon.close()

    def setUp(self):
        """One crash must not hide what the other tests would show."""
        if self.daemon.alive():
            return
        code = self.daemon.process.returncode if self.daemon.process else "no process"
        self.daemon.process = None
        said = self.daemon.messages()[-300:]
        if getattr(type(self), "_gone", False):
            self.fail("the daemon of this class does not start again")
        type(self)._gone = True
        self.daemon.start()
        type(self)._gone = False
        if not getattr(type(self), "_crash_told", False):
            type(self)._crash_told = True
            self.fail(f"the daemon died ({code}) in an earlier test of this class: {said}")

    def assertProblem(self, answer, *statuses):
        """An error as RFC 9457 wants it."""
        self.assertIsNotNone(answer, "no answer at all")
        self.assertIn(answer.status, statuses, answer)
        self.assertEqual(answer.media_type, PROBLEM, answer)
        problem = answer.json
        for name in ("type", "title", "status", "detail"):
            self.assertIn(name, problem, answer)
        self.assertEqual(problem["status"], answer.status)
        for name in ("type", "title", "detail"):
            self.assertIsInstance(problem[name], str)
            self.assertTrue(problem[name].strip(), answer)
        return problem

    def assertRejected(self, result, code, index=0, field=None, count=1):
        """Exactly `count` rejections, and the one at `index` has this code."""
        self.assertEqual(len(result["rejected"]), count, result)
        found = [one for one in result["rejected"] if one["index"] == index]
        self.assertEqual(len(found), 1, result)
        codes = (code,) if isinstance(code, str) else tuple(code)
        self.assertIn(found[0]["code"], codes, result)
        self.assertTrue(found[0].get("message"), result)
        if field is not None:
            # "rung" and "ladder_assessed.rung" both name the field.
            self.assertEqual(str(found[0].get("field", "")).split(".")[-1], field, result)
        return found[0]


class OwnDaemon(unittest.TestCase):
    """A test case where each test starts its own daemons."""

    longMessage = True
    maxDiff = 4000
    assertProblem = Case.assertProblem
    assertRejected = Case.assertRejected

    def ladderd(self, *arguments, start=True, **options):
        daemon = Ladderd(*arguments, **options)
        self.addCleanup(daemon.discard)
        return daemon.start() if start else daemon

    def place(self):
        place = Path(tempfile.mkdtemp(prefix="ladder-test-"))
        self.addCleanup(shutil.rmtree, place, True)
        return place


def test_of(cls, sentence, function):
    """Adds one line of a table to a test case as a test of its own."""
    plain = name = "test_" + re.sub(r"[^A-Za-z0-9]+", "_", sentence).strip("_")
    for number in itertools.count(2):
        if not hasattr(cls, name):
            break
        name = f"{plain}_{number}"
    function.__name__ = name
    function.__qualname__ = f"{cls.__qualname__}.{name}"
    setattr(cls, name, function)


def generated(*arguments):
    """The events of `ladder generate`, as dicts."""
    done = ladder("generate", *arguments, timeout=90, check=0)
    return [json.loads(line) for line in done.stdout.splitlines()]


def in_threads(*functions, timeout=60):
    """Runs functions at once; the first exception is raised here."""
    trouble = []

    def guarded(function):
        try:
            function()
        except BaseException as error:  # noqa: handed on below
            trouble.append(error)
    threads = [threading.Thread(target=guarded, args=(function,), daemon=True)
               for function in functions]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + timeout
    for thread in threads:
        thread.join(max(0, deadline - time.monotonic()))
        assert not thread.is_alive(), "a thread is stuck"
    if trouble:
        raise trouble[0]
