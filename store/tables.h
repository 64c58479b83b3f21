/*
 * store/tables.h - the environment and its tables; for store/ only.
 *
 *   meta          name -> value: format, id, zone, floor, indexed (index_lag.h), the
 *                 newest record of each partner (newest.h), and from which record on which
 *                 set of definitions is current (definitions.h)
 *   log           seq -> record (record.h)
 *   identity      (partner, id) -> seq, exact, for ever
 *   keys          (partner, key) -> last seq that can be withdrawn, 0 none
 *   withdrawals   withdrawn seq -> withdrawing seq
 *   subjects      subject -> person number; persons: person number -> subject
 *   partners      partner number -> name
 *   publications  (municipality, as_of, seq) -> what is known of it (published.h)
 *   kept          seq of a publication -> its figures as they are shown
 *   erased        keyed hash of an identity or a key -> seq of its tombstone (erased.h)
 *   restricted    person number -> seq of the act
 */
#ifndef STORE_TABLES_H
#define STORE_TABLES_H

#include <lmdb.h>
#include <string.h>

#include "secret/pseudonym.h"
#include "store/index_lag.h"
#include "store/log.h"
#include "store/record.h"
#include "store/subject_cache.h"
#include "store/witness.h"
#include "store/usage.h"

struct tables {
	MDB_dbi meta;
	MDB_dbi log;
	MDB_dbi identity;
	MDB_dbi keys;
	MDB_dbi withdrawals;
	MDB_dbi subjects;
	MDB_dbi persons;
	MDB_dbi partners;
	MDB_dbi publications;
	MDB_dbi kept; /* these three: or TABLE_ABSENT, in an older store that is read */
	MDB_dbi erased;
	MDB_dbi restricted;
};

#define TABLE_ABSENT ((MDB_dbi)-1)

/*
 * A file of the store that is open. An erasure puts another in its place: the writer and readers
 * that are opened or renewed after that use the new one, and who leaves the old one last closes it.
 */
struct environment {
	MDB_env *env;
	struct tables tables;
	struct salt salt;         /* of the hashes in `erased` and beside the store */
	bool has_salt;            /* an older store that is read has none, and nothing erased */
	unsigned users;           /* guarded by the log's mutex */
	struct environment *left; /* the one before, of those that stay open after damage */
};

/* What is known of the free pages, and of the reader that sees the oldest commit. */
struct space {
	uint64_t free;     /* pages; these three are guarded by the log's mutex */
	uint64_t held;     /* of these: by the oldest view */
	unsigned good_for; /* so many questions */
	long reader_pid;   /* log_oldest_reader()'s, as what follows */
	uint64_t reader_txn;
	int64_t reader_since_us;
};

struct log {
	struct environment *at; /* changed by the writer's thread, with the mutex */
	pthread_mutex_t mutex;
	size_t reserve;
	uint32_t person_events_max; /* as in struct log_options */
	uint32_t partner_municipalities_max;
	uint32_t definitions; /* the set that is current; the writer's */
	struct log_place place;
	char *path;
	int lock_fd; /* of the writer; -1 */
	int list_fd; /* of what was erased, beside the store; -1: not open yet */

	/* The writer's, as of the last commit. */
	uint64_t last_seq;
	int64_t last_recorded_us;
	int64_t floor_us;
	uint32_t last_person;
	uint16_t last_partner;

	/* The transaction under way. */
	MDB_txn *txn;
	pthread_t txn_thread;    /* that began it */
	uint64_t txn_seq;        /* the last seq appended in it */
	int64_t txn_stamp_us;    /* of its first record */
	int64_t txn_recorded_us; /* of its last record */
	int64_t txn_floor_us;
	uint32_t txn_definitions;
	struct log_rules txn_limits; /* but for the definitions */
	struct log_place txn_place;
	uint32_t txn_person;
	bool txn_follows; /* its records have the stamps of another log */
	uint16_t txn_partner;
	uint16_t known_partner;      /* the number last looked up in it, 0 none, ... */
	char known_partner_name[64]; /* ... and its name */

	/* Of the group that is appended. */
	MDB_cursor *cursor;   /* at the end of the log */
	struct key_set ids;   /* identities; a value is the seq that has it */
	struct key_set keys;  /* a value is that of the table */
	struct index_lag lag; /* the writer's */
	struct subject_cache *subjects;
	struct usage usage; /* the writer's: what each partner has used of its limits */

	struct witness witness; /* the writer's witness of what it wrote */
	bool verified;          /* against its log, when it was opened */
	uint64_t verified_records;
	struct space space;
	atomic_bool damaged;  /* nothing is written any more, and no view is taken */
	struct reason damage; /* guarded by the mutex */
};

/* Is this the thread that began the transaction under way? In log.c. */
bool log_is_in_txn(const struct log *log);

/* The one place where LMDB's codes become ours. MDB_NOTFOUND is ERR_NOT_FOUND. */
enum err lmdb_err(int code);

/* The code that was ERR_FULL or ERR_IO last, of those that this thread met; 0: none was. */
int lmdb_failure(void);

/* Like lmdb_err(), with LMDB's words in the reason. */
enum err lmdb_fail(int code, struct reason *reason, const char *what);

/* Opens the environment in a folder, with room for all tables; in log.c. */
enum err environment_new(const char *path, size_t size_max, unsigned flags,
	struct environment **out, struct reason *reason) NODISCARD;
int tables_open(MDB_txn *txn, unsigned create, struct tables *tables);

/* One user more of the one in use; one less of any, by the last it is closed. Any thread. */
struct environment *environment_hold(struct log *log);
void environment_drop(struct log *log, struct environment *environment);

/* A file of the store. ERR_IO: its path is longer than the system takes. */
enum err store_path(
	const char *store, const char *name, char out[4096], struct reason *reason) NODISCARD;

/* The directory, made when it is absent, and its entry synced. */
enum err store_directory_make(const char *path, struct reason *reason) NODISCARD;

/* A file, or the names in a directory, must survive a crash. */
enum err store_path_sync(const char *path, struct reason *reason) NODISCARD;

#define STORE_DATA "data.mdb"

/* Reads anew what the writer has in memory of its environment: ends, index lag, usage. */
enum err log_load(struct log *log, struct reason *reason) NODISCARD;

/* In the table meta: the secret of the hashes of what was erased. */
#define META_SALT "salt"

/* In the table meta: the largest person number that was given out, once somebody was erased. */
#define META_LAST_PERSON "last_person"

/* In the table meta: sixteen random bytes that name the store, and go with a backup of it. */
#define META_ID       "id"
#define STORE_ID_SIZE 16

/* Keys of 8 and 4 bytes in native order, as MDB_INTEGERKEY wants. */
static inline MDB_val val_of(const void *data, size_t length)
{
	union {
		const void *borrowed;
		void *data;
	} shared = { .borrowed = data };
	return (MDB_val){ .mv_size = length, .mv_data = shared.data };
}

static inline MDB_val val_of_string(const char *string)
{
	return val_of(string, strlen(string));
}

static inline struct bytes bytes_of_val(const MDB_val *val)
{
	return bytes_of(val->mv_data, val->mv_size);
}

/* A 64-bit value of a table. ERR_NOT_FOUND: no such key. ERR_CORRUPT: not 8 bytes. */
enum err table_get_u64(MDB_txn *txn, MDB_dbi table, MDB_val *key, uint64_t *out) NODISCARD;

/* Writes a 64-bit value. ERR_FULL: the map is full. */
enum err table_put_u64(MDB_txn *txn, MDB_dbi table, MDB_val *key, uint64_t value) NODISCARD;

#define IDENTITY_KEY_MAX 67 /* partner, kind, 64 characters */

/*
 * The key of (partner, id): the partner's number, big-endian, then a UUID as 16
 * bytes or any other identifier as it is. Exact, and in the order of ids, so
 * that time-ordered ids stay together.
 */
MDB_val identity_key(uint16_t partner, struct bytes id, uint8_t space[IDENTITY_KEY_MAX]);

/* The key of (partner, key): number, then characters. */
MDB_val key_key(uint16_t partner, struct bytes key, uint8_t space[IDENTITY_KEY_MAX]);

#endif
