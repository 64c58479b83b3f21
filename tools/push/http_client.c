/*
 * tools/push/http_client.c - see http_client.h. The only file of `ladder` that sees libcurl.
 */
#include "tools/push/http_client.h"

#include <curl/curl.h>
#include <stdlib.h>

#define HEADER_BYTES_MAX ((size_t)64 << 10) /* of all headers of an answer */
#define CONNECT_SECONDS  10L
#define REQUEST_SECONDS  60L
#define EVENTS_PATH      "/v1/events"

struct http_client {
	CURL *curl;
	char *url;
	char *authorization;
	char curl_error[CURL_ERROR_SIZE];

	/* Of the answer that is being received. */
	struct text *body;
	size_t bytes_max;
	size_t header_bytes;
	bool too_long;
};

static size_t take_answer(char *data, size_t size, size_t count, void *context)
{
	struct http_client *http = context;
	http->too_long = size * count > http->bytes_max - http->body->length;
	if (http->too_long)
		return 0;
	text_add(http->body, bytes_of(data, size * count));
	return http->body->failed ? 0 : size * count;
}

/* Headers are counted only: the library keeps what it needs of them. */
static size_t take_header(char *data, size_t size, size_t count, void *context)
{
	struct http_client *http = context;
	(void)data;
	http->header_bytes += size * count;
	http->too_long = http->header_bytes > HEADER_BYTES_MAX;
	return http->too_long ? 0 : size * count;
}

/* A proxy of the surroundings must not take what is meant for this machine. */
static bool is_loopback(CURLU *parts)
{
	char *host = NULL;
	if (curl_url_get(parts, CURLUPART_HOST, &host, 0) != CURLUE_OK)
		return false;
	bool loopback = host_is_loopback(bytes_of_string(host));
	curl_free(host);
	return loopback;
}

/* True when `parts` has what an address has, and nothing more. */
static bool is_address(CURLU *parts)
{
	char *path = NULL, *query = NULL;
	bool right = curl_url_get(parts, CURLUPART_PATH, &path, 0) == CURLUE_OK &&
		     strcmp(path, "/") == 0 &&
		     curl_url_get(parts, CURLUPART_QUERY, &query, 0) == CURLUE_NO_QUERY;
	curl_free(path);
	curl_free(query);
	return right;
}

/* Where the address is not under TLS: may the token go there in clear? */
static enum err check_clear(CURLU *parts, const struct daemon_tls *tls, struct reason *reason)
{
	char *scheme = NULL, *host = NULL;
	enum err err = ERR_INVALID;
	if (curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
		curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK)
		err = strcmp(scheme, "https") == 0
			      ? OK
			      : daemon_clear_check(tls, bytes_of_string(host), "https://", reason);
	curl_free(scheme);
	curl_free(host);
	return err;
}

/* ERR_INVALID: it is no address, or not to be gone to in clear. Sets up what depends on it. */
static enum err take_address(struct http_client *http, const char *address,
	const struct daemon_tls *tls, struct reason *reason)
{
	CURLU *parts = curl_url();
	bool right =
		parts != NULL &&
		(strncmp(address, "http://", 7) == 0 || strncmp(address, "https://", 8) == 0) &&
		curl_url_set(parts, CURLUPART_URL, address, 0) == CURLUE_OK && is_address(parts) &&
		curl_url_set(parts, CURLUPART_PATH, EVENTS_PATH, 0) == CURLUE_OK &&
		curl_url_get(parts, CURLUPART_URL, &http->url, 0) == CURLUE_OK;
	enum err err = right ? check_clear(parts, tls, reason)
			     : fail(reason, ERR_INVALID,
				       "the address must be like http://127.0.0.1:7400, without a "
				       "path");
	if (err == OK && is_loopback(parts))
		curl_easy_setopt(http->curl, CURLOPT_PROXY, "");
	curl_url_cleanup(parts);
	return err;
}

/* The server's name and the way to a CA are looked at, as libcurl does unless told otherwise. */
static bool take_tls(CURL *curl, const struct trust_paths *paths)
{
	return curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) ==
		       CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
	       (paths->cacert == NULL ||
		       curl_easy_setopt(curl, CURLOPT_CAINFO, paths->cacert) == CURLE_OK) &&
	       (paths->cert == NULL ||
		       (curl_easy_setopt(curl, CURLOPT_SSLCERT, paths->cert) == CURLE_OK &&
			       curl_easy_setopt(curl, CURLOPT_SSLKEY, paths->key) == CURLE_OK));
}

enum err http_client_open(const char *address, const char *token, const struct daemon_tls *tls,
	struct http_client **out, struct reason *reason)
{
	struct http_client *http = calloc(1, sizeof(*http));
	struct text authorization = { 0 };
	if (http == NULL)
		return fail(reason, ERR_FULL, "there is not enough memory");
	curl_global_init(CURL_GLOBAL_DEFAULT);
	http->curl = curl_easy_init();
	text_add_string(&authorization, "Authorization: Bearer ");
	text_add_string(&authorization, token);
	http->authorization = authorization.data;
	if (http->curl == NULL || authorization.failed || !take_tls(http->curl, &tls->paths)) {
		http_client_close(http);
		return fail(reason, ERR_FULL, "there is not enough memory");
	}
	enum err err = take_address(http, address, tls, reason);
	if (err != OK) {
		http_client_close(http);
		return err;
	}
	curl_easy_setopt(http->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(http->curl, CURLOPT_ERRORBUFFER, http->curl_error);
	curl_easy_setopt(http->curl, CURLOPT_WRITEFUNCTION, take_answer);
	curl_easy_setopt(http->curl, CURLOPT_WRITEDATA, http);
	curl_easy_setopt(http->curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(http->curl, CURLOPT_HEADERDATA, http);
	curl_easy_setopt(http->curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
	curl_easy_setopt(http->curl, CURLOPT_TIMEOUT, REQUEST_SECONDS);
	curl_easy_setopt(http->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(http->curl, CURLOPT_USERAGENT, "ladder/" LADDERD_VERSION);
	*out = http;
	return OK;
}

void http_client_close(struct http_client *http)
{
	if (http == NULL)
		return;
	curl_easy_cleanup(http->curl);
	curl_free(http->url);
	free(http->authorization);
	free(http);
	curl_global_cleanup();
}

/* `media_type`: of the body; NULL: there is none. */
static struct curl_slist *headers_new(const struct http_client *http, const char *media_type)
{
	char type[100];
	snprintf(type, sizeof(type), "Content-Type: %s", media_type == NULL ? "" : media_type);
	/* An empty Expect: the body goes at once, without asking. */
	const char *const lines[] = { http->authorization, "Expect:", type };
	size_t count = sizeof(lines) / sizeof(lines[0]) - (media_type == NULL);
	struct curl_slist *headers = NULL;
	for (size_t i = 0; i < count; i++) {
		struct curl_slist *longer = curl_slist_append(headers, lines[i]);
		if (longer == NULL) {
			curl_slist_free_all(headers);
			return NULL;
		}
		headers = longer;
	}
	return headers;
}

/* Sends the request that is set up, but for its headers. */
static enum err perform(struct http_client *http, const char *media_type, size_t bytes_max,
	struct http_answer *answer, struct reason *reason)
{
	struct curl_slist *headers = headers_new(http, media_type);
	curl_off_t retry_after = 0;
	if (headers == NULL)
		return fail(reason, ERR_INVALID, "there is not enough memory");
	answer->body.length = 0;
	answer->status = 0;
	http->curl_error[0] = '\0';
	http->body = &answer->body;
	http->bytes_max = bytes_max;
	http->header_bytes = 0;
	http->too_long = false;
	curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, headers);
	CURLcode code = curl_easy_perform(http->curl);
	curl_slist_free_all(headers);
	if (http->too_long)
		return fail(reason, ERR_INVALID,
			"the answer is longer than any to this would be: is the address right");
	if (code != CURLE_OK) {
		bool hopeless = code == CURLE_PEER_FAILED_VERIFICATION ||
				code == CURLE_SSL_CERTPROBLEM || code == CURLE_SSL_CACERT_BADFILE ||
				code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_WRITE_ERROR ||
				code == CURLE_OUT_OF_MEMORY;
		return fail(reason, hopeless ? ERR_INVALID : ERR_IO, "%s",
			http->curl_error[0] != '\0' ? http->curl_error : curl_easy_strerror(code));
	}
	curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &answer->status);
	curl_easy_getinfo(http->curl, CURLINFO_RETRY_AFTER, &retry_after);
	answer->retry_after_s = (int64_t)retry_after;
	return OK;
}

enum err http_client_post(struct http_client *http, const char *media_type, struct bytes body,
	size_t bytes_max, struct http_answer *answer, struct reason *reason)
{
	curl_easy_setopt(http->curl, CURLOPT_URL, http->url);
	curl_easy_setopt(http->curl, CURLOPT_POSTFIELDS, (const char *)body.data);
	curl_easy_setopt(http->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.length);
	return perform(http, media_type, bytes_max, answer, reason);
}

enum err http_client_get(struct http_client *http, const char *path, const char *query,
	size_t bytes_max, struct http_answer *answer, struct reason *reason)
{
	CURLU *parts = curl_url();
	char *url = NULL;
	bool made =
		parts != NULL && curl_url_set(parts, CURLUPART_URL, http->url, 0) == CURLUE_OK &&
		curl_url_set(parts, CURLUPART_PATH, path, 0) == CURLUE_OK &&
		(query[0] == '\0' || curl_url_set(parts, CURLUPART_QUERY, query, 0) == CURLUE_OK) &&
		curl_url_get(parts, CURLUPART_URL, &url, 0) == CURLUE_OK;
	curl_url_cleanup(parts);
	if (!made)
		return fail(reason, ERR_INVALID, "there is not enough memory");
	curl_easy_setopt(http->curl, CURLOPT_HTTPGET, 1L);
	curl_easy_setopt(http->curl, CURLOPT_URL, url);
	enum err err = perform(http, NULL, bytes_max, answer, reason);
	curl_free(url);
	return err;
}
