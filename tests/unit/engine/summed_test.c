/*
 * tests/unit/engine/summed_test.c - sums that travel: they come back as they went, add up to those
 * of one store, and whatever else comes is refused.
 */
#include "engine/summed.h"

#include "engine/tally.h"
#include "tests/unit/random_log.h"

/* The sums of a store, of one question. */
static struct summed sums_of(struct store *store, uint16_t municipality, int64_t known_us)
{
	struct answers answers;
	struct summed sums;
	struct reader *reader = store_reader(store);
	struct question question = question_at(zone_day(known_us) - 10);
	assert_int_equal(answers_fold(reader, &question, known_us, NULL, &answers), OK);
	assert_int_equal(summed_take(&answers, reader, municipality, &sums), OK);
	answers_release(&answers);
	reader_close(reader);
	return sums;
}

static struct text encoded(const struct summed *sums)
{
	struct text out = { 0 };
	assert_int_equal(summed_encode(sums, &out), OK);
	return out;
}

static void check_printed_alike(const struct summed *a, const struct summed *b)
{
	struct text one = { 0 }, two = { 0 };
	assert_int_equal(summed_print_json(a, &one), OK);
	assert_int_equal(summed_print_json(b, &two), OK);
	assert_true(bytes_equal(text_bytes(&one), text_bytes(&two)));
	text_release(&one);
	text_release(&two);
}

static void they_come_back_as_they_went(void **state)
{
	static const uint16_t municipalities[] = { PART_ALL, 823, 753, 1000 };
	struct store store;
	(void)state;
	store_make(&store);
	struct chance chance = chance_new();
	struct random_log log = { .store = &store, .chance = &chance };
	random_log_grow(&log, 2000);
	for (size_t i = 0; i < ARRAY_LENGTH(municipalities); i++) {
		struct reason reason = { "" };
		struct summed sums = sums_of(&store, municipalities[i], store.now_us), back;
		struct text bytes = encoded(&sums);
		if (summed_read(text_bytes(&bytes), &back, &reason) != OK)
			fail_msg("%s", reason.text);
		assert_true(part_equal(sums.part, back.part));
		check_printed_alike(&sums, &back);
		struct text again = encoded(&back);
		assert_true(bytes_equal(text_bytes(&bytes), text_bytes(&again)));
		/* Whatever is cut off at its end is missed. */
		for (size_t length = 0; length < bytes.length; length += 1 + length / 50) {
			struct summed cut;
			assert_int_equal(summed_read(bytes_of(bytes.data, length), &cut, &reason),
				ERR_INVALID);
			assert_true(reason.text[0] != '\0');
		}
		text_release(&bytes);
		text_release(&again);
		summed_release(&sums);
		summed_release(&back);
	}
	store_end(&store);
}

static void those_of_two_stores_add_up_to_those_of_one(void **state)
{
	struct store stores[3]; /* of two halves of people, and of all */
	struct reason reason = { "" };
	(void)state;
	for (size_t i = 0; i < 3; i++)
		store_make(&stores[i]);
	for (int i = 0; i < 60; i++) {
		char id[16], subject[16];
		snprintf(id, sizeof(id), "e%d", i);
		snprintf(subject, sizeof(subject), "p%d", i % 20);
		const struct said said = {
			.id = id,
			.subject = subject,
			.day = i < 20   ? "2023-01-10"
			       : i < 40 ? "2023-05-01"
					: "2024-02-01",
			.body = i < 20   ? SETTLES
				: i < 40 ? RUNG(2)
					 : RUNG(4),
		};
		for (size_t j = 0; j < 3; j++) {
			stores[j].now_us = STORE_NOW_US + i;
			if (j == 2 || (size_t)(i % 20) / 10 == j)
				store_told(&stores[j], said);
		}
	}
	int64_t known_us = STORE_NOW_US + 1000;
	struct summed one = sums_of(&stores[0], PART_ALL, known_us);
	struct summed two = sums_of(&stores[1], PART_ALL, known_us);
	struct summed all = sums_of(&stores[2], PART_ALL, known_us);
	assert_false(part_equal(one.part, all.part));
	one.head.acts = (struct acts){ .erased_people = 2, .complete_from = 100 };
	two.head.acts = (struct acts){ .erased_people = 3, .complete_from = 90 };
	all.head.acts = (struct acts){ .erased_people = 5, .complete_from = 100 };
	assert_int_equal(summed_add(&one, &two, &reason), OK);
	assert_int_equal(one.store_count, 2);
	/* Whoever is in a store that was added would count twice. */
	assert_int_equal(summed_add(&one, &two, &reason), ERR_CONFLICT);
	assert_non_null(strstr(reason.text, "count twice"));
	assert_true(part_equal(one.part, all.part));
	check_printed_alike(&one, &all);
	summed_release(&one);
	summed_release(&two);
	summed_release(&all);
	for (size_t i = 0; i < 3; i++)
		store_end(&stores[i]);
}

static void those_of_two_questions_are_not_added(void **state)
{
	struct summed sums = {
		.head = { .as_of = 10, .known_us = 100, .municipality = 823, .window_days = 365 },
		.question = question_at(10),
	};
	struct summed others[5];
	static const char *const names[] = { "as_of", "known_at", "municipality", "window",
		"definitions" };
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(others); i++) {
		struct reason reason = { "" };
		others[i] = sums;
		others[0].head.as_of = 11;
		others[i].head.known_us += i == 1;
		others[i].head.municipality = i == 2 ? PART_ALL : 823;
		others[i].head.window_days += i == 3;
		others[i].question.definitions -= i == 4;
		assert_int_equal(summed_add(&sums, &others[i], &reason), ERR_CONFLICT);
		assert_non_null(strstr(reason.text, names[i]));
	}
}

/* A part of somebody's imagination, in the form that sums have. */
static void part_imagine(struct part *part, struct chance *chance)
{
	int64_t most = chance_below(chance, 3) == 0 ? SUMMED_COUNT_MAX : 6;
	for (unsigned i = 0; i < registry_counters(); i++)
		part->counters[i] = (int64_t)chance_below(chance, (uint64_t)most);
	for (unsigned i = 0; i < registry_histograms(); i++) {
		struct histogram *histogram = &part->histograms[i];
		size_t count = (size_t)chance_below(chance, 5);
		histogram->cells = calloc(count + 1, sizeof(*histogram->cells));
		int32_t at = (int32_t)chance_below(chance, 100) - 2;
		for (size_t j = 0; j < count; j++) {
			histogram->cells[j].at = at;
			histogram->cells[j].units = 1 + (int64_t)chance_below(chance, 4);
			at += 1 + (int32_t)chance_below(chance, 400);
		}
		histogram->count = (uint32_t)count;
	}
}

/* Gives each curve exits to its entries, so that what is behind the curves is reached. */
static void curves_mend(struct part *part)
{
	for (unsigned slot = 0; slot < registry_histograms(); slot++) {
		struct histogram *curve = &part->histograms[slot];
		if (registry_curve(slot) == NULL)
			continue;
		for (unsigned i = 1; i < CURVE_HISTOGRAMS; i++)
			curve[i].count = 0;
		free(curve[1].cells);
		curve[1].cells = calloc(1, sizeof(*curve[1].cells));
		if (curve[0].count == 0)
			continue;
		curve[1].cells[0].at = curve[0].cells[curve[0].count - 1].at + 30;
		for (uint32_t i = 0; i < curve[0].count; i++)
			curve[1].cells[0].units += curve[0].cells[i].units;
		curve[1].count = 1;
	}
}

static void what_nobody_could_have_counted_is_refused_or_printed(void **state)
{
	struct chance chance = chance_new();
	unsigned refused = 0, taken = 0;
	(void)state;
	for (int i = 0; i < 400; i++) {
		struct reason reason = { "" };
		struct summed back, sums = {
			.head = { .as_of = 19900,
				.known_us = STORE_NOW_US,
				.municipality = 823,
				.window_days = 365 },
			.question = question_at(19900),
			.part = part_new(823),
			.stores = calloc(1, sizeof(*sums.stores)),
			.store_count = 1,
			.store_size = 1,
		};
		part_imagine(sums.part, &chance);
		if (chance_below(&chance, 4) > 0)
			curves_mend(sums.part);
		if (chance_below(&chance, 10) == 0)
			memset(sums.part->counters, 0,
				registry_counters() * sizeof(*sums.part->counters));
		struct text bytes = encoded(&sums);
		enum err err = summed_read(text_bytes(&bytes), &back, &reason);
		assert_true(err == OK || (err == ERR_INVALID && reason.text[0] != '\0'));
		refused += err != OK;
		taken += err == OK;
		if (err == OK)
			summed_release(&back);
		text_release(&bytes);
		summed_release(&sums);
	}
	assert_true(refused > 0 && taken > 0);
}

static void any_byte_may_be_anything(void **state)
{
	struct store store;
	(void)state;
	store_make(&store);
	struct chance chance = chance_new();
	struct random_log log = { .store = &store, .chance = &chance };
	random_log_grow(&log, 600);
	struct summed sums = sums_of(&store, 823, store.now_us);
	struct text bytes = encoded(&sums);
	uint8_t *changed = malloc(bytes.length);
	for (int i = 0; i < 4000; i++) {
		struct reason reason = { "" };
		struct summed back;
		memcpy(changed, bytes.data, bytes.length);
		for (uint64_t j = 0; j <= chance_below(&chance, 3); j++)
			changed[chance_below(&chance, bytes.length)] =
				(uint8_t)chance_below(&chance, 256);
		enum err err = summed_read(bytes_of(changed, bytes.length), &back, &reason);
		assert_true(err == OK || err == ERR_INVALID);
		if (err == OK)
			summed_release(&back);
	}
	free(changed);
	text_release(&bytes);
	summed_release(&sums);
	store_end(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_come_back_as_they_went),
		cmocka_unit_test(those_of_two_stores_add_up_to_those_of_one),
		cmocka_unit_test(those_of_two_questions_are_not_added),
		cmocka_unit_test(what_nobody_could_have_counted_is_refused_or_printed),
		cmocka_unit_test(any_byte_may_be_anything),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
