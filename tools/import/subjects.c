/*
 * tools/import/subjects.c - see subjects.h.
 *
 * The lock is on the file itself, which is replaced when it is saved: so the new one is locked
 * before it takes the name, and who has waited for the old one looks again which file has it.
 */
#include "tools/import/subjects.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "base/file.h"
#include "base/grow.h"
#include "proto/bsn.h"
#include "proto/event.h"
#include "proto/validate.h"
#include "tools/import/file.h"
#include "tools/import/letters.h"
#include "tools/import/quotes.h"
#include "tools/import/sent.h"
#include "tools/import/sheet.h"
#include "tools/import/value.h"
#include "tools/common/language.h"
#include "tools/common/options.h"

#define TABLE_COLUMNS 3

enum table_column { TABLE_NAME, TABLE_SECOND, TABLE_SUBJECT };

struct subject_entry {
	struct bytes name; /* folded; in memory of its own, with second and what is written */
	struct bytes second;
	struct bytes written_name;
	struct bytes written_second;
	char *memory;
	char subject[SUBJECT_LENGTH_MAX + 1];
	bool is_new;    /* a line that the file does not have */
	bool is_person; /* and with it somebody it does not have */
	bool is_used;
};

struct name_hash {
	uint64_t name;
	uint64_t plain; /* without accents */
};

struct subjects {
	char *path;
	char *path_new;
	enum subjects_mode mode;
	int fd;    /* locked; -1: none */
	bool made; /* by this process, and still empty */

	struct text written; /* the file's text, UTF-8, lines ended by LF */
	char delimiter;
	int columns[TABLE_COLUMNS]; /* of the file; -1: it has none */
	size_t column_count;
	bool has_salt;
	struct salt salt;

	struct subject_entry *entries;
	struct name_hash *hashes; /* of the entries' names: what is looked through */
	size_t entry_count;
	size_t entry_size;
	struct sent_ledger *ledger;
};

static const char no_memory[] = "there is not enough memory";

/* Opening. */

/* Is the open file the one that has the name? */
static bool has_the_name(int fd, const char *path)
{
	struct stat open_file, named;
	return fstat(fd, &open_file) == 0 && stat(path, &named) == 0 &&
	       open_file.st_dev == named.st_dev && open_file.st_ino == named.st_ino;
}

static enum err check_mode(int fd, const char *path, struct reason *reason)
{
	struct stat status;
	if (fstat(fd, &status) != 0)
		return fail(reason, ERR_IO, "%s: %s", path, said(strerror(errno)));
	if (!S_ISREG(status.st_mode))
		return fail(reason, ERR_CONFLICT, "%s is no plain file", path);
	if ((status.st_mode & 077) != 0)
		return fail(reason, ERR_CONFLICT,
			"%s says who is who, and others than you can open it. Make it yours alone "
			"with: chmod 600 %s",
			path, path);
	return OK;
}

static enum err open_to_write(struct subjects *subjects, struct reason *reason)
{
	for (bool told = false;;) {
		int fd = open(subjects->path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
		bool made = false;
		if (fd == -1 && errno == ENOENT) {
			fd = open(subjects->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
			made = fd != -1;
			if (fd == -1 && errno == EEXIST)
				continue;
		}
		if (fd == -1 && errno == ELOOP)
			return fail(reason, ERR_CONFLICT, "%s is a link: give the file it leads to",
				subjects->path);
		if (fd == -1)
			return fail(reason, ERR_NOT_FOUND, "%s cannot be opened: %s",
				subjects->path, said(strerror(errno)));
		if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
			if (!told)
				complain(command_name(), 0,
					"Another import uses %s: waiting for it.", subjects->path);
			told = true;
			if (flock(fd, LOCK_EX) != 0) {
				close(fd);
				return fail(reason, ERR_IO, "%s cannot be locked: %s",
					subjects->path, said(strerror(errno)));
			}
		}
		if (has_the_name(fd, subjects->path)) {
			subjects->fd = fd;
			subjects->made = made;
			return check_mode(fd, subjects->path, reason);
		}
		close(fd);
	}
}

static enum err open_to_read(struct subjects *subjects, struct reason *reason)
{
	subjects->fd = open(subjects->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (subjects->fd == -1 && errno == ENOENT)
		return OK;
	if (subjects->fd == -1)
		return fail(reason, errno == ELOOP ? ERR_CONFLICT : ERR_NOT_FOUND,
			"%s cannot be opened: %s", subjects->path, said(strerror(errno)));
	return check_mode(subjects->fd, subjects->path, reason);
}

/* Reading. */

static struct bytes place_in(char **at, struct bytes text)
{
	if (text.length > 0)
		memcpy(*at, text.data, text.length);
	struct bytes placed = bytes_of(*at, text.length);
	*at += text.length;
	return placed;
}

static uint64_t hash_of(struct bytes text)
{
	uint64_t hash = UINT64_C(0xCBF29CE484222325);
	for (size_t i = 0; i < text.length; i++)
		hash = (hash ^ text.data[i]) * UINT64_C(0x100000001B3);
	return hash;
}

static uint64_t plain_hash_of(struct bytes folded)
{
	struct text plain = { 0 };
	fold_word(folded, &plain);
	uint64_t hash = hash_of(text_bytes(&plain));
	text_release(&plain);
	return hash;
}

/* Makes room for one more. */
static bool grow(struct subjects *subjects)
{
	size_t size = grow_size(subjects->entry_size, subjects->entry_count + 1);
	if (size == subjects->entry_size)
		return true;
	if (!GROW_TO(subjects->entries, size) || !GROW_TO(subjects->hashes, size))
		return false;
	subjects->entry_size = size;
	return true;
}

/* Adds an entry that owns copies; NULL: there is no memory. */
static struct subject_entry *add_entry(
	struct subjects *subjects, struct bytes name, struct bytes second, const char *subject)
{
	struct text name_folded = { 0 }, second_folded = { 0 };
	struct subject_entry *entry = NULL;
	if (!grow(subjects))
		return NULL;
	fold_name(name, &name_folded);
	second_fold(second, false, &second_folded);
	char *memory =
		malloc(name.length + second.length + name_folded.length + second_folded.length + 1);
	if (memory != NULL && !name_folded.failed && !second_folded.failed) {
		char *at = memory;
		subjects->hashes[subjects->entry_count] =
			(struct name_hash){ hash_of(text_bytes(&name_folded)),
				plain_hash_of(text_bytes(&name_folded)) };
		entry = &subjects->entries[subjects->entry_count++];
		*entry = (struct subject_entry){ .memory = memory };
		entry->name = place_in(&at, text_bytes(&name_folded));
		entry->second = place_in(&at, text_bytes(&second_folded));
		entry->written_name = place_in(&at, name);
		entry->written_second = place_in(&at, second);
		snprintf(entry->subject, sizeof(entry->subject), "%s", subject);
	} else {
		free(memory);
	}
	text_release(&name_folded);
	text_release(&second_folded);
	return entry;
}

static bool find_columns(struct subjects *subjects, const struct sheet *sheet,
	const struct sheet_row *row, bool *twice)
{
	static const char *const names[TABLE_COLUMNS][3] = {
		[TABLE_NAME] = { "name", "naam", "name" },
		[TABLE_SECOND] = { "second", "geboortedatum", "tweede" },
		[TABLE_SUBJECT] = { "subject", "pseudoniem", "pseudonym" },
	};
	*twice = false;
	subjects->column_count = row->cell_count;
	for (size_t column = 0; column < TABLE_COLUMNS; column++) {
		subjects->columns[column] = -1;
		for (size_t i = 0; i < row->cell_count; i++) {
			struct text heading = { 0 };
			fold_word(sheet_cell(sheet, row, i), &heading);
			for (size_t k = 0; k < 3; k++) {
				if (!bytes_are(text_bytes(&heading), names[column][k]))
					continue;
				*twice = *twice || (subjects->columns[column] >= 0 &&
							   subjects->columns[column] != (int)i);
				subjects->columns[column] = (int)i;
			}
			text_release(&heading);
		}
	}
	return subjects->columns[TABLE_NAME] >= 0 && subjects->columns[TABLE_SUBJECT] >= 0;
}

static struct bytes table_cell(const struct subjects *subjects, const struct sheet *sheet,
	const struct sheet_row *row, enum table_column column)
{
	return subjects->columns[column] < 0
		       ? bytes_of("", 0)
		       : sheet_cell(sheet, row, (size_t)subjects->columns[column]);
}

static enum err take_row(struct subjects *subjects, const struct sheet *sheet,
	const struct sheet_row *row, struct reason *reason)
{
	struct salt salt;
	char text[SUBJECT_LENGTH_MAX + 1];
	struct bytes name = table_cell(subjects, sheet, row, TABLE_NAME);
	struct bytes second = table_cell(subjects, sheet, row, TABLE_SECOND);
	struct bytes subject = table_cell(subjects, sheet, row, TABLE_SUBJECT);
	if (salt_parse(subject, &salt) == OK) {
		if (subjects->has_salt)
			return fail(reason, ERR_INVALID, "%s, line %u: the salt stands there twice",
				subjects->path, row->line);
		subjects->has_salt = true;
		subjects->salt = salt;
		return OK;
	}
	if (!identifier_is_valid(subject) || looks_like_bsn(subject))
		return fail(reason, ERR_INVALID,
			"%s, line %u: a subject is 1 to 64 letters, digits and . _ : - and not 8, "
			"9 or 10 digits",
			subjects->path, row->line);
	if (name.length == 0)
		return fail(reason, ERR_INVALID, "%s, line %u: there is no name", subjects->path,
			row->line);
	memcpy(text, subject.data, subject.length);
	text[subject.length] = '\0';
	const struct subject_entry *entry = add_entry(subjects, name, second, text);
	if (entry == NULL)
		return fail(reason, ERR_FULL, "%s", said(no_memory));
	for (size_t i = 0; i + 1 < subjects->entry_count; i++) {
		const struct subject_entry *other = &subjects->entries[i];
		if (subjects->hashes[i].name == subjects->hashes[subjects->entry_count - 1].name &&
			bytes_equal(other->name, entry->name) &&
			bytes_equal(other->second, entry->second) &&
			strcmp(other->subject, entry->subject) != 0)
			return fail(reason, ERR_INVALID,
				"%s, line %u: the same name, and second, has another subject "
				"above; tell them apart in the column second, or give both one "
				"subject when they are one person",
				subjects->path, row->line);
	}
	return OK;
}

static enum err read_table(struct subjects *subjects, struct reason *reason)
{
	static const char delimiters[] = { ';', ',', '\t' };
	enum letters letters;
	struct text file = { 0 };
	struct sheet sheet;
	struct reason why;
	enum err err = file_read(subjects->fd, SHEET_FILE_BYTES_MAX, &file, &why);
	if (err == OK && file.length > 0)
		err = letters_decode(text_bytes(&file), &letters, &subjects->written, &why);
	bool empty = file.length == 0;
	text_release(&file);
	if (err != OK)
		return fail(reason, err, "%s: %s", subjects->path, why.text);
	if (empty)
		return OK;
	enum err first = OK;
	bool found = false, twice = false;
	for (size_t i = 0; i < sizeof(delimiters) && !found; i++) {
		err = sheet_read(text_bytes(&subjects->written), delimiters[i], SIZE_MAX, &sheet,
			first == OK ? &why : NULL);
		first = first == OK ? err : first;
		if (err == OK)
			sheet_unmark(&sheet);
		subjects->delimiter = delimiters[i];
		found = err == OK && sheet.row_count > 0 &&
			find_columns(subjects, &sheet, &sheet.rows[0], &twice);
		if (err == OK && !found)
			sheet_release(&sheet);
	}
	if (!found && first != OK)
		return fail(reason, first, "%s: %s", subjects->path, why.text);
	if (!found)
		return fail(reason, ERR_INVALID, "%s: its first line must be: name;second;subject",
			subjects->path);
	err = quotes_check(
		text_bytes(&subjects->written), subjects->delimiter, subjects->column_count, &why);
	if (err != OK)
		err = fail(reason, err, "%s: %s", subjects->path, why.text);
	else if (twice)
		err = fail(reason, ERR_INVALID,
			"%s: its first line has two columns for one of name, second and subject",
			subjects->path);
	for (size_t i = 1; i < sheet.row_count && err == OK; i++)
		err = take_row(subjects, &sheet, &sheet.rows[i], reason);
	sheet_release(&sheet);
	return err;
}

enum err subjects_open(
	const char *path, enum subjects_mode mode, struct subjects **out, struct reason *reason)
{
	struct subjects *subjects = calloc(1, sizeof(*subjects));
	if (subjects == NULL)
		return fail(reason, ERR_FULL, "%s", said(no_memory));
	subjects->fd = -1;
	subjects->mode = mode;
	subjects->path = strdup(path);
	if (subjects->path == NULL || asprintf(&subjects->path_new, "%s.new", path) < 0) {
		subjects->path_new = NULL;
		subjects_close(subjects);
		return fail(reason, ERR_FULL, "%s", said(no_memory));
	}
	enum err err = mode == SUBJECTS_WRITE ? open_to_write(subjects, reason)
					      : open_to_read(subjects, reason);
	if (err == OK && subjects->fd != -1)
		err = read_table(subjects, reason);
	bool is_old = subjects->has_salt;
	if (err == OK && !subjects->has_salt)
		salt_make(&subjects->salt);
	if (err == OK)
		err = sent_open(path, is_old, &subjects->ledger, reason);
	if (err != OK) {
		subjects_close(subjects);
		return err;
	}
	*out = subjects;
	return OK;
}

void subjects_close(struct subjects *subjects)
{
	if (subjects == NULL)
		return;
	/* An empty table that nothing came of is taken away, while it is still locked. */
	if (subjects->made && subjects->fd != -1)
		unlink(subjects->path);
	if (subjects->fd != -1)
		close(subjects->fd);
	for (size_t i = 0; i < subjects->entry_count; i++)
		free(subjects->entries[i].memory);
	free(subjects->entries);
	free(subjects->hashes);
	sent_close(subjects->ledger);
	text_release(&subjects->written);
	free(subjects->path_new);
	free(subjects->path);
	free(subjects);
}

bool subjects_forgot(const struct subjects *subjects)
{
	return sent_is_lost(subjects->ledger);
}

const struct salt *subjects_salt(const struct subjects *subjects)
{
	return &subjects->salt;
}

/* Finding. */

/* Does the subject have a line with this name and some `second`? */
static bool has_second(const struct subjects *subjects, const struct subject_entry *of)
{
	for (size_t i = 0; i < subjects->entry_count; i++) {
		const struct subject_entry *entry = &subjects->entries[i];
		if (entry->second.length > 0 && bytes_equal(entry->name, of->name) &&
			strcmp(entry->subject, of->subject) == 0)
			return true;
	}
	return false;
}

/*
 * The entry that `key` means. ERR_NOT_FOUND: a new person. ERR_CONFLICT: one of several. *alone:
 * the entry is known by its name alone, and the key says more.
 */
static enum err find(
	const struct subjects *subjects, struct person_key key, size_t *index, bool *alone)
{
	uint64_t hash = hash_of(key.name);
	bool found = false;
	*alone = false;
	for (size_t i = 0; i < subjects->entry_count; i++) {
		const struct subject_entry *entry = &subjects->entries[i];
		if (subjects->hashes[i].name != hash || !bytes_equal(entry->name, key.name))
			continue;
		if (key.second.length > 0 && bytes_equal(entry->second, key.second)) {
			*index = i;
			*alone = false;
			return OK;
		}
		if (key.second.length > 0 &&
			(entry->second.length > 0 || has_second(subjects, entry)))
			continue;
		if (found && strcmp(entry->subject, subjects->entries[*index].subject) != 0)
			return ERR_CONFLICT;
		*index = i;
		*alone = key.second.length > 0;
		found = true;
	}
	return found ? OK : ERR_NOT_FOUND;
}

static bool is_like_others(const struct subjects *subjects, const struct subject_entry *entry)
{
	const struct name_hash *own = &subjects->hashes[entry - subjects->entries];
	bool like = false;
	for (size_t i = 0; i < subjects->entry_count && !like; i++)
		like = subjects->hashes[i].plain == own->plain &&
		       subjects->hashes[i].name != own->name;
	return like;
}

static enum err find_folded(struct subjects *subjects, struct person_key key, struct bytes name,
	struct bytes second, bool others, struct found_person *out, struct reason *reason)
{
	char subject[SUBJECT_LENGTH_MAX + 1];
	size_t index = 0;
	bool alone;
	enum err err = find(subjects, key, &index, &alone);
	if (err == ERR_CONFLICT)
		return fail(reason, err,
			"%s has several people of this name: say in the list which one, by birth "
			"date or number",
			subjects->path);
	if (err == OK && !alone) {
		*out = (struct found_person){ .entry = index };
		return OK;
	}
	if (err == OK && others)
		return fail(reason, ERR_CONFLICT,
			"the list has several people of this name, and %s knows one of them by "
			"name alone: write there, in the column second, which",
			subjects->path);
	if (err == OK)
		snprintf(subject, sizeof(subject), "%s", subjects->entries[index].subject);
	else
		pseudonym_make(subject);
	struct subject_entry *entry = add_entry(subjects, name, second, subject);
	if (entry == NULL)
		return fail(reason, ERR_FULL, "%s", said(no_memory));
	entry->is_new = true;
	entry->is_person = err != OK;
	*out = (struct found_person){
		.entry = subjects->entry_count - 1,
		.is_like_others = err != OK && is_like_others(subjects, entry),
	};
	return OK;
}

enum err subjects_find(struct subjects *subjects, struct bytes name, struct bytes second,
	bool others, struct found_person *out, struct reason *reason)
{
	struct text name_folded = { 0 }, second_folded = { 0 };
	fold_name(name, &name_folded);
	second_fold(second, false, &second_folded);
	enum err err = ERR_FULL;
	if (!name_folded.failed && !second_folded.failed)
		err = find_folded(subjects,
			(struct person_key){ text_bytes(&name_folded), text_bytes(&second_folded) },
			name, second, others, out, reason);
	text_release(&name_folded);
	text_release(&second_folded);
	return err;
}

const char *subjects_known(struct subjects *subjects, struct bytes name, struct bytes second)
{
	struct text name_folded = { 0 }, second_folded = { 0 };
	size_t index = 0;
	bool alone;
	fold_name(name, &name_folded);
	second_fold(second, false, &second_folded);
	struct person_key key = { text_bytes(&name_folded), text_bytes(&second_folded) };
	bool found = key.name.length > 0 && find(subjects, key, &index, &alone) == OK;
	text_release(&name_folded);
	text_release(&second_folded);
	return found ? subjects->entries[index].subject : NULL;
}

size_t subjects_count(const struct subjects *subjects)
{
	return subjects->entry_count;
}

struct person_key subjects_written(const struct subjects *subjects, size_t entry)
{
	CHECK(entry < subjects->entry_count);
	return (struct person_key){ subjects->entries[entry].written_name,
		subjects->entries[entry].written_second };
}

static struct bytes number_plain(struct bytes number)
{
	while (number.length > 0 && number.data[0] == '0')
		number = bytes_of(number.data + 1, number.length - 1);
	return number;
}

const char *subjects_of_number(const struct subjects *subjects, struct bytes number)
{
	const char *found = NULL;
	for (size_t i = 0; i < subjects->entry_count; i++) {
		const struct subject_entry *entry = &subjects->entries[i];
		if (entry->second.length == 0 ||
			!bytes_equal(number_plain(entry->second), number_plain(number)))
			continue;
		if (found != NULL && strcmp(found, entry->subject) != 0)
			return NULL;
		found = entry->subject;
	}
	return found;
}

const char *subjects_pseudonym(const struct subjects *subjects, size_t entry)
{
	CHECK(entry < subjects->entry_count);
	return subjects->entries[entry].subject;
}

bool subjects_use(struct subjects *subjects, size_t entry)
{
	CHECK(entry < subjects->entry_count);
	bool first = !subjects->entries[entry].is_used;
	subjects->entries[entry].is_used = true;
	return first;
}

bool subjects_is_new(const struct subjects *subjects, size_t entry)
{
	CHECK(entry < subjects->entry_count);
	return subjects->entries[entry].is_person;
}

enum err subjects_sent(struct subjects *subjects, const struct digits *key,
	const struct digits *content, struct sent *out)
{
	return sent_next(subjects->ledger, key, content, out);
}

/* Saving. */

static bool is_to_write(const struct subject_entry *entry)
{
	return entry->is_new && entry->is_used;
}

static enum err write_line(const struct subjects *subjects, FILE *file, struct bytes name,
	struct bytes second, const char *subject)
{
	bool written = true;
	for (size_t i = 0; i < subjects->column_count && written; i++) {
		struct bytes cell = bytes_of("", 0);
		if ((int)i == subjects->columns[TABLE_NAME])
			cell = name;
		else if ((int)i == subjects->columns[TABLE_SECOND])
			cell = second;
		else if ((int)i == subjects->columns[TABLE_SUBJECT])
			cell = bytes_of_string(subject);
		written = (i == 0 || fputc(subjects->delimiter, file) != EOF) &&
			  sheet_cell_write(file, cell);
	}
	return written && fputs("\n", file) != EOF ? OK : ERR_IO;
}

static enum err write_table(const struct subjects *subjects, FILE *file)
{
	char salt[SALT_LENGTH + 1];
	struct bytes written = text_bytes(&subjects->written);
	enum err err = OK;
	bool ended = written.length == 0 || written.data[written.length - 1] == '\n';
	bool begun = fputs("\xEF\xBB\xBF", file) != EOF;
	if (begun && written.length == 0)
		begun = fputs("name;second;subject\n", file) != EOF;
	else if (begun)
		begun = fwrite(written.data, 1, written.length, file) == written.length;
	if (!begun || (!ended && fputc('\n', file) == EOF))
		return ERR_IO;
	salt_print(&subjects->salt, salt);
	if (!subjects->has_salt)
		err = write_line(subjects, file,
			bytes_of_string("(the salt of all keys: keep this line)"), bytes_of("", 0),
			salt);
	for (size_t i = 0; i < subjects->entry_count && err == OK; i++) {
		const struct subject_entry *entry = &subjects->entries[i];
		if (is_to_write(entry))
			err = write_line(subjects, file, entry->written_name, entry->written_second,
				entry->subject);
	}
	return err;
}

static bool has_new_lines(const struct subjects *subjects)
{
	bool any = false;
	for (size_t i = 0; i < subjects->entry_count; i++)
		any = any || is_to_write(&subjects->entries[i]);
	return any;
}

static enum err check_second(const struct subjects *subjects, struct reason *reason)
{
	if (subjects->columns[TABLE_SECOND] >= 0)
		return OK;
	for (size_t i = 0; i < subjects->entry_count; i++) {
		const struct subject_entry *entry = &subjects->entries[i];
		if (is_to_write(entry) && entry->written_second.length > 0)
			return fail(reason, ERR_INVALID,
				"%s has no column second, for the birth dates or numbers of this "
				"list: add it to its first line",
				subjects->path);
	}
	return OK;
}

enum err subjects_save(struct subjects *subjects, struct reason *reason)
{
	CHECK(subjects->mode == SUBJECTS_WRITE && subjects->fd != -1);
	if (subjects->written.length == 0) {
		subjects->delimiter = ';';
		subjects->column_count = TABLE_COLUMNS;
		for (int i = 0; i < TABLE_COLUMNS; i++)
			subjects->columns[i] = i;
	}
	enum err err = check_second(subjects, reason);
	if (err == OK && (!subjects->has_salt || has_new_lines(subjects))) {
		FILE *file = file_replace_begin(subjects->path_new, reason);
		if (file == NULL)
			return ERR_IO;
		/* Locked before it has the name, so that no other import can take the lock first.
		 */
		bool written = flock(fileno(file), LOCK_EX | LOCK_NB) == 0 &&
			       write_table(subjects, file) == OK;
		err = file_replace_end(
			file, written, subjects->path_new, subjects->path, &subjects->fd, reason);
		subjects->made = subjects->made && err != OK;
	}
	return err == OK ? sent_save(subjects->ledger, reason) : err;
}
