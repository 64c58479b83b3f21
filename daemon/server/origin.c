/*
 * daemon/server/origin.c - see origin.h.
 */
#include "daemon/server/origin.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"

#define MAPPED_BITS 96 /* before an IPv4 address in the mapped form */

static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

static bool is_mapped(const uint8_t bytes[ORIGIN_SIZE])
{
	return memcmp(bytes, mapped, sizeof(mapped)) == 0;
}

static bool address_read(struct bytes text, uint8_t out[ORIGIN_SIZE])
{
	char copy[ORIGIN_LENGTH_MAX + 1];
	if (text.length == 0 || text.length > ORIGIN_LENGTH_MAX ||
		memchr(text.data, '\0', text.length) != NULL)
		return false;
	memcpy(copy, text.data, text.length);
	copy[text.length] = '\0';
	if (inet_pton(AF_INET, copy, out + sizeof(mapped)) == 1) {
		memcpy(out, mapped, sizeof(mapped));
		return true;
	}
	return inet_pton(AF_INET6, copy, out) == 1;
}

static void text_set(struct origin *origin)
{
	const char *printed =
		is_mapped(origin->bytes)
			? inet_ntop(AF_INET, origin->bytes + sizeof(mapped), origin->text,
				  sizeof(origin->text))
			: inet_ntop(AF_INET6, origin->bytes, origin->text, sizeof(origin->text));
	CHECK(printed != NULL);
}

bool network_parse(struct bytes text, struct network *out)
{
	struct network network = { .bits = 128 };
	const uint8_t *slash = memchr(text.data, '/', text.length);
	struct bytes address =
		slash == NULL ? text : bytes_of(text.data, (size_t)(slash - text.data));
	if (!address_read(address, network.bytes))
		return false;
	if (slash != NULL) {
		unsigned most = is_mapped(network.bytes) ? 32 : 128, bits = 0;
		size_t digits = text.length - address.length - 1;
		if (digits == 0 || digits > 3)
			return false;
		for (size_t i = 1; i <= digits; i++) {
			if (slash[i] < '0' || slash[i] > '9')
				return false;
			bits = bits * 10 + (unsigned)(slash[i] - '0');
		}
		if (bits > most)
			return false;
		network.bits = bits + (is_mapped(network.bytes) ? MAPPED_BITS : 0);
	}
	*out = network;
	return true;
}

bool network_has(const struct network *network, const struct origin *origin)
{
	size_t whole = network->bits / 8;
	unsigned rest = network->bits % 8;
	CHECK(network->bits <= 8 * ORIGIN_SIZE);
	if (memcmp(network->bytes, origin->bytes, whole) != 0)
		return false;
	return rest == 0 || (network->bytes[whole] ^ origin->bytes[whole]) >> (8 - rest) == 0;
}

bool networks_have(const struct networks *networks, const struct origin *origin)
{
	for (size_t i = 0; i < networks->count; i++)
		if (network_has(&networks->items[i], origin))
			return true;
	return false;
}

static bool peer_read(const struct sockaddr *peer, struct origin *out)
{
	struct sockaddr_in four;
	struct sockaddr_in6 six;
	if (peer == NULL)
		return false;
	if (peer->sa_family == AF_INET) {
		memcpy(&four, peer, sizeof(four));
		memcpy(out->bytes, mapped, sizeof(mapped));
		memcpy(out->bytes + sizeof(mapped), &four.sin_addr, sizeof(four.sin_addr));
		return true;
	}
	if (peer->sa_family != AF_INET6)
		return false;
	memcpy(&six, peer, sizeof(six));
	memcpy(out->bytes, &six.sin6_addr, sizeof(out->bytes));
	return true;
}

/* Takes the brackets of an IPv6 address and the port away. */
static struct bytes host_of(struct bytes text)
{
	const uint8_t *end;
	if (text.length > 0 && text.data[0] == '[') {
		end = memchr(text.data, ']', text.length);
		return end == NULL ? bytes_of(NULL, 0)
				   : bytes_of(text.data + 1, (size_t)(end - text.data) - 1);
	}
	end = memchr(text.data, ':', text.length);
	/* One colon comes before a port, more are an IPv6 address. */
	if (end == NULL ||
		memchr(end + 1, ':', text.length - (size_t)(end + 1 - text.data)) != NULL)
		return text;
	return bytes_of(text.data, (size_t)(end - text.data));
}

/* The last of a list of addresses. */
static bool forwarded_read(const char *forwarded, struct origin *out)
{
	struct origin found = { 0 };
	const char *comma = strrchr(forwarded, ',');
	struct bytes last = bytes_of_string(comma == NULL ? forwarded : comma + 1);
	last = bytes_trim(last);
	if (last.length == 0 || !address_read(host_of(last), found.bytes))
		return false;
	*out = found;
	return true;
}

void origin_find(const struct sockaddr *peer, const char *forwarded, const struct networks *trusted,
	struct origin *out)
{
	struct origin origin = { .text = "unknown" };
	if (peer_read(peer, &origin)) {
		if (forwarded != NULL && networks_have(trusted, &origin))
			forwarded_read(forwarded, &origin);
		text_set(&origin);
	}
	*out = origin;
}

void origin_place(const struct origin *origin, uint8_t out[ORIGIN_SIZE])
{
	memcpy(out, origin->bytes, ORIGIN_SIZE);
	if (!is_mapped(origin->bytes))
		memset(out + 8, 0, ORIGIN_SIZE - 8);
}
