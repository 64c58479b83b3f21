/*
 * tests/unit/daemon/http/form_test.c - the fields of a form, and where it came from.
 */
#include "base/check.h"
#include "daemon/http/form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void a_field_is_decoded_without_its_blanks(void **state)
{
	static const struct {
		const char *body, *token;
	} rows[] = {
		{ "", "" },
		{ "token", "" },
		{ "token=", "" },
		{ "token=abc", "abc" },
		{ "lang=nl&token=abc&x=1", "abc" },
		{ "&&token=abc&", "abc" },
		{ "xtoken=1&tokens=2&token=3", "3" },
		{ "Token=1", "" },
		/* The first of a name counts. */
		{ "token=a&token=b", "a" },
		{ "token=&token=b", "" },
		{ "token=a=b", "a=b" },
		/* Percent: two digits of either case, else it stands for itself. */
		{ "token=%61%4a%4A", "aJJ" },
		{ "token=%", "%" },
		{ "token=%6", "%6" },
		{ "token=%6g%g6", "%6g%g6" },
		{ "token=%%36", "%6" },
		{ "token=a%26b%3Dc", "a&b=c" },
		/* What is encoded is no separator and no name. */
		{ "%74oken=a", "" },
		{ "token%3Da", "" },
		/* Pasted with what is around it. */
		{ "token=+%20%09%0D%0Aab+c%0a", "abc" },
		{ "token=a%00b", "" },
		{ "token=%00", "" },
		/* A plus is dropped, also an encoded one: no token has one. */
		{ "token=%2B%c3%a9", "\xc3\xa9" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		char value[FORM_VALUE_MAX];
		form_value(bytes_of_string(rows[i].body), "token", value);
		assert_string_equal(value, rows[i].token);
	}
}

static void a_value_that_is_too_long_is_none(void **state)
{
	char body[FORM_VALUE_MAX + 10], value[FORM_VALUE_MAX];
	(void)state;
	memset(body, 'a', sizeof(body));
	memcpy(body, "token=", 6);
	form_value(bytes_of(body, 6 + FORM_VALUE_MAX - 1), "token", value);
	assert_int_equal(strlen(value), FORM_VALUE_MAX - 1);
	form_value(bytes_of(body, 6 + FORM_VALUE_MAX), "token", value);
	assert_string_equal(value, "");
}

static void a_body_is_read_to_its_end_and_no_further(void **state)
{
	char value[FORM_VALUE_MAX];
	(void)state;
	form_value(bytes_of("token=%61", 8), "token", value);
	assert_string_equal(value, "%6");
	form_value(bytes_of("token=a", 5), "token", value);
	assert_string_equal(value, "");
	form_value(bytes_of("x=1&token=a", 4), "token", value);
	assert_string_equal(value, "");
}

static void a_form_has_its_content_type(void **state)
{
	(void)state;
	assert_true(form_is_one("application/x-www-form-urlencoded"));
	assert_true(form_is_one("Application/X-WWW-Form-Urlencoded; charset=utf-8"));
	assert_false(form_is_one(NULL));
	assert_false(form_is_one(""));
	assert_false(form_is_one("application/x-www-form"));
	assert_false(form_is_one("text/plain"));
	assert_false(form_is_one(" application/x-www-form-urlencoded"));
}

static void a_form_of_another_site_is_not_ours(void **state)
{
	static const struct {
		const char *site, *origin, *host;
		bool ours;
	} rows[] = {
		{ "same-origin", NULL, NULL, true },
		{ "same-site", NULL, NULL, false },
		{ "cross-site", NULL, "a.example", false },
		{ "none", NULL, "a.example", false },
		{ "Same-Origin", NULL, "a.example", false },
		{ "", NULL, "a.example", false },
		/* Sec-Fetch-Site decides, whatever Origin says. */
		{ "same-origin", "https://b.example", "a.example", true },
		{ "cross-site", "https://a.example", "a.example", false },
		/* An old browser. */
		{ NULL, NULL, "a.example", true },
		{ NULL, NULL, NULL, true },
		{ NULL, "https://a.example", "a.example", true },
		{ NULL, "http://A.example", "a.EXAMPLE", true },
		{ NULL, "http://127.0.0.1:7400", "127.0.0.1:7400", true },
		{ NULL, "http://127.0.0.1:7401", "127.0.0.1:7400", false },
		{ NULL, "https://a.example", NULL, false },
		{ NULL, "https://b.example", "a.example", false },
		{ NULL, "https://a.example.b.example", "a.example", false },
		{ NULL, "https://a.example/", "a.example", false },
		{ NULL, "a.example", "a.example", false },
		{ NULL, "null", "null", false },
		{ NULL, "", "", false },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		if (form_is_ours(rows[i].site, rows[i].origin, rows[i].host) != rows[i].ours)
			fail_msg("row %zu", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_field_is_decoded_without_its_blanks),
		cmocka_unit_test(a_value_that_is_too_long_is_none),
		cmocka_unit_test(a_body_is_read_to_its_end_and_no_further),
		cmocka_unit_test(a_form_has_its_content_type),
		cmocka_unit_test(a_form_of_another_site_is_not_ours),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
