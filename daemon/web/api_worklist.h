/*
 * daemon/web/api_worklist.h - GET /v1/worklist: a partner's own people whose news is running out.
 */
#ifndef DAEMON_WEB_API_WORKLIST_H
#define DAEMON_WEB_API_WORKLIST_H

struct request;

/* As JSON, or CSV where Accept prefers it. */
void worklist_handle(struct request *request);

#endif
