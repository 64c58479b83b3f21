/*
 * tests/faults/disk.h - a disk of which everything is known, and which fails as it is told.
 *
 * It takes the place of the C library's open(), pwrite(), fdatasync() and so on, for LMDB too.
 * What is done to the files of one folder is done, and written down: the journal. At any place of
 * the journal the power could have failed; disk_rebuild() makes a folder as it could be after
 * that: what was synced is there, of what was not any part, in any order, each sector by itself.
 * Nothing is really synced: what is durable is what the journal says.
 *
 * A call can be made to fail: the n-th of its kind from now on, once or for good. Only calls for
 * files of the folder count, and all of pthread_create() and of malloc().
 */
#ifndef TESTS_FAULTS_DISK_H
#define TESTS_FAULTS_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Chance that can be had again. */
struct chance {
	uint64_t state;
};

uint64_t chance_below(struct chance *chance, uint64_t end);
bool chance_in(struct chance *chance, uint64_t times);

#define CALLS(X)                                                                                   \
	X(PWRITE, "pwrite")                                                                        \
	X(WRITEV, "writev")                                                                        \
	X(WRITE, "write")                                                                          \
	X(FDATASYNC, "fdatasync")                                                                  \
	X(FSYNC, "fsync")                                                                          \
	X(FTRUNCATE, "ftruncate")                                                                  \
	X(MMAP, "mmap")                                                                            \
	X(OPEN, "open")                                                                            \
	X(RENAME, "rename")                                                                        \
	X(PTHREAD_CREATE, "pthread_create")                                                        \
	X(MALLOC, "malloc")

#define CALL_OF(name, text) CALL_##name,
enum call { CALLS(CALL_OF) CALL_COUNT };
#undef CALL_OF

const char *call_name(enum call call);

enum how {
	HOW_FAILS,
	HOW_IS_SHORT,        /* of a write: half of it is done, and that is said */
	HOW_DONE_AND_FAILED, /* it is done, and reported as failed */
};

struct fault {
	enum call call;
	uint64_t number; /* from 1: of the calls of its kind from now on */
	bool for_good;   /* and all after it */
	int error;       /* errno */
	enum how how;
};

/* The folder `root`, and what is in it, is the disk from now on, and durable; no call fails. */
void disk_begin(const char *root);

/* Arms a fault; NULL: no call fails any more. Calls are counted from here. */
void disk_fault(const struct fault *fault);

/* How many calls of a kind there were since disk_fault(), and whether one of them failed. */
uint64_t disk_calls(enum call call);
bool disk_has_failed(void);

/* The length of the journal. */
size_t disk_length(void);

/* From this length of the journal on nothing is done any more: every call fails. 0: never. */
void disk_stop_at(size_t length);
bool disk_has_stopped(void);

/*
 * Makes the empty folder `to` what the disk could be when the power failed at this length of the
 * journal; `in_flight`: while the last operation was under way.
 */
void disk_rebuild(size_t length, bool in_flight, struct chance *chance, const char *to);

/* Removes the files of a folder. */
void folder_empty(const char *path);

#endif
