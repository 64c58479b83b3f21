/*
 * tools/replay/arguments.c - see arguments.h.
 */
#include "tools/replay/arguments.h"

#include <string.h>

#include "base/check.h"
#include "engine/groups.h"
#include "base/clock.h"
#include "base/date.h"
#include "tools/common/options.h"

struct question replay_question(const struct replay *replay, int32_t as_of)
{
	return (struct question){ .as_of = as_of,
		.window_days = (int32_t)replay->window_days,
		.definitions = (int32_t)replay->definitions,
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
		return store_complain(command_name(), err, replay->store);
	*latest_us = recorded_us > now_us ? recorded_us : now_us;
	*known_us = *latest_us;
	if (replay->known_at == NULL)
		return EX_OK;
	if (instant_parse(bytes_of_string(replay->known_at), known_us) != OK)
		return complain(command_name(), EX_USAGE,
			"--known-at must be an instant, as 2026-03-02T09:15:00Z.");
	if (*known_us > *latest_us)
		return complain(command_name(), EX_USAGE, "--known-at must not be later than now.");
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
	static const char *const steps[] = { "day", "week", "month", "quarter" };
	replay->only = PART_ALL;
	replay->each = strcmp(replay->municipality, "each") == 0;
	if (!replay->each && strcmp(replay->municipality, "all") != 0 &&
		!municipality_parse(bytes_of_string(replay->municipality), &replay->only))
		return complain("replay", EX_USAGE,
			"--municipality must be a CBS code, as GM0823, or all, or each.");
	if (!is_one_of(replay->format, formats, ARRAY_LENGTH(formats)))
		return complain("replay", EX_USAGE, "--format must be json, csv or openmetrics.");
	if (replay->by != NULL && grouping_find(replay->by) == GROUPING_COUNT)
		return complain("replay", EX_USAGE,
			"--by must be cohort, service_model, funding, open_hiring, "
			"matches_ambition or route.");
	if (replay->step != NULL && !is_one_of(replay->step, steps, ARRAY_LENGTH(steps)))
		return complain("replay", EX_USAGE, "--step must be day, week, month or quarter.");
	return EX_OK;
}

int replay_check(struct replay *replay)
{
	int code = check_words(replay);
	bool range = replay->from != DAY_NONE || replay->to != DAY_NONE || replay->step != NULL;
	if (code != EX_OK)
		return code;
	replay->csv = strcmp(replay->format, "csv") == 0;
	bool metrics = strcmp(replay->format, "openmetrics") == 0;
	if (!metrics && !replay->csv && range)
		return complain("replay", EX_USAGE,
			"--from, --to and --step are for --format openmetrics and csv.");
	if (replay->by != NULL && (metrics || range))
		return complain("replay", EX_USAGE,
			"--by is for --format json and csv, of one reference date.");
	replay->history = range;
	if (!range)
		return EX_OK;
	if (replay->as_of != DAY_NONE)
		return complain("replay", EX_USAGE,
			"--as-of is one reference date, --from and --to are many: give either.");
	if (replay->from == DAY_NONE || replay->to == DAY_NONE)
		return complain("replay", EX_USAGE, "A history needs --from and --to.");
	if (replay->from > replay->to)
		return complain("replay", EX_USAGE, "--from must not be later than --to.");
	if (replay->step == NULL)
		replay->step = "month";
	return EX_OK;
}
