/*
 * daemon/server/outcomes.h - what became of each partner's events since the daemon started, for
 * that partner's report card.
 *
 * Of the last rejections the place in their request, the code and the id are kept, an id only if
 * it is an identifier and the event was not rejected for holding the number of a person: nothing
 * else that was sent. They are forgotten after 30 days, and with the daemon. The loop's thread
 * only.
 */
#ifndef DAEMON_SERVER_OUTCOMES_H
#define DAEMON_SERVER_OUTCOMES_H

#include "daemon/server/counters.h"
#include "daemon/server/access.h"
#include "engine/card.h"

#define REJECTED_US_MAX (30 * INT64_C(86400) * 1000000)

/* Of one partner. */
struct sender_outcome {
	struct sender_outcome *next;
	char name[ACCESS_NAME_LENGTH_MAX + 1];
	uint64_t events[RESULT_COUNT];
	uint64_t codes[REJECTION_CODE_COUNT];
	struct card_rejected last[CARD_REJECTED_MAX]; /* a ring */
	size_t last_next;                             /* where the next one goes */
	size_t last_count;
};

struct outcomes {
	struct sender_outcome *first;
	int64_t started_us;
	int64_t looked_us; /* when it was last looked which are too old */
};

void outcomes_init(struct outcomes *outcomes, int64_t now_us);
void outcomes_release(struct outcomes *outcomes);

/*
 * That of a partner, made when it is new. NULL: there is no memory, so that nothing is counted.
 */
struct sender_outcome *outcomes_of(struct outcomes *outcomes, struct bytes partner);

/* Counts one more rejection and keeps what may be kept of it. */
void outcome_reject(
	struct sender_outcome *outcome, const struct rejection *rejection, int64_t now_us);

/* What the card says of it, the newest rejection first; NULL: of nobody. */
struct card_outcome outcome_say(
	const struct outcomes *outcomes, const struct sender_outcome *outcome);

/* Forgets what is too old; to be called often, it looks once an hour. */
void outcomes_forget(struct outcomes *outcomes, int64_t now_us);

#endif
