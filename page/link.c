/*
 * page/link.c - see link.h.
 */
#include "page/link.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "indicators/person/fact.h"
#include "indicators/sums.h"
#include "page/look.h"
#include "proto/event.h"

struct phrase link_municipality(uint16_t municipality)
{
	struct phrase phrase = { "all" };
	if (municipality != PART_ALL)
		municipality_print(municipality, phrase.text);
	return phrase;
}

/* What of the view is in every address; `known`: what was known, and by which definitions, too. */
static void print_choice(const struct page_view *view, bool dated, bool known, struct text *out)
{
	char as_of[DATE_LENGTH + 1];
	const char *known_at = look_text(view->figures, "known_at");
	double set = look_number(view->figures, "definitions");
	text_printf(out, "?municipality=%s", link_municipality(view->municipality).text);
	if (dated && view->as_of != DAY_NONE) {
		date_print(view->as_of, as_of);
		text_printf(out, "&amp;as_of=%s", as_of);
	}
	if (known && known_at != NULL)
		text_printf(out, "&amp;known_at=%s", known_at);
	if (!isnan(set) && (known || set != DEFINITIONS))
		text_printf(out, "&amp;definitions=%.0f", set);
}

void link_print_page(const struct page_view *view, enum language language, struct text *out)
{
	text_add_char(out, '/');
	if (view->path != NULL)
		text_add_string(out, view->path);
	/* Without figures there may be no choice to keep. */
	if (view->path == NULL && view->notice == PAGE_FIGURES) {
		print_choice(view, view->is_dated, view->is_known_then, out);
		text_printf(out, "&amp;lang=%s", language_code(language));
	} else {
		text_printf(out, "?lang=%s", language_code(language));
	}
}

void link_print_csv(const struct page_view *view, const char *part, struct text *out)
{
	text_add_string(out, "/figures.csv");
	print_choice(view, true, view->is_known_then, out);
	if (part != NULL)
		text_printf(out, "&amp;part=%s", part);
}

void link_print_excel(const struct page_view *view, struct text *out)
{
	link_print_csv(view, NULL, out);
	text_printf(out, "&amp;for=excel&amp;lang=%s", language_code(view->language));
}

bool link_is_page(const char *address)
{
	static const char letters[] =
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=&_.-";
	if (address == NULL || address[0] != '/' || strlen(address) > LINK_BACK_MAX)
		return false;
	size_t path = strspn(address + 1, "abcdefghijklmnopqrstuvwxyz-") + 1;
	if (address[path] == '\0')
		return true;
	return address[path] == '?' &&
	       strspn(address + path + 1, letters) == strlen(address + path + 1);
}

void link_print_sign_in(const struct page_view *view, struct text *out)
{
	char as_of[DATE_LENGTH + 1];
	const char *code = language_code(view->language);
	if (view->path != NULL) {
		text_printf(out, "/sign-in?lang=%s&amp;back=%%2F%s%%3Flang%%3D%s", code, view->path,
			code);
		return;
	}
	text_printf(out, "/sign-in?lang=%s&amp;back=%%2F%%3Fmunicipality%%3D%s", code,
		link_municipality(view->municipality).text);
	if (view->is_dated && view->as_of != DAY_NONE) {
		date_print(view->as_of, as_of);
		text_printf(out, "%%26as_of%%3D%s", as_of);
	}
	text_printf(out, "%%26lang%%3D%s", code);
}

void link_print_definition(enum language language, const char *indicator, struct text *out)
{
	text_printf(out, "/definitions?lang=%s#%s", language_code(language),
		strcmp(indicator, "trend") == 0 ? "better" : indicator);
}

void link_print_permanent(const struct page_view *view, struct text *out)
{
	text_add_char(out, '/');
	print_choice(view, true, true, out);
	text_printf(out, "&amp;lang=%s", language_code(view->language));
}
