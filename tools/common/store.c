/*
 * tools/common/store.c - see store.h.
 */
#include "tools/common/store.h"

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

int store_open(const char *name, const char *path, struct log **log, struct reader **reader)
{
	struct reason reason;
	const struct log_options options = { .path = path };
	enum err err = log_open(&options, LOG_READ, log, &reason);
	if (err != OK)
		return complain(name, err_exit_code(err), "%s.", reason.text);
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
