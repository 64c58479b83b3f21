/*
 * tls/channel.c - see channel.h.
 */
#include "tls/channel.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdlib.h>

#include "base/check.h"
#include "tls/policy.h"
#include "tls/trust_inside.h"

#define WARNINGS_MAX 4 /* alerts that are warnings, in one reading */

struct channel {
	gnutls_session_t session;
	struct channel_carrier carrier;
	struct certificate *certificate; /* held; NULL: a client's end */
	struct peer peer;
	bool shaken;
	bool over; /* nothing more may be written */
};

static ssize_t pull(gnutls_transport_ptr_t context, void *data, size_t size)
{
	const struct channel *channel = context;
	size_t taken = channel->carrier.take(channel->carrier.context, data, size);
	CHECK(taken <= size);
	if (taken > 0)
		return (ssize_t)taken;
	gnutls_transport_set_errno(channel->session, EAGAIN);
	return -1;
}

static ssize_t push(gnutls_transport_ptr_t context, const void *data, size_t size)
{
	const struct channel *channel = context;
	if (channel->carrier.give(channel->carrier.context, data, size))
		return (ssize_t)size;
	gnutls_transport_set_errno(channel->session, EIO);
	return -1;
}

static struct channel *channel_new(unsigned flags, const struct channel_carrier *carrier)
{
	struct channel *channel = calloc(1, sizeof(*channel));
	if (channel == NULL)
		return NULL;
	channel->carrier = *carrier;
	if (gnutls_init(&channel->session, flags | GNUTLS_NONBLOCK) < 0) {
		free(channel);
		return NULL;
	}
	gnutls_transport_set_ptr(channel->session, channel);
	gnutls_transport_set_pull_function(channel->session, pull);
	gnutls_transport_set_push_function(channel->session, push);
	return channel;
}

enum err channel_accept(struct certificate *certificate, const struct channel_carrier *carrier,
	struct channel **out)
{
	struct channel *channel = channel_new(GNUTLS_SERVER, carrier);
	if (channel == NULL)
		return ERR_FULL;
	channel->certificate = certificate_hold(certificate);
	if (certificate_arm(certificate, channel->session, NULL) != OK) {
		channel_free(channel);
		return ERR_FULL;
	}
	*out = channel;
	return OK;
}

static bool is_numeric(const char *host)
{
	unsigned char address[sizeof(struct in6_addr)];
	return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
}

enum err channel_connect(const struct trust *trust, const char *host,
	const struct channel_carrier *carrier, struct channel **out)
{
	struct channel *channel =
		channel_new(GNUTLS_CLIENT | GNUTLS_FORCE_CLIENT_CERT | GNUTLS_NO_TICKETS, carrier);
	if (channel == NULL)
		return ERR_FULL;
	if (gnutls_priority_set(channel->session, trust->policy) < 0 ||
		gnutls_credentials_set(
			channel->session, GNUTLS_CRD_CERTIFICATE, trust->credentials) < 0 ||
		/* A numeric address is no name of a server. */
		(!is_numeric(host) && gnutls_server_name_set(channel->session, GNUTLS_NAME_DNS,
					      host, strlen(host)) < 0)) {
		channel_free(channel);
		return ERR_FULL;
	}
	/* The name is borrowed, and looked at during the handshake. */
	gnutls_session_set_verify_cert(channel->session, host, TLS_VERIFY);
	*out = channel;
	return OK;
}

void channel_free(struct channel *channel)
{
	if (channel == NULL)
		return;
	gnutls_deinit(channel->session);
	certificate_drop(channel->certificate);
	free(channel);
}

/* Why the handshake failed, in words. */
static enum err shake_failed(struct channel *channel, int code, struct reason *reason)
{
	gnutls_datum_t words = { NULL, 0 };
	gnutls_alert_send_appropriate(channel->session, code);
	channel->over = true;
	if (code == GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR &&
		gnutls_certificate_verification_status_print(
			gnutls_session_get_verify_cert_status(channel->session), GNUTLS_CRT_X509,
			&words, 0) >= 0) {
		enum err err = fail(
			reason, ERR_INVALID, "its certificate is not believed: %s", words.data);
		gnutls_free(words.data);
		return err;
	}
	if (code == GNUTLS_E_FATAL_ALERT_RECEIVED)
		return fail(reason, ERR_INVALID, "the handshake of TLS was refused: %s",
			gnutls_alert_get_name(gnutls_alert_get(channel->session)));
	return fail(reason, ERR_INVALID, "the handshake of TLS failed: %s", gnutls_strerror(code));
}

enum err channel_shake(struct channel *channel, struct reason *reason)
{
	int code;
	if (channel->shaken)
		return OK;
	if (channel->over)
		return fail(reason, ERR_INVALID, "the handshake of TLS failed");
	do {
		code = gnutls_handshake(channel->session);
	} while (code == GNUTLS_E_INTERRUPTED || code == GNUTLS_E_WARNING_ALERT_RECEIVED);
	if (code == GNUTLS_E_AGAIN)
		return ERR_NOT_FOUND;
	if (code < 0)
		return shake_failed(channel, code, reason);
	channel->shaken = true;
	return OK;
}

bool channel_is_shaken(const struct channel *channel)
{
	return channel->shaken;
}

enum err channel_read(struct channel *channel, void *data, size_t size, size_t *got)
{
	CHECK(channel->shaken && size > 0);
	for (int warnings = 0; warnings < WARNINGS_MAX;) {
		ssize_t length = gnutls_record_recv(channel->session, data, size);
		if (length > 0) {
			*got = (size_t)length;
			return OK;
		}
		if (length == 0)
			return ERR_IO;
		if (length == GNUTLS_E_AGAIN)
			return ERR_NOT_FOUND;
		if (length == GNUTLS_E_WARNING_ALERT_RECEIVED)
			warnings++;
		else if (length != GNUTLS_E_INTERRUPTED)
			return ERR_INVALID; /* a wish to negotiate anew among them */
	}
	return ERR_INVALID;
}

enum err channel_write(struct channel *channel, struct bytes bytes)
{
	CHECK(channel->shaken);
	if (channel->over)
		return ERR_IO;
	while (bytes.length > 0) {
		ssize_t sent = gnutls_record_send(channel->session, bytes.data, bytes.length);
		if (sent == GNUTLS_E_INTERRUPTED || sent == GNUTLS_E_AGAIN)
			continue;
		if (sent <= 0)
			return ERR_IO;
		bytes = bytes_of(bytes.data + sent, bytes.length - (size_t)sent);
	}
	return OK;
}

bool channel_bye(struct channel *channel)
{
	if (channel->over || !channel->shaken)
		return false;
	channel->over = true;
	return gnutls_bye(channel->session, GNUTLS_SHUT_WR) >= 0;
}

const uint8_t *channel_peer_key(
	struct channel *channel, const struct certificate *certificate, int64_t now)
{
	return peer_key(&channel->peer, channel->session, certificate, now);
}
