/*
 * daemon/process/wipe.h - what is freed is written over, so that nothing of a request or of a
 * record stays in the memory of the process when nobody needs it any more.
 *
 * In the daemon free() and its like are those of wipe.c, also for the libraries. What the system
 * takes back whole is left to it. Where a sanitizer has its own free(), this is not there.
 */
#ifndef DAEMON_PROCESS_WIPE_H
#define DAEMON_PROCESS_WIPE_H

/* To be called first in main(): tells base/memory.h how to free what is written over already. */
void wipe_begin(void);

#endif
