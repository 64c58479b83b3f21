/*
 * tests/unit/daemon/web/site_cache_test.c - what the page keeps, and what it forgets.
 */
#include "base/check.h"
#include "daemon/http/gzip.h"
#include "daemon/web/site_cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

#define NL LANGUAGE_NL
#define EN LANGUAGE_EN

static struct site_cache cache;

static struct site_page *keep(uint16_t municipality, const char *html)
{
	return site_cache_keep_page(&cache, municipality, 100, NL, 1, bytes_of_string(html));
}

static void a_page_is_found_by_all_that_it_depends_on(void **state)
{
	(void)state;
	cache = (struct site_cache){ 0 };
	assert_null(site_cache_page(&cache, 0, 0, NL, 0));
	struct site_page *kept = keep(823, "<p>");
	assert_non_null(kept);
	assert_ptr_equal(site_cache_page(&cache, 823, 100, NL, 1), kept);
	assert_string_equal(kept->html.data, "<p>");
	assert_null(site_cache_page(&cache, 824, 100, NL, 1));
	assert_null(site_cache_page(&cache, 823, 101, NL, 1));
	assert_null(site_cache_page(&cache, 823, 100, EN, 1));
	/* More was published since. */
	assert_null(site_cache_page(&cache, 823, 100, NL, 2));
	site_cache_forget_pages(&cache);
	assert_null(site_cache_page(&cache, 823, 100, NL, 1));
	site_cache_release(&cache);
}

static void the_page_kept_longest_makes_room(void **state)
{
	(void)state;
	cache = (struct site_cache){ 0 };
	for (uint16_t i = 0; i <= SITE_PAGES_MAX; i++)
		assert_non_null(keep(i, "<p>"));
	assert_null(site_cache_page(&cache, 0, 100, NL, 1));
	for (uint16_t i = 1; i <= SITE_PAGES_MAX; i++)
		assert_non_null(site_cache_page(&cache, i, 100, NL, 1));
	site_cache_release(&cache);
}

static void a_page_is_packed_once_and_unpacks_to_itself(void **state)
{
	struct text unpacked = { 0 };
	(void)state;
	cache = (struct site_cache){ 0 };
	struct site_page *page = keep(823, "<p>the same, the same, the same</p>");
	struct bytes packed = site_page_gzip(page);
	assert_int_equal(gzip_inflate(packed, 1000, &unpacked), OK);
	assert_string_equal(unpacked.data, page->html.data);
	assert_ptr_equal(site_page_gzip(page).data, packed.data);
	text_release(&unpacked);
	site_cache_release(&cache);
}

static void a_trend_is_of_its_place_quarter_day_and_acts_and_the_oldest_makes_room(void **state)
{
	(void)state;
	cache = (struct site_cache){ 0 };
	for (uint16_t i = 0; i <= SITE_TRENDS_MAX; i++) {
		const struct site_trend trend = {
			.municipality = i,
			.as_of = 90,
			.known_day = 100,
			.known_us = i,
			.last_act = 7,
		};
		site_cache_keep_trend(&cache, &trend);
	}
	assert_null(site_cache_trend(&cache, 0, 90, 100, 7));
	assert_int_equal(site_cache_trend(&cache, 1, 90, 100, 7)->known_us, 1);
	assert_null(site_cache_trend(&cache, 1, 181, 100, 7));
	assert_null(site_cache_trend(&cache, 1, 90, 101, 7));
	/* Somebody was erased since. */
	assert_null(site_cache_trend(&cache, 1, 90, 100, 8));
	/* A place that is free is nobody's. */
	cache = (struct site_cache){ 0 };
	assert_null(site_cache_trend(&cache, 0, 0, 0, 7));
}

static void a_trend_that_is_kept_again_takes_its_own_place_and_owns_what_was_agreed(void **state)
{
	(void)state;
	cache = (struct site_cache){ 0 };
	struct agreed_point point = { .as_of = 90, .realised = 0.5 };
	struct site_trend trend = {
		.municipality = 823,
		.as_of = 90,
		.known_day = 100,
		.agreed = { &point, 1, 1 },
	};
	site_cache_keep_trend(&cache, &trend);
	point.realised = 0.75;
	const struct site_trend *kept = site_cache_trend(&cache, 823, 90, 100, 0);
	assert_true(kept->agreed.points[0].realised == 0.5);
	site_cache_keep_trend(&cache, &trend);
	assert_ptr_equal(site_cache_trend(&cache, 823, 90, 100, 0), kept);
	assert_true(kept->agreed.points[0].realised == 0.75);
	assert_int_equal(cache.next_trend, 1);
	site_cache_release(&cache);
	assert_null(site_cache_trend(&cache, 823, 90, 100, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_is_found_by_all_that_it_depends_on),
		cmocka_unit_test(the_page_kept_longest_makes_room),
		cmocka_unit_test(a_page_is_packed_once_and_unpacks_to_itself),
		cmocka_unit_test(
			a_trend_is_of_its_place_quarter_day_and_acts_and_the_oldest_makes_room),
		cmocka_unit_test(
			a_trend_that_is_kept_again_takes_its_own_place_and_owns_what_was_agreed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
