// tests/analysts/session.mjs MODULES SQL-FILE
//
// Runs the statements of a file in DuckDB, in the current folder; prints the rows of each, their
// values apart by spaces.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import path from "node:path";

const [modules, file] = process.argv.slice(2);
const { DuckDBInstance } = createRequire(path.resolve(modules, "x.js"))("@duckdb/node-api");

const connection = await (await DuckDBInstance.create(":memory:")).connect();
for (const statement of readFileSync(file, "utf8").split(/;\s*$/m)) {
  if (statement.trim() === "")
    continue;
  const reader = await connection.runAndReadAll(statement);
  for (const row of reader.getRowsJson())
    console.log(row.join(" "));
}
