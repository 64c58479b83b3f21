/*
 * daemon/web/site_cache.c - see site_cache.h.
 */
#include "daemon/web/site_cache.h"

#include "base/check.h"
#include "daemon/http/gzip.h"

static void page_forget(struct site_page *page)
{
	text_release(&page->html);
	text_release(&page->gzip);
	*page = (struct site_page){ 0 };
}

void site_cache_forget_pages(struct site_cache *cache)
{
	for (size_t i = 0; i < SITE_PAGES_MAX; i++)
		page_forget(&cache->pages[i]);
}

void site_cache_release(struct site_cache *cache)
{
	site_cache_forget_pages(cache);
	for (size_t i = 0; i < SITE_TRENDS_MAX; i++) {
		agreed_past_release(&cache->trends[i].agreed);
		cache->trends[i] = (struct site_trend){ 0 };
	}
}

const struct site_trend *site_cache_trend(const struct site_cache *cache, uint16_t municipality,
	int32_t as_of, int32_t known_day, uint64_t last_act)
{
	for (size_t i = 0; i < SITE_TRENDS_MAX; i++) {
		const struct site_trend *one = &cache->trends[i];
		if (one->as_of != 0 && one->municipality == municipality && one->as_of == as_of &&
			one->known_day == known_day && one->last_act == last_act)
			return one;
	}
	return NULL;
}

/* The place of one of the same, else the next; *next: it is the next. */
static struct site_trend *trend_place(
	struct site_cache *cache, const struct site_trend *trend, bool *next)
{
	const struct site_trend *same = site_cache_trend(
		cache, trend->municipality, trend->as_of, trend->known_day, trend->last_act);
	*next = same == NULL;
	return &cache->trends[same == NULL ? cache->next_trend : (size_t)(same - cache->trends)];
}

void site_cache_keep_trend(struct site_cache *cache, const struct site_trend *trend)
{
	struct agreed_past agreed;
	bool next;
	CHECK(cache->next_trend < SITE_TRENDS_MAX && trend->as_of != 0);
	if (agreed_past_copy(&trend->agreed, &agreed) != OK)
		return;
	struct site_trend *place = trend_place(cache, trend, &next);
	agreed_past_release(&place->agreed);
	*place = *trend;
	place->agreed = agreed;
	if (next)
		cache->next_trend = (cache->next_trend + 1) % SITE_TRENDS_MAX;
}

struct site_page *site_cache_page(struct site_cache *cache, uint16_t municipality, int32_t as_of,
	enum language language, uint64_t published)
{
	for (size_t i = 0; i < SITE_PAGES_MAX; i++) {
		struct site_page *one = &cache->pages[i];
		if (one->published == published && one->municipality == municipality &&
			one->as_of == as_of && one->language == language && published != 0)
			return one;
	}
	return NULL;
}

struct site_page *site_cache_keep_page(struct site_cache *cache, uint16_t municipality,
	int32_t as_of, enum language language, uint64_t published, struct bytes html)
{
	struct site_page *page = &cache->pages[cache->next_page];
	CHECK(published != 0);
	page_forget(page);
	text_add(&page->html, html);
	if (page->html.failed) {
		page_forget(page);
		return NULL;
	}
	cache->next_page = (cache->next_page + 1) % SITE_PAGES_MAX;
	page->municipality = municipality;
	page->as_of = as_of;
	page->language = language;
	page->published = published;
	return page;
}

struct bytes site_page_gzip(struct site_page *page)
{
	CHECK(page->html.length > 0);
	if (page->gzip.length == 0) {
		text_add(&page->gzip, text_bytes(&page->html));
		if (page->gzip.failed || !gzip_deflate(&page->gzip))
			text_release(&page->gzip);
	}
	return text_bytes(&page->gzip);
}
