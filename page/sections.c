/*
 * page/sections.c - see sections.h.
 *
 * Each says its figure in words first, then as a chart, then as a table with the CSV. What
 * is null is said to be left out, never shown as 0.
 */
#include "page/sections.h"

#include <math.h>
#include <stdio.h>

#include "base/check.h"
#include "page/chart.h"
#include "page/sections_agreed.h"
#include "page/sections_time.h"

#define RUNGS      6
#define BARS_MAX   6 /* of barriers: the others are in the table */
#define ROWS_MAX   16
#define NAMES_ROOM 80

/* The rows of yes, no, unknown and those not asked; then `planned` when there is one. */
static void answer_table(
	struct page *page, enum word title, const char *indicator, const struct figure *object)
{
	static const struct {
		const char *key;
		enum word word;
	} rows[] = {
		{ "yes", WORD_ANSWER_YES },
		{ "unknown", WORD_ANSWER_UNKNOWN },
		{ "no", WORD_ANSWER_NO },
		{ "exempt", WORD_ANSWER_EXEMPT },
		{ "new", WORD_ANSWER_NEW },
	};
	static const enum word columns[] = { WORD_COLUMN_WHAT, WORD_COLUMN_PEOPLE,
		WORD_COLUMN_SHARE, WORD_COLUMN_BAND, WORD_COUNT };
	double all = look_number(object, "yes") + look_number(object, "no") +
		     look_number(object, "unknown");
	bool shares = !isnan(look_number(object, "share"));
	struct look_estimate band = look_estimate(object, "");
	table_begin(page, title, columns);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		double people = look_number(object, rows[i].key);
		table_row(page, word_of(page, rows[i].word));
		table_cell(page, count_of(page, people).text);
		table_cell(page, share_of(page, i < 3 && shares ? people / all : NAN).text);
		table_cell(page, i == 0 ? band_of(&band).text : phrase_percent(NAN).text);
	}
	if (look_figure(object, "planned") != NULL) {
		table_row(page, word_of(page, WORD_PLANNED));
		table_cell(page, count_of(page, look_number(object, "planned/yes")).text);
		table_cell(page, share_of(page, look_number(object, "planned/share")).text);
		table_cell(page, phrase_percent(NAN).text);
	}
	table_end(page, title, indicator);
}

/* Shown, possible, not: the bar of an answer. */
static void answer_chart(
	struct page *page, enum word title, const struct figure *object, bool target)
{
	const struct chart_part parts[] = {
		{ word_of(page, WORD_ANSWER_YES), "yes", look_number(object, "yes") },
		{ word_of(page, WORD_ANSWER_UNKNOWN), "unknown", look_number(object, "unknown") },
		{ word_of(page, WORD_ANSWER_NO), "no", look_number(object, "no") },
	};
	struct look_estimate band = look_estimate(object, "");
	chart_stack(page, word_of(page, title), parts, ARRAY_LENGTH(parts), &band, target);
	if (!isnan(band.low))
		PARAGRAPH(page, "note", WORD_ANSWER_BAND, phrase_percent(band.low).text,
			phrase_percent(band.high).text);
}

static void norm_print(struct page *page)
{
	const struct figure *object =
		look_figure(page->view->figures, "indicators/participation_norm");
	double share = look_number(object, "share"), max = look_number(object, "max");
	section_begin(page, "norm", WORD_NORM);
	if (isnan(share)) {
		section_nothing(page);
	} else {
		section_number(page, share_of(page, share).text, WORD_NORM_SAYS);
		if (max > share)
			PARAGRAPH(page, "says", WORD_NORM_POSSIBLE,
				share_of(page, max - share).text, share_of(page, max).text);
		else if (!page_is_public(page)) /* There a 0 may be a few people, rounded. */
			PARAGRAPH(page, "says", WORD_NORM_ALL_KNOWN);
		answer_chart(page, WORD_NORM, object, true);
	}
	PARAGRAPH(page, "note", WORD_NORM_NOTE);
	answer_table(page, WORD_NORM, "participation_norm", object);
	section_end(page);
}

static void combined_print(struct page *page)
{
	const struct figure *object =
		look_figure(page->view->figures, "indicators/combined_pathway");
	double share = look_number(object, "share"), planned = look_number(object, "planned/share");
	section_begin(page, "combined", WORD_COMBINED);
	if (isnan(share)) {
		section_nothing(page);
	} else {
		section_number(page, share_of(page, share).text, WORD_COMBINED_SAYS);
		answer_chart(page, WORD_COMBINED, object, false);
		if (!isnan(planned))
			PARAGRAPH(
				page, "says", WORD_COMBINED_PLANNED, share_of(page, planned).text);
	}
	answer_table(page, WORD_COMBINED, "combined_pathway", object);
	section_end(page);
}

/* The rungs from the highest down, then those not assessed. */
static size_t ladder_rows(struct page *page, char names[][NAMES_ROOM], struct chart_row *rows)
{
	const struct figure *object =
		look_figure(page->view->figures, "indicators/ladder_position");
	size_t count = 0;
	for (int rung = RUNGS; rung >= 1; rung--, count++) {
		char key[16];
		snprintf(key, sizeof(key), "%d", rung);
		snprintf(names[count], NAMES_ROOM, "%d  %s", rung,
			word_of(page, word_of_rung(rung)));
		rows[count] = (struct chart_row){ .label = names[count],
			.value = look_number(object, key),
			.kind = rung >= 4 ? "yes" : "rung" };
	}
	rows[count++] = (struct chart_row){ .label = word_of(page, WORD_UNASSESSED),
		.value = look_number(object, "unassessed"),
		.kind = "unknown" };
	for (size_t i = 0; i < count; i++)
		rows[i].shown = count_of(page, rows[i].value);
	return count;
}

static void ladder_print(struct page *page)
{
	static const enum word columns[] = { WORD_COLUMN_RUNG, WORD_COLUMN_PEOPLE, WORD_COUNT };
	char names[RUNGS][NAMES_ROOM];
	struct chart_row rows[RUNGS + 1];
	size_t count = ladder_rows(page, names, rows);
	double max = 0, stale = at(page, "indicators/ladder_position/stale");
	section_begin(page, "ladder", WORD_LADDER);
	double active = rows[0].value + rows[1].value + rows[2].value;
	if (isnan(active))
		section_nothing(page);
	else
		section_number(page, count_of(page, active).text,
			active == 1 ? WORD_LADDER_SAYS_ONE : WORD_LADDER_SAYS);
	for (size_t i = 0; i < count; i++)
		max = fmax(max, rows[i].value);
	chart_bars(page, word_of(page, WORD_LADDER), rows, count, max);
	if (stale > 0)
		PARAGRAPH(page, "note", WORD_LADDER_STALE, count_of(page, stale).text);
	table_begin(page, WORD_LADDER, columns);
	for (size_t i = 0; i < count; i++) {
		table_row(page, rows[i].label);
		table_cell(page, rows[i].shown.text);
	}
	table_row(page, word_of(page, WORD_STALE));
	table_cell(page, count_of(page, stale).text);
	table_end(page, WORD_LADDER, "ladder_position");
	section_end(page);
}

/* Paid, subsidised, none, unknown: of one group. */
static const struct {
	const char *key;
	const char *share_key;
	const char *kind;
	enum word word;
} outcomes[] = {
	{ "fully_paid", "fully_paid_share", "yes", WORD_WORK_PAID },
	{ "subsidised", "subsidised_share", "some", WORD_WORK_SUBSIDISED },
	{ "none", "none_share", "no", WORD_WORK_NONE },
	{ "unknown", "unknown_share", "unknown", WORD_WORK_NOT_KNOWN },
};

static void work_group(struct page *page, enum word name, const struct figure *group)
{
	struct chart_part parts[ARRAY_LENGTH(outcomes)];
	for (size_t i = 0; i < ARRAY_LENGTH(outcomes); i++)
		parts[i] = (struct chart_part){ word_of(page, outcomes[i].word), outcomes[i].kind,
			look_number(group, outcomes[i].key) };
	put(page, "<h3>");
	SAY(page, name);
	put(page, "</h3>\n");
	if (isnan(look_number(group, "fully_paid_share")))
		section_nothing(page);
	else
		chart_stack(page, word_of(page, name), parts, ARRAY_LENGTH(parts), NULL, false);
}

static void work_print(struct page *page)
{
	static const enum word columns[] = { WORD_COLUMN_GROUP, WORD_COLUMN_WHAT,
		WORD_COLUMN_PEOPLE, WORD_COLUMN_SHARE, WORD_COUNT };
	static const enum word names[] = { WORD_BREADWINNERS, WORD_ADULTS };
	const struct figure *groups[] = {
		look_figure(page->view->figures, "indicators/job_outcome/breadwinners"),
		look_figure(page->view->figures, "indicators/job_outcome/adults"),
	};
	double paid = look_number(groups[0], "fully_paid_share");
	section_begin(page, "work", WORD_WORK);
	if (!isnan(paid))
		section_number(page, share_of(page, paid).text, WORD_WORK_SAYS);
	for (size_t i = 0; i < ARRAY_LENGTH(groups); i++)
		work_group(page, names[i], groups[i]);
	table_begin(page, WORD_WORK, columns);
	for (size_t i = 0; i < ARRAY_LENGTH(groups); i++) {
		for (size_t j = 0; j < ARRAY_LENGTH(outcomes); j++) {
			table_row(page, word_of(page, names[i]));
			table_cell(page, word_of(page, outcomes[j].word));
			table_cell(
				page, count_of(page, look_number(groups[i], outcomes[j].key)).text);
			table_cell(page,
				share_of(page, look_number(groups[i], outcomes[j].share_key)).text);
		}
	}
	table_end(page, WORD_WORK, "job_outcome");
	section_end(page);
}

/* The members of an object that have words, by their value, largest first. */
static size_t sorted_rows(struct page *page, const struct figure *object, const char *value,
	enum word (*word_for)(const char *identifier), struct chart_row *rows)
{
	size_t count = 0;
	for (const struct figure *one = object == NULL ? NULL : object->as.first; one != NULL;
		one = one->next) {
		enum word word = word_for(one->key);
		CHECK(count < ROWS_MAX);
		struct chart_row row = {
			.label = word == WORD_COUNT ? one->key : word_of(page, word),
			.value = look_number(one, value),
			.kind = "yes",
		};
		row.shown = number_of(page, row.value);
		size_t index = count++;
		for (; index > 0 && !(rows[index - 1].value >= row.value) && !isnan(row.value);
			index--)
			rows[index] = rows[index - 1];
		rows[index] = row;
	}
	return count;
}

/* How many rows get a bar: those with a value above 0, which come first. */
static size_t rows_with_value(const struct chart_row *rows, size_t count)
{
	size_t shown = 0;
	while (shown < count && rows[shown].value > 0)
		shown++;
	return shown;
}

static void found_table(struct page *page, const struct figure *by)
{
	static const enum word columns[] = { WORD_COLUMN_ORGANISATION, WORD_COLUMN_JOBS,
		WORD_COLUMN_SHARE, WORD_COLUMN_REFERRALS, WORD_COUNT };
	table_begin(page, WORD_FOUND, columns);
	for (const struct figure *one = by == NULL ? NULL : by->as.first; one != NULL;
		one = one->next) {
		enum word word = word_of_organisation(one->key);
		table_row(page, word == WORD_COUNT ? one->key : word_of(page, word));
		table_cell(page, number_of(page, look_number(one, "jobs")).text);
		table_cell(page, share_of(page, look_number(one, "share")).text);
		table_cell(page, count_of(page, look_number(one, "referrals")).text);
	}
	table_end(page, WORD_FOUND, "placement");
}

static void found_print(struct page *page)
{
	struct chart_row rows[ROWS_MAX];
	const struct figure *object = look_figure(page->view->figures, "indicators/placement");
	const struct figure *by = look_figure(object, "by");
	double jobs = look_number(object, "lasting_jobs");
	section_begin(page, "found", WORD_FOUND);
	if (isnan(jobs)) {
		section_nothing_grown(page);
	} else if (jobs > 0) {
		size_t count = sorted_rows(page, by, "jobs", word_of_organisation, rows);
		section_number(page, count_of(page, jobs).text,
			jobs == 1 ? WORD_FOUND_SAYS_ONE : WORD_FOUND_SAYS);
		chart_bars(page, word_of(page, WORD_FOUND), rows, rows_with_value(rows, count),
			fmax(jobs, rows[0].value));
		PARAGRAPH(page, "note", WORD_FOUND_NOTE,
			count_of(page, look_number(object, "contested")).text,
			count_of(page, look_number(object, "unattributed")).text);
	} else {
		PARAGRAPH(page, "nothing", WORD_FOUND_NONE);
	}
	found_table(page, by);
	section_end(page);
}

/* People and their shares, then days, each in a column of its own. */
static void contact_table(struct page *page, const struct figure *object)
{
	static const enum word columns[] = { WORD_COLUMN_WHAT, WORD_COLUMN_PEOPLE,
		WORD_COLUMN_SHARE, WORD_COLUMN_DAYS, WORD_COUNT };
	static const struct {
		enum word word;
		const char *people;
		const char *share;
		const char *days;
	} rows[] = {
		{ WORD_CONTACT_PEOPLE, "people", NULL, NULL },
		{ WORD_CONTACT_OVER, "over_90_days", "over_90_days_share", NULL },
		{ WORD_CONTACT_NEVER, "never", NULL, NULL },
		{ WORD_CONTACT_HALF, NULL, NULL, "median_days" },
		{ WORD_CONTACT_NINE, NULL, NULL, "p90_days" },
	};
	table_begin(page, WORD_CONTACT, columns);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		double people = rows[i].people == NULL ? NAN : look_number(object, rows[i].people);
		double share = rows[i].share == NULL ? NAN : look_number(object, rows[i].share);
		double days = rows[i].days == NULL ? NAN : look_number(object, rows[i].days);
		table_row(page, word_of(page, rows[i].word));
		table_cell(page, count_of(page, people).text);
		table_cell(page, share_of(page, share).text);
		table_cell(page, number_of(page, days).text);
	}
	table_end(page, WORD_CONTACT, "contact");
}

static void contact_print(struct page *page)
{
	const struct figure *object = look_figure(page->view->figures, "indicators/contact");
	double over = look_number(object, "over_90_days_share");
	double median = look_number(object, "median_days"), nine = look_number(object, "p90_days");
	section_begin(page, "contact", WORD_CONTACT);
	if (isnan(over)) {
		section_nothing(page);
	} else {
		const struct chart_part parts[] = {
			{ word_of(page, WORD_CONTACT_OVER), "warn", over },
			{ word_of(page, WORD_CONTACT_RECENT), "no", 1 - over },
		};
		section_number(page, share_of(page, over).text, WORD_CONTACT_SAYS);
		chart_stack(
			page, word_of(page, WORD_CONTACT), parts, ARRAY_LENGTH(parts), NULL, false);
	}
	if (!isnan(median) && !isnan(nine))
		PARAGRAPH(page, "says", WORD_CONTACT_MEDIAN, duration_of(page, median).text,
			duration_of(page, nine).text);
	contact_table(page, object);
	section_end(page);
}

static void barriers_print(struct page *page)
{
	static const enum word columns[] = { WORD_COLUMN_BARRIER, WORD_COLUMN_PEOPLE, WORD_COUNT };
	struct chart_row rows[ROWS_MAX];
	const struct figure *object = look_figure(page->view->figures, "indicators/barriers");
	double people = look_number(object, "people");
	size_t count = sorted_rows(page, look_figure(object, "by_kind"), "", word_of_barrier, rows);
	section_begin(page, "barriers", WORD_BARRIERS);
	if (isnan(people))
		section_nothing(page);
	else
		section_number(page, count_of(page, people).text,
			people == 1 ? WORD_BARRIERS_SAYS_ONE : WORD_BARRIERS_SAYS);
	size_t shown = rows_with_value(rows, count);
	if (shown > 0)
		chart_bars(page, word_of(page, WORD_BARRIERS), rows,
			shown > BARS_MAX ? BARS_MAX : shown, fmax(people, rows[0].value));
	PARAGRAPH(page, "note", shown > BARS_MAX ? WORD_BARRIERS_MORE : WORD_BARRIERS_NOTE);
	table_begin(page, WORD_BARRIERS, columns);
	for (size_t i = 0; i < count; i++) {
		table_row(page, rows[i].label);
		table_cell(page, rows[i].shown.text);
	}
	table_end(page, WORD_BARRIERS, "barriers");
	section_end(page);
}

void sections_print(struct page *page)
{
	norm_print(page);
	ladder_print(page);
	combined_print(page);
	steps_print(page);
	work_print(page);
	lasting_print(page);
	found_print(page);
	contact_print(page);
	plan_print(page);
	barriers_print(page);
	language_print(page);
	agreed_print(page);
	trend_print(page);
}
