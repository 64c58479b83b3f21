/*
 * tools/main.c - the command `ladder`: finds the sub-command and calls it.
 */
#include "tools/common/command.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/check.h"
#include "base/logging.h"
#include "tools/common/options.h"

struct command {
	const char *name;
	const char *sentence;
	int (*run)(int argc, char **argv);
};

static const struct command commands[] = {
#define COMMAND_ROW(name, sentence) { #name, sentence, command_##name },
	COMMANDS(COMMAND_ROW)
};

/*
 * A standard stream that is closed would give its number to the next file that is
 * opened: results would go into a store. Opened the wrong way round, it fails
 * as a closed one does.
 */
static bool hold_standard_streams(void)
{
	static const int modes[] = { O_WRONLY, O_RDONLY, O_RDONLY };
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", modes[fd]) != fd)
			return false;
	}
	return true;
}

static void print_help(void)
{
	printf("Usage: ladder COMMAND [options] [operands]\n\n"
	       "Sends events to a ladderd, and reads what it keeps.\n\n"
	       "Commands:\n");
	for (size_t i = 0; i < ARRAY_LENGTH(commands); i++)
		printf("  %-10s %s\n", commands[i].name, commands[i].sentence);
	printf("\n`ladder COMMAND --help` explains a command and gives an example;\n"
	       "`ladder --version` prints the version.\n\n"
	       "Exit status, those from 64 on as in sysexits.h:\n");
#define EXIT_LINE(code, meaning) printf("  %-3d %s\n", code, meaning);
	EXIT_CODES(EXIT_LINE)
#undef EXIT_LINE
	printf("\nExample:\n"
	       "  ladder generate --people 50 | ladder push --token-file isd.token -\n");
}

static int run(int argc, char **argv)
{
	if (argc < 2)
		return complain(
			"", EX_USAGE, "No command is given. `ladder --help` lists the commands.");
	struct bytes name = bytes_of_string(argv[1]);
	if (bytes_are(name, "--help") || bytes_are(name, "-h")) {
		print_help();
		return EX_OK;
	}
	if (bytes_are(name, "--version")) {
		print_version();
		return EX_OK;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(commands); i++) {
		if (bytes_are(name, commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	}
	return complain("", EX_USAGE,
		"There is no command \"%s\". `ladder --help` lists the commands.", argv[1]);
}

int main(int argc, char **argv)
{
	if (!hold_standard_streams())
		return EX_OSERR;
	/* A reader of the output that hangs up is a failed write, not a death. */
	signal(SIGPIPE, SIG_IGN);
	logging_init("ladder");
	return output_end(run(argc, argv));
}
