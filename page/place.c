/*
 * page/place.c - see place.h.
 */
#include "page/place.h"

#include <string.h>
#include <strings.h>

#include "indicators/sums.h"

int place_order(const struct named_place *left, const struct named_place *right)
{
	static const char marks[] = "'\"- ";
	int by_code = (left->municipality > right->municipality) -
		      (left->municipality < right->municipality);
	if ((left->municipality == PART_ALL) != (right->municipality == PART_ALL))
		return left->municipality == PART_ALL ? -1 : 1;
	if (left->name == NULL || right->name == NULL)
		return left->name == right->name ? by_code : left->name == NULL ? 1 : -1;
	int order = strcasecmp(
		left->name + strspn(left->name, marks), right->name + strspn(right->name, marks));
	return order != 0 ? order : by_code;
}
