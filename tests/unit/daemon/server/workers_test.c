/*
 * tests/unit/daemon/server/workers_test.c - the pool of threads: order, its limit, its end.
 */
#include "daemon/server/workers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "base/thread.h"
#include "tests/unit/clock_virtual.h"

/* A task that notes how it was run, and ends when it may. */
struct job {
	struct task task;
	const atomic_bool *may_end; /* NULL: at once */
	atomic_bool begun;
	atomic_bool ended;
	bool stop_at_begin; /* what it was told when it began, and when it ended */
	bool stop_at_end;
	bool is_of_pool;
	struct workers *workers;
	unsigned place; /* which of all jobs it was, from 1 */
};

static atomic_uint places;

static void job_run(struct task *task)
{
	const atomic_bool *stop = &task->stop;
	struct job *job = (struct job *)task; /* its first member */
	job->stop_at_begin = atomic_load(stop);
	job->is_of_pool = thread_is_of(job->workers);
	job->place = atomic_fetch_add(&places, 1) + 1;
	atomic_store(&job->begun, true);
	if (job->may_end != NULL)
		AWAIT(atomic_load(job->may_end) || atomic_load(stop));
	job->stop_at_end = atomic_load(stop);
}

static void job_done(struct task *task)
{
	atomic_store(&((struct job *)task)->ended, true);
}

static enum err job_submit(struct job *job, struct workers *workers, const atomic_bool *may_end)
{
	*job = (struct job){
		.task = { .run = job_run, .done = job_done }, .may_end = may_end, .workers = workers
	};
	return workers_submit(workers, &job->task);
}

static struct workers *pool(size_t threads, size_t queue_max)
{
	struct workers *workers;
	atomic_store(&places, 0);
	assert_int_equal(workers_start(threads, queue_max, &workers), OK);
	return workers;
}

static void pool_end(struct workers *workers)
{
	workers_stop(workers);
	workers_free(workers);
}

static void a_task_runs_once_in_a_thread_of_the_pool(void **state)
{
	(void)state;
	struct workers *workers = pool(2, 4);
	struct job job;
	assert_false(thread_is_of(workers));
	assert_int_equal(job_submit(&job, workers, NULL), OK);
	AWAIT(atomic_load(&job.ended));
	pool_end(workers);
	assert_true(job.is_of_pool);
	assert_false(job.stop_at_begin);
	assert_int_equal(atomic_load(&places), 1);
}

static void one_thread_runs_tasks_in_the_order_in_which_they_came(void **state)
{
	(void)state;
	struct workers *workers = pool(1, 10);
	struct job first, jobs[10];
	atomic_bool may_end = false;
	assert_int_equal(job_submit(&first, workers, &may_end), OK);
	AWAIT(atomic_load(&first.begun));
	for (size_t i = 0; i < ARRAY_LENGTH(jobs); i++)
		assert_int_equal(job_submit(&jobs[i], workers, NULL), OK);
	assert_int_equal(atomic_load(&places), 1);
	atomic_store(&may_end, true);
	for (size_t i = 0; i < ARRAY_LENGTH(jobs); i++) {
		AWAIT(atomic_load(&jobs[i].ended));
		assert_int_equal(jobs[i].place, i + 2);
	}
	pool_end(workers);
}

static void as_many_tasks_run_at_once_as_there_are_threads(void **state)
{
	(void)state;
	struct workers *workers = pool(3, 4);
	struct job jobs[4];
	atomic_bool may_end = false;
	for (size_t i = 0; i < ARRAY_LENGTH(jobs); i++)
		assert_int_equal(job_submit(&jobs[i], workers, &may_end), OK);
	AWAIT(atomic_load(&places) == 3);
	assert_false(atomic_load(&jobs[3].begun));
	atomic_store(&may_end, true);
	AWAIT(atomic_load(&jobs[3].ended));
	pool_end(workers);
}

static void a_full_queue_is_a_refusal_that_heals(void **state)
{
	(void)state;
	struct workers *workers = pool(1, 2);
	struct job runs, waits[2], refused;
	atomic_bool may_end = false;
	assert_int_equal(job_submit(&runs, workers, &may_end), OK);
	/* What runs does not wait. */
	AWAIT(atomic_load(&runs.begun));
	assert_int_equal(job_submit(&waits[0], workers, NULL), OK);
	assert_int_equal(job_submit(&waits[1], workers, NULL), OK);
	assert_int_equal(job_submit(&refused, workers, NULL), ERR_FULL);
	atomic_store(&may_end, true);
	AWAIT(atomic_load(&waits[1].ended));
	assert_false(atomic_load(&refused.begun));
	assert_int_equal(job_submit(&refused, workers, NULL), OK);
	AWAIT(atomic_load(&refused.ended));
	pool_end(workers);
	assert_int_equal(atomic_load(&places), 4);
}

static void stopping_tells_what_runs_and_runs_what_waits(void **state)
{
	(void)state;
	struct workers *workers = pool(1, 4);
	struct job runs, waits[2], late;
	const atomic_bool never = false;
	assert_int_equal(job_submit(&runs, workers, &never), OK);
	AWAIT(atomic_load(&runs.begun));
	assert_int_equal(job_submit(&waits[0], workers, &never), OK);
	assert_int_equal(job_submit(&waits[1], workers, &never), OK);
	workers_stop(workers);
	assert_true(atomic_load(&runs.ended));
	assert_false(runs.stop_at_begin);
	assert_true(runs.stop_at_end);
	for (size_t i = 0; i < ARRAY_LENGTH(waits); i++) {
		assert_true(atomic_load(&waits[i].ended));
		assert_true(waits[i].stop_at_begin);
	}
	/* After that nobody would run it. */
	assert_int_equal(job_submit(&late, workers, NULL), ERR_FULL);
	workers_free(workers);
}

static void one_task_is_stopped_and_the_others_go_on(void **state)
{
	(void)state;
	struct workers *workers = pool(2, 4);
	struct job unwanted, wanted, waits;
	atomic_bool may_end = false;
	assert_int_equal(job_submit(&unwanted, workers, &may_end), OK);
	assert_int_equal(job_submit(&wanted, workers, &may_end), OK);
	AWAIT(atomic_load(&unwanted.begun) && atomic_load(&wanted.begun));
	assert_int_equal(job_submit(&waits, workers, &may_end), OK);
	task_stop(&waits.task);
	task_stop(&unwanted.task);
	AWAIT(atomic_load(&unwanted.ended) && atomic_load(&waits.ended));
	assert_true(waits.stop_at_begin);
	assert_false(atomic_load(&wanted.ended));
	atomic_store(&may_end, true);
	AWAIT(atomic_load(&wanted.ended));
	assert_false(wanted.stop_at_end);
	pool_end(workers);
}

static void no_pool_can_be_stopped_and_freed(void **state)
{
	(void)state;
	workers_stop(NULL);
	workers_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_task_runs_once_in_a_thread_of_the_pool),
		cmocka_unit_test(one_thread_runs_tasks_in_the_order_in_which_they_came),
		cmocka_unit_test(as_many_tasks_run_at_once_as_there_are_threads),
		cmocka_unit_test(a_full_queue_is_a_refusal_that_heals),
		cmocka_unit_test(stopping_tells_what_runs_and_runs_what_waits),
		cmocka_unit_test(one_task_is_stopped_and_the_others_go_on),
		cmocka_unit_test(no_pool_can_be_stopped_and_freed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
