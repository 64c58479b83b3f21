"""`ladder push --state` and `--expect-seq`: a store that was taken back is noticed."""

import fcntl
import json
import os
import shutil
import stat

import harness
from harness import event


class PushState(harness.OwnDaemon):
    def setUp(self):
        self.folder = self.place()
        self.state = self.folder / "state"
        self.port = harness.free_port()
        self.flags = ("--set", f"stream.listen=127.0.0.1:{self.port}")
        self.daemon = self.ladderd({"isd": {}, "vwn": {}}, start=False).start(*self.flags)

    def push(self, count, *options, who="isd", via="http", events=None, code=0):
        events = [event() for _ in range(count)] if events is None else events
        address = (f"http://127.0.0.1:{self.daemon.port}" if via == "http"
                   else f"tcp://127.0.0.1:{self.port}")
        done = harness.ladder(
            "push", "--via", via, "--to", address, "--token-file", self.daemon.token_file(who),
            "--retry-seconds", "5", *options, "-",
            stdin="".join(json.dumps(one) + "\n" for one in events).encode())
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def with_state(self, count, **options):
        return self.push(count, "--state", self.state, **options)

    def taken_back(self, first, then):
        """The store as it was after `first` events, of which the sender has seen `then` more."""
        self.with_state(first)
        backup = self.folder / "backup"
        harness.ladder("backup", self.daemon.store, backup, check=0)
        self.with_state(then)
        self.daemon.stop()
        shutil.rmtree(self.daemon.store)
        shutil.move(backup, self.daemon.store)
        self.daemon.start(*self.flags)

    def test_an_older_backup_is_noticed_by_one_event(self):
        self.taken_back(5, 5)
        kept = self.state.read_bytes()
        done = self.with_state(1, code=65)
        self.assertIn(b"taken back", done.stderr)
        self.assertIn(b"record 10 ", done.stderr)
        self.assertIn(b"newest is 6.", done.stderr)
        # It stays so, until somebody looks.
        self.assertEqual(self.state.read_bytes(), kept)
        self.with_state(1, code=65)

    def test_it_is_noticed_by_a_push_of_more_events_than_are_missing(self):
        for via in ("http", "stream"):
            with self.subTest(via=via):
                if via == "stream":
                    self.setUp()
                self.taken_back(5, 5)
                self.with_state(800, via=via, code=65)

    def test_it_is_noticed_when_all_are_rejected_or_duplicates(self):
        old = event()
        self.push(1, events=[old])
        self.taken_back(3, 2)
        for one in (event(municipality="GM9999x"), old):
            self.with_state(1, events=[one], code=65)

    def test_a_store_that_goes_on_is_no_finding(self):
        for via in ("http", "stream"):
            self.with_state(3, via=via)
            self.with_state(2500, via=via)
            self.with_state(0, via=via)
            self.with_state(1, events=[event(municipality="GM9999x")], via=via, code=1)
            self.daemon.stop()
            self.daemon.start(*self.flags)
        seq = int(self.state.read_text().split()[-1])
        self.assertEqual(seq, len(self.daemon.records()))

    def test_partners_share_a_file_and_nothing_in_it(self):
        self.with_state(9)
        self.with_state(1, who="vwn")
        self.with_state(1)
        self.with_state(1, who="vwn")
        lines = self.state.read_text().splitlines()
        self.assertEqual(sorted(int(line.split()[1]) for line in lines[1:]), [11, 12])
        for who in ("isd", "vwn"):
            self.assertNotIn(self.daemon.tokens[who], self.state.read_text())

    def test_one_partner_is_told_although_another_pushed_meanwhile(self):
        self.taken_back(5, 5)
        self.push(20, who="vwn")
        self.with_state(1, events=[event(municipality="GM9999x")], code=65)

    def test_the_file_is_its_owners_and_replaced_whole(self):
        self.with_state(1)
        self.assertEqual(stat.S_IMODE(self.state.stat().st_mode), 0o600)
        with open(self.state, "rb") as old:
            whole = old.read()
            self.with_state(1)
            # The old one was not written to: another has its name.
            old.seek(0)
            self.assertEqual(old.read(), whole)
            self.assertEqual(os.fstat(old.fileno()).st_nlink, 0)
        self.assertNotEqual(self.state.read_bytes(), whole)
        self.assertEqual(stat.S_IMODE(self.state.stat().st_mode), 0o600)
        self.assertEqual([one.name for one in self.folder.iterdir()], ["state"])

    def test_a_file_that_cannot_be_kept_is_told_before_anything_is_sent(self):
        for path, code in ((self.folder / "none" / "state", 73), (self.folder, 73)):
            self.push(1, "--state", path, code=code)
        for text in ("7\n", "# ladder push\n", "\0"):
            self.state.write_text(text)
            self.with_state(1, code=65)
            self.assertEqual(self.state.read_text(), text)
        self.state.unlink()
        self.with_state(1)
        whole = self.state.read_text()
        for cut in (whole[:-1], whole[:-2], whole.replace(" 1\n", " x\n"), whole + "x"):
            self.state.write_text(cut)
            self.with_state(1, code=65)
        self.assertEqual(len(self.daemon.records()), 1)

    def test_two_pushes_do_not_use_it_at_once(self):
        self.with_state(1)
        with open(self.state, "rb") as other:
            fcntl.flock(other, fcntl.LOCK_EX)
            self.assertIn(b"in use", self.with_state(1, code=75).stderr)
        self.with_state(1)

    def test_expect_seq(self):
        self.push(3, "--expect-seq", "3")
        self.push(1, "--expect-seq", "4")
        done = self.push(1, "--expect-seq", "6", code=65)
        self.assertIn(b"taken back", done.stderr)
        self.push(1, "--expect-seq", "6", via="stream")
        self.push(1, "--expect-seq", "8", via="stream", code=65)
        self.push(1, "--expect-seq", "-1", code=64)
        self.push(1, "--expect-seq", "x", code=64)
        # It is the sender's own newest record: another partner's are not counted.
        self.push(1, "--expect-seq", "9", code=0, who="vwn", events=[])
        self.push(1, "--expect-seq", "9", who="vwn", events=[event(municipality="x")], code=65)

    def test_a_restore_tells_a_backup_that_ends_too_early(self):
        self.push(5)
        backup = self.folder / "backup"
        harness.ladder("backup", self.daemon.store, backup, check=0)
        for number, expected, code in ((1, "5", 0), (2, "6", 65)):
            store = self.folder / f"restored-{number}"
            done = harness.ladder("restore", "--expect-seq", expected, backup, store, check=code)
            self.assertEqual(b"ends with record 5, before 6" in done.stderr, code == 65)
            # It is there all the same: an old store is better than none.
            harness.ladder("verify", store, check=0)
