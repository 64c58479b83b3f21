"""Erasing people: after it no file has a byte of theirs, figures are as if they had never been
there, and what they were is still known where it must be: a re-sent event is a duplicate."""

import contextlib
import http.client
import json
import os
import random
import re
import shutil
import socket
import subprocess
import threading
import time
import unittest
import uuid
from datetime import datetime
from pathlib import Path

import harness
from harness import assessed, event, fresh, retraction, settled

HOME, OTHER = "GM0823", "GM0770"
BUILD = Path(harness.LADDERD).parent
# Of the system calls of an erasure each that is a multiple of this, from a random one on.
EVERY = int(os.environ.get("LADDERD_EVERY", "29" if harness.LONG else "97"))
PEOPLE = int(os.environ.get("LADDERD_PEOPLE", "5"))  # that are erased one after the other


def strange(kind):
    """An identifier whose bytes are nowhere else."""
    return f"{kind}-{uuid.uuid4().hex}"


def life(subject, keys=True):
    """What is sent of one person: ids of both forms, keys, references, retractions."""
    gone, again, ref = str(uuid.uuid4()), strange("k"), strange("job")
    first = event("person_registered", {"birth_year": 1990, "act": "WI2021"}, id=strange("i"),
                  subject=subject, occurred_on="2024-01-08")
    mistaken = assessed(subject, "2024-02-01", 1, id=gone)
    return [first, settled(subject, "2024-01-08", id=str(uuid.uuid4())),
            event("household_role_set", {"role": "BREADWINNER"}, id=strange("i"),
                  subject=subject, occurred_on="2024-01-08"),
            mistaken, retraction(target_id=gone, id=strange("r")),
            assessed(subject, "2024-02-05", 1, id=strange("i"), key=again),
            assessed(subject, "2024-02-05", 2, id=str(uuid.uuid4()), key=again),
            event("job_started", {"job_ref": ref, "funding": "FULLY_PAID", "hours_per_week": 32},
                  id=strange("i"), subject=subject, occurred_on="2024-06-03"),
            event("activity_logged", {"kind": "SPORT", "minutes": 60, "provider": "WELFARE",
                                      "activity_ref": strange("a")},
                  id=strange("i"), subject=subject, occurred_on="2024-06-04")]


def strings_of(events):
    """All bytes by which somebody could be found again."""
    found = set()
    for one in events:
        for text in re.findall(r'"((?:[a-z]+-)?[0-9a-f-]{32,36})"', json.dumps(one)):
            found.add(text.encode())
            if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text):
                found.add(uuid.UUID(text).bytes)
    return found


def files_with(strings, *places):
    found = []
    for place in places:
        files = [place] if place.is_file() else [f for f in place.rglob("*") if f.is_file()]
        for file in files:
            data = file.read_bytes()
            found += [(str(file), string) for string in strings if string in data]
    return found


def helper(name):
    if not (BUILD / name).exists():
        subprocess.run(["make", f"VARIANT={BUILD.name}", "helpers"], check=True,
                       stdout=subprocess.DEVNULL, cwd=Path(__file__).parents[2])
    return BUILD / name


def log_of(store):
    return [json.loads(line) for line in
            harness.ladder("log", store, check=0).stdout.splitlines()]


def recorded_on(record):
    return datetime.fromisoformat(record["recorded_at"].replace("Z", "+00:00")).astimezone(
        harness.ZONE).date().isoformat()


def erase(subject, store, *more, check=0):
    return harness.ladder("erase", "--subject", subject, "--reason", "asked for it", *more, store,
                          check=check)


def obey(records):
    """What a follower ends with that does what `erased` says."""
    gone = {seq for record in records
            for seq in record.get("event", {}).get("erased", {}).get("seqs", [])}
    return [{"seq": record["seq"], "recorded_on": recorded_on(record), "erased": True}
            if record["seq"] in gone and "recorded_at" in record else record
            for record in records]


class Offline(harness.OwnDaemon):
    def filled(self, people=8):
        """A store of several people, the first of whom is to be erased."""
        daemon = self.ladderd()
        self.lives = {fresh("s") if number else strange("s"): None for number in range(people)}
        self.subject = next(iter(self.lives))
        for subject in self.lives:
            self.lives[subject] = life(subject)
        daemon.accept(*(one for whole in zip(*self.lives.values()) for one in whole))
        return daemon

    def figures(self, store, as_of="2026-06-30", **more):
        arguments = [part for name, value in more.items() for part in (f"--{name}", value)]
        return json.loads(harness.ladder("replay", "--as-of", as_of, *arguments, store,
                                         check=0).stdout)

    def test_nothing_of_a_person_is_left(self):
        daemon = self.filled()
        daemon.stop()
        strings = strings_of(self.lives[self.subject]) | {self.subject.encode()}
        self.assertGreater(len(strings), 12)
        self.assertTrue(files_with(strings, daemon.store))
        before = log_of(daemon.store)
        self.assertIn(b"people erased: 1", erase(self.subject, daemon.store).stdout)
        backup = self.place() / "backup"
        harness.ladder("backup", daemon.store, backup, check=0)
        self.assertEqual(files_with(strings, daemon.place, backup), [])
        harness.ladder("verify", daemon.store, check=0)
        harness.ladder("verify", backup, check=0)
        # A follower of before that obeys the act has what is in the log now.
        after = log_of(daemon.store)
        self.assertEqual(len(after), len(before) + 1)
        act = after[-1]
        self.assertEqual(act["partner"], "ladderd")
        seqs = act["event"]["erased"]["seqs"]
        self.assertEqual(list(act["event"]["erased"]), ["seqs"])
        self.assertEqual(len(seqs), len(self.lives[self.subject]))
        self.assertEqual(obey(before + [act]), after)
        daemon.start()
        self.assertEqual(daemon.records(), after)

    def test_a_dry_run_changes_nothing(self):
        daemon = self.filled()
        daemon.stop()
        before = (daemon.store / "data.mdb").read_bytes()
        done = erase(self.subject, daemon.store, "--dry-run")
        self.assertIn(b"records: %d\n" % len(self.lives[self.subject]), done.stdout)
        self.assertEqual(log_of(daemon.store)[0].get("erased"), None)
        self.assertEqual((daemon.store / "data.mdb").read_bytes()[8192:], before[8192:])
        self.assertEqual(Path(f"{daemon.store}.erased").read_bytes(), b"")

    def test_nobody_of_that_subject_is_an_exit_code(self):
        daemon = self.filled()
        daemon.stop()
        erase("nobody", daemon.store, check=66)
        harness.ladder("erase", daemon.store, check=64)
        harness.ladder("erase", "--subject", "x", daemon.place / "no-store", check=66)

    def test_what_is_sent_again_is_a_duplicate_and_stays_erased(self):
        daemon = self.filled()
        daemon.stop()
        erase(self.subject, daemon.store)
        daemon.start()
        whole = self.lives[self.subject]
        again = daemon.push(whole)
        self.assertEqual((again["accepted"], again["duplicates"]), (0, len(whole)), again)
        other = [dict(one, occurred_on="2025-01-01") for one in whole]
        self.assertEqual(daemon.push(other)["duplicates"], len(whole))
        for one in whole:
            answer = daemon.get("/v1/events/" + one["id"], who="isd")
            self.assertEqual(answer.status, 410, answer)
        for target in ({"target_id": whole[0]["id"]}, {"target_key": whole[5]["key"]}):
            result = daemon.push([retraction(**target)])
            self.assertRejected(result, "target_withdrawn", field=list(target)[0])
        self.assertEqual(daemon.get("/v1/events/none", who="isd").status, 404)
        # The same subject is a new person, whose keys are used anew.
        new = assessed(self.subject, "2026-02-02", 4, key=whole[5]["key"])
        daemon.accept(new)
        corrected = assessed(self.subject, "2026-02-02", 5, key=whole[5]["key"])
        daemon.accept(corrected)
        self.assertTrue(daemon.withdrawn(new["id"]))
        self.assertEqual(daemon.get("/v1/events/" + whole[0]["id"], who="isd").status, 410)
        daemon.stop()
        harness.ladder("verify", daemon.store, check=0)

    def test_figures_are_those_of_a_log_that_never_had_the_person(self):
        daemon = self.filled()
        daemon.accept(event("job_ended", {"job_ref": "x"}, subject=self.subject,
                            occurred_on="2024-07-01"))
        daemon.stop()
        before = log_of(daemon.store)
        known_at = before[-1]["recorded_at"]
        erase(self.subject, daemon.store)
        gone = set(log_of(daemon.store)[-1]["event"]["erased"]["seqs"])
        never = self.place() / "never"
        lines = self.place() / "records.ndjson"
        lines.write_text("".join(json.dumps(record, separators=(",", ":")) + "\n"
                                 for record in before
                                 if record["seq"] not in gone))
        subprocess.run([helper("records"), "load", lines, never], check=True)
        for as_of in ("2024-03-31", "2024-08-01", "2026-06-30"):
            options = {"known-at": known_at, "municipality": HOME}
            erased = self.figures(daemon.store, as_of, **options)
            self.assertEqual(erased.pop("erased_people"), 1)
            wanted = self.figures(never, as_of, **options)
            self.assertEqual(wanted.pop("erased_people"), 0)
            self.assertEqual(erased, wanted)
        daemon.start()
        live = daemon.figures(municipality=HOME).json
        self.assertEqual(live["erased_people"], 1)
        replayed = self.figures(daemon.store, harness.day(), municipality=HOME,
                                **{"known-at": live["known_at"]})
        self.assertEqual(live, replayed)
        daemon.stop()
        harness.ladder("replay", "--verify", daemon.store, check=0)

    def test_what_was_published_keeps_its_bytes(self):
        daemon = self.filled(people=30)
        for as_of in ("2025-12-31", "2026-03-31"):
            daemon.accept(event("report_published", {"as_of": as_of}, municipality=HOME,
                                occurred_on="2026-04-05"))

        def shown():
            answers = [daemon.get("/v1/indicators", municipality=HOME, as_of=as_of)
                       for as_of in ("2025-12-31", "2026-03-31")]
            page = daemon.get("/?municipality=" + HOME)
            return [answer.body for answer in answers], page.status, \
                daemon.get("/metrics").body, [answer.status for answer in answers]
        harness.until(lambda: shown()[3] == [200, 200], "both show")
        before = shown()
        report = harness.ladder("report", "--public", "--municipality", HOME, daemon.store)
        daemon.stop()
        for subject in list(self.lives)[:12]:
            erase(subject, daemon.store)
        daemon.start()
        self.assertEqual(shown(), before)
        again = harness.ladder("report", "--public", "--municipality", HOME, daemon.store)
        self.assertEqual(again.stdout, report.stdout)
        self.assertEqual(daemon.figures(municipality=HOME).json["population"]["persons"], 18)
        # What is published from now on is without them.
        daemon.accept(event("report_published", {"as_of": "2026-09-30"}, municipality=HOME,
                            occurred_on="2026-10-05"))
        harness.until(lambda: daemon.get("/v1/indicators", municipality=HOME,
                                         as_of="2026-09-30").status == 200, "it shows")
        daemon.stop()
        harness.ladder("replay", "--verify", daemon.store, check=0)

    def test_last_seq_never_falls(self):
        daemon = self.filled(people=1)
        last = daemon.push(self.lives[self.subject])["last_seq"]
        daemon.stop()
        erase(self.subject, daemon.store)
        daemon.start()
        self.assertEqual(daemon.push(self.lives[self.subject])["last_seq"], last)
        one = assessed(fresh("s"), "2026-01-01", 2)
        self.assertEqual(daemon.push([one])["last_seq"], last + 2)

    def test_those_of_whom_nothing_was_heard_expire(self):
        daemon = self.filled(people=4)
        *old, new = self.lives
        daemon.accept(assessed(new, "2026-01-05", 3))
        daemon.stop()
        harness.ladder("expire", "--before", "2999-01-01", daemon.store, check=64)
        done = harness.ladder("expire", "--before", "2024-06-04", daemon.store, check=0)
        self.assertIn(b"people erased: 0", done.stdout)
        self.assertNotIn("complete_from", self.figures(daemon.store))
        done = harness.ladder("expire", "--before", "2024-06-05", daemon.store, check=0)
        self.assertIn(b"people erased: 3", done.stdout)
        acts = [record["event"]["erased"] for record in log_of(daemon.store)
                if record.get("partner") == "ladderd"]
        self.assertEqual([act["before"] for act in acts], ["2024-06-05"] * 3)
        figures = self.figures(daemon.store)
        self.assertEqual((figures["erased_people"], figures["complete_from"]), (3, "2024-06-05"))
        self.assertEqual(list(figures)[6:8], ["erased_people", "complete_from"])
        harness.ladder("verify", daemon.store, check=0)

    def test_a_person_of_many_records_has_several_acts(self):
        daemon = self.ladderd()
        subject = strange("s")
        for _ in range(9):
            daemon.accept(*(assessed(subject, "2026-01-05", 3) for _ in range(1000)))
        daemon.stop()
        erase(subject, daemon.store)
        acts = [len(record["event"]["erased"]["seqs"]) for record in log_of(daemon.store)
                if record.get("partner") == "ladderd"]
        self.assertEqual(acts, [8192, 808])
        daemon.start()
        self.assertEqual(len(daemon.records()), 9002)

    def test_another_persons_record_stays_withdrawn(self):
        daemon = self.ladderd()
        one, two = strange("s"), strange("s")
        first = assessed(one, "2026-01-05", 3, key="row")
        daemon.accept(first, assessed(two, "2026-01-05", 4, key="row"))
        daemon.stop()
        erase(two, daemon.store)
        daemon.start()
        self.assertTrue(daemon.withdrawn(first["id"]))
        daemon.stop()
        harness.ladder("verify", daemon.store, check=0)
        erase(one, daemon.store)
        harness.ladder("verify", daemon.store, check=0)

    def test_an_analyst_of_another_municipality_is_told_of_every_erasure(self):
        daemon = self.ladderd(analysts={"analyst": {"municipalities": "*", "log": "yes"},
                                        "other": {"municipalities": OTHER, "log": "yes"}})
        subject = strange("s")
        daemon.accept(settled(subject, "2026-01-05"),
                      settled(fresh("s"), "2026-01-05", municipality=OTHER))
        daemon.stop()
        erase(subject, daemon.store)
        daemon.start()
        self.assertEqual([record["seq"] for record in daemon.records(who="other")], [2, 3])

    def test_a_store_of_before_is_not_served_until_it_is_erased_again(self):
        daemon = self.filled(people=3)
        backup = self.place() / "backup"
        harness.ladder("backup", daemon.store, backup, check=0)
        daemon.stop()
        self.assertEqual(harness.ladder("erase", "--list", daemon.store, check=0).stdout, b"")
        erase(self.subject, daemon.store)
        seqs = log_of(daemon.store)[-1]["event"]["erased"]["seqs"]
        shutil.rmtree(daemon.store)
        shutil.copytree(backup, daemon.store)
        listed = harness.ladder("erase", "--list", daemon.store, check=0).stdout
        self.assertEqual([int(line) for line in listed.split()], seqs)
        daemon.launch()
        self.assertEqual(daemon.process.wait(20), 78)
        daemon.process = None
        self.assertIn("ladder restore", daemon.messages())
        strings = strings_of(self.lives[self.subject]) | {self.subject.encode()}
        harness.ladder("restore", daemon.store, daemon.store, check=0)
        self.assertEqual(files_with(strings, daemon.place), [])
        shutil.rmtree(daemon.store)
        done = harness.ladder("restore", backup, daemon.store, check=0)
        self.assertIn(b"people erased: 1", done.stdout)
        self.assertEqual(files_with(strings, daemon.place), [])
        harness.ladder("restore", backup, daemon.store, check=73)
        harness.ladder("restore", daemon.place / "none", daemon.place / "new", check=66)
        harness.ladder("verify", daemon.store, check=0)
        daemon.start()
        # A seq that is given out again is another record.
        self.assertEqual(harness.ladder("erase", "--list", daemon.store, check=0).stdout, b"")

    def test_without_the_list_beside_it_a_store_is_served_and_nobody_is_erased(self):
        daemon = self.filled(people=2)
        daemon.stop()
        beside = Path(f"{daemon.store}.erased")
        beside.unlink()
        beside.mkdir()
        daemon.start()
        self.assertIn("nobody can be erased", daemon.messages())
        erase(self.subject, daemon.store, check=74)
        self.assertEqual(len(daemon.records()), 18)
        daemon.stop()
        erase(self.subject, daemon.store, check=74)
        beside.rmdir()
        erase(self.subject, daemon.store)
        harness.ladder("verify", daemon.store, check=0)

    def test_between_two_names_of_an_exchange_the_store_is_read_and_the_rest_is_done(self):
        daemon = self.filled(people=2)
        daemon.stop()
        (daemon.store / "lock.mdb").rename(daemon.store / "rewrite.new-lock")
        harness.ladder("verify", daemon.store, check=0)
        self.assertEqual(len(log_of(daemon.store)), 18)
        daemon.start()
        self.assertFalse((daemon.store / "rewrite.new-lock").exists())
        erase(self.subject, daemon.store)

    def test_a_damaged_backup_is_not_restored(self):
        daemon = self.filled(people=3)
        backup, store = self.place() / "backup", self.place() / "store"
        harness.ladder("backup", daemon.store, backup, check=0)
        data = bytearray((backup / "data.mdb").read_bytes())
        at = data.find(self.lives[self.subject][0]["id"].encode())
        data[at] ^= 1
        (backup / "data.mdb").write_bytes(data)
        harness.ladder("restore", backup, store, check=65)
        self.assertFalse((store / "data.mdb").exists())

    def test_a_person_is_shown_exactly_what_the_log_has(self):
        daemon = self.filled()
        shown = {lang: harness.ladder("subject", "--subject", self.subject, "--language", lang,
                                      daemon.store, check=0).stdout.decode()
                 for lang in ("nl", "en")}
        whole = self.lives[self.subject]
        ids = {one["id"] for one in whole}
        seqs = {record["seq"] for record in daemon.records() if record["event"]["id"] in ids}
        for lang, line in (("nl", r"nummer in het logboek: (\d+)"),
                           ("en", r"number in the log: (\d+)")):
            text = shown[lang]
            self.assertEqual(sorted(map(int, re.findall(line, text))), sorted(seqs))
            for string in strings_of(whole) | {self.subject.encode()}:
                if len(string) > 16:
                    self.assertIn(string.decode(), text)
            # Only names and identifiers are in the contract's spelling.
            self.assertNotRegex(text, r"[A-Z]{3,}_|_[a-z]")
        self.assertIn("stap: 2", shown["nl"])
        self.assertIn("year of birth: 1990", shown["en"])
        self.assertEqual(shown["en"].count("counts no more"), 2)
        harness.ladder("subject", "--subject", "nobody", daemon.store, check=66)
        harness.ladder("subject", "--subject", "x", "--language", "fr", daemon.store, check=64)

    def killed_at(self, number, *command):
        """True: the program was killed at that system call; False: it had ended before."""
        done = harness.run(helper("kill_at"), str(number), *command)
        self.assertIn(done.returncode, (0, 3), done)
        return done.returncode == 0

    def test_killed_at_any_system_call_it_can_be_run_again(self):
        daemon = self.filled(people=3)
        daemon.accept(event("report_published", {"as_of": "2026-03-31"}, municipality=HOME,
                            occurred_on="2026-04-05"))
        daemon.stop()
        strings = strings_of(self.lives[self.subject]) | {self.subject.encode()}
        command = (harness.LADDER, "erase", "--subject", self.subject)
        whole = log_of(daemon.store)
        number = 1 + harness.seed() % EVERY
        more = True
        while more:
            place = self.place()
            store = place / "store"
            shutil.copytree(daemon.store, store,
                            ignore=lambda _, names: {"control.sock"} & set(names))
            more = self.killed_at(number, *command, str(store))
            with self.subTest(call=number):
                harness.ladder("verify", store, check=0)
                left = log_of(store)
                self.assertIn(len(left), (len(whole), len(whole) + 1))
                again = erase(self.subject, store, check=None)
                self.assertIn(again.returncode, (0, 66), again)
                harness.ladder("verify", store, check=0)
                self.assertEqual(files_with(strings, place), [])
                self.assertEqual(sorted(os.listdir(place)), ["store", "store.access.ndjson", "store.erased"])
                self.assertFalse([name for name in os.listdir(store) if "rewrite" in name])
                ended = log_of(store)
                self.assertEqual(obey(whole + ended[-1:]), ended)
            shutil.rmtree(place)
            number += EVERY
        self.assertGreater(number, 100)

    def test_an_act_cannot_be_pushed(self):
        daemon = self.ladderd()
        for name in ("erased", "restricted", "unrestricted"):
            result = daemon.push([event(name, {})])
            self.assertRejected(result, "unknown_field")
        for number in (57, 58, 59):
            body = b"\x0a\x02e1" + harness.wire(3, b"s1") + harness.wire(4, HOME.encode()) + \
                harness.wire(5, b"2026-01-05") + harness.wire(number, b"")
            self.assertRejected(daemon.push_protobuf(harness.wire(1, body)), "unknown_field")


def memory_with(strings, pid):
    """Where the memory of a process has one of the strings, as a core of it would."""
    found = []
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            place = re.match(r"([0-9a-f]+)-([0-9a-f]+) r(.*)", line)
            if place is None or "[v" in line:
                continue
            begin, end = int(place[1], 16), int(place[2], 16)
            # In pieces: of the store's map only a part is a file.
            data = b""
            try:
                for at in range(begin, end, 1 << 20):
                    memory.seek(at)
                    data = data[-64:] + memory.read(min(1 << 20, end - at))
                    found += [(line.strip(), string) for string in strings if string in data]
            except OSError:
                continue
    return found


class Online(harness.OwnDaemon):
    def load(self, daemon, ended, sent):
        """Pushes until it is told to end; every answer must be right."""
        while not ended.is_set():
            batch = [assessed(f"load-{number}", "2026-01-05", 3) for number in range(50)]
            self.assertEqual(daemon.push(batch)["accepted"], 50)
            sent.append(50)

    def test_people_are_erased_while_others_are_reported(self):
        daemon = self.ladderd()
        lives = {strange("s"): None for _ in range(PEOPLE)}
        for subject in lives:
            lives[subject] = life(subject)
            daemon.accept(*lives[subject][:5])
            self.assertEqual(daemon.push_protobuf(lives[subject][5:])["rejected"], [])
        daemon.accept(*life(fresh("s")))
        followed = daemon.records()
        strings = set().union(*(strings_of(one) for one in lives.values()))
        strings |= {subject.encode() for subject in lives}
        ended, sent = threading.Event(), []

        def erase_all():
            try:
                for subject in lives:
                    done = erase(subject, daemon.store)
                    self.assertIn(b"people erased: 1\nrecords: 9\n", done.stdout)
            finally:
                ended.set()
        harness.in_threads(erase_all, lambda: self.load(daemon, ended, sent), timeout=120)
        self.assertGreater(len(sent), 3)
        self.assertEqual(files_with(strings, daemon.place), [])
        figures = daemon.figures(municipality=HOME).json
        self.assertEqual(figures["erased_people"], PEOPLE)
        backup = self.place() / "backup"
        harness.ladder("backup", daemon.store, backup, check=0)
        self.assertEqual(files_with(strings, backup), [])
        harness.ladder("verify", backup, check=0)
        after = daemon.records()
        self.assertEqual(obey(followed + after[len(followed):]), after)
        self.assertEqual(sum(sent), sum("recorded_at" in record and record["partner"] == "isd"
                                        for record in after[len(followed):]))
        for one in next(iter(lives.values())):
            self.assertEqual(daemon.get("/v1/events/" + one["id"], who="isd").status, 410)
        live = daemon.figures(municipality=HOME).body
        replayed = harness.ladder("replay", "--as-of", harness.day(), "--municipality", HOME,
                                  "--known-at", json.loads(live)["known_at"], daemon.store,
                                  check=0).stdout
        self.assertEqual(live, replayed)
        acts = [one for one in daemon.audit() if one["what"] == "erase"]
        self.assertEqual([(one["outcome"], one["reason"]) for one in acts],
                         [("done", "asked for it")] * PEOPLE)
        self.assertNotIn(next(iter(lives)), daemon.messages())
        daemon.stop()
        harness.ladder("verify", daemon.store, check=0)
        harness.ladder("replay", "--verify", daemon.store, check=0)
        self.assertEqual(files_with(strings, daemon.place), [])

    def test_who_was_being_shown_somebody_is_hung_up_on(self):
        """Answers that are on their way hold people; so does a stream that waits for news."""
        daemon = self.ladderd()
        subject = strange("s")
        events = life(subject)
        daemon.accept(*events)
        daemon.push([event() for _ in range(9000)])
        unread = [daemon.client("analyst") for _ in range(3)]
        for client in unread:
            self.addCleanup(client.close)
            client.connect().sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        unread[0].start("GET", "/v1/log?limit=100000")
        followed = unread[1].start("GET", "/v1/log", {"Accept": "text/event-stream"}).getresponse()
        followed.readline()
        waiting = unread[2].start("GET", f"/v1/log?after={len(daemon.records())}&wait=60")
        other = daemon.client("isd")
        self.addCleanup(other.close)
        self.assertEqual(other.push([event()]).status, 200)
        strings = set().union(*(strings_of([one]) for one in events)) | {subject.encode()}
        self.assertTrue(self.memory_of(daemon, strings), "else this shows nothing")
        erase(subject, daemon.store)
        self.assertEqual(self.memory_of(daemon, strings), [])
        self.assertEqual(other.push([event()]).status, 200, "others stay")
        # Whoever followed is told by the end of the connection, and comes again.
        with contextlib.suppress(http.client.HTTPException, OSError):
            followed.read()
        with contextlib.suppress(http.client.HTTPException, OSError):
            waiting.getresponse().read()

    def memory_of(self, daemon, strings):
        try:
            return memory_with(strings, daemon.process.pid)
        except PermissionError:
            self.skipTest("the memory of another process cannot be read here")

    def test_the_memory_of_the_daemon_has_nothing_of_them(self):
        daemon = self.ladderd()
        lives = {strange("s"): None for _ in range(PEOPLE)}
        for number, subject in enumerate(lives):
            lives[subject] = life(subject)
            if number % 2 == 0:
                daemon.accept(*lives[subject])
            else:
                daemon.push_protobuf(lives[subject])
        kept = daemon.client("isd")
        self.addCleanup(kept.close)
        for events in lives.values():
            self.assertEqual(kept.push(events).json["duplicates"], 9)
        daemon.figures(municipality=HOME)
        daemon.get("/v1/worklist", who="isd")
        for one in next(iter(lives.values())):
            daemon.get("/v1/events/" + one["id"], who="isd")
        self.assertEqual(len(daemon.records()), 9 * PEOPLE)
        strings = set().union(*(strings_of(one) for one in lives.values()))
        strings |= {subject.encode() for subject in lives}
        try:
            self.assertTrue(memory_with(strings, daemon.process.pid))
        except PermissionError:
            self.skipTest("the memory of another process cannot be read here")
        for subject in lives:
            erase(subject, daemon.store)
        self.assertEqual(memory_with(strings, daemon.process.pid), [])

    def test_published_bytes_outlive_it_and_lists_are_without_them(self):
        daemon = self.ladderd()
        lives = [strange("s") for _ in range(30)]
        for subject in lives:
            daemon.accept(*life(subject))
        daemon.accept(event("report_published", {"as_of": "2026-03-31"}, municipality=HOME,
                            occurred_on="2026-04-05"))

        def shown():
            return daemon.get("/v1/indicators", municipality=HOME, as_of="2026-03-31")
        harness.until(lambda: shown().status == 200, "it shows")
        before = shown().body, daemon.get("/metrics").body
        listed = {row["subject"] for row in daemon.get("/v1/worklist", who="isd").json["items"]}
        self.assertEqual(listed, set(lives))
        for subject in lives[:3]:
            erase(subject, daemon.store)
        self.assertEqual((shown().body, daemon.get("/metrics").body), before)
        listed = {row["subject"] for row in daemon.get("/v1/worklist", who="isd").json["items"]}
        self.assertEqual(listed, set(lives[3:]))
        daemon.kill()
        daemon.start()
        self.assertEqual((shown().body, daemon.get("/metrics").body), before)

    def test_those_of_whom_nothing_was_heard_expire(self):
        daemon = self.ladderd()
        for _ in range(3):
            daemon.accept(*life(fresh("s")))
        daemon.accept(assessed(fresh("s"), "2026-01-05", 3))
        done = harness.ladder("expire", "--before", "2025-01-01", "--dry-run", daemon.store,
                              check=0)
        self.assertIn(b"people that would be erased: 3", done.stdout)
        harness.ladder("expire", "--before", "2025-01-01", daemon.store, check=0)
        figures = daemon.figures(municipality=HOME).json
        self.assertEqual((figures["erased_people"], figures["complete_from"]), (3, "2025-01-01"))
        harness.ladder("expire", "--before", "2999-01-01", daemon.store, check=64)
        erase("nobody", daemon.store, check=66)

    def restricts(self, store, *options):
        return harness.ladder("restrict", *options, store, check=0).stdout

    def test_who_is_restricted_is_in_no_figure_and_no_list_until_it_is_lifted(self):
        for running in (True, False):
            with self.subTest(running=running):
                self.restriction(running)

    def restriction(self, running):
        daemon = self.ladderd()
        subject = strange("s")
        daemon.accept(*life(fresh("s")))
        without = daemon.figures(municipality=HOME, as_of="2024-08-01").json
        known_at = without["known_at"]
        daemon.accept(*life(subject))
        for other in range(20):
            daemon.accept(*life(fresh("s")))
        daemon.accept(event("report_published", {"as_of": "2026-03-31"}, municipality=HOME,
                            occurred_on="2026-04-05"))

        def shown():
            return daemon.get("/v1/indicators", municipality=HOME, as_of="2026-03-31")

        def listed():
            return subject in daemon.get("/v1/worklist", who="isd").body.decode()

        def people():
            return daemon.figures(municipality=HOME).json["population"]["persons"]

        def act(*options):
            if not running:
                daemon.stop()
            done = self.restricts(daemon.store, "--subject", subject, *options)
            if not running:
                daemon.start()
            return done
        harness.until(lambda: shown().status == 200, "it shows")
        published = shown().body
        self.assertEqual((people(), listed()), (22, True))
        before = daemon.figures(municipality=HOME, as_of="2024-08-01").json
        self.assertEqual(act("--reason", "disputed"), b"restricted: yes\n")
        self.assertEqual((people(), listed()), (21, False))
        self.assertEqual(shown().body, published)
        last = daemon.records()[-1]
        self.assertEqual(last["event"], {"subject": subject, "restricted": {}})
        # For every K, also earlier ones; and what is sent meanwhile is kept and does not count.
        daemon.accept(assessed(subject, "2026-02-02", 4))
        self.assertEqual(daemon.figures(municipality=HOME, as_of="2024-08-01",
                                        known_at=known_at).json, without)
        self.assertEqual((people(), listed()), (21, False))
        self.assertEqual(act(), b"restricted: yes\n")
        self.assertEqual(daemon.records()[-1]["partner"], "isd")
        self.assertEqual(act("--lift"), b"restricted: no\n")
        self.assertEqual(daemon.records()[-1]["event"], {"subject": subject, "unrestricted": {}})
        self.assertEqual((people(), listed(), shown().body), (22, True, published))
        after = daemon.figures(municipality=HOME, as_of="2024-08-01").json
        self.assertEqual(after["population"], before["population"])
        harness.ladder("restrict", "--subject", "nobody", daemon.store, check=66)
        # The acts go with the person.
        erase(subject, daemon.store)
        self.assertNotIn(subject, json.dumps(daemon.records()))
        daemon.stop()
        harness.ladder("verify", daemon.store, check=0)
        harness.ladder("replay", "--verify", daemon.store, check=0)

    def test_what_is_older_than_the_retention_is_erased_by_itself(self):
        daemon = self.ladderd()
        daemon.accept(*life(fresh("s")), assessed(fresh("s"), harness.day(-20), 3))
        daemon.stop()
        daemon.sections = "[retention]\nafter_months = 12\n"
        daemon.write_config()
        daemon.start()
        harness.until(lambda: daemon.figures(municipality=HOME).json["erased_people"] == 1,
                      "the one is erased")
        figures = daemon.figures(municipality=HOME).json
        self.assertLess(figures["complete_from"], harness.day(-360))
        harness.until(lambda: ("expire", "done", "[retention] after_months") in
                      [(one["what"], one["outcome"], one.get("reason"))
                       for one in daemon.audit()], "it is in the audit")

    def test_killed_in_the_middle_it_can_be_run_again(self):
        daemon = self.ladderd()
        lives = {strange("s"): None for _ in range(6)}
        for subject in lives:
            lives[subject] = life(subject)
            daemon.accept(*lives[subject])
        seconds = random.Random(harness.seed())
        for subject in lives:
            command = subprocess.Popen(
                [harness.LADDER, "erase", "--subject", subject, str(daemon.store)],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(seconds.uniform(0, 0.15))
            daemon.kill()
            self.assertIn(command.wait(20), (0, 69))
            daemon.start()
            erase(subject, daemon.store, check=None)
            strings = strings_of(lives[subject]) | {subject.encode()}
            self.assertEqual(files_with(strings, daemon.place), [])
            harness.ladder("verify", daemon.store, check=0)
        self.assertEqual(daemon.figures(municipality=HOME).json["erased_people"], len(lives))

    def test_the_socket_is_its_owners_alone_and_goes_with_the_daemon(self):
        daemon = self.ladderd()
        sock = daemon.store / "control.sock"
        self.assertEqual(sock.stat().st_mode & 0o777, 0o600)
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(os.path.relpath(sock) if len(str(sock)) > 100 else str(sock))
            client.sendall(b"what is this\n\n")
            self.assertTrue(client.recv(100).startswith(b"64\n"))
        daemon.stop()
        self.assertFalse(sock.exists())


if __name__ == "__main__":
    unittest.main()
