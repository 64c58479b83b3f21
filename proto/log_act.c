/*
 * proto/log_act.c - see log_act.h.
 */
#include "proto/log_act.h"

#include "base/check.h"
#include "base/date.h"
#include "proto/codec.h"

/* Tags of fields: number and wire type. */
#define SUBJECT_TAG 0x1A /* 3 of Event */
#define SEQS_TAG    0x0A /* 1 of Erased, packed */
#define BEFORE_TAG  0x12 /* 2 of Erased */

bool log_act_is(unsigned number)
{
	return number == LOG_ACT_ERASED || number == LOG_ACT_RESTRICTED ||
	       number == LOG_ACT_UNRESTRICTED;
}

static void bytes_put(struct text *out, uint64_t tag, struct bytes bytes)
{
	varint_add(out, tag);
	varint_add(out, bytes.length);
	text_add(out, bytes);
}

static void erased_encode(const struct log_act *act, struct text *out)
{
	struct text seqs = { 0 };
	char day[DATE_LENGTH + 1];
	CHECK(act->seq_count <= LOG_ACT_SEQS_MAX);
	for (size_t i = 0; i < act->seq_count; i++)
		varint_add(&seqs, act->seqs[i]);
	bytes_put(out, SEQS_TAG, text_bytes(&seqs));
	out->failed = out->failed || seqs.failed;
	text_release(&seqs);
	if (act->before == 0)
		return;
	date_print(act->before, day);
	bytes_put(out, BEFORE_TAG, bytes_of(day, DATE_LENGTH));
}

void log_act_encode(const struct log_act *act, bool whole, struct text *out)
{
	struct text body = { 0 };
	CHECK(log_act_is(act->type));
	if (whole && act->subject.length > 0)
		bytes_put(out, SUBJECT_TAG, act->subject);
	if (act->type == LOG_ACT_ERASED)
		erased_encode(act, &body);
	bytes_put(out, (uint64_t)act->type << 3 | WIRE_BYTES, text_bytes(&body));
	out->failed = out->failed || body.failed;
	text_release(&body);
}

static enum err seqs_read(struct bytes packed, struct arena *arena, struct log_act *out)
{
	size_t count = 0, varints = 0;
	/* Each varint ends with a byte below 0x80. */
	for (size_t i = 0; i < packed.length; i++)
		varints += packed.data[i] < 0x80;
	if (varints > LOG_ACT_SEQS_MAX)
		return ERR_CORRUPT;
	uint64_t *seqs = arena_take(arena, (varints + 1) * sizeof(*seqs));
	if (seqs == NULL)
		return ERR_FULL;
	while (packed.length > 0) {
		if (count == varints || varint_take(&packed, &seqs[count]) != OK ||
			(count > 0 && seqs[count] <= seqs[count - 1]))
			return ERR_CORRUPT;
		count++;
	}
	out->seqs = seqs;
	out->seq_count = count;
	return OK;
}

static enum err erased_read(struct bytes body, struct arena *arena, struct log_act *out)
{
	struct wire_field field;
	enum err err = OK;
	while (err == OK && body.length > 0) {
		if (wire_field_take(&body, &field) != OK)
			return ERR_CORRUPT;
		if (field.tag == SEQS_TAG)
			err = seqs_read(field.bytes, arena, out);
		else if (field.tag != BEFORE_TAG || date_parse(field.bytes, &out->before) != OK)
			err = ERR_CORRUPT;
	}
	return err;
}

enum err log_act_decode(struct bytes bytes, struct arena *arena, struct log_act *out)
{
	struct wire_field field;
	struct log_act act = { 0 };
	if (wire_field_take(&bytes, &field) != OK || bytes.length > 0 ||
		(field.tag & 7) != WIRE_BYTES || field.tag >> 3 > UINT16_MAX ||
		!log_act_is((unsigned)(field.tag >> 3)))
		return ERR_CORRUPT;
	act.type = (enum log_act_type)(field.tag >> 3);
	enum err err = OK;
	if (act.type == LOG_ACT_ERASED)
		err = erased_read(field.bytes, arena, &act);
	else if (field.bytes.length > 0)
		err = ERR_CORRUPT;
	if (err == OK)
		*out = act;
	return err;
}

void log_act_print_json(const struct log_act *act, struct text *out)
{
	char day[DATE_LENGTH + 1];
	text_add_char(out, '{');
	if (act->subject.length > 0) {
		text_add_string(out, "\"subject\":");
		text_add_json(out, act->subject);
		text_add_char(out, ',');
	}
	if (act->type != LOG_ACT_ERASED) {
		text_add_string(out, act->type == LOG_ACT_RESTRICTED ? "\"restricted\":{}}"
								     : "\"unrestricted\":{}}");
		return;
	}
	text_add_string(out, "\"erased\":{\"seqs\":[");
	for (size_t i = 0; i < act->seq_count; i++)
		text_printf(out, "%s%llu", i == 0 ? "" : ",", (unsigned long long)act->seqs[i]);
	text_add_char(out, ']');
	if (act->before != 0) {
		date_print(act->before, day);
		text_printf(out, ",\"before\":\"%s\"", day);
	}
	text_add_string(out, "}}");
}
