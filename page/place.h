/*
 * page/place.h - municipalities in the order in which people look for one.
 */
#ifndef PAGE_PLACE_H
#define PAGE_PLACE_H

#include <stdint.h>

struct named_place {
	uint16_t municipality; /* or PART_ALL */
	const char *name;      /* NULL: only the code is known */
};

/* All together first, then by name: what stands before its first letter does not count. */
int place_order(const struct named_place *left, const struct named_place *right);

#endif
