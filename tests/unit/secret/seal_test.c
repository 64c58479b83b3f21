/*
 * tests/unit/secret/seal_test.c - what is sealed for one is read by that one only.
 */
#include "base/check.h"
#include "secret/seal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define PLAIN "p-0123456789abcdef"

static void the_holder_opens_what_was_sealed_and_nobody_else(void **state)
{
	struct seal_key key, other_key;
	struct seal_secret secret, other;
	uint8_t box[sizeof(PLAIN) + SEAL_EXTRA] = { 0 }, plain[sizeof(PLAIN)];
	struct bytes whole = bytes_of(box, sizeof(box));
	(void)state;
	seal_make(&key, &secret);
	seal_make(&other_key, &other);
	seal_close(&key, bytes_of(PLAIN, sizeof(PLAIN)), box);
	assert_int_equal(seal_open(&secret, whole, plain), OK);
	assert_memory_equal(plain, PLAIN, sizeof(PLAIN));
	assert_int_equal(seal_open(&other, whole, plain), ERR_INVALID);
	for (size_t i = 0; i < sizeof(box); i++) {
		box[i] ^= 1;
		assert_int_equal(seal_open(&secret, whole, plain), ERR_INVALID);
		box[i] ^= 1;
		assert_int_equal(seal_open(&secret, bytes_of(box, i), plain), ERR_INVALID);
	}
	seal_secret_release(&secret);
	assert_int_equal(seal_open(&secret, whole, plain), ERR_INVALID);
}

static void two_boxes_of_the_same_have_nothing_in_common(void **state)
{
	struct seal_key key;
	struct seal_secret secret;
	uint8_t one[sizeof(PLAIN) + SEAL_EXTRA], two[sizeof(PLAIN) + SEAL_EXTRA];
	size_t equal = 0;
	(void)state;
	seal_make(&key, &secret);
	seal_close(&key, bytes_of(PLAIN, sizeof(PLAIN)), one);
	seal_close(&key, bytes_of(PLAIN, sizeof(PLAIN)), two);
	for (size_t i = 0; i < sizeof(one); i++)
		equal += one[i] == two[i];
	/* One in 256 by chance, of 67. */
	assert_true(equal < 10);
}

static void a_key_is_read_as_it_was_printed(void **state)
{
	struct seal_key key, key_read;
	struct seal_secret secret, secret_read;
	char key_text[SEAL_KEY_LENGTH + 1], secret_text[SEAL_SECRET_LENGTH + 1];
	(void)state;
	seal_make(&key, &secret);
	seal_key_print(&key, key_text);
	seal_secret_print(&secret, secret_text);
	assert_int_equal(seal_key_parse(bytes_of_string(key_text), &key_read), OK);
	assert_memory_equal(&key_read, &key, sizeof(key));
	assert_int_equal(seal_secret_parse(bytes_of_string(secret_text), &secret_read), OK);
	assert_memory_equal(&secret_read, &secret, sizeof(secret));
	key_read = seal_key_of(&secret);
	assert_memory_equal(&key_read, &key, sizeof(key));
	/* One is never taken for the other. */
	assert_int_equal(seal_key_parse(bytes_of_string(secret_text), &key_read), ERR_INVALID);
	assert_int_equal(seal_secret_parse(bytes_of_string(key_text), &secret_read), ERR_INVALID);
}

static void what_is_no_key_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"0",
		"xyz",
		/* The points of low order: anybody could open their boxes. */
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
		"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		/* A digit too few, one too many, and one that is none. */
		"8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6",
		"8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6aa",
		"8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6g",
	};
	struct seal_key key;
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
		assert_int_equal(seal_key_parse(bytes_of_string(texts[i]), &key), ERR_INVALID);
	assert_int_equal(
		seal_key_parse(bytes_of_string("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba"
					       "4a98eaa9b4e6a"),
			&key),
		OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_holder_opens_what_was_sealed_and_nobody_else),
		cmocka_unit_test(two_boxes_of_the_same_have_nothing_in_common),
		cmocka_unit_test(a_key_is_read_as_it_was_printed),
		cmocka_unit_test(what_is_no_key_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
