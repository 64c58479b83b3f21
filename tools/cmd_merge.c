/*
 * tools/cmd_merge.c - `ladder merge`: the figures of several stores together, from the sums of
 * each.
 */
#include "tools/common/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/date.h"
#include "engine/csv.h"
#include "engine/series.h"
#include "engine/summed.h"
#include "tools/common/options.h"

/* Reads a file, or standard input. The exit code: what is wrong is said. */
static int file_take(const char *path, struct text *out)
{
	char block[1 << 14];
	size_t length;
	bool is_stdin = strcmp(path, "-") == 0;
	FILE *file = is_stdin ? stdin : fopen(path, "re");
	if (file == NULL)
		return complain(
			"merge", EX_NOINPUT, "%s cannot be opened: %s.", path, strerror(errno));
	while (!out->failed && out->length <= SUMMED_BYTES_MAX &&
		(length = fread(block, 1, sizeof(block), file)) > 0)
		text_add(out, bytes_of(block, length));
	bool failed = ferror(file) != 0;
	if (!is_stdin)
		fclose(file);
	if (failed)
		return complain("merge", EX_IOERR, "%s cannot be read.", path);
	if (out->failed)
		return complain("merge", EX_OSERR, "There is not enough memory.");
	return out->length > SUMMED_BYTES_MAX
		       ? complain("merge", EX_DATAERR, "%s is larger than any answer of /v1/sums.",
				 path)
		       : EX_OK;
}

/* Adds the sums of a file; those of the first are taken as they are. */
static int file_add(const char *path, struct summed *sums)
{
	struct text text = { 0 };
	struct reason reason = { "" };
	struct summed more = { .part = NULL };
	int code = file_take(path, &text);
	enum err err = OK;
	if (code == EX_OK)
		err = summed_read(text_bytes(&text), &more, &reason);
	if (code == EX_OK && err == OK && sums->part == NULL) {
		*sums = more;
		more = (struct summed){ .part = NULL };
	} else if (code == EX_OK && err == OK) {
		err = summed_add(sums, &more, &reason);
	}
	summed_release(&more);
	text_release(&text);
	if (err == OK)
		return code;
	return complain(
		"merge", err == ERR_FULL ? EX_OSERR : EX_DATAERR, "%s: %s.", path, reason.text);
}

static enum err series_write(const struct summed *sums, const struct figure *root)
{
	static const struct agreements none;
	struct series_set set = { .label = NULL };
	int64_t end_us = zone_day_last_us(sums->head.as_of);
	int64_t at_us = end_us < sums->head.known_us ? end_us : sums->head.known_us;
	enum err err =
		series_add(&set, sums->head.municipality, root, &none, at_us / US_PER_SECOND);
	if (err == OK)
		err = series_print(&set, output_write);
	series_release(&set);
	return err;
}

enum merge_format { MERGE_JSON, MERGE_CSV, MERGE_OPENMETRICS };

static int sums_print(const struct summed *sums, enum merge_format format)
{
	struct arena arena;
	struct text out = { 0 };
	const struct figure *root;
	enum err err = arena_init(&arena, FIGURES_ARENA_SIZE);
	if (err != OK)
		return complain("merge", EX_OSERR, "There is not enough memory.");
	err = summed_build(sums, &arena, &root);
	if (err == OK && format == MERGE_JSON) {
		err = summed_print_json(sums, &out);
	} else if (err == OK && format == MERGE_CSV) {
		csv_print_names(&out);
		csv_print_figures(root, &out);
	}
	if (err == OK && out.failed)
		err = ERR_FULL;
	if (err == OK)
		err = format == MERGE_OPENMETRICS ? series_write(sums, root)
						  : output_write(text_bytes(&out));
	text_release(&out);
	arena_release(&arena);
	if (err == ERR_INVALID)
		return complain("merge", EX_DATAERR, "The sums contradict each other.");
	/* What standard output does not take is said at the end. */
	return err == OK       ? EX_OK
	       : err == ERR_IO ? EX_IOERR
			       : complain("merge", EX_OSERR, "There is not enough memory.");
}

/* What is not as one store with all records would print it. Of all together nothing is agreed. */
static void limits_say(const struct summed *sums, int count)
{
	if (count > 1)
		fprintf(stderr,
			"ladder merge: %d stores are added: whoever is in two of them counts in "
			"each, and agreements are not listed.\n",
			count);
	else if (sums->head.municipality != PART_ALL)
		fprintf(stderr, "ladder merge: agreements are not listed.\n");
}

static int files_merge(char *const *files, int count, enum merge_format format)
{
	struct summed sums = { .part = NULL };
	int code = EX_OK;
	/* The sums do not say whose days they count: all stores have these. */
	enum err zone = zone_set(STORE_ZONE_DEFAULT);
	if (zone == ERR_FULL)
		return complain("merge", EX_OSERR, "There is not enough memory.");
	if (zone != OK)
		return complain("merge", EX_OSFILE,
			"This machine does not know the time zone " STORE_ZONE_DEFAULT
			": install tzdata.");
	for (int i = 0; i < count && code == EX_OK; i++)
		code = file_add(files[i], &sums);
	if (code == EX_OK && format == MERGE_OPENMETRICS && sums.head.municipality == PART_ALL)
		code = complain("merge", EX_USAGE,
			"--format openmetrics is of one municipality: metrics have no sums of "
			"all.");
	if (code == EX_OK)
		code = sums_print(&sums, format);
	if (code == EX_OK)
		limits_say(&sums, count);
	summed_release(&sums);
	return code;
}

int command_merge(int argc, char **argv)
{
	static const char *const formats[] = { "json", "csv", "openmetrics" };
	const char *asked = "json";
	const struct option_row options[] = {
		{ "format", 'f', OPTION_TEXT, &asked, 0, 0, "FORMAT",
			"json, csv or openmetrics (default: json)" },
	};
	const struct command_line line = {
		.name = "merge",
		.operands = "FILE...",
		.operands_min = 1,
		.operands_max = SIZE_MAX,
		.purpose =
			"Adds the sums of several stores, each the answer of its /v1/sums to the "
			"same\n"
			"question, and prints the figures that one store with all their records "
			"would\n"
			"print, the same to the byte where no person is in two of them.",
		.example = "ladder merge north.sums south.sums",
		.options = options,
		.option_count = ARRAY_LENGTH(options),
	};
	int operands;
	int code = options_parse(&line, argc, argv, &operands);
	if (code != OPTIONS_GO)
		return code;
	for (enum merge_format format = MERGE_JSON; format <= MERGE_OPENMETRICS; format++) {
		if (strcmp(asked, formats[format]) == 0)
			return files_merge(argv + operands, argc - operands, format);
	}
	return complain("merge", EX_USAGE, "--format must be json, csv or openmetrics.");
}
