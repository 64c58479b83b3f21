/*
 * daemon/web/site_cache.h - what the page keeps of what took long: points of the trend, and pages
 * of what is published. A ring of each: the one kept longest makes room. The loop's thread only.
 */
#ifndef DAEMON_WEB_SITE_CACHE_H
#define DAEMON_WEB_SITE_CACHE_H

#include "base/text.h"
#include "page/background.h"
#include "page/page.h"

#define SITE_TRENDS_MAX 64 /* (municipality, reference date, day of knowledge) */
#define SITE_PAGES_MAX  32 /* pages of publications */
#define SITE_ALL        0  /* in place of a municipality: all that published side by side */

/* What stands beside a reference date, with the knowledge of some instant of a day. */
struct site_trend {
	uint16_t municipality;
	int32_t as_of; /* 0: the place is free */
	int32_t known_day;
	uint64_t last_act; /* of the store: whoever was erased or restricted later is in it */
	int64_t known_us;
	struct background background;
	struct agreed_past agreed; /* owned by the cache, of one that is kept */
};

/* A page that stays the same until more is published, or something withdrawn. */
struct site_page {
	uint16_t municipality;
	int32_t as_of;
	enum language language;
	uint64_t published; /* the version of what is published; 0: the place is free */
	struct text html;
	struct text gzip; /* empty: not made yet, or not worth it */
};

struct site_cache {
	struct site_trend trends[SITE_TRENDS_MAX];
	size_t next_trend;
	struct site_page pages[SITE_PAGES_MAX];
	size_t next_page;
};

/* `*cache = (struct site_cache){0}` is an empty one. */
void site_cache_release(struct site_cache *cache);

/* NULL: it is not kept. */
const struct site_trend *site_cache_trend(const struct site_cache *cache, uint16_t municipality,
	int32_t as_of, int32_t known_day, uint64_t last_act);
/* Keeps a copy, in the place of one of the same. Where there is no memory nothing is kept, which is
 * no harm. */
void site_cache_keep_trend(struct site_cache *cache, const struct site_trend *trend);

/* NULL: it is not kept. `published` is the version of what is published. */
struct site_page *site_cache_page(struct site_cache *cache, uint16_t municipality, int32_t as_of,
	enum language language, uint64_t published);
/* Keeps a copy of the page. NULL: there is no memory, which is no harm. */
struct site_page *site_cache_keep_page(struct site_cache *cache, uint16_t municipality,
	int32_t as_of, enum language language, uint64_t published, struct bytes html);

/* The pages that are kept may bear names that the configuration does not have any more. */
void site_cache_forget_pages(struct site_cache *cache);

/* The page packed by gzip, which is done once; empty: there is no memory for that. */
struct bytes site_page_gzip(struct site_page *page);

#endif
