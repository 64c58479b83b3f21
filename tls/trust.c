/*
 * tls/trust.c - see trust.h.
 */
#include "tls/trust.h"

#include <gnutls/gnutls.h>
#include <stdlib.h>

#include "tls/policy.h"
#include "tls/trust_inside.h"

static enum err files_read(
	const struct trust *trust, const struct trust_paths *paths, struct reason *reason)
{
	int code = paths->cacert == NULL
			   ? gnutls_certificate_set_x509_system_trust(trust->credentials)
			   : gnutls_certificate_set_x509_trust_file(
				     trust->credentials, paths->cacert, GNUTLS_X509_FMT_PEM);
	if (code <= 0)
		return fail(reason, ERR_INVALID, "%s: there is no certificate of a CA in it%s%s",
			paths->cacert == NULL ? "the system's own list" : paths->cacert,
			code < 0 ? ": " : "", code < 0 ? gnutls_strerror(code) : "");
	if (paths->cert == NULL)
		return OK;
	code = gnutls_certificate_set_x509_key_file(
		trust->credentials, paths->cert, paths->key, GNUTLS_X509_FMT_PEM);
	if (code < 0)
		return fail(reason, ERR_INVALID, "%s with the key %s: %s", paths->cert, paths->key,
			gnutls_strerror(code));
	return OK;
}

enum err trust_read(const struct trust_paths *paths, struct trust **out, struct reason *reason)
{
	struct trust *trust = calloc(1, sizeof(*trust));
	if (trust == NULL)
		return fail(reason, ERR_FULL, "there is not enough memory");
	if (gnutls_certificate_allocate_credentials(&trust->credentials) < 0 ||
		gnutls_priority_init(&trust->policy, TLS_POLICY, NULL) < 0) {
		trust_free(trust);
		return fail(reason, ERR_FULL, "there is not enough memory");
	}
	enum err err = files_read(trust, paths, reason);
	if (err != OK) {
		trust_free(trust);
		return err;
	}
	*out = trust;
	return OK;
}

void trust_free(struct trust *trust)
{
	if (trust == NULL)
		return;
	if (trust->policy != NULL)
		gnutls_priority_deinit(trust->policy);
	if (trust->credentials != NULL)
		gnutls_certificate_free_credentials(trust->credentials);
	free(trust);
}
