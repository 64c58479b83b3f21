/*
 * page/look.c - see look.h.
 */
#include "page/look.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"

#define VALUE_MAX       32
#define PATH_LENGTH_MAX 80

/* True when the member is `value`, which is as long as `length`. */
static bool member_is(const struct figure *member, const char *value, size_t length)
{
	char number[VALUE_MAX];
	const char *text = number;
	if (member == NULL)
		return false;
	if (member->kind == FIGURE_TEXT)
		text = member->as.text;
	else if (member->kind == FIGURE_INTEGER)
		snprintf(number, sizeof(number), "%lld", (long long)member->as.integer);
	else
		return false;
	return strlen(text) == length && memcmp(text, value, length) == 0;
}

static const struct figure *element_find(
	const struct figure *array, const char *part, size_t length)
{
	char key[VALUE_MAX];
	const char *equals = memchr(part, '=', length);
	CHECK(equals != NULL && part[length - 1] == ']');
	size_t key_length = (size_t)(equals - part) - 1;
	size_t value_length = length - key_length - 3;
	CHECK(key_length < sizeof(key));
	memcpy(key, part + 1, key_length);
	key[key_length] = '\0';
	if (array->kind != FIGURE_ARRAY)
		return NULL;
	for (const struct figure *at = array->as.first; at != NULL; at = at->next) {
		if (member_is(figure_child(at, key), equals + 1, value_length))
			return at;
	}
	return NULL;
}

const struct figure *look_figure(const struct figure *root, const char *path)
{
	const struct figure *figure = root;
	while (figure != NULL && *path != '\0') {
		char key[VALUE_MAX];
		size_t length = strcspn(path, "/");
		if (*path == '[') {
			figure = element_find(figure, path, length);
		} else {
			CHECK(length < sizeof(key));
			memcpy(key, path, length);
			key[length] = '\0';
			figure = figure_child(figure, key);
		}
		path += length + (path[length] == '/');
	}
	return figure;
}

double look_number(const struct figure *root, const char *path)
{
	const struct figure *figure = look_figure(root, path);
	if (figure != NULL && figure->kind == FIGURE_INTEGER)
		return (double)figure->as.integer;
	if (figure != NULL && figure->kind == FIGURE_NUMBER)
		return figure->as.number;
	return NAN;
}

double look_sum(const struct figure *root, const char *paths)
{
	double sum = 0;
	while (*paths != '\0') {
		char path[PATH_LENGTH_MAX];
		size_t length = strcspn(paths, " ");
		CHECK(length < sizeof(path));
		memcpy(path, paths, length);
		path[length] = '\0';
		sum += look_number(root, path);
		paths += length;
		paths += strspn(paths, " ");
	}
	return sum;
}

const char *look_text(const struct figure *root, const char *path)
{
	const struct figure *figure = look_figure(root, path);
	return figure != NULL && figure->kind == FIGURE_TEXT ? figure->as.text : NULL;
}

struct look_estimate look_estimate(const struct figure *root, const char *path)
{
	const struct figure *figure = look_figure(root, path);
	return (struct look_estimate){
		.share = look_number(figure, "share"),
		.low = look_number(figure, "low"),
		.high = look_number(figure, "high"),
	};
}
