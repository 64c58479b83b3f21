/*
 * tools/store.c - see store.h.
 */
#include "tools/store.h"

#include "base/check.h"
#include "tools/options.h"

static int exit_code(enum err err)
{
	switch (err) {
	case OK:
		return EX_OK;
	case ERR_INVALID:
		return EX_USAGE;
	case ERR_NOT_FOUND:
		return EX_NOINPUT;
	case ERR_CONFLICT:
		return EX_TEMPFAIL;
	case ERR_FULL:
		return EX_OSERR;
	case ERR_IO:
		return EX_IOERR;
	case ERR_CORRUPT:
		return EX_DATAERR;
	}
	check_failed("an error of the enum", __FILE__, __LINE__);
}

int store_complain(const char *name, enum err err, const char *path)
{
	if (err == ERR_CORRUPT)
		return complain(name, EX_DATAERR,
			"The store %s is damaged; `ladder verify` says where.", path);
	if (err == ERR_FULL)
		return complain(name, EX_OSERR, "There is not enough memory.");
	return complain(name, exit_code(err), "The store %s cannot be read.", path);
}

int store_open(const char *name, const char *path, struct log **log, struct reader **reader)
{
	struct reason reason;
	const struct log_options options = { .path = path };
	enum err err = log_open(&options, LOG_READ, log, &reason);
	if (err != OK)
		return complain(name, exit_code(err), "%s.", reason.text);
	err = reader_open(*log, reader);
	if (err == OK)
		return EX_OK;
	log_close(*log);
	return store_complain(name, err, path);
}

void store_close(struct log *log, struct reader *reader)
{
	reader_close(reader);
	log_close(log);
}
