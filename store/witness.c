/*
 * store/witness.c - see witness.h.
 */
#include "store/witness.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xxhash.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/grow.h"

#define DATA       "data.mdb"
#define MAGIC      0x31534d5553444c4cull /* LLDSUMS1 */
#define SLOT_BYTES 512
#define SUMS_AT    4096
#define BUSY_TRIES 2000 /* milliseconds that a writer has to note its commit */
#define PIECE      (SUMS_AT / sizeof(uint64_t))
#define READ_PAGES 64 /* at once by the scrub */

/* Native order, as LMDB's file. */
struct slot {
	uint64_t magic;
	uint64_t page_size;
	uint64_t serial;
	uint64_t txn;
	uint64_t last_seq;
	uint64_t pages;
	uint64_t all;
	uint64_t head; /* the sum of the head's bytes */
	uint64_t checksum;
};
CHECK_STATIC(sizeof(struct slot) <= SLOT_BYTES);
CHECK_STATIC(sizeof(struct slot) == 9 * sizeof(uint64_t)); /* no byte that nobody sets */

static uint64_t sum_of(const void *data, size_t length, uint64_t number)
{
	uint64_t sum = XXH3_64bits_withSeed(data, length, number);
	return sum != 0 ? sum : 1;
}

/* What the sum of one page adds to the sum of all; nothing, when there is none. */
static uint64_t share_of(uint64_t number, uint64_t sum)
{
	uint64_t both[2] = { number, sum };
	return sum == 0 ? 0 : XXH3_64bits(both, sizeof(both));
}

static uint64_t head_sum(const struct page_head *head)
{
	return sum_of(head->bytes, sizeof(head->bytes), head->txn);
}

static uint64_t slot_sum(const struct slot *slot)
{
	return XXH3_64bits(slot, offsetof(struct slot, checksum));
}

void witness_init(struct witness *witness)
{
	*witness = (struct witness){ .fd = -1, .data_fd = -1 };
	CHECK(pthread_mutex_init(&witness->mutex, NULL) == 0);
	CHECK(pthread_mutex_init(&witness->scrub_mutex, NULL) == 0);
}

static void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void witness_release(struct witness *witness)
{
	/* A shutdown in order leaves it on the disk. */
	if (witness->fd >= 0)
		(void)fdatasync(witness->fd);
	fd_close(&witness->fd);
	fd_close(&witness->data_fd);
	free(witness->of);
	free(witness->in_tree);
	pthread_mutex_destroy(&witness->mutex);
	pthread_mutex_destroy(&witness->scrub_mutex);
}

static int file_open(const char *path, const char *name, int flags)
{
	char file[FILE_PATH_MAX];
	if (file_join(path, name, file, sizeof(file)) != OK)
		return -1;
	return open(file, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
}

/* The newest sound slot. False: there is none. */
static bool slot_read(int fd, struct slot *out)
{
	bool found = false;
	for (off_t at = 0; fd >= 0 && at < 2 * SLOT_BYTES; at += SLOT_BYTES) {
		struct slot slot;
		if (pread(fd, &slot, sizeof(slot), at) != sizeof(slot) || slot.magic != MAGIC ||
			slot.checksum != slot_sum(&slot) || (found && slot.serial < out->serial))
			continue;
		*out = slot;
		found = true;
	}
	return found;
}

static void wait_a_millisecond(void)
{
	const struct clock clock = clock_system();
	clock_sleep(&clock, 1000);
}

/* Is the head that of the slot, or how do they differ? ERR_NOT_FOUND: the witness is behind. */
static enum err head_compare(
	const struct page_head *head, const struct slot *slot, struct reason *reason)
{
	if (slot->txn < head->txn)
		return ERR_NOT_FOUND;
	if (slot->txn > head->txn)
		return fail(reason, ERR_CORRUPT,
			"it goes back: commit %llu was made, up to record %llu, and its head is of "
			"commit %llu: restore a backup; if data.mdb was put in place by hand, "
			"remove data.sums beside it",
			(unsigned long long)slot->txn, (unsigned long long)slot->last_seq,
			(unsigned long long)head->txn);
	if (slot->head != head_sum(head) || slot->page_size != head->page_size ||
		slot->pages < head->pages)
		return fail(reason, ERR_CORRUPT,
			"its head is not as it was written: restore "
			"a backup");
	return OK;
}

static enum err look_once(const char *path, struct reason *reason)
{
	struct page_head head;
	struct slot slot;
	int data = file_open(path, DATA, O_RDONLY), fd = file_open(path, WITNESS_FILE, O_RDONLY);
	if (data < 0) {
		enum err err = fail(reason, errno == ENOENT ? ERR_STOPPED : ERR_IO, "%s: %s", path,
			strerror(errno));
		fd_close(&fd);
		return err;
	}
	/* The slot first: a commit that is noted is in the head. */
	bool has_slot = slot_read(fd, &slot);
	enum err err = page_head_read(data, 0, &head, reason);
	if (err == OK)
		err = has_slot ? head_compare(&head, &slot, reason) : ERR_NOT_FOUND;
	fd_close(&data);
	fd_close(&fd);
	return err;
}

enum err witness_look(const char *path, bool busy, struct reason *reason)
{
	enum err err = look_once(path, reason);
	for (unsigned tries = 0; busy && tries < BUSY_TRIES; tries++) {
		if (err != ERR_CORRUPT && err != ERR_NOT_FOUND)
			break;
		wait_a_millisecond();
		err = look_once(path, reason);
	}
	/* No store: LMDB says so. */
	return err == ERR_NOT_FOUND || err == ERR_STOPPED ? OK : err;
}

/* Room for the sums of `pages` pages; what is new is 0. */
static enum err room_make(struct witness *witness, uint64_t pages)
{
	size_t had = witness->of_size, had_words = witness->in_tree_size;
	size_t need = (size_t)(pages + PIECE) / PIECE * PIECE;
	if (!GROW(witness->of, witness->of_size, need))
		return ERR_FULL;
	memset(witness->of + had, 0, (witness->of_size - had) * sizeof(*witness->of));
	if (!GROW(witness->in_tree, witness->in_tree_size, PAGE_BIT_WORDS(pages)))
		return ERR_FULL;
	memset(witness->in_tree + had_words, 0,
		(witness->in_tree_size - had_words) * sizeof(*witness->in_tree));
	return OK;
}

/* Reads the sums of the slot's file. False: they are not those of the slot. */
static bool witness_read(struct witness *witness, int fd, const struct slot *slot, bool busy)
{
	size_t length = (size_t)slot->pages * sizeof(uint64_t), done = 0;
	while (done < length) {
		ssize_t got = pread(
			fd, (uint8_t *)witness->of + done, length - done, (off_t)(SUMS_AT + done));
		if (got <= 0)
			break;
		done += (size_t)got;
	}
	uint64_t all = 0;
	for (uint64_t i = 0; i < slot->pages; i++)
		all ^= share_of(i, witness->of[i]);
	witness->all = all;
	/* A writer at work goes on writing: of the pages of our view it writes none. */
	return done == length && (busy || all == slot->all);
}

static bool page_holds(void *context, uint64_t number, const uint8_t *page)
{
	const struct witness *witness = context;
	return witness->of[number] == sum_of(page, witness->page_size, number);
}

static bool page_note(void *context, uint64_t number, const uint8_t *page)
{
	struct witness *witness = context;
	witness->of[number] = sum_of(page, witness->page_size, number);
	return true;
}

static enum err tree_walk(struct witness *witness, int fd, const struct page_head *head, bool note,
	struct reason *reason)
{
	memset(witness->in_tree, 0, witness->in_tree_size * sizeof(*witness->in_tree));
	struct page_walk walk = {
		.fd = fd,
		.head = head,
		.in_tree = witness->in_tree,
		.visit = note ? page_note : page_holds,
		.context = witness,
	};
	enum err err = page_walk(&walk, reason);
	if (err == OK && walk.found != walk.told)
		err = fail(reason, ERR_CORRUPT,
			"the tables of the store have %llu pages, and say %llu",
			(unsigned long long)walk.found, (unsigned long long)walk.told);
	witness->used = walk.found;
	return err;
}

/* The slot of a commit that a view holds: the writer, if there is one, is about to note it. */
static bool slot_of(int fd, uint64_t txn, bool busy, struct slot *out)
{
	bool found = slot_read(fd, out);
	for (unsigned tries = 0; busy && (!found || out->txn < txn) && tries < BUSY_TRIES;
		tries++) {
		wait_a_millisecond();
		found = slot_read(fd, out);
	}
	return found && out->txn >= txn;
}

enum err witness_check(struct witness *witness, const char *path, int fd, uint64_t txn, bool busy,
	enum witness_state *out, struct reason *reason)
{
	struct page_head head;
	struct slot slot;
	enum err err = page_head_read(fd, txn, &head, reason);
	if (err != OK)
		return err;
	int file = file_open(path, WITNESS_FILE, O_RDONLY);
	bool holds = slot_of(file, head.txn, busy, &slot) && slot.page_size == head.page_size &&
		     slot.pages >= head.pages;
	witness->page_size = head.page_size;
	witness->txn = head.txn;
	witness->pages = holds ? slot.pages : head.pages;
	err = room_make(witness, witness->pages) == OK ? OK : fail(reason, ERR_FULL, "no memory");
	holds = err == OK && holds && witness_read(witness, file, &slot, busy);
	fd_close(&file);
	if (err == OK && !holds)
		memset(witness->of, 0, witness->of_size * sizeof(*witness->of));
	if (err == OK)
		err = tree_walk(witness, fd, &head, !holds, reason);
	if (err == OK) {
		witness->whole = holds;
		witness->serial = holds ? slot.serial : 0;
		*out = holds ? WITNESS_HOLDS : WITNESS_BEHIND;
	}
	return err;
}

/* From the disk itself, where the file system can. */
static void data_open(struct witness *witness, const char *path)
{
	fd_close(&witness->data_fd);
	witness->data_fd = file_open(path, DATA, O_RDONLY | O_DIRECT);
	if (witness->data_fd < 0)
		witness->data_fd = file_open(path, DATA, O_RDONLY);
}

enum err witness_open(struct witness *witness, const char *path, struct reason *reason)
{
	data_open(witness, path);
	witness->fd = file_open(path, WITNESS_FILE, O_RDWR | O_CREAT);
	if (witness->fd < 0)
		return fail(reason, ERR_IO, "%s/%s: %s", path, WITNESS_FILE, strerror(errno));
	return OK;
}

static bool write_at(int fd, const void *data, size_t length, off_t at)
{
	size_t done = 0;
	while (done < length) {
		ssize_t put =
			pwrite(fd, (const uint8_t *)data + done, length - done, at + (off_t)done);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		done += (size_t)put;
	}
	return true;
}

static bool slot_write(struct witness *witness, const struct page_head *head)
{
	struct slot slot = {
		.magic = MAGIC,
		.page_size = head->page_size,
		.serial = ++witness->serial,
		.txn = head->txn,
		.last_seq = witness->last_seq,
		.pages = witness->pages,
		.all = witness->all,
		.head = head_sum(head),
	};
	slot.checksum = slot_sum(&slot);
	return write_at(
		witness->fd, &slot, sizeof(slot), (off_t)(witness->serial % 2 * SLOT_BYTES));
}

/* Writes all of it: first it says that it has nothing, so that a crash leaves none. */
static bool whole_write(struct witness *witness, const struct page_head *head)
{
	witness->all = 0;
	for (uint64_t i = 0; i < witness->pages; i++)
		witness->all ^= share_of(i, witness->of[i]);
	return ftruncate(witness->fd, 0) == 0 &&
	       write_at(witness->fd, witness->of, (size_t)witness->pages * sizeof(*witness->of),
		       SUMS_AT) &&
	       slot_write(witness, head);
}

/* The changes of one commit: which pages it wrote. */
struct changes {
	struct witness *witness;
	int fd;
	uint8_t *page; /* room for one */
	uint64_t *pages;
	size_t count, size;
	bool failed;
};

static bool change_note(void *context, uint64_t number, const uint8_t *page)
{
	struct changes *changes = context;
	struct witness *witness = changes->witness;
	if (!GROW(changes->pages, changes->size, changes->count + 1))
		changes->failed = true;
	else
		changes->pages[changes->count++] = number;
	uint64_t sum = sum_of(page, witness->page_size, number);
	witness->all ^= share_of(number, witness->of[number]) ^ share_of(number, sum);
	witness->of[number] = sum;
	return true;
}

/*
 * What the commit changed is written elsewhere, with a sum of its own: were the page damaged
 * before, nobody would find it any more.
 */
static enum err change_leave(void *context, uint64_t number)
{
	const struct changes *changes = context;
	const struct witness *witness = changes->witness;
	size_t size = witness->page_size;
	ssize_t length = pread(changes->fd, changes->page, size, (off_t)(number * size));
	if (length < 0)
		return ERR_IO;
	bool same = length == (ssize_t)size &&
		    sum_of(changes->page, size, number) == witness->of[number];
	return same ? OK : ERR_CORRUPT;
}

static int by_number(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
	return (left > right) - (left < right);
}

/* Pages that lie close together are one write. */
static bool changes_write(struct changes *changes)
{
	struct witness *witness = changes->witness;
	bool good = true;
	qsort(changes->pages, changes->count, sizeof(*changes->pages), by_number);
	for (size_t i = 0; i < changes->count && good;) {
		uint64_t first = changes->pages[i], last = first;
		while (++i < changes->count && changes->pages[i] - last < PIECE)
			last = changes->pages[i];
		good = write_at(witness->fd, &witness->of[first],
			(size_t)(last - first + 1) * sizeof(*witness->of),
			(off_t)(SUMS_AT + first * sizeof(*witness->of)));
	}
	return good;
}

/* The pages that the commit wrote, into memory. */
static enum err changes_read(struct witness *witness, int fd, const struct page_head *head,
	struct changes *changes, struct reason *reason)
{
	struct page_walk walk = {
		.fd = fd,
		.head = head,
		.threads = 1,
		.in_tree = witness->in_tree,
		.changes_only = true,
		.visit = change_note,
		.leave = change_leave,
		.context = changes,
	};
	enum err err = OK;
	changes->fd = fd;
	changes->page = malloc(witness->page_size);
	if (changes->page == NULL)
		err = fail(reason, ERR_FULL, "no memory");
	else if (!witness->torn)
		err = page_walk(&walk, reason);
	free(changes->page);
	witness->used += walk.found - walk.freed;
	/* LMDB did what is not known of it, or it was not all read: what is there is noted anew. */
	if (err == OK && (witness->torn || witness->used != walk.told || changes->failed)) {
		witness->made_anew++;
		witness->whole = false;
		err = tree_walk(witness, fd, head, true, reason);
	}
	witness->torn = err != OK;
	return err;
}

enum err witness_follow(struct witness *witness, int fd, uint64_t last_seq, struct reason *reason)
{
	struct page_head head;
	struct changes changes = { .witness = witness };
	enum err err = page_head_read(fd, 0, &head, reason);
	witness->head = err == OK ? head_sum(&head) : 0;
	if (err != OK || (head.txn == witness->txn && witness->whole))
		return err;
	CHECK(pthread_mutex_lock(&witness->mutex) == 0);
	if (head.pages > witness->pages) {
		err = room_make(witness, head.pages);
		witness->pages = err == OK ? head.pages : witness->pages;
	}
	if (err == OK && head.txn != witness->txn)
		err = changes_read(witness, fd, &head, &changes, reason);
	CHECK(pthread_mutex_unlock(&witness->mutex) == 0);
	if (err == OK) {
		witness->txn = head.txn;
		witness->last_seq = last_seq;
		witness->whole =
			witness->fd >= 0 &&
			(witness->whole ? changes_write(&changes) && slot_write(witness, &head)
					: whole_write(witness, &head));
	} else {
		witness->head = 0;
		witness->whole = false;
	}
	free(changes.pages);
	return err;
}

enum err witness_head(const struct witness *witness, int fd, struct reason *reason)
{
	struct page_head head;
	enum err err = witness->head == 0 ? OK : page_head_read(fd, 0, &head, reason);
	if (err == OK && witness->head != 0 &&
		(head.txn != witness->txn || head_sum(&head) != witness->head))
		err = fail(reason, ERR_CORRUPT,
			"the head of the store is not as it was written: restore a backup");
	return err;
}

enum err witness_renew(
	struct witness *witness, const char *path, int fd, uint64_t last_seq, struct reason *reason)
{
	struct page_head head;
	enum err err = page_head_read(fd, 0, &head, reason);
	witness->head = 0;
	if (err != OK)
		return err;
	fd_close(&witness->fd);
	CHECK(pthread_mutex_lock(&witness->scrub_mutex) == 0);
	CHECK(pthread_mutex_lock(&witness->mutex) == 0);
	err = witness_open(witness, path, reason);
	if (err == OK)
		err = room_make(witness, head.pages) == OK ? OK
							   : fail(reason, ERR_FULL, "no memory");
	if (err == OK) {
		memset(witness->of, 0, witness->of_size * sizeof(*witness->of));
		witness->page_size = head.page_size;
		witness->pages = head.pages;
		witness->txn = head.txn;
		witness->last_seq = last_seq;
		witness->scrub_next = 0;
		err = tree_walk(witness, fd, &head, true, reason);
	}
	CHECK(pthread_mutex_unlock(&witness->mutex) == 0);
	CHECK(pthread_mutex_unlock(&witness->scrub_mutex) == 0);
	witness->head = err == OK ? head_sum(&head) : 0;
	witness->whole = err == OK && whole_write(witness, &head);
	return err;
}

enum err witness_remove(const char *path, struct reason *reason)
{
	char file[FILE_PATH_MAX];
	if (file_join(path, WITNESS_FILE, file, sizeof(file)) != OK ||
		(unlink(file) != 0 && errno != ENOENT))
		return fail(reason, ERR_IO, "%s/%s: %s", path, WITNESS_FILE, strerror(errno));
	return OK;
}

enum err witness_of_copy(const char *path, uint64_t last_seq, struct reason *reason)
{
	struct witness witness;
	witness_init(&witness);
	int fd = file_open(path, DATA, O_RDONLY);
	enum err err = fd < 0 ? fail(reason, ERR_IO, "%s/%s: %s", path, DATA, strerror(errno))
			      : witness_renew(&witness, path, fd, last_seq, reason);
	if (err == OK && (!witness.whole || fsync(witness.fd) != 0))
		err = fail(reason, ERR_IO, "%s/%s: %s", path, WITNESS_FILE, strerror(errno));
	fd_close(&fd);
	witness_release(&witness);
	return err;
}

uint64_t witness_used(struct witness *witness)
{
	CHECK(pthread_mutex_lock(&witness->mutex) == 0);
	uint64_t used = witness->used + 2;
	CHECK(pthread_mutex_unlock(&witness->mutex) == 0);
	return used;
}

/* Is the page of the tree, and by which sum? */
static bool sum_get(struct witness *witness, uint64_t number, uint64_t *sum)
{
	CHECK(pthread_mutex_lock(&witness->mutex) == 0);
	bool is = !witness->torn && number < witness->pages && page_bit(witness->in_tree, number);
	*sum = is ? witness->of[number] : 0;
	CHECK(pthread_mutex_unlock(&witness->mutex) == 0);
	return is;
}

/* False: the page is of the tree, and stays another than what was written. */
static bool page_scrub(
	struct witness *witness, uint64_t number, uint64_t before, uint8_t *page, bool got)
{
	uint64_t now;
	if (got && sum_of(page, witness->page_size, number) == before)
		return true;
	/* Was it written over meanwhile? Then it is not the page that was to be looked at. */
	return !sum_get(witness, number, &now) || now != before;
}

/* From the disk itself; where the file system does not do that after all, as it has them. */
static ssize_t disk_read(struct witness *witness, uint8_t *buffer, size_t length, off_t at)
{
	ssize_t got = pread(witness->data_fd, buffer, length, at);
	if (got < 0 && errno == EINVAL && fcntl(witness->data_fd, F_SETFL, 0) == 0)
		got = pread(witness->data_fd, buffer, length, at);
	return got;
}

/* Reads some pages, READ_PAGES at most; *at goes on behind them, or behind the first bad one. */
static enum err pages_scrub(
	struct witness *witness, uint8_t *buffer, uint64_t *at, uint64_t end, struct reason *reason)
{
	uint64_t before[READ_PAGES], first = *at;
	bool wanted[READ_PAGES], any = false;
	size_t size = witness->page_size;
	uint64_t count = end - first < READ_PAGES ? end - first : READ_PAGES;
	for (uint64_t i = 0; i < count; i++) {
		wanted[i] = sum_get(witness, first + i, &before[i]);
		any = any || wanted[i];
	}
	ssize_t got = 0;
	if (any)
		got = disk_read(witness, buffer, (size_t)count * size, (off_t)(first * size));
	/* A sector that cannot be read is damage; that we cannot read is none. */
	if (got < 0 && errno != EIO)
		return fail(reason, ERR_IO, "the store cannot be scrubbed: %s", strerror(errno));
	for (uint64_t i = 0; i < count; i++) {
		bool whole = got >= (ssize_t)((i + 1) * size);
		*at = first + i + 1;
		if (wanted[i] &&
			!page_scrub(witness, first + i, before[i], buffer + i * size, whole))
			return fail(reason, ERR_CORRUPT,
				"page %llu of the store is not as it was written: restore a backup",
				(unsigned long long)(first + i));
	}
	return OK;
}

enum err witness_scrub(
	struct witness *witness, unsigned pages, double *round, struct reason *reason)
{
	enum err err = OK;
	void *buffer = NULL;
	CHECK(pthread_mutex_lock(&witness->scrub_mutex) == 0);
	CHECK(pthread_mutex_lock(&witness->mutex) == 0);
	uint64_t count = witness->pages, at = witness->scrub_next;
	CHECK(pthread_mutex_unlock(&witness->mutex) == 0);
	uint64_t end = count - at < pages ? count : at + pages;
	if (posix_memalign(&buffer, 65536, READ_PAGES * witness->page_size) != 0) {
		buffer = NULL;
		err = fail(reason, ERR_FULL, "no memory");
	}
	while (at < end && err == OK)
		err = pages_scrub(witness, buffer, &at, end, reason);
	free(buffer);
	*round = (double)at / (double)count;
	witness->scrub_next = at >= count ? 0 : at;
	CHECK(pthread_mutex_unlock(&witness->scrub_mutex) == 0);
	return err;
}
