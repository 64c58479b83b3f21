/*
 * tools/import/map.c - see map.h.
 *
 * inih splits lines into keys and values. It cuts long lines and long names silently, so
 * lines are measured before it sees them. A list that goes on in an indented line comes
 * as the same key again, and is added to.
 */
#include "tools/import/map.h"

#include <ctype.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/date.h"
#include "tools/common/language.h"
#include "tools/import/letters.h"

#define MAP_ARENA_SIZE ((size_t)1 << 20)
#define LINE_BYTES_MAX 190 /* inih keeps 198 */
#define NAME_BYTES_MAX 40  /* inih keeps 49 */

static const char *const person_names[PERSON_COLUMN_COUNT] = { "name", "first", "infix", "last",
	"second", "subject" };

struct parsing {
	const char *path;
	struct map *map;
	struct text *problems;
	struct bytes rest;
	unsigned line;
	bool is_of_people; /* it says only who is who */
};

const struct ready_map *ready_map_find(const char *name)
{
	for (const struct ready_map *map = ready_maps; map->name != NULL; map++) {
		if (strcmp(map->name, name) == 0)
			return map;
	}
	return NULL;
}

static void problem(struct parsing *parsing, unsigned line, const char *format, ...)
	PRINTF_LIKE(3, 4);

static void problem(struct parsing *parsing, unsigned line, const char *format, ...)
{
	char sentence[900];
	va_list arguments;
	va_start(arguments, format);
	format = said(format);
	vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	text_printf(parsing->problems, "%s:%u: %s\n", parsing->path, line, sentence);
}

/* The next part of a list with commas, taken off *rest. False: there is none. */
static bool take_part(struct bytes *rest, struct bytes *part)
{
	if (rest->length == 0)
		return false;
	const uint8_t *comma = memchr(rest->data, ',', rest->length);
	size_t length = comma == NULL ? rest->length : (size_t)(comma - rest->data);
	*part = bytes_trim(bytes_of(rest->data, length));
	length += comma != NULL;
	*rest = bytes_of(rest->data + length, rest->length - length);
	return true;
}

static void *take(struct parsing *parsing, size_t size)
{
	void *memory = arena_take(&parsing->map->arena, size);
	if (memory == NULL)
		problem(parsing, parsing->line, "the map is too large: at most a mebibyte");
	return memory;
}

static struct bytes keep(struct parsing *parsing, struct bytes text)
{
	struct bytes copy = bytes_of("", 0);
	if (arena_copy(&parsing->map->arena, text, &copy) != OK)
		problem(parsing, parsing->line, "the map is too large: at most a mebibyte");
	return copy;
}

const struct map_word *map_word_find(const struct map_word *words, struct bytes folded)
{
	for (; words != NULL; words = words->next) {
		if (bytes_equal(words->word, folded))
			return words;
	}
	return NULL;
}

/* Adds the words of a list at the end of *words. */
static void add_words(
	struct parsing *parsing, struct map_word **words, struct bytes list, struct bytes constant)
{
	struct bytes part;
	while (take_part(&list, &part)) {
		struct text folded = { 0 };
		fold_word(part, &folded);
		const struct map_word *known = map_word_find(*words, text_bytes(&folded));
		if (folded.length > 0 && known != NULL && !bytes_equal(known->constant, constant))
			problem(parsing, parsing->line,
				"\"%.*s\" stands for %.*s already; a word stands for one thing",
				(int)part.length, (const char *)part.data,
				(int)known->constant.length, (const char *)known->constant.data);
		struct map_word **last = words;
		while (*last != NULL)
			last = &(*last)->next;
		struct map_word *word =
			folded.length == 0 || known != NULL ? NULL : take(parsing, sizeof(*word));
		if (word != NULL) {
			word->word = keep(parsing, text_bytes(&folded));
			word->constant = constant;
			*last = word;
		}
		text_release(&folded);
	}
}

static size_t find_column(const struct map *map, struct bytes name)
{
	for (size_t i = PERSON_COLUMN_COUNT; i < map->column_count; i++) {
		if (bytes_equal(map->columns[i].name, name))
			return i;
	}
	return MAP_COLUMNS_MAX;
}

/* The column, made when it is not there yet; NULL when there is no room. */
static struct map_column *column_of(struct parsing *parsing, struct bytes name)
{
	struct map *map = parsing->map;
	size_t index = find_column(map, name);
	if (index < MAP_COLUMNS_MAX)
		return &map->columns[index];
	bool right = name.length > 0 && name.data[0] >= 'a' && name.data[0] <= 'z';
	for (size_t i = 0; i < name.length && right; i++)
		right = islower(name.data[i]) || isdigit(name.data[i]) || name.data[i] == '_';
	if (!right || bytes_are(name, "yes") || bytes_are(name, "no")) {
		problem(parsing, parsing->line,
			"a column is named in small letters, digits and _, as [column hours]");
		return NULL;
	}
	if (map->column_count == MAP_COLUMNS_MAX) {
		problem(parsing, parsing->line, "a map has at most %d columns",
			MAP_COLUMNS_MAX - PERSON_COLUMN_COUNT);
		return NULL;
	}
	struct map_column *column = &map->columns[map->column_count++];
	column->name = keep(parsing, name);
	column->line = parsing->line;
	return column;
}

static void set_reference(
	struct parsing *parsing, struct map_reference *reference, struct bytes value)
{
	if (reference->text.length > 0) {
		/* An indented line goes on with the list. */
		struct text joined = { 0 };
		text_add(&joined, reference->text);
		text_add_string(&joined, ", ");
		text_add(&joined, value);
		reference->text = keep(parsing, text_bytes(&joined));
		text_release(&joined);
		return;
	}
	reference->text = keep(parsing, value);
	reference->line = parsing->line;
}

static void take_list(struct parsing *parsing, const char *key, struct bytes value)
{
	struct map *map = parsing->map;
	if (strcmp(key, "name") == 0)
		map->name = keep(parsing, value);
	else if (strcmp(key, "municipality") == 0)
		set_reference(parsing, &map->municipality, value);
	else if (strcmp(key, "removed") == 0)
		set_reference(parsing, &map->removed, value);
	else if (strcmp(key, "key") == 0)
		set_reference(parsing, &map->key, value);
	else
		problem(parsing, parsing->line,
			"[list] has name, key, municipality and removed, and no %s", key);
}

static void take_person(struct parsing *parsing, const char *key, struct bytes value)
{
	for (size_t i = 0; i < PERSON_COLUMN_COUNT; i++) {
		if (strcmp(key, person_names[i]) == 0) {
			add_words(parsing, &parsing->map->columns[i].spellings, value,
				bytes_of("", 0));
			return;
		}
	}
	problem(parsing, parsing->line,
		"[person] has name, first, infix, last, second and subject, and no %s", key);
}

static void take_kind(struct parsing *parsing, struct map_column *column, struct bytes value)
{
	static const char *const names[] = {
#define COLUMN_KIND_NAME(NAME, name, sentence) #name,
		COLUMN_KINDS(COLUMN_KIND_NAME)
	};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		if (bytes_are(value, names[i])) {
			column->kind = (enum column_kind)i;
			column->kind_given = true;
			return;
		}
	}
	problem(parsing, parsing->line,
		"kind is one of text, date, year, word, yes_no, number, hours");
}

static void take_column(
	struct parsing *parsing, struct bytes name, const char *key, struct bytes value)
{
	struct map_column *column = column_of(parsing, name);
	if (column == NULL)
		return;
	if (strcmp(key, "headings") == 0)
		add_words(parsing, &column->spellings, value, bytes_of("", 0));
	else if (strcmp(key, "kind") == 0)
		take_kind(parsing, column, value);
	else if (strcmp(key, "default") == 0)
		column->value = keep(parsing, value);
	else if (strcmp(key, "unit") == 0)
		add_words(parsing, &column->units, value, bytes_of("", 0));
	else if (strcmp(key, "not_before") == 0)
		set_reference(parsing, &column->not_before, value);
	else
		problem(parsing, parsing->line,
			"[column] has headings, kind, default, unit and not_before, and no %s",
			key);
}

static struct map_event *event_of(struct parsing *parsing, struct bytes type)
{
	struct map *map = parsing->map;
	const struct schema *schema = schema_find(type);
	if (schema == NULL) {
		problem(parsing, parsing->line,
			"there is no event of this type; proto/ladder.proto lists them. It is "
			"written as [event activity_logged]");
		return NULL;
	}
	for (size_t i = 0; i < map->event_count; i++) {
		if (map->events[i].schema == schema)
			return &map->events[i];
	}
	if (schema->type == EVENT_EVENT_RETRACTED || schema->type == EVENT_REPORT_PUBLISHED ||
		schema->type == EVENT_REPORT_WITHDRAWN) {
		problem(parsing, parsing->line, "%s does not come from a list", schema->key);
		return NULL;
	}
	if (map->event_count == MAP_EVENTS_MAX) {
		problem(parsing, parsing->line, "a map has at most %d events", MAP_EVENTS_MAX);
		return NULL;
	}
	struct map_event *event = &map->events[map->event_count++];
	event->schema = schema;
	event->line = parsing->line;
	map->about_people = map->about_people || schema->about_person;
	return event;
}

static void take_event(
	struct parsing *parsing, struct bytes type, const char *key, struct bytes value)
{
	struct map_event *event = event_of(parsing, type);
	struct text fields = { 0 };
	if (event == NULL)
		return;
	if (strcmp(key, "occurred_on") == 0) {
		set_reference(parsing, &event->occurred_on, value);
		return;
	}
	if (strcmp(key, "when") == 0) {
		set_reference(parsing, &event->when, value);
		return;
	}
	for (size_t i = 0; i < event->schema->field_count; i++) {
		if (strcmp(key, event->schema->fields[i].name) == 0) {
			set_reference(parsing, &event->fields[i], value);
			text_release(&fields);
			return;
		}
		text_printf(&fields, ", %s", event->schema->fields[i].name);
	}
	problem(parsing, parsing->line, "[event %s] has occurred_on, when%s, and no %s",
		event->schema->key, fields.length > 0 ? fields.data : "", key);
	text_release(&fields);
}

/* inih's handler. Always goes on, so that all problems are told. */
static int take_key(void *context, const char *section, const char *key, const char *value)
{
	struct parsing *parsing = context;
	struct bytes head = bytes_of_string(section);
	const char *space = strchr(section, ' ');
	struct bytes name = bytes_of("", 0);
	struct bytes given = bytes_trim(bytes_of_string(value));
	if (space != NULL) {
		head.length = (size_t)(space - section);
		name = bytes_trim(bytes_of_string(space));
	}
	if (strlen(key) > NAME_BYTES_MAX || strlen(section) > NAME_BYTES_MAX)
		problem(parsing, parsing->line, "a name has at most %d letters", NAME_BYTES_MAX);
	else if (given.length == 0)
		problem(parsing, parsing->line, "%s has nothing after it", key);
	else if (bytes_are(head, "list") && name.length == 0)
		take_list(parsing, key, given);
	else if (bytes_are(head, "person") && name.length == 0)
		take_person(parsing, key, given);
	else if (bytes_are(head, "column"))
		take_column(parsing, name, key, given);
	else if (bytes_are(head, "event"))
		take_event(parsing, name, key, given);
	else if (bytes_are(head, "words")) {
		struct map_column *column = column_of(parsing, name);
		if (column != NULL)
			add_words(parsing, &column->words, given,
				keep(parsing, bytes_of_string(key)));
	} else
		problem(parsing, parsing->line,
			"a section is [list], [person], [column NAME], [words NAME] or [event "
			"TYPE]");
	return 1;
}

/* inih's reader: a line, with what it would cut told. */
static char *read_line(char *out, int size, void *context)
{
	struct parsing *parsing = context;
	struct bytes rest = parsing->rest;
	if (rest.length == 0)
		return NULL;
	const uint8_t *newline = memchr(rest.data, '\n', rest.length);
	size_t length = newline == NULL ? rest.length : (size_t)(newline - rest.data) + 1;
	parsing->rest = bytes_of(rest.data + length, rest.length - length);
	parsing->line++;
	if (length > LINE_BYTES_MAX || memchr(rest.data, 0, length) != NULL) {
		problem(parsing, parsing->line,
			"a line is text of at most %d bytes; a list goes on in the next line, "
			"indented",
			LINE_BYTES_MAX);
		rest = bytes_of("\n", 1);
		length = 1;
	}
	CHECK((int)length < size);
	memcpy(out, rest.data, length);
	out[length] = '\0';
	return out;
}

/* What the words are and what is checked. */
static void resolve_columns(struct parsing *parsing, struct map_reference *reference)
{
	struct bytes list = reference->text, part;
	if (list.length == 0 || !islower(list.data[0]) || bytes_are(list, "yes") ||
		bytes_are(list, "no"))
		return;
	while (take_part(&list, &part)) {
		size_t index = find_column(parsing->map, part);
		if (index == MAP_COLUMNS_MAX) {
			problem(parsing, reference->line,
				"there is no [column %.*s]; a constant is written in capitals or "
				"digits",
				(int)part.length, (const char *)part.data);
			continue;
		}
		if (reference->column_count == MAP_REFERENCES_MAX) {
			problem(parsing, reference->line, "at most %d columns stand here",
				MAP_REFERENCES_MAX);
			return;
		}
		reference->columns[reference->column_count++] = index;
	}
}

/* What may be part of a reference: never a text, nor a number, which may be somebody's. */
static bool may_be_referred_to(const struct map *map, size_t index)
{
	if (index == MAP_COLUMNS_MAX)
		return false;
	enum column_kind kind = map->columns[index].kind;
	return kind == COLUMN_DATE || kind == COLUMN_WORD;
}

/* "{start}{letter}" */
static void resolve_template(struct parsing *parsing, struct map_reference *reference)
{
	struct bytes text = reference->text;
	reference->is_template = true;
	for (size_t i = 0; i < text.length; i++) {
		if (text.data[i] != '{')
			continue;
		const uint8_t *end = memchr(text.data + i, '}', text.length - i);
		size_t length = end == NULL ? 0 : (size_t)(end - (text.data + i + 1));
		size_t index = find_column(parsing->map, bytes_of(text.data + i + 1, length));
		if (!may_be_referred_to(parsing->map, index) ||
			reference->column_count == MAP_REFERENCES_MAX) {
			problem(parsing, reference->line,
				"between { and } stands a [column] of the kind date or word, at "
				"most %d times",
				MAP_REFERENCES_MAX);
			return;
		}
		reference->columns[reference->column_count++] = index;
	}
	if (reference->column_count == 0)
		problem(parsing, reference->line,
			"a reference takes the value of a column in it, as {start}a");
}

/* Is `constant` what the field takes? */
static bool field_takes(const struct field *field, struct bytes constant)
{
	char *end;
	char text[32];
	int32_t day;
	struct bytes part;
	switch (field->kind) {
	case FIELD_INTEGER:
		if (constant.length == 0 || constant.length >= sizeof(text))
			return false;
		memcpy(text, constant.data, constant.length);
		text[constant.length] = '\0';
		long value = strtol(text, &end, 10);
		return *end == '\0' && value >= field->min && value <= field->max;
	case FIELD_BOOL:
		return bytes_are(constant, "yes") || bytes_are(constant, "no");
	case FIELD_ENUM:
		return enumeration_find(field->enumeration, constant) != 0;
	case FIELD_ENUM_SET:
		while (take_part(&constant, &part)) {
			if (enumeration_find(field->enumeration, part) == 0)
				return false;
		}
		return true;
	case FIELD_IDENTIFIER:
		return identifier_is_valid(constant);
	case FIELD_DATE:
		return date_parse(constant, &day) == OK;
	}
	check_failed("a kind of the enum", __FILE__, __LINE__);
}

/* What a field takes, in words. */
static void add_allowed(const struct field *field, struct text *out)
{
	switch (field->kind) {
	case FIELD_INTEGER:
		text_printf(out,
			said("a number from %d to %d, or a column of the kind number, hours, "
			     "year or word"),
			field->min, field->max);
		return;
	case FIELD_BOOL:
		text_add_string(out, said("yes, no, or a column of the kind yes_no or word"));
		return;
	case FIELD_ENUM:
	case FIELD_ENUM_SET:
		text_add_string(out, said("a column of the kind word, or one of"));
		for (int i = 1; i <= field->enumeration->count; i++)
			text_printf(out, " %s", field->enumeration->names[i]);
		return;
	case FIELD_IDENTIFIER:
		text_add_string(
			out, said("letters, digits and . _ : - with {column} for a column's "
				  "value, as {start}a"));
		return;
	case FIELD_DATE:
		text_add_string(out, said("a column of the kind date, or YYYY-MM-DD"));
		return;
	}
}

static bool kind_fits(const struct field *field, const struct map_column *column)
{
	bool fits = false;
	switch (column->kind) {
	case COLUMN_DATE:
		fits = field->kind == FIELD_DATE;
		break;
	case COLUMN_YEAR:
	case COLUMN_NUMBER:
	case COLUMN_HOURS:
		fits = field->kind == FIELD_INTEGER;
		break;
	case COLUMN_YES_NO:
		fits = field->kind == FIELD_BOOL;
		break;
	case COLUMN_WORD:
		fits = field->kind != FIELD_DATE && field->kind != FIELD_IDENTIFIER;
		for (const struct map_word *word = column->words; word != NULL && fits;
			word = word->next)
			fits = field_takes(field, word->constant);
		break;
	case COLUMN_TEXT:
	case COLUMN_KIND_COUNT:
		break;
	}
	return fits && (column->value.length == 0 || field_takes(field, column->value));
}

static void resolve_field(struct parsing *parsing, const struct map_event *event,
	const struct field *field, struct map_reference *reference)
{
	struct text allowed = { 0 };
	bool right = true;
	if (reference->text.length == 0) {
		if (field->required)
			problem(parsing, event->line, "[event %s] needs %s = ...",
				event->schema->key, field->name);
		return;
	}
	if (field->kind == FIELD_IDENTIFIER) {
		resolve_template(parsing, reference);
		return;
	}
	resolve_columns(parsing, reference);
	for (size_t i = 0; i < reference->column_count; i++)
		right = right && kind_fits(field, &parsing->map->columns[reference->columns[i]]);
	bool is_column = islower(reference->text.data[0]) && field->kind != FIELD_BOOL;
	if (reference->column_count == 0 && !is_column)
		right = field_takes(field, reference->text);
	add_allowed(field, &allowed);
	if (!right)
		problem(parsing, reference->line, "%s takes %s", field->name, allowed.data);
	text_release(&allowed);
}

static void resolve_one(struct parsing *parsing, struct map_reference *reference,
	enum column_kind kind, const char *what)
{
	resolve_columns(parsing, reference);
	bool right = reference->column_count > 0;
	for (size_t i = 0; i < reference->column_count && kind != COLUMN_KIND_COUNT; i++)
		right = right && parsing->map->columns[reference->columns[i]].kind == kind;
	if (!right)
		problem(parsing, reference->line, "%s", what);
}

static void resolve_keys(struct parsing *parsing)
{
	struct map *map = parsing->map;
	struct bytes list = map->key.text, part;
	while (take_part(&list, &part)) {
		size_t index = find_column(map, part);
		if (index == MAP_COLUMNS_MAX || map->key_count == MAP_KEYS_MAX)
			problem(parsing, map->key.line,
				"key takes at most %d names of columns, and %.*s is none or too "
				"many",
				MAP_KEYS_MAX, (int)part.length, (const char *)part.data);
		else
			map->keys[map->key_count++] = index;
	}
}

static void resolve_events(struct parsing *parsing)
{
	struct map *map = parsing->map;
	for (size_t i = 0; i < map->event_count; i++) {
		struct map_event *event = &map->events[i];
		if (event->occurred_on.text.length == 0)
			problem(parsing, event->line, "[event %s] needs occurred_on = a column",
				event->schema->key);
		else
			resolve_one(parsing, &event->occurred_on, COLUMN_DATE,
				"occurred_on takes columns of the kind date");
		if (event->when.text.length > 0)
			resolve_one(
				parsing, &event->when, COLUMN_KIND_COUNT, "when takes a column");
		for (size_t k = 0; k < event->schema->field_count; k++)
			resolve_field(parsing, event, &event->schema->fields[k], &event->fields[k]);
	}
}

static void resolve_column(struct parsing *parsing, struct map_column *column)
{
	if (column->spellings == NULL)
		problem(parsing, column->line,
			"[column %.*s] needs headings = how its heading may be spelled",
			(int)column->name.length, (const char *)column->name.data);
	if (column->words != NULL && !column->kind_given)
		column->kind = COLUMN_WORD;
	if ((column->kind == COLUMN_WORD) != (column->words != NULL))
		problem(parsing, column->line,
			"a column of the kind word has a section [words %.*s], and no "
			"other has",
			(int)column->name.length, (const char *)column->name.data);
	if (column->units != NULL && column->kind != COLUMN_NUMBER)
		problem(parsing, column->line, "a column of the kind number has a unit");
	if (column->not_before.text.length > 0 && column->kind != COLUMN_DATE)
		problem(parsing, column->line, "a column of the kind date has not_before");
}

static void resolve(struct parsing *parsing)
{
	struct map *map = parsing->map;
	uint16_t code;
	bool has_person = false;
	for (size_t i = PERSON_COLUMN_COUNT; i < map->column_count; i++)
		resolve_column(parsing, &map->columns[i]);
	for (size_t i = PERSON_COLUMN_COUNT; i < map->column_count; i++) {
		if (map->columns[i].not_before.text.length > 0)
			resolve_one(parsing, &map->columns[i].not_before, COLUMN_DATE,
				"not_before takes columns of the kind date");
	}
	for (size_t i = 0; i < PERSON_COLUMN_COUNT; i++)
		has_person = has_person || map->columns[i].spellings != NULL;
	if (map->event_count == 0 && !parsing->is_of_people)
		problem(parsing, parsing->line, "a map needs at least one [event TYPE]");
	if (map->about_people && !has_person)
		problem(parsing, parsing->line,
			"a map needs [person] with name = the headings of "
			"the column of names");
	if (!identifier_is_valid(map->name))
		problem(parsing, parsing->line,
			"[list] needs name = letters, digits and . _ : - only; it is part of each "
			"row's key");
	resolve_events(parsing);
	resolve_keys(parsing);
	if (map->removed.text.length > 0)
		resolve_one(parsing, &map->removed, COLUMN_YES_NO,
			"removed takes a column of the kind yes_no");
	resolve_columns(parsing, &map->municipality);
	if (map->municipality.text.length > 0 && map->municipality.column_count == 0 &&
		!municipality_parse(map->municipality.text, &code))
		problem(parsing, map->municipality.line,
			"municipality takes a CBS code as GM0823, or a column of the kind word");
}

static enum err parse(struct parsing *parsing)
{
	struct map *out = parsing->map;
	struct text *problems = parsing->problems;
	size_t begin = problems->length;
	*out = (struct map){
		.column_count = PERSON_COLUMN_COUNT,
		.about_people = parsing->is_of_people,
	};
	if (arena_init(&out->arena, MAP_ARENA_SIZE) != OK) {
		problem(parsing, 0, "there is not enough memory");
		return ERR_FULL;
	}
	for (size_t i = 0; i < PERSON_COLUMN_COUNT; i++)
		out->columns[i].name = bytes_of_string(person_names[i]);
	int line = ini_parse_stream(read_line, parsing, take_key, parsing);
	if (line > 0)
		problem(parsing, (unsigned)line,
			"a line is [section], key = value, or begins "
			"with ; as a comment");
	else if (line < 0)
		problem(parsing, 0, "there is not enough memory");
	resolve(parsing);
	if (problems->length == begin && !problems->failed)
		return OK;
	map_release(out);
	return problems->failed ? ERR_FULL : ERR_INVALID;
}

enum err map_read(const char *path, struct bytes text, struct map *out, struct text *problems)
{
	struct parsing parsing = { .path = path, .map = out, .problems = problems, .rest = text };
	return parse(&parsing);
}

enum err map_read_people(const char *text, struct map *out)
{
	struct text problems = { 0 };
	struct parsing parsing = {
		.path = "people",
		.map = out,
		.problems = &problems,
		.rest = bytes_of_string(text),
		.is_of_people = true,
	};
	enum err err = parse(&parsing);
	CHECK(err != ERR_INVALID);
	text_release(&problems);
	return err;
}

void map_release(struct map *map)
{
	arena_release(&map->arena);
	*map = (struct map){ 0 };
}
