/*
 * base/thread.h - on which thread a function runs, as an invariant that is checked.
 *
 * A thread says at its beginning whose it is: of which object, by its address. A function
 * that belongs to such a thread, or must never run on it, CHECKs that. The answer costs a
 * read of a variable of the thread's own.
 */
#ifndef BASE_THREAD_H
#define BASE_THREAD_H

#include <stdbool.h>

/* This thread is one of `owner` from here on; once in its life. */
void thread_become(const void *owner);

bool thread_is_of(const void *owner);

/*
 * From here on this thread, and no other, gets the processor after those that have not said so:
 * whoever waits for what the others do goes first.
 */
void thread_give_way(void);

#endif
