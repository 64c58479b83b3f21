/*
 * tools/export/tables.c - see tables.h.
 */
#include "tools/export/tables.h"

#include "base/check.h"

/* clang-format off */
static const struct typed_column about_columns[] = {
	[ABOUT_AS_OF] = { "as_of", DATUM_DATE, true },
	[ABOUT_KNOWN_AT] = { "known_at", DATUM_TEXT, true },
	[ABOUT_MUNICIPALITY] = { "municipality", DATUM_TEXT, true },
	[ABOUT_WINDOW] = { "window", DATUM_INTEGER, true },
	[ABOUT_DEFINITIONS] = { "definitions", DATUM_INTEGER, true },
	[ABOUT_PEOPLE] = { "people", DATUM_INTEGER, true },
	[ABOUT_EVENTS] = { "events", DATUM_INTEGER, true },
	[ABOUT_SPELLS] = { "spells", DATUM_INTEGER, true },
};
static const struct typed_column people_columns[] = {
	[PEOPLE_PERSON] = { "person", DATUM_INTEGER, true },
	[PEOPLE_BIRTH_YEAR] = { "birth_year", DATUM_INTEGER, false },
	[PEOPLE_ACT] = { "act", DATUM_TEXT, false },
	[PEOPLE_SETTLED_ON] = { "settled_on", DATUM_DATE, false },
	[PEOPLE_HOME] = { "home", DATUM_TEXT, false },
	[PEOPLE_LIVES_IN] = { "lives_in", DATUM_TEXT, false },
	[PEOPLE_ADULT] = { "adult", DATUM_BOOLEAN, true },
	[PEOPLE_IN_POPULATION] = { "in_population", DATUM_BOOLEAN, true },
	[PEOPLE_BREADWINNER] = { "breadwinner", DATUM_BOOLEAN, true },
	[PEOPLE_UNDER_GUIDANCE] = { "under_guidance", DATUM_BOOLEAN, true },
	[PEOPLE_TARGET_MINUTES] = { "target_minutes", DATUM_INTEGER, true },
};
static const struct typed_column spells_columns[] = {
	[SPELLS_CURVE] = { "curve", DATUM_TEXT, true },
	[SPELLS_PERSON] = { "person", DATUM_INTEGER, true },
	[SPELLS_MUNICIPALITY] = { "municipality", DATUM_TEXT, true },
	[SPELLS_STARTED_ON] = { "started_on", DATUM_DATE, true },
	[SPELLS_ENTRY] = { "entry", DATUM_INTEGER, true },
	[SPELLS_EXIT] = { "exit", DATUM_INTEGER, true },
	[SPELLS_CAUSE] = { "cause", DATUM_INTEGER, true },
};
static const struct typed_column curves_columns[] = {
	[CURVES_CURVE] = { "curve", DATUM_TEXT, true },
	[CURVES_SHOWS] = { "shows", DATUM_TEXT, true },
	[CURVES_AT_RISK_MIN] = { "at_risk_min", DATUM_INTEGER, true },
	[CURVES_CAUSE_1] = { "cause_1", DATUM_TEXT, true },
	[CURVES_CAUSE_2] = { "cause_2", DATUM_TEXT, false },
};
static const struct typed_column figures_columns[FIGURES_COLUMNS] = {
	{ "as_of", DATUM_TEXT, true },     { "known_at", DATUM_TEXT, true },
	{ "municipality", DATUM_TEXT, true }, { "indicator", DATUM_TEXT, true },
	{ "figure", DATUM_TEXT, true },    { "labels", DATUM_TEXT, false },
	{ "value", DATUM_NUMERIC, false }, { "low", DATUM_NUMERIC, false },
	{ "high", DATUM_NUMERIC, false },
};
CHECK_STATIC(ARRAY_LENGTH(about_columns) == ABOUT_COLUMNS);
CHECK_STATIC(ARRAY_LENGTH(people_columns) == PEOPLE_COLUMNS);
CHECK_STATIC(ARRAY_LENGTH(spells_columns) == SPELLS_COLUMNS);
CHECK_STATIC(ARRAY_LENGTH(curves_columns) == CURVES_COLUMNS);
/* clang-format on */

static const struct {
	const struct typed_column *columns;
	size_t count;
} fixed[] = {
	[TABLE_ABOUT] = { about_columns, ARRAY_LENGTH(about_columns) },
	[TABLE_PEOPLE] = { people_columns, ARRAY_LENGTH(people_columns) },
	[TABLE_SPELLS] = { spells_columns, ARRAY_LENGTH(spells_columns) },
	[TABLE_CURVES] = { curves_columns, ARRAY_LENGTH(curves_columns) },
	[TABLE_FIGURES] = { figures_columns, ARRAY_LENGTH(figures_columns) },
};
CHECK_STATIC(ARRAY_LENGTH(fixed) == TABLE_EVENTS);

static struct table tables[TABLES_MAX];
static size_t table_count;
static size_t table_of_type[EVENT_TYPE_MAX + 1]; /* 0: none */

static void column_add(struct table *table, const char *name, enum datum_kind kind, bool required)
{
	CHECK(table->column_count < COLUMNS_MAX);
	table->columns[table->column_count++] = (struct typed_column){ name, kind, required };
}

/* References and workers are numbers of the export; with whom an agreement is stays its name. */
static enum datum_kind kind_of(const struct schema *schema, size_t field)
{
	switch (schema->fields[field].kind) {
	case FIELD_INTEGER:
		return DATUM_INTEGER;
	case FIELD_BOOL:
		return DATUM_BOOLEAN;
	case FIELD_ENUM:
	case FIELD_ENUM_SET:
		return DATUM_TEXT;
	case FIELD_IDENTIFIER:
		return schema->type == EVENT_AGREEMENT_MADE ? DATUM_TEXT : DATUM_INTEGER;
	case FIELD_DATE:
		return DATUM_DATE;
	}
	check_failed("a kind of the enum", __FILE__, __LINE__);
}

static void event_table_make(const struct schema *schema, struct table *table)
{
	*table = (struct table){
		.name = schema->key,
		.sentence = schema->name,
		.is_keyed = true,
		.is_of_people = schema->about_person,
		.is_of_events = true,
	};
	column_add(table, "event", DATUM_INTEGER, true);
	if (schema->about_person)
		column_add(table, "person", DATUM_INTEGER, true);
	column_add(table, "municipality", DATUM_TEXT, true);
	column_add(table, "occurred_on", DATUM_DATE, true);
	column_add(table, "recorded_on", DATUM_DATE, true);
	column_add(table, "partner", DATUM_TEXT, true);
	for (size_t i = 0; i < schema->field_count; i++)
		column_add(table, schema->fields[i].name, kind_of(schema, i),
			schema->fields[i].required);
}

static void tables_make(void)
{
	static const struct table heads[] = {
#define EXPORT_TABLE_ROW(NAME, called, keyed, people, told)                                        \
	{ .name = #called, .sentence = (told), .is_keyed = (keyed), .is_of_people = (people) },
		EXPORT_TABLES(EXPORT_TABLE_ROW)
#undef EXPORT_TABLE_ROW
	};
	for (size_t i = 0; i < TABLE_EVENTS; i++) {
		tables[i] = heads[i];
		for (size_t j = 0; j < fixed[i].count; j++)
			column_add(&tables[i], fixed[i].columns[j].name, fixed[i].columns[j].kind,
				fixed[i].columns[j].required);
	}
	table_count = TABLE_EVENTS;
	size_t count;
	const struct schema *schemas = schema_all(&count);
	for (size_t i = 0; i < count; i++) {
		/* What a retraction withdraws is not effective any more: nothing is left of it. */
		if (schemas[i].type == EVENT_EVENT_RETRACTED)
			continue;
		CHECK(table_count < TABLES_MAX);
		table_of_type[schemas[i].type] = table_count;
		event_table_make(&schemas[i], &tables[table_count++]);
	}
}

const struct table *export_tables(size_t *count)
{
	if (table_count == 0)
		tables_make();
	*count = table_count;
	return tables;
}

bool export_table_of(enum event_type type, size_t *out)
{
	CHECK(table_count > 0);
	*out = table_of_type[type];
	return *out != 0;
}
