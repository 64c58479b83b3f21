/*
 * daemon/http/form.c - see form.h.
 */
#include "daemon/http/form.h"

#include <strings.h>

#include "base/check.h"

static int hex_digit(uint8_t c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

static void value_decode(struct bytes value, char out[FORM_VALUE_MAX])
{
	size_t used = 0;
	for (size_t i = 0; i < value.length; i++) {
		char c = (char)value.data[i];
		if (c == '%' && i + 2 < value.length) {
			int high = hex_digit(value.data[i + 1]);
			int low = hex_digit(value.data[i + 2]);
			if (high >= 0 && low >= 0) {
				c = (char)(high * 16 + low);
				i += 2;
			}
		}
		if (c == '+' || c == ' ' || c == '\t' || c == '\r' || c == '\n')
			continue;
		if (c == '\0' || used + 1 >= FORM_VALUE_MAX) {
			used = 0;
			break;
		}
		out[used++] = c;
	}
	CHECK(used < FORM_VALUE_MAX);
	out[used] = '\0';
}

void form_value(struct bytes body, const char *name, char out[FORM_VALUE_MAX])
{
	size_t length = strlen(name);
	CHECK(length > 0);
	out[0] = '\0';
	while (body.length > 0) {
		const uint8_t *end = memchr(body.data, '&', body.length);
		size_t piece = end == NULL ? body.length : (size_t)(end - body.data);
		if (piece > length && body.data[length] == '=' &&
			memcmp(body.data, name, length) == 0) {
			value_decode(bytes_of(body.data + length + 1, piece - length - 1), out);
			return;
		}
		size_t step = end == NULL ? piece : piece + 1;
		body = bytes_of(body.data + step, body.length - step);
	}
}

bool form_is_one(const char *content_type)
{
	static const char form[] = "application/x-www-form-urlencoded";
	return content_type != NULL && strncasecmp(content_type, form, sizeof(form) - 1) == 0;
}

bool form_is_ours(const char *site, const char *origin, const char *host)
{
	if (site != NULL)
		return strcmp(site, "same-origin") == 0;
	if (origin == NULL)
		return true;
	const char *name = strstr(origin, "://");
	return name != NULL && host != NULL && strcasecmp(name + 3, host) == 0;
}
