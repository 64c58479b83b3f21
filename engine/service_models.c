/*
 * engine/service_models.c - see service_models.h.
 */
#include "engine/service_models.h"

#include <stdlib.h>

static int by_municipality(const void *a, const void *b)
{
	const struct service_model_span *left = a, *right = b;
	if (left->municipality != right->municipality)
		return left->municipality < right->municipality ? -1 : 1;
	return (left->position > right->position) - (left->position < right->position);
}

enum err service_models_read(
	struct service_models *models, struct histories *histories, struct reader *reader)
{
	struct service_models read = { 0 };
	if (histories->people_count > 0) {
		/* What is not about a person. */
		enum err err = histories_sort(histories, reader, 0);
		if (err != OK)
			return err;
		const struct history *history = &histories->people[0];
		read.list = calloc((size_t)history->count + 1, sizeof(*read.list));
		if (read.list == NULL)
			return ERR_FULL;
		for (uint32_t i = 0; i < history->count; i++) {
			const struct fact *fact = &history->facts[i];
			if (fact->type != EVENT_SERVICE_MODEL_SET)
				continue;
			read.list[read.count++] = (struct service_model_span){
				.municipality = fact->municipality,
				.day = fact_day(fact),
				.model = fact->choice,
				.position = i,
			};
		}
		qsort(read.list, read.count, sizeof(*read.list), by_municipality);
	}
	service_models_release(models);
	*models = read;
	return OK;
}

enum err service_models_copy(const struct service_models *models, struct service_models *out)
{
	struct service_models copy = { .count = models->count };
	copy.list = calloc(models->count + 1, sizeof(*copy.list));
	if (copy.list == NULL)
		return ERR_FULL;
	for (size_t i = 0; i < models->count; i++)
		copy.list[i] = models->list[i];
	*out = copy;
	return OK;
}

void service_models_release(struct service_models *models)
{
	free(models->list);
	*models = (struct service_models){ 0 };
}

int32_t service_models_at(const struct service_models *models, uint16_t municipality, int32_t day)
{
	size_t low = 0, high = models->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct service_model_span *span = &models->list[middle];
		if (span->municipality < municipality ||
			(span->municipality == municipality && span->day <= day))
			low = middle + 1;
		else
			high = middle;
	}
	return low == 0 || models->list[low - 1].municipality != municipality
		       ? 0
		       : models->list[low - 1].model;
}
