/*
 * engine/kept_tree.c - see kept_tree.h.
 */
#include "engine/kept_tree.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/grow.h"
#include "engine/kept.h"

struct tree_keys {
	atomic_size_t holders; /* the pool, and each tree */
	size_t length;
	uint8_t data[];
};

static void keys_drop(struct tree_keys *keys)
{
	if (keys != NULL && atomic_fetch_sub(&keys->holders, 1) == 1)
		free(keys);
}

void tree_pool_release(struct tree_pool *pool)
{
	for (size_t i = 0; i < pool->count; i++)
		keys_drop(pool->list[i]);
	free(pool->list);
	*pool = (struct tree_pool){ 0 };
}

/* The same bytes in the pool, or these put there; NULL: no memory. */
static struct tree_keys *keys_find(struct tree_pool *pool, struct bytes bytes)
{
	for (size_t i = 0; i < pool->count; i++) {
		if (bytes_equal(bytes_of(pool->list[i]->data, pool->list[i]->length), bytes))
			return pool->list[i];
	}
	if (!GROW(pool->list, pool->size, pool->count + 1))
		return NULL;
	struct tree_keys *keys = malloc(sizeof(*keys) + bytes.length);
	if (keys == NULL)
		return NULL;
	atomic_init(&keys->holders, 1);
	keys->length = bytes.length;
	if (bytes.length > 0)
		memcpy(keys->data, bytes.data, bytes.length);
	pool->list[pool->count++] = keys;
	return keys;
}

enum err kept_tree_take(struct tree_pool *pool, struct bytes packed, struct kept_tree *out)
{
	size_t begin = figures_keys_length(packed);
	struct bytes rest = bytes_of(packed.data + begin, packed.length - begin);
	struct tree_keys *keys = keys_find(pool, bytes_of(packed.data, begin));
	uint8_t *copy = keys == NULL ? NULL : malloc(rest.length + 1);
	if (copy == NULL)
		return ERR_FULL;
	memcpy(copy, rest.data, rest.length);
	atomic_fetch_add(&keys->holders, 1);
	*out = (struct kept_tree){ .keys = keys, .rest = { copy, rest.length } };
	return OK;
}

void kept_tree_release(struct kept_tree *tree)
{
	keys_drop(tree->keys);
	packed_release(&tree->rest);
	*tree = (struct kept_tree){ 0 };
}

void kept_tree_print(const struct kept_tree *tree, struct text *out)
{
	if (kept_tree_is_none(tree))
		return;
	text_add(out, bytes_of(tree->keys->data, tree->keys->length));
	text_add(out, bytes_of(tree->rest.data, tree->rest.length));
}

enum err kept_tree_unpack(
	const struct kept_tree *tree, struct arena *arena, const struct figure **out)
{
	struct text text = { 0 };
	kept_tree_print(tree, &text);
	enum err err = text.failed ? ERR_FULL : figures_unpack(text_bytes(&text), arena, out);
	text_release(&text);
	return err;
}
