/*
 * page/first.c - see first.h.
 */
#include "page/first.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "page/chart.h"
#include "page/link.h"
#include "page/sections_time.h"

#define RUNG_LAST      5 /* the sixth is the highest: nobody climbs from it */
#define DAYS_PER_MONTH 30.4375
#define MONTHS_SHOWN   36
#define QUARTERS_BACK  4
#define QUARTER_DAYS   92
#define NAMES_LENGTH   400

static void card_begin(struct page *page, const char *name, enum word title)
{
	text_printf(page->out,
		"<section class=\"card first\" id=\"%s\" aria-labelledby=\"h-%s\"><h2 "
		"id=\"h-%s\">",
		name, name, name);
	SAY(page, title);
	put(page, "</h2>\n");
}

/* Its definition, its CSV and its permanent address. */
static void card_end(struct page *page, const char *indicator)
{
	links_print(page, indicator);
	put(page, "</section>\n");
}

/* 1. How long does it take to climb? */

/* What is known of the time on a rung, or until one. */
struct climb {
	double median;
	double low;
	double high;
	double share; /* at the last horizon where there is one; NAN: at none */
	int months;   /* of that horizon */
};

static struct climb climb_of(const struct chart_curve *curve)
{
	struct climb climb = { curve->median_days, curve->median_low, curve->median_high, NAN, 0 };
	for (size_t i = 0; i < curve->count; i++) {
		if (isnan(curve->estimates[i].share))
			continue;
		climb.share = curve->estimates[i].share;
		climb.months = curve->months[i];
	}
	return climb;
}

static struct phrase months_of(const struct page *page, int months)
{
	return duration_of(page, months * DAYS_PER_MONTH);
}

/* Which rung takes longest. */
struct slowest {
	int rung;      /* 0: nothing is known */
	bool by_share; /* half are not above it yet, and its share is the least */
	bool is_sure;  /* else another may take longer, that few are watched on for so long */
};

static struct slowest slowest_of(const struct climb *rungs)
{
	int slow = 0, longest = 0, open = 0;
	for (int rung = 1; rung <= RUNG_LAST; rung++) {
		if (!isnan(rungs[rung].median) &&
			(longest == 0 || rungs[rung].median > rungs[longest].median))
			longest = rung;
	}
	for (int rung = 1; rung <= RUNG_LAST; rung++) {
		const struct climb *climb = &rungs[rung];
		double days = climb->months * DAYS_PER_MONTH;
		if (!isnan(climb->median))
			continue;
		/* Where half are not there yet it takes longer than wherever half are by then. */
		if (climb->months >= MONTHS_SHOWN * 2 / 3 ||
			(climb->months > 0 && longest != 0 && days >= rungs[longest].median)) {
			if (slow == 0 || climb->share < rungs[slow].share)
				slow = rung;
		} else {
			open++;
		}
	}
	return (struct slowest){ slow != 0 ? slow : longest, slow != 0, open == 0 };
}

static struct phrase rung_text(int rung)
{
	struct phrase phrase;
	snprintf(phrase.text, sizeof(phrase.text), "%d", rung);
	return phrase;
}

/* The answer in words: until work, and which rung takes longest. */
static void climb_says(struct page *page, const struct climb *work, const struct climb *rungs)
{
	if (!isnan(work->median))
		PARAGRAPH(page, "answer", WORD_Q1_HALF, duration_of(page, work->median).text);
	else if (!isnan(work->share))
		PARAGRAPH(page, "answer", WORD_Q1_PART, months_of(page, work->months).text,
			share_of(page, work->share).text);
	else
		section_nothing_grown(page);
	struct slowest slowest = slowest_of(rungs);
	const struct climb *climb = &rungs[slowest.rung];
	if (slowest.by_share)
		PARAGRAPH(page, "says", WORD_Q1_SLOWEST, rung_text(slowest.rung).text,
			months_of(page, climb->months).text, share_of(page, climb->share).text);
	else if (slowest.rung != 0)
		PARAGRAPH(page, "says", slowest.is_sure ? WORD_Q1_LONGEST : WORD_Q1_LONGEST_KNOWN,
			rung_text(slowest.rung).text, duration_of(page, climb->median).text);
}

/* The bar up to the half-time, and its margin as a line; the numbers stand beside it. */
static void climb_bar(struct page *page, const struct climb *climb)
{
	double whole = MONTHS_SHOWN * DAYS_PER_MONTH;
	put(page, "<td class=\"bar\"><svg class=\"b\" width=\"100%\" height=\"14\" "
		  "aria-hidden=\"true\" focusable=\"false\"><rect class=\"track\" y=\"2\" "
		  "width=\"100%\" height=\"10\"/>");
	if (!isnan(climb->median))
		text_printf(page->out,
			"<rect class=\"p-yes\" y=\"2\" width=\"%.2f%%\" height=\"10\"/>",
			100 * fmin(climb->median / whole, 1));
	if (!isnan(climb->median) && !isnan(climb->low))
		text_printf(page->out,
			"<line class=\"whisker\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"7\" y2=\"7\"/>",
			100 * fmin(climb->low / whole, 1),
			isnan(climb->high) ? 100 : 100 * fmin(climb->high / whole, 1));
	put(page, "</svg></td>");
}

/* The margin of a half-time; the unit stands once where it is that of both. */
static void put_margin(struct page *page, const struct climb *climb)
{
	struct phrase low = duration_of(page, climb->low), high = duration_of(page, climb->high);
	if (isnan(climb->high)) {
		struct phrase median = duration_of(page, climb->median);
		char *unit = strchr(low.text, ' '), *same = strchr(median.text, ' ');
		if (unit != NULL && same != NULL && strcmp(unit, same) == 0)
			*unit = '\0';
		SAY(page, WORD_AT_LEAST, low.text);
		return;
	}
	char *low_unit = strchr(low.text, ' '), *high_unit = strchr(high.text, ' ');
	if (low_unit != NULL && high_unit != NULL && strcmp(low_unit, high_unit) == 0)
		*low_unit = *high_unit = '\0';
	SAY(page, WORD_FROM_TO, low.text, high.text);
}

static void climb_row(struct page *page, int rung, const struct climb *climb)
{
	char number[16];
	snprintf(number, sizeof(number), "%d", rung);
	put(page, "<tr><th scope=\"row\"><b>");
	put(page, number);
	put(page, "</b> ");
	SAY(page, word_of_rung(rung));
	put(page, "</th>");
	climb_bar(page, climb);
	put(page, "<td>");
	if (!isnan(climb->median)) {
		put(page, "<b>");
		put_escaped(page, duration_of(page, climb->median).text);
		put(page, "</b>");
		if (!isnan(climb->low)) {
			put(page, " <small>");
			put_margin(page, climb);
			put(page, "</small>");
		}
	} else if (!isnan(climb->share)) {
		SAY(page, WORD_SHARE_AFTER, share_of(page, climb->share).text,
			months_of(page, climb->months).text);
	} else {
		put(page, "\xe2\x80\x93");
	}
	put(page, "</td></tr>\n");
}

static void climb_table(struct page *page, const struct climb *rungs)
{
	put(page, "<table class=\"ladder\"><caption>");
	SAY(page, WORD_Q1_TABLE);
	put(page, "</caption><thead class=\"unseen\"><tr><th scope=\"col\">");
	SAY(page, WORD_COLUMN_RUNG);
	put(page, "</th><th scope=\"col\">");
	SAY(page, WORD_COLUMN_DRAWING);
	put(page, "</th><th scope=\"col\">");
	SAY(page, WORD_COLUMN_HALF);
	put(page, "</th></tr></thead><tbody>\n");
	for (int rung = RUNG_LAST; rung >= 1; rung--)
		climb_row(page, rung, &rungs[rung]);
	put(page, "</tbody></table>\n");
}

/* From settlement to work: shares after one, two and three years, and the half-time. */
static void reached_table(struct page *page)
{
	static const enum word names[] = { WORD_REACHED_4, WORD_REACHED_5, WORD_REACHED_6 };
	static const int months[] = { 12, 24, 36 };
	put(page, "<table class=\"reach\"><caption>");
	SAY(page, WORD_Q1_REACHED);
	put(page, "</caption><thead><tr><th scope=\"col\">");
	SAY(page, WORD_COLUMN_WHAT);
	put(page, "</th>");
	for (size_t i = 0; i < ARRAY_LENGTH(months); i++) {
		put(page, "<th scope=\"col\">");
		char number[16];
		snprintf(number, sizeof(number), "%d", months[i]);
		SAY(page, WORD_MONTHS_FEW, number);
		put(page, "</th>");
	}
	put(page, "</tr></thead><tbody>\n");
	for (int rung = 4; rung <= (page_is_public(page) ? 4 : 6); rung++) {
		struct chart_curve curve;
		reached_curve(page, rung, &curve);
		put(page, "<tr><th scope=\"row\">");
		SAY(page, names[rung - 4]);
		put(page, "</th>");
		for (size_t i = curve.count - ARRAY_LENGTH(months); i < curve.count; i++)
			table_cell(page, share_of(page, curve.estimates[i].share).text);
		put(page, "</tr>\n");
	}
	put(page, "</tbody></table>\n");
}

static void climbs_read(const struct page *page, struct climb rungs[RUNG_LAST + 1])
{
	struct chart_curve curve;
	for (int rung = 1; rung <= RUNG_LAST; rung++) {
		step_curve(page, rung, &curve);
		rungs[rung] = climb_of(&curve);
	}
}

static void climb_print(struct page *page)
{
	struct climb rungs[RUNG_LAST + 1] = { 0 };
	struct chart_curve curve;
	card_begin(page, "q1", WORD_Q1);
	climbs_read(page, rungs);
	reached_curve(page, 4, &curve);
	struct climb work = climb_of(&curve);
	climb_says(page, &work, rungs);
	reached_table(page);
	climb_table(page, rungs);
	card_end(page, "rung_reached");
}

/* 2. Is it getting better? */

#define COMPARED_MAX (TREND_SERIES_COUNT + LATELY_ROW_COUNT)

/* A row of what is compared. */
struct compared_row {
	enum word word;
	struct phrase before;
	struct phrase now;
	double difference; /* in points */
	enum difference shown;
	bool less_is_better;
};

/* The point a year ago: the quarter's end nearest to it; NULL: there is none. */
static const struct trend_point *point_before(const struct page_view *view)
{
	const struct trend_point *found = NULL;
	int32_t wanted = view->as_of - 365, nearest = QUARTER_DAYS / 2 + 1;
	for (size_t i = 0; i + 1 < view->point_count; i++) {
		int32_t apart = view->points[i].as_of - wanted;
		apart = apart < 0 ? -apart : apart;
		if (apart <= nearest) {
			nearest = apart;
			found = &view->points[i];
		}
	}
	return found;
}

/* Those of the series that are shares of people, a year ago and now. */
static size_t compare_shares(
	const struct page *page, unsigned comparisons, struct compared_row *rows)
{
	const struct page_view *view = page->view;
	const struct trend_point *before = point_before(view);
	const struct trend_point *now =
		view->point_count == 0 ? NULL : &view->points[view->point_count - 1];
	size_t count = 0;
	for (size_t i = 0; i < TREND_SERIES_COUNT && before != NULL; i++) {
		if (trend_series(i)->whole == NULL)
			continue;
		rows[count++] = (struct compared_row){
			.word = trend_series(i)->word,
			.before = share_of(page, before->values[i].share),
			.now = share_of(page, now->values[i].share),
			.difference = now->values[i].share - before->values[i].share,
			.shown = difference_of_shares(
				trend_share(before, i), trend_share(now, i), comparisons),
			.less_is_better = i == INDEX_TREND_CONTACT,
		};
	}
	return count;
}

/* A share of an estimate, unless too few are watched. */
static double watched_share(const struct compared_estimate *estimate)
{
	return estimate->watched < DIFFERENCE_WATCHED_MIN ? NAN : estimate->share;
}

/* Those who entered lately beside those before. */
static size_t compare_lately(
	const struct page *page, unsigned comparisons, struct compared_row *rows)
{
	const struct background *background = page->view->background;
	size_t count = 0;
	for (size_t i = 0; i < LATELY_ROW_COUNT && background != NULL; i++) {
		const struct lately_share *share = &background->lately[i];
		double before = watched_share(&share->earlier), now = watched_share(&share->recent);
		if (isnan(before) || isnan(now))
			continue;
		rows[count++] = (struct compared_row){
			.word = lately_word(i),
			.before = share_of(page, before),
			.now = share_of(page, now),
			.difference = now - before,
			.shown =
				difference_of_estimates(share->earlier, share->recent, comparisons),
		};
	}
	return count;
}

static bool is_better(const struct compared_row *row)
{
	return row->shown == (row->less_is_better ? DIFFERENCE_LESS : DIFFERENCE_MORE);
}

static bool is_worse(const struct compared_row *row)
{
	return row->shown == (row->less_is_better ? DIFFERENCE_MORE : DIFFERENCE_LESS);
}

/* The names of those rows, with commas; how many there are. */
static size_t names_of(const struct page *page, const struct compared_row *rows, size_t count,
	bool (*wanted)(const struct compared_row *row), char names[NAMES_LENGTH])
{
	size_t found = 0, used = 0;
	names[0] = '\0';
	for (size_t i = 0; i < count && used < NAMES_LENGTH; i++) {
		if (wanted(&rows[i]))
			used += (size_t)snprintf(names + used, NAMES_LENGTH - used, "%s%s",
				found++ > 0 ? ", " : "", word_of(page, rows[i].word));
	}
	return found;
}

static void better_says(struct page *page, const struct compared_row *rows, size_t count)
{
	char better[NAMES_LENGTH], worse[NAMES_LENGTH];
	size_t compared = 0;
	for (size_t i = 0; i < count; i++)
		compared += rows[i].shown != DIFFERENCE_NONE;
	size_t up = names_of(page, rows, count, is_better, better);
	size_t down = names_of(page, rows, count, is_worse, worse);
	if (compared == 0)
		PARAGRAPH(page, "answer", WORD_Q2_NONE);
	else if (up == 0 && down == 0)
		PARAGRAPH(page, "answer", WORD_Q2_SAME);
	else if (down == 0)
		PARAGRAPH(page, "answer", WORD_Q2_BETTER, better);
	else if (up == 0)
		PARAGRAPH(page, "answer", WORD_Q2_WORSE, worse);
	else
		PARAGRAPH(page, "answer", WORD_Q2_BOTH, better, worse);
}

static void better_row(struct page *page, const struct compared_row *row)
{
	const char *kind = is_better(row) ? "up" : is_worse(row) ? "down" : "same";
	const char *sign = row->shown == DIFFERENCE_MORE   ? "\xe2\x96\xb2 "
			   : row->shown == DIFFERENCE_LESS ? "\xe2\x96\xbc "
							   : "";
	put(page, "<tr><th scope=\"row\">");
	SAY(page, row->word);
	put(page, "</th>");
	table_cell(page, row->before.text);
	table_cell(page, row->now.text);
	text_printf(page->out, "<td class=\"%s\">%s", kind, sign);
	if (row->shown == DIFFERENCE_NONE)
		put(page, "\xe2\x80\x93");
	else
		SAY(page, is_better(row)  ? WORD_BETTER
			  : is_worse(row) ? WORD_WORSE
					  : WORD_ABOUT_THE_SAME);
	put(page, "</td></tr>\n");
}

static void better_rows(struct page *page, enum word before, enum word now,
	const struct compared_row *rows, size_t count)
{
	if (count == 0)
		return;
	put(page, "<thead><tr><th scope=\"col\">");
	SAY(page, WORD_COLUMN_WHAT);
	put(page, "</th><th scope=\"col\">");
	SAY(page, before);
	put(page, "</th><th scope=\"col\">");
	SAY(page, now);
	put(page, "</th><th scope=\"col\">");
	SAY(page, WORD_COLUMN_DIFFERENCE);
	put(page, "</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < count; i++)
		better_row(page, &rows[i]);
	put(page, "</tbody>");
}

/* Whoever has read which rung takes longest asks whether it gets better: also where no row says. */
static void slowest_says(struct page *page, const struct compared_row *rows, size_t count)
{
	struct climb rungs[RUNG_LAST + 1] = { 0 };
	climbs_read(page, rungs);
	int rung = slowest_of(rungs).rung;
	if (rung == 0 || page->view->background == NULL)
		return;
	for (size_t i = 0; i < count; i++) {
		if (rows[i].word == lately_word((size_t)(INDEX_LATELY_1 + rung - 1)))
			return;
	}
	PARAGRAPH(page, "says", WORD_Q2_SLOWEST_UNKNOWN, rung_text(rung).text);
}

static void better_print(struct page *page)
{
	struct compared_row rows[COMPARED_MAX];
	/* How many there are decides how strict each is. */
	unsigned comparisons = 1;
	size_t shares = compare_shares(page, 1, rows);
	size_t all = shares + compare_lately(page, 1, rows + shares);
	for (size_t i = 0; i < all; i++)
		comparisons += rows[i].shown != DIFFERENCE_NONE;
	comparisons -= comparisons > 1;
	shares = compare_shares(page, comparisons, rows);
	all = shares + compare_lately(page, comparisons, rows + shares);
	card_begin(page, "q2", WORD_Q2);
	better_says(page, rows, all);
	if (all > 0) {
		put(page, "<table class=\"changes\"><caption class=\"unseen\">");
		SAY(page, WORD_Q2);
		put(page, "</caption>");
		better_rows(page, WORD_COLUMN_YEAR_AGO, WORD_COLUMN_NOW, rows, shares);
		put(page, "</table>\n");
	}
	if (all > shares) {
		put(page, "<table class=\"changes\"><caption>");
		SAY(page, WORD_Q2_LATELY);
		put(page, "</caption>");
		better_rows(
			page, WORD_COLUMN_EARLIER, WORD_COLUMN_LATELY, rows + shares, all - shares);
		put(page, "</table>\n");
	}
	slowest_says(page, rows + shares, all - shares);
	PARAGRAPH(page, "note", page_is_public(page) ? WORD_Q2_NOTE_PUBLIC : WORD_Q2_NOTE);
	card_end(page, "trend");
}

/* 3. Does everybody take part? */

static void taking_part_print(struct page *page)
{
	const struct figure *object =
		look_figure(page->view->figures, "indicators/participation_norm");
	const struct chart_part parts[] = {
		{ word_of(page, WORD_ANSWER_YES), "yes", look_number(object, "yes") },
		{ word_of(page, WORD_ANSWER_UNKNOWN), "unknown", look_number(object, "unknown") },
		{ word_of(page, WORD_ANSWER_NO), "no", look_number(object, "no") },
	};
	struct look_estimate band = look_estimate(object, "");
	card_begin(page, "q3", WORD_Q3);
	if (isnan(band.share)) {
		section_nothing(page);
		card_end(page, "participation_norm");
		return;
	}
	double base = at(page, "rounded_to");
	if (!isnan(base)) {
		double rounding = share_rounding((struct compared_share){
			parts[0].value, parts[1].value + parts[2].value, 2, base });
		band.low = fmax(band.share - rounding, 0);
		band.high = fmin(band.share + rounding, 1);
	}
	put(page, "<div class=\"split\"><div>");
	PARAGRAPH(page, "answer", band.share < 1 ? WORD_Q3_NO : WORD_Q3_YES,
		share_of(page, band.share).text);
	put(page, "<p class=\"says\">");
	SAY(page, WORD_MARGIN, phrase_percent(band.low).text, phrase_percent(band.high).text);
	if (parts[1].value > 0) {
		put(page, " ");
		SAY(page, WORD_Q3_UNKNOWN,
			share_of(page,
				parts[1].value / (parts[0].value + parts[1].value + parts[2].value))
				.text);
	}
	put(page, "</p></div><div>");
	chart_stack(page, word_of(page, WORD_Q3), parts, ARRAY_LENGTH(parts), &band, true);
	put(page, "</div></div>");
	card_end(page, "participation_norm");
}

void first_print(struct page *page)
{
	put(page, "<div class=\"three\">\n");
	climb_print(page);
	better_print(page);
	taking_part_print(page);
	put(page, "</div>\n");
}

/* What changed. */

static struct phrase signed_of(const struct page *page, double value)
{
	struct phrase phrase = { "" };
	if (isnan(value))
		return phrase_percent(NAN);
	snprintf(phrase.text, sizeof(phrase.text), "%s%.50s",
		value > 0   ? "+"
		: value < 0 ? "\xe2\x88\x92"
			    : "",
		phrase_count(page->view->language, fabs(value)).text);
	return phrase;
}

void changes_print(struct page *page)
{
	const struct page_view *view = page->view;
	if (view->background == NULL)
		return;
	const struct changes_since *changes = &view->background->changes;
	struct counts now = counts_of(view->figures);
	struct phrase then = phrase_date(view->language, changes->day);
	struct phrase today = phrase_date(view->language, view->as_of);
	section_begin(page, "changed", WORD_CHANGED);
	PARAGRAPH(page, "lead", WORD_CHANGED_SAYS, then.text);
	table_frame(page, WORD_CHANGED);
	table_column(page, word_of(page, WORD_COLUMN_WHAT));
	table_column(page, phrase_of(view->language, WORD_COLUMN_THEN, then.text, NULL).text);
	table_column(page, word_of(page, WORD_COLUMN_LATE));
	table_column(page, word_of(page, WORD_COLUMN_HAPPENED));
	table_column(page, today.text);
	table_body(page);
	for (size_t i = 0; i < CHANGE_ROW_COUNT; i++) {
		double before = changes->then.values[i], since = changes->since.values[i];
		table_row(page, word_of(page, counts_word(i)));
		table_cell(page, count_of(page, before).text);
		table_cell(page, signed_of(page, since - before).text);
		table_cell(page, signed_of(page, now.values[i] - since).text);
		table_cell(page, count_of(page, now.values[i]).text);
	}
	put(page, "</tr>\n</tbody></table></div>\n");
	section_end(page);
}
