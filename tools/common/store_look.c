/*
 * tools/common/store_look.c - see store_look.h.
 */
#include "tools/common/store_look.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "store/auditor.h"
#include "tools/common/options.h"
#include "tools/common/store.h"

/* Who signed in to the machine, whatever became of them since; else who runs the command. */
static uid_t user_of_command(void)
{
	unsigned long long uid = UINT32_MAX;
	FILE *file = fopen("/proc/self/loginuid", "re");
	if (file != NULL) {
		if (fscanf(file, "%llu", &uid) != 1)
			uid = UINT32_MAX;
		fclose(file);
	}
	return uid < UINT32_MAX ? (uid_t)uid : getuid();
}

static void who_print(uid_t uid, char *out, size_t size)
{
	char space[4096];
	struct passwd entry, *user = NULL;
	if (getpwuid_r(uid, &entry, space, sizeof(space), &user) == 0 && user != NULL)
		snprintf(out, size, "operator/%s", user->pw_name);
	else
		snprintf(out, size, "operator/%llu", (unsigned long long)uid);
}

/* What the spans of the store have. */
static enum err auditor_of(struct reader *reader, struct auditor *out)
{
	struct kept_auditor kept;
	uint8_t id[READER_STORE_ID_SIZE];
	CHECK_STATIC(READER_STORE_ID_SIZE == STORE_ID_BYTES);
	enum err err = auditor_read(reader, &kept);
	if (err != OK)
		return err;
	err = reader_store_id(reader, id);
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	auditor_fill(kept.has_key ? &kept.key : NULL, kept.activity, err == OK ? id : NULL, out);
	return OK;
}

static int complain_of_log(const char *name, const char *path, const char *why)
{
	return complain(name, EX_IOERR,
		"The access log of the store, %s%s, cannot be written: %s. Without it no records "
		"of persons are shown.",
		path, ACCESS_LOG_SUFFIX, why);
}

int store_look_complain(const char *name, const char *path, const struct store_look *look)
{
	return complain_of_log(name, path, strerror(look->look.error));
}

int store_look_begin(
	const char *name, const char *path, struct reader *reader, struct store_look *out)
{
	char file[FILE_PATH_MAX], who[LOOK_WHO_MAX], what[LOOK_NAME_MAX];
	struct reason reason;
	*out = (struct store_look){ .clock = clock_system() };
	enum err err = auditor_of(reader, &out->auditor);
	if (err != OK)
		return store_complain(name, err, path);
	if (access_log_path(path, file) != OK)
		return complain_of_log(name, path, strerror(ENAMETOOLONG));
	if (access_log_new(file, access_log_open_file, NULL, &out->log) != OK)
		return complain(name, EX_OSERR, "There is not enough memory.");
	if (access_log_try(out->log, &reason) != OK)
		return complain_of_log(name, path, strerror(errno));
	if (!out->auditor.has_key && progress_is_wanted())
		complain(name, 0,
			"The store has no auditor's key yet: its access log does not say whom this "
			"shows.");
	who_print(user_of_command(), who, sizeof(who));
	snprintf(what, sizeof(what), "ladder %s", name);
	const struct looking looking = {
		.log = out->log,
		.auditor = &out->auditor,
		.who = who,
		.what = what,
		.clock = &out->clock,
	};
	look_begin(&looking, &out->look);
	return EX_OK;
}

void store_look_release(struct store_look *look)
{
	look_release(&look->look);
	access_log_free(look->log);
	look->log = NULL;
}

enum err store_look_at(struct store_look *look, struct reader *reader, const struct record *record)
{
	uint32_t person;
	struct bytes subject;
	enum err err = reader_person_of(reader, record, &person);
	if (err != OK || person == 0 || look_has(&look->look, person))
		return err;
	err = reader_subject(reader, person, &subject);
	if (err != OK)
		return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
	return look_at(&look->look, person, subject);
}
