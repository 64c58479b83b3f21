/*
 * proto/bsn.c - see bsn.h.
 */
#include "proto/bsn.h"

#define DIGITS       9 /* of a citizen service number */
#define GROUPED_SIZE 11

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_separator(uint8_t c)
{
	return c == '.' || c == '_' || c == ':' || c == '-';
}

/* How many digits `text` begins with. */
static size_t digits_at(struct bytes text)
{
	size_t count = 0;
	while (count < text.length && is_digit(text.data[count]))
		count++;
	return count;
}

/* The digits weigh 9, 8, ... 2 and -1, and the sum is a multiple of eleven. */
static bool passes_eleven_test(const uint8_t digits[DIGITS])
{
	int sum = -(digits[DIGITS - 1] - '0');
	for (int i = 0; i < DIGITS - 1; i++)
		sum += (DIGITS - i) * (digits[i] - '0');
	return sum % 11 == 0;
}

/* Does `text` begin with 9 digits in groups, 3-3-3 or 4-2-3? *digits are they. */
static bool begins_grouped(struct bytes text, uint8_t digits[DIGITS])
{
	size_t first = digits_at(text), count = 0;
	if (text.length < GROUPED_SIZE || (first != 3 && first != 4))
		return false;
	for (size_t i = 0; i < GROUPED_SIZE; i++) {
		uint8_t c = text.data[i];
		bool between = i == first || i == 7;
		if (between ? !is_separator(c) : !is_digit(c))
			return false;
		if (!between)
			digits[count++] = c;
	}
	return true;
}

/* After BSN and what separates. */
static bool begins_as_number(struct bytes text)
{
	uint8_t digits[DIGITS];
	return digits_at(text) >= 8 || begins_grouped(text, digits);
}

bool looks_like_bsn(struct bytes text)
{
	uint8_t digits[DIGITS];
	if (digits_at(text) == text.length)
		return text.length >= 8 && text.length <= 10;
	if (text.length == GROUPED_SIZE && begins_grouped(text, digits))
		return passes_eleven_test(digits);
	if (text.length < 3 || (text.data[0] | 0x20) != 'b' || (text.data[1] | 0x20) != 's' ||
		(text.data[2] | 0x20) != 'n')
		return false;
	size_t at = 3;
	while (at < text.length && is_separator(text.data[at]))
		at++;
	return begins_as_number(bytes_of(text.data + at, text.length - at));
}
