/*
 * store/follow.c - whom a store follows: see follow.h.
 */
#include "store/follow.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/file.h"
#include "store/shield.h"
#include "store/tables.h"

#define NOTE     "following"
#define NOTE_NEW "following.new"

/* By enum follow_role. */
static const char *const words[] = { "", "begun", "following", "promoted" };

static enum err note_parse(const char *line, struct follow_note *out)
{
	const char *space = strchr(line, ' ');
	const char *end = strchr(line, '\n');
	if (space == NULL || end == NULL || end < space || end[1] != '\0' ||
		(size_t)(end - space - 1) > FOLLOW_MAIN_MAX)
		return ERR_CORRUPT;
	for (enum follow_role role = FOLLOW_BEGUN; role <= FOLLOW_PROMOTED; role++) {
		if (!bytes_are(bytes_of(line, (size_t)(space - line)), words[role]))
			continue;
		out->role = role;
		snprintf(out->main, sizeof(out->main), "%.*s", (int)(end - space - 1), space + 1);
		return OK;
	}
	return ERR_CORRUPT;
}

enum err follow_note_read(const char *store, struct follow_note *out, struct reason *reason)
{
	char path[FILE_PATH_MAX], line[FOLLOW_MAIN_MAX + 32];
	struct follow_note note = { .role = FOLLOW_NONE };
	enum err err = store_path(store, NOTE, path, reason);
	if (err != OK)
		return err;
	FILE *file = fopen(path, "re");
	if (file == NULL && errno != ENOENT)
		return fail(reason, err_of_errno(errno), "%s: %s", path, strerror(errno));
	if (file != NULL) {
		size_t length = fread(line, 1, sizeof(line) - 1, file);
		bool failed = ferror(file) != 0;
		fclose(file);
		line[length] = '\0';
		if (failed)
			return fail(reason, ERR_IO, "%s cannot be read", path);
		if (note_parse(line, &note) != OK)
			return fail(reason, ERR_CORRUPT,
				"%s is not what ladderd wrote: it says whether the store follows "
				"another",
				path);
	}
	*out = note;
	return OK;
}

enum err follow_note_write(const char *store, const struct follow_note *note, struct reason *reason)
{
	char path[FILE_PATH_MAX], path_new[FILE_PATH_MAX];
	CHECK(note->role != FOLLOW_NONE);
	enum err err = store_path(store, NOTE, path, reason);
	if (err == OK)
		err = store_path(store, NOTE_NEW, path_new, reason);
	if (err != OK)
		return err;
	FILE *file = file_replace_begin(path_new, reason);
	if (file == NULL)
		return ERR_IO;
	bool written = fprintf(file, "%s %s\n", words[note->role], note->main) > 0;
	return file_replace_end(file, written, path_new, path, NULL, reason);
}

static enum err shielded_follow_store(
	struct log *log, const uint8_t id[READER_STORE_ID_SIZE], struct reason *reason)
{
	MDB_val key = val_of_string(META_ID), val;
	CHECK(log_is_in_txn(log));
	CHECK_STATIC(READER_STORE_ID_SIZE == STORE_ID_SIZE);
	int code = mdb_get(log->txn, log->at->tables.meta, &key, &val);
	if (code != 0)
		return lmdb_fail(code, reason, "the store has no id");
	if (val.mv_size == STORE_ID_SIZE && memcmp(val.mv_data, id, STORE_ID_SIZE) == 0)
		return OK;
	if (log->txn_seq != 0)
		return fail(reason, ERR_CONFLICT,
			"the main has another store: its id is not that of the records that are "
			"here; follow it with an empty store, or with a backup of the main's");
	val = val_of(id, STORE_ID_SIZE);
	code = mdb_put(log->txn, log->at->tables.meta, &key, &val, 0);
	return code == 0 ? OK : lmdb_fail(code, reason, "the id of the store");
}

enum err log_follow_store(
	struct log *log, const uint8_t id[READER_STORE_ID_SIZE], struct reason *reason)
{
	SHIELD_RETURN_REASON(log, reason, shielded_follow_store(log, id, reason));
}
