/*
 * daemon/server/inquiry.c - see inquiry.h.
 */
#include "daemon/server/inquiry.h"

#include "base/date.h"
#include "engine/split.h"
#include "store/reader.h"

struct inquiry inquiry_of(struct server *server)
{
	return (struct inquiry){
		.committer = server->committer,
		.refresher = server->refresher,
		.log = server->log,
	};
}

/* `lease`: what is in memory; NULL: from the log, as a replay does. */
static enum err ask_once(
	const struct inquiry *inquiry, struct reader *reader, const struct lease *lease)
{
	struct answers answers;
	unsigned threads = lease != NULL ? split_cores() : 1;
	enum err err = answers_init(&answers, threads, inquiry->stop);
	if (err != OK)
		return err;
	err = lease != NULL ? answers_recall(&answers, reader, lease, inquiry->known_us,
				      inquiry->municipality)
			    : answers_know(&answers, reader, inquiry->known_us);
	if (err == OK)
		err = inquiry->ask(inquiry->context, &answers, reader);
	answers_release(&answers);
	return err;
}

enum err inquiry_settle(struct committer *committer, bool is_newest, int64_t *known_us)
{
	enum err err = committer_settle(committer, *known_us);
	if (err != ERR_FULL)
		return err;
	int64_t settled_us = committer_settled_us(committer);
	/* It may have come to be settled a moment ago, and more than that. */
	if (settled_us >= *known_us)
		return OK;
	/* Days that were asked for are of what was now. */
	if (!is_newest || settled_us <= 0 || zone_day(settled_us) != zone_day(*known_us))
		return ERR_CONFLICT;
	*known_us = settled_us;
	return OK;
}

enum err inquiry_run(struct inquiry *inquiry)
{
	struct reader *reader = NULL;
	struct lease lease;
	enum err err = ERR_CONFLICT;
	if (atomic_load(inquiry->stop))
		return ERR_STOPPED;
	enum err settled =
		inquiry_settle(inquiry->committer, inquiry->is_newest, &inquiry->known_us);
	if (settled == OK)
		settled = reader_open(inquiry->log, &reader);
	if (settled != OK)
		return settled;
	if (refresher_lease(inquiry->refresher, &lease) == OK) {
		err = ask_once(inquiry, reader, &lease);
		lease_drop(&lease);
	}
	/* Memory is not of this log any more: somebody was erased or restricted meanwhile. */
	while (err == ERR_CONFLICT && !atomic_load(inquiry->stop)) {
		err = reader_renew(reader);
		if (err == OK)
			err = ask_once(inquiry, reader, NULL);
	}
	reader_close(reader);
	return err == ERR_CONFLICT ? ERR_STOPPED : err;
}
