/*
 * daemon/server/postgres.h - the intake that is a table of a PostgreSQL cluster: the one file that
 * sees libpq.
 *
 * The tables and propose() are in cluster.sql, which connect() has the server make. Statements wait
 * no longer than some seconds for their answer; then the connection is given up, and what became of
 * a proposal is asked on the next one. Two things make sure that what is returned is on a
 * synchronous standby:
 *  - A proposal is answered after its commit, which waits for the standby. Where that wait was
 *    broken off, by the server's end or its administrator, the row may be seen and yet be lost. So
 *    whoever asks again, and whoever reads rows of others, first commits a change of its own: it
 *    comes after the rows in the server's own log, and so they are on the standby when it is.
 *  - propose() looks at the settings that the session has, in the same transaction, and they are
 *    asked for again after each commit: where they changed, the server lets go of who waits for a
 *    standby without a word.
 */
#ifndef DAEMON_SERVER_POSTGRES_H
#define DAEMON_SERVER_POSTGRES_H

#include "base/clock.h"
#include "daemon/server/intake.h"

struct postgres_options {
	const char *where; /* as libpq takes it: host=a,b,c dbname=… */
	const char *node;  /* the name of this node, unique in the cluster */
	bool lax;          /* acknowledge also what a single server would lose */
	unsigned keep_days;
	const char *store_path; /* where `ladder backup` notes what it has */
};

/* ERR_FULL: no memory or descriptor. *out borrows the options' strings. */
enum err postgres_new(const struct postgres_options *options, struct intake *out) NODISCARD;
void postgres_free(struct intake *intake);

/*
 * The files that a connection reads, as `where` names them, and those by which the system finds
 * names: they live as long as the intake. Some may not be there.
 */
#define POSTGRES_FILES_MAX 16
size_t postgres_files(const struct intake *intake, const char *files[POSTGRES_FILES_MAX]);

/* Can libpq read it? ERR_INVALID: no; *reason says why, without what is in it. */
enum err postgres_check(const char *where, struct reason *reason) NODISCARD;

#endif
