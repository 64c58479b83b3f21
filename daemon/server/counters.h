/*
 * daemon/server/counters.h - the daemon's own health, counted by several threads and
 * printed on /metrics.
 */
#ifndef DAEMON_SERVER_COUNTERS_H
#define DAEMON_SERVER_COUNTERS_H

#include <stdatomic.h>

#include "base/text.h"
#include "proto/validate.h"

/* What became of a partner's events. */
enum event_result { RESULT_ACCEPTED, RESULT_DUPLICATE, RESULT_REJECTED, RESULT_COUNT };

/* By what a wrong token came. */
enum sign_in_way { BY_BEARER, BY_BASIC, BY_FORM, BY_STREAM, BY_OTHER, SIGN_IN_WAYS };

/* The listeners. */
enum door { DOOR_HTTP, DOOR_STREAM, DOORS };

#define PARTNERS_COUNTED_MAX 256 /* partners with counters of their own; the rest are "other" */
#define BUCKETS_MAX          16

/* Upper bounds of buckets, the last is infinite; `scale` units make one of the metric's. */
struct histogram_counter {
	const int64_t *bounds;
	size_t bound_count;
	_Atomic uint64_t buckets[BUCKETS_MAX + 1];
	_Atomic int64_t sum;
};

void histogram_count(struct histogram_counter *histogram, int64_t value);

struct partner_counter {
	char name[64];
	uint64_t events[RESULT_COUNT];
	int64_t last_event_us; /* of the newest record; 0: there is none */
	size_t connections;    /* open ones that last spoke for the partner */
	size_t bodies_bytes;   /* of its bodies that are being received by HTTP */
};

#define READERS_NAMED_MAX 64
#define READER_NAME_MAX   64

/* A reader of the log that gave its name. */
struct reader_counter {
	char name[READER_NAME_MAX + 1]; /* "": there is none */
	uint64_t seq;                   /* up to which it has the log */
	int64_t seen_us;                /* monotonic */
};

struct counters {
	/* The loop's thread only. */
	struct partner_counter partners[PARTNERS_COUNTED_MAX + 1];
	size_t partner_count;
	uint64_t rejections[REJECTION_CODE_COUNT];
	uint64_t sign_ins_refused[SIGN_IN_WAYS];
	uint64_t handshakes_failed[DOORS];    /* of TLS */
	int64_t certificate_not_after[DOORS]; /* seconds since 1970; 0: no certificate */
	struct reader_counter readers[READERS_NAMED_MAX];

	struct histogram_counter commit_us;
	struct histogram_counter batch_events;
	_Atomic uint64_t last_seq;    /* durable */
	_Atomic uint64_t applied_seq; /* in the figures */
	_Atomic uint64_t log_bytes;
	_Atomic uint64_t log_bytes_max;
	_Atomic uint64_t http_connections;
	_Atomic uint64_t stream_connections;
	int64_t started_us;

	/*
	 * What the kernel says of the process: opened at the start, since later nothing can be
	 * opened there. The loop's; -1: it is not there.
	 */
	int process_files; /* a folder */
	int process_memory;
};

void counters_init(struct counters *counters, int64_t now_us);
void counters_release(struct counters *counters);

/* The counters of a partner, made when it is new. */
struct partner_counter *counters_partner(struct counters *counters, struct bytes name);

/*
 * A reader has the log up to this record. `name` is an identifier. Where there are too many, it
 * takes the place of the one that was silent for longest.
 */
void counters_reader(struct counters *counters, struct bytes name, uint64_t seq, int64_t now_us);

/* The two text formats of Prometheus. */
enum exposition { EXPOSITION_TEXT, EXPOSITION_OPENMETRICS };

/* Appends all of them, and the process_* metrics; what counts one partner only when asked. */
void counters_print(const struct counters *counters, enum exposition exposition, bool with_partners,
	struct text *out);

/* What is known of the store. */
struct counters_store {
	bool writable;
	double scrub_round;
	uint64_t scrub_findings;
	int64_t reader_age_us;
};
void counters_print_store(
	const struct counters_store *store, enum exposition exposition, struct text *out);

/* Appends how many records of the main a follower lacks. */
void counters_print_lag(uint64_t lag_records, enum exposition exposition, struct text *out);

/* Appends how old the figures are that lack records of the log; 0: they lack none. */
void counters_print_age(int64_t age_us, enum exposition exposition, struct text *out);

#endif
