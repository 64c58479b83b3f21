/*
 * page/assets.c - the style and the script, as they stand in page.css and page.js.
 *
 * The assembler takes the files in; the Makefile knows that this object depends on them.
 */
#include "page/page.h"

#define ASSET(name, file)                                                                          \
	__asm__(".pushsection .rodata\n"                                                           \
		".global ladderd_" #name "\nladderd_" #name ":\n.incbin \"" file "\"\n"            \
		".global ladderd_" #name "_end\nladderd_" #name "_end:\n.byte 0\n"                 \
		".popsection\n");                                                                  \
	extern const uint8_t ladderd_##name[], ladderd_##name##_end[]

ASSET(style, "page/page.css");
ASSET(script, "page/page.js");

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
