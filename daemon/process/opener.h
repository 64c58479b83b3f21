/*
 * daemon/process/opener.h - a process beside the daemon that opens one file for it.
 *
 * The access log is beside the store, where the confined daemon opens and makes nothing; and it is
 * opened again whenever somebody has renamed or removed it. So before the daemon is confined, and
 * has read anything of the store, a process is forked that opens one path. It waits for a byte and
 * answers with a descriptor of that file. It is not confined, and has a copy of the configuration
 * and the certificates; but whoever takes the daemon over can have that file opened once more, and
 * nothing else. It ends when the daemon does.
 */
#ifndef DAEMON_PROCESS_OPENER_H
#define DAEMON_PROCESS_OPENER_H

#include <sys/types.h>

#include "base/err.h"

struct opener {
	int socket; /* -1: none */
	pid_t pid;
};

/*
 * Forks it, as the user that the daemon stays, while there is one thread, with SIGTERM, SIGINT and
 * SIGHUP held back. `open_file` opens the path in that process: a descriptor, or -1 and errno.
 * ERR_IO: *reason says why not.
 */
enum err opener_start(struct opener *opener, int (*open_file)(void *context, const char *path),
	const char *path, struct reason *reason) NODISCARD;

/* A new descriptor of the file; -1 and errno. Any thread, one at a time. */
int opener_open(struct opener *opener);

/* Ends it. Accepts one that was never started and has -1. */
void opener_stop(struct opener *opener);

#endif
