/*
 * tls/trust_inside.h - what a trust holds. Only tls/ includes it.
 */
#ifndef TLS_TRUST_INSIDE_H
#define TLS_TRUST_INSIDE_H

#include <gnutls/gnutls.h>

#include "tls/trust.h"

struct trust {
	gnutls_certificate_credentials_t credentials;
	gnutls_priority_t policy;
};

#endif
