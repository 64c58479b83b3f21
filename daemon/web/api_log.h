/*
 * daemon/web/api_log.h - what the log has: a stretch of it, or one event.
 */
#ifndef DAEMON_WEB_API_LOG_H
#define DAEMON_WEB_API_LOG_H

struct request;

/* GET /v1/log: records in their order, for an analyst who may read the log. */
void log_handle(struct request *request);

/* GET /v1/events/ID: a partner's own event. */
void event_handle(struct request *request);

#endif
