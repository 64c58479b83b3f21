/*
 * daemon/web/site_sign_in.h - signing in to the page and out again.
 */
#ifndef DAEMON_WEB_SITE_SIGN_IN_H
#define DAEMON_WEB_SITE_SIGN_IN_H

struct request;

/* GET /sign-in: the form. */
void sign_in_show_handle(struct request *request);

/*
 * POST /sign-in: begins a session of the analyst or the partner whose token the form has. A partner
 * that must say who of its people looks says it in the form too.
 */
void sign_in_handle(struct request *request);

/* POST /sign-out: ends the session of the cookie. */
void sign_out_handle(struct request *request);

#endif
