"""The commands of docs/cluster.md, as they stand."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

from servers import as_postgres, harness, until


class Guide(unittest.TestCase):
    def setUp(self):
        self.place = Path(tempfile.mkdtemp(prefix="ladderd-guide-", dir="/tmp"))
        self.addCleanup(shutil.rmtree, self.place, True)
        self.addCleanup(self.end)
        # Beside the test's own: whoever runs PostgreSQL here cannot read what root built.
        for program in (harness.LADDERD, harness.LADDER):
            shutil.copy(program, self.place)
        if as_postgres():
            os.chown(self.place, as_postgres()["user"], as_postgres()["group"])
        self.ports = [harness.free_port() for _ in range(6)]

    def end(self):
        """Ends what runs in the folder: by process id, whatever it is by now."""
        for path in Path("/proc").glob("[0-9]*"):
            try:
                here = os.readlink(path / "cwd")
                program = os.readlink(path / "exe")
            except OSError:
                continue
            if here.startswith(str(self.place)) and ("postgres" in program or
                                                     program.startswith(str(self.place))):
                os.kill(int(path.name), signal.SIGKILL)

    def sh(self, block):
        for number in range(3):
            block = block.replace(f"544{number}", str(self.ports[number]))
            block = block.replace(f"741{number}", str(self.ports[3 + number]))
        # Numbers that the loops put together.
        block = block.replace("-p 544$n", f"-p $(echo {' '.join(map(str, self.ports[:3]))} | "
                                          "cut -d ' ' -f $((n + 1)))")
        block = block.replace("127.0.0.1:741$n", f"127.0.0.1:$(echo {' '.join(map(str, self.ports[3:]))}"
                                                 " | cut -d ' ' -f $((n + 1)))")
        with open(self.place / "said", "w+", encoding="utf-8") as said:
            done = subprocess.run(
                ["sh", "-ec", f"PATH={self.place}:$PATH\ncd {self.place}\n{block}"],
                stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, timeout=120,
                env={**os.environ, "HOME": str(self.place),
                     "PATH": ":".join([str(self.place), *self.postgres(), os.environ["PATH"]]),
                     "PGHOST": "127.0.0.1", "PGUSER": "admin"}, check=False, **as_postgres())
            said.seek(0)
            text = said.read()
        self.assertEqual(done.returncode, 0, text)
        return text

    @staticmethod
    def postgres():
        return [str(max(Path("/usr/lib/postgresql").glob("*/bin"),
                        key=lambda path: int(path.parent.name)))]

    def ready(self, number):
        client = harness.Client(self.ports[3 + number])
        try:
            return client.request("GET", "/readyz").status == 200
        except OSError:
            return False
        finally:
            client.close()

    def test_the_commands_of_the_guide_run_as_they_stand(self):
        start, push, fail_over = re.findall(
            r"^```sh\n(.*?)^```", (harness.ROOT / "docs/cluster.md").read_text(), re.S | re.M)
        self.sh(start)
        for number in range(3):
            until(lambda number=number: self.ready(number), "a node is ready", 60)
        until(lambda: int(self.sh(push).split()[-1]) > 100, "the third has what the first took")
        self.sh(fail_over)
        for number in range(3):
            until(lambda number=number: self.ready(number), "a node is ready again", 60)
        self.assertGreater(int(self.sh(push).split()[-1]), 100)
        logs = {self.sh(f"ladder log node{number}") for number in range(3)}
        self.assertEqual(len(logs), 1)


if __name__ == "__main__":
    unittest.main()
