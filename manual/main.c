/*
 * manual/main.c - the program that `make` runs to make the manual: `manual FOLDER DAY` writes
 * ladderd.8, ladderd.conf.5, ladder.1, a page for each sub-command, the completion of bash and an
 * example of the configuration into a folder.
 */
#include <stdbool.h>
#include <stdio.h>

#include "base/date.h"
#include "daemon/server/config.h"
#include "manual/pages.h"

/* What is written, and whether all of it was. */
struct book {
	const char *folder;
	char day[40];
	bool failed;
};

static FILE *file_begin(struct book *book, const char *name)
{
	char path[4096];
	snprintf(path, sizeof(path), "%s/%s", book->folder, name);
	FILE *file = fopen(path, "w");
	if (file == NULL) {
		perror(path);
		book->failed = true;
	}
	return file;
}

static void file_end(struct book *book, FILE *file, enum err err)
{
	bool failed = ferror(file) != 0 || err != OK;
	if (fclose(file) != 0 || failed) {
		fputs("manual: a page could not be written\n", stderr);
		book->failed = true;
	}
}

static void commands_write(struct book *book)
{
	for (const struct manual_command *command = manual_commands; command->name != NULL;
		command++) {
		char name[64];
		snprintf(name, sizeof(name), "ladder-%s.1", command->name);
		FILE *file = file_begin(book, name);
		if (file == NULL)
			continue;
		page_of_command(file, book->day, command);
		file_end(book, file, OK);
	}
}

static void book_write(struct book *book)
{
	FILE *file = file_begin(book, "ladderd.8");
	if (file != NULL) {
		page_of_daemon(file, book->day);
		file_end(book, file, OK);
	}
	file = file_begin(book, "ladderd.conf.5");
	if (file != NULL)
		file_end(book, file, page_of_configuration(file, book->day));
	file = file_begin(book, "ladder.1");
	if (file != NULL) {
		page_of_ladder(file, book->day);
		file_end(book, file, OK);
	}
	commands_write(book);
	file = file_begin(book, "ladder.bash");
	if (file != NULL) {
		completion_of_both(file);
		file_end(book, file, OK);
	}
	file = file_begin(book, "ladderd.conf");
	if (file != NULL)
		file_end(book, file, config_print_default(file));
}

/* As mdoc has it: November 30, 2026. */
static bool day_read(const char *text, char *out, size_t size)
{
	static const char *const months[] = { "January", "February", "March", "April", "May",
		"June", "July", "August", "September", "October", "November", "December" };
	int32_t day;
	if (date_parse(bytes_of_string(text), &day) != OK)
		return false;
	struct civil civil = civil_from_day(day);
	snprintf(out, size, "%s %d, %d", months[civil.month - 1], civil.day, civil.year);
	return true;
}

int main(int argc, char **argv)
{
	struct book book = { 0 };
	if (argc != 3 || !day_read(argv[2], book.day, sizeof(book.day))) {
		fputs("Usage: manual FOLDER DAY\n", stderr);
		return EX_USAGE;
	}
	book.folder = argv[1];
	book_write(&book);
	return book.failed ? EX_CANTCREAT : EX_OK;
}
