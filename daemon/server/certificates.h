/*
 * daemon/server/certificates.h - the certificates of the doors: read at the start, and again on
 * SIGHUP from the same files.
 */
#ifndef DAEMON_SERVER_CERTIFICATES_H
#define DAEMON_SERVER_CERTIFICATES_H

#include "daemon/server/config.h"
#include "daemon/server/counters.h"
#include "tls/certificate.h"

/* One for each door; NULL: the door speaks no TLS. */
struct certificates {
	struct certificate *of[DOORS];
};

/*
 * Reads those of the configuration; what is odd about them is logged. ERR_INVALID: a file will
 * not do; what is wrong is logged, of every door, and nothing is held.
 */
enum err certificates_read(
	const struct config *config, int64_t now_us, struct certificates *out) NODISCARD;

/*
 * Reads them again, of the configuration that they were first read of. One that cannot be read
 * or is not valid now is not taken: the old one stays, with a warning. False: that was so.
 */
bool certificates_read_again(
	const struct config *config, int64_t now_us, struct certificates *certificates);

void certificates_release(struct certificates *certificates);

/* When they end, for the metrics. */
void certificates_count(const struct certificates *certificates, struct counters *counters);

#endif
