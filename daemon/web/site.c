/*
 * daemon/web/site.c - see site.h.
 */
#include "daemon/web/site.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/clock.h"
#include "daemon/http/gzip.h"
#include "secret/digest.h"

enum err site_new(struct site **out)
{
	char style[DIGEST_BASE64_LENGTH + 1], script[DIGEST_BASE64_LENGTH + 1];
	struct site *site = calloc(1, sizeof(*site));
	if (site == NULL)
		return ERR_FULL;
	digest_sha256_base64(page_style(), style);
	digest_sha256_base64(page_script(), script);
	page_print_policy(style, script, false, &site->policy);
	if (site->policy.failed) {
		site_free(site);
		return ERR_FULL;
	}
	*out = site;
	return OK;
}

static void page_forget(struct site_page *page)
{
	text_release(&page->html);
	text_release(&page->gzip);
	*page = (struct site_page){ 0 };
}

void site_pages_forget(struct site *site)
{
	for (size_t i = 0; i < SITE_PAGES_MAX; i++)
		page_forget(&site->pages[i]);
}

void site_free(struct site *site)
{
	if (site == NULL)
		return;
	site_pages_forget(site);
	text_release(&site->policy);
	free(site);
}

const struct site_trend *site_trend_find(
	const struct site *site, uint16_t municipality, int32_t quarter_end, int32_t known_day)
{
	for (size_t i = 0; i < SITE_TRENDS_MAX; i++) {
		const struct site_trend *one = &site->trends[i];
		if (one->quarter_end != 0 && one->municipality == municipality &&
			one->quarter_end == quarter_end && one->known_day == known_day)
			return one;
	}
	return NULL;
}

void site_trend_keep(struct site *site, const struct site_trend *trend)
{
	site->trends[site->next_trend] = *trend;
	site->next_trend = (site->next_trend + 1) % SITE_TRENDS_MAX;
}

struct site_page *site_page_find(struct site *site, uint16_t municipality, int32_t as_of,
	enum language language, size_t published)
{
	for (size_t i = 0; i < SITE_PAGES_MAX; i++) {
		struct site_page *one = &site->pages[i];
		if (one->published == published && one->municipality == municipality &&
			one->as_of == as_of && one->language == language && published != 0)
			return one;
	}
	return NULL;
}

struct site_page *site_page_keep(struct site *site, uint16_t municipality, int32_t as_of,
	enum language language, size_t published, struct bytes html)
{
	struct site_page *page = &site->pages[site->next_page];
	page_forget(page);
	text_add(&page->html, html);
	if (page->html.failed) {
		page_forget(page);
		return NULL;
	}
	site->next_page = (site->next_page + 1) % SITE_PAGES_MAX;
	page->municipality = municipality;
	page->as_of = as_of;
	page->language = language;
	page->published = published;
	return page;
}

void site_page_take(struct site_page *page, struct request *request)
{
	bool packed = request_weight(request, "Accept-Encoding", "gzip") > 0;
	if (packed && page->gzip.length == 0) {
		text_add(&page->gzip, text_bytes(&page->html));
		if (page->gzip.failed || !gzip_deflate(&page->gzip))
			text_release(&page->gzip);
	}
	packed = packed && page->gzip.length > 0;
	text_release(&request->out);
	text_add(&request->out, text_bytes(packed ? &page->gzip : &page->html));
	if (packed)
		request->content_encoding = "gzip";
}

struct bytes site_cookie(const struct request *request)
{
	const char *value =
		MHD_lookup_connection_value(request->connection, MHD_COOKIE_KIND, SITE_COOKIE);
	return value == NULL ? bytes_of(NULL, 0) : bytes_of_string(value);
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

struct viewer site_viewer(const struct request *request)
{
	if (request->identity.analyst != NULL)
		return (struct viewer){ .analyst = request->identity.analyst };
	struct bytes cookie = site_cookie(request);
	if (cookie.length == 0)
		return (struct viewer){ 0 };
	const struct session *session =
		sessions_find(&request->server->site->sessions, cookie, clock_monotonic_us());
	const struct analyst *analyst =
		session == NULL ? NULL : session_analyst(request->access, session);
	return (struct viewer){ .analyst = analyst, .by_cookie = analyst != NULL };
}

enum language site_language(const struct request *request)
{
	enum language language = LANGUAGE_NL;
	const char *asked = request_query(request, "lang");
	if (asked != NULL && language_parse(asked, &language))
		return language;
	return request_language_weight(request, "en") > request_language_weight(request, "nl")
		       ? LANGUAGE_EN
		       : LANGUAGE_NL;
}

void site_answer(struct request *request, int status, enum language language)
{
	request_add_header(request, "Content-Security-Policy", request->server->site->policy.data);
	request_add_header(request, "Content-Language", language_code(language));
	request_add_header(
		request, "Vary", "Cookie, Authorization, Accept-Language, Accept-Encoding");
	/* A form of this page must say where it came from; others need not know. */
	request_add_header(request, "Referrer-Policy", "same-origin");
	request_add_header(request, "Cross-Origin-Opener-Policy", "same-origin");
	request_add_header(request, "Cross-Origin-Resource-Policy", "same-origin");
	if (request->content_encoding == NULL && !request->out.failed &&
		request_weight(request, "Accept-Encoding", "gzip") > 0 &&
		gzip_deflate(&request->out))
		request->content_encoding = "gzip";
	request_answer(request, status, "text/html; charset=utf-8");
}
