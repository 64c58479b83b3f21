/*
 * store/verify_inside.h - the parts of reader_verify(): for store/ only.
 *
 *   verify.c         what is told, and in which order
 *   verify_record.c  one record, each of its rows looked up: says what is wrong with it
 *   balance.c        all records and all rows together, on all cores: says where nothing is wrong
 *
 * A stretch of the log that is in balance (balance.h) is right. The records of the others are
 * looked at one by one, in their order, so that what is told does not depend on how it was noticed.
 */
#ifndef STORE_VERIFY_INSIDE_H
#define STORE_VERIFY_INSIDE_H

#include "store/reader_inside.h"

/* What the log has, to be compared with how many rows the tables have. */
struct verify_counts {
	uint64_t records;
	uint64_t identities; /* of records, in the table */
	uint64_t withdrawals;
	uint64_t publications;
	uint64_t withdrawn;         /* publications */
	uint64_t reports_withdrawn; /* records */
	uint64_t tombstones;        /* of records that had an id */
};

#define VERIFY_FINDINGS_MAX 100 /* told; the rest are counted */

struct balance;

struct verifying {
	struct reader *reader;
	const struct balance *balance; /* NULL: while that is made */
	const struct index_lag *lag;   /* of the reader's view; NULL: the tables have all */
	struct arena arena;
	void (*tell)(void *context, const char *finding); /* NULL: they are counted only */
	void *context;
	uint64_t findings;
	enum err failed; /* of ours, the first: what is found after it says nothing of the store */
	struct verify_counts counts;
	uint64_t erased_identities; /* rows of what was erased */
	int64_t recorded_us;        /* of the last record that could be read */
	uint64_t *newest;           /* by partner: the seq of its last record so far */
};

/* ERR_FULL: no memory. To be released also then. */
enum err verifying_init(struct verifying *verifying, struct reader *reader) NODISCARD;
void verifying_release(struct verifying *verifying);

/* After a failure of ours nothing is found. */
void verify_found(struct verifying *verifying, const char *format, ...) PRINTF_LIKE(2, 3);

/*
 * Does what a look-up gave say that the store is not right: that something is not there, or
 * damaged? A failure of ours, as of memory, does not: it is noted, and ends the verification.
 */
bool verify_is_wrong(struct verifying *verifying, enum err err);

/*
 * One record that could be read, with all that the tables must have of it; records in order. A
 * failure of ours is noted.
 */
void verify_record(struct verifying *verifying, const struct record *record);

/* Does the row of the keys lead to a record of that partner with that key? */
bool verify_key_leads(struct verifying *verifying, struct bytes key, uint64_t seq);

/* How it is verified: for tests, which have small stores. {0} is how it is otherwise. */
struct verify_way {
	uint64_t stretch; /* records of one, at least */
	unsigned threads; /* at most */
	bool one_by_one;  /* as if nothing were in balance */
	uint64_t *doubts; /* gets how many records were looked at by themselves; NULL */
};

enum err verify_by(struct reader *reader, const struct verify_way *way,
	void (*tell)(void *context, const char *finding), void *context,
	uint64_t *records) NODISCARD;

#endif
