/*
 * daemon/process/privileges.c - see privileges.h.
 */
#include "daemon/process/privileges.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"

enum err privileges_drop(struct reason *reason)
{
	const struct rlimit none = { 0, 0 };
	umask(077);
	if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return fail(reason, ERR_IO, "privileges cannot be given up: %s", strerror(errno));
	return OK;
}

enum err privileges_become(const char *user, struct reason *reason)
{
	if (geteuid() != 0)
		return OK;
	errno = 0;
	/* There is one thread. */
	/* cppcheck-suppress getpwnamCalled */
	const struct passwd *entry = getpwnam(user);
	if (entry == NULL)
		return fail(reason, ERR_NOT_FOUND,
			"there is no user %s that root could become: make it, name another in "
			"[process] user, or say --as-root to stay root",
			user);
	if (entry->pw_uid == 0)
		return fail(reason, ERR_INVALID,
			"[process] user is %s, which is root: name another, or say --as-root to "
			"stay root",
			user);
	uid_t uid = entry->pw_uid;
	gid_t gid = entry->pw_gid;
	if (initgroups(user, gid) != 0 || setresgid(gid, gid, gid) != 0 ||
		setresuid(uid, uid, uid) != 0)
		return fail(reason, ERR_IO, "root cannot become %s: %s", user, strerror(errno));
	CHECK(setuid(0) != 0 && setgid(0) != 0 && geteuid() == uid && getuid() == uid);
	return OK;
}

enum err privileges_hide(struct reason *reason)
{
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return fail(reason, ERR_IO, "privileges cannot be given up: %s", strerror(errno));
	return OK;
}
