/*
 * tests/faults/disk.c - see disk.h.
 */
#include "tests/faults/disk.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/check.h"
#include "base/grow.h"

#define SECTOR    512
#define FILES_MAX 64
#define FDS_MAX   1024
#define NAME_MAX_ 64

/* Of glibc, which has no header for them. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);

/* A sanitizer has an allocator of its own: then no allocation fails. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

static void *raw_malloc(size_t size)
{
#if SANITIZED
	return malloc(size);
#else
	static void *(*next)(size_t size);
	if (next == NULL)
		*(void **)&next = dlsym(RTLD_NEXT, "__libc_malloc");
	return next(size);
#endif
}

static void *raw_realloc(void *memory, size_t size)
{
#if SANITIZED
	return realloc(memory, size);
#else
	static void *(*next)(void *memory, size_t size);
	if (next == NULL)
		*(void **)&next = dlsym(RTLD_NEXT, "__libc_realloc");
	return next(memory, size);
#endif
}

enum op_kind {
	OP_WRITE,      /* `length` bytes at `at` */
	OP_WHOLE,      /* the file is these bytes: what stdio wrote is seen at the sync */
	OP_LENGTH,     /* the file is `at` bytes long */
	OP_SYNC,       /* what was done to the file before is durable */
	OP_NAME,       /* the file has the name */
	OP_NO_NAME,    /* no file has the name */
	OP_RENAME,     /* the file has the name, and no more the other one */
	OP_SYNC_NAMES, /* what was done to names before is durable */
};

struct op {
	enum op_kind kind;
	bool is_durable; /* of a write: when it was done it was durable */
	int file;
	off_t at;
	size_t length;
	uint8_t *bytes;
	char name[NAME_MAX_];
	char other[NAME_MAX_];
};

static struct {
	pthread_mutex_t mutex;
	char root[PATH_MAX];
	size_t root_length;
	struct op *ops;
	size_t count, size;
	size_t stop_at;
	int file_count;
	ino_t inodes[FILES_MAX];
	off_t lengths[FILES_MAX]; /* by what was written down */
	int file_of_fd[FDS_MAX];  /* + 1; 0: none of the root's */
	bool is_dsync[FDS_MAX];
	bool is_root[FDS_MAX];
	struct fault fault;
	bool armed, has_failed, has_stopped;
	uint64_t calls[CALL_COUNT];
} disk = { .mutex = PTHREAD_MUTEX_INITIALIZER };

uint64_t chance_below(struct chance *chance, uint64_t end)
{
	uint64_t z = (chance->state += 0x9E3779B97F4A7C15);
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
	return (z ^ (z >> 31)) % end;
}

bool chance_in(struct chance *chance, uint64_t times)
{
	return chance_below(chance, times) == 0;
}

const char *call_name(enum call call)
{
#define NAME_OF(name, text) text,
	static const char *const names[] = { CALLS(NAME_OF) };
#undef NAME_OF
	return names[call];
}

/* The C library's own. */
#define REAL(name) ((__typeof__(&name))real(#name))
static void *real(const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);
	CHECK(found != NULL);
	return found;
}

/* The part of a path behind the root; NULL: it is elsewhere. "": the root itself. */
static const char *name_in(const char *path)
{
	if (disk.root_length == 0 || strncmp(path, disk.root, disk.root_length) != 0)
		return NULL;
	const char *rest = path + disk.root_length;
	while (*rest == '/' || (rest[0] == '.' && rest[1] == '/'))
		rest++;
	if (rest == path + disk.root_length && *rest != '\0')
		return NULL;
	return strchr(rest, '/') == NULL && strcmp(rest, "..") != 0 ? rest : NULL;
}

static int file_of(int fd)
{
	return fd >= 0 && fd < FDS_MAX ? disk.file_of_fd[fd] - 1 : -1;
}

/* Does this call fail? With the mutex. */
static bool fails(enum call call)
{
	disk.calls[call]++;
	if (!disk.armed || disk.fault.call != call)
		return false;
	bool now = disk.fault.for_good ? disk.calls[call] >= disk.fault.number
				       : disk.calls[call] == disk.fault.number;
	disk.has_failed = disk.has_failed || now;
	if (now)
		errno = disk.fault.error;
	return now;
}

/* The power has failed: nothing is done any more. With the mutex. */
static bool stopped(void)
{
	if (disk.stop_at != 0 && disk.count >= disk.stop_at)
		disk.has_stopped = true;
	if (disk.has_stopped)
		errno = EIO;
	return disk.has_stopped;
}

/* What failed before anything was done; -1 with errno. */
static bool refuses(enum call call)
{
	bool refused = fails(call) && disk.fault.how == HOW_FAILS;
	return refused || stopped();
}

static bool lies(enum call call)
{
	const struct fault *fault = &disk.fault;
	bool now = disk.armed && fault->call == call && fault->how == HOW_DONE_AND_FAILED &&
		   (fault->for_good ? disk.calls[call] >= fault->number
				    : disk.calls[call] == fault->number);
	if (now)
		errno = fault->error;
	return now;
}

/* No disk writes a part of a sector. */
static bool is_short(enum call call, size_t length)
{
	const struct fault *fault = &disk.fault;
	return length > SECTOR && disk.armed && fault->call == call && fault->how == HOW_IS_SHORT &&
	       (fault->for_good ? disk.calls[call] >= fault->number
				: disk.calls[call] == fault->number);
}

static struct op *op_add(enum op_kind kind, int file)
{
	if (disk.count == disk.size) {
		disk.size = disk.size == 0 ? 256 : disk.size * 2;
		disk.ops = raw_realloc(disk.ops, disk.size * sizeof(*disk.ops));
		CHECK(disk.ops != NULL);
	}
	struct op *op = &disk.ops[disk.count++];
	*op = (struct op){ .kind = kind, .file = file };
	return op;
}

static void op_bytes(struct op *op, const void *bytes, size_t length)
{
	op->length = length;
	op->bytes = raw_malloc(length + 1);
	CHECK(op->bytes != NULL);
	memcpy(op->bytes, bytes, length);
}

static void op_name(enum op_kind kind, int file, const char *name, const char *other)
{
	struct op *op = op_add(kind, file);
	CHECK(strlen(name) < NAME_MAX_ && strlen(other) < NAME_MAX_);
	strcpy(op->name, name); // NOLINT: the line above
	strcpy(op->other, other);
}

/* The number of a file; it is new when its inode is. */
static int file_number(ino_t inode)
{
	for (int i = 0; i < disk.file_count; i++) {
		if (disk.inodes[i] == inode)
			return i;
	}
	CHECK(disk.file_count < FILES_MAX);
	disk.inodes[disk.file_count] = inode;
	disk.lengths[disk.file_count] = 0;
	return disk.file_count++;
}

static int is_root_path(const char *path)
{
	const char *name = name_in(path);
	return name != NULL && (*name == '\0' || strcmp(name, ".") == 0);
}

/* Notes what an open of a file of the root did. */
static void opened(int fd, const char *name, int flags, bool was_there)
{
	struct stat file;
	CHECK(fd < FDS_MAX && fstat(fd, &file) == 0);
	if (!was_there) {
		/* A number of an inode is given out again. */
		for (int i = 0; i < disk.file_count; i++) {
			if (disk.inodes[i] == file.st_ino)
				disk.inodes[i] = 0;
		}
	}
	int number = file_number(file.st_ino);
	if (!was_there)
		op_name(OP_NAME, number, name, "");
	else if ((flags & O_TRUNC) != 0)
		op_add(OP_LENGTH, number)->at = 0;
	if ((flags & O_TRUNC) != 0)
		disk.lengths[number] = 0;
	disk.file_of_fd[fd] = number + 1;
	disk.is_dsync[fd] = (flags & O_DSYNC) != 0;
}

int open(const char *path, int flags, ...)
{
	va_list rest;
	va_start(rest, flags);
	mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
	va_end(rest);
	const char *name = name_in(path);
	pthread_mutex_lock(&disk.mutex);
	if (name != NULL && refuses(CALL_OPEN)) {
		pthread_mutex_unlock(&disk.mutex);
		return -1;
	}
	bool was_there = access(path, F_OK) == 0;
	int fd = (int)syscall(SYS_openat, AT_FDCWD, path,
		name == NULL ? flags : flags & ~(O_DSYNC | O_SYNC), mode);
	if (fd >= 0 && fd < FDS_MAX) {
		disk.file_of_fd[fd] = 0;
		disk.is_root[fd] = is_root_path(path);
	}
	if (fd >= 0 && name != NULL && !disk.is_root[fd])
		opened(fd, name, flags, was_there);
	pthread_mutex_unlock(&disk.mutex);
	return fd;
}

int close(int fd)
{
	pthread_mutex_lock(&disk.mutex);
	if (fd >= 0 && fd < FDS_MAX) {
		disk.file_of_fd[fd] = 0;
		disk.is_root[fd] = false;
	}
	int result = (int)syscall(SYS_close, fd);
	pthread_mutex_unlock(&disk.mutex);
	return result;
}

/* Writes, and notes it. With the mutex. */
static ssize_t write_at(int fd, const void *bytes, size_t length, off_t at)
{
	ssize_t done = syscall(SYS_pwrite64, fd, bytes, length, at);
	if (done <= 0)
		return done;
	int file = file_of(fd);
	struct op *op = op_add(OP_WRITE, file);
	op->at = at;
	op->is_durable = disk.is_dsync[fd];
	op_bytes(op, bytes, (size_t)done);
	if (at + done > disk.lengths[file])
		disk.lengths[file] = at + done;
	return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at)
{
	pthread_mutex_lock(&disk.mutex);
	ssize_t done;
	if (file_of(fd) < 0) {
		done = syscall(SYS_pwrite64, fd, bytes, length, at);
	} else if (refuses(CALL_PWRITE)) {
		done = -1;
	} else {
		done = write_at(fd, bytes, is_short(CALL_PWRITE, length) ? length / 2 : length, at);
		done = lies(CALL_PWRITE) ? -1 : done;
	}
	pthread_mutex_unlock(&disk.mutex);
	return done;
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
	pthread_mutex_lock(&disk.mutex);
	ssize_t done = 0;
	if (file_of(fd) < 0) {
		done = syscall(SYS_writev, fd, parts, count);
	} else if (refuses(CALL_WRITEV)) {
		done = -1;
	} else {
		off_t at = lseek(fd, 0, SEEK_CUR);
		int whole = is_short(CALL_WRITEV, SIZE_MAX) ? count / 2 : count;
		for (int i = 0; i < whole; i++) {
			ssize_t one = write_at(fd, parts[i].iov_base, parts[i].iov_len, at + done);
			CHECK(one == (ssize_t)parts[i].iov_len);
			done += one;
		}
		lseek(fd, at + done, SEEK_SET);
		done = lies(CALL_WRITEV) ? -1 : done;
	}
	pthread_mutex_unlock(&disk.mutex);
	return done;
}

ssize_t write(int fd, const void *bytes, size_t length)
{
	pthread_mutex_lock(&disk.mutex);
	ssize_t done;
	if (file_of(fd) < 0) {
		done = syscall(SYS_write, fd, bytes, length);
	} else if (refuses(CALL_WRITE)) {
		done = -1;
	} else {
		off_t at = lseek(fd, 0, SEEK_CUR);
		done = write_at(fd, bytes, is_short(CALL_WRITE, length) ? length / 2 : length, at);
		lseek(fd, at + done, SEEK_SET);
		done = lies(CALL_WRITE) ? -1 : done;
	}
	pthread_mutex_unlock(&disk.mutex);
	return done;
}

/* What stdio wrote is not seen otherwise. */
static void whole_note(int fd, int file)
{
	struct stat now;
	CHECK(fstat(fd, &now) == 0);
	if (now.st_size == disk.lengths[file])
		return;
	uint8_t *bytes = raw_malloc((size_t)now.st_size + 1);
	CHECK(bytes != NULL && pread(fd, bytes, (size_t)now.st_size, 0) == now.st_size);
	op_bytes(op_add(OP_WHOLE, file), bytes, (size_t)now.st_size);
	disk.lengths[file] = now.st_size;
	free(bytes);
}

static int synced(int fd, enum call call)
{
	pthread_mutex_lock(&disk.mutex);
	int result = 0, file = file_of(fd);
	bool is_root = fd >= 0 && fd < FDS_MAX && disk.is_root[fd];
	if (file < 0 && !is_root) {
		pthread_mutex_unlock(&disk.mutex);
		return 0;
	}
	if (file >= 0)
		whole_note(fd, file);
	if (refuses(call)) {
		result = -1;
	} else {
		op_add(is_root ? OP_SYNC_NAMES : OP_SYNC, file);
		result = lies(call) ? -1 : 0;
	}
	pthread_mutex_unlock(&disk.mutex);
	return result;
}

int fdatasync(int fd)
{
	return synced(fd, CALL_FDATASYNC);
}

int fsync(int fd)
{
	return synced(fd, CALL_FSYNC);
}

int ftruncate(int fd, off_t length)
{
	pthread_mutex_lock(&disk.mutex);
	int result = -1, file = file_of(fd);
	if (file < 0) {
		result = (int)syscall(SYS_ftruncate, fd, length);
	} else if (!refuses(CALL_FTRUNCATE)) {
		result = (int)syscall(SYS_ftruncate, fd, length);
		op_add(OP_LENGTH, file)->at = length;
		disk.lengths[file] = length;
		result = lies(CALL_FTRUNCATE) ? -1 : result;
	}
	pthread_mutex_unlock(&disk.mutex);
	return result;
}

int rename(const char *from, const char *to)
{
	const char *old = name_in(from), *new = name_in(to);
	struct stat file;
	pthread_mutex_lock(&disk.mutex);
	int result = -1;
	if (old == NULL || new == NULL) {
		result = (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
	} else if (!refuses(CALL_RENAME)) {
		result = (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
		if (result == 0 && stat(to, &file) == 0)
			op_name(OP_RENAME, file_number(file.st_ino), new, old);
		result = lies(CALL_RENAME) ? -1 : result;
	}
	pthread_mutex_unlock(&disk.mutex);
	return result;
}

int unlink(const char *path)
{
	const char *name = name_in(path);
	pthread_mutex_lock(&disk.mutex);
	int result = -1;
	if (name == NULL || !stopped()) {
		result = (int)syscall(SYS_unlink, path);
		if (result == 0 && name != NULL)
			op_name(OP_NO_NAME, -1, name, "");
	}
	pthread_mutex_unlock(&disk.mutex);
	return result;
}

void *mmap(void *wanted, size_t length, int protection, int flags, int fd, off_t at)
{
	if (file_of(fd) >= 0) {
		pthread_mutex_lock(&disk.mutex);
		bool refused = fails(CALL_MMAP);
		pthread_mutex_unlock(&disk.mutex);
		if (refused)
			return MAP_FAILED;
	}
	return (void *)syscall(SYS_mmap, wanted, length, protection, flags, fd, at);
}

int pthread_create(
	pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *context)
{
	pthread_mutex_lock(&disk.mutex);
	bool refused = fails(CALL_PTHREAD_CREATE);
	pthread_mutex_unlock(&disk.mutex);
	return refused ? EAGAIN : REAL(pthread_create)(thread, attributes, run, context);
}

/* Counted without the mutex, which is held by who allocates in this file. */
static bool allocation_fails(void)
{
	uint64_t number = __atomic_add_fetch(&disk.calls[CALL_MALLOC], 1, __ATOMIC_SEQ_CST);
	if (!disk.armed || disk.fault.call != CALL_MALLOC)
		return false;
	bool now = disk.fault.for_good ? number >= disk.fault.number : number == disk.fault.number;
	if (now) {
		disk.has_failed = true;
		errno = ENOMEM;
	}
	return now;
}

#if !SANITIZED

/* The daemon's realloc() (daemon/process/wipe.c) takes memory by these. */
void *__libc_malloc(size_t size)
{
	return allocation_fails() ? NULL : raw_malloc(size);
}

void *__libc_realloc(void *memory, size_t size)
{
	return allocation_fails() ? NULL : raw_realloc(memory, size);
}

void *malloc(size_t size)
{
	return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return allocation_fails() ? NULL : __libc_calloc(count, size);
}

#endif

static void ops_forget(void)
{
	for (size_t i = 0; i < disk.count; i++)
		free(disk.ops[i].bytes);
	disk.count = 0;
}

/* What is in the root already is durable. */
static void found_note(const char *name)
{
	char path[PATH_MAX];
	struct stat file;
	snprintf(path, sizeof(path), "%.*s/%s", (int)disk.root_length, disk.root, name);
	int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
	CHECK(fd >= 0 && fstat(fd, &file) == 0);
	if (S_ISREG(file.st_mode)) {
		int number = file_number(file.st_ino);
		op_name(OP_NAME, number, name, "");
		whole_note(fd, number);
		op_add(OP_SYNC, number);
	}
	CHECK(syscall(SYS_close, fd) == 0);
}

void disk_begin(const char *root)
{
	ops_forget();
	CHECK(strlen(root) < sizeof(disk.root));
	strcpy(disk.root, root); // NOLINT: the line above
	disk.root_length = strlen(root);
	disk.file_count = 0;
	memset(disk.file_of_fd, 0, sizeof(disk.file_of_fd));
	memset(disk.is_root, 0, sizeof(disk.is_root));
	disk.stop_at = 0;
	disk.has_stopped = false;
	disk_fault(NULL);
	DIR *folder = opendir(root);
	CHECK(folder != NULL);
	for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
		if (entry->d_name[0] != '.')
			found_note(entry->d_name);
	}
	closedir(folder);
	op_add(OP_SYNC_NAMES, -1);
}

void disk_fault(const struct fault *fault)
{
	pthread_mutex_lock(&disk.mutex);
	disk.armed = false;
	disk.has_failed = false;
	memset(disk.calls, 0, sizeof(disk.calls));
	if (fault != NULL)
		disk.fault = *fault;
	disk.armed = fault != NULL;
	pthread_mutex_unlock(&disk.mutex);
}

uint64_t disk_calls(enum call call)
{
	return __atomic_load_n(&disk.calls[call], __ATOMIC_SEQ_CST);
}

bool disk_has_failed(void)
{
	return disk.has_failed;
}

size_t disk_length(void)
{
	return disk.count;
}

void disk_stop_at(size_t length)
{
	disk.stop_at = length;
}

bool disk_has_stopped(void)
{
	return disk.has_stopped;
}

/* A file, and what has a name, while the disk is rebuilt. */
struct image {
	uint8_t *bytes;
	size_t length;
	size_t size;
};

struct names {
	char name[FILES_MAX][NAME_MAX_];
	int file[FILES_MAX];
	size_t count;
};

static void image_length(struct image *image, size_t length)
{
	if (length > image->size) {
		image->size = length * 2;
		image->bytes = raw_realloc(image->bytes, image->size);
		CHECK(image->bytes != NULL);
	}
	if (length > image->length)
		memset(image->bytes + image->length, 0, length - image->length);
	image->length = length;
}

static void image_put(struct image *image, size_t at, const uint8_t *bytes, size_t length)
{
	if (at + length > image->length)
		image_length(image, at + length);
	memcpy(image->bytes + at, bytes, length);
}

static void name_drop(struct names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++) {
		if (strcmp(names->name[i], name) != 0)
			continue;
		names->count--;
		memmove(names->name[i], names->name[names->count], NAME_MAX_);
		names->file[i] = names->file[names->count];
		return;
	}
}

static void name_apply(struct names *names, const struct op *op)
{
	name_drop(names, op->name);
	if (op->kind == OP_RENAME)
		name_drop(names, op->other);
	if (op->kind == OP_NO_NAME)
		return;
	CHECK(names->count < FILES_MAX);
	memcpy(names->name[names->count], op->name, NAME_MAX_);
	names->file[names->count++] = op->file;
}

/* Writes what arrived; `torn`: each sector by itself. */
static void write_apply(struct image *image, const struct op *op, bool torn, struct chance *chance)
{
	if (op->kind == OP_LENGTH) {
		image_length(image, (size_t)op->at);
		return;
	}
	if (op->kind == OP_WHOLE) {
		image_length(image, torn ? chance_below(chance, op->length + 1) : op->length);
		memcpy(image->bytes, op->bytes, image->length);
		return;
	}
	for (size_t from = 0; from < op->length; from += SECTOR) {
		size_t length = op->length - from < SECTOR ? op->length - from : SECTOR;
		if (!torn || !chance_in(chance, 2))
			image_put(image, (size_t)op->at + from, op->bytes + from, length);
	}
}

/* By what of that which is not durable is chosen. */
enum choice { CHOICE_ALL, CHOICE_PREFIX, CHOICE_SOME, CHOICE_TORN, CHOICE_NONE, CHOICE_COUNT };

static bool arrives(enum choice choice, size_t at, size_t cut, struct chance *chance)
{
	if (choice == CHOICE_ALL || choice == CHOICE_NONE)
		return choice == CHOICE_ALL;
	return choice == CHOICE_PREFIX ? at < cut : chance_in(chance, 2);
}

/* From where on what was done to each file, and to names, is not durable. */
struct durable {
	size_t file[FILES_MAX];
	size_t names;
};

static struct durable durable_find(size_t length)
{
	struct durable durable = { .names = 0 };
	for (size_t i = 0; i < length; i++) {
		if (disk.ops[i].kind == OP_SYNC)
			durable.file[disk.ops[i].file] = i;
		if (disk.ops[i].kind == OP_SYNC_NAMES)
			durable.names = i;
	}
	return durable;
}

static void file_write(const char *folder, const char *name, const struct image *image)
{
	char path[PATH_MAX];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	int fd = (int)syscall(
		SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	CHECK(fd >= 0);
	size_t done = 0;
	while (done < image->length) {
		ssize_t one = syscall(SYS_write, fd, image->bytes + done, image->length - done);
		CHECK(one > 0);
		done += (size_t)one;
	}
	CHECK(syscall(SYS_close, fd) == 0);
}

void disk_rebuild(size_t length, bool in_flight, struct chance *chance, const char *to)
{
	static struct image images[FILES_MAX];
	struct names names = { .count = 0 };
	CHECK(length <= disk.count);
	struct durable durable = durable_find(length);
	enum choice choice = (enum choice)chance_below(chance, CHOICE_COUNT);
	size_t cut = chance_below(chance, length + 1);
	for (int i = 0; i < FILES_MAX; i++)
		images[i].length = 0;
	for (size_t i = 0; i < length; i++) {
		const struct op *op = &disk.ops[i];
		bool of_file = op->kind <= OP_LENGTH;
		if (op->kind == OP_SYNC || op->kind == OP_SYNC_NAMES)
			continue;
		bool is_safe = i < (of_file ? durable.file[op->file] : durable.names) ||
			       (op->is_durable && i + in_flight < length);
		if (!is_safe && !arrives(choice, i, cut, chance))
			continue;
		if (of_file)
			write_apply(
				&images[op->file], op, !is_safe && choice == CHOICE_TORN, chance);
		else
			name_apply(&names, op);
	}
	for (size_t i = 0; i < names.count; i++)
		file_write(to, names.name[i], &images[names.file[i]]);
}

void folder_empty(const char *path)
{
	char name[PATH_MAX];
	DIR *folder = opendir(path);
	if (folder == NULL)
		return;
	for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		if (entry->d_name[0] != '.')
			CHECK(syscall(SYS_unlink, name) == 0);
	}
	closedir(folder);
}
