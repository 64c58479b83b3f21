/*
 * daemon/web/gate.c - see gate.h.
 */
#include "daemon/web/gate.h"

#include <strings.h>

#include "base/check.h"
#include "base/clock.h"
#include "daemon/http/http.h"
#include "daemon/web/site.h"
#include "daemon/web/visit.h"
#include "engine/tally.h"

struct identity gate_bearer(const struct access *access, const char *authorization)
{
	static const char scheme[] = "Bearer ";
	if (authorization == NULL || strncasecmp(authorization, scheme, sizeof(scheme) - 1) != 0)
		return (struct identity){ 0 };
	const char *token = authorization + sizeof(scheme) - 1;
	while (*token == ' ')
		token++;
	return access_find(access, bytes_of_string(token));
}

static bool is_nobody(const struct identity *identity)
{
	return identity->partner == NULL && identity->analyst == NULL && identity->scraper == NULL;
}

enum gate_admission gate_admission(
	const struct route *route, const char *authorization, const struct identity *identity)
{
	bool anonymous = authorization == NULL;
	if (route->for_anyone)
		return GATE_ADMITTED;
	if (!anonymous && is_nobody(identity))
		return GATE_TOKEN_UNKNOWN;
	if (!route->takes_body || identity->partner != NULL)
		return GATE_ADMITTED;
	return anonymous ? GATE_TOKEN_NEEDED : GATE_NOT_A_PARTNER;
}

bool gate_may_see(const struct analyst *analyst, uint16_t municipality)
{
	CHECK(analyst != NULL);
	return municipality == PART_ALL ? analyst->all_municipalities
					: analyst_has_municipality(analyst, municipality);
}

bool gate_may_see_metrics(const void *analyst, uint16_t municipality)
{
	return gate_may_see(analyst, municipality);
}

bool gate_has_internal_metrics(const struct identity *identity)
{
	return identity->analyst != NULL || identity->scraper != NULL;
}

bool gate_may_read_log(const struct identity *identity)
{
	return identity->analyst != NULL && identity->analyst->may_read_log;
}

bool gate_may_list(const struct partner *partner, uint16_t municipality)
{
	CHECK(partner != NULL && municipality != PART_ALL);
	return rights_have_municipality(&partner->rights, municipality);
}

/* The analyst of a session, when the configuration still has both it and its token. */
static const struct analyst *session_analyst(
	const struct access *access, const struct session *session)
{
	for (size_t i = 0; i < access->analyst_count; i++) {
		const struct analyst *analyst = &access->analysts[i];
		if (strcmp(analyst->name, session->analyst) != 0)
			continue;
		for (size_t j = 0; j < analyst->hashes.count; j++) {
			if (token_hash_equal(&analyst->hashes.items[j], &session->token))
				return analyst;
		}
	}
	return NULL;
}

struct viewer gate_viewer_of(const struct access *access, const struct identity *identity,
	const struct sessions *sessions, struct bytes cookie, int64_t now_us)
{
	if (identity->analyst != NULL)
		return (struct viewer){ .analyst = identity->analyst };
	if (cookie.length == 0)
		return (struct viewer){ 0 };
	const struct session *session = sessions_find(sessions, cookie, now_us);
	const struct analyst *analyst = session == NULL ? NULL : session_analyst(access, session);
	return (struct viewer){ .analyst = analyst, .by_cookie = analyst != NULL };
}

struct viewer gate_viewer(const struct request *request)
{
	const struct visit *visit = visit_of(request);
	return gate_viewer_of(visit->access, &visit->identity, &visit->site->sessions,
		site_cookie(request), clock_monotonic_us(&visit->server->clock));
}

/* The answers to a request that is not admitted. */
static void refuse(struct request *request, enum gate_admission why)
{
	switch (why) {
	case GATE_TOKEN_UNKNOWN:
		request_problem(request, 401,
			"the token is not known here; send it as Authorization: Bearer TOKEN");
		return;
	case GATE_TOKEN_NEEDED:
		request_refuse(
			request, "a partner's token is required: Authorization: Bearer TOKEN");
		return;
	case GATE_NOT_A_PARTNER:
		request_refuse(request, "only a partner's token may push events");
		return;
	case GATE_ADMITTED:
		break;
	}
	check_failed("an admission that is a refusal", __FILE__, __LINE__);
}

bool gate_admit(struct request *request)
{
	struct visit *visit = request->visit;
	const char *authorization = request_header(request, "Authorization");
	const struct web *web = http_context(request->http);
	CHECK(visit->request == NULL && request->route != NULL);
	visit->request = request;
	visit->server = web->server;
	visit->site = web->site;
	visit->access = access_hold(web->server->access);
	/* Health is for anyone: also for one whose token was taken away. */
	if (!request->route->for_anyone)
		visit->identity = gate_bearer(visit->access, authorization);
	enum gate_admission admission =
		gate_admission(request->route, authorization, &visit->identity);
	if (admission != GATE_ADMITTED)
		refuse(request, admission);
	return admission == GATE_ADMITTED;
}

void gate_claim(struct request *request, void **claim)
{
	const struct visit *visit = visit_of(request);
	struct server *server = visit->server;
	struct partner_counter *counted = *claim;
	if (visit->identity.partner == NULL)
		return;
	struct partner_counter *partner =
		counters_partner(&server->counters, bytes_of_string(visit->identity.partner->name));
	if (counted == partner)
		return;
	if (partner->connections >= server->config->limits_connections_per_partner_max) {
		request->close = true;
		request_try_later(request, 429, 1, "this partner has too many connections open");
		return;
	}
	if (counted != NULL)
		counted->connections--;
	partner->connections++;
	*claim = partner;
}

void gate_release(struct request *request)
{
	struct visit *visit = request->visit;
	access_drop(visit->access);
	visit->access = NULL;
}

void gate_opened(void *context)
{
	const struct web *web = context;
	atomic_fetch_add(&web->server->counters.http_connections, 1);
}

void gate_closed(void *context, void *claim)
{
	struct web *web = context;
	struct partner_counter *counted = claim;
	if (counted != NULL) {
		CHECK(counted->connections > 0);
		counted->connections--;
	}
	CHECK(atomic_fetch_sub(&web->server->counters.http_connections, 1) > 0);
}
