#!/usr/bin/python3
"""How fast a cluster takes events, beside one machine and beside PostgreSQL's COPY with the same
replication. All on this machine, three PostgreSQL servers included: read the ratios.

    make all bench-tools && tests/cluster/measure.py [EVENTS [--json]]
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

from servers import BIN, RELEASE, ROOT, Ladderd, Servers, harness, node, same_partners

EVENTS = int(sys.argv[1]) if len(sys.argv) > 1 else 300_000
ROUNDS = 3
RECORD = 110  # bytes of what COPY writes: about one of ours


def load(daemons, events, batch, pipeline):
    """Events a second that the nodes take together, and what one waits for its answer."""
    processes = []
    for number, daemon in enumerate(daemons):
        stream = daemon.port + 1
        processes.append(subprocess.Popen(
            [RELEASE / "bench-load", "stream", "--to", f"127.0.0.1:{stream}", "--token-file",
             daemon.token_file("isd"), "--events", str(events // len(daemons)), "--batch",
             str(batch), "--pipeline", str(pipeline), "--seed", str(time.time_ns() % 10**9 + number)],
            stdout=subprocess.PIPE, text=True))
    said = [json.loads(process.communicate(timeout=600)[0]) for process in processes]
    assert sum(one["accepted"] for one in said) == events // len(daemons) * len(daemons), said
    took = max(one["seconds"] for one in said)
    return (events // len(daemons) * len(daemons) / took,
            statistics.median(one["ack_ms"]["p50"] for one in said))


def copy(server, events):
    with tempfile.NamedTemporaryFile("w", encoding="ascii") as file:
        body = "\\\\x" + "ab" * RECORD
        for _ in range(events):
            file.write(f"{uuid.uuid4()}\t{body}\n")
        file.flush()
        begun = time.monotonic()
        with open(file.name, "rb") as rows:
            subprocess.run([f"{BIN}/psql", "-qX", "-h", "127.0.0.1", "-p", str(server.port), "-U",
                            "admin", "-d", "ladderd", "-c", "COPY events FROM STDIN"], stdin=rows,
                           check=True, timeout=600)
        return events / (time.monotonic() - begun)


def told(what, figures, unit="events/s"):
    print(f"| {what} | {statistics.median(figures):,.0f} {unit} "
          f"({min(figures):,.0f} to {max(figures):,.0f}) |", flush=True)
    return statistics.median(figures)


def with_stream(daemon):
    daemon.sections += (f"\n[stream]\nlisten = 127.0.0.1:{daemon.port + 1}\n"
                        "[limits]\nevents_per_person_max = 10000000\n")
    config = harness.stream_off
    harness.stream_off = lambda: ""
    daemon.write_config()
    harness.stream_off = config
    return daemon


def main():
    servers = Servers()
    alone = with_stream(Ladderd())
    nodes = [node(servers, name) for name in ("a", "b", "c")]
    same_partners(*nodes)
    for one in nodes:
        with_stream(one)
    try:
        alone.start()
        for one in nodes:
            one.start()
        servers.primary.sql("CREATE TABLE events (id uuid PRIMARY KEY, body bytea NOT NULL)")
        rows = {"one machine": [], "a cluster, through one node": [],
                "a cluster, through three nodes": [],
                "COPY, unique id, the same replication": []}
        waits = {"one machine": [], "a cluster": []}
        for _ in range(ROUNDS):
            rows["one machine"].append(load([alone], EVENTS, 1000, 64)[0])
            rows["a cluster, through one node"].append(load(nodes[:1], EVENTS, 1000, 64)[0])
            rows["a cluster, through three nodes"].append(load(nodes, EVENTS, 1000, 64)[0])
            rows["COPY, unique id, the same replication"].append(copy(servers.primary, EVENTS))
            waits["one machine"].append(load([alone], 300, 1, 1)[1])
            waits["a cluster"].append(load(nodes[:1], 300, 1, 1)[1])
        size = int(servers.primary.sql("SELECT sum(pg_total_relation_size(inhrelid)) FROM "
                                       "pg_inherits WHERE inhparent = 'ladderd.log'::regclass"))
        count = int(servers.primary.sql("SELECT count(*) FROM ladderd.log"))
        if "--json" in sys.argv[2:]:
            print(json.dumps({"rates": rows, "waits_ms": waits, "rows": count,
                              "mib": size / 2**20}))
            return
        print(f"{os.cpu_count()} cores, {EVENTS:,} events of the stream, {ROUNDS} rounds in turn\n")
        print("| | median (least to most) |\n| --- | --- |")
        for what, figures in rows.items():
            told(what, figures)
        for what, figures in waits.items():
            told(f"one event at a time, half of the answers within: {what}",
                 [1000 * one for one in figures], "µs")
        print(f"\n{count:,} rows of the cluster, {size / 2**20:,.0f} MiB with their index")
    finally:
        for one in [alone, *nodes]:
            one.discard()
        servers.close()


if __name__ == "__main__":
    sys.exit(main())
