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
				.all_municipalities = true,
				.municipalities = three,
				.municipality_count = 3 };
			struct event event = { .type = schemas[i].type,
				.municipality = three[0],
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

/* What makes figures public or shows them to a partner is in no star, with its municipality. */
static void who_agrees_is_named_with_its_municipality(void **state)
{
	(void)state;
	const uint64_t star =
		~(TYPE(REPORT_PUBLISHED) | TYPE(REPORT_WITHDRAWN) | TYPE(AGREEMENT_MADE));
	const struct {
		uint64_t types;
		bool all;
		size_t count;
		bool may;
	} rows[] = {
		{ star, true, 3, false },
		{ TYPE(REPORT_PUBLISHED), true, 3, false },
		{ star | TYPE(AGREEMENT_MADE), true, 0, false },
		{ TYPE(AGREEMENT_MADE), true, 3, true },
		{ TYPE(AGREEMENT_MADE), false, 3, true },
	};
	assert_true(rights_must_be_named(EVENT_AGREEMENT_MADE));
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		const struct rights rights = { rows[i].types, rows[i].all, three, rows[i].count };
		const struct event event = { .type = EVENT_AGREEMENT_MADE, .municipality = 823 };
		struct rejection rejection = { 0 };
		if ((rights_check(&rights, &event, &rejection) == VERDICT_ACCEPTED) != rows[i].may)
			fail_msg("row %zu", i);
	}
}

/* What makes figures public is in no star, as a type or for a municipality. */
static void who_publishes_is_named_with_its_municipality(void **state)
{
	(void)state;
	const uint64_t star = ~(TYPE(REPORT_PUBLISHED) | TYPE(REPORT_WITHDRAWN));
	const struct {
		uint64_t types;
		bool all;
		size_t count;
		bool may, before;
	} rows[] = {
		{ star, true, 0, false, true },
		{ star, true, 3, false, true },
		{ star, false, 3, false, true },
		{ UINT64_MAX, true, 0, false, true },
		{ TYPE(REPORT_PUBLISHED), true, 0, false, true },
		{ TYPE(REPORT_PUBLISHED), false, 0, false, false },
		{ TYPE(EXITED), true, 3, false, false },
		{ TYPE(REPORT_PUBLISHED), false, 3, true, false },
		{ UINT64_MAX, true, 3, true, false },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		const struct rights rights = { rows[i].types, rows[i].all, three, rows[i].count };
		const struct event event = { .type = EVENT_REPORT_PUBLISHED, .municipality = 823 };
		struct rejection rejection = { 0 };
		if ((rights_check(&rights, &event, &rejection) == VERDICT_ACCEPTED) !=
				rows[i].may ||
			rights_published_by_star(&rights) != rows[i].before)
			fail_msg("row %zu", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_municipality_is_found_in_the_list_or_by_the_star),
		cmocka_unit_test(each_type_needs_its_own_right),
		cmocka_unit_test(a_foreign_municipality_is_refused_after_the_type),
		cmocka_unit_test(who_agrees_is_named_with_its_municipality),
		cmocka_unit_test(who_publishes_is_named_with_its_municipality),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
