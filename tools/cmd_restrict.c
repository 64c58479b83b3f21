/*
 * tools/cmd_restrict.c - `ladder restrict`: keeps a person's records and leaves them unused.
 */
#include "tools/common/command.h"

#include "tools/common/acts.h"
#include "tools/erasing.h"

int command_restrict(int argc, char **argv)
{
	struct erasing erasing = { .command = "restrict" };
	const struct option_row options[] = {
		OPTION_SUBJECT(&erasing.subject),
		{ "lift", 'l', OPTION_FLAG, &erasing.lift, 0, 0, NULL,
			"end the restriction: the records count again" },
		OPTION_REASON(&erasing.reason),
	};
	const struct command_line line = {
		.name = "restrict",
		.operands = "STORE",
		.operands_min = 1,
		.operands_max = 1,
		.purpose = "Takes a person out of every figure and list, and keeps the records, "
			   "until it is\n"
			   "lifted. What was published stays as it was shown. ladderd may be "
			   "running.",
		.example = "ladder restrict --subject p-3f2a --reason 'disputed' demo-store",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]),
	};
	int code = options_parse_person(&line, argc, argv, &erasing.subject, &erasing.store);
	if (code != OPTIONS_GO)
		return code;
	return restricting_run(&erasing);
}
