/*
 * base/check.c - the end of a process whose invariant broke.
 */
#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>

void check_failed(const char *condition, const char *file, int line)
{
	fprintf(stderr, "%s:%d: broken invariant: %s\n", file, line, condition);
	abort();
}
