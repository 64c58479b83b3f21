/*
 * tls/pem.h - a file of certificates or of a key, as it stands.
 */
#ifndef TLS_PEM_H
#define TLS_PEM_H

#include "base/guard.h"
#include "base/text.h"

#define PEM_BYTES_MAX (1u << 20)

/*
 * Reads a file that others cannot write. `role` says what it is, as "the key". *exposed, which may
 * be NULL: others can read it. ERR_INVALID: it cannot be read, or will not do; *reason says why.
 * ERR_FULL: no memory.
 */
enum err pem_read(const char *role, const char *path, struct text *out, bool *exposed,
	struct reason *reason) NODISCARD;

/* Overwrites what was read, and frees it. */
void pem_forget(struct text *pem);

#endif
