/*
 * tests/unit/daemon/server/erasing_failing_test.c - people are erased and restricted while calls
 * fail.
 */
#include "tests/unit/daemon/server/failing_stage.h"

static int erase(struct stage *stage, const char *subject, int32_t before, bool dry_run)
{
	const struct erase_request request = {
		.command = before != 0 ? "expire" : "erase",
		.subject = subject,
		.before = before,
		.dry_run = dry_run,
		.stop = &stage->stop,
	};
	return erasing_serve(&stage->server, &request, &stage->said);
}

static int one_erased(struct stage *stage)
{
	return erase(stage, "p2", 0, false);
}

static int many_erased(struct stage *stage)
{
	return erase(stage, NULL, zone_day(model.now_us) - 40, false);
}

static int looked_at(struct stage *stage)
{
	return erase(stage, "p2", 0, true);
}

static void people_are_erased_or_not(void **state)
{
	(void)state;
	fails_everywhere(&(const struct trial){ "erase", false, one_erased });
	fails_everywhere(&(const struct trial){ "expire", false, many_erased });
	fails_everywhere(&(const struct trial){ "look", false, looked_at });
}

static const struct reason damage = { "page 7 of the store is not as it was written" };

static int damaged_asked(struct stage *stage, bool restricts)
{
	const struct erase_request request = {
		.command = restricts ? "restrict" : "erase",
		.subject = "p2",
		.stop = &stage->stop,
	};
	return restricts ? restricting_serve(&stage->server, &request, &stage->said)
			 : erasing_serve(&stage->server, &request, &stage->said);
}

static void *damaged_later(void *context)
{
	const struct clock real = clock_system();
	clock_sleep(&real, 100000);
	log_note_damage(context, &damage);
	return NULL;
}

/* The figures do not follow a damaged store: whoever waited for them waited for ever. */
static void nobody_is_erased_of_a_damaged_store_and_nobody_waits(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct stage stage;
		pthread_t thread;
		bool later = i % 2 == 1;
		stage_make(&stage);
		stage_start(&stage, false);
		/* The figures are behind, and will stay so. */
		atomic_fetch_add(&stage.server.counters.last_seq, 1);
		if (!later)
			log_note_damage(stage.server.log, &damage);
		else
			assert_int_equal(
				pthread_create(&thread, NULL, damaged_later, stage.server.log), 0);
		assert_int_equal(damaged_asked(&stage, i / 2 == 1), EX_DATAERR);
		if (later)
			assert_int_equal(pthread_join(thread, NULL), 0);
		assert_non_null(strstr(stage.said.data, later ? damage.text : "run ladder verify"));
		stage_stop(&stage);
		stage_end(&stage);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_are_erased_or_not),
		cmocka_unit_test(nobody_is_erased_of_a_damaged_store_and_nobody_waits),
	};
	return failing_run(tests, ARRAY_LENGTH(tests));
}
