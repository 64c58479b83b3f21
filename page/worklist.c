/*
 * page/worklist.c - see worklist.h.
 */
#include "page/worklist.h"

#include "base/check.h"
#include "base/date.h"
#include "base/plain.h"
#include "indicators/sums.h"
#include "page/account.h"
#include "page/link.h"

/* What each reason says, and what helps. */
static const struct {
	enum word says;
	enum word helps;
} reasons[] = {
#define REASON_WORDS(NAME, ...) [DUE_##NAME] = { WORD_DUE_##NAME, WORD_DUE_##NAME##_HELPS },
	DUE_REASONS(REASON_WORDS)
#undef REASON_WORDS
};

/* A document while it is written: put() and its like want a view of the figures' page. */
struct list_page {
	const struct worklist_view *view;
	struct page_view frame;
	struct page page;
};

static void list_page_begin(
	struct list_page *sheet, const struct worklist_view *view, struct text *out)
{
	*sheet = (struct list_page){ .view = view, .frame = { .language = view->language } };
	sheet->page = (struct page){ .view = &sheet->frame, .out = out };
}

static size_t shown_count(const struct worklist_view *view)
{
	return view->rows->count < view->head.limit ? view->rows->count : view->head.limit;
}

static bool is_silent(const struct worklist_view *view, const struct worklist_row *row)
{
	return due_silent_on(&row->due) <= view->head.as_of;
}

/* The name of a municipality, or its code. */
static const char *place_of(
	const struct worklist_view *view, uint16_t municipality, struct phrase *space)
{
	const char *name = view->place_name(view->context, municipality);
	*space = link_municipality(municipality);
	return name == NULL ? space->text : name;
}

static void put_escaped_bytes(struct page *page, struct bytes bytes)
{
	struct text string = { 0 };
	text_add(&string, bytes);
	if (bytes.length > 0 && !string.failed)
		put_escaped(page, string.data);
	page->out->failed = page->out->failed || string.failed;
	text_release(&string);
}

/* The address of this list in a language; `kind`: for a program, NULL: the page. */
static void address_print(struct page *page, const struct worklist_view *view,
	enum language language, const char *kind)
{
	put(page, "/worklist?lang=");
	put(page, language_code(language));
	if (view->municipality != PART_ALL)
		text_printf(page->out, "&amp;municipality=%s",
			link_municipality(view->municipality).text);
	if (view->part != WORKLIST_ALL)
		put(page, view->part == WORKLIST_SILENT ? "&amp;silent=yes" : "&amp;silent=no");
	if (kind != NULL)
		text_printf(page->out, "&amp;for=%s", kind);
}

static void own_address_print(struct page *page, const void *context, enum language language)
{
	address_print(page, context, language, NULL);
}

static void banner_print(struct page *page, const struct worklist_view *view)
{
	const struct account_head head = {
		.language = view->language,
		.partner = view->partner,
		.user = view->user,
		.signed_in_by_cookie = view->signed_in_by_cookie,
		.skip = WORD_WORKLIST_SKIP,
		.title = WORD_WORKLIST,
		.lead = WORD_WORKLIST_LEAD,
		.address = own_address_print,
		.context = view,
		.beside = "/card",
		.beside_word = WORD_WORKLIST_CARD,
	};
	account_print(page, &head);
}

static void option_print(struct page *page, const char *value, bool is_chosen)
{
	text_printf(page->out, "<option value=\"%s\"%s>", value, is_chosen ? " selected" : "");
}

static void place_option(struct page *page, const struct worklist_view *view, uint16_t municipality)
{
	struct phrase code;
	const char *name = place_of(view, municipality, &code);
	option_print(page, code.text, municipality == view->municipality);
	put_escaped(page, name);
	put(page, "</option>");
}

/* Which rows. */
static void choice_print(struct page *page, const struct worklist_view *view)
{
	static const struct {
		enum worklist_part part;
		const char *value;
		enum word word;
	} parts[] = {
		{ WORKLIST_ALL, "", WORD_WORKLIST_ALL },
		{ WORKLIST_COMING, "no", WORD_WORKLIST_COMING },
		{ WORKLIST_SILENT, "yes", WORD_WORKLIST_SILENT },
	};
	bool listed = view->municipality == PART_ALL;
	put(page, "<form class=\"choice\" id=\"choice\" method=\"get\" action=\"/worklist\" "
		  "aria-label=\"");
	SAY(page, WORD_WORKLIST_CHOICE);
	put(page, "\">\n<label><span>");
	SAY(page, WORD_MUNICIPALITY);
	put(page, "</span><select name=\"municipality\">");
	option_print(page, "all", listed);
	SAY(page, WORD_WORKLIST_EVERYWHERE);
	put(page, "</option>");
	for (size_t i = 0; i < view->place_count; i++) {
		listed = listed || view->places[i] == view->municipality;
		place_option(page, view, view->places[i]);
	}
	if (!listed)
		place_option(page, view, view->municipality);
	put(page, "</select></label>\n<label><span>");
	SAY(page, WORD_WORKLIST_WHICH);
	put(page, "</span><select name=\"silent\">");
	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
		option_print(page, parts[i].value, parts[i].part == view->part);
		SAY(page, parts[i].word);
		put(page, "</option>");
	}
	text_printf(page->out,
		"</select></label>\n<input type=\"hidden\" name=\"lang\" value=\"%s\">"
		"<button type=\"submit\">",
		language_code(view->language));
	SAY(page, WORD_SHOW);
	put(page, "</button></form>\n");
}

/* A sentence for the script, as an attribute. */
static void put_said(struct page *page, const char *name, enum word word)
{
	text_printf(page->out, " data-%s=\"", name);
	put_escaped(page, word_of(page, word));
	put(page, "\"");
}

/*
 * Where the reader chooses the table of names. It is in no form, and has no name, so that nothing
 * would send it; without a script it is not there.
 */
static void names_print(struct page *page)
{
	put(page, "<section id=\"names\" class=\"names\" aria-labelledby=\"h-names\" hidden");
	put_said(page, "found", WORD_NAMES_FOUND);
	put_said(page, "none", WORD_NAMES_NONE);
	put_said(page, "bad", WORD_NAMES_BAD);
	put_said(page, "gone", WORD_NAMES_GONE);
	put(page, ">\n<h2 id=\"h-names\">");
	SAY(page, WORD_NAMES);
	put(page, "</h2>\n<p id=\"names-says\">");
	SAY(page, WORD_NAMES_SAYS);
	put(page, "</p>\n<p class=\"row\"><label for=\"table\">");
	SAY(page, WORD_NAMES_TABLE);
	put(page, "</label> <input id=\"table\" type=\"file\" accept=\".csv,.txt,text/csv\" "
		  "aria-describedby=\"names-says\"> "
		  "<button type=\"button\" id=\"forget\" hidden>");
	SAY(page, WORD_NAMES_FORGET);
	put(page, "</button></p>\n<p id=\"found\" role=\"status\"></p>\n</section>\n");
	put(page, "<noscript><p class=\"note\">");
	SAY(page, WORD_NAMES_NOSCRIPT);
	put(page, "</p></noscript>\n");
}

/* What every sheet of paper says above its rows. */
static void mark_print(struct page *page, const struct worklist_view *view, size_t columns)
{
	struct phrase code;
	text_printf(page->out, "<tr class=\"mark\"><td colspan=\"%zu\">", columns);
	SAY(page, WORD_WORKLIST_MARK, view->partner,
		view->municipality == PART_ALL ? word_of(page, WORD_WORKLIST_EVERYWHERE)
					       : place_of(view, view->municipality, &code),
		phrase_date(view->language, view->head.as_of).text);
	put(page, "</td></tr>\n");
}

static void columns_print(struct page *page, const struct worklist_view *view)
{
	static const enum word columns[] = { WORD_COLUMN_RUNS_OUT, WORD_COLUMN_WHO,
		WORD_MUNICIPALITY, WORD_COLUMN_WHY, WORD_COLUMN_NEWS };
	put(page, "<thead>\n");
	mark_print(page, view, ARRAY_LENGTH(columns));
	put(page, "<tr>");
	for (size_t i = 0; i < ARRAY_LENGTH(columns); i++) {
		put(page, "<th scope=\"col\">");
		SAY(page, columns[i]);
		put(page, "</th>");
	}
	put(page, "</tr>\n</thead>\n");
}

static void row_print(
	struct page *page, const struct worklist_view *view, const struct worklist_row *row)
{
	struct phrase code;
	bool silent = is_silent(view, row);
	enum due_reason reason = row->due.reason;
	int32_t since = due_since(&row->due);
	const char *place = place_of(view, row->due.municipality, &code);
	text_printf(page->out, "<tr%s data-place=\"%s\" data-silent=\"%s\"><td>",
		silent ? " class=\"silent\"" : "", code.text, silent ? "yes" : "no");
	put_escaped(page, phrase_date(view->language, due_silent_on(&row->due)).text);
	if (silent) {
		put(page, " <em>");
		SAY(page, WORD_WORKLIST_IS_SILENT);
		put(page, "</em>");
	}
	put(page, "</td><th scope=\"row\"><bdi class=\"who\">");
	put_escaped_bytes(page, row->subject);
	put(page, "</bdi></th><td>");
	put_escaped(page, place);
	put(page, "</td><td><strong>");
	SAY(page, reasons[reason].says);
	put(page, "</strong> ");
	SAY(page, reasons[reason].helps);
	if (row->ref.length > 0) {
		put(page, " <span class=\"ref\">");
		SAY(page, WORD_WORKLIST_REF);
		put(page, " <bdi>");
		put_escaped_bytes(page, row->ref);
		put(page, "</bdi></span>");
	}
	put(page, "</td><td>");
	put_escaped(page, phrase_date(view->language, since).text);
	put(page, "<br>");
	int32_t days = view->head.as_of - since;
	SAY(page, days == 1 ? WORD_WORKLIST_DAY_AGO : WORD_WORKLIST_DAYS_AGO,
		phrase_count(view->language, days).text);
	put(page, "</td></tr>\n");
}

/* How many rows there are, and what is done with them. */
static void summary_print(struct page *page, const struct worklist_view *view)
{
	size_t shown = shown_count(view), total = view->rows->count, silent = 0;
	for (size_t i = 0; i < total; i++)
		silent += is_silent(view, &view->rows->items[i]);
	put(page, "<p class=\"count\" id=\"count\">");
	if (total == 0)
		SAY(page, WORD_WORKLIST_NONE, phrase_date(view->language, view->head.as_of).text);
	else
		SAY(page, WORD_WORKLIST_COUNT, phrase_date(view->language, view->head.as_of).text,
			phrase_count(view->language, (double)total).text,
			phrase_count(view->language, (double)silent).text);
	put(page, "</p>\n");
	if (shown < total)
		PARAGRAPH(page, "note", WORD_WORKLIST_FIRST,
			phrase_count(view->language, (double)shown).text);
	if (total == 0)
		return;
	put(page, "<p class=\"row tools\"><a class=\"csv\" href=\"");
	address_print(page, view, view->language, "excel");
	put(page, "\" download>");
	SAY(page, WORD_WORKLIST_EXCEL);
	put(page, "</a> <a class=\"csv\" href=\"");
	address_print(page, view, view->language, "csv");
	put(page, "\" download>");
	SAY(page, WORD_CSV);
	put(page, "</a> <button type=\"button\" id=\"print\" hidden>");
	SAY(page, WORD_WORKLIST_PRINT);
	put(page, "</button></p>\n");
}

static void foot_print(struct page *page)
{
	put(page, "</main>\n<footer><p>");
	SAY(page, WORD_WORKLIST_FOOT);
	put(page, "</p></footer>\n<script>");
	put_bytes(page, worklist_script());
	put(page, "</script>\n</body>\n</html>\n");
}

void worklist_page_print(const struct worklist_view *view, struct text *out)
{
	struct list_page sheet;
	list_page_begin(&sheet, view, out);
	struct page *page = &sheet.page;
	size_t shown = shown_count(view);
	bool whole = view->municipality == PART_ALL && view->part == WORKLIST_ALL &&
		     shown == view->rows->count;
	page_head(page, word_of(page, WORD_WORKLIST), NULL);
	banner_print(page, view);
	choice_print(page, view);
	text_printf(out, "</header>\n<main id=\"list\" class=\"worklist\" tabindex=\"-1\"%s>\n",
		whole ? " data-whole=\"yes\"" : "");
	summary_print(page, view);
	if (shown > 0) {
		names_print(page);
		put(page, "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"");
		SAY(page, WORD_WORKLIST);
		put(page, "\"><table>\n");
		columns_print(page, view);
		put(page, "<tbody>\n");
		for (size_t i = 0; i < shown; i++)
			row_print(page, view, &view->rows->items[i]);
		put(page, "</tbody>\n</table></div>\n");
	}
	foot_print(page);
}

static const struct {
	enum word title;
	enum word says;
} notices[] = {
	[WORKLIST_BAD_ADDRESS] = { WORD_BAD_ADDRESS, WORD_WORKLIST_BAD_ADDRESS },
	[WORKLIST_FORBIDDEN] = { WORD_FORBIDDEN, WORD_WORKLIST_FORBIDDEN },
	[WORKLIST_TOO_LONG] = { WORD_WORKLIST_TOO_LONG, WORD_WORKLIST_TOO_LONG_SAYS },
	[WORKLIST_BUSY] = { WORD_BUSY, WORD_WORKLIST_BUSY },
	[WORKLIST_BROKEN] = { WORD_WORKLIST_BROKEN, WORD_BROKEN_SAYS },
};

void worklist_notice_print(
	const struct worklist_view *view, enum worklist_notice notice, struct text *out)
{
	struct list_page sheet;
	struct worklist_view whole = *view;
	list_page_begin(&sheet, view, out);
	struct page *page = &sheet.page;
	whole.municipality = PART_ALL;
	whole.part = WORKLIST_ALL;
	CHECK(notice < ARRAY_LENGTH(notices));
	page_head(page, word_of(page, WORD_WORKLIST), NULL);
	banner_print(page, &whole);
	put(page, "</header>\n<main id=\"list\" tabindex=\"-1\">\n"
		  "<div class=\"notice\" role=\"status\"><h2>");
	SAY(page, notices[notice].title);
	put(page, "</h2><p>");
	SAY(page, notices[notice].says);
	put(page, "</p><p><a href=\"");
	address_print(page, &whole, view->language, NULL);
	put(page, "\">");
	SAY(page, WORD_WORKLIST_BACK);
	put(page, "</a></p></div>\n");
	foot_print(page);
}

static void cell(struct text *out, const char *text, char end)
{
	text_add_cell(out, bytes_of_string(text));
	text_add_char(out, end);
}

static void excel_row(
	const struct worklist_view *view, const struct worklist_row *row, struct text *out)
{
	struct phrase code;
	char day[DATE_LENGTH + 1], since[DATE_LENGTH + 1];
	enum due_reason reason = row->due.reason;
	enum language language = view->language;
	const char *place = place_of(view, row->due.municipality, &code);
	date_print(due_silent_on(&row->due), day);
	date_print(due_since(&row->due), since);
	cell(out, day, ';');
	cell(out, word_text(language, is_silent(view, row) ? WORD_YES : WORD_NO), ';');
	text_add_cell(out, row->subject);
	text_add_char(out, ';');
	cell(out, place, ';');
	cell(out, code.text, ';');
	cell(out, word_text(language, reasons[reason].says), ';');
	cell(out, word_text(language, reasons[reason].helps), ';');
	cell(out, since, ';');
	text_printf(out, "%d;", (int)(view->head.as_of - due_since(&row->due)));
	text_add_cell(out, row->ref);
	text_add_char(out, '\n');
}

void worklist_excel_print(const struct worklist_view *view, struct text *out)
{
	static const enum word columns[] = { WORD_COLUMN_RUNS_OUT, WORD_COLUMN_SILENT,
		WORD_COLUMN_WHO, WORD_MUNICIPALITY, WORD_COLUMN_CODE, WORD_COLUMN_REASON,
		WORD_COLUMN_HELPS, WORD_COLUMN_NEWS, WORD_COLUMN_AGO, WORD_COLUMN_REF };
	text_add_string(out, "\xEF\xBB\xBF");
	for (size_t i = 0; i < ARRAY_LENGTH(columns); i++)
		cell(out, word_text(view->language, columns[i]),
			i + 1 < ARRAY_LENGTH(columns) ? ';' : '\n');
	for (size_t i = 0; i < shown_count(view); i++)
		excel_row(view, &view->rows->items[i], out);
}
