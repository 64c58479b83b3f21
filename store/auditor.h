/*
 * store/auditor.h - what the store keeps of [audit] of the configuration, for commands that read
 * the store without one: for whom the subjects of the access log are sealed, and which processing
 * activity its spans are of.
 */
#ifndef STORE_AUDITOR_H
#define STORE_AUDITOR_H

#include "secret/seal.h"
#include "store/reader.h"

#define STORE_ACTIVITY_MAX 256

struct kept_auditor {
	bool has_key;
	struct seal_key key;
	char activity[STORE_ACTIVITY_MAX + 1]; /* empty: it is the store's own */
};

/*
 * Keeps the key, unless there is none in `auditor`, and the activity. In the writer's thread,
 * between transactions. ERR_IO: stop.
 */
enum err auditor_keep(struct log *log, int64_t now_us, const struct kept_auditor *auditor,
	struct reason *reason) NODISCARD;

/* As it was kept last; nothing where it never was. ERR_CORRUPT: the store is damaged. */
enum err auditor_read(struct reader *reader, struct kept_auditor *out) NODISCARD;

#endif
