/*
 * base/logging.c - see logging.h.
 */
#include "base/logging.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "base/plain.h"

static const char *program_name = "ladderd";
static bool is_prioritised; /* lines bear their priority */

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

/* What the journal takes off the line; it has no say elsewhere. */
static const char *severity_priority(enum severity severity)
{
	switch (severity) {
	case SEVERITY_INFO:
		return "<6>";
	case SEVERITY_WARNING:
		return "<4>";
	case SEVERITY_ERROR:
		return "<3>";
	}
	check_failed("a severity of the enum", __FILE__, __LINE__);
}

bool logging_is_journal(void)
{
	unsigned long long device, inode;
	struct stat error;
	const char *stream = getenv("JOURNAL_STREAM");
	return stream != NULL && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
	       fstat(STDERR_FILENO, &error) == 0 && error.st_dev == device && error.st_ino == inode;
}

void logging_init(const char *program)
{
	program_name = program;
	is_prioritised = logging_is_journal();
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
	fprintf(stderr, "%s%s: %s%s\n", is_prioritised ? severity_priority(severity) : "",
		program_name, severity_prefix(severity), line);
}
