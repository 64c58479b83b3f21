/*
 * page/card.h - a sender's report card as a page, beside its work list: how well it reports, and
 * what to mend.
 *
 * Pure, as page.h is. It counts, and names nobody.
 */
#ifndef PAGE_CARD_H
#define PAGE_CARD_H

#include "engine/card.h"
#include "page/words.h"

/* Who looks. All is borrowed. */
struct card_view {
	enum language language;
	const char *partner;
	const char *user;         /* who of the partner's people looks; NULL: nobody said */
	bool signed_in_by_cookie; /* may sign out */
};

/* Appends the whole document. The bytes depend on what is handed in alone. */
void card_page_print(const struct card_view *view, const struct card *card,
	const struct card_outcome *outcome, struct text *out);

/* In place of the card: it is still being made (busy), or it cannot be read. */
void card_notice_print(const struct card_view *view, bool is_busy, struct text *out);

#endif
