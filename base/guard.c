/*
 * base/guard.c - see guard.h.
 */
#include "base/guard.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"

#define OTHERS (S_IRWXG | S_IRWXO)

static bool is_plain(const struct stat *file)
{
	return S_ISREG(file->st_mode) || S_ISDIR(file->st_mode);
}

static enum err refuse_writers(
	const struct stat *file, const char *role, const char *path, struct reason *reason)
{
	if ((file->st_mode & (S_IWGRP | S_IWOTH)) == 0)
		return OK;
	return fail(reason, ERR_INVALID, "%s %s can be written by others (mode %04o): chmod go-w",
		role, path, (unsigned)file->st_mode & 07777);
}

static enum err file_check(const struct stat *file, enum guard guard, const char *role,
	const char *path, struct reason *reason)
{
	if (!S_ISREG(file->st_mode))
		return OK;
	if (file->st_uid != 0 && file->st_uid != geteuid())
		return fail(reason, ERR_INVALID,
			"%s %s belongs to another user (number %u), who could change it: it must "
			"be root's or that of user number %u",
			role, path, (unsigned)file->st_uid, (unsigned)geteuid());
	enum err err = refuse_writers(file, role, path, reason);
	if (err != OK || guard == GUARD_WRITE)
		return err;
	/* Root can give a service a secret by its group; who runs the service cannot give more. */
	mode_t readers = S_IROTH | (file->st_uid == 0 && geteuid() != 0 ? 0 : S_IRGRP);
	if ((file->st_mode & readers) != 0)
		return fail(reason, ERR_INVALID,
			"%s %s can be read by others (mode %04o): chmod 600", role, path,
			(unsigned)file->st_mode & 07777);
	return OK;
}

enum err guard_file(
	int fd, enum guard guard, const char *role, const char *path, struct reason *reason)
{
	struct stat file;
	CHECK(fd >= 0);
	if (fstat(fd, &file) != 0)
		return fail(reason, ERR_IO, "%s %s: %s", role, path, strerror(errno));
	return file_check(&file, guard, role, path, reason);
}

static enum err own_check(
	const struct stat *file, const char *role, const char *path, struct reason *reason)
{
	if (!is_plain(file))
		return OK;
	if (file->st_uid != geteuid())
		return fail(reason, ERR_INVALID,
			"%s %s belongs to user number %u, and this is user number %u: chown it, or "
			"run as its owner",
			role, path, (unsigned)file->st_uid, (unsigned)geteuid());
	return refuse_writers(file, role, path, reason);
}

/* Looks at each file, or, when `tighten`, takes others' rights away. */
static enum err files_visit(
	DIR *folder, bool tighten, const char *role, bool *tightened, struct reason *reason)
{
	enum err err = OK;
	const struct dirent *entry;
	rewinddir(folder);
	while (err == OK && (entry = readdir(folder)) != NULL) {
		struct stat file;
		if (strcmp(entry->d_name, "..") == 0 ||
			fstatat(dirfd(folder), entry->d_name, &file, 0) != 0)
			continue;
		bool self = strcmp(entry->d_name, ".") == 0;
		if (!tighten) {
			char what[64];
			snprintf(what, sizeof(what), "in %s", role);
			if (!self)
				err = own_check(&file, what, entry->d_name, reason);
		} else if (is_plain(&file) && (file.st_mode & OTHERS) != 0) {
			if (fchmodat(dirfd(folder), entry->d_name, file.st_mode & 07700, 0) != 0)
				err = fail(reason, ERR_IO, "%s: %s: %s", role, entry->d_name,
					strerror(errno));
			*tightened = true;
		}
	}
	return err;
}

enum err guard_folder(const char *path, const char *role, bool *tightened, struct reason *reason)
{
	struct stat own;
	bool changed = false;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1 && errno == ENOENT) {
		*tightened = false;
		return OK;
	}
	DIR *folder = fd == -1 ? NULL : fdopendir(fd);
	if (folder == NULL) {
		enum err err =
			fail(reason, err_of_errno(errno), "%s %s: %s", role, path, strerror(errno));
		if (fd != -1)
			close(fd);
		return err;
	}
	enum err err = fstat(fd, &own) == 0
			       ? own_check(&own, role, path, reason)
			       : fail(reason, ERR_IO, "%s %s: %s", role, path, strerror(errno));
	if (err == OK)
		err = files_visit(folder, false, role, &changed, reason);
	if (err == OK)
		err = files_visit(folder, true, role, &changed, reason);
	closedir(folder);
	if (err == OK)
		*tightened = changed;
	return err;
}
