/*
 * tools/import/subject_names.c - see subject_names.h.
 */
#include "tools/import/subject_names.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/check.h"
#include "tools/common/language.h"
#include "tools/import/file.h"
#include "tools/import/letters.h"
#include "tools/import/quotes.h"
#include "tools/import/sheet.h"

struct person_name {
	size_t subject; /* offsets in `letters` */
	size_t subject_length;
	size_t name;
	size_t name_length;
};

struct subject_names {
	struct text letters; /* of all rows */
	struct person_name *people;
	size_t count;
};

/* Is the column of this heading, in folded form, that of the pseudonym? */
static bool is_of_subjects(struct bytes heading)
{
	static const char *const names[] = { "subject", "pseudoniem", "pseudonym" };
	bool ends = false;
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		size_t length = strlen(names[i]);
		ends = ends ||
		       (heading.length >= length && memcmp(heading.data + heading.length - length,
							    names[i], length) == 0);
	}
	return ends;
}

/* The column of the pseudonym. False: there is none. */
static bool column_find(const struct sheet *sheet, size_t *column)
{
	bool found = false;
	for (size_t i = 0; sheet->row_count > 0 && i < sheet->rows[0].cell_count && !found; i++) {
		struct text heading = { 0 };
		fold_word(sheet_cell(sheet, &sheet->rows[0], i), &heading);
		found = is_of_subjects(text_bytes(&heading));
		*column = i;
		text_release(&heading);
	}
	return found;
}

static void person_add(struct subject_names *names, const struct sheet *sheet,
	const struct sheet_row *row, size_t column)
{
	struct text *letters = &names->letters;
	struct person_name person = { .subject = letters->length };
	text_add(letters, sheet_cell(sheet, row, column));
	person.subject_length = letters->length - person.subject;
	person.name = letters->length;
	for (size_t i = 0; i < row->cell_count; i++) {
		struct bytes cell = sheet_cell(sheet, row, i);
		if (i == column || cell.length == 0)
			continue;
		if (letters->length > person.name)
			text_add_char(letters, ' ');
		text_add(letters, cell);
	}
	person.name_length = letters->length - person.name;
	/* A row without a pseudonym or without a name says nothing. */
	if (person.subject_length > 0 && person.name_length > 0)
		names->people[names->count++] = person;
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

/* The delimiter that the first line gives, or has first. */
static char delimiter_of(struct bytes text)
{
	char given = sheet_given_delimiter(text);
	for (size_t i = 0; i < text.length && text.data[i] != '\n' && given == 0; i++) {
		if (memchr(";,\t", text.data[i], 3) != NULL)
			given = (char)text.data[i];
	}
	return given == 0 ? ',' : given;
}

static enum err table_read(struct bytes text, struct subject_names *names, struct reason *reason)
{
	struct sheet sheet;
	size_t column = 0;
	enum err err = sheet_read(text, delimiter_of(text), SIZE_MAX, &sheet, reason);
	if (err != OK)
		return err;
	sheet_unmark(&sheet);
	size_t columns = sheet.row_count > 0 ? sheet.rows[0].cell_count : 0;
	err = quotes_check(text, delimiter_of(text), columns, reason);
	if (err == OK && column_find(&sheet, &column)) {
		names->people = calloc(sheet.row_count, sizeof(*names->people));
		for (size_t i = 1; i < sheet.row_count && names->people != NULL; i++)
			person_add(names, &sheet, &sheet.rows[i], column);
		if (names->people == NULL || names->letters.failed)
			err = fail(reason, ERR_FULL, "there is not enough memory");
	} else if (err == OK) {
		err = fail(reason, ERR_INVALID,
			"its first line must name the columns, one of them subject");
	}
	sheet_release(&sheet);
	return err;
}

static enum err text_read(const char *path, struct text *out, struct reason *reason)
{
	struct text file = { 0 };
	enum letters letters;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return fail(reason, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s",
			said(strerror(errno)));
	enum err err = file_read(fd, SHEET_FILE_BYTES_MAX, &file, reason);
	close(fd);
	if (err == OK)
		err = letters_decode(text_bytes(&file), &letters, out, reason);
	text_release(&file);
	return err;
}

enum err subject_names_read(const char *path, struct subject_names **out, struct reason *reason)
{
	struct text text = { 0 };
	struct subject_names *names = calloc(1, sizeof(*names));
	if (names == NULL)
		return fail(reason, ERR_FULL, "there is not enough memory");
	enum err err = text_read(path, &text, reason);
	if (err == OK)
		err = table_read(text_bytes(&text), names, reason);
	text_release(&text);
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
