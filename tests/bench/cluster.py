"""A cluster of ladderd, beside one machine and beside COPY with the same replication."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import figures
import ours

MEASURE = ours.ROOT / "tests/cluster/measure.py"
SECONDS_MAX = 1800


def cluster(run):
    """The rows. Three PostgreSQL servers and the nodes are on the same cores: read the ratios."""
    if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")) and not shutil.which("initdb"):
        run.problems.append("cluster: PostgreSQL's server is missing: make bench-peers")
        return []
    events = 50_000 if run.sizes.quick else 300_000
    ours.say(f"a cluster, {events:,} events")
    done = subprocess.run([sys.executable, MEASURE, str(events), "--json"], stdout=subprocess.PIPE,
                          text=True, timeout=SECONDS_MAX, check=True,
                          env={**os.environ, "RECORDS": str(ours.RELEASE / "records")})
    found = json.loads(done.stdout)
    rates, waits = found["rates"], found["waits_ms"]
    alone, copy = "one machine", "COPY, unique id, the same replication"

    def row(name, taken, unit, better, beside):
        return {"name": f"{name}, PostgreSQL with one synchronous standby of two", "short": name,
                "unit": unit, "better": better, "required": None, "ours": figures.spread(taken),
                "beside": [{"name": one, "figure": figures.spread(values)}
                           for one, values in beside.items()]}
    first = row("a cluster, the stream through one node", rates["a cluster, through one node"],
                "events/s", "more", {alone: rates[alone], copy: rates[copy]})
    first["notes"] = [f"{found['rows']:,} rows of the cluster took {found['mib']:,.0f} MiB of "
                      "PostgreSQL, with their index; all servers are on the same cores"]
    return [first,
            row("a cluster, the stream through three nodes",
                rates["a cluster, through three nodes"], "events/s", "more",
                {alone: rates[alone], copy: rates[copy]}),
            row("a cluster, one event at a time, half of the answers within", waits["a cluster"],
                "ms", "less", {alone: waits[alone]})]
