/*
 * tests/unit/engine/live_test.c - the state of today against a fresh fold of the log.
 */
#include "engine/answers.h"
#include "engine/live.h"
#include "tests/unit/histories_same.h"
#include "tests/unit/random_log.h"

/* Follows to the end of the log in slices, and refreshes. */
static void catch_up(
	struct live *live, struct store *store, int64_t known_us, struct chance *chance)
{
	struct reader *reader = store_reader(store);
	bool changed;
	uint64_t to = log_last_seq(store->log);
	while (live->histories.applied_seq < to) {
		uint64_t slice = chance == NULL ? UINT64_MAX : 1 + chance_below(chance, 25);
		assert_int_equal(live_follow(live, reader, to, slice), OK);
		assert_int_equal(reader_renew(reader), OK);
	}
	assert_int_equal(live_refresh(live, reader, known_us, &changed), OK);
	assert_int_equal(live->marked_count, 0);
	reader_close(reader);
}

static void day_add(struct live *live, struct store *store, int32_t day)
{
	struct reader *reader = store_reader(store);
	assert_int_equal(live_day_add(live, reader, day), OK);
	reader_close(reader);
}

static size_t rows_seen; /* of work lists, by the checks so far */

/* The work lists that nobody kept up: made at once, of all that the log says. Drop it. */
static struct worklist *fresh_list(
	struct reader *reader, uint64_t seq_to, int64_t known_us, int32_t as_of)
{
	struct live *fresh;
	bool changed;
	assert_int_equal(live_new(&fresh), OK);
	while (fresh->histories.applied_seq < seq_to)
		assert_int_equal(live_follow(fresh, reader, seq_to, UINT64_MAX), OK);
	assert_int_equal(live_refresh(fresh, reader, known_us, &changed), OK);
	assert_int_equal(live_day_add(fresh, reader, as_of), OK);
	struct worklist *list = worklist_hold(fresh->days[0].worklist);
	live_free(fresh);
	return list;
}

/* Are the packed sums those of a tally, which is empty then? */
static bool sums_are(const struct packed_sums *sums, struct tally *tally)
{
	struct packed_sums own = { .count = 0 };
	bool equal;
	assert_int_equal(packed_sums_add(&own, tally), OK);
	assert_int_equal(packed_sums_compare(&own, sums, &equal), OK);
	packed_sums_release(&own);
	return equal;
}

static bool sums_equal(const struct packed_sums *a, const struct packed_sums *b)
{
	bool equal;
	assert_int_equal(packed_sums_compare(a, b, &equal), OK);
	return equal;
}

/* Holds every day of the live against a fold from nothing. */
static void check_days(struct live *live, struct store *store, int64_t known_us)
{
	struct reader *reader = store_reader(store);
	for (size_t i = 0; i < live->day_count; i++) {
		struct answers answers;
		assert_int_equal(
			answers_fold(reader, &live->days[i].question, known_us, NULL, &answers),
			OK);
		assert_int_equal(answers.seq, live->histories.applied_seq);
		assert_true(sums_are(&live->days[i].sums, answers.tally));
		answers_release(&answers);
		struct worklist *list = fresh_list(reader, live->histories.applied_seq, known_us,
			live->days[i].question.as_of);
		assert_true(worklist_equal(list, live->days[i].worklist));
		rows_seen += list->row_count;
		worklist_drop(list);
	}
	reader_close(reader);
}

static bool parts_equal(const struct part *a, const struct part *b)
{
	bool equal = true;
	for (unsigned i = 0; i < registry_counters(); i++)
		equal = equal &&
			(a == NULL ? 0 : a->counters[i]) == (b == NULL ? 0 : b->counters[i]);
	for (unsigned i = 0; i < registry_histograms(); i++) {
		struct histogram none = { 0 };
		const struct histogram *x = a == NULL ? &none : &a->histograms[i];
		const struct histogram *y = b == NULL ? &none : &b->histograms[i];
		equal = equal && x->count == y->count &&
			(x->count == 0 ||
				memcmp(x->cells, y->cells, x->count * sizeof(*x->cells)) == 0);
	}
	return equal;
}

/* The sums of a publication against others; NULL: of nothing. */
static bool publication_says(const struct publication *publication, const struct part *part)
{
	struct part *own;
	assert_int_equal(part_unpack(&publication->part, publication->municipality, &own), OK);
	bool equal = parts_equal(own, part);
	part_free(own);
	return equal;
}

/* A publication is F(as_of, K) for ever, with K its own instant. */
static void check_publication(struct store *store, const struct publication *publication)
{
	struct reader *reader = store_reader(store);
	struct question question = publication_question(publication);
	struct answers answers;
	assert_int_equal(
		answers_fold(reader, &question, publication->recorded_us, NULL, &answers), OK);
	assert_int_equal(answers.seq, publication->seq);
	assert_true(publication_says(
		publication, tally_part(answers.tally, publication->municipality)));
	answers_release(&answers);
	reader_close(reader);
}

static void live_equals_a_fresh_fold_whatever_comes_in_any_slices(void **state)
{
	(void)state;
	struct store store;
	struct live *live;
	struct chance chance = chance_new();
	struct random_log log = { .store = &store, .chance = &chance };
	int64_t known_us = INT64_MIN;
	store_make(&store);
	assert_int_equal(live_new(&live), OK);
	store_told(&store, (struct said)ABOUT_NOBODY("p", PUBLISHES("1999-12-31")));
	for (int round = 0; round < 30; round++) {
		random_log_grow(&log, 1 + chance_below(&chance, 40));
		/* Knowledge never goes back; what is recorded comes after it. */
		if (store.now_us < log_last_recorded_us(store.log))
			store.now_us = log_last_recorded_us(store.log);
		store.now_us += random_between(&chance, 0, US_PER_DAY);
		if (store.now_us < known_us)
			store.now_us = known_us;
		known_us = store.now_us;
		int32_t today = zone_day(known_us);
		if (chance_below(&chance, 4) == 0) {
			/* Marked people when a day comes. */
			struct reader *reader = store_reader(&store);
			assert_int_equal(live_follow(live, reader, log_last_seq(store.log), 7), OK);
			reader_close(reader);
		}
		live_days_drop_before(live, today);
		if (live_day_find(live, today) == NULL)
			day_add(live, &store, today);
		if (live->day_count < LIVE_DAYS_MAX && chance_below(&chance, 3) == 0)
			day_add(live, &store, today + 1);
		catch_up(live, &store, known_us, &chance);
		check_days(live, &store, known_us);
	}
	assert_true(live->publication_count > 0);
	assert_true(rows_seen > 0);
	for (size_t i = 0; i < live->publication_count; i++)
		check_publication(&store, live->publications[i]);
	live_free(live);
	store_end(&store);
}

/* Everything is retracted, and a quarter of a year goes by. */
static void taking_everything_off_leaves_exactly_nothing(void **state)
{
	(void)state;
	struct store store;
	struct live *live;
	struct chance chance = chance_new();
	struct random_log log = { .store = &store, .chance = &chance };
	struct tally *empty;
	static const char *const partners[] = { "isd", "vwn", "coa" };
	store_make(&store);
	assert_int_equal(live_new(&live), OK);
	assert_int_equal(tally_new(&empty), OK);
	day_add(live, &store, zone_day(store.now_us) + 200);
	random_log_grow(&log, 300);
	catch_up(live, &store, log_last_recorded_us(store.log), &chance);
	assert_false(sums_are(&live->days[0].sums, empty));
	assert_true(live->days[0].worklist->row_count > 0);
	store_begin(&store);
	for (uint64_t i = 0; i < log.said; i++) {
		char id[32], body[100];
		snprintf(id, sizeof(id), "undo%llu", (unsigned long long)i);
		snprintf(body, sizeof(body), "'event_retracted':{'target_id':'e%llu'}",
			(unsigned long long)i);
		for (size_t j = 0; j < ARRAY_LENGTH(partners); j++)
			store_put(&store, (struct said){ .id = id,
						  .subject = "",
						  .partner = partners[j],
						  .body = body });
	}
	store_commit(&store);
	int64_t known_us = log_last_recorded_us(store.log) + 92 * US_PER_DAY;
	catch_up(live, &store, known_us, &chance);
	assert_int_equal(live->histories.fact_count, 0);
	assert_true(sums_are(&live->days[0].sums, empty));
	assert_int_equal(live->days[0].worklist->row_count, 0);
	check_days(live, &store, known_us);
	tally_free(empty);
	live_free(live);
	store_end(&store);
}

static void a_new_day_counts_everybody_anew(void **state)
{
	(void)state;
	struct store store;
	struct live *live;
	store_make(&store);
	assert_int_equal(live_new(&live), OK);
	store_told(&store, (struct said){ .id = "a", .body = SETTLES, .day = "2024-10-05" });
	store_told(&store,
		(struct said){ .id = "b", .body = "'person_registered':{'birth_year':1980}" });
	day_add(live, &store, STORE_TODAY);
	int64_t known_us = log_last_recorded_us(store.log);
	catch_up(live, &store, known_us, NULL);
	day_add(live, &store, STORE_TODAY + 1);
	check_days(live, &store, known_us);
	/* Settled tomorrow: not today. */
	assert_false(sums_equal(&live->days[0].sums, &live->days[1].sums));
	live_days_drop_before(live, STORE_TODAY + 1);
	assert_int_equal(live->day_count, 1);
	assert_null(live_day_find(live, STORE_TODAY));
	assert_int_equal(live_day_find(live, STORE_TODAY + 1)->question.as_of, STORE_TODAY + 1);
	check_days(live, &store, known_us);
	live_days_drop_before(live, INT32_MAX);
	assert_int_equal(live->day_count, 0);
	live_free(live);
	store_end(&store);
}

static void a_refresh_says_whether_a_sum_may_have_changed(void **state)
{
	(void)state;
	struct store store;
	struct live *live;
	bool changed;
	store_make(&store);
	assert_int_equal(live_new(&live), OK);
	day_add(live, &store, STORE_TODAY);
	store_told(&store, (struct said){ .id = "a" });
	struct reader *reader = store_reader(&store);
	int64_t recorded_us = store.now_us;
	assert_int_equal(live_follow(live, reader, 1, UINT64_MAX), OK);
	static const struct {
		int64_t after_us;
		bool changed;
	} rows[] = {
		{ 0, true }, { 0, false }, { US_PER_DAY, false }, { QUALITY_WINDOW_US - 1, false },
		{ QUALITY_WINDOW_US, true },                    /* the record leaves data_quality */
		{ QUALITY_WINDOW_US + 1, false }, { 0, false }, /* the clock stepped back */
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		assert_int_equal(
			live_refresh(live, reader, recorded_us + rows[i].after_us, &changed), OK);
		if (changed != rows[i].changed)
			fail_msg("row %zu", i);
	}
	reader_close(reader);
	live_free(live);
	store_end(&store);
}

/* What comes after a publication changes nothing of it, however it corrects what was. */
static void what_is_published_stays_as_it_was_known(void **state)
{
	(void)state;
	static const struct said says[] = {
		{ .id = "a", .body = "'person_registered':{'birth_year':1980}" },
		{ .id = "b", .body = SETTLES, .day = "2023-01-01" },
		{ .id = "c", .key = "k", .day = "2023-02-01", .body = RUNG(2) },
		ABOUT_NOBODY("p", PUBLISHES("2024-06-30")),
		{ .id = "q",
			.subject = "",
			.municipality = "GM0999",
			.body = PUBLISHES("2024-06-30") },
		{ .id = "d", .key = "k", .day = "2023-02-01", .body = RUNG(6) },
		ABOUT_NOBODY("r", RETRACTS_ID("b")),
		ABOUT_NOBODY("s", PUBLISHES("2024-03-31")),
	};
	static const uint64_t slices[] = { 1, 2, 3, UINT64_MAX };
	struct store store;
	store_make(&store);
	for (size_t i = 0; i < ARRAY_LENGTH(says); i++)
		store_told(&store, says[i]);
	for (size_t i = 0; i < ARRAY_LENGTH(slices); i++) {
		struct live *live;
		struct reader *reader = store_reader(&store);
		assert_int_equal(live_new(&live), OK);
		while (live->histories.applied_seq < ARRAY_LENGTH(says))
			assert_int_equal(
				live_follow(live, reader, ARRAY_LENGTH(says), slices[i]), OK);
		assert_int_equal(live->publication_count, 3);
		static const uint64_t seqs[] = { 4, 5, 8 };
		for (size_t j = 0; j < ARRAY_LENGTH(seqs); j++) {
			assert_int_equal(live->publications[j]->seq, seqs[j]);
			check_publication(&store, live->publications[j]);
		}
		/* One person lived there then, nobody afterwards; of GM0999 only the record. */
		struct part *last;
		assert_int_equal(part_unpack(&live->publications[2]->part, 0, &last), OK);
		assert_false(publication_says(live->publications[0], NULL));
		assert_false(publication_says(live->publications[0], last));
		part_free(last);
		reader_close(reader);
		live_free(live);
	}
	store_end(&store);
}

/* Stops once it was asked more than so many times. */
static bool stops_after(const void *context)
{
	int *left = *(int *const *)context;
	return (*left)-- <= 0;
}

static void a_fold_of_many_stops_before_any_of_the_people(void **state)
{
	(void)state;
	struct store store;
	struct live *live;
	struct question question = question_at(STORE_TODAY);
	struct tally *tally;
	int left = 0, *counter = &left;
	bool changed;
	store_make(&store);
	store_told(&store, (struct said){ .id = "a", .body = SETTLES });
	store_told(&store, (struct said){ .id = "b", .subject = "p2", .body = SETTLES });
	struct reader *reader = store_reader(&store);
	assert_int_equal(live_new(&live), OK);
	live->folding.stopped = stops_after;
	live->folding.context = &counter;
	assert_int_equal(live_follow(live, reader, 2, UINT64_MAX), OK);
	assert_int_equal(live_refresh(live, reader, STORE_NOW_US + 10, &changed), OK);
	assert_int_equal(tally_new(&tally), OK);
	for (int people = 0; people <= 2; people++) {
		enum err err = people < 2 ? ERR_STOPPED : OK;
		left = people;
		assert_int_equal(
			fold_people(&live->folding, &live->histories, reader, &question, tally),
			err);
		left = people;
		assert_int_equal(fold_people_of(&live->folding, &live->histories, reader, 823,
					 &question, tally),
			err);
		left = people < 2 ? people : 3; /* the last time for the records */
		assert_int_equal(live_day_add(live, reader, STORE_TODAY), err);
		assert_int_equal(live->day_count, people < 2 ? 0 : 1);
	}
	/* Who was taken off and not added again is still marked: such a state is not saved. */
	left = 0;
	store_told(&store, (struct said){ .id = "c" });
	assert_int_equal(reader_renew(reader), OK);
	assert_int_equal(live_follow(live, reader, 3, UINT64_MAX), OK);
	assert_int_equal(live_refresh(live, reader, STORE_NOW_US + 20, &changed), ERR_STOPPED);
	assert_int_equal(live->marked_count, 1);
	tally_free(tally);
	live_free(live);
	reader_close(reader);
	store_end(&store);
}

static bool pasts_same(const struct names *a, const struct past_fact *x, const struct names *b,
	const struct past_fact *y)
{
	return past_fact_by(x) == past_fact_by(y) && facts_same(a, &x->fact, b, &y->fact);
}

/* What was withdrawn is kept alike, in whatever order. */
static void check_past(const struct histories *a, const struct histories *b)
{
	for (uint32_t person = 0; person < a->people_count; person++) {
		const struct history *left = &a->people[person];
		if (person >= b->people_count) {
			assert_int_equal(left->count + left->past_count, 0);
			continue;
		}
		const struct history *right = &b->people[person];
		assert_int_equal(left->past_count, right->past_count);
		assert_int_equal(left->municipalities, right->municipalities);
		for (uint32_t i = 0; i < left->past_count; i++) {
			bool found = false;
			for (uint32_t j = 0; j < left->past_count && !found; j++)
				found = pasts_same(histories_refs(a, person), &left->past[i],
					histories_refs(b, person), &right->past[j]);
			assert_true(found);
		}
	}
}

static void check_blocks(struct live *a, struct live *b)
{
	struct quality_block *left, *right;
	size_t count, also;
	assert_int_equal(quality_sums_list(a->quality, &left, &count), OK);
	assert_int_equal(quality_sums_list(b->quality, &right, &also), OK);
	assert_int_equal(count, also);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(left[i].count, right[i].count);
		if (left[i].count > 0)
			assert_memory_equal(
				left[i].rows, right[i].rows, left[i].count * sizeof(*left[i].rows));
	}
	quality_blocks_free(left, count);
	quality_blocks_free(right, count);
}

static void check_alike(struct live *a, struct live *b, struct store *store)
{
	struct reader *reader = store_reader(store);
	sort_all(&a->histories, reader);
	sort_all(&b->histories, reader);
	reader_close(reader);
	check_same(&a->histories, &b->histories);
	check_past(&a->histories, &b->histories);
	check_blocks(a, b);
	assert_int_equal(a->publication_count, b->publication_count);
	for (size_t i = 0; i < a->publication_count; i++) {
		const struct publication *x = a->publications[i], *y = b->publications[i];
		assert_int_equal(x->seq, y->seq);
		assert_int_equal(x->withdrawn_us, y->withdrawn_us);
		assert_int_equal(x->definitions, y->definitions);
		assert_int_equal(x->part.length, y->part.length);
		assert_memory_equal(x->part.data, y->part.data, x->part.length);
	}
	assert_int_equal(a->day_count, b->day_count);
	for (size_t i = 0; i < a->day_count; i++) {
		assert_true(sums_equal(&a->days[i].sums, &b->days[i].sums));
		assert_true(worklist_equal(a->days[i].worklist, b->days[i].worklist));
	}
}

/* A live that several threads make, of whatever there is. */
static struct live *gathered(struct store *store, int64_t known_us, struct chance *chance)
{
	struct live *live;
	struct reader *reader = store_reader(store);
	assert_int_equal(live_new(&live), OK);
	live->threads = 1 + (unsigned)chance_below(chance, 5);
	live->records_of_a_part = live->people_of_a_part = 1;
	assert_int_equal(live_gather(live, reader, known_us), OK);
	reader_close(reader);
	return live;
}

static void a_live_that_gathers_is_as_one_that_follows_and_goes_on_alike(void **state)
{
	(void)state;
	static const struct said says[] = {
		ABOUT_NOBODY("p", PUBLISHES("1999-12-31")),
		ABOUT_NOBODY("q", PUBLISHES("2000-03-31")),
		ABOUT_NOBODY("v", WITHDRAWS("1999-12-31")),
		ABOUT_NOBODY("r", PUBLISHES("1999-12-31")),
	};
	static const struct said later[] = {
		ABOUT_NOBODY("s", PUBLISHES("2000-06-30")),
		ABOUT_NOBODY("w", WITHDRAWS("2000-03-31")),
		ABOUT_NOBODY("t", PUBLISHES("2000-09-30")),
	};
	struct chance chance = chance_new();
	size_t publications = 0;
	for (int round = 0; round < 8; round++) {
		struct store store;
		struct live *followed;
		struct random_log log = { .store = &store, .chance = &chance };
		store_make(&store);
		for (size_t more = 0; more < ARRAY_LENGTH(says); more++) {
			random_log_grow(&log, 1 + chance_below(&chance, 80));
			store_told(&store, says[more]);
		}
		int64_t known_us = log_last_recorded_us(store.log);
		int32_t today = zone_day(known_us);
		struct live *live = gathered(&store, known_us, &chance);
		assert_int_equal(live_new(&followed), OK);
		for (size_t more = 0; more < ARRAY_LENGTH(later); more++) {
			catch_up(followed, &store, known_us, &chance);
			catch_up(live, &store, known_us, &chance);
			if (more == 0) {
				day_add(followed, &store, today);
				day_add(live, &store, today);
			}
			check_alike(followed, live, &store);
			random_log_grow(&log, chance_below(&chance, 60));
			store_told(&store, later[more]);
			known_us = log_last_recorded_us(store.log);
		}
		publications += live->publication_count;
		live_free(live);
		live_free(followed);
		store_end(&store);
	}
	assert_true(publications > 8);
}

/* Nothing is there, and nothing known yet: it follows from the beginning. */
static void a_live_that_gathers_nothing_follows_from_the_beginning(void **state)
{
	(void)state;
	struct store store;
	struct chance chance = chance_new();
	struct live *followed;
	store_make(&store);
	assert_int_equal(live_new(&followed), OK);
	struct live *live = gathered(&store, store.now_us, &chance);
	assert_int_equal(live->histories.applied_seq, 0);
	store_told(&store, (struct said){ .id = "a", .body = SETTLES });
	catch_up(followed, &store, store.now_us, NULL);
	catch_up(live, &store, store.now_us, NULL);
	check_alike(followed, live, &store);
	assert_int_equal(live->histories.applied_seq, 1);
	live_free(live);
	live_free(followed);
	store_end(&store);
}

/* More than the people whom a fold may take by municipality, see fold.c. */
#define OF_ALL_PLACES 600

static void the_rows_of_many_people_are_in_the_order_of_their_numbers(void **state)
{
	(void)state;
	static const char *const places[] = { "GM0823", "GM0753", "GM0757" };
	struct store store;
	struct live *live;
	store_make(&store);
	store_begin(&store);
	for (unsigned i = 0; i < OF_ALL_PLACES; i++) {
		char subject[16], id[16];
		struct said said = { .id = id,
			.subject = subject,
			.body = SETTLES,
			.municipality = places[i % ARRAY_LENGTH(places)] };
		snprintf(subject, sizeof(subject), "s%u", i);
		snprintf(id, sizeof(id), "a%u", i);
		store_put(&store, said);
		snprintf(id, sizeof(id), "b%u", i);
		said.body = RUNG(2);
		store_put(&store, said);
	}
	store_commit(&store);
	for (unsigned threads = 1; threads <= 3; threads += 2) {
		struct reader *reader = store_reader(&store);
		assert_int_equal(live_new(&live), OK);
		live->threads = threads;
		live->people_of_a_part = 1;
		assert_int_equal(live_gather(live, reader, log_last_recorded_us(store.log)), OK);
		assert_int_equal(
			live_day_add(live, reader, zone_day(log_last_recorded_us(store.log)) + 300),
			OK);
		const struct worklist *list = live->days[0].worklist;
		assert_true(list->row_count >= OF_ALL_PLACES);
		for (size_t i = 1; i < list->row_count; i++)
			assert_true(list->rows[i - 1].person <= list->rows[i].person);
		reader_close(reader);
		live_free(live);
	}
	store_end(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(live_equals_a_fresh_fold_whatever_comes_in_any_slices),
		cmocka_unit_test(the_rows_of_many_people_are_in_the_order_of_their_numbers),
		cmocka_unit_test(taking_everything_off_leaves_exactly_nothing),
		cmocka_unit_test(a_new_day_counts_everybody_anew),
		cmocka_unit_test(a_refresh_says_whether_a_sum_may_have_changed),
		cmocka_unit_test(a_fold_of_many_stops_before_any_of_the_people),
		cmocka_unit_test(what_is_published_stays_as_it_was_known),
		cmocka_unit_test(a_live_that_gathers_is_as_one_that_follows_and_goes_on_alike),
		cmocka_unit_test(a_live_that_gathers_nothing_follows_from_the_beginning),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
