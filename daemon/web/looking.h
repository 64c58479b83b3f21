/*
 * daemon/web/looking.h - requests that show records of persons, and the access log.
 *
 * The handler of a route that SHOWS_PERSONS begins a look in the loop's thread, hands it to whoever
 * prints, and calls look_at() for each person there, look_write() or look_end() before what was
 * printed is handed back (looks/look.h). Before it answers with 200 it calls looking_noted(): an
 * answer without is a mistake of ours, which the gate holds. Where a look could not be written it
 * calls looking_failed(), or answers by looking_unwritable().
 */
#ifndef DAEMON_WEB_LOOKING_H
#define DAEMON_WEB_LOOKING_H

#include "daemon/http/request.h"
#include "daemon/server/access.h"
#include "looks/look.h"

/*
 * Begins a look of the request by `identity`; `user` is who of a partner's people looks, or NULL.
 * Both are of the visit where a token says who asks, of the session where a cookie does. The
 * table of persons counts for the request's memory. To be released before the request ends.
 */
void looking_begin(const struct request *request, const struct identity *identity, const char *user,
	struct look *out);

/*
 * What is shown is in the access log: the first of it, where it is an answer in pieces. A first
 * piece that shows nobody has no span: the read as a whole has one at its end.
 */
void looking_noted(struct request *request, const struct look *look);

/* Tells the operator, once until it can be written again. */
void looking_failed(const struct request *request, const struct look *look);

/* The same, and answers that the access log cannot be written (503). */
void looking_unwritable(struct request *request, const struct look *look);

#endif
