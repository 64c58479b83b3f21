/*
 * engine/names.c - see names.h.
 */
#include "engine/names.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/grow.h"
#include "secret/keyed_hash.h"

void names_release(struct names *names)
{
	free(names->text);
	free(names->ends);
	free(names->slots);
	*names = (struct names){ 0 };
}

struct bytes names_text(const struct names *names, int32_t number)
{
	CHECK(number >= 1 && number <= names->count);
	size_t begin = number == 1 ? 0 : names->ends[number - 2];
	return bytes_of(names->text + begin, names->ends[number - 1] - begin);
}

/* The slot of the name: where it is, or the free one where it would be. */
static size_t slot_of(const struct names *names, struct bytes name)
{
	size_t mask = names->slot_count - 1;
	size_t slot = (size_t)keyed_hash(name) & mask;
	while (names->slots[slot] != 0 && !bytes_equal(names_text(names, names->slots[slot]), name))
		slot = (slot + 1) & mask;
	return slot;
}

static enum err slots_grow(struct names *names)
{
	size_t count = names->slot_count == 0 ? 64 : names->slot_count * 2;
	int32_t *slots = calloc(count, sizeof(*slots));
	if (slots == NULL)
		return ERR_FULL;
	free(names->slots);
	names->slots = slots;
	names->slot_count = count;
	for (int32_t number = 1; number <= names->count; number++)
		names->slots[slot_of(names, names_text(names, number))] = number;
	return OK;
}

static enum err room_make(struct names *names, size_t length)
{
	if (names->count == NAMES_MAX)
		return ERR_FULL;
	if (names->count == names->size) {
		int32_t size = names->size == 0 ? 32 : names->size + names->size / 8;
		if (!GROW_TO(names->ends, (size_t)size))
			return ERR_FULL;
		names->size = size;
	}
	if (names->text_length + length > UINT32_MAX)
		return ERR_FULL;
	if (names->text_length + length > names->text_size) {
		size_t size = names->text_size + names->text_size / 8 + length + 256;
		if (!GROW_TO(names->text, size))
			return ERR_FULL;
		names->text_size = size;
	}
	/* At most two thirds full. */
	if (((size_t)names->count + 1) * 3 > names->slot_count * 2)
		return slots_grow(names);
	return OK;
}

enum err names_number(struct names *names, struct bytes name, int32_t *out)
{
	if (name.length == 0) {
		*out = 0;
		return OK;
	}
	enum err err = room_make(names, name.length);
	if (err != OK)
		return err;
	size_t slot = slot_of(names, name);
	if (names->slots[slot] == 0) {
		memcpy(names->text + names->text_length, name.data, name.length);
		names->text_length += name.length;
		names->ends[names->count++] = (uint32_t)names->text_length;
		names->slots[slot] = names->count;
	}
	*out = names->slots[slot];
	return OK;
}

int32_t names_find(const struct names *names, struct bytes name)
{
	return names->slot_count == 0 || name.length == 0 ? 0 : names->slots[slot_of(names, name)];
}

enum err names_copy(const struct names *names, struct names *out)
{
	enum err err = OK;
	CHECK(out->count == 0);
	for (int32_t number = 1; number <= names->count && err == OK; number++) {
		int32_t same;
		err = names_number(out, names_text(names, number), &same);
		CHECK(err != OK || same == number);
	}
	return err;
}
