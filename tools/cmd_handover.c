/*
 * tools/cmd_handover.c - `ladder handover`: writes what another municipality needs of a person
 * who moved there, sealed for the holder of its key.
 */
#include "tools/common/command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/date.h"
#include "engine/answers.h"
#include "engine/split.h"
#include "tools/common/acts.h"
#include "tools/common/handover.h"
#include "tools/common/options.h"
#include "tools/common/store.h"
#include "tools/common/store_look.h"

#define NAME "handover"

struct handing {
	const char *store;
	const char *subject;
	const char *to;
	const char *municipality; /* NULL: as the log says */
	const char *output;
	int32_t moved_on; /* DAY_NONE: as the log says */
	int32_t today;
	struct seal_key key;
	uint16_t code;
	struct handover handover;
};

static int options_check(struct handing *handing)
{
	if (handing->to == NULL)
		return complain(NAME, EX_USAGE,
			"--to says for whom: the public half of the receiver's key, as `ladder "
			"key` prints it.");
	if (seal_key_parse(bytes_of_string(handing->to), &handing->key) != OK)
		return complain(NAME, EX_USAGE,
			"--to takes the public half of a key: 64 hexadecimal digits, as `ladder "
			"key` prints them.");
	if (handing->municipality != NULL &&
		!municipality_parse(bytes_of_string(handing->municipality), &handing->code))
		return complain(NAME, EX_USAGE,
			"--municipality takes a CBS code: GM and four digits, as GM0823.");
	if (strcmp(handing->output, "-") == 0 && isatty(STDOUT_FILENO))
		return complain(NAME, EX_USAGE,
			"The file is no text: --output FILE says where to write it.");
	return EX_OK;
}

/* Where and on which day the person moved, as the log or else the command line says. */
static void move_find(struct handing *handing, const struct person *person)
{
	struct handover *out = &handing->handover;
	const struct stay *last = &person->stays[person->stay_count - 1];
	bool moved = person->lives_in != NOWHERE && person->stay_count > 1 &&
		     last[-1].municipality != last->municipality;
	/* Whoever lives elsewhere than the log says moved since. */
	if (moved && handing->municipality != NULL && handing->code != last->municipality)
		moved = false;
	out->has_municipality = handing->municipality != NULL || moved;
	out->municipality = handing->municipality != NULL ? handing->code : last->municipality;
	out->moved_on = handing->moved_on != DAY_NONE ? handing->moved_on
			: person->lives_in == NOWHERE ? last->until
			: moved                       ? last->from
						      : handing->today;
}

/* The first event of the highest level that was reached; NULL: none was. */
static const struct fact *level_find(const struct person *person)
{
	const struct fact *found = NULL;
	for (size_t i = 0; i < person->fact_count; i++) {
		const struct fact *fact = &person->facts[i];
		if (fact->type == EVENT_LANGUAGE_LEVEL_REACHED &&
			(found == NULL || fact->choice > found->choice))
			found = fact;
	}
	return found;
}

static void value_set(struct event *event, unsigned index, int32_t number)
{
	event->values[index] = (struct value){ .present = true, .number = number };
}

/* What durations need, and no more: no day of registration, no earlier rung. */
static void events_add(struct handing *handing, const struct person *person)
{
	struct handover *out = &handing->handover;
	const struct fact *registered = person->registered, *level = level_find(person);
	if (registered != NULL) {
		struct event *event =
			handover_add(out, EVENT_PERSON_REGISTERED, person->t0_home, person->t0);
		value_set(event, PERSON_REGISTERED_BIRTH_YEAR, (int32_t)registered->number);
		if (registered->choice != 0)
			value_set(event, PERSON_REGISTERED_ACT, (int32_t)registered->choice);
	}
	handover_add(out, EVENT_MUNICIPALITY_SETTLED, person->t0_home, person->t0);
	if (person->assessment_count > 0) {
		const struct assessment *last = &person->assessments[person->assessment_count - 1];
		value_set(handover_add(out, EVENT_LADDER_ASSESSED, last->municipality, last->day),
			0, last->rung);
	}
	if (level != NULL)
		value_set(handover_add(out, EVENT_LANGUAGE_LEVEL_REACHED, level->municipality,
				  fact_day(level)),
			0, (int32_t)level->choice);
}

/* Did the person leave the monitor, and not come back since? */
static bool is_out(const struct person *person)
{
	const struct fact *exited = person->last[EVENT_EXITED];
	return exited != NULL && person->lives_in == NOWHERE &&
	       fact_later(exited, person->last[EVENT_MUNICIPALITY_SETTLED]) == exited &&
	       fact_later(exited, person->last[EVENT_MUNICIPALITY_LEFT]) == exited;
}

static int person_take(struct handing *handing, const struct person *person)
{
	if (!person->settled)
		return complain(NAME, EX_UNAVAILABLE,
			"The person never settled anywhere in this store: there is nothing that "
			"could go on.");
	if (is_out(person))
		return complain(NAME, EX_NOPERM,
			"The person has left the monitor, or objected to it: nobody is handed over "
			"then.");
	handing->handover = (struct handover){ .subject = bytes_of_string(handing->subject) };
	move_find(handing, person);
	if (handing->handover.moved_on < person->t0)
		return complain(NAME, EX_USAGE,
			"--moved-on is before the day on which the person first settled.");
	events_add(handing, person);
	return EX_OK;
}

/* The person's history as of now, by the definitions of the figures. */
static int person_read(struct handing *handing, struct answers *answers, struct reader *reader,
	uint32_t number, int64_t now_us)
{
	struct person person;
	struct question question = question_at(handing->today);
	enum err err = answers_know(answers, reader, now_us);
	if (err == OK && (number >= answers->histories.people_count ||
				 answers->histories.people[number].count == 0))
		return complain(NAME, EX_UNAVAILABLE,
			"Nothing that is said of the person counts any more: there is nothing that "
			"could go on.");
	if (err == OK)
		err = fold_prepare(
			&answers->folding, &answers->histories, reader, number, &question, &person);
	return err == OK ? person_take(handing, &person)
			 : store_complain(NAME, err, handing->store);
}

static int handover_make(struct handing *handing, struct reader *reader, int64_t now_us)
{
	struct answers answers;
	uint32_t number = 0;
	uint64_t seq;
	int64_t last_us = now_us;
	enum err err = reader_person(reader, bytes_of_string(handing->subject), &number);
	if (err == ERR_NOT_FOUND)
		return complain(NAME, EX_NOINPUT, "The store %s has nobody of that subject.",
			handing->store);
	if (err == OK && reader_is_restricted(reader, number))
		return complain(NAME, EX_NOPERM,
			"Processing of this person is restricted: nobody is handed over until it "
			"is lifted.");
	if (err == OK)
		err = reader_last(reader, &seq, &last_us);
	if (err == OK)
		err = answers_init(&answers, split_cores(), NULL);
	if (err != OK)
		return store_complain(NAME, err, handing->store);
	int code =
		person_read(handing, &answers, reader, number, last_us > now_us ? last_us : now_us);
	answers_release(&answers);
	return code;
}

/* Nobody else may read it, sealed as it is. */
static int file_write(const struct handing *handing, struct bytes bytes)
{
	int fd = strcmp(handing->output, "-") == 0
			 ? dup(STDOUT_FILENO)
			 : open(handing->output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "wb");
	if (file == NULL)
		return complain(NAME, EX_CANTCREAT, "%s cannot be written: %s.", handing->output,
			strerror(errno));
	bool written = fwrite(bytes.data, 1, bytes.length, file) == bytes.length;
	if (fclose(file) != 0 || !written)
		return complain(NAME, EX_IOERR, "%s cannot be written: %s.", handing->output,
			strerror(errno));
	return EX_OK;
}

/* What was found of the move: whoever hands over sees whether that is right. */
static void move_tell(const struct handing *handing)
{
	const struct handover *handover = &handing->handover;
	char day[DATE_LENGTH + 1], municipality[MUNICIPALITY_LENGTH + 1] = "";
	date_print(handover->moved_on, day);
	municipality_print(handover->municipality, municipality);
	complain(NAME, 0, "The move: on %s, to %s. %zu events are in the file.", day,
		handover->has_municipality ? municipality
					   : "the municipality that `ladder import` is told",
		handover->count);
}

/* That the person was handed over is in the access log, before the file is there. */
static int handover_note(const struct handing *handing, struct reader *reader)
{
	struct store_look look;
	uint32_t number = 0;
	struct bytes subject = bytes_of_string(handing->subject);
	int code = store_look_begin(NAME, handing->store, reader, &look);
	if (code == EX_OK) {
		enum err err = reader_person(reader, subject, &number);
		if (err == OK)
			err = look_at(&look.look, number, subject);
		if (err == OK)
			err = look_end(&look.look);
		if (look.look.is_unwritable)
			code = store_look_complain(NAME, handing->store, &look);
		else if (err != OK)
			code = store_complain(NAME, err, handing->store);
	}
	store_look_release(&look);
	return code;
}

static int handover_run(struct handing *handing, int64_t now_us)
{
	struct log *log;
	struct reader *reader;
	struct text file = { 0 };
	int code = store_open(NAME, handing->store, &log, &reader);
	if (code != EX_OK)
		return code;
	/* A day of the store's time zone. */
	handing->today = zone_day(now_us);
	if (handing->moved_on != DAY_NONE && handing->moved_on > handing->today)
		code = complain(NAME, EX_USAGE, "--moved-on must not be later than today.");
	if (code == EX_OK)
		code = handover_make(handing, reader, now_us);
	if (code == EX_OK)
		code = handover_note(handing, reader);
	store_close(log, reader);
	if (code == EX_OK && handover_close(&handing->handover, &handing->key, &file) != OK)
		code = store_complain(NAME, ERR_FULL, handing->store);
	if (code == EX_OK)
		code = file_write(handing, text_bytes(&file));
	text_release(&file);
	if (code == EX_OK)
		move_tell(handing);
	act_audit(NAME, NULL, code == EX_OK);
	return code;
}

int command_handover(int argc, char **argv)
{
	struct handing handing = { .output = "-", .moved_on = DAY_NONE };
	const struct option_row options[] = {
		OPTION_SUBJECT(&handing.subject),
		{ "to", 't', OPTION_TEXT, &handing.to, 0, 0, "KEY",
			"the public half of the receiver's key, as `ladder key` prints it" },
		{ "output", 'o', OPTION_TEXT, &handing.output, 0, 0, "FILE",
			"where to write it (default: standard output)" },
		{ "municipality", 'm', OPTION_TEXT, &handing.municipality, 0, 0, "GMdddd",
			"where the person lives now, as far as the log does not say" },
		{ "moved-on", 0, OPTION_DATE, &handing.moved_on, 0, 0, "DAY",
			"the day of the move (default: as the log says, else today)" },
	};
	const struct command_line line = {
		.name = NAME,
		.operands = "STORE",
		.operands_min = 1,
		.operands_max = 1,
		.purpose =
			"Hands a person over to the municipality that the person moved to: writes "
			"a file, sealed\n"
			"for the holder of a key, with what durations need to go on there, and no "
			"more: the\n"
			"year of birth and the act, the first settlement, the move, the last rung, "
			"the highest\n"
			"level of language. `ladder import --key FILE` of the receiver takes it. "
			"ladderd may be\n"
			"running. Nothing is erased.",
		.example = "ladder handover --subject p-3f2a --to 9f3c... -o p.handover demo-store",
		.options = options,
		.option_count = ARRAY_LENGTH(options),
	};
	int code = options_parse_person(&line, argc, argv, &handing.subject, &handing.store);
	if (code != OPTIONS_GO)
		return code;
	struct clock clock = clock_system();
	int64_t now_us = clock_now_us(&clock);
	code = options_check(&handing);
	return code == EX_OK ? handover_run(&handing, now_us) : code;
}
