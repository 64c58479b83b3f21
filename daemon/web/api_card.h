/*
 * daemon/web/api_card.h - GET /v1/card: a sender's report card; and how the page comes by it.
 *
 * It is made of the partner's own events alone and names nobody: in the access log it is a look
 * at nobody.
 */
#ifndef DAEMON_WEB_API_CARD_H
#define DAEMON_WEB_API_CARD_H

#include "engine/card.h"

struct request;

void card_handle(struct request *request);

/* How it is shown. */
struct card_form {
	/* In the thread of a worker: appends it. */
	void (*print)(const struct card *card, const struct card_outcome *outcome,
		const void *context, struct text *out);
	/* In the loop: answers 200 with what stands in request->out. */
	void (*answer)(struct request *request, const void *context);
	/* In the loop: answers with 500 or 503 that it cannot be shown. NULL: with a problem. */
	void (*refuse)(struct request *request, int status, const void *context);
};

/*
 * Answers a partner's request for its card. `context`, of malloc() or NULL, is the form's and is
 * freed at the end.
 */
void card_answer(struct request *request, const struct card_form *form, void *context);

#endif
