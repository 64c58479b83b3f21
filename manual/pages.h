/*
 * manual/pages.h - the pages of the manual and the completion of bash, made from the tables that
 * the programs read their options by.
 *
 * Those of ladderd are in daemon.c, those of ladder in commands.c. `day` is what the page is of, as
 * mdoc takes it: November 30, 2026. `out` is looked at by who opened it: ferror() tells of what
 * could not be written.
 */
#ifndef MANUAL_PAGES_H
#define MANUAL_PAGES_H

#include <stdio.h>

#include "base/err.h"
#include "tools/common/options.h"

/* A sub-command: its name, what `ladder --help` says of it, and its table. */
struct manual_command {
	const char *name;
	const char *sentence;
	int (*run)(int argc, char **argv);
};

/* The sub-commands in their order; the one without a name is the last. */
extern const struct manual_command manual_commands[];

/*
 * Hands the table of a command to `tell`; what it points to lives until that returns. The command
 * does nothing else.
 */
void manual_ask(const struct manual_command *command,
	void (*tell)(const struct command_line *line, void *context), void *context);

void page_of_daemon(FILE *out, const char *day);                      /* ladderd.8 */
enum err page_of_configuration(FILE *out, const char *day) NODISCARD; /* ladderd.conf.5 */
void page_of_ladder(FILE *out, const char *day);                      /* ladder.1 */
void page_of_command(FILE *out, const char *day, const struct manual_command *command);

/* What bash sources, so that Tab completes commands, options and names of files. */
void completion_of_both(FILE *out);
/* The part of it that is about ladderd; in daemon.c. */
void completion_of_daemon(FILE *out);

#endif
