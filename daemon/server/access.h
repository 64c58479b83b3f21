/*
 * daemon/server/access.h - who may do what: partners push, analysts read internal
 * figures, scrapers read metrics; and the names of municipalities.
 *
 * Made by config_load() and never changed after. SIGHUP swaps the whole object;
 * whoever still answers with the old one holds it. The count of holders is
 * plain: access objects are touched in the loop's thread only.
 */
#ifndef DAEMON_SERVER_ACCESS_H
#define DAEMON_SERVER_ACCESS_H

#include "base/arena.h"
#include "ingest/rights.h"
#include "secret/token.h"

#define ACCESS_NAME_LENGTH_MAX 32
#define ACCESS_HASHES_MAX      2 /* the old and the new one while a token is changed */

/* The tokens of one partner, analyst or scraper; none: nobody comes in by it. */
struct token_hashes {
	struct token_hash items[ACCESS_HASHES_MAX];
	size_t count;
};

struct partner {
	const char *name; /* an identifier; what the log keeps as the sender */
	enum org_type org_type;
	struct token_hashes hashes;
	struct rights rights;
};

struct analyst {
	const char *name;
	struct token_hashes hashes;
	bool all_municipalities;
	const uint16_t *municipalities; /* sorted, distinct */
	size_t municipality_count;
	bool may_read_log;
};

struct scraper {
	const char *name;
	struct token_hashes hashes;
};

/* What people call a municipality. */
struct place_name {
	uint16_t municipality;
	const char *name; /* UTF-8 */
};

struct access {
	struct partner *partners; /* in the order of the file */
	size_t partner_count;
	struct analyst *analysts;
	size_t analyst_count;
	struct scraper *scrapers;
	size_t scraper_count;
	struct place_name *places;
	size_t place_count;

	struct arena arena; /* all of the above */
	size_t holders;
};

/* Who a token belongs to: at most one of the three is set. */
struct identity {
	const struct partner *partner;
	const struct analyst *analyst;
	const struct scraper *scraper;
};

/*
 * An object without entries, with an arena of `arena_size` for them and one
 * holder, the caller. ERR_FULL: there is no memory.
 */
enum err access_new(size_t arena_size, struct access **out) NODISCARD;

/* One holder more; returns `access`. */
struct access *access_hold(struct access *access);

/* One holder less; the last one frees. Accepts NULL. */
void access_drop(struct access *access);

/*
 * The owner of `token`, all NULL when there is none. Looks at every hash that
 * is kept, whether or not one before it matched.
 */
struct identity access_find(const struct access *access, struct bytes token);

/* What people call a municipality; NULL: nobody said. */
const char *access_place_name(const struct access *access, uint16_t municipality);

/* True when `municipality` is among the analyst's. */
bool analyst_has_municipality(const struct analyst *analyst, uint16_t municipality);

#endif
