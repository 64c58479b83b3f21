/*
 * manual/mdoc.h - prints text as mdoc(7), so that it reads as it was written: nothing in it is
 * taken for a macro, each sentence begins a line, and no line is too long.
 */
#ifndef MANUAL_MDOC_H
#define MANUAL_MDOC_H

#include <stdio.h>

/*
 * Prints sentences. An empty line between two paragraphs begins a new one; other ends of lines are
 * blanks.
 */
void mdoc_text(FILE *out, const char *text);

/* Prints words as arguments of a macro, of which they may be none. */
void mdoc_words(FILE *out, const char *text);

/* Prints lines that are copied as they stand. */
void mdoc_example(FILE *out, const char *lines);

/* A page begins: its name as ladder-push, its section, the day it is of, and its one sentence. */
void mdoc_begin(FILE *out, const char *name, int section, const char *day, const char *sentence);

/* Ends a page with those to read after it, which ends with NULL: "ladder", "1", ... */
void mdoc_see_also(FILE *out, const char *const *names);

#endif
