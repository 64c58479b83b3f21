/*
 * daemon/server/peers.c - see peers.h.
 */
#include "daemon/server/peers.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/date.h"
#include "daemon/remote/remote.h"

#define PATH_MAX_ 256

struct peers {
	struct access *access;
	struct clock clock;
	struct remote **remotes; /* of access->peers */
	struct text names;
	pthread_mutex_t mutex; /* a remote is one thread's at a time */
};

enum err peers_new(struct access *access, const struct clock *clock, struct peers **out)
{
	struct peers *peers = calloc(1, sizeof(*peers));
	if (peers == NULL)
		return ERR_FULL;
	CHECK(access->peer_count > 0);
	pthread_mutex_init(&peers->mutex, NULL);
	peers->access = access_hold(access);
	peers->clock = *clock;
	peers->remotes = calloc(access->peer_count, sizeof(struct remote *));
	enum err err = peers->remotes == NULL ? ERR_FULL : OK;
	for (size_t i = 0; i < access->peer_count && err == OK; i++) {
		const struct peer_store *peer = &access->peers[i];
		const struct remote_options options = {
			.address = peer->address,
			.token_file = peer->token_file,
			.ca = peer->ca,
		};
		text_printf(&peers->names, "%s%s", i == 0 ? "" : ", ", peer->name);
		err = remote_new(&options, &peers->remotes[i]);
	}
	if (err == OK && peers->names.failed)
		err = ERR_FULL;
	if (err != OK) {
		peers_free(peers);
		return err;
	}
	*out = peers;
	return OK;
}

void peers_free(struct peers *peers)
{
	if (peers == NULL)
		return;
	for (size_t i = 0; peers->remotes != NULL && i < peers->access->peer_count; i++)
		remote_free(peers->remotes[i]);
	free(peers->remotes);
	text_release(&peers->names);
	access_drop(peers->access);
	pthread_mutex_destroy(&peers->mutex);
	free(peers);
}

void peers_stop(struct peers *peers)
{
	for (size_t i = 0; peers != NULL && i < peers->access->peer_count; i++)
		remote_stop(peers->remotes[i]);
}

const char *peers_names(const struct peers *peers)
{
	return peers->names.data;
}

/* The question of the sums, as /v1/sums takes it. */
static void path_print(const struct summed *sums, char out[PATH_MAX_])
{
	char as_of[DATE_LENGTH + 1], known_at[INSTANT_LENGTH + 1];
	char municipality[MUNICIPALITY_LENGTH + 1] = "all";
	date_print(sums->head.as_of, as_of);
	instant_print(sums->head.known_us, known_at);
	if (sums->head.municipality != PART_ALL)
		municipality_print(sums->head.municipality, municipality);
	int length = snprintf(out, PATH_MAX_,
		"/v1/sums?as_of=%s&known_at=%s&municipality=%s&window=%d&definitions=%d", as_of,
		known_at, municipality, (int)sums->head.window_days,
		(int)sums->question.definitions);
	CHECK(length > 0 && length < PATH_MAX_);
}

static enum err refusal(
	const struct peer_store *peer, const struct remote_answer *answer, struct reason *reason)
{
	switch (answer->status) {
	case 400:
		return fail(reason, ERR_IO,
			"the peer %s does not take the question (400): its clock may be behind, or "
			"its program older",
			peer->name);
	case 401:
		return fail(
			reason, ERR_IO, "the peer %s does not know the token (401)", peer->name);
	case 403:
		return fail(reason, ERR_IO,
			"the peer %s does not give its sums (403): the token must be of an analyst "
			"there with sums = yes who may see that municipality",
			peer->name);
	default:
		return fail(reason, ERR_IO, "the peer %s answers %ld", peer->name, answer->status);
	}
}

/* Reads what a peer answered, and adds it. */
static enum err answer_add(const struct peer_store *peer, const struct remote_answer *answer,
	struct summed *sums, struct reason *reason)
{
	struct summed more;
	struct reason why = { "" };
	if (answer->status != 200)
		return refusal(peer, answer, reason);
	enum err err = summed_read(text_bytes(&answer->body), &more, &why);
	if (err == OK) {
		err = summed_add(sums, &more, &why);
		summed_release(&more);
	}
	return err == OK ? OK
			 : fail(reason, ERR_IO, "what the peer %s answers is of no use: %s",
				   peer->name, why.text);
}

static enum err peer_add(struct peers *peers, size_t index, unsigned seconds_max,
	struct summed *sums, struct reason *reason)
{
	const struct peer_store *peer = &peers->access->peers[index];
	struct remote_answer answer = { 0 };
	struct reason why = { "" };
	char path[PATH_MAX_];
	path_print(sums, path);
	const struct remote_request request = {
		.path = path,
		.accept = "application/x-protobuf",
		.bytes_max = SUMMED_BYTES_MAX,
		.seconds_max = seconds_max,
	};
	enum err err = remote_get(peers->remotes[index], &request, &answer, &why);
	if (err == OK)
		err = answer_add(peer, &answer, sums, reason);
	else if (err != ERR_STOPPED && answer.timed_out)
		err = fail(reason, ERR_CONFLICT, "the peer %s did not answer in time", peer->name);
	else if (err != ERR_STOPPED)
		err = fail(reason, ERR_IO, "the peer %s cannot be asked: %s", peer->name, why.text);
	remote_answer_release(&answer);
	return err;
}

enum err peers_add(struct peers *peers, struct summed *sums, struct reason *reason)
{
	int64_t until_us = clock_monotonic_us(&peers->clock) + PEERS_SECONDS_MAX * US_PER_SECOND;
	enum err err = OK;
	pthread_mutex_lock(&peers->mutex);
	for (size_t i = 0; i < peers->access->peer_count && err == OK; i++) {
		int64_t left_us = until_us - clock_monotonic_us(&peers->clock);
		err = left_us < US_PER_SECOND
			      ? fail(reason, ERR_CONFLICT, "the peer %s was not asked in time",
					peers->access->peers[i].name)
			      : peer_add(peers, i, (unsigned)(left_us / US_PER_SECOND), sums,
					reason);
	}
	pthread_mutex_unlock(&peers->mutex);
	return err;
}
