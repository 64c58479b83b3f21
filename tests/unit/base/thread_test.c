/*
 * tests/unit/base/thread_test.c - whose thread is this.
 */
#include "base/thread.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

static int owners[2];

struct seen {
	bool before;
	bool own;
	bool other;
};

static void *run(void *context)
{
	struct seen *seen = context;
	seen->before = thread_is_of(&owners[0]);
	thread_become(&owners[0]);
	seen->own = thread_is_of(&owners[0]);
	seen->other = thread_is_of(&owners[1]);
	return NULL;
}

static void a_thread_is_of_its_owner_and_of_nobody_else(void **state)
{
	(void)state;
	pthread_t thread;
	struct seen seen = { .before = true, .other = true };
	assert_int_equal(pthread_create(&thread, NULL, run, &seen), 0);
	pthread_join(thread, NULL);
	assert_false(seen.before);
	assert_true(seen.own);
	assert_false(seen.other);
	/* What one thread says does not hold for another. */
	assert_false(thread_is_of(&owners[0]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thread_is_of_its_owner_and_of_nobody_else),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
