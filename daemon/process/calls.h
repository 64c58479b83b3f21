/*
 * daemon/process/calls.h - which calls the running process can make to the kernel, by a seccomp
 * filter.
 *
 * A list says what ladderd and its libraries need; calls.c has it, with what arguments. What is
 * not on it is answered as by a kernel that does not have it (ENOSYS): a newer C library asks for
 * newer calls first and then does without. A call that is known and not for this process, as
 * socket(), fails with EPERM. To run another program, or to look into another process, is death:
 * no library of ours ever does that, so that who tries has broken in.
 */
#ifndef DAEMON_PROCESS_CALLS_H
#define DAEMON_PROCESS_CALLS_H

#include <stdbool.h>

#include "base/err.h"

/*
 * Coverage and sanitizers make calls, and open files, that the program does not. What is built
 * with them may not connect, and is not confined otherwise.
 */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(LADDERD_COVERAGE)
#define CALLS_INSTRUMENTED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CALLS_INSTRUMENTED true
#endif
#endif
#ifndef CALLS_INSTRUMENTED
#define CALLS_INSTRUMENTED false
#endif

/*
 * From here on all threads of the process can make the calls of the list only, for good.
 * `outgoing`: it may connect to others. For a moment there is a second process. ERR_FULL: no
 * memory, or no time of the processor. ERR_IO: the kernel refused.
 */
enum err calls_confine(bool outgoing, struct reason *reason) NODISCARD;

#endif
