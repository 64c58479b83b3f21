/*
 * page/definitions.c - see definitions.h.
 */
#include "page/definitions.h"

#include <stdio.h>
#include <string.h>

#include "page/page.h"

#define LINE_MAX_LENGTH 4096

/* What is open while the lines are read. */
enum markdown_block { BLOCK_NONE, BLOCK_PARAGRAPH, BLOCK_LIST, BLOCK_TABLE, BLOCK_CODE };

struct markdown {
	struct text *out;
	enum markdown_block block;
	unsigned headings;
	char heading[64]; /* the id of the last one: a table is of it */
	bool has_head;    /* the open table */
};

static void escape(struct text *out, const char *from, size_t length)
{
	char piece[LINE_MAX_LENGTH];
	if (length >= sizeof(piece))
		length = sizeof(piece) - 1;
	memcpy(piece, from, length);
	piece[length] = '\0';
	html_escape(piece, out);
}

/* The text between two marks, of which the first is at `at`; NULL: it does not end here. */
static const char *mark_end(const char *at, const char *mark)
{
	const char *end = strstr(at + strlen(mark), mark);
	return end == at + strlen(mark) ? NULL : end;
}

static const char *put_marked(
	struct text *out, const char *at, const char *mark, const char *element);

/* A line's text: marks become elements, links their text. */
static void put_inline(struct text *out, const char *at)
{
	while (*at != '\0') {
		size_t plain = strcspn(at, "`*[");
		escape(out, at, plain);
		at += plain;
		const char *next = NULL, *text_end;
		if (*at == '`')
			next = put_marked(out, at, "`", "code");
		else if (strncmp(at, "**", 2) == 0)
			next = put_marked(out, at, "**", "strong");
		else if (*at == '*')
			next = put_marked(out, at, "*", "em");
		else if (*at == '[' && (text_end = strstr(at, "](")) != NULL &&
			 strchr(text_end, ')') != NULL) {
			escape(out, at + 1, (size_t)(text_end - at) - 1);
			next = strchr(text_end, ')') + 1;
		}
		if (next == NULL && *at != '\0') {
			escape(out, at, 1);
			next = at + 1;
		}
		at = next == NULL ? at : next;
	}
}

static const char *put_marked(
	struct text *out, const char *at, const char *mark, const char *element)
{
	const char *end = mark_end(at, mark);
	if (end == NULL)
		return NULL;
	text_printf(out, "<%s>", element);
	escape(out, at + strlen(mark), (size_t)(end - at) - strlen(mark));
	text_printf(out, "</%s>", element);
	return end + strlen(mark);
}

static void block_end(struct markdown *reading)
{
	static const char *const ends[] = {
		[BLOCK_NONE] = "",
		[BLOCK_PARAGRAPH] = "</p>\n",
		[BLOCK_LIST] = "</li></ul>\n",
		[BLOCK_TABLE] = "</tbody></table></div>\n",
		[BLOCK_CODE] = "</code></pre>\n",
	};
	text_add_string(reading->out, ends[reading->block]);
	reading->block = BLOCK_NONE;
}

static void block_begin(struct markdown *reading, enum markdown_block block, const char *markup)
{
	block_end(reading);
	text_add_string(reading->out, markup);
	reading->block = block;
}

static void heading_read(struct markdown *reading, const char *line)
{
	size_t level = strspn(line, "#");
	const char *title = line + level + strspn(line + level, " ");
	const char *name = strchr(title, '`');
	block_end(reading);
	reading->headings++;
	if (name != NULL && strchr(name + 1, '`') != NULL)
		snprintf(reading->heading, sizeof(reading->heading), "%.*s",
			(int)strcspn(name + 1, "`"), name + 1);
	else if (strncmp(title, "Better", 6) == 0 || strncmp(title, "Beter", 5) == 0)
		snprintf(reading->heading, sizeof(reading->heading), "better");
	else
		snprintf(reading->heading, sizeof(reading->heading), "part-%u", reading->headings);
	text_printf(reading->out, "<h%zu id=\"", level);
	html_escape(reading->heading, reading->out);
	text_add_string(reading->out, "\">");
	put_inline(reading->out, title);
	text_printf(reading->out, "</h%zu>\n", level);
}

/* A row: its cells stand between bars. The row of dashes after the head has none. */
static void row_read(struct markdown *reading, char *line)
{
	if (reading->block != BLOCK_TABLE) {
		/* What scrolls must be reached by keyboard, and bear a name. Under one heading
		   stand several tables: so it is a group, and no landmark. */
		block_begin(reading, BLOCK_TABLE,
			"<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-labelledby=\"");
		html_escape(reading->heading, reading->out);
		text_add_string(reading->out, "\"><table><thead>");
		reading->has_head = false;
	}
	if (strspn(line, "|- :") == strlen(line)) {
		text_add_string(reading->out, "</thead><tbody>\n");
		reading->has_head = true;
		return;
	}
	text_add_string(reading->out, "<tr>");
	char *cell = line + 1;
	for (char *bar; (bar = strchr(cell, '|')) != NULL; cell = bar + 1) {
		*bar = '\0';
		const char *element = reading->has_head ? "td" : "th";
		text_printf(reading->out, "<%s>", element);
		put_inline(reading->out, cell);
		text_printf(reading->out, "</%s>", element);
	}
	text_add_string(reading->out, "</tr>\n");
}

static void line_read(struct markdown *reading, char *line)
{
	struct text *out = reading->out;
	if (strncmp(line, "```", 3) == 0) {
		if (reading->block == BLOCK_CODE)
			block_end(reading);
		else
			block_begin(reading, BLOCK_CODE, "<pre><code>");
	} else if (reading->block == BLOCK_CODE) {
		html_escape(line, out);
		text_add_char(out, '\n');
	} else if (*line == '\0') {
		block_end(reading);
	} else if (*line == '#') {
		heading_read(reading, line);
	} else if (*line == '|') {
		row_read(reading, line);
	} else if (strncmp(line, "- ", 2) == 0) {
		if (reading->block == BLOCK_LIST)
			text_add_string(out, "</li>\n<li>");
		else
			block_begin(reading, BLOCK_LIST, "<ul><li>");
		put_inline(out, line + 2);
	} else {
		if (reading->block == BLOCK_NONE || reading->block == BLOCK_TABLE)
			block_begin(reading, BLOCK_PARAGRAPH, "<p>");
		else
			text_add_char(out, ' ');
		put_inline(out, line + strspn(line, " "));
	}
}

/*
 * Lines of one paragraph or item are one, so that a mark may begin in one and end in the next.
 * Returns what is left of the document.
 */
static struct bytes line_take(struct bytes document, char line[LINE_MAX_LENGTH])
{
	size_t used = 0;
	for (;;) {
		const uint8_t *end = memchr(document.data, '\n', document.length);
		size_t length = end == NULL ? document.length : (size_t)(end - document.data);
		for (size_t i = 0; i < length && used < LINE_MAX_LENGTH - 2; i++)
			line[used++] = (char)document.data[i];
		size_t taken = length + (end != NULL);
		document = bytes_of(document.data + taken, document.length - taken);
		/* Does the next line go on with this one? */
		bool flows = length > 0 && strchr("#|`", line[0]) == NULL && document.length > 0 &&
			     strchr("\n#|-`", document.data[0]) == NULL;
		if (!flows)
			break;
		if (used < LINE_MAX_LENGTH - 2)
			line[used++] = ' ';
		while (document.length > 0 && document.data[0] == ' ')
			document = bytes_of(document.data + 1, document.length - 1);
	}
	line[used] = '\0';
	return document;
}

void markdown_print(struct bytes document, struct text *out)
{
	struct markdown reading = { .out = out };
	char line[LINE_MAX_LENGTH];
	while (document.length > 0) {
		/* Code keeps its lines. */
		if (reading.block == BLOCK_CODE) {
			const uint8_t *end = memchr(document.data, '\n', document.length);
			size_t length =
				end == NULL ? document.length : (size_t)(end - document.data);
			snprintf(line, sizeof(line), "%.*s", (int)length,
				(const char *)document.data);
			length += end != NULL;
			document = bytes_of(document.data + length, document.length - length);
		} else {
			document = line_take(document, line);
		}
		line_read(&reading, line);
	}
	block_end(&reading);
}

void definitions_print(enum language language, struct text *out)
{
	page_print_begin(language, WORD_DEFINITIONS, out);
	markdown_print(page_definitions(language), out);
	page_print_end(language, out);
}
