/*
 * engine/publication.h - what a municipality made public, and the gate: what of it anybody
 * may see.
 *
 * What is published never changes: its sums are folded when the log is followed to its
 * record, and how they are shown is found once and kept in the store, with the figures as they are
 * shown. Then the sums are not needed any more, and no start folds them again. It can be withdrawn.
 * Everybody who shows something to somebody without an analyst's token asks
 * publications_ask(): the web, the metrics, `ladder report`. Nobody else decides it.
 */
#ifndef ENGINE_PUBLICATION_H
#define ENGINE_PUBLICATION_H

#include <stdatomic.h>

#include "base/text.h"
#include "engine/kept_tree.h"
#include "engine/answer.h"
#include "store/reader.h"

#define WITHDRAWN_NEVER INT64_MAX

/* What a ReportPublished made public: the sums of one municipality as known at that record. */
struct publication {
	atomic_uint holders; /* the live that made it, and who shows it; the last one frees */
	uint64_t seq;
	int64_t recorded_us; /* K */
	int32_t as_of;       /* P */
	uint16_t municipality;
	struct packed part; /* none: not folded, or no longer needed */
	bool decided;       /* the store has all that is shown of it: it is not folded */

	/* What the store has beside the record. */
	int64_t round_to;     /* the base that was noted; 0: ladderd 0.1 recorded it, with none */
	int32_t definitions;  /* the set that was current */
	int64_t withdrawn_us; /* when it was withdrawn, or WITHDRAWN_NEVER */

	bool disclosed; /* the disclosure is found */
	struct disclosure disclosure;
	struct kept_tree kept; /* its figures, once disclosed; none: it is withheld */
	bool stored;           /* the store has them */
};

struct publication *publication_hold(struct publication *publication);
void publication_drop(struct publication *publication);

/* The set of definitions that a row notes: without a note it is the first. */
static inline int32_t publication_definitions(const struct published *row)
{
	return row->definitions == 0 ? DEFINITIONS_MIN : (int32_t)row->definitions;
}

/* What it answers, in the set that was current at its record. */
static inline struct question publication_question(const struct publication *publication)
{
	struct question question = question_at(publication->as_of);
	question.definitions = publication->definitions;
	return question;
}

/* Without a base it is shown to nobody: it was shown by rules that kept no promise. */
static inline bool publication_has_base(const struct publication *publication)
{
	return publication->round_to != 0;
}

/*
 * How the sums of a publication are shown; withheld where too few people live. ERR_FULL: no
 * memory.
 */
enum err publication_disclose(
	const struct publication *publication, int64_t round_to, struct disclosure *out) NODISCARD;

/*
 * A disclosure as the store keeps it: lines of text, the base and whether it is shown, then
 * each move. Unpacking: ERR_CORRUPT: it is no disclosure.
 */
void disclosure_pack(const struct disclosure *disclosure, struct text *out);
enum err disclosure_unpack(struct bytes packed, struct disclosure *out) NODISCARD;

/*
 * The tree of what is published, in the public profile, in the arena. CHECKs that the
 * publication was disclosed and that it is not withheld. ERR_FULL: there is no memory.
 * ERR_CORRUPT: the figures that were kept are damaged.
 */
enum err publication_build(const struct publication *publication, struct arena *arena,
	const struct figure **out) NODISCARD;

/* Appends the JSON of what publication_build() makes. ERR_FULL: no memory. */
enum err publication_print(const struct publication *publication, struct text *out) NODISCARD;

/* One of `struct publications`: as it stood when these were made. */
struct publication_item {
	const struct publication *publication;
	int64_t withdrawn_us; /* or WITHDRAWN_NEVER */
};

/* Publications, in the order of municipality, day and record. They are not owned. */
struct publications {
	struct publication_item *items;
	size_t count;
};

/* Takes `count` publications in any order, all disclosed. ERR_FULL: no memory. */
enum err publications_init(
	struct publications *publications, struct publication *const *list, size_t count) NODISCARD;
void publications_release(struct publications *publications);

/* It is published: it was not withdrawn. Of a quarter there is at most one such. */
static inline bool publication_stands(const struct publication_item *item)
{
	return item->withdrawn_us == WITHDRAWN_NEVER;
}

/* What is asked for without an analyst's token. */
struct publication_question {
	uint16_t municipality; /* PART_ALL: nothing is published of all together */
	int32_t as_of;         /* DAY_NONE: the newest that is shown */
	int32_t known_day;     /* the civil day of the record; DAY_NONE: whichever stands */
};

enum publication_state {
	PUBLICATION_NONE,      /* nothing that was asked for is published */
	PUBLICATION_SHOWN,     /* show it */
	PUBLICATION_WITHHELD,  /* published, but people are too few or would be given away */
	PUBLICATION_WITHDRAWN, /* it was published, and taken back on a day */
};

struct publication_answer {
	enum publication_state state;
	const struct publication *publication; /* which; NULL: none */
	int32_t withdrawn_day;                 /* PUBLICATION_WITHDRAWN: the civil day */
};

/* The sentences for people, beside the answer's own number: one for whatever withholds it. */
#define PUBLICATION_WITHHELD_SAYS                                                                  \
	"this publication is withheld: too few people live there, or its figures would give "      \
	"exact counts away even when they are rounded"
#define PUBLICATION_WITHDRAWN_SAYS "the municipality withdrew this publication on"

/* The gate. */
struct publication_answer publications_ask(
	const struct publications *publications, const struct publication_question *question);

/*
 * What stands of the municipality of `publication` for earlier days, the last `max` of them,
 * in their order. Returns how many.
 */
size_t publications_before(const struct publications *publications,
	const struct publication *publication, size_t max, const struct publication **out);

#endif
