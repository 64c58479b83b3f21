/*
 * engine/snapshot.h - the figures of today as they are shown: immutable, made by
 * the refresher, read by the loop.
 */
#ifndef ENGINE_SNAPSHOT_H
#define ENGINE_SNAPSHOT_H

#include <stdatomic.h>

#include "engine/curves.h"
#include "engine/live.h"
#include "engine/metrics.h"
#include "engine/answer.h"

struct snapshot_answer {
	uint16_t municipality;     /* or PART_ALL */
	struct text json;          /* bears the known_at of its making */
	const struct figure *tree; /* the same, in `trees` */
	struct arena agreed;       /* of its agreements */
	struct curves curves;      /* behind the tree */
};

/* What does not change when only time goes on. */
struct snapshot_figures {
	atomic_size_t holders;
	struct answer_head head; /* of all municipalities */
	struct snapshot_answer *answers;
	size_t answer_count;
	struct arena trees;
	struct service_models models; /* as known now */
	struct metrics metrics;
};

/* What was published. The publications are the live's. */
struct snapshot_published {
	atomic_size_t holders;
	struct publications publications;
	struct publication **held; /* those of `publications` */
	size_t held_count;
	uint64_t version;       /* the live's, when this was made */
	struct metrics metrics; /* of each municipality's newest that is shown */
};

struct snapshot {
	struct snapshot_figures *figures;
	struct snapshot_published *published;
	struct worklist *worklist; /* of all partners; held */
	int64_t known_us;          /* K: settled */
	int32_t as_of;             /* P: the civil day of K */
	uint64_t seq;              /* the last record included */
};

/* Prints the figures of one day of a live. ERR_FULL: no memory. */
enum err snapshot_figures_new(const struct live *live, const struct live_day *day, int64_t known_us,
	struct snapshot_figures **out) NODISCARD;

/*
 * Takes the publications as they stand, and prints the metrics of what each municipality
 * shows. live_disclose() must have done all. ERR_FULL: no memory.
 */
enum err snapshot_published_new(const struct live *live, struct snapshot_published **out) NODISCARD;

/* One holder more or less of all three; the last one frees. Any thread. */
void snapshot_hold(const struct snapshot *snapshot);
void snapshot_drop(const struct snapshot *snapshot);

/* Appends the JSON for a municipality, bearing the snapshot's K. ERR_FULL: no memory. */
enum err snapshot_print(
	const struct snapshot *snapshot, uint16_t municipality, struct text *out) NODISCARD;

/*
 * The tree of a municipality's figures, bearing the snapshot's K. It refers to the
 * snapshot, which must be held, and to the arena of FIGURES_ARENA_SIZE.
 */
const struct figure *snapshot_tree(
	const struct snapshot *snapshot, uint16_t municipality, struct arena *arena);

/* The curves behind that tree, as long as the snapshot is held; NULL: nothing was ever said. */
const struct curves *snapshot_curves(const struct snapshot *snapshot, uint16_t municipality);

#endif
