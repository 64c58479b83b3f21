/*
 * tests/unit/tools/subject_words_test.c - the plain words against the schema.
 */
#include "base/check.h"
#include "proto/event.h"
#include "tools/subject_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

static void all_that_can_be_held_about_a_person_has_a_word(void **state)
{
	size_t count;
	const struct schema *schemas = schema_all(&count);
	(void)state;
	for (size_t i = 0; i < count; i++) {
		if (!schemas[i].about_person && schemas[i].type != EVENT_EVENT_RETRACTED)
			continue;
		if (!subject_word_is_known(schemas[i].key))
			fail_msg("no word for the type %s", schemas[i].key);
		for (size_t j = 0; j < schemas[i].field_count; j++) {
			const struct field *field = &schemas[i].fields[j];
			if (!subject_word_is_known(field->name))
				fail_msg("no word for the field %s", field->name);
			for (int k = 1;
				field->enumeration != NULL && k <= field->enumeration->count; k++) {
				if (!subject_word_is_known(field->enumeration->names[k]))
					fail_msg("no word for %s", field->enumeration->names[k]);
			}
		}
	}
}

static void a_name_without_a_word_is_said_as_it_is(void **state)
{
	(void)state;
	assert_string_equal(subject_word("nothing", true), "nothing");
	assert_string_equal(subject_word("rung", true), "stap");
	assert_string_equal(subject_word("rung", false), "rung");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_that_can_be_held_about_a_person_has_a_word),
		cmocka_unit_test(a_name_without_a_word_is_said_as_it_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
