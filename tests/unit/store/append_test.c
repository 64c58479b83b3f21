/*
 * tests/unit/store/append_test.c - a group of events leaves the store that the same events leave
 * one by one: every verdict, and every byte of every table, whatever of the index came late
 * and however often the store was opened in between; and no full map, kill or backup takes
 * anything of it.
 */
#include <sched.h>
#include <sys/stat.h>

#include "proto/codec.h"
#include "store/tables.h"
#include "tests/unit/random_log.h"

#define EVENTS 4000

static struct bytes keep(struct arena *arena, struct bytes text)
{
	struct bytes copy = { 0 };
	if (text.length > 0)
		assert_int_equal(arena_copy(arena, text, &copy), OK);
	return copy;
}

/* A copy whose texts are the arena's. */
static struct event event_keep(struct arena *arena, struct event event)
{
	event.id = keep(arena, event.id);
	event.key = keep(arena, event.key);
	event.subject = keep(arena, event.subject);
	for (size_t i = 0; i < EVENT_VALUES_MAX; i++)
		event.values[i].text = keep(arena, event.values[i].text);
	return event;
}

/* An id of another form, some that grow and some that do not. */
static struct bytes id_of(
	struct chance *chance, struct arena *arena, size_t number, struct bytes id)
{
	char text[64];
	switch (chance_below(chance, 3)) {
	case 0:
		return id;
	case 1:
		snprintf(text, sizeof(text), "0191f0c5-7b1e-7cc0-8000-%012zx", number);
		break;
	default:
		snprintf(text, sizeof(text), "%08llx-7b1e-4cc0-8000-%012zx",
			(unsigned long long)chance_below(chance, 1u << 31), number);
	}
	return keep(arena, bytes_of_string(text));
}

/* Events of which some come again, the same or with the id of another. */
static void events_make(struct store *store, struct chance *chance, struct arena *arena,
	struct log_entry *entries, struct event *events)
{
	static const char *const partners[] = { "isd", "vwn", "coa" };
	struct random_log log = { .store = store, .chance = chance };
	for (size_t i = 0; i < EVENTS; i++) {
		uint64_t again = chance_below(chance, 8);
		size_t before = i == 0 ? 0 : chance_below(chance, i);
		if (i > 0 && again == 0) {
			events[i] = events[before];
		} else {
			events[i] = event_keep(arena, random_event(&log));
			events[i].id = i > 0 && again == 1 ? events[before].id
							   : id_of(chance, arena, i, events[i].id);
		}
		entries[i] = (struct log_entry){
			.event = &events[i],
			.partner = bytes_of_string(partners[chance_below(chance, 3)]),
		};
		assert_int_equal(
			event_encode(&events[i], ENVELOPE_STORED, arena, &entries[i].body), OK);
	}
}

static void check_table_equal(MDB_txn *left, MDB_txn *right, MDB_dbi table)
{
	MDB_cursor *cursors[2];
	MDB_val keys[2], vals[2];
	assert_int_equal(mdb_cursor_open(left, table, &cursors[0]), 0);
	assert_int_equal(mdb_cursor_open(right, table, &cursors[1]), 0);
	for (;;) {
		int code = mdb_cursor_get(cursors[0], &keys[0], &vals[0], MDB_NEXT);
		assert_int_equal(mdb_cursor_get(cursors[1], &keys[1], &vals[1], MDB_NEXT), code);
		if (code != 0)
			break;
		assert_true(bytes_equal(bytes_of_val(&keys[0]), bytes_of_val(&keys[1])));
		/* Each store has a name and a secret of its own. */
		if (!bytes_are(bytes_of_val(&keys[0]), META_ID) &&
			!bytes_are(bytes_of_val(&keys[0]), META_SALT))
			assert_true(bytes_equal(bytes_of_val(&vals[0]), bytes_of_val(&vals[1])));
	}
	mdb_cursor_close(cursors[0]);
	mdb_cursor_close(cursors[1]);
}

static void check_stores_equal(const struct log *left, const struct log *right)
{
	const struct tables *tables = &left->at->tables;
	const MDB_dbi all[] = { tables->meta, tables->log, tables->identity, tables->keys,
		tables->withdrawals, tables->subjects, tables->persons, tables->partners,
		tables->publications };
	MDB_txn *txns[2];
	assert_memory_equal(tables, &right->at->tables, sizeof(*tables));
	assert_int_equal(mdb_txn_begin(left->at->env, NULL, MDB_RDONLY, &txns[0]), 0);
	assert_int_equal(mdb_txn_begin(right->at->env, NULL, MDB_RDONLY, &txns[1]), 0);
	for (size_t i = 0; i < ARRAY_LENGTH(all); i++)
		check_table_equal(txns[0], txns[1], all[i]);
	mdb_txn_abort(txns[0]);
	mdb_txn_abort(txns[1]);
}

/* Goes on until nothing is late: each commit writes some of it. */
static void index_finish(struct store *store)
{
	char id[32];
	store->log->lag.sort_here = SIZE_MAX;
	for (unsigned i = 0; i < 64; i++) {
		snprintf(id, sizeof(id), "last-%u", i);
		while (index_lag_is_sorting(&store->log->lag))
			sched_yield();
		store_told(store, (struct said){ .id = id });
		store->log->lag.max = 1;
	}
	assert_int_equal(store->log->lag.indexed, log_last_seq(store->log));
	assert_int_equal(store->log->lag.ids.young.count, 0);
	assert_int_equal(store->log->lag.ids.frozen.count, 0);
}

static void check_appended(const struct appended *group, const struct appended *single)
{
	assert_int_equal(group->verdict, single->verdict);
	assert_int_equal(group->seq, single->seq);
	assert_int_equal(group->code, single->code);
	assert_ptr_equal(group->field, single->field);
	assert_ptr_equal(group->message, single->message);
}

/* While nothing comes: steps towards an index that lacks nothing, some of them in vain. */
static size_t index_rest(struct store *store, struct chance *chance)
{
	size_t steps = 0;
	for (; log_index_lags(store->log) && chance_below(chance, 8) != 0; steps++) {
		store_begin(store);
		assert_int_equal(log_index(store->log, 1 + chance_below(chance, 200)), OK);
		if (chance_below(chance, 4) == 0)
			log_abort(store->log);
		else
			store_commit(store);
	}
	return steps;
}

/*
 * The events in transactions of up to `group_max`: together in one store, singly in another.
 * Returns how often the index caught up in between.
 */
static size_t play(size_t group_max)
{
	struct chance chance = chance_new();
	struct store together, singly;
	struct arena arena;
	struct log_entry *entries = calloc(EVENTS, sizeof(*entries));
	struct event *events = calloc(EVENTS, sizeof(*events));
	size_t seen[VERDICT_REJECTED + 1] = { 0 };
	size_t steps = 0;
	assert_int_equal(arena_init(&arena, (size_t)8 << 20), OK);
	store_make(&together);
	store_make(&singly);
	singly.log->lag.max = 1;
	events_make(&together, &chance, &arena, entries, events);
	for (size_t at = 0, count; at < EVENTS; at += count) {
		count = 1 + chance_below(&chance, group_max);
		count = count < EVENTS - at ? count : EVENTS - at;
		store_begin(&together);
		store_begin(&singly);
		assert_int_equal(log_append_group(together.log, &entries[at], count), OK);
		for (size_t i = at; i < at + count; i++) {
			struct appended appended;
			assert_int_equal(log_append(singly.log, entries[i].partner, &events[i],
						 &singly.arena, &appended),
				OK);
			check_appended(&entries[i].appended, &appended);
			seen[appended.verdict]++;
		}
		/* What is aborted was never there: the group comes again. */
		if (chance_below(&chance, 4) == 0) {
			log_abort(together.log);
			log_abort(singly.log);
			count = 0;
			continue;
		}
		store_commit(&together);
		store_commit(&singly);
		/* What is late is read again from the log, whatever of it is in the tables. */
		if (chance_below(&chance, EVENTS / group_max + 1) < 8)
			store_reopen(&together);
		together.log->lag.max = 1 + chance_below(&chance, 600);
		/* Sorted by a thread, or not. */
		together.log->lag.sort_here = chance_below(&chance, 2) == 0 ? 0 : SIZE_MAX;
		steps += index_rest(&together, &chance);
	}
	index_finish(&together);
	index_finish(&singly);
	assert_true(seen[VERDICT_ACCEPTED] > 0 && seen[VERDICT_DUPLICATE] > 0 &&
		    seen[VERDICT_REJECTED] > 0);
	check_stores_equal(together.log, singly.log);
	store_end(&together);
	store_end(&singly);
	arena_release(&arena);
	free(entries);
	free(events);
	return steps;
}

static void a_group_is_the_same_as_one_by_one(void **state)
{
	(void)state;
	/* With few large groups it may happen that the index never catches up. */
	size_t steps = play(7);
	steps += play(300);
	steps += play(EVENTS);
	assert_true(steps > 0);
}

/* Every table is right, and every event that was taken is found where it was told to be. */
static void check_taken(struct log *log, const struct log_entry *entries, size_t count)
{
	struct reader *reader;
	uint64_t records, seq;
	uint16_t partner;
	assert_int_equal(reader_open(log, &reader), OK);
	assert_int_equal(reader_verify(reader, store_tell_finding, NULL, &records), OK);
	for (size_t i = 0; i < count; i++) {
		if (entries[i].appended.verdict == VERDICT_REJECTED)
			continue;
		assert_int_equal(reader_partner_number(reader, entries[i].partner, &partner), OK);
		assert_int_equal(reader_find(reader, partner, entries[i].event->id, &seq), OK);
		assert_int_equal(seq, entries[i].appended.seq);
	}
	reader_close(reader);
}

/* The file as a crash leaves it, byte by byte. */
static void file_copy(const char *from, const char *to)
{
	char names[2][128], buffer[4096];
	size_t length;
	snprintf(names[0], sizeof(names[0]), "%s/data.mdb", from);
	snprintf(names[1], sizeof(names[1]), "%s/data.mdb", to);
	FILE *in = fopen(names[0], "rb"), *out = fopen(names[1], "wb");
	assert_true(in != NULL && out != NULL);
	while ((length = fread(buffer, 1, sizeof(buffer), in)) > 0)
		assert_int_equal(fwrite(buffer, 1, length, out), length);
	assert_int_equal(fclose(out), 0);
	fclose(in);
}

/* A copy of the store, by `ladder backup` or as a kill leaves it. */
static void copy_make(struct store *store, bool is_backup, struct store *copy)
{
	struct reason reason = { "" };
	store_make(copy);
	log_close(copy->log);
	copy->log = NULL;
	directory_remove(copy->path);
	if (is_backup) {
		assert_int_equal(log_backup(store->log, copy->path, &reason), OK);
		return;
	}
	assert_int_equal(mkdir(copy->path, 0700), 0);
	file_copy(store->path, copy->path);
}

/* It is read, and then served: the group becomes what it became in the store. */
static void copy_check(struct store *copy, const struct log_entry *taken, size_t taken_count,
	const struct log_entry *group, size_t count)
{
	struct reason reason = { "" };
	struct log_options options = store_options(copy);
	struct log_entry *again = calloc(count, sizeof(*again));
	struct log *log;
	assert_int_equal(log_open(&options, LOG_READ, &log, &reason), OK);
	check_taken(log, taken, taken_count);
	log_close(log);
	store_reopen(copy);
	copy->log->lag.min = copy->log->lag.max = 20;
	memcpy(again, group, count * sizeof(*again));
	store_begin(copy);
	assert_int_equal(log_append_group(copy->log, again, count), OK);
	store_commit(copy);
	for (size_t i = 0; i < count; i++)
		check_appended(&again[i].appended, &group[i].appended);
	check_taken(copy->log, taken, taken_count);
	free(again);
	store_drop(copy);
}

/* The group in one transaction; false: there was no room, and the store has more now. */
static bool group_taken(struct store *store, struct log_entry *group, size_t count, size_t *full)
{
	struct reason reason = { "" };
	store_begin(store);
	enum err err = log_append_group(store->log, group, count);
	if (err != OK)
		log_abort(store->log);
	else
		err = log_commit(store->log, &reason);
	if (err == OK)
		return true;
	assert_int_equal(err, ERR_FULL);
	++*full;
	store->size_max += (size_t)8 << 10;
	/* By a restart, or while what is late stays in memory. */
	if (*full % 2 == 0)
		store_reopen(store);
	else
		assert_int_equal(mdb_env_set_mapsize(store->log->at->env, store->size_max), 0);
	return false;
}

/* The map is full again and again, in the middle of a group and at its commit. */
static void a_full_map_a_kill_and_a_backup_lose_nothing(void **state)
{
	(void)state;
	struct chance chance = chance_new();
	struct store store, copy;
	struct arena arena;
	struct log_entry *entries = calloc(EVENTS, sizeof(*entries));
	struct event *events = calloc(EVENTS, sizeof(*events));
	size_t full = 0;
	assert_int_equal(arena_init(&arena, (size_t)8 << 20), OK);
	store_make(&store);
	store.size_max = (size_t)128 << 10;
	store_reopen(&store);
	events_make(&store, &chance, &arena, entries, events);
	for (size_t at = 0, count; at < EVENTS;) {
		count = 1 + chance_below(&chance, chance_below(&chance, 8) == 0 ? 400 : 40);
		count = count < EVENTS - at ? count : EVENTS - at;
		bool copied = chance_below(&chance, 20) == 0;
		if (copied)
			copy_make(&store, chance_below(&chance, 2) == 0, &copy);
		if (!group_taken(&store, &entries[at], count, &full)) {
			check_taken(store.log, entries, at);
			if (copied)
				store_drop(&copy);
			continue;
		}
		if (copied)
			copy_check(&copy, entries, at, &entries[at], count);
		store.log->lag.min = 1;
		store.log->lag.max = 1 + chance_below(&chance, 600);
		at += count;
	}
	assert_true(full > 10);
	check_taken(store.log, entries, EVENTS);
	store_end(&store);
	arena_release(&arena);
	free(entries);
	free(events);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_group_is_the_same_as_one_by_one),
		cmocka_unit_test(a_full_map_a_kill_and_a_backup_lose_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
