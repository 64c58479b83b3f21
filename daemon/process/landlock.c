/*
 * daemon/process/landlock.c - see landlock.h.
 */
#include "daemon/process/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/check.h"

#define BIT(n) (UINT64_C(1) << (n))

/* Of the kernel's ABI, by the version that brought them. */
#define FS_OF_1      (BIT(13) - 1)
#define FS_REFER     BIT(13) /* 2: rename and link from one folder to another */
#define FS_TRUNCATE  BIT(14) /* 3 */
#define FS_IOCTL_DEV BIT(15) /* 5 */
#define NET_BIND     BIT(0)  /* 4, of TCP */
#define NET_CONNECT  BIT(1)
#define SCOPE_OF_6   (BIT(0) | BIT(1)) /* abstract sockets, signals */

/* What may be done in a folder of the store; with files alone; with a file that is read. */
#define FOLDER_RIGHTS                                                                              \
	(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |                              \
		LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE |                   \
		LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | FS_TRUNCATE)
#define READ_RIGHTS LANDLOCK_ACCESS_FS_READ_FILE

/* struct landlock_ruleset_attr of the newest version; an older kernel takes it when what it does
 * not know is 0. */
struct kinds {
	uint64_t fs;
	uint64_t net;
	uint64_t scoped;
};

/* libc has no names for these calls. */
static int ruleset_new(const struct kinds *kinds, size_t size, unsigned flags)
{
	return (int)syscall(SYS_landlock_create_ruleset, kinds, size, flags);
}

unsigned landlock_version(void)
{
	int version = ruleset_new(NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	return version < 0 ? 0 : (unsigned)version;
}

static struct kinds kinds_of(unsigned version, bool outgoing)
{
	return (struct kinds){
		.fs = FS_OF_1 | (version >= 2 ? FS_REFER : 0) | (version >= 3 ? FS_TRUNCATE : 0) |
		      (version >= 5 ? FS_IOCTL_DEV : 0),
		.net = version < 4 ? 0 : NET_BIND | (outgoing ? 0 : NET_CONNECT),
		.scoped = version < 6 ? 0 : SCOPE_OF_6,
	};
}

/* Allows `rights`, as far as they are of a kind that is confined at all. */
static enum err allow(int ruleset, const struct kinds *kinds, const char *path, uint64_t rights,
	struct reason *reason)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	const struct landlock_path_beneath_attr rule = {
		.allowed_access = rights & kinds->fs,
		.parent_fd = fd,
	};
	bool added = fd >= 0 && syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
					&rule, 0) == 0;
	int error = errno;
	if (fd >= 0)
		close(fd);
	return added ? OK
		     : fail(reason, ERR_IO, "Landlock takes no rule for %s: %s", path,
			       strerror(error));
}

/* Writes the folder that `path` is in into `out`; false when that is all of /. */
static bool folder_of(const char *path, char out[PATH_MAX])
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX] = ".";
	if (slash != NULL) {
		size_t length = slash == path ? 1 : (size_t)(slash - path);
		if (length >= sizeof(folder))
			return false;
		memcpy(folder, path, length);
		folder[length] = '\0';
	}
	return realpath(folder, out) != NULL && strcmp(out, "/") != 0;
}

/* See LANDLOCK_FILE. */
static enum err allow_file(
	int ruleset, const struct kinds *kinds, const char *path, struct reason *reason)
{
	char target[PATH_MAX], folder[PATH_MAX];
	if (realpath(path, target) == NULL)
		return fail(reason, ERR_IO, "%s cannot be found: %s", path, strerror(errno));
	const char *const names[] = { path, target };
	enum err err = OK;
	for (size_t i = 0; i < ARRAY_LENGTH(names) && err == OK; i++)
		err = allow(ruleset, kinds, folder_of(names[i], folder) ? folder : target,
			READ_RIGHTS, reason);
	return err;
}

enum err landlock_confine(
	const struct landlock_path *paths, size_t count, bool outgoing, struct reason *reason)
{
	unsigned version = landlock_version();
	CHECK(version > 0);
	const struct kinds kinds = kinds_of(version, outgoing);
	int ruleset = ruleset_new(&kinds, sizeof(kinds), 0);
	if (ruleset < 0)
		return fail(reason, ERR_IO, "Landlock does not start: %s", strerror(errno));
	enum err err = OK;
	for (size_t i = 0; i < count && err == OK; i++) {
		switch (paths[i].kind) {
		case LANDLOCK_FOLDER:
			err = allow(ruleset, &kinds, paths[i].path, FOLDER_RIGHTS, reason);
			break;
		case LANDLOCK_FILE:
			err = allow_file(ruleset, &kinds, paths[i].path, reason);
			break;
		case LANDLOCK_FOUND:
			if (access(paths[i].path, R_OK) == 0)
				err = allow(ruleset, &kinds, paths[i].path,
					READ_RIGHTS & ~(uint64_t)LANDLOCK_ACCESS_FS_READ_DIR,
					reason);
			break;
		}
	}
	if (err == OK && syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
		err = fail(reason, ERR_IO, "Landlock does not confine: %s", strerror(errno));
	close(ruleset);
	return err;
}
