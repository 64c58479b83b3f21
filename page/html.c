/*
 * page/html.c - see html.h.
 */
#include "page/html.h"

#include <math.h>
#include <stdio.h>

#include "base/check.h"
#include "base/date.h"
#include "engine/csv.h"
#include "page/link.h"
#include "page/look.h"

#define PUBLIC_STEP 0.05 /* of shares that follow from rounded counts */

void put(struct page *page, const char *markup)
{
	text_add_string(page->out, markup);
}

void put_escaped(struct page *page, const char *string)
{
	html_escape(string, page->out);
}

void put_words(struct page *page, enum word word, const char *const *arguments)
{
	words_print(page->view->language, word, arguments, page->out);
}

/* A ladder of three rungs, as the tab shows it. */
static const char icon[] =
	"<link rel=\"icon\" href=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' "
	"viewBox='0 0 16 16'%3E%3Cpath d='M4 1v14M12 1v14M4 4h8M4 8h8M4 12h8' stroke='%230b6b63' "
	"stroke-width='2' fill='none'/%3E%3C/svg%3E\">\n";

void put_bytes(struct page *page, struct bytes bytes)
{
	text_add(page->out, bytes);
}

void page_head(struct page *page, const char *subject, const char *policy)
{
	put(page, "<!DOCTYPE html>\n<html lang=\"");
	put(page, language_code(page->view->language));
	put(page, "\">\n<head>\n<meta charset=\"utf-8\">\n");
	if (policy != NULL) {
		put(page, "<meta http-equiv=\"Content-Security-Policy\" content=\"");
		put_escaped(page, policy);
		put(page, "\">\n");
	}
	put(page, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		  "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
	if (subject != NULL) {
		put_escaped(page, subject);
		put(page, " \xc2\xb7 ");
	}
	SAY(page, WORD_TITLE);
	put(page, "</title>\n<meta name=\"description\" content=\"");
	SAY(page, WORD_DESCRIPTION);
	put(page, "\">\n");
	put(page, icon);
	put(page, "<style>");
	put_bytes(page, page_style());
	put(page, "</style>\n</head>\n<body>\n");
}

const char *word_of(const struct page *page, enum word word)
{
	return word_text(page->view->language, word);
}

struct phrase count_of(const struct page *page, double value)
{
	/* A 0 in public may be a few people, rounded. */
	if (value == 0 && page_is_public(page))
		return phrase_of(page->view->language, WORD_ZERO_OR_FEW, NULL, NULL);
	return phrase_count(page->view->language, value);
}

struct phrase share_of(const struct page *page, double share)
{
	struct phrase exact = phrase_percent(share);
	if (isnan(share) || !page_is_public(page))
		return exact;
	return phrase_of(page->view->language, WORD_ABOUT,
		phrase_percent(floor(share / PUBLIC_STEP + 0.5) * PUBLIC_STEP).text, NULL);
}

struct phrase about_count(const struct page *page, double value)
{
	struct phrase count = count_of(page, value);
	if (isnan(value) || value == 0 || !page_is_public(page))
		return count;
	return phrase_of(page->view->language, WORD_ABOUT_COUNT, count.text, NULL);
}

struct phrase trend_text(const struct page *page, size_t series, double value)
{
	return series == INDEX_TREND_PERSONS ? count_of(page, value) : share_of(page, value);
}

struct phrase number_of(const struct page *page, double value)
{
	return phrase_number(page->view->language, value);
}

struct phrase duration_of(const struct page *page, double days)
{
	return phrase_duration(page->view->language, days);
}

double at(const struct page *page, const char *path)
{
	return look_number(page->view->figures, path);
}

bool page_is_public(const struct page *page)
{
	const char *profile = look_text(page->view->figures, "profile");
	return profile != NULL && strcmp(profile, "public") == 0;
}

void section_begin(struct page *page, const char *name, enum word title)
{
	text_printf(page->out,
		"<section class=\"card\" id=\"%s\" aria-labelledby=\"h-%s\"><h2 id=\"h-%s\">", name,
		name, name);
	SAY(page, title);
	put(page, "</h2>\n");
}

void section_end(struct page *page)
{
	put(page, "</section>\n");
}

void links_print(struct page *page, const char *indicator)
{
	const struct page_view *view = page->view;
	if (view->standalone)
		return;
	put(page, "<ul class=\"links\"><li><a href=\"");
	link_print_definition(view->language, indicator, page->out);
	put(page, "\">");
	SAY(page, WORD_DEFINITION);
	put(page, "</a></li><li><a href=\"");
	link_print_csv(view, indicator, page->out);
	put(page, "\" download>CSV</a></li><li><a href=\"");
	link_print_permanent(view, page->out);
	put(page, "\">");
	SAY(page, WORD_PERMANENT);
	put(page, "</a></li></ul>\n");
}

void section_number(struct page *page, const char *number, enum word word)
{
	put(page, "<p class=\"big\"><strong>");
	put_escaped(page, number);
	put(page, "</strong> <span>");
	SAY(page, word);
	put(page, "</span></p>\n");
}

void section_nothing(struct page *page)
{
	put(page, "<p class=\"nothing\">");
	SAY(page, page_is_public(page) ? WORD_TOO_FEW : WORD_NOT_YET);
	put(page, "</p>\n");
}

void section_nothing_grown(struct page *page)
{
	const struct figure *falls =
		look_figure(page->view->figures, "indicators/ladder_falls/falls");
	if (!page_is_public(page) || falls == NULL || falls->kind != FIGURE_NULL) {
		section_nothing(page);
		return;
	}
	put(page, "<p class=\"nothing\">");
	SAY(page, WORD_NEWEST_ONLY);
	put(page, "</p>\n");
}

/* The table itself, in what scrolls when it is too wide. */
void table_frame(struct page *page, enum word title)
{
	put(page, "<div class=\"wide\" tabindex=\"0\" role=\"region\" "
		  "aria-label=\"");
	SAY(page, WORD_TABLE_ABOUT, word_of(page, title));
	put(page, "\"><table><caption>");
	SAY(page, title);
	put(page, "</caption><thead><tr>");
}

void table_column(struct page *page, const char *name)
{
	put(page, "<th scope=\"col\">");
	put_escaped(page, name);
	put(page, "</th>");
}

void table_open(struct page *page, enum word title)
{
	page->table_is_shown = false;
	put(page, "<details><summary>");
	SAY(page, WORD_TABLE);
	put(page, "<span class=\"unseen\">: ");
	SAY(page, title);
	put(page, "</span></summary>");
	table_frame(page, title);
}

void table_body(struct page *page)
{
	put(page, "</tr></thead><tbody>");
	page->row_is_open = false;
}

static void table_columns(struct page *page, const enum word *columns)
{
	for (size_t i = 0; columns[i] != WORD_COUNT; i++)
		table_column(page, word_of(page, columns[i]));
	table_body(page);
}

void table_begin(struct page *page, enum word title, const enum word *columns)
{
	table_open(page, title);
	table_columns(page, columns);
}

void table_shown(struct page *page, enum word title, const enum word *columns)
{
	page->table_is_shown = true;
	table_frame(page, title);
	table_columns(page, columns);
}

void table_row(struct page *page, const char *name)
{
	put(page, page->row_is_open ? "</tr>\n<tr><th scope=\"row\">" : "\n<tr><th scope=\"row\">");
	page->row_is_open = true;
	put_escaped(page, name);
	put(page, "</th>");
}

void table_cell(struct page *page, const char *text)
{
	put(page, "<td>");
	put_escaped(page, text);
	put(page, "</td>");
}

/* The address of a link, a data: URL (RFC 2397), that holds the rows of CSV itself. */
static void put_csv_data(struct page *page, const char *indicator)
{
	const struct page_view *view = page->view;
	struct text csv = { 0 };
	csv_print_names(&csv);
	if (indicator != NULL)
		csv_print_indicator(view->figures, indicator, &csv);
	else
		trend_print_csv(view->points, view->point_count,
			look_text(view->figures, "municipality"), page_is_public(page), &csv);
	put(page, "data:text/csv;charset=utf-8,");
	for (size_t i = 0; i < csv.length; i++) {
		uint8_t byte = (uint8_t)csv.data[i];
		if (byte > ' ' && byte < 0x7f && strchr("%\"'<>#&+", byte) == NULL)
			text_add_char(page->out, (char)byte);
		else
			text_printf(page->out, "%%%02X", byte);
	}
	page->out->failed |= csv.failed;
	text_release(&csv);
}

void table_end(struct page *page, enum word title, const char *indicator)
{
	const char *name = indicator != NULL ? indicator : "trend";
	char as_of[DATE_LENGTH + 1];
	date_print(page->view->as_of, as_of);
	put(page, page->row_is_open ? "</tr>\n</tbody></table></div><p><a class=\"csv\" "
				    : "</tbody></table></div><p><a class=\"csv\" ");
	text_printf(page->out, "download=\"%s-%s-%s.csv\" href=\"",
		look_text(page->view->figures, "municipality"), as_of, name);
	if (page->view->standalone)
		put_csv_data(page, indicator);
	else
		link_print_csv(page->view, name, page->out);
	put(page, "\">");
	SAY(page, WORD_CSV);
	put(page, "<span class=\"unseen\">: ");
	SAY(page, title);
	put(page, "</span></a></p>");
	put(page, page->table_is_shown ? "\n" : "</details>\n");
}

struct phrase band_of(const struct look_estimate *estimate)
{
	struct phrase phrase = phrase_percent(NAN);
	if (isnan(estimate->low) || isnan(estimate->high))
		return phrase;
	snprintf(phrase.text, sizeof(phrase.text), "%.20s\xe2\x80\x93%.20s",
		phrase_percent(estimate->low).text, phrase_percent(estimate->high).text);
	return phrase;
}
