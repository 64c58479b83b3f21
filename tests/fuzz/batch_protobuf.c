/*
 * tests/fuzz/batch_protobuf.c - any bytes as a protobuf EventBatch.
 */
#include "tests/fuzz/property.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_bytes(bytes_of(data, size), BATCH_PROTOBUF);
	return 0;
}
