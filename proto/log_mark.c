/*
 * proto/log_mark.c - see log_mark.h.
 */
#include "proto/log_mark.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/date.h"
#include "proto/codec.h"

/* The tags of Record, with the wire type of each. */
#define TAG_CAUGHT_UP (10 << 3 | WIRE_VARINT)
#define TAG_SETTLED   (11 << 3 | WIRE_BYTES)
#define TAG_STORE     (12 << 3 | WIRE_BYTES)

void log_mark_store_print(
	const uint8_t store[LOG_MARK_STORE_SIZE], char out[LOG_MARK_STORE_LENGTH + 1])
{
	size_t at = 0;
	for (size_t i = 0; i < LOG_MARK_STORE_SIZE; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			out[at++] = '-';
		at += (size_t)snprintf(out + at, 3, "%02x", store[i]);
	}
	CHECK(at == LOG_MARK_STORE_LENGTH);
}

void log_mark_print_json(const struct log_mark *mark, struct text *out)
{
	char settled[INSTANT_LENGTH + 1], store[LOG_MARK_STORE_LENGTH + 1];
	instant_print(mark->settled_us, settled);
	log_mark_store_print(mark->store, store);
	text_printf(out, "{\"caught_up\":%llu,\"settled\":\"%s\",\"store\":\"%s\"}",
		(unsigned long long)mark->caught_up, settled, store);
}

static void field_add(struct text *out, unsigned tag, const char *value)
{
	varint_add(out, tag);
	varint_add(out, strlen(value));
	text_add_string(out, value);
}

void log_mark_encode(const struct log_mark *mark, struct text *out)
{
	char settled[INSTANT_LENGTH + 1], store[LOG_MARK_STORE_LENGTH + 1];
	instant_print(mark->settled_us, settled);
	log_mark_store_print(mark->store, store);
	varint_add(out, TAG_CAUGHT_UP);
	varint_add(out, mark->caught_up);
	field_add(out, TAG_SETTLED, settled);
	field_add(out, TAG_STORE, store);
}
