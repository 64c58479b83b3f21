/*
 * tools/register/lists.c - see lists.h.
 */
#include "tools/register/lists.h"

#include "base/check.h"
#include "base/plain.h"
#include "tools/common/language.h"
#include "tools/import/json_lines.h"
#include "tools/import/list.h"
#include "tools/import/who.h"

#define LINES_SHOWN 10

/* The headings that say who a row is about. */
static const char people_map[] =
	"[list]\n"
	"name = people\n"
	"[person]\n"
	"name = Naam, Naam deelnemer, Deelnemer, Statushouder, Cliënt, Vrijwilliger, Name,\n"
	" Participant\n"
	"first = Voornaam, Roepnaam, First name\n"
	"infix = Tussenvoegsel, Tussenvoegsels, Tussenv\n"
	"last = Achternaam, Familienaam, Last name, Surname\n"
	"second = Second, Geboortedatum, Geb datum, Geb.datum, Cliëntnummer, V-nummer, BSN,\n"
	" Date of birth, Born\n"
	"subject = Alias, Pseudoniem, Pseudonym, Subject\n";

static const char no_memory[] = "there is not enough memory";

static void unknown_add(struct partner_list *listing, unsigned line)
{
	if (listing->unknown < LINES_SHOWN)
		text_printf(
			&listing->unknown_lines, "%s%u", listing->unknown == 0 ? "" : ", ", line);
	else if (listing->unknown == LINES_SHOWN)
		text_add_string(&listing->unknown_lines, ", ...");
	listing->unknown++;
}

static enum err ended(const struct partner_list *listing, struct reason *reason)
{
	return listing->out.failed || listing->unknown_lines.failed
		       ? fail(reason, ERR_FULL, "%s", said(no_memory))
		       : OK;
}

static void cell_add(struct text *out, size_t place, char delimiter, struct bytes cell)
{
	if (place > 0)
		text_add_char(out, delimiter);
	text_add_char(out, '"');
	if (cell_is_formula(cell))
		text_add_char(out, '\'');
	for (size_t i = 0; i < cell.length; i++) {
		if (cell.data[i] == '"')
			text_add_char(out, '"');
		text_add_char(out, (char)cell.data[i]);
	}
	text_add_char(out, '"');
}

/* Reads a list of which only the people are asked. */
static enum err people_list_read(struct bytes file, struct list *out, struct reason *reason)
{
	struct map map;
	enum err err = map_read_people(people_map, &map);
	if (err != OK)
		return fail(reason, err, "%s", said(no_memory));
	err = list_read(file, &map, out, reason);
	map_release(&map);
	return err;
}

/* Giving. */

/* Does the table have the pseudonym? NULL: it has not; else its own text. */
static const char *subject_known(const struct subjects *subjects, struct bytes subject)
{
	for (size_t i = 0; i < subjects_count(subjects); i++) {
		if (bytes_are(subject, subjects_pseudonym(subjects, i)))
			return subjects_pseudonym(subjects, i);
	}
	return NULL;
}

/* The pseudonym of somebody a row names; NULL: the table does not have that person. */
static const char *named_find(
	struct partner_list *listing, const struct who *who, const struct people *people)
{
	struct found_person found;
	struct reason why;
	if (who->name_folded.length == 0 || !who->is_certain || people_contradict(people, who))
		return NULL;
	if (!listing->add)
		return subjects_known(
			listing->subjects, text_bytes(&who->name), text_bytes(&who->second));
	if (subjects_find(listing->subjects, text_bytes(&who->name), text_bytes(&who->second),
		    people_share_name(people, who), &found, &why) != OK)
		return NULL;
	listing->added += subjects_use(listing->subjects, found.entry) &&
			  subjects_is_new(listing->subjects, found.entry);
	return subjects_pseudonym(listing->subjects, found.entry);
}

static void row_give(struct partner_list *listing, const struct list *list,
	const struct sheet_row *row, const struct people *people)
{
	struct who who;
	char alias[ALIAS_LENGTH + 1];
	struct bytes given = bytes_trim(list_cell(list, row, PERSON_SUBJECT));
	who_read(list, row, &who);
	const char *subject = given.length > 0 ? subject_known(listing->subjects, given)
					       : named_find(listing, &who, people);
	listing->rows++;
	if (subject == NULL) {
		unknown_add(listing, row->line);
	} else {
		alias_make(subjects_salt(listing->subjects), listing->partner, subject, alias);
		cell_add(&listing->out, 0, ';', text_bytes(&who.name));
		cell_add(&listing->out, 1, ';', text_bytes(&who.second));
		cell_add(&listing->out, 2, ';', bytes_of_string(alias));
		text_add_string(&listing->out, "\r\n");
	}
	who_release(&who);
}

enum err list_give(struct partner_list *listing, struct bytes file, struct reason *reason)
{
	struct list list;
	struct people *people;
	enum err err = people_list_read(file, &list, reason);
	if (err != OK)
		return err;
	err = people_read(&list, &people);
	if (err == OK) {
		text_add_string(&listing->out, "\xEF\xBB\xBFname;second;alias\r\n");
		for (size_t i = list.heading + 1; i < list.sheet.row_count; i++)
			row_give(listing, &list, &list.sheet.rows[i], people);
		people_free(people);
		err = ended(listing, reason);
	} else {
		err = fail(reason, err, "%s", said(no_memory));
	}
	list_release(&list);
	return err;
}

/* Turning back. */

/* The cell with the alias, as it is to be: empty stays empty. */
static struct bytes alias_turn(struct partner_list *listing, const struct aliases *aliases,
	const struct sheet_row *row, struct bytes cell)
{
	struct bytes alias = bytes_trim(cell);
	const char *subject = alias.length == 0 ? "" : aliases_find(aliases, alias);
	if (subject == NULL)
		unknown_add(listing, row->line);
	return bytes_of_string(subject == NULL ? "" : subject);
}

static void row_turn(struct partner_list *listing, const struct aliases *aliases,
	const struct list *list, size_t number, size_t column)
{
	const struct sheet_row *row = &list->sheet.rows[number];
	size_t cells = row->cell_count > column ? row->cell_count : column + 1;
	for (size_t i = 0; i < cells; i++) {
		struct bytes cell = sheet_cell(&list->sheet, row, i);
		if (i == column)
			cell = number == list->heading ? bytes_of_string("subject")
						       : alias_turn(listing, aliases, row, cell);
		cell_add(&listing->out, i, list->delimiter, cell);
	}
	text_add_string(&listing->out, "\r\n");
}

static enum err rows_turn(struct partner_list *listing, const struct aliases *aliases,
	struct bytes file, struct reason *reason)
{
	struct list list;
	enum err err = people_list_read(file, &list, reason);
	if (err != OK)
		return err;
	if (list.positions[PERSON_SUBJECT] == LIST_ABSENT) {
		err = fail(reason, ERR_INVALID,
			"there is no column Alias: it has what the partner was given");
	} else {
		text_add_string(&listing->out, "\xEF\xBB\xBF");
		if (list.delimiter_given)
			text_printf(&listing->out, "sep=%c\r\n", list.delimiter);
		for (size_t i = list.heading; i < list.sheet.row_count; i++)
			row_turn(
				listing, aliases, &list, i, (size_t)list.positions[PERSON_SUBJECT]);
		listing->rows = list.sheet.row_count - list.heading - 1;
		err = ended(listing, reason);
	}
	list_release(&list);
	return err;
}

static int piece_add(const char *piece, size_t size, void *out)
{
	text_add(out, bytes_of(piece, size));
	return 0;
}

/* Has it an event in it, with an alias perhaps, in the place of being one? So have CloudEvents. */
static bool is_wrapper(const json_t *event)
{
	return json_object_get(event, "events") != NULL || json_object_get(event, "data") != NULL;
}

/* An event with its subject turned back; without one it is about nobody, and stays as it is. */
static enum err event_turn(struct partner_list *listing, const struct aliases *aliases,
	json_t *event, unsigned line, struct reason *reason)
{
	json_t *subject = json_object_get(event, "subject");
	listing->rows++;
	if (is_wrapper(event))
		return fail(reason, ERR_INVALID, "on line %u is no event", line);
	if (json_is_string(subject)) {
		const char *found = aliases_find(
			aliases, bytes_of(json_string_value(subject), json_string_length(subject)));
		if (found == NULL)
			unknown_add(listing, line);
		else if (json_string_set(subject, found) != 0)
			return fail(reason, ERR_FULL, "%s", said(no_memory));
	} else if (subject != NULL || !json_is_object(event)) {
		return fail(reason, ERR_INVALID, "on line %u is no event", line);
	}
	if (json_dump_callback(event, piece_add, &listing->out, JSON_COMPACT) != 0)
		return fail(reason, ERR_FULL, "%s", said(no_memory));
	text_add_char(&listing->out, '\n');
	return OK;
}

struct turning {
	struct partner_list *listing;
	const struct aliases *aliases;
};

/* One object: an event, or {"events": [...]}. */
static enum err object_turn(void *context, json_t *object, unsigned line, struct reason *reason)
{
	size_t i;
	const struct turning *turning = context;
	json_t *event, *events = json_object_get(object, "events");
	enum err err = OK;
	if (!json_is_array(events))
		return event_turn(turning->listing, turning->aliases, object, line, reason);
	json_array_foreach (events, i, event) {
		if (err == OK)
			err = event_turn(turning->listing, turning->aliases, event, line, reason);
	}
	return err;
}

static enum err events_turn(struct partner_list *listing, const struct aliases *aliases,
	struct bytes file, struct reason *reason)
{
	struct turning turning = { listing, aliases };
	enum err err = json_lines_each(file, object_turn, &turning, reason);
	return err == OK ? ended(listing, reason) : err;
}

enum err list_turn_back(struct partner_list *listing, struct bytes file, struct reason *reason)
{
	struct aliases *aliases;
	struct bytes begin = bytes_trim(bytes_unmarked(file));
	if (aliases_new(listing->subjects, listing->partner, &aliases) != OK)
		return fail(reason, ERR_FULL, "%s", said(no_memory));
	bool is_json = begin.length > 0 && (begin.data[0] == '{' || begin.data[0] == '[');
	enum err err = is_json ? events_turn(listing, aliases, file, reason)
			       : rows_turn(listing, aliases, file, reason);
	aliases_free(aliases);
	return err;
}

void partner_list_release(struct partner_list *listing)
{
	text_release(&listing->out);
	text_release(&listing->unknown_lines);
}
