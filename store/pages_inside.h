/*
 * store/pages_inside.h - the form of LMDB's pages, for pages.c and page_scan.c.
 */
#ifndef STORE_PAGES_INSIDE_H
#define STORE_PAGES_INSIDE_H

#include <string.h>

#include "store/pages.h"

/* Offsets in a page, and in a head. */
enum {
	AT_NUMBER = 0,
	AT_FLAGS = 10,
	AT_LOWER = 12,
	AT_UPPER = 14,
	AT_COUNT = 12, /* of an overflow page */
	PAGE_HEADER = 16,
	AT_MAGIC = 16,
	AT_FREE = 40,
	AT_NAMES = 88,
	AT_LAST_PAGE = 136,
	AT_TXN = 144,
};

/* Offsets in a database, and in a node. */
enum {
	DB_PAD = 0, /* of the free pages': the size of a page */
	DB_DEPTH = 6,
	DB_BRANCH = 8,
	DB_LEAF = 16,
	DB_OVERFLOW = 24,
	DB_ROOT = 40,
	DB_SIZE = 48,
	NODE_FLAGS = 4,
	NODE_KEY_LENGTH = 6,
	NODE_HEADER = 8,
};

#define FLAG_BRANCH   0x01
#define FLAG_LEAF     0x02
#define FLAG_OVERFLOW 0x04
#define FLAG_HEAD     0x08
#define FLAGS_OF_KIND 0x6f
#define NODE_LARGE    0x01
#define NODE_TABLE    0x02
#define NODE_FLAGS_OK (NODE_LARGE | NODE_TABLE)

#define MAGIC     0xBEEFC0DEu
#define NO_PAGE   UINT64_MAX
#define DEPTH_MAX 32

static inline uint16_t get16(const uint8_t *at)
{
	uint16_t value;
	memcpy(&value, at, sizeof(value));
	return value;
}

static inline uint32_t get32(const uint8_t *at)
{
	uint32_t value;
	memcpy(&value, at, sizeof(value));
	return value;
}

static inline uint64_t get64(const uint8_t *at)
{
	uint64_t value;
	memcpy(&value, at, sizeof(value));
	return value;
}

/* A database, of its 48 bytes; pages.c has it. */
struct page_tree page_tree_read(const uint8_t *db);

#endif
