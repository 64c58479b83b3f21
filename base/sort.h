/*
 * base/sort.h - numbers in order, in place and without memory.
 *
 * Whoever sends events chooses how many there are of one person and in what order. So this
 * takes at most in the order of n log n steps, whatever it is given: a heap sort, and few
 * numbers by insertion. A number may hold several things, the first in its highest bits:
 * then equal ones come together in the order of the second.
 */
#ifndef BASE_SORT_H
#define BASE_SORT_H

#include <stddef.h>
#include <stdint.h>

/* The smallest first. */
void sort_numbers(uint64_t *numbers, size_t count);

/* How many different numbers there are among sorted ones. */
size_t sorted_distinct(const uint64_t *numbers, size_t count);

#endif
