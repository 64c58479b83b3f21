/*
 * daemon/http/route.c - see route.h.
 */
#include "daemon/http/route.h"

#include <string.h>
#include <strings.h>

#include "base/check.h"

/* The path of an address. */
static const char *path_of(const char *address)
{
	static const char scheme[] = "http://";
	if (strncasecmp(address, scheme, sizeof(scheme) - 1) != 0)
		return address;
	const char *host = address + sizeof(scheme) - 1;
	size_t length = strcspn(host, "/");
	if (length == 0)
		return address;
	return host[length] == '\0' ? "/" : host + length;
}

struct route_match route_find(const struct routes *routes, const char *method, const char *address)
{
	struct route_match match = { .rest = "" };
	const char *path = path_of(address);
	for (size_t i = 0; i < routes->count; i++) {
		const struct route *route = &routes->rows[i];
		size_t length = strlen(route->path);
		bool prefix = length > 1 && route->path[length - 1] == '/';
		CHECK(length > 0 && route->path[0] == '/' && route->handle != NULL);
		if (prefix ? strncmp(path, route->path, length) != 0 || path[length] == '\0'
			   : strcmp(path, route->path) != 0)
			continue;
		match.length = (size_t)(path - address) + length;
		bool get = strcmp(route->method, "GET") == 0;
		if (strcmp(method, route->method) == 0 || (get && strcmp(method, "HEAD") == 0)) {
			return (struct route_match){
				.route = route,
				.rest = prefix ? path + length : "",
				.length = match.length,
			};
		}
		match.allow = match.allow != NULL ? "GET, HEAD, POST"
			      : get               ? "GET, HEAD"
						  : route->method;
	}
	return match;
}
