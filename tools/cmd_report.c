/*
 * tools/cmd_report.c - `ladder report`: the page that ladderd shows, as one file.
 */
#include "tools/common/command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/date.h"
#include "engine/live.h"
#include "engine/split.h"
#include "page/page.h"
#include "page/trend_fold.h"
#include "secret/digest.h"
#include "tools/common/options.h"
#include "tools/common/store.h"

/* The command line, and what comes of it. */
struct report_command {
	const char *store;
	const char *output;
	const char *municipality;
	const char *known_at; /* NULL: all that is known */
	int32_t as_of;        /* DAY_NONE: not given */
	const char *name;     /* of the municipality; NULL: its code alone */
	const char *code;     /* of the language */
	bool public;
	int32_t withdrawn_day; /* of what is asked for, when it was withdrawn */

	struct page_view view;
	int64_t known_us;
	struct trend_point points[TREND_POINTS_MAX + 1];
	struct arena arena;   /* of the tree */
	struct arena agreed;  /* of the agreements in it */
	struct curves curves; /* behind it */
	struct agreed_past past;
	struct background background;
};

static int options_check(struct report_command *report)
{
	report->view.municipality = PART_ALL;
	if (strcmp(report->municipality, "all") != 0 &&
		!municipality_parse(
			bytes_of_string(report->municipality), &report->view.municipality))
		return complain("report", EX_USAGE,
			"--municipality must be a CBS code, as GM0823, or all.");
	if (!language_parse(report->code, &report->view.language))
		return complain("report", EX_USAGE, "--language must be nl or en.");
	if (report->public && report->view.municipality == PART_ALL)
		return complain("report", EX_USAGE,
			"--public needs --municipality: each publishes its own figures.");
	if (report->public && report->known_at != NULL)
		return complain("report", EX_USAGE,
			"--known-at does not go with --public: what was published is known as of "
			"then.");
	return EX_OK;
}

/* K, and P within it. */
static int instants_find(struct report_command *report, struct reader *reader)
{
	uint64_t seq;
	int64_t latest_us;
	struct clock clock = clock_system();
	int64_t now_us = clock_now_us(&clock);
	enum err err = reader_last(reader, &seq, &latest_us);
	if (err != OK)
		return store_complain("report", err, report->store);
	latest_us = latest_us > now_us ? latest_us : now_us;
	report->known_us = latest_us;
	if (report->known_at != NULL &&
		instant_parse(bytes_of_string(report->known_at), &report->known_us) != OK)
		return complain("report", EX_USAGE,
			"--known-at must be an instant, as 2026-03-02T09:15:00Z.");
	if (report->known_us > latest_us)
		return complain("report", EX_USAGE, "--known-at must not be later than now.");
	if (report->as_of == DAY_NONE && !report->public)
		report->as_of = zone_day(report->known_us);
	if (report->as_of != DAY_NONE && report->as_of > zone_day(report->known_us))
		return complain("report", EX_USAGE,
			"--as-of must not be later than the day of --known-at.");
	return EX_OK;
}

/* Adds the tree of the page, and its point after the others. */
static void view_end(struct report_command *report, const struct figure *figures, int32_t as_of,
	int64_t known_us, size_t points)
{
	struct page_view *view = &report->view;
	view->figures = figures;
	view->as_of = as_of;
	view->known_us = known_us;
	report->points[points] = trend_point_of(figures, as_of, known_us);
	view->points = report->points;
	view->point_count = points + 1;
}

/* What stands beside the figures; the answers know what is asked for thereafter. */
static enum err background_know(struct report_command *report, struct answers *answers,
	struct reader *reader, const struct question *question)
{
	uint16_t municipality = report->view.municipality;
	struct background *background = &report->background;
	/* First as it was known at the quarter's end: what is known only grows. */
	enum err err =
		answers_know(answers, reader, background_then_us(question, report->known_us));
	if (err == OK)
		err = background_fold_then(answers, reader, municipality, question, background);
	if (err == OK)
		err = answers_know(answers, reader, report->known_us);
	if (err == OK)
		err = background_fold(answers, reader, municipality, question, background);
	return err;
}

/* The internal figures, of P and of the quarters before it. */
static enum err internal_fold(struct report_command *report, struct reader *reader)
{
	size_t points = 0;
	struct answers answers;
	struct question question = question_at(report->as_of);
	uint16_t municipality = report->view.municipality;
	enum err err = answers_init(&answers, split_cores(), NULL);
	if (err != OK)
		return err;
	err = background_know(report, &answers, reader, &question);
	points = report->background.count;
	memcpy(report->points, report->background.points, points * sizeof(report->points[0]));
	if (err == OK)
		err = answers_ask_of(&answers, reader, &question, municipality);
	if (err == OK && municipality != PART_ALL)
		err = answers_agree(&answers, reader, municipality);
	struct answer_head head = answers_head(&answers, municipality, 0);
	if (err == OK)
		err = agreements_figures(
			&answers.agreements, municipality, &report->agreed, &head.agreements);
	if (err == OK)
		err = curves_copy(tally_part(answers.tally, municipality), &report->curves);
	if (err == OK) {
		report->view.curves = &report->curves;
		report->view.background = &report->background;
		view_end(report, answer_build(&head, answers.tally, &question, &report->arena),
			report->as_of, report->known_us, points);
		report->view.trend_known_us = report->known_us;
		report->view.agreed = &report->past;
		err = agreed_past_fold(&answers, reader, &report->past);
	}
	answers_release(&answers);
	return err;
}

/*
 * What the municipality published. ERR_NOT_FOUND: nothing, or not that day. ERR_CONFLICT:
 * it is withheld, or withdrawn_day says when it was withdrawn.
 */
static enum err publication_show(
	struct report_command *report, const struct publications *published)
{
	const struct publication_question question = {
		.municipality = report->view.municipality,
		.as_of = report->as_of,
		.known_day = DAY_NONE,
	};
	struct publication_answer answer = publications_ask(published, &question);
	const struct publication *found = answer.publication;
	const struct figure *tree;
	size_t points;
	switch (answer.state) {
	case PUBLICATION_NONE:
		return ERR_NOT_FOUND;
	case PUBLICATION_WITHDRAWN:
		report->withdrawn_day = answer.withdrawn_day;
		return ERR_CONFLICT;
	case PUBLICATION_WITHHELD:
		return ERR_CONFLICT;
	case PUBLICATION_SHOWN:
		break;
	}
	enum err err = trend_of_publications(published, found, report->points, &points);
	if (err == OK)
		err = publication_build(found, &report->arena, &tree);
	if (err == OK)
		view_end(report, tree, found->as_of, found->recorded_us, points);
	return err;
}

static enum err public_fold(struct report_command *report, struct reader *reader)
{
	struct live *live;
	struct publications published;
	enum err err = live_new(&live);
	if (err != OK)
		return err;
	err = live_read_all(live, reader);
	if (err == OK)
		err = publications_init(&published, live->publications, live->publication_count);
	if (err == OK) {
		err = publication_show(report, &published);
		publications_release(&published);
	}
	live_free(live);
	return err;
}

static int file_write(const struct report_command *report, struct bytes bytes)
{
	if (strcmp(report->output, "-") == 0)
		return output_write(bytes) == OK ? EX_OK : EX_IOERR;
	/* Exact figures are as confidential as the store: the file is its owner's only. */
	int fd = open(report->output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		report->public ? 0644 : 0600);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "wb");
	if (file == NULL)
		return complain("report", EX_CANTCREAT, "%s cannot be written: %s.", report->output,
			strerror(errno));
	bool written = fwrite(bytes.data, 1, bytes.length, file) == bytes.length;
	if (fclose(file) != 0 || !written)
		return complain("report", EX_IOERR, "%s cannot be written: %s.", report->output,
			strerror(errno));
	return EX_OK;
}

static int report_write(struct report_command *report)
{
	char style[DIGEST_BASE64_LENGTH + 1], script[DIGEST_BASE64_LENGTH + 1];
	struct text policy = { 0 }, out = { 0 };
	digest_sha256_base64(page_style(), style);
	digest_sha256_base64(page_script(), script);
	page_print_policy(style, script, true, &policy);
	report->view.policy = policy.data;
	report->view.standalone = true;
	report->view.name = report->name;
	if (!policy.failed)
		page_print(&report->view, &out);
	int code = policy.failed || out.failed ? store_complain("report", ERR_FULL, report->store)
					       : file_write(report, text_bytes(&out));
	text_release(&policy);
	text_release(&out);
	return code;
}

/* Says why there is no report. */
static int report_refuse(const struct report_command *report, enum err err)
{
	char day[DATE_LENGTH + 1];
	if (err == ERR_NOT_FOUND)
		return complain("report", EX_NOINPUT, "%s did not publish %s.",
			report->municipality,
			report->as_of == DAY_NONE ? "anything"
						  : "that day; without --as-of you get the newest "
						    "that it published");
	if (err != ERR_CONFLICT)
		return store_complain("report", err, report->store);
	if (report->withdrawn_day == DAY_NONE)
		return complain("report", EX_UNAVAILABLE,
			"This publication is withheld: too few people live there, or its figures "
			"would give exact counts away even when they are rounded. Choose another "
			"quarter with --as-of.");
	date_print(report->withdrawn_day, day);
	return complain("report", EX_UNAVAILABLE,
		"The municipality withdrew this publication on %s. Choose another quarter with "
		"--as-of.",
		day);
}

static int report_store(struct report_command *report)
{
	struct log *log;
	struct reader *reader;
	int code = options_check(report);
	if (code == EX_OK)
		code = store_open("report", report->store, &log, &reader);
	if (code != EX_OK)
		return code;
	code = instants_find(report, reader);
	if (code == EX_OK) {
		enum err err = arena_init(&report->arena, FIGURES_ARENA_SIZE);
		if (err == OK)
			err = report->public ? public_fold(report, reader)
					     : internal_fold(report, reader);
		code = err == OK ? report_write(report) : report_refuse(report, err);
		arena_release(&report->arena);
		arena_release(&report->agreed);
		curves_release(&report->curves);
		agreed_past_release(&report->past);
	}
	store_close(log, reader);
	return code;
}

int command_report(int argc, char **argv)
{
	struct report_command report = { .output = "-",
		.municipality = "all",
		.as_of = DAY_NONE,
		.code = "nl",
		.withdrawn_day = DAY_NONE };
	const struct option_row options[] = {
		{ "output", 'o', OPTION_TEXT, &report.output, 0, 0, "FILE",
			"where to write the page (default: standard output)" },
		{ "municipality", 'm', OPTION_TEXT, &report.municipality, 0, 0, "GMdddd",
			"a CBS code, or all (default: all)" },
		{ "name", 'n', OPTION_TEXT, &report.name, 0, 0, "NAME",
			"what people call the municipality (default: its code alone)" },
		{ "as-of", 'p', OPTION_DATE, &report.as_of, 0, 0, "DATE",
			"the reference date (default: the day of --known-at; with --public the "
			"newest that was published)" },
		{ "known-at", 'k', OPTION_TEXT, &report.known_at, 0, 0, "INSTANT",
			"what was known then, as 2026-03-02T09:15:00Z (default: all that is "
			"known)" },
		{ "language", 'l', OPTION_TEXT, &report.code, 0, 0, "nl|en",
			"the language of the page (default: nl)" },
		{ "public", 0, OPTION_FLAG, &report.public, 0, 0, NULL,
			"what the municipality published, made coarse, and nothing else" },
	};
	const struct command_line line = {
		.name = "report",
		.operands = "STORE",
		.operands_min = 1,
		.operands_max = 1,
		.purpose =
			"Writes the page that ladderd shows at / as one file, for a council\n"
			"paper: nothing is fetched from elsewhere, and the CSV of each chart is\n"
			"in it. STORE is a store directory or a backup; ladderd may be running.\n"
			"\n"
			"Without --public it has the internal figures, which are exact: do not\n"
			"publish it.",
		.example = "ladder report -m GM0823 -n Oirschot -o report.html demo-store\n"
			   "  ladder report --public -m GM0823 -p 2025-12-31 -o public.html "
			   "demo-store",
		.options = options,
		.option_count = ARRAY_LENGTH(options),
	};
	int operands;
	int code = options_parse(&line, argc, argv, &operands);
	if (code != OPTIONS_GO)
		return code;
	report.store = argv[operands];
	return report_store(&report);
}
