/*
 * tests/unit/daemon/server/takeover_failing_test.c - the log of a main is taken over while calls
 * fail.
 */
#include "tests/unit/daemon/server/failing_stage.h"

/* The answer of a main: what comes after the last record here, and the mark. */
static int taken_over(struct stage *stage)
{
	char path[TAKEOVER_PATH_MAX], id[LOG_MARK_STORE_LENGTH + 1];
	struct remote_answer answer = { .status = 200 };
	struct log_mark mark = { model.sent.first + model.sent.count - 1, model.now_us, { 0 } };
	struct text bytes = { 0 }, end = { 0 };
	memcpy(mark.store, model.id, sizeof(model.id));
	log_mark_store_print(model.id, id);
	enum err err = takeover_begin(stage->takeover, path, &stage->reason);
	if (err != OK)
		return err_exit_code(err);
	unsigned long long after = strtoull(strchr(path, '=') + 1, NULL, 10);
	/* What the main does is no call of ours. */
	unsigned long long left = atomic_load(&failing.left);
	enum failing kind = atomic_exchange(&failing.kind, FAILING_NOTHING);
	for (size_t i = (size_t)(after + 1 - model.sent.first); i < model.sent.count; i++)
		text_add(&bytes, text_bytes(&model.sent.messages[i]));
	log_mark_encode(&mark, &end);
	varint_add(&bytes, end.length);
	text_add(&bytes, text_bytes(&end));
	text_printf(&answer.headers, "Ladder-Store: %s\r\nLadder-Last-Seq: %llu\r\n", id,
		(unsigned long long)mark.caught_up);
	atomic_store(&failing.left, left);
	atomic_store(&failing.kind, kind);
	bool more = true;
	for (size_t at = 0; at < bytes.length && more; at += 100) {
		size_t length = bytes.length - at < 100 ? bytes.length - at : 100;
		more = takeover_take(stage->takeover, &answer, bytes_of(bytes.data + at, length));
	}
	text_release(&bytes);
	text_release(&end);
	remote_answer_release(&answer);
	return err_exit_code(takeover_error(stage->takeover, &stage->reason));
}

static void a_main_is_followed_or_later(void **state)
{
	(void)state;
	fails_everywhere(&(const struct trial){ "follow", true, taken_over });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_main_is_followed_or_later),
	};
	return failing_run(tests, ARRAY_LENGTH(tests));
}
