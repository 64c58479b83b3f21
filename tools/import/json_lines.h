/*
 * tools/import/json_lines.h - a text of JSON values one after the other: NDJSON, or one value over
 * several lines.
 */
#ifndef TOOLS_IMPORT_JSON_LINES_H
#define TOOLS_IMPORT_JSON_LINES_H

#include <jansson.h>

#include "base/bytes.h"
#include "base/err.h"

/* What is done with a value, which begins on this line; it is freed afterwards. */
typedef enum err json_line_visit(
	void *context, json_t *value, unsigned line, struct reason *reason);

/*
 * Shows each value to `visit`, in order. ERR_INVALID: on a line is no JSON, or a key twice.
 * ERR_FULL: there is no memory. *reason says it. Errors else as visit's.
 */
enum err json_lines_each(
	struct bytes text, json_line_visit *visit, void *context, struct reason *reason) NODISCARD;

#endif
