"""A new store is made whole or not at all: after a crash while it is made the next start makes it."""

import os
from pathlib import Path

import harness
from harness import event

KILL_AT = str(Path(harness.LADDERD).parent / "kill_at")


class NewStore(harness.OwnDaemon):
    def assertStarts(self, daemon, said):
        daemon.start()
        self.assertEqual(daemon.push([event()])["accepted"], 1, said)
        daemon.stop()
        harness.ladder("verify", daemon.store, check=0)
        self.assertEqual([name for name in os.listdir(daemon.store) if name.startswith("made")], [])

    def test_killed_at_any_system_call_the_next_start_makes_it(self):
        step = 5 if harness.LONG else 9
        number = 1 + harness.seed() % step
        made, rounds = False, 0
        daemon = self.ladderd(start=False)
        while not made:
            done = harness.run(KILL_AT, str(number), harness.LADDERD, "--config",
                               str(daemon.config), *harness.as_root(), timeout=20)
            self.assertEqual(done.returncode, 0, done)
            number += step
            if not daemon.store.exists():
                continue
            data, mark = daemon.store / "data.mdb", daemon.store / "writer.lock"
            made = mark.exists() and mark.stat().st_size > 0
            if data.exists():
                # What has the name is whole.
                harness.ladder("verify", daemon.store, check=0)
            self.assertStarts(daemon, f"killed at call {number - step}")
            daemon.discard()
            daemon = self.ladderd(start=False)
            rounds += 1
        self.assertGreater(rounds, 10)
        print(f"new store: {rounds} kills while it was made, at every {step}th call")

    def test_what_an_older_program_left_is_made_anew(self):
        for data in (b"", b"\0" * 100, b"\0" * 8192, b"\0" * 65536, os.urandom(4000)):
            daemon = self.ladderd(start=False)
            daemon.store.mkdir(mode=0o700)
            (daemon.store / "data.mdb").write_bytes(data)
            self.assertStarts(daemon, f"{len(data)} bytes")

    def test_a_store_that_was_made_and_is_cut_or_gone_is_damage(self):
        for data in (None, b"", b"\0" * 100, b"\0" * 8192, b"\0" * 65536):
            daemon = self.ladderd()
            daemon.accept(event())
            daemon.stop()
            if data is None:
                (daemon.store / "data.mdb").unlink()
            else:
                (daemon.store / "data.mdb").write_bytes(data)
            daemon.launch()
            self.assertGreater(daemon.process.wait(harness.WAIT), 0)
            daemon.process = None

    def test_a_backup_whose_head_is_gone_is_no_new_store(self):
        daemon = self.ladderd()
        daemon.accept(*[event() for _ in range(50)])
        backup = self.place() / "backup"
        harness.ladder("backup", daemon.store, backup, check=0)
        daemon.stop()
        whole = (backup / "data.mdb").read_bytes()
        other = self.ladderd(start=False)
        other.store.mkdir(mode=0o700)
        (other.store / "data.mdb").write_bytes(bytes(8192) + whole[8192:])
        other.launch()
        self.assertGreater(other.process.wait(harness.WAIT), 0)
        other.process = None
        self.assertEqual((other.store / "data.mdb").read_bytes()[8192:], whole[8192:])
