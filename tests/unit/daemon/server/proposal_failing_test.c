/*
 * tests/unit/daemon/server/proposal_failing_test.c - rows of a cluster's log: they are read as they
 * were written, whatever is cut off or changed is refused or read, and what we lack is never told
 * as a row that this program does not know.
 */
#include "daemon/server/proposal.h"

#include "tests/unit/daemon/server/committer_fixture.h"
#include "tests/unit/failing.h"

static const struct log_rules rules = { 1000, 100, 2 };

/* A batch of events and an instant to be settled. */
struct group {
	struct request request;
	struct submission settle;
	struct text row;
};

static void group_make(struct group *group)
{
	*group = (struct group){ .settle = { .settle_us = STORE_NOW_US } };
	request_make(&group->request, NULL, "e", 3);
	group->request.submission.succeeds = bytes_of_string("vwn");
	group->request.submission.next = &group->settle;
	proposal_encode(&group->request.submission, &rules, &group->row);
	assert_false(group->row.failed);
}

static void group_end(struct group *group)
{
	text_release(&group->row);
	request_release(&group->request);
}

/* Reads bytes of which there is not one more than these. */
static enum err row_read(struct bytes bytes, struct proposal *out)
{
	struct reason reason = { "" };
	uint8_t *copy = __real_malloc(bytes.length + (bytes.length == 0));
	memcpy(copy, bytes.data, bytes.length);
	enum err err = proposal_decode(bytes_of(copy, bytes.length), out, &reason);
	if (err != OK) {
		assert_true(reason.text[0] != '\0');
		free(copy);
		return err;
	}
	/* What is read borrows from the bytes: each is looked at while they are there. */
	for (size_t i = 0; i < out->entry_count; i++) {
		struct bytes subject = out->entries[i].event->subject;
		assert_true(out->entries[i].body.length > 0);
		assert_true(subject.length == 0 || identifier_is_valid(subject));
	}
	size_t count = out->entry_count;
	proposal_release(out);
	out->entry_count = count;
	free(copy);
	return OK;
}

static void a_row_is_read_as_it_was_written(void **state)
{
	struct group group;
	struct proposal proposal;
	struct reason reason = { "" };
	(void)state;
	group_make(&group);
	assert_int_equal(proposal_decode(text_bytes(&group.row), &proposal, &reason), OK);
	assert_int_equal(proposal.entry_count, 3);
	assert_int_equal(proposal.settle_us, STORE_NOW_US);
	assert_int_equal(proposal.act.type, LOG_ACT_NONE);
	assert_int_equal(proposal.rules.person_events_max, rules.person_events_max);
	for (size_t i = 0; i < 3; i++) {
		char id[16];
		snprintf(id, sizeof(id), "e-%zu", i);
		assert_true(bytes_are(proposal.entries[i].event->id, id));
		assert_true(bytes_are(proposal.entries[i].event->subject, id));
		assert_true(bytes_are(proposal.entries[i].partner, "isd"));
		assert_true(bytes_are(proposal.entries[i].succeeds, "vwn"));
	}
	proposal_release(&proposal);
	group_end(&group);
}

static void an_act_that_nobody_can_have_asked_for_is_refused(void **state)
{
	static const struct {
		struct proposal_act act;
		enum err err;
	} rows[] = {
		{ { LOG_ACT_ERASED, { (const uint8_t *)"p1", 2 }, 0 }, OK },
		{ { LOG_ACT_ERASED, { NULL, 0 }, 19000 }, OK },
		{ { LOG_ACT_RESTRICTED, { (const uint8_t *)"p1", 2 }, 0 }, OK },
		{ { LOG_ACT_ERASED, { NULL, 0 }, 0 }, ERR_INVALID },
		{ { LOG_ACT_ERASED, { (const uint8_t *)"p1", 2 }, 19000 }, ERR_INVALID },
		{ { LOG_ACT_RESTRICTED, { NULL, 0 }, 0 }, ERR_INVALID },
		{ { LOG_ACT_UNRESTRICTED, { NULL, 0 }, 19000 }, ERR_INVALID },
		{ { LOG_ACT_ERASED, { (const uint8_t *)"p\n", 2 }, 0 }, ERR_INVALID },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct text row = { 0 };
		struct proposal proposal;
		proposal_encode_act(&rows[i].act, &rules, &row);
		assert_int_equal(row_read(text_bytes(&row), &proposal), rows[i].err);
		text_release(&row);
	}
}

static void a_row_that_is_cut_or_changed_is_read_or_refused(void **state)
{
	struct group group;
	struct proposal proposal;
	size_t refused = 0;
	(void)state;
	group_make(&group);
	size_t length = group.row.length;
	for (size_t i = 0; i < length; i++) {
		enum err err = row_read(bytes_of(group.row.data, i), &proposal);
		assert_true(err == ERR_INVALID || (err == OK && proposal.entry_count < 3));
		refused += err == ERR_INVALID;
	}
	for (size_t i = 0; i < length * 8; i++) {
		group.row.data[i / 8] ^= (char)(1 << i % 8);
		enum err err = row_read(text_bytes(&group.row), &proposal);
		assert_true(err == ERR_INVALID || err == OK);
		refused += err == ERR_INVALID;
		group.row.data[i / 8] ^= (char)(1 << i % 8);
	}
	/* What another version wrote is not for this one. */
	assert_true(refused > length);
	group_end(&group);
}

static void without_memory_a_row_is_read_later(void **state)
{
	struct group group;
	struct proposal proposal;
	(void)state;
	group_make(&group);
	uint64_t number = 1;
	for (bool failed = true; failed; number++) {
		failing_arm(FAILING_MEMORY, number);
		enum err err = row_read(text_bytes(&group.row), &proposal);
		failed = failing_end();
		assert_true(err == ERR_FULL || (err == OK && proposal.entry_count == 3));
	}
	assert_true(number > 3);
	/* Nor is a row that was not encoded in whole taken for one. */
	struct text whole = group.row;
	number = 1;
	for (bool failed = true; failed; number++) {
		struct text row = { 0 };
		failing_arm(FAILING_MEMORY, number);
		proposal_encode(&group.request.submission, &rules, &row);
		failed = failing_end();
		assert_true(row.failed || bytes_equal(text_bytes(&row), text_bytes(&whole)));
		text_release(&row);
	}
	group_end(&group);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_is_read_as_it_was_written),
		cmocka_unit_test(an_act_that_nobody_can_have_asked_for_is_refused),
		cmocka_unit_test(a_row_that_is_cut_or_changed_is_read_or_refused),
		cmocka_unit_test(without_memory_a_row_is_read_later),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
