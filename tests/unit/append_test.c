/*
 * tests/unit/append_test.c - a group of events leaves the store that the same events leave
 * one by one: every verdict, and every byte of every table, whatever of the index came late
 * and however often the store was opened in between.
 */
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
		assert_true(bytes_equal(bytes_of_val(&vals[0]), bytes_of_val(&vals[1])));
	}
	mdb_cursor_close(cursors[0]);
	mdb_cursor_close(cursors[1]);
}

static void check_stores_equal(const struct log *left, const struct log *right)
{
	const struct tables *tables = &left->tables;
	const MDB_dbi all[] = { tables->meta, tables->log, tables->identity, tables->keys,
		tables->withdrawals, tables->subjects, tables->persons, tables->partners,
		tables->publications };
	MDB_txn *txns[2];
	assert_memory_equal(tables, &right->tables, sizeof(*tables));
	assert_int_equal(mdb_txn_begin(left->env, NULL, MDB_RDONLY, &txns[0]), 0);
	assert_int_equal(mdb_txn_begin(right->env, NULL, MDB_RDONLY, &txns[1]), 0);
	for (size_t i = 0; i < ARRAY_LENGTH(all); i++)
		check_table_equal(txns[0], txns[1], all[i]);
	mdb_txn_abort(txns[0]);
	mdb_txn_abort(txns[1]);
}

/* Goes on until nothing is late: each commit writes some of it. */
static void index_finish(struct store *store)
{
	char id[32];
	for (unsigned i = 0; i < 64; i++) {
		snprintf(id, sizeof(id), "last-%u", i);
		store_told(store, (struct said){ .id = id });
		store->log->late.most = 1;
	}
	assert_int_equal(store->log->late.indexed, log_last_seq(store->log));
	assert_int_equal(store->log->late.ids.young.count, 0);
	assert_int_equal(store->log->late.ids.frozen.count, 0);
}

static void check_appended(const struct appended *group, const struct appended *single)
{
	assert_int_equal(group->verdict, single->verdict);
	assert_int_equal(group->seq, single->seq);
	assert_int_equal(group->code, single->code);
	assert_ptr_equal(group->field, single->field);
	assert_ptr_equal(group->message, single->message);
}

/* The events in transactions of up to `group_max`: together in one store, singly in another. */
static void play(size_t group_max)
{
	struct chance chance = chance_new();
	struct store together, singly;
	struct arena arena;
	struct log_entry *entries = calloc(EVENTS, sizeof(*entries));
	struct event *events = calloc(EVENTS, sizeof(*events));
	size_t seen[VERDICT_REJECTED + 1] = { 0 };
	assert_int_equal(arena_init(&arena, (size_t)8 << 20), OK);
	store_make(&together);
	store_make(&singly);
	singly.log->late.most = 1;
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
		together.log->late.most = 1 + chance_below(&chance, 600);
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
}

static void a_group_is_the_same_as_one_by_one(void **state)
{
	(void)state;
	play(7);
	play(300);
	play(EVENTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_group_is_the_same_as_one_by_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
