/*
 * tests/fuzz/seeds.c - seeds for tests/fuzz/corpus: `ladder generate | seeds DIR` makes
 * DIR/NAME/N for each NAME of a fuzz program (tests/fuzz/shrink).
 *
 * usage: seeds DIR < events.ndjson
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "daemon/server/config.h"
#include "store/record.h"
#include "tests/fuzz/property.h"
#include "tools/import/map.h"

#define SEEDS_MAX 400

static const char *top;

static FILE *seed_open(const char *name, size_t number)
{
	char path[1000];
	snprintf(path, sizeof(path), "%s/%s", top, name);
	if (mkdir(path, 0777) != 0 && errno != EEXIST)
		perror(path);
	snprintf(path, sizeof(path), "%s/%s/%zu", top, name, number);
	FILE *file = fopen(path, "w");
	if (file == NULL) {
		perror(path);
		exit(1);
	}
	return file;
}

static void seed_write(const char *name, size_t number, struct bytes bytes)
{
	FILE *file = seed_open(name, number);
	fwrite(bytes.data, 1, bytes.length, file);
	fclose(file);
}

/* An event as JSON, as protobuf and as a record. */
static void seed_event(const char *line, size_t number)
{
	static const struct batch_limits limits = { .events_max = 1 };
	struct text json = { 0 }, cloud = { 0 }, protobuf = { 0 }, lying = { 0 };
	struct arena arena;
	struct batch batch;
	struct reason reason;
	struct bytes whole, stored;
	uint8_t header[RECORD_HEADER_SIZE];
	text_printf(&json, "{\"events\":[%s]}", line);
	seed_write("batch_json", number, text_bytes(&json));
	text_printf(&cloud,
		"[{\"specversion\":\"1.0\",\"id\":\"e%zu\",\"source\":\"urn:a\",\"type\":\"b\","
		"\"datacontenttype\":\"application/json\",\"data\":%s}]",
		number, line);
	seed_write("batch_json", SEEDS_MAX + number, text_bytes(&cloud));
	CHECK(arena_init(&arena, batch_arena_size(json.length) + 65536) == OK);
	if (batch_read(text_bytes(&json), BATCH_JSON, &limits, all_rights(), FUZZ_TODAY, &arena,
		    &batch, &reason) == OK &&
		batch.items[0].verdict == VERDICT_ACCEPTED) {
		const struct event *event = &batch.items[0].event;
		CHECK(event_encode(event, ENVELOPE_WHOLE, &arena, &whole) == OK);
		CHECK(event_encode(event, ENVELOPE_STORED, &arena, &stored) == OK);
		text_add_char(&protobuf, 0x0A);
		varint_add(&protobuf, whole.length);
		text_add(&protobuf, whole);
		seed_write("batch_protobuf", number, text_bytes(&protobuf));
		struct record record = { .seq = 1, .type = event->type, .body = stored };
		record_header_write(&record, header);
		text_add(&lying, bytes_of(header, sizeof(header)));
		text_add(&lying, stored);
		seed_write("record", number, text_bytes(&lying));
	}
	text_release(&json);
	text_release(&cloud);
	text_release(&protobuf);
	text_release(&lying);
	arena_release(&arena);
}

/* A few lists, and the ready maps, which are read as maps and as lists. */
static void seed_lists(void)
{
	static const char *const lists[] = {
		"\xEF\xBB\xBFNaam;Datum;Activiteit;Uren\r\nAnn;3-4-2025;sport;2,5\r\n;;;\r\n",
		"sep=,\nNaam,Datum,Trede\n\"Bos, Ann\",2025-W14,\"3\"\n",
		"Uren\n\nJos\xE9\tDatum\nNaam\tDatum\tSoort contact\nA\t12/31/2024\tbrief\n",
		"Naam;Startdatum;Uren per week;Einddatum\nAnn;3 april 2025;32;2025-05-01 10:00\n",
		"Voornaam;Achternaam;Vestigingsdatum;Geboortedatum\nA;B;45123;2-3-1988\n",
	};
	size_t number = 0;
	for (; number < ARRAY_LENGTH(lists); number++)
		seed_write("import_list", number, bytes_of_string(lists[number]));
	for (const struct ready_map *map = ready_maps; map->name != NULL; map++)
		seed_write("import_list", number++, bytes_of_string(map->text));
}

/* Requests, whole and in chunks; the first byte is of the fuzzer itself. */
static void seed_requests(void)
{
	static const char *const requests[] = {
		"\x80GET http://h/a%20b?c=%20 HTTP/1.1\r\nHost: h:80\r\nX: y \r\n\r\n",
		"\x80POST /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
		"Content-Length: 3\r\n\r\nabcGET / HTTP/1.0\r\n\r\n",
		"\x80POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
		"a\r\n0123456789\r\n0\r\n\r\n",
	};
	for (size_t number = 0; number < ARRAY_LENGTH(requests); number++)
		seed_write("framing", number, bytes_of_string(requests[number]));
}

int main(int argc, char **argv)
{
	static char line[65536];
	if (argc != 2) {
		fprintf(stderr, "usage: seeds DIR < events.ndjson\n");
		return 64;
	}
	top = argv[1];
	if (mkdir(top, 0777) != 0 && errno != EEXIST)
		perror(top);
	/* Every now and then one, so that all types are there. */
	for (size_t i = 0; fgets(line, sizeof(line), stdin) != NULL; i++) {
		if (i % 7 == 0 && i / 7 < SEEDS_MAX)
			seed_event(line, i / 7);
	}
	FILE *file = seed_open("config", 0);
	if (config_print_default(file) != OK)
		perror("config");
	fclose(file);
	file = seed_open("config", 1);
	fputs("[store]\npath = /tmp/x\nsize_max = 1G\n[http]\nlisten = [::1]:0\n[stream]\n"
	      "listen = off\n[partner isd]\norg_type = ISD\ntypes = *\n"
	      "municipalities = GM0823, GM0753\n[analyst a]\nlog = yes\n",
		file);
	fclose(file);
	seed_lists();
	seed_requests();
	return 0;
}
