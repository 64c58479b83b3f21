"""The description of the interface is that of the interface: paths, parameters, events, limits."""

import copy
import json
import re
import subprocess
import tempfile
from pathlib import Path

import jsonschema

import harness
from harness import event

HTTP = ("get", "post", "put", "delete", "patch")
PAGES = {"/definitions", "/", "/sign-in", "/sign-out", "/worklist", "/card", "/compare"}  # for people


def routes():
    """(method, path) of the program's table; a path that goes on ends with {id}."""
    text = (harness.ROOT / "daemon/web/routes.c").read_text()
    found = re.findall(r'\.method = "(\w+)",\s*\.path = "([^"]+)"', text)
    return {(method.lower(), path + "{id}" if len(path) > 1 and path.endswith("/") else path)
            for method, path in found}


class Description(harness.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.answer = cls.daemon.get("/v1/openapi.json")
        cls.document = cls.answer.json

    def schema(self, name):
        """A validator of one of its schemas."""
        def resolved(part):
            if isinstance(part, dict) and part.get("nullable") is True:
                return {**resolved({key: value for key, value in part.items()
                                    if key != "nullable"}), "type": [part["type"], "null"]}
            if isinstance(part, dict):
                return {key: value.replace("#/components/schemas/", "#/definitions/")
                        if key == "$ref" else resolved(value) for key, value in part.items()}
            return [resolved(one) for one in part] if isinstance(part, list) else part
        schemas = resolved(copy.deepcopy(self.document["components"]["schemas"]))
        whole = {"$schema": "http://json-schema.org/draft-04/schema#",
                 "$ref": f"#/definitions/{name}", "definitions": schemas}
        jsonschema.Draft4Validator.check_schema(whole)
        return jsonschema.Draft4Validator(whole)

    def operations(self):
        for path, item in self.document["paths"].items():
            for method, operation in item.items():
                self.assertIn(method, HTTP)
                yield method, path, operation

    def test_it_is_there_for_anyone_from_anywhere(self):
        self.assertEqual((self.answer.status, self.answer.media_type), (200, harness.JSON))
        self.assertEqual(self.answer.header("Access-Control-Allow-Origin"), "*")
        self.assertRegex(self.document["openapi"], r"^3\.0\.\d$")
        version = self.document["info"]["version"]
        self.assertRegex(version, r"^\d+\.\d+\.\d+$")
        for path, who in (("/v1/openapi.json", None), ("/v1/worklist", "isd"), ("/v1/log", None),
                          ("/v1/", None), ("/v1/nothing", "isd"), ("/v1/l%6Fg", None)):
            self.assertEqual(self.daemon.get(path, who=who).header("API-Version"), version, path)
        wrong = self.daemon.request("POST", "/v1/log", "")
        self.assertEqual((wrong.status, wrong.header("API-Version")), (405, version))
        for path in ("/healthz", "/nothing"):
            self.assertIsNone(self.daemon.get(path).header("API-Version"))
        self.assertNotIn('"@', self.answer.body.decode())

    def test_it_has_every_path_and_no_other(self):
        described = {(method, path) for method, path, _ in self.operations()}
        self.assertEqual(described, {(method, path) for method, path in routes()
                                     if path not in PAGES})

    def test_every_reference_leads_somewhere_and_everything_is_used(self):
        used = set(re.findall(r'"\$ref": ?"#/components/([^"]+)"', self.answer.body.decode()))
        there = {f"{kind}/{name}" for kind, named in self.document["components"].items()
                 if kind != "securitySchemes" for name in named}
        self.assertEqual(used, there)
        names = [operation["operationId"] for _, _, operation in self.operations()]
        self.assertEqual(len(names), len(set(names)))
        tags = {tag["name"] for tag in self.document["tags"]}
        for _, path, operation in self.operations():
            self.assertLessEqual(set(operation["tags"]), tags, path)
            self.assertIn("200", operation["responses"])

    def test_the_parameters_are_those_that_are_taken(self):
        parameters = self.document["components"]["parameters"]
        who = {"/v1/worklist": "isd", "/v1/agreements": "isd", "/v1/card": "isd"}
        for method, path, operation in self.operations():
            if method != "get" or "{" in path or path in ("/healthz", "/readyz"):
                continue
            named = {parameters[one["$ref"].rsplit("/", 1)[1]]["name"]
                     for one in operation.get("parameters", [])}
            answer = self.daemon.get(path + "?nowhere=1", who=who.get(path, "analyst"))
            self.assertProblem(answer, 400)
            self.assertEqual(set(re.findall(r"\b[a-z_]{2,}\b", self.allowed(answer))), named, path)

    def allowed(self, answer):
        """Of the sentence about a parameter that is not known: which are."""
        detail = answer.json["detail"]
        if detail == "this path takes no parameter":
            return ""
        self.assertIn("that is not known", detail)
        return detail.split("there are:", 1)[1]

    def test_what_people_would_send_is_valid_and_what_is_refused_is_not(self):
        valid = self.schema("Event")
        kinds = set()
        for one in harness.generated("--people", "60", "--years", "3", "--publish"):
            valid.validate(one)
            kinds |= set(one)
        self.assertGreater(len(kinds), 30)
        self.assertEqual({body["required"][-1] for body in
                          self.document["components"]["schemas"]["Event"]["oneOf"]},
                         set(self.document["components"]["schemas"]["Event"]["properties"]) -
                         {"id", "key", "subject", "municipality", "occurred_on"})
        good = event()
        for change in ({"rung": 3}, {"municipality": "Oirschot"}, {"occurred_on": "2-3-2026"},
                       {"subject": "Kaatje Smit"}, {"ladder_assessed": {"rung": 7}},
                       {"ladder_assessed": {}}, {"ladder_assessed": {"rung": 3, "why": "x"}},
                       {"job_ended": {"job_ref": "a"}}, {"id": None},
                       {"ladder_assessed": {"rung": "high"}}):
            bad = {**good, **change}
            self.assertFalse(valid.is_valid(bad), change)
            self.assertEqual(len(self.daemon.push([bad])["rejected"]), 1, change)
        without = {name: value for name, value in good.items() if name != "subject"}
        self.assertFalse(valid.is_valid(without))

    def test_answers_are_as_described(self):
        result = self.daemon.push([event(), {**event(), "occurred_on": "x"}])
        self.schema("IngestResult").validate(result)
        codes = self.document["components"]["schemas"]["Rejection"]["properties"]["code"]["enum"]
        written = (harness.ROOT / "spec/events.md").read_text().split("Codes, per event:")[1]
        self.assertEqual(set(codes), set(re.findall(r"`([a-z_]+)`", written.split("\n")[0])) &
                         set(codes))
        self.assertGreaterEqual(len(codes), 14)
        self.schema("Problem").validate(self.daemon.get("/v1/log").json)
        self.schema("Card").validate(self.daemon.get("/v1/card", who="isd").json)
        self.schema("WorkList").validate(self.daemon.get("/v1/worklist", who="isd").json)
        self.schema("Agreements").validate(self.daemon.get("/v1/agreements", who="isd").json)
        self.schema("Indicators").validate(
            self.daemon.figures(municipality="GM0823").json)
        one = event()
        self.daemon.push([one])
        self.schema("Record").validate(self.daemon.get(f"/v1/events/{one['id']}", who="isd").json)
        for line in self.daemon.get("/v1/log?wait=0", who="analyst").body.splitlines():
            record = json.loads(line)
            self.schema("Record" if "seq" in record else "LogMark").validate(record)
        self.assertIn("caught_up", record)
        batch = {"events": [one]}
        self.schema("EventBatch").validate(batch)
        self.assertFalse(self.schema("EventBatch").is_valid({"events": []}))

    def test_the_messages_are_those_of_the_program(self):
        answer = self.daemon.get("/v1/ladder.proto")
        self.assertEqual((answer.status, answer.media_type), (200, "text/plain"))
        self.assertEqual(answer.body, (harness.ROOT / "proto/ladder.proto").read_bytes())
        with tempfile.TemporaryDirectory() as place:
            file = Path(place) / "ladder.proto"
            file.write_bytes(answer.body)
            subprocess.run(["protoc", f"--proto_path={place}", f"--python_out={place}", str(file)],
                           check=True, timeout=60)
        self.assertEqual(json.loads(self.daemon.get("/v1/openapi.json").body), self.document)
