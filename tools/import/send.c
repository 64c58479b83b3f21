/*
 * tools/import/send.c - see send.h.
 */
#include "tools/import/send.h"

#include "base/date.h"
#include "tools/common/options.h"
#include "tools/push/outbox.h"

#define BATCH_EVENTS_MAX 1000

static void take_rejection(void *context, const struct told_rejection *told)
{
	struct rows *rows = context;
	const struct row_event *event = &rows->made[told->position];
	/* There was nothing to take back: the daemon never had it, or not any more. */
	if (event->is_retraction && (strcmp(told->code, "target_unknown") == 0 ||
					    strcmp(told->code, "target_withdrawn") == 0))
		return;
	rows_reject(rows, event, told->field, told->message);
}

static int send_all(struct outbox *outbox, const struct rows *rows)
{
	int code = EX_OK;
	for (size_t i = 0; i < rows->made_count && code == EX_OK; i++) {
		const struct row_event *event = &rows->made[i];
		code = outbox_add(outbox,
			&(struct source_item){
				.position = i,
				.event = bytes_of(rows->events.data + event->offset, event->length),
			});
	}
	return code == EX_OK ? outbox_flush(outbox) : code;
}

int import_send(struct sending *sending, struct rows *rows)
{
	struct reason reason;
	struct report report = {
		.clock = sending->clock,
		.on_rejection = take_rejection,
		.context = rows,
		.show_progress = progress_is_wanted(),
		.file = sending->file,
		.format = PUSH_JSON,
	};
	struct outbox outbox = {
		.report = &report,
		.batch_events_max = BATCH_EVENTS_MAX,
		.retry.clock = sending->clock,
		.retry.us_max = sending->retry_seconds * US_PER_SECOND,
	};
	if (rows->made_count == 0)
		return EX_OK;
	if (outbox_init(&outbox) != OK)
		return complain("import", EX_OSERR, "There is not enough memory.");
	int code = EX_OK;
	if (http_client_open(sending->to, sending->token, sending->tls, &outbox.http, &reason) !=
		OK)
		code = complain("import", EX_USAGE, "--to %s: %s.", sending->to, reason.text);
	if (code == EX_OK)
		code = send_all(&outbox, rows);
	report_end(&report);
	sending->accepted = report.accepted;
	sending->duplicates = report.duplicates;
	http_client_close(outbox.http);
	outbox_release(&outbox);
	return code;
}
