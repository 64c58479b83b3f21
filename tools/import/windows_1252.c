/*
 * tools/import/windows_1252.c - see windows_1252.h.
 *
 * Each byte above ASCII is looked at between its neighbours. One that stands where no Dutch
 * typist puts it (a sign within a word, a capital after a small letter) shows another encoding.
 * One that may be either (a quotation mark at the end of a word may be a letter of MS-DOS) is
 * believed only where other bytes are sure: accented letters in their place, which the other
 * encodings have elsewhere.
 */
#include "tools/import/windows_1252.h"

/* 0x80 to 0x9F of Windows-1252; 0: no letter. The others are those of Unicode. */
static const uint16_t windows_1252[32] = {
	0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, /* 80 */
	0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,      /* 88 */
	0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, /* 90 */
	0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178, /* 98 */
};

uint32_t windows_1252_letter(uint8_t byte)
{
	return byte >= 0x80 && byte < 0xA0 ? windows_1252[byte - 0x80] : byte;
}

enum placed {
	PLACED_FREELY, /* no word is near: it says nothing */
	PLACED_WELL,
	PLACED_DOUBTFULLY,
	PLACED_WRONGLY,
};

/* An accented letter of Windows-1252 that Mac Roman and CP850 have elsewhere. */
static bool is_accented(uint8_t c)
{
	return c >= 0xC0 && c != 0xD7 && c != 0xF7;
}

/* Letters among the signs: where the other encodings have their small letters. */
static bool is_rare_capital(uint8_t c)
{
	return c == 0x8A || c == 0x8C || c == 0x8E || c == 0x9F;
}

static bool is_rare_small(uint8_t c)
{
	return c == 0x9A || c == 0x9C || c == 0x9E;
}

static bool is_capital(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (is_accented(c) && c < 0xDF) || is_rare_capital(c);
}

static bool is_small(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (is_accented(c) && c >= 0xDF) || is_rare_small(c);
}

static bool is_letter(uint8_t c)
{
	return is_capital(c) || is_small(c);
}

static uint8_t byte_at(struct bytes text, size_t at, int distance)
{
	size_t place = at + (size_t)distance;
	return (distance < 0 && at < (size_t)-distance) || place >= text.length ? ' '
										: text.data[place];
}

/*
 * Accented capitals where the others have signs, or letters that begin hardly any name: an Ö may be
 * an Í of CP850, but who has an Ö is many.
 */
static bool is_sure_capital(uint8_t c)
{
	static const char doubtful[] = "\xCB\xCC\xCD\xCE\xCF\xD0\xD2\xD3\xD4\xD5\xD8\xDE";
	return is_accented(c) && strchr(doubtful, c) == NULL;
}

static enum placed place_letter(struct bytes text, size_t at)
{
	uint8_t c = text.data[at], before = byte_at(text, at, -1), after = byte_at(text, at, 1);
	if (is_small(c)) {
		if (is_capital(before) && (is_capital(after) || is_capital(byte_at(text, at, -2))))
			return PLACED_WRONGLY;
		if (!is_letter(before))
			return is_letter(after) ? PLACED_DOUBTFULLY : PLACED_FREELY;
		return is_accented(c) ? PLACED_WELL : PLACED_DOUBTFULLY;
	}
	if (is_capital(before) && is_small(after) && !is_accented(c))
		return PLACED_WRONGLY;
	if (!is_small(before))
		return is_sure_capital(c) ? PLACED_WELL : PLACED_DOUBTFULLY;
	/* Small letters of the others: CP850 has C6, D0 and D5, Mac Roman CF and D8. */
	return is_rare_capital(c) || strchr("\xC6\xCF\xD0\xD5\xD8", c) != NULL ? PLACED_WRONGLY
									       : PLACED_FREELY;
}

/*
 * A sign between two letters. In Dutch these stand there too: D’Angelo, foto’s, maandag–vrijdag,
 * a space that does not break. In the others they are letters.
 */
static enum placed place_within(uint8_t c)
{
	static const char dutch[] = "\x85\x92\x96\x97\xA0\xAD";
	return strchr(dutch, c) != NULL ? PLACED_DOUBTFULLY : PLACED_WRONGLY;
}

static enum placed place(struct bytes text, size_t at)
{
	/* Signs that open something or stand before a number, never after a word. */
	static const char before_words[] =
		"\x82\x83\x84\x86\x87\x88\x89\x8B\x91\x93\x95\x98\xA1\xA2\xA3\xA4\xA5";
	uint8_t c = text.data[at], before = byte_at(text, at, -1), after = byte_at(text, at, 1);
	if (is_letter(c))
		return place_letter(text, at);
	if (is_letter(before) && is_letter(after))
		return place_within(c);
	if (is_letter(before) && strchr(before_words, c) != NULL)
		return PLACED_WRONGLY;
	if (c == 0xA0)
		return PLACED_FREELY;
	return is_letter(before) || is_letter(after) ? PLACED_DOUBTFULLY : PLACED_FREELY;
}

bool is_windows_1252(struct bytes text, size_t *at)
{
	size_t well = 0, doubtful_at = text.length;
	for (size_t i = 0; i < text.length; i++) {
		/* What is no letter at all is refused by who reads it. */
		if (text.data[i] < 0x80 || windows_1252_letter(text.data[i]) == 0)
			continue;
		enum placed placed = place(text, i);
		if (placed == PLACED_WRONGLY) {
			*at = i;
			return false;
		}
		well += placed == PLACED_WELL;
		if (placed == PLACED_DOUBTFULLY && doubtful_at == text.length)
			doubtful_at = i;
	}
	*at = doubtful_at;
	return well > 0 || doubtful_at == text.length;
}
