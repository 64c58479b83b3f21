/*
 * daemon/server/control.c - see control.h.
 */
#include "daemon/server/control.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/check.h"
#include "base/date.h"
#include "base/file.h"
#include "base/logging.h"
#include "daemon/server/erasing.h"
#include "daemon/server/follower.h"

#define REQUEST_MAX 4096
#define PATIENCE_MS 5000 /* with a request that is not whole */
#define NICENESS    10
#define LOOK_MS     60000 /* between two looks whether a night has come */
#define NIGHT_US    (3 * INT64_C(3600) * US_PER_SECOND) /* after midnight */

struct control {
	struct server *server;
	int listener;
	int wake; /* an eventfd: the end has come */
	atomic_bool stopping;
	pthread_t thread;
	int32_t night; /* the last in which what is too old was erased */
	char path[FILE_PATH_MAX];
};

/* The path is too long for a socket's address as it may be; that of the open folder is not. */
static enum err folder_open(const char *store, int *fd, char *path, size_t size)
{
	*fd = open(store, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0)
		return ERR_IO;
	int length = snprintf(path, size, "/proc/self/fd/%d/control.sock", *fd);
	return length > 0 && (size_t)length < size ? OK : ERR_IO;
}

enum err control_listen(const char *store, int *fd, struct reason *reason)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int folder;
	enum err err = folder_open(store, &folder, address.sun_path, sizeof(address.sun_path));
	int listener =
		err == OK ? socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0) : -1;
	if (listener >= 0) {
		unlink(address.sun_path);
		mode_t mask = umask(0177);
		bool bound =
			bind(listener, (const struct sockaddr *)&address, sizeof(address)) == 0 &&
			listen(listener, 8) == 0;
		umask(mask);
		if (!bound) {
			close(listener);
			listener = -1;
		}
	}
	int error = errno;
	if (folder >= 0)
		close(folder);
	if (listener < 0)
		return fail(reason, ERR_IO, "%s/control.sock: %s", store, strerror(error));
	*fd = listener;
	return OK;
}

/* The value of a line of the request; NULL: there is none. Cuts it off. */
static char *line_value(char *request, const char *name)
{
	size_t length = strlen(name);
	for (char *line = request; *line != '\0'; line += strlen(line) + 1) {
		if (strncmp(line, name, length) == 0 && line[length] == '=')
			return line + length + 1;
	}
	return NULL;
}

/* Reads a request; its lines end with NULs, and the last is empty. False: it is none. */
static bool request_read(int fd, char request[REQUEST_MAX + 1])
{
	size_t used = 0;
	while (used < REQUEST_MAX) {
		struct pollfd wait = { .fd = fd, .events = POLLIN };
		if (poll(&wait, 1, PATIENCE_MS) <= 0)
			return false;
		ssize_t length = read(fd, request + used, REQUEST_MAX - used);
		if (length <= 0)
			return false;
		used += (size_t)length;
		request[used] = '\0';
		if (memchr(request, '\0', used) != NULL)
			return false;
		if (used >= 2 && memcmp(request + used - 2, "\n\n", 2) == 0)
			break;
	}
	if (used < 2 || memcmp(request + used - 2, "\n\n", 2) != 0)
		return false;
	for (size_t i = 0; i < used; i++) {
		if (request[i] == '\n')
			request[i] = '\0';
	}
	return true;
}

static void answer_write(int fd, int code, const struct text *text)
{
	struct text out = { 0 };
	text_printf(&out, "%d\n", code);
	text_add(&out, text_bytes(text));
	/* Who does not read is not waited for: what was done is done. */
	if (!out.failed)
		(void)!send(fd, out.data, out.length, MSG_NOSIGNAL | MSG_DONTWAIT);
	text_release(&out);
}

/* What is done to people is done by the main, and follows. */
static int main_acts(const struct server *server, struct text *said)
{
	text_printf(said, "this ladderd follows %s: what is done there is done here too",
		server->config->follow_main);
	return EX_UNAVAILABLE;
}

static void request_run(struct control *control, int fd, char *request)
{
	struct text said = { 0 };
	const char *before = line_value(request, "before");
	struct erase_request erase = {
		.command = line_value(request, "command"),
		.subject = line_value(request, "subject"),
		.reason = line_value(request, "reason"),
		.dry_run = line_value(request, "dry_run") != NULL,
		.lift = line_value(request, "lift") != NULL,
		.stop = &control->stopping,
	};
	int code = EX_USAGE;
	struct bytes command = bytes_of_string(erase.command == NULL ? "" : erase.command);
	if (bytes_are(command, "promote"))
		code = follower_promote(control->server, &said);
	else if (committer_follows(control->server->committer))
		code = main_acts(control->server, &said);
	else if (before != NULL && date_parse(bytes_of_string(before), &erase.before) != OK)
		text_add_string(&said, "before is no day");
	else if (bytes_are(command, "erase") || bytes_are(command, "expire"))
		code = erasing_serve(control->server, &erase, &said);
	else if (bytes_are(command, "restrict"))
		code = restricting_serve(control->server, &erase, &said);
	else
		text_add_string(&said, "this ladderd does not know what is asked");
	answer_write(fd, code, &said);
	text_release(&said);
}

static void connection_serve(struct control *control, int fd)
{
	char request[REQUEST_MAX + 1];
	if (request_read(fd, request))
		request_run(control, fd, request);
	explicit_bzero(request, sizeof(request));
}

/* The same day of the month, so many months before; the 28th where the month may be shorter. */
static int32_t months_before(int32_t day, size_t months)
{
	struct civil civil = civil_from_day(day);
	int month = civil.year * 12 + civil.month - 1 - (int)months;
	civil.year = month / 12;
	civil.month = month % 12 + 1;
	civil.day = civil.day > 28 ? 28 : civil.day;
	return day_from_civil(civil);
}

/* Once a night, and when the daemon starts: whose last event is older than may be is erased. */
static void retention_keep(struct control *control)
{
	struct server *server = control->server;
	size_t months = server->config->retention_after_months;
	int32_t night = zone_day(clock_now_us(&server->clock) - NIGHT_US);
	if (months == 0 || night <= control->night || committer_follows(server->committer))
		return;
	const struct erase_request request = {
		.command = "expire",
		.before = months_before(server_today(server), months),
		.reason = "[retention] after_months",
		.stop = &control->stopping,
	};
	struct text said = { 0 };
	if (erasing_serve(server, &request, &said) == EX_OK)
		control->night = night;
	else
		logging(SEVERITY_WARNING, "what is older than [retention] after_months could not "
					  "be erased: it is tried again");
	text_release(&said);
}

static void *control_run(void *context)
{
	struct control *control = context;
	/* Of this thread alone, on Linux. */
	(void)setpriority(PRIO_PROCESS, 0, NICENESS);
	while (!atomic_load(&control->stopping)) {
		retention_keep(control);
		struct pollfd waits[] = {
			{ .fd = control->listener, .events = POLLIN },
			{ .fd = control->wake, .events = POLLIN },
		};
		if (poll(waits, ARRAY_LENGTH(waits), LOOK_MS) < 0 && errno != EINTR)
			break;
		if ((waits[0].revents & POLLIN) == 0 || atomic_load(&control->stopping))
			continue;
		int fd = accept4(control->listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0)
			continue;
		connection_serve(control, fd);
		close(fd);
	}
	return NULL;
}

enum err control_start(struct server *server, int fd, struct control **out)
{
	struct control *control = calloc(1, sizeof(*control));
	if (control == NULL)
		return ERR_FULL;
	control->server = server;
	control->listener = fd;
	control->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	atomic_init(&control->stopping, false);
	control->night = INT32_MIN;
	enum err err = file_join(
		server->config->store_path, "control.sock", control->path, sizeof(control->path));
	if (control->wake < 0 || err != OK ||
		pthread_create(&control->thread, NULL, control_run, control) != 0) {
		if (control->wake >= 0)
			close(control->wake);
		free(control);
		return ERR_FULL;
	}
	*out = control;
	return OK;
}

void control_stop(struct control *control)
{
	const uint64_t one = 1;
	if (control == NULL)
		return;
	atomic_store(&control->stopping, true);
	(void)!write(control->wake, &one, sizeof(one));
	CHECK(pthread_join(control->thread, NULL) == 0);
	unlink(control->path);
	close(control->listener);
	close(control->wake);
	free(control);
}
