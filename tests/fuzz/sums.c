/*
 * tests/fuzz/sums.c - any bytes as the sums of a store: they are refused, or they are printed, come
 * back as they are written, and add up with themselves.
 */
#include "engine/summed.h"
#include "tests/fuzz/property.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reason reason;
	struct summed sums, again;
	struct text out = { 0 };
	CHECK(zone_set("Europe/Amsterdam") == OK);
	enum err err = summed_read(bytes_of(data, size), &sums, &reason);
	CHECK(err == OK || err == ERR_INVALID || err == ERR_FULL);
	if (err != OK)
		return 0;
	CHECK(summed_encode(&sums, &out) == OK);
	CHECK(summed_read(text_bytes(&out), &again, &reason) == OK);
	CHECK(summed_add(&sums, &again, &reason) == ERR_CONFLICT);
	again.stores[0].id[0] ^= 1;
	err = summed_add(&sums, &again, &reason);
	CHECK(err == OK || err == ERR_INVALID);
	out.length = 0;
	if (err == OK)
		CHECK(summed_print_json(&sums, &out) == OK);
	summed_release(&sums);
	summed_release(&again);
	text_release(&out);
	return 0;
}
