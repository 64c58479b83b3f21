/*
 * base/budget.h - one amount of memory that all buffers share.
 *
 * Whoever lets somebody else make a buffer grow takes its bytes from a *share* of the budget
 * first, and gives them back when the buffer goes. A share may hold no more than what is left
 * free thereafter, divided by its `parts`. So one that takes all it can gets a half, the next one
 * a half of the rest, and so on: something is left for whoever comes.
 *
 * What waits (a body that comes, an answer that goes) and what is being worked on (the arena of a
 * batch on its way to the disk) are counted apart, each by that rule: so that what waits for a peer
 * that does nothing, or for memory, does not keep the work from ending.
 *
 * Example (budget_test.c plays it): a budget of 100, two partners of one part, and strangers of
 * four.
 *
 *   a takes 50        50 are free, as many as it holds: not one more
 *   b takes 25        25 are free
 *   strangers take 5  20 are free, four times as many: not one more
 *   a gives 50        70 are free: b may take 22 more
 *
 * Any thread may call these.
 */
#ifndef BASE_BUDGET_H
#define BASE_BUDGET_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct budget {
	pthread_mutex_t mutex; /* guards what is used, and what its shares hold */
	size_t size;
	size_t used;
};

/* Until when bytes are held. */
enum holding {
	HELD_FOR_PEER, /* until a peer has sent or read */
	HELD_FOR_WORK, /* until a thread of ours is done */
	HOLDINGS,
};

struct share {
	struct budget *budget;
	size_t parts;
	size_t held[HOLDINGS];
};

void budget_init(struct budget *budget, size_t size);

/* All must have been given back. */
void budget_release(struct budget *budget);

/* The bytes that all shares hold. */
size_t budget_used(struct budget *budget);

/* A share of at most 1 / (parts + 1) of the budget; the budget outlives it. */
void share_init(struct share *share, struct budget *budget, size_t parts);

/* False: that would be too much; nothing was taken. */
bool share_take(struct share *share, enum holding holding, size_t bytes) NODISCARD;

/* Takes as much as it may, up to `most`. 0: that would be less than `least`, nothing was taken. */
size_t share_take_some(
	struct share *share, enum holding holding, size_t least, size_t most) NODISCARD;

/* Counts bytes that were held as `from` as held as `to` from here on, whatever `to` may take. */
void share_move(struct share *share, enum holding from, enum holding to, size_t bytes);

void share_give(struct share *share, enum holding holding, size_t bytes);

/* The most that it may hold of a kind, ever: while nothing else is held but so many bytes. */
size_t share_most(const struct share *share, size_t beside);

#endif
