/*
 * engine/answers.h - F(P, K, m, w): the figures for any reference date and any
 * knowledge instant, from a store.
 *
 * K only moves forward along the log. At each K any number of questions can be asked, one
 * after the other, without reading the log again.
 */
#ifndef ENGINE_ANSWERS_H
#define ENGINE_ANSWERS_H

#include <stdatomic.h>

#include "engine/agreements.h"
#include "engine/answer.h"
#include "engine/fold.h"
#include "engine/live.h"
#include "engine/recall.h"

/* The sums at one (P, K, w), for all municipalities at once. */
struct answers {
	struct question question;
	int64_t known_us;
	uint64_t seq; /* the last record that is known at K */
	struct tally *tally;
	struct agreements agreements; /* answers_agree() */
	struct tally *quality;        /* of data_quality alone: what it shows at K */
	uint64_t quality_after;       /* it holds (quality_after, quality_to] */
	uint64_t quality_to;
	struct histories histories;
	struct folding folding;
	unsigned threads;        /* that may work side by side */
	const atomic_bool *stop; /* when it becomes true: ERR_STOPPED; NULL: nobody stops it */
	struct acts acts;        /* when the log began to be read */
	struct recall *recall;   /* of everybody; NULL: the histories have all that is asked */
	struct lease lease;      /* what it recalls from */
};

/*
 * Starts with nothing known. `threads`: that may work side by side, this one among them.
 * `stop` may be NULL; once it is true all that takes long ends with ERR_STOPPED, and the answers
 * can only be released. ERR_FULL: no memory. On error there is nothing to release.
 */
enum err answers_init(struct answers *answers, unsigned threads, const atomic_bool *stop) NODISCARD;
void answers_release(struct answers *answers);

/*
 * Follows the log up to the last record known at `known_us`, which must not be before
 * what is known already. The reader's view is renewed as it goes. ERR_CONFLICT: somebody was
 * erased or restricted meanwhile: begin anew. ERR_CORRUPT: the store is damaged.
 */
enum err answers_know(struct answers *answers, struct reader *reader, int64_t known_us) NODISCARD;

/*
 * The same from what is in memory, of one municipality or PART_ALL: what is asked from here on is
 * of that one, by answers_ask_of(). It may be called once, in the place of answers_know(). The
 * bytes of the answers are the same. ERR_CONFLICT, too: what is in memory is of before an erasure
 * or a restriction, use answers_know().
 */
enum err answers_recall(struct answers *answers, struct reader *reader, const struct lease *lease,
	int64_t known_us, uint16_t municipality) NODISCARD;

/*
 * Folds what is known into the sums of a question, replacing those of the last one. Errors as
 * answers_know()'s.
 */
enum err answers_ask(
	struct answers *answers, struct reader *reader, const struct question *question) NODISCARD;

/*
 * answers_ask() for one municipality only, or PART_ALL: quicker where there are many. The
 * sums of the other municipalities are incomplete.
 */
enum err answers_ask_of(struct answers *answers, struct reader *reader,
	const struct question *question, uint16_t municipality) NODISCARD;

/*
 * Shows each person that is known to `visit`, prepared for a question, in this thread: everybody
 * with an event in `municipality`, or all where it is PART_ALL. What `visit` is shown is valid
 * until it returns. Errors as answers_know()'s.
 */
enum err answers_visit(struct answers *answers, struct reader *reader,
	const struct question *question, uint16_t municipality,
	void (*visit)(void *context, const struct person *person), void *context) NODISCARD;

/*
 * For what reads the store beside these answers: `err` again, but ERR_CONFLICT where somebody was
 * erased or restricted since they began to read, so that what was read is a mixture.
 */
enum err answers_settle(struct answers *answers, struct reader *reader, enum err err) NODISCARD;

/*
 * Judges the agreements of `municipality`, or of all when it is PART_ALL, at the question that
 * was asked. Until then, and of others, an answer lists none.
 */
enum err answers_agree(
	struct answers *answers, struct reader *reader, uint16_t municipality) NODISCARD;

/*
 * All three for one question and K, in this thread; anew when somebody was erased or restricted
 * meanwhile. On error *out is released.
 */
enum err answers_fold(struct reader *reader, const struct question *question, int64_t known_us,
	const atomic_bool *stop, struct answers *out) NODISCARD;

/* The head of the answer for `municipality` (or PART_ALL). */
struct answer_head answers_head(
	const struct answers *answers, uint16_t municipality, int64_t round_to);

/*
 * Appends the JSON for `municipality` (or PART_ALL). round_to 0: the internal profile;
 * else as a publication shows it. ERR_CONFLICT: that is withheld, nothing is appended.
 */
enum err answers_print_json(const struct answers *answers, uint16_t municipality, int64_t round_to,
	struct text *out) NODISCARD;

/* Appends the rows of CSV, without the line of names. */
enum err answers_print_csv(
	const struct answers *answers, uint16_t municipality, struct text *out) NODISCARD;

#endif
