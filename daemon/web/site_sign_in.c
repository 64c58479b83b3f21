/*
 * daemon/web/site_sign_in.c - see site_sign_in.h.
 *
 * A token is shown once, in a form, and never kept: the cookie bears a session. It opens
 * nothing but pages and their CSV, which change nothing and which no other site can read; so it is
 * SameSite=Lax, and who comes by a link from a letter is still signed in. A form must come from
 * this very site. It lasts longer than the session, so that a session that ended can be told.
 */
#include "daemon/web/site_sign_in.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "daemon/http/form.h"
#include "daemon/web/gate.h"
#include "daemon/web/site.h"
#include "daemon/web/visit.h"
#include "page/link.h"

#define COOKIE_SECONDS (7 * 86400)

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
	text_printf(&cookie, "%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Lax%s",
		site_cookie_name(request), id, *id == '\0' ? 0 : COOKIE_SECONDS,
		site_is_under_tls(request) ? "; Secure" : "");
	if (cookie.failed)
		request->out.failed = true;
	else
		request_add_header(request, "Set-Cookie", cookie.data);
	text_release(&cookie);
}

/* Goes on to a page, with GET: to where one was (`back`), when that is a page. */
static void page_show(
	struct request *request, const char *path, enum language language, const char *back)
{
	char location[32];
	snprintf(location, sizeof(location), "%s?lang=%s", path, language_code(language));
	request_add_header(request, "Location", link_is_page(back) ? back : location);
	site_answer(request, 303, language);
}

static void form_show(struct request *request, int status, enum language language,
	enum page_sign_in state, const char *back)
{
	page_print_sign_in(language, state, link_is_page(back) ? back : NULL, &request->out);
	site_answer(request, status, language);
}

void sign_in_show_handle(struct request *request)
{
	form_show(request, 200, site_language(request), SIGN_IN_ASKED,
		request_query(request, "back"));
}

/* The token of nobody, or of somebody whom the form is not for. */
static void wrong_answer(struct request *request, const struct identity *identity,
	enum language language, const char *back)
{
	unsigned seconds = 0;
	if (identity_is_nobody(identity))
		seconds = gate_wrong_token(request, BY_FORM);
	else
		gate_audit_sign_in(request, identity, AUDIT_REFUSED);
	request->retry_seconds = seconds;
	form_show(request, seconds > 0 ? 429 : 403, language, SIGN_IN_WRONG, back);
}

/* Is it said who of the partner's people looks, where it must be? Answers when not. */
static bool user_is_good(struct request *request, const struct identity *identity, const char *user,
	enum language language, const char *back)
{
	/* The session opens the pages that show records of persons. */
	static const struct route persons = { .rules = FOR_PARTNERS | SHOWS_PERSONS };
	if (gate_user(&persons, identity, *user == '\0' ? NULL : user) == GATE_USER_GOOD)
		return true;
	gate_audit_sign_in(request, identity, AUDIT_REFUSED);
	form_show(request, 400, language, *user == '\0' ? SIGN_IN_NO_USER : SIGN_IN_BAD_USER, back);
	return false;
}

/* Begins the session of who showed the token. */
static void session_begin(struct request *request, const struct identity *identity,
	const char *token, const char *user)
{
	char id[TOKEN_LENGTH + 1];
	struct visit *visit = visit_of(request);
	struct token_hash hash = token_hash_of(bytes_of_string(token));
	struct sessions *sessions = &visit->site->sessions;
	sessions_end(sessions, site_cookie(request));
	sessions_begin(
		sessions, identity, user, &hash, clock_monotonic_us(&visit->server->clock), id);
	cookie_set(request, id);
}

void sign_in_handle(struct request *request)
{
	char token[FORM_VALUE_MAX], code[FORM_VALUE_MAX], user[FORM_VALUE_MAX],
		back[FORM_VALUE_MAX];
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
	form_value(body, "back", back);
	if (!is_ours(request)) {
		gate_audit_sign_in(request, &(struct identity){ 0 }, AUDIT_REFUSED);
		form_show(request, 403, language, SIGN_IN_FOREIGN, back);
		return;
	}
	form_value(body, "token", token);
	struct identity identity = access_find(visit->access, bytes_of_string(token),
		request_client_key(request), server_today(visit->server));
	if (identity.analyst == NULL && identity.partner == NULL) {
		wrong_answer(request, &identity, language, back);
		return;
	}
	form_value(body, "user", user);
	if (!user_is_good(request, &identity, user, language, back))
		return;
	if (identity.partner != NULL && user[0] != '\0')
		visit_set_user(visit, user);
	gate_audit_sign_in(request, &identity, AUDIT_ACCEPTED);
	session_begin(request, &identity, token, visit->user);
	/* To a partner the page shows nothing more than before. */
	if (identity.partner != NULL && strncmp(back, "/worklist", strlen("/worklist")) != 0)
		back[0] = '\0';
	page_show(request, identity.partner != NULL ? "/worklist" : "/", language, back);
}

void sign_out_handle(struct request *request)
{
	enum language language = site_language(request);
	if (!is_ours(request)) {
		form_show(request, 403, language, SIGN_IN_FOREIGN, NULL);
		return;
	}
	sessions_end(&visit_of(request)->site->sessions, site_cookie(request));
	cookie_set(request, "");
	page_show(request, "/", language, NULL);
}
