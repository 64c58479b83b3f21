/*
 * base/err.h - the few results a call can have, named for what the caller can
 * do about them.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#define NODISCARD                  __attribute__((warn_unused_result))
#define PRINTF_LIKE(string, first) __attribute__((format(printf, string, first)))

enum err {
	OK = 0,
	ERR_INVALID,   /* the input is wrong: tell who sent it */
	ERR_NOT_FOUND, /* no such thing: an ordinary answer */
	ERR_CONFLICT,  /* somebody else holds it, or it contradicts what is there */
	ERR_FULL,      /* a limit is reached: refuse, it can be tried again */
	ERR_IO,        /* the system failed: say what and give up */
	ERR_CORRUPT,   /* the store is not what was written: do not serve */
	ERR_STOPPED,   /* who asked does not want it any more: forget it, tell nobody */
};

/* The reason of a failure in words, for the one place that tells it to people. */
struct reason {
	char text[512];
};

/* Writes the reason when `reason` is not NULL. Returns `err`, so that a failure is one line. */
enum err fail(struct reason *reason, enum err err, const char *format, ...)
	PRINTF_LIKE(3, 4) NODISCARD;

/*
 * From now on reasons are in the words of `translate`, which takes a format and returns one with
 * the same places; NULL: as they stand. For a program of one thread that speaks to people.
 */
void reasons_speak(const char *(*translate)(const char *format));

/* What a system call's errno is: ERR_FULL, there is no memory; else ERR_IO. */
enum err err_of_errno(int number);

/* The exit code of sysexits.h for a program that ends with `err`. */
int err_exit_code(enum err err);

#endif
