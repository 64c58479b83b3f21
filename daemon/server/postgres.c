/*
 * daemon/server/postgres.c - see postgres.h.
 */
#include "daemon/server/postgres.h"

#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/check.h"
#include "base/file.h"
#include "daemon/server/cluster_sql.h"

#define ANSWER_US      (10 * INT64_C(1000000))  /* without a sign of life of the server */
#define POLL_US        (1 * INT64_C(1000000))   /* without news it is asked whether there is */
#define BLOCK_ROWS     "200"                    /* that are asked for at once, ... */
#define BLOCK_BYTES    "8388608"                /* ... and about so many bytes of them */
#define PRUNE_US       (600 * INT64_C(1000000)) /* between two looks for days to drop */
#define PROMISE        "the cluster does not keep its promise: "
#define SCHEMA_VERSION 1 /* of the tables, and ... */
#define FUNCTIONS      2 /* of the functions that cluster.sql makes */
#define NUMBER_SIZE    24
#define UUID_SIZE      37

struct postgres {
	struct postgres_options options;
	PQconninfoOption *parts; /* what options.where says */
	struct clock clock;
	char session[UUID_SIZE]; /* of this process */
	PGconn *connection;
	int wake_fd;
	PGresult *block; /* rows that were read, and are on a standby */
	int block_at;
	uint64_t news_pos; /* there are rows up to here, at least */
	uint64_t sure_pos; /* all up to here are on a standby */
	uint64_t applied;  /* all up to here are durable in the store */
	bool warned;       /* the server said that a wait for the standby was broken off */
	int64_t polled_us; /* monotonic: of the last read */
	int64_t pruned_us;
};

static enum err lost(struct postgres *postgres, struct reason *reason, const char *what)
{
	PQclear(postgres->block);
	postgres->block = NULL;
	PQfinish(postgres->connection);
	postgres->connection = NULL;
	return fail(reason, ERR_IO, "the cluster does not answer: %s", what);
}

/* A commit whose wait was broken off is reported as done, with a warning. */
static void on_notice(void *context, const PGresult *result)
{
	struct postgres *postgres = context;
	const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
	if (severity != NULL && strcmp(severity, "WARNING") == 0)
		postgres->warned = true;
}

/*
 * Waits until the server's socket can be used. False: not in time. A large row on a slow line takes
 * as long as it takes, while something moves.
 */
static bool socket_await(const struct postgres *postgres, short events)
{
	struct pollfd fd = { .fd = PQsocket(postgres->connection), .events = events };
	int64_t until_us = clock_monotonic_us(&postgres->clock) + ANSWER_US;
	for (;;) {
		int64_t left_us = until_us - clock_monotonic_us(&postgres->clock);
		if (left_us <= 0)
			return false;
		int ready = poll(&fd, 1, (int)(left_us / 1000) + 1);
		if (ready > 0)
			return true;
		if (ready < 0 && errno != EINTR)
			return false;
	}
}

static bool flush(const struct postgres *postgres)
{
	int left;
	while ((left = PQflush(postgres->connection)) == 1) {
		/* The server may have to be heard before it hears. */
		if (!socket_await(postgres, POLLIN | POLLOUT) ||
			PQconsumeInput(postgres->connection) == 0)
			return false;
	}
	return left == 0;
}

/* What the server's refusal means. */
static enum err refused(struct postgres *postgres, const PGresult *result, struct reason *reason)
{
	const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *said = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	if (said == NULL)
		said = "the connection was lost";
	if (code != NULL && strcmp(code, "LD001") == 0)
		return fail(reason, ERR_CONFLICT, PROMISE "%s", said);
	if (code != NULL && strcmp(code, "LD003") == 0)
		return fail(reason, ERR_CONFLICT, "%s", said);
	return lost(postgres, reason, said);
}

/*
 * Has the server do a statement, or several where there are no parameters, and waits for what the
 * last one says. The caller clears *out.
 */
static enum err ask(struct postgres *postgres, const char *statement, int count,
	const char *const *values, const int *lengths, PGresult **out, struct reason *reason)
{
	PGconn *connection = postgres->connection;
	const int formats[8] = { [4] = 1 };
	PGresult *result = NULL;
	if (connection == NULL)
		return fail(reason, ERR_IO, "the cluster is not connected");
	CHECK(count <= (int)ARRAY_LENGTH(formats));
	postgres->warned = false;
	int sent = count == 0 ? PQsendQuery(connection, statement)
			      : PQsendQueryParams(connection, statement, count, NULL, values,
					lengths, lengths == NULL ? NULL : formats, 0);
	if (sent == 0 || !flush(postgres))
		return lost(postgres, reason, "it takes no statement");
	for (;;) {
		while (PQisBusy(connection)) {
			if (!socket_await(postgres, POLLIN) || PQconsumeInput(connection) == 0) {
				PQclear(result);
				return lost(postgres, reason,
					"a statement took too long, or the connection was lost");
			}
		}
		PGresult *next = PQgetResult(connection);
		if (next == NULL)
			break;
		bool good = PQresultStatus(next) == PGRES_TUPLES_OK ||
			    PQresultStatus(next) == PGRES_COMMAND_OK;
		PQclear(result);
		result = next;
		if (!good) {
			enum err err = refused(postgres, result, reason);
			PQclear(result);
			/* The rest of what it says is taken, so that it can be asked again. */
			while (postgres->connection != NULL &&
				(next = PQgetResult(connection)) != NULL)
				PQclear(next);
			return err;
		}
	}
	if (result == NULL || postgres->warned) {
		PQclear(result);
		return lost(postgres, reason, "a wait for the standby was broken off");
	}
	*out = result;
	return OK;
}

/* The same, when nothing of what it says is of interest. */
static enum err tell(struct postgres *postgres, const char *statement, int count,
	const char *const *values, struct reason *reason)
{
	PGresult *result = NULL;
	enum err err = ask(postgres, statement, count, values, NULL, &result, reason);
	if (err == OK)
		PQclear(result);
	return err;
}

static uint64_t number_at(const PGresult *result, int row, int column)
{
	return strtoull(PQgetvalue(result, row, column), NULL, 10);
}

static const char *number_print(int64_t number, char space[NUMBER_SIZE])
{
	snprintf(space, NUMBER_SIZE, "%lld", (long long)number);
	return space;
}

static bool hex_read(const char *text, uint8_t *out, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		unsigned byte;
		/* Between the groups of a uuid. */
		while (*text == '-')
			text++;
		if (sscanf(text, "%2x", &byte) != 1 || text[1] == '\0')
			return false;
		out[i] = (uint8_t)byte;
		text += 2;
	}
	return *text == '\0';
}

/* Opens a connection to the server that writes; a few seconds for each host. */
static enum err server_connect(struct postgres *postgres, struct reason *reason)
{
	char name[128];
	snprintf(name, sizeof(name), "ladderd %s", postgres->options.node);
	/* What stands in the configuration comes last, and so holds. */
	const char *const keys[] = { "application_name", "target_session_attrs", "connect_timeout",
		"keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout",
		"client_encoding", "dbname", NULL };
	const char *const values[] = { name, "read-write", "3", "5", "2", "3", "10000", "UTF8",
		postgres->options.where, NULL };
	PGconn *connection = PQconnectdbParams(keys, values, 1);
	if (connection == NULL || PQstatus(connection) != CONNECTION_OK) {
		/* The library's own words, on one line; they have no password. */
		char said[256];
		snprintf(said, sizeof(said), "%s",
			connection == NULL ? "no memory" : PQerrorMessage(connection));
		for (char *at = said; (at = strpbrk(at, "\n\t")) != NULL;)
			*at = ' ';
		PQfinish(connection);
		return fail(reason, ERR_IO, "the cluster cannot be reached: %s", said);
	}
	PQsetNoticeReceiver(connection, on_notice, postgres);
	postgres->connection = connection;
	if (PQsetnonblocking(connection, 1) != 0)
		return lost(postgres, reason, "no memory");
	return tell(postgres,
		"SET lock_timeout = '5s'; SET client_min_messages = warning; "
		"SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; "
		"SET tcp_keepalives_count = 3; SET tcp_user_timeout = 10000",
		0, NULL, reason);
}

/* Which tables and functions there are; 0 and 0: none yet. */
static enum err versions_ask(
	struct postgres *postgres, uint64_t *tables, uint64_t *functions, struct reason *reason)
{
	PGresult *result = NULL;
	*tables = 0;
	*functions = 0;
	enum err err = ask(postgres, "SELECT to_regclass('ladderd.node') IS NOT NULL", 0, NULL,
		NULL, &result, reason);
	if (err != OK)
		return err;
	bool made = PQgetvalue(result, 0, 0)[0] == 't';
	PQclear(result);
	if (!made)
		return OK;
	/* The first tables had no such column. */
	err = ask(postgres,
		"SELECT version, coalesce(to_jsonb(c)->>'functions', '0') FROM ladderd.cluster c",
		0, NULL, NULL, &result, reason);
	if (err != OK)
		return err;
	bool is_one = PQntuples(result) == 1;
	if (is_one) {
		*tables = number_at(result, 0, 0);
		*functions = number_at(result, 0, 1);
	}
	PQclear(result);
	return is_one ? OK : fail(reason, ERR_INVALID, "the tables of the cluster are damaged");
}

/* Makes the tables where they are absent, and anew the functions of an older program. */
static enum err schema_make(struct postgres *postgres, struct reason *reason)
{
	uint64_t tables, functions;
	enum err err = versions_ask(postgres, &tables, &functions, reason);
	if (err == OK && (tables == 0 || tables == SCHEMA_VERSION) && functions < FUNCTIONS) {
		err = tell(postgres, cluster_sql, 0, NULL, reason);
		if (err == OK)
			err = versions_ask(postgres, &tables, &functions, reason);
	}
	if (err != OK || tables == SCHEMA_VERSION)
		return err;
	return fail(reason, ERR_INVALID,
		"the tables of the cluster have version %llu, this program knows %d: use the "
		"ladderd that they are of",
		(unsigned long long)tables, SCHEMA_VERSION);
}

/*
 * Takes the name of this node for the session. An older connection of this process, which the
 * server does not know to be dead, is ended; that of another process is left alone.
 */
static enum err name_take(struct postgres *postgres, struct reason *reason)
{
	const char *const name[] = { postgres->options.node };
	const char *const both[] = { postgres->options.node, postgres->session };
	PGresult *result = NULL;
	enum err err = ask(postgres, "SELECT pg_try_advisory_lock(1818321000, hashtext($1))", 1,
		name, NULL, &result, reason);
	if (err != OK)
		return err;
	bool taken = PQgetvalue(result, 0, 0)[0] == 't';
	PQclear(result);
	if (!taken) {
		/* Only whoever has that lock now: a number of a process is given out again. */
		err = tell(postgres,
			"SELECT pg_terminate_backend(l.pid) FROM ladderd.node n "
			"JOIN pg_locks l ON l.pid = n.pid AND l.locktype = 'advisory' "
			"AND l.classid = 1818321000 AND l.objsubid = 2 "
			"AND l.objid::bigint = (hashtext(n.name)::bigint & 4294967295) "
			"WHERE n.name = $1 AND n.session = $2::uuid",
			2, both, reason);
		return err != OK ? err
				 : fail(reason, ERR_CONFLICT,
					   "another ladderd is connected to the cluster as %s, or "
					   "was until a moment ago: give each its own [cluster] "
					   "node",
					   postgres->options.node);
	}
	return tell(postgres,
		"INSERT INTO ladderd.node AS n (name, session, pid) "
		"VALUES ($1, $2::uuid, pg_backend_pid()) ON CONFLICT (name) DO UPDATE SET "
		"pid = excluded.pid, session = excluded.session, seen = now(), "
		"number = CASE WHEN n.session = excluded.session THEN n.number ELSE 0 END",
		2, both, reason);
}

/* What a store that has followed nothing yet must have: what the first one had. */
static enum err base_check(
	struct postgres *postgres, const struct intake_store *store, struct reason *reason)
{
	char seq[NUMBER_SIZE], at[NUMBER_SIZE];
	int64_t at_us = store->last_recorded_us > 0 ? store->last_recorded_us : 0;
	const char *const values[] = { number_print((int64_t)store->last_seq, seq),
		number_print(at_us, at) };
	PGresult *result = NULL;
	enum err err = tell(postgres,
		"UPDATE ladderd.cluster SET base_seq = $1::bigint, base_at = $2::bigint "
		"WHERE base_seq IS NULL AND (SELECT pos FROM ladderd.head) = 0",
		2, values, reason);
	if (err == OK)
		err = ask(postgres, "SELECT base_seq, base_at FROM ladderd.cluster", 0, NULL, NULL,
			&result, reason);
	if (err != OK)
		return err;
	bool same = !PQgetisnull(result, 0, 0) && number_at(result, 0, 0) == store->last_seq &&
		    number_at(result, 0, 1) == (uint64_t)at_us;
	unsigned long long base = PQgetisnull(result, 0, 0) ? 0 : number_at(result, 0, 0);
	PQclear(result);
	return same ? OK
		    : fail(reason, ERR_INVALID,
			      "this store has %llu records and follows no cluster yet; the stores "
			      "of this cluster began with other %llu: start from a backup of one "
			      "of its nodes",
			      (unsigned long long)store->last_seq, base);
}

/* Is the cluster the one that the store followed, and not behind it? */
static enum err place_check(
	const PGresult *head, const struct log_place *place, struct reason *reason)
{
	enum { ID, SYSTEM, SYSTEM_NOW, POS, CHAIN, OWN_CHAIN, FIRST };
	uint8_t id[LOG_CLUSTER_SIZE], chain[LOG_CHAIN_SIZE];
	uint64_t pos = number_at(head, 0, POS), first = number_at(head, 0, FIRST);
	bool has_own = !PQgetisnull(head, 0, OWN_CHAIN);
	if (PQgetisnull(head, 0, FIRST))
		first = pos + 1;
	if (strcmp(PQgetvalue(head, 0, SYSTEM), PQgetvalue(head, 0, SYSTEM_NOW)) != 0)
		return fail(reason, ERR_INVALID,
			"the server's database is a copy of the cluster's: it has the system "
			"identifier %s, and the cluster %s; if it took over, say so there as "
			"docs/cluster.md has it",
			PQgetvalue(head, 0, SYSTEM_NOW), PQgetvalue(head, 0, SYSTEM));
	if (place->pos > 0 && (!hex_read(PQgetvalue(head, 0, ID), id, sizeof(id)) ||
				      memcmp(id, place->cluster, sizeof(id)) != 0))
		return fail(reason, ERR_INVALID,
			"this store follows another cluster than the one that [cluster] postgres "
			"leads to");
	if (pos < place->pos)
		return fail(reason, ERR_INVALID,
			"the cluster ends at row %llu and this store has %llu: the cluster was "
			"taken back, and rows that were acknowledged are missing there",
			(unsigned long long)pos, (unsigned long long)place->pos);
	if (first > place->pos + 1)
		return fail(reason, ERR_INVALID,
			"this store needs row %llu of the cluster, which has rows from %llu on: "
			"start from a newer backup of one of its nodes",
			(unsigned long long)place->pos + 1, (unsigned long long)first);
	if (place->pos == 0 || (!has_own && pos > place->pos))
		return OK;
	if (!hex_read(PQgetvalue(head, 0, has_own ? OWN_CHAIN : CHAIN) + 2, chain, sizeof(chain)) ||
		memcmp(chain, place->chain, sizeof(chain)) != 0)
		return fail(reason, ERR_INVALID,
			"row %llu of the cluster is not the one that this store has: two servers "
			"have written, or the cluster was taken back",
			(unsigned long long)place->pos);
	return OK;
}

static enum err store_check(struct postgres *postgres, const struct intake_store *store,
	uint8_t cluster[LOG_CLUSTER_SIZE], struct reason *reason)
{
	char pos[NUMBER_SIZE];
	const char *const values[] = { number_print((int64_t)store->place->pos, pos) };
	PGresult *head = NULL;
	enum err err = ask(postgres,
		"SELECT c.id, c.system, s.system_identifier, h.pos, h.chain, "
		"(SELECT chain FROM ladderd.log l WHERE l.pos = $1::bigint), "
		"(SELECT min(pos) FROM ladderd.log) "
		"FROM ladderd.cluster c, ladderd.head h, pg_control_system() s",
		1, values, NULL, &head, reason);
	if (err != OK)
		return err;
	if (PQntuples(head) != 1)
		err = fail(reason, ERR_INVALID, "the tables of the cluster are damaged");
	if (err == OK)
		err = place_check(head, store->place, reason);
	if (err == OK && !hex_read(PQgetvalue(head, 0, 0), cluster, LOG_CLUSTER_SIZE))
		err = fail(reason, ERR_INVALID, "the tables of the cluster are damaged");
	PQclear(head);
	return err == OK && store->place->pos == 0 ? base_check(postgres, store, reason) : err;
}

static void postgres_disconnect(void *self)
{
	struct reason reason;
	enum err err = lost(self, &reason, "");
	CHECK(err == ERR_IO);
}

static enum err postgres_connect(void *self, const struct intake_store *store,
	uint8_t cluster[LOG_CLUSTER_SIZE], struct reason *reason)
{
	struct postgres *postgres = self;
	postgres_disconnect(postgres);
	enum err err = server_connect(postgres, reason);
	if (err == OK)
		err = schema_make(postgres, reason);
	if (err == OK)
		err = name_take(postgres, reason);
	if (err == OK)
		err = store_check(postgres, store, cluster, reason);
	if (err == OK)
		err = tell(postgres, "LISTEN ladderd", 0, NULL, reason);
	/* To be asked for once, whatever was announced before. */
	postgres->news_pos = UINT64_MAX;
	postgres->sure_pos = 0;
	if (err != OK && postgres->connection != NULL)
		postgres_disconnect(postgres);
	return err;
}

/* Up to which row there is a backup, as `ladder backup` noted in the store; 0: none. */
static uint64_t backed_up(const struct postgres *postgres)
{
	char path[FILE_PATH_MAX], line[NUMBER_SIZE] = "";
	if (file_join(postgres->options.store_path, "backed-up", path, sizeof(path)) != OK)
		return 0;
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return 0;
	bool read = fgets(line, sizeof(line), file) != NULL;
	fclose(file);
	return read ? strtoull(line, NULL, 10) : 0;
}

/* Drops the days that nobody needs any more; notes what is in a backup. */
static enum err prune(struct postgres *postgres, struct reason *reason)
{
	char pos[NUMBER_SIZE], days[NUMBER_SIZE], applied[NUMBER_SIZE];
	const char *const note[] = { postgres->options.node,
		number_print((int64_t)backed_up(postgres), pos),
		number_print((int64_t)postgres->applied, applied) };
	const char *const keep[] = { number_print(postgres->options.keep_days, days) };
	enum err err = tell(postgres,
		"UPDATE ladderd.node SET backed_up = greatest(backed_up, $2::bigint), "
		"applied = $3::bigint, seen = now() WHERE name = $1",
		3, note, reason);
	return err == OK ? tell(postgres, "SELECT ladderd.prune($1::integer)", 1, keep, reason)
			 : err;
}

/* Why the cluster does not keep its promise, of what it said of itself; OK: it does. */
static enum err promise_check(const PGresult *result, struct reason *reason)
{
	enum { BROKEN, STANDBYS, SEES };
	if (!PQgetisnull(result, 0, BROKEN))
		return fail(reason, ERR_CONFLICT, PROMISE "%s", PQgetvalue(result, 0, BROKEN));
	if (PQgetvalue(result, 0, SEES)[0] != 't')
		return fail(reason, ERR_CONFLICT,
			"whether the cluster keeps its promise cannot be seen: the role needs "
			"pg_monitor");
	if (number_at(result, 0, STANDBYS) == 0)
		return fail(reason, ERR_CONFLICT, PROMISE "no synchronous standby is connected");
	return OK;
}

static enum err postgres_look(void *self, struct reason *reason)
{
	struct postgres *postgres = self;
	char now[NUMBER_SIZE];
	const char *const values[] = { number_print(clock_now_us(&postgres->clock), now) };
	PGresult *result = NULL;
	enum err err = ask(postgres,
		"SELECT ladderd.broken(), (SELECT count(*) FROM pg_stat_replication "
		"WHERE sync_state IN ('sync', 'quorum') AND state = 'streaming'), "
		"pg_has_role('pg_read_all_stats', 'USAGE'), ladderd.clock_off($1::bigint)",
		1, values, NULL, &result, reason);
	if (err != OK)
		return err;
	if (!PQgetisnull(result, 0, 3))
		err = fail(reason, ERR_CONFLICT, "%s", PQgetvalue(result, 0, 3));
	else if (!postgres->options.lax)
		err = promise_check(result, reason);
	PQclear(result);
	int64_t now_us = clock_monotonic_us(&postgres->clock);
	bool due = postgres->pruned_us == 0 || now_us - postgres->pruned_us > PRUNE_US;
	if (err != OK || !due)
		return err;
	postgres->pruned_us = now_us;
	return prune(postgres, reason);
}

/*
 * Asked after a commit: the wait for the standby is let go of, without a word, where the settings
 * changed meanwhile. The session has read them anew by now.
 */
static enum err still_promised(struct postgres *postgres, struct reason *reason)
{
	PGresult *result = NULL;
	if (postgres->options.lax)
		return OK;
	enum err err = ask(postgres, "SELECT ladderd.broken()", 0, NULL, NULL, &result, reason);
	if (err != OK)
		return err;
	if (!PQgetisnull(result, 0, 0))
		err = fail(reason, ERR_CONFLICT, PROMISE "%s", PQgetvalue(result, 0, 0));
	PQclear(result);
	return err;
}

static enum err postgres_propose(void *self, uint64_t number, int64_t at_us, struct bytes bytes,
	struct intake_row *row, struct reason *reason)
{
	struct postgres *postgres = self;
	char nr[NUMBER_SIZE], at[NUMBER_SIZE];
	const char *const values[] = { postgres->options.node, postgres->session,
		number_print((int64_t)number, nr), number_print(at_us, at),
		(const char *)bytes.data, postgres->options.lax ? "t" : "f" };
	const int lengths[] = { 0, 0, 0, 0, (int)bytes.length, 0 };
	PGresult *result = NULL;
	CHECK(bytes.length > 0 && bytes.length < INT32_MAX);
	enum err err = ask(postgres,
		"SELECT pos, at, chain FROM ladderd.propose($1, $2::uuid, $3::bigint, $4::bigint, "
		"$5::bytea, "
		"$6::boolean)",
		6, values, lengths, &result, reason);
	if (err != OK)
		return err;
	*row = (struct intake_row){
		.pos = number_at(result, 0, 0), .number = number, .bytes = bytes
	};
	/* Proposed twice, and dropped since: it is read from where it was, or the store stops. */
	row->at_us = PQgetisnull(result, 0, 1) ? 0 : (int64_t)number_at(result, 0, 1);
	bool read = row->at_us == 0 ||
		    hex_read(PQgetvalue(result, 0, 2) + 2, row->chain, sizeof(row->chain));
	PQclear(result);
	if (!read)
		return fail(reason, ERR_INVALID, "the tables of the cluster are damaged");
	/* It is in the log of a server; of which standby is not known, so it is no refusal. */
	err = still_promised(postgres, reason);
	if (err == ERR_CONFLICT) {
		struct reason why = *reason;
		return lost(postgres, reason, why.text);
	}
	if (err != OK)
		return err;
	if (row->pos > postgres->sure_pos)
		postgres->sure_pos = row->pos;
	if (postgres->news_pos != UINT64_MAX && row->pos > postgres->news_pos)
		postgres->news_pos = row->pos;
	return OK;
}

/*
 * Makes sure that all up to `pos` is on a standby: commits a change of its own, which waits for
 * one. Without a row to change there would be nothing to commit, and no wait.
 */
static enum err assure(struct postgres *postgres, uint64_t pos, struct reason *reason)
{
	char applied[NUMBER_SIZE];
	const char *const note[] = { postgres->options.node,
		number_print((int64_t)postgres->applied, applied) };
	PGresult *result = NULL;
	enum err err = ask(postgres,
		"UPDATE ladderd.node SET applied = $2::bigint, seen = now() WHERE name = $1 "
		"RETURNING 1",
		2, note, NULL, &result, reason);
	if (err != OK)
		return err;
	bool changed = PQntuples(result) == 1;
	PQclear(result);
	if (!changed)
		return lost(postgres, reason, "it does not know this node any more");
	err = still_promised(postgres, reason);
	if (err == OK && pos > postgres->sure_pos)
		postgres->sure_pos = pos;
	return err;
}

/* Reads rows, and makes sure that they are on a standby before anybody sees them. */
static enum err block_read(struct postgres *postgres, uint64_t after, struct reason *reason)
{
	char pos[NUMBER_SIZE];
	const char *const values[] = { number_print((int64_t)after, pos), postgres->session };
	PGresult *block = NULL;
	enum err err = ask(postgres,
		"SELECT pos, at, chain, batch, own FROM (SELECT *, "
		"sum(length(batch)) OVER (ORDER BY pos) - length(batch) AS before FROM "
		"(SELECT pos, at, chain, batch, "
		"CASE WHEN session = $2::uuid THEN number ELSE 0 END AS own "
		"FROM ladderd.log WHERE pos > $1::bigint "
		"ORDER BY pos LIMIT " BLOCK_ROWS ") AS few) AS counted "
		"WHERE before < " BLOCK_BYTES " ORDER BY pos",
		2, values, NULL, &block, reason);
	postgres->polled_us = clock_monotonic_us(&postgres->clock);
	if (err != OK)
		return err;
	int count = PQntuples(block);
	if (count == 0) {
		PQclear(block);
		postgres->news_pos = after;
		return ERR_NOT_FOUND;
	}
	uint64_t last = number_at(block, count - 1, 0);
	if (last > postgres->sure_pos)
		err = assure(postgres, last, reason);
	if (err != OK) {
		PQclear(block);
		return err;
	}
	postgres->block = block;
	postgres->block_at = 0;
	return OK;
}

/* The bytes of a column in hexadecimal, in its own place. False: it is none. */
static bool hex_in_place(char *text, struct bytes *out)
{
	size_t length = strlen(text);
	if (length < 2 || text[0] != '\\' || text[1] != 'x' || length % 2 != 0)
		return false;
	static const char digits[] = "0123456789abcdef";
	size_t size = (length - 2) / 2;
	for (size_t i = 0; i < size; i++) {
		const char *high = strchr(digits, text[2 + 2 * i]);
		const char *low = strchr(digits, text[3 + 2 * i]);
		if (high == NULL || low == NULL)
			return false;
		text[i] = (char)((high - digits) << 4 | (low - digits));
	}
	*out = bytes_of(text, size);
	return true;
}

static enum err postgres_next(
	void *self, uint64_t after, uint64_t applied, struct intake_row *row, struct reason *reason)
{
	struct postgres *postgres = self;
	struct bytes chain;
	enum err err = OK;
	if (postgres->block != NULL && postgres->block_at == PQntuples(postgres->block)) {
		PQclear(postgres->block);
		postgres->block = NULL;
	}
	postgres->applied = applied;
	if (postgres->block == NULL && postgres->news_pos <= after)
		return ERR_NOT_FOUND;
	if (postgres->block == NULL)
		err = block_read(postgres, after, reason);
	if (err != OK)
		return err;
	int at = postgres->block_at++;
	row->pos = number_at(postgres->block, at, 0);
	row->at_us = (int64_t)number_at(postgres->block, at, 1);
	row->number = number_at(postgres->block, at, 4);
	if (row->pos != after + 1 || !hex_in_place(PQgetvalue(postgres->block, at, 2), &chain) ||
		chain.length != sizeof(row->chain) ||
		!hex_in_place(PQgetvalue(postgres->block, at, 3), &row->bytes))
		return fail(reason, ERR_INVALID, "row %llu of the cluster is missing or damaged",
			(unsigned long long)after + 1);
	memcpy(row->chain, chain.data, sizeof(row->chain));
	return OK;
}

static enum err postgres_wait(void *self, int64_t us, struct reason *reason)
{
	struct postgres *postgres = self;
	struct pollfd fds[] = {
		{ .fd = postgres->wake_fd, .events = POLLIN },
		{ .fd = postgres->connection == NULL ? -1 : PQsocket(postgres->connection),
			.events = POLLIN },
	};
	uint64_t count;
	if (poll(fds, ARRAY_LENGTH(fds), (int)(us / 1000)) > 0 && fds[0].revents != 0)
		(void)!read(postgres->wake_fd, &count, sizeof(count));
	if (postgres->connection == NULL)
		return OK;
	if (fds[1].revents != 0 && PQconsumeInput(postgres->connection) == 0)
		return lost(postgres, reason, "the connection was lost");
	PGnotify *notify;
	while ((notify = PQnotifies(postgres->connection)) != NULL) {
		uint64_t pos = strtoull(notify->extra, NULL, 10);
		if (pos > postgres->news_pos)
			postgres->news_pos = pos;
		PQfreemem(notify);
	}
	/* A word that was lost on the way costs a second, not the row. */
	if (clock_monotonic_us(&postgres->clock) - postgres->polled_us > POLL_US)
		postgres->news_pos = UINT64_MAX;
	return OK;
}

static void postgres_wake(void *self)
{
	const struct postgres *postgres = self;
	const uint64_t one = 1;
	/* It is full only when it is to wake anyway. */
	(void)!write(postgres->wake_fd, &one, sizeof(one));
}

enum err postgres_new(const struct postgres_options *options, struct intake *out)
{
	uint8_t id[16];
	struct postgres *postgres = calloc(1, sizeof(*postgres));
	if (postgres == NULL)
		return ERR_FULL;
	postgres->options = *options;
	postgres->clock = clock_system();
	postgres->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	postgres->parts = PQconninfoParse(options->where, NULL);
	if (postgres->parts == NULL || postgres->wake_fd < 0 ||
		getrandom(id, sizeof(id), 0) != sizeof(id)) {
		if (postgres->wake_fd >= 0)
			close(postgres->wake_fd);
		PQconninfoFree(postgres->parts);
		free(postgres);
		return ERR_FULL;
	}
	for (size_t i = 0; i < sizeof(id); i++)
		snprintf(postgres->session + 2 * i, 3, "%02x", id[i]);
	*out = (struct intake){
		.self = postgres,
		.connect = postgres_connect,
		.look = postgres_look,
		.propose = postgres_propose,
		.next = postgres_next,
		.wait = postgres_wait,
		.wake = postgres_wake,
		.disconnect = postgres_disconnect,
	};
	return OK;
}

void postgres_free(struct intake *intake)
{
	struct postgres *postgres = intake->self;
	if (postgres == NULL)
		return;
	postgres_disconnect(postgres);
	close(postgres->wake_fd);
	PQconninfoFree(postgres->parts);
	free(postgres);
	*intake = (struct intake){ .self = NULL };
}

size_t postgres_files(const struct intake *intake, const char *files[POSTGRES_FILES_MAX])
{
	static const char *const system[] = { "/etc/hosts", "/etc/resolv.conf",
		"/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf", "/etc/ssl/openssl.cnf" };
	static const char *const keys[] = { "passfile", "sslrootcert", "sslcert", "sslkey",
		"sslcrl" };
	const struct postgres *postgres = intake->self;
	size_t count = 0;
	CHECK_STATIC(ARRAY_LENGTH(system) + ARRAY_LENGTH(keys) <= POSTGRES_FILES_MAX);
	for (size_t i = 0; i < ARRAY_LENGTH(system); i++)
		files[count++] = system[i];
	for (const PQconninfoOption *part = postgres->parts; part->keyword != NULL; part++) {
		for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
			if (strcmp(part->keyword, keys[i]) == 0 && part->val != NULL &&
				part->val[0] == '/')
				files[count++] = part->val;
		}
	}
	return count;
}

enum err postgres_check(const char *where, struct reason *reason)
{
	char *said = NULL;
	PQconninfoOption *options = PQconninfoParse(where, &said);
	bool good = options != NULL;
	PQconninfoFree(options);
	PQfreemem(said);
	return good ? OK
		    : fail(reason, ERR_INVALID,
			      "must be what libpq takes, as host=a,b,c dbname=ladderd "
			      "user=ladderd");
}
