/*
 * daemon/http/form.h - forms that a browser sends: application/x-www-form-urlencoded.
 *
 * Pure: what the request said comes in.
 */
#ifndef DAEMON_HTTP_FORM_H
#define DAEMON_HTTP_FORM_H

#include "base/bytes.h"

#define FORM_VALUE_MAX 256 /* with its NUL */

/*
 * Writes the value of a field, the first one of that name: percent-decoded and without blanks,
 * since what is pasted may have some around it. "" when it is absent, is too long or has a NUL.
 */
void form_value(struct bytes body, const char *name, char out[FORM_VALUE_MAX]);

/* Is a Content-Type, NULL when absent, that of a form? */
bool form_is_one(const char *content_type);

/*
 * Did a page of this very site send the form? `site`, `origin` and `host` are Sec-Fetch-Site,
 * Origin and Host, NULL when absent. The first decides where it is there. An old browser sends
 * neither of the first two: then this is true, and the cookie's SameSite has to hold.
 */
bool form_is_ours(const char *site, const char *origin, const char *host);

#endif
