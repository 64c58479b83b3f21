/*
 * tls/trust.h - whom a client of ours believes, and as whom it comes.
 *
 * A server's name and the way from its certificate to a CA are always looked at.
 */
#ifndef TLS_TRUST_H
#define TLS_TRUST_H

#include "base/err.h"

struct trust;

/* Files in PEM; NULL where one is not given. */
struct trust_paths {
	const char *cacert; /* the CAs believed; NULL: those of the system */
	const char *cert;   /* the client's own certificate, with the next */
	const char *key;
};

/* ERR_INVALID: a file cannot be read or will not do; *reason says which. ERR_FULL: no memory. */
enum err trust_read(
	const struct trust_paths *paths, struct trust **out, struct reason *reason) NODISCARD;

/* Accepts NULL. */
void trust_free(struct trust *trust);

#endif
