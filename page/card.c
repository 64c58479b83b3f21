/*
 * page/card.c - see card.h.
 */
#include "page/card.h"

#include "base/check.h"
#include "page/account.h"

static const enum word reasons[] = {
#define REASON_WORD(NAME, ...) [DUE_##NAME] = WORD_DUE_##NAME,
	DUE_REASONS(REASON_WORD)
#undef REASON_WORD
};

static const enum word kinds[] = {
#define KIND_WORD(NAME, ...) [CONTRADICTION_##NAME] = WORD_CONTRADICTION_##NAME,
	CONTRADICTIONS(KIND_WORD)
#undef KIND_WORD
};

static void address_print(struct page *page, const void *context, enum language language)
{
	CHECK(context == NULL);
	text_printf(page->out, "/card?lang=%s", language_code(language));
}

static void head_print(struct page *page, const struct card_view *view)
{
	const struct account_head head = {
		.language = view->language,
		.partner = view->partner,
		.user = view->user,
		.signed_in_by_cookie = view->signed_in_by_cookie,
		.skip = WORD_CARD_SKIP,
		.title = WORD_CARD,
		.lead = WORD_CARD_LEAD,
		.address = address_print,
		.beside = "/worklist",
		.beside_word = WORD_CARD_WORKLIST,
	};
	page_head(page, word_of(page, WORD_CARD), NULL);
	account_print(page, &head);
	put(page, "</header>\n<main id=\"list\" tabindex=\"-1\">\n");
}

static void foot_print(struct page *page)
{
	put(page, "</main>\n<footer><p>");
	SAY(page, WORD_CARD_FOOT);
	put(page, "</p></footer>\n</body>\n</html>\n");
}

/* A table with these columns, the first that of the rows' names, up to its first row. */
static void columns_print(struct page *page, enum word caption, const enum word *columns)
{
	put(page, "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"");
	SAY(page, WORD_TABLE_OF, word_of(page, caption));
	put(page, "\"><table>\n<thead><tr>");
	for (; *columns != WORD_COUNT; columns++) {
		put(page, "<th scope=\"col\">");
		SAY(page, *columns);
		put(page, "</th>");
	}
	put(page, "</tr></thead>\n<tbody>\n");
}

static void rows_end(struct page *page)
{
	put(page, "</tbody>\n</table></div>\n");
}

static void row_name(struct page *page, const char *name)
{
	put(page, "<tr><th scope=\"row\">");
	put_escaped(page, name);
	put(page, "</th>");
}

static void cell(struct page *page, const char *text)
{
	put(page, "<td>");
	put_escaped(page, text);
	put(page, "</td>");
}

static void cell_count(struct page *page, uint64_t count)
{
	cell(page, count_of(page, (double)count).text);
}

static void rejected_print(struct page *page, const struct card_outcome *outcome)
{
	static const enum word codes[] = { WORD_CARD_CODE, WORD_CARD_EVENTS, WORD_COUNT };
	static const enum word last[] = { WORD_CARD_WHEN, WORD_CARD_PLACE, WORD_CARD_CODE,
		WORD_CARD_ID, WORD_COUNT };
	if (outcome->rejected == 0)
		return;
	columns_print(page, WORD_CARD_REJECTED, codes);
	for (size_t i = 0; i < REJECTION_CODE_COUNT; i++) {
		if (outcome->codes[i] == 0)
			continue;
		row_name(page, rejection_code_name((enum rejection_code)i));
		cell_count(page, outcome->codes[i]);
		put(page, "</tr>\n");
	}
	rows_end(page);
	if (outcome->last_count == 0)
		return;
	PARAGRAPH(page, "note", WORD_CARD_LAST);
	columns_print(page, WORD_CARD_LAST_TABLE, last);
	for (size_t i = 0; i < outcome->last_count; i++) {
		const struct card_rejected *one = &outcome->last[i];
		row_name(page, phrase_moment(one->at_us).text);
		cell_count(page, one->index);
		cell(page, rejection_code_name(one->code));
		cell(page, one->id[0] == '\0' ? "–" : one->id);
		put(page, "</tr>\n");
	}
	rows_end(page);
}

static void outcome_print(struct page *page, const struct card_outcome *outcome)
{
	section_begin(page, "sent", WORD_CARD_SENT);
	PARAGRAPH(page, "count", WORD_CARD_SENT_SAYS,
		phrase_instant(page->view->language, outcome->since_us).text,
		count_of(page, (double)outcome->accepted).text,
		count_of(page, (double)outcome->duplicates).text,
		count_of(page, (double)outcome->rejected).text);
	rejected_print(page, outcome);
	section_end(page);
}

static void reports_print(struct page *page, const struct card *card)
{
	section_begin(page, "reports", WORD_CARD_REPORTS);
	PARAGRAPH(page, "count", WORD_CARD_REPORTS_SAYS, count_of(page, (double)card->records).text,
		count_of(page, (double)card->corrections).text);
	if (card->records > card->corrections)
		PARAGRAPH(page, "count", WORD_CARD_DELAY,
			phrase_count(page->view->language, card->delay_p50_days).text,
			phrase_count(page->view->language, card->delay_p90_days).text);
	section_end(page);
}

static void types_print(struct page *page, const struct card *card)
{
	static const enum word columns[] = { WORD_CARD_TYPE, WORD_CARD_EVENTS, WORD_CARD_LAST_ON,
		WORD_COLUMN_AGO, WORD_CARD_USUAL, WORD_CARD_LATE, WORD_COUNT };
	size_t count;
	const struct schema *schemas = schema_all(&count);
	section_begin(page, "types", WORD_CARD_TYPES);
	PARAGRAPH(page, "note", WORD_CARD_TYPES_SAYS);
	columns_print(page, WORD_CARD_TYPES, columns);
	for (size_t i = 0; i < count; i++) {
		const struct card_type *type = &card->types[schemas[i].type];
		if (type->records == 0)
			continue;
		row_name(page, schemas[i].key);
		cell_count(page, type->records);
		cell(page, phrase_date(page->view->language, type->last_on).text);
		cell_count(page, (uint64_t)type->days_since);
		cell(page, type->usual_days < 0 ? "–" : count_of(page, type->usual_days).text);
		cell(page, word_of(page, type->is_late ? WORD_YES : WORD_NO));
		put(page, "</tr>\n");
	}
	rows_end(page);
	section_end(page);
}

static void news_print(struct page *page, const struct card *card)
{
	static const enum word columns[] = { WORD_COLUMN_REASON, WORD_CARD_SILENT, WORD_CARD_COMING,
		WORD_COUNT };
	section_begin(page, "news", WORD_CARD_NEWS);
	PARAGRAPH(page, "note", WORD_CARD_NEWS_SAYS);
	columns_print(page, WORD_CARD_NEWS, columns);
	for (size_t i = 0; i < DUE_REASON_COUNT; i++) {
		row_name(page, word_of(page, reasons[i]));
		cell_count(page, card->due.silent[i]);
		cell_count(page, card->due.coming[i]);
		put(page, "</tr>\n");
	}
	rows_end(page);
	section_end(page);
}

static void contradictions_print(struct page *page, const struct card *card)
{
	static const enum word columns[] = { WORD_CARD_WHAT, WORD_CARD_PEOPLE, WORD_COUNT };
	section_begin(page, "contradictions", WORD_CARD_CONTRADICTIONS);
	PARAGRAPH(page, "note", WORD_CARD_CONTRADICTIONS_SAYS);
	columns_print(page, WORD_CARD_CONTRADICTIONS, columns);
	for (size_t i = 0; i < CONTRADICTION_COUNT; i++) {
		row_name(page, word_of(page, kinds[i]));
		cell_count(page, card->contradictions[i]);
		put(page, "</tr>\n");
	}
	rows_end(page);
	section_end(page);
}

void card_page_print(const struct card_view *view, const struct card *card,
	const struct card_outcome *outcome, struct text *out)
{
	const struct page_view frame = { .language = view->language };
	struct page page = { .view = &frame, .out = out };
	head_print(&page, view);
	outcome_print(&page, outcome);
	reports_print(&page, card);
	types_print(&page, card);
	news_print(&page, card);
	contradictions_print(&page, card);
	foot_print(&page);
}

void card_notice_print(const struct card_view *view, bool is_busy, struct text *out)
{
	const struct page_view frame = { .language = view->language };
	struct page page = { .view = &frame, .out = out };
	head_print(&page, view);
	put(&page, "<div class=\"notice\" role=\"status\"><h2>");
	SAY(&page, is_busy ? WORD_BUSY : WORD_CARD_BROKEN);
	put(&page, "</h2><p>");
	SAY(&page, is_busy ? WORD_CARD_BUSY : WORD_BROKEN_SAYS);
	put(&page, "</p></div>\n");
	foot_print(&page);
}
