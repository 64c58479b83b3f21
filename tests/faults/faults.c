/*
 * tests/faults/faults.c - plays a whole ladderd but for its doors, in one process and in virtual
 * time, on a disk that fails; see world.h and disk.h.
 *
 *   faults simulate SEEDS [FIRST]     stories made up by seed, with all faults mixed in
 *   faults states STATES [FIRST]      what a power cut at any place can leave of a disk
 *   faults calls [EVERY]              each call of a story fails, one after the other
 *
 * FIRST is a seed; without it the clock gives one. Prints counts and the seed; ends with 0 when
 * everything held, else with 1 after saying what did not, and how to see it again. EVERY is the
 * stride through the allocations, which are many.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "base/date.h"
#include "tests/faults/world.h"

#define STEPS_MAX  24
#define SIZE_SMALL ((size_t)192 << 10)
#define SIZE_LARGE ((size_t)64 << 20)

static struct {
	char root[PLACE_MAX / 2];
	char store[PLACE_MAX];
	char state[PLACE_MAX]; /* what a crash left */
	char copy[PLACE_MAX];
} place;

static void place_make(void)
{
	const char *memory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	snprintf(place.root, sizeof(place.root), "%s/ladderd-faults-XXXXXX", memory);
	CHECK(mkdtemp(place.root) != NULL);
	snprintf(place.store, sizeof(place.store), "%s/store", place.root);
	snprintf(place.state, sizeof(place.state), "%s/state", place.root);
	snprintf(place.copy, sizeof(place.copy), "%s/copy", place.root);
	CHECK(mkdir(place.store, 0700) == 0 && mkdir(place.state, 0700) == 0 &&
		mkdir(place.copy, 0700) == 0);
}

static void place_end(void)
{
	folder_empty(place.store);
	folder_empty(place.state);
	folder_empty(place.copy);
	rmdir(place.store);
	rmdir(place.state);
	rmdir(place.copy);
	rmdir(place.root);
}

static uint64_t seed_of(const char *given)
{
	const struct clock clock = clock_system();
	return given != NULL ? strtoull(given, NULL, 10) : (uint64_t)clock_now_us(&clock) / 1000;
}

/* -- the simulation */

static struct {
	uint64_t stories, crashes, failures, pushes, refusals, events, answers, jumps, starts;
} sum;

/* The clock is wrong, or right again. */
static void jump(struct world *world)
{
	static const int64_t days[] = { 0, 1, -1, 30, -30, 400, -400, 3650, -3650 };
	/* 1970; the last second of a year; both ends of summer time; as it should be. */
	static const int64_t instants[] = { 0, 1735686000, 1743296399, 1761440399, 1767222000,
		20000 * INT64_C(86400) };
	struct chance *chance = &world->chance;
	int64_t now_us = clock_now_us(&world->clock), to_us;
	if (chance_in(chance, 3))
		to_us = instants[chance_below(chance, ARRAY_LENGTH(instants))] * US_PER_SECOND;
	else
		to_us = now_us + days[chance_below(chance, ARRAY_LENGTH(days))] * US_PER_DAY +
			(int64_t)chance_below(chance, 7200) * US_PER_SECOND - US_PER_SECOND * 3600;
	clock_virtual_set(&world->time, to_us < 0 ? 0 : to_us);
	sum.jumps++;
}

static void fault_arm(struct world *world)
{
	static const int errors[] = { EIO, ENOSPC, EMFILE, ENOMEM };
	struct chance *chance = &world->chance;
	struct fault fault = {
		.call = (enum call)chance_below(chance, CALL_COUNT),
		.number = 1 + chance_below(chance, chance_in(chance, 2) ? 4 : 40),
		.for_good = chance_in(chance, 2),
		.error = errors[chance_below(chance, ARRAY_LENGTH(errors))],
		.how = (enum how)chance_below(chance, 3),
	};
	if (fault.call == CALL_MALLOC)
		fault.number *= 1 + chance_below(chance, 20);
	if (fault.call >= CALL_FDATASYNC && fault.how == HOW_IS_SHORT)
		fault.how = HOW_FAILS;
	if (fault.call >= CALL_MMAP)
		fault.how = HOW_FAILS;
	disk_fault(&fault);
	world_note(" fault(%s,%llu%s,%d,%d)", call_name(fault.call),
		(unsigned long long)fault.number, fault.for_good ? "..." : "", fault.error,
		(int)fault.how);
}

static void step(struct world *world)
{
	struct chance *chance = &world->chance;
	clock_virtual_advance(
		&world->time, (int64_t)chance_below(chance, 4) * 1800 * US_PER_SECOND);
	unsigned what = (unsigned)chance_below(chance, 12);
	static const char *const names[] = { "save", "rest", "jump", "backup", "follow", "follow",
		"follow", "push", "push", "push", "push", "push" };
	world_note(" %s", names[what]);
	switch (what) {
	case 0:
		world_save(world);
		break;
	case 1:
		world_rest(world);
		break;
	case 2:
		jump(world);
		break;
	case 3:
		if (chance_in(chance, 4)) {
			folder_empty(place.copy);
			world_backup(world, place.copy);
		}
		break;
	case 4:
	case 5:
	case 6:
		world_follow(world);
		break;
	default:
		world_push(world);
	}
}

/* From here on the disk is what a crash at this moment leaves. */
static void crash(struct world *world)
{
	size_t length = disk_length();
	/* What is still written while the process ends is not. */
	disk_stop_at(length == 0 ? 1 : length);
	world_close(world);
	folder_empty(place.state);
	disk_rebuild(length, false, &world->chance, place.state);
	folder_empty(place.store);
	disk_begin(place.state);
	char path[PLACE_MAX];
	memcpy(path, place.store, sizeof(path));
	memcpy(place.store, place.state, sizeof(path));
	memcpy(place.state, path, sizeof(path));
	snprintf(world->store, sizeof(world->store), "%s", place.store);
	sum.crashes++;
	world_note(" crash(%zu)", length);
}

/* What was known is on the disk that is there now. */
static void known_now(struct world *world)
{
	for (size_t i = 0; i < world->said_count; i++)
		world->said[i].known_at = 0;
	for (size_t i = 0; i < world->answered_count; i++)
		world->answered[i].known_at = 0;
}

static void start(struct world *world)
{
	known_now(world);
	sum.starts++;
	world_note(" start(%zu)", world->size_max);
	if (world_open(world))
		return;
	world_note(" (%s)", world->reason.text);
	/* A start may fail for what fails; when that is over the next one succeeds. */
	HOLDS(world, world_may_fail(world));
	if (disk_has_stopped())
		crash(world);
	disk_fault(NULL);
	disk_stop_at(0);
	world_size(world, SIZE_LARGE);
	HOLDS(world, world_open(world));
}

static void story(uint64_t seed)
{
	static struct world world;
	world_tell("again with: faults simulate 1 %llu", (unsigned long long)seed);
	folder_empty(place.store);
	world_init(&world, place.store, seed);
	disk_begin(place.store);
	size_t steps = 4 + chance_below(&world.chance, STEPS_MAX);
	if (chance_in(&world.chance, 4))
		fault_arm(&world);
	else if (chance_in(&world.chance, 4))
		world_size(&world, SIZE_SMALL + chance_below(&world.chance, SIZE_SMALL));
	start(&world);
	for (size_t i = 0; i < steps; i++) {
		struct reason reason;
		if (chance_in(&world.chance, 6)) {
			fault_arm(&world);
		} else if (chance_in(&world.chance, 3)) {
			disk_fault(NULL);
			world_note(" well");
		}
		if (chance_in(&world.chance, 8))
			disk_stop_at(disk_length() + 1 + chance_below(&world.chance, 20));
		step(&world);
		bool over = chance_in(&world.chance, 12);
		bool failed = committer_has_failed(world.committer, &reason);
		sum.failures += failed;
		if (disk_has_stopped()) {
			crash(&world);
		} else if (over || failed) {
			if (over)
				world_save(&world);
			world_close(&world);
			world_note(failed ? " stop(failed)" : " stop");
			if (failed)
				world_size(&world, SIZE_LARGE);
			if (chance_in(&world.chance, 2)) {
				disk_fault(NULL);
				world_note(" well");
			}
		}
		if (world.log == NULL)
			start(&world);
	}
	disk_fault(NULL);
	disk_stop_at(0);
	world_close(&world);
	if (disk_has_stopped())
		crash(&world);
	world_check(&world, place.store, SIZE_MAX, true);
	sum.stories++;
	sum.pushes += world.pushes;
	sum.refusals += world.refusals;
	sum.events += world.accepted;
	sum.answers += world.answered_count;
	world_release(&world);
}

static int simulate(uint64_t seeds, uint64_t first)
{
	for (uint64_t i = 0; i < seeds; i++)
		story(first + i);
	printf("simulation: %llu seeds from %llu: %llu starts, %llu crashes, %llu commits that "
	       "failed, %llu jumps of the clock; %llu pushes acknowledged, %llu refused, %llu "
	       "events accepted; all that was promised held\n",
		(unsigned long long)sum.stories, (unsigned long long)first,
		(unsigned long long)sum.starts, (unsigned long long)sum.crashes,
		(unsigned long long)sum.failures, (unsigned long long)sum.jumps,
		(unsigned long long)sum.pushes, (unsigned long long)sum.refusals,
		(unsigned long long)sum.events);
	return 0;
}

/* -- the states that a crash can leave */

/* A story without faults, of a new store to its end; its journal is kept. */
static void story_written(struct world *world, uint64_t seed)
{
	folder_empty(place.store);
	world_init(world, place.store, seed);
	disk_begin(place.store);
	HOLDS(world, world_open(world));
	for (size_t i = 0; i < 8; i++) {
		world_push(world);
		if (i % 3 == 1)
			world_follow(world);
		if (i % 4 == 2)
			world_save(world);
		if (i % 5 == 3)
			world_rest(world);
		clock_virtual_advance(&world->time, 3600 * US_PER_SECOND);
		if (i == 4) {
			world_close(world);
			HOLDS(world, world_open(world));
		}
	}
	world_save(world);
	world_close(world);
}

#define STATES_OF_A_STORY 400

static int states(uint64_t count, uint64_t first)
{
	static struct world world;
	uint64_t stories = 0, places = 0;
	for (uint64_t done = 0; done < count; stories++) {
		uint64_t seed = first + stories;
		story_written(&world, seed);
		places += disk_length();
		struct chance chance = { seed };
		for (size_t i = 0; i < STATES_OF_A_STORY && done < count; i++, done++) {
			size_t length = 1 + chance_below(&chance, disk_length());
			world_tell("again with: faults states %d %llu; state %zu: after %zu of %zu "
				   "operations",
				STATES_OF_A_STORY, (unsigned long long)seed, i, length,
				disk_length());
			folder_empty(place.state);
			disk_rebuild(length, true, &chance, place.state);
			/* What an operation makes durable is promised after it only. */
			world_check(&world, place.state, length - 1, i % 8 == 0);
		}
		world_release(&world);
	}
	printf("crash states: %llu of %llu stories from seed %llu, with %llu places where the "
	       "power can fail: each opened, nothing acknowledged was missing\n",
		(unsigned long long)count, (unsigned long long)stories, (unsigned long long)first,
		(unsigned long long)places);
	return 0;
}

/* -- each call fails */

/* The same story each time: an order of everything there is. */
static void story_of_calls(struct world *world, const struct fault *fault)
{
	folder_empty(place.store);
	folder_empty(place.copy);
	world_init(world, place.store, 7);
	disk_begin(place.store);
	disk_fault(fault);
	for (size_t i = 0; i < 6; i++) {
		struct reason reason;
		if (world->log == NULL && !world_open(world)) {
			HOLDS(world, disk_has_failed());
			if (fault->for_good)
				break;
			continue;
		}
		world_push(world);
		if (i % 2 == 0)
			world_follow(world);
		if (i == 2)
			world_rest(world);
		if (i == 3)
			world_save(world);
		if (i == 4)
			world_backup(world, place.copy);
		if (i == 3 || committer_has_failed(world->committer, &reason))
			world_close(world);
	}
	world_save(world);
	world_close(world);
}

static uint64_t call_fails(enum call call, const struct fault *like, uint64_t every)
{
	static struct world world;
	uint64_t runs = 0;
	for (uint64_t number = 1;; number += every) {
		struct fault fault = *like;
		fault.call = call;
		fault.number = number;
		world_tell("call %s, number %llu%s, %s, errno %d", call_name(call),
			(unsigned long long)number, fault.for_good ? " and all after it" : "",
			fault.how == HOW_FAILS      ? "it fails"
			: fault.how == HOW_IS_SHORT ? "it is short"
						    : "it is done and reported as failed",
			fault.error);
		story_of_calls(&world, &fault);
		bool failed = disk_has_failed();
		disk_fault(NULL);
		world_check(&world, place.store, SIZE_MAX, true);
		world_release(&world);
		runs += failed;
		if (!failed)
			break;
	}
	return runs;
}

static int calls(uint64_t every)
{
	uint64_t total = 0;
	for (int i = 0; i < CALL_COUNT; i++) {
		enum call call = (enum call)i;
		static const int errors[] = { EIO, ENOSPC };
		uint64_t stride = call == CALL_MALLOC ? every : 1 + every / 40, runs = 0;
		for (unsigned j = 0; j < 2 * 2 * 3; j++) {
			struct fault fault = {
				.for_good = j % 2 == 1,
				.error = call == CALL_MALLOC ? ENOMEM
					 : call == CALL_OPEN ? EMFILE
							     : errors[j / 2 % 2],
				.how = (enum how)(j / 4),
			};
			bool writes = call <= CALL_WRITE,
			     is_file = call < CALL_MMAP || call == CALL_RENAME;
			if ((fault.how == HOW_IS_SHORT && !writes) ||
				(fault.how == HOW_DONE_AND_FAILED && !is_file))
				continue;
			/* One errno does where nobody looks at it. */
			if (j / 2 % 2 == 1 && call > CALL_FTRUNCATE)
				continue;
			runs += call_fails(call, &fault, stride);
		}
		printf("  %-16s %llu runs in which it failed\n", call_name(call),
			(unsigned long long)runs);
		total += runs;
	}
	printf("calls: %llu runs in which a call failed: no false acknowledgement, no rejection, "
	       "each store opened again\n",
		(unsigned long long)total);
	return 0;
}

static void aborted(int number)
{
	(void)number;
	world_fails(NULL, "it was ended by a signal", __FILE__, __LINE__);
}

int main(int argc, char **argv)
{
	uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
	bool counted = argc == 3 || argc == 4;
	signal(SIGABRT, aborted);
	signal(SIGSEGV, aborted);
	signal(SIGBUS, aborted);
	place_make();
	world_at_failure(place_end);
	int code = 64;
	if (argc > 1 && strcmp(argv[1], "simulate") == 0 && counted && count > 0)
		code = simulate(count, seed_of(argv[3]));
	else if (argc > 1 && strcmp(argv[1], "states") == 0 && counted && count > 0)
		code = states(count, seed_of(argv[3]));
	else if (argc > 1 && strcmp(argv[1], "calls") == 0 && argc <= 3)
		code = calls(count > 0 ? count : 1);
	else
		fputs("usage: faults simulate|states|calls ...: see the top of faults.c\n", stderr);
	place_end();
	return code;
}
