/*
 * tests/unit/store/pages_test.c - pages of LMDB's file: the rows of a leaf, and a file that is cut.
 */
#include "store/pages.h"

#include <fcntl.h>

#include "store/tables.h"
#include "tests/unit/store_memory.h"

#define PAGE 4096
#define ROWS 5

/* Where the rows of the leaf begin: each has a key of 8 bytes and a value of 4. */
enum { AT_FLAGS = 10, AT_LOWER = 12, AT_UPPER = 14, AT_ROWS = 16, FIRST_ROW = 3000, ROW = 20 };

static void put16(uint8_t *at, size_t value)
{
	uint16_t narrow = (uint16_t)value;
	memcpy(at, &narrow, sizeof(narrow));
}

/* A leaf as LMDB makes it: row i lies before row i - 1. */
static void leaf_make(uint8_t page[PAGE])
{
	memset(page, 0, PAGE);
	put16(page + AT_FLAGS, 2);
	put16(page + AT_LOWER, AT_ROWS + 2 * ROWS);
	put16(page + AT_UPPER, FIRST_ROW - ROW * (ROWS - 1));
	for (size_t i = 0; i < ROWS; i++) {
		uint8_t *node = page + FIRST_ROW - ROW * i;
		put16(page + AT_ROWS + 2 * i, FIRST_ROW - ROW * i);
		node[0] = 4;
		put16(node + 6, 8);
		node[8] = (uint8_t)(i + 1);
		node[16] = (uint8_t)(10 * (i + 1));
	}
}

/* So many rows come after the row `i`, each with its key and its value. */
static unsigned rows_after(const uint8_t *page, size_t i)
{
	struct page_rows rows = page_rows_after(page + FIRST_ROW - ROW * i + 8, PAGE);
	const uint8_t *key, *value;
	size_t length;
	unsigned count = 0;
	while (page_row_next(&rows, 8, &key, &value, &length)) {
		count++;
		assert_int_equal(length, 4);
		assert_int_equal(key[0], i + count + 1);
		assert_int_equal(value[0], 10 * key[0]);
	}
	return count;
}

static void rows_come_after_the_one_that_lmdb_found(void **state)
{
	(void)state;
	uint8_t *page = aligned_alloc(PAGE, PAGE);
	leaf_make(page);
	for (size_t i = 0; i < ROWS; i++)
		assert_int_equal(rows_after(page, i), ROWS - 1 - i);
	/* A key that is none of its rows', and pages that are larger than the system's. */
	struct page_rows rows = page_rows_after(page + FIRST_ROW + 9, PAGE);
	assert_null(rows.page);
	rows = page_rows_after(page + FIRST_ROW + 8, (size_t)sysconf(_SC_PAGESIZE) * 2);
	assert_null(rows.page);
	free(page);
}

/* LMDB is asked for what is damaged, or not a row of two short parts. */
static void a_row_that_is_not_sound_is_left_to_lmdb(void **state)
{
	(void)state;
	enum { ROW_2 = FIRST_ROW - 2 * ROW };
	static const struct {
		size_t at;
		size_t value;
		unsigned rows; /* that come after the first */
	} damages[] = {
		{ AT_FLAGS, 1, 0 },
		{ AT_FLAGS, 2 | 0x20, 0 },
		{ AT_LOWER, AT_ROWS - 2, 0 },
		{ AT_LOWER, AT_ROWS + 1, 0 },
		{ AT_LOWER, PAGE, 0 },
		{ AT_UPPER, AT_ROWS, 0 },
		{ AT_ROWS, FIRST_ROW + 2, 0 },
		{ AT_ROWS + 4, 0, 1 },
		{ AT_ROWS + 4, AT_ROWS - 2, 1 },
		{ AT_ROWS + 4, PAGE - 14, 1 },
		{ AT_ROWS + 4, 0xfffe, 1 },
		{ ROW_2, PAGE, 1 },
		{ ROW_2 + 2, 0x8000, 1 },
		{ ROW_2 + 4, 1, 1 }, /* large: its value is the number of a page */
		{ ROW_2 + 4, 2, 1 }, /* a table */
		{ ROW_2 + 6, 9, 1 },
		{ ROW_2 + 6, 0, 1 },
	};
	uint8_t *page = aligned_alloc(PAGE, PAGE);
	for (size_t i = 0; i < ARRAY_LENGTH(damages); i++) {
		leaf_make(page);
		put16(page + damages[i].at, damages[i].value);
		assert_int_equal(rows_after(page, 0), damages[i].rows);
	}
	free(page);
}

static bool any_page(void *context, uint64_t number, const uint8_t *page)
{
	uint64_t *sum = context;
	__atomic_fetch_add(sum, number + page[8], __ATOMIC_RELAXED);
	return true;
}

/* After its head was read: it has less than was promised. */
static void a_file_that_is_cut_meanwhile_is_told(void **state)
{
	(void)state;
	struct store store;
	struct page_head head;
	struct reason reason = { "" };
	char path[128], id[16];
	uint64_t sum = 0;
	store_make(&store);
	for (unsigned i = 0; i < 2000; i++) {
		snprintf(id, sizeof(id), "e%u", i);
		if (i % 100 == 0)
			store_begin(&store);
		store_put(&store, (struct said){ .id = id });
		if (i % 100 == 99)
			store_commit(&store);
	}
	snprintf(path, sizeof(path), "%s/data.mdb", store.path);
	int fd = open(path, O_RDWR);
	assert_int_equal(page_head_read(fd, 0, &head, &reason), OK);
	uint64_t *in_tree = calloc(PAGE_BIT_WORDS(head.pages), sizeof(*in_tree));
	struct page_walk walk = {
		.fd = fd,
		.head = &head,
		.in_tree = in_tree,
		.visit = any_page,
		.context = &sum,
	};
	assert_int_equal(page_walk(&walk, &reason), OK);
	assert_int_equal(walk.found, walk.told);
	memset(in_tree, 0, PAGE_BIT_WORDS(head.pages) * sizeof(*in_tree));
	FILE *cut = tmpfile();
	size_t length = 4 * head.page_size;
	uint8_t *pages = malloc(length);
	assert_int_equal(pread(fd, pages, length, 0), length);
	assert_int_equal(pwrite(fileno(cut), pages, length, 0), length);
	free(pages);
	walk.fd = fileno(cut);
	assert_int_equal(page_walk(&walk, &reason), ERR_CORRUPT);
	assert_non_null(strstr(reason.text, "is beyond the end of the file"));
	free(in_tree);
	fclose(cut);
	close(fd);
	store_end(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_come_after_the_one_that_lmdb_found),
		cmocka_unit_test(a_row_that_is_not_sound_is_left_to_lmdb),
		cmocka_unit_test(a_file_that_is_cut_meanwhile_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
