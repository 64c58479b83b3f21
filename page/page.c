/*
 * page/page.c - see page.h.
 */
#include "page/page.h"

#include <math.h>
#include <stdio.h>

#include "base/check.h"
#include "base/date.h"
#include "indicators/person/fact.h"
#include "indicators/sums.h"
#include "page/chart.h"
#include "page/first.h"
#include "page/link.h"
#include "page/sections.h"

/* What a notice says. */
static const struct {
	enum word title;
	enum word says;
} notices[] = {
	[PAGE_FIGURES] = { WORD_COUNT, WORD_COUNT },
	[PAGE_NOTHING] = { WORD_NOTHING, WORD_NOTHING_SAYS },
	[PAGE_CHOOSE] = { WORD_CHOOSE, WORD_CHOOSE_SAYS },
	[PAGE_UNKNOWN_PLACE] = { WORD_UNKNOWN_PLACE, WORD_UNKNOWN_PLACE_SAYS },
	[PAGE_UNKNOWN_DAY] = { WORD_UNKNOWN_DAY, WORD_UNKNOWN_DAY_SAYS },
	[PAGE_WITHHELD] = { WORD_WITHHELD, WORD_WITHHELD_SAYS },
	[PAGE_WITHDRAWN] = { WORD_WITHDRAWN, WORD_WITHDRAWN_SAYS },
	[PAGE_FORBIDDEN] = { WORD_FORBIDDEN, WORD_FORBIDDEN_SAYS },
	[PAGE_OTHER_SET] = { WORD_OTHER_SET, WORD_OTHER_SET_SAYS },
	[PAGE_BAD_ADDRESS] = { WORD_BAD_ADDRESS, WORD_BAD_ADDRESS_SAYS },
	[PAGE_BUSY] = { WORD_BUSY, WORD_BUSY_SAYS },
	[PAGE_BROKEN] = { WORD_BROKEN, WORD_BROKEN_SAYS },
};

/* Its name with the code, or the code alone. */
static void put_municipality(struct page *page, uint16_t municipality, const char *name)
{
	if (municipality == PART_ALL) {
		SAY(page, WORD_ALL_MUNICIPALITIES);
		return;
	}
	if (name != NULL) {
		put_escaped(page, name);
		put(page, " (");
	}
	put_escaped(page, link_municipality(municipality).text);
	put(page, name != NULL ? ")" : "");
}

/* Is every municipality called by its code? Then it is said what that is. */
static bool all_are_codes(const struct page_view *view)
{
	for (size_t i = 0; i < view->municipality_count; i++) {
		if (view->names[i] != NULL)
			return false;
	}
	return true;
}

static void municipality_option(
	struct page *page, uint16_t municipality, const char *name, bool is_chosen)
{
	text_printf(page->out, "<option value=\"%s\"%s>", link_municipality(municipality).text,
		is_chosen ? " selected" : "");
	put_municipality(page, municipality, name);
	put(page, "</option>");
}

static void municipalities_print(struct page *page)
{
	const struct page_view *view = page->view;
	bool listed = view->notice != PAGE_FIGURES;
	put(page, "<label><span>");
	SAY(page, all_are_codes(view) ? WORD_MUNICIPALITY_CODE : WORD_MUNICIPALITY);
	put(page, "</span><select name=\"municipality\">");
	for (size_t i = 0; i < view->municipality_count; i++) {
		bool is_chosen = view->municipalities[i] == view->municipality;
		municipality_option(page, view->municipalities[i], view->names[i], is_chosen);
		listed = listed || is_chosen;
	}
	/* One of which nothing is known yet is shown all the same, and is not called another. */
	if (!listed)
		municipality_option(page, view->municipality, view->name, true);
	put(page, "</select></label>\n");
}

static void days_print(struct page *page)
{
	const struct page_view *view = page->view;
	char day[DATE_LENGTH + 1], today[DATE_LENGTH + 1];
	if (!view->any_day && view->day_count == 0)
		return;
	put(page, "<label><span>");
	SAY(page, WORD_AS_OF);
	if (view->any_day) {
		date_print(view->as_of == DAY_NONE ? view->today : view->as_of, day);
		date_print(view->today, today);
		text_printf(page->out,
			"</span><input type=\"date\" name=\"as_of\" value=\"%s\" "
			"min=\"1990-01-01\" max=\"%s\" required></label>\n",
			day, today);
		return;
	}
	put(page, "</span><select name=\"as_of\">");
	for (size_t i = 0; i < view->day_count; i++) {
		date_print(view->days[i], day);
		text_printf(page->out, "<option value=\"%s\"%s>%s</option>", day,
			view->days[i] == view->as_of ? " selected" : "",
			phrase_date(view->language, view->days[i]).text);
	}
	put(page, "</select></label>\n");
}

/* Municipality and reference date to choose. */
static void choice_print(struct page *page)
{
	const struct page_view *view = page->view;
	if (view->standalone || view->municipality_count == 0)
		return;
	put(page, "<form class=\"choice\" method=\"get\" action=\"/\" aria-label=\"");
	SAY(page, WORD_CHOICE);
	put(page, "\">\n");
	municipalities_print(page);
	days_print(page);
	text_printf(page->out, "<input type=\"hidden\" name=\"lang\" value=\"%s\">",
		language_code(view->language));
	/* Whose quarters these are: another municipality may have none of them. */
	if (!view->any_day && view->day_count > 0)
		text_printf(page->out, "<input type=\"hidden\" name=\"of\" value=\"%s\">",
			link_municipality(view->municipality).text);
	put(page, "<button type=\"submit\">");
	SAY(page, WORD_SHOW);
	put(page, "</button></form>\n");
}

void page_account(struct page *page)
{
	const struct page_view *view = page->view;
	enum language other = view->language == LANGUAGE_NL ? LANGUAGE_EN : LANGUAGE_NL;
	if (view->standalone)
		return;
	put(page, "<ul class=\"account\"><li><a rel=\"alternate\" hreflang=\"");
	text_printf(
		page->out, "%s\" lang=\"%s\" href=\"", language_code(other), language_code(other));
	link_print_page(view, other, page->out);
	put(page, other == LANGUAGE_NL ? "\">Nederlands</a></li>" : "\">English</a></li>");
	if (view->path == NULL && view->municipality_count > 1) {
		text_printf(page->out, "<li><a href=\"/compare?lang=%s\">",
			language_code(view->language));
		SAY(page, WORD_COMPARE);
		put(page, "</a></li>");
	}
	if (view->analyst == NULL) {
		put(page, "<li><a href=\"");
		link_print_sign_in(view, page->out);
		put(page, "\">");
		SAY(page, WORD_SIGN_IN);
		put(page, "</a></li>");
	} else {
		put(page, "<li>");
		SAY(page, WORD_SIGNED_IN_AS, view->analyst);
		put(page, "</li>");
	}
	if (view->signed_in_by_cookie) {
		put(page,
			"<li><form method=\"post\" action=\"/sign-out\"><button type=\"submit\">");
		SAY(page, WORD_SIGN_OUT);
		put(page, "</button></form></li>");
	}
	put(page, "</ul>\n");
}

void page_ended(struct page *page)
{
	if (!page->view->session_ended)
		return;
	put(page, "<p class=\"ended\" role=\"alert\">");
	SAY(page, WORD_SESSION_ENDED);
	put(page, " <a href=\"");
	link_print_sign_in(page->view, page->out);
	put(page, "\">");
	SAY(page, WORD_SIGN_IN_AGAIN);
	put(page, "</a></p>\n");
}

void page_tag(struct page *page)
{
	bool public = page_is_public(page);
	put(page, public ? "<span class=\"tag\">" : "<span class=\"tag internal\">");
	SAY(page, public ? WORD_PROFILE_PUBLIC : WORD_PROFILE_INTERNAL);
	put(page, "</span>");
}

/* Whom the figures are about, and of which day. */
static void subject_print(struct page *page)
{
	const struct page_view *view = page->view;
	double persons = at(page, "population/persons");
	put(page, "<p class=\"when\">");
	page_tag(page);
	put(page, " <span>");
	SAY(page, WORD_AS_OF_DAY, phrase_date(view->language, view->as_of).text);
	put(page, "</span> \xc2\xb7 <span><strong>");
	put_escaped(page, about_count(page, persons).text);
	put(page, "</strong> ");
	SAY(page, view->municipality == PART_ALL ? WORD_PEOPLE_COUNTED_ALL
		  : persons == 1                 ? WORD_PEOPLE_COUNTED_ONE
						 : WORD_PEOPLE_COUNTED);
	put(page, "</span></p>\n");
}

static void banner_print(struct page *page)
{
	const struct page_view *view = page->view;
	bool shown = view->notice == PAGE_FIGURES;
	put(page, "<a class=\"skip\" href=\"#figures\">");
	SAY(page, WORD_SKIP);
	put(page, "</a>\n<header>\n<div class=\"top\"><p class=\"brand\">");
	SAY(page, WORD_TITLE);
	put(page, "</p>");
	page_account(page);
	put(page, "</div>\n<div class=\"head\"><div><h1>");
	if (shown && view->name != NULL)
		put_escaped(page, view->name);
	else if (shown)
		put_municipality(page, view->municipality, NULL);
	else
		SAY(page, notices[view->notice].title);
	put(page, "</h1>\n");
	if (shown)
		subject_print(page);
	put(page, "</div>\n");
	choice_print(page);
	put(page, "</div>\n");
	page_ended(page);
	put(page, "</header>\n");
}

void page_sheet(struct page *page, const char *subject)
{
	const struct page_view *view = page->view;
	bool public = page_is_public(page);
	put(page, public ? "<div class=\"sheet\" aria-hidden=\"true\"><span>"
			 : "<div class=\"sheet internal\" aria-hidden=\"true\"><span>");
	if (subject != NULL)
		put_escaped(page, subject);
	else
		put_municipality(page, view->municipality, view->name);
	put(page, "</span> <span>");
	SAY(page, WORD_AS_OF_DAY, phrase_date(view->language, view->as_of).text);
	put(page, "</span> <span>");
	SAY(page, public ? WORD_SHEET_PUBLIC : WORD_SHEET_INTERNAL);
	put(page, "</span></div>\n");
}

/* How far the figures may go, and what is known of them. */
static void about_print(struct page *page)
{
	const struct page_view *view = page->view;
	put(page, "<p class=\"about\">");
	if (page_is_public(page))
		SAY(page, WORD_ABOUT_PUBLIC,
			phrase_date(view->language, zone_day(view->known_us)).text,
			phrase_count(view->language, at(page, "rounded_to")).text);
	else
		SAY(page, WORD_ABOUT_INTERNAL, phrase_instant(view->language, view->known_us).text);
	put(page, "</p>\n<p class=\"about\">");
	SAY(page, WORD_LEAD);
	put(page, "</p>\n");
}

static void reading_row(struct page *page, enum word word)
{
	put(page, "<div><dt>");
	SAY(page, word);
	put(page, "</dt><dd>");
}

/* What every reader should know. */
static void reading_print(struct page *page)
{
	const struct {
		enum word word;
		enum word says;
	} rows[] = {
		{ WORD_READ_AS_OF, WORD_READ_AS_OF_SAYS },
		{ WORD_READ_UNKNOWN, WORD_READ_UNKNOWN_SAYS },
		{ WORD_READ_HALF, WORD_READ_HALF_SAYS },
		{ WORD_READ_FEW,
			page_is_public(page) ? WORD_READ_FEW_PUBLIC : WORD_READ_FEW_INTERNAL },
		{ WORD_READ_CAUSE, WORD_READ_CAUSE_SAYS },
	};
	double half = at(page, "indicators/data_quality/delay_p50_days");
	double nine = at(page, "indicators/data_quality/delay_p90_days");
	put(page, "<section class=\"reading\" aria-labelledby=\"h-reading\">"
		  "<h2 id=\"h-reading\">");
	SAY(page, WORD_READING);
	put(page, "</h2><dl>\n");
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		reading_row(page, rows[i].word);
		SAY(page, rows[i].says);
		put(page, "</dd></div>\n");
	}
	reading_row(page, WORD_READ_LEFT_OUT);
	SAY(page, page_is_public(page) ? WORD_READ_LEFT_OUT_PUBLIC : WORD_READ_LEFT_OUT_INTERNAL);
	put(page, "</dd></div>\n");
	if (!isnan(half) && !isnan(nine)) {
		reading_row(page, WORD_READ_FRESH);
		SAY(page, WORD_READ_FRESH_SAYS, duration_of(page, half).text,
			duration_of(page, nine).text);
		put(page, "</dd></div>\n");
	}
	put(page, "</dl></section>\n");
}

static void figures_print(struct page *page)
{
	page_sheet(page, NULL);
	chart_definitions(page);
	first_print(page);
	about_print(page);
	put(page, "<div class=\"grid\">\n");
	sections_print(page);
	changes_print(page);
	put(page, "</div>\n");
	reading_print(page);
}

static void notice_print(struct page *page)
{
	enum page_notice notice = page->view->notice;
	CHECK(notice < ARRAY_LENGTH(notices) && notices[notice].title != WORD_COUNT);
	put(page, "<div class=\"notice\" role=\"status\"><p>");
	if (notice == PAGE_WITHDRAWN)
		SAY(page, notices[notice].says,
			phrase_date(page->view->language, page->view->withdrawn_day).text);
	else
		SAY(page, notices[notice].says);
	put(page, "</p></div>\n");
}

static void foot_print(struct page *page)
{
	put(page, "</main>\n<footer><p>");
	SAY(page, WORD_FOOT);
	put(page, "</p>");
	if (page->view->notice == PAGE_FIGURES && !page->view->standalone) {
		put(page, "<p><a href=\"");
		link_print_csv(page->view, NULL, page->out);
		put(page, "\" download>");
		SAY(page, WORD_CSV_ALL);
		put(page, "</a></p><p><a href=\"");
		link_print_excel(page->view, page->out);
		put(page, "\" download>");
		SAY(page, WORD_EXCEL_ALL);
		put(page, "</a></p>");
	}
	put(page, "</footer>\n<script>");
	put_bytes(page, page_script());
	put(page, "</script>\n</body>\n</html>\n");
}

void page_print(const struct page_view *view, struct text *out)
{
	struct page page = { .view = view, .out = out };
	bool shown = view->notice == PAGE_FIGURES;
	CHECK(shown == (view->figures != NULL));
	struct phrase code = link_municipality(view->municipality);
	const char *subject = code.text;
	if (!shown)
		subject = NULL;
	else if (view->municipality == PART_ALL)
		subject = word_of(&page, WORD_ALL_MUNICIPALITIES);
	else if (view->name != NULL)
		subject = view->name;
	page_head(&page, subject, view->policy);
	banner_print(&page);
	put(&page, "<main id=\"figures\" tabindex=\"-1\">\n");
	if (shown)
		figures_print(&page);
	else
		notice_print(&page);
	foot_print(&page);
}

/* What is wrong with what was sent before; WORD_COUNT: nothing. */
static enum word sign_in_wrong(enum page_sign_in state)
{
	switch (state) {
	case SIGN_IN_ASKED:
		return WORD_COUNT;
	case SIGN_IN_WRONG:
		return WORD_TOKEN_WRONG;
	case SIGN_IN_FOREIGN:
		return WORD_FOREIGN;
	case SIGN_IN_NO_USER:
		return WORD_USER_NEEDED;
	case SIGN_IN_BAD_USER:
		return WORD_USER_WRONG;
	}
	check_failed("a state of the enum", __FILE__, __LINE__);
}

/* A field with its label and its hint; `wrong`: what was sent in it before is not right. */
static void sign_in_field(struct page *page, const char *name, const char *attributes, bool wrong,
	enum word label, enum word hint)
{
	text_printf(page->out, "<label for=\"%s\">", name);
	SAY(page, label);
	text_printf(page->out,
		"</label><input id=\"%s\" name=\"%s\" %s spellcheck=\"false\" "
		"aria-describedby=\"hint-%s%s\"%s><p class=\"note\" id=\"hint-%s\">",
		name, name, attributes, name, wrong ? " wrong" : "",
		wrong ? " aria-invalid=\"true\"" : "", name);
	SAY(page, hint);
	put(page, "</p>");
}

void page_print_sign_in(
	enum language language, enum page_sign_in state, const char *back, struct text *out)
{
	const struct page_view view = { .language = language };
	struct page page = { .view = &view, .out = out };
	bool of_user = state == SIGN_IN_NO_USER || state == SIGN_IN_BAD_USER;
	CHECK(back == NULL || link_is_page(back));
	page_head(&page, word_of(&page, WORD_SIGN_IN), NULL);
	put(&page, "<main class=\"sign-in\" id=\"figures\"><p class=\"brand\">ladderd</p>\n<h1>");
	SAY(&page, WORD_SIGN_IN);
	put(&page, "</h1><p>");
	SAY(&page, WORD_SIGN_IN_SAYS);
	put(&page, "</p>\n<form method=\"post\" action=\"/sign-in\">");
	if (state != SIGN_IN_ASKED) {
		put(&page, "<p class=\"wrong\" role=\"alert\" id=\"wrong\">");
		SAY(&page, sign_in_wrong(state));
		put(&page, "</p>");
	}
	sign_in_field(&page, "token",
		"type=\"password\" required autocomplete=\"current-password\" maxlength=\"200\"",
		state != SIGN_IN_ASKED && !of_user, WORD_TOKEN, WORD_TOKEN_HINT);
	sign_in_field(&page, "user",
		"type=\"text\" autocomplete=\"username\" maxlength=\"64\" autocapitalize=\"none\"",
		of_user, WORD_USER, WORD_USER_HINT);
	text_printf(
		out, "<input type=\"hidden\" name=\"lang\" value=\"%s\">", language_code(language));
	if (back != NULL) {
		put(&page, "<input type=\"hidden\" name=\"back\" value=\"");
		put_escaped(&page, back);
		put(&page, "\">");
	}
	put(&page, "<button type=\"submit\">");
	SAY(&page, WORD_SIGN_IN);
	text_printf(out, "</button></form>\n<p><a href=\"/?lang=%s\">", language_code(language));
	SAY(&page, WORD_BACK);
	put(&page, "</a></p></main>\n</body>\n</html>\n");
}

void page_print_begin(enum language language, enum word title, struct text *out)
{
	const struct page_view view = { .language = language };
	struct page page = { .view = &view, .out = out };
	page_head(&page, word_of(&page, title), NULL);
	put(&page, "<a class=\"skip\" href=\"#figures\">");
	SAY(&page, WORD_SKIP_TEXT);
	text_printf(out, "</a>\n<header><p class=\"top\"><a href=\"/?lang=%s\">",
		language_code(language));
	SAY(&page, WORD_BACK);
	put(&page, "</a></p></header>\n<main class=\"text\" id=\"figures\" tabindex=\"-1\">\n");
}

void page_print_end(enum language language, struct text *out)
{
	const struct page_view view = { .language = language };
	struct page page = { .view = &view, .out = out };
	put(&page, "</main>\n<footer><p>");
	SAY(&page, WORD_FOOT);
	put(&page, "</p></footer>\n</body>\n</html>\n");
}

void page_print_problem(enum language language, int status, struct text *out)
{
	const struct page_view view = { .language = language };
	struct page page = { .view = &view, .out = out };
	char code[16];
	enum word title = status == 404                    ? WORD_NO_PAGE
			  : status == 429 || status >= 500 ? WORD_BUSY
							   : WORD_NOT_SO;
	snprintf(code, sizeof(code), "%d", status);
	page_head(&page, word_of(&page, title), NULL);
	put(&page, "<main class=\"sign-in\" id=\"figures\"><p class=\"brand\">ladderd</p>\n<h1>");
	SAY(&page, title);
	put(&page, "</h1><p>");
	SAY(&page, status == 404                    ? WORD_NO_PAGE_SAYS
		   : status == 429 || status >= 500 ? WORD_BUSY_SAYS
						    : WORD_NOT_SO_SAYS);
	put(&page, "</p><p class=\"note\">");
	SAY(&page, WORD_STATUS, code);
	text_printf(out, "</p><p><a href=\"/?lang=%s\">", language_code(language));
	SAY(&page, WORD_BACK);
	put(&page, "</a></p></main>\n</body>\n</html>\n");
}

void page_print_policy(
	const char *style_hash, const char *script_hash, bool standalone, struct text *out)
{
	text_printf(out,
		"default-src 'none'; style-src 'sha256-%s'; script-src 'sha256-%s'; "
		"img-src data:; base-uri 'none'; form-action %s",
		style_hash, script_hash, standalone ? "'none'" : "'self'; frame-ancestors 'none'");
}
