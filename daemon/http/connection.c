/*
 * daemon/http/connection.c - see connection.h.
 */
#include "daemon/http/connection.h"

#include <errno.h>
#include <microhttpd.h>
#include <sys/socket.h>

#include "base/check.h"
#include "daemon/http/intercept.h"
#include "daemon/http/taken.h"

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
	CHECK(!connection->cut && !connection->refused);
	request_problem_print(&answer, status, sentence);
	/* It fits into what the system keeps for a peer, or the peer does not read anyway. */
	if (!answer.failed)
		intercept_send(connection->fd, connection->session, answer.data, answer.length);
	text_release(&answer);
	connection->refused = true;
	if (shutdown(connection->fd, SHUT_WR) != 0)
		connection_cut(connection);
}

static enum leash_stage stage_of(const struct http_connection *connection, uint64_t *bytes)
{
	const struct framing *framing = &connection->framing;
	*bytes = 0;
	if (connection->refused)
		return LEASH_FAREWELL;
	if (connection_is_answering(connection)) {
		const struct taken taken = taken_of(connection->fd);
		*bytes = taken.bytes;
		return taken.waiting ? LEASH_READER : LEASH_DAEMON;
	}
	if (framing_is_in_body(framing)) {
		*bytes = framing->body_bytes;
		return LEASH_BODY;
	}
	if (framing_is_in_head(framing))
		return LEASH_HEAD;
	return connection->answered < framing->requests ? LEASH_DAEMON : LEASH_IDLE;
}

void connection_watch(
	struct http_connection *connection, const struct leash_limits *limits, int64_t now_us)
{
	/* What is left of an answer that nobody reads is not worth the memory. */
	uint64_t bytes, turns = connection->framing.requests + connection->answered;
	if (connection->cut)
		return;
	if (turns != connection->turns)
		leash_begin(&connection->leash, limits, !connection->known, now_us);
	connection->turns = turns;
	enum leash_stage stage = stage_of(connection, &bytes);
	if (!leash_is_over(&connection->leash, limits, stage, bytes, !connection->known, now_us))
		return;
	if (stage == LEASH_HEAD || stage == LEASH_BODY) {
		connection_refuse(connection, 408, "the rest of the request did not come in time");
		return;
	}
	if (stage == LEASH_READER)
		connection_break(connection);
	else
		connection_cut(connection);
}

ssize_t connection_receive(struct http_connection *connection, const char *data, size_t length)
{
	struct framing *framing = &connection->framing;
	bool broken = framing->fault != NULL;
	if (connection->cut)
		return 0;
	if (connection->refused) {
		errno = EAGAIN;
		return -1;
	}
	size_t sound = framing_take(framing, data, length);
	if (framing->fault == NULL)
		return (ssize_t)length;
	/* What is answered by the library ends by itself. The requests before it go on. */
	if (!broken && !connection->over && connection->answered == framing->requests &&
		!connection_is_answering(connection)) {
		connection_refuse(connection, 400, framing->fault);
		errno = EAGAIN;
		return -1;
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

void connection_answered(struct http_connection *connection, bool last)
{
	connection->answered++;
	connection->over = last;
	const struct framing *framing = &connection->framing;
	if (framing->fault != NULL && connection->answered == framing->requests &&
		!connection->over && !connection->cut && !connection->refused)
		connection_refuse(connection, 400, framing->fault);
}

void connection_break(struct http_connection *connection)
{
	static const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
	setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	connection_cut(connection);
}
