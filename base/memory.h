/*
 * base/memory.h - giving memory back to the system, and leaving nothing in it.
 *
 * free() keeps most of what it is given for the next malloc(). After something large that
 * does not come again soon, that is memory that stays unused.
 */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

/*
 * What is large is asked of the system by itself from now on, and given back as soon as it is
 * freed: it would stay with the process otherwise, once something as large was freed before. To
 * be called before there are threads.
 */
void memory_large_apart(void);

/* Gives the system the whole pages that are free. Takes milliseconds; any thread. */
void memory_give_back(void);

/* Frees what the caller has written over: by free(), or by the function that was set. */
void memory_free_clean(void *memory);

/* For a program whose free() writes over what it is given: this one does not. */
void memory_free_by(void (*release)(void *memory));

/* Writes over what functions that have returned left on this thread's stack. */
void memory_wipe_stack(void);

#endif
