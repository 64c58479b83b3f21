/*
 * tools/cmd_erase.c - `ladder erase`: takes a person out of a store, for good.
 */
#include "tools/common/command.h"

#include <stdlib.h>

#include "store/erase.h"
#include "tools/common/acts.h"
#include "tools/common/store.h"
#include "tools/erasing.h"

/* Prints which records are to be erased again, after a restore. */
static int pending_list(const char *path)
{
	struct log *log;
	struct reader *reader;
	struct reason reason;
	uint64_t *seqs = NULL;
	size_t count = 0;
	int code = store_open("erase", path, &log, &reader);
	if (code != EX_OK)
		return code;
	enum err err = erase_pending(reader, path, &seqs, &count, &reason);
	store_close(log, reader);
	if (err != OK)
		return complain("erase", err_exit_code(err), "%s.", reason.text);
	for (size_t i = 0; i < count; i++)
		printf("%llu\n", (unsigned long long)seqs[i]);
	free(seqs);
	return EX_OK;
}

int command_erase(int argc, char **argv)
{
	struct erasing erasing = { .command = "erase" };
	bool list = false;
	const struct option_row options[] = {
		OPTION_SUBJECT(&erasing.subject),
		OPTION_REASON(&erasing.reason),
		{ "dry-run", 'n', OPTION_FLAG, &erasing.dry_run, 0, 0, NULL,
			"say how much would be erased, and erase nothing" },
		{ "list", 'l', OPTION_FLAG, &list, 0, 0, NULL,
			"print the seqs that are to be erased again, after a restore" },
	};
	const struct command_line line = {
		.name = "erase",
		.operands = "STORE",
		.operands_min = 1,
		.operands_max = 1,
		.purpose = "Erases a person: all records about the person, and what retracts them, "
			   "become\n"
			   "empty places. The store is written anew, and figures are as if the "
			   "person had\n"
			   "never been there. What was published stays as it was shown. Backups "
			   "from before\n"
			   "are out of reach: STORE.erased says what to erase in them again.",
		.example = "ladder erase --subject p-3f2a --reason 'asked for it' demo-store",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]),
	};
	int code = options_parse_person(&line, argc, argv, NULL, &erasing.store);
	if (code != OPTIONS_GO)
		return code;
	if (list && erasing.subject != NULL)
		return complain("erase", EX_USAGE, "--list and --subject do not go together.");
	if (list)
		return pending_list(erasing.store);
	if (erasing.subject == NULL)
		return complain("erase", EX_USAGE, "--subject says who; `ladder erase --help`.");
	return erasing_run(&erasing);
}
