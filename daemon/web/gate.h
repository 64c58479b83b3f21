/*
 * daemon/web/gate.h - who may do and see what over HTTP: it is decided here and nowhere else.
 *
 * Anybody sees what was published. A partner pushes events and sees its own; an analyst sees the
 * internal figures of its municipalities, and their records where its entry says so; a scraper
 * sees the daemon's health, and the metrics of its municipalities. A token says who asks; for the
 * pages a session does too, which an analyst or a partner began by showing its token. What may be
 * published at all is not decided here.
 *
 * The rules are pure, and tables in gate_test.c. All paths are held against them, from without,
 * by tests/end-to-end/test_rights.py.
 */
#ifndef DAEMON_WEB_GATE_H
#define DAEMON_WEB_GATE_H

#include "daemon/server/access.h"
#include "base/audit.h"
#include "daemon/server/counters.h"
#include "daemon/web/sessions.h"

struct http_connection;
struct request;
struct route;
struct sockaddr;

/* Rules. */

/* The rules of a route: who may ask for it, and what it shows. Without any it is for nobody. */
enum route_rules {
	FOR_NOBODYS = 1, /* who shows no token */
	FOR_PARTNERS = 2,
	FOR_ANALYSTS = 4,
	FOR_SCRAPERS = 8,
	FOR_ALL = FOR_NOBODYS | FOR_PARTNERS | FOR_ANALYSTS | FOR_SCRAPERS,
	SHOWS_PERSONS = 16, /* records of persons are shown there */
	SHOWS_FIGURES = 32, /* internal ones to whom they are for */
	SHOWS_METRICS = 64, /* and to scrapers too */
	TAKES_COOKIE = 128, /* the session of a cookie says who asks too */
	SHOWS_AGREED = 256, /* figures of an agreement, to the partner that it names */
};

/*
 * Who an Authorization header says that asks, on that civil day; nobody when it is absent (NULL),
 * of another scheme, or its token is not known. With Basic, which counts only where `basic_counts`,
 * a partner or an analyst gives the name of its section too; what it costs to look is the same
 * whatever the name. `key` is that of the certificate that the client showed, or NULL.
 */
struct identity gate_identify(const struct access *access, const char *authorization,
	bool basic_counts, const uint8_t *key, int32_t today);

enum gate_admission {
	GATE_ADMITTED,
	GATE_TOKEN_UNKNOWN, /* one was shown, and it is nobody's */
	GATE_TOKEN_NEEDED,  /* none was shown, and the route is not for who shows none */
	GATE_NOT_ALLOWED,   /* the route is not for who asks */
};

/*
 * May the request go on to its handler, and its body be received? Only a partner sends a body,
 * but for small forms: nobody else's is kept in memory.
 */
enum gate_admission gate_admission(
	const struct route *route, const char *authorization, const struct identity *identity);

/* May the analyst see the internal figures of a municipality, or of all (PART_ALL)? */
bool gate_may_see(const struct analyst *analyst, uint16_t municipality);

/* The metrics of a municipality, as a callback; `identity` is that of an analyst or a scraper. */
bool gate_may_see_metrics(const void *identity, uint16_t municipality);

/* May who asks see the daemon's own metrics? */
bool gate_has_health(const struct identity *identity);

/* Also those that count a single partner? */
bool gate_has_partner_counters(const struct identity *identity);

/* May who asks see internal figures among the metrics, of one municipality at least? */
bool gate_has_internal_metrics(const struct identity *identity);

/* Does who asks see the published figures among the metrics? */
bool gate_has_published_metrics(const struct identity *identity);

bool gate_may_read_log(const struct identity *identity);

/* The same of all of it: the place of each record, whosever it is. */
bool gate_may_read_whole_log(const struct identity *identity);

/* Of the sums behind the figures; of which municipality gate_may_see() says. */
bool gate_may_read_sums(const struct identity *identity);

/*
 * Is a record shown to an analyst who may read the log? One of its municipalities is, and one
 * that withdraws such a record; `withdrawn` is the municipality of the record that it withdraws,
 * NULL when it withdraws none.
 */
bool gate_may_see_record(
	const struct analyst *analyst, uint16_t municipality, const uint16_t *withdrawn);

/* May a client call itself so? An identifier that is no number of a person. Pure. */
bool gate_name_is_good(struct bytes name);

/*
 * What X-Ladder-User says (NULL: it is absent) of who looks for a partner: is it an identifier,
 * and is it there where it must be?
 */
enum gate_user { GATE_USER_GOOD, GATE_USER_BAD, GATE_USER_NEEDED };
enum gate_user gate_user(
	const struct route *route, const struct identity *identity, const char *user);

/* May the partner see its own people there? `municipality` is one. */
bool gate_may_list(const struct partner *partner, uint16_t municipality);

/* Who asks for a page. */
struct viewer {
	const struct analyst *analyst; /* of the access */
	const struct partner *partner; /* of it; both NULL: anybody */
	const char *user;              /* who of the partner's people, of the session; NULL */
	bool by_cookie;                /* and not by a token */
	bool was_signed_in;            /* the cookie's session has ended */
};

/*
 * By the token, else by the session of the cookie, as long as the configuration has both its
 * analyst or partner and the token it began with, which is valid today, and comes with its
 * certificate where it needs one; a partner that must say who looks did. `key` as above; `now_us`
 * is monotonic. What `user` points at lives until the session ends.
 */
struct viewer gate_viewer_of(const struct access *access, const struct identity *identity,
	const struct sessions *sessions, struct bytes cookie, const uint8_t *key, int64_t now_us,
	int32_t today);

/* Is what is shown there to this viewer and this identity more than what was published? */
bool gate_is_internal(
	const struct route *route, const struct identity *identity, const struct viewer *viewer);

/* By what a token came that an Authorization header shows. */
enum sign_in_way gate_way(const char *authorization);

/* For requests. */

/* What is asked for, in words that no client chose: method, route and municipality. */
#define GATE_WHAT_MAX 128
const char *gate_what(const struct request *request, char space[GATE_WHAT_MAX]);

/* gate_viewer_of() the request. */
struct viewer gate_viewer(const struct request *request);

/* Writes that a token was shown, by whom, and what became of it. */
void gate_audit_sign_in(
	const struct request *request, const struct identity *identity, enum audit_outcome outcome);

/*
 * A wrong token came: counts and writes it. Returns the seconds that must pass, 0 none; see
 * sign_ins_wrong().
 */
unsigned gate_wrong_token(const struct request *request, enum sign_in_way way);

/*
 * May the partner who asks push now, as its rates go? Answers 429 when not. It is asked before the
 * body comes, and again when it is there, since others of the partner's may have come meanwhile.
 */
bool gate_rate(struct request *request);

/* The hooks of the HTTP door; see struct http_options. The context is a struct web. */
bool gate_admit(struct request *request);
void gate_astray(struct request *request, const char *address);
void gate_answering(struct request *request);
void gate_claim(struct request *request, void *claim);
void gate_release(struct request *request);
/* Does it show records of persons, and is it answered? */
bool gate_shows_persons(const struct request *request);

bool gate_admits(void *context, const struct sockaddr *peer);
void gate_unshaken(void *context, const struct sockaddr *peer);
void *gate_opened(void *context, struct http_connection *connection, const struct sockaddr *peer);
void gate_closed(void *context, void *claim);

#endif
