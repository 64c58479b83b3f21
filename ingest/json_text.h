/*
 * ingest/json_text.h - JSON text → jansson's tree, or "there is no memory".
 *
 * jansson answers an allocation that failed like wrong syntax, loses a character where its buffer
 * cannot grow, and may then read beyond it. So reading does not go on from there: what was
 * allocated is freed and the caller is told. What jansson allocates elsewhere is not touched.
 */
#ifndef INGEST_JSON_TEXT_H
#define INGEST_JSON_TEXT_H

#include <jansson.h>

#include "base/bytes.h"
#include "base/err.h"

/*
 * json_loadb(). *out is the caller's to json_decref(). ERR_INVALID: *error says why. ERR_FULL:
 * there is no memory, which says nothing about the text.
 */
enum err json_text_read(
	struct bytes text, size_t flags, json_t **out, json_error_t *error) NODISCARD;

/* The allocator below jansson's; for tests. NULL: malloc(). */
void json_text_allocate_by(void *(*allocate)(size_t size));

#endif
