/*
 * tests/unit/daemon/server/config_test.c - the configuration file.
 */
#include "base/check.h"
#include "base/date.h"
#include "base/text.h"
#include "daemon/server/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

#define HASH_A "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"
#define HASH_B "0000000000000000000000000000000000000000000000000000000000000001"
#define HASH_C "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"

static const char *const no_flags[] = { NULL };

static enum err load_with(struct bytes text, const char *const *flags, struct config **config,
	struct problems *problems)
{
	char path[] = "/tmp/config_test.XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text.data, text.length), (ssize_t)text.length);
	close(fd);
	enum err err = config_load(path, flags, config, problems);
	unlink(path);
	return err;
}

static enum err load(struct bytes text, struct config **config, struct problems *problems)
{
	return load_with(text, no_flags, config, problems);
}

static struct config *load_right(const char *text)
{
	struct config *config = NULL;
	struct problems problems = { 0 };
	enum err err = load(bytes_of_string(text), &config, &problems);
	if (err != OK)
		fail_msg("%d %s", err, problems.count > 0 ? problems.sentences[0] : "");
	assert_int_equal(problems.count, 0);
	problems_release(&problems);
	return config;
}

static void assert_defaults(const struct config *config)
{
	assert_string_equal(config->store_path, "ladderd-store");
	assert_int_equal(config->store_size_max, GIB(16));
	assert_string_equal(config->http_listen.text, "127.0.0.1:7400");
	assert_string_equal(config->stream_listen.text, "127.0.0.1:7401");
	assert_int_equal(config->limits_body_bytes_max, MIB(8));
	assert_int_equal(config->limits_batch_events_max, 10000);
	assert_int_equal(config->limits_log_records_max, 100000);
	assert_int_equal(config->limits_idle_seconds_max, 300);
	assert_int_equal(config->public_round_to, 5);
}

static void an_empty_file_and_no_file_give_the_defaults_and_let_nobody_in(void **state)
{
	(void)state;
	static const char *const texts[] = { "", "\n", "# only a comment", "\xEF\xBB\xBF[http]\n" };
	struct problems problems = { 0 };
	struct config *config;
	assert_int_equal(config_load(NULL, no_flags, &config, &problems), OK);
	assert_defaults(config);
	config_free(config);
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		config = load_right(texts[i]);
		assert_defaults(config);
		assert_int_equal(config->access->partner_count, 0);
		assert_int_equal(config->access->analyst_count, 0);
		assert_int_equal(config->access->scraper_count, 0);
		config_free(config);
	}
}

static const char whole[] = "; the whole of it\n"
			    "[store]\n"
			    "path = /srv/ladder store ; inline\n"
			    "size_max = 2T\r\n"
			    "[http]\n"
			    "listen: [::1]:0\n"
			    "[stream]\n"
			    "  listen = off\n"
			    "[limits]\n"
			    "body_bytes_max = 1048576\n"
			    "store_reserve=0\n"
			    "[partner isd]\n"
			    "org_type = ISD\n"
			    "token_hash = " HASH_A ", " HASH_B "\n"
			    "types = LadderAssessed, exited\n"
			    "\n"
			    "  # a comment among the lines of a list\n"
			    "  EventRetracted ; and a last one\n"
			    "\tjobStarted\n"
			    "municipalities = GM0823 GM0014,GM0823\n"
			    " [ partner  a.b_c-d:1 ] ; indented\n"
			    "municipalities = *\n"
			    "types = *\n"
			    "[analyst isd]\n"
			    "token_hash = " HASH_C "\n"
			    "log = yes\n"
			    "[analyst two]\n"
			    "[scraper prometheus]\n";

static void a_whole_file_is_read_to_its_last_line(void **state)
{
	(void)state;
	struct config *config = load_right(whole);
	assert_string_equal(config->store_path, "/srv/ladder store");
	assert_int_equal(config->store_size_max, TIB(2));
	assert_string_equal(config->http_listen.text, "[::1]:0");
	assert_int_equal(config->http_listen.socket.ss_family, AF_INET6);
	assert_true(config->stream_listen.off);
	assert_int_equal(config->limits_body_bytes_max, 1048576);
	assert_int_equal(config->limits_store_reserve, 0);

	const struct access *access = config->access;
	assert_int_equal(access->partner_count, 2);
	const struct partner *isd = &access->partners[0];
	assert_string_equal(isd->name, "isd");
	assert_int_equal(isd->org_type, ORG_TYPE_ISD);
	assert_int_equal(isd->hashes.count, 2);
	assert_true(
		isd->rights.types ==
		(UINT64_C(1) << EVENT_LADDER_ASSESSED | UINT64_C(1) << EVENT_EXITED |
			UINT64_C(1) << EVENT_EVENT_RETRACTED | UINT64_C(1) << EVENT_JOB_STARTED));
	assert_false(isd->rights.all_municipalities);
	assert_int_equal(isd->rights.municipality_count, 2);
	assert_int_equal(isd->rights.municipalities[0], 14);
	assert_int_equal(isd->rights.municipalities[1], 823);

	const struct partner *other = &access->partners[1];
	assert_string_equal(other->name, "a.b_c-d:1");
	assert_int_equal(other->org_type, ORG_TYPE_OTHER);
	assert_int_equal(other->hashes.count, 0);
	assert_true(other->rights.all_municipalities);
	/* All but those that publish, withdraw and agree. */
	assert_int_equal(__builtin_popcountll(other->rights.types), 40);

	assert_int_equal(access->analyst_count, 2);
	assert_string_equal(access->analysts[0].name, "isd");
	assert_true(access->analysts[0].may_read_log);
	assert_false(access->analysts[0].all_municipalities);
	assert_int_equal(access->analysts[0].municipality_count, 0);
	assert_false(access->analysts[1].may_read_log);
	assert_int_equal(access->scraper_count, 1);
	assert_string_equal(access->scrapers[0].name, "prometheus");
	assert_ptr_equal(access_find(access, bytes_of_string("abc"), NULL, 0).partner, isd);
	config_free(config);
}

static void the_last_days_of_tokens_are_in_the_order_of_their_hashes(void **state)
{
	(void)state;
	struct config *config = load_right("[partner p]\nnot_after = 2026-12-31, 2027-01-31\n"
					   "token_hash = " HASH_A " " HASH_B "\n"
					   "succeeds = q\nrequire_user = yes\n"
					   "[partner r]\ntoken_hash = " HASH_C "\n"
					   "[scraper s]\nmunicipalities = GM0823\n");
	const struct partner *p = &config->access->partners[0], *r = &config->access->partners[1];
	int32_t day;
	assert_int_equal(date_parse(bytes_of_string("2026-12-31"), &day), OK);
	assert_true(p->hashes.ends);
	assert_int_equal(p->hashes.last_days[0], day);
	assert_int_equal(p->hashes.last_days[1], day + 31);
	assert_string_equal(p->succeeds, "q");
	assert_true(p->requires_user);
	assert_false(r->hashes.ends);
	assert_null(r->succeeds);
	assert_false(r->requires_user);
	assert_int_equal(config->access->scrapers[0].municipality_count, 1);
	assert_false(config->access->scrapers[0].all_municipalities);
	config_free(config);
}

static void a_partner_has_no_rights_unless_they_are_given(void **state)
{
	(void)state;
	struct config *config = load_right("[partner p]\ntypes =\nmunicipalities =");
	assert_int_equal(config->access->partners[0].rights.types, 0);
	assert_false(config->access->partners[0].rights.all_municipalities);
	assert_int_equal(config->access->partners[0].rights.municipality_count, 0);
	config_free(config);
}

static void a_list_of_all_municipalities_fits_on_one_line_and_on_many(void **state)
{
	(void)state;
	static const char *const between[] = { ",", " ", "\n ", ",\n\t" };
	for (size_t i = 0; i < ARRAY_LENGTH(between); i++) {
		struct text text = { 0 };
		text_add_string(&text, "[partner p]\nmunicipalities = ");
		for (unsigned code = 9999; code <= 9999; code--)
			text_printf(&text, "GM%04u%s", code, between[i]);
		text_add_string(&text, "\ntypes = *\n");
		struct config *config = load_right(text.data);
		const struct rights *rights = &config->access->partners[0].rights;
		assert_int_equal(rights->municipality_count, 10000);
		for (size_t code = 0; code < 10000; code++)
			assert_int_equal(rights->municipalities[code], code);
		assert_true(rights->types != 0);
		config_free(config);
		text_release(&text);
	}
}

struct wrong_row {
	const char *text;
	const char *words; /* of the only problem, after the name of the file */
};

static const struct wrong_row wrong_rows[] = {
	/* Sections. */
	{ "[process]\nuser = a b", "this is no name; allowed: up to 32 letters" },
	{ "[process]\nuser =", "this is no name" },
	{ "[process]\nas_root = 1", "this is neither; allowed: yes, no" },
	{ "listen = 1", ":1: this stands before any section; allowed: [store], [process]," },
	{ "[http]\n[https]", ":2: this is no section; allowed: " },
	{ "[https]\nlisten = 1\nfoo", ":1: this is no section; allowed: " },
	{ "[http x]", ":1: this is no section; allowed: " },
	{ "[]", ":1: this is no section" },
	{ "[http", ":1: the header of a section ends with ]" },
	{ "[http] x", ":1: the header of a section ends with ]" },
	{ "\n\n[partner]", ":3: [partner NAME]: this is no name; allowed: " },
	{ "[partner a b]", ":1: [partner NAME]: this is no name" },
	{ "[partner ladderd]", ":1: [partner ladderd]: this name is the daemon's own" },
	{ "[partner \xC3\xA9]", ":1: [partner NAME]: this is no name" },
	{ "[analyst 123456789]", ":1: [analyst NAME]: this is no name" },
	{ "[scraper a23456789012345678901234567890123]", ":1: [scraper NAME]: this is no name" },
	{ "[municipality Oirschot]", ":1: [municipality NAME]: this is no municipality" },
	{ "[municipality GM0823]\nname = a\tb", ":2: [municipality] name: this is no name" },
	{ "[municipality GM0823]\nname = a\n[municipality GM0823]",
		":3: [municipality GM0823]: the section is given already in line 1" },
	{ "[partner a]\n[analyst a]\n[partner a]\nfoo = 1",
		":3: [partner a]: the section is given already in line 1; allowed: each name "
		"once" },
	/* Keys. */
	{ "[http]\nport = 1", ":2: [http] port: there is no such key; allowed: listen" },
	{ "[scraper s]\nlog = no", ":2: [scraper] log: there is no such key; allowed: token_hash" },
	{ "[http]\nListen = 1", "[http] Listen: there is no such key" },
	{ "[http]\n= 1", "[http] : there is no such key" },
	{ "[http]\nlisten", ":2: [http] listen: there is no =; allowed: key = value" },
	{ "[http]\nlisten = 127.0.0.1:1\nlisten = 127.0.0.1:1",
		":3: [http] listen: the key is given already in line 2" },
	{ "[http]\nlisten = 127.0.0.1:1\n[store]\n[http]\nlisten = 127.0.0.1:1",
		":5: [http] listen: the key is given already in line 2" },
	{ "\xEF\xBB\xBF[http]\nport = 1", ":2: [http] port: there is no such key" },
	{ "[partner p]\ntypes = Exited\n\n  JobEnded\nport = 1",
		":5: [partner] port: there is no" },
	/* Values. */
	{ "[http]\nlisten =", ":2: [http] listen: this is no address with a port; allowed: " },
	{ "[http]\nlisten = off", "this is no address" },
	{ "[http]\nlisten = localhost:80", "this is no address" },
	{ "[http]\nlisten = 127.0.0.1", "this is no address" },
	{ "[http]\nlisten = 127.0.0.1:65536", "this is no address" },
	{ "[http]\nlisten = 127.0.0.1:", "this is no address" },
	{ "[http]\nlisten = 127.0.0.1:1K", "this is no address" },
	{ "[http]\nlisten = [127.0.0.1]:1", "this is no address" },
	{ "[http]\nlisten = ::1:80", "this is no address" },
	{ "[http]\nlisten = 127.0.0.1:1\n  x = 2", ":2: [http] listen: this is no address" },
	{ "[store]\npath =", "[store] path: this is empty; allowed: a path of at most 1000" },
	{ "[store]\nsize_max = many", "[store] size_max: this is no number; allowed: bytes, or K" },
	{ "[store]\nsize_max = 1 G", "this is no number" },
	{ "[store]\nsize_max = 1g", "this is no number" },
	{ "[store]\nsize_max = G", "this is no number" },
	{ "[store]\nsize_max = 1GG", "this is no number" },
	{ "[store]\nsize_max = -1", "this is no number" },
	{ "[store]\nsize_max = 99999999999999999999", "this is no number" },
	{ "[store]\nsize_max = 17179869184T", "this is no number" },
	{ "[store]\nsize_max = 65T", "this is out of range; allowed: bytes, or K, M, G, T of them, "
				     "from 16M to 64T" },
	{ "[limits]\nworkers = 0", "[limits] workers: this is out of range; allowed: a whole "
				   "number from 1 to 64" },
	{ "[limits]\nworkers = 2K", "this is no number" },
	{ "[limits]\nworkers = 2.0", "this is no number" },
	{ "[public]\nround_to = 4",
		"[public] round_to: this is not one of the numbers; allowed: 5 or 10" },
	{ "[public]\nround_to = 1", "this is not one of the numbers; allowed: 5 or 10" },
	{ "[public]\nround_to = 11", "this is out of range; allowed: 5 or 10" },
	{ "[public]\nround_to = 3", "[public] round_to: 3 is offered no more: a published 0" },
	{ "[municipality GM0823]\nround_to = 3", "[municipality] round_to: 3 is offered no more" },
	{ "[municipality GM0823]\nsubject = r *",
		":2: [municipality] subject: this is no pattern; allowed: 1 to 64 characters" },
	{ "[municipality GM0823]\nround_to = 0", "this is not one of the numbers" },
	{ "[limits]\nqueue_bytes_max = 7M", ": [limits] queue_bytes_max: no request" },
	{ "[limits]\nbody_bytes_max = 512M", ": [limits] queue_bytes_max: no request" },
	{ "[store]\nsize_max = 256M", ": [limits] store_reserve: no space" },
	{ "[partner p]\nnot_after = 2026-12-31\n[partner q]",
		":2: [partner] not_after: there are 1 dates and 0 hashes; allowed: a date for "
		"each hash" },
	{ "[analyst a]\ntoken_hash = " HASH_A " " HASH_B "\nnot_after = 2026-12-31",
		":3: [analyst] not_after: there are 1 dates and 2 hashes" },
	{ "[scraper s]\ntoken_hash = " HASH_A "\nnot_after = 2026-12-31, 2026-12-31",
		":3: [scraper] not_after: there are 2 dates and 1 hashes" },
	{ "[partner p]\nnot_after = 2026-02-30", ":2: [partner] not_after: this is no date" },
	{ "[partner p]\nnot_after = 2026-01-01 2026-01-02 2026-01-03",
		":2: [partner] not_after: there are more than two dates" },
	{ "[partner p]\nsucceeds = a b", ":2: [partner] succeeds: this is no name; allowed: " },
	{ "[partner p]\n\nsucceeds = p", ":3: [partner] succeeds: this is the partner itself" },
	{ "[partner p]\nrequire_user = maybe", ":2: [partner] require_user: this is neither" },
	{ "[scraper s]\nmunicipalities = Oirschot", ":2: [scraper] municipalities: \"Oirsch" },
	{ "[partner p]\norg_type = isd", "[partner] org_type: this is not one of them; allowed: "
					 "MUNICIPALITY, ISD," },
	{ "[partner p]\norg_type =", "this is not one of them" },
	{ "[partner p]\ntypes = Exited, Exit", "[partner] types: \"Exit\" is not one of them; "
					       "allowed: * (but for report_published, "
					       "report_withdrawn and agreement_made), "
					       "PersonRegistered, " },
	{ "[partner p]\ntypes = Exited\n\n\n  Exit", ":2: [partner] types: \"Exit\" is not one" },
	{ "[partner p]\nmunicipalities = GM823",
		"\"GM823\" is not one of them; allowed: *, CBS codes" },
	{ "[partner p]\nmunicipalities = GM0823;GM0824", "\"GM0823;GM0824\" is not one of them" },
	{ "[analyst p]\nlog = true", "[analyst] log: this is neither; allowed: yes, no" },
	/* Hashes. */
	{ "[partner p]\ntoken_hash = secret", "[partner] token_hash: this is no hash of a token" },
	{ "[partner p]\ntoken_hash = " HASH_A "0", "this is no hash of a token" },
	{ "[partner p]\ntoken_hash = " HASH_A " " HASH_B " " HASH_C, "more than two hashes" },
	{ "[partner p]\ntoken_hash = " HASH_A " " HASH_A, "the same hash is in [partner p] of" },
	{ "[partner p]\ntoken_hash = " HASH_C "\n[scraper s]\ntoken_hash = ffffffffffffffffffffff"
	  "ffffffffffffffffffffffffffffffffffffffffff",
		":4: [scraper] token_hash: the same hash is in [partner p] of line 1" },
};

static void what_is_wrong_is_told_once_with_its_line_and_what_is_allowed(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(wrong_rows); i++) {
		struct config *config = NULL;
		struct problems problems = { 0 };
		enum err err = load(bytes_of_string(wrong_rows[i].text), &config, &problems);
		if (err != ERR_INVALID || problems.count != 1 ||
			strstr(problems.sentences[0], wrong_rows[i].words) == NULL ||
			strstr(problems.sentences[0], "; allowed: ") == NULL)
			fail_msg("%s: %d, %zu problems: %s", wrong_rows[i].text, err,
				problems.count, problems.count > 0 ? problems.sentences[0] : "");
		assert_null(strstr(problems.sentences[0], "secret"));
		assert_null(config);
		problems_release(&problems);
	}
}

static void all_problems_of_a_file_are_told_in_its_order(void **state)
{
	(void)state;
	static const char text[] = "[http]\n"
				   "listen\n"
				   "port = 1\n"
				   "[nothing]\n"
				   "ignored = 1\n"
				   "[limits]\n"
				   "workers = 0\n"
				   "[partner p]\n"
				   "types = Nothing\n"
				   "log = yes\n"
				   "[partner\n"
				   "[scraper s]\n"
				   "token_hash = 1\n";
	static const unsigned lines[] = { 2, 3, 4, 7, 9, 10, 11, 13 };
	struct config *config = NULL;
	struct problems problems = { 0 };
	assert_int_equal(load(bytes_of_string(text), &config, &problems), ERR_INVALID);
	assert_int_equal(problems.count, ARRAY_LENGTH(lines));
	for (size_t i = 0; i < problems.count; i++) {
		char place[16];
		snprintf(place, sizeof(place), ":%u: ", lines[i]);
		assert_non_null(strstr(problems.sentences[i], place));
	}
	problems_release(&problems);
}

static void what_is_no_text_file_is_refused(void **state)
{
	(void)state;
	struct config *config = NULL;
	struct problems problems = { 0 };
	assert_int_equal(load(bytes_of("[http]\0", 7), &config, &problems), ERR_INVALID);
	assert_non_null(strstr(problems.sentences[0], "NUL"));
	problems_release(&problems);

	struct text text = { 0 };
	for (size_t i = 0; i < CONFIG_FILE_BYTES_MAX + 1; i++)
		text_add_char(&text, '\n');
	assert_int_equal(load(text_bytes(&text), &config, &problems), ERR_INVALID);
	assert_non_null(strstr(problems.sentences[0], "too long"));
	problems_release(&problems);
	text_release(&text);

	static const char *const paths[] = { "/nowhere/ladderd.conf", "/tmp" };
	for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
		assert_int_equal(config_load(paths[i], no_flags, &config, &problems), ERR_IO);
		assert_int_equal(problems.count, 1);
		assert_non_null(strstr(problems.sentences[0], paths[i]));
		problems_release(&problems);
	}
}

static void nothing_travels_in_clear_beyond_loopback_unless_that_is_said(void **state)
{
	static const struct {
		const char *text, *flag, *words; /* NULL: it is right */
	} rows[] = {
		{ "[http]\nlisten = 127.0.0.1:1\n[stream]\nlisten = [::1]:1", NULL, NULL },
		{ "[http]\nlisten = 0.0.0.0:1", NULL, "[http] listen: 0.0.0.0:1 is not loopback" },
		{ "[stream]\nlisten = [::]:1", NULL, "[stream] listen: [::]:1 is not loopback" },
		{ "[http]\nlisten = 0.0.0.0:1\nplaintext = yes", NULL, NULL },
		{ "[http]\nlisten = 0.0.0.0:1", "http.plaintext=yes", NULL },
		{ "[http]\nlisten = 0.0.0.0:1", "http.listen=127.0.0.1:1", NULL },
		{ "", "http.listen=0.0.0.0:1", "[http] listen: 0.0.0.0:1 is not loopback" },
		{ "[http]\nplaintext = yes", "stream.listen=0.0.0.0:1", "[stream] listen" },
		{ "[http]\nlisten = 0.0.0.0:1\ncertificate = a\nkey = b", NULL, NULL },
		{ "[http]\ncertificate = a", NULL, "[http] key: it is not given" },
		{ "[stream]\nkey = a", NULL, "[stream] certificate: it is not given" },
		{ "[http]\nclient_ca = a", NULL, "[http] client_ca: " },
		{ "[partner p]\nclient_key = sha256:" HASH_A, NULL, "client_key: no door asks" },
		{ "[analyst p]\nclient_key = sha256:" HASH_A, NULL, "client_key: no door asks" },
		{ "[partner p]\nclient_key = sha256:" HASH_A
		  "\n[stream]\ncertificate = a\nkey = b\nclient_ca = c",
			NULL, NULL },
		{ "[partner p]\nclient_key = sha256:" HASH_A
		  "\n[stream]\nlisten = off\ncertificate = a\nkey = b\nclient_ca = c",
			NULL, "client_key: no door asks" },
		{ "", "http.nothing=1", "--set http.nothing: there is no option http.nothing" },
		{ "", "http", "--set http: it must be SECTION.KEY=VALUE" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		const char *const flags[] = { rows[i].flag, NULL };
		struct config *config = NULL;
		struct problems problems = { 0 };
		struct text text = { 0 };
		/* Beyond loopback the access log needs a key too. */
		text_printf(&text, "[audit]\nkey = %s\n%s", HASH_A, rows[i].text);
		enum err err = load_with(text_bytes(&text), flags, &config, &problems);
		text_release(&text);
		if (rows[i].words == NULL ? err != OK : err != ERR_INVALID)
			fail_msg("row %zu: %d", i, err);
		if (rows[i].words != NULL &&
			(problems.count != 1 ||
				strstr(problems.sentences[0], rows[i].words) == NULL))
			fail_msg("row %zu: %s", i, problems.sentences[0]);
		problems_release(&problems);
		config_free(config);
	}
}

static void a_key_and_hosts_are_read(void **state)
{
	struct config *config = load_right(
		"[http]\nhosts = Ladder.example.nl, other\n  third.example.\ncertificate = a\n"
		"key = b\nclient_ca = c\n"
		"[partner isd]\nclient_key = sha256:" HASH_A "\ntoken_hash = " HASH_B "\n"
		"[analyst a]\nclient_key = SHA256:" HASH_C "\n");
	const struct access *access = config->access;
	(void)state;
	assert_int_equal(config->http_hosts.count, 3);
	assert_false(config->http_hosts.all);
	assert_string_equal(config->http_hosts.names[0], "Ladder.example.nl");
	assert_string_equal(config->http_hosts.names[2], "third.example.");
	assert_string_equal(config->http_certificate, "a");
	assert_true(access->partners[0].client_key.given);
	assert_int_equal(access->partners[0].client_key.sha256[0], 0xbd);
	assert_int_equal(access->partners[0].client_key.sha256[31], 0x19);
	assert_int_equal(access->analysts[0].client_key.sha256[5], 0xff);
	config_free(config);
	config = load_right("[http]\nhosts = *\n[partner isd]\n");
	assert_true(config->http_hosts.all);
	assert_false(config->access->partners[0].client_key.given);
	config_free(config);
}

static void a_flag_wins_over_the_file(void **state)
{
	(void)state;
	struct config *config = load_right("[http]\nlisten = 127.0.0.1:1\n");
	struct reason reason = { "" };
	assert_int_equal(config_set(config, "http.listen", "0.0.0.0:8080", &reason), OK);
	assert_string_equal(config->http_listen.text, "0.0.0.0:8080");
	assert_int_equal(config_set(config, "store.path", "elsewhere", &reason), OK);
	assert_string_equal(config->store_path, "elsewhere");

	static const struct {
		const char *name, *value;
		enum err err;
		const char *words;
	} rows[] = {
		{ "http.listen", "off", ERR_INVALID, "http.listen: this is no address" },
		{ "limits.workers", "65", ERR_INVALID, "limits.workers: this is out of range" },
		{ "limits.body_bytes_max", "1G", ERR_INVALID, "queue_bytes_max" },
		{ "limits.nothing", "1", ERR_NOT_FOUND, "no such option" },
		{ "http", "1", ERR_NOT_FOUND, "no such option" },
		{ "partner.types", "*", ERR_NOT_FOUND, "no such option" },
		{ "a_section_longer_than_any.listen", "1", ERR_NOT_FOUND, "no such option" },
		{ "", "", ERR_NOT_FOUND, "no such option" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		assert_int_equal(
			config_set(config, rows[i].name, rows[i].value, &reason), rows[i].err);
		assert_non_null(strstr(reason.text, rows[i].words));
	}
	assert_string_equal(config->http_listen.text, "0.0.0.0:8080");
	assert_int_equal(config->limits_body_bytes_max, MIB(8));
	config_free(config);
}

static void a_path_may_be_in_the_folder_of_credentials(void **state)
{
	struct reason reason = { "" };
	struct config *config = load_right("");
	(void)state;
	unsetenv("CREDENTIALS_DIRECTORY");
	assert_int_equal(config_set(config, "store.path", "$CREDENTIALS_DIRECTORY/key", &reason),
		ERR_INVALID);
	assert_non_null(strstr(reason.text, "LoadCredential="));
	assert_string_equal(config->store_path, "ladderd-store");
	setenv("CREDENTIALS_DIRECTORY", "/run/credentials/ladderd.service", 1);
	assert_int_equal(
		config_set(config, "store.path", "$CREDENTIALS_DIRECTORY/key", &reason), OK);
	assert_string_equal(config->store_path, "/run/credentials/ladderd.service/key");
	/* Nothing else is a variable. */
	static const char *const plain[] = { "$CREDENTIALS_DIRECTORYS/key", "$HOME/key",
		"a/$CREDENTIALS_DIRECTORY/key", "%d/key" };
	for (size_t i = 0; i < ARRAY_LENGTH(plain); i++) {
		assert_int_equal(config_set(config, "store.path", plain[i], &reason), OK);
		assert_string_equal(config->store_path, plain[i]);
	}
	config_free(config);
}

static void the_access_outlives_the_configuration_it_came_from(void **state)
{
	(void)state;
	struct config *config = load_right(whole);
	struct access *access = access_hold(config->access);
	config_free(config);
	assert_string_equal(access->partners[0].name, "isd");
	assert_int_equal(access->partners[0].rights.municipalities[1], 823);
	access_drop(access);
}

/* What config_print_default() prints, with the # of its options taken away when `bare`. */
static struct text print_default(bool bare)
{
	char *printed = NULL;
	size_t length = 0;
	struct text text = { 0 };
	FILE *file = open_memstream(&printed, &length);
	assert_non_null(file);
	assert_int_equal(config_print_default(file), OK);
	fclose(file);
	for (size_t i = 0; i < length; i++) {
		bool first = i == 0 || printed[i - 1] == '\n';
		if (!bare || !first || printed[i] != '#' || printed[i + 1] == ' ')
			text_add_char(&text, printed[i]);
	}
	free(printed);
	assert_false(text.failed);
	return text;
}

static void the_printed_default_is_a_configuration_with_the_defaults(void **state)
{
	(void)state;
	for (int bare = 0; bare <= 1; bare++) {
		struct text text = print_default(bare != 0);
		struct config *config = load_right(text.data);
		assert_defaults(config);
		assert_int_equal(config->access->partner_count, bare);
		assert_int_equal(config->access->analyst_count, bare);
		assert_int_equal(config->access->scraper_count, bare);
		assert_int_equal(config->access->place_count, 0);
		config_free(config);
		text_release(&text);
	}
}

static void the_printed_default_names_each_option_with_its_sentence(void **state)
{
	(void)state;
	struct text text = print_default(false);
#define ASSERT_NAMED(section, key, ...) assert_non_null(strstr(text.data, "\n#" #key " ="));
	OPTIONS(ASSERT_NAMED)
	ENTRY_OPTIONS(ASSERT_NAMED)
	for (const char *line = text.data; *line != '\0';) {
		size_t length = strcspn(line, "\n");
		assert_true(length <= 78);
		line += length + (line[length] == '\n');
	}
	text_release(&text);
}

static void a_municipality_says_the_form_of_its_subjects(void **state)
{
	(void)state;
	struct config *config = load_right("[municipality GM0823]\nsubject = r*\n"
					   "[municipality GM0014]\nsubject = *-14\nname = x\n"
					   "[municipality GM0757]\nsubject =\n");
	const struct subject_forms *forms = &config->access->subjects;
	assert_int_equal(forms->count, 2);
	assert_string_equal(subject_forms_find(forms, 823), "r*");
	assert_string_equal(subject_forms_find(forms, 14), "*-14");
	assert_null(subject_forms_find(forms, 757));
	config_free(config);
}

static void who_publishes_is_named_and_each_municipality_has_its_base(void **state)
{
	(void)state;
	struct config *config = load_right("[public]\nround_to = 10\n"
					   "[municipality GM0823]\nround_to = 5\n"
					   "[municipality GM0757]\nname = Boxtel\n"
					   "[partner star]\ntypes = *\n"
					   "[partner two]\ntypes = *, report_published\n"
					   "municipalities = *, GM0823\n"
					   "[partner back]\ntypes = ReportWithdrawn\n");
	const struct access *access = config->access;
	const uint64_t publish = UINT64_C(1) << EVENT_REPORT_PUBLISHED;
	const uint64_t withdraw = UINT64_C(1) << EVENT_REPORT_WITHDRAWN;
	assert_int_equal(access->partners[0].rights.types & (publish | withdraw), 0);
	assert_true((access->partners[0].rights.types & UINT64_C(1) << EVENT_EXITED) != 0);
	assert_true(
		(access->partners[1].rights.types & (publish | withdraw)) == (publish | withdraw));
	assert_true(access->partners[1].rights.all_municipalities);
	assert_int_equal(access->partners[1].rights.municipality_count, 1);
	assert_true(access->partners[2].rights.types == withdraw);
	assert_int_equal(access_round_to(access, 823, 10), 5);
	assert_int_equal(access_round_to(access, 757, 10), 10);
	assert_int_equal(access_round_to(access, 1, 10), 10);
	assert_null(access_place_name(access, 823));
	assert_string_equal(access_place_name(access, 757), "Boxtel");
	config_free(config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_file_and_no_file_give_the_defaults_and_let_nobody_in),
		cmocka_unit_test(a_whole_file_is_read_to_its_last_line),
		cmocka_unit_test(the_last_days_of_tokens_are_in_the_order_of_their_hashes),
		cmocka_unit_test(a_partner_has_no_rights_unless_they_are_given),
		cmocka_unit_test(a_municipality_says_the_form_of_its_subjects),
		cmocka_unit_test(who_publishes_is_named_and_each_municipality_has_its_base),
		cmocka_unit_test(a_list_of_all_municipalities_fits_on_one_line_and_on_many),
		cmocka_unit_test(what_is_wrong_is_told_once_with_its_line_and_what_is_allowed),
		cmocka_unit_test(all_problems_of_a_file_are_told_in_its_order),
		cmocka_unit_test(what_is_no_text_file_is_refused),
		cmocka_unit_test(nothing_travels_in_clear_beyond_loopback_unless_that_is_said),
		cmocka_unit_test(a_key_and_hosts_are_read),
		cmocka_unit_test(a_flag_wins_over_the_file),
		cmocka_unit_test(a_path_may_be_in_the_folder_of_credentials),
		cmocka_unit_test(the_access_outlives_the_configuration_it_came_from),
		cmocka_unit_test(the_printed_default_is_a_configuration_with_the_defaults),
		cmocka_unit_test(the_printed_default_names_each_option_with_its_sentence),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
