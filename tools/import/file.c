/*
 * tools/import/file.c - see file.h.
 */
#include "tools/import/file.h"

#include <errno.h>
#include <unistd.h>

#include "tools/common/language.h"

enum err file_read(int fd, size_t bytes_max, struct text *out, struct reason *reason)
{
	static char buffer[1 << 16];
	ssize_t count;
	while ((count = read(fd, buffer, sizeof(buffer))) != 0) {
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return fail(reason, ERR_IO, "it cannot be read: %s", said(strerror(errno)));
		text_add(out, bytes_of(buffer, (size_t)count));
		if (out->length > bytes_max)
			return fail(reason, ERR_INVALID,
				"it has more than %zu mebibytes: cut it "
				"in parts",
				bytes_max >> 20);
		if (out->failed)
			return fail(reason, ERR_FULL, "there is not enough memory");
	}
	return OK;
}
