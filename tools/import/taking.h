/*
 * tools/import/taking.h - `ladder import --key FILE`: takes a person whom another municipality
 * handed over (tools/common/handover.h), and sends what was in the file.
 */
#ifndef TOOLS_IMPORT_TAKING_H
#define TOOLS_IMPORT_TAKING_H

#include "proto/validate.h"
#include "tools/import/send.h"

struct taking {
	struct sending sending;
	const char *key_file;     /* the secret half that opens it */
	const char *municipality; /* where the person lives now; NULL: as the file says */
	struct event_rules rules;
	bool dry_run; /* print the events and send nothing */
};

/* Does the file begin as a hand-over? False too when it cannot be read. */
bool taking_is_wanted(const char *path);

/*
 * Opens the file `sending.file`, `-` standard input, and sends its events. EX_OK; EX_FINDINGS:
 * some were rejected; or the exit code. What is wrong is said.
 */
int taking_run(struct taking *taking);

#endif
