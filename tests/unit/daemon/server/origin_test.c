/*
 * tests/unit/daemon/server/origin_test.c - the address that a request comes from.
 */
#include "base/check.h"
#include "daemon/server/origin.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

static void find(
	const char *peer, const char *forwarded, const struct networks *trusted, struct origin *out)
{
	struct sockaddr_in four = { .sin_family = AF_INET };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	struct sockaddr_storage storage = { 0 };
	if (inet_pton(AF_INET, peer, &four.sin_addr) == 1)
		memcpy(&storage, &four, sizeof(four));
	else if (inet_pton(AF_INET6, peer, &six.sin6_addr) == 1)
		memcpy(&storage, &six, sizeof(six));
	origin_find((const struct sockaddr *)&storage, forwarded, trusted, out);
}

static void a_trusted_proxy_alone_says_where_a_request_comes_from(void **state)
{
	struct network proxies[3];
	const struct networks trusted = { proxies, ARRAY_LENGTH(proxies) };
	static const struct {
		const char *peer, *forwarded, *origin;
	} rows[] = {
		{ "192.0.2.1", NULL, "192.0.2.1" },
		{ "192.0.2.1", "198.51.100.7", "192.0.2.1" },
		{ "127.0.0.1", NULL, "127.0.0.1" },
		{ "127.0.0.1", "198.51.100.7", "198.51.100.7" },
		{ "127.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7" },
		{ "127.0.0.1", "203.0.113.9,\t198.51.100.7:4711 ", "198.51.100.7" },
		{ "127.0.0.1", "2001:db8::1", "2001:db8::1" },
		{ "127.0.0.1", "[2001:db8::1]", "2001:db8::1" },
		{ "127.0.0.1", "x, [2001:db8::1]:80", "2001:db8::1" },
		{ "::ffff:127.0.0.1", "198.51.100.7", "198.51.100.7" },
		{ "127.0.0.2", "198.51.100.7", "127.0.0.2" },
		{ "10.1.255.3", "198.51.100.7", "198.51.100.7" },
		{ "10.2.0.0", "198.51.100.7", "10.2.0.0" },
		{ "2001:db8:0:0:8000::1", "198.51.100.7", "198.51.100.7" },
		{ "2001:db8:0:1::1", "198.51.100.7", "2001:db8:0:1::1" },
		/* What is no address is not believed. */
		{ "127.0.0.1", "", "127.0.0.1" },
		{ "127.0.0.1", "unknown", "127.0.0.1" },
		{ "127.0.0.1", "198.51.100.7,", "127.0.0.1" },
		{ "127.0.0.1", "[::1", "127.0.0.1" },
		{ "127.0.0.1", "1.2.3", "127.0.0.1" },
		{ "not an address", NULL, "unknown" },
	};
	(void)state;
	assert_true(network_parse(bytes_of_string("127.0.0.1"), &proxies[0]));
	assert_true(network_parse(bytes_of_string("10.1.0.0/16"), &proxies[1]));
	assert_true(network_parse(bytes_of_string("2001:db8::/64"), &proxies[2]));
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct origin found;
		find(rows[i].peer, rows[i].forwarded, &trusted, &found);
		if (strcmp(found.text, rows[i].origin) != 0)
			fail_msg("row %zu: %s", i, found.text);
	}
}

static void a_network_is_an_address_and_a_number_of_bits(void **state)
{
	static const struct {
		const char *text;
		int bits; /* -1: refused */
	} rows[] = {
		{ "1.2.3.4", 128 },
		{ "1.2.3.4/32", 128 },
		{ "1.2.3.4/31", 127 },
		{ "0.0.0.0/0", 96 },
		{ "::1", 128 },
		{ "::/0", 0 },
		{ "2001:db8::/48", 48 },
		{ "1.2.3.4/33", -1 },
		{ "::1/129", -1 },
		{ "::1/1290", -1 },
		{ "1.2.3.4/", -1 },
		{ "1.2.3.4/x", -1 },
		{ "1.2.3.4/-1", -1 },
		{ "1.2.3", -1 },
		{ "localhost", -1 },
		{ "", -1 },
		{ "/8", -1 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct network network = { .bits = 7 };
		bool read = network_parse(bytes_of_string(rows[i].text), &network);
		if (read != (rows[i].bits >= 0) || (read && (int)network.bits != rows[i].bits))
			fail_msg("%s", rows[i].text);
	}
}

static void a_limit_counts_an_ipv6_network_as_one_place(void **state)
{
	static const struct networks nobody = { NULL, 0 };
	uint8_t places[4][ORIGIN_SIZE];
	static const char *const peers[] = { "2001:db8::1", "2001:db8::ffff:1", "192.0.2.1",
		"192.0.2.2" };
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(peers); i++) {
		struct origin origin;
		find(peers[i], NULL, &nobody, &origin);
		origin_place(&origin, places[i]);
	}
	assert_memory_equal(places[0], places[1], ORIGIN_SIZE);
	assert_memory_not_equal(places[2], places[3], ORIGIN_SIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_trusted_proxy_alone_says_where_a_request_comes_from),
		cmocka_unit_test(a_network_is_an_address_and_a_number_of_bits),
		cmocka_unit_test(a_limit_counts_an_ipv6_network_as_one_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
