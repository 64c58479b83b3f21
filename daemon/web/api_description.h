/*
 * daemon/web/api_description.h - what the interface is, for programs: OpenAPI 3.0 and the messages
 * of protobuf.
 *
 * openapi.json has the paths; the events, their fields and limits, and the codes of rejections are
 * put in from the tables that requests are checked by. Source: OpenAPI 3.0.3; the API Design Rules
 * of the Dutch government (API-Version, the description at a fixed place, for any origin).
 */
#ifndef DAEMON_WEB_API_DESCRIPTION_H
#define DAEMON_WEB_API_DESCRIPTION_H

#include "base/text.h"

#define API_VERSION "1.0.0" /* of /v1, as semver.org has it */

struct request;

/* What the description says of limits. */
struct description_limits {
	size_t batch_events_max;
	size_t body_bytes_max;
};

/* Writes the description. Pure. */
void description_print(const struct description_limits *limits, struct text *out);

void openapi_handle(struct request *request);
void proto_handle(struct request *request);

#endif
