/*
 * store/erased.h - what is left of the identities and keys of erased records: for store/ only.
 *
 * A row of the table `erased` is a keyed hash, under the store's own secret, and the seq of the
 * tombstone. So an event that is sent again is known, and nobody can read from the store who or
 * what it was. The same secret makes the entries of the list beside the store: a hash of the
 * store's id, a seq and the checksum of the record that was there, which holds for that record
 * and no other.
 */
#ifndef STORE_ERASED_H
#define STORE_ERASED_H

#include "store/tables.h"

enum erased_kind {
	ERASED_IDENTITY = 'i', /* of identity_key() */
	ERASED_KEY = 'k',      /* of key_key() */
};

struct erased_row {
	struct salted_hash hash;
	uint64_t seq;
	enum erased_kind kind;
};

struct salted_hash erased_hash(const struct salt *salt, enum erased_kind kind, struct bytes key);

/* The entry beside the store of a record that is erased. */
struct salted_hash erased_entry(const struct salt *salt, const uint8_t store_id[STORE_ID_SIZE],
	uint64_t seq, uint64_t checksum);

/* The seq of the tombstone of the last record with that identity or key. ERR_NOT_FOUND: none. */
enum err erased_find(MDB_txn *txn, const struct environment *environment, enum erased_kind kind,
	MDB_val key, uint64_t *seq) NODISCARD;

/* Writes a row, in the place of an older one. ERR_FULL: the map or the memory is full. */
enum err erased_put(
	MDB_txn *txn, const struct tables *tables, const struct erased_row *row) NODISCARD;

/* Reads a row under a cursor. ERR_CORRUPT: it is none. */
enum err erased_read(const MDB_val *key, const MDB_val *val, struct erased_row *out) NODISCARD;

#endif
