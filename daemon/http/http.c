/*
 * daemon/http/http.c - see http.h.
 *
 * libmicrohttpd calls handler() for a request's headers, then for each piece
 * of its body, then once more with none: that is when it is dispatched. A
 * suspended request is resumed in this thread only, and called once again.
 */
#include "daemon/http/http.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"
#include "base/logging.h"
#include "daemon/http/listener.h"

#define CONNECTION_MEMORY 16384
#define NOT_NAMED         (-1) /* by a header like Accept */
#define RUNS_MAX          16   /* of the library in a row: then others have their turn */
#define BODY_DISCARD_MAX  8    /* times the limit: then the connection is cut */

struct http {
	struct server *server;
	struct MHD_Daemon *daemon;
	int epoll_fd;
	struct done_queue done;
	MHD_socket listener;
	size_t requests;
	struct http_connection *connections; /* all that are open */
};

/* A connection: for whom it last spoke, to count a partner's connections. */
struct http_connection {
	struct partner_counter *partner;
	struct MHD_Connection *connection;
	struct request *request; /* the one that is received or answered; NULL: none */
	struct http_connection *next;
	struct http_connection **place; /* of the pointer to this one */
};

#define FORM_BYTES_MAX 4096

const struct route http_routes[] = {
	{ .method = "POST", .path = "/v1/events", .handle = push_handle, .takes_body = true },
	{ .method = "GET", .path = "/v1/events/", .handle = event_handle },
	{ .method = "GET", .path = "/v1/log", .handle = log_handle },
	{ .method = "GET", .path = "/v1/indicators", .handle = indicators_handle },
	{ .method = "GET", .path = "/v1/worklist", .handle = worklist_handle },
	{ .method = "GET", .path = "/metrics", .handle = metrics_handle },
	{ .method = "GET", .path = "/", .handle = page_handle },
	{ .method = "GET", .path = "/figures.csv", .handle = figures_csv_handle },
	{ .method = "GET", .path = "/sign-in", .handle = sign_in_show_handle, .for_anyone = true },
	{ .method = "POST",
		.path = "/sign-in",
		.handle = sign_in_handle,
		.takes_body = true,
		.for_anyone = true,
		.body_bytes_max = FORM_BYTES_MAX },
	{ .method = "POST",
		.path = "/sign-out",
		.handle = sign_out_handle,
		.takes_body = true,
		.for_anyone = true,
		.body_bytes_max = FORM_BYTES_MAX },
	{ .method = "GET", .path = "/healthz", .handle = health_handle, .for_anyone = true },
	{ .method = "GET", .path = "/readyz", .handle = ready_handle, .for_anyone = true },
};
const size_t http_route_count = ARRAY_LENGTH(http_routes);

const char *request_header(const struct request *request, const char *name)
{
	return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

const char *request_query(const struct request *request, const char *name)
{
	return MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, name);
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
	CHECK(request->status == 0);
	if (request->out.failed) {
		text_release(&request->out);
		request_try_later(request, 503, 5, "there is no memory for the answer");
		return;
	}
	request->status = status;
	request->content_type = content_type;
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
	case 413:
		return "Content Too Large";
	case 415:
		return "Unsupported Media Type";
	case 429:
		return "Too Many Requests";
	case 500:
		return "Internal Server Error";
	case 503:
		return "Service Unavailable";
	default:
		return "Error";
	}
}

void request_problem(struct request *request, int status, const char *format, ...)
{
	char sentence[600];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	text_release(&request->out);
	text_printf(&request->out,
		"{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"detail\":",
		status_title(status), status);
	text_add_json(&request->out, bytes_of_string(sentence));
	text_add_string(&request->out, "}\n");
	request->status = status;
	request->content_type = "application/problem+json";
}

void request_try_later(struct request *request, int status, unsigned seconds, const char *sentence)
{
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
	request->finish = finish;
	request->work = work;
	if (request->phase != PHASE_WAITING)
		MHD_suspend_connection(request->connection);
	request->phase = PHASE_WAITING;
}

/* In the loop's thread: answers, and lets the library go on with the connection. */
static void request_finish(struct done *done)
{
	struct request *request = (struct request *)((char *)done - offsetof(struct request, done));
	void (*finish)(struct request *) = request->finish;
	request->finish = NULL;
	finish(request);
	if (request->finish != NULL)
		return; /* suspended again, for another thread */
	CHECK(request->status != 0);
	MHD_resume_connection(request->connection);
}

void request_done(struct request *request)
{
	request->done.finish = request_finish;
	done_push(&request->server->http->done, &request->done);
}

static void fresh_done(struct refresher_wait *wait)
{
	request_done((struct request *)((char *)wait - offsetof(struct request, wait)));
}

void request_when_fresh(
	struct request *request, void (*finish)(struct request *request), void *work)
{
	request->wait.done = fresh_done;
	if (refresher_is_fresh(request->server->refresher, &request->wait)) {
		request->work = work;
		finish(request);
	} else {
		request_suspend(request, finish, work);
	}
}

/* 0 to 1 with up to three decimals, in thousandths (RFC 9110, 12.4.2); 0 for anything else. */
static int weight_of(const char *text)
{
	int weight = text[0] == '1' ? 1000 : 0, digit = 100;
	if ((text[0] != '0' && text[0] != '1') || weight == 1000 || text[1] != '.')
		return weight;
	for (text += 2; *text >= '0' && *text <= '9' && digit > 0; text++, digit /= 10)
		weight += (*text - '0') * digit;
	return weight;
}

/* The weight of one element of Accept, in thousandths. */
static int accept_weight(const char *parameters, size_t length)
{
	for (const char *at = parameters; at < parameters + length; at++) {
		if (*at != ';')
			continue;
		const char *name = at + 1;
		while (name < parameters + length && (*name == ' ' || *name == '\t'))
			name++;
		if (name + 2 < parameters + length && (*name == 'q' || *name == 'Q') &&
			name[1] == '=')
			return weight_of(name + 2);
	}
	return 1000;
}

/* `parts`: also what goes on with a hyphen. NOT_NAMED: `wanted` is not there. */
static int header_weight(
	const struct request *request, const char *header, const char *wanted, bool parts)
{
	const char *accept = request_header(request, header);
	int best = NOT_NAMED;
	for (const char *at = accept; at != NULL && *at != '\0';) {
		while (*at == ' ' || *at == ',' || *at == '\t')
			at++;
		size_t length = strcspn(at, ",");
		size_t name = strcspn(at, ",; \t");
		size_t compared = parts ? strcspn(at, "-,; \t") : name;
		if (compared == strlen(wanted) && strncasecmp(at, wanted, compared) == 0) {
			int weight = accept_weight(at, length);
			best = weight > best ? weight : best;
		}
		at += length;
	}
	return best;
}

int request_weight(const struct request *request, const char *header, const char *wanted)
{
	int weight = header_weight(request, header, wanted, false);
	return weight == NOT_NAMED ? 0 : weight;
}

bool request_prefers(const struct request *request, const char *wanted, const char *usual)
{
	int weight = request_weight(request, "Accept", wanted);
	int min = header_weight(request, "Accept", usual, false);
	if (weight == 0)
		return false;
	if (min != NOT_NAMED)
		return weight > min;
	char range[64];
	snprintf(range, sizeof(range), "%.*s*", (int)strcspn(usual, "/") + 1, usual);
	min = header_weight(request, "Accept", range, false);
	if (min == NOT_NAMED)
		min = header_weight(request, "Accept", "*/*", false);
	return weight >= min;
}

int request_language_weight(const struct request *request, const char *language)
{
	int weight = header_weight(request, "Accept-Language", language, true);
	return weight == NOT_NAMED ? 0 : weight;
}

/* Looks at each parameter of the query. */
struct query_check {
	struct request *request;
	const char *const *known;
	unsigned seen; /* bit per known name */
};

static enum MHD_Result query_look(
	void *context, enum MHD_ValueKind kind, const char *key, const char *value)
{
	struct query_check *check = context;
	(void)kind;
	for (unsigned i = 0; check->known[i] != NULL; i++) {
		if (strcmp(check->known[i], key) != 0)
			continue;
		if ((check->seen >> i & 1) != 0) {
			request_problem(check->request, 400, "%s is given twice", check->known[i]);
			return MHD_NO;
		}
		/* Asked for by name and left empty is not the same as not asked for. */
		if (value == NULL) {
			request_problem(check->request, 400, "%s has no value", check->known[i]);
			return MHD_NO;
		}
		check->seen |= 1u << i;
		return MHD_YES;
	}
	if (check->known[0] == NULL) {
		request_problem(check->request, 400, "this path takes no parameter");
		return MHD_NO;
	}
	char allowed[200] = "";
	for (unsigned i = 0; check->known[i] != NULL; i++)
		snprintf(allowed + strlen(allowed), sizeof(allowed) - strlen(allowed), "%s%s",
			i == 0 ? "" : ", ", check->known[i]);
	request_problem(check->request, 400,
		"the address has a parameter that is not known; there are: %s", allowed);
	return MHD_NO;
}

bool request_query_check(struct request *request, const char *const *known)
{
	struct query_check check = { .request = request, .known = known };
	MHD_get_connection_values(request->connection, MHD_GET_ARGUMENT_KIND, query_look, &check);
	return request->status == 0;
}

/* The path of an address, which may be whole: http://host/path (RFC 9112, 3.2.2). */
static const char *path_of(const char *address)
{
	static const char scheme[] = "http://";
	if (strncasecmp(address, scheme, sizeof(scheme) - 1) != 0)
		return address;
	const char *host = address + sizeof(scheme) - 1;
	size_t length = strcspn(host, "/");
	if (length == 0)
		return address;
	return host[length] == '\0' ? "/" : host + length;
}

/* Finds the route; answers 404 and 405. */
static void route_find(struct request *request, const char *method, const char *address)
{
	const char *url = path_of(address);
	static const char *const none = "";
	bool path_is_known = false;
	for (size_t i = 0; i < http_route_count; i++) {
		const struct route *route = &http_routes[i];
		size_t length = strlen(route->path);
		bool prefix = length > 1 && route->path[length - 1] == '/';
		if (prefix ? strncmp(url, route->path, length) != 0 || url[length] == '\0'
			   : strcmp(url, route->path) != 0)
			continue;
		/* One path may have a route a method. */
		bool get = strcmp(route->method, "GET") == 0;
		request->allow = path_is_known ? "GET, HEAD, POST"
				 : get         ? "GET, HEAD"
					       : route->method;
		path_is_known = true;
		if (strcmp(method, route->method) == 0 ||
			(strcmp(method, "HEAD") == 0 && strcmp(route->method, "GET") == 0)) {
			request->route = route;
			request->rest = prefix ? url + length : none;
			request->allow = NULL;
			return;
		}
	}
	if (path_is_known)
		request_problem(request, 405, "this path takes %s only", request->allow);
	else
		request_problem(request, 404, "there is nothing at this path");
}

/* What the headers say of where the body ends. */
struct framing {
	unsigned lengths;
	unsigned encodings;
	unsigned hosts;
	bool broken; /* a name that is no token, an encoding that is not known */
};

static enum MHD_Result framing_look(
	void *context, enum MHD_ValueKind kind, const char *key, const char *value)
{
	static const char token[] = "!#$%&'*+-.^_`|~0123456789"
				    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	struct framing *framing = context;
	(void)kind;
	if (*key == '\0' || key[strspn(key, token)] != '\0')
		framing->broken = true;
	if (strcasecmp(key, "Transfer-Encoding") == 0 &&
		(value == NULL || strcasecmp(value, "chunked") != 0))
		framing->broken = true;
	framing->hosts += strcasecmp(key, "Host") == 0;
	framing->lengths += strcasecmp(key, "Content-Length") == 0;
	framing->encodings += strcasecmp(key, "Transfer-Encoding") == 0;
	return MHD_YES;
}

/* What two programs could read as two different requests is no request (RFC 9112, 6.3). */
static bool framing_check(struct request *request, const char *version)
{
	struct framing framing = { 0 };
	MHD_get_connection_values(request->connection, MHD_HEADER_KIND, framing_look, &framing);
	bool newest = strcmp(version, "HTTP/1.1") == 0;
	if (!framing.broken && framing.lengths + framing.encodings <= 1 &&
		(newest ? framing.hosts == 1 : framing.hosts <= 1 && framing.encodings == 0))
		return true;
	request->close = true;
	request_problem(request, 400,
		"the headers must be plain, with one Host, and say the length of the body at most "
		"once: one Content-Length, or Transfer-Encoding: chunked");
	return false;
}

static size_t body_limit(const struct request *request)
{
	size_t limit = request->server->config->limits_body_bytes_max;
	size_t own = request->route == NULL ? 0 : request->route->body_bytes_max;
	return own != 0 && own < limit ? own : limit;
}

/* A body that is said to be too large is not waited for. */
static bool length_check(struct request *request)
{
	const char *length = request_header(request, "Content-Length");
	size_t limit = body_limit(request);
	if (length == NULL || strtoull(length, NULL, 10) <= limit)
		return true;
	/* A little too much is taken and thrown away, so that the sender reads the answer. */
	request->close = strtoull(length, NULL, 10) > limit * BODY_DISCARD_MAX;
	request_problem(request, 413, "the request must not be larger than %zu bytes", limit);
	return false;
}

/* The bearer of the request; answers 401 to a wrong token. No token: nobody. */
static bool identity_find(struct request *request)
{
	const char *authorization = request_header(request, "Authorization");
	request->access = access_hold(request->server->access);
	/* Health is for anyone: also for one whose token was taken away. */
	if (authorization == NULL || request->route->for_anyone)
		return true;
	if (strncasecmp(authorization, "Bearer ", 7) == 0) {
		const char *token = authorization + 7;
		while (*token == ' ')
			token++;
		request->identity = access_find(request->access, bytes_of_string(token));
	}
	if (request->identity.partner == NULL && request->identity.analyst == NULL &&
		request->identity.scraper == NULL) {
		request_problem(request, 401,
			"the token is not known here; send it as Authorization: Bearer TOKEN");
		return false;
	}
	return true;
}

/* Only a partner sends a body, but for small forms: nobody else's is kept in memory. */
static bool pusher_check(struct request *request)
{
	if (!request->route->takes_body || request->route->for_anyone ||
		request->identity.partner != NULL)
		return true;
	bool anonymous = request_header(request, "Authorization") == NULL;
	request_problem(request, anonymous ? 401 : 403,
		anonymous ? "a partner's token is required: Authorization: Bearer TOKEN"
			  : "only a partner's token may push events");
	return false;
}

/* Counts the connection for the partner that speaks; answers 429 above the limit. */
static void connection_count(struct request *request)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct http_connection *connection = info == NULL ? NULL : info->socket_context;
	if (connection == NULL || request->identity.partner == NULL)
		return;
	struct partner_counter *partner = counters_partner(
		&request->server->counters, bytes_of_string(request->identity.partner->name));
	if (connection->partner == partner)
		return;
	if (partner->connections >= request->server->config->limits_connections_per_partner_max) {
		request->close = true;
		request_try_later(request, 429, 1, "this partner has too many connections open");
		return;
	}
	if (connection->partner != NULL)
		connection->partner->connections--;
	connection->partner = partner;
	partner->connections++;
}

/* What can be decided before the body is there. */
static void request_begin(
	struct request *request, const char *method, const char *url, const char *version)
{
	if (!framing_check(request, version))
		return;
	if (request->bad_uri) {
		request->close = true;
		request_problem(request, 400, "the address has a NUL");
		return;
	}
	route_find(request, method, url);
	if (request->status != 0 || !identity_find(request) || !pusher_check(request) ||
		!length_check(request))
		return;
	connection_count(request);
}

/* Takes a piece of the body, within the limits. False: cut the connection. */
static bool body_take(struct request *request, const char *data, size_t length)
{
	struct server *server = request->server;
	size_t limit = body_limit(request);
	if (request->status != 0) {
		/* The answer is known; the rest of the body is only waited for. */
		request->body.length += length;
		return request->body.length <= limit * BODY_DISCARD_MAX;
	}
	if (request->route == NULL || !request->route->takes_body) {
		request_problem(request, 400, "this path takes no body");
		return true;
	}
	if (request->body.length + length > limit) {
		server->body_bytes -= request->body.length;
		text_release(&request->body);
		request_problem(
			request, 413, "the request must not be larger than %zu bytes", limit);
		return true;
	}
	if (server->body_bytes + length > server->config->limits_queue_bytes_max) {
		server->body_bytes -= request->body.length;
		text_release(&request->body);
		request_try_later(request, 503, 1, "too much is waiting; try again");
		return true;
	}
	server->body_bytes += length;
	text_add(&request->body, bytes_of(data, length));
	return !request->body.failed;
}

void request_body_replace(struct request *request, struct text *body)
{
	request->server->body_bytes += body->length;
	request->server->body_bytes -= request->body.length;
	text_release(&request->body);
	request->body = *body;
	*body = (struct text){ 0 };
}

static enum MHD_Result response_queue(struct request *request)
{
	char retry[16];
	CHECK(request->status != 0);
	struct MHD_Response *response = MHD_create_response_from_buffer(
		request->out.length, request->out.data, MHD_RESPMEM_MUST_FREE);
	if (response == NULL)
		return MHD_NO;
	request->out = (struct text){ 0 };
	MHD_add_response_header(response, "Content-Type", request->content_type);
	if (request->content_encoding != NULL)
		MHD_add_response_header(response, "Content-Encoding", request->content_encoding);
	MHD_add_response_header(response, "Cache-Control", "no-store");
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	if (request->allow != NULL)
		MHD_add_response_header(response, "Allow", request->allow);
	if (request->status == 401)
		MHD_add_response_header(response, "WWW-Authenticate", "Bearer");
	for (size_t i = 0; i < request->extra_count; i++)
		MHD_add_response_header(
			response, request->extras[i].name, request->extras[i].value);
	if (request->retry_seconds > 0) {
		snprintf(retry, sizeof(retry), "%u", request->retry_seconds);
		MHD_add_response_header(response, "Retry-After", retry);
	}
	if (request->close)
		MHD_add_response_header(response, "Connection", "close");
	enum MHD_Result result =
		MHD_queue_response(request->connection, (unsigned)request->status, response);
	MHD_destroy_response(response);
	request->phase = PHASE_ANSWERED;
	return result;
}

static enum MHD_Result handler(void *context, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *data, size_t *length, void **own)
{
	struct request *request = *own;
	(void)context;
	if (request == NULL)
		return MHD_NO;
	switch (request->phase) {
	case PHASE_HEADERS:
		request->connection = connection;
		request->phase = PHASE_BODY;
		request_begin(request, method, url, version);
		/* Do not wait for a body that is not going to be read. */
		return request->close ? response_queue(request) : MHD_YES;
	case PHASE_BODY:
		if (*length > 0) {
			bool taken = body_take(request, data, *length);
			*length = 0;
			return taken ? MHD_YES : MHD_NO;
		}
		if (request->status == 0)
			request->route->handle(request);
		return request->phase == PHASE_WAITING ? MHD_YES : response_queue(request);
	case PHASE_WAITING:
		return request->status != 0 ? response_queue(request) : MHD_YES;
	case PHASE_ANSWERED:
		return MHD_YES;
	}
	check_failed("a phase of the enum", __FILE__, __LINE__);
}

/* The first that is heard of a request: its address as it was sent. */
static void *uri_begin(void *context, const char *uri, struct MHD_Connection *connection)
{
	struct http *http = context;
	struct request *request = calloc(1, sizeof(*request));
	(void)connection;
	if (request == NULL)
		return NULL;
	request->server = http->server;
	request->bad_uri = strstr(uri, "%00") != NULL;
	http->requests++;
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	if (info != NULL && info->socket_context != NULL)
		((struct http_connection *)info->socket_context)->request = request;
	return request;
}

static void request_completed(void *context, struct MHD_Connection *connection, void **own,
	enum MHD_RequestTerminationCode code)
{
	struct http *http = context;
	struct request *request = *own;
	(void)connection;
	(void)code;
	if (request == NULL)
		return;
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	if (info != NULL && info->socket_context != NULL)
		((struct http_connection *)info->socket_context)->request = NULL;
	/* A suspended one is never completed: another thread has it. */
	CHECK(request->phase != PHASE_WAITING || request->status != 0);
	if (request->body.data != NULL)
		http->server->body_bytes -= request->body.length;
	text_release(&request->body);
	text_release(&request->out);
	for (size_t i = 0; i < request->extra_count; i++)
		free(request->extras[i].value);
	access_drop(request->access);
	free(request);
	http->requests--;
	*own = NULL;
}

static void connection_notify(void *context, struct MHD_Connection *connection, void **own,
	enum MHD_ConnectionNotificationCode code)
{
	struct http *http = context;
	(void)connection;
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		struct http_connection *made = calloc(1, sizeof(*made));
		*own = made;
		if (made != NULL) {
			made->connection = connection;
			made->next = http->connections;
			made->place = &http->connections;
			if (made->next != NULL)
				made->next->place = &made->next;
			http->connections = made;
		}
		atomic_fetch_add(&http->server->counters.http_connections, 1);
		return;
	}
	struct http_connection *http_connection = *own;
	if (http_connection != NULL && http_connection->partner != NULL)
		http_connection->partner->connections--;
	if (http_connection != NULL) {
		*http_connection->place = http_connection->next;
		if (http_connection->next != NULL)
			http_connection->next->place = http_connection->place;
	}
	free(http_connection);
	*own = NULL;
	atomic_fetch_sub(&http->server->counters.http_connections, 1);
}

static void library_log(void *context, const char *format, va_list arguments)
	__attribute__((format(printf, 2, 0)));

/* The library complains about what clients do: that is theirs, not the operator's. */
static void library_log(void *context, const char *format, va_list arguments)
{
	(void)context;
	(void)format;
	(void)arguments;
}

enum err http_start(struct server *server, struct http **out, struct reason *reason)
{
	struct http *http = calloc(1, sizeof(*http));
	if (http == NULL)
		return fail(reason, ERR_FULL, "no memory");
	http->server = server;
	if (done_queue_init(&http->done) != OK) {
		free(http);
		return fail(reason, ERR_IO, "there are not enough file descriptors");
	}
	http->listener = listener_open(&server->config->http_listen, reason);
	if (http->listener == MHD_INVALID_SOCKET) {
		done_queue_release(&http->done);
		free(http);
		return ERR_IO;
	}
	http->daemon = MHD_start_daemon(
		MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL,
		handler, http, MHD_OPTION_EXTERNAL_LOGGER, library_log, NULL,
		MHD_OPTION_LISTEN_SOCKET, http->listener, MHD_OPTION_CONNECTION_LIMIT,
		(unsigned)server->config->limits_connections_max, MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned)server->config->limits_idle_seconds_max,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
		MHD_OPTION_URI_LOG_CALLBACK, uri_begin, http, MHD_OPTION_NOTIFY_COMPLETED,
		request_completed, http, MHD_OPTION_NOTIFY_CONNECTION, connection_notify, http,
		MHD_OPTION_END);
	if (http->daemon == NULL) {
		close(http->listener);
		done_queue_release(&http->done);
		free(http);
		return fail(reason, ERR_IO, "the HTTP library does not start");
	}
	http->epoll_fd = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
	*out = http;
	return OK;
}

void http_quiesce(struct http *http)
{
	if (http->listener != MHD_INVALID_SOCKET) {
		MHD_quiesce_daemon(http->daemon);
		close(http->listener);
		http->listener = MHD_INVALID_SOCKET;
	}
}

void http_stop(struct http *http)
{
	if (http == NULL)
		return;
	http_quiesce(http);
	MHD_stop_daemon(http->daemon);
	done_queue_release(&http->done);
	free(http);
}

void http_address(const struct http *http, char *out, size_t size)
{
	listener_address(http->listener, out, size);
}

int http_fd(const struct http *http)
{
	return http->epoll_fd;
}

int http_done_fd(const struct http *http)
{
	return http->done.fd;
}

int http_timeout_ms(struct http *http)
{
	MHD_UNSIGNED_LONG_LONG timeout;
	if (MHD_get_timeout(http->daemon, &timeout) != MHD_YES)
		return -1;
	return timeout > 60000 ? 60000 : (int)timeout;
}

size_t http_requests(const struct http *http)
{
	return http->requests;
}

void http_sweep(struct http *http)
{
	for (struct http_connection *at = http->connections; at != NULL; at = at->next) {
		char byte;
		if (at->request != NULL && at->request->phase > PHASE_BODY)
			continue;
		int fd = MHD_get_connection_info(at->connection, MHD_CONNECTION_INFO_CONNECTION_FD)
				 ->connect_fd;
		if (recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
			shutdown(fd, SHUT_RDWR);
	}
}

void http_run(struct http *http)
{
	/* A resumed connection is worked on in the next run: run until nothing is due, or the
	 * others must have their turn: the timer comes back at once. */
	for (int round = 0; round < RUNS_MAX; round++) {
		done_queue_run(&http->done);
		MHD_run(http->daemon);
		if (http_timeout_ms(http) != 0)
			break;
	}
}
