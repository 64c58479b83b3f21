"""The peers: each with its data in the run's directory, on loopback, on a port of its own."""

import csv
import io
import json
import os
import pwd
import shutil
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

import ours

REDIS_LINES = ["--appendonly", "yes", "--appendfsync", "always", "--save", "",
               "--protected-mode", "no", "--daemonize", "no", "--logfile", "redis.log"]


class Missing(Exception):
    """The peer is not installed."""


def program(name, *folders):
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *folders]))
    if found is None:
        raise Missing(f"{name} is not installed: make bench-peers")
    return found


def wait_for(is_there, process, what, seconds=60):
    until = time.monotonic() + seconds
    while not is_there():
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"{what} does not start")
        time.sleep(0.05)


class Redis:
    """A stream with appendfsync always."""

    def __init__(self):
        self.server, self.client = program("redis-server"), program("redis-benchmark")
        self.cli = program("redis-cli")

    def __enter__(self):
        self.port = ours.free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="redis-", dir=ours.place()))
        self.process = ours.begin([self.server, "--port", self.port, "--bind", "127.0.0.1",
                                   "--dir", self.folder, *REDIS_LINES],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: subprocess.run([self.cli, "-p", str(self.port), "ping"],
                                        capture_output=True, check=False).stdout == b"PONG\n",
                 self.process, "Redis")
        return self

    def __exit__(self, *_):
        ours.end(self.process)
        shutil.rmtree(self.folder, True)

    @staticmethod
    def version():
        return ours.call(program("redis-server"), "--version").split("v=")[1].split()[0]

    def add(self, events, clients, pipeline, payload):
        """XADD of `payload` bytes each; gives the events a second."""
        said = ours.call(self.client, "-p", self.port, "-c", clients, "-n", events, "-P", pipeline,
                         "--csv", "XADD", "log", "*", "e", "x" * payload)
        rows = list(csv.DictReader(io.StringIO(said[said.index('"test"'):])))
        return float(rows[-1]["rps"])


class Postgres:
    """A table with a unique id, commits synced, as Debian configures it but for the connections."""

    FOLDERS = [str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"),
                                            reverse=True)]

    def __init__(self):
        self.initdb, self.server = (program(name, *self.FOLDERS) for name in ("initdb", "postgres"))
        self.psql, self.pgbench = (program(name, *self.FOLDERS) for name in ("psql", "pgbench"))

    def for_another(self):
        """It refuses to run as root: a directory its own user can reach."""
        account = pwd.getpwnam("postgres")
        self.user = [program("setpriv"), f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}",
                     "--clear-groups"]
        os.chmod(ours.place(), 0o711)
        folder = self.folder
        os.chown(folder, account.pw_uid, account.pw_gid)
        if subprocess.run([*self.user, "test", "-w", str(folder)], check=False).returncode != 0:
            shutil.rmtree(folder)
            folder = Path(tempfile.mkdtemp(prefix="ladderd-bench-", dir="/var/tmp"))
            os.chown(folder, account.pw_uid, account.pw_gid)
        return folder

    def __enter__(self):
        self.port = ours.free_port()
        self.user = []
        self.folder = Path(tempfile.mkdtemp(prefix="postgres-", dir=ours.place()))
        if os.geteuid() == 0:
            self.folder = self.for_another()
        data = self.folder / "data"
        ours.call(*self.user, self.initdb, "--auth=trust", "--username=bench", "-D", data,
                  "--encoding=UTF8", "--locale=C", cwd="/")
        self.process = ours.begin(
            [*self.user, self.server, "-D", data, "-p", self.port, "-c",
             "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c",
             "max_connections=250", "-c", "max_wal_size=4GB"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
        self.to = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "bench"]
        wait_for(lambda: subprocess.run([self.psql, *self.to, "-c", "select 1", "postgres"],
                                        capture_output=True, check=False).returncode == 0,
                 self.process, "PostgreSQL")
        self.sql("CREATE TABLE events (id uuid PRIMARY KEY, seq bigint GENERATED ALWAYS AS "
                 "IDENTITY, body bytea NOT NULL)")
        return self

    def __exit__(self, *_):
        ours.end(self.process)
        shutil.rmtree(self.folder, True)

    @classmethod
    def version(cls):
        return ours.call(program("postgres", *cls.FOLDERS), "--version").split()[2]

    def sql(self, text):
        return ours.call(self.psql, *self.to, "-q", "-v", "ON_ERROR_STOP=1", "-c", text,
                         "postgres", cwd="/")

    def copy(self, events, payload):
        """COPY of new events whose ids grow with time, one transaction; events a second."""
        path = ours.place() / "copy.txt"
        body = "\\\\x" + "ab" * payload
        ms = int(time.time() * 1000)
        with open(path, "w", encoding="ascii") as file:
            for number in range(events):
                high = (ms + number // 600) << 16 | 0x7000 | number % 600
                one = uuid.UUID(int=high << 64 | 2 << 62 | int.from_bytes(os.urandom(7), "big"))
                file.write(f"{one}\t{body}\n")
        begun = time.monotonic()
        with open(path, "rb") as file:
            subprocess.run([self.psql, *self.to, "-q", "-v", "ON_ERROR_STOP=1", "-c",
                            "COPY events (id, body) FROM STDIN", "postgres"], stdin=file,
                           check=True, timeout=ours.SECONDS_MAX, cwd="/")
        took = time.monotonic() - begun
        path.unlink()
        return events / took

    def insert(self, clients, seconds, payload):
        """Single rows, ON CONFLICT DO NOTHING, by pgbench; rows a second."""
        script = ours.place() / "insert.sql"
        script.write_text("INSERT INTO events (id, body) VALUES (gen_random_uuid(), "
                          f"'\\x{'ab' * payload}') ON CONFLICT DO NOTHING;\n")
        said = ours.call(self.pgbench, *self.to, "-n", "-M", "prepared", "-c", clients, "-j", 2,
                         "-T", seconds, "-f", script, "postgres", cwd="/")
        line = next(line for line in said.splitlines() if line.startswith("tps = "))
        return float(line.split()[2])


    def facts(self, path):
        """The events that DuckDB wrote, as a table in the order of municipalities, indexed."""
        self.sql("CREATE TABLE facts (seq bigint, id text, key text, subject text, municipality "
                 "text, occurred_on date, type text, rung int, minutes int, two_way bool, "
                 "target_id text, target_key text)")
        with open(path, "rb") as file:
            subprocess.run([self.psql, *self.to, "-q", "-v", "ON_ERROR_STOP=1", "-c",
                            "COPY facts FROM STDIN (FORMAT csv)", "postgres"], stdin=file,
                           check=True, timeout=ours.SECONDS_MAX, cwd="/")
        self.sql("CREATE INDEX place ON facts (municipality, seq)")
        self.sql("CLUSTER facts USING place")
        self.sql("ANALYZE facts")

    def asked(self, municipality, days):
        """Milliseconds of the figures of one municipality at each day, on one connection."""
        script = ours.place() / "asked.sql"
        script.write_text("\\timing on\n" + "".join(
            FIGURES.replace(":place", f"'{municipality}'").replace(":day", f"DATE '{day}'")
            for day in days))
        said = ours.call(self.psql, *self.to, "-q", "-v", "ON_ERROR_STOP=1", "-f", script,
                         "postgres", cwd="/")
        return [float(line.split()[1]) for line in said.splitlines() if line.startswith("Time:")]


# Persons per rung on the day, weeks of 120 minutes in the last quarter, age of the last two-way
# contact, over the effective events of a municipality.
FIGURES = """
WITH events AS MATERIALIZED (SELECT * FROM facts WHERE municipality = :place),
last_of_key AS (SELECT key, max(seq) AS seq FROM events WHERE key IS NOT NULL GROUP BY key),
effective AS MATERIALIZED (
  SELECT e.* FROM events e LEFT JOIN last_of_key k ON e.key = k.key
  WHERE e.type <> 'event_retracted' AND e.occurred_on <= :day
    AND (e.key IS NULL OR e.seq = k.seq)
    AND NOT EXISTS (SELECT 1 FROM events r WHERE r.target_id = e.id)
    AND NOT EXISTS (SELECT 1 FROM events r WHERE r.target_key = e.key AND r.seq > e.seq))
SELECT
  (SELECT json_agg(one) FROM (SELECT rung, count(*) FROM (
     SELECT DISTINCT ON (subject) subject, rung FROM effective WHERE type = 'ladder_assessed'
     ORDER BY subject, occurred_on DESC, seq DESC) last GROUP BY rung) one) AS rungs,
  (SELECT json_agg(one) FROM (SELECT count(*) FILTER (WHERE minutes >= 120), count(*) FROM (
     SELECT subject, date_trunc('week', occurred_on) AS week, sum(minutes) AS minutes
     FROM effective WHERE type = 'activity_logged' AND occurred_on > :day - 91
     GROUP BY subject, week) weeks) one) AS weeks,
  (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY age) FROM (
     SELECT :day - max(occurred_on) AS age FROM effective
     WHERE type = 'contact_held' AND two_way GROUP BY subject) ages) AS contact;
"""


class DuckDB:
    """The same events as Parquet, and some of the same figures in SQL."""

    def __init__(self):
        self.node = program("node")
        if not (ours.PEERS / "node_modules/@duckdb/node-api").is_dir():
            raise Missing("@duckdb/node-api is not installed: make bench-peers")

    def run(self, *arguments):
        return json.loads(ours.call(self.node, Path(__file__).parent / "duckdb.mjs", ours.PEERS,
                                    *arguments))

    def version(self):
        return self.run("version")["version"]

    def parquet(self, folder):
        """Made once, beside the events."""
        path = folder / "events.parquet"
        if not path.exists():
            ours.say("writing the events as Parquet; it is kept")
            beside = folder / "events.parquet.new"
            self.run("import", folder / "events.ndjson", beside)
            beside.rename(path)
        return path
