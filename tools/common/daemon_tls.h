/*
 * tools/common/daemon_tls.h - how the commands that talk to a ladderd are sure that it is the right
 * one: rows of their tables of options, and what must be right before a token leaves.
 */
#ifndef TOOLS_COMMON_DAEMON_TLS_H
#define TOOLS_COMMON_DAEMON_TLS_H

#include <stdbool.h>

#include "tools/common/options.h"
#include "tls/trust.h"

struct daemon_tls {
	struct trust_paths paths;
	bool plaintext; /* a token may go in clear to another machine */
};

/* `tls` is a struct daemon_tls. */
#define OPTIONS_TLS(tls)                                                                           \
	{ "cacert", 0, OPTION_TEXT, &(tls).paths.cacert, 0, 0, "FILE",                             \
		"under TLS: the CAs believed, as PEM (default: the system's)" },                   \
		{ "cert", 0, OPTION_TEXT, &(tls).paths.cert, 0, 0, "FILE",                         \
			"under TLS: the client's own certificate, as PEM" },                       \
		{ "key", 0, OPTION_TEXT, &(tls).paths.key, 0, 0, "FILE",                           \
			"under TLS: the key of --cert, as PEM" },                                  \
	{                                                                                          \
		"plaintext", 0, OPTION_FLAG, &(tls).plaintext, 0, 0, NULL,                         \
			"let the token go in clear to another machine"                             \
	}

/* Looks at the options before they are used. EX_OK; else the exit code, and why is said. */
int daemon_tls_check(const char *name, const struct daemon_tls *tls) NODISCARD;

/*
 * May a token go to the host in clear? To this very machine it may, to another one when --plaintext
 * says so. ERR_INVALID: no; *reason says what to do, `scheme` being the one of TLS.
 */
enum err daemon_clear_check(const struct daemon_tls *tls, struct bytes host, const char *scheme,
	struct reason *reason) NODISCARD;

/* Is the host, a name or a numeric address, IPv6 in brackets or not, this very machine? */
bool host_is_loopback(struct bytes host);

#endif
