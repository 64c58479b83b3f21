/*
 * tools/push/answer.h - reads what the daemon answers: an IngestResult as JSON or
 * protobuf, a StreamResult, or a problem.
 */
#ifndef TOOLS_PUSH_ANSWER_H
#define TOOLS_PUSH_ANSWER_H

#include "base/bytes.h"
#include "base/err.h"

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

/* Copies `text` into `out` as a string; control characters, which a terminal would obey, become
 * `?`, and a full stop at the end goes. */
void answer_text(struct bytes text, struct reason *out);

/* What an answer that is no 200 says, in words, without a full stop: its title and detail, or its
 * status. */
void problem_read(struct bytes body, long status, struct reason *out);

#endif
