/*
 * store/page_scan.c - see page_scan.h.
 */
#include "store/page_scan.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/check.h"
#include "store/pages_inside.h"

#define WINDOW_BYTES ((size_t)128 << 10) /* of leaves that are read at once */
#define GAP_PAGES    4                   /* between two leaves, that are read with them */

/* A branch on the way to the leaf, and which of its children the way goes by. */
struct branch {
	uint8_t *page;
	size_t count, at;
};

struct page_scan {
	int fd;
	size_t page_size;
	uint64_t pages; /* that the file has */
	struct page_tree tree;
	struct branch branches[DEPTH_MAX]; /* by their height above the leaves, from 1 on */
	uint8_t *room;                     /* for all of these pages, and the window */
	uint8_t *window;
	uint64_t window_first, window_count;
};

static bool pages_read(const struct page_scan *scan, uint64_t first, uint64_t count, uint8_t *out)
{
	size_t length = (size_t)count * scan->page_size;
	return first >= 2 && first < scan->pages && count <= scan->pages - first &&
	       pread(scan->fd, out, length, (off_t)(first * scan->page_size)) == (ssize_t)length;
}

/* How many nodes a page of that kind has; 0: it is not sound. */
static size_t nodes_count(
	const struct page_scan *scan, const uint8_t *page, uint64_t number, unsigned kind)
{
	size_t lower = get16(page + AT_LOWER), upper = get16(page + AT_UPPER);
	if (get64(page + AT_NUMBER) != number || (get16(page + AT_FLAGS) & FLAGS_OF_KIND) != kind ||
		lower < PAGE_HEADER || lower % 2 != 0 || lower > upper || upper > scan->page_size)
		return 0;
	return (lower - PAGE_HEADER) / 2;
}

/* A node with a key and `more` bytes behind it; NULL: it is not within its page. */
static const uint8_t *node_at(
	const struct page_scan *scan, const uint8_t *page, size_t i, size_t more)
{
	size_t at = get16(page + PAGE_HEADER + 2 * i);
	if (at < PAGE_HEADER || at + NODE_HEADER > scan->page_size ||
		at + NODE_HEADER + get16(page + at + NODE_KEY_LENGTH) + more > scan->page_size)
		return NULL;
	return page + at;
}

/* The child of a branch; NO_PAGE: it is not sound. */
static uint64_t child_of(const struct page_scan *scan, const struct branch *branch, size_t i)
{
	const uint8_t *node = node_at(scan, branch->page, i, 0);
	return node == NULL ? NO_PAGE : get32(node) | (uint64_t)get16(node + NODE_FLAGS) << 32;
}

static bool branch_read(struct page_scan *scan, unsigned height, uint64_t number)
{
	struct branch *branch = &scan->branches[height];
	branch->at = branch->count = 0;
	if (!pages_read(scan, number, 1, branch->page))
		return false;
	branch->count = nodes_count(scan, branch->page, number, FLAG_BRANCH);
	return branch->count > 0;
}

/* The last child whose keys begin at `key` or before; that of the first counts as the least. */
static bool branch_seek(const struct page_scan *scan, struct branch *branch, uint64_t key)
{
	size_t low = 0, high = branch->count;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		const uint8_t *node = node_at(scan, branch->page, middle, 0);
		if (node == NULL || get16(node + NODE_KEY_LENGTH) != sizeof(key))
			return false;
		if (get64(node + NODE_HEADER) <= key)
			low = middle;
		else
			high = middle;
	}
	branch->at = low;
	return true;
}

/* Reads the leaf that the branch above it is at, and those that lie close behind it. */
static bool window_fill(struct page_scan *scan, uint64_t number)
{
	const struct branch *branch = &scan->branches[1];
	uint64_t last = number, most = WINDOW_BYTES / scan->page_size;
	for (size_t i = branch->at + 1; i < branch->count; i++) {
		uint64_t next = child_of(scan, branch, i);
		if (next <= last || next - last > GAP_PAGES + 1 || next - number >= most)
			break;
		last = next;
	}
	scan->window_first = number;
	scan->window_count = last - number + 1;
	if (pages_read(scan, number, scan->window_count, scan->window))
		return true;
	scan->window_count = 0;
	return false;
}

/* The rows of the leaf that the branches are at. */
static bool leaf_take(struct page_scan *scan, struct page_rows *out)
{
	const struct branch *branch = &scan->branches[1];
	uint64_t number = child_of(scan, branch, branch->at);
	bool has = number >= scan->window_first && number - scan->window_first < scan->window_count;
	if (!has && (number == NO_PAGE || !window_fill(scan, number)))
		return false;
	const uint8_t *page = scan->window + (number - scan->window_first) * scan->page_size;
	if (nodes_count(scan, page, number, FLAG_LEAF) == 0)
		return false;
	*out = page_rows_of(page, scan->page_size);
	return out->page != NULL;
}

bool page_scan_seek(struct page_scan *scan, uint64_t key, struct page_rows *out)
{
	uint64_t number = scan->tree.root;
	for (unsigned height = scan->tree.depth - 1; height >= 1; height--) {
		struct branch *branch = &scan->branches[height];
		if (!branch_read(scan, height, number) || !branch_seek(scan, branch, key))
			return false;
		number = child_of(scan, branch, branch->at);
	}
	return leaf_take(scan, out);
}

bool page_scan_next(struct page_scan *scan, struct page_rows *out)
{
	unsigned height = 1;
	while (height < scan->tree.depth &&
		scan->branches[height].at + 1 >= scan->branches[height].count)
		height++;
	if (height == scan->tree.depth)
		return false;
	scan->branches[height].at++;
	for (; height > 1; height--) {
		const struct branch *above = &scan->branches[height];
		if (!branch_read(scan, height - 1, child_of(scan, above, above->at)))
			return false;
	}
	return leaf_take(scan, out);
}

/* Finds the table among the names, which are few: all of them stand in one leaf. */
static bool tree_find(const struct page_scan *scan, const struct page_tree *names,
	const char *table, uint8_t *page, struct page_tree *out)
{
	size_t length = strlen(table);
	if (names->depth != 1 || !pages_read(scan, names->root, 1, page))
		return false;
	size_t count = nodes_count(scan, page, names->root, FLAG_LEAF);
	for (size_t i = 0; i < count; i++) {
		const uint8_t *node = node_at(scan, page, i, DB_SIZE);
		if (node == NULL || get16(node + NODE_KEY_LENGTH) != length ||
			memcmp(node + NODE_HEADER, table, length) != 0)
			continue;
		*out = page_tree_read(node + NODE_HEADER + length);
		return get32(node) == DB_SIZE && (get16(node + NODE_FLAGS) & NODE_TABLE) != 0;
	}
	return false;
}

enum err page_scan_open(int fd, uint64_t txn, const char *table, struct page_scan **out)
{
	struct page_head head;
	struct reason reason;
	enum err err = page_head_read(fd, txn, &head, &reason);
	if (err != OK)
		return err;
	struct page_scan *scan = calloc(1, sizeof(*scan));
	size_t window = WINDOW_BYTES > head.page_size ? WINDOW_BYTES : head.page_size;
	if (scan == NULL)
		return ERR_FULL;
	scan->fd = fd;
	scan->page_size = head.page_size;
	scan->pages = head.pages;
	scan->room = malloc(DEPTH_MAX * head.page_size + window);
	if (scan->room == NULL) {
		page_scan_close(scan);
		return ERR_FULL;
	}
	scan->window = scan->room + DEPTH_MAX * head.page_size;
	for (unsigned i = 0; i < DEPTH_MAX; i++)
		scan->branches[i].page = scan->room + i * head.page_size;
	if (!tree_find(scan, &head.names, table, scan->window, &scan->tree) ||
		scan->tree.depth < 2 || scan->tree.depth > DEPTH_MAX) {
		page_scan_close(scan);
		return ERR_NOT_FOUND;
	}
	*out = scan;
	return OK;
}

void page_scan_close(struct page_scan *scan)
{
	if (scan == NULL)
		return;
	free(scan->room);
	free(scan);
}
