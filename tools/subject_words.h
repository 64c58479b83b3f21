/*
 * tools/subject_words.h - the contract's names in plain words, Dutch and English, for `ladder
 * subject`: types of events, their fields, and the values of enumerations. A test holds the table
 * against the schema.
 */
#ifndef TOOLS_SUBJECT_WORDS_H
#define TOOLS_SUBJECT_WORDS_H

#include <stdbool.h>

/* What stands for a name, as spec/events.md spells it; the name itself when the table lacks it. */
const char *subject_word(const char *name, bool dutch);

/* Is it in the table? */
bool subject_word_is_known(const char *name);

#endif
