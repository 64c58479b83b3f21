/*
 * tests/unit/daemon/remote/remote_test.c - asking another ladderd: what is ours to lack.
 */
#include "daemon/remote/remote.h"

#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

/* In the place of libcurl's: which call from now on finds no memory; 0: none. */
static unsigned add_fails, append_fails;

int curl_multi_add_handle(void *multi, void *easy);
int curl_multi_add_handle(void *multi, void *easy)
{
	int (*real)(void *, void *);
	void *found = dlsym(RTLD_NEXT, "curl_multi_add_handle");
	memcpy(&real, &found, sizeof(real));
	return add_fails > 0 && --add_fails == 0 ? 3 /* CURLM_OUT_OF_MEMORY */ : real(multi, easy);
}

void *curl_slist_append(void *list, const char *line);
void *curl_slist_append(void *list, const char *line)
{
	void *(*real)(void *, const char *);
	void *found = dlsym(RTLD_NEXT, "curl_slist_append");
	memcpy(&real, &found, sizeof(real));
	return append_fails > 0 && --append_fails == 0 ? NULL : real(list, line);
}

/* Asks where nobody listens; what came of it is in *reason. */
static enum err ask(struct remote *remote, struct reason *reason)
{
	struct remote_answer answer = { 0 };
	const struct remote_request request = { .path = "/v1/log", .accept = "text/plain" };
	*reason = (struct reason){ "" };
	enum err err = remote_get(remote, &request, &answer, reason);
	assert_int_equal(answer.status, 0);
	remote_answer_release(&answer);
	return err;
}

static void without_memory_nothing_is_asked_and_it_is_told_as_that(void **state)
{
	char token[] = "/tmp/ladderd-unit-XXXXXX";
	struct remote *remote;
	struct reason reason;
	(void)state;
	int fd = mkstemp(token);
	assert_true(fd != -1 && write(fd, "secret\n", 7) == 7 && close(fd) == 0);
	const struct remote_options options = {
		.address = "http://127.0.0.1:1", .token_file = token, .ca = ""
	};
	assert_int_equal(remote_new(&options, &remote), OK);
	/* Without the token the other would refuse it, and without the form answer another one. */
	for (unsigned i = 1; i <= 2; i++) {
		append_fails = i;
		assert_int_equal(ask(remote, &reason), ERR_IO);
		assert_string_equal(reason.text, "there is not enough memory");
	}
	add_fails = 1;
	assert_int_equal(ask(remote, &reason), ERR_IO);
	assert_non_null(strstr(reason.text, "emory"));
	/* Later there is some again. */
	assert_int_equal(ask(remote, &reason), ERR_IO);
	assert_null(strstr(reason.text, "emory"));
	remote_free(remote);
	unlink(token);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_memory_nothing_is_asked_and_it_is_told_as_that),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
