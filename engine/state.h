/*
 * engine/state.h - the saved form of a live: one file beside the log.
 *
 * It only saves time: a start loads it and applies the records after it. It holds
 * the seq it includes and a checksum; when it is missing, damaged or of another store or
 * program, the live is rebuilt from the log. Its byte order is this machine's, its layout
 * that of this version of the program.
 */
#ifndef ENGINE_STATE_H
#define ENGINE_STATE_H

#include "engine/live.h"

/*
 * Writes the state to `path`, replaced atomically and synced. The live must be
 * refreshed: nobody is marked. ERR_IO, ERR_FULL: the old file is still there.
 */
enum err state_save(const char *path, const struct live *live, struct reader *reader,
	struct reason *reason) NODISCARD;

/*
 * Makes a live from the file. ERR_NOT_FOUND: there is none. ERR_CONFLICT: it is of
 * another store or program. ERR_CORRUPT: it is damaged. All of these: rebuild.
 */
enum err state_load(const char *path, struct reader *reader, struct live **out,
	struct reason *reason) NODISCARD;

/*
 * Compares a state with a fresh fold of the log up to the same seq. ERR_CORRUPT:
 * they differ, *reason says where first.
 */
enum err state_verify(struct live *live, struct reader *reader, struct reason *reason) NODISCARD;

/* Writes "STORE/state" into `out`. ERR_INVALID: the path is too long. */
enum err state_path(const char *store, char *out, size_t size) NODISCARD;

/* Removes a saved state, if there is one. */
void state_remove(const char *path);

#endif
