/*
 * daemon/web/gate.c - see gate.h.
 */
#include "daemon/web/gate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/check.h"
#include "base/clock.h"
#include "daemon/http/basic.h"
#include "daemon/http/http.h"
#include "daemon/web/api_description.h"
#include "daemon/web/site.h"
#include "daemon/web/visit.h"
#include "engine/tally.h"

struct identity gate_identify(const struct access *access, const char *authorization,
	bool basic_counts, const uint8_t *key, int32_t today)
{
	static const char scheme[] = "Bearer ";
	struct basic basic;
	if (authorization == NULL)
		return (struct identity){ 0 };
	if (strncasecmp(authorization, scheme, sizeof(scheme) - 1) == 0) {
		const char *token = authorization + sizeof(scheme) - 1;
		token += strspn(token, " ");
		return access_find(access, bytes_of_string(token), key, today);
	}
	if (!basic_counts || !basic_read(authorization, &basic))
		return (struct identity){ 0 };
	/* The token alone says who asks. The name is compared with that, after all tokens were. */
	struct identity identity = access_find(access, basic.password, key, today);
	const char *name = identity_name(&identity);
	if (name == NULL || identity.scraper != NULL || !bytes_are(basic.name, name))
		return (struct identity){ 0 };
	return identity;
}

/* The rule that lets this identity in. */
static unsigned rule_of(const struct identity *identity)
{
	return identity->partner != NULL   ? FOR_PARTNERS
	       : identity->analyst != NULL ? FOR_ANALYSTS
	       : identity->scraper != NULL ? FOR_SCRAPERS
					   : FOR_NOBODYS;
}

enum gate_admission gate_admission(
	const struct route *route, const char *authorization, const struct identity *identity)
{
	bool anonymous = authorization == NULL;
	if (route->for_anyone)
		return GATE_ADMITTED;
	if (!anonymous && identity_is_nobody(identity))
		return GATE_TOKEN_UNKNOWN;
	CHECK(!anonymous || identity_is_nobody(identity) || (route->rules & TAKES_COOKIE) != 0);
	if ((route->rules & rule_of(identity)) != 0)
		return GATE_ADMITTED;
	return anonymous ? GATE_TOKEN_NEEDED : GATE_NOT_ALLOWED;
}

enum gate_user gate_user(
	const struct route *route, const struct identity *identity, const char *user)
{
	if (identity->partner == NULL)
		return GATE_USER_GOOD;
	if (user == NULL)
		return identity->partner->requires_user && (route->rules & SHOWS_PERSONS) != 0
			       ? GATE_USER_NEEDED
			       : GATE_USER_GOOD;
	return gate_name_is_good(bytes_of_string(user)) ? GATE_USER_GOOD : GATE_USER_BAD;
}

bool gate_name_is_good(struct bytes name)
{
	return identifier_is_valid(name) && !looks_like_bsn(name);
}

bool gate_may_see(const struct analyst *analyst, uint16_t municipality)
{
	CHECK(analyst != NULL);
	return municipality == PART_ALL ? analyst->all_municipalities
					: analyst_has_municipality(analyst, municipality);
}

bool gate_may_see_metrics(const void *context, uint16_t municipality)
{
	const struct identity *identity = context;
	CHECK(identity->analyst != NULL || identity->scraper != NULL);
	return identity->analyst != NULL
		       ? gate_may_see(identity->analyst, municipality)
		       : scraper_has_municipality(identity->scraper, municipality);
}

bool gate_has_health(const struct identity *identity)
{
	return identity->analyst != NULL || identity->scraper != NULL;
}

bool gate_has_partner_counters(const struct identity *identity)
{
	return identity->scraper != NULL && identity->scraper->all_municipalities;
}

bool gate_has_internal_metrics(const struct identity *identity)
{
	const struct scraper *scraper = identity->scraper;
	return identity->analyst != NULL ||
	       (scraper != NULL &&
		       (scraper->all_municipalities || scraper->municipality_count > 0));
}

bool gate_has_published_metrics(const struct identity *identity)
{
	return !gate_has_health(identity);
}

bool gate_may_see_record(
	const struct analyst *analyst, uint16_t municipality, const uint16_t *withdrawn)
{
	return gate_may_see(analyst, municipality) ||
	       (withdrawn != NULL && gate_may_see(analyst, *withdrawn));
}

bool gate_may_read_log(const struct identity *identity)
{
	return identity->analyst != NULL && identity->analyst->may_read_log;
}

bool gate_may_read_whole_log(const struct identity *identity)
{
	return gate_may_read_log(identity) && identity->analyst->all_municipalities;
}

bool gate_may_read_sums(const struct identity *identity)
{
	return identity->analyst != NULL && identity->analyst->may_read_sums;
}

bool gate_may_list(const struct partner *partner, uint16_t municipality)
{
	CHECK(partner != NULL && municipality != PART_ALL);
	return rights_have_municipality(&partner->rights, municipality);
}

/* Is it the session of this name and these tokens? */
static bool session_is_of(const struct session *session, const char *name,
	const struct token_hashes *hashes, int32_t today)
{
	return strcmp(name, session->name) == 0 &&
	       token_hashes_have(hashes, &session->token, today);
}

/* The partner of a session, when the configuration still has both it and its token. */
static const struct partner *session_partner(const struct access *access,
	const struct session *session, const uint8_t *key, int32_t today)
{
	for (size_t i = 0; i < access->partner_count && session->is_partner; i++) {
		const struct partner *partner = &access->partners[i];
		if (session_is_of(session, partner->name, &partner->hashes, today) &&
			client_key_fits(&partner->client_key, key) &&
			(session->user[0] != '\0' || !partner->requires_user))
			return partner;
	}
	return NULL;
}

/* The same of an analyst. */
static const struct analyst *session_analyst(const struct access *access,
	const struct session *session, const uint8_t *key, int32_t today)
{
	if (session->is_partner)
		return NULL;
	for (size_t i = 0; i < access->analyst_count; i++) {
		const struct analyst *analyst = &access->analysts[i];
		if (session_is_of(session, analyst->name, &analyst->hashes, today) &&
			client_key_fits(&analyst->client_key, key))
			return analyst;
	}
	return NULL;
}

struct viewer gate_viewer_of(const struct access *access, const struct identity *identity,
	const struct sessions *sessions, struct bytes cookie, const uint8_t *key, int64_t now_us,
	int32_t today)
{
	if (identity->analyst != NULL)
		return (struct viewer){ .analyst = identity->analyst };
	const struct session *session =
		cookie.length == 0 ? NULL : sessions_find(sessions, cookie, now_us);
	if (session == NULL)
		return (struct viewer){ .was_signed_in = cookie.length > 0 };
	struct viewer viewer = {
		.analyst = session_analyst(access, session, key, today),
		.partner = session_partner(access, session, key, today),
	};
	viewer.by_cookie = viewer.analyst != NULL || viewer.partner != NULL;
	viewer.was_signed_in = !viewer.by_cookie;
	viewer.user = viewer.partner == NULL || session->user[0] == '\0' ? NULL : session->user;
	return viewer;
}

struct viewer gate_viewer(const struct request *request)
{
	const struct visit *visit = visit_of(request);
	return gate_viewer_of(visit->access, &visit->identity, &visit->site->sessions,
		site_cookie(request), request_client_key(request),
		clock_monotonic_us(&visit->server->clock), server_today(visit->server));
}

bool gate_is_internal(
	const struct route *route, const struct identity *identity, const struct viewer *viewer)
{
	if ((route->rules & (SHOWS_PERSONS | SHOWS_AGREED)) != 0)
		return true;
	if ((route->rules & SHOWS_FIGURES) == 0)
		return false;
	return viewer->analyst != NULL ||
	       ((route->rules & SHOWS_METRICS) != 0 && gate_has_internal_metrics(identity));
}

enum sign_in_way gate_way(const char *authorization)
{
	return strncasecmp(authorization, "Bearer ", 7) == 0  ? BY_BEARER
	       : strncasecmp(authorization, "Basic ", 6) == 0 ? BY_BASIC
							      : BY_OTHER;
}

const char *gate_what(const struct request *request, char space[GATE_WHAT_MAX])
{
	char code[MUNICIPALITY_LENGTH + 1] = "";
	const char *municipality = request_query(request, "municipality");
	uint16_t number;
	if (municipality != NULL && municipality_parse(bytes_of_string(municipality), &number))
		municipality_print(number, code);
	snprintf(space, GATE_WHAT_MAX, "%s %s%s%s", request->route->method, request->route->path,
		code[0] == '\0' ? "" : " ", code);
	return space;
}

static void audit(const struct request *request, const struct identity *identity,
	enum audit_kind kind, enum audit_outcome outcome)
{
	char who[SERVER_WHO_MAX], what[GATE_WHAT_MAX];
	const struct visit *visit = visit_of(request);
	const struct audit_entry entry = {
		.kind = kind,
		.who = server_who(identity, visit->user, who),
		.what = gate_what(request, what),
		.from = visit->origin.text,
		.outcome = outcome,
	};
	server_audit(visit->server, &entry);
}

void gate_audit_sign_in(
	const struct request *request, const struct identity *identity, enum audit_outcome outcome)
{
	audit(request, identity, AUDIT_SIGN_IN, outcome);
}

unsigned gate_wrong_token(const struct request *request, enum sign_in_way way)
{
	static const struct identity nobody = { 0 };
	const struct visit *visit = visit_of(request);
	unsigned seconds = server_wrong_token(visit->server, &visit->origin, way);
	gate_audit_sign_in(request, &nobody, seconds > 0 ? AUDIT_DELAYED : AUDIT_REFUSED);
	return seconds;
}

/* Each answer below /v1 says of which version the interface is. */
static void version_add(struct request *request, const char *path)
{
	if (strncmp(path, "/v1/", 4) == 0)
		request_add_header(request, "API-Version", API_VERSION);
}

void gate_astray(struct request *request, const char *address)
{
	version_add(request, address);
}

void gate_answering(struct request *request)
{
	const struct route *route = request->route;
	const struct visit *visit = visit_of(request);
	struct identity identity = visit->identity;
	struct viewer viewer = { .analyst = identity.analyst };
	version_add(request, route->path);
	if (route->for_anyone)
		return;
	/* Records of persons are shown to the identity of the visit: see session_take(). */
	if ((route->rules & TAKES_COOKIE) != 0 && (route->rules & SHOWS_PERSONS) == 0)
		viewer = gate_viewer(request);
	if (viewer.by_cookie)
		identity = (struct identity){ viewer.partner, viewer.analyst, NULL };
	bool shown = request->status == 200 && gate_is_internal(route, &identity, &viewer);
	/* A wrong token has its own line. */
	bool anonymous = request_header(request, "Authorization") == NULL;
	bool refused = request->status == 403 || (request->status == 401 && anonymous);
	CHECK(!shown || !identity_is_nobody(&identity));
	CHECK(!shown || (route->rules & SHOWS_PERSONS) == 0 || visit->is_noted);
	if (shown)
		audit(request, &identity, AUDIT_READ, AUDIT_SHOWN);
	else if (refused)
		audit(request, &identity, AUDIT_RIGHT, AUDIT_REFUSED);
}

/* A token that is nobody's. */
static void wrong_refuse(struct request *request)
{
	unsigned seconds =
		gate_wrong_token(request, gate_way(request_header(request, "Authorization")));
	if (seconds > 0)
		request_try_later(request, 429, seconds,
			"too many wrong tokens came from this address: wait before the next one");
	else
		request_problem(request, 401,
			"the token is not known here%s; send it as Authorization: Bearer TOKEN",
			request_is_tls(request) ? ", or did not come with the certificate it needs"
						: "");
}

/* The answers to a request that is not admitted. */
static void refuse(struct request *request, enum gate_admission why)
{
	const struct route *route = request->route;
	switch (why) {
	case GATE_TOKEN_UNKNOWN:
		wrong_refuse(request);
		return;
	case GATE_TOKEN_NEEDED:
		request_refuse(request,
			route->takes_body || route->denied == NULL
				? "a partner's token is required: Authorization: Bearer TOKEN"
				: route->denied);
		return;
	case GATE_NOT_ALLOWED:
		request_refuse(request,
			route->denied == NULL ? "this is not for who asks" : route->denied);
		return;
	case GATE_ADMITTED:
		break;
	}
	check_failed("an admission that is a refusal", __FILE__, __LINE__);
}

/* Who looks, for a partner; answers when that is not said as it must be. */
static bool user_check(struct request *request)
{
	struct visit *visit = request->visit;
	visit->user = request_header(request, "X-Ladder-User");
	if (visit->user != request_header_last(request, "X-Ladder-User")) {
		request_problem(request, 400, "X-Ladder-User must be there once");
		return false;
	}
	switch (gate_user(request->route, &visit->identity, visit->user)) {
	case GATE_USER_GOOD:
		if (visit->identity.partner == NULL)
			visit->user = NULL;
		return true;
	case GATE_USER_BAD:
		request_problem(request, 400,
			"X-Ladder-User must be an identifier: who of the partner's people looks");
		return false;
	case GATE_USER_NEEDED:
		request_problem(request, 400,
			"X-Ladder-User is required for this partner where records of persons are "
			"shown: who of its people looks");
		return false;
	}
	check_failed("a case of the enum", __FILE__, __LINE__);
}

/*
 * Where records of persons are shown to who signed in, the session of a partner stands for its
 * token. False: there is none, or the page is another.
 */
static bool session_take(struct request *request)
{
	struct visit *visit = request->visit;
	const unsigned rules = TAKES_COOKIE | SHOWS_PERSONS;
	if ((request->route->rules & rules) != rules ||
		request_header(request, "Authorization") != NULL)
		return false;
	struct viewer viewer = gate_viewer(request);
	if (viewer.partner == NULL)
		return false;
	visit->identity = (struct identity){ .partner = viewer.partner };
	/* The session may end while it is answered: what it says is copied. */
	if (viewer.user != NULL)
		visit_set_user(visit, viewer.user);
	return true;
}

bool gate_rate(struct request *request)
{
	struct visit *visit = visit_of(request);
	int64_t wait_us =
		account_wait_us(visit->account, clock_monotonic_us(&visit->server->clock));
	if (wait_us == 0)
		return true;
	request_try_later(request, 429, (unsigned)((wait_us + US_PER_SECOND - 1) / US_PER_SECOND),
		"this partner sends more than it may in a second");
	return false;
}

bool gate_admit(struct request *request)
{
	struct visit *visit = request->visit;
	const char *authorization = request_header(request, "Authorization");
	struct web *web = http_context(request->http);
	CHECK(visit->request == NULL && request->route != NULL);
	visit->request = request;
	visit->server = web->server;
	visit->site = web->site;
	visit->tail = &web->tail;
	visit->access = access_hold(web->server->access);
	origin_find(request_peer(request), request_header_last(request, "X-Forwarded-For"),
		&web->server->config->http_trusted_proxies, &visit->origin);
	/* Health is for anyone: also for one whose token was taken away. */
	if (!request->route->for_anyone)
		visit->identity =
			gate_identify(visit->access, authorization, !request->route->takes_body,
				request_client_key(request), server_today(visit->server));
	bool has_session = session_take(request);
	enum gate_admission admission =
		gate_admission(request->route, authorization, &visit->identity);
	if (admission != GATE_ADMITTED) {
		refuse(request, admission);
		return false;
	}
	visit->account = account_of(
		web->server->accounts, &visit->identity, clock_monotonic_us(&web->server->clock));
	request->share = &visit->account->share;
	if (!has_session && !user_check(request))
		return false;
	if (authorization != NULL && !request->route->for_anyone)
		gate_audit_sign_in(request, &visit->identity, AUDIT_ACCEPTED);
	return !request->route->takes_body || visit->identity.partner == NULL || gate_rate(request);
}

/* What the gate keeps with a connection. */
struct guest {
	struct stranger stranger; /* first: see guest_cut() */
	struct http_connection *connection;
	struct partner_counter *counted; /* that it counts for; NULL: none */
};

static void guest_cut(struct stranger *stranger)
{
	http_connection_end(((struct guest *)stranger)->connection);
}

/* Has the connection count for the partner; answers when it is one too many. */
static bool guest_count(
	struct request *request, struct guest *guest, struct partner_counter *partner)
{
	const struct server *server = visit_of(request)->server;
	if (guest->counted == partner)
		return true;
	if (partner->connections >= server->config->limits_connections_per_partner_max) {
		request->close = true;
		request_try_later(request, 429, 1, "this partner has too many connections open");
		return false;
	}
	if (guest->counted != NULL)
		guest->counted->connections--;
	partner->connections++;
	guest->counted = partner;
	return true;
}

/* Is it a session that says who asks, and not a token? */
static bool is_signed_in(const struct request *request)
{
	return (request->route->rules & TAKES_COOKIE) != 0 && gate_viewer(request).by_cookie;
}

void gate_claim(struct request *request, void *claim)
{
	const struct visit *visit = visit_of(request);
	struct server *server = visit->server;
	struct guest *guest = claim;
	struct partner_counter *partner = NULL;
	if (guest == NULL) {
		request->close = true;
		request_try_later(request, 503, 5, "there is no memory for the connection");
		return;
	}
	if (identity_is_nobody(&visit->identity) && !is_signed_in(request))
		return;
	if (visit->identity.partner != NULL) {
		partner = counters_partner(
			&server->counters, bytes_of_string(visit->identity.partner->name));
		if (!guest_count(request, guest, partner))
			return;
	}
	server_stranger_known(server, &guest->stranger);
	request_vouch(request, partner == NULL ? NULL : &partner->bodies_bytes);
}

void gate_release(struct request *request)
{
	struct visit *visit = request->visit;
	/* What was refused for the rate is no part of it, or who tries again would never be let in.
	 */
	if (visit->account != NULL && !visit->is_counted && request->status != 429)
		account_pushed(visit->account, 0, request->received,
			clock_monotonic_us(&visit->server->clock));
	access_drop(visit->access);
	visit->access = NULL;
}

bool gate_shows_persons(const struct request *request)
{
	return request->route != NULL && (request->route->rules & SHOWS_PERSONS) != 0;
}

bool gate_admits(void *context, const struct sockaddr *peer)
{
	static const struct networks nobody = { NULL, 0 };
	const struct web *web = context;
	struct origin origin;
	origin_find(peer, NULL, &nobody, &origin);
	return server_admits(web->server, &origin, DOOR_HTTP);
}

void gate_unshaken(void *context, const struct sockaddr *peer)
{
	static const struct networks nobody = { NULL, 0 };
	const struct web *web = context;
	struct origin origin;
	origin_find(peer, NULL, &nobody, &origin);
	server_handshake_failed(web->server, &origin, DOOR_HTTP);
}

void *gate_opened(void *context, struct http_connection *connection, const struct sockaddr *peer)
{
	const struct web *web = context;
	static const struct networks nobody = { NULL, 0 };
	struct origin origin;
	atomic_fetch_add(&web->server->counters.http_connections, 1);
	struct guest *guest = calloc(1, sizeof(*guest));
	if (guest == NULL)
		return NULL;
	guest->connection = connection;
	guest->stranger.cut = guest_cut;
	origin_find(peer, NULL, &nobody, &origin);
	server_stranger_came(web->server, &guest->stranger, &origin, DOOR_HTTP);
	/* A proxy keeps its connections for whoever comes next, and does not expect them to end. */
	if (guest->stranger.shared)
		http_connection_vouch(connection);
	return guest;
}

void gate_closed(void *context, void *claim)
{
	struct web *web = context;
	struct guest *guest = claim;
	if (guest != NULL) {
		strangers_remove(&web->server->strangers, &guest->stranger);
		if (guest->counted != NULL) {
			CHECK(guest->counted->connections > 0);
			guest->counted->connections--;
		}
	}
	free(guest);
	CHECK(atomic_fetch_sub(&web->server->counters.http_connections, 1) > 0);
}
