/*
 * tests/unit/ingest/rights_test.c - what a partner may send.
 */
#include "base/check.h"
#include "ingest/rights.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

#define TYPE(NAME) (UINT64_C(1) << EVENT_##NAME)

static const uint16_t three[] = { 14, 823, 9999 };

static void a_municipality_is_found_in_the_list_or_by_the_star(void **state)
{
	(void)state;
	struct rights some = { .municipalities = three, .municipality_count = 3 };
	struct rights none = { .types = UINT64_MAX };
	struct rights all = { .all_municipalities = true };
	for (unsigned code = 0; code <= 9999; code++) {
		bool listed = code == 14 || code == 823 || code == 9999;
		assert_int_equal(rights_have_municipality(&some, (uint16_t)code), listed);
		assert_false(rights_have_municipality(&none, (uint16_t)code));
		assert_true(rights_have_municipality(&all, (uint16_t)code));
	}
}

static void each_type_needs_its_own_right(void **state)
{
	(void)state;
	size_t count;
	const struct schema *schemas = schema_all(&count);
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < count; j++) {
			struct rights rights = { .types = UINT64_C(1) << schemas[j].type,
				.all_municipalities = true };
			struct event event = { .type = schemas[i].type,
				.id = bytes_of_string("e1") };
			struct rejection rejection = { 0 };
			enum verdict verdict = rights_check(&rights, &event, &rejection);
			assert_int_equal(verdict, i == j ? VERDICT_ACCEPTED : VERDICT_REJECTED);
			if (i == j)
				continue;
			assert_int_equal(rejection.code, REJECTION_TYPE_NOT_ALLOWED);
			assert_string_equal(rejection.field, "body");
			assert_true(bytes_are(rejection.id, "e1"));
		}
	}
}

static void a_foreign_municipality_is_refused_after_the_type(void **state)
{
	(void)state;
	struct rights rights = {
		.types = TYPE(EXITED) | TYPE(REPORT_PUBLISHED) | TYPE(EVENT_RETRACTED),
		.municipalities = three,
		.municipality_count = 3,
	};
	static const struct {
		enum event_type type;
		uint16_t municipality;
		int code; /* -1: accepted */
	} rows[] = {
		{ EVENT_EXITED, 823, -1 },
		{ EVENT_EXITED, 824, REJECTION_MUNICIPALITY_NOT_ALLOWED },
		{ EVENT_REPORT_PUBLISHED, 14, -1 },
		{ EVENT_REPORT_PUBLISHED, 15, REJECTION_MUNICIPALITY_NOT_ALLOWED },
		{ EVENT_EVENT_RETRACTED, 9998, REJECTION_MUNICIPALITY_NOT_ALLOWED },
		{ EVENT_SERVICE_MODEL_SET, 823, REJECTION_TYPE_NOT_ALLOWED },
		{ EVENT_SERVICE_MODEL_SET, 824, REJECTION_TYPE_NOT_ALLOWED },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct event event = { .type = rows[i].type, .municipality = rows[i].municipality };
		struct rejection rejection = { 0 };
		enum verdict verdict = rights_check(&rights, &event, &rejection);
		int code = verdict == VERDICT_ACCEPTED ? -1 : (int)rejection.code;
		if (code != rows[i].code)
			fail_msg("row %zu: code %d", i, code);
		if (code == REJECTION_MUNICIPALITY_NOT_ALLOWED)
			assert_string_equal(rejection.field, "municipality");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_municipality_is_found_in_the_list_or_by_the_star),
		cmocka_unit_test(each_type_needs_its_own_right),
		cmocka_unit_test(a_foreign_municipality_is_refused_after_the_type),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
