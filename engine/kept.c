/*
 * engine/kept.c - see kept.h.
 *
 * A figure is its kind, its key behind its length and one (0: none), and its value; an object or
 * an array is followed by its children and an end.
 */
#include "engine/kept.h"

#include <stdlib.h>
#include <xxhash.h>

#include "base/check.h"
#include "base/grow.h"
#include "engine/packed.h"

#define VERSION   1
#define END_MARK  0xFF
#define DEPTH_MAX FIGURES_DEPTH_MAX

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
	CHECK(length < UINT16_MAX);
	uint16_t size = (uint16_t)length;
	put(out, &size, sizeof(size));
	put(out, string, length);
}

static void figure_pack(const struct figure *figure, struct text *out)
{
	put_byte(out, (uint8_t)figure->kind);
	put_text(out, figure->key);
	switch (figure->kind) {
	case FIGURE_OBJECT:
	case FIGURE_ARRAY:
		for (const struct figure *child = figure->as.first; child != NULL;
			child = child->next)
			figure_pack(child, out);
		put_byte(out, END_MARK);
		return;
	case FIGURE_INTEGER:
		put(out, &figure->as.integer, sizeof(figure->as.integer));
		return;
	case FIGURE_NUMBER:
		put(out, &figure->as.number, sizeof(figure->as.number));
		return;
	case FIGURE_TEXT:
		put_text(out, figure->as.text);
		return;
	case FIGURE_NULL:
		return;
	case FIGURE_TRUTH:
		/* Of agreements only, which are internal. */
		break;
	}
	check_failed("a kind of the enum", __FILE__, __LINE__);
}

void figures_pack(const struct figure *root, struct text *out)
{
	size_t begin = out->length;
	put_byte(out, VERSION);
	figure_pack(root, out);
	if (out->failed)
		return;
	uint64_t sum = XXH3_64bits(out->data + begin, out->length - begin);
	put(out, &sum, sizeof(sum));
}

/* What is left to read. */
struct unpacking {
	struct bytes rest;
	struct arena *arena;
};

static enum err get(struct unpacking *from, void *out, size_t size)
{
	if (from->rest.length < size)
		return ERR_CORRUPT;
	memcpy(out, from->rest.data, size);
	from->rest = bytes_of(from->rest.data + size, from->rest.length - size);
	return OK;
}

static enum err get_text(struct unpacking *from, const char **out)
{
	uint16_t size;
	struct bytes copy;
	*out = NULL;
	enum err err = get(from, &size, sizeof(size));
	if (err != OK || size == 0)
		return err;
	if (from->rest.length < size || from->rest.data[size - 1] != '\0')
		return ERR_CORRUPT;
	err = arena_copy(from->arena, bytes_of(from->rest.data, size), &copy);
	from->rest = bytes_of(from->rest.data + size, from->rest.length - size);
	if (err == OK)
		*out = (const char *)copy.data;
	return err;
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
	if (err == OK && (kind > FIGURE_NULL || depth > DEPTH_MAX))
		err = ERR_CORRUPT;
	if (err == OK)
		err = get_text(from, &figure->key);
	if (err != OK)
		return err;
	figure->kind = (enum figure_kind)kind;
	switch (figure->kind) {
	case FIGURE_OBJECT:
	case FIGURE_ARRAY:
		err = children_unpack(from, depth + 1, &figure->as.first);
		break;
	case FIGURE_INTEGER:
		err = get(from, &figure->as.integer, sizeof(figure->as.integer));
		break;
	case FIGURE_NUMBER:
		err = get(from, &figure->as.number, sizeof(figure->as.number));
		break;
	case FIGURE_TEXT:
		err = get_text(from, &figure->as.text);
		break;
	case FIGURE_NULL:
	case FIGURE_TRUTH:
		break;
	}
	*out = figure;
	return err;
}

enum err figures_unpack(struct bytes packed, struct arena *arena, const struct figure **out)
{
	uint64_t sum;
	struct figure *root = NULL;
	if (packed.length < 1 + sizeof(sum) || packed.data[0] != VERSION)
		return ERR_CORRUPT;
	size_t length = packed.length - sizeof(sum);
	memcpy(&sum, packed.data + length, sizeof(sum));
	if (XXH3_64bits(packed.data, length) != sum)
		return ERR_CORRUPT;
	struct unpacking from = { bytes_of(packed.data + 1, length - 1), arena };
	enum err err = figure_unpack(&from, 0, &root);
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

static enum err publication_keep(struct kept *kept, const struct publication *publication)
{
	struct arena arena;
	const struct figure *root;
	struct text text = { 0 };
	if (!GROW(kept->items, kept->item_size, kept->count + 1) ||
		!GROW(kept->texts, kept->text_size, kept->count + 1))
		return ERR_FULL;
	enum err err = arena_init(&arena, FIGURES_ARENA_SIZE);
	if (err != OK)
		return err;
	err = publication_build(publication, &arena, &root);
	if (err == OK)
		figures_pack(root, &text);
	arena_release(&arena);
	if (err == OK && text.failed)
		err = ERR_FULL;
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
		if (one->seq > seq_after && !one->disclosure.withheld && one->kept.length == 0)
			err = publication_keep(kept, one);
	}
	return err;
}
