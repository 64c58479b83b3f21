/*
 * secret/random.h - bytes that nobody can foresee, of the system's randomness.
 */
#ifndef SECRET_RANDOM_H
#define SECRET_RANDOM_H

#include <stddef.h>

/* Fills `out` with random bytes. Any thread. */
void random_fill(void *out, size_t size);

#endif
