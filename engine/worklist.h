/*
 * engine/worklist.h - the rows of all partners' work lists at one reference date, kept up
 * with the log.
 *
 * The rows of a person follow from that person's events alone (indicators/person/due.h). So
 * when people have changed, a new list is made, with the new rows of those people
 * and the old rows of all others. A list never changes once it is made, and whoever reads
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

/* True when two lists of one day hold the same. */
bool worklist_equal(const struct worklist *a, const struct worklist *b);

/* The rows of the next list. `*draft = (struct worklist_draft){0}` is an empty one. */
struct worklist_draft {
	struct due *rows;
	size_t row_count;
	size_t row_size;
	struct worklist_sent *sent; /* as in the list; changes as people come and go */
	size_t sent_count;
	bool failed;     /* there was no memory */
	uint32_t person; /* of the rows that due_find() is finding */
	int64_t sign;
};

void worklist_draft_release(struct worklist_draft *draft);

/*
 * With sign 1: adds the rows of person `number`, who was prepared from a history of
 * `fact_count` facts, and counts what the partners sent. With sign -1, before the history
 * changes: subtracts those counts; the old rows are left out by worklist_make(). ERR_FULL:
 * no memory.
 */
enum err worklist_take(struct worklist_draft *draft, uint32_t number, const struct person *person,
	size_t fact_count, int64_t sign) NODISCARD;

/*
 * Takes over what is in `more`, which was found of other people: the rows of both are in the order
 * of the people's numbers, and stay so. ERR_FULL: no memory, and both are as they were.
 */
enum err worklist_draft_merge(struct worklist_draft *draft, struct worklist_draft *more) NODISCARD;

/*
 * Makes the list that follows `before` (NULL: there is none): the rows of `people`,
 * who are sorted, are those taken in since, in that order; everybody else's stay. The
 * draft's rows are emptied. ERR_FULL: no memory.
 */
enum err worklist_make(struct worklist_draft *draft, int32_t as_of, const struct worklist *before,
	const uint32_t *people, size_t people_count, struct worklist **out) NODISCARD;

#endif
