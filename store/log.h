/*
 * store/log.h - the append-only log of events, and the writing of it.
 *
 * seq starts at 1 and has no gaps; recorded_at grows strictly with it. What
 * log_commit() acknowledged is there after a crash; what it did not may or may
 * not be. One writer in the world (the committer, held by a lock file), any
 * number of readers (reader.h), each with a view of its own, also in other
 * processes. The withdrawals and the person table change in the same transaction as the
 * log. The tables of identities and keys may lag behind it (index_lag.h); what is asked of
 * them is answered as if they did not.
 *
 * The thread that begins a transaction ends it, and alone calls what is meant for within it
 * (a CHECK holds it).
 */
#ifndef STORE_LOG_H
#define STORE_LOG_H

#include "base/arena.h"
#include "proto/validate.h"

#define STORE_FORMAT       5
#define STORE_ZONE_DEFAULT "Europe/Amsterdam"

struct log;

enum log_mode {
	LOG_WRITE, /* the daemon: creates the store when it is absent */
	LOG_READ,  /* an existing store or a backup, while a daemon runs or not */
};

struct log_options {
	const char *path; /* a directory */
	size_t size_max;  /* bytes the store may grow to; LOG_WRITE only */
	size_t reserve;   /* bytes of it, and of the disk, that are kept free; LOG_WRITE only */
	/* Records of one partner about one person, and municipalities of one partner; 0: any. */
	uint32_t person_events_max;
	uint32_t partner_municipalities_max;
	const char *zone; /* of a store that is made now; NULL: STORE_ZONE_DEFAULT */
	/*
	 * The newest set of definitions that the program knows: current from the next record on,
	 * which the store notes. LOG_WRITE only; 0: as 1.
	 */
	uint32_t definitions;
};

/*
 * Opens the store, holds every page of it against what was written (witness.h), and sets the
 * process's time zone to the store's.
 * ERR_NOT_FOUND: LOG_READ, and there is none. ERR_CONFLICT: another ladderd has
 * it, or its format is newer than this program. ERR_CORRUPT: do not serve; run
 * `ladder verify`. ERR_FULL: no memory. ERR_IO: the system failed. *reason says it for people. On
 * error *out is untouched.
 */
enum err log_open(const struct log_options *options, enum log_mode mode, struct log **out,
	struct reason *reason) NODISCARD;
void log_close(struct log *log);

/* As of the last commit; of who only reads, as it was opened. The instant: writer only. */
uint64_t log_last_seq(const struct log *log);
int64_t log_last_recorded_us(const struct log *log);

/* No record will ever be stamped at or before this instant again (writer only). */
int64_t log_floor_us(const struct log *log);

/*
 * Bytes of the file in use, and its largest size. Pages that were freed are not in use, but for
 * those that somebody's view still has. In space.c.
 */
size_t log_bytes(struct log *log);
size_t log_bytes_max(struct log *log);

/* Who holds the oldest view of the store, in any process. */
struct log_reader {
	long pid;
	int64_t age_us; /* for so long at least; 0: it holds nothing that the newest view has not */
	double held;    /* the part of the largest size that its view keeps from being used again */
};

/* False: nobody holds one. One thread, now and then: an age is that of being seen. */
bool log_oldest_reader(struct log *log, int64_t now_us, struct log_reader *out);

/* ERR_FULL: space in the store or on its disk is short; refuse events until there is more. */
enum err log_space(struct log *log, struct reason *reason) NODISCARD;

/* Frees the views of readers that were killed; to be called now and then, between
 * transactions. */
void log_sweep(struct log *log);

/*
 * Starts a transaction whose records are stamped at or after `now_us`, after all
 * records before, and after the floor. ERR_IO: stop.
 */
enum err log_begin(struct log *log, int64_t now_us, struct reason *reason) NODISCARD;

/* The stamp of the transaction's first record. */
int64_t log_stamp_us(const struct log *log);

/*
 * How far a store has followed a cluster, whose log is the source of the store's. It is written in
 * the transaction that writes what the position says, so that each is applied exactly once.
 */
#define LOG_CLUSTER_SIZE 16
#define LOG_CHAIN_SIZE   32
struct log_place {
	uint64_t pos; /* the last position that is applied; 0: it follows none */
	uint8_t cluster[LOG_CLUSTER_SIZE];
	uint8_t chain[LOG_CHAIN_SIZE]; /* a hash of all rows up to there */
};

/* As of the last commit; of who only reads, as it was opened. */
const struct log_place *log_place(const struct log *log);

/* Within a transaction, and with it. ERR_FULL: the map is full. */
enum err log_place_put(struct log *log, const struct log_place *place) NODISCARD;

/*
 * What somebody else decided of the records that this transaction appends: the limits take the
 * place of those of log_open(), and the set of definitions is current from the next record on if
 * it is newer. Within a transaction, before anything is appended. ERR_FULL: the map is full.
 */
struct log_rules {
	uint32_t person_events_max;
	uint32_t partner_municipalities_max;
	uint32_t definitions;
};
enum err log_obey(struct log *log, const struct log_rules *rules) NODISCARD;

/* What became of an event. */
struct appended {
	enum verdict verdict;
	uint64_t seq;             /* accepted: its own; duplicate: that of the first */
	enum rejection_code code; /* rejected: id_conflict, target_unknown, ... */
	const char *field;
	const char *message; /* a constant */
};

struct record_view;

/* An event on its way into the log. */
struct log_entry {
	const struct event *event;
	struct bytes partner;  /* the authenticated sender's name */
	struct bytes succeeds; /* the partner whose events the sender may withdraw too; or empty */
	struct bytes body;     /* event_encode() of the event with ENVELOPE_STORED */
	uint32_t round_to;     /* of a ReportPublished: what its counts are multiples of; 0: none */
	/* The main's record, of which nothing is decided here; NULL: it is recorded here. follow.h
	 */
	const struct record_view *followed;
	struct appended appended;
};

/*
 * Appending is in append.c.
 *
 * Decides on identity and target of each event, in their order, and appends. The outcome is
 * the same as if each event were a group of its own; a group is much cheaper, because the
 * tables are looked up and written in the order of their keys. ERR_FULL: the map or the
 * memory is full: log_abort(), and refuse all that the transaction holds. ERR_IO,
 * ERR_CORRUPT: log_abort() and stop.
 */
enum err log_append_group(struct log *log, struct log_entry *entries, size_t count) NODISCARD;

/* A group of one. `arena` is used for its body, and rewound; ERR_FULL also: it is full. */
enum err log_append(struct log *log, struct bytes partner, const struct event *event,
	struct arena *arena, struct appended *out) NODISCARD;

/*
 * Keeps how the publication that is record `seq` is shown, so that it is never reckoned anew.
 * Within a transaction. The first note holds. ERR_NOT_FOUND: there is no such publication.
 * ERR_FULL: the map or the memory is full.
 */
enum err log_note_shown(struct log *log, uint16_t municipality, int32_t as_of, uint64_t seq,
	struct bytes shown) NODISCARD;

/*
 * Keeps the figures of the publication that is record `seq`, as they are shown, so that they are
 * never reckoned anew. Within a transaction. The first that are kept hold. ERR_FULL: the map is
 * full.
 */
enum err log_keep_figures(struct log *log, uint64_t seq, struct bytes figures) NODISCARD;

/*
 * Appends the act that takes a person out of every figure and list, or lifts that. Within a
 * transaction. ERR_NOT_FOUND: nobody has the subject. ERR_FULL: the map or the memory is full.
 */
enum err log_restrict(struct log *log, struct bytes subject, bool lift) NODISCARD;

/* The newest record that a partner ever had. */
struct newest {
	uint64_t seq;
	int64_t recorded_us;
};

/* Of a partner, within a transaction and with it. ERR_NOT_FOUND: it never had one. */
enum err log_newest(struct log *log, struct bytes partner, struct newest *out) NODISCARD;

/*
 * Promises that no record will be stamped at or before `floor_us` (an answer for
 * that knowledge instant is about to be given). Within a transaction.
 */
enum err log_raise_floor(struct log *log, int64_t floor_us) NODISCARD;

/*
 * Is the index lag so large that some of it should be written while no batch comes? It takes
 * memory, and time at the next start. Between transactions.
 */
bool log_index_lags(const struct log *log);

/* True: a thread still sorts the rows to be written; log_index() would write nothing. */
bool log_index_is_sorting(struct log *log);

/*
 * Writes up to `rows` rows of the index lag, within a transaction that appends nothing. ERR_FULL:
 * the map or the memory is full. After any error log_abort().
 */
enum err log_index(struct log *log, size_t rows) NODISCARD;

/*
 * Within a transaction in which a call failed with `err`, and before it is aborted: says why, of
 * ERR_FULL whether the map was full or the memory. Returns `err`.
 */
enum err log_fail(const struct log *log, enum err err, struct reason *reason) NODISCARD;

/*
 * Says that something of the store could not be read, and why: `ladder verify` helps with damage,
 * and not with a failure of the system. What is not there is damage. Returns `err`.
 */
enum err store_fail(struct reason *reason, enum err err, const char *what) NODISCARD;

/*
 * Makes the transaction durable. ERR_FULL: the map or the memory is full, nothing was written,
 * refuse all that the transaction holds. After any other error nobody knows what reached the disk:
 * acknowledge nothing and stop; a restart looks.
 */
enum err log_commit(struct log *log, struct reason *reason) NODISCARD;
void log_abort(struct log *log);

/*
 * What follows is in sound.c.
 *
 * Was damage seen? From then on nothing is written, so that none is written on top of it, and no
 * view is taken: log_begin(), reader_open() and reader_renew() are ERR_CORRUPT. Any thread.
 */
bool log_is_damaged(struct log *log, struct reason *reason);

/* Notes that damage was seen, with what is told of it; the first is kept. Any thread. */
void log_note_damage(struct log *log, const struct reason *reason);

/*
 * Was the store verified against its log when it was opened, all as it was written, since there was
 * no witness of its newest commit? *records: how many it had.
 */
bool log_was_verified(const struct log *log, uint64_t *records);

/*
 * The scrub: reads up to `pages` pages from the disk and holds them against what was written. One
 * thread, beside the writer's. *round: the part of this round that is behind. ERR_CORRUPT: one is
 * damaged; the next call goes on after it.
 */
enum err log_scrub(struct log *log, unsigned pages, double *round, struct reason *reason) NODISCARD;

/* Is a writer at work on the store at `path`, in any process? */
bool log_has_writer(const char *path);

/*
 * Copies the store as it is now, compactly and synced, into the empty or new directory `path`, and
 * verifies the copy. ERR_CONFLICT: there is a store. ERR_CORRUPT: the copy is not right. ERR_IO,
 * ERR_FULL: the system. What was copied is removed on an error. In backup.c.
 */
enum err log_backup(struct log *log, const char *path, struct reason *reason) NODISCARD;

#endif
