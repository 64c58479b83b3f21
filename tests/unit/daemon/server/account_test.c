/*
 * tests/unit/daemon/server/account_test.c - what each of those who come takes of what all share.
 */
#include "daemon/server/account.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

#include "tests/unit/clock_virtual.h"

#define NOW    VIRTUAL_BEGIN_US
#define SECOND INT64_C(1000000)

static const struct account_limits limits = {
	.memory_max = 1000,
	.events_per_second_max = 10,
	.bytes_per_second_max = 500,
};

static void whoever_comes_has_one_account_by_whatever_name_it_has(void **state)
{
	static struct accounts accounts;
	const struct partner isd = { .name = "isd" }, again = { .name = "isd" },
			     vwn = { .name = "vwn" };
	const struct analyst analyst = { .name = "isd" };
	(void)state;
	accounts_init(&accounts, &limits, NOW);
	struct account *account = account_of(&accounts, &(struct identity){ .partner = &isd }, NOW);
	/* After a reload it is the same still. */
	assert_ptr_equal(
		account_of(&accounts, &(struct identity){ .partner = &again }, NOW), account);
	assert_ptr_not_equal(
		account_of(&accounts, &(struct identity){ .partner = &vwn }, NOW), account);
	assert_ptr_not_equal(
		account_of(&accounts, &(struct identity){ .analyst = &analyst }, NOW), account);
	assert_ptr_equal(account_of(&accounts, &(struct identity){ 0 }, NOW), &accounts.strangers);
	assert_int_equal(accounts.count, 3);
	accounts_release(&accounts);
}

static void strangers_get_a_ninth_at_most_and_a_partner_half(void **state)
{
	static struct accounts accounts;
	const struct partner isd = { .name = "isd" };
	(void)state;
	accounts_init(&accounts, &limits, NOW);
	struct share *strangers = &accounts.strangers.share;
	const struct identity identity = { .partner = &isd };
	struct share *partner = &account_of(&accounts, &identity, NOW)->share;
	assert_int_equal(share_take_some(strangers, HELD_FOR_PEER, 0, 1000), 111);
	share_give(strangers, HELD_FOR_PEER, 111);
	assert_int_equal(share_take_some(partner, HELD_FOR_PEER, 0, 1000), 500);
	assert_int_equal(share_take_some(strangers, HELD_FOR_PEER, 0, 1000), 55);
	share_give(strangers, HELD_FOR_PEER, 55);
	share_give(partner, HELD_FOR_PEER, 500);
	accounts_release(&accounts);
}

static void a_partner_waits_for_whichever_rate_it_exceeds(void **state)
{
	static struct accounts accounts;
	const struct partner isd = { .name = "isd" };
	(void)state;
	accounts_init(&accounts, &limits, NOW);
	struct account *account = account_of(&accounts, &(struct identity){ .partner = &isd }, NOW);
	account_pushed(account, 9, 499, NOW);
	assert_int_equal(account_wait_us(account, NOW), 0);
	account_pushed(account, 1, 0, NOW);
	assert_int_equal(account_wait_us(account, NOW), SECOND / 10);
	account_pushed(account, 0, 1001, NOW);
	assert_int_equal(account_wait_us(account, NOW), 2 * SECOND + SECOND / 500);
	assert_int_equal(account_wait_us(account, NOW + 3 * SECOND), 0);
	accounts_release(&accounts);
}

static void those_for_whom_there_is_no_place_share_one(void **state)
{
	static struct accounts accounts;
	char name[16];
	struct partner partner = { .name = name };
	const struct identity identity = { .partner = &partner };
	(void)state;
	accounts_init(&accounts, &limits, NOW);
	for (int i = 0; i < ACCOUNTS_MAX + 2; i++) {
		snprintf(name, sizeof(name), "p%d", i);
		struct account *account = account_of(&accounts, &identity, NOW);
		assert_int_equal(account == &accounts.rest, i >= ACCOUNTS_MAX);
	}
	accounts_release(&accounts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whoever_comes_has_one_account_by_whatever_name_it_has),
		cmocka_unit_test(strangers_get_a_ninth_at_most_and_a_partner_half),
		cmocka_unit_test(a_partner_waits_for_whichever_rate_it_exceeds),
		cmocka_unit_test(those_for_whom_there_is_no_place_share_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
