/*
 * tests/unit/engine/histories_test.c - every person's effective events, in their order.
 */
#include "engine/histories.h"
#include "tests/unit/histories_same.h"
#include "tests/unit/random_log.h"

static void follow(struct histories *histories, struct store *store, uint64_t slice)
{
	struct reader *reader = store_reader(store);
	uint64_t to = log_last_seq(store->log);
	while (histories->applied_seq < to)
		assert_int_equal(histories_follow(histories, reader, to, slice), OK);
	sort_all(histories, reader);
	reader_close(reader);
}

/* The seqs of a person's events as text: "3 1 2". */
static void check_order(struct histories *histories, uint32_t person, const char *expected)
{
	char found[200] = "";
	size_t length = 0;
	const struct history *history = &histories->people[person];
	for (uint32_t i = 0; i < history->count; i++)
		length += (size_t)snprintf(found + length, sizeof(found) - length, "%s%llu",
			i == 0 ? "" : " ", (unsigned long long)fact_seq(&history->facts[i]));
	assert_string_equal(found, expected);
}

/* Of one day: endings first, JobEnded last, then by partner's name, then by id. */
static void a_day_is_in_the_order_of_the_contract(void **state)
{
	(void)state;
	static const struct said says[] = {
		{ .id = "z", .body = "'job_ended':{'job_ref':'j'}", .partner = "a" }, /* 1 */
		{ .id = "z", .partner = "z" },                                        /* 2 */
		{ .id = "b", .partner = "vwn" },                                      /* 3 */
		{ .id = "a", .partner = "vwn", .body = SETTLES },                     /* 4 */
		{ .id = "B", .partner = "vwn" },                                      /* 5 */
		{ .id = "ab", .partner = "vwn" },                                     /* 6 */
		{ .id = "x", .body = "'exited':{'reason':'OBJECTION'}" },             /* 7 */
		{ .id = "y", .body = "'benefit_ended':{}", .partner = "coa" },        /* 8 */
		{ .id = "w", .day = "2024-02-29", .partner = "zz" },                  /* 9 */
		{ .id = "v", .day = "2024-03-02", .body = "'plan_withdrawn':{}" },    /* 10 */
		{ .id = "c", .body = "'plan_withdrawn':{}", .partner = "zz" },        /* 11 */
		{ .id = "d", .body = "'barrier_resolved':{'barrier':'RULES'}" },      /* 12 */
		{ .id = "e", .body = "'guidance_ended':{'reason':'OTHER'}" },         /* 13 */
		{ .id = "f", .body = "'municipality_left':{'to':'ABROAD'}" },         /* 14 */
		{ .id = "0", .body = "'job_ended':{'job_ref':'i'}", .partner = "a" }, /* 15 */
	};
	struct store store;
	struct histories histories;
	store_make(&store);
	for (size_t i = 0; i < ARRAY_LENGTH(says); i++)
		store_told(&store, says[i]);
	assert_int_equal(histories_init(&histories), OK);
	follow(&histories, &store, UINT64_MAX);
	check_order(&histories, 1, "9 8 12 13 14 7 11 5 4 6 3 2 15 1 10");
	assert_int_equal(histories.fact_count, ARRAY_LENGTH(says));
	assert_int_equal(histories.longest, ARRAY_LENGTH(says));
	histories_release(&histories);
	store_end(&store);
}

static void follow_to(struct histories *histories, struct reader *reader, uint64_t seq_to,
	const char *facts, uint32_t sorted)
{
	assert_int_equal(histories_follow(histories, reader, seq_to, UINT64_MAX), OK);
	check_order(histories, 1, facts);
	assert_int_equal(histories->people[1].sorted, sorted);
}

static void sort_one(struct histories *histories, struct reader *reader, const char *facts)
{
	assert_int_equal(histories_sort(histories, reader, 1), OK);
	check_order(histories, 1, facts);
	assert_int_equal(histories->people[1].sorted, histories->people[1].count);
}

static void the_example_of_the_header_happens_step_by_step(void **state)
{
	(void)state;
	static const struct said says[] = {
		{ .id = "x", .key = "k" },
		{ .id = "y", .day = "2024-02-01" },
		{ .id = "b" },
		{ .id = "z", .key = "k", .day = "2024-03-02" },
	};
	struct store store;
	struct histories histories, at_once;
	store_make(&store);
	assert_int_equal(histories_init(&histories), OK);
	assert_int_equal(histories_init(&at_once), OK);
	for (size_t i = 0; i < ARRAY_LENGTH(says) - 1; i++)
		store_told(&store, says[i]);
	struct reader *reader = store_reader(&store);
	follow_to(&histories, reader, 2, "1 2", 1);
	sort_one(&histories, reader, "2 1");
	follow_to(&histories, reader, 3, "2 1 3", 2);
	sort_one(&histories, reader, "2 3 1");
	store_told(&store, says[3]);
	assert_int_equal(reader_renew(reader), OK);
	follow_to(&histories, reader, 4, "2 3 4", 3);
	follow_to(&at_once, reader, 4, "2 3 4", 3);
	histories_release(&histories);
	histories_release(&at_once);
	reader_close(reader);
	store_end(&store);
}

static void withdrawn_events_leave_whoever_they_were_about(void **state)
{
	(void)state;
	static const struct said says[] = {
		{ .id = "e1", .key = "k" },                                       /* 1 */
		{ .id = "e2" },                                                   /* 2 */
		{ .id = "e3", .key = "k", .subject = "p2", .day = "2020-01-01" }, /* 3: 1 */
		{ .id = "e4", .subject = "p2", .day = "2019-01-01" },             /* 4 */
		ABOUT_NOBODY("m", "'service_model_set':{'model':'OTHER'}"),       /* 5 */
		ABOUT_NOBODY("n", "'service_model_set':{'model':'CHAIN_3D'}"),    /* 6 */
		ABOUT_NOBODY("r1", RETRACTS_ID("m")),                             /* 7: 5 */
		ABOUT_NOBODY("p", PUBLISHES("2024-06-30")),                       /* 8 */
		ABOUT_NOBODY("r2", RETRACTS_ID("e2")),                            /* 9: 2 */
	};
	static const uint64_t slices[] = { 1, 2, 4, UINT64_MAX };
	struct store store;
	store_make(&store);
	for (size_t i = 0; i < ARRAY_LENGTH(says); i++)
		store_told(&store, says[i]);
	for (size_t i = 0; i < ARRAY_LENGTH(slices); i++) {
		struct histories histories;
		assert_int_equal(histories_init(&histories), OK);
		follow(&histories, &store, slices[i]);
		assert_int_equal(histories.applied_seq, ARRAY_LENGTH(says));
		assert_int_equal(histories.fact_count, 3);
		check_order(&histories, 0, "6");
		check_order(&histories, 1, "");
		check_order(&histories, 2, "4 3");
		histories_release(&histories);
	}
	store_end(&store);
}

struct changes {
	uint32_t people[64];
	size_t count;
};

static enum err note_change(void *context, uint32_t person)
{
	struct changes *changes = context;
	assert_true(changes->count < ARRAY_LENGTH(changes->people));
	changes->people[changes->count++] = person;
	return OK;
}

static void both_people_of_a_correction_are_told_to_change(void **state)
{
	(void)state;
	struct store store;
	struct histories histories;
	struct changes changes = { .count = 0 };
	store_make(&store);
	assert_int_equal(histories_init(&histories), OK);
	histories.before_change = note_change;
	histories.context = &changes;
	static const struct said says[] = {
		{ .id = "e1", .key = "k", .subject = "p1" },
		{ .id = "e2", .key = "k", .subject = "p2" },
		ABOUT_NOBODY("r", RETRACTS_KEY("k")),
	};
	for (size_t i = 0; i < ARRAY_LENGTH(says); i++) {
		store_told(&store, says[i]);
		follow(&histories, &store, UINT64_MAX);
	}
	/* It comes to the one, then to the other and off the one, then off the other. */
	static const uint32_t people[] = { 1, 2, 1, 2 };
	assert_int_equal(changes.count, ARRAY_LENGTH(people));
	assert_memory_equal(changes.people, people, sizeof(people));
	assert_int_equal(histories.fact_count, 0);
	histories_release(&histories);
	store_end(&store);
}

static enum err refuse_change(void *context, uint32_t person)
{
	(void)context;
	return person == 2 ? ERR_FULL : OK;
}

static void following_stops_at_the_record_that_could_not_be_applied(void **state)
{
	(void)state;
	struct store store;
	struct histories histories;
	store_make(&store);
	store_told(&store, (struct said){ .id = "e1" });
	store_told(&store, (struct said){ .id = "e2", .subject = "p2" });
	assert_int_equal(histories_init(&histories), OK);
	histories.before_change = refuse_change;
	struct reader *reader = store_reader(&store);
	assert_int_equal(histories_follow(&histories, reader, 2, UINT64_MAX), ERR_FULL);
	assert_int_equal(histories.applied_seq, 1);
	histories.before_change = NULL;
	assert_int_equal(histories_follow(&histories, reader, 2, UINT64_MAX), OK);
	assert_int_equal(histories.applied_seq, 2);
	assert_int_equal(histories.fact_count, 2);
	reader_close(reader);
	histories_release(&histories);
	store_end(&store);
}

/* The naive twin: what no later record withdraws, of each person. */
static void check_effective(struct store *store, const struct histories *histories)
{
	struct reader *reader = store_reader(store);
	uint64_t facts = 0;
	for (uint64_t seq = 1; seq <= log_last_seq(store->log); seq++) {
		struct record record;
		uint64_t by;
		assert_int_equal(reader_record(reader, seq, &record), OK);
		uint32_t person = record.person;
		bool kept = record.type != EVENT_EVENT_RETRACTED &&
			    record.type != EVENT_REPORT_PUBLISHED &&
			    record.type != EVENT_REPORT_WITHDRAWN;
		assert_int_equal(reader_withdrawn_by(reader, seq, &by), OK);
		kept = kept && by == 0;
		bool found = false;
		for (uint32_t i = 0;
			person < histories->people_count && i < histories->people[person].count;
			i++)
			found = found || fact_seq(&histories->people[person].facts[i]) == seq;
		assert_int_equal(found, kept);
		facts += kept;
	}
	assert_int_equal(facts, histories->fact_count);
	reader_close(reader);
}

static void slices_leave_no_trace(void **state)
{
	(void)state;
	struct store store;
	struct chance chance = chance_new();
	struct random_log log = { .store = &store, .chance = &chance };
	struct histories grown;
	store_make(&store);
	assert_int_equal(histories_init(&grown), OK);
	for (int round = 0; round < 12; round++) {
		struct histories whole;
		random_log_grow(&log, 40);
		follow(&grown, &store, 1 + chance_below(&chance, 20));
		assert_int_equal(histories_init(&whole), OK);
		follow(&whole, &store, UINT64_MAX);
		check_same(&grown, &whole);
		check_effective(&store, &grown);
		histories_release(&whole);
	}
	assert_true(grown.fact_count > 100);
	histories_release(&grown);
	store_end(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_day_is_in_the_order_of_the_contract),
		cmocka_unit_test(the_example_of_the_header_happens_step_by_step),
		cmocka_unit_test(withdrawn_events_leave_whoever_they_were_about),
		cmocka_unit_test(both_people_of_a_correction_are_told_to_change),
		cmocka_unit_test(following_stops_at_the_record_that_could_not_be_applied),
		cmocka_unit_test(slices_leave_no_trace),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
