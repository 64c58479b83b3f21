/*
 * base/guard.h - files and folders that only those can write, or read, who should.
 *
 * A file that another user can write decides for him what is done with it. So a program asks
 * here before it believes one. Root is trusted with all files. What is no
 * regular file, as a pipe, is let through: its mode says nothing of who filled it. What is beside
 * the file, and the folders above it, are the administrator's matter.
 *
 * `role` says what the file is to the user, as "the token file".
 */
#ifndef BASE_GUARD_H
#define BASE_GUARD_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/err.h"

enum guard {
	GUARD_WRITE,  /* others must not be able to write it */
	GUARD_SECRET, /* nor to read it; a group may read what root owns */
};

/*
 * Looks at an open file. ERR_INVALID: it belongs to a stranger, or others may do with it what
 * they must not; *reason says so. ERR_IO.
 */
enum err guard_file(int fd, enum guard guard, const char *role, const char *path,
	struct reason *reason) NODISCARD;

/*
 * Looks at a folder and at all files in it: each must belong to the user the process runs as,
 * and to nobody else to write. Others' rights to read are taken away, and *tightened says
 * whether there were any. A folder that is not there is in order. ERR_INVALID as above, and
 * nothing is changed; ERR_IO.
 */
enum err guard_folder(
	const char *path, const char *role, bool *tightened, struct reason *reason) NODISCARD;

#endif
