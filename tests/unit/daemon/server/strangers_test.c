/*
 * tests/unit/daemon/server/strangers_test.c - who makes room, and for whom.
 */
#include "daemon/server/strangers.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/check.h"

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

#define MANY 32

struct crowd {
	struct strangers strangers;
	struct networks shared;
	struct network proxy;
	struct stranger members[MANY];
	bool was_cut[MANY];
};

static struct crowd *the_crowd;

static void cut(struct stranger *stranger)
{
	assert_false(stranger->listed);
	the_crowd->was_cut[stranger - the_crowd->members] = true;
}

static void crowd_begin(struct crowd *crowd, size_t max, size_t address_max)
{
	static const char proxy[] = "10.0.0.1";
	*crowd = (struct crowd){ .strangers = { .max = max, .address_max = address_max } };
	assert_true(network_parse(bytes_of_string(proxy), &crowd->proxy));
	crowd->shared = (struct networks){ .items = &crowd->proxy, .count = 1 };
	the_crowd = crowd;
}

/* Member `i` comes from there. */
static void come(struct crowd *crowd, size_t i, const char *address)
{
	struct sockaddr_in peer = { .sin_family = AF_INET };
	struct sockaddr_in6 peer6 = { .sin6_family = AF_INET6 };
	static const struct networks nobody = { NULL, 0 };
	struct origin origin;
	bool old = inet_pton(AF_INET, address, &peer.sin_addr) == 1;
	assert_true(old || inet_pton(AF_INET6, address, &peer6.sin6_addr) == 1);
	origin_find(old ? (const struct sockaddr *)&peer : (const struct sockaddr *)&peer6, NULL,
		&nobody, &origin);
	crowd->members[i].cut = cut;
	strangers_add(&crowd->strangers, &crowd->members[i], &origin, &crowd->shared);
}

static void expect_cut(const struct crowd *crowd, size_t count, const bool *wanted)
{
	for (size_t i = 0; i < count; i++) {
		if (crowd->was_cut[i] != wanted[i])
			fail_msg("member %zu", i);
	}
}

static void one_more_than_there_may_be_costs_the_oldest(void **state)
{
	struct crowd crowd;
	(void)state;
	crowd_begin(&crowd, 3, 3);
	come(&crowd, 0, "1.0.0.1");
	come(&crowd, 1, "1.0.0.2");
	come(&crowd, 2, "1.0.0.3");
	expect_cut(&crowd, 3, (const bool[]){ false, false, false });
	come(&crowd, 3, "1.0.0.4");
	come(&crowd, 4, "1.0.0.5");
	expect_cut(&crowd, 5, (const bool[]){ true, true, false, false, false });
	assert_int_equal(crowd.strangers.count, 3);
}

static void an_address_with_too_many_makes_room_itself(void **state)
{
	struct crowd crowd;
	(void)state;
	crowd_begin(&crowd, 10, 2);
	come(&crowd, 0, "1.0.0.1");
	come(&crowd, 1, "1.0.0.2");
	come(&crowd, 2, "1.0.0.2");
	expect_cut(&crowd, 3, (const bool[]){ false, false, false });
	come(&crowd, 3, "1.0.0.2");
	expect_cut(&crowd, 4, (const bool[]){ false, true, false, false });
	/* Who has one address of these has them all. */
	come(&crowd, 4, "2001:db8::1");
	come(&crowd, 5, "2001:db8::2:1");
	come(&crowd, 6, "2001:db8::3:4:5");
	expect_cut(&crowd, 7, (const bool[]){ false, true, false, false, true, false, false });
}

static void a_proxy_is_not_one_address(void **state)
{
	struct crowd crowd;
	(void)state;
	crowd_begin(&crowd, 3, 1);
	come(&crowd, 0, "10.0.0.1");
	come(&crowd, 1, "10.0.0.1");
	come(&crowd, 2, "10.0.0.1");
	expect_cut(&crowd, 3, (const bool[]){ false, false, false });
	come(&crowd, 3, "10.0.0.1");
	expect_cut(&crowd, 4, (const bool[]){ true, false, false, false });
}

static void who_showed_a_token_or_left_is_not_cut(void **state)
{
	struct crowd crowd;
	(void)state;
	crowd_begin(&crowd, 2, 2);
	for (size_t i = 0; i < 3; i++) {
		come(&crowd, i, "1.0.0.1");
		strangers_remove(&crowd.strangers, &crowd.members[i]);
		strangers_remove(&crowd.strangers, &crowd.members[i]);
	}
	assert_int_equal(crowd.strangers.count, 0);
	assert_false(strangers_cut_oldest(&crowd.strangers, NULL));
	come(&crowd, 3, "1.0.0.1");
	come(&crowd, 4, "1.0.0.1");
	/* From the middle and from both ends. */
	crowd.strangers.max = crowd.strangers.address_max = 9;
	come(&crowd, 5, "1.0.0.1");
	strangers_remove(&crowd.strangers, &crowd.members[4]);
	assert_ptr_equal(crowd.strangers.oldest, &crowd.members[3]);
	assert_ptr_equal(crowd.strangers.oldest->newer, &crowd.members[5]);
	strangers_remove(&crowd.strangers, &crowd.members[5]);
	assert_ptr_equal(crowd.strangers.newest, &crowd.members[3]);
	assert_false(crowd.was_cut[3]);
}

static void the_oldest_makes_room_but_not_who_it_is_for(void **state)
{
	struct crowd crowd;
	(void)state;
	crowd_begin(&crowd, 9, 9);
	come(&crowd, 0, "1.0.0.1");
	assert_false(strangers_cut_oldest(&crowd.strangers, &crowd.members[0]));
	come(&crowd, 1, "1.0.0.1");
	come(&crowd, 2, "1.0.0.1");
	assert_true(strangers_cut_oldest(&crowd.strangers, &crowd.members[0]));
	expect_cut(&crowd, 3, (const bool[]){ false, true, false });
	assert_true(strangers_cut_oldest(&crowd.strangers, &crowd.members[2]));
	expect_cut(&crowd, 3, (const bool[]){ true, true, false });
	assert_true(strangers_cut_oldest(&crowd.strangers, NULL));
	assert_int_equal(crowd.strangers.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_more_than_there_may_be_costs_the_oldest),
		cmocka_unit_test(an_address_with_too_many_makes_room_itself),
		cmocka_unit_test(a_proxy_is_not_one_address),
		cmocka_unit_test(who_showed_a_token_or_left_is_not_cut),
		cmocka_unit_test(the_oldest_makes_room_but_not_who_it_is_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
