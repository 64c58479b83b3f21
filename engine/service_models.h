/*
 * engine/service_models.h - how municipalities organise their service, as they said it.
 *
 * A ServiceModelSet is about a municipality and nobody in it: it holds from its day on, until the
 * next one.
 */
#ifndef ENGINE_SERVICE_MODELS_H
#define ENGINE_SERVICE_MODELS_H

#include "engine/histories.h"

struct service_model_span {
	uint16_t municipality;
	int32_t day; /* the first */
	int32_t model;
	uint32_t position; /* in the order of events */
};

/* `*models = (struct service_models){ 0 }` is where nobody said anything. */
struct service_models {
	struct service_model_span *list; /* by municipality, then in the order of events; owned */
	size_t count;
};

/*
 * Reads what is known, in place of what `models` holds. ERR_FULL: no memory; others as
 * histories_sort()'s. On error it stays.
 */
enum err service_models_read(struct service_models *models, struct histories *histories,
	struct reader *reader) NODISCARD;

/* ERR_FULL: no memory, *out stays. */
enum err service_models_copy(
	const struct service_models *models, struct service_models *out) NODISCARD;
void service_models_release(struct service_models *models);

/* The model of a municipality on a day, an enum service_model: the last set up to then; 0: none. */
int32_t service_models_at(const struct service_models *models, uint16_t municipality, int32_t day);

#endif
