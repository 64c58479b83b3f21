/*
 * tools/cmd_subject.c - `ladder subject`: all that is held about one person, in plain words, for
 * the right of access.
 */
#include "tools/common/command.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/date.h"
#include "store/reader.h"
#include "tools/common/acts.h"
#include "tools/common/store.h"
#include "tools/common/store_look.h"
#include "tools/subject_words.h"

struct subject_asking {
	const char *subject;
	const char *language;
	bool dutch;
	uint32_t person;
	uint64_t records;
	struct text out;
};

static void value_print(
	struct subject_asking *asking, const struct field *field, const struct value *value)
{
	struct text *out = &asking->out;
	char day[DATE_LENGTH + 1];
	const char *separator = "";
	switch (field->kind) {
	case FIELD_INTEGER:
		text_add_integer(out, value->number);
		return;
	case FIELD_BOOL:
		text_add_string(
			out, subject_word(value->number != 0 ? "YES" : "NO", asking->dutch));
		return;
	case FIELD_ENUM:
		text_add_string(
			out, subject_word(field->enumeration->names[value->number], asking->dutch));
		return;
	case FIELD_ENUM_SET:
		for (int i = 1; i <= field->enumeration->count; i++) {
			if ((value->number >> i & 1) == 0)
				continue;
			text_printf(out, "%s%s", separator,
				subject_word(field->enumeration->names[i], asking->dutch));
			separator = ", ";
		}
		return;
	case FIELD_IDENTIFIER:
		text_add(out, value->text);
		return;
	case FIELD_DATE:
		date_print(value->number, day);
		text_add_string(out, day);
		return;
	}
	check_failed("a kind of the enum", __FILE__, __LINE__);
}

static void line_add(struct text *out, const char *name, struct bytes value)
{
	text_printf(out, "  %s: ", name);
	text_add(out, value);
	text_add_char(out, '\n');
}

/* What the daemon and the sender know of a record beside what it says. */
static void envelope_print(
	struct subject_asking *asking, const struct record_view *view, uint64_t withdrawn_by)
{
	char instant[INSTANT_LENGTH + 1], municipality[MUNICIPALITY_LENGTH + 1];
	bool dutch = asking->dutch;
	instant_print(view->recorded_us, instant);
	line_add(&asking->out, dutch ? "gemeld door" : "reported by", view->partner);
	line_add(&asking->out, dutch ? "vastgelegd" : "recorded", bytes_of_string(instant));
	text_printf(&asking->out, "  %s: %llu\n",
		dutch ? "nummer in het logboek" : "number in the log",
		(unsigned long long)view->seq);
	if (view->kind == RECORD_EVENT) {
		municipality_print(view->event.municipality, municipality);
		line_add(&asking->out, dutch ? "gemeente" : "municipality",
			bytes_of_string(municipality));
		line_add(&asking->out, dutch ? "kenmerk" : "id", view->event.id);
	}
	if (view->kind == RECORD_EVENT && view->event.key.length > 0)
		line_add(&asking->out, dutch ? "rij van de afzender" : "row of the sender",
			view->event.key);
	if (withdrawn_by != 0)
		text_printf(&asking->out, "  %s %llu\n",
			dutch ? "telt niet meer, door nummer" : "counts no more, because of number",
			(unsigned long long)withdrawn_by);
}

static void event_print(struct subject_asking *asking, const struct event *event)
{
	char day[DATE_LENGTH + 1];
	const struct schema *schema = schema_of(event->type);
	date_print(event->day, day);
	text_printf(&asking->out, "%s  %s\n", day, subject_word(schema->key, asking->dutch));
	for (size_t i = 0; i < schema->field_count; i++) {
		if (!event->values[i].present)
			continue;
		text_printf(&asking->out,
			"  %s: ", subject_word(schema->fields[i].name, asking->dutch));
		value_print(asking, &schema->fields[i], &event->values[i]);
		text_add_char(&asking->out, '\n');
	}
}

static void act_print(struct subject_asking *asking, const struct log_act *act)
{
	text_printf(&asking->out, "%s\n",
		act->type == LOG_ACT_RESTRICTED
			? (asking->dutch ? "verwerking beperkt" : "processing restricted")
			: (asking->dutch ? "beperking opgeheven" : "restriction lifted"));
}

static enum err record_print(struct subject_asking *asking, struct reader *reader,
	struct arena *arena, const struct record *record)
{
	struct record_view view;
	uint64_t by = 0;
	arena_reset(arena);
	enum err err = reader_withdrawn_by(reader, record->seq, &by);
	if (err == OK)
		err = reader_view(reader, record, arena, &view);
	if (err != OK)
		return err;
	asking->records++;
	if (view.kind == RECORD_ACT)
		act_print(asking, &view.act);
	else
		event_print(asking, &view.event);
	envelope_print(asking, &view, by);
	text_add_char(&asking->out, '\n');
	return asking->out.failed ? ERR_FULL : OK;
}

static enum err records_print(struct subject_asking *asking, struct reader *reader)
{
	struct arena arena;
	uint64_t last;
	int64_t recorded_us;
	enum err err = arena_init(&arena, VIEW_ARENA_SIZE);
	if (err != OK)
		return err;
	err = reader_last(reader, &last, &recorded_us);
	for (uint64_t seq = 1; err == OK && seq <= last; seq++) {
		struct record record;
		uint32_t person;
		err = reader_next(reader, seq, &record);
		if (err == OK)
			err = reader_person_of(reader, &record, &person);
		if (err == OK && person == asking->person)
			err = record_print(asking, reader, &arena, &record);
	}
	arena_release(&arena);
	return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
}

static void head_print(struct subject_asking *asking, const struct reader *reader)
{
	text_printf(&asking->out, "%s %s\n\n",
		asking->dutch ? "Wat er is vastgelegd over" : "What is held about",
		asking->subject);
	if (reader_is_restricted(reader, asking->person))
		text_add_string(&asking->out,
			asking->dutch ? "De verwerking is beperkt: het telt in geen cijfer mee en "
					"staat op geen lijst.\n\n"
				      : "Processing is restricted: it is in no figure and on no "
					"list.\n\n");
}

/* Prints the person, and has it in the access log. */
static enum err person_print(
	struct subject_asking *asking, struct store_look *look, struct reader *reader)
{
	head_print(asking, reader);
	enum err err = records_print(asking, reader);
	text_printf(&asking->out, "%s: %llu\n", asking->dutch ? "aantal" : "records",
		(unsigned long long)asking->records);
	if (err == OK)
		err = asking->out.failed ? ERR_FULL : OK;
	if (err == OK)
		err = look_at(&look->look, asking->person, bytes_of_string(asking->subject));
	return err == OK ? look_end(&look->look) : err;
}

static int subject_print(struct subject_asking *asking, const char *path)
{
	struct log *log;
	struct reader *reader;
	struct store_look look = { .log = NULL };
	int code = store_open("subject", path, &log, &reader);
	if (code != EX_OK)
		return code;
	enum err err = reader_person(reader, bytes_of_string(asking->subject), &asking->person);
	if (err == ERR_NOT_FOUND) {
		store_close(log, reader);
		return complain(
			"subject", EX_NOINPUT, "The store %s has nobody of that subject.", path);
	}
	if (err == OK)
		code = store_look_begin("subject", path, reader, &look);
	if (err == OK && code == EX_OK)
		err = person_print(asking, &look, reader);
	if (look.look.is_unwritable)
		code = store_look_complain("subject", path, &look);
	else if (err != OK)
		code = store_complain("subject", err, path);
	store_look_release(&look);
	store_close(log, reader);
	if (code != EX_OK)
		return code;
	return output_write(text_bytes(&asking->out)) == OK ? EX_OK : EX_IOERR;
}

int command_subject(int argc, char **argv)
{
	struct subject_asking asking = { .language = "nl" };
	const struct option_row options[] = {
		OPTION_SUBJECT(&asking.subject),
		{ "language", 'l', OPTION_TEXT, &asking.language, 0, 0, "nl|en",
			"the language (default: nl)" },
	};
	const struct command_line line = {
		.name = "subject",
		.operands = "STORE",
		.operands_min = 1,
		.operands_max = 1,
		.purpose = "Prints all that is held about one person, in plain words, for the "
			   "right of access:\n"
			   "each record, what took it back, and acts. ladderd may be running. That "
			   "somebody\n"
			   "looked is written into the access log beside the store, "
			   "STORE.access.ndjson.",
		.example = "ladder subject --subject p-3f2a --language en demo-store",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]),
	};
	const char *store;
	int code = options_parse_person(&line, argc, argv, &asking.subject, &store);
	if (code != OPTIONS_GO)
		return code;
	asking.dutch = strcmp(asking.language, "nl") == 0;
	if (!asking.dutch && strcmp(asking.language, "en") != 0)
		return complain("subject", EX_USAGE, "--language must be nl or en.");
	code = subject_print(&asking, store);
	text_release(&asking.out);
	return code;
}
