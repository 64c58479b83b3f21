/*
 * engine/live.c - see live.h.
 */
#include "engine/live.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/grow.h"
#include "base/memory.h"
#include "engine/gather.h"
#include "engine/kept.h"
#include "engine/recall.h"
#include "engine/split.h"

/* The least work that is worth a thread. */
#define RECORDS_OF_A_PART 20000
#define PEOPLE_OF_A_PART  500

void live_day_release(struct live_day *day)
{
	packed_sums_release(&day->sums);
	tally_free(day->news);
	agreements_release(&day->agreements);
	worklist_drop(day->worklist);
	worklist_draft_release(&day->draft);
}

static bool live_is_ours(const struct live *live)
{
	return pthread_equal(live->thread, pthread_self()) != 0;
}

/* Adds a person to the sums and the work lists of a day, or subtracts the person. */
static enum err day_fold(struct live *live, struct folding *folding, struct reader *reader,
	struct live_day *day, uint32_t person, int64_t sign)
{
	struct person prepared;
	CHECK(person > 0 && person < live->histories.people_count && (sign == 1 || sign == -1));
	uint32_t fact_count = live->histories.people[person].count;
	if (fact_count == 0)
		return OK;
	enum err err =
		fold_prepare(folding, &live->histories, reader, person, &day->question, &prepared);
	if (err == OK)
		err = fold_prepared(&prepared, day->news, sign);
	if (err == OK)
		err = worklist_take(&day->draft, person, &prepared, fact_count, sign);
	if (err == OK)
		err = agreements_fold_person(
			&day->agreements, folding, &live->histories, reader, person, sign);
	return err;
}

/* What one thread adds to that folds everybody for a new day. */
struct day_folder {
	struct live *live;
	struct live_day *day;
	struct live_day own; /* of a thread that is not the first */
};

static enum err day_fold_one(
	void *own, struct folding *folding, struct reader *reader, uint32_t person)
{
	struct day_folder *folder = own;
	return day_fold(folder->live, folding, reader, folder->day, person, 1);
}

/* Adds everybody who is not marked to a new day, by all threads. */
static enum err day_fold_all(struct live *live, struct reader *reader, struct live_day *day)
{
	struct day_folder folders[SPLIT_MAX];
	void *owns[SPLIT_MAX];
	unsigned parts = folding_threads(&live->folding);
	enum err err = OK;
	for (unsigned i = 0; i < parts; i++) {
		folders[i] = (struct day_folder){ live, day, { .question = day->question } };
		owns[i] = &folders[i];
		if (i > 0)
			folders[i].day = &folders[i].own;
		if (i > 0 && err == OK)
			err = tally_new(&folders[i].own.news);
	}
	if (err == OK)
		err = fold_each(&live->folding, &live->histories, reader, day_fold_one, owns);
	for (unsigned i = 1; i < parts; i++) {
		if (err == OK)
			err = tally_merge(day->news, folders[i].own.news);
		if (err == OK)
			err = worklist_draft_merge(&day->draft, &folders[i].own.draft);
		live_day_release(&folders[i].own);
	}
	return err;
}

/* By so many threads is everybody folded. */
static void live_crew(struct live *live)
{
	live->folding.threads =
		split_parts(live->threads, live->histories.people_count, live->people_of_a_part);
}

/* Lists what is agreed anew, with the sums that it needs. Nobody is marked. */
static enum err day_agree(struct live *live, struct reader *reader, struct live_day *day)
{
	struct agreements *agreements = &day->agreements;
	live_crew(live);
	enum err err =
		agreements_read(agreements, &live->histories, reader, &day->question, PART_ALL);
	if (err == OK)
		err = agreements_fold(agreements, &live->folding, &live->histories, reader);
	if (err != OK)
		agreements_release(agreements);
	return err;
}

/* Makes the day's next list, with the new rows of `people`. */
static enum err day_list(struct live_day *day, const uint32_t *people, size_t people_count)
{
	struct worklist *list;
	enum err err = worklist_make(
		&day->draft, day->question.as_of, day->worklist, people, people_count, &list);
	if (err != OK)
		return err;
	worklist_drop(day->worklist);
	day->worklist = list;
	return OK;
}

/* Before a person's history changes: subtract what it contributed, once. */
static enum err mark(void *context, uint32_t person)
{
	struct live *live = context;
	struct history *history = &live->histories.people[person];
	/* Service models, and agreements. */
	live->agreements_changed = live->agreements_changed || person == 0;
	/* While there is no day, nobody has contributed to one. */
	if (person == 0 || history->marked || live->day_count == 0)
		return OK;
	CHECK(live->reader != NULL && live->marked_count < live->histories.people_count);
	if (!GROW(live->marked, live->marked_size, live->marked_count + 1))
		return ERR_FULL;
	for (size_t i = 0; i < live->day_count; i++) {
		enum err err =
			day_fold(live, &live->folding, live->reader, &live->days[i], person, -1);
		if (err != OK)
			return err;
	}
	history->marked = true;
	live->marked[live->marked_count++] = person;
	return OK;
}

static enum err count_record(void *context, const struct record *record)
{
	struct live *live = context;
	live->publications_changed =
		live->publications_changed ||
		(record->kind == RECORD_EVENT && record->type == EVENT_REPORT_WITHDRAWN);
	return quality_sums_count(live->quality, record);
}

enum err live_new(struct live **out)
{
	struct live *live = calloc(1, sizeof(*live));
	if (live == NULL)
		return ERR_FULL;
	atomic_init(&live->holders, 1);
	enum err err = histories_init(&live->histories);
	if (err == OK)
		err = histories_share(&live->histories);
	if (err == OK)
		err = quality_sums_new(BLOCK_RECORDS, &live->quality);
	if (err != OK) {
		live_free(live);
		return err;
	}
	live->thread = pthread_self();
	live->threads = split_cores();
	live->records_of_a_part = RECORDS_OF_A_PART;
	live->people_of_a_part = PEOPLE_OF_A_PART;
	live->agreements_changed = true;
	live->histories.before_change = mark;
	live->histories.each_record = count_record;
	live->histories.context = live;
	*out = live;
	return OK;
}

struct lease live_lease(struct live *live)
{
	CHECK(live_is_ours(live));
	const struct lease own = {
		.live = live,
		.applied_seq = live->histories.applied_seq,
		.last_act = live->acts.last_seq,
	};
	return lease_hold(&own);
}

struct lease lease_hold(const struct lease *lease)
{
	atomic_fetch_add(&lease->live->holders, 1);
	return *lease;
}

void lease_drop(struct lease *lease)
{
	live_free(lease->live);
	*lease = (struct lease){ 0 };
}

void live_free(struct live *live)
{
	if (live == NULL || atomic_fetch_sub(&live->holders, 1) > 1)
		return;
	for (size_t i = 0; i < live->day_count; i++)
		live_day_release(&live->days[i]);
	folding_release(&live->folding);
	histories_release(&live->histories);
	service_models_release(&live->models);
	quality_sums_free(live->quality);
	for (size_t i = 0; i < live->publication_count; i++)
		publication_drop(live->publications[i]);
	free(live->publications);
	tree_pool_release(&live->trees);
	free(live->marked);
	tally_free(live->recent.tally);
	free(live);
}

enum err live_publication_add(struct live *live, const struct publication *publication)
{
	if (!GROW(live->publications, live->publication_size, live->publication_count + 1))
		return ERR_FULL;
	struct publication *copy = malloc(sizeof(*copy));
	if (copy == NULL)
		return ERR_FULL;
	*copy = *publication;
	atomic_init(&copy->holders, 1);
	copy->withdrawn_us = WITHDRAWN_NEVER;
	live->publications[live->publication_count++] = copy;
	live->published_version++;
	return OK;
}

/* Has the store all that is shown of a publication? Then its sums are not needed. */
static enum err publication_decided(
	const struct live *live, struct reader *reader, const struct published *row, bool *out)
{
	struct disclosure disclosure;
	struct bytes figures;
	*out = false;
	if (live->folds_published || row->shown.length == 0)
		return OK;
	enum err err = disclosure_unpack(row->shown, &disclosure);
	*out = err == OK && disclosure.withheld;
	if (err != OK || *out)
		return err;
	err = reader_kept(reader, row->seq, &figures);
	*out = err == OK;
	return err == ERR_NOT_FOUND ? OK : err;
}

/* Reads the ReportPublished at `seq`; its part is not folded yet. */
static enum err publication_read(
	struct live *live, struct reader *reader, uint64_t seq, struct publication *out)
{
	struct record record;
	struct event event;
	enum err err = reader_record(reader, seq, &record);
	if (err == OK) {
		arena_reset(&live->histories.arena);
		err = event_read_stored(record.body, &live->histories.arena, &event);
	}
	if (err != OK)
		return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
	CHECK(event.type == EVENT_REPORT_PUBLISHED);
	struct publication publication = {
		.seq = record.seq,
		.recorded_us = record.recorded_us,
		.as_of = event.values[REPORT_PUBLISHED_AS_OF].number,
		.municipality = record.municipality,
	};
	struct published row;
	err = reader_published(
		reader, publication.municipality, publication.as_of, publication.seq, &row);
	if (err != OK)
		return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
	publication.definitions = publication_definitions(&row);
	err = publication_decided(live, reader, &row, &publication.decided);
	*out = publication;
	return err;
}

/*
 * Moves a window of data_quality to (after, to]: publications follow each other, and a record comes
 * into the window of the first and leaves that of a later one.
 */
static enum err window_move(struct live_window *window, const struct folding *folding,
	struct reader *reader, uint64_t after, uint64_t to)
{
	CHECK(after <= to && to > window->to && after >= window->after);
	enum err err = window->tally == NULL ? tally_new(&window->tally) : OK;
	if (err != OK)
		return err;
	if (after >= window->to) {
		tally_clear(window->tally);
		window->after = window->to = after;
	}
	err = fold_quality(folding, reader, window->to, to, window->tally, 1);
	if (err == OK)
		err = fold_quality(folding, reader, window->after, after, window->tally, -1);
	window->after = after;
	window->to = to;
	if (err != OK) {
		tally_free(window->tally);
		*window = (struct live_window){ 0 };
	}
	return err;
}

/* What the store has of one publication. A withdrawal counts from its own record on. */
static enum err publication_note(
	struct live *live, struct reader *reader, struct publication *publication)
{
	struct published row;
	struct record by;
	enum err err = reader_published(
		reader, publication->municipality, publication->as_of, publication->seq, &row);
	if (err != OK)
		return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
	/* They never change: once they are here other threads may be reading them. */
	int32_t definitions = publication_definitions(&row);
	if (publication->round_to != row.round_to || publication->definitions != definitions) {
		publication->round_to = row.round_to;
		publication->definitions = definitions;
	}
	if (row.withdrawn_by == 0 || row.withdrawn_by > live->histories.applied_seq ||
		publication->withdrawn_us != WITHDRAWN_NEVER)
		return OK;
	err = reader_record(reader, row.withdrawn_by, &by);
	if (err != OK)
		return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
	publication->withdrawn_us = by.recorded_us;
	live->published_version++;
	return OK;
}

/* Folds what a publication makes public: all that is known now. */
static enum err publication_fold(
	struct live *live, struct reader *reader, struct publication *publication)
{
	struct tally *tally;
	uint64_t quality_after;
	struct question question = publication_question(publication);
	enum err err = tally_new(&tally);
	if (err != OK)
		return err;
	err = fold_people_of(&live->folding, &live->histories, reader, publication->municipality,
		&question, tally);
	if (err == OK)
		err = reader_seq_at(
			reader, publication->recorded_us - QUALITY_WINDOW_US, &quality_after);
	if (err == OK)
		err = window_move(
			&live->recent, &live->folding, reader, quality_after, publication->seq);
	/* The record itself is in the window: there is a part. */
	if (err == OK)
		err = tally_merge_part(
			tally, tally_part(live->recent.tally, publication->municipality));
	if (err == OK)
		err = part_pack(tally_part(tally, publication->municipality), &publication->part);
	tally_free(tally);
	return err;
}

/* Takes up the ReportPublished at applied_seq. */
static enum err publish(struct live *live, struct reader *reader)
{
	struct publication publication;
	enum err err = publication_read(live, reader, live->histories.applied_seq, &publication);
	if (err == OK && !publication.decided)
		err = publication_fold(live, reader, &publication);
	if (err != OK)
		return err;
	err = live_publication_add(live, &publication);
	if (err != OK)
		packed_release(&publication.part);
	else
		err = publication_note(
			live, reader, live->publications[live->publication_count - 1]);
	return err;
}

enum err live_publications_note(struct live *live, struct reader *reader)
{
	enum err err = OK;
	for (size_t i = 0; i < live->publication_count && err == OK; i++)
		err = publication_note(live, reader, live->publications[i]);
	return err;
}

enum err live_check(struct live *live, struct reader *reader)
{
	struct acts now;
	enum err err = reader_acts(reader, &now);
	if (err != OK)
		return err;
	if (live->histories.applied_seq == 0)
		live->acts = now;
	return now.last_seq == live->acts.last_seq ? OK : ERR_CONFLICT;
}

enum err live_follow(
	struct live *live, struct reader *reader, uint64_t seq_to, uint64_t records_max)
{
	struct published next = { 0 };
	CHECK(live_is_ours(live));
	live->reader = reader;
	enum err err = live_check(live, reader);
	if (err == OK)
		err = reader_published_after(reader, live->histories.applied_seq, &next);
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	/* Stop there: what is withdrawn later was in force when it was published. */
	if (err == OK && next.seq < seq_to)
		seq_to = next.seq;
	err = histories_follow(&live->histories, reader, seq_to, records_max);
	if (err == OK && next.seq != 0 && live->histories.applied_seq == next.seq)
		err = publish(live, reader);
	if (err != OK || !live->publications_changed)
		return err;
	live->publications_changed = false;
	return live_publications_note(live, reader);
}

/* What was published, while several threads recall it. */
struct publishing {
	struct live *live;
	struct publication *list;
	size_t count;
	size_t size;
	unsigned parts;
	struct reader *readers[SPLIT_MAX]; /* the first is the caller's */
};

/* Folds what a publication makes public: what was known then. */
static enum err publication_recall(struct live *live, struct reader *reader,
	struct folding *folding, struct live_window *window, struct publication *publication)
{
	struct recall *recall;
	struct histories place = { 0 };
	struct tally *tally = NULL;
	uint64_t quality_after;
	uint16_t municipality = publication->municipality;
	const struct question question = publication_question(publication);
	enum err err = recall_new(&live->histories, live->histories.applied_seq, publication->seq,
		reader, folding, &recall);
	if (err != OK)
		return err;
	err = recall_place(recall, reader, folding, municipality, &place);
	recall_free(recall);
	if (err == OK)
		err = tally_new(&tally);
	if (err == OK)
		err = fold_people_of(folding, &place, reader, municipality, &question, tally);
	if (err == OK)
		err = reader_seq_at(
			reader, publication->recorded_us - QUALITY_WINDOW_US, &quality_after);
	if (err == OK)
		err = window_move(window, folding, reader, quality_after, publication->seq);
	/* The record itself is in the window: there is a part. */
	if (err == OK)
		err = tally_merge_part(tally, tally_part(window->tally, municipality));
	if (err == OK)
		err = part_pack(tally_part(tally, municipality), &publication->part);
	tally_free(tally);
	histories_release(&place);
	return err;
}

/* Each thread has publications that follow each other, and a window of its own. */
static enum err publishing_run(void *context, unsigned part)
{
	struct publishing *publishing = context;
	struct live *live = publishing->live;
	struct live_window window = { 0 };
	struct folding folding = {
		.stopped = live->folding.stopped,
		.context = live->folding.context,
	};
	size_t first = publishing->count * part / publishing->parts;
	size_t end = publishing->count * (part + 1) / publishing->parts;
	enum err err = OK;
	for (size_t i = first; i < end && err == OK; i++) {
		struct publication *publication = &publishing->list[i];
		if (!publication->decided)
			err = publication_recall(
				live, publishing->readers[part], &folding, &window, publication);
	}
	tally_free(window.tally);
	folding_release(&folding);
	return err;
}

/* Lists all ReportPublished up to `seq_to`. */
static enum err publishing_list(
	struct publishing *publishing, struct reader *reader, uint64_t seq_to)
{
	struct published next = { 0 };
	enum err err;
	while ((err = reader_published_after(reader, next.seq, &next)) == OK &&
		next.seq <= seq_to) {
		if (!GROW(publishing->list, publishing->size, publishing->count + 1))
			return ERR_FULL;
		struct publication *publication = &publishing->list[publishing->count];
		err = publication_read(publishing->live, reader, next.seq, publication);
		if (err != OK)
			return err;
		publishing->count++;
	}
	return err == ERR_NOT_FOUND ? OK : err;
}

/* Gives the publications to the live; those that it does not get are released. */
static enum err publishing_end(struct publishing *publishing, struct reader *reader, enum err err)
{
	struct live *live = publishing->live;
	for (size_t i = 0; i < publishing->count; i++) {
		if (err == OK)
			err = live_publication_add(live, &publishing->list[i]);
		if (err != OK)
			packed_release(&publishing->list[i].part);
		else
			err = publication_note(live, reader, live->publications[i]);
	}
	free(publishing->list);
	return err;
}

/* publish() for all up to `seq_to`, after gathering. */
static enum err publish_all(struct live *live, struct reader *reader, uint64_t seq_to)
{
	struct publishing publishing = { .live = live, .readers = { reader } };
	enum err err = publishing_list(&publishing, reader, seq_to);
	unsigned parts = split_parts(live->threads, publishing.count, 1);
	publishing.parts = parts;
	for (unsigned i = 1; i < parts && err == OK; i++)
		err = reader_again(reader, &publishing.readers[i]);
	if (err == OK)
		err = split_run(parts, publishing_run, &publishing);
	for (unsigned i = 1; i < parts; i++)
		reader_close(publishing.readers[i]);
	return publishing_end(&publishing, reader, err);
}

enum err live_gather(struct live *live, struct reader *reader, int64_t known_us)
{
	struct gathering gathering = { .sums = live->quality, .folding = &live->folding };
	CHECK(live_is_ours(live) && live->day_count == 0 && live->recent.tally == NULL);
	enum err err = live_check(live, reader);
	if (err == OK)
		err = reader_seq_at(reader, known_us, &gathering.seq_to);
	if (err == OK)
		err = reader_seq_at(reader, known_us - QUALITY_WINDOW_US, &gathering.quality_after);
	if (err != OK || gathering.seq_to == 0)
		return err;
	err = tally_new(&live->recent.tally);
	if (err != OK)
		return err;
	gathering.quality = live->recent.tally;
	gathering.threads = split_parts(live->threads, gathering.seq_to, live->records_of_a_part);
	err = histories_gather(&live->histories, reader, &gathering);
	if (err == OK)
		err = publish_all(live, reader, gathering.seq_to);
	live->quality_after = live->recent.after = gathering.quality_after;
	live->quality_to = live->recent.to = gathering.seq_to;
	memory_give_back();
	return err;
}

/* The base that a publication is shown with: that of the first before it that is shown. */
static int64_t base_of(const struct live *live, const struct publication *publication)
{
	for (size_t i = 0; i < live->disclosed_count; i++) {
		const struct publication *one = live->publications[i];
		if (one->municipality == publication->municipality && !one->disclosure.withheld)
			return one->disclosure.round_to;
	}
	return publication->round_to;
}

/* Copies the figures that the store has of a publication, if it has them. */
static enum err kept_read(struct live *live, struct reader *reader, struct publication *publication)
{
	struct bytes figures = { 0 };
	enum err err = reader_kept(reader, publication->seq, &figures);
	if (err == ERR_NOT_FOUND)
		return OK;
	if (err != OK || figures.length == 0)
		return err == OK ? ERR_CORRUPT : err;
	err = kept_tree_take(&live->trees, figures, &publication->kept);
	publication->stored = err == OK;
	return err;
}

/* Its sums, where they are not there: the store lacks what a saved state thought that it has. */
static enum err sums_find(struct live *live, struct reader *reader, struct publication *publication)
{
	struct live_window window = { 0 };
	if (publication->part.data != NULL)
		return OK;
	enum err err = publication_recall(live, reader, &live->folding, &window, publication);
	tally_free(window.tally);
	return err;
}

/* Packs the figures as they are shown. */
static enum err figures_keep(struct live *live, struct publication *publication)
{
	struct text text = { 0 };
	enum err err = publication_pack(publication, &text);
	if (err == OK)
		err = kept_tree_take(&live->trees, text_bytes(&text), &publication->kept);
	text_release(&text);
	return err;
}

/* Finds how one is shown, and its figures so. *anew: the store does not have all of it. */
static enum err publication_find(
	struct live *live, struct reader *reader, struct publication *publication, bool *anew)
{
	struct published row;
	enum err err = reader_published(
		reader, publication->municipality, publication->as_of, publication->seq, &row);
	*anew = false;
	if (err != OK)
		return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
	bool known = row.shown.length > 0;
	publication->disclosure = (struct disclosure){ .withheld = true };
	if (known)
		err = disclosure_unpack(row.shown, &publication->disclosure);
	if (err == OK && known && !publication->disclosure.withheld)
		err = kept_read(live, reader, publication);
	*anew = !known ? publication_has_base(publication)
		       : !publication->disclosure.withheld && !publication->stored;
	if (err == OK && *anew)
		err = sums_find(live, reader, publication);
	if (err == OK && *anew && !known)
		err = publication_disclose(
			publication, base_of(live, publication), &publication->disclosure);
	publication->disclosed = err == OK;
	if (err == OK && *anew && !publication->disclosure.withheld)
		err = figures_keep(live, publication);
	if (err == OK && !live->folds_published)
		packed_release(&publication->part);
	return err;
}

enum err live_disclose(struct live *live, struct reader *reader, struct publication **out)
{
	CHECK(live_is_ours(live));
	CHECK(live->disclosed_count <= live->publication_count);
	*out = NULL;
	while (live->disclosed_count < live->publication_count && *out == NULL) {
		struct publication *next = live->publications[live->disclosed_count];
		bool anew;
		enum err err = publication_find(live, reader, next, &anew);
		if (err != OK)
			return err;
		live->disclosed_count++;
		if (anew)
			*out = next;
	}
	return OK;
}

enum err live_read_all(struct live *live, struct reader *reader)
{
	uint64_t seq;
	int64_t recorded_us;
	enum err err = reader_last(reader, &seq, &recorded_us);
	if (err == OK && seq > 0)
		err = live_gather(live, reader, recorded_us);
	struct publication *disclosed = NULL;
	do {
		if (err == OK)
			err = live_disclose(live, reader, &disclosed);
	} while (err == OK && disclosed != NULL);
	return err;
}

/* Moves the window of data_quality of one day's sums. */
static enum err quality_move(
	struct live *live, struct reader *reader, struct tally *tally, uint64_t after, uint64_t to)
{
	CHECK(after <= to && after >= live->quality_after && to >= live->quality_to);
	/* When much time has passed, the old and the new window need not overlap. */
	uint64_t left_to = after < live->quality_to ? after : live->quality_to;
	uint64_t come_after = after > live->quality_to ? after : live->quality_to;
	enum err err = fold_quality(&live->folding, reader, come_after, to, tally, 1);
	if (err == OK)
		err = fold_quality(&live->folding, reader, live->quality_after, left_to, tally, -1);
	return err;
}

static int by_number(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
	return (left > right) - (left < right);
}

/* Keeps the agreements of all days up, and the service models. */
static enum err live_agree(struct live *live, struct reader *reader)
{
	enum err err = OK;
	if (live->agreements_changed)
		err = service_models_read(&live->models, &live->histories, reader);
	for (size_t i = 0; i < live->day_count && err == OK; i++) {
		if (live->agreements_changed)
			err = day_agree(live, reader, &live->days[i]);
		if (err == OK)
			err = agreements_judge(&live->days[i].agreements);
	}
	live->agreements_changed = live->agreements_changed && err != OK;
	return err;
}

enum err live_refresh(struct live *live, struct reader *reader, int64_t known_us, bool *changed)
{
	uint64_t after = 0, to = live->histories.applied_seq;
	CHECK(live_is_ours(live));
	enum err err = reader_seq_at(reader, known_us - QUALITY_WINDOW_US, &after);
	if (err != OK)
		return err;
	/* The clock may have stepped back: the window never does. */
	if (after < live->quality_after)
		after = live->quality_after;
	if (live->marked_count > 0)
		qsort(live->marked, live->marked_count, sizeof(*live->marked), by_number);
	*changed = live->marked_count > 0 || to != live->quality_to || after != live->quality_after;
	for (size_t i = 0; i < live->day_count && err == OK; i++) {
		struct live_day *day = &live->days[i];
		for (size_t j = 0; j < live->marked_count && err == OK; j++) {
			err = folding_go_on(&live->folding);
			if (err == OK)
				err = day_fold(
					live, &live->folding, reader, day, live->marked[j], 1);
		}
		if (err == OK && live->marked_count > 0)
			err = day_list(day, live->marked, live->marked_count);
		if (err == OK)
			err = quality_move(live, reader, day->news, after, to);
		if (err == OK)
			err = packed_sums_add(&day->sums, day->news);
	}
	if (err != OK)
		return err;
	for (size_t j = 0; j < live->marked_count; j++) {
		struct history *history = &live->histories.people[live->marked[j]];
		CHECK(history->marked);
		history->marked = false;
	}
	live->marked_count = 0;
	live->quality_after = after;
	live->quality_to = to;
	return live_agree(live, reader);
}

/* Counts data_quality for a new day; a live that gathered has it already. */
static enum err day_quality(struct live *live, struct reader *reader, struct live_day *day)
{
	const struct live_window *recent = &live->recent;
	if (recent->tally != NULL && recent->after == live->quality_after &&
		recent->to == live->quality_to)
		return tally_merge(day->news, recent->tally);
	return fold_quality(
		&live->folding, reader, live->quality_after, live->quality_to, day->news, 1);
}

enum err live_day_add(struct live *live, struct reader *reader, int32_t as_of)
{
	CHECK(live->day_count < LIVE_DAYS_MAX && live_day_find(live, as_of) == NULL);
	CHECK(live_is_ours(live) && live->quality_after <= live->quality_to);
	/* Marked people are subtracted from the other days; the next refresh adds them to all. */
	struct live_day day = { .question = question_at(as_of) };
	enum err err = tally_new(&day.news);
	if (err != OK)
		return err;
	live_crew(live);
	err = day_fold_all(live, reader, &day);
	if (err == OK)
		err = day_list(&day, NULL, 0);
	if (err == OK)
		err = day_quality(live, reader, &day);
	if (err == OK)
		err = packed_sums_add(&day.sums, day.news);
	if (err != OK) {
		live_day_release(&day);
		return err;
	}
	live->days[live->day_count++] = day;
	live->agreements_changed = true;
	return OK;
}

void live_days_drop_before(struct live *live, int32_t as_of)
{
	size_t kept = 0;
	CHECK(live_is_ours(live) && live->day_count <= LIVE_DAYS_MAX);
	for (size_t i = 0; i < live->day_count; i++) {
		if (live->days[i].question.as_of < as_of)
			live_day_release(&live->days[i]);
		else
			live->days[kept++] = live->days[i];
	}
	live->day_count = kept;
}

const struct live_day *live_day_find(const struct live *live, int32_t as_of)
{
	for (size_t i = 0; i < live->day_count; i++) {
		if (live->days[i].question.as_of == as_of)
			return &live->days[i];
	}
	return NULL;
}
