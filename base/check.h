/*
 * base/check.h - assertions that stay on in release.
 *
 * CHECK(x) is for our own mistakes: a broken invariant ends the process with
 * file, line and expression, before it can spoil the log. Bad input is
 * never a CHECK; it is an enum err.
 */
#ifndef BASE_CHECK_H
#define BASE_CHECK_H

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition))                                                                  \
			check_failed(#condition, __FILE__, __LINE__);                              \
	} while (0)

/* Compile-time companion of CHECK. */
#define CHECK_STATIC(condition) _Static_assert(condition, #condition)

#define ARRAY_LENGTH(array) (sizeof(array) / sizeof((array)[0]))

_Noreturn void check_failed(const char *condition, const char *file, int line);

#endif
