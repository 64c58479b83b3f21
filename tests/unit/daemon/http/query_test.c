/*
 * tests/unit/daemon/http/query_test.c - the parameters of an address.
 */
#include "base/check.h"
#include "daemon/http/query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

#define PARAMETERS_MAX 3

struct parameter {
	const char *name, *value;
};

static void a_query_has_known_parameters_once_each_with_a_value(void **state)
{
	static const char *const known[] = { "after", "limit", NULL };
	static const char *const none[] = { NULL };
	static const struct {
		const char *const *known;
		struct parameter parameters[PARAMETERS_MAX];
		const char *sentence; /* NULL: the query is right */
	} rows[] = {
		{ known, { { NULL, NULL } }, NULL },
		{ none, { { NULL, NULL } }, NULL },
		{ known, { { "after", "1" } }, NULL },
		{ known, { { "limit", "1" }, { "after", "2" } }, NULL },
		{ known, { { "limit", "" } }, NULL },
		{ known, { { "limit", NULL } }, "limit has no value" },
		{ known, { { "limit", "1" }, { "limit", "1" } }, "limit is given twice" },
		{ known, { { "after", "1" }, { "limit", "1" }, { "after", "2" } },
			"after is given twice" },
		{ known, { { "Limit", "1" } },
			"the address has a parameter that is not known; there are: after, limit" },
		{ known, { { "limi", "1" } },
			"the address has a parameter that is not known; there are: after, limit" },
		{ known, { { "", NULL } },
			"the address has a parameter that is not known; there are: after, limit" },
		{ none, { { "after", "1" } }, "this path takes no parameter" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct query_check check = { .known = rows[i].known };
		struct reason reason = { "" };
		enum err err = OK;
		for (size_t j = 0; j < PARAMETERS_MAX && err == OK; j++) {
			const struct parameter *one = &rows[i].parameters[j];
			if (one->name != NULL)
				err = query_take(&check, one->name, one->value, &reason);
		}
		assert_int_equal(err, rows[i].sentence == NULL ? OK : ERR_INVALID);
		assert_string_equal(reason.text, rows[i].sentence == NULL ? "" : rows[i].sentence);
	}
}

static void a_number_is_digits_within_its_bounds(void **state)
{
	static const struct {
		const char *text;
		enum err err;
		uint64_t number;
	} rows[] = {
		{ "1", OK, 1 },
		{ "007", OK, 7 },
		{ "1000", OK, 1000 },
		{ "0", ERR_INVALID, 0 },
		{ "1001", ERR_INVALID, 0 },
		{ "", ERR_INVALID, 0 },
		{ " 5", ERR_INVALID, 0 },
		{ "5 ", ERR_INVALID, 0 },
		{ "+5", ERR_INVALID, 0 },
		{ "-5", ERR_INVALID, 0 },
		{ "5.0", ERR_INVALID, 0 },
		{ "0x5", ERR_INVALID, 0 },
		{ "5e2", ERR_INVALID, 0 },
		{ "000000000000000005", OK, 5 },
		{ "0000000000000000005", ERR_INVALID, 0 },
		/* Beyond 64 bits, where it would wrap around to 5. */
		{ "18446744073709551621", ERR_INVALID, 0 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct reason reason = { "" };
		uint64_t number = 42;
		assert_int_equal(query_number("limit", rows[i].text, 1, 1000, &number, &reason),
			rows[i].err);
		assert_int_equal(number, rows[i].err == OK ? rows[i].number : 42);
		assert_string_equal(reason.text,
			rows[i].err == OK ? "" : "limit must be a whole number from 1 to 1000");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_query_has_known_parameters_once_each_with_a_value),
		cmocka_unit_test(a_number_is_digits_within_its_bounds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
