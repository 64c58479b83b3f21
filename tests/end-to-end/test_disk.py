"""A disk that fails: an unknown outcome is told as one, and only a restart goes on."""

import os
import subprocess
import threading

import harness
from harness import event, fresh

SOURCE = harness.HERE / "failing_disk.c"


class FailingDisk(harness.OwnDaemon):
    def daemon_on_a_bad_disk(self):
        place = self.place()
        library, sign = place / "failing_disk.so", place / "failing"
        subprocess.run([*os.environ.get("CC", "gcc").split(), "-D_GNU_SOURCE", "-shared", "-fPIC",
                        "-o", str(library), str(SOURCE)], check=True, timeout=60)
        daemon = self.ladderd(start=False)
        daemon.env = {**os.environ, "LD_PRELOAD": str(library), "FAILING_DISK": str(sign)}
        return daemon.start(), sign

    def test_a_commit_that_failed_is_500_and_ends_the_daemon_and_a_restart_goes_on(self):
        daemon, sign = self.daemon_on_a_bad_disk()
        before = [event(id=fresh("before")) for _ in range(20)]
        self.assertEqual(daemon.push(before)["accepted"], 20)
        sign.touch()
        unknown = [event(id=fresh("unknown")) for _ in range(20)]
        answers, lock = [], threading.Lock()

        def push(one):
            client = daemon.client("isd")
            try:
                answer = client.push([one])
                with lock:
                    answers.append(answer)
            except OSError:
                pass  # the daemon was gone before it answered: unknown as well
            finally:
                client.close()

        harness.in_threads(*(lambda one=one: push(one) for one in unknown))
        self.assertTrue(answers, "nobody was told")
        self.assertEqual([one for one in answers if one.status not in (500, 503)], [])
        told = [one for one in answers if one.status == 500]
        self.assertTrue(told, answers)
        for answer in told:
            self.assertEqual(answer.media_type, harness.PROBLEM)
            self.assertIn("again", answer.json["detail"])  # sending again is safe
        code = daemon.process.wait(harness.WAIT)
        daemon.process = None
        self.assertNotEqual(code, 0)
        self.assertIn("commit", daemon.messages())

        # With the cause gone a restart looks at what reached the disk, and goes on.
        sign.unlink()
        daemon.start()
        names = [record["event"]["id"] for record in daemon.records()]
        self.assertLessEqual({one["id"] for one in before}, set(names))
        self.assertEqual(len(names), len(set(names)))
        result = daemon.push(before + unknown)
        self.assertEqual(result["rejected"], [])
        self.assertEqual(result["accepted"] + len(names), 40)
        daemon.stop()
        harness.ladder("verify", daemon.store, check=0)
