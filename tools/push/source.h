/*
 * tools/push/source.h - the events of a file, one after the other, as bytes
 * that can be put into a request.
 *
 * NDJSON is read line by line in constant memory. JSON and protobuf files are
 * one value, and are read whole.
 */
#ifndef TOOLS_PUSH_SOURCE_H
#define TOOLS_PUSH_SOURCE_H

#include "base/bytes.h"
#include "base/err.h"

enum push_format {
	PUSH_NDJSON,   /* one Event a line */
	PUSH_JSON,     /* {"events": [...]} */
	PUSH_PROTOBUF, /* an EventBatch */
};

/* By the name of the format or, when that is NULL, of the file. ERR_INVALID: neither tells. */
enum err push_format_find(const char *format, const char *path, enum push_format *out) NODISCARD;

struct source;

struct source_item {
	uint64_t position;  /* NDJSON: the line, from 1; else the position in the list, from 0 */
	struct bytes event; /* valid until the next call; empty when it was too long to keep */
	const char *code;   /* NULL: can be sent; else it is rejected here with this code */
	const char *field;  /* with the code: that of the contract; "": none */
	const char *message;
	bool is_json; /* with the code: the event is a JSON object all the same */
};

struct source_options {
	enum push_format format;
	/*
	 * Events in JSON that must not be sent, since they are none, or for what screen.h says,
	 * come with a code. Without it that is the caller's to find out, event by event. Those in
	 * protobuf are always looked at.
	 */
	bool check_json;
	const char *subject_form; /* NULL: any identifier */
};

/*
 * `-` is standard input. The options must outlive the source. ERR_NOT_FOUND: it cannot be
 * opened. ERR_INVALID: it is not in the format. ERR_IO: reading failed. *reason says it.
 */
enum err source_open(const char *path, const struct source_options *options, struct source **out,
	struct reason *reason) NODISCARD;
void source_close(struct source *source);

/*
 * True when reading on would wait for longer than `ms`: the source is a pipe, of NDJSON, whose
 * other end is at rest. Waits for as long.
 */
bool source_is_quiet(struct source *source, int ms);

/*
 * Fills in `code` and `message` when the line of NDJSON in `event` is not one event's. ERR_FULL:
 * there is no memory to read it.
 */
enum err source_check_line(struct source_item *item) NODISCARD;

/* ERR_NOT_FOUND: there are no more. Else as source_open(). */
enum err source_next(
	struct source *source, struct source_item *out, struct reason *reason) NODISCARD;

#endif
