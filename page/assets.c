/*
 * page/assets.c - the style, the script and the definitions, as they stand in their files.
 *
 * The assembler takes the files in; the Makefile knows that this object depends on them.
 */
#include <stddef.h>

#include "page/definitions.h"
#include "page/page.h"
#include "page/worklist.h"

#define ASSET(name, file)                                                                          \
	__asm__(".pushsection .rodata\n"                                                           \
		".global ladderd_" #name "\nladderd_" #name ":\n.incbin \"" file "\"\n"            \
		".global ladderd_" #name "_end\nladderd_" #name "_end:\n.byte 0\n"                 \
		".popsection\n");                                                                  \
	extern const uint8_t ladderd_##name[], ladderd_##name##_end[]

ASSET(style, "page/page.css");
ASSET(script, "page/page.js");
ASSET(worklist, "page/worklist.js");
ASSET(definitions_nl, "docs/indicators.nl.md");
ASSET(definitions_en, "docs/indicators.md");

struct bytes page_style(void)
{
	/* cppcheck-suppress comparePointers; both labels stand in one section, by ASSET */
	return bytes_of(ladderd_style, (size_t)(ladderd_style_end - ladderd_style));
}

struct bytes page_script(void)
{
	/* cppcheck-suppress comparePointers; both labels stand in one section, by ASSET */
	return bytes_of(ladderd_script, (size_t)(ladderd_script_end - ladderd_script));
}

struct bytes worklist_script(void)
{
	/* cppcheck-suppress comparePointers; both labels stand in one section, by ASSET */
	return bytes_of(ladderd_worklist, (size_t)(ladderd_worklist_end - ladderd_worklist));
}

struct bytes page_definitions(enum language language)
{
	/* cppcheck-suppress comparePointers; both labels stand in one section, by ASSET */
	ptrdiff_t length_nl = ladderd_definitions_nl_end - ladderd_definitions_nl;
	/* cppcheck-suppress comparePointers; both labels stand in one section, by ASSET */
	ptrdiff_t length_en = ladderd_definitions_en_end - ladderd_definitions_en;
	if (language == LANGUAGE_NL)
		return bytes_of(ladderd_definitions_nl, (size_t)length_nl);
	return bytes_of(ladderd_definitions_en, (size_t)length_en);
}
