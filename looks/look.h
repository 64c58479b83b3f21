/*
 * looks/look.h - one read that shows records of persons, and the spans that it writes.
 *
 * Whoever shows records of persons begins a look, calls look_at() for each record before it is
 * printed, and look_write() before anything that was printed leaves the process; at the end
 * look_end(). An answer in pieces does the former for each piece. A person has one span in a look,
 * however many of its records are shown; a look at nobody has one span without a person.
 *
 *   look_begin()  who looks, and at what
 *   look_at()     a record of this person is about to be shown
 *   look_write()  what leaves now has its spans in the file
 *   look_end()    the same for the last of it
 *
 * One thread at a time. A span with a key takes about 0.09 ms of a processor and 570 bytes of the
 * file, since each is sealed by itself; without one 0.007 ms and 450 bytes. So twenty reads of
 * 20,000 people are 36 seconds of a processor: docs/privacy.md says it to whoever plans them.
 */
#ifndef LOOKS_LOOK_H
#define LOOKS_LOOK_H

#include "base/clock.h"
#include "looks/access_log.h"
#include "looks/span.h"

#define LOOK_NAME_MAX     128
#define LOOK_WHO_MAX      192
#define LOOK_ACTIVITY_MAX 256

/* What all spans of a store have. */
struct auditor {
	bool has_key; /* else spans bear no subject */
	struct seal_key key;
	char activity[LOOK_ACTIVITY_MAX + 1]; /* a URI of the processing activity */
	char store[64];                       /* the store as a URI */
};

#define STORE_ID_BYTES 16

/*
 * Fills `out`. `key` may be NULL. `activity` is that of the configuration; empty or NULL: the
 * store's own URI, which is made of its id (NULL: an old store has none, and is urn:uuid:0…).
 */
void auditor_fill(const struct seal_key *key, const char *activity,
	const uint8_t id[STORE_ID_BYTES], struct auditor *out);

/* Who looks at what. Texts that are copied. */
struct looking {
	struct access_log *log;
	const struct auditor *auditor;
	const char *who;         /* "partner isd/jan", "analyst council", "operator/root" */
	const char *what;        /* "GET /v1/log GM0823", "ladder subject" */
	const char *traceparent; /* NULL: none */
	const struct clock *clock;
	/* May a table of so many bytes more be taken? NULL: any. */
	bool (*has_room)(void *owner, size_t bytes);
	void *owner;
};

struct look {
	struct looking looking;
	char who[LOOK_WHO_MAX + 1];
	char what[LOOK_NAME_MAX + 1];
	char entity[LOOK_WHO_MAX + 72];
	struct trace trace;
	int64_t start_us;
	uint8_t first[SPAN_ID_SIZE]; /* the span that the others of the look are under */
	uint64_t spans;              /* made */
	struct text lines;           /* of spans that are not written yet */
	uint32_t *seen;              /* a table of the persons that have one */
	size_t seen_size;
	size_t seen_count;
	bool is_unwritable; /* the file took no more: say so, and show nothing */
	int error;          /* why: of errno */
};

void look_begin(const struct looking *looking, struct look *out);

/* Also of one that was never begun but is zero. */
void look_release(struct look *look);

/*
 * A record of the person is about to be shown. ERR_FULL: no memory. ERR_IO: the access log cannot
 * be written, and is_unwritable says so.
 */
enum err look_at(struct look *look, uint32_t person, struct bytes subject) NODISCARD;

/* Has this person a span already? */
bool look_has(const struct look *look, uint32_t person);

/* What was printed may leave. Errors as above: nothing of it may. */
enum err look_write(struct look *look) NODISCARD;

/* look_write() at the end of the read. */
enum err look_end(struct look *look) NODISCARD;

#endif
