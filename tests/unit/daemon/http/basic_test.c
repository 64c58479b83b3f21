/*
 * tests/unit/daemon/http/basic_test.c - the name and the password of HTTP Basic.
 */
#include "base/check.h"
#include "daemon/http/basic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

static void a_name_ends_at_the_first_colon(void **state)
{
	static const struct {
		const char *authorization, *name, *password; /* NULL: it is refused */
	} rows[] = {
		{ "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame" },
		{ "basic YTpi", "a", "b" },
		{ "BASIC   YTpi", "a", "b" },
		{ "Basic YTpiOmM=", "a", "b:c" },
		{ "Basic OmI=", "", "b" },
		{ "Basic YTo=", "a", "" },
		{ "Basic Og==", "", "" },
		{ NULL, NULL, NULL },
		{ "", NULL, NULL },
		{ "Basic", NULL, NULL },
		{ "Basic ", NULL, NULL },
		{ "Basic YQ==", NULL, NULL },
		{ "Basic YTpi ", NULL, NULL },
		{ "Basic YTp", NULL, NULL },
		{ "Basic YTpi====", NULL, NULL },
		{ "Basic Y===", NULL, NULL },
		{ "Basic YQ==YTpi", NULL, NULL },
		{ "Basic YT=i", NULL, NULL },
		{ "Basic YTp-", NULL, NULL },
		{ "Basic YT pi", NULL, NULL },
		{ "Bearer YTpi", NULL, NULL },
		{ "Basic\tYTpi", NULL, NULL },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct basic basic;
		bool read = basic_read(rows[i].authorization, &basic);
		if (read != (rows[i].name != NULL))
			fail_msg("row %zu", i);
		if (read && (!bytes_are(basic.name, rows[i].name) ||
				    !bytes_are(basic.password, rows[i].password)))
			fail_msg("row %zu is read wrongly", i);
	}
}

static void what_is_too_long_is_refused_and_what_just_fits_is_read(void **state)
{
	char text[8 + BASIC_BYTES_MAX * 2] = "Basic ";
	size_t begin = 6, most = BASIC_BYTES_MAX / 3 * 4;
	struct basic basic;
	(void)state;
	for (size_t i = 0; i < most; i += 4)
		memcpy(text + begin + i, "Ojo6", 4);
	assert_true(basic_read(text, &basic));
	assert_int_equal(basic.password.length, BASIC_BYTES_MAX / 3 * 3 - 1);
	memcpy(text + begin + most, "Ojo6", 4);
	assert_false(basic_read(text, &basic));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_ends_at_the_first_colon),
		cmocka_unit_test(what_is_too_long_is_refused_and_what_just_fits_is_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
