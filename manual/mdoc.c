/*
 * manual/mdoc.c - see mdoc.h.
 */
#include "manual/mdoc.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define WIDTH 78

static void put_character(FILE *out, char c)
{
	if (c == '\\')
		fputs("\\e", out);
	else
		fputc(c, out);
}

/* Does a sentence end with this word, so that the next begins a line? */
static bool ends_sentence(const char *word, size_t length, char next)
{
	char last = word[length - 1];
	return (last == '.' || last == '!' || last == '?') && length > 2 && next != '\0';
}

static void put_word(FILE *out, const char *word, size_t length, bool begins_line)
{
	if (begins_line && (word[0] == '.' || word[0] == '\''))
		fputs("\\&", out);
	for (size_t i = 0; i < length; i++)
		put_character(out, word[i]);
}

/* A paragraph that has `end` after it. */
static void put_paragraph(FILE *out, const char *text, const char *end)
{
	static const char blanks[] = " \n\t";
	size_t column = 0;
	text += strspn(text, blanks);
	while (text < end) {
		size_t length = strcspn(text, blanks);
		if (text + length > end)
			length = (size_t)(end - text);
		if (column > 0 && column + 1 + length > WIDTH) {
			fputc('\n', out);
			column = 0;
		}
		if (column > 0)
			fputc(' ', out);
		put_word(out, text, length, column == 0);
		column += length + 1;
		const char *word = text;
		text += length;
		text += strspn(text, blanks);
		if (text < end && ends_sentence(word, length, *text)) {
			fputc('\n', out);
			column = 0;
		}
	}
	if (column > 0)
		fputc('\n', out);
}

void mdoc_text(FILE *out, const char *text)
{
	const char *end;
	while ((end = strstr(text, "\n\n")) != NULL) {
		put_paragraph(out, text, end);
		fputs(".Pp\n", out);
		text = end + 2;
	}
	put_paragraph(out, text, text + strlen(text));
}

void mdoc_words(FILE *out, const char *text)
{
	/* In quotation marks no word is a macro; \(dq is the mark itself. */
	fputs(" \"", out);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			fputs("\\(dq", out);
		else
			put_character(out, *text);
	}
	fputc('"', out);
}

void mdoc_example(FILE *out, const char *lines)
{
	bool begins = true;
	fputs(".Bd -literal -offset indent\n", out);
	for (; *lines != '\0'; lines++) {
		while (begins && *lines == ' ')
			lines++;
		if (begins && (*lines == '.' || *lines == '\''))
			fputs("\\&", out);
		put_character(out, *lines);
		begins = *lines == '\n';
	}
	fputs("\n.Ed\n", out);
}

void mdoc_begin(FILE *out, const char *name, int section, const char *day, const char *sentence)
{
	fprintf(out,
		".\\\" Made by `make` from the tables of the program: do not edit.\n"
		".Dd %s\n.Dt ",
		day);
	for (const char *c = name; *c != '\0'; c++)
		fputc(toupper((unsigned char)*c), out);
	fprintf(out, " %d\n.Os\n.Sh NAME\n.Nm %s\n.Nd", section, name);
	fprintf(out, " %s\n", sentence);
}

void mdoc_see_also(FILE *out, const char *const *names)
{
	fputs(".Sh SEE ALSO\n", out);
	for (; names[0] != NULL; names += 2)
		fprintf(out, ".Xr %s %s%s\n", names[0], names[1], names[2] == NULL ? "" : " ,");
}
