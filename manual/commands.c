/*
 * manual/commands.c - the pages of `ladder` and of its sub-commands.
 */
#include "manual/pages.h"

#include <ctype.h>
#include <string.h>

#include "base/check.h"
#include "manual/mdoc.h"
#include "tools/common/command.h"
#include "tools/common/token_file.h"

const struct manual_command manual_commands[] = {
#define MANUAL_ROW(name, sentence) { #name, sentence, command_##name },
	COMMANDS(MANUAL_ROW)
#undef MANUAL_ROW
		{ NULL, NULL, NULL },
};

void manual_ask(const struct manual_command *command,
	void (*tell)(const struct command_line *line, void *context), void *context)
{
	char name[32];
	char *argv[] = { name, NULL };
	snprintf(name, sizeof(name), "%s", command->name);
	options_describe(tell, context);
	CHECK(command->run(1, argv) == EX_OK);
	options_describe(NULL, NULL);
}

static void put_option(FILE *out, const struct option_row *row)
{
	fputs(".It", out);
	if (row->letter != 0)
		fprintf(out, " Fl %c ,", row->letter);
	fprintf(out, " Fl \\-%s", row->name);
	if (row->argument != NULL) {
		fputs(" Ar", out);
		mdoc_words(out, row->argument);
	}
	fputc('\n', out);
	mdoc_text(out, row->sentence);
}

static void put_exit_codes(FILE *out, const char *codes)
{
	fputs(".Sh EXIT STATUS\n.Bl -tag -width Ds\n", out);
	if (codes == NULL) {
#define EXIT_ITEM(code, meaning) fprintf(out, ".It %d\n%s\n", code, meaning);
		EXIT_CODES(EXIT_ITEM)
#undef EXIT_ITEM
	}
	while (codes != NULL && *codes != '\0') {
		size_t number = strcspn(codes, " "), length = strcspn(codes, "\n");
		fprintf(out, ".It %.*s\n%.*s\n", (int)number, codes, (int)(length - number - 1),
			codes + number + 1);
		codes += length + (codes[length] == '\n');
	}
	fputs(".El\n", out);
}

/* Where a page of a command goes, and of which command. */
struct page_writing {
	FILE *out;
	const char *day;
	const struct manual_command *command;
	bool talks; /* shows a token to a daemon */
};

static void put_options(FILE *out, const struct command_line *line)
{
	fputs(".Pp\nThe options are:\n.Bl -tag -width Ds\n", out);
	for (size_t i = 0; i < line->option_count; i++) {
		if (line->options[i].sentence != NULL)
			put_option(out, &line->options[i]);
	}
	fputs(".It Fl h , Fl \\-help\nprint a help\n.It Fl \\-version\nprint the version\n.El\n",
		out);
}

static void page_tell(const struct command_line *line, void *context)
{
	struct page_writing *writing = context;
	FILE *out = writing->out;
	char name[48];
	snprintf(name, sizeof(name), "ladder-%s", line->name);
	mdoc_begin(out, name, 1, writing->day, writing->command->sentence);
	fprintf(out, ".Sh SYNOPSIS\n.Nm ladder %s\n.Op Ar options\n", line->name);
	if (line->operands != NULL) {
		fputs(".Ar", out);
		mdoc_words(out, line->operands);
		fputc('\n', out);
	}
	fputs(".Sh DESCRIPTION\n", out);
	mdoc_text(out, line->purpose);
	put_options(out, line);
	for (size_t i = 0; i < line->option_count; i++)
		writing->talks |= strcmp(line->options[i].name, "token-file") == 0;
	if (writing->talks)
		fputs(".Sh ENVIRONMENT\n.Bl -tag -width Ds\n.It Ev " TOKEN_FILE_ENV
		      "\nthe file of the token, unless\n.Fl \\-token-file\nnames one\n.El\n",
			out);
	put_exit_codes(out, line->exit_codes);
	fputs(".Sh EXAMPLES\n", out);
	mdoc_example(out, line->example);
	mdoc_see_also(
		out, (const char *const[]){ "ladder", "1", "ladderd", "8", NULL, NULL, NULL });
}

void page_of_command(FILE *out, const char *day, const struct manual_command *command)
{
	struct page_writing writing = { .out = out, .day = day, .command = command };
	manual_ask(command, page_tell, &writing);
}

void page_of_ladder(FILE *out, const char *day)
{
	mdoc_begin(out, "ladder", 1, day, "send events to a ladderd, and read what it keeps");
	fputs(".Sh SYNOPSIS\n.Nm\n.Ar command\n.Op Ar options\n.Op Ar operands\n.Sh DESCRIPTION\n",
		out);
	mdoc_text(out, "Each command has a page of its own and a --help with an example. Options "
		       "may follow operands; - is standard input or output; results go to standard "
		       "output and everything else to standard error. The commands are:");
	fputs(".Bl -tag -width worklist\n", out);
	for (const struct manual_command *command = manual_commands; command->name != NULL;
		command++)
		fprintf(out, ".It Xr ladder-%s 1\n%s\n", command->name, command->sentence);
	fputs(".El\n.Sh ENVIRONMENT\n.Bl -tag -width Ds\n.It Ev " TOKEN_FILE_ENV "\n", out);
	mdoc_text(out, "the file of the token, where no --token-file names one");
	fputs(".It Ev LC_ALL , LC_MESSAGES , LANG\n", out);
	mdoc_text(
		out, "where the first that is set begins with nl, import and worklist speak Dutch");
	fputs(".El\n", out);
	put_exit_codes(out, NULL);
	fputs(".Sh EXAMPLES\n", out);
	mdoc_example(out, "ladder generate --people 50 | ladder push --token-file isd.token -");
	mdoc_see_also(out, (const char *const[]){ "ladderd", "8", NULL, NULL, NULL });
}

/* Completion. */

/* What may stand after an option, as _ladder_reply() knows it: FILE; nl|en, the words themselves;
 * nothing. */
static const char *value_of(const struct option_row *row)
{
	const char *words = row->argument;
	if (strcmp(words, "FILE") == 0)
		return words;
	return strchr(words, '|') != NULL && islower((unsigned char)words[0]) ? words : "";
}

static void completion_tell(const struct command_line *line, void *context)
{
	FILE *out = context;
	fprintf(out, "\t%s)\n\t\toptions='", line->name);
	for (size_t i = 0; i < line->option_count; i++) {
		if (line->options[i].sentence != NULL)
			fprintf(out, "--%s ", line->options[i].name);
	}
	fputs("--help --version'\n\t\tvalues='", out);
	for (size_t i = 0; i < line->option_count; i++) {
		const struct option_row *row = &line->options[i];
		if (row->sentence == NULL || row->argument == NULL)
			continue;
		fprintf(out, "--%s=%s ", row->name, value_of(row));
		if (row->letter != 0)
			fprintf(out, "-%c=%s ", row->letter, value_of(row));
	}
	fputs("' ;;\n", out);
}

static const char completion_begin[] =
	"# Completion of ladder and ladderd in bash. Made by `make` from the tables of the\n"
	"# programs: do not edit.\n"
	"\n"
	"# Completes $current with an option, with the value of the option before it, or with the\n"
	"# name of a file.\n"
	"_ladder_reply() {\n"
	"\tlocal value\n"
	"\tfor value in $values; do\n"
	"\t\t[ \"${value%%=*}\" = \"$previous\" ] || continue\n"
	"\t\tvalue=${value#*=}\n"
	"\t\tcase $value in\n"
	"\t\tFILE) COMPREPLY=($(compgen -f -- \"$current\")) ;;\n"
	"\t\t'') COMPREPLY=() ;;\n"
	"\t\t*) COMPREPLY=($(compgen -W \"${value//|/ }\" -- \"$current\")) ;;\n"
	"\t\tesac\n"
	"\t\treturn\n"
	"\tdone\n"
	"\tcase $current in\n"
	"\t-*) COMPREPLY=($(compgen -W \"$options\" -- \"$current\")) ;;\n"
	"\t*) COMPREPLY=($(compgen -f -- \"$current\")) ;;\n"
	"\tesac\n"
	"}\n\n";

void completion_of_both(FILE *out)
{
	fputs(completion_begin, out);
	fputs("_ladder() {\n"
	      "\tlocal current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
	      "\tlocal options values\n"
	      "\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
	      "\t\tCOMPREPLY=($(compgen -W '",
		out);
	for (const struct manual_command *command = manual_commands; command->name != NULL;
		command++)
		fprintf(out, "%s ", command->name);
	fputs("--help --version' -- \"$current\"))\n\t\treturn\n\tfi\n\tcase ${COMP_WORDS[1]} in\n",
		out);
	for (const struct manual_command *command = manual_commands; command->name != NULL;
		command++)
		manual_ask(command, completion_tell, out);
	fputs("\t*) return ;;\n\tesac\n\t_ladder_reply\n}\ncomplete -o filenames -F _ladder "
	      "ladder\n",
		out);
	completion_of_daemon(out);
}
