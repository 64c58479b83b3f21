/*
 * tools/common/daemon_tls.c - see daemon_tls.h.
 */
#include "tools/common/daemon_tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/guard.h"
#include "tools/common/language.h"

#define HOST_MAX 63 /* of a numeric address, or localhost */

bool host_is_loopback(struct bytes host)
{
	static const uint8_t loopback[16] = { [15] = 1 };
	uint8_t address[16];
	char text[HOST_MAX + 1];
	if (host.length > 2 && host.data[0] == '[' && host.data[host.length - 1] == ']')
		host = bytes_of(host.data + 1, host.length - 2);
	if (host.length == 0 || host.length > HOST_MAX)
		return false;
	memcpy(text, host.data, host.length);
	text[host.length] = '\0';
	if (strcasecmp(text, "localhost") == 0)
		return true;
	if (inet_pton(AF_INET, text, address) == 1)
		return address[0] == 127;
	return inet_pton(AF_INET6, text, address) == 1 &&
	       memcmp(address, loopback, sizeof(loopback)) == 0;
}

/* A key that others can read is none any more. EX_OK or the exit code. */
static int key_guard(const char *name, const char *path)
{
	struct reason reason;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return complain(
			name, EX_NOINPUT, "%s cannot be read: %s.", path, said(strerror(errno)));
	enum err err = guard_file(fd, GUARD_SECRET, said("The key"), path, &reason);
	close(fd);
	return err == OK ? EX_OK : complain(name, EX_NOPERM, "%s.", reason.text);
}

int daemon_tls_check(const char *name, const struct daemon_tls *tls)
{
	const char *const files[] = { tls->paths.cacert, tls->paths.cert, tls->paths.key };
	if ((tls->paths.cert == NULL) != (tls->paths.key == NULL))
		return complain(
			name, EX_USAGE, "--cert and --key go together: give both, or neither.");
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (files[i] != NULL && access(files[i], R_OK) != 0)
			return complain(name, EX_NOINPUT, "%s cannot be read: %s.", files[i],
				said(strerror(errno)));
	}
	return tls->paths.key == NULL ? EX_OK : key_guard(name, tls->paths.key);
}

enum err daemon_clear_check(
	const struct daemon_tls *tls, struct bytes host, const char *scheme, struct reason *reason)
{
	if (tls->plaintext || host_is_loopback(host))
		return OK;
	return fail(reason, ERR_INVALID,
		"it is another machine, and the token would go there in clear: take %s, or say "
		"--plaintext",
		scheme);
}
