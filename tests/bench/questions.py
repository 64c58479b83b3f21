"""
The questions that are not of today: any day, window and instant, of one municipality and of all;
the page of an analyst, the first time of a day; and one person with very many events.
"""

import http.client
import random
import re
import time
from datetime import datetime, timedelta, timezone

import figures
import ours
import peers

FIRST_DAY, DAYS = datetime(2022, 6, 30).date(), 1280  # reference dates that are asked
PERSON_EVENTS = 100_000


class Asker:
    """An analyst, on one kept connection."""

    def __init__(self, daemon):
        self.headers = daemon.authorization("analyst")
        self.client = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=600)

    def ask(self, path):
        """The answer, and the milliseconds that it took."""
        begun = time.monotonic()
        self.client.request("GET", path, headers=self.headers)
        answer = self.client.getresponse()
        body = answer.read().decode()
        if answer.status != 200:
            raise RuntimeError(f"{path} answers {answer.status}: {body[:200]}")
        return body, (time.monotonic() - begun) * 1000

    def times(self, paths):
        return [self.ask(path)[1] for path in paths]


def persons(asker, municipality):
    return int(re.search(r'"persons":(\d+)',
                         asker.ask(f"/v1/indicators?municipality={municipality}")[0]).group(1))


def by_size(asker):
    """The municipalities, those of median size first."""
    sizes = {one: persons(asker, one) for one in ours.MUNICIPALITIES}
    median = sorted(sizes.values())[len(sizes) // 2]
    return sorted(sizes, key=lambda one: (abs(sizes[one] - median), one)), median


def a_day(dice):
    return (FIRST_DAY + timedelta(days=dice.randrange(DAYS))).isoformat()


def of_any_day(dice, municipality):
    place = f"municipality={municipality}&" if municipality else ""
    return f"/v1/indicators?{place}as_of={a_day(dice)}&window={dice.randrange(30, 1000)}"


def of_any_instant(dice, municipality, recorded):
    first, last = (datetime.fromisoformat(one) for one in recorded)
    known = (first + (last - first) * dice.random()).astimezone(timezone.utc)
    return (f"/v1/indicators?municipality={municipality}&as_of={a_day(dice)}"
            f"&known_at={known.strftime('%Y-%m-%dT%H:%M:%S.%fZ')}")


def asked(run, size):
    """What one store answers: milliseconds, by the kind of question."""
    folder, made = ours.lifelike(size)
    dice, count = random.Random(size), run.sizes.questions
    with ours.Daemon(ours.copied(folder / "store", "questions")) as daemon:
        daemon.rest()
        asker = Asker(daemon)
        places, median = by_size(asker)
        near = places[:9]
        pages = asker.times(f"/?municipality={one}" for one in places[:count // 4])
        now = asker.times(of_any_day(dice, dice.choice(near)) for _ in range(count))
        past = asker.times(of_any_instant(dice, dice.choice(near), made["recorded"])
                           for _ in range(count))
        everybody = asker.times(of_any_day(dice, None) for _ in range(max(3, count // 20)))
    return {"page": figures.percentile(pages, 0.99), "now": figures.percentile(now, 0.99),
            "past": figures.percentile(past, 0.99),
            "all": figures.spread(everybody)["median"] / 1000, "median": median,
            "place": places[0], "asked": len(now), "pages": len(pages)}


def beside_of_one(run, folder, place):
    """The same other-day question of one municipality, by DuckDB and by PostgreSQL."""
    days = [a_day(random.Random(number)) for number in range(run.sizes.questions // 4)]
    lines = []
    try:
        duck = peers.DuckDB()
        parquet = duck.parquet(folder)
        times = run.guarded("DuckDB, one municipality", lambda: duck.run(
            "asked", parquet, place, *days)["ms"])
        found = figures.spread([figures.percentile(times, 0.99)]) if times else None
        lines.append({"name": "DuckDB, a table ordered and indexed by municipality, some of the "
                              "figures, p99", **({"figure": found} if found else
                                                 {"missing": "it failed"})})
        whole = run.guarded("DuckDB, all", lambda: duck.run("figures", parquet, days[0])["seconds"])
    except peers.Missing as error:
        run.missing["DuckDB"] = str(error)
        return [{"name": "DuckDB", "missing": str(error)}], None
    try:
        server = peers.Postgres()

        def work():
            with server:
                rows = folder / "events.csv"
                duck.run("export", parquet, rows)
                try:
                    server.facts(rows)
                finally:
                    rows.unlink(missing_ok=True)
                return server.asked(place, days)
        times = run.guarded("PostgreSQL, one municipality", work)
        found = figures.spread([figures.percentile(times, 0.99)]) if times else None
        lines.append({"name": "PostgreSQL, a table clustered by municipality, fewer figures, p99",
                      **({"figure": found} if found else {"missing": "it failed"})})
    except peers.Missing as error:
        lines.append({"name": "PostgreSQL", "missing": str(error)})
    return lines, whole


def question_rows(run, found, lines, whole, last):
    largest, one = max(found), found[max(found)]
    where = f", {figures.size_name(last['events'])} events, {last['people']:,} people, " \
            f"{len(ours.MUNICIPALITIES)} municipalities"

    def row(name, unit, required, key, beside, *notes):
        return {"name": name + where, "short": name, "unit": unit, "required": required,
                "better": "less", "ours": figures.spread([one[key]]), "beside": beside,
                "growth": {str(size): value[key] for size, value in found.items()},
                "notes": list(notes)}
    everybody = [{"name": "DuckDB over Parquet, some of the figures", **(
        {"figure": figures.spread([whole])} if whole else {"missing": "it failed"})}]
    return [
        row("/v1/indicators, one municipality, any P, any w, K now, p99", "ms", 30, "now", lines,
            f"{one['asked']} questions in turn over one connection, of the nine municipalities "
            f"nearest the median size ({one['median']} persons), at {figures.size_name(largest)} "
            "events; the client is in Python on the same cores",
            "DuckDB and PostgreSQL have the events of all in a table in memory or in its cache, "
            "and compute from those of the municipality what stands beside ladder replay; "
            "PostgreSQL leaves out the curves"),
        row("/v1/indicators, one municipality, any P, any K of the past, p99", "ms", 150, "past",
            [], "K by chance between the first and the last record"),
        row("/v1/indicators, all municipalities, any P, any w, K now, median", "s", 0.7, "all",
            everybody),
        row("the internal page with its trend, first time of the day, one municipality, p99", "ms",
            200, "page", [], f"{one['pages']} municipalities, each asked once")]


def questions(run):
    found = {}
    for size in run.sizes.grown:
        ours.say(f"questions of other days, {size:,} events")
        found[size] = run.guarded(f"questions at {size:,}", lambda size=size: asked(run, size))
    found = {size: one for size, one in found.items() if one}
    if not found:
        return []
    folder, made = ours.lifelike(max(found))
    lines, whole = beside_of_one(run, folder, found[max(found)]["place"])
    return question_rows(run, found, lines, whole, made)


# ---------------------------------------------------------------- one person, very many events

def until_shown(daemon):
    """Milliseconds from an event's push to the figures that have it."""
    before = daemon.metric("ladderd_log_last_seq")
    begun = time.monotonic()
    daemon.load("stream", events=1, people=1, batch=1, seed=ours.next_seed())
    sent = time.monotonic()
    while daemon.metric("ladderd_applied_seq") <= before:
        if time.monotonic() > sent + 60:
            raise RuntimeError("the event is not shown")
    # What the client takes to begin counts for nobody: the event leaves at its end.
    return (time.monotonic() - begun) * 1000


def one_person(run):
    with ours.Daemon(ours.place() / "person") as daemon:
        daemon.load("stream", events=run.sizes.person, people=1)
        daemon.rest()
        many = []
        for _ in range(run.sizes.rounds * 5):
            time.sleep(0.5)
            many.append(until_shown(daemon))
    with ours.Daemon(ours.place() / "few") as daemon:
        daemon.load("stream", events=100, people=1)
        daemon.rest()
        few = []
        for _ in range(run.sizes.rounds * 5):
            time.sleep(0.5)
            few.append(until_shown(daemon))
    name = f"one person with {run.sizes.person:,} events, one more until it is shown"
    return [{"name": name, "unit": "ms", "required": 50, "better": "less",
             "ours": figures.spread(many),
             "beside": [{"name": "ladderd itself, a person with 100 events",
                         "figure": figures.spread(few)}],
             "notes": ["limits.events_per_person_max is raised for it; counted from the start of "
                       "a client that makes and sends the event to the figures that have it, seen "
                       "in /metrics by a client in Python"]}]
