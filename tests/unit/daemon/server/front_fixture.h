/*
 * tests/unit/daemon/server/front_fixture.h - a node of a cluster: a front and a committer in
 * virtual time, on an engine that does as it is told in real time.
 */
#ifndef TESTS_UNIT_DAEMON_SERVER_FRONT_FIXTURE_H
#define TESTS_UNIT_DAEMON_SERVER_FRONT_FIXTURE_H

#include "daemon/server/front.h"

#include "tests/unit/daemon/server/committer_fixture.h"

#define ROWS_MAX       64 /* cmocka has a macro fail(): base/err.h's is (fail)() */
#define OVERTAKING_MAX 2

/* The engine: its log in memory, and what it is to do wrong. */
struct engine {
	pthread_mutex_t mutex;
	struct intake_row rows[ROWS_MAX];
	unsigned count;
	unsigned proposals;
	bool unreachable;
	bool broken;        /* it does not keep its promise, as look() sees it */
	bool loses;         /* the next proposal is taken, and not answered */
	bool drops;         /* the next one is neither */
	atomic_bool is_cut; /* proposals are on their way as long as this is so */
	bool refuses;       /* proposals, as propose() sees that the promise is broken */
	bool withholds;     /* rows, as it cannot promise that they stay */
	bool mistakes;      /* the next row does not follow */
	struct bytes overtakes[OVERTAKING_MAX]; /* go in a second before the next proposal */
};

/* One more row, as of another node. With the mutex held. */
static inline void engine_add(
	struct engine *engine, uint64_t number, int64_t at_us, struct bytes bytes)
{
	static const uint8_t none[LOG_CHAIN_SIZE];
	struct intake_row *row = &engine->rows[engine->count];
	const struct intake_row *before = engine->count == 0 ? NULL : row - 1;
	uint8_t *copy = malloc(bytes.length);
	CHECK(engine->count < ROWS_MAX && copy != NULL);
	memcpy(copy, bytes.data, bytes.length);
	*row = (struct intake_row){
		.pos = ++engine->count,
		.number = number,
		.at_us = before != NULL && at_us <= before->at_us ? before->at_us + 1 : at_us,
		.bytes = bytes_of(copy, bytes.length),
	};
	intake_chain(before == NULL ? none : before->chain, row, row->chain);
	if (engine->mistakes)
		row->chain[0] ^= 1;
}

static inline enum err engine_connect(void *self, const struct intake_store *store,
	uint8_t cluster[LOG_CLUSTER_SIZE], struct reason *reason)
{
	struct engine *engine = self;
	(void)store;
	memset(cluster, 7, LOG_CLUSTER_SIZE);
	return engine->unreachable ? (fail)(reason, ERR_IO, "the engine is away") : OK;
}

static inline enum err engine_look(void *self, struct reason *reason)
{
	const struct engine *engine = self;
	return engine->broken ? (fail)(reason, ERR_CONFLICT, "the promise is broken") : OK;
}

static inline enum err engine_propose(void *self, uint64_t number, int64_t at_us,
	struct bytes bytes, struct intake_row *row, struct reason *reason)
{
	struct engine *engine = self;
	AWAIT(!atomic_load(&engine->is_cut));
	pthread_mutex_lock(&engine->mutex);
	enum err err = engine->refuses ? (fail)(reason, ERR_CONFLICT, "the promise is broken") : OK;
	engine->proposals++;
	const struct intake_row *found = NULL;
	for (unsigned i = 0; i < engine->count; i++) {
		if (engine->rows[i].number == number)
			found = &engine->rows[i];
	}
	if (err == OK && engine->drops)
		err = (fail)(reason, ERR_IO, "the connection was lost");
	engine->drops = false;
	for (unsigned i = 0; err == OK && i < OVERTAKING_MAX; i++) {
		if (engine->overtakes[i].data != NULL)
			engine_add(engine, 0, at_us - US_PER_SECOND, engine->overtakes[i]);
		engine->overtakes[i] = bytes_of(NULL, 0);
	}
	if (err == OK && found == NULL) {
		engine_add(engine, number, at_us, bytes);
		found = &engine->rows[engine->count - 1];
	}
	if (err == OK && engine->loses)
		err = (fail)(reason, ERR_IO, "the connection was lost");
	engine->loses = false;
	if (err == OK)
		*row = *found;
	pthread_mutex_unlock(&engine->mutex);
	return err;
}

static inline enum err engine_next(
	void *self, uint64_t after, uint64_t applied, struct intake_row *row, struct reason *reason)
{
	struct engine *engine = self;
	CHECK(applied <= after);
	pthread_mutex_lock(&engine->mutex);
	bool has = after < engine->count;
	if (has)
		*row = engine->rows[after];
	bool withholds = engine->withholds;
	pthread_mutex_unlock(&engine->mutex);
	if (has && withholds)
		return (fail)(reason, ERR_CONFLICT, "the promise is broken");
	return has ? OK : ERR_NOT_FOUND;
}

static inline enum err engine_wait(void *self, int64_t us, struct reason *reason)
{
	const struct clock clock = clock_system();
	(void)self;
	(void)us;
	(void)reason;
	clock_sleep(&clock, 500);
	return OK;
}

static inline void engine_nothing(void *self)
{
	(void)self;
}

/* Another node of the same log: its rows have no number here. */
static inline enum err other_next(
	void *self, uint64_t after, uint64_t applied, struct intake_row *row, struct reason *reason)
{
	enum err err = engine_next(self, after, applied, row, reason);
	row->number = 0;
	return err;
}

static inline void engine_release(struct engine *engine)
{
	for (unsigned i = 0; i < engine->count; i++)
		free((void *)(uintptr_t)engine->rows[i].bytes.data);
	pthread_mutex_destroy(&engine->mutex);
}

struct node {
	struct house house;
	struct front *front;
	atomic_uint applied;
	atomic_uint acts;
	atomic_uint act_pos; /* of the last one */
	atomic_bool settles; /* an act waits until this is so, as for the figures; else it is broken
				off */
};

static inline void node_applied(void *context)
{
	struct node *node = context;
	atomic_fetch_add(&node->applied, 1);
}

/*
 * As when the daemon is told to end in the middle of an erasure; or one of nobody, for which the
 * figures had to be up to date.
 */
static inline enum err node_act(void *context, const struct proposal_act *act, int64_t at_us,
	const struct log_place *place, struct acted *acted, struct reason *reason)
{
	struct node *node = context;
	(void)acted;
	(void)at_us;
	(void)reason;
	assert_int_equal(act->type, LOG_ACT_ERASED);
	atomic_store(&node->act_pos, (unsigned)place->pos);
	atomic_fetch_add(&node->acts, 1);
	if (!atomic_load(&node->settles))
		return ERR_STOPPED;
	AWAIT(!atomic_load(&node->settles));
	return ERR_NOT_FOUND;
}

/* On a store that is there. */
static inline void node_begin(struct node *node, struct engine *engine, bool other)
{
	struct house *house = &node->house;
	house->counters = (struct counters){ 0 };
	const struct committer_limits limits = { 1000, SIZE_MAX, false, true };
	clock_virtual_init(&house->time, STORE_NOW_US);
	const struct clock clock = clock_virtual(&house->time);
	counters_init(&house->counters, 0);
	assert_int_equal(committer_start(house->store.log, &clock, &limits, &house->counters,
				 &house->committer),
		OK);
	const struct front_options options = {
		.intake = {
			.self = engine,
			.connect = engine_connect,
			.look = engine_look,
			.propose = engine_propose,
			.next = other ? other_next : engine_next,
			.wait = engine_wait,
			.wake = engine_nothing,
			.disconnect = engine_nothing,
		},
		.clock = &clock,
		.log = house->store.log,
		.committer = house->committer,
		.limits = limits,
		.rules = { .definitions = 2 },
		.applied = node_applied,
		.act = node_act,
		.context = node,
	};
	assert_int_equal(front_start(&options, &node->front), OK);
}

static inline void node_open(struct node *node, struct engine *engine, bool other)
{
	store_make(&node->house.store);
	node_begin(node, engine, other);
}

static inline void engine_init(struct engine *engine)
{
	*engine = (struct engine){ .count = 0 };
	pthread_mutex_init(&engine->mutex, NULL);
}

static inline bool is_away(struct node *node)
{
	struct reason reason;
	return front_is_away(node->front, &reason);
}

static inline void node_make(struct node *node, struct engine *engine)
{
	*node = (struct node){ .front = NULL };
	engine_init(engine);
	node_open(node, engine, false);
	AWAIT(!is_away(node));
}

static inline void node_close(struct node *node)
{
	front_stop(node->front);
	committer_stop(node->house.committer);
	front_free(node->front);
	committer_free(node->house.committer);
	counters_release(&node->house.counters);
	clock_virtual_release(&node->house.time);
	store_end(&node->house.store);
}

/*
 * Returns when so many threads have nothing to do, the committer among them; the front is in real
 * time.
 */
static inline void node_rest(struct node *node, size_t threads)
{
	int64_t us;
	while ((us = clock_virtual_rest(&node->house.time, threads)) <= LINGER_US)
		clock_virtual_advance(&node->house.time, us);
}

#endif
