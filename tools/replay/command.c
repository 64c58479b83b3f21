/*
 * tools/replay/command.c - `ladder replay`: the figures from a store, for any reference
 * date and any state of knowledge, the same to the byte as the daemon's.
 */
#include "tools/common/command.h"

#include <string.h>

#include "base/check.h"
#include "base/date.h"
#include "engine/state.h"
#include "tools/common/options.h"
#include "tools/replay/figures.h"
#include "tools/replay/series.h"

/* --verify: the saved state against a fresh fold of the log. */
static int state_compare(const struct replay *replay, struct reader *reader)
{
	char path[4096];
	struct reason reason = { "" };
	struct live *live;
	if (state_path(replay->store, path, sizeof(path)) != OK)
		return complain("replay", EX_USAGE, "The path of the store is too long.");
	enum err err = state_load(path, reader, &live, &reason);
	if (err == ERR_NOT_FOUND)
		return complain(
			"replay", EX_NOINPUT, "There is no saved state in %s.", replay->store);
	if (err == ERR_CORRUPT || err == ERR_CONFLICT) {
		output_line("the saved state is of no use: %s", reason.text);
		return EX_FINDINGS;
	}
	if (err != OK)
		return store_complain("replay", err, replay->store);
	unsigned long long seq = live->histories.applied_seq;
	err = state_verify(live, reader, &reason);
	live_free(live);
	if (err == ERR_CORRUPT) {
		output_line("the saved state is wrong: %s",
			*reason.text == '\0' ? "the log is damaged" : reason.text);
		return EX_FINDINGS;
	}
	if (err != OK)
		return store_complain("replay", err, replay->store);
	output_line("the saved state is what the log says up to record %llu", seq);
	return EX_OK;
}

static int replay_store(struct replay *replay)
{
	struct log *log;
	struct reader *reader;
	int code = replay->verify ? EX_OK : replay_check(replay);
	if (code != EX_OK)
		return code;
	code = store_open("replay", replay->store, &log, &reader);
	/* Whoever asks whether all is right has found that it is not. */
	if (code != EX_OK)
		return replay->verify && code == EX_DATAERR ? EX_FINDINGS : code;
	if (replay->verify)
		code = state_compare(replay, reader);
	else if (replay->history || strcmp(replay->format, "openmetrics") == 0)
		code = replay_series(replay, reader);
	else
		code = replay_figures(replay, reader);
	store_close(log, reader);
	return code;
}

int command_replay(int argc, char **argv)
{
	struct replay replay = { .as_of = DAY_NONE,
		.municipality = "all",
		.window_days = WINDOW_DAYS_DEFAULT,
		.definitions = DEFINITIONS,
		.format = "json",
		.from = DAY_NONE,
		.to = DAY_NONE,
#define POLICY_DEFAULT(name, value, ...) .name = (value),
		POLICIES(POLICY_DEFAULT)
#undef POLICY_DEFAULT
	};
	const struct option_row options[] = {
		{ "as-of", 'p', OPTION_DATE, &replay.as_of, 0, 0, "DATE",
			"the reference date (default: the day of --known-at)" },
		{ "known-at", 'k', OPTION_TEXT, &replay.known_at, 0, 0, "INSTANT",
			"what was known then, as 2026-03-02T09:15:00Z (default: all that is "
			"known)" },
		{ "municipality", 'm', OPTION_TEXT, &replay.municipality, 0, 0, "GMdddd",
			"a CBS code, or all, or each: all and every one (default: all)" },
		{ "window", 'w', OPTION_INTEGER, &replay.window_days, WINDOW_DAYS_MIN,
			WINDOW_DAYS_MAX, "DAYS", "the window of placements (default: 365)" },
		{ "definitions", 0, OPTION_INTEGER, &replay.definitions, DEFINITIONS_MIN,
			DEFINITIONS, "N", "the set of definitions (default: the newest)" },
		{ "format", 'f', OPTION_TEXT, &replay.format, 0, 0, "FORMAT",
			"json, csv or openmetrics (default: json)" },
		{ "by", 'b', OPTION_TEXT, &replay.by, 0, 0, "GROUPING",
			"cohort, service_model, route; of work: funding, open_hiring, "
			"matches_ambition" },
		{ "from", 0, OPTION_DATE, &replay.from, 0, 0, "DATE",
			"openmetrics, csv: the first of many reference dates" },
		{ "to", 0, OPTION_DATE, &replay.to, 0, 0, "DATE",
			"openmetrics, csv: the last; what is known is the end of each" },
		{ "step", 0, OPTION_TEXT, &replay.step, 0, 0, "STEP",
			"openmetrics, csv: the last of each day, week, month (default), quarter" },
		{ "verify", 0, OPTION_FLAG, &replay.verify, 0, 0, NULL,
			"compare the state that ladderd saved with a fresh fold of the log" },
#define POLICY_ROW(name, value, min, max, option, unit, sentence)                                  \
	{ option, 0, OPTION_INTEGER, &replay.name, min, max, unit,                                 \
		"what if: " sentence " (default: " #value ")" },
		POLICIES(POLICY_ROW)
#undef POLICY_ROW
	};
	const struct command_line line = {
		.name = "replay",
		.operands = "STORE",
		.operands_min = 1,
		.operands_max = 1,
		.purpose =
			"Computes the figures from a store, the same to the byte as ladderd\n"
			"answers for the same arguments. STORE is a store directory or a backup;\n"
			"ladderd may be running.\n"
			"\n"
			"With --by, the figures per group, with tests of the differences; with\n"
			"--from and --to and --format csv, the rows of many reference dates.\n"
			"With --format openmetrics, the metrics of each municipality; with --from\n"
			"and --to their history, which promtool tsdb create-blocks-from\n"
			"openmetrics --max-block-duration=744h takes.",
		.example = "ladder replay --as-of 2026-06-30 --municipality GM0823 demo-store\n"
			   "  ladder replay --by cohort --format csv demo-store > cohorts.csv\n"
			   "  ladder replay --format openmetrics --from 2025-01-01 --to 2025-12-31 "
			   "demo-store",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]),
	};
	int operands;
	int code = options_parse(&line, argc, argv, &operands);
	if (code != OPTIONS_GO)
		return code;
	replay.store = argv[operands];
	return replay_store(&replay);
}
