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

/* There are hundreds: what is seldom asked for is packed. */
struct snapshot_answer {
	uint16_t municipality;    /* or PART_ALL */
	struct packed json;       /* bears the known_at of its making */
	struct kept_tree tree;    /* the same */
	size_t tree_room;         /* of an arena for it */
	struct packed_part *part; /* behind the tree; held. NULL: nothing was added to it */
};

/* What does not change when only time goes on. */
struct snapshot_figures {
	atomic_size_t holders;
	struct answer_head head; /* of all municipalities */
	struct snapshot_answer *answers;
	size_t answer_count;
	struct tree_pool trees;
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

/* One holder more or less of all three; the last one frees. Any thread. NULL has no holders. */
void snapshot_hold(const struct snapshot *snapshot);
void snapshot_drop(const struct snapshot *snapshot);

/* Appends the JSON for a municipality, bearing the snapshot's K. ERR_FULL: no memory. */
enum err snapshot_print(
	const struct snapshot *snapshot, uint16_t municipality, struct text *out) NODISCARD;

/*
 * The tree of a municipality's figures, bearing the snapshot's K, in an arena that is made for it;
 * the caller releases that. ERR_FULL: no memory, and there is nothing to release.
 */
enum err snapshot_tree(const struct snapshot *snapshot, uint16_t municipality, struct arena *arena,
	const struct figure **out) NODISCARD;

/*
 * The curves behind that tree, for curves_release(). ERR_NOT_FOUND: nothing was ever said.
 * ERR_FULL: no memory. On error they are empty.
 */
enum err snapshot_curves(
	const struct snapshot *snapshot, uint16_t municipality, struct curves *out) NODISCARD;

#endif
