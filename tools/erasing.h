/*
 * tools/erasing.h - erasing or restricting people in a store that no ladderd has open; or by
 * the one that has.
 */
#ifndef TOOLS_ERASING_H
#define TOOLS_ERASING_H

#include "base/bytes.h"
#include "base/err.h"

struct erasing {
	const char *command; /* whose name the sentences bear */
	const char *store;
	/* Who: one of these. */
	const char *subject;  /* or NULL */
	int32_t before;       /* everybody whose last event was before this day; 0: no */
	const uint64_t *seqs; /* those whom these records are about; NULL: no */
	size_t seq_count;
	const char *reason; /* for the audit; NULL: none */
	bool dry_run;
	bool lift; /* of restricting_run() */
};

/* Does it and prints what was done, or would be. The exit code; what is wrong is said. */
int erasing_run(const struct erasing *erasing);

/* The same of a restriction of the subject, or that it is lifted. */
int restricting_run(const struct erasing *erasing);

#endif
