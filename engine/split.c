/*
 * engine/split.c - see split.h.
 */
#include "engine/split.h"

#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/check.h"

struct part_run {
	enum err (*run)(void *context, unsigned part);
	void *context;
	unsigned part;
	pthread_t thread;
	bool threaded;
	enum err err;
};

unsigned split_cores(void)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	return cores < 1 ? 1 : cores > SPLIT_MAX ? SPLIT_MAX : (unsigned)cores;
}

unsigned split_parts(unsigned threads, uint64_t work, uint64_t work_of_a_part)
{
	uint64_t parts = work / work_of_a_part;
	if (parts > threads)
		parts = threads;
	return parts < 1 ? 1 : parts > SPLIT_MAX ? SPLIT_MAX : (unsigned)parts;
}

static void *part_begin(void *context)
{
	struct part_run *part = context;
	part->err = part->run(part->context, part->part);
	return NULL;
}

enum err split_run(unsigned parts, enum err (*run)(void *context, unsigned part), void *context)
{
	struct part_run list[SPLIT_MAX];
	CHECK(parts >= 1 && parts <= SPLIT_MAX);
	for (unsigned i = 0; i < parts; i++) {
		list[i] = (struct part_run){ .run = run, .context = context, .part = i };
		list[i].threaded =
			i > 0 && pthread_create(&list[i].thread, NULL, part_begin, &list[i]) == 0;
	}
	for (unsigned i = 0; i < parts; i++) {
		if (!list[i].threaded)
			part_begin(&list[i]);
	}
	enum err err = OK;
	for (unsigned i = 0; i < parts; i++) {
		if (list[i].threaded)
			CHECK(pthread_join(list[i].thread, NULL) == 0);
		if (err == OK)
			err = list[i].err;
	}
	return err;
}
