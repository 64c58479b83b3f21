/*
 * tools/push/report.c - see report.h.
 */
#include "tools/push/report.h"

#include <errno.h>
#include <inttypes.h>

#include "base/date.h"
#include "tools/common/language.h"
#include "tools/common/options.h"
#include "tools/push/push_state.h"

#define REJECTIONS_SHOWN 10
#define PROGRESS_US      (US_PER_SECOND / 5)

void report_pause(struct report *report)
{
	if (report->shown_us != 0)
		fprintf(stderr, "\r%40s\r", "");
	report->shown_us = 0;
}

static void show_progress(struct report *report)
{
	int64_t now = clock_monotonic_us(&report->clock);
	if (!report->show_progress || now - report->shown_us < PROGRESS_US)
		return;
	fprintf(stderr, "\r%" PRIu64 " events",
		report->accepted + report->duplicates + report->rejected);
	report->shown_us = now;
}

static const char *position_name(const struct report *report)
{
	return said(report->format == PUSH_NDJSON ? "line" : "event");
}

static void add_base64(struct text *out, struct bytes bytes)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < bytes.length; i += 3) {
		size_t left = bytes.length - i;
		uint32_t group = (uint32_t)bytes.data[i] << 16;
		group |= left > 1 ? (uint32_t)bytes.data[i + 1] << 8 : 0;
		group |= left > 2 ? (uint32_t)bytes.data[i + 2] : 0;
		text_add_char(out, digits[group >> 18]);
		text_add_char(out, digits[group >> 12 & 63]);
		text_add_char(out, left > 1 ? digits[group >> 6 & 63] : '=');
		text_add_char(out, left > 2 ? digits[group & 63] : '=');
	}
}

/*
 * The event as a JSON value: an object as it was sent; a line that is no JSON as
 * a string; protobuf as a string in base 64; null when it was too long to keep.
 */
static void add_event(struct text *out, enum push_format format, bool is_json, struct bytes event)
{
	if (event.length == 0) {
		text_add_string(out, "null");
	} else if (format == PUSH_PROTOBUF) {
		text_add_char(out, '"');
		add_base64(out, event);
		text_add_char(out, '"');
	} else if (is_json) {
		bool ends_with_return = event.data[event.length - 1] == '\r';
		text_add(out, bytes_of(event.data, event.length - ends_with_return));
	} else {
		text_add_json(out, event);
	}
}

/* To a file, or to standard output, which may be a terminal. */
static bool lines_write(FILE *file, struct bytes lines)
{
	return file == stdout ? output_write(lines) == OK
			      : fwrite(lines.data, 1, lines.length, file) == lines.length;
}

int report_rejection(struct report *report, const struct told_rejection *told)
{
	report->rejected++;
	if (report->on_rejection != NULL) {
		report->on_rejection(report->context, told);
		return EX_OK;
	}
	if (report->rejects == NULL) {
		if (report->rejected > REJECTIONS_SHOWN)
			return EX_OK;
		report_pause(report);
		complain(command_name(), 0, "%s, %s %" PRIu64 ": %s: %s%s%s", report->file,
			position_name(report), told->position, told->code, told->field,
			told->field[0] == '\0' ? "" : " ", told->message);
		return EX_OK;
	}
	struct text line = { 0 };
	text_add_string(&line, "{\"code\":");
	text_add_json(&line, bytes_of_string(told->code));
	text_add_string(&line, ",\"field\":");
	text_add_json(&line, bytes_of_string(told->field));
	text_add_string(&line, ",\"message\":");
	text_add_json(&line, bytes_of_string(told->message));
	text_add_string(&line, ",\"event\":");
	add_event(&line, report->format, told->is_json, told->event);
	text_add_string(&line, "}\n");
	bool written = !line.failed && lines_write(report->rejects, text_bytes(&line));
	text_release(&line);
	if (!written)
		return complain(command_name(), EX_IOERR,
			"The file of rejected events cannot be written: %s.", strerror(errno));
	return EX_OK;
}

int report_result(struct report *report, const struct push_result *result, struct bytes bytes,
	const struct sent_event *events)
{
	int code = EX_OK;
	report->accepted += result->accepted;
	report->duplicates += result->duplicates;
	if (result->last_seq > report->last_seq)
		report->last_seq = result->last_seq;
	for (size_t i = 0; i < result->rejection_count && code == EX_OK; i++) {
		const struct push_rejection *rejection = &result->rejections[i];
		const struct sent_event *event = &events[rejection->index];
		code = report_rejection(report,
			&(struct told_rejection){
				.code = rejection->code,
				.field = rejection->field,
				.message = rejection->message,
				.position = event->position,
				.event = bytes_of(bytes.data + event->offset, event->length),
				.is_json = true,
			});
	}
	struct reason reason;
	enum err err = OK;
	if (code == EX_OK && report->state != NULL)
		err = push_state_told(report->state, result->last_seq, result->accepted, &reason);
	if (err != OK) {
		report_pause(report);
		return complain(command_name(), err == ERR_CORRUPT ? EX_DATAERR : EX_IOERR, "%s.",
			reason.text);
	}
	show_progress(report);
	return code;
}

int report_refusal(struct report *report, int code, const struct sent_event *events, size_t count,
	const char *reason)
{
	report_pause(report);
	if (count == 1)
		return complain(command_name(), code,
			"%s, %s %" PRIu64 ": the daemon refuses it: %s.", report->file,
			position_name(report), events[0].position, reason);
	return complain(command_name(), code,
		"%s, %ss %" PRIu64 " to %" PRIu64 ": the daemon refuses them: %s.", report->file,
		position_name(report), events[0].position, events[count - 1].position, reason);
}

void report_end(struct report *report)
{
	report_pause(report);
	if (report->rejects == NULL && report->on_rejection == NULL &&
		report->rejected > REJECTIONS_SHOWN)
		complain(command_name(), 0,
			"%" PRIu64 " more were rejected; --rejects FILE keeps them all.",
			report->rejected - REJECTIONS_SHOWN);
}
