/*
 * base/audit.c - see audit.h.
 */
#include "base/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/check.h"
#include "base/date.h"
#include "base/logging.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

static const char *kind_name(enum audit_kind kind)
{
	switch (kind) {
	case AUDIT_SIGN_IN:
		return "sign_in";
	case AUDIT_RIGHT:
		return "right";
	case AUDIT_READ:
		return "read";
	case AUDIT_ACT:
		return "act";
	}
	check_failed("a kind of the enum", __FILE__, __LINE__);
}

static const char *outcome_name(enum audit_outcome outcome)
{
	switch (outcome) {
	case AUDIT_ACCEPTED:
		return "accepted";
	case AUDIT_REFUSED:
		return "refused";
	case AUDIT_DELAYED:
		return "delayed";
	case AUDIT_SHOWN:
		return "shown";
	case AUDIT_DONE:
		return "done";
	case AUDIT_FAILED:
		return "failed";
	}
	check_failed("an outcome of the enum", __FILE__, __LINE__);
}

static void add_member(struct text *out, const char *name, const char *value)
{
	text_printf(out, "%s\"%s\":", out->length <= 1 ? "" : ",", name);
	text_add_json(out, bytes_of_string(value));
}

/* The object without a line end. */
static void print_object(const struct audit_entry *entry, int64_t now_us, struct text *out)
{
	char at[INSTANT_LENGTH + 1];
	instant_print(now_us, at);
	CHECK(out->length == 0);
	text_add_char(out, '{');
	add_member(out, "audit", kind_name(entry->kind));
	add_member(out, "who", entry->who);
	add_member(out, "what", entry->what);
	add_member(out, "from", entry->from);
	add_member(out, "at", at);
	add_member(out, "outcome", outcome_name(entry->outcome));
	if (entry->reason != NULL)
		add_member(out, "reason", entry->reason);
	text_add_char(out, '}');
}

void audit_print_json(const struct audit_entry *entry, int64_t now_us, struct text *out)
{
	print_object(entry, now_us, out);
	text_add_char(out, '\n');
}

static void add_field(struct text *out, const char *name, const char *value)
{
	text_printf(out, "%s=", name);
	for (const char *c = value; *c != '\0'; c++)
		text_add_char(out, *c >= ' ' && *c < 0x7f ? *c : '?');
	text_add_char(out, '\n');
}

void audit_print_fields(const struct audit_entry *entry, int64_t now_us, struct text *out)
{
	struct text message = { 0 };
	char at[INSTANT_LENGTH + 1];
	instant_print(now_us, at);
	print_object(entry, now_us, &message);
	if (message.failed)
		out->failed = true;
	else
		add_field(out, "MESSAGE", message.data);
	text_release(&message);
	/* info; a refusal is a notice */
	add_field(out, "PRIORITY",
		entry->outcome == AUDIT_REFUSED || entry->outcome == AUDIT_DELAYED ? "5" : "6");
	add_field(out, "SYSLOG_IDENTIFIER", "ladderd");
	add_field(out, "LADDERD_AUDIT", kind_name(entry->kind));
	add_field(out, "LADDERD_WHO", entry->who);
	add_field(out, "LADDERD_WHAT", entry->what);
	add_field(out, "LADDERD_FROM", entry->from);
	add_field(out, "LADDERD_AT", at);
	add_field(out, "LADDERD_OUTCOME", outcome_name(entry->outcome));
	if (entry->reason != NULL)
		add_field(out, "LADDERD_REASON", entry->reason);
}

void audit_open(struct audit *audit)
{
	const struct sockaddr_un journal = { .sun_family = AF_UNIX, .sun_path = JOURNAL_SOCKET };
	audit->journal = -1;
	if (!logging_is_journal())
		return;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&journal, sizeof(journal)) != 0) {
		close(fd);
		fd = -1;
	}
	audit->journal = fd;
}

void audit_close(struct audit *audit)
{
	if (audit->journal >= 0)
		close(audit->journal);
	audit->journal = -1;
}

void audit_write(const struct audit *audit, const struct audit_entry *entry, int64_t now_us)
{
	struct text line = { 0 };
	bool sent = false;
	CHECK(entry->who != NULL && entry->what != NULL && entry->from != NULL);
	if (audit->journal >= 0) {
		audit_print_fields(entry, now_us, &line);
		sent = !line.failed && send(audit->journal, line.data, line.length,
					       MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)line.length;
		text_release(&line);
	}
	if (!sent) {
		/* One call, so that lines of two threads do not mix. */
		audit_print_json(entry, now_us, &line);
		if (!line.failed)
			fwrite(line.data, 1, line.length, stderr);
		text_release(&line);
	}
}
