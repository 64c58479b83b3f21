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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_are_erased_or_not),
	};
	return failing_run(tests, ARRAY_LENGTH(tests));
}
