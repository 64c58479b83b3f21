/*
 * tls/peer.h - the public key of the client at the other end of a connection.
 *
 * A certificate counts when it is valid now, made for clients, and led back to a client_ca that is
 * in force now, or is itself among them. One that does not count is as none at all. Connections
 * live long and look often, so the judgement is kept until it may have changed.
 */
#ifndef TLS_PEER_H
#define TLS_PEER_H

#include <stdbool.h>
#include <stdint.h>

#include "tls/certificate.h"

#define PEER_KEY_SIZE 32

/* `(struct peer){0}` before the first look. */
struct peer {
	uint64_t judged_by;   /* which certificate judged; 0: none yet */
	int64_t judged_until; /* seconds since 1970 */
	bool counts;          /* the client's certificate */
	uint8_t key[PEER_KEY_SIZE];
};

/*
 * The fingerprint, SHA-256 over the SubjectPublicKeyInfo, of the key of the client's certificate;
 * NULL: it showed none that counts. `certificate` is the one in force at that door; `now` is in
 * seconds since 1970. `session` may be NULL: no TLS.
 */
const uint8_t *peer_key(struct peer *peer, struct gnutls_session_int *session,
	const struct certificate *certificate, int64_t now);

#endif
