/*
 * base/err.c - failures in words.
 */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <sysexits.h>

#include "base/check.h"

static const char *(*speak)(const char *format);

void reasons_speak(const char *(*translate)(const char *format))
{
	speak = translate;
}

enum err fail(struct reason *reason, enum err err, const char *format, ...)
{
	if (reason != NULL) {
		va_list arguments;
		if (speak != NULL)
			format = speak(format);
		va_start(arguments, format);
		vsnprintf(reason->text, sizeof(reason->text), format, arguments);
		va_end(arguments);
	}
	return err;
}

enum err err_of_errno(int number)
{
	return number == ENOMEM ? ERR_FULL : ERR_IO;
}

int err_exit_code(enum err err)
{
	switch (err) {
	case OK:
		return EX_OK;
	case ERR_INVALID:
		return EX_USAGE;
	case ERR_NOT_FOUND:
		return EX_NOINPUT;
	case ERR_CONFLICT:
		return EX_TEMPFAIL;
	case ERR_FULL:
		return EX_OSERR;
	case ERR_IO:
		return EX_IOERR;
	case ERR_CORRUPT:
		return EX_DATAERR;
	case ERR_STOPPED:
		return EX_TEMPFAIL;
	}
	check_failed("an error of the enum", __FILE__, __LINE__);
}
