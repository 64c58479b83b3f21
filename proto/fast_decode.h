/*
 * proto/fast_decode.h - a stored event read in one pass, without protobuf-c.
 *
 * A fold reads millions of bodies that this program wrote. event_encode() writes one
 * event in one way only: fields in the order of their numbers, each at most once,
 * numbers in as few bytes as they need. What is in that form is read here, checked as
 * event_read_stored() checks it; what is in any other form is left to that one. So a
 * glance decides nothing: it is quicker, or it is not there. A differential fuzz test
 * (tests/fuzz/record.c) holds the two against each other.
 */
#ifndef PROTO_FAST_DECODE_H
#define PROTO_FAST_DECODE_H

#include "proto/event.h"

/*
 * True: *out is what event_read_stored() makes of these bytes, and borrows from them.
 * False: ask event_read_stored(), they may be right or wrong; *out is undefined.
 */
bool event_decode_fast(struct bytes bytes, struct event *out);

#endif
