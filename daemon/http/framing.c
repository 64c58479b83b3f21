/*
 * daemon/http/framing.c - see framing.h.
 *
 * A state for each place in the grammar of RFC 9112, and for each a function that takes one byte:
 * false says that it cannot stand there.
 */
#include "daemon/http/framing.h"

#include <string.h>

#include "base/check.h"

enum framing_state {
	METHOD,
	TARGET, /* its first bytes */
	AUTHORITY,
	PATH,
	QUERY,
	VERSION,
	LINE_END, /* of the first line */
	NAME,     /* of a header, or the end of them all */
	VALUE,
	VALUE_END,
	HEAD_END,
	BODY,
	CHUNK_SIZE,
	CHUNK_SIZE_END,
	CHUNK,
	CHUNK_CR,
	CHUNK_LF,
	LAST_CR, /* of what ends the last chunk */
	LAST_LF,
	STATES
};

/* Headers that mean something here, or that must not be there twice. */
enum framing_header {
	CONTENT_LENGTH,
	TRANSFER_ENCODING,
	HOST,
	EXPECT,
	AUTHORIZATION,
	CONTENT_TYPE,
	CONTENT_ENCODING,
	OTHER,
};

static const char *const field_names[OTHER] = {
	[CONTENT_LENGTH] = "content-length",
	[TRANSFER_ENCODING] = "transfer-encoding",
	[HOST] = "host",
	[EXPECT] = "expect",
	[AUTHORIZATION] = "authorization",
	[CONTENT_TYPE] = "content-type",
	[CONTENT_ENCODING] = "content-encoding",
};

#define LENGTH_DIGITS_MAX 18 /* of a Content-Length: it fits */
#define CHUNK_DIGITS_MAX  8

static bool is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static unsigned char lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 'a' - 'A') : c;
}

/* 0 to 15; -1: no digit. */
static int hex_of(unsigned char c)
{
	return is_digit(c)                          ? c - '0'
	       : lower(c) >= 'a' && lower(c) <= 'f' ? lower(c) - 'a' + 10
						    : -1;
}

/* Of a token of RFC 9110, 5.6.2. */
static bool is_token(unsigned char c)
{
	return is_letter(c) || is_digit(c) || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static void text_take(struct framing_text *text, unsigned char c)
{
	if (text->length < sizeof(text->bytes))
		text->bytes[text->length] = (char)lower(c);
	text->length++;
}

static bool text_is(const struct framing_text *text, const char *string)
{
	return text->length == strlen(string) && text->length <= sizeof(text->bytes) &&
	       memcmp(text->bytes, string, text->length) == 0;
}

/* A port that is said, and is the usual one, may be left out. */
static struct framing_text without_port(struct framing_text text)
{
	static const char port[] = ":80";
	size_t length = sizeof(port) - 1;
	if (text.length >= length && text.length <= sizeof(text.bytes) &&
		memcmp(text.bytes + text.length - length, port, length) == 0)
		text.length -= length;
	return text;
}

static bool hosts_are_same(struct framing_text a, struct framing_text b)
{
	a = without_port(a);
	b = without_port(b);
	return a.length == b.length && a.length <= sizeof(a.bytes) &&
	       memcmp(a.bytes, b.bytes, a.length) == 0;
}

static void enter(struct framing *framing, enum framing_state state)
{
	framing->state = state;
	framing->at = 0;
}

static bool has(const struct framing *framing, enum framing_header field)
{
	return (framing->fields & 1u << field) != 0;
}

/* The request is whole. */
static void request_end(struct framing *framing)
{
	*framing = (struct framing){
		.heads = framing->heads,
		.requests = framing->requests + 1,
		.body_bytes = framing->body_bytes,
	};
}

static bool method_take(struct framing *framing, unsigned char c)
{
	if (c == ' ' && framing->at > 0) {
		enter(framing, TARGET);
		return true;
	}
	framing->at = 1;
	return is_token(c);
}

static bool target_take(struct framing *framing, unsigned char c)
{
	enum { FIRST, SCHEME, COLON, SLASH };
	switch (framing->at) {
	case FIRST:
		if (c == '/')
			enter(framing, PATH);
		else
			framing->at = SCHEME;
		return c == '/' || is_letter(c);
	case SCHEME:
		if (c == ':')
			framing->at = COLON;
		return c == ':' || is_letter(c);
	case COLON:
		framing->at = SLASH;
		return c == '/';
	default:
		enter(framing, AUTHORITY);
		return c == '/';
	}
}

/* A name or an address, and a port. What comes before an @ is for nobody here. */
static bool is_of_host(unsigned char c)
{
	return is_letter(c) || is_digit(c) || (c != '\0' && strchr("-._:[]", c) != NULL);
}

static bool authority_take(struct framing *framing, unsigned char c)
{
	if (c == ' ' || c == '/') {
		enter(framing, c == '/' ? PATH : VERSION);
		return true;
	}
	text_take(&framing->authority, c);
	return is_of_host(c);
}

/* An escape, once its % was taken. A NUL would cut the text for some who read it. */
static bool escape_take(struct framing *framing, unsigned char c)
{
	int digit = hex_of(c);
	if (digit < 0)
		return false;
	if (framing->at == 1) {
		framing->escape = (unsigned)digit;
		framing->at = 2;
		return true;
	}
	framing->at = 0;
	return framing->escape != 0 || digit != 0;
}

static bool path_take(struct framing *framing, unsigned char c)
{
	if (framing->at > 0)
		return escape_take(framing, c);
	if (c == ' ' || c == '?') {
		enter(framing, c == ' ' ? VERSION : QUERY);
		return true;
	}
	framing->at = c == '%';
	return c > ' ' && c < 0x7f && c != '\\' && c != '#';
}

static bool query_take_byte(struct framing *framing, unsigned char c)
{
	if (framing->at > 0)
		return escape_take(framing, c);
	if (c == ' ') {
		enter(framing, VERSION);
		return true;
	}
	framing->at = c == '%';
	return c > ' ' && c < 0x7f && c != '#';
}

static bool version_take(struct framing *framing, unsigned char c)
{
	static const char version[] = "HTTP/1.";
	if (framing->at < sizeof(version) - 1)
		return c == (unsigned char)version[framing->at++];
	if (framing->at == sizeof(version) - 1) {
		framing->at++;
		framing->older = c == '0';
		return c == '0' || c == '1';
	}
	enter(framing, LINE_END);
	return c == '\r';
}

static bool line_end_take(struct framing *framing, unsigned char c)
{
	enter(framing, NAME);
	return c == '\n';
}

static bool name_take(struct framing *framing, unsigned char c)
{
	if (framing->at == 0 && c == '\r') {
		enter(framing, HEAD_END);
		return true;
	}
	if (c == ':' && framing->at > 0) {
		enter(framing, VALUE);
		framing->value.length = 0;
		return true;
	}
	if (framing->at == 0)
		framing->name_length = 0;
	framing->at = 1;
	if (framing->name_length < sizeof(framing->name))
		framing->name[framing->name_length++] = (char)lower(c);
	return is_token(c);
}

/* The header whose value begins, or has ended. A longer name than there is room for is no known
 * one. */
static enum framing_header field_of(const struct framing *framing)
{
	enum framing_header field = 0;
	while (field < OTHER &&
		(framing->name_length != strlen(field_names[field]) ||
			memcmp(framing->name, field_names[field], framing->name_length) != 0))
		field++;
	return field;
}

static bool length_read(struct framing *framing)
{
	const struct framing_text *value = &framing->value;
	framing->length = 0;
	for (size_t i = 0; i < value->length && i < LENGTH_DIGITS_MAX; i++) {
		if (!is_digit((unsigned char)value->bytes[i]))
			return false;
		framing->length = framing->length * 10 + (uint64_t)(value->bytes[i] - '0');
	}
	return value->length > 0 && value->length <= LENGTH_DIGITS_MAX;
}

static bool host_read(struct framing *framing)
{
	framing->host = framing->value;
	for (size_t i = 0; i < framing->host.length; i++) {
		if (i == sizeof(framing->host.bytes) ||
			!is_of_host((unsigned char)framing->host.bytes[i]))
			return false;
	}
	return true;
}

/* The value of a header is whole, but for the spaces at its end. */
static bool value_end(struct framing *framing)
{
	enum framing_header field = field_of(framing);
	struct framing_text *value = &framing->value;
	if (field == OTHER)
		return true;
	while (value->length > 0 && value->length <= sizeof(value->bytes) &&
		strchr(" \t", value->bytes[value->length - 1]) != NULL)
		value->length--;
	if (has(framing, field))
		return false;
	framing->fields |= 1u << field;
	switch (field) {
	case CONTENT_LENGTH:
		return length_read(framing);
	case TRANSFER_ENCODING:
		framing->chunked = true;
		return text_is(value, "chunked");
	case HOST:
		return host_read(framing);
	case EXPECT:
		return text_is(value, "100-continue");
	case AUTHORIZATION:
	case CONTENT_TYPE:
	case CONTENT_ENCODING:
	case OTHER:
		return true;
	}
	check_failed("a field of the enum", __FILE__, __LINE__);
}

static bool value_take(struct framing *framing, unsigned char c)
{
	if (c == '\r') {
		enter(framing, VALUE_END);
		return value_end(framing);
	}
	if (framing->value.length > 0 || (c != ' ' && c != '\t'))
		text_take(&framing->value, c);
	return c == '\t' || (c >= ' ' && c != 0x7f);
}

static bool value_end_take(struct framing *framing, unsigned char c)
{
	enter(framing, NAME);
	return c == '\n';
}

/* All headers are there: do they go together? */
static bool head_end_take(struct framing *framing, unsigned char c)
{
	bool sized = has(framing, CONTENT_LENGTH);
	bool goes = !(sized && framing->chunked) && !(framing->older && framing->chunked) &&
		    (framing->older || has(framing, HOST)) &&
		    (framing->authority.length == 0 || !has(framing, HOST) ||
			    hosts_are_same(framing->authority, framing->host)) &&
		    (!has(framing, EXPECT) || framing->chunked || (sized && framing->length > 0));
	if (c != '\n' || !goes)
		return false;
	framing->heads++;
	if (framing->chunked)
		enter(framing, CHUNK_SIZE);
	else if (sized && framing->length > 0)
		enter(framing, BODY);
	else
		request_end(framing);
	return true;
}

static bool chunk_size_take(struct framing *framing, unsigned char c)
{
	int digit = hex_of(c);
	if (framing->at == 0)
		framing->length = 0;
	if (c == '\r' && framing->at > 0) {
		enter(framing, CHUNK_SIZE_END);
		return true;
	}
	if (digit < 0 || ++framing->at > CHUNK_DIGITS_MAX)
		return false;
	framing->length = framing->length * 16 + (uint64_t)digit;
	return true;
}

static bool chunk_size_end_take(struct framing *framing, unsigned char c)
{
	enter(framing, framing->length > 0 ? CHUNK : LAST_CR);
	return c == '\n';
}

static bool chunk_cr_take(struct framing *framing, unsigned char c)
{
	enter(framing, CHUNK_LF);
	return c == '\r';
}

static bool chunk_lf_take(struct framing *framing, unsigned char c)
{
	enter(framing, CHUNK_SIZE);
	return c == '\n';
}

static bool last_cr_take(struct framing *framing, unsigned char c)
{
	enter(framing, LAST_LF);
	return c == '\r';
}

static bool last_lf_take(struct framing *framing, unsigned char c)
{
	if (c != '\n')
		return false;
	request_end(framing);
	return true;
}

/* Each place: what takes a byte there, and what is said of one that cannot stand there. */
static const struct framing_place {
	bool (*take)(struct framing *framing,
		unsigned char c); /* NULL: any bytes, framing->length of them */
	const char *fault;
} places[STATES] = {
#define FIRST                                                                                      \
	"the first line must be a method, a path and a version that is known, with one space "     \
	"between"
#define PATHS                                                                                      \
	"the target must be plain: no control character, no NUL, no backslash in the path, no "    \
	"fragment, and % only in an escape"
#define LINE_ENDS "lines must end with CR LF, and neither may stand anywhere else"
#define HEADERS                                                                                    \
	"a header must be a name, a colon and a value without control characters, on one line; "   \
	"of Content-Length, Transfer-Encoding, Host, Expect, Authorization, Content-Type and "     \
	"Content-Encoding there is one at most, of the usual form"
#define HEADS                                                                                      \
	"the length of the body must be said at most once, by one Content-Length or, not in an "   \
	"older version, by Transfer-Encoding: chunked; there must be one Host, and Expect only "   \
	"with a body"
#define CHUNKS                                                                                     \
	"a chunk must be its size in hexadecimal digits, CR LF, that many bytes and CR LF; there " \
	"are no extensions and no trailers"
	[METHOD] = { method_take, FIRST },
	[TARGET] = { target_take, FIRST },
	[AUTHORITY] = { authority_take, FIRST },
	[PATH] = { path_take, PATHS },
	[QUERY] = { query_take_byte, PATHS },
	[VERSION] = { version_take, FIRST },
	[LINE_END] = { line_end_take, LINE_ENDS },
	[NAME] = { name_take, HEADERS },
	[VALUE] = { value_take, HEADERS },
	[VALUE_END] = { value_end_take, LINE_ENDS },
	[HEAD_END] = { head_end_take, HEADS },
	[BODY] = { NULL, NULL },
	[CHUNK_SIZE] = { chunk_size_take, CHUNKS },
	[CHUNK_SIZE_END] = { chunk_size_end_take, CHUNKS },
	[CHUNK] = { NULL, NULL },
	[CHUNK_CR] = { chunk_cr_take, CHUNKS },
	[CHUNK_LF] = { chunk_lf_take, CHUNKS },
	[LAST_CR] = { last_cr_take, CHUNKS },
	[LAST_LF] = { last_lf_take, CHUNKS },
};

/* Bytes of a body, which mean nothing here. Returns how many there are. */
static size_t bytes_take(struct framing *framing, size_t length)
{
	size_t taken = length < framing->length ? length : (size_t)framing->length;
	CHECK(framing->length > 0);
	framing->length -= taken;
	framing->request_bytes += taken;
	framing->body_bytes += taken;
	if (framing->length > 0)
		return taken;
	if (framing->state == BODY)
		request_end(framing);
	else
		enter(framing, CHUNK_CR);
	return taken;
}

size_t framing_take(struct framing *framing, const char *data, size_t length)
{
	size_t taken = 0;
	while (framing->fault == NULL && taken < length) {
		const struct framing_place *place = &places[framing->state];
		if (place->take == NULL) {
			taken += bytes_take(framing, length - taken);
			continue;
		}
		uint64_t requests = framing->requests;
		bool in_body = framing->state > BODY;
		if (!place->take(framing, (unsigned char)data[taken])) {
			framing->fault = place->fault;
			break;
		}
		taken++;
		framing->body_bytes += in_body;
		framing->request_bytes += framing->requests == requests;
	}
	return taken;
}

bool framing_is_in_head(const struct framing *framing)
{
	return framing->request_bytes > 0 && framing->state < BODY;
}

bool framing_is_in_body(const struct framing *framing)
{
	return framing->state >= BODY;
}
