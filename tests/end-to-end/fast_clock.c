/*
 * tests/end-to-end/fast_clock.c - a monotonic clock in which a second is a minute.
 *
 * Preloaded into `ladder`, so that who waits for a minute waits for a second.
 */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define TIMES 60

int clock_gettime(clockid_t id, struct timespec *out)
{
	static struct timespec begin;
	long result = syscall(SYS_clock_gettime, id, out);
	if (result != 0 || id == CLOCK_REALTIME)
		return (int)result;
	if (begin.tv_sec == 0)
		begin = *out;
	long long passed =
		(out->tv_sec - begin.tv_sec) * 1000000000LL + out->tv_nsec - begin.tv_nsec;
	long long faster = begin.tv_nsec + passed * TIMES;
	out->tv_sec = begin.tv_sec + faster / 1000000000;
	out->tv_nsec = faster % 1000000000;
	return 0;
}
