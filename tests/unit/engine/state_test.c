/*
 * tests/unit/engine/state_test.c - the saved state: loaded as it was saved, or not at all.
 */
#include "engine/state.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "engine/answers.h"
#include "tests/unit/random_log.h"

/* The checksum of the file, to forge one; xxhash.h itself is for store/ and engine/. */
uint64_t XXH3_64bits(const void *data, size_t length);

struct saved {
	struct store store;
	struct chance chance;
	struct random_log log;
	struct live *live;
	int64_t known_us;
	char path[128];
};

static void catch_up(struct saved *saved, struct live *live)
{
	bool changed;
	struct reader *reader = store_reader(&saved->store);
	uint64_t to = log_last_seq(saved->store.log);
	while (live->histories.applied_seq < to)
		assert_int_equal(live_follow(live, reader, to, UINT64_MAX), OK);
	assert_int_equal(live_refresh(live, reader, saved->known_us, &changed), OK);
	reader_close(reader);
}

static enum err save(struct saved *saved, struct live *live, struct reason *reason)
{
	struct reader *reader = store_reader(&saved->store);
	enum err err = state_save(saved->path, live, reader, reason);
	reader_close(reader);
	return err;
}

static enum err load(struct saved *saved, struct live **out)
{
	struct reason reason = { "" };
	struct reader *reader = store_reader(&saved->store);
	enum err err = state_load(saved->path, reader, out, &reason);
	reader_close(reader);
	if (err != OK && err != ERR_NOT_FOUND)
		assert_true(strlen(reason.text) > 0);
	return err;
}

static enum err verify(struct saved *saved, struct live *live, struct reason *reason)
{
	struct reader *reader = store_reader(&saved->store);
	enum err err = state_verify(live, reader, reason);
	reader_close(reader);
	return err;
}

/* A store of some hundred events, its live with two days, saved. */
static void saved_make(struct saved *saved, size_t events)
{
	struct reason reason = { "" };
	*saved = (struct saved){ .chance = chance_new() };
	saved->log = (struct random_log){ &saved->store, &saved->chance, .said = 0 };
	store_make(&saved->store);
	random_log_grow(&saved->log, events);
	store_told(&saved->store, (struct said)ABOUT_NOBODY("p", PUBLISHES("1999-12-31")));
	saved->known_us = log_last_recorded_us(saved->store.log) + US_PER_SECOND;
	assert_int_equal(live_new(&saved->live), OK);
	struct reader *reader = store_reader(&saved->store);
	assert_int_equal(live_day_add(saved->live, reader, zone_day(saved->known_us)), OK);
	assert_int_equal(live_day_add(saved->live, reader, zone_day(saved->known_us) + 1), OK);
	reader_close(reader);
	catch_up(saved, saved->live);
	assert_int_equal(state_path(saved->store.path, saved->path, sizeof(saved->path)), OK);
	if (save(saved, saved->live, &reason) != OK)
		fail_msg("%s", reason.text);
}

static void saved_end(struct saved *saved)
{
	live_free(saved->live);
	store_end(&saved->store);
}

static void check_same(const struct live *a, const struct live *b)
{
	assert_int_equal(a->histories.applied_seq, b->histories.applied_seq);
	assert_int_equal(a->histories.fact_count, b->histories.fact_count);
	assert_int_equal(a->quality_after, b->quality_after);
	assert_int_equal(a->quality_to, b->quality_to);
	assert_int_equal(a->day_count, b->day_count);
	for (size_t i = 0; i < a->day_count; i++) {
		assert_int_equal(a->days[i].question.as_of, b->days[i].question.as_of);
		bool equal;
		assert_int_equal(
			packed_sums_compare(&a->days[i].sums, &b->days[i].sums, &equal), OK);
		assert_true(equal);
	}
	assert_int_equal(a->publication_count, b->publication_count);
	for (size_t i = 0; i < a->publication_count; i++) {
		const struct publication *x = a->publications[i], *y = b->publications[i];
		assert_true(x->seq == y->seq && x->recorded_us == y->recorded_us &&
			    x->as_of == y->as_of && x->municipality == y->municipality);
		assert_int_equal(x->part.length, y->part.length);
		assert_memory_equal(x->part.data, y->part.data, x->part.length);
	}
}

static void a_state_is_loaded_as_it_was_saved_and_goes_on(void **state)
{
	(void)state;
	struct saved saved;
	struct live *loaded;
	struct reason reason = { "" };
	saved_make(&saved, 300);
	assert_true(saved.live->publication_count > 0);
	assert_int_equal(load(&saved, &loaded), OK);
	check_same(saved.live, loaded);
	assert_int_equal(verify(&saved, loaded, &reason), OK);
	for (int round = 0; round < 5; round++) {
		struct live *again;
		random_log_grow(&saved.log, 60);
		saved.known_us = log_last_recorded_us(saved.store.log);
		catch_up(&saved, saved.live);
		catch_up(&saved, loaded);
		check_same(saved.live, loaded);
		if (verify(&saved, loaded, &reason) != OK)
			fail_msg("%s", reason.text);
		assert_int_equal(save(&saved, loaded, &reason), OK);
		assert_int_equal(load(&saved, &again), OK);
		check_same(loaded, again);
		live_free(loaded);
		loaded = again;
	}
	live_free(loaded);
	saved_end(&saved);
}

static void the_state_of_an_empty_log_is_one(void **state)
{
	(void)state;
	struct store store;
	struct live *live, *loaded;
	struct reason reason = { "" };
	char path[128];
	store_make(&store);
	assert_int_equal(live_new(&live), OK);
	assert_int_equal(state_path(store.path, path, sizeof(path)), OK);
	struct reader *reader = store_reader(&store);
	assert_int_equal(state_load(path, reader, &loaded, &reason), ERR_NOT_FOUND);
	assert_int_equal(state_save(path, live, reader, &reason), OK);
	assert_int_equal(state_load(path, reader, &loaded, &reason), OK);
	assert_int_equal(loaded->histories.applied_seq, 0);
	reader_close(reader);
	live_free(live);
	live_free(loaded);
	store_end(&store);
}

/* The bytes of the file; free() them. */
static uint8_t *file_read(const char *path, size_t *length)
{
	struct stat stat;
	int fd = open(path, O_RDONLY);
	assert_true(fd >= 0 && fstat(fd, &stat) == 0);
	uint8_t *bytes = malloc((size_t)stat.st_size + 1);
	assert_non_null(bytes);
	assert_int_equal(read(fd, bytes, (size_t)stat.st_size), stat.st_size);
	close(fd);
	*length = (size_t)stat.st_size;
	return bytes;
}

static void file_write(const char *path, const uint8_t *bytes, size_t length)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, length), length);
	close(fd);
}

static void a_damaged_state_is_refused_and_rebuilt(void **state)
{
	(void)state;
	struct saved saved;
	struct live *loaded = NULL;
	size_t length;
	saved_make(&saved, 120);
	uint8_t *bytes = file_read(saved.path, &length);
	size_t step = length / 400 + 1;
	for (size_t at = 0; at < length; at += at < 128 || at + 32 > length ? 1 : step) {
		bytes[at] ^= 0x40;
		file_write(saved.path, bytes, length);
		bytes[at] ^= 0x40;
		assert_int_equal(load(&saved, &loaded), ERR_CORRUPT);
	}
	for (size_t cut = 0; cut < length; cut += step) {
		file_write(saved.path, bytes, cut);
		assert_int_equal(load(&saved, &loaded), ERR_CORRUPT);
	}
	bytes[length] = 0;
	file_write(saved.path, bytes, length + 1);
	assert_int_equal(load(&saved, &loaded), ERR_CORRUPT);
	assert_null(loaded);
	/* Rebuilt from the log it is what it was. */
	struct live *rebuilt;
	assert_int_equal(live_new(&rebuilt), OK);
	struct reader *reader = store_reader(&saved.store);
	for (size_t i = 0; i < saved.live->day_count; i++)
		assert_int_equal(
			live_day_add(rebuilt, reader, saved.live->days[i].question.as_of), OK);
	reader_close(reader);
	catch_up(&saved, rebuilt);
	check_same(saved.live, rebuilt);
	live_free(rebuilt);
	free(bytes);
	saved_end(&saved);
}

/* Right in itself, but not of this program: each part of the header that must be the same. */
/* Adds a publication of twelve people on four rungs. */
static void publication_at_risk_make(struct saved *saved)
{
	char id[24], subject[24];
	for (int n = 0; n < 12; n++) {
		static const char *const rungs[] = { RUNG(1), RUNG(2), RUNG(3), RUNG(4) };
		snprintf(subject, sizeof(subject), "tight-%d", n);
		snprintf(id, sizeof(id), "ts%d", n);
		store_told(&saved->store, (struct said){ .id = id,
						  .subject = subject,
						  .municipality = "GM0001",
						  .day = "2024-01-05",
						  .body = SETTLES });
		snprintf(id, sizeof(id), "tr%d", n);
		store_told(&saved->store, (struct said){ .id = id,
						  .subject = subject,
						  .municipality = "GM0001",
						  .day = "2024-02-05",
						  .body = rungs[n % 4] });
	}
	store_told(&saved->store, (struct said){ .id = "tp",
					  .subject = "",
					  .municipality = "GM0001",
					  .body = PUBLISHES("2024-06-30") });
	saved->known_us = log_last_recorded_us(saved->store.log) + US_PER_SECOND;
	catch_up(saved, saved->live);
}

/* Discloses all and keeps it in the store; returns how many were found anew. */
static size_t disclose(struct saved *saved, struct live *live)
{
	size_t found = 0;
	struct publication *publication;
	do {
		struct text packed = { 0 }, kept = { 0 };
		struct reader *reader = store_reader(&saved->store);
		assert_int_equal(live_disclose(live, reader, &publication), OK);
		reader_close(reader);
		if (publication == NULL)
			continue;
		found++;
		disclosure_pack(&publication->disclosure, &packed);
		kept_tree_print(&publication->kept, &kept);
		store_begin(&saved->store);
		assert_int_equal(log_note_shown(saved->store.log, publication->municipality,
					 publication->as_of, publication->seq, text_bytes(&packed)),
			OK);
		if (!publication->disclosure.withheld)
			assert_int_equal(log_keep_figures(saved->store.log, publication->seq,
						 text_bytes(&kept)),
				OK);
		text_release(&kept);
		publication->stored = !publication->disclosure.withheld;
		store_commit(&saved->store);
		text_release(&packed);
	} while (publication != NULL);
	return found;
}

static void how_a_publication_is_shown_is_kept_in_the_store(void **state)
{
	(void)state;
	struct saved saved;
	struct live *loaded;
	struct reason reason = { "" };
	saved_make(&saved, 40);
	publication_at_risk_make(&saved);
	size_t count = saved.live->publication_count;
	size_t noted = 0;
	for (size_t i = 0; i < count; i++)
		noted += publication_has_base(saved.live->publications[i]);
	assert_true(noted >= 2);
	assert_int_equal(disclose(&saved, saved.live), noted);
	assert_int_equal(disclose(&saved, saved.live), 0);
	/* Four rungs of three people: rounding alone would give them away. */
	const struct publication *last = saved.live->publications[count - 1];
	assert_int_equal(last->municipality, 1);
	assert_true(last->disclosed);
	assert_false(last->disclosure.withheld);
	struct disclosure before = last->disclosure;
	struct text shown = { 0 };
	assert_int_equal(publication_print(last, &shown), OK);
	assert_int_equal(save(&saved, saved.live, &reason), OK);

	/* After a restart, and from the log alone: nothing is found anew. */
	assert_int_equal(load(&saved, &loaded), OK);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(disclose(&saved, loaded), 0);
		const struct publication *again = loaded->publications[count - 1];
		assert_memory_equal(&again->disclosure, &before, sizeof(before));
		struct text same = { 0 };
		assert_int_equal(publication_print(again, &same), OK);
		assert_string_equal(same.data, shown.data);
		text_release(&same);
		/* Nor is it folded. */
		assert_null(again->part.data);
		assert_true(again->decided == (i == 1) && again->stored);
		assert_int_equal(verify(&saved, loaded, &reason), OK);
		live_free(loaded);
		if (i == 0) {
			assert_int_equal(live_new(&loaded), OK);
			catch_up(&saved, loaded);
		}
	}
	text_release(&shown);
	saved_end(&saved);
}

/* The state says nothing of the sums, and the store is one of before it was told of the figures. */
static void a_publication_is_folded_again_where_the_store_lacks_its_figures(void **state)
{
	(void)state;
	struct saved saved;
	struct live *loaded;
	struct publication *found;
	struct reason reason = { "" };
	struct text before = { 0 }, after = { 0 };
	size_t lacking = 0;
	saved_make(&saved, 40);
	publication_at_risk_make(&saved);
	struct reader *reader = store_reader(&saved.store);
	do {
		assert_int_equal(live_disclose(saved.live, reader, &found), OK);
		lacking += found != NULL;
	} while (found != NULL);
	reader_close(reader);
	size_t last = saved.live->publication_count - 1;
	assert_null(saved.live->publications[last]->part.data);
	assert_int_equal(publication_print(saved.live->publications[last], &before), OK);
	assert_int_equal(save(&saved, saved.live, &reason), OK);
	assert_int_equal(load(&saved, &loaded), OK);
	assert_null(loaded->publications[last]->part.data);
	assert_int_equal(disclose(&saved, loaded), lacking);
	assert_int_equal(publication_print(loaded->publications[last], &after), OK);
	assert_string_equal(after.data, before.data);
	assert_int_equal(verify(&saved, loaded, &reason), OK);
	live_free(loaded);
	text_release(&before);
	text_release(&after);
	saved_end(&saved);
}

static void figures_that_are_not_those_of_the_log_are_told(void **state)
{
	(void)state;
	struct saved saved;
	struct publication *found, *last;
	struct reason reason = { "" };
	struct text packed = { 0 }, kept = { 0 };
	saved_make(&saved, 40);
	publication_at_risk_make(&saved);
	struct reader *reader = store_reader(&saved.store);
	do {
		assert_int_equal(live_disclose(saved.live, reader, &found), OK);
	} while (found != NULL);
	reader_close(reader);
	last = saved.live->publications[saved.live->publication_count - 1];
	last->disclosure.moves = (struct count_moves){ 0 };
	last->disclosure.round_to = last->disclosure.round_to == 5 ? 10 : 5;
	disclosure_pack(&last->disclosure, &packed);
	store_begin(&saved.store);
	assert_int_equal(log_note_shown(saved.store.log, last->municipality, last->as_of, last->seq,
				 text_bytes(&packed)),
		OK);
	kept_tree_print(&last->kept, &kept);
	assert_int_equal(log_keep_figures(saved.store.log, last->seq, text_bytes(&kept)), OK);
	text_release(&kept);
	store_commit(&saved.store);
	assert_int_equal(verify(&saved, saved.live, &reason), ERR_CORRUPT);
	assert_string_equal(reason.text, "what was published differs from what the log says");
	text_release(&packed);
	saved_end(&saved);
}

static void a_state_of_another_program_is_refused(void **state)
{
	(void)state;
	struct saved saved;
	struct live *loaded = NULL;
	size_t length;
	saved_make(&saved, 40);
	uint8_t *bytes = file_read(saved.path, &length);
	/* Magic, format, definitions, counters, histograms, version. */
	static const size_t places[] = { 0, 7, 8, 12, 16, 20, 24, 39 };
	for (size_t i = 0; i <= ARRAY_LENGTH(places); i++) {
		size_t at = i == 0 ? 0 : places[i - 1];
		bytes[at] ^= i == 0 ? 0 : 1;
		uint64_t sum = XXH3_64bits(bytes, length - sizeof(sum));
		memcpy(bytes + length - sizeof(sum), &sum, sizeof(sum));
		file_write(saved.path, bytes, length);
		bytes[at] ^= i == 0 ? 0 : 1;
		assert_int_equal(load(&saved, &loaded), i == 0 ? OK : ERR_CONFLICT);
		if (i == 0)
			live_free(loaded);
	}
	free(bytes);
	saved_end(&saved);
}

static void a_state_of_another_log_is_refused(void **state)
{
	(void)state;
	struct saved saved, other;
	struct live *loaded = NULL;
	size_t length;
	saved_make(&saved, 100);
	saved_make(&other, 60);
	/* It ends before the state does; or it has another record there. */
	uint8_t *bytes = file_read(saved.path, &length);
	file_write(other.path, bytes, length);
	assert_int_equal(load(&other, &loaded), ERR_CONFLICT);
	random_log_grow(&other.log, 100);
	assert_int_equal(load(&other, &loaded), ERR_CONFLICT);
	assert_null(loaded);
	free(bytes);
	saved_end(&saved);
	saved_end(&other);
}

static void verifying_finds_what_differs_from_the_log(void **state)
{
	(void)state;
	struct saved saved;
	saved_make(&saved, 200);
	for (int change = 0; change < 6; change++) {
		struct live *live;
		struct reason reason = { "" };
		assert_int_equal(load(&saved, &live), OK);
		uint32_t person = 1;
		while (live->histories.people[person].count < 2)
			person++;
		struct history *history = &live->histories.people[person];
		struct live_day *day = &live->days[1];
		struct sink sink;
		switch (change) {
		case 1:
			history->facts[0].day_offset++;
			break;
		case 2:
			history->count--;
			if (history->sorted > history->count)
				history->sorted = history->count;
			break;
		case 3:
			history->facts[0].municipality++;
			break;
		case 4:
			sink = tally_sink(&(struct adder){ day->news, 1 });
			sink.add(sink.context, 823, false, 0, 0, 1);
			assert_int_equal(packed_sums_add(&day->sums, day->news), OK);
			break;
		case 5:
			live->quality_after++;
			break;
		default:
			break;
		}
		assert_int_equal(verify(&saved, live, &reason), change == 0 ? OK : ERR_CORRUPT);
		assert_int_equal(strlen(reason.text) > 0, change != 0);
		live_free(live);
	}
	saved_end(&saved);
}

/* What the program relies on is looked at, also where the checksum holds. */
static void a_state_that_contradicts_itself_is_refused(void **state)
{
	(void)state;
	struct saved saved;
	struct reason reason = { "" };
	saved_make(&saved, 100);
	struct live *live = saved.live, *loaded = NULL;
	struct history *history = &live->histories.people[1];
	while (history->count == 0)
		history++;
	uint32_t sorted = history->sorted;
	uint64_t after = live->quality_after, to = live->quality_to;
	for (int change = 0; change < 4; change++) {
		history->sorted = change == 1 ? history->count + 1 : sorted;
		live->quality_after = change == 2 ? to + 1 : after;
		live->quality_to = change == 3 ? live->histories.applied_seq + 1 : to;
		assert_int_equal(save(&saved, live, &reason), OK);
		assert_int_equal(load(&saved, &loaded), change == 0 ? OK : ERR_CORRUPT);
		if (change == 0)
			live_free(loaded);
	}
	history->sorted = sorted;
	live->quality_to = to;
	saved_end(&saved);
}

/* No room for it on the disk: the state that was there still is. */
static void a_state_that_cannot_be_written_spares_the_one_before(void **state)
{
	(void)state;
	struct saved saved;
	struct live *loaded;
	struct reason reason = { "" };
	struct rlimit limit, small;
	char new_path[160];
	saved_make(&saved, 100);
	uint64_t before = saved.live->histories.applied_seq;
	random_log_grow(&saved.log, 50);
	catch_up(&saved, saved.live);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	small = limit;
	for (rlim_t size = 0; size <= 3000; size += 1000) {
		small.rlim_cur = size;
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
		enum err err = save(&saved, saved.live, &reason);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
		assert_int_equal(err, ERR_IO);
		assert_non_null(strstr(reason.text, saved.path));
	}
	snprintf(new_path, sizeof(new_path), "%s.new", saved.path);
	assert_int_equal(access(new_path, F_OK), -1);
	assert_int_equal(load(&saved, &loaded), OK);
	assert_int_equal(loaded->histories.applied_seq, before);
	live_free(loaded);
	saved_end(&saved);
}

/* In the place of the library's: there is no memory for it when the test says so. */
static bool there_is_no_memory;

void *XXH3_createState(void);
void *XXH3_createState(void)
{
	void *(*real)(void);
	void *found = dlsym(RTLD_NEXT, "XXH3_createState");
	memcpy(&real, &found, sizeof(real));
	return there_is_no_memory ? NULL : real();
}

static void without_memory_the_state_before_is_spared_too(void **state)
{
	(void)state;
	struct saved saved;
	struct live *loaded;
	struct reason reason = { "" };
	saved_make(&saved, 100);
	uint64_t before = saved.live->histories.applied_seq;
	random_log_grow(&saved.log, 50);
	catch_up(&saved, saved.live);
	there_is_no_memory = true;
	enum err err = save(&saved, saved.live, &reason);
	there_is_no_memory = false;
	assert_int_equal(err, ERR_FULL);
	assert_non_null(strstr(reason.text, "not enough memory"));
	assert_int_equal(load(&saved, &loaded), OK);
	assert_int_equal(loaded->histories.applied_seq, before);
	live_free(loaded);
	saved_end(&saved);
}

static void a_path_that_is_too_long_is_refused(void **state)
{
	(void)state;
	char path[10];
	assert_int_equal(state_path("abc", path, sizeof(path)), OK);
	assert_string_equal(path, "abc/state");
	assert_int_equal(state_path("abcd", path, sizeof(path)), ERR_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_state_is_loaded_as_it_was_saved_and_goes_on),
		cmocka_unit_test(the_state_of_an_empty_log_is_one),
		cmocka_unit_test(a_damaged_state_is_refused_and_rebuilt),
		cmocka_unit_test(how_a_publication_is_shown_is_kept_in_the_store),
		cmocka_unit_test(a_publication_is_folded_again_where_the_store_lacks_its_figures),
		cmocka_unit_test(figures_that_are_not_those_of_the_log_are_told),
		cmocka_unit_test(a_state_of_another_program_is_refused),
		cmocka_unit_test(a_state_of_another_log_is_refused),
		cmocka_unit_test(verifying_finds_what_differs_from_the_log),
		cmocka_unit_test(a_state_that_contradicts_itself_is_refused),
		cmocka_unit_test(a_state_that_cannot_be_written_spares_the_one_before),
		cmocka_unit_test(without_memory_the_state_before_is_spared_too),
		cmocka_unit_test(a_path_that_is_too_long_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
