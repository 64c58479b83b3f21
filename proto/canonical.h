/*
 * proto/canonical.h - the canonical protobuf of an event read by hand; for proto/ and tests.
 *
 * There is one canonical form: fields in the order of their numbers, each at most once,
 * numbers in as few bytes as they need. event_encode() writes it, and nearly every sender's
 * library does too. What is in that form is read here, without protobuf-c and its memory;
 * any other is left to protobuf-c. So nothing is decided here: it is quicker, or it is not
 * there. tests/fuzz/batch_protobuf.c holds the two against each other.
 */
#ifndef PROTO_CANONICAL_H
#define PROTO_CANONICAL_H

#include "base/arena.h"
#include "proto/raw.h"

/*
 * True: *out is what event_unpack() makes of these bytes. False: ask event_unpack(), they
 * may be right or wrong; *out is undefined.
 */
bool event_read_canonical(struct bytes bytes, struct arena *arena, struct raw_event *out);

/* Reads one protobuf Event with protobuf-c, whatever its form (codec.c): see event_decode(). */
enum err event_unpack(struct bytes bytes, struct arena *arena, struct raw_event *out) NODISCARD;

#endif
