/*
 * tools/common/handover.h - the file by which a person is handed over to another municipality,
 * sealed for the holder of a key: what durations need to go on there, and no more.
 *
 * It begins with HANDOVER_MARK; all behind it is one sealed box (secret/seal.h). A box does not
 * say who sealed it: whoever has the public half of the key can write one. So what is in it is
 * checked as if it came from a stranger, and only what belongs into a hand-over is taken.
 *
 * Its events get their ids from what they say: a file that is imported twice, or two files that
 * say the same, give duplicates.
 */
#ifndef TOOLS_COMMON_HANDOVER_H
#define TOOLS_COMMON_HANDOVER_H

#include "base/arena.h"
#include "base/text.h"
#include "proto/validate.h"
#include "secret/pseudonym.h"
#include "secret/seal.h"

#define HANDOVER_MARK       "ladder hand-over 1\n"
#define HANDOVER_EVENTS_MAX 5 /* registered, settled, moved, assessed, language level */
#define HANDOVER_BYTES_MAX  ((size_t)16 << 10)
#define HANDOVER_ID_LENGTH  (11 + SALTED_HASH_LENGTH)

/* `{ .subject = …, .moved_on = … }` is one without events. */
struct handover {
	struct bytes subject; /* borrowed */
	int32_t moved_on;     /* the civil day of the move */
	bool has_municipality;
	uint16_t municipality; /* where the person lives now, if that is said */
	struct event events[HANDOVER_EVENTS_MAX];
	size_t count;
};

/* Adds an event of the person, without values, which are the caller's to set. */
struct event *handover_add(
	struct handover *handover, enum event_type type, uint16_t municipality, int32_t day);

/* Appends the whole file. ERR_FULL: no memory. */
enum err handover_close(
	const struct handover *handover, const struct seal_key *key, struct text *out) NODISCARD;

/* Does the file begin as one? */
bool handover_is(struct bytes file);

/*
 * Opens a file for which handover_is() holds; *out borrows from the arena. ERR_INVALID: it was
 * sealed for another key, was changed on its way, or holds what no hand-over does: *reason says
 * so, and never repeats it. ERR_FULL: no memory, or no room in the arena.
 */
enum err handover_open(struct bytes file, const struct seal_secret *secret,
	const struct event_rules *rules, struct arena *arena, struct handover *out,
	struct reason *reason) NODISCARD;

/*
 * Adds that the person settled in `municipality` on the day of the move, once, to what has been
 * opened.
 */
void handover_settle(struct handover *handover, uint16_t municipality);

/* Appends the JSON of an event, with its id, as it is pushed. */
void handover_print(const struct handover *handover, size_t index, struct text *out);

#endif
