/*
 * daemon/process/activation.h - sockets that systemd listens with and hands over: LISTEN_FDS, as
 * sd_listen_fds(3) documents it.
 */
#ifndef DAEMON_PROCESS_ACTIVATION_H
#define DAEMON_PROCESS_ACTIVATION_H

#include "base/err.h"

/* Each by the name that FileDescriptorName= of its unit gives; -1: it was not handed over. */
struct activation {
	int http;
	int stream;
};

/*
 * Takes them, not blocking and closed on exec, and takes what was said of them out of the
 * environment. Before anything else is opened. ERR_INVALID: one has another name or is no
 * socket that listens for TCP, or two have one name; *reason says so.
 */
enum err activation_take(struct activation *out, struct reason *reason) NODISCARD;

#endif
