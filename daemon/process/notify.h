/*
 * daemon/process/notify.h - what systemd is told: that the daemon is ready, reads its
 * configuration again, stops, and is alive.
 *
 * The protocol is a datagram to the socket that NOTIFY_SOCKET names (sd_notify(3) documents it as
 * stable), so that it needs no library. Who started the daemon in another way is told nothing.
 */
#ifndef DAEMON_PROCESS_NOTIFY_H
#define DAEMON_PROCESS_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

struct notify {
	int fd;              /* -1: nobody wants to know */
	int64_t watchdog_us; /* how long it may be silent before it is ended; 0: for ever */
	int64_t pinged_us;   /* monotonic: of the last ping */
};

/*
 * Connects, and takes what systemd said out of the environment. Before the process is confined:
 * thereafter there are no new sockets.
 */
void notify_open(struct notify *notify);
void notify_close(struct notify *notify);

/* `status` is one line, what systemctl status shows, without control characters; at most 600
 * bytes of it are. */
void notify_ready(const struct notify *notify, const char *status);
/* Until notify_ready(). `now_us` is of CLOCK_MONOTONIC. */
void notify_reloading(const struct notify *notify, int64_t now_us);
void notify_stopping(const struct notify *notify);

/* Is it time to say that the daemon is alive? Four times as often as it must. */
bool notify_is_due(const struct notify *notify, int64_t now_us);
/* Says that it is, and how it is. */
void notify_alive(struct notify *notify, int64_t now_us, const char *status);

#endif
