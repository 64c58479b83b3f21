/*
 * page/account.h - the head of a page that a partner sees of itself: its other language, the other
 * pages, who is signed in, and the title.
 */
#ifndef PAGE_ACCOUNT_H
#define PAGE_ACCOUNT_H

#include "page/html.h"

struct account_head {
	enum language language;
	const char *partner;
	const char *user;         /* who of the partner's people looks; NULL: nobody said */
	bool signed_in_by_cookie; /* may sign out */
	enum word skip;           /* leads to #list */
	enum word title;
	enum word lead;
	/* Writes the address of this page in a language, as it stands in an attribute. */
	void (*address)(struct page *page, const void *context, enum language language);
	const void *context;
	const char *beside; /* the path of the page beside it, and what it is called */
	enum word beside_word;
};

/* From the open body to the end of the lead; the header is still open. */
void account_print(struct page *page, const struct account_head *head);

#endif
