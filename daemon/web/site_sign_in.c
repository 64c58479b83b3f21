/*
 * daemon/web/site_sign_in.c - see site_sign_in.h.
 *
 * A token is shown once, in a form, and never kept: the cookie bears a session. It is
 * SameSite=Strict and opens nothing but the page and its CSV, so that no other site can make
 * a browser push or read anything with it; and a form must come from this very site.
 */
#include "daemon/web/site_sign_in.h"

#include "base/clock.h"
#include "daemon/http/form.h"
#include "daemon/web/gate.h"
#include "daemon/web/site.h"
#include "daemon/web/visit.h"

/* Did a page of this site send the form? */
static bool is_ours(const struct request *request)
{
	return form_is_ours(request_header(request, "Sec-Fetch-Site"),
		request_header(request, "Origin"), request_header(request, "Host"));
}

/* Sets the cookie, or takes it away when `id` is empty. */
static void cookie_set(struct request *request, const char *id)
{
	struct text cookie = { 0 };
	text_printf(&cookie, "%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Strict%s",
		site_cookie_name(request), id, *id == '\0' ? 0 : (int)(SESSION_US / US_PER_SECOND),
		site_is_under_tls(request) ? "; Secure" : "");
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

/* The token of nobody, or of somebody whom the form is not for. */
static void wrong_answer(
	struct request *request, const struct identity *identity, enum language language)
{
	unsigned seconds = 0;
	if (identity_is_nobody(identity))
		seconds = gate_wrong_token(request, BY_FORM);
	else
		gate_audit_sign_in(request, identity, AUDIT_REFUSED);
	request->retry_seconds = seconds;
	form_show(request, seconds > 0 ? 429 : 403, language, SIGN_IN_WRONG);
}

void sign_in_handle(struct request *request)
{
	char token[FORM_VALUE_MAX], code[FORM_VALUE_MAX], id[TOKEN_LENGTH + 1];
	struct bytes body = text_bytes(&request->body);
	enum language language = site_language(request);
	struct visit *visit = visit_of(request);
	if (!form_is_one(request_header(request, "Content-Type"))) {
		request_problem(
			request, 415, "signing in takes a form: application/x-www-form-urlencoded");
		return;
	}
	form_value(body, "lang", code);
	language_parse(code, &language);
	if (!is_ours(request)) {
		gate_audit_sign_in(request, &(struct identity){ 0 }, AUDIT_REFUSED);
		form_show(request, 403, language, SIGN_IN_FOREIGN);
		return;
	}
	form_value(body, "token", token);
	struct identity identity = access_find(visit->access, bytes_of_string(token),
		request_client_key(request), server_today(visit->server));
	if (identity.analyst == NULL) {
		wrong_answer(request, &identity, language);
		return;
	}
	gate_audit_sign_in(request, &identity, AUDIT_ACCEPTED);
	struct token_hash hash = token_hash_of(bytes_of_string(token));
	struct sessions *sessions = &visit->site->sessions;
	sessions_end(sessions, site_cookie(request));
	sessions_begin(sessions, identity.analyst->name, &hash,
		clock_monotonic_us(&visit->server->clock), id);
	cookie_set(request, id);
	page_show(request, language);
}

void sign_out_handle(struct request *request)
{
	enum language language = site_language(request);
	if (!is_ours(request)) {
		form_show(request, 403, language, SIGN_IN_FOREIGN);
		return;
	}
	sessions_end(&visit_of(request)->site->sessions, site_cookie(request));
	cookie_set(request, "");
	page_show(request, language);
}
