/*
 * store/reader.h - reading a store, through one view of it at a time.
 *
 * A *view* is the store as of one commit (a read transaction of LMDB): commits after it
 * are not seen. While a reader holds a view, the pages it can see are not written over, so
 * a reader that lives long must renew its view now and then, or the file grows without end.
 *
 * One thread uses a reader: the first that reads from a view is the only one that may read
 * from that view (a CHECK holds it). What a call returned points into the store and is valid
 * until the next call on the same reader.
 */
#ifndef STORE_READER_H
#define STORE_READER_H

#include "proto/codec.h"
#include "store/log.h"
#include "store/record.h"

struct reader;

/* ERR_FULL: too many readers. On error *out is untouched. */
enum err reader_open(struct log *log, struct reader **out) NODISCARD;
void reader_close(struct reader *reader);

/* Another reader of the same log, for another thread. Errors as reader_open()'s. */
enum err reader_again(const struct reader *reader, struct reader **out) NODISCARD;

/* Moves to the newest view. After an error nothing may be read until it succeeds. */
enum err reader_renew(struct reader *reader) NODISCARD;

/*
 * Releases the view, so that pages which only this reader still saw can be written over.
 * Until reader_renew() takes a new one nothing may be read (a CHECK holds it).
 */
void reader_rest(struct reader *reader);

/* The last seq and its stamp; 0 and INT64_MIN in an empty log. */
enum err reader_last(struct reader *reader, uint64_t *seq, int64_t *recorded_us) NODISCARD;

/* The largest seq recorded at or before `known_us`; 0 when there is none. */
enum err reader_seq_at(struct reader *reader, int64_t known_us, uint64_t *seq) NODISCARD;

/* The record at `seq`. ERR_NOT_FOUND: beyond the end. ERR_CORRUPT: its checksum does not hold. */
enum err reader_record(struct reader *reader, uint64_t seq, struct record *out) NODISCARD;

/* Like reader_record() for the seq after the last one asked for: fast in sequence. */
enum err reader_next(struct reader *reader, uint64_t seq, struct record *out) NODISCARD;

/* The seq that withdrew `seq`; 0 when it is not withdrawn. */
enum err reader_withdrawn_by(struct reader *reader, uint64_t seq, uint64_t *by) NODISCARD;

/* The first withdrawn seq >= `seq` and who withdrew it. ERR_NOT_FOUND: none. */
enum err reader_withdrawal_from(
	struct reader *reader, uint64_t seq, uint64_t *withdrawn, uint64_t *by) NODISCARD;

/* Names. ERR_NOT_FOUND: no such number. */
enum err reader_subject(struct reader *reader, uint32_t person, struct bytes *out) NODISCARD;
enum err reader_partner(struct reader *reader, uint16_t partner, struct bytes *out) NODISCARD;
enum err reader_partner_number(struct reader *reader, struct bytes name, uint16_t *out) NODISCARD;

/*
 * The seq of a partner's event; of one that was erased that of its tombstone. ERR_NOT_FOUND: never
 * sent.
 */
enum err reader_find(
	struct reader *reader, uint16_t partner, struct bytes id, uint64_t *seq) NODISCARD;

/*
 * Whom a record is about; 0: nobody. Of a retraction that is whom what it takes back is about.
 * ERR_CORRUPT: it takes back what is not there.
 */
enum err reader_person_of(
	struct reader *reader, const struct record *record, uint32_t *out) NODISCARD;

/* Is the person taken out of every figure and list, as of the view? */
bool reader_is_restricted(const struct reader *reader, uint32_t person);

/* The number of a subject. ERR_NOT_FOUND: nobody has it. */
enum err reader_person(struct reader *reader, struct bytes subject, uint32_t *out) NODISCARD;

/* The store's own id. ERR_NOT_FOUND: its format is old. */
#define READER_STORE_ID_SIZE 16
enum err reader_store_id(struct reader *reader, uint8_t out[READER_STORE_ID_SIZE]) NODISCARD;

/* What the operator's acts left in the store. */
struct acts {
	uint64_t erased_people; /* ever */
	int32_t complete_from;  /* whose last event was before this day expired; 0: nobody did */
	uint64_t last_seq;      /* of the newest act; 0: there was none */
};
enum err reader_acts(struct reader *reader, struct acts *out) NODISCARD;

/*
 * The figures of a publication that were kept before an erasure or a restriction could change
 * them: as log_keep() got them. ERR_NOT_FOUND: none were.
 */
enum err reader_kept(struct reader *reader, uint64_t seq, struct bytes *out) NODISCARD;

/* What the store has of a ReportPublished beside its record. */
struct published {
	uint64_t seq;
	uint16_t municipality;
	int32_t as_of;
	uint64_t withdrawn_by; /* the seq of a ReportWithdrawn; 0: none */
	uint32_t round_to;     /* what counts were to be multiples of; 0: it was not noted */
	uint32_t definitions;  /* the set of definitions; 0: it was not noted */
	struct bytes shown;    /* as log_note_shown() got it; length 0: not yet */
};

/*
 * Of the first ReportPublished after `seq_after`. ERR_NOT_FOUND: there is none. ERR_CORRUPT: a
 * row is damaged. ERR_FULL: no memory. The first time in a view it looks through all of them.
 */
enum err reader_published_after(
	struct reader *reader, uint64_t seq_after, struct published *out) NODISCARD;

/* Of the ReportPublished at `seq`. ERR_NOT_FOUND: there is none. ERR_CORRUPT: it is damaged. */
enum err reader_published(struct reader *reader, uint16_t municipality, int32_t as_of, uint64_t seq,
	struct published *out) NODISCARD;

/* The newest record that a partner ever had. ERR_NOT_FOUND: none, or the store's format is old. */
enum err reader_newest(struct reader *reader, struct bytes name, struct newest *out) NODISCARD;

/*
 * A record whole, with the names of its partner and subject, in the arena.
 * ERR_FULL: the arena is full. ERR_CORRUPT: a name is missing, or the body.
 */
enum err reader_view(struct reader *reader, const struct record *record, struct arena *arena,
	struct record_view *out) NODISCARD;

/*
 * The record at `seq` whole, for callers that go through the log: in the arena, which is
 * emptied first. The reader's view is renewed at each seq that is a multiple of
 * RECORDS_OF_A_VIEW. Errors as reader_next()'s and reader_view()'s.
 */
#define VIEW_ARENA_SIZE   ((size_t)192 << 10)
#define RECORDS_OF_A_VIEW 10000
enum err reader_next_view(struct reader *reader, uint64_t seq, struct arena *arena,
	struct record_view *out) NODISCARD;

/*
 * Checks the whole store: every table against the log (verify.c). `tell` is called for
 * each finding. Returns OK when there is none, ERR_CORRUPT when there is one; ERR_FULL, ERR_IO:
 * memory was out, or the system failed, and what was not told is not known.
 */
enum err reader_verify(struct reader *reader, void (*tell)(void *context, const char *finding),
	void *context, uint64_t *records) NODISCARD;

#endif
