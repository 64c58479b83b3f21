/*
 * tools/common/key_file.h - the secret half of a key (secret/seal.h), which a command reads from a
 * file: what stands in a command line can be seen by others.
 */
#ifndef TOOLS_COMMON_KEY_FILE_H
#define TOOLS_COMMON_KEY_FILE_H

#include "secret/seal.h"

/*
 * Reads the secret half of the file `path`, `-` standard input: alone in it, or after `secret:` as
 * `ladder key` prints it. The file must be nobody else's to read. EX_OK, and the caller releases
 * *out; or the exit code: what is wrong is said in the name of the command.
 */
int key_file_read(const char *command, const char *path, struct seal_secret *out);

#endif
