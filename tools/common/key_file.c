/*
 * tools/common/key_file.c - see key_file.h.
 */
#include "tools/common/key_file.h"

#include <errno.h>
#include <string.h>

#include "base/bytes.h"
#include "base/guard.h"
#include "tools/common/language.h"
#include "tools/common/options.h"

/* Takes the secret out of the file's text: of the line that begins with `secret:`, or alone. */
static bool take_secret(const char *text, struct seal_secret *out)
{
	static const char label[] = "secret:";
	static const char blank[] = " \t\r\n";
	text = (const char *)bytes_unmarked(bytes_of_string(text)).data;
	const char *labelled = strstr(text, label);
	if (labelled != NULL && (labelled == text || labelled[-1] == '\n'))
		text = labelled + strlen(label);
	text += strspn(text, blank);
	size_t length = strcspn(text, blank);
	if (text[length + strspn(text + length, blank)] != '\0' && labelled == NULL)
		return false;
	return seal_secret_parse(bytes_of(text, length), out) == OK;
}

int key_file_read(const char *command, const char *path, struct seal_secret *out)
{
	char text[1024];
	bool from_stdin = strcmp(path, "-") == 0;
	FILE *file = from_stdin ? stdin : fopen(path, "re");
	if (file == NULL)
		return complain(command, EX_NOINPUT, "The key file %s cannot be opened: %s.", path,
			said(strerror(errno)));
	struct reason reason;
	if (!from_stdin &&
		guard_file(fileno(file), GUARD_SECRET, said("The key file"), path, &reason) != OK) {
		fclose(file);
		return complain(command, EX_NOPERM, "%s.", reason.text);
	}
	size_t length = fread(text, 1, sizeof(text) - 1, file);
	text[length] = '\0';
	if (!from_stdin)
		fclose(file);
	bool found = take_secret(text, out);
	explicit_bzero(text, sizeof(text));
	if (!found)
		return complain(command, EX_DATAERR,
			"There is no secret key in %s: it holds the secret half alone, or what "
			"`ladder key` printed.",
			from_stdin ? said("standard input") : path);
	return EX_OK;
}
