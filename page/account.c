/*
 * page/account.c - see account.h.
 */
#include "page/account.h"

static void link_print(
	struct page *page, const struct account_head *head, const char *path, enum word word)
{
	text_printf(page->out, "<li><a href=\"%s?lang=%s\">", path, language_code(head->language));
	SAY(page, word);
	put(page, "</a></li>");
}

void account_print(struct page *page, const struct account_head *head)
{
	enum language other = head->language == LANGUAGE_NL ? LANGUAGE_EN : LANGUAGE_NL;
	put(page, "<a class=\"skip\" href=\"#list\">");
	SAY(page, head->skip);
	put(page, "</a>\n<header>\n<div class=\"top\"><p class=\"brand\">ladderd</p>"
		  "<ul class=\"account\"><li>");
	text_printf(page->out, "<a rel=\"alternate\" hreflang=\"%s\" lang=\"%s\" href=\"",
		language_code(other), language_code(other));
	head->address(page, head->context, other);
	put(page, other == LANGUAGE_NL ? "\">Nederlands</a></li>" : "\">English</a></li>");
	link_print(page, head, head->beside, head->beside_word);
	link_print(page, head, "/", WORD_WORKLIST_FIGURES);
	put(page, "<li>");
	if (head->user == NULL)
		SAY(page, WORD_SIGNED_IN_AS, head->partner);
	else
		SAY(page, WORD_SIGNED_IN_AS_USER, head->user, head->partner);
	put(page, "</li>");
	if (head->signed_in_by_cookie) {
		put(page, "<li><form method=\"post\" action=\"/sign-out\">"
			  "<button type=\"submit\">");
		SAY(page, WORD_SIGN_OUT);
		put(page, "</button></form></li>");
	}
	put(page, "</ul></div>\n<h1>");
	SAY(page, head->title);
	put(page, "</h1>\n<p class=\"lead\">");
	SAY(page, head->lead);
	put(page, "</p>\n");
}
