/*
 * engine/publication.h - what a municipality made public, and the gate: what of it anybody
 * may see.
 *
 * A publication never changes once it is folded. Everybody who shows something to somebody
 * without an analyst's token asks publications_ask(): the web, the metrics, `ladder report`.
 * Nobody else decides it.
 */
#ifndef ENGINE_PUBLICATION_H
#define ENGINE_PUBLICATION_H

#include "base/text.h"
#include "engine/packed.h"
#include "engine/answer.h"

/*
 * What a ReportPublished made public: the sums of one municipality as known at that
 * record. Never changes once it is made; how it is shown follows from the sums and from
 * the base that the daemon is told to round to.
 */
struct publication {
	uint64_t seq;
	int64_t recorded_us; /* K */
	int32_t as_of;       /* P */
	uint16_t municipality;
	struct packed part;           /* none: nothing was ever said about the municipality */
	struct disclosure disclosure; /* round_to 0: not found yet */
};

/* How the sums of a publication are shown. ERR_FULL: no memory. */
enum err publication_disclose(
	const struct publication *publication, int64_t round_to, struct disclosure *out) NODISCARD;

/*
 * The tree of what is published, in the public profile, in the arena. CHECKs that the
 * publication was disclosed and that it is not withheld. ERR_FULL: there is no memory.
 */
enum err publication_build(const struct publication *publication, struct arena *arena,
	const struct figure **out) NODISCARD;

/* Appends the JSON of what publication_build() makes. ERR_FULL: no memory. */
enum err publication_print(const struct publication *publication, struct text *out) NODISCARD;

/* Publications, in the order of municipality and day. They are not owned. */
struct publications {
	const struct publication **items;
	size_t count;
};

/* Takes `count` publications in any order, all disclosed. ERR_FULL: no memory. */
enum err publications_init(
	struct publications *publications, struct publication *const *list, size_t count) NODISCARD;
void publications_release(struct publications *publications);

/* What is asked for without an analyst's token. */
struct publication_question {
	uint16_t municipality; /* PART_ALL: nothing is published of all together */
	int32_t as_of;         /* DAY_NONE: the newest */
	bool has_known_at;
	int64_t known_us; /* it must be the publication's own */
};

enum publication_state {
	PUBLICATION_NONE,     /* nothing that was asked for is published */
	PUBLICATION_SHOWN,    /* show it */
	PUBLICATION_WITHHELD, /* published, but it would give exact counts away */
};

/* The gate. *out is the publication that the answer is about; NULL: there is none. */
enum publication_state publications_ask(const struct publications *publications,
	const struct publication_question *question, const struct publication **out) NODISCARD;

/*
 * The publications of the municipality of `publication` for earlier days, at most `max` of
 * them, the last ones, in their order: points at the first of *count in a row.
 */
const struct publication *const *publications_before(const struct publications *publications,
	const struct publication *publication, size_t max, size_t *count);

#endif
