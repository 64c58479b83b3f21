/*
 * tools/common/token_file.c - see token_file.h.
 */
#include "tools/common/token_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/guard.h"
#include "tools/common/language.h"
#include "tools/common/options.h"

int token_file_read(const char *command, const char *path, char out[TOKEN_LENGTH_MAX + 1])
{
	char text[1024];
	if (path == NULL)
		path = getenv(TOKEN_FILE_ENV);
	if (path == NULL || path[0] == '\0')
		return complain(command, EX_USAGE,
			"A token is needed: give the file it is in with --token-file FILE or in "
			"the "
			"environment as %s.",
			TOKEN_FILE_ENV);
	bool from_stdin = strcmp(path, "-") == 0;
	FILE *file = from_stdin ? stdin : fopen(path, "re");
	if (file == NULL)
		return complain(command, EX_NOINPUT, "The token file %s cannot be opened: %s.",
			path, said(strerror(errno)));
	struct reason reason;
	if (!from_stdin && guard_file(fileno(file), GUARD_SECRET, said("The token file"), path,
				   &reason) != OK) {
		fclose(file);
		return complain(command, EX_NOPERM, "%s.", reason.text);
	}
	size_t length = fread(text, 1, sizeof(text) - 1, file);
	text[length] = '\0';
	if (!from_stdin)
		fclose(file);
	if (!token_take(text, out))
		return complain(command, EX_DATAERR,
			"There is no token in the token file %s: it holds the token alone, or what "
			"`ladder token` printed.",
			from_stdin ? said("on standard input") : path);
	return EX_OK;
}
