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
        if "erased_people" in figures:
            self.skipTest("the daemon shows figures by the rules of 0.1")
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

    def test_a_report_is_no_second_rounding_of_what_is_shown(self):
        """Multiples of 5 beside those of 10 give exact counts away."""
        daemon = self.published(10)
        backup = self.place() / "backup"
        harness.ladder("backup", daemon.store, backup, check=0)  # it has no saved state

        for store in (daemon.store, backup):
            def report(*more, check=0):
                done = harness.ladder("report", "--public", "-m", HOME, "-l", "en", *more, store,
                                    check=check)
                return done.stdout.decode() + done.stderr.decode()

            self.assertIn("multiples of 10", report())
            self.assertEqual(report("--round-to", "10"), report())
            said = report("--round-to", "5", check=64)
            self.assertIn("ladderd publishes multiples of 10 of these figures", said)
        daemon.stop()

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
    """Both settled, both on rung 4, one of them past B1: at base 3 no counts that could be
    shown leave every count two values. Found by trying small municipalities at random."""
    first, second = fresh("s"), fresh("s")
    return [settled(first, "2021-05-30"), assessed(first, "2021-06-29", 4),
            event("language_level_reached", {"level": "B2"}, subject=first, municipality=HOME,
                  occurred_on="2021-05-10"),
            settled(second, "2022-07-07"), assessed(second, "2022-12-12", 4)]


class Withheld(harness.OwnDaemon):
    """A municipality whose newest publication is withheld; the one before, of nobody, is not.
    Another municipality published the same quarter."""

    WITHHELD, SHOWN, OTHER = QUARTERS[-1], "2020-12-31", "GM0820"

    def withheld(self, base=3):
        daemon = self.ladderd(sections="[public]\nround_to = %d\n" % base)
        daemon.accept(*two_people())
        daemon.accept(publish(self.SHOWN), publish(self.WITHHELD),
                      event("report_published", {"as_of": self.WITHHELD},
                            municipality=self.OTHER, occurred_on="2026-01-05"))
        harness.until(lambda: daemon.get("/v1/indicators", municipality=self.OTHER).status == 200,
                    "what was published shows")
        return daemon

    def assert_withheld(self, daemon):
        for question in ({}, {"as_of": self.WITHHELD}):
            for who in (None, "isd"):
                answer = daemon.get("/v1/indicators", who=who, municipality=HOME, **question)
                self.assertEqual((answer.status, answer.media_type),
                                 (403, "application/problem+json"))
                self.assertIn("this publication is withheld", answer.json["detail"])
        answer = daemon.get("/v1/indicators", municipality=HOME, as_of=self.SHOWN)
        self.assertEqual((answer.status, answer.json["population"]["persons"]), (200, 0))

    def assert_page_withheld(self, daemon):
        for question in ({}, {"as_of": self.WITHHELD}):
            answer = daemon.get("/", municipality=HOME, lang="en", **question)
            page = answer.body.decode()
            self.assertEqual(answer.status, 403)
            self.assertIn("These figures are withheld", page)
            self.assertNotIn("<svg", page)
            self.assertIn(f'<option value="{self.SHOWN}"', page)  # to choose
            csv = daemon.get("/figures.csv", municipality=HOME, **question)
            self.assertEqual(csv.status, 403)
            self.assertIn("withheld", csv.json["detail"])
        dutch = daemon.get("/", municipality=HOME, lang="nl").body.decode()
        self.assertIn("Deze cijfers worden niet getoond", dutch)
        self.assertEqual(daemon.get("/", municipality=HOME, as_of=self.SHOWN).status, 200)

    def test_a_withheld_publication_is_403_with_a_sentence_and_has_no_metrics(self):
        daemon = self.withheld()
        self.assert_withheld(daemon)
        self.assert_page_withheld(daemon)
        self.assertRegex(daemon.messages(), r"the publication in record 7 is withheld: rounded to 3")
        # No older quarter stands in for it.
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

        def report(*more, check=0):
            return harness.ladder("report", "--public", "-m", HOME, "-l", "en", "-o", page, *more,
                                daemon.store, check=check).stderr.decode()
        for more in ((), ("-p", self.WITHHELD)):
            said = report(*more, check=69)
            self.assertIn("This publication is withheld", said)
            self.assertFalse(page.exists())
        report("-p", self.SHOWN)
        self.assertIn("31 December 2020", page.read_text())
        daemon.stop()

    def test_with_a_larger_base_the_same_people_are_shown(self):
        for base in (5, 10):
            daemon = self.withheld(base)
            answer = daemon.get("/v1/indicators", municipality=HOME)
            self.assertEqual((answer.status, answer.json["as_of"]), (200, self.WITHHELD))
            daemon.stop()


if __name__ == "__main__":
    harness.unittest.main()
