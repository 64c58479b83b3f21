/*
 * proto/raw.h - an event as somebody sent it, before it is checked.
 *
 * Protobuf (codec.c) and JSON (ingest/json.c) are both read into this; only
 * validate.c decides what is right. All bytes are borrowed from the request or
 * its arena.
 */
#ifndef PROTO_RAW_H
#define PROTO_RAW_H

#include "proto/event.h"

enum raw_kind {
	RAW_ABSENT, /* not sent, or null */
	RAW_INTEGER,
	RAW_BOOL,
	RAW_TEXT, /* JSON: also an integer or the name of an enumeration's value */
	RAW_LIST,
	RAW_WRONG, /* sent, and of a type that no field has: an object, 1.5 */
};

struct raw {
	enum raw_kind kind;
	int64_t integer; /* RAW_INTEGER; RAW_BOOL: 0 or 1 */
	struct bytes text;
	const struct raw *items;
	size_t item_count;
};

/* What is wrong around an event, in the form of its transport. */
struct raw_fault {
	const char *field; /* NULL: nothing is wrong */
	const char *message;
	bool missing; /* missing_field, else bad_value */
};

struct raw_event {
	bool not_an_event; /* no JSON object: bad_syntax */
	bool key_twice;    /* JSON, in a line: an object has a key twice, nothing else is read */

	struct raw_fault around; /* nothing but the id and the unknown name is read then */

	bool has_unknown;          /* a field or key that the schema does not have */
	struct bytes unknown_name; /* JSON: the key */
	unsigned unknown_number;   /* protobuf: the field's number; 0 in JSON */

	struct raw envelope[ENVELOPE_COUNT];

	size_t body_count;           /* bodies that are present: 0, 1, or more, which is an error */
	const struct schema *schema; /* of the body, when there is one */
	bool body_is_wrong;          /* JSON: the body is no object */
	struct raw fields[EVENT_VALUES_MAX];
};

#endif
