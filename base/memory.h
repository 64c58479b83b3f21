/*
 * base/memory.h - giving memory back to the system.
 *
 * free() keeps most of what it is given for the next malloc(). After something large that
 * does not come again soon, that is memory that stays unused.
 */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

/* Gives the system the whole pages that are free. Takes milliseconds; any thread. */
void memory_give_back(void);

#endif
