/*
 * tests/unit/secret/keyed_hash_test.c - a hash that no sender can foresee.
 */
#include "base/check.h"
#include "secret/keyed_hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT 4096

/* The hash in a process of its own, which has no key yet. */
static uint64_t hash_elsewhere(const char *text)
{
	int ends[2];
	uint64_t hash = 0;
	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		hash = keyed_hash(bytes_of_string(text));
		_exit(write(ends[1], &hash, sizeof(hash)) == sizeof(hash) ? 0 : 1);
	}
	assert_int_equal(read(ends[0], &hash, sizeof(hash)), sizeof(hash));
	assert_int_equal(waitpid(child, NULL, 0), child);
	close(ends[0]);
	close(ends[1]);
	return hash;
}

/* First: from then on this process has a key, and so have its children. */
static void each_process_hashes_in_its_own_way(void **state)
{
	(void)state;
	uint64_t one = hash_elsewhere("wiw-17"), other = hash_elsewhere("wiw-17");
	assert_true(one != other);
	uint64_t own = keyed_hash(bytes_of_string("wiw-17"));
	assert_true(own != one && own != other);
	assert_true(hash_elsewhere("wiw-17") == own);
}

static void the_same_bytes_have_the_same_hash_and_others_another(void **state)
{
	(void)state;
	uint64_t hash = keyed_hash(bytes_of_string("a"));
	assert_true(keyed_hash(bytes_of_string("a")) == hash);
	assert_true(keyed_hash(bytes_of_string("b")) != hash);
	assert_true(keyed_hash(bytes_of_string("aa")) != hash);
	assert_true(keyed_hash(bytes_of(NULL, 0)) == keyed_hash(bytes_of_string("")));
}

/* What a sender can do without the key: names that differ little. They spread all the same. */
static void names_that_differ_little_spread_over_the_slots(void **state)
{
	static unsigned taken[COUNT];
	unsigned most = 0;
	(void)state;
	for (unsigned i = 0; i < COUNT; i++) {
		char name[32];
		snprintf(name, sizeof(name), "client-2026-%u", i);
		unsigned *slot = &taken[keyed_hash(bytes_of_string(name)) % COUNT];
		if (++*slot > most)
			most = *slot;
	}
	/* Each slot gets one in the mean; that one gets 20 happens once in 10^15 runs. */
	assert_true(most < 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_process_hashes_in_its_own_way),
		cmocka_unit_test(the_same_bytes_have_the_same_hash_and_others_another),
		cmocka_unit_test(names_that_differ_little_spread_over_the_slots),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
