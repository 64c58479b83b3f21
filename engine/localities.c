/*
 * engine/localities.c - see localities.h.
 */
#include "engine/localities.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/grow.h"

void localities_release(struct localities *localities)
{
	for (size_t i = 0; i < LOCALITIES_MAX; i++) {
		if (localities->list[i] != NULL)
			free(localities->list[i]->people);
		free(localities->list[i]);
		localities->list[i] = NULL;
	}
}

enum err localities_add(struct localities *localities, uint16_t municipality, uint32_t person)
{
	CHECK(municipality < LOCALITIES_MAX);
	struct locality *place = localities->list[municipality];
	if (place == NULL) {
		place = calloc(1, sizeof(*place));
		if (place == NULL)
			return ERR_FULL;
		localities->list[municipality] = place;
	}
	if (!GROW(place->people, place->size, place->count + 1))
		return ERR_FULL;
	place->people[place->count++] = person;
	return OK;
}

const uint32_t *localities_people(
	const struct localities *localities, uint16_t municipality, size_t *count)
{
	CHECK(municipality < LOCALITIES_MAX);
	const struct locality *place = localities->list[municipality];
	*count = place == NULL ? 0 : place->count;
	return place == NULL ? NULL : place->people;
}
