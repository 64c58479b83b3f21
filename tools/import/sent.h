/*
 * tools/import/sent.h - what was sent about each key: the file beside the table of people.
 *
 * An id is made of the key, of the content and of the generation: a random number that is
 * new with each change of what the key says, 0 at first. Without it, a row that is corrected
 * and then set back would bear the id it had first, and the daemon would take it for a
 * duplicate. Counting would not do: after an older copy of the file was put back, numbers
 * would come again. It holds no names. When it is lost, all ids are made anew: rows are sent
 * again as corrections of themselves, which changes no figure of people.
 */
#ifndef TOOLS_IMPORT_SENT_H
#define TOOLS_IMPORT_SENT_H

#include "tools/import/subjects.h"

struct sent_ledger;

/*
 * Reads FILE.sent of the table `path`. `expected`: the table is not new, so it should be there.
 * ERR_INVALID: it is not what was written. ERR_IO, ERR_FULL. *reason says it.
 */
enum err sent_open(
	const char *path, bool expected, struct sent_ledger **out, struct reason *reason) NODISCARD;
void sent_close(struct sent_ledger *ledger);

/* True when it was expected, and is not there. */
bool sent_is_lost(const struct sent_ledger *ledger);

/*
 * As subjects_sent(). A key is asked for once while it is open. ERR_FULL: there is no memory,
 * or no randomness.
 */
enum err sent_next(struct sent_ledger *ledger, const struct digits *key,
	const struct digits *content, struct sent *out) NODISCARD;

/* Replaces the file when something changed. ERR_IO: *reason says why. */
enum err sent_save(struct sent_ledger *ledger, struct reason *reason) NODISCARD;

#endif
