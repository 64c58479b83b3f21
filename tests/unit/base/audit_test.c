/*
 * tests/unit/base/audit_test.c - lines of the audit.
 */
#include "base/check.h"
#include "base/date.h"
#include "base/audit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

static const struct audit_entry example = {
	.kind = AUDIT_READ,
	.who = "partner isd/jan",
	.what = "GET /v1/worklist",
	.from = "192.0.2.1",
	.outcome = AUDIT_SHOWN,
};

static void a_line_is_one_json_object_that_says_all_six(void **state)
{
	struct text out = { 0 };
	(void)state;
	audit_print_json(&example, 0, &out);
	assert_string_equal(out.data,
		"{\"audit\":\"read\",\"who\":\"partner isd/jan\",\"what\":\"GET /v1/worklist\","
		"\"from\":\"192.0.2.1\",\"at\":\"1970-01-01T00:00:00.000000Z\","
		"\"outcome\":\"shown\"}\n");
	text_release(&out);
}

static void no_value_begins_another_line_or_field(void **state)
{
	struct audit_entry entry = example;
	struct text out = { 0 };
	(void)state;
	entry.what = "a\"b\\c\nLADDERD_WHO=root\r\x1b[2J\x7f\xff";
	audit_print_json(&entry, 0, &out);
	assert_non_null(strstr(out.data, "a\\\"b\\\\c\\u000aLADDERD_WHO=root"));
	assert_ptr_equal(strchr(out.data, '\n'), out.data + out.length - 1);
	assert_null(strchr(out.data, '\x1b'));
	assert_null(strchr(out.data, '\r'));
	text_release(&out);
	audit_print_fields(&entry, 0, &out);
	assert_non_null(strstr(out.data, "\nLADDERD_WHAT=a\"b\\c?LADDERD_WHO=root??[2J??\n"));
	assert_null(strstr(out.data, "\nLADDERD_WHO=root"));
	text_release(&out);
}

static void the_journal_gets_each_value_as_a_field(void **state)
{
	static const char *const fields[] = {
		"LADDERD_AUDIT=read\n",
		"LADDERD_WHO=partner isd/jan\n",
		"LADDERD_WHAT=GET /v1/worklist\n",
		"LADDERD_FROM=192.0.2.1\n",
		"LADDERD_AT=1970-01-01T00:00:00.000000Z\n",
		"LADDERD_OUTCOME=shown\n",
		"SYSLOG_IDENTIFIER=ladderd\n",
		"PRIORITY=6\n",
	};
	struct text out = { 0 };
	(void)state;
	audit_print_fields(&example, 0, &out);
	assert_int_equal(strncmp(out.data, "MESSAGE={\"audit\":", 17), 0);
	for (size_t i = 0; i < ARRAY_LENGTH(fields); i++) {
		const char *at = strstr(out.data, fields[i]);
		if (at == NULL || at[-1] != '\n')
			fail_msg("%s", fields[i]);
	}
	text_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_one_json_object_that_says_all_six),
		cmocka_unit_test(no_value_begins_another_line_or_field),
		cmocka_unit_test(the_journal_gets_each_value_as_a_field),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
