/*
 * daemon/server/arrivals.h - how many handshakes of TLS an address may ask for.
 *
 * A handshake costs the daemon a signature, and whoever asks for it next to nothing. So of each
 * address only so many a second are begun; those after which a right token was shown do not count,
 * since who may push or read may open a connection for each request. Addresses are remembered as
 * addresses.h says. The loop's thread only.
 */
#ifndef DAEMON_SERVER_ARRIVALS_H
#define DAEMON_SERVER_ARRIVALS_H

#include "base/err.h"
#include "daemon/server/origin.h"

struct arrivals;

/* So many a second of an address, and as many at once; BUCKET_UNLIMITED. ERR_FULL: no memory. */
enum err arrivals_new(uint64_t per_second, struct arrivals **out) NODISCARD;
void arrivals_free(struct arrivals *arrivals);

/*
 * A connection came from a place (see origin_place()), at an instant that is monotonic. False: it
 * is one too many, and is to be closed before its handshake.
 */
bool arrivals_came(
	struct arrivals *arrivals, const uint8_t place[ORIGIN_SIZE], int64_t now_us) NODISCARD;

/* One that was let in has shown a right token. */
void arrivals_known(struct arrivals *arrivals, const uint8_t place[ORIGIN_SIZE], int64_t now_us);

#endif
