/*
 * daemon/web/site_compare.h - GET /compare: municipalities side by side, what they published to
 * anybody, and to an analyst the internal figures of its own.
 */
#ifndef DAEMON_WEB_SITE_COMPARE_H
#define DAEMON_WEB_SITE_COMPARE_H

struct request;

void compare_handle(struct request *request);

#endif
