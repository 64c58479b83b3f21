/*
 * secret/keyed_hash.h - the hash of tables whose keys come from a sender.
 *
 * Who knows a hash can choose a hundred thousand identifiers that share a slot, and each
 * look-up then walks through all of them. So tables of identifiers, keys and subjects use
 * SipHash-2-4 with a random key of this process, which is never shown: a hash is for tables
 * in memory only and stands in no file.
 */
#ifndef SECRET_KEYED_HASH_H
#define SECRET_KEYED_HASH_H

#include "base/bytes.h"

/* The same for the same bytes until the process ends. Any thread. */
uint64_t keyed_hash(struct bytes bytes);

#endif
