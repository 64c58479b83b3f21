/*
 * tools/export/rows.h - what a store has at (P, K), as rows of a workbook: events and spells,
 * person by person in an order that chance chose.
 *
 * A person is a number of this export, and so is what names a job, an activity, a referral, a
 * sanction or a worker: who has two exports, or an export and the log, finds no name of one in the
 * other. Ids, keys, places in the log and instants of records are names too: an event has only the
 * day on which it was recorded.
 *
 * The spells come from the indicators themselves (struct curve_record): what the curves of the
 * figures are made of and what is exported is one thing.
 */
#ifndef TOOLS_EXPORT_ROWS_H
#define TOOLS_EXPORT_ROWS_H

#include "engine/answers.h"
#include "tools/common/store_look.h"
#include "tools/export/workbook.h"

/* What is exported, and where to. */
struct export_rows {
	struct answers *answers; /* that know what is known at K, and were asked */
	struct reader *reader;
	struct store_look *look;
	struct workbook *book;
	uint16_t only; /* the municipality, or PART_ALL */

	/* Written so far: */
	uint64_t people;
	uint64_t events;
	uint64_t spells;
};

/*
 * Writes all people, their events and their spells; then what is about nobody, and what each
 * curve is. Who is shown stands in the access log before the first row of them. ERR_CONFLICT:
 * somebody was erased or restricted meanwhile: begin anew. ERR_STOPPED: as the answers' `stop`
 * says. ERR_IO: the book, or the access log (it says is_unwritable). Errors else as the reader's.
 */
enum err export_rows_write(struct export_rows *rows) NODISCARD;

#endif
