/*
 * daemon/server/proposal.h - what stands in one row of a cluster's log: all that was decided before
 * it was proposed, so that every node writes the same records from it.
 *
 * A row is a group: the events of some batches that were not rejected, with what their sender may
 * do; or a knowledge instant to be settled; or an act of the operator; in this order. What depends
 * on a machine (rights, today, limits, the base of rounding, the set of definitions) was decided by
 * the front, and what follows of it is in the row. What depends on the log (identity, targets,
 * keys, limits used up) every node decides from the rows before.
 *
 * The bytes, as protobuf would have them; whoever does not know the version stops:
 *
 *   message Row {
 *     uint64 version = 1;  uint64 definitions = 2;
 *     uint64 person_events_max = 3;  uint64 partner_municipalities_max = 4;
 *     int64 settle_us = 5;  repeated Batch batches = 6;  Act act = 7;
 *   }
 *   message Batch { bytes partner = 1;  bytes succeeds = 2;  repeated Item items = 3; }
 *   message Item {
 *     uint64 municipality = 1;  uint64 day = 2;  bytes subject = 3;
 *     bytes event = 4;  // as the log has it: canonical, with id and key only
 *     uint64 round_to = 5;
 *   }
 *   message Act { uint64 type = 1;  bytes subject = 2;  uint64 before = 3; }
 */
#ifndef DAEMON_SERVER_PROPOSAL_H
#define DAEMON_SERVER_PROPOSAL_H

#include "base/arena.h"
#include "base/text.h"
#include "daemon/server/committer.h"
#include "proto/log_act.h"
#include "store/log.h"

#define ROW_VERSION 1

/* What the operator asked for. */
struct proposal_act {
	enum log_act_type type; /* LOG_ACT_NONE: nothing */
	struct bytes subject;   /* or empty: of LOG_ACT_ERASED everybody with no event since ... */
	int32_t before;         /* ... this day */
};

struct proposal {
	struct log_rules rules;
	int64_t settle_us; /* INT64_MIN: none */
	struct proposal_act act;
	struct log_entry *entries; /* what these borrow is of the bytes, and of the arena */
	size_t entry_count;
	struct event *events;
	struct arena arena;
};

/* Appends the row of a group of submissions: batches, and instants to be settled. */
void proposal_encode(
	const struct submission *group, const struct log_rules *rules, struct text *out);

/* Appends the row of an act. */
void proposal_encode_act(
	const struct proposal_act *act, const struct log_rules *rules, struct text *out);

/*
 * Reads a row, which borrows from `bytes`. ERR_INVALID: it is none that this program knows; *reason
 * says so. ERR_FULL: there is no memory. On error nothing is held.
 */
enum err proposal_decode(struct bytes bytes, struct proposal *out, struct reason *reason) NODISCARD;

/* Writes over what was read, and gives it back. */
void proposal_release(struct proposal *proposal);

#endif
