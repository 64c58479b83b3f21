/*
 * tools/push/delivery.h - gathers events into requests over HTTP, and sends each
 * until it is answered.
 *
 * Sending a request again is safe, because events have ids: what arrived the
 * first time is a duplicate the second time.
 */
#ifndef TOOLS_PUSH_DELIVERY_H
#define TOOLS_PUSH_DELIVERY_H

#include "tools/push/http.h"
#include "tools/push/report.h"
#include "tools/push/retry.h"

struct delivery {
	/* Set by the caller. */
	struct http *http;
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
enum err delivery_init(struct delivery *delivery) NODISCARD;
void delivery_release(struct delivery *delivery);

/*
 * Takes one event and sends when a batch is full; delivery_flush() sends the rest.
 * EX_OK, or the exit code: why is said, and the delivery is over.
 */
int delivery_add(struct delivery *delivery, const struct piece *piece) NODISCARD;
int delivery_flush(struct delivery *delivery) NODISCARD;

#endif
