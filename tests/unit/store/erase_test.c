/*
 * tests/unit/store/erase_test.c - an erasure that was interrupted is ended or forgotten at the next
 * start, and what a backup brings back is known.
 */
#include "store/erase.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "tests/unit/store_memory.h"

static void name_of(const struct store *store, const char *name, char out[160])
{
	snprintf(out, 160, "%s/%s", store->path, name);
}

static bool is_there(const struct store *store, const char *name)
{
	char path[160];
	name_of(store, name, path);
	return access(path, F_OK) == 0;
}

static void file_copy(const char *from, const char *to)
{
	static uint8_t bytes[1 << 20];
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(in >= 0 && out >= 0);
	ssize_t length = read(in, bytes, sizeof(bytes));
	assert_true(length > 0 && length < (ssize_t)sizeof(bytes));
	assert_int_equal(write(out, bytes, (size_t)length), length);
	close(in);
	close(out);
}

static void store_fill(struct store *store)
{
	store_make(store);
	store_told(store, (struct said){ .id = "e1", .key = "k", .subject = "p1" });
	store_told(store, (struct said){ .id = "e2", .subject = "p2" });
	store_told(store, (struct said){ .id = "e3", .subject = "p2" });
}

static void subject_erase(struct store *store, const char *subject)
{
	struct erasure *erasure;
	struct erase_counts counts;
	struct reason reason = { "" };
	assert_int_equal(erasure_new(store->log, &erasure), OK);
	assert_int_equal(erasure_choose_subject(erasure, bytes_of_string(subject)), OK);
	assert_int_equal(erasure_look(erasure, &counts), OK);
	assert_int_equal(counts.people, 1);
	assert_int_equal(erasure_copy(erasure, NULL, &reason), OK);
	if (erasure_finish(erasure, store->now_us, NULL, 0, &reason) != OK)
		fail_msg("%s", reason.text);
	assert_false(erasure_is_read(erasure));
	erasure_free(erasure);
}

static enum err subject_find(struct store *store, const char *subject)
{
	struct reader *reader = store_reader(store);
	uint32_t person;
	enum err err = reader_person(reader, bytes_of_string(subject), &person);
	reader_close(reader);
	return err;
}

/* The list of what was erased stands beside the store. */
static void all_end(struct store *store)
{
	char list[96];
	snprintf(list, sizeof(list), "%s.erased", store->path);
	store_end(store);
	unlink(list);
}

static void a_copy_that_is_not_whole_is_removed_and_nothing_was_erased(void **state)
{
	(void)state;
	struct store store;
	char from[160], to[160];
	store_fill(&store);
	name_of(&store, "data.mdb", from);
	name_of(&store, "rewrite.new", to);
	file_copy(from, to);
	store_reopen(&store);
	assert_false(is_there(&store, "rewrite.new"));
	assert_int_equal(subject_find(&store, "p2"), OK);
	all_end(&store);
}

static void a_copy_that_is_whole_is_put_in_place_by_the_next_start(void **state)
{
	(void)state;
	struct store store;
	char data[160], before[160], copy[160];
	store_fill(&store);
	name_of(&store, "data.mdb", data);
	name_of(&store, "before", before);
	name_of(&store, "rewrite.mdb", copy);
	file_copy(data, before);
	subject_erase(&store, "p2");
	log_close(store.log);
	store.log = NULL;
	/* As a crash leaves it before the files have their names. */
	file_copy(data, copy);
	file_copy(before, data);
	unlink(before);
	store_reopen(&store);
	assert_false(is_there(&store, "rewrite.mdb"));
	assert_int_equal(subject_find(&store, "p2"), ERR_NOT_FOUND);
	assert_int_equal(subject_find(&store, "p1"), OK);
	all_end(&store);
}

static void who_is_not_there_is_not_erased(void **state)
{
	(void)state;
	struct store store;
	struct erasure *erasure;
	store_fill(&store);
	assert_int_equal(erasure_new(store.log, &erasure), OK);
	assert_int_equal(erasure_choose_subject(erasure, bytes_of_string("nobody")), ERR_NOT_FOUND);
	erasure_free(erasure);
	assert_false(is_there(&store, "rewrite.new"));
	all_end(&store);
}

static size_t pending(struct store *store, uint64_t first_two[2])
{
	struct reader *reader = store_reader(store);
	struct reason reason = { "" };
	uint64_t *seqs = NULL;
	size_t count = 0;
	if (erase_pending(reader, store->path, &seqs, &count, &reason) != OK)
		fail_msg("%s", reason.text);
	for (size_t i = 0; i < 2 && i < count; i++)
		first_two[i] = seqs[i];
	free(seqs);
	reader_close(reader);
	return count;
}

/* What was made for the list is given back too: LeakSanitizer looks. */
static void an_empty_list_has_nobody(void **state)
{
	(void)state;
	struct store store;
	uint64_t seqs[2];
	char list[96];
	store_fill(&store);
	subject_erase(&store, "p2");
	snprintf(list, sizeof(list), "%s.erased", store.path);
	assert_int_equal(truncate(list, 0), 0);
	assert_int_equal(pending(&store, seqs), 0);
	all_end(&store);
}

/* Puts the files of a backup in the place of the store's. The list beside it stays. */
static void store_take_back(struct store *store, const char *backup)
{
	static const char *const files[] = { "data.mdb", "data.sums" };
	char from[160], to[160];
	log_close(store->log);
	store->log = NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
		snprintf(from, sizeof(from), "%s/%s", backup, files[i]);
		name_of(store, files[i], to);
		file_copy(from, to);
	}
	directory_remove(backup);
	store_reopen(store);
}

static void what_a_backup_brings_back_is_known_by_the_list_beside_the_store(void **state)
{
	(void)state;
	struct store store;
	struct reason reason = { "" };
	uint64_t seqs[2] = { 0 };
	char backup[96];
	store_fill(&store);
	snprintf(backup, sizeof(backup), "%s.copy", store.path);
	assert_int_equal(log_backup(store.log, backup, &reason), OK);
	assert_int_equal(pending(&store, seqs), 0);
	subject_erase(&store, "p2");
	assert_int_equal(pending(&store, seqs), 0);
	store_take_back(&store, backup);
	assert_int_equal(subject_find(&store, "p2"), OK);
	assert_int_equal(pending(&store, seqs), 2);
	assert_int_equal(seqs[0], 2);
	assert_int_equal(seqs[1], 3);
	/* Another record under the same number is another one. */
	subject_erase(&store, "p2");
	assert_int_equal(pending(&store, seqs), 0);
	all_end(&store);
}

static void of_two_who_a_backup_brings_back_the_second_is_known_until_it_is_erased_too(void **state)
{
	(void)state;
	struct store store;
	struct reason reason = { "" };
	uint64_t seqs[2] = { 0 };
	char backup[96];
	store_fill(&store);
	snprintf(backup, sizeof(backup), "%s.copy", store.path);
	assert_int_equal(log_backup(store.log, backup, &reason), OK);
	subject_erase(&store, "p1");
	subject_erase(&store, "p2");
	assert_int_equal(pending(&store, seqs), 0);
	store_take_back(&store, backup);
	assert_int_equal(pending(&store, seqs), 3);
	subject_erase(&store, "p1");
	assert_int_equal(pending(&store, seqs), 2);
	assert_int_equal(seqs[0], 2);
	/* Nor does a start forget it, nor somebody whom the list has not. */
	store_reopen(&store);
	assert_int_equal(pending(&store, seqs), 2);
	store_told(&store, (struct said){ .id = "e4", .subject = "p3" });
	subject_erase(&store, "p3");
	assert_int_equal(pending(&store, seqs), 2);
	subject_erase(&store, "p2");
	assert_int_equal(pending(&store, seqs), 0);
	/* Once it is noted, erasures keep the note up to date. */
	assert_int_equal(erase_list_note(store.log, store.now_us, &reason), OK);
	assert_int_equal(pending(&store, seqs), 0);
	all_end(&store);
}

/* Their acts are too long for a leaf: a scan of pages ends there, and is begun anew in vain. */
static void a_log_with_acts_about_many_records_is_read_to_its_end(void **state)
{
	enum { PEOPLE = 12, RECORDS = 1200 };
	(void)state;
	struct store store;
	struct record record;
	char id[32], subject[32];
	store_make(&store);
	store_begin(&store);
	for (unsigned i = 0; i < PEOPLE * RECORDS; i++) {
		snprintf(id, sizeof(id), "e%u", i);
		snprintf(subject, sizeof(subject), "p%u", i % PEOPLE);
		store_put(&store, (struct said){ .id = id, .subject = subject });
	}
	store_commit(&store);
	for (unsigned i = 0; i < PEOPLE; i++) {
		snprintf(subject, sizeof(subject), "p%u", i);
		store.now_us += US_PER_SECOND;
		subject_erase(&store, subject);
	}
	store_told(&store, (struct said){ .id = "last" });
	struct reader *reader = store_reader(&store);
	uint64_t last = log_last_seq(store.log), large = 0;
	for (uint64_t seq = 1; seq <= last; seq++) {
		assert_int_equal(reader_next(reader, seq, &record), OK);
		large += record.kind == RECORD_ACT;
	}
	assert_int_equal(large, PEOPLE);
	assert_int_equal(reader_next(reader, last + 1, &record), ERR_NOT_FOUND);
	reader_close(reader);
	all_end(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_copy_that_is_not_whole_is_removed_and_nothing_was_erased),
		cmocka_unit_test(a_copy_that_is_whole_is_put_in_place_by_the_next_start),
		cmocka_unit_test(who_is_not_there_is_not_erased),
		cmocka_unit_test(an_empty_list_has_nobody),
		cmocka_unit_test(what_a_backup_brings_back_is_known_by_the_list_beside_the_store),
		cmocka_unit_test(
			of_two_who_a_backup_brings_back_the_second_is_known_until_it_is_erased_too),
		cmocka_unit_test(a_log_with_acts_about_many_records_is_read_to_its_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
