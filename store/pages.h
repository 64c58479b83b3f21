/*
 * store/pages.h - the pages of LMDB's file, read without LMDB; for store/ only.
 *
 * LMDB believes what it finds: a flipped byte in a page leads it astray, or ends the process. So
 * who wants to know whether a file is what was written reads its pages here, by their numbers, and
 * believes nothing: what does not fit is ERR_CORRUPT with a sentence. Read is the form of LMDB 0.9:
 *
 *   page      number (8 bytes), pad (2), flags (2), then lower and upper (2 each): where the
 *             offsets of the nodes end, and where the nodes begin; of an overflow page instead of
 *             these its count of pages (4)
 *   node      of a branch: the number of a child (6 bytes); of a leaf: length of the value (4) and
 *             flags (2); then the length of the key (2), the key, the value. A value that is large
 *             stands in overflow pages, and their first number in its place
 *   database  48 bytes: the head has those of the free pages and of the names; the leaves of the
 *             names have the tables'
 *   head      page 0 or 1, whichever has the greater number of a commit
 *
 * A commit never writes over a page that the two trees before it have. So the pages of a tree stay
 * what they are while a view of it is held, or until the commit after the next.
 */
#ifndef STORE_PAGES_H
#define STORE_PAGES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define PAGE_HEAD_BYTES 152 /* that a head uses of its page */
#define PAGE_TABLE_NAME 16

/* A database of LMDB: what its head or its name says of it. */
struct page_tree {
	uint64_t pages; /* all it has */
	uint64_t root;  /* UINT64_MAX: it is empty */
	unsigned depth;
};

struct page_head {
	size_t page_size;
	uint64_t pages; /* that the file has, free ones included */
	uint64_t txn;   /* the number of the commit */
	struct page_tree free;
	struct page_tree names;
	uint8_t bytes[PAGE_HEAD_BYTES];
};

/*
 * Reads the head of the commit `txn`, 0: of the newest. ERR_NOT_FOUND: that commit's is written
 * over by now. ERR_CORRUPT: there is no sound head, or the file is shorter than it says. ERR_IO.
 */
enum err page_head_read(
	int fd, uint64_t txn, struct page_head *out, struct reason *reason) NODISCARD;

/* Bits, one a page. */
static inline bool page_bit(const uint64_t *bits, uint64_t number)
{
	return (bits[number / 64] >> number % 64 & 1) != 0;
}

#define PAGE_BIT_WORDS(pages) ((size_t)((pages) / 64 + 1))

/* A walk over the pages of a tree, which is the whole of a commit. */
struct page_walk {
	int fd;
	const struct page_head *head;
	unsigned threads; /* that read at most; 0: as many as there are processors */

	/*
	 * The pages of the tree, PAGE_BIT_WORDS(head->pages) words: the walk sets them. When
	 * `changes_only`, those that are set were of the tree before: they are not read again, and
	 * those that the commit freed are cleared.
	 */
	uint64_t *in_tree;
	bool changes_only;

	/* Called for each page that is read, by any of the threads. False: it is not as it was. */
	bool (*visit)(void *context, uint64_t number, const uint8_t *page);
	void *context;

	/*
	 * When `changes_only`: called for each page of the tree that the commit freed, whose bytes
	 * are still what the commit had before it. ERR_CORRUPT: it is not as it was. ERR_IO: it
	 * cannot be read. May be NULL.
	 */
	enum err (*leave)(void *context, uint64_t number);

	/* Out: the pages of the tree by what was walked, and by what the databases say. */
	uint64_t found;
	uint64_t freed;
	uint64_t told;
};

/*
 * Walks. ERR_CORRUPT: a page is not sound, or not what `visit` wants; *reason says which. ERR_IO,
 * ERR_FULL: the system. The caller compares `found` with `told`, as it knows what it had before.
 */
enum err page_walk(struct page_walk *walk, struct reason *reason) NODISCARD;

/*
 * The rows of a leaf, one after the other, without a call of LMDB for each. LMDB finds the first;
 * the others stand beside it. Only within a view, which holds the page.
 */
struct page_rows {
	const uint8_t *page; /* NULL: there is none */
	size_t page_size;
	unsigned next; /* the row that comes next, of `count` */
	unsigned count;
};

/*
 * The rows after the one whose key LMDB handed out, which lies in LMDB's map. None, when pages are
 * larger than the system's, so that it cannot be told where the row's page begins.
 */
struct page_rows page_rows_after(const void *key, size_t page_size);

/* All rows of a page. None, when it is no leaf of a table. */
struct page_rows page_rows_of(const uint8_t *page, size_t page_size);

/*
 * The next row, whose key and value have these lengths. False: the leaf has no more, or the row is
 * none of that kind: ask LMDB.
 */
bool page_row_next(struct page_rows *rows, size_t key_length, const uint8_t **key,
	const uint8_t **value, size_t *value_length);

#endif
