/*
 * daemon/server/auditing.c - see auditing.h.
 */
#include "daemon/server/auditing.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/logging.h"
#include "store/auditor.h"

CHECK_STATIC(STORE_ACTIVITY_MAX == LOOK_ACTIVITY_MAX);
CHECK_STATIC(READER_STORE_ID_SIZE == STORE_ID_BYTES);

enum err auditing_path(const struct config *config, char out[FILE_PATH_MAX], struct reason *reason)
{
	if (config->audit_access_log[0] != '\0') {
		snprintf(out, FILE_PATH_MAX, "%s", config->audit_access_log);
		return OK;
	}
	enum err err = access_log_path(config->store_path, out);
	return err == OK ? OK : fail(reason, err, "the path of the access log is too long");
}

static enum err store_id(struct server *server, uint8_t id[READER_STORE_ID_SIZE])
{
	struct reader *reader;
	enum err err = reader_open(server->log, &reader);
	if (err != OK)
		return err;
	err = reader_store_id(reader, id);
	reader_close(reader);
	return err;
}

enum err auditing_begin(struct server *server, struct reason *reason)
{
	const struct config *config = server->config;
	const struct optional_key *key = &config->audit_key;
	struct kept_auditor kept = { .has_key = key->given, .key = key->key };
	uint8_t id[READER_STORE_ID_SIZE];
	struct reason why;
	enum err err = store_id(server, id);
	if (err != OK)
		return store_fail(reason, err, "the id of the store");
	auditor_fill(key->given ? &key->key : NULL, config->audit_activity, id, &server->auditor);
	snprintf(kept.activity, sizeof(kept.activity), "%s", config->audit_activity);
	err = auditor_keep(server->log, clock_now_us(&server->clock), &kept, reason);
	if (err != OK)
		return err;
	if (!key->given)
		logging(SEVERITY_WARNING,
			"there is no [audit] key: the access log does not say at whom somebody "
			"looked");
	if (access_log_try(server->access_log, &why) != OK)
		logging(SEVERITY_WARNING,
			"%s: records of persons are shown to nobody as long as the access log "
			"cannot be written",
			why.text);
	return OK;
}

void auditing_rotate(const struct server *server)
{
	struct reason why;
	access_log_rotate(server->access_log);
	if (access_log_try(server->access_log, &why) != OK)
		logging(SEVERITY_WARNING, "%s: the access log cannot be written", why.text);
}
