/*
 * tools/common/options.c - see options.h.
 */
#include "tools/common/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/check.h"
#include "base/date.h"
#include "base/plain.h"
#include "tools/common/language.h"

#define OUTPUT_LINE_MAX 4096

#define OPTION_ROWS_MAX 30
#define VERSION_OPTION  255 /* getopt's value: no letter */
#define LONG_OPTION     256 /* of row 0 when it has no letter of its own */

static const char *running = "";
/* Who is told of the table in place of the reading of argv; NULL: nobody. */
static void (*describer)(const struct command_line *line, void *context);
static void *describer_context;

void options_describe(
	void (*describe)(const struct command_line *line, void *context), void *context)
{
	describer = describe;
	describer_context = context;
}

const char *command_name(void)
{
	return running;
}

int input_exit_code(enum err err)
{
	switch (err) {
	case ERR_NOT_FOUND:
		return EX_NOINPUT;
	case ERR_INVALID:
		return EX_DATAERR;
	case ERR_CONFLICT:
		return EX_NOPERM;
	case OK:
	case ERR_FULL:
	case ERR_IO:
	case ERR_STOPPED:
	case ERR_CORRUPT:
		return EX_IOERR;
	}
	check_failed("a result of the enum", __FILE__, __LINE__);
}

int complain(const char *name, int code, const char *format, ...)
{
	char sentence[1024];
	va_list arguments;
	va_start(arguments, format);
	format = said(format);
	vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	plain_make_string(sentence);
	fprintf(stderr, "ladder%s%s: %s\n", name[0] == '\0' ? "" : " ", name, sentence);
	return code;
}

bool progress_is_wanted(void)
{
	return isatty(STDERR_FILENO) == 1;
}

static int output_errno; /* of the first write that failed */

enum err output_write(struct bytes bytes)
{
	struct text plain = { 0 };
	/* A file gets the bytes as they are, a terminal what it cannot obey. */
	if (isatty(STDOUT_FILENO) == 1) {
		text_add(&plain, bytes);
		if (!plain.failed)
			bytes = bytes_of(plain.data, plain_make(plain.data, plain.length, true));
	}
	errno = plain.failed ? ENOMEM : 0;
	bool written = bytes.length == 0 || (!plain.failed && fwrite(bytes.data, 1, bytes.length,
								      stdout) == bytes.length);
	text_release(&plain);
	if (written)
		return OK;
	if (output_errno == 0)
		output_errno = errno;
	return ERR_IO;
}

void output_line(const char *format, ...)
{
	char line[OUTPUT_LINE_MAX];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(line, sizeof(line) - 1, format, arguments);
	va_end(arguments);
	plain_make_string(line);
	size_t length = strlen(line);
	line[length] = '\n';
	/* A failure is remembered for output_end(). */
	(void)!output_write(bytes_of(line, length + 1));
}

void complain_lines(struct text *lines)
{
	if (lines->length > 0)
		fwrite(lines->data, 1, plain_make(lines->data, lines->length, true), stderr);
}

int output_end(int code)
{
	errno = 0;
	if (fflush(stdout) != 0 && output_errno == 0)
		output_errno = errno;
	if (!ferror(stdout) && output_errno == 0)
		return code;
	/* A reader that closed the pipe needs no message. */
	if (output_errno != EPIPE)
		complain("", 0, "Standard output cannot be written: %s.",
			output_errno == 0 ? said("an earlier write failed")
					  : said(strerror(output_errno)));
	return EX_IOERR;
}

void print_version(void)
{
	printf("ladder %s\n", LADDERD_VERSION);
}

static void print_help(const struct command_line *line)
{
	printf(said("Usage: ladder %s [options]%s%s\n\n%s\n\nOptions:\n"), line->name,
		line->operands == NULL ? "" : " ", line->operands == NULL ? "" : line->operands,
		said(line->purpose));
	for (size_t i = 0; i < line->option_count; i++) {
		const struct option_row *row = &line->options[i];
		if (row->sentence == NULL)
			continue;
		char left[64];
		char letter[8] = "    ";
		if (row->letter != 0)
			snprintf(letter, sizeof(letter), "-%c, ", row->letter);
		snprintf(left, sizeof(left), "%s--%s%s%s", letter, row->name,
			row->argument == NULL ? "" : " ",
			row->argument == NULL ? "" : row->argument);
		printf("  %-30s %s\n", left, said(row->sentence));
	}
	printf(said("  %-30s %s\n\nExample:\n  %s\n"), "-h, --help", said("print this help"),
		line->example);
}

static bool parse_integer(const char *text, int64_t *value)
{
	char *end;
	errno = 0;
	long long parsed = strtoll(text, &end, 10);
	bool digit = (text[0] >= '0' && text[0] <= '9') || text[0] == '-';
	if (!digit || *end != '\0' || errno != 0)
		return false;
	*value = parsed;
	return true;
}

/* Sets the row's target; what is wrong is said and false returned. */
static bool set_option(
	const struct command_line *line, const struct option_row *row, const char *argument)
{
	int64_t integer;
	int32_t day;
	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)row->target = true;
		return true;
	case OPTION_TEXT:
		*(const char **)row->target = argument;
		return true;
	case OPTION_INTEGER:
		if (!parse_integer(argument, &integer) || integer < row->min ||
			integer > row->max) {
			complain(line->name, 0, "--%s takes a whole number from %lld to %lld.",
				row->name, (long long)row->min, (long long)row->max);
			return false;
		}
		*(int64_t *)row->target = integer;
		return true;
	case OPTION_DATE:
		if (date_parse(bytes_of_string(argument), &day) != OK) {
			complain(line->name, 0, "--%s takes a date, YYYY-MM-DD.", row->name);
			return false;
		}
		*(int32_t *)row->target = day;
		return true;
	}
	check_failed("a kind of the enum", __FILE__, __LINE__);
}

struct getopt_tables {
	struct option rows[OPTION_ROWS_MAX + 3];
	char letters[2 * OPTION_ROWS_MAX + 3];
};

static void fill_tables(const struct command_line *line, struct getopt_tables *tables)
{
	size_t at = 0;
	CHECK(line->option_count <= OPTION_ROWS_MAX);
	*tables = (struct getopt_tables){ 0 };
	tables->letters[at++] = ':';
	tables->letters[at++] = 'h';
	for (size_t i = 0; i < line->option_count; i++) {
		const struct option_row *row = &line->options[i];
		int has_argument = row->kind == OPTION_FLAG ? no_argument : required_argument;
		tables->rows[i] = (struct option){
			.name = row->name, .has_arg = has_argument, .val = LONG_OPTION + (int)i
		};
		if (row->letter == 0)
			continue;
		tables->letters[at++] = row->letter;
		if (has_argument == required_argument)
			tables->letters[at++] = ':';
	}
	tables->rows[line->option_count] = (struct option){ .name = "help", .val = 'h' };
	tables->rows[line->option_count + 1] =
		(struct option){ .name = "version", .val = VERSION_OPTION };
}

/* The row that getopt's answer means; NULL when it is an error. */
static const struct option_row *find_row(const struct command_line *line, int answer)
{
	if (answer >= LONG_OPTION)
		return &line->options[answer - LONG_OPTION];
	for (size_t i = 0; i < line->option_count; i++) {
		if (line->options[i].letter != 0 && line->options[i].letter == answer)
			return &line->options[i];
	}
	return NULL;
}

static int complain_about_option(const struct command_line *line, int answer, char **argv)
{
	const char *given = argv[optind - 1];
	if (answer == ':')
		return complain(line->name, EX_USAGE,
			"%s needs a value after it. `ladder %s --help` says which.", given,
			line->name);
	if (given[0] == '-' && given[1] == '-')
		return complain(line->name, EX_USAGE,
			"%s is not an option here, or is short for several, or takes no value. "
			"`ladder %s --help` lists the options.",
			given, line->name);
	return complain(line->name, EX_USAGE,
		"-%c is not an option here. `ladder %s --help` lists the options.", optopt,
		line->name);
}

int options_parse(const struct command_line *line, int argc, char **argv, int *operands)
{
	struct getopt_tables tables;
	int answer;
	running = line->name;
	if (describer != NULL) {
		describer(line, describer_context);
		return EX_OK;
	}
	fill_tables(line, &tables);
	opterr = 0;
	optind = 1;
	while ((answer = getopt_long(argc, argv, tables.letters, tables.rows, NULL)) != -1) {
		if (answer == 'h') {
			print_help(line);
			return EX_OK;
		}
		if (answer == VERSION_OPTION) {
			print_version();
			return EX_OK;
		}
		const struct option_row *row = find_row(line, answer);
		if (row == NULL)
			return complain_about_option(line, answer, argv);
		if (!set_option(line, row, optarg))
			return EX_USAGE;
	}
	size_t count = (size_t)(argc - optind);
	if (count < line->operands_min || count > line->operands_max)
		return complain(line->name, EX_USAGE,
			"%s are given. `ladder %s --help` shows the form: ladder %s [options]%s%s",
			said(count < line->operands_min ? "Too few operands" : "Too many operands"),
			line->name, line->name, line->operands == NULL ? "" : " ",
			line->operands == NULL ? "" : line->operands);
	*operands = optind;
	return OPTIONS_GO;
}
