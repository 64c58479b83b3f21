/*
 * engine/worklist.c - see worklist.h.
 */
#include "engine/worklist.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/grow.h"

struct worklist *worklist_hold(struct worklist *list)
{
	if (list != NULL)
		atomic_fetch_add(&list->holders, 1);
	return list;
}

void worklist_drop(struct worklist *list)
{
	if (list == NULL || atomic_fetch_sub(&list->holders, 1) > 1)
		return;
	free(list->rows);
	free(list->sent);
	free(list);
}

bool worklist_sends(const struct worklist *list, uint16_t partner, enum due_reason reason)
{
	return partner < list->sent_count && list->sent[partner].people[reason] > 0;
}

bool worklist_equal(const struct worklist *a, const struct worklist *b)
{
	size_t partners = a->sent_count > b->sent_count ? a->sent_count : b->sent_count;
	if (a->as_of != b->as_of || a->row_count != b->row_count ||
		(a->row_count > 0 &&
			memcmp(a->rows, b->rows, a->row_count * sizeof(*a->rows)) != 0))
		return false;
	static const struct worklist_sent nothing;
	for (size_t i = 0; i < partners; i++) {
		const struct worklist_sent *left = i < a->sent_count ? &a->sent[i] : &nothing;
		const struct worklist_sent *right = i < b->sent_count ? &b->sent[i] : &nothing;
		if (memcmp(left, right, sizeof(*left)) != 0)
			return false;
	}
	return true;
}

void worklist_draft_release(struct worklist_draft *draft)
{
	free(draft->rows);
	free(draft->sent);
	*draft = (struct worklist_draft){ 0 };
}

static void take_due(void *context, const struct due *due)
{
	struct worklist_draft *draft = context;
	if (draft->row_count == draft->row_size) {
		size_t size = draft->row_size + draft->row_size / 2 + 256;
		if (!GROW_TO(draft->rows, size)) {
			draft->failed = true;
			return;
		}
		draft->row_size = size;
	}
	draft->rows[draft->row_count] = *due;
	draft->rows[draft->row_count++].person = draft->person;
}

/* Room for the counts of so many partners. */
static bool sent_reserve(struct worklist_draft *draft, size_t count)
{
	if (count <= draft->sent_count)
		return true;
	if (!GROW_TO(draft->sent, count))
		return false;
	memset(draft->sent + draft->sent_count, 0,
		(count - draft->sent_count) * sizeof(*draft->sent));
	draft->sent_count = count;
	return true;
}

static void take_sent(void *context, uint16_t partner, enum due_reason reason)
{
	struct worklist_draft *draft = context;
	if (!sent_reserve(draft, (size_t)partner + 1)) {
		draft->failed = true;
		return;
	}
	draft->sent[partner].people[reason] += draft->sign;
	CHECK(draft->sent[partner].people[reason] >= 0);
}

enum err worklist_take(struct worklist_draft *draft, uint32_t number, const struct person *person,
	size_t fact_count, int64_t sign)
{
	const struct due_sink sink = {
		.due = sign > 0 ? take_due : NULL,
		.sent = take_sent,
		.context = draft,
	};
	draft->person = number;
	draft->sign = sign;
	due_find(person, fact_count, &sink);
	return draft->failed ? ERR_FULL : OK;
}

enum err worklist_draft_merge(struct worklist_draft *draft, struct worklist_draft *more)
{
	size_t count = draft->row_count + more->row_count, left = 0, right = 0;
	if (!sent_reserve(draft, more->sent_count))
		return ERR_FULL;
	struct due *rows = malloc((count + 1) * sizeof(*rows));
	if (rows == NULL)
		return ERR_FULL;
	for (size_t i = 0; i < count; i++) {
		bool from_more = left == draft->row_count ||
				 (right < more->row_count &&
					 more->rows[right].person < draft->rows[left].person);
		rows[i] = from_more ? more->rows[right++] : draft->rows[left++];
		CHECK(i == 0 || rows[i - 1].person <= rows[i].person);
	}
	for (size_t i = 0; i < more->sent_count; i++) {
		for (size_t reason = 0; reason < DUE_REASON_COUNT; reason++)
			draft->sent[i].people[reason] += more->sent[i].people[reason];
	}
	free(draft->rows);
	draft->rows = rows;
	draft->row_count = draft->row_size = count;
	worklist_draft_release(more);
	return OK;
}

/* Appends to `rows` those of `before` whose people are not among `people`, and the draft's. */
static size_t merge(struct due *rows, const struct worklist *before,
	const struct worklist_draft *draft, const uint32_t *people, size_t people_count)
{
	size_t count = 0, taken = 0, person = 0, kept = before == NULL ? 0 : before->row_count;
	for (size_t i = 0; i < kept; i++) {
		const struct due *row = &before->rows[i];
		while (person < people_count && people[person] < row->person)
			person++;
		if (person < people_count && people[person] == row->person)
			continue;
		while (taken < draft->row_count && draft->rows[taken].person < row->person)
			rows[count++] = draft->rows[taken++];
		rows[count++] = *row;
	}
	while (taken < draft->row_count)
		rows[count++] = draft->rows[taken++];
	return count;
}

/* A copy of `count` items, of which there may be none. */
static bool copy_of(const void *items, size_t count, size_t size, void **out)
{
	*out = NULL;
	if (count == 0)
		return true;
	*out = malloc(count * size);
	if (*out == NULL)
		return false;
	memcpy(*out, items, count * size);
	return true;
}

enum err worklist_make(struct worklist_draft *draft, int32_t as_of, const struct worklist *before,
	const uint32_t *people, size_t people_count, struct worklist **out)
{
	size_t max = draft->row_count + (before == NULL ? 0 : before->row_count);
	struct worklist *list = calloc(1, sizeof(*list));
	struct due *rows = malloc((max + 1) * sizeof(*rows));
	void *sent = NULL;
	if (list == NULL || rows == NULL ||
		!copy_of(draft->sent, draft->sent_count, sizeof(*draft->sent), &sent)) {
		free(list);
		free(rows);
		return ERR_FULL;
	}
	atomic_init(&list->holders, 1);
	list->as_of = as_of;
	list->sent = sent;
	list->sent_count = draft->sent_count;
	list->rows = rows;
	list->row_count = merge(rows, before, draft, people, people_count);
	free(draft->rows);
	draft->rows = NULL;
	draft->row_count = draft->row_size = 0;
	*out = list;
	return OK;
}
