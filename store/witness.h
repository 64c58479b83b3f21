/*
 * store/witness.h - the witness beside LMDB's file, `data.sums`: what each page of the store was
 * when it was written, and how far the log went; for store/ only.
 *
 * LMDB has no checksums, and its head alone says where the log ends. So after each commit the
 * writer notes here a checksum of every page that the commit wrote, and of the head. Whoever opens
 * the store holds all pages of its tree against that: a page that is not what was written, or a
 * head that names an older commit, is damage, and the store is not opened.
 *
 *   slots    at 0 and 512: struct slot, written in turn; the newest that is sound counts
 *   sums     at 4096: of each page 8 bytes, by its number
 *
 * It is written after the commit and never synced for it: that costs a commit some microseconds,
 * and a crash can leave it behind the store, never ahead. A slot also has the sum of all sums, so
 * that a witness which is behind, cut or damaged itself is known as that: the whole store is then
 * verified against its log once, as one that has no witness, and the witness is made anew.
 *
 * What counts as damage while the slot holds: its commit is not the head's, its head is not the
 * head's bytes, a page differs. While the head is newer than the slot the witness is behind. A head
 * that is older than the slot is damage in any case: the slot was written when that commit was
 * durable, so acknowledged records are gone.
 */
#ifndef STORE_WITNESS_H
#define STORE_WITNESS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "store/pages.h"

#define WITNESS_FILE "data.sums"

struct witness {
	int fd;      /* of the witness; -1: there is none, or it cannot be written */
	int data_fd; /* of the store, to be read from the disk itself; -1 */
	bool whole;  /* the file has all that is here */
	bool torn;   /* a walk over a commit broke off: what is here is of none */
	uint64_t serial;
	uint64_t txn;
	uint64_t last_seq;
	uint64_t pages; /* of which there are sums: as the head says */
	uint64_t all;   /* the sum of all sums */
	uint64_t head;  /* the sum of the head of `txn`; 0: not known */
	uint64_t used;  /* pages of the tree */
	uint64_t *of;   /* the sums */
	size_t of_size;
	uint64_t *in_tree; /* bits */
	size_t in_tree_size;
	size_t page_size;
	uint64_t made_anew;          /* times that the tree was not what was reckoned; for tests */
	pthread_mutex_t mutex;       /* of what the scrub reads: `of`, `in_tree`, `pages`, `used` */
	pthread_mutex_t scrub_mutex; /* held by a step of the scrub, and while data_fd changes */
	uint64_t scrub_next;         /* the page that it looks at next */
};

void witness_init(struct witness *witness);
void witness_release(struct witness *witness);

enum witness_state {
	WITNESS_HOLDS,  /* every page is what was written */
	WITNESS_BEHIND, /* there is no witness of this commit: verify the store against its log */
};

/*
 * Looks at head and witness of the store in `path`, before LMDB does. `busy`: a writer may be at
 * work, which is waited for. ERR_CORRUPT: the head is damaged, or older than the witness.
 */
enum err witness_look(const char *path, bool busy, struct reason *reason) NODISCARD;

/*
 * Holds every page of the commit `txn` (0: of the newest) against the witness. `fd` is of the data;
 * the commit is held by a view, or there is no other writer. ERR_CORRUPT: a page is damaged.
 * ERR_NOT_FOUND: the head of the commit is written over; take a newer view.
 */
enum err witness_check(struct witness *witness, const char *path, int fd, uint64_t txn, bool busy,
	enum witness_state *out, struct reason *reason) NODISCARD;

/*
 * The writer's: opens the witness to be written, made when it is absent. From the next
 * witness_follow() on it has all. After witness_check().
 */
enum err witness_open(struct witness *witness, const char *path, struct reason *reason) NODISCARD;

/*
 * After a commit: notes the pages that it wrote, `fd` as above. A witness that cannot be written
 * is no failure: the commit is durable, and the next one writes all. ERR_CORRUPT: the commit's own
 * pages are not sound. ERR_FULL: no memory; as it can be made anew from the store, go on.
 */
enum err witness_follow(
	struct witness *witness, int fd, uint64_t last_seq, struct reason *reason) NODISCARD;

/*
 * The writer's, before a commit: is the head still that of the commit that is followed, and the
 * file as long as it says? ERR_CORRUPT: no. ERR_IO.
 */
enum err witness_head(const struct witness *witness, int fd, struct reason *reason) NODISCARD;

/* After another file took the place of the data: makes the witness of it, whole. */
enum err witness_renew(struct witness *witness, const char *path, int fd, uint64_t last_seq,
	struct reason *reason) NODISCARD;

/* Removes the witness of a store whose data will be another file's. ERR_IO. */
enum err witness_remove(const char *path, struct reason *reason) NODISCARD;

/* Makes a witness of the copy in `path` that is not opened. */
enum err witness_of_copy(const char *path, uint64_t last_seq, struct reason *reason) NODISCARD;

/*
 * Reads up to `pages` pages from the disk, in their order, and holds them against the witness; any
 * thread. *round: the part of the round that is behind, 1 at its end. ERR_CORRUPT: a page is
 * damaged; the next call goes on after it. ERR_IO, ERR_FULL: the system; try again later.
 */
enum err witness_scrub(
	struct witness *witness, unsigned pages, double *round, struct reason *reason) NODISCARD;

/* Pages of the tree and the two heads: what of the file is in use. Any thread. */
uint64_t witness_used(struct witness *witness);

#endif
