/*
 * tls/certificate_inside.h - what a certificate holds. Only tls/ includes it.
 */
#ifndef TLS_CERTIFICATE_INSIDE_H
#define TLS_CERTIFICATE_INSIDE_H

#include <gnutls/gnutls.h>
#include <stddef.h>

#include "tls/certificate.h"

struct certificate {
	gnutls_certificate_credentials_t credentials; /* its own and its key; clients' CAs */
	gnutls_priority_t policy;
	gnutls_x509_crt_t leaf;
	uint64_t number; /* of all that were read by this process, from 1 */
	bool asks_clients;
	bool key_is_exposed;
	size_t holders;
};

#endif
