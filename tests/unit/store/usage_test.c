/*
 * tests/unit/store/usage_test.c - what each partner has used of its limits: events of a person,
 * and municipalities.
 */
#include "tests/unit/store_memory.h"

#include "store/reader_inside.h"
#include "store/usage.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

static void store_limit(struct store *store, uint32_t person_events, uint32_t municipalities)
{
	store_make(store);
	store->person_events_max = person_events;
	store->partner_municipalities_max = municipalities;
	store_reopen(store);
}

/* What is said gets this code; NULL: it is accepted. */
static void expect(struct store *store, struct said said, const char *code, const char *field)
{
	struct appended appended = store_say(store, said);
	if (code == NULL) {
		assert_int_equal(appended.verdict, VERDICT_ACCEPTED);
		return;
	}
	assert_int_equal(appended.verdict, VERDICT_REJECTED);
	assert_string_equal(rejection_code_name(appended.code), code);
	assert_string_equal(appended.field, field);
}

static void a_person_has_as_many_events_of_a_partner_as_the_limit_and_no_more(void **state)
{
	struct store store;
	(void)state;
	store_limit(&store, 3, 0);
	expect(&store, (struct said){ .id = "a" }, NULL, NULL);
	expect(&store, (struct said){ .id = "b" }, NULL, NULL);
	expect(&store, (struct said){ .id = "c" }, NULL, NULL);
	expect(&store, (struct said){ .id = "d" }, "too_many_events", "subject");
	/* Neither for another partner nor for another person. */
	expect(&store, (struct said){ .id = "d", .partner = "vwn" }, NULL, NULL);
	expect(&store, (struct said){ .id = "d", .subject = "p2" }, NULL, NULL);
	/* What the log has is acknowledged again. */
	assert_int_equal(store_say(&store, (struct said){ .id = "c" }).verdict, VERDICT_DUPLICATE);
	store_end(&store);
}

static void what_is_withdrawn_counts_and_what_is_about_nobody_does_not(void **state)
{
	struct store store;
	(void)state;
	store_limit(&store, 3, 0);
	expect(&store, (struct said){ .id = "a", .key = "k" }, NULL, NULL);
	expect(&store, (struct said){ .id = "b", .key = "k", .body = RUNG(4) }, NULL, NULL);
	expect(&store, (struct said)ABOUT_NOBODY("r", RETRACTS_ID("b")), NULL, NULL);
	expect(&store, (struct said){ .id = "c" }, NULL, NULL);
	expect(&store, (struct said){ .id = "d" }, "too_many_events", "subject");
	/* It can be taken back all the same. */
	expect(&store, (struct said)ABOUT_NOBODY("s", RETRACTS_ID("c")), NULL, NULL);
	/* The target is looked at before the limits. */
	expect(&store, (struct said)ABOUT_NOBODY("t", RETRACTS_ID("c")), "target_withdrawn",
		"target_id");
	store_end(&store);
}

static void a_refused_event_leaves_its_key_as_it_was(void **state)
{
	struct store store;
	(void)state;
	store_limit(&store, 1, 0);
	expect(&store, (struct said){ .id = "a", .key = "k" }, NULL, NULL);
	expect(&store, (struct said){ .id = "b", .key = "k" }, "too_many_events", "subject");
	expect(&store, (struct said){ .id = "b", .key = "k", .subject = "p2" }, NULL, NULL);
	assert_int_equal(log_last_seq(store.log), 2);
	store_end(&store);
}

static void a_restart_counts_the_same(void **state)
{
	struct store store;
	(void)state;
	store_limit(&store, 2, 2);
	expect(&store, (struct said){ .id = "a" }, NULL, NULL);
	expect(&store, (struct said){ .id = "b", .municipality = "GM0824" }, NULL, NULL);
	store_reopen(&store);
	expect(&store, (struct said){ .id = "c" }, "too_many_events", "subject");
	expect(&store, (struct said){ .id = "c", .subject = "p2", .municipality = "GM0825" },
		"too_many_municipalities", "municipality");
	expect(&store, (struct said){ .id = "c", .subject = "p2" }, NULL, NULL);
	store_end(&store);
}

static void a_partner_reports_about_as_many_municipalities_as_the_limit_and_no_more(void **state)
{
	struct store store;
	(void)state;
	store_limit(&store, 0, 2);
	expect(&store, (struct said){ .id = "a", .municipality = "GM0001" }, NULL, NULL);
	expect(&store, (struct said){ .id = "b", .municipality = "GM9999" }, NULL, NULL);
	expect(&store, (struct said){ .id = "c", .municipality = "GM0823" },
		"too_many_municipalities", "municipality");
	expect(&store, (struct said){ .id = "c", .municipality = "GM9999" }, NULL, NULL);
	expect(&store, (struct said){ .id = "a", .municipality = "GM0823", .partner = "vwn" }, NULL,
		NULL);
	store_end(&store);
}

static void a_publication_that_is_one_municipality_too_many_is_not_published(void **state)
{
	struct store store;
	(void)state;
	store_limit(&store, 0, 1);
	expect(&store, (struct said){ .id = "a", .municipality = "GM0001" }, NULL, NULL);
	struct said publishes = ABOUT_NOBODY("p", PUBLISHES("2024-06-30"));
	expect(&store, publishes, "too_many_municipalities", "municipality");
	publishes.partner = "vwn";
	expect(&store, publishes, NULL, NULL);
	publishes.partner = "isd";
	publishes.id = "q";
	/* Published already comes before the limits. */
	expect(&store, publishes, "already_published", "as_of");
	store_end(&store);
}

static void what_a_transaction_added_is_taken_back_when_it_is_given_up(void **state)
{
	struct store store;
	(void)state;
	store_limit(&store, 2, 1);
	expect(&store, (struct said){ .id = "a" }, NULL, NULL);
	for (unsigned round = 0; round < 3; round++) {
		store_begin(&store);
		assert_int_equal(
			store_put(&store, (struct said){ .id = "b" }).verdict, VERDICT_ACCEPTED);
		assert_int_equal(store_put(&store, (struct said){ .id = "c",
							   .subject = "new",
							   .partner = "vwn",
							   .municipality = "GM0001" })
					 .verdict,
			VERDICT_ACCEPTED);
		/* Within a transaction each event counts for the next. */
		assert_int_equal(
			store_put(&store, (struct said){ .id = "d" }).verdict, VERDICT_REJECTED);
		log_abort(store.log);
	}
	expect(&store, (struct said){ .id = "e", .partner = "vwn" }, NULL, NULL);
	expect(&store, (struct said){ .id = "b" }, NULL, NULL);
	expect(&store, (struct said){ .id = "f" }, "too_many_events", "subject");
	store_end(&store);
}

static void usage_compare(const struct usage *a, const struct usage *b)
{
	for (uint16_t partner = 0; partner < 8; partner++) {
		assert_int_equal(
			usage_municipalities(a, partner), usage_municipalities(b, partner));
		for (uint16_t place = 0; place < 2000; place++)
			assert_int_equal(
				usage_has(a, partner, place), usage_has(b, partner, place));
		for (uint32_t person = 0; person < 50; person++)
			assert_int_equal(usage_of_person(a, partner, person),
				usage_of_person(b, partner, person));
	}
}

static void threads_count_what_one_counts(void **state)
{
	static const char *const partners[] = { "isd", "vwn", "duo" };
	static const char *const places[] = { "GM0823", "GM0753", "GM0772", "GM0797" };
	struct store store;
	struct chance chance = chance_new();
	(void)state;
	store_make(&store);
	store_begin(&store);
	for (unsigned i = 0; i < 500; i++) {
		char id[16], subject[16];
		snprintf(id, sizeof(id), "e%u", i);
		snprintf(subject, sizeof(subject), "p%u", (unsigned)chance_below(&chance, 40));
		(void)store_put(&store, (struct said){
						.id = id,
						.subject = subject,
						.partner = partners[chance_below(&chance, 3)],
						.municipality = places[chance_below(&chance, 4)],
					});
	}
	store_commit(&store);
	struct reader *reader = store_reader(&store);
	const struct usage_ends ends = { 8, 50 };
	struct usage one = { 0 };
	assert_int_equal(usage_load(&one, reader->txn, reader->at->tables.log, &ends, 1), OK);
	usage_compare(&one, &store.log->usage);
	for (unsigned threads = 2; threads <= 16; threads++) {
		struct usage many = { 0 };
		assert_int_equal(
			usage_load(&many, reader->txn, reader->at->tables.log, &ends, threads), OK);
		usage_compare(&many, &one);
		usage_release(&many);
	}
	assert_true(usage_of_person(&one, 1, 1) > 0);
	usage_release(&one);
	reader_close(reader);
	store_end(&store);
}

static void a_log_that_cannot_be_read_is_damage_whichever_thread_meets_it(void **state)
{
	struct store store;
	struct stat whole;
	char path[96];
	(void)state;
	store_make(&store);
	store_begin(&store);
	for (unsigned i = 0; i < 2000; i++) {
		char id[16];
		snprintf(id, sizeof(id), "e%u", i);
		(void)store_put(&store, (struct said){ .id = id });
	}
	store_commit(&store);
	struct reader *reader = store_reader(&store);
	const struct usage_ends ends = { 8, 50 };
	snprintf(path, sizeof(path), "%s/data.mdb", store.path);
	int fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd != -1 && fstat(fd, &whole) == 0);
	char *bytes = malloc((size_t)whole.st_size);
	assert_true(bytes != NULL && pread(fd, bytes, (size_t)whole.st_size, 0) == whole.st_size);
	/* The file is cut behind the back of who reads it, and whole again before it is closed. */
	assert_int_equal(ftruncate(fd, 2 * sysconf(_SC_PAGESIZE)), 0);
	/* In a process of its own: LMDB's memory is lost there. */
	int status;
	pid_t child = fork();
	for (unsigned threads = 1; child == 0 && threads <= 4; threads++) {
		struct usage usage = { 0 };
		if (usage_load(&usage, reader->txn, reader->at->tables.log, &ends, threads) !=
			ERR_CORRUPT)
			_exit((int)threads);
	}
	if (child == 0)
		_exit(0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_true(pwrite(fd, bytes, (size_t)whole.st_size, 0) == whole.st_size);
	free(bytes);
	close(fd);
	reader_close(reader);
	store_end(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_person_has_as_many_events_of_a_partner_as_the_limit_and_no_more),
		cmocka_unit_test(what_is_withdrawn_counts_and_what_is_about_nobody_does_not),
		cmocka_unit_test(a_refused_event_leaves_its_key_as_it_was),
		cmocka_unit_test(a_restart_counts_the_same),
		cmocka_unit_test(threads_count_what_one_counts),
		cmocka_unit_test(a_log_that_cannot_be_read_is_damage_whichever_thread_meets_it),
		cmocka_unit_test(
			a_partner_reports_about_as_many_municipalities_as_the_limit_and_no_more),
		cmocka_unit_test(a_publication_that_is_one_municipality_too_many_is_not_published),
		cmocka_unit_test(what_a_transaction_added_is_taken_back_when_it_is_given_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
