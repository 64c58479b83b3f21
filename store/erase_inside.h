/*
 * store/erase_inside.h - what an erasure is made of; for store/ only.
 */
#ifndef STORE_ERASE_INSIDE_H
#define STORE_ERASE_INSIDE_H

#include "store/erase.h"
#include "store/erased.h"
#include "store/reader_inside.h"

/* A record that is erased, and whose it is. */
struct erased_pair {
	uint64_t seq;
	uint32_t person;
};

struct erasure {
	struct log *log;
	struct reader *reader;   /* of the store as it was */
	struct environment *old; /* after the exchange: held, to see who reads it */

	/* Who. */
	uint8_t *chosen; /* by person number; 1: is */
	size_t chosen_size;
	uint64_t people;
	int32_t before;                     /* they expired; 0: they are erased */
	const struct record_view *followed; /* the main's acts; NULL: acts are made */
	size_t followed_count;
	uint64_t absent;   /* people of such acts of whom nothing was here any more */
	uint64_t act_last; /* the last seq of the act chosen by last, if its list was full; or 0 */

	/* Which records. */
	uint64_t looked_seq; /* all up to here were looked at */
	uint8_t *gone;       /* a bit for each seq: is a tombstone, or is to be one */
	size_t gone_size;
	struct erased_pair *pairs; /* in the order of the log */
	size_t pair_count;
	size_t pair_size;

	/* What is left of them. */
	struct erased_row *rows;
	size_t row_count;
	size_t row_size;
	struct salted_hash *entries; /* of the list beside the store */
	size_t entry_count;
	size_t entry_size;

	/* The copy. */
	struct environment *target;
	MDB_txn *txn;
	size_t txn_rows;
	uint8_t store_id[STORE_ID_SIZE];
	uint64_t copied_seq;
	int64_t stamp_us;       /* of the last record in the copy */
	uint32_t last_person;   /* of those that were copied */
	struct arena arena;     /* for reading bodies */
	struct log_place place; /* to be noted; pos 0: none */
};

static inline bool erasure_has(const struct erasure *erasure, uint32_t person)
{
	return person < erasure->chosen_size && erasure->chosen[person] != 0;
}

static inline bool erasure_is_gone(const struct erasure *erasure, uint64_t seq)
{
	return seq / 8 < erasure->gone_size && (erasure->gone[seq / 8] >> seq % 8 & 1) != 0;
}

/* Looks at the records up to `seq_to` that were not looked at yet; in erase.c. */
enum err erasure_look_to(struct erasure *erasure, uint64_t seq_to) NODISCARD;

/* Files in the folder of a store and beside it; in erase_files.c. */
enum erase_place {
	PLACE_COPYING, /* the copy while it is made */
	PLACE_COPIED,  /* the copy that is whole */
	PLACE_LOCK,    /* of the copy */
	PLACE_ENTRIES, /* of the list, that go with the copy */
	PLACE_DATA,
	PLACE_DATA_LOCK,
	PLACE_SUMS,
	PLACE_STATE,
	PLACE_STATE_NEW,
	PLACE_LIST, /* STORE.erased */
};
enum err erase_path(
	const char *store, enum erase_place place, char out[4096], struct reason *reason) NODISCARD;

/* Makes an empty file for the copy, in the place of one that was left; removes the copy. */
enum err erase_copy_make(const char *store, struct reason *reason) NODISCARD;
void erase_copy_remove(const char *store);

/* The copy is synced: keeps the entries beside it and gives it its name. From here on it holds. */
enum err erase_commit(const char *store, const struct salted_hash *entries, size_t count,
	struct reason *reason) NODISCARD;

/* Appends the entries to the list and puts the copy in the place of the store's data. */
enum err erase_exchange(const char *store, int list, struct reason *reason) NODISCARD;

/* Opens the list beside the store, which is made when it is absent. */
enum err erase_list_open(const char *store, int *fd, struct reason *reason) NODISCARD;

/* The bytes that the list beside the store has, 0 when it is not there. */
uint64_t erase_list_bytes(const char *store);
#define ERASE_LINE_LENGTH (SALTED_HASH_LENGTH + 1)

/* In the table meta. */
#define META_ERASED_PEOPLE "erased_people"
#define META_COMPLETE_FROM "complete_from"
#define META_LAST_ACT      "last_act"
#define META_ERASED_LIST   "erased_list" /* bytes of the list beside the store */

#endif
