/*
 * tools/common/acts.h - what the commands of the operator that concern one person share: the
 * person and the store on the command line, and the line of the audit.
 */
#ifndef TOOLS_COMMON_ACTS_H
#define TOOLS_COMMON_ACTS_H

#include "tools/common/options.h"

/* Rows of a table of options. `target` is a const char **. */
#define OPTION_SUBJECT(target)                                                                     \
	{                                                                                          \
		"subject", 's', OPTION_TEXT, target, 0, 0, "S", "the pseudonym of the person"      \
	}
#define OPTION_REASON(target)                                                                      \
	{                                                                                          \
		"reason", 'r', OPTION_TEXT, target, 0, 0, "TEXT",                                  \
			"why, for the audit; it is written nowhere else"                           \
	}

/*
 * options_parse() for a command with one operand, the store. OPTIONS_GO: *store is it, and *subject
 * was given; `subject` NULL: it need not be.
 */
int options_parse_person(const struct command_line *line, int argc, char **argv,
	const char *const *subject, const char **store) NODISCARD;

/* Writes the operator's act into the audit; `reason` NULL: none was given. */
void act_audit(const char *command, const char *reason, bool done);

#endif
