/*
 * daemon/http/connection.c - see connection.h.
 */
#include "daemon/http/connection.h"

#include <errno.h>
#include <microhttpd.h>
#include <sys/socket.h>

#include "base/check.h"
#include "daemon/http/intercept.h"

bool connection_is_answering(const struct http_connection *connection)
{
	return (connection->request != NULL && connection->request->phase > PHASE_BODY) ||
	       MHD_get_connection_info(connection->connection, MHD_CONNECTION_INFO_HTTP_STATUS) !=
		       NULL;
}

void connection_cut(struct http_connection *connection)
{
	connection->cut = true;
	shutdown(connection->fd, SHUT_RDWR);
}

void connection_refuse(struct http_connection *connection, int status, const char *sentence)
{
	struct text answer = { 0 };
	CHECK(!connection->cut);
	request_problem_print(&answer, status, sentence);
	/* It fits into what the system keeps for a peer, or the peer does not read anyway. */
	if (!answer.failed)
		intercept_send(connection->fd, connection->session, answer.data, answer.length);
	text_release(&answer);
	connection_cut(connection);
}

ssize_t connection_receive(struct http_connection *connection, const char *data, size_t length)
{
	struct framing *framing = &connection->framing;
	bool broken = framing->fault != NULL;
	if (connection->cut)
		return 0;
	size_t sound = framing_take(framing, data, length);
	if (framing->fault == NULL)
		return (ssize_t)length;
	/* What is answered already, or by the library, ends by itself; the requests before it go
	 * on. */
	if (!broken && connection->answered == framing->requests &&
		!connection_is_answering(connection)) {
		connection_refuse(connection, 400, framing->fault);
		return 0;
	}
	size_t whole = framing->request_bytes < sound ? sound - (size_t)framing->request_bytes : 0;
	if (whole > 0)
		return (ssize_t)whole;
	errno = EAGAIN;
	return -1;
}

bool connection_is_in_step(const struct http_connection *connection, bool whole)
{
	return connection->begun <=
	       (whole ? connection->framing.requests : connection->framing.heads);
}

void connection_answered(struct http_connection *connection)
{
	connection->answered++;
	const struct framing *framing = &connection->framing;
	if (framing->fault != NULL && connection->answered == framing->requests && !connection->cut)
		connection_refuse(connection, 400, framing->fault);
}
