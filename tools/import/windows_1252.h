/*
 * tools/import/windows_1252.h - the encoding of a list that Dutch Excel writes as plain CSV, and
 * how it is told from those of a Mac (Mac Roman) and of MS-DOS (CP850, CP437), which Excel writes
 * too: nothing in a file says which it is.
 */
#ifndef TOOLS_IMPORT_WINDOWS_1252_H
#define TOOLS_IMPORT_WINDOWS_1252_H

#include "base/bytes.h"

/* The letter of a byte, as Unicode numbers it; 0: none. */
uint32_t windows_1252_letter(uint8_t byte);

/*
 * Is a text that is no UTF-8 written in it? In the others an accented letter is another byte, so
 * that as Windows-1252 signs stand within words and capitals after small letters. False: *at is
 * the first byte that makes it doubtful.
 */
bool is_windows_1252(struct bytes text, size_t *at);

#endif
