/*
 * tests/unit/store/verify_test.c - a store is damaged in one place, and that is found.
 */
#include "store/erase.h"
#include "store/tables.h"
#include "store/verify_inside.h"
#include "tests/unit/store_memory.h"

#include <fcntl.h>

/* What a shielded function opened is lost when it meets a damaged page (store/shield.h). */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:mdb_cursor_open\n";
}

static void store_write(struct store *store)
{
	store_make(store);
	store->log->lag.max = 1; /* into the tables at once */
	store_told(store, (struct said){ .id = "e1", .key = "k" });
	store_told(
		store, (struct said){ .id = "e2", .key = "k", .subject = "p2", .body = SETTLES });
	store_told(store, (struct said)ABOUT_NOBODY("p", PUBLISHES("2024-06-30")));
	store_told(store, (struct said){ .id = "e3", .partner = "vwn" });
	store_told(store,
		(struct said){
			.id = "r", .subject = "", .partner = "vwn", .body = RETRACTS_ID("e3") });
}

struct findings {
	size_t count;
	char first[256];
	struct text all; /* a line each, when `list` */
	bool list;
};

static void note(void *context, const char *finding)
{
	struct findings *findings = context;
	if (findings->count++ == 0)
		snprintf(findings->first, sizeof(findings->first), "%s", finding);
	if (findings->list)
		text_printf(&findings->all, "%s\n", finding);
}

static enum err verify(struct store *store, struct findings *findings, uint64_t *records)
{
	struct reader *reader = store_reader(store);
	*findings = (struct findings){ 0 };
	enum err err = reader_verify(reader, note, findings, records);
	reader_close(reader);
	return err;
}

static void a_right_store_has_no_findings(void **state)
{
	(void)state;
	struct store store;
	struct findings findings;
	uint64_t records;
	store_write(&store);
	assert_int_equal(verify(&store, &findings, &records), OK);
	assert_int_equal(findings.count, 0);
	assert_int_equal(records, 5);
	store_end(&store);
}

static void an_empty_store_has_no_findings(void **state)
{
	(void)state;
	struct store store;
	struct findings findings;
	uint64_t records;
	store_make(&store);
	assert_int_equal(verify(&store, &findings, &records), OK);
	assert_int_equal(records, 0);
	store_end(&store);
}

/* Every byte of every record, flipped in the database itself. */
static void a_flipped_byte_in_a_record_is_found(void **state)
{
	(void)state;
	struct store store;
	store_write(&store);
	for (uint64_t seq = 1; seq <= 5; seq++) {
		size_t length = 1;
		for (size_t at = 0; at < length; at++) {
			uint8_t value[512], damaged[512];
			MDB_val key = val_of(&seq, sizeof(seq)), val;
			store_begin(&store);
			MDB_txn *txn = store.log->txn;
			assert_int_equal(mdb_get(txn, store.log->at->tables.log, &key, &val), 0);
			length = val.mv_size;
			assert_true(length <= sizeof(value));
			memcpy(value, val.mv_data, length);
			memcpy(damaged, value, length);
			damaged[at] ^= 0x10;
			val = val_of(damaged, length);
			assert_int_equal(mdb_put(txn, store.log->at->tables.log, &key, &val, 0), 0);
			store_commit(&store);

			struct findings findings;
			struct record record;
			uint64_t records, last;
			int64_t recorded_us;
			struct reader *reader = store_reader(&store);
			assert_int_equal(reader_record(reader, seq, &record), ERR_CORRUPT);
			assert_int_equal(reader_next(reader, seq, &record), ERR_CORRUPT);
			assert_int_equal(reader_last(reader, &last, &recorded_us),
				seq == 5 ? ERR_CORRUPT : OK);
			reader_close(reader);
			/* Nothing would be written any more; here it is mended. */
			struct reason reason;
			assert_true(log_is_damaged(store.log, &reason));
			atomic_store(&store.log->damaged, false);
			assert_int_equal(verify(&store, &findings, &records), ERR_CORRUPT);
			assert_non_null(strstr(findings.first, "damaged"));

			atomic_store(&store.log->damaged, false);
			store_begin(&store);
			val = val_of(value, length);
			assert_int_equal(
				mdb_put(store.log->txn, store.log->at->tables.log, &key, &val, 0),
				0);
			store_commit(&store);
		}
	}
	store_end(&store);
}

/* Such a store is not opened, and says: run ladder verify. */
static void an_index_that_is_ahead_of_its_log_is_found(void **state)
{
	(void)state;
	struct store store;
	struct findings findings;
	struct reason reason = { "" };
	struct log *log = NULL;
	uint64_t records;
	store_write(&store);
	store_begin(&store);
	assert_int_equal(index_lag_indexed_put(store.log->txn, &store.log->at->tables, 6), OK);
	store_commit(&store);
	assert_int_equal(verify(&store, &findings, &records), ERR_CORRUPT);
	assert_int_equal(findings.count, 1);
	assert_non_null(strstr(findings.first, "not one of the 5"));
	log_close(store.log);
	store.log = NULL;
	struct log_options options = store_options(&store);
	assert_int_equal(log_open(&options, LOG_WRITE, &log, &reason), ERR_CORRUPT);
	assert_non_null(strstr(reason.text, "ladder verify"));
	store_drop(&store);
}

/* A damaged last record: nobody knows how stamps go on, so the store is not opened. */
static void a_store_whose_last_record_is_damaged_is_not_opened(void **state)
{
	(void)state;
	struct store store;
	struct reason reason = { "" };
	struct log *log = NULL;
	uint64_t seq = 5;
	MDB_val key = val_of(&seq, sizeof(seq)), val = val_of("junk", 4);
	store_write(&store);
	store_begin(&store);
	assert_int_equal(mdb_put(store.log->txn, store.log->at->tables.log, &key, &val, 0), 0);
	store_commit(&store);
	log_close(store.log);
	store.log = NULL;
	struct log_options options = store_options(&store);
	assert_int_equal(log_open(&options, LOG_WRITE, &log, &reason), ERR_CORRUPT);
	assert_non_null(strstr(reason.text, "ladder verify"));
	assert_null(log);
	store_drop(&store);
}

enum damage { ROW_LOST, ROW_CHANGED, ROW_ADDED };

#define PLACE(table) offsetof(struct tables, table)

struct damage_row {
	size_t table;
	enum damage damage;
	const char *words;
};

/* The first row of the table goes, bears another value, or has a stranger beside it. */
static const struct damage_row damage_rows[] = {
	{ PLACE(log), ROW_LOST, "record 1 is missing" },
	{ PLACE(identity), ROW_LOST, "identity index" },
	{ PLACE(identity), ROW_CHANGED, "identity index" },
	{ PLACE(identity), ROW_ADDED, "identity index has 6 rows" },
	{ PLACE(withdrawals), ROW_LOST, "withdrawal" },
	{ PLACE(withdrawals), ROW_CHANGED, "withdrawal" },
	{ PLACE(withdrawals), ROW_ADDED, "withdrawals has 3 rows" },
	{ PLACE(subjects), ROW_LOST, "another person number" },
	{ PLACE(subjects), ROW_CHANGED, "another person number" },
	{ PLACE(subjects), ROW_ADDED, "person tables" },
	{ PLACE(persons), ROW_LOST, "cannot be read" },
	{ PLACE(persons), ROW_CHANGED, "another person number" },
	{ PLACE(persons), ROW_ADDED, "person tables" },
	{ PLACE(partners), ROW_LOST, "cannot be read" },
	{ PLACE(keys), ROW_LOST, "its key does not lead to it" },
	{ PLACE(keys), ROW_CHANGED, "its key does not lead to it" },
	{ PLACE(keys), ROW_ADDED, "a row of the keys leads to record 2" },
	{ PLACE(publications), ROW_LOST, "cannot be read" },
	{ PLACE(publications), ROW_CHANGED, "cannot be read" },
	{ PLACE(publications), ROW_ADDED, "publications has 2 rows" },
};

static void table_damage(struct store *store, const struct damage_row *row)
{
	MDB_cursor *cursor;
	MDB_val key, val;
	MDB_dbi table;
	uint8_t space[64];
	memcpy(&table, (const uint8_t *)&store->log->at->tables + row->table, sizeof(table));
	store_begin(store);
	assert_int_equal(mdb_cursor_open(store->log->txn, table, &cursor), 0);
	assert_int_equal(mdb_cursor_get(cursor, &key, &val, MDB_FIRST), 0);
	assert_true(val.mv_size <= sizeof(space) && key.mv_size <= sizeof(space));
	int code = 0;
	if (row->damage == ROW_LOST) {
		code = mdb_cursor_del(cursor, 0);
	} else if (row->damage == ROW_CHANGED) {
		memcpy(space, val.mv_data, val.mv_size);
		space[0] ^= 3;
		val = val_of(space, val.mv_size);
		code = mdb_cursor_put(cursor, &key, &val, MDB_CURRENT);
	} else {
		memcpy(space, key.mv_data, key.mv_size);
		space[key.mv_size - 1] ^= 0x40;
		key = val_of(space, key.mv_size);
		code = mdb_put(store->log->txn, table, &key, &val, 0);
	}
	assert_int_equal(code, 0);
	mdb_cursor_close(cursor);
	store_commit(store);
}

static void damage_in_any_table_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(damage_rows); i++) {
		struct store store;
		struct findings findings;
		uint64_t records;
		store_write(&store);
		table_damage(&store, &damage_rows[i]);
		if (verify(&store, &findings, &records) != ERR_CORRUPT ||
			strstr(findings.first, damage_rows[i].words) == NULL)
			print_error("row %zu: %s\n", i, findings.first);
		assert_true(findings.count > 0);
		assert_non_null(strstr(findings.first, damage_rows[i].words));
		store_drop(&store);
	}
}

/* It is read back before it is one: what does not agree with its log does not look like a copy. */
static void a_store_that_disagrees_with_its_log_has_no_backup(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(damage_rows); i++) {
		struct store store;
		struct reason reason = { "" };
		char path[96], name[128];
		store_write(&store);
		table_damage(&store, &damage_rows[i]);
		snprintf(path, sizeof(path), "%s.copy", store.path);
		snprintf(name, sizeof(name), "%s/data.mdb", path);
		assert_int_equal(log_backup(store.log, path, &reason), ERR_CORRUPT);
		assert_string_not_equal(reason.text, "");
		assert_int_not_equal(access(name, F_OK), 0);
		directory_remove(path);
		store_drop(&store);
	}
}

/* With small stretches, so that small stores have many, and with threads. */
static uint64_t no_doubts;
static const struct verify_way ways[] = {
	{ .doubts = &no_doubts },
	{ .stretch = 1, .threads = 1, .doubts = &no_doubts },
	{ .stretch = 3, .threads = 3, .doubts = &no_doubts },
};

static enum err verify_in(
	struct log *log, const struct verify_way *way, struct findings *findings, uint64_t *records)
{
	struct reader *reader;
	*findings = (struct findings){ .list = true };
	atomic_store(&log->damaged, false);
	enum err err = reader_open(log, &reader);
	if (err != OK)
		return err;
	err = verify_by(reader, way, note, findings, records);
	reader_close(reader);
	assert_int_equal(err == OK, findings->count == 0);
	return err;
}

static void is_in(const struct text *all, char *lines)
{
	char *rest;
	for (char *line = strtok_r(lines, "\n", &rest); line != NULL;
		line = strtok_r(NULL, "\n", &rest))
		if (strstr(all->data, line) == NULL)
			fail_msg("%s: not in: %s", line, all->data);
}

/*
 * What is weighed tells nothing that a look at each record does not tell; and in one stretch all of
 * it. In several an earlier record of a key whose row is wrong may be in balance.
 */
static void what_is_told_a_look_at_each_record_tells(void **state)
{
	(void)state;
	const struct verify_way one_by_one = { .one_by_one = true };
	for (size_t i = 0; i < ARRAY_LENGTH(damage_rows); i++) {
		struct store store;
		struct findings expected, findings;
		uint64_t records, told;
		store_write(&store);
		table_damage(&store, &damage_rows[i]);
		assert_int_equal(
			verify_in(store.log, &one_by_one, &expected, &records), ERR_CORRUPT);
		for (size_t way = 0; way < ARRAY_LENGTH(ways); way++) {
			assert_int_equal(
				verify_in(store.log, &ways[way], &findings, &told), ERR_CORRUPT);
			if (ways[way].stretch == 0)
				assert_string_equal(findings.all.data, expected.all.data);
			is_in(&expected.all, findings.all.data);
			assert_int_equal(told, records);
			text_release(&findings.all);
		}
		text_release(&expected.all);
		store_drop(&store);
	}
}

/* Says something of what there is: keys that are used again, retracted, both; publications. */
static void chance_say(struct store *store, struct chance *chance, unsigned number)
{
	char id[16], key[16], subject[16], body[64];
	const char *partner = chance_below(chance, 3) == 0 ? "vwn" : "isd";
	struct said said = { .id = id, .subject = subject, .partner = partner };
	snprintf(id, sizeof(id), "e%u", number);
	snprintf(key, sizeof(key), "k%u", (unsigned)chance_below(chance, 40));
	snprintf(subject, sizeof(subject), "p%u", (unsigned)chance_below(chance, 60));
	uint64_t what = chance_below(chance, 12);
	if (what < 7)
		said.key = key;
	if (what == 9 || what == 10) {
		said.subject = "";
		said.body = body;
		if (what == 9)
			snprintf(body, sizeof(body), RETRACTS_ID("e%u"),
				(unsigned)chance_below(chance, number + 1));
		else
			snprintf(body, sizeof(body), RETRACTS_KEY("%s"), key);
	}
	if (what == 11 && number % 8 == 0) {
		said.subject = "";
		said.body = body;
		snprintf(body, sizeof(body), PUBLISHES("20%02u-06-30"),
			(unsigned)chance_below(chance, 24));
	}
	(void)store_put(store, said);
}

/* All is in balance, whatever the index has and has not; what it has not is looked up. */
static void in_a_right_store_nothing_that_is_indexed_is_looked_up(void **state)
{
	(void)state;
	struct store store;
	struct chance chance = chance_new();
	unsigned number = 0;
	uint64_t in_balance = 0;
	store_make(&store);
	store.log->lag.min = 8;
	for (int round = 0; round < 60; round++) {
		store.now_us += 1000;
		store.log->lag.max = (size_t[]){ 1, 8, 1000 }[chance_below(&chance, 3)];
		store_begin(&store);
		for (uint64_t i = chance_below(&chance, 40); i > 0; i--)
			chance_say(&store, &chance, number++);
		store_commit(&store);
		struct reader *reader = store_reader(&store);
		uint64_t indexed, last = log_last_seq(store.log);
		assert_int_equal(
			index_lag_indexed(reader->txn, &reader->at->tables, last, &indexed), OK);
		reader_close(reader);
		for (size_t way = 0; way < ARRAY_LENGTH(ways); way++) {
			struct findings findings;
			uint64_t records;
			if (verify_in(store.log, &ways[way], &findings, &records) != OK)
				fail_msg("%s", findings.all.data);
			assert_int_equal(records, last);
			if (ways[way].stretch == 1 && indexed == last)
				assert_int_equal(no_doubts, 0);
			in_balance += last - no_doubts;
			text_release(&findings.all);
		}
	}
	assert_true(in_balance > 0);
	store_end(&store);
}

static void subject_erase(struct store *store, const char *subject)
{
	struct erasure *erasure;
	struct erase_counts counts;
	struct reason reason = { "" };
	assert_int_equal(erasure_new(store->log, &erasure), OK);
	assert_int_equal(erasure_choose_subject(erasure, bytes_of_string(subject)), OK);
	assert_int_equal(erasure_look(erasure, &counts), OK);
	assert_int_equal(erasure_copy(erasure, NULL, &reason), OK);
	assert_int_equal(erasure_finish(erasure, store->now_us, NULL, 0, &reason), OK);
	erasure_free(erasure);
}

/* What is left of a key is its hash, also for an earlier record about somebody else. */
static void the_key_of_who_stays_may_be_of_who_is_erased(void **state)
{
	(void)state;
	struct store store;
	struct findings findings;
	uint64_t records;
	char list[96];
	store_make(&store);
	store.log->lag.max = 1; /* into the tables at once */
	store_told(&store, (struct said){ .id = "e1", .key = "k", .subject = "p1" });
	store_told(&store, (struct said){ .id = "e2", .key = "k", .subject = "p2" });
	store_told(&store, (struct said){ .id = "e3", .key = "l", .subject = "p2" });
	store_told(&store, (struct said){ .id = "e4", .subject = "p1" });
	subject_erase(&store, "p2");
	for (size_t way = 0; way < ARRAY_LENGTH(ways); way++) {
		if (verify_in(store.log, &ways[way], &findings, &records) != OK)
			fail_msg("%s", findings.all.data);
		assert_int_equal(records, 5);
	}
	snprintf(list, sizeof(list), "%s.erased", store.path);
	unlink(list);
	store_drop(&store);
}

#define PAGE 4096

struct rot {
	struct store store;
	struct log *log; /* that reads */
	struct chance chance;
	int fd;
	uint64_t pages;
	uint8_t sound[PAGE];
	uint64_t damaged; /* the page */
};

static void rot_begin(struct rot *rot)
{
	char name[96];
	struct reason reason = { "" };
	unsigned number = 0;
	rot->chance = chance_new();
	store_make(&rot->store);
	rot->store.log->lag.max = 1;
	for (int round = 0; round < 30; round++) {
		rot->store.now_us += 1000;
		store_begin(&rot->store);
		for (int i = 0; i < 40; i++)
			chance_say(&rot->store, &rot->chance, number++);
		store_commit(&rot->store);
	}
	log_close(rot->store.log);
	rot->store.log = NULL;
	struct log_options options = store_options(&rot->store);
	assert_int_equal(log_open(&options, LOG_READ, &rot->log, &reason), OK);
	snprintf(name, sizeof(name), "%s/data.mdb", rot->store.path);
	rot->fd = open(name, O_RDWR | O_CLOEXEC);
	assert_true(rot->fd >= 0);
	rot->pages = (uint64_t)lseek(rot->fd, 0, SEEK_END) / PAGE;
	assert_true(rot->pages > 50);
}

static void rot_end(struct rot *rot)
{
	close(rot->fd);
	log_close(rot->log);
	store_drop(&rot->store);
}

static void page_read(const struct rot *rot, uint64_t page, uint8_t out[PAGE])
{
	assert_int_equal(pread(rot->fd, out, PAGE, (off_t)(page * PAGE)), PAGE);
}

/* The map that LMDB reads shows it at once. */
static void page_write(const struct rot *rot, uint64_t page, const uint8_t data[PAGE])
{
	assert_int_equal(pwrite(rot->fd, data, PAGE, (off_t)(page * PAGE)), PAGE);
}

static void bit_flip(struct rot *rot, uint8_t page[PAGE], size_t from, size_t to)
{
	size_t at = from + (size_t)chance_below(&rot->chance, to - from);
	page[at] = (uint8_t)(page[at] ^ 1u << chance_below(&rot->chance, 8));
}

/* Damages any page but the heads, in any of these ways. */
static void rot_any(struct rot *rot)
{
	enum { ZEROED, ONES, NOISE, ANOTHER, BIT, HEADER_BIT, NODE_BIT, KINDS };
	uint8_t page[PAGE];
	rot->damaged = 2 + chance_below(&rot->chance, rot->pages - 2);
	page_read(rot, rot->damaged, rot->sound);
	memcpy(page, rot->sound, PAGE);
	switch (chance_below(&rot->chance, KINDS)) {
	case ZEROED:
		memset(page, 0, PAGE);
		break;
	case ONES:
		memset(page, 0xff, PAGE);
		break;
	case NOISE:
		for (size_t i = 0; i < PAGE; i++)
			page[i] = (uint8_t)chance_below(&rot->chance, 256);
		break;
	case ANOTHER:
		page_read(rot, 2 + chance_below(&rot->chance, rot->pages - 2), page);
		break;
	case HEADER_BIT:
		bit_flip(rot, page, 0, 32);
		break;
	case NODE_BIT: /* of a branch too, which is nearly empty */
		bit_flip(rot, page, PAGE - 600, PAGE);
		break;
	default:
		bit_flip(rot, page, 0, PAGE);
	}
	page_write(rot, rot->damaged, page);
}

/* The count of rows of a table is in a page too: LMDB's struct, behind the name of the table. */
static void a_log_that_says_too_many_rows_is_damage_and_no_size(void **state)
{
	(void)state;
	enum { ENTRIES = sizeof("log") - 1 + 2 * sizeof(uint32_t) + 3 * sizeof(uint64_t) };
	static const uint64_t claimed[] = { (uint64_t)1 << 40, (uint64_t)1 << 60, UINT64_MAX };
	static uint8_t all[4 << 20];
	struct store store;
	struct findings findings;
	char path[96];
	uint64_t records;
	store_write(&store);
	snprintf(path, sizeof(path), "%s/data.mdb", store.path);
	int fd = open(path, O_RDWR);
	ssize_t length = pread(fd, all, sizeof(all), 0);
	assert_true(length > 0 && (size_t)length < sizeof(all));
	alarm(60);
	for (size_t i = 0; i < ARRAY_LENGTH(claimed); i++) {
		unsigned found = 0;
		for (ssize_t at = 0; at + ENTRIES + 8 < length; at++)
			/* A node: a key of three bytes, that is the name, of a struct of 48. */
			if (memcmp(all + at, "log", 3) == 0 && all[at - 2] == 3) {
				assert_int_equal(pwrite(fd, &claimed[i], 8, at + ENTRIES), 8);
				found++;
			}
		assert_true(found > 0);
		assert_int_equal(verify_in(store.log, &ways[0], &findings, &records), ERR_CORRUPT);
		assert_true(findings.count > 0);
		text_release(&findings.all);
	}
	alarm(0);
	close(fd);
	store_drop(&store);
}

/* Never a signal, never for ever; and what a look at each record finds the scales find too. */
static void a_rotten_page_is_told_and_ends_nothing(void **state)
{
	(void)state;
	const struct verify_way one_by_one = { .one_by_one = true };
	struct rot rot;
	unsigned told = 0;
	const char *rounds = getenv("LADDERD_LONG");
	alarm(600);
	rot_begin(&rot);
	for (int round = 0; round < (rounds != NULL ? 20000 : 400); round++) {
		struct findings looked, weighed;
		uint64_t records;
		rot_any(&rot);
		enum err err = verify_in(rot.log, &ways[round % 3], &weighed, &records);
		if (verify_in(rot.log, &one_by_one, &looked, &records) != OK && err == OK)
			fail_msg("page %llu: %s", (unsigned long long)rot.damaged, looked.all.data);
		told += err != OK;
		text_release(&looked.all);
		text_release(&weighed.all);
		page_write(&rot, rot.damaged, rot.sound);
	}
	print_message("%u of the rotten pages were told\n", told);
	assert_true(told > 100);
	rot_end(&rot);
	alarm(0);
}

/* The key of a node of a branch; 0: the page is none, or has no such node with a key. */
static size_t branch_key(const uint8_t page[PAGE], size_t node)
{
	enum { FLAGS = 10, LOWER = 12, NODES = 16, NODE_KEY_SIZE = 6, NODE_KEY = 8, BRANCH = 1 };
	uint16_t lower, at, length;
	memcpy(&lower, page + LOWER, sizeof(lower));
	if (page[FLAGS] != BRANCH || lower > PAGE || NODES + 2 * (node + 1) > lower)
		return 0;
	memcpy(&at, page + NODES + 2 * node, sizeof(at));
	if (at + NODE_KEY >= PAGE)
		return 0;
	memcpy(&length, page + at + NODE_KEY_SIZE, sizeof(length));
	return length == 0 ? 0 : (size_t)at + NODE_KEY;
}

/* Rows are all there, and in order, but the way to some leads elsewhere. */
static void a_branch_that_leads_elsewhere_is_told(void **state)
{
	(void)state;
	const struct verify_way one_by_one = { .one_by_one = true };
	struct rot rot;
	unsigned told = 0;
	rot_begin(&rot);
	for (uint64_t number = 2; number < rot.pages; number++) {
		page_read(&rot, number, rot.sound);
		for (size_t node = 1, at; (at = branch_key(rot.sound, node)) != 0; node++) {
			struct findings looked, weighed;
			uint64_t records;
			uint8_t page[PAGE];
			memcpy(page, rot.sound, PAGE);
			memset(page + at, 0, 2);
			page_write(&rot, number, page);
			enum err err = verify_in(rot.log, &ways[node % 3], &weighed, &records);
			if (verify_in(rot.log, &one_by_one, &looked, &records) != OK && err == OK)
				fail_msg("page %llu: %s", (unsigned long long)number,
					looked.all.data);
			told += err != OK;
			text_release(&looked.all);
			text_release(&weighed.all);
			page_write(&rot, number, rot.sound);
		}
	}
	assert_true(told >= 10);
	rot_end(&rot);
}

static void many_findings_are_told_as_a_number(void **state)
{
	(void)state;
	struct store store;
	struct findings findings;
	uint64_t records;
	store_make(&store);
	store.log->lag.max = 1; /* into the tables at once */
	store_begin(&store);
	for (int i = 0; i < 150; i++) {
		char id[16];
		snprintf(id, sizeof(id), "e%d", i);
		store_put(&store, (struct said){ .id = id });
	}
	store_commit(&store);
	store_begin(&store);
	assert_int_equal(mdb_drop(store.log->txn, store.log->at->tables.identity, 0), 0);
	store_commit(&store);
	assert_int_equal(verify(&store, &findings, &records), ERR_CORRUPT);
	assert_int_equal(records, 150);
	assert_int_equal(findings.count, 101);
	store_drop(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_right_store_has_no_findings),
		cmocka_unit_test(an_empty_store_has_no_findings),
		cmocka_unit_test(an_index_that_is_ahead_of_its_log_is_found),
		cmocka_unit_test(a_flipped_byte_in_a_record_is_found),
		cmocka_unit_test(a_store_whose_last_record_is_damaged_is_not_opened),
		cmocka_unit_test(damage_in_any_table_is_found),
		cmocka_unit_test(a_store_that_disagrees_with_its_log_has_no_backup),
		cmocka_unit_test(what_is_told_a_look_at_each_record_tells),
		cmocka_unit_test(in_a_right_store_nothing_that_is_indexed_is_looked_up),
		cmocka_unit_test(the_key_of_who_stays_may_be_of_who_is_erased),
		cmocka_unit_test(a_log_that_says_too_many_rows_is_damage_and_no_size),
		cmocka_unit_test(a_rotten_page_is_told_and_ends_nothing),
		cmocka_unit_test(a_branch_that_leads_elsewhere_is_told),
		cmocka_unit_test(many_findings_are_told_as_a_number),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
