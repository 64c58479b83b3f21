/*
 * tools/common/store_look.h - commands that show records of persons of a store, and its access log.
 *
 * As the daemon's, a read of a command stands in the access log before anything of it is shown
 * (looks/look.h). The log is the one beside the store, whatever the configuration of a daemon
 * says, which a command does not know; for whom its subjects are sealed the store remembers.
 */
#ifndef TOOLS_COMMON_STORE_LOOK_H
#define TOOLS_COMMON_STORE_LOOK_H

#include "looks/look.h"
#include "store/reader.h"

struct store_look {
	struct access_log *log;
	struct auditor auditor;
	struct clock clock;
	struct look look;
};

/*
 * Begins a look of `ladder NAME` at the store `path`, which the reader reads. It is begun when the
 * command has become the store's owner; who it was before is found out here: the person that
 * signed in to the machine, where the system knows that. 0, or the exit code: what is wrong is
 * said. *out stays where it is until it is released.
 */
int store_look_begin(
	const char *name, const char *path, struct reader *reader, struct store_look *out);

/* Also of one that is zero. */
void store_look_release(struct store_look *look);

/*
 * A record is about to be shown: the person whom it is about goes into the access log. Errors as
 * look_at()'s and the reader's.
 */
enum err store_look_at(
	struct store_look *look, struct reader *reader, const struct record *record) NODISCARD;

/* Says that the access log cannot be written; returns the exit code, EX_IOERR. */
int store_look_complain(const char *name, const char *path, const struct store_look *look);

#endif
