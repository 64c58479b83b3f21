/*
 * daemon/web/site.h - what the pages for people have in common: what is kept between requests,
 * their language, their headers. The loop's thread only.
 */
#ifndef DAEMON_WEB_SITE_H
#define DAEMON_WEB_SITE_H

#include "daemon/http/request.h"
#include "daemon/web/sessions.h"
#include "daemon/web/site_cache.h"

#define SITE_COOKIE "ladderd_session"

struct site {
	struct sessions sessions;
	struct site_cache cache;
	struct text policy;          /* the Content-Security-Policy */
	struct text worklist_policy; /* that of the work list, whose script is another */
};

/* ERR_FULL: no memory. Accepts NULL to free. */
enum err site_new(struct site **out) NODISCARD;
void site_free(struct site *site);

/* Puts a copy of the page into request->out, packed when the request accepts that. */
void site_page_take(struct site_page *page, struct request *request);

/* Did the browser come by TLS, to this door or to a proxy before it that says so? */
bool site_is_under_tls(const struct request *request);

/*
 * What the cookie of a session is called: under TLS by a name that browsers take from this very
 * host under TLS only, so that nobody else can set it.
 */
const char *site_cookie_name(const struct request *request);

/* The cookie of the request; empty: none. */
struct bytes site_cookie(const struct request *request);

/* The language asked for by `lang` of the query, else by Accept-Language; else Dutch. */
enum language site_language(const struct request *request);

/* Answers with the HTML in request->out and all the headers that a page has. */
void site_answer(struct request *request, int status, enum language language);

/* The same, of the work list. */
void site_answer_worklist(struct request *request, int status, enum language language);

/* Leads to the form of signing in: nobody is signed in, or not any more. */
void site_ask_sign_in(struct request *request);

/* GET /definitions: what each figure means. */
void definitions_handle(struct request *request);

/* A hook of the HTTP door: a problem that leaves for a browser becomes a page. */
void site_problem(struct request *request);

#endif
