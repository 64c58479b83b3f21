/*
 * engine/localities.h - who has events in a municipality.
 *
 * A person is listed with each municipality that any event about the person names, also one that
 * is withdrawn: so a figure of one municipality looks at the people listed there, and at nobody
 * else. Nobody is taken off a list.
 */
#ifndef ENGINE_LOCALITIES_H
#define ENGINE_LOCALITIES_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define LOCALITIES_MAX 10000 /* GM0000 to GM9999 */

struct locality {
	uint32_t *people; /* by person number, in the order of coming */
	size_t count;
	size_t size;
};

struct localities {
	struct locality *list[LOCALITIES_MAX]; /* by municipality; NULL: nobody */
};

/* `*localities = (struct localities){ 0 }` is where nobody is. */
void localities_release(struct localities *localities);

/* Lists a person, who must not be listed there yet. ERR_FULL: no memory. */
enum err localities_add(
	struct localities *localities, uint16_t municipality, uint32_t person) NODISCARD;

/* Who is listed: *count of them. Valid until the next localities_add(). */
const uint32_t *localities_people(
	const struct localities *localities, uint16_t municipality, size_t *count);

#endif
