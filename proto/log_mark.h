/*
 * proto/log_mark.h - the end of the log, as it is told to who follows it.
 *
 * Source: spec/interfaces.md, /v1/log.
 */
#ifndef PROTO_LOG_MARK_H
#define PROTO_LOG_MARK_H

#include "base/text.h"

#define LOG_MARK_STORE_SIZE   16
#define LOG_MARK_STORE_LENGTH 36 /* as it is printed */

struct log_mark {
	uint64_t caught_up; /* the newest record that there is */
	int64_t settled_us; /* nothing is recorded at or before this instant any more */
	uint8_t store[LOG_MARK_STORE_SIZE];
};

/* A store's id as a UUID. */
void log_mark_store_print(
	const uint8_t store[LOG_MARK_STORE_SIZE], char out[LOG_MARK_STORE_LENGTH + 1]);

/* {"caught_up":SEQ,"settled":"K","store":"ID"}, the store as a UUID; no line end. */
void log_mark_print_json(const struct log_mark *mark, struct text *out);

/* A Record with only these. */
void log_mark_encode(const struct log_mark *mark, struct text *out);

#endif
