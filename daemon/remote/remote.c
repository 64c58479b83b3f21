/*
 * daemon/remote/remote.c - see remote.h.
 */
#include "daemon/remote/remote.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/guard.h"
#include "secret/token.h"

#define HEADER_BYTES_MAX ((size_t)64 << 10)
#define PROBLEM_BYTES    ((size_t)4 << 10) /* that are kept of what is no success */
#define CONNECT_SECONDS  10L
#define POLL_MS          1000

static const char no_memory[] = "there is not enough memory";

struct remote {
	struct remote_options options;
	CURL *curl;
	CURLM *multi;
	atomic_bool stopped;
	char error[CURL_ERROR_SIZE];

	/* Of the request that is under way. */
	const struct remote_request *request;
	struct remote_answer *answer;
	bool too_long;
	bool has_enough;
};

static size_t take_header(char *data, size_t size, size_t count, void *context)
{
	struct remote *remote = context;
	size_t length = size * count;
	remote->too_long = length > HEADER_BYTES_MAX - remote->answer->headers.length;
	if (remote->too_long)
		return 0;
	text_add(&remote->answer->headers, bytes_of(data, length));
	return remote->answer->headers.failed ? 0 : length;
}

static size_t take_body(char *data, size_t size, size_t count, void *context)
{
	struct remote *remote = context;
	struct remote_answer *answer = remote->answer;
	const struct remote_request *request = remote->request;
	size_t length = size * count;
	curl_easy_getinfo(remote->curl, CURLINFO_RESPONSE_CODE, &answer->status);
	if (answer->status == 200 && request->take != NULL) {
		remote->has_enough =
			!request->take(request->context, answer, bytes_of(data, length));
		return remote->has_enough ? 0 : length;
	}
	size_t most = answer->status == 200 ? request->bytes_max : PROBLEM_BYTES;
	if (length > most - answer->body.length) {
		remote->too_long = answer->status == 200;
		return remote->too_long ? 0 : length;
	}
	text_add(&answer->body, bytes_of(data, length));
	return answer->body.failed ? 0 : length;
}

enum err remote_new(const struct remote_options *options, struct remote **out)
{
	struct remote *remote = calloc(1, sizeof(*remote));
	if (remote == NULL)
		return ERR_FULL;
	curl_global_init(CURL_GLOBAL_DEFAULT);
	remote->options = *options;
	remote->curl = curl_easy_init();
	remote->multi = curl_multi_init();
	if (remote->curl == NULL || remote->multi == NULL) {
		remote_free(remote);
		return ERR_FULL;
	}
	CURL *curl = remote->curl;
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
	if (options->ca[0] != '\0')
		curl_easy_setopt(curl, CURLOPT_CAINFO, options->ca);
	/* What is meant for another ladderd goes there, whatever the surroundings say. */
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, remote->error);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, remote);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, remote);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "ladderd/" LADDERD_VERSION);
	*out = remote;
	return OK;
}

void remote_free(struct remote *remote)
{
	if (remote == NULL)
		return;
	curl_easy_cleanup(remote->curl);
	curl_multi_cleanup(remote->multi);
	free(remote);
	curl_global_cleanup();
}

void remote_stop(struct remote *remote)
{
	atomic_store(&remote->stopped, true);
	curl_multi_wakeup(remote->multi);
}

void remote_answer_release(struct remote_answer *answer)
{
	text_release(&answer->headers);
	text_release(&answer->body);
	answer->status = 0;
}

bool remote_header(const struct remote_answer *answer, const char *name, char *out, size_t size)
{
	const char *line = answer->headers.data;
	const char *end = line + answer->headers.length;
	size_t name_length = strlen(name);
	while (line != NULL && line < end) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		size_t length = (size_t)((stop == NULL ? end : stop) - line);
		if (length > name_length && line[name_length] == ':' &&
			strncasecmp(line, name, name_length) == 0) {
			struct bytes value = bytes_trim(
				bytes_of(line + name_length + 1, length - name_length - 1));
			if (value.length >= size)
				return false;
			memcpy(out, value.data, value.length);
			out[value.length] = '\0';
			return true;
		}
		line = stop == NULL ? NULL : stop + 1;
	}
	return false;
}

/* False: there is no memory. A request that lacks a header would be another question. */
static bool header_add(struct curl_slist **headers, const char *line)
{
	struct curl_slist *longer = curl_slist_append(*headers, line);
	if (longer != NULL)
		*headers = longer;
	return longer != NULL;
}

/* The header that shows who asks. */
static enum err authorization_make(
	const struct remote *remote, struct curl_slist **out, struct reason *reason)
{
	char text[1024], token[TOKEN_LENGTH_MAX + 1], line[TOKEN_LENGTH_MAX + 32];
	const char *path = remote->options.token_file;
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return fail(reason, ERR_IO, "the token file %s: %s", path, strerror(errno));
	enum err err = guard_file(fileno(file), GUARD_SECRET, "the token file", path, reason);
	size_t length = err == OK ? fread(text, 1, sizeof(text) - 1, file) : 0;
	text[length] = '\0';
	fclose(file);
	if (err == OK && !token_take(text, token))
		err = fail(reason, ERR_IO, "there is no token in %s", path);
	if (err == OK) {
		snprintf(line, sizeof(line), "Authorization: Bearer %s", token);
		if (!header_add(out, line))
			err = fail(reason, ERR_IO, "%s", no_memory);
	}
	explicit_bzero(text, sizeof(text));
	explicit_bzero(token, sizeof(token));
	explicit_bzero(line, sizeof(line));
	return err == OK ? OK : ERR_IO;
}

/* Turns until the request is over; see perform(). */
static CURLcode turn(struct remote *remote)
{
	int running = 1, left;
	while (running > 0) {
		if (atomic_load(&remote->stopped))
			return CURLE_ABORTED_BY_CALLBACK;
		if (curl_multi_perform(remote->multi, &running) != CURLM_OK)
			return CURLE_OUT_OF_MEMORY;
		if (running > 0)
			curl_multi_poll(remote->multi, NULL, 0, POLL_MS, NULL);
	}
	for (const CURLMsg *message;
		(message = curl_multi_info_read(remote->multi, &left)) != NULL;) {
		if (message->msg == CURLMSG_DONE)
			return message->data.result;
	}
	return CURLE_OUT_OF_MEMORY;
}

/* Libcurl's code of the request; CURLE_ABORTED_BY_CALLBACK: it was stopped. */
static CURLcode perform(struct remote *remote)
{
	if (curl_multi_add_handle(remote->multi, remote->curl) != CURLM_OK)
		return CURLE_OUT_OF_MEMORY;
	CURLcode code = turn(remote);
	curl_multi_remove_handle(remote->multi, remote->curl);
	return code;
}

static enum err outcome(const struct remote *remote, CURLcode code, struct reason *reason)
{
	if (atomic_load(&remote->stopped))
		return fail(reason, ERR_STOPPED, "it was ended");
	if (remote->too_long)
		return fail(reason, ERR_INVALID,
			"its answer is longer than that of any ladderd: is the address right");
	if (code == CURLE_OK || remote->has_enough)
		return OK;
	return fail(reason, ERR_IO, "%s",
		remote->error[0] != '\0' ? remote->error : curl_easy_strerror(code));
}

enum err remote_get(struct remote *remote, const struct remote_request *request,
	struct remote_answer *answer, struct reason *reason)
{
	CURL *curl = remote->curl;
	struct text url = { 0 }, accept = { 0 };
	struct curl_slist *headers = NULL;
	text_printf(&url, "%s%s", remote->options.address, request->path);
	text_printf(&accept, "Accept: %s", request->accept);
	enum err err = url.failed || accept.failed ? fail(reason, ERR_IO, "%s", no_memory)
						   : authorization_make(remote, &headers, reason);
	if (err == OK && !header_add(&headers, accept.data))
		err = fail(reason, ERR_IO, "%s", no_memory);
	if (err == OK) {
		remote->request = request;
		remote->answer = answer;
		remote->too_long = remote->has_enough = false;
		remote->error[0] = '\0';
		answer->headers.length = answer->body.length = 0;
		answer->status = 0;
		curl_easy_setopt(curl, CURLOPT_URL, url.data);
		curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
		curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)request->seconds_max);
		curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
		curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)request->silent_seconds_max);
		CURLcode code = perform(remote);
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer->status);
		answer->timed_out = code == CURLE_OPERATION_TIMEDOUT;
		err = outcome(remote, code, reason);
	}
	curl_slist_free_all(headers);
	text_release(&url);
	text_release(&accept);
	return err;
}
