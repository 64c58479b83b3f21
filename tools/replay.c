/*
 * tools/replay.c - `ladder replay`: the figures from a store, for any reference
 * date and any state of knowledge, the same to the byte as the daemon's.
 */
#include "tools/command.h"

#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "engine/answer.h"
#include "engine/state.h"
#include "tools/options.h"
#include "tools/store.h"

struct replay {
	const char *store;
	int32_t as_of;        /* DAY_NONE: the civil day of K */
	const char *known_at; /* NULL: the whole log */
	const char *municipality;
	int64_t window_days;
	const char *format;
	bool verify;
};

/*
 * K: as given, or now, when the whole log is known. A log that is ahead of the
 * clock is known up to its end.
 */
static int known_find(const struct replay *replay, struct reader *reader, int64_t *known_us)
{
	uint64_t seq;
	int64_t recorded_us;
	struct clock clock = clock_system();
	int64_t now_us = clock_now_us(&clock);
	enum err err = reader_last(reader, &seq, &recorded_us);
	if (err != OK)
		return store_complain("replay", err, replay->store);
	int64_t latest_us = recorded_us > now_us ? recorded_us : now_us;
	*known_us = latest_us;
	if (replay->known_at == NULL)
		return EX_OK;
	if (instant_parse(bytes_of_string(replay->known_at), known_us) != OK)
		return complain("replay", EX_USAGE,
			"--known-at must be an instant, as 2026-03-02T09:15:00Z.");
	if (*known_us > latest_us)
		return complain("replay", EX_USAGE, "--known-at must not be later than now.");
	return EX_OK;
}

static int figures_print(const struct replay *replay, struct reader *reader)
{
	uint16_t municipality = PART_ALL;
	int64_t known_us;
	struct answers answers;
	struct text out = { 0 };
	if (strcmp(replay->municipality, "all") != 0 &&
		!municipality_parse(bytes_of_string(replay->municipality), &municipality))
		return complain("replay", EX_USAGE,
			"--municipality must be a CBS code, as GM0823, or all.");
	if (strcmp(replay->format, "json") != 0)
		return complain("replay", EX_USAGE, "--format must be json.");
	int code = known_find(replay, reader, &known_us);
	if (code != EX_OK)
		return code;
	int32_t as_of = replay->as_of == DAY_NONE ? zone_day(known_us) : replay->as_of;
	if (as_of > zone_day(known_us))
		return complain("replay", EX_USAGE,
			"--as-of must not be later than the day of --known-at.");
	struct question question = question_at(as_of);
	question.window_days = (int32_t)replay->window_days;
	enum err err = answers_fold(reader, &question, known_us, NULL, &answers);
	if (err == OK) {
		err = answers_print_json(&answers, municipality, 0, &out);
		answers_release(&answers);
	}
	code = err != OK                              ? store_complain("replay", err, replay->store)
	       : output_write(text_bytes(&out)) == OK ? EX_OK
						      : EX_IOERR;
	text_release(&out);
	return code;
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

int command_replay(int argc, char **argv)
{
	struct replay replay = {
		.as_of = DAY_NONE,
		.municipality = "all",
		.window_days = WINDOW_DAYS_DEFAULT,
		.format = "json",
	};
	const struct option_row options[] = {
		{ "as-of", 'p', OPTION_DATE, &replay.as_of, 0, 0, "DATE",
			"the reference date (default: the day of --known-at)" },
		{ "known-at", 'k', OPTION_TEXT, &replay.known_at, 0, 0, "INSTANT",
			"what was known then, as 2026-03-02T09:15:00Z (default: all that is "
			"known)" },
		{ "municipality", 'm', OPTION_TEXT, &replay.municipality, 0, 0, "GMdddd",
			"a CBS code, or all (default: all)" },
		{ "window", 'w', OPTION_INTEGER, &replay.window_days, WINDOW_DAYS_LEAST,
			WINDOW_DAYS_MOST, "DAYS", "the window of placements (default: 365)" },
		{ "format", 'f', OPTION_TEXT, &replay.format, 0, 0, "FORMAT",
			"json (default: json)" },
		{ "verify", 0, OPTION_FLAG, &replay.verify, 0, 0, NULL,
			"compare the state that ladderd saved with a fresh fold of the log" },
	};
	const struct command_line line = {
		.name = "replay",
		.operands = "STORE",
		.operands_least = 1,
		.operands_most = 1,
		.purpose =
			"Computes the figures from a store, the same to the byte as ladderd\n"
			"answers for the same arguments. STORE is a store directory or a backup;\n"
			"ladderd may be running.",
		.example = "ladder replay --as-of 2026-06-30 --municipality GM0823 demo-store",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]),
	};
	int operands;
	int code = options_parse(&line, argc, argv, &operands);
	if (code != OPTIONS_GO)
		return code;
	struct log *log;
	struct reader *reader;
	replay.store = argv[operands];
	code = store_open("replay", replay.store, &log, &reader);
	if (code != EX_OK)
		return code;
	code = replay.verify ? state_compare(&replay, reader) : figures_print(&replay, reader);
	store_close(log, reader);
	return output_end(code);
}
