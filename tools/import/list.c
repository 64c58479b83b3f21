/*
 * tools/import/list.c - see list.h.
 */
#include "tools/import/list.h"

#include <stdio.h>

#include "base/check.h"
#include "base/plain.h"
#include "tools/common/language.h"
#include "tools/import/quotes.h"

#define HEADING_BYTES_MAX 200
#define DATES_HEADING     "dates"

static bool is_there(const struct list *list, size_t column)
{
	return list->positions[column] != LIST_ABSENT;
}

/* Headings. */

static const char *const added_headings[] = { DATES_HEADING, "line", "column", "reason" };
static const char day_first_word[] = "dd/mm/jjjj";
static const char month_first_word[] = "mm/dd/jjjj";

/* Where `dates` stands, or would. */
static size_t find_added(const struct sheet *sheet, const struct sheet_row *row, bool *has_dates)
{
	size_t count = row->cell_count, added = ARRAY_LENGTH(added_headings);
	*has_dates = false;
	/* A spreadsheet program fills rows up with empty cells. */
	while (count > 0 && sheet_cell(sheet, row, count - 1).length == 0)
		count--;
	for (size_t i = 1; i < added; i++) {
		if (count < added ||
			!bytes_are(sheet_cell(sheet, row, count - added + i), added_headings[i]))
			return row->cell_count;
	}
	*has_dates = bytes_are(sheet_cell(sheet, row, count - added), DATES_HEADING);
	return *has_dates ? count - added : count - added + 1;
}

size_t list_own_columns(const struct list *list)
{
	bool has_dates;
	return find_added(&list->sheet, &list->sheet.rows[list->heading], &has_dates);
}

const char *list_day_order(const struct list *list)
{
	if (!list->has_form[DAY_SLASHED])
		return NULL;
	return list->month_first ? month_first_word : day_first_word;
}

/* Of a file of rejected rows, which this program wrote, cells are marked: see sheet_cell_write().
 */
static void rejected_unmark(struct sheet *sheet)
{
	bool rejected = false, has_dates;
	for (size_t i = 0; i < sheet->row_count && i < LIST_HEADING_ROWS; i++)
		rejected = rejected || find_added(sheet, &sheet->rows[i], &has_dates) <
					       sheet->rows[i].cell_count;
	if (rejected)
		sheet_unmark(sheet);
}

/* The cells of a row in folded form. */
struct headings {
	struct text letters;
	size_t count;
	struct sheet_cell cells[SHEET_COLUMNS_MAX];
};

static void fold_headings(
	const struct sheet *sheet, const struct sheet_row *row, struct headings *out)
{
	out->letters.length = 0;
	out->count = row->cell_count;
	CHECK(out->count <= SHEET_COLUMNS_MAX);
	for (size_t i = 0; i < out->count; i++) {
		struct bytes cell = sheet_cell(sheet, row, i);
		size_t begin = out->letters.length;
		if (cell.length <= HEADING_BYTES_MAX)
			fold_word(cell, &out->letters);
		out->cells[i] = (struct sheet_cell){ (uint32_t)begin,
			(uint32_t)(out->letters.length - begin) };
	}
}

/* Empty when the cell is. */
static struct bytes folded_heading(const struct headings *headings, size_t index)
{
	const struct sheet_cell *cell = &headings->cells[index];
	return cell->length == 0 ? bytes_of("", 0)
				 : bytes_of(headings->letters.data + cell->offset, cell->length);
}

/* A column of the map for which a row has two headings. */
struct twice {
	const struct map_column *column; /* NULL: there is none */
	int positions[2];
};

/* The position of the one heading that is a spelling of the column; two are noted. */
static int find_heading(
	const struct headings *headings, const struct map_column *column, struct twice *twice)
{
	int position = LIST_ABSENT;
	for (size_t i = 0; i < headings->count; i++) {
		struct bytes heading = folded_heading(headings, i);
		if (heading.length == 0 || map_word_find(column->spellings, heading) == NULL)
			continue;
		if (position != LIST_ABSENT)
			*twice = (struct twice){ column, { position, (int)i } };
		else
			position = (int)i;
	}
	return position;
}

/*
 * A birth date tells apart people of one name, and beside a year of birth it gives that as well:
 * the two are held against each other in each row.
 */
static void share_with_second(struct list *list, size_t column, struct twice *twice)
{
	int second = list->positions[PERSON_SECOND];
	bool is_first = twice->positions[0] == second;
	if (second == LIST_ABSENT || (!is_first && twice->positions[1] != second))
		return;
	list->positions[column] = twice->positions[is_first ? 1 : 0];
	list->also[column] = second;
	twice->column = NULL;
}

/*
 * What tells apart people of one name may stand in several columns, a birth date beside a number:
 * the first that the map names does, and the others must not contradict it.
 */
static int find_seconds(
	const struct headings *headings, const struct map_column *column, struct list *list)
{
	int position = LIST_ABSENT;
	list->more_second_count = 0;
	for (const struct map_word *word = column->spellings; word != NULL; word = word->next) {
		for (size_t i = 0; i < headings->count; i++) {
			struct bytes heading = folded_heading(headings, i);
			if (heading.length == 0 || !bytes_equal(heading, word->word))
				continue;
			if (position == LIST_ABSENT)
				position = (int)i;
			else if (list->more_second_count < LIST_MORE_SECONDS_MAX)
				list->more_seconds[list->more_second_count++] = (int)i;
		}
	}
	return position;
}

/* How many columns of the map are there. */
static size_t find_headings(
	struct list *list, const struct map *map, const struct sheet_row *row, struct twice *twice)
{
	static struct headings headings; /* large: not on the stack */
	size_t found = 0;
	*twice = (struct twice){ 0 };
	fold_headings(&list->sheet, row, &headings);
	for (size_t i = 0; i < map->column_count; i++) {
		struct twice own = { 0 };
		list->also[i] = LIST_ABSENT;
		list->positions[i] = i == PERSON_SECOND
					     ? find_seconds(&headings, &map->columns[i], list)
					     : find_heading(&headings, &map->columns[i], &own);
		if (own.column != NULL && map->columns[i].kind == COLUMN_YEAR)
			share_with_second(list, i, &own);
		if (own.column != NULL)
			*twice = own;
		found += is_there(list, i);
	}
	text_release(&headings.letters);
	return found;
}

static bool has_value(
	const struct list *list, const struct map *map, const struct map_reference *reference)
{
	bool all = true, any = reference->column_count == 0;
	for (size_t i = 0; i < reference->column_count; i++) {
		size_t column = reference->columns[i];
		bool has = is_there(list, column) || map->columns[column].value.length > 0;
		any = any || has;
		all = all && has;
	}
	return reference->is_template ? all : any;
}

/* Notes that a column is lacking: its name in the map, and how its heading may be spelled. */
static void add_lack(const struct map_column *column, struct text *out)
{
	text_printf(out, "%s%.*s (", out->length == 0 ? "" : "; ", (int)column->name.length,
		(const char *)column->name.data);
	size_t shown = 0;
	for (const struct map_word *word = column->spellings; word != NULL && shown < 4;
		word = word->next, shown++)
		text_printf(out, "%s%.*s", shown == 0 ? "" : ", ", (int)word->word.length,
			(const char *)word->word.data);
	text_add_char(out, ')');
}

static void add_lacks(const struct list *list, const struct map *map,
	const struct map_reference *reference, bool told[MAP_COLUMNS_MAX], struct text *out)
{
	if (reference->text.length == 0 || has_value(list, map, reference))
		return;
	if (!told[reference->columns[0]])
		add_lack(&map->columns[reference->columns[0]], out);
	told[reference->columns[0]] = true;
}

/* Appends what the map needs and the list does not have. */
static void find_lacks(const struct list *list, const struct map *map, struct text *out)
{
	bool told[MAP_COLUMNS_MAX] = { 0 };
	bool named = is_there(list, PERSON_NAME) || is_there(list, PERSON_SUBJECT) ||
		     (is_there(list, PERSON_FIRST) && is_there(list, PERSON_LAST));
	if (map->about_people && !named)
		add_lack(&map->columns[PERSON_NAME], out);
	add_lacks(list, map, &map->municipality, told, out);
	for (size_t i = 0; i < map->event_count; i++) {
		const struct map_event *event = &map->events[i];
		if (event->when.column_count > 0 && !has_value(list, map, &event->when))
			continue;
		add_lacks(list, map, &event->occurred_on, told, out);
		for (size_t k = 0; k < event->schema->field_count; k++) {
			if (event->schema->fields[k].required)
				add_lacks(list, map, &event->fields[k], told, out);
		}
	}
}

/* What the best line so far is like. */
struct heading_guess {
	size_t found;
	bool complete;
	char delimiter;
	size_t heading;
	unsigned line;
	struct text lacks;
};

/* Looks at the first rows as they are with this delimiter. */
static enum err try_delimiter(struct bytes text, char delimiter, const struct map *map,
	struct heading_guess *best, struct reason *reason)
{
	struct list list = { 0 };
	struct reason why;
	enum err err = sheet_read(text, delimiter, LIST_HEADING_ROWS, &list.sheet, &why);
	if (err != OK)
		return fail(reason, err, "%s", why.text);
	rejected_unmark(&list.sheet);
	for (size_t i = 0; i < list.sheet.row_count; i++) {
		struct text lacks = { 0 };
		struct twice twice;
		size_t found = find_headings(&list, map, &list.sheet.rows[i], &twice);
		find_lacks(&list, map, &lacks);
		bool complete = lacks.length == 0;
		if ((complete && !best->complete) ||
			(complete == best->complete && found > best->found)) {
			text_release(&best->lacks);
			*best = (struct heading_guess){ found, complete, delimiter, i,
				list.sheet.rows[i].line, lacks };
		} else {
			text_release(&lacks);
		}
	}
	sheet_release(&list.sheet);
	return OK;
}

static enum err find_candidate(
	struct bytes text, const struct map *map, struct heading_guess *best, struct reason *reason)
{
	static const char delimiters[] = { ';', ',', '\t', '|' };
	char given = sheet_given_delimiter(text);
	enum err first = OK;
	if (given != 0)
		first = try_delimiter(text, given, map, best, reason);
	for (size_t i = 0; i < sizeof(delimiters) && given == 0; i++) {
		enum err err =
			try_delimiter(text, delimiters[i], map, best, first == OK ? reason : NULL);
		first = first == OK ? err : first;
	}
	if (best->complete)
		return OK;
	/* A broken first part is told as the likeliest delimiter shows it. */
	if (first != OK)
		return first;
	if (map->event_count == 0)
		return fail(reason, ERR_INVALID,
			"no line among the first %d has a heading that says who a row is about, "
			"as Naam or Alias",
			LIST_HEADING_ROWS);
	if (best->found == 0)
		return fail(reason, ERR_INVALID,
			"no line among the first %d has the headings of the map %.*s; "
			"`ladder import --print-map` shows what a map looks for",
			LIST_HEADING_ROWS, (int)map->name.length, (const char *)map->name.data);
	return fail(reason, ERR_INVALID,
		"line %u looks like the headings, but the map %.*s also needs: %s", best->line,
		(int)map->name.length, (const char *)map->name.data, best->lacks.data);
}

/* Days. */

struct slashed {
	unsigned day_first_line; /* of a row that can only be so; 0: none */
	unsigned month_first_line;
};

static void look_at_day(
	struct list *list, const struct sheet_row *row, size_t column, struct slashed *slashed)
{
	struct day_cell day = { .form = DAY_FORM_COUNT };
	const char *why;
	enum err err = day_cell_read(list_cell(list, row, column), false, &day, &why);
	list->has_instant = list->has_instant || (err == OK && day.has_zone);
	if (day.form == DAY_SLASHED && day.first_over_12 && slashed->day_first_line == 0)
		slashed->day_first_line = row->line;
	if (day.form == DAY_SLASHED && day.second_over_12 && slashed->month_first_line == 0)
		slashed->month_first_line = row->line;
	if (err == OK || day.form == DAY_SLASHED)
		list->has_form[day.form] = true;
}

static void look_at_number(struct list *list, const struct sheet_row *row, size_t column)
{
	struct number_cell number;
	const char *why;
	int64_t minutes;
	if (hours_cell_read(list_cell(list, row, column), &minutes, &number, &why) != OK)
		return;
	list->has_comma = list->has_comma || number.comma;
	list->has_point = list->has_point || number.point;
}

/* What the list was like from which rows were rejected. */
static void look_at_order(
	struct list *list, const struct sheet_row *row, size_t column, struct slashed *slashed)
{
	struct bytes order = sheet_cell(&list->sheet, row, column);
	bool known = bytes_are(order, day_first_word) || bytes_are(order, month_first_word);
	list->has_form[DAY_SLASHED] = list->has_form[DAY_SLASHED] || known;
	if (bytes_are(order, day_first_word) && slashed->day_first_line == 0)
		slashed->day_first_line = row->line;
	if (bytes_are(order, month_first_word) && slashed->month_first_line == 0)
		slashed->month_first_line = row->line;
}

static enum err look_at_cells(struct list *list, const struct map *map, struct reason *reason)
{
	struct slashed slashed = { 0 };
	bool has_dates;
	size_t order = find_added(&list->sheet, &list->sheet.rows[list->heading], &has_dates);
	for (size_t i = list->heading + 1; i < list->sheet.row_count; i++) {
		const struct sheet_row *row = &list->sheet.rows[i];
		if (has_dates)
			look_at_order(list, row, order, &slashed);
		for (size_t k = PERSON_SECOND; k < map->column_count; k++) {
			enum column_kind kind = map->columns[k].kind;
			if (!is_there(list, k) || list_cell(list, row, k).length == 0)
				continue;
			/* The birthday that tells apart people is a day of the list as well. */
			if (kind == COLUMN_DATE || kind == COLUMN_YEAR || k == PERSON_SECOND)
				look_at_day(list, row, k, &slashed);
			else if (kind == COLUMN_NUMBER || kind == COLUMN_HOURS)
				look_at_number(list, row, k);
		}
	}
	list->month_first = slashed.month_first_line != 0;
	if (slashed.month_first_line != 0 && slashed.day_first_line != 0)
		return fail(reason, ERR_INVALID,
			"line %u has the day before the month and line %u the month before the "
			"day: which is meant in the others cannot be known. Write all days as "
			"dd-mm-jjjj",
			slashed.day_first_line, slashed.month_first_line);
	return OK;
}

/* All. */

struct bytes list_cell(const struct list *list, const struct sheet_row *row, size_t column)
{
	return is_there(list, column)
		       ? sheet_cell(&list->sheet, row, (size_t)list->positions[column])
		       : bytes_of("", 0);
}

struct bytes list_heading(const struct list *list, size_t column)
{
	return list_cell(list, &list->sheet.rows[list->heading], column);
}

/* Which of two columns is meant cannot be known, and neither may be left out silently. */
static enum err refuse_twice(const struct list *list, const struct sheet_row *heading,
	const struct twice *twice, struct reason *reason)
{
	struct bytes first = sheet_cell(&list->sheet, heading, (size_t)twice->positions[0]);
	struct bytes second = sheet_cell(&list->sheet, heading, (size_t)twice->positions[1]);
	return fail(reason, ERR_INVALID,
		"line %u has two columns for %.*s, %.*s and %.*s: give the one that is not meant "
		"another heading",
		heading->line, (int)twice->column->name.length,
		(const char *)twice->column->name.data, (int)first.length, (const char *)first.data,
		(int)second.length, (const char *)second.data);
}

static enum err recognise(
	struct bytes text, const struct map *map, struct list *list, struct reason *reason)
{
	struct heading_guess best = { 0 };
	enum err err = find_candidate(text, map, &best, reason);
	text_release(&best.lacks);
	if (err != OK)
		return err;
	list->delimiter = best.delimiter;
	list->delimiter_given = sheet_given_delimiter(text) != 0;
	list->heading = best.heading;
	err = sheet_read(text, best.delimiter, SIZE_MAX, &list->sheet, reason);
	if (err != OK)
		return err;
	rejected_unmark(&list->sheet);
	const struct sheet_row *heading = &list->sheet.rows[list->heading];
	err = quotes_check(text, best.delimiter, heading->cell_count, reason);
	struct twice twice;
	(void)find_headings(list, map, heading, &twice);
	if (err == OK && twice.column != NULL)
		err = refuse_twice(list, heading, &twice, reason);
	else if (err == OK)
		err = look_at_cells(list, map, reason);
	if (err != OK)
		sheet_release(&list->sheet);
	return err;
}

enum err list_read(
	struct bytes file, const struct map *map, struct list *out, struct reason *reason)
{
	struct list list = { 0 };
	struct text text = { 0 };
	enum err err = letters_decode(file, &list.letters, &text, reason);
	if (err == OK)
		err = recognise(text_bytes(&text), map, &list, reason);
	text_release(&text);
	if (err == OK)
		*out = list;
	return err;
}

void list_release(struct list *list)
{
	sheet_release(&list->sheet);
}

static const char *delimiter_name(char delimiter)
{
	switch (delimiter) {
	case ';':
		return said("semicolon");
	case ',':
		return said("comma");
	case '\t':
		return said("tab");
	case '|':
		return said("vertical bar");
	default:
		return said("the delimiter it gives");
	}
}

static void print_days(const struct list *list, struct text *out)
{
	const char *const names[DAY_FORM_COUNT] = {
		[DAY_DASHED] = "dd-mm-jjjj",
		[DAY_SLASHED] =
			list->month_first ? said("mm/dd/jjjj (the month first)") : "dd/mm/jjjj",
		[DAY_ISO] = "jjjj-mm-dd",
		[DAY_WORDS] = said("day, month in words, year"),
		[DAY_WEEK] = said("weeks (taken as their Monday)"),
	};
	bool first = true;
	for (size_t i = 0; i < DAY_FORM_COUNT; i++) {
		if (!list->has_form[i])
			continue;
		text_printf(out, "%s%s", first ? said(", dates as ") : said(" and "), names[i]);
		first = false;
	}
	if (list->has_instant)
		text_add_string(out, said(", instants as days of the Dutch clock"));
}

void list_print(const struct list *list, struct text *out)
{
	size_t count = list->sheet.row_count - list->heading - 1;
	text_printf(
		out, "%s, %s", delimiter_name(list->delimiter), said(letters_name(list->letters)));
	print_days(list, out);
	if (list->has_comma || list->has_point)
		text_add_string(out, said(!list->has_point      ? ", decimal comma"
					     : !list->has_comma ? ", decimal point"
								: ", decimal comma and point"));
	text_printf(out,
		said(count == 1 ? "; %zu row, headings on line %u"
				: "; %zu rows, headings on line %u"),
		count, list->sheet.rows[list->heading].line);
}

void list_print_unused(const struct list *list, const struct map *map, struct text *out)
{
	const struct sheet_row *row = &list->sheet.rows[list->heading];
	size_t own = list_own_columns(list);
	for (size_t i = 0; i < own; i++) {
		struct bytes heading = sheet_cell(&list->sheet, row, i);
		bool used = heading.length == 0;
		for (size_t k = 0; k < map->column_count && !used; k++)
			used = list->positions[k] == (int)i;
		for (size_t k = 0; k < list->more_second_count && !used; k++)
			used = list->more_seconds[k] == (int)i;
		if (used)
			continue;
		text_add_string(out, out->length == 0 ? "" : ", ");
		text_add_plain(out, heading);
	}
}
