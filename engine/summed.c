/*
 * engine/summed.c - see summed.h.
 */
#include "engine/summed.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/date.h"
#include "base/grow.h"
#include "engine/print.h"
#include "engine/tally.h"
#include "proto/codec.h"
#include "proto/log_message.h"

#define FORM   2        /* of the message; 1 did not say of which store it is */
#define AT_MAX 10000000 /* of a value: days, and less */

/* The fields of Sums, of SumsOfIndicator and of SumsHistogram, with the wire type of each. */
enum sums_tag {
	TAG_FORM = 1 << 3 | WIRE_VARINT,
	TAG_DEFINITIONS = 2 << 3 | WIRE_VARINT,
	TAG_AS_OF = 3 << 3 | WIRE_BYTES,
	TAG_KNOWN_AT = 4 << 3 | WIRE_BYTES,
	TAG_MUNICIPALITY = 5 << 3 | WIRE_BYTES,
	TAG_WINDOW = 6 << 3 | WIRE_VARINT,
	TAG_ERASED_PEOPLE = 7 << 3 | WIRE_VARINT,
	TAG_COMPLETE_FROM = 8 << 3 | WIRE_BYTES,
	TAG_INDICATORS = 9 << 3 | WIRE_BYTES,
	TAG_STORE = 10 << 3 | WIRE_BYTES,
};
enum indicator_tag {
	TAG_NAME = 1 << 3 | WIRE_BYTES,
	TAG_COUNTERS = 2 << 3 | WIRE_BYTES,
	TAG_HISTOGRAMS = 3 << 3 | WIRE_BYTES,
};
enum histogram_tag {
	TAG_AT = 1 << 3 | WIRE_BYTES,
	TAG_UNITS = 2 << 3 | WIRE_BYTES,
};

void summed_release(struct summed *summed)
{
	part_free(summed->part);
	free(summed->stores);
	summed->part = NULL;
	summed->stores = NULL;
	summed->store_count = summed->store_size = 0;
}

static enum err store_add(struct summed *summed, const struct summed_store *store)
{
	if (!GROW(summed->stores, summed->store_size, summed->store_count + 1))
		return ERR_FULL;
	summed->stores[summed->store_count++] = *store;
	return OK;
}

enum err summed_take(
	struct answers *answers, struct reader *reader, uint16_t municipality, struct summed *out)
{
	struct summed_store store = { { 0 } };
	struct summed sums = { .part = NULL };
	enum err err = reader_store_id(reader, store.id);
	if (err == OK)
		err = store_add(&sums, &store);
	if (err != OK)
		return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
	sums.head = answers_head(answers, municipality, 0);
	sums.question = answers->question;
	sums.part = tally_part_take(answers->tally, municipality);
	if (sums.part == NULL)
		sums.part = part_new(municipality);
	if (sums.part == NULL) {
		summed_release(&sums);
		return ERR_FULL;
	}
	*out = sums;
	return OK;
}

static void number_put(struct text *out, unsigned tag, uint64_t number)
{
	varint_add(out, tag);
	varint_add(out, number);
}

static void bytes_put(struct text *out, unsigned tag, struct bytes bytes)
{
	varint_add(out, tag);
	varint_add(out, bytes.length);
	text_add(out, bytes);
}

/* Appends one message inside another, and empties it. */
static void message_put(struct text *out, unsigned tag, struct text *message)
{
	bytes_put(out, tag, text_bytes(message));
	out->failed = out->failed || message->failed;
	message->length = 0;
}

/* Small numbers of either sign are short: sint32 of protobuf. */
static uint64_t zigzag(int32_t value)
{
	return ((uint64_t)(uint32_t)value << 1 ^ (value < 0 ? UINT32_MAX : 0)) & UINT32_MAX;
}

static void histogram_put(const struct histogram *histogram, struct text *out)
{
	struct text at = { 0 }, units = { 0 }, message = { 0 };
	for (uint32_t i = 0; i < histogram->count; i++) {
		varint_add(&at, zigzag(histogram->cells[i].at));
		varint_add(&units, (uint64_t)histogram->cells[i].units);
	}
	if (histogram->count > 0) {
		message_put(&message, TAG_AT, &at);
		message_put(&message, TAG_UNITS, &units);
	}
	message_put(out, TAG_HISTOGRAMS, &message);
	text_release(&at);
	text_release(&units);
	text_release(&message);
}

static void indicator_put(
	const struct indicator *indicator, const struct sums *sums, struct text *out)
{
	struct text counters = { 0 }, message = { 0 };
	bytes_put(&message, TAG_NAME, bytes_of_string(indicator->name));
	for (unsigned i = 0; i < indicator->counters; i++)
		varint_add(&counters, (uint64_t)sums->counters[i]);
	message_put(&message, TAG_COUNTERS, &counters);
	for (unsigned i = 0; i < indicator->histograms; i++)
		histogram_put(&sums->histograms[i], &message);
	message_put(out, TAG_INDICATORS, &message);
	text_release(&counters);
	text_release(&message);
}

static void head_put(const struct summed *summed, struct text *out)
{
	const struct answer_head *head = &summed->head;
	char text[INSTANT_LENGTH + 1], municipality[MUNICIPALITY_LENGTH + 1] = "all";
	number_put(out, TAG_FORM, FORM);
	number_put(out, TAG_DEFINITIONS, (uint64_t)summed->question.definitions);
	date_print(head->as_of, text);
	bytes_put(out, TAG_AS_OF, bytes_of_string(text));
	instant_print(head->known_us, text);
	bytes_put(out, TAG_KNOWN_AT, bytes_of_string(text));
	if (head->municipality != PART_ALL)
		municipality_print(head->municipality, municipality);
	bytes_put(out, TAG_MUNICIPALITY, bytes_of_string(municipality));
	number_put(out, TAG_WINDOW, (uint64_t)head->window_days);
	number_put(out, TAG_ERASED_PEOPLE, head->acts.erased_people);
	if (head->acts.complete_from == 0)
		return;
	date_print(head->acts.complete_from, text);
	bytes_put(out, TAG_COMPLETE_FROM, bytes_of_string(text));
}

/* The indicators of a set that have sums, in their order, with where these begin. */
struct walk_of_sums {
	size_t next;
	struct sums sums;
};

static const struct indicator *indicator_next(
	struct walk_of_sums *walk, const struct part *part, int32_t definitions)
{
	size_t count;
	const struct indicator *const *all = registry_all(&count);
	if (walk->next == 0) {
		walk->sums = (struct sums){ part->counters, part->histograms, NULL };
	} else {
		walk->sums.counters += all[walk->next - 1]->counters;
		walk->sums.histograms += all[walk->next - 1]->histograms;
	}
	while (walk->next < count) {
		const struct indicator *indicator = all[walk->next++];
		if (indicator->set <= definitions &&
			indicator->counters + indicator->histograms > 0)
			return indicator;
		walk->sums.counters += indicator->counters;
		walk->sums.histograms += indicator->histograms;
	}
	return NULL;
}

enum err summed_encode(const struct summed *summed, struct text *out)
{
	struct walk_of_sums walk = { 0 };
	const struct indicator *indicator;
	char store[LOG_MARK_STORE_LENGTH + 1];
	CHECK(summed->store_count == 1);
	head_put(summed, out);
	while ((indicator = indicator_next(&walk, summed->part, summed->question.definitions)) !=
		NULL)
		indicator_put(indicator, &walk.sums, out);
	log_mark_store_print(summed->stores[0].id, store);
	bytes_put(out, TAG_STORE, bytes_of_string(store));
	return out->failed || out->length > SUMMED_BYTES_MAX ? ERR_FULL : OK;
}

/* Reading. */

static enum err not_one(struct reason *reason, const char *what)
{
	return fail(reason, ERR_INVALID, "this is no answer of /v1/sums: %s", what);
}

static enum err count_take(struct bytes *packed, int64_t *out)
{
	uint64_t value;
	if (varint_take(packed, &value) != OK || value > (uint64_t)SUMMED_COUNT_MAX)
		return ERR_INVALID;
	*out = (int64_t)value;
	return OK;
}

static size_t varints_in(struct bytes packed)
{
	size_t count = 0;
	/* Each ends with a byte below 0x80. */
	for (size_t i = 0; i < packed.length; i++)
		count += packed.data[i] < 0x80;
	return count;
}

static enum err at_take(struct bytes *packed, int32_t *out)
{
	uint64_t value;
	if (varint_take(packed, &value) != OK || value > UINT32_MAX)
		return ERR_INVALID;
	int64_t at = (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
	if (at < -AT_MAX || at > AT_MAX)
		return ERR_INVALID;
	*out = (int32_t)at;
	return OK;
}

/* The cells, each behind the one before, none empty, and not too many in all. */
static enum err cells_read(struct bytes at, struct bytes units, struct histogram *out)
{
	int64_t total = 0;
	size_t count = varints_in(at);
	/* Before there is room for them: as many of each. */
	if (count != varints_in(units) || count > UINT32_MAX)
		return ERR_INVALID;
	if (count == 0)
		return at.length == 0 && units.length == 0 ? OK : ERR_INVALID;
	if (!GROW_TO(out->cells, count))
		return ERR_FULL;
	out->size = (uint32_t)count;
	while (at.length > 0) {
		struct cell cell;
		int32_t value;
		int64_t number;
		if (out->count == count || at_take(&at, &value) != OK ||
			count_take(&units, &number) != OK || number == 0 ||
			(out->count > 0 && value <= out->cells[out->count - 1].at))
			return ERR_INVALID;
		total += number;
		if (total > SUMMED_COUNT_MAX)
			return ERR_INVALID;
		cell.at = value;
		cell.units = number;
		out->cells[out->count++] = cell;
	}
	return units.length == 0 ? OK : ERR_INVALID;
}

static enum err histogram_read(struct bytes bytes, struct histogram *out)
{
	struct wire_field field;
	struct bytes at = { 0 }, units = { 0 };
	while (bytes.length > 0) {
		if (wire_field_take(&bytes, &field) != OK)
			return ERR_INVALID;
		if (field.tag == TAG_AT && at.data == NULL)
			at = field.bytes;
		else if (field.tag == TAG_UNITS && units.data == NULL)
			units = field.bytes;
		else
			return ERR_INVALID;
	}
	return cells_read(at, units, out);
}

static enum err counters_read(struct bytes packed, int64_t *out, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (count_take(&packed, &out[i]) != OK)
			return ERR_INVALID;
	}
	return packed.length == 0 ? OK : ERR_INVALID;
}

/* Where an indicator's sums are in a part that is filled. */
static void part_at(struct part *part, const struct walk_of_sums *walk, int64_t **counters,
	struct histogram **histograms)
{
	*counters = part->counters + (walk->sums.counters - part->counters);
	*histograms = part->histograms + (walk->sums.histograms - part->histograms);
}

/* The sums of the indicator that is next, and no other. */
static enum err indicator_read(
	struct bytes bytes, struct summed *out, struct walk_of_sums *walk, struct reason *reason)
{
	const struct indicator *indicator =
		indicator_next(walk, out->part, out->question.definitions);
	struct wire_field field;
	int64_t *counters;
	struct histogram *histograms;
	unsigned taken = 0;
	if (indicator == NULL || wire_field_take(&bytes, &field) != OK || field.tag != TAG_NAME ||
		!bytes_are(field.bytes, indicator->name))
		return not_one(reason, "it has other indicators than this program knows");
	part_at(out->part, walk, &counters, &histograms);
	enum err err = wire_field_take(&bytes, &field);
	if (err != OK || field.tag != TAG_COUNTERS ||
		counters_read(field.bytes, counters, indicator->counters) != OK)
		return fail(reason, ERR_INVALID,
			"the counts of %s are not as this program knows them, or too large",
			indicator->name);
	while (err == OK && bytes.length > 0) {
		if (wire_field_take(&bytes, &field) != OK || field.tag != TAG_HISTOGRAMS ||
			taken == indicator->histograms)
			err = ERR_INVALID;
		else
			err = histogram_read(field.bytes, &histograms[taken++]);
	}
	if (err == ERR_FULL)
		return fail(reason, err, "there is not enough memory");
	return err == OK && bytes.length == 0 && taken == indicator->histograms
		       ? OK
		       : fail(reason, ERR_INVALID,
				 "the histograms of %s are not as this program knows them, or too "
				 "large",
				 indicator->name);
}

static bool number_is(const struct wire_field *field, unsigned tag, uint64_t min, uint64_t max)
{
	return field->tag == tag && field->value >= min && field->value <= max;
}

/* The arguments of the question, which come first and in this order. */
static enum err head_read(struct bytes *rest, struct summed *out)
{
	struct wire_field at[6];
	uint16_t municipality = PART_ALL;
	for (size_t i = 0; i < ARRAY_LENGTH(at); i++) {
		if (wire_field_take(rest, &at[i]) != OK)
			return ERR_INVALID;
	}
	if (!number_is(&at[0], TAG_FORM, FORM, FORM) ||
		!number_is(&at[1], TAG_DEFINITIONS, DEFINITIONS_MIN, DEFINITIONS) ||
		at[2].tag != TAG_AS_OF || date_parse(at[2].bytes, &out->head.as_of) != OK ||
		at[3].tag != TAG_KNOWN_AT ||
		instant_parse(at[3].bytes, &out->head.known_us) != OK ||
		at[4].tag != TAG_MUNICIPALITY ||
		(!bytes_are(at[4].bytes, "all") &&
			!municipality_parse(at[4].bytes, &municipality)) ||
		!number_is(&at[5], TAG_WINDOW, WINDOW_DAYS_MIN, WINDOW_DAYS_MAX))
		return ERR_INVALID;
	if (out->head.as_of > zone_day(out->head.known_us))
		return ERR_INVALID;
	out->head.municipality = municipality;
	out->head.window_days = (int32_t)at[5].value;
	out->question = question_at(out->head.as_of);
	out->question.window_days = out->head.window_days;
	out->question.definitions = (int32_t)at[1].value;
	return OK;
}

/* What the store says of itself. */
static enum err acts_read(struct bytes *rest, struct acts *out)
{
	struct wire_field field;
	struct bytes after;
	if (wire_field_take(rest, &field) != OK ||
		!number_is(&field, TAG_ERASED_PEOPLE, 0, UINT32_MAX))
		return ERR_INVALID;
	out->erased_people = field.value;
	after = *rest;
	if (wire_field_take(&after, &field) != OK || field.tag != TAG_COMPLETE_FROM)
		return OK;
	*rest = after;
	return date_parse(field.bytes, &out->complete_from);
}

/* Does everybody who leaves a curve enter it before, and everybody who enters leave? */
static bool curve_holds(const struct histogram *histograms)
{
	uint32_t passed[CURVE_HISTOGRAMS] = { 0 };
	int64_t at_risk = 0;
	for (;;) {
		int32_t day = INT32_MAX;
		for (unsigned i = 1; i < CURVE_HISTOGRAMS; i++) {
			const struct histogram *exits = &histograms[i];
			if (passed[i] < exits->count && exits->cells[passed[i]].at < day)
				day = exits->cells[passed[i]].at;
		}
		if (day == INT32_MAX)
			break;
		const struct histogram *entries = &histograms[0];
		while (passed[0] < entries->count && entries->cells[passed[0]].at < day)
			at_risk += entries->cells[passed[0]++].units;
		for (unsigned i = 1; i < CURVE_HISTOGRAMS; i++) {
			const struct histogram *exits = &histograms[i];
			if (passed[i] < exits->count && exits->cells[passed[i]].at == day)
				at_risk -= exits->cells[passed[i]++].units;
		}
		if (at_risk < 0)
			return false;
	}
	return at_risk == 0 && passed[0] == histograms[0].count;
}

static bool curves_hold(const struct part *part)
{
	for (unsigned slot = 0; slot < registry_histograms(); slot++) {
		if (registry_curve(slot) != NULL && !curve_holds(&part->histograms[slot]))
			return false;
	}
	return true;
}

/* Whose sums they are: the last that it says. */
static enum err store_read(struct bytes text, struct summed *out, struct reason *reason)
{
	struct summed_store store = { { 0 } };
	CHECK_STATIC(sizeof(store.id) == LOG_MARK_STORE_SIZE);
	if (log_mark_store_parse(text, store.id) != OK)
		return not_one(reason, "its end is not as this program knows it");
	enum err err = store_add(out, &store);
	return err == OK ? OK : fail(reason, err, "there is not enough memory");
}

static enum err sums_read(struct bytes bytes, struct summed *out, struct reason *reason)
{
	struct walk_of_sums walk = { 0 };
	struct wire_field field;
	enum err err = head_read(&bytes, out);
	if (err == OK)
		err = acts_read(&bytes, &out->head.acts);
	if (err != OK)
		return not_one(reason, "its beginning is not as this program knows it");
	out->part = part_new(out->head.municipality);
	if (out->part == NULL)
		return fail(reason, ERR_FULL, "there is not enough memory");
	while (err == OK && out->store_count == 0) {
		if (wire_field_take(&bytes, &field) != OK ||
			(field.tag != TAG_INDICATORS && field.tag != TAG_STORE))
			return not_one(reason, "it is cut off, or has what does not belong there");
		err = field.tag == TAG_STORE ? store_read(field.bytes, out, reason)
					     : indicator_read(field.bytes, out, &walk, reason);
	}
	if (err == OK && bytes.length > 0)
		return not_one(reason, "it goes on after its end");
	if (err == OK && indicator_next(&walk, out->part, out->question.definitions) != NULL)
		return not_one(reason, "it is cut off");
	if (err == OK && !curves_hold(out->part))
		return not_one(reason, "more leave one of its curves than enter it");
	return err;
}

enum err summed_read(struct bytes bytes, struct summed *out, struct reason *reason)
{
	struct summed summed = { .part = NULL };
	struct text unused = { 0 };
	reason->text[0] = '\0';
	enum err err = sums_read(bytes, &summed, reason);
	/* Who contradicts itself is told here, before anything is added. */
	if (err == OK)
		err = summed_print_json(&summed, &unused);
	if (err == ERR_INVALID && summed.part != NULL && reason->text[0] == '\0')
		err = not_one(reason, "its counts contradict each other");
	if (err == ERR_FULL && reason->text[0] == '\0')
		err = fail(reason, err, "there is not enough memory");
	text_release(&unused);
	if (err != OK) {
		summed_release(&summed);
		return err;
	}
	*out = summed;
	return OK;
}

/* Which argument of the two differs; NULL: none. */
static const char *difference_of(const struct summed *a, const struct summed *b)
{
	if (a->question.definitions != b->question.definitions)
		return "definitions";
	if (a->head.as_of != b->head.as_of)
		return "as_of";
	if (a->head.known_us != b->head.known_us)
		return "known_at";
	if (a->head.municipality != b->head.municipality)
		return "municipality";
	return a->head.window_days != b->head.window_days ? "window" : NULL;
}

static bool part_is_small(const struct part *part)
{
	for (unsigned i = 0; i < registry_counters(); i++) {
		if (part->counters[i] > SUMMED_COUNT_MAX)
			return false;
	}
	for (unsigned i = 0; i < registry_histograms(); i++) {
		if (histogram_total(&part->histograms[i]) > SUMMED_COUNT_MAX)
			return false;
	}
	return true;
}

static enum err parts_add(struct summed *to, const struct summed *more)
{
	struct tally *tally;
	enum err err = tally_new(&tally);
	if (err != OK)
		return err;
	err = tally_merge_part(tally, to->part);
	if (err == OK)
		err = tally_merge_part(tally, more->part);
	if (err == OK) {
		part_free(to->part);
		to->part = tally_part_take(tally, to->head.municipality);
	}
	tally_free(tally);
	return err;
}

static bool have_one_store(const struct summed *a, const struct summed *b)
{
	for (size_t i = 0; i < a->store_count; i++) {
		for (size_t j = 0; j < b->store_count; j++) {
			if (memcmp(&a->stores[i], &b->stores[j], sizeof(a->stores[i])) == 0)
				return true;
		}
	}
	return false;
}

enum err summed_add(struct summed *to, const struct summed *more, struct reason *reason)
{
	const char *differs = difference_of(to, more);
	if (differs != NULL)
		return fail(reason, ERR_CONFLICT,
			"the sums are not of one question: their %s differ", differs);
	if (have_one_store(to, more))
		return fail(reason, ERR_CONFLICT,
			"the sums of this store are there already: its people would count twice");
	enum err err = parts_add(to, more);
	for (size_t i = 0; i < more->store_count && err == OK; i++)
		err = store_add(to, &more->stores[i]);
	if (err != OK)
		return fail(reason, err, "there is not enough memory");
	to->head.acts.erased_people += more->head.acts.erased_people;
	if (more->head.acts.complete_from > to->head.acts.complete_from)
		to->head.acts.complete_from = more->head.acts.complete_from;
	return part_is_small(to->part)
		       ? OK
		       : fail(reason, ERR_INVALID,
				 "together the counts are larger than there can be");
}

enum err summed_build(const struct summed *summed, struct arena *arena, const struct figure **out)
{
	bool impossible = false;
	struct answer_head head = summed->head;
	head.impossible = &impossible;
	*out = part_build(&head, summed->part, &summed->question, arena);
	return impossible ? ERR_INVALID : OK;
}

enum err summed_print_json(const struct summed *summed, struct text *out)
{
	struct arena arena;
	const struct figure *root;
	enum err err = arena_init(&arena, FIGURES_ARENA_SIZE);
	if (err != OK)
		return err;
	err = summed_build(summed, &arena, &root);
	if (err == OK)
		figure_print_json(root, out);
	arena_release(&arena);
	return err == OK && out->failed ? ERR_FULL : err;
}
