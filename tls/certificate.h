/*
 * tls/certificate.h - what a door of ours shows under TLS, and whose certificates it believes.
 *
 * A certificate with its key, and the CAs of clients, are read from files, all of them or none.
 * It never changes: SIGHUP reads another one for the connections to come, and each connection
 * holds its own until it ends. The count of holders is plain: one thread touches it.
 */
#ifndef TLS_CERTIFICATE_H
#define TLS_CERTIFICATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct certificate;
struct gnutls_session_int; /* GnuTLS's session */

/* Files in PEM; "" for a client_ca that is not given. */
struct certificate_paths {
	const char *certificate; /* the door's own first, then those between it and the root */
	const char *key;
	const char *client_ca; /* CAs of clients, or their own certificates */
};

/*
 * Reads the files; one holder, the caller. ERR_INVALID: a file cannot be read, others can write
 * it, or what is in it will not do; *reason says which and why.
 */
enum err certificate_read(const struct certificate_paths *paths, struct certificate **out,
	struct reason *reason) NODISCARD;

/* One holder more; returns `certificate`. */
struct certificate *certificate_hold(struct certificate *certificate);

/* One holder less; the last one frees. Accepts NULL. */
void certificate_drop(struct certificate *certificate);

/* From when until when it is valid, in seconds since 1970. */
int64_t certificate_not_before(const struct certificate *certificate);
int64_t certificate_not_after(const struct certificate *certificate);

/* Can others on this machine read its key? */
bool certificate_key_is_exposed(const struct certificate *certificate);

/* Are clients asked for a certificate? */
bool certificate_asks_clients(const struct certificate *certificate);

/* Is it for the host of this name? */
bool certificate_is_for(const struct certificate *certificate, const char *name);

/*
 * Has a session of a server show the certificate, speak TLS as this program does (tls/policy.h)
 * and ask the client for a certificate where client_ca is given. The session must not outlive it.
 * *shaken becomes true when the handshake is whole; it may be NULL, else it takes the place of the
 * session's own pointer. ERR_FULL: no memory.
 */
enum err certificate_arm(struct certificate *certificate, struct gnutls_session_int *session,
	bool *shaken) NODISCARD;

#endif
