/*
 * ingest/rights.c - see rights.h.
 */
#include "ingest/rights.h"

#include "base/check.h"

bool rights_must_be_named(enum event_type type)
{
	return type == EVENT_REPORT_PUBLISHED || type == EVENT_REPORT_WITHDRAWN ||
	       type == EVENT_AGREEMENT_MADE;
}

/* All types that `*` includes. */
static uint64_t types_of_star(void)
{
	size_t count;
	const struct schema *schemas = schema_all(&count);
	uint64_t types = 0;
	for (size_t i = 0; i < count; i++) {
		if (!rights_must_be_named(schemas[i].type))
			types |= UINT64_C(1) << schemas[i].type;
	}
	return types;
}

bool rights_published_by_star(const struct rights *rights)
{
	const uint64_t star = types_of_star();
	bool type_named = (rights->types >> EVENT_REPORT_PUBLISHED & 1) != 0;
	bool place_named = rights->municipality_count > 0;
	bool had_type = type_named || (rights->types & star) == star;
	bool had_place = place_named || rights->all_municipalities;
	return had_type && had_place && !(type_named && place_named);
}

static bool names_municipality(const struct rights *rights, uint16_t municipality)
{
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

bool rights_have_municipality(const struct rights *rights, uint16_t municipality)
{
	return rights->all_municipalities || names_municipality(rights, municipality);
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
			.message = rights_must_be_named(event->type)
					   ? "this partner may not publish or make agreements: "
					     "its section of the daemon's configuration must name "
					     "this type, * does not include it"
					   : "this partner may not send events of this type: the "
					     "types it may send are in its section of the "
					     "daemon's configuration",
		};
		return VERDICT_REJECTED;
	}
	bool must_be_named = rights_must_be_named(event->type);
	if (must_be_named ? !names_municipality(rights, event->municipality)
			  : !rights_have_municipality(rights, event->municipality)) {
		*rejection = (struct rejection){
			.code = REJECTION_MUNICIPALITY_NOT_ALLOWED,
			.id = event->id,
			.field = "municipality",
			.message = must_be_named
					   ? "this partner may not publish or make agreements for "
					     "this municipality: its section of the daemon's "
					     "configuration must name it, * does not include it"
					   : "this partner may not send events of this "
					     "municipality: those it may are in its section of "
					     "the daemon's configuration",
		};
		return VERDICT_REJECTED;
	}
	return VERDICT_ACCEPTED;
}
