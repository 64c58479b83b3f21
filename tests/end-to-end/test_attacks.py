"""Each attack for a moment: memory stays bounded, figures stay fresh, and nobody else is refused.
What they do to the times of others is measured by `make torture`: tests/attacks/run."""

import re
import time

import attacks
import harness
from harness import event

SECONDS = 3
MEMORY_MAX = 256 << 20  # beside the figures', which are small here
AGE_MAX = 5
CROWD = 1100
PUSHED = 'ladderd_events_total{partner="bad",result="accepted"}'
CONNECTED = 'ladderd_connections{listener="http"}'
# What shows that an attack takes place, and how much of it.
TRACES = {
    "sanctions": (PUSHED, 3000),
    "one_request": (PUSHED, 9999),
    "colliding": (PUSHED, 300),
    "half_requests": (CONNECTED, 20),
    "unread_logs": (CONNECTED, 20),
    "unfinished_bodies": (CONNECTED, 20),
    "municipalities": ('ladderd_rejections_total{code="too_many_municipalities"}', 400),
    "wrong_tokens": ('ladderd_sign_ins_refused_total{by="bearer"}', 20),
    "idle_connections": (CONNECTED, 20),
}


@harness.in_long_form
class Attacks(harness.OwnDaemon):
    @classmethod
    def setUpClass(cls):
        cls.daemon = harness.Ladderd(partners={"isd": {}, "bad": {"municipalities": "*"}},
                                     sections=f"[limits]\nconnections_max = {CROWD}\n")
        cls.addClassCleanup(cls.daemon.close)
        cls.daemon.start()
        cls.daemon.push(harness.generated("--people", "60", "--until", "2024-10-04")[:9000])
        for _ in range(2):
            cls.daemon.push([event() for _ in range(9000)], who="bad")

    def target(self):
        return {"port": self.daemon.port, "tokens": self.daemon.tokens, "run": harness.fresh("r"),
                "colliding": 300, "collide": str(harness.Path(harness.LADDERD).parent / "collide")}

    def memory(self):
        with open(f"/proc/{self.daemon.process.pid}/status", encoding="ascii") as status:
            fields = dict(line.split(":", 1) for line in status)
        return int(fields["RssAnon"].split()[0]) * 1024

    def metric(self, name):
        text = self.daemon.get("/metrics", who="prometheus").body.decode()
        return float(re.search(rf"^{re.escape(name)} (\S+)$", text, re.M).group(1))

    def watch(self, until, traces):
        """What a good partner meets meanwhile, and the daemon's memory. True: the attack did
        what it is to do, too."""
        client, memory, most = self.daemon.client("isd"), 0, 0
        while time.monotonic() < until:
            begin = time.monotonic()
            answer = client.push([event()])
            self.assertEqual(answer.status, 200, answer)
            self.assertEqual(answer.json["accepted"], 1)
            self.assertLess(time.monotonic() - begin, 5)
            memory = max(memory, self.memory())
            self.assertLessEqual(self.metric("ladderd_figures_age_seconds"), AGE_MAX)
            most = max(most, self.metric(traces))
            time.sleep(0.05)  # between two of its pushes
        client.close()
        self.assertLess(memory, MEMORY_MAX)
        return most

    def attack(self, name):
        traces, least = TRACES[name]
        before = self.metric(traces) if traces.endswith("}") and "listener" not in traces else 0
        with attacks.Running(name, True, SECONDS, self.target()):
            most = self.watch(time.monotonic() + SECONDS, traces)
        self.assertGreaterEqual(most - before, least, "the attack itself")
        harness.until(lambda: self.metric("ladderd_figures_age_seconds") == 0,
                      "the figures have all")
        self.assertEqual(self.daemon.get("/readyz").status, 200)

    @classmethod
    def tearDownClass(cls):
        # After all of it live is what a replay gives.
        cls.daemon.stop()
        harness.ladder("replay", "--verify", cls.daemon.store, check=0)


for _name in attacks.ATTACKS:
    harness.test_of(Attacks, f"{_name} holds nobody up", lambda self, name=_name: self.attack(name))


if __name__ == "__main__":
    harness.unittest.main()
