/*
 * store/sound.h - is a store what was written? Asked when it is opened, before LMDB reads any of
 * it; and what is known of damage from then on. For store/ only, but for what log.h has.
 */
#ifndef STORE_SOUND_H
#define STORE_SOUND_H

#include "store/tables.h"

/* Before the environment is opened: looks at the head. ERR_CORRUPT: it is damaged. */
enum err sound_look(const char *path, enum log_mode mode, struct reason *reason) NODISCARD;

/*
 * With the environment open: holds every page against the witness; a store without one is verified
 * against its log, all of it. ERR_CORRUPT: the store is damaged.
 */
enum err sound_check(struct log *log, enum log_mode mode, struct reason *reason) NODISCARD;

/*
 * The writer's: has the witness follow the newest commit; make it anew, for another file. Errors as
 * witness_follow()'s.
 */
enum err sound_follow(struct log *log, uint64_t last_seq, struct reason *reason) NODISCARD;
enum err sound_renew(struct log *log, struct reason *reason) NODISCARD;

/*
 * Before a commit. ERR_CORRUPT, and it is noted: the head is not the last commit's, or the file is
 * cut. ERR_IO.
 */
enum err sound_begin(struct log *log, struct reason *reason) NODISCARD;

/* After a commit. What goes wrong is no failure of it: it is durable. Damage is noted. */
void sound_committed(struct log *log);

#endif
