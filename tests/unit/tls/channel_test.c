/*
 * tests/unit/tls/channel_test.c - two ends of a channel, and the bytes between them in memory.
 */
#include "base/check.h"
#include "base/text.h"
#include "tls/channel.h"
#include "tls/trust.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

#define DAY   ((time_t)86400)
#define BEGAN ((time_t)1735689600) /* 2025-01-01 */
#define ENDS  ((time_t)4102444800) /* 2100-01-01 */
#define LONG  100000               /* bytes: more than a record has */

/* A certificate that nobody else signed, with its key, as files. */
struct files {
	char certificate[64];
	char key[64];
	uint8_t fingerprint[PEER_KEY_SIZE];
};

static void file_make(char path[64], const gnutls_datum_t *pem)
{
	snprintf(path, 64, "/tmp/channel_test.XXXXXX");
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, pem->data, pem->size), pem->size);
	close(fd);
}

static void files_make(struct files *files, const char *name, time_t ends)
{
	gnutls_x509_privkey_t key;
	gnutls_x509_crt_t certificate;
	gnutls_datum_t pem;
	const uint8_t serial = 1;
	size_t size = sizeof(files->fingerprint);
	assert_int_equal(gnutls_x509_privkey_init(&key), 0);
	assert_int_equal(gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
				 GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0),
		0);
	assert_int_equal(gnutls_x509_crt_init(&certificate), 0);
	gnutls_x509_crt_set_version(certificate, 3);
	gnutls_x509_crt_set_serial(certificate, &serial, 1);
	gnutls_x509_crt_set_activation_time(certificate, BEGAN);
	gnutls_x509_crt_set_expiration_time(certificate, ends);
	gnutls_x509_crt_set_dn_by_oid(
		certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name, (unsigned)strlen(name));
	gnutls_x509_crt_set_subject_alt_name(
		certificate, GNUTLS_SAN_DNSNAME, name, (unsigned)strlen(name), GNUTLS_FSAN_SET);
	assert_int_equal(gnutls_x509_crt_set_key(certificate, key), 0);
	assert_int_equal(
		gnutls_x509_crt_sign2(certificate, certificate, key, GNUTLS_DIG_SHA256, 0), 0);
	assert_int_equal(gnutls_x509_crt_get_key_id(
				 certificate, GNUTLS_KEYID_USE_SHA256, files->fingerprint, &size),
		0);
	assert_int_equal(gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_PEM, &pem), 0);
	file_make(files->certificate, &pem);
	gnutls_free(pem.data);
	assert_int_equal(gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &pem), 0);
	file_make(files->key, &pem);
	gnutls_free(pem.data);
	gnutls_x509_crt_deinit(certificate);
	gnutls_x509_privkey_deinit(key);
}

static void files_drop(const struct files *files)
{
	unlink(files->certificate);
	unlink(files->key);
}

/* One direction. */
struct way {
	struct text bytes;
	size_t taken;
	size_t piece_max; /* taken at once */
};

/* An end takes from the first way and gives to the second. */
struct end {
	struct way *in, *out;
	struct channel *channel;
};

static size_t end_take(void *context, void *data, size_t size)
{
	struct way *way = ((struct end *)context)->in;
	size_t there = way->bytes.length - way->taken;
	size = size > there ? there : size;
	size = size > way->piece_max ? way->piece_max : size;
	if (size > 0)
		memcpy(data, way->bytes.data + way->taken, size);
	way->taken += size;
	return size;
}

static bool end_give(void *context, const void *data, size_t size)
{
	text_add(&((struct end *)context)->out->bytes, bytes_of(data, size));
	return true;
}

struct pair {
	struct way ways[2];
	struct end server, client;
	struct certificate *certificate;
	struct trust *trust;
};

static void pair_begin(struct pair *pair, const struct files *shown, const char *client_ca,
	const struct trust_paths *paths, const char *host)
{
	const struct certificate_paths own = { shown->certificate, shown->key, client_ca };
	struct reason reason = { "" };
	memset(pair, 0, sizeof(*pair));
	pair->ways[0].piece_max = pair->ways[1].piece_max = 7;
	pair->server = (struct end){ &pair->ways[0], &pair->ways[1], NULL };
	pair->client = (struct end){ &pair->ways[1], &pair->ways[0], NULL };
	assert_int_equal(certificate_read(&own, &pair->certificate, &reason), OK);
	assert_int_equal(trust_read(paths, &pair->trust, &reason), OK);
	const struct channel_carrier server = { end_take, end_give, &pair->server };
	const struct channel_carrier client = { end_take, end_give, &pair->client };
	assert_int_equal(channel_accept(pair->certificate, &server, &pair->server.channel), OK);
	assert_int_equal(channel_connect(pair->trust, host, &client, &pair->client.channel), OK);
}

static void pair_end(struct pair *pair)
{
	channel_free(pair->server.channel);
	channel_free(pair->client.channel);
	certificate_drop(pair->certificate);
	trust_free(pair->trust);
	text_release(&pair->ways[0].bytes);
	text_release(&pair->ways[1].bytes);
}

/* Both ends in turn, until the client knows; what it came to. */
static enum err pair_shake(struct pair *pair, struct reason *reason)
{
	enum err server = ERR_NOT_FOUND, client = ERR_NOT_FOUND;
	for (int turn = 0; turn < 10; turn++) {
		if (client == ERR_NOT_FOUND)
			client = channel_shake(pair->client.channel, reason);
		if (server == ERR_NOT_FOUND)
			server = channel_shake(pair->server.channel, NULL);
	}
	assert_int_equal(server, client);
	return client;
}

static void assert_goes_through(struct end *from, struct end *to)
{
	static uint8_t sent[LONG], got[LONG];
	size_t length = 0, piece;
	for (size_t i = 0; i < LONG; i++)
		sent[i] = (uint8_t)(i * 31);
	assert_int_equal(channel_write(from->channel, bytes_of(sent, LONG)), OK);
	while (channel_read(to->channel, got + length, LONG - length, &piece) == OK) {
		length += piece;
		if (length == LONG)
			break;
	}
	assert_int_equal(length, LONG);
	assert_memory_equal(sent, got, LONG);
	assert_int_equal(channel_read(to->channel, got, LONG, &piece), ERR_NOT_FOUND);
}

static void what_goes_in_comes_out_and_the_end_is_told(void **state)
{
	struct files shown;
	struct pair pair;
	struct reason reason = { "" };
	uint8_t byte;
	size_t got;
	(void)state;
	files_make(&shown, "ladder.example", ENDS);
	const struct trust_paths paths = { shown.certificate, NULL, NULL };
	pair_begin(&pair, &shown, "", &paths, "ladder.example");
	assert_false(channel_is_shaken(pair.server.channel));
	assert_int_equal(channel_shake(pair.server.channel, NULL), ERR_NOT_FOUND);
	assert_int_equal(pair_shake(&pair, &reason), OK);
	assert_true(channel_is_shaken(pair.server.channel));
	assert_int_equal(channel_read(pair.server.channel, &byte, 1, &got), ERR_NOT_FOUND);
	assert_goes_through(&pair.client, &pair.server);
	assert_goes_through(&pair.server, &pair.client);
	assert_true(channel_bye(pair.client.channel));
	assert_false(channel_bye(pair.client.channel));
	assert_int_equal(channel_write(pair.client.channel, bytes_of("x", 1)), ERR_IO);
	assert_int_equal(channel_read(pair.server.channel, &byte, 1, &got), ERR_IO);
	/* It may still answer. */
	assert_goes_through(&pair.server, &pair.client);
	pair_end(&pair);
	files_drop(&shown);
}

static void a_server_that_is_not_believed_gets_nothing(void **state)
{
	struct files shown, other, expired;
	(void)state;
	files_make(&shown, "ladder.example", ENDS);
	files_make(&other, "ladder.example", ENDS);
	files_make(&expired, "ladder.example", BEGAN + DAY);
	const struct {
		const struct files *shown, *trusted;
		const char *host, *words;
	} rows[] = {
		{ &shown, &other, "ladder.example", "NOT trusted" },
		{ &shown, &shown, "elsewhere.example", "name" },
		{ &shown, &shown, "192.0.2.1", "name" },
		{ &expired, &expired, "ladder.example", "expired" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct pair pair;
		struct reason reason = { "" };
		const struct trust_paths paths = { rows[i].trusted->certificate, NULL, NULL };
		pair_begin(&pair, rows[i].shown, "", &paths, rows[i].host);
		assert_int_equal(pair_shake(&pair, &reason), ERR_INVALID);
		if (strstr(reason.text, rows[i].words) == NULL)
			fail_msg("row %zu: %s", i, reason.text);
		assert_false(channel_is_shaken(pair.server.channel));
		pair_end(&pair);
	}
	files_drop(&shown);
	files_drop(&other);
	files_drop(&expired);
}

static void the_key_of_a_client_counts_while_its_certificate_does(void **state)
{
	struct files shown, mine, other;
	(void)state;
	files_make(&shown, "ladder.example", ENDS);
	files_make(&mine, "isd", ENDS);
	files_make(&other, "vwn", ENDS);
	const struct {
		const char *client_ca;
		const struct files *client;
		bool counts;
	} rows[] = {
		{ mine.certificate, &mine, true },
		{ mine.certificate, &other, false },
		{ mine.certificate, NULL, false },
		{ "", &mine, false },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct pair pair;
		struct reason reason = { "" };
		const struct trust_paths paths = { shown.certificate,
			rows[i].client == NULL ? NULL : rows[i].client->certificate,
			rows[i].client == NULL ? NULL : rows[i].client->key };
		pair_begin(&pair, &shown, rows[i].client_ca, &paths, "ladder.example");
		assert_int_equal(pair_shake(&pair, &reason), OK);
		const uint8_t *key =
			channel_peer_key(pair.server.channel, pair.certificate, BEGAN + DAY);
		assert_int_equal(key != NULL, rows[i].counts);
		if (key != NULL)
			assert_memory_equal(key, mine.fingerprint, PEER_KEY_SIZE);
		/* It is judged anew by what is in force. */
		const struct certificate_paths later = { shown.certificate, shown.key,
			other.certificate };
		struct certificate *fresh;
		assert_int_equal(certificate_read(&later, &fresh, &reason), OK);
		key = channel_peer_key(pair.server.channel, fresh, BEGAN + DAY);
		assert_int_equal(key != NULL, rows[i].client == &other && i == 1);
		certificate_drop(fresh);
		pair_end(&pair);
	}
	files_drop(&shown);
	files_drop(&mine);
	files_drop(&other);
}

static void what_is_no_tls_fails(void **state)
{
	static const char *const starts[] = { "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
		"\x16\x03\x01\xff\xff", "\x15\x03\x03\x00\x02\x02\x28", "\x80\x2e\x01\x00\x02" };
	struct files shown;
	(void)state;
	files_make(&shown, "ladder.example", ENDS);
	const struct trust_paths paths = { shown.certificate, NULL, NULL };
	for (size_t i = 0; i < ARRAY_LENGTH(starts); i++) {
		struct pair pair;
		pair_begin(&pair, &shown, "", &paths, "ladder.example");
		text_add(&pair.ways[0].bytes, bytes_of(starts[i], 5));
		text_add(&pair.ways[0].bytes, bytes_of(&shown, sizeof(shown)));
		assert_int_equal(channel_shake(pair.server.channel, NULL), ERR_INVALID);
		assert_int_equal(channel_shake(pair.server.channel, NULL), ERR_INVALID);
		pair_end(&pair);
	}
	files_drop(&shown);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_goes_in_comes_out_and_the_end_is_told),
		cmocka_unit_test(a_server_that_is_not_believed_gets_nothing),
		cmocka_unit_test(the_key_of_a_client_counts_while_its_certificate_does),
		cmocka_unit_test(what_is_no_tls_fails),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
