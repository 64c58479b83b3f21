/*
 * tools/push/answer.h - reads what the daemon answers: an IngestResult as JSON or
 * protobuf, a StreamResult, or a problem.
 */
#ifndef TOOLS_PUSH_ANSWER_H
#define TOOLS_PUSH_ANSWER_H

#include <jansson.h>
#include <stdbool.h>

#include "base/bytes.h"
#include "base/err.h"

/*
 * What an answer may have, by what was sent: who has nothing to say to so many events is no
 * ladderd, and must cost neither memory nor time.
 */
#define ANSWER_BYTES        ((size_t)64 << 10) /* without any event, and of what is no 200 */
#define ANSWER_BYTES_EVENT  ((size_t)2 << 10)  /* more for each event */
#define ANSWER_BYTES_MAX    ((size_t)64 << 20) /* never more */
#define ANSWER_VALUES       256                /* of JSON: as many members and elements */
#define ANSWER_VALUES_EVENT 16

/* The bytes that an answer about `items` events, or rows of `item_bytes`, may have. */
size_t answer_bytes_max(size_t items, size_t item_bytes);

/*
 * Has the JSON at most so many values? Each costs much more memory than it has bytes: it must
 * be known before they are made.
 */
bool json_has_at_most(struct bytes json, size_t values);

/*
 * Reads JSON of at most so many values. ERR_INVALID: it is none, or has more. ERR_FULL: there is no
 * memory. *out is the caller's to json_decref().
 */
enum err answer_json_read(struct bytes body, size_t values, json_t **out) NODISCARD;

struct push_rejection {
	uint64_t index;
	char *code;
	char *field;
	char *message;
};

struct push_result {
	uint64_t accepted;
	uint64_t duplicates;
	uint64_t last_seq;
	struct push_rejection *rejections;
	size_t rejection_count;
};

/*
 * Reads the answer to a request of `events` events. ERR_INVALID: it is no
 * IngestResult, or one that does not add up. ERR_FULL: there is no memory. On error
 * *out needs no release.
 */
enum err result_read_json(struct bytes body, size_t events, struct push_result *out) NODISCARD;
enum err result_read_protobuf(struct bytes body, size_t events, struct push_result *out) NODISCARD;
enum err result_read_stream(struct bytes body, size_t events, struct push_result *out) NODISCARD;
void result_release(struct push_result *result);

/* Copies `text` into `out` as a string, made plain (base/plain.h); a full stop at the end goes. */
void answer_text(struct bytes text, struct reason *out);

/* What an answer that is no 200 says, in words, without a full stop: its title and detail, or its
 * status. */
void problem_read(struct bytes body, long status, struct reason *out);

#endif
