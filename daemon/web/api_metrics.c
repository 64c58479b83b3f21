/*
 * daemon/web/api_metrics.c - see api_metrics.h.
 */
#include "daemon/web/api_metrics.h"

#include "base/check.h"
#include "daemon/http/gzip.h"
#include "daemon/server/follower.h"
#include "daemon/web/gate.h"
#include "daemon/web/visit.h"

#define RETRY_SECONDS 1

static const char plain[] = "text/plain; charset=utf-8";

static void store_print(struct server *server, enum exposition exposition, struct text *out)
{
	struct care care;
	struct reason reason;
	caretaker_look(server->caretaker, &care);
	const struct counters_store store = {
		.writable = !server->stopping && !log_is_damaged(server->log, &reason) &&
			    !committer_has_failed(server->committer, &reason) &&
			    !committer_is_short_of_space(server->committer, &reason),
		.scrub_round = care.round,
		.scrub_findings = care.findings,
		.reader_age_us = care.reader.age_us,
	};
	counters_print_store(&store, exposition, out);
}

/* Of a follower only: a main lacks nothing. */
static void lag_print(struct server *server, enum exposition exposition, struct text *out)
{
	struct following following;
	if (server->follower == NULL || !committer_follows(server->committer))
		return;
	follower_look(server->follower, &following);
	counters_print_lag(following.lag_records, exposition, out);
}

/*
 * The daemon's health and the internal figures of its municipalities for a scraper or an analyst;
 * for anybody else what is published.
 */
static void metrics_answer(struct request *request)
{
	struct snapshot snapshot;
	struct reason reason;
	const struct visit *visit = visit_of(request);
	const struct identity *identity = &visit->identity;
	bool internal = gate_has_internal_metrics(identity);
	bool published = gate_has_published_metrics(identity);
	bool as_openmetrics =
		request_prefers(request, "application/openmetrics-text", "text/plain");
	CHECK(!internal || !published);
	if ((internal || published) && visit_snapshot(request, &snapshot, &reason) == OK) {
		metrics_print(internal ? &snapshot.figures->metrics : &snapshot.published->metrics,
			internal ? gate_may_see_metrics : NULL, identity, &request->out);
		snapshot_drop(&snapshot);
	}
	enum exposition exposition = as_openmetrics ? EXPOSITION_OPENMETRICS : EXPOSITION_TEXT;
	if (gate_has_health(identity)) {
		counters_print(&visit->server->counters, exposition,
			gate_has_partner_counters(identity), &request->out);
		store_print(visit->server, exposition, &request->out);
		counters_print_age(
			refresher_age_us(visit->server->refresher), exposition, &request->out);
		lag_print(visit->server, exposition, &request->out);
	}
	if (as_openmetrics)
		text_add_string(&request->out, "# EOF\n");
	if (request_takes_gzip(request) && !request->out.failed && gzip_deflate(&request->out))
		request->content_encoding = "gzip";
	request_answer(request, 200,
		as_openmetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
			       : "text/plain; version=0.0.4; charset=utf-8");
}

void metrics_handle(struct request *request)
{
	static const char *const parameters[] = { NULL };
	if (!request_query_check(request, parameters))
		return;
	/* What is published does not change with the second. */
	if (gate_has_internal_metrics(&visit_of(request)->identity))
		visit_when_fresh(request, metrics_answer, NULL);
	else
		metrics_answer(request);
}

void health_handle(struct request *request)
{
	text_add_string(&request->out, "ok\n");
	request_answer(request, 200, plain);
}

void ready_handle(struct request *request)
{
	struct server *server = visit_of(request)->server;
	struct snapshot snapshot;
	struct reason reason;
	if (server->stopping)
		request_try_later(request, 503, RETRY_SECONDS, "stopping");
	else if (server_cannot_serve(server, &reason))
		request_try_later(request, 503, RETRY_SECONDS, reason.text);
	else if (visit_snapshot(request, &snapshot, &reason) != OK)
		request_try_later(request, 503, RETRY_SECONDS, reason.text);
	else {
		snapshot_drop(&snapshot);
		text_add_string(&request->out, "ok\n");
		server_warnings_add(server, "warning: ", "\n", &request->out);
		request_answer(request, 200, plain);
	}
}
