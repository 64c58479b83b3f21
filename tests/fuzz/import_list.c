/*
 * tests/fuzz/import_list.c - any bytes as a list of a spreadsheet program, by each ready map.
 */
#include "base/check.h"
#include "tools/import/list.h"

#define MAPS_MAX 32

/* libFuzzer calls it with what it made up. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_cell(const struct map_column *column, bool month_first, struct bytes cell)
{
	struct day_cell day;
	struct number_cell number;
	struct text word = { 0 };
	const char *why;
	int64_t value;
	if (day_cell_read(cell, month_first, &day, &why) == OK)
		CHECK(day.form < DAY_FORM_COUNT);
	else
		CHECK(why[0] != '\0');
	if (hours_cell_read(cell, &value, &number, &why) == OK)
		CHECK(value >= 0);
	if (number_cell_read(cell, &number, &why) == OK)
		CHECK(number.millionths >= 0);
	if (year_cell_read(cell, month_first, &value, &why) == OK)
		CHECK(value >= 0 && value <= 9999);
	fold_word(cell, &word);
	(void)map_word_find(column->words, text_bytes(&word));
	/* Folding again changes nothing. */
	struct text name = { 0 }, again = { 0 };
	fold_name(cell, &name);
	fold_name(text_bytes(&name), &again);
	CHECK(bytes_equal(text_bytes(&name), text_bytes(&again)));
	text_release(&name);
	text_release(&again);
	text_release(&word);
}

static void read_list(struct bytes file, const struct map *map)
{
	struct list list;
	struct reason reason = { 0 };
	struct text said = { 0 };
	enum err err = list_read(file, map, &list, &reason);
	CHECK(err == OK || (err == ERR_INVALID && reason.text[0] != '\0'));
	if (err != OK)
		return;
	list_print(&list, &said);
	list_print_unused(&list, map, &said);
	for (size_t i = list.heading + 1; i < list.sheet.row_count; i++) {
		for (size_t k = 0; k < map->column_count; k++)
			read_cell(&map->columns[k], list.month_first,
				list_cell(&list, &list.sheet.rows[i], k));
	}
	text_release(&said);
	list_release(&list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct map maps[MAPS_MAX];
	static size_t count;
	struct text problems = { 0 };
	for (; ready_maps[count].name != NULL; count++) {
		CHECK(count < MAPS_MAX);
		CHECK(map_read(ready_maps[count].name, bytes_of_string(ready_maps[count].text),
			      &maps[count], &problems) == OK);
	}
	/* And as a map. */
	struct map map;
	if (map_read("fuzz", bytes_of(data, size), &map, &problems) == OK) {
		read_list(bytes_of(data, size), &map);
		map_release(&map);
	} else {
		CHECK(problems.length > 0);
	}
	text_release(&problems);
	read_list(bytes_of(data, size), &maps[size % count]);
	return 0;
}
