/*
 * daemon/server/config.h - the configuration: one table, from which the struct, the
 * parser, the defaults, the messages and the manual are made.
 *
 * One INI file; every key has a working default, so that an empty file runs.
 * Flags win over the file: config_set() after config_load().
 */
#ifndef DAEMON_SERVER_CONFIG_H
#define DAEMON_SERVER_CONFIG_H

#include <stdio.h>

#include "base/address.h"
#include "base/hosts.h"
#include "daemon/server/access.h"
#include "daemon/server/origin.h"
#include "secret/seal.h"

#define CONFIG_PATH_DEFAULT      "/etc/ladderd/ladderd.conf"
#define CONFIG_STORE_PATH_SYSTEM "/var/lib/ladderd/store" /* of the default configuration */
#define CONFIG_STORE_PATH_BEFORE "/var/lib/ladderd"       /* that of before */
#define CONFIG_FILE_BYTES_MAX    (1u << 20)

#define KIB(n) ((n) * (UINT64_C(1) << 10))
#define MIB(n) ((n) * (UINT64_C(1) << 20))
#define GIB(n) ((n) * (UINT64_C(1) << 30))
#define TIB(n) ((n) * (UINT64_C(1) << 40))

/*
 * The kinds of options and what each is in the struct.
 * PATH a file name, "" where none is given; ADDRESS of base/address.h, never off; ADDRESS_OR_OFF;
 * COUNT; SIZE bytes, with K, M, G or T for powers of 1024; RATE and SIZE_RATE a second, 0 off;
 * NETWORKS of daemon/server/origin.h; ROUNDING 5 or 10; USER a name; YES_NO; HOSTS of base/hosts.h;
 * SEAL_KEY the public half of a key; URI; SERVER the address of another ladderd; CONNECTION what
 * libpq connects by, "" where none is given.
 */
#define OPTION_TYPE_PATH           const char *
#define OPTION_TYPE_ADDRESS        struct address
#define OPTION_TYPE_ADDRESS_OR_OFF struct address
#define OPTION_TYPE_COUNT          size_t
#define OPTION_TYPE_SIZE           size_t
#define OPTION_TYPE_RATE           size_t
#define OPTION_TYPE_SIZE_RATE      size_t
#define OPTION_TYPE_ROUNDING       size_t
#define OPTION_TYPE_NETWORKS       struct networks
#define OPTION_TYPE_USER           const char *
#define OPTION_TYPE_YES_NO         bool
#define OPTION_TYPE_HOSTS          struct hosts
#define OPTION_TYPE_SEAL_KEY       struct optional_key
#define OPTION_TYPE_URI            const char *
#define OPTION_TYPE_SERVER         const char *
#define OPTION_TYPE_CONNECTION     const char *

struct optional_key {
	bool given;
	struct seal_key key;
};

/* clang-format off */
/* X(section, key, KIND, least, most, default, sentence) */
#define OPTIONS(X)                                                                         \
	X(store, path, PATH, 1, 1000, "ladderd-store",                                     \
		"The directory of the log. Unless given it is /var/lib/ladderd/store when " \
		"the configuration is /etc/ladderd/ladderd.conf, else ladderd-store in "   \
		"the directory ladderd was started in.")                                   \
	X(store, size_max, SIZE, MIB(16), TIB(64), "16G",                                    \
		"The size the store may grow to. Then events are refused until it is "     \
		"raised.")                                                                 \
	X(process, user, USER, 1, 32, "ladderd",                                           \
		"The user that ladderd becomes when root starts it. Others that start it " \
		"stay who they are.")                                                      \
	X(process, as_root, YES_NO, 0, 0, "no",                                            \
		"Whether it stays root when root starts it; --as-root says yes.")          \
	X(http, listen, ADDRESS, 0, 0, "127.0.0.1:7400",                                   \
		"Where to listen for HTTP. Beyond loopback it takes a certificate, or "    \
		"plaintext = yes.")                                                        \
	X(http, certificate, PATH, 0, 1000, "",                                            \
		"A file of the certificate that is shown, and of those between it and the "\
		"root, as PEM. With one the address speaks TLS only. SIGHUP reads the file "\
		"again, and key and client_ca.")                                           \
	X(http, key, PATH, 0, 1000, "",                                                    \
		"A file of the certificate's key, as PEM, which the user that ladderd runs "\
		"as can read.")                                                            \
	X(http, client_ca, PATH, 0, 1000, "",                                              \
		"A file of the CAs whose clients' certificates count, or of these "        \
		"certificates themselves, as PEM. Clients are asked for one then; see "    \
		"client_key.")                                                             \
	X(http, plaintext, YES_NO, 0, 0, "no",                                             \
		"Whether it may listen beyond loopback without TLS: for a proxy that has "  \
		"TLS, on a network where nobody listens in.")                              \
	X(http, hosts, HOSTS, 0, 0, "",                                                    \
		"The names of this server that requests may give in Host. Numeric "        \
		"addresses, localhost and the names in the certificate are always taken; "  \
		"unless this is given, so are names without a dot.")                       \
	X(http, trusted_proxies, NETWORKS, 0, 0, "",                                       \
		"The proxies before ladderd: where a request comes from one of them, the "\
		"last address of X-Forwarded-For is the one that limits and audit see.")   \
	X(stream, listen, ADDRESS_OR_OFF, 0, 0, "127.0.0.1:7401",                          \
		"Where to listen for the stream of batches, or off. As [http] listen.")    \
	X(stream, certificate, PATH, 0, 1000, "", "As [http] certificate.")                 \
	X(stream, key, PATH, 0, 1000, "", "As [http] key.")                                 \
	X(stream, client_ca, PATH, 0, 1000, "", "As [http] client_ca.")                     \
	X(stream, plaintext, YES_NO, 0, 0, "no", "As [http] plaintext.")                    \
	X(limits, body_bytes_max, SIZE, KIB(1), GIB(1), "8M",                                \
		"The size of one request, after inflation.")                               \
	X(limits, batch_events_max, COUNT, 1, 1000000, "10000",                            \
		"The events in one request.")                                              \
	X(limits, queue_batches_max, COUNT, 1, 1000000, "1024",                            \
		"The batches that may wait to be committed.")                              \
	X(limits, queue_bytes_max, SIZE, KIB(1), TIB(1), "256M",                             \
		"The memory of the batches that may wait to be committed; at most "        \
		"memory_max.")                                                             \
	X(limits, memory_max, SIZE, MIB(1), TIB(1), "192M",                                  \
		"The memory of all that is received, waits to be committed, is read and "  \
		"is sent. One partner gets half of it, the next half of the rest, and so " \
		"on; all who show no token get a ninth together.")                         \
	X(limits, partner_events_per_second_max, RATE, 1, 1000000000, "off",               \
		"The events a second that one partner may push.")                          \
	X(limits, partner_bytes_per_second_max, SIZE_RATE, 1, TIB(1), "off",                 \
		"The bytes a second that one partner may push.")                           \
	X(limits, connections_max, COUNT, 1, 100000, "1024",                               \
		"The connections in all, of all listeners.")                               \
	X(limits, connections_per_partner_max, COUNT, 1, 100000, "64",                     \
		"The connections of one partner.")                                         \
	X(limits, strangers_max, COUNT, 1, 100000, "512",                                  \
		"The connections, of all listeners, on which no right token was shown: "   \
		"with more, the oldest is closed.")                                        \
	X(limits, strangers_per_address_max, COUNT, 1, 100000, "256",                      \
		"The same of one address (of IPv6 its first 64 bits), but of a trusted "   \
		"proxy.")                                                                  \
	X(limits, handshakes_per_second_max, RATE, 1, 1000000, "500",                        \
		"The handshakes of TLS that one address may begin a second, but for a "    \
		"trusted proxy; those after which a right token is shown do not count.")   \
	X(limits, headers_seconds_max, COUNT, 1, 3600, "10",                               \
		"The seconds in which the headers of a request, or the hello of the "      \
		"stream, must come; and without a right token the seconds without a "      \
		"request.")                                                                \
	X(limits, transfer_seconds_max, COUNT, 1, 3600, "60",                              \
		"The seconds in which a body must come, or an answer be read, and more "   \
		"for what moves of it; never more than these without a byte.")             \
	X(limits, transfer_bytes_per_second_min, COUNT, 1, 1000000000, "1000",             \
		"The bytes of a body or an answer for which there is one second more.")    \
	X(limits, workers, COUNT, 1, 64, "2",                                              \
		"The threads that answer questions about other days and about the log.")   \
	X(limits, worker_queue_max, COUNT, 1, 100000, "64",                                \
		"The questions that may wait for a worker.")                               \
	X(limits, log_records_max, COUNT, 1, 100000, "100000",                             \
		"The records in one answer of the log.")                                   \
	X(limits, worklist_rows_max, COUNT, 1, 1000000, "100000",                          \
		"The rows in one answer of a work list.")                                  \
	X(limits, idle_seconds_max, COUNT, 1, 86400, "300",                                \
		"The seconds without a message after which a connection is closed.")       \
	X(limits, events_per_person_max, COUNT, 1, 100000000, "10000",                     \
		"The events of one partner about one person.")                             \
	X(limits, partner_municipalities_max, COUNT, 1, 10000, "500",                      \
		"The municipalities that one partner reports about, over all its events.") \
	X(limits, store_reserve, SIZE, 0, TIB(1), "256M",                                   \
		"The space kept free in the store and on its disk: with less, events are " \
		"refused until there is more.")                                            \
	X(public, round_to, ROUNDING, 0, 10, "5",                                          \
		"Published counts are rounded to multiples of this: 5 or 10. The first "    \
		"publication of a municipality that is shown decides for its later ones.") \
	X(audit, key, SEAL_KEY, 0, 0, "",                                                  \
		"The public half of the auditor's key, as `ladder key` prints it: only "   \
		"who has the secret half reads whom the access log is about. Needed "      \
		"beyond loopback and with trusted_proxies; without one the spans of the "  \
		"access log bear no subject.")                                             \
	X(audit, access_log, PATH, 0, 1000, "",                                            \
		"The file that says who looked at records of which person. Unless given "  \
		"it is beside the store: its name and .access.ndjson. SIGHUP opens it "    \
		"again.")                                                                  \
	X(audit, activity, URI, 0, 256, "",                                                \
		"The URI of the processing activity in the register of processing, for "   \
		"the access log. Unless given it is urn:uuid: and the store's id.")        \
	X(follow, main, SERVER, 1, 255, "",                                                \
		"The ladderd whose log this one follows: it takes over each record, "      \
		"answers who reads and refuses who pushes, until `ladder promote`.")       \
	X(follow, token_file, PATH, 0, 1000, "",                                           \
		"A file of the token that the main knows this one by: of an analyst of "   \
		"all municipalities with log = yes and follower = yes. It is read at each " \
		"connection.")                                                             \
	X(follow, ca, PATH, 0, 1000, "",                                                   \
		"A file of the CAs that the main's certificate is held against, as PEM; "  \
		"those of the system unless given.")                                       \
	X(retention, after_months, RATE, 1, 1200, "off",                                   \
		"Each night everybody is erased whose last event happened so many months " \
		"ago, as ladder expire does.")                                             \
	X(cluster, postgres, CONNECTION, 0, 1000, "",                                      \
		"The PostgreSQL cluster whose log is the source of this store and of all " \
		"others that name it, as libpq connects to it; docs/cluster.md says more. " \
		"None unless given: this store is the source.")                            \
	X(cluster, node, USER, 1, 32, "ladderd",                                           \
		"The name of this node, which no other node of the cluster has.")          \
	X(cluster, keep_days, COUNT, 1, 366, "7",                                          \
		"The days of its log that the cluster keeps at least. Older ones are "     \
		"dropped once every node has them in its store, and a backup too; a node "  \
		"that was away for longer is not waited for.")                             \
	X(cluster, acknowledge_without_promise, YES_NO, 0, 0, "no",                        \
		"Whether events are acknowledged too while the cluster has no synchronous " \
		"standby, or its settings do not sync: what was acknowledged may be lost "  \
		"with one machine then.")

/* The sections with a name, each any number of times: X(section, sentence) */
#define ENTRY_SECTIONS(X)                                                                  \
	X(partner, "who may push events")                                                  \
	X(analyst, "who may read the internal figures")                                    \
	X(scraper, "who may read the metrics of the daemon")                               \
	X(peer, "another store whose sums are added for peers=yes")                        \
	X(municipality, "what holds for the municipality with this CBS code")

/* X(section, key, KIND, member of struct entry, default, sentence) */
#define ENTRY_OPTIONS(X)                                                                   \
	X(partner, token_hash, HASHES, hashes, "",                                         \
		"The hash that `ladder token` printed; two while the token is changed.")   \
	X(partner, not_after, DATES, not_after, "",                                          \
		"The last day of each of its tokens, in their order and in the time zone " \
		"of the store; for ever unless given.")                                    \
	X(partner, client_key, CLIENT_KEY, client_key, "",                                 \
		"The fingerprint of the public key of its certificate, as sha256: and 64 " \
		"hexadecimal digits: without that certificate its tokens are none. A door " \
		"that it uses takes client_ca then.")                                      \
	X(partner, org_type, ORG_TYPE, org_type, "OTHER",                                  \
		"The kind of organisation.")                                               \
	X(partner, types, TYPES, types, "",                                                \
		"The types of events it may send, or * for all; none unless given. "       \
		"report_published, which gives report_withdrawn too, report_withdrawn "    \
		"and agreement_made are not in *: name them beside it.")                   \
	X(partner, municipalities, MUNICIPALITIES, municipalities, "",                     \
		"The municipalities it may send events of, or * for all; none unless "     \
		"given. For those it publishes or makes agreements for, name them "        \
		"beside *.")                                                               \
	X(partner, succeeds, NAME, succeeds, "",                                           \
		"The partner whose work it took over: it may withdraw that one's events.") \
	X(partner, require_user, YES_NO, require_user, "no",                               \
		"Whether it must say in X-Ladder-User who of its people looks, where "     \
		"records of persons are shown.")                                           \
	X(analyst, token_hash, HASHES, hashes, "",                                         \
		"The hash that `ladder token` printed; two while the token is changed.")   \
	X(analyst, not_after, DATES, not_after, "",                                          \
		"The last day of each of its tokens, in their order and in the time zone " \
		"of the store; for ever unless given.")                                    \
	X(analyst, municipalities, MUNICIPALITIES, municipalities, "",                     \
		"The municipalities whose internal figures it may read, or * for all; "    \
		"none unless given.")                                                      \
	X(analyst, client_key, CLIENT_KEY, client_key, "", "As client_key of a partner.")   \
	X(analyst, log, YES_NO, log, "no",                                                 \
		"Whether it may read the log itself.")                                     \
	X(analyst, follower, YES_NO, follower, "no",                                       \
		"Whether it is another ladderd that follows this one: what it reads of "   \
		"the log is then one line of the access log. It takes log = yes and "      \
		"municipalities = *.")                                                     \
	X(analyst, sums, YES_NO, sums, "no",                                               \
		"Whether it may read the sums behind the figures of its municipalities, " \
		"to be added to those of other stores.")                                   \
	X(peer, address, SERVER, address, "",                                              \
		"The ladderd whose sums are added to those of this one when "              \
		"/v1/indicators is asked with peers=yes: of another controller, with other "\
		"people.")                                                                 \
	X(peer, token_file, PATH, token_file, "",                                          \
		"A file of the token of an analyst there with sums = yes. It is read at "  \
		"each question.")                                                          \
	X(peer, ca, PATH, ca, "",                                                          \
		"A file of the CAs that its certificate is held against, as PEM; those of " \
		"the system unless given.")                                                \
	X(scraper, token_hash, HASHES, hashes, "",                                         \
		"The hash that `ladder token` printed; two while the token is changed.")   \
	X(scraper, not_after, DATES, not_after, "",                                          \
		"The last day of each of its tokens, in their order and in the time zone " \
		"of the store; for ever unless given.")                                    \
	X(scraper, municipalities, MUNICIPALITIES, municipalities, "",                     \
		"The municipalities whose internal figures it may read, or * for all, "    \
		"which also gives what counts one partner; none unless given: then it "    \
		"reads the health of the daemon only.")                                    \
	X(municipality, name, LABEL, label, "",                                            \
		"The name that people know it by; the code stays beside it.")              \
	X(municipality, subject, PATTERN, subject, "",                                     \
		"The form of the pseudonyms that its register gives, as r*: a subject of " \
		"another form is refused. Any identifier will do unless given.")           \
	X(municipality, round_to, ROUNDING, round_to, "",                                  \
		"As [public] round_to, for what this municipality publishes.")
/* clang-format on */

/* A member for each option: config->limits_workers, config->http_listen. */
struct config {
#define OPTION_MEMBER(section, key, KIND, min, max, value, sentence)                               \
	OPTION_TYPE_##KIND section##_##key;
	OPTIONS(OPTION_MEMBER)
#undef OPTION_MEMBER

	struct access *access; /* held; access_hold() it to keep it when the config goes */
	struct arena arena;    /* the texts above */
};

/* All that is wrong with a configuration, one sentence each. */
struct problems {
	char **sentences; /* "FILE:LINE: [section] key: what is wrong; allowed: ..." */
	size_t count;
	bool failed; /* there was no memory for another one */
};

/* `*problems = (struct problems){0}` is an empty list. */
void problems_release(struct problems *problems);

/*
 * Reads the file, or, when `path` is NULL, takes the defaults alone; then the flags that win over
 * it, each SECTION.KEY=VALUE, NULL after the last. On failure
 * at least one problem is added, and all that file and flags have. A file that others
 * can write, or a stranger's, is wrong (base/guard.h).
 * ERR_IO: the file cannot be read. ERR_INVALID: it is wrong. ERR_FULL: no memory.
 * Not thread-safe: inih is set by global variables.
 */
enum err config_load(const char *path, const char *const *flags, struct config **out,
	struct problems *problems) NODISCARD;
void config_free(struct config *config);

/*
 * Sets an option as a flag does: name is "section.key", for instance
 * "http.listen". ERR_NOT_FOUND: there is no such option. ERR_INVALID: the
 * value is wrong, or does not go with another; *reason says what is allowed.
 * ERR_FULL: no memory. On failure the config is unchanged.
 */
enum err config_set(struct config *config, const char *name, const char *value,
	struct reason *reason) NODISCARD;

/* The memory of the batches that may wait: queue_bytes_max, or memory_max where that is less. */
size_t config_queue_bytes_max(const struct config *config);

/* True: what it listens on, or stands behind, is such that [audit] key must be given. */
bool config_needs_key(const struct config *config);

/* What is wrong where it is needed and not given, from behind "[audit] key: ". */
#define CONFIG_KEY_NEEDED                                                                          \
	"it is not given, and others than this machine may read records of persons: nobody "       \
	"could tell a person who looked; allowed: the public half of a key, which `ladder key` "   \
	"makes"

/* An option as people are told of it; the texts live until the teller returns. */
struct config_row {
	const char *section;
	const char *section_name;     /* what stands after it: NAME or GM0823; NULL: nothing */
	const char *section_sentence; /* of one with a name; else NULL */
	const char *key;
	const char *value; /* the default, as it would be written; "" none */
	const char *sentence;
	const char *allowed; /* what it takes, in words, without a full stop */
};

/* Tells `tell` of each option, section by section. ERR_FULL: there was no memory for one. */
enum err config_each(
	void (*tell)(const struct config_row *row, void *context), void *context) NODISCARD;

/* Prints the options, their sentences and defaults as a commented configuration file. ERR_FULL:
 * there was no memory for all. */
enum err config_print_default(FILE *out) NODISCARD;

#endif
