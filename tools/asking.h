/*
 * tools/asking.h - a question that a sub-command asks of a ladderd, once.
 */
#ifndef TOOLS_ASKING_H
#define TOOLS_ASKING_H

#include "tools/common/daemon_tls.h"
#include "tools/push/http_client.h"

struct daemon_question {
	const char *command; /* whose messages they are */
	const char *to;
	const struct daemon_tls *tls;
	const char *path;
	const char *query; /* escaped; "": none */
	size_t bytes_max;  /* of the answer */
};

/*
 * Asks with that token. EX_OK: the answer is a 200, its body the caller's to release. Else it was
 * said what is the matter, and it is the exit code.
 */
int ask_daemon(const struct daemon_question *asking, const char *token, struct http_answer *answer);

#endif
