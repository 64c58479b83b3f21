/*
 * page/excel.c - see excel.h.
 */
#include "page/excel.h"

#include "base/check.h"
#include "base/date.h"
#include "base/plain.h"
#include "page/excel_words.h"

#define ROW_BYTES_MAX 4096

/* The columns of the CSV. */
enum csv_column {
	CSV_AS_OF,
	CSV_KNOWN_AT,
	CSV_MUNICIPALITY,
	CSV_INDICATOR,
	CSV_FIGURE,
	CSV_LABELS,
	CSV_VALUE,
	CSV_LOW,
	CSV_HIGH,
	CSV_COLUMNS
};

/* Those of the table. */
enum excel_column {
#define COLUMN_NAME(name, ...) TABLE_##name,
	EXCEL_COLUMNS(COLUMN_NAME)
#undef COLUMN_NAME
		TABLE_COLUMNS
};

struct excel_word {
	const char *key;
	const char *words[LANGUAGE_COUNT];
};

#define WORD_ROW(key, dutch, english) { key, { dutch, english } },
static const struct excel_word subjects[] = { EXCEL_SUBJECTS(WORD_ROW) };
static const struct excel_word figures[] = { EXCEL_FIGURES(WORD_ROW) };
static const struct excel_word labels[] = { EXCEL_LABELS(WORD_ROW) };
#undef WORD_ROW

static const char *word_among(
	enum language language, const struct excel_word *words, size_t count, struct bytes key)
{
	for (size_t i = 0; i < count; i++) {
		if (bytes_are(key, words[i].key))
			return words[i].words[language];
	}
	return NULL;
}

const char *excel_word(enum language language, enum excel_kind kind, struct bytes word)
{
	switch (kind) {
	case EXCEL_SUBJECT:
		return word_among(language, subjects, ARRAY_LENGTH(subjects), word);
	case EXCEL_FIGURE:
		return word_among(language, figures, ARRAY_LENGTH(figures), word);
	case EXCEL_LABEL:
		return word_among(language, labels, ARRAY_LENGTH(labels), word);
	}
	check_failed("a kind of the enum", __FILE__, __LINE__);
}

/* The word, or what there is no word for as it stands. */
static void word_add(
	enum language language, enum excel_kind kind, struct bytes word, struct text *out)
{
	const char *said = excel_word(language, kind, word);
	text_add(out, said == NULL ? word : bytes_of_string(said));
}

/* Takes the piece before the next `end`, or all that is left. */
static struct bytes piece_take(struct bytes *rest, char end)
{
	const uint8_t *at = rest->length == 0 ? NULL : memchr(rest->data, end, rest->length);
	size_t length = at == NULL ? rest->length : (size_t)(at - rest->data);
	struct bytes piece = bytes_of(rest->data, length);
	size_t taken = length + (at != NULL);
	*rest = bytes_of(taken == 0 ? rest->data : rest->data + taken, rest->length - taken);
	return piece;
}

static bool is_digits(struct bytes text)
{
	for (size_t i = 0; i < text.length; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
	}
	return text.length > 0;
}

/* A row of the table while it is made, each cell as text. */
struct excel_row {
	const struct excel_view *view;
	struct text cells[TABLE_COLUMNS];
};

/* An organisation or a barrier, whose names are also those of other things. */
static bool named_add(
	const struct excel_row *row, struct bytes parent, struct bytes part, struct text *out)
{
	char name[64];
	if (part.length >= sizeof(name))
		return false;
	memcpy(name, part.data, part.length);
	name[part.length] = '\0';
	enum word word = bytes_are(parent, "by_kind") ? word_of_barrier(name)
			 : bytes_are(parent, "by") || bytes_are(parent, "guided")
				 ? word_of_organisation(name)
				 : WORD_COUNT;
	if (word != WORD_COUNT)
		text_add_string(out, word_text(row->view->language, word));
	return word != WORD_COUNT;
}

/* within.share: binnen de termijn: aandeel. A rung's own number goes to its column. */
static void figure_add(struct excel_row *row, struct bytes indicator, struct bytes figure)
{
	struct bytes parent = bytes_of(NULL, 0);
	struct text *out = &row->cells[TABLE_FIGURE];
	if (bytes_are(indicator, "ladder_position") && is_digits(figure)) {
		text_add(&row->cells[TABLE_RUNG], figure);
		word_add(row->view->language, EXCEL_FIGURE, bytes_of_string("people"), out);
		return;
	}
	while (figure.length > 0) {
		struct bytes part = piece_take(&figure, '.');
		if (out->length > 0)
			text_add_string(out, ": ");
		if (!named_add(row, parent, part, out))
			word_add(row->view->language, EXCEL_FIGURE, part, out);
		parent = part;
	}
}

/* A number with a comma, whatever else as it stands. */
static void number_add(struct bytes number, struct text *out)
{
	for (size_t i = 0; i < number.length; i++)
		text_add_char(out, number.data[i] == '.' ? ',' : (char)number.data[i]);
}

static bool is_number(struct bytes text)
{
	size_t digits = 0;
	for (size_t i = 0; i < text.length; i++) {
		if (text.data[i] >= '0' && text.data[i] <= '9')
			digits++;
		else if (text.data[i] != '.' && !(text.data[i] == '-' && i == 0))
			return false;
	}
	return digits > 0;
}

static void value_add(struct excel_row *row, struct bytes value, enum excel_column column)
{
	struct text *out = &row->cells[column];
	if (is_number(value))
		number_add(value, out);
	else
		word_add(row->view->language, EXCEL_LABEL, value, out);
}

/* rung=3;months=12;days=183: a rung and months have their columns. */
static void labels_add(struct excel_row *row, struct bytes text)
{
	struct text *out = &row->cells[TABLE_DETAIL];
	while (text.length > 0) {
		struct bytes value = piece_take(&text, ';');
		struct bytes name = piece_take(&value, '=');
		if (bytes_are(name, "rung")) {
			text_add(&row->cells[TABLE_RUNG], value);
			continue;
		}
		if (bytes_are(name, "months")) {
			text_add(&row->cells[TABLE_MONTHS], value);
			continue;
		}
		if (out->length > 0)
			text_add_string(out, ", ");
		if (bytes_are(name, "days")) {
			text_add(out, value);
			text_add_char(out, ' ');
			word_add(row->view->language, EXCEL_LABEL, name, out);
			continue;
		}
		word_add(row->view->language, EXCEL_LABEL, name, out);
		text_add_char(out, ' ');
		/* Names of partners may look like numbers. */
		if (bytes_are(name, "value"))
			number_add(value, out);
		else
			word_add(row->view->language, EXCEL_LABEL, value, out);
	}
}

static bool ends_with(struct bytes text, const char *end)
{
	size_t length = strlen(end);
	return text.length >= length && memcmp(text.data + text.length - length, end, length) == 0;
}

/* What a number counts; nothing where it is a word, or stands for different things. */
static enum word unit_of(struct bytes indicator, struct bytes figure)
{
	bool share = ends_with(figure, "share") || ends_with(figure, "max");
	if (bytes_are(indicator, "agreements"))
		return ends_with(figure, "records") ? WORD_UNIT_COUNT : WORD_COUNT;
	if (share)
		return WORD_UNIT_SHARE;
	if (ends_with(figure, "median_days") || ends_with(figure, "p90_days") ||
		ends_with(figure, "p50_days") || ends_with(figure, "from_days") ||
		ends_with(figure, "to_days"))
		return WORD_UNIT_DAYS;
	if (ends_with(figure, "person_years") && !ends_with(figure, "per_100_person_years"))
		return WORD_UNIT_YEARS;
	return WORD_UNIT_COUNT;
}

static void place_add(struct excel_row *row, struct bytes code)
{
	bool all = bytes_are(code, "all");
	text_add(&row->cells[TABLE_CODE], code);
	if (all)
		text_add_string(&row->cells[TABLE_PLACE],
			word_text(row->view->language, WORD_ALL_MUNICIPALITIES));
	else if (row->view->place != NULL)
		text_add_string(&row->cells[TABLE_PLACE], row->view->place);
	else
		text_add(&row->cells[TABLE_PLACE], code);
}

/* A civil day as it stands; an instant as the clock on the wall had it. */
static void known_add(struct excel_row *row, struct bytes known_at)
{
	int64_t us;
	if (instant_parse(known_at, &us) == OK)
		text_add_string(&row->cells[TABLE_KNOWN_AT], phrase_moment(us).text);
	else
		text_add(&row->cells[TABLE_KNOWN_AT], known_at);
}

/* A comma needs no quotation marks here, and a number in them is text to some. */
static void cell_add(struct bytes cell, struct text *out)
{
	bool quoted = false;
	for (size_t i = 0; i < cell.length; i++)
		quoted = quoted || memchr(";\t\"\r\n", cell.data[i], 5) != NULL;
	if (quoted) {
		text_add_cell(out, cell);
		return;
	}
	if (cell_is_formula(cell))
		text_add_char(out, '\'');
	text_add(out, cell);
}

static void row_print(
	const struct excel_view *view, const struct bytes fields[CSV_COLUMNS], struct text *out)
{
	struct excel_row row = { .view = view };
	enum word unit = unit_of(fields[CSV_INDICATOR], fields[CSV_FIGURE]);
	place_add(&row, fields[CSV_MUNICIPALITY]);
	text_add(&row.cells[TABLE_AS_OF], fields[CSV_AS_OF]);
	known_add(&row, fields[CSV_KNOWN_AT]);
	word_add(view->language, EXCEL_SUBJECT, fields[CSV_INDICATOR], &row.cells[TABLE_SUBJECT]);
	figure_add(&row, fields[CSV_INDICATOR], fields[CSV_FIGURE]);
	labels_add(&row, fields[CSV_LABELS]);
	if (unit != WORD_COUNT)
		text_add_string(&row.cells[TABLE_UNIT], word_text(view->language, unit));
	value_add(&row, fields[CSV_VALUE], TABLE_VALUE);
	value_add(&row, fields[CSV_LOW], TABLE_LOW);
	value_add(&row, fields[CSV_HIGH], TABLE_HIGH);
	for (size_t i = 0; i < TABLE_COLUMNS; i++) {
		if (i > 0)
			text_add_char(out, ';');
		cell_add(text_bytes(&row.cells[i]), out);
		out->failed = out->failed || row.cells[i].failed;
		text_release(&row.cells[i]);
	}
	text_add_char(out, '\n');
}

/*
 * Takes the fields of the next row: those of a field in quotation marks are written into `space`.
 * The CSV is our own: that it has nine columns is not in question.
 */
static void fields_take(
	struct bytes *csv, char space[ROW_BYTES_MAX], struct bytes fields[CSV_COLUMNS])
{
	size_t used = 0, at = 0;
	for (size_t column = 0; column < CSV_COLUMNS; column++) {
		bool quoted = at < csv->length && csv->data[at] == '"';
		size_t begin = used;
		char end = column + 1 < CSV_COLUMNS ? ',' : '\n';
		at += quoted;
		for (; at < csv->length; at++) {
			if (quoted && csv->data[at] == '"' && csv->data[at + 1] != '"') {
				at++;
				break;
			}
			if (!quoted && csv->data[at] == end)
				break;
			at += quoted && csv->data[at] == '"';
			CHECK(used < ROW_BYTES_MAX);
			space[used++] = (char)csv->data[at];
		}
		CHECK(at < csv->length && csv->data[at] == end);
		at++;
		fields[column] = cell_unmark(bytes_of(space + begin, used - begin));
	}
	*csv = bytes_of(csv->data + at, csv->length - at);
}

void excel_print(struct bytes csv, const struct excel_view *view, struct text *out)
{
	static const struct excel_word columns[] = {
#define COLUMN_ROW(name, dutch, english) { #name, { dutch, english } },
		EXCEL_COLUMNS(COLUMN_ROW)
#undef COLUMN_ROW
	};
	char space[ROW_BYTES_MAX];
	struct bytes fields[CSV_COLUMNS];
	text_add_string(out, "\xEF\xBB\xBF");
	for (size_t i = 0; i < TABLE_COLUMNS; i++)
		text_printf(out, "%s%s", i > 0 ? ";" : "", columns[i].words[view->language]);
	text_add_char(out, '\n');
	piece_take(&csv, '\n');
	while (csv.length > 0) {
		fields_take(&csv, space, fields);
		row_print(view, fields, out);
	}
}
