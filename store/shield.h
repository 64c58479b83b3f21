/*
 * store/shield.h - a call of LMDB that meets a damaged page ends, and not the process; for store/
 * only.
 *
 * LMDB believes its pages: one that rotted after the store was opened, or a file that was cut,
 * leads it to memory that is not there, or to an assertion of its own. Within a shield that is
 * ERR_CORRUPT. A fault outside of any shield is what it is without one.
 *
 * It does not save a transaction that changes a page whose own structure rotted: LMDB may write
 * beside its memory then. So the head and the length of the file are looked at before each commit,
 * and the pages that it changed after it (witness.h).
 *
 * A reader's view can be closed after that, and nothing else. A transaction of the writer is left
 * as it is, with LMDB's lock, since nothing may be written any more.
 *
 *	enum err reader_last(struct reader *reader, ...)
 *	{
 *		SHIELD_RETURN(reader->log, last_get(reader, ...));
 *	}
 *
 * What the shielded function opened is lost when the shield trips: memory, never a lock of ours.
 */
#ifndef STORE_SHIELD_H
#define STORE_SHIELD_H

#include <lmdb.h>
#include <setjmp.h>

#include "base/err.h"
#include "store/log.h"

struct shield {
	sigjmp_buf place;
	struct shield *before; /* of this thread, around this one; NULL */
};

/* Has faults of the process come here first. Before the first shield, and as often as wished. */
void shield_install(void);

/* Has an assertion of LMDB trip the shield. */
void shield_environment(MDB_env *env);

/* Begins and ends; between, no return and no jump leaves the function. */
void shield_enter(struct shield *shield);
void shield_leave(struct shield *shield);

/* After it tripped: notes that the writer's store is damaged. Returns ERR_CORRUPT. */
enum err shield_tripped(struct log *log);

/* The same, and says so. */
enum err shield_told(struct log *log, struct reason *reason);

/* Returns from the function what `call` gives; when it met a damaged page, what `after` gives. */
#define SHIELD_RETURN_OR(call, after)                                                              \
	do {                                                                                       \
		struct shield shield_;                                                             \
		if (sigsetjmp(shield_.place, 0) != 0)                                              \
			return (after);                                                            \
		shield_enter(&shield_);                                                            \
		enum err shielded_ = (call);                                                       \
		shield_leave(&shield_);                                                            \
		return shielded_;                                                                  \
	} while (0)

#define SHIELD_RETURN(log, call)                SHIELD_RETURN_OR(call, shield_tripped(log))
#define SHIELD_RETURN_REASON(log, reason, call) SHIELD_RETURN_OR(call, shield_told(log, reason))

#endif
