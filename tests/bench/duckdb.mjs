// tests/bench/duckdb.mjs PEERS version | import NDJSON PARQUET | figures PARQUET DAY |
//   asked PARQUET MUNICIPALITY DAY... | export PARQUET CSV
//
// DuckDB beside `ladder replay`: events to Parquet, and figures from it. One line of JSON.
// `figures` computes, over the effective events (of a key the last; nothing that a retraction
// names), for each municipality: persons per rung on the day; for each rung, the time until the
// next higher assessment with competing ends (Aalen-Johansen at 6, 12, 24 and 36 months, and the
// median); the weeks with at least 120 minutes of activity in the last quarter; the age of the
// last two-way contact. It leaves out what SQL makes long: silences, corrections of other events,
// work and its placement, sanctions, plans, publications, data quality. `asked` computes the same of
// one municipality, for each of some days, from a table that is ordered and indexed by it, and says
// how many milliseconds each took. `export` writes the events as PostgreSQL takes them.
import { createRequire } from "node:module";
import path from "node:path";

const [peers, what, ...files] = process.argv.slice(2);
const { DuckDBInstance, version } = createRequire(path.resolve(peers, "x.js"))("@duckdb/node-api");

const quoted = (text) => "'" + text.replaceAll("'", "''") + "'";

const IMPORT = (from, to) => `
COPY (
  SELECT row_number() OVER () AS seq, id, key, subject, municipality, occurred_on,
    CASE WHEN ladder_assessed IS NOT NULL THEN 'ladder_assessed'
         WHEN activity_logged IS NOT NULL THEN 'activity_logged'
         WHEN contact_held IS NOT NULL THEN 'contact_held'
         WHEN municipality_settled IS NOT NULL THEN 'municipality_settled'
         WHEN municipality_left IS NOT NULL THEN 'municipality_left'
         WHEN exited IS NOT NULL THEN 'exited'
         WHEN event_retracted IS NOT NULL THEN 'event_retracted'
         ELSE 'other' END AS type,
    ladder_assessed.rung AS rung, activity_logged.minutes AS minutes,
    contact_held.two_way AS two_way,
    event_retracted.target_id AS target_id, event_retracted.target_key AS target_key
  FROM read_json(${quoted(from)}, format = 'newline_delimited', columns = {
    id: 'VARCHAR', key: 'VARCHAR', subject: 'VARCHAR', municipality: 'VARCHAR',
    occurred_on: 'DATE', ladder_assessed: 'STRUCT(rung INTEGER)',
    activity_logged: 'STRUCT(minutes INTEGER)', contact_held: 'STRUCT(two_way BOOLEAN)',
    municipality_settled: 'JSON', municipality_left: 'JSON', exited: 'JSON',
    event_retracted: 'STRUCT(target_id VARCHAR, target_key VARCHAR)' })
) TO ${quoted(to)} (FORMAT PARQUET)`;

const PARQUET = (from) => `SELECT * FROM read_parquet(${quoted(from)})`;

const EFFECTIVE = (source, day) => `
CREATE OR REPLACE TEMP TABLE effective AS
WITH events AS (${source}),
last_of_key AS (SELECT key, max(seq) AS seq FROM events WHERE key IS NOT NULL GROUP BY key)
SELECT e.* FROM events e
LEFT JOIN last_of_key k ON e.key = k.key
WHERE e.type <> 'event_retracted' AND e.occurred_on <= DATE ${quoted(day)}
  AND (e.key IS NULL OR e.seq = k.seq)
  AND NOT EXISTS (SELECT 1 FROM events r WHERE r.target_id = e.id)
  AND NOT EXISTS (SELECT 1 FROM events r WHERE r.target_key = e.key AND r.seq > e.seq)`;

const PERSONS_PER_RUNG = () => `
SELECT municipality, rung, count(*) AS persons FROM (
  SELECT subject, arg_max(municipality, (occurred_on, seq)) AS municipality,
    arg_max(rung, (occurred_on, seq)) AS rung
  FROM effective WHERE type = 'ladder_assessed' GROUP BY subject)
GROUP BY ALL ORDER BY ALL`;

const TIME_PER_RUNG = (day) => `
WITH assessed AS (
  SELECT subject, municipality, occurred_on, rung,
    lag(rung) OVER person AS rung_before
  FROM effective WHERE type = 'ladder_assessed'
  WINDOW person AS (PARTITION BY subject ORDER BY occurred_on, seq)),
starts AS (
  SELECT subject, municipality, rung, occurred_on,
    lead(occurred_on) OVER person AS next_on, lead(rung) OVER person AS next_rung
  FROM assessed WHERE rung_before IS DISTINCT FROM rung
  WINDOW person AS (PARTITION BY subject ORDER BY occurred_on)),
ends AS (SELECT subject, min(occurred_on) AS left_on FROM effective
  WHERE type IN ('exited', 'municipality_left') GROUP BY subject),
spells AS (
  SELECT s.municipality, s.rung,
    least(coalesce(next_on, DATE '9999-12-31'), coalesce(left_on, DATE '9999-12-31'),
      DATE ${quoted(day)}) - occurred_on AS days,
    CASE WHEN next_on IS NOT NULL AND (left_on IS NULL OR next_on <= left_on)
           THEN CASE WHEN next_rung > s.rung THEN 'climbed' ELSE 'other' END
         WHEN left_on IS NOT NULL THEN 'other' ELSE 'censored' END AS outcome
  FROM starts s LEFT JOIN ends USING (subject)),
by_day AS (
  SELECT municipality, rung, days, count(*) AS ended,
    count(*) FILTER (outcome = 'climbed') AS climbed,
    count(*) FILTER (outcome <> 'censored') AS events
  FROM spells WHERE days >= 0 GROUP BY ALL),
at_risk AS (
  SELECT *, sum(ended) OVER (PARTITION BY municipality, rung ORDER BY days DESC) AS n
  FROM by_day),
free AS (
  SELECT *, exp(sum(CASE WHEN events = n THEN -1e9 ELSE ln(1 - events / n) END)
    OVER (PARTITION BY municipality, rung ORDER BY days)) AS s FROM at_risk),
incidence AS (
  SELECT *, sum(coalesce(lag_s, 1) * climbed / n)
    OVER (PARTITION BY municipality, rung ORDER BY days) AS climbed_share
  FROM (SELECT *, lag(s) OVER (PARTITION BY municipality, rung ORDER BY days) AS lag_s FROM free))
SELECT municipality, rung, sum(ended) AS spells,
  max(climbed_share) FILTER (days <= 183) AS within_6, max(climbed_share) FILTER (days <= 365) AS within_12,
  max(climbed_share) FILTER (days <= 730) AS within_24, max(climbed_share) FILTER (days <= 1096) AS within_36,
  min(days) FILTER (climbed_share >= 0.5) AS median_days
FROM incidence GROUP BY ALL ORDER BY ALL`;

const NORM = (day) => `
SELECT municipality, count(*) FILTER (minutes >= 120) AS enough, count(*) AS person_weeks FROM (
  SELECT municipality, subject, date_trunc('week', occurred_on) AS week, sum(minutes) AS minutes
  FROM effective WHERE type = 'activity_logged' AND occurred_on > DATE ${quoted(day)} - 91
  GROUP BY ALL)
GROUP BY ALL ORDER BY ALL`;

const MINUTES_A_WEEK = () => `
SELECT count(*) AS person_weeks, sum(minutes) AS minutes FROM (
  SELECT subject, date_trunc('week', occurred_on) AS week, sum(minutes) AS minutes
  FROM effective WHERE type = 'activity_logged' GROUP BY ALL)`;

const CONTACT = (day) => `
SELECT municipality, median(age) AS median_days, avg((age > 90)::INT) AS over_90 FROM (
  SELECT subject, arg_max(municipality, occurred_on) AS municipality,
    DATE ${quoted(day)} - max(occurred_on) AS age
  FROM effective WHERE type = 'contact_held' AND two_way GROUP BY subject)
GROUP BY ALL ORDER BY ALL`;

async function main() {
  if (what === "version") return { version: version() };
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  if (what === "import") {
    await connection.run(IMPORT(files[0], files[1]));
    return {};
  }
  const [from, ...others] = files;
  if (what === "export") {
    await connection.run(`COPY (SELECT seq, id, key, subject, municipality, occurred_on, type, rung,
      minutes, two_way, target_id, target_key FROM read_parquet(${quoted(from)})
      ORDER BY municipality, seq) TO ${quoted(others[0])} (HEADER false)`);
    return {};
  }
  let rows = 0;
  const figures = async (source, day) => {
    const begun = performance.now();
    await connection.run(EFFECTIVE(source, day));
    for (const query of [PERSONS_PER_RUNG(), TIME_PER_RUNG(day), NORM(day), MINUTES_A_WEEK(),
      CONTACT(day)])
      rows += (await connection.runAndReadAll(query)).currentRowCount;
    return performance.now() - begun;
  };
  if (what === "asked") {
    const [municipality, ...days] = others;
    await connection.run(`CREATE TABLE stored AS ${PARQUET(from)} ORDER BY municipality, seq`);
    await connection.run("CREATE INDEX place ON stored (municipality)");
    const ms = [];
    for (const day of days)
      ms.push(await figures(`SELECT * FROM stored WHERE municipality = ${quoted(municipality)}`, day));
    return { ms, rows };
  }
  const seconds = (await figures(PARQUET(from), others[0])) / 1000;
  const left = await connection.runAndReadAll("SELECT count(*)::INTEGER FROM effective");
  return { seconds, rows, effective: left.getRows()[0][0] };
}

console.log(JSON.stringify(await main()));
