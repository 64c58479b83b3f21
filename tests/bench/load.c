/*
 * tests/bench/load.c - a load on ladderd, and bare LMDB beside it. One line of JSON each.
 *
 *   bench-load stream|http-json|http-protobuf --to ADDRESS:PORT --token-file FILE
 *       --events N        1000000; all are made before the clock starts
 *       --batch N         1000 events in a request
 *       --pipeline N      64 requests of a connection on their way; HTTP: always 1
 *       --connections N   1
 *       --rate N          events a second, sent at fixed times; 0, the default: at full speed.
 *                         Then ack_ms counts from the time a request should have been sent
 *       --ids WHICH       uuidv7 (grow with time; the default) or random (UUIDv4)
 *       --mix WHICH       lifelike (types, keys as in `ladder generate`; the default) or fixed
 *       --people N        100000
 *       --municipality M  GM0823
 *       --seed N          1; the same seed and ids=random: the same events, duplicates
 *       --pid N           of ladderd: its processor time is printed too
 *
 *   bench-load bare-append --store DIR --events N --group N --record BYTES [--rate N]
 *       MDB_APPEND of N records, a synced commit for each group; ack_ms is the time of a
 *       commit; with a rate each begins at a fixed time, and counts from there
 *   bench-load bare-commit --store DIR --events N --record BYTES
 *       the same with one record a commit; ack_ms is the time of a commit
 *   bench-load bare-naive --store DIR --events N --group N --record BYTES --preload N
 *       the same with a random id of 16 bytes put into a second table in the transaction,
 *       as it comes; --preload ids are there before the clock starts
 *   bench-load bare-scan --store DIR
 *       a cursor over the table `log` of DIR, which may be a store of ladderd
 *
 * Prints {"what", "events", "seconds", "events_per_second", "requests_per_second",
 * "ack_ms":{"p50","p90","p99","p999","max"}, ...}; doors also "accepted", "duplicates",
 * "rejected", "protobuf_bytes" (of the events), "client_cpu_seconds", and with --pid
 * "server_user_seconds", "server_system_seconds". Exit 0, or 1 with a sentence.
 */
#include "tests/bench/load.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/check.h"
#include "base/clock.h"

void give_up(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fputs("bench-load: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	exit(1);
}

int64_t monotonic_us(void)
{
	const struct clock clock = clock_system();
	return clock_monotonic_us(&clock);
}

void *memory_take(size_t count, size_t size)
{
	void *memory = calloc(count > 0 ? count : 1, size);
	if (memory == NULL)
		give_up("no memory");
	return memory;
}

uint64_t random_next(struct random *random)
{
	/* splitmix64 */
	uint64_t z = random->state += UINT64_C(0x9E3779B97F4A7C15);
	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

static int compare_float(const void *a, const void *b)
{
	float left, right;
	memcpy(&left, a, sizeof(left));
	memcpy(&right, b, sizeof(right));
	return (left > right) - (left < right);
}

static double percentile(const struct times *times, double share)
{
	size_t at = (size_t)(share * (double)times->count);
	return (double)times->ms[at < times->count ? at : times->count - 1];
}

static void times_print(struct times *times)
{
	if (times->count == 0)
		return;
	qsort(times->ms, times->count, sizeof(*times->ms), compare_float);
	printf(",\"ack_ms\":{\"p50\":%.3f,\"p90\":%.3f,\"p99\":%.3f,\"p999\":%.3f,\"max\":%.3f}",
		percentile(times, 0.5), percentile(times, 0.9), percentile(times, 0.99),
		percentile(times, 0.999), percentile(times, 1));
}

/* User and system time of a process, in seconds; false when there is none. */
static bool process_seconds(long pid, double out[2])
{
	char path[64], line[1024];
	unsigned long user, kernel;
	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	FILE *file = pid > 0 ? fopen(path, "r") : NULL;
	if (file == NULL)
		return false;
	size_t length = fread(line, 1, sizeof(line) - 1, file);
	fclose(file);
	line[length] = '\0';
	const char *after = strrchr(line, ')');
	if (after == NULL ||
		sscanf(after + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
			&kernel) != 2)
		return false;
	out[0] = (double)user / (double)sysconf(_SC_CLK_TCK);
	out[1] = (double)kernel / (double)sysconf(_SC_CLK_TCK);
	return true;
}

static double own_seconds(void)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	return (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void run_door(const struct load *load)
{
	struct requests requests;
	struct door_result result;
	double before[2], after[2];
	requests_make(load, &requests);
	bool has_server = process_seconds(load->pid, before);
	double own = own_seconds();
	door_run(load, &requests, &result);
	own = own_seconds() - own;
	has_server = has_server && process_seconds(load->pid, after);
	printf("{\"what\":\"%s\",\"events\":%zu,\"seconds\":%.4f,\"events_per_second\":%.0f,"
	       "\"requests_per_second\":%.0f",
		load->what, load->events, result.seconds, (double)load->events / result.seconds,
		(double)requests.count / result.seconds);
	times_print(&result.times);
	printf(",\"accepted\":%llu,\"duplicates\":%llu,\"rejected\":%llu,\"protobuf_bytes\":%zu,"
	       "\"client_cpu_seconds\":%.3f",
		(unsigned long long)result.accepted, (unsigned long long)result.duplicates,
		(unsigned long long)(load->events - result.accepted - result.duplicates),
		requests.protobuf_bytes, own);
	if (has_server)
		printf(",\"server_user_seconds\":%.2f,\"server_system_seconds\":%.2f",
			after[0] - before[0], after[1] - before[1]);
	printf("}\n");
	free(result.times.ms);
	requests_release(&requests);
}

static void run_bare(const struct load *load)
{
	struct bare_result result = { 0 };
	bare_run(load, &result);
	printf("{\"what\":\"%s\",\"events\":%llu,\"seconds\":%.4f,\"events_per_second\":%.0f",
		load->what, (unsigned long long)result.events, result.seconds,
		(double)result.events / result.seconds);
	times_print(&result.times);
	printf("}\n");
	free(result.times.ms);
}

static size_t number_of(const char *name, const char *text)
{
	char *end;
	errno = 0;
	unsigned long long value = strtoull(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || value > SIZE_MAX / 2)
		give_up("--%s must be a number", name);
	return (size_t)value;
}

static const char *one_of(const char *name, const char *text, const char *first, const char *second)
{
	if (strcmp(text, first) != 0 && strcmp(text, second) != 0)
		give_up("--%s must be %s or %s", name, first, second);
	return text;
}

enum {
	BATCH,
	CONNECTIONS,
	EVENTS,
	GROUP,
	IDS,
	MIX,
	MUNICIPALITY,
	PEOPLE,
	PID,
	PIPELINE,
	PRELOAD,
	RATE,
	RECORD,
	SEED,
	STORE,
	TO,
	TOKEN
};
static const struct option options[] = {
	{ "batch", 1, NULL, BATCH },
	{ "connections", 1, NULL, CONNECTIONS },
	{ "events", 1, NULL, EVENTS },
	{ "group", 1, NULL, GROUP },
	{ "ids", 1, NULL, IDS },
	{ "mix", 1, NULL, MIX },
	{ "municipality", 1, NULL, MUNICIPALITY },
	{ "people", 1, NULL, PEOPLE },
	{ "pid", 1, NULL, PID },
	{ "pipeline", 1, NULL, PIPELINE },
	{ "preload", 1, NULL, PRELOAD },
	{ "rate", 1, NULL, RATE },
	{ "record", 1, NULL, RECORD },
	{ "seed", 1, NULL, SEED },
	{ "store", 1, NULL, STORE },
	{ "to", 1, NULL, TO },
	{ "token-file", 1, NULL, TOKEN },
	{ NULL, 0, NULL, 0 },
};

static void load_read(int argc, char **argv, struct load *load)
{
	size_t *const numbers[] = {
		[BATCH] = &load->batch,
		[CONNECTIONS] = &load->connections,
		[EVENTS] = &load->events,
		[GROUP] = &load->group,
		[PEOPLE] = &load->people,
		[PID] = &load->pid_number,
		[PIPELINE] = &load->pipeline,
		[PRELOAD] = &load->preload,
		[RATE] = &load->rate,
		[RECORD] = &load->record,
		[SEED] = &load->seed,
		[TOKEN] = NULL,
	};
	int option, index;
	while ((option = getopt_long(argc, argv, "", options, &index)) >= 0) {
		if (option > TOKEN)
			give_up("the options are at the top of tests/bench/load.c");
		if (numbers[option] != NULL)
			*numbers[option] = number_of(options[index].name, optarg);
		else if (option == IDS)
			load->random_ids = *one_of("ids", optarg, "uuidv7", "random") == 'r';
		else if (option == MIX)
			load->fixed_mix = *one_of("mix", optarg, "lifelike", "fixed") == 'f';
		else
			*(option == MUNICIPALITY  ? &load->municipality
				: option == STORE ? &load->store
				: option == TO    ? &load->to
						  : &load->token_file) = optarg;
	}
	if (optind + 1 != argc)
		give_up("usage: bench-load WHAT [options]; see the top of tests/bench/load.c");
	load->what = argv[optind];
	load->pid = (long)load->pid_number;
}

int main(int argc, char **argv)
{
	struct load load = {
		.events = 1000000,
		.batch = 1000,
		.pipeline = 64,
		.connections = 1,
		.people = 100000,
		.seed = 1,
		.group = 10000,
		.record = 110,
		.municipality = "GM0823",
	};
	load_read(argc, argv, &load);
	if (load.events == 0 || load.batch == 0 || load.pipeline == 0 || load.connections == 0 ||
		load.people == 0 || load.group == 0 || load.record == 0)
		give_up("a number must be at least 1");
	if (strncmp(load.what, "bare-", 5) == 0)
		run_bare(&load);
	else
		run_door(&load);
	return 0;
}
