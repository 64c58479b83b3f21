/*
 * tools/common/command.h - the sub-commands of `ladder`.
 *
 * command_NAME() is in tools/cmd_NAME.c; that of a large one in tools/NAME/command.c.
 * argv[0] is its name; options may follow operands.
 * Results go to standard output, everything else to standard error. The
 * return value is the exit code: 0 success, 1 findings (rejected events, a
 * failed verification), 64-78 as in sysexits.h.
 */
#ifndef TOOLS_COMMON_COMMAND_H
#define TOOLS_COMMON_COMMAND_H

/* X(name, the sentence that `ladder --help` shows) */
#define COMMANDS(X)                                                                                \
	X(push, "send events from files to a ladderd")                                             \
	X(import, "send the rows of a spreadsheet (CSV) to a ladderd")                             \
	X(register, "tell who is who, and give partners aliases of people")                        \
	X(worklist, "list a partner's people whose news is running out")                           \
	X(card, "print how well a partner reports, from its own events")                           \
	X(replay, "compute the figures from a store, for any date and knowledge")                  \
	X(report, "write the figures of a store as a page for a council paper")                    \
	X(log, "print records of a store")                                                         \
	X(export, "write what a store has as tables, SQLite or CSV")                               \
	X(verify, "check a whole store")                                                           \
	X(backup, "copy a store, also while ladderd runs")                                         \
	X(erase, "erase a person from a store")                                                    \
	X(expire, "erase those of whom nothing was heard for long")                                \
	X(restrict, "take a person out of figures and lists")                                      \
	X(subject, "print all that is held about one person")                                      \
	X(handover, "hand a person over to another municipality, sealed for it")                   \
	X(access, "tell a person who looked at their records")                                     \
	X(merge, "add the sums of several stores and print their figures")                         \
	X(promote, "make a store that follows another the main")                                   \
	X(restore, "put a backup in the place of a store, without who was erased")                 \
	X(check, "ask a ladderd how it is, for a monitor like Nagios")                             \
	X(token, "make a token and the hash of it for the configuration")                          \
	X(key, "make a key, for what only its holder may read")                                    \
	X(generate, "print the events of a lifelike municipality")

#define COMMAND_DECLARE(name, sentence) int command_##name(int argc, char **argv);
COMMANDS(COMMAND_DECLARE)
#undef COMMAND_DECLARE

#endif
