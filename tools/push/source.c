/*
 * tools/push/source.c - see source.h.
 *
 * A request in JSON that cannot be read is refused as a whole. So each line of NDJSON is
 * parsed here before it shares a request with others: one that is no JSON
 * object is one rejection.
 *
 * NDJSON is read past stdio, which would wait until its buffer is full: what a slow writer
 * sent must not wait for what it has not.
 */
#include "tools/push/source.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/check.h"
#include "base/text.h"
#include "ingest/json.h"
#include "ingest/json_text.h"
#include "proto/codec.h"
#include "tools/push/screen.h"

#define LINE_BYTES_MAX ((size_t)1 << 20)
#define BRACKETS_MAX   100
#define READ_BYTES     ((size_t)1 << 16)

struct source {
	const struct source_options *options;
	FILE *file;
	uint64_t position;

	/* NDJSON */
	char buffer[READ_BYTES];
	size_t buffered;
	size_t taken;
	int read_errno; /* why reading failed; 0: it did not */

	struct text text;  /* the line; JSON: the event; protobuf: the file */
	struct bytes rest; /* protobuf: what is left of it */
	json_t *json;      /* JSON: the file */
	json_t *events;    /* borrowed from it */
};

enum err push_format_find(const char *format, const char *path, enum push_format *out)
{
	static const struct {
		const char *name;
		enum push_format format;
	} rows[] = {
		{ "ndjson", PUSH_NDJSON },
		{ "jsonl", PUSH_NDJSON },
		{ "json", PUSH_JSON },
		{ "protobuf", PUSH_PROTOBUF },
		{ "pb", PUSH_PROTOBUF },
		{ "binpb", PUSH_PROTOBUF },
	};
	const char *dot = strrchr(path, '.');
	const char *name = format != NULL           ? format
			   : strcmp(path, "-") == 0 ? "ndjson"
			   : dot != NULL            ? dot + 1
						    : "";
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		if (strcmp(name, rows[i].name) == 0) {
			*out = rows[i].format;
			return OK;
		}
	}
	return ERR_INVALID;
}

static enum err read_all(struct source *source, struct reason *reason)
{
	size_t count;
	while ((count = fread(source->buffer, 1, READ_BYTES, source->file)) > 0)
		text_add(&source->text, bytes_of(source->buffer, count));
	if (ferror(source->file))
		return fail(reason, ERR_IO, "it cannot be read: %s", strerror(errno));
	if (source->text.failed)
		return fail(reason, ERR_IO, "it is too large for the memory there is");
	return OK;
}

/*
 * As json_text_read(). A number that is too large is one event's fault, which the daemon finds:
 * then all are read as reals, to which it reads them too.
 */
static enum err parse_file(struct text *text, json_t **out, json_error_t *error)
{
	const size_t flags = JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL;
	struct bytes json = bytes_unmarked(text_bytes(text));
	if (json.length == 0)
		json = bytes_of("", 0);
	enum err err = json_text_read(json, flags, out, error);
	for (int attempt = 0; attempt < 2 && err == ERR_INVALID; attempt++) {
		enum json_error_code code = json_error_code(error);
		if (code != json_error_numeric_overflow && code != json_error_null_byte_in_key)
			break;
		if (attempt == 1)
			json_tame(text->data, text->length);
		err = json_text_read(json, flags | JSON_DECODE_INT_AS_REAL, out, error);
	}
	return err;
}

static enum err open_json(struct source *source, struct reason *reason)
{
	json_error_t error;
	enum err err = read_all(source, reason);
	if (err != OK)
		return err;
	err = parse_file(&source->text, &source->json, &error);
	if (err == ERR_FULL)
		return fail(reason, ERR_IO, "there is not enough memory to read it");
	if (err != OK)
		return fail(reason, ERR_INVALID, "line %d, column %d: it is not JSON: %s",
			error.line, error.column, error.text);
	source->events = json_object_get(source->json, "events");
	if (!json_is_array(source->events) || json_object_size(source->json) != 1)
		return fail(reason, ERR_INVALID,
			"it must be an object with nothing but an array \"events\"; a file with "
			"one event "
			"a line is --format ndjson");
	text_release(&source->text);
	return OK;
}

static enum err open_protobuf(struct source *source, struct reason *reason)
{
	enum err err = read_all(source, reason);
	if (err != OK)
		return err;
	source->rest = text_bytes(&source->text);
	/* All or nothing: a file that is cut is not sent halfway. */
	for (struct bytes rest = source->rest, event; err == OK;)
		err = batch_next(&rest, &event);
	if (err == ERR_INVALID)
		return fail(reason, err, "it is not an EventBatch in protobuf");
	return OK;
}

static enum err open_format(struct source *source, struct reason *reason)
{
	switch (source->options->format) {
	case PUSH_NDJSON:
		return OK;
	case PUSH_JSON:
		return open_json(source, reason);
	case PUSH_PROTOBUF:
		return open_protobuf(source, reason);
	}
	check_failed("a format of the enum", __FILE__, __LINE__);
}

enum err source_open(const char *path, const struct source_options *options, struct source **out,
	struct reason *reason)
{
	struct source *source = calloc(1, sizeof(*source));
	if (source == NULL)
		return fail(reason, ERR_IO, "there is not enough memory");
	source->options = options;
	source->file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rbe");
	enum err err = source->file != NULL ? open_format(source, reason)
					    : fail(reason, ERR_NOT_FOUND, "it cannot be opened: %s",
						      strerror(errno));
	if (err != OK) {
		source_close(source);
		return err;
	}
	*out = source;
	return OK;
}

void source_close(struct source *source)
{
	if (source == NULL)
		return;
	if (source->file != NULL && source->file != stdin)
		fclose(source->file);
	json_decref(source->json);
	text_release(&source->text);
	free(source);
}

/* Reads more when all is taken. False at the end and on errors. */
static bool fill_buffer(struct source *source)
{
	if (source->taken == source->buffered) {
		ssize_t got;
		do {
			got = read(fileno(source->file), source->buffer, READ_BYTES);
		} while (got == -1 && errno == EINTR);
		source->read_errno = got == -1 ? errno : 0;
		source->buffered = got > 0 ? (size_t)got : 0;
		source->taken = 0;
	}
	return source->taken < source->buffered;
}

bool source_is_quiet(struct source *source, int ms)
{
	if (source->options->format != PUSH_NDJSON || source->taken < source->buffered)
		return false;
	struct pollfd watched = { .fd = fileno(source->file), .events = POLLIN };
	return poll(&watched, 1, ms) == 0;
}

/*
 * The next line, without its newline, in source->text. Of one that is too long
 * nothing is kept. False when there is none.
 */
static bool take_line(struct source *source, bool *too_long)
{
	source->text.length = 0;
	*too_long = false;
	if (!fill_buffer(source))
		return false;
	while (fill_buffer(source)) {
		const char *from = source->buffer + source->taken;
		size_t left = source->buffered - source->taken;
		const char *newline = memchr(from, '\n', left);
		size_t length = newline == NULL ? left : (size_t)(newline - from);
		*too_long = *too_long || source->text.length + length > LINE_BYTES_MAX;
		if (!*too_long)
			text_add(&source->text, bytes_of(from, length));
		source->taken += newline == NULL ? length : length + 1;
		if (newline != NULL)
			break;
	}
	if (*too_long)
		source->text.length = 0;
	return true;
}

static bool is_blank(struct bytes line)
{
	for (size_t i = 0; i < line.length; i++) {
		if (line.data[i] == 0 || strchr(" \t\r", line.data[i]) == NULL)
			return false;
	}
	return true;
}

/* An event has two or three brackets; hundreds are what a parser refuses a whole request for. */
static bool is_nested(struct bytes line)
{
	size_t brackets = 0;
	for (size_t i = 0; i < line.length; i++)
		brackets += line.data[i] == '{' || line.data[i] == '[';
	return brackets > BRACKETS_MAX;
}

/* Fills in the code of an item that must stay here. */
static void take_screening(struct source_item *item, const struct screening *screening)
{
	item->code = screening->code;
	item->field = screening->field;
	item->message = screening->message;
	item->is_json = true;
}

/*
 * The line as JSON, when it is an event's; else NULL, and the item's code says why. ERR_FULL:
 * there is no memory to read it.
 */
static enum err parse_line(struct source_item *item, json_t **out)
{
	json_error_t error;
	json_t *json = NULL;
	enum err err = json_text_read(item->event,
		JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &json, &error);
	if (err == ERR_FULL)
		return err;
	enum json_error_code code = json == NULL ? json_error_code(&error) : json_error_unknown;
	bool is_object = json_is_object(json);
	*out = json;
	if (is_object && !is_nested(item->event))
		return OK;
	*out = NULL;
	json_decref(json);
	item->code = "bad_syntax";
	item->field = "";
	item->message = is_object ? "an event is not nested so much" : "must be one JSON object";
	if (code == json_error_duplicate_key) {
		item->code = "bad_value";
		item->message = "a key must not be given twice";
	} else if (code == json_error_numeric_overflow) {
		item->code = "bad_value";
		item->message = "a number is too large";
	}
	return OK;
}

enum err source_check_line(struct source_item *item)
{
	json_t *json;
	enum err err = parse_line(item, &json);
	if (err == OK)
		json_decref(json);
	return err;
}

/* As source_check_line(), and looks whether the event must stay here. */
static enum err screen_line(const struct source *source, struct source_item *item)
{
	struct screening screening;
	json_t *json;
	enum err err = parse_line(item, &json);
	if (err != OK)
		return err;
	if (json != NULL && screen_json(json, source->options->subject_form, &screening))
		take_screening(item, &screening);
	json_decref(json);
	return OK;
}

static enum err next_line(struct source *source, struct source_item *out, struct reason *reason)
{
	bool too_long;
	struct bytes line;
	do {
		if (!take_line(source, &too_long)) {
			if (source->read_errno != 0)
				return fail(reason, ERR_IO, "it cannot be read: %s",
					strerror(source->read_errno));
			return ERR_NOT_FOUND;
		}
		source->position++;
		line = bytes_unmarked(text_bytes(&source->text));
		if (source->text.failed)
			return fail(reason, ERR_IO, "there is not enough memory for a line");
	} while (!too_long && is_blank(line));
	*out = (struct source_item){ .position = source->position, .event = line };
	if (too_long) {
		out->code = "bad_syntax";
		out->field = "";
		out->message = "a line must be at most a mebibyte long";
		return OK;
	}
	if (source->options->check_json && screen_line(source, out) != OK)
		return fail(reason, ERR_IO, "there is not enough memory for a line");
	return OK;
}

static int add_to_text(const char *data, size_t size, void *text)
{
	text_add(text, bytes_of(data, size));
	return 0;
}

static enum err next_json(struct source *source, struct source_item *out, struct reason *reason)
{
	if (source->position == json_array_size(source->events))
		return ERR_NOT_FOUND;
	struct screening screening;
	const json_t *event = json_array_get(source->events, (size_t)source->position);
	source->text.length = 0;
	int code = json_dump_callback(
		event, add_to_text, &source->text, JSON_COMPACT | JSON_ENCODE_ANY);
	if (code != 0 || source->text.failed)
		return fail(reason, ERR_IO, "there is not enough memory for an event");
	*out = (struct source_item){ .position = source->position++,
		.event = text_bytes(&source->text) };
	if (source->options->check_json &&
		screen_json(event, source->options->subject_form, &screening))
		take_screening(out, &screening);
	return OK;
}

static enum err next_protobuf(struct source *source, struct source_item *out, struct reason *reason)
{
	struct screening screening;
	struct bytes event;
	enum err err = batch_next(&source->rest, &event);
	if (err == ERR_INVALID)
		return fail(reason, err, "it is not an EventBatch in protobuf");
	if (err != OK)
		return err;
	*out = (struct source_item){ .position = source->position++, .event = event };
	if (screen_protobuf(event, source->options->subject_form, &screening))
		take_screening(out, &screening);
	return OK;
}

enum err source_next(struct source *source, struct source_item *out, struct reason *reason)
{
	switch (source->options->format) {
	case PUSH_NDJSON:
		return next_line(source, out, reason);
	case PUSH_JSON:
		return next_json(source, out, reason);
	case PUSH_PROTOBUF:
		return next_protobuf(source, out, reason);
	}
	check_failed("a format of the enum", __FILE__, __LINE__);
}
