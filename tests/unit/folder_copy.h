/*
 * tests/unit/folder_copy.h - copies of a store that is closed, so that many tests begin with it.
 */
#ifndef TESTS_UNIT_FOLDER_COPY_H
#define TESTS_UNIT_FOLDER_COPY_H

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

static inline void file_copy(const char *from, const char *to)
{
	static uint8_t bytes[1 << 20];
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(in >= 0 && out >= 0);
	ssize_t length = read(in, bytes, sizeof(bytes));
	assert_true(length >= 0 && length < (ssize_t)sizeof(bytes));
	assert_int_equal(write(out, bytes, (size_t)length), length);
	close(in);
	close(out);
}

static inline void folder_copy(const char *from, const char *to)
{
	char source[512], target[512];
	DIR *directory = opendir(from);
	assert_non_null(directory);
	for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
		snprintf(source, sizeof(source), "%s/%s", from, entry->d_name);
		snprintf(target, sizeof(target), "%s/%s", to, entry->d_name);
		if (entry->d_name[0] != '.')
			file_copy(source, target);
	}
	closedir(directory);
}

#endif
