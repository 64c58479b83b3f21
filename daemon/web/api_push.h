/*
 * daemon/web/api_push.h - POST /v1/events: a batch in, an answer once it is durable.
 */
#ifndef DAEMON_WEB_API_PUSH_H
#define DAEMON_WEB_API_PUSH_H

struct request;

/* The body is a batch of the partner whose token it is: gate_admit() has seen to that. */
void push_handle(struct request *request);

#endif
