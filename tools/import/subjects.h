/*
 * tools/import/subjects.h - the local table of who is who, and what was sent about them.
 *
 * FILE is a CSV of name, second (what tells apart people of one name) and subject. It also
 * holds the salt of all keys and ids. It is its owner's only (mode 0600), nothing of it but
 * the pseudonyms is ever sent, lines are only added to it, and it is replaced as a whole and
 * synced before anything is sent: a pseudonym that was sent is never lost. While it is open
 * nobody else may import with it.
 *
 * FILE.sent remembers, per key, how often it was sent with another content, and a hash of
 * the last content. So a row that goes back to what it was gets an id of its own and
 * corrects, and the same row again is a duplicate.
 */
#ifndef TOOLS_IMPORT_SUBJECTS_H
#define TOOLS_IMPORT_SUBJECTS_H

#include "base/text.h"
#include "secret/pseudonym.h"

#define SUBJECT_LENGTH_MAX 64

struct subjects;

enum subjects_mode {
	SUBJECTS_READ,  /* nothing is made, changed or locked */
	SUBJECTS_WRITE, /* made when it is not there; waits for who uses it */
};

/*
 * ERR_CONFLICT: others than its owner can read it, or it is no plain file. ERR_INVALID: it is no
 * such table. ERR_NOT_FOUND, ERR_IO, ERR_FULL. *reason says what is wrong and what to do.
 */
enum err subjects_open(const char *path, enum subjects_mode mode, struct subjects **out,
	struct reason *reason) NODISCARD;

/* Closes without saving what is not saved; NULL is accepted. */
void subjects_close(struct subjects *subjects);

/* True when FILE was there and FILE.sent was not: what was sent before is not known. */
bool subjects_forgot(const struct subjects *subjects);

const struct salt *subjects_salt(const struct subjects *subjects);

/* A person as a list writes it, in folded form. */
struct person_key {
	struct bytes name;
	struct bytes second; /* length 0: not given */
};

struct found_person {
	size_t entry;
	bool is_like_others; /* new, and but for accents the name of somebody else */
};

/*
 * Finds the person, or makes a new one; `name` and `second` are as the list writes them.
 * ERR_CONFLICT: it may be one of several; *reason says what to add. `others` tells that the list
 * has people of that name with another `second`. ERR_FULL: there is no memory.
 */
enum err subjects_find(struct subjects *subjects, struct bytes name, struct bytes second,
	bool others, struct found_person *out, struct reason *reason) NODISCARD;

/*
 * The pseudonym of the one person whose `second` is this number, leading zeros or not; NULL: there
 * is none, or there are several.
 */
const char *subjects_of_number(const struct subjects *subjects, struct bytes number);

/* The pseudonym that the table has for that person; NULL: it has none, or several. */
const char *subjects_known(struct subjects *subjects, struct bytes name, struct bytes second);

/* How many lines there are of people, new ones too: an entry is a number below it. */
size_t subjects_count(const struct subjects *subjects);

/* As the line writes them. Valid until the table is closed. */
struct person_key subjects_written(const struct subjects *subjects, size_t entry);

/* The pseudonym. Valid until the table is closed. */
const char *subjects_pseudonym(const struct subjects *subjects, size_t entry);

/* The person is in an event that will be sent: it is to be saved. True the first time. */
bool subjects_use(struct subjects *subjects, size_t entry);

/* True when the person was not in the table when it was opened. */
bool subjects_is_new(const struct subjects *subjects, size_t entry);

/* Hexadecimal digits, without a NUL. */
struct digits {
	char text[SALTED_HASH_LENGTH];
};

struct sent {
	uint64_t epoch;      /* of FILE.sent: with a new one all ids are new */
	uint64_t generation; /* of the key's content: new with each change */
	bool known;          /* the key was sent before */
	bool changed;        /* with another content */
	bool withdrawn;      /* it is not to count any more */
};

/*
 * What the key's next event is, with this content; NULL: with none, as the row does not give it
 * any more. Remembers it for the next time.
 */
enum err subjects_sent(struct subjects *subjects, const struct digits *key,
	const struct digits *content, struct sent *out) NODISCARD;

/*
 * Writes both files and syncs them. After it the table stays locked. ERR_IO, ERR_INVALID (the
 * table lacks a column for what is new): nothing is to be sent; *reason says why.
 */
enum err subjects_save(struct subjects *subjects, struct reason *reason) NODISCARD;

#endif
