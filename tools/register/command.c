/*
 * tools/register/command.c - `ladder register`: who is who, for the clerk of a municipality who
 * keeps the table of people; and other names of people for each partner. It talks to nobody.
 */
#include "tools/common/command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "base/file.h"
#include "proto/event.h"
#include "tools/common/language.h"
#include "tools/common/options.h"
#include "tools/import/file.h"
#include "tools/import/sheet.h"
#include "tools/import/value.h"
#include "tools/register/lists.h"

#define NAME       "register"
#define LINE_BYTES ((size_t)4096)

struct registering {
	const char *subjects_path;
	const char *name;
	const char *second;
	const char *subject;
	const char *partner;
	const char *output;
	const char *language;
	bool add;
	bool back;
	const char *path; /* of a list; NULL: none */
	struct subjects *subjects;
};

/* EX_OK, or the exit code: what is wrong is said. */
static int table_open(struct registering *own, enum subjects_mode mode)
{
	struct reason reason;
	if (!own->add && access(own->subjects_path, F_OK) != 0)
		return complain(NAME, EX_NOINPUT, "%s cannot be opened: %s.", own->subjects_path,
			said(strerror(errno)));
	enum err err = subjects_open(own->subjects_path, mode, &own->subjects, &reason);
	return err == OK ? EX_OK : complain(NAME, input_exit_code(err), "%s.", reason.text);
}

static int table_save(const struct registering *own)
{
	struct reason reason;
	enum err err = subjects_save(own->subjects, &reason);
	return err == OK ? EX_OK : complain(NAME, input_exit_code(err), "%s.", reason.text);
}

/* One person. */

/* What is given, or the next line of standard input where that is -. */
static void value_take(const char *given, struct bytes *input, struct text *out)
{
	if (given == NULL || strcmp(given, "-") != 0) {
		text_add_string(out, given == NULL ? "" : given);
		return;
	}
	const uint8_t *end = input->length == 0 ? NULL : memchr(input->data, '\n', input->length);
	size_t length = end == NULL ? input->length : (size_t)(end - input->data);
	size_t taken = end == NULL ? length : length + 1;
	text_add(out, bytes_trim(bytes_of(input->data, length)));
	*input = bytes_of(input->data + taken, input->length - taken);
}

/* A day in whichever form is one day. */
static void second_set(struct bytes given, struct text *out)
{
	if (given.length > 0 && !birthday_print(given, false, out))
		text_add(out, given);
}

/* Who is meant: others see a command line, so that both may be lines of standard input. */
static int person_take(const struct registering *own, struct text *name, struct text *second)
{
	struct reason reason;
	struct text input = { 0 }, given = { 0 };
	bool reads = strcmp(own->name, "-") == 0 ||
		     (own->second != NULL && strcmp(own->second, "-") == 0);
	enum err err = reads ? file_read(STDIN_FILENO, LINE_BYTES, &input, &reason) : OK;
	if (err == OK) {
		struct bytes rest = text_bytes(&input);
		value_take(own->name, &rest, name);
		value_take(own->second, &rest, &given);
		second_set(text_bytes(&given), second);
	}
	text_release(&given);
	text_release(&input);
	return err == OK ? EX_OK
			 : complain(NAME, input_exit_code(err), "%s: %s.", "-", reason.text);
}

/* What a person is called: the pseudonym, or the alias of the partner. */
static void called_print(const struct registering *own, const char *subject)
{
	char alias[ALIAS_LENGTH + 1];
	if (own->partner != NULL)
		alias_make(subjects_salt(own->subjects), own->partner, subject, alias);
	output_line("%s", own->partner != NULL ? alias : subject);
}

static int person_add(struct registering *own, struct bytes name, struct bytes second)
{
	struct found_person found;
	struct reason reason;
	enum err err = subjects_find(own->subjects, name, second, false, &found, &reason);
	if (err != OK)
		return complain(NAME, EX_DATAERR, "%s.", reason.text);
	subjects_use(own->subjects, found.entry);
	int code = table_save(own);
	if (code != EX_OK)
		return code;
	if (subjects_is_new(own->subjects, found.entry))
		complain(NAME, 0, "The person was not in %s, and has a pseudonym now.",
			own->subjects_path);
	if (found.is_like_others)
		complain(NAME, 0,
			"But for accents that is the name of somebody else in %s. Is it the same "
			"person?",
			own->subjects_path);
	called_print(own, subjects_pseudonym(own->subjects, found.entry));
	return EX_OK;
}

static int person_find(struct registering *own, struct bytes name, struct bytes second)
{
	const char *subject = subjects_known(own->subjects, name, second);
	if (subject == NULL)
		return complain(NAME, EX_NOINPUT,
			"%s has nobody of that name, or several: --second tells them apart, and "
			"--add gives somebody new a pseudonym.",
			own->subjects_path);
	/* The key of aliases must not be lost. */
	int code = own->partner == NULL ? EX_OK : table_save(own);
	if (code == EX_OK)
		called_print(own, subject);
	return code;
}

static int by_name(struct registering *own)
{
	struct text name = { 0 }, second = { 0 };
	int code = person_take(own, &name, &second);
	if (code == EX_OK && bytes_trim(text_bytes(&name)).length == 0)
		code = complain(NAME, EX_USAGE, "There is no name.");
	if (code == EX_OK)
		code = table_open(
			own, own->add || own->partner != NULL ? SUBJECTS_WRITE : SUBJECTS_READ);
	if (code == EX_OK)
		code = own->add ? person_add(own, text_bytes(&name), text_bytes(&second))
				: person_find(own, text_bytes(&name), text_bytes(&second));
	text_release(&name);
	text_release(&second);
	return code;
}

/* All lines of the table about somebody: several spellings are one person. */
static int subject_tell(const struct registering *own, const char *subject)
{
	bool found = false;
	for (size_t i = 0; subject != NULL && i < subjects_count(own->subjects); i++) {
		if (strcmp(subjects_pseudonym(own->subjects, i), subject) != 0)
			continue;
		struct person_key written = subjects_written(own->subjects, i);
		output_line("%.*s;%.*s", (int)written.name.length, (const char *)written.name.data,
			(int)written.second.length, (const char *)written.second.data);
		found = true;
	}
	return found ? EX_OK
		     : complain(NAME, EX_NOINPUT, "%s has nobody of that pseudonym.",
			       own->subjects_path);
}

static int by_subject(struct registering *own)
{
	struct aliases *aliases;
	int code = table_open(own, SUBJECTS_READ);
	if (code != EX_OK)
		return code;
	if (own->partner == NULL)
		return subject_tell(own, own->subject);
	if (aliases_new(own->subjects, own->partner, &aliases) != OK)
		return complain(NAME, EX_OSERR, "There is not enough memory.");
	const char *subject = aliases_find(aliases, bytes_of_string(own->subject));
	aliases_free(aliases);
	if (subject == NULL)
		return complain(NAME, EX_NOINPUT, "%s gave that partner no such alias.",
			own->subjects_path);
	return subject_tell(own, subject);
}

/* Lists. */

static int list_load(const char *path, struct text *out)
{
	struct reason reason;
	bool piped = strcmp(path, "-") == 0;
	int fd = piped ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return complain(
			NAME, EX_NOINPUT, "%s cannot be opened: %s.", path, said(strerror(errno)));
	enum err err = file_read(fd, SHEET_FILE_BYTES_MAX, out, &reason);
	close(fd);
	return err == OK ? EX_OK
			 : complain(NAME, input_exit_code(err), "%s: %s.", path, reason.text);
}

static int write_failed(const char *path)
{
	return complain(NAME, EX_IOERR, "%s cannot be written: %s.", path, said(strerror(errno)));
}

/* Writes a file of its owner alone, whole, over nothing that is there. */
static int file_write(const char *path, struct bytes bytes)
{
	char path_new[FILE_PATH_MAX];
	struct reason reason;
	if ((size_t)snprintf(path_new, sizeof(path_new), "%s.unfinished-list", path) >=
		sizeof(path_new))
		return complain(NAME, EX_USAGE, "The name of the file to write is too long.");
	FILE *file = file_replace_begin(path_new, &reason);
	if (file == NULL)
		return complain(NAME, EX_CANTCREAT, "%s.", reason.text);
	bool written = fwrite(bytes.data, 1, bytes.length, file) == bytes.length &&
		       fflush(file) == 0 && fsync(fileno(file)) == 0;
	int code = written ? EX_OK : write_failed(path);
	fclose(file);
	enum err err = written ? file_rename_new(path_new, path) : OK;
	if (err == ERR_CONFLICT)
		code = complain(NAME, EX_CANTCREAT, "%s is there already, and stays.", path);
	else if (err != OK || (written && file_sync_name(path) != OK))
		code = write_failed(path);
	if (!written || err != OK)
		unlink(path_new);
	return code;
}

static int listing_write(const struct registering *own, struct bytes bytes)
{
	if (own->output != NULL && strcmp(own->output, "-") != 0)
		return file_write(own->output, bytes);
	return output_write(bytes) == OK ? EX_OK : EX_IOERR;
}

/* The file is there before anything is given out by it. */
static int output_look(const struct registering *own)
{
	struct stat there;
	if (own->output != NULL && strcmp(own->output, "-") != 0 && lstat(own->output, &there) == 0)
		return complain(NAME, EX_CANTCREAT, "%s is there already, and stays.", own->output);
	return EX_OK;
}

static int give(struct registering *own, struct partner_list *listing, struct bytes file)
{
	struct reason reason;
	enum err err = list_give(listing, file, &reason);
	if (err != OK)
		return complain(NAME, input_exit_code(err), "%s: %s.", own->path, reason.text);
	int code = table_save(own);
	if (code == EX_OK)
		code = listing_write(own, text_bytes(&listing->out));
	if (code != EX_OK)
		return code;
	if (listing->unknown > 0)
		complain(NAME, 0,
			"Left out, as %s has nobody of that name, or several, or it cannot be "
			"known who is meant: line %s.",
			own->subjects_path, listing->unknown_lines.data);
	complain(NAME, 0, "%zu of %zu rows have an alias for %s; %zu people are new in %s.",
		listing->rows - listing->unknown, listing->rows, own->partner, listing->added,
		own->subjects_path);
	return listing->unknown > 0 ? EX_FINDINGS : EX_OK;
}

static int turn_back(struct registering *own, struct partner_list *listing, struct bytes file)
{
	struct reason reason;
	enum err err = list_turn_back(listing, file, &reason);
	if (err != OK)
		return complain(NAME, input_exit_code(err), "%s: %s.", own->path, reason.text);
	if (listing->unknown > 0)
		return complain(NAME, EX_FINDINGS,
			"%s gave %s no such alias as on line %s. Nothing was written: correct "
			"these rows, or take them out, and do it again.",
			own->subjects_path, own->partner, listing->unknown_lines.data);
	int code = listing_write(own, text_bytes(&listing->out));
	if (code == EX_OK)
		complain(NAME, 0, "%zu rows have the pseudonyms of %s again.", listing->rows,
			own->subjects_path);
	return code;
}

static int by_list(struct registering *own)
{
	struct text file = { 0 };
	struct partner_list listing = {
		.partner = own->partner, .path = own->path, .add = own->add
	};
	int code = output_look(own);
	if (code == EX_OK)
		code = list_load(own->path, &file);
	if (code == EX_OK)
		code = table_open(own, own->back ? SUBJECTS_READ : SUBJECTS_WRITE);
	listing.subjects = own->subjects;
	if (code == EX_OK)
		code = own->back ? turn_back(own, &listing, text_bytes(&file))
				 : give(own, &listing, text_bytes(&file));
	text_release(&file);
	partner_list_release(&listing);
	return code;
}

static int options_check(const struct registering *own)
{
	if (own->language != NULL && !language_is_known(own->language))
		return complain(NAME, EX_USAGE, LANGUAGE_RULE);
	if (own->subjects_path == NULL)
		return complain(NAME, EX_USAGE,
			"--subjects FILE is needed: the table of people, as `ladder import` keeps "
			"it.");
	if ((own->path != NULL) + (own->name != NULL) + (own->subject != NULL) != 1)
		return complain(NAME, EX_USAGE,
			"One of these is needed: --name, --subject, or a list. `ladder register "
			"--help` shows the forms.");
	if (own->partner != NULL && !identifier_is_valid(bytes_of_string(own->partner)))
		return complain(NAME, EX_USAGE,
			"--partner takes a name of letters, digits and . _ : - only.");
	if (own->path != NULL && own->partner == NULL)
		return complain(NAME, EX_USAGE,
			"--partner says whose aliases the list is to have, or has.");
	if (own->path == NULL && (own->back || own->output != NULL))
		return complain(NAME, EX_USAGE, "--back and --output go with a list.");
	if ((own->back || own->subject != NULL) && own->add)
		return complain(NAME, EX_USAGE,
			"--add goes with --name, and with a list that is "
			"given aliases.");
	if (own->name == NULL && own->second != NULL)
		return complain(NAME, EX_USAGE, "--second goes with --name.");
	return EX_OK;
}

int command_register(int argc, char **argv)
{
	static struct registering own;
	static const struct option_row options[] = {
		{ "subjects", 's', OPTION_TEXT, &own.subjects_path, 0, 0, "FILE",
			"the secret table of names and pseudonyms" },
		{ "name", 0, OPTION_TEXT, &own.name, 0, 0, "NAME",
			"print the pseudonym of this person; - reads the name from standard "
			"input" },
		{ "second", 0, OPTION_TEXT, &own.second, 0, 0, "WHAT",
			"what tells apart people of one name, as a birth date; - reads it" },
		{ "subject", 0, OPTION_TEXT, &own.subject, 0, 0, "S",
			"print who has this pseudonym; with --partner, this alias" },
		{ "partner", 'p', OPTION_TEXT, &own.partner, 0, 0, "NAME",
			"the partner whose aliases are meant" },
		{ "add", 'a', OPTION_FLAG, &own.add, 0, 0, NULL,
			"give people whom the table does not have a pseudonym" },
		{ "back", 'b', OPTION_FLAG, &own.back, 0, 0, NULL,
			"turn the aliases of a list, or of events, into pseudonyms" },
		{ "output", 'o', OPTION_TEXT, &own.output, 0, 0, "FILE",
			"a new file for the list (default: standard output)" },
		OPTION_LANGUAGE(&own.language),
	};
	static const struct command_line line = {
		.name = NAME,
		.operands = "[LIST]",
		.operands_min = 0,
		.operands_max = 1,
		.purpose =
			"Tells who is who, from the table of people, and sends nothing. With "
			"--name the\n"
			"pseudonym of a person, with --subject the person. LIST is a CSV with "
			"names: with\n"
			"--partner it becomes name;second;alias, to give to that partner. An alias "
			"is another\n"
			"name of the person for each partner, so that two lists that leak cannot "
			"be joined.\n"
			"With --back, LIST is what the partner kept, a CSV with a column Alias, or "
			"events; it\n"
			"becomes the same with pseudonyms, for `ladder import` or `ladder push`.",
		.example =
			"ladder register --subjects people.csv --name 'Fatma Yilmaz' --add\n"
			"  ladder register --subjects people.csv --partner vwn -o vwn.csv "
			"list.csv\n"
			"  ladder register --subjects people.csv --partner vwn --back -o hours.csv "
			"from-vwn.csv",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]),
	};
	int operands;
	language_choose(argc, argv);
	int code = options_parse(&line, argc, argv, &operands);
	if (code != OPTIONS_GO)
		return code;
	own.path = argv[operands];
	code = options_check(&own);
	if (code == EX_OK)
		code = own.path != NULL      ? by_list(&own)
		       : own.subject != NULL ? by_subject(&own)
					     : by_name(&own);
	subjects_close(own.subjects);
	return code;
}
