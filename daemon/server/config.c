/*
 * daemon/server/config.c - see config.h.
 *
 * inih splits lines into keys and values. What it does silently is done here
 * before it: it cuts lines at 200 bytes and names at 50, says nothing of an
 * empty section or of what follows a ], and tells only the first wrong line.
 * So it reads from read_line(), which joins continued lines, keeps count of
 * lines and takes the headers of sections out.
 */
#include "daemon/server/config.h"

#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/grow.h"
#include "base/guard.h"
#include "daemon/server/option.h"
#include "proto/bsn.h"
#include "proto/log_act.h"

#define CONFIG_ARENA_SIZE (64u << 10)
#define PRINT_WIDTH       78

#define OPTION_ROW(section, key, KIND, min, max, value, sentence)                                  \
	{ #section, #key, OPTION_##KIND, offsetof(struct config, section##_##key), min, max,       \
		value, sentence },
static const struct option options[] = { OPTIONS(OPTION_ROW) };

#define ENTRY_ROW(section, key, KIND, member, value, sentence)                                     \
	{ #section, #key, OPTION_##KIND, offsetof(struct entry, member), 0, UINT16_MAX, value,     \
		sentence },
static const struct option entry_options[] = { ENTRY_OPTIONS(ENTRY_ROW) };

struct entry_section {
	const char *section;
	const char *sentence;
};
#define ENTRY_SECTION_ROW(section, sentence) { #section, sentence },
static const struct entry_section entry_sections[] = { ENTRY_SECTIONS(ENTRY_SECTION_ROW) };

/* The section that is being read. */
enum place {
	PLACE_BEFORE, /* no section yet */
	PLACE_PLAIN,  /* [limits] */
	PLACE_ENTRY,  /* [partner NAME] */
	PLACE_WRONG,  /* told already: what it has is not looked at */
};

/* A named section that was read, to find what is given twice. */
struct seen {
	const char *section;
	const char *name;
	unsigned line;
	struct token_hashes hashes;
};

struct loading {
	const char *path;
	struct config *config;
	struct access *access;
	struct problems *problems;

	struct bytes rest;  /* of the file */
	unsigned line_next; /* of the first byte of rest */
	unsigned line;      /* of the key or header that is being read */

	enum place place;
	const char *section;
	const char *name; /* PLACE_ENTRY */
	struct entry entry;
	unsigned lines[ARRAY_LENGTH(options)]; /* where each option was given; 0: not */
	unsigned entry_lines[ARRAY_LENGTH(entry_options)];

	struct seen *seen;
	size_t seen_count;
};

/* Problems. */

void problems_release(struct problems *problems)
{
	for (size_t i = 0; i < problems->count; i++)
		free(problems->sentences[i]);
	free(problems->sentences);
	*problems = (struct problems){ 0 };
}

/* Adds a sentence that was allocated, or remembers that there was no memory for it. */
static void problems_add(struct problems *problems, char *sentence)
{
	if (sentence == NULL || !GROW_TO(problems->sentences, problems->count + 1)) {
		free(sentence);
		problems->failed = true;
		return;
	}
	problems->sentences[problems->count++] = sentence;
}

/* A problem at a line of the file. */
static void problem_at_v(struct loading *loading, unsigned line, const char *format,
	va_list arguments) __attribute__((format(printf, 3, 0)));

static void problem_at_v(
	struct loading *loading, unsigned line, const char *format, va_list arguments)
{
	char *what = NULL, *sentence = NULL;
	if (vasprintf(&what, format, arguments) < 0)
		what = NULL;
	if (what != NULL && asprintf(&sentence, "%s:%u: %s", loading->path, line, what) < 0)
		sentence = NULL;
	free(what);
	problems_add(loading->problems, sentence);
}

static void problem_at(struct loading *loading, unsigned line, const char *format, ...)
	PRINTF_LIKE(3, 4);

static void problem_at(struct loading *loading, unsigned line, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	problem_at_v(loading, line, format, arguments);
	va_end(arguments);
}

static void problem(struct loading *loading, const char *format, ...) PRINTF_LIKE(2, 3);

/* A problem at the line that is being read. */
static void problem(struct loading *loading, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	problem_at_v(loading, loading->line, format, arguments);
	va_end(arguments);
}

/* A problem with no line of its own. */
static void problem_of_file(struct problems *problems, const char *path, const char *what)
{
	char *sentence;
	if (asprintf(&sentence, "%s: %s", path, what) < 0)
		sentence = NULL;
	problems_add(problems, sentence);
}

static void no_room(struct loading *loading)
{
	problem(loading, "there is no memory for this");
	loading->problems->failed = true;
}

/* Sections. */

static bool is_plain_section(struct bytes word, const char **section)
{
	for (size_t i = 0; i < ARRAY_LENGTH(options); i++) {
		if (bytes_are(word, options[i].section)) {
			*section = options[i].section;
			return true;
		}
	}
	return false;
}

static bool is_entry_section(struct bytes word, const char **section)
{
	for (size_t i = 0; i < ARRAY_LENGTH(entry_sections); i++) {
		if (bytes_are(word, entry_sections[i].section)) {
			*section = entry_sections[i].section;
			return true;
		}
	}
	return false;
}

static void problem_unknown_section(struct loading *loading, const char *what)
{
	struct text allowed = { 0 };
	for (size_t i = 0; i < ARRAY_LENGTH(options); i++) {
		if (i == 0 || options[i].section != options[i - 1].section)
			text_printf(&allowed, "[%s], ", options[i].section);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(entry_sections); i++)
		text_printf(&allowed, "%s[%s NAME]", i == 0 ? "" : ", ", entry_sections[i].section);
	problem(loading, "%s; allowed: %s", what, allowed.data == NULL ? "" : allowed.data);
	text_release(&allowed);
}

/* The line in which the section that is read has this key; 0: it has not. */
static unsigned entry_line(const struct loading *loading, const char *key)
{
	for (size_t i = 0; i < ARRAY_LENGTH(entry_options); i++) {
		if (strcmp(entry_options[i].section, loading->section) == 0 &&
			strcmp(entry_options[i].key, key) == 0)
			return loading->entry_lines[i];
	}
	return 0;
}

/* The tokens of the section that was read, with their last days. */
static struct token_hashes hashes_of(struct loading *loading)
{
	const struct token_days *days = &loading->entry.not_after;
	struct token_hashes hashes = loading->entry.hashes;
	if (days->count > 0 && days->count != hashes.count)
		problem_at(loading, entry_line(loading, "not_after"),
			"[%s] not_after: there are %zu dates and %zu hashes; allowed: a date for "
			"each hash, in their order",
			loading->section, days->count, hashes.count);
	hashes.ends = days->count > 0;
	memcpy(hashes.last_days, days->items, sizeof(hashes.last_days));
	return hashes;
}

/* A peer of which nothing is given is none, as a partner without a hash. */
static void peer_end(struct loading *loading)
{
	const struct entry *entry = &loading->entry;
	bool address = entry->address != NULL && entry->address[0] != '\0';
	bool token = entry->token_file != NULL && entry->token_file[0] != '\0';
	if (address != token)
		problem(loading,
			"[peer] %s: it is not given for %s; allowed: both address and token_file",
			address ? "token_file" : "address", loading->name);
	if (!address || !token)
		return;
	loading->access->peers[loading->access->peer_count++] = (struct peer_store){
		.name = loading->name,
		.address = entry->address,
		.token_file = entry->token_file,
		.ca = entry->ca == NULL ? "" : entry->ca,
	};
}

/* Puts what was read of a named section where it belongs. */
static void section_end(struct loading *loading)
{
	struct access *access = loading->access;
	const struct entry *entry = &loading->entry;
	if (loading->place != PLACE_ENTRY)
		return;
	loading->place = PLACE_WRONG;
	const struct token_hashes hashes = hashes_of(loading);
	if (entry->follower && (!entry->log || !entry->municipalities.all))
		problem_at(loading, entry_line(loading, "follower"),
			"[analyst] follower: a log with holes cannot be followed; allowed: with "
			"log = yes and municipalities = *");
	if (entry->succeeds != NULL && strcmp(entry->succeeds, loading->name) == 0)
		problem_at(loading, entry_line(loading, "succeeds"),
			"[partner] succeeds: this is the partner itself; allowed: the name of "
			"another");
	if (strcmp(loading->section, "partner") == 0) {
		access->partners[access->partner_count++] = (struct partner){
			.name = loading->name,
			.org_type = entry->org_type,
			.hashes = hashes,
			.succeeds = entry->succeeds,
			.requires_user = entry->require_user,
			.client_key = entry->client_key,
			.rights =
				{
					.types = entry->types,
					.all_municipalities = entry->municipalities.all,
					.municipalities = entry->municipalities.codes,
					.municipality_count = entry->municipalities.count,
				},
		};
	} else if (strcmp(loading->section, "analyst") == 0) {
		access->analysts[access->analyst_count++] = (struct analyst){
			.name = loading->name,
			.hashes = hashes,
			.all_municipalities = entry->municipalities.all,
			.municipalities = entry->municipalities.codes,
			.municipality_count = entry->municipalities.count,
			.may_read_log = entry->log,
			.may_read_sums = entry->sums,
			.is_follower = entry->follower,
			.client_key = entry->client_key,
		};
	} else if (strcmp(loading->section, "peer") == 0) {
		peer_end(loading);
	} else if (strcmp(loading->section, "municipality") == 0) {
		struct place_entry *place = &access->places[access->place_count];
		CHECK(municipality_parse(bytes_of_string(loading->name), &place->municipality));
		place->name = entry->label;
		place->round_to = (uint32_t)entry->round_to;
		access->place_count += place->name != NULL || place->round_to != 0;
		if (entry->subject != NULL)
			subject_forms_add(&access->subjects,
				(struct subject_form){ place->municipality, entry->subject });
	} else {
		CHECK(strcmp(loading->section, "scraper") == 0);
		access->scrapers[access->scraper_count++] = (struct scraper){
			.name = loading->name,
			.hashes = hashes,
			.all_municipalities = entry->municipalities.all,
			.municipalities = entry->municipalities.codes,
			.municipality_count = entry->municipalities.count,
		};
	}
}

static void entry_defaults(const char *section, struct entry *entry, struct arena *arena)
{
	struct text why = { 0 };
	*entry = (struct entry){ 0 };
	for (size_t i = 0; i < ARRAY_LENGTH(entry_options); i++) {
		const struct option *option = &entry_options[i];
		/* An empty default is what the zeroed struct says already: no hash, no type. */
		if (strcmp(option->section, section) == 0 && option->value[0] != '\0')
			CHECK(option_parse(option, option->value, entry, arena, &why) == OK);
	}
}

/* [partner NAME]: false when the name will not do, which is told. */
static bool entry_begin(struct loading *loading, struct bytes name)
{
	if (name.length > ACCESS_NAME_LENGTH_MAX || !identifier_is_valid(name) ||
		looks_like_bsn(name)) {
		problem(loading,
			"[%s NAME]: this is no name; allowed: 1 to %d characters of "
			"A-Z a-z 0-9 . _ : -, not in the form of a citizen service number",
			loading->section, ACCESS_NAME_LENGTH_MAX);
		return false;
	}
	if (strcmp(loading->section, "partner") == 0 && bytes_are(name, LOG_ACT_PARTNER)) {
		problem(loading,
			"[partner ladderd]: this name is the daemon's own, of what it records "
			"itself; allowed: any other");
		return false;
	}
	uint16_t code;
	if (strcmp(loading->section, "municipality") == 0 && !municipality_parse(name, &code)) {
		problem(loading,
			"[municipality NAME]: this is no municipality; allowed: a CBS code, as "
			"GM0823");
		return false;
	}
	for (size_t i = 0; i < loading->seen_count; i++) {
		const struct seen *seen = &loading->seen[i];
		if (strcmp(seen->section, loading->section) == 0 && bytes_are(name, seen->name)) {
			problem(loading,
				"[%s %s]: the section is given already in line %u; "
				"allowed: each name once",
				seen->section, seen->name, seen->line);
			return false;
		}
	}
	char *copy = arena_take(&loading->access->arena, name.length + 1);
	if (copy == NULL) {
		no_room(loading);
		return false;
	}
	memcpy(copy, name.data, name.length);
	loading->name = copy;
	entry_defaults(loading->section, &loading->entry, &loading->access->arena);
	memset(loading->entry_lines, 0, sizeof(loading->entry_lines));
	loading->seen[loading->seen_count++] = (struct seen){
		.section = loading->section,
		.name = copy,
		.line = loading->line,
	};
	return true;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

/* `header` begins with [ and has no comment. */
static void section_begin(struct loading *loading, struct bytes header)
{
	section_end(loading);
	loading->place = PLACE_WRONG;
	if (header.data[header.length - 1] != ']') {
		problem_unknown_section(loading, "the header of a section ends with ]");
		return;
	}
	struct bytes inside = bytes_trim(bytes_of(header.data + 1, header.length - 2));
	struct bytes word = inside;
	for (word.length = 0; word.length < inside.length && !is_blank(inside.data[word.length]);)
		word.length++;
	struct bytes name =
		bytes_trim(bytes_of(inside.data + word.length, inside.length - word.length));
	if (is_entry_section(word, &loading->section)) {
		if (entry_begin(loading, name))
			loading->place = PLACE_ENTRY;
	} else if (name.length == 0 && is_plain_section(word, &loading->section)) {
		loading->place = PLACE_PLAIN;
	} else {
		problem_unknown_section(loading, "this is no section");
	}
}

/* Lines. */

/* The next line of the file, without its blanks and comments. False at the end. */
static bool line_peek(const struct loading *loading, struct bytes *line, size_t *length)
{
	if (loading->rest.length == 0)
		return false;
	const uint8_t *end = memchr(loading->rest.data, '\n', loading->rest.length);
	*length = end == NULL ? loading->rest.length : (size_t)(end - loading->rest.data) + 1;
	*line = bytes_trim(bytes_of(loading->rest.data, end == NULL ? *length : *length - 1));
	if (line->length > 0 && (line->data[0] == ';' || line->data[0] == '#'))
		line->length = 0;
	for (size_t i = 1; i < line->length; i++) {
		if (line->data[i] == ';' && is_blank(line->data[i - 1]))
			line->length = i;
	}
	*line = bytes_trim(*line);
	return true;
}

static void line_skip(struct loading *loading, size_t length)
{
	loading->rest = bytes_of(loading->rest.data + length, loading->rest.length - length);
	loading->line_next++;
}

/*
 * Reads for inih, as fgets() would: a key's line with those that continue it,
 * which begin with a blank. Headers are taken here and come out empty.
 */
static char *read_line(char *out, int size, void *context)
{
	struct loading *loading = context;
	struct bytes line;
	size_t length, used = 0;
	if (!line_peek(loading, &line, &length))
		return NULL;
	loading->line = loading->line_next;
	line_skip(loading, length);
	out[0] = '\0';
	if (line.length == 0)
		return out;
	if (line.data[0] == '[') {
		section_begin(loading, line);
		return out;
	}
	do {
		if (line.length > 0) {
			/* The file fits into the buffer, and so does every line. */
			CHECK(used + line.length + 2 <= (size_t)size);
			memcpy(out + used, line.data, line.length);
			used += line.length;
			out[used++] = ' ';
		}
		if (!line_peek(loading, &line, &length))
			break;
		if (line.length > 0 && (!is_blank(loading->rest.data[0]) || line.data[0] == '['))
			break;
		line_skip(loading, length);
	} while (true);
	out[used] = '\0';
	return out;
}

/* Keys. */

static const struct option *option_find(
	const struct option *table, size_t count, const char *section, const char *key)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(table[i].section, section) == 0 && strcmp(table[i].key, key) == 0)
			return &table[i];
	}
	return NULL;
}

static void problem_unknown_key(
	struct loading *loading, const struct option *table, size_t count, const char *key)
{
	struct text allowed = { 0 };
	for (size_t i = 0; i < count; i++) {
		if (strcmp(table[i].section, loading->section) == 0)
			text_printf(
				&allowed, "%s%s", allowed.length == 0 ? "" : ", ", table[i].key);
	}
	problem(loading, "[%s] %.40s: there is no such key; allowed: %s", loading->section, key,
		allowed.data == NULL ? "" : allowed.data);
	text_release(&allowed);
}

/* A hash may stand in the configuration once: tells where else this one is, or notes it. */
static void hashes_compare(struct loading *loading)
{
	struct seen *own = &loading->seen[loading->seen_count - 1];
	own->hashes = loading->entry.hashes;
	for (size_t i = 0; i < own->hashes.count; i++) {
		for (size_t j = 0; j < loading->seen_count; j++) {
			const struct seen *seen = &loading->seen[j];
			size_t end = seen == own ? i : seen->hashes.count;
			for (size_t k = 0; k < end; k++) {
				if (!token_hash_equal(
					    &own->hashes.items[i], &seen->hashes.items[k]))
					continue;
				problem(loading,
					"[%s] token_hash: the same hash is in [%s %s] of line %u; "
					"allowed: each token once",
					loading->section, seen->section, seen->name, seen->line);
			}
		}
	}
}

static int on_setting(void *context, const char *section, const char *key, const char *value)
{
	struct loading *loading = context;
	(void)section;
	if (loading->place == PLACE_WRONG)
		return 1;
	if (loading->place == PLACE_BEFORE) {
		problem_unknown_section(loading, "this stands before any section");
		return 1;
	}
	bool entry = loading->place == PLACE_ENTRY;
	const struct option *table = entry ? entry_options : options;
	size_t count = entry ? ARRAY_LENGTH(entry_options) : ARRAY_LENGTH(options);
	const struct option *option = option_find(table, count, loading->section, key);
	if (option == NULL) {
		problem_unknown_key(loading, table, count, key);
		return 1;
	}
	if (value == NULL) {
		problem(loading, "[%s] %s: there is no =; allowed: key = value", loading->section,
			key);
		return 1;
	}
	unsigned *line = &(entry ? loading->entry_lines : loading->lines)[option - table];
	if (*line != 0) {
		problem(loading,
			"[%s] %s: the key is given already in line %u; allowed: once, and longer "
			"lists on indented lines",
			loading->section, key, *line);
		return 1;
	}
	*line = loading->line;

	struct text why = { 0 };
	enum err err =
		entry ? option_parse(option, value, &loading->entry, &loading->access->arena, &why)
		      : option_parse(option, value, loading->config, &loading->config->arena, &why);
	if (err == ERR_FULL)
		no_room(loading);
	else if (err != OK)
		problem(loading, "[%s] %s: %s", loading->section, key,
			why.data == NULL ? "" : why.data);
	else if (option->kind == OPTION_HASHES)
		hashes_compare(loading);
	text_release(&why);
	return 1;
}

/* Loading. */

static enum err file_read(const char *path, struct text *out, struct problems *problems)
{
	char block[4096];
	size_t length;
	FILE *file = fopen(path, "re");
	if (file == NULL) {
		enum err why = err_of_errno(errno);
		problem_of_file(problems, path, strerror(errno));
		return why;
	}
	struct reason reason;
	enum err err = guard_file(fileno(file), GUARD_WRITE, "the configuration", path, &reason);
	if (err != OK) {
		problems_add(problems, strdup(reason.text));
		fclose(file);
		return err;
	}
	errno = 0;
	while (out->length <= CONFIG_FILE_BYTES_MAX &&
		(length = fread(block, 1, sizeof(block), file)) > 0)
		text_add(out, bytes_of(block, length));
	int failure = ferror(file) ? errno : 0;
	fclose(file);
	if (failure != 0) {
		problem_of_file(problems, path, strerror(failure));
		return err_of_errno(failure);
	}
	if (out->failed)
		return ERR_FULL;
	if (out->length > CONFIG_FILE_BYTES_MAX) {
		problem_of_file(problems, path, "this is too long; allowed: 1 MiB");
		return ERR_INVALID;
	}
	if (out->length > 0 && memchr(out->data, '\0', out->length) != NULL) {
		problem_of_file(problems, path, "this has a NUL character; allowed: text");
		return ERR_INVALID;
	}
	return OK;
}

/* At least as many as there are sections; never 0. */
static size_t sections_max(struct bytes text)
{
	size_t count = 1;
	for (size_t i = 0; i < text.length; i++)
		count += text.data[i] == '[';
	return count;
}

/* Whether the limits go together. The second of the two is named in `why`. */
static enum err config_agrees(const struct config *config, struct text *why)
{
	if (config->limits_queue_bytes_max < config->limits_body_bytes_max) {
		text_add_string(why, "[limits] queue_bytes_max: no request of body_bytes_max could "
				     "wait; allowed: at least body_bytes_max");
		return ERR_INVALID;
	}
	if (config->limits_store_reserve >= config->store_size_max) {
		text_add_string(why, "[limits] store_reserve: no space would be left for events; "
				     "allowed: less than size_max of [store]");
		return ERR_INVALID;
	}
	return OK;
}

/* The options of a listener that are about TLS. */
struct listener_options {
	const char *section;
	const struct address *listen;
	const char *certificate;
	const char *key;
	const char *client_ca;
	bool plaintext;
};

/* What is wrong with a listener: it may travel in clear only where that was said. */
static void listener_check(
	const struct listener_options *listener, const char *path, struct problems *problems)
{
	char what[400];
	bool certificate = listener->certificate[0] != '\0';
	if (certificate != (listener->key[0] != '\0')) {
		snprintf(what, sizeof(what),
			"[%s] %s: it is not given, but %s is; allowed: both, or neither",
			listener->section, certificate ? "key" : "certificate",
			certificate ? "certificate" : "key");
		problem_of_file(problems, path, what);
	}
	if (!certificate && listener->client_ca[0] != '\0') {
		snprintf(what, sizeof(what),
			"[%s] client_ca: clients show certificates under TLS only; allowed: with "
			"certificate and key",
			listener->section);
		problem_of_file(problems, path, what);
	}
	if (!certificate && !listener->plaintext && !address_is_loopback(listener->listen)) {
		snprintf(what, sizeof(what),
			"[%s] listen: %s is not loopback, and tokens would travel in clear; "
			"allowed: certificate and key beside it, a loopback address, or plaintext "
			"= yes where a proxy has TLS",
			listener->section, listener->listen->text);
		problem_of_file(problems, path, what);
	}
}

static void listeners_check(
	const struct config *config, const char *path, struct problems *problems)
{
	const struct listener_options listeners[] = {
		{ "http", &config->http_listen, config->http_certificate, config->http_key,
			config->http_client_ca, config->http_plaintext },
		{ "stream", &config->stream_listen, config->stream_certificate, config->stream_key,
			config->stream_client_ca, config->stream_plaintext },
	};
	bool asked = false;
	for (size_t i = 0; i < ARRAY_LENGTH(listeners); i++) {
		listener_check(&listeners[i], path, problems);
		asked |= !listeners[i].listen->off && listeners[i].client_ca[0] != '\0';
	}
	if (access_needs_certificates(config->access) && !asked)
		problem_of_file(problems, path,
			"[partner] or [analyst] client_key: no door asks clients for a "
			"certificate, "
			"so that these tokens would be none; allowed: with client_ca of [http] or "
			"[stream]");
	if (config_needs_key(config) && !config->audit_key.given)
		problem_of_file(problems, path, "[audit] key: " CONFIG_KEY_NEEDED);
}

/* Whom it follows, and by what token, go together. */
static void follow_check(const struct config *config, const char *path, struct problems *problems)
{
	bool main = config->follow_main[0] != '\0', token = config->follow_token_file[0] != '\0';
	if (main && !token)
		problem_of_file(problems, path,
			"[follow] token_file: it is not given, but main is; allowed: a file with "
			"the token that the main knows this ladderd by");
	if (!main && (token || config->follow_ca[0] != '\0'))
		problem_of_file(problems, path,
			"[follow] main: it is not given, but what goes with it is; allowed: the "
			"address of the ladderd that is followed");
	if (main && config->cluster_postgres[0] != '\0')
		problem_of_file(problems, path,
			"[cluster] postgres: [follow] main is given too, and a store has one "
			"source; allowed: one of them");
}

bool config_needs_key(const struct config *config)
{
	return !address_is_loopback(&config->http_listen) ||
	       (!config->stream_listen.off && !address_is_loopback(&config->stream_listen)) ||
	       config->http_trusted_proxies.count > 0;
}

static enum err config_new(const char *path, struct config **out)
{
	struct text why = { 0 };
	struct config *config = calloc(1, sizeof(*config));
	if (config == NULL)
		return ERR_FULL;
	if (arena_init(&config->arena, CONFIG_ARENA_SIZE) != OK) {
		free(config);
		return ERR_FULL;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(options); i++)
		CHECK(option_parse(&options[i], options[i].value, config, &config->arena, &why) ==
			OK);
	CHECK(config_agrees(config, &why) == OK);
	if (path != NULL && strcmp(path, CONFIG_PATH_DEFAULT) == 0)
		config->store_path = CONFIG_STORE_PATH_SYSTEM;
	*out = config;
	return OK;
}

/* Makes the access object, with room for all that a file of this text can have. */
static enum err access_make(struct bytes text, struct config *config)
{
	/* Of each section a name and a list, which is an array no longer than its text. */
	size_t count = sections_max(text);
	size_t each = sizeof(struct partner) + sizeof(struct analyst) + sizeof(struct scraper) +
		      sizeof(struct peer_store) + sizeof(struct place_entry) +
		      sizeof(struct subject_form) + 64 + ACCESS_NAME_LENGTH_MAX;
	enum err err = access_new(count * each + text.length + 4096, &config->access);
	if (err != OK)
		return err;
	struct access *access = config->access;
	access->partners = arena_take(&access->arena, count * sizeof(*access->partners));
	access->analysts = arena_take(&access->arena, count * sizeof(*access->analysts));
	access->scrapers = arena_take(&access->arena, count * sizeof(*access->scrapers));
	access->peers = arena_take(&access->arena, count * sizeof(*access->peers));
	access->places = arena_take(&access->arena, count * sizeof(*access->places));
	access->subjects.items =
		arena_take(&access->arena, count * sizeof(*access->subjects.items));
	CHECK(access->partners != NULL && access->analysts != NULL && access->scrapers != NULL &&
		access->peers != NULL && access->places != NULL && access->subjects.items != NULL);
	return OK;
}

static enum err config_read(
	const char *path, struct bytes text, struct config *config, struct problems *problems)
{
	struct loading loading = {
		.path = path,
		.config = config,
		.access = config->access,
		.problems = problems,
		.rest = text,
		.line_next = 1,
		.place = PLACE_BEFORE,
	};
	size_t problems_before = problems->count;
	static const char byte_order_mark[] = "\xEF\xBB\xBF";
	if (text.length >= 3 && memcmp(text.data, byte_order_mark, 3) == 0)
		loading.rest = bytes_of(text.data + 3, text.length - 3);
	loading.seen = calloc(sections_max(text), sizeof(*loading.seen));
	if (loading.seen == NULL)
		return ERR_FULL;

	ini_use_stack = false;
	ini_max_line = ini_initial_alloc = (int)text.length + 16;
	ini_allow_no_value = true;
	int result = ini_parse_stream(read_line, &loading, on_setting, &loading);
	section_end(&loading);
	free(loading.seen);
	if (result == -2)
		problems->failed = true;
	/* read_line() and on_setting() leave nothing for inih to find wrong. */
	CHECK(result <= 0);

	struct text why = { 0 };
	if (config_agrees(config, &why) != OK)
		problem_of_file(problems, path, why.data == NULL ? "" : why.data);
	text_release(&why);
	if (problems->failed)
		return ERR_FULL;
	return problems->count > problems_before ? ERR_INVALID : OK;
}

/* Sets one SECTION.KEY=VALUE of the command line. */
static enum err flag_apply(struct config *config, const char *flag, struct reason *reason)
{
	char name[64];
	const char *equals = strchr(flag, '=');
	if (equals == NULL || (size_t)(equals - flag) >= sizeof(name))
		return fail(reason, ERR_INVALID, "it must be SECTION.KEY=VALUE");
	snprintf(name, sizeof(name), "%.*s", (int)(equals - flag), flag);
	enum err err = config_set(config, name, equals + 1, reason);
	if (err == ERR_NOT_FOUND)
		return fail(reason, err, "there is no option %s; see ladderd --print-config", name);
	return err;
}

/* OK, or ERR_INVALID and problems. */
static enum err flags_apply(
	struct config *config, const char *const *flags, struct problems *problems)
{
	enum err err = OK;
	for (; *flags != NULL; flags++) {
		struct reason reason;
		char name[80];
		if (flag_apply(config, *flags, &reason) == OK)
			continue;
		snprintf(name, sizeof(name), "--set %.*s", (int)strcspn(*flags, "="), *flags);
		problem_of_file(problems, name, reason.text);
		err = ERR_INVALID;
	}
	return err;
}

/* All that a configuration says: the file, the flags, and whether they go together. */
static enum err config_fill(const char *path, struct bytes text, const char *const *flags,
	struct config *config, struct problems *problems)
{
	const char *place = path == NULL ? "the configuration" : path;
	enum err err = path == NULL ? OK : config_read(path, text, config, problems);
	if (err == OK || err == ERR_INVALID) {
		enum err flagged = flags_apply(config, flags, problems);
		size_t before = problems->count;
		listeners_check(config, place, problems);
		follow_check(config, place, problems);
		err = err != OK ? err : flagged;
		if (err == OK && problems->count > before)
			err = ERR_INVALID;
	}
	return problems->failed ? ERR_FULL : err;
}

enum err config_load(
	const char *path, const char *const *flags, struct config **out, struct problems *problems)
{
	struct text text = { 0 };
	struct config *config = NULL;
	enum err err = path == NULL ? OK : file_read(path, &text, problems);
	if (err == OK)
		err = config_new(path, &config);
	if (err == OK)
		err = access_make(text_bytes(&text), config);
	if (err == OK)
		err = config_fill(path, text_bytes(&text), flags, config, problems);
	text_release(&text);
	if (err == ERR_FULL)
		problem_of_file(problems, path == NULL ? "defaults" : path, "there is no memory");
	if (err != OK) {
		config_free(config);
		return err;
	}
	*out = config;
	return OK;
}

size_t config_queue_bytes_max(const struct config *config)
{
	return config->limits_queue_bytes_max < config->limits_memory_max
		       ? config->limits_queue_bytes_max
		       : config->limits_memory_max;
}

void config_free(struct config *config)
{
	if (config == NULL)
		return;
	access_drop(config->access);
	arena_release(&config->arena);
	free(config);
}

enum err config_set(
	struct config *config, const char *name, const char *value, struct reason *reason)
{
	char section[16];
	const char *dot = strchr(name, '.');
	const struct option *option = NULL;
	if (dot != NULL && (size_t)(dot - name) < sizeof(section)) {
		memcpy(section, name, (size_t)(dot - name));
		section[dot - name] = '\0';
		option = option_find(options, ARRAY_LENGTH(options), section, dot + 1);
	}
	if (option == NULL)
		return fail(reason, ERR_NOT_FOUND, "%.40s: there is no such option", name);

	struct config changed = *config;
	struct text why = { 0 };
	enum err err = option_parse(option, value, &changed, &changed.arena, &why);
	if (err == OK)
		err = config_agrees(&changed, &why);
	if (err == OK)
		*config = changed;
	else
		err = fail(reason, err, "%s: %s", name,
			why.data == NULL ? "there is no memory" : why.data);
	text_release(&why);
	return err;
}

/* Printing. */

/* A paragraph as lines of a comment. */
static void print_comment(FILE *out, const char *text)
{
	size_t column = 0;
	while (*text != '\0') {
		size_t length = strcspn(text, " ");
		if (column > 0 && column + 1 + length > PRINT_WIDTH) {
			fputc('\n', out);
			column = 0;
		}
		column +=
			(size_t)fprintf(out, "%s%.*s", column == 0 ? "# " : " ", (int)length, text);
		text += length + strspn(text + length, " ");
	}
	fputc('\n', out);
}

struct telling {
	void (*tell)(const struct config_row *row, void *context);
	void *context;
	enum err err;
};

static void option_tell(
	struct telling *telling, const struct option *option, const struct entry_section *section)
{
	struct text allowed = { 0 };
	option_add_allowed(option, &allowed);
	bool coded = strcmp(option->section, "municipality") == 0;
	const struct config_row row = {
		.section = option->section,
		.section_name = section == NULL ? NULL
				: coded         ? "GM0823"
						: "NAME",
		.section_sentence = section == NULL ? NULL : section->sentence,
		.key = option->key,
		.value = option->value,
		.sentence = option->sentence,
		.allowed = allowed.data,
	};
	if (allowed.failed)
		telling->err = ERR_FULL;
	else
		telling->tell(&row, telling->context);
	text_release(&allowed);
}

enum err config_each(void (*tell)(const struct config_row *row, void *context), void *context)
{
	struct telling telling = { tell, context, OK };
	for (size_t i = 0; i < ARRAY_LENGTH(options); i++)
		option_tell(&telling, &options[i], NULL);
	for (size_t i = 0; i < ARRAY_LENGTH(entry_sections); i++) {
		for (size_t j = 0; j < ARRAY_LENGTH(entry_options); j++) {
			if (strcmp(entry_options[j].section, entry_sections[i].section) == 0)
				option_tell(&telling, &entry_options[j], &entry_sections[i]);
		}
	}
	return telling.err;
}

/* Where the default configuration is printed. */
struct printing {
	FILE *out;
	const char *section; /* of the option before */
};

static void print_section(FILE *out, const struct config_row *row)
{
	struct text sentence = { 0 };
	if (row->section_name == NULL) {
		fprintf(out, "\n[%s]\n", row->section);
		return;
	}
	text_printf(&sentence, "A section for each %s: %s.%s", row->section, row->section_sentence,
		strcmp(row->section_name, "NAME") == 0 ? " NAME is one's own choice." : "");
	fputc('\n', out);
	if (!sentence.failed)
		print_comment(out, sentence.data);
	text_release(&sentence);
	fprintf(out, "#[%s %s]\n", row->section, row->section_name);
}

static void print_row(const struct config_row *row, void *context)
{
	struct printing *printing = context;
	FILE *out = printing->out;
	struct text allowed = { 0 };
	if (printing->section == NULL || strcmp(printing->section, row->section) != 0)
		print_section(out, row);
	printing->section = row->section;
	fputc('\n', out);
	print_comment(out, row->sentence);
	text_printf(&allowed, "Allowed: %s.", row->allowed);
	if (!allowed.failed)
		print_comment(out, allowed.data);
	text_release(&allowed);
	fprintf(out, "#%s =%s%s\n", row->key, row->value[0] == '\0' ? "" : " ", row->value);
}

enum err config_print_default(FILE *out)
{
	struct printing printing = { out, NULL };
	print_comment(out, "The configuration of ladderd. Every key has a default, which is shown; "
			   "take the # away to change it. A list may go on in indented lines. A "
			   "comment begins with # or ; and after a value with ;.");
	return config_each(print_row, &printing);
}
