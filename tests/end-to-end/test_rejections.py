"""Every code and every field's bad values, one line one test.

Each line is pushed between two good events: one rejected event never stops the
others, and the value sent is never repeated.
"""

import json
import random

import contract
import harness
from harness import ABSENT, PROTOBUF, event, fresh, message, test_of, varint, wire

BSN = "123456782"  # passes the eleven test of citizen service numbers
BODY = "ladder_assessed"


class EnvelopeRejections(harness.Case):
    pass


class BodyRejections(harness.Case):
    pass


class ProtobufRejections(harness.Case):
    pass


class WhatIsAllowed(harness.Case):
    pass


class OrderOfTheCodes(harness.Case):
    partners = {"isd": {}, "narrow": {"types": "ladder_assessed, event_retracted",
                                      "municipalities": "GM0823"}}


def answer_between_good_events(case, bad, who="isd"):
    """Pushes good, bad, good; the good ones are taken; gives the answer."""
    before, after = event(), event()
    answer = case.daemon.post(json.dumps({"events": [before, bad, after]}), who=who)
    case.assertEqual(answer.status, 200, answer)
    result = answer.json
    case.assertEqual(result["accepted"], 2, (bad, result))
    case.assertEqual(result["duplicates"], 0, (bad, result))
    again = case.daemon.push([before, after], who=who)
    case.assertEqual(again["duplicates"], 2, "the good neighbours are in the log")
    return answer


def check_rejection(case, answer, code, field, identifier, secret=None):
    found = case.assertRejected(answer.json, code, 1, field)
    case.assertLessEqual(set(found), {"index", "id", "code", "field", "message"})
    case.assertEqual(found.get("id"), identifier, found)
    if secret is not None:
        case.assertNotIn(secret.encode(), answer.body, "the value sent is repeated")
    return found


def looks_secret(value):
    """The part of a sent value that must not come back, if it is telling enough."""
    if isinstance(value, str) and value.strip("+ ") in ("GM0823", "2026-03-02", "2026-12-31"):
        return None  # what a message may give as an example
    if isinstance(value, str) and len(value) >= 5 and "UNSPECIFIED" not in value:
        plain = json.dumps(value)[1:-1]
        return plain if len(plain) < 200 else plain[:60]
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) > 99999:
        return str(value)
    return None


def envelope_line(sentence, code, field, identifier="sent", secret=None, **changes):
    def test(self):
        bad = event(**changes)
        name = bad.get("id") if identifier == "sent" else None
        answer = answer_between_good_events(self, bad)
        hidden = secret
        if hidden is None and len(changes) == 1:
            hidden = looks_secret(next(iter(changes.values())))
        check_rejection(self, answer, code, field, name, hidden)
    test_of(EnvelopeRejections, sentence, test)


def body_line(sentence, code, field, body_type, body, secret=None, says=(), **changes):
    def test(self):
        bad = event(body_type, body, **changes)
        answer = answer_between_good_events(self, bad)
        found = check_rejection(self, answer, code, field, bad["id"], secret)
        for allowed in says:
            self.assertIn(allowed, found["message"], "the message says what is allowed")
    test_of(BodyRejections, sentence, test)


# ------------------------------------------------------------ the envelope

BAD_IDENTIFIERS = [  # sentence, value, code
    ("an empty {}", "", "bad_value"),
    ("a {} of 65 characters", "a" * 65, "bad_value"),
    ("a {} of 5000 characters", "q" * 5000, "bad_value"),
    ("a {} with a space", "Kaatje Smit", "bad_value"),
    ("a {} with a space before it", " abcdef", "bad_value"),
    ("a {} with a newline after it", "abcdef\n", "bad_value"),
    ("a {} with a slash", "abc/def", "bad_value"),
    ("a {} with an at sign", "kaatje@oirschot.example", "bad_value"),
    ("a {} with a letter outside ASCII", "Joséphine", "bad_value"),
    ("a {} with fullwidth digits", "１２３４５６７８２", "bad_value"),
    ("a {} with an embedded NUL", "abc\u0000def", "bad_value"),
    ("a {} that is only a NUL", "\u0000", "bad_value"),
    ("a {} with a NUL after a BSN", BSN + "\u0000", "bad_value"),
    ("a {} that is a number", 31415926, ("bad_value",)),
    ("a {} that is a boolean", True, "bad_value"),
    ("a {} that is a list", ["abcdef"], "bad_value"),
    ("a {} that is an object", {"a": "abcdef"}, "bad_value"),
    ("a {} of 8 digits", "12345678", "looks_like_bsn"),
    ("a {} of 9 digits", BSN, "looks_like_bsn"),
    ("a {} of 10 digits", "0123456782", "looks_like_bsn"),
    ("a {} of 9 zeros", "000000000", "looks_like_bsn"),
    ("a {} of 9 digits in groups", "123.456.782", "looks_like_bsn"),
    ("a {} of 9 digits in other groups", "1234-56-782", "looks_like_bsn"),
    ("a {} of BSN and digits", "bsn:" + BSN, "looks_like_bsn"),
]

for field in ("id", "key", "subject"):
    for sentence, value, code in BAD_IDENTIFIERS:
        envelope_line(f"{sentence.format(field)} is {code if isinstance(code, str) else code[0]}",
                      code, field, identifier=None if field == "id" else "sent",
                      **{field: value})

for field in ("id", "subject", "municipality", "occurred_on"):
    for word, value in (("absent", ABSENT), ("null", None)):
        envelope_line(f"{field} {word} is missing_field", "missing_field", field,
                      identifier=None if field == "id" else "sent", **{field: value})

for value in ("", "GM823", "GM08234", "gm0823", "Gm0823", "0823", "GM08a3", "GM 823", "GM0823 ",
              " GM0823", "GM-823", "GM０８２３", "GM08\u000023", "NL0823", "*", "all", "Oirschot"):
    envelope_line(f"a municipality written {json.dumps(value)} is bad_value".replace("*", "star"),
                  "bad_value", "municipality", municipality=value)
for value in (823, 823.0, True, ["GM0823"], {"GM0823": 1}):
    envelope_line(f"a municipality that is the JSON {type(value).__name__} is bad_value",
                  "bad_value", "municipality", municipality=value)
envelope_line("a municipality that is a BSN is refused", ("bad_value", "looks_like_bsn"),
              "municipality", municipality=BSN)

for value in ("", "2026-2-3", "2026-02-30", "2025-02-29", "2026-13-01", "2026-00-10", "2026-01-00",
              "2026-01-32", "2026-04-31", "26-03-02", "02-03-2026", "2026/03/02", "2026-03",
              "2026-03-02T00:00:00Z", " 2026-03-02", "2026-03-02 ", "+2026-03-02", "2026-3-002",
              "２０２６-03-02", "2026-03-02\u0000", "2100-02-29", "yesterday"):
    envelope_line(f"a day written {json.dumps(value)} is bad_value".replace("+", "plus "),
                  "bad_value", "occurred_on", occurred_on=value)
for value in (20260302, 2026.5, True, ["2026-03-02"], {"year": 2026}):
    envelope_line(f"a day that is the JSON {type(value).__name__} is bad_value",
                  "bad_value", "occurred_on", occurred_on=value)
envelope_line("a day of 8 digits is refused", ("bad_value", "looks_like_bsn"), "occurred_on",
              occurred_on="20260302")
for value in ("1989-12-31", "1900-01-01", "0001-01-01"):
    envelope_line(f"the day {value} is occurred_too_early", "occurred_too_early", "occurred_on",
                  occurred_on=value)
for value in ("2099-01-01", "9999-12-31"):
    envelope_line(f"the day {value} is occurred_in_future", "occurred_in_future", "occurred_on",
                  occurred_on=value)

envelope_line("no body is missing_field", "missing_field", "body", body_type=ABSENT)
envelope_line("a body that is null is missing_field", "missing_field", "body",
              ladder_assessed=None)
for value in (3, "abcdef", [], [{"rung": 3}], True, 1.5):
    envelope_line(f"a body that is the JSON {json.dumps(value)} is bad_value", "bad_value", None,
                  ladder_assessed=value)
envelope_line("two bodies are bad_value", "bad_value", None, municipality_settled={})
envelope_line("two bodies one of them in lowerCamelCase are bad_value", "bad_value", None,
              municipalitySettled={})
envelope_line("an unknown key in an event is unknown_field", "unknown_field", None,
              name="Kaatje Smit", secret="Kaatje")
envelope_line("an unknown key that is null is unknown_field", "unknown_field", None,
              name=None)
envelope_line("a key that is a BSN is unknown_field and not repeated", "unknown_field", None,
              secret=BSN, **{BSN: 1})
envelope_line("an unknown type is unknown_field", "unknown_field", None,
              body_type="diagnosis_made", body={"text": "Kaatje"}, secret="Kaatje")
envelope_line("an upper case key is unknown_field", "unknown_field", None, Subject="abcdefg")
envelope_line("a protobuf type name as a key is unknown_field", "unknown_field", None,
              LadderAssessed={"rung": 3})
envelope_line("seq sent by a partner is unknown_field", "unknown_field", None, seq=1)
envelope_line("recorded_at sent by a partner is unknown_field", "unknown_field", None,
              recorded_at="2020-01-01T00:00:00.000000Z")
envelope_line("partner sent by a partner is unknown_field", "unknown_field", None, partner="lev",
              secret='"lev"')

for body_type in harness.NO_SUBJECT:
    def subject_test(self, body_type=body_type):
        bad = contract.valid(body_type, subject=fresh("s"))
        answer = answer_between_good_events(self, bad)
        check_rejection(self, answer, "bad_value", "subject", bad["id"], bad["subject"])
    test_of(EnvelopeRejections, f"a subject in {body_type} is bad_value", subject_test)

envelope_line("a key in event_retracted is bad_value", "bad_value", "key",
              body_type="event_retracted", body={"target_id": "abc"}, key="row-1")


# ------------------------------------------------------------ the bodies

def bad_values(kind):
    """word, value, code, whether the message must say what is allowed"""
    if kind[0] == "enum":
        yield "the unspecified value", "UNSPECIFIED", "bad_value", True
        yield "the unspecified value in full", kind[1] + "UNSPECIFIED", "bad_value", True
        yield "an unknown name", "KAATJE_SMIT", "bad_value", True
        yield "another prefix", "WRONG_" + kind[2][0], "bad_value", False
        yield "an empty name", "", "bad_value", False
        yield "lower case", kind[2][0].lower(), "bad_value", False
        yield "a BSN", BSN, ("bad_value", "looks_like_bsn"), False
        yield "a boolean", True, "bad_value", False
        yield "a list", [kind[2][0]], "bad_value", False
        yield "an object", {}, "bad_value", False
        yield "a name with an embedded NUL", kind[2][0] + "\u0000x", "bad_value", False
    elif kind[0] == "int":
        yield "one too little", kind[1] - 1, "bad_value", True
        yield "one too many", kind[2] + 1, "bad_value", True
        yield "a fraction", kind[1] + 0.5, "bad_value", False
        yield "minus one million", -1000000, "bad_value", False
        yield "a value that fits when cut to 32 bits", 2**32 + kind[1], "bad_value", False
        yield "2 to the 63rd", 2**63, "bad_value", False
        yield "2 to the 64th and the least", 2**64 + kind[1], "bad_value", False
        yield "an integer of 40 digits", int("9" * 40), "bad_value", False
        yield "1e300", 1e300, "bad_value", False
        yield "a word", "Kaatje", "bad_value", False
        yield "an empty string", "", "bad_value", False
        yield "a number with a unit", f"{kind[1]} x", "bad_value", False
        yield "a number with a space", f" {kind[1]}", "bad_value", False
        yield "a boolean", True, "bad_value", False
        yield "a list", [kind[1]], "bad_value", False
        yield "an object", {}, "bad_value", False
    elif kind[0] == "bool":
        yield "a string", "true", "bad_value", False
        yield "the number 1", 1, "bad_value", False
        yield "the number 0", 0, "bad_value", False
        yield "a list", [True], "bad_value", False
        yield "an object", {}, "bad_value", False
    elif kind[0] == "date":
        for value in ("", "2026-02-30", "2026-2-3", "20270101x", "2026-12-31T00:00:00Z",
                      "2026-12-31\u0000"):
            yield f"the day {json.dumps(value)}", value, "bad_value", False
        yield "8 digits", "20271231", ("bad_value", "looks_like_bsn"), False
        yield "a number", 20271231, "bad_value", False
        yield "a boolean", True, "bad_value", False
    elif kind[0] == "identifier":
        for sentence, value, code in BAD_IDENTIFIERS:
            yield sentence.format("value"), value, code, False
    elif kind[0] == "promised":
        for value in ("", "2026-06-29", "2026-07-01", "2026-06-31", "2026-6-30", "2026-Q2",
                      "1990-03-31", "2031-11-30", "2026-06-30\u0000"):
            yield f"the day {json.dumps(value)}", value, "bad_value", False
        yield "8 digits", "20260630", ("bad_value", "looks_like_bsn"), False
        yield "a number", 20260630, "bad_value", False
    elif kind[0] == "quarter":
        for value in ("", "2026-06-29", "2026-07-01", "2026-05-31", "2026-02-28", "2026-06-31",
                      "2026-6-30", "2026-Q2", "2099-12-31", "2026-06-30\u0000"):
            yield f"the day {json.dumps(value)}", value, "bad_value", False
        yield "8 digits", "20260630", ("bad_value", "looks_like_bsn"), False
        yield "a number", 20260630, "bad_value", False
    elif kind[0] == "domains":
        yield "none at all", [], ("missing_field", "bad_value"), False
        yield "the unspecified value", ["UNSPECIFIED"], "bad_value", True
        yield "the unspecified value in full", ["WORK", "DOMAIN_UNSPECIFIED"], "bad_value", True
        yield "an unknown name", ["WORK", "KAATJE_SMIT"], "bad_value", True
        yield "the same twice", ["WORK", "HEALTH", "WORK"], "bad_value", False
        yield "the same in both spellings", ["WORK", "DOMAIN_WORK"], "bad_value", False
        yield "a string", "WORK", "bad_value", False
        yield "an object", {"WORK": 1}, "bad_value", False
        yield "a list in the list", [["WORK"]], "bad_value", False
        yield "a null in the list", ["WORK", None], "bad_value", False
        yield "a boolean in the list", [True], "bad_value", False
        yield "an empty name in the list", ["WORK", ""], "bad_value", False
        yield "11 domains", list(contract.DOMAINS[2]) + ["WORK"], "bad_value", False


for body_type, fields in contract.TYPES.items():
    for name, kind, required in fields:
        base = contract.valid(body_type)[body_type]
        if name == "target_key":
            base = {}
        if required:
            for word, change in (("absent", ABSENT), ("null", None)):
                body = dict(base)
                body[name] = change
                if change is ABSENT:
                    del body[name]
                body_line(f"{body_type} with {name} {word} is missing_field", "missing_field",
                          name, body_type, body)
        for word, value, code, tells in bad_values(kind):
            says = ()
            if tells and kind[0] in ("enum", "domains"):
                says = kind[2]
            elif tells:
                says = (str(kind[1]), str(kind[2]))
            secret = None if kind[0] == "int" else looks_secret(value)
            if kind[0] == "int" and isinstance(value, str):
                secret = "Kaatje" if "Kaatje" in value else None
            if isinstance(value, list) and "KAATJE_SMIT" in value:
                secret = "KAATJE"
            body_line(f"{body_type} with {name} being {word} is "
                      f"{code if isinstance(code, str) else 'refused'}", code, name, body_type,
                      {**base, name: value}, secret, says)
    if body_type != "event_retracted":
        body_line(f"an unknown key in {body_type} is unknown_field", "unknown_field", None,
                  body_type, {**contract.full_body(body_type), "note": "Kaatje is ziek"},
                  "Kaatje")

body_line("a retraction without a target is missing_field", "missing_field", None,
          "event_retracted", {})
body_line("a retraction with two targets is bad_value", "bad_value", None, "event_retracted",
          {"target_id": "abc", "target_key": "abc"})
body_line("an unknown key in event_retracted is unknown_field", "unknown_field", None,
          "event_retracted", {"target_id": "abc", "why": "Kaatje"}, "Kaatje")
body_line("a body key in upper case is unknown_field", "unknown_field", None, BODY,
          {"rung": 3, "Rung": 3})


class LivingDays(harness.Case):
    """What is allowed moves with the daemon's today."""

    def while_today_stays(self, test):
        for _ in range(3):
            before = harness.today()
            test()
            if harness.today() == before:
                return

    def test_tomorrow_is_allowed(self):
        self.while_today_stays(lambda: self.daemon.accept(event(occurred_on=harness.day(1))))

    def test_the_day_after_tomorrow_is_occurred_in_future(self):
        def test():
            result = self.daemon.push([event(occurred_on=harness.day(2))])
            before = harness.today()
            if before == harness.today():
                self.assertRejected(result, "occurred_in_future", 0, "occurred_on")
        self.while_today_stays(test)

    def test_next_year_is_no_birth_year_but_this_year_is(self):
        year = harness.today().year
        result = self.daemon.push([event("person_registered", {"birth_year": year}),
                                   event("person_registered", {"birth_year": year + 1})])
        self.assertEqual(result["accepted"], 1)
        self.assertRejected(result, "bad_value", 1, "birth_year")

    def test_a_quarter_that_has_not_ended_is_no_as_of(self):
        now = harness.today()
        end_month = (now.month - 1) // 3 * 3 + 3
        end = f"{now.year}-{end_month:02}-{ {3: 31, 6: 30, 9: 30, 12: 31}[end_month] }"
        result = self.daemon.push([event("report_published", {"as_of": end})])
        self.assertRejected(result, "bad_value", 0, "as_of")

    def test_the_quarter_that_ended_last_is_an_as_of(self):
        now = harness.today()
        year, end_month = (now.year, (now.month - 1) // 3 * 3)
        if end_month == 0:
            year, end_month = year - 1, 12
        end = f"{year}-{end_month:02}-{ {3: 31, 6: 30, 9: 30, 12: 31}[end_month] }"
        self.daemon.accept(event("report_published", {"as_of": end}))


# ------------------------------------------------------------ what is allowed

def allowed_line(sentence, make):
    def test(self):
        sent = make()
        self.daemon.accept(*sent)
    test_of(WhatIsAllowed, sentence, test)


for field in ("id", "key", "subject"):
    for sentence, value in (("one character", "%"), ("64 characters", "%" + "a" * 63),
                            ("every allowed sign", "A%z.09_:-"),
                            ("11 digits", None), ("9 digits and a letter", "12345678%a")):
        def make(field=field, value=value):
            if value is None:
                made = f"{harness.random.randrange(10**11):011}"
            elif value == "%":
                made = harness.random.choice("abcdefghijklmnopqrstuvwxyz")
            else:
                made = value.replace("%", "")
                made = fresh("") .strip("-").replace("-", "")[-6:] + made[:58]
            return [event(**{field: made})]
        allowed_line(f"{field} of {sentence} is allowed", make)
allowed_line("id of 7 digits is allowed", lambda: [event(id=f"{harness.random.randrange(10**7):07}")])
allowed_line("a key that is null is absent", lambda: [event(key=None)])
allowed_line("the first of January 1990 is allowed", lambda: [event(occurred_on="1990-01-01")])
allowed_line("the 29th of February of a leap year is allowed",
             lambda: [event(occurred_on="2024-02-29"), event(occurred_on="2000-02-29")])
allowed_line("today and yesterday are allowed",
             lambda: [event(occurred_on=harness.day()), event(occurred_on=harness.day(-1))])
allowed_line("GM0000 and GM9999 are allowed, only the form is checked",
             lambda: [event(municipality="GM0000"), event(municipality="GM9999")])
for body_type, fields in contract.TYPES.items():
    if body_type in ("event_retracted", "report_withdrawn"):  # they need a target
        continue
    if body_type != "report_published":
        allowed_line(f"{body_type} with every field is allowed",
                     lambda body_type=body_type: [contract.valid(body_type)])
        allowed_line(f"{body_type} with the required fields only is allowed",
                     lambda body_type=body_type, fields=fields: [event(body_type, {
                         name: contract.full_body(body_type)[name]
                         for name, _, required in fields if required})])
    else:
        allowed_line("report_published of four quarters is allowed", lambda: [
            event("report_published", {"as_of": as_of}, municipality="GM0823") for as_of in
            ("2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31")])
    for name, kind, required in fields:
        def variants(body_type=body_type, name=name, kind=kind):
            base = contract.full_body(body_type)
            if kind[0] == "enum":
                values = list(kind[2]) + [kind[1] + one for one in kind[2]]
            elif kind[0] == "int":
                values = [kind[1], kind[2], str(kind[1]), float(kind[2])]
            elif kind[0] == "bool":
                values = [True, False]
            elif kind[0] == "domains":
                values = [list(kind[2]), list(reversed(kind[2])), [kind[1] + kind[2][3]]]
            elif kind[0] == "date":
                values = ["2026-12-31", "2031-02-28", "2028-02-29"]
            elif kind[0] == "promised":
                values = ["2026-12-31", "2031-03-31", "9999-12-31"]
            else:
                values = ["x", "A" * 64, "2026-03-02a"]
            return [event(body_type, contract.with_value(body_type, base, name, value))
                    for value in values]
        if kind[0] != "quarter":
            allowed_line(f"{body_type} takes every allowed {name}", variants)


# ------------------------------------------------------------ the order of the codes

def order_line(sentence, code, field, make, who="isd"):
    def test(self):
        bad = make(self)
        answer = self.daemon.post(json.dumps({"events": [bad]}), who=who)
        self.assertEqual(answer.status, 200, answer)
        self.assertRejected(answer.json, code, 0, field)
    test_of(OrderOfTheCodes, sentence, test)


order_line("unknown_field goes before a missing id", "unknown_field", None,
           lambda _: event(id=ABSENT, nonsense=1))
order_line("unknown_field goes before a wrong JSON type of the id", "unknown_field", None,
           lambda _: event(id=12, nonsense=1))
order_line("unknown_field in the body goes before a missing id", "unknown_field", None,
           lambda _: event(id=ABSENT, body={"rung": 3, "nonsense": 1}))
order_line("unknown_field goes before looks_like_bsn", "unknown_field", None,
           lambda _: event(subject=BSN, nonsense=1))
order_line("unknown_field goes before no body", "unknown_field", None,
           lambda _: event(body_type="nonsense", body={}))
order_line("id goes before key", "missing_field", "id", lambda _: event(id=ABSENT, key=BSN))
order_line("key goes before subject", "looks_like_bsn", "key",
           lambda _: event(key=BSN, subject=ABSENT))
order_line("subject goes before municipality", "missing_field", "subject",
           lambda _: event(subject=ABSENT, municipality="Oirschot"))
order_line("a subject that is not allowed goes before municipality", "bad_value", "subject",
           lambda _: event("service_model_set", {"model": "OTHER"}, subject="s1",
                           municipality="Oirschot"))
order_line("a key in a retraction goes before municipality", "bad_value", "key",
           lambda _: event("event_retracted", {"target_id": "a"}, key="k", municipality="x"))
order_line("municipality goes before occurred_on", "bad_value", "municipality",
           lambda _: event(municipality="Oirschot", occurred_on="2099-01-01"))
order_line("occurred_on goes before a missing body", "occurred_in_future", "occurred_on",
           lambda _: event(body_type=ABSENT, occurred_on="2099-01-01"))
order_line("occurred_on goes before the body's fields", "occurred_too_early", "occurred_on",
           lambda _: event(occurred_on="1989-12-31", body={"rung": 9}))
order_line("kind goes before minutes", "bad_value", "kind",
           lambda _: event("activity_logged", {"kind": "X", "minutes": -1, "provider": "X"}))
order_line("a missing minutes goes before a bad provider", "missing_field", "minutes",
           lambda _: event("activity_logged", {"provider": "X", "kind": "SPORT"}))
order_line("provider goes before activity_ref", "missing_field", "provider",
           lambda _: event("activity_logged", {"activity_ref": BSN, "kind": "SPORT",
                                               "minutes": 5}))
order_line("job_ref goes before hours_per_week whatever the order sent", "looks_like_bsn",
           "job_ref", lambda _: event("job_started", {
               "matches_ambition": "X", "hours_per_week": 61, "funding": "X", "job_ref": BSN}))
order_line("the body goes before the partner's rights", "bad_value", "minutes",
           lambda _: event("activity_logged", {"kind": "SPORT", "minutes": -1,
                                               "provider": "ISD"}), "narrow")
order_line("type_not_allowed comes for a type outside the rights", "type_not_allowed", None,
           lambda _: event("municipality_settled"), "narrow")
order_line("municipality_not_allowed comes for a municipality outside the rights",
           "municipality_not_allowed", "municipality", lambda _: event(municipality="GM0820"),
           "narrow")
order_line("both outside the rights has one code of the rights",
           ("type_not_allowed", "municipality_not_allowed"), None,
           lambda _: event("municipality_settled", municipality="GM0820"), "narrow")


def _known(case, who):
    known = event()
    case.daemon.accept(known, who=who)
    return known


order_line("the rights go before an id conflict", "type_not_allowed", None,
           lambda case: {**event("municipality_settled"), "id": _known(case, "narrow")["id"]},
           "narrow")
order_line("the municipality's rights go before an id conflict", "municipality_not_allowed", None,
           lambda case: event(id=_known(case, "narrow")["id"], municipality="GM0820"), "narrow")
order_line("the rights go before the target", "municipality_not_allowed", None,
           lambda case: harness.retraction("nobody-sent-this", municipality="GM0820"), "narrow")
order_line("an id conflict goes before the target", "id_conflict", None,
           lambda case: harness.retraction("nobody-sent-this", id=_known(case, "isd")["id"]))
order_line("a bad body goes before an id conflict", "bad_value", "rung",
           lambda case: event(id=_known(case, "isd")["id"], body={"rung": 7}))


# ------------------------------------------------------------ protobuf by hand

def hand(body_number=31, body=wire(1, 3), extra=b"", **changes):
    """The bytes of an Event with fields replaced by bytes of our own."""
    fields = {1: changes.get("id", fresh()), 2: changes.get("key"),
              3: changes.get("subject", fresh("s")), 4: changes.get("municipality", "GM0823"),
              5: changes.get("occurred_on", "2026-03-02")}
    data = b"".join(wire(number, value) for number, value in fields.items() if value is not None)
    if body is not None:
        data += wire(body_number, body)
    return data + extra


def protobuf_line(sentence, code, field, make, secret=None):
    def test(self):
        first, last = hand(), hand()
        bad = make()
        sent = b"".join(wire(1, one) for one in (first, bad, last))
        answer = self.daemon.post(sent, PROTOBUF)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.media_type, PROTOBUF)
        result = answer.result
        self.assertEqual(result["accepted"], 2, result)
        found = self.assertRejected(result, code, 1, field)
        self.assertEqual(found["index"], 1)
        if secret:
            self.assertNotIn(secret, answer.body)
    test_of(ProtobufRejections, sentence, test)


protobuf_line("an unknown number in an event is unknown_field", "unknown_field", None,
              lambda: hand(extra=wire(99, "Kaatje Smit")), b"Kaatje")
protobuf_line("an unknown varint in an event is unknown_field", "unknown_field", None,
              lambda: hand(extra=wire(6, 1)))
protobuf_line("an unknown fixed64 in an event is unknown_field", "unknown_field", None,
              lambda: hand(extra=varint(70 << 3 | 1) + b"Kaatje89"), b"Kaatje89")
protobuf_line("an unknown fixed32 in an event is unknown_field", "unknown_field", None,
              lambda: hand(extra=varint(70 << 3 | 5) + b"Jan!"), b"Jan!")
protobuf_line("an unknown number in a body is unknown_field", "unknown_field", None,
              lambda: hand(body=wire(1, 3) + wire(2, "Kaatje Smit")), b"Kaatje")
protobuf_line("an unknown number in an empty body is unknown_field", "unknown_field", None,
              lambda: hand(12, wire(1, "Kaatje Smit")), b"Kaatje")
protobuf_line("an unknown body is unknown_field", "unknown_field", None,
              lambda: hand(19, wire(1, 3)))
protobuf_line("an unknown number goes before a missing id", "unknown_field", None,
              lambda: hand(id=None, extra=wire(99, 1)))
protobuf_line("no id is missing_field", "missing_field", "id", lambda: hand(id=None))
protobuf_line("no subject is missing_field", "missing_field", "subject",
              lambda: hand(subject=None))
protobuf_line("no municipality is missing_field", "missing_field", "municipality",
              lambda: hand(municipality=None))
protobuf_line("no occurred_on is missing_field", "missing_field", "occurred_on",
              lambda: hand(occurred_on=None))
protobuf_line("no body at all is missing_field", "missing_field", "body", lambda: hand(body=None))
protobuf_line("an empty event is missing_field", "missing_field", "id", lambda: b"")
protobuf_line("an empty id is bad_value", "bad_value", "id", lambda: hand(id=""))
protobuf_line("a NUL in an id is bad_value", "bad_value", "id", lambda: hand(id=b"abc\0def"))
protobuf_line("a NUL in a subject is bad_value", "bad_value", "subject",
              lambda: hand(subject=b"abc\0def"))
protobuf_line("a NUL after the municipality is bad_value", "bad_value", "municipality",
              lambda: hand(municipality=b"GM0823\0"))
protobuf_line("a NUL after the day is bad_value", "bad_value", "occurred_on",
              lambda: hand(occurred_on=b"2026-03-02\0"))
protobuf_line("text that is no UTF-8 is bad_value", "bad_value", "subject",
              lambda: hand(subject=b"abc\xff\xfedef"))
protobuf_line("a BSN as id is looks_like_bsn", "looks_like_bsn", "id", lambda: hand(id=BSN),
              BSN.encode())
protobuf_line("a BSN as key is looks_like_bsn", "looks_like_bsn", "key", lambda: hand(key=BSN),
              BSN.encode())
protobuf_line("a BSN as subject is looks_like_bsn", "looks_like_bsn", "subject",
              lambda: hand(subject=BSN), BSN.encode())
protobuf_line("a BSN as job_ref is looks_like_bsn", "looks_like_bsn", "job_ref",
              lambda: hand(42, wire(1, BSN)), BSN.encode())
protobuf_line("a body without its field is missing_field", "missing_field", "rung",
              lambda: hand(body=b""))
protobuf_line("rung 0 is bad_value", "bad_value", "rung", lambda: hand(body=wire(1, 0)))
protobuf_line("rung 7 is bad_value", "bad_value", "rung", lambda: hand(body=wire(1, 7)))
protobuf_line("rung minus 1 is bad_value", "bad_value", "rung", lambda: hand(body=wire(1, -1)))
protobuf_line("a rung that fits when cut to 32 bits is bad_value", "bad_value", "rung",
              lambda: hand(body=wire(1, 2**32 + 3)))
protobuf_line("enumeration value 0 is bad_value", "bad_value", "to",
              lambda: hand(13, wire(1, 0)))
protobuf_line("an unknown enumeration number is bad_value", "bad_value", "to",
              lambda: hand(13, wire(1, 4)))
protobuf_line("a negative enumeration number is bad_value", "bad_value", "to",
              lambda: hand(13, wire(1, -1)))
protobuf_line("an enumeration number of 1000000 is bad_value", "bad_value", "to",
              lambda: hand(13, wire(1, 1000000)))
protobuf_line("no domain is missing_field", "missing_field", "domains", lambda: hand(21, b""))
protobuf_line("the same domain twice is bad_value", "bad_value", "domains",
              lambda: hand(21, wire(1, 2) + wire(1, 1) + wire(1, 2)))
protobuf_line("the same domain twice packed is bad_value", "bad_value", "domains",
              lambda: hand(21, wire(1, b"\x02\x01\x02")))
protobuf_line("domain 0 is bad_value", "bad_value", "domains",
              lambda: hand(21, wire(1, 1) + wire(1, 0)))
protobuf_line("domain 11 is bad_value", "bad_value", "domains",
              lambda: hand(21, wire(1, 1) + wire(1, 11)))
protobuf_line("a subject in a retraction is bad_value", "bad_value", "subject",
              lambda: hand(60, wire(1, "abc")))
protobuf_line("a retraction of nothing is missing_field", "missing_field", None,
              lambda: hand(60, b"", subject=None))
protobuf_line("a retraction with two targets is bad_value", "bad_value", None,
              lambda: hand(60, wire(1, "abc") + wire(2, "abc"), subject=None))
protobuf_line("an unknown target is target_unknown", "target_unknown", None,
              lambda: hand(60, wire(1, "nobody-sent-this"), subject=None))
protobuf_line("a future day is occurred_in_future", "occurred_in_future", "occurred_on",
              lambda: hand(occurred_on="2099-01-01"))
protobuf_line("an early day is occurred_too_early", "occurred_too_early", "occurred_on",
              lambda: hand(occurred_on="1989-12-31"))


def spellings():
    """Identifiers that are numbers of persons, nearly so, and not at all."""
    chance = random.Random(20261130)
    found = ["p-1", "2026-03-02a", "2026-03-02", "2026-03-02-WSD", "BSN-2026-03-02", "BSN",
             "BSN1234567", "BSN12345678", "xBSN123456782", "BSN123456782x", "1234567",
             "12345678901", "12345678a", "12.345.6782", ".123.456.782", "123.456.782."]
    for _ in range(400):
        digits = "".join(chance.choice("0123456789") for _ in range(9))
        if chance.random() < 0.6:  # most of them pass the test
            rest = sum(weight * int(one) for weight, one in zip(range(9, 1, -1), digits)) % 11
            digits = digits[:8] + str(rest % 10)
        one, two = (chance.choice("._:-") for _ in range(2))
        groups = chance.choice(((3, 6), (4, 6), (2, 5), (3, 5)))
        grouped = digits[:groups[0]] + one + digits[groups[0]:groups[1]] + two + digits[groups[1]:]
        prefix = chance.choice(("", "", "BSN", "bsn-", "Bsn_:", "nr."))
        found.append(prefix + chance.choice((digits, grouped, digits[:chance.randint(6, 9)])))
    return found


class NumbersOfPersons(harness.Case):
    """Wherever an identifier stands, and however it is written."""

    def holders(self):
        """Every place of an identifier: its name, and an event with it there."""
        for name in ("id", "key", "subject"):
            yield name, lambda value, name=name: event(**{name: value})
        for body_type, fields in contract.TYPES.items():
            for name, kind, _ in fields:
                if kind != contract.IDENTIFIER:
                    continue

                def holding(value, body_type=body_type, name=name):
                    body = contract.full_body(body_type)
                    if body_type == "event_retracted":
                        body = {}
                    return event(body_type, {**body, name: value},
                                 **({"subject": ABSENT} if body_type == "event_retracted" else {}))
                yield name, holding

    def test_every_spelling_is_what_the_contract_says_in_a_subject(self):
        texts = spellings()
        looks = [contract.looks_like_bsn(text) for text in texts]
        self.assertGreater(sum(looks), 100)
        self.assertGreater(len(looks) - sum(looks), 100)
        result = self.daemon.push([event(subject=text) for text in texts])
        self.assertEqual([(one["index"], one["code"], one["field"]) for one in result["rejected"]],
                         [(place, "looks_like_bsn", "subject")
                          for place, one in enumerate(looks) if one])

    def test_they_are_refused_wherever_an_identifier_stands(self):
        texts = ["12345678", BSN, "0123456782", "123.456.782", "1234_56:782", "BSN" + BSN,
                 "bSn.-_:" + BSN + "-x", "bsn123.456.789"]
        holders = list(self.holders())
        self.assertGreaterEqual(len(holders), 14)
        events = [(name, holding(text)) for name, holding in holders for text in texts]
        answer = self.daemon.post(json.dumps({"events": [one for _, one in events]}))
        self.assertEqual([(one["code"], one["field"]) for one in answer.json["rejected"]],
                         [("looks_like_bsn", name) for name, _ in events])
        self.assertEqual({one.get("id") for one in answer.json["rejected"][:len(texts)]}, {None})
        for text in texts:
            self.assertNotIn(text.encode(), answer.body)


class FormsOfSubjects(harness.Case):
    sections = "[municipality GM0823]\nsubject = r*\n[municipality GM0820]\nsubject = *-820\n"
    partners = {"isd": {}, "narrow": {"municipalities": "GM0757"}}

    def test_a_subject_of_another_form_is_bad_value(self):
        secret = "Kaatje-2026-03-02"
        for municipality, subject, right in (("GM0823", "r1", True), ("GM0823", secret, False),
                                             ("GM0820", "x-820", True), ("GM0820", "r1", False),
                                             ("GM0757", secret, True)):
            answer = self.daemon.post(json.dumps({"events": [
                event(subject=subject, municipality=municipality)]}))
            if right:
                self.assertEqual(answer.json["accepted"], 1, answer)
                continue
            self.assertRejected(answer.json, "bad_value", 0, "subject")
            self.assertNotIn(secret.encode(), answer.body)
        found = self.daemon.push_protobuf([event(subject="s1"), event(subject="r2")])
        self.assertEqual([one["code"] for one in found["rejected"]], ["bad_value"])

    def test_it_is_told_where_the_subject_stands_in_the_table(self):
        for fields, code, field in (({"key": "a b"}, "bad_value", "key"),
                                    ({"occurred_on": "x"}, "bad_value", "subject"),
                                    ({"body": {"rung": 9}}, "bad_value", "subject"),
                                    ({"municipality": "GM1"}, "bad_value", "municipality"),
                                    ({"municipality": ABSENT}, "missing_field", "municipality"),
                                    ({"subject": BSN}, "looks_like_bsn", "subject")):
            result = self.daemon.push([event(**{"subject": "s1", **fields})])
            self.assertRejected(result, code, 0, field)
        result = self.daemon.push([event(subject="s1"), event(subject="r3")], "narrow")
        self.assertEqual([one["code"] for one in result["rejected"]],
                         ["bad_value", "municipality_not_allowed"])

    def test_sighup_brings_another_form(self):
        self.daemon.sections = "[municipality GM0823]\nsubject = z*\n"
        self.daemon.write_config()
        self.daemon.hang_up()
        harness.until(lambda: not self.daemon.push([event(subject="z9")])["rejected"], "z* holds")
        self.daemon.sections = type(self).sections
        self.daemon.write_config()
        self.daemon.hang_up()
        harness.until(lambda: not self.daemon.push([event(subject="r9")])["rejected"], "r* holds")


class EveryCode(harness.Case):
    """The codes in one batch, told in place."""

    partners = {"isd": {}, "narrow": {"types": "ladder_assessed", "municipalities": "GM0823"}}

    def test_many_codes_in_one_batch_are_told_each_at_its_place(self):
        known, gone = event(), event()
        quarter = event("report_published", {"as_of": "2024-12-31"}, municipality="GM0100")
        self.daemon.accept(known, gone, quarter, harness.retraction(gone["id"]))
        lines = [
            (event(), None),
            (event(nonsense=1), "unknown_field"),
            (event(id=ABSENT), "missing_field"),
            (event(), None),
            (event(body={"rung": 7}), "bad_value"),
            (event(subject=BSN), "looks_like_bsn"),
            (event(occurred_on="2099-01-01"), "occurred_in_future"),
            (event(occurred_on="1989-01-01"), "occurred_too_early"),
            (event(id=known["id"]), "id_conflict"),
            (known, "duplicate"),
            (harness.retraction("nobody-sent-this"), "target_unknown"),
            (harness.retraction(gone["id"]), "target_withdrawn"),
            (event("report_published", {"as_of": "2024-12-31"}, municipality="GM0100"),
             "already_published"),
            (event(), None),
        ]
        result = self.daemon.push([line[0] for line in lines])
        self.assertEqual(result["accepted"], 3, result)
        self.assertEqual(result["duplicates"], 1, result)
        self.assertEqual([(one["index"], one["code"]) for one in result["rejected"]],
                         [(place, code) for place, (_, code) in enumerate(lines)
                          if code not in (None, "duplicate")])
        self.assertLessEqual({one["code"] for one in result["rejected"]}, contract.CODES)

    def test_the_codes_of_the_rights_are_told_in_protobuf_too(self):
        result = self.daemon.push_protobuf(
            [event(), event("municipality_settled"), event(municipality="GM0820")], "narrow")
        self.assertEqual([one["code"] for one in result["rejected"]],
                         ["type_not_allowed", "municipality_not_allowed"])
        self.assertEqual(result["accepted"], 1)

    def test_nothing_of_what_was_rejected_is_in_the_log_or_on_disk(self):
        secret = "Kaatje_van_Oirschot_" + fresh("x")
        self.daemon.push([event(subject=BSN + "1"[:0], id=secret + "-1"),
                          event(id=secret + "-2", body={"rung": 9}),
                          event(id=secret + "-3", municipality=secret)])
        self.daemon.accept(event())
        self.assertNotIn(secret, json.dumps(self.daemon.records()))
        self.daemon.stop()
        for file in self.daemon.place.rglob("*"):
            if file.is_file() and file != self.daemon.config:
                self.assertNotIn(secret.encode(), file.read_bytes(), file)
                self.assertNotIn(BSN.encode(), file.read_bytes(), file)
        self.daemon.start()

    def test_what_was_rejected_is_not_in_the_daemons_own_messages(self):
        self.daemon.push([event(subject=BSN), event(id=BSN), event(municipality="Kaatje Smit"),
                          event(**{BSN: 1}), event(body={"rung": BSN})])
        self.daemon.post(b"\x0a\x09" + BSN.encode(), PROTOBUF)
        self.daemon.get("/v1/events/" + BSN, who="isd")
        self.daemon.get("/v1/indicators?municipality=" + BSN, who="analyst")
        self.assertNotIn(BSN, self.daemon.output.read_text(errors="replace"))
        self.assertNotIn("Kaatje", self.daemon.output.read_text(errors="replace"))

    def test_an_event_that_is_no_object_is_told_in_its_place(self):
        for bad in (3, "Kaatje Smit", None, True, [], 1.5):
            answer = answer_between_good_events(self, bad)
            self.assertRejected(answer.json, ("bad_syntax", "bad_value"), 1)
            self.assertNotIn(b"Kaatje", answer.body)

    def test_the_mark_of_utf8_is_no_part_of_a_text(self):
        first, second = event(), event()
        mark = b"\xef\xbb\xbf"
        text = mark + json.dumps({"events": [first]}).encode()
        self.assertEqual(self.daemon.post(text).json["accepted"], 1)
        lines = mark + json.dumps(first).encode() + b"\n" + mark + json.dumps(second).encode()
        done = self.daemon.post(lines, "application/x-ndjson").json
        self.assertEqual((done["accepted"], done["duplicates"]), (1, 1))

    def test_a_key_given_twice_is_bad_value_or_400(self):
        for text in ('"rung":3,"rung":3', '"rung":3,"rung":4'):
            bad = json.dumps(event(body={})).replace("{}", "{" + text + "}")
            answer = self.daemon.post('{"events":[%s]}' % bad)
            if answer.status != 400:
                self.assertEqual(answer.status, 200, answer)
                self.assertRejected(answer.json, "bad_value")
        bad = json.dumps(event()).replace("{", '{"id":"a-first-id",', 1)
        answer = self.daemon.post('{"events":[%s]}' % bad)
        if answer.status != 400:
            self.assertEqual(answer.status, 200, answer)
            self.assertRejected(answer.json, "bad_value")

    def test_a_field_in_both_spellings_is_bad_value(self):
        answer = self.daemon.post(json.dumps({"events": [event(occurredOn="2026-03-02")]}))
        self.assertIn(answer.status, (200, 400), answer)
        if answer.status == 200:
            self.assertRejected(answer.json, "bad_value")

    def test_a_rejected_id_can_be_sent_again_rightly(self):
        wrong = event(body={"rung": 7})
        self.assertRejected(self.daemon.push([wrong]), "bad_value")
        self.daemon.accept({**wrong, "ladder_assessed": {"rung": 6}})

    def test_ten_thousand_rejections_are_all_told(self):
        answer = self.daemon.post(json.dumps({"events": [event(body={"rung": 7})] * 10000}))
        self.assertEqual(answer.status, 200, repr(answer)[:500])
        self.assertEqual([one["index"] for one in answer.json["rejected"]], list(range(10000)))

    def test_ten_thousand_rejections_are_all_told_in_protobuf(self):
        answer = self.daemon.post(wire(1, hand(body=wire(1, 7))) * 10000, PROTOBUF)
        self.assertEqual(answer.status, 200, repr(answer)[:500])
        self.assertEqual([one["index"] for one in answer.result["rejected"]], list(range(10000)))


if __name__ == "__main__":
    harness.unittest.main()
