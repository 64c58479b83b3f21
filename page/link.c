/*
 * page/link.c - see link.h.
 */
#include "page/link.h"

#include <stdio.h>

#include "base/date.h"
#include "indicators/person/fact.h"
#include "indicators/sums.h"
#include "proto/event.h"

struct phrase link_municipality(uint16_t municipality)
{
	struct phrase phrase = { "all" };
	if (municipality != PART_ALL)
		municipality_print(municipality, phrase.text);
	return phrase;
}

/* What of the view is in every address. */
static void print_choice(const struct page_view *view, bool dated, struct text *out)
{
	char as_of[DATE_LENGTH + 1];
	text_printf(out, "?municipality=%s", link_municipality(view->municipality).text);
	if (!dated || view->as_of == DAY_NONE)
		return;
	date_print(view->as_of, as_of);
	text_printf(out, "&amp;as_of=%s", as_of);
}

void link_print_page(const struct page_view *view, enum language language, struct text *out)
{
	text_add_char(out, '/');
	/* Without figures there may be no choice to keep. */
	if (view->notice == PAGE_FIGURES) {
		print_choice(view, view->is_dated, out);
		text_printf(out, "&amp;lang=%s", language_code(language));
	} else {
		text_printf(out, "?lang=%s", language_code(language));
	}
}

void link_print_csv(const struct page_view *view, const char *part, struct text *out)
{
	text_add_string(out, "/figures.csv");
	print_choice(view, true, out);
	if (part != NULL)
		text_printf(out, "&amp;part=%s", part);
}

void link_print_excel(const struct page_view *view, struct text *out)
{
	link_print_csv(view, NULL, out);
	text_printf(out, "&amp;for=excel&amp;lang=%s", language_code(view->language));
}
