/*
 * engine/state.c - see state.h.
 *
 * The file is a header, then sections in a fixed order, each a count and its
 * items, then the checksum (XXH3) of all before it.
 */
#include "engine/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/check.h"
#include "base/file.h"
#include "engine/answer.h"
#include "engine/kept.h"

#define STATE_FORMAT 9

/* All that must be the same for a state to be of use. */
struct state_header {
	char magic[8];
	uint32_t format;
	uint32_t definitions;
	uint32_t counters;
	uint32_t histograms;
	uint32_t fact_size;
	char fold[32];    /* of the sources that make the sums: LADDERD_FOLD */
	uint32_t nothing; /* 0: what is written has no byte that nobody sets */
	uint64_t applied_seq;
	int64_t recorded_us; /* of the record at applied_seq: is it this log? */
	uint64_t last_act;   /* of the store: was nobody erased or restricted since? */
	uint64_t quality_after;
	uint64_t quality_to;
};

CHECK_STATIC(offsetof(struct state_header, applied_seq) ==
	     offsetof(struct state_header, nothing) + sizeof(uint32_t));
CHECK_STATIC(sizeof(struct state_header) ==
	     offsetof(struct state_header, applied_seq) + 5 * sizeof(uint64_t));

static struct state_header header_new(void)
{
	struct state_header header = {
		.magic = "ladderd",
		.format = STATE_FORMAT,
		.definitions = DEFINITIONS,
		.counters = registry_counters(),
		.histograms = registry_histograms(),
		.fact_size = sizeof(struct fact),
	};
	snprintf(header.fold, sizeof(header.fold), "%s", LADDERD_FOLD);
	return header;
}

enum err state_path(const char *store, char *out, size_t size)
{
	return file_join(store, "state", out, size);
}

/* All that is written goes through put(), which adds it to the checksum. */
struct writing {
	FILE *file;
	XXH3_state_t *hash;
};

static void put(struct writing *writing, const void *data, size_t length)
{
	/* Errors are looked for once, at the end, by ferror(). */
	if (length == 0)
		return;
	fwrite(data, 1, length, writing->file);
	XXH3_64bits_update(writing->hash, data, length);
}

static void put_count(struct writing *writing, uint64_t count)
{
	put(writing, &count, sizeof(count));
}

static void put_names(struct writing *writing, const struct names *names)
{
	put_count(writing, (uint64_t)names->count);
	for (int32_t number = 1; number <= names->count; number++) {
		struct bytes name = names_text(names, number);
		put_count(writing, name.length);
		put(writing, name.data, name.length);
	}
}

static void put_part(struct writing *writing, const struct packed_part *part)
{
	put_count(writing, part->municipality);
	put_count(writing, part->packed.length);
	put(writing, part->packed.data, part->packed.length);
}

static void put_publication(struct writing *writing, const struct publication *publication)
{
	put_count(writing, publication->seq);
	put_count(writing, (uint64_t)publication->recorded_us);
	put_count(writing, (uint64_t)(int64_t)publication->as_of);
	put_count(writing, publication->municipality);
	put_count(writing, publication->part.length);
	put(writing, publication->part.data, publication->part.length);
}

/* False: no memory. */
static bool put_quality(struct writing *writing, struct quality_sums *sums)
{
	struct quality_block *blocks;
	size_t count;
	if (quality_sums_list(sums, &blocks, &count) != OK)
		return false;
	put_count(writing, count);
	for (size_t i = 0; i < count; i++) {
		put_count(writing, blocks[i].count);
		put(writing, blocks[i].rows, blocks[i].count * sizeof(*blocks[i].rows));
	}
	quality_blocks_free(blocks, count);
	return true;
}

static void put_live(struct writing *writing, const struct live *live)
{
	const struct histories *histories = &live->histories;
	for (size_t i = 0; i < HISTORIES_SHARDS; i++)
		put_names(writing, &histories->refs[i]);
	put_names(writing, &histories->partners);
	put_count(writing, histories->people_count);
	for (uint32_t i = 0; i < histories->people_count; i++) {
		const struct history *history = &histories->people[i];
		CHECK(!history->marked);
		put_count(writing, (uint64_t)history->sorted << 32 | history->count);
		put_count(writing, history->municipalities);
		put(writing, history->facts, history->count * sizeof(*history->facts));
		put_count(writing, history->past_count);
		put(writing, history->past, history->past_count * sizeof(*history->past));
	}
	put_count(writing, live->publication_count);
	for (size_t i = 0; i < live->publication_count; i++)
		put_publication(writing, live->publications[i]);
	put_count(writing, live->day_count);
	for (size_t i = 0; i < live->day_count; i++) {
		const struct packed_sums *sums = &live->days[i].sums;
		const struct worklist *worklist = live->days[i].worklist;
		CHECK(live->days[i].news->used_count == 0);
		put_count(writing, (uint64_t)(int64_t)live->days[i].question.as_of);
		put_count(writing, sums->count);
		for (size_t j = 0; j < sums->count; j++)
			put_part(writing, sums->parts[j]);
		put_count(writing, worklist->row_count);
		put(writing, worklist->rows, worklist->row_count * sizeof(*worklist->rows));
		put_count(writing, worklist->sent_count);
		put(writing, worklist->sent, worklist->sent_count * sizeof(*worklist->sent));
	}
}

/* The stamp of the record at `seq`; 0 for an empty log. */
static enum err stamp_of(struct reader *reader, uint64_t seq, int64_t *out)
{
	struct record record;
	if (seq == 0) {
		*out = 0;
		return OK;
	}
	enum err err = reader_record(reader, seq, &record);
	if (err == OK)
		*out = record.recorded_us;
	return err;
}

enum err state_save(
	const char *path, const struct live *live, struct reader *reader, struct reason *reason)
{
	char new_path[FILE_PATH_MAX];
	struct state_header header = header_new();
	header.applied_seq = live->histories.applied_seq;
	header.quality_after = live->quality_after;
	header.quality_to = live->quality_to;
	header.last_act = live->acts.last_seq;
	enum err err = stamp_of(reader, header.applied_seq, &header.recorded_us);
	if (err != OK)
		return fail(reason, err, "the log cannot be read");

	int length = snprintf(new_path, sizeof(new_path), "%s.new", path);
	if (length < 0 || (size_t)length >= sizeof(new_path))
		return fail(reason, ERR_IO, "%s: %s", path, strerror(ENAMETOOLONG));
	struct writing writing = { .hash = XXH3_createState() };
	if (writing.hash == NULL)
		return fail(reason, ERR_FULL, "%s: there is not enough memory", new_path);
	writing.file = file_replace_begin(new_path, NULL);
	if (writing.file == NULL) {
		err = fail(reason, ERR_IO, "%s: %s", new_path, strerror(errno));
		XXH3_freeState(writing.hash);
		return err;
	}
	XXH3_64bits_reset(writing.hash);
	put(&writing, &header, sizeof(header));
	put_live(&writing, live);
	bool whole = put_quality(&writing, live->quality);
	uint64_t sum = XXH3_64bits_digest(writing.hash);
	XXH3_freeState(writing.hash);
	bool written = whole && fwrite(&sum, 1, sizeof(sum), writing.file) == sizeof(sum);
	enum err ended = file_replace_end(writing.file, written, new_path, path, NULL, NULL);
	if (!whole)
		return fail(reason, ERR_FULL, "%s: there is not enough memory", new_path);
	return ended == OK ? OK : fail(reason, ERR_IO, "%s: %s", new_path, strerror(errno));
}

void state_remove(const char *path)
{
	unlink(path);
}

/* The part of the file that is not read yet; reading past its end sets `failed`, as no memory does.
 */
struct state_loading {
	struct bytes rest;
	bool failed;
	bool no_memory;
};

/* What a call gave that takes memory. */
static bool is_done(struct state_loading *loading, enum err err)
{
	loading->failed = loading->failed || err != OK;
	loading->no_memory = loading->no_memory || err == ERR_FULL;
	return err == OK;
}

static const void *get(struct state_loading *loading, size_t length)
{
	if (loading->failed || length > loading->rest.length) {
		loading->failed = true;
		return NULL;
	}
	const void *data = loading->rest.data;
	loading->rest = bytes_of(loading->rest.data + length, loading->rest.length - length);
	return data;
}

static uint64_t get_count(struct state_loading *loading)
{
	uint64_t count = 0;
	const void *data = get(loading, sizeof(count));
	if (data != NULL)
		memcpy(&count, data, sizeof(count));
	return count;
}

/* A copy of `count` items in memory of its own; NULL when there are none or it failed. */
static void *get_copy(struct state_loading *loading, uint64_t count, size_t size)
{
	if (count > loading->rest.length / size) {
		loading->failed = true;
		return NULL;
	}
	const void *data = get(loading, (size_t)count * size);
	if (data == NULL || count == 0)
		return NULL;
	void *copy = malloc((size_t)count * size);
	if (is_done(loading, copy == NULL ? ERR_FULL : OK))
		memcpy(copy, data, (size_t)count * size);
	return copy;
}

static void get_names(struct state_loading *loading, struct names *names)
{
	uint64_t count = get_count(loading);
	for (uint64_t i = 0; i < count && !loading->failed; i++) {
		uint64_t length = get_count(loading);
		const void *data = get(loading, (size_t)length);
		int32_t number;
		if (data != NULL)
			(void)is_done(loading,
				names_number(names, bytes_of(data, (size_t)length), &number));
	}
}

static void get_people(struct state_loading *loading, struct histories *histories)
{
	uint64_t count = get_count(loading);
	if (count > loading->rest.length / sizeof(uint64_t)) {
		loading->failed = true;
		return;
	}
	histories->people = calloc((size_t)count + 1, sizeof(*histories->people));
	if (!is_done(loading, histories->people == NULL ? ERR_FULL : OK))
		return;
	histories->people_count = histories->people_size = (uint32_t)count;
	for (uint64_t i = 0; i < count && !loading->failed; i++) {
		struct history *history = &histories->people[i];
		uint64_t facts = get_count(loading);
		history->sorted = (uint32_t)(facts >> 32);
		history->municipalities = (uint16_t)get_count(loading);
		history->facts = get_copy(loading, (uint32_t)facts, sizeof(*history->facts));
		if (history->facts != NULL)
			history->count = history->size = (uint32_t)facts;
		uint64_t past = get_count(loading);
		history->past = get_copy(loading, past, sizeof(*history->past));
		if (history->past != NULL)
			history->past_count = history->past_size = (uint32_t)past;
		if (history->sorted > history->count)
			loading->failed = true;
		histories->fact_count += history->count;
		if (history->count > histories->longest)
			histories->longest = history->count;
	}
	if (!loading->failed)
		(void)is_done(loading, histories_find_localities(histories));
}

static void get_quality(struct state_loading *loading, struct quality_sums *sums, uint64_t seq)
{
	uint64_t count = get_count(loading);
	if (count != seq / BLOCK_RECORDS + (seq % BLOCK_RECORDS != 0)) {
		loading->failed = true;
		return;
	}
	struct quality_block *blocks = calloc((size_t)count + 1, sizeof(*blocks));
	(void)is_done(loading, blocks == NULL ? ERR_FULL : OK);
	for (uint64_t i = 0; i < count && !loading->failed; i++) {
		uint64_t rows = get_count(loading);
		blocks[i].rows = get_copy(loading, rows, sizeof(*blocks[i].rows));
		blocks[i].count = (uint32_t)rows;
	}
	if (!loading->failed &&
		is_done(loading, quality_sums_take(sums, blocks, (size_t)count, seq))) {
		free(blocks);
		return;
	}
	if (blocks != NULL)
		quality_blocks_free(blocks, (size_t)count);
}

/* A part is unpacked once, to see that it can be. */
static void get_part(struct state_loading *loading, struct packed_sums *sums)
{
	uint64_t municipality = get_count(loading), length = get_count(loading);
	struct packed packed = { .data = get_copy(loading, length, 1), .length = (size_t)length };
	struct part *part = NULL;
	loading->failed = loading->failed || packed.data == NULL ||
			  (municipality >= PARTS_MAX - 1 && municipality != PART_ALL) ||
			  packed_sums_find(sums, (uint16_t)municipality) != NULL;
	if (!loading->failed &&
		is_done(loading, part_unpack(&packed, (uint16_t)municipality, &part)))
		(void)is_done(loading, packed_sums_take(sums, (uint16_t)municipality, &packed));
	part_free(part);
	if (loading->failed)
		packed_release(&packed);
}

static void get_publications(struct state_loading *loading, struct live *live)
{
	uint64_t count = get_count(loading);
	for (uint64_t i = 0; i < count && !loading->failed; i++) {
		struct publication publication = { .seq = get_count(loading) };
		publication.recorded_us = (int64_t)get_count(loading);
		publication.as_of = (int32_t)(int64_t)get_count(loading);
		publication.municipality = (uint16_t)get_count(loading);
		uint64_t length = get_count(loading);
		publication.part.data = get_copy(loading, length, 1);
		publication.part.length = (size_t)length;
		if (loading->failed || !is_done(loading, live_publication_add(live, &publication)))
			packed_release(&publication.part);
	}
}

static void get_worklist(struct state_loading *loading, struct live_day *day)
{
	struct worklist_draft *draft = &day->draft;
	draft->row_count = draft->row_size = (size_t)get_count(loading);
	draft->rows = get_copy(loading, draft->row_count, sizeof(*draft->rows));
	draft->sent_count = (size_t)get_count(loading);
	draft->sent = get_copy(loading, draft->sent_count, sizeof(*draft->sent));
	if (!loading->failed)
		(void)is_done(loading,
			worklist_make(draft, day->question.as_of, NULL, NULL, 0, &day->worklist));
}

static void get_days(struct state_loading *loading, struct live *live)
{
	uint64_t count = get_count(loading);
	if (count > LIVE_DAYS_MAX)
		loading->failed = true;
	for (uint64_t i = 0; i < count && !loading->failed; i++) {
		struct live_day *day = &live->days[live->day_count];
		day->question = question_at((int32_t)(int64_t)get_count(loading));
		if (!is_done(loading, tally_new(&day->news)))
			return;
		live->day_count++;
		uint64_t parts = get_count(loading);
		for (uint64_t j = 0; j < parts && !loading->failed; j++)
			get_part(loading, &day->sums);
		get_worklist(loading, day);
	}
}

static enum err live_read(struct state_loading *loading, struct live *live, uint64_t applied_seq)
{
	struct histories *histories = &live->histories;
	for (size_t i = 0; i < HISTORIES_SHARDS; i++)
		get_names(loading, &histories->refs[i]);
	get_names(loading, &histories->partners);
	get_people(loading, histories);
	get_publications(loading, live);
	get_days(loading, live);
	get_quality(loading, live->quality, applied_seq);
	if (loading->no_memory)
		return ERR_FULL;
	return loading->failed || loading->rest.length != 0 ? ERR_CORRUPT : OK;
}

/* Was this state saved by this program, and from this log? */
static enum err header_check(
	const struct state_header *header, struct reader *reader, struct reason *reason)
{
	struct state_header own = header_new();
	int64_t recorded_us;
	if (memcmp(header->magic, own.magic, sizeof(own.magic)) != 0 ||
		header->format != own.format || header->definitions != own.definitions ||
		header->counters != own.counters || header->histograms != own.histograms ||
		header->fact_size != own.fact_size ||
		memcmp(header->fold, own.fold, sizeof(own.fold)) != 0)
		return fail(reason, ERR_CONFLICT, "it was saved by another version");
	enum err err = stamp_of(reader, header->applied_seq, &recorded_us);
	if (err == ERR_NOT_FOUND || (err == OK && recorded_us != header->recorded_us))
		return fail(reason, ERR_CONFLICT, "it is of another log");
	struct acts acts;
	if (err == OK)
		err = reader_acts(reader, &acts);
	if (err == OK && acts.last_seq != header->last_act)
		return fail(reason, ERR_CONFLICT,
			"somebody was erased or restricted after it was saved");
	return err;
}

static enum err file_read(
	struct bytes file, struct reader *reader, struct live **out, struct reason *reason)
{
	struct state_header header;
	uint64_t sum;
	if (file.length < sizeof(header) + sizeof(sum))
		return fail(reason, ERR_CORRUPT, "it is too short");
	size_t length = file.length - sizeof(sum);
	memcpy(&sum, file.data + length, sizeof(sum));
	if (XXH3_64bits(file.data, length) != sum)
		return fail(reason, ERR_CORRUPT, "its checksum does not hold");
	memcpy(&header, file.data, sizeof(header));
	enum err err = header_check(&header, reader, reason);
	if (err == OK && (header.quality_after > header.quality_to ||
				 header.quality_to > header.applied_seq))
		return fail(reason, ERR_CORRUPT, "it cannot be read");
	struct live *live;
	if (err == OK)
		err = live_new(&live);
	if (err != OK)
		return err;
	struct state_loading loading = { .rest = bytes_of(file.data + sizeof(header),
						 length - sizeof(header)) };
	err = live_read(&loading, live, header.applied_seq);
	live->histories.applied_seq = header.applied_seq;
	if (err == OK)
		err = reader_acts(reader, &live->acts);
	if (err == OK)
		err = live_publications_note(live, reader);
	if (err != OK) {
		live_free(live);
		return fail(reason, err, "it cannot be read");
	}
	live->quality_after = header.quality_after;
	live->quality_to = header.quality_to;
	*out = live;
	return OK;
}

enum err state_load(
	const char *path, struct reader *reader, struct live **out, struct reason *reason)
{
	struct stat stat;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? ERR_NOT_FOUND
				       : fail(reason, ERR_IO, "%s: %s", path, strerror(errno));
	if (fstat(fd, &stat) != 0 || stat.st_size == 0) {
		close(fd);
		return fail(reason, ERR_CORRUPT, "it is empty");
	}
	void *data = mmap(NULL, (size_t)stat.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (data == MAP_FAILED)
		return fail(reason, ERR_IO, "%s: %s", path, strerror(errno));
	enum err err = file_read(bytes_of(data, (size_t)stat.st_size), reader, out, reason);
	munmap(data, (size_t)stat.st_size);
	return err;
}

/* Are two facts equal? Their references are numbered by two sets of names. */
static bool facts_equal(const struct names *a, const struct fact *left, const struct names *b,
	const struct fact *right)
{
	struct fact x = *left, y = *right;
	bool until = x.type == EVENT_TARGET_SET || x.type == EVENT_LANGUAGE_EXEMPTED;
	if (!until && x.ref != 0 && y.ref != 0 &&
		bytes_equal(names_text(a, x.ref), names_text(b, y.ref)))
		x.ref = y.ref;
	return memcmp(&x, &y, sizeof(x)) == 0;
}

static enum err people_verify(
	struct live *live, struct histories *fresh, struct reader *reader, struct reason *reason)
{
	struct histories *saved = &live->histories;
	if (saved->people_count > fresh->people_count)
		return fail(reason, ERR_CORRUPT, "the saved state has people the log has not");
	for (uint32_t person = 0; person < fresh->people_count; person++) {
		uint32_t saved_count =
			person < saved->people_count ? saved->people[person].count : 0;
		bool same = saved_count == fresh->people[person].count;
		enum err err = histories_sort(fresh, reader, person);
		if (err == OK && saved_count > 0)
			err = histories_sort(saved, reader, person);
		if (err != OK)
			return err;
		for (uint32_t i = 0; i < saved_count && same; i++)
			same = facts_equal(histories_refs(saved, person),
				&saved->people[person].facts[i], histories_refs(fresh, person),
				&fresh->people[person].facts[i]);
		if (!same)
			return fail(reason, ERR_CORRUPT,
				"person number %u differs from what the log says", person);
	}
	return OK;
}

static const struct figure *child_of(const struct figure *figure, const char *key)
{
	const struct figure *child = figure->as.first;
	while (child != NULL && strcmp(child->key, key) != 0)
		child = child->next;
	return child;
}

/* Has one tree all that another has? A later program may show more. */
static bool figure_has(const struct figure *all, const struct figure *some)
{
	if (all == NULL || all->kind != some->kind)
		return false;
	const struct figure *theirs = some->as.first, *ours = all->as.first;
	switch (some->kind) {
	case FIGURE_OBJECT:
		while (theirs != NULL && figure_has(child_of(all, theirs->key), theirs))
			theirs = theirs->next;
		return theirs == NULL;
	case FIGURE_ARRAY:
		while (theirs != NULL && ours != NULL && figure_has(ours, theirs)) {
			theirs = theirs->next;
			ours = ours->next;
		}
		return theirs == NULL && ours == NULL;
	case FIGURE_INTEGER:
	case FIGURE_TRUTH:
		return all->as.integer == some->as.integer;
	case FIGURE_NUMBER:
		return memcmp(&all->as.number, &some->as.number, sizeof(all->as.number)) == 0;
	case FIGURE_TEXT:
		return strcmp(all->as.text, some->as.text) == 0;
	case FIGURE_NULL:
		return true;
	}
	check_failed("a kind of the enum", __FILE__, __LINE__);
}

/* Are the figures that the store has those that the log gives? `fresh` is folded and disclosed. */
static enum err figures_verify(const struct publication *fresh, struct reader *reader, bool *same)
{
	struct publication folded = *fresh;
	const struct figure *kept, *built;
	struct arena arenas[2] = { { 0 }, { 0 } };
	struct bytes figures;
	folded.kept = (struct kept_tree){ 0 };
	*same = true;
	enum err err = reader_kept(reader, fresh->seq, &figures);
	if (err != OK || fresh->disclosure.withheld)
		return err == ERR_NOT_FOUND ? OK : err;
	err = arena_init(&arenas[0], FIGURES_ARENA_SIZE);
	if (err == OK)
		err = arena_init(&arenas[1], FIGURES_ARENA_SIZE);
	if (err == OK)
		err = figures_unpack(figures, &arenas[0], &kept);
	if (err == OK)
		err = publication_build(&folded, &arenas[1], &built);
	*same = err == OK && figure_has(built, kept);
	arena_release(&arenas[0]);
	arena_release(&arenas[1]);
	return err == ERR_CORRUPT ? OK : err;
}

/* After an erasure or a restriction the log no longer says what was published before it. */
static enum err publications_verify(
	const struct live *live, struct live *fresh, struct reader *reader, struct reason *reason)
{
	struct publication *lacking;
	bool same = live->publication_count == fresh->publication_count;
	enum err err = OK;
	do {
		err = live_disclose(fresh, reader, &lacking);
	} while (err == OK && lacking != NULL);
	for (size_t i = 0; same && err == OK && i < live->publication_count; i++) {
		const struct publication *a = live->publications[i], *b = fresh->publications[i];
		same = a->seq == b->seq && a->recorded_us == b->recorded_us &&
		       a->as_of == b->as_of && a->municipality == b->municipality &&
		       (a->part.data == NULL || bytes_equal(bytes_of(a->part.data, a->part.length),
							bytes_of(b->part.data, b->part.length)));
		if (same && fresh->acts.last_seq == 0)
			err = figures_verify(b, reader, &same);
	}
	if (err != OK)
		return fail(reason, err, "what was published cannot be read");
	return same ? OK
		    : fail(reason, ERR_CORRUPT,
			      "what was published differs from what the log says");
}

/* One day's sums and work lists against those of the fresh histories. */
static enum err day_verify(const struct live_day *day, struct live *fresh, struct reader *reader,
	struct reason *reason)
{
	live_days_drop_before(fresh, INT32_MAX);
	enum err err = live_day_add(fresh, reader, day->question.as_of);
	if (err != OK)
		return err;
	bool equal;
	err = packed_sums_compare(&fresh->days[0].sums, &day->sums, &equal);
	if (err != OK)
		return err;
	if (!equal)
		return fail(reason, ERR_CORRUPT, "the saved sums differ from a fresh fold");
	if (!worklist_equal(fresh->days[0].worklist, day->worklist))
		return fail(reason, ERR_CORRUPT, "the saved work lists differ from a fresh fold");
	return OK;
}

enum err state_verify(struct live *live, struct reader *reader, struct reason *reason)
{
	struct live *fresh;
	enum err err = live_new(&fresh);
	if (err != OK)
		return err;
	fresh->folds_published = true;
	while (err == OK && fresh->histories.applied_seq < live->histories.applied_seq)
		err = live_follow(fresh, reader, live->histories.applied_seq, UINT64_MAX);
	if (err == OK)
		err = people_verify(live, &fresh->histories, reader, reason);
	if (err == OK)
		err = publications_verify(live, fresh, reader, reason);
	/* `fresh` has no day yet, so nobody who is marked was taken off one. */
	for (size_t i = 0; i < fresh->marked_count; i++)
		fresh->histories.people[fresh->marked[i]].marked = false;
	fresh->marked_count = 0;
	fresh->quality_after = live->quality_after;
	fresh->quality_to = live->quality_to;
	for (size_t i = 0; i < live->day_count && err == OK; i++)
		err = day_verify(&live->days[i], fresh, reader, reason);
	live_free(fresh);
	return err;
}
