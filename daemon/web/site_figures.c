/*
 * daemon/web/site_figures.c - see site_figures.h.
 *
 * Without an analyst both show what was published and nothing else. For an analyst, today
 * comes from the snapshot; another day, and the quarters of the trend, are folded by a
 * worker in one go, and the quarters are kept for the rest of the day.
 */
#include "daemon/web/site_figures.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "daemon/server/inquiry.h"
#include "daemon/web/gate.h"
#include "daemon/web/site.h"
#include "daemon/web/visit.h"
#include "engine/csv.h"
#include "page/excel.h"
#include "page/link.h"
#include "page/place.h"
#include "page/trend_fold.h"

#define RETRY_SECONDS  2
#define CHOICES_MAX    (PARTS_MAX + 1)
#define DAYS_SHOWN_MAX 40 /* quarters to choose from: ten years */
#define CSV_TREND      "trend"
#define KNOWN_NOW      INT64_MAX

/* What is asked, by whom. */
struct page_asked {
	struct request *request;
	struct viewer viewer;
	enum language language;
	bool csv;
	bool for_excel;
	const char *part; /* of the CSV: an indicator or the trend; NULL: all indicators */
	bool has_municipality;
	bool has_as_of;
	bool bad; /* an argument cannot be read */
	uint16_t municipality;
	int32_t as_of;
	int32_t known_day;   /* of what is published; DAY_NONE: not given */
	int64_t known_us;    /* of internal figures; KNOWN_NOW: not given */
	int32_t definitions; /* the number of a set; 0: not given */
};

/* What is shown. */
struct shown {
	const struct figure *tree;
	const struct curves *curves; /* behind the tree; NULL: none that may be shown */
	int32_t as_of;
	int64_t known_us;
	int64_t trend_known_us;
	const struct background *background; /* of internal figures; else NULL */
	struct trend_point points[TREND_POINTS_MAX + 1];
	size_t point_count;               /* with that of the tree, the last */
	const struct agreed_past *agreed; /* NULL: none */
};

/* A parameter of the query; one left empty, as a form does, is not given. */
static const char *parameter(struct request *request, const char *name)
{
	const char *value = request_query(request, name);
	return value == NULL || *value == '\0' ? NULL : value;
}

/* The number of a set of definitions that can be asked for; 0: it is none. */
static int32_t set_read(const char *text)
{
	size_t length = strlen(text);
	unsigned long number = strtoul(text, NULL, 10);
	bool known = length < 10 && strspn(text, "0123456789") == length &&
		     number >= DEFINITIONS_MIN && number <= DEFINITIONS;
	return known ? (int32_t)number : 0;
}

/* Are these figures of today's set, which the snapshot has? */
static bool is_of_newest_set(const struct page_asked *asked)
{
	return asked->definitions == 0 || asked->definitions == DEFINITIONS;
}

/* What is published bears a civil day, what is internal an instant. */
static void known_read(struct page_asked *asked, const char *known_at)
{
	struct bytes text = bytes_of_string(known_at);
	if (asked->viewer.analyst == NULL) {
		if (date_parse(text, &asked->known_day) == OK)
			return;
		asked->known_day = DAY_NONE;
	} else {
		if (instant_parse(text, &asked->known_us) == OK)
			return;
		asked->known_us = KNOWN_NOW;
	}
	asked->bad = true;
}

static struct page_asked asked_read(struct request *request, bool csv)
{
	struct page_asked asked = {
		.request = request,
		.viewer = gate_viewer(request),
		.language = site_language(request),
		.csv = csv,
		.part = csv ? parameter(request, "part") : NULL,
		.municipality = PART_ALL,
		.as_of = DAY_NONE,
		.known_day = DAY_NONE,
		.known_us = KNOWN_NOW,
	};
	const char *known_at = parameter(request, "known_at");
	const char *municipality = parameter(request, "municipality");
	const char *as_of = parameter(request, "as_of");
	const char *definitions = parameter(request, "definitions");
	const char *reader = csv ? parameter(request, "for") : NULL;
	if (reader != NULL) {
		asked.for_excel = strcmp(reader, "excel") == 0;
		asked.bad = !asked.for_excel;
	}
	if (known_at != NULL)
		known_read(&asked, known_at);
	asked.has_municipality = municipality != NULL;
	asked.has_as_of = as_of != NULL;
	if (municipality != NULL && strcmp(municipality, "all") != 0 &&
		!municipality_parse(bytes_of_string(municipality), &asked.municipality))
		asked.bad = true;
	if (as_of != NULL && (date_parse(bytes_of_string(as_of), &asked.as_of) != OK ||
				     asked.as_of < FACT_DAY_FIRST)) {
		asked.as_of = DAY_NONE;
		asked.bad = true;
	}
	if (definitions != NULL) {
		asked.definitions = set_read(definitions);
		asked.bad = asked.bad || asked.definitions == 0;
	}
	return asked;
}

/* What there is to choose from. */
struct choices {
	uint16_t *municipalities;
	const char **names; /* beside them; NULL: none is known */
	size_t municipality_count;
	int32_t days[DAYS_SHOWN_MAX];
	size_t day_count;
};

static void choices_add(struct choices *choices, uint16_t municipality)
{
	CHECK(choices->municipality_count < CHOICES_MAX);
	choices->municipalities[choices->municipality_count++] = municipality;
}

/* The municipalities that published, and the quarters of the one that is asked. */
static void choices_published(struct choices *choices, const struct publications *published,
	const struct page_asked *asked)
{
	for (size_t i = published->count; i > 0; i--) {
		const struct publication_item *item = &published->items[i - 1];
		if (item->publication->municipality == asked->municipality &&
			publication_stands(item) && choices->day_count < DAYS_SHOWN_MAX)
			choices->days[choices->day_count++] = item->publication->as_of;
	}
	for (size_t i = 0; i < published->count; i++) {
		uint16_t municipality = published->items[i].publication->municipality;
		size_t count = choices->municipality_count;
		if (publication_stands(&published->items[i]) &&
			(count == 0 || choices->municipalities[count - 1] != municipality))
			choices_add(choices, municipality);
	}
}

/* All together and each, or those the analyst may see. */
static void choices_of_analyst(struct choices *choices, const struct snapshot_figures *figures,
	const struct analyst *analyst)
{
	if (!analyst->all_municipalities) {
		for (size_t i = 0; i < analyst->municipality_count; i++)
			choices_add(choices, analyst->municipalities[i]);
		return;
	}
	choices_add(choices, PART_ALL);
	for (size_t i = 0; i < figures->answer_count; i++) {
		if (figures->answers[i].municipality != PART_ALL)
			choices_add(choices, figures->answers[i].municipality);
	}
}

static int by_name(const void *a, const void *b)
{
	return place_order(a, b);
}

/* ERR_FULL: no memory. */
static enum err choices_sort(struct choices *choices)
{
	struct named_place *list = calloc(choices->municipality_count + 1, sizeof(*list));
	if (list == NULL)
		return ERR_FULL;
	for (size_t i = 0; i < choices->municipality_count; i++)
		list[i] = (struct named_place){ choices->municipalities[i], choices->names[i] };
	qsort(list, choices->municipality_count, sizeof(*list), by_name);
	for (size_t i = 0; i < choices->municipality_count; i++) {
		choices->municipalities[i] = list[i].municipality;
		choices->names[i] = list[i].name;
	}
	free(list);
	return OK;
}

static void choices_release(struct choices *choices)
{
	free(choices->municipalities);
	free(choices->names);
}

/* ERR_FULL: no memory. Without a snapshot there is no choice. */
static enum err choices_make(
	struct choices *choices, const struct page_asked *asked, const struct snapshot *snapshot)
{
	*choices = (struct choices){ 0 };
	if (snapshot == NULL)
		return OK;
	choices->municipalities = calloc(CHOICES_MAX, sizeof(*choices->municipalities));
	choices->names = calloc(CHOICES_MAX, sizeof(*choices->names));
	if (choices->municipalities == NULL || choices->names == NULL) {
		choices_release(choices);
		return ERR_FULL;
	}
	if (asked->viewer.analyst != NULL)
		choices_of_analyst(choices, snapshot->figures, asked->viewer.analyst);
	else
		choices_published(choices, &snapshot->published->publications, asked);
	for (size_t i = 0; i < choices->municipality_count; i++)
		choices->names[i] = access_place_name(
			visit_of(asked->request)->access, choices->municipalities[i]);
	enum err err = choices_sort(choices);
	if (err != OK)
		choices_release(choices);
	return err;
}

static int notice_status(enum page_notice notice)
{
	switch (notice) {
	case PAGE_FIGURES:
	case PAGE_NOTHING:
	case PAGE_CHOOSE:
		return 200;
	case PAGE_UNKNOWN_PLACE:
	case PAGE_UNKNOWN_DAY:
		return 404;
	case PAGE_FORBIDDEN:
	case PAGE_OTHER_SET:
	case PAGE_WITHHELD:
		return 403;
	case PAGE_WITHDRAWN:
		return 410;
	case PAGE_BAD_ADDRESS:
		return 400;
	case PAGE_BUSY:
		return 503;
	case PAGE_BROKEN:
		return 500;
	}
	check_failed("a notice of the enum", __FILE__, __LINE__);
}

/* Prints the page of what is shown, or of a notice when that is NULL. */
static void page_write(const struct page_asked *asked, const struct snapshot *snapshot,
	const struct shown *shown, enum page_notice notice, int32_t withdrawn_day)
{
	struct request *request = asked->request;
	struct choices choices;
	struct page_view view = {
		.language = asked->language,
		.notice = notice,
		.withdrawn_day = withdrawn_day,
		.municipality = asked->municipality,
		.as_of = asked->as_of,
		.is_dated = asked->has_as_of,
		.is_known_then = asked->known_us != KNOWN_NOW || asked->known_day != DAY_NONE,
		.today = zone_day(committer_now_us(visit_of(request)->server->committer)),
		.analyst = asked->viewer.analyst == NULL ? NULL : asked->viewer.analyst->name,
		.signed_in_by_cookie = asked->viewer.by_cookie,
		.session_ended = asked->viewer.was_signed_in,
	};
	CHECK((shown != NULL) == (notice == PAGE_FIGURES));
	if (choices_make(&choices, asked, snapshot) != OK) {
		request->out.failed = true;
		return;
	}
	view.municipalities = choices.municipalities;
	view.names = choices.names;
	view.name = access_place_name(visit_of(request)->access, asked->municipality);
	view.municipality_count = choices.municipality_count;
	view.days = choices.days;
	view.day_count = choices.day_count;
	view.any_day = asked->viewer.analyst != NULL;
	if (shown != NULL) {
		view.figures = shown->tree;
		view.curves = shown->curves;
		view.background = shown->background;
		view.as_of = shown->as_of;
		view.known_us = shown->known_us;
		view.trend_known_us = shown->trend_known_us;
		view.points = shown->points;
		view.point_count = shown->point_count;
		view.agreed = shown->agreed;
	}
	page_print(&view, &request->out);
	choices_release(&choices);
}

/* What a notice is in one line, for who asked for CSV. */
static const char *notice_detail(enum page_notice notice)
{
	switch (notice) {
	case PAGE_BUSY:
		return "the figures are still being computed, or too many questions are waiting; "
		       "try again";
	case PAGE_BROKEN:
		return "the figures cannot be read; `ladder verify` says what is wrong";
	case PAGE_OTHER_SET:
		return "this publication is of another set of definitions: leave definitions out";
	case PAGE_FORBIDDEN:
		return "you may not see the figures of this municipality";
	case PAGE_WITHHELD:
		return PUBLICATION_WITHHELD_SAYS;
	case PAGE_WITHDRAWN:
		return PUBLICATION_WITHDRAWN_SAYS;
	case PAGE_FIGURES:
	case PAGE_NOTHING:
	case PAGE_CHOOSE:
	case PAGE_UNKNOWN_PLACE:
	case PAGE_UNKNOWN_DAY:
	case PAGE_BAD_ADDRESS:
		return "there is no such CSV: take municipality, as_of, part and for from a link "
		       "of the page";
	}
	check_failed("a notice of the enum", __FILE__, __LINE__);
}

/* Answers with a notice; for CSV with a problem. */
static void refuse_of(const struct page_asked *asked, const struct snapshot *snapshot,
	enum page_notice notice, int32_t withdrawn_day)
{
	struct request *request = asked->request;
	int status = notice_status(notice);
	CHECK(notice != PAGE_FIGURES);
	if (asked->csv) {
		char day[DATE_LENGTH + 2] = "";
		if (notice == PAGE_WITHDRAWN) {
			day[0] = ' ';
			date_print(withdrawn_day, day + 1);
		}
		if (status == 200)
			status = 404;
		if (status == 503)
			request->retry_seconds = RETRY_SECONDS;
		request_problem(request, status, "%s%s", notice_detail(notice), day);
		return;
	}
	if (status == 503)
		request->retry_seconds = RETRY_SECONDS;
	page_write(asked, snapshot, NULL, notice, withdrawn_day);
	site_answer(request, status, asked->language);
}

static void refuse(
	const struct page_asked *asked, const struct snapshot *snapshot, enum page_notice notice)
{
	refuse_of(asked, snapshot, notice, DAY_NONE);
}

/* Makes the table for Excel of the CSV in request->out. */
static void excel_make(const struct page_asked *asked)
{
	struct request *request = asked->request;
	struct text csv = request->out;
	const struct excel_view view = { asked->language,
		access_place_name(visit_of(request)->access, asked->municipality) };
	request->out = (struct text){ 0 };
	excel_print(text_bytes(&csv), &view, &request->out);
	request->out.failed = request->out.failed || csv.failed;
	text_release(&csv);
	request_add_header(request, "Content-Language", language_code(asked->language));
}

static void csv_write(const struct page_asked *asked, const struct shown *shown)
{
	struct request *request = asked->request;
	struct phrase municipality = link_municipality(asked->municipality);
	struct text name = { 0 };
	char as_of[DATE_LENGTH + 1];
	size_t empty;
	CHECK(asked->csv && request->out.length == 0);
	csv_print_names(&request->out);
	empty = request->out.length;
	if (asked->part == NULL)
		csv_print_figures(shown->tree, &request->out);
	else if (strcmp(asked->part, CSV_TREND) == 0)
		trend_print_csv(shown->points, shown->point_count, municipality.text,
			asked->viewer.analyst == NULL, &request->out);
	else
		csv_print_indicator(shown->tree, asked->part, &request->out);
	if (request->out.length == empty && !request->out.failed) {
		request_problem(request, 404, "part must be an indicator or trend");
		return;
	}
	date_print(shown->as_of, as_of);
	/* The part was found: it is a name of ours. */
	text_printf(&name, "attachment; filename=\"%s-%s-%s%s.csv\"", municipality.text, as_of,
		asked->part == NULL ? "figures" : asked->part, asked->for_excel ? "-excel" : "");
	if (name.failed)
		request->out.failed = true;
	else
		request_add_header(request, "Content-Disposition", name.data);
	text_release(&name);
	if (asked->for_excel && !request->out.failed)
		excel_make(asked);
	request_add_header(request, "Vary",
		asked->for_excel ? "Cookie, Authorization, Accept-Language"
				 : "Cookie, Authorization");
	request_add_header(request, "Cross-Origin-Resource-Policy", "same-origin");
	request_answer(request, 200, "text/csv; charset=utf-8; header=present");
}

static void show(
	const struct page_asked *asked, const struct snapshot *snapshot, const struct shown *shown)
{
	if (asked->csv) {
		csv_write(asked, shown);
		return;
	}
	page_write(asked, snapshot, shown, PAGE_FIGURES, DAY_NONE);
	site_answer(asked->request, 200, asked->language);
}

/* What was published. */

static bool anything_stands(const struct publications *published)
{
	for (size_t i = 0; i < published->count; i++) {
		if (publication_stands(&published->items[i]))
			return true;
	}
	return false;
}

/* What the gate says of what is asked, and how that is said to people. */
static enum page_notice publication_notice(const struct page_asked *asked,
	const struct publications *published, struct publication_answer *answer)
{
	const struct publication_question newest = { asked->municipality, DAY_NONE, DAY_NONE };
	const struct publication_question question = { asked->municipality, asked->as_of,
		asked->known_day };
	if (asked->bad)
		return PAGE_BAD_ADDRESS;
	*answer = publications_ask(published, &question);
	switch (answer->state) {
	case PUBLICATION_SHOWN:
		/* It shows the set that was current at its record. */
		return asked->definitions == 0 ||
				       asked->definitions == answer->publication->definitions
			       ? PAGE_FIGURES
			       : PAGE_OTHER_SET;
	case PUBLICATION_WITHHELD:
		return PAGE_WITHHELD;
	case PUBLICATION_WITHDRAWN:
		return PAGE_WITHDRAWN;
	case PUBLICATION_NONE:
		break;
	}
	if (!anything_stands(published))
		return PAGE_NOTHING;
	if (!asked->has_municipality)
		return PAGE_CHOOSE;
	return publications_ask(published, &newest).state == PUBLICATION_NONE ? PAGE_UNKNOWN_PLACE
									      : PAGE_UNKNOWN_DAY;
}

static enum err publication_fold(const struct publications *published,
	const struct publication *publication, struct arena *arena, struct shown *out)
{
	*out = (struct shown){ .as_of = publication->as_of, .known_us = publication->recorded_us };
	enum err err =
		trend_of_publications(published, publication, out->points, &out->point_count);
	if (err == OK)
		err = publication_build(publication, arena, &out->tree);
	if (err == OK)
		out->points[out->point_count++] =
			trend_point_of(out->tree, out->as_of, out->known_us);
	return err;
}

/* A page of a publication is made once. */
static void published_page(const struct page_asked *asked, const struct snapshot *snapshot,
	const struct publication *publication)
{
	struct request *request = asked->request;
	struct site_cache *cache = &visit_of(request)->site->cache;
	const struct publications *published = &snapshot->published->publications;
	struct arena arena = { 0 };
	struct shown shown;
	/* The page's own links bear as_of where it was asked for: it is kept by its day then. */
	CHECK(publication != NULL && publication->municipality == asked->municipality);
	int32_t key = asked->has_as_of ? publication->as_of : DAY_NONE;
	/* Who was signed in is told that it is over: that page is nobody else's. */
	bool is_for_all = !asked->viewer.was_signed_in && asked->known_day == DAY_NONE;
	struct site_page *page = asked->csv || !is_for_all
					 ? NULL
					 : site_cache_page(cache, asked->municipality, key,
						   asked->language, snapshot->published->version);
	if (page == NULL) {
		enum err err = arena_init(&arena, FIGURES_ARENA_SIZE);
		if (err == OK)
			err = publication_fold(published, publication, &arena, &shown);
		if (err != OK) {
			arena_release(&arena);
			refuse(asked, snapshot, PAGE_BUSY);
			return;
		}
		if (asked->csv) {
			csv_write(asked, &shown);
			arena_release(&arena);
			return;
		}
		page_write(asked, snapshot, &shown, PAGE_FIGURES, DAY_NONE);
		arena_release(&arena);
		if (!request->out.failed && is_for_all)
			page = site_cache_keep_page(cache, asked->municipality, key,
				asked->language, snapshot->published->version,
				text_bytes(&request->out));
	}
	if (page != NULL)
		site_page_take(page, request);
	site_answer(request, 200, asked->language);
}

/*
 * The form of another municipality's page sent that one's quarter along. Where the one that was
 * chosen has no such quarter its newest is shown.
 */
static bool other_was_chosen(const struct page_asked *asked, const struct publications *published)
{
	uint16_t before;
	const char *of = parameter(asked->request, "of");
	const struct publication_question question = { asked->municipality, asked->as_of,
		DAY_NONE };
	if (asked->csv || of == NULL || !asked->has_as_of ||
		!municipality_parse(bytes_of_string(of), &before) || before == asked->municipality)
		return false;
	return publications_ask(published, &question).state == PUBLICATION_NONE;
}

static void newest_show(const struct page_asked *asked)
{
	char address[64];
	snprintf(address, sizeof(address), "/?municipality=%.8s&lang=%s",
		link_municipality(asked->municipality).text, language_code(asked->language));
	request_add_header(asked->request, "Location", address);
	site_answer(asked->request, 303, asked->language);
}

static void published_answer(struct page_asked *asked)
{
	struct snapshot snapshot;
	struct reason reason;
	struct publication_answer answer;
	if (visit_snapshot(asked->request, &snapshot, &reason) != OK) {
		refuse(asked, NULL, PAGE_BUSY);
		return;
	}
	/* Where only one municipality published, nobody needs to choose it. */
	const struct publications *published = &snapshot.published->publications;
	if (!asked->has_municipality && published->count > 0 &&
		published->items[0].publication->municipality ==
			published->items[published->count - 1].publication->municipality) {
		asked->has_municipality = true;
		asked->municipality = published->items[0].publication->municipality;
	}
	/* A file of what is published, in the place of internal figures, would look like these. */
	if (asked->csv && asked->viewer.was_signed_in) {
		request_problem(asked->request, 403,
			"your session has ended: sign in again, or sign out to get what is "
			"published");
		snapshot_drop(&snapshot);
		return;
	}
	if (other_was_chosen(asked, published)) {
		newest_show(asked);
		snapshot_drop(&snapshot);
		return;
	}
	enum page_notice notice = publication_notice(asked, published, &answer);
	if (notice != PAGE_FIGURES)
		refuse_of(asked, &snapshot, notice,
			notice == PAGE_WITHDRAWN ? answer.withdrawn_day : DAY_NONE);
	else
		published_page(asked, &snapshot, answer.publication);
	snapshot_drop(&snapshot);
}

/* For an analyst. */

static int32_t today_of(const struct page_asked *asked)
{
	return zone_day(committer_now_us(visit_of(asked->request)->server->committer));
}

static const struct site_trend *trend_kept(const struct page_asked *asked, int32_t as_of)
{
	if (!is_of_newest_set(asked) || asked->known_us != KNOWN_NOW)
		return NULL;
	const struct visit *visit = visit_of(asked->request);
	return site_cache_trend(&visit->site->cache, asked->municipality, as_of, today_of(asked),
		atomic_load(&visit->server->last_act));
}

/* Points that are kept, and after them that of the tree. */
static void shown_add_trend(struct shown *shown, const struct site_trend *trend)
{
	const struct background *background = &trend->background;
	size_t count = background->count;
	CHECK(shown->tree != NULL && count <= TREND_POINTS_MAX);
	memcpy(shown->points, background->points, count * sizeof(background->points[0]));
	shown->trend_known_us = trend->known_us;
	shown->points[count] = trend_point_of(shown->tree, shown->as_of, shown->known_us);
	shown->point_count = count + 1;
	shown->background = background;
	shown->agreed = &trend->agreed;
}

/* The agreements of what is shown; NULL: none are printed. */
static const struct figure *agreed_of(const struct shown *shown)
{
	return look_figure(shown->tree, "indicators/agreements");
}

/* May this analyst see what is asked? Chooses the first of its municipalities when none is. */
static bool analyst_may(struct page_asked *asked)
{
	const struct analyst *analyst = asked->viewer.analyst;
	if (!asked->has_municipality && !analyst->all_municipalities &&
		analyst->municipality_count > 0)
		asked->municipality = analyst->municipalities[0];
	return gate_may_see(analyst, asked->municipality);
}

struct fold_work {
	struct task task;
	struct page_asked asked;
	struct inquiry inquiry;
	struct site_trend trend;
	bool has_trend;    /* it was kept */
	bool is_new;       /* something of it was not */
	uint64_t then_act; /* of the store, when what was known before was asked */
	struct arena arena;
	struct arena agreed; /* of the agreements in the tree */
	struct curves curves;
	struct shown shown;
	enum err err;
};

/* The agreements' past, unless it is kept; others were perhaps made since, or are of that day. */
static enum err agreed_fold(struct fold_work *work, struct answers *answers, struct reader *reader)
{
	if (work->has_trend && agreed_past_covers(&work->trend.agreed, agreed_of(&work->shown)))
		return OK;
	agreed_past_release(&work->trend.agreed);
	work->is_new = true;
	return agreed_past_fold(answers, reader, &work->trend.agreed);
}

/* Forgets what is kept of before an erasure or a restriction, and what was begun. */
static void fold_begin(struct fold_work *work, const struct answers *answers)
{
	arena_reset(&work->arena);
	arena_release(&work->agreed);
	curves_release(&work->curves);
	if (work->has_trend && work->trend.last_act == answers->acts.last_seq)
		return;
	agreed_past_release(&work->trend.agreed);
	work->has_trend = false;
	work->trend.known_day = zone_day(work->inquiry.known_us);
	work->trend.known_us = work->inquiry.known_us;
	work->trend.last_act = answers->acts.last_seq;
}

static struct question fold_question(const struct fold_work *work)
{
	struct question question = question_at(work->shown.as_of);
	if (work->asked.definitions != 0)
		question.definitions = work->asked.definitions;
	return question;
}

static enum err fold_ask(void *context, struct answers *answers, struct reader *reader)
{
	struct fold_work *work = context;
	struct question question = fold_question(work);
	uint16_t municipality = work->asked.municipality;
	fold_begin(work, answers);
	enum err err = OK;
	if (!work->has_trend)
		err = background_fold(
			answers, reader, municipality, &question, &work->trend.background);
	if (err == OK)
		err = answers_ask_of(answers, reader, &question, municipality);
	if (err == OK && municipality != PART_ALL)
		err = answers_agree(answers, reader, municipality);
	struct answer_head head = answers_head(answers, municipality, 0);
	if (err == OK)
		err = agreements_figures(
			&answers->agreements, municipality, &work->agreed, &head.agreements);
	if (err == OK)
		err = curves_copy(tally_part(answers->tally, municipality), &work->curves);
	if (err == OK) {
		work->shown.tree = answer_build(&head, answers->tally, &question, &work->arena);
		work->shown.curves = &work->curves;
		err = agreed_fold(work, answers, reader);
	}
	return err;
}

/* What was known at the last quarter's end. */
static enum err fold_ask_then(void *context, struct answers *answers, struct reader *reader)
{
	struct fold_work *work = context;
	struct question question = fold_question(work);
	work->then_act = answers->acts.last_seq;
	return background_fold_then(
		answers, reader, work->asked.municipality, &question, &work->trend.background);
}

/* An inquiry is at one K: what was known at the last quarter's end is another. */
static enum err fold_both(struct fold_work *work)
{
	struct question question = fold_question(work);
	enum err err = inquiry_run(&work->inquiry);
	/* Once more it is of the same K; and what was known before is settled with it. */
	work->inquiry.is_newest = false;
	work->shown.known_us = work->inquiry.known_us;
	struct inquiry then = work->inquiry;
	then.known_us = background_then_us(&question, work->inquiry.known_us);
	then.ask = fold_ask_then;
	while (err == OK && !work->has_trend) {
		err = inquiry_run(&then);
		if (err != OK || work->then_act == work->trend.last_act)
			break;
		/* Somebody was erased or restricted between the two. */
		err = inquiry_run(&work->inquiry);
	}
	return err;
}

static void fold_run(struct task *task)
{
	struct fold_work *work = (struct fold_work *)task;
	work->err = arena_init(&work->arena, FIGURES_ARENA_SIZE);
	if (work->err == OK)
		work->err = fold_both(work);
}

static void fold_finish(struct request *request)
{
	struct fold_work *work = request->work;
	CHECK(work->asked.request == request);
	CHECK(gate_may_see(work->asked.viewer.analyst, work->asked.municipality));
	struct snapshot snapshot;
	struct reason reason;
	bool has_snapshot = visit_snapshot(request, &snapshot, &reason) == OK;
	if (work->err == OK) {
		if (work->is_new && is_of_newest_set(&work->asked) &&
			work->asked.known_us == KNOWN_NOW)
			site_cache_keep_trend(&visit_of(request)->site->cache, &work->trend);
		shown_add_trend(&work->shown, &work->trend);
		show(&work->asked, has_snapshot ? &snapshot : NULL, &work->shown);
	} else {
		refuse(&work->asked, has_snapshot ? &snapshot : NULL,
			work->err == ERR_FULL || work->err == ERR_STOPPED ||
					work->err == ERR_CONFLICT
				? PAGE_BUSY
				: PAGE_BROKEN);
	}
	if (has_snapshot)
		snapshot_drop(&snapshot);
	arena_release(&work->arena);
	arena_release(&work->agreed);
	curves_release(&work->curves);
	agreed_past_release(&work->trend.agreed);
	free(work);
}

/* A copy of what is kept, that outlives it; false: there is no memory. */
static bool trend_take(const struct site_trend *kept, struct site_trend *out)
{
	struct agreed_past agreed;
	if (agreed_past_copy(&kept->agreed, &agreed) != OK)
		return false;
	*out = *kept;
	out->agreed = agreed;
	return true;
}

static void fold_submit(const struct page_asked *asked, int32_t as_of)
{
	struct request *request = asked->request;
	const struct site_trend *kept = trend_kept(asked, as_of);
	struct fold_work *work = calloc(1, sizeof(*work));
	CHECK(as_of != DAY_NONE);
	if (work == NULL) {
		refuse(asked, NULL, PAGE_BUSY);
		return;
	}
	work->task.run = fold_run;
	work->asked = *asked;
	work->inquiry = inquiry_of(visit_of(request)->server);
	work->inquiry.stop = &work->task.stop;
	work->inquiry.known_us = asked->known_us != KNOWN_NOW
					 ? asked->known_us
					 : committer_now_us(work->inquiry.committer);
	work->inquiry.municipality = asked->municipality;
	work->inquiry.ask = fold_ask;
	work->inquiry.context = work;
	work->inquiry.is_newest = asked->known_us == KNOWN_NOW;
	work->shown.as_of = as_of;
	work->shown.known_us = work->inquiry.known_us;
	work->has_trend = kept != NULL && trend_take(kept, &work->trend);
	if (!work->has_trend)
		work->trend = (struct site_trend){
			.municipality = asked->municipality,
			.as_of = as_of,
		};
	if (!visit_submit(request, &work->task, fold_finish)) {
		agreed_past_release(&work->trend.agreed);
		free(work);
		refuse(asked, NULL, PAGE_BUSY);
	}
}

/* Today, of the snapshot, with quarters that are kept. */
static void today_answer(struct request *request)
{
	struct page_asked asked = asked_read(request, strcmp(request->route->path, "/") != 0);
	struct snapshot snapshot;
	struct reason reason;
	struct arena arena = { 0 };
	struct curves curves = { .cells = NULL };
	const struct figure *tree;
	asked.municipality = visit_of(request)->municipality;
	if (visit_snapshot(request, &snapshot, &reason) != OK) {
		refuse(&asked, NULL, PAGE_BUSY);
		return;
	}
	/* While it was waited for the analyst may have signed out, or a day may have begun. */
	const struct site_trend *trend =
		asked.viewer.analyst == NULL ? NULL : trend_kept(&asked, snapshot.as_of);
	enum err drawn = snapshot_curves(&snapshot, asked.municipality, &curves);
	if (trend == NULL || drawn == ERR_FULL ||
		snapshot_tree(&snapshot, asked.municipality, &arena, &tree) != OK) {
		refuse(&asked, &snapshot, PAGE_BUSY);
	} else {
		/* The request still holds the access object by which that was decided. */
		CHECK(gate_may_see(asked.viewer.analyst, asked.municipality));
		struct shown shown = {
			.tree = tree,
			.curves = drawn == OK ? &curves : NULL,
			.as_of = snapshot.as_of,
			.known_us = snapshot.known_us,
		};
		if (agreed_past_covers(&trend->agreed, agreed_of(&shown))) {
			shown_add_trend(&shown, trend);
			show(&asked, &snapshot, &shown);
		} else {
			fold_submit(&asked, snapshot.as_of);
		}
	}
	curves_release(&curves);
	arena_release(&arena);
	snapshot_drop(&snapshot);
}

static void analyst_answer(struct page_asked *asked)
{
	struct snapshot snapshot;
	struct reason reason;
	if (visit_snapshot(asked->request, &snapshot, &reason) != OK) {
		refuse(asked, NULL, PAGE_BUSY);
		return;
	}
	struct committer *committer = visit_of(asked->request)->server->committer;
	bool is_known_then = asked->known_us != KNOWN_NOW;
	int32_t today = zone_day(is_known_then ? asked->known_us : committer_now_us(committer));
	bool of_today = snapshot.as_of == today;
	int64_t settled_us;
	if (is_known_then && committer_awaits(committer, asked->known_us, &settled_us))
		refuse(asked, &snapshot, PAGE_BUSY);
	else if (asked->bad ||
		 (is_known_then && committer_is_to_come(committer, asked->known_us)) ||
		 (asked->has_as_of && asked->as_of > today))
		refuse(asked, &snapshot, PAGE_BAD_ADDRESS);
	else if (!analyst_may(asked))
		refuse(asked, &snapshot, PAGE_FORBIDDEN);
	else if ((!asked->has_as_of || asked->as_of == today) && of_today &&
		 trend_kept(asked, today) != NULL) {
		visit_of(asked->request)->municipality = asked->municipality;
		visit_when_fresh(asked->request, today_answer, NULL);
	} else {
		fold_submit(asked, asked->has_as_of ? asked->as_of : today);
	}
	snapshot_drop(&snapshot);
}

/*
 * A program that reads the CSV is told of a parameter that does nothing, as by
 * /v1/indicators; an address of the page may come with what a newsletter added.
 */
static void figures_handle(struct request *request, bool csv)
{
	static const char *const parameters[] = { "municipality", "as_of", "known_at",
		"definitions", "part", "lang", "for", NULL };
	if (csv && !request_query_check(request, parameters))
		return;
	struct page_asked asked = asked_read(request, csv);
	if (asked.viewer.analyst != NULL)
		analyst_answer(&asked);
	else
		published_answer(&asked);
}

void page_handle(struct request *request)
{
	figures_handle(request, false);
}

void figures_csv_handle(struct request *request)
{
	figures_handle(request, true);
}
