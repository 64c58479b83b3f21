/*
 * tests/unit/ingest/no_memory_test.c - memory that is out while JSON is read is nobody's wrong
 * event.
 */
#include "base/check.h"
#include "base/text.h"
#include "ingest/batch.h"
#include "ingest/json_text.h"
#include "tests/all_rights.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

static size_t left; /* allocations until one fails */
static bool for_good;

static void *allocate(size_t size)
{
	if (left > 0)
		left--;
	else if (for_good)
		return NULL;
	else
		left = SIZE_MAX;
	return left == SIZE_MAX ? NULL : malloc(size);
}

/* Tokens of all lengths around those at which the buffer of jansson grows. */
static struct text request_of(enum batch_format format)
{
	struct text text = { 0 };
	text_add_string(&text, format == BATCH_JSON ? "{\"events\":[" : "");
	for (int length = 10; length < 40; length++) {
		const char *between = format == BATCH_NDJSON ? "\n" : length == 10 ? "" : ",";
		text_printf(&text,
			"%s{\"id\":\"a%0*d\",\"subject\":\"p\",\"municipality\":\"GM0823\","
			"\"occurred_on\":\"2026-01-31\",\"intake_done\":{\"domains\":[\"WORK\"]}}",
			between, length, 1);
	}
	/* One for which the text is read twice. */
	text_printf(&text, "%s{\"id\":1e999}", format == BATCH_NDJSON ? "\n" : ",");
	text_add_string(&text, format == BATCH_JSON ? "]}" : "");
	assert_false(text.failed);
	return text;
}

static enum err request_read(
	struct bytes text, enum batch_format format, struct arena *arena, struct batch *batch)
{
	static const struct batch_limits limits = { .events_max = 100 };
	struct reason reason = { "" };
	arena_reset(arena);
	enum err err =
		batch_read(text, format, &limits, all_rights(), 30000, arena, batch, &reason);
	assert_true(err == OK || strstr(reason.text, "no memory") != NULL);
	return err;
}

/* Fails each allocation in turn. Returns how many there were. */
static size_t each_fails(enum batch_format format)
{
	struct text text = request_of(format);
	struct arena arena;
	struct batch batch;
	assert_int_equal(arena_init(&arena, batch_arena_size(text.length)), OK);
	json_text_allocate_by(allocate);
	size_t n = 0;
	for (;; n++) {
		left = n;
		enum err err = request_read(text_bytes(&text), format, &arena, &batch);
		if (err == OK)
			break;
		assert_int_equal(err, ERR_IO);
	}
	json_text_allocate_by(NULL);
	/* All were there: what was read is what was sent. */
	assert_int_equal(batch.count, 31);
	for (size_t i = 0; i < 30; i++) {
		assert_int_equal(batch.items[i].event.id.length, 11 + i);
		assert_int_equal(batch.items[i].verdict, VERDICT_ACCEPTED);
	}
	arena_release(&arena);
	text_release(&text);
	return n;
}

static void an_allocation_that_fails_rejects_no_event(void **state)
{
	(void)state;
	for (int good = 0; good < 2; good++) {
		for_good = good == 1;
		assert_true(each_fails(BATCH_JSON) > 500);
		assert_true(each_fails(BATCH_NDJSON) > 500);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_allocation_that_fails_rejects_no_event),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
