/*
 * engine/agreements.c - see agreements.h.
 */
#include "engine/agreements.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/grow.h"
#include "engine/histories_inside.h"
#include "engine/packed_sums.h"
#include "engine/split.h"

#define TEXT_BYTES    256 /* of the names of one agreement */
#define PLACES        (PARTS_MAX - 1)
#define TEXT_MAX      64
#define FIGURES_BYTES 1536 /* of the tree of one agreement */

/* Counters at D, read for shares and counts, and the histograms of each span, read for curves. */
enum { KIND_AT, KIND_SPAN, KINDS = KIND_SPAN + AGREEMENT_SPANS };

struct agreed_sums {
	struct question question; /* at D */
	bool places[PLACES];      /* municipalities */
	uint16_t place_bits;      /* municipality_bit() of each */
	bool needed;
	struct agreement_slots slots;
	struct packed_sums of[KINDS];
	struct tally *news[KINDS]; /* what is to be added to them before they are read */
};

static void sums_free(struct agreed_sums *sums)
{
	if (sums == NULL)
		return;
	for (unsigned kind = 0; kind < KINDS; kind++) {
		packed_sums_release(&sums->of[kind]);
		tally_free(sums->news[kind]);
	}
	free(sums);
}

static struct agreed_sums *sums_new(const struct question *question, int32_t as_of)
{
	struct agreed_sums *sums = calloc(1, sizeof(*sums));
	if (sums == NULL)
		return NULL;
	sums->question = *question;
	sums->question.as_of = as_of;
	sums->question.window_days = WINDOW_DAYS_DEFAULT;
	agreement_slots_init(&sums->slots);
	bool made = true;
	for (unsigned kind = 0; kind < KINDS && made; kind++)
		made = tally_new_of(kind != KIND_AT, &sums->news[kind]) == OK;
	if (!made) {
		sums_free(sums);
		return NULL;
	}
	return sums;
}

static void list_release(struct agreements *agreements)
{
	free(agreements->items);
	arena_release(&agreements->texts);
	agreements->items = NULL;
	agreements->count = 0;
}

void agreements_release(struct agreements *agreements)
{
	list_release(agreements);
	for (size_t i = 0; i < agreements->sums_count; i++)
		sums_free(agreements->sums[i]);
	free(agreements->sums);
	*agreements = (struct agreements){ 0 };
}

/* The day at which the figure of an agreement is read. */
static int32_t day_of(const struct agreements *agreements, const struct agreement *agreement)
{
	int32_t as_of = agreements->question.as_of;
	return agreement->by < as_of ? agreement->by : as_of;
}

static bool is_listed(const struct fact *fact, int32_t as_of, uint16_t municipality)
{
	return fact->type == EVENT_AGREEMENT_MADE && fact_day(fact) <= as_of &&
	       (municipality == PART_ALL || fact->municipality == municipality);
}

static enum err text_keep(struct agreements *agreements, struct bytes text, const char **out)
{
	char ended[TEXT_MAX + 1];
	struct bytes copy;
	CHECK(text.length <= TEXT_MAX);
	memcpy(ended, text.data, text.length);
	ended[text.length] = '\0';
	enum err err = arena_copy(&agreements->texts, bytes_of(ended, text.length + 1), &copy);
	if (err == OK)
		*out = (const char *)copy.data;
	return err;
}

/* Reads the record of an agreement into the list, if it is not over for long. */
static enum err item_read(struct agreements *agreements, const struct histories *histories,
	struct reader *reader, const struct fact *fact)
{
	struct record record;
	struct event event;
	struct arena arena;
	enum err err = arena_init(&arena, EVENT_ARENA_SIZE);
	if (err != OK)
		return err;
	err = reader_record(reader, fact_seq(fact), &record);
	if (err == OK)
		err = event_of_record(&record, &arena, &event);
	const struct value *values = event.values;
	if (err != OK || values[AGREEMENT_MADE_BY].number <=
				 agreements->question.as_of - AGREEMENT_SEEN_DAYS) {
		arena_release(&arena);
		return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
	}
	struct agreement_item item = {
		.municipality = fact->municipality,
		.seq = fact_seq(fact),
		.agreement = {
			.figure = (enum agreed_figure)values[AGREEMENT_MADE_FIGURE].number,
			.comparison = (enum comparison)values[AGREEMENT_MADE_COMPARISON].number,
			.value = values[AGREEMENT_MADE_VALUE].number,
			.rung = values[AGREEMENT_MADE_RUNG].number,
			.by = values[AGREEMENT_MADE_BY].number,
		},
	};
	err = arena_copy(
		&agreements->texts, names_text(&histories->partners, fact->partner), &item.partner);
	if (err == OK)
		err = arena_copy(&agreements->texts, event.id, &item.id);
	if (err == OK && values[AGREEMENT_MADE_WITH].present)
		err = text_keep(agreements, values[AGREEMENT_MADE_WITH].text, &item.with);
	arena_release(&arena);
	if (err == OK)
		agreements->items[agreements->count++] = item;
	return err;
}

/* "Ordered by `by`, figure (order of events.md), partner, id." */
static int by_order(const void *a, const void *b)
{
	const struct agreement_item *left = a, *right = b;
	if (left->municipality != right->municipality)
		return left->municipality < right->municipality ? -1 : 1;
	if (left->agreement.by != right->agreement.by)
		return left->agreement.by < right->agreement.by ? -1 : 1;
	if (left->agreement.figure != right->agreement.figure)
		return left->agreement.figure < right->agreement.figure ? -1 : 1;
	int order = bytes_compare(left->partner, right->partner);
	return order != 0 ? order : bytes_compare(left->id, right->id);
}

enum err agreements_read(struct agreements *agreements, const struct histories *histories,
	struct reader *reader, const struct question *question, uint16_t municipality)
{
	list_release(agreements);
	agreements->question = *question;
	if (histories->people_count == 0)
		return OK;
	const struct history *history = &histories->people[0];
	size_t count = 0;
	for (uint32_t i = 0; i < history->count; i++)
		count += is_listed(&history->facts[i], question->as_of, municipality);
	if (count == 0)
		return OK;
	enum err err = arena_init(&agreements->texts, count * TEXT_BYTES);
	if (err != OK)
		return err;
	agreements->items = calloc(count, sizeof(*agreements->items));
	if (agreements->items == NULL)
		return ERR_FULL;
	for (uint32_t i = 0; i < history->count && err == OK; i++) {
		if (is_listed(&history->facts[i], question->as_of, municipality))
			err = item_read(agreements, histories, reader, &history->facts[i]);
	}
	if (err == OK)
		qsort(agreements->items, agreements->count, sizeof(*agreements->items), by_order);
	return err;
}

/* What a person adds goes to the sums of the municipalities that are asked for. */
struct agreed_adder {
	struct agreed_sums *sums;
	int64_t sign;
	int32_t start; /* of the spell whose additions follow */
};

static void agreed_spell(
	void *context, uint16_t home, int32_t start, const struct fact *job_started)
{
	struct agreed_adder *adder = context;
	(void)home;
	(void)job_started;
	adder->start = start;
}

static void tally_add(struct tally *tally, int64_t sign, uint16_t part, bool histogram,
	unsigned slot, int32_t at, int64_t units)
{
	struct adder adder = { tally, sign };
	struct sink sink = tally_sink(&adder);
	sink.add(sink.context, part, histogram, slot, at, units);
}

static void agreed_add(
	void *context, uint16_t part, bool histogram, unsigned slot, int32_t at, int64_t units)
{
	struct agreed_adder *adder = context;
	struct agreed_sums *sums = adder->sums;
	if (part == PART_ALL || !sums->places[part])
		return;
	/* Shares and counts are read off counters, and curves off the spans. */
	if (!histogram)
		tally_add(sums->news[KIND_AT], adder->sign, part, false, slot, at, units);
	for (unsigned span = 0; span < AGREEMENT_SPANS && histogram; span++) {
		if (agreement_slots_have(&sums->slots, (enum agreement_span)span, slot,
			    adder->start, sums->question.as_of))
			tally_add(sums->news[KIND_SPAN + span], adder->sign, part, true, slot, at,
				units);
	}
}

/* Has the person an event in one of the municipalities? Others add nothing to them. */
static bool history_counts(const struct agreed_sums *sums, const struct history *history)
{
	if ((history->municipalities & sums->place_bits) == 0)
		return false;
	for (uint32_t i = 0; i < history->count; i++) {
		if (sums->places[history->facts[i].municipality])
			return true;
	}
	return false;
}

static enum err sums_fold_person(struct agreed_sums *sums, struct folding *folding,
	struct histories *histories, struct reader *reader, uint32_t person, int64_t sign)
{
	struct person prepared;
	struct agreed_adder adder = { .sums = sums, .sign = sign };
	const struct sink sink = { .add = agreed_add, .spell = agreed_spell, .context = &adder };
	if (!history_counts(sums, &histories->people[person]))
		return OK;
	enum err err = fold_prepare(folding, histories, reader, person, &sums->question, &prepared);
	if (err != OK)
		return err;
	registry_contribute(&prepared, &sink);
	bool failed = false;
	for (unsigned kind = 0; kind < KINDS; kind++)
		failed |= sums->news[kind]->failed;
	return failed ? ERR_FULL : OK;
}

void agreements_move(struct agreements *agreements, int32_t as_of)
{
	agreements->question.as_of = as_of;
}

enum err agreements_fold_person(struct agreements *agreements, struct folding *folding,
	struct histories *histories, struct reader *reader, uint32_t person, int64_t sign)
{
	enum err err = OK;
	for (size_t i = 0; i < agreements->sums_count && err == OK; i++)
		err = sums_fold_person(
			agreements->sums[i], folding, histories, reader, person, sign);
	return err;
}

/* What one thread of sums_fold() adds to. */
struct sums_folder {
	struct histories *histories;
	struct agreed_sums *sums;
};

static enum err sums_fold_one(
	void *own, struct folding *folding, struct reader *reader, uint32_t person)
{
	const struct sums_folder *folder = own;
	return sums_fold_person(folder->sums, folding, folder->histories, reader, person, 1);
}

/* Sums of the same, to which nothing was added; NULL: no memory. */
static struct agreed_sums *sums_alike(const struct agreed_sums *sums)
{
	struct agreed_sums *alike = sums_new(&sums->question, sums->question.as_of);
	if (alike == NULL)
		return NULL;
	memcpy(alike->places, sums->places, sizeof(alike->places));
	alike->place_bits = sums->place_bits;
	return alike;
}

static enum err sums_merge(struct agreed_sums *sums, const struct agreed_sums *from)
{
	enum err err = OK;
	for (unsigned kind = 0; kind < KINDS && err == OK; kind++)
		err = tally_merge(sums->news[kind], from->news[kind]);
	return err;
}

static enum err sums_settle(struct agreed_sums *sums)
{
	enum err err = OK;
	for (unsigned kind = 0; kind < KINDS && err == OK; kind++)
		err = packed_sums_add(&sums->of[kind], sums->news[kind]);
	return err;
}

static enum err sums_fold(struct agreed_sums *sums, struct folding *folding,
	struct histories *histories, struct reader *reader)
{
	struct sums_folder folders[SPLIT_MAX];
	void *owns[SPLIT_MAX];
	unsigned parts = folding_threads(folding);
	enum err err = OK;
	for (unsigned i = 0; i < parts; i++) {
		folders[i] = (struct sums_folder){ histories, i == 0 ? sums : sums_alike(sums) };
		owns[i] = &folders[i];
		if (folders[i].sums == NULL)
			err = ERR_FULL;
	}
	if (err == OK)
		err = fold_each(folding, histories, reader, sums_fold_one, owns);
	for (unsigned i = 1; i < parts; i++) {
		if (err == OK)
			err = sums_merge(sums, folders[i].sums);
		sums_free(folders[i].sums);
	}
	return err;
}

/* The sums at a day, in the first `count`; NULL: there are none. */
static struct agreed_sums *sums_find(
	const struct agreements *agreements, size_t count, int32_t as_of)
{
	for (size_t i = 0; i < count; i++) {
		if (agreements->sums[i]->question.as_of == as_of)
			return agreements->sums[i];
	}
	return NULL;
}

/* Forgets the sums that are not needed any more, or are of other municipalities. */
static void sums_keep(struct agreements *agreements)
{
	size_t kept = 0;
	for (size_t i = 0; i < agreements->sums_count; i++) {
		struct agreed_sums *sums = agreements->sums[i];
		sums->needed = false;
		bool covers = true;
		for (size_t j = 0; j < agreements->count; j++) {
			const struct agreement_item *item = &agreements->items[j];
			if (day_of(agreements, &item->agreement) != sums->question.as_of)
				continue;
			sums->needed = true;
			covers = covers && sums->places[item->municipality];
		}
		if (sums->needed && covers)
			agreements->sums[kept++] = sums;
		else
			sums_free(sums);
	}
	agreements->sums_count = kept;
}

static enum err sums_make(struct agreements *agreements, const struct agreement_item *item,
	size_t kept, struct agreed_sums **out)
{
	int32_t as_of = day_of(agreements, &item->agreement);
	*out = NULL;
	if (sums_find(agreements, kept, as_of) != NULL)
		return OK;
	*out = sums_find(agreements, agreements->sums_count, as_of);
	if (*out != NULL)
		return OK;
	if (!GROW(agreements->sums, agreements->sums_size, agreements->sums_count + 1))
		return ERR_FULL;
	*out = sums_new(&agreements->question, as_of);
	if (*out == NULL)
		return ERR_FULL;
	agreements->sums[agreements->sums_count++] = *out;
	return OK;
}

enum err agreements_fold(struct agreements *agreements, struct folding *folding,
	struct histories *histories, struct reader *reader)
{
	sums_keep(agreements);
	size_t kept = agreements->sums_count;
	enum err err = OK;
	for (size_t i = 0; i < agreements->count && err == OK; i++) {
		struct agreed_sums *sums;
		uint16_t place = agreements->items[i].municipality;
		err = sums_make(agreements, &agreements->items[i], kept, &sums);
		if (err != OK || sums == NULL)
			continue;
		sums->places[place] = true;
		sums->place_bits |= municipality_bit(place);
	}
	for (size_t i = kept; i < agreements->sums_count && err == OK; i++)
		err = sums_fold(agreements->sums[i], folding, histories, reader);
	return err;
}

/* The sums of the municipality that is judged: its agreements follow each other. */
struct judging {
	const struct agreed_sums *sums; /* NULL: none yet */
	uint16_t municipality;
	struct part *parts[KINDS];
};

static void judging_release(struct judging *judging)
{
	for (unsigned kind = 0; kind < KINDS; kind++)
		part_free(judging->parts[kind]);
	*judging = (struct judging){ 0 };
}

/* Unpacks the sums of a municipality; where there are none, zeros. */
static enum err judging_move(
	struct judging *judging, const struct agreed_sums *sums, uint16_t municipality)
{
	if (judging->sums == sums && judging->municipality == municipality)
		return OK;
	judging_release(judging);
	enum err err = OK;
	for (unsigned kind = 0; kind < KINDS && err == OK; kind++) {
		const struct packed_part *packed = packed_sums_find(&sums->of[kind], municipality);
		err = packed_part_unpack(packed, &judging->parts[kind]);
		if (err == OK && packed == NULL)
			judging->parts[kind] = part_new(municipality);
		if (err == OK && judging->parts[kind] == NULL)
			err = ERR_FULL;
	}
	judging->sums = sums;
	judging->municipality = municipality;
	return err;
}

static struct sums sums_of(const struct part *part)
{
	return (struct sums){ part->counters, part->histograms, NULL };
}

/* Judges one by the sums at its day. */
static enum err item_judge(
	const struct agreements *agreements, struct judging *judging, struct agreement_item *item)
{
	const struct agreed_sums *sums =
		sums_find(agreements, agreements->sums_count, day_of(agreements, &item->agreement));
	CHECK(sums != NULL && sums->places[item->municipality]);
	enum err err = judging_move(judging, sums, item->municipality);
	if (err != OK)
		return err;
	struct sums at = sums_of(judging->parts[KIND_AT]), spans[AGREEMENT_SPANS];
	for (unsigned span = 0; span < AGREEMENT_SPANS; span++)
		spans[span] = sums_of(judging->parts[KIND_SPAN + span]);
	agreement_judge(&item->agreement, agreements->question.as_of, &at, spans, &item->answer);
	return OK;
}

enum err agreements_judge(struct agreements *agreements)
{
	struct judging judging = { .sums = NULL };
	enum err err = OK;
	for (size_t i = 0; i < agreements->sums_count && err == OK; i++)
		err = sums_settle(agreements->sums[i]);
	for (size_t i = 0; i < agreements->count && err == OK; i++)
		err = item_judge(agreements, &judging, &agreements->items[i]);
	judging_release(&judging);
	return err;
}

const struct agreement_item *agreements_of(
	const struct agreements *agreements, uint16_t municipality, size_t *count)
{
	size_t first = 0;
	while (first < agreements->count && agreements->items[first].municipality != municipality)
		first++;
	size_t end = first;
	while (end < agreements->count && agreements->items[end].municipality == municipality)
		end++;
	*count = end - first;
	return *count == 0 ? NULL : &agreements->items[first];
}

enum err agreements_figures(const struct agreements *agreements, uint16_t municipality,
	struct arena *arena, const struct figure **first)
{
	struct figures figures;
	size_t count;
	const struct agreement_item *items = agreements_of(agreements, municipality, &count);
	enum err err = arena_init(arena, FIGURES_BYTES * (count + 1));
	if (err != OK)
		return err;
	figures_init(&figures, arena, 0);
	figures_array(&figures, "agreements");
	for (size_t i = 0; i < count; i++)
		agreement_figures(
			&figures, &items[i].agreement, items[i].with, &items[i].answer, NULL);
	figures_end(&figures);
	*first = figures.root->as.first->as.first;
	return OK;
}
