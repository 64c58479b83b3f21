/*
 * tools/subject_names.c - see subject_names.h.
 */
#include "tools/subject_names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/text.h"

#define TABLE_BYTES_MAX ((size_t)64 << 20)
#define COLUMNS_MAX     100

/* What the column of the pseudonym is called, or ends with. */
static const char *const column_names[] = { "subject", "pseudoniem", "pseudonym" };

struct person_name {
	size_t subject; /* places in `letters` */
	size_t subject_length;
	size_t name;
	size_t name_length;
};

struct subject_names {
	struct text letters; /* of all rows */
	struct person_name *people;
	size_t count;
	size_t size;
};

/* The cells of one row, in `cells`. */
struct row {
	struct text cells[COLUMNS_MAX];
	size_t count;
};

static void row_release(struct row *row)
{
	for (size_t i = 0; i < COLUMNS_MAX; i++)
		text_release(&row->cells[i]);
}

/* Reads a cell; a quoted one may have delimiters, line ends and doubled quotes in it. */
static void cell_read(const char **at, char delimiter, struct text *cell)
{
	bool quoted = **at == '"';
	const char *from = *at + quoted;
	for (; *from != '\0'; from++) {
		if (quoted && *from == '"') {
			if (from[1] != '"')
				break;
			from++;
		} else if (!quoted && (*from == delimiter || *from == '\n')) {
			break;
		}
		if (quoted || *from != '\r')
			text_add_char(cell, *from);
	}
	/* What stands between a closing quote and the delimiter is nothing. */
	*at = from + strcspn(from, delimiter == ';' ? ";\n" : delimiter == ',' ? ",\n" : "\t\n");
}

/* Reads the next row. False: there is none, or it has too many cells. */
static bool row_read(const char **at, char delimiter, struct row *row)
{
	for (size_t i = 0; i < COLUMNS_MAX; i++)
		row->cells[i].length = 0;
	if (**at == '\0')
		return false;
	for (row->count = 0; row->count < COLUMNS_MAX; (*at)++) {
		cell_read(at, delimiter, &row->cells[row->count++]);
		if (**at == delimiter)
			continue;
		*at += **at == '\n';
		return true;
	}
	return false;
}

/* The column of the pseudonym; COLUMNS_MAX: there is none. */
static size_t column_find(const struct row *row)
{
	for (size_t i = 0; i < row->count; i++) {
		struct bytes name = text_bytes(&row->cells[i]);
		for (size_t j = 0; j < ARRAY_LENGTH(column_names); j++) {
			size_t length = strlen(column_names[j]);
			if (name.length >= length && memcmp(name.data + name.length - length,
							     column_names[j], length) == 0)
				return i;
		}
	}
	return COLUMNS_MAX;
}

static bool person_add(struct subject_names *names, const struct row *row, size_t column)
{
	if (names->count == names->size) {
		size_t size = names->size * 2 + 64;
		struct person_name *people = realloc(names->people, size * sizeof(*people));
		if (people == NULL)
			return false;
		names->people = people;
		names->size = size;
	}
	struct person_name *person = &names->people[names->count];
	struct text *letters = &names->letters;
	*person = (struct person_name){ .subject = letters->length };
	text_add(letters, text_bytes(&row->cells[column]));
	person->subject_length = letters->length - person->subject;
	person->name = letters->length;
	for (size_t i = 0; i < row->count; i++) {
		if (i == column || row->cells[i].length == 0)
			continue;
		if (letters->length > person->name)
			text_add_char(letters, ' ');
		text_add(letters, text_bytes(&row->cells[i]));
	}
	person->name_length = letters->length - person->name;
	/* A row without a pseudonym or without a name says nothing. */
	names->count += person->subject_length > 0 && person->name_length > 0;
	return !letters->failed;
}

static struct bytes subject_of(const struct subject_names *names, const struct person_name *person)
{
	return bytes_of(names->letters.data + person->subject, person->subject_length);
}

static int by_subject(const void *a, const void *b, void *context)
{
	const struct person_name *left = a, *right = b;
	int order = bytes_compare(subject_of(context, left), subject_of(context, right));
	return order != 0 ? order : (left->name > right->name) - (left->name < right->name);
}

static enum err file_read(const char *path, struct text *out, struct reason *reason)
{
	char piece[65536];
	size_t length;
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return fail(
			reason, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s", strerror(errno));
	while ((length = fread(piece, 1, sizeof(piece), file)) > 0 &&
		out->length <= TABLE_BYTES_MAX)
		text_add(out, bytes_of(piece, length));
	bool failed = ferror(file) != 0;
	fclose(file);
	if (failed)
		return fail(reason, ERR_IO, "it cannot be read");
	if (out->failed)
		return fail(reason, ERR_FULL, "there is not enough memory");
	if (out->length == 0 || out->length > TABLE_BYTES_MAX ||
		memchr(out->data, '\0', out->length) != NULL)
		return fail(reason, ERR_INVALID, "it is no table of people");
	return OK;
}

/* Reads all rows of a table. */
static enum err table_read(const char *at, struct subject_names *names, struct reason *reason)
{
	struct row row = { 0 };
	if (strncmp(at, "\xef\xbb\xbf", 3) == 0)
		at += 3;
	const char *first = strpbrk(at, ";,\t\n");
	char delimiter = first == NULL || *first == '\n' ? ',' : *first;
	size_t column = row_read(&at, delimiter, &row) ? column_find(&row) : COLUMNS_MAX;
	enum err err = column == COLUMNS_MAX
			       ? fail(reason, ERR_INVALID,
					 "its first line must name the columns, one of "
					 "them subject")
			       : OK;
	while (err == OK && row_read(&at, delimiter, &row)) {
		if (row.count > column && !person_add(names, &row, column))
			err = fail(reason, ERR_FULL, "there is not enough memory");
	}
	if (err == OK && *at != '\0')
		err = fail(reason, ERR_INVALID, "a row has more than %d columns", COLUMNS_MAX);
	row_release(&row);
	return err;
}

enum err subject_names_read(const char *path, struct subject_names **out, struct reason *reason)
{
	struct text file = { 0 };
	struct subject_names *names = calloc(1, sizeof(*names));
	if (names == NULL)
		return fail(reason, ERR_FULL, "there is not enough memory");
	enum err err = file_read(path, &file, reason);
	if (err == OK)
		err = table_read(file.data, names, reason);
	text_release(&file);
	if (err != OK) {
		subject_names_free(names);
		return err;
	}
	if (names->count > 0)
		qsort_r(names->people, names->count, sizeof(*names->people), by_subject, names);
	*out = names;
	return OK;
}

void subject_names_free(struct subject_names *names)
{
	if (names == NULL)
		return;
	text_release(&names->letters);
	free(names->people);
	free(names);
}

struct bytes subject_names_find(const struct subject_names *names, struct bytes subject)
{
	size_t low = 0, high = names == NULL ? 0 : names->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (bytes_compare(subject_of(names, &names->people[middle]), subject) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	/* Of several lines about one pseudonym the first. */
	if (names == NULL || low == names->count ||
		!bytes_equal(subject_of(names, &names->people[low]), subject))
		return bytes_of(NULL, 0);
	const struct person_name *person = &names->people[low];
	return bytes_of(names->letters.data + person->name, person->name_length);
}
