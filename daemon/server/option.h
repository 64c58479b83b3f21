/*
 * daemon/server/option.h - the rows of the configuration's tables and the values they
 * take. Only config.c includes it.
 */
#ifndef DAEMON_SERVER_OPTION_H
#define DAEMON_SERVER_OPTION_H

#include "base/text.h"
#include "daemon/server/config.h"

enum option_kind {
	OPTION_PATH,
	OPTION_ADDRESS,
	OPTION_ADDRESS_OR_OFF,
	OPTION_COUNT,
	OPTION_SIZE,
	OPTION_RATE,
	OPTION_SIZE_RATE,
	OPTION_ROUNDING,
	OPTION_USER, /* of the system */
	OPTION_HASHES,
	OPTION_ORG_TYPE,
	OPTION_TYPES,
	OPTION_MUNICIPALITIES,
	OPTION_YES_NO,
	OPTION_LABEL, /* words for people */
	OPTION_DATES,
	OPTION_NAME, /* of a section */
	OPTION_NETWORKS,
	OPTION_PATTERN,
	OPTION_HOSTS,
	OPTION_CLIENT_KEY,
	OPTION_SEAL_KEY,
	OPTION_URI,
	OPTION_SERVER, /* http:// or https://, a host, a port */
	OPTION_CONNECTION,
};

#define LABEL_LENGTH_MAX 60

struct option {
	const char *section;
	const char *key;
	enum option_kind kind;
	size_t offset; /* of the value, in struct config or struct entry */
	uint64_t min;
	uint64_t max;
	const char *value; /* the default, as it would be written */
	const char *sentence;
};

struct municipality_list {
	bool all;
	const uint16_t *codes; /* sorted, distinct */
	size_t count;
};

/* The last days of tokens, in the order of their hashes. */
struct token_days {
	int32_t items[ACCESS_HASHES_MAX];
	size_t count;
};

/* The values of one [partner NAME], [analyst NAME] and so on. */
struct entry {
	struct token_hashes hashes;
	struct token_days not_after;
	enum org_type org_type;
	uint64_t types;
	struct municipality_list municipalities;
	bool log;
	bool follower;
	bool sums;
	const char *address; /* these three of a peer; NULL: not given */
	const char *token_file;
	const char *ca;
	const char *succeeds; /* NULL: nobody */
	bool require_user;
	struct client_key client_key;
	const char *label;   /* NULL: none */
	size_t round_to;     /* 0: that of [public] */
	const char *subject; /* the pattern of its pseudonyms; NULL: any identifier */
};

/*
 * Reads `value` into `base`, which is a struct config or a struct entry.
 * ERR_INVALID: it is wrong, *why has what is wrong and what is allowed.
 * ERR_FULL: the arena is full.
 */
enum err option_parse(const struct option *option, const char *value, void *base,
	struct arena *arena, struct text *why) NODISCARD;

/* What the option takes, in words. */
void option_add_allowed(const struct option *option, struct text *out);

#endif
