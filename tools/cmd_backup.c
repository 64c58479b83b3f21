/*
 * tools/cmd_backup.c - `ladder backup`: a consistent, compact copy of a store.
 */
#include "tools/common/command.h"

#include "tools/common/options.h"
#include "tools/common/store.h"

int command_backup(int argc, char **argv)
{
	const struct command_line line = {
		.name = "backup",
		.operands = "STORE DEST",
		.operands_min = 2,
		.operands_max = 2,
		.purpose = "Copies a store as it is at this moment into DEST, a new or empty\n"
			   "directory, compactly and synced to disk. ladderd may be running. Run "
			   "by root it\n"
			   "writes as the store's owner.",
		.example = "ladder backup demo-store demo-backup",
	};
	int operands;
	int code = options_parse(&line, argc, argv, &operands);
	if (code != OPTIONS_GO)
		return code;
	struct log *log;
	struct reader *reader;
	struct reason reason;
	code = store_open("backup", argv[operands], &log, &reader);
	if (code != EX_OK)
		return code;
	enum err err = log_backup(log, argv[operands + 1], &reason);
	store_close(log, reader);
	if (err != OK)
		return complain("backup",
			err == ERR_CONFLICT  ? EX_CANTCREAT
			: err == ERR_CORRUPT ? EX_DATAERR
					     : EX_IOERR,
			"%s.", reason.text);
	return EX_OK;
}
