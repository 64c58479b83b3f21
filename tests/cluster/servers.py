"""A PostgreSQL cluster on loopback: a primary and standbys in a folder of their own, made by
initdb and pg_basebackup, as a user that is not root, and ended by their process ids. And a proxy
between, which can be cut."""

import atexit
import contextlib
import glob
import os
import pwd
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
RELEASE = Path(os.environ.get("RECORDS", ROOT / "build/release/records")).parent
os.environ.setdefault("LADDERD", str(RELEASE / "ladderd"))
os.environ.setdefault("LADDER", str(RELEASE / "ladder"))
sys.path.insert(0, str(ROOT / "tests/end-to-end"))

import harness  # noqa: E402
from harness import Ladderd, free_port, until  # noqa: E402

BIN = max(glob.glob("/usr/lib/postgresql/*/bin"), default="",
          key=lambda path: int(path.split("/")[-2]))
SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{place}'
cluster_name = '{name}'
max_connections = 60
shared_buffers = 16MB
wal_level = replica
wal_keep_size = 512MB
max_wal_senders = 12
hot_standby = on
synchronous_commit = on
synchronous_standby_names = 'ANY 1 (n0, n1, n2)'
wal_receiver_timeout = 5s
wal_sender_timeout = 5s
wal_retrieve_retry_interval = 200ms
logging_collector = off
"""


def as_postgres():
    """For subprocess: becomes a user that PostgreSQL runs as, where this is root."""
    if os.geteuid() != 0:
        return {}
    return {"user": pwd.getpwnam("postgres").pw_uid, "group": pwd.getpwnam("postgres").pw_gid,
            "extra_groups": []}


_living = set()
atexit.register(lambda: [servers.close() for servers in list(_living)])


class Server:
    def __init__(self, servers, name):
        self.name, self.port = name, free_port()
        self.place = servers.place / name
        self.process = None
        self.servers = servers
        self.title = f"{servers.place.name}-{name}"  # of its processes

    def run(self, program, *arguments, **options):
        done = subprocess.run([f"{BIN}/{program}", *map(str, arguments)], cwd=self.servers.place,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=60,
                              **as_postgres(), **options)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def settings(self):
        return SETTINGS.format(port=self.port, place=self.servers.place, name=self.title)

    def write(self, name, text):
        path = self.place / name
        path.write_text(text)
        if as_postgres():
            os.chown(path, as_postgres()["user"], as_postgres()["group"])

    def make(self):
        self.run("initdb", "-D", self.place, "-U", "admin", "-A", "trust", "--no-instructions")
        self.write("postgresql.auto.conf", "")
        self.write("postgresql.conf", self.settings())
        return self

    def copy(self, primary):
        """Becomes a standby, from the beginning."""
        shutil.rmtree(self.place, True)
        self.run("pg_basebackup", "-D", self.place, "-h", "127.0.0.1", "-p", primary.port,
                 "-U", "admin", "-X", "stream", "-c", "fast")
        self.write("postgresql.conf", self.settings())
        self.write("standby.signal", "")
        self.follow(primary)
        return self

    def follow(self, primary):
        self.write("postgresql.auto.conf",
                   f"primary_conninfo = 'host=127.0.0.1 port={primary.port} user=admin "
                   f"application_name={self.name}'\n"
                   "recovery_target_timeline = 'latest'\n")
        if self.process is not None:
            self.process.send_signal(signal.SIGHUP)

    def start(self):
        with open(self.servers.place / f"{self.name}.log", "ab") as output:
            self.process = subprocess.Popen([f"{BIN}/postgres", "-D", str(self.place)],
                                            cwd=self.servers.place, stdin=subprocess.DEVNULL,
                                            stdout=output, stderr=output, start_new_session=True,
                                            **as_postgres())
        until(self.answers, f"{self.name} answers: " + self.log(), 60)
        return self

    def log(self):
        return (self.servers.place / f"{self.name}.log").read_text(errors="replace")[-1500:]

    def answers(self):
        return subprocess.run([f"{BIN}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port),
                               "-U", "admin", "-d", "postgres"],
                              check=False, timeout=20).returncode == 0

    def sql(self, statement, check=True, timeout=30):
        done = subprocess.run([f"{BIN}/psql", "-qAtX", "-h", "127.0.0.1", "-p", str(self.port),
                               "-U", "admin", "-d", "ladderd" if self.servers.made else "postgres",
                               "-c", statement], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=timeout, check=False)
        assert not check or done.returncode == 0, done.stderr
        return done.stdout.strip()

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        """kill -9: its children see that it is gone, and end too."""
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        self.process = None
        until(lambda: not self.answers(), f"{self.name} is gone")
        # They hold its shared memory for a moment yet.
        until(lambda: not any(f"postgres: {self.title}" in text for text in processes()),
              f"the children of {self.name} are gone")
        (self.place / "postmaster.pid").unlink(missing_ok=True)

    def stop(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)
            self.process = None


def processes():
    """The command lines of all processes."""
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            yield Path(path).read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue


class Servers:
    """A primary and `count - 1` standbys. The role `ladderd` owns the database `ladderd`."""

    def __init__(self, count=3):
        self.place = Path(tempfile.mkdtemp(prefix="ladderd-cluster-", dir="/tmp"))
        self.made = False
        _living.add(self)
        if as_postgres():
            os.chown(self.place, as_postgres()["user"], as_postgres()["group"])
        self.all = [Server(self, f"n{number}") for number in range(count)]
        self.primary = self.all[0].make()
        if count == 1:
            self.primary.write("postgresql.auto.conf", "synchronous_standby_names = ''\n")
        self.primary.start()
        # Nobody waits for a standby that is not there yet.
        self.primary.sql("SET synchronous_commit = local; CREATE ROLE ladderd LOGIN")
        self.primary.sql("SET synchronous_commit = local; GRANT pg_monitor TO ladderd")
        subprocess.run([f"{BIN}/psql", "-qX", "-h", "127.0.0.1", "-p", str(self.primary.port), "-U",
                        "admin", "-d", "postgres", "-c", "SET synchronous_commit = local", "-c",
                        "CREATE DATABASE ladderd OWNER ladderd"], check=True, timeout=60)
        self.made = True
        for server in self.all[1:]:
            server.copy(self.primary).start()
        if count > 1:
            self.await_standby()

    def await_standby(self):
        until(lambda: self.primary.sql("SELECT count(*) FROM pg_stat_replication WHERE "
                                       "sync_state IN ('sync', 'quorum')") != "0",
              "a standby is synchronous", 60)

    def where(self, ports=None):
        """What a node connects by; the ports of proxies take the place of the servers' own."""
        ports = ports or [server.port for server in self.all]
        return (f"host={','.join('127.0.0.1' for _ in ports)} "
                f"port={','.join(map(str, ports))} dbname=ladderd user=ladderd "
                "sslmode=disable gssencmode=disable")

    def fail_over(self):
        """kill -9 of the primary; the standby that has most takes its place, the others follow."""
        old = self.primary
        old.kill()
        standbys = [server for server in self.all if server is not old and server.alive()]

        def received(server):
            text = server.sql("SELECT pg_last_wal_receive_lsn() - '0/0'")
            return int(text or 0)
        # What was on its way when it died has arrived, or never will.
        new = max(standbys, key=received)
        new.sql("SELECT pg_promote()")
        until(lambda: new.sql("SELECT pg_is_in_recovery()") == "f", "the standby is promoted", 60)
        self.primary = new
        for server in standbys:
            if server is not new:
                server.follow(new)
        return old

    def rejoin(self, old):
        old.copy(self.primary).start()

    def log_bytes(self):
        return self.primary.sql("SELECT pos FROM ladderd.head")

    def close(self):
        for server in self.all:
            if server.process is not None:
                server.process.kill()
                server.process.wait()
                server.process = None
        time.sleep(0.2)
        shutil.rmtree(self.place, True)
        _living.discard(self)


class Proxy:
    """Passes bytes to a port of this machine, until it is cut: then nothing moves, either way, and
    nobody is told. By itself it is when what it `stops_at` comes by, which goes on when it heals."""

    def __init__(self, to):
        self.to, self.is_cut = to, False
        self.stops_at, self.held, self.tails = None, [], {}
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.listener.setblocking(False)
        self.watcher = selectors.DefaultSelector()
        self.watcher.register(self.listener, selectors.EVENT_READ)
        self.other = {}
        self.ends = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.ends:
            if self.is_cut:
                time.sleep(0.05)
                continue
            while self.held:
                with contextlib.suppress(OSError):
                    self.other[self.held[0][0]].sendall(self.held[0][1])
                self.held.pop(0)
            for key, _ in self.watcher.select(0.05):
                if self.is_cut:
                    break
                self.pass_on(key.fileobj)

    def pass_on(self, one):
        if one is self.listener:
            near, _ = one.accept()
            try:
                far = socket.create_connection(("127.0.0.1", self.to), timeout=2)
            except OSError:
                near.close()
                return
            for end, opposite in ((near, far), (far, near)):
                self.other[end] = opposite
                self.watcher.register(end, selectors.EVENT_READ)
            return
        if one not in self.other:
            return
        try:
            data = one.recv(65536)
            if self.stops(one, data):
                self.held.append((one, data))
                self.cut()
                return
            if data:
                self.other[one].sendall(data)
                return
        except OSError:
            pass
        for end in (one, self.other[one]):
            self.watcher.unregister(end)
            del self.other[end]
            end.close()

    def stops(self, one, data):
        if self.stops_at is None:
            return False
        seen = self.tails.pop(one, b"") + data
        self.tails[one] = seen[-len(self.stops_at):]
        return self.stops_at in seen

    def cut(self):
        self.is_cut = True

    def heal(self):
        self.is_cut = False

    def close(self):
        self.ends = True
        self.thread.join(10)
        for end in [self.listener, *self.other]:
            end.close()


def node(servers, name, where=None, lax=False, sections="", analysts=None):
    """A ladderd of the cluster; not started."""
    made = Ladderd(analysts=analysts, sections=f"[cluster]\npostgres = {where or servers.where()}\nnode = {name}\n" +
                   ("acknowledge_without_promise = yes\n" if lax else "") + sections)
    return made


def same_partners(*nodes):
    """All nodes know the same partners by the same tokens."""
    for other in nodes[1:]:
        other.tokens, other.hashes = dict(nodes[0].tokens), dict(nodes[0].hashes)
        other.write_config()


def log_of(daemon):
    """What `ladder log` prints of the node's store."""
    return harness.ladder("log", daemon.store, check=0).stdout
