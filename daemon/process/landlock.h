/*
 * daemon/process/landlock.h - which files the running process can open, by Landlock, whoever
 * tells it to.
 *
 * The kernel may have no Landlock, or one that knows fewer kinds of access: what it has is used.
 * Debian 12's headers know the rules for files of the year 2022; the numbers of later kinds are
 * the kernel's and stand in landlock.c.
 */
#ifndef DAEMON_PROCESS_LANDLOCK_H
#define DAEMON_PROCESS_LANDLOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum landlock_kind {
	/* A folder: what is in it is read, written, made, renamed and removed. */
	LANDLOCK_FOLDER,
	/*
	 * A file that is read again later, when somebody may have put another in its place, or
	 * in the place of what a symbolic link leads to. So all files of its folder can be read
	 * and, where it is a link, of the folder that it leads to; but never of all of /, where
	 * the file alone can be read, as it is now.
	 */
	LANDLOCK_FILE,
	/* A file that is read as it is now, if it is there. */
	LANDLOCK_FOUND,
};

struct landlock_path {
	const char *path;
	enum landlock_kind kind;
};

/* The version of the kernel's Landlock; 0: it has none, or it is switched off. */
unsigned landlock_version(void);

/*
 * From here on this thread, and each that it starts, opens, makes and removes nothing but
 * `paths`, for good; what is open stays open. As far as the kernel's version goes it cannot
 * listen on TCP or, unless `outgoing`, connect, control a device, reach an abstract socket or
 * signal a process outside. Only with version > 0, after PR_SET_NO_NEW_PRIVS, while there
 * is one thread. ERR_IO: a path is not there, or the kernel refused; *reason says which.
 */
enum err landlock_confine(const struct landlock_path *paths, size_t count, bool outgoing,
	struct reason *reason) NODISCARD;

#endif
