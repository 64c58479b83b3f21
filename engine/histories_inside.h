/*
 * engine/histories_inside.h - what following and gathering share; for these two only.
 */
#ifndef ENGINE_HISTORIES_INSIDE_H
#define ENGINE_HISTORIES_INSIDE_H

#include "engine/histories.h"
#include "proto/codec.h"

#define EVENT_ARENA_SIZE ((size_t)64 << 10) /* for one stored event */

/*
 * The event of a record; it borrows from the record or from `arena`, which is used when
 * event_decode_fast() does not know the body's form. Errors as event_read_stored()'s.
 */
enum err event_of_record(
	const struct record *record, struct arena *arena, struct event *out) NODISCARD;

/* False for an EventRetracted and a ReportPublished: histories do not keep them. */
bool event_is_kept(const struct event *event);

/* Makes room for a person; reads the names of the partners up to this number. */
enum err person_reserve(struct histories *histories, uint32_t person) NODISCARD;
enum err partner_reserve(
	struct histories *histories, struct reader *reader, uint16_t partner) NODISCARD;

/* Keeps a fact beside the others that the record `by` withdraws. ERR_FULL: no memory. */
enum err history_add_past(struct history *history, const struct fact *fact, uint64_t by) NODISCARD;

/* histories_sort() of a history that is nobody else's. */
enum err history_sort(
	const struct names *partners, struct history *history, struct reader *reader) NODISCARD;

/* The order of facts of one day: by class and partner's name; 0: the ids decide. */
int fact_compare_within(const struct names *partners, const struct fact *a, const struct fact *b);

/* The order by day, class and partner's name; 0: the ids decide. */
static inline int fact_compare(
	const struct names *partners, const struct fact *a, const struct fact *b)
{
	if (a->day_offset != b->day_offset)
		return a->day_offset < b->day_offset ? -1 : 1;
	return fact_compare_within(partners, a, b);
}

#endif
