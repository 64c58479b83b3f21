/*
 * base/logging.h - lines for the operator on standard error. Only daemon/ and
 * tools/ log, once, where the decision falls. No person, token or value that a
 * partner sent is ever in a line; what else others wrote, as a path, is made plain.
 */
#ifndef BASE_LOGGING_H
#define BASE_LOGGING_H

#include <stdbool.h>

#include "base/err.h"

enum severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_ERROR };

/*
 * The name that begins each line. Where standard error is the journal's, lines begin with their
 * priority too: <3>, <4> or <6>, as sd-daemon(3) has it. Once, before there are threads.
 */
void logging_init(const char *program);

/* Is standard error the stream that systemd handed over (JOURNAL_STREAM)? */
bool logging_is_journal(void);

/* One line: program, severity when it is not info, the sentence. */
void logging(enum severity severity, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
