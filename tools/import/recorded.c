/*
 * tools/import/recorded.c - see recorded.h.
 */
#include "tools/import/recorded.h"

#include <stdlib.h>
#include <strings.h>

#include "base/check.h"
#include "base/date.h"
#include "base/grow.h"
#include "proto/bsn.h"
#include "tools/common/language.h"
#include "tools/import/json_lines.h"

#define LINES_SHOWN   10
#define WORD_MAX      8
#define SUBJECT_SPACE (SUBJECT_LENGTH_MAX + 1)

/* X(NAME, heading): the columns of the list, which the map `duo` knows. */
#define RECORDED_COLUMNS(X)                                                                        \
	X(SUBJECT, "Pseudoniem")                                                                   \
	X(MESSAGE, "Bericht")                                                                      \
	X(MARK, "Kenmerk")                                                                         \
	X(OBLIGATION, "Inburgeringsplichtig")                                                      \
	X(SETTLED, "Gevestigd")                                                                    \
	X(COMPLETED, "Ingeburgerd")                                                                \
	X(EXEMPTED, "Vrijgesteld")                                                                 \
	X(DIED, "Overleden")                                                                       \
	X(SIGNED, "PIP")                                                                           \
	X(ROUTE, "Leerroute")                                                                      \
	X(MAIN_GOAL, "Hoofddoel")                                                                  \
	X(OWN_AMBITION, "Ambitie")                                                                 \
	X(LANGUAGE_PART, "Taaldeel")                                                               \
	X(PARTICIPATION_PART, "Participatiedeel")                                                  \
	X(HORIZON, "Horizon")                                                                      \
	X(MODULE_DONE, "Afgerond")                                                                 \
	X(MODULE, "Module")                                                                        \
	X(LEVEL_REACHED, "Behaald")                                                                \
	X(LEVEL, "Niveau")                                                                         \
	X(REMOVED, "Vervallen")

enum recorded_column {
#define RECORDED_ENUM(NAME, heading) RECORDED_##NAME,
	RECORDED_COLUMNS(RECORDED_ENUM)
#undef RECORDED_ENUM
		COLUMNS,
};

/*
 * Stands for what may be the number of a person: no day and no word of any column. An empty cell,
 * or a mark, would say that there is nothing. No longer than a day.
 */
static const char unreadable[DATE_LENGTH + 1] = "onleesbaar";

/* The kinds of messages, by the end of their address. */
enum message_kind {
	MESSAGE_EVENTS,
	MESSAGE_NOTICE,
	MESSAGE_PLAN,
	MESSAGE_PVT,
	MESSAGE_MAP,
	MESSAGE_ZROUTE,
	MESSAGE_EXAMS,
	MESSAGE_KINDS,
};

static const char *const kind_paths[MESSAGE_KINDS] = {
	[MESSAGE_EVENTS] = "gebeurtenissen",
	[MESSAGE_NOTICE] = "notificaties",
	[MESSAGE_PLAN] = "pip",
	[MESSAGE_PVT] = "pvt",
	[MESSAGE_MAP] = "map",
	[MESSAGE_ZROUTE] = "zroute",
	[MESSAGE_EXAMS] = "examens/resultaten",
};

/* What an event of DUO becomes; what is not here becomes nothing. */
static const struct {
	const char *id;
	enum recorded_column columns[2];
	size_t count;
} duo_events[] = {
	{ "SS101", { RECORDED_OBLIGATION }, 1 },
	{ "SS139", { RECORDED_OBLIGATION, RECORDED_SETTLED }, 2 },
	{ "SS120", { RECORDED_SETTLED }, 1 },
	{ "SS121", { RECORDED_SETTLED }, 1 },
	{ "SS106", { RECORDED_COMPLETED }, 1 },
	{ "SS107", { RECORDED_EXEMPTED }, 1 },
	{ "SS108", { RECORDED_EXEMPTED }, 1 },
	{ "SS109", { RECORDED_EXEMPTED }, 1 },
	{ "SS111", { RECORDED_DIED }, 1 },
};

/* A message that was read. */
struct message {
	enum message_kind kind;
	char subject[SUBJECT_SPACE];
	unsigned line;
	json_t *whole;
	json_t *body;
	bool is_replaced; /* a later answer of this kind about this person says it anew */
};

struct recorded_reading {
	struct recorded *recorded;
	struct message *messages;
	size_t count;
	size_t size;
	const struct message **order; /* by kind and person, those of one as they came */
	struct text sheet;            /* the list as CSV */
	unsigned *lines;              /* of each row: that of its message */
	size_t row_count;
	size_t row_size;
	bool failed;
};

bool recorded_is(struct bytes text)
{
	struct bytes begin = bytes_trim(bytes_unmarked(text));
	return begin.length > 0 && begin.data[0] == '{';
}

/* Reading. */

static struct bytes string_of(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	return json_is_string(value) ? bytes_of(json_string_value(value), json_string_length(value))
				     : bytes_of("", 0);
}

static bool is_number(struct bytes text)
{
	for (size_t i = 0; i < text.length; i++) {
		if (!isdigit(text.data[i]))
			return false;
	}
	return text.length > 0;
}

/* The pseudonym of whom an address, or a notice, is about. False: nobody whom the table has. */
static bool subject_find(
	const struct recorded *recorded, struct bytes person, char out[SUBJECT_SPACE])
{
	const char *known = NULL;
	if (is_number(person)) {
		known = subjects_of_number(recorded->subjects, person);
		if (known != NULL)
			snprintf(out, SUBJECT_SPACE, "%s", known);
		return known != NULL;
	}
	if (!identifier_is_valid(person) || looks_like_bsn(person))
		return false;
	memcpy(out, person.data, person.length);
	out[person.length] = '\0';
	return true;
}

/* The last part of an address: without what was asked, and slashes at its end. */
static struct bytes address_trim(struct bytes path)
{
	const uint8_t *asked = path.length == 0 ? NULL : memchr(path.data, '?', path.length);
	if (asked != NULL)
		path.length = (size_t)(asked - path.data);
	while (path.length > 0 && path.data[path.length - 1] == '/')
		path.length--;
	return path;
}

static enum message_kind kind_of(struct bytes end)
{
	for (int kind = 0; kind < MESSAGE_KINDS; kind++) {
		if (strlen(kind_paths[kind]) == end.length &&
			strncasecmp(kind_paths[kind], (const char *)end.data, end.length) == 0)
			return (enum message_kind)kind;
	}
	return MESSAGE_KINDS;
}

/* The kind of a message, and whom its address names; MESSAGE_KINDS: another kind. */
static enum message_kind address_read(const json_t *whole, struct bytes *person)
{
	static const char people[] = "/personen/";
	struct bytes path = address_trim(string_of(whole, "path"));
	const uint8_t *at = path.length == 0
				    ? NULL
				    : memmem(path.data, path.length, people, sizeof(people) - 1);
	if (at == NULL) {
		size_t length = strlen(kind_paths[MESSAGE_NOTICE]);
		bool notice = path.length >= length &&
			      kind_of(bytes_of(path.data + path.length - length, length)) ==
				      MESSAGE_NOTICE;
		*person = string_of(json_object_get(whole, "body"), "bsn");
		return notice ? MESSAGE_NOTICE : MESSAGE_KINDS;
	}
	at += sizeof(people) - 1;
	struct bytes rest = bytes_of(at, path.length - (size_t)(at - path.data));
	const uint8_t *slash = rest.length == 0 ? NULL : memchr(rest.data, '/', rest.length);
	if (slash == NULL)
		return MESSAGE_KINDS;
	*person = bytes_of(rest.data, (size_t)(slash - rest.data));
	return kind_of(bytes_of(slash + 1, rest.length - person->length - 1));
}

/* A refusal of DUO's, or of the gateway's, says nothing of the person: as RFC 9457 has it. */
static bool is_refusal(const json_t *object)
{
	return json_integer_value(json_object_get(object, "status")) >= 400;
}

/* Is the body what a message of that kind has? Of anything else nothing is made, nor taken back. */
static bool body_is_of(enum message_kind kind, const json_t *whole, const json_t *body)
{
	bool is_list = kind == MESSAGE_EVENTS || kind == MESSAGE_EXAMS;
	return (is_list ? json_is_array(body) : json_is_object(body)) && !is_refusal(whole) &&
	       !is_refusal(body);
}

static void stranger_add(struct recorded *recorded, unsigned line)
{
	if (recorded->strangers < LINES_SHOWN)
		text_printf(&recorded->stranger_lines, "%s%u", recorded->strangers == 0 ? "" : ", ",
			line);
	else if (recorded->strangers == LINES_SHOWN)
		text_add_string(&recorded->stranger_lines, ", ...");
	recorded->strangers++;
}

static enum err message_take(void *context, json_t *value, unsigned line, struct reason *reason)
{
	struct recorded_reading *reading = context;
	struct recorded *recorded = reading->recorded;
	struct message message = { .line = line, .whole = value };
	struct bytes person = bytes_of("", 0);
	if (!json_is_object(value) || string_of(value, "path").length == 0)
		return fail(reason, ERR_INVALID,
			"line %u has no message: an object with path and body is one", line);
	recorded->messages++;
	message.kind = address_read(value, &person);
	message.body = json_object_get(value, "body");
	if (message.kind == MESSAGE_KINDS || !body_is_of(message.kind, value, message.body)) {
		recorded->others++;
		return OK;
	}
	if (!subject_find(recorded, person, message.subject)) {
		stranger_add(recorded, line);
		return OK;
	}
	if (!GROW(reading->messages, reading->size, reading->count + 1))
		return fail(reason, ERR_FULL, "%s", said("there is not enough memory"));
	json_incref(value);
	reading->messages[reading->count++] = message;
	return OK;
}

static int by_kind_and_person(const struct message *a, const struct message *b)
{
	int order = a->kind < b->kind ? -1 : a->kind > b->kind;
	return order != 0 ? order : strcmp(a->subject, b->subject);
}

static int in_order(const void *a, const void *b)
{
	const struct message *x = *(const struct message *const *)a;
	const struct message *y = *(const struct message *const *)b;
	int order = by_kind_and_person(x, y);
	return order != 0 ? order : (x > y) - (x < y);
}

/* Of several answers of one kind about one person the last counts; a notice is no answer. */
static enum err messages_order(struct recorded_reading *reading, struct reason *reason)
{
	reading->order = calloc(reading->count + 1, sizeof(reading->order[0]));
	if (reading->order == NULL)
		return fail(reason, ERR_FULL, "%s", said("there is not enough memory"));
	for (size_t i = 0; i < reading->count; i++)
		reading->order[i] = &reading->messages[i];
	qsort(reading->order, reading->count, sizeof(reading->order[0]), in_order);
	for (size_t i = 0; i + 1 < reading->count; i++) {
		const struct message *one = reading->order[i];
		if (one->kind != MESSAGE_NOTICE &&
			by_kind_and_person(one, reading->order[i + 1]) == 0)
			reading->messages[one - reading->messages].is_replaced = true;
	}
	return OK;
}

/* Rows. */

/* A day, or that of an instant. */
static enum err day_read(struct bytes text, int32_t *out)
{
	int64_t us;
	if (date_parse(text, out) == OK)
		return OK;
	enum err err = instant_parse(text, &us);
	if (err == OK)
		*out = zone_day(us);
	return err;
}

/* Of what is no day only that it is none. Empty: there is none. */
static struct bytes day_cell(struct bytes text, char out[DATE_LENGTH + 1])
{
	int32_t day;
	if (text.length == 0)
		return text;
	if (day_read(text, &day) != OK)
		return bytes_of_string(unreadable);
	date_print(day, out);
	return bytes_of(out, DATE_LENGTH);
}

/* A word of the interface as it stands: short, and no number. */
static struct bytes word_cell(struct bytes text)
{
	bool is_word = text.length <= WORD_MAX && !is_number(text);
	return is_word ? text : bytes_of_string(unreadable);
}

static void row_begin(const struct message *message, const char *name, const char *mark,
	struct bytes row[COLUMNS])
{
	for (size_t i = 0; i < COLUMNS; i++)
		row[i] = bytes_of("", 0);
	row[RECORDED_SUBJECT] = bytes_of_string(message->subject);
	row[RECORDED_MESSAGE] = bytes_of_string(name);
	row[RECORDED_MARK] = bytes_of_string(mark);
}

static void row_add(struct recorded_reading *reading, const struct message *message,
	const struct bytes row[COLUMNS])
{
	if (!GROW(reading->lines, reading->row_size, reading->row_count + 1)) {
		reading->failed = true;
		return;
	}
	reading->lines[reading->row_count++] = message->line;
	for (size_t i = 0; i < COLUMNS; i++) {
		text_add_string(&reading->sheet, i > 0 ? ";\"" : "\"");
		for (size_t k = 0; k < row[i].length; k++) {
			char c = (char)row[i].data[k];
			text_add_char(
				&reading->sheet, c == '"' || c == '\n' || c == '\r' ? '?' : c);
		}
		text_add_char(&reading->sheet, '"');
	}
	text_add_char(&reading->sheet, '\n');
}

/* An event that DUO names by `id`, on a day. */
static void event_add(struct recorded_reading *reading, const struct message *message,
	struct bytes id, struct bytes when)
{
	struct bytes row[COLUMNS];
	char date[DATE_LENGTH + 1], mark[WORD_MAX + DATE_LENGTH + 2];
	struct bytes day = day_cell(when, date);
	if (day.length == 0)
		day = bytes_of_string(unreadable);
	for (size_t i = 0; i < ARRAY_LENGTH(duo_events); i++) {
		if (!bytes_are(id, duo_events[i].id))
			continue;
		snprintf(mark, sizeof(mark), "%s %.*s", duo_events[i].id, (int)day.length,
			(const char *)day.data);
		row_begin(message, "gebeurtenis", mark, row);
		for (size_t k = 0; k < duo_events[i].count; k++)
			row[duo_events[i].columns[k]] = day;
		row_add(reading, message, row);
		return;
	}
	reading->recorded->others++;
}

static int find_in_order(const void *wanted, const void *at)
{
	return by_kind_and_person(wanted, *(const struct message *const *)at);
}

/* Of whom DUO's own list of events is there, notices say the same with another day. */
static bool has_events(const struct recorded_reading *reading, const struct message *notice)
{
	struct message wanted = *notice;
	wanted.kind = MESSAGE_EVENTS;
	return bsearch(&wanted, reading->order, reading->count, sizeof(reading->order[0]),
		       find_in_order) != NULL;
}

static void events_add(struct recorded_reading *reading, const struct message *message)
{
	size_t i;
	json_t *event;
	json_array_foreach (message->body, i, event) {
		event_add(reading, message, string_of(event, "id"), string_of(event, "datum"));
	}
}

static void notice_add(struct recorded_reading *reading, const struct message *message)
{
	if (has_events(reading, message))
		reading->recorded->others++;
	else
		event_add(reading, message, string_of(message->body, "gebeurtenisId"),
			string_of(message->body, "registratieDatumTijd"));
}

/* What the client system says of the plan; empty when it says nothing. */
static struct bytes truth_of(const json_t *plan, const char *key)
{
	const json_t *value = json_object_get(plan, key);
	return bytes_of_string(json_is_true(value) ? "ja" : json_is_false(value) ? "nee" : "");
}

static void plan_add(struct recorded_reading *reading, const struct message *message)
{
	const json_t *pip = json_object_get(message->body, "pip");
	const json_t *plan = json_object_get(message->whole, "plan");
	const json_t *months = json_object_get(plan, "longest_horizon_months");
	struct bytes code = string_of(message->body, "gemeentecode");
	struct bytes own = reading->recorded->municipality, row[COLUMNS];
	char date[DATE_LENGTH + 1], mark[DATE_LENGTH + 1], horizon[24] = "";
	pip = pip == NULL ? message->body : pip;
	if (code.length > 0 && own.length > 2 &&
		!bytes_equal(code, bytes_of(own.data + 2, own.length - 2))) {
		reading->recorded->elsewhere++;
		return;
	}
	struct bytes day = day_cell(string_of(pip, "dagtekeningPip"), date);
	if (day.length == 0)
		day = bytes_of_string(unreadable);
	snprintf(mark, sizeof(mark), "%.*s", (int)day.length, (const char *)day.data);
	row_begin(message, "pip", mark, row);
	row[RECORDED_SIGNED] = day;
	row[RECORDED_ROUTE] = word_cell(string_of(pip, "leerroute"));
	row[RECORDED_MAIN_GOAL] = truth_of(plan, "has_main_goal");
	row[RECORDED_OWN_AMBITION] = truth_of(plan, "has_own_ambition");
	row[RECORDED_LANGUAGE_PART] = truth_of(plan, "has_language_part");
	row[RECORDED_PARTICIPATION_PART] = truth_of(plan, "has_participation_part");
	/* More than a plan can have may be a number of something else. */
	if (json_is_integer(months) && json_integer_value(months) >= 0 &&
		json_integer_value(months) < 1000)
		snprintf(horizon, sizeof(horizon), "%lld", (long long)json_integer_value(months));
	row[RECORDED_HORIZON] = bytes_of_string(horizon);
	row_add(reading, message, row);
}

static void module_add(
	struct recorded_reading *reading, const struct message *message, const char *key)
{
	struct bytes row[COLUMNS];
	char date[DATE_LENGTH + 1];
	struct bytes day = day_cell(string_of(message->body, key), date);
	row_begin(message, "module", kind_paths[message->kind], row);
	row[RECORDED_MODULE_DONE] = day;
	row[RECORDED_MODULE] = bytes_of_string(kind_paths[message->kind]);
	/* A day that was taken away takes the event back. */
	row[RECORDED_REMOVED] = bytes_of_string(day.length == 0 ? "ja" : "");
	row_add(reading, message, row);
}

/* Exams. */

#define LEVELS 3
#define PARTS  4

static const char *const level_words[LEVELS] = { "A2", "B1", "B2" };
static const char *const part_words[PARTS] = { "LE", "LU", "SC", "SP" };

static size_t word_find(struct bytes word, const char *const *words, size_t count)
{
	size_t at = 0;
	while (at < count && !bytes_are(word, words[at]))
		at++;
	return at;
}

/* What was passed of a level or higher. */
struct level {
	int32_t days[PARTS]; /* the first, of each part; INT32_MAX: never */
	bool is_unclear;     /* something was, on what is no day */
};

/* An exam that was passed counts for its level, and for those below. */
static void exam_read(const json_t *exam, struct level levels[LEVELS])
{
	int32_t day;
	size_t part = word_find(string_of(exam, "onderdeel"), part_words, PARTS);
	size_t top = word_find(string_of(exam, "niveau"), level_words, LEVELS);
	if (part == PARTS || top == LEVELS || !bytes_are(string_of(exam, "resultaat"), "Geslaagd"))
		return;
	bool is_clear = day_read(string_of(exam, "examendatum"), &day) == OK;
	for (size_t i = 0; i <= top; i++) {
		levels[i].is_unclear = levels[i].is_unclear || !is_clear;
		if (is_clear && day < levels[i].days[part])
			levels[i].days[part] = day;
	}
}

static void exams_read(const json_t *exams, struct level levels[LEVELS])
{
	size_t i;
	json_t *exam;
	for (size_t k = 0; k < LEVELS * PARTS; k++)
		levels[k / PARTS].days[k % PARTS] = INT32_MAX;
	json_array_foreach (exams, i, exam) {
		exam_read(exam, levels);
	}
}

/* The day on which all parts were passed. */
static int32_t level_day(const struct level *level)
{
	int32_t reached = INT32_MIN;
	for (size_t part = 0; part < PARTS; part++) {
		if (level->days[part] > reached)
			reached = level->days[part];
	}
	return reached;
}

/* "A level is reached on the day of the last of its four parts"; a higher one says it too. */
static void exams_add(struct recorded_reading *reading, const struct message *message)
{
	struct level levels[LEVELS] = { { .is_unclear = false } };
	int32_t higher = INT32_MAX;
	exams_read(message->body, levels);
	for (size_t level = LEVELS; level-- > 0;) {
		struct bytes row[COLUMNS];
		char date[DATE_LENGTH + 1] = "";
		int32_t reached = level_day(&levels[level]);
		row_begin(message, "examen", level_words[level], row);
		row[RECORDED_LEVEL] = bytes_of_string(level_words[level]);
		if (levels[level].is_unclear) {
			snprintf(date, sizeof(date), "%s", unreadable);
		} else if (reached < higher) {
			date_print(reached, date);
			higher = reached;
		}
		row[RECORDED_LEVEL_REACHED] = bytes_of_string(date);
		row[RECORDED_REMOVED] = bytes_of_string(date[0] == '\0' ? "ja" : "");
		row_add(reading, message, row);
	}
}

static void message_add(struct recorded_reading *reading, const struct message *message)
{
	switch (message->kind) {
	case MESSAGE_EVENTS:
		events_add(reading, message);
		return;
	case MESSAGE_NOTICE:
		notice_add(reading, message);
		return;
	case MESSAGE_PLAN:
		plan_add(reading, message);
		return;
	case MESSAGE_PVT:
		module_add(reading, message, "datumOndertekeningPvt");
		return;
	case MESSAGE_MAP:
		module_add(reading, message, "datumEindgesprekMap");
		return;
	case MESSAGE_ZROUTE:
		module_add(reading, message, "datumAfrondingZroute");
		return;
	case MESSAGE_EXAMS:
		exams_add(reading, message);
		return;
	case MESSAGE_KINDS:
		break;
	}
	check_failed("a kind of the enum", __FILE__, __LINE__);
}

static enum err sheet_make(struct recorded_reading *reading, const struct map *map,
	struct list *out, struct reason *reason)
{
	static const char *const headings[] = {
#define RECORDED_HEADING(NAME, heading) [RECORDED_##NAME] = heading,
		RECORDED_COLUMNS(RECORDED_HEADING)
#undef RECORDED_HEADING
	};
	for (size_t i = 0; i < COLUMNS; i++)
		text_printf(&reading->sheet, "%s%s", i > 0 ? ";" : "", headings[i]);
	text_add_char(&reading->sheet, '\n');
	for (size_t i = 0; i < reading->count; i++) {
		if (!reading->messages[i].is_replaced)
			message_add(reading, &reading->messages[i]);
	}
	if (reading->failed || reading->sheet.failed || reading->recorded->stranger_lines.failed)
		return fail(reason, ERR_FULL, "%s", said("there is not enough memory"));
	enum err err = list_read(text_bytes(&reading->sheet), map, out, reason);
	/* Rows are told by the lines of the file. */
	for (size_t i = 0; err == OK && i < reading->row_count; i++)
		out->sheet.rows[out->heading + 1 + i].line = reading->lines[i];
	return err;
}

enum err recorded_read(struct recorded *recorded, struct bytes text, const struct map *map,
	struct list *out, struct reason *reason)
{
	struct recorded_reading reading = { .recorded = recorded };
	enum err err = json_lines_each(text, message_take, &reading, reason);
	if (err == OK)
		err = messages_order(&reading, reason);
	if (err == OK)
		err = sheet_make(&reading, map, out, reason);
	for (size_t i = 0; i < reading.count; i++)
		json_decref(reading.messages[i].whole);
	free(reading.messages);
	free(reading.order);
	free(reading.lines);
	text_release(&reading.sheet);
	return err;
}

void recorded_release(struct recorded *recorded)
{
	text_release(&recorded->stranger_lines);
}
