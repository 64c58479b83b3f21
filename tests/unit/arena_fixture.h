/*
 * tests/unit/arena_fixture.h - one arena for the tests of a file: made and dropped by the
 * group, emptied where a test asks for it.
 */
#ifndef TESTS_UNIT_ARENA_FIXTURE_H
#define TESTS_UNIT_ARENA_FIXTURE_H

#include "base/arena.h"

static struct arena arena;

static inline int arena_make(void **state)
{
	(void)state;
	return arena_init(&arena, (size_t)8 << 20) == OK ? 0 : -1;
}

static inline int arena_drop(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static inline int arena_empty(void **state)
{
	(void)state;
	arena_reset(&arena);
	return 0;
}

#endif
