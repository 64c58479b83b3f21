/*
 * engine/kept.h - the figures of publications as they are shown, kept as bytes.
 *
 * What is published never changes, also when somebody is erased: its tree is packed and put into
 * the store when it is found how it is shown, and is what everybody is shown from then on. No start
 * folds it again. It has shown numbers only, so that nothing of a person is in it; the exact sums
 * are not kept, since beside those without the person they would tell what the person adds.
 */
#ifndef ENGINE_KEPT_H
#define ENGINE_KEPT_H

#include "engine/publication.h"
#include "store/erase.h"

/* A tree has so many keys of different names at most: one more ends the process. A test counts. */
#define KEPT_KEYS_MAX 1024

/* Appends a tree of figures as bytes, with a checksum. */
void figures_pack(const struct figure *root, struct text *out);

/* So many of its bytes, at the beginning, are its keys; 0: they are not whole, or there are none.
 */
size_t figures_keys_length(struct bytes packed);

/* Appends the tree of a publication so. ERR_FULL, ERR_CORRUPT: publication_build()'s. */
enum err publication_pack(const struct publication *publication, struct text *out) NODISCARD;

/* The tree, in the arena. ERR_CORRUPT: the bytes are not whole. ERR_FULL: the arena is full. */
enum err figures_unpack(
	struct bytes packed, struct arena *arena, const struct figure **out) NODISCARD;

/* Publications that are to be kept. `*kept = (struct kept){0}` are none. */
struct kept {
	struct kept_figures *items;
	struct text *texts; /* that the items borrow from */
	size_t count;
	size_t item_size;
	size_t text_size;
};
void kept_release(struct kept *kept);

/*
 * Packs those of the publications after `seq_after` that are shown and not kept yet. ERR_FULL: no
 * memory.
 */
enum err kept_add(
	struct kept *kept, const struct publications *publications, uint64_t seq_after) NODISCARD;

#endif
