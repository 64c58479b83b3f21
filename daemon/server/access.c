/*
 * daemon/server/access.c - see access.h.
 */
#include "daemon/server/access.h"

#include <stdlib.h>

#include "base/check.h"

enum err access_new(size_t arena_size, struct access **out)
{
	struct access *access = calloc(1, sizeof(*access));
	if (access == NULL)
		return ERR_FULL;
	if (arena_init(&access->arena, arena_size) != OK) {
		free(access);
		return ERR_FULL;
	}
	access->holders = 1;
	*out = access;
	return OK;
}

struct access *access_hold(struct access *access)
{
	CHECK(access->holders > 0);
	access->holders++;
	return access;
}

void access_drop(struct access *access)
{
	if (access == NULL)
		return;
	CHECK(access->holders > 0);
	if (--access->holders > 0)
		return;
	arena_release(&access->arena);
	free(access);
}

bool token_hashes_have(
	const struct token_hashes *hashes, const struct token_hash *hash, int32_t today)
{
	bool found = false;
	CHECK(hashes->count <= ACCESS_HASHES_MAX);
	for (size_t i = 0; i < hashes->count; i++) {
		bool over = hashes->ends && today > hashes->last_days[i];
		found |= token_hash_equal(&hashes->items[i], hash) & !over;
	}
	return found;
}

bool client_key_fits(const struct client_key *needed, const uint8_t *key)
{
	/* What a handshake proved is no secret: the time that it takes to compare tells nothing. */
	return !needed->given || (key != NULL && memcmp(needed->sha256, key, CLIENT_KEY_SIZE) == 0);
}

bool access_needs_certificates(const struct access *access)
{
	for (size_t i = 0; i < access->partner_count; i++) {
		if (access->partners[i].client_key.given)
			return true;
	}
	for (size_t i = 0; i < access->analyst_count; i++) {
		if (access->analysts[i].client_key.given)
			return true;
	}
	return false;
}

struct identity access_find(
	const struct access *access, struct bytes token, const uint8_t *key, int32_t today)
{
	struct identity identity = { 0 };
	struct token_hash hash = token_hash_of(token);
	for (size_t i = 0; i < access->partner_count; i++) {
		if (token_hashes_have(&access->partners[i].hashes, &hash, today))
			identity.partner = &access->partners[i];
	}
	for (size_t i = 0; i < access->analyst_count; i++) {
		if (token_hashes_have(&access->analysts[i].hashes, &hash, today))
			identity.analyst = &access->analysts[i];
	}
	for (size_t i = 0; i < access->scraper_count; i++) {
		if (token_hashes_have(&access->scrapers[i].hashes, &hash, today))
			identity.scraper = &access->scrapers[i];
	}
	/* The configuration refuses one hash in two sections. */
	CHECK((identity.partner != NULL) + (identity.analyst != NULL) +
			(identity.scraper != NULL) <=
		1);
	if (identity.partner != NULL && !client_key_fits(&identity.partner->client_key, key))
		identity.partner = NULL;
	if (identity.analyst != NULL && !client_key_fits(&identity.analyst->client_key, key))
		identity.analyst = NULL;
	return identity;
}

const char *identity_name(const struct identity *identity)
{
	return identity->partner != NULL   ? identity->partner->name
	       : identity->analyst != NULL ? identity->analyst->name
	       : identity->scraper != NULL ? identity->scraper->name
					   : NULL;
}

bool identity_is_nobody(const struct identity *identity)
{
	return identity->partner == NULL && identity->analyst == NULL && identity->scraper == NULL;
}

bool analyst_has_municipality(const struct analyst *analyst, uint16_t municipality)
{
	const struct rights rights = {
		.all_municipalities = analyst->all_municipalities,
		.municipalities = analyst->municipalities,
		.municipality_count = analyst->municipality_count,
	};
	return rights_have_municipality(&rights, municipality);
}

bool scraper_has_municipality(const struct scraper *scraper, uint16_t municipality)
{
	const struct rights rights = {
		.all_municipalities = scraper->all_municipalities,
		.municipalities = scraper->municipalities,
		.municipality_count = scraper->municipality_count,
	};
	return rights_have_municipality(&rights, municipality);
}

/* NULL: the configuration does not name it. */
static const struct place_entry *place_find(const struct access *access, uint16_t municipality)
{
	for (size_t i = 0; i < access->place_count; i++) {
		if (access->places[i].municipality == municipality)
			return &access->places[i];
	}
	return NULL;
}

const char *access_place_name(const struct access *access, uint16_t municipality)
{
	const struct place_entry *place = place_find(access, municipality);
	return place == NULL ? NULL : place->name;
}

uint32_t access_round_to(const struct access *access, uint16_t municipality, uint32_t otherwise)
{
	const struct place_entry *place = place_find(access, municipality);
	return place == NULL || place->round_to == 0 ? otherwise : place->round_to;
}
