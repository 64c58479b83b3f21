/*
 * daemon/web/site_sign_in.c - signing in to the page and out again.
 *
 * A token is shown once, in a form, and never kept: the cookie bears a session. It is
 * SameSite=Strict and opens nothing but the page and its CSV, so that no other site can make
 * a browser push or read anything with it; and a form must come from this very site.
 */
#include <strings.h>

#include "base/clock.h"
#include "daemon/web/site.h"

#define FIELD_MAX 256

static int hex_digit(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* Decodes a value of a form, without blanks; one that is too long or has a NUL is nothing. */
static void value_decode(struct bytes value, char out[FIELD_MAX])
{
	size_t used = 0;
	for (size_t i = 0; i < value.length; i++) {
		char c = (char)value.data[i];
		if (c == '%' && i + 2 < value.length) {
			int high = hex_digit((char)value.data[i + 1]);
			int low = hex_digit((char)value.data[i + 2]);
			if (high >= 0 && low >= 0) {
				c = (char)(high * 16 + low);
				i += 2;
			}
		}
		/* A token that was pasted may have blanks around it; it has none inside. */
		if (c == '+' || c == ' ' || c == '\t' || c == '\r' || c == '\n')
			continue;
		if (c == '\0' || used + 1 >= FIELD_MAX) {
			used = 0;
			break;
		}
		out[used++] = c;
	}
	out[used] = '\0';
}

/* The value of a field of an application/x-www-form-urlencoded body; "" when it is absent. */
static void field_find(struct bytes body, const char *name, char out[FIELD_MAX])
{
	size_t length = strlen(name);
	out[0] = '\0';
	while (body.length > 0) {
		const uint8_t *end = memchr(body.data, '&', body.length);
		size_t piece = end == NULL ? body.length : (size_t)(end - body.data);
		if (piece > length && body.data[length] == '=' &&
			memcmp(body.data, name, length) == 0) {
			value_decode(bytes_of(body.data + length + 1, piece - length - 1), out);
			return;
		}
		size_t step = end == NULL ? piece : piece + 1;
		body = bytes_of(body.data + step, body.length - step);
	}
}

/* Did a page of this site send the form? Old browsers say nothing, and then the cookie holds. */
static bool form_is_ours(const struct request *request)
{
	const char *site = request_header(request, "Sec-Fetch-Site");
	const char *origin = request_header(request, "Origin");
	const char *host = request_header(request, "Host");
	if (site != NULL)
		return strcmp(site, "same-origin") == 0;
	if (origin == NULL)
		return true;
	const char *name = strstr(origin, "://");
	return name != NULL && host != NULL && strcasecmp(name + 3, host) == 0;
}

/* True when a proxy says that the browser came by TLS. */
static bool is_under_tls(const struct request *request)
{
	const char *proto = request_header(request, "X-Forwarded-Proto");
	const char *forwarded = request_header(request, "Forwarded");
	return (proto != NULL && strncasecmp(proto, "https", 5) == 0) ||
	       (forwarded != NULL && strcasestr(forwarded, "proto=https") != NULL);
}

/* Sets the cookie, or takes it away when `id` is empty. */
static void cookie_set(struct request *request, const char *id)
{
	struct text cookie = { 0 };
	text_printf(&cookie, SITE_COOKIE "=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Strict%s", id,
		*id == '\0' ? 0 : (int)(SESSION_US / US_PER_SECOND),
		is_under_tls(request) ? "; Secure" : "");
	if (cookie.failed)
		request->out.failed = true;
	else
		request_add_header(request, "Set-Cookie", cookie.data);
	text_release(&cookie);
}

/* Goes on to the page, with GET. */
static void page_show(struct request *request, enum language language)
{
	request_add_header(
		request, "Location", language == LANGUAGE_EN ? "/?lang=en" : "/?lang=nl");
	site_answer(request, 303, language);
}

static void form_show(
	struct request *request, int status, enum language language, enum page_sign_in state)
{
	page_print_sign_in(language, state, &request->out);
	site_answer(request, status, language);
}

void sign_in_show_handle(struct request *request)
{
	form_show(request, 200, site_language(request), SIGN_IN_ASKED);
}

void sign_in_handle(struct request *request)
{
	char token[FIELD_MAX], code[FIELD_MAX], id[TOKEN_LENGTH + 1];
	struct bytes body = text_bytes(&request->body);
	enum language language = site_language(request);
	const char *type = request_header(request, "Content-Type");
	if (type == NULL || strncasecmp(type, "application/x-www-form-urlencoded", 33) != 0) {
		request_problem(
			request, 415, "signing in takes a form: application/x-www-form-urlencoded");
		return;
	}
	field_find(body, "lang", code);
	language_parse(code, &language);
	if (!form_is_ours(request)) {
		form_show(request, 403, language, SIGN_IN_FOREIGN);
		return;
	}
	field_find(body, "token", token);
	struct identity identity = access_find(request->access, bytes_of_string(token));
	if (identity.analyst == NULL) {
		form_show(request, 403, language, SIGN_IN_WRONG);
		return;
	}
	struct token_hash hash = token_hash_of(bytes_of_string(token));
	struct sessions *sessions = &request->server->site->sessions;
	sessions_end(sessions, site_cookie(request));
	sessions_begin(sessions, identity.analyst->name, &hash, clock_monotonic_us(), id);
	cookie_set(request, id);
	page_show(request, language);
}

void sign_out_handle(struct request *request)
{
	enum language language = site_language(request);
	if (!form_is_ours(request)) {
		form_show(request, 403, language, SIGN_IN_FOREIGN);
		return;
	}
	sessions_end(&request->server->site->sessions, site_cookie(request));
	cookie_set(request, "");
	page_show(request, language);
}
