/*
 * indicators/figures.h - the figures as a tree: objects, arrays and values in
 * the order of spec/indicators.md.
 *
 * Indicators build it; JSON, CSV and metrics are walks over it. Rounding for
 * the public profile happens here, on the counts, before any share is
 * taken from them. Public curves are made of rounded sums by life_table.h.
 */
#ifndef INDICATORS_FIGURES_H
#define INDICATORS_FIGURES_H

#include "base/arena.h"
#include "indicators/curve.h"
#include "indicators/life_table.h"

enum figure_kind {
	FIGURE_OBJECT,
	FIGURE_ARRAY,
	FIGURE_INTEGER,
	FIGURE_NUMBER, /* rounded to 6 decimals when printed */
	FIGURE_TEXT,
	FIGURE_NULL,
	FIGURE_TRUTH, /* true or false, as an integer */
};

struct figure {
	enum figure_kind kind;
	const char *key; /* NULL in an array and at the root */
	union {
		int64_t integer;
		double number;
		const char *text;
		const struct figure *first; /* of an object or array */
	} as;
	const struct figure *next;
};

#define FIGURES_DEPTH_MAX 16

/*
 * Counts of the public profile that are shown one or more bases beside where rounding
 * puts them (disclosure.h finds them). A count's name is its path: the keys from below
 * `indicators`, or from `population`, with dots; an element of an array by its first
 * value; a weight with a `*` behind: "rung_reached.3.people", "placement.by.SELF.jobs*".
 * A mean that is moved by one of its own steps stands among them.
 */
#define COUNT_NAME_SIZE 40
#define COUNT_MOVES_MAX 8

struct count_move {
	char name[COUNT_NAME_SIZE];
	int32_t steps; /* bases; of a mean its steps */
};

struct count_moves {
	uint32_t count;
	struct count_move items[COUNT_MOVES_MAX];
};

/* A tree while it is built. Keys and texts must outlive it. */
struct figures {
	struct arena *arena;
	int64_t round_to;                /* 0: the internal profile; else the public one's base b */
	bool newest_quarter;             /* public: what grows and what counts a window is shown */
	bool hidden;                     /* figures_hide() */
	const struct count_moves *moves; /* NULL: none; must outlive the building */
	const struct figure *agreements; /* the first element of that array; NULL: none */
	/*
	 * Of sums that others made: becomes true where a count would be below 0, and that is shown
	 * as 0. NULL: it is a mistake of ours.
	 */
	bool *impossible;
	struct figure *root;
	struct figure *open[FIGURES_DEPTH_MAX];
	struct figure *last[FIGURES_DEPTH_MAX]; /* child of open[i]; NULL: none yet */
	size_t depth;
};

/*
 * Starts a tree whose root is an object. `round_to`: 0, or a base of the public profile:
 * 5 or 10. CHECKs that the arena has room, as all of these do.
 */
#define ROUND_TO_MAX 10
bool round_to_is_base(int64_t round_to);
void figures_init(struct figures *figures, struct arena *arena, int64_t round_to);

/* Arena for a whole tree of all indicators: its shape is the same for all figures. */
#define FIGURES_ARENA_SIZE ((size_t)192 << 10)

void figures_object(struct figures *figures, const char *key);
void figures_array(struct figures *figures, const char *key);
void figures_end(struct figures *figures);

/* As they are. */
void figures_integer(struct figures *figures, const char *key, int64_t value);
void figures_number(struct figures *figures, const char *key, double value); /* NAN: null */
void figures_days(struct figures *figures, const char *key, int32_t days);   /* DAY_NULL: null */
void figures_text(struct figures *figures, const char *key, const char *value);
void figures_truth(struct figures *figures, const char *key, bool value);
void figures_null(struct figures *figures, const char *key);

/* An array whose elements were built before; NULL: none. They must outlive the tree. */
void figures_adopt(struct figures *figures, const char *key, const struct figure *first);

/* True in the public profile. */
bool figures_are_public(const struct figures *figures);

/*
 * What grows from quarter to quarter, and what counts a window, is public of the newest
 * quarter only: known at one instant, several quarters of it would tell too much. True in
 * the internal profile.
 */
bool figures_have_windows(const struct figures *figures);

/*
 * From here on every number is null but those of figures_integer(), until it is called
 * with false: the shape stays. Counts are returned as ever.
 */
void figures_hide(struct figures *figures, bool hidden);

/*
 * A count as the profile shows it: in the public one rounded to the nearest
 * multiple of b, halves up, and moved when the count of that name is. Take shares
 * from shown counts, and denominators as sums of shown parts.
 */
int64_t figures_shown(const struct figures *figures, const char *name, int64_t count);

/* figures_shown(), named by its place, under `key`. Returns what is shown. */
int64_t figures_count(struct figures *figures, const char *key, int64_t count);

/* A count that is shown already: a difference of rounded sums. */
void figures_given(struct figures *figures, const char *key, int64_t shown);

/* A count that is internal only: null in the public profile. */
void figures_internal(struct figures *figures, const char *key, int64_t count);

/* The same for a count that is shown elsewhere too, under `name`: both show the same. */
int64_t figures_count_again(
	struct figures *figures, const char *key, const char *name, int64_t count);

/*
 * A weight or person-years, `units` of which make one: rounded to a multiple of
 * b when public (halves up), and moved as a count is. Returns what is shown.
 */
double figures_amount(
	struct figures *figures, const char *key, int64_t units, double units_per_one);

/*
 * part / whole of shown numbers: null when whole is 0. Public: at most 1; null when whole
 * is under 2b, and when the share is 0 or 1 and whole is under 10b.
 */
void figures_share(struct figures *figures, const char *key, double part, double whole);

/* A rate of shown numbers, per hundred: as a share, but it may be 1 and more. */
void figures_per_100(struct figures *figures, const char *key, double part, double whole);

/* {yes, no, unknown, exempt, new, share, low, high, max} into the open object. */
struct people_share {
	int64_t yes, no, unknown, exempt, fresh;
};
void figures_people_share(struct figures *figures, const struct people_share *share);

/*
 * The classes of a curve's records as the profile shows them: print them with
 * figures_given().
 */
struct classes figures_classes(const struct figures *figures, const struct classes *exact);

/*
 * `key`: [{months, days, share, low, high}, ...], all horizons, null or not; then
 * median_days, median_low, median_high. Internal: the function of the curve. Public: the
 * life table of the records that `exact` counts and the curve holds, in steps of 0.05,
 * without limits.
 */
struct horizons {
	const struct horizon *items;
	size_t count;
};
void figures_curve(struct figures *figures, const char *key, const struct curve *curve,
	enum curve_function function, const struct classes *exact, struct horizons horizons);

/*
 * Of what is internal only: `key` as figures_curve() has it, without half-times, and the
 * half-times alone.
 */
void figures_estimates(struct figures *figures, const char *key, const struct curve *curve,
	enum curve_function function, struct horizons horizons);
void figures_medians(
	struct figures *figures, const struct curve *curve, enum curve_function function);

/*
 * total / count: null when count is 0. `shown` is the count as it follows from shown
 * counts. Public: null when that is under 2b, else in steps, halves up, and moved.
 */
void figures_mean(struct figures *figures, const char *key, int64_t total, int64_t count,
	int64_t shown, double step);

/* One histogram, or two that stand side by side and are counted together. */
struct values {
	const struct histogram *histograms;
	unsigned count;
};

/* values_quantile(), in the public profile as figures_mean() but never moved. */
void figures_quantile(struct figures *figures, const char *key, struct values values,
	int64_t numerator, int64_t denominator, int64_t shown, int32_t step);

/* Nearest rank: the ceil(q n)-th of n sorted values; q = numerator/denominator. DAY_NULL: none. */
int32_t values_quantile(struct values values, int64_t numerator, int64_t denominator);

/* How many values are counted. */
int64_t histogram_total(const struct histogram *values);
int64_t values_total(struct values values);

/* Finds a child of an object by key; NULL when there is none. */
const struct figure *figure_child(const struct figure *figure, const char *key);

#endif
