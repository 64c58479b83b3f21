/*
 * daemon/server/certificates.c - see certificates.h.
 */
#include "daemon/server/certificates.h"

#include "base/check.h"
#include "base/date.h"
#include "base/logging.h"

static const char *const sections[] = { "http", "stream" };

/* ERR_NOT_FOUND: the door has none. */
static enum err read_one(const struct config *config, enum door door, struct certificate **out,
	struct reason *reason)
{
	const struct certificate_paths paths[] = {
		{ config->http_certificate, config->http_key, config->http_client_ca },
		{ config->stream_certificate, config->stream_key, config->stream_client_ca },
	};
	CHECK_STATIC(ARRAY_LENGTH(paths) == DOORS && ARRAY_LENGTH(sections) == DOORS);
	if (paths[door].certificate[0] == '\0' ||
		(door == DOOR_STREAM && config->stream_listen.off))
		return ERR_NOT_FOUND;
	return certificate_read(&paths[door], out, reason);
}

/* Why nobody would believe it now; NULL: it is valid. */
static const char *not_valid(const struct certificate *certificate, int64_t now_us)
{
	int64_t now = now_us / US_PER_SECOND;
	return now > certificate_not_after(certificate)    ? "has expired"
	       : now < certificate_not_before(certificate) ? "is not valid yet"
							   : NULL;
}

static void warn_of_key(const struct certificate *certificate, enum door door)
{
	if (certificate_key_is_exposed(certificate))
		logging(SEVERITY_WARNING,
			"[%s] key: others on this machine can read it: chmod go-r", sections[door]);
}

enum err certificates_read(const struct config *config, int64_t now_us, struct certificates *out)
{
	enum err all = OK;
	struct certificates certificates = { { NULL } };
	for (enum door door = DOOR_HTTP; door < DOORS; door++) {
		struct reason reason;
		struct certificate **one = &certificates.of[door];
		enum err err = read_one(config, door, one, &reason);
		if (err == ERR_NOT_FOUND)
			continue;
		if (err != OK) {
			logging(SEVERITY_ERROR, "[%s] %s", sections[door], reason.text);
			all = err;
			continue;
		}
		const char *why = not_valid(*one, now_us);
		if (why != NULL)
			logging(SEVERITY_WARNING,
				"[%s] certificate: it %s: nobody should believe it", sections[door],
				why);
		warn_of_key(*one, door);
	}
	if (all != OK) {
		certificates_release(&certificates);
		return all;
	}
	*out = certificates;
	return OK;
}

bool certificates_read_again(
	const struct config *config, int64_t now_us, struct certificates *certificates)
{
	bool all = true;
	for (enum door door = DOOR_HTTP; door < DOORS; door++) {
		struct reason reason;
		struct certificate *fresh;
		enum err err = read_one(config, door, &fresh, &reason);
		if (err == ERR_NOT_FOUND)
			continue;
		if (err == OK) {
			const char *why = not_valid(fresh, now_us);
			if (why != NULL) {
				certificate_drop(fresh);
				err = fail(&reason, ERR_INVALID, "the certificate %s", why);
			}
		}
		if (err != OK) {
			logging(SEVERITY_WARNING, "[%s] %s: the old certificate stays in force",
				sections[door], reason.text);
			all = false;
			continue;
		}
		warn_of_key(fresh, door);
		certificate_drop(certificates->of[door]);
		certificates->of[door] = fresh;
	}
	return all;
}

void certificates_release(struct certificates *certificates)
{
	for (enum door door = DOOR_HTTP; door < DOORS; door++)
		certificate_drop(certificates->of[door]);
	*certificates = (struct certificates){ { NULL } };
}

void certificates_count(const struct certificates *certificates, struct counters *counters)
{
	for (enum door door = DOOR_HTTP; door < DOORS; door++)
		counters->certificate_not_after[door] =
			certificates->of[door] == NULL
				? 0
				: certificate_not_after(certificates->of[door]);
}
