/*
 * daemon/web/site_card.c - see site_card.h.
 */
#include "daemon/web/site_card.h"

#include <stdlib.h>

#include "base/check.h"
#include "daemon/web/api_card.h"
#include "daemon/web/site.h"
#include "daemon/web/visit.h"
#include "page/card.h"

static struct card_view view_of(const struct request *request)
{
	const struct visit *visit = visit_of(request);
	return (struct card_view){
		.language = site_language(request),
		.partner = visit->identity.partner->name,
		.user = visit->user,
		.signed_in_by_cookie = request_header(request, "Authorization") == NULL,
	};
}

static void page_write(const struct card *card, const struct card_outcome *outcome,
	const void *context, struct text *out)
{
	card_page_print(context, card, outcome, out);
}

static void page_answer(struct request *request, const void *context)
{
	const struct card_view *view = context;
	site_answer(request, 200, view->language);
}

static void page_refuse(struct request *request, int status, const void *context)
{
	const struct card_view *view = context;
	CHECK(request->out.length == 0);
	card_notice_print(view, status == 503, &request->out);
	site_answer(request, status, view->language);
}

void card_page_handle(struct request *request)
{
	static const struct card_form form = {
		.print = page_write, .answer = page_answer, .refuse = page_refuse
	};
	if (visit_of(request)->identity.partner == NULL) {
		site_ask_sign_in(request);
		return;
	}
	struct card_view *view = malloc(sizeof(*view));
	if (view == NULL) {
		visit_store_error(request, ERR_FULL);
		return;
	}
	*view = view_of(request);
	card_answer(request, &form, view);
}
