/*
 * daemon/web/site.h - what the pages for people keep between requests: who is signed in,
 * points of the trend, and pages of what is published. The loop's thread only.
 */
#ifndef DAEMON_WEB_SITE_H
#define DAEMON_WEB_SITE_H

#include "daemon/http/http.h"
#include "daemon/web/sessions.h"
#include "page/page.h"

#define SITE_TRENDS_MAX 64 /* (municipality, quarter, day of knowledge) */
#define SITE_PAGES_MAX  32 /* pages of publications */
#define SITE_COOKIE     "ladderd_session"

/* The quarters before a reference date, with the knowledge of some instant of a day. */
struct site_trend {
	uint16_t municipality;
	int32_t quarter_end; /* the last of them; 0: the place is free */
	int32_t known_day;
	int64_t known_us;
	struct trend_point points[TREND_POINTS_MAX];
	size_t count;
};

/* A page that stays the same until more is published. */
struct site_page {
	uint16_t municipality;
	int32_t as_of;
	enum language language;
	size_t published; /* how many publications there were; 0: the place is free */
	struct text html;
	struct text gzip; /* empty: not made yet, or not worth it */
};

struct site {
	struct sessions sessions;
	struct site_trend trends[SITE_TRENDS_MAX];
	size_t next_trend;
	struct site_page pages[SITE_PAGES_MAX];
	size_t next_page;
	struct text policy; /* the Content-Security-Policy */
};

/* ERR_FULL: no memory. Accepts NULL to free. */
enum err site_new(struct site **out) NODISCARD;
void site_free(struct site *site);

/* NULL: it is not kept. */
const struct site_trend *site_trend_find(
	const struct site *site, uint16_t municipality, int32_t quarter_end, int32_t known_day);
/* In the place of the one kept longest. */
void site_trend_keep(struct site *site, const struct site_trend *trend);

/* The pages that are kept may bear names that the configuration does not have any more. */
void site_pages_forget(struct site *site);

struct site_page *site_page_find(struct site *site, uint16_t municipality, int32_t as_of,
	enum language language, size_t published);
/* Takes a copy of the page; no memory is no harm. */
struct site_page *site_page_keep(struct site *site, uint16_t municipality, int32_t as_of,
	enum language language, size_t published, struct bytes html);

/* Puts a copy of the page into request->out, packed when the request accepts that. */
void site_page_take(struct site_page *page, struct request *request);

/* Who asks for a page. */
struct viewer {
	const struct analyst *analyst; /* of request->access; NULL: anybody */
	bool by_cookie;
};

/* By the token of the request, else by its cookie. */
struct viewer site_viewer(const struct request *request);

/* The cookie of the request; empty: none. */
struct bytes site_cookie(const struct request *request);

/* The language asked for by `lang` of the query, else by Accept-Language; else Dutch. */
enum language site_language(const struct request *request);

/* Answers with the HTML in request->out and all the headers that a page has. */
void site_answer(struct request *request, int status, enum language language);

#endif
