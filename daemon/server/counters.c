/*
 * daemon/server/counters.c - see counters.h.
 */
#include "daemon/server/counters.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/check.h"

/* Microseconds: 0.5 ms to 8 s, doubling. */
static const int64_t commit_bounds[] = { 500, 1000, 2000, 4000, 8000, 16000, 32000, 64000, 128000,
	256000, 512000, 1024000, 2048000, 4096000, 8192000 };
static const int64_t batch_bounds[] = { 1, 10, 100, 1000, 10000, 100000 };

void counters_init(struct counters *counters, int64_t now_us)
{
	memset(counters, 0, sizeof(*counters));
	counters->commit_us.bounds = commit_bounds;
	counters->commit_us.bound_count = ARRAY_LENGTH(commit_bounds);
	counters->batch_events.bounds = batch_bounds;
	counters->batch_events.bound_count = ARRAY_LENGTH(batch_bounds);
	counters->started_us = now_us;
	counters->process_files = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	counters->process_memory = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
}

void counters_release(struct counters *counters)
{
	if (counters->process_files >= 0)
		close(counters->process_files);
	if (counters->process_memory >= 0)
		close(counters->process_memory);
}

void histogram_count(struct histogram_counter *histogram, int64_t value)
{
	size_t bucket = 0;
	while (bucket < histogram->bound_count && value > histogram->bounds[bucket])
		bucket++;
	atomic_fetch_add_explicit(&histogram->buckets[bucket], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&histogram->sum, value, memory_order_relaxed);
}

void counters_reader(struct counters *counters, struct bytes name, uint64_t seq, int64_t now_us)
{
	struct reader_counter *oldest = &counters->readers[0];
	CHECK(name.length > 0 && name.length <= READER_NAME_MAX);
	for (size_t i = 0; i < READERS_NAMED_MAX; i++) {
		struct reader_counter *reader = &counters->readers[i];
		if (bytes_are(name, reader->name)) {
			reader->seq = seq;
			reader->seen_us = now_us;
			return;
		}
		if (oldest->name[0] != '\0' &&
			(reader->name[0] == '\0' || reader->seen_us < oldest->seen_us))
			oldest = reader;
	}
	*oldest = (struct reader_counter){ .seq = seq, .seen_us = now_us };
	memcpy(oldest->name, name.data, name.length);
}

struct partner_counter *counters_partner(struct counters *counters, struct bytes name)
{
	for (size_t i = 0; i < counters->partner_count; i++) {
		if (bytes_are(name, counters->partners[i].name))
			return &counters->partners[i];
	}
	if (counters->partner_count > PARTNERS_COUNTED_MAX)
		return &counters->partners[PARTNERS_COUNTED_MAX];
	struct partner_counter *partner = &counters->partners[counters->partner_count++];
	bool other = counters->partner_count > PARTNERS_COUNTED_MAX ||
		     name.length >= sizeof(partner->name);
	snprintf(partner->name, sizeof(partner->name), "%.*s", other ? 5 : (int)name.length,
		other ? "other" : (const char *)name.data);
	return partner;
}

/* HELP and TYPE. In OpenMetrics a counter's family has no _total. */
static void family(struct text *out, enum exposition exposition, const char *name, const char *type,
	const char *help)
{
	size_t length = strlen(name);
	static const char total[] = "_total";
	if (exposition == EXPOSITION_OPENMETRICS && strcmp(type, "counter") == 0) {
		CHECK(length > strlen(total) && strcmp(name + length - strlen(total), total) == 0);
		length -= strlen(total);
	}
	text_printf(out, "# HELP %.*s %s\n# TYPE %.*s %s\n", (int)length, name, help, (int)length,
		name, type);
}

static void single(struct text *out, enum exposition exposition, const char *name, const char *type,
	const char *help, double value)
{
	family(out, exposition, name, type, help);
	text_printf(out, "%s %.17g\n", name, value);
}

static void print_histogram(struct text *out, enum exposition exposition, const char *name,
	const char *help, const struct histogram_counter *histogram, double scale)
{
	uint64_t count = 0;
	family(out, exposition, name, "histogram", help);
	for (size_t i = 0; i <= histogram->bound_count; i++) {
		count += atomic_load_explicit(&histogram->buckets[i], memory_order_relaxed);
		if (i < histogram->bound_count) {
			/* le is printed alike in both formats, and as a float: 1.0. */
			double bound = (double)histogram->bounds[i] / scale;
			char le[32];
			snprintf(le, sizeof(le), "%.10g", bound);
			text_printf(out, "%s_bucket{le=\"%s%s\"} %llu\n", name, le,
				strpbrk(le, ".e") == NULL ? ".0" : "", (unsigned long long)count);
		} else {
			text_printf(out, "%s_bucket{le=\"+Inf\"} %llu\n", name,
				(unsigned long long)count);
		}
	}
	text_printf(out, "%s_sum %.17g\n%s_count %llu\n", name,
		(double)atomic_load_explicit(&histogram->sum, memory_order_relaxed) / scale, name,
		(unsigned long long)count);
}

static void print_partners(
	const struct counters *counters, enum exposition exposition, struct text *out)
{
	static const char *const results[RESULT_COUNT] = { "accepted", "duplicate", "rejected" };
	family(out, exposition, "ladderd_events_total", "counter",
		"Events received since the start, by partner and by what became of them.");
	for (size_t i = 0; i < counters->partner_count; i++) {
		for (int result = 0; result < RESULT_COUNT; result++)
			text_printf(out,
				"ladderd_events_total{partner=\"%s\",result=\"%s\"} %llu\n",
				counters->partners[i].name, results[result],
				(unsigned long long)counters->partners[i].events[result]);
	}
	family(out, exposition, "ladderd_last_event_timestamp_seconds", "gauge",
		"When the last event of the partner was accepted.");
	for (size_t i = 0; i < counters->partner_count; i++) {
		if (counters->partners[i].last_event_us != 0)
			text_printf(out,
				"ladderd_last_event_timestamp_seconds{partner=\"%s\"} %.6f\n",
				counters->partners[i].name,
				(double)counters->partners[i].last_event_us / 1e6);
	}
}

static void print_rejections(
	const struct counters *counters, enum exposition exposition, struct text *out)
{
	family(out, exposition, "ladderd_rejections_total", "counter",
		"Rejected events since the start, by code.");
	for (int code = 0; code < REJECTION_CODE_COUNT; code++)
		text_printf(out, "ladderd_rejections_total{code=\"%s\"} %llu\n",
			rejection_code_name((enum rejection_code)code),
			(unsigned long long)counters->rejections[code]);
}

static void print_sign_ins(
	const struct counters *counters, enum exposition exposition, struct text *out)
{
	static const char *const ways[] = { "bearer", "basic", "form", "stream", "other" };
	CHECK_STATIC(ARRAY_LENGTH(ways) == SIGN_IN_WAYS);
	family(out, exposition, "ladderd_sign_ins_refused_total", "counter",
		"Wrong tokens that were shown since the start, by how they came.");
	for (int way = 0; way < SIGN_IN_WAYS; way++)
		text_printf(out, "ladderd_sign_ins_refused_total{by=\"%s\"} %llu\n", ways[way],
			(unsigned long long)counters->sign_ins_refused[way]);
}

/* Doors without TLS have no such samples. */
static void print_tls(const struct counters *counters, enum exposition exposition, struct text *out)
{
	static const char *const names[] = { "http", "stream" };
	static const char failed[] = "ladderd_handshakes_failed_total";
	static const char ends[] = "ladderd_certificate_not_after_timestamp_seconds";
	CHECK_STATIC(ARRAY_LENGTH(names) == DOORS);
	family(out, exposition, failed, "counter",
		"Handshakes of TLS that failed, or were not whole in time, since the start.");
	for (int door = 0; door < DOORS; door++) {
		if (counters->certificate_not_after[door] != 0)
			text_printf(out, "%s{listener=\"%s\"} %llu\n", failed, names[door],
				(unsigned long long)counters->handshakes_failed[door]);
	}
	family(out, exposition, ends, "gauge", "When the certificate of the listener ends.");
	for (int door = 0; door < DOORS; door++) {
		if (counters->certificate_not_after[door] != 0)
			text_printf(out, "%s{listener=\"%s\"} %lld\n", ends, names[door],
				(long long)counters->certificate_not_after[door]);
	}
}

static void print_readers(
	const struct counters *counters, enum exposition exposition, struct text *out)
{
	static const char name[] = "ladderd_log_reader_seq";
	family(out, exposition, name, "gauge",
		"The record up to which a reader of the log that gives its name has it.");
	for (size_t i = 0; i < READERS_NAMED_MAX; i++) {
		const struct reader_counter *reader = &counters->readers[i];
		if (reader->name[0] != '\0')
			text_printf(out, "%s{reader=\"%s\"} %llu\n", name, reader->name,
				(unsigned long long)reader->seq);
	}
}

static double open_files(int folder)
{
	int fd = folder < 0 ? -1 : fcntl(folder, F_DUPFD_CLOEXEC, 0);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	double count = 0;
	if (directory == NULL) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	rewinddir(directory);
	while (readdir(directory) != NULL)
		count++;
	closedir(directory);
	return count - 3; /* ., .. and the directory itself */
}

/* Pages of the process, all and those in memory; 0 when the kernel does not say. */
static void read_memory(int fd, long long *virtual_pages, long long *resident_pages)
{
	char text[128];
	ssize_t length = fd < 0 ? -1 : pread(fd, text, sizeof(text) - 1, 0);
	*virtual_pages = *resident_pages = 0;
	if (length <= 0)
		return;
	text[length] = '\0';
	char *end;
	*virtual_pages = strtoll(text, &end, 10);
	*resident_pages = strtoll(end, NULL, 10);
}

static void print_process(
	const struct counters *counters, enum exposition exposition, struct text *out)
{
	struct rusage usage;
	struct rlimit files;
	long long virtual_pages, resident_pages;
	getrusage(RUSAGE_SELF, &usage);
	getrlimit(RLIMIT_NOFILE, &files);
	read_memory(counters->process_memory, &virtual_pages, &resident_pages);
	double page = (double)sysconf(_SC_PAGESIZE);
	double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
		     (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
	single(out, exposition, "process_cpu_seconds_total", "counter",
		"Total user and system CPU time spent in seconds.", cpu);
	single(out, exposition, "process_open_fds", "gauge", "Number of open file descriptors.",
		open_files(counters->process_files));
	single(out, exposition, "process_max_fds", "gauge",
		"Maximum number of open file descriptors.", (double)files.rlim_cur);
	single(out, exposition, "process_virtual_memory_bytes", "gauge",
		"Virtual memory size in bytes.", (double)virtual_pages * page);
	single(out, exposition, "process_resident_memory_bytes", "gauge",
		"Resident memory size in bytes.", (double)resident_pages * page);
	single(out, exposition, "process_start_time_seconds", "gauge",
		"Start time of the process since unix epoch in seconds.",
		(double)counters->started_us / 1e6);
}

void counters_print_age(int64_t age_us, enum exposition exposition, struct text *out)
{
	single(out, exposition, "ladderd_figures_age_seconds", "gauge",
		"How long the figures shown have lacked records of the log; 0: they lack none.",
		(double)age_us / 1e6);
}

void counters_print_lag(uint64_t lag_records, enum exposition exposition, struct text *out)
{
	single(out, exposition, "ladderd_follower_lag_records", "gauge",
		"Records of the ladderd that is followed that are not here, as far as is known.",
		(double)lag_records);
}

void counters_print_store(
	const struct counters_store *store, enum exposition exposition, struct text *out)
{
	single(out, exposition, "ladderd_log_writable", "gauge",
		"1: events are taken; 0: a commit failed, the store is damaged, or space is short.",
		store->writable ? 1 : 0);
	single(out, exposition, "ladderd_scrub_round_ratio", "gauge",
		"How much of the store the scrub has read in this round.", store->scrub_round);
	single(out, exposition, "ladderd_scrub_findings_total", "counter",
		"Pages of the store that the scrub found to be not as they were written.",
		(double)store->scrub_findings);
	single(out, exposition, "ladderd_reader_oldest_seconds", "gauge",
		"How long the oldest view of the store is held that keeps pages from being used "
		"again.",
		(double)store->reader_age_us / 1e6);
}

void counters_print(const struct counters *counters, enum exposition exposition, bool with_partners,
	struct text *out)
{
	if (with_partners)
		print_partners(counters, exposition, out);
	print_rejections(counters, exposition, out);
	print_sign_ins(counters, exposition, out);
	print_tls(counters, exposition, out);
	print_histogram(out, exposition, "ladderd_commit_duration_seconds",
		"How long it took to make a group of batches durable.", &counters->commit_us, 1e6);
	print_histogram(out, exposition, "ladderd_batch_events", "Events in a request.",
		&counters->batch_events, 1);
	single(out, exposition, "ladderd_log_last_seq", "gauge",
		"The log is durable up to this record.", (double)atomic_load(&counters->last_seq));
	print_readers(counters, exposition, out);
	single(out, exposition, "ladderd_applied_seq", "gauge",
		"The figures shown include the log up to this record.",
		(double)atomic_load(&counters->applied_seq));
	single(out, exposition, "ladderd_log_bytes", "gauge", "Bytes of the store in use.",
		(double)atomic_load(&counters->log_bytes));
	single(out, exposition, "ladderd_log_bytes_max", "gauge", "Bytes the store may grow to.",
		(double)atomic_load(&counters->log_bytes_max));
	family(out, exposition, "ladderd_connections", "gauge", "Open connections, by listener.");
	text_printf(out, "ladderd_connections{listener=\"http\"} %llu\n",
		(unsigned long long)atomic_load(&counters->http_connections));
	text_printf(out, "ladderd_connections{listener=\"stream\"} %llu\n",
		(unsigned long long)atomic_load(&counters->stream_connections));
	family(out, exposition, "ladderd_build_info", "gauge", "Always 1; the version is a label.");
	text_printf(out, "ladderd_build_info{version=\"%s\"} 1\n", LADDERD_VERSION);
	print_process(counters, exposition, out);
}
