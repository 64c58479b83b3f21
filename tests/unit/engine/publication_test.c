/*
 * tests/unit/engine/publication_test.c - the gate: what is shown of what was published.
 */
#include "engine/publication.h"

#include "base/check.h"
#include "base/date.h"
#include "engine/live.h"
#include "tests/unit/store_memory.h"

enum { HERE = 823, THERE = 820, GONE = 14, ELSEWHERE = 1 };

/* Noon of a day since 1970; all of these zones agree on it. */
#define NOON(day) ((day)*US_PER_DAY + US_PER_DAY / 2)

#define ROW(seq_, known_day_, municipality_, as_of_, withheld_, withdrawn_)                        \
	{                                                                                          \
		.seq = seq_, .recorded_us = NOON(known_day_), .as_of = as_of_,                     \
		.municipality = municipality_, .withdrawn_us = withdrawn_, .disclosed = true,      \
		.disclosure = { .withheld = withheld_ },                                           \
	}

static struct publication rows[] = {
	ROW(1, 100, HERE, 91, false, WITHDRAWN_NEVER),
	ROW(2, 200, THERE, 182, false, WITHDRAWN_NEVER),
	/* Withheld: the newest that is shown is that before it. */
	ROW(3, 300, HERE, 182, true, WITHDRAWN_NEVER),
	ROW(4, 400, HERE, 0, false, WITHDRAWN_NEVER),
	/* Withdrawn, published anew, on one day; before that on another. */
	ROW(5, 500, THERE, 91, false, NOON(510)),
	ROW(6, 520, THERE, 91, false, NOON(520) + 1),
	ROW(7, 520, THERE, 91, false, WITHDRAWN_NEVER),
	/* Withdrawn, and nothing came after it. */
	ROW(8, 600, GONE, 182, false, NOON(610)),
	ROW(9, 620, GONE, 182, false, NOON(630)),
};
enum { NONE = ARRAY_LENGTH(rows) };

static struct publications publications_of_rows(void)
{
	struct publication *list[ARRAY_LENGTH(rows)];
	struct publications publications;
	/* In any order. */
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		list[i] = &rows[(i * 5 + 3) % ARRAY_LENGTH(rows)];
	assert_int_equal(publications_init(&publications, list, ARRAY_LENGTH(rows)), OK);
	return publications;
}

static void only_what_was_published_is_shown(void **state)
{
	(void)state;
	assert_int_equal(zone_set(STORE_ZONE_DEFAULT), OK);
	static const struct {
		struct publication_question question;
		enum publication_state state;
		size_t row;
		int32_t withdrawn_day;
	} cases[] = {
		{ { HERE, 91, DAY_NONE }, PUBLICATION_SHOWN, 0, 0 },
		{ { HERE, 91, 100 }, PUBLICATION_SHOWN, 0, 0 },
		{ { HERE, 91, 101 }, PUBLICATION_NONE, NONE, 0 },
		{ { HERE, 92, DAY_NONE }, PUBLICATION_NONE, NONE, 0 },
		{ { HERE, 182, DAY_NONE }, PUBLICATION_WITHHELD, 2, 0 },
		{ { HERE, 182, 300 }, PUBLICATION_WITHHELD, 2, 0 },
		{ { HERE, 182, 301 }, PUBLICATION_NONE, NONE, 0 },
		{ { HERE, DAY_NONE, DAY_NONE }, PUBLICATION_SHOWN, 0, 0 },
		{ { HERE, DAY_NONE, 100 }, PUBLICATION_SHOWN, 0, 0 },
		{ { HERE, DAY_NONE, 300 }, PUBLICATION_NONE, NONE, 0 },
		{ { THERE, DAY_NONE, DAY_NONE }, PUBLICATION_SHOWN, 1, 0 },
		{ { THERE, 91, DAY_NONE }, PUBLICATION_SHOWN, 6, 0 },
		/* Twice on one day: the last holds. */
		{ { THERE, 91, 520 }, PUBLICATION_SHOWN, 6, 0 },
		{ { THERE, 91, 500 }, PUBLICATION_WITHDRAWN, 4, 510 },
		{ { THERE, 91, 521 }, PUBLICATION_NONE, NONE, 0 },
		{ { GONE, 182, DAY_NONE }, PUBLICATION_WITHDRAWN, 8, 630 },
		{ { GONE, 182, 600 }, PUBLICATION_WITHDRAWN, 7, 610 },
		{ { GONE, 182, 7 }, PUBLICATION_WITHDRAWN, 8, 630 },
		{ { GONE, DAY_NONE, DAY_NONE }, PUBLICATION_NONE, NONE, 0 },
		{ { ELSEWHERE, DAY_NONE, DAY_NONE }, PUBLICATION_NONE, NONE, 0 },
		{ { PART_ALL, DAY_NONE, DAY_NONE }, PUBLICATION_NONE, NONE, 0 },
	};
	struct publications publications = publications_of_rows();
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct publication_answer answer =
			publications_ask(&publications, &cases[i].question);
		if (answer.state != cases[i].state ||
			answer.publication != (cases[i].row == NONE ? NULL : &rows[cases[i].row]) ||
			answer.withdrawn_day != cases[i].withdrawn_day)
			fail_msg("case %zu: state %d, record %d", i, (int)answer.state,
				answer.publication == NULL ? 0 : (int)answer.publication->seq);
	}
	publications_release(&publications);
}

static void the_quarters_before_are_the_municipalitys_own_and_stand(void **state)
{
	(void)state;
	struct publications publications = publications_of_rows();
	const struct publication *before[8];
	assert_int_equal(publications_before(&publications, &rows[2], 8, before), 2);
	assert_ptr_equal(before[0], &rows[3]);
	assert_ptr_equal(before[1], &rows[0]);
	assert_int_equal(publications_before(&publications, &rows[2], 1, before), 1);
	assert_ptr_equal(before[0], &rows[0]);
	assert_int_equal(publications_before(&publications, &rows[3], 8, before), 0);
	assert_int_equal(publications_before(&publications, &rows[1], 8, before), 1);
	assert_ptr_equal(before[0], &rows[6]);
	publications_release(&publications);
}

static void a_disclosure_is_the_same_after_it_was_kept(void **state)
{
	(void)state;
	struct disclosure disclosure = { .round_to = 10, .moves = { .count = 2 } }, found = { 0 };
	snprintf(disclosure.moves.items[0].name, COUNT_NAME_SIZE, "intake.mean_domains");
	disclosure.moves.items[0].steps = -4;
	memset(disclosure.moves.items[1].name, 'x', COUNT_NAME_SIZE - 1);
	disclosure.moves.items[1].steps = 1;
	for (int withheld = 0; withheld < 2; withheld++) {
		struct text packed = { 0 };
		disclosure.withheld = withheld != 0;
		disclosure_pack(&disclosure, &packed);
		assert_int_equal(disclosure_unpack(text_bytes(&packed), &found), OK);
		assert_memory_equal(&found, &disclosure, sizeof(found));
		/* Cut anywhere but at the end of a line it is none. */
		for (size_t cut = 0; cut < packed.length; cut++)
			assert_int_equal(disclosure_unpack(bytes_of(packed.data, cut), &found),
				cut > 0 && packed.data[cut - 1] == '\n' ? OK : ERR_CORRUPT);
		text_release(&packed);
	}
	static const char *const wrong[] = { "", "5\n", "0 shown\n", "-5 shown\n", "5 maybe\n",
		"x shown\n", "5 shown\na\n", "5 shown\na b\n", "5 shown\n 1\n",
		"5 shown\na 99999999999\n", "5 shown\na 1234567890123456\n" };
	for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
		if (disclosure_unpack(bytes_of_string(wrong[i]), &found) != ERR_CORRUPT)
			fail_msg("row %zu", i);
	}
}

/* Follows and discloses all of a store. */
static struct live *live_of(struct store *store)
{
	struct live *live;
	struct publication *anew;
	struct reader *reader = store_reader(store);
	uint64_t to = log_last_seq(store->log);
	assert_int_equal(live_new(&live), OK);
	while (live->histories.applied_seq < to)
		assert_int_equal(live_follow(live, reader, to, UINT64_MAX), OK);
	do {
		assert_int_equal(live_disclose(live, reader, &anew), OK);
	} while (anew != NULL);
	reader_close(reader);
	return live;
}

/* Thirty people: enough to be shown at either base. */
static void thirty_live_here(struct store *store)
{
	char id[16], subject[16];
	for (int i = 0; i < 30; i++) {
		snprintf(id, sizeof(id), "e%d", i);
		snprintf(subject, sizeof(subject), "s%d", i);
		store_told(store, (struct said){ .id = id, .subject = subject, .body = SETTLES });
	}
}

/*
 * Multiples of two bases of one count narrow it. One of ladderd 0.1 has no base and does not
 * count, nor one that is withheld; one that was withdrawn does.
 */
static void the_first_base_that_was_shown_holds(void **state)
{
	(void)state;
	static const struct {
		const char *id, *body;
		uint32_t round_to;
	} says[] = {
		{ "p0", PUBLISHES("2024-03-31"), 0 },
		{ "p1", PUBLISHES("2023-03-31"), 10 },
		{ "w1", WITHDRAWS("2023-03-31"), 0 },
		{ "p2", PUBLISHES("2024-06-30"), 5 },
		{ "p3", PUBLISHES("2023-06-30"), 5 },
	};
	struct store store;
	store_make(&store);
	thirty_live_here(&store);
	for (size_t i = 0; i < ARRAY_LENGTH(says); i++) {
		store.round_to = says[i].round_to;
		store_told(&store,
			(struct said){ .id = says[i].id, .subject = "", .body = says[i].body });
	}
	struct live *live = live_of(&store);
	assert_int_equal(live->publication_count, 4);
	assert_true(live->publications[0]->disclosure.withheld);
	assert_int_equal(live->publications[0]->round_to, 0);
	assert_int_not_equal(live->publications[1]->withdrawn_us, WITHDRAWN_NEVER);
	int64_t base = live->publications[1]->disclosure.withheld ? 5 : 10;
	for (size_t i = 2; i < 4; i++) {
		assert_int_equal(live->publications[i]->round_to, 5);
		assert_int_equal(live->publications[i]->disclosure.round_to, base);
	}
	live_free(live);
	store_end(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_was_published_is_shown),
		cmocka_unit_test(the_quarters_before_are_the_municipalitys_own_and_stand),
		cmocka_unit_test(a_disclosure_is_the_same_after_it_was_kept),
		cmocka_unit_test(the_first_base_that_was_shown_holds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
