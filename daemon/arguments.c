/*
 * daemon/arguments.c - see arguments.h.
 */
#include "daemon/arguments.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/check.h"
#include "base/logging.h"
#include "daemon/server/config.h"

#define HELP_WIDTH  80
#define HELP_INDENT 26

enum daemon_flag {
#define FLAG_NUMBER(NAME, name, letter, argument, sentence) FLAG_##NAME,
	DAEMON_FLAGS(FLAG_NUMBER)
#undef FLAG_NUMBER
		FLAG_COUNT
};

struct flag_row {
	const char *name;
	char letter;
	const char *argument;
	const char *sentence;
};

static const struct flag_row flags[FLAG_COUNT] = {
#define FLAG_ROW(NAME, name, letter, argument, sentence) { name, letter, argument, sentence },
	DAEMON_FLAGS(FLAG_ROW)
#undef FLAG_ROW
};

/* Prints words from a column on, in lines that begin at that of the indentation. */
static void print_words(const char *text, size_t column, size_t indent)
{
	while (*text != '\0') {
		size_t length = strcspn(text, " ");
		if (column > indent && column + 1 + length > HELP_WIDTH) {
			printf("\n%*s", (int)indent, "");
			column = indent;
		}
		column += (size_t)printf("%s%.*s", column > indent ? " " : "", (int)length, text);
		text += length + strspn(text + length, " ");
	}
	putchar('\n');
}

static void print_flag(const struct flag_row *flag)
{
	char left[64], letter[8] = "    ";
	if (flag->letter != 0)
		snprintf(letter, sizeof(letter), "-%c, ", flag->letter);
	int length = snprintf(left, sizeof(left), "  %s--%s%s%s", letter, flag->name,
		flag->argument == NULL ? "" : " ", flag->argument == NULL ? "" : flag->argument);
	CHECK(length > 0 && (size_t)length < sizeof(left));
	if ((size_t)length >= HELP_INDENT)
		printf("%s\n%*s", left, HELP_INDENT, "");
	else
		printf("%-*s", HELP_INDENT, left);
	print_words(flag->sentence, HELP_INDENT, HELP_INDENT);
}

static void print_usage(void)
{
	printf("Usage: ladderd [options]\n\n%s\n\n", DAEMON_PURPOSE);
	for (size_t i = 0; i < FLAG_COUNT; i++)
		print_flag(&flags[i]);
	putchar('\n');
	print_words(DAEMON_SIGNALS, 0, 0);
	printf("\nExample:\n  %s\n", DAEMON_EXAMPLE);
}

/* What getopt takes the flags for; each answers its number, with which a letter is found too. */
struct flag_tables {
	struct option rows[FLAG_COUNT + 1];
	char letters[2 * FLAG_COUNT + 2];
};

static void tables_fill(struct flag_tables *tables)
{
	size_t at = 0;
	*tables = (struct flag_tables){ 0 };
	for (size_t i = 0; i < FLAG_COUNT; i++) {
		int takes = flags[i].argument == NULL ? no_argument : required_argument;
		tables->rows[i] = (struct option){ flags[i].name, takes, NULL, (int)i };
		if (flags[i].letter == 0)
			continue;
		tables->letters[at++] = flags[i].letter;
		if (takes == required_argument)
			tables->letters[at++] = ':';
	}
}

/* The number of a flag by what getopt answers; FLAG_COUNT: it is none. */
static enum daemon_flag flag_of(int answer)
{
	if (answer >= 0 && answer < FLAG_COUNT)
		return (enum daemon_flag)answer;
	for (size_t i = 0; i < FLAG_COUNT; i++) {
		if (flags[i].letter != 0 && flags[i].letter == answer)
			return (enum daemon_flag)i;
	}
	return FLAG_COUNT;
}

static int printed(void)
{
	return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}

/* -1: go on. */
static int flag_take(enum daemon_flag flag, char **argv, struct arguments *line)
{
	switch (flag) {
	case FLAG_CONFIG:
		line->config_path = optarg;
		return -1;
	case FLAG_SET:
		if (line->setting_count == SETTINGS_MAX) {
			logging(SEVERITY_ERROR, "--set at most %d times", SETTINGS_MAX);
			return EX_USAGE;
		}
		line->settings[line->setting_count++] = optarg;
		return -1;
	case FLAG_AS_ROOT:
		line->as_root = true;
		return -1;
	case FLAG_FOLLOW:
		line->follow = optarg;
		return -1;
	case FLAG_FOLLOW_TOKEN:
		line->follow_token = optarg;
		return -1;
	case FLAG_CHECK_CONFIG:
		line->check_only = true;
		return -1;
	case FLAG_PRINT_CONFIG:
		return config_print_default(stdout) == OK ? printed() : EX_OSERR;
	case FLAG_HELP:
		print_usage();
		return printed();
	case FLAG_VERSION:
		puts("ladderd " LADDERD_VERSION);
		return printed();
	case FLAG_COUNT:
		logging(SEVERITY_ERROR, "%s is no option, or lacks its value; see ladderd --help",
			argv[optind - 1]);
		return EX_USAGE;
	}
	check_failed("a flag of the enum", __FILE__, __LINE__);
}

int arguments_read(int argc, char **argv, struct arguments *line)
{
	struct flag_tables tables;
	int answer, code = -1;
	tables_fill(&tables);
	opterr = 0;
	while (code == -1 &&
		(answer = getopt_long(argc, argv, tables.letters, tables.rows, NULL)) != -1)
		code = flag_take(flag_of(answer), argv, line);
	if (code == -1 && optind < argc) {
		logging(SEVERITY_ERROR, "there are no operands; see ladderd --help");
		return EX_USAGE;
	}
	return code;
}
