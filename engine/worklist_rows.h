/*
 * engine/worklist_rows.h - one partner's work list as it is shown: with the names that the
 * partner knows, in the order of the day on which each row falls silent.
 */
#ifndef ENGINE_WORKLIST_ROWS_H
#define ENGINE_WORKLIST_ROWS_H

#include "base/text.h"
#include "engine/worklist.h"
#include "store/reader.h"

enum worklist_part {
	WORKLIST_ALL,
	WORKLIST_SILENT, /* what has fallen silent */
	WORKLIST_COMING, /* what has not fallen silent yet */
};

/* What is asked for. Rows are of event types that the partner may send, and does send. */
struct worklist_ask {
	enum worklist_part part;
	struct bytes partner;
	uint64_t types; /* that it may send: bits 1 << enum event_type */
	bool (*has_municipality)(const void *context, uint16_t municipality);
	bool (*has_room)(void *owner, size_t rows); /* for so many? NULL: for any number */
	const void *context;
	void *owner;
};

struct worklist_row {
	struct due due;
	struct bytes subject; /* the pseudonym, as the partner sent it */
	struct bytes ref;     /* of the job; empty: not about a job */
};

struct worklist_rows {
	struct worklist_row *items; /* by the day of falling silent, subject, reason, ref */
	size_t count;
	struct arena arena; /* of the names */
};

/*
 * Reads the rows. The reader's view includes the last record that the list includes. `stop`
 * may be NULL; when it becomes true it ends with ERR_STOPPED. ERR_FULL: no
 * memory, or no room. ERR_CORRUPT, ERR_IO: as the reader's. On error there is nothing to release.
 */
enum err worklist_rows_read(const struct worklist *list, const struct worklist_ask *ask,
	struct reader *reader, const atomic_bool *stop, struct worklist_rows *out) NODISCARD;
void worklist_rows_release(struct worklist_rows *rows);

/*
 * The municipalities of all rows that the partner may see, whatever `part` says, sorted: at most
 * `max` into `places`. Errors as above but ERR_STOPPED.
 */
enum err worklist_places_read(const struct worklist *list, const struct worklist_ask *ask,
	struct reader *reader, uint16_t *places, size_t max, size_t *count) NODISCARD;

/* How many rows there are of each reason: silent already, and not yet. */
struct worklist_counts {
	uint64_t silent[DUE_REASON_COUNT];
	uint64_t coming[DUE_REASON_COUNT];
};

/* Counts the rows, of both kinds whatever `part` says. Errors as worklist_places_read()'s. */
enum err worklist_rows_count(const struct worklist *list, const struct worklist_ask *ask,
	struct reader *reader, struct worklist_counts *out) NODISCARD;

/* The head of the answer. */
struct worklist_head {
	int32_t as_of;
	int64_t known_us;
	struct bytes partner;
	size_t limit; /* the most rows to print */
};

/* Appends the first rows as one line of JSON; as CSV with a line of names. */
void worklist_rows_print_json(
	const struct worklist_rows *rows, const struct worklist_head *head, struct text *out);
void worklist_rows_print_csv(
	const struct worklist_rows *rows, const struct worklist_head *head, struct text *out);

#endif
