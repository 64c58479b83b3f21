/*
 * tools/import/json_lines.c - see json_lines.h.
 */
#include "tools/import/json_lines.h"

#include "ingest/json_text.h"
#include "tools/common/language.h"

static struct bytes skip(struct bytes text, size_t length, unsigned *line)
{
	for (size_t i = 0; i < length; i++)
		*line += text.data[i] == '\n';
	return bytes_of(text.data + length, text.length - length);
}

enum err json_lines_each(
	struct bytes text, json_line_visit *visit, void *context, struct reason *reason)
{
	struct bytes rest = bytes_unmarked(text);
	unsigned line = 1;
	enum err err = OK;
	while (err == OK && bytes_trim(rest).length > 0) {
		json_error_t error;
		json_t *value;
		while (isspace(rest.data[0]))
			rest = skip(rest, 1, &line);
		err = json_text_read(
			rest, JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &value, &error);
		if (err == ERR_FULL)
			return fail(reason, err, "%s", said("there is not enough memory"));
		if (err != OK)
			return fail(reason, err,
				"on line %u is no JSON, or a key stands there twice",
				line + (unsigned)error.line - 1);
		err = visit(context, value, line, reason);
		json_decref(value);
		rest = skip(rest, (size_t)error.position, &line);
	}
	return err;
}
