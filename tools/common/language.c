/*
 * tools/common/language.c - see language.h.
 */
#include "tools/common/language.h"

#include <stdlib.h>

#include "base/check.h"
#include "tools/common/dutch.h"

struct pair {
	const char *english;
	const char *dutch;
};

#define PAIR(english, dutch) { english, dutch },
static const struct pair phrases[] = { DUTCH_PHRASES(PAIR) };
static const struct pair sentences[] = { DUTCH_SENTENCES(PAIR) };
#undef PAIR

static bool is_dutch;

bool language_is_known(const char *name)
{
	return strcmp(name, "nl") == 0 || strcmp(name, "en") == 0;
}

static const char *language_given(int argc, char **argv)
{
	static const char option[] = "--language";
	const char *given = NULL;
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strncmp(argv[i], option, strlen(option)) != 0)
			continue;
		const char *after = argv[i] + strlen(option);
		if (*after == '=')
			given = after + 1;
		else if (*after == '\0' && i + 1 < argc)
			given = argv[i + 1];
	}
	return given;
}

void language_choose(int argc, char **argv)
{
	static const char *const variables[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	const char *name = language_given(argc, argv);
	for (size_t i = 0; i < ARRAY_LENGTH(variables) && name == NULL; i++) {
		const char *value = getenv(variables[i]);
		if (value != NULL && value[0] != '\0')
			name = value;
	}
	is_dutch = name != NULL && strncmp(name, "nl", 2) == 0 &&
		   strchr("_.@", name[2]) != NULL; /* or its end */
	reasons_speak(is_dutch ? said : NULL);
}

const char *said(const char *english)
{
	for (size_t i = 0; i < ARRAY_LENGTH(phrases) && is_dutch; i++) {
		if (strcmp(phrases[i].english, english) == 0)
			return phrases[i].dutch;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(sentences) && is_dutch; i++) {
		if (strcmp(sentences[i].english, english) == 0)
			return sentences[i].dutch;
	}
	return english;
}

/* What stands at the places of a format, in their order. */
struct places {
	struct bytes texts[4];
	size_t count;
};

/* Is `text` the format with something at its places, each "%s" or "%d"? */
static bool fits(const char *format, const char *text, struct places *out)
{
	out->count = 0;
	for (const char *place; (place = strchr(format, '%')) != NULL; format = place + 2) {
		size_t length = (size_t)(place - format);
		if (strncmp(text, format, length) != 0 || out->count == ARRAY_LENGTH(out->texts))
			return false;
		text += length;
		/* Up to what follows the place; at the end of the format all that is left. */
		size_t next = strcspn(place + 2, "%");
		const char *end = text + strlen(text);
		while (next > 0 && text < end && strncmp(end, place + 2, next) != 0)
			end--;
		out->texts[out->count++] = bytes_of(text, (size_t)(end - text));
		text = end;
	}
	return strcmp(format, text) == 0;
}

void say_sentence(const char *english, struct text *out)
{
	struct places places;
	size_t i = 0, taken = 0;
	while (is_dutch && i < ARRAY_LENGTH(sentences) &&
		!fits(sentences[i].english, english, &places))
		i++;
	if (!is_dutch || i == ARRAY_LENGTH(sentences)) {
		text_add_string(out, english);
		return;
	}
	for (const char *at = sentences[i].dutch; *at != '\0'; at++) {
		if (*at != '%') {
			text_add_char(out, *at);
			continue;
		}
		CHECK(taken < places.count);
		text_add(out, places.texts[taken++]);
		at++;
	}
}
