/*
 * tools/import/command.c - `ladder import`: sends the rows of a spreadsheet to a ladderd.
 *
 * What it says is for people who are no programmers, and never repeats a name or a cell.
 */
#include "tools/common/command.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/date.h"
#include "tools/common/daemon_options.h"
#include "tools/common/language.h"
#include "tools/import/file.h"
#include "tools/import/recorded.h"
#include "tools/import/rejected.h"
#include "tools/import/rows.h"
#include "tools/import/send.h"
#include "tools/import/taking.h"

#define MAP_BYTES_MAX ((size_t)1 << 20)
#define LINES_SHOWN   10
#define ZONE          "Europe/Amsterdam"

struct import {
	const char *map_name;
	const char *print_map;
	const char *subjects_path;
	const char *municipality;
	const char *to;
	const char *token_file;
	const char *language;
	const char *subject_form; /* NULL: any identifier */
	int64_t retry_seconds;
	struct daemon_tls tls;
	struct clock clock;
	bool dry_run;
	bool has_zone;
	const char *path; /* of the list */

	struct map map;
	struct list list;
	struct subjects *subjects;
	struct rows rows;
	bool is_recorded; /* the list is made of recorded messages */
	struct recorded recorded;
	char token[TOKEN_LENGTH_MAX + 1];
};

/* Reading. */

/* EX_OK and the text, or the exit code. */
static int read_whole(const char *path, size_t bytes_max, struct text *out)
{
	struct reason reason;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return complain("import", EX_NOINPUT, "%s cannot be opened: %s.", path,
			said(strerror(errno)));
	enum err err = file_read(fd, bytes_max, out, &reason);
	close(fd);
	return err == OK ? EX_OK
			 : complain("import", input_exit_code(err), "%s: %s.", path, reason.text);
}

static void add_ready_names(struct text *out)
{
	for (const struct ready_map *map = ready_maps; map->name != NULL; map++)
		text_printf(out, "%s%s", map == ready_maps ? "" : ", ", map->name);
}

static int parse_map(struct import *import, const char *name, struct bytes text)
{
	struct text problems = { 0 };
	enum err err = map_read(name, text, &import->map, &problems);
	complain_lines(&problems);
	text_release(&problems);
	return err == OK ? EX_OK
			 : complain("import", input_exit_code(err), "The map %s cannot be used.",
				   name);
}

static int read_map(struct import *import)
{
	const struct ready_map *ready = ready_map_find(import->map_name);
	struct text file = { 0 }, text = { 0 }, names = { 0 };
	struct reason reason;
	enum letters letters;
	if (ready != NULL)
		return parse_map(import, ready->name, bytes_of_string(ready->text));
	if (access(import->map_name, R_OK) != 0) {
		add_ready_names(&names);
		complain("import", 0, "%s is no ready map (%s), and no file that can be read: %s.",
			import->map_name, names.data, said(strerror(errno)));
		text_release(&names);
		return EX_NOINPUT;
	}
	int code = read_whole(import->map_name, MAP_BYTES_MAX, &file);
	enum err err =
		code != EX_OK ? OK : letters_decode(text_bytes(&file), &letters, &text, &reason);
	if (err != OK)
		code = complain(
			"import", input_exit_code(err), "%s: %s.", import->map_name, reason.text);
	else if (code == EX_OK)
		code = parse_map(import, import->map_name, text_bytes(&text));
	text_release(&file);
	text_release(&text);
	return code;
}

static int open_subjects(struct import *import);

/* What the messages were, but for those that became rows. */
static void tell_recorded(const struct import *import)
{
	const struct recorded *recorded = &import->recorded;
	complain("import", 0,
		"%s: %zu messages. Nothing is made of %zu of another kind, and of %zu plans of "
		"another municipality.",
		import->path, recorded->messages, recorded->others, recorded->elsewhere);
	if (recorded->strangers > 0)
		complain("import", 0,
			"Left out: %zu messages about people who are not in %s, by the number in "
			"the column second (line %s). `ladder register --add` adds them.",
			recorded->strangers, import->subjects_path, recorded->stranger_lines.data);
}

/* Recorded messages name people by what only the table knows. */
static int read_recorded(struct import *import, struct bytes text)
{
	struct reason reason;
	if (!bytes_are(import->map.name, RECORDED_MAP))
		return complain("import", EX_DATAERR,
			"%s is JSON: only the map duo, or one made of it, reads that, and only "
			"what a gateway recorded.",
			import->path);
	if (!import->has_zone)
		return complain("import", EX_OSFILE,
			"%s has instants, and this computer does not know the time zone " ZONE
			": install tzdata, or write days as dd-mm-jjjj.",
			import->path);
	int code = open_subjects(import);
	if (code != EX_OK)
		return code;
	import->is_recorded = true;
	import->recorded = (struct recorded){
		.subjects = import->subjects,
		.municipality = import->municipality == NULL
					? import->map.municipality.text
					: bytes_of_string(import->municipality),
	};
	enum err err = recorded_read(&import->recorded, text, &import->map, &import->list, &reason);
	if (err != OK)
		return complain(
			"import", input_exit_code(err), "%s: %s.", import->path, reason.text);
	tell_recorded(import);
	return EX_OK;
}

static int read_rows(struct import *import, struct bytes text)
{
	struct reason reason;
	if (recorded_is(text))
		return read_recorded(import, text);
	enum err err = list_read(text, &import->map, &import->list, &reason);
	return err == OK ? EX_OK
			 : complain("import", input_exit_code(err), "%s: %s.", import->path,
				   reason.text);
}

static int read_list(struct import *import)
{
	struct text file = { 0 }, words = { 0 };
	int code = read_whole(import->path, SHEET_FILE_BYTES_MAX, &file);
	if (code == EX_OK)
		code = read_rows(import, text_bytes(&file));
	text_release(&file);
	if (code != EX_OK)
		return code;
	if (import->list.has_instant && !import->has_zone)
		return complain("import", EX_OSFILE,
			"%s has instants, and this computer does not know the time zone " ZONE
			": install tzdata, or write days as dd-mm-jjjj.",
			import->path);
	if (import->is_recorded)
		return EX_OK;
	list_print(&import->list, &words);
	complain("import", 0, "%s: %s.", import->path, words.data);
	words.length = 0;
	list_print_unused(&import->list, &import->map, &words);
	if (words.length > 0)
		complain("import", 0, "Columns that the map does not use: %s.", words.data);
	text_release(&words);
	return EX_OK;
}

static int check_municipality(const struct import *import)
{
	uint16_t code;
	if (import->municipality == NULL && import->map.municipality.text.length == 0)
		return complain("import", EX_USAGE,
			"--municipality is needed: the CBS code of the municipality, as GM0823.");
	if (import->municipality != NULL &&
		!municipality_parse(bytes_of_string(import->municipality), &code))
		return complain("import", EX_USAGE,
			"--municipality takes a CBS code: GM and four digits, as GM0823.");
	return EX_OK;
}

static int open_subjects(struct import *import)
{
	struct reason reason;
	enum subjects_mode mode = import->dry_run ? SUBJECTS_READ : SUBJECTS_WRITE;
	enum err err = subjects_open(import->subjects_path, mode, &import->subjects, &reason);
	if (err != OK)
		return complain("import", input_exit_code(err), "%s.", reason.text);
	if (subjects_forgot(import->subjects))
		complain("import", 0,
			"%s.sent is not there: all rows are sent again as corrections of "
			"themselves, and what rows gave before and do not give now is not taken "
			"back.",
			import->subjects_path);
	return EX_OK;
}

/* Telling. */

/* Which rows a sentence is about. */
typedef bool (*row_is)(const struct import *import, const struct row *row);

static bool is_repeated(const struct import *import, const struct row *row)
{
	(void)import;
	return row->is_repeated;
}

static bool is_of_new_person(const struct import *import, const struct row *row)
{
	(void)import;
	return row->is_of_new_person;
}

static bool is_like_others(const struct import *import, const struct row *row)
{
	(void)import;
	return row->is_like_others && !row->is_rejected && !row->is_repeated;
}

/* Appends the lines of the rows, the first few; how many rows there are. */
static size_t add_lines(const struct import *import, row_is is, struct text *out)
{
	size_t count = 0;
	out->length = 0;
	for (size_t i = 0; i < import->rows.count; i++) {
		const struct row *row = &import->rows.rows[i];
		if (!is(import, row))
			continue;
		if (count < LINES_SHOWN)
			text_printf(out, "%s%u", count == 0 ? "" : ", ", row->cells->line);
		count++;
	}
	if (count > LINES_SHOWN)
		text_add_string(out, ", ...");
	return count;
}

static void tell_rows(const struct import *import)
{
	struct text lines = { 0 };
	size_t count = add_lines(import, is_repeated, &lines);
	if (count > 0)
		complain("import", 0,
			count == 1 ? "%zu row repeats a row above (line %s): sent once."
				   : "%zu rows repeat a row above (line %s): sent once.",
			count, lines.data);
	count = add_lines(import, is_of_new_person, &lines);
	if (count > 0)
		complain("import", 0,
			count == 1 ? "%zu person is not yet in %s (first on line %s). If it is "
				     "somebody it knows by another spelling: docs/import.md says "
				     "what to do."
				   : "%zu people are not yet in %s (first on line %s). If one is "
				     "somebody it knows by another spelling: docs/import.md says "
				     "what to do.",
			count, import->subjects_path, lines.data);
	count = add_lines(import, is_like_others, &lines);
	if (count > 0)
		complain("import", 0,
			"Line %s: but for accents that is the name of somebody else in %s. Is it "
			"the same person?",
			lines.data, import->subjects_path);
	text_release(&lines);
}

/* Rows that were not sent must not be called sent. */
static void tell_interrupted(const struct import *import, const struct sending *sending)
{
	complain("import", 0,
		"Not all was sent: of %zu events, %" PRIu64
		" were taken. Send the same list again when that is mended: nothing "
		"counts twice.",
		import->rows.made_count, sending->accepted + sending->duplicates);
}

static void tell_summary(const struct import *import, const struct sending *sending)
{
	const struct rows *rows = &import->rows;
	size_t rejected = rejected_count(rows), repeated = 0, corrections = 0;
	for (size_t i = 0; i < rows->count; i++)
		repeated += rows->rows[i].is_repeated;
	for (size_t i = 0; i < rows->made_count; i++)
		corrections += rows->made[i].corrects;
	complain("import", 0,
		"%zu rows: %zu sent, %zu repeated, %zu rejected. Of %zu events %" PRIu64
		" were new (%zu of them corrections) and %" PRIu64 " known already.",
		rows->count, rows->count - rejected - repeated, repeated, rejected,
		rows->made_count, sending->accepted, corrections, sending->duplicates);
}

/* Doing. */

static int print_events(const struct import *import)
{
	const struct rows *rows = &import->rows;
	for (size_t i = 0; i < rows->made_count; i++) {
		const struct row_event *event = &rows->made[i];
		if (output_write(bytes_of(rows->events.data + event->offset, event->length)) !=
				OK ||
			output_write(bytes_of("\n", 1)) != OK)
			return EX_IOERR;
	}
	tell_rows(import);
	rejected_tell(rows);
	complain("import", 0,
		"This was a dry run: %zu events of %zu rows would be sent. Nothing was sent, and "
		"%s "
		"is as it was; people who are not in it got a pseudonym for this run only.",
		rows->made_count, rows->count - rejected_count(rows), import->subjects_path);
	return rejected_count(rows) > 0 ? EX_FINDINGS : EX_OK;
}

/* Writes the file of rejected rows; `code` when that works. */
static int write_rejected(const struct import *import, int code)
{
	struct reason reason;
	char *name;
	if (rejected_count(&import->rows) == 0)
		return code;
	rejected_tell(&import->rows);
	if (rejected_write(&import->rows, import->path, &name, &reason) != OK)
		code = complain("import", EX_CANTCREAT, "%s.", reason.text);
	else
		complain("import", 0,
			"The rejected rows are in %s, with the reason: correct them there and "
			"import that file.",
			name);
	free(name);
	return code == EX_OK ? EX_FINDINGS : code;
}

static int send_rows(struct import *import)
{
	struct sending sending = {
		.to = import->to,
		.token = import->token,
		.tls = &import->tls,
		.file = import->path,
		.retry_seconds = import->retry_seconds,
		.clock = import->clock,
	};
	struct reason reason;
	/* Before anything is sent: a pseudonym that was sent must not be lost. */
	enum err err = subjects_save(import->subjects, &reason);
	if (err != OK)
		return complain(
			"import", input_exit_code(err), "%s. Nothing was sent.", reason.text);
	tell_rows(import);
	int sent = import_send(&sending, &import->rows);
	int code = write_rejected(import, sent);
	if (sent == EX_OK)
		tell_summary(import, &sending);
	else
		tell_interrupted(import, &sending);
	return code;
}

static int read_all(struct import *import)
{
	int code = read_map(import);
	if (code == EX_OK)
		code = check_municipality(import);
	if (code == EX_OK && !import->dry_run)
		code = token_file_read("import", import->token_file, import->token);
	if (code == EX_OK)
		code = read_list(import);
	if (code == EX_OK && !import->is_recorded)
		code = open_subjects(import);
	return code;
}

static int run(struct import *import)
{
	/* Days are those of the municipalities; without zone data the machine's will do. */
	import->has_zone = zone_set(ZONE) == OK;
	int code = read_all(import);
	if (code == EX_OK) {
		import->rows = (struct rows){
			.map = &import->map,
			.list = &import->list,
			.subjects = import->subjects,
			.municipality = import->municipality == NULL
						? bytes_of("", 0)
						: bytes_of_string(import->municipality),
			.rules.today = zone_day(clock_now_us(&import->clock)),
			.rules.subjects.everywhere = import->subject_form,
		};
		if (rows_make(&import->rows) != OK)
			code = complain("import", EX_OSERR, "There is not enough memory.");
		else
			code = import->dry_run ? print_events(import) : send_rows(import);
		if (code == EX_OK && import->recorded.strangers > 0)
			code = EX_FINDINGS;
	}
	recorded_release(&import->recorded);
	rows_release(&import->rows);
	subjects_close(import->subjects);
	list_release(&import->list);
	map_release(&import->map);
	return code;
}

static int print_ready_map(const char *name)
{
	const struct ready_map *map = ready_map_find(name);
	struct text names = { 0 };
	if (map != NULL)
		return output_write(bytes_of_string(map->text)) == OK ? EX_OK : EX_IOERR;
	add_ready_names(&names);
	complain("import", 0, "--print-map takes one of %s.", names.data);
	text_release(&names);
	return EX_USAGE;
}

/* A file that another municipality sealed. */
static int take(struct import *import)
{
	struct taking taking = {
		.sending = {
			.to = import->to,
			.token = import->token,
			.tls = &import->tls,
			.file = import->path,
			.retry_seconds = import->retry_seconds,
			.clock = import->clock,
		},
		.key_file = import->tls.paths.key,
		.municipality = import->municipality,
		.rules.subjects.everywhere = import->subject_form,
		.dry_run = import->dry_run,
	};
	if (import->map_name != NULL || import->subjects_path != NULL)
		return complain("import", EX_USAGE,
			"%s is a hand-over, which has no columns and no names: leave --map and "
			"--subjects out.",
			import->path);
	if (taking.key_file == NULL)
		return complain("import", EX_USAGE,
			"%s is a hand-over: --key FILE says where the key is that opens it.",
			import->path);
	/* --key opens the file; the key of a client's certificate stands in the file of --cert. */
	import->tls.paths.key = import->tls.paths.cert;
	import->has_zone = zone_set(ZONE) == OK;
	taking.rules.today = zone_day(clock_now_us(&import->clock));
	int code = import->dry_run ? EX_OK : daemon_tls_check("import", &import->tls);
	if (code == EX_OK && !import->dry_run)
		code = token_file_read("import", import->token_file, import->token);
	return code == EX_OK ? taking_run(&taking) : code;
}

/* Is there something to open: a file that says so, or one that only --key can be meant for? */
static bool is_handover(const struct import *import)
{
	return (import->map_name == NULL && import->tls.paths.key != NULL) ||
	       taking_is_wanted(import->path);
}

/* With the options that were read; `path` is NULL when there is no file. */
static int import_go(struct import *import)
{
	if (import->language != NULL && !language_is_known(import->language))
		return complain("import", EX_USAGE, LANGUAGE_RULE);
	if (import->print_map != NULL)
		return print_ready_map(import->print_map);
	if (import->subject_form != NULL && !subject_pattern_is_valid(import->subject_form))
		return complain("import", EX_USAGE, SUBJECT_FORM_RULE);
	if (import->path != NULL && is_handover(import))
		return take(import);
	if (import->path == NULL || import->map_name == NULL || import->subjects_path == NULL)
		return complain("import", EX_USAGE,
			"%s is needed. `ladder import --help` shows the form.",
			import->path == NULL       ? said("A file")
			: import->map_name == NULL ? "--map MAP"
						   : "--subjects FILE");
	int code = import->dry_run ? EX_OK : daemon_tls_check("import", &import->tls);
	return code == EX_OK ? run(import) : code;
}

int command_import(int argc, char **argv)
{
	static struct import import = { .to = DAEMON_ADDRESS, .retry_seconds = RETRY_SECONDS };
	static const struct option_row options[] = {
		{ "map", 'm', OPTION_TEXT, &import.map_name, 0, 0, "MAP",
			"which columns mean what: a ready map, or a file" },
		{ "subjects", 's', OPTION_TEXT, &import.subjects_path, 0, 0, "FILE",
			"the secret table of names and pseudonyms; made if need be" },
		{ "municipality", 0, OPTION_TEXT, &import.municipality, 0, 0, "CODE",
			"the municipality of the people, as GM0823" },
		OPTION_TO(&import.to),
		OPTION_TOKEN_FILE(&import.token_file),
		{ "dry-run", 'n', OPTION_FLAG, &import.dry_run, 0, 0, NULL,
			"print what would be sent; send and change nothing" },
		{ "print-map", 0, OPTION_TEXT, &import.print_map, 0, 0, "MAP",
			"print a ready map, to begin one of your own" },
		OPTION_RETRY_SECONDS(&import.retry_seconds),
		OPTION_SUBJECT_FORM(&import.subject_form),
		OPTIONS_TLS(import.tls),
		OPTION_LANGUAGE(&import.language),
	};
	static const struct command_line line = {
		.name = "import",
		.operands = "FILE",
		.operands_min = 0,
		.operands_max = 1,
		.purpose =
			"Sends the rows of a list that a spreadsheet program saved as CSV. Ready "
			"maps:\n"
			"activity-hours, agreements, benefits, contact-persons, contacts, duo, "
			"jobs,\n"
			"ladder-assessments, modules, referrals, settlements. Delimiter,\n"
			"letters, dates and decimal comma are recognised and said. Names of people "
			"never\n"
			"leave this computer: the subjects file gives each a pseudonym. The same "
			"file\n"
			"twice changes nothing; a corrected row corrects. Rejected rows come into "
			"a file\n"
			"beside it, FILE.rejected.csv, to correct and import again; the exit "
			"status "
			"is\n"
			"then 1. docs/import.md explains it step by step.\n"
			"\n"
			"With --key and without --map, FILE is what `ladder handover` of another "
			"municipality\n"
			"wrote, and --key the secret half of your key (`ladder key`): a person "
			"comes "
			"over. The\n"
			"key of a client's certificate then stands in the file of --cert.",
		.example = "ladder import --map activity-hours --subjects subjects.csv \\\n"
			   "      --municipality GM0823 --token-file isd.token uren.csv",
		.options = options,
		.option_count = ARRAY_LENGTH(options),
	};
	int operands;
	language_choose(argc, argv);
	int code = options_parse(&line, argc, argv, &operands);
	if (code != OPTIONS_GO)
		return code;
	import.clock = clock_system();
	import.path = argv[operands];
	return import_go(&import);
}
