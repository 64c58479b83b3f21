/*
 * daemon/web/api_agreements.h - GET /v1/agreements: what a municipality agreed with a partner,
 * for that partner alone.
 */
#ifndef DAEMON_WEB_API_AGREEMENTS_H
#define DAEMON_WEB_API_AGREEMENTS_H

#include "daemon/http/http.h"

void agreements_handle(struct request *request);

#endif
