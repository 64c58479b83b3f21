/*
 * daemon/web/site_worklist.c - see site_worklist.h.
 *
 * The list is read, limited and guarded as that of the API; here it is only shown otherwise.
 */
#include "daemon/web/site_worklist.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/date.h"
#include "daemon/web/api_worklist.h"
#include "daemon/web/gate.h"
#include "daemon/web/site.h"
#include "daemon/web/visit.h"
#include "page/worklist.h"

#define ROW_BYTES 768 /* of a row as HTML, or with all its words */

/* What is asked, and who asks: the context of the form. */
struct list_asked {
	struct worklist_view view; /* without rows */
	bool for_excel;
};

static const char *place_name(const void *context, uint16_t municipality)
{
	return access_place_name(context, municipality);
}

static struct worklist_view view_of(const struct request *request)
{
	const struct visit *visit = visit_of(request);
	return (struct worklist_view){
		.language = site_language(request),
		.partner = visit->identity.partner->name,
		.user = visit->user,
		.signed_in_by_cookie = request_header(request, "Authorization") == NULL,
		.municipality = PART_ALL,
		.place_name = place_name,
		.context = visit->access,
	};
}

static struct worklist_view view_filled(
	const struct list_asked *asked, const struct worklist_shown *shown)
{
	struct worklist_view view = asked->view;
	view.rows = shown->rows;
	view.head = shown->head;
	view.places = shown->places;
	view.place_count = shown->place_count;
	return view;
}

static void page_write(const struct worklist_shown *shown, const void *context, struct text *out)
{
	struct worklist_view view = view_filled(context, shown);
	worklist_page_print(&view, out);
}

static void page_answer(struct request *request, const void *context)
{
	const struct list_asked *asked = context;
	site_answer_worklist(request, 200, asked->view.language);
}

static void table_write(const struct worklist_shown *shown, const void *context, struct text *out)
{
	const struct list_asked *asked = context;
	struct worklist_view view = view_filled(asked, shown);
	if (asked->for_excel)
		worklist_excel_print(&view, out);
	else
		worklist_rows_print_csv(shown->rows, &shown->head, out);
}

static void table_answer(struct request *request, const void *context)
{
	const struct list_asked *asked = context;
	char name[96], day[DATE_LENGTH + 1];
	date_print(server_today(visit_of(request)->server), day);
	snprintf(name, sizeof(name), "attachment; filename=\"worklist-%s%s.csv\"", day,
		asked->for_excel ? "-excel" : "");
	request_add_header(request, "Content-Disposition", name);
	request_add_header(request, "Content-Language", language_code(asked->view.language));
	request_add_header(request, "Vary", "Cookie, Authorization, Accept-Language");
	request_add_header(request, "Cross-Origin-Resource-Policy", "same-origin");
	request_answer(request, 200, "text/csv; charset=utf-8; header=present");
}

static void notice_answer(struct request *request, int status, enum worklist_notice notice)
{
	struct worklist_view view = view_of(request);
	CHECK(request->out.length == 0);
	worklist_notice_print(&view, notice, &request->out);
	site_answer_worklist(request, status, view.language);
}

static void list_refuse(struct request *request, int status, const void *context)
{
	CHECK(context != NULL);
	notice_answer(request, status,
		status == 400   ? WORKLIST_TOO_LONG
		: status == 503 ? WORKLIST_BUSY
				: WORKLIST_BROKEN);
}

/* A parameter of the query; one left empty, as a form does, is not given. */
static const char *parameter(const struct request *request, const char *name)
{
	const char *value = request_query(request, name);
	return value == NULL || *value == '\0' ? NULL : value;
}

/* Answers when it cannot be read, or may not be asked. */
static bool question_read(struct request *request, struct worklist_question *out)
{
	const char *municipality = parameter(request, "municipality");
	*out = (struct worklist_question){ .municipality = PART_ALL };
	if (!worklist_part_parse(parameter(request, "silent"), &out->part) ||
		(municipality != NULL && strcmp(municipality, "all") != 0 &&
			!municipality_parse(bytes_of_string(municipality), &out->municipality))) {
		notice_answer(request, 400, WORKLIST_BAD_ADDRESS);
		return false;
	}
	if (out->municipality != PART_ALL &&
		!gate_may_list(visit_of(request)->identity.partner, out->municipality)) {
		notice_answer(request, 403, WORKLIST_FORBIDDEN);
		return false;
	}
	return true;
}

void worklist_page_handle(struct request *request)
{
	static const struct worklist_form page = { .row_bytes = ROW_BYTES,
		.has_places = true,
		.print = page_write,
		.answer = page_answer,
		.refuse = list_refuse };
	static const struct worklist_form table = { .row_bytes = ROW_BYTES,
		.print = table_write,
		.answer = table_answer,
		.refuse = list_refuse };
	const char *reader = parameter(request, "for");
	struct worklist_question question;
	if (visit_of(request)->identity.partner == NULL) {
		site_ask_sign_in(request);
		return;
	}
	if (reader != NULL && strcmp(reader, "excel") != 0 && strcmp(reader, "csv") != 0) {
		notice_answer(request, 400, WORKLIST_BAD_ADDRESS);
		return;
	}
	if (!question_read(request, &question))
		return;
	struct list_asked *asked = calloc(1, sizeof(*asked));
	if (asked == NULL) {
		visit_store_error(request, ERR_FULL);
		return;
	}
	asked->view = view_of(request);
	asked->view.municipality = question.municipality;
	asked->view.part = question.part;
	asked->for_excel = reader != NULL && strcmp(reader, "excel") == 0;
	if (reader == NULL)
		question.limit = WORKLIST_PAGE_ROWS;
	worklist_answer(request, &question, reader == NULL ? &page : &table, asked);
}
