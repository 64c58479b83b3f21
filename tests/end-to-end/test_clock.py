"""The clock of the daemon steps back, and midnight comes.

A small library between the daemon and libc shifts the wall clock by what stands
in a file, so the clock can be moved while the daemon runs.
"""

import itertools
import json
import math
import mmap
import os
import shutil
import struct
import subprocess
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

import harness
import test_example
from harness import event, fresh, settled

SHIFT = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
static volatile long long *shift;
__attribute__((constructor)) static void start(void) {
	int fd = open(getenv("CLOCK_SHIFT"), O_RDONLY);
	shift = mmap(0, 4096, PROT_READ, MAP_SHARED, fd, 0);
}
static long long seconds(void) { return shift ? *shift : 0; }
int clock_gettime(clockid_t id, struct timespec *out) {
	static int (*real)(clockid_t, struct timespec *);
	if (!real) *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
	int result = real(id, out);
	if (result == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
		out->tv_sec += seconds();
	return result;
}
int gettimeofday(struct timeval *restrict out, void *restrict zone) {
	struct timespec now;
	(void)zone;
	clock_gettime(CLOCK_REALTIME, &now);
	out->tv_sec = now.tv_sec;
	out->tv_usec = now.tv_nsec / 1000;
	return 0;
}
time_t time(time_t *out) {
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	if (out) *out = now.tv_sec;
	return now.tv_sec;
}
int timespec_get(struct timespec *out, int base) {
	return clock_gettime(CLOCK_REALTIME, out) == 0 ? base : 0;
}
"""


def amsterdam(instant):
    """The civil day of an instant."""
    return harness.instant(instant).astimezone(harness.ZONE).date().isoformat()


@harness.unittest.skipUnless(shutil.which("cc"), "no C compiler")
class Clock(harness.OwnDaemon):
    @classmethod
    def setUpClass(cls):
        linked = subprocess.run(["ldd", harness.LADDERD], stdout=subprocess.PIPE, timeout=30)
        if b"asan" in linked.stdout or b"tsan" in linked.stdout:
            raise harness.unittest.SkipTest("a sanitizer wants to be the first library")
        cls.folder = Path(tempfile.mkdtemp(prefix="ladder-clock-"))
        (cls.folder / "shift.c").write_text(SHIFT)
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", cls.folder / "shift.so",
                        cls.folder / "shift.c", "-ldl"], check=True, timeout=60)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder, True)

    def shifted(self, seconds=0, partners=None, told=True):
        """A daemon whose clock is wrong by so many seconds; and how to change that."""
        file = self.folder / fresh("shift")
        file.write_bytes(b"\0" * 4096)
        with open(file, "r+b") as opened:
            memory = mmap.mmap(opened.fileno(), 4096)
        self.addCleanup(memory.close)

        def shift(value):
            memory[:8] = struct.pack("q", value)
        shift(seconds)
        daemon = self.ladderd(partners, start=False)
        daemon.env = {**os.environ, "LD_PRELOAD": str(self.folder / "shift.so"),
                      "CLOCK_SHIFT": str(file)}
        daemon.start()
        if not told:
            return daemon, shift
        daemon.accept(event("service_model_set", {"model": "OTHER"}, occurred_on="1990-01-01"))
        stamp = harness.instant(daemon.records()[0]["recorded_at"])
        away = stamp - datetime.now(timezone.utc) - timedelta(seconds=seconds)
        self.assertLess(abs(away), timedelta(seconds=30), "the shift works")
        return daemon, shift

    def test_a_clock_that_steps_back_changes_no_order_and_no_answer(self):
        daemon, shift = self.shifted()
        answers = []

        def step(seconds):
            shift(seconds)
            daemon.accept(settled(fresh("s"), "2026-01-01"))
            answer = daemon.figures(as_of="2026-06-30")
            answers.append((answer.json["known_at"], answer.body))
        step(0)
        step(-3600)
        daemon.restart()
        step(-3600)
        daemon.kill()
        daemon.start()
        step(-7200)
        stamps = [record["recorded_at"] for record in daemon.records()]
        self.assertEqual(len(stamps), 5)
        self.assertEqual(stamps, sorted(set(stamps)))
        for stamp, (known_at, _) in zip(stamps[2:], answers):
            self.assertGreater(stamp, known_at, "stamped after the K that was answered")
        # When the clock is past them all, they are asked for again.
        shift(3600)
        for known_at, body in answers:
            self.assertEqual(daemon.figures(as_of="2026-06-30", known_at=known_at).body, body)
        daemon.stop()
        harness.ladder("verify", daemon.store, check=0)

    def test_what_was_acknowledged_is_shown_also_when_the_clock_stepped_back(self):
        daemon, shift = self.shifted()
        known = ""
        for turn, seconds in enumerate((0, -3600, -3600, -7200)):
            shift(seconds)
            if turn == 2:
                daemon.restart()
            daemon.accept(settled(fresh("s"), "2026-01-01"))
            for parameters in ({}, {"as_of": "2026-06-30"}):
                def shown():
                    found = daemon.figures(**parameters).json
                    return found["population"]["persons"] == turn + 1 and found
                found = harness.until(shown, f"the default answer {parameters} shows the newest "
                                    f"event, the clock being {seconds} s off", 5)
                self.assertGreaterEqual(found["known_at"], known, "K never goes back")
                known = max(known, daemon.records()[-1]["recorded_at"])
        daemon.stop()

    def test_a_default_answer_is_that_of_its_known_at_also_when_the_clock_stepped_back(self):
        daemon, shift = self.shifted()
        for turn, seconds in enumerate((0, -3600, -7200)):
            shift(seconds)
            if turn == 2:
                daemon.restart()
            daemon.accept(settled(fresh("s"), "2026-01-01"))
            answer = daemon.figures()
            said = answer.json
            again = daemon.figures(as_of=said["as_of"], known_at=said["known_at"])
            self.assertEqual(again.body, answer.body, seconds)
        daemon.stop()

    def jumping(self, instant, told=True):
        """A daemon whose clock shows an instant; and how to set it to another."""
        def away(to):
            return int(harness.instant(to).timestamp() - datetime.now(timezone.utc).timestamp())
        daemon, shift = self.shifted(away(instant), told=told)
        return daemon, lambda to: shift(away(to))

    def as_the_clock_jumps(self, daemon, instants, set_clock, answers, persons=0):
        """At each instant an event is taken, and the default answer is of the day of its K."""
        for number, (instant, day) in enumerate(instants):
            set_clock(instant)
            newest = daemon.records()[-1]["recorded_at"]
            daemon.accept(settled(fresh("s"), "1990-07-01"))
            persons += 1
            least = max(newest, instant)

            def shown():
                answer = daemon.figures()
                found = answer.json
                return found["known_at"] >= least and found["as_of"] == (
                    day or amsterdam(found["known_at"])) and \
                    found["population"]["persons"] == persons and answer
            answer = harness.until(shown, f"{instant}: as_of is {day or 'the day of known_at'}, "
                                          f"with {persons} persons", 10)
            found = answer.json
            self.assertEqual(found["as_of"], amsterdam(found["known_at"]), instant)
            answers.append((found["as_of"], found["known_at"], answer.body))
            if number % 4 == 3:
                daemon.kill()
                daemon.start()

    def assertNothingChanged(self, daemon, answers):
        stamps = [record["recorded_at"] for record in daemon.records()]
        self.assertEqual([record["seq"] for record in daemon.records()],
                         list(range(1, len(stamps) + 1)))
        self.assertEqual(stamps, sorted(set(stamps)))
        for as_of, known_at, body in answers:
            self.assertEqual(daemon.figures(as_of=as_of, known_at=known_at).body, body)

    def test_whatever_way_the_clock_jumps_order_days_and_answers_hold(self):
        daemon, set_clock = self.jumping("2031-12-31T22:59:40.000000Z")
        answers = []
        self.as_the_clock_jumps(daemon, (
            # The end of a year; both ends of summer time, of which one night has an hour twice; a
            # day that some years have; ten years on. None: it stepped back, and K stays.
            ("2031-12-31T22:59:41.000000Z", "2031-12-31"),
            ("2031-12-31T23:00:01.000000Z", "2032-01-01"),
            ("2032-02-29T22:59:30.000000Z", "2032-02-29"),
            ("2032-02-29T23:00:01.000000Z", "2032-03-01"),
            ("2032-03-28T00:59:58.000000Z", "2032-03-28"),
            ("2032-03-28T21:59:30.000000Z", "2032-03-28"),
            ("2032-03-28T22:00:01.000000Z", "2032-03-29"),
            ("2032-10-30T22:00:01.000000Z", "2032-10-31"),
            ("2032-10-31T00:30:00.000000Z", "2032-10-31"),
            ("2032-10-31T01:30:00.000000Z", "2032-10-31"),
            ("2032-10-31T22:59:30.000000Z", "2032-10-31"),
            ("2032-10-31T23:00:01.000000Z", "2032-11-01"),
            ("2032-10-31T22:00:00.000000Z", None),
            ("2032-10-25T12:00:00.000000Z", None),
            ("2043-06-30T21:59:30.000000Z", "2043-06-30"),
            ("2043-06-30T22:00:01.000000Z", "2043-07-01"),
            ("2026-12-01T12:00:00.000000Z", None),
            ("1970-01-01T00:00:01.000000Z", None),
            ("2038-01-19T03:14:08.000000Z", None),
            ("2043-07-01T22:00:01.000000Z", "2043-07-02"),
        ), set_clock, answers)
        self.assertNothingChanged(daemon, answers)
        daemon.restart()
        self.assertNothingChanged(daemon, answers)
        daemon.stop()
        for as_of, known_at, body in answers[::6]:
            done = harness.ladder("replay", daemon.store, "--as-of", as_of, "--known-at", known_at,
                                  "--format", "json", check=0)
            self.assertEqual(done.stdout, body)
        harness.ladder("verify", daemon.store, check=0)

    def test_no_event_is_rejected_for_a_clock_that_starts_in_1970(self):
        today = settled(fresh("s"), "2026-06-30")
        daemon, set_clock = self.jumping("1970-01-01T00:00:20.000000Z", told=False)
        # Each event would be one of the future: that is no fault of its sender.
        answer = daemon.post(json.dumps({"events": [today]}))
        self.assertProblem(answer, 503)
        self.assertIn("the clock of this machine is wrong", answer.json["detail"])
        self.assertTrue(answer.header("Retry-After"))
        self.assertEqual(daemon.figures().json["as_of"], "1970-01-01")
        set_clock("2026-07-01T10:00:00.000000Z")
        daemon.accept(today)
        answers = []
        self.as_the_clock_jumps(daemon, (("2026-07-01T10:00:01.000000Z", "2026-07-01"),),
                                set_clock, answers, persons=1)
        # The battery of its clock is empty: what day it is at least, the log knows.
        daemon.stop()
        set_clock("1970-01-01T00:00:05.000000Z")
        daemon.start()
        daemon.accept(event(occurred_on="2026-07-01"))
        self.assertRejected(daemon.push([event(occurred_on="2026-07-03")]), "occurred_in_future")
        self.as_the_clock_jumps(daemon, (("1970-01-01T00:00:06.000000Z", None),
                                         ("2026-07-02T10:00:00.000000Z", "2026-07-02")),
                                set_clock, answers, persons=2)
        self.assertNothingChanged(daemon, answers)
        daemon.stop()
        harness.ladder("verify", daemon.store, check=0)

    def test_after_a_rest_an_answer_is_of_now(self):
        daemon, shift = self.shifted()
        daemon.figures()
        partner, analyst = daemon.client("isd"), daemon.client("analyst")
        self.addCleanup(partner.close)
        self.addCleanup(analyst.close)
        shift(6)  # nobody asked: longer than a snapshot is shown while events come in
        before = datetime.now(timezone.utc) + timedelta(seconds=6)
        self.assertEqual(partner.push([settled(fresh("s"), "2026-01-05")]).status, 200)
        said = analyst.request("GET", "/v1/indicators?municipality=all").json
        self.assertGreater(harness.instant(said["known_at"]), before - timedelta(seconds=1))
        daemon.stop()

    def test_what_is_published_is_read_without_a_commit(self):
        daemon, shift = self.shifted()

        def commits():
            text = daemon.get("/metrics", who="analyst").body.decode()
            return next(float(line.split()[1]) for line in text.splitlines()
                        if line.startswith("ladderd_commit_duration_seconds_count"))
        before = commits()
        for seconds in (2, 4, 6):  # each time the snapshot is older than a second
            shift(seconds)
            self.assertEqual(daemon.get("/metrics").status, 200)
        self.assertLessEqual(commits() - before, 1)
        daemon.stop()

    def test_the_example_pushed_at_its_own_instants_gives_all_its_figures(self):
        """With known_at and data_quality, and K in the middle of the log (figures-5)."""
        records = test_example.example_records()

        def instant_of(record):
            return harness.instant(record["recorded_at"])

        def second(record):
            return int(instant_of(record).timestamp())
        start = second(records[0])
        partners = test_example.Example.partners
        daemon, shift = self.shifted(start - int(datetime.now(timezone.utc).timestamp()) - 86400,
                                     partners)
        clients = {who: daemon.client(who) for who in partners}
        for (at, who), group in itertools.groupby(
                records, key=lambda record: (second(record), record["partner"])):
            shift(math.ceil(at - datetime.now(timezone.utc).timestamp()))
            events = [record["event"] for record in group]
            answer = clients[who].push(events)
            self.assertEqual(answer.json["accepted"], len(events), answer)
        for client in clients.values():
            client.close()
        mine = daemon.records()[1:]  # the first one is that of shifted()
        self.assertEqual(len(mine), len(records))
        for record, found in zip(records, mine):
            self.assertLess(abs(instant_of(record) - instant_of(found)), timedelta(seconds=2))
        shift(int(harness.instant("2026-07-01T10:00:05.000000Z").timestamp()
                  - datetime.now(timezone.utc).timestamp()))
        for number in (1, 2, 3, 4, 5):
            wanted = test_example.example_figures(number)
            known_at = wanted["known_at"]
            if number == 5:
                seq = sum(record["recorded_at"] <= known_at for record in records)
                known_at = wanted["known_at"] = mine[seq - 1]["recorded_at"]
            answer = daemon.figures(as_of=wanted["as_of"], known_at=known_at,
                                    municipality=wanted["municipality"], window=wanted["window"],
                                    definitions=1)
            self.assertEqual(list(test_example.differences(wanted, answer.json)), [],
                             f"figures-{number}")
        daemon.stop()

    def test_at_midnight_in_amsterdam_today_is_the_next_day(self):
        tomorrow = harness.today() + timedelta(days=1)
        midnight = datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=harness.ZONE)
        before = midnight - timedelta(seconds=30)
        daemon, shift = self.shifted(int(before.timestamp()
                                         - datetime.now(timezone.utc).timestamp()))
        after, next_after = (tomorrow + timedelta(days=days) for days in (1, 2))
        daemon.accept(settled(fresh("s"), tomorrow.isoformat(), "GM5001"))
        daemon.accept(event(municipality="GM5001"))
        self.assertRejected(daemon.push([event(occurred_on=after.isoformat())]),
                            "occurred_in_future")
        found = daemon.figures(municipality="GM5001").json
        self.assertEqual(found["as_of"], (tomorrow - timedelta(days=1)).isoformat())
        self.assertEqual(found["population"]["persons"], 0)
        shift(int(midnight.timestamp() - datetime.now(timezone.utc).timestamp()) + 1)
        daemon.accept(event(occurred_on=after.isoformat()))
        self.assertRejected(daemon.push([event(occurred_on=next_after.isoformat())]),
                            "occurred_in_future")

        def turned():
            said = daemon.figures(municipality="GM5001").json
            return said["as_of"] == tomorrow.isoformat() and said["population"]["persons"] == 1
        harness.until(turned, "the default answer is that of the new day", 10)
        harness.until(lambda: b'ladder_persons{municipality="GM5001"} 1\n' in daemon.get(
            "/metrics", who="prometheus").body, "the metrics are those of the new day", 10)
        daemon.stop()


class NoZone(harness.OwnDaemon):
    """Data of time zones are missing or damaged: no day is reckoned by another zone."""

    def without(self, damage, *command):
        """Runs a command where the zone of the store is not what it was."""
        hidden = ("mount -t tmpfs none /usr/share/zoneinfo && mkdir /usr/share/zoneinfo/Europe && "
                  f"{damage} && exec \"$@\"")
        return harness.run("unshare", "--mount", "sh", "-c", hidden, "sh", *command)

    def test_nothing_is_served_or_printed_by_the_days_of_another_zone(self):
        if not shutil.which("unshare") or self.without("true", "true").returncode != 0:
            self.skipTest("a file system cannot be hidden here")
        daemon = self.ladderd()
        daemon.accept(settled(fresh("s"), "2026-01-05"))
        daemon.stop()
        whole = self.place() / "Amsterdam"
        whole.write_bytes(Path("/usr/share/zoneinfo/Europe/Amsterdam").read_bytes())
        zone = "/usr/share/zoneinfo/Europe/Amsterdam"
        self.assertEqual(self.without(f"cp {whole} {zone}", harness.LADDER, "replay",
                                      daemon.store).returncode, 0)
        for damage in ("true", f": > {zone}", f"head -c 300 {whole} > {zone}",
                       f"head -c 1200 {whole} > {zone}", f"tr T X < {whole} > {zone}"):
            for command in ((harness.LADDERD, "--config", daemon.config, *harness.as_root()),
                            (harness.LADDER, "replay", daemon.store),
                            (harness.LADDER, "log", daemon.store)):
                with self.subTest(damage=damage, command=command[:2]):
                    done = self.without(damage, *map(str, command))
                    self.assertGreater(done.returncode, 0, done)
                    self.assertIn(b"time zone Europe/Amsterdam", done.stderr)
                    self.assertEqual(done.stdout, b"")
        daemon.start()
        self.assertEqual(daemon.figures().json["population"]["persons"], 1)
        daemon.stop()


if __name__ == "__main__":
    harness.unittest.main()
