/*
 * tests/unit/daemon/server/front_test.c - a node of a cluster, on an engine that does as it is
 * told.
 */
#include "daemon/server/front.h"

#include "daemon/server/inquiry.h"
#include "tests/unit/daemon/server/front_fixture.h"

#include <dlfcn.h>

/* Takes the place of LMDB's: once it finds no room, before anything is written. */
static atomic_bool commit_is_full;

int mdb_txn_commit(MDB_txn *txn)
{
	int (*commit)(MDB_txn *) = (int (*)(MDB_txn *))dlsym(RTLD_NEXT, "mdb_txn_commit");
	CHECK(commit != NULL);
	if (!atomic_exchange(&commit_is_full, false))
		return commit(txn);
	mdb_txn_abort(txn);
	return MDB_MAP_FULL;
}

static void a_batch_is_a_row_and_answered_when_it_is_applied(void **state)
{
	(void)state;
	static struct engine engine;
	static struct node node;
	struct request first, again;
	node_make(&node, &engine);
	request_make(&first, &node.house, "e", 3);
	request_make(&again, &node.house, "e", 3);
	assert_int_equal(submit(&first), OK);
	request_await(&first);
	assert_int_equal(first.submission.outcome, OUTCOME_DURABLE);
	assert_int_equal(first.submission.last_seq, 3);
	assert_int_equal(first.seen, 3);
	assert_int_equal(log_place(node.house.store.log)->pos, 1);
	assert_int_equal(submit(&again), OK);
	request_await(&again);
	assert_int_equal(again.batch.items[2].verdict, VERDICT_DUPLICATE);
	AWAIT(front_applied_pos(node.front) == 2);
	assert_int_equal(engine.count, 2);
	request_release(&first);
	request_release(&again);
	node_close(&node);
	engine_release(&engine);
}

static void every_node_writes_the_same_bytes(void **state)
{
	(void)state;
	static struct engine engine;
	static struct node node, other;
	struct request requests[3];
	node_make(&node, &engine);
	for (unsigned i = 0; i < 3; i++) {
		char name[8];
		snprintf(name, sizeof(name), "e%u", i % 2);
		request_make(&requests[i], &node.house, name, 4);
		assert_int_equal(submit(&requests[i]), OK);
		request_await(&requests[i]);
		assert_int_equal(
			committer_settle(node.house.committer, STORE_NOW_US + 5000000 * i + 1), OK);
	}
	other = (struct node){ .front = NULL };
	node_open(&other, &engine, true);
	AWAIT(front_applied_pos(other.front) == engine.count);
	AWAIT(front_applied_pos(node.front) == engine.count);
	struct text one = store_dump(&node.house.store), two = store_dump(&other.house.store);
	assert_true(bytes_equal(text_bytes(&one), text_bytes(&two)));
	assert_int_equal(last_seq(&other.house), 8);
	assert_int_equal(committer_settled_us(node.house.committer),
		committer_settled_us(other.house.committer));
	text_release(&one);
	text_release(&two);
	for (unsigned i = 0; i < 3; i++)
		request_release(&requests[i]);
	node_close(&other);
	node_close(&node);
	engine_release(&engine);
}

static void an_outcome_that_is_unknown_is_asked_for_under_its_number(void **state)
{
	(void)state;
	static struct engine engine;
	static struct node node;
	struct request request;
	node_make(&node, &engine);
	request_make(&request, &node.house, "e", 2);
	engine.loses = true;
	assert_int_equal(submit(&request), OK);
	AWAIT(is_away(&node));
	assert_false(atomic_load(&request.done));
	clock_virtual_advance(&node.house.time, 200000);
	request_await(&request);
	assert_int_equal(request.submission.outcome, OUTCOME_DURABLE);
	assert_int_equal(engine.count, 1);
	assert_int_equal(last_seq(&node.house), 2);
	request_release(&request);
	node_close(&node);
	engine_release(&engine);
}

static void who_waits_for_an_unknown_outcome_is_told_so_and_it_is_applied_all_the_same(void **state)
{
	(void)state;
	static struct engine engine;
	static struct node node;
	struct request request;
	node_make(&node, &engine);
	request_make(&request, &node.house, "e", 2);
	engine.loses = true;
	engine.unreachable = true;
	assert_int_equal(submit(&request), OK);
	AWAIT(is_away(&node));
	clock_virtual_advance(&node.house.time, 31 * US_PER_SECOND);
	request_await(&request);
	assert_int_equal(request.submission.outcome, OUTCOME_AWAY);
	engine.unreachable = false;
	clock_virtual_advance(&node.house.time, 4 * US_PER_SECOND);
	AWAIT(front_applied_pos(node.front) == 1);
	assert_int_equal(last_seq(&node.house), 2);
	request_release(&request);
	node_close(&node);
	engine_release(&engine);
}

static void withholds_set(struct engine *engine, bool withholds)
{
	pthread_mutex_lock(&engine->mutex);
	engine->withholds = withholds;
	pthread_mutex_unlock(&engine->mutex);
}

/* Settings that change between the commit of a row and the look at them leave it unknown. */
static void an_outcome_that_is_unknown_while_the_promise_is_broken_is_told_at_once(void **state)
{
	(void)state;
	static struct engine engine;
	static struct node node;
	for (unsigned withholds = 0; withholds < 2; withholds++) {
		struct request request;
		node_make(&node, &engine);
		request_make(&request, &node.house, "e", 2);
		engine.loses = withholds;
		engine.drops = !withholds;
		withholds_set(&engine, true);
		engine.broken = true;
		assert_int_equal(submit(&request), OK);
		AWAIT(is_away(&node));
		assert_false(atomic_load(&request.done));
		clock_virtual_advance(&node.house.time, 200000);
		request_await(&request);
		assert_int_equal(request.submission.outcome, OUTCOME_AWAY);
		assert_int_equal(front_applied_pos(node.front), 0);
		withholds_set(&engine, false);
		engine.broken = false;
		clock_virtual_advance(&node.house.time, 2 * US_PER_SECOND);
		AWAIT(front_applied_pos(node.front) == 1);
		assert_int_equal(last_seq(&node.house), 2);
		request_release(&request);
		node_close(&node);
		engine_release(&engine);
	}
}

static void what_is_proposed_late_is_stamped_late(void **state)
{
	(void)state;
	static struct engine engine;
	static struct node node;
	struct request request;
	node_make(&node, &engine);
	request_make(&request, &node.house, "e", 2);
	engine.drops = true;
	engine.unreachable = true;
	assert_int_equal(submit(&request), OK);
	AWAIT(is_away(&node));
	clock_virtual_advance(&node.house.time, 120 * US_PER_SECOND);
	request_await(&request);
	engine.unreachable = false;
	clock_virtual_advance(&node.house.time, 4 * US_PER_SECOND);
	AWAIT(front_applied_pos(node.front) == 1);
	assert_true(engine.rows[0].at_us >= STORE_NOW_US + 120 * US_PER_SECOND);
	assert_int_equal(last_seq(&node.house), 2);
	request_release(&request);
	node_close(&node);
	engine_release(&engine);
}

static void what_is_refused_is_answered_at_once_and_reading_goes_on(void **state)
{
	(void)state;
	static struct engine engine;
	static struct node node;
	struct request first, second, third;
	node_make(&node, &engine);
	request_make(&first, &node.house, "a", 1);
	request_make(&second, &node.house, "b", 1);
	request_make(&third, &node.house, "c", 1);
	assert_int_equal(submit(&first), OK);
	request_await(&first);
	engine.refuses = true;
	engine.broken = true;
	assert_int_equal(submit(&second), OK);
	request_await(&second);
	assert_int_equal(second.submission.outcome, OUTCOME_AWAY);
	assert_int_equal(submit(&third), ERR_CONFLICT);
	int64_t settled_us = committer_settled_us(node.house.committer);
	clock_virtual_advance(&node.house.time, 10 * US_PER_SECOND);
	assert_int_equal(committer_now_us(node.house.committer), settled_us);
	assert_int_equal(committer_settle(node.house.committer, settled_us), OK);
	assert_int_equal(committer_settle(node.house.committer, settled_us + 1), ERR_FULL);
	engine.refuses = false;
	engine.broken = false;
	clock_virtual_advance(&node.house.time, 2 * US_PER_SECOND);
	AWAIT(!is_away(&node));
	assert_int_equal(submit(&third), OK);
	request_await(&third);
	assert_int_equal(third.submission.outcome, OUTCOME_DURABLE);
	assert_int_equal(engine.count, 2);
	request_release(&first);
	request_release(&second);
	request_release(&third);
	node_close(&node);
	engine_release(&engine);
}

/* Somebody who reads. */
struct reading {
	struct node *node;
	int64_t known_us;
	enum err err;
	atomic_bool returned;
	pthread_t thread;
};

static void *reading_run(void *context)
{
	struct reading *reading = context;
	reading->err = committer_settle(reading->node->house.committer, reading->known_us);
	atomic_store(&reading->returned, true);
	return NULL;
}

/* Returns when he waits, and the committer has nothing to do; the front is in real time. */
static void reading_start(struct reading *reading, struct node *node, int64_t known_us)
{
	*reading = (struct reading){ .node = node, .known_us = known_us };
	assert_int_equal(pthread_create(&reading->thread, NULL, reading_run, reading), 0);
	node_rest(node, 2);
}

static void who_reads_waits_a_quarter_of_a_second_for_a_network_cut_in_silence(void **state)
{
	(void)state;
	static struct engine engine;
	static struct node node;
	struct reading reading;
	int64_t settled_us, known_us, at_us;
	node_make(&node, &engine);
	struct committer *committer = node.house.committer;
	assert_int_equal(committer_settle(committer, STORE_NOW_US + 1), OK);
	clock_virtual_advance(&node.house.time, US_PER_SECOND);
	atomic_store(&engine.is_cut, true);
	known_us = committer_now_us(committer);
	reading_start(&reading, &node, known_us);
	int64_t begun_us = clock_virtual_monotonic(&node.house.time);
	clock_virtual_advance(&node.house.time, 249000);
	/* It was looked for work in between, which took less than a millisecond. */
	assert_false(atomic_load(&reading.returned));
	clock_virtual_advance(&node.house.time, 1000);
	pthread_join(reading.thread, NULL);
	assert_int_equal(reading.err, ERR_FULL);
	assert_true(clock_virtual_monotonic(&node.house.time) - begun_us <= 250000);
	assert_false(is_away(&node));
	/* Who comes after him does not wait at all, and is answered as of what is settled. */
	assert_int_equal(committer_settle(committer, known_us + 1), ERR_FULL);
	assert_true(committer_awaits(committer, known_us, &settled_us));
	assert_int_equal(settled_us, STORE_NOW_US + 1);
	at_us = known_us;
	assert_int_equal(inquiry_settle(committer, true, &at_us), OK);
	assert_int_equal(at_us, settled_us);
	/* Not who asks for that instant, nor on the next day. */
	at_us = known_us;
	assert_int_equal(inquiry_settle(committer, false, &at_us), ERR_CONFLICT);
	at_us = known_us + US_PER_DAY;
	assert_int_equal(inquiry_settle(committer, true, &at_us), ERR_CONFLICT);
	assert_int_equal(at_us, known_us + US_PER_DAY);
	assert_int_equal(committer_settle(committer, settled_us), OK);
	/* Once it is healed that instant is settled, and new ones are too. */
	atomic_store(&engine.is_cut, false);
	AWAIT(committer_settled_us(committer) == known_us);
	at_us = known_us + 1;
	AWAIT(inquiry_settle(committer, false, &at_us) == OK);
	assert_int_equal(committer_settled_us(committer), known_us + 1);
	/* What nobody waits for any more ends with the front. */
	atomic_store(&engine.is_cut, true);
	reading_start(&reading, &node, known_us + 2);
	clock_virtual_advance(&node.house.time, 250000);
	pthread_join(reading.thread, NULL);
	assert_int_equal(reading.err, ERR_FULL);
	engine.unreachable = true;
	engine.drops = true;
	atomic_store(&engine.is_cut, false);
	AWAIT(is_away(&node));
	node_close(&node);
	engine_release(&engine);
}

static void a_broken_promise_is_noticed_within_a_minute(void **state)
{
	(void)state;
	static struct engine engine;
	static struct node node;
	node_make(&node, &engine);
	engine.broken = true;
	clock_virtual_advance(&node.house.time, 59 * US_PER_SECOND);
	AWAIT(is_away(&node));
	engine.broken = false;
	clock_virtual_advance(&node.house.time, 2 * US_PER_SECOND);
	AWAIT(!is_away(&node));
	node_close(&node);
	engine_release(&engine);
}

static void a_row_that_does_not_follow_ends_it(void **state)
{
	(void)state;
	static struct engine engine;
	static struct node node;
	struct reason reason;
	struct text row = { 0 };
	const struct log_rules rules = { 0 };
	node_make(&node, &engine);
	proposal_encode(&(struct submission){ .settle_us = STORE_NOW_US }, &rules, &row);
	pthread_mutex_lock(&engine.mutex);
	engine.mistakes = true;
	engine_add(&engine, 0, STORE_NOW_US, text_bytes(&row));
	pthread_mutex_unlock(&engine.mutex);
	AWAIT(front_has_failed(node.front, &reason) != OK);
	assert_int_equal(front_has_failed(node.front, &reason), ERR_INVALID);
	assert_int_equal(log_place(node.house.store.log)->pos, 0);
	text_release(&row);
	node_close(&node);
	engine_release(&engine);
}

static void an_act_that_is_broken_off_by_the_end_is_read_again(void **state)
{
	(void)state;
	static struct engine engine;
	static struct node node;
	struct reason reason;
	struct text row = { 0 };
	const struct log_rules rules = { 0 };
	node_make(&node, &engine);
	const struct proposal_act act = { LOG_ACT_ERASED, bytes_of_string("s"), 0 };
	proposal_encode_act(&act, &rules, &row);
	pthread_mutex_lock(&engine.mutex);
	engine_add(&engine, 0, STORE_NOW_US, text_bytes(&row));
	pthread_mutex_unlock(&engine.mutex);
	AWAIT(is_away(&node));
	assert_int_equal(atomic_load(&node.acts), 1);
	assert_int_equal(atomic_load(&node.act_pos), 1);
	assert_int_equal(front_has_failed(node.front, &reason), OK);
	assert_int_equal(log_place(node.house.store.log)->pos, 0);
	text_release(&row);
	node_close(&node);
	engine_release(&engine);
}

static void what_is_settled_in_flight_does_not_hold_up_an_act_that_came_before_it(void **state)
{
	(void)state;
	static struct engine engine;
	static struct node node;
	struct text row = { 0 };
	const struct log_rules rules = { 0 };
	node_make(&node, &engine);
	const struct proposal_act act = { LOG_ACT_ERASED, bytes_of_string("s"), 0 };
	proposal_encode_act(&act, &rules, &row);
	atomic_store(&node.settles, true);
	pthread_mutex_lock(&engine.mutex);
	engine.overtakes[0] = text_bytes(&row);
	pthread_mutex_unlock(&engine.mutex);
	/* As the figures do. */
	assert_int_equal(committer_settle(node.house.committer, STORE_NOW_US + 1), ERR_FULL);
	AWAIT(atomic_load(&node.acts) == 1);
	assert_int_equal(atomic_load(&node.act_pos), 1);
	atomic_store(&node.settles, false);
	AWAIT(front_applied_pos(node.front) == 2);
	assert_true(committer_settled_us(node.house.committer) >= STORE_NOW_US + 1);
	text_release(&row);
	node_close(&node);
	engine_release(&engine);
}

/* As of another node: a batch, then an instant that is settled, or an act. */
static void rows_add(struct engine *engine, struct request *request, bool acts)
{
	const struct log_rules rules = { 0 };
	const struct proposal_act act = { LOG_ACT_ERASED, bytes_of_string("s"), 0 };
	struct text row = { 0 };
	proposal_encode(&request->submission, &rules, &row);
	engine_add(engine, 0, STORE_NOW_US, text_bytes(&row));
	text_release(&row);
	row = (struct text){ 0 };
	if (acts)
		proposal_encode_act(&act, &rules, &row);
	else
		proposal_encode(&(struct submission){ .settle_us = STORE_NOW_US }, &rules, &row);
	engine_add(engine, 0, STORE_NOW_US, text_bytes(&row));
	text_release(&row);
}

static void after_a_row_that_was_given_up_none_is_applied(void **state)
{
	(void)state;
	static struct engine engine;
	static struct node node;
	static struct house none;
	struct request big;
	struct reason reason;
	request_make(&big, &none, "e", 5000);
	for (unsigned acts = 0; acts < 2; acts++) {
		node = (struct node){ .front = NULL };
		atomic_store(&node.settles, true);
		engine_init(&engine);
		rows_add(&engine, &big, acts);
		store_make(&node.house.store);
		node.house.store.size_max = (size_t)512 << 10;
		store_reopen(&node.house.store);
		node_begin(&node, &engine, false);
		AWAIT(committer_is_short_of_space(node.house.committer, &reason));
		/* It has read both, or waits to do the act. */
		if (acts == 0)
			AWAIT(!is_away(&node));
		front_stop(node.front);
		committer_stop(node.house.committer);
		assert_int_equal(atomic_load(&node.acts), 0);
		assert_int_equal(log_place(node.house.store.log)->pos, 0);
		assert_int_equal(last_seq(&node.house), 0);
		front_free(node.front);
		committer_free(node.house.committer);
		counters_release(&node.house.counters);
		house_forget(&node.house);
		engine_release(&engine);
	}
	request_release(&big);
}

static void a_row_that_found_no_room_is_told_of_once_it_has(void **state)
{
	(void)state;
	static struct engine engine;
	static struct node node;
	struct request request;
	node_make(&node, &engine);
	request = (struct request){ .house = &node.house };
	text_add_string(&request.body, "{\"events\":[");
	text_add_said(&request.body, &(struct said)ABOUT_NOBODY("a", RETRACTS_ID("none")));
	text_add_char(&request.body, ',');
	text_add_said(&request.body, &(struct said){ .id = "b" });
	text_add_string(&request.body, "]}");
	request_read(&request);
	assert_int_equal(request.batch.items[0].verdict, VERDICT_ACCEPTED);
	atomic_store(&commit_is_full, true);
	assert_int_equal(submit(&request), OK);
	/* It is tried again each second. */
	AWAIT((clock_virtual_advance(&node.house.time, US_PER_SECOND), atomic_load(&request.done)));
	assert_false(atomic_load(&commit_is_full));
	assert_int_equal(request.submission.outcome, OUTCOME_DURABLE);
	assert_int_equal(request.batch.items[0].verdict, VERDICT_REJECTED);
	assert_int_equal(request.batch.items[1].verdict, VERDICT_ACCEPTED);
	assert_int_equal(last_seq(&node.house), 1);
	request_release(&request);
	node_close(&node);
	engine_release(&engine);
}

static void a_look_that_is_a_minute_old_is_none(void **state)
{
	(void)state;
	static struct engine engine;
	static struct node node;
	struct text row = { 0 };
	struct reason reason;
	const struct log_rules rules = { 0 };
	node_make(&node, &engine);
	const struct proposal_act act = { LOG_ACT_ERASED, bytes_of_string("s"), 0 };
	proposal_encode_act(&act, &rules, &row);
	atomic_store(&node.settles, true);
	pthread_mutex_lock(&engine.mutex);
	engine_add(&engine, 0, STORE_NOW_US, text_bytes(&row));
	pthread_mutex_unlock(&engine.mutex);
	AWAIT(atomic_load(&node.acts) == 1);
	clock_virtual_advance(&node.house.time, 59 * US_PER_SECOND);
	assert_false(is_away(&node));
	clock_virtual_advance(&node.house.time, 2 * US_PER_SECOND);
	assert_true(front_is_away(node.front, &reason));
	assert_non_null(strstr(reason.text, "for a minute"));
	atomic_store(&node.settles, false);
	AWAIT(!is_away(&node));
	text_release(&row);
	node_close(&node);
	engine_release(&engine);
}

static void what_is_in_a_row_is_read_back_and_what_is_none_is_refused(void **state)
{
	(void)state;
	struct house house = { .committer = NULL };
	struct request request;
	struct text row = { 0 };
	struct proposal proposal;
	struct reason reason;
	const struct log_rules rules = { 10, 20, 2 };
	request_make(&request, &house, "e", 3);
	request.submission.succeeds = bytes_of_string("before");
	request.batch.items[1].verdict = VERDICT_REJECTED;
	struct submission settling = { .settle_us = 77 };
	request.submission.next = &settling;
	proposal_encode(&request.submission, &rules, &row);
	assert_int_equal(proposal_decode(text_bytes(&row), &proposal, &reason), OK);
	assert_int_equal(proposal.rules.partner_municipalities_max, 20);
	assert_int_equal(proposal.settle_us, 77);
	assert_int_equal(proposal.entry_count, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct batch_item *item = &request.batch.items[2 * i];
		const struct log_entry *entry = &proposal.entries[i];
		assert_true(
			bytes_are(entry->partner, "isd") && bytes_are(entry->succeeds, "before"));
		assert_true(bytes_equal(entry->body, item->body));
		assert_true(bytes_equal(entry->event->subject, item->event.subject));
		assert_true(bytes_equal(entry->event->id, item->event.id));
		assert_int_equal(entry->event->day, item->event.day);
		assert_int_equal(entry->event->municipality, item->event.municipality);
	}
	proposal_release(&proposal);
	/* Cut anywhere, or with any byte changed, it is another one or none; never a crash. */
	for (size_t i = 0; i < row.length; i++) {
		if (proposal_decode(bytes_of(row.data, i), &proposal, &reason) == OK)
			proposal_release(&proposal);
		row.data[i] = (char)(row.data[i] ^ 0x5a);
		if (proposal_decode(text_bytes(&row), &proposal, &reason) == OK)
			proposal_release(&proposal);
		row.data[i] = (char)(row.data[i] ^ 0x5a);
	}
	/* A version of the future. */
	static const uint8_t later[] = { 0x08, 0x02 };
	assert_int_equal(
		proposal_decode(bytes_of(later, sizeof(later)), &proposal, &reason), ERR_INVALID);
	text_release(&row);
	const struct proposal_act act = { .type = LOG_ACT_ERASED, .before = 15000 };
	proposal_encode_act(&act, &rules, &row);
	assert_int_equal(proposal_decode(text_bytes(&row), &proposal, &reason), OK);
	assert_int_equal(proposal.act.before, 15000);
	assert_int_equal(proposal.act.type, LOG_ACT_ERASED);
	proposal_release(&proposal);
	text_release(&row);
	request_release(&request);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_batch_is_a_row_and_answered_when_it_is_applied),
		cmocka_unit_test(every_node_writes_the_same_bytes),
		cmocka_unit_test(an_outcome_that_is_unknown_is_asked_for_under_its_number),
		cmocka_unit_test(
			who_waits_for_an_unknown_outcome_is_told_so_and_it_is_applied_all_the_same),
		cmocka_unit_test(
			an_outcome_that_is_unknown_while_the_promise_is_broken_is_told_at_once),
		cmocka_unit_test(what_is_proposed_late_is_stamped_late),
		cmocka_unit_test(what_is_refused_is_answered_at_once_and_reading_goes_on),
		cmocka_unit_test(
			who_reads_waits_a_quarter_of_a_second_for_a_network_cut_in_silence),
		cmocka_unit_test(a_broken_promise_is_noticed_within_a_minute),
		cmocka_unit_test(a_row_that_does_not_follow_ends_it),
		cmocka_unit_test(an_act_that_is_broken_off_by_the_end_is_read_again),
		cmocka_unit_test(
			what_is_settled_in_flight_does_not_hold_up_an_act_that_came_before_it),
		cmocka_unit_test(after_a_row_that_was_given_up_none_is_applied),
		cmocka_unit_test(a_row_that_found_no_room_is_told_of_once_it_has),
		cmocka_unit_test(a_look_that_is_a_minute_old_is_none),
		cmocka_unit_test(what_is_in_a_row_is_read_back_and_what_is_none_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
