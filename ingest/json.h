/*
 * ingest/json.h - JSON text → raw events. Only it, json_text.h and cloud_event.h see jansson
 * in ingest/; what it allocates is freed by json_batch_free().
 */
#ifndef INGEST_JSON_H
#define INGEST_JSON_H

#include "base/arena.h"
#include "proto/raw.h"

/* A parsed batch. */
struct json_batch;

enum json_form {
	JSON_EVENTS,       /* {"events": [...]} */
	JSON_CLOUD_EVENTS, /* an array; see cloud_event.h */
};

/*
 * Parses the whole text; borrows nothing from it. ERR_INVALID: it is no batch
 * of events, *reason says why with line and column and never repeats the text.
 * ERR_FULL: it would take too much memory for its size. ERR_IO: there is no memory
 * now, which is not the text's fault.
 */
enum err json_batch_parse(struct bytes text, enum json_form form, struct json_batch **out,
	struct reason *reason) NODISCARD;
/*
 * Puts another wrong value, of the same length, in the place of each number of a JSON text that is
 * beyond all reals, and U+0001 in that of each escaped NUL: a parser refuses the whole text for
 * them, and no field takes either. The text ends with a NUL after its length.
 */
void json_tame(char *text, size_t length);

/* What parsing `text` allocates at most, seen from its structure alone. */
size_t json_parse_cost(struct bytes text);

void json_batch_free(struct json_batch *batch);

/*
 * Reads one line of NDJSON: an Event. What is no JSON object is an event too, one that
 * will be rejected. ERR_FULL: the arena is full, or the line takes too much memory.
 * ERR_IO: there is no memory now, which is not the line's fault.
 */
enum err json_line_event(struct bytes line, struct arena *arena, struct raw_event *out) NODISCARD;

/* At least 1. */
size_t json_batch_count(const struct json_batch *batch);

/* Reads event `index` into *out, which borrows from the arena alone. ERR_FULL: the arena is. */
enum err json_batch_event(const struct json_batch *batch, size_t index, struct arena *arena,
	struct raw_event *out) NODISCARD;

#endif
