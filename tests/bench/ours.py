"""What the benchmarks run of ladderd's own: the daemon, the load on it, stores that are kept."""

import atexit
import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ.get("BUILD", "build"))
BUILD = BUILD if BUILD.is_absolute() else ROOT / BUILD
RELEASE = BUILD / "release"
DATA = BUILD / "bench-data"
PEERS = BUILD / "bench-peers"
SECONDS_MAX = 1800  # of one program
SEED = 7
UNTIL = "2025-12-31"
# As many as the country has; the first are Oirschot and its neighbours, the others are invented.
MUNICIPALITIES = ["GM0823", "GM0753", "GM0757", "GM0770", "GM0785", "GM0798",
                  *(f"GM{number}" for number in range(9006, 9342))]
EVENTS_A_PERSON = 112  # about, in four years

_living = []


def end_all():
    """Whatever way it ends, nothing that was started here stays."""
    while _living:
        end(_living[-1])


atexit.register(end_all)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def begin(command, **options):
    """Starts a program that end() will end."""
    process = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, **options)
    _living.append(process)
    return process


def end(process, seconds=120):
    _living.remove(process)
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.wait()


def call(*command, seconds=SECONDS_MAX, **options):
    """Runs a program to its end, which must be good; gives its standard output."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                          timeout=seconds, check=False, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stderr[-400:]}")
    return done.stdout


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


_place = None


def place():
    """A directory of this run, on the disk of the build; it goes at the end."""
    global _place
    if _place is None:
        DATA.mkdir(parents=True, exist_ok=True)
        _place = Path(tempfile.mkdtemp(prefix="run-", dir=DATA))
        atexit.register(shutil.rmtree, _place, True)
        atexit.register(end_all)  # runs before the directory goes
    return _place


def clear():
    """Nothing of a part that is over takes room, or the processor."""
    end_all()
    for path in place().iterdir():
        shutil.rmtree(path, True)


def copied(store, name):
    """A copy of a store that may be written to."""
    copy = place() / name
    shutil.rmtree(copy, True)
    call("cp", "-r", "--reflink=auto", store, copy)
    call("sync", "-f", copy)
    return copy


_slow_disk = None


def slow_disk(microseconds):
    """The environment of a program whose syncs take at least so long."""
    global _slow_disk
    if _slow_disk is None:
        _slow_disk = place() / "slow_disk.so"
        call("cc", "-shared", "-fPIC", "-O2", "-o", _slow_disk,
             ROOT / "tests/bench/preload/slow_disk.c")
    return {**os.environ, "LD_PRELOAD": str(_slow_disk), "SLOW_DISK_US": str(microseconds)}


def disk_bytes(folder):
    return sum(path.stat().st_blocks * 512 for path in Path(folder).iterdir())


class Daemon:
    """A ladderd on loopback, with a partner, an analyst and a scraper."""

    def __init__(self, store, environment=None):
        self.store, self.environment = Path(store), environment
        self.port, self.stream_port = free_port(), free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="daemon-", dir=place()))
        self.tokens, hashes = {}, {}
        for name in ("partner", "analyst", "scraper"):
            made = dict(line.split(": ") for line in
                        call(RELEASE / "ladder", "token").splitlines())
            self.tokens[name], hashes[name] = made["token"], made["hash"]
        self.token_file = self.folder / "token"
        self.token_file.write_text(self.tokens["partner"] + "\n")
        self.token_file.chmod(0o600)
        (self.folder / "conf").write_text(
            f"[store]\npath = {self.store}\nsize_max = 64G\n"
            f"[http]\nlisten = 127.0.0.1:{self.port}\n"
            f"[stream]\nlisten = 127.0.0.1:{self.stream_port}\n"
            "[limits]\nconnections_per_partner_max = 512\nevents_per_person_max = 100000000\n"
            "[partner bench]\norg_type = ISD\ntypes = *, report_published, agreement_made\n"
            f"municipalities = *, {', '.join(MUNICIPALITIES)}\n"
            f"token_hash = {hashes['partner']}\n"
            f"[analyst bench]\nmunicipalities = *\ntoken_hash = {hashes['analyst']}\n"
            f"[scraper bench]\ntoken_hash = {hashes['scraper']}\nmunicipalities = *\n")
        self.process, self.ready_seconds = None, None

    def start(self, seconds=SECONDS_MAX):
        """Starts it and waits until it is ready; ready_seconds says how long that took."""
        begun = time.monotonic()
        with open(self.folder / "output", "ab") as output:
            self.process = begin([RELEASE / "ladderd", "--config", self.folder / "conf",
                                  *(["--as-root"] if os.geteuid() == 0 else [])],
                                 stdout=output, stderr=output, env=self.environment)
        while True:
            try:
                if self.get("/readyz")[0] == 200:
                    break
            except OSError:
                pass
            said = (self.folder / "output").read_text(errors="replace")
            if self.process.poll() is not None or time.monotonic() > begun + seconds:
                raise RuntimeError(f"ladderd does not start: {said[-400:]}")
            time.sleep(0.002)
        self.ready_seconds = time.monotonic() - begun
        return self

    def stop(self):
        """SIGTERM; it saves its state and ends."""
        process, self.process = self.process, None
        code = end(process, SECONDS_MAX)
        if code != 0:
            raise RuntimeError(f"ladderd ended with {code}")

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.process is not None:
            self.stop()

    def get(self, path, who=None):
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS_MAX)
        try:
            client.request("GET", path, headers=self.authorization(who))
            answer = client.getresponse()
            return answer.status, answer.read().decode()
        finally:
            client.close()

    def authorization(self, who):
        return {"Authorization": "Bearer " + self.tokens[who]} if who else {}

    def metric(self, name):
        text = self.get("/metrics", "scraper")[1]
        return float(re.search(rf"^{name} (\S+)$", text, re.M).group(1))

    def commits(self):
        return self.metric("ladderd_commit_duration_seconds_count")

    def anonymous_bytes(self):
        """The memory that is its own: not of a file, so not LMDB's pages."""
        text = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        return 1024 * int(re.search(r"^Anonymous: +(\d+) kB", text, re.M).group(1))

    def rest(self, seconds=SECONDS_MAX):
        """Waits until what is in the log is in the figures."""
        until = time.monotonic() + seconds
        while self.metric("ladderd_applied_seq") < self.metric("ladderd_log_last_seq"):
            if time.monotonic() > until:
                raise RuntimeError("the figures do not follow the log")
            time.sleep(0.05)

    def load_command(self, door, **options):
        port = self.stream_port if door == "stream" else self.port
        return [RELEASE / "bench-load", door, "--to", f"127.0.0.1:{port}", "--token-file",
                self.token_file, "--pid", self.process.pid, *flags(options)]

    def load(self, door, **options):
        """Runs a load; gives what it measured, once all of it was accepted."""
        options.setdefault("seed", next_seed())
        said = json.loads(call(*self.load_command(door, **options)))
        if said["accepted"] != said["events"]:
            raise RuntimeError(f"not all was accepted: {said}")
        return said


def flags(options):
    return [part for name, value in options.items() for part in (f"--{name}", value)]


_seed = 1000


def next_seed():
    """No two loads send the same events."""
    global _seed
    _seed += 1
    return _seed


def bare(what, name="bare", environment=None, **options):
    """A run of bare LMDB, in a directory that goes at once."""
    store = place() / name
    shutil.rmtree(store, True)
    store.mkdir()
    try:
        return json.loads(call(RELEASE / "bench-load", what, "--store", store, *flags(options),
                               env=environment))
    finally:
        shutil.rmtree(store, True)


# ---------------------------------------------------------------- stores that are kept

def sources_hash(*patterns):
    """What a kept store depends on: when it changes, the store is made anew."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in patterns for path in ROOT.glob(pattern)):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:24]


def kept(name, recipe, make):
    """The folder build/bench-data/NAME, made by make(folder) unless it is there by this recipe."""
    folder = DATA / name
    manifest = folder / "manifest.json"
    try:
        found = json.loads(manifest.read_text())
        if found["recipe"] == recipe:
            return folder, found
    except (OSError, ValueError, KeyError):
        pass
    shutil.rmtree(folder, True)
    beside = DATA / f"{name}.new"
    shutil.rmtree(beside, True)
    beside.mkdir(parents=True)
    found = {"recipe": recipe, **make(beside)}
    (beside / "manifest.json").write_text(json.dumps(found, indent=1) + "\n")
    beside.rename(folder)
    return folder, found


def protobuf_bytes(path, events):
    """The events' size as protobuf: each 101st of them is measured."""
    sys.path.insert(0, str(ROOT / "tests/end-to-end"))
    import harness
    sampled = total = 0
    with open(path, "rb") as file:
        for number, line in enumerate(file):
            if number % 101 == 0:
                total += len(harness.message(json.loads(line)).SerializeToString())
                sampled += 1
    return total / sampled * events


def lifelike(size):
    """
    A store with the events of `ladder generate`, about `size`, pushed through the stream, and
    the events beside it as NDJSON.
    """
    people = max(1, round(size / EVENTS_A_PERSON / 100) * 100) if size < 5e6 else 100000
    options = ["--seed", SEED, "--people", people, "--municipalities",
               ",".join(MUNICIPALITIES), "--until", UNTIL]
    recipe = {"options": [str(one) for one in options],
              "sources": sources_hash("tools/generate/*.[ch]", "store/*.[ch]",
                                      "proto/ladder.proto")}

    def make(folder):
        say(f"making a store of {people:,} people; it is kept in {DATA.name}")
        events_file = folder / "events.ndjson"
        with open(events_file, "wb") as file:
            subprocess.run([RELEASE / "ladder", "generate", *map(str, options)], stdout=file,
                           check=True, timeout=SECONDS_MAX)
        with Daemon(folder / "store") as daemon:
            begun = datetime.now(timezone.utc)
            done = subprocess.run(
                [RELEASE / "ladder", "push", "--via", "stream", "--to",
                 f"tcp://127.0.0.1:{daemon.stream_port}", "--token-file", daemon.token_file,
                 events_file], capture_output=True, text=True, timeout=SECONDS_MAX, check=False)
            said = re.search(r"(\d+) accepted, 0 duplicates, 0 rejected, in ([\d.]+)", done.stderr)
            if done.returncode != 0 or not said:
                raise RuntimeError(f"the push failed: {done.stderr[-400:]}")
            recorded = [begun.isoformat(), datetime.now(timezone.utc).isoformat()]
            daemon.rest()
        events = int(said.group(1))
        return {"events": events, "recorded": recorded, "people": people, "push_seconds": float(said.group(2)),
                "protobuf_bytes": protobuf_bytes(events_file, events)}
    return kept(f"lifelike-{size}", recipe, make)
