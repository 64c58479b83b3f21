/*
 * daemon/server/publishing.c - see publishing.h.
 */
#include "daemon/server/publishing.h"

#include "base/logging.h"
#include "engine/publication.h"

static void warn_of(uint16_t municipality, int64_t held, uint32_t configured)
{
	char code[MUNICIPALITY_LENGTH + 1];
	municipality_print(municipality, code);
	logging(SEVERITY_WARNING,
		"what %s publishes stays rounded to multiples of %lld, as its first publication "
		"was: round_to = %u is not followed, since multiples of both would give exact "
		"counts away",
		code, (long long)held, configured);
}

/* In the order of the log, of each municipality the first that is not withheld. */
static enum err bases_check(const struct server *server, struct reader *reader)
{
	bool held[UINT16_MAX + 1] = { false };
	struct published row = { 0 };
	enum err err;
	while ((err = reader_published_after(reader, row.seq, &row)) == OK) {
		struct disclosure disclosure;
		if (held[row.municipality] || row.shown.length == 0)
			continue;
		err = disclosure_unpack(row.shown, &disclosure);
		if (err != OK)
			return err;
		uint32_t configured = access_round_to(server->access, row.municipality,
			(uint32_t)server->config->public_round_to);
		held[row.municipality] = !disclosure.withheld;
		if (!disclosure.withheld && disclosure.round_to != configured)
			warn_of(row.municipality, disclosure.round_to, configured);
	}
	return err == ERR_NOT_FOUND ? OK : err;
}

enum err publishing_warn(const struct server *server)
{
	struct reader *reader;
	enum err err = reader_open(server->log, &reader);
	if (err != OK)
		return err;
	err = bases_check(server, reader);
	reader_close(reader);
	return err;
}
