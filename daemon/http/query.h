/*
 * daemon/http/query.h - the parameters of an address: each is known, given once, with a value.
 *
 * Pure: names and values come in decoded, one after the other. A parameter that would have no
 * effect is refused, so that nobody takes an answer for that to another question.
 */
#ifndef DAEMON_HTTP_QUERY_H
#define DAEMON_HTTP_QUERY_H

#include <stdint.h>

#include "base/err.h"

#define QUERY_PARAMETERS_MAX 32 /* that one path knows */

struct query_check {
	const char *const *known; /* at most QUERY_PARAMETERS_MAX names, then NULL */
	uint32_t seen;            /* bit per known name */
};

/*
 * The next parameter; `value` is NULL when there is no "=". ERR_INVALID: it is not known, was
 * there before or has no value: *reason says so, and does not repeat what was sent.
 */
enum err query_take(struct query_check *check, const char *name, const char *value,
	struct reason *reason) NODISCARD;

/*
 * The whole number from `min` to `max` that `text` is: up to 18 digits and nothing else.
 * ERR_INVALID: it is none, *reason names the parameter. *out stays on error.
 */
enum err query_number(const char *name, const char *text, uint64_t min, uint64_t max, uint64_t *out,
	struct reason *reason) NODISCARD;

#endif
