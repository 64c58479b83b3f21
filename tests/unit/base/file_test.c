/*
 * tests/unit/base/file_test.c - paths, and files that are replaced.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

/* What was synced, by inode, in order; and the sync that fails, from 1. */
static struct {
	ino_t inodes[8];
	unsigned count;
	unsigned failing;
} syncs;

/* Takes the place of the C library's. */
int fsync(int fd)
{
	struct stat stat;
	assert_int_equal(fstat(fd, &stat), 0);
	assert_true(syncs.count < 8);
	syncs.inodes[syncs.count++] = stat.st_ino;
	if (syncs.count != syncs.failing)
		return fdatasync(fd);
	errno = ENOSPC;
	return -1;
}

/* A folder with the path of a file in it, and of the file that replaces it. */
struct folder {
	char path[64];
	char file[FILE_PATH_MAX];
	char file_new[FILE_PATH_MAX];
};

static void folder_make(struct folder *folder)
{
	memset(&syncs, 0, sizeof(syncs));
	snprintf(folder->path, sizeof(folder->path), "/tmp/ladderd-unit-XXXXXX");
	assert_non_null(mkdtemp(folder->path));
	assert_int_equal(file_join(folder->path, "file", folder->file, sizeof(folder->file)), OK);
	assert_int_equal(
		file_join(folder->path, "new", folder->file_new, sizeof(folder->file_new)), OK);
}

static void folder_remove(struct folder *folder)
{
	unlink(folder->file);
	unlink(folder->file_new);
	assert_int_equal(rmdir(folder->path), 0);
}

static ino_t inode_of(const char *path)
{
	struct stat found;
	assert_int_equal(stat(path, &found), 0);
	return found.st_ino;
}

static void assert_holds(const char *path, const char *text)
{
	char found[64] = "";
	FILE *file = fopen(path, "re");
	assert_non_null(file);
	found[fread(found, 1, sizeof(found) - 1, file)] = '\0';
	fclose(file);
	assert_string_equal(found, text);
}

/* Replaces the file by one that holds `text`. */
static enum err replace(struct folder *folder, const char *text, struct reason *reason)
{
	FILE *file = file_replace_begin(folder->file_new, reason);
	assert_non_null(file);
	bool written = fputs(text, file) >= 0;
	return file_replace_end(file, written, folder->file_new, folder->file, NULL, reason);
}

static void a_path_that_does_not_fit_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *folder, *name, *path;
	} rows[] = {
		{ "ab", "cd", "ab/cd" },
		{ "abcd", "efg", "abcd/efg" },
		{ "", "abcdefg", "/abcdefg" },
		{ "abcdefg", "", "abcdefg/" },
		{ "abcd", "efgh", NULL },
		{ "", "abcdefgh", NULL },
		{ "abcdefgh", "", NULL },
		{ "abcdefghijklmnop", "q", NULL },
		{ "a", "bcdefghijklmnopq", NULL },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char path[9] = "before";
		enum err err = file_join(rows[i].folder, rows[i].name, path, sizeof(path));
		assert_int_equal(err, rows[i].path == NULL ? ERR_INVALID : OK);
		assert_string_equal(path, rows[i].path == NULL ? "before" : rows[i].path);
	}
}

static void a_file_is_synced_before_its_name_and_its_name_after(void **state)
{
	(void)state;
	struct folder folder;
	struct reason reason = { "" };
	struct stat found;
	folder_make(&folder);
	assert_int_equal(replace(&folder, "one", &reason), OK);
	assert_int_equal(replace(&folder, "two", &reason), OK);
	assert_holds(folder.file, "two");
	assert_int_equal(stat(folder.file, &found), 0);
	assert_int_equal(found.st_mode & 07777, 0600);
	assert_int_equal(access(folder.file_new, F_OK), -1);
	assert_int_equal(syncs.count, 4);
	assert_int_equal(syncs.inodes[2], found.st_ino);
	assert_int_equal(syncs.inodes[3], inode_of(folder.path));
	folder_remove(&folder);
}

static void a_file_that_cannot_be_synced_replaces_nothing(void **state)
{
	(void)state;
	struct folder folder;
	struct reason reason = { "" };
	folder_make(&folder);
	assert_int_equal(replace(&folder, "one", &reason), OK);
	syncs.failing = 3;
	assert_int_equal(replace(&folder, "two", &reason), ERR_IO);
	assert_int_equal(errno, ENOSPC);
	assert_non_null(strstr(reason.text, strerror(ENOSPC)));
	assert_holds(folder.file, "one");
	assert_int_equal(access(folder.file_new, F_OK), -1);
	folder_remove(&folder);
}

static void a_file_that_was_not_written_replaces_nothing(void **state)
{
	(void)state;
	struct folder folder;
	struct reason reason = { "" };
	folder_make(&folder);
	assert_int_equal(replace(&folder, "one", &reason), OK);
	FILE *file = file_replace_begin(folder.file_new, &reason);
	assert_non_null(file);
	errno = EFBIG;
	assert_int_equal(
		file_replace_end(file, false, folder.file_new, folder.file, NULL, &reason), ERR_IO);
	assert_int_equal(errno, EFBIG);
	assert_holds(folder.file, "one");
	assert_int_equal(access(folder.file_new, F_OK), -1);
	folder_remove(&folder);
}

static void what_a_crash_left_is_not_written_into(void **state)
{
	(void)state;
	struct folder folder;
	struct reason reason = { "" };
	folder_make(&folder);
	/* A link that somebody put there must not be followed either. */
	assert_int_equal(replace(&folder, "one", &reason), OK);
	assert_int_equal(symlink(folder.file, folder.file_new), 0);
	FILE *file = file_replace_begin(folder.file_new, &reason);
	assert_non_null(file);
	assert_true(fputs("two", file) >= 0);
	assert_int_equal(fflush(file), 0);
	assert_holds(folder.file, "one");
	assert_int_equal(
		file_replace_end(file, true, folder.file_new, folder.file, NULL, &reason), OK);
	assert_holds(folder.file, "two");
	folder_remove(&folder);
}

static void the_descriptor_that_holds_a_lock_becomes_the_new_files(void **state)
{
	(void)state;
	struct folder folder;
	struct reason reason = { "" };
	struct stat found;
	folder_make(&folder);
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	FILE *file = file_replace_begin(folder.file_new, &reason);
	assert_non_null(file);
	assert_int_equal(
		file_replace_end(file, true, folder.file_new, folder.file, &fd, &reason), OK);
	assert_int_equal(fstat(fd, &found), 0);
	assert_int_equal(found.st_ino, inode_of(folder.file));
	close(fd);
	folder_remove(&folder);
}

static void a_file_where_none_can_be_made_is_an_error_with_its_reason(void **state)
{
	(void)state;
	struct folder folder;
	struct reason reason = { "" };
	folder_make(&folder);
	assert_null(file_replace_begin("/dev/null/new", &reason));
	assert_int_equal(errno, ENOTDIR);
	assert_non_null(strstr(reason.text, "/dev/null/new"));
	folder_remove(&folder);
}

static void file_make(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void a_new_name_takes_no_others_place(void **state)
{
	struct folder folder;
	(void)state;
	folder_make(&folder);
	assert_int_equal(file_rename_new(folder.file_new, folder.file), ERR_NOT_FOUND);
	file_make(folder.file_new, "new");
	file_make(folder.file, "old");
	assert_int_equal(file_rename_new(folder.file_new, folder.file), ERR_CONFLICT);
	assert_holds(folder.file, "old");
	unlink(folder.file);
	assert_int_equal(symlink("nowhere", folder.file), 0);
	assert_int_equal(file_rename_new(folder.file_new, folder.file), ERR_CONFLICT);
	unlink(folder.file);
	assert_int_equal(file_rename_new(folder.file_new, folder.file), OK);
	assert_holds(folder.file, "new");
	folder_remove(&folder);
}

static void a_name_is_synced_in_the_directory_it_is_in(void **state)
{
	(void)state;
	struct folder folder;
	folder_make(&folder);
	assert_int_equal(file_sync_name(folder.file), OK);
	assert_int_equal(file_sync_name("/name"), OK);
	assert_int_equal(file_sync_name("name"), OK);
	assert_int_equal(file_sync(folder.path), OK);
	assert_int_equal(syncs.count, 4);
	assert_int_equal(syncs.inodes[0], inode_of(folder.path));
	assert_int_equal(syncs.inodes[1], inode_of("/"));
	assert_int_equal(syncs.inodes[2], inode_of("."));
	assert_int_equal(syncs.inodes[3], inode_of(folder.path));
	assert_int_equal(file_sync(folder.file), ERR_IO);
	assert_int_equal(errno, ENOENT);
	syncs.failing = 5;
	assert_int_equal(file_sync(folder.path), ERR_IO);
	assert_int_equal(errno, ENOSPC);
	folder_remove(&folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_that_does_not_fit_is_refused),
		cmocka_unit_test(a_file_is_synced_before_its_name_and_its_name_after),
		cmocka_unit_test(a_file_that_cannot_be_synced_replaces_nothing),
		cmocka_unit_test(a_file_that_was_not_written_replaces_nothing),
		cmocka_unit_test(what_a_crash_left_is_not_written_into),
		cmocka_unit_test(the_descriptor_that_holds_a_lock_becomes_the_new_files),
		cmocka_unit_test(a_file_where_none_can_be_made_is_an_error_with_its_reason),
		cmocka_unit_test(a_new_name_takes_no_others_place),
		cmocka_unit_test(a_name_is_synced_in_the_directory_it_is_in),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
