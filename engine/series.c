/*
 * engine/series.c - see series.h.
 */
#include "engine/series.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/grow.h"
#include "engine/metrics.h"

#define NAME_MAX_LENGTH 512

/* Where the samples of one answer go. */
struct series_sampling {
	struct series_set *set;
	uint16_t municipality;
	int64_t seconds;
};

void series_release(struct series_set *set)
{
	for (int32_t i = 0; i < set->names.count; i++)
		text_release(&set->list[i].samples);
	free(set->list);
	names_release(&set->names);
	*set = (struct series_set){ 0 };
}

/* The series of a name, made when it is new; NULL: no memory. */
static struct series *series_of(const struct series_sampling *sampling, size_t family,
	const struct metric *metric, const char *name)
{
	struct series_set *set = sampling->set;
	int32_t number, count = set->names.count;
	if (!GROW(set->list, set->size, (size_t)count + 1) ||
		names_number(&set->names, bytes_of_string(name), &number) != OK)
		return NULL;
	struct series *series = &set->list[number - 1];
	if (number > count)
		*series = (struct series){
			.family = family,
			.municipality = sampling->municipality,
			.number = number,
			.metric = metric,
		};
	return series;
}

static void sample_add(
	void *context, size_t family, const struct metric *metric, const char *labels, double value)
{
	const struct series_sampling *sampling = context;
	const char *more = sampling->set->label;
	char municipality[MUNICIPALITY_LENGTH + 1], name[NAME_MAX_LENGTH];
	municipality_print(sampling->municipality, municipality);
	int length = snprintf(name, sizeof(name), "%s{municipality=\"%s\"%s%s%s%s}", metric->name,
		municipality, *labels == '\0' ? "" : ",", labels, more == NULL ? "" : ",",
		more == NULL ? "" : more);
	CHECK(length > 0 && (size_t)length < sizeof(name));
	struct series *series = series_of(sampling, family, metric, name);
	if (series == NULL) {
		sampling->set->failed = true;
		return;
	}
	text_printf(&series->samples, "%.15g %lld\n", value, (long long)sampling->seconds);
	sampling->set->failed = sampling->set->failed || series->samples.failed;
}

enum err series_add(struct series_set *set, uint16_t municipality, const struct figure *root,
	const struct agreements *agreements, int64_t seconds)
{
	struct series_sampling sampling = { set, municipality, seconds };
	metrics_walk(root, municipality, agreements, sample_add, &sampling);
	return set->failed ? ERR_FULL : OK;
}

static int by_family(const void *a, const void *b)
{
	const struct series *left = a, *right = b;
	if (left->family != right->family)
		return left->family < right->family ? -1 : 1;
	if (left->municipality != right->municipality)
		return left->municipality < right->municipality ? -1 : 1;
	return (left->number > right->number) - (left->number < right->number);
}

/* Appends the samples of a series, each behind its name. */
static void print_samples(const struct series *series, struct bytes name, struct text *out)
{
	const char *line = series->samples.data;
	const char *end = line + series->samples.length;
	while (line < end) {
		const char *next = strchr(line, '\n') + 1;
		text_add(out, name);
		text_add_char(out, ' ');
		text_add(out, bytes_of(line, (size_t)(next - line)));
		line = next;
	}
}

enum err series_print(struct series_set *set, enum err (*print)(struct bytes piece))
{
	struct text out = { 0 };
	enum err err = OK;
	size_t count = (size_t)set->names.count;
	if (count > 0)
		qsort(set->list, count, sizeof(*set->list), by_family);
	for (size_t i = 0; i < count && err == OK; i++) {
		const struct series *series = &set->list[i];
		const struct metric *metric = series->metric;
		out.length = 0;
		if (i == 0 || set->list[i - 1].family != series->family)
			text_printf(&out, "# HELP %s %s\n# TYPE %s gauge\n", metric->name,
				metric->help, metric->name);
		print_samples(series, names_text(&set->names, series->number), &out);
		err = out.failed ? ERR_FULL : print(text_bytes(&out));
	}
	text_release(&out);
	return err != OK ? err : print(bytes_of_string("# EOF\n"));
}
