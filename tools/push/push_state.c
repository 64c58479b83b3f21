/*
 * tools/push/push_state.c - see push_state.h.
 */
#include "tools/push/push_state.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "base/date.h"
#include "base/file.h"
#include "secret/token.h"
#include "tools/common/options.h"

#define TITLE                                                                                      \
	"# ladder push --state: the newest record that the sender with this token was told of\n"
#define FILE_BYTES_MAX 65536
#define TRIES          100

/* The file may be replaced between opening and locking it. ERR_CONFLICT: another push has it. */
static enum err file_lock(struct push_state *state)
{
	for (int i = 0; i < TRIES; i++) {
		struct stat opened, named;
		int fd = open(state->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		if (fd == -1)
			return ERR_IO;
		state->fd = fd;
		if (flock(fd, LOCK_EX | LOCK_NB) != 0)
			return errno == EWOULDBLOCK ? ERR_CONFLICT : ERR_IO;
		if (fstat(fd, &opened) == 0 && stat(state->path, &named) == 0 &&
			opened.st_ino == named.st_ino && opened.st_dev == named.st_dev)
			return OK;
		close(fd);
		state->fd = -1;
	}
	return ERR_CONFLICT;
}

/* One line: the hash of a token and a seq. */
static enum err line_take(struct push_state *state, char *line)
{
	struct token_hash hash;
	char *space = strchr(line, ' '), *end;
	if (space == NULL || space[1] < '0' || space[1] > '9' ||
		token_hash_parse(bytes_of(line, (size_t)(space - line)), &hash) != OK)
		return ERR_INVALID;
	errno = 0;
	uint64_t seq = strtoull(space + 1, &end, 10);
	if (errno != 0 || *end != '\0')
		return ERR_INVALID;
	if (bytes_equal(bytes_of(line, (size_t)(space - line)), text_bytes(&state->sender)))
		state->known_seq = state->found_seq = seq;
	else
		text_printf(&state->others, "%s\n", line);
	return OK;
}

/* ERR_INVALID: it is no such file. ERR_IO. An empty one is new. */
static enum err file_read(struct push_state *state)
{
	static char text[FILE_BYTES_MAX + 1];
	ssize_t length = pread(state->fd, text, FILE_BYTES_MAX, 0);
	if (length < 0)
		return ERR_IO;
	text[length] = '\0';
	if (length == 0)
		return OK;
	if (length == FILE_BYTES_MAX || strncmp(text, TITLE, strlen(TITLE)) != 0 ||
		text[length - 1] != '\n' || strlen(text) != (size_t)length)
		return ERR_INVALID;
	enum err err = OK;
	char *at = text + strlen(TITLE), *end;
	for (; err == OK && (end = strchr(at, '\n')) != NULL; at = end + 1) {
		*end = '\0';
		err = line_take(state, at);
	}
	return err;
}

static int cannot(const struct push_state *state, int code)
{
	return complain(command_name(), code, "The state in %s cannot be kept: %s.", state->path,
		strerror(errno));
}

int push_state_open(struct push_state *state, const char *token)
{
	char hash[TOKEN_HASH_LENGTH + 1];
	struct text path_new = { 0 };
	state->fd = -1;
	if (state->path == NULL)
		return EX_OK;
	struct token_hash hashed = token_hash_of(bytes_of_string(token));
	token_hash_print(&hashed, hash);
	text_add_string(&state->sender, hash);
	text_printf(&path_new, "%s.new", state->path);
	text_add_char(&path_new, '\0');
	state->path_new = path_new.data;
	if (state->sender.failed || path_new.failed)
		return complain(command_name(), EX_OSERR, "There is not enough memory.");
	enum err err = file_lock(state);
	if (err == ERR_CONFLICT)
		return complain(command_name(), EX_TEMPFAIL,
			"The state in %s is in use: another push is at work with it.", state->path);
	if (err == OK)
		err = file_read(state);
	if (err == ERR_INVALID)
		return complain(command_name(), EX_DATAERR,
			"%s is no file that --state wrote, or it is damaged.", state->path);
	if (err != OK)
		return cannot(state, EX_CANTCREAT);
	/* What cannot be written is said before anything is sent. */
	struct reason reason;
	if (push_state_keep(state, &reason) != OK)
		return complain(command_name(), EX_CANTCREAT, "%s.", reason.text);
	return EX_OK;
}

void push_state_release(struct push_state *state)
{
	if (state->path != NULL && state->fd != -1)
		close(state->fd);
	free(state->path_new);
	text_release(&state->sender);
	text_release(&state->others);
}

static enum err taken_back(uint64_t known, uint64_t last_seq, struct reason *reason)
{
	return fail(reason, ERR_CORRUPT,
		"The store was taken back: record %" PRIu64
		" of this sender was acknowledged, now its newest is %" PRIu64
		". What came between is missing: tell who runs ladderd, and send it again",
		known, last_seq);
}

enum err push_state_told(
	struct push_state *state, uint64_t last_seq, uint64_t accepted, struct reason *reason)
{
	if (last_seq < state->expected_seq)
		return taken_back(state->expected_seq, last_seq, reason);
	if (state->path == NULL)
		return OK;
	/* Each that was accepted has a seq of its own, beyond all that the sender had before. */
	state->accepted += accepted;
	if (last_seq < state->known_seq || last_seq - state->found_seq < state->accepted)
		return taken_back(state->known_seq, last_seq, reason);
	state->known_seq = last_seq;
	if (clock_monotonic_us(&state->clock) - state->kept_us < US_PER_SECOND)
		return OK;
	return push_state_keep(state, reason);
}

enum err push_state_keep(struct push_state *state, struct reason *reason)
{
	if (state->path == NULL)
		return OK;
	CHECK(state->fd != -1);
	if (state->others.failed)
		return fail(reason, ERR_IO, "There is not enough memory");
	FILE *file = file_replace_begin(state->path_new, reason);
	if (file == NULL)
		return ERR_IO;
	/* The next one opens the new file: that is locked before it has the name. */
	bool written = flock(fileno(file), LOCK_EX | LOCK_NB) == 0 &&
		       fprintf(file, TITLE "%.*s%.*s %" PRIu64 "\n", (int)state->others.length,
			       state->others.length > 0 ? state->others.data : "",
			       (int)state->sender.length, state->sender.data, state->known_seq) > 0;
	enum err err =
		file_replace_end(file, written, state->path_new, state->path, &state->fd, reason);
	if (err == OK)
		state->kept_us = clock_monotonic_us(&state->clock);
	return err;
}
