/*
 * tests/unit/daemon/server/acts_failing_test.c - people are restricted, and rows of a cluster done,
 * while calls fail.
 */
#include "tests/unit/daemon/server/failing_stage.h"

static int restrict_(struct stage *stage, const char *subject, bool lift)
{
	const struct erase_request request = {
		.command = "restrict",
		.subject = subject,
		.lift = lift,
		.stop = &stage->stop,
	};
	return restricting_serve(&stage->server, &request, &stage->said);
}

static int restricted(struct stage *stage)
{
	return restrict_(stage, "p2", false);
}

static int lifted(struct stage *stage)
{
	return restrict_(stage, "p3", true);
}

static void a_person_is_restricted_or_not(void **state)
{
	(void)state;
	fails_everywhere(&(const struct trial){ "restrict", false, restricted });
	fails_everywhere(&(const struct trial){ "lift", false, lifted });
}

/* What a row of the cluster says is done, at its place. */
static int applied(struct stage *stage, enum log_act_type type, const char *subject)
{
	const struct proposal_act act = { .type = type, .subject = bytes_of_string(subject) };
	const struct log_place place = { .pos = 1 };
	struct acted acted = { 0 };
	enum err err =
		erasing_apply(&stage->server, &act, model.now_us, &place, &acted, &stage->reason);
	/* It was done before, and whoever asks again is told that there is nothing to do. */
	return err == ERR_NOT_FOUND && log_place(stage->store.log)->pos == 1 ? EX_OK
									     : err_exit_code(err);
}

static int row_erases(struct stage *stage)
{
	return applied(stage, LOG_ACT_ERASED, "p2");
}

static int row_restricts(struct stage *stage)
{
	return applied(stage, LOG_ACT_RESTRICTED, "p2");
}

static void a_row_of_the_cluster_is_done_or_not(void **state)
{
	(void)state;
	fails_everywhere(&(const struct trial){ "row that erases", false, row_erases });
	fails_everywhere(&(const struct trial){ "row that restricts", false, row_restricts });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_person_is_restricted_or_not),
		cmocka_unit_test(a_row_of_the_cluster_is_done_or_not),
	};
	return failing_run(tests, ARRAY_LENGTH(tests));
}
