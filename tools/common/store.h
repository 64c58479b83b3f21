/*
 * tools/common/store.h - what the commands that read a store share.
 */
#ifndef TOOLS_COMMON_STORE_H
#define TOOLS_COMMON_STORE_H

#include "store/reader.h"

/* Opens a store for reading, and a reader on it. 0, or the exit code: what is wrong is said. */
int store_open(const char *name, const char *path, struct log **log, struct reader **reader);

/*
 * Opens an existing store to write to it, as its owner. EX_TEMPFAIL, of which nothing is said:
 * another process writes to it, a running ladderd. To a store that follows another nobody writes:
 * that is said, and is EX_UNAVAILABLE.
 */
int store_open_to_write(const char *name, const char *path, struct log **log);

/* The same whether it follows another or not: nothing may be recorded in it. */
int store_open_any(const char *name, const char *path, struct log **log);
void store_close(struct log *log, struct reader *reader);

/* Says why a store could not be read; returns the exit code. */
int store_complain(const char *name, enum err err, const char *path);

#endif
