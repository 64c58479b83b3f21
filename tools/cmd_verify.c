/*
 * tools/cmd_verify.c - `ladder verify`: checks a whole store.
 *
 * A damaged page can end the process that reads it, so a child does the reading: if it
 * dies, that is a finding too.
 */
#include "tools/common/command.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/common/options.h"
#include "tools/common/store.h"

static void tell(void *context, const char *finding)
{
	(void)context;
	output_line("%s", finding);
}

static int verify(const char *path)
{
	struct log *log;
	struct reader *reader;
	uint64_t records = 0;
	int code = store_open("verify", path, &log, &reader);
	if (code != EX_OK)
		return code == EX_DATAERR ? EX_FINDINGS : code;
	enum err err =
		log_was_verified(log, &records) ? OK : reader_verify(reader, tell, NULL, &records);
	store_close(log, reader);
	switch (err) {
	case OK:
		output_line("%llu records, all as they were written", (unsigned long long)records);
		return EX_OK;
	case ERR_CORRUPT:
		return EX_FINDINGS;
	case ERR_INVALID:
	case ERR_NOT_FOUND:
	case ERR_CONFLICT:
	case ERR_FULL:
	case ERR_IO:
	case ERR_STOPPED:
		break;
	}
	return store_complain("verify", err, path);
}

int command_verify(int argc, char **argv)
{
	const struct command_line line = {
		.name = "verify",
		.operands = "STORE",
		.operands_min = 1,
		.operands_max = 1,
		.purpose =
			"Checks every record's checksum and every table against the log. STORE is\n"
			"a store directory or a backup; ladderd may be running. Findings are\n"
			"printed one a line, and the exit code is 1 when there are any.",
		.example = "ladder verify demo-store",
	};
	int operands;
	int code = options_parse(&line, argc, argv, &operands);
	if (code != OPTIONS_GO)
		return code;
	fflush(stdout);
	pid_t child = fork();
	if (child < 0)
		return complain("verify", EX_OSERR, "There is no room for another process.");
	if (child == 0)
		_exit(output_end(verify(argv[operands])));
	int status;
	if (waitpid(child, &status, 0) != child)
		return complain("verify", EX_OSERR, "The checking process was lost.");
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	output_line("the pages of the store are damaged: reading them ended with %s",
		strsignal(WTERMSIG(status)));
	return output_end(EX_FINDINGS);
}
