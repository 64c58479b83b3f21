/*
 * tools/cmd_worklist.c - `ladder worklist`: whom to call this week.
 *
 * The daemon knows pseudonyms only. Names are put in here, from a table that stays on
 * this machine.
 */
#include "tools/common/command.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/plain.h"
#include "indicators/person/due.h"
#include "tools/asking.h"
#include "tools/common/daemon_options.h"
#include "tools/common/language.h"
#include "tools/push/answer.h"
#include "tools/import/subject_names.h"

#define WORKLIST_PATH "/v1/worklist"
#define ROWS_MAX      1000000
#define ROWS_USUAL    100000 /* a daemon tells no more at once, unless configured to */
#define ROW_BYTES     512
#define ROW_VALUES    16

/* A row as the daemon tells it; borrows from the answer. */
struct answer_row {
	const char *subject;
	const char *municipality;
	const char *reason;
	const char *since;
	const char *silent_on;
	const char *ref; /* NULL: none */
	int64_t days;
	struct bytes name; /* empty: not known here */
};

struct worklist_command {
	const char *to;
	struct daemon_tls tls;
	const char *token_file;
	const char *municipality;
	const char *silent;
	const char *format;
	const char *subjects_path;
	const char *language;
	int64_t limit; /* 0: all */
	struct subject_names *names;
	json_t *answer;
	const char *as_of;
	const char *partner;
	int64_t total;
	struct answer_row *rows;
	size_t count;
	struct text out;
};

/* What is printed, by the name of --format. */
struct format {
	const char *name;
	void (*print)(struct worklist_command *worklist);
};

/* The most rows that may be told. */
static size_t rows_max(const struct worklist_command *worklist)
{
	return worklist->limit > 0 ? (size_t)worklist->limit : ROWS_USUAL;
}

/* Asks the daemon. EX_OK or the exit code. */
static int fetch(
	const struct worklist_command *worklist, const char *token, struct http_answer *answer)
{
	char query[100];
	/* --silent and --municipality are looked at before: nothing in them needs escaping. */
	int length = 0;
	query[0] = '\0';
	if (worklist->municipality != NULL)
		length = snprintf(query, sizeof(query), "municipality=%s", worklist->municipality);
	if (worklist->silent != NULL)
		length += snprintf(query + length, sizeof(query) - (size_t)length, "%ssilent=%s",
			length > 0 ? "&" : "", worklist->silent);
	if (worklist->limit > 0)
		snprintf(query + length, sizeof(query) - (size_t)length, "%slimit=%lld",
			length > 0 ? "&" : "", (long long)worklist->limit);
	const struct daemon_question asking = {
		.command = "worklist",
		.to = worklist->to,
		.tls = &worklist->tls,
		.path = WORKLIST_PATH,
		.query = query,
		.bytes_max = answer_bytes_max(rows_max(worklist), ROW_BYTES),
	};
	return ask_daemon(&asking, token, answer);
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* False: it is no row. */
static bool row_read(const json_t *item, const struct subject_names *names, struct answer_row *out)
{
	const json_t *days = json_object_get(item, "days");
	*out = (struct answer_row){
		.subject = text_of(item, "subject"),
		.municipality = text_of(item, "municipality"),
		.reason = text_of(item, "reason"),
		.since = text_of(item, "since"),
		.silent_on = text_of(item, "falls_silent_on"),
		.ref = text_of(item, "ref"),
		.days = json_integer_value(days),
	};
	if (out->subject == NULL || out->municipality == NULL || out->reason == NULL ||
		out->since == NULL || out->silent_on == NULL || !json_is_integer(days))
		return false;
	out->name = subject_names_find(names, bytes_of_string(out->subject));
	return true;
}

/* Reads the answer. EX_OK or the exit code. */
static int read_answer(struct worklist_command *worklist, struct bytes body)
{
	size_t values = ANSWER_VALUES + rows_max(worklist) * ROW_VALUES;
	if (answer_json_read(body, values, &worklist->answer) == ERR_FULL)
		return complain("worklist", EX_OSERR, "There is not enough memory.");
	const json_t *items = json_object_get(worklist->answer, "items");
	worklist->as_of = text_of(worklist->answer, "as_of");
	worklist->partner = text_of(worklist->answer, "partner");
	worklist->total = json_integer_value(json_object_get(worklist->answer, "total"));
	bool right = json_is_array(items) && worklist->as_of != NULL && worklist->partner != NULL;
	size_t count = json_array_size(items);
	worklist->rows = calloc(count + 1, sizeof(*worklist->rows));
	if (worklist->rows == NULL)
		return complain("worklist", EX_OSERR, "There is not enough memory.");
	for (; worklist->count < count && right; worklist->count++)
		right = row_read(json_array_get(items, worklist->count), worklist->names,
			&worklist->rows[worklist->count]);
	if (!right)
		return complain("worklist", EX_PROTOCOL,
			"What answered is no ladderd, or one of another version.");
	return EX_OK;
}

/* The sentence of a reason; its word, when this program does not know it. */
static const char *sentence_of(const char *reason)
{
	for (unsigned i = 0; i < DUE_REASON_COUNT; i++) {
		if (strcmp(due_reason_name((enum due_reason)i), reason) == 0)
			return said(due_reason_sentence((enum due_reason)i));
	}
	return reason;
}

/* Columns that a text takes on a terminal, each letter being one. */
static size_t width_of(struct bytes text)
{
	size_t width = 0;
	for (size_t i = 0; i < text.length; i++)
		width += (text.data[i] & 0xC0) != 0x80;
	return width;
}

#define COLUMNS    7
#define COLUMN_GAP 2

/* The cells of a row, or of the head. */
struct cells {
	struct bytes cells[COLUMNS];
	char silent_on[64];
	char days[32];
};

static void cells_of(
	const struct worklist_command *worklist, const struct answer_row *row, struct cells *out)
{
	bool silent = strcmp(row->silent_on, worklist->as_of) <= 0;
	snprintf(out->silent_on, sizeof(out->silent_on), "%.40s%s", row->silent_on,
		silent ? said(" (silent)") : "");
	snprintf(out->days, sizeof(out->days), "%lld", (long long)row->days);
	out->cells[0] = bytes_of_string(out->silent_on);
	out->cells[1] = row->name.length > 0 ? row->name : bytes_of_string(row->subject);
	out->cells[2] = bytes_of_string(row->municipality);
	out->cells[3] = bytes_of_string(sentence_of(row->reason));
	out->cells[4] = bytes_of_string(row->since);
	out->cells[5] = bytes_of_string(out->days);
	out->cells[6] = bytes_of_string(row->ref == NULL ? "" : row->ref);
}

static void add_cells(struct text *out, const struct cells *cells, const size_t widths[COLUMNS])
{
	size_t last = COLUMNS;
	while (last > 1 && cells->cells[last - 1].length == 0)
		last--;
	for (size_t i = 0; i < last; i++) {
		text_add_plain(out, cells->cells[i]);
		size_t pad = i + 1 < last ? widths[i] + COLUMN_GAP - width_of(cells->cells[i]) : 0;
		while (pad-- > 0)
			text_add_char(out, ' ');
	}
	text_add_char(out, '\n');
}

static void print_table(struct worklist_command *worklist)
{
	static const char *const names[COLUMNS] = { "FALLS SILENT", "WHO", "WHERE", "WHY", "SINCE",
		"DAYS", "JOB" };
	struct cells head, cells;
	size_t widths[COLUMNS];
	for (size_t i = 0; i < COLUMNS; i++) {
		head.cells[i] = bytes_of_string(said(names[i]));
		widths[i] = width_of(head.cells[i]);
	}
	for (size_t i = 0; i < worklist->count; i++) {
		cells_of(worklist, &worklist->rows[i], &cells);
		for (size_t j = 0; j < COLUMNS; j++) {
			size_t width = width_of(cells.cells[j]);
			widths[j] = width > widths[j] ? width : widths[j];
		}
	}
	if (worklist->count > 0)
		add_cells(&worklist->out, &head, widths);
	for (size_t i = 0; i < worklist->count; i++) {
		cells_of(worklist, &worklist->rows[i], &cells);
		add_cells(&worklist->out, &cells, widths);
	}
}

static void print_csv(struct worklist_command *worklist)
{
	struct text *out = &worklist->out;
	bool named = worklist->names != NULL;
	text_printf(out, "%ssubject,municipality,reason,since,days,falls_silent_on,ref\n",
		named ? "name," : "");
	for (size_t i = 0; i < worklist->count; i++) {
		const struct answer_row *row = &worklist->rows[i];
		char days[32];
		snprintf(days, sizeof(days), "%lld", (long long)row->days);
		const char *const fields[] = { row->subject, row->municipality, row->reason,
			row->since, days, row->silent_on, row->ref == NULL ? "" : row->ref };
		if (named) {
			text_add_cell(out, row->name);
			text_add_char(out, ',');
		}
		for (size_t j = 0; j < ARRAY_LENGTH(fields); j++) {
			if (j > 0)
				text_add_char(out, ',');
			text_add_cell(out, bytes_of_string(fields[j]));
		}
		text_add_char(out, '\n');
	}
}

static int add_piece(const char *piece, size_t length, void *context)
{
	struct text *out = context;
	text_add(out, bytes_of(piece, length));
	return 0;
}

static void print_json(struct worklist_command *worklist)
{
	json_t *items = json_object_get(worklist->answer, "items");
	for (size_t i = 0; i < worklist->count && worklist->names != NULL; i++) {
		struct bytes name = worklist->rows[i].name;
		json_t *value = name.length == 0
					? json_null()
					: json_stringn((const char *)name.data, name.length);
		/* What is not UTF-8 cannot stand in JSON. */
		json_object_set_new(
			json_array_get(items, i), "name", value == NULL ? json_null() : value);
	}
	json_dump_callback(worklist->answer, add_piece, &worklist->out, JSON_COMPACT);
	text_add_char(&worklist->out, '\n');
}

static void print_summary(const struct worklist_command *worklist)
{
	size_t silent = 0;
	for (size_t i = 0; i < worklist->count; i++)
		silent += strcmp(worklist->rows[i].silent_on, worklist->as_of) <= 0;
	if (worklist->count == 0)
		complain("worklist", 0, "Nothing of %s is running out on %s.", worklist->partner,
			worklist->as_of);
	else
		complain("worklist", 0, "%s on %s: %zu of %lld rows; of these, %zu silent already.",
			worklist->partner, worklist->as_of, worklist->count,
			(long long)worklist->total, silent);
}

static int run(struct worklist_command *worklist, const struct format *format)
{
	char token[TOKEN_LENGTH_MAX + 1];
	struct http_answer answer = { 0 };
	struct reason reason;
	int code = token_file_read("worklist", worklist->token_file, token);
	if (code == EX_OK && worklist->subjects_path != NULL) {
		enum err err =
			subject_names_read(worklist->subjects_path, &worklist->names, &reason);
		if (err != OK)
			code = complain("worklist",
				err == ERR_NOT_FOUND || err == ERR_IO ? EX_NOINPUT : EX_DATAERR,
				"%s: %s.", worklist->subjects_path, reason.text);
	}
	if (code == EX_OK)
		code = fetch(worklist, token, &answer);
	if (code == EX_OK)
		code = read_answer(worklist, text_bytes(&answer.body));
	if (code == EX_OK) {
		format->print(worklist);
		if (worklist->out.failed)
			code = complain("worklist", EX_OSERR, "There is not enough memory.");
		else if (output_write(text_bytes(&worklist->out)) == OK)
			print_summary(worklist);
	}
	text_release(&answer.body);
	text_release(&worklist->out);
	subject_names_free(worklist->names);
	free(worklist->rows);
	json_decref(worklist->answer);
	return code;
}

/* What can be seen to be wrong before anything is asked. */
static int check(const struct worklist_command *worklist, const struct format **out)
{
	static const struct format formats[] = {
		{ "table", print_table },
		{ "csv", print_csv },
		{ "json", print_json },
	};
	uint16_t code;
	*out = NULL;
	if (worklist->language != NULL && !language_is_known(worklist->language))
		return complain("worklist", EX_USAGE, LANGUAGE_RULE);
	for (size_t i = 0; i < ARRAY_LENGTH(formats); i++) {
		if (strcmp(worklist->format, formats[i].name) == 0)
			*out = &formats[i];
	}
	if (*out == NULL)
		return complain("worklist", EX_USAGE, "--format takes table, csv or json.");
	if (worklist->silent != NULL && strcmp(worklist->silent, "yes") != 0 &&
		strcmp(worklist->silent, "no") != 0)
		return complain("worklist", EX_USAGE, "--silent takes yes or no.");
	if (worklist->municipality != NULL &&
		!municipality_parse(bytes_of_string(worklist->municipality), &code))
		return complain(
			"worklist", EX_USAGE, "--municipality takes a CBS code, as GM0823.");
	return EX_OK;
}

int command_worklist(int argc, char **argv)
{
	static struct worklist_command worklist = { .to = DAEMON_ADDRESS, .format = "table" };
	static const struct option_row options[] = {
		OPTION_TO(&worklist.to),
		OPTION_TOKEN_FILE(&worklist.token_file),
		{ "municipality", 'm', OPTION_TEXT, &worklist.municipality, 0, 0, "CODE",
			"of this municipality only (default: all of the partner)" },
		{ "silent", 0, OPTION_TEXT, &worklist.silent, 0, 0, "yes|no",
			"yes: only what has fallen silent; no: what has not yet (default: both)" },
		{ "limit", 'n', OPTION_INTEGER, &worklist.limit, 1, ROWS_MAX, "N",
			"the first rows only (default: all)" },
		{ "format", 'f', OPTION_TEXT, &worklist.format, 0, 0, "FORMAT",
			"table, csv or json (default table)" },
		{ "subjects", 's', OPTION_TEXT, &worklist.subjects_path, 0, 0, "FILE",
			"show names: a CSV of name and subject, which stays here" },
		OPTIONS_TLS(worklist.tls),
		OPTION_LANGUAGE(&worklist.language),
	};
	static const struct command_line line = {
		.name = "worklist",
		.purpose = "Lists the people of a partner whose news is running out: what to ask, "
			   "since\n"
			   "when there was no news, and from which day on the figures count it as "
			   "unknown.\n"
			   "It is about people and kinds of events that the partner itself sends, "
			   "and is\n"
			   "made of its own events alone.",
		.example =
			"ladder worklist --token-file isd.token --silent no --subjects people.csv",
		.options = options,
		.option_count = ARRAY_LENGTH(options),
	};
	const struct format *format;
	int operands;
	language_choose(argc, argv);
	int code = options_parse(&line, argc, argv, &operands);
	if (code != OPTIONS_GO)
		return code;
	code = check(&worklist, &format);
	if (code == EX_OK)
		code = daemon_tls_check("worklist", &worklist.tls);
	return code == EX_OK ? run(&worklist, format) : code;
}
