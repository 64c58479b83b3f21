"""
The rows of the table: what is required, what ladderd does, and what is beside it in the same
run. Runs of ours and of the peers take turns. Each part gives its rows; one that fails says so
and spoils no other.
"""

import http.client
import json
import re
import time
from datetime import datetime, timezone

import cluster
import figures
import ours
import peers
import questions

SLOW_US = 1400  # of a sync: what the requirements were measured beside
RECORD = 110  # bytes of a record of bare LMDB and of the peers' payload: about one of ours


class Sizes:
    """How much is measured. Quick is for trying the benchmarks, full for the table."""

    def __init__(self, quick):
        self.quick = quick
        self.grown = [100_000, 1_000_000] if quick else [100_000, 1_000_000, 10_000_000]
        self.largest = self.grown[-1]
        self.rounds = 2 if quick else 3
        self.stream = 300_000 if quick else 1_000_000
        self.random = 100_000 if quick else 500_000
        self.http = 30_000 if quick else 200_000
        self.single = 10_000 if quick else 50_000
        self.alone = 300 if quick else 2_000
        self.ack_seconds = 3 if quick else 10
        self.live_seconds = 6 if quick else 20
        self.pgbench_seconds = 3 if quick else 10
        self.questions = 40 if quick else 200
        self.person = 10_000 if quick else 100_000


class Run:
    def __init__(self, sizes):
        self.sizes = sizes
        self.problems = []
        self.missing = {}
        self.running = {}

    def guarded(self, what, function):
        """Its value; None when it cannot be had, and then that is told."""
        try:
            return function()
        except Exception as error:  # noqa: whatever one breaks with, the others are measured
            ours.say(f"{what}: {error}")
            self.problems.append(f"{what}: {error}")
            return None

    def turns(self, what, **ways):
        """Runs all ways in turn, some rounds; gives the results of each, one list a way."""
        results = {name: [] for name in ways}
        for number in range(self.sizes.rounds):
            for name, way in ways.items():
                ours.say(f"{what}: {name}, run {number + 1} of {self.sizes.rounds}")
                result = self.guarded(f"{what}, {name}", way)
                if result is not None:
                    results[name].append(result)
        return results

    def peer(self, kind, work):
        """A way that gives a peer's figure while it is there, and nothing when it is missing."""
        try:
            server = kind()
        except peers.Missing as error:
            self.missing[kind.__name__] = str(error)
            return None

        def way():
            with server:
                return work(server)
        return way

    def beside(self, name, results, key, kind=None, **fields):
        """A line beside our figure: what was measured, or why it was not."""
        figure = figures.spread(results.get(key, []))
        if figure is None:
            missing = self.missing.get(kind.__name__) if kind else None
            return {"name": name, "missing": missing or "it failed", **fields}
        return {"name": name, "figure": figure, **fields}


def ways(**all_of_them):
    return {name: way for name, way in all_of_them.items() if way is not None}


def rate(result):
    return result["events_per_second"]


# ---------------------------------------------------------------- the doors

def stream_rows(run, daemon):
    sizes, groups = run.sizes, []

    def door():
        before = daemon.commits()
        result = daemon.load("stream", events=sizes.stream)
        groups.append(sizes.stream / max(1, daemon.commits() - before))
        return rate(result)

    def append():
        return rate(ours.bare("bare-append", events=sizes.stream, group=max(1, round(groups[-1])),
                              record=RECORD))
    results = run.turns("stream", **ways(
        ladderd=door, bare=append,
        redis=run.peer(peers.Redis, lambda one: one.add(sizes.stream, 10, 500, RECORD)),
        postgres=run.peer(peers.Postgres, lambda one: one.copy(sizes.stream // 2, RECORD))))
    bare = run.beside("bare MDB_APPEND, groups as ladderd's", results, "bare")
    row = {"name": "stream, batches of 1,000 pipelined, UUIDv7", "unit": "events/s",
           "better": "more", "ours": figures.spread(results["ladderd"])}
    return [
        {**row, "required": 600_000, "door": "stream", "beside": [
            run.beside("Redis stream, appendfsync always, pipeline 500", results, "redis",
                       peers.Redis),
            run.beside("PostgreSQL COPY, unique id", results, "postgres", peers.Postgres)],
         "notes": [
             f"one connection, 64 batches on their way; ladderd committed "
             f"{round(figures.spread(groups)['median']):,} events at once in the median"
             if groups else "", f"bare LMDB and the peers take {RECORD} bytes an event; "
             "Redis: redis-benchmark, 10 clients, XADD, no check for duplicates; PostgreSQL: ids "
             "that grow, one transaction, indexed as they come"]},
        {**row, "name": row["name"] + ", beside a bare append", "required": 0.6,
         "to": bare["name"], "beside": [bare], "notes": ["the same runs of ladderd"]}]


def http_rows(run, daemon):
    sizes = run.sizes
    batches = run.turns("HTTP, JSON", ladderd=lambda: rate(daemon.load(
        "http-json", events=sizes.http, batch=100, connections=8)))
    single = run.turns("HTTP, one event a request", **ways(
        ladderd=lambda: rate(daemon.load("http-json", events=sizes.single, batch=1,
                                         connections=200)),
        redis=run.peer(peers.Redis, lambda one: one.add(sizes.single, 200, 1, RECORD)),
        postgres=run.peer(peers.Postgres, lambda one: one.insert(200, sizes.pgbench_seconds,
                                                                 RECORD))))
    return [
        {"name": "HTTP, JSON, batches of 100, 8 connections", "unit": "events/s",
         "required": 100_000, "better": "more", "ours": figures.spread(batches["ladderd"]),
         "door": "http", "beside": []},
        {"name": "HTTP, one event a request, 200 connections", "unit": "requests/s",
         "required": 20_000, "better": "more", "ours": figures.spread(single["ladderd"]),
         "door": "single",
         "beside": [run.beside("Redis, one XADD a request, 200 clients", single, "redis",
                               peers.Redis),
                    run.beside("PostgreSQL, one row a transaction, 200 clients", single,
                               "postgres", peers.Postgres)],
         "notes": ["JSON; limits.connections_per_partner_max is raised for it. PostgreSQL: "
                   "pgbench, prepared, ON CONFLICT DO NOTHING, synchronous_commit on"]}]


def alone_row(run, daemon):
    sizes = run.sizes
    results = run.turns(
        "one event a request, one connection",
        ladderd=lambda: rate(daemon.load("http-json", events=sizes.alone, batch=1)),
        stream=lambda: rate(daemon.load("stream", events=sizes.alone, batch=1, pipeline=1)),
        bare=lambda: rate(bare_commits(sizes)))
    return {"name": "one event a request, one connection", "unit": "requests/s", "required": 0.8,
            "better": "more", "to": "bare LMDB commits", "door": "alone",
            "ours": figures.spread(results["ladderd"]),
            "beside": [run.beside("bare LMDB commits", results, "bare"),
                       run.beside("ladderd itself, over the stream", results, "stream")],
            "notes": ["over HTTP in JSON; each waits for its answer before the next"]}


PACE = {"rate": 10_000}  # events a second
PACED_BATCH = 100


def paced(daemon, seconds):
    result = daemon.load("stream", events=PACE["rate"] * seconds, batch=PACED_BATCH, **PACE)
    return result["ack_ms"]["p99"]


def bare_paced(seconds):
    result = ours.bare("bare-append", events=PACE["rate"] * seconds, group=PACED_BATCH,
                       record=RECORD, **PACE)
    return result["ack_ms"]["p99"]


def bare_commits(sizes, **options):
    return ours.bare("bare-commit", events=sizes.alone, record=RECORD, **options)


def ack_rows(run, daemon):
    """Beside bare commits like ours, and beside those that follow one another at once."""
    sizes, name = run.sizes, "time to the acknowledgement at 10,000 events/s, p99"
    results = run.turns(
        "time to the acknowledgement", ladderd=lambda: paced(daemon, sizes.ack_seconds),
        alike=lambda: bare_paced(sizes.ack_seconds),
        single=lambda: bare_commits(sizes)["ack_ms"]["p99"])
    alike = run.beside("bare LMDB commits of 100 records at the same pace, p99", results, "alike")
    single = run.beside("bare LMDB commits of one record, each right after the other, p99",
                        results, "single")
    row = {"name": name, "unit": "ms", "required": 4, "better": "less",
           "ours": figures.spread(results["ladderd"])}
    return [
        {**row, "to": alike["name"], "door": "ack", "beside": [alike],
         "notes": ["stream, batches of 100 sent at fixed times; counted from the time a batch "
                   "should have been sent, and a bare commit too"]},
        {**row, "name": name + ", beside a disk that never rests", "to": single["name"],
         "beside": [single], "notes": [
             "the same runs of ladderd; bare LMDB itself, with commits like ladderd's, would be at "
             + figures.number(figures.ratio(alike.get("figure"), single.get("figure"))) + " ×"]}]


def slow_rows(run):
    """The two that depend most on the disk, where a sync takes as long as when they were set."""
    sizes, environment = run.sizes, ours.slow_disk(SLOW_US)
    where = f", where a sync takes {SLOW_US / 1000} ms"
    with ours.Daemon(ours.place() / "slow", environment) as daemon:
        daemon.load("stream", events=sizes.stream)
        daemon.rest()
        results = run.turns(
            "a slow disk", ladderd=lambda: rate(daemon.load("http-json", events=sizes.alone // 4,
                                                            batch=1)),
            ack=lambda: paced(daemon, sizes.ack_seconds // 2),
            bare=lambda: bare_commits(sizes, environment=environment))
    commits = {"rate": [rate(one) for one in results["bare"]],
               "p99": [one["ack_ms"]["p99"] for one in results["bare"]]}
    single = run.beside("bare LMDB commits there", commits, "rate")
    slowest = run.beside("bare LMDB commit there, p99", commits, "p99")
    return [
        {"name": "one event a request, one connection" + where, "unit": "requests/s",
         "required": 0.8, "better": "more", "to": single["name"], "beside": [single],
         "ours": figures.spread(results["ladderd"]), "notes": [
             "each sync of ladderd and of bare LMDB is made to last that long "
             "(`tests/bench/preload/slow_disk.c`)"]},
        {"name": "time to the acknowledgement at 10,000 events/s, p99" + where, "unit": "ms",
         "required": 4, "better": "less", "to": slowest["name"], "beside": [slowest],
         "ours": figures.spread(results["ack"])}]


def doors_grown(run, rows):
    """Each door once, with so many events in the store."""
    sizes = run.sizes
    by_door = {row["door"]: row for row in rows if "door" in row}
    fill = by_door["stream"]
    held = 0
    with ours.Daemon(ours.place() / "grown") as daemon:
        for size in sizes.grown:
            least = min(size // 2, sizes.stream)
            if size - least > held:
                daemon.load("stream", events=size - least - held)
            measured = {"stream": rate(daemon.load("stream", events=least))}
            daemon.rest()
            measured["http"] = rate(daemon.load("http-json", events=min(size // 4, sizes.http),
                                                batch=100, connections=8))
            measured["single"] = rate(daemon.load("http-json", events=sizes.single // 2, batch=1,
                                                  connections=200))
            measured["alone"] = rate(daemon.load("http-json", events=sizes.alone // 2, batch=1))
            measured["ack"] = paced(daemon, max(3, sizes.ack_seconds // 3))
            for door, value in measured.items():
                by_door[door].setdefault("growth", {})[str(size)] = value
            held = int(daemon.metric("ladderd_log_last_seq"))
            ours.say(f"doors at {size:,} events: " + ", ".join(
                f"{door} {figures.number(value)}" for door, value in measured.items()))
    fill.setdefault("notes", []).append(
        "how it grows: the store is filled to each size by the same load, with what was measured "
        "at the sizes before in it")


def held_up(rows, door, required):
    """What becomes of a figure as the store grows: at its largest, beside at its smallest."""
    row = next((one for one in rows if one.get("door") == door and one.get("growth")), None)
    if row is None:
        return None
    sizes = sorted(row["growth"], key=int)
    first = {"name": f"ladderd itself at {figures.size_name(int(sizes[0]))}",
             "figure": figures.spread([row["growth"][sizes[0]]])}
    return {"name": f"{row['name']}, {figures.size_name(int(sizes[-1]))} events in the store",
            "unit": row["unit"], "better": row["better"], "required": required,
            "to": first["name"], "beside": [first],
            "ours": figures.spread([row["growth"][sizes[-1]]])}


def doors(run):
    with ours.Daemon(ours.place() / "doors") as daemon:
        rows = [*(run.guarded("stream", lambda: stream_rows(run, daemon)) or []),
                *(run.guarded("HTTP", lambda: http_rows(run, daemon)) or []),
                run.guarded("one connection", lambda: alone_row(run, daemon)),
                *(run.guarded("acknowledgement", lambda: ack_rows(run, daemon)) or [])]
    rows = [row for row in rows if row]
    run.guarded("how the doors grow", lambda: doors_grown(run, rows))
    rows += [held_up(rows, "alone", 0.9), held_up(rows, "ack", 1.5)]
    rows += run.guarded("a slow disk", lambda: slow_rows(run)) or []
    return [row for row in rows if row]


# ---------------------------------------------------------------- random ids

def random_store(size):
    """A store that holds `size` events with random ids."""
    def make(folder):
        ours.say(f"making a store of {size:,} random ids; it is kept in {ours.DATA.name}")
        with ours.Daemon(folder / "store") as daemon:
            # Large commits: many ids share a leaf.
            daemon.load("stream", events=size, ids="random", seed=size, batch=5000, pipeline=32)
        return {}
    recipe = {"events": size, "sources": ours.sources_hash(
        "tests/bench/*.c", "store/*.[ch]", "proto/ladder.proto")}
    return ours.kept(f"random-{size}", recipe, make)[0] / "store"


def random_ids(run):
    sizes = run.sizes
    row = {"name": f"stream with random ids, {figures.size_name(sizes.largest)} in the store",
           "short": "stream with random ids", "unit": "events/s", "required": 120_000,
           "better": "more", "growth": {}, "notes": [
               f"batches of 1,000, 64 on their way, {sizes.random:,} events with random UUIDs a "
               "run; the naive table takes them one by one as they come, and commits 10,000 at "
               "once"]}
    for size in sizes.grown:
        copy = ours.copied(random_store(size), "random")
        with ours.Daemon(copy) as daemon:
            daemon.rest()

            def door():
                return rate(daemon.load("stream", events=min(sizes.random, size), ids="random"))

            def naive(size=size):
                return rate(ours.bare("bare-naive", events=sizes.random // 5, group=10_000,
                                      record=RECORD, preload=size))
            if size < sizes.largest:
                row["growth"][str(size)] = run.guarded(row["name"], door)
                continue
            results = run.turns("random ids", ladderd=door, naive=naive)
        row["ours"] = figures.spread(results["ladderd"])
        row["growth"][str(size)] = row["ours"]["median"]
        row["beside"] = [run.beside("naive second table in LMDB", results, "naive")]
    return [row]


# ---------------------------------------------------------------- replay

def replayed(store, events):
    begun = time.monotonic()
    ours.call(ours.RELEASE / "ladder", "replay", "--municipality", "each", "--as-of", ours.UNTIL,
              store)
    return events / (time.monotonic() - begun)


def replay(run):
    sizes = run.sizes
    row = {"name": "ladder replay, all indicators, all municipalities", "unit": "events/s",
           "required": 8_000_000, "better": "more", "growth": {}, "notes": []}
    try:
        duck = peers.DuckDB()
    except peers.Missing as error:
        duck = None
        run.missing["DuckDB"] = str(error)
    for size in sizes.grown:
        folder, made = ours.lifelike(size)
        events, store = made["events"], folder / "store"

        def replayed_once(store=store, events=events):
            return replayed(store, events)
        if size < sizes.largest:
            row["growth"][str(size)] = run.guarded(row["name"], replayed_once)
            continue
        parquet = run.guarded("Parquet", lambda: duck.parquet(folder)) if duck else None
        found = ways(
            ladderd=replayed_once,
            duckdb=parquet and (lambda: events / duck.run("figures", parquet,
                                                          ours.UNTIL)["seconds"]),
            scan=lambda: rate(json.loads(ours.call(ours.RELEASE / "bench-load", "bare-scan",
                                                   "--store", store))))
        for name, way in found.items():
            ours.say(f"replay: {name}, for its pages to be in memory")
            run.guarded(f"replay, {name}", way)
        results = run.turns("replay", **found)
    row["ours"] = figures.spread(results["ladderd"])
    row["growth"][str(size)] = row["ours"]["median"]
    row["short"] = "ladder replay"
    row["name"] += f", {figures.size_name(events)} events, {made['people']:,} people"
    row["beside"] = [run.beside("DuckDB over Parquet, some of the figures", results, "duckdb",
                                peers.DuckDB),
                     run.beside("bare cursor scan of the log", results, "scan")]
    row["notes"] = [
        f"events of `ladder generate --seed {ours.SEED}`, {len(ours.MUNICIPALITIES)} municipalities, "
        "four years; the whole command, its pages in memory: a run of each before is not counted",
        "DuckDB computes fewer figures, for each municipality: effective events (the last of a "
        "key, nothing that a retraction names), persons per rung on the day, time per rung with "
        "competing ends (shares at 6, 12, 24 and 36 months, median), minutes a week summed by "
        "person and the weeks of 120, age of the last two-way contact. Not: silences and homes, "
        "work and placement, sanctions, plans, intake, barriers, language, publications, data "
        "quality; nor what was known when. Its start is not counted, ladder's is"]
    return [row]


# ---------------------------------------------------------------- the figures of today

class Asking:
    """Asks for the figures of today over kept connections, and how long that takes."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.clients = {}
        self.times = {"/metrics": [], "/v1/indicators": []}
        self.ages = []
        self.behind = []

    def ask(self, path, who, query=""):
        client = self.clients.setdefault(path, http.client.HTTPConnection(
            "127.0.0.1", self.daemon.port, timeout=60))
        begun = time.monotonic()
        client.request("GET", path + query, headers=self.daemon.authorization(who))
        answer = client.getresponse()
        body = answer.read().decode()
        self.times[path].append((time.monotonic() - begun) * 1000)
        if answer.status != 200:
            raise RuntimeError(f"{path} answers {answer.status}")
        return body

    def turn(self):
        body = self.ask("/v1/indicators", "analyst", "?municipality=GM0823")
        known = datetime.strptime(re.search(r'"known_at":"([^"]+)"', body).group(1),
                                  "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
        self.ages.append((datetime.now(timezone.utc) - known).total_seconds())
        text = self.ask("/metrics", "scraper")
        last, applied = (float(re.search(rf"^{name} (\S+)$", text, re.M).group(1)) for name in
                         ("ladderd_log_last_seq", "ladderd_applied_seq"))
        self.behind.append(last - applied)

    def close(self):
        for client in self.clients.values():
            client.close()


def asked(run, store):
    """p99 of both paths, and the age of the state, while 50,000 events/s come in."""
    seconds = run.sizes.live_seconds
    with ours.Daemon(store) as daemon:
        daemon.rest()
        before = daemon.metric("ladderd_log_last_seq")
        load = ours.begin(daemon.load_command("stream", events=50_000 * seconds, rate=50_000,
                                              seed=ours.next_seed()),
                          stdout=ours.subprocess.PIPE, text=True)
        while daemon.metric("ladderd_log_last_seq") == before and load.poll() is None:
            time.sleep(0.05)
        asking = Asking(daemon)
        asking.turn()
        asking.times = {path: [] for path in asking.times}
        while load.poll() is None:
            asking.turn()
            time.sleep(0.02)
        asking.close()
        said = json.loads(load.stdout.read())
        load.stdout.close()
        ours.end(load)
        if not asking.times["/metrics"]:
            raise RuntimeError("the load ended before anything was asked")
        return {"metrics": figures.percentile(asking.times["/metrics"], 0.99),
                "indicators": figures.percentile(asking.times["/v1/indicators"], 0.99),
                "age": max(asking.ages), "behind": max(asking.behind),
                "asked": len(asking.ages), "rate": rate(said)}


def hundred_thousand_people(run, size):
    """A store of `size` events about 100,000 people."""
    if size >= 10_000_000:
        return ours.lifelike(size)[0] / "store"

    def make(folder):
        with ours.Daemon(folder / "store") as daemon:
            daemon.load("stream", events=size, people=100_000, seed=size)
            daemon.rest()
        return {}
    recipe = {"events": size, "sources": ours.sources_hash(
        "tests/bench/*.c", "store/*.[ch]", "proto/ladder.proto")}
    return ours.kept(f"people-{size}", recipe, make)[0] / "store"


def live(run):
    sizes, found, notes = run.sizes, {}, []
    for size in [one for one in sizes.grown if one >= 1_000_000]:
        copy = ours.copied(hundred_thousand_people(run, size), "live")
        ours.say(f"figures of today while events come in, {size:,} events in the store")
        found[size] = run.guarded(f"figures of today at {size:,}", lambda: asked(run, copy))
        if found[size]:
            one = found[size]
            notes.append(f"at {figures.size_name(size)} events: {one['asked']} questions to each, "
                         f"while {one['rate']:,.0f} events/s came in; the figures were at most "
                         f"{one['behind']:,.0f} events behind")
    there = {size: one for size, one in found.items() if one}
    if not there:
        return []
    last = there[max(there)]

    def row(name, unit, required, key):
        return {"name": f"{name}, 100,000 people, {figures.size_name(max(there))} events, while "
                        "50,000 events/s come in", "short": name, "unit": unit,
                "required": required, "better": "less", "beside": [], "ours": figures.spread([last[key]]),
                "growth": {str(size): one[key] for size, one in there.items()}}
    first = row("/metrics, p99", "ms", 20, "metrics")
    first["notes"] = notes + ["a client in Python on the same cores, which counts its own time too"]
    return [first, row("/v1/indicators of today, p99", "ms", 20, "indicators"),
            row("age of the figures, most", "s", 5, "age")]


# ---------------------------------------------------------------- start, memory, disk

def start_and_room(run):
    sizes = run.sizes
    ready = {"name": "start to ready, with saved state", "unit": "s", "required": 1,
             "better": "less", "beside": [], "growth": {}, "notes": ["LMDB's pages in memory"]}
    memory = {"name": "memory beyond LMDB's pages", "unit": "bytes/event", "required": 24,
              "better": "less", "beside": [], "growth": {}, "notes": [
                  "anonymous memory of the process, after a start from the saved state and the "
                  "figures of today were asked for"]}
    bare = {"name": "start to ready, without the saved state", "unit": "s", "required": 3,
            "better": "less", "beside": [], "growth": {}, "notes": [
                "LMDB's pages in memory; one run at each size; all that was published is folded"]}
    disk = {"name": "store on disk / the events' protobuf", "unit": "×", "required": 2.5,
            "better": "less", "beside": [], "growth": {}, "notes": []}
    for size in sizes.grown:
        folder, made = ours.lifelike(size)
        events = made["events"]
        copy = ours.copied(folder / "store", "start")
        with ours.Daemon(copy) as daemon:
            daemon.rest()  # its state may be of another version: now it is of this one
        starts, memories = [], []
        for number in range(sizes.rounds if size == sizes.largest else 1):
            ours.say(f"start with {events:,} events, run {number + 1}")
            with ours.Daemon(copy) as daemon:
                starts.append(daemon.ready_seconds)
                daemon.rest()
                daemon.get("/v1/indicators?municipality=GM0823", "analyst")
                memories.append(daemon.anonymous_bytes() / events)
        (copy / "state").unlink(missing_ok=True)
        with ours.Daemon(copy) as daemon:
            alone = daemon.ready_seconds
            daemon.rest()
            daemon.get("/v1/indicators?municipality=GM0823", "analyst")
            memory["beside"] = [{"name": "ladderd itself, after a start without the state",
                                 "figure": figures.spread([daemon.anonymous_bytes() / events])}]
        database = (folder / "store/data.mdb").stat().st_blocks * 512
        for row, value in ((ready, starts), (bare, [alone]), (memory, memories),
                           (disk, [database / made["protobuf_bytes"]])):
            row["ours"] = figures.spread(value)
            row["growth"][str(size)] = row["ours"]["median"]
    state = ours.disk_bytes(folder / "store") - database
    disk["notes"] = [f"{figures.number(made['protobuf_bytes'] / events)} bytes of protobuf an "
                     "event, measured on each 101st; the saved state, which can be thrown away, "
                     f"is {figures.number(state / made['protobuf_bytes'])} × besides"]
    for row in (ready, bare, memory, disk):
        row["short"] = row["name"]
        row["name"] += f", {figures.size_name(events)} events of {made['people']:,} people"
    return [ready, bare, memory, disk]


PARTS = {"doors": doors, "random": random_ids, "replay": replay, "live": live,
         "questions": questions.questions, "person": questions.one_person,
         "start": start_and_room, "cluster": cluster.cluster}
