/*
 * base/logging.c - see logging.h.
 */
#include "base/logging.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/check.h"
#include "base/plain.h"

static const char *program_name = "ladderd";

static const char *severity_prefix(enum severity severity)
{
	switch (severity) {
	case SEVERITY_INFO:
		return "";
	case SEVERITY_WARNING:
		return "warning: ";
	case SEVERITY_ERROR:
		return "error: ";
	}
	check_failed("a severity of the enum", __FILE__, __LINE__);
}

void logging_init(const char *program)
{
	program_name = program;
}

void logging(enum severity severity, const char *format, ...)
{
	char line[1024];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	plain_make_string(line);
	/* One call, so that lines of two threads do not mix. */
	fprintf(stderr, "%s: %s%s\n", program_name, severity_prefix(severity), line);
}
