"""POST /v1/events: formats, canonical form, answers, and what cannot be read."""

import copy
import http.client
import json
import re
import socket

import contract
import harness
from harness import JSON, PROTOBUF, event, fresh, message, test_of, varint, wire

BSN = "123456782"
MIB = 1024 * 1024


class Pushing(harness.Case):
    """What a sender is answered."""

    partners = {"isd": {}, "lev": {"org_type": "WELFARE"}}

    def test_a_json_push_is_answered_in_json_with_four_fields(self):
        answer = self.daemon.post(json.dumps({"events": [event(), event()]}))
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.media_type, JSON)
        result = answer.json
        self.assertEqual(list(result), ["accepted", "duplicates", "rejected", "last_seq"], result)
        self.assertEqual((result["accepted"], result["duplicates"], result["rejected"]),
                         (2, 0, []))
        self.assertIs(type(result["last_seq"]), int)
        self.assertGreaterEqual(result["last_seq"], 2)

    def test_a_protobuf_push_is_answered_in_protobuf(self):
        answer = self.daemon.post(harness.batch_bytes([event(), event(), event(body={"rung": 9})]),
                                  PROTOBUF)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.media_type, PROTOBUF)
        result = answer.result
        self.assertEqual((result["accepted"], result["duplicates"]), (2, 0))
        self.assertEqual(result["rejected"][0]["index"], 2)
        self.assertEqual(result["rejected"][0]["code"], "bad_value")

    def test_last_seq_covers_this_request(self):
        first = self.daemon.accept(event())["last_seq"]
        second = self.daemon.accept(event(), event(), event())["last_seq"]
        self.assertEqual(second, first + 3)
        self.assertEqual(self.daemon.records(after=second - 1)[-1]["seq"], second)

    def test_a_batch_of_rejections_only_takes_no_seq(self):
        first = self.daemon.accept(event())["last_seq"]
        result = self.daemon.push([event(body={"rung": 0})])
        self.assertEqual(result["last_seq"], first)
        self.assertEqual(self.daemon.accept(event())["last_seq"], first + 1)

    def test_a_batch_of_duplicates_only_takes_no_seq(self):
        known = event()
        first = self.daemon.accept(known)["last_seq"]
        result = self.daemon.push([known])
        self.assertEqual((result["duplicates"], result["last_seq"]), (1, first))

    def test_accepted_and_duplicates_and_rejected_add_up(self):
        known = event()
        self.daemon.accept(known)
        result = self.daemon.push([known, event(), event(body={"rung": 0}), known, event(),
                                   event(id="bad id")])
        self.assertEqual((result["accepted"], result["duplicates"], len(result["rejected"])),
                         (2, 2, 2))
        self.assertEqual([one["index"] for one in result["rejected"]], [2, 5])

    def test_a_rejection_names_an_id_only_if_it_is_an_identifier(self):
        result = self.daemon.push([event(id="good-id-1", body={"rung": 0}),
                                   event(id="bad id"), event(id=BSN)])
        self.assertEqual([one.get("id") for one in result["rejected"]],
                         ["good-id-1", None, None])

    def test_a_record_is_in_the_log_when_its_answer_comes(self):
        for push in (self.daemon.push, self.daemon.push_protobuf):
            one = event()
            last = push([one])["last_seq"]
            self.assertEqual(self.daemon.records(after=last - 1)[0]["event"]["id"], one["id"])

    def test_ten_thousand_events_are_taken_at_once(self):
        result = self.daemon.push([event(id=fresh("big"), subject="s1") for _ in range(10000)])
        self.assertEqual(result["accepted"], 10000)

    def test_ten_thousand_protobuf_events_are_taken_at_once(self):
        one = event()
        prefix = fresh("pb")
        data = b"".join(
            wire(1, wire(1, f"{prefix}-{number}") + wire(3, "s2") + wire(4, "GM0823")
                 + wire(5, "2026-03-02") + wire(31, wire(1, 3))) for number in range(10000))
        self.assertEqual(self.daemon.push_protobuf(data)["accepted"], 10000)
        self.daemon.accept(one)

    def test_lowercase_of_the_scheme_and_of_the_media_type_plays_no_part(self):
        answer = self.daemon.request(
            "POST", "/v1/events", json.dumps({"events": [event()]}),
            {"content-type": "Application/JSON", "AUTHORIZATION":
             "bearer " + self.daemon.tokens["isd"]})
        self.assertEqual(answer.status, 200, answer)

    def test_a_charset_parameter_is_fine(self):
        for kind in ("application/json; charset=utf-8", "application/json;charset=UTF-8",
                     'application/json; charset="utf-8"'):
            answer = self.daemon.post(json.dumps({"events": [event()]}), kind)
            self.assertEqual(answer.status, 200, (kind, answer))

    def test_white_space_around_json_is_fine(self):
        text = "\r\n\t " + json.dumps({"events": [event()]}, indent=4) + "\n\n"
        self.assertEqual(self.daemon.post(text).status, 200)

    def test_escaped_json_text_is_the_same_text(self):
        one = event()
        self.daemon.accept(one)
        escaped = "".join(f"\\u{ord(sign):04x}" for sign in one["id"])
        text = json.dumps({"events": [one]}).replace(one["id"], escaped)
        self.assertEqual(self.daemon.post(text).json["duplicates"], 1)

    def test_chunked_uploads_work(self):
        data = json.dumps({"events": [event(), event()]}).encode()
        chunks = [data[place:place + 7] for place in range(0, len(data), 7)]
        body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
        answer = harness.raw(self.daemon.port, self.head("Transfer-Encoding: chunked") + body)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.json["accepted"], 2)

    def test_a_body_that_comes_byte_by_byte_is_read(self):
        data = json.dumps({"events": [event()]}).encode()
        with socket.create_connection(("127.0.0.1", self.daemon.port), timeout=10) as sender:
            sender.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in self.head(f"Content-Length: {len(data)}", "Connection: close") + data:
                sender.send(bytes([byte]))
            got = b""
            while piece := sender.recv(65536):
                got += piece
        self.assertEqual(harness.parse_answer(got).json["accepted"], 1)

    def test_curl_pushes_json_and_waits_for_100_continue(self):
        one = json.dumps({"events": [event() for _ in range(500)]})
        done = harness.run("curl", "-sS", "--max-time", "20", "-H", "Expect: 100-continue",
                         "-H", "Content-Type: application/json",
                         "-H", "Authorization: Bearer " + self.daemon.tokens["isd"],
                         "--data-binary", "@-", f"http://127.0.0.1:{self.daemon.port}/v1/events",
                         stdin=one, check=0)
        self.assertEqual(json.loads(done.stdout)["accepted"], 500)

    def test_two_requests_in_one_packet_are_both_answered(self):
        data = json.dumps({"events": [event()]}).encode()
        one = self.head(f"Content-Length: {len(data)}") + data
        last = self.head(f"Content-Length: {len(data)}", "Connection: close") + data
        with socket.create_connection(("127.0.0.1", self.daemon.port), timeout=10) as sender:
            sender.sendall(one + last)
            got = b""
            while piece := sender.recv(65536):
                got += piece
        self.assertEqual(len(re.findall(rb"HTTP/1\.1 200", got)), 2, got)

    def head(self, *lines):
        return ("POST /v1/events HTTP/1.1\r\nHost: localhost\r\n"
                f"Authorization: Bearer {self.daemon.tokens['isd']}\r\n"
                "Content-Type: application/json\r\n" + "".join(line + "\r\n" for line in lines)
                + "\r\n").encode()


class CanonicalForm(harness.Case):
    """One event has one content, however it is written."""

    # What is published is of a municipality that the section names.
    partners = {"isd": {"municipalities": "*, GM1001, GM1002, GM1003, GM1004"}}

    def same(self, first, *others):
        """The first form is new; every other form is a duplicate of it."""
        self.send(first, "accepted")
        for other in others:
            self.send(other, "duplicates")

    def send(self, form, wanted):
        if isinstance(form, bytes):
            result = self.daemon.push_protobuf(wire(1, form))
        elif isinstance(form, str):
            answer = self.daemon.post('{"events":[%s]}' % form)
            self.assertEqual(answer.status, 200, answer)
            result = answer.json
        else:
            result = self.daemon.push([form])
        self.assertEqual(result[wanted], 1, (form, result))

    def test_domains_in_any_order_are_the_same(self):
        one = event("intake_done", {"domains": ["HEALTH", "WORK", "AMBITION", "DIGITAL"]})
        for place, order in enumerate((["WORK", "HEALTH", "DIGITAL", "AMBITION"],
                                       ["AMBITION", "DIGITAL", "HEALTH", "WORK"],
                                       ["DOMAIN_AMBITION", "HEALTH", "DOMAIN_WORK", "DIGITAL"])):
            self.send({**one, "intake_done": {"domains": order}},
                      "duplicates" if place else "accepted")
        self.send(one, "duplicates")
        self.send(message(one).SerializeToString(), "duplicates")

    def test_packed_and_unsorted_domains_in_protobuf_are_the_same(self):
        one = event("intake_done", {"domains": ["WORK", "LANGUAGE", "HEALTH"]})
        head = message({name: value for name, value in one.items() if name != "intake_done"}
                       ).SerializeToString()
        self.same(one, head + wire(21, wire(1, 8) + wire(1, 1) + wire(1, 3)),
                  head + wire(21, wire(1, b"\x08\x03\x01")),
                  head + wire(21, wire(1, b"\x08") + wire(1, 3) + wire(1, b"\x01")))

    def test_fields_in_another_order_are_the_same(self):
        one = event(key=fresh("row"))
        backwards = {name: one[name] for name in reversed(list(one))}
        data = (wire(31, wire(1, 3)) + wire(5, one["occurred_on"]) + wire(4, one["municipality"])
                + wire(3, one["subject"]) + wire(2, one["key"]) + wire(1, one["id"]))
        self.same(one, backwards, data)

    def test_overlong_varints_are_the_same(self):
        one = event()
        head = message({name: value for name, value in one.items() if name != "ladder_assessed"}
                       ).SerializeToString()
        self.same(one, head + wire(31, b"\x08\x83\x80\x80\x00"),
                  head + b"\xfa\x81\x00\x02\x08\x03", head + wire(31, b"\x08\x03"))

    def test_a_field_given_twice_in_protobuf_is_its_last(self):
        one = event()
        data = message(one).SerializeToString()
        self.same(one, wire(4, "GM0001") + data,
                  wire(31, wire(1, 5)) + data)

    def test_a_true_written_otherwise_in_protobuf_is_never_another_event(self):
        one = event("contact_held", {"by": "VOLUNTEER", "two_way": True})
        head = message({name: value for name, value in one.items() if name != "contact_held"}
                       ).SerializeToString()
        self.same(one, *(head + wire(32, wire(1, 2) + b"\x10" + true)
                         for true in (b"\x01", b"\x02", b"\x81\x00", b"\x80\x02")))
        result = self.daemon.push_protobuf(wire(1, head + wire(32, wire(1, 2) + b"\x10\x80\x00")))
        self.assertRejected(result, "id_conflict")

    def test_lower_camel_case_is_the_same(self):
        one = contract.valid("plan_signed", key=fresh("row"))
        other = {"id": one["id"], "key": one["key"], "subject": one["subject"],
                 "municipality": one["municipality"], "occurredOn": one["occurred_on"],
                 "planSigned": {contract.camel(name): value
                                for name, value in one["plan_signed"].items()}}
        self.assertIn("longestHorizonMonths", other["planSigned"])
        self.same(one, other)

    def test_null_is_absent(self):
        one = event("job_started", {"job_ref": "2026-03-02a", "funding": "SUBSIDISED",
                                    "hours_per_week": 20})
        other = copy.deepcopy(one)
        other["key"] = None
        other["job_started"].update(open_hiring=None, matches_ambition=None)
        other["municipality_settled"] = None
        other["ladderAssessed"] = None
        self.same(one, other)

    def test_false_is_not_absent(self):
        one = event("job_started", {"job_ref": "a", "funding": "SUBSIDISED", "hours_per_week": 20})
        self.daemon.accept(one)
        other = copy.deepcopy(one)
        other["job_started"]["open_hiring"] = False
        self.assertRejected(self.daemon.push([other]), "id_conflict")

    def test_an_absent_subject_is_null_for_a_service_model(self):
        one = contract.valid("service_model_set")
        self.same(one, {**one, "subject": None}, message(one).SerializeToString())

    def test_integers_may_be_strings_or_have_a_point_and_a_zero(self):
        one = event("activity_logged", {"kind": "SPORT", "minutes": 90, "provider": "ISD"})
        text = json.dumps(one)
        self.assertIn('"minutes": 90', text)
        self.same(text, text.replace('"minutes": 90', '"minutes": "90"'),
                  text.replace('"minutes": 90', '"minutes": 90.0'),
                  text.replace('"minutes": 90', '"minutes": 90.000'))

    def test_integers_with_an_exponent_are_what_proto_json_says(self):
        one = event("activity_logged", {"kind": "SPORT", "minutes": 90, "provider": "ISD"})
        text = json.dumps(one)
        self.same(text, text.replace('"minutes": 90', '"minutes": 9e1'),
                  text.replace('"minutes": 90', '"minutes": 0.9E2'))

    def test_minus_zero_is_zero(self):
        one = event("activity_logged", {"kind": "SPORT", "minutes": 0, "provider": "ISD"})
        text = json.dumps(one)
        self.same(text, text.replace('"minutes": 0', '"minutes": -0'),
                  text.replace('"minutes": 0', '"minutes": 0.0'),
                  text.replace('"minutes": 0', '"minutes": -0.0'))


def both_formats(body_type):
    def test(self):
        for json_first in (True, False):
            one = contract.valid(body_type, key=fresh("row"))
            if body_type in ("event_retracted", "report_published", "report_withdrawn"):
                del one["key"]
            if body_type == "event_retracted":
                target = event()
                self.daemon.accept(target)
                one["event_retracted"] = {"target_id": target["id"]}
            elif body_type == "report_published":
                one["municipality"] = "GM1001" if json_first else "GM1002"
            elif body_type == "agreement_made":
                one["municipality"] = "GM1001"
            elif body_type == "report_withdrawn":
                one["municipality"] = "GM1003" if json_first else "GM1004"
                as_of = "2025-12-31"
                one["report_withdrawn"] = {"as_of": as_of}
                self.daemon.accept(event("report_published", {"as_of": as_of},
                                         municipality=one["municipality"]))
            data = message(one).SerializeToString()
            forms = [one, data] if json_first else [data, one]
            self.same(*forms, self.full_names(one), self.camel_names(one))
            stored = self.daemon.stored(one["id"])["event"]
            self.assertEqual(sort_domains(stored), sort_domains(one), "the log has what was sent")
    test_of(CanonicalForm, f"{body_type} is the same in JSON and protobuf and in every spelling",
            test)


def sort_domains(one):
    one = copy.deepcopy(one)
    if "intake_done" in one:
        one["intake_done"]["domains"].sort()
    return one


def full_names(self, one):
    """The event with every enumeration spelled in full."""
    body_type = harness.body_type_of(one)
    body = dict(one[body_type])
    for name, kind, _ in contract.TYPES[body_type]:
        if name in body and kind[0] == "enum":
            body[name] = kind[1] + body[name]
        elif name in body and kind[0] == "domains":
            body[name] = [kind[1] + value for value in body[name]]
    return {**one, body_type: body}


def camel_names(self, one):
    return {contract.camel(name): {contract.camel(field): inner for field, inner in value.items()}
            if isinstance(value, dict) else value for name, value in one.items()}


CanonicalForm.full_names = full_names
CanonicalForm.camel_names = camel_names
for one_type in contract.TYPES:
    both_formats(one_type)


class Unreadable(harness.Case):
    """Requests that are refused as a whole: problem+json, and the daemon goes on."""

    partners = {"isd": {}, "nothing": {"types": None, "municipalities": None}}

    def tearDown(self):
        self.daemon.accept(event())

    def test_broken_json_is_400_with_line_and_column(self):
        for text, line in (('{"events": [}', 1), ('{"events": [\n\n  {"id": x}\n]}', 3),
                           ('{"events": [{"id": "a",}]}', 1), ("[1, 2", 1), ("{", 1),
                           ('{"events": [{"id": "a"}]} x', 1), ("", None), ("   ", None),
                           ("nonsense", 1), ('{"events": [NaN]}', 1), ("{'events': []}", 1),
                           ('{"events": [\n{"id": "a\nb"}]}', 2), ('{"events": [{"id": 01}]}', 1)):
            with self.subTest(text=text):
                answer = self.daemon.post(text)
                problem = self.assertProblem(answer, 400)
                if line is not None:
                    said = json.dumps(problem)
                    self.assertRegex(said, rf"(?i)line\D{{0,4}}{line}\b")
                    self.assertRegex(said, r"(?i)column\D{0,4}\d")

    def test_json_that_is_no_utf8_is_400(self):
        self.assertProblem(self.daemon.post(b'{"events": [{"id": "a\xff\xfe"}]}'), 400)
        self.assertProblem(self.daemon.post('{"events": []}'.encode("utf-16")), 400)

    def test_half_a_surrogate_pair_is_400_or_a_rejection(self):
        text = json.dumps({"events": [event(id="%")]}).replace("%", "\\ud800")
        answer = self.daemon.post(text)
        if answer.status != 400:
            self.assertRejected(answer.json, "bad_value", 0, "id")

    def test_the_complaint_about_json_never_repeats_what_was_sent(self):
        for text in ('{"events": [{"id": %s x}]}' % BSN, '{"events": [{"id": "%s" x]}' % BSN,
                     '{"events": [%sx]}' % BSN, BSN + "x", '{"%s" 1}' % BSN,
                     '{"events": [{"id": "a", "subject": Kaatje_%s}]}' % BSN,
                     '{"events": [{"id": "%s\n"}]}' % BSN, '{"events": [{"id": "%s' % BSN,
                     '{"events": "%s"}' % BSN, '{"%s": []}' % BSN,
                     '{"events": [{"%s": 1, "%s": 1}]}' % (BSN, BSN),
                     '{"events": [{"a": %s}]}' % (BSN * 5)):
            answer = self.daemon.post(text)
            with self.subTest(text=text, answer=answer):
                self.assertNotIn(BSN.encode(), answer.body)
                self.assertNotIn(b"Kaatje", answer.body)
                self.assertNotIn(BSN, str(answer.headers))
        self.assertNotIn(BSN, self.daemon.messages(), "nor in the daemon's own messages")

    def test_json_without_an_array_events_is_400(self):
        for value in ({}, [], "events", 3, None, True, {"events": {}}, {"events": None},
                      {"events": "x"}, {"events": 3}, {"event": [event()]}, [event()], event()):
            with self.subTest(value=value):
                self.assertProblem(self.daemon.post(json.dumps(value)), 400)

    def test_a_request_without_an_event_is_400(self):
        self.assertProblem(self.daemon.post('{"events": []}'), 400)
        self.assertProblem(self.daemon.post(b"", PROTOBUF), 400)

    def test_unknown_keys_beside_events_are_not_taken_in_silence(self):
        one = event()
        answer = self.daemon.post(json.dumps({"events": [one], "name": "Kaatje Smit"}))
        self.assertNotIn(b"Kaatje", answer.body)
        self.assertProblem(answer, 400)

    def test_unknown_fields_beside_events_in_protobuf_are_not_taken_in_silence(self):
        answer = self.daemon.post(harness.batch_bytes([event()]) + wire(9, "Kaatje Smit"), PROTOBUF)
        self.assertNotIn(b"Kaatje", answer.body)
        self.assertProblem(answer, 400)

    def test_what_is_no_protobuf_is_400(self):
        good = harness.batch_bytes([event()])
        for data in (b"\xff", b"garbage of the front door", good[:-1], good + b"\x0a", b"\x0a\xff",
                     b"\x0a\x05abc", varint(1 << 3 | 3), varint(0), b"\x0a" + b"\xff" * 11,
                     json.dumps({"events": [event()]}).encode(),
                     wire(1, wire(31, b"\xff")), wire(1, wire(1, "a") + b"\x1a\x7fab")):
            with self.subTest(data=data[:40]):
                self.assertProblem(self.daemon.post(data, PROTOBUF), 400)

    def test_a_field_of_another_wire_type_is_refused(self):
        for data in (wire(1, 5), wire(1, wire(1, 5)), wire(1, wire(31, 5)),
                     wire(1, wire(31, wire(1, "abc")))):
            with self.subTest(data=data):
                answer = self.daemon.post(data, PROTOBUF)
                if answer.status != 400:
                    self.assertEqual(answer.status, 200, answer)
                    self.assertEqual(answer.result["accepted"], 0)

    def test_deeply_nested_json_is_refused_and_the_daemon_lives(self):
        for depth in (100, 100000):
            text = '{"events": ' + "[" * depth + "]" * depth + "}"
            answer = self.daemon.post(text)
            self.assertIn(answer.status, (200, 400, 413), answer)
            text = '{"events": [{"id":' + '{"a":' * depth + "1" + "}" * depth + "}]}"
            self.assertIn(self.daemon.post(text).status, (200, 400, 413))
        self.assertTrue(self.daemon.alive())

    def test_a_million_empty_messages_are_refused_and_the_daemon_lives(self):
        answer = self.daemon.post(b"\x0a\x00" * 1000000, PROTOBUF)
        self.assertProblem(answer, 413)
        answer = self.daemon.post(wire(1, b"\xba\x01\x00" * 1000000), PROTOBUF)
        self.assertIn(answer.status, (200, 400, 413), answer)
        self.assertTrue(self.daemon.alive())

    def test_without_a_token_it_is_401(self):
        body = json.dumps({"events": [event()]})
        self.assertProblem(self.daemon.post(body, who=None), 401)

    def test_a_wrong_token_is_401(self):
        good = self.daemon.tokens["isd"]
        for token in ("x", good[:-1], good + "x", good.swapcase(), self.daemon.hashes["isd"],
                      harness.token()[0], "x" * 5000):
            answer = self.daemon.post(json.dumps({"events": [event()]}), token=token)
            self.assertProblem(answer, 401)
            self.assertNotIn(token.encode() if len(token) > 1 else b"\0", answer.body)

    def test_another_scheme_is_401(self):
        for value in ("Basic aXNkOmlzZA==", "Bearer", "Bearer ", self.daemon.tokens["isd"],
                      "Token " + self.daemon.tokens["isd"]):
            answer = self.daemon.post(json.dumps({"events": [event()]}), who=None,
                                      headers={"Authorization": value})
            self.assertProblem(answer, 401)

    def test_a_401_says_how_to_authenticate(self):
        answer = self.daemon.post(json.dumps({"events": [event()]}), who=None)
        self.assertIn("bearer", (answer.header("WWW-Authenticate") or "").lower())

    def test_a_401_goes_before_reading_the_body(self):
        self.assertProblem(self.daemon.post("no json", who=None), 401)

    def test_an_analyst_or_a_scraper_cannot_push(self):
        for who in ("analyst", "prometheus"):
            self.assertProblem(self.daemon.post(json.dumps({"events": [event()]}), who=who), 403)

    def test_a_partner_without_types_may_push_nothing(self):
        result = self.daemon.push([event()], "nothing")
        self.assertRejected(result, "type_not_allowed")

    def test_unknown_paths_are_404(self):
        for path in ("/v1", "/v1/event", "/v1/eventss", "/v1/events/a/b", "/v2/events",
                     "/healthz/x", "/metricsx", "/../etc/passwd", "//v1/events"):
            with self.subTest(path=path):
                who = "isd" if "events" in path else "analyst"
                self.assertProblem(self.daemon.get(path, who=who), 404)
        answer = self.daemon.request("POST", "/nothing", "{}", {"Content-Type": JSON}, "isd")
        self.assertProblem(answer, 404)

    def test_a_whole_address_is_read_as_its_path(self):
        # As RFC 9112, 3.2.2, asks of every server; proxies send it.
        for target, status in (("http://a/healthz", 200), ("HTTP://a:80/healthz?x=1", 200),
                               ("http://a/v1/log?limit=1", 200), ("http://a", 200),
                               ("http://a/v1/nothing", 404), ("http://", 404),
                               ("http:///healthz", 404), ("ftp://a/healthz", 404),
                               ("http://a/v1/log?limit=0", 400)):
            answer = harness.raw(self.daemon.port, (
                f"GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                f"Authorization: Bearer {self.daemon.tokens['analyst']}\r\n\r\n").encode())
            with self.subTest(target=target):
                self.assertEqual(answer.status, status, answer)

    def test_an_encoded_nul_does_not_cut_the_path(self):
        for path in ("/healthz%00", "/healthz%00x", "/v1/log%00", "/metrics%00.txt"):
            answer = harness.raw(self.daemon.port, (
                f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                f"Authorization: Bearer {self.daemon.tokens['analyst']}\r\n\r\n").encode())
            with self.subTest(path=path):
                self.assertIn(answer.status, (400, 404), answer)

    def test_other_methods_are_405_and_say_which_are_allowed(self):
        for method, path, allowed in (
                ("GET", "/v1/events", "POST"), ("PUT", "/v1/events", "POST"),
                ("DELETE", "/v1/events", "POST"), ("PATCH", "/v1/events", "POST"),
                ("POST", "/v1/indicators", "GET"), ("POST", "/v1/log", "GET"),
                ("DELETE", "/v1/log", "GET"), ("POST", "/metrics", "GET"),
                ("POST", "/healthz", "GET"), ("PUT", "/readyz", "GET"),
                ("DELETE", "/v1/events/abc", "GET")):
            with self.subTest(method=method, path=path):
                who = "isd" if path.startswith("/v1/events") else "analyst"
                answer = self.daemon.request(method, path, None, None, who)
                self.assertProblem(answer, 405)
                self.assertIn(allowed, (answer.header("Allow") or "").replace(" ", "").split(","))

    def test_a_body_over_8_mib_is_413(self):
        text = json.dumps({"events": [event()]})
        for size in (8 * MIB + 1, 9 * MIB):
            answer = self.send_sized(text + " " * (size - len(text)))
            self.assertProblem(answer, 413)

    def test_a_body_of_8_mib_is_read(self):
        text = json.dumps({"events": [event()]})
        answer = self.daemon.post(text + " " * (8 * MIB - len(text)))
        self.assertEqual(answer.status, 200, answer)

    def test_a_declared_length_of_100_gigabytes_is_413_without_reading_them(self):
        answer = harness.raw(self.daemon.port, self.head("Content-Length: 100000000000")
                           + b" " * (9 * MIB), timeout=8)
        self.assertProblem(answer, 413)

    def test_a_chunked_body_over_8_mib_is_413(self):
        chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
        answer = harness.raw(self.daemon.port, self.head("Transfer-Encoding: chunked")
                           + chunk * 129 + b"0\r\n\r\n")
        self.assertProblem(answer, 413)

    def test_more_than_10000_events_are_413(self):
        one = json.dumps(event())
        answer = self.daemon.post('{"events":[' + ",".join([one] * 10001) + "]}")
        self.assertProblem(answer, 413)
        data = wire(1, message(event()).SerializeToString())
        self.assertProblem(self.daemon.post(data * 10001, PROTOBUF), 413)

    def test_other_media_types_are_415(self):
        body = json.dumps({"events": [event()]})
        for kind in ("text/plain", "application/xml", "application/jsonx", "text/json",
                     "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                     "", "json"):
            with self.subTest(kind=kind):
                self.assertProblem(self.daemon.post(body, kind), 415)

    def test_no_media_type_is_415(self):
        data = json.dumps({"events": [event()]}).encode()
        answer = harness.raw(self.daemon.port, (
            "POST /v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
            f"{self.daemon.tokens['isd']}\r\nContent-Length: {len(data)}\r\n\r\n").encode() + data)
        self.assertProblem(answer, 415)

    def test_an_unknown_content_encoding_is_415(self):
        answer = self.daemon.post(json.dumps({"events": [event()]}),
                                  headers={"Content-Encoding": "br"})
        self.assertProblem(answer, 415)

    def head(self, *lines):
        return ("POST /v1/events HTTP/1.1\r\nHost: localhost\r\n"
                f"Authorization: Bearer {self.daemon.tokens['isd']}\r\n"
                "Content-Type: application/json\r\n" + "".join(line + "\r\n" for line in lines)
                + "\r\n").encode()

    def send_sized(self, text):
        data = text.encode()
        return harness.raw(self.daemon.port, self.head(f"Content-Length: {len(data)}") + data)

    def test_two_content_lengths_are_400(self):
        data = json.dumps({"events": [event()]}).encode()
        for second in (len(data), len(data) - 1, 0):
            answer = harness.raw(self.daemon.port, self.head(
                f"Content-Length: {len(data)}", f"Content-Length: {second}") + data)
            with self.subTest(second=second):
                self.assertIsNotNone(answer)
                self.assertEqual(answer.status, 400, answer)

    def test_a_content_length_together_with_chunked_is_400(self):
        data = json.dumps({"events": [event()]}).encode()
        chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(data), data)
        for lines in ((f"Content-Length: {len(chunked)}", "Transfer-Encoding: chunked"),
                      ("Transfer-Encoding: chunked", "Content-Length: 0")):
            answer = harness.raw(self.daemon.port, self.head(*lines) + chunked)
            with self.subTest(lines=lines):
                self.assertIsNotNone(answer)
                self.assertEqual(answer.status, 400, answer)

    def test_nothing_smuggled_behind_such_a_request_is_run(self):
        inner_data = json.dumps({"events": [event(id="smuggled-" + fresh())]}).encode()
        inner = self.head(f"Content-Length: {len(inner_data)}") + inner_data
        before = self.daemon.accept(event())["last_seq"]
        harness.raw(self.daemon.port, self.head(
            f"Content-Length: {5 + len(inner)}", "Transfer-Encoding: chunked")
            + b"0\r\n\r\n" + inner)
        self.assertEqual(self.daemon.records(after=before), [])

    def test_a_broken_content_length_is_400(self):
        for value in ("abc", "-1", "5x", "99999999999999999999999999"):
            answer = harness.raw(self.daemon.port, self.head(f"Content-Length: {value}") + b"12345")
            with self.subTest(value=value):
                self.assertIn(getattr(answer, "status", None), (400, 413), answer)

    def test_what_is_no_http_harms_nobody(self):
        for data in (b"\0" * 1000, b"\x16\x03\x01\x02\x00\x01\x00", b"GET\r\n\r\n", b"\r\n\r\n\r\n",
                     b"GET / HTTP/9.9\r\n\r\n", b"A" * 100000 + b"\r\n\r\n",
                     b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20000 + b"\r\n",
                     b"GET /" + b"x" * 200000 + b" HTTP/1.1\r\nHost: a\r\n\r\n"):
            try:
                harness.raw(self.daemon.port, data, timeout=0.3)
            except (OSError, http.client.HTTPException):
                pass
        self.assertTrue(self.daemon.alive())

    def test_head_gives_the_status_of_get_and_no_body(self):
        for path in ("/healthz", "/readyz", "/metrics", "/v1/indicators", "/v1/log"):
            with self.subTest(path=path):
                get = self.daemon.request("GET", path, None, None, "analyst")
                head = self.daemon.request("HEAD", path, None, None, "analyst")
                self.assertEqual(get.status, 200, get)
                self.assertEqual(head.status, 200, head)
                self.assertEqual(head.body, b"")
                self.assertEqual(head.media_type, get.media_type)
        with socket.create_connection(("127.0.0.1", self.daemon.port), timeout=10) as reader:
            reader.sendall(b"HEAD /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            got = b""
            while piece := reader.recv(65536):
                got += piece
        self.assertTrue(got.endswith(b"\r\n\r\n"), got)

    def test_a_client_that_hangs_up_in_the_middle_harms_nobody(self):
        data = json.dumps({"events": [event() for _ in range(1000)]}).encode()
        for part in (1, 100, len(data) - 1, len(data)):
            with socket.create_connection(("127.0.0.1", self.daemon.port), timeout=10) as sender:
                sender.sendall(self.head(f"Content-Length: {len(data)}") + data[:part])
                sender.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        for _ in range(50):
            with socket.create_connection(("127.0.0.1", self.daemon.port), timeout=10) as sender:
                sender.sendall(self.head(f"Content-Length: {len(data)}") + data)
        self.assertEqual(self.daemon.get("/healthz").status, 200)


if __name__ == "__main__":
    harness.unittest.main()
