/*
 * engine/worklist.h - the rows of all partners' work lists at one reference date, kept up
 * with the log.
 *
 * The rows of a person follow from that person's events alone (indicators/person/due.h). So
 * when people have changed, their rows are found again and put in the place of those
 * there were, in a new list: a list never changes once it is made, and whoever reads
 * one holds it. A list costs memory per row, not per event, and a question about one
 * partner costs a walk through the rows.
 */
#ifndef ENGINE_WORKLIST_H
#define ENGINE_WORKLIST_H

#include <stdatomic.h>

#include "base/err.h"
#include "indicators/person/due.h"

/* How many people a partner sent each kind of news about. */
struct worklist_sent {
	int64_t people[DUE_REASON_COUNT];
};

struct worklist {
	atomic_size_t holders;
	int32_t as_of;
	struct due *rows; /* in the order of the people's numbers */
	size_t row_count;
	struct worklist_sent *sent; /* by the store's number of the partner, from 0 */
	size_t sent_count;
};

/* One holder more; returns `list`. One holder less, the last one frees. Accept NULL. Any thread. */
struct worklist *worklist_hold(struct worklist *list);
void worklist_drop(struct worklist *list);

/* Does the partner send this kind of news at all? */
bool worklist_sends(const struct worklist *list, uint16_t partner, enum due_reason reason);

/* True when two lists of one day say the same. */
bool worklist_equal(const struct worklist *a, const struct worklist *b);

/* What a list will be made of. `*draft = (struct worklist_draft){0}` is an empty one. */
struct worklist_draft {
	struct due *rows;
	size_t row_count;
	size_t row_size;
	struct worklist_sent *sent; /* as in the list; changes as people come and go */
	size_t sent_count;
	bool failed;     /* there was no memory */
	uint32_t person; /* whose rows are found */
	int64_t sign;
};

void worklist_draft_release(struct worklist_draft *draft);

/*
 * Takes in the rows of `number`, who was prepared from a history of `fact_count` facts:
 * sign 1. Sign -1, before the history changes: takes off what the partners sent; the
 * rows go in worklist_make(). ERR_FULL: no memory.
 */
enum err worklist_take(struct worklist_draft *draft, uint32_t number, const struct person *person,
	size_t fact_count, int64_t sign) NODISCARD;

/*
 * Makes the list that follows `before` (NULL: there is none): the rows of `people`,
 * who are sorted, are those taken in since, in that order; everybody else's stay. The
 * draft's rows are emptied. ERR_FULL: no memory.
 */
enum err worklist_make(struct worklist_draft *draft, int32_t as_of, const struct worklist *before,
	const uint32_t *people, size_t people_count, struct worklist **out) NODISCARD;

#endif
