/*
 * page/chart.c - see chart.h.
 */
#include "page/chart.h"

#include <math.h>

#include "base/check.h"

#define DAYS_PER_MONTH 30.4375

#define BAR_HEIGHT         22
#define ROW_HEIGHT         36
#define CURVE_TOP          16
#define CURVE_PLOT         88
#define CURVE_ALL          126
#define CURVE_WITH_WATCHED (CURVE_ALL + 18)
/* Where two figures at a curve stand no further apart, the later is in the table only. */
#define MARK_MONTHS 12
#define MARK_HEIGHT 12
#define TREND_TOP   22
#define TREND_PLOT  64
#define TREND_ALL   106
/* A piece of a bar that is narrower is not there: what is left of a subtraction. */
#define WIDTH_MIN 0.005

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
			share_of(page, parts[i].value / whole).text);
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
		describe(page, parts[i].label, share_of(page, parts[i].value / whole).text);
	chart_drawn(page);
	for (size_t i = 0; i < count; i++) {
		double width = 100 * parts[i].value / whole;
		if (width < WIDTH_MIN)
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

/* Where a day stands, in percent of the width. */
static double curve_x(const struct chart_curve *curve, double day)
{
	return 100 * day / curve->days[curve->count - 1];
}

static bool is_known(const struct look_estimate *estimate)
{
	return !isnan(estimate->share);
}

/* A point of a path in the stretched drawing, which is 100 wide and 100 high. */
static void put_point(struct page *page, char command, double x, double share)
{
	CHECK(!isnan(x) && !isnan(share));
	text_printf(page->out, "%c%.2f %.2f", command, x, 100 - 100 * share);
}

/* The limits of the steps `from` up to `to`, which all have them, as one surface. */
static void put_band_piece(
	struct page *page, const struct chart_curve *curve, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		double begin = curve_x(curve, curve->steps[i].day);
		double end = curve_x(curve,
			i + 1 < curve->step_count ? curve->steps[i + 1].day : curve->day_last);
		put_point(page, i == from ? 'M' : 'L', begin, curve->steps[i].high);
		put_point(page, 'L', end, curve->steps[i].high);
	}
	for (size_t i = to; i > from; i--) {
		double begin = curve_x(curve, curve->steps[i - 1].day);
		double end = curve_x(
			curve, i < curve->step_count ? curve->steps[i].day : curve->day_last);
		put_point(page, 'L', end, curve->steps[i - 1].low);
		put_point(page, 'L', begin, curve->steps[i - 1].low);
	}
	text_add_char(page->out, 'Z');
}

/* The band stands wherever there are limits. */
static void put_band(struct page *page, const struct chart_curve *curve)
{
	size_t from = 0;
	bool begun = false;
	for (size_t i = 0; i <= curve->step_count; i++) {
		bool has = i < curve->step_count && !isnan(curve->steps[i].low) &&
			   !isnan(curve->steps[i].high);
		if (has)
			continue;
		if (i > from) {
			put(page, begun ? "" : "<path class=\"band\" d=\"");
			begun = true;
			put_band_piece(page, curve, from, i);
		}
		from = i + 1;
	}
	put(page, begun ? "\"/>" : "");
}

static void put_steps(struct page *page, const struct chart_curve *curve)
{
	put(page, "<path class=\"line\" d=\"");
	for (size_t i = 0; i < curve->step_count; i++) {
		double begin = curve_x(curve, curve->steps[i].day);
		if (i == 0)
			put_point(page, 'M', begin, curve->steps[i].share);
		else
			text_printf(
				page->out, "H%.2fV%.2f", begin, 100 - 100 * curve->steps[i].share);
	}
	text_printf(page->out, "H%.2f\"/>", curve_x(curve, curve->day_last));
}

/* From (0, 0) through the shares that are shown; what is between two of them is not known. */
static void put_straight_lines(struct page *page, const struct chart_curve *curve)
{
	bool pen = true;
	put(page, "<path class=\"line\" d=\"M0 100");
	for (size_t i = 0; i < curve->count; i++) {
		bool known = is_known(&curve->estimates[i]);
		if (known)
			put_point(page, pen ? 'L' : 'M', curve_x(curve, curve->days[i]),
				curve->estimates[i].share);
		pen = known;
	}
	put(page, "\"/>");
}

/* The stretched drawing: up to the last horizon wide, 100 % high. */
static void put_curve_lines(struct page *page, const struct chart_curve *curve)
{
	text_printf(page->out,
		"<svg x=\"0\" y=\"%d\" width=\"100%%\" height=\"%d\" viewBox=\"0 0 100 100\" "
		"preserveAspectRatio=\"none\">",
		CURVE_TOP, CURVE_PLOT);
	if (curve->step_count > 0) {
		put_band(page, curve);
		put_steps(page, curve);
	} else if (!curve->is_exact) {
		put_straight_lines(page, curve);
	}
	put(page, "</svg>");
}

/* The line of the half, and where it is reached. */
static void put_half(struct page *page, const struct chart_curve *curve)
{
	int half = CURVE_TOP + CURVE_PLOT / 2, floor_at = CURVE_TOP + CURVE_PLOT;
	text_printf(page->out,
		"<line class=\"half\" x1=\"0\" x2=\"100%%\" y1=\"%d\" y2=\"%d\"/>"
		"<text class=\"half\" x=\"100%%\" dx=\"8\" y=\"%d\">%s</text>",
		half, half, half + 4, word_of(page, WORD_HALF));
	double x = curve_x(curve, curve->median_days);
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
	double x = curve_x(curve, curve->days[i]);
	double height = CURVE_TOP + CURVE_PLOT * (1 - curve->estimates[i].share);
	text_printf(page->out, "<circle cx=\"%.2f%%\" cy=\"%.1f\" r=\"3.5\"/>", x, height);
	if (is_known(&curve->estimates[shown]) && mark_is_hidden(curve, shown, i))
		return shown;
	text_printf(page->out, "<text class=\"mark%s\" x=\"%.2f%%\" y=\"%.1f\">%s</text>",
		x < 100 ? "" : " end", x, height - 8,
		share_of(page, curve->estimates[i].share).text);
	return i;
}

/* The axis with its months, and under each how many are still watched. */
static void put_curve_axis(struct page *page, const struct chart_curve *curve)
{
	int floor_at = CURVE_TOP + CURVE_PLOT;
	text_printf(page->out, "<line class=\"axis\" x1=\"0\" x2=\"100%%\" y1=\"%d\" y2=\"%d\"/>",
		floor_at, floor_at);
	for (size_t i = 0; i < curve->count; i++) {
		double x = curve_x(curve, curve->days[i]);
		bool last = i + 1 == curve->count;
		text_printf(page->out, "<text class=\"tick%s\" x=\"%.2f%%\" y=\"%d\">%d%s%s</text>",
			last ? " end" : "", x, floor_at + 16, curve->months[i], last ? " " : "",
			last ? word_of(page, WORD_MONTHS_SHORT) : "");
		if (curve->is_exact)
			text_printf(page->out,
				"<text class=\"tick watched%s\" x=\"%.2f%%\" y=\"%d\">%s</text>",
				last ? " end" : "", x, floor_at + 34,
				count_of(page, (double)curve->watched[i]).text);
	}
}

static void describe_curve(struct page *page, const struct chart_curve *curve)
{
	for (size_t i = 0; i < curve->count; i++) {
		struct phrase months = duration_of(page, curve->months[i] * DAYS_PER_MONTH);
		describe(page, months.text, share_of(page, curve->estimates[i].share).text);
		if (!curve->is_exact)
			continue;
		describe(page, word_of(page, WORD_COLUMN_BAND), band_of(&curve->estimates[i]).text);
		describe(page, word_of(page, WORD_COLUMN_WATCHED),
			count_of(page, (double)curve->watched[i]).text);
	}
	if (!isnan(curve->median_days))
		describe(page, word_of(page, WORD_COLUMN_HALF),
			duration_of(page, curve->median_days).text);
}

void chart_curve(struct page *page, const char *title, const struct chart_curve *curve)
{
	size_t shown = 0;
	CHECK(curve->count > 0);
	put(page, "<figure>");
	chart_begin(page, "curve", curve->is_exact ? CURVE_WITH_WATCHED : CURVE_ALL, title);
	describe_curve(page, curve);
	chart_drawn(page);
	put_half(page, curve);
	put_curve_lines(page, curve);
	put_curve_axis(page, curve);
	for (size_t i = 0; i < curve->count; i++) {
		if (is_known(&curve->estimates[i]))
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

static const struct look_estimate *trend_estimate(const struct trend_drawing *drawing, size_t point)
{
	return &drawing->page->view->points[point].values[drawing->series];
}

static double trend_value(const struct trend_drawing *drawing, size_t point)
{
	return trend_estimate(drawing, point)->share;
}

static double trend_x(const struct trend_drawing *drawing, size_t point)
{
	const struct page_view *view = drawing->page->view;
	double first = view->points[0].as_of, last = view->points[view->point_count - 1].as_of;
	return last > first ? 100 * (view->points[point].as_of - first) / (last - first) : 100;
}

static double trend_height(const struct trend_drawing *drawing, double value)
{
	return value / drawing->max;
}

static struct phrase trend_phrase(const struct trend_drawing *drawing, size_t point)
{
	return trend_text(drawing->page, drawing->series, trend_value(drawing, point));
}

static bool has_limits(const struct trend_drawing *drawing, size_t point)
{
	const struct look_estimate *estimate = trend_estimate(drawing, point);
	return !isnan(estimate->low) && !isnan(estimate->high);
}

/* The surface between the limits of the points `from` up to `to`; of one point alone a line. */
static void put_trend_band_piece(
	struct page *page, const struct trend_drawing *drawing, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		put_point(page, i == from ? 'M' : 'L', trend_x(drawing, i),
			trend_height(drawing, trend_estimate(drawing, i)->high));
	for (size_t i = to; i > from; i--)
		put_point(page, 'L', trend_x(drawing, i - 1),
			trend_height(drawing, trend_estimate(drawing, i - 1)->low));
	text_add_char(page->out, 'Z');
}

static void put_trend_band(struct page *page, const struct trend_drawing *drawing)
{
	size_t from = 0;
	bool begun = false;
	for (size_t i = 0; i <= page->view->point_count; i++) {
		if (i < page->view->point_count && has_limits(drawing, i))
			continue;
		if (i > from) {
			put(page, begun ? "" : "<path class=\"band\" d=\"");
			begun = true;
			put_trend_band_piece(page, drawing, from, i);
		}
		from = i + 1;
	}
	put(page, begun ? "\"/>" : "");
}

static void put_trend_line(struct page *page, const struct trend_drawing *drawing)
{
	bool pen = false;
	text_printf(page->out,
		"<svg x=\"0\" y=\"%d\" width=\"100%%\" height=\"%d\" viewBox=\"0 0 100 100\" "
		"preserveAspectRatio=\"none\">",
		TREND_TOP, TREND_PLOT);
	put_trend_band(page, drawing);
	put(page, "<path class=\"line\" d=\"M0 100");
	for (size_t i = 0; i < page->view->point_count; i++) {
		bool known = !isnan(trend_value(drawing, i));
		if (known)
			put_point(page, pen ? 'L' : 'M', trend_x(drawing, i),
				trend_height(drawing, trend_value(drawing, i)));
		pen = known;
	}
	put(page, "\"/></svg>");
}

static const char *anchor_of(double x)
{
	return x < 25 ? "start" : x > 75 ? "end" : "middle";
}

/* Each point; the first and the last with its value, the others when the script says so. */
static void put_trend_points(struct page *page, const struct trend_drawing *drawing)
{
	size_t count = page->view->point_count;
	for (size_t i = 0; i < count; i++) {
		double x = trend_x(drawing, i);
		bool known = !isnan(trend_value(drawing, i)), last = i + 1 == count;
		double height = TREND_TOP +
				TREND_PLOT * (1 - trend_height(drawing, trend_value(drawing, i)));
		if (known)
			text_printf(page->out,
				"<circle class=\"%s\" cx=\"%.2f%%\" cy=\"%.1f\" r=\"%s\"/>",
				last ? "last" : "dot", x, height, last ? "4" : "2.5");
		if (known && (i == 0 || last))
			text_printf(page->out,
				"<text class=\"mark %s\" x=\"%.2f%%\" y=\"%.1f\">%s</text>",
				anchor_of(x), x, fmax(height - 8, 10),
				trend_phrase(drawing, i).text);
		text_printf(page->out,
			"<g class=\"at\" data-at=\"%zu\" data-x=\"%.4f\"><line x1=\"%.2f%%\" "
			"x2=\"%.2f%%\" y1=\"%d\" y2=\"%d\"/><text class=\"moment %s\" x=\"%.2f%%\" "
			"y=\"%d\">",
			i, x / 100, x, x, TREND_TOP - 6, TREND_TOP + TREND_PLOT, anchor_of(x), x,
			10);
		put_escaped(page, trend_phrase(drawing, i).text);
		put(page, "</text></g>");
	}
}

/* Lines at nothing, half and all, with what they stand for at the right. */
static void put_trend_axis(struct page *page, const struct trend_drawing *drawing)
{
	for (int half = 0; half <= 2; half++) {
		int height = TREND_TOP + TREND_PLOT - TREND_PLOT * half / 2;
		double value = drawing->max * half / 2;
		bool is_count = drawing->series == INDEX_TREND_PERSONS;
		text_printf(page->out,
			"<line class=\"%s\" x1=\"0\" x2=\"100%%\" y1=\"%d\" y2=\"%d\"/>",
			half == 0 ? "axis" : "half", height, height);
		if (is_count && half == 1)
			continue;
		text_printf(page->out,
			"<text class=\"half\" x=\"100%%\" dx=\"8\" y=\"%d\">%s</text>", height + 4,
			is_count ? count_of(page, value).text : phrase_percent(value).text);
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
	put_trend_axis(page, &drawing);
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
