/*
 * indicators/agreement.h - what was promised, and whether it was kept.
 *
 * Source: indicators, section 25. The figure of an agreement is that of its municipality at
 * the reference date D, of its indicator; of curves only the records that start within so
 * many days before D, so that a promise about the coming years is not drowned by those past.
 */
#ifndef INDICATORS_AGREEMENT_H
#define INDICATORS_AGREEMENT_H

#include "indicators/figures.h"
#include "proto/event.h"

#define AGREEMENT_SEEN_DAYS 366  /* it is listed while `by` is after P - this */
#define AGREEMENT_PAST_DAYS 1096 /* a record of a curve starts within h + this before D */

struct agreement {
	enum agreed_figure figure;
	enum comparison comparison;
	int32_t value; /* as sent: per cent, days, or a count */
	int32_t rung;  /* 0: the figure has none */
	int32_t by;    /* the last day of a quarter */
};

/* X(NAME, name): the enumeration, and the word. */
#define VERDICTS(X)                                                                                \
	X(MET, met)                                                                                \
	X(MISSED, missed)                                                                          \
	X(UNDECIDED, undecided)                                                                    \
	X(TOO_FEW, too_few)                                                                        \
	X(ON_COURSE, on_course)                                                                    \
	X(NOT_YET, not_yet)

enum verdict_word {
#define VERDICT_ENUM(NAME, name) VERDICT_WORD_##NAME,
	VERDICTS(VERDICT_ENUM)
#undef VERDICT_ENUM
		VERDICT_WORD_COUNT
};

const char *verdict_word_name(enum verdict_word verdict);

/* Fractions; of half-times days; of counts counts. NAN is null. */
struct agreement_answer {
	bool running;
	double realised;
	double low;
	double high;
	double max;
	int64_t records; /* -1: null */
	enum verdict_word verdict;
};

/*
 * The horizons of the curves that agreements are about. An agreement reads sums of its own of
 * the records that start in (D - horizon - AGREEMENT_PAST_DAYS, D].
 */
enum agreement_span {
	AGREEMENT_SPAN_HORIZON,   /* the horizon of the figure itself */
	AGREEMENT_SPAN_HALF_TIME, /* of half-times, another horizon over the same records */
	AGREEMENT_SPANS,
};

/*
 * Of what is added to a slot of all indicators, which belongs to a spell that starts on day
 * `start`: true when the sums of the span have it.
 */
struct agreement_slots {
	struct {
		unsigned first; /* histograms */
		unsigned end;
		int32_t days; /* the horizon */
	} spans[AGREEMENT_SPANS][4];
	unsigned counts[AGREEMENT_SPANS];
};
void agreement_slots_init(struct agreement_slots *slots);
bool agreement_slots_have(const struct agreement_slots *slots, enum agreement_span span,
	unsigned histogram, int32_t start, int32_t as_of);

/*
 * Judges at P. `at` are the counters of all indicators at D = min(P, by), `spans` the histograms
 * that agreement_slots_have() picks. No other sum is read.
 */
void agreement_judge(const struct agreement *agreement, int32_t as_of, const struct sums *at,
	const struct sums spans[AGREEMENT_SPANS], struct agreement_answer *out);

/*
 * The object of one agreement, into the open array. `with` may be NULL; a `municipality` that
 * is not NULL stands first. A verdict of VERDICT_WORD_COUNT is null.
 */
void agreement_figures(struct figures *figures, const struct agreement *agreement, const char *with,
	const struct agreement_answer *answer, const char *municipality);

#endif
