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
#define CLIENT_KEY_SIZE        32

/* The tokens of one partner, analyst or scraper; none: nobody comes in by it. */
struct token_hashes {
	struct token_hash items[ACCESS_HASHES_MAX];
	size_t count;
	bool ends; /* each is valid up to its last day, else for ever */
	int32_t last_days[ACCESS_HASHES_MAX];
};

/* The key of the certificate without which somebody's token is none. */
struct client_key {
	bool given;                      /* else no certificate is needed */
	uint8_t sha256[CLIENT_KEY_SIZE]; /* over its SubjectPublicKeyInfo */
};

struct partner {
	const char *name; /* an identifier; what the log keeps as the sender */
	enum org_type org_type;
	struct token_hashes hashes;
	struct rights rights;
	const char *succeeds; /* the partner whose work it took over; NULL: nobody's */
	bool requires_user;   /* it says who of its people looks at records of persons */
	struct client_key client_key;
};

struct analyst {
	const char *name;
	struct token_hashes hashes;
	bool all_municipalities;
	const uint16_t *municipalities; /* sorted, distinct */
	size_t municipality_count;
	bool may_read_log;
	bool may_read_sums;
	bool is_follower; /* another ladderd, that takes over the log */
	struct client_key client_key;
};

struct scraper {
	const char *name;
	struct token_hashes hashes;
	bool all_municipalities;
	const uint16_t *municipalities; /* sorted, distinct */
	size_t municipality_count;
};

/* Another store whose sums are added to those of this one. */
struct peer_store {
	const char *name;
	const char *address;
	const char *token_file;
	const char *ca; /* "": the CAs of the system */
};

/* A municipality of the configuration. */
struct place_entry {
	uint16_t municipality;
	const char *name;  /* UTF-8; NULL: nobody said */
	uint32_t round_to; /* what it publishes is multiples of this; 0: nobody said */
};

struct access {
	struct partner *partners; /* in the order of the file */
	size_t partner_count;
	struct analyst *analysts;
	size_t analyst_count;
	struct scraper *scrapers;
	size_t scraper_count;
	struct peer_store *peers;
	size_t peer_count;
	struct place_entry *places;
	size_t place_count;
	struct subject_forms subjects; /* that the municipalities demand */

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
 * The owner of `token` on that civil day of the store's zone, all NULL when there is none. Looks
 * at every hash that is kept, whether or not one before it matched. `key` is that of the
 * certificate that came with it, CLIENT_KEY_SIZE bytes; NULL: none came.
 */
struct identity access_find(
	const struct access *access, struct bytes token, const uint8_t *key, int32_t today);

/* Is it the key that is needed, or is none needed? `key` as above. */
bool client_key_fits(const struct client_key *needed, const uint8_t *key);

/* Does somebody's token need a certificate? */
bool access_needs_certificates(const struct access *access);

/* Is the token with this hash among them, and valid on that day? Looks at every one. */
bool token_hashes_have(
	const struct token_hashes *hashes, const struct token_hash *hash, int32_t today);

/* The name of the section that an identity is; NULL: it is nobody. */
const char *identity_name(const struct identity *identity);

bool identity_is_nobody(const struct identity *identity);

/* What people call a municipality; NULL: nobody said. */
const char *access_place_name(const struct access *access, uint16_t municipality);

/* What the counts that a municipality publishes are multiples of; `otherwise`: nobody said. */
uint32_t access_round_to(const struct access *access, uint16_t municipality, uint32_t otherwise);

/* True when `municipality` is among the analyst's. */
bool analyst_has_municipality(const struct analyst *analyst, uint16_t municipality);

/* The same of a scraper. */
bool scraper_has_municipality(const struct scraper *scraper, uint16_t municipality);

#endif
