/*
 * tools/push/push_state.h - the newest record that a sender was told of, kept in a file from push
 * to push, so that a store that was taken back is noticed.
 *
 * What a daemon acknowledged is there for ever, and the seq of the sender's newest record only
 * grows: when it is lower than it was, another store is there, most likely an older backup. The
 * file has a line for each token, so that partners may share it; it is its owner's only, and a
 * crash leaves the old one or the new one. One push uses it at a time.
 */
#ifndef TOOLS_PUSH_PUSH_STATE_H
#define TOOLS_PUSH_PUSH_STATE_H

#include "base/clock.h"
#include "base/text.h"

struct push_state {
	/* Set by the caller. */
	const char *path; /* NULL: nothing is kept */
	uint64_t expected_seq;
	struct clock clock;

	int fd;             /* the file, locked */
	char *path_new;     /* of the file that takes its place */
	struct text sender; /* who sends: the hash of its token */
	struct text others; /* the lines of others */
	uint64_t found_seq; /* of the newest record of this sender, as the file had it */
	uint64_t accepted;  /* since then */
	uint64_t known_seq; /* of the newest record that this sender was told of */
	int64_t kept_us;    /* when it was written last */
};

/*
 * Reads the file, made when it is absent. EX_OK, or the exit code: what is wrong is said. Release
 * it in any case.
 */
int push_state_open(struct push_state *state, const char *token) NODISCARD;
void push_state_release(struct push_state *state);

/*
 * Looks at an answer: the seq of the sender's newest record, with the `accepted` ones just sent.
 * ERR_CORRUPT: the store was taken back; the file keeps what it has. ERR_IO: it cannot be written.
 * *reason says it.
 */
enum err push_state_told(struct push_state *state, uint64_t last_seq, uint64_t accepted,
	struct reason *reason) NODISCARD;

/* Writes what is known. ERR_IO: *reason says why not. */
enum err push_state_keep(struct push_state *state, struct reason *reason) NODISCARD;

#endif
