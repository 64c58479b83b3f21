/*
 * daemon/web/site.c - see site.h.
 */
#include "daemon/web/site.h"

#include <stdlib.h>
#include <strings.h>

#include "base/check.h"
#include "daemon/http/accept.h"
#include "daemon/http/gzip.h"
#include "daemon/http/http.h"
#include "daemon/web/visit.h"
#include "page/worklist.h"
#include "page/definitions.h"
#include "secret/digest.h"

#define PAGE_TYPE "text/html; charset=utf-8"

enum err site_new(struct site **out)
{
	char style[DIGEST_BASE64_LENGTH + 1], script[DIGEST_BASE64_LENGTH + 1];
	char worklist[DIGEST_BASE64_LENGTH + 1];
	struct site *site = calloc(1, sizeof(*site));
	if (site == NULL)
		return ERR_FULL;
	digest_sha256_base64(page_style(), style);
	digest_sha256_base64(page_script(), script);
	digest_sha256_base64(worklist_script(), worklist);
	page_print_policy(style, script, false, &site->policy);
	page_print_policy(style, worklist, false, &site->worklist_policy);
	if (site->policy.failed || site->worklist_policy.failed) {
		site_free(site);
		return ERR_FULL;
	}
	*out = site;
	return OK;
}

void site_free(struct site *site)
{
	if (site == NULL)
		return;
	site_cache_release(&site->cache);
	text_release(&site->policy);
	text_release(&site->worklist_policy);
	free(site);
}

void site_page_take(struct site_page *page, struct request *request)
{
	struct bytes packed = { 0 };
	if (request_takes_gzip(request))
		packed = site_page_gzip(page);
	text_release(&request->out);
	text_add(&request->out, packed.length > 0 ? packed : text_bytes(&page->html));
	if (packed.length > 0)
		request->content_encoding = "gzip";
}

bool site_is_under_tls(const struct request *request)
{
	const char *proto = request_header(request, "X-Forwarded-Proto");
	const char *forwarded = request_header(request, "Forwarded");
	return request_is_tls(request) || (proto != NULL && strncasecmp(proto, "https", 5) == 0) ||
	       (forwarded != NULL && strcasestr(forwarded, "proto=https") != NULL);
}

const char *site_cookie_name(const struct request *request)
{
	return site_is_under_tls(request) ? "__Host-" SITE_COOKIE : SITE_COOKIE;
}

struct bytes site_cookie(const struct request *request)
{
	const char *value = request_cookie(request, site_cookie_name(request));
	return value == NULL ? bytes_of(NULL, 0) : bytes_of_string(value);
}

enum language site_language(const struct request *request)
{
	enum language language = LANGUAGE_NL;
	const char *asked = request_query(request, "lang");
	if (asked != NULL && language_parse(asked, &language))
		return language;
	const char *accepted = request_header(request, "Accept-Language");
	return accept_language_weight(accepted, "en") > accept_language_weight(accepted, "nl")
		       ? LANGUAGE_EN
		       : LANGUAGE_NL;
}

/* The headers that a page has. */
static void headers_add(struct request *request, enum language language, const struct text *policy)
{
	CHECK(policy->length > 0);
	request_add_header(request, "Content-Security-Policy", policy->data);
	request_add_header(request, "Content-Language", language_code(language));
	request_add_header(
		request, "Vary", "Cookie, Authorization, Accept-Language, Accept-Encoding");
	/* A form of this page must say where it came from; others need not know. */
	request_add_header(request, "Referrer-Policy", "same-origin");
	request_add_header(request, "Cross-Origin-Opener-Policy", "same-origin");
	request_add_header(request, "Cross-Origin-Resource-Policy", "same-origin");
}

static void answer(
	struct request *request, int status, enum language language, const struct text *policy)
{
	headers_add(request, language, policy);
	if (request->content_encoding == NULL && !request->out.failed &&
		request_takes_gzip(request) && gzip_deflate(&request->out))
		request->content_encoding = "gzip";
	request_answer(request, status, PAGE_TYPE);
}

void site_answer(struct request *request, int status, enum language language)
{
	answer(request, status, language, &visit_of(request)->site->policy);
}

void site_answer_worklist(struct request *request, int status, enum language language)
{
	answer(request, status, language, &visit_of(request)->site->worklist_policy);
}

void site_ask_sign_in(struct request *request)
{
	enum language language = site_language(request);
	request_add_header(request, "Location",
		language == LANGUAGE_EN ? "/sign-in?lang=en" : "/sign-in?lang=nl");
	site_answer(request, 303, language);
}

void definitions_handle(struct request *request)
{
	enum language language = site_language(request);
	definitions_print(language, &request->out);
	site_answer(request, 200, language);
}

void site_problem(struct request *request)
{
	const struct web *web = http_context(request->http);
	enum language language = site_language(request);
	struct text page = { 0 };
	CHECK(request->status >= 400);
	page_print_problem(language, request->status, &page);
	if (page.failed) {
		text_release(&page); /* The problem itself stays. */
		return;
	}
	text_release(&request->out);
	request->out = page;
	request->content_type = PAGE_TYPE;
	headers_add(request, language, &web->site->policy);
}
