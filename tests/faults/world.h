/*
 * tests/faults/world.h - a whole ladderd but for its doors, in virtual time on a disk that fails:
 * requests are read, committed by the committer, followed and refreshed, and what was promised is
 * written down and held against what the store has.
 *
 * Promised is: what was acknowledged is found, once, as it was sent, in its order; seq has no
 * gaps, stamps grow; what was refused is not there; no event is rejected for a fault of ours; what
 * is sent again is a duplicate; figures that were answered for an instant never change; what is
 * kept up with the log equals a fold from nothing. What does not hold ends the program, with the
 * seed.
 */
#ifndef TESTS_FAULTS_WORLD_H
#define TESTS_FAULTS_WORLD_H

#include "daemon/server/committer.h"
#include "engine/live.h"
#include "tests/faults/disk.h"
#include "tests/unit/clock_virtual.h"

#define SAID_MAX     400
#define ANSWERED_MAX 6
#define TEXT_MAX     256
#define PLACE_MAX    256

/* One sending of an event. */
struct said {
	char text[TEXT_MAX]; /* its JSON, as the log prints it */
	unsigned partner;
	unsigned id;
	bool is_bad;     /* it is wrong: to be rejected */
	bool retracts;   /* it may be rejected for its target */
	int32_t day;     /* on which it happened */
	bool was_taken;  /* a committer had it, and did not refuse it */
	bool is_known;   /* acknowledged: accepted, or a duplicate */
	uint64_t order;  /* of those that were accepted; 0: it was not */
	size_t known_at; /* the length of the journal when it was acknowledged */
};

/* Figures that were given away. */
struct answered {
	int64_t known_us;
	struct question question;
	struct text text;
	size_t known_at; /* the length of the journal */
};

struct world {
	char store[PLACE_MAX];
	size_t size_max; /* of the store; while it is small, it may be full */
	struct chance chance;
	struct clock_virtual time;
	struct clock clock;
	struct counters counters;
	struct log *log;             /* NULL: it is down */
	struct committer *committer; /* NULL: it is down */
	struct live *live;           /* NULL: none */
	struct said said[SAID_MAX];
	size_t said_count;
	struct answered answered[ANSWERED_MAX];
	size_t answered_count;
	struct reason reason; /* of the last start that failed */
	uint64_t accepted;    /* events ever */
	uint64_t pushes;      /* answered as durable */
	uint64_t refusals;    /* of pushes, for faults */
};

/* Says what does not hold, and ends the program. */
#define HOLDS(world, condition)                                                                    \
	((condition) ? (void)0 : world_fails((world), #condition, __FILE__, __LINE__))
void world_fails(const struct world *world, const char *what, const char *file, int line)
	__attribute__((noreturn));

/* Printed when something does not hold: what is being done, to do it again. */
void world_tell(const char *format, ...) PRINTF_LIKE(1, 2);

/* Adds to what is printed when something does not hold: what happened in this story so far. */
void world_note(const char *format, ...) PRINTF_LIKE(1, 2);

/* Called before the program ends because something does not hold. */
void world_at_failure(void (*clean)(void));

/* A world whose store will be in the empty folder `store`; nothing is opened. */
void world_init(struct world *world, const char *store, uint64_t seed);
void world_release(struct world *world);

/* From the next start on the store may have so many bytes. */
void world_size(struct world *world, size_t size_max);

/* May something fail now? Else all that is asked must succeed. */
bool world_may_fail(const struct world *world);

/* Starts. False: something failed, and it is down. */
bool world_open(struct world *world);

/* Ends, in order; what cannot be saved is not. */
void world_close(struct world *world);

/* One or some batches of some events, sent at once and awaited. */
void world_push(struct world *world);

/* Follows the log, refreshes, and answers some figures, which are noted. */
void world_follow(struct world *world);

/* Saves the state, as the end does and as it is done now and then. */
void world_save(struct world *world);

/* Lets time pass; nobody sends anything: the index catches up. */
void world_rest(struct world *world);

/* Copies the store into the empty folder `to`, and looks at the copy. */
void world_backup(struct world *world, const char *to);

/*
 * Everything that was promised up to this length of the journal holds in the store in `path`, which
 * nobody has open: it is opened, looked at, sent everything again, and closed.
 */
void world_check(struct world *world, const char *path, size_t known_at, bool thoroughly);

#endif
