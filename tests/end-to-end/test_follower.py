"""Following another ladderd: its log, its figures, its acts; what is refused; becoming the main."""

import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import time

import authority
import harness
from harness import assessed, event, fresh, ladder, retraction, settled, until

FOLLOWER = {"municipalities": "*", "log": "yes", "follower": "yes"}
ANALYSTS = {"analyst": {"municipalities": "*", "log": "yes"}, "second": FOLLOWER}
QUARTER = "2025-12-31"


def make_main(**options):
    main = harness.Ladderd(partners={"isd": {}, "vwn": {}}, analysts=ANALYSTS, **options)
    main.address = f"http://127.0.0.1:{main.port}"
    return main


def make_follower(main, address=None, **options):
    """One whose people and tokens are the main's."""
    follower = harness.Ladderd(partners={"isd": {}, "vwn": {}}, analysts=ANALYSTS, **options)
    follower.tokens, follower.hashes = dict(main.tokens), dict(main.hashes)
    follow(follower, main, address)
    return follower


def follow(follower, main, address=None):
    kept = re.sub(r"\[follow\]\n(.*\n)*", "", follower.sections)
    follower.sections = kept + (f"[follow]\nmain = {address or main.address}\n"
                                f"token_file = {main.token_file('second')}\n")
    follower.address = f"http://127.0.0.1:{follower.port}"
    follower.write_config()


def log_of(store):
    return ladder("log", "--limit", 1000000, store, check=0).stdout


def last_of(daemon):
    return len(log_of(daemon.store).splitlines())


def caught_up(follower, main, seconds=harness.WAIT):
    """Waits until the follower has what the main has."""
    count = last_of(main)
    until(lambda: last_of(follower) >= count, f"the follower has {count} records", seconds)


class Pair(harness.OwnDaemon):
    """A main and a follower of each test's own."""

    @classmethod
    def setUpClass(cls):
        pass

    def setUp(self):
        self.main = make_main()
        self.follower = make_follower(self.main)
        for daemon in (self.follower, self.main):
            self.addCleanup(daemon.discard)

    def begin(self):
        self.main.start()
        self.follower.start()

    def check_logs(self):
        self.assertEqual(log_of(self.main.store), log_of(self.follower.store))

    def check_figures(self, known_at=None, **parameters):
        """Byte-equal at an instant that both have settled."""
        known_at = known_at or harness.now_text()
        answer = until(lambda: (lambda got: got if got.status != 503 else None)(
            self.follower.get("/v1/indicators", who="analyst", known_at=known_at, **parameters)),
            "the follower has settled it")
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(
            self.main.figures(known_at=known_at, **parameters).body, answer.body)

    def ends(self, daemon, code):
        """It ends by itself with this code; what it said."""
        until(lambda: not daemon.alive(), "it ends")
        self.assertEqual(daemon.process.returncode, code, daemon.messages())
        daemon.process = None
        return daemon.messages()


class Follows(Pair):
    def test_everything_follows(self):
        self.begin()
        people = [fresh("p") for _ in range(12)]
        self.main.accept(*(settled(p, "2024-01-15") for p in people))
        self.main.accept(*(assessed(p, "2024-02-01", 2, key=f"k-{p}") for p in people))
        self.main.accept(*(assessed(p, "2025-02-01", 3, key=f"k-{p}") for p in people[:4]), who="isd")
        first = event(subject=people[0])
        self.main.accept(first)
        self.main.accept(retraction(target_id=first["id"]))
        self.main.accept(event("report_published", {"as_of": QUARTER}))
        caught_up(self.follower, self.main)
        self.check_logs()
        self.check_figures(municipality="GM0823")
        self.check_figures(as_of="2025-06-30", window=31)
        published = {"municipality": "GM0823"}
        self.main.follow(last_of(self.main))
        self.follower.follow(last_of(self.main))
        self.assertEqual(self.main.get("/v1/indicators", **published).body,
                         self.follower.get("/v1/indicators", **published).body)
        before = self.main.get("/v1/indicators", **published)
        self.assertEqual(before.status, 200, before)
        # Acts.
        ladder("restrict", "--subject", people[1], self.main.store, check=0)
        ladder("erase", "--subject", people[2], self.main.store, check=0)
        ladder("restrict", "--lift", "--subject", people[1], self.main.store, check=0)
        # Many at once: the store is copied once.
        self.main.accept(*(assessed(fresh("old"), "2015-02-01", 2) for _ in range(30)))
        caught_up(self.follower, self.main)
        ladder("expire", "--before", "2016-01-01", self.main.store, check=0)
        caught_up(self.follower, self.main)
        self.check_logs()
        self.check_figures(municipality="GM0823")
        after = self.follower.get("/v1/indicators", **published)
        self.assertEqual(before.body, after.body)
        self.assertNotIn(people[2].encode(), (self.follower.store / "data.mdb").read_bytes())
        ladder("verify", self.follower.store, check=0)
        # What else it serves.
        lists = [daemon.get("/v1/worklist", who="isd", municipality="GM0823").json["items"]
                 for daemon in (self.main, self.follower)]
        self.assertEqual(*lists)
        self.assertTrue(lists[0])
        self.assertEqual(self.follower.stored(first["id"])["withdrawn"], True)
        self.assertEqual(self.follower.get("/", who="analyst").status, 200)
        self.assertEqual(json.loads(self.follower.get("/v1/card", who="isd").body)["partner"], "isd")
        # One line of the access log for a read of the follower, of nobody.
        mine = [span for span in self.main.spans()
                if span["attributes"]["ladderd.who"] == "analyst second"]
        self.assertTrue(mine)
        self.assertLess(len(mine), 8)
        for span in mine:
            self.assertNotIn("dpl.core.data_subject_id_type", span["attributes"])

    def test_it_takes_no_events_and_says_who_does(self):
        self.main.start()
        port = harness.free_port()
        text = self.follower.config.read_text().replace(
            harness.stream_off(), f"[stream]\nlisten = 127.0.0.1:{port}\n")
        self.follower.config.write_text(text)
        self.follower.start()
        answer = self.follower.post(json.dumps({"events": [event()]}))
        self.assertEqual((answer.status, answer.media_type), (503, harness.PROBLEM))
        self.assertIn(self.main.address, answer.json["detail"])
        self.assertTrue(answer.header("Retry-After"))
        self.assertEqual(self.follower.post("{}", token="wrong").status, 401)
        reply = self.hello(port, self.follower.tokens["isd"])
        self.assertEqual(reply.error.code, "unavailable")
        self.assertIn(self.main.address, reply.error.message)
        self.assertEqual(log_of(self.follower.store), b"")
        done = ladder("erase", "--subject", "p", self.follower.store)
        self.assertEqual(done.returncode, 69, done.stderr)
        self.assertIn(self.main.address.encode(), done.stderr)

    def hello(self, port, token):
        request = harness.proto().StreamRequest()
        request.hello.token, request.hello.protocol_version = token, 1
        data = request.SerializeToString()
        with socket.create_connection(("127.0.0.1", port), timeout=harness.WAIT) as stream:
            stream.sendall(harness.varint(len(data)) + data)
            got = b""
            while piece := stream.recv(65536):
                got += piece
        return harness.proto().StreamReply.FromString(got[1 if got[0] < 128 else 2:])

    def test_an_instant_that_is_not_settled_yet_is_later(self):
        self.begin()
        self.main.accept(event())
        caught_up(self.follower, self.main)
        self.main.stop()
        answer = self.follower.get("/v1/indicators", who="analyst", known_at=harness.now_text())
        self.assertEqual(answer.status, 503, answer)
        self.assertIn("up to 20", answer.json["detail"])
        future = self.follower.get("/v1/indicators", who="analyst",
                                   known_at=harness.now_text(3_600_000_000))
        self.assertEqual(future.status, 400, future)
        self.assertEqual(self.follower.get("/v1/indicators", who="analyst").status, 200)

    def test_the_main_away_for_a_while(self):
        self.begin()
        self.main.accept(event())
        caught_up(self.follower, self.main)
        self.assertEqual(self.lag(), 0)
        self.main.kill()
        ready = until(lambda: (lambda got: got if b"warning" in got.body else None)(
            self.follower.get("/readyz")), "it is told")
        self.assertEqual(ready.status, 200)
        self.assertIn(self.main.address.encode(), ready.body)
        self.follower.restart()  # it serves what it has
        self.main.start()
        self.main.accept(*(event() for _ in range(50)))
        caught_up(self.follower, self.main)
        self.check_logs()
        until(lambda: self.follower.get("/readyz").body == b"ok\n", "it is well again")
        self.assertEqual(self.lag(), 0)
        self.assertNotIn(b"follower_lag", self.main.get("/metrics", who="prometheus").body)

    def lag(self):
        text = self.follower.get("/metrics", who="prometheus").body.decode()
        return int(re.search(r"(?m)^ladderd_follower_lag_records (\d+)", text).group(1))

    def test_until_it_has_all_it_is_not_ready(self):
        self.follower.launch()
        answer = until(lambda: self.try_ready(), "it answers")
        self.assertEqual(answer.status, 503)
        self.assertIn("catching up", answer.json["detail"])
        self.assertEqual(self.follower.get("/healthz").status, 200)
        self.main.start()
        until(lambda: self.follower.get("/readyz").status == 200, "it is ready")

    def try_ready(self):
        try:
            return self.follower.get("/readyz")
        except OSError:
            return None

    @harness.in_long_form
    def test_a_follower_may_be_followed(self):
        self.begin()
        third = make_follower(self.follower)
        self.addCleanup(third.discard)
        third.start()
        self.main.accept(*(event() for _ in range(30)))
        caught_up(third, self.main)
        self.assertEqual(log_of(self.main.store), log_of(third.store))

    @harness.in_long_form
    def test_it_begins_with_a_backup(self):
        self.main.start()
        erased = fresh("p")
        self.main.accept(event(subject=erased), *(event() for _ in range(20)))
        ladder("erase", "--subject", erased, self.main.store, check=0)
        ladder("backup", self.main.store, self.follower.store, check=0)
        self.follower.start()
        self.main.accept(*(event() for _ in range(5)))
        caught_up(self.follower, self.main)
        self.check_logs()
        self.check_figures()


class Refused(Pair):
    def test_an_empty_follower_that_meets_a_tombstone_stops(self):
        self.main.start()
        erased = fresh("p")
        self.main.accept(event(), event(subject=erased), event())
        ladder("erase", "--subject", erased, self.main.store, check=0)
        self.follower.launch()
        self.assertIn("begin this store with a backup", self.ends(self.follower, 65))
        self.follower.launch()
        self.assertIn("begin this store with a backup", self.ends(self.follower, 65))

    def test_a_main_taken_back_to_a_backup(self):
        self.main.start()
        self.main.accept(*(event() for _ in range(10)))
        backup = self.main.place / "backup"
        ladder("backup", self.main.store, backup, check=0)
        self.main.accept(*(event() for _ in range(5)))
        self.follower.start()
        caught_up(self.follower, self.main)
        self.main.stop()
        shutil.rmtree(self.main.store)
        shutil.move(backup, self.main.store)
        self.main.start()
        self.assertIn("taken back to a backup", self.ends(self.follower, 65))
        # Also when it is longer by then.
        self.main.accept(*(event() for _ in range(20)))
        self.follower.launch()
        self.assertIn("taken back to a backup", self.ends(self.follower, 65))

    def test_another_store(self):
        self.begin()
        self.main.accept(event())
        caught_up(self.follower, self.main)
        other = make_main()
        self.addCleanup(other.discard)
        other.start()
        other.accept(event(), event(), event())
        self.follower.stop()
        follow(self.follower, other)
        self.follower.launch()
        self.assertIn("another store", self.ends(self.follower, 65))

    def test_a_wrong_token_and_one_without_the_right(self):
        self.main.start()
        token = self.main.token_file("second")
        right = token.read_text()
        token.write_text("wrong\n")
        self.follower.launch()
        until(lambda: "(401)" in self.follower.messages(), "it says so")
        token.write_text(self.main.tokens["isd"] + "\n")
        until(lambda: "(403)" in self.follower.messages(), "it says so", 40)
        self.assertTrue(self.follower.alive())
        self.assertIn(b"403", self.follower.get("/readyz").body)
        token.write_text(right)
        self.main.accept(event())
        until(lambda: last_of(self.follower) == 1, "it follows", 40)

    def test_what_is_no_ladderd(self):
        with socket.create_server(("127.0.0.1", 0)) as door:
            follow(self.follower, self.main, f"http://127.0.0.1:{door.getsockname()[1]}")
            self.follower.launch()
            for head, said in (("", "says nothing"), ("Content-Length: 5\r\n\r\nhello", "no ladderd")):
                with door.accept()[0] as client:
                    client.recv(65536)
                    client.sendall(f"HTTP/1.1 200 OK\r\nConnection: close\r\n{head}\r\n".encode())
                until(lambda: said in self.follower.messages(), "it says so")
                self.assertTrue(self.follower.alive())
                self.assertIn(said, self.follower.get("/readyz").json["detail"])

    def test_what_the_configuration_must_say(self):
        for sections, said in (
                ("[follow]\nmain = http://127.0.0.1:1\n", "token_file"),
                ("[follow]\ntoken_file = x\n", "main"),
                ("[follow]\nmain = http://main.example:7400\ntoken_file = x\n", "https://HOST"),
                ("[follow]\nmain = main:7400\ntoken_file = x\n", "https://HOST"),
                ("[follow]\nmain = https://main:7400/x\ntoken_file = x\n", "https://HOST"),
                ("[follow]\nmain = https://main:70000\ntoken_file = x\n", "https://HOST"),
                ("[follow]\nmain = https://\ntoken_file = x\n", "https://HOST"),
                ("[analyst a]\nfollower = yes\nmunicipalities = *\n", "log = yes"),
                ("[analyst a]\nfollower = yes\nlog = yes\nmunicipalities = GM0823\n", "log = yes")):
            self.follower.sections = sections
            self.follower.write_config()
            done = harness.run(harness.LADDERD, "--check-config", "--config", self.follower.config)
            self.assertEqual(done.returncode, 78, sections)
            self.assertIn(said.encode(), done.stderr)
        for main in ("https://main.example:7400", "http://localhost:7400", "http://[::1]:7400",
                     "https://192.0.2.1", "http://127.0.0.1:7400"):
            self.follower.sections = f"[follow]\nmain = {main}\ntoken_file = x\n"
            self.follower.write_config()
            harness.run(harness.LADDERD, "--check-config", "--config", self.follower.config, check=0)

    def test_flags_say_it_too(self):
        self.main.start()
        self.follower.sections = ""
        self.follower.write_config()
        self.follower.start("--follow", self.main.address, "--follow-token",
                            str(self.main.token_file("second")))
        self.main.accept(event())
        caught_up(self.follower, self.main)

    def test_the_log_says_whose_it_is(self):
        self.main.start()
        self.main.accept(event(), event())
        records = self.main.records()
        answer = self.main.get("/v1/log?after=0&wait=0", who="analyst")
        self.assertEqual(answer.header("Ladder-Store"),
                         json.loads(answer.body.splitlines()[-1])["store"])
        self.assertEqual(answer.header("Ladder-Last-Seq"), "2")
        at = records[0]["recorded_at"]
        fits = self.main.get("/v1/log", who="analyst", after=1, at=at)
        self.assertEqual((fits.status, len(fits.body.splitlines())), (200, 1))
        for wrong in (dict(after=2, at=at), dict(after=3, at=at)):
            answer = self.main.get("/v1/log", who="analyst", **wrong)
            self.assertEqual((answer.status, answer.media_type), (409, harness.PROBLEM), answer)
        # Anybody who may read the log can go on at its end.
        client = self.main.client("analyst")
        self.addCleanup(client.close)
        stream = client.start("GET", "/v1/log?after=2&follow=yes").getresponse()
        mark = json.loads(stream.readline())
        self.assertEqual((mark["caught_up"], mark["store"]), (2, answer.header("Ladder-Store")))
        self.main.accept(event())
        self.assertEqual(json.loads(stream.readline())["seq"], 3)
        self.assertEqual(json.loads(stream.readline())["caught_up"], 3)
        for bad in (dict(after=0, at=at), dict(after=1, at="x"), dict(follow="no")):
            self.assertEqual(self.main.get("/v1/log", who="analyst", **bad).status, 400, bad)


class Promoted(Pair):
    def test_a_running_follower_becomes_the_main(self):
        self.begin()
        said = [event() for _ in range(10)]
        self.main.accept(*said)
        caught_up(self.follower, self.main)
        self.main.kill()
        done = ladder("promote", self.follower.store, check=0)
        self.assertRegex(done.stdout.decode(),
                         r"^promoted: yes\nrecords: 10\nmissing: 0\n")
        again = self.follower.push(said + [event()])
        self.assertEqual((again["accepted"], again["duplicates"]), (1, 10))
        self.assertIn(b"promoted: no", ladder("promote", self.follower.store, check=0).stdout)
        self.assertEqual(self.follower.get("/readyz").body, b"ok\n")
        # It does not go back to following the old one.
        self.follower.stop()
        self.follower.launch()
        self.assertIn("until it was promoted", self.ends(self.follower, 78))
        self.follower.sections = ""
        self.follower.write_config()
        self.follower.start()
        self.follower.accept(event())
        # The former main follows it, and has what it lacked.
        follow(self.main, self.follower)
        self.main.start()
        caught_up(self.main, self.follower)
        self.check_logs()

    def test_what_is_missing_nobody_knows_who_did_not_hear_of_the_main(self):
        self.begin()
        self.main.accept(event())
        caught_up(self.follower, self.main)
        self.main.kill()
        self.follower.restart()
        done = ladder("promote", self.follower.store, check=0)
        self.assertIn(b"promoted: yes\nrecords: 1\nmissing: unknown\n", done.stdout)

    def test_a_former_main_that_took_more_stops(self):
        self.begin()
        self.main.accept(event())
        caught_up(self.follower, self.main)
        ladder("promote", self.follower.store, check=0)
        self.main.accept(event())
        self.follower.accept(event())
        self.main.stop()
        follow(self.main, self.follower)
        self.main.launch()
        self.assertIn("both were the main", self.ends(self.main, 65))

    def test_a_store_that_follows_is_promoted_offline(self):
        self.begin()
        self.main.accept(event(), event())
        caught_up(self.follower, self.main)
        self.follower.stop()
        self.main.stop()
        self.follower.sections = ""
        self.follower.write_config()
        self.follower.launch()
        self.assertIn("ladder promote", self.ends(self.follower, 78))
        done = ladder("erase", "--subject", "p", self.follower.store)
        self.assertEqual(done.returncode, 69, done.stderr)
        done = ladder("promote", self.follower.store, check=0)
        self.assertIn(b"promoted: yes\nrecords: 2\n", done.stdout)
        self.assertIn(b"promoted: no", ladder("promote", self.follower.store, check=0).stdout)
        self.follower.start()
        self.follower.accept(event())
        self.assertIn(b"promoted: no", ladder("promote", self.main.store, check=0).stdout)

    def test_one_that_never_had_all_cannot_be_the_main(self):
        self.follower.launch()
        until(lambda: "cannot be followed now" in self.follower.messages(), "it tries")
        done = ladder("promote", self.follower.store)
        self.assertEqual(done.returncode, 65, done.stderr)
        self.assertIn(b"never had all", done.stderr + done.stdout)


class CutOff(Pair):
    """The answer of the main ends somewhere, and the follower begins anew."""

    def serve_some(self, door, messages):
        """Answers one request as the main does, but for what comes after so many messages."""
        with door.accept()[0] as client:
            head, *lines = client.recv(65536).decode().split("\r\n")
            headers = dict(line.split(": ", 1) for line in lines if ": " in line)
            main = http.client.HTTPConnection("127.0.0.1", self.main.port, timeout=harness.WAIT)
            main.request("GET", head.split()[1], headers={
                name: headers[name] for name in ("Authorization", "Accept")})
            answer = main.getresponse()
            body = b""
            for _ in range(messages):
                length, shift, byte = 0, 0, 128
                while byte >= 128:
                    body += (one := answer.read(1))
                    byte = one[0]
                    length |= (byte & 127) << shift
                    shift += 7
                body += answer.read(length)
            main.close()
            names = ("Ladder-Store", "Ladder-Last-Seq")
            client.sendall("".join((
                "HTTP/1.1 200 OK\r\nConnection: close\r\n",
                *(f"{name}: {answer.getheader(name)}\r\n" for name in names),
                "\r\n")).encode() + body)

    def test_who_was_erased_is_missed_in_what_is_published_after_a_restart_too(self):
        self.begin()
        self.main.accept(event())
        caught_up(self.follower, self.main)
        self.follower.stop()
        gone = fresh("p")
        self.main.accept(event(subject=gone))
        self.main.accept(*(event() for _ in range(1500)))
        self.main.accept(event("report_published", {"as_of": QUARTER}))
        ladder("erase", "--subject", gone, self.main.store, check=0)
        with socket.create_server(("127.0.0.1", 0)) as door:
            follow(self.follower, self.main, f"http://127.0.0.1:{door.getsockname()[1]}")
            self.follower.launch()
            # More than are written at once, and less than up to the publication.
            self.serve_some(door, 1400)
            until(lambda: last_of(self.follower) > 1000, "some are here")
            self.follower.kill()
        follow(self.follower, self.main)
        self.follower.launch()
        self.assertIn("publishes figures of somebody who was erased", self.ends(self.follower, 65))


class Killed(Pair):
    def test_either_killed_at_any_moment(self):
        chance = random.Random(harness.seed())
        self.begin()
        people = [fresh("p") for _ in range(40)]
        sent = 0
        for round_ in range(60 if harness.LONG else 3):
            for _ in range(chance.randrange(1, 6)):
                self.main.accept(*(assessed(chance.choice(people), "2025-03-01", chance.randrange(1, 7))
                                   for _ in range(chance.randrange(1, 200))))
                sent += 1
            if round_ % 3 == 1:
                subject = chance.choice(people)
                ladder("restrict", "--subject", subject, self.main.store)
            if round_ % 3 == 2:
                caught_up(self.follower, self.main)
                ladder("erase", "--subject", chance.choice(people), self.main.store)
            victim = chance.choice([self.main, self.follower])
            time.sleep(chance.random() * 0.2)
            os.kill(victim.process.pid, signal.SIGKILL)
            victim.process.wait()
            victim.process = None
            ours, theirs = log_of(self.main.store), log_of(self.follower.store)
            if round_ % 3 != 2:  # until the act has come its bytes may differ
                self.assertEqual(ours[:len(theirs)], theirs)
            victim.start()
        caught_up(self.follower, self.main)
        self.check_logs()
        self.check_figures(municipality="GM0823")
        self.check_figures(as_of="2025-06-30")
        ladder("verify", self.follower.store, check=0)


class UnderTls(Pair):
    def test_by_a_name_and_a_ca_of_ones_own(self):
        ca = authority.Authority("follow")
        server = ca.sign("localhost")
        self.main.sections = ""
        text = self.main.config.read_text().replace(
            f"listen = 127.0.0.1:{self.main.port}",
            f"listen = 127.0.0.1:{self.main.port}\ncertificate = {server.certificate}\n"
            f"key = {server.key}")
        self.main.config.write_text(text)
        self.main.context = ca.context()
        self.main.start()
        follow(self.follower, self.main, f"https://localhost:{self.main.port}")
        self.follower.launch()
        until(lambda: "certificate" in self.follower.messages(), "it does not believe the CA")
        self.follower.stop()
        self.follower.sections += f"ca = {ca.certificate}\n"
        self.follower.write_config()
        self.follower.start()
        self.main.accept(event(), event())
        caught_up(self.follower, self.main)
        self.check_logs()


class Guide(Pair):
    """docs/followers.md."""

    @harness.in_long_form
    def test_the_commands_of_the_guide_run_as_they_stand(self):
        text = (harness.ROOT / "docs/followers.md").read_text()
        make_token, backup, promote = re.findall(r"```sh\n(.*?)```", text, re.S)
        of_main, of_follower = re.findall(r"```ini\n(.*?)```", text, re.S)
        place = self.main.place

        def sh(block):
            block = block.replace("demo-store", "store")
            return harness.run("sh", "-c", f"set -e; cd {place}\nladder() {{ {harness.LADDER} "
                               f'"$@"; }}\n{block}', check=0).stdout.decode()

        sh(make_token)
        token_hash = re.search(r"hash: (\S+)", (place / "follower.token").read_text()).group(1)
        self.main.sections = of_main.replace("the hash that ladder token printed", token_hash)
        self.main.write_config()
        self.main.start()
        said = [event() for _ in range(20)]
        self.main.accept(*said)
        sh(backup)
        self.follower.store = place / "follower-store"
        self.follower.sections = of_follower.replace(
            "https://main.example.nl:7400", self.main.address).replace("/etc/ladderd", str(place))
        self.follower.write_config()
        self.follower.start()
        self.main.accept(event())
        caught_up(self.follower, self.main)
        self.check_logs()
        self.main.kill()
        self.assertIn("promoted: yes\nrecords: 21\nmissing: 0\n", sh(promote))
        self.assertEqual(self.follower.push(said)["duplicates"], 20)
