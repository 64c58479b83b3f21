/*
 * tests/fuzz/config.c - any bytes as a configuration file.
 */
#include "daemon/server/config.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/check.h"

/* libFuzzer calls it with what it made up. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64];
	struct config *config = NULL;
	struct problems problems = { 0 };
	static const char *const no_flags[] = { NULL };
	int fd = memfd_create("config", 0);
	CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	enum err err = config_load(path, no_flags, &config, &problems);
	close(fd);
	/* It is right, or at least one sentence says what is wrong. */
	CHECK(err == OK || err == ERR_INVALID || err == ERR_FULL || err == ERR_IO);
	CHECK((err == OK) == (config != NULL));
	CHECK((err == OK) == (problems.count == 0));
	for (size_t i = 0; i < problems.count; i++)
		CHECK(problems.sentences[i][0] != '\0');
	if (err == OK) {
		CHECK(config->limits_workers >= 1 && config->limits_workers <= 64);
		config_free(config);
	}
	problems_release(&problems);
	return 0;
}
