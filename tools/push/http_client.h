/*
 * tools/push/http_client.h - one request to a ladderd and what came of it: a POST to /v1/events, or
 * a GET of something else.
 */
#ifndef TOOLS_PUSH_HTTP_CLIENT_H
#define TOOLS_PUSH_HTTP_CLIENT_H

#include "base/text.h"
#include "tools/common/daemon_tls.h"

struct http_client;

struct http_answer {
	long status; /* 0: there was no answer */
	struct text body;
	int64_t retry_after_s; /* as the server asked; 0: it did not */
};

/*
 * `address` is that of the daemon, without a path; `tls` was checked. ERR_INVALID: it is no http or
 * https address. ERR_FULL: there is no memory.
 */
enum err http_client_open(const char *address, const char *token, const struct daemon_tls *tls,
	struct http_client **out, struct reason *reason) NODISCARD;
void http_client_close(struct http_client *http);

/*
 * Sends `body`. OK: answered, with any status. ERR_IO: not answered, *reason says
 * why, and sending again may help. ERR_INVALID: not answered, and it will not.
 * The answer's body is emptied first, has at most `bytes_max` bytes, for a longer one is
 * ERR_INVALID, and stays the caller's.
 */
enum err http_client_post(struct http_client *http, const char *media_type, struct bytes body,
	size_t bytes_max, struct http_answer *answer, struct reason *reason) NODISCARD;

/*
 * Gets `path`; `query` is what follows the question mark, "" nothing. The results are those of
 * http_client_post().
 */
enum err http_client_get(struct http_client *http, const char *path, const char *query,
	size_t bytes_max, struct http_answer *answer, struct reason *reason) NODISCARD;

#endif
