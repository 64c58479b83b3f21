/*
 * base/audit.h - who did, saw or tried what: one line each.
 *
 * Under systemd a line goes to the journal with fields, else to standard error as one JSON object.
 * Each says what kind of thing it is (`audit`), `who`, `what`, `from` where, `at` which instant and
 * with which `outcome`. No token and no subject is ever in a line, nor anything else that a
 * client may choose, but for X-Ladder-User, which is an identifier, and the operator's reason of an
 * act.
 */
#ifndef BASE_AUDIT_H
#define BASE_AUDIT_H

#include "base/text.h"

enum audit_kind {
	AUDIT_SIGN_IN, /* a token was shown: accepted, refused, or refused with a delay */
	AUDIT_RIGHT,   /* somebody asked for what it may not have: refused */
	AUDIT_READ,    /* internal figures, a work list or records were shown */
	AUDIT_ACT,     /* of the operator: start, stop, erase: done, refused or failed */
};

enum audit_outcome {
	AUDIT_ACCEPTED,
	AUDIT_REFUSED,
	AUDIT_DELAYED,
	AUDIT_SHOWN,
	AUDIT_DONE,
	AUDIT_FAILED, /* of the daemon's own doing: a stop after an error */
};

/* Texts that are borrowed. */
struct audit_entry {
	enum audit_kind kind;
	const char *who; /* "partner isd", "partner isd/USER", "analyst NAME", "nobody" */
	const char *what;
	const char *from; /* an address, or "local" */
	enum audit_outcome outcome;
	const char *reason; /* of an act, as the operator gave it; NULL: none */
};

struct audit {
	int journal; /* a socket of the journal; -1: lines go to standard error */
};

/* Finds out where lines go: the journal is asked for when JOURNAL_STREAM is standard error. */
void audit_open(struct audit *audit);
void audit_close(struct audit *audit);

/* Writes a line, at an instant of the wall clock. What cannot be written is lost. */
void audit_write(const struct audit *audit, const struct audit_entry *entry, int64_t now_us);

/* The line as JSON, with its line end. Pure. */
void audit_print_json(const struct audit_entry *entry, int64_t now_us, struct text *out);

/*
 * The line in the journal's native protocol: NAME=value lines. Bytes that are no printable ASCII
 * become '?', so that no value can begin another field. Pure.
 */
void audit_print_fields(const struct audit_entry *entry, int64_t now_us, struct text *out);

#endif
