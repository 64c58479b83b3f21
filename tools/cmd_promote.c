/*
 * tools/cmd_promote.c - `ladder promote`: makes a store that follows another the main.
 */
#include "tools/common/command.h"

#include <stdio.h>

#include "base/check.h"
#include "store/follow.h"
#include "tools/common/acts.h"
#include "tools/common/control.h"
#include "tools/common/options.h"
#include "tools/common/store.h"

/* A ladderd has the store open: it does it. */
static int daemon_ask(const char *store)
{
	struct text request = { 0 };
	control_add(&request, "command", "promote");
	int code = control_ask("promote", store, &request);
	text_release(&request);
	return code;
}

/* Of a store that nobody has open. */
static int promote(const char *store, uint64_t records)
{
	struct reason reason;
	struct follow_note note;
	enum err err = follow_note_read(store, &note, &reason);
	if (err != OK)
		return complain("promote", err_exit_code(err), "%s.", reason.text);
	if (note.role == FOLLOW_BEGUN)
		return complain("promote", EX_DATAERR,
			"The store %s began empty and never had all records of %s: it cannot be "
			"the main.",
			store, note.main);
	bool follows = note.role == FOLLOW_ON;
	printf("promoted: %s\n", follows ? "yes" : "no");
	if (!follows) {
		printf("the store is a main's already\n");
		return EX_OK;
	}
	note.role = FOLLOW_PROMOTED;
	err = follow_note_write(store, &note, &reason);
	act_audit("promote", NULL, err == OK);
	if (err != OK)
		return complain("promote", err_exit_code(err), "%s.", reason.text);
	printf("records: %llu\n"
	       "It followed %s. Take [follow] out of the configuration and start ladderd; send "
	       "partners\nthere, and keep the former main from taking anything. Whether the former "
	       "main had more\nrecords nobody knows here.\n",
		(unsigned long long)records, note.main);
	return EX_OK;
}

int command_promote(int argc, char **argv)
{
	static const struct command_line line = {
		.name = "promote",
		.operands = "STORE",
		.operands_min = 1,
		.operands_max = 1,
		.purpose =
			"Makes a store that follows another ladderd the main: from then on it "
			"takes what is\n"
			"pushed, and follows nobody. Of a running ladderd without a restart. The "
			"former main\n"
			"must take nothing any more: what it took since is in no other store.",
		.example = "ladder promote demo-store",
	};
	int operands;
	struct log *log;
	int code = options_parse(&line, argc, argv, &operands);
	if (code != OPTIONS_GO)
		return code;
	const char *store = argv[operands];
	code = store_open_any("promote", store, &log);
	if (code == EX_TEMPFAIL)
		return daemon_ask(store);
	if (code != EX_OK)
		return code;
	uint64_t records = log_last_seq(log);
	code = promote(store, records);
	log_close(log);
	return code;
}
