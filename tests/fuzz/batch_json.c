/*
 * tests/fuzz/batch_json.c - any bytes as JSON with events, or as an array of
 * CloudEvents when they begin like one.
 */
#include "tests/fuzz/property.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_bytes(bytes_of(data, size), size > 0 && data[0] == '[' ? BATCH_CLOUD : BATCH_JSON);
	return 0;
}
