/*
 * page/assets.c - the style and the scripts, as they stand in page.css, page.js and
 * worklist.js.
 *
 * The assembler takes the files in; the Makefile knows that this object depends on them.
 */
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
