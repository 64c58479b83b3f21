"""What runs in the kernel that test_system_dies.py kills: guest.py PLACE NUMBER KIND IMAGES.

It is the first process of that kernel. PLACE is the test's folder: it has `conf` and `guest.json`,
the disk is mounted on its `disk`, and what is to outlive this kernel goes to its `out`. It looks at
what the kernel before left of the store, on IMAGES (devices, each after a comma) and on its disk.
Then it serves that, sends all of it again, holds its figures against a replay and pushes, and says
on standard output which batches were acknowledged, until it is killed. KIND is how the disk loses
what was not flushed: `killed`, `dropping`, `logged`; with `halt` it ends after looking.
"""

import fcntl
import http.client
import json
import os
import random
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

import mapper

SIZES = (1, 40, 300)  # of the batches of each that pushes
AS_OF = "2026-06-30"
NO_TIME = 71
ACKNOWLEDGED = threading.Semaphore(0)  # batches


def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def mount(*arguments):
    subprocess.run(["mount", *map(str, arguments)], check=True)


def loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        request = struct.pack("16sH14s", b"lo", 0x1 | 0x40, b"")  # IFF_UP, IFF_RUNNING
        fcntl.ioctl(one, 0x8914, request)                         # SIOCSIFFLAGS


def looked_at(guest, place, name):
    """The log that is there goes to the host; gives the exit code of verify."""
    store = place / "disk" / "store"
    if not (store / "data.mdb").exists():
        return "none"
    code = subprocess.run([guest["ladder"], "verify", store], stdout=subprocess.DEVNULL).returncode
    with open(place / "out" / name, "wb") as file:
        read = subprocess.run([guest["ladder"], "log", store], stdout=file).returncode
        os.fsync(file.fileno())
    return code or read


def event_of(name):
    """What has this id: r-THREAD-BATCH-INDEX of a kernel's number."""
    _, _, batch, index = name.split("-")
    return {"id": name, "subject": f"p-{(int(batch) + int(index)) % 500}",
            "municipality": "GM0823", "occurred_on": "2026-01-05", "ladder_assessed": {"rung": 3}}


class Client:
    def __init__(self, guest, who):
        self.connection = http.client.HTTPConnection("127.0.0.1", guest["port"], timeout=600)
        self.headers = {"Authorization": "Bearer " + guest[who], "Content-Type": "application/json"}

    def ask(self, method, path, body=None):
        self.connection.request(method, path, body, self.headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def push(self, names):
        """Pushes events; gives how many are accepted and duplicates, None when it was not taken."""
        status, said = self.ask("POST", "/v1/events",
                                json.dumps({"events": [event_of(name) for name in names]}))
        if status != 200:
            say("REFUSED", status, said.decode())
            return None
        result = json.loads(said)
        return result["accepted"], result["duplicates"]


def ready(daemon, guest):
    while daemon.poll() is None:
        try:
            if Client(guest, "partner").ask("GET", "/readyz")[0] == 200:
                return True
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.02)
    return False


def started(guest, place):
    """A ladderd that serves. One that says that it had no time comes again: this kernel counts as
    used what its machine gave to others."""
    environment = {**os.environ, **({"LD_PRELOAD": guest["preload"]} if "preload" in guest else {})}
    while True:
        daemon = subprocess.Popen([guest["ladderd"], "--config", place / "conf", "--as-root"],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                  env=environment, start_new_session=True)
        if ready(daemon, guest):
            return daemon
        if daemon.returncode != NO_TIME:
            raise RuntimeError(f"ladderd ended with {daemon.returncode}")


def sent_again(guest, file):
    """All that is in the log counts nothing twice."""
    names = [json.loads(line)["event"]["id"] for line in file.read_text().splitlines()]
    client = Client(guest, "partner")
    for start in range(0, len(names), 1000):
        part = names[start:start + 1000]
        got = client.push(part)
        if got != (0, len(part)):
            say("WRONG", "sent again:", got, "of", len(part))
            return


def replayed(guest, place):
    """What is live is what a replay gives."""
    status, live = Client(guest, "analyst").ask("GET", f"/v1/indicators?as_of={AS_OF}")
    known_at = json.loads(live).get("known_at", "")
    replay = subprocess.run([guest["ladder"], "replay", place / "disk" / "store", "--as-of", AS_OF,
                             "--known-at", known_at, "--format", "json"], stdout=subprocess.PIPE)
    if status != 200 or replay.returncode != 0 or replay.stdout != live:
        say("WRONG", "replay:", status, replay.returncode, len(live), len(replay.stdout))


def push(guest, number, kind, thread, size):
    client = Client(guest, "partner")
    for batch in range(1 << 20):
        got = client.push([f"r{number}-{thread}-{batch}-{i}" for i in range(size)])
        if got != (size, 0):
            say("WRONG", "pushed:", got, "of", size)
            return
        say("ACK", number, thread, batch, size)
        ACKNOWLEDGED.release()
        if kind == "logged":
            mapper.mark(f"ACK:{number}:{thread}:{batch}:{size}")


def serve(guest, place, number, kind, found):
    daemon = started(guest, place)
    if found.exists():
        sent_again(guest, found)
        replayed(guest, place)
    say("READY")
    for thread, size in enumerate(SIZES):
        threading.Thread(target=push, args=(guest, number, kind, thread, size),
                         daemon=True).start()
    if kind == "dropping":
        chance = random.Random(number + guest["seed"])
        for _ in range(chance.randrange(1, 40)):
            ACKNOWLEDGED.acquire()
        time.sleep(chance.uniform(0, 0.2))  # any moment
        say("DROPPING")
        mapper.drop()
        say("DROPPED")
    raise RuntimeError(f"ladderd ended with {daemon.wait()}")


def main():
    place, number, kind, images = sys.argv[1:5]  # the kernel adds words of its own
    place, number = Path(place), int(number)
    guest = json.loads((place / "guest.json").read_text())
    mount("-t", "proc", "none", "/proc")
    mount("-t", "sysfs", "none", "/sys")
    mount("-t", "hostfs", "-o", place / "out", "none", place / "out")
    for image in filter(None, images.split(",")):
        mount("-t", "ext4", "/dev/" + image, place / "disk")
        say("LOOKED", image, looked_at(guest, place, f"log-{number}-{image}"))
        subprocess.run(["umount", place / "disk"], check=True)
    disk = "/dev/ubda"
    if kind in ("dropping", "logged"):
        mapper.begin("linear" if kind == "dropping" else kind)
        disk = mapper.DISK
    mount("-t", "ext4", disk, place / "disk")
    found = place / "out" / f"log-{number}-ubda"
    say("LOOKED", "ubda", looked_at(guest, place, found.name))
    if kind != "halt":
        loopback_up()
        serve(guest, place, number, kind, found)
    os.sync()
    subprocess.run(["halt", "-f"])


if __name__ == "__main__":
    os.environ["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin"
    try:
        main()
    except BaseException as error:  # noqa: the first process must not end without a word
        say("FAILED", repr(error))
        subprocess.run(["halt", "-f"])
