/*
 * tools/replay/arguments.h - what is asked of `ladder replay`: its command line, checked, and what
 * follows from it for each of its forms.
 */
#ifndef TOOLS_REPLAY_ARGUMENTS_H
#define TOOLS_REPLAY_ARGUMENTS_H

#include "engine/answers.h"
#include "tools/common/store.h"

/* The command line. A text that is NULL, and DAY_NONE, was not given. */
struct replay {
	const char *store;
	int32_t as_of;        /* not given: the civil day of K */
	const char *known_at; /* not given: the whole log */
	const char *municipality;
	int64_t window_days;
	int64_t definitions;
	const char *format;
	const char *by;
	int32_t from;
	int32_t to;
	const char *step;
#define POLICY_OPTION(name, ...) int64_t name;
	POLICIES(POLICY_OPTION)
#undef POLICY_OPTION
	bool verify;

	/* Read from it: */
	uint16_t only; /* the municipality, or PART_ALL */
	bool each;     /* --municipality each: for all, and for every municipality */
	bool csv;
	bool history; /* openmetrics, csv: of a range of reference dates */
};

/*
 * Checks which options go together and fills in what is read from them. EX_OK, or the exit code:
 * what is wrong is said.
 */
int replay_check(struct replay *replay) NODISCARD;

/* What is asked at a reference date: the window and the policies of the command line. */
struct question replay_question(const struct replay *replay, int32_t as_of);

/*
 * K of --known-at, or now when it is not given; *latest_us: no K may be later. A log
 * that is ahead of the clock is known up to its end. EX_OK, or the exit code: what is wrong
 * is said.
 */
int replay_known(
	const struct replay *replay, struct reader *reader, int64_t *known_us, int64_t *latest_us);

/* Writes the text when `err` is OK, else says what failed; releases it. Returns the exit code. */
int replay_write(const struct replay *replay, enum err err, struct text *out);

#endif
