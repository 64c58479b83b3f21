/*
 * tools/common/options.h - what the sub-commands of `ladder` share: one table of
 * options gives the parser and the help; the exit codes; sentences to people.
 */
#ifndef TOOLS_COMMON_OPTIONS_H
#define TOOLS_COMMON_OPTIONS_H

#include <stdio.h>
#include <sysexits.h> /* EX_USAGE 64, EX_DATAERR 65, EX_NOINPUT 66, EX_UNAVAILABLE 69, ... */

#include "base/err.h"
#include "base/text.h"

#define EX_FINDINGS 1 /* rejected events, a failed verification */

enum argument_kind {
	OPTION_FLAG,    /* target: bool, set to true */
	OPTION_INTEGER, /* target: int64_t, from `least` to `most` */
	OPTION_TEXT,    /* target: const char *, borrowed from argv */
	OPTION_DATE,    /* target: int32_t, a civil day */
};

/* The target holds the default; nothing is written to it when the option is not given. */
struct option_row {
	const char *name; /* without dashes */
	char letter;      /* of the short form; 0: none */
	enum argument_kind kind;
	void *target;
	int64_t min;
	int64_t max;
	const char *argument; /* as the help names it: FILE; NULL for a flag */
	const char *sentence; /* with the default, in words; NULL: not in the help */
};

struct command_line {
	const char *name;     /* push */
	const char *operands; /* as the help shows them: "FILE..."; NULL: none */
	size_t operands_min;
	size_t operands_max;
	const char *purpose; /* sentences under the usage */
	const char *example; /* a line that works when copied */
	const struct option_row *options;
	size_t option_count;
	/* The exit codes of a command that has others than EXIT_CODES, as lines of "CODE meaning";
	 * NULL: it has not. */
	const char *exit_codes;
};

/*
 * From now on options_parse() reads no argv: it hands the table to `describe` and returns EX_OK,
 * so that each command can be asked for its table. For the manual.
 */
void options_describe(
	void (*describe)(const struct command_line *line, void *context), void *context);

#define OPTIONS_GO (-1)

/* The exit codes of ladder: X(code, what it says) */
#define EXIT_CODES(X)                                                                              \
	X(0, "success")                                                                            \
	X(1, "findings, such as rejected events")                                                  \
	X(64, "wrong usage")                                                                       \
	X(65, "wrong data, or damage")                                                             \
	X(66, "no input")                                                                          \
	X(69, "unavailable")                                                                       \
	X(70, "software")                                                                          \
	X(71, "the system refuses something, such as memory")                                      \
	X(72, "a file of the system is missing")                                                   \
	X(73, "cannot create")                                                                     \
	X(74, "input or output failed")                                                            \
	X(75, "try again later")                                                                   \
	X(76, "the other side is no ladderd")                                                      \
	X(77, "not permitted")                                                                     \
	X(78, "the configuration is wrong")

/*
 * Reads argv: options may follow operands, `--` ends them, -h and --help print
 * the help on standard output, --version the version. OPTIONS_GO: go on, the operands are
 * argv[*operands] up to argc. Else the exit code: what is wrong is said.
 * Keeps state in libc: one call per process.
 */
int options_parse(const struct command_line *line, int argc, char **argv, int *operands) NODISCARD;

/* "ladder" and its version, on standard output. */
void print_version(void);

/* One line on standard error: "ladder NAME: " and the sentence. Returns `code`. */
int complain(const char *name, int code, const char *format, ...) PRINTF_LIKE(3, 4);

/* The exit code of a command that could not read what it was handed, or not write what it made. */
int input_exit_code(enum err err);

/* The sub-command whose options were parsed, for what several share. */
const char *command_name(void);

/* True when progress may be shown: standard error is a terminal. */
bool progress_is_wanted(void);

/*
 * Writes all of `bytes` to standard output; a terminal does not get what it would obey
 * (base/plain.h). ERR_IO: it does not take them; errno says why.
 */
enum err output_write(struct bytes bytes) NODISCARD;

/* Writes a line for people to standard output, made plain; output_end() tells if it fails. */
void output_line(const char *format, ...) PRINTF_LIKE(1, 2);

/* Writes lines for people to standard error, made plain. */
void complain_lines(struct text *lines);

/*
 * At the end of a command: flushes standard output and returns `code`, or says
 * that the writing failed and returns EX_IOERR. A reader that hung up is not
 * told: it knows.
 */
int output_end(int code);

#endif
