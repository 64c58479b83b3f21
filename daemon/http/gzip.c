/*
 * daemon/http/gzip.c - see gzip.h.
 */
#include "daemon/http/gzip.h"

#include <zlib.h>

#include "base/check.h"

#define GZIP_WINDOW (MAX_WBITS + 16) /* gzip only, neither zlib nor raw */
#define PIECE       65536
#define LARGE       262144 /* bytes: from here on others wait too long for a better ratio */

/* zlib asks for pointers to what it will not change. */
static Bytef *borrowed(const uint8_t *data)
{
	union {
		const uint8_t *borrowed;
		Bytef *data;
	} shared = { .borrowed = data };
	return shared.data;
}

/* Inflates until the end of the stream; Z_STREAM_END when it was reached within the limit. */
static int inflate_all(z_stream *stream, size_t length_max, struct text *out)
{
	uint8_t piece[PIECE];
	int code = Z_OK;
	while (code == Z_OK && out->length <= length_max && !out->failed) {
		stream->next_out = piece;
		stream->avail_out = sizeof(piece);
		code = inflate(stream, Z_NO_FLUSH);
		if (code == Z_OK || code == Z_STREAM_END)
			text_add(out, bytes_of(piece, sizeof(piece) - stream->avail_out));
		/* Several gzip members may follow each other. */
		if (code == Z_STREAM_END && stream->avail_in > 0)
			code = inflateReset(stream);
	}
	return code;
}

enum err gzip_inflate(struct bytes body, size_t length_max, struct text *out)
{
	z_stream stream = { .next_in = borrowed(body.data) };
	CHECK(out->length == 0);
	if (body.length > UINT32_MAX)
		return ERR_FULL;
	stream.avail_in = (uInt)body.length;
	if (inflateInit2(&stream, GZIP_WINDOW) != Z_OK)
		return ERR_IO;
	int code = inflate_all(&stream, length_max, out);
	inflateEnd(&stream);
	if (out->failed || code == Z_MEM_ERROR)
		return ERR_IO;
	if (out->length > length_max)
		return ERR_FULL;
	return code == Z_STREAM_END ? OK : ERR_INVALID;
}

bool gzip_deflate(struct text *text)
{
	uint8_t piece[PIECE];
	struct text packed = { 0 };
	z_stream stream = { .next_in = borrowed((const uint8_t *)text->data) };
	int level = text->length < LARGE ? Z_DEFAULT_COMPRESSION : Z_BEST_SPEED;
	if (text->length > UINT32_MAX || deflateInit2(&stream, level, Z_DEFLATED, GZIP_WINDOW, 8,
						 Z_DEFAULT_STRATEGY) != Z_OK)
		return false;
	stream.avail_in = (uInt)text->length;
	int code;
	do {
		stream.next_out = piece;
		stream.avail_out = sizeof(piece);
		code = deflate(&stream, Z_FINISH);
		text_add(&packed, bytes_of(piece, sizeof(piece) - stream.avail_out));
	} while (code == Z_OK);
	deflateEnd(&stream);
	if (code != Z_STREAM_END || packed.failed) {
		text_release(&packed);
		return false;
	}
	text_release(text);
	*text = packed;
	return true;
}
