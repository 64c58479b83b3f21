/*
 * tests/unit/store/witness_test.c - the witness follows whatever is written, is made anew where it
 * is behind, and tells of a store that is not what was written.
 */
#include "store/witness.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#include "store/tables.h"
#include "tests/unit/store_memory.h"

#define WAIT_SECONDS 30 /* for a call that takes a millisecond */

struct image {
	uint8_t *bytes;
	size_t length;
};

static void name_of(const struct store *store, const char *name, char out[128])
{
	snprintf(out, 128, "%s/%s", store->path, name);
}

static struct image image_take(const struct store *store, const char *name)
{
	char path[128];
	struct stat file;
	name_of(store, name, path);
	int fd = open(path, O_RDONLY);
	assert_int_equal(fstat(fd, &file), 0);
	struct image image = { malloc((size_t)file.st_size), (size_t)file.st_size };
	assert_int_equal(read(fd, image.bytes, image.length), image.length);
	close(fd);
	return image;
}

static void image_put(const struct store *store, const char *name, const struct image *image)
{
	char path[128];
	name_of(store, name, path);
	int fd = open(path, O_WRONLY | O_TRUNC | O_CREAT, 0600);
	assert_int_equal(write(fd, image->bytes, image->length), image->length);
	close(fd);
}

/* Every page of the newest commit is what the witness says, and the witness is not behind. */
static void check_holds(const struct store *store)
{
	struct witness witness;
	struct reason reason = { "" };
	enum witness_state state = WITNESS_BEHIND;
	char path[128];
	name_of(store, "data.mdb", path);
	int fd = open(path, O_RDONLY);
	witness_init(&witness);
	if (witness_check(&witness, store->path, fd, 0, false, &state, &reason) != OK)
		fail_msg("%s", reason.text);
	assert_int_equal(state, WITNESS_HOLDS);
	assert_int_equal(witness_used(&witness), witness_used(&store->log->witness));
	witness_release(&witness);
	close(fd);
}

/* Small, large and withdrawing events, marks, floors and aborted transactions, beside readers. */
static void it_follows_whatever_is_written(void **state)
{
	(void)state;
	struct store store;
	struct chance chance = chance_new();
	struct reader *readers[3] = { NULL };
	unsigned number = 0;
	store_make(&store);
	for (int round = 0; round < 600; round++) {
		size_t which = (size_t)chance_below(&chance, ARRAY_LENGTH(readers));
		char id[16], key[16];
		store.now_us += 1000;
		if (round % 100 == 0)
			store.log->lag.max = chance_below(&chance, 2) == 0 ? 1 : 1000;
		store_begin(&store);
		for (uint64_t i = chance_below(&chance, 30); i > 0; i--) {
			snprintf(id, sizeof(id), "e%u", number++);
			snprintf(key, sizeof(key), "k%u", (unsigned)chance_below(&chance, 200));
			store_put(&store, (struct said){ .id = id, .key = key, .subject = key });
		}
		if (chance_below(&chance, 4) == 0)
			assert_int_equal(log_raise_floor(store.log, store.now_us), OK);
		if (chance_below(&chance, 9) == 0) {
			static const uint8_t figures[20000] = { 1 };
			assert_int_equal(
				log_keep_figures(store.log, (uint64_t)round + 1,
					bytes_of(figures, sizeof(figures) / 3 * which + 1)),
				OK);
		}
		if (chance_below(&chance, 10) == 0)
			log_abort(store.log);
		else
			store_commit(&store);
		reader_close(readers[which]);
		readers[which] = chance_below(&chance, 2) == 0 ? store_reader(&store) : NULL;
		if (round % 10 == 0)
			check_holds(&store);
		if (round % 200 == 199)
			for (size_t i = 0; i < ARRAY_LENGTH(readers); i++) {
				reader_close(readers[i]);
				readers[i] = NULL;
			}
		if (round % 200 == 199)
			store_reopen(&store);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(readers); i++)
		reader_close(readers[i]);
	check_holds(&store);
	assert_int_equal(store.log->witness.made_anew, 0);
	store_end(&store);
}

/* A crash after the commit and before it is noted; a witness that is cut, gone or damaged. */
static void one_that_is_behind_is_made_anew(void **state)
{
	(void)state;
	struct store store;
	store_make(&store);
	store_told(&store, (struct said){ .id = "e1" });
	struct image before = image_take(&store, WITNESS_FILE);
	store_told(&store, (struct said){ .id = "e2" });
	struct image after = image_take(&store, WITNESS_FILE);
	for (size_t i = 0; i < 40; i++) {
		log_close(store.log);
		store.log = NULL;
		struct image bad = { malloc(after.length), after.length };
		memcpy(bad.bytes, after.bytes, after.length);
		if (i > 2 && i < 20)
			bad.length = i * after.length / 20;
		else if (i >= 20)
			bad.bytes[(i - 20) * 4 % 72 + (i % 2) * 512] ^= 4;
		image_put(&store, WITNESS_FILE, i == 0 ? &before : &bad);
		free(bad.bytes);
		store_reopen(&store);
		check_holds(&store);
	}
	assert_int_equal(log_last_seq(store.log), 2);
	free(before.bytes);
	free(after.bytes);
	store_end(&store);
}

static void check_told(struct store *store, const char *words)
{
	struct log_options options = store_options(store);
	const enum log_mode modes[] = { LOG_READ, LOG_WRITE };
	for (size_t i = 0; i < ARRAY_LENGTH(modes); i++) {
		struct log *log = NULL;
		struct reason reason = { "" };
		assert_int_equal(log_open(&options, modes[i], &log, &reason), ERR_CORRUPT);
		assert_non_null(strstr(reason.text, store->path));
		if (strstr(reason.text, words) == NULL)
			fail_msg("%s", reason.text);
	}
}

static void a_store_that_goes_back_is_told(void **state)
{
	(void)state;
	struct store store;
	store_make(&store);
	store_told(&store, (struct said){ .id = "e1" });
	struct image before = image_take(&store, "data.mdb");
	store_told(&store, (struct said){ .id = "e2" });
	log_close(store.log);
	store.log = NULL;
	struct image after = image_take(&store, "data.mdb");
	image_put(&store, "data.mdb", &before);
	check_told(&store, "goes back");
	/* The head of the newest commit loses its number: LMDB takes the one before. */
	uint64_t txn[2];
	memcpy(&txn[0], after.bytes + 144, 8);
	memcpy(&txn[1], after.bytes + 4096 + 144, 8);
	size_t newest = txn[1] > txn[0] ? 1 : 0;
	uint64_t lost = 0;
	memcpy(after.bytes + newest * 4096 + 144, &lost, 8);
	image_put(&store, "data.mdb", &after);
	check_told(&store, "");
	/* The older head becomes the newer. */
	memcpy(after.bytes + newest * 4096 + 144, &txn[newest], 8);
	lost = txn[1 - newest] + 64;
	memcpy(after.bytes + (1 - newest) * 4096 + 144, &lost, 8);
	image_put(&store, "data.mdb", &after);
	check_told(&store, "names another commit");
	free(before.bytes);
	free(after.bytes);
	store_drop(&store);
}

/* Of each page of the tree in turn a bit flips, where no checksum but the witness's may be. */
static void each_page_that_rots_is_told_when_the_store_is_opened(void **state)
{
	(void)state;
	struct store store;
	struct chance chance = chance_new();
	size_t looked = 0;
	store_make(&store);
	for (int i = 0; i < 50; i++) {
		char id[16];
		snprintf(id, sizeof(id), "e%d", i);
		store_told(&store, (struct said){ .id = id, .key = id });
	}
	uint64_t in_tree[64] = { 0 };
	assert_true(store.log->witness.in_tree_size > 0);
	memcpy(in_tree, store.log->witness.in_tree,
		store.log->witness.in_tree_size < 64
			? store.log->witness.in_tree_size * sizeof(*in_tree)
			: sizeof(in_tree));
	log_close(store.log);
	store.log = NULL;
	struct image image = image_take(&store, "data.mdb");
	for (size_t page = 2; page < image.length / 4096 && page < 64 * 64; page++) {
		if (!page_bit(in_tree, page))
			continue;
		size_t at = page * 4096 + (size_t)chance_below(&chance, 4096);
		uint8_t bit = (uint8_t)(1 << chance_below(&chance, 8));
		image.bytes[at] ^= bit;
		image_put(&store, "data.mdb", &image);
		check_told(&store, "page ");
		image.bytes[at] ^= bit;
		looked++;
	}
	assert_true(looked > 5);
	image_put(&store, "data.mdb", &image);
	free(image.bytes);
	store_reopen(&store);
	store_end(&store);
}

/* The scrub finds what rots while the store is open; then nothing is written any more. */
static void the_scrub_finds_it_and_nothing_is_written_on_top(void **state)
{
	(void)state;
	struct store store;
	struct reason reason = { "" };
	double round = 0;
	store_make(&store);
	for (int i = 0; i < 50; i++) {
		char id[16];
		snprintf(id, sizeof(id), "e%d", i);
		store_told(&store, (struct said){ .id = id });
	}
	do
		assert_int_equal(log_scrub(store.log, 3, &round, &reason), OK);
	while (round < 1);
	struct image image = image_take(&store, "data.mdb");
	size_t bad = 2;
	while (bad < image.length / 4096 && !page_bit(store.log->witness.in_tree, bad))
		bad++;
	image.bytes[bad * 4096 + 4000] ^= 1;
	char path[128];
	name_of(&store, "data.mdb", path);
	int fd = open(path, O_WRONLY);
	assert_int_equal(pwrite(fd, image.bytes + bad * 4096, 4096, (off_t)bad * 4096), 4096);
	close(fd);
	enum err err = OK;
	for (int i = 0; i < 100 && err == OK; i++)
		err = log_scrub(store.log, 3, &round, &reason);
	assert_int_equal(err, ERR_CORRUPT);
	assert_non_null(strstr(reason.text, "is not as it was written"));
	assert_true(log_is_damaged(store.log, &reason));
	assert_int_equal(log_begin(store.log, store.now_us, &reason), ERR_CORRUPT);
	struct reader *reader;
	assert_int_equal(reader_open(store.log, &reader), ERR_CORRUPT);
	free(image.bytes);
	store_drop(&store);
}

/* Where the scrub cannot read, nothing is known: that is no damage. */
static void what_cannot_be_scrubbed_is_not_called_damaged(void **state)
{
	(void)state;
	struct store store;
	struct reason reason = { "" };
	double round = 0;
	store_make(&store);
	store_told(&store, (struct said){ .id = "e" });
	close(store.log->witness.data_fd);
	store.log->witness.data_fd = -1;
	assert_int_equal(log_scrub(store.log, 1000, &round, &reason), ERR_IO);
	assert_false(log_is_damaged(store.log, &reason));
	store_told(&store, (struct said){ .id = "f" });
	store_end(&store);
}

static void file_write(const char *folder, const char *name, const struct image *image)
{
	char path[160];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	int fd = open(path, O_WRONLY | O_TRUNC | O_CREAT, 0600);
	assert_int_equal(write(fd, image->bytes, image->length), image->length);
	close(fd);
}

/* What happens to a page while the store is open. */
enum rot { ROT_BIT, ROT_ZEROS, ROT_POINTERS, ROT_SPARE, ROT_CUT, ROTS };

static void rot_do(const char *folder, const struct image *image, size_t page, enum rot rot,
	struct chance *chance)
{
	char path[160];
	uint8_t bytes[4096];
	snprintf(path, sizeof(path), "%s/data.mdb", folder);
	memcpy(bytes, image->bytes + page * 4096, sizeof(bytes));
	int fd = open(path, O_WRONLY);
	switch (rot) {
	case ROT_BIT:
		bytes[chance_below(chance, 4096)] ^= (uint8_t)(1 << chance_below(chance, 8));
		break;
	case ROT_ZEROS:
		memset(bytes, 0, sizeof(bytes));
		break;
	case ROT_POINTERS: /* what the head of a page and its nodes have is out of all bounds */
		memset(bytes + 12, 0xff, sizeof(bytes) - 12);
		break;
	case ROT_SPARE: /* LMDB keeps nothing there */
		bytes[8] ^= 8;
		break;
	case ROT_CUT:
	case ROTS:
		assert_int_equal(ftruncate(fd, (off_t)page * 4096), 0);
		break;
	}
	if (rot != ROT_CUT)
		assert_int_equal(pwrite(fd, bytes, sizeof(bytes), (off_t)page * 4096), 4096);
	close(fd);
}

/* Reads all and finds some; nothing of it ends the process, and what it prints is right or not. */
static void all_read(struct log *log, struct arena *arena)
{
	struct reader *reader;
	struct record_view view;
	uint64_t seq;
	if (reader_open(log, &reader) != OK)
		return;
	enum err err = OK;
	for (uint64_t i = 1; err == OK; i++)
		err = reader_next_view(reader, i, arena, &view);
	if (reader_find(reader, 1, bytes_of_string("e7"), &seq) == OK)
		assert_true(seq != 0);
	reader_close(reader);
}

/* LMDB's lock stays with a transaction that met damage: who wrote on would wait for it for ever. */
static void wait_end(int number)
{
	static const char text[] = "a damaged store is written on: that waits for ever\n";
	(void)number;
	_exit(write(STDERR_FILENO, text, sizeof(text) - 1) >= 0 ? 1 : 2);
}

/* Tries to write; *last is raised when it could. */
static void one_written(struct log *log, struct store *store, const char *id, uint64_t *last)
{
	struct reason reason;
	if (log_begin(log, store->now_us += 1000, &reason) != OK)
		return;
	struct appended appended;
	const struct said said = { .id = id, .key = id, .subject = id };
	struct event event = store_event(store, &said);
	enum err err = log_append(log, bytes_of_string("isd"), &event, &store->arena, &appended);
	if (err != OK)
		log_abort(log);
	else if (log_commit(log, &reason) == OK)
		*last = log_last_seq(log);
}

/*
 * Each page of the tree in turn rots while the store is open, and is read; where LMDB can be sure
 * of its memory, it is written on. Nothing ends the process, and by the end of a round of the scrub
 * it is known: a commit that changes a damaged page does not make it a sound one.
 */
static void what_rots_meanwhile_is_told_and_not_written_over(void **state)
{
	(void)state;
	struct store store;
	struct chance chance = chance_new();
	size_t looked = 0;
	store_make(&store);
	for (int i = 0; i < 90; i++) {
		char id[16];
		snprintf(id, sizeof(id), "e%d", i);
		store_told(&store, (struct said){ .id = id, .key = id, .subject = id });
	}
	struct image data = image_take(&store, "data.mdb"), sums = image_take(&store, WITNESS_FILE);
	const struct log_options options = store_options(&store);
	for (size_t i = 0; i < data.length / 4096 * ROTS; i++) {
		size_t page = i / ROTS;
		if (page < 2 || !page_bit(store.log->witness.in_tree, page))
			continue;
		char folder[] = "/tmp/ladderd-unit-XXXXXX";
		struct reason reason = { "" };
		struct log *log;
		double round = 0;
		assert_non_null(mkdtemp(folder));
		file_write(folder, "data.mdb", &data);
		file_write(folder, WITNESS_FILE, &sums);
		struct log_options own = options;
		own.path = folder;
		assert_int_equal(log_open(&own, LOG_WRITE, &log, &reason), OK);
		rot_do(folder, &data, page, (enum rot)(i % ROTS), &chance);
		uint64_t last = log_last_seq(log);
		if (i % ROTS == ROT_SPARE || i % ROTS == ROT_CUT) {
			one_written(log, &store, "new", &last);
			one_written(log, &store, "e7", &last);
		}
		all_read(log, &store.arena);
		while (!log_is_damaged(log, &reason) && round < 1)
			(void)!log_scrub(log, 1000, &round, &reason);
		if (!log_is_damaged(log, &reason))
			fail_msg("page %zu, rot %zu: not told", page, i % ROTS);
		const uint64_t before = last;
		assert_true(signal(SIGALRM, wait_end) != SIG_ERR);
		alarm(WAIT_SECONDS);
		one_written(log, &store, "newer", &last);
		alarm(0);
		assert_int_equal(last, before);
		log_close(log);
		directory_remove(folder);
		arena_reset(&store.arena);
		looked++;
	}
	assert_true(looked > 20);
	free(data.bytes);
	free(sums.bytes);
	store_end(&store);
}

/* What a transaction has changed is in memory; the list of free pages is read when it commits. */
static void a_commit_whose_pages_are_gone_is_told_and_leaves_no_transaction(void **state)
{
	(void)state;
	struct store store;
	struct reason reason = { "" };
	char path[128];
	store_make(&store);
	for (int i = 0; i < 90; i++) {
		char id[16];
		snprintf(id, sizeof(id), "e%d", i);
		store_told(&store, (struct said){ .id = id, .key = id, .subject = id });
	}
	store_begin(&store);
	store_put(&store, (struct said){ .id = "new" });
	name_of(&store, "data.mdb", path);
	assert_int_equal(truncate(path, 2 * 4096), 0);
	assert_int_equal(log_commit(store.log, &reason), ERR_CORRUPT);
	assert_non_null(strstr(reason.text, "not as it was written"));
	assert_true(log_is_damaged(store.log, &reason));
	assert_false(log_is_in_txn(store.log));
	assert_int_equal(log_begin(store.log, store.now_us + 1, &reason), ERR_CORRUPT);
	store_drop(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_follows_whatever_is_written),
		cmocka_unit_test(one_that_is_behind_is_made_anew),
		cmocka_unit_test(a_store_that_goes_back_is_told),
		cmocka_unit_test(each_page_that_rots_is_told_when_the_store_is_opened),
		cmocka_unit_test(the_scrub_finds_it_and_nothing_is_written_on_top),
		cmocka_unit_test(what_rots_meanwhile_is_told_and_not_written_over),
		cmocka_unit_test(a_commit_whose_pages_are_gone_is_told_and_leaves_no_transaction),
		cmocka_unit_test(what_cannot_be_scrubbed_is_not_called_damaged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
