/*
 * tests/unit/daemon/web/sessions_test.c - who is signed in, and for how long.
 */
#include "base/check.h"
#include "daemon/web/sessions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

static struct sessions sessions;

/* Begins the session of an analyst. */
static void begin(
	const char *name, const struct token_hash *token, int64_t now_us, char id[TOKEN_LENGTH + 1])
{
	const struct analyst analyst = { .name = name };
	const struct identity identity = { .analyst = &analyst };
	sessions_begin(&sessions, &identity, NULL, token, now_us, id);
}

static const struct session *find(const char *id, int64_t now_us)
{
	return sessions_find(&sessions, bytes_of_string(id), now_us);
}

static void a_session_lasts_eight_hours_and_no_longer(void **state)
{
	char id[TOKEN_LENGTH + 1];
	struct token_hash token = token_hash_of(bytes_of_string("t"));
	(void)state;
	sessions = (struct sessions){ 0 };
	begin("council", &token, 100, id);
	assert_int_equal(strlen(id), TOKEN_LENGTH);
	assert_non_null(find(id, 100));
	assert_string_equal(find(id, 100)->name, "council");
	assert_true(token_hash_equal(&find(id, 100)->token, &token));
	assert_non_null(find(id, 100 + SESSION_US - 1));
	assert_null(find(id, 100 + SESSION_US));
}

static void only_its_own_cookie_finds_a_session(void **state)
{
	char id[TOKEN_LENGTH + 1], other[TOKEN_LENGTH + 1];
	struct token_hash token = token_hash_of(bytes_of_string("t"));
	(void)state;
	sessions = (struct sessions){ 0 };
	assert_null(find("", 0));
	begin("a", &token, 0, id);
	begin("b", &token, 0, other);
	assert_string_equal(find(other, 1)->name, "b");
	assert_null(find("t", 1));
	id[0] = id[0] == 'A' ? 'B' : 'A';
	assert_null(find(id, 1));
	sessions_end(&sessions, bytes_of_string(other));
	assert_null(find(other, 1));
	sessions_end(&sessions, bytes_of_string(other));
}

static void with_all_places_taken_the_oldest_session_ends(void **state)
{
	char first[TOKEN_LENGTH + 1], second[TOKEN_LENGTH + 1], id[TOKEN_LENGTH + 1];
	struct token_hash token = token_hash_of(bytes_of_string("t"));
	(void)state;
	sessions = (struct sessions){ 0 };
	begin("first", &token, 1, first);
	begin("second", &token, 2, second);
	for (int64_t i = 2; i < SESSIONS_MAX; i++)
		begin("many", &token, 1 + i, id);
	assert_non_null(find(first, 9));
	begin("last", &token, 900, id);
	assert_null(find(first, 900));
	assert_non_null(find(second, 900));
	assert_string_equal(find(id, 900)->name, "last");
}

static void a_session_that_ended_leaves_its_place_and_no_other_one(void **state)
{
	static const char *const strange[] = { "", " ", "ladderd_session", "t",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" };
	char first[TOKEN_LENGTH + 1], second[TOKEN_LENGTH + 1], third[TOKEN_LENGTH + 1];
	struct token_hash token = token_hash_of(bytes_of_string("t"));
	(void)state;
	sessions = (struct sessions){ 0 };
	begin("one", &token, 1, first);
	begin("one", &token, 1, second);
	assert_string_not_equal(first, second);
	/* What is no session ends none. */
	for (size_t i = 0; i < ARRAY_LENGTH(strange); i++)
		sessions_end(&sessions, bytes_of_string(strange[i]));
	sessions_end(&sessions, bytes_of(first, TOKEN_LENGTH - 1));
	assert_non_null(find(first, 2));
	assert_non_null(find(second, 2));
	sessions_end(&sessions, bytes_of_string(first));
	assert_null(find(first, 2));
	assert_non_null(find(second, 2));
	/* Its place is taken first, and its cookie does not open what is there since. */
	begin("other", &token, 3, third);
	assert_null(find(first, 3));
	assert_string_equal(find(third, 3)->name, "other");
	assert_string_equal(find(second, 3)->name, "one");
	/* The cookie is not kept, only its hash. */
	for (size_t i = 0; i + TOKEN_LENGTH <= sizeof(sessions); i++)
		assert_memory_not_equal((const char *)&sessions + i, third, TOKEN_LENGTH);
}

static void a_name_of_the_greatest_length_is_kept_whole(void **state)
{
	char id[TOKEN_LENGTH + 1], name[ACCESS_NAME_LENGTH_MAX + 1];
	struct token_hash token = token_hash_of(bytes_of_string("t"));
	(void)state;
	sessions = (struct sessions){ 0 };
	memset(name, 'n', ACCESS_NAME_LENGTH_MAX);
	name[ACCESS_NAME_LENGTH_MAX] = '\0';
	begin(name, &token, 0, id);
	assert_string_equal(find(id, 0)->name, name);
}

static void a_session_of_a_partner_says_who_looks(void **state)
{
	char id[TOKEN_LENGTH + 1], user[SESSION_USER_MAX + 1];
	struct token_hash token = token_hash_of(bytes_of_string("t"));
	const struct partner partner = { .name = "isd" };
	const struct identity identity = { .partner = &partner };
	(void)state;
	sessions = (struct sessions){ 0 };
	memset(user, 'u', SESSION_USER_MAX);
	user[SESSION_USER_MAX] = '\0';
	sessions_begin(&sessions, &identity, user, &token, 0, id);
	assert_true(find(id, 0)->is_partner);
	assert_string_equal(find(id, 0)->name, "isd");
	assert_string_equal(find(id, 0)->user, user);
	sessions_begin(&sessions, &identity, NULL, &token, 0, id);
	assert_string_equal(find(id, 0)->user, "");
	begin("isd", &token, 0, id);
	assert_false(find(id, 0)->is_partner);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_session_lasts_eight_hours_and_no_longer),
		cmocka_unit_test(only_its_own_cookie_finds_a_session),
		cmocka_unit_test(with_all_places_taken_the_oldest_session_ends),
		cmocka_unit_test(a_session_that_ended_leaves_its_place_and_no_other_one),
		cmocka_unit_test(a_name_of_the_greatest_length_is_kept_whole),
		cmocka_unit_test(a_session_of_a_partner_says_who_looks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
