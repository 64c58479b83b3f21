/*
 * store/auditor.c - see auditor.h.
 */
#include "store/auditor.h"

#include "base/check.h"
#include "store/reader_inside.h"

#define META_AUDIT_KEY "audit_key"
#define META_ACTIVITY  "activity"

static enum err read_of(MDB_txn *txn, MDB_dbi meta, struct kept_auditor *out)
{
	struct kept_auditor auditor = { .has_key = false };
	MDB_val key = val_of_string(META_AUDIT_KEY), val;
	enum err err = lmdb_err(mdb_get(txn, meta, &key, &val));
	if (err == OK && val.mv_size != sizeof(auditor.key))
		return ERR_CORRUPT;
	if (err == OK) {
		memcpy(&auditor.key, val.mv_data, sizeof(auditor.key));
		auditor.has_key = true;
	} else if (err != ERR_NOT_FOUND) {
		return err;
	}
	key = val_of_string(META_ACTIVITY);
	err = lmdb_err(mdb_get(txn, meta, &key, &val));
	if (err == OK && val.mv_size > STORE_ACTIVITY_MAX)
		return ERR_CORRUPT;
	if (err == OK)
		memcpy(auditor.activity, val.mv_data, val.mv_size);
	else if (err != ERR_NOT_FOUND)
		return err;
	*out = auditor;
	return OK;
}

static enum err put(struct log *log, const char *name, const void *data, size_t size)
{
	MDB_val key = val_of_string(name), val = val_of(data, size);
	return lmdb_err(mdb_put(log->txn, log->at->tables.meta, &key, &val, 0));
}

static enum err changes_put(struct log *log, const struct kept_auditor *auditor, bool *changed)
{
	struct kept_auditor kept;
	enum err err = read_of(log->txn, log->at->tables.meta, &kept);
	if (err != OK)
		return err;
	if (auditor->has_key &&
		(!kept.has_key || memcmp(&kept.key, &auditor->key, sizeof(kept.key)) != 0)) {
		*changed = true;
		err = put(log, META_AUDIT_KEY, &auditor->key, sizeof(auditor->key));
	}
	if (err == OK && strcmp(kept.activity, auditor->activity) != 0) {
		*changed = true;
		err = put(log, META_ACTIVITY, auditor->activity, strlen(auditor->activity));
	}
	return err;
}

enum err auditor_keep(
	struct log *log, int64_t now_us, const struct kept_auditor *auditor, struct reason *reason)
{
	bool changed = false;
	enum err err = log_begin(log, now_us, reason);
	if (err != OK)
		return err;
	err = changes_put(log, auditor, &changed);
	if (err == OK && changed)
		return log_commit(log, reason);
	log_abort(log);
	return err == OK ? OK : fail(reason, err, "the auditor's key cannot be kept");
}

enum err auditor_read(struct reader *reader, struct kept_auditor *out)
{
	return read_of(reader->txn, reader->at->tables.meta, out);
}
