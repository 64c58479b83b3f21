/*
 * tests/unit/proto/subject_form_test.c - the patterns of pseudonyms.
 */
#include "proto/subject_form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct match {
	const char *pattern;
	const char *subject;
	bool matches;
};

static const struct match matches[] = {
	{ "r*", "r1", true },
	{ "r*", "r", true },
	{ "r*", "s1", false },
	{ "r*", "xr1", false },
	{ "R*", "r1", false },
	{ "*", "anything", true },
	{ "abc", "abc", true },
	{ "abc", "abcd", false },
	{ "abc", "ab", false },
	{ "*-GM0823", "r1-GM0823", true },
	{ "*-GM0823", "r1-GM0824", false },
	{ "*-GM0823", "-GM0823-GM0823", true },
	{ "r*-*", "r1-2", true },
	{ "r*-*", "r12", false },
	{ "a*b*c", "aXbYbZc", true },
	{ "a*b*c", "aXbYbZ", false },
	{ "a*a", "a", false },
	{ "a*a", "aa", true },
	{ "**r**", "r", true },
	{ "a.c", "abc", false },
	{ "a.c", "a.c", true },
	{ "r-*", "r-", true },
};

static void a_star_stands_for_any_characters_and_nothing_else_is_special(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(matches) / sizeof(matches[0]); i++) {
		const struct match *one = &matches[i];
		if (subject_matches(bytes_of_string(one->subject), one->pattern) != one->matches)
			fail_msg("%s: %s", one->pattern, one->subject);
	}
}

static bool matches_plainly(const char *subject, const char *pattern)
{
	if (*pattern == '*')
		return matches_plainly(subject, pattern + 1) ||
		       (*subject != '\0' && matches_plainly(subject + 1, pattern));
	if (*subject == '\0' || *pattern == '\0')
		return *subject == *pattern;
	return *subject == *pattern && matches_plainly(subject + 1, pattern + 1);
}

static void matching_is_what_trying_everything_gives(void **state)
{
	(void)state;
	srand(20261130);
	for (int i = 0; i < 200000; i++) {
		char subject[10], pattern[7];
		size_t length = (size_t)rand() % sizeof(subject);
		size_t pattern_length = (size_t)rand() % sizeof(pattern);
		for (size_t j = 0; j < length; j++)
			subject[j] = "ab"[rand() % 2];
		subject[length] = '\0';
		for (size_t j = 0; j < pattern_length; j++)
			pattern[j] = "ab*"[rand() % 3];
		pattern[pattern_length] = '\0';
		if (subject_matches(bytes_of_string(subject), pattern) !=
			matches_plainly(subject, pattern))
			fail_msg("%s: %s", pattern, subject);
	}
}

static void a_pattern_has_the_characters_of_an_identifier_and_stars(void **state)
{
	(void)state;
	char long_one[SUBJECT_PATTERN_LENGTH_MAX + 2];
	memset(long_one, 'a', sizeof(long_one));
	long_one[SUBJECT_PATTERN_LENGTH_MAX + 1] = '\0';
	assert_true(subject_pattern_is_valid("r*"));
	assert_true(subject_pattern_is_valid("*"));
	assert_true(subject_pattern_is_valid("A-z.0:9_*"));
	assert_true(subject_pattern_is_valid(long_one + 1));
	assert_false(subject_pattern_is_valid(long_one));
	assert_false(subject_pattern_is_valid(""));
	assert_false(subject_pattern_is_valid("r *"));
	assert_false(subject_pattern_is_valid("r?"));
	assert_false(subject_pattern_is_valid("\xC3\xA9*"));
}

static void each_municipality_has_its_own_form_or_all_have_one(void **state)
{
	(void)state;
	struct subject_form items[5];
	struct subject_forms forms = { .items = items };
	static const uint16_t codes[] = { 823, 14, 9999, 0, 400 };
	static const char *const patterns[] = { "a*", "b*", "c*", "d*", "e*" };
	for (size_t i = 0; i < 5; i++)
		subject_forms_add(&forms, (struct subject_form){ codes[i], patterns[i] });
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(subject_forms_find(&forms, codes[i]), patterns[i]);
	assert_null(subject_forms_find(&forms, 824));
	assert_null(subject_forms_find(&forms, 9998));
	assert_null(subject_forms_find(&(struct subject_forms){ 0 }, 823));
	forms.everywhere = "r*";
	assert_string_equal(subject_forms_find(&forms, 824), "r*");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_star_stands_for_any_characters_and_nothing_else_is_special),
		cmocka_unit_test(matching_is_what_trying_everything_gives),
		cmocka_unit_test(a_pattern_has_the_characters_of_an_identifier_and_stars),
		cmocka_unit_test(each_municipality_has_its_own_form_or_all_have_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
