/*
 * daemon/web/gate.h - who may do and see what over HTTP: it is decided here and nowhere else.
 *
 * Anybody sees what was published. A partner pushes events and sees its own; an analyst sees the
 * internal figures of its municipalities, and the log where its entry says so; a scraper sees
 * all metrics. A token says who asks; for the page a session does too, which an analyst began by
 * showing its token. What may be published at all is not decided here.
 *
 * The rules are pure, and tables in gate_test.c.
 */
#ifndef DAEMON_WEB_GATE_H
#define DAEMON_WEB_GATE_H

#include "daemon/server/access.h"
#include "daemon/web/sessions.h"

struct request;
struct route;

/* Rules. */

/*
 * Whose the token of an Authorization header is; nobody's when it is absent (NULL), of another
 * scheme than Bearer, or not known.
 */
struct identity gate_bearer(const struct access *access, const char *authorization);

enum gate_admission {
	GATE_ADMITTED,
	GATE_TOKEN_UNKNOWN, /* one was shown, and it is nobody's */
	GATE_TOKEN_NEEDED,  /* events without one */
	GATE_NOT_A_PARTNER, /* events with the token of somebody else */
};

/*
 * May the request go on to its handler, and its body be received? Only a partner sends a body,
 * but for small forms: nobody else's is kept in memory.
 */
enum gate_admission gate_admission(
	const struct route *route, const char *authorization, const struct identity *identity);

/* May the analyst see the internal figures of a municipality, or of all (PART_ALL)? */
bool gate_may_see(const struct analyst *analyst, uint16_t municipality);

/* The same as a callback; `analyst` is a struct analyst. */
bool gate_may_see_metrics(const void *analyst, uint16_t municipality);

/* Has the token the daemon's own metrics, and internal figures among the others? */
bool gate_has_internal_metrics(const struct identity *identity);

bool gate_may_read_log(const struct identity *identity);

/* May the partner see its own people there? `municipality` is one. */
bool gate_may_list(const struct partner *partner, uint16_t municipality);

/* Who asks for the page. */
struct viewer {
	const struct analyst *analyst; /* of the access; NULL: anybody */
	bool by_cookie;                /* and not by a token */
};

/*
 * By the token, else by the session of the cookie, as long as the configuration has both its
 * analyst and the token it began with. `now_us` is monotonic.
 */
struct viewer gate_viewer_of(const struct access *access, const struct identity *identity,
	const struct sessions *sessions, struct bytes cookie, int64_t now_us);

/* For requests. */

/* gate_viewer_of() the request. */
struct viewer gate_viewer(const struct request *request);

/* The hooks of the HTTP door; see struct http_options. The context is a struct web. */
bool gate_admit(struct request *request);
void gate_claim(struct request *request, void **claim);
void gate_release(struct request *request);
void gate_opened(void *context);
void gate_closed(void *context, void *claim);

#endif
