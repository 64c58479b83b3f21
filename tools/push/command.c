/*
 * tools/push/command.c - `ladder push`: sends the events of files to a ladderd.
 */
#include "tools/common/command.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/date.h"
#include "proto/subject_form.h"
#include "tools/common/daemon_options.h"
#include "tools/push/outbox.h"
#include "tools/push/pipeline.h"
#include "tools/push/push_state.h"

#define STREAM_DEFAULT "tcp://127.0.0.1:7401"
#define BATCH_DEFAULT  1000
#define BATCH_MAX      100000
#define QUIET_MS       1000 /* then what came so far is sent */

struct push_command {
	const char *to; /* NULL: the default of the way, which takes its place */
	const char *token_file;
	const char *format;
	const char *rejects_path;
	const char *via;
	const char *subject_form; /* NULL: any identifier */
	struct daemon_tls tls;
	int64_t batch;
	int64_t retry_seconds;
	int64_t expected_seq;
	char **files;
	size_t file_count;
	char token[TOKEN_LENGTH_MAX + 1];
	struct clock clock;
	struct push_state state;
	struct report report;
	struct outbox outbox;      /* over HTTP */
	struct pipeline *pipeline; /* over the stream; NULL: over HTTP */
};

/* Looks at all files before anything is sent, so that a slip in the last is told first. */
static int check_files(const struct push_command *push)
{
	for (size_t i = 0; i < push->file_count; i++) {
		enum push_format format;
		const char *path = push->files[i];
		if (push_format_find(push->format, path, &format) != OK)
			return complain("push", EX_USAGE,
				push->format != NULL ? "--format takes json, ndjson or protobuf."
						     : "The format does not show in the name of "
						       "%s: give --format json, "
						       "ndjson or protobuf.",
				path);
		if (strcmp(path, "-") == 0 && push->token_file != NULL &&
			strcmp(push->token_file, "-") == 0)
			return complain("push", EX_USAGE,
				"The token and the events cannot both come from standard input.");
		if (strcmp(path, "-") != 0 && access(path, R_OK) != 0)
			return complain("push", EX_NOINPUT, "%s cannot be read: %s.", path,
				strerror(errno));
	}
	return EX_OK;
}

/* Rejected events may hold what must not be kept: the file is its owner's only. */
static int open_rejects(struct push_command *push)
{
	if (push->rejects_path == NULL)
		return EX_OK;
	if (strcmp(push->rejects_path, "-") == 0) {
		push->report.rejects = stdout;
		return EX_OK;
	}
	int fd = open(push->rejects_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	push->report.rejects = fd == -1 ? NULL : fdopen(fd, "w");
	if (push->report.rejects == NULL)
		return complain("push", EX_CANTCREAT, "%s cannot be written: %s.",
			push->rejects_path, strerror(errno));
	return EX_OK;
}

static int close_rejects(struct push_command *push, int code)
{
	FILE *file = push->report.rejects;
	if (file == NULL || file == stdout || fclose(file) == 0)
		return code;
	return complain(
		"push", EX_IOERR, "%s cannot be written: %s.", push->rejects_path, strerror(errno));
}

static int push_event(struct push_command *push, const struct source_item *item)
{
	return push->pipeline != NULL ? pipeline_add(push->pipeline, item)
				      : outbox_add(&push->outbox, item);
}

static int push_rest(struct push_command *push)
{
	return push->pipeline != NULL ? pipeline_rest(push->pipeline) : outbox_flush(&push->outbox);
}

static int push_flush(struct push_command *push)
{
	return push->pipeline != NULL ? pipeline_flush(push->pipeline)
				      : outbox_flush(&push->outbox);
}

static int push_file(struct push_command *push, const char *path)
{
	struct report *report = &push->report;
	struct source *source;
	struct source_item item;
	struct reason reason;
	report->file = strcmp(path, "-") == 0 ? "standard input" : path;
	CHECK(push_format_find(push->format, path, &report->format) == OK);
	const struct source_options options = {
		.format = report->format,
		.check_json = push->pipeline == NULL,
		.subject_form = push->subject_form,
	};
	enum err err = source_open(path, &options, &source, &reason);
	if (err != OK)
		return complain("push", input_exit_code(err), "%s: %s.", report->file, reason.text);

	int code = EX_OK;
	while (code == EX_OK && err == OK) {
		if (source_is_quiet(source, QUIET_MS))
			code = push_rest(push);
		else if ((err = source_next(source, &item, &reason)) == OK)
			code = push_event(push, &item);
	}
	if (code == EX_OK)
		code = push_flush(push);
	if (code == EX_OK && err != ERR_NOT_FOUND)
		code = complain("push", input_exit_code(err), "%s: %s.", report->file, reason.text);
	source_close(source);
	return code;
}

static void print_summary(const struct report *report, int64_t us)
{
	uint64_t events = report->accepted + report->duplicates + report->rejected;
	double seconds = (double)us / (double)US_PER_SECOND;
	complain("push", 0,
		"%" PRIu64 " accepted, %" PRIu64 " duplicates, %" PRIu64
		" rejected, in %.1f seconds (%.0f events/s).",
		report->accepted, report->duplicates, report->rejected, seconds,
		us > 0 ? (double)events / seconds : 0.0);
}

/* Makes what sends over HTTP ready. EX_OK or the exit code. */
static int outbox_open(struct push_command *push)
{
	struct outbox *outbox = &push->outbox;
	struct reason reason;
	const char *to = push->to;
	outbox->report = &push->report;
	outbox->batch_events_max = (size_t)push->batch;
	outbox->retry.clock = push->clock;
	outbox->retry.us_max = push->retry_seconds * US_PER_SECOND;
	if (outbox_init(outbox) != OK)
		return complain("push", EX_OSERR, "There is not enough memory.");
	if (http_client_open(to, push->token, &push->tls, &outbox->http, &reason) != OK)
		return complain("push", EX_USAGE, "--to %s: %s.", to, reason.text);
	return EX_OK;
}

/* The same over the stream. */
static int stream_way_open(struct push_command *push)
{
	const struct pipeline_options options = {
		.address = push->to,
		.tls = &push->tls,
		.token = push->token,
		.clock = push->clock,
		.batch_events_max = (size_t)push->batch,
		.subject_form = push->subject_form,
		.retry_us_max = push->retry_seconds * US_PER_SECOND,
	};
	struct reason reason;
	enum err err = pipeline_open(&options, &push->report, &push->pipeline, &reason);
	if (err == OK)
		return EX_OK;
	return complain("push", err == ERR_INVALID ? EX_USAGE : EX_OSERR, "--to %s: %s.",
		options.address, reason.text);
}

static int deliver(struct push_command *push)
{
	int64_t start_us = clock_monotonic_us(&push->clock);
	push->report.clock = push->clock;
	push->report.show_progress = progress_is_wanted();
	int code = strcmp(push->via, "stream") == 0 ? stream_way_open(push) : outbox_open(push);
	if (code != EX_OK)
		return code;
	for (size_t i = 0; i < push->file_count && code == EX_OK; i++)
		code = push_file(push, push->files[i]);
	report_end(&push->report);
	struct reason reason;
	if (push_state_keep(&push->state, &reason) != OK && code == EX_OK)
		code = complain("push", EX_IOERR, "%s.", reason.text);
	print_summary(&push->report, clock_monotonic_us(&push->clock) - start_us);
	return code == EX_OK && push->report.rejected > 0 ? EX_FINDINGS : code;
}

static int run(struct push_command *push)
{
	if (strcmp(push->via, "http") != 0 && strcmp(push->via, "stream") != 0)
		return complain("push", EX_USAGE, "--via takes http or stream.");
	if (push->subject_form != NULL && !subject_pattern_is_valid(push->subject_form))
		return complain("push", EX_USAGE, SUBJECT_FORM_RULE);
	if (push->to == NULL)
		push->to = strcmp(push->via, "stream") == 0 ? STREAM_DEFAULT : DAEMON_ADDRESS;
	int code = daemon_tls_check("push", &push->tls);
	if (code == EX_OK)
		code = check_files(push);
	if (code == EX_OK)
		code = token_file_read("push", push->token_file, push->token);
	if (code == EX_OK)
		code = open_rejects(push);
	if (code != EX_OK)
		return code;
	push->state.clock = push->clock;
	push->state.expected_seq = (uint64_t)push->expected_seq;
	push->report.state = &push->state;
	code = push_state_open(&push->state, push->token);
	if (code == EX_OK)
		code = deliver(push);
	push_state_release(&push->state);
	http_client_close(push->outbox.http);
	outbox_release(&push->outbox);
	pipeline_close(push->pipeline);
	return close_rejects(push, code);
}

int command_push(int argc, char **argv)
{
	static struct push_command push = {
		.via = "http",
		.batch = BATCH_DEFAULT,
		.retry_seconds = RETRY_SECONDS,
	};
	static const struct option_row options[] = {
		{ "to", 't', OPTION_TEXT, &push.to, 0, 0, "URL",
			"the daemon (default " DAEMON_ADDRESS ", or " STREAM_DEFAULT ")" },
		OPTION_TOKEN_FILE(&push.token_file),
		{ "format", 'f', OPTION_TEXT, &push.format, 0, 0, "FORMAT",
			"json, ndjson or protobuf (default: by name; of -, ndjson)" },
		{ "batch", 'b', OPTION_INTEGER, &push.batch, 1, BATCH_MAX, "N",
			"events in one request (default 1000)" },
		{ "rejects", 'r', OPTION_TEXT, &push.rejects_path, 0, 0, "FILE",
			"write the rejected events there, with code and message" },
		OPTION_RETRY_SECONDS(&push.retry_seconds),
		{ "via", 0, OPTION_TEXT, &push.via, 0, 0, "http|stream",
			"stream: several requests on their way at once (default http)" },
		OPTION_SUBJECT_FORM(&push.subject_form),
		{ "state", 0, OPTION_TEXT, &push.state.path, 0, 0, "FILE",
			"keep the seq of your newest record there: a lower one later is 65" },
		{ "expect-seq", 0, OPTION_INTEGER, &push.expected_seq, 0, INT64_MAX, "N",
			"your newest record is N or later, else the exit status is 65" },
		OPTIONS_TLS(push.tls),
	};
	static const struct command_line line = {
		.name = "push",
		.operands = "FILE...",
		.operands_min = 1,
		.operands_max = SIZE_MAX,
		.purpose = "Sends the events of the files to a ladderd. `-` is standard input. A "
			   "file is\n"
			   "NDJSON (.ndjson, .jsonl: one event a line), JSON (.json: {\"events\": "
			   "[...]})\n"
			   "or protobuf (.pb, .binpb: an EventBatch). What fails for the moment is "
			   "tried\n"
			   "again; sending twice is safe, because events have ids. A file of "
			   "rejected\n"
			   "events has a line for each: an object of code, field, message and "
			   "event (as\n"
			   "it was sent; protobuf in base 64). The exit status is 1 when any was "
			   "rejected,\n"
			   "and 65 when the store was taken back, which --state or --expect-seq "
			   "notices.",
		.example = "ladder push --token-file isd.token --rejects rejected.ndjson "
			   "events.ndjson",
		.options = options,
		.option_count = ARRAY_LENGTH(options),
	};
	int operands;
	int code = options_parse(&line, argc, argv, &operands);
	if (code != OPTIONS_GO)
		return code;
	push.clock = clock_system();
	push.files = argv + operands;
	push.file_count = (size_t)(argc - operands);
	return run(&push);
}
