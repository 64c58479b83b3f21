/*
 * page/chart.h - charts as inline SVG.
 *
 * A chart is as wide as what it stands in: horizontal positions are percentages, and lines are in
 * an inner drawing that is stretched, so that neither text nor lines change size. Each has
 * a title and a description in words; colour is never the only carrier.
 */
#ifndef PAGE_CHART_H
#define PAGE_CHART_H

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

/* Shares at horizons: a line from 0, with its band and the line of the half. */
struct chart_curve {
	size_t count;
	int months[CHART_HORIZONS_MAX];
	struct look_estimate estimates[CHART_HORIZONS_MAX];
	double median_days; /* NAN: none */
};
void chart_curve(struct page *page, const char *title, const struct chart_curve *curve);

/* A series of the view's points. */
void chart_trend(struct page *page, const char *title, size_t series);

/* What charts refer to; once, before them. */
void chart_definitions(struct page *page);

#endif
