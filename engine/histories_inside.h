/*
 * engine/histories_inside.h - what following and gathering share; for these two only.
 */
#ifndef ENGINE_HISTORIES_INSIDE_H
#define ENGINE_HISTORIES_INSIDE_H

#include "engine/histories.h"
#include "proto/codec.h"

/*
 * What a record says; it borrows from the record or from `arena`, which is for what
 * cannot be read at a glance. Errors as event_read_stored()'s.
 */
enum err event_of_record(
	const struct record *record, struct arena *arena, struct event *out) NODISCARD;

/* False: nothing that histories keep. */
bool event_is_kept(const struct event *event);

/* Makes sure that there is room for a person; that the names of partners are known. */
enum err person_reserve(struct histories *histories, uint32_t person) NODISCARD;
enum err partner_reserve(
	struct histories *histories, struct reader *reader, uint16_t partner) NODISCARD;

/* By day, class and partner; 0: the ids decide. */
int fact_compare(const struct names *partners, const struct fact *a, const struct fact *b);

#endif
