/*
 * tools/asking.c - see asking.h.
 */
#include "tools/asking.h"

#include "tools/common/options.h"
#include "tools/push/answer.h"

static int complain_about_answer(
	const struct daemon_question *asking, const struct http_answer *answer)
{
	struct reason reason;
	long status = answer->status;
	problem_read(text_bytes(&answer->body), status, &reason);
	int code = status == 401 || status == 403   ? EX_NOPERM
		   : status == 429 || status == 503 ? EX_TEMPFAIL
		   : status == 400                  ? EX_DATAERR
						    : EX_PROTOCOL;
	return complain(asking->command, code, "The daemon refuses it: %s.", reason.text);
}

int ask_daemon(const struct daemon_question *asking, const char *token, struct http_answer *answer)
{
	struct http_client *http;
	struct reason reason;
	if (http_client_open(asking->to, token, asking->tls, &http, &reason) != OK)
		return complain(asking->command, EX_USAGE, "--to %s: %s.", asking->to, reason.text);
	enum err err = http_client_get(
		http, asking->path, asking->query, asking->bytes_max, answer, &reason);
	http_client_close(http);
	if (err != OK)
		return complain(asking->command, EX_UNAVAILABLE,
			"The daemon does not answer: %s. Is it at %s? --to says where.",
			reason.text, asking->to);
	return answer->status == 200 ? EX_OK : complain_about_answer(asking, answer);
}
