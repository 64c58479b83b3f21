/*
 * tools/import/sent.c - see sent.h.
 *
 * A line a key, in order: 32 digits of the key, the generation, 32 digits of the
 * content, or - when the row does not give the event any more.
 */
#include "tools/import/sent.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/check.h"
#include "base/file.h"
#include "base/grow.h"
#include "tools/common/language.h"
#include "tools/import/file.h"

#define FILE_BYTES_MAX ((size_t)512 << 20)
#define HEAD           "ladder import sent 1 "

struct line {
	struct digits key;
	struct digits content;
	uint64_t generation;
	bool withdrawn;
};

struct sent_ledger {
	char *path;
	char *path_new;
	uint64_t epoch;
	bool lost;
	bool changed;
	struct line *lines; /* the first `sorted` in order of their keys */
	size_t sorted;
	size_t count;
	size_t size;
};

static int compare(const void *a, const void *b)
{
	return memcmp(((const struct line *)a)->key.text, ((const struct line *)b)->key.text,
		SALTED_HASH_LENGTH);
}

static void sort_lines(struct sent_ledger *ledger)
{
	if (ledger->count > 0)
		qsort(ledger->lines, ledger->count, sizeof(*ledger->lines), compare);
	ledger->sorted = ledger->count;
}

static struct line *add_line(struct sent_ledger *ledger)
{
	if (!GROW(ledger->lines, ledger->size, ledger->count + 1))
		return NULL;
	ledger->lines[ledger->count] = (struct line){ 0 };
	return &ledger->lines[ledger->count++];
}

static bool are_digits(const char *text)
{
	return strspn(text, "0123456789abcdef") >= SALTED_HASH_LENGTH;
}

/* One line without its end. False: it is none. */
static bool parse_line(const char *text, struct line *out)
{
	char *end;
	if (!are_digits(text) || text[SALTED_HASH_LENGTH] != ' ')
		return false;
	memcpy(out->key.text, text, SALTED_HASH_LENGTH);
	text += SALTED_HASH_LENGTH + 1;
	if (text[0] < '0' || text[0] > '9')
		return false;
	out->generation = strtoull(text, &end, 10);
	if (*end != ' ')
		return false;
	text = end + 1;
	out->withdrawn = strcmp(text, "-") == 0;
	if (out->withdrawn)
		return true;
	if (!are_digits(text) || text[SALTED_HASH_LENGTH] != '\0')
		return false;
	memcpy(out->content.text, text, SALTED_HASH_LENGTH);
	return true;
}

static enum err parse(struct sent_ledger *ledger, char *text, struct reason *reason)
{
	char *end;
	unsigned number = 1;
	char *newline = strchr(text, '\n');
	bool right = newline != NULL && strncmp(text, HEAD, strlen(HEAD)) == 0;
	if (right) {
		ledger->epoch = strtoull(text + strlen(HEAD), &end, 16);
		right = end == newline;
	}
	while (right && newline[1] != '\0') {
		char *begin = newline + 1;
		struct line *line = add_line(ledger);
		if (line == NULL)
			return fail(reason, ERR_FULL, "there is not enough memory");
		newline = strchr(begin, '\n');
		number++;
		if (newline != NULL)
			*newline = '\0';
		right = newline != NULL && parse_line(begin, line);
	}
	if (!right)
		return fail(reason, ERR_INVALID,
			"%s, line %u: it is not as `ladder import` wrote it. Remove it: rows are "
			"then sent again as corrections of themselves",
			ledger->path, number);
	sort_lines(ledger);
	return OK;
}

static enum err read_ledger(struct sent_ledger *ledger, bool expected, struct reason *reason)
{
	struct text text = { 0 };
	struct reason why;
	int fd = open(ledger->path, O_RDONLY | O_CLOEXEC);
	if (fd == -1 && errno == ENOENT) {
		ledger->lost = expected;
		ledger->changed = true;
		/* Ids of before must not come again. */
		if (expected && getrandom(&ledger->epoch, sizeof(ledger->epoch), 0) !=
					(ssize_t)sizeof(ledger->epoch))
			return fail(reason, ERR_IO, "there is no randomness");
		return OK;
	}
	if (fd == -1)
		return fail(reason, ERR_IO, "%s cannot be opened: %s", ledger->path,
			said(strerror(errno)));
	enum err err = file_read(fd, FILE_BYTES_MAX, &text, &why);
	close(fd);
	if (err != OK)
		err = fail(reason, err, "%s: %s", ledger->path, why.text);
	else if (text.data == NULL || strlen(text.data) != text.length)
		err = fail(reason, ERR_INVALID,
			"%s is empty or broken: remove it, and rows are sent again as "
			"corrections of themselves",
			ledger->path);
	else
		err = parse(ledger, text.data, reason);
	text_release(&text);
	return err;
}

enum err sent_open(const char *path, bool expected, struct sent_ledger **out, struct reason *reason)
{
	struct sent_ledger *ledger = calloc(1, sizeof(*ledger));
	if (ledger == NULL)
		return fail(reason, ERR_FULL, "there is not enough memory");
	if (asprintf(&ledger->path, "%s.sent", path) < 0)
		ledger->path = NULL;
	if (asprintf(&ledger->path_new, "%s.sent.new", path) < 0)
		ledger->path_new = NULL;
	enum err err = ledger->path != NULL && ledger->path_new != NULL
			       ? read_ledger(ledger, expected, reason)
			       : fail(reason, ERR_FULL, "there is not enough memory");
	if (err != OK) {
		sent_close(ledger);
		return err;
	}
	*out = ledger;
	return OK;
}

void sent_close(struct sent_ledger *ledger)
{
	if (ledger == NULL)
		return;
	free(ledger->lines);
	free(ledger->path);
	free(ledger->path_new);
	free(ledger);
}

bool sent_is_lost(const struct sent_ledger *ledger)
{
	return ledger->lost;
}

enum err sent_next(struct sent_ledger *ledger, const struct digits *key,
	const struct digits *content, struct sent *out)
{
	struct line wanted = { .key = *key };
	struct line *line = ledger->sorted == 0 ? NULL
						: bsearch(&wanted, ledger->lines, ledger->sorted,
							  sizeof(*ledger->lines), compare);
	*out = (struct sent){ .epoch = ledger->epoch, .known = line != NULL };
	if (line == NULL) {
		if (content == NULL)
			return OK;
		line = add_line(ledger);
		if (line == NULL)
			return ERR_FULL;
		line->key = *key;
		line->content = *content;
		ledger->changed = true;
		return OK;
	}
	out->changed = line->withdrawn != (content == NULL) ||
		       (content != NULL &&
			       memcmp(line->content.text, content->text, SALTED_HASH_LENGTH) != 0);
	if (out->changed) {
		/* Never the number of before: putting an older copy back must not repeat ids. */
		if (getrandom(&line->generation, sizeof(line->generation), 0) !=
			(ssize_t)sizeof(line->generation))
			return ERR_FULL;
		line->withdrawn = content == NULL;
		if (content != NULL)
			line->content = *content;
		ledger->changed = true;
	}
	out->generation = line->generation;
	out->withdrawn = line->withdrawn;
	return OK;
}

static bool write_lines(const struct sent_ledger *ledger, FILE *file)
{
	bool written = fprintf(file, HEAD "%016" PRIx64 "\n", ledger->epoch) > 0;
	for (size_t i = 0; i < ledger->count && written; i++) {
		const struct line *line = &ledger->lines[i];
		written =
			fprintf(file, "%.*s %" PRIu64 " %.*s\n", SALTED_HASH_LENGTH, line->key.text,
				line->generation, line->withdrawn ? 1 : SALTED_HASH_LENGTH,
				line->withdrawn ? "-" : line->content.text) > 0;
	}
	return written;
}

enum err sent_save(struct sent_ledger *ledger, struct reason *reason)
{
	if (!ledger->changed)
		return OK;
	FILE *file = file_replace_begin(ledger->path_new, reason);
	if (file == NULL)
		return ERR_IO;
	sort_lines(ledger);
	enum err err = file_replace_end(
		file, write_lines(ledger, file), ledger->path_new, ledger->path, NULL, reason);
	if (err == OK)
		ledger->changed = false;
	return err;
}
