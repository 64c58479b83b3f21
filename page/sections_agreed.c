/*
 * page/sections_agreed.c - see sections_agreed.h.
 *
 * The table is what people come for, so that it stands open, with each verdict in words and
 * why nothing else can be said. What was realised at earlier quarters is in a table to open.
 */
#include "page/sections_agreed.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "page/agreed.h"

#define DECIMALS_MAX 4

static enum word word_of_figure(enum agreed_figure figure)
{
	static const enum word words[] = {
#define FIGURE_WORD(number, NAME) [number] = WORD_AGREED_##NAME,
		AGREED_FIGURES(FIGURE_WORD)
#undef FIGURE_WORD
	};
	return words[figure];
}

static enum word word_of_verdict(enum verdict_word verdict)
{
	static const enum word words[] = {
#define VERDICT_ROW(NAME, name) WORD_VERDICT_##NAME,
		VERDICTS(VERDICT_ROW)
#undef VERDICT_ROW
	};
	return words[verdict];
}

/* What an element of the array says. */
struct agreed_row {
	const struct figure *item;
	enum agreed_figure figure;
	enum verdict_word verdict;
	const char *with; /* NULL: nobody */
	int32_t by;
	double value; /* as sent */
	bool at_least;
	bool running;
};

/* The number of a name of an enumeration, from `first` on; `end`: it has no such name. */
static unsigned name_find(const char *const *names, unsigned first, unsigned end, const char *name)
{
	unsigned i = first;
	while (i < end && (name == NULL || strcmp(names[i], name) != 0))
		i++;
	return i;
}

static enum verdict_word verdict_find(const char *name)
{
	unsigned i = 0;
	while (i < VERDICT_WORD_COUNT &&
		(name == NULL || strcmp(verdict_word_name((enum verdict_word)i), name) != 0))
		i++;
	return (enum verdict_word)i;
}

/* False: it is of another program than this one, which cannot say what it is. */
static bool row_read(const struct figure *item, struct agreed_row *row)
{
	const char *by = look_text(item, "by"), *comparison = look_text(item, "comparison");
	const struct figure *running = look_figure(item, "running");
	unsigned figure = name_find(
		enumeration_agreed_figure.names, 1, AGREED_FIGURE_END, look_text(item, "figure"));
	*row = (struct agreed_row){
		.item = item,
		.figure = (enum agreed_figure)figure,
		.verdict = verdict_find(look_text(item, "verdict")),
		.with = look_text(item, "with"),
		.value = look_number(item, "value"),
		.at_least =
			comparison != NULL &&
			strcmp(comparison, enumeration_comparison.names[COMPARISON_AT_LEAST]) == 0,
		.running = running != NULL && running->kind == FIGURE_TRUTH &&
			   running->as.integer != 0,
	};
	return figure < AGREED_FIGURE_END && row->verdict < VERDICT_WORD_COUNT && by != NULL &&
	       date_parse(bytes_of_string(by), &row->by) == OK;
}

/*
 * A share as a percentage with one decimal; with more where that would stand on the other side
 * of what was agreed.
 */
static struct phrase share_shown(const struct page *page, double share, double agreed)
{
	struct phrase phrase = phrase_percent(NAN);
	double exact = 100 * share;
	if (isnan(share))
		return phrase;
	for (int decimals = 1; decimals <= DECIMALS_MAX; decimals++) {
		double scale = pow(10, decimals);
		double shown = round(exact * scale) / scale;
		bool whole = decimals == 1 && shown == round(shown);
		snprintf(phrase.text, sizeof(phrase.text), "%.*f%%", whole ? 0 : decimals, shown);
		if ((shown > agreed) == (exact > agreed + 1e-9) &&
			(shown < agreed) == (exact < agreed - 1e-9))
			break;
	}
	char *point = strchr(phrase.text, '.');
	if (point != NULL && page->view->language == LANGUAGE_NL)
		*point = ',';
	return phrase;
}

/* A value of the figure, in its unit: per cent, days, or so many. */
static struct phrase value_shown(
	const struct page *page, const struct agreed_row *row, double value)
{
	enum language language = page->view->language;
	if (isnan(value))
		return phrase_percent(NAN);
	if (agreed_figure_is_share(row->figure))
		return share_shown(page, value, row->value);
	if (row->figure == AGREED_FIGURE_RUNG_HALF_TIME)
		return phrase_of(language, value == 1 ? WORD_DAY_ONE : WORD_DAYS,
			phrase_count(language, value).text, NULL);
	return phrase_count(language, value);
}

/* What it is, with its rung. */
static struct phrase what_shown(const struct page *page, const struct agreed_row *row)
{
	char rung[16] = "";
	if (agreed_figure_has_rung(row->figure))
		snprintf(rung, sizeof(rung), "%.0f", look_number(row->item, "rung"));
	return phrase_of(page->view->language, word_of_figure(row->figure), rung, NULL);
}

static struct phrase target_shown(const struct page *page, const struct agreed_row *row)
{
	bool share = agreed_figure_is_share(row->figure);
	struct phrase value = value_shown(page, row, share ? row->value / 100 : row->value);
	return phrase_of(page->view->language,
		row->at_least ? WORD_AGREED_AT_LEAST : WORD_AGREED_AT_MOST, value.text, NULL);
}

static struct phrase limits_shown(const struct page *page, const struct agreed_row *row)
{
	double low = look_number(row->item, "low"), high = look_number(row->item, "high");
	struct phrase least = value_shown(page, row, low), most = value_shown(page, row, high);
	struct phrase phrase;
	if (isnan(low) && isnan(high))
		return phrase_percent(NAN);
	if (isnan(low) || isnan(high))
		return phrase_of(page->view->language,
			isnan(high) ? WORD_AGREED_AT_LEAST : WORD_AGREED_AT_MOST,
			isnan(high) ? least.text : most.text, NULL);
	snprintf(phrase.text, sizeof(phrase.text), "%.28s \xe2\x80\x93 %.28s", least.text,
		most.text);
	return phrase;
}

/* "Undecided" is explained: by who was not reported about, else by chance. */
static void undecided_print(struct page *page, const struct agreed_row *row)
{
	double realised = look_number(row->item, "realised"), max = look_number(row->item, "max");
	double records = look_number(row->item, "records");
	double unreported = round((max - realised) * records);
	if (unreported > 0)
		SAY(page, WORD_VERDICT_UNREPORTED, count_of(page, unreported).text,
			count_of(page, records).text, share_shown(page, max, row->value).text);
	else
		SAY(page, WORD_VERDICT_CHANCE);
}

/* The verdict in words, and why it is none. */
static void verdict_print(struct page *page, const struct agreed_row *row)
{
	text_printf(
		page->out, "<td class=\"verdict v-%s\"><strong>", verdict_word_name(row->verdict));
	SAY(page, word_of_verdict(row->verdict));
	put(page, "</strong>");
	if (row->verdict == VERDICT_WORD_UNDECIDED) {
		put(page, " ");
		undecided_print(page, row);
	} else if (row->verdict == VERDICT_WORD_TOO_FEW) {
		put(page, " ");
		SAY(page, WORD_VERDICT_FEW);
	}
	if (row->running) {
		put(page, " ");
		SAY(page, WORD_VERDICT_RUNNING);
	}
	put(page, "</td>");
}

static void row_print(struct page *page, const struct agreed_row *row)
{
	table_row(page, what_shown(page, row).text);
	table_cell(page, row->with == NULL ? phrase_percent(NAN).text : row->with);
	table_cell(page, phrase_date(page->view->language, row->by).text);
	table_cell(page, target_shown(page, row).text);
	table_cell(page, value_shown(page, row, look_number(row->item, "realised")).text);
	table_cell(page, limits_shown(page, row).text);
	verdict_print(page, row);
}

/* The agreements and their verdicts, in a table that stands open. */
static void verdicts_print(struct page *page, const struct figure *first)
{
	static const enum word columns[] = { WORD_AGREED_WHAT, WORD_AGREED_WITH, WORD_AGREED_BY,
		WORD_AGREED_TARGET, WORD_AGREED_REALISED, WORD_AGREED_LIMITS, WORD_AGREED_VERDICT,
		WORD_COUNT };
	put(page, "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"");
	SAY(page, WORD_AGREED_TABLE);
	put(page, "\"><table><caption>");
	SAY(page, WORD_AGREED_TABLE);
	put(page, "</caption><thead><tr>");
	for (size_t i = 0; columns[i] != WORD_COUNT; i++)
		table_column(page, word_of(page, columns[i]));
	table_body(page);
	for (const struct figure *item = first; item != NULL; item = item->next) {
		struct agreed_row row;
		if (row_read(item, &row))
			row_print(page, &row);
	}
	put(page,
		page->row_is_open ? "</tr>\n</tbody></table></div>\n" : "</tbody></table></div>\n");
}

/* What was realised at the ends of the quarters before. */
static void before_print(struct page *page, const struct figure *first)
{
	const struct page_view *view = page->view;
	table_open(page, WORD_AGREED_BEFORE);
	table_column(page, word_of(page, WORD_AGREED_WHAT));
	table_column(page, word_of(page, WORD_AGREED_TARGET));
	for (int quarters = AGREED_QUARTERS_MAX; quarters >= 1; quarters--)
		table_column(page,
			phrase_quarter(view->language, trend_quarter_end(view->as_of, quarters))
				.text);
	table_body(page);
	for (const struct figure *item = first; item != NULL; item = item->next) {
		struct agreed_row row;
		if (!row_read(item, &row))
			continue;
		table_row(page, what_shown(page, &row).text);
		table_cell(page, target_shown(page, &row).text);
		for (int quarters = AGREED_QUARTERS_MAX; quarters >= 1; quarters--) {
			double realised = agreed_past_realised(
				view->agreed, item, trend_quarter_end(view->as_of, quarters));
			table_cell(page, value_shown(page, &row, realised).text);
		}
	}
	table_end(page, WORD_AGREED_BEFORE, "agreements");
}

/* How many are over, were kept, and run. */
static void sum_up(struct page *page, const struct figure *first)
{
	double over = 0, kept = 0, running = 0;
	for (const struct figure *item = first; item != NULL; item = item->next) {
		struct agreed_row row;
		if (!row_read(item, &row))
			continue;
		running += row.running;
		over += !row.running;
		kept += row.verdict == VERDICT_WORD_MET;
	}
	PARAGRAPH(page, "says", WORD_AGREED_SAYS, count_of(page, over).text,
		count_of(page, kept).text, count_of(page, running).text);
}

void agreed_print(struct page *page)
{
	const struct figure *agreements = look_figure(page->view->figures, "indicators/agreements");
	if (page_is_public(page) || agreements == NULL || agreements->kind != FIGURE_ARRAY ||
		agreements->as.first == NULL)
		return;
	section_begin(page, "agreements", WORD_AGREED);
	sum_up(page, agreements->as.first);
	verdicts_print(page, agreements->as.first);
	PARAGRAPH(page, "note", WORD_AGREED_NOTE);
	before_print(page, agreements->as.first);
	const struct agreed_past *past = page->view->agreed;
	if (past != NULL && past->known_us != 0)
		PARAGRAPH(page, "note", WORD_TREND_KNOWN,
			phrase_instant(page->view->language, past->known_us).text);
	section_end(page);
}
