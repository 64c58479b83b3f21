/*
 * daemon/server/server.c - see server.h.
 */
#include "daemon/server/server.h"

#include <stdio.h>

#include "base/check.h"

void server_audit(const struct server *server, const struct audit_entry *entry)
{
	audit_write(&server->audit, entry, clock_now_us(&server->clock));
}

unsigned server_wrong_token(
	struct server *server, const struct origin *origin, enum sign_in_way way)
{
	CHECK(way < SIGN_IN_WAYS);
	server->counters.sign_ins_refused[way]++;
	return sign_ins_wrong(server->sign_ins, origin, clock_monotonic_us(&server->clock));
}

const char *server_who(
	const struct identity *identity, const char *user, char space[SERVER_WHO_MAX])
{
	const char *name = identity_name(identity);
	const char *kind = identity->partner != NULL   ? "partner"
			   : identity->analyst != NULL ? "analyst"
						       : "scraper";
	if (name == NULL)
		return "nobody";
	int length = snprintf(space, SERVER_WHO_MAX, "%s %s%s%s", kind, name,
		user == NULL ? "" : "/", user == NULL ? "" : user);
	CHECK(length > 0 && length < SERVER_WHO_MAX);
	return space;
}
