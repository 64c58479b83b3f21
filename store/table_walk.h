/*
 * store/table_walk.h - one walk over all rows of a table, in their order, that believes nothing of
 * its pages; for store/ only.
 *
 * A walk reads leaves only; a look-up finds a row by the branches above. So that whoever walks
 * knows what a look-up would find, the walk asks for the first and the last row of each page: the
 * branches lead to these two, and so to each row between them. The rows must be in their order and
 * as many as the table says, so that a walk ends, also where pages lead in a circle.
 *
 *	table_walk_begin(&walk, txn, table);
 *	while ((err = table_walk_next(&walk)) == OK)
 *		look_at(&walk.key, &walk.val);
 *	table_walk_end(&walk);
 *
 * Each call within a shield (shield.h); what a walk has open is closed outside of it.
 */
#ifndef STORE_TABLE_WALK_H
#define STORE_TABLE_WALK_H

#include "store/tables.h"

struct table_walk {
	MDB_txn *txn; /* one that reads */
	MDB_dbi table;
	MDB_cursor *cursor;
	MDB_val key, val; /* of the row that it is at */
	size_t page_size;
	size_t rows; /* so far */
	size_t rows_max;
	bool whole; /* it began at the first */
};

/* Over all rows. `*walk` need not be set. */
enum err table_walk_begin(struct table_walk *walk, MDB_txn *txn, MDB_dbi table) NODISCARD;

/*
 * From the row with this key on, at which it is then. ERR_CORRUPT also: there is none. Who does not
 * go on to the end looks at one row more than is wished for: so nothing lies between.
 */
enum err table_walk_begin_at(
	struct table_walk *walk, MDB_txn *txn, MDB_dbi table, const MDB_val *key) NODISCARD;

/*
 * The next row. ERR_NOT_FOUND: that was the last. ERR_CORRUPT: they are not in order, a look-up
 * does not lead to one, or they are not as many as the table says.
 */
enum err table_walk_next(struct table_walk *walk) NODISCARD;

/* Also of one that was not begun: `*walk = (struct table_walk){ 0 }`. */
void table_walk_end(struct table_walk *walk);

#endif
