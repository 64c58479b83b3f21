/*
 * store/pages.c - see pages.h.
 *
 * A walk is a list of jobs: subtrees that are to be read. The tree of names is read first, which
 * gives the tables; then the tops of the tables, until there are enough jobs for all threads.
 *
 * Pages are read by pread(), not by a map of the file: a page that is touched once costs more to be
 * mapped than to be copied. The leaves below a branch are read in the order of the file, those
 * that lie close together at once.
 */
#include "store/pages_inside.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "base/grow.h"
#include "base/sort.h"

#define WINDOW_BYTES ((size_t)128 << 10) /* read at once, where numbers follow each other */
#define GAP_PAGES    4                   /* between two leaves, that are read with them */
#define JOBS_ENOUGH  256
#define THREADS_MAX  16
#define HEAD_LOOKS   16 /* at the heads, while commits write them */
#define ROWS_AHEAD   4
#define CACHE_LINE   64
#define PAGES_FEW    2048 /* are read by one thread */

enum tree_kind {
	TREE_NAMES,
	TREE_FREE,
	TREE_TABLE,
};

struct page_job {
	uint64_t page;
	unsigned depth;
	enum tree_kind kind;
	char table[PAGE_TABLE_NAME];
};

/* What the threads of a walk share. */
struct walking {
	struct page_walk *walk;
	struct page_job *jobs;
	size_t job_count, job_size;
	atomic_size_t job_next;
	_Atomic uint64_t found;
	_Atomic uint64_t free_newest; /* the newest commit in the list of free pages */
	atomic_bool stop;
	pthread_mutex_t mutex; /* of what follows, and the jobs */
	enum err err;
	struct reason reason;
};

/* One thread's. */
struct walker {
	struct walking *walking;
	size_t page_size;
	uint8_t *window; /* pages that were read at once ... */
	uint64_t window_first, window_count;
	size_t ahead;     /* ... and how many are read next time */
	uint8_t *levels;  /* a page for each depth */
	uint64_t *leaves; /* of a branch, in the order of the file */
	const char *table;
};

struct page_tree page_tree_read(const uint8_t *db)
{
	return (struct page_tree){
		.pages = get64(db + DB_BRANCH) + get64(db + DB_LEAF) + get64(db + DB_OVERFLOW),
		.root = get64(db + DB_ROOT),
		.depth = get16(db + DB_DEPTH),
	};
}

static bool head_bytes(int fd, uint64_t at, uint8_t bytes[PAGE_HEAD_BYTES])
{
	return pread(fd, bytes, PAGE_HEAD_BYTES, (off_t)at) == PAGE_HEAD_BYTES &&
	       get16(bytes + AT_FLAGS) == FLAG_HEAD && get32(bytes + AT_MAGIC) == MAGIC;
}

static bool heads_take(int fd, uint8_t heads[2][PAGE_HEAD_BYTES], size_t *size)
{
	if (!head_bytes(fd, 0, heads[0]))
		return false;
	*size = get32(heads[0] + AT_FREE + DB_PAD);
	return *size >= 512 && *size <= 65536 && (*size & (*size - 1)) == 0 &&
	       head_bytes(fd, *size, heads[1]);
}

/* Both heads, and none in the middle of being written by a commit: two looks see the same. */
static bool heads_read(int fd, uint8_t heads[2][PAGE_HEAD_BYTES], size_t *size)
{
	uint8_t again[2][PAGE_HEAD_BYTES] = { { 0 } };
	bool sound = heads_take(fd, heads, size);
	for (unsigned i = 0; i < HEAD_LOOKS; i++) {
		bool still = heads_take(fd, again, size);
		if (still == sound && (!sound || memcmp(heads, again, sizeof(again)) == 0))
			break;
		memcpy(heads, again, sizeof(again));
		sound = still;
	}
	return sound;
}

enum err page_head_read(int fd, uint64_t txn, struct page_head *out, struct reason *reason)
{
	uint8_t heads[2][PAGE_HEAD_BYTES];
	struct stat file;
	size_t size = 0;
	if (fstat(fd, &file) != 0)
		return fail(reason, ERR_IO, "the store cannot be read: %s", strerror(errno));
	bool sound = heads_read(fd, heads, &size);
	/* All up to the size of the map, and the size of a page, is the same in both. */
	if (!sound || get64(heads[0]) != 0 || get64(heads[1]) != 1 ||
		memcmp(heads[0] + 8, heads[1] + 8, AT_MAGIC + 16 - 8) != 0 ||
		get32(heads[1] + AT_FREE + DB_PAD) != size)
		return fail(reason, ERR_CORRUPT, "its head is not as it was written");
	uint64_t of[2] = { get64(heads[0] + AT_TXN), get64(heads[1] + AT_TXN) };
	unsigned at = txn == 0 ? (of[1] > of[0] ? 1 : 0) : (unsigned)(txn % 2);
	if (txn != 0 && of[at] != txn)
		return ERR_NOT_FOUND;
	uint64_t last = get64(heads[at] + AT_LAST_PAGE);
	if (of[at] % 2 != at && of[at] != 0)
		return fail(reason, ERR_CORRUPT, "its head is not as it was written");
	if (last >= (uint64_t)file.st_size / size)
		return fail(reason, ERR_CORRUPT, "it is shorter than what was written to it");
	*out = (struct page_head){
		.page_size = size,
		.pages = last + 1,
		.txn = of[at],
		.free = page_tree_read(heads[at] + AT_FREE),
		.names = page_tree_read(heads[at] + AT_NAMES),
	};
	memcpy(out->bytes, heads[at], PAGE_HEAD_BYTES);
	return OK;
}

/* The walk ends: the first failure is told. */
static bool end(
	struct walking *walking, enum err err, const char *table, uint64_t page, const char *what)
{
	CHECK(pthread_mutex_lock(&walking->mutex) == 0);
	if (walking->err == OK) {
		walking->err =
			err == ERR_CORRUPT
				? fail(&walking->reason, err, "page %llu, of the table %s, %s",
					  (unsigned long long)page, table, what)
				: fail(&walking->reason, err, "the store: %s", what);
	}
	CHECK(pthread_mutex_unlock(&walking->mutex) == 0);
	atomic_store(&walking->stop, true);
	return false;
}

static bool bad(struct walker *walker, uint64_t page, const char *what)
{
	return end(walker->walking, ERR_CORRUPT, walker->table, page, what);
}

/* Reads pages into the window, one at least. False: the walk ends. */
static bool window_fill(struct walker *walker, uint64_t number, uint64_t count)
{
	size_t size = walker->page_size;
	CHECK(count >= 1 && count <= WINDOW_BYTES / size);
	walker->window_count = 0;
	ssize_t length = pread(walker->walking->walk->fd, walker->window, (size_t)count * size,
		(off_t)(number * size));
	if (length < 0)
		end(walker->walking, ERR_IO, walker->table, number, strerror(errno));
	else if (length < (ssize_t)size)
		bad(walker, number, "is beyond the end of the file");
	if (length < (ssize_t)size)
		return false;
	walker->window_first = number;
	walker->window_count = (uint64_t)length / size;
	return true;
}

static bool window_has(const struct walker *walker, uint64_t number)
{
	return number >= walker->window_first &&
	       number - walker->window_first < walker->window_count;
}

/* A page of the file; NULL: the walk ends. Valid until the next call. */
static const uint8_t *page_get(struct walker *walker, uint64_t number)
{
	const struct page_head *head = walker->walking->walk->head;
	size_t size = walker->page_size;
	if (window_has(walker, number))
		return walker->window + (number - walker->window_first) * size;
	bool follows = number == walker->window_first + walker->window_count;
	walker->ahead = follows ? 2 * walker->ahead : 1;
	if (walker->ahead > WINDOW_BYTES / size)
		walker->ahead = WINDOW_BYTES / size;
	uint64_t count = walker->ahead;
	if (count > head->pages - number)
		count = head->pages - number;
	return window_fill(walker, number, count) ? walker->window : NULL;
}

/* Notes that a page is of the tree. *known: it was before, and is the same. */
static bool page_claim(struct walker *walker, uint64_t number, bool *known)
{
	struct page_walk *walk = walker->walking->walk;
	if (number < 2 || number >= walk->head->pages)
		return bad(walker, number, "is none that the store has");
	uint64_t bit = (uint64_t)1 << number % 64;
	uint64_t before = __atomic_fetch_or(&walk->in_tree[number / 64], bit, __ATOMIC_RELAXED);
	*known = (before & bit) != 0;
	if (*known && !walk->changes_only)
		return bad(walker, number, "is led to twice");
	if (!*known)
		atomic_fetch_add_explicit(&walker->walking->found, 1, memory_order_relaxed);
	return true;
}

static bool page_visit(struct walker *walker, uint64_t number, const uint8_t *page)
{
	const struct page_walk *walk = walker->walking->walk;
	return walk->visit(walk->context, number, page) ||
	       bad(walker, number, "is not as it was written");
}

/*
 * The pages of a value that is large. It is copied to `value`, when that is not NULL; `force`: also
 * from pages that were known.
 */
static bool large_walk(
	struct walker *walker, uint64_t first, uint64_t length, uint8_t *value, bool force)
{
	size_t size = walker->page_size;
	uint64_t count = (PAGE_HEADER - 1 + length) / size + 1;
	for (uint64_t i = 0; i < count; i++) {
		bool known;
		if (!page_claim(walker, first + i, &known))
			return false;
		if (known && !force)
			continue;
		const uint8_t *page = page_get(walker, first + i);
		if (page == NULL || (!known && !page_visit(walker, first + i, page)))
			return false;
		if (i == 0 && (get64(page + AT_NUMBER) != first ||
				      (get16(page + AT_FLAGS) & FLAGS_OF_KIND) != FLAG_OVERFLOW ||
				      get32(page + AT_COUNT) != count))
			return bad(walker, first, "is not the beginning of a large value");
		size_t skip = i == 0 ? PAGE_HEADER : 0;
		uint64_t at = i == 0 ? 0 : i * size - PAGE_HEADER;
		size_t piece = size - skip;
		if (value != NULL)
			memcpy(value + at, page + skip,
				length - at < piece ? (size_t)(length - at) : piece);
	}
	return true;
}

/* A node of a leaf, held against the bounds of its page. */
struct node {
	uint64_t length; /* of the value */
	const uint8_t *key;
	const uint8_t *value;
	uint16_t key_length;
	uint16_t flags;
};

static bool node_read(struct walker *walker, uint64_t number, const uint8_t *page, size_t i,
	bool is_leaf, struct node *out)
{
	size_t size = walker->page_size;
	size_t at = get16(page + PAGE_HEADER + 2 * i);
	if (at < get16(page + AT_UPPER) || at + NODE_HEADER > size)
		return bad(walker, number, "has a node that is not in it");
	const uint8_t *node = page + at;
	*out = (struct node){
		.length = get32(node),
		.flags = get16(node + NODE_FLAGS),
		.key_length = get16(node + NODE_KEY_LENGTH),
		.key = node + NODE_HEADER,
	};
	size_t end_at = at + NODE_HEADER + out->key_length;
	out->value = page + end_at;
	if (is_leaf && (out->flags & ~NODE_FLAGS_OK) != 0)
		return bad(walker, number, "has a node of no known kind");
	if (is_leaf)
		end_at += (out->flags & NODE_LARGE) != 0 ? sizeof(uint64_t) : out->length;
	if (end_at > size)
		return bad(walker, number, "has a node that is longer than the page");
	return true;
}

/* The number of the child that a node of a branch names. */
static uint64_t node_child(const struct node *node)
{
	return node->length | (uint64_t)node->flags << 32;
}

static bool job_add(struct walker *walker, struct page_job job)
{
	struct walking *walking = walker->walking;
	if (!GROW(walking->jobs, walking->job_size, walking->job_count + 1))
		return end(walking, ERR_FULL, "", 0, "no memory");
	walking->jobs[walking->job_count++] = job;
	return true;
}

/* A table, by its name. */
static bool name_take(struct walker *walker, uint64_t number, const struct node *node)
{
	if ((node->flags & NODE_TABLE) == 0 || node->length != DB_SIZE)
		return bad(walker, number, "has a row that is no table");
	struct page_tree tree = page_tree_read(node->value);
	struct page_job job = { .page = tree.root, .depth = tree.depth, .kind = TREE_TABLE };
	snprintf(job.table, sizeof(job.table), "%.*s", (int)node->key_length,
		(const char *)node->key);
	walker->walking->walk->told += tree.pages;
	return tree.root == NO_PAGE || job_add(walker, job);
}

/* A page that the commit freed is as it was before it. False: the walk ends. */
static bool page_left(struct walker *walker, uint64_t page)
{
	const struct page_walk *walk = walker->walking->walk;
	enum err err = walk->leave == NULL ? OK : walk->leave(walk->context, page);
	if (err == ERR_CORRUPT)
		return bad(walker, page, "was not as it was written when it was changed");
	return err == OK || end(walker->walking, err, walker->table, page, strerror(errno));
}

/* What a commit freed: the pages are of the tree no more. */
static bool freed_take(struct walker *walker, uint64_t number, const struct node *node)
{
	struct page_walk *walk = walker->walking->walk;
	uint64_t txn;
	if (node->key_length != sizeof(txn) || node->length < sizeof(uint64_t) ||
		node->length % sizeof(uint64_t) != 0 || (node->flags & NODE_TABLE) != 0)
		return bad(walker, number, "has a row that is no list of free pages");
	memcpy(&txn, node->key, sizeof(txn));
	uint64_t newest = atomic_load(&walker->walking->free_newest);
	while (txn > newest &&
		!atomic_compare_exchange_weak(&walker->walking->free_newest, &newest, txn))
		;
	if (!walk->changes_only || txn != walk->head->txn)
		return (node->flags & NODE_LARGE) == 0 ||
		       large_walk(walker, get64(node->value), node->length, NULL, false);
	uint8_t *list = malloc((size_t)node->length);
	if (list == NULL)
		return end(walker->walking, ERR_FULL, "", 0, "no memory");
	bool good = true;
	if ((node->flags & NODE_LARGE) != 0)
		good = large_walk(walker, get64(node->value), node->length, list, true);
	else
		memcpy(list, node->value, (size_t)node->length);
	uint64_t count = good ? get64(list) : 0;
	good = good && (count < node->length / sizeof(uint64_t) ||
			       bad(walker, number, "has a list of free pages that is cut"));
	for (uint64_t i = 1; i <= count && good; i++) {
		uint64_t page = get64(list + i * sizeof(uint64_t));
		if (page >= walk->head->pages)
			good = bad(walker, page, "is freed, and none that the store has");
		else if (page_bit(walk->in_tree, page) && (good = page_left(walker, page))) {
			walk->in_tree[page / 64] &= ~((uint64_t)1 << page % 64);
			walk->freed++;
		}
	}
	free(list);
	return good;
}

/*
 * A leaf. Large values and lists are read into the window, and tables are told of by name: the
 * page is copied where that may happen.
 */
static bool leaf_walk(struct walker *walker, uint64_t number, const uint8_t *page,
	enum tree_kind kind, size_t count)
{
	bool copied = false;
	for (size_t i = 0; i < count; i++) {
		struct node node;
		if (!node_read(walker, number, page, i, true, &node))
			return false;
		if (!copied && (node.flags & NODE_LARGE) != 0) {
			memcpy(walker->levels, page, walker->page_size);
			page = walker->levels;
			copied = true;
			if (!node_read(walker, number, page, i, true, &node))
				return false;
		}
		bool good = true;
		if (kind == TREE_NAMES)
			good = name_take(walker, number, &node);
		else if (kind == TREE_FREE)
			good = freed_take(walker, number, &node);
		else if ((node.flags & NODE_TABLE) != 0)
			good = bad(walker, number, "has a row that is a table");
		else if ((node.flags & NODE_LARGE) != 0)
			good = large_walk(walker, get64(node.value), node.length, NULL, false);
		if (!good)
			return false;
	}
	return true;
}

/* How many nodes a page has; what is not sound ends the walk. */
static bool nodes_count(
	struct walker *walker, uint64_t number, const uint8_t *page, unsigned depth, size_t *out)
{
	size_t size = walker->page_size;
	size_t lower = get16(page + AT_LOWER), upper = get16(page + AT_UPPER);
	unsigned kind = get16(page + AT_FLAGS) & FLAGS_OF_KIND;
	if (get64(page + AT_NUMBER) != number)
		return bad(walker, number, "has another page's number");
	if (kind != (depth > 1 ? FLAG_BRANCH : FLAG_LEAF))
		return bad(walker, number, "is of another kind than its place");
	if (lower < PAGE_HEADER || lower % 2 != 0 || lower > upper || upper > size)
		return bad(walker, number, "has a header that is not sound");
	*out = (lower - PAGE_HEADER) / 2;
	return *out > 0 || bad(walker, number, "is empty");
}

static bool subtree_walk(struct walker *walker, const struct page_job *job, bool as_jobs);

/* Reads the first of some leaves, in the order of the file, and those that lie close behind it. */
static bool leaves_read(struct walker *walker, const uint64_t *leaves, size_t count)
{
	uint64_t first = leaves[0], last = first, most = WINDOW_BYTES / walker->page_size;
	if (first >= walker->walking->walk->head->pages)
		return true; /* who claims it says so */
	for (size_t i = 1; i < count && leaves[i] < walker->walking->walk->head->pages; i++) {
		if (leaves[i] - last > GAP_PAGES + 1 || leaves[i] - first >= most)
			break;
		last = leaves[i];
	}
	return window_fill(walker, first, last - first + 1);
}

/* The leaves below a branch, which is at hand as `level`. */
static bool leaves_walk(
	struct walker *walker, const struct page_job *branch, const uint8_t *level, size_t count)
{
	uint64_t *leaves = walker->leaves;
	struct page_job leaf = *branch;
	leaf.depth = 1;
	for (size_t i = 0; i < count; i++) {
		struct node node;
		if (!node_read(walker, branch->page, level, i, false, &node))
			return false;
		leaves[i] = node_child(&node);
	}
	sort_numbers(leaves, count);
	for (size_t i = 0; i < count; i++) {
		leaf.page = leaves[i];
		if (!window_has(walker, leaf.page) && !leaves_read(walker, leaves + i, count - i))
			return false;
		if (!subtree_walk(walker, &leaf, false))
			return false;
	}
	return true;
}

/*
 * Reads a page of the tree, and its leaf; the children of a branch are handed to jobs when
 * `as_jobs`, else read.
 */
static bool subtree_walk(struct walker *walker, const struct page_job *job, bool as_jobs)
{
	struct page_walk *walk = walker->walking->walk;
	size_t size = walk->head->page_size, count = 0;
	bool known;
	if (atomic_load_explicit(&walker->walking->stop, memory_order_relaxed))
		return false;
	if (job->depth == 0 || job->depth >= DEPTH_MAX)
		return bad(walker, job->page, "lies too deep");
	if (!page_claim(walker, job->page, &known))
		return false;
	/* The names are read anew each time: they say how many pages each table has. */
	if (known && job->kind != TREE_NAMES)
		return true;
	const uint8_t *page = page_get(walker, job->page);
	if (page == NULL || (!known && !page_visit(walker, job->page, page)) ||
		!nodes_count(walker, job->page, page, job->depth, &count))
		return false;
	if (job->depth == 1)
		return leaf_walk(walker, job->page, page, job->kind, count);
	uint8_t *level = walker->levels + job->depth * size;
	memcpy(level, page, size);
	if (job->depth == 2 && !as_jobs && !walk->changes_only)
		return leaves_walk(walker, job, level, count);
	struct page_job child = *job;
	child.depth--;
	for (size_t i = 0; i < count; i++) {
		struct node node;
		if (!node_read(walker, job->page, level, i, false, &node))
			return false;
		child.page = node_child(&node);
		if (!(as_jobs ? job_add(walker, child) : subtree_walk(walker, &child, false)))
			return false;
	}
	return true;
}

static bool job_walk(struct walker *walker, const struct page_job *job, bool as_jobs)
{
	walker->table = job->table;
	return subtree_walk(walker, job, as_jobs);
}

static bool walker_init(struct walker *walker, struct walking *walking)
{
	size_t size = walking->walk->head->page_size;
	*walker = (struct walker){ .walking = walking, .page_size = size, .ahead = 1, .table = "" };
	walker->window = malloc(WINDOW_BYTES);
	walker->levels = malloc(DEPTH_MAX * size);
	walker->leaves = malloc(size / 2 * sizeof(*walker->leaves));
	return (walker->window != NULL && walker->levels != NULL && walker->leaves != NULL) ||
	       end(walking, ERR_FULL, "", 0, "no memory");
}

static void walker_release(struct walker *walker)
{
	free(walker->window);
	free(walker->levels);
	free(walker->leaves);
}

/* Takes jobs until there is none. Nobody adds any. */
static void jobs_take(struct walker *walker)
{
	struct walking *walking = walker->walking;
	size_t i;
	while ((i = atomic_fetch_add(&walking->job_next, 1)) < walking->job_count) {
		if (!job_walk(walker, &walking->jobs[i], false))
			return;
	}
}

static void *jobs_thread(void *context)
{
	struct walker walker;
	if (walker_init(&walker, context))
		jobs_take(&walker);
	walker_release(&walker);
	return NULL;
}

/* Reads the tops of the tables, until there are jobs enough for all threads. */
static bool jobs_spread(struct walker *walker)
{
	struct walking *walking = walker->walking;
	size_t i = atomic_load(&walking->job_next);
	while (i < walking->job_count && walking->job_count - i < JOBS_ENOUGH) {
		struct page_job job = walking->jobs[i++];
		if (!job_walk(walker, &job, true))
			return false;
	}
	atomic_store(&walking->job_next, i);
	return true;
}

/* The system is not asked where it need not be: it takes longer than the pages of a commit. */
static unsigned threads_of(const struct page_walk *walk)
{
	unsigned threads = walk->threads;
	if (walk->head->pages < PAGES_FEW)
		threads = 1;
	if (threads == 0) {
		long processors = sysconf(_SC_NPROCESSORS_ONLN);
		threads = processors > 1 ? (unsigned)processors : 1;
	}
	return threads < THREADS_MAX ? threads : THREADS_MAX;
}

static void jobs_run(struct walker *walker)
{
	struct walking *walking = walker->walking;
	pthread_t ids[THREADS_MAX];
	unsigned started = 0, threads = threads_of(walking->walk);
	if (threads > 1 && !jobs_spread(walker))
		return;
	/* One that does not start is not missed. */
	while (started + 1 < threads &&
		pthread_create(&ids[started], NULL, jobs_thread, walking) == 0)
		started++;
	jobs_take(walker);
	while (started > 0)
		CHECK(pthread_join(ids[--started], NULL) == 0);
}

/* Reads all there is to read. */
static void tree_walk(struct walking *walking)
{
	const struct page_head *head = walking->walk->head;
	struct walker walker;
	struct page_job names = { head->names.root, head->names.depth, TREE_NAMES, "of names" };
	struct page_job list = { head->free.root, head->free.depth, TREE_FREE, "of free pages" };
	bool good = walker_init(&walker, walking);
	if (good && names.page != NO_PAGE)
		good = job_walk(&walker, &names, false);
	if (good && list.page != NO_PAGE)
		good = job_add(&walker, list);
	if (good)
		jobs_run(&walker);
	/* A commit notes what it freed under its own number: the head names the newest. */
	uint64_t newest = atomic_load(&walking->free_newest);
	if (walking->err == OK && newest != head->txn && (newest != 0 || head->txn > 1))
		end(walking, ERR_CORRUPT, names.table, head->txn % 2,
			"names another commit than its list of free pages does");
	walker_release(&walker);
	free(walking->jobs);
}

enum err page_walk(struct page_walk *walk, struct reason *reason)
{
	struct walking walking = { .walk = walk, .err = OK };
	CHECK(pthread_mutex_init(&walking.mutex, NULL) == 0);
	walk->told = walk->head->free.pages + walk->head->names.pages;
	walk->freed = 0;
	tree_walk(&walking);
	walk->found = atomic_load(&walking.found);
	pthread_mutex_destroy(&walking.mutex);
	if (walking.err != OK)
		*reason = walking.reason;
	return walking.err;
}

/*
 * Rows are read in turn, and each is where the memory was not yet: asks for one that comes later.
 * No function: gcc leaves out a call that only does this.
 */
#define ROW_FETCH(page, i)                                                                         \
	do {                                                                                       \
		const uint8_t *node_ = (page) + get16((page) + PAGE_HEADER + 2 * (size_t)(i));     \
		__builtin_prefetch(node_);                                                         \
		__builtin_prefetch(node_ + CACHE_LINE);                                            \
		__builtin_prefetch(node_ + 2 * CACHE_LINE);                                        \
	} while (0)

/* A leaf of a table, whose rows can be read here. */
static bool leaf_is_plain(const uint8_t *page, size_t page_size)
{
	size_t lower = get16(page + AT_LOWER);
	return (get16(page + AT_FLAGS) & FLAGS_OF_KIND) == FLAG_LEAF && lower >= PAGE_HEADER &&
	       lower % 2 == 0 && lower <= get16(page + AT_UPPER) && lower < page_size;
}

struct page_rows page_rows_of(const uint8_t *page, size_t page_size)
{
	struct page_rows rows = { .page_size = page_size };
	if (!leaf_is_plain(page, page_size))
		return rows;
	rows.page = page;
	rows.count = (get16(page + AT_LOWER) - PAGE_HEADER) / 2u;
	return rows;
}

struct page_rows page_rows_after(const void *key, size_t page_size)
{
	const long system = sysconf(_SC_PAGESIZE);
	struct page_rows rows = { .page_size = page_size };
	/* LMDB maps its file at the beginning of a page of the system's. */
	if (system < 0 || page_size > (size_t)system)
		return rows;
	size_t at = (uintptr_t)key % page_size;
	const uint8_t *page = (const uint8_t *)key - at;
	if (!leaf_is_plain(page, page_size))
		return rows;
	unsigned count = (get16(page + AT_LOWER) - PAGE_HEADER) / 2u, i = 0;
	while (i < count && get16(page + PAGE_HEADER + 2 * i) + (size_t)NODE_HEADER != at)
		i++;
	if (i == count)
		return rows;
	rows.page = page;
	rows.next = i + 1;
	rows.count = count;
	for (unsigned j = i + 1; j < i + 1 + ROWS_AHEAD && j < count; j++)
		ROW_FETCH(page, j);
	return rows;
}

bool page_row_next(struct page_rows *rows, size_t key_length, const uint8_t **key,
	const uint8_t **value, size_t *value_length)
{
	if (rows->page == NULL || rows->next >= rows->count)
		return false;
	size_t at = get16(rows->page + PAGE_HEADER + 2 * (size_t)rows->next);
	size_t value_at = at + NODE_HEADER + key_length;
	if (at < PAGE_HEADER || value_at > rows->page_size)
		return false;
	const uint8_t *node = rows->page + at;
	size_t length = get32(node);
	if (get16(node + NODE_FLAGS) != 0 || get16(node + NODE_KEY_LENGTH) != key_length ||
		length > rows->page_size - value_at)
		return false;
	if (rows->count - rows->next > ROWS_AHEAD)
		ROW_FETCH(rows->page, rows->next + ROWS_AHEAD);
	rows->next++;
	*key = node + NODE_HEADER;
	*value = rows->page + value_at;
	*value_length = length;
	return true;
}
