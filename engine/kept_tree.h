/*
 * engine/kept_tree.h - trees of figures as bytes (kept.h), many of them, which share their keys.
 *
 * A packed tree begins with the keys that occur in it, which are half of its bytes, and trees of
 * one shape have the same ones. So they are kept once.
 */
#ifndef ENGINE_KEPT_TREE_H
#define ENGINE_KEPT_TREE_H

#include <stdatomic.h>

#include "base/text.h"
#include "engine/packed.h"

/* The beginning that some packed trees have. */
struct tree_keys;

/* The beginnings that there are. One thread's; `*pool = (struct tree_pool){ 0 }` has none. */
struct tree_pool {
	struct tree_keys **list;
	size_t count;
	size_t size;
};
void tree_pool_release(struct tree_pool *pool);

/* One tree. It outlives the pool. `(struct kept_tree){ 0 }` is none. */
struct kept_tree {
	struct tree_keys *keys; /* held; NULL: there is no tree */
	struct packed rest;
};

/* Keeps a copy of a tree that figures_pack() wrote, sound or not. ERR_FULL: no memory. */
enum err kept_tree_take(
	struct tree_pool *pool, struct bytes packed, struct kept_tree *out) NODISCARD;
void kept_tree_release(struct kept_tree *tree);

static inline bool kept_tree_is_none(const struct kept_tree *tree)
{
	return tree->keys == NULL;
}

/* Appends what was taken. */
void kept_tree_print(const struct kept_tree *tree, struct text *out);

/* figures_unpack() of what was taken; also ERR_FULL: no memory. */
enum err kept_tree_unpack(
	const struct kept_tree *tree, struct arena *arena, const struct figure **out) NODISCARD;

#endif
