/*
 * daemon/web/texts.h - files of the repository that are part of the program; made by the Makefile.
 */
#ifndef DAEMON_WEB_TEXTS_H
#define DAEMON_WEB_TEXTS_H

extern const char text_openapi[]; /* daemon/web/openapi.json */
extern const char text_proto[];   /* proto/ladder.proto */

#endif
