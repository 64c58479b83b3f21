/*
 * tests/unit/daemon/server/outcomes_test.c - what became of a partner's events is kept for its
 * card, and not for ever.
 */
#include "base/check.h"
#include "base/date.h"
#include "daemon/server/outcomes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define DAY_US (INT64_C(86400) * US_PER_SECOND)

static struct rejection rejection(size_t index, enum rejection_code code, const char *id)
{
	return (struct rejection){ .code = code, .index = index, .id = bytes_of_string(id) };
}

static void the_newest_come_first_and_only_so_many_are_kept(void **state)
{
	struct outcomes outcomes;
	(void)state;
	outcomes_init(&outcomes, 7);
	struct sender_outcome *isd = outcomes_of(&outcomes, bytes_of_string("isd"));
	assert_ptr_equal(isd, outcomes_of(&outcomes, bytes_of_string("isd")));
	assert_ptr_not_equal(isd, outcomes_of(&outcomes, bytes_of_string("isd-lev")));
	for (size_t i = 0; i < CARD_REJECTED_MAX + 3; i++) {
		char id[16];
		snprintf(id, sizeof(id), "e-%zu", i);
		const struct rejection one = rejection(i, REJECTION_BAD_VALUE, id);
		outcome_reject(isd, &one, (int64_t)i);
	}
	struct card_outcome said = outcome_say(&outcomes, isd);
	assert_int_equal(said.since_us, 7);
	assert_int_equal(said.rejected, CARD_REJECTED_MAX + 3);
	assert_int_equal(said.codes[REJECTION_BAD_VALUE], CARD_REJECTED_MAX + 3);
	assert_int_equal(said.last_count, CARD_REJECTED_MAX);
	assert_string_equal(said.last[0].id, "e-52");
	assert_int_equal(said.last[CARD_REJECTED_MAX - 1].index, 3);
	assert_int_equal(outcome_say(&outcomes, NULL).rejected, 0);
	outcomes_release(&outcomes);
}

static void an_id_with_a_number_of_a_person_is_not_kept(void **state)
{
	static const struct {
		enum rejection_code code;
		const char *id;
		bool is_kept;
	} table[] = {
		{ REJECTION_BAD_VALUE, "e-1", true },
		{ REJECTION_BAD_VALUE, "", false },
		{ REJECTION_LOOKS_LIKE_BSN, "e-1", false },
		{ REJECTION_UNKNOWN_FIELD, "123456782", false },
	};
	struct outcomes outcomes;
	(void)state;
	outcomes_init(&outcomes, 0);
	for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
		struct sender_outcome *isd = outcomes_of(&outcomes, bytes_of_string("isd"));
		const struct rejection one = rejection(i, table[i].code, table[i].id);
		outcome_reject(isd, &one, 0);
		assert_string_equal(outcome_say(&outcomes, isd).last[0].id,
			table[i].is_kept ? table[i].id : "");
	}
	outcomes_release(&outcomes);
}

static void after_thirty_days_nothing_of_them_is_left(void **state)
{
	struct outcomes outcomes;
	(void)state;
	outcomes_init(&outcomes, 0);
	struct sender_outcome *isd = outcomes_of(&outcomes, bytes_of_string("isd"));
	for (size_t day = 0; day < 3; day++) {
		const struct rejection one = rejection(day, REJECTION_BAD_VALUE, "kept-id");
		outcome_reject(isd, &one, (int64_t)day * DAY_US);
	}
	outcomes_forget(&outcomes, 30 * DAY_US - 1);
	assert_int_equal(outcome_say(&outcomes, isd).last_count, 3);
	/* It looks once an hour. */
	outcomes_forget(&outcomes, 30 * DAY_US);
	assert_int_equal(outcome_say(&outcomes, isd).last_count, 3);
	outcomes_forget(&outcomes, 31 * DAY_US);
	assert_int_equal(outcome_say(&outcomes, isd).last_count, 1);
	assert_int_equal(outcome_say(&outcomes, isd).last[0].index, 2);
	outcomes_forget(&outcomes, 40 * DAY_US);
	assert_int_equal(outcome_say(&outcomes, isd).last_count, 0);
	assert_int_equal(outcome_say(&outcomes, isd).rejected, 3);
	for (size_t i = 0; i < CARD_REJECTED_MAX; i++)
		assert_string_equal(isd->last[i].id, "");
	outcomes_release(&outcomes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_come_first_and_only_so_many_are_kept),
		cmocka_unit_test(an_id_with_a_number_of_a_person_is_not_kept),
		cmocka_unit_test(after_thirty_days_nothing_of_them_is_left),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
