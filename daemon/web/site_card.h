/*
 * daemon/web/site_card.h - the report card as a page.
 */
#ifndef DAEMON_WEB_SITE_CARD_H
#define DAEMON_WEB_SITE_CARD_H

struct request;

/* GET /card: for a partner; who is not signed in goes on to the form. */
void card_page_handle(struct request *request);

#endif
