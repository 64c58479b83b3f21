/*
 * tools/push_delivery.h - gathers events into requests, sends each until it is
 * answered, and keeps count of what came of them.
 *
 * Sending a request again is safe, because events have ids: what arrived the
 * first time is a duplicate the second time.
 */
#ifndef TOOLS_PUSH_DELIVERY_H
#define TOOLS_PUSH_DELIVERY_H

#include <stdio.h>

#include "tools/push_http.h"
#include "tools/push_source.h"

struct delivery_item {
	size_t offset; /* in `events` */
	size_t length;
	uint64_t place;
};

struct delivery {
	/* Set by the caller. */
	struct http *http;
	size_t batch_events_max;
	int64_t retry_us_max; /* a request that fails is tried again for so long */
	FILE *rejects;        /* NULL: the first few are told on standard error */
	bool show_progress;
	const char *file; /* that is being sent, as people call it */
	enum push_format format;

	/* What waits to be sent. */
	struct text events;
	struct delivery_item *items;
	size_t item_count;

	struct text body; /* of the request */
	struct http_answer answer;

	/* Counts. */
	uint64_t accepted;
	uint64_t duplicates;
	uint64_t rejected;
	uint64_t last_seq;
	int64_t shown_us; /* when progress was shown last */
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

/* Says what is not shown of the rejections, and ends the line of progress. */
void delivery_end(struct delivery *delivery);

#endif
