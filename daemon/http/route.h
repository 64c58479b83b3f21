/*
 * daemon/http/route.h - which handler a path and a method lead to. Pure.
 */
#ifndef DAEMON_HTTP_ROUTE_H
#define DAEMON_HTTP_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

struct request;

/* What a path does for a method. The handler answers, or suspends the request. */
struct route {
	const char *method; /* "GET", which HEAD is served by as well, or "POST" */
	const char *path;   /* ends with '/', and is longer: what follows is request->rest */
	void (*handle)(struct request *request);
	bool takes_body;
	bool for_anyone;       /* a token is not looked at */
	unsigned rules;        /* of the door's owner, which are 0 unless given */
	const char *denied;    /* the sentence for who may not; the owner's too */
	size_t body_bytes_max; /* 0: that of the door */
};

/* A table of routes; one path may have a row for each method. */
struct routes {
	const struct route *rows;
	size_t count;
};

/* Where an address leads. */
struct route_match {
	const struct route *route; /* NULL: nowhere */
	const char *rest;          /* of the path, after the route's; in `address` or "" */
	const char *allow;         /* no route, but the path has these methods; else NULL */
	size_t length;             /* of `address`, up to the end of what the path was known by */
};

/*
 * `address` is a decoded path without its query, or a whole address, http://host/path
 * (RFC 9112, 3.2.2), of which the path counts.
 */
struct route_match route_find(const struct routes *routes, const char *method, const char *address);

#endif
