/*
 * daemon/web/sessions.c - see sessions.h.
 */
#include "daemon/web/sessions.h"

#include <stdio.h>

#include "base/check.h"

void sessions_begin(struct sessions *sessions, const struct identity *identity, const char *user,
	const struct token_hash *token, int64_t now_us, char id[TOKEN_LENGTH + 1])
{
	const char *name = identity_name(identity);
	struct session *place = &sessions->list[0];
	for (size_t i = 0; i < SESSIONS_MAX && place->begun; i++) {
		struct session *one = &sessions->list[i];
		if (!one->begun || one->begun_us < place->begun_us)
			place = one;
	}
	CHECK((identity->analyst != NULL && user == NULL) || identity->partner != NULL);
	CHECK(strlen(name) <= ACCESS_NAME_LENGTH_MAX);
	CHECK(user == NULL || strlen(user) <= SESSION_USER_MAX);
	token_make(id);
	*place = (struct session){
		.begun = true,
		.id = token_hash_of(bytes_of_string(id)),
		.token = *token,
		.is_partner = identity->partner != NULL,
		.begun_us = now_us,
	};
	snprintf(place->name, sizeof(place->name), "%s", name);
	snprintf(place->user, sizeof(place->user), "%s", user == NULL ? "" : user);
}

/* The place of a session; SESSIONS_MAX: there is none. */
static size_t place_of(const struct sessions *sessions, struct bytes id)
{
	size_t place = SESSIONS_MAX;
	struct token_hash hash = token_hash_of(id);
	for (size_t i = 0; i < SESSIONS_MAX; i++) {
		if (token_hash_equal(&sessions->list[i].id, &hash) && sessions->list[i].begun)
			place = i;
	}
	return place;
}

const struct session *sessions_find(
	const struct sessions *sessions, struct bytes id, int64_t now_us)
{
	size_t place = place_of(sessions, id);
	CHECK(place == SESSIONS_MAX || now_us >= sessions->list[place].begun_us);
	if (place == SESSIONS_MAX || now_us - sessions->list[place].begun_us >= SESSION_US)
		return NULL;
	return &sessions->list[place];
}

void sessions_end(struct sessions *sessions, struct bytes id)
{
	size_t place = place_of(sessions, id);
	if (place != SESSIONS_MAX)
		sessions->list[place] = (struct session){ 0 };
}
