"""The requests of tests/end-to-end/requests_corpus.py through real proxies, which forgive what they can.

Whatever a proxy makes of what one partner sends, another partner's requests through the same
proxy, on the connections that the proxy shares, are answered as its own, and nothing is recorded
that its sender may not send.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "end-to-end"))
os.environ["PATH"] += ":/usr/sbin"

import harness
from harness import JSON, event, fresh
from requests_corpus import CORPUS, filled, inner_of

QUIET = 0.05  # seconds without another byte: then the attacker leaves
NGINX = """
daemon off; master_process off; worker_processes 1; pid {place}/pid; error_log {place}/log;
events {{ worker_connections 64; }}
http {{
  access_log off; underscores_in_headers on; ignore_invalid_headers off; merge_slashes off;
  client_body_temp_path {place}/body; proxy_temp_path {place}/proxy;
  fastcgi_temp_path {place}/fastcgi; uwsgi_temp_path {place}/uwsgi; scgi_temp_path {place}/scgi;
  upstream ladderd {{ server 127.0.0.1:{behind}; keepalive 1; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://ladderd; proxy_http_version 1.1; proxy_request_buffering {buffering};
      proxy_set_header Connection ""; proxy_set_header Host $http_host;
    }}
  }}
}}
"""
HAPROXY = """
global
  nbthread 1
defaults
  mode http
  timeout connect 5s
  timeout client 10s
  timeout server 10s
  option http-keep-alive
  option accept-invalid-http-request
  http-reuse always
frontend front
  bind 127.0.0.1:{port}
  default_backend back
backend back
  server ladderd 127.0.0.1:{behind}
"""


class Proxy:
    """What is done through each proxy; the classes below are the proxies."""

    partners = {"lev": {"municipalities": "GM0820"}, "isd": {"municipalities": "GM0823"}}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.place = Path(tempfile.mkdtemp(prefix="ladderd-proxy-"))
        cls.port = harness.free_port()
        file = cls.place / "conf"
        file.write_text(cls.configuration.format(place=cls.place, port=cls.port,
                                                 behind=cls.daemon.port, buffering=cls.buffering))
        cls.messages = open(cls.place / "messages", "wb")
        cls.proxy = subprocess.Popen([cls.program, *cls.arguments, file], stdout=cls.messages,
                                     stderr=cls.messages)

    @classmethod
    def tearDownClass(cls):
        cls.proxy.terminate()
        cls.proxy.wait(harness.WAIT)
        cls.messages.close()
        shutil.rmtree(cls.place, True)
        super().tearDownClass()

    def setUp(self):
        super().setUp()
        harness.until(self.listens, f"{self.program} listens")

    def listens(self):
        self.assertIsNone(self.proxy.poll(), (self.place / "messages").read_text())
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def attack(self, data):
        with socket.create_connection(("127.0.0.1", self.port), timeout=QUIET) as connection:
            try:
                connection.sendall(data)
                while connection.recv(65536):
                    pass
            except OSError:
                pass

    def ask(self, method, path, body=None):
        """One request of isd's on a connection of its own; a proxy whose connection was closed
        meanwhile says 502 or 503, and that it may be tried again."""
        for _ in range(5):
            client = harness.Client(self.port, self.daemon.tokens["isd"])
            answer = client.request(method, path, body, {"Content-Type": JSON} if body else {})
            client.close()
            if answer.status not in (502, 503):
                return answer
        self.fail(f"{self.program} gives up: {answer}")

    def test_nothing_of_one_partner_gets_into_anothers_requests(self):
        auth = f"Authorization: Bearer {self.daemon.tokens['lev']}\r\n".encode()
        sent, tried = set(), set()
        for name, data, _ in CORPUS:
            inner = event(id=fresh("inner"), municipality="GM0820")
            tried.add(inner["id"])
            body = json.dumps({"events": [inner]}).encode()
            # A whole request, and one that takes the next one's head for its own.
            for smuggled in (inner_of(auth, body), b"GET /v1/log HTTP/1.1\r\nX: "):
                with self.subTest(name=name, smuggled=smuggled[:4]):
                    self.attack(filled(data, auth, smuggled))
                    marker = event(id=fresh("marker"))
                    sent.add(marker["id"])
                    answer = self.ask("POST", "/v1/events", json.dumps({"events": [marker]}))
                    self.assertEqual(answer.status, 200, answer)
                    self.assertEqual(answer.json["accepted"] + answer.json["duplicates"], 1)
                    answer = self.ask("GET", "/v1/events/" + marker["id"])
                    self.assertEqual((answer.status, answer.json["event"]), (200, marker))
        for record in self.daemon.records():
            one = record["event"]["id"]
            self.assertIn(one, sent if record["partner"] == "isd" else tried, record)


class Nginx(Proxy, harness.Case):
    program, configuration, arguments, buffering = "nginx", NGINX, ("-c",), "off"


class NginxThatBuffers(Nginx):
    buffering = "on"


class Haproxy(Proxy, harness.Case):
    program, configuration, arguments, buffering = "haproxy", HAPROXY, ("-f",), None


if __name__ == "__main__":
    harness.unittest.main()
