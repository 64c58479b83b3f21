/*
 * tools/import/rows.c - see rows.h.
 *
 * First each row alone: its cells become values, the person a pseudonym, and the events are
 * checked as the daemon checks them and printed but for id and key. Then rows of one name are
 * compared. What is left gets keys and ids.
 */
#include "tools/import/rows.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/date.h"
#include "base/grow.h"
#include "proto/codec.h"
#include "tools/common/language.h"
#include "tools/import/who.h"

#define ROW_ARENA_SIZE ((size_t)1 << 20) /* a row has at most 64 used cells of 4 KiB */
#define ID_OF_NOBODY   "{\"id\":\"0\","
#define RETRACTED_ON   "1990-01-01" /* plays no part, and must not change */

/* One row while it is made: the values of its columns, length 0 where there is none. */
struct making {
	struct rows *rows;
	struct row *row;
	struct bytes values[MAP_COLUMNS_MAX];
	bool filled[MAP_COLUMNS_MAX]; /* by the list, not by the map's default */
	struct bytes subject;
	struct bytes municipality;
};

static bool reject(struct row *row, size_t column, const char *format, ...) PRINTF_LIKE(3, 4);

/* Rejects the row unless it is already. False always. */
static bool reject(struct row *row, size_t column, const char *format, ...)
{
	va_list arguments;
	if (row->is_rejected)
		return false;
	va_start(arguments, format);
	format = said(format);
	if (vasprintf(&row->reason, format, arguments) < 0)
		row->reason = NULL;
	va_end(arguments);
	row->is_rejected = true;
	row->column = column;
	return false;
}

/* Rejects the row for what a check or the daemon says of a field, which may be "". */
static void reject_event(struct row *row, size_t column, const char *field, const char *message)
{
	struct text sentence = { 0 };
	say_sentence(message, &sentence);
	reject(row, column, "%s%s%s", field, field[0] == '\0' ? "" : " ",
		sentence.failed || sentence.data == NULL ? "" : sentence.data);
	text_release(&sentence);
}

/* Values. */

static struct bytes keep(struct making *making, struct bytes text)
{
	struct bytes copy = bytes_of("", 0);
	CHECK(arena_copy(&making->rows->arena, text, &copy) == OK);
	return copy;
}

static struct bytes keep_integer(struct making *making, int64_t value)
{
	char text[24];
	snprintf(text, sizeof(text), "%lld", (long long)value);
	return keep(making, bytes_of_string(text));
}

/* Appends the first word for each thing that a column knows. */
static void add_words_known(const struct map_column *column, struct text *out)
{
	size_t begin = out->length;
	struct bytes before = bytes_of("", 0);
	for (const struct map_word *word = column->words; word != NULL; word = word->next) {
		if (bytes_equal(before, word->constant))
			continue;
		before = word->constant;
		text_printf(out, "%s%.*s", out->length == begin ? "" : ", ", (int)word->word.length,
			(const char *)word->word.data);
	}
}

static bool word_value(struct making *making, size_t column, struct bytes folded)
{
	static const char *const yes[] = { "ja", "j", "yes", "y", "x", "1", "waar", "true" };
	static const char *const no[] = { "nee", "n", "neen", "no", "0", "onwaar", "false", "-" };
	const struct map_column *of = &making->rows->map->columns[column];
	const struct map_word *word = map_word_find(of->words, folded);
	struct text known = { 0 };
	if (word != NULL) {
		making->values[column] = word->constant;
		return true;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(yes) && of->kind == COLUMN_YES_NO; i++) {
		if (bytes_are(folded, yes[i]) || bytes_are(folded, no[i])) {
			making->values[column] =
				bytes_of_string(bytes_are(folded, yes[i]) ? "yes" : "no");
			return true;
		}
	}
	if (of->kind == COLUMN_YES_NO)
		return reject(making->row, column, "write ja or nee");
	add_words_known(of, &known);
	reject(making->row, column, "the map does not know this word; it knows: %s",
		known.failed || known.data == NULL ? "" : known.data);
	text_release(&known);
	return false;
}

static bool day_value(struct making *making, size_t column, struct bytes cell)
{
	struct day_cell day;
	const char *why;
	char text[DATE_LENGTH + 1];
	if (day_cell_read(cell, making->rows->list->month_first, &day, &why) != OK)
		return reject(making->row, column, "%s", said(why));
	date_print(day.day, text);
	making->values[column] = keep(making, bytes_of(text, DATE_LENGTH));
	return true;
}

static bool year_value(struct making *making, size_t column, struct bytes cell, int64_t *value)
{
	const struct list *list = making->rows->list;
	int also = list->also[column];
	struct bytes other = also == LIST_ABSENT
				     ? bytes_of("", 0)
				     : sheet_cell(&list->sheet, making->row->cells, (size_t)also);
	const char *why;
	int64_t year;
	if (year_cell_read(cell, list->month_first, value, &why) != OK)
		return reject(making->row, column, "%s", said(why));
	if (year_cell_read(other, list->month_first, &year, &why) == OK && year != *value)
		return reject(making->row, column, "it is not the year of the birth date");
	return true;
}

/* A number, with a unit that the map knows or none. */
static enum err whole_number(
	const struct map_column *column, struct bytes cell, int64_t *value, const char **why)
{
	struct number_cell number;
	struct text unit = { 0 };
	enum err err = amount_cell_read(cell, &number, &unit, why);
	if (err == OK && unit.length > 0 &&
		map_word_find(column->units, text_bytes(&unit)) == NULL) {
		*why = number_alone;
		err = ERR_INVALID;
	}
	text_release(&unit);
	if (err == OK)
		*value = (number.millionths + 500000) / 1000000;
	return err;
}

static bool number_value(
	struct making *making, size_t column, enum column_kind kind, struct bytes cell)
{
	struct number_cell number;
	const char *why;
	int64_t value = 0;
	enum err err = OK;
	if (kind == COLUMN_YEAR) {
		if (!year_value(making, column, cell, &value))
			return false;
	} else if (kind == COLUMN_HOURS) {
		err = hours_cell_read(cell, &value, &number, &why);
	} else {
		err = whole_number(&making->rows->map->columns[column], cell, &value, &why);
	}
	if (err != OK)
		return reject(making->row, column, "%s", said(why));
	making->values[column] = keep_integer(making, value);
	return true;
}

/* The cell of a column; that of the birth date where the year's is empty. */
static struct bytes cell_of(const struct making *making, size_t column)
{
	const struct list *list = making->rows->list;
	struct bytes cell = list_cell(list, making->row->cells, column);
	if (bytes_trim(cell).length == 0 && list->also[column] != LIST_ABSENT)
		return sheet_cell(&list->sheet, making->row->cells, (size_t)list->also[column]);
	return cell;
}

/* Fills in the value of a column. False: the row is rejected. */
static bool cell_value(struct making *making, size_t column)
{
	const struct map_column *of = &making->rows->map->columns[column];
	struct bytes cell = cell_of(making, column);
	struct text folded = { 0 };
	bool right = true;
	if (of->kind == COLUMN_TEXT)
		fold_name(cell, &folded);
	else
		fold_word(cell, &folded);
	if (folded.length == 0) {
		/* A dash alone in a column of yes and no is folded to itself, not to nothing. */
		making->values[column] = of->value;
	} else {
		making->filled[column] = true;
		switch (of->kind) {
		case COLUMN_TEXT:
			making->values[column] = keep(making, text_bytes(&folded));
			break;
		case COLUMN_DATE:
			right = day_value(making, column, cell);
			break;
		case COLUMN_WORD:
		case COLUMN_YES_NO:
			right = word_value(making, column, text_bytes(&folded));
			break;
		case COLUMN_YEAR:
		case COLUMN_NUMBER:
		case COLUMN_HOURS:
			right = number_value(making, column, of->kind, cell);
			break;
		case COLUMN_KIND_COUNT:
			break;
		}
	}
	text_release(&folded);
	return right;
}

/* Is it as a row that a quotation mark made of several? False: the row is rejected. */
static bool is_one_row(struct making *making)
{
	static const char stray[] = ": is a quotation mark out of place?";
	const struct rows *rows = making->rows;
	const struct list *list = rows->list;
	const struct sheet_row *heading = &list->sheet.rows[list->heading];
	const struct sheet_row *cells = making->row->cells;
	bool several_lines = false, is_added = false;
	for (size_t i = 0; i < cells->cell_count; i++) {
		struct bytes cell = sheet_cell(&list->sheet, cells, i);
		/* Empty headings after those of a file of rejected rows are none. */
		is_added = is_added || bytes_are(sheet_cell(&list->sheet, heading, i), "reason");
		bool is_beyond = i >= heading->cell_count ||
				 (is_added && sheet_cell(&list->sheet, heading, i).length == 0);
		if (is_beyond && cell.length > 0)
			return reject(making->row, MAP_COLUMNS_MAX,
				"it has more cells than there are headings: is there a delimiter "
				"within a cell?");
		several_lines = several_lines ||
				(cell.length > 0 && memchr(cell.data, '\n', cell.length) != NULL);
	}
	if (several_lines && cells->cell_count < heading->cell_count)
		return reject(making->row, MAP_COLUMNS_MAX,
			"it has a cell of several lines and fewer cells than there are headings%s",
			said(stray));
	for (size_t i = 0; i < rows->map->column_count && several_lines; i++) {
		struct bytes cell = list_cell(list, cells, i);
		if (cell.length > 0 && memchr(cell.data, '\n', cell.length) != NULL &&
			memchr(cell.data, list->delimiter, cell.length) != NULL)
			return reject(making->row, i,
				"it has several lines with a delimiter in them%s", said(stray));
	}
	return true;
}

/* An end before its start is a day that was written wrongly. False: the row is rejected. */
static bool days_follow(struct making *making)
{
	const struct map *map = making->rows->map;
	for (size_t i = PERSON_COLUMN_COUNT; i < map->column_count; i++) {
		const struct map_reference *start = &map->columns[i].not_before;
		for (size_t k = 0; k < start->column_count; k++) {
			struct bytes first = making->values[start->columns[k]];
			if (making->values[i].length == 0 || first.length == 0 ||
				bytes_compare(making->values[i], first) >= 0)
				continue;
			struct bytes heading = list_heading(making->rows->list, start->columns[k]);
			return reject(making->row, i,
				"it lies before %.*s: one of the two is wrong", (int)heading.length,
				(const char *)heading.data);
		}
	}
	return true;
}

static bool cell_values(struct making *making)
{
	if (!is_one_row(making))
		return false;
	for (size_t i = PERSON_COLUMN_COUNT; i < making->rows->map->column_count; i++) {
		if (!cell_value(making, i))
			return false;
	}
	return days_follow(making);
}

/* The template with the values of its columns. */
static struct bytes template_value(struct making *making, const struct map_reference *reference)
{
	struct text out = { 0 };
	size_t column = 0;
	for (size_t i = 0; i < reference->text.length; i++) {
		uint8_t c = reference->text.data[i];
		if (c != '{') {
			text_add_char(&out, (char)c);
			continue;
		}
		text_add(&out, making->values[reference->columns[column++]]);
		while (reference->text.data[i] != '}')
			i++;
	}
	struct bytes value = keep(making, text_bytes(&out));
	text_release(&out);
	return value;
}

static int64_t integer_of(struct bytes digits)
{
	int64_t value = 0;
	for (size_t i = 0; i < digits.length; i++)
		value = value * 10 + (digits.data[i] - '0');
	return value;
}

/*
 * Hours beside minutes: 2 and 30 are two hours and a half, 2 and 120 are the same said twice,
 * 2 and 90 are neither. False: they do not fit.
 */
static bool add_up(struct making *making, size_t a, size_t b, struct bytes *sum)
{
	const struct map_column *columns = making->rows->map->columns;
	bool swapped = columns[b].kind == COLUMN_HOURS;
	size_t hours_column = swapped ? b : a, minutes_column = swapped ? a : b;
	if (columns[hours_column].kind != COLUMN_HOURS ||
		columns[minutes_column].kind != COLUMN_NUMBER)
		return false;
	int64_t hours = integer_of(making->values[hours_column]);
	int64_t minutes = integer_of(making->values[minutes_column]);
	if (hours != 0 && minutes != 0 && (hours % 60 != 0 || minutes >= 60))
		return false;
	*sum = keep_integer(making, hours + minutes);
	return true;
}

/*
 * Of several columns for one thing the one that is filled in; where none is, the first default.
 * Two that say different things are joined when they can be, and reject the row when not.
 */
static struct bytes columns_value(struct making *making, const struct map_reference *reference)
{
	const struct map *map = making->rows->map;
	struct bytes value = bytes_of("", 0);
	size_t first = MAP_COLUMNS_MAX;
	for (size_t i = 0; i < reference->column_count; i++) {
		size_t column = reference->columns[i];
		struct bytes own = making->values[column];
		if (!making->filled[column] || own.length == 0)
			continue;
		if (first == MAP_COLUMNS_MAX) {
			first = column;
			value = own;
		} else if (!bytes_equal(value, own) && !add_up(making, first, column, &value)) {
			struct bytes other = list_heading(making->rows->list, first);
			reject(making->row, column,
				"it does not fit what stands in %.*s: leave one of the two empty",
				(int)other.length, (const char *)other.data);
		}
	}
	for (size_t i = 0; i < reference->column_count && value.length == 0; i++)
		value = map->columns[reference->columns[i]].value;
	return value;
}

/*
 * What a reference stands for in this row; length 0: nothing. The row is rejected where its
 * columns contradict each other.
 */
static struct bytes value_of(struct making *making, const struct map_reference *reference)
{
	if (reference->is_template)
		return template_value(making, reference);
	return reference->column_count == 0 ? reference->text : columns_value(making, reference);
}

/* Does one of the reference's columns say so? */
static bool is_said(const struct making *making, const struct map_reference *reference)
{
	bool said = false;
	for (size_t i = 0; i < reference->column_count; i++) {
		struct bytes value = making->values[reference->columns[i]];
		said = said || (value.length > 0 && !bytes_are(value, "no"));
	}
	return said;
}

/* People. */

/* Does the table know the name beside a pseudonym as that person's, or not at all? */
static bool fits_the_table(struct making *making, struct bytes name, struct bytes second)
{
	const char *known = subjects_known(making->rows->subjects, name, second);
	if (known == NULL || bytes_are(making->subject, known))
		return true;
	return reject(making->row, PERSON_SUBJECT,
		"it is not the pseudonym that the table of people has for the name beside it");
}

/* The pseudonym of somebody the row names. False: the row is rejected. */
static bool find_named(struct making *making, const struct who *who, const struct people *people)
{
	struct rows *rows = making->rows;
	struct row *row = making->row;
	struct found_person found;
	struct reason reason;
	if (!who->is_certain)
		return reject(row, PERSON_NAME,
			"whether it is the whole name or a part of it cannot be known: give it the "
			"heading Achternaam when it is the last name, and the other columns "
			"headings that are not for names when it is the whole");
	if (who->name_folded.length == 0)
		return reject(row, PERSON_NAME, "the name is empty");
	if (people_contradict(people, who))
		return reject(row, PERSON_SECOND,
			"the columns that tell apart people of one name contradict each other, "
			"here and in another row of this name");
	if (subjects_find(rows->subjects, text_bytes(&who->name), text_bytes(&who->second),
		    people_share_name(people, who), &found, &reason) != OK)
		return reject(row, PERSON_NAME, "%s", reason.text);
	row->entry = found.entry;
	row->is_like_others = found.is_like_others;
	making->subject = bytes_of_string(subjects_pseudonym(rows->subjects, found.entry));
	return true;
}

/* The pseudonym of the row's person. False: the row is rejected. */
static bool find_person(struct making *making, const struct people *people)
{
	struct rows *rows = making->rows;
	struct who who;
	making->row->entry = SIZE_MAX;
	making->subject = list_cell(rows->list, making->row->cells, PERSON_SUBJECT);
	if (!rows->map->about_people)
		return true;
	who_read(rows->list, making->row->cells, &who);
	bool found = making->subject.length > 0 ? fits_the_table(making, text_bytes(&who.name),
							  text_bytes(&who.second))
						: find_named(making, &who, people);
	who_release(&who);
	return found;
}

/* Events. */

/* The map's column that gives a field of an event; MAP_COLUMNS_MAX: none does. */
static size_t column_of_field(
	const struct rows *rows, const struct map_event *event, const char *field)
{
	const struct map_reference *reference = NULL;
	if (strcmp(field, "subject") == 0)
		return rows->list->positions[PERSON_SUBJECT] != LIST_ABSENT ? PERSON_SUBJECT
									    : PERSON_NAME;
	if (strcmp(field, "occurred_on") == 0)
		reference = &event->occurred_on;
	else if (strcmp(field, "municipality") == 0)
		reference = &rows->map->municipality;
	for (size_t i = 0; i < event->schema->field_count && reference == NULL; i++) {
		if (strcmp(field, event->schema->fields[i].name) == 0)
			reference = &event->fields[i];
	}
	if (reference == NULL || reference->column_count == 0)
		return MAP_COLUMNS_MAX;
	for (size_t i = 0; i < reference->column_count; i++) {
		if (rows->list->positions[reference->columns[i]] != LIST_ABSENT)
			return reference->columns[i];
	}
	return reference->columns[0];
}

static struct raw raw_text(struct bytes text)
{
	if (text.length == 0)
		return (struct raw){ .kind = RAW_ABSENT };
	return (struct raw){ .kind = RAW_TEXT, .text = text };
}

static struct raw raw_of(struct making *making, const struct field *field, struct bytes value)
{
	if (value.length == 0)
		return (struct raw){ .kind = RAW_ABSENT };
	if (field->kind == FIELD_BOOL)
		return (struct raw){ .kind = RAW_BOOL, .integer = bytes_are(value, "yes") };
	if (field->kind != FIELD_ENUM_SET)
		return raw_text(value);
	struct raw *items = arena_take(&making->rows->arena, (value.length + 1) * sizeof(*items));
	CHECK(items != NULL);
	size_t count = 0;
	for (size_t at = 0; at < value.length;) {
		size_t end = at;
		while (end < value.length && value.data[end] != ',' && value.data[end] != ' ')
			end++;
		if (end > at)
			items[count++] = raw_text(bytes_of(value.data + at, end - at));
		at = end + 1;
	}
	return (struct raw){ .kind = RAW_LIST, .items = items, .item_count = count };
}

/* Checks an event and keeps its body. *right: false when the row is rejected. */
static enum err make_event(struct making *making, const struct map_event *made_by, bool *right)
{
	struct rows *rows = making->rows;
	const struct schema *schema = made_by->schema;
	struct raw_event raw = { .body_count = 1, .schema = schema };
	struct event event = { 0 };
	struct rejection rejection;
	enum verdict verdict;
	raw.envelope[ENVELOPE_ID] = raw_text(bytes_of_string("0"));
	if (schema->about_person)
		raw.envelope[ENVELOPE_SUBJECT] = raw_text(making->subject);
	raw.envelope[ENVELOPE_MUNICIPALITY] = raw_text(making->municipality);
	raw.envelope[ENVELOPE_OCCURRED_ON] = raw_text(value_of(making, &made_by->occurred_on));
	for (size_t i = 0; i < schema->field_count; i++)
		raw.fields[i] =
			raw_of(making, &schema->fields[i], value_of(making, &made_by->fields[i]));
	if (event_validate(&raw, &rows->rules, &rows->arena, &verdict, &event, &rejection) != OK)
		return ERR_FULL;
	if (making->row->is_rejected) {
		*right = false;
		return OK;
	}
	if (verdict == VERDICT_REJECTED) {
		*right = false;
		reject_event(making->row, column_of_field(rows, made_by, rejection.field),
			rejection.field,
			rejection.code == REJECTION_MISSING_FIELD ? "is needed, and is empty"
								  : rejection.message);
		return OK;
	}
	struct text json = { 0 };
	event_print_json(&event, &json);
	size_t head = strlen(ID_OF_NOBODY);
	if (json.failed || !GROW(rows->parts, rows->part_size, rows->part_count + 1)) {
		text_release(&json);
		return ERR_FULL;
	}
	CHECK(json.length > head && memcmp(json.data, ID_OF_NOBODY, head) == 0);
	rows->parts[rows->part_count++] = (struct row_event){
		.offset = rows->bodies.length, .length = json.length - head, .made_by = made_by
	};
	text_add(&rows->bodies, bytes_of(json.data + head, json.length - head));
	text_release(&json);
	making->row->part_count++;
	return OK;
}

static bool is_wanted(struct making *making, const struct map_event *event)
{
	if (making->row->is_removed)
		return false;
	return event->when.text.length == 0 || is_said(making, &event->when);
}

/* What names the row: the list, the person, the columns of the key. */
static void add_row_name(struct making *making, struct text *out)
{
	const struct map *map = making->rows->map;
	text_add(out, map->name);
	text_add_char(out, 0x1F);
	text_add(out, making->subject);
	for (size_t i = 0; i < map->key_count; i++) {
		text_add_char(out, 0x1F);
		text_add(out, making->values[map->keys[i]]);
	}
	text_add_char(out, 0x1F);
}

static enum err make_row(struct rows *rows, struct row *row, const struct people *people)
{
	struct making making = { .rows = rows, .row = row };
	const struct map *map = rows->map;
	bool right = true;
	enum err err = OK;
	if (!cell_values(&making) || !find_person(&making, people))
		return OK;
	making.municipality = rows->municipality.length > 0 ? rows->municipality
							    : value_of(&making, &map->municipality);
	row->is_removed = is_said(&making, &map->removed);
	row->first_part = rows->part_count;
	for (size_t i = 0; i < map->event_count && right && err == OK; i++) {
		if (is_wanted(&making, &map->events[i]))
			err = make_event(&making, &map->events[i], &right);
	}
	if (err != OK)
		return err;
	if (right && row->part_count == 0 && !row->is_removed)
		reject(row, MAP_COLUMNS_MAX, "no column that makes an event is filled in");
	row->name_offset = rows->names.length;
	add_row_name(&making, &rows->names);
	row->name_length = rows->names.length - row->name_offset;
	return rows->names.failed || rows->bodies.failed ? ERR_FULL : OK;
}

/* Rows of one name. */

static struct bytes name_of(const struct rows *rows, const struct row *row)
{
	return bytes_of(rows->names.data + row->name_offset, row->name_length);
}

static int compare_rows(const void *a, const void *b, void *context)
{
	const struct row *x = *(const struct row *const *)a, *y = *(const struct row *const *)b;
	int order = bytes_compare(name_of(context, x), name_of(context, y));
	return order != 0 ? order : (x > y) - (x < y);
}

static bool say_the_same(const struct rows *rows, const struct row *a, const struct row *b)
{
	if (a->part_count != b->part_count || a->is_removed != b->is_removed)
		return false;
	for (size_t i = 0; i < a->part_count; i++) {
		const struct row_event *x = &rows->parts[a->first_part + i];
		const struct row_event *y = &rows->parts[b->first_part + i];
		if (!bytes_equal(bytes_of(rows->bodies.data + x->offset, x->length),
			    bytes_of(rows->bodies.data + y->offset, y->length)))
			return false;
	}
	return true;
}

static void reject_both(struct rows *rows, struct row *row, unsigned other_line)
{
	const struct map *map = rows->map;
	struct text columns = { 0 };
	for (size_t i = 0; i < map->key_count; i++)
		text_printf(&columns, ", %.*s", (int)map->columns[map->keys[i]].name.length,
			(const char *)map->columns[map->keys[i]].name.data);
	reject(row, MAP_COLUMNS_MAX,
		"line %u is named the same (person%s) and says something else: keep one, or tell "
		"them apart in a column that names the row",
		other_line, columns.data == NULL ? "" : columns.data);
	text_release(&columns);
}

/* A group of rows of one name, in their order. */
static void compare_group(struct rows *rows, struct row **group, size_t count)
{
	bool same = true;
	for (size_t i = 1; i < count; i++)
		same = same && say_the_same(rows, group[0], group[i]);
	for (size_t i = 0; i < count; i++) {
		if (!same)
			reject_both(rows, group[i], group[i == 0 ? 1 : 0]->cells->line);
		else
			group[i]->is_repeated = i > 0;
	}
}

static enum err compare_names(struct rows *rows)
{
	struct row **order = calloc(rows->count + 1, sizeof(struct row *));
	size_t count = 0;
	if (order == NULL)
		return ERR_FULL;
	for (size_t i = 0; i < rows->count; i++) {
		if (!rows->rows[i].is_rejected)
			order[count++] = &rows->rows[i];
	}
	qsort_r(order, count, sizeof(struct row *), compare_rows, rows);
	for (size_t from = 0, to; from < count; from = to) {
		for (to = from + 1; to < count; to++) {
			if (!bytes_equal(name_of(rows, order[from]), name_of(rows, order[to])))
				break;
		}
		compare_group(rows, order + from, to - from);
	}
	free(order);
	return OK;
}

/* Keys and ids. */

static struct digits digits_of(const struct rows *rows, const struct text *text)
{
	char printed[SALTED_HASH_LENGTH + 1];
	struct digits digits;
	struct salted_hash hash = salted_hash_of(subjects_salt(rows->subjects), text_bytes(text));
	salted_hash_print(&hash, printed);
	memcpy(digits.text, printed, sizeof(digits.text));
	return digits;
}

/* A UUID (version 8: made by us) of the key, how often it changed, and the body. */
static void add_id(const struct rows *rows, const struct digits *key, const struct sent *sent,
	struct bytes body, struct text *out)
{
	struct text named = { 0 };
	text_add(&named, bytes_of(key->text, sizeof(key->text)));
	text_printf(&named, " %llx %llu ", (unsigned long long)sent->epoch,
		(unsigned long long)sent->generation);
	text_add(&named, body);
	struct digits id = digits_of(rows, &named);
	id.text[12] = '8';
	id.text[16] = "89ab"[id.text[16] & 3];
	text_printf(out, "%.8s-%.4s-%.4s-%.4s-%.12s", id.text, id.text + 8, id.text + 12,
		id.text + 16, id.text + 20);
	text_release(&named);
}

static void add_retraction(
	struct rows *rows, struct row *row, const struct digits *key, struct text *out)
{
	struct making making = { .rows = rows, .row = row };
	for (size_t i = PERSON_COLUMN_COUNT; i < rows->map->column_count; i++)
		(void)cell_value(&making, i);
	struct bytes municipality = rows->municipality.length > 0
					    ? rows->municipality
					    : value_of(&making, &rows->map->municipality);
	text_printf(out,
		"\"municipality\":\"%.*s\",\"occurred_on\":\"" RETRACTED_ON
		"\",\"event_retracted\":{\"target_key\":\"k-%.*s\"}}",
		(int)municipality.length, (const char *)municipality.data, SALTED_HASH_LENGTH,
		key->text);
}

static enum err send_event(struct rows *rows, struct row *row, const struct map_event *made_by,
	const struct row_event *part)
{
	struct text named = { 0 }, body = { 0 };
	struct sent sent = { 0 };
	text_add(&named, name_of(rows, row));
	text_add_string(&named, made_by->schema->key);
	struct digits key = digits_of(rows, &named), content = { 0 };
	if (part != NULL) {
		text_add(&body, bytes_of(rows->bodies.data + part->offset, part->length));
		content = digits_of(rows, &body);
	}
	enum err err = subjects_sent(rows->subjects, &key, part == NULL ? NULL : &content, &sent);
	bool is_sent = err == OK && (part != NULL || sent.known);
	if (is_sent && part == NULL)
		add_retraction(rows, row, &key, &body);
	if (is_sent && GROW(rows->made, rows->made_size, rows->made_count + 1)) {
		struct row_event *made = &rows->made[rows->made_count++];
		*made = (struct row_event){ .row = (size_t)(row - rows->rows),
			.offset = rows->events.length,
			.made_by = made_by,
			.is_retraction = part == NULL,
			.corrects = sent.changed };
		text_add_string(&rows->events, "{\"id\":\"");
		add_id(rows, &key, &sent, text_bytes(&body), &rows->events);
		if (part != NULL)
			text_printf(
				&rows->events, "\",\"key\":\"k-%.*s", SALTED_HASH_LENGTH, key.text);
		text_add_string(&rows->events, "\",");
		text_add(&rows->events, text_bytes(&body));
		made->length = rows->events.length - made->offset;
	} else if (is_sent) {
		err = ERR_FULL;
	}
	if (named.failed || body.failed || rows->events.failed)
		err = ERR_FULL;
	text_release(&named);
	text_release(&body);
	return err;
}

static enum err send_row(struct rows *rows, struct row *row)
{
	const struct map *map = rows->map;
	size_t at = row->first_part, end = row->first_part + row->part_count;
	enum err err = OK;
	if (row->entry != SIZE_MAX)
		row->is_of_new_person = subjects_use(rows->subjects, row->entry) &&
					subjects_is_new(rows->subjects, row->entry);
	for (size_t i = 0; i < map->event_count && err == OK; i++) {
		bool given = at < end && rows->parts[at].made_by == &map->events[i];
		err = send_event(rows, row, &map->events[i], given ? &rows->parts[at++] : NULL);
	}
	return err;
}

enum err rows_make(struct rows *rows)
{
	const struct list *list = rows->list;
	struct people *people = NULL;
	rows->count = list->sheet.row_count - list->heading - 1;
	rows->rows = calloc(rows->count + 1, sizeof(*rows->rows));
	if (rows->rows == NULL || arena_init(&rows->arena, ROW_ARENA_SIZE) != OK)
		return ERR_FULL;
	for (size_t i = 0; i < rows->count; i++) {
		rows->rows[i].cells = &list->sheet.rows[list->heading + 1 + i];
		rows->rows[i].entry = SIZE_MAX;
	}
	enum err err = people_read(list, &people);
	for (size_t i = 0; i < rows->count && err == OK; i++) {
		arena_reset(&rows->arena);
		err = make_row(rows, &rows->rows[i], people);
	}
	people_free(people);
	if (err == OK)
		err = compare_names(rows);
	for (size_t i = 0; i < rows->count && err == OK; i++) {
		arena_reset(&rows->arena);
		if (!rows->rows[i].is_rejected && !rows->rows[i].is_repeated)
			err = send_row(rows, &rows->rows[i]);
	}
	return err;
}

void rows_release(struct rows *rows)
{
	for (size_t i = 0; i < rows->count && rows->rows != NULL; i++)
		free(rows->rows[i].reason);
	free(rows->rows);
	free(rows->made);
	free(rows->parts);
	text_release(&rows->events);
	text_release(&rows->names);
	text_release(&rows->bodies);
	arena_release(&rows->arena);
}

void rows_reject(
	struct rows *rows, const struct row_event *event, const char *field, const char *message)
{
	reject_event(&rows->rows[event->row], column_of_field(rows, event->made_by, field), field,
		message);
}
