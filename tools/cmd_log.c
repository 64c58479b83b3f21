/*
 * tools/cmd_log.c - `ladder log`: records of a store, as /v1/log prints them.
 */
#include "tools/common/command.h"

#include "proto/codec.h"
#include "tools/common/options.h"
#include "tools/common/store.h"
#include "tools/common/store_look.h"

#define FLUSH_BYTES ((size_t)1 << 16)

/* What is printed. */
struct log_printing {
	struct reader *reader;
	struct store_look look;
	struct arena arena;
	struct text out;
};

/* Writes what was printed, after it is in the access log. */
static enum err flush(struct log_printing *printing)
{
	enum err err = look_write(&printing->look.look);
	if (err == OK)
		err = output_write(text_bytes(&printing->out));
	printing->out.length = 0;
	return err;
}

static enum err print_record(struct log_printing *printing, uint64_t seq)
{
	struct record record;
	struct record_view view;
	enum err err = seq % RECORDS_OF_A_VIEW == 0 ? reader_renew(printing->reader) : OK;
	if (err == OK)
		err = reader_next(printing->reader, seq, &record);
	if (err != OK)
		return err;
	arena_reset(&printing->arena);
	err = store_look_at(&printing->look, printing->reader, &record);
	if (err == OK)
		err = reader_view(printing->reader, &record, &printing->arena, &view);
	if (err != OK)
		return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
	record_print_json(&view, &printing->out);
	text_add_char(&printing->out, '\n');
	if (printing->out.failed)
		return ERR_FULL;
	return printing->out.length >= FLUSH_BYTES ? flush(printing) : OK;
}

/* Prints up to `limit` records; before one that is damaged too. */
static enum err print_records(struct log_printing *printing, uint64_t after, uint64_t limit)
{
	enum err err = arena_init(&printing->arena, VIEW_ARENA_SIZE);
	for (uint64_t i = 0; i < limit && err == OK; i++)
		err = print_record(printing, after + 1 + i);
	if (err == ERR_NOT_FOUND)
		err = OK;
	if (err != OK && err != ERR_CORRUPT)
		return err;
	enum err ended = look_end(&printing->look.look);
	if (ended == OK)
		ended = flush(printing);
	return ended == OK ? err : ended;
}

static int print_store(
	struct log_printing *printing, const char *path, uint64_t after, uint64_t limit)
{
	int code = store_look_begin("log", path, printing->reader, &printing->look);
	if (code != EX_OK)
		return code;
	enum err err = print_records(printing, after, limit);
	if (printing->look.look.is_unwritable)
		return store_look_complain("log", path, &printing->look);
	/* That standard output takes no more output_end() says. */
	return err == OK ? EX_OK : err == ERR_IO ? EX_IOERR : store_complain("log", err, path);
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
			"the log. STORE is a store directory or a backup; ladderd may be running. "
			"Who looked\n"
			"at whom is written into the access log beside it, STORE.access.ndjson.",
		.example = "ladder log --after 1000 --limit 10 demo-store",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]),
	};
	int operands;
	int code = options_parse(&line, argc, argv, &operands);
	if (code != OPTIONS_GO)
		return code;
	struct log *log;
	static struct log_printing printing;
	code = store_open("log", argv[operands], &log, &printing.reader);
	if (code != EX_OK)
		return code;
	code = print_store(&printing, argv[operands], (uint64_t)after, (uint64_t)limit);
	store_look_release(&printing.look);
	arena_release(&printing.arena);
	text_release(&printing.out);
	store_close(log, printing.reader);
	return code;
}
