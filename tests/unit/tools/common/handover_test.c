/*
 * tests/unit/tools/common/handover_test.c - what is sealed comes out again, and whatever else a
 * box may hold is refused: anybody who has the public half of a key can make one.
 */
#include "tools/common/handover.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

#define TODAY 20000 /* 2024-10-04 */

#define EVENT(more) "{\"id\":\"0\",\"subject\":\"p-1\",\"municipality\":\"GM0823\"," more "}"
#define SETTLED     EVENT("\"occurred_on\":\"2024-01-01\",\"municipality_settled\":{}")
#define ASSESSED    EVENT("\"occurred_on\":\"2024-02-01\",\"ladder_assessed\":{\"rung\":2}")

static struct seal_key key;
static struct seal_secret secret;

static void *must(void *memory)
{
	assert_non_null(memory);
	return memory;
}

/* The file with a content that somebody else made. Free its data. */
static struct bytes forged(const char *content)
{
	size_t mark = strlen(HANDOVER_MARK), length = strlen(content);
	uint8_t *file = must(malloc(mark + length + SEAL_EXTRA));
	memcpy(file, HANDOVER_MARK, mark);
	seal_close(&key, bytes_of(content, length), file + mark);
	return bytes_of(file, mark + length + SEAL_EXTRA);
}

static enum err open_bytes(struct bytes file, struct arena *arena, struct handover *out)
{
	const struct event_rules rules = { .today = TODAY };
	struct reason reason;
	assert_int_equal(arena_init(arena, 65536), OK);
	return handover_open(file, &secret, &rules, arena, out, &reason);
}

static enum err open_content(const char *content)
{
	struct arena arena;
	struct handover handover;
	struct bytes file = forged(content);
	enum err err = open_bytes(file, &arena, &handover);
	arena_release(&arena);
	free((void *)(uintptr_t)file.data);
	return err;
}

static void what_is_sealed_comes_out_again(void **state)
{
	(void)state;
	struct handover made = { .subject = bytes_of_string("p-1"), .moved_on = TODAY - 10 };
	struct event *registered = handover_add(&made, EVENT_PERSON_REGISTERED, 823, TODAY - 900);
	registered->values[PERSON_REGISTERED_BIRTH_YEAR] = (struct value){ true, 1990, { 0 } };
	handover_add(&made, EVENT_MUNICIPALITY_SETTLED, 823, TODAY - 900);
	struct text file = { 0 }, again = { 0 };
	assert_int_equal(handover_close(&made, &key, &file), OK);
	assert_true(handover_is(text_bytes(&file)));
	assert_null(memmem(file.data, file.length, "p-1", 3));
	assert_null(memmem(file.data, file.length, "1990", 4));
	/* No two boxes of the same are alike. */
	assert_int_equal(handover_close(&made, &key, &again), OK);
	assert_memory_not_equal(file.data + strlen(HANDOVER_MARK),
		again.data + strlen(HANDOVER_MARK), file.length - strlen(HANDOVER_MARK));

	struct arena arena;
	struct handover opened;
	assert_int_equal(open_bytes(text_bytes(&file), &arena, &opened), OK);
	assert_int_equal(opened.count, 2);
	assert_int_equal(opened.moved_on, TODAY - 10);
	assert_false(opened.has_municipality);
	assert_int_equal(opened.events[0].values[PERSON_REGISTERED_BIRTH_YEAR].number, 1990);
	assert_int_equal(opened.events[1].day, TODAY - 900);
	handover_settle(&opened, 855);
	assert_int_equal(opened.count, 3);
	assert_int_equal(opened.events[2].day, TODAY - 10);
	struct text first = { 0 }, second = { 0 };
	handover_print(&opened, 1, &first);
	handover_print(&opened, 2, &second);
	assert_non_null(strstr(first.data, "\"id\":\"handover-1-"));
	assert_non_null(strstr(second.data, "\"id\":\"handover-2-"));
	assert_non_null(strstr(second.data, "\"municipality\":\"GM0855\""));
	text_release(&first);
	text_release(&second);
	text_release(&file);
	text_release(&again);
	arena_release(&arena);
}

static void a_changed_byte_and_another_length_are_refused(void **state)
{
	(void)state;
	struct handover made = { .subject = bytes_of_string("p-1"), .moved_on = TODAY };
	handover_add(&made, EVENT_MUNICIPALITY_SETTLED, 823, TODAY - 900);
	struct text file = { 0 };
	assert_int_equal(handover_close(&made, &key, &file), OK);
	for (size_t i = 0; i < file.length; i++) {
		struct arena arena;
		struct handover opened;
		file.data[i] ^= 1;
		bool is_one = handover_is(text_bytes(&file));
		assert_int_equal(is_one, i >= strlen(HANDOVER_MARK));
		if (is_one) {
			assert_int_equal(
				open_bytes(text_bytes(&file), &arena, &opened), ERR_INVALID);
			arena_release(&arena);
		}
		file.data[i] ^= 1;
	}
	for (size_t length = strlen(HANDOVER_MARK); length < file.length; length++) {
		struct arena arena;
		struct handover opened;
		assert_int_equal(
			open_bytes(bytes_of(file.data, length), &arena, &opened), ERR_INVALID);
		arena_release(&arena);
	}
	text_release(&file);
}

static void only_what_belongs_into_a_hand_over_is_taken(void **state)
{
	static const struct {
		const char *content;
		enum err err;
	} rows[] = {
		{ "{\"moved_on\":\"2024-09-01\",\"events\":[" SETTLED "," ASSESSED "]}", OK },
		{ "{\"moved_on\":\"2024-09-01\",\"municipality\":\"GM0855\",\"events\":[" SETTLED
		  "]}",
			OK },
		{ "", ERR_INVALID },
		{ "[]", ERR_INVALID },
		{ "{\"moved_on\":\"2024-09-01\"}", ERR_INVALID },
		{ "{\"moved_on\":\"2024-09-01\",\"events\":[]}", ERR_INVALID },
		{ "{\"moved_on\":\"2024-09-01\",\"events\":[1]}", ERR_INVALID },
		{ "{\"moved_on\":\"soon\",\"events\":[" SETTLED "]}", ERR_INVALID },
		{ "{\"moved_on\":\"2024-10-06\",\"events\":[" SETTLED "]}", ERR_INVALID },
		{ "{\"moved_on\":\"2024-09-01\",\"more\":1,\"events\":[" SETTLED "]}",
			ERR_INVALID },
		{ "{\"moved_on\":\"2024-09-01\",\"municipality\":\"855\",\"events\":[" SETTLED "]}",
			ERR_INVALID },
		/* Twice, of two people, of another type, with a key, with a field too many. */
		{ "{\"moved_on\":\"2024-09-01\",\"events\":[" SETTLED "," SETTLED "]}",
			ERR_INVALID },
		{ "{\"moved_on\":\"2024-09-01\",\"events\":[" SETTLED
		  ",{\"id\":\"0\",\"subject\":\"p-2\",\"municipality\":\"GM0823\","
		  "\"occurred_on\":\"2024-02-01\",\"ladder_assessed\":{\"rung\":2}}]}",
			ERR_INVALID },
		{ "{\"moved_on\":\"2024-09-01\",\"events\":[" EVENT(
			  "\"occurred_on\":\"2024-01-01\",\"job_ended\":{\"job_ref\":\"a\"}") "]}",
			ERR_INVALID },
		{ "{\"moved_on\":\"2024-09-01\",\"events\":[" EVENT(
			  "\"key\":\"k\",\"occurred_on\":\"2024-01-01\",\"municipality_settled\":{"
			  "}") "]}",
			ERR_INVALID },
		{ "{\"moved_on\":\"2024-09-01\",\"events\":[" EVENT(
			  "\"occurred_on\":\"2024-01-01\",\"ladder_assessed\":{\"rung\":2,\"why\":"
			  "1}") "]}",
			ERR_INVALID },
		{ "{\"moved_on\":\"2024-09-01\",\"events\":[" EVENT(
			  "\"occurred_on\":\"2024-01-01\",\"ladder_assessed\":{\"rung\":9}") "]}",
			ERR_INVALID },
		{ "{\"moved_on\":\"2024-09-01\",\"events\":[" EVENT(
			  "\"name\":\"x\",\"occurred_on\":\"2024-01-01\",\"municipality_settled\":{"
			  "}") "]}",
			ERR_INVALID },
		{ "{\"moved_on\":\"2024-09-01\",\"events\":[" SETTLED "," ASSESSED "," SETTLED
		  "," SETTLED "," SETTLED "]}",
			ERR_INVALID },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		enum err err = open_content(rows[i].content);
		if (err != rows[i].err)
			fail_msg("row %zu: %d", i, err);
	}
}

static void the_same_words_have_the_same_id_and_others_another(void **state)
{
	(void)state;
	struct text ids[3] = { { 0 } };
	for (int i = 0; i < 3; i++) {
		struct handover made = { .subject = bytes_of_string("p-1"), .moved_on = TODAY };
		struct event *event = handover_add(&made, EVENT_LADDER_ASSESSED, 823, TODAY - 9);
		event->values[0] = (struct value){ true, i < 2 ? 3 : 4, { 0 } };
		handover_print(&made, 0, &ids[i]);
	}
	assert_string_equal(ids[0].data, ids[1].data);
	assert_memory_not_equal(ids[0].data, ids[2].data, strlen("{\"id\":\"handover-0-") + 32);
	for (int i = 0; i < 3; i++)
		text_release(&ids[i]);
}

static int key_make(void **state)
{
	(void)state;
	seal_make(&key, &secret);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_sealed_comes_out_again),
		cmocka_unit_test(a_changed_byte_and_another_length_are_refused),
		cmocka_unit_test(only_what_belongs_into_a_hand_over_is_taken),
		cmocka_unit_test(the_same_words_have_the_same_id_and_others_another),
	};
	return cmocka_run_group_tests(tests, key_make, NULL);
}
