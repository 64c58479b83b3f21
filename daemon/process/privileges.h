/*
 * daemon/process/privileges.h - what the process gives up before it reads or writes anything
 * that matters: new privileges, cores, files that others can read, and being root.
 *
 * Called by main() while there is one thread. Nothing of it comes back.
 */
#ifndef DAEMON_PROCESS_PRIVILEGES_H
#define DAEMON_PROCESS_PRIVILEGES_H

#include "base/err.h"

/*
 * No program that it might run gets more rights, it leaves no core, and its files are its
 * owner's alone. ERR_IO: the system refused.
 */
enum err privileges_drop(struct reason *reason) NODISCARD;

/*
 * When the process is root, becomes `user` with that user's groups, and checks that there is
 * no way back; when it is not root, stays who it is. ERR_NOT_FOUND: there is no such user;
 * ERR_INVALID: it is root itself; ERR_IO: the system refused.
 */
enum err privileges_become(const char *user, struct reason *reason) NODISCARD;

/*
 * Others' debuggers and /proc are shut out, of this user too. After the last change of user,
 * which sets it anew. ERR_IO.
 */
enum err privileges_hide(struct reason *reason) NODISCARD;

#endif
