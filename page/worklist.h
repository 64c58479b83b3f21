/*
 * page/worklist.h - the work list as a page for a case manager: whom to call, in the order of the
 * day on which news runs out; to print, and as a table for Excel.
 *
 * Pure, as page.h is. It knows pseudonyms only. Its script puts names to them from a table that the
 * reader chooses on the own computer: the policy of the document allows no connection, so that
 * nothing of it can be sent.
 */
#ifndef PAGE_WORKLIST_H
#define PAGE_WORKLIST_H

#include "engine/worklist_rows.h"
#include "page/words.h"

#define WORKLIST_PAGE_ROWS 500 /* that one page shows */

/* What is shown. All is borrowed. */
struct worklist_view {
	enum language language;
	const char *partner;
	const char *user;         /* who of the partner's people looks; NULL: nobody said */
	bool signed_in_by_cookie; /* may sign out */

	const struct worklist_rows *rows; /* the first head.limit of them are shown */
	struct worklist_head head;
	uint16_t municipality; /* asked for, or PART_ALL */
	enum worklist_part part;
	const uint16_t *places; /* of all rows, to choose from */
	size_t place_count;
	/* What people call a municipality; NULL: its code. */
	const char *(*place_name)(const void *context, uint16_t municipality);
	const void *context;
};

/* Appends the whole document. The bytes depend on the view alone. */
void worklist_page_print(const struct worklist_view *view, struct text *out);

/* Appends the rows for Excel, as page/excel.h has the figures. */
void worklist_excel_print(const struct worklist_view *view, struct text *out);

/* In place of the list. */
enum worklist_notice {
	WORKLIST_BAD_ADDRESS,
	WORKLIST_FORBIDDEN, /* the partner may not send of that municipality */
	WORKLIST_TOO_LONG,
	WORKLIST_BUSY,
	WORKLIST_BROKEN,
};

/* Appends the whole document; of the view the language and who is signed in count. */
void worklist_notice_print(
	const struct worklist_view *view, enum worklist_notice notice, struct text *out);

/* The bytes between <script> and </script>, for their hash. In assets.c. */
struct bytes worklist_script(void);

#endif
