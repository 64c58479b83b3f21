/*
 * daemon/server/outcomes.c - see outcomes.h.
 */
#include "daemon/server/outcomes.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "proto/bsn.h"

#define LOOK_US (3600 * INT64_C(1000000))

void outcomes_init(struct outcomes *outcomes, int64_t now_us)
{
	*outcomes = (struct outcomes){ .started_us = now_us, .looked_us = now_us };
}

void outcomes_release(struct outcomes *outcomes)
{
	while (outcomes->first != NULL) {
		struct sender_outcome *outcome = outcomes->first;
		outcomes->first = outcome->next;
		free(outcome);
	}
}

struct sender_outcome *outcomes_of(struct outcomes *outcomes, struct bytes partner)
{
	struct sender_outcome *outcome = outcomes->first;
	while (outcome != NULL && !bytes_are(partner, outcome->name))
		outcome = outcome->next;
	if (outcome != NULL)
		return outcome;
	CHECK(partner.length <= ACCESS_NAME_LENGTH_MAX);
	outcome = calloc(1, sizeof(*outcome));
	if (outcome == NULL)
		return NULL;
	memcpy(outcome->name, partner.data, partner.length);
	outcome->next = outcomes->first;
	outcomes->first = outcome;
	return outcome;
}

void outcome_reject(
	struct sender_outcome *outcome, const struct rejection *rejection, int64_t now_us)
{
	struct card_rejected *last = &outcome->last[outcome->last_next];
	outcome->events[RESULT_REJECTED]++;
	outcome->codes[rejection->code]++;
	outcome->last_next = (outcome->last_next + 1) % CARD_REJECTED_MAX;
	if (outcome->last_count < CARD_REJECTED_MAX)
		outcome->last_count++;
	*last = (struct card_rejected){
		.at_us = now_us,
		.index = rejection->index,
		.code = rejection->code,
	};
	CHECK(rejection->id.length < sizeof(last->id));
	/* A number of a person may stand in the id, too. */
	bool is_kept = rejection->id.length > 0 && rejection->code != REJECTION_LOOKS_LIKE_BSN &&
		       !looks_like_bsn(rejection->id);
	if (is_kept)
		memcpy(last->id, rejection->id.data, rejection->id.length);
}

/* The one that is so many before the newest. */
static size_t place_of(const struct sender_outcome *outcome, size_t before)
{
	CHECK(before < outcome->last_count);
	return (outcome->last_next + CARD_REJECTED_MAX - 1 - before) % CARD_REJECTED_MAX;
}

struct card_outcome outcome_say(
	const struct outcomes *outcomes, const struct sender_outcome *outcome)
{
	struct card_outcome said = { .since_us = outcomes->started_us };
	if (outcome == NULL)
		return said;
	said.accepted = outcome->events[RESULT_ACCEPTED];
	said.duplicates = outcome->events[RESULT_DUPLICATE];
	said.rejected = outcome->events[RESULT_REJECTED];
	memcpy(said.codes, outcome->codes, sizeof(said.codes));
	for (size_t i = 0; i < outcome->last_count; i++)
		said.last[said.last_count++] = outcome->last[place_of(outcome, i)];
	return said;
}

void outcomes_forget(struct outcomes *outcomes, int64_t now_us)
{
	if (now_us >= outcomes->looked_us && now_us < outcomes->looked_us + LOOK_US)
		return;
	outcomes->looked_us = now_us;
	for (struct sender_outcome *one = outcomes->first; one != NULL; one = one->next) {
		while (one->last_count > 0) {
			struct card_rejected *oldest =
				&one->last[place_of(one, one->last_count - 1)];
			if (oldest->at_us > now_us - REJECTED_US_MAX)
				break;
			memset(oldest, 0, sizeof(*oldest));
			one->last_count--;
		}
	}
}
