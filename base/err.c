/*
 * base/err.c - failures in words.
 */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

enum err fail(struct reason *reason, enum err err, const char *format, ...)
{
	if (reason != NULL) {
		va_list arguments;
		va_start(arguments, format);
		vsnprintf(reason->text, sizeof(reason->text), format, arguments);
		va_end(arguments);
	}
	return err;
}
