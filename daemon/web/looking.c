/*
 * daemon/web/looking.c - see looking.h.
 */
#include "daemon/web/looking.h"

#include <string.h>

#include "base/check.h"
#include "base/logging.h"
#include "daemon/web/gate.h"
#include "daemon/web/visit.h"

#define RETRY_SECONDS 5

/* Also in the thread that has the request. */
static bool has_room(void *owner, size_t bytes)
{
	return request_hold(owner, bytes);
}

void looking_begin(const struct request *request, const struct identity *identity, const char *user,
	struct look *out)
{
	char who[SERVER_WHO_MAX], what[GATE_WHAT_MAX];
	const struct visit *visit = visit_of(request);
	const char *parent = request_header(request, "traceparent");
	CHECK_STATIC(SERVER_WHO_MAX <= LOOK_WHO_MAX && GATE_WHAT_MAX <= LOOK_NAME_MAX);
	CHECK(!identity_is_nobody(identity));
	/* Two of them are none. */
	if (parent != request_header_last(request, "traceparent"))
		parent = NULL;
	const struct looking looking = {
		.log = visit->server->access_log,
		.auditor = &visit->server->auditor,
		.who = server_who(identity, user, who),
		.what = gate_what(request, what),
		.traceparent = parent,
		.clock = &visit->server->clock,
		.has_room = has_room,
		.owner = visit->request,
	};
	look_begin(&looking, out);
}

void looking_noted(struct request *request, const struct look *look)
{
	CHECK(look->lines.length == 0 && !look->is_unwritable);
	visit_of(request)->is_noted = true;
	if (look->spans > 0)
		visit_of(request)->server->access_log_fails = false;
}

void looking_failed(const struct request *request, const struct look *look)
{
	struct server *server = visit_of(request)->server;
	CHECK(look->is_unwritable);
	if (!server->access_log_fails)
		logging(SEVERITY_ERROR,
			"the access log cannot be written: %s: records of persons are shown to "
			"nobody",
			strerror(look->error));
	server->access_log_fails = true;
}

void looking_unwritable(struct request *request, const struct look *look)
{
	looking_failed(request, look);
	request_try_later(request, 503, RETRY_SECONDS,
		"the access log cannot be written, so that no records of persons are shown; the "
		"operator should see to it");
}
