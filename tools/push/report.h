/*
 * tools/push/report.h - what came of the events of a push: counts, the file of rejected
 * ones, progress, and sentences to people. The same for each way to send.
 */
#ifndef TOOLS_PUSH_REPORT_H
#define TOOLS_PUSH_REPORT_H

#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "tools/push/answer.h"
#include "tools/push/source.h"

struct told_rejection;
struct push_state;

struct report {
	/* Set by the caller. */
	struct clock clock;
	FILE *rejects; /* NULL: the first few are told on standard error */
	/* When given, it is told the rejections instead. */
	void (*on_rejection)(void *context, const struct told_rejection *told);
	void *context;
	struct push_state *state; /* that is told each answer; NULL: none is */
	bool show_progress;
	const char *file; /* that is being sent, as people call it */
	enum push_format format;

	/* Counts. */
	uint64_t accepted;
	uint64_t duplicates;
	uint64_t rejected;
	uint64_t last_seq;
	int64_t shown_us; /* when progress was shown last */
};

/* An event that was sent: where it is among the bytes, and in the file. */
struct sent_event {
	size_t offset;
	size_t length;
	uint64_t position;
};

/* An event that is rejected before it is sent, or by the daemon. */
struct told_rejection {
	const char *code;
	const char *field;
	const char *message;
	uint64_t position; /* in the file */
	struct bytes event;
	bool is_json;
};

/*
 * Counts a rejection, and writes or tells it. EX_OK or the exit code: the file of rejected
 * events cannot be written, and that is said.
 */
int report_rejection(struct report *report, const struct told_rejection *told) NODISCARD;

/*
 * Counts what the daemon said about the events of one request, which are in `bytes` as the
 * file has them, and tells its rejections. As report_rejection(); 65 when the
 * store was taken back.
 */
int report_result(struct report *report, const struct push_result *result, struct bytes bytes,
	const struct sent_event *events) NODISCARD;

/* Says that the daemon refuses `count` events (at least one) for good. Returns `code`. */
int report_refusal(struct report *report, int code, const struct sent_event *events, size_t count,
	const char *reason);

/* Clears the line of progress, before something else is said. */
void report_pause(struct report *report);

/* Says what is not shown of the rejections, and ends the line of progress. */
void report_end(struct report *report);

#endif
