/*
 * tools/import/send.h - sends the events that the rows of a list gave, as `ladder push`
 * does, and brings the daemon's answers back to the rows.
 */
#ifndef TOOLS_IMPORT_SEND_H
#define TOOLS_IMPORT_SEND_H

#include "base/clock.h"
#include "tools/common/daemon_tls.h"
#include "tools/import/rows.h"

struct sending {
	/* Set by the caller. */
	const char *to;
	const char *token;
	const struct daemon_tls *tls;
	const char *file; /* that is being sent, as people call it */
	int64_t retry_seconds;
	struct clock clock;

	/* What came of it. */
	uint64_t accepted;
	uint64_t duplicates;
};

/*
 * Sends all events of `rows`, in their order; a row with an event that the daemon rejects is
 * rejected. EX_OK, or the exit code: why is said, and some may have been sent.
 */
int import_send(struct sending *sending, struct rows *rows) NODISCARD;

#endif
