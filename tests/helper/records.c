/*
 * tests/helper/records.c - puts the records of a file into a store with the stamps
 * they bear: time is handed in. For the tests of replay.
 *
 *   records load FILE STORE        each record a commit
 *   records figures STORE ROUND_TO  for each line "P K m w" of standard input, with the set
 *                                   of definitions behind unless the newest is meant,
 *                                   prints the JSON; ROUND_TO 0: internal; with
 *                                   `plain` behind, as rounding alone would show it
 *   records relations               prints what the disclosure knows of counts
 *   records worklist STORE          for each line "P K partner type,type m,m" prints the
 *                                   partner's work list, of all when type or m is *
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/date.h"
#include "engine/answers.h"
#include "engine/live.h"
#include "engine/print.h"
#include "engine/worklist_rows.h"
#include "ingest/batch.h"
#include "tests/all_rights.h"

/* What stands in `line` behind `key` up to `end`. */
static struct bytes cut(const char *line, const char *key, const char *end)
{
	const char *from = strstr(line, key);
	CHECK(from != NULL);
	from += strlen(key);
	const char *to = end == NULL ? strrchr(from, '}') : strstr(from, end);
	CHECK(to != NULL);
	return bytes_of(from, (size_t)(to - from));
}

static void record_load(struct log *log, const char *line, struct arena *arena)
{
	struct bytes recorded = cut(line, "\"recorded_at\":\"", "\"");
	struct bytes partner = cut(line, "\"partner\":\"", "\"");
	struct bytes event = cut(line, "\"event\":", NULL);
	const struct batch_limits limits = { .events_max = 1 };
	struct text request = { 0 };
	struct batch batch;
	struct reason reason = { "" };
	struct appended appended = { 0 };
	int64_t stamp;

	arena_reset(arena);
	CHECK(instant_parse(recorded, &stamp) == OK);
	text_printf(&request, "{\"events\":[%.*s]}", (int)event.length, (const char *)event.data);
	enum err err = batch_read(text_bytes(&request), BATCH_JSON, &limits, all_rights(),
		zone_day(stamp), arena, &batch, &reason);
	if (err == OK && batch.items[0].verdict == VERDICT_ACCEPTED) {
		CHECK(log_begin(log, stamp, &reason) == OK);
		CHECK(log_stamp_us(log) == stamp);
		CHECK(log_append(log, partner, &batch.items[0].event, arena, &appended) == OK);
		CHECK(log_commit(log, &reason) == OK);
	}
	if (err != OK || batch.items[0].verdict != VERDICT_ACCEPTED ||
		appended.verdict != VERDICT_ACCEPTED) {
		fprintf(stderr, "refused: %s%s\n", reason.text, line);
		exit(1);
	}
	text_release(&request);
}

static int load(const char *file, const char *store)
{
	char *line = NULL;
	size_t size = 0;
	struct log *log;
	struct reason reason;
	struct arena arena;
	const struct log_options options = { .path = store, .size_max = (size_t)1 << 30 };
	FILE *input = fopen(file, "r");
	CHECK(input != NULL && arena_init(&arena, (size_t)1 << 20) == OK);
	if (log_open(&options, LOG_WRITE, &log, &reason) != OK) {
		fprintf(stderr, "%s\n", reason.text);
		fclose(input);
		arena_release(&arena);
		return 1;
	}
	while (getline(&line, &size, input) > 0)
		record_load(log, line, &arena);
	fclose(input);
	free(line);
	log_close(log);
	arena_release(&arena);
	return 0;
}

/* A publication as rounding alone would show it. */
static void plain_print(
	const struct answers *answers, uint16_t municipality, int64_t round_to, struct text *out)
{
	struct arena arena, agreed;
	struct answer_head head = answers_head(answers, municipality, round_to);
	CHECK(agreements_figures(&answers->agreements, municipality, &agreed, &head.agreements) ==
		OK);
	CHECK(arena_init(&arena, FIGURES_ARENA_SIZE) == OK);
	figure_print_json(answer_build(&head, answers->tally, &answers->question, &arena), out);
	arena_release(&arena);
	arena_release(&agreed);
}

/* What to do with each line of standard input, on the newest snapshot of a store. */
struct lines {
	void (*take)(struct reader *reader, char *line, const struct lines *lines);
	int64_t round_to;
	bool plain;
};

static int lines_take(const char *store, const struct lines *lines)
{
	char *line = NULL;
	size_t size = 0;
	struct log *log;
	struct reader *reader;
	struct reason reason;
	const struct log_options options = { .path = store };
	CHECK(log_open(&options, LOG_READ, &log, &reason) == OK);
	CHECK(reader_open(log, &reader) == OK);
	while (getline(&line, &size, stdin) > 0)
		lines->take(reader, line, lines);
	free(line);
	reader_close(reader);
	log_close(log);
	return 0;
}

/* Answers one line of standard input. */
static void figures_one(struct reader *reader, char *line, const struct lines *lines)
{
	const int64_t round_to = lines->round_to;
	const bool plain = lines->plain;
	char as_of[11], known_at[64], place[8];
	int window;
	int64_t known_us;
	uint16_t municipality = PART_ALL;
	struct answers answers;
	struct text out = { 0 };
	struct question question = question_at(0);
	int definitions = DEFINITIONS;
	CHECK(sscanf(line, "%10s %63s %7s %d %d", as_of, known_at, place, &window, &definitions) >=
		4);
	CHECK(date_parse(bytes_of_string(as_of), &question.as_of) == OK);
	CHECK(instant_parse(bytes_of_string(known_at), &known_us) == OK);
	CHECK(strcmp(place, "all") == 0 ||
		municipality_parse(bytes_of_string(place), &municipality));
	question.window_days = window;
	question.definitions = definitions;
	CHECK(answers_fold(reader, &question, known_us, NULL, &answers) == OK);
	if (municipality != PART_ALL)
		CHECK(answers_agree(&answers, reader, municipality) == OK);
	enum err err = OK;
	if (plain)
		plain_print(&answers, municipality, round_to, &out);
	else
		err = answers_print_json(&answers, municipality, round_to, &out);
	if (err == ERR_CONFLICT)
		text_printf(&out, "{\"withheld\":true}\n");
	else
		CHECK(err == OK);
	fwrite(out.data, 1, out.length, stdout);
	answers_release(&answers);
	text_release(&out);
}

/* The list of all partners at P, of what is known at K. Drop it. */
static struct worklist *list_of(struct reader *reader, int32_t as_of, int64_t known_us)
{
	struct live *live;
	uint64_t seq;
	bool changed;
	CHECK(reader_seq_at(reader, known_us, &seq) == OK && live_new(&live) == OK);
	while (live->histories.applied_seq < seq)
		CHECK(live_follow(live, reader, seq, UINT64_MAX) == OK);
	CHECK(live_refresh(live, reader, known_us, &changed) == OK);
	CHECK(live_day_add(live, reader, as_of) == OK);
	struct worklist *list = worklist_hold(live->days[0].worklist);
	live_free(live);
	return list;
}

/* The bits of the types in a list of names. */
static uint64_t types_of(char *names)
{
	static const struct {
		const char *name;
		enum event_type type;
	} types[] = {
#define TYPE_ROW(NAME, name, ...) { #name, EVENT_##NAME },
		EVENT_TYPES(TYPE_ROW)
#undef TYPE_ROW
	};
	uint64_t bits = strcmp(names, "*") == 0 ? UINT64_MAX : 0;
	char *place;
	for (char *name = strtok_r(names, ",", &place); name != NULL && bits != UINT64_MAX;
		name = strtok_r(NULL, ",", &place)) {
		for (size_t i = 0; i < ARRAY_LENGTH(types); i++) {
			if (strcmp(types[i].name, name) == 0)
				bits |= UINT64_C(1) << types[i].type;
		}
	}
	return bits;
}

static bool is_named(const void *context, uint16_t municipality)
{
	char code[MUNICIPALITY_LENGTH + 1];
	municipality_print(municipality, code);
	return strcmp(context, "*") == 0 || strstr(context, code) != NULL;
}

/* Answers one line of standard input. */
static void worklist_one(struct reader *reader, char *line, const struct lines *lines)
{
	(void)lines;
	char as_of[11], known_at[64], partner[65], types[2000], places[200];
	struct worklist_head head = { .limit = SIZE_MAX };
	struct worklist_rows rows;
	struct text out = { 0 };
	CHECK(sscanf(line, "%10s %63s %64s %1999s %199s", as_of, known_at, partner, types,
		      places) == 5);
	CHECK(date_parse(bytes_of_string(as_of), &head.as_of) == OK);
	CHECK(instant_parse(bytes_of_string(known_at), &head.known_us) == OK);
	head.partner = bytes_of_string(partner);
	const struct worklist_ask ask = {
		.part = WORKLIST_ALL,
		.partner = head.partner,
		.types = types_of(types),
		.has_municipality = is_named,
		.context = places,
	};
	struct worklist *list = list_of(reader, head.as_of, head.known_us);
	CHECK(worklist_rows_read(list, &ask, reader, NULL, &rows) == OK);
	worklist_rows_print_json(&rows, &head, &out);
	fwrite(out.data, 1, out.length, stdout);
	worklist_rows_release(&rows);
	worklist_drop(list);
	text_release(&out);
}

/* All relations as lines of JSON: [sentence, least, most, {name: coefficient}]. */
static int relations_print(void)
{
	struct arena arena;
	struct relations relations;
	struct text out = { 0 };
	CHECK(arena_init(&arena, RELATIONS_ARENA_SIZE) == OK);
	relations_init(&relations, &arena);
	relations_add_contract(&relations);
	for (unsigned row = 0; row < relations.row_count; row++) {
		const struct relation *relation = &relations.rows[row];
		text_add_char(&out, '[');
		text_add_json(&out, bytes_of_string(relation->sentence));
		text_printf(
			&out, ",%lld,%lld,{", (long long)relation->min, (long long)relation->max);
		for (unsigned i = 0; i < relation->count; i++) {
			struct term term = relations.terms[relation->first + i];
			text_printf(&out, "%s\"%s\":%d", i == 0 ? "" : ",",
				relations.names[term.number], (int)term.coefficient);
		}
		text_add_string(&out, "}]\n");
	}
	fwrite(out.data, 1, out.length, stdout);
	text_release(&out);
	arena_release(&arena);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "load") == 0)
		return load(argv[2], argv[3]);
	if ((argc == 4 || argc == 5) && strcmp(argv[1], "figures") == 0)
		return lines_take(argv[2],
			&(struct lines){ figures_one, strtol(argv[3], NULL, 10), argc == 5 });
	if (argc == 3 && strcmp(argv[1], "worklist") == 0)
		return lines_take(argv[2], &(struct lines){ .take = worklist_one });
	if (argc == 2 && strcmp(argv[1], "relations") == 0)
		return relations_print();
	fprintf(stderr, "usage: records load FILE STORE | records figures STORE ROUND_TO [plain] | "
			"records worklist STORE | records relations\n");
	return 64;
}
