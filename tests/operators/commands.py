"""Programs as an operator runs them, in the repository."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(*words, seconds=800, **environment):
    done = subprocess.run([str(word) for word in words], cwd=ROOT, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds,
                          env={**os.environ, **environment})
    text = done.stdout.decode(errors="replace")
    assert done.returncode == 0, text[-4000:]
    return text
