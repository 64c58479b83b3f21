/*
 * daemon/web/api_worklist.h - GET /v1/worklist: a partner's own people whose news is running
 * out; and how any page comes by that list.
 */
#ifndef DAEMON_WEB_API_WORKLIST_H
#define DAEMON_WEB_API_WORKLIST_H

#include "engine/worklist_rows.h"

struct request;

void worklist_handle(struct request *request);

/* What of the list of the partner who asks. */
struct worklist_question {
	uint16_t municipality; /* or PART_ALL */
	enum worklist_part part;
	uint64_t limit; /* the first rows only; 0: all, which is refused when they are too many */
};

#define WORKLIST_PLACES_MAX 512

/* What is shown of it. */
struct worklist_shown {
	const struct worklist_rows *rows; /* head.limit of them */
	struct worklist_head head;
	const uint16_t *places; /* of all its rows, when the form asks for them */
	size_t place_count;
};

/* How it is shown. */
struct worklist_form {
	size_t row_bytes; /* of a row as it is printed */
	bool has_places;
	/* In the thread of a worker: appends the rows. */
	void (*print)(const struct worklist_shown *shown, const void *context, struct text *out);
	/* In the loop: answers 200 with what stands in request->out. */
	void (*answer)(struct request *request, const void *context);
	/* In the loop: answers with 400, 500 or 503 that it cannot be shown. NULL: with a problem.
	 */
	void (*refuse)(struct request *request, int status, const void *context);
};

/*
 * Answers a partner's request for its list. The daemon's rights and limits are looked at here, and
 * whoever is shown is written where it must be. `context`, of malloc() or NULL, is the form's and
 * is freed at the end.
 */
void worklist_answer(struct request *request, const struct worklist_question *question,
	const struct worklist_form *form, void *context);

/*
 * What `silent` says: silent already, not yet, or both (NULL). False: it is neither.
 */
bool worklist_part_parse(const char *silent, enum worklist_part *out);

#endif
