/*
 * ingest/rights.h - what a partner may send.
 */
#ifndef INGEST_RIGHTS_H
#define INGEST_RIGHTS_H

#include "proto/validate.h"

struct rights {
	uint64_t types; /* bit 1 << enum event_type */
	bool all_municipalities;
	const uint16_t *municipalities; /* those that are named, sorted */
	size_t municipality_count;
};

/*
 * What makes figures public, takes them back, or shows them to another partner (an
 * agreement) is in no `*`: the section of the partner must name both the type and the
 * municipality.
 */
bool rights_must_be_named(enum event_type type);

/* Could it publish when `*` still included that, where its section does not name it? */
bool rights_published_by_star(const struct rights *rights);

/* True when `municipality` is among the rights'. */
bool rights_have_municipality(const struct rights *rights, uint16_t municipality);

/*
 * VERDICT_ACCEPTED, or VERDICT_REJECTED with type_not_allowed or
 * municipality_not_allowed in *rejection (but for its index).
 */
enum verdict rights_check(
	const struct rights *rights, const struct event *event, struct rejection *rejection);

#endif
