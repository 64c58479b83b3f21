/*
 * tests/unit/daemon/http/accept_test.c - what headers like Accept prefer.
 */
#include "base/check.h"
#include "daemon/http/accept.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void a_header_gives_what_it_names_a_weight(void **state)
{
	static const struct {
		const char *accept, *name;
		int weight;
	} rows[] = {
		{ NULL, "gzip", 0 },
		{ "", "gzip", 0 },
		{ ",, ,", "gzip", 0 },
		{ "gzip", "gzip", 1000 },
		{ "GZip", "gzip", 1000 },
		{ "br, gzip;q=0.5", "gzip", 500 },
		{ "br,gzip ; q=0.5", "gzip", 500 },
		{ "\tgzip\t;\tq=0.5", "gzip", 500 },
		{ "gzip;Q=0.25", "gzip", 250 },
		{ "gzip;q=0", "gzip", 0 },
		{ "gzip;q=0.0", "gzip", 0 },
		{ "gzip;q=0.001", "gzip", 1 },
		{ "gzip;q=0.9999", "gzip", 999 },
		{ "gzip;q=1.000", "gzip", 1000 },
		{ "gzip;q=1.9", "gzip", 1000 },
		{ "gzip;q=.5", "gzip", 0 },
		{ "gzip;q=2", "gzip", 0 },
		{ "gzip;q=-1", "gzip", 0 },
		{ "gzip;q=x", "gzip", 0 },
		{ "gzip;q=", "gzip", 1000 },
		{ "gzip;q", "gzip", 1000 },
		{ "gzip;quality=0.1", "gzip", 1000 },
		{ "gzip;level=9;q=0.3", "gzip", 300 },
		/* A q of the next element is none of this one. */
		{ "gzip, br;q=0.1", "gzip", 1000 },
		{ "gzip;q=0.1, br", "gzip", 100 },
		/* Named twice, the better one counts. */
		{ "gzip;q=0.1, gzip;q=0.7, gzip;q=0.2", "gzip", 700 },
		/* A part of a name is another name; a star names only itself. */
		{ "gzip2, xgzip, gzi", "gzip", 0 },
		{ "*", "gzip", 0 },
		{ "*/*", "text/csv", 0 },
		{ "text/*", "text/csv", 0 },
		{ "text/csv;header=present;q=0.4", "text/csv", 400 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		if (accept_weight(rows[i].accept, rows[i].name) != rows[i].weight)
			fail_msg("%s of %s: %d, not %d", rows[i].name, rows[i].accept,
				accept_weight(rows[i].accept, rows[i].name), rows[i].weight);
	}
}

static void only_what_is_named_and_weighs_more_than_the_usual_is_preferred(void **state)
{
	static const struct {
		const char *accept;
		bool preferred; /* text/csv to application/json */
	} rows[] = {
		{ NULL, false },
		{ "", false },
		{ "text/csv", true },
		{ "TEXT/CSV", true },
		{ "application/json", false },
		{ "text/csv, application/json", false },
		{ "text/csv, application/json;q=0.9", true },
		{ "text/csv;q=0.8, application/json;q=0.9", false },
		{ "text/csv;q=0", false },
		{ "text/csv;q=0, */*;q=0", false },
		/* Ranges: named beats a range of the same weight. */
		{ "*/*", false },
		{ "text/*", false },
		{ "text/csv, */*", true },
		{ "text/csv;q=0.5, */*", false },
		{ "text/csv;q=0.5, */*;q=0.5", true },
		{ "text/csv;q=0.5, application/*;q=0.6", false },
		{ "text/csv;q=0.5, application/*;q=0.4, */*;q=0.9", true },
		/* The usual one by its name counts before its ranges. */
		{ "text/csv;q=0.5, application/json;q=0.1, */*", true },
		/* A range of another type is not the usual one's. */
		{ "text/csv;q=0.5, image/*;q=0.9", true },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		if (accept_prefers(rows[i].accept, "text/csv", "application/json") !=
			rows[i].preferred)
			fail_msg("%s", rows[i].accept);
	}
}

static void a_language_counts_for_its_primary_one(void **state)
{
	static const struct {
		const char *accept;
		int dutch, english;
	} rows[] = {
		{ NULL, 0, 0 },
		{ "nl", 1000, 0 },
		{ "nl-BE", 1000, 0 },
		{ "NL-be;q=0.5, en", 500, 1000 },
		{ "en-GB,en;q=0.9,nl;q=0.8", 800, 1000 },
		{ "de, nld;q=0.5, *", 0, 0 },
		{ "nl-BE;q=0.3, nl;q=0.6", 600, 0 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		assert_int_equal(accept_language_weight(rows[i].accept, "nl"), rows[i].dutch);
		assert_int_equal(accept_language_weight(rows[i].accept, "en"), rows[i].english);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_header_gives_what_it_names_a_weight),
		cmocka_unit_test(only_what_is_named_and_weighs_more_than_the_usual_is_preferred),
		cmocka_unit_test(a_language_counts_for_its_primary_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
