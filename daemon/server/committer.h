/*
 * daemon/server/committer.h - the one thread that writes.
 *
 * It takes all that waits, up to a limit, into one transaction, commits it with
 * sync, and only then says that it is done: nothing is acknowledged before it
 * is durable. When a commit fails nobody knows what reached the disk: all of
 * the group is FAILED and the committer takes nothing more.
 *
 * Of a follower (server/follower.h) it takes no batch, and what is settled is what the main has
 * settled: its log grows by committer_exclusively() alone, until committer_lead().
 *
 * While no batch comes it writes what the index of the log lacks, in small steps, and gives
 * memory back; when it ends it does so for a moment too.
 *
 * In a cluster the batches go to the front (front.h), which hands back the rows that they became,
 * and those of other nodes: each of them is a transaction of its own.
 */
#ifndef DAEMON_SERVER_COMMITTER_H
#define DAEMON_SERVER_COMMITTER_H

#include "base/clock.h"
#include "daemon/server/counters.h"
#include "ingest/batch.h"
#include "store/log.h"

struct committer;
struct front;
struct proposal_act;

enum commit_outcome {
	OUTCOME_WAITING,
	OUTCOME_DURABLE, /* the items' verdicts are final */
	OUTCOME_REFUSED, /* space is short: nothing of it was taken, try again later */
	OUTCOME_FAILED,  /* unknown to everybody: the daemon stops */
	OUTCOME_AWAY,    /* the cluster does not answer: unknown, but sending again is safe */
};

/* How a publication is shown, to be kept for ever: log_note_shown(), log_keep_figures(). */
struct shown_note {
	uint16_t municipality;
	int32_t as_of;
	uint64_t seq;
	struct bytes shown;
	struct bytes figures; /* none: it is withheld */
	const struct shown_note *next;
};

/* A row of a cluster's log, on its way into the store. */
struct commit_row {
	int64_t at_us;
	struct log_rules rules;
	int64_t settle_us; /* or INT64_MIN */
	struct log_entry *entries;
	size_t count;
	struct log_place place;
	struct submission *group; /* whose row it is: they are answered with it; or NULL */
};

/* What an act of a cluster was done to, on this node. */
struct acted {
	bool found; /* there was somebody */
	uint64_t people;
	uint64_t records;
};

/*
 * What waits for a commit: a batch, or a note, or what is run alone, or a row of a cluster's log,
 * or an act for one, or a knowledge instant to be settled (then the others are NULL). The submitter
 * owns it and keeps it until `done`, which is called in the committer's thread.
 */
struct submission {
	struct batch *batch;
	struct bytes partner;
	struct bytes succeeds; /* the partner whose events it may withdraw too; or empty */
	size_t bytes;          /* what it holds of memory, for the limit */
	int64_t settle_us;     /* no record will be stamped at or before this */
	const struct shown_note *note;
	struct exclusive *exclusive;
	struct commit_row *row;
	const struct proposal_act *act;
	struct acted acted; /* of an act */
	void (*done)(struct submission *submission);
	void *context;

	enum commit_outcome outcome;
	uint64_t last_seq;        /* of the newest record of the partner; 0: it has none */
	int64_t last_recorded_us; /* of that one; 0: there is none */
	struct submission *next;  /* the committer's */
};

/* What the committer's thread runs between two transactions. */
struct exclusive {
	enum err (*run)(struct log *log, void *context, struct reason *reason);
	void *context;
	enum err err;
	struct reason reason;
};

struct committer_limits {
	size_t batches_max; /* waiting */
	size_t bytes_max;   /* waiting */
	bool follows;       /* another ladderd says what is recorded, and what is settled */
	bool clustered;     /* a front is to be joined: until then it is as if that were away */
};

/* Starts the thread. The log is its own from here on, but for readers. */
enum err committer_start(struct log *log, const struct clock *clock,
	const struct committer_limits *limits, struct counters *counters,
	struct committer **out) NODISCARD;

/* Finishes what waits, then ends the thread. Both accept NULL. */
void committer_stop(struct committer *committer);
void committer_free(struct committer *committer);

/* From here on batches and instants to be settled go to the front; NULL: no more. */
void committer_join(struct committer *committer, struct front *front);

/*
 * Hands a batch over. ERR_FULL: too much waits, try again later. ERR_CONFLICT: the cluster is away,
 * try again soon. ERR_IO: a commit has failed, the daemon is about to stop. On error it is still
 * the submitter's.
 */
enum err committer_submit(struct committer *committer, struct submission *submission) NODISCARD;

/*
 * Hands a row over, in the front's thread. It is applied whatever that takes: while the store is
 * full it is tried again, until the daemon ends; then it is FAILED, and so is every row after it,
 * for none is left out. ERR_IO: a commit has failed, or the daemon ends.
 */
enum err committer_apply(struct committer *committer, struct submission *submission) NODISCARD;

/* From here on a row that finds no room is given up: the daemon ends, and the next start reads it.
 */
void committer_give_up(struct committer *committer);

/*
 * Proposes an act to the cluster, and waits until it is done here. Errors as those of
 * committer_settle().
 */
enum err committer_act(
	struct committer *committer, const struct proposal_act *act, struct acted *acted) NODISCARD;

/*
 * Waits until every record that can ever be stamped at or before `known_us` is
 * durable. In a cluster for a quarter of a second at most, and not at all as long as an instant
 * that took longer is not settled: whoever reads does not wait for a network that was cut in
 * silence. ERR_NOT_FOUND: of a follower, whose main has not said yet that it is settled. ERR_FULL:
 * the cluster is away, or does not answer yet; committer_settled_us() is what can be read. ERR_IO:
 * a commit has failed.
 */
enum err committer_settle(struct committer *committer, int64_t known_us) NODISCARD;

/* What a thread has to look after while it waits. */
struct meanwhile {
	void (*look)(void *context);
	void *context;
};

/*
 * The same, but for up to half a minute in a cluster that was cut off in silence: `look` is called
 * in the caller's own thread when the wait begins and each 50 ms of it. NULL: no longer than above.
 */
enum err committer_settle_meanwhile(
	struct committer *committer, int64_t known_us, const struct meanwhile *meanwhile) NODISCARD;

/*
 * Waits until the note is durable, which may take until a row of the cluster finds room;
 * `meanwhile` as above. ERR_IO: a commit has failed, or the daemon stops.
 */
enum err committer_note(struct committer *committer, const struct shown_note *note,
	const struct meanwhile *meanwhile) NODISCARD;

/*
 * Has `run` called with the log, in the committer's thread and between two transactions, and waits.
 * What it returns is in exclusive->err; after ERR_IO nothing more is taken, as after a commit that
 * failed. ERR_IO: a commit has failed, or the daemon stops: it was not called.
 */
enum err committer_exclusively(struct committer *committer, struct exclusive *exclusive) NODISCARD;

/* From now on it is no follower's any more: batches are taken, instants are its own to settle. */
void committer_lead(struct committer *committer);
bool committer_follows(struct committer *committer);

/*
 * Is it the instant of a question that a follower, or a node whose cluster is away, cannot answer
 * yet, though it is not in the future? *settled_us: up to when it can.
 */
bool committer_awaits(struct committer *committer, int64_t known_us, int64_t *settled_us);

/* Is it later than now, and than what is settled? Whoever else is awaited. */
bool committer_is_to_come(struct committer *committer, int64_t known_us);

/* The last instant that is settled, by a record or the floor. */
int64_t committer_settled_us(struct committer *committer);

/*
 * Now: what the clock says, but never before the last stamp or the floor, so that a
 * clock that steps back hides nothing that was acknowledged. Of a follower: what is settled, and
 * 1970 as long as nothing is. While the cluster is away it is the last instant that is settled, if
 * there is one.
 */
int64_t committer_now_us(struct committer *committer);

/* True once a commit has failed; *reason says how. */
bool committer_has_failed(struct committer *committer, struct reason *reason);

/* For how long it has been at one group, or one step of the index; 0 at rest. */
int64_t committer_still_us(const struct committer *committer);

/*
 * True while batches are refused: space or memory is short, there is damage, or the cluster is
 * away; *reason says it.
 */
bool committer_is_short_of_space(struct committer *committer, struct reason *reason);

#endif
