/*
 * daemon/server/intake.h - where the rows come from that the store of this machine is made of.
 *
 * One machine has none: what is submitted to the committer is proposed, ordered and applied in one
 * transaction of its own store. In a cluster a log that all nodes share is the source: who has
 * something to say proposes it there as one row, and every node applies all rows in the order of
 * their positions, its own too (front.h does both). Another engine is another file beside
 * postgres.c, which fills this in.
 *
 * What an intake promises:
 *  - positions begin at 1 and have no gaps; whoever is shown one was shown all before it;
 *  - a row that propose() or next() has returned is durable on so many machines as the engine
 *    promises, and stays at its position for ever;
 *  - a proposal becomes one row or none, however often it is proposed under its number.
 *
 * All but wake() are called by one thread. Errors, of all of them:
 * ERR_IO: the engine does not answer, and what became of a proposal is unknown: connect again, and
 * propose the same again. ERR_CONFLICT: the engine does not promise now what it must, or somebody
 * else has this node's name: nothing was taken, look again later. ERR_INVALID: it is not the log
 * that this store follows, or no longer has what the store needs next: stop, nobody can guess.
 * *reason says it for people.
 */
#ifndef DAEMON_SERVER_INTAKE_H
#define DAEMON_SERVER_INTAKE_H

#include "store/log.h"

struct intake_row {
	uint64_t pos;
	uint64_t number; /* of a proposal of this process: that of propose(); else 0 */
	int64_t at_us;   /* its records are stamped at or after this; grows with the position */
	uint8_t chain[LOG_CHAIN_SIZE]; /* see intake_chain() */
	struct bytes bytes;            /* borrowed until the next call */
};

/* What a store says of itself when it connects. */
struct intake_store {
	const struct log_place *place;
	uint64_t last_seq; /* what it has of before; a cluster begins with one such store */
	int64_t last_recorded_us;
};

struct intake {
	void *self;

	/* Connects, and makes sure that the store belongs to it. *cluster: which one it is. */
	enum err (*connect)(void *self, const struct intake_store *store,
		uint8_t cluster[LOG_CLUSTER_SIZE], struct reason *reason);

	/* Looks whether it keeps what it promises; and does what is due now and then. */
	enum err (*look)(void *self, struct reason *reason);

	/*
	 * Proposes under the number, which is larger than those of other proposals before. The row
	 * is that of the proposal, with the bytes that were handed in.
	 */
	enum err (*propose)(void *self, uint64_t number, int64_t at_us, struct bytes bytes,
		struct intake_row *row, struct reason *reason);

	/*
	 * The row after `after`. All up to `applied` is durable in the store. ERR_NOT_FOUND: there
	 * is none yet.
	 */
	enum err (*next)(void *self, uint64_t after, uint64_t applied, struct intake_row *row,
		struct reason *reason);

	/* Waits for news, at most for so long, or until woken; with nothing connected too. */
	enum err (*wait)(void *self, int64_t us, struct reason *reason);
	void (*wake)(void *self); /* any thread */

	/* Gives up the connection; connect() makes another. */
	void (*disconnect)(void *self);
};

/* The chain that follows `before` by a row: SHA-256 of it, position, instant and bytes. */
void intake_chain(const uint8_t before[LOG_CHAIN_SIZE], const struct intake_row *row,
	uint8_t out[LOG_CHAIN_SIZE]);

#endif
