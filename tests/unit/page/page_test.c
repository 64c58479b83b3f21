/*
 * tests/unit/page/page_test.c - the page from figures made by hand.
 */
#include "page/page.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/date.h"
#include "engine/answer.h"
#include "indicators/sums.h"
#include "page/definitions.h"
#include "secret/digest.h"

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

#define AS_OF 20000 /* 2024-10-04 */

/* A tree with the head of an answer, and `population`. */
struct tree {
	struct arena arena;
	struct figures figures;
};

static void tree_begin(struct tree *tree, bool public)
{
	assert_int_equal(arena_init(&tree->arena, FIGURES_ARENA_SIZE), OK);
	figures_init(&tree->figures, &tree->arena, 0);
	figures_text(&tree->figures, "as_of", "2024-10-04");
	figures_text(&tree->figures, "known_at", "2024-10-05T00:00:00.000000Z");
	figures_text(&tree->figures, "municipality", "GM0823");
	figures_text(&tree->figures, "profile", public ? "public" : "internal");
	if (public)
		figures_integer(&tree->figures, "rounded_to", 5);
	figures_object(&tree->figures, "population");
	figures_integer(&tree->figures, "persons", 1234);
	figures_end(&tree->figures);
	figures_object(&tree->figures, "indicators");
}

/* The page of a tree. Release it. */
static struct text page_of(struct tree *tree, enum language language)
{
	struct text out = { 0 };
	struct trend_point point =
		trend_point_of(tree->figures.root, AS_OF, AS_OF * INT64_C(86400000000));
	const struct page_view view = {
		.language = language,
		.figures = tree->figures.root,
		.known_us = point.known_us,
		.points = &point,
		.point_count = 1,
		.municipality = 823,
		.as_of = AS_OF,
	};
	page_print(&view, &out);
	assert_false(out.failed);
	return out;
}

static size_t count_of(const struct text *page, const char *what)
{
	size_t count = 0;
	for (const char *at = page->data; (at = strstr(at, what)) != NULL; at += strlen(what))
		count++;
	return count;
}

static void has(const struct text *page, const char *what)
{
	if (strstr(page->data, what) == NULL)
		fail_msg("the page does not have: %s", what);
}

static void has_not(const struct text *page, const char *what)
{
	if (strstr(page->data, what) != NULL)
		fail_msg("the page has: %s", what);
}

/* After the style and the script, which say what they like. */
static struct text without_assets(struct text page)
{
	struct text out = { 0 };
	struct bytes style = page_style(), script = page_script();
	char *at = memmem(page.data, page.length, style.data, style.length);
	assert_non_null(at);
	text_add(&out, bytes_of(page.data, (size_t)(at - page.data)));
	const char *rest = at + style.length;
	at = memmem(rest, page.length - (size_t)(rest - page.data), script.data, script.length);
	assert_non_null(at);
	text_add(&out, bytes_of(rest, (size_t)(at - rest)));
	text_add_string(&out, at + script.length);
	text_release(&page);
	return out;
}

/* However long its lines together are: what is too long is cut. */
static void a_paragraph_of_many_lines_stays_in_its_room(void **state)
{
	(void)state;
	struct text document = { 0 }, out = { 0 };
	for (int i = 0; i < 20000; i++)
		text_add_string(&document, "word\n");
	text_add_string(&document, "\n# After\n");
	markdown_print(text_bytes(&document), &out);
	assert_false(out.failed);
	has(&out, "<p>word word word");
	has(&out, ">After</h1>");
	text_release(&document);
	text_release(&out);
}

/* Who looks at what was known then gets no figures of now by a link of that page. */
static void links_keep_what_was_known_and_the_set(void **state)
{
	(void)state;
	for (int then = 0; then <= 1; then++) {
		struct tree tree;
		struct text page = { 0 };
		tree_begin(&tree, false);
		figures_end(&tree.figures);
		figures_integer(&tree.figures, "definitions", 1);
		const struct page_view view = {
			.figures = tree.figures.root,
			.municipality = 823,
			.as_of = AS_OF,
			.is_dated = true,
			.is_known_then = then != 0,
		};
		page_print(&view, &page);
		assert_false(page.failed);
		char end[160], csv[200], other[200];
		snprintf(end, sizeof(end),
			"?municipality=GM0823&amp;as_of=2024-10-04%s&amp;definitions=1&amp;",
			then ? "&amp;known_at=2024-10-05T00:00:00.000000Z" : "");
		snprintf(other, sizeof(other), "href=\"/%slang=en\">English", end);
		has(&page, other);
		snprintf(csv, sizeof(csv), "href=\"/figures.csv%sfor=excel&amp;lang=nl\"", end);
		has(&page, csv);
		snprintf(csv, sizeof(csv), "href=\"/figures.csv%spart=rung_reached\"", end);
		has(&page, csv);
		text_release(&page);
		arena_release(&tree.arena);
	}
}

static void without_figures_every_section_says_why_there_is_none(void **state)
{
	(void)state;
	for (int public = 0; public <= 1; public ++) {
		struct tree tree;
		tree_begin(&tree, public);
		struct text page = without_assets(page_of(&tree, LANGUAGE_EN));
		has(&page, public ? "<strong>about 1,234</strong>" : "<strong>1,234</strong>");
		const char *why = public ? "Too few people to show a figure."
					 : "Nothing can be said about this yet.";
		assert_true(count_of(&page, why) >= 12);
		/* Not even a zero is made of what is not there. */
		has_not(&page, "nan");
		has_not(&page, "<td>0%");
		has_not(&page, "<strong>0%");
		has_not(&page, "null");
		has(&page, public ? "multiples of 5" : "not public");
		text_release(&page);
		arena_release(&tree.arena);
	}
}

static void norm_add(struct tree *tree)
{
	struct figures *figures = &tree->figures;
	figures_object(figures, "participation_norm");
	const struct people_share share = {
		.yes = 54, .no = 18, .unknown = 28, .exempt = 3, .fresh = 7
	};
	figures_people_share(figures, &share);
	figures_end(figures);
}

static void the_norm_is_said_drawn_and_in_its_table(void **state)
{
	(void)state;
	struct tree tree;
	tree_begin(&tree, false);
	norm_add(&tree);
	struct text page = page_of(&tree, LANGUAGE_NL);
	has(&page, "<strong>54%</strong> <span>doet minstens twee uur");
	has(&page, "Van 28% is hierover niets gemeld. Als zij allemaal meedoen, is het 82%.");
	has(&page, "<rect class=\"p-yes\" x=\"0.00%\" y=\"1\" width=\"54.00%\"");
	has(&page, "<rect class=\"p-unknown\" x=\"54.00%\" y=\"1\" width=\"28.00%\"");
	has(&page, "<rect class=\"p-no\" x=\"82.00%\" y=\"1\" width=\"18.00%\"");
	has(&page, "<th scope=\"row\">doet mee</th><td>54</td><td>54%</td><td>44%\xe2\x80\x93"
		   "63%</td>");
	has(&page, "<th scope=\"row\">hoeft niet</th><td>3</td><td>\xe2\x80\x93</td>");
	has(&page, "href=\"/figures.csv?municipality=GM0823&amp;as_of=2024-10-04&amp;"
		   "part=participation_norm\"");
	text_release(&page);
	arena_release(&tree.arena);
}

static void a_rounded_zero_is_not_said_to_be_nobody(void **state)
{
	(void)state;
	for (int public = 0; public <= 1; public ++) {
		struct tree tree;
		tree_begin(&tree, public);
		figures_object(&tree.figures, "participation_norm");
		figures_integer(&tree.figures, "yes", 30);
		figures_integer(&tree.figures, "no", 20);
		figures_integer(&tree.figures, "unknown", 0);
		figures_number(&tree.figures, "share", 0.6);
		figures_number(&tree.figures, "max", 0.6);
		figures_end(&tree.figures);
		struct text page = page_of(&tree, LANGUAGE_NL);
		has(&page, public ? "<strong>ca. 60%</strong>" : "<strong>60%</strong>");
		(public ? has_not : has)(&page, "Van iedereen is hierover iets gemeld.");
		(public ? has : has_not)(&page, "kan een 0 ook voor enkele mensen staan");
		/* Bands are in internal figures only, and so is what they are. */
		(public ? has_not : has)(&page, "De marge is die van het toeval");
		text_release(&page);
		arena_release(&tree.arena);
	}
}

/* What grows is public of the newest quarter only; A2 is of none. */
static void an_older_quarter_says_that_what_grows_is_not_shown_of_it(void **state)
{
	(void)state;
	for (int newest = 0; newest <= 1; newest++) {
		struct tree tree;
		tree_begin(&tree, true);
		figures_object(&tree.figures, "ladder_falls");
		if (newest)
			figures_integer(&tree.figures, "falls", 5);
		else
			figures_null(&tree.figures, "falls");
		figures_end(&tree.figures);
		struct text page = page_of(&tree, LANGUAGE_NL);
		/* First answer, five rungs, lasting work, who found it, one level. */
		assert_int_equal(count_of(&page, "het laatste was."), newest ? 0 : 9);
		has(&page, "Te weinig mensen om een cijfer te tonen.");
		has(&page, "Niveau B1");
		has_not(&page, "Niveau A2");
		has_not(&page, "nan");
		has_not(&page, "Op deze stap gekomen");
		text_release(&page);
		arena_release(&tree.arena);
	}
}

static void half_a_year_of_work_is_shown_before_a_year_is(void **state)
{
	(void)state;
	size_t nothing[2];
	for (int half = 0; half <= 1; half++) {
		struct tree tree;
		tree_begin(&tree, false);
		figures_object(&tree.figures, "job_durability");
		figures_array(&tree.figures, "lasting");
		for (int days = 183; days <= 365; days += 182) {
			figures_object(&tree.figures, NULL);
			figures_integer(&tree.figures, "days", days);
			figures_number(&tree.figures, "share", half && days == 183 ? 0.8 : NAN);
			figures_end(&tree.figures);
		}
		figures_end(&tree.figures);
		figures_end(&tree.figures);
		struct text page = page_of(&tree, LANGUAGE_NL);
		nothing[half] = count_of(&page, "Hierover is nog niets te zeggen.");
		text_release(&page);
		arena_release(&tree.arena);
	}
	/* What is drawn is not said to be nothing. */
	assert_int_equal(nothing[1], nothing[0] - 1);
}

/* Rung 3: climbed by 30 % and 45 %; rung 4: by half within 400 days. */
static void steps_add(struct tree *tree)
{
	static const int months[] = { 6, 12, 24, 36 };
	static const double shares[][4] = { { 0.3, 0.45, NAN, NAN }, { 0.2, 0.5, 0.6, 0.7 } };
	struct figures *figures = &tree->figures;
	figures_array(figures, "ladder_step");
	for (int rung = 3; rung <= 4; rung++) {
		figures_object(figures, NULL);
		figures_integer(figures, "rung", rung);
		figures_integer(figures, "entered", 40);
		figures_integer(figures, "climbed", 9);
		figures_array(figures, "within");
		for (size_t i = 0; i < ARRAY_LENGTH(months); i++) {
			double share = shares[rung - 3][i];
			figures_object(figures, NULL);
			figures_integer(figures, "months", months[i]);
			figures_integer(figures, "days", 30 * months[i]);
			figures_number(figures, "share", share);
			figures_number(figures, "low", share - 0.1);
			figures_number(figures, "high", share + 0.1);
			figures_end(figures);
		}
		figures_end(figures);
		figures_days(figures, "median_days", rung == 3 ? DAY_NULL : 400);
		figures_end(figures);
	}
	figures_end(figures);
}

static void time_per_rung_is_said_with_its_half_time_or_without(void **state)
{
	(void)state;
	struct tree tree;
	tree_begin(&tree, false);
	steps_add(&tree);
	struct text page = page_of(&tree, LANGUAGE_NL);
	has(&page, "Na 12 maanden is 45% hoger. Dat is nog niet de helft.");
	has(&page, "De helft is na 13 maanden hoger.");
	has(&page, "Op deze stap gekomen: 40, hoger gekomen: 9");
	/* The band goes along the upper limits and back along the lower ones. */
	/* Without the curve itself only what is known is drawn, from point to point. */
	has(&page, "<path class=\"line\" d=\"M0 100L16.67 70.00L33.33 55.00\"/>");
	has(&page, "<path class=\"line\" d=\"M0 100L16.67 80.00L33.33 50.00L66.67 40.00L100.00 "
		   "30.00\"/>");
	has(&page, "<th scope=\"row\">3</th><td>40</td><td>30% (20%\xe2\x80\x93"
		   "40%)</td>");
	text_release(&page);
	arena_release(&tree.arena);
}

/* The curves of a municipality where rung 1 has these records; release them. */
struct climber {
	int32_t exit;
	unsigned cause;
};

static void curves_add(struct adder *adder, const struct climber *records, size_t count)
{
	struct sink sink = tally_sink(adder);
	struct sink own = registry_sink(&sink, &indicator_ladder_step);
	for (size_t i = 0; i < count; i++)
		sink_record(&own, 0,
			&(struct curve_record){
				.home = 823, .exit = records[i].exit, .cause = records[i].cause });
}

/* The page with the figures and the curves that follow from the records. Release it. */
static struct text page_of_records(const struct climber *records, size_t count)
{
	struct tally *tally;
	struct curves curves;
	struct arena arena;
	struct text out = { 0 };
	assert_int_equal(tally_new(&tally), OK);
	struct adder adder = { tally, 1 };
	curves_add(&adder, records, count);
	assert_int_equal(curves_copy(tally_part(tally, 823), &curves), OK);
	assert_int_equal(arena_init(&arena, FIGURES_ARENA_SIZE), OK);
	const struct answer_head head = { .as_of = AS_OF, .municipality = 823 };
	const struct question question = question_at(AS_OF);
	const struct figure *tree = answer_build(&head, tally, &question, &arena);
	struct trend_point point = trend_point_of(tree, AS_OF, 0);
	const struct page_view view = { .figures = tree,
		.curves = &curves,
		.points = &point,
		.point_count = 1,
		.municipality = 823,
		.as_of = AS_OF };
	page_print(&view, &out);
	assert_false(out.failed);
	arena_release(&arena);
	curves_release(&curves);
	tally_free(tally);
	return out;
}

static void a_curve_is_drawn_by_its_steps_with_its_band_from_the_start(void **state)
{
	(void)state;
	/* Nobody has climbed by the first horizon; ten are watched up to day 1126. */
	struct climber records[20];
	for (size_t i = 0; i < ARRAY_LENGTH(records); i++)
		records[i] = i < 10 ? (struct climber){ 300 + (int32_t)i, 1 }
				    : (struct climber){ 1126, 0 };
	struct text page = page_of_records(records, ARRAY_LENGTH(records));
	/* From day 0 on there is a band: of the 20 watched at the first step none had climbed. */
	has(&page, "<path class=\"band\" d=\"M0.00 83.16L26.64 83.16");
	has(&page, "<path class=\"line\" d=\"M0.00 100.00H26.64V95.00H26.73V90.00");
	has(&page, "H27.44V50.00H100.00\"/>");
	/* How many are watched at 6, 12, 24 and 36 months. */
	has(&page, "<text class=\"tick watched\" x=\"19.01%\" y=\"138\">20</text>");
	has(&page, "<text class=\"tick watched end\" x=\"100.00%\" y=\"138\">10</text>");
	has(&page, "De helft is na 10 maanden");
	has(&page, "Marge: minstens ");
	has_not(&page, "nan");
	text_release(&page);
}

static void of_fewer_than_five_there_is_no_curve_and_no_share(void **state)
{
	(void)state;
	struct climber records[8];
	for (size_t i = 0; i < ARRAY_LENGTH(records); i++)
		records[i] = i < 4 ? (struct climber){ 250, 0 } : (struct climber){ 500, 1 };
	struct text page = without_assets(page_of_records(records, ARRAY_LENGTH(records)));
	/* The engine says 100 % after 24 months, of four people. */
	has_not(&page, "<td>100%");
	has_not(&page, "8\">100%<");
	has(&page, "<path class=\"line\" d=\"M0.00 100.00H22.20\"/>");
	has_not(&page, "De helft is na");
	has_not(&page, "nan");
	text_release(&page);
	page = without_assets(page_of_records(records, 4));
	has_not(&page, "class=\"chart curve\"");
	text_release(&page);
}

static void random_curves_are_drawn_with_numbers_only(void **state)
{
	(void)state;
	unsigned seed = 20261130;
	for (int round = 0; round < 200; round++) {
		struct climber records[60];
		size_t count = 0;
		seed = seed * 1103515245 + 12345;
		size_t wanted = (seed >> 16) % ARRAY_LENGTH(records);
		for (; count < wanted; count++) {
			seed = seed * 1103515245 + 12345;
			records[count] = (struct climber){ 1 + (int32_t)((seed >> 8) % 1500),
				(seed >> 24) % 3 };
		}
		struct text page = without_assets(page_of_records(records, count));
		has_not(&page, "nan");
		has_not(&page, "inf\"");
		text_release(&page);
	}
}

/* Those of contact had days in the column of people, those of jobs a time in that of shares. */
static void days_and_people_have_columns_of_their_own(void **state)
{
	(void)state;
	struct tree tree;
	tree_begin(&tree, false);
	figures_object(&tree.figures, "contact");
	figures_integer(&tree.figures, "people", 40);
	figures_integer(&tree.figures, "never", 2);
	figures_integer(&tree.figures, "median_days", 31);
	figures_integer(&tree.figures, "p90_days", 170);
	figures_end(&tree.figures);
	struct text page = page_of(&tree, LANGUAGE_NL);
	has(&page, "<th scope=\"col\">Dagen</th>");
	has(&page, "hoogstens</th><td>\xe2\x80\x93</td><td>\xe2\x80\x93</td><td>31</td>");
	has(&page, "hoogstens</th><td>\xe2\x80\x93</td><td>\xe2\x80\x93</td><td>170</td>");
	text_release(&page);
	arena_release(&tree.arena);
}

/* One agreement of the array, as the engine prints it. */
static void agreed_add(struct tree *tree, enum agreed_figure figure, enum comparison comparison,
	int32_t value, const struct agreement_answer *answer)
{
	const struct agreement agreement = { figure, comparison, value,
		agreed_figure_has_rung(figure) ? 3 : 0, AS_OF - 4 };
	agreement_figures(&tree->figures, &agreement, figure % 2 == 0 ? "vwn" : NULL, answer, NULL);
}

static void agreements_begin(struct tree *tree)
{
	tree_begin(tree, false);
	figures_array(&tree->figures, "agreements");
}

static void each_verdict_is_said_in_words_and_undecided_is_explained(void **state)
{
	static const struct agreement_answer answers[] = {
		{ false, 0.62, 0.5, 0.7, 0.8, 40, VERDICT_WORD_MET },
		{ false, 0.5, 0.4, 0.6, 0.55, 40, VERDICT_WORD_MISSED },
		{ false, 0.55, 0.4, 0.6, 0.7, 40, VERDICT_WORD_UNDECIDED },
		{ false, 0.55, 0.4, 0.6, NAN, 9, VERDICT_WORD_TOO_FEW },
		{ true, 0.62, 0.5, 0.7, 0.8, 40, VERDICT_WORD_ON_COURSE },
		{ true, 0.5, 0.4, 0.6, 0.55, 40, VERDICT_WORD_NOT_YET },
	};
	(void)state;
	struct tree tree;
	agreements_begin(&tree);
	for (size_t i = 0; i < ARRAY_LENGTH(answers); i++)
		agreed_add(&tree, AGREED_FIGURE_FULLY_PAID, COMPARISON_AT_LEAST, 60, &answers[i]);
	/* A curve: nobody is missing, chance is. */
	const struct agreement_answer curve = { false, 0.5, 0.3, 0.7, NAN, 20,
		VERDICT_WORD_UNDECIDED };
	agreed_add(&tree, AGREED_FIGURE_CLIMBED_WITHIN_12_MONTHS, COMPARISON_AT_LEAST, 60, &curve);
	struct text page = page_of(&tree, LANGUAGE_NL);
	has(&page,
		"Afspraken die voorbij zijn: 5. Daarvan gehaald: 1. Afspraken die nog lopen: 2.");
	has(&page,
		"<th scope=\"row\">Kostwinners met volledig betaald werk</th><td>vwn</td>"
		"<td>30 september 2024</td><td>minstens 60%</td><td>62%</td>"
		"<td>50% \xe2\x80\x93 70%</td><td class=\"verdict v-met\"><strong>gehaald</strong>"
		"</td>");
	has(&page, "<strong>niet gehaald</strong></td>");
	has(&page, "<strong>nog niet te zeggen</strong> Van 6 van de 40 mensen is hierover niets "
		   "gemeld. Als het voor hen allemaal klopt, is het 70%.</td>");
	has(&page, "<strong>te weinig mensen</strong> Het gaat over minder dan tien mensen.</td>");
	has(&page, "<strong>op koers</strong> De afspraak loopt nog.</td>");
	has(&page, "<strong>nog niet gehaald</strong> De afspraak loopt nog.</td>");
	has(&page, "Binnen een jaar hoger dan stap 3</th><td>\xe2\x80\x93</td>");
	has(&page, "<strong>nog niet te zeggen</strong> Met zo weinig mensen");
	text_release(&page);
	arena_release(&tree.arena);
}

static void every_figure_of_an_agreement_has_words_in_both_languages(void **state)
{
	(void)state;
	for (int language = 0; language < LANGUAGE_COUNT; language++) {
		struct tree tree;
		const struct agreement_answer answer = { true, 1, 1, 1, NAN, 12,
			VERDICT_WORD_UNDECIDED };
		agreements_begin(&tree);
		for (int figure = 1; figure < AGREED_FIGURE_END; figure++)
			agreed_add(&tree, (enum agreed_figure)figure, COMPARISON_AT_MOST,
				1000 / figure, &answer);
		struct text page = page_of(&tree, (enum language)language);
		assert_int_equal(count_of(&page, "<td class=\"verdict"), AGREED_FIGURE_COUNT);
		has(&page, language == LANGUAGE_NL ? "hoogstens 83 dagen" : "at most 83 days");
		has(&page, language == LANGUAGE_NL ? "<td>1 dag</td>" : "<td>1 day</td>");
		has_not(&page, "{}");
		has_not(&page, "nan");
		text_release(&page);
		arena_release(&tree.arena);
	}
}

static void a_share_never_looks_as_if_it_were_on_the_other_side_of_what_was_agreed(void **state)
{
	static const struct {
		double share;
		const char *shown;
	} rows[] = {
		{ 0.6, "<td>60%</td>" },
		{ 0.5996, "<td>59.96%</td>" },
		{ 0.59996, "<td>59.996%</td>" },
		{ 0.6004, "<td>60.04%</td>" },
		{ 0.666667, "<td>66.7%</td>" },
		{ 1, "<td>100%</td>" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct tree tree;
		const struct agreement_answer answer = { false, rows[i].share, NAN, NAN, NAN, 3000,
			VERDICT_WORD_MISSED };
		agreements_begin(&tree);
		agreed_add(&tree, AGREED_FIGURE_FULLY_PAID, COMPARISON_AT_LEAST, 60, &answer);
		struct text page = page_of(&tree, LANGUAGE_EN);
		has(&page, rows[i].shown);
		text_release(&page);
		arena_release(&tree.arena);
	}
}

static void without_an_agreement_and_in_public_there_is_no_such_section(void **state)
{
	const struct agreement_answer answer = { false, 0.62, 0.5, 0.7, 0.8, 40, VERDICT_WORD_MET };
	(void)state;
	for (int public = 0; public <= 1; public ++) {
		struct tree tree;
		tree_begin(&tree, public);
		figures_array(&tree.figures, "agreements");
		if (public)
			agreed_add(
				&tree, AGREED_FIGURE_FULLY_PAID, COMPARISON_AT_LEAST, 60, &answer);
		struct text page = page_of(&tree, LANGUAGE_EN);
		has_not(&page, "id=\"agreements\"");
		text_release(&page);
		arena_release(&tree.arena);
	}
}

static void a_gap_in_the_trend_stays_a_gap(void **state)
{
	(void)state;
	struct tree tree;
	struct trend_point points[4];
	struct text out = { 0 };
	tree_begin(&tree, true);
	for (size_t i = 0; i < ARRAY_LENGTH(points); i++) {
		points[i] = trend_point_of(tree.figures.root, AS_OF + 100 * (int32_t)i, 0);
		points[i].values[INDEX_TREND_NORM].share = i == 1 ? NAN : 0.5;
	}
	const struct page_view view = { .figures = tree.figures.root,
		.points = points,
		.point_count = ARRAY_LENGTH(points),
		.municipality = PART_ALL,
		.as_of = AS_OF + 300 };
	page_print(&view, &out);
	has(&out, "d=\"M0 100M0.00 50.00M66.67 50.00L100.00 50.00\"");
	has(&out, "Alle gemeenten samen");
	text_release(&out);
	arena_release(&tree.arena);
}

static void quarters_end_before_the_reference_date(void **state)
{
	(void)state;
	static const struct {
		const char *as_of;
		int quarters;
		const char *end;
	} rows[] = {
		{ "2026-11-22", 1, "2026-09-30" },
		{ "2026-09-30", 1, "2026-06-30" },
		{ "2026-10-01", 1, "2026-09-30" },
		{ "2026-02-10", 1, "2025-12-31" },
		{ "2026-02-10", 2, "2025-09-30" },
		{ "2026-11-22", 8, "2024-12-31" },
		{ "2024-05-01", 1, "2024-03-31" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		int32_t as_of, end;
		assert_int_equal(date_parse(bytes_of_string(rows[i].as_of), &as_of), OK);
		assert_int_equal(date_parse(bytes_of_string(rows[i].end), &end), OK);
		assert_int_equal(trend_quarter_end(as_of, rows[i].quarters), end);
	}
}

static void a_notice_stands_in_place_of_figures(void **state)
{
	(void)state;
	for (int notice = PAGE_NOTHING; notice <= PAGE_BROKEN; notice++) {
		struct text out = { 0 };
		const struct page_view view = { .notice = (enum page_notice)notice,
			.as_of = INT32_MAX,
			.analyst = "<i>\"me\"" };
		page_print(&view, &out);
		assert_int_equal(count_of(&out, "class=\"notice\""), 1);
		has_not(&out, "<svg");
		has(&out, "Ingelogd als &lt;i&gt;&quot;me&quot;");
		text_release(&out);
	}
}

static void the_policy_names_the_digests_of_style_and_script(void **state)
{
	(void)state;
	char digest[DIGEST_BASE64_LENGTH + 1];
	struct text out = { 0 };
	/* NIST's example. */
	digest_sha256_base64(bytes_of_string("abc"), digest);
	assert_string_equal(digest, "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
	page_print_policy("S", "J", true, &out);
	assert_string_equal(out.data,
		"default-src 'none'; style-src 'sha256-S'; script-src 'sha256-J'; "
		"img-src data:; base-uri 'none'; form-action 'none'");
	/* An asset that would end its element would end the page's safety with it. */
	assert_null(memmem(page_style().data, page_style().length, "</", 2));
	assert_null(memmem(page_script().data, page_script().length, "</", 2));
	assert_null(memmem(page_script().data, page_script().length, "<!--", 4));
	text_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_keep_what_was_known_and_the_set),
		cmocka_unit_test(a_paragraph_of_many_lines_stays_in_its_room),
		cmocka_unit_test(without_figures_every_section_says_why_there_is_none),
		cmocka_unit_test(the_norm_is_said_drawn_and_in_its_table),
		cmocka_unit_test(a_rounded_zero_is_not_said_to_be_nobody),
		cmocka_unit_test(an_older_quarter_says_that_what_grows_is_not_shown_of_it),
		cmocka_unit_test(half_a_year_of_work_is_shown_before_a_year_is),
		cmocka_unit_test(time_per_rung_is_said_with_its_half_time_or_without),
		cmocka_unit_test(a_curve_is_drawn_by_its_steps_with_its_band_from_the_start),
		cmocka_unit_test(of_fewer_than_five_there_is_no_curve_and_no_share),
		cmocka_unit_test(random_curves_are_drawn_with_numbers_only),
		cmocka_unit_test(days_and_people_have_columns_of_their_own),
		cmocka_unit_test(each_verdict_is_said_in_words_and_undecided_is_explained),
		cmocka_unit_test(every_figure_of_an_agreement_has_words_in_both_languages),
		cmocka_unit_test(
			a_share_never_looks_as_if_it_were_on_the_other_side_of_what_was_agreed),
		cmocka_unit_test(without_an_agreement_and_in_public_there_is_no_such_section),
		cmocka_unit_test(a_gap_in_the_trend_stays_a_gap),
		cmocka_unit_test(quarters_end_before_the_reference_date),
		cmocka_unit_test(a_notice_stands_in_place_of_figures),
		cmocka_unit_test(the_policy_names_the_digests_of_style_and_script),
	};
	assert_int_equal(zone_set("Europe/Amsterdam"), OK);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
