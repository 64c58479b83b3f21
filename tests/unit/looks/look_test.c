/*
 * tests/unit/looks/look_test.c - a person has one span in a look; a look at nobody has one too.
 */
#include "base/check.h"
#include "looks/look.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char path[] = "/tmp/look-XXXXXX";

struct fixture {
	struct access_log *log;
	struct auditor auditor;
	struct seal_secret secret;
	struct clock clock;
	struct look look;
	size_t room;
};

static bool has_room(void *owner, size_t bytes)
{
	struct fixture *fixture = owner;
	if (bytes > fixture->room)
		return false;
	fixture->room -= bytes;
	return true;
}

static void begin(struct fixture *fixture, bool with_key)
{
	struct seal_key key;
	static const uint8_t id[STORE_ID_BYTES] = { 0x12, 0x34 };
	*fixture = (struct fixture){ .clock = clock_system(), .room = SIZE_MAX };
	seal_make(&key, &fixture->secret);
	auditor_fill(with_key ? &key : NULL, "", id, &fixture->auditor);
	assert_int_equal(truncate(path, 0), 0);
	assert_int_equal(access_log_new(path, access_log_open_file, NULL, &fixture->log), OK);
	const struct looking looking = {
		.log = fixture->log,
		.auditor = &fixture->auditor,
		.who = "partner isd",
		.what = "GET /v1/log",
		.clock = &fixture->clock,
		.has_room = has_room,
		.owner = fixture,
	};
	look_begin(&looking, &fixture->look);
}

static void end(struct fixture *fixture)
{
	look_release(&fixture->look);
	access_log_free(fixture->log);
}

static size_t lines_of_file(void)
{
	size_t lines = 0;
	FILE *file = fopen(path, "re");
	assert_non_null(file);
	for (int c = fgetc(file); c != EOF; c = fgetc(file))
		lines += c == '\n';
	fclose(file);
	return lines;
}

static void a_person_has_one_span_and_nothing_is_lost_in_between(void **state)
{
	struct fixture fixture;
	(void)state;
	begin(&fixture, false);
	for (unsigned round = 0; round < 2; round++) {
		for (uint32_t person = 1; person <= 5000; person++) {
			assert_int_equal(look_has(&fixture.look, person), round == 1);
			assert_int_equal(look_at(&fixture.look, person, bytes_of("s", 1)), OK);
			assert_true(look_has(&fixture.look, person));
		}
	}
	assert_false(look_has(&fixture.look, 5001));
	assert_int_equal(look_end(&fixture.look), OK);
	assert_int_equal(lines_of_file(), 5000);
	end(&fixture);
}

static void what_was_written_before_is_not_written_again(void **state)
{
	struct fixture fixture;
	(void)state;
	begin(&fixture, true);
	assert_int_equal(look_write(&fixture.look), OK);
	assert_int_equal(lines_of_file(), 0);
	assert_int_equal(look_at(&fixture.look, 7, bytes_of("s-7", 3)), OK);
	assert_int_equal(lines_of_file(), 0);
	assert_int_equal(look_write(&fixture.look), OK);
	assert_int_equal(lines_of_file(), 1);
	assert_int_equal(look_at(&fixture.look, 7, bytes_of("s-7", 3)), OK);
	assert_int_equal(look_end(&fixture.look), OK);
	assert_int_equal(lines_of_file(), 1);
	end(&fixture);
	begin(&fixture, true);
	assert_int_equal(look_end(&fixture.look), OK);
	assert_int_equal(lines_of_file(), 1);
	end(&fixture);
}

static void without_memory_or_a_file_nothing_may_be_shown(void **state)
{
	struct fixture fixture;
	(void)state;
	begin(&fixture, false);
	fixture.room = 64 * sizeof(uint32_t);
	enum err err = OK;
	for (uint32_t person = 1; person <= 64 && err == OK; person++)
		err = look_at(&fixture.look, person, bytes_of("s", 1));
	assert_int_equal(err, ERR_FULL);
	assert_false(fixture.look.is_unwritable);
	end(&fixture);
	begin(&fixture, false);
	access_log_free(fixture.log);
	assert_int_equal(access_log_new("/dev/full", access_log_open_file, NULL, &fixture.log), OK);
	fixture.look.looking.log = fixture.log;
	assert_int_equal(look_end(&fixture.look), ERR_IO);
	assert_true(fixture.look.is_unwritable);
	end(&fixture);
}

static void a_store_is_a_uri_and_so_is_who_calls(void **state)
{
	struct fixture fixture;
	(void)state;
	begin(&fixture, false);
	assert_string_equal(fixture.auditor.store, "urn:uuid:12340000-0000-0000-0000-000000000000");
	assert_string_equal(fixture.auditor.activity, fixture.auditor.store);
	assert_string_equal(
		fixture.look.entity, "urn:uuid:12340000-0000-0000-0000-000000000000#partner/isd");
	end(&fixture);
	auditor_fill(NULL, "https://example.nl/7", NULL, &fixture.auditor);
	assert_string_equal(fixture.auditor.activity, "https://example.nl/7");
	assert_string_equal(fixture.auditor.store, "urn:uuid:00000000-0000-0000-0000-000000000000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_person_has_one_span_and_nothing_is_lost_in_between),
		cmocka_unit_test(what_was_written_before_is_not_written_again),
		cmocka_unit_test(without_memory_or_a_file_nothing_may_be_shown),
		cmocka_unit_test(a_store_is_a_uri_and_so_is_who_calls),
	};
	int fd = mkstemp(path);
	CHECK(fd != -1);
	close(fd);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
