/*
 * tools/common/token_file.h - the token that a command shows to a ladderd. It comes from a file,
 * because what stands in a command line can be seen by others.
 */
#ifndef TOOLS_COMMON_TOKEN_FILE_H
#define TOOLS_COMMON_TOKEN_FILE_H

#include "secret/token.h"

#define TOKEN_FILE_ENV "LADDER_TOKEN_FILE"

/*
 * Reads the token of the file `path`, `-` standard input; NULL: of the one that the
 * environment names. The file holds the token alone, or what `ladder token` printed. EX_OK,
 * or the exit code: what is wrong is said in the name of the command.
 */
int token_file_read(const char *command, const char *path, char out[TOKEN_LENGTH_MAX + 1]);

#endif
