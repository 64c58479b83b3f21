/*
 * daemon/web/site_worklist.h - the work list as a page, and as a table for Excel.
 */
#ifndef DAEMON_WEB_SITE_WORKLIST_H
#define DAEMON_WEB_SITE_WORKLIST_H

struct request;

/* GET /worklist: for a partner; who is not signed in goes on to the form. */
void worklist_page_handle(struct request *request);

#endif
