/*
 * proto/validate.h - from what was sent to a checked event, or to the one code
 * of its rejection.
 *
 * The order of the checks is that of spec/events.md ("Requests that cannot be
 * read"): syntax, unknown fields, the envelope's fields, the body's fields.
 * The partner's rights (ingest/) and identity and target (store/) come after.
 */
#ifndef PROTO_VALIDATE_H
#define PROTO_VALIDATE_H

#include "base/arena.h"
#include "base/date.h"
#include "proto/bsn.h"
#include "proto/raw.h"
#include "proto/subject_form.h"

/* X(NAME, code): all codes of a rejection. */
#define REJECTION_CODES(X)                                                                         \
	X(BAD_SYNTAX, bad_syntax)                                                                  \
	X(UNKNOWN_FIELD, unknown_field)                                                            \
	X(MISSING_FIELD, missing_field)                                                            \
	X(BAD_VALUE, bad_value)                                                                    \
	X(LOOKS_LIKE_BSN, looks_like_bsn)                                                          \
	X(OCCURRED_IN_FUTURE, occurred_in_future)                                                  \
	X(OCCURRED_TOO_EARLY, occurred_too_early)                                                  \
	X(TYPE_NOT_ALLOWED, type_not_allowed)                                                      \
	X(MUNICIPALITY_NOT_ALLOWED, municipality_not_allowed)                                      \
	X(ID_CONFLICT, id_conflict)                                                                \
	X(TARGET_UNKNOWN, target_unknown)                                                          \
	X(TARGET_WITHDRAWN, target_withdrawn)                                                      \
	X(ALREADY_PUBLISHED, already_published)                                                    \
	X(TOO_MANY_EVENTS, too_many_events)                                                        \
	X(TOO_MANY_MUNICIPALITIES, too_many_municipalities)

enum rejection_code {
#define REJECTION_CODE_ENUM(NAME, code) REJECTION_##NAME,
	REJECTION_CODES(REJECTION_CODE_ENUM)
#undef REJECTION_CODE_ENUM
		REJECTION_CODE_COUNT,
};

/* Why an event is not taken. Texts are constants or in the request's arena. */
struct rejection {
	enum rejection_code code;
	size_t index;        /* position in the batch, from 0 */
	struct bytes id;     /* if it is an identifier; else empty */
	const char *field;   /* name in spec/events.md; "body"; "" when no field is meant */
	const char *message; /* says what is allowed; never repeats what was sent */
};

/* The code as spec/events.md spells it. */
const char *rejection_code_name(enum rejection_code code);

enum verdict {
	VERDICT_ACCEPTED,
	VERDICT_DUPLICATE,
	VERDICT_REJECTED,
};

/* The first day of which there are events: 1990-01-01. */
static inline int32_t event_day_first(void)
{
	return day_from_civil((struct civil){ 1990, 1, 1 });
}

/* What an event is held against, beside the schema. */
struct event_rules {
	int32_t today; /* the civil day of who checks */
	struct subject_forms subjects;
};

/*
 * Checks `raw`. VERDICT_ACCEPTED: *event is filled and borrows from what `raw`
 * borrowed. VERDICT_REJECTED: *rejection is filled, but for its index.
 * ERR_FULL: the arena has no room for the message.
 */
enum err event_validate(const struct raw_event *raw, const struct event_rules *rules,
	struct arena *arena, enum verdict *verdict, struct event *event,
	struct rejection *rejection) NODISCARD;

#endif
