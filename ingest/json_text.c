/*
 * ingest/json_text.c - see json_text.h.
 *
 * Each block of jansson's has a head before it. While a text is read the blocks hang in a ring,
 * so that a jump out of the parser loses none; afterwards the ring stays, without a beginning,
 * and each block leaves it when it is freed.
 */
#include "ingest/json_text.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdlib.h>

#include "base/check.h"

struct block {
	alignas(max_align_t) struct block *before;
	struct block *after;
};

static _Thread_local struct {
	bool active;
	jmp_buf out;
	struct block ring;
} reading;

static void *(*allocate)(size_t size) = malloc;

void json_text_allocate_by(void *(*by)(size_t size))
{
	allocate = by != NULL ? by : malloc;
}

static void ring_begin(struct block *block)
{
	block->before = block;
	block->after = block;
}

static void ring_leave(struct block *block)
{
	block->before->after = block->after;
	block->after->before = block->before;
}

static void *block_take(size_t size)
{
	struct block *block = NULL;
	if (size <= SIZE_MAX - sizeof(*block))
		block = allocate(sizeof(*block) + size);
	if (block == NULL) {
		if (reading.active)
			longjmp(reading.out, 1);
		return NULL;
	}
	ring_begin(block);
	if (reading.active) {
		block->before = &reading.ring;
		block->after = reading.ring.after;
		block->after->before = block;
		reading.ring.after = block;
	}
	return block + 1;
}

static void block_give(void *memory)
{
	if (memory == NULL)
		return;
	struct block *block = (struct block *)memory - 1;
	ring_leave(block);
	free(block);
}

/* Before main(): what jansson allocates by one function it must not free by another. */
__attribute__((constructor)) static void allocator_set(void)
{
	json_set_alloc_funcs(block_take, block_give);
}

enum err json_text_read(struct bytes text, size_t flags, json_t **out, json_error_t *error)
{
	CHECK(!reading.active);
	ring_begin(&reading.ring);
	reading.active = true;
	if (setjmp(reading.out) != 0) {
		reading.active = false;
		while (reading.ring.after != &reading.ring)
			block_give(reading.ring.after + 1);
		return ERR_FULL;
	}
	json_t *root = json_loadb((const char *)text.data, text.length, flags, error);
	reading.active = false;
	ring_leave(&reading.ring);
	if (root == NULL)
		return ERR_INVALID;
	*out = root;
	return OK;
}
