/*
 * tests/unit/daemon/web/gate_test.c - who may do and see what, as tables.
 */
#include "base/check.h"
#include "daemon/http/route.h"
#include "daemon/web/gate.h"
#include "engine/tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

static struct token_hashes hashes_of(const char *token)
{
	return (struct token_hashes){ .items = { token_hash_of(bytes_of_string(token)) },
		.count = 1 };
}

/* A partner of two places, an analyst of two, one of all who may read the log, a scraper. */
static struct access *example(void)
{
	static const uint16_t places[] = { 14, 823 };
	struct access *access;
	assert_int_equal(access_new(1u << 16, &access), OK);
	access->partners = arena_take(&access->arena, sizeof(*access->partners));
	access->analysts = arena_take(&access->arena, 2 * sizeof(*access->analysts));
	access->scrapers = arena_take(&access->arena, 3 * sizeof(*access->scrapers));
	assert_true(
		access->partners != NULL && access->analysts != NULL && access->scrapers != NULL);
	access->partners[0] = (struct partner){ .name = "isd",
		.hashes = hashes_of("partner"),
		.rights = { .municipalities = places, .municipality_count = 2 } };
	access->partner_count = 1;
	access->analysts[0] = (struct analyst){ .name = "oirschot",
		.hashes = hashes_of("some"),
		.municipalities = places,
		.municipality_count = 2 };
	access->analysts[1] = (struct analyst){ .name = "ministry",
		.hashes = hashes_of("all"),
		.all_municipalities = true,
		.may_read_sums = true,
		.may_read_log = true };
	access->analyst_count = 2;
	access->scrapers[0] = (struct scraper){
		.name = "s", .hashes = hashes_of("scraper"), .all_municipalities = true
	};
	access->scrapers[1] = (struct scraper){ .name = "health", .hashes = hashes_of("health") };
	access->scrapers[2] = (struct scraper){ .name = "place",
		.hashes = hashes_of("place"),
		.municipalities = places,
		.municipality_count = 1 };
	access->scraper_count = 3;
	return access;
}

static void a_bearer_is_who_its_token_belongs_to(void **state)
{
	struct access *access = example();
	const struct {
		const char *authorization;
		const void *owner; /* NULL: nobody */
	} rows[] = {
		{ "Bearer partner", &access->partners[0] },
		{ "bearer partner", &access->partners[0] },
		{ "BEARER   partner", &access->partners[0] },
		{ "Bearer some", &access->analysts[0] },
		{ "Bearer scraper", &access->scrapers[0] },
		{ NULL, NULL },
		{ "", NULL },
		{ "Bearer", NULL },
		{ "Bearer ", NULL },
		{ "Bearer\tpartner", NULL },
		{ "Bearer partner ", NULL },
		{ "Bearer partner, Bearer some", NULL },
		{ "Bearer Partner", NULL },
		{ " Bearer partner", NULL },
		{ "Basic cGFydG5lcg==", NULL },
		{ "partner", NULL },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct identity found = gate_identify(access, rows[i].authorization, true, NULL, 0);
		const void *owner = found.partner != NULL   ? (const void *)found.partner
				    : found.analyst != NULL ? (const void *)found.analyst
							    : (const void *)found.scraper;
		if (owner != rows[i].owner)
			fail_msg("%s", rows[i].authorization);
	}
	access_drop(access);
}

static void only_a_partner_sends_a_body_and_a_wrong_token_gets_nowhere(void **state)
{
	static const struct route reads = { .method = "GET", .rules = FOR_ALL };
	static const struct route pushes = {
		.method = "POST", .takes_body = true, .rules = FOR_PARTNERS
	};
	static const struct route forgotten = { .method = "GET" };
	static const struct route form = { .takes_body = true, .for_anyone = true };
	static const struct route health = { .for_anyone = true };
	static const struct {
		const struct route *route;
		const char *authorization;
		enum gate_admission admission;
	} rows[] = {
		{ &reads, NULL, GATE_ADMITTED },
		{ &reads, "Bearer partner", GATE_ADMITTED },
		{ &reads, "Bearer some", GATE_ADMITTED },
		{ &reads, "Bearer scraper", GATE_ADMITTED },
		{ &reads, "Bearer wrong", GATE_TOKEN_UNKNOWN },
		{ &reads, "Basic x", GATE_TOKEN_UNKNOWN },
		{ &reads, "", GATE_TOKEN_UNKNOWN },
		{ &pushes, NULL, GATE_TOKEN_NEEDED },
		{ &pushes, "Bearer wrong", GATE_TOKEN_UNKNOWN },
		{ &pushes, "Bearer partner", GATE_ADMITTED },
		{ &pushes, "Bearer all", GATE_NOT_ALLOWED },
		{ &pushes, "Bearer scraper", GATE_NOT_ALLOWED },
		/* A route without rules is for nobody. */
		{ &forgotten, NULL, GATE_TOKEN_NEEDED },
		{ &forgotten, "Bearer partner", GATE_NOT_ALLOWED },
		{ &forgotten, "Bearer all", GATE_NOT_ALLOWED },
		{ &forgotten, "Bearer scraper", GATE_NOT_ALLOWED },
		{ &forgotten, "Bearer wrong", GATE_TOKEN_UNKNOWN },
		/* Health and the form are for anyone, also for one whose token was taken away. */
		{ &form, NULL, GATE_ADMITTED },
		{ &form, "Bearer wrong", GATE_ADMITTED },
		{ &health, NULL, GATE_ADMITTED },
		{ &health, "Bearer wrong", GATE_ADMITTED },
	};
	struct access *access = example();
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct identity identity =
			gate_identify(access, rows[i].authorization, true, NULL, 0);
		if (gate_admission(rows[i].route, rows[i].authorization, &identity) !=
			rows[i].admission)
			fail_msg("row %zu", i);
	}
	access_drop(access);
}

static void an_analyst_sees_its_municipalities_and_all_only_as_a_whole(void **state)
{
	static const struct {
		uint16_t municipality;
		bool some, all;
	} rows[] = {
		{ 14, true, true },
		{ 823, true, true },
		{ 824, false, true },
		{ 0, false, true },
		{ 15, false, true },
		{ PART_ALL, false, true },
	};
	struct access *access = example();
	static const struct analyst nothing = { .name = "nothing" };
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		uint16_t municipality = rows[i].municipality;
		const struct analyst *some = &access->analysts[0], *all = &access->analysts[1];
		assert_int_equal(gate_may_see(some, municipality), rows[i].some);
		const struct identity analyst = { .analyst = some };
		assert_int_equal(gate_may_see_metrics(&analyst, municipality), rows[i].some);
		assert_int_equal(gate_may_see(all, municipality), rows[i].all);
		assert_false(gate_may_see(&nothing, municipality));
	}
	access_drop(access);
}

static void each_kind_of_token_opens_its_own(void **state)
{
	static const struct {
		const char *authorization;
		bool log, whole, health, internal, partners, published;
	} rows[] = {
		{ NULL, false, false, false, false, false, true },
		{ "Bearer wrong", false, false, false, false, false, true },
		{ "Bearer partner", false, false, false, false, false, true },
		{ "Bearer some", false, false, true, true, false, false },
		{ "Bearer all", true, true, true, true, false, false },
		{ "Bearer health", false, false, true, false, false, false },
		{ "Bearer scraper", false, false, true, true, true, false },
		{ "Bearer place", false, false, true, true, false, false },
	};
	struct access *access = example();
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct identity identity =
			gate_identify(access, rows[i].authorization, true, NULL, 0);
		assert_int_equal(gate_may_read_log(&identity), rows[i].log);
		assert_int_equal(gate_may_read_whole_log(&identity), rows[i].whole);
		/* In this example the same one may read the sums. */
		assert_int_equal(gate_may_read_sums(&identity), rows[i].whole);
		assert_int_equal(gate_has_health(&identity), rows[i].health);
		assert_int_equal(gate_has_internal_metrics(&identity), rows[i].internal);
		assert_int_equal(gate_has_partner_counters(&identity), rows[i].partners);
		assert_int_equal(gate_has_published_metrics(&identity), rows[i].published);
	}
	struct identity place = gate_identify(access, "Bearer place", true, NULL, 0);
	assert_true(gate_may_see_metrics(&place, 14));
	assert_false(gate_may_see_metrics(&place, 823));
	place = gate_identify(access, "Bearer health", true, NULL, 0);
	assert_false(gate_may_see_metrics(&place, 14));
	assert_true(gate_may_list(&access->partners[0], 823));
	assert_false(gate_may_list(&access->partners[0], 824));
	access->partners[0].rights.all_municipalities = true;
	assert_true(gate_may_list(&access->partners[0], 824));
	access_drop(access);
}

static void basic_needs_the_name_too_and_never_counts_for_a_post(void **state)
{
	static const struct {
		const char *authorization;
		bool partner, analyst;
	} rows[] = {
		{ "Basic aXNkOnBhcnRuZXI=", true, false },     /* isd:partner */
		{ "Basic b2lyc2Nob3Q6c29tZQ==", false, true }, /* oirschot:some */
		{ "Basic aXNkOnNvbWU=", false, false },        /* isd:some */
		{ "Basic b2lyc2Nob3Q6YWxs", false, false },    /* oirschot:all */
		{ "Basic OnBhcnRuZXI=", false, false },        /* :partner */
		{ "Basic czpzY3JhcGVy", false, false },        /* s:scraper */
		{ "Basic aXNkOg==", false, false },            /* isd: */
		{ "Basic SVNEOnBhcnRuZXI=", false, false },    /* ISD:partner */
		{ "Basic nonsense", false, false },
	};
	struct access *access = example();
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct identity found = gate_identify(access, rows[i].authorization, true, NULL, 0);
		if ((found.partner != NULL) != rows[i].partner ||
			(found.analyst != NULL) != rows[i].analyst || found.scraper != NULL)
			fail_msg("row %zu", i);
		found = gate_identify(access, rows[i].authorization, false, NULL, 0);
		assert_true(identity_is_nobody(&found));
	}
	access_drop(access);
}

static void a_record_is_shown_with_its_municipality_or_for_what_it_withdraws(void **state)
{
	static const uint16_t mine = 823, other = 824;
	struct access *access = example();
	const struct analyst *some = &access->analysts[0], *all = &access->analysts[1];
	(void)state;
	assert_true(gate_may_see_record(some, mine, NULL));
	assert_false(gate_may_see_record(some, other, NULL));
	assert_true(gate_may_see_record(some, other, &mine));
	assert_true(gate_may_see_record(some, mine, &other));
	assert_false(gate_may_see_record(some, other, &other));
	assert_true(gate_may_see_record(all, other, NULL));
	access_drop(access);
}

static void who_looks_is_an_identifier_and_said_where_persons_are_shown(void **state)
{
	static const struct route persons = { .rules = FOR_PARTNERS | SHOWS_PERSONS };
	static const struct route pushes = { .rules = FOR_PARTNERS };
	static const struct partner free = { .name = "a" },
				    bound = { .name = "b", .requires_user = true };
	static const struct analyst analyst = { .name = "c" };
	static const struct {
		const struct route *route;
		struct identity identity;
		const char *user;
		enum gate_user is;
	} rows[] = {
		{ &persons, { .partner = &free }, NULL, GATE_USER_GOOD },
		{ &persons, { .partner = &free }, "jan", GATE_USER_GOOD },
		{ &persons, { .partner = &free }, "jan jansen", GATE_USER_BAD },
		{ &persons, { .partner = &free }, "", GATE_USER_BAD },
		{ &persons, { .partner = &free }, "123456782", GATE_USER_BAD },
		{ &persons, { .partner = &bound }, NULL, GATE_USER_NEEDED },
		{ &persons, { .partner = &bound }, "jan", GATE_USER_GOOD },
		{ &persons, { .partner = &bound }, "j/n", GATE_USER_BAD },
		{ &pushes, { .partner = &bound }, NULL, GATE_USER_GOOD },
		{ &pushes, { .partner = &bound }, "j/n", GATE_USER_BAD },
		{ &persons, { .analyst = &analyst }, "j/n", GATE_USER_GOOD },
		{ &persons, { .partner = NULL }, NULL, GATE_USER_GOOD },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		if (gate_user(rows[i].route, &rows[i].identity, rows[i].user) != rows[i].is)
			fail_msg("row %zu", i);
	}
}

/* The viewer of a request with this token and this cookie; NULL: without. */
static struct viewer viewer(const struct access *access, const struct sessions *sessions,
	const char *authorization, const char *cookie, int64_t now_us)
{
	struct identity identity = gate_identify(access, authorization, true, NULL, 0);
	return gate_viewer_of(access, &identity, sessions,
		cookie == NULL ? bytes_of(NULL, 0) : bytes_of_string(cookie), NULL, now_us, 0);
}

static void the_page_is_seen_by_token_before_cookie(void **state)
{
	static struct sessions sessions;
	char id[TOKEN_LENGTH + 1];
	struct access *access = example();
	struct token_hash token = token_hash_of(bytes_of_string("some"));
	(void)state;
	const struct identity signed_in = { .analyst = &access->analysts[0] };
	sessions_begin(&sessions, &signed_in, NULL, &token, 0, id);
	const struct {
		const char *authorization, *cookie;
		const struct analyst *analyst;
		bool by_cookie;
	} rows[] = {
		{ NULL, NULL, NULL, false },
		{ NULL, id, &access->analysts[0], true },
		{ NULL, "wrong", NULL, false },
		{ NULL, "", NULL, false },
		/* The token itself is no session. */
		{ NULL, "some", NULL, false },
		{ "Bearer all", NULL, &access->analysts[1], false },
		{ "Bearer all", id, &access->analysts[1], false },
		/* Who is no analyst sees by cookie what it would see by cookie. */
		{ "Bearer partner", id, &access->analysts[0], true },
		{ "Bearer partner", NULL, NULL, false },
		{ "Bearer scraper", NULL, NULL, false },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct viewer found =
			viewer(access, &sessions, rows[i].authorization, rows[i].cookie, 1);
		if (found.analyst != rows[i].analyst || found.by_cookie != rows[i].by_cookie)
			fail_msg("row %zu", i);
	}
	assert_non_null(viewer(access, &sessions, NULL, id, SESSION_US - 1).analyst);
	assert_null(viewer(access, &sessions, NULL, id, SESSION_US).analyst);
	access_drop(access);
}

static void a_session_ends_with_its_analyst_and_with_its_token(void **state)
{
	static struct sessions sessions;
	char id[TOKEN_LENGTH + 1];
	struct access *access = example();
	struct analyst *analyst = &access->analysts[0];
	struct token_hash token = token_hash_of(bytes_of_string("some"));
	(void)state;
	const struct identity signed_in = { .analyst = &access->analysts[0] };
	sessions_begin(&sessions, &signed_in, NULL, &token, 0, id);
	assert_ptr_equal(viewer(access, &sessions, NULL, id, 1).analyst, analyst);

	/* While the token is changed both open it; then the session of the old one is over. */
	analyst->hashes =
		(struct token_hashes){ .items = { token_hash_of(bytes_of_string("new")), token },
			.count = 2 };
	assert_ptr_equal(viewer(access, &sessions, NULL, id, 1).analyst, analyst);
	analyst->hashes.count = 1;
	assert_null(viewer(access, &sessions, NULL, id, 1).analyst);

	/* Nor a token whose last day is over. */
	analyst->hashes.ends = true;
	analyst->hashes.last_days[0] = -1;
	analyst->hashes.items[0] = token;
	assert_null(viewer(access, &sessions, NULL, id, 1).analyst);
	analyst->hashes.last_days[0] = 0;
	assert_ptr_equal(viewer(access, &sessions, NULL, id, 1).analyst, analyst);

	/* The token at another analyst does not bring it back. */
	analyst->hashes = hashes_of("some");
	analyst->name = "eersel";
	assert_null(viewer(access, &sessions, NULL, id, 1).analyst);
	access_drop(access);
}

static void a_session_of_a_partner_is_a_partners_and_says_who_looks_where_it_must(void **state)
{
	static struct sessions sessions;
	char id[TOKEN_LENGTH + 1], of_user[TOKEN_LENGTH + 1];
	struct access *access = example();
	struct partner *partner = &access->partners[0];
	struct token_hash token = token_hash_of(bytes_of_string("partner"));
	const struct identity signed_in = { .partner = partner };
	(void)state;
	sessions_begin(&sessions, &signed_in, NULL, &token, 0, id);
	sessions_begin(&sessions, &signed_in, "anna", &token, 0, of_user);
	struct viewer found = viewer(access, &sessions, NULL, id, 1);
	assert_ptr_equal(found.partner, partner);
	assert_null(found.analyst);
	assert_null(found.user);
	assert_true(found.by_cookie);
	found = viewer(access, &sessions, NULL, of_user, 1);
	assert_ptr_equal(found.partner, partner);
	assert_string_equal(found.user, "anna");

	/* Since it must say who looks, the session in which nobody did is over. */
	partner->requires_user = true;
	assert_null(viewer(access, &sessions, NULL, id, 1).partner);
	assert_ptr_equal(viewer(access, &sessions, NULL, of_user, 1).partner, partner);
	partner->requires_user = false;

	/* An analyst of that name, and with that token, is another. */
	const char *name = access->analysts[0].name;
	struct token_hashes hashes = access->analysts[0].hashes;
	access->analysts[0].name = partner->name;
	access->analysts[0].hashes = partner->hashes;
	found = viewer(access, &sessions, NULL, id, 1);
	assert_ptr_equal(found.partner, partner);
	assert_null(found.analyst);
	access->analysts[0].name = name;
	access->analysts[0].hashes = hashes;

	/* It ends with the token. */
	partner->hashes = hashes_of("new");
	assert_false(viewer(access, &sessions, NULL, id, 1).by_cookie);
	access_drop(access);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bearer_is_who_its_token_belongs_to),
		cmocka_unit_test(only_a_partner_sends_a_body_and_a_wrong_token_gets_nowhere),
		cmocka_unit_test(an_analyst_sees_its_municipalities_and_all_only_as_a_whole),
		cmocka_unit_test(each_kind_of_token_opens_its_own),
		cmocka_unit_test(basic_needs_the_name_too_and_never_counts_for_a_post),
		cmocka_unit_test(a_record_is_shown_with_its_municipality_or_for_what_it_withdraws),
		cmocka_unit_test(who_looks_is_an_identifier_and_said_where_persons_are_shown),
		cmocka_unit_test(the_page_is_seen_by_token_before_cookie),
		cmocka_unit_test(a_session_ends_with_its_analyst_and_with_its_token),
		cmocka_unit_test(
			a_session_of_a_partner_is_a_partners_and_says_who_looks_where_it_must),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
