/*
 * daemon/remote/remote.h - another ladderd, that is asked by HTTP. Alone sees libcurl.
 *
 * Who asks waits: never the loop's thread. One thread asks a remote; any may end that. It is made
 * before the process is confined, while it may do what libcurl does at its beginning, and sends the
 * token only to the address that it was made with: no redirection is followed.
 */
#ifndef DAEMON_REMOTE_REMOTE_H
#define DAEMON_REMOTE_REMOTE_H

#include <stdint.h>

#include "base/text.h"

struct remote;

struct remote_options {
	const char *address;    /* http://HOST:PORT or https://HOST:PORT; outlives the remote */
	const char *token_file; /* is read at each request; the same */
	const char *ca;         /* a file of CAs; "": those of the system; the same */
};

/* ERR_FULL: there is no memory. */
enum err remote_new(const struct remote_options *options, struct remote **out) NODISCARD;

/* Accepts NULL. */
void remote_free(struct remote *remote);

/* From any thread: ends the request that is under way, and each that is asked for later. */
void remote_stop(struct remote *remote);

/* What came of a request. Zeros to begin with; to be released. */
struct remote_answer {
	long status;
	bool timed_out;      /* after ERR_IO */
	struct text headers; /* as they came */
	struct text body;    /* what `take` did not take */
};

void remote_answer_release(struct remote_answer *answer);

/* The value of a header, into `out`. False: it is not there, or longer. */
bool remote_header(const struct remote_answer *answer, const char *name, char *out, size_t size);

struct remote_request {
	const char *path;   /* with its query */
	const char *accept; /* a media type */
	/*
	 * Is given the body of an answer with status 200 as it comes, in pieces. False: it wants no
	 * more. NULL: it is kept.
	 */
	bool (*take)(void *context, const struct remote_answer *answer, struct bytes piece);
	void *context;
	size_t bytes_max;            /* of a body that is kept */
	unsigned silent_seconds_max; /* without a byte; 0: any */
	unsigned seconds_max;        /* for all of it; 0: any */
};

/*
 * Asks. OK: there is an answer, whatever its status; also when `take` wanted no more. ERR_IO: there
 * is none, or not all of it: *reason says why, try again later. ERR_INVALID: its body is longer
 * than any to this would be. ERR_STOPPED: remote_stop() was called.
 */
enum err remote_get(struct remote *remote, const struct remote_request *request,
	struct remote_answer *answer, struct reason *reason) NODISCARD;

#endif
