"""The sums of several stores, one figure: /v1/sums, `ladder merge`, and peers=yes."""

import json
import random
import re
import socket
import threading
import time
import unittest

import harness
from harness import event, fresh, generated, ladder, until

ANALYSTS = {"analyst": {"municipalities": "*", "log": "yes", "sums": "yes"},
            "place": {"municipalities": "GM0823", "sums": "yes"},
            "plain": {"municipalities": "*"}}
PROTOBUF = harness.PROTOBUF


def push(daemon, events):
    for place in range(0, len(events), 5000):
        daemon.accept(*events[place:place + 5000])


QUESTIONS = ({}, {"municipality": "GM0823"}, {"as_of": "2025-09-30"}, {"window": 91},
             {"definitions": 1}, {"as_of": "2026-03-31", "municipality": "GM0823",
                                  "window": 500, "definitions": 2})


class Stores(harness.OwnDaemon):
    """Two stores of people of their own, and one with all of their records."""

    one = None

    @classmethod
    def setUpClass(cls):
        if Stores.one is not None:
            return
        cls = Stores
        cls.one, cls.two, cls.both = (harness.Ladderd(analysts=ANALYSTS) for _ in range(3))
        for daemon in (cls.one, cls.two, cls.both):
            unittest.addModuleCleanup(daemon.discard)
            daemon.start()
        cls.seed = harness.seed()
        # What is published once, and what is judged in its own store, is not of sums.
        alone = {"report_published", "report_withdrawn", "agreement_made", "event_retracted"}
        first = generated("--people", "70", "--years", "3", "--seed", cls.seed % 1000 + 1,
                          "--until", harness.day(-1), "--municipalities", "3")
        second = generated("--people", "50", "--years", "3", "--seed", cls.seed % 1000 + 2000,
                           "--until", harness.day(-1), "--municipalities", "2")
        renamed = json.loads(re.sub(r'"subject": ?"', '"subject":"other-', json.dumps(second)))
        for one in renamed:
            one["id"] = fresh()
            one.pop("key", None)
        first, renamed = ([one for one in events if not alone & one.keys()]
                          for events in (first, renamed))
        push(cls.one, first)
        push(cls.two, renamed)
        push(cls.both, first)
        push(cls.both, renamed)
        cls.known_at = harness.now_text()
        cls.files = harness.Path(cls.one.place)

    def sums(self, daemon, who="analyst", **parameters):
        parameters.setdefault("known_at", self.known_at)
        answer = daemon.get("/v1/sums", who=who, **parameters)
        self.assertEqual((answer.status, answer.media_type), (200, PROTOBUF), answer)
        return answer.body

    def store_id(self, daemon):
        return daemon.get("/v1/log", who="analyst", limit=1).header("Ladder-Store")

    def file(self, name, data):
        path = self.files / name
        path.write_bytes(data)
        return path

    def merge(self, *daemons, options=(), **parameters):
        paths = [self.file(f"{i}.sums", self.sums(daemon, **parameters))
                 for i, daemon in enumerate(daemons)]
        return ladder("merge", *options, *paths, check=0)



class Sums(Stores):
    def test_what_is_merged_is_what_one_store_with_all_prints(self):
        for question in QUESTIONS:
            done = self.merge(self.one, self.two, **question)
            whole = self.both.figures(known_at=self.known_at, **question)
            self.assertEqual(done.stdout, whole.body, question)
            self.assertIn(b"counts in each", done.stderr)
            # One alone, and in the other order.
            alone = self.merge(self.one, **question)
            self.assertEqual(alone.stdout,
                             self.one.figures(known_at=self.known_at, **question).body)
            self.assertEqual(b"agreements are not listed" in alone.stderr,
                             "municipality" in question)
            self.assertEqual(self.merge(self.two, self.one, **question).stdout, whole.body)

    def test_csv_and_openmetrics_are_those_of_replay(self):
        options = ("--known-at", self.known_at, "--municipality", "GM0823")
        for form in ("csv", "openmetrics"):
            done = self.merge(self.one, self.two, options=("--format", form),
                              municipality="GM0823")
            self.assertEqual(done.stdout, ladder("replay", *options, "--format", form,
                                                 self.both.store, check=0).stdout, form)
        path = self.file("all.sums", self.sums(self.one))
        self.assertEqual(ladder("merge", "--format", "openmetrics", path).returncode, 64)
        self.assertEqual(ladder("merge", "--format", "x", path).returncode, 64)
        self.assertEqual(ladder("merge").returncode, 64)
        self.assertEqual(ladder("merge", self.files / "none").returncode, 66)
        self.assertEqual(ladder("merge", "-", stdin=path.read_bytes(), check=0).stdout,
                         ladder("merge", path, check=0).stdout)

    def test_sums_of_different_questions_are_refused_with_what_differs(self):
        base = self.file("base.sums", self.sums(self.one))
        for name, question in (("as_of", {"as_of": "2025-09-30"}), ("window", {"window": 91}),
                               ("definitions", {"definitions": 1}),
                               ("municipality", {"municipality": "GM0823"}),
                               ("known_at", {"known_at": harness.now_text()})):
            other = self.file("other.sums", self.sums(self.two, **question))
            done = ladder("merge", base, other)
            self.assertEqual((done.returncode, done.stdout), (65, b""), name)
            self.assertIn(f"their {name} differ".encode(), done.stderr)

    def test_who_may_read_them(self):
        for who, status in ((None, 401), ("isd", 403), ("plain", 403), ("prometheus", 403)):
            self.assertEqual(self.one.get("/v1/sums", who=who).status, status, who)
        self.assertEqual(self.one.get("/v1/sums", who="place").status, 403)
        self.sums(self.one, who="place", municipality="GM0823")
        for wrong in ({"known_at": "x"}, {"as_of": "2999-01-01"}, {"window": 0}, {"peers": "yes"},
                      {"definitions": 9}, {"known_at": harness.now_text(3_600_000_000)}):
            self.assertEqual(self.one.get("/v1/sums", who="analyst", **wrong).status, 400, wrong)

    def test_it_is_the_message_that_is_described(self):
        message = harness.proto().Sums.FromString(self.sums(self.one, municipality="GM0823"))
        self.assertEqual((message.form, message.municipality, message.known_at, message.window),
                         (2, "GM0823", self.known_at, 365))
        self.assertEqual(message.store, self.store_id(self.one))
        figures = self.one.figures(known_at=self.known_at, municipality="GM0823").json
        population = message.indicators[0]
        self.assertEqual(population.name, "population")
        self.assertEqual(population.counters[0], figures["population"]["persons"])
        for indicator in message.indicators:
            for histogram in indicator.histograms:
                self.assertEqual(len(histogram.at), len(histogram.units))
                self.assertEqual(list(histogram.at), sorted(set(histogram.at)))

    def test_reading_them_is_in_the_audit(self):
        self.sums(self.one, municipality="GM0823")
        self.assertIn(("read", "analyst analyst", "GET /v1/sums GM0823", "shown"),
                      [(line["audit"], line["who"], line["what"], line["outcome"])
                       for line in self.one.audit()])

    def test_the_commands_of_the_page_run_as_they_stand(self):
        """docs/stores.md: in the place "docs/stores.md" has for the two stores."""
        text = (harness.ROOT / "docs/stores.md").read_text()
        block, = re.findall(r"```sh\n(.*?)```", text, re.S)
        for name, port, daemon in (("north", 7400, self.one), ("south", 7500, self.two)):
            (self.files / f"{name}.token").write_text(daemon.tokens["analyst"])
            block = block.replace(f"127.0.0.1:{port}", f"127.0.0.1:{daemon.port}")
        block = block.replace("2026-11-30T12:00:00Z", self.known_at)
        harness.run("sh", "-c", f"set -e; cd {self.files}\nladder() {{ {harness.LADDER} "
                    f'"$@"; }}\n{block}', check=0)
        self.assertEqual((self.files / "together.json").read_bytes(),
                         self.both.figures(as_of="2026-09-30", known_at=self.known_at).body)
        # Each section of the page is one that ladderd takes.
        for section in re.findall(r"```ini\n(.*?)```", text, re.S):
            config = self.files / "page.conf"
            config.write_text(section.replace("the hash that ladder token printed", "0" * 64))
            harness.run(harness.LADDERD, "--check-config", "--config", config, check=0)

    def test_erased_people_add_up(self):
        for daemon in (self.one, self.two):
            gone = event(subject=fresh("gone"))
            for each in (daemon, self.both):
                each.accept(gone)
                ladder("erase", "--subject", gone["subject"], each.store, check=0)
        self.known_at = harness.now_text()
        merged = json.loads(self.merge(self.one, self.two).stdout)
        alone = [daemon.figures(known_at=self.known_at).json["erased_people"]
                 for daemon in (self.one, self.two)]
        self.assertEqual(merged["erased_people"], sum(alone))
        self.assertGreaterEqual(min(alone), 1)
        self.assertEqual(merged, self.both.figures(known_at=self.known_at).json)

    def refused(self, data, what):
        done = ladder("merge", self.file("bad.sums", data))
        self.assertEqual((done.returncode, done.stdout), (65, b""), (what, done.stderr))
        self.assertRegex(done.stderr.decode(), r"^ladder merge: \S+bad\.sums: [a-z]", what)
        self.assertLessEqual(len(done.stderr), 400)

    def test_hostile_files_are_refused_with_a_sentence(self):
        good = self.sums(self.one)
        self.refused(b"", "empty")
        self.refused(b"not sums", "text")
        self.refused(good + b"x", "more")
        self.refused(good + good, "twice")
        for length in sorted(random.Random(self.seed).sample(range(1, len(good)), 25)):
            self.refused(good[:length], f"cut at {length}")
        Sums_ = harness.proto().Sums

        def changed(change):
            message = Sums_.FromString(good)
            change(message)
            return message.SerializeToString()

        step = [one.name for one in Sums_.FromString(good).indicators].index("ladder_step")

        def at(message):
            return next(h for h in message.indicators[step].histograms if len(h.at) > 1)

        def swap(message):
            at(message).at[0], at(message).at[1] = at(message).at[1], at(message).at[0]

        for what, change in (
                ("another form", lambda m: setattr(m, "form", 1)),
                ("no store", lambda m: m.ClearField("store")),
                ("no id of a store", lambda m: setattr(m, "store", "x")),
                ("no such set", lambda m: setattr(m, "definitions", 99)),
                ("no day", lambda m: setattr(m, "as_of", "2026-02-30")),
                ("a later day", lambda m: setattr(m, "as_of", "2999-01-01")),
                ("no instant", lambda m: setattr(m, "known_at", "now")),
                ("no municipality", lambda m: setattr(m, "municipality", "GM1")),
                ("no window", lambda m: setattr(m, "window", 0)),
                ("an indicator less", lambda m: m.indicators.pop()),
                ("the first less", lambda m: m.indicators.pop(0)),
                ("an indicator twice", lambda m: m.indicators.append(m.indicators[0])),
                ("another name", lambda m: setattr(m.indicators[0], "name", "people")),
                ("a counter less", lambda m: m.indicators[0].counters.pop()),
                ("a counter more", lambda m: m.indicators[0].counters.append(1)),
                ("too large", lambda m: m.indicators[0].counters.__setitem__(0, 2**54)),
                ("larger", lambda m: m.indicators[0].counters.__setitem__(0, 2**64 - 1)),
                ("a histogram less", lambda m: m.indicators[step].histograms.pop()),
                ("a histogram more",
                 lambda m: m.indicators[step].histograms.append(m.indicators[step].histograms[0])),
                ("a value less", lambda m: at(m).at.pop()),
                ("a count less", lambda m: at(m).units.pop()),
                ("counted never", lambda m: at(m).units.__setitem__(0, 0)),
                ("not growing", swap),
                ("far away", lambda m: at(m).at.__setitem__(-1, 2**31 - 1)),
                ("overflow", lambda m: at(m).units.__setitem__(0, 2**53)),
                ("leaving without entering",
                 lambda m: [h.at.append(h.at[-1] + 1) or h.units.append(5)
                            for h in m.indicators[step].histograms if len(h.at)])):
            self.refused(changed(change), what)

    def test_any_byte_may_be_anything(self):
        chance = random.Random(self.seed)
        good = self.sums(self.one, municipality="GM0823")
        for _ in range(400 if harness.LONG else 60):
            data = bytearray(good)
            for _ in range(chance.randrange(1, 4)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            done = ladder("merge", self.file("random.sums", bytes(data)))
            self.assertIn(done.returncode, (0, 65), done.stderr)

    def test_counts_that_are_too_large_together_are_refused(self):
        message = harness.proto().Sums.FromString(self.sums(self.one))
        message.indicators[0].counters[0] = 2**53 - 1
        path = self.file("large.sums", message.SerializeToString())
        ladder("merge", path, check=0)
        message.store = self.store_id(self.two)
        done = ladder("merge", path, self.file("larger.sums", message.SerializeToString()))
        self.assertEqual(done.returncode, 65, done.stderr)
        self.assertIn(b"larger than there can be", done.stderr)

    def test_no_store_is_added_twice(self):
        one, two = (self.file(f"{name}.sums", self.sums(daemon))
                    for name, daemon in (("one", self.one), ("two", self.two)))
        ladder("merge", one, two, check=0)
        for files in ((one, one), (one, two, one), (one, self.file("copy.sums", one.read_bytes()))):
            done = ladder("merge", *files)
            self.assertEqual((done.returncode, done.stdout), (65, b""), files)
            self.assertIn(b"its people would count twice", done.stderr)
            self.assertIn(str(files[-1]).encode(), done.stderr)

    def test_a_file_that_is_larger_than_there_are_is_not_read(self):
        path = self.files / "large"
        with open(path, "wb") as file:
            file.truncate((8 << 20) + 1)
        done = ladder("merge", path)
        self.assertEqual((done.returncode, done.stdout), (65, b""))
        self.assertIn(b"is larger than any answer of /v1/sums", done.stderr)


class Peers(Stores):
    """peers=yes: the daemon adds the sums of the others itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asked = harness.Ladderd(analysts=ANALYSTS)
        cls.addClassCleanup(cls.asked.discard)
        cls.asked.sections = "".join(
            f"[peer {name}]\naddress = http://127.0.0.1:{daemon.port}\n"
            f"token_file = {daemon.token_file('analyst')}\n"
            for name, daemon in (("north", cls.one), ("south", cls.two)))
        cls.asked.write_config()
        cls.asked.start()
        cls.known_at = harness.now_text()

    def test_peers_add_up_to_what_one_store_prints(self):
        for question in QUESTIONS:
            answer = self.asked.figures(known_at=self.known_at, peers="yes", **question)
            whole = self.both.figures(known_at=self.known_at, **question)
            self.assertEqual(answer.body, whole.body, question)
            self.assertEqual(answer.header("Ladder-Peers"), "north, south")
            self.assertIn("counts in each", answer.header("Ladder-Not-Exact"))

    def test_what_it_takes_to_ask_them(self):
        get = self.asked.get
        self.assertEqual(get("/v1/indicators", who="analyst", peers="yes").status, 400)
        self.assertEqual(get("/v1/indicators", who="analyst", peers="no",
                             known_at=self.known_at).status, 400)
        self.assertEqual(get("/v1/indicators", peers="yes", municipality="GM0823").status, 403)
        self.assertEqual(get("/v1/indicators", who="place", peers="yes",
                             known_at=self.known_at).status, 403)
        self.assertEqual(self.one.get("/v1/indicators", who="analyst", peers="yes",
                                      known_at=self.known_at).status, 400)

    def peer_of(self, section):
        daemon = self.ladderd(analysts=ANALYSTS, start=False)
        daemon.sections = section
        daemon.write_config()
        daemon.start()
        return daemon

    def test_a_peer_that_cannot_be_asked_is_named(self):
        token = self.one.token_file("analyst")
        plain = self.one.token_file("plain")
        for address, file, status, said in (
                (f"http://127.0.0.1:{harness.free_port()}", token, 503, "cannot be asked"),
                (f"http://127.0.0.1:{self.one.port}", plain, 503, "(403)"),
                (f"http://127.0.0.1:{self.two.port}", token, 503, "(401)")):
            daemon = self.peer_of(f"[peer east]\naddress = {address}\ntoken_file = {file}\n")
            answer = daemon.get("/v1/indicators", who="analyst", peers="yes",
                                known_at=harness.now_text())
            self.assertEqual((answer.status, answer.media_type), (status, harness.PROBLEM))
            self.assertIn("peer east", answer.json["detail"])
            self.assertIn(said, answer.json["detail"])
            self.assertEqual(daemon.get("/v1/indicators", who="analyst").status, 200)

    @harness.in_long_form
    def test_a_peer_that_says_nothing_is_504_in_bounded_time(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            daemon = self.peer_of(
                f"[peer east]\naddress = http://127.0.0.1:{silent.getsockname()[1]}\n"
                f"token_file = {self.one.token_file('analyst')}\n")
            begin = time.monotonic()
            answer = daemon.get("/v1/indicators", who="analyst", peers="yes",
                                known_at=harness.now_text(), timeout=60)
            self.assertEqual(answer.status, 504, answer)
            self.assertIn("peer east", answer.json["detail"])
            self.assertLess(time.monotonic() - begin, 30)

    def test_it_ends_while_a_peer_says_nothing(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            daemon = self.peer_of(
                f"[peer east]\naddress = http://127.0.0.1:{silent.getsockname()[1]}\n"
                f"token_file = {self.one.token_file('analyst')}\n")
            asking = threading.Thread(target=daemon.get, args=("/v1/indicators",), kwargs=dict(
                who="analyst", peers="yes", known_at=harness.now_text()))
            asking.start()
            until(lambda: self.accepted(silent), "it is asked")
            daemon.stop(10)
            asking.join(10)

    def accepted(self, server):
        server.settimeout(0.1)
        try:
            self.addCleanup(server.accept()[0].close)
            return True
        except OSError:
            return False

    def test_a_peer_that_lies_is_refused(self):
        answers = [b"nonsense", b""]
        with socket.create_server(("127.0.0.1", 0)) as liar:
            def serve():
                for body in answers:
                    connection, _ = liar.accept()
                    with connection:
                        connection.recv(65536)
                        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
                                           b"Content-Length: %d\r\n\r\n" % len(body) + body)
            thread = threading.Thread(target=serve)
            thread.start()
            daemon = self.peer_of(
                f"[peer east]\naddress = http://127.0.0.1:{liar.getsockname()[1]}\n"
                f"token_file = {self.one.token_file('analyst')}\n")
            for _ in answers:
                answer = daemon.get("/v1/indicators", who="analyst", peers="yes",
                                    known_at=harness.now_text())
                self.assertEqual(answer.status, 503, answer)
                self.assertIn("of no use", answer.json["detail"])
            thread.join()

    def test_what_a_section_must_have(self):
        for section, said in (("[peer a]\naddress = http://127.0.0.1:1\n", "token_file"),
                              ("[peer a]\ntoken_file = x\n", "address"),
                              ("[peer a]\naddress = http://peer.example\ntoken_file = x\n",
                               "https://HOST")):
            daemon = self.ladderd(start=False)
            daemon.sections = section
            daemon.write_config()
            done = harness.run(harness.LADDERD, "--check-config", "--config", daemon.config)
            self.assertEqual(done.returncode, 78, section)
            self.assertIn(said.encode(), done.stderr)
