/*
 * daemon/server/delivery.h - a batch of a partner on its way through the committer, whatever
 * door it came through.
 */
#ifndef DAEMON_SERVER_DELIVERY_H
#define DAEMON_SERVER_DELIVERY_H

#include "base/arena_pool.h"
#include "base/budget.h"
#include "daemon/server/access.h"
#include "daemon/server/committer.h"
#include "daemon/server/outcomes.h"
#include "proto/codec.h"

/* What batches are read by and counted with; outlives every delivery. */
struct reception {
	size_t events_max;                  /* of one batch */
	struct committer *const *committer; /* knows what day it is at least */
	struct counters *counters;          /* the loop's thread */
	struct outcomes *outcomes;          /* the same */
	struct access *const *access;       /* that is in force: it has what municipalities set */
	struct arena_pool *arenas;          /* that batches are read into; the loop's thread */
	uint32_t round_to;                  /* the base where it says nothing */
};

struct delivery {
	const struct reception *reception;
	struct share *share; /* of the memory that all share: the partner's */
	size_t held;         /* bytes of it, HELD_FOR_WORK */
	size_t least;        /* so much it needs at least, as far as is known */
	struct arena arena;
	struct batch batch;
	char partner[ACCESS_NAME_LENGTH_MAX + 1];
	char succeeds[ACCESS_NAME_LENGTH_MAX + 1]; /* "": nobody */
	struct submission submission;              /* its `done` and `context` are the door's */
};

/*
 * Reads `bytes`, which must outlive the delivery, into a batch that can be submitted. Its memory is
 * of that share; `bytes` are counted by the caller. ERR_INVALID: it cannot be read. ERR_FULL: over
 * a limit. ERR_CONFLICT: there is no memory now, or the machine's clock is before any event; it may
 * be tried again with the same delivery, which knows how little was not enough. *reason says it for
 * the sender. On error nothing is held.
 * `*delivery = (struct delivery){0}` before the first try.
 */
enum err delivery_read(struct delivery *delivery, const struct reception *reception,
	const struct partner *partner, struct share *share, struct bytes bytes,
	enum batch_format format, struct reason *reason) NODISCARD;
void delivery_release(struct delivery *delivery);

/*
 * What became of the batch, once it is durable; counts it. Its rejections are in the
 * delivery's arena. ERR_FULL: there is no room to say it: sending again says it.
 */
enum err delivery_result(struct delivery *delivery, struct ingest_result *result) NODISCARD;

#endif
