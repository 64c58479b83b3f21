/*
 * tests/fuzz/batch_json.c - any bytes as JSON with events.
 */
#include "tests/fuzz/property.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_bytes(bytes_of(data, size), BATCH_JSON);
	return 0;
}
