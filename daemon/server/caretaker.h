/*
 * daemon/server/caretaker.h - looks after the store while it is served: the scrub, and who holds an
 * old view of it.
 *
 * The scrub reads every page of the store from the disk and holds it against what was written, in
 * small steps: at most a tenth of one core, and a round in less than a day. What it finds is told
 * once each, and from the first on nothing is written and no view is taken (log_is_damaged()).
 *
 * A view that is held keeps the pages that it sees from being used again, so that the store fills
 * up. Who holds one for long, or much with it, is told before it costs half of the store.
 */
#ifndef DAEMON_SERVER_CARETAKER_H
#define DAEMON_SERVER_CARETAKER_H

#include "base/clock.h"
#include "store/log.h"

struct caretaker;

/* Starts the thread. ERR_FULL: no memory, or no thread. */
enum err caretaker_start(
	struct log *log, const struct clock *clock, struct caretaker **out) NODISCARD;

/* Ends the thread, before the log is closed. Both accept NULL. */
void caretaker_stop(struct caretaker *caretaker);
void caretaker_free(struct caretaker *caretaker);

/* What it knows. */
struct care {
	double round;             /* the part of this round of the scrub that is behind; 1: all */
	uint64_t findings;        /* pages that are not as they were written, since the start */
	struct log_reader reader; /* that holds the oldest view; pid 0: nobody does */
	bool reader_is_stuck;
};

/* Any thread. */
void caretaker_look(struct caretaker *caretaker, struct care *out);

/* Is this reader to be told of? It holds its view for long, or much with it. */
bool caretaker_minds(const struct log_reader *reader);

#endif
