/*
 * tls/peer.c - see peer.h.
 */
#include "tls/peer.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

#include "base/check.h"
#include "tls/certificate_inside.h"
#include "tls/policy.h"

#define CHAIN_MAX 8

/* Does the chain lead back to a client_ca, and is all of it valid now and made for clients? */
static bool chain_counts(
	const struct certificate *certificate, gnutls_x509_crt_t *chain, unsigned count)
{
	union {
		const char *text;
		unsigned char *bytes;
	} purpose = { GNUTLS_KP_TLS_WWW_CLIENT };
	gnutls_typed_vdata_st data;
	memset(&data, 0, sizeof(data));
	data.type = GNUTLS_DT_KEY_PURPOSE_OID;
	data.data = purpose.bytes;
	gnutls_x509_trust_list_t trusted;
	unsigned status = 0;
	gnutls_certificate_get_trust_list(certificate->credentials, &trusted);
	return trusted != NULL &&
	       gnutls_x509_trust_list_verify_crt2(
		       trusted, chain, count, &data, 1, TLS_VERIFY, &status, NULL) >= 0 &&
	       status == 0;
}

/* When the first certificate of the chain to end ends. */
static int64_t chain_end(const gnutls_x509_crt_t *chain, unsigned count)
{
	int64_t end = INT64_MAX;
	for (unsigned i = 0; i < count; i++) {
		int64_t own = gnutls_x509_crt_get_expiration_time(chain[i]);
		end = own < end ? own : end;
	}
	return end;
}

static void judge(
	struct peer *peer, gnutls_session_t session, const struct certificate *certificate)
{
	gnutls_x509_crt_t chain[CHAIN_MAX];
	unsigned shown = 0, count = 0;
	const gnutls_datum_t *der = gnutls_certificate_get_peers(session, &shown);
	peer->counts = false;
	peer->judged_until = INT64_MAX;
	if (der == NULL || shown == 0 || shown > CHAIN_MAX)
		return;
	while (count < shown && gnutls_x509_crt_init(&chain[count]) >= 0) {
		count++;
		if (gnutls_x509_crt_import(chain[count - 1], &der[count - 1], GNUTLS_X509_FMT_DER) <
			0)
			break;
	}
	size_t size = sizeof(peer->key);
	if (count == shown && chain_counts(certificate, chain, count) &&
		gnutls_x509_crt_get_key_id(chain[0], GNUTLS_KEYID_USE_SHA256, peer->key, &size) >=
			0) {
		CHECK(size == sizeof(peer->key));
		peer->counts = true;
		peer->judged_until = chain_end(chain, count);
	}
	for (unsigned i = 0; i < count; i++)
		gnutls_x509_crt_deinit(chain[i]);
}

const uint8_t *peer_key(struct peer *peer, struct gnutls_session_int *session,
	const struct certificate *certificate, int64_t now)
{
	if (session == NULL || certificate == NULL || !certificate->asks_clients)
		return NULL;
	if (peer->judged_by != certificate->number || now > peer->judged_until) {
		judge(peer, session, certificate);
		peer->judged_by = certificate->number;
	}
	return peer->counts ? peer->key : NULL;
}
