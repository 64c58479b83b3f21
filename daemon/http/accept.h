/*
 * daemon/http/accept.h - what a header like Accept prefers (RFC 9110, 12.4 and 12.5).
 *
 * Pure: a header's value comes in, NULL when it is absent. Weights are in thousandths: 1000 is
 * the most, 0 says that something is not wanted, and is also what is not named.
 */
#ifndef DAEMON_HTTP_ACCEPT_H
#define DAEMON_HTTP_ACCEPT_H

#include <stdbool.h>

#define ACCEPT_WEIGHT_MAX 1000

/*
 * The weight 0..ACCEPT_WEIGHT_MAX of what the header names itself, whatever the case of its
 * letters: a media type, an encoding. The best one, when it is named more than once.
 */
int accept_weight(const char *accept, const char *name);

/*
 * Does Accept name `wanted` and prefer it to `usual`? Both are media types. What is not named
 * has the weight of the range it is in, of its type or of all types; named beats a range of the
 * same weight.
 */
bool accept_prefers(const char *accept, const char *wanted, const char *usual);

/* The same as accept_weight() of Accept-Language for a primary language: nl-BE counts for nl. */
int accept_language_weight(const char *accept, const char *language);

#endif
