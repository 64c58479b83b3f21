/*
 * engine/live.h - histories, sums and work lists of today, kept up with the log.
 *
 * A person whose events change is marked: what the person contributed is subtracted
 * before the change and added again at the next refresh. The sums of a new day are
 * folded from everybody; those of tomorrow can be folded while today's are shown, so
 * that nobody waits for them at midnight. The thread that makes a live owns it:
 * it alone follows, refreshes and changes days (a CHECK holds it).
 */
#ifndef ENGINE_LIVE_H
#define ENGINE_LIVE_H

#include <pthread.h>

#include "engine/agreements.h"
#include "engine/fold.h"
#include "engine/packed_sums.h"
#include "engine/publication.h"
#include "engine/quality_sums.h"
#include "engine/service_models.h"
#include "engine/worklist.h"

#define LIVE_DAYS_MAX 2 /* today and tomorrow */

/* The sums and the work lists of one reference date. */
struct live_day {
	struct question question;
	struct packed_sums sums;      /* as of the last refresh */
	struct tally *news;           /* what is to be added to them at the next */
	struct agreements agreements; /* with sums at their own days, kept up as well */
	struct worklist *worklist;    /* held; as of the last refresh */
	struct worklist_draft draft;  /* of the next */
};

/* The records (after, to], counted for data_quality. */
struct live_window {
	struct tally *tally; /* NULL: nothing was counted */
	uint64_t after;
	uint64_t to;
};

struct live {
	atomic_size_t holders;      /* the owner, and who has a lease; the last one frees */
	struct histories histories; /* shared: recall.h */
	struct quality_sums *quality;
	struct folding folding;
	unsigned threads;           /* that may read the log, or fold everybody, at once */
	uint64_t records_of_a_part; /* the least that are worth a thread */
	uint64_t people_of_a_part;
	struct live_day days[LIVE_DAYS_MAX];
	size_t day_count;
	struct publication **publications; /* in the order of the log */
	size_t publication_count;
	size_t publication_size;
	struct tree_pool trees;  /* of the publications */
	bool agreements_changed; /* one was made or withdrawn, or a day has not listed them yet */
	struct service_models models;
	size_t disclosed_count; /* the first of the publications: those that live_disclose() did */
	bool folds_published;   /* what the store has all of as well: to hold it against that */
	bool publications_changed;  /* the log was followed over what withdraws one */
	uint64_t published_version; /* grows when one comes, and when one is withdrawn */
	uint32_t *marked;           /* people whose contribution is subtracted */
	size_t marked_count;
	size_t marked_size;
	uint64_t quality_after; /* data_quality holds (quality_after, quality_to] */
	uint64_t quality_to;
	struct live_window recent; /* at the last publication, or where gathering ended */
	struct acts acts;          /* of the store that it was made from */
	struct reader *reader;     /* during a call, for the change of a history */
	pthread_t thread;          /* that owns it: the one that made it */
};

/* ERR_FULL: no memory. */
enum err live_new(struct live **out) NODISCARD;
void live_free(struct live *live); /* accepts NULL; leases may outlive it */

/*
 * What other threads may answer from, while the owner goes on: the histories, by recall.h, and the
 * records that are counted for data_quality, up to applied_seq at least. Nothing else of a live.
 * Who has a lease drops it before long, since nothing of the live is freed before.
 */
struct lease {
	struct live *live;
	uint64_t applied_seq;
	uint64_t last_act; /* of the store that the live was made from */
};

/* For the owner; the caller drops it. */
struct lease live_lease(struct live *live);

/* Any thread: another holder, and one less. */
struct lease lease_hold(const struct lease *lease);
void lease_drop(struct lease *lease); /* accepts one that was dropped, or zeros */

/*
 * ERR_CONFLICT: somebody was erased or restricted since the live was made, which changes what is in
 * it already: make a new one.
 */
enum err live_check(struct live *live, struct reader *reader) NODISCARD;

/*
 * Follows the log towards `seq_to`, by at most `records_max` records, and no further
 * than the next ReportPublished, whose figures are then folded: call it again until
 * histories.applied_seq is there. Marks people, does not fold them. ERR_CONFLICT:
 * live_check()'s.
 */
enum err live_follow(
	struct live *live, struct reader *reader, uint64_t seq_to, uint64_t records_max) NODISCARD;

/*
 * live_follow() from the beginning to all that is known at `known_us`, which is settled, by several
 * threads: the histories are gathered (gather.h), and what was published is recalled from them.
 * For a live that follows nothing yet; on error it can only be freed. Errors as live_follow()'s.
 */
enum err live_gather(struct live *live, struct reader *reader, int64_t known_us) NODISCARD;

/*
 * Finds how the publications are shown: as the store has it, else anew, which takes some
 * milliseconds each, so that the caller can stop in between. *out is the next of which the store
 * lacks something, NULL when there is none left: keep it, and its figures unless it is withheld,
 * in the store before it is shown to anybody; `stored` says so then.
 *
 * The base of a municipality's first publication that is not withheld holds for all later
 * ones: counts as multiples of two bases are exact where the two meet. One without a base is
 * withheld. ERR_FULL: no memory. ERR_CORRUPT: the store is damaged.
 */
enum err live_disclose(
	struct live *live, struct reader *reader, struct publication **out) NODISCARD;

/*
 * Gathers the whole log and finds how all publications are shown, for who shows them once. Errors
 * as live_follow()'s and live_disclose()'s.
 */
enum err live_read_all(struct live *live, struct reader *reader) NODISCARD;

/*
 * Reads what the store has of the publications beside their records, as of applied_seq.
 * live_follow() does it, too. For state.c.
 */
enum err live_publications_note(struct live *live, struct reader *reader) NODISCARD;

/* Keeps a copy of a publication, whose part is the live's from then on. For state.c. */
enum err live_publication_add(struct live *live, const struct publication *publication) NODISCARD;

/*
 * Adds the marked people again and moves data_quality's window to end at
 * `known_us`. The histories must have been followed to the last seq known then.
 * *changed: some sum may have changed since the last refresh.
 */
enum err live_refresh(
	struct live *live, struct reader *reader, int64_t known_us, bool *changed) NODISCARD;

/* Frees what a day has; for live.c and state.c. */
void live_day_release(struct live_day *day);

/* Folds everybody at `as_of` and keeps the other days. CHECKs that there is room. */
enum err live_day_add(struct live *live, struct reader *reader, int32_t as_of) NODISCARD;

/* Forgets the days before `as_of`. */
void live_days_drop_before(struct live *live, int32_t as_of);

/* The sums at `as_of`; NULL when it is not among the days. */
const struct live_day *live_day_find(const struct live *live, int32_t as_of);

#endif
