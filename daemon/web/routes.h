/*
 * daemon/web/routes.h - what is served by HTTP, and by which handler.
 */
#ifndef DAEMON_WEB_ROUTES_H
#define DAEMON_WEB_ROUTES_H

#include "daemon/http/http.h"
#include "daemon/web/visit.h"

/*
 * The options of the HTTP door, with its routes, the gate's hooks and the limits of the
 * configuration. `web` must outlive the door.
 */
struct http_options routes_options(struct web *web);

#endif
