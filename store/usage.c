/*
 * store/usage.c - see usage.h.
 */
#include "store/usage.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "base/grow.h"
#include "store/page_scan.h"
#include "store/shield.h"
#include "store/tables.h"

#define PARTS_MAX    16
#define PART_RECORDS 65536 /* fewer are not worth a thread */
#define WAITING      16    /* records */

void usage_release(struct usage *usage)
{
	free(usage->heads);
	free(usage->shares);
	free(usage->places);
	free(usage->steps);
	*usage = (struct usage){ 0 };
}

/* The place of the share of a partner in a person; 0: there is none. */
static uint32_t share_find(const struct usage *usage, uint16_t partner, uint32_t person)
{
	uint32_t at = person < usage->head_count ? usage->heads[person] : 0;
	while (at != 0 && usage->shares[at].partner != partner)
		at = usage->shares[at].next;
	return at;
}

uint32_t usage_of_person(const struct usage *usage, uint16_t partner, uint32_t person)
{
	uint32_t at = share_find(usage, partner, person);
	return at == 0 ? 0 : usage->shares[at].count;
}

void usage_expect_head(const struct usage *usage, uint32_t person)
{
	if (person < usage->head_count)
		__builtin_prefetch(&usage->heads[person]);
}

void usage_expect_share(const struct usage *usage, uint32_t person)
{
	if (person < usage->head_count)
		__builtin_prefetch(&usage->shares[usage->heads[person]]);
}

static uint64_t bit_of(uint16_t municipality)
{
	return UINT64_C(1) << municipality % 64;
}

bool usage_has(const struct usage *usage, uint16_t partner, uint16_t municipality)
{
	CHECK(municipality < USAGE_MUNICIPALITIES);
	return partner < usage->place_count &&
	       (usage->places[partner].used[municipality / 64] & bit_of(municipality)) != 0;
}

uint32_t usage_municipalities(const struct usage *usage, uint16_t partner)
{
	return partner < usage->place_count ? usage->places[partner].count : 0;
}

/* Makes room for one record more. */
static bool room_make(struct usage *usage, uint16_t partner, uint32_t person)
{
	if (!GROW(usage->heads, usage->head_size, (size_t)person + 1) ||
		!GROW(usage->shares, usage->share_size, usage->share_count + 2) ||
		!GROW(usage->places, usage->place_size, (size_t)partner + 1) ||
		!GROW(usage->steps, usage->step_size, usage->step_count + 1) ||
		usage->share_count >= UINT32_MAX - 2)
		return false;
	while (usage->head_count <= person)
		usage->heads[usage->head_count++] = 0;
	while (usage->place_count <= partner)
		memset(&usage->places[usage->place_count++], 0, sizeof(usage->places[0]));
	if (usage->share_count == 0)
		usage->shares[usage->share_count++] = (struct usage_share){ 0 };
	return true;
}

static uint32_t share_make(struct usage *usage, uint16_t partner, uint32_t person)
{
	uint32_t at = share_find(usage, partner, person);
	if (at != 0)
		return at;
	at = (uint32_t)usage->share_count++;
	usage->shares[at] =
		(struct usage_share){ .partner = partner, .next = usage->heads[person] };
	usage->heads[person] = at;
	return at;
}

enum err usage_add(struct usage *usage, uint16_t partner, uint32_t person, uint16_t municipality)
{
	if (!room_make(usage, partner, person))
		return ERR_FULL;
	struct usage_places *places = &usage->places[partner];
	struct usage_step step = {
		.share = person == 0 ? 0 : share_make(usage, partner, person),
		.partner = partner,
		.municipality = municipality,
		.first = !usage_has(usage, partner, municipality),
	};
	if (step.share != 0)
		usage->shares[step.share].count++;
	places->used[municipality / 64] |= bit_of(municipality);
	places->count += step.first;
	usage->steps[usage->step_count++] = step;
	return OK;
}

void usage_keep(struct usage *usage)
{
	usage->step_count = 0;
}

void usage_undo(struct usage *usage)
{
	/* A share without records stays: the number of its person is given out again. */
	for (; usage->step_count > 0; usage->step_count--) {
		const struct usage_step *step = &usage->steps[usage->step_count - 1];
		struct usage_places *places = &usage->places[step->partner];
		CHECK(step->share == 0 || usage->shares[step->share].count > 0);
		if (step->share != 0)
			usage->shares[step->share].count--;
		if (step->first) {
			places->used[step->municipality / 64] &= ~bit_of(step->municipality);
			places->count--;
		}
	}
}

/* A part of the log, counted by a thread with a view of its own. */
struct usage_part {
	MDB_txn *txn;
	MDB_dbi log;
	const struct usage_ends *ends;
	uint64_t first, last; /* records */
	MDB_cursor *cursor;
	struct usage usage;
	enum err err;
};

/* Counts where the partner has a record of that person and of that municipality already. */
static bool more_count(
	struct usage *usage, uint16_t partner, uint32_t person, uint16_t municipality)
{
	if (!usage_has(usage, partner, municipality))
		return false;
	uint32_t at = share_find(usage, partner, person);
	if (person != 0 && at == 0)
		return false;
	if (person != 0)
		usage->shares[at].count++;
	return true;
}

/* Who sent the record of a row about whom. False: it does not count. */
static bool row_read(const struct usage_part *part, struct bytes row, struct record_origin *out)
{
	const struct usage_ends *ends = part->ends;
	return record_origin_read(row, out) == OK && out->partner != 0 &&
	       out->partner <= ends->partner && out->person <= ends->person &&
	       out->municipality < USAGE_MUNICIPALITIES;
}

static enum err origin_count(struct usage_part *part, const struct record_origin *origin)
{
	struct usage *usage = &part->usage;
	if (more_count(usage, origin->partner, origin->person, origin->municipality))
		return OK;
	enum err err = usage_add(usage, origin->partner, origin->person, origin->municipality);
	usage_keep(usage);
	return err;
}

/* Records that are counted a little later, when the memory for their people has come. */
struct usage_queue {
	struct record_origin list[WAITING];
	size_t first, end; /* they only grow */
};

static enum err waiting_count(struct usage_part *part, struct usage_queue *waiting, size_t most)
{
	enum err err = OK;
	while (err == OK && waiting->end - waiting->first > most)
		err = origin_count(part, &waiting->list[waiting->first++ % WAITING]);
	return err;
}

static enum err waiting_add(
	struct usage_part *part, struct usage_queue *waiting, const struct record_origin *origin)
{
	const struct usage *usage = &part->usage;
	enum err err = waiting_count(part, waiting, WAITING - 1);
	if (origin->person < usage->head_count)
		__builtin_prefetch(&usage->heads[origin->person]);
	waiting->list[waiting->end++ % WAITING] = *origin;
	/* Of one that came a while ago it is known by now where its share is. */
	size_t near = waiting->end - waiting->first > WAITING / 2 ? waiting->end - WAITING / 2
								  : waiting->first;
	uint32_t person = waiting->list[near % WAITING].person;
	if (person < usage->head_count)
		__builtin_prefetch(&usage->shares[usage->heads[person]], 1);
	return err;
}

/* Counts by a scan as far as it goes; *seq: the first record that it did not count. */
static enum err part_scan(struct usage_part *part, uint64_t *seq)
{
	struct page_scan *scan = NULL;
	struct page_rows rows;
	struct bytes row;
	struct usage_queue waiting = { .end = 0 };
	struct record_origin origin;
	const uint8_t *key;
	int fd;
	enum err err = OK;
	CHECK(mdb_env_get_fd(mdb_txn_env(part->txn), &fd) == 0);
	if (page_scan_open(fd, mdb_txn_id(part->txn), "log", &scan) != OK)
		return OK;
	bool more = page_scan_seek(scan, *seq, &rows);
	while (more && err == OK && *seq <= part->last) {
		uint64_t found;
		if (!page_row_next(&rows, sizeof(found), &key, &row.data, &row.length)) {
			more = page_scan_next(scan, &rows);
			continue;
		}
		memcpy(&found, key, sizeof(found));
		/* In the first leaf stand those before too. */
		if (found < *seq)
			continue;
		more = found == *seq;
		if (more && row_read(part, row, &origin))
			err = waiting_add(part, &waiting, &origin);
		*seq += more;
	}
	page_scan_close(scan);
	return err == OK ? waiting_count(part, &waiting, 0) : err;
}

static enum err part_count(struct usage_part *part)
{
	uint64_t seq = part->first;
	MDB_val key = val_of(&seq, sizeof(seq)), val;
	struct record_origin origin;
	enum err err = part_scan(part, &seq);
	if (err != OK || seq > part->last)
		return err;
	int code = mdb_cursor_open(part->txn, part->log, &part->cursor);
	if (code == 0)
		code = mdb_cursor_get(part->cursor, &key, &val, MDB_SET_RANGE);
	while (code == 0 && err == OK && key.mv_size == sizeof(seq)) {
		memcpy(&seq, key.mv_data, sizeof(seq));
		if (seq > part->last)
			return OK;
		if (row_read(part, bytes_of_val(&val), &origin))
			err = origin_count(part, &origin);
		code = mdb_cursor_get(part->cursor, &key, &val, MDB_NEXT);
	}
	return err != OK || code == MDB_NOTFOUND ? err : code == 0 ? ERR_CORRUPT : lmdb_err(code);
}

/* Each thread in a shield of its own: none may leave this file while others count for it. */
static enum err part_shielded(struct usage_part *part)
{
	SHIELD_RETURN_OR(part_count(part), ERR_CORRUPT);
}

static void *part_run(void *context)
{
	struct usage_part *part = context;
	part->err = part_shielded(part);
	if (part->cursor != NULL)
		mdb_cursor_close(part->cursor);
	return NULL;
}

/* Adds what a part counted. */
static enum err part_merge(struct usage *usage, const struct usage *part)
{
	for (uint32_t person = 1; person < part->head_count; person++) {
		const struct usage_share *from;
		for (uint32_t at = part->heads[person]; at != 0; at = from->next) {
			from = &part->shares[at];
			if (!room_make(usage, from->partner, person))
				return ERR_FULL;
			usage->shares[share_make(usage, from->partner, person)].count +=
				from->count;
		}
	}
	for (size_t partner = 0; partner < part->place_count; partner++) {
		if (!room_make(usage, (uint16_t)partner, 0))
			return ERR_FULL;
		struct usage_places *places = &usage->places[partner];
		places->count = 0;
		for (size_t i = 0; i < ARRAY_LENGTH(places->used); i++) {
			places->used[i] |= part->places[partner].used[i];
			places->count += (uint32_t)__builtin_popcountll(places->used[i]);
		}
	}
	return OK;
}

static unsigned parts_of(uint64_t records)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t parts = records / PART_RECORDS + 1, most = PARTS_MAX;
	if (processors >= 1 && (uint64_t)processors < most)
		most = (uint64_t)processors;
	return (unsigned)(parts < most ? parts : most);
}

/* Those that can be begun count beside this thread, which counts the rest and its own. */
static enum err parts_count(struct usage_part *parts, unsigned count)
{
	pthread_t threads[PARTS_MAX];
	bool runs[PARTS_MAX] = { false };
	MDB_txn *own = parts[0].txn;
	enum err err = OK;
	for (unsigned i = 1; i < count; i++) {
		bool has_view =
			mdb_txn_begin(mdb_txn_env(own), NULL, MDB_RDONLY, &parts[i].txn) == 0;
		runs[i] = has_view && pthread_create(&threads[i], NULL, part_run, &parts[i]) == 0;
		if (has_view && !runs[i])
			mdb_txn_abort(parts[i].txn);
	}
	for (unsigned i = 0; i < count; i++) {
		if (runs[i])
			continue;
		parts[i].txn = own;
		part_run(&parts[i]);
	}
	for (unsigned i = 0; i < count; i++) {
		if (runs[i]) {
			CHECK(pthread_join(threads[i], NULL) == 0);
			mdb_txn_abort(parts[i].txn);
		}
		err = err == OK ? parts[i].err : err;
	}
	return err;
}

enum err usage_load(struct usage *usage, MDB_txn *txn, MDB_dbi log, const struct usage_ends *ends,
	unsigned threads)
{
	struct usage_part parts[PARTS_MAX];
	MDB_stat stat;
	usage_release(usage);
	int code = mdb_stat(txn, log, &stat);
	if (code != 0)
		return lmdb_err(code);
	unsigned count = threads != 0 ? threads : parts_of(stat.ms_entries);
	CHECK(count <= PARTS_MAX);
	uint64_t records = stat.ms_entries / count + 1;
	for (unsigned i = 0; i < count; i++)
		parts[i] = (struct usage_part){
			.txn = txn,
			.log = log,
			.ends = ends,
			.first = i * records + 1,
			.last = i + 1 < count ? (i + 1) * records : UINT64_MAX,
		};
	enum err err = parts_count(parts, count);
	*usage = parts[0].usage;
	for (unsigned i = 1; i < count; i++) {
		if (err == OK)
			err = part_merge(usage, &parts[i].usage);
		usage_release(&parts[i].usage);
	}
	return err;
}
