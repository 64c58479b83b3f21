/*
 * page/chart.c - see chart.h.
 */
#include "page/chart.h"

#include <math.h>

#include "base/check.h"

#define DAYS_PER_MONTH 30.4375

#define BAR_HEIGHT 22
#define ROW_HEIGHT 36
#define CURVE_TOP  16
#define CURVE_PLOT 88
#define CURVE_ALL  126
/* Where two figures at a curve stand no further apart, the later is in the table only. */
#define MARK_MONTHS 12
#define MARK_HEIGHT 12
#define TREND_TOP   22
#define TREND_PLOT  56
#define TREND_ALL   98
#define MONTHS_LAST 36

void chart_definitions(struct page *page)
{
	put(page, "<svg class=\"defs\" width=\"0\" height=\"0\" aria-hidden=\"true\" "
		  "focusable=\"false\"><defs><pattern id=\"hatch\" width=\"6\" height=\"6\" "
		  "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
		  "<rect class=\"hatch-back\" width=\"6\" height=\"6\"/>"
		  "<rect class=\"hatch-line\" width=\"2\" height=\"6\"/></pattern></defs></svg>\n");
}

static void chart_begin(struct page *page, const char *kind, int height, const char *title)
{
	unsigned number = ++page->charts;
	text_printf(page->out,
		"<svg class=\"chart %s\" width=\"100%%\" height=\"%d\" role=\"img\" "
		"aria-labelledby=\"t%u d%u\"><title id=\"t%u\">",
		kind, height, number, number, number);
	put_escaped(page, title);
	text_printf(page->out, "</title><desc id=\"d%u\">", number);
}

static void chart_drawn(struct page *page)
{
	put(page, "</desc>");
}

/* One "label: value" of a description. */
static void describe(struct page *page, const char *label, const char *value)
{
	put_escaped(page, label);
	put(page, ": ");
	put_escaped(page, value);
	put(page, ". ");
}

static double sum_of(const struct chart_part *parts, size_t count)
{
	double sum = 0;
	for (size_t i = 0; i < count; i++)
		sum += parts[i].value;
	return sum;
}

static void put_legend(
	struct page *page, const struct chart_part *parts, size_t count, double whole)
{
	put(page, "<ul class=\"legend\">");
	for (size_t i = 0; i < count; i++) {
		text_printf(page->out, "<li class=\"k-%s\"><span>", parts[i].kind);
		put_escaped(page, parts[i].label);
		text_printf(page->out, "</span> <b>%s</b></li>",
			phrase_percent(parts[i].value / whole).text);
	}
	put(page, "</ul>\n");
}

/* The limits of the first part, as a line with two ends. */
static void put_whisker(struct page *page, const struct look_estimate *band)
{
	if (band == NULL || isnan(band->low) || isnan(band->high))
		return;
	double low = 100 * band->low, high = 100 * band->high;
	text_printf(page->out,
		"<g class=\"whisker\"><line x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"29\" y2=\"29\"/>"
		"<line x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"26\" y2=\"32\"/>"
		"<line x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"26\" y2=\"32\"/></g>",
		low, high, low, low, high, high);
}

void chart_stack(struct page *page, const char *title, const struct chart_part *parts, size_t count,
	const struct look_estimate *band, bool target)
{
	double whole = sum_of(parts, count), from = 0;
	if (!(whole > 0))
		return;
	bool limits = band != NULL && !isnan(band->low);
	put(page, "<figure>");
	chart_begin(page, "stack", BAR_HEIGHT + (limits ? 12 : 2), title);
	for (size_t i = 0; i < count; i++)
		describe(page, parts[i].label, phrase_percent(parts[i].value / whole).text);
	chart_drawn(page);
	for (size_t i = 0; i < count; i++) {
		double width = 100 * parts[i].value / whole;
		if (width <= 0)
			continue;
		text_printf(page->out,
			"<rect class=\"p-%s\" x=\"%.2f%%\" y=\"1\" width=\"%.2f%%\" "
			"height=\"%d\"/>",
			parts[i].kind, from, width, BAR_HEIGHT);
		from += width;
	}
	if (target)
		text_printf(page->out,
			"<line class=\"target\" x1=\"100%%\" x2=\"100%%\" y1=\"-4\" y2=\"%d\"/>",
			BAR_HEIGHT + 5);
	put_whisker(page, band);
	put(page, "</svg>\n");
	put_legend(page, parts, count, whole);
	put(page, "</figure>\n");
}

void chart_bars(struct page *page, const char *title, const struct chart_row *rows, size_t count,
	double whole)
{
	put(page, "<figure>");
	chart_begin(page, "bars", (int)count * ROW_HEIGHT, title);
	for (size_t i = 0; i < count; i++)
		describe(page, rows[i].label, rows[i].shown.text);
	chart_drawn(page);
	for (size_t i = 0; i < count; i++) {
		int top = (int)i * ROW_HEIGHT;
		text_printf(page->out, "<text x=\"0\" y=\"%d\">", top + 14);
		put_escaped(page, rows[i].label);
		text_printf(
			page->out, "</text><text class=\"value\" x=\"100%%\" y=\"%d\">", top + 14);
		put_escaped(page, rows[i].shown.text);
		text_printf(page->out,
			"</text><rect class=\"track\" x=\"0\" y=\"%d\" width=\"100%%\" "
			"height=\"8\"/>",
			top + 21);
		if (rows[i].value > 0 && whole > 0)
			text_printf(page->out,
				"<rect class=\"p-%s\" x=\"0\" y=\"%d\" width=\"%.2f%%\" "
				"height=\"8\"/>",
				rows[i].kind, top + 21, 100 * fmin(rows[i].value / whole, 1));
	}
	put(page, "</svg></figure>\n");
}

/* How many estimates there are before the first that is missing. */
static size_t curve_length(const struct chart_curve *curve)
{
	size_t known = 0;
	while (known < curve->count && !isnan(curve->estimates[known].share))
		known++;
	return known;
}

/* The stretched drawing: 36 months wide, 100 % high. */
static void put_curve_lines(struct page *page, const struct chart_curve *curve, size_t known)
{
	text_printf(page->out,
		"<svg x=\"0\" y=\"%d\" width=\"100%%\" height=\"%d\" viewBox=\"0 0 %d 100\" "
		"preserveAspectRatio=\"none\">",
		CURVE_TOP, CURVE_PLOT, MONTHS_LAST);
	if (known > 0 && !isnan(curve->estimates[0].low)) {
		put(page, "<path class=\"band\" d=\"M0 100");
		for (size_t i = 0; i < known; i++)
			text_printf(page->out, "L%d %.2f", curve->months[i],
				100 - 100 * curve->estimates[i].high);
		for (size_t i = known; i > 0; i--)
			text_printf(page->out, "L%d %.2f", curve->months[i - 1],
				100 - 100 * curve->estimates[i - 1].low);
		put(page, "Z\"/>");
	}
	put(page, "<path class=\"line\" d=\"M0 100");
	for (size_t i = 0; i < known; i++)
		text_printf(page->out, "L%d %.2f", curve->months[i],
			100 - 100 * curve->estimates[i].share);
	put(page, "\"/></svg>");
}

/* The line of the half, and where it is reached. */
static void put_half(struct page *page, double median_days)
{
	int half = CURVE_TOP + CURVE_PLOT / 2, floor_at = CURVE_TOP + CURVE_PLOT;
	text_printf(page->out,
		"<line class=\"half\" x1=\"0\" x2=\"100%%\" y1=\"%d\" y2=\"%d\"/>"
		"<text class=\"half\" x=\"100%%\" dx=\"8\" y=\"%d\">%s</text>",
		half, half, half + 4, word_of(page, WORD_HALF));
	double x = 100 * median_days / DAYS_PER_MONTH / MONTHS_LAST;
	if (!isnan(x) && x <= 100)
		text_printf(page->out,
			"<line class=\"median\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"%d\" y2=\"%d\"/>",
			x, x, half, floor_at);
}

/* Would the figure at a point stand upon that at the point before, which is shown? */
static bool mark_is_hidden(const struct chart_curve *curve, size_t shown, size_t point)
{
	double height = curve->estimates[point].share - curve->estimates[shown].share;
	return shown != point && curve->months[point] - curve->months[shown] <= MARK_MONTHS &&
	       fabs(height) * CURVE_PLOT < MARK_HEIGHT;
}

/* Point `i` of the curve with its figure; gives the last point with one. */
static size_t put_mark(struct page *page, const struct chart_curve *curve, size_t shown, size_t i)
{
	double x = 100.0 * curve->months[i] / MONTHS_LAST;
	double height = CURVE_TOP + CURVE_PLOT * (1 - curve->estimates[i].share);
	text_printf(page->out, "<circle cx=\"%.2f%%\" cy=\"%.1f\" r=\"3.5\"/>", x, height);
	if (mark_is_hidden(curve, shown, i))
		return shown;
	text_printf(page->out, "<text class=\"mark%s\" x=\"%.2f%%\" y=\"%.1f\">%s</text>",
		x < 100 ? "" : " end", x, height - 8,
		phrase_percent(curve->estimates[i].share).text);
	return i;
}

void chart_curve(struct page *page, const char *title, const struct chart_curve *curve)
{
	size_t known = curve_length(curve), shown = 0;
	int floor_at = CURVE_TOP + CURVE_PLOT;
	put(page, "<figure>");
	chart_begin(page, "curve", CURVE_ALL, title);
	for (size_t i = 0; i < curve->count; i++)
		describe(page, duration_of(page, curve->months[i] * DAYS_PER_MONTH).text,
			phrase_percent(curve->estimates[i].share).text);
	chart_drawn(page);
	put_half(page, curve->median_days);
	put_curve_lines(page, curve, known);
	text_printf(page->out, "<line class=\"axis\" x1=\"0\" x2=\"100%%\" y1=\"%d\" y2=\"%d\"/>",
		floor_at, floor_at);
	for (size_t i = 0; i < curve->count; i++) {
		double x = 100.0 * curve->months[i] / MONTHS_LAST;
		text_printf(page->out, "<text class=\"tick\" x=\"%.2f%%\" y=\"%d\">%d%s%s</text>",
			x, floor_at + 16, curve->months[i], i + 1 == curve->count ? " " : "",
			i + 1 == curve->count ? word_of(page, WORD_MONTHS_SHORT) : "");
		if (i < known)
			shown = put_mark(page, curve, shown, i);
	}
	put(page, "</svg></figure>\n");
}

/* The points of a series, from the left to the right of the chart and from its floor up. */
struct trend_drawing {
	const struct page *page;
	size_t series;
	double max; /* the value at the top */
};

static double trend_value(const struct trend_drawing *drawing, size_t point)
{
	return drawing->page->view->points[point].values[drawing->series].share;
}

static double trend_x(const struct trend_drawing *drawing, size_t point)
{
	const struct page_view *view = drawing->page->view;
	double first = view->points[0].as_of, last = view->points[view->point_count - 1].as_of;
	return last > first ? 100 * (view->points[point].as_of - first) / (last - first) : 100;
}

static double trend_y(const struct trend_drawing *drawing, size_t point)
{
	return 100 - 100 * trend_value(drawing, point) / drawing->max;
}

static struct phrase trend_phrase(const struct trend_drawing *drawing, size_t point)
{
	double value = trend_value(drawing, point);
	return drawing->series == INDEX_TREND_PERSONS ? count_of(drawing->page, value)
						      : phrase_percent(value);
}

static void put_trend_line(struct page *page, const struct trend_drawing *drawing)
{
	bool pen = false;
	text_printf(page->out,
		"<svg x=\"0\" y=\"%d\" width=\"100%%\" height=\"%d\" viewBox=\"0 0 100 100\" "
		"preserveAspectRatio=\"none\"><path class=\"line\" d=\"M0 100",
		TREND_TOP, TREND_PLOT);
	for (size_t i = 0; i < page->view->point_count; i++) {
		bool known = !isnan(trend_value(drawing, i));
		if (known)
			text_printf(page->out, "%c%.2f %.2f", pen ? 'L' : 'M', trend_x(drawing, i),
				trend_y(drawing, i));
		pen = known;
	}
	put(page, "\"/></svg>");
}

/* Each point, and what the script shows of it. */
static void put_trend_points(struct page *page, const struct trend_drawing *drawing)
{
	size_t count = page->view->point_count;
	for (size_t i = 0; i < count; i++) {
		double x = trend_x(drawing, i);
		bool known = !isnan(trend_value(drawing, i));
		double height = TREND_TOP + TREND_PLOT * trend_y(drawing, i) / 100;
		if (known)
			text_printf(page->out,
				"<circle class=\"%s\" cx=\"%.2f%%\" cy=\"%.1f\" r=\"%s\"/>",
				i + 1 == count ? "last" : "dot", x, height,
				i + 1 == count ? "4" : "2.5");
		text_printf(page->out,
			"<g class=\"at\" data-at=\"%zu\" data-x=\"%.4f\"><line x1=\"%.2f%%\" "
			"x2=\"%.2f%%\" y1=\"%d\" y2=\"%d\"/><text class=\"%s\" x=\"%.2f%%\" "
			"y=\"%d\">",
			i, x / 100, x, x, TREND_TOP - 6, TREND_TOP + TREND_PLOT,
			x < 25   ? "start"
			: x > 75 ? "end"
				 : "middle",
			x, 10);
		put_escaped(page, trend_phrase(drawing, i).text);
		put(page, "</text></g>");
	}
}

void chart_trend(struct page *page, const char *title, size_t series)
{
	const struct page_view *view = page->view;
	struct trend_drawing drawing = { .page = page, .series = series, .max = 1 };
	for (size_t i = 0; series == INDEX_TREND_PERSONS && i < view->point_count; i++)
		drawing.max = fmax(drawing.max, view->points[i].values[series].share);
	size_t last = view->point_count - 1;
	put(page, "<figure>");
	chart_begin(page, "trend", TREND_ALL, title);
	for (size_t i = 0; i <= last; i++)
		describe(page, phrase_date(view->language, view->points[i].as_of).text,
			trend_phrase(&drawing, i).text);
	chart_drawn(page);
	text_printf(page->out, "<line class=\"axis\" x1=\"0\" x2=\"100%%\" y1=\"%d\" y2=\"%d\"/>",
		TREND_TOP + TREND_PLOT, TREND_TOP + TREND_PLOT);
	if (last > 0)
		put_trend_line(page, &drawing);
	put_trend_points(page, &drawing);
	text_printf(page->out, "<text class=\"tick start\" x=\"0\" y=\"%d\">", TREND_ALL - 4);
	put_escaped(page, phrase_month(view->language, view->points[0].as_of).text);
	put(page, "</text>");
	if (last > 0) {
		text_printf(
			page->out, "<text class=\"tick end\" x=\"100%%\" y=\"%d\">", TREND_ALL - 4);
		put_escaped(page, phrase_month(view->language, view->points[last].as_of).text);
		put(page, "</text>");
	}
	put(page, "</svg></figure>\n");
}
