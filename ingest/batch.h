/*
 * ingest/batch.h - the bytes of one request become events and rejections.
 *
 * Opens nothing and knows no library of the network: HTTP, the stream and a
 * file all come through here.
 */
#ifndef INGEST_BATCH_H
#define INGEST_BATCH_H

#include "ingest/rights.h"

enum batch_format {
	BATCH_PROTOBUF, /* an EventBatch */
	BATCH_JSON,     /* {"events": [...]} */
	BATCH_NDJSON,   /* one Event a line; empty lines are skipped */
	BATCH_CLOUD,    /* a JSON array of CloudEvents; see cloud_event.h */
};

struct batch_limits {
	size_t events_max;                    /* events in one request */
	const struct subject_forms *subjects; /* that are demanded; NULL: none are */
};

/* Arena that a request of `length` bytes may need; more than this is refused. */
size_t batch_arena_size(size_t length);

/*
 * What reading takes of memory beside the arena, until it ends: a JSON text is read whole by its
 * library.
 */
size_t batch_heap_size(struct bytes bytes, enum batch_format format);

struct batch_item {
	enum verdict verdict; /* VERDICT_ACCEPTED: not known to be wrong so far */
	struct event event;
	struct bytes body;          /* when not rejected: what the log keeps of it, canonical */
	uint32_t round_to;          /* of a ReportPublished; for the caller to fill in */
	struct rejection rejection; /* when rejected; its index is the item's place */
};

struct batch {
	struct batch_item *items; /* one per event, in the request's order, in the arena */
	size_t count;
};

/*
 * Reads, checks and holds against the partner's rights. On OK the batch borrows
 * from `bytes` and from the arena, and has at least one item.
 * ERR_INVALID: cannot be read, *reason says why (JSON: with line and column): 400.
 * ERR_FULL: over a limit, *reason names it: 413. ERR_CONFLICT: the arena is too small.
 * ERR_IO: the system has no memory now: 503. None of these rejects an event.
 */
enum err batch_read(struct bytes bytes, enum batch_format format, const struct batch_limits *limits,
	const struct rights *rights, int32_t today, struct arena *arena, struct batch *out,
	struct reason *reason) NODISCARD;

#endif
