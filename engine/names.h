/*
 * engine/names.h - identifiers as numbers (string interning): equal names have equal
 * numbers, different names different ones. Numbers start at 1.
 */
#ifndef ENGINE_NAMES_H
#define ENGINE_NAMES_H

#include "base/bytes.h"
#include "base/err.h"

#define NAMES_MAX 0xfffffff /* a fact's reference holds no larger number */

struct names {
	char *text; /* all names, one after the other */
	size_t text_length;
	size_t text_size;
	uint32_t *ends; /* ends[n - 1]: where name n ends in `text` */
	int32_t count;
	int32_t size;
	int32_t *slots;    /* open addressing; 0: free */
	size_t slot_count; /* a power of two */
};

/* `*names = (struct names){0}` is an empty set. */
void names_release(struct names *names);

/*
 * The number of a name, given out when it is new; 0 for an empty one. ERR_FULL: no memory, or
 * there are NAMES_MAX names.
 */
enum err names_number(struct names *names, struct bytes name, int32_t *out) NODISCARD;

/* The number of a name that was given out; 0: none was. */
int32_t names_find(const struct names *names, struct bytes name);

/* The same names, by the same numbers, in `out`, which is empty. ERR_FULL: no memory. */
enum err names_copy(const struct names *names, struct names *out) NODISCARD;

/* The name of a number that was given out. Valid until the next names_number(). */
struct bytes names_text(const struct names *names, int32_t number);

#endif
