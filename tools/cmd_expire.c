/*
 * tools/cmd_expire.c - `ladder expire`: erases everybody of whom nothing was heard for long.
 */
#include "tools/common/command.h"

#include "tools/common/acts.h"
#include "tools/erasing.h"

int command_expire(int argc, char **argv)
{
	struct erasing erasing = { .command = "expire" };
	const struct option_row options[] = {
		{ "before", 'b', OPTION_DATE, &erasing.before, 0, 0, "DAY",
			"whose last event happened before this day" },
		OPTION_REASON(&erasing.reason),
		{ "dry-run", 'n', OPTION_FLAG, &erasing.dry_run, 0, 0, NULL,
			"say how much would be erased, and erase nothing" },
	};
	const struct command_line line = {
		.name = "expire",
		.operands = "STORE",
		.operands_min = 1,
		.operands_max = 1,
		.purpose = "Erases everybody whose last event happened before a day, as `ladder "
			   "erase` does.\n"
			   "From then on figures say from which day on they are complete.",
		.example = "ladder expire --before 2019-01-01 --reason 'retention' demo-store",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]),
	};
	int code = options_parse_person(&line, argc, argv, NULL, &erasing.store);
	if (code != OPTIONS_GO)
		return code;
	if (erasing.before <= 0)
		return complain("expire", EX_USAGE, "--before says the day, as 2019-01-01.");
	return erasing_run(&erasing);
}
