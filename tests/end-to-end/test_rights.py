"""Who may do and see what: by every kind of token, at every path."""

import base64
import json
import re

import contract
import harness
from harness import assessed, day, event, fresh, retraction, settled


def basic(name, token):
    return {"Authorization":
            "Basic " + base64.b64encode(f"{name}:{token}".encode()).decode()}


class Tokens(harness.OwnDaemon):
    def test_a_token_is_valid_through_its_last_day(self):
        daemon = self.ladderd(start=False, partners={"isd": {}, "old": {}, "last": {}})
        old, old_hash = harness.token()
        daemon.partners["isd"] = {"token_hash": f"{old_hash} {daemon.hashes['isd']}",
                                  "not_after": f"{day(-1)} {day(0)}"}
        daemon.partners["old"] = {"not_after": day(-1)}
        daemon.partners["last"] = {"not_after": day(0)}
        daemon.analysts["analyst"]["not_after"] = day(-1)
        daemon.scrapers["prometheus"] = {"not_after": day(-1)}
        daemon.write_config()
        daemon.start()
        daemon.accept(event())
        daemon.accept(event(), who="last")
        for token in (old, daemon.tokens["old"]):
            self.assertProblem(daemon.post("{}", token=token), 401)
        for path in ("/v1/indicators", "/v1/log", "/metrics", "/"):
            self.assertProblem(daemon.get(path, who="analyst"), 401)
            self.assertProblem(daemon.get(path, who="prometheus"), 401)
        self.assertEqual(daemon.get("/", headers=basic("old", daemon.tokens["old"])).status, 401)


class Basic(harness.Case):
    partners = {"isd": {}, "both": {}}
    analysts = {"analyst": {"municipalities": "*", "log": "yes"}}

    def get(self, path, name, who, method="GET"):
        return self.daemon.request(method, path, headers=basic(name, self.daemon.tokens[who]))

    def test_an_analyst_and_a_partner_read_by_basic(self):
        one = event()
        self.daemon.accept(one)
        for path in ("/v1/indicators", "/figures.csv", "/v1/log", "/metrics", "/"):
            for method in ("GET", "HEAD"):
                self.assertEqual(self.get(path, "analyst", "analyst", method).status, 200, path)
        for path in ("/v1/worklist", "/v1/events/" + one["id"]):
            for method in ("GET", "HEAD"):
                self.assertEqual(self.get(path, "isd", "isd", method).status, 200, path)

    def test_the_name_must_be_that_of_the_section(self):
        for name, who in (("isd", "both"), ("both", "isd"), ("analyst", "isd"), ("", "analyst"),
                          ("Analyst", "analyst"), ("prometheus", "prometheus")):
            answer = self.get("/v1/indicators", name, who)
            self.assertProblem(answer, 401)

    def test_basic_is_never_taken_on_post(self):
        answer = self.daemon.request("POST", "/v1/events", json.dumps({"events": [event()]}),
                                     {"Content-Type": harness.JSON,
                                      **basic("isd", self.daemon.tokens["isd"])})
        self.assertProblem(answer, 401)
        offered = [value for name, value in answer.headers if name == "WWW-Authenticate"]
        self.assertEqual(offered, ["Bearer"])

    def test_what_may_be_read_by_basic_says_so(self):
        for path in ("/v1/log", "/v1/worklist", "/v1/events/x"):
            answer = self.daemon.get(path)
            offered = [value.split()[0] for name, value in answer.headers
                       if name == "WWW-Authenticate"]
            self.assertEqual((answer.status, offered), (401, ["Bearer", "Basic"]))


class LogOfSome(harness.Case):
    analysts = {"all": {"municipalities": "*", "log": "yes"},
                "some": {"municipalities": "GM0823", "log": "yes"},
                "none": {"log": "yes"}}

    def test_an_analyst_reads_the_records_of_its_municipalities_and_what_withdraws_them(self):
        person = fresh("s")
        mine = [settled(person, "2025-01-01"), assessed(person, "2025-02-01", 2, key=fresh("k")),
                assessed(person, "2025-03-01", 3)]
        other = [settled(fresh("s"), "2025-01-01", "GM0824"),
                 assessed(fresh("s"), "2025-01-01", 2, "GM0824")]
        # Both withdraw a record of GM0823 and are themselves of elsewhere.
        moved = assessed(person, "2025-02-01", 4, "GM0824", key=mine[1]["key"])
        gone = retraction(mine[2]["id"], municipality="GM0825")
        # This one withdraws a record of elsewhere.
        foreign = retraction(other[1]["id"], municipality="GM0825")
        self.daemon.accept(mine[0], other[0], mine[1], other[1], mine[2], moved, gone, foreign)
        wanted = [mine[0], mine[1], mine[2], moved, gone]

        def ids(who, **parameters):
            answer = self.daemon.get("/v1/log", who=who, **parameters)
            self.assertEqual(answer.status, 200, answer)
            return [json.loads(line)["event"]["id"] for line in answer.body.splitlines()]
        self.assertEqual(ids("some"), [one["id"] for one in wanted])
        self.assertEqual(len(ids("all")), 8)
        self.assertEqual(ids("none"), [])
        # The limit counts what is shown, and one goes on where it ended.
        self.assertEqual(ids("some", limit=2), [one["id"] for one in wanted[:2]])
        self.assertEqual(ids("some", after=3, limit=2), [one["id"] for one in wanted[2:4]])


class Scrapers(harness.Case):
    partners = {"isd": {}}
    scrapers = {"all": {}, "some": {"municipalities": "GM0823"},
                "health": {"municipalities": None}}

    def test_a_scraper_sees_its_municipalities_and_what_counts_one_partner_with_all_only(self):
        for place in ("GM0823", "GM0824"):
            self.daemon.accept(settled(fresh("s"), "2025-01-01", place))
        harness.until(lambda: self.daemon.get("/metrics", who="all").body.count(
            b"ladder_persons{") == 2, "both are in the metrics")
        for who, places, partners in (("all", {"GM0823", "GM0824"}, True),
                                      ("some", {"GM0823"}, False), ("health", set(), False),
                                      ("analyst", {"GM0823", "GM0824"}, False)):
            text = self.daemon.get("/metrics", who=who).body.decode()
            with self.subTest(who=who):
                self.assertEqual({place for place in ("GM0823", "GM0824")
                                  if f'ladder_persons{{municipality="{place}"}}' in text}, places)
                self.assertEqual("partner=" in text, partners)
                self.assertEqual("isd" in text, partners)
                self.assertIn("ladderd_log_last_seq", text)
                if not places:
                    self.assertNotIn("ladder_", text)


class Users(harness.Case):
    partners = {"isd": {}, "strict": {"require_user": "yes"}}

    def test_who_looks_must_be_said_where_it_is_required(self):
        one = event()
        self.daemon.accept(one, who="strict")
        for path in ("/v1/worklist", "/v1/events/" + one["id"]):
            self.assertProblem(self.daemon.get(path, who="strict"), 400)
            self.assertProblem(self.daemon.get(path, who="strict",
                                               headers={"X-Ladder-User": "a b"}), 400)
            answer = self.daemon.get(path, who="strict", headers={"X-Ladder-User": "jan"})
            self.assertEqual(answer.status, 200, answer)
        self.assertEqual(self.daemon.get("/v1/worklist", who="isd").status, 200)
        self.assertEqual(self.daemon.get("/metrics", who="strict").status, 200)


class Successor(harness.OwnDaemon):
    def test_a_successor_withdraws_the_events_of_its_predecessor_by_their_id(self):
        daemon = self.ladderd(partners={"old": {}, "new": {"succeeds": "old"}, "other": {},
                                        "newest": {"succeeds": "new"}})
        person = fresh("s")
        by_id, keyed = settled(person, "2025-01-01"), assessed(person, "2025-02-01", 2, key="row")
        same = assessed(person, "2025-03-01", 3)
        daemon.accept(by_id, keyed, same, who="old")
        for who in ("other", "newest"):
            result = daemon.push([retraction(by_id["id"])], who)
            self.assertRejected(result, "target_unknown", field="target_id")
        # Its own event of that id comes first; then that of the other.
        daemon.accept(dict(same, ladder_assessed={"rung": 4}), who="new")
        daemon.accept(retraction(same["id"]), who="new")
        self.assertTrue(daemon.withdrawn(same["id"], "new"))
        self.assertFalse(daemon.withdrawn(same["id"], "old"))
        self.assertRejected(daemon.push([retraction(same["id"])], "new"), "target_withdrawn")
        daemon.accept(retraction(by_id["id"]), who="new")
        self.assertTrue(daemon.withdrawn(by_id["id"], "old"))
        self.assertRejected(daemon.push([retraction(by_id["id"])], "old"), "target_withdrawn")
        # Keys do not reach across, neither as a target nor as a correction.
        self.assertRejected(daemon.push([retraction(target_key="row")], "new"),
                            "target_unknown", field="target_key")
        daemon.accept(assessed(person, "2025-02-01", 5, key="row"), who="new")
        self.assertFalse(daemon.withdrawn(keyed["id"], "old"))
        daemon.accept(retraction(target_key="row"), who="new")
        self.assertFalse(daemon.withdrawn(keyed["id"], "old"))
        # A retraction of the other is none's target; who never sent has nothing to withdraw.
        self.assertRejected(daemon.push([retraction("never-sent")], "new"), "target_unknown")
        daemon.stop()
        self.assertEqual(harness.ladder("verify", daemon.store).returncode, 0)


class WrongTokens(harness.OwnDaemon):
    FREE = 30

    def wrong(self, daemon, forwarded=None):
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}
        return daemon.get("/v1/indicators", token="wrong", headers=headers)

    def test_wrong_tokens_of_an_address_wait_longer_each_time_and_right_ones_never(self):
        daemon = self.ladderd(sections="[http]\ntrusted_proxies = 127.0.0.0/8\n")
        for _ in range(self.FREE):
            self.assertProblem(self.wrong(daemon, "203.0.113.5"), 401)
        answer = self.wrong(daemon, "198.51.100.1, 203.0.113.5")
        self.assertProblem(answer, 429)
        self.assertEqual(answer.header("Retry-After"), "1")
        self.assertProblem(self.wrong(daemon, "203.0.113.6"), 401)
        self.assertProblem(self.wrong(daemon, "203.0.113.5, 203.0.113.6"), 401)

        def waits_two():
            answer = self.wrong(daemon, "203.0.113.5")
            self.assertProblem(answer, 429)
            return answer.header("Retry-After") == "2"
        harness.until(waits_two, "the wait is two seconds")
        answer = daemon.get("/v1/indicators", who="analyst",
                            headers={"X-Forwarded-For": "203.0.113.5"})
        self.assertEqual(answer.status, 200)
        delayed = [line for line in daemon.audit() if line["outcome"] == "delayed"]
        self.assertEqual({(line["audit"], line["who"], line["from"]) for line in delayed},
                         {("sign_in", "nobody", "203.0.113.5")})

    def test_without_a_trusted_proxy_the_peer_is_the_address(self):
        daemon = self.ladderd()
        for turn in range(self.FREE):
            self.assertProblem(self.wrong(daemon, f"203.0.113.{turn}"), 401)
        self.assertProblem(self.wrong(daemon, "203.0.113.99"), 429)
        form = daemon.request("POST", "/sign-in", "token=wrong&lang=en", {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"http://127.0.0.1:{daemon.port}"})
        self.assertEqual(form.status, 429, form)
        self.assertIsNotNone(form.header("Retry-After"))
        daemon.get("/v1/log", headers=basic("analyst", "wrong"))
        text = daemon.get("/metrics", who="prometheus").body.decode()
        for by, count in (("bearer", self.FREE + 1), ("basic", 1), ("form", 1), ("stream", 0),
                          ("other", 0)):
            self.assertIn(f'ladderd_sign_ins_refused_total{{by="{by}"}} {count}\n', text)


class Audit(harness.OwnDaemon):
    def lines(self, daemon, *kinds):
        return [(line["who"], line["what"], line["outcome"]) for line in daemon.audit()
                if line["audit"] in kinds]

    def test_what_is_done_seen_and_tried_is_a_line_each(self):
        daemon = self.ladderd(start=False, analysts={
            "analyst": {"municipalities": "GM0823", "log": "yes"}, "nolog": {
                "municipalities": "GM0823"}}, scrapers={"prometheus": {},
                                                        "health": {"municipalities": None}})
        daemon.start()
        one = event(subject="s-very-secret")
        daemon.accept(one)
        daemon.get("/v1/events/" + one["id"], who="isd", headers={"X-Ladder-User": "jan"})
        daemon.get("/v1/worklist", who="isd", municipality="GM0823")
        daemon.get("/v1/log", who="analyst")
        daemon.get("/v1/log", who="nolog")
        daemon.get("/v1/log")
        daemon.get("/v1/log", token="a-wrong-token")
        daemon.get("/v1/indicators", who="analyst", municipality="GM0823")
        daemon.get("/v1/indicators", who="analyst", municipality="GM0824")
        daemon.get("/v1/indicators?municipality=GM0823")
        daemon.get("/figures.csv?municipality=GM0823", who="analyst")
        daemon.get("/metrics", who="prometheus")
        daemon.get("/metrics", who="health")
        daemon.get("/metrics")
        daemon.get("/healthz", token="a-wrong-token")
        signed = daemon.request("POST", "/sign-in", "token=" + daemon.tokens["analyst"], {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"http://127.0.0.1:{daemon.port}"})
        cookie = signed.header("Set-Cookie").split(";")[0]
        daemon.get("/?municipality=GM0823", headers={"Cookie": cookie})
        daemon.config.write_text(daemon.config.read_text() + "[nonsense]\n")
        daemon.hang_up()
        harness.until(lambda: len(self.lines(daemon, "act")) == 2, "a refused reload is a line")
        daemon.write_config()
        daemon.hang_up()
        harness.until(lambda: len(self.lines(daemon, "act")) == 3, "a reload is a line")
        daemon.stop()
        self.assertEqual(self.lines(daemon, "act"), [
            ("operator", "start", "done"), ("operator", "reload", "refused"),
            ("operator", "reload", "done"), ("operator", "stop", "done")])
        self.assertEqual(self.lines(daemon, "read"), [
            ("partner isd/jan", "GET /v1/events/", "shown"),
            ("partner isd", "GET /v1/worklist GM0823", "shown"),
            ("analyst analyst", "GET /v1/log", "shown"),
            ("analyst analyst", "GET /v1/indicators GM0823", "shown"),
            ("analyst analyst", "GET /figures.csv GM0823", "shown"),
            ("scraper prometheus", "GET /metrics", "shown"),
            ("analyst analyst", "GET / GM0823", "shown")])
        # What shows records of persons is in the access log too.
        self.assertEqual([(span["attributes"]["ladderd.who"], span["name"])
                          for span in daemon.spans()],
                         [("partner isd/jan", "GET /v1/events/"),
                          ("partner isd", "GET /v1/worklist GM0823"),
                          ("analyst analyst", "GET /v1/log")])
        self.assertEqual(self.lines(daemon, "right"), [
            ("analyst nolog", "GET /v1/log", "refused"),
            ("nobody", "GET /v1/log", "refused"),
            ("analyst analyst", "GET /v1/indicators GM0824", "refused"),
            ("nobody", "GET /v1/indicators GM0823", "refused")])
        self.assertEqual(self.lines(daemon, "sign_in"), [
            ("partner isd", "POST /v1/events", "accepted"),
            ("partner isd/jan", "GET /v1/events/", "accepted"),
            ("partner isd", "GET /v1/worklist GM0823", "accepted"),
            ("analyst analyst", "GET /v1/log", "accepted"),
            ("analyst nolog", "GET /v1/log", "accepted"),
            ("nobody", "GET /v1/log", "refused"),
            ("analyst analyst", "GET /v1/indicators GM0823", "accepted"),
            ("analyst analyst", "GET /v1/indicators GM0824", "accepted"),
            ("analyst analyst", "GET /figures.csv GM0823", "accepted"),
            ("scraper prometheus", "GET /metrics", "accepted"),
            ("scraper health", "GET /metrics", "accepted"),
            ("analyst analyst", "POST /sign-in", "accepted")])
        said = daemon.output.read_text()
        for secret in ("s-very-secret", "a-wrong-token", cookie.split("=")[1], *daemon.tokens.values()):
            self.assertNotIn(secret, said)
        for line in daemon.audit():
            self.assertEqual(list(line), ["audit", "who", "what", "from", "at", "outcome"])
            self.assertEqual(line["from"], "local" if line["audit"] == "act" else "127.0.0.1")
            harness.instant(line["at"])

    def test_a_configuration_that_is_refused_at_the_start_is_a_line(self):
        daemon = self.ladderd(start=False)
        daemon.config.write_text("[nonsense]\n")
        done = harness.run(harness.LADDERD, "--config", daemon.config)
        self.assertEqual(done.returncode, 78)
        self.assertIn(b'{"audit":"act","who":"operator","what":"start"', done.stderr)
        done = harness.run(harness.LADDERD, "--check-config", "--config", daemon.config)
        self.assertNotIn(b'{"audit"', done.stderr)


# ---------------------------------------------------------------- everybody, everywhere

# Each path that there is, with its methods. Who may is said in Naive, not here.
PATHS = {"/v1/events": {"POST"}, "/v1/events/": {"GET"}, "/v1/log": {"GET"},
         "/v1/indicators": {"GET"}, "/v1/worklist": {"GET"}, "/v1/agreements": {"GET"},
         "/v1/card": {"GET"}, "/v1/sums": {"GET"},
         "/v1/openapi.json": {"GET"}, "/v1/ladder.proto": {"GET"}, "/metrics": {"GET"}, "/": {"GET"},
         "/worklist": {"GET"}, "/card": {"GET"}, "/compare": {"GET"},
         "/figures.csv": {"GET"}, "/definitions": {"GET"},
         "/sign-in": {"GET", "POST"}, "/sign-out": {"POST"},
         "/healthz": {"GET"}, "/readyz": {"GET"}}
OPEN = {"/v1/openapi.json", "/v1/ladder.proto", "/definitions",
        "/sign-in", "/sign-out", "/healthz", "/readyz"}
OF_ONE_PLACE = {"/v1/indicators", "/v1/sums", "/v1/worklist", "/worklist", "/", "/figures.csv"}
PLACES = ("GM0823", "GM0824", "GM0825")
EVERY = set(PLACES)
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")
NAMED_ONLY = {"report_published", "report_withdrawn", "agreement_made"}  # never in *
SOME_TYPES = {"ladder_assessed", "municipality_settled", "job_started"}


class Somebody:
    """Who may do what, as the contract says it and nothing else: the second opinion."""

    def __init__(self, kind, places=(), log=False, types=(), named=(), named_places=(),
                 sums=False):
        self.kind, self.log, self.sums = kind, log, sums
        self.all = places == "*"
        self.places = EVERY if self.all else set(places)
        self.every_type, self.types = types == "*", set() if types == "*" else set(types)
        self.named, self.named_places = set(named), set(named_places)
        if "report_published" in self.named:
            self.named |= {"report_withdrawn"}

    def section(self):
        def listed(every, items):
            return ", ".join(["*"] * every + sorted(items)) or None
        if self.kind == "partner":
            return {"types": listed(self.every_type, self.types | self.named),
                    "municipalities": listed(self.all, (set() if self.all else self.places)
                                             | self.named_places)}
        made = {"municipalities": listed(self.all, set() if self.all else self.places)}
        if self.kind == "analyst":
            made["log"] = "yes" if self.log else "no"
            made["sums"] = "yes" if self.sums else "no"
        return made

    def may_send(self, body_type, place):
        """The rejection that it gets, or None."""
        if body_type in NAMED_ONLY:
            if body_type not in self.named:
                return "type_not_allowed"
            return None if place in self.named_places else "municipality_not_allowed"
        if not self.every_type and body_type not in self.types | self.named:
            return "type_not_allowed"
        if not self.all and place not in self.places | self.named_places:
            return "municipality_not_allowed"
        return None

    def sees(self, place):
        return self.all if place in (None, "all") else place in self.places

    def read(self, path, place):
        """(may it, does it see more than what was published), of a GET."""
        if path in OPEN:
            return True, False
        if path in ("/v1/agreements", "/v1/card", "/card"):
            return self.kind == "partner", True
        if path in ("/v1/worklist", "/worklist", "/v1/events/"):
            return (self.kind == "partner" and (place in (None, "all") or self.sees(place)),
                    True)
        if path == "/v1/log":
            return self.kind == "analyst" and self.log, True
        if path == "/v1/sums":
            return self.kind == "analyst" and self.sums and self.sees(place), True
        if path == "/metrics":
            return True, (self.kind == "analyst" or
                          (self.kind == "scraper" and bool(self.places)))
        if self.kind != "analyst":
            return None, False  # as anybody
        if path == "/compare":
            return True, True  # its own, however many
        if path in ("/", "/figures.csv") and place is None and self.places:
            return True, True  # the first of its own
        return self.sees(place), True


NOBODY = Somebody("nobody")
WHO = {
    "p_all": Somebody("partner", "*", types="*"),
    "p_some": Somebody("partner", ["GM0823"], types=SOME_TYPES),
    "p_types": Somebody("partner", types="*"),
    "p_none": Somebody("partner"),
    "p_named": Somebody("partner", "*", types="*", named=["report_published"],
                        named_places=["GM0823"]),
    "p_taker": Somebody("partner", ["GM0824"], named=["report_withdrawn"],
                        named_places=["GM0824"]),
    "p_agrees": Somebody("partner", "*", types="*", named=["agreement_made"],
                         named_places=["GM0825"]),
    "a_all": Somebody("analyst", "*", log=True, sums=True),
    "a_some": Somebody("analyst", ["GM0823", "GM0824"], log=True),
    "a_nolog": Somebody("analyst", ["GM0823"], sums=True),
    "a_none": Somebody("analyst", log=True),
    "s_all": Somebody("scraper", "*"),
    "s_some": Somebody("scraper", ["GM0824"]),
    "s_health": Somebody("scraper"),
}


def sections(kind):
    return {name: who.section() for name, who in WHO.items() if who.kind == kind}


class Table(harness.OwnDaemon):
    def test_every_path_has_a_row(self):
        """A path that is added comes into PATHS, and with it into the test below."""
        text = (harness.ROOT / "daemon/web/routes.c").read_text()
        text = text[text.index("rows[] = {"):text.index("\n};\n")]
        found = re.findall(r'\.method = "(\w+)",\s*\.path = "([^"]+)"', text)
        self.assertEqual(len(found), text.count(".path"))
        self.assertEqual({(method, path) for path, methods in PATHS.items()
                          for method in methods}, set(found))

    def begin(self):
        daemon = self.ladderd(partners=sections("partner"), analysts=sections("analyst"),
                              scrapers=sections("scraper"),
                              sections="[http]\ntrusted_proxies = 127.0.0.1\n")
        self.count = 0
        self.clients = {}
        return daemon

    def ask(self, daemon, name, way, method, path):
        """An answer; wrong tokens come from a new address each, so that none has to wait."""
        self.count += 1
        headers = {"X-Forwarded-For": f"10.{self.count >> 16}.{self.count >> 8 & 255}."
                                      f"{self.count & 255}"}
        token = daemon.tokens.get(name)
        if way == "bearer":
            headers["Authorization"] = "Bearer " + token
        elif way == "basic":
            headers.update(basic(name, token))
        elif way == "basic of another":
            headers.update(basic("p_all" if name != "p_all" else "a_all", token))
        elif way == "wrong":
            headers["Authorization"] = "Bearer " + token[:-1] + "!"
        body = None
        if method in ("POST", "PUT", "PATCH"):
            body = '{"events":[]}'
            headers["Content-Type"] = harness.JSON
        client = self.clients.get("one") or harness.Client(daemon.port)
        answer = client.request(method, path, body, headers)
        if answer.header("Connection") == "close":
            client.close()
            client = None
        self.clients["one"] = client
        return answer

    def wanted(self, name, way, method, path, place):
        """(the statuses that may be, is there a line of a read, is there one of a right)."""
        methods = PATHS[path] | ({"HEAD"} if "GET" in PATHS[path] else set())
        if method not in methods:
            return {405}, False, False
        if path in OPEN:
            return ({200} if method in ("GET", "HEAD") else {303, 403, 415}), False, False
        who, anonymous = (NOBODY, True) if way is None else (WHO[name], False)
        if way in ("wrong", "basic of another") or (way == "basic" and (
                method == "POST" or who.kind == "scraper")):
            return {401}, False, False
        if method == "POST":
            return ({400}, False, False) if who.kind == "partner" else (
                {401} if anonymous else {403}, False, True)
        if path in ("/worklist", "/card") and anonymous:
            return {303}, False, False  # to the form of signing in
        may, internal = who.read(path, place)
        if may is None:  # what was published, of GM0823 alone
            if path == "/v1/indicators":
                return ({200}, False, False) if place == "GM0823" else ({403}, False, True)
            return {200, 404}, False, False
        if not may:
            return ({401} if anonymous else {403}), False, True
        if path == "/v1/events/" and name != "p_named":
            return {404}, False, False
        return {200}, internal, False

    def shown_places(self, answer):
        return {place for place in PLACES if place.encode() in answer.body}

    def check_content(self, name, way, path, place, answer, public):
        who = WHO[name] if way in ("bearer", "basic") else NOBODY
        if path == "/v1/log":
            self.assertEqual(self.shown_places(answer), who.places)
        elif path == "/metrics":
            text = answer.body
            internal = re.findall(rb'ladder_persons\{municipality="(\w+)"', text)
            if who.kind in ("analyst", "scraper"):
                self.assertEqual({one.decode() for one in internal}, who.places)
                self.assertIn(b"ladderd_log_last_seq", text)
                self.assertEqual(b"partner=" in text, who.kind == "scraper" and who.all)
            else:
                self.assertEqual(text, public[path, place])
        elif path in ("/v1/card", "/card"):
            self.assertEqual(self.shown_places(answer), set())
        elif path in ("/v1/worklist", "/worklist"):
            # The page has all that may be chosen.
            self.assertLessEqual(self.shown_places(answer), who.places if place in (None, "all")
                                 or path == "/worklist" else {place})
        elif path == "/compare" and who.kind == "analyst":
            self.assertEqual(self.shown_places(answer), who.places)
        elif path in ("/v1/indicators", "/", "/figures.csv", "/compare") \
                and who.kind != "analyst":
            self.assertEqual(answer.body, public[path, place])

    def test_everybody_everywhere(self):
        daemon = self.begin()
        one = settled(fresh("s"), "2024-01-01")
        others = [settled(fresh("s"), "2024-01-01", place) for place in PLACES]
        # A municipality of too few people publishes nothing.
        others += [settled(fresh("s"), "2024-01-01") for _ in range(150)]
        published = event("report_published", {"as_of": "2025-12-31"}, municipality="GM0823")
        daemon.accept(one, *others, published, who="p_named")
        for place in PLACES:
            harness.until(lambda: daemon.get(
                "/v1/indicators", who="a_all", municipality=place).json["population"]["persons"],
                "the figures have all")
        harness.until(lambda: daemon.get("/v1/indicators?municipality=GM0823").status == 200,
                      "it is published")
        lines_before = len(daemon.audit())
        asked = [(None, None)]
        asked += [(name, way) for name in WHO
                  for way in ("bearer", "basic", "basic of another", "wrong")]
        public, reads, rights, cases = {}, 0, 0, 0
        for name, way in asked:
            for path in PATHS:
                places = (None, "all", *PLACES) if path in OF_ONE_PLACE else (None,)
                for place in places:
                    address = path + (one["id"] if path.endswith("events/") else "")
                    address += f"?municipality={place}" if place else ""
                    for method in METHODS:
                        with self.subTest(who=name, way=way, method=method, address=address):
                            answer = self.ask(daemon, name, way, method, address)
                            statuses, read, right = self.wanted(name, way, method, path, place)
                            cases, reads, rights = cases + 1, reads + read, rights + right
                            self.assertIn(answer.status, statuses, answer)
                            if method == "GET" and way is None:
                                public[path, place] = answer.body
                            if method == "GET" and (answer.status == 200 or read):
                                self.check_content(name, way, path, place, answer, public)
        self.assertGreater(cases, 2000)
        lines = daemon.audit()[lines_before:]
        self.assertEqual(len([line for line in lines if line["audit"] == "read"]), reads)
        self.assertEqual(len([line for line in lines if line["audit"] == "right"]), rights)

    def test_every_partner_sends_every_type_of_every_place(self):
        daemon = self.begin()
        cases = 0
        for name, who in WHO.items():
            if who.kind != "partner":
                continue
            pairs = [(body_type, place) for body_type in contract.TYPES for place in PLACES]
            events = [contract.valid(body_type, municipality=place) for body_type, place in pairs]
            codes = {rejection["index"]: rejection["code"]
                     for rejection in daemon.push(events, name)["rejected"]}
            for index, (body_type, place) in enumerate(pairs):
                cases += 1
                with self.subTest(who=name, type=body_type, place=place):
                    code = codes.get(index)
                    if code not in ("type_not_allowed", "municipality_not_allowed"):
                        code = None
                    self.assertEqual(code, who.may_send(body_type, place))
        self.assertGreater(cases, 500)


class OwnNews(harness.OwnDaemon):
    def test_last_seq_is_that_of_the_sender_and_the_instant_outlives_a_restart(self):
        daemon = self.ladderd(partners={"isd": {}, "lev": {}, "silent": {}})
        known = event()
        self.assertEqual(daemon.push([event(nonsense=1)], "lev")["last_seq"], 0)
        self.assertEqual(daemon.accept(known)["last_seq"], 1)
        self.assertEqual(daemon.accept(event(), event(), who="lev")["last_seq"], 3)
        self.assertEqual(daemon.push([known])["last_seq"], 1)
        self.assertEqual(daemon.push([event(body={"rung": 9})])["last_seq"], 1)
        self.assertEqual(daemon.push([event(nonsense=1)], "silent")["last_seq"], 0)

        def instants():
            text = daemon.get("/metrics", who="prometheus").body.decode()
            return dict(re.findall(
                r'ladderd_last_event_timestamp_seconds\{partner="(\w+)"\} (\S+)', text))
        before = instants()
        self.assertEqual(set(before), {"isd", "lev"})
        records = {record["partner"]: record["recorded_at"] for record in daemon.records()}
        for name, value in before.items():
            self.assertAlmostEqual(float(value), harness.instant(records[name]).timestamp(),
                                   delta=1e-5)
        daemon.restart()
        self.assertEqual(instants(), before)
        self.assertEqual(daemon.push([known])["last_seq"], 1)
        # One that is configured again has its own too.
        partners = dict(daemon.partners)
        del daemon.partners["lev"]
        daemon.write_config()
        daemon.restart()
        self.assertEqual(set(instants()), {"isd"})
        daemon.partners = partners
        daemon.write_config()
        daemon.hang_up()
        harness.until(lambda: instants() == before, "it is there again")
