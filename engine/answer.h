/*
 * engine/answer.h - one answer as a tree of figures: its head, the population, the indicators.
 */
#ifndef ENGINE_ANSWER_H
#define ENGINE_ANSWER_H

#include "indicators/disclosure/disclosure.h"
#include "store/reader.h"

/* What an answer says about itself, before its figures. */
struct answer_head {
	int32_t as_of;
	int64_t known_us;
	uint16_t municipality; /* or PART_ALL */
	int32_t window_days;
	int64_t round_to;                /* 0: the internal profile */
	const struct count_moves *moves; /* of the public profile; NULL: none */
	struct acts acts;                /* of the store; told in the internal profile */
	const struct figure *agreements; /* agreements_figures(); NULL: none */
	bool *impossible;                /* as that of struct figures */
};

/*
 * Starts a tree with the head of an answer; its texts are in the arena. In the public
 * profile `known_at` is a civil day and `erased_people` is not there. When the
 * question's policies are not the contract's, `what_if` has those that differ.
 * The tree goes on with what `figures` is given.
 */
void answer_begin(const struct answer_head *head, const struct question *question,
	struct arena *arena, struct figures *figures);

/*
 * Builds the whole tree of an answer: head, population, indicators. `tally` may be
 * NULL: nothing was ever added.
 */
struct tally;
const struct figure *answer_build(const struct answer_head *head, const struct tally *tally,
	const struct question *question, struct arena *arena);

/* answer_build() for sums that are not in a tally; NULL: nothing was ever added. */
struct part;
const struct figure *part_build(const struct answer_head *head, const struct part *part,
	const struct question *question, struct arena *arena);

/*
 * Finds how the public profile that `head` asks for shows the sums: print them with its
 * moves, or not at all when it says withheld. ERR_FULL: no memory.
 */
enum err part_disclose(
	const struct answer_head *head, const struct part *part, struct disclosure *out) NODISCARD;

/*
 * The offset of the known_at's characters in the JSON of an internal answer: fixed, so that
 * an answer whose figures did not change can bear a newer instant.
 */
#define ANSWER_KNOWN_AT_OFFSET 50

#endif
