/*
 * daemon/loop.c - see loop.h.
 */
#include "daemon/loop.h"

#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/logging.h"
#include "daemon/http/http.h"
#include "daemon/server/follower.h"
#include "daemon/stream.h"
#include "daemon/transport.h"

#define DRAIN_MS_MAX 20000 /* for the answers of what is in flight */
#define WATCH_MS     200   /* between two looks at the other threads */

struct loop {
	struct loop_duties duties;
	struct event_base *base;
	struct event *http_timer;
	int64_t drain_until_us; /* monotonic; 0: not draining */
	enum err err;
	struct reason *reason;
};

static void timer_set(struct event *timer, int ms)
{
	struct timeval delay = { ms / 1000, ms % 1000 * 1000 };
	if (ms >= 0)
		event_add(timer, &delay);
	else
		event_del(timer);
}

static void on_http(evutil_socket_t fd, short what, void *context)
{
	struct loop *loop = context;
	(void)fd;
	(void)what;
	http_run(loop->duties.http);
	timer_set(loop->http_timer, http_timeout_ms(loop->duties.http));
}

static void on_end(evutil_socket_t number, short what, void *context)
{
	struct loop *loop = context;
	struct server *server = loop->duties.server;
	(void)number;
	(void)what;
	if (server->stopping)
		return;
	logging(SEVERITY_INFO, "stopping: no more batches are taken");
	server->stopping = true;
	loop->drain_until_us = clock_monotonic_us(&server->clock) + DRAIN_MS_MAX * INT64_C(1000);
	http_quiesce(loop->duties.http);
	stream_quiesce(loop->duties.stream);
}

static void on_reload(evutil_socket_t number, short what, void *context)
{
	struct loop *loop = context;
	(void)number;
	(void)what;
	loop->duties.reload(loop->duties.context);
}

/* Looks after the other threads, and whether all is answered when ending. */
static void on_watch(evutil_socket_t fd, short what, void *context)
{
	struct loop *loop = context;
	const struct loop_duties *duties = &loop->duties;
	const struct server *server = duties->server;
	duties->turn(duties->context);
	/* After a shortage of descriptors the library listens again only when it is run. */
	http_sweep(duties->http);
	stream_sweep(duties->stream);
	on_http(fd, what, context);
	if (loop->err == OK) {
		loop->err = server_has_failed(server, loop->reason);
		if (loop->err != OK)
			on_end(0, 0, loop);
	}
	/* The store is not the main's: a restart does not mend that. */
	if (loop->err == OK && follower_has_failed(server->follower, loop->reason)) {
		loop->err = ERR_CORRUPT;
		on_end(0, 0, loop);
	}
	bool answered = http_requests(duties->http) == 0 && stream_is_answered(duties->stream);
	if (loop->drain_until_us != 0 &&
		(answered || clock_monotonic_us(&server->clock) > loop->drain_until_us))
		event_base_loopbreak(loop->base);
}

/* What wakes the loop. */
struct wakes {
	struct event *events[5];
	struct event *watcher;
};

static void wakes_release(struct loop *loop, struct wakes *wakes)
{
	for (size_t i = 0; i < ARRAY_LENGTH(wakes->events); i++) {
		if (wakes->events[i] != NULL)
			event_free(wakes->events[i]);
	}
	if (wakes->watcher != NULL)
		event_free(wakes->watcher);
	if (loop->http_timer != NULL)
		event_free(loop->http_timer);
	loop->http_timer = NULL;
}

/* False: there is no memory. To be released also then. */
static bool wakes_make(struct loop *loop, struct wakes *wakes)
{
	const struct timeval watch = { 0, WATCH_MS * 1000 };
	const struct http *http = loop->duties.http;
	*wakes = (struct wakes){
		.events = {
			event_new(loop->base, http_fd(http), EV_READ | EV_PERSIST, on_http, loop),
			event_new(loop->base, http_done_fd(http), EV_READ | EV_PERSIST, on_http,
				loop),
			evsignal_new(loop->base, SIGTERM, on_end, loop),
			evsignal_new(loop->base, SIGINT, on_end, loop),
			evsignal_new(loop->base, SIGHUP, on_reload, loop),
		},
		.watcher = event_new(loop->base, -1, EV_PERSIST, on_watch, loop),
	};
	loop->http_timer = evtimer_new(loop->base, on_http, loop);
	bool made = wakes->watcher != NULL && loop->http_timer != NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(wakes->events) && made; i++)
		made = wakes->events[i] != NULL && event_add(wakes->events[i], NULL) == 0;
	return made && event_add(wakes->watcher, &watch) == 0;
}

static void run(struct loop *loop)
{
	struct wakes wakes;
	if (wakes_make(loop, &wakes)) {
		signals_block(false);
		event_base_dispatch(loop->base);
	} else {
		loop->err = fail(loop->reason, ERR_FULL, "there is no memory for the loop");
	}
	wakes_release(loop, &wakes);
}

void signals_block(bool block)
{
	sigset_t ours;
	sigemptyset(&ours);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGHUP);
	CHECK(pthread_sigmask(block ? SIG_BLOCK : SIG_UNBLOCK, &ours, NULL) == 0);
}

enum err loop_new(struct loop **out, struct reason *reason)
{
	struct loop *loop = calloc(1, sizeof(*loop));
	if (loop == NULL)
		return fail(reason, ERR_FULL, "no memory");
	transport_begin();
	loop->base = event_base_new();
	if (loop->base == NULL) {
		loop_free(loop);
		return fail(reason, ERR_FULL, "libevent does not start");
	}
	*out = loop;
	return OK;
}

struct event_base *loop_base(const struct loop *loop)
{
	return loop->base;
}

enum err loop_run(struct loop *loop, const struct loop_duties *duties, struct reason *reason)
{
	CHECK(duties->server != NULL && duties->http != NULL);
	CHECK(duties->reload != NULL && duties->turn != NULL);
	loop->duties = *duties;
	loop->reason = reason;
	run(loop);
	return loop->err;
}

void loop_free(struct loop *loop)
{
	if (loop == NULL)
		return;
	if (loop->base != NULL)
		event_base_free(loop->base);
	free(loop);
}
