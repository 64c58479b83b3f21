"""A person moves to a municipality with a ladderd of its own, and durations go on there."""

import json
import shutil
import tempfile
import unittest
from pathlib import Path

import harness
from harness import assessed, day, event, fresh, settled

MOVED = -30
OLD, NEW = "GM0823", "GM0785"
NOT_OF_DURATIONS = {"data_quality", "agreements"}


def key_pair():
    printed = harness.ladder("key", check=0).stdout.decode()
    return dict(line.split(": ") for line in printed.splitlines())


def life(subject, at=OLD):
    """What durations rest on, as the old municipality has it, of before the move."""
    return [
        event("person_registered", {"birth_year": 1990, "act": "WI2021"}, subject=subject,
              municipality=at, occurred_on=day(-880)),
        settled(subject, day(-900), at),
        assessed(subject, day(-150), 2, at),
        event("language_level_reached", {"level": "A2"}, subject=subject, municipality=at,
              occurred_on=day(-500)),
    ]


def moved_away(subject, on=MOVED):
    return event("municipality_left", {"to": "OTHER_MUNICIPALITY"}, subject=subject,
                 municipality=OLD, occurred_on=day(on))


class Handover(harness.Case):
    partners = {"isd": {}, "narrow": {"municipalities": f"*, {NEW}"}}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.receiver = harness.Ladderd(partners={
            "isd": {}, "narrow": {"municipalities": NEW}, "other": {}})
        cls.receiver.start()
        cls.addClassCleanup(cls.receiver.discard)
        cls.keys, cls.others = key_pair(), key_pair()
        cls.key_files = []
        for number, pair in enumerate((cls.keys, cls.others)):
            path = cls.receiver.place / f"key-{number}"
            path.touch(0o600)
            path.write_text(f"public: {pair['public']}\nsecret: {pair['secret']}\n")
            cls.key_files.append(path)

    def hand_over(self, subject, *options, check=0, to=None):
        return harness.ladder("handover", "--subject", subject, "--to",
                              to or self.keys["public"], *options, self.daemon.store, check=check)

    def place(self):
        place = Path(tempfile.mkdtemp(prefix="ladder-test-"))
        self.addCleanup(shutil.rmtree, place, True)
        return place

    def file(self, content):
        path = self.place() / "person.handover"
        path.write_bytes(content)
        return path

    def take(self, path, *options, who="isd", key=0, check=0, municipality=NEW, to=None):
        where = ("--municipality", municipality) if municipality else ()
        to = to or self.receiver
        return harness.ladder("import", "--key", self.key_files[key], *where, "--to",
                              f"http://127.0.0.1:{to.port}", "--token-file",
                              to.token_file(who), *options, path, check=check)

    def events(self, path, **options):
        printed = self.take(path, "--dry-run", **options).stdout.decode()
        return [json.loads(line) for line in printed.splitlines()]

    def pushed(self, *made):
        subject = fresh("s")
        self.daemon.accept(*life(subject), *[one(subject) for one in made])
        return subject

    def test_that_somebody_was_handed_over_is_in_the_access_log(self):
        subject = self.pushed(moved_away)
        before = len(self.daemon.spans())
        self.hand_over(subject)
        span, = self.daemon.spans()[before:]
        self.assertEqual(span["name"], "ladder handover")
        self.assertIn("dpl.core.data_subject_id", span["attributes"])
        self.assertRegex(span["attributes"]["ladderd.who"], r"\Aoperator/")

    def test_durations_go_on_as_if_nobody_had_moved(self):
        control, receiver = [harness.Ladderd(partners={"isd": {}}) for _ in range(2)]
        for daemon in (control, receiver):
            self.addCleanup(daemon.discard)
            daemon.start()
        subject = self.pushed(moved_away)
        control.accept(*life(subject), settled(subject, day(MOVED), NEW))
        self.take(self.file(self.hand_over(subject).stdout), to=receiver)
        told = harness.now_text()
        for daemon in (receiver, control):
            harness.until(lambda: daemon.figures().json["known_at"] > told, "it is known")
        for at in ("all", OLD, NEW):
            for as_of in (day(), day(MOVED - 60), day(-400)):
                figures = [daemon.figures(municipality=at, as_of=as_of).json
                           for daemon in (receiver, control)]
                self.assertEqual(figures[0]["population"], figures[1]["population"], at)
                for name, found in figures[1]["indicators"].items():
                    if name not in NOT_OF_DURATIONS:
                        self.assertEqual(figures[0]["indicators"][name], found, (at, name))
        today = control.figures(municipality=NEW).json
        self.assertEqual(today["population"]["persons"], 1)
        rung = receiver.figures(municipality=OLD).json["indicators"]["ladder_step"][1]
        self.assertEqual((rung["rung"], rung["entered"], rung["censored"]), (2, 1, 1))
        # It takes nothing over a second time.
        before = len(receiver.records())
        again = self.take(self.file(self.hand_over(subject).stdout), to=receiver)
        self.assertIn(b"of 5 events 0 were new, 5 known already and 0 rejected", again.stderr)
        self.assertEqual(len(receiver.records()), before)

    def test_it_carries_what_durations_need_and_no_more(self):
        subject = self.pushed(
            lambda one: assessed(one, day(-700), 1, OLD, key="row-7"),
            lambda one: event("language_level_reached", {"level": "A1"}, subject=one,
                              occurred_on=day(-800)),
            lambda one: event("language_level_reached", {"level": "A2"}, subject=one,
                              occurred_on=day(-300)),
            lambda one: event("contact_held", {"by": "CASE_MANAGER", "two_way": True,
                                               "worker": "worker-1"}, subject=one),
            lambda one: event("sanction_imposed", {"sanction_ref": "s1", "regime": "PWET"},
                              subject=one),
            moved_away)
        path = self.file(self.hand_over(subject).stdout)
        events = self.events(path)
        found = [{name: value for name, value in one.items() if name != "id"} for one in events]
        self.assertEqual(found, [
            {"subject": subject, "municipality": OLD, "occurred_on": day(-900),
             "person_registered": {"birth_year": 1990, "act": "WI2021"}},
            {"subject": subject, "municipality": OLD, "occurred_on": day(-900),
             "municipality_settled": {}},
            {"subject": subject, "municipality": OLD, "occurred_on": day(-150),
             "ladder_assessed": {"rung": 2}},
            {"subject": subject, "municipality": OLD, "occurred_on": day(-500),
             "language_level_reached": {"level": "A2"}},
            {"subject": subject, "municipality": NEW, "occurred_on": day(MOVED),
             "municipality_settled": {}},
        ])
        self.assertEqual(len({one["id"] for one in events}), 5)
        self.assertNotIn(subject, {record["event"].get("subject")
                                   for record in self.receiver.records()})
        # Sealed: no word of it is in the file.
        content = path.read_bytes()
        for word in (subject, OLD, "1990", "isd", "rung", day(-900)):
            self.assertNotIn(word.encode(), content)

    def test_the_move_is_that_of_the_log_or_of_the_command_line(self):
        here = self.pushed()
        there = self.pushed(lambda one: settled(one, day(-20), NEW))
        for subject, options, taken_to, expected in (
                (here, (), NEW, (NEW, day())),
                (here, ("--moved-on", day(-3)), NEW, (NEW, day(-3))),
                (here, ("--moved-on", day(-3), "--municipality", "GM0855"), None,
                 ("GM0855", day(-3))),
                (there, (), None, (NEW, day(-20))),
                (there, ("--municipality", "GM0855"), None, ("GM0855", day()))):
            path = self.file(self.hand_over(subject, *options).stdout)
            last = self.events(path, municipality=taken_to)[-1]
            self.assertEqual((last["municipality"], last["occurred_on"]), expected, options)
        path = self.file(self.hand_over(here).stdout)
        done = self.take(path, municipality=None, check=64)
        self.assertIn(b"--municipality is needed", done.stderr)
        path = self.file(self.hand_over(there).stdout)
        self.assertIn(b"another municipality", self.take(path, municipality=OLD, check=65).stderr)
        for options in (("--moved-on", day(1)), ("--moved-on", day(-901)),
                        ("--municipality", "855")):
            self.hand_over(here, *options, check=64)

    def test_only_the_holder_of_the_key_opens_it_and_only_as_it_was(self):
        content = self.hand_over(self.pushed(moved_away)).stdout
        before = len(self.receiver.records())
        done = self.take(self.file(content), key=1, check=65)
        self.assertIn(b"sealed for another key", done.stderr)
        for at in (0, 18, 19, 60, len(content) // 2, len(content) - 1):
            changed = bytearray(content)
            changed[at] ^= 1
            self.take(self.file(bytes(changed)), check=65)
        for changed in (content[:-1], content + b"\n", content[:19], b"", b"naam;datum\n"):
            self.take(self.file(changed), check=65)
        self.assertEqual(len(self.receiver.records()), before)
        # It comes by a pipe, too, and is written for nobody else to read.
        path = self.place() / "out"
        self.hand_over(self.pushed(), "-o", path)
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        piped = harness.ladder("import", "--key", self.key_files[0], "--municipality", NEW,
                               "--dry-run", "-", stdin=path.read_bytes(), check=0)
        self.assertEqual(len(piped.stdout.splitlines()), 5)

    def test_nobody_is_handed_over_who_is_erased_restricted_or_out(self):
        gone = [self.pushed() for _ in range(2)]
        harness.ladder("erase", "--subject", gone[0], self.daemon.store, check=0)
        harness.ladder("restrict", "--subject", gone[1], self.daemon.store, check=0)
        objected = self.pushed(lambda one: event("exited", {"reason": "OBJECTION"}, subject=one,
                                                 occurred_on=day(-1)))
        unsettled = fresh("s")
        self.daemon.accept(assessed(unsettled, day(-1), 2))
        taken_back = [settled(fresh("s"), day(-9))]
        self.daemon.accept(*taken_back)
        self.daemon.accept(harness.retraction(target_id=taken_back[0]["id"]))
        for subject, code in ((gone[0], 66), (gone[1], 77), (objected, 77), ("nobody", 66),
                              (unsettled, 69), (taken_back[0]["subject"], 69)):
            done = self.hand_over(subject, check=code)
            self.assertEqual(done.stdout, b"", subject)
        harness.ladder("restrict", "--lift", "--subject", gone[1], self.daemon.store, check=0)
        self.hand_over(gone[1])

    def test_the_partner_who_takes_over_needs_the_old_municipality(self):
        path = self.file(self.hand_over(self.pushed(moved_away)).stdout)
        done = self.take(path, who="narrow", check=1)
        self.assertIn(b"needs their old municipality", done.stderr)
        self.assertIn(b"of 5 events 1 were new, 0 known already and 4 rejected", done.stderr)

    def test_it_is_in_the_audit(self):
        done = self.hand_over(self.pushed())
        line = [json.loads(one) for one in done.stderr.splitlines() if one.startswith(b"{")][0]
        self.assertEqual((line["audit"], line["who"], line["what"], line["outcome"]),
                         ("act", "operator", "handover", "done"))

    def test_key_is_what_the_file_says_it_is(self):
        path = self.file(self.hand_over(self.pushed()).stdout)
        done = harness.ladder("import", "--municipality", NEW, path, check=64)
        self.assertIn(b"is a hand-over: --key FILE", done.stderr)
        done = self.take(path, "--map", "contacts", check=64)
        self.assertIn(b"leave --map and --subjects out", done.stderr)
        pem = self.place() / "client.pem"
        pem.touch(0o600)
        pem.write_text("-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----\n")
        done = harness.ladder("import", "--key", pem, "--municipality", NEW, "--dry-run", path,
                              check=65)
        self.assertIn(b"no secret key in", done.stderr)
        # With a map it is a list, whose --key belongs to --cert.
        done = harness.ladder("import", "--map", "contacts", "--subjects", self.place() / "s",
                              "--key", pem, self.file(b"naam;datum\n"), check=64)
        self.assertIn(b"--cert and --key go together", done.stderr)

    def test_what_cannot_be_asked_is_refused(self):
        subject = self.pushed()
        for key in ("x", self.keys["secret"], self.keys["public"][:-1], "0" * 64):
            self.assertIn(b"--to takes", self.hand_over(subject, to=key, check=64).stderr)
        for arguments in ((), ("--subject", subject), ("--to", self.keys["public"])):
            harness.ladder("handover", *arguments, self.daemon.store, check=64)
        self.hand_over(subject, "-o", "/nowhere/file", check=73)


if __name__ == "__main__":
    unittest.main()
