/*
 * tests/all_rights.h - a sender that may send everything: each municipality is named, since
 * what publishes is in no star.
 */
#ifndef TESTS_ALL_RIGHTS_H
#define TESTS_ALL_RIGHTS_H

#include "ingest/rights.h"

static inline const struct rights *all_rights(void)
{
	static uint16_t codes[10000];
	static const struct rights rights = {
		.types = UINT64_MAX,
		.municipalities = codes,
		.municipality_count = 10000,
	};
	for (uint16_t code = 0; codes[9999] == 0 && code < 10000; code++)
		codes[code] = code;
	return &rights;
}

#endif
