"""The access log: who looked at whom, before anything of it is shown."""

import base64
import ctypes
import ctypes.util
import gzip
import json
import os
import re
import resource
import shutil
import subprocess
import tempfile
from pathlib import Path

import harness
from harness import assessed, event, fresh, ladder, retraction, settled

FIELDS = {"trace_id", "span_id", "parent_span_id", "status_code", "name", "start_time",
          "end_time", "foreign_operation", "resource", "attributes"}
SUBJECT = "dpl.core.data_subject_id"


class Auditor:
    """Who has the secret half: opens a subject with libsodium itself, apart from our code."""

    def __init__(self, secret):
        self.sodium = ctypes.CDLL(ctypes.util.find_library("sodium"))
        assert self.sodium.sodium_init() >= 0
        self.secret = base64.urlsafe_b64decode(secret + "=")
        public = ctypes.create_string_buffer(32)
        assert self.sodium.crypto_scalarmult_base(public, self.secret) == 0
        self.public = public.raw

    def opened(self, text):
        box = base64.b64decode(text, validate=True)
        out = ctypes.create_string_buffer(len(box) - 48)
        assert self.sodium.crypto_box_seal_open(out, box, ctypes.c_ulonglong(len(box)),
                                                self.public, self.secret) == 0, "not for us"
        return out.raw.decode()


def auditor():
    return Auditor(harness.auditor_key()[1])


def looked(spans):
    """Who looked at whom with what: a list of three each."""
    who = auditor()
    return [(span["attributes"]["ladderd.who"], span["name"],
             who.opened(span["attributes"][SUBJECT]) if SUBJECT in span["attributes"] else None)
            for span in spans]


def listed(daemon, subject, **how):
    """Waits until the work list has the person: it may be a second old."""
    harness.until(lambda: subject.encode() in daemon.get("/v1/worklist", **how).body,
                  "the person is on the work list")


class Spans(harness.Case):
    partners = {"isd": {}, "strict": {"require_user": "yes"}, "quiet": {}}

    def spans(self, ask):
        """The spans that ask() writes."""
        before = len(self.daemon.spans())
        answer = ask()
        self.assertEqual(answer.status, 200, answer)
        return self.daemon.spans()[before:]

    def test_a_read_of_the_log_writes_one_span_for_each_person(self):
        people = [fresh("s") for _ in range(3)]
        events = [assessed(one, "2026-03-02", rung, key=fresh("k"))
                  for one in people for rung in (2, 3)]
        after = self.daemon.accept(*events, retraction(events[-1]["id"]), event(
            "service_model_set", {"model": "OTHER"}))["last_seq"] - 8
        spans = self.spans(lambda: self.daemon.get("/v1/log", who="analyst", after=after))
        self.assertEqual(looked(spans), [("analyst analyst", "GET /v1/log", one)
                                         for one in people])
        self.assertEqual(len({span["trace_id"] for span in spans}), 1)
        self.assertEqual(len({span["span_id"] for span in spans}), 3)
        self.assertEqual([span.get("parent_span_id") for span in spans],
                         [None, spans[0]["span_id"], spans[0]["span_id"]])
        # What takes back what is about a person is about that person.
        spans = self.spans(lambda: self.daemon.get("/v1/log", who="analyst", after=after + 6,
                                                   limit=1))
        self.assertEqual(looked(spans), [("analyst analyst", "GET /v1/log", people[2])])
        # The same as protobuf.
        spans = self.spans(lambda: self.daemon.get(
            "/v1/log", who="analyst", after=after, limit=4,
            headers={"Accept": "application/x-protobuf"}))
        self.assertEqual([who for _, _, who in looked(spans)], people[:2])

    def test_a_read_that_shows_nobody_is_one_span_without_a_subject(self):
        last = self.daemon.accept(event("service_model_set", {"model": "OTHER"}))["last_seq"]
        for ask in (lambda: self.daemon.get("/v1/log", who="analyst", after=last),
                    lambda: self.daemon.get("/v1/log", who="analyst", after=last - 1),
                    lambda: self.daemon.get("/v1/card", who="isd"),
                    lambda: self.daemon.get("/v1/worklist", who="quiet")):
            span, = self.spans(ask)
            self.assertEqual([key for key in span["attributes"] if "subject" in key], [])

    def test_a_stream_that_is_left_before_it_showed_anybody_is_one_span_too(self):
        last = self.daemon.accept(event("service_model_set", {"model": "OTHER"}))["last_seq"]
        before = len(self.daemon.spans())
        client = self.daemon.client("analyst")
        self.addCleanup(client.close)
        answer = client.start("GET", f"/v1/log?after={last}",
                              {"Accept": "text/event-stream"}).getresponse()
        while b"caught_up" not in answer.readline():
            pass
        # It is there before the mark is, so before anybody can leave.
        span, = self.daemon.spans()[before:]
        self.assertEqual([key for key in span["attributes"] if "subject" in key], [])
        # Until it is known to be left, it shows whoever comes.
        answer.close()
        client.close()
        self.daemon.alone("analyst")

    def test_a_span_has_the_fields_of_the_standard(self):
        one = event()
        self.daemon.accept(one)
        span, = self.spans(lambda: self.daemon.get("/v1/events/" + one["id"], who="isd"))
        self.assertLessEqual(set(span), FIELDS)
        self.assertRegex(span["trace_id"], r"\A[0-9a-f]{32}\Z")
        self.assertRegex(span["span_id"], r"\A[0-9a-f]{16}\Z")
        self.assertEqual((span["status_code"], span["name"]), (1, "GET /v1/events/"))
        now = harness.datetime.now(harness.timezone.utc).timestamp() * 1000
        self.assertTrue(now - 60000 < span["start_time"] <= span["end_time"] < now + 60000)
        attributes = span["attributes"]
        self.assertRegex(attributes["dpl.core.processing_activity_id"],
                         r"\Aurn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
        self.assertEqual(attributes["dpl.core.data_subject_id_type"], "pseudonym")
        self.assertEqual(auditor().opened(attributes[SUBJECT]), one["subject"])
        self.assertNotIn("foreign_operation", span)

    def test_the_trace_of_the_caller_is_taken_over_and_nothing_else(self):
        one = event()
        self.daemon.accept(one)
        trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
        for header, taken in ((f"00-{trace}-{parent}-01", True),
                              (f"cc-{trace}-{parent}-01-more", True),
                              (f"00-{trace}-{parent}-01-more", False),
                              (f"ff-{trace}-{parent}-01", False),
                              (f"00-{trace.upper()}-{parent}-01", False),
                              (f"00-{'0' * 32}-{parent}-01", False),
                              (f"00-{trace}-{'0' * 16}-01", False),
                              (f"00-{trace}-{parent}", False), ("", False)):
            span, = self.spans(lambda: self.daemon.get(
                "/v1/events/" + one["id"], who="isd", headers={"traceparent": header}))
            with self.subTest(header):
                self.assertEqual(span["trace_id"] == trace, taken)
                self.assertEqual("foreign_operation" in span, taken)
                self.assertNotEqual(span["span_id"], parent)
                if taken:
                    foreign = span["foreign_operation"]
                    self.assertEqual((foreign["trace_id"], foreign["span_id"]), (trace, parent))
                    self.assertRegex(foreign["entity"], r"\Aurn:uuid:[0-9a-f-]{36}#partner/isd\Z")

    def test_a_work_list_writes_one_span_for_each_person_it_shows(self):
        people = [fresh("s") for _ in range(3)]
        self.daemon.accept(*(assessed(one, harness.day(number - 400), 2)
                             for number, one in enumerate(people)), who="strict")
        listed(self.daemon, people[0], who="strict", headers={"X-Ladder-User": "jan"})
        for accept in ("application/json", "text/csv"):
            headers = {"X-Ladder-User": "jan", "Accept": accept}
            spans = self.spans(lambda: self.daemon.get("/v1/worklist", who="strict",
                                                       headers=headers))
            self.assertEqual(sorted(who for _, _, who in looked(spans)), sorted(people))
            self.assertEqual({(who, what) for who, what, _ in looked(spans)},
                             {("partner strict/jan", "GET /v1/worklist")})
            # The rows that are not shown show nobody.
            spans = self.spans(lambda: self.daemon.get(
                "/v1/worklist", who="strict", headers=headers, limit=1, municipality="GM0823"))
            self.assertEqual(looked(spans), [("partner strict/jan", "GET /v1/worklist GM0823",
                                              people[0])])

    def test_a_refused_read_writes_none_and_so_does_one_of_figures(self):
        one = event()
        self.daemon.accept(one)
        before = len(self.daemon.spans())
        for path, who, status in (("/v1/events/nothing", "isd", 404), ("/v1/log", "isd", 403),
                                  ("/v1/worklist", "analyst", 403), ("/v1/log", None, 401),
                                  ("/v1/log?limit=x", "analyst", 400), ("/v1/worklist", "strict", 400),
                                  ("/v1/events/" + one["id"], "strict", 400),
                                  ("/v1/indicators", "analyst", 200), ("/metrics", "analyst", 200)):
            answer = self.daemon.get(path, who=who) if who else self.daemon.get(path)
            self.assertEqual(answer.status, status, path)
        self.assertEqual(len(self.daemon.spans()), before)

    def test_in_an_answer_in_pieces_a_person_has_one_span_and_before_the_first_record(self):
        people = [fresh("s") for _ in range(500)]
        after = self.daemon.accept(*(assessed(one, "2026-03-02", 3) for _ in range(3)
                                     for one in people))["last_seq"] - 1500
        spans = self.spans(lambda: self.daemon.get("/v1/log", who="analyst", after=after,
                                                   limit=1500))
        self.assertEqual([who for _, _, who in looked(spans)], people)
        # A client that reads no further than the first piece has shown the people of two at most.
        before = len(self.daemon.spans())
        with harness.socket.create_connection(("127.0.0.1", self.daemon.port), 30) as peer:
            peer.setsockopt(harness.socket.SOL_SOCKET, harness.socket.SO_RCVBUF, 2048)
            peer.sendall(f"GET /v1/log?after={after}&limit=1500 HTTP/1.1\r\nHost: localhost\r\n"
                         f"Authorization: Bearer {self.daemon.tokens['analyst']}\r\n\r\n".encode())
            got = peer.recv(2048)
            while b"\n{" not in got and b"}\n" not in got:
                got += peer.recv(2048)
            spans = self.daemon.spans()[before:]
        shown = {json.loads(line)["event"]["subject"] for line in got.splitlines()
                 if line.startswith(b'{"seq"') and line.endswith(b"}}")}
        self.assertTrue(shown)
        self.assertLessEqual(shown, {who for _, _, who in looked(spans)})

    def test_offline_commands_write_beside_the_store(self):
        people = [fresh("s") for _ in range(2)]
        last = self.daemon.accept(*(assessed(one, "2026-03-02", 3) for one in people))["last_seq"]
        store, after = str(self.daemon.store), str(last - 2)
        before = len(self.daemon.spans())
        ladder("log", "--after", after, store, check=0)
        ladder("subject", "--subject", people[1], store + "/", check=0)
        ladder("subject", "--subject", "nobody", store, check=66)
        ladder("log", "--after", "100000000", store, check=0)
        spans = self.daemon.spans()[before:]
        who = {span["attributes"]["ladderd.who"] for span in spans}
        self.assertEqual(len(who), 1)
        self.assertRegex(who.pop(), r"\Aoperator/[\w.-]+\Z")
        self.assertEqual([what for _, *what in looked(spans)],
                         [["ladder log", people[0]], ["ladder log", people[1]],
                          ["ladder subject", people[1]], ["ladder log", None]])
        self.assertEqual({span["attributes"]["dpl.core.processing_activity_id"] for span in spans},
                         {self.daemon.spans()[-1]["attributes"]["dpl.core.processing_activity_id"]})


class Keyless(harness.OwnDaemon):
    def test_without_a_key_spans_bear_no_subject_and_the_daemon_says_so(self):
        daemon = self.ladderd(start=False)
        daemon.auditing = ""
        daemon.write_config()
        daemon.start()
        self.assertIn("there is no [audit] key", daemon.messages())
        one = event()
        daemon.accept(one)
        daemon.get("/v1/events/" + one["id"], who="isd")
        ladder("subject", "--subject", one["subject"], daemon.store, check=0)
        spans = daemon.spans()
        self.assertEqual(len(spans), 2)
        for span in spans:
            self.assertNotIn(SUBJECT, span["attributes"])
            self.assertEqual(span["attributes"][SUBJECT + "_type"], "pseudonym")
        self.assertNotIn(one["subject"], daemon.access_log.read_text())
        # A key once given is the store's for commands, whatever the daemon has since.
        daemon.stop()
        daemon.auditing = None
        daemon.write_config()
        daemon.start()
        daemon.stop()
        daemon.auditing = "[audit]\nactivity = https://example.nl/register/7\n"
        daemon.write_config()
        daemon.start()
        ladder("subject", "--subject", one["subject"], daemon.store, check=0)
        span = daemon.spans()[-1]
        self.assertEqual(auditor().opened(span["attributes"][SUBJECT]), one["subject"])
        self.assertEqual(span["attributes"]["dpl.core.processing_activity_id"],
                         "https://example.nl/register/7")
        backup = daemon.place / "backup"
        ladder("backup", daemon.store, backup, check=0)
        ladder("log", backup, check=0)
        lines = Path(f"{backup}.access.ndjson").read_text().splitlines()
        self.assertEqual([who for _, _, who in looked(map(json.loads, lines))], [one["subject"]])

    def test_beyond_loopback_or_behind_a_proxy_it_takes_a_key(self):
        daemon = self.ladderd(start=False)
        key = harness.audit_section()
        flags = ("--set", "http.plaintext=yes", "--set", "stream.plaintext=yes")
        for more in (("http.listen=0.0.0.0:0",), ("stream.listen=0.0.0.0:0",),
                     ("http.trusted_proxies=127.0.0.1",), ("http.listen=[::]:0",)):
            words = [word for flag in more for word in ("--set", flag)]
            for section, good in ((key, True), ("", False)):
                daemon.auditing = section
                daemon.write_config()
                done = harness.run(harness.LADDERD, "--config", daemon.config, "--check-config",
                                   *flags, *words)
                self.assertEqual(done.returncode, 0 if good else 78, done)
                self.assertEqual(b"[audit] key" in done.stderr, not good, done)
            done = harness.run(harness.LADDERD, "--config", daemon.config, *harness.as_root(),
                               *flags, *words, check=78)
            self.assertIn(b"[audit] key", done.stderr)
            self.assertFalse(daemon.store.exists())
        # The copy of an earlier start does not suffice.
        daemon.auditing = key
        daemon.write_config()
        daemon.start()
        daemon.stop()
        daemon.auditing = ""
        daemon.write_config()
        harness.run(harness.LADDERD, "--config", daemon.config, *harness.as_root(), *flags,
                    "--set", "http.listen=0.0.0.0:0", check=78)

    def test_what_is_no_key_and_no_uri_is_told_with_what_is_allowed(self):
        daemon = self.ladderd(start=False)
        public, secret = harness.auditor_key()
        for line, words in ((f"key = {secret}", "public half"), ("key = abc", "public half"),
                            (f"key = {public[:-1]}", "public half"), (f"key = {'0' * 64}", "public"),
                            ("activity = no uri", "a URI"), ("activity = x", "a URI"),
                            (f"activity = urn:{'x' * 260}", "a URI")):
            daemon.auditing = f"[audit]\n{line}\n"
            daemon.write_config()
            done = harness.run(harness.LADDERD, "--config", daemon.config, "--check-config",
                               check=78)
            self.assertIn(words, done.stderr.decode(), line)
            self.assertNotIn(secret, done.stderr.decode())


class Unwritable(harness.OwnDaemon):
    def ask_all(self, daemon, one, status):
        answers = [daemon.get("/v1/events/" + one["id"], who="isd"), daemon.get("/v1/log", who="analyst"),
                   daemon.get("/v1/worklist", who="isd"),
                   daemon.get("/v1/worklist", who="isd", headers={"Accept": "text/csv"})]
        for answer in answers:
            self.assertEqual(answer.status, status, answer)
            self.assertEqual(one["subject"].encode() in answer.body, status == 200, answer)
        if status == 503:
            self.assertTrue(all(answer.header("Retry-After") for answer in answers))
        # All else goes on.
        daemon.accept(event())
        self.assertEqual(daemon.get("/v1/indicators", who="analyst").status, 200)

    def test_when_its_disk_is_full_a_read_is_503(self):
        daemon = self.ladderd(start=False)
        daemon.auditing = harness.audit_section() + "access_log = /dev/full\n"
        daemon.write_config()
        daemon.start()
        one = event(occurred_on=harness.day(-400))
        daemon.accept(one)
        for _ in range(2):
            self.ask_all(daemon, one, 503)
        # The operator is told, and once.
        self.assertEqual(daemon.messages().count("No space left on device: records of persons"), 1)

    def test_when_its_folder_is_gone_a_read_is_503_until_it_is_there_again(self):
        daemon = self.ladderd(start=False)
        folder = daemon.place / "access"
        daemon.auditing = harness.audit_section() + f"access_log = {folder}/log.ndjson\n"
        daemon.write_config()
        daemon.start()
        self.assertIn("records of persons are shown to nobody", daemon.messages())
        one = event(occurred_on=harness.day(-400))
        daemon.accept(one)
        self.ask_all(daemon, one, 503)
        folder.mkdir()
        listed(daemon, one["subject"], who="isd")
        self.ask_all(daemon, one, 200)
        self.assertEqual((folder / "log.ndjson").stat().st_mode & 0o777, 0o600)
        shutil.rmtree(folder)
        self.ask_all(daemon, one, 503)

    def test_half_a_line_is_taken_off_again(self):
        daemon = self.ladderd()
        one = event()
        daemon.accept(one)
        self.assertEqual(daemon.get("/v1/events/" + one["id"], who="isd").status, 200)
        whole = daemon.access_log.read_bytes()
        resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE,
                         (len(whole) + 100, resource.RLIM_INFINITY))
        self.assertEqual(daemon.get("/v1/events/" + one["id"], who="isd").status, 503)
        self.assertEqual(daemon.access_log.read_bytes(), whole)
        resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE,
                         (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        self.assertEqual(daemon.get("/v1/events/" + one["id"], who="isd").status, 200)
        self.assertEqual(len(daemon.spans()), 2)

    def test_without_its_opener_the_open_file_is_written_and_no_other(self):
        daemon = self.ladderd()
        one = event()
        daemon.accept(one)
        helper, = [int(line.split()[0]) for line in subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(daemon.process.pid)], stdout=subprocess.PIPE,
            check=True).stdout.decode().splitlines()]
        os.kill(helper, harness.signal.SIGKILL)
        self.assertEqual(daemon.get("/v1/events/" + one["id"], who="isd").status, 200)
        daemon.access_log.unlink()
        self.assertEqual(daemon.get("/v1/events/" + one["id"], who="isd").status, 503)

    def test_offline_commands_that_cannot_write_it_end_74_and_show_nobody(self):
        daemon = self.ladderd()
        one = event()
        daemon.accept(one)
        daemon.stop()
        daemon.access_log.unlink(missing_ok=True)
        daemon.access_log.mkdir()
        for command in (("log",), ("subject", "--subject", one["subject"])):
            done = ladder(*command, daemon.store, check=74)
            self.assertEqual(done.stdout, b"")
            self.assertIn(b"store.access.ndjson", done.stderr)
        daemon.access_log.rmdir()
        daemon.access_log.symlink_to("/dev/full")
        for command in (("log",), ("subject", "--subject", one["subject"])):
            done = ladder(*command, daemon.store, check=74)
            self.assertEqual(done.stdout, b"")


class Rotated(harness.OwnDaemon):
    def test_renamed_or_removed_it_is_made_anew_with_a_signal_and_without(self):
        daemon = self.ladderd()
        one = event()
        daemon.accept(one)

        def read():
            self.assertEqual(daemon.get("/v1/events/" + one["id"], who="isd").status, 200)
        read()
        first, second = daemon.place / "log.1", daemon.place / "log.2"
        daemon.access_log.rename(first)
        read()
        read()
        daemon.access_log.rename(second)
        daemon.hang_up()
        harness.until(lambda: any(line["what"] == "reload" for line in daemon.audit()),
                      "it has read again")
        self.assertTrue(daemon.access_log.exists())
        read()
        count = [len(path.read_text().splitlines()) for path in
                 (first, second, daemon.access_log)]
        self.assertEqual(count, [1, 2, 1])
        daemon.access_log.unlink()
        read()
        self.assertEqual(len(daemon.spans()), 1)

    def test_what_a_crash_left_of_a_line_stands_alone(self):
        daemon = self.ladderd(start=False)
        daemon.access_log.write_text('{"trace_id":"0af')
        daemon.start()
        one = event()
        daemon.accept(one)
        daemon.get("/v1/events/" + one["id"], who="isd")
        lines = daemon.access_log.read_text().splitlines()
        self.assertEqual(lines[0], '{"trace_id":"0af')
        self.assertEqual(looked([json.loads(lines[1])])[0][2], one["subject"])


class Many(harness.OwnDaemon):
    def test_many_reads_give_exactly_their_spans(self):
        count = int(os.environ.get("LADDERD_READS", "1500"))
        daemon = self.ladderd()
        events = [event() for _ in range(50)]
        daemon.accept(*events)

        def reads(part):
            client = daemon.client("isd")
            for number in range(part, count, 4):
                answer = client.request("GET", "/v1/events/" + events[number % 50]["id"],
                                        headers={"X-Ladder-User": f"u{number}"})
                self.assertEqual(answer.status, 200, answer)
            client.close()
        harness.in_threads(*(lambda part=part: reads(part) for part in range(4)), timeout=300)
        spans = daemon.spans()
        self.assertEqual(len(spans), count)
        self.assertEqual(len({span["span_id"] for span in spans}), count)
        self.assertEqual(sorted(looked(spans)),
                         sorted((f"partner isd/u{number}", "GET /v1/events/",
                                 events[number % 50]["subject"]) for number in range(count)))


class Told(harness.OwnDaemon):
    """`ladder access`."""

    def setUp(self):
        self.place = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.place, True)
        self.key = self.place / "auditor.key"
        self.key.touch(0o600)
        self.key.write_text("secret: " + harness.auditor_key()[1] + "\n")

    def told(self, subject, *logs, check=0, language="en", **more):
        return ladder("access", "--subject", subject, "--key", self.key, "--language", language,
                      *logs, check=check, **more)

    def test_a_person_is_told_who_looked_at_what_and_when(self):
        daemon = self.ladderd()
        one, other = (event(occurred_on=harness.day(-400)) for _ in range(2))
        daemon.accept(one, other)
        daemon.get("/v1/events/" + one["id"], who="isd", headers={"X-Ladder-User": "jan"})
        daemon.get("/v1/events/" + other["id"], who="isd")
        daemon.access_log.rename(self.place / "log.2")
        daemon.get("/v1/log", who="analyst", limit=1)
        packed = self.place / "log.1.gz"
        packed.write_bytes(gzip.compress(daemon.access_log.read_bytes()))
        daemon.access_log.unlink()
        listed(daemon, one["subject"], who="isd")
        ladder("subject", "--subject", one["subject"], daemon.store, check=0)
        logs = (daemon.access_log, packed, self.place / "log.2")
        self.assertNotIn(one["subject"], "".join(map(str, daemon.spans())))
        done = self.told(one["subject"], *logs)
        when = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
        text = done.stdout.decode()
        self.assertRegex(text, rf"\AWho looked at the records of {one['subject']}:\n\n"
                         rf"{when}  organisation isd, jan: a record that it had sent itself\n"
                         rf"{when}  analyst analyst: records of the log\n"
                         rf"({when}  organisation isd: the work list\n)+"
                         rf"{when}  operator [\w.-]+: all that is held about the person, on the "
                         rf"server\n\nThe access log that was read goes from {when} to {when}.\n\Z")
        self.assertEqual(done.stderr, b"")
        looks = re.findall(rf"^({when})  ", text, re.M)
        self.assertEqual(looks, sorted(looks))
        text = self.told(other["subject"], *reversed(logs), language="nl").stdout.decode()
        self.assertIn(f"Wie gekeken heeft naar wat is vastgelegd over {other['subject']}", text)
        self.assertIn("organisatie isd: een melding die zij zelf had gedaan", text)
        self.assertIn("organisatie isd: de werklijst", text)
        self.assertNotIn("jan", text)
        text = self.told("nobody", *logs).stdout.decode()
        self.assertTrue(text.startswith("Nobody looked at the records of nobody.\n"), text)
        # The same from standard input, and as the command printed the key.
        public, secret = harness.auditor_key()
        self.key.write_text(f"public: {public}\nsecret: {secret}\n")
        piped = self.told(other["subject"], "-", stdin=b"".join(
            gzip.decompress(log.read_bytes()) if log.suffix == ".gz" else log.read_bytes()
            for log in logs), language="nl")
        self.assertEqual(piped.stdout, self.told(other["subject"], *logs, language="nl").stdout)

    def test_what_cannot_be_told_is_said_and_is_1(self):
        daemon = self.ladderd()
        one = event()
        daemon.accept(one)
        daemon.get("/v1/events/" + one["id"], who="isd")
        log = daemon.access_log
        made = re.findall(r"\S+(?=\n)", ladder("key", check=0).stdout.decode())
        whole = self.key.read_text()
        self.key.write_text(made[1])
        done = self.told(one["subject"], log, check=1)
        self.assertIn(b"Nobody looked", done.stdout)
        self.assertIn(b"Of 1 spans nobody can tell with this key", done.stderr)
        self.key.write_text(whole)
        line = json.loads(log.read_text())
        del line["attributes"][SUBJECT]
        log.write_text(log.read_text() + json.dumps(line) + "\nno span\n{}\n" + "x" * 100000 +
                       "\n" + log.read_text()[:-1])
        done = self.told(one["subject"], log, check=1)
        self.assertEqual(done.stdout.count(b": a record that it had sent itself"), 1)
        self.assertIn(b"1 spans do not say whom", done.stderr)
        self.assertIn(b"4 lines are no spans", done.stderr)

    def test_what_is_wrong_with_its_files_is_told(self):
        log = self.place / "log"
        log.write_text("")
        self.assertIn(b"Nobody looked", self.told("s", log).stdout)
        self.told("s", self.place / "nothing", check=66)
        self.told("s", self.place, check=65)
        (self.place / "cut.gz").write_bytes(gzip.compress(os.urandom(20000))[:10000])
        self.told("s", self.place / "cut.gz", check=65)
        self.key.chmod(0o644)
        self.told("s", log, check=77)
        self.key.chmod(0o600)
        self.key.write_text(harness.auditor_key()[0])
        self.told("s", log, check=65)
        ladder("access", "--subject", "s", log, check=64)
        ladder("access", "--key", self.key, log, check=64)
        ladder("access", "--subject", "s", "--key", self.key, check=64)
