/*
 * engine/packed.h - the sums of one part in few bytes, for those that are kept for long.
 *
 * Publications stay in memory as long as the program runs: there are hundreds, of thousands
 * of cells each, which are small numbers close together. Equal sums have equal bytes.
 */
#ifndef ENGINE_PACKED_H
#define ENGINE_PACKED_H

#include "engine/tally.h"

/* `(struct packed){0}` stands for no part. */
struct packed {
	uint8_t *data;
	size_t length;
};

void packed_release(struct packed *packed);

/*
 * Packs a part; NULL: there is none. What a part has none of (tally_new_of()) is packed as zeros.
 * ERR_FULL: no memory.
 */
enum err part_pack(const struct part *part, struct packed *out) NODISCARD;

/*
 * Unpacks the part, which the caller frees by part_free(); NULL when there was none.
 * ERR_FULL: no memory. ERR_CORRUPT: part_pack() did not make these bytes.
 */
enum err part_unpack(
	const struct packed *packed, uint16_t municipality, struct part **out) NODISCARD;

#endif
