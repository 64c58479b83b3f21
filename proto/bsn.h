/*
 * proto/bsn.h - numbers of persons in the place of an identifier: citizen service numbers (BSN),
 * V-numbers, file numbers. They must never enter the log.
 */
#ifndef PROTO_BSN_H
#define PROTO_BSN_H

#include "base/bytes.h"

/*
 * True when `text`, whole, is written as such a number (spec/events.md, The envelope):
 *
 * - 8, 9 or 10 digits only;
 * - 9 digits that pass the eleven-test, in groups of 3-3-3 or 4-2-3 with one of . _ : - between;
 * - BSN in any case, then any of . _ : - or none, then 8 digits or more, or 9 digits in those
 *   groups; whatever follows.
 */
bool looks_like_bsn(struct bytes text);

#endif
