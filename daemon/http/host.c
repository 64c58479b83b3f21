/*
 * daemon/http/host.c - see host.h.
 */
#include "daemon/http/host.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"

#define PORT_LENGTH_MAX 5

static bool is_port(struct bytes text)
{
	for (size_t i = 0; i < text.length; i++) {
		if (!isdigit(text.data[i]))
			return false;
	}
	return text.length <= PORT_LENGTH_MAX;
}

/* Copies the name, without its port and the dot of the root. False: this is no host. */
static bool name_take(const char *host, char out[HOST_LENGTH_MAX + 1], bool *bracketed)
{
	struct bytes name = bytes_of_string(host);
	const char *end;
	*bracketed = host[0] == '[';
	if (*bracketed) {
		end = strchr(host, ']');
		if (end == NULL || (end[1] != '\0' && end[1] != ':'))
			return false;
		name = bytes_of(host + 1, (size_t)(end - host) - 1);
		end++;
	} else {
		end = host + strcspn(host, ":");
		name.length = (size_t)(end - host);
		if (name.length > 1 && name.data[name.length - 1] == '.')
			name.length--;
	}
	if (*end == ':' && !is_port(bytes_of_string(end + 1)))
		return false;
	if (name.length > HOST_LENGTH_MAX)
		return false;
	memcpy(out, name.data, name.length);
	out[name.length] = '\0';
	return true;
}

bool host_is_ours(
	const char *host, const struct hosts *hosts, const struct certificate *certificate)
{
	unsigned char address[sizeof(struct in6_addr)];
	char name[HOST_LENGTH_MAX + 1];
	bool bracketed;
	if (!name_take(host, name, &bracketed))
		return false;
	if (bracketed)
		return inet_pton(AF_INET6, name, address) == 1;
	if (hosts->all || inet_pton(AF_INET, name, address) == 1 ||
		strcasecmp(name, "localhost") == 0)
		return true;
	for (size_t i = 0; i < hosts->count; i++) {
		if (strcasecmp(name, hosts->names[i]) == 0)
			return true;
	}
	if (hosts->count == 0 && strchr(name, '.') == NULL)
		return true;
	return certificate != NULL && name[0] != '\0' && certificate_is_for(certificate, name);
}
