/*
 * daemon/server/option.c - see option.h.
 */
#include "daemon/server/option.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/check.h"
#include "base/date.h"
#include "daemon/server/postgres.h"
#include "proto/bsn.h"

#define TYPES_OF_STAR "* (but for report_published, report_withdrawn and agreement_made)"
/* Where it begins a path, the folder of the secrets that systemd hands over. */
#define CREDENTIALS    "$CREDENTIALS_DIRECTORY"
#define PATH_BYTES_MAX 4096

static void add_path(const struct option *option, struct text *out)
{
	text_printf(out, "a path of at most %llu bytes, which may begin with " CREDENTIALS "/",
		(unsigned long long)option->max);
}

static void add_size(uint64_t size, struct text *out)
{
	static const char suffixes[] = { 'T', 'G', 'M', 'K' };
	for (size_t i = 0; i < ARRAY_LENGTH(suffixes); i++) {
		unsigned shift = (unsigned)(40 - 10 * i);
		if (size > 0 && size % (UINT64_C(1) << shift) == 0) {
			text_add_integer(out, (int64_t)(size >> shift));
			text_add_char(out, suffixes[i]);
			return;
		}
	}
	text_add_integer(out, (int64_t)size);
}

static void add_type_names(struct text *out)
{
	size_t count;
	const struct schema *schemas = schema_all(&count);
	for (size_t i = 0; i < count; i++)
		text_printf(out, ", %s", schemas[i].name);
}

static void add_enumeration(const struct enumeration *enumeration, struct text *out)
{
	for (int value = 1; value <= enumeration->count; value++)
		text_printf(out, "%s%s", value == 1 ? "" : ", ", enumeration->names[value]);
}

static void add_range(const struct option *option, struct text *out)
{
	bool is_rate = option->kind == OPTION_RATE || option->kind == OPTION_SIZE_RATE;
	bool is_size = option->kind == OPTION_SIZE || option->kind == OPTION_SIZE_RATE;
	/* A rate, or another number that may be off. */
	if (is_rate)
		text_add_string(out, "off, or ");
	text_add_string(out, is_size ? "bytes" : "a whole number");
	if (is_rate && strcmp(option->section, "limits") == 0)
		text_add_string(out, " a second");
	if (!is_size) {
		text_printf(out, " from %llu to %llu", (unsigned long long)option->min,
			(unsigned long long)option->max);
		return;
	}
	text_add_string(out, ", or K, M, G, T of them, from ");
	add_size(option->min, out);
	text_add_string(out, " to ");
	add_size(option->max, out);
}

/* What kinds take whose rows all take the same; NULL: see option_add_allowed(). */
static const char *const allowed_words[] = {
	[OPTION_ADDRESS] = "a numeric address and a port, as 127.0.0.1:7400 or [::1]:7400; port 0 "
			   "is any that is free",
	[OPTION_ADDRESS_OR_OFF] = "off, or a numeric address and a port, as 127.0.0.1:7401 or "
				  "[::1]:7401; port 0 is any that is free",
	[OPTION_ROUNDING] = "5 or 10",
	[OPTION_MUNICIPALITIES] = "*, CBS codes as GM0823, or both",
	[OPTION_YES_NO] = "yes, no",
	[OPTION_NETWORKS] = "numeric addresses, each alone or with the bits of its network, as "
			    "127.0.0.1 or 10.0.0.0/8",
	[OPTION_DATES] = "a date for each hash, in their order, as 2026-12-31",
	[OPTION_SERVER] = "https://HOST:PORT, or http://HOST:PORT where that is this machine: a "
			  "token is not sent in clear",
	[OPTION_CONNECTION] = "what libpq connects by, as host=a,b,c dbname=ladderd user=ladderd "
			      "passfile=FILE",
	[OPTION_HOSTS] = "names of hosts without ports, as ladder.example.nl, or * for any",
};

void option_add_allowed(const struct option *option, struct text *out)
{
	if (option->kind < ARRAY_LENGTH(allowed_words) && allowed_words[option->kind] != NULL) {
		text_add_string(out, allowed_words[option->kind]);
		return;
	}
	switch (option->kind) {
	case OPTION_PATH:
		add_path(option, out);
		return;
	case OPTION_COUNT:
	case OPTION_RATE:
	case OPTION_SIZE:
	case OPTION_SIZE_RATE:
		add_range(option, out);
		return;
	case OPTION_USER:
		text_printf(out, "up to %llu letters, digits, -, _ and .",
			(unsigned long long)option->max);
		return;
	case OPTION_HASHES:
		text_printf(out,
			"one or two hashes of %d hexadecimal digits, as `ladder token` "
			"prints",
			TOKEN_HASH_LENGTH);
		return;
	case OPTION_ORG_TYPE:
		add_enumeration(&enumeration_org_type, out);
		return;
	case OPTION_TYPES:
		text_add_string(out, TYPES_OF_STAR);
		add_type_names(out);
		return;
	case OPTION_LABEL:
		text_printf(out, "up to %d bytes of text", LABEL_LENGTH_MAX);
		return;
	case OPTION_NAME:
		text_printf(out, "the name of a partner: 1 to %d characters of A-Z a-z 0-9 . _ : -",
			ACCESS_NAME_LENGTH_MAX);
		return;
	case OPTION_CLIENT_KEY:
		text_printf(out, "sha256: and %d hexadecimal digits", 2 * CLIENT_KEY_SIZE);
		return;
	case OPTION_SEAL_KEY:
		text_printf(out,
			"the public half of a key: %d hexadecimal digits, as `ladder key` prints "
			"them",
			SEAL_KEY_LENGTH);
		return;
	case OPTION_URI:
		text_printf(out, "a URI of up to %llu characters, as https://example.nl/x",
			(unsigned long long)option->max);
		return;
	case OPTION_PATTERN:
		text_printf(out,
			"1 to %d characters of A-Z a-z 0-9 . _ : - and *, which stands for any "
			"characters",
			SUBJECT_PATTERN_LENGTH_MAX);
		return;
	case OPTION_CONNECTION:
	case OPTION_ADDRESS:
	case OPTION_ADDRESS_OR_OFF:
	case OPTION_ROUNDING:
	case OPTION_MUNICIPALITIES:
	case OPTION_YES_NO:
	case OPTION_NETWORKS:
	case OPTION_DATES:
	case OPTION_HOSTS:
	case OPTION_SERVER:
		break;
	}
	check_failed("a kind of the enum", __FILE__, __LINE__);
}

/* Ends a parse: `wrong` and what is allowed. */
static enum err refuse(const struct option *option, const char *wrong, struct text *why)
{
	text_printf(why, "%s; allowed: ", wrong);
	option_add_allowed(option, why);
	return ERR_INVALID;
}

/* A whole number, and when `suffixed` K, M, G or T after it. */
static bool number_parse(const char *value, bool suffixed, uint64_t *out)
{
	const char *c = value;
	uint64_t number = 0;
	unsigned shift = 0;
	for (; *c >= '0' && *c <= '9'; c++) {
		if (number > UINT64_MAX / 10 - 1)
			return false;
		number = number * 10 + (uint64_t)(*c - '0');
	}
	if (c == value)
		return false;
	static const char suffixes[] = "KMGT";
	const char *suffix = suffixed && *c != '\0' ? strchr(suffixes, *c) : NULL;
	if (suffix != NULL) {
		shift = 10 * ((unsigned)(suffix - suffixes) + 1);
		c++;
	}
	if (*c != '\0' || number > UINT64_MAX >> shift)
		return false;
	*out = number << shift;
	return true;
}

static enum err parse_number(
	const struct option *option, const char *value, size_t *out, struct text *why)
{
	uint64_t number;
	if (option->kind == OPTION_ROUNDING && *value == '\0' && option->value[0] == '\0') {
		*out = 0;
		return OK;
	}
	bool is_rate = option->kind == OPTION_RATE || option->kind == OPTION_SIZE_RATE;
	bool is_size = option->kind == OPTION_SIZE || option->kind == OPTION_SIZE_RATE;
	if (is_rate && strcmp(value, "off") == 0) {
		*out = 0;
		return OK;
	}
	if (!number_parse(value, is_size, &number))
		return refuse(option, "this is no number", why);
	if (number < option->min || number > option->max)
		return refuse(option, "this is out of range", why);
	if (option->kind == OPTION_ROUNDING && number == 3)
		return refuse(option,
			"3 is offered no more: a published 0 stood for 0 or 1 only, too few "
			"possible values to protect anybody",
			why);
	if (option->kind == OPTION_ROUNDING && number != 5 && number != 10)
		return refuse(option, "this is not one of the numbers", why);
	*out = (size_t)number;
	return OK;
}

static enum err parse_path(const struct option *option, const char *value, const char **out,
	struct arena *arena, struct text *why)
{
	struct bytes copy;
	char path[PATH_BYTES_MAX];
	size_t length = strlen(value), variable = strlen(CREDENTIALS);
	const char *folder = "";
	if (length < option->min || length > option->max)
		return refuse(option, length == 0 ? "this is empty" : "this is too long", why);
	if (strncmp(value, CREDENTIALS "/", variable + 1) == 0) {
		folder = getenv(&CREDENTIALS[1]);
		if (folder == NULL)
			return refuse(option,
				"there is no " CREDENTIALS
				", which systemd gives with LoadCredential=",
				why);
		value += variable;
	}
	int size = snprintf(path, sizeof(path), "%s%s", folder, value);
	if (size < 0 || (size_t)size >= sizeof(path))
		return refuse(option, "this is too long", why);
	if (arena_copy(arena, bytes_of(path, (size_t)size + 1), &copy) != OK)
		return ERR_FULL;
	*out = (const char *)copy.data;
	return OK;
}

/* HOST:PORT or [HOST]:PORT into `out`, which is zeroed. */
static bool address_parse(const char *value, struct address *out)
{
	char host[ADDRESS_LENGTH_MAX + 1];
	uint64_t port;
	const char *colon = strrchr(value, ':');
	if (colon == NULL || strlen(value) > ADDRESS_LENGTH_MAX)
		return false;
	if (!number_parse(colon + 1, false, &port) || port > UINT16_MAX)
		return false;
	memcpy(out->text, value, strlen(value) + 1);

	size_t length = (size_t)(colon - value);
	bool bracketed = length >= 2 && value[0] == '[' && value[length - 1] == ']';
	if (bracketed) {
		value++;
		length -= 2;
	}
	memcpy(host, value, length);
	host[length] = '\0';

	/* Through a copy each, because the storage has a type of its own. */
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
	if (!bracketed && inet_pton(AF_INET, host, &four.sin_addr) == 1) {
		memcpy(&out->socket, &four, sizeof(four));
		out->length = sizeof(four);
		return true;
	}
	if (bracketed && inet_pton(AF_INET6, host, &six.sin6_addr) == 1) {
		memcpy(&out->socket, &six, sizeof(six));
		out->length = sizeof(six);
		return true;
	}
	return false;
}

static enum err parse_address(
	const struct option *option, const char *value, struct address *out, struct text *why)
{
	struct address address = { 0 };
	if (option->kind == OPTION_ADDRESS_OR_OFF && strcmp(value, "off") == 0) {
		*out = (struct address){ .off = true, .text = "off" };
		return OK;
	}
	if (!address_parse(value, &address))
		return refuse(option, "this is no address with a port", why);
	*out = address;
	return OK;
}

/* Cuts the next word off a list with blanks or commas between. */
static bool word_next(const char **list, struct bytes *word)
{
	static const char between[] = " \t\r\n,";
	*list += strspn(*list, between);
	*word = bytes_of(*list, strcspn(*list, between));
	*list += word->length;
	return word->length > 0;
}

static enum err parse_hashes(
	const struct option *option, const char *value, struct token_hashes *out, struct text *why)
{
	struct token_hashes hashes = { .count = 0 };
	struct bytes word;
	while (word_next(&value, &word)) {
		/* Never repeated: it may be a token, put here by mistake. */
		if (hashes.count == ACCESS_HASHES_MAX)
			return refuse(option, "there are more than two hashes", why);
		if (token_hash_parse(word, &hashes.items[hashes.count]) != OK)
			return refuse(option, "this is no hash of a token", why);
		hashes.count++;
	}
	*out = hashes;
	return OK;
}

static enum err refuse_word(const struct option *option, struct bytes word, struct text *why)
{
	char wrong[80];
	snprintf(wrong, sizeof(wrong), "\"%.*s\" is not one of them",
		(int)(word.length < 40 ? word.length : 40), (const char *)word.data);
	return refuse(option, wrong, why);
}

static enum err parse_types(
	const struct option *option, const char *value, uint64_t *out, struct text *why)
{
	uint64_t types = 0;
	struct bytes word;
	while (word_next(&value, &word)) {
		size_t count;
		const struct schema *schemas = schema_all(&count);
		const struct schema *schema = schema_find(word);
		if (schema == NULL && !bytes_are(word, "*"))
			return refuse_word(option, word, why);
		for (size_t i = 0; i < count; i++) {
			if (schema == NULL ? !rights_must_be_named(schemas[i].type)
					   : schema == &schemas[i])
				types |= UINT64_C(1) << schemas[i].type;
		}
		/* Who may publish may take it back. */
		if (schema != NULL && schema->type == EVENT_REPORT_PUBLISHED)
			types |= UINT64_C(1) << EVENT_REPORT_WITHDRAWN;
	}
	*out = types;
	return OK;
}

static int compare_codes(const void *a, const void *b)
{
	uint16_t first, second;
	memcpy(&first, a, sizeof(first));
	memcpy(&second, b, sizeof(second));
	return (first > second) - (first < second);
}

static enum err parse_municipalities(const struct option *option, const char *value,
	struct municipality_list *out, struct arena *arena, struct text *why)
{
	struct municipality_list list = { 0 };
	struct bytes word;
	/* Each code has six characters and one between. */
	uint16_t *codes =
		arena_take(arena, (strlen(value) / (MUNICIPALITY_LENGTH + 1) + 1) * sizeof(*codes));
	if (codes == NULL)
		return ERR_FULL;
	while (word_next(&value, &word)) {
		if (bytes_are(word, "*"))
			list.all = true;
		else if (municipality_parse(word, &codes[list.count]))
			list.count++;
		else
			return refuse_word(option, word, why);
	}
	qsort(codes, list.count, sizeof(*codes), compare_codes);
	size_t distinct = 0;
	for (size_t i = 0; i < list.count; i++) {
		if (distinct == 0 || codes[distinct - 1] != codes[i])
			codes[distinct++] = codes[i];
	}
	list.codes = codes;
	list.count = distinct;
	*out = list;
	return OK;
}

static enum err parse_org_type(
	const struct option *option, const char *value, enum org_type *out, struct text *why)
{
	int number = enumeration_find(&enumeration_org_type, bytes_of_string(value));
	if (number == 0)
		return refuse(option, "this is not one of them", why);
	*out = (enum org_type)number;
	return OK;
}

static enum err parse_yes_no(
	const struct option *option, const char *value, bool *out, struct text *why)
{
	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		return refuse(option, "this is neither", why);
	*out = strcmp(value, "yes") == 0;
	return OK;
}

static enum err parse_user(const struct option *option, const char *value, const char **out,
	struct arena *arena, struct text *why)
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
	struct bytes copy;
	size_t length = strlen(value);
	if (length < option->min || length > option->max || strspn(value, allowed) != length)
		return refuse(option, "this is no name", why);
	if (arena_copy(arena, bytes_of(value, length + 1), &copy) != OK)
		return ERR_FULL;
	*out = (const char *)copy.data;
	return OK;
}

static enum err parse_label(const struct option *option, const char *value, const char **out,
	struct arena *arena, struct text *why)
{
	struct bytes copy;
	size_t length = strlen(value);
	bool plain = length <= LABEL_LENGTH_MAX;
	for (size_t i = 0; i < length; i++)
		plain &= (unsigned char)value[i] >= ' ' && value[i] != 0x7f;
	if (!plain)
		return refuse(option, "this is no name", why);
	if (arena_copy(arena, bytes_of(value, length + 1), &copy) != OK)
		return ERR_FULL;
	*out = length == 0 ? NULL : (const char *)copy.data;
	return OK;
}

static enum err parse_dates(
	const struct option *option, const char *value, struct token_days *out, struct text *why)
{
	struct token_days days = { .count = 0 };
	struct bytes word;
	while (word_next(&value, &word)) {
		if (days.count == ACCESS_HASHES_MAX)
			return refuse(option, "there are more than two dates", why);
		if (date_parse(word, &days.items[days.count]) != OK)
			return refuse(option, "this is no date", why);
		days.count++;
	}
	*out = days;
	return OK;
}

static enum err parse_networks(const struct option *option, const char *value, struct networks *out,
	struct arena *arena, struct text *why)
{
	struct bytes word;
	size_t count = 0;
	/* Each has at least two characters and one between. */
	struct network *items = arena_take(arena, (strlen(value) / 3 + 1) * sizeof(*items));
	if (items == NULL)
		return ERR_FULL;
	while (word_next(&value, &word)) {
		if (!network_parse(word, &items[count]))
			return refuse_word(option, word, why);
		count++;
	}
	*out = (struct networks){ items, count };
	return OK;
}

static enum err parse_name(const struct option *option, const char *value, const char **out,
	struct arena *arena, struct text *why)
{
	struct bytes copy, name = bytes_of_string(value);
	if (name.length == 0) {
		*out = NULL;
		return OK;
	}
	if (name.length > ACCESS_NAME_LENGTH_MAX || !identifier_is_valid(name) ||
		looks_like_bsn(name))
		return refuse(option, "this is no name", why);
	if (arena_copy(arena, bytes_of(value, name.length + 1), &copy) != OK)
		return ERR_FULL;
	*out = (const char *)copy.data;
	return OK;
}

static enum err parse_pattern(const struct option *option, const char *value, const char **out,
	struct arena *arena, struct text *why)
{
	struct bytes copy;
	if (value[0] == '\0') {
		*out = NULL;
		return OK;
	}
	if (!subject_pattern_is_valid(value))
		return refuse(option, "this is no pattern", why);
	if (arena_copy(arena, bytes_of(value, strlen(value) + 1), &copy) != OK)
		return ERR_FULL;
	*out = (const char *)copy.data;
	return OK;
}

static bool is_host(struct bytes name)
{
	if (name.length == 0 || name.length > HOST_LENGTH_MAX || name.data[0] == '.')
		return false;
	for (size_t i = 0; i < name.length; i++) {
		if (!isalnum(name.data[i]) && memchr("-_.", name.data[i], 3) == NULL)
			return false;
	}
	return true;
}

static enum err parse_hosts(const struct option *option, const char *value, struct hosts *out,
	struct arena *arena, struct text *why)
{
	struct hosts hosts = { 0 };
	struct bytes word;
	/* Each has at least one character and one between. */
	const char **names = arena_take(arena, (strlen(value) / 2 + 1) * sizeof(*names));
	if (names == NULL)
		return ERR_FULL;
	while (word_next(&value, &word)) {
		if (bytes_are(word, "*")) {
			hosts.all = true;
			continue;
		}
		if (!is_host(word))
			return refuse_word(option, word, why);
		char *name = arena_take(arena, word.length + 1);
		if (name == NULL)
			return ERR_FULL;
		memcpy(name, word.data, word.length);
		names[hosts.count++] = name;
	}
	hosts.names = names;
	*out = hosts;
	return OK;
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

static enum err parse_client_key(
	const struct option *option, const char *value, struct client_key *out, struct text *why)
{
	static const char scheme[] = "sha256:";
	struct client_key key = { .given = true };
	if (value[0] == '\0') {
		*out = (struct client_key){ 0 };
		return OK;
	}
	const char *digits = value + strlen(scheme);
	if (strncasecmp(value, scheme, strlen(scheme)) != 0 ||
		strlen(digits) != 2 * CLIENT_KEY_SIZE)
		return refuse(option, "this is no fingerprint of a key", why);
	for (size_t i = 0; i < CLIENT_KEY_SIZE; i++) {
		int high = hex_digit(digits[2 * i]), low = hex_digit(digits[2 * i + 1]);
		if (high < 0 || low < 0)
			return refuse(option, "this is no fingerprint of a key", why);
		key.sha256[i] = (uint8_t)(high * 16 + low);
	}
	*out = key;
	return OK;
}

static enum err parse_seal_key(
	const struct option *option, const char *value, struct optional_key *out, struct text *why)
{
	struct optional_key key = { .given = value[0] != '\0' };
	if (key.given && seal_key_parse(bytes_of_string(value), &key.key) != OK)
		return refuse(option, "this is no public half of a key", why);
	*out = key;
	return OK;
}

/* A scheme, a colon, and something that has no blank. */
static bool uri_is_valid(const char *value)
{
	size_t scheme = strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789+-.");
	if (scheme == 0 || !isalpha((unsigned char)value[0]) || value[scheme] != ':' ||
		value[scheme + 1] == '\0')
		return false;
	for (const char *c = value; *c != '\0'; c++) {
		if (*c <= ' ' || *c > '~' || strchr("\"<>\\^`{|}", *c) != NULL)
			return false;
	}
	return true;
}

static enum err parse_uri(const struct option *option, const char *value, const char **out,
	struct arena *arena, struct text *why)
{
	size_t size = strlen(value) + 1;
	if (size > 1 && (size - 1 > option->max || !uri_is_valid(value)))
		return refuse(option, "this is no URI", why);
	char *copy = arena_take(arena, size);
	if (copy == NULL)
		return ERR_FULL;
	memcpy(copy, value, size);
	*out = copy;
	return OK;
}

/* Where a token may go in clear: this machine. */
static bool is_this_machine(struct bytes host)
{
	static const char *const names[] = { "localhost", "[::1]" };
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		if (bytes_are(host, names[i]))
			return true;
	}
	char text[INET_ADDRSTRLEN];
	struct in_addr address;
	if (host.length >= sizeof(text))
		return false;
	snprintf(text, sizeof(text), "%.*s", (int)host.length, (const char *)host.data);
	return inet_pton(AF_INET, text, &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

/* A host, which may be an address, and a port, without a path. */
static bool server_is_valid(const char *value)
{
	bool tls = strncmp(value, "https://", 8) == 0;
	if (!tls && strncmp(value, "http://", 7) != 0)
		return false;
	const char *host = value + (tls ? 8 : 7);
	size_t length = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");
	if (length == 0 || length > HOST_LENGTH_MAX || length > strlen(host) ||
		strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "0123456789.-[]:") < length)
		return false;
	if (host[length] != '\0') {
		size_t digits = strspn(host + length + 1, "0123456789");
		if (host[length] != ':' || digits == 0 || digits > 5 ||
			host[length + 1 + digits] != '\0' ||
			strtoul(host + length + 1, NULL, 10) > UINT16_MAX)
			return false;
	}
	return tls || is_this_machine(bytes_of(host, length));
}

static enum err parse_server(const struct option *option, const char *value, const char **out,
	struct arena *arena, struct text *why)
{
	size_t size = strlen(value) + 1;
	if (size > 1 && (size - 1 > option->max || !server_is_valid(value)))
		return refuse(option, "this is no address of a ladderd", why);
	char *copy = arena_take(arena, size);
	if (copy == NULL)
		return ERR_FULL;
	memcpy(copy, value, size);
	*out = copy;
	return OK;
}

static enum err parse_connection(const struct option *option, const char *value, const char **out,
	struct arena *arena, struct text *why)
{
	struct reason reason;
	struct bytes copy;
	if (value[0] != '\0' &&
		(strlen(value) > option->max || postgres_check(value, &reason) != OK))
		return refuse(option, "this is nothing that it can read", why);
	if (arena_copy(arena, bytes_of(value, strlen(value) + 1), &copy) != OK)
		return ERR_FULL;
	*out = (const char *)copy.data;
	return OK;
}

enum err option_parse(const struct option *option, const char *value, void *base,
	struct arena *arena, struct text *why)
{
	void *out = (uint8_t *)base + option->offset;
	switch (option->kind) {
	case OPTION_PATH:
		return parse_path(option, value, out, arena, why);
	case OPTION_ADDRESS:
	case OPTION_ADDRESS_OR_OFF:
		return parse_address(option, value, out, why);
	case OPTION_COUNT:
	case OPTION_SIZE:
	case OPTION_RATE:
	case OPTION_SIZE_RATE:
	case OPTION_ROUNDING:
		return parse_number(option, value, out, why);
	case OPTION_USER:
		return parse_user(option, value, out, arena, why);
	case OPTION_HASHES:
		return parse_hashes(option, value, out, why);
	case OPTION_ORG_TYPE:
		return parse_org_type(option, value, out, why);
	case OPTION_TYPES:
		return parse_types(option, value, out, why);
	case OPTION_MUNICIPALITIES:
		return parse_municipalities(option, value, out, arena, why);
	case OPTION_YES_NO:
		return parse_yes_no(option, value, out, why);
	case OPTION_LABEL:
		return parse_label(option, value, out, arena, why);
	case OPTION_NETWORKS:
		return parse_networks(option, value, out, arena, why);
	case OPTION_DATES:
		return parse_dates(option, value, out, why);
	case OPTION_NAME:
		return parse_name(option, value, out, arena, why);
	case OPTION_HOSTS:
		return parse_hosts(option, value, out, arena, why);
	case OPTION_CLIENT_KEY:
		return parse_client_key(option, value, out, why);
	case OPTION_SEAL_KEY:
		return parse_seal_key(option, value, out, why);
	case OPTION_URI:
		return parse_uri(option, value, out, arena, why);
	case OPTION_SERVER:
		return parse_server(option, value, out, arena, why);
	case OPTION_CONNECTION:
		return parse_connection(option, value, out, arena, why);
	case OPTION_PATTERN:
		return parse_pattern(option, value, out, arena, why);
	}
	check_failed("a kind of the enum", __FILE__, __LINE__);
}
