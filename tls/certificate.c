/*
 * tls/certificate.c - see certificate.h.
 */
#include "tls/certificate.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdlib.h>

#include "base/check.h"
#include "tls/certificate_inside.h"
#include "tls/pem.h"
#include "tls/policy.h"

static uint64_t read_count;

static gnutls_datum_t datum_of(const struct text *pem)
{
	union {
		char *data;
		unsigned char *bytes;
	} as = { pem->data };
	return (gnutls_datum_t){ as.bytes, (unsigned)pem->length };
}

/* The door's own certificate, the first of the file. */
static enum err leaf_read(struct certificate *certificate, const gnutls_datum_t *pem)
{
	gnutls_x509_crt_t *list = NULL;
	unsigned count = 0;
	if (gnutls_x509_crt_list_import2(&list, &count, pem, GNUTLS_X509_FMT_PEM, 0) < 0)
		return ERR_INVALID;
	CHECK(count > 0);
	certificate->leaf = list[0];
	for (unsigned i = 1; i < count; i++)
		gnutls_x509_crt_deinit(list[i]);
	gnutls_free(list);
	return OK;
}

static enum err own_read(struct certificate *certificate, const struct certificate_paths *paths,
	struct reason *reason)
{
	struct text own = { 0 }, key = { 0 };
	enum err err = pem_read("the certificate", paths->certificate, &own, NULL, reason);
	if (err == OK)
		err = pem_read("the key", paths->key, &key, &certificate->key_is_exposed, reason);
	if (err == OK) {
		const gnutls_datum_t own_datum = datum_of(&own), key_datum = datum_of(&key);
		int code = gnutls_certificate_set_x509_key_mem(
			certificate->credentials, &own_datum, &key_datum, GNUTLS_X509_FMT_PEM);
		if (leaf_read(certificate, &own_datum) != OK)
			err = fail(reason, ERR_INVALID,
				"the certificate %s: there is no certificate in it that can be "
				"read, as PEM",
				paths->certificate);
		else if (code == GNUTLS_E_CERTIFICATE_KEY_MISMATCH)
			err = fail(reason, ERR_INVALID,
				"the key %s does not belong to the certificate %s", paths->key,
				paths->certificate);
		else if (code < 0)
			err = fail(reason, ERR_INVALID, "the key %s, with the certificate %s: %s",
				paths->key, paths->certificate, gnutls_strerror(code));
	}
	pem_forget(&own);
	pem_forget(&key);
	return err;
}

static enum err clients_read(
	struct certificate *certificate, const char *path, struct reason *reason)
{
	struct text pem = { 0 };
	if (path[0] == '\0')
		return OK;
	enum err err = pem_read("the client_ca", path, &pem, NULL, reason);
	if (err != OK)
		return err;
	const gnutls_datum_t datum = datum_of(&pem);
	int count = gnutls_certificate_set_x509_trust_mem(
		certificate->credentials, &datum, GNUTLS_X509_FMT_PEM);
	pem_forget(&pem);
	if (count <= 0)
		return fail(reason, ERR_INVALID,
			"the client_ca %s: there is no certificate in it that can be read, as PEM",
			path);
	certificate->asks_clients = true;
	return OK;
}

enum err certificate_read(
	const struct certificate_paths *paths, struct certificate **out, struct reason *reason)
{
	struct certificate *certificate = calloc(1, sizeof(*certificate));
	if (certificate == NULL)
		return fail(reason, ERR_FULL, "there is no memory");
	certificate->holders = 1;
	certificate->number = ++read_count;
	if (gnutls_certificate_allocate_credentials(&certificate->credentials) < 0 ||
		gnutls_priority_init(&certificate->policy, TLS_POLICY, NULL) < 0) {
		certificate_drop(certificate);
		return fail(reason, ERR_FULL, "there is no memory, or GnuTLS has no such suites");
	}
	enum err err = own_read(certificate, paths, reason);
	if (err == OK)
		err = clients_read(certificate, paths->client_ca, reason);
	if (err != OK) {
		certificate_drop(certificate);
		return err;
	}
	*out = certificate;
	return OK;
}

struct certificate *certificate_hold(struct certificate *certificate)
{
	CHECK(certificate->holders > 0);
	certificate->holders++;
	return certificate;
}

void certificate_drop(struct certificate *certificate)
{
	if (certificate == NULL)
		return;
	CHECK(certificate->holders > 0);
	if (--certificate->holders > 0)
		return;
	if (certificate->leaf != NULL)
		gnutls_x509_crt_deinit(certificate->leaf);
	if (certificate->policy != NULL)
		gnutls_priority_deinit(certificate->policy);
	if (certificate->credentials != NULL)
		gnutls_certificate_free_credentials(certificate->credentials);
	free(certificate);
}

int64_t certificate_not_before(const struct certificate *certificate)
{
	return gnutls_x509_crt_get_activation_time(certificate->leaf);
}

int64_t certificate_not_after(const struct certificate *certificate)
{
	return gnutls_x509_crt_get_expiration_time(certificate->leaf);
}

bool certificate_key_is_exposed(const struct certificate *certificate)
{
	return certificate->key_is_exposed;
}

bool certificate_asks_clients(const struct certificate *certificate)
{
	return certificate->asks_clients;
}

bool certificate_is_for(const struct certificate *certificate, const char *name)
{
	return gnutls_x509_crt_check_hostname(certificate->leaf, name) != 0;
}

/* The client's last message of the handshake came. */
static int on_finished(gnutls_session_t session, unsigned type, unsigned when, unsigned incoming,
	const gnutls_datum_t *message)
{
	bool *shaken = gnutls_session_get_ptr(session);
	(void)type;
	(void)when;
	(void)message;
	if (incoming != 0)
		*shaken = true;
	return 0;
}

enum err certificate_arm(
	struct certificate *certificate, struct gnutls_session_int *session, bool *shaken)
{
	if (gnutls_priority_set(session, certificate->policy) < 0 ||
		gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, certificate->credentials) <
			0)
		return ERR_FULL;
	gnutls_certificate_server_set_request(
		session, certificate->asks_clients ? GNUTLS_CERT_REQUEST : GNUTLS_CERT_IGNORE);
	if (shaken != NULL) {
		gnutls_session_set_ptr(session, shaken);
		gnutls_handshake_set_hook_function(
			session, GNUTLS_HANDSHAKE_FINISHED, GNUTLS_HOOK_POST, on_finished);
	}
	return OK;
}
