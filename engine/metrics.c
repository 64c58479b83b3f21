/*
 * engine/metrics.c - see metrics.h.
 */
#include "engine/metrics.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/date.h"
#include "base/grow.h"
#include "proto/codec.h"

#define LABELS_MAX  256
#define VALUE_MAX   32
#define SEGMENT_MAX 128

#define VERDICT_LENGTH_MAX 16

/* A walk down one path: what is left of it, and the labels so far. */
struct metric_walk {
	const struct metric *metric;
	void (*sample)(void *context, const char *labels, double value);
	void *context;
	char labels[LABELS_MAX];
};

static void walk_down(struct metric_walk *walk, const struct figure *figure, const char *path);

/* Goes on with one label more. */
static void walk_labelled(struct metric_walk *walk, const struct figure *figure, const char *rest,
	const char *label, size_t label_length, const char *value)
{
	size_t length = strlen(walk->labels);
	int added = snprintf(walk->labels + length, LABELS_MAX - length, "%s%.*s=\"%s\"",
		length == 0 ? "" : ",", (int)label_length, label, value);
	CHECK(added > 0 && (size_t)added < LABELS_MAX - length);
	walk_down(walk, figure, rest);
	walk->labels[length] = '\0';
}

/* The text of a label from a figure: a number or a name. */
static const char *label_text(const struct figure *figure, char space[32])
{
	if (figure->kind == FIGURE_TEXT)
		return figure->as.text;
	CHECK(figure->kind == FIGURE_INTEGER);
	snprintf(space, 32, "%lld", (long long)figure->as.integer);
	return space;
}

/* [label=member]: each element of an array. */
static void walk_array(
	struct metric_walk *walk, const struct figure *array, const char *segment, const char *rest)
{
	char member[SEGMENT_MAX], space[32];
	const char *equals = strchr(segment, '=');
	CHECK(equals != NULL && array->kind == FIGURE_ARRAY);
	const char *close = strchr(equals, ']');
	CHECK(close != NULL);
	snprintf(member, sizeof(member), "%.*s", (int)(close - equals - 1), equals + 1);
	for (const struct figure *at = array->as.first; at != NULL; at = at->next) {
		const struct figure *named = figure_child(at, member);
		CHECK(named != NULL);
		walk_labelled(walk, at, rest, segment + 1, (size_t)(equals - segment - 1),
			label_text(named, space));
	}
}

/* (label=value): a label that is always the same. */
static void walk_constant(struct metric_walk *walk, const struct figure *figure,
	const char *segment, const char *rest)
{
	char value[SEGMENT_MAX];
	const char *equals = strchr(segment, '=');
	CHECK(equals != NULL);
	const char *close = strchr(equals, ')');
	CHECK(close != NULL);
	snprintf(value, sizeof(value), "%.*s", (int)(close - equals - 1), equals + 1);
	walk_labelled(walk, figure, rest, segment + 1, (size_t)(equals - segment - 1), value);
}

/* Is `key` among the comma-separated names from `list` up to a closing brace? */
static bool list_has(const char *list, const char *key)
{
	size_t length = strlen(key);
	for (const char *at = list;; at++) {
		const char *end = strpbrk(at, ",}");
		CHECK(end != NULL);
		if ((size_t)(end - at) == length && memcmp(at, key, length) == 0)
			return true;
		if (*end == '}')
			return false;
		at = end;
	}
}

/* {label} or {label:a,b}: the members of an object. */
static void walk_object(struct metric_walk *walk, const struct figure *object, const char *segment,
	const char *rest)
{
	const char *end = strpbrk(segment, ":}");
	CHECK(end != NULL && object->kind == FIGURE_OBJECT);
	for (const struct figure *at = object->as.first; at != NULL; at = at->next) {
		if (*end == '}' || list_has(end + 1, at->key))
			walk_labelled(
				walk, at, rest, segment + 1, (size_t)(end - segment - 1), at->key);
	}
}

static void walk_leaf(struct metric_walk *walk, const struct figure *figure)
{
	double value;
	if (figure->kind == FIGURE_NULL)
		return;
	CHECK(figure->kind == FIGURE_INTEGER || figure->kind == FIGURE_NUMBER);
	value = figure->kind == FIGURE_INTEGER ? (double)figure->as.integer : figure->as.number;
	if (walk->metric->unit == METRIC_DAYS)
		value *= 86400;
	walk->sample(walk->context, walk->labels, value);
}

static void walk_down(struct metric_walk *walk, const struct figure *figure, const char *path)
{
	char key[SEGMENT_MAX];
	if (*path == '\0') {
		walk_leaf(walk, figure);
		return;
	}
	size_t length = strcspn(path, "/");
	const char *rest = path[length] == '/' ? path + length + 1 : path + length;
	if (*path == '[') {
		walk_array(walk, figure, path, rest);
	} else if (*path == '(') {
		walk_constant(walk, figure, path, rest);
	} else if (*path == '{') {
		walk_object(walk, figure, path, rest);
	} else {
		CHECK(length < sizeof(key));
		snprintf(key, sizeof(key), "%.*s", (int)length, path);
		const struct figure *child = figure_child(figure, key);
		/* A path that does not exist is our mistake; a null on the way gives no sample. */
		CHECK(child != NULL);
		if (child->kind != FIGURE_NULL)
			walk_down(walk, child, rest);
	}
}

void metric_walk(const struct metric *metric, const struct figure *indicator_figure,
	void (*sample)(void *context, const char *labels, double value), void *context)
{
	struct metric_walk walk = { .metric = metric, .sample = sample, .context = context };
	walk_down(&walk, indicator_figure, metric->path);
}

/* The rows of all tables, one after the other. */
static const struct metric *metric_at(size_t row, const struct indicator **indicator)
{
	size_t count;
	const struct indicator *const *all = registry_all(&count);
	for (size_t i = 0; i < count; i++) {
		const struct metric *metric = all[i]->metrics;
		for (; metric != NULL && metric->name != NULL; metric++) {
			if (row-- == 0) {
				*indicator = all[i];
				return metric;
			}
		}
	}
	return NULL;
}

/* What an indicator's paths begin at; NULL: it is not in this set, or not public. */
static const struct figure *begin_of(const struct figure *root, const struct indicator *indicator)
{
	const struct figure *figure = figure_child(root, indicator->name);
	if (figure == NULL)
		figure = figure_child(figure_child(root, "indicators"), indicator->name);
	CHECK(figure != NULL || indicator->set >= DEFINITIONS_COUNCIL);
	return figure;
}

/* A sample for each verdict of each agreement: 1 for the one that holds. */
static void verdicts_sample(const struct agreements *agreements, uint16_t municipality,
	void (*sample)(void *context, const char *labels, double value), void *context)
{
	size_t count;
	const struct agreement_item *items = agreements_of(agreements, municipality, &count);
	for (size_t i = 0; i < count; i++) {
		const struct agreement *agreement = &items[i].agreement;
		char rung[16] = "", by[DATE_LENGTH + 1], labels[LABELS_MAX];
		date_print(agreement->by, by);
		if (agreement->rung > 0)
			snprintf(rung, sizeof(rung), "%d", (int)agreement->rung);
		int length = snprintf(labels, sizeof(labels),
			"agreement=\"%llu\",figure=\"%s\",rung=\"%s\",with=\"%s\",by=\"%s\","
			"verdict=\"",
			(unsigned long long)items[i].seq,
			enumeration_agreed_figure.names[agreement->figure], rung,
			items[i].with == NULL ? "" : items[i].with, by);
		CHECK(length > 0 && (size_t)length < sizeof(labels) - VERDICT_LENGTH_MAX);
		for (unsigned verdict = 0; verdict < VERDICT_WORD_COUNT; verdict++) {
			snprintf(labels + length, sizeof(labels) - (size_t)length, "%s\"",
				verdict_word_name((enum verdict_word)verdict));
			sample(context, labels, items[i].answer.verdict == verdict);
		}
	}
}

struct family_walk {
	size_t family;
	const struct metric *metric;
	void (*sample)(void *context, size_t family, const struct metric *metric,
		const char *labels, double value);
	void *context;
};

static void family_sample(void *context, const char *labels, double value)
{
	const struct family_walk *walk = context;
	walk->sample(walk->context, walk->family, walk->metric, labels, value);
}

size_t metrics_walk(const struct figure *root, uint16_t municipality,
	const struct agreements *agreements,
	void (*sample)(void *context, size_t family, const struct metric *metric,
		const char *labels, double value),
	void *context)
{
	const struct indicator *indicator;
	struct family_walk walk = { .sample = sample, .context = context };
	for (; (walk.metric = metric_at(walk.family, &indicator)) != NULL; walk.family++) {
		const struct figure *begin = begin_of(root, indicator);
		if (walk.metric->unit == METRIC_VERDICT)
			verdicts_sample(agreements, municipality, family_sample, &walk);
		else if (begin != NULL)
			metric_walk(walk.metric, begin, family_sample, &walk);
	}
	return walk.family;
}

enum err metrics_init(struct metrics *metrics)
{
	const struct indicator *indicator;
	*metrics = (struct metrics){ 0 };
	while (metric_at(metrics->family_count, &indicator) != NULL)
		metrics->family_count++;
	metrics->families = calloc(metrics->family_count + 1, sizeof(*metrics->families));
	return metrics->families == NULL ? ERR_FULL : OK;
}

void metrics_release(struct metrics *metrics)
{
	for (size_t i = 0; metrics->families != NULL && i < metrics->family_count; i++)
		text_release(&metrics->families[i]);
	for (size_t i = 0; i < metrics->part_count; i++)
		free(metrics->parts[i].ends);
	free(metrics->families);
	names_release(&metrics->labels);
	free(metrics->parts);
	*metrics = (struct metrics){ 0 };
}

/* Where a sample goes. */
struct sampling {
	struct names *labels;
	struct text *out;
	size_t begin;   /* bytes before the labels of each: the name, and the municipality */
	size_t printed; /* bytes of all samples, as samples_print() has them */
};

static void sample_keep(void *context, const char *labels, double value)
{
	struct sampling *sampling = context;
	struct text *out = sampling->out;
	char printed[VALUE_MAX];
	int32_t number = 0;
	int length = snprintf(printed, sizeof(printed), "%.15g", value);
	CHECK(length > 0 && (size_t)length < sizeof(printed));
	if (names_number(sampling->labels, bytes_of_string(labels), &number) != OK)
		out->failed = true;
	varint_add(out, (uint64_t)number);
	varint_add(out, (uint64_t)length);
	text_add(out, bytes_of(printed, (size_t)length));
	size_t of_labels = strlen(labels);
	sampling->printed +=
		sampling->begin + of_labels + (of_labels > 0) + (size_t)length + sizeof("} \n") - 1;
}

/* Takes a sample off what sample_keep() wrote. */
static void sample_take(const struct metrics *metrics, struct bytes *rest, struct bytes *labels,
	struct bytes *value)
{
	uint64_t number, length;
	CHECK(varint_take(rest, &number) == OK && varint_take(rest, &length) == OK &&
		length <= rest->length);
	*labels = number == 0 ? bytes_of("", 0) : names_text(&metrics->labels, (int32_t)number);
	*value = bytes_of(rest->data, (size_t)length);
	*rest = bytes_of(rest->data + length, rest->length - (size_t)length);
}

/* Prints the samples of one municipality in a family. */
static void samples_print(const struct metrics *metrics, const char *name, uint16_t municipality,
	struct bytes samples, struct text *out)
{
	char code[MUNICIPALITY_LENGTH + 1], begin[LABELS_MAX];
	municipality_print(municipality, code);
	int length = snprintf(begin, sizeof(begin), "%s{municipality=\"%s\"", name, code);
	CHECK(length > 0 && (size_t)length < sizeof(begin));
	while (samples.length > 0) {
		struct bytes labels, value;
		sample_take(metrics, &samples, &labels, &value);
		text_add(out, bytes_of(begin, (size_t)length));
		if (labels.length > 0)
			text_add_char(out, ',');
		text_add(out, labels);
		text_add(out, bytes_of("} ", 2));
		text_add(out, value);
		text_add_char(out, '\n');
	}
}

enum err metrics_add(struct metrics *metrics, uint16_t municipality, const struct figure *root,
	const struct agreements *agreements)
{
	if (!GROW(metrics->parts, metrics->part_size, metrics->part_count + 1))
		return ERR_FULL;
	size_t *ends = calloc(metrics->family_count + 1, sizeof(*ends));
	if (ends == NULL)
		return ERR_FULL;
	bool failed = false;
	struct sampling sampling = { .labels = &metrics->labels };
	for (size_t i = 0; i < metrics->family_count; i++) {
		const struct indicator *indicator;
		const struct metric *metric = metric_at(i, &indicator);
		sampling.out = &metrics->families[i];
		sampling.begin = strlen(metric->name) + sizeof("{municipality=\"GM0000\"") - 1;
		const struct figure *begin = begin_of(root, indicator);
		if (metric->unit == METRIC_VERDICT && agreements != NULL)
			verdicts_sample(agreements, municipality, sample_keep, &sampling);
		else if (metric->unit != METRIC_VERDICT && begin != NULL)
			metric_walk(metric, begin, sample_keep, &sampling);
		ends[i] = metrics->families[i].length;
		failed = failed || metrics->families[i].failed;
	}
	metrics->parts[metrics->part_count++] = (struct metrics_part){
		.municipality = municipality,
		.ends = ends,
		.printed = sampling.printed,
	};
	return failed ? ERR_FULL : OK;
}

void metrics_print(const struct metrics *metrics,
	bool (*wanted)(const void *context, uint16_t municipality), const void *context,
	struct text *out)
{
	size_t room = METRICS_ROOM;
	for (size_t j = 0; j < metrics->part_count; j++) {
		const struct metrics_part *part = &metrics->parts[j];
		if (wanted == NULL || wanted(context, part->municipality))
			room += part->printed;
	}
	for (size_t i = 0; i < metrics->family_count; i++) {
		const struct indicator *indicator;
		const struct metric *metric = metric_at(i, &indicator);
		room += 2 * strlen(metric->name) + strlen(metric->help) +
			sizeof("# HELP  \n# TYPE  gauge\n") - 1;
	}
	text_room(out, room);
	for (size_t i = 0; i < metrics->family_count; i++) {
		const struct indicator *indicator;
		const struct metric *metric = metric_at(i, &indicator);
		bool headed = false;
		for (size_t j = 0; j < metrics->part_count; j++) {
			const struct metrics_part *part = &metrics->parts[j];
			size_t begin = j == 0 ? 0 : metrics->parts[j - 1].ends[i];
			if (part->ends[i] == begin ||
				(wanted != NULL && !wanted(context, part->municipality)))
				continue;
			/* A family without samples is not there at all. */
			if (!headed)
				text_printf(out, "# HELP %s %s\n# TYPE %s gauge\n", metric->name,
					metric->help, metric->name);
			headed = true;
			samples_print(metrics, metric->name, part->municipality,
				bytes_of(metrics->families[i].data + begin, part->ends[i] - begin),
				out);
		}
	}
}
