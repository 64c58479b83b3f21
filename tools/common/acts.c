/*
 * tools/common/acts.c - see acts.h.
 */
#include "tools/common/acts.h"

#include "base/audit.h"
#include "base/check.h"
#include "base/clock.h"

int options_parse_person(const struct command_line *line, int argc, char **argv,
	const char *const *subject, const char **store)
{
	int operands;
	CHECK(line->operands_min == 1 && line->operands_max == 1);
	int code = options_parse(line, argc, argv, &operands);
	if (code != OPTIONS_GO)
		return code;
	if (subject != NULL && *subject == NULL)
		return complain(line->name, EX_USAGE, "--subject says who; `ladder %s --help`.",
			line->name);
	*store = argv[operands];
	return OPTIONS_GO;
}

void act_audit(const char *command, const char *reason, bool done)
{
	struct audit audit;
	struct clock clock = clock_system();
	const struct audit_entry entry = {
		.kind = AUDIT_ACT,
		.who = "operator",
		.what = command,
		.from = "local",
		.outcome = done ? AUDIT_DONE : AUDIT_FAILED,
		.reason = reason,
	};
	audit_open(&audit);
	audit_write(&audit, &entry, clock_now_us(&clock));
	audit_close(&audit);
}
