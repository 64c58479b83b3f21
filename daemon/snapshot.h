/*
 * daemon/snapshot.h - the figures of today as they are shown: immutable, made by
 * the refresher, read by the loop.
 */
#ifndef DAEMON_SNAPSHOT_H
#define DAEMON_SNAPSHOT_H

#include <stdatomic.h>

#include "engine/live.h"
#include "engine/metrics.h"
#include "engine/print.h"

struct snapshot_answer {
	uint16_t municipality; /* or PART_ALL */
	struct text json;      /* bears the known_at of its making */
};

/* What does not change when only time goes on. */
struct snapshot_figures {
	atomic_size_t holders;
	struct answer_head head; /* of all municipalities */
	struct snapshot_answer *answers;
	size_t answer_count;
	struct metrics metrics;
};

struct snapshot {
	struct snapshot_figures *figures;
	int64_t known_us; /* K: settled */
	int32_t as_of;    /* P: the civil day of K */
	uint64_t seq;     /* the last record included */
};

/* Prints the figures of one day. ERR_FULL: no memory. */
enum err snapshot_figures_new(
	const struct live_day *day, int64_t known_us, struct snapshot_figures **out) NODISCARD;

/* One holder more or less; the last one frees. Drop accepts NULL. Any thread. */
struct snapshot_figures *snapshot_figures_hold(struct snapshot_figures *figures);
void snapshot_figures_drop(struct snapshot_figures *figures);

/* Appends the JSON for a municipality, bearing the snapshot's K. ERR_FULL: no memory. */
enum err snapshot_print(
	const struct snapshot *snapshot, uint16_t municipality, struct text *out) NODISCARD;

#endif
