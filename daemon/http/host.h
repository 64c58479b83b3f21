/*
 * daemon/http/host.h - is a request meant for this server? Pure.
 *
 * A page of a stranger can have a browser ask this server, and read the answer, when the name of
 * the page's own host comes to point here (DNS rebinding). The browser says that name in Host. So
 * a name is taken only where no stranger can have it: numeric addresses, localhost, the names of
 * the certificate, those that the configuration lists; and, where it lists none, names without a
 * dot, as a container's, which nobody has in public DNS.
 */
#ifndef DAEMON_HTTP_HOST_H
#define DAEMON_HTTP_HOST_H

#include "base/hosts.h"
#include "tls/certificate.h"

/* `host` is what Host says, with its port if there is one; `certificate` may be NULL. */
bool host_is_ours(
	const char *host, const struct hosts *hosts, const struct certificate *certificate);

#endif
