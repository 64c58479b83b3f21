/*
 * engine/csv.c - see csv.h.
 */
#include "engine/csv.h"

#include <stdio.h>

#include "base/check.h"
#include "base/plain.h"
#include "engine/print.h"
#include "indicators/person/question.h"

#define FIELD_MAX 256

/* A walk down a tree, with the fields that come before the value in each row. */
struct csv_walk {
	struct text *out;
	const char *as_of;
	const char *known_at;
	const char *municipality;
	const char *indicator;
	char figure[FIELD_MAX];
	char labels[FIELD_MAX];
};

void csv_print_names(struct text *out)
{
	text_add_string(
		out, "as_of,known_at,municipality,indicator,figure,labels,value,low,high\n");
}

/* Appends to a field, after `joint` when something is there; returns the length it had. */
static size_t field_enter(char field[FIELD_MAX], char joint, const char *text)
{
	size_t length = strlen(field);
	int added = snprintf(
		field + length, FIELD_MAX - length, "%.*s%s", length > 0 ? 1 : 0, &joint, text);
	CHECK(added > 0 && (size_t)added < FIELD_MAX - length);
	return length;
}

/*
 * A text as a field: quoted when it contains a comma, a quote or the end of a line; no formula.
 */
static void print_text(const char *text, struct text *out)
{
	if (cell_is_formula(bytes_of_string(text))) {
		text_add_cell(out, bytes_of_string(text));
		return;
	}
	if (strpbrk(text, ",\"\r\n") == NULL) {
		text_add_string(out, text);
		return;
	}
	text_add_char(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			text_add_char(out, '"');
		text_add_char(out, *text);
	}
	text_add_char(out, '"');
}

/* A value as JSON prints it; nothing for null, and for a figure that is NULL. */
static void print_value(const struct figure *figure, struct text *out)
{
	if (figure == NULL)
		return;
	switch (figure->kind) {
	case FIGURE_INTEGER:
		text_add_integer(out, figure->as.integer);
		return;
	case FIGURE_NUMBER:
		number_print(figure->as.number, out);
		return;
	case FIGURE_TEXT:
		print_text(figure->as.text, out);
		return;
	case FIGURE_TRUTH:
		text_add_string(out, figure->as.integer != 0 ? "true" : "false");
		return;
	case FIGURE_NULL:
		return;
	case FIGURE_OBJECT:
	case FIGURE_ARRAY:
		break;
	}
	check_failed("a figure with a value", __FILE__, __LINE__);
}

static void print_row(const struct csv_walk *walk, const struct figure *value,
	const struct figure *low, const struct figure *high)
{
	const char *const before[] = { walk->as_of, walk->known_at, walk->municipality,
		walk->indicator, walk->figure, walk->labels };
	for (size_t i = 0; i < ARRAY_LENGTH(before); i++) {
		print_text(before[i], walk->out);
		text_add_char(walk->out, ',');
	}
	print_value(value, walk->out);
	text_add_char(walk->out, ',');
	print_value(low, walk->out);
	text_add_char(walk->out, ',');
	print_value(high, walk->out);
	text_add_char(walk->out, '\n');
}

static bool key_is(const struct figure *figure, const char *key)
{
	return figure != NULL && figure->key != NULL && strcmp(figure->key, key) == 0;
}

/* Do the limits of a figure follow it? */
static bool has_limits(const struct figure *figure)
{
	const struct figure *low = figure->next;
	if (key_is(figure, "share") || key_is(figure, "realised"))
		return key_is(low, "low") && key_is(low->next, "high");
	if (key_is(figure, "median_days"))
		return key_is(low, "median_low") && key_is(low->next, "median_high");
	return false;
}

static void walk_members(struct csv_walk *walk, const struct figure *first);

static void name_add(struct csv_walk *walk, const struct figure *name)
{
	char label[FIELD_MAX];
	if (name->kind == FIGURE_TEXT) {
		snprintf(label, sizeof(label), "%s=%s", name->key, name->as.text);
	} else {
		CHECK(name->kind == FIGURE_INTEGER);
		snprintf(label, sizeof(label), "%s=%lld", name->key, (long long)name->as.integer);
	}
	field_enter(walk->labels, ';', label);
}

/* Adds what names an element to the labels; returns what is left of the element. */
static const struct figure *name_element(struct csv_walk *walk, const struct figure *element)
{
	const struct figure *name = element->as.first;
	CHECK(element->kind == FIGURE_OBJECT && name != NULL);
	name_add(walk, name);
	/* An agreement is named by all that was agreed. */
	if (key_is(name, "figure")) {
		for (name = name->next; !key_is(name, "running"); name = name->next)
			name_add(walk, name);
		return name;
	}
	/* The days that a number of months means are the definition's: no row is needed. */
	return key_is(name, "months") && key_is(name->next, "days") ? name->next->next : name->next;
}

static void walk_elements(struct csv_walk *walk, const struct figure *array)
{
	size_t length = strlen(walk->labels);
	for (const struct figure *at = array->as.first; at != NULL; at = at->next) {
		walk_members(walk, name_element(walk, at));
		walk->labels[length] = '\0';
	}
}

static void walk_figure(struct csv_walk *walk, const struct figure *figure)
{
	switch (figure->kind) {
	case FIGURE_OBJECT:
		walk_members(walk, figure->as.first);
		return;
	case FIGURE_ARRAY:
		walk_elements(walk, figure);
		return;
	case FIGURE_INTEGER:
	case FIGURE_NUMBER:
	case FIGURE_TEXT:
	case FIGURE_TRUTH:
	case FIGURE_NULL:
		print_row(walk, figure, NULL, NULL);
		return;
	}
	check_failed("a kind of the enum", __FILE__, __LINE__);
}

static void walk_members(struct csv_walk *walk, const struct figure *first)
{
	for (const struct figure *at = first; at != NULL; at = at->next) {
		size_t length = field_enter(walk->figure, '.', at->key);
		if (has_limits(at)) {
			print_row(walk, at, at->next, at->next->next);
			at = at->next->next;
		} else {
			walk_figure(walk, at);
		}
		walk->figure[length] = '\0';
	}
}

static void walk_indicators(struct csv_walk *walk, const struct figure *indicators)
{
	for (const struct figure *at = indicators->as.first; at != NULL; at = at->next) {
		walk->indicator = at->key;
		walk_figure(walk, at);
	}
}

/* The elements of `groups`: their own members, and their indicators. */
static void walk_groups(struct csv_walk *walk, const struct figure *groups)
{
	size_t length = strlen(walk->labels);
	for (const struct figure *group = groups->as.first; group != NULL; group = group->next) {
		const struct figure *at = name_element(walk, group);
		for (; at != NULL; at = at->next) {
			if (key_is(at, "indicators")) {
				walk_indicators(walk, at);
				continue;
			}
			walk->indicator = "groups";
			field_enter(walk->figure, '.', at->key);
			walk_figure(walk, at);
			walk->figure[0] = '\0';
		}
		walk->labels[length] = '\0';
	}
}

static const char *text_of(const struct figure *root, const char *key)
{
	const struct figure *figure = figure_child(root, key);
	CHECK(figure != NULL && figure->kind == FIGURE_TEXT);
	return figure->as.text;
}

static struct csv_walk walk_begin(const struct figure *root, struct text *out)
{
	return (struct csv_walk){
		.out = out,
		.as_of = text_of(root, "as_of"),
		.known_at = text_of(root, "known_at"),
		.municipality = text_of(root, "municipality"),
	};
}

void csv_print_indicator(const struct figure *root, const char *indicator, struct text *out)
{
	struct csv_walk walk = walk_begin(root, out);
	const struct figure *figure =
		strcmp(indicator, "population") == 0 ? root : figure_child(root, "indicators");
	figure = figure == NULL ? NULL : figure_child(figure, indicator);
	if (figure == NULL)
		return;
	walk.indicator = figure->key;
	walk_figure(&walk, figure);
}

void csv_print_figures(const struct figure *root, struct text *out)
{
	struct csv_walk walk = walk_begin(root, out);
	for (const struct figure *at = root->as.first; at != NULL; at = at->next) {
		if (key_is(at, "window") && at->as.integer != WINDOW_DAYS_DEFAULT) {
			walk.indicator = "what_if";
			field_enter(walk.figure, '.', at->key);
			walk_figure(&walk, at);
			walk.figure[0] = '\0';
		} else if (key_is(at, "population") || key_is(at, "what_if")) {
			walk.indicator = at->key;
			walk_figure(&walk, at);
		} else if (key_is(at, "indicators") || key_is(at, "comparison")) {
			walk_indicators(&walk, at);
		} else if (key_is(at, "groups")) {
			walk_groups(&walk, at);
		}
	}
}
