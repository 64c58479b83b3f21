/*
 * tools/cmd_access.c - `ladder access`: who looked at the records of one person, from the access
 * log, for that person.
 *
 * Whom a span is about only the auditor's secret key tells: each is opened and compared. Files may
 * be given in any order, rotated ones too, compressed by gzip or not.
 */
#include "tools/common/command.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "base/check.h"
#include "base/date.h"
#include "base/grow.h"
#include "looks/span.h"
#include "tools/common/key_file.h"
#include "tools/common/language.h"
#include "tools/common/options.h"

#define ZONE            "Europe/Amsterdam"
#define ACCESS_LINE_MAX ((size_t)64 << 10)
#define WHEN_SIZE       32

/* A look at the person. */
struct told {
	int64_t at_ms;
	char *who;
	char *what;
};

struct access_command {
	const char *subject;
	const char *key_path;
	const char *language;
	struct seal_secret secret;
	struct told *found;
	size_t count;
	size_t size;
	uint64_t spans;    /* read */
	uint64_t wrong;    /* lines that are none */
	uint64_t foreign;  /* spans that are sealed for another key */
	uint64_t unsealed; /* that are about somebody and do not say about whom */
	int64_t first_ms, last_ms;
	struct text out;
};

static void access_release(struct access_command *access)
{
	for (size_t i = 0; i < access->count; i++) {
		free(access->found[i].who);
		free(access->found[i].what);
	}
	free(access->found);
	text_release(&access->out);
	seal_secret_release(&access->secret);
}

static enum err found_add(
	struct access_command *access, int64_t at_ms, const char *who, const char *what)
{
	if (!GROW(access->found, access->size, access->count + 1))
		return ERR_FULL;
	struct told told = { .at_ms = at_ms, .who = strdup(who), .what = strdup(what) };
	access->found[access->count++] = told;
	return told.who == NULL || told.what == NULL ? ERR_FULL : OK;
}

/* Is the span about the person? Counts why it cannot be told. */
static bool is_about(struct access_command *access, const json_t *attributes)
{
	uint8_t plain[SEAL_TEXT_MAX];
	size_t length;
	const char *sealed =
		json_string_value(json_object_get(attributes, "dpl.core.data_subject_id"));
	if (sealed == NULL) {
		access->unsealed +=
			json_object_get(attributes, "dpl.core.data_subject_id_type") != NULL;
		return false;
	}
	if (seal_open_base64(&access->secret, bytes_of_string(sealed), plain, &length) != OK) {
		access->foreign++;
		return false;
	}
	bool is = bytes_are(bytes_of(plain, length), access->subject);
	explicit_bzero(plain, sizeof(plain));
	return is;
}

static enum err line_take(struct access_command *access, struct bytes line)
{
	json_t *span = json_loadb((const char *)line.data, line.length, 0, NULL);
	const json_t *attributes = json_object_get(span, "attributes");
	const json_t *start = json_object_get(span, "start_time");
	const char *name = json_string_value(json_object_get(span, "name"));
	const char *who = json_string_value(json_object_get(attributes, "ladderd.who"));
	enum err err = OK;
	if (name == NULL || who == NULL || !json_is_integer(start)) {
		access->wrong++;
	} else {
		int64_t at_ms = json_integer_value(start);
		if (access->spans == 0 || at_ms < access->first_ms)
			access->first_ms = at_ms;
		if (access->spans == 0 || at_ms > access->last_ms)
			access->last_ms = at_ms;
		access->spans++;
		if (is_about(access, attributes))
			err = found_add(access, at_ms, who, name);
	}
	json_decref(span);
	return err;
}

/* The bytes of a file line by line. ERR_IO: it cannot be read to its end. */
static enum err lines_take(struct access_command *access, gzFile file)
{
	static char line[ACCESS_LINE_MAX];
	bool cut = false;
	enum err err = OK;
	while (err == OK && gzgets(file, line, sizeof(line)) != NULL) {
		size_t length = strlen(line);
		bool ends = length > 0 && line[length - 1] == '\n';
		/* What is longer than a line can be is none, up to its end. */
		if (ends && !cut && length > 1)
			err = line_take(access, bytes_of(line, length));
		access->wrong += ends ? cut : gzeof(file) != 0;
		cut = !ends;
	}
	int error;
	gzerror(file, &error);
	return err != OK ? err : error == Z_OK || error == Z_STREAM_END ? OK : ERR_IO;
}

static int file_take(struct access_command *access, const char *path)
{
	int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return complain("access", EX_NOINPUT, "The access log %s cannot be opened: %s.",
			path, said(strerror(errno)));
	gzFile file = gzdopen(fd, "rb");
	if (file == NULL) {
		close(fd);
		return complain("access", EX_OSERR, "There is not enough memory.");
	}
	enum err err = lines_take(access, file);
	gzclose(file);
	if (err == ERR_FULL)
		return complain("access", EX_OSERR, "There is not enough memory.");
	return err == OK ? EX_OK
			 : complain("access", EX_DATAERR,
				   "The access log %s cannot be read to its end.", path);
}

static int by_time(const void *a, const void *b)
{
	const struct told *left = a, *right = b;
	return (left->at_ms > right->at_ms) - (left->at_ms < right->at_ms);
}

/* In the time of the clock on the wall. */
static void when_print(int64_t at_ms, char out[WHEN_SIZE])
{
	time_t second = (time_t)(at_ms / 1000);
	struct tm local;
	if (localtime_r(&second, &local) == NULL ||
		strftime(out, WHEN_SIZE, "%Y-%m-%d %H:%M:%S", &local) == 0)
		out[0] = '\0';
}

/* Who looked, in words: from "partner isd/jan" as the audit says it. */
static void who_add(struct text *out, const char *who)
{
	static const struct {
		const char *begins;
		const char *words;
	} kinds[] = {
		{ "partner ", "organisation" },
		{ "analyst ", "analyst" },
		{ "operator/", "operator" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		size_t length = strlen(kinds[i].begins);
		if (strncmp(who, kinds[i].begins, length) != 0)
			continue;
		const char *name = who + length, *slash = strchr(name, '/');
		size_t name_length = slash == NULL ? strlen(name) : (size_t)(slash - name);
		text_printf(out, "%s %.*s", said(kinds[i].words), (int)name_length, name);
		if (slash != NULL)
			text_printf(out, ", %s", slash + 1);
		return;
	}
	text_add_string(out, who);
}

/* What was shown, in words; and of which municipality, where that was asked for. */
static void what_add(struct text *out, const char *what)
{
	static const struct {
		const char *name;
		const char *words;
	} names[] = {
		{ "GET /v1/log", "records of the log" },
		{ "GET /v1/events/", "a record that it had sent itself" },
		{ "GET /v1/worklist", "the work list" },
		{ "GET /worklist", "the work list" },
		{ "ladder log", "records of the log, on the server" },
		{ "ladder handover", "what another municipality was handed over, sealed" },
		{ "ladder subject", "all that is held about the person, on the server" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		size_t length = strlen(names[i].name);
		if (strncmp(what, names[i].name, length) != 0 ||
			(what[length] != '\0' && what[length] != ' '))
			continue;
		text_add_string(out, said(names[i].words));
		if (what[length] == ' ')
			text_printf(out, " (%s)", what + length + 1);
		return;
	}
	text_add_string(out, what);
}

/* What the person is told. */
static void answer_print(struct access_command *access)
{
	struct text *out = &access->out;
	char first[WHEN_SIZE], last[WHEN_SIZE], when[WHEN_SIZE];
	qsort(access->found, access->count, sizeof(*access->found), by_time);
	if (access->count == 0)
		text_printf(out, said("Nobody looked at the records of %s.\n"), access->subject);
	else
		text_printf(out, said("Who looked at the records of %s:\n\n"), access->subject);
	for (size_t i = 0; i < access->count; i++) {
		const struct told *found = &access->found[i];
		when_print(found->at_ms, when);
		text_printf(out, "%s  ", when);
		who_add(out, found->who);
		text_add_string(out, ": ");
		what_add(out, found->what);
		text_add_char(out, '\n');
	}
	if (access->spans == 0)
		return;
	when_print(access->first_ms, first);
	when_print(access->last_ms, last);
	text_printf(out, said("\nThe access log that was read goes from %s to %s.\n"), first, last);
}

/* What could not be told: the answer may lack something. The exit code. */
static int doubts_tell(const struct access_command *access)
{
	if (access->foreign > 0)
		complain("access", 0,
			"Of %" PRIu64 " spans nobody can tell with this key whom they are about.",
			access->foreign);
	if (access->unsealed > 0)
		complain("access", 0,
			"%" PRIu64 " spans do not say whom they are about: there was no key.",
			access->unsealed);
	if (access->wrong > 0)
		complain("access", 0, "%" PRIu64 " lines are no spans.", access->wrong);
	return access->foreign > 0 || access->unsealed > 0 || access->wrong > 0 ? EX_FINDINGS
										: EX_OK;
}

static int run(struct access_command *access, char **paths, size_t count)
{
	int code = key_file_read("access", access->key_path, &access->secret);
	for (size_t i = 0; i < count && code == EX_OK; i++)
		code = file_take(access, paths[i]);
	if (code != EX_OK)
		return code;
	answer_print(access);
	if (access->out.failed)
		return complain("access", EX_OSERR, "There is not enough memory.");
	if (output_write(text_bytes(&access->out)) != OK)
		return EX_IOERR;
	return doubts_tell(access);
}

int command_access(int argc, char **argv)
{
	static struct access_command access;
	static const struct option_row options[] = {
		{ "subject", 's', OPTION_TEXT, &access.subject, 0, 0, "S",
			"the pseudonym of the person" },
		{ "key", 'k', OPTION_TEXT, &access.key_path, 0, 0, "FILE",
			"where the secret half of the auditor's key is, - standard input" },
		OPTION_LANGUAGE(&access.language),
	};
	static const struct command_line line = {
		.name = "access",
		.operands = "LOG...",
		.operands_min = 1,
		.operands_max = SIZE_MAX,
		.purpose = "Tells a person who looked at what is held about them, at what, and "
			   "when: from the\n"
			   "access log of ladderd, which is beside its store, and from older files "
			   "of it, also\n"
			   "compressed by gzip. Exit status 1: some of it could not be read with "
			   "this key.",
		.example = "ladder access --subject p-3f2a --key auditor.key "
			   "demo-store.access.ndjson*",
		.options = options,
		.option_count = ARRAY_LENGTH(options),
	};
	int operands;
	language_choose(argc, argv);
	int code = options_parse(&line, argc, argv, &operands);
	if (code != OPTIONS_GO)
		return code;
	if (access.language != NULL && !language_is_known(access.language))
		return complain("access", EX_USAGE, LANGUAGE_RULE);
	if (access.subject == NULL || access.key_path == NULL)
		return complain("access", EX_USAGE,
			"--subject says who, --key where the secret key is; `ladder access "
			"--help`.");
	/* Else instants are in the time of the machine. */
	if (zone_set(ZONE) != OK)
		complain("access", 0, "The times are those of this machine.");
	code = run(&access, argv + operands, (size_t)(argc - operands));
	access_release(&access);
	return code;
}
