/*
 * store/follow.h - taking over the log of another ladderd, the main, record by record.
 *
 * What the main decided is not decided again: its records are appended with their own seq,
 * recorded_at and withdraws. What is not in its log a follower makes itself, of the records before:
 * numbers of persons and partners, identities and keys, checksums. log_follow() and
 * log_follow_act() are in append.c; a record of people who are erased is erasure_follow()'s
 * (erase.h).
 *
 * Beside the log lies a file, `following`, that says whom the store follows. It is not in the log,
 * so that a backup of a follower, or of what was one, may be either.
 */
#ifndef STORE_FOLLOW_H
#define STORE_FOLLOW_H

#include "proto/codec.h"
#include "store/reader.h"

enum follow_role {
	FOLLOW_NONE,     /* it follows nobody: it is a main */
	FOLLOW_BEGUN,    /* it began empty, and was never at the end of the main's log yet */
	FOLLOW_ON,       /* it follows */
	FOLLOW_PROMOTED, /* it followed, and is the main now */
};

#define FOLLOW_MAIN_MAX 256

struct follow_note {
	enum follow_role role;
	char main[FOLLOW_MAIN_MAX + 1]; /* the address that it follows, or did */
};

/* ERR_CORRUPT: the file is not what was written. ERR_IO: it cannot be read. */
enum err follow_note_read(
	const char *store, struct follow_note *out, struct reason *reason) NODISCARD;

/* Durable when it returns. ERR_IO. */
enum err follow_note_write(
	const char *store, const struct follow_note *note, struct reason *reason) NODISCARD;

/*
 * Gives an empty store the id of the main's. Within a transaction, before any record.
 * ERR_CONFLICT: it has records, and another id.
 */
enum err log_follow_store(
	struct log *log, const uint8_t id[READER_STORE_ID_SIZE], struct reason *reason) NODISCARD;

/*
 * Appends events and tombstones of the main's log, within a transaction. ERR_CONFLICT: they do not
 * follow on what is there; *reason says how: stop, it is another log. ERR_FULL, ERR_IO,
 * ERR_CORRUPT: as log_append_group()'s. After any error log_abort().
 */
enum err log_follow(struct log *log, const struct record_view *views, size_t count,
	struct arena *arena, struct reason *reason) NODISCARD;

/*
 * Appends an act, as log_follow() does: a restriction or its end; or an erasure of which nothing is
 * there to be erased any more.
 */
enum err log_follow_act(
	struct log *log, const struct record_view *view, struct reason *reason) NODISCARD;

#endif
