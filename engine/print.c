/*
 * engine/print.c - see print.h.
 */
#include "engine/print.h"

#include <stdio.h>

#include "base/check.h"

void number_print(double value, struct text *out)
{
	char digits[64];
	int length = snprintf(digits, sizeof(digits), "%.6f", value);
	CHECK(length > 0 && (size_t)length < sizeof(digits));
	while (digits[length - 1] == '0')
		length--;
	if (digits[length - 1] == '.')
		length--;
	digits[length] = '\0';
	text_add_string(out, strcmp(digits, "-0") == 0 ? "0" : digits);
}

static void print_value(const struct figure *figure, struct text *out);

static void print_children(const struct figure *figure, struct text *out)
{
	for (const struct figure *child = figure->as.first; child != NULL; child = child->next) {
		if (child != figure->as.first)
			text_add_char(out, ',');
		if (child->key != NULL) {
			text_add_json(out, bytes_of_string(child->key));
			text_add_char(out, ':');
		}
		print_value(child, out);
	}
}

static void print_value(const struct figure *figure, struct text *out)
{
	switch (figure->kind) {
	case FIGURE_OBJECT:
		text_add_char(out, '{');
		print_children(figure, out);
		text_add_char(out, '}');
		return;
	case FIGURE_ARRAY:
		text_add_char(out, '[');
		print_children(figure, out);
		text_add_char(out, ']');
		return;
	case FIGURE_INTEGER:
		text_add_integer(out, figure->as.integer);
		return;
	case FIGURE_NUMBER:
		number_print(figure->as.number, out);
		return;
	case FIGURE_TRUTH:
		text_add_string(out, figure->as.integer != 0 ? "true" : "false");
		return;
	case FIGURE_TEXT:
		text_add_json(out, bytes_of_string(figure->as.text));
		return;
	case FIGURE_NULL:
		text_add_string(out, "null");
		return;
	}
	check_failed("a kind of the enum", __FILE__, __LINE__);
}

void figure_print_json(const struct figure *root, struct text *out)
{
	print_value(root, out);
	text_add_char(out, '\n');
}
