/*
 * daemon/server/account.h - what each of those who come takes of what all share: the memory of
 * buffers, and its rates. Partners, analysts and scrapers have an account each, whatever door
 * they come through; who shows no token shares one with all others who do not.
 *
 * The loop's thread; what is taken of a share may be given back by any.
 */
#ifndef DAEMON_SERVER_ACCOUNT_H
#define DAEMON_SERVER_ACCOUNT_H

#include "base/bucket.h"
#include "base/budget.h"
#include "daemon/server/access.h"

#define ACCOUNTS_MAX    512 /* with a name; the rest share one */
#define STRANGERS_PARTS 8   /* strangers get a ninth of the memory at most */

struct account {
	char name[ACCESS_NAME_LENGTH_MAX + 16]; /* "partner isd" */
	struct share share;
	struct bucket events; /* that it pushes, if it is a partner */
	struct bucket bytes;
};

struct account_limits {
	size_t memory_max;
	uint64_t events_per_second_max; /* of a partner; BUCKET_UNLIMITED: as many as come */
	uint64_t bytes_per_second_max;
};

struct accounts {
	struct account_limits limits;
	struct budget budget;
	struct account strangers;
	struct account rest; /* of those for whom there was no place */
	size_t count;
	struct account items[ACCOUNTS_MAX];
};

void accounts_init(struct accounts *accounts, const struct account_limits *limits, int64_t now_us);

/* Nobody may hold anything any more. */
void accounts_release(struct accounts *accounts);

/* Whose account it is, made when it is new; it stays as long as `accounts`. Monotonic time. */
struct account *account_of(
	struct accounts *accounts, const struct identity *identity, int64_t now_us);

/* The microseconds that a partner must wait before its next batch; 0: none. */
int64_t account_wait_us(struct account *account, int64_t now_us);

/* It pushed so much; account_wait_us() says when it may again. */
void account_pushed(struct account *account, size_t events, size_t bytes, int64_t now_us);

#endif
