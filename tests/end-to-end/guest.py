"""What runs in the kernel that test_system_dies.py kills: guest.py PLACE ROUND [halt].

It is the first process of that kernel. PLACE is the test's folder: it has `conf` and `guest.json`,
the disk is mounted on its `disk`, and what is to outlive this kernel goes to its `out`. It looks at
what the kernel before left of the store, then serves it and pushes, and says on standard output
which batches were acknowledged, until it is killed. With `halt` it ends after looking.
"""

import fcntl
import http.client
import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

SIZES = (1, 40, 300)  # of the batches of each that pushes


def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def mount(*arguments):
    subprocess.run(["mount", *map(str, arguments)], check=True)


def loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        request = struct.pack("16sH14s", b"lo", 0x1 | 0x40, b"")  # IFF_UP, IFF_RUNNING
        fcntl.ioctl(one, 0x8914, request)                         # SIOCSIFFLAGS


def looked_at(guest, place, number):
    """The log that is there goes to the host; gives the exit code of verify."""
    store = place / "disk" / "store"
    if not (store / "data.mdb").exists():
        return "none"
    code = subprocess.run([guest["ladder"], "verify", store], stdout=subprocess.DEVNULL).returncode
    with open(place / "out" / f"log-{number}", "wb") as file:
        read = subprocess.run([guest["ladder"], "log", store], stdout=file).returncode
        os.fsync(file.fileno())
    return code or read


def ready(port):
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5):
                return
        except OSError:
            time.sleep(0.02)


def push(guest, number, thread, size):
    headers = {"Authorization": "Bearer " + guest["token"], "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", guest["port"], timeout=60)
    for batch in range(1 << 20):
        events = [{"id": f"r{number}-{thread}-{batch}-{i}", "subject": f"p-{(batch + i) % 500}",
                   "municipality": "GM0823", "occurred_on": "2026-01-05",
                   "ladder_assessed": {"rung": 3}} for i in range(size)]
        connection.request("POST", "/v1/events", json.dumps({"events": events}), headers)
        answer = connection.getresponse()
        result = json.loads(answer.read())
        if answer.status != 200 or result["accepted"] != size:
            say("WRONG", answer.status, json.dumps(result))
            return
        say("ACK", number, thread, batch, size)


def main():
    place, number = Path(sys.argv[1]), int(sys.argv[2])
    guest = json.loads((place / "guest.json").read_text())
    mount("-t", "proc", "none", "/proc")
    mount("-t", "hostfs", "-o", place / "out", "none", place / "out")
    mount("-t", "ext4", "/dev/ubda", place / "disk")
    loopback_up()
    say("LOOKED", looked_at(guest, place, number))
    if "halt" not in sys.argv[3:]:
        subprocess.Popen([guest["ladderd"], "--config", place / "conf", "--as-root"],
                         stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True)
        ready(guest["port"])
        say("READY")
        for thread, size in enumerate(SIZES):
            threading.Thread(target=push, args=(guest, number, thread, size), daemon=True).start()
        time.sleep(600)
    os.sync()
    subprocess.run(["halt", "-f"])


if __name__ == "__main__":
    os.environ["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin"
    try:
        main()
    except BaseException as error:  # noqa: the first process must not end without a word
        say("FAILED", repr(error))
        subprocess.run(["halt", "-f"])
