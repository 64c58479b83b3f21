/*
 * daemon/arguments.h - the command line of ladderd: one table, from which the parser, the help and
 * the manual are made.
 */
#ifndef DAEMON_ARGUMENTS_H
#define DAEMON_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>

#define SETTINGS_MAX 32

/* clang-format off */
/* X(NAME, long name, letter or 0, what its value is called or NULL, sentence) */
#define DAEMON_FLAGS(X)                                                                    \
	X(CONFIG, "config", 'c', "FILE",                                                   \
		"read this configuration (default: /etc/ladderd/ladderd.conf if there is " \
		"one, else an empty one)")                                                 \
	X(SET, "set", 's', "SECTION.KEY=VALUE",                                            \
		"an option that wins over the file; any number of times")                  \
	X(AS_ROOT, "as-root", 0, NULL,                                                     \
		"stay root when root starts it; else it becomes the user of [process] "    \
		"user")                                                                    \
	X(FOLLOW, "follow", 0, "ADDRESS",                                                  \
		"follow the log of the ladderd there, as https://main:7400: [follow] "     \
		"main")                                                                    \
	X(FOLLOW_TOKEN, "follow-token", 0, "FILE",                                         \
		"by the token in this file: [follow] token_file")                          \
	X(CHECK_CONFIG, "check-config", 0, NULL,                                           \
		"say all that is wrong with the configuration, and end")                   \
	X(PRINT_CONFIG, "print-config", 0, NULL,                                           \
		"print all options with their defaults, and end")                          \
	X(HELP, "help", 'h', NULL, "print this and end")                                   \
	X(VERSION, "version", 'V', NULL, "print the version and end")
/* clang-format on */

#define DAEMON_PURPOSE                                                                             \
	"The daemon of ladder: partners push events, the log keeps them, indicators show."
#define DAEMON_SIGNALS                                                                             \
	"SIGHUP reads partners, analysts, scrapers, municipalities and certificates again. "       \
	"SIGTERM ends: what is in flight is answered first."
#define DAEMON_EXAMPLE "ladderd --set store.path=demo-store --set http.listen=127.0.0.1:7400"

/* What the command line asks for. */
struct arguments {
	const char *config_path;            /* NULL: the defaults alone */
	const char *settings[SETTINGS_MAX]; /* SECTION.KEY=VALUE */
	size_t setting_count;
	const char *follow; /* NULL: as the configuration says; and the next */
	const char *follow_token;
	bool check_only;
	bool as_root;
};

/*
 * Reads argv into `line`, which is zeroed and borrows from argv. -1: go on; else the exit code:
 * what was asked for is printed, or what is wrong is said.
 */
int arguments_read(int argc, char **argv, struct arguments *line);

#endif
