/*
 * engine/kept.h - the figures of publications as they are shown, kept as bytes.
 *
 * An erased person never changes what was published: before the first erasure or restriction that
 * would touch a publication its tree is packed and put into the store, and is what everybody is
 * shown from then on. It has shown numbers only, so that nothing of a person is in it; the exact
 * sums are not kept, since beside those without the person they would tell what the person adds.
 */
#ifndef ENGINE_KEPT_H
#define ENGINE_KEPT_H

#include "engine/publication.h"
#include "store/erase.h"

/* Appends a tree of figures as bytes, with a checksum. */
void figures_pack(const struct figure *root, struct text *out);

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
