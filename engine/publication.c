/*
 * engine/publication.c - see publication.h.
 */
#include "engine/publication.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/date.h"
#include "engine/kept.h"
#include "engine/print.h"
#include "engine/tally.h"

struct publication *publication_hold(struct publication *publication)
{
	atomic_fetch_add(&publication->holders, 1);
	return publication;
}

void publication_drop(struct publication *publication)
{
	if (atomic_fetch_sub(&publication->holders, 1) > 1)
		return;
	packed_release(&publication->part);
	kept_tree_release(&publication->kept);
	free(publication);
}

/* The head of its answer in the public profile with base `round_to`. */
static struct answer_head head_of(const struct publication *publication, int64_t round_to)
{
	return (struct answer_head){
		.as_of = publication->as_of,
		.known_us = publication->recorded_us,
		.municipality = publication->municipality,
		.window_days = WINDOW_DAYS_DEFAULT,
		.round_to = round_to,
	};
}

enum err publication_disclose(
	const struct publication *publication, int64_t round_to, struct disclosure *out)
{
	const struct answer_head head = head_of(publication, round_to);
	/* What an old store rounded to other multiples stays unseen. */
	if (!round_to_is_base(round_to)) {
		*out = (struct disclosure){ .round_to = round_to, .withheld = true };
		return OK;
	}
	struct part *part;
	enum err err = part_unpack(&publication->part, publication->municipality, &part);
	if (err != OK)
		return err;
	err = part_disclose(&head, part, out);
	part_free(part);
	return err;
}

enum err publication_build(
	const struct publication *publication, struct arena *arena, const struct figure **out)
{
	CHECK(publication->disclosed && publication->disclosure.round_to > 0 &&
		!publication->disclosure.withheld);
	const struct question question = publication_question(publication);
	struct answer_head head = head_of(publication, publication->disclosure.round_to);
	struct part *part;
	if (!kept_tree_is_none(&publication->kept))
		return kept_tree_unpack(&publication->kept, arena, out);
	head.moves = &publication->disclosure.moves;
	enum err err = part_unpack(&publication->part, publication->municipality, &part);
	if (err != OK)
		return err;
	*out = part_build(&head, part, &question, arena);
	part_free(part);
	return OK;
}

enum err publication_print(const struct publication *publication, struct text *out)
{
	struct arena arena;
	const struct figure *root;
	enum err err = arena_init(&arena, FIGURES_ARENA_SIZE);
	if (err != OK)
		return err;
	err = publication_build(publication, &arena, &root);
	if (err == OK)
		figure_print_json(root, out);
	arena_release(&arena);
	return err == OK && out->failed ? ERR_FULL : err;
}

void disclosure_pack(const struct disclosure *disclosure, struct text *out)
{
	text_printf(out, "%lld %s\n", (long long)disclosure->round_to,
		disclosure->withheld ? "withheld" : "shown");
	for (uint32_t i = 0; i < disclosure->moves.count; i++)
		text_printf(out, "%s %d\n", disclosure->moves.items[i].name,
			(int)disclosure->moves.items[i].steps);
}

/* Cuts a line of a word and a word off. */
static bool line_take(struct bytes *rest, struct bytes *first, struct bytes *second)
{
	const uint8_t *end = rest->length == 0 ? NULL : memchr(rest->data, '\n', rest->length);
	if (end == NULL)
		return false;
	struct bytes line = bytes_of(rest->data, (size_t)(end - rest->data));
	*rest = bytes_of(end + 1, rest->length - line.length - 1);
	const uint8_t *space = line.length == 0 ? NULL : memchr(line.data, ' ', line.length);
	if (space == NULL)
		return false;
	*first = bytes_of(line.data, (size_t)(space - line.data));
	*second = bytes_of(space + 1, line.length - first->length - 1);
	return true;
}

/* A whole number of few digits. */
static bool number_take(struct bytes text, long *out)
{
	char digits[16];
	char *end;
	if (text.length == 0 || text.length >= sizeof(digits))
		return false;
	memcpy(digits, text.data, text.length);
	digits[text.length] = '\0';
	*out = strtol(digits, &end, 10);
	return *end == '\0' && *out >= INT32_MIN && *out <= INT32_MAX;
}

enum err disclosure_unpack(struct bytes packed, struct disclosure *out)
{
	struct disclosure found = { 0 };
	struct bytes first, second;
	long number;
	if (!line_take(&packed, &first, &second) || !number_take(first, &number) || number <= 0 ||
		(!bytes_are(second, "shown") && !bytes_are(second, "withheld")))
		return ERR_CORRUPT;
	found.round_to = number;
	found.withheld = bytes_are(second, "withheld");
	while (packed.length > 0) {
		struct count_move *move = &found.moves.items[found.moves.count];
		if (found.moves.count == COUNT_MOVES_MAX || !line_take(&packed, &first, &second) ||
			!number_take(second, &number) || first.length == 0 ||
			first.length >= sizeof(move->name))
			return ERR_CORRUPT;
		memcpy(move->name, first.data, first.length);
		move->name[first.length] = '\0';
		move->steps = (int32_t)number;
		found.moves.count++;
	}
	*out = found;
	return OK;
}

static int by_place_and_day(const void *a, const void *b)
{
	const struct publication *left = ((const struct publication_item *)a)->publication;
	const struct publication *right = ((const struct publication_item *)b)->publication;
	if (left->municipality != right->municipality)
		return left->municipality < right->municipality ? -1 : 1;
	if (left->as_of != right->as_of)
		return left->as_of < right->as_of ? -1 : 1;
	return (left->seq > right->seq) - (left->seq < right->seq);
}

enum err publications_init(
	struct publications *publications, struct publication *const *list, size_t count)
{
	*publications = (struct publications){
		.items = calloc(count + 1, sizeof(*publications->items)),
		.count = count,
	};
	if (publications->items == NULL)
		return ERR_FULL;
	for (size_t i = 0; i < count; i++) {
		CHECK(list[i]->disclosed);
		publications->items[i].publication = list[i];
		publications->items[i].withdrawn_us = list[i]->withdrawn_us;
	}
	qsort(publications->items, count, sizeof(*publications->items), by_place_and_day);
	return OK;
}

void publications_release(struct publications *publications)
{
	free(publications->items);
	*publications = (struct publications){ 0 };
}

/* The first item of a municipality, or of one behind it. */
static size_t first_of(const struct publications *publications, unsigned municipality)
{
	size_t low = 0, high = publications->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (publications->items[middle].publication->municipality < municipality)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The last quarter of a municipality that is shown; else the last that stands; else DAY_NONE. */
static int32_t newest_of(const struct publications *publications, uint16_t municipality)
{
	int32_t shown = DAY_NONE, stands = DAY_NONE;
	size_t end = first_of(publications, municipality + 1u);
	for (size_t i = first_of(publications, municipality); i < end; i++) {
		const struct publication_item *item = &publications->items[i];
		if (!publication_stands(item))
			continue;
		stands = item->publication->as_of;
		if (!item->publication->disclosure.withheld)
			shown = stands;
	}
	return shown != DAY_NONE ? shown : stands;
}

/* Of one quarter: what stands, what was withdrawn last, and that of the day that is asked. */
struct quarter {
	const struct publication_item *stands;
	const struct publication_item *withdrawn;
	const struct publication_item *withdrawn_known;
};

static struct quarter quarter_of(const struct publications *publications, uint16_t municipality,
	int32_t as_of, int32_t known_day)
{
	struct quarter quarter = { 0 };
	size_t end = first_of(publications, municipality + 1u);
	for (size_t i = first_of(publications, municipality); i < end; i++) {
		const struct publication_item *item = &publications->items[i];
		if (item->publication->as_of != as_of)
			continue;
		if (publication_stands(item)) {
			quarter.stands = item;
			continue;
		}
		quarter.withdrawn = item;
		if (zone_day(item->publication->recorded_us) == known_day)
			quarter.withdrawn_known = item;
	}
	return quarter;
}

static struct publication_answer answer_of(const struct publication_item *item)
{
	if (item == NULL)
		return (struct publication_answer){ .state = PUBLICATION_NONE };
	struct publication_answer answer = { .publication = item->publication };
	if (!publication_stands(item)) {
		answer.state = PUBLICATION_WITHDRAWN;
		answer.withdrawn_day = zone_day(item->withdrawn_us);
		return answer;
	}
	answer.state =
		item->publication->disclosure.withheld ? PUBLICATION_WITHHELD : PUBLICATION_SHOWN;
	return answer;
}

struct publication_answer publications_ask(
	const struct publications *publications, const struct publication_question *question)
{
	int32_t as_of = question->as_of != DAY_NONE
				? question->as_of
				: newest_of(publications, question->municipality);
	struct quarter quarter =
		quarter_of(publications, question->municipality, as_of, question->known_day);
	if (question->known_day == DAY_NONE ||
		(quarter.stands != NULL &&
			zone_day(quarter.stands->publication->recorded_us) == question->known_day))
		return answer_of(quarter.stands != NULL ? quarter.stands : quarter.withdrawn);
	if (quarter.withdrawn_known != NULL)
		return answer_of(quarter.withdrawn_known);
	return answer_of(quarter.stands == NULL ? quarter.withdrawn : NULL);
}

size_t publications_before(const struct publications *publications,
	const struct publication *publication, size_t max, const struct publication **out)
{
	size_t count = 0, first = first_of(publications, publication->municipality);
	size_t end = first_of(publications, publication->municipality + 1u);
	for (size_t i = end; i > first && count < max; i--) {
		const struct publication_item *item = &publications->items[i - 1];
		if (item->publication->as_of < publication->as_of && publication_stands(item))
			out[count++] = item->publication;
	}
	for (size_t i = 0; i < count / 2; i++) {
		const struct publication *swapped = out[i];
		out[i] = out[count - 1 - i];
		out[count - 1 - i] = swapped;
	}
	return count;
}
