"""A small municipality publishes eight quarters in a row, and an intruder who knows the
program reads all that is shown without a token (tests/twin/intruder.py says how): every
count keeps three possible values. Rounding alone would give some away."""

import json
import os
import sys

import harness
from harness import assessed, event, fresh, settled
from test_metrics import samples_of

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "twin"))
import curves  # noqa: E402
import intruder  # noqa: E402

HOME = "GM0823"
QUARTERS = ["2024-03-31", "2024-06-30", "2024-09-30", "2024-12-31",
            "2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31"]


def people():
    """Twelve on four rungs, three on each; in 2025 three climb and two more come."""
    sent = []
    for number in range(12):
        person = fresh("s")
        sent += [settled(person, "2024-01-08"),
                 assessed(person, "2024-02-05", number % 4 + 1),
                 assessed(person, "2024-08-05", number % 4 + 1),
                 assessed(person, "2025-02-03", number % 4 + 1 + (number < 3))]
    for number in range(2):
        person = fresh("s")
        sent += [settled(person, "2025-03-03"), assessed(person, "2025-04-01", 1)]
    return sent


def publish(as_of):
    return event("report_published", {"as_of": as_of}, municipality=HOME,
                 occurred_on="2026-01-05")


class Published(harness.OwnDaemon):
    def reads(self, daemon, as_of):
        answer = daemon.get("/v1/indicators", municipality=HOME, as_of=as_of)
        self.assertEqual(answer.status, 200, answer)
        return answer.body

    def shown(self, daemon):
        """All there is without a token: the bytes of each quarter, and the metrics."""
        metrics = daemon.get("/metrics")
        self.assertEqual(metrics.status, 200)
        return [self.reads(daemon, day) for day in QUARTERS], samples_of(metrics.body.decode())

    def published(self, base):
        daemon = self.ladderd(sections="[public]\nround_to = %d\n" % base)
        for _ in range(base // 5):
            daemon.accept(*people())
        daemon.accept(*map(publish, QUARTERS))
        harness.until(lambda: daemon.get("/v1/indicators", municipality=HOME,
                                       as_of=QUARTERS[-1]).status == 200, "the quarters show")
        return daemon

    def counts(self, body, base):
        figures = json.loads(body)
        self.assertEqual(figures["rounded_to"], base)
        return figures, intruder.counts_of(figures)

    def keeps_three_values(self, figures, where):
        self.assertNotIn("erased_people", figures, where)
        self.assertEqual(intruder.unexplained(figures), [], where)
        for possible in (intruder.intrude(figures), curves.intrude(figures)):
            self.assertIsNotNone(possible, where)
            self.assertEqual([(name, sorted(values)) for name, values in possible.items()
                              if len(values) < 3], [], where)

    def test_every_count_of_eight_quarters_keeps_three_values(self):
        for base in (5, 10):
            daemon = self.published(base)
            bodies, metrics = self.shown(daemon)
            for day, body in zip(QUARTERS, bodies):
                self.keeps_three_values(self.counts(body, base)[0], (base, day))
            if base == 5:
                # Rounding alone: 10 people, 5 on each of four rungs.
                figures, counts = self.counts(bodies[0], base)
                alone = {"population.persons": 10,
                         **{"ladder_position.%d" % k: 5 if k < 5 else 0 for k in range(1, 7)}}
                self.assertNotEqual({name: counts[name] for name in alone}, alone)
            # The metrics are those of the newest quarter, to the same moves.
            figures, counts = self.counts(bodies[-1], base)
            self.assertEqual(metrics["ladder_persons"],
                             {frozenset({("municipality", HOME)}): counts["population.persons"]})
            rungs = metrics["ladder_position_persons"]
            self.assertEqual(
                {dict(labels)["rung"]: value for labels, value in rungs.items()},
                {k: v for k, v in figures["indicators"]["ladder_position"].items()
                 if k != "stale"})
            daemon.stop()

    def test_the_first_base_that_was_shown_holds_whatever_is_configured_later(self):
        """Multiples of 5 beside those of 10 give exact counts away."""
        daemon = self.ladderd(sections="[public]\nround_to = 10\n")
        daemon.accept(*people(), *people())
        daemon.accept(publish(QUARTERS[0]))
        harness.until(lambda: daemon.get("/v1/indicators", municipality=HOME).status == 200,
                      "the first quarter shows")
        before = self.reads(daemon, QUARTERS[0])
        for sections in ("[public]\nround_to = 5\n",
                         f"[public]\nround_to = 10\n[municipality {HOME}]\nround_to = 5\n"):
            daemon.sections = sections
            daemon.write_config()
            daemon.restart()
            self.assertIn(f"what {HOME} publishes stays rounded to multiples of 10",
                          daemon.messages())
            self.assertEqual(self.reads(daemon, QUARTERS[0]), before)
        daemon.accept(publish(QUARTERS[1]))
        # What was configured is noted, and what was shown first holds.
        self.assertEqual(daemon.records()[-1]["round_to"], 5)
        harness.until(lambda: daemon.get("/v1/indicators", municipality=HOME,
                                         as_of=QUARTERS[1]).status == 200, "the second shows")
        self.assertEqual(json.loads(self.reads(daemon, QUARTERS[1]))["rounded_to"], 10)
        backup = self.place() / "backup"
        harness.ladder("backup", daemon.store, backup, check=0)  # it has no saved state
        for store in (daemon.store, backup):
            page = harness.ladder("report", "--public", "-m", HOME, "-l", "en", store, check=0)
            self.assertIn("multiples of 10", page.stdout.decode())
        daemon.stop()

    def test_each_municipality_has_the_base_of_its_own_section(self):
        daemon = self.ladderd(sections=f"[public]\nround_to = 5\n"
                                       f"[municipality {HOME}]\nround_to = 10\n")
        daemon.accept(*people())
        daemon.accept(publish(QUARTERS[0]), event("report_published", {"as_of": QUARTERS[0]},
                                                  municipality="GM0820"))
        self.assertEqual([(one["round_to"], one["definitions"])
                          for one in daemon.records()[-2:]], [(10, 2), (5, 2)])
        daemon.stop()

    def test_three_is_no_base_any_more(self):
        for sections in ("[public]\nround_to = 3\n", f"[municipality {HOME}]\nround_to = 3\n"):
            daemon = self.ladderd(sections=sections, start=False)
            said = harness.run(harness.LADDERD, "--check-config", "-c", daemon.config, check=78)
            self.assertIn("3 is offered no more", said.stderr.decode())

    def test_a_restart_a_kill_and_a_lost_state_show_the_same_bytes(self):
        daemon = self.published(5)
        before = self.shown(daemon)
        daemon.restart()
        self.assertEqual(self.shown(daemon), before)
        daemon.kill()
        daemon.start()
        self.assertEqual(self.shown(daemon), before)
        daemon.stop()
        os.unlink(os.path.join(daemon.store, "state"))
        daemon.start()
        self.assertEqual(self.shown(daemon), before)
        daemon.stop()


def two_people():
    """Too few to be shown at any base."""
    first, second = fresh("s"), fresh("s")
    return [settled(first, "2021-05-30"), assessed(first, "2021-06-29", 4),
            settled(second, "2022-07-07"), assessed(second, "2022-12-12", 4)]


class Withheld(harness.OwnDaemon):
    """A municipality whose newest publication is withheld; of the other one it is shown."""

    WITHHELD, OTHER = QUARTERS[-1], "GM0820"

    def withheld(self):
        daemon = self.ladderd()
        daemon.accept(*two_people())
        daemon.accept(*[settled(fresh("s"), "2024-01-01", self.OTHER) for _ in range(20)])
        daemon.accept(publish(self.WITHHELD), event("report_published", {"as_of": self.WITHHELD},
                                                    municipality=self.OTHER))
        harness.until(lambda: daemon.get("/v1/indicators", municipality=self.OTHER).status == 200,
                    "what was published shows")
        return daemon

    def assert_withheld(self, daemon):
        for question in ({}, {"as_of": self.WITHHELD}, {"known_at": harness.day()}):
            for who in (None, "isd"):
                answer = daemon.get("/v1/indicators", who=who, municipality=HOME, **question)
                self.assertEqual((answer.status, answer.media_type),
                                 (403, "application/problem+json"))
                self.assertIn("this publication is withheld", answer.json["detail"])

    def assert_page_withheld(self, daemon):
        for question in ({}, {"as_of": self.WITHHELD}):
            answer = daemon.get("/", municipality=HOME, lang="en", **question)
            page = answer.body.decode()
            self.assertEqual(answer.status, 403)
            self.assertIn("These figures are withheld", page)
            self.assertNotIn("<svg", page)
            csv = daemon.get("/figures.csv", municipality=HOME, **question)
            self.assertEqual(csv.status, 403)
            self.assertIn("withheld", csv.json["detail"])
        dutch = daemon.get("/", municipality=HOME, lang="nl").body.decode()
        self.assertIn("Deze cijfers tonen we niet", dutch)

    def test_a_withheld_publication_is_403_with_a_sentence_and_has_no_metrics(self):
        daemon = self.withheld()
        self.assert_withheld(daemon)
        self.assert_page_withheld(daemon)
        self.assertRegex(daemon.messages(), r"the publication in record \d+ is withheld")
        places = {dict(labels)["municipality"]
                  for labels in samples_of(daemon.get("/metrics").body.decode())["ladder_persons"]}
        self.assertEqual(places, {self.OTHER})
        # An analyst sees what it is made of.
        figures = daemon.figures(municipality=HOME, as_of=self.WITHHELD)
        self.assertEqual(figures.json["population"]["persons"], 2)
        daemon.restart()
        self.assert_withheld(daemon)
        daemon.stop()

    def test_a_report_of_a_withheld_publication_is_refused_with_a_sentence(self):
        daemon = self.withheld()
        page = self.place() / "report.html"
        for more in ((), ("-p", self.WITHHELD)):
            said = harness.ladder("report", "--public", "-m", HOME, "-l", "en", "-o", page, *more,
                                  daemon.store, check=69).stderr.decode()
            self.assertIn("This publication is withheld", said)
            self.assertFalse(page.exists())
        daemon.stop()

    def test_the_newest_that_is_shown_stands_in_for_one_that_is_withheld(self):
        daemon = self.ladderd()
        leaves = [fresh("s") for _ in range(20)]
        daemon.accept(*[settled(one, "2024-01-01") for one in leaves])
        daemon.accept(*[event("municipality_left", {"to": "ABROAD"}, subject=one,
                              occurred_on="2025-01-15") for one in leaves[2:]])
        daemon.accept(publish("2024-12-31"), publish("2025-03-31"))
        harness.until(lambda: daemon.get("/v1/indicators", municipality=HOME).status == 200,
                      "the older shows")
        self.assertEqual(daemon.get("/v1/indicators", municipality=HOME).json["as_of"],
                         "2024-12-31")
        answer = daemon.get("/v1/indicators", municipality=HOME, as_of="2025-03-31")
        self.assertEqual(answer.status, 403)
        self.assertIn('<option value="2024-12-31" selected', daemon.get(
            "/", municipality=HOME, lang="en").body.decode().replace("selected>", "selected >"))
        shown = samples_of(daemon.get("/metrics").body.decode())["ladder_persons"]
        self.assertEqual(list(shown.values()), [20])
        daemon.stop()


class Withdrawn(harness.OwnDaemon):
    """A published error is taken off, and the quarter may be published anew."""

    EARLIER, GONE = "2024-12-31", "2025-03-31"

    def withdraw(self, as_of):
        return event("report_withdrawn", {"as_of": as_of}, municipality=HOME,
                     occurred_on="2026-01-06")

    def described(self, *sent):
        daemon = self.ladderd()
        daemon.accept(*[settled(fresh("s"), "2024-01-01") for _ in range(30)])
        daemon.accept(*sent)
        return daemon

    def asked(self, daemon, **question):
        return daemon.get("/v1/indicators", municipality=HOME, **question)

    def test_a_withdrawn_publication_is_410_with_its_day_and_has_no_metrics(self):
        daemon = self.described(publish(self.GONE))
        harness.until(lambda: self.asked(daemon).status == 200, "it shows")
        self.assertEqual(daemon.get("/", municipality=HOME, lang="en").status, 200)
        daemon.accept(self.withdraw(self.GONE))
        harness.until(lambda: self.asked(daemon, as_of=self.GONE).status == 410, "it is gone")

        def check():
            for question in ({"as_of": self.GONE}, {"as_of": self.GONE, "known_at": harness.day()},
                             {"as_of": self.GONE, "known_at": "2025-06-01"}):
                answer = self.asked(daemon, **question)
                self.assertEqual(answer.status, 410, answer)
                self.assertIn(f"withdrew this publication on {harness.day()}",
                              answer.json["detail"])
                csv = daemon.get("/figures.csv", municipality=HOME, **question)
                self.assertEqual(csv.status, 410)
                self.assertIn(harness.day(), csv.json["detail"])
            self.assertEqual(self.asked(daemon).status, 403)
            page = daemon.get("/", municipality=HOME, as_of=self.GONE, lang="en")
            self.assertEqual(page.status, 410)
            self.assertIn("These figures were withdrawn", page.body.decode())
            self.assertIn("ingetrokken", daemon.get("/", municipality=HOME, as_of=self.GONE,
                                                    lang="nl").body.decode())
            self.assertNotIn("ladder_persons", samples_of(daemon.get("/metrics").body.decode()))
            said = harness.ladder("report", "--public", "-m", HOME, "-p", self.GONE,
                                  daemon.store, check=69).stderr.decode()
            self.assertIn(f"withdrew this publication on {harness.day()}", said)
        check()
        daemon.restart()
        check()
        daemon.kill()
        os.unlink(os.path.join(daemon.store, "state"))
        daemon.start()
        check()
        daemon.stop()

    def test_the_quarter_before_stands_in_and_what_is_published_anew_shows(self):
        daemon = self.described(publish(self.EARLIER), publish(self.GONE))
        harness.until(lambda: self.asked(daemon, as_of=self.GONE).status == 200, "both show")
        daemon.accept(self.withdraw(self.GONE))
        harness.until(lambda: self.asked(daemon, as_of=self.GONE).status == 410, "one is gone")
        self.assertEqual(self.asked(daemon).json["as_of"], self.EARLIER)
        page = daemon.get("/", municipality=HOME, lang="en").body.decode()
        self.assertNotIn(f'<option value="{self.GONE}"', page)
        # On the same civil day the last holds.
        daemon.accept(*[settled(fresh("s"), "2024-01-01") for _ in range(20)])
        daemon.accept(publish(self.GONE))
        harness.until(lambda: self.asked(daemon, as_of=self.GONE).status == 200, "it is back")
        for question in ({}, {"as_of": self.GONE}, {"as_of": self.GONE, "known_at": harness.day()}):
            answer = self.asked(daemon, **question)
            self.assertEqual((answer.json["as_of"], answer.json["population"]["persons"],
                              answer.json["known_at"]), (self.GONE, 50, harness.day()), question)
        self.assertEqual(self.asked(daemon, as_of=self.GONE, known_at="2025-06-01").status, 403)
        harness.ladder("verify", daemon.store, check=0)
        daemon.stop()


if __name__ == "__main__":
    harness.unittest.main()
