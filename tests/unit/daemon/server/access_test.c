/*
 * tests/unit/daemon/server/access_test.c - tokens and whose they are.
 */
#include "base/check.h"
#include "daemon/server/access.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

static struct token_hash hash_of(const char *token)
{
	return token_hash_of(bytes_of_string(token));
}

/* Two partners, one of them with two tokens, an analyst, a scraper, and one without any. */
static struct access *example(void)
{
	static const uint16_t municipalities[] = { 14, 823 };
	struct access *access;
	assert_int_equal(access_new(1u << 16, &access), OK);
	access->partners = arena_take(&access->arena, 3 * sizeof(*access->partners));
	access->analysts = arena_take(&access->arena, sizeof(*access->analysts));
	access->scrapers = arena_take(&access->arena, sizeof(*access->scrapers));
	assert_non_null(access->partners);
	assert_non_null(access->analysts);
	assert_non_null(access->scrapers);
	access->partners[0] = (struct partner){ .name = "isd",
		.hashes = { .items = { hash_of("old"), hash_of("new") }, .count = 2 } };
	access->partners[1] = (struct partner){ .name = "none" };
	access->partners[2] = (struct partner){ .name = "wsd",
		.hashes = { .items = { hash_of("w") }, .count = 1 } };
	access->partner_count = 3;
	access->analysts[0] = (struct analyst){ .name = "isd",
		.hashes = { .items = { hash_of("a") }, .count = 1 },
		.municipalities = municipalities,
		.municipality_count = 2 };
	access->analyst_count = 1;
	access->scrapers[0] = (struct scraper){ .name = "s",
		.hashes = { .items = { hash_of("s") }, .count = 1 } };
	access->scraper_count = 1;
	return access;
}

static void a_token_finds_its_owner_and_no_other_does(void **state)
{
	(void)state;
	struct access *access = example();
	const struct {
		const char *token;
		const void *partner, *analyst, *scraper;
	} rows[] = {
		{ "old", &access->partners[0], NULL, NULL },
		{ "new", &access->partners[0], NULL, NULL },
		{ "w", &access->partners[2], NULL, NULL },
		{ "a", NULL, &access->analysts[0], NULL },
		{ "s", NULL, NULL, &access->scrapers[0] },
		{ "", NULL, NULL, NULL },
		{ "W", NULL, NULL, NULL },
		{ "ol", NULL, NULL, NULL },
		{ "old ", NULL, NULL, NULL },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct identity identity =
			access_find(access, bytes_of_string(rows[i].token), NULL, 0);
		assert_ptr_equal(identity.partner, rows[i].partner);
		assert_ptr_equal(identity.analyst, rows[i].analyst);
		assert_ptr_equal(identity.scraper, rows[i].scraper);
	}
	/* The hash itself opens nothing. */
	struct identity identity = access_find(access,
		bytes_of(access->scrapers[0].hashes.items[0].bytes, TOKEN_HASH_SIZE), NULL, 0);
	assert_null(identity.scraper);
	access_drop(access);
}

static void each_token_is_valid_through_its_last_day(void **state)
{
	(void)state;
	struct access *access = example();
	struct token_hashes *hashes = &access->partners[0].hashes;
	static const struct {
		const char *token;
		int32_t today;
		bool valid;
	} rows[] = {
		{ "old", 99, true },
		{ "old", 100, true },
		{ "old", 101, false },
		{ "new", 101, true },
		{ "new", 200, true },
		{ "new", 201, false },
		{ "w", INT32_MAX, true },
	};
	hashes->ends = true;
	hashes->last_days[0] = 100;
	hashes->last_days[1] = 200;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct identity found =
			access_find(access, bytes_of_string(rows[i].token), NULL, rows[i].today);
		if (identity_is_nobody(&found) == rows[i].valid)
			fail_msg("row %zu", i);
	}
	access_drop(access);
}

static void an_object_lives_until_its_last_holder_drops_it(void **state)
{
	(void)state;
	struct access *access = example();
	struct access *held = access_hold(access);
	access_drop(access);
	assert_non_null(access_find(held, bytes_of_string("w"), NULL, 0).partner);
	assert_int_equal(held->holders, 1);
	access_drop(held);
	access_drop(NULL);
}

static void an_analyst_has_the_municipalities_of_its_list_or_all(void **state)
{
	(void)state;
	struct access *access = example();
	struct analyst *analyst = &access->analysts[0];
	assert_true(analyst_has_municipality(analyst, 823));
	assert_false(analyst_has_municipality(analyst, 824));
	analyst->all_municipalities = true;
	assert_true(analyst_has_municipality(analyst, 824));
	access_drop(access);
}

static void a_token_is_43_characters_of_base64url_and_never_the_same(void **state)
{
	(void)state;
	char first[TOKEN_LENGTH + 1], second[TOKEN_LENGTH + 1];
	for (int i = 0; i < 100; i++) {
		token_make(first);
		token_make(second);
		assert_int_equal(strlen(first), TOKEN_LENGTH);
		assert_int_equal(
			strspn(first, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789-_"),
			TOKEN_LENGTH);
		assert_string_not_equal(first, second);
	}
}

static void the_hash_is_blake2b_256(void **state)
{
	(void)state;
	/* printf abc | b2sum -l 256 */
	static const char published[] =
		"bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319";
	struct token_hash hash = hash_of("abc"), parsed;
	char printed[TOKEN_HASH_LENGTH + 1];
	token_hash_print(&hash, printed);
	assert_string_equal(printed, published);
	assert_int_equal(token_hash_parse(bytes_of_string(published), &parsed), OK);
	assert_true(token_hash_equal(&hash, &parsed));
	for (size_t i = 0; i < TOKEN_HASH_SIZE; i++) {
		parsed.bytes[i] ^= 1;
		assert_false(token_hash_equal(&hash, &parsed));
		parsed.bytes[i] ^= 1;
	}
}

static void only_64_hexadecimal_digits_are_a_hash(void **state)
{
	(void)state;
	static const char *const wrong[] = {
		"",
		"bddd",
		"bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d5231",
		"bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d523190",
		"bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d5231g",
		"bddd813c634239723171ef3fee98579b 4964e3bb1cb3e427262c8c068d523190",
		"0xdd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319",
	};
	struct token_hash hash;
	for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++)
		assert_int_equal(token_hash_parse(bytes_of_string(wrong[i]), &hash), ERR_INVALID);
}

static void a_token_that_is_bound_needs_its_certificate(void **state)
{
	struct access *access = example();
	const uint8_t right[CLIENT_KEY_SIZE] = { 1, 2, 3 }, wrong[CLIENT_KEY_SIZE] = { 1, 2, 4 };
	(void)state;
	assert_false(access_needs_certificates(access));
	access->partners[0].client_key = (struct client_key){ true, { 1, 2, 3 } };
	access->analysts[0].client_key = (struct client_key){ true, { 1, 2, 3 } };
	assert_true(access_needs_certificates(access));
	static const char *const bound[] = { "old", "new", "a" };
	for (size_t i = 0; i < ARRAY_LENGTH(bound); i++) {
		struct bytes token = bytes_of_string(bound[i]);
		struct identity identity = access_find(access, token, right, 0);
		assert_false(identity_is_nobody(&identity));
		identity = access_find(access, token, wrong, 0);
		assert_true(identity_is_nobody(&identity));
		identity = access_find(access, token, NULL, 0);
		assert_true(identity_is_nobody(&identity));
	}
	/* Who is not bound may come with any certificate, or without. */
	assert_non_null(access_find(access, bytes_of_string("w"), wrong, 0).partner);
	assert_non_null(access_find(access, bytes_of_string("w"), NULL, 0).partner);
	/* A certificate alone is nobody's. */
	struct identity nobody = access_find(access, bytes_of_string("x"), right, 0);
	assert_true(identity_is_nobody(&nobody));
	access_drop(access);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_finds_its_owner_and_no_other_does),
		cmocka_unit_test(a_token_that_is_bound_needs_its_certificate),
		cmocka_unit_test(each_token_is_valid_through_its_last_day),
		cmocka_unit_test(an_object_lives_until_its_last_holder_drops_it),
		cmocka_unit_test(an_analyst_has_the_municipalities_of_its_list_or_all),
		cmocka_unit_test(a_token_is_43_characters_of_base64url_and_never_the_same),
		cmocka_unit_test(the_hash_is_blake2b_256),
		cmocka_unit_test(only_64_hexadecimal_digits_are_a_hash),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
