/*
 * tools/import/taking.c - see taking.h.
 */
#include "tools/import/taking.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/date.h"
#include "tools/common/handover.h"
#include "tools/common/key_file.h"
#include "tools/common/language.h"
#include "tools/common/options.h"
#include "tools/import/file.h"
#include "tools/push/outbox.h"

#define ARENA_SIZE ((size_t)64 << 10)

bool taking_is_wanted(const char *path)
{
	char begin[sizeof(HANDOVER_MARK) - 1];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return false;
	ssize_t length = read(fd, begin, sizeof(begin));
	close(fd);
	return length > 0 && handover_is(bytes_of(begin, (size_t)length));
}

static int read_file(const struct taking *taking, struct text *out)
{
	struct reason reason;
	const char *path = taking->sending.file;
	bool from_stdin = strcmp(path, "-") == 0;
	int fd = from_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return complain("import", EX_NOINPUT, "%s cannot be opened: %s.", path,
			said(strerror(errno)));
	enum err err = file_read(fd, HANDOVER_BYTES_MAX, out, &reason);
	if (!from_stdin)
		close(fd);
	if (err != OK)
		return complain("import", input_exit_code(err), "%s: %s.", path, reason.text);
	if (!handover_is(text_bytes(out)))
		return complain("import", EX_DATAERR,
			"%s is no hand-over: --key without --map opens what `ladder handover` "
			"wrote.",
			path);
	return EX_OK;
}

static int file_open(
	const struct taking *taking, struct bytes file, struct arena *arena, struct handover *out)
{
	struct seal_secret secret;
	struct reason reason;
	int code = key_file_read("import", taking->key_file, &secret);
	if (code != EX_OK)
		return code;
	enum err err = handover_open(file, &secret, &taking->rules, arena, out, &reason);
	seal_secret_release(&secret);
	return err == OK ? EX_OK
			 : complain("import", input_exit_code(err), "%s: %s. Nothing was sent.",
				   taking->sending.file, reason.text);
}

/* The move, to where the command line or else the file says. */
static int move_add(const struct taking *taking, struct handover *handover)
{
	uint16_t said_here = 0;
	const char *code = taking->municipality;
	if (code != NULL && !municipality_parse(bytes_of_string(code), &said_here))
		return complain("import", EX_USAGE,
			"--municipality takes a CBS code: GM and four digits, as GM0823.");
	if (code == NULL && !handover->has_municipality)
		return complain("import", EX_USAGE,
			"--municipality is needed: the CBS code of the municipality where the "
			"person lives now, as GM0823.");
	if (code != NULL && handover->has_municipality && handover->municipality != said_here)
		return complain("import", EX_DATAERR,
			"The person was handed over to another municipality than --municipality "
			"says. Nothing was sent.");
	handover_settle(handover, code != NULL ? said_here : handover->municipality);
	return EX_OK;
}

/* The daemon may have no right to the old municipality: say what to ask for. */
static void tell_rejection(void *context, const struct told_rejection *told)
{
	const struct handover *handover = context;
	const struct event *event = &handover->events[told->position];
	char municipality[MUNICIPALITY_LENGTH + 1];
	struct text sentence = { 0 };
	municipality_print(event->municipality, municipality);
	say_sentence(told->message, &sentence);
	complain("import", 0, "%s of %s was rejected: %s.", schema_of(event->type)->name,
		municipality, sentence.length == 0 ? told->code : sentence.data);
	if (strcmp(told->code, "municipality_not_allowed") == 0)
		complain("import", 0,
			"The section of the partner who takes people over needs their old "
			"municipality, too.");
	text_release(&sentence);
}

static int send_events(struct outbox *outbox, const struct handover *handover)
{
	int code = EX_OK;
	for (size_t i = 0; i < handover->count && code == EX_OK; i++) {
		struct text event = { 0 };
		handover_print(handover, i, &event);
		code = event.failed ? complain("import", EX_OSERR, "There is not enough memory.")
				    : outbox_add(outbox, &(struct source_item){ .position = i,
								 .event = text_bytes(&event) });
		text_release(&event);
	}
	return code == EX_OK ? outbox_flush(outbox) : code;
}

static int send(const struct taking *taking, struct handover *handover)
{
	const struct sending *sending = &taking->sending;
	struct reason reason;
	struct report report = {
		.clock = sending->clock,
		.on_rejection = tell_rejection,
		.context = handover,
		.file = sending->file,
		.format = PUSH_JSON,
	};
	struct outbox outbox = {
		.report = &report,
		.batch_events_max = HANDOVER_EVENTS_MAX,
		.retry.clock = sending->clock,
		.retry.us_max = sending->retry_seconds * US_PER_SECOND,
	};
	if (outbox_init(&outbox) != OK)
		return complain("import", EX_OSERR, "There is not enough memory.");
	int code = EX_OK;
	if (http_client_open(sending->to, sending->token, sending->tls, &outbox.http, &reason) !=
		OK)
		code = complain("import", EX_USAGE, "--to %s: %s.", sending->to, reason.text);
	if (code == EX_OK)
		code = send_events(&outbox, handover);
	report_end(&report);
	http_client_close(outbox.http);
	outbox_release(&outbox);
	if (code != EX_OK)
		return code;
	complain("import", 0,
		"A person was handed over: of %zu events %zu were new, %zu known already and %zu "
		"rejected.",
		handover->count, (size_t)report.accepted, (size_t)report.duplicates,
		(size_t)report.rejected);
	return report.rejected > 0 ? EX_FINDINGS : EX_OK;
}

static int print(const struct handover *handover)
{
	struct text out = { 0 };
	for (size_t i = 0; i < handover->count; i++) {
		handover_print(handover, i, &out);
		text_add_char(&out, '\n');
	}
	int code = out.failed ? complain("import", EX_OSERR, "There is not enough memory.")
		   : output_write(text_bytes(&out)) == OK ? EX_OK
							  : EX_IOERR;
	text_release(&out);
	return code;
}

int taking_run(struct taking *taking)
{
	struct text file = { 0 };
	struct arena arena = { 0 };
	struct handover handover;
	int code = read_file(taking, &file);
	if (code == EX_OK && arena_init(&arena, ARENA_SIZE) != OK)
		code = complain("import", EX_OSERR, "There is not enough memory.");
	if (code == EX_OK)
		code = file_open(taking, text_bytes(&file), &arena, &handover);
	if (code == EX_OK)
		code = move_add(taking, &handover);
	if (code == EX_OK)
		code = taking->dry_run ? print(&handover) : send(taking, &handover);
	arena_release(&arena);
	text_release(&file);
	return code;
}
