/*
 * daemon/http/request.c - see request.h.
 */
#include "daemon/http/request.h"

#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/check.h"
#include "daemon/http/accept.h"
#include "daemon/http/query.h"

#define PROBLEM_TYPE "application/problem+json"

const char *request_header(const struct request *request, const char *name)
{
	return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

struct header_look {
	const char *name;
	const char *value; /* NULL: none was found yet */
};

static enum MHD_Result header_look(
	void *context, enum MHD_ValueKind kind, const char *key, const char *value)
{
	struct header_look *look = context;
	(void)kind;
	if (strcasecmp(key, look->name) == 0)
		look->value = value;
	return MHD_YES;
}

const char *request_header_last(const struct request *request, const char *name)
{
	struct header_look look = { .name = name };
	MHD_get_connection_values(request->connection, MHD_HEADER_KIND, header_look, &look);
	return look.value;
}

const struct sockaddr *request_peer(const struct request *request)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	return info == NULL ? NULL : info->client_addr;
}

bool request_is_tls(const struct request *request)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	return info != NULL && info->tls_session != NULL;
}

const char *request_cookie(const struct request *request, const char *name)
{
	return MHD_lookup_connection_value(request->connection, MHD_COOKIE_KIND, name);
}

const char *request_query(const struct request *request, const char *name)
{
	return MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, name);
}

struct query_look {
	struct request *request;
	struct query_check check;
};

static enum MHD_Result query_look(
	void *context, enum MHD_ValueKind kind, const char *key, const char *value)
{
	struct query_look *look = context;
	struct reason reason;
	(void)kind;
	if (query_take(&look->check, key, value, &reason) == OK)
		return MHD_YES;
	request_problem(look->request, 400, "%s", reason.text);
	return MHD_NO;
}

bool request_query_check(struct request *request, const char *const *known)
{
	struct query_look look = { .request = request, .check = { .known = known } };
	CHECK(request->status == 0);
	MHD_get_connection_values(request->connection, MHD_GET_ARGUMENT_KIND, query_look, &look);
	return request->status == 0;
}

bool request_query_number(
	struct request *request, const char *name, uint64_t min, uint64_t max, uint64_t *value)
{
	const char *text = request_query(request, name);
	struct reason reason;
	if (text == NULL || query_number(name, text, min, max, value, &reason) == OK)
		return true;
	request_problem(request, 400, "%s", reason.text);
	return false;
}

bool request_prefers(const struct request *request, const char *wanted, const char *usual)
{
	return accept_prefers(request_header(request, "Accept"), wanted, usual);
}

bool request_takes_gzip(const struct request *request)
{
	return accept_weight(request_header(request, "Accept-Encoding"), "gzip") > 0;
}

void request_add_header(struct request *request, const char *name, const char *value)
{
	CHECK(request->extra_count < REQUEST_HEADERS_MAX && strpbrk(value, "\r\n") == NULL);
	char *copy = strdup(value);
	if (copy == NULL)
		request->out.failed = true;
	else
		request->extras[request->extra_count++] =
			(struct request_extra){ .name = name, .value = copy };
}

void request_answer(struct request *request, int status, const char *content_type)
{
	CHECK(request->status == 0 && status >= 200 && content_type != NULL);
	if (request->out.failed) {
		text_release(&request->out);
		request_try_later(request, 503, 5, "there is no memory for the answer");
		return;
	}
	request->status = status;
	request->content_type = content_type;
}

void request_answer_pieces(
	struct request *request, int status, const char *content_type, const struct pieces *pieces)
{
	CHECK(pieces->next != NULL && !request->pieces_ended);
	request_answer(request, status, content_type);
	if (request->status == status)
		request->pieces = *pieces;
	else if (pieces->release != NULL)
		pieces->release(pieces->context); /* there was no memory for the first */
}

void request_pieces_end(struct request *request, enum err err)
{
	CHECK(request->pieces.next != NULL && !request->pieces_ended);
	request->pieces_ended = true;
	request->pieces_broken = err != OK || request->out.failed;
}

bool request_hold(struct request *request, size_t bytes)
{
	if (request->share == NULL)
		return true;
	if (!share_take(request->share, HELD_FOR_PEER, bytes))
		return false;
	request->held += bytes;
	return true;
}

void request_give(struct request *request, size_t bytes)
{
	if (request->share == NULL)
		return;
	CHECK(request->held >= bytes);
	request->held -= bytes;
	share_give(request->share, HELD_FOR_PEER, bytes);
}

void request_full(struct request *request)
{
	request_try_later(request, 503, 1, "too much is waiting; try again");
}

static const char *status_title(int status)
{
	switch (status) {
	case 400:
		return "Bad Request";
	case 401:
		return "Unauthorized";
	case 403:
		return "Forbidden";
	case 404:
		return "Not Found";
	case 405:
		return "Method Not Allowed";
	case 408:
		return "Request Timeout";
	case 413:
		return "Content Too Large";
	case 415:
		return "Unsupported Media Type";
	case 421:
		return "Misdirected Request";
	case 429:
		return "Too Many Requests";
	case 500:
		return "Internal Server Error";
	case 503:
		return "Service Unavailable";
	case 504:
		return "Gateway Timeout";
	default:
		return "Error";
	}
}

static void problem_print(struct text *out, int status, const char *sentence)
{
	text_printf(out, "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"detail\":",
		status_title(status), status);
	text_add_json(out, bytes_of_string(sentence));
	text_add_string(out, "}\n");
}

void request_problem(struct request *request, int status, const char *format, ...)
{
	char sentence[600];
	va_list arguments;
	CHECK(status >= 400 && request->phase != PHASE_ANSWERED);
	va_start(arguments, format);
	vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	text_release(&request->out);
	problem_print(&request->out, status, sentence);
	request->status = status;
	request->content_type = PROBLEM_TYPE;
}

bool request_is_problem(const struct request *request)
{
	return request->content_type != NULL && strcmp(request->content_type, PROBLEM_TYPE) == 0;
}

void request_problem_print(struct text *out, int status, const char *sentence)
{
	struct text body = { 0 };
	problem_print(&body, status, sentence);
	text_printf(out,
		"HTTP/1.1 %d %s\r\nContent-Type: " PROBLEM_TYPE "\r\nContent-Length: %zu\r\n"
		"Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
		"Connection: close\r\n\r\n",
		status, status_title(status), body.length);
	text_add(out, text_bytes(&body));
	out->failed = out->failed || body.failed;
	text_release(&body);
}

void request_try_later(struct request *request, int status, unsigned seconds, const char *sentence)
{
	CHECK(seconds > 0);
	request->retry_seconds = seconds;
	request_problem(request, status, "%s", sentence);
}

void request_refuse(struct request *request, const char *sentence)
{
	bool anonymous = request_header(request, "Authorization") == NULL;
	request_problem(request, anonymous ? 401 : 403, "%s", sentence);
}

void request_suspend(struct request *request, void (*finish)(struct request *request), void *work)
{
	CHECK(finish != NULL);
	CHECK(request->status == 0 ? request->phase == PHASE_BODY || request->phase == PHASE_WAITING
				   : request->pieces.next != NULL && !request->pieces_ended);
	request->finish = finish;
	request->work = work;
	if (request->phase != PHASE_WAITING)
		MHD_suspend_connection(request->connection);
	request->phase = PHASE_WAITING;
}
