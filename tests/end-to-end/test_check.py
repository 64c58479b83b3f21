"""`ladder check`, for monitors like Nagios: one line, what was measured, and an exit code. And the
commands of the operators' guide."""

import http.server
import json
import re
import shutil
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

import harness
from harness import ROOT

LINE = re.compile(r"LADDERD (OK|WARNING|CRITICAL|UNKNOWN) - ([^|\n]*)(?: \|((?: [^ =]+=\S+)*))?\n")
WORDS = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
FINE = {"ladderd_log_last_seq": 7, "ladderd_log_bytes": 10, "ladderd_log_bytes_max": 100,
        "ladderd_log_writable": 1, "ladderd_scrub_findings_total": 0,
        "ladderd_figures_age_seconds": 0}
DAY = 86400


class Fake(http.server.BaseHTTPRequestHandler):
    """Answers as a ladderd that is as a test wants it."""

    def do_GET(self):
        status, kind, body = self.server.answers[self.path]
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


class Check(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Path(tempfile.mkdtemp(prefix="ladderd-check-"))
        cls.addClassCleanup(shutil.rmtree, cls.place, True)
        cls.token = cls.place / "monitor.token"
        cls.token.write_text(harness.token()[0])
        cls.token.chmod(0o600)
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Fake)
        cls.addClassCleanup(cls.server.server_close)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.server.shutdown)

    def check(self, *options, port=None, token=None):
        """The exit code, the sentence, {measured: value}."""
        port = port or self.server.server_port
        done = harness.ladder("check", "--to", f"http://127.0.0.1:{port}", "--token-file",
                              token or self.token, *options)
        line = LINE.fullmatch(done.stdout.decode())
        self.assertTrue(line, (done.stdout, done.stderr))
        self.assertEqual(WORDS[done.returncode], line.group(1))
        measured = dict(one.split("=", 1) for one in (line.group(3) or "").split())
        return done.returncode, line.group(2), measured

    def told(self, *options, ready=(200, "text/plain", "ok\n"), status=200, more="", **changed):
        metrics = "".join(f"{name} {value}\n" for name, value in {**FINE, **changed}.items()
                          if value is not None)
        self.server.answers = {"/readyz": ready, "/metrics": (status, "text/plain", metrics + more)}
        return self.check(*options)

    def test_all_is_well(self):
        code, said, measured = self.told()
        self.assertEqual((code, said), (0, "ready, 7 records"))
        self.assertEqual(measured, {"figures_age": "0.000s;60", "log_bytes": "10B;90;;0;100",
                                    "records": "7c"})

    def test_each_thing_that_is_wrong_is_told(self):
        now = time.time()
        problem = json.dumps({"title": "Service Unavailable", "detail": "the disk is full"})
        certificate = 'ladderd_certificate_not_after_timestamp_seconds{listener="http"} '
        event = 'ladderd_last_event_timestamp_seconds{partner="isd"} '
        for expected, sentence, given in (
                (2, "the log is not writable", {"ladderd_log_writable": 0}),
                (2, "the scrub found damage 2 times", {"ladderd_scrub_findings_total": 2}),
                (2, "the disk is full", {"ready": (503, "application/problem+json", problem)}),
                (1, "the figures wait", {"ready": (200, "text/plain",
                                                   "ok\nwarning: the figures wait\n")}),
                (1, "the figures are 61 s old", {"ladderd_figures_age_seconds": 61}),
                (1, "the store is 91 % full", {"ladderd_log_bytes": 91}),
                (1, "certificate of http ends in 20", {"more": f"{certificate}{now + 20.5 * DAY}\n"}),
                (2, "certificate of http ends in 2", {"more": f"{certificate}{now + 2.5 * DAY}\n"}),
                (1, "isd has sent nothing for 15 days", {"more": f"{event}{now - 15 * DAY}\n"}),
                (3, "do not show the health", {"ladderd_log_last_seq": None}),
                (3, "refused: status 401", {"status": 401})):
            code, said, _ = self.told(**given)
            self.assertEqual(code, expected, said)
            self.assertIn(sentence, said)

    def test_the_worst_decides_and_all_are_told(self):
        code, said, _ = self.told(ladderd_log_writable=0, ladderd_log_bytes=95)
        self.assertEqual(code, 2)
        self.assertEqual(said, "the log is not writable; the store is 95 % full")

    def test_thresholds_are_options(self):
        now = time.time()
        certificate = f'ladderd_certificate_not_after_timestamp_seconds{{listener="stream"}} {now + 40 * DAY}\n'
        event = f'ladderd_last_event_timestamp_seconds{{partner="isd"}} {now - 3.2 * DAY}\n'
        code, _, measured = self.told(more=certificate + event)
        self.assertEqual(code, 0)
        self.assertEqual(measured["'silent_days_isd'"], "3.20;14")
        self.assertRegex(measured["certificate_stream_days"], r"^(40\.0|39\.9);21:;3:$")
        self.assertEqual(self.told("--silent", "3", more=event)[0], 1)
        self.assertEqual(self.told("--certificate-warning", "50", more=certificate)[0], 1)
        self.assertEqual(self.told("--certificate-critical", "50", more=certificate)[0], 2)

    def test_what_a_hostile_server_says_is_one_line_and_no_measurement(self):
        code, said, measured = self.told(
            ready=(200, "text/plain", "warning: a|b=1\x1b[2J\n"),
            more="ladderd_last_event_timestamp_seconds{partner=\"x'=1 y\"} 0\n")
        self.assertEqual(code, 1)
        self.assertNotIn("\x1b", said)
        self.assertEqual(set(measured), {"figures_age", "log_bytes", "records", "'silent_days_'"})

    def test_nobody_there_is_critical_and_a_check_that_cannot_run_is_unknown(self):
        code, said, _ = self.check(port=harness.free_port())
        self.assertEqual(code, 2)
        self.assertIn("does not answer", said)
        self.assertEqual(self.check(token=self.place / "none")[0], 3)
        self.assertEqual(self.check("--nonsense")[0], 3)


class Guide(harness.Case):
    scrapers = {"monitor": {}}

    def test_a_real_daemon_is_well_and_the_commands_of_the_guide_run_as_they_stand(self):
        self.daemon.accept(*harness.generated("--people", "5", "--years", "2", "--seed", "4",
                                              "--until", "2025-12-31"))
        place = Path(tempfile.mkdtemp(prefix="ladderd-operators-"))
        self.addCleanup(shutil.rmtree, place, True)
        (place / "ladderd-store").symlink_to(self.daemon.store)
        said = []
        found = re.findall(r"^```sh\n(.*?)^```$", (ROOT / "docs/operators.md").read_text(),
                           re.M | re.S)
        self.assertEqual(len(found), 5)
        for block in found:
            block = block.replace("127.0.0.1:7400", f"127.0.0.1:{self.daemon.port}")
            done = subprocess.run(
                ["sh", "-c", f"set -e\nladder() {{ \"{harness.LADDER}\" \"$@\"; }}\n" + block],
                cwd=place, capture_output=True, timeout=120)
            self.assertEqual(done.returncode, 0, (block, done.stderr.decode()[-2000:]))
            said.append(done.stdout.decode())
            # The token that it makes is one that nobody knows: the monitor's takes its place.
            (place / "monitor.token").write_text(self.daemon.tokens["monitor"])
        self.assertRegex(said[1], r"^LADDERD OK - ready, \d+ records \| ")
        self.assertTrue((place / "history.om").read_text().endswith("# EOF\n"))
        self.assertEqual(harness.ladder("log", place / "restored-store", check=0).stdout,
                         harness.ladder("log", self.daemon.store, check=0).stdout)


if __name__ == "__main__":
    unittest.main()
