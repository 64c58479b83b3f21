/*
 * tests/unit/base/thread_test.c - whose thread is this.
 */
#include "base/thread.h"

#include <pthread.h>
#include <setjmp.h>
#include <sys/resource.h>
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

struct manners {
	bool gives_way;
	int nice;
};

static void *manners_look(void *context)
{
	struct manners *manners = context;
	if (manners->gives_way)
		thread_give_way();
	manners->nice = getpriority(PRIO_PROCESS, 0);
	return NULL;
}

static void a_thread_that_gives_way_does_so_alone(void **state)
{
	struct manners manners[] = { { .gives_way = true }, { .gives_way = false } };
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		pthread_t thread;
		assert_int_equal(pthread_create(&thread, NULL, manners_look, &manners[i]), 0);
		assert_int_equal(pthread_join(thread, NULL), 0);
	}
	int ours = getpriority(PRIO_PROCESS, 0);
	assert_int_equal(manners[1].nice, ours);
	assert_true(manners[0].nice > ours || ours > 14);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thread_is_of_its_owner_and_of_nobody_else),
		cmocka_unit_test(a_thread_that_gives_way_does_so_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
