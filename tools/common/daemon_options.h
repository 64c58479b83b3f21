/*
 * tools/common/daemon_options.h - the options that the commands which talk to a ladderd have in
 * common, so that they mean the same in each: rows of its table of options.
 */
#ifndef TOOLS_COMMON_DAEMON_OPTIONS_H
#define TOOLS_COMMON_DAEMON_OPTIONS_H

#include "tools/common/daemon_tls.h"
#include "tools/common/options.h"
#include "tools/common/token_file.h"

#define DAEMON_ADDRESS    "http://127.0.0.1:7400" /* unless --to says another */
#define RETRY_SECONDS     300                     /* unless --retry-seconds does */
#define RETRY_SECONDS_MAX 86400

/* `target` is a const char **. */
#define OPTION_TO(target)                                                                          \
	{                                                                                          \
		"to", 't', OPTION_TEXT, target, 0, 0, "URL",                                       \
			"the daemon (default " DAEMON_ADDRESS ")"                                  \
	}
#define OPTION_TOKEN_FILE(target)                                                                  \
	{                                                                                          \
		"token-file", 'k', OPTION_TEXT, target, 0, 0, "FILE",                              \
			"where the token is, - standard input (default: the file "                 \
			"in " TOKEN_FILE_ENV ")"                                                   \
	}

/* `target` is an int64_t *. */
#define OPTION_RETRY_SECONDS(target)                                                               \
	{                                                                                          \
		"retry-seconds", 0, OPTION_INTEGER, target, 0, RETRY_SECONDS_MAX, "N",             \
			"how long a request that fails is tried again (default 300)"               \
	}

/* `target` is a const char **; SUBJECT_FORM_RULE is said where it is no pattern. */
#define OPTION_SUBJECT_FORM(target)                                                                \
	{                                                                                          \
		"subject-form", 0, OPTION_TEXT, target, 0, 0, "PATTERN",                           \
			"the form of the municipality's pseudonyms, as 'r*' (default: any)"        \
	}

#define SUBJECT_FORM_RULE                                                                          \
	"--subject-form takes a pattern: 1 to 64 characters of A-Z a-z 0-9 . _ : - and *, which "  \
	"stands for any characters."

#endif
