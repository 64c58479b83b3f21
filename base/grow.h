/*
 * base/grow.h - arrays that grow: the one place where room is made for more items.
 *
 * An array is a pointer from malloc() or NULL, and how many items there is room for. What
 * is in it stays; new room is not cleared. When there is no memory, or the number of bytes
 * would not fit in a size_t, nothing changes. The owner ends an array with free().
 */
#ifndef BASE_GROW_H
#define BASE_GROW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/*
 * Makes room for at least `need` items in `array`, which has room for `size`, an lvalue of
 * type size_t. The room doubles, so that adding one by one costs a constant time each.
 * False: there is no memory.
 */
#define GROW(array, size, need) grow_array(&(array), &(size), (need), sizeof(*(array)))

/* Makes room for exactly `size` items, at least one: for an owner with a growth rule of its own. */
#define GROW_TO(array, size) grow_array_to(&(array), (size), sizeof(*(array)))

/* The room that GROW() makes: for an owner of several arrays of one size. */
size_t grow_size(size_t size, size_t need);

/* For the macros: `array` is the address of the pointer, `item` the bytes of an item. */
bool grow_array(void *array, size_t *size, size_t need, size_t item) NODISCARD;
bool grow_array_to(void *array, size_t size, size_t item) NODISCARD;

#endif
