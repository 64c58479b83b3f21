/*
 * tests/end-to-end/no_memory.c - the n-th allocation from now on fails, once.
 *
 * Preloaded into ladderd. The file named by NO_MEMORY has a number of 64 bits: while it is above
 * 0 each allocation counts it down, and the one that makes it 0 fails.
 *
 * What is built for coverage writes what ran when it ends, and does not look whether it got memory
 * for that: it asks for its own variables of the environment first, and from there on none fails.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static int64_t *left;
static int ended; /* all that follows is not the program's */

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("NO_MEMORY");
	int fd = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return;
	void *page = mmap(NULL, sizeof(*left), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (page != MAP_FAILED)
		left = page;
}

static int fails(void)
{
	if (left == NULL || __atomic_load_n(&ended, __ATOMIC_SEQ_CST) != 0 ||
		__atomic_load_n(left, __ATOMIC_SEQ_CST) <= 0)
		return 0;
	if (__atomic_fetch_sub(left, 1, __ATOMIC_SEQ_CST) != 1)
		return 0;
	errno = ENOMEM;
	return 1;
}

char *getenv(const char *name)
{
	static char *(*next)(const char *name);
	if (strncmp(name, "GCOV_", 5) == 0)
		__atomic_store_n(&ended, 1, __ATOMIC_SEQ_CST);
	if (next == NULL)
		*(void **)&next = dlsym(RTLD_NEXT, "getenv");
	return next(name);
}

void *__libc_malloc(size_t size)
{
	static void *(*next)(size_t size);
	if (next == NULL)
		*(void **)&next = dlsym(RTLD_NEXT, "__libc_malloc");
	return fails() ? NULL : next(size);
}

void *malloc(size_t size)
{
	return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return fails() ? NULL : __libc_calloc(count, size);
}

/* To give back is no allocation. */
void *realloc(void *memory, size_t size)
{
	return (size > 0 || memory == NULL) && fails() ? NULL : __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return fails() ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
	void *memory = fails() ? NULL : __libc_memalign(alignment, size);
	if (memory == NULL)
		return ENOMEM;
	*out = memory;
	return 0;
}
