/*
 * ingest/rights.c - see rights.h.
 */
#include "ingest/rights.h"

#include "base/check.h"

bool rights_have_municipality(const struct rights *rights, uint16_t municipality)
{
	if (rights->all_municipalities)
		return true;
	size_t low = 0, high = rights->municipality_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (rights->municipalities[middle] == municipality)
			return true;
		if (rights->municipalities[middle] < municipality)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

enum verdict rights_check(
	const struct rights *rights, const struct event *event, struct rejection *rejection)
{
	CHECK((unsigned)event->type <= EVENT_TYPE_MAX);
	if ((rights->types >> event->type & 1) == 0) {
		*rejection = (struct rejection){
			.code = REJECTION_TYPE_NOT_ALLOWED,
			.id = event->id,
			.field = "body",
			.message = "this partner may not send events of this type: the types it "
				   "may send are in its section of the daemon's configuration",
		};
		return VERDICT_REJECTED;
	}
	if (!rights_have_municipality(rights, event->municipality)) {
		*rejection = (struct rejection){
			.code = REJECTION_MUNICIPALITY_NOT_ALLOWED,
			.id = event->id,
			.field = "municipality",
			.message = "this partner may not send events of this municipality: those "
				   "it may are in its section of the daemon's configuration",
		};
		return VERDICT_REJECTED;
	}
	return VERDICT_ACCEPTED;
}
