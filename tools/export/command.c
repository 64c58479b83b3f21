/*
 * tools/export/command.c - `ladder export`: what a store has at a reference date and a state of
 * knowledge as tables, for R, Python, DuckDB and whatever else reads SQLite or CSV.
 */
#include "tools/common/command.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/check.h"
#include "base/date.h"
#include "engine/split.h"
#include "tools/common/acts.h"
#include "tools/common/options.h"
#include "tools/export/workbook.h"
#include "tools/export/rows.h"
#include "tools/export/tables.h"
#include "tools/replay/arguments.h"
#include "tools/replay/figures.h"

#define NAME "export"

struct exporting {
	struct replay asked; /* as ladder replay is asked */
	enum workbook_form form;
	const char *path;
	struct question question;
	int64_t known_us;
	struct reader *reader;
	struct store_look look;
	struct reason reason; /* of a book that failed */
	bool book_failed;
	struct export_rows done; /* how much there was */
};

/* Set by a signal: what was begun is taken away, and then the signal ends the process. */
static atomic_bool stopped;
static volatile sig_atomic_t stopped_by;

static void on_signal(int number)
{
	stopped_by = number;
	atomic_store(&stopped, true);
}

static void signals_catch(void)
{
	const struct sigaction action = { .sa_handler = on_signal };
	CHECK(sigaction(SIGINT, &action, NULL) == 0);
	CHECK(sigaction(SIGTERM, &action, NULL) == 0);
	CHECK(sigaction(SIGHUP, &action, NULL) == 0);
}

/* The columns of a line of figures; none of them has a comma in it. */
static enum err figure_write(struct workbook *book, struct bytes line)
{
	struct datum row[FIGURES_COLUMNS] = { { 0 } };
	for (size_t i = 0; i < FIGURES_COLUMNS; i++) {
		const uint8_t *comma =
			line.length == 0 ? NULL : memchr(line.data, ',', line.length);
		CHECK((comma != NULL) == (i + 1 < FIGURES_COLUMNS));
		size_t length = comma == NULL ? line.length : (size_t)(comma - line.data);
		row[i] = datum_text(bytes_of(line.data, length));
		row[i].present = length > 0;
		if (comma != NULL)
			line = bytes_of(comma + 1, line.length - length - 1);
	}
	return workbook_add(book, TABLE_FIGURES, row);
}

/* The figures of all municipalities that are exported, as ladder replay prints them. */
static enum err figures_write(
	const struct exporting *exporting, const struct answers *answers, struct workbook *book)
{
	struct text out = { 0 };
	enum err err = replay_answers_print(&exporting->asked, answers, false, &out);
	struct bytes rest = text_bytes(&out);
	while (err == OK && rest.length > 0) {
		const uint8_t *end = memchr(rest.data, '\n', rest.length);
		CHECK(end != NULL && memchr(rest.data, '"', (size_t)(end - rest.data)) == NULL);
		err = figure_write(book, bytes_of(rest.data, (size_t)(end - rest.data)));
		rest = bytes_of(end + 1, rest.length - (size_t)(end - rest.data) - 1);
	}
	text_release(&out);
	return err;
}

static enum err about_write(
	const struct exporting *exporting, const struct export_rows *rows, struct workbook *book)
{
	char known[INSTANT_LENGTH + 1], only[MUNICIPALITY_LENGTH + 1] = "all";
	struct datum row[ABOUT_COLUMNS];
	instant_print(exporting->known_us, known);
	if (rows->only != PART_ALL)
		municipality_print(rows->only, only);
	row[ABOUT_AS_OF] = datum_number(exporting->question.as_of);
	row[ABOUT_KNOWN_AT] = datum_text(bytes_of_string(known));
	row[ABOUT_MUNICIPALITY] = datum_text(bytes_of_string(only));
	row[ABOUT_WINDOW] = datum_number(exporting->question.window_days);
	row[ABOUT_DEFINITIONS] = datum_number(exporting->question.definitions);
	row[ABOUT_PEOPLE] = datum_number((int64_t)rows->people);
	row[ABOUT_EVENTS] = datum_number((int64_t)rows->events);
	row[ABOUT_SPELLS] = datum_number((int64_t)rows->spells);
	return workbook_add(book, TABLE_ABOUT, row);
}

static enum err book_write(
	struct exporting *exporting, struct answers *answers, struct workbook *book)
{
	struct export_rows rows = {
		.answers = answers,
		.reader = exporting->reader,
		.look = &exporting->look,
		.book = book,
		.only = exporting->asked.only,
	};
	enum err err = figures_write(exporting, answers, book);
	if (err == OK)
		err = export_rows_write(&rows);
	if (err == OK)
		err = about_write(exporting, &rows, book);
	exporting->done = rows;
	return err;
}

static enum err answers_make(struct exporting *exporting, struct answers *answers)
{
	enum err err = answers_know(answers, exporting->reader, exporting->known_us);
	if (err == OK)
		err = answers_ask(answers, exporting->reader, &exporting->question);
	return err == OK ? answers_agree(answers, exporting->reader, exporting->asked.only) : err;
}

/* Answers, and a book of them. */
static enum err export_once(struct exporting *exporting)
{
	size_t count;
	struct answers answers;
	struct workbook *book;
	const struct table *tables = export_tables(&count);
	enum err err = answers_init(&answers, split_cores(), &stopped);
	if (err != OK)
		return err;
	err = answers_make(exporting, &answers);
	if (err == OK) {
		err = workbook_begin(
			exporting->form, exporting->path, tables, count, &exporting->reason, &book);
		/* Not the conflict of somebody who was erased. */
		exporting->book_failed = err != OK;
	}
	if (err == OK) {
		err = book_write(exporting, &answers, book);
		if (err == OK)
			err = look_end(&exporting->look.look);
		enum err ended = workbook_end(book, err == OK, &exporting->reason);
		exporting->book_failed = ended != OK || *exporting->reason.text != '\0';
		if (err == OK)
			err = ended;
	}
	answers_release(&answers);
	return err;
}

static int complain_of(const struct exporting *exporting, enum err err)
{
	if (exporting->look.look.is_unwritable)
		return store_look_complain(NAME, exporting->asked.store, &exporting->look);
	if (exporting->book_failed)
		return complain(NAME,
			err == ERR_CONFLICT || err == ERR_NOT_FOUND ? EX_CANTCREAT : EX_IOERR,
			"There is no export: %s.", exporting->reason.text);
	return store_complain(NAME, err, exporting->asked.store);
}

static int export_store(struct exporting *exporting)
{
	enum err err;
	int code =
		store_look_begin(NAME, exporting->asked.store, exporting->reader, &exporting->look);
	if (code != EX_OK)
		return code;
	signals_catch();
	do {
		err = export_once(exporting);
	} while (err == ERR_CONFLICT && !exporting->book_failed);
	act_audit("ladder " NAME, NULL, err == OK);
	if (err != OK && err != ERR_STOPPED)
		return complain_of(exporting, err);
	if (err == OK && progress_is_wanted())
		complain(NAME, 0, "%llu people, %llu events, %llu spells.",
			(unsigned long long)exporting->done.people,
			(unsigned long long)exporting->done.events,
			(unsigned long long)exporting->done.spells);
	return EX_OK;
}

/* What the options mean, once the store is open: K is never later than its log. */
static int question_make(struct exporting *exporting)
{
	int64_t latest_us;
	struct replay *asked = &exporting->asked;
	int code = replay_known(asked, exporting->reader, &exporting->known_us, &latest_us);
	if (code != EX_OK)
		return code;
	int32_t known_day = zone_day(exporting->known_us);
	int32_t as_of = asked->as_of == DAY_NONE ? known_day : asked->as_of;
	if (as_of > known_day)
		return complain(
			NAME, EX_USAGE, "--as-of must not be later than the day of --known-at.");
	exporting->question = replay_question(asked, as_of);
	return EX_OK;
}

static int options_check(struct exporting *exporting, const char *format)
{
	struct replay *asked = &exporting->asked;
	asked->only = PART_ALL;
	asked->csv = true;
	asked->each = strcmp(asked->municipality, "all") == 0;
	if (!asked->each && !municipality_parse(bytes_of_string(asked->municipality), &asked->only))
		return complain(
			NAME, EX_USAGE, "--municipality must be a CBS code, as GM0823, or all.");
	if (strcmp(format, "sqlite") != 0 && strcmp(format, "csv") != 0)
		return complain(NAME, EX_USAGE, "--format must be sqlite or csv.");
	exporting->form = strcmp(format, "csv") == 0 ? WORKBOOK_CSV : WORKBOOK_SQLITE;
	return EX_OK;
}

static int export_run(struct exporting *exporting)
{
	struct log *log;
	struct stat there;
	if (lstat(exporting->path, &there) == 0)
		return complain(NAME, EX_CANTCREAT,
			"%s is there already; an export writes over nothing.", exporting->path);
	int code = store_open(NAME, exporting->asked.store, &log, &exporting->reader);
	if (code != EX_OK)
		return code;
	code = question_make(exporting);
	if (code == EX_OK)
		code = export_store(exporting);
	store_look_release(&exporting->look);
	store_close(log, exporting->reader);
	if (stopped_by != 0) {
		signal(stopped_by, SIG_DFL);
		raise(stopped_by);
	}
	return code;
}

int command_export(int argc, char **argv)
{
	static struct exporting exporting;
	struct replay *asked = &exporting.asked;
	const char *format = "sqlite";
	*asked = (struct replay){ .as_of = DAY_NONE,
		.municipality = "all",
		.window_days = WINDOW_DAYS_DEFAULT,
		.definitions = DEFINITIONS,
		.from = DAY_NONE,
		.to = DAY_NONE,
#define POLICY_DEFAULT(name, value, ...) .name = (value),
		POLICIES(POLICY_DEFAULT)
#undef POLICY_DEFAULT
	};
	const struct option_row options[] = {
		{ "as-of", 'p', OPTION_DATE, &asked->as_of, 0, 0, "DATE",
			"the reference date (default: the day of --known-at)" },
		{ "known-at", 'k', OPTION_TEXT, &asked->known_at, 0, 0, "INSTANT",
			"what was known then, as 2026-03-02T09:15:00Z (default: all that is "
			"known)" },
		{ "municipality", 'm', OPTION_TEXT, &asked->municipality, 0, 0, "GMdddd",
			"events and spells of one municipality only, or all (default: all)" },
		{ "window", 'w', OPTION_INTEGER, &asked->window_days, WINDOW_DAYS_MIN,
			WINDOW_DAYS_MAX, "DAYS",
			"the window of placements, in the figures (default: 365)" },
		{ "definitions", 0, OPTION_INTEGER, &asked->definitions, DEFINITIONS_MIN,
			DEFINITIONS, "N", "the set of definitions (default: the newest)" },
		{ "format", 'f', OPTION_TEXT, &format, 0, 0, "FORMAT",
			"sqlite, a file, or csv, a folder (default: sqlite)" },
	};
	const struct command_line line = {
		.name = NAME,
		.operands = "STORE DEST",
		.operands_min = 2,
		.operands_max = 2,
		.purpose =
			"Writes what a store has at a reference date as tables into DEST, a new\n"
			"SQLite file or folder of CSV files: a table for each type of event, the\n"
			"people, the spells of each curve, and the figures. People are numbers of\n"
			"this export, in no order. Who is exported is written into the access log "
			"beside\n"
			"the store, STORE.access.ndjson. ladderd may be running. Run by root it "
			"writes as\n"
			"the store's owner.",
		.example = "ladder export --as-of 2026-06-30 demo-store figures.sqlite\n"
			   "  ladder export --format csv --municipality GM0823 demo-store tables",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]),
	};
	int operands;
	int code = options_parse(&line, argc, argv, &operands);
	if (code != OPTIONS_GO)
		return code;
	asked->store = argv[operands];
	exporting.path = argv[operands + 1];
	code = options_check(&exporting, format);
	return code == EX_OK ? export_run(&exporting) : code;
}
