/*
 * tools/common/language.h - the language in which a command speaks to people: English, or Dutch.
 *
 * Sentences stand in the code in English. What is said to people is looked up in the table of
 * tools/common/dutch.h by the English sentence, formats by the format: complain(), fail() of
 * base/err.h and the help do so by themselves. A command that speaks Dutch says so at its
 * beginning; all others speak English.
 */
#ifndef TOOLS_COMMON_LANGUAGE_H
#define TOOLS_COMMON_LANGUAGE_H

#include "base/text.h"

/*
 * Chooses the language of the process: that of --language in argv, else that of the environment
 * (LC_ALL, LC_MESSAGES, LANG), else English. Before options are parsed, as the help is in it.
 */
void language_choose(int argc, char **argv);

/* "nl" or "en": what --language takes. */
bool language_is_known(const char *name);

/* The sentence, or the format with the same arguments, in the language that was chosen. */
const char *said(const char *english) __attribute__((format_arg(1)));

/*
 * Appends a sentence about an event that another room or a daemon made: in Dutch when the table
 * has it, whatever stands at its places.
 */
void say_sentence(const char *english, struct text *out);

#define OPTION_LANGUAGE(target)                                                                    \
	{                                                                                          \
		"language", 0, OPTION_TEXT, target, 0, 0, "nl|en",                                 \
			"the language of messages (default: that of LANG)"                         \
	}

#define LANGUAGE_RULE "--language takes nl or en."

#endif
