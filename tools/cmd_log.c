/*
 * tools/cmd_log.c - `ladder log`: records of a store, as /v1/log prints them.
 */
#include "tools/common/command.h"

#include "proto/codec.h"
#include "tools/common/options.h"
#include "tools/common/store.h"

#define FLUSH_BYTES ((size_t)1 << 16)

/* Prints up to `limit` records. */
static enum err print_records(struct reader *reader, uint64_t after, uint64_t limit,
	struct arena *arena, struct text *out)
{
	enum err err = OK;
	for (uint64_t i = 0; i < limit && err == OK; i++) {
		struct record_view view;
		err = reader_next_view(reader, after + 1 + i, arena, &view);
		if (err != OK)
			return err == ERR_NOT_FOUND ? OK : err;
		record_print_json(&view, out);
		text_add_char(out, '\n');
		if (out->failed)
			return ERR_FULL;
		if (out->length >= FLUSH_BYTES) {
			err = output_write(text_bytes(out));
			out->length = 0;
		}
	}
	return err;
}

int command_log(int argc, char **argv)
{
	int64_t after = 0, limit = INT64_MAX;
	const struct option_row options[] = {
		{ "after", 'a', OPTION_INTEGER, &after, 0, INT64_C(1) << 40, "SEQ",
			"begin behind this record (default: 0)" },
		{ "limit", 'n', OPTION_INTEGER, &limit, 1, INT64_MAX, "N",
			"print at most this many records (default: all)" },
	};
	const struct command_line line = {
		.name = "log",
		.operands = "STORE",
		.operands_min = 1,
		.operands_max = 1,
		.purpose =
			"Prints the records of a store, one JSON object a line, in the order of\n"
			"the log. STORE is a store directory or a backup; ladderd may be running.",
		.example = "ladder log --after 1000 --limit 10 demo-store",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]),
	};
	int operands;
	int code = options_parse(&line, argc, argv, &operands);
	if (code != OPTIONS_GO)
		return code;
	struct log *log;
	struct reader *reader;
	struct arena arena;
	struct text out = { 0 };
	code = store_open("log", argv[operands], &log, &reader);
	if (code != EX_OK)
		return code;
	enum err err = arena_init(&arena, VIEW_ARENA_SIZE);
	if (err == OK) {
		err = print_records(reader, (uint64_t)after, (uint64_t)limit, &arena, &out);
		arena_release(&arena);
	}
	if (err == OK || err == ERR_CORRUPT)
		code = output_write(text_bytes(&out)) == OK ? EX_OK : EX_IOERR;
	if (err != OK && err != ERR_IO)
		code = store_complain("log", err, argv[operands]);
	text_release(&out);
	store_close(log, reader);
	return code;
}
