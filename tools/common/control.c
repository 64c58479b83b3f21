/*
 * tools/common/control.c - see control.h.
 */
#include "tools/common/control.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tools/common/options.h"

void control_add(struct text *request, const char *name, const char *value)
{
	if (value == NULL)
		return;
	text_printf(request, "%s=", name);
	/* A line has no line end. */
	for (; *value != '\0'; value++)
		text_add_char(request, *value == '\n' ? ' ' : *value);
	text_add_char(request, '\n');
}

/* A socket's address is short, and a store's path may be long: by its open folder. */
static int socket_open(const char *store)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int folder = open(store, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return -1;
	snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/control.sock",
		folder);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
		int error = errno;
		close(fd);
		fd = -1;
		errno = error;
	}
	close(folder);
	return fd;
}

static bool answer_read(int fd, struct text *out)
{
	char buffer[4096];
	ssize_t length;
	while ((length = read(fd, buffer, sizeof(buffer))) > 0)
		text_add(out, bytes_of(buffer, (size_t)length));
	return length == 0 && !out->failed && out->length > 0;
}

int control_ask(const char *command, const char *store, const struct text *request)
{
	struct text answer = { 0 };
	int fd = socket_open(store);
	if (fd < 0)
		return complain(command, EX_UNAVAILABLE,
			"The ladderd that has the store %s open cannot be reached: %s.", store,
			strerror(errno));
	bool asked = !request->failed &&
		     send(fd, request->data, request->length, MSG_NOSIGNAL) ==
			     (ssize_t)request->length &&
		     send(fd, "\n", 1, MSG_NOSIGNAL) == 1;
	bool answered = asked && answer_read(fd, &answer);
	close(fd);
	const char *text = answered ? strchr(answer.data, '\n') : NULL;
	int code = EX_UNAVAILABLE;
	if (text == NULL) {
		complain(command, code,
			"The ladderd that has the store %s open did not answer: look at its "
			"messages, and run this again.",
			store);
	} else {
		code = (int)strtol(answer.data, NULL, 10);
		if (code == EX_OK)
			fputs(text + 1, stdout);
		else
			complain(command, code, "%s.", text + 1);
	}
	text_release(&answer);
	return code;
}
