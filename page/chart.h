/*
 * page/chart.h - charts as inline SVG.
 *
 * A chart is as wide as what it stands in: horizontal positions are percentages, and lines are in
 * an inner drawing that is stretched, so that neither text nor lines change size. Each has
 * a title and a description in words; colour is never the only carrier.
 */
#ifndef PAGE_CHART_H
#define PAGE_CHART_H

#include "indicators/curve.h"
#include "page/html.h"

/* A piece of a bar. */
struct chart_part {
	const char *label;
	const char *kind; /* its class: yes, unknown, no, paid, subsidised, none */
	double value;
};

/*
 * One bar of parts of a whole, with a legend. `band` NULL: no limits of the first part;
 * `target`: the end of the bar is a target. Nothing when the sum is 0 or not known.
 */
void chart_stack(struct page *page, const char *title, const struct chart_part *parts, size_t count,
	const struct look_estimate *band, bool target);

struct chart_row {
	const char *label;
	double value; /* NAN: left out */
	struct phrase shown;
	const char *kind; /* a class, or "" */
};

/* A bar a row, of `whole`, with label and number above it. */
void chart_bars(struct page *page, const char *title, const struct chart_row *rows, size_t count,
	double whole);

#define CHART_HORIZONS_MAX 4
#define CHART_STEPS_MAX    1130 /* a day each, up to the last horizon */
#define CHART_WATCHED_MIN  5    /* of fewer no curve is drawn, and no share told */

/*
 * Shares at horizons, and the curve through them: exact with its steps, its band and how many are
 * still watched; in public straight lines through what is shown.
 */
struct chart_curve {
	size_t count;
	int months[CHART_HORIZONS_MAX];
	int32_t days[CHART_HORIZONS_MAX]; /* the days that the months stand for */
	struct look_estimate estimates[CHART_HORIZONS_MAX];
	double median_days; /* NAN: none */
	double median_low;
	double median_high;
	bool is_exact; /* what follows is there */
	int64_t watched[CHART_HORIZONS_MAX];
	int32_t day_last; /* the last on which CHART_WATCHED_MIN are watched */
	size_t step_count;
	struct curve_step steps[CHART_STEPS_MAX];
};
void chart_curve(struct page *page, const char *title, const struct chart_curve *curve);

/* A series of the view's points. */
void chart_trend(struct page *page, const char *title, size_t series);

/* What charts refer to; once, before them. */
void chart_definitions(struct page *page);

#endif
