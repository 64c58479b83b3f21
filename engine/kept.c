/*
 * engine/kept.c - see kept.h.
 *
 * A version, the keys that occur, each behind its length and one, and an end; then the figures: the
 * kind, the number of the key (0: none) and the value; an object or an array is followed by its
 * children and an end. Whole numbers are varints, negative ones folded between. Version 1 had each
 * key in its place, and whole numbers of eight bytes.
 */
#include "engine/kept.h"

#include <stdlib.h>
#include <xxhash.h>

#include "base/check.h"
#include "base/grow.h"
#include "engine/packed.h"
#include "proto/codec.h"

#define VERSION_OLD 1
#define VERSION     2
#define END_MARK    0xFF
#define DEPTH_MAX   FIGURES_DEPTH_MAX
#define KEYS_MAX    KEPT_KEYS_MAX
#define KEYS_SEEN   1024

/* The keys of a tree. They are few, and mostly those of the tables: the same pointers. */
struct keys {
	const char *of[KEYS_MAX];
	size_t count;
};

/* The same, while a tree is packed: by a hash of the pointer its number, where it was seen last. */
struct packing {
	struct keys keys;
	struct {
		const char *key;
		size_t number;
	} seen[KEYS_SEEN];
	struct text *out;
};

static void put(struct text *out, const void *data, size_t size)
{
	text_add(out, bytes_of(data, size));
}

static void put_byte(struct text *out, uint8_t byte)
{
	put(out, &byte, 1);
}

static void put_text(struct text *out, const char *string)
{
	size_t length = string == NULL ? 0 : strlen(string) + 1;
	varint_add(out, length);
	put(out, string, length);
}

static size_t key_find(struct keys *keys, const char *key)
{
	size_t at = 0;
	while (at < keys->count && keys->of[at] != key && strcmp(keys->of[at], key) != 0)
		at++;
	CHECK(at < KEYS_MAX);
	if (at == keys->count)
		keys->of[keys->count++] = key;
	return at + 1;
}

/* The number of a key from 1 on; a new one is added. 0: there is none. */
static size_t key_number(struct packing *packing, const char *key)
{
	if (key == NULL)
		return 0;
	uint64_t mixed = (uint64_t)(uintptr_t)key * UINT64_C(0x9E3779B97F4A7C15);
	size_t at = (size_t)(mixed >> 32) % KEYS_SEEN;
	if (packing->seen[at].key != key) {
		packing->seen[at].number = key_find(&packing->keys, key);
		packing->seen[at].key = key;
	}
	return packing->seen[at].number;
}

static void keys_collect(struct packing *packing, const struct figure *figure)
{
	key_number(packing, figure->key);
	if (figure->kind != FIGURE_OBJECT && figure->kind != FIGURE_ARRAY)
		return;
	for (const struct figure *child = figure->as.first; child != NULL; child = child->next)
		keys_collect(packing, child);
}

static void figure_pack(struct packing *packing, const struct figure *figure)
{
	struct text *out = packing->out;
	put_byte(out, (uint8_t)figure->kind);
	varint_add(out, key_number(packing, figure->key));
	switch (figure->kind) {
	case FIGURE_OBJECT:
	case FIGURE_ARRAY:
		for (const struct figure *child = figure->as.first; child != NULL;
			child = child->next)
			figure_pack(packing, child);
		put_byte(out, END_MARK);
		return;
	case FIGURE_INTEGER:
		varint_add(out, (uint64_t)figure->as.integer << 1 ^
					(figure->as.integer < 0 ? UINT64_MAX : 0));
		return;
	case FIGURE_NUMBER:
		put(out, &figure->as.number, sizeof(figure->as.number));
		return;
	case FIGURE_TEXT:
		put_text(out, figure->as.text);
		return;
	case FIGURE_TRUTH:
		put_byte(out, figure->as.integer != 0);
		return;
	case FIGURE_NULL:
		return;
	}
	check_failed("a kind of the enum", __FILE__, __LINE__);
}

void figures_pack(const struct figure *root, struct text *out)
{
	struct packing packing = { .out = out };
	size_t begin = out->length;
	put_byte(out, VERSION);
	keys_collect(&packing, root);
	for (size_t i = 0; i < packing.keys.count; i++)
		put_text(out, packing.keys.of[i]);
	put_text(out, NULL);
	figure_pack(&packing, root);
	if (out->failed)
		return;
	uint64_t sum = XXH3_64bits(out->data + begin, out->length - begin);
	put(out, &sum, sizeof(sum));
}

/* What is left to read. */
struct unpacking {
	struct bytes rest;
	struct arena *arena;
	bool is_old;
	struct keys keys;
};

static enum err get(struct unpacking *from, void *out, size_t size)
{
	if (from->rest.length < size)
		return ERR_CORRUPT;
	memcpy(out, from->rest.data, size);
	from->rest = bytes_of(from->rest.data + size, from->rest.length - size);
	return OK;
}

static enum err get_length(struct unpacking *from, uint64_t *out)
{
	uint16_t size;
	if (!from->is_old)
		return varint_take(&from->rest, out) == OK ? OK : ERR_CORRUPT;
	enum err err = get(from, &size, sizeof(size));
	*out = err == OK ? size : 0;
	return err;
}

static enum err get_text(struct unpacking *from, const char **out)
{
	uint64_t size;
	struct bytes copy;
	*out = NULL;
	enum err err = get_length(from, &size);
	if (err != OK || size == 0)
		return err;
	if (from->rest.length < size || from->rest.data[size - 1] != '\0')
		return ERR_CORRUPT;
	err = arena_copy(from->arena, bytes_of(from->rest.data, (size_t)size), &copy);
	from->rest = bytes_of(from->rest.data + size, from->rest.length - (size_t)size);
	if (err == OK)
		*out = (const char *)copy.data;
	return err;
}

static enum err keys_unpack(struct unpacking *from)
{
	const char *key;
	enum err err;
	while ((err = get_text(from, &key)) == OK && key != NULL) {
		if (from->keys.count == KEYS_MAX)
			return ERR_CORRUPT;
		from->keys.of[from->keys.count++] = key;
	}
	return err;
}

size_t figures_keys_length(struct bytes packed)
{
	struct bytes rest = packed;
	uint64_t size = 1;
	if (packed.length == 0 || packed.data[0] != VERSION)
		return 0;
	while (size > 0) {
		rest = bytes_of(rest.data + size, rest.length - (size_t)size);
		if (varint_take(&rest, &size) != OK || size > rest.length)
			return 0;
	}
	return packed.length - rest.length;
}

static enum err get_key(struct unpacking *from, const char **out)
{
	uint64_t number;
	if (from->is_old)
		return get_text(from, out);
	if (varint_take(&from->rest, &number) != OK || number > from->keys.count)
		return ERR_CORRUPT;
	*out = number == 0 ? NULL : from->keys.of[number - 1];
	return OK;
}

static enum err get_integer(struct unpacking *from, int64_t *out)
{
	uint64_t folded;
	if (from->is_old)
		return get(from, out, sizeof(*out));
	if (varint_take(&from->rest, &folded) != OK)
		return ERR_CORRUPT;
	*out = (int64_t)(folded >> 1 ^ ((folded & 1) != 0 ? UINT64_MAX : 0));
	return OK;
}

static enum err figure_unpack(struct unpacking *from, unsigned depth, struct figure **out);

static enum err children_unpack(struct unpacking *from, unsigned depth, const struct figure **place)
{
	while (from->rest.length > 0 && from->rest.data[0] != END_MARK) {
		struct figure *child;
		enum err err = figure_unpack(from, depth, &child);
		if (err != OK)
			return err;
		*place = child;
		place = &child->next;
	}
	uint8_t end;
	return get(from, &end, sizeof(end));
}

static enum err figure_unpack(struct unpacking *from, unsigned depth, struct figure **out)
{
	uint8_t kind;
	struct figure *figure = arena_take(from->arena, sizeof(*figure));
	if (figure == NULL)
		return ERR_FULL;
	enum err err = get(from, &kind, sizeof(kind));
	if (err == OK && (kind > FIGURE_TRUTH || depth > DEPTH_MAX))
		err = ERR_CORRUPT;
	if (err == OK)
		err = get_key(from, &figure->key);
	if (err != OK)
		return err;
	figure->kind = (enum figure_kind)kind;
	switch (figure->kind) {
	case FIGURE_OBJECT:
	case FIGURE_ARRAY:
		err = children_unpack(from, depth + 1, &figure->as.first);
		break;
	case FIGURE_INTEGER:
		err = get_integer(from, &figure->as.integer);
		break;
	case FIGURE_NUMBER:
		err = get(from, &figure->as.number, sizeof(figure->as.number));
		break;
	case FIGURE_TEXT:
		err = get_text(from, &figure->as.text);
		break;
	case FIGURE_TRUTH:
		err = get(from, &kind, sizeof(kind));
		figure->as.integer = kind;
		break;
	case FIGURE_NULL:
		break;
	}
	*out = figure;
	return err;
}

enum err figures_unpack(struct bytes packed, struct arena *arena, const struct figure **out)
{
	uint64_t sum;
	struct figure *root = NULL;
	if (packed.length < 1 + sizeof(sum) ||
		(packed.data[0] != VERSION && packed.data[0] != VERSION_OLD))
		return ERR_CORRUPT;
	size_t length = packed.length - sizeof(sum);
	memcpy(&sum, packed.data + length, sizeof(sum));
	if (XXH3_64bits(packed.data, length) != sum)
		return ERR_CORRUPT;
	struct unpacking from = {
		.rest = bytes_of(packed.data + 1, length - 1),
		.arena = arena,
		.is_old = packed.data[0] == VERSION_OLD,
	};
	enum err err = from.is_old ? OK : keys_unpack(&from);
	if (err == OK)
		err = figure_unpack(&from, 0, &root);
	if (err == OK && from.rest.length > 0)
		err = ERR_CORRUPT;
	if (err == OK)
		*out = root;
	return err;
}

void kept_release(struct kept *kept)
{
	for (size_t i = 0; i < kept->count; i++)
		text_release(&kept->texts[i]);
	free(kept->items);
	free(kept->texts);
	*kept = (struct kept){ 0 };
}

enum err publication_pack(const struct publication *publication, struct text *out)
{
	struct arena arena;
	const struct figure *root;
	enum err err = arena_init(&arena, FIGURES_ARENA_SIZE);
	if (err != OK)
		return err;
	err = publication_build(publication, &arena, &root);
	if (err == OK)
		figures_pack(root, out);
	arena_release(&arena);
	return err == OK && out->failed ? ERR_FULL : err;
}

static enum err publication_keep(struct kept *kept, const struct publication *publication)
{
	struct text text = { 0 };
	if (!GROW(kept->items, kept->item_size, kept->count + 1) ||
		!GROW(kept->texts, kept->text_size, kept->count + 1))
		return ERR_FULL;
	enum err err = publication_pack(publication, &text);
	if (err != OK) {
		text_release(&text);
		return err;
	}
	kept->texts[kept->count] = text;
	kept->items[kept->count++] =
		(struct kept_figures){ .seq = publication->seq, .figures = text_bytes(&text) };
	return OK;
}

enum err kept_add(struct kept *kept, const struct publications *publications, uint64_t seq_after)
{
	enum err err = OK;
	for (size_t i = 0; i < publications->count && err == OK; i++) {
		const struct publication *one = publications->items[i].publication;
		if (one->seq > seq_after && !one->disclosure.withheld && !one->stored)
			err = publication_keep(kept, one);
	}
	return err;
}
