/*
 * tools/cmd_backup.c - `ladder backup`: a consistent, compact copy of a store.
 */
#include "tools/common/command.h"

#include <stdio.h>

#include "base/file.h"
#include "tools/common/options.h"
#include "tools/common/store.h"

/*
 * Of a store that follows a cluster: notes in the store up to where there is a backup, so that the
 * cluster need not keep that any more. The copy has as much, or more.
 */
static enum err place_note(const char *store, uint64_t pos, struct reason *reason)
{
	char path[FILE_PATH_MAX], path_new[FILE_PATH_MAX];
	if (pos == 0)
		return OK;
	if (file_join(store, "backed-up", path, sizeof(path)) != OK ||
		file_join(store, "backed-up.new", path_new, sizeof(path_new)) != OK)
		return fail(reason, ERR_IO, "%s: its name is too long", store);
	FILE *file = file_replace_begin(path_new, reason);
	if (file == NULL)
		return ERR_IO;
	bool written = fprintf(file, "%llu\n", (unsigned long long)pos) > 0;
	return file_replace_end(file, written, path_new, path, NULL, reason);
}

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
	uint64_t pos = log_place(log)->pos;
	enum err err = log_backup(log, argv[operands + 1], &reason);
	store_close(log, reader);
	if (err == OK && place_note(argv[operands], pos, &reason) != OK)
		return complain("backup", EX_IOERR,
			"the backup is whole; that it is there cannot be noted for the cluster: "
			"%s.",
			reason.text);
	if (err != OK)
		return complain("backup",
			err == ERR_CONFLICT  ? EX_CANTCREAT
			: err == ERR_CORRUPT ? EX_DATAERR
			: err == ERR_FULL    ? EX_OSERR
					     : EX_IOERR,
			"%s.", reason.text);
	return EX_OK;
}
