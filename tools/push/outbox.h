/*
 * tools/push/outbox.h - gathers events into requests over HTTP, and sends each
 * until it is answered.
 *
 * Sending a request again is safe, because events have ids: what arrived the
 * first time is a duplicate the second time.
 */
#ifndef TOOLS_PUSH_OUTBOX_H
#define TOOLS_PUSH_OUTBOX_H

#include "tools/push/http_client.h"
#include "tools/push/report.h"
#include "tools/push/retry.h"

struct outbox {
	/* Set by the caller. */
	struct http_client *http;
	struct report *report;
	size_t batch_events_max;
	struct retry retry; /* of a request that fails */

	/* What waits to be sent. */
	struct text events;
	struct sent_event *items;
	size_t item_count;

	struct text body; /* of the request */
	struct http_answer answer;
};

/* Makes room for a batch. ERR_FULL: there is no memory. */
enum err outbox_init(struct outbox *outbox) NODISCARD;
void outbox_release(struct outbox *outbox);

/*
 * Takes one event and sends when a batch is full; outbox_flush() sends the rest.
 * EX_OK, or the exit code: why is said, and the outbox is over.
 */
int outbox_add(struct outbox *outbox, const struct source_item *item) NODISCARD;
int outbox_flush(struct outbox *outbox) NODISCARD;

#endif
