/*
 * tests/unit/store/follow_test.c - a follower's log is the main's, whatever was recorded,
 * withdrawn, published, restricted and erased, and in whatever pieces it came.
 */
#include "store/follow.h"

#include "proto/log_message.h"
#include "store/erase.h"
#include "tests/unit/random_log.h"

static const uint8_t store_id[READER_STORE_ID_SIZE] = { 1, 2, 3 };

/* A main and its follower. */
struct pair {
	struct store main, follower;
	struct chance chance;
	struct random_log log;
};

static void pair_make(struct pair *pair)
{
	store_make(&pair->main);
	store_make(&pair->follower);
	pair->chance = chance_new();
	pair->log = (struct random_log){ .store = &pair->main, .chance = &pair->chance };
	pair->main.definitions = pair->follower.definitions = 2;
	store_reopen(&pair->main);
	store_reopen(&pair->follower);
}

static void erased_list_remove(const struct store *store)
{
	char path[80];
	snprintf(path, sizeof(path), "%s.erased", store->path);
	unlink(path);
}

/* The main's record as it comes by /v1/log. It borrows from the arena. */
static struct record_view record_sent(struct store *main, uint64_t seq, struct arena *arena)
{
	struct reader *reader = store_reader(main);
	struct record_view view;
	struct log_message message;
	struct text encoded = { 0 };
	assert_int_equal(reader_next_view(reader, seq, &main->arena, &view), OK);
	assert_int_equal(record_encode(&view, &main->arena, &encoded), OK);
	uint8_t *bytes = arena_take(arena, encoded.length);
	memcpy(bytes, encoded.data, encoded.length);
	assert_int_equal(log_message_decode(bytes_of(bytes, encoded.length), arena, &message), OK);
	text_release(&encoded);
	reader_close(reader);
	return message.view;
}

static enum err follow_try(struct store *follower, const struct record_view *views, size_t count,
	struct reason *reason)
{
	assert_int_equal(log_begin(follower->log, 0, reason), OK);
	enum err err = log_follow_store(follower->log, store_id, reason);
	if (err == OK)
		err = count == 1 && views[0].kind == RECORD_ACT
			      ? log_follow_act(follower->log, views, reason)
			      : log_follow(follower->log, views, count, &follower->arena, reason);
	arena_reset(&follower->arena);
	if (err == OK)
		return log_commit(follower->log, reason);
	log_abort(follower->log);
	return err;
}

static void follow(struct store *follower, const struct record_view *views, size_t count)
{
	struct reason reason = { "" };
	if (follow_try(follower, views, count, &reason) != OK)
		fail_msg("%s", reason.text);
}

/* Applies acts that erase people. */
static void erasures_apply(struct store *follower, const struct record_view *acts, size_t count)
{
	struct erasure *erasure;
	struct erase_counts counts;
	struct reason reason = { "" };
	assert_int_equal(erasure_new(follower->log, &erasure), OK);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(erasure_choose_act(erasure, &acts[i]), OK);
	assert_int_equal(erasure_look(erasure, &counts), OK);
	if (counts.people == 0) {
		erasure_free(erasure);
		for (size_t i = 0; i < count; i++)
			follow(follower, &acts[i], 1);
		return;
	}
	assert_int_equal(erasure_copy(erasure, NULL, &reason), OK);
	if (erasure_follow(erasure, acts, count, NULL, 0, &reason) != OK)
		fail_msg("%s", reason.text);
	erasure_free(erasure);
}

static bool is_erasure(const struct record_view *view)
{
	return view->kind == RECORD_ACT && view->act.type == LOG_ACT_ERASED;
}

static void catch_up(struct pair *pair)
{
	struct arena arena;
	struct record_view views[16];
	assert_int_equal(arena_init(&arena, (size_t)1 << 20), OK);
	for (uint64_t seq;
		(seq = log_last_seq(pair->follower.log)) < log_last_seq(pair->main.log);) {
		size_t most = 1 + chance_below(&pair->chance, 15), count = 0;
		arena_reset(&arena);
		while (count < most && seq + count < log_last_seq(pair->main.log)) {
			views[count] = record_sent(&pair->main, seq + count + 1, &arena);
			bool erases = is_erasure(&views[0]) && is_erasure(&views[count]);
			if (views[count].kind == RECORD_ACT && !erases)
				break;
			if (views[count].kind != RECORD_ACT && is_erasure(&views[0]))
				break;
			count++;
		}
		if (count > 0 && is_erasure(&views[0]))
			erasures_apply(&pair->follower, views, count);
		else if (count > 0)
			follow(&pair->follower, views, count);
		else
			follow(&pair->follower, views, 1);
	}
	arena_release(&arena);
}

static void check_same(struct pair *pair)
{
	struct text main = store_dump(&pair->main), follower = store_dump(&pair->follower);
	assert_int_equal(main.length, follower.length);
	assert_true(bytes_equal(text_bytes(&main), text_bytes(&follower)));
	text_release(&main);
	text_release(&follower);
	struct reader *ours = store_reader(&pair->main), *theirs = store_reader(&pair->follower);
	struct acts acts, followed;
	assert_int_equal(reader_acts(ours, &acts), OK);
	assert_int_equal(reader_acts(theirs, &followed), OK);
	assert_int_equal(acts.erased_people, followed.erased_people);
	assert_int_equal(acts.complete_from, followed.complete_from);
	assert_int_equal(acts.last_seq, followed.last_seq);
	uint64_t a = 0, b = 0, by_a, by_b;
	enum err err = OK;
	while (err == OK) {
		err = reader_withdrawal_from(ours, a + 1, &a, &by_a);
		assert_int_equal(err, reader_withdrawal_from(theirs, b + 1, &b, &by_b));
		assert_true(err != OK || (a == b && by_a == by_b));
	}
	reader_close(ours);
	reader_close(theirs);
}

static void pair_end(struct pair *pair)
{
	store_end(&pair->main);
	store_end(&pair->follower);
	erased_list_remove(&pair->main);
	erased_list_remove(&pair->follower);
}

static void erase_at_main(struct store *main, const char *subject, int32_t before)
{
	struct erasure *erasure;
	struct erase_counts counts;
	struct reason reason = { "" };
	assert_int_equal(erasure_new(main->log, &erasure), OK);
	enum err err = before != 0 ? erasure_choose_before(erasure, before)
				   : erasure_choose_subject(erasure, bytes_of_string(subject));
	assert_true(err == OK || err == ERR_NOT_FOUND);
	if (err == OK)
		assert_int_equal(erasure_look(erasure, &counts), OK);
	if (err == OK && counts.people > 0) {
		assert_int_equal(erasure_copy(erasure, NULL, &reason), OK);
		assert_int_equal(erasure_finish(erasure, main->now_us, NULL, 0, &reason), OK);
	}
	erasure_free(erasure);
}

static void restrict_at_main(struct store *main, const char *subject, bool lift)
{
	store_begin(main);
	enum err err = log_restrict(main->log, bytes_of_string(subject), lift);
	assert_true(err == OK || err == ERR_NOT_FOUND);
	if (err == OK)
		store_commit(main);
	else
		log_abort(main->log);
}

static void a_log_of_everything_is_followed(void **state)
{
	struct pair pair;
	(void)state;
	pair_make(&pair);
	for (int i = 0; i < 30; i++) {
		char subject[8];
		snprintf(subject, sizeof(subject), "p%d", (int)chance_below(&pair.chance, 8));
		random_log_grow(&pair.log, 1 + chance_below(&pair.chance, 60));
		uint64_t act = chance_below(&pair.chance, 6);
		/* So that who is erased has nothing that the follower never had. */
		if (act < 2)
			catch_up(&pair);
		if (act == 0)
			erase_at_main(&pair.main, subject, 0);
		else if (act == 1)
			erase_at_main(&pair.main, NULL, zone_day(pair.main.now_us) - 30);
		else if (act < 4)
			restrict_at_main(&pair.main, subject, act == 3);
		if (chance_below(&pair.chance, 3) > 0) {
			catch_up(&pair);
			check_same(&pair);
		}
		if (chance_below(&pair.chance, 4) == 0)
			store_reopen(&pair.follower);
	}
	catch_up(&pair);
	check_same(&pair);
	pair_end(&pair);
}

static void what_was_sent_to_the_main_is_known_to_the_follower(void **state)
{
	struct pair pair;
	(void)state;
	pair_make(&pair);
	store_told(&pair.main, (struct said){ .id = "a", .key = "k" });
	uint64_t second = store_told(&pair.main, (struct said){ .id = "b", .key = "k" });
	catch_up(&pair);
	/* Promoted, it goes on as the main would. */
	pair.follower.now_us = pair.main.now_us + 10;
	assert_int_equal(store_say(&pair.follower, (struct said){ .id = "a", .key = "k" }).verdict,
		VERDICT_DUPLICATE);
	struct appended appended =
		store_say(&pair.follower, (struct said){ .id = "a", .subject = "p2" });
	assert_int_equal(appended.code, REJECTION_ID_CONFLICT);
	uint64_t third =
		store_told(&pair.follower, (struct said)ABOUT_NOBODY("c", RETRACTS_KEY("k")));
	struct reader *reader = store_reader(&pair.follower);
	uint64_t by;
	assert_int_equal(reader_withdrawn_by(reader, second, &by), OK);
	assert_int_equal(by, third);
	reader_close(reader);
	pair_end(&pair);
}

/* What does not come next, or cannot have been recorded where it is said to be. */
static void what_does_not_come_next_is_refused(void **state)
{
	struct pair pair;
	struct arena arena;
	(void)state;
	pair_make(&pair);
	assert_int_equal(arena_init(&arena, (size_t)1 << 20), OK);
	store_told(&pair.main, (struct said){ .id = "a" });
	store_told(&pair.main, (struct said)ABOUT_NOBODY("b", RETRACTS_ID("a")));
	store_told(&pair.main, (struct said){ .id = "c" });
	store_told(&pair.main, (struct said){ .id = "d" });
	struct record_view views[4];
	for (size_t i = 0; i < 4; i++)
		views[i] = record_sent(&pair.main, i + 1, &arena);
	follow(&pair.follower, views, 2);
	struct record_view again = views[2], early = views[2], twice = views[2], back = views[1],
			   gap[2] = { views[2], views[3] }, swapped[2] = { views[2], views[3] };
	again.seq = 2;
	early.recorded_us = views[1].recorded_us;
	twice.event.id = bytes_of_string("a");
	back.seq = 3;
	back.recorded_us = views[2].recorded_us;
	back.event.id = bytes_of_string("e"); /* what it withdraws is withdrawn */
	gap[1].seq = 5;
	swapped[1].recorded_us = views[2].recorded_us;
	const struct {
		const struct record_view *views;
		size_t count;
	} rows[] = { { &views[3], 1 }, { &again, 1 }, { &early, 1 }, { &twice, 1 }, { &back, 1 },
		{ gap, 2 }, { swapped, 2 } };
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct reason reason = { "" };
		assert_int_equal(follow_try(&pair.follower, rows[i].views, rows[i].count, &reason),
			ERR_CONFLICT);
		assert_true(reason.text[0] != '\0');
		assert_int_equal(log_last_seq(pair.follower.log), 2);
	}
	follow(&pair.follower, views + 2, 2);
	check_same(&pair);
	arena_release(&arena);
	pair_end(&pair);
}

static void another_store_is_refused(void **state)
{
	static const uint8_t other[READER_STORE_ID_SIZE] = { 9 };
	struct pair pair;
	struct reason reason = { "" };
	uint8_t id[READER_STORE_ID_SIZE];
	(void)state;
	pair_make(&pair);
	store_told(&pair.main, (struct said){ .id = "a" });
	catch_up(&pair);
	struct reader *reader = store_reader(&pair.follower);
	assert_int_equal(reader_store_id(reader, id), OK);
	assert_memory_equal(id, store_id, sizeof(id));
	reader_close(reader);
	assert_int_equal(log_begin(pair.follower.log, 0, &reason), OK);
	assert_int_equal(log_follow_store(pair.follower.log, other, &reason), ERR_CONFLICT);
	log_abort(pair.follower.log);
	pair_end(&pair);
}

/* It was away while somebody came and was erased: the place of the records is all there is. */
static void tombstones_of_whom_it_never_had_are_taken(void **state)
{
	struct pair pair;
	(void)state;
	pair_make(&pair);
	store_told(&pair.main, (struct said){ .id = "a" });
	catch_up(&pair);
	store_told(&pair.main, (struct said){ .id = "b", .subject = "p2" });
	store_told(&pair.main, (struct said){ .id = "c", .subject = "p2" });
	store_told(&pair.main, (struct said){ .id = "d" });
	erase_at_main(&pair.main, "p2", 0);
	catch_up(&pair);
	check_same(&pair);
	pair_end(&pair);
}

static void whom_it_follows_is_noted_durably(void **state)
{
	static const char *const broken[] = { "", "following", "following x", "later x\n",
		"following x\ny\n" };
	struct store store;
	struct reason reason = { "" };
	struct follow_note note;
	char path[80];
	(void)state;
	store_make(&store);
	assert_int_equal(follow_note_read(store.path, &note, &reason), OK);
	assert_int_equal(note.role, FOLLOW_NONE);
	for (enum follow_role role = FOLLOW_BEGUN; role <= FOLLOW_PROMOTED; role++) {
		const struct follow_note written = { role, "https://main:7400" };
		assert_int_equal(follow_note_write(store.path, &written, &reason), OK);
		assert_int_equal(follow_note_read(store.path, &note, &reason), OK);
		assert_int_equal(note.role, role);
		assert_string_equal(note.main, "https://main:7400");
	}
	snprintf(path, sizeof(path), "%s/following", store.path);
	for (size_t i = 0; i < ARRAY_LENGTH(broken); i++) {
		FILE *file = fopen(path, "w");
		assert_non_null(file);
		fputs(broken[i], file);
		fclose(file);
		assert_int_equal(follow_note_read(store.path, &note, &reason), ERR_CORRUPT);
	}
	store_end(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_log_of_everything_is_followed),
		cmocka_unit_test(what_was_sent_to_the_main_is_known_to_the_follower),
		cmocka_unit_test(what_does_not_come_next_is_refused),
		cmocka_unit_test(another_store_is_refused),
		cmocka_unit_test(tombstones_of_whom_it_never_had_are_taken),
		cmocka_unit_test(whom_it_follows_is_noted_durably),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
