/*
 * looks/span.c - see span.h.
 */
#include "looks/span.h"

#include <inttypes.h>
#include <string.h>

#include "base/check.h"
#include "secret/random.h"

/* version-trace-span-flags; a later version may have more behind. */
#define PARENT_LENGTH 55
#define TRACE_AT      3
#define SPAN_AT       36
#define FLAGS_AT      53

static int digit_of(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Reads lower-case hexadecimal digits. */
static bool hex_read(const char *text, uint8_t *out, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		int high = digit_of(text[2 * i]);
		int low = high < 0 ? -1 : digit_of(text[2 * i + 1]);
		if (low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static bool is_zero(const uint8_t *bytes, size_t size)
{
	uint8_t any = 0;
	for (size_t i = 0; i < size; i++)
		any |= bytes[i];
	return any == 0;
}

static bool parent_read(const char *text, struct trace *out)
{
	uint8_t version, flags;
	size_t length = strlen(text);
	out->is_foreign = true;
	return length >= PARENT_LENGTH && hex_read(text, &version, 1) && version != 0xff &&
	       (length == PARENT_LENGTH || (version > 0 && text[PARENT_LENGTH] == '-')) &&
	       text[TRACE_AT - 1] == '-' && hex_read(text + TRACE_AT, out->id, sizeof(out->id)) &&
	       text[SPAN_AT - 1] == '-' &&
	       hex_read(text + SPAN_AT, out->foreign_span, sizeof(out->foreign_span)) &&
	       text[FLAGS_AT - 1] == '-' && hex_read(text + FLAGS_AT, &flags, 1) &&
	       !is_zero(out->id, sizeof(out->id)) &&
	       !is_zero(out->foreign_span, sizeof(out->foreign_span));
}

struct trace trace_of(const char *traceparent)
{
	struct trace trace = { .is_foreign = false };
	if (traceparent != NULL && parent_read(traceparent, &trace))
		return trace;
	trace = (struct trace){ .is_foreign = false };
	random_fill(trace.id, sizeof(trace.id));
	return trace;
}

static void hex_add(struct text *out, const char *name, const uint8_t *bytes, size_t size)
{
	text_printf(out, "\"%s\":\"", name);
	for (size_t i = 0; i < size; i++)
		text_printf(out, "%02x", bytes[i]);
	text_add_char(out, '"');
}

static void member_add(struct text *out, const char *name, const char *value)
{
	text_printf(out, "\"%s\":", name);
	text_add_json(out, bytes_of_string(value));
}

void span_print(const struct span *span, struct text *out)
{
	const struct trace *trace = span->trace;
	text_add_char(out, '{');
	hex_add(out, "trace_id", trace->id, sizeof(trace->id));
	text_add_char(out, ',');
	hex_add(out, "span_id", span->id, SPAN_ID_SIZE);
	if (span->parent != NULL) {
		text_add_char(out, ',');
		hex_add(out, "parent_span_id", span->parent, SPAN_ID_SIZE);
	}
	/* A read that failed shows nobody: what is written was shown. */
	text_add_string(out, ",\"status_code\":1,");
	member_add(out, "name", span->name);
	text_printf(out, ",\"start_time\":%" PRId64 ",\"end_time\":%" PRId64, span->start_us / 1000,
		span->end_us / 1000);
	if (trace->is_foreign) {
		text_add_string(out, ",\"foreign_operation\":{");
		hex_add(out, "trace_id", trace->id, sizeof(trace->id));
		text_add_char(out, ',');
		hex_add(out, "span_id", trace->foreign_span, sizeof(trace->foreign_span));
		text_add_char(out, ',');
		member_add(out, "entity", span->entity);
		text_add_char(out, '}');
	}
	text_add_string(out, ",\"resource\":{\"attributes\":{\"service.name\":\"ladderd\","
			     "\"service.version\":\"" LADDERD_VERSION "\"}},\"attributes\":{");
	member_add(out, "dpl.core.processing_activity_id", span->activity);
	if (span->subject != NULL) {
		text_add_char(out, ',');
		member_add(out, "dpl.core.data_subject_id", span->subject);
	}
	if (span->is_of_person)
		text_add_string(
			out, ",\"dpl.core.data_subject_id_type\":\"" SPAN_SUBJECT_TYPE "\"");
	text_add_char(out, ',');
	member_add(out, "ladderd.who", span->who);
	text_add_string(out, "}}\n");
}
