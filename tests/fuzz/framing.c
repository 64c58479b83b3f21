/*
 * tests/fuzz/framing.c - any bytes as what comes over a connection of HTTP.
 *
 * The first byte says where the rest is cut in two. However it is cut, the same is made of it; and
 * what is sound has no line end but CR LF in its heads, and no NUL.
 */
#include "daemon/http/framing.h"

#include <string.h>

#include "base/check.h"

/* libFuzzer calls it with what it made up. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Holds of a byte of a head that stands behind `before`. */
static void check_head(char before, char c)
{
	CHECK(c != '\0');
	CHECK(c != '\n' || before == '\r');
	CHECK(before != '\r' || c == '\n');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	const char *bytes = (const char *)data + 1;
	size_t length = size - 1, cut = length * data[0] / 255;
	struct framing whole = { 0 }, cut_up = { 0 }, each = { 0 };
	size_t sound = framing_take(&whole, bytes, length);
	CHECK(sound == length || whole.fault != NULL);
	size_t in_two = framing_take(&cut_up, bytes, cut);
	in_two += framing_take(&cut_up, bytes + cut, length - cut);
	char before = ' ';
	for (size_t i = 0; i < sound; i++) {
		bool in_body = framing_is_in_body(&each);
		CHECK(framing_take(&each, bytes + i, 1) == 1);
		if (!in_body)
			check_head(before, bytes[i]);
		before = in_body ? ' ' : bytes[i];
	}
	CHECK(in_two == sound && cut_up.fault == whole.fault && each.fault == NULL);
	CHECK(cut_up.requests == whole.requests && each.requests == whole.requests);
	CHECK(cut_up.body_bytes == whole.body_bytes && each.body_bytes == whole.body_bytes);
	CHECK(whole.heads == whole.requests || whole.heads == whole.requests + 1);
	CHECK(whole.request_bytes <= sound && whole.body_bytes <= sound);
	return 0;
}
