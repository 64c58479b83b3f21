/*
 * tools/common/token_file.c - see token_file.h.
 */
#include "tools/common/token_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/guard.h"
#include "tools/common/language.h"
#include "tools/common/options.h"

/* Takes the token out of the file's text: alone in it, or after `token:` as `ladder token` prints.
 */
static bool take_token(const char *text, char out[TOKEN_LENGTH_MAX + 1])
{
	static const char label[] = "token:";
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=";
	text = (const char *)bytes_unmarked(bytes_of_string(text)).data;
	text += strspn(text, " \t\r\n");
	bool labelled = strncmp(text, label, strlen(label)) == 0;
	if (labelled)
		text += strlen(label);
	text += strspn(text, " \t");
	size_t length = strspn(text, allowed);
	const char *end = text + length;
	end += strspn(end, labelled ? " \t\r" : " \t\r\n");
	if (length < 1 || length > TOKEN_LENGTH_MAX ||
		(*end != '\0' && !(labelled && *end == '\n')))
		return false;
	memcpy(out, text, length);
	out[length] = '\0';
	return true;
}

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
	if (!take_token(text, out))
		return complain(command, EX_DATAERR,
			"There is no token in the token file %s: it holds the token alone, or what "
			"`ladder token` printed.",
			from_stdin ? said("on standard input") : path);
	return EX_OK;
}
