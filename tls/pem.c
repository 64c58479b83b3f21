/*
 * tls/pem.c - see pem.h.
 */
#include "tls/pem.h"

#include <errno.h>
#include <stdio.h>

static enum err read_all(
	FILE *file, const char *role, const char *path, struct text *out, struct reason *reason)
{
	char block[4096];
	size_t length;
	errno = 0;
	while (out->length <= PEM_BYTES_MAX && (length = fread(block, 1, sizeof(block), file)) > 0)
		text_add(out, bytes_of(block, length));
	explicit_bzero(block, sizeof(block));
	if (ferror(file))
		return fail(reason, ERR_INVALID, "%s %s: %s", role, path, strerror(errno));
	if (out->failed)
		return fail(reason, ERR_FULL, "there is no memory");
	if (out->length == 0 || out->length > PEM_BYTES_MAX)
		return fail(reason, ERR_INVALID, "%s %s: %s", role, path,
			out->length == 0 ? "it is empty" : "it is longer than 1 MiB");
	return OK;
}

enum err pem_read(
	const char *role, const char *path, struct text *out, bool *exposed, struct reason *reason)
{
	FILE *file = fopen(path, "re");
	struct text pem = { 0 };
	if (file == NULL)
		return fail(reason, ERR_INVALID, "%s %s: %s", role, path, strerror(errno));
	/* What stays in a buffer of stdio would be in memory that nobody overwrites. */
	setvbuf(file, NULL, _IONBF, 0);
	enum err err = guard_file(fileno(file), GUARD_WRITE, role, path, reason);
	if (err == OK)
		err = read_all(file, role, path, &pem, reason);
	if (err == OK && exposed != NULL)
		*exposed = guard_file(fileno(file), GUARD_SECRET, role, path, NULL) != OK;
	fclose(file);
	if (err == OK)
		*out = pem;
	else
		pem_forget(&pem);
	return err == ERR_IO ? ERR_INVALID : err;
}

void pem_forget(struct text *pem)
{
	if (pem->data != NULL)
		explicit_bzero(pem->data, pem->length);
	text_release(pem);
}
