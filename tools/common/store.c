/*
 * tools/common/store.c - see store.h.
 */
#include "tools/common/store.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/follow.h"
#include "tools/common/options.h"

int store_complain(const char *name, enum err err, const char *path)
{
	if (err == ERR_CORRUPT)
		return complain(name, EX_DATAERR,
			"The store %s is damaged; `ladder verify` says where.", path);
	if (err == ERR_FULL)
		return complain(name, EX_OSERR, "There is not enough memory.");
	return complain(name, err_exit_code(err), "The store %s cannot be read.", path);
}

/*
 * A file that root made in the store, as LMDB's lock, would shut the store's owner out, and
 * what the owner wrote should not be read by root's hand: root becomes the owner, for good.
 */
static int owner_become(const char *name, const char *path)
{
	struct stat store;
	if (geteuid() != 0 || stat(path, &store) != 0 || store.st_uid == 0)
		return EX_OK;
	if (setgroups(0, NULL) != 0 || setresgid(store.st_gid, store.st_gid, store.st_gid) != 0 ||
		setresuid(store.st_uid, store.st_uid, store.st_uid) != 0)
		return complain(name, EX_NOPERM,
			"Root cannot write as the owner of the store %s: %s.", path,
			strerror(errno));
	return EX_OK;
}

int store_open(const char *name, const char *path, struct log **log, struct reader **reader)
{
	struct reason reason;
	const struct log_options options = { .path = path };
	int code = owner_become(name, path);
	if (code != EX_OK)
		return code;
	enum err err = log_open(&options, LOG_READ, log, &reason);
	if (err != OK)
		return complain(name, err_exit_code(err), "%s.", reason.text);
	err = reader_open(*log, reader);
	if (err == OK)
		return EX_OK;
	log_close(*log);
	return store_complain(name, err, path);
}

/* The map may be larger than the file, which grows while it is written. */
static size_t size_for(const char *path)
{
	char data[4096];
	struct stat file;
	const size_t least = (size_t)16 << 30;
	int length = snprintf(data, sizeof(data), "%s/data.mdb", path);
	if (length < 0 || (size_t)length >= sizeof(data) || stat(data, &file) != 0)
		return least;
	size_t size = 2 * (size_t)file.st_size + least;
	return size;
}

int store_open_to_write(const char *name, const char *path, struct log **log)
{
	struct follow_note note;
	struct reason reason;
	int code = store_open_any(name, path, log);
	if (code != EX_OK)
		return code;
	enum err err = follow_note_read(path, &note, &reason);
	if (err == OK && note.role != FOLLOW_BEGUN && note.role != FOLLOW_ON)
		return EX_OK;
	log_close(*log);
	if (err != OK)
		return complain(name, err_exit_code(err), "%s.", reason.text);
	return complain(name, EX_UNAVAILABLE,
		"The store %s follows %s: do it there, and it is done here too.", path, note.main);
}

int store_open_any(const char *name, const char *path, struct log **log)
{
	struct reason reason;
	struct log *there;
	struct log_options options = { .path = path };
	int code = owner_become(name, path);
	if (code != EX_OK)
		return code;
	/* To write is to make: look whether there is one. */
	enum err err = log_open(&options, LOG_READ, &there, &reason);
	if (err == OK) {
		log_close(there);
		options.size_max = size_for(path);
		err = log_open(&options, LOG_WRITE, log, &reason);
	}
	if (err == OK && log_place(*log)->pos != 0) {
		log_close(*log);
		return complain(name, EX_CONFIG,
			"the store %s follows a cluster, whose other nodes would not know of it: "
			"ask while its ladderd runs.",
			path);
	}
	if (err == OK || err == ERR_CONFLICT)
		return err == OK ? EX_OK : EX_TEMPFAIL;
	return complain(name, err_exit_code(err), "%s.", reason.text);
}

void store_close(struct log *log, struct reader *reader)
{
	reader_close(reader);
	log_close(log);
}
