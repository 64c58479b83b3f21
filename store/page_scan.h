/*
 * store/page_scan.h - the leaves of a table in their order, read by pread(); for store/ only.
 *
 * LMDB hands out its map of the file. A page of it that is touched once costs more to be mapped
 * than to be copied, several pages at once: who goes through a whole table reads it here. It is a
 * way to the bytes, no judge of them: what is not as expected ends the scan, and LMDB is asked,
 * which says what it is.
 */
#ifndef STORE_PAGE_SCAN_H
#define STORE_PAGE_SCAN_H

#include "store/pages.h"

struct page_scan;

/*
 * Of a table whose keys are numbers of 8 bytes in native order, as of the commit `txn`, which a
 * view holds for as long as the scan is used. `fd` is borrowed. ERR_NOT_FOUND: it cannot be
 * scanned: the head of that commit is written over, or the table is of one leaf. ERR_CORRUPT,
 * ERR_IO: neither. ERR_FULL: no memory.
 */
enum err page_scan_open(int fd, uint64_t txn, const char *table, struct page_scan **out) NODISCARD;

/* Also of NULL. */
void page_scan_close(struct page_scan *scan);

/*
 * The rows of the leaf that has the key, if any has; of the leaf after that. They are valid until
 * the next call. False: it is not known, and the scan is of no more use.
 */
bool page_scan_seek(struct page_scan *scan, uint64_t key, struct page_rows *out) NODISCARD;
bool page_scan_next(struct page_scan *scan, struct page_rows *out) NODISCARD;

#endif
