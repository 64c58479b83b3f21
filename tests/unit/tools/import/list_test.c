/*
 * tests/unit/tools/import/list_test.c - letters, sheets, maps and what is recognised of a list.
 */
#include "base/check.h"
#include "secret/pseudonym.h"
#include "tools/import/list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

static void names_are_compared_without_what_people_type_differently(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
		{ "  Jan   de  Boer ", "jan de boer" },
		{ "JOSÉ", "josé" },
		{ "Jose\xCC\x81", "josé" },
		{ "Z\xC2\xA0Z", "z z" },
		{ "ȘTEFAN", "ștefan" },
		{ "S\xCC\xA6tefan", "ștefan" },
		{ "IŞIK", "işik" },
		{ "İNCE", "ince" },
		{ "i\xCC\x87nce", "ince" },
		{ "Işık", "işik" },
		{ "Ÿ", "ÿ" },
		{ "ŻÓŁĆ", "żółć" },
		{ "ΑΒΓ", "αβγ" },
		{ "ИВАН Ё", "иван ё" },
		{ "O\xE2\x80\x99Neill", "o'neill" },
		{ "Jansen\xE2\x80\x93Smit", "jansen-smit" },
		{ "a\xE2\x80\x8B"
		  "b\xC2\xAD"
		  "c",
			"abc" },
		{ "أحمد", "أحمد" },
		{ "\xCC\x81", "\xCC\x81" },
		{ "x\xCC\x81", "x\xCC\x81" },
		{ "", "" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct text out = { 0 };
		fold_name(bytes_of_string(rows[i][0]), &out);
		if (!bytes_are(text_bytes(&out), rows[i][1]))
			fail_msg("%s: %s", rows[i][0], out.data);
		text_release(&out);
	}
}

static void words_are_compared_without_accents_and_ends(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
		{ "Geïsoleerd.", "geisoleerd" },
		{ "Cliënt :", "client" },
		{ "\"Uren\" *", "uren" },
		{ "'Taalcafé'", "taalcafe" },
		{ "Geb.datum", "geb.datum" },
		{ "...", "" },
		{ "Øl", "ol" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct text out = { 0 };
		fold_word(bytes_of_string(rows[i][0]), &out);
		if (!bytes_are(text_bytes(&out), rows[i][1]))
			fail_msg("%s: %s", rows[i][0], out.data);
		text_release(&out);
	}
}

static void letters_are_told_apart(void **state)
{
	(void)state;
	static const struct {
		const char *file;
		enum letters letters;
		const char *text;
	} rows[] = {
		{ "a\r\nb\rc\n", LETTERS_ASCII, "a\nb\nc\n" },
		{ "\xEF\xBB\xBFé", LETTERS_UTF8_MARKED, "é" },
		{ "é\xE2\x82\xAC", LETTERS_UTF8, "é€" },
		{ "\xE9\xEB \x80 \x92", LETTERS_WINDOWS_1252, "éë € ’" },
		/* Half a letter, a letter in too many bytes, half a pair: no UTF-8. */
		{ "a\xC3", LETTERS_WINDOWS_1252, "aÃ" },
		{ "\xC0\xAF", LETTERS_WINDOWS_1252, "À¯" },
		{ "\xED\xA0\xBD", LETTERS_WINDOWS_1252, "í\xC2\xA0½" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct text out = { 0 };
		struct reason reason;
		enum letters letters;
		assert_int_equal(
			letters_decode(bytes_of_string(rows[i].file), &letters, &out, &reason), OK);
		assert_int_equal(letters, rows[i].letters);
		assert_string_equal(out.data, rows[i].text);
		text_release(&out);
	}
}

static void folding_again_changes_nothing(void **state)
{
	(void)state;
	/* One letter of each block, with and without accents after it. */
	for (uint32_t c = 0xA1; c < 0x20000; c += 7) {
		char letter[16] = "";
		size_t length = 0;
		if (c >= 0xD800 && c < 0xE000)
			continue;
		if (c >= 0x10000)
			letter[length++] = (char)(0xF0 | c >> 18);
		if (c >= 0x800)
			letter[length++] =
				(char)(c >= 0x10000 ? 0x80 | (c >> 12 & 0x3F) : 0xE0 | c >> 12);
		letter[length++] = (char)(c >= 0x800 ? 0x80 | (c >> 6 & 0x3F) : 0xC0 | c >> 6);
		letter[length++] = (char)(0x80 | (c & 0x3F));
		memcpy(letter + length, "\xCD\x85\xCC\x87\xCC\xA3", 6);
		for (size_t more = 0; more <= 6; more += 2) {
			struct text once = { 0 }, twice = { 0 };
			fold_name(bytes_of(letter, length + more), &once);
			fold_name(text_bytes(&once), &twice);
			if (!bytes_equal(text_bytes(&once), text_bytes(&twice)))
				fail_msg("U+%04X and %zu bytes", (unsigned)c, more);
			text_release(&once);
			text_release(&twice);
		}
	}
}

static void rows_know_their_lines(void **state)
{
	(void)state;
	static const char text[] =
		"sep=;\n\na;\"b\nb\";c\n;;\n \t\n\"x \"\"y\"\"\"; z \n5\" pijp;q";
	static const struct {
		unsigned line;
		size_t cells;
		const char *first;
	} rows[] = { { 3, 3, "a" }, { 7, 2, "x \"y\"" }, { 8, 2, "5\" pijp" } };
	struct sheet sheet;
	struct reason reason;
	assert_int_equal(sheet_read(bytes_of_string(text), ';', SIZE_MAX, &sheet, &reason), OK);
	assert_int_equal(sheet.row_count, ARRAY_LENGTH(rows));
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		const struct sheet_row *row = &sheet.rows[i];
		assert_int_equal(row->line, rows[i].line);
		assert_int_equal(row->cell_count, rows[i].cells);
		assert_true(bytes_are(sheet_cell(&sheet, row, 0), rows[i].first));
		assert_int_equal(sheet_cell(&sheet, row, 99).length, 0);
	}
	assert_true(bytes_are(sheet_cell(&sheet, &sheet.rows[0], 1), "b\nb"));
	sheet_release(&sheet);
	assert_int_equal(sheet_read(bytes_of_string(text), ';', 1, &sheet, &reason), OK);
	assert_int_equal(sheet.row_count, 1);
	sheet_release(&sheet);
	assert_int_equal(
		sheet_read(bytes_of_string("a;b\nc;\"d\n\n"), ';', SIZE_MAX, &sheet, &reason),
		ERR_INVALID);
	assert_non_null(strstr(reason.text, "on line 2 a quotation mark"));
}

static void every_ready_map_is_right_and_reads_its_own_headings(void **state)
{
	(void)state;
	size_t count = 0;
	for (const struct ready_map *ready = ready_maps; ready->name != NULL; ready++, count++) {
		struct text problems = { 0 }, file = { 0 };
		struct map map;
		struct list list;
		struct reason reason;
		if (map_read(ready->name, bytes_of_string(ready->text), &map, &problems) != OK)
			fail_msg("%s", problems.data);
		assert_true(bytes_are(map.name, ready->name));
		for (size_t i = 0; i < map.column_count; i++) {
			/* A list about no person has no column for one. */
			if (map.columns[i].spellings == NULL)
				continue;
			struct bytes word = map.columns[i].spellings->word;
			text_printf(&file, "%s%.*s", file.length == 0 ? "" : ";", (int)word.length,
				(const char *)word.data);
		}
		if (list_read(text_bytes(&file), &map, &list, &reason) != OK)
			fail_msg("%s: %s", ready->name, reason.text);
		for (size_t i = 0; i < map.column_count; i++)
			assert_int_equal(
				list.positions[i] == LIST_ABSENT, map.columns[i].spellings == NULL);
		list_release(&list);
		map_release(&map);
		text_release(&file);
		text_release(&problems);
	}
	assert_int_equal(count, 11);
	assert_null(ready_map_find("none"));
}

static void a_salt_is_read_back_and_its_hash_depends_on_it(void **state)
{
	(void)state;
	struct salt one, two, back;
	char text[SALT_LENGTH + 1], a[PSEUDONYM_LENGTH + 1], b[PSEUDONYM_LENGTH + 1];
	salt_make(&one);
	salt_make(&two);
	salt_print(&one, text);
	assert_int_equal(strlen(text), SALT_LENGTH);
	assert_int_equal(salt_parse(bytes_of_string(text), &back), OK);
	assert_memory_equal(one.bytes, back.bytes, SALT_SIZE);
	text[5] = 'x';
	assert_int_equal(salt_parse(bytes_of_string(text), &back), ERR_INVALID);
	assert_int_equal(salt_parse(bytes_of_string("s-00"), &back), ERR_INVALID);
	struct salted_hash x = salted_hash_of(&one, bytes_of_string("ann"));
	struct salted_hash y = salted_hash_of(&two, bytes_of_string("ann"));
	struct salted_hash z = salted_hash_of(&one, bytes_of_string("ann"));
	assert_memory_not_equal(x.bytes, y.bytes, SALTED_HASH_SIZE);
	assert_memory_equal(x.bytes, z.bytes, SALTED_HASH_SIZE);
	pseudonym_make(a);
	pseudonym_make(b);
	assert_string_not_equal(a, b);
	assert_int_equal(strlen(a), PSEUDONYM_LENGTH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_compared_without_what_people_type_differently),
		cmocka_unit_test(words_are_compared_without_accents_and_ends),
		cmocka_unit_test(letters_are_told_apart),
		cmocka_unit_test(folding_again_changes_nothing),
		cmocka_unit_test(rows_know_their_lines),
		cmocka_unit_test(every_ready_map_is_right_and_reads_its_own_headings),
		cmocka_unit_test(a_salt_is_read_back_and_its_hash_depends_on_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
