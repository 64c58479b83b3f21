/*
 * daemon/web/routes.c - see routes.h.
 */
#include "daemon/web/routes.h"

#include "base/check.h"
#include "daemon/web/api_agreements.h"
#include "daemon/web/api_card.h"
#include "daemon/web/api_description.h"
#include "daemon/web/api_indicators.h"
#include "daemon/web/api_log.h"
#include "daemon/web/api_metrics.h"
#include "daemon/web/api_push.h"
#include "daemon/web/api_worklist.h"
#include "daemon/web/gate.h"
#include "daemon/web/site.h"
#include "daemon/web/site_card.h"
#include "daemon/web/site_compare.h"
#include "daemon/web/site_figures.h"
#include "daemon/web/site_sign_in.h"
#include "daemon/web/site_worklist.h"
#include "daemon/web/visit.h"

#define FORM_BYTES_MAX 4096

static const struct route rows[] = {
	{ .method = "POST",
		.path = "/v1/events",
		.handle = push_handle,
		.takes_body = true,
		.rules = FOR_PARTNERS,
		.denied = "only a partner's token may push events" },
	{ .method = "GET",
		.path = "/v1/events/",
		.handle = event_handle,
		.rules = FOR_PARTNERS | SHOWS_PERSONS,
		.denied = "a partner's own events are for its own token" },
	{ .method = "GET",
		.path = "/v1/log",
		.handle = log_handle,
		.rules = FOR_ANALYSTS | SHOWS_PERSONS,
		.denied = "the log is for the token of an analyst with log = yes" },
	{ .method = "GET",
		.path = "/v1/indicators",
		.handle = indicators_handle,
		.rules = FOR_ALL | SHOWS_FIGURES },
	{ .method = "GET",
		.path = "/v1/sums",
		.handle = sums_handle,
		.rules = FOR_ANALYSTS | SHOWS_FIGURES,
		.denied = "the sums are for the token of an analyst with sums = yes" },
	{ .method = "GET",
		.path = "/v1/worklist",
		.handle = worklist_handle,
		.rules = FOR_PARTNERS | SHOWS_PERSONS,
		.denied = "a work list is about a partner's own people: it is for the token of a "
			  "partner" },
	{ .method = "GET",
		.path = "/v1/card",
		.handle = card_handle,
		.rules = FOR_PARTNERS | SHOWS_PERSONS,
		.denied = "a report card is about a partner's own events: it is for the token of a "
			  "partner" },
	{ .method = "GET",
		.path = "/v1/agreements",
		.handle = agreements_handle,
		.rules = FOR_PARTNERS | SHOWS_AGREED,
		.denied = "agreements are shown to the partner that they are with: by its token" },
	{ .method = "GET",
		.path = "/v1/openapi.json",
		.handle = openapi_handle,
		.for_anyone = true },
	{ .method = "GET", .path = "/v1/ladder.proto", .handle = proto_handle, .for_anyone = true },
	{ .method = "GET",
		.path = "/metrics",
		.handle = metrics_handle,
		.rules = FOR_ALL | SHOWS_FIGURES | SHOWS_METRICS },
	{ .method = "GET",
		.path = "/",
		.handle = page_handle,
		.rules = FOR_ALL | SHOWS_FIGURES | TAKES_COOKIE },
	{ .method = "GET",
		.path = "/figures.csv",
		.handle = figures_csv_handle,
		.rules = FOR_ALL | SHOWS_FIGURES | TAKES_COOKIE },
	{ .method = "GET",
		.path = "/compare",
		.handle = compare_handle,
		.rules = FOR_ALL | SHOWS_FIGURES | TAKES_COOKIE },
	{ .method = "GET",
		.path = "/worklist",
		.handle = worklist_page_handle,
		.rules = FOR_NOBODYS | FOR_PARTNERS | SHOWS_PERSONS | TAKES_COOKIE,
		.denied = "a work list is about a partner's own people: it is for the token of a "
			  "partner" },
	{ .method = "GET",
		.path = "/card",
		.handle = card_page_handle,
		.rules = FOR_NOBODYS | FOR_PARTNERS | SHOWS_PERSONS | TAKES_COOKIE,
		.denied = "a report card is about a partner's own events: it is for the token of a "
			  "partner" },
	{ .method = "GET",
		.path = "/definitions",
		.handle = definitions_handle,
		.for_anyone = true },
	{ .method = "GET", .path = "/sign-in", .handle = sign_in_show_handle, .for_anyone = true },
	{ .method = "POST",
		.path = "/sign-in",
		.handle = sign_in_handle,
		.takes_body = true,
		.for_anyone = true,
		.body_bytes_max = FORM_BYTES_MAX },
	{ .method = "POST",
		.path = "/sign-out",
		.handle = sign_out_handle,
		.takes_body = true,
		.for_anyone = true,
		.body_bytes_max = FORM_BYTES_MAX },
	{ .method = "GET", .path = "/healthz", .handle = health_handle, .for_anyone = true },
	{ .method = "GET", .path = "/readyz", .handle = ready_handle, .for_anyone = true },
};

struct http_options routes_options(struct web *web)
{
	const struct config *config = web->server->config;
	CHECK(config != NULL && web->site != NULL);
	return (struct http_options){
		.listener = -1,
		.hosts = config->http_hosts,
		.clock = web->server->clock,
		.certificate = web->server->certificates.of[DOOR_HTTP],
		.routes = { rows, ARRAY_LENGTH(rows) },
		.connections_max = config->limits_connections_max,
		.idle_seconds_max = config->limits_idle_seconds_max,
		.headers_seconds_max = config->limits_headers_seconds_max,
		.transfer_seconds_max = config->limits_transfer_seconds_max,
		.transfer_bytes_per_second_min = config->limits_transfer_bytes_per_second_min,
		.body_bytes_max = config->limits_body_bytes_max,
		.bodies_bytes_max = config_queue_bytes_max(config),
		.strangers = &web->server->accounts->strangers.share,
		.visit_size = sizeof(struct visit),
		.release = gate_release,
		.admit = gate_admit,
		.claim = gate_claim,
		.astray = gate_astray,
		.answering = gate_answering,
		.problem = site_problem,
		.left = visit_left,
		.admits = gate_admits,
		.unshaken = gate_unshaken,
		.opened = gate_opened,
		.closed = gate_closed,
		.context = web,
	};
}
