/*
 * manual/daemon.c - the pages of ladderd and of its configuration.
 */
#include "manual/pages.h"

#include <stdbool.h>
#include <string.h>

#include "daemon/arguments.h"
#include "daemon/server/config.h"
#include "manual/mdoc.h"

static void put_flag(
	FILE *out, const char *name, char letter, const char *argument, const char *sentence)
{
	fputs(".It", out);
	if (letter != 0)
		fprintf(out, " Fl %c ,", letter);
	fprintf(out, " Fl \\-%s", name);
	if (argument != NULL) {
		fputs(" Ar", out);
		mdoc_words(out, argument);
	}
	fputc('\n', out);
	mdoc_text(out, sentence);
}

static void put_item(FILE *out, const char *macro, const char *name, const char *text)
{
	fprintf(out, ".It %s %s\n", macro, name);
	mdoc_text(out, text);
}

static void put_service(FILE *out)
{
	fputs(".Sh SIGNALS\n", out);
	mdoc_text(out, DAEMON_SIGNALS);
	fputs(".Sh ENVIRONMENT\n.Bl -tag -width Ds\n", out);
	put_item(out, "Ev", "NOTIFY_SOCKET , WATCHDOG_USEC , LISTEN_FDS",
		"what systemd hands over: see sd_notify and sd_listen_fds of systemd");
	put_item(out, "Ev", "CREDENTIALS_DIRECTORY",
		"the folder of the secrets that systemd hands over: a path of the configuration "
		"may "
		"begin with $CREDENTIALS_DIRECTORY/");
	fputs(".El\n.Sh FILES\n.Bl -tag -width Ds\n", out);
	put_item(out, "Pa", CONFIG_PATH_DEFAULT, "the configuration");
	put_item(out, "Pa", CONFIG_STORE_PATH_SYSTEM,
		"the store, or the folder of the store, where nothing else is configured; only its "
		"owner may read it");
	fputs(".El\n.Sh EXIT STATUS\n.Bl -tag -width Ds\n", out);
	put_item(out, "Li", "0", "ended by SIGTERM or SIGINT: what was acknowledged is on disk");
	put_item(out, "Li", "64", "wrong usage");
	put_item(out, "Li", "65", "the store is damaged: run ladder verify");
	put_item(out, "Li", "66", "the configuration cannot be read");
	put_item(out, "Li", "71 , 74", "the system, or the disk, refuses something");
	put_item(out, "Li", "75", "another ladderd has the store");
	put_item(out, "Li", "77", "it may not do what it must: read the store, become its user");
	put_item(out, "Li", "78", "the configuration is wrong");
	fputs(".El\n", out);
}

void page_of_daemon(FILE *out, const char *day)
{
	mdoc_begin(out, "ladderd", 8, day, "log of the integration of newcomers, and its figures");
	fputs(".Sh SYNOPSIS\n.Nm\n.Op Ar options\n.Sh DESCRIPTION\n", out);
	mdoc_text(out, DAEMON_PURPOSE);
	mdoc_text(out,
		"It stays in the foreground and writes what it has to say to standard error. "
		"Two doors are open on loopback unless the configuration says otherwise: "
		"HTTP on port 7400, and a stream of batches on port 7401.");
	fputs(".Pp\nThe options are:\n.Bl -tag -width Ds\n", out);
#define PUT_FLAG(NAME, name, letter, argument, sentence)                                           \
	put_flag(out, name, letter, argument, sentence);
	DAEMON_FLAGS(PUT_FLAG)
#undef PUT_FLAG
	fputs(".El\n", out);
	put_service(out);
	fputs(".Sh EXAMPLES\n", out);
	mdoc_example(out, DAEMON_EXAMPLE);
	mdoc_see_also(
		out, (const char *const[]){ "ladder", "1", "ladderd.conf", "5", NULL, NULL, NULL });
}

/* Where the options go, and what came before. */
struct listing {
	FILE *out;
	const char *section;
};

static void put_section(struct listing *listing, const struct config_row *row)
{
	FILE *out = listing->out;
	if (listing->section != NULL)
		fputs(".El\n", out);
	listing->section = row->section;
	fprintf(out, ".Ss [%s%s%s]\\&\n", row->section, row->section_name == NULL ? "" : " ",
		row->section_name == NULL ? "" : row->section_name);
	if (row->section_name != NULL)
		fprintf(out, "A section for each: %s.\n", row->section_sentence);
	fputs(".Bl -tag -width Ds\n", out);
}

static void row_list(const struct config_row *row, void *context)
{
	struct listing *listing = context;
	FILE *out = listing->out;
	char allowed[4096];
	if (listing->section == NULL || strcmp(listing->section, row->section) != 0)
		put_section(listing, row);
	fprintf(out, ".It Ic %s No =", row->key);
	if (row->value[0] == '\0')
		fputs(" Op Ar value", out);
	else
		mdoc_words(out, row->value);
	fputc('\n', out);
	mdoc_text(out, row->sentence);
	fputs(".Pp\n", out);
	snprintf(allowed, sizeof(allowed), "Allowed: %s.", row->allowed);
	mdoc_text(out, allowed);
}

enum err page_of_configuration(FILE *out, const char *day)
{
	struct listing listing = { .out = out };
	mdoc_begin(out, "ladderd.conf", 5, day, "the configuration of ladderd");
	fputs(".Sh DESCRIPTION\n", out);
	mdoc_text(out,
		"One INI file. Every key has a default, so that an empty file runs on loopback; "
		"the "
		"default stands after the equals sign. A list may go on in indented lines. A "
		"comment begins with # or ; and after a value with ;.\n\n"
		"An unknown key or a bad value is an error with file, line and what is allowed: "
		"ladderd --check-config tells all of them at once, and ladderd --print-config "
		"prints this list as a file. The options of the command line win over the file. "
		"Nobody but its owner and root may be able to write it.\n\n"
		"SIGHUP reads partners, analysts, scrapers, municipalities and certificates again; "
		"all else waits for a restart.");
	fputs(".Sh OPTIONS\n", out);
	enum err err = config_each(row_list, &listing);
	fputs(".El\n.Sh FILES\n.Bl -tag -width Ds\n", out);
	put_item(out, "Pa", CONFIG_PATH_DEFAULT, "read unless another is named");
	fputs(".El\n.Sh EXAMPLES\n", out);
	mdoc_example(out, "[partner isd]\norg_type = ISD\ntypes = *\nmunicipalities = GM0823\n"
			  "token_hash = HASH ; that ladder token printed");
	mdoc_see_also(out,
		(const char *const[]){ "ladder-token", "1", "ladderd", "8", NULL, NULL, NULL });
	return err;
}

void completion_of_daemon(FILE *out)
{
	fputs("\n_ladderd() {\n"
	      "\tlocal current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
	      "\tlocal options='",
		out);
#define PUT_WORD(NAME, name, letter, argument, sentence) fputs("--" name " ", out);
	DAEMON_FLAGS(PUT_WORD)
#undef PUT_WORD
	fputs("' values='", out);
	static const struct {
		const char *name, *argument;
		char letter;
	} flags[] = {
#define FLAG_VALUE(NAME, name, letter, argument, sentence) { name, argument, letter },
		DAEMON_FLAGS(FLAG_VALUE)
#undef FLAG_VALUE
	};
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (flags[i].argument == NULL)
			continue;
		const char *value = strcmp(flags[i].argument, "FILE") == 0 ? "FILE" : "";
		fprintf(out, "--%s=%s ", flags[i].name, value);
		if (flags[i].letter != 0)
			fprintf(out, "-%c=%s ", flags[i].letter, value);
	}
	fputs("'\n\t_ladder_reply\n}\ncomplete -o filenames -F _ladderd ladderd\n", out);
}
