/*
 * tools/replay/replay.c - `ladder replay`: the figures from a store, for any reference
 * date and any state of knowledge, the same to the byte as the daemon's.
 */
#include "tools/common/command.h"

#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/date.h"
#include "engine/state.h"
#include "tools/common/options.h"
#include "tools/replay/replay.h"

struct question replay_question(const struct replay *replay, int32_t as_of)
{
	return (struct question){ .as_of = as_of,
		.window_days = (int32_t)replay->window_days,
#define POLICY_TAKE(name, ...) .name = (int32_t)replay->name,
		POLICIES(POLICY_TAKE)
#undef POLICY_TAKE
	};
}

int replay_known(
	const struct replay *replay, struct reader *reader, int64_t *known_us, int64_t *latest_us)
{
	uint64_t seq;
	int64_t recorded_us;
	struct clock clock = clock_system();
	int64_t now_us = clock_now_us(&clock);
	enum err err = reader_last(reader, &seq, &recorded_us);
	if (err != OK)
		return store_complain("replay", err, replay->store);
	*latest_us = recorded_us > now_us ? recorded_us : now_us;
	*known_us = *latest_us;
	if (replay->known_at == NULL)
		return EX_OK;
	if (instant_parse(bytes_of_string(replay->known_at), known_us) != OK)
		return complain("replay", EX_USAGE,
			"--known-at must be an instant, as 2026-03-02T09:15:00Z.");
	if (*known_us > *latest_us)
		return complain("replay", EX_USAGE, "--known-at must not be later than now.");
	return EX_OK;
}

int replay_write(const struct replay *replay, enum err err, struct text *out)
{
	int code = err != OK ? store_complain("replay", err, replay->store)
		   : output_write(text_bytes(out)) == OK ? EX_OK
							 : EX_IOERR;
	text_release(out);
	return code;
}

/* Is `text` one of the words? */
static bool is_one_of(const char *text, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(text, words[i]) == 0)
			return true;
	}
	return false;
}

static int check_words(struct replay *replay)
{
	static const char *const formats[] = { "json", "csv", "openmetrics" };
	static const char *const groupings[] = { "cohort", "service_model" };
	static const char *const steps[] = { "day", "week", "month", "quarter" };
	replay->only = PART_ALL;
	replay->each = strcmp(replay->municipality, "each") == 0;
	if (!replay->each && strcmp(replay->municipality, "all") != 0 &&
		!municipality_parse(bytes_of_string(replay->municipality), &replay->only))
		return complain("replay", EX_USAGE,
			"--municipality must be a CBS code, as GM0823, or all, or each.");
	if (!is_one_of(replay->format, formats, ARRAY_LENGTH(formats)))
		return complain("replay", EX_USAGE, "--format must be json, csv or openmetrics.");
	if (replay->by != NULL && !is_one_of(replay->by, groupings, ARRAY_LENGTH(groupings)))
		return complain("replay", EX_USAGE, "--by must be cohort or service_model.");
	if (replay->step != NULL && !is_one_of(replay->step, steps, ARRAY_LENGTH(steps)))
		return complain("replay", EX_USAGE, "--step must be day, week, month or quarter.");
	return EX_OK;
}

/* Which options go together. */
static int check_options(struct replay *replay)
{
	int code = check_words(replay);
	bool range = replay->from != DAY_NONE || replay->to != DAY_NONE || replay->step != NULL;
	if (code != EX_OK)
		return code;
	replay->csv = strcmp(replay->format, "csv") == 0;
	if (strcmp(replay->format, "openmetrics") != 0) {
		if (range)
			return complain("replay", EX_USAGE,
				"--from, --to and --step are for --format openmetrics.");
		return EX_OK;
	}
	if (replay->by != NULL)
		return complain("replay", EX_USAGE, "--by is for --format json and csv.");
	replay->history = range;
	if (!range)
		return EX_OK;
	if (replay->as_of != DAY_NONE)
		return complain("replay", EX_USAGE,
			"--format openmetrics takes either --as-of, or --from and --to.");
	if (replay->from == DAY_NONE || replay->to == DAY_NONE)
		return complain("replay", EX_USAGE, "A history needs --from and --to.");
	if (replay->from > replay->to)
		return complain("replay", EX_USAGE, "--from must not be later than --to.");
	if (replay->step == NULL)
		replay->step = "month";
	return EX_OK;
}

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
		printf("the saved state is of no use: %s\n", reason.text);
		return EX_FINDINGS;
	}
	if (err != OK)
		return store_complain("replay", err, replay->store);
	unsigned long long seq = live->histories.applied_seq;
	err = state_verify(live, reader, &reason);
	live_free(live);
	if (err == ERR_CORRUPT) {
		printf("the saved state is wrong: %s\n",
			*reason.text == '\0' ? "the log is damaged" : reason.text);
		return EX_FINDINGS;
	}
	if (err != OK)
		return store_complain("replay", err, replay->store);
	printf("the saved state is what the log says up to record %llu\n", seq);
	return EX_OK;
}

static int replay_store(struct replay *replay)
{
	struct log *log;
	struct reader *reader;
	int code = replay->verify ? EX_OK : check_options(replay);
	if (code != EX_OK)
		return code;
	code = store_open("replay", replay->store, &log, &reader);
	if (code != EX_OK)
		return code;
	if (replay->verify)
		code = state_compare(replay, reader);
	else if (strcmp(replay->format, "openmetrics") == 0)
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
			"cohort or service_model: steps, rungs and work per group" },
		{ "from", 0, OPTION_DATE, &replay.from, 0, 0, "DATE",
			"openmetrics: the first of many reference dates" },
		{ "to", 0, OPTION_DATE, &replay.to, 0, 0, "DATE",
			"openmetrics: the last; what is known is the end of each" },
		{ "step", 0, OPTION_TEXT, &replay.step, 0, 0, "STEP",
			"openmetrics: the last of each day, week, month or quarter (default: "
			"month)" },
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
			"With --by, the figures per cohort (the year of settlement) or per\n"
			"service model of the municipality, with tests of the differences.\n"
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
