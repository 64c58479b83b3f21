/*
 * tools/export/rows.c - see rows.h.
 */
#include "tools/export/rows.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/date.h"
#include "base/grow.h"
#include "engine/fold.h"
#include "indicators/registry.h"
#include "secret/random.h"
#include "tools/export/tables.h"

/* So many people are written into the access log before the first of them is shown. */
#define PEOPLE_AT_ONCE 64

/* The number of a reference within a person: of whom it was given out last. */
struct ref_number {
	uint32_t person;
	uint32_t number;
};

struct rows_writer {
	struct export_rows *rows;
	struct histories *histories;
	struct arena arena;
	uint32_t *order; /* the people, as chance has them */
	size_t order_count;
	struct names workers; /* of the whole export: partner and pseudonym */
	struct ref_number *refs;
	size_t refs_size;
	uint32_t refs_given; /* within the person */
	uint32_t person;     /* whose rows are written: the store's number */
	uint64_t renewed;    /* events since the view was renewed */
	struct text set;     /* of enumerations, joined */
	enum err err;        /* of a spell's row */
};

static bool fact_is_exported(const struct rows_writer *writer, const struct fact *fact)
{
	const struct export_rows *rows = writer->rows;
	/* "PersonRegistered: of any date". */
	if (fact_day(fact) > rows->answers->question.as_of && fact->type != EVENT_PERSON_REGISTERED)
		return false;
	return rows->only == PART_ALL || fact->municipality == rows->only;
}

static bool person_is_exported(const struct rows_writer *writer, uint32_t person)
{
	const struct history *history = &writer->histories->people[person];
	for (uint32_t i = 0; i < history->count; i++) {
		if (fact_is_exported(writer, &history->facts[i]))
			return true;
	}
	return false;
}

/* A number below `end`, each as likely. */
static uint32_t chance_below(uint32_t end)
{
	uint32_t number;
	uint32_t most = UINT32_MAX - UINT32_MAX % end;
	do {
		random_fill(&number, sizeof(number));
	} while (number >= most);
	return number % end;
}

/* Who is exported, in an order that says nothing. */
static enum err order_make(struct rows_writer *writer)
{
	uint32_t count = writer->histories->people_count;
	writer->order = calloc((size_t)count + 1, sizeof(*writer->order));
	if (writer->order == NULL)
		return ERR_FULL;
	/* people[0] has the events without subject. */
	for (uint32_t person = 1; person < count; person++) {
		if (person_is_exported(writer, person))
			writer->order[writer->order_count++] = person;
	}
	for (size_t i = writer->order_count; i > 1; i--) {
		uint32_t other = chance_below((uint32_t)i);
		uint32_t moved = writer->order[i - 1];
		writer->order[i - 1] = writer->order[other];
		writer->order[other] = moved;
	}
	return OK;
}

/* Of a job, an activity, a referral, a sanction: 1, 2, 3 ... within the person. */
static enum err ref_datum(struct rows_writer *writer, const struct fact *fact, struct datum *out)
{
	size_t had = writer->refs_size;
	if (!GROW(writer->refs, writer->refs_size, (size_t)fact->ref + 1))
		return ERR_FULL;
	for (size_t i = had; i < writer->refs_size; i++)
		writer->refs[i] = (struct ref_number){ 0 };
	struct ref_number *given = &writer->refs[fact->ref];
	if (given->person != writer->person)
		*given = (struct ref_number){ writer->person, ++writer->refs_given };
	*out = datum_number(given->number);
	return OK;
}

/* A worker is a pseudonym of one partner, the same with all people. */
static enum err worker_datum(struct rows_writer *writer, const struct record_view *view,
	struct bytes worker, struct datum *out)
{
	int32_t number;
	struct text name = { 0 };
	text_add(&name, view->partner);
	text_add_char(&name, '/');
	text_add(&name, worker);
	enum err err =
		name.failed ? ERR_FULL : names_number(&writer->workers, text_bytes(&name), &number);
	text_release(&name);
	if (err == OK)
		*out = datum_number(number);
	return err;
}

static enum err identifier_datum(struct rows_writer *writer, const struct fact *fact,
	const struct record_view *view, struct bytes text, struct datum *out)
{
	enum event_type type = view->event.type;
	if (type == EVENT_CONTACT_HELD || type == EVENT_CONTACT_PERSON_ASSIGNED)
		return worker_datum(writer, view, text, out);
	if (type != EVENT_AGREEMENT_MADE)
		return ref_datum(writer, fact, out);
	*out = datum_text(text);
	return OK;
}

static struct datum set_datum(struct rows_writer *writer, const struct field *field, int32_t set)
{
	writer->set.length = 0;
	for (int member = 1; member <= field->enumeration->count; member++) {
		if ((set >> member & 1) == 0)
			continue;
		if (writer->set.length > 0)
			text_add_char(&writer->set, ';');
		text_add_string(&writer->set, field->enumeration->names[member]);
	}
	return datum_text(text_bytes(&writer->set));
}

static enum err value_datum(struct rows_writer *writer, const struct fact *fact,
	const struct record_view *view, size_t place, struct datum *out)
{
	const struct field *field = &schema_of(view->event.type)->fields[place];
	const struct value *value = &view->event.values[place];
	*out = (struct datum){ 0 };
	if (!value->present)
		return OK;
	switch (field->kind) {
	case FIELD_INTEGER:
	case FIELD_BOOL:
	case FIELD_DATE:
		*out = datum_number(value->number);
		return OK;
	case FIELD_ENUM:
		*out = datum_text(bytes_of_string(field->enumeration->names[value->number]));
		return OK;
	case FIELD_ENUM_SET:
		*out = set_datum(writer, field, value->number);
		return writer->set.failed ? ERR_FULL : OK;
	case FIELD_IDENTIFIER:
		return identifier_datum(writer, fact, view, value->text, out);
	}
	check_failed("a kind of the enum", __FILE__, __LINE__);
}

/* Writes an event, whose record is read whole: a fact has what the figures need. */
static enum err event_write(struct rows_writer *writer, const struct fact *fact, uint64_t number)
{
	struct export_rows *rows = writer->rows;
	struct record record;
	struct record_view view;
	struct datum row[COLUMNS_MAX];
	size_t table, at = 0;
	char place[MUNICIPALITY_LENGTH + 1];
	enum err err = writer->renewed++ % RECORDS_OF_A_VIEW == RECORDS_OF_A_VIEW - 1
			       ? reader_renew(rows->reader)
			       : OK;
	if (err == OK)
		err = reader_record(rows->reader, fact_seq(fact), &record);
	arena_reset(&writer->arena);
	if (err == OK)
		err = reader_view(rows->reader, &record, &writer->arena, &view);
	if (err != OK)
		return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
	if (view.kind != RECORD_EVENT || !export_table_of(view.event.type, &table))
		return ERR_CONFLICT;
	municipality_print(view.event.municipality, place);
	row[at++] = datum_number((int64_t)++rows->events);
	if (schema_of(view.event.type)->about_person)
		row[at++] = datum_number((int64_t)number);
	row[at++] = datum_text(bytes_of_string(place));
	row[at++] = datum_number(view.event.day);
	row[at++] = datum_number(zone_day(view.recorded_us));
	row[at++] = datum_text(view.partner);
	for (size_t i = 0; i < schema_of(view.event.type)->field_count && err == OK; i++)
		err = value_datum(writer, fact, &view, i, &row[at++]);
	return err == OK ? workbook_add(rows->book, table, row) : err;
}

static enum err events_write(struct rows_writer *writer, uint32_t person, uint64_t number)
{
	const struct history *history = &writer->histories->people[person];
	enum err err = OK;
	writer->person = person;
	writer->refs_given = 0;
	for (uint32_t i = 0; i < history->count && err == OK; i++) {
		if (fact_is_exported(writer, &history->facts[i]))
			err = event_write(writer, &history->facts[i], number);
	}
	return err;
}

static void nothing_add(
	void *context, uint16_t part, bool histogram, unsigned slot, int32_t at, int64_t units)
{
	(void)context, (void)part, (void)histogram, (void)slot, (void)at, (void)units;
}

static void spell_write(void *context, unsigned slot, const struct curve_record *record)
{
	struct rows_writer *writer = context;
	struct export_rows *rows = writer->rows;
	const struct shown_curve *curve = registry_curve(slot);
	char home[MUNICIPALITY_LENGTH + 1];
	struct datum row[SPELLS_COLUMNS];
	if (writer->err != OK || curve == NULL ||
		(rows->only != PART_ALL && record->home != rows->only))
		return;
	municipality_print(record->home, home);
	row[SPELLS_CURVE] = datum_text(bytes_of_string(curve->name));
	row[SPELLS_PERSON] = datum_number((int64_t)rows->people);
	row[SPELLS_MUNICIPALITY] = datum_text(bytes_of_string(home));
	row[SPELLS_STARTED_ON] = datum_number(record->origin);
	row[SPELLS_ENTRY] = datum_number(record->entry);
	row[SPELLS_EXIT] = datum_number(record->exit);
	row[SPELLS_CAUSE] = datum_number(record->cause);
	rows->spells++;
	writer->err = workbook_add(rows->book, TABLE_SPELLS, row);
}

/* Of one municipality nothing is told of where else a person lived. */
static enum err person_write(const struct export_rows *rows, const struct person *person)
{
	struct datum row[PEOPLE_COLUMNS] = { { 0 } };
	char home[MUNICIPALITY_LENGTH + 1], lives_in[MUNICIPALITY_LENGTH + 1];
	const struct fact *registered = person->registered;
	bool all = rows->only == PART_ALL;
	bool here = all || person->lives_in == rows->only;
	row[PEOPLE_PERSON] = datum_number((int64_t)rows->people);
	if (registered != NULL)
		row[PEOPLE_BIRTH_YEAR] = datum_number(registered->number);
	if (registered != NULL && registered->choice != 0)
		row[PEOPLE_ACT] = datum_text(
			bytes_of_string(schema_of(EVENT_PERSON_REGISTERED)
						->fields[PERSON_REGISTERED_ACT]
						.enumeration->names[registered->choice]));
	if (person->settled && (all || person->t0_home == rows->only)) {
		municipality_print(person->t0_home, home);
		row[PEOPLE_SETTLED_ON] = datum_number(person->t0);
		row[PEOPLE_HOME] = datum_text(bytes_of_string(home));
	}
	if (person->lives_in != NOWHERE && here) {
		municipality_print((uint16_t)person->lives_in, lives_in);
		row[PEOPLE_LIVES_IN] = datum_text(bytes_of_string(lives_in));
	}
	row[PEOPLE_ADULT] = datum_number(person->adult);
	row[PEOPLE_IN_POPULATION] = datum_number(here && person->in_population);
	row[PEOPLE_BREADWINNER] = datum_number(here && person->breadwinner);
	row[PEOPLE_UNDER_GUIDANCE] = datum_number(here && person->under_guidance);
	row[PEOPLE_TARGET_MINUTES] = datum_number(person->target_minutes);
	return workbook_add(rows->book, TABLE_PEOPLE, row);
}

static enum err person_rows_write(struct rows_writer *writer, uint32_t number)
{
	struct export_rows *rows = writer->rows;
	struct answers *answers = rows->answers;
	struct person person;
	const struct sink sink = {
		.add = nothing_add,
		.record = spell_write,
		.context = writer,
	};
	rows->people++;
	enum err err = fold_prepare(&answers->folding, writer->histories, rows->reader, number,
		&answers->question, &person);
	if (err == OK)
		err = person_write(rows, &person);
	if (err == OK) {
		registry_contribute(&person, &sink);
		err = writer->err;
	}
	return err == OK ? events_write(writer, number, rows->people) : err;
}

/* The next people go into the access log, then into the book. */
static enum err people_write(struct rows_writer *writer, size_t first)
{
	struct export_rows *rows = writer->rows;
	size_t end = first + PEOPLE_AT_ONCE;
	enum err err = OK;
	if (end > writer->order_count)
		end = writer->order_count;
	for (size_t i = first; i < end && err == OK; i++) {
		const struct history *history = &writer->histories->people[writer->order[i]];
		struct record record;
		err = reader_record(rows->reader, fact_seq(&history->facts[0]), &record);
		if (err == OK)
			err = store_look_at(rows->look, rows->reader, &record);
	}
	if (err == OK)
		err = look_write(&rows->look->look);
	for (size_t i = first; i < end && err == OK; i++) {
		err = folding_go_on(&rows->answers->folding);
		if (err == OK)
			err = person_rows_write(writer, writer->order[i]);
	}
	return err;
}

/* A record about nobody that no history has: of what was published. */
static enum err report_write(struct rows_writer *writer, uint64_t seq)
{
	struct export_rows *rows = writer->rows;
	struct record record;
	enum err err = reader_record(rows->reader, seq, &record);
	if (err != OK)
		return err;
	const struct fact fact = {
		.seq_low = (uint32_t)seq,
		.seq_high = (uint8_t)(seq >> 32),
		.day_offset = (uint16_t)(record.day - FACT_DAY_FIRST),
		.municipality = record.municipality & 0x3fffu,
	};
	return fact_is_exported(writer, &fact) ? event_write(writer, &fact, 0) : OK;
}

static enum err reports_write(struct rows_writer *writer)
{
	struct export_rows *rows = writer->rows;
	struct published published = { .seq = 0 };
	enum err err = reader_published_after(rows->reader, 0, &published);
	while (err == OK && published.seq <= rows->answers->seq) {
		uint64_t seq = published.seq, withdrawn_by = published.withdrawn_by;
		err = report_write(writer, seq);
		if (err == OK && withdrawn_by != 0 && withdrawn_by <= rows->answers->seq)
			err = report_write(writer, withdrawn_by);
		if (err == OK)
			err = reader_published_after(rows->reader, seq, &published);
	}
	return err == ERR_NOT_FOUND ? OK : err;
}

/* What is about nobody. */
static enum err others_write(struct rows_writer *writer)
{
	enum err err = OK;
	if (writer->histories->people_count > 0)
		err = histories_sort(writer->histories, writer->rows->reader, 0);
	if (err == OK && writer->histories->people_count > 0)
		err = events_write(writer, 0, 0);
	return err == OK ? reports_write(writer) : err;
}

static enum err curve_write(struct workbook *book, const struct shown_curve *curve)
{
	static const char *const words[] = {
		[CURVE_INCIDENCE_1] = "incidence of cause 1",
		[CURVE_INCIDENCE_2] = "incidence of cause 2",
		[CURVE_SURVIVAL] = "survival",
		[CURVE_FAILURE] = "1 - survival",
	};
	struct datum row[CURVES_COLUMNS] = { { 0 } };
	row[CURVES_CURVE] = datum_text(bytes_of_string(curve->name));
	row[CURVES_SHOWS] = datum_text(bytes_of_string(words[curve->function]));
	row[CURVES_AT_RISK_MIN] = datum_number(curve->at_risk_min);
	row[CURVES_CAUSE_1] = datum_text(bytes_of_string(curve->causes[1]));
	if (curve->causes[2] != NULL)
		row[CURVES_CAUSE_2] = datum_text(bytes_of_string(curve->causes[2]));
	return workbook_add(book, TABLE_CURVES, row);
}

static enum err curves_write(struct export_rows *rows)
{
	size_t count;
	const struct indicator *const *all = registry_all(&count);
	enum err err = OK;
	for (size_t i = 0; i < count; i++) {
		if (all[i]->set > rows->answers->question.definitions)
			continue;
		for (unsigned j = 0; j < all[i]->curve_count && err == OK; j++)
			err = curve_write(rows->book, &all[i]->curves[j]);
	}
	return err;
}

enum err export_rows_write(struct export_rows *rows)
{
	struct rows_writer writer = { .rows = rows, .histories = &rows->answers->histories };
	enum err err = arena_init(&writer.arena, VIEW_ARENA_SIZE);
	if (err == OK)
		err = order_make(&writer);
	for (size_t i = 0; i < writer.order_count && err == OK; i += PEOPLE_AT_ONCE)
		err = people_write(&writer, i);
	if (err == OK)
		err = others_write(&writer);
	if (err == OK)
		err = curves_write(rows);
	names_release(&writer.workers);
	text_release(&writer.set);
	arena_release(&writer.arena);
	free(writer.order);
	free(writer.refs);
	return answers_settle(rows->answers, rows->reader, err);
}
