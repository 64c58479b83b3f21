/*
 * tools/cmd_restore.c - `ladder restore`: puts a backup in the place of a store, without those who
 * were erased since it was made.
 */
#include "tools/common/command.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "store/erase.h"
#include "tools/common/options.h"
#include "tools/common/store.h"
#include "tools/erasing.h"

static void finding(void *context, const char *text)
{
	(void)context;
	complain("restore", EX_FINDINGS, "%s", text);
}

/* A backup that is damaged is not put anywhere. */
static int backup_verify(const char *path, const struct log *log, struct reader *reader)
{
	uint64_t records;
	enum err err = log_was_verified(log, &records)
			       ? OK
			       : reader_verify(reader, finding, NULL, &records);
	if (err == ERR_CORRUPT)
		return complain("restore", EX_DATAERR,
			"The backup %s is damaged: nothing was restored.", path);
	return err == OK ? EX_OK : store_complain("restore", err, path);
}

/* Copies the backup, once it is verified. */
static int backup_copy(const char *backup, const char *store)
{
	struct log *log;
	struct reader *reader;
	struct reason reason = { "" };
	int code = store_open("restore", backup, &log, &reader);
	if (code != EX_OK)
		return code;
	code = backup_verify(backup, log, reader);
	if (code == EX_OK && log_backup(log, store, &reason) != OK)
		code = complain("restore", EX_CANTCREAT, "%s.", reason.text);
	store_close(log, reader);
	return code;
}

/* What the list beside the store says is erased, and is there. */
static int pending_find(const char *store, uint64_t **seqs, size_t *count)
{
	struct log *log;
	struct reader *reader;
	struct reason reason;
	int code = store_open("restore", store, &log, &reader);
	if (code != EX_OK)
		return code;
	/* The rows of a cluster erase them, at the place where all nodes did. */
	bool follows = log_place(log)->pos != 0;
	enum err err = follows ? OK : erase_pending(reader, store, seqs, count, &reason);
	store_close(log, reader);
	return err == OK ? EX_OK : complain("restore", err_exit_code(err), "%s.", reason.text);
}

static int erasures_apply(const char *store)
{
	uint64_t *seqs = NULL;
	size_t count = 0;
	int code = pending_find(store, &seqs, &count);
	if (code == EX_OK && count > 0) {
		const struct erasing erasing = {
			.command = "restore",
			.store = store,
			.seqs = seqs,
			.seq_count = count,
			.reason = "erased before, in a backup that was restored",
		};
		code = erasing_run(&erasing);
	}
	free(seqs);
	return code;
}

/* Before erasing: that adds records of its own. */
static int last_seq_find(const char *backup, uint64_t *last_seq)
{
	struct log *log;
	struct reader *reader;
	int code = store_open("restore", backup, &log, &reader);
	if (code != EX_OK)
		return code;
	*last_seq = log_last_seq(log);
	store_close(log, reader);
	return EX_OK;
}

int command_restore(int argc, char **argv)
{
	static int64_t expected_seq;
	static const struct option_row options[] = {
		{ "expect-seq", 0, OPTION_INTEGER, &expected_seq, 0, INT64_MAX, "N",
			"the store had record N: a backup that ends before is 65" },
	};
	const struct command_line line = {
		.name = "restore",
		.operands = "BACKUP STORE",
		.operands_min = 2,
		.operands_max = 2,
		.purpose = "Verifies a backup, copies it into STORE, a new or empty directory, and "
			   "erases from\n"
			   "it again who was erased since: STORE.erased, beside the store that was "
			   "lost, says\n"
			   "who. With the same directory twice, a store that was copied back by "
			   "hand is mended\n"
			   "where it is. No ladderd may be running on STORE.",
		.example = "ladder restore demo-backup demo-store",
		.options = options,
		.option_count = ARRAY_LENGTH(options),
	};
	int operands;
	int code = options_parse(&line, argc, argv, &operands);
	if (code != OPTIONS_GO)
		return code;
	const char *backup = argv[operands], *store = argv[operands + 1];
	uint64_t last_seq;
	code = last_seq_find(backup, &last_seq);
	if (code == EX_OK && strcmp(backup, store) != 0)
		code = backup_copy(backup, store);
	if (code == EX_OK)
		code = erasures_apply(store);
	if (code == EX_OK && last_seq < (uint64_t)expected_seq)
		code = complain("restore", EX_DATAERR,
			"%s is restored, but the backup ends with record %" PRIu64
			", before %" PRId64 ": what partners sent since must be sent again.",
			store, last_seq, expected_seq);
	return code;
}
