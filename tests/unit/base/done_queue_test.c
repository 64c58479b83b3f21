/*
 * tests/unit/base/done_queue_test.c - finished work on its way back to the loop.
 */
#include "base/done_queue.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

#define THREADS 4
#define EACH    5000

/* Work of one thread; `done` is first, so that it is found from it. */
struct work {
	struct done done;
	unsigned thread;
	unsigned number;
};

static struct {
	struct done_queue queue;
	struct work work[THREADS][EACH];
	unsigned next[THREADS]; /* the number that must be finished next */
	unsigned finished;
	pthread_t loop;
} shared;

static void finish(struct done *done)
{
	const struct work *work = (const struct work *)done;
	assert_true(pthread_equal(pthread_self(), shared.loop));
	assert_int_equal(work->number, shared.next[work->thread]);
	shared.next[work->thread]++;
	shared.finished++;
}

static void *push_all(void *context)
{
	struct work *work = context;
	for (unsigned i = 0; i < EACH; i++)
		done_push(&shared.queue, &work[i].done);
	return NULL;
}

/* Waits for at most `ms`: is there something? */
static bool is_readable(int ms)
{
	struct pollfd fd = { .fd = shared.queue.fd, .events = POLLIN };
	return poll(&fd, 1, ms) == 1;
}

static void what_several_threads_push_is_finished_once_each_in_its_order(void **state)
{
	(void)state;
	pthread_t threads[THREADS];
	shared.loop = pthread_self();
	assert_int_equal(done_queue_init(&shared.queue), OK);
	for (unsigned t = 0; t < THREADS; t++) {
		for (unsigned i = 0; i < EACH; i++)
			shared.work[t][i] = (struct work){ { .finish = finish }, t, i };
		assert_int_equal(pthread_create(&threads[t], NULL, push_all, shared.work[t]), 0);
	}
	/* Only the descriptor says that there is something: nothing may be left behind it. */
	while (shared.finished < THREADS * EACH) {
		assert_true(is_readable(10000));
		done_queue_run(&shared.queue);
	}
	for (unsigned t = 0; t < THREADS; t++)
		assert_int_equal(pthread_join(threads[t], NULL), 0);
	assert_int_equal(shared.finished, THREADS * EACH);
	done_queue_release(&shared.queue);
}

static void the_descriptor_is_readable_while_there_is_something(void **state)
{
	(void)state;
	struct work work[2] = { { { .finish = finish }, 0, 0 }, { { .finish = finish }, 0, 1 } };
	shared.loop = pthread_self();
	shared.next[0] = 0;
	assert_int_equal(done_queue_init(&shared.queue), OK);
	assert_false(is_readable(0));
	assert_false(done_queue_run(&shared.queue));
	done_push(&shared.queue, &work[0].done);
	done_push(&shared.queue, &work[1].done);
	assert_true(is_readable(0));
	assert_true(done_queue_run(&shared.queue));
	assert_int_equal(shared.next[0], 2);
	assert_false(is_readable(0));
	assert_false(done_queue_run(&shared.queue));
	done_queue_release(&shared.queue);
}

/* Finishes by pushing another, as an answer that lets the next request in. */
static void finish_and_push(struct done *done)
{
	struct work *work = (struct work *)done;
	shared.finished++;
	done_push(&shared.queue, &work[1].done);
}

static void what_is_pushed_while_others_are_finished_waits_for_the_next_turn(void **state)
{
	(void)state;
	struct work work[2] = { { { .finish = finish_and_push }, 0, 0 },
		{ { .finish = finish }, 0, 0 } };
	shared.loop = pthread_self();
	shared.next[0] = shared.finished = 0;
	assert_int_equal(done_queue_init(&shared.queue), OK);
	done_push(&shared.queue, &work[0].done);
	assert_true(done_queue_run(&shared.queue));
	assert_int_equal(shared.finished, 1);
	assert_true(is_readable(0));
	assert_true(done_queue_run(&shared.queue));
	assert_int_equal(shared.finished, 2);
	done_queue_release(&shared.queue);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_several_threads_push_is_finished_once_each_in_its_order),
		cmocka_unit_test(the_descriptor_is_readable_while_there_is_something),
		cmocka_unit_test(what_is_pushed_while_others_are_finished_waits_for_the_next_turn),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
