/*
 * store/erase.h - erasing people from a store. Who and which records is in erase.c, the copy in
 * erase_copy.c, the files in erase_files.c.
 *
 * LMDB leaves what was deleted in its free pages, and between the rows of pages that are in use. So
 * nothing is deleted: the store is copied, row by row, into a new file that no byte of the people
 * ever gets into. Once that is synced it takes the place of the old one, which is removed.
 *
 *   erasure_new()     holds a view
 *   erasure_choose…() who; erasure_look() counts what there is of them
 *   erasure_copy()    the bulk, beside a writer that goes on
 *   erasure_finish()  what came meanwhile, the acts, the exchange: the writer's, between
 *                     transactions
 *
 * What each step leaves when it is interrupted, in the folder of the store:
 *
 *   rewrite.new  the copy is not whole: it is removed, and the store is as it was
 *   rewrite.mdb  the copy is whole and synced: erase_recover() puts it in place
 *
 * Of an erased record a tombstone is left (record.h), a row in `erased` (erased.h), and an entry in
 * the list beside the store, STORE.erased, by which it is found again in a backup from before.
 */
#ifndef STORE_ERASE_H
#define STORE_ERASE_H

#include <stdatomic.h>

#include "store/reader.h"

struct erasure;

/* ERR_FULL: no memory, or too many readers. The log is one that is open to be written. */
enum err erasure_new(struct log *log, struct erasure **out) NODISCARD;

/* Removes what is not finished. Accepts NULL. */
void erasure_free(struct erasure *erasure);

/* ERR_NOT_FOUND: the store has nobody of that subject. */
enum err erasure_choose_subject(struct erasure *erasure, struct bytes subject) NODISCARD;

/* Everybody whose last occurred_on is before the day. */
enum err erasure_choose_before(struct erasure *erasure, int32_t before) NODISCARD;

/* Those whom the record at `seq` is about. */
enum err erasure_choose_record(struct erasure *erasure, uint64_t seq) NODISCARD;

/*
 * Those whom the records that an act of the main lists are about, as far as they are there; of acts
 * that follow each other in their order. ERR_CONFLICT: it lists what is not before it.
 */
enum err erasure_choose_act(struct erasure *erasure, const struct record_view *act) NODISCARD;

struct erase_counts {
	uint64_t people;
	uint64_t records;   /* retractions and acts included */
	uint64_t seq_first; /* the first of the records; 0: there is none */
};

/* Finds the records of those who are chosen. ERR_CORRUPT: the store is damaged. */
enum err erasure_look(struct erasure *erasure, struct erase_counts *out) NODISCARD;

/*
 * Copies what there is now. `stop` may be NULL; when it becomes true it ends with ERR_STOPPED.
 * ERR_FULL: there is no room on the disk for a second store.
 */
enum err erasure_copy(
	struct erasure *erasure, const atomic_bool *stop, struct reason *reason) NODISCARD;

/* Notes with the acts how far the store followed its cluster. Before erasure_finish(). */
void erasure_place(struct erasure *erasure, const struct log_place *place);

/* The figures of a publication as they are shown, to be kept. */
struct kept_figures {
	uint64_t seq;
	struct bytes figures;
};

/*
 * Copies the rest, appends the acts, and puts the new file in the place of the old one: readers
 * that are opened or renewed from here on read it. `kept` are the publications whose figures were
 * not kept yet and that the people may be in. ERR_CONFLICT: somebody who expired had an event
 * since: begin anew. ERR_IO: what is in place is unknown: stop, and open the store again.
 */
enum err erasure_finish(struct erasure *erasure, int64_t now_us, const struct kept_figures *kept,
	size_t kept_count, struct reason *reason) NODISCARD;

/*
 * The same with acts of the main (follow.h), which are the next records, in the place of acts of
 * its own: those that were chosen by. ERR_CONFLICT: they do not come next.
 */
enum err erasure_follow(struct erasure *erasure, const struct record_view *acts, size_t count,
	const struct kept_figures *kept, size_t kept_count, struct reason *reason) NODISCARD;

/* The environment of before is still read by somebody. After erasure_finish(). */
bool erasure_is_read(struct erasure *erasure);

/*
 * Ends what was interrupted in the store at `path`, or removes it. To be called with its lock
 * held, before it is opened.
 */
enum err erase_recover(const char *path, struct reason *reason) NODISCARD;

/*
 * Opens the list beside the store, which is made when it is absent: for a daemon that can open
 * nothing beside its store later.
 */
enum err erase_list_hold(struct log *log, struct reason *reason) NODISCARD;

/* True while another process exchanges the files of the store. */
bool erase_is_exchanging(const char *path);

/*
 * The records of the store that the list beside `path` says are erased, and that are there: the
 * store was taken back to before. *seqs is freed by the caller. ERR_IO: the list cannot be read.
 */
enum err erase_pending(struct reader *reader, const char *path, uint64_t **seqs, size_t *count,
	struct reason *reason) NODISCARD;

/*
 * Notes that the list beside the store was compared and has nothing that is there, so that it need
 * not be again. In the writer's thread, between transactions. ERR_IO: stop.
 */
enum err erase_list_note(struct log *log, int64_t now_us, struct reason *reason) NODISCARD;

#endif
