/*
 * daemon/server/account.c - see account.h.
 */
#include "daemon/server/account.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"

static void account_init(struct account *account, struct accounts *accounts, const char *name,
	size_t parts, int64_t now_us)
{
	const struct account_limits *limits = &accounts->limits;
	int length = snprintf(account->name, sizeof(account->name), "%s", name);
	CHECK(length >= 0 && length < (int)sizeof(account->name));
	share_init(&account->share, &accounts->budget, parts);
	bucket_init(&account->events, limits->events_per_second_max, now_us);
	bucket_init(&account->bytes, limits->bytes_per_second_max, now_us);
}

void accounts_init(struct accounts *accounts, const struct account_limits *limits, int64_t now_us)
{
	accounts->limits = *limits;
	accounts->count = 0;
	budget_init(&accounts->budget, limits->memory_max);
	account_init(&accounts->strangers, accounts, "nobody", STRANGERS_PARTS, now_us);
	account_init(&accounts->rest, accounts, "others", 1, now_us);
}

void accounts_release(struct accounts *accounts)
{
	budget_release(&accounts->budget);
}

struct account *account_of(
	struct accounts *accounts, const struct identity *identity, int64_t now_us)
{
	char name[sizeof(accounts->strangers.name)];
	if (identity_is_nobody(identity))
		return &accounts->strangers;
	snprintf(name, sizeof(name), "%s %s",
		identity->partner != NULL   ? "partner"
		: identity->analyst != NULL ? "analyst"
					    : "scraper",
		identity_name(identity));
	for (size_t i = 0; i < accounts->count; i++) {
		if (strcmp(accounts->items[i].name, name) == 0)
			return &accounts->items[i];
	}
	if (accounts->count == ACCOUNTS_MAX)
		return &accounts->rest;
	struct account *account = &accounts->items[accounts->count++];
	account_init(account, accounts, name, 1, now_us);
	return account;
}

int64_t account_wait_us(struct account *account, int64_t now_us)
{
	int64_t events_us = bucket_wait_us(&account->events, now_us);
	int64_t bytes_us = bucket_wait_us(&account->bytes, now_us);
	return events_us > bytes_us ? events_us : bytes_us;
}

void account_pushed(struct account *account, size_t events, size_t bytes, int64_t now_us)
{
	bucket_take(&account->events, events, now_us);
	bucket_take(&account->bytes, bytes, now_us);
}
