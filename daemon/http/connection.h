/*
 * daemon/http/connection.h - a connection of the HTTP door: what came over it, and how it is
 * refused when that is not sound.
 *
 * The library gets sound bytes only. A request that is not sound never reaches it as a whole: the
 * door answers in its place, when all requests before it are answered, and the connection ends.
 */
#ifndef DAEMON_HTTP_CONNECTION_H
#define DAEMON_HTTP_CONNECTION_H

#include "daemon/http/framing.h"
#include "daemon/http/leash.h"
#include "daemon/http/request.h"
#include "tls/peer.h"

#include <sys/types.h>

struct http_connection {
	void *claim; /* of the door's owner; see struct http_options */
	struct MHD_Connection *connection;
	struct request *request; /* the one that is received or answered; NULL: none */
	struct http_connection *next;
	struct http_connection **place; /* of the pointer to this one */

	struct gnutls_session_int *session; /* of TLS, the library's; NULL: none */
	struct certificate *certificate;    /* held, that it was armed with; NULL: no TLS */
	bool heard;                         /* something came */
	bool shaken;                        /* the handshake of TLS is whole */
	struct peer peer;

	int fd; /* the library's */
	struct framing framing;
	uint64_t begun;    /* requests that the library handed over, their heads at least */
	uint64_t answered; /* of these, those whose answer has left */
	bool over;         /* the last answer has left: whatever comes gets none */
	bool refused;      /* it was told why; what it still sends is thrown away */
	bool cut;          /* the library reads its end */
	bool ending;       /* by http_end_requests() */

	bool known; /* it is no stranger's: a right token was shown on it, or its owner says so */
	struct leash leash;
	uint64_t turns; /* requests and answers of which the leash knows */
};

/*
 * Looks at bytes that were received. Returns how many of them, from the first on, the library
 * gets; 0 is the end of the connection for it. -1 with errno EAGAIN: none for now.
 */
ssize_t connection_receive(struct http_connection *connection, const char *data, size_t length);

/*
 * The library hands over the head of a request, or one that is whole: did the door let pass as
 * much? Else the two are out of step, and no answer would be the right one.
 */
bool connection_is_in_step(const struct http_connection *connection, bool whole);

/* The answer of a request has left; is it the last one? */
void connection_answered(struct http_connection *connection, bool last);

/* Is an answer of the library on its way? Another one would end up in the middle of it. */
bool connection_is_answering(const struct http_connection *connection);

/*
 * Answers in the library's place, which is not answering. The peer may read that for a moment,
 * since TCP would throw it away with what the peer still sends; then the connection ends.
 */
void connection_refuse(struct http_connection *connection, int status, const char *sentence);

/* Ends the connection when its peer lets the door wait for too long; see leash.h. */
void connection_watch(
	struct http_connection *connection, const struct leash_limits *limits, int64_t now_us);

/* Ends the connection; the library lets go of it at its next turn. */
void connection_cut(struct http_connection *connection);

/* The same, and what was not sent yet is thrown away, by the kernel too. */
void connection_break(struct http_connection *connection);

#endif
