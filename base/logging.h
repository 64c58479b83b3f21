/*
 * base/logging.h - lines for the operator on standard error. Only daemon/ and
 * tools/ log, once, where the decision falls. No person, token or value that a
 * partner sent is ever in a line; what else others wrote, as a path, is made plain.
 */
#ifndef BASE_LOGGING_H
#define BASE_LOGGING_H

#include "base/err.h"

enum severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_ERROR };

/* The name that begins each line. */
void logging_init(const char *program);

/* One line: program, severity when it is not info, the sentence. */
void logging(enum severity severity, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
