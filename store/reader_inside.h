/*
 * store/reader_inside.h - what a reader is made of; for store/ only.
 */
#ifndef STORE_READER_INSIDE_H
#define STORE_READER_INSIDE_H

#include <pthread.h>

#include "store/page_scan.h"
#include "store/reader.h"
#include "store/tables.h"

/* Where the row of a publication stands. */
struct published_place {
	uint64_t seq;
	uint16_t municipality;
	int32_t as_of;
};

struct reader {
	struct log *log;
	struct environment *at; /* held: whose view it is */
	MDB_txn *txn;
	MDB_cursor *cursor;         /* of the log */
	size_t page_size;           /* of LMDB's file */
	struct page_rows rows;      /* of the log, after ... */
	uint64_t rows_seq;          /* ... this record; 0: none */
	struct page_scan *scan;     /* of the log, that `rows` are of; NULL: they are LMDB's */
	unsigned leaves;            /* of LMDB's that were read in turn, since the last scan */
	struct page_rows withdrawn; /* of the table withdrawals, after ... */
	uint64_t withdrawn_seq;     /* ... this withdrawn record */
	bool rests;                 /* it has no view */
	bool claimed;               /* `thread` has read from this view: no other may */
	pthread_t thread;
	struct index_lag *lag; /* of this view; NULL: not loaded */
	uint32_t *restricted;  /* the people who are, of this view, in order */
	size_t restricted_count;
	size_t restricted_size;
	bool published_listed;             /* of this view: */
	struct published_place *published; /* by seq */
	size_t published_count;
	size_t published_size;
};

/*
 * Loads the index lag of this view, unless it is loaded. ERR_CORRUPT: some records cannot be
 * read; those that can are loaded.
 */
enum err reader_lag_load(struct reader *reader) NODISCARD;
void reader_lag_free(struct reader *reader);

#endif
