/*
 * tools/common/control.h - asking a running ladderd to act on its store, by its socket.
 */
#ifndef TOOLS_COMMON_CONTROL_H
#define TOOLS_COMMON_CONTROL_H

#include "base/text.h"

/* Appends a line NAME=value of a request; nothing when the value is NULL. */
void control_add(struct text *request, const char *name, const char *value);

/*
 * Sends the request to the ladderd that serves the store, and prints what it says. Returns its exit
 * code; EX_UNAVAILABLE: it cannot be reached, which is said.
 */
int control_ask(const char *command, const char *store, const struct text *request);

#endif
