/*
 * daemon/http/framing.c - see framing.h.
 */
#include "daemon/http/framing.h"

#include <string.h>
#include <strings.h>

/* A token of RFC 9110, 5.6.2. */
static bool is_token(const char *name)
{
	static const char token[] = "!#$%&'*+-.^_`|~0123456789"
				    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	return *name != '\0' && name[strspn(name, token)] == '\0';
}

void framing_take(struct framing *framing, const char *name, const char *value)
{
	if (!is_token(name))
		framing->broken = true;
	if (strcasecmp(name, "Transfer-Encoding") == 0 &&
		(value == NULL || strcasecmp(value, "chunked") != 0))
		framing->broken = true;
	framing->hosts += strcasecmp(name, "Host") == 0;
	framing->lengths += strcasecmp(name, "Content-Length") == 0;
	framing->encodings += strcasecmp(name, "Transfer-Encoding") == 0;
}

bool framing_is_sound(const struct framing *framing, const char *version)
{
	bool newest = strcmp(version, "HTTP/1.1") == 0;
	return !framing->broken && framing->lengths + framing->encodings <= 1 &&
	       (newest ? framing->hosts == 1 : framing->hosts <= 1 && framing->encodings == 0);
}
