/*
 * daemon/server/refresher.h - the thread that keeps the figures of today.
 *
 * It follows the log, recomputes the people that changed, and publishes an
 * immutable snapshot for some settled K: at most a second behind when the daemon
 * keeps up. While nothing comes in it rests; whoever finds the snapshot older
 * than that wakes it. The next day is folded before midnight. It saves its state
 * beside the store now and then, and when it stops.
 */
#ifndef DAEMON_SERVER_REFRESHER_H
#define DAEMON_SERVER_REFRESHER_H

#include "daemon/server/committer.h"
#include "engine/snapshot.h"

struct refresher;

/* ERR_FULL: no thread or memory. The log must outlive the refresher. */
enum err refresher_start(struct log *log, const char *store_path, const struct clock *clock,
	struct committer *committer, struct counters *counters, struct refresher **out) NODISCARD;

/*
 * Ends the thread, saving the state, before the committer stops; a refresh that would take
 * longer than a second more is given up, with what is newer than the last saved state; snapshots
 * can still be had until it is freed. Both accept NULL.
 */
void refresher_stop(struct refresher *refresher);
void refresher_free(struct refresher *refresher);

/*
 * The newest snapshot; the caller drops it. ERR_NOT_FOUND: there is none
 * yet, the log is being caught up with: *reason says how far it is.
 */
enum err refresher_snapshot(
	struct refresher *refresher, struct snapshot *out, struct reason *reason) NODISCARD;

/*
 * What is in memory of the log, for answers at any K: the caller drops the lease. It may lack the
 * newest records, which an answer then reads from the log. Any thread; nobody waits for it.
 * ERR_NOT_FOUND: nothing was shown yet, or the log is being read anew.
 */
enum err refresher_lease(struct refresher *refresher, struct lease *out) NODISCARD;

/*
 * How long ago the instant is for which figures are shown, while the log has records that
 * they lack; 0 when they lack none. Are they later than they may be?
 */
int64_t refresher_age_us(struct refresher *refresher);
bool refresher_is_late(struct refresher *refresher);

/* For how long it has got on with nothing, though it is at work; 0 at rest. */
int64_t refresher_still_us(const struct refresher *refresher);

/* Says that the log has grown, by a batch. */
void refresher_wake(struct refresher *refresher);

/* Somebody who waits for a newer snapshot; owned by the caller until `done` is called. */
struct refresher_wait {
	void (*done)(struct refresher_wait *wait); /* in the refresher's thread */
	struct refresher_wait *next;
};

/*
 * True when the snapshot is fresh enough, or not very old and a newer one comes by itself, or
 * however old when the newer one takes longer than a quarter of a second: take what there is.
 * False: `wait` is enqueued and will be done soon: with a newer one, or once it is found to take
 * longer than that.
 */
bool refresher_is_fresh(struct refresher *refresher, struct refresher_wait *wait);

/*
 * ERR_IO when the log could not be followed any more, ERR_FULL when there was no memory to,
 * ERR_CORRUPT when damage was met before anything could be shown (after that, what is shown is
 * shown on); *reason says why. The daemon stops.
 */
enum err refresher_has_failed(struct refresher *refresher, struct reason *reason) NODISCARD;

#endif
