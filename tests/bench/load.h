/*
 * tests/bench/load.h - the parts of bench-load: the events that are made, the doors they
 * are pushed through, and bare LMDB. A failure ends the program with a sentence.
 */
#ifndef TESTS_BENCH_LOAD_H
#define TESTS_BENCH_LOAD_H

#include "base/err.h"
#include "base/text.h"

/* What is asked for; the options are explained in load.c. */
struct load {
	const char *what;
	const char *to;
	const char *token_file;
	const char *store;
	const char *municipality;
	size_t events;
	size_t batch;
	size_t pipeline;
	size_t connections;
	size_t rate;
	size_t people;
	size_t seed;
	size_t group;
	size_t record;
	size_t preload;
	size_t pid_number;
	long pid;
	bool random_ids;
	bool fixed_mix;
};

_Noreturn void give_up(const char *format, ...) PRINTF_LIKE(1, 2);

/* The machine's monotonic clock. */
int64_t monotonic_us(void);

/* Zeroed, for free(). */
void *memory_take(size_t count, size_t size);

struct random {
	uint64_t state;
};
uint64_t random_next(struct random *random);

/* Milliseconds of each request, or commit. `ms` is for free(). */
struct times {
	float *ms;
	size_t count;
};

/* All requests, one after another in one piece of memory, as they go over the wire. */
struct requests {
	struct text bytes;
	size_t *ends; /* of request i in `bytes` */
	size_t count;
	size_t protobuf_bytes; /* of the events alone */
};
void requests_make(const struct load *load, struct requests *out);
void requests_release(struct requests *requests);

/* True: the requests are those of the stream; else HTTP's. */
bool load_is_stream(const struct load *load);

/* The token, to be freed by the caller. */
char *token_read(const struct load *load);

struct door_result {
	double seconds; /* from the first byte sent to the last answer */
	struct times times;
	uint64_t accepted;
	uint64_t duplicates;
};
void door_run(const struct load *load, const struct requests *requests, struct door_result *out);

struct bare_result {
	double seconds;
	struct times times; /* bare-commit */
	uint64_t events;
};
void bare_run(const struct load *load, struct bare_result *out);

#endif
